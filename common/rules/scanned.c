/* What a scanner sends. Numbers and tables are those of the GS1 General Specifications: lengths and check digits in
 * section 7.9, UPC-E in 5.2, restricted circulation numbers in 2.1. */
#include "common/rules/scanned.h"

#include <string.h>

#include "common/base/text.h"

#define EAN8  8u
#define UPCA  12u
#define EAN13 13u

#define DIGITS            "0123456789"
#define PREFIX_DIGITS_MAX 6u
#define ITEM_DIGITS_MAX   6u
#define VALUE_DIGITS_MAX  9u

/* ---- layouts ---- */

struct layout {
    const char *prefix; /* in the text */
    size_t prefix_digits, item_digits, value_digits;
    bool has_value_check;
    enum scanned_kind kind;
};

static size_t run_of(const char *text, char letter)
{
    size_t count = 0;

    while (text[count] == letter)
        count++;
    return count;
}

static bool take_word(const char **at, const char *word)
{
    if (strncmp(*at, word, strlen(word)) != 0)
        return false;
    *at += strlen(word);
    return true;
}

static bool is_restricted(const char *prefix)
{
    return prefix[0] == '2' || (prefix[0] == '0' && prefix[1] == '2');
}

static bool is_whole(const struct layout *layout)
{
    size_t check = layout->has_value_check;

    return layout->prefix_digits >= 2 && layout->prefix_digits <= PREFIX_DIGITS_MAX && is_restricted(layout->prefix) &&
           layout->item_digits >= 1 && layout->item_digits <= ITEM_DIGITS_MAX && layout->value_digits >= 1 &&
           layout->value_digits <= VALUE_DIGITS_MAX &&
           (!check || layout->value_digits == 4 || layout->value_digits == 5) &&
           layout->prefix_digits + layout->item_digits + check + layout->value_digits == EAN13 - 1;
}

/* One layout at *at, which moves behind it; false: it is none. */
static bool take_layout(const char **at, struct layout *layout)
{
    *layout = (struct layout){ .prefix = *at, .prefix_digits = strspn(*at, DIGITS) };
    *at += layout->prefix_digits;
    if (!take_word(at, ":"))
        return false;
    *at += layout->item_digits = run_of(*at, 'I');
    layout->has_value_check = take_word(at, "C");
    *at += layout->value_digits = run_of(*at, 'V');
    if (take_word(at, "=price"))
        layout->kind = SCANNED_PRICE;
    else if (take_word(at, "=weight"))
        layout->kind = SCANNED_WEIGHT;
    return layout->kind != SCANNED_TEXT && is_whole(layout);
}

/* The first layout of *at, and *at moves to the next. false: that was all, or (*at is not empty) it is none. */
static bool next_layout(const char **at, struct layout *layout)
{
    if (**at == 0 || !take_layout(at, layout))
        return false;
    return **at == 0 || (take_word(at, ",") && **at != 0);
}

static bool same_prefix(const struct layout *a, const struct layout *b)
{
    return a->prefix_digits == b->prefix_digits && memcmp(a->prefix, b->prefix, a->prefix_digits) == 0;
}

bool code_layouts_fit(const char *layouts)
{
    struct layout all[CODE_LAYOUTS_MAX];
    size_t count = 0;

    while (*layouts != 0) {
        if (count == CODE_LAYOUTS_MAX || !next_layout(&layouts, &all[count]))
            return false;
        for (size_t i = 0; i < count; i++)
            if (same_prefix(&all[i], &all[count]))
                return false;
        count++;
    }
    return true;
}

static bool layout_of(const char *code, const char *layouts, struct layout *found)
{
    struct layout layout;

    *found = (struct layout){ 0 };
    while (next_layout(&layouts, &layout))
        if (layout.prefix_digits > found->prefix_digits && strncmp(code, layout.prefix, layout.prefix_digits) == 0)
            *found = layout;
    return found->prefix_digits > 0;
}

/* ---- what a layout's digits say ---- */

static int64_t number_of(const char *digits, size_t count)
{
    int64_t number = 0;

    for (size_t i = 0; i < count; i++)
        number = number * 10 + (digits[i] - '0');
    return number;
}

/* The weights of section 7.9.3: twice or five times a digit, with its tens taken off or added; the last digit of that. */
enum weight { TWICE_LESS, THRICE, FIVE_LESS, FIVE_MORE };
static const char weighted[][11] = {
    [TWICE_LESS] = "0246891357", [THRICE] = "0369258147", [FIVE_LESS] = "0594837261", [FIVE_MORE] = "0516273849"
};

static char value_check_of(const char *value, size_t count)
{
    static const enum weight four[] = { TWICE_LESS, TWICE_LESS, THRICE, FIVE_LESS };
    static const enum weight five[] = { FIVE_MORE, TWICE_LESS, FIVE_LESS, FIVE_MORE, TWICE_LESS };
    int sum = 0;

    for (size_t i = 0; i < count; i++)
        sum += weighted[count == 4 ? four[i] : five[i]][value[i] - '0'] - '0';
    if (count == 4)
        return (char)('0' + sum * 3 % 10);
    /* The digit that, five times and less its tens, fills the sum up to a ten. */
    return (char)('0' + (strchr(weighted[FIVE_LESS], '0' + (10 - sum % 10) % 10) - weighted[FIVE_LESS]));
}

static void read_layout(struct scanned *scanned, const char *code, const struct layout *layout)
{
    const char *item = code + layout->prefix_digits, *behind = item + layout->item_digits;
    const char *value = behind + layout->has_value_check;

    scanned->kind = layout->kind;
    if (layout->has_value_check && *behind != value_check_of(value, layout->value_digits))
        scanned->wrong = true;
    if (scanned->wrong)
        return;
    scanned->item = (uint32_t)number_of(item, layout->item_digits);
    scanned->value = number_of(value, layout->value_digits);
}

/* ---- UPC-E ---- */

/* "0" d1 to d6 and the check digit: d6 says where the zeros were. upca holds 13 bytes. */
static void expand(const char *upce, char *upca)
{
    /* d6, and what it stands for: letters are d1 to d6. */
    static const char *const forms[10] = {
        "abf0000cde", "abf0000cde", "abf0000cde", "abc00000de", "abcd00000e",
        "abcde0000f", "abcde0000f", "abcde0000f", "abcde0000f", "abcde0000f",
    };
    const char *form = forms[upce[6] - '0'];

    upca[0] = upce[0];
    memcpy(upca + 1, form, 10);
    for (size_t i = 1; i <= 10; i++)
        if (upca[i] != '0')
            upca[i] = upce[1 + (upca[i] - 'a')];
    upca[11] = upce[7];
    upca[12] = 0;
}

/* ---- all of it ---- */

static bool fits(const char *code)
{
    return barcode_check(bytes_of_text(code));
}

static struct scanned of_eight(const char *text)
{
    struct scanned scanned = { .kind = SCANNED_EAN8, .wrong = !fits(text) };

    if (text[0] == '0')
        expand(text, scanned.upca);
    if (!fits(scanned.upca))
        scanned.upca[0] = 0;
    if (scanned.wrong && scanned.upca[0] != 0) {
        scanned.kind = SCANNED_UPCE;
        scanned.wrong = false;
    }
    return scanned;
}

struct scanned scanned_read(const char *text, const char *layouts)
{
    struct scanned scanned = { .kind = SCANNED_TEXT };
    size_t size = strlen(text);
    char code[EAN13 + 1] = "0";
    struct layout layout;

    if (strspn(text, DIGITS) != size || (size != EAN8 && size != UPCA && size != EAN13))
        return scanned;
    if (size == EAN8)
        return of_eight(text);
    memcpy(code + (EAN13 - size), text, size + 1);
    scanned.kind = code[0] == '0' ? SCANNED_UPCA : SCANNED_EAN13;
    scanned.wrong = !fits(code);
    if (layout_of(code, layouts, &layout))
        read_layout(&scanned, code, &layout);
    return scanned;
}
