/* A scanner is a fast typist. Its characters are given to the focus as they come, for they might be a person's; when
 * the burst is complete, the focus goes back to where it was and the code goes to whoever sells. */
#include "client/ui/scan.h"

#include <string.h>

#include "common/base/bytes.h"
#include "common/base/gs1.h"
#include "common/base/text.h"

/* What becomes of the digit row when a scanner thinks of another keyboard: of a US one before an AZERTY one, and of any
 * before a US one whose Shift is locked. */
static const char *const digit_rows[][10] = {
    { "à", "&", "é", "\"", "'", "(", "-", "è", "_", "ç" },
    { ")", "!", "@", "#", "$", "%", "^", "&", "*", "(" },
};
#define DIGIT_ROWS (sizeof digit_rows / sizeof digit_rows[0])

void scan_forget(struct scan_reader *reader)
{
    explicit_bzero(reader, sizeof(*reader));
}

/* Whole characters of a digit row as digits into to; false when one is none. */
static bool map_row(const char *const row[10], const char *from, char *to)
{
    while (*from != 0) {
        int digit = 0;
        while (digit < 10 && strncmp(from, row[digit], strlen(row[digit])) != 0)
            digit++;
        if (digit == 10)
            return false;
        from += strlen(row[digit]);
        *to++ = (char)('0' + digit);
    }
    *to = 0;
    return true;
}

static size_t digits_in(const char *text)
{
    size_t count = 0;
    for (; *text != 0; text++)
        count += *text >= '0' && *text <= '9';
    return count;
}

/* Digits and one decimal sign: an amount, typed. */
static bool is_amount(const char *text)
{
    size_t signs = 0;
    for (; *text != 0; text++) {
        if (*text == '.' || *text == ',')
            signs++;
        else if (*text < '0' || *text > '9')
            return false;
    }
    return signs == 1;
}

/* "3*112", "0,350 x 118": a quantity first, typed. */
static bool is_quantity_first(const char *text)
{
    size_t number = strspn(text, "0123456789.,");
    const char *sign = text + number + strspn(text + number, " ");

    return number > 0 && (*sign == '*' || *sign == 'x' || strncmp(sign, "×", strlen("×")) == 0);
}

/* "]E0" and its like: the symbology, as AIM numbers it. */
static bool is_aim_prefix(const char *text)
{
    return text[0] == ']' && ((text[1] >= 'A' && text[1] <= 'Z') || (text[1] >= 'a' && text[1] <= 'z')) &&
           text[2] >= '0' && text[2] <= '9';
}

static bool has_check_digit(const char *code)
{
    size_t size = strlen(code);
    return (size == 8 || size == 12 || size == 13) && digits_in(code) == size && barcode_check(bytes_of(code, size));
}

/* A run of nothing but some keyboard's digit row, as digits. & and ( are in both rows: where a run has no other, the check
 * digit tells. */
static bool map_digits(const char *run, char *code)
{
    bool mapped = false;
    char other[SCAN_LENGTH_MAX + 8];

    for (size_t i = 0; i < DIGIT_ROWS; i++) {
        if (!map_row(digit_rows[i], run, other) || (mapped && !has_check_digit(other)))
            continue;
        memcpy(code, other, strlen(other) + 1);
        mapped = true;
        if (has_check_digit(code))
            break;
    }
    explicit_bzero(other, sizeof other);
    return mapped;
}

static enum scan_verdict wipe(struct scan_reader *reader, enum scan_verdict verdict)
{
    scan_forget(reader);
    return verdict;
}

/* Letters with few digits, as cards and coupons have them: nobody types eight such in a burst. Small letters and blanks are a name that
 * is pasted; what we print ourselves may have no digit at all. */
static bool is_lettered(const char *text)
{
    size_t size = strlen(text);

    if (strspn(text, "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ-./+$%:_") != size)
        return false;
    return (size >= SCAN_LENGTH_LETTERED && digits_in(text) > 0) ||
           (size == SCAN_LENGTH_OWN && (strncmp(text, "MC", 2) == 0 || strncmp(text, "CP", 2) == 0));
}

/* Is the run a code? terminated: by Enter or Tab in the rhythm of the burst. */
static enum scan_verdict judge(struct scan_reader *reader, bool terminated)
{
    if (reader->card)
        return wipe(reader, SCAN_CARD);
    if (reader->overlong)
        return wipe(reader, SCAN_TOO_LONG);
    reader->run[reader->size] = 0;
    const char *run = reader->run;
    bool prefixed = reader->prefixed;
    if (run[0] == '~') {
        run++;
        prefixed = true;
    }
    bool gs1 = gs1_is_next(run);
    if (is_aim_prefix(run)) {
        run += 3;
        prefixed = true;
    }
    bool mapped = map_digits(run, reader->code);
    if (!mapped)
        memmove(reader->code, run, strlen(run) + 1);
    size_t size = strlen(reader->code);
    if (text_has_card_number(bytes_of(reader->run, reader->size)) || text_has_card_number(bytes_of(reader->code, size)))
        return wipe(reader, SCAN_CARD);
    if (gs1)
        gs1_take_gtin(reader->code);

    bool code;
    if (prefixed)
        code = size > 0;
    else if (size < SCAN_LENGTH_MIN || is_amount(reader->code) || is_quantity_first(reader->code) ||
             (digits_in(reader->code) < 4 && !is_lettered(reader->code)))
        code = false;
    else
        code = terminated || has_check_digit(reader->code);
    if (!code) {
        explicit_bzero(reader->code, sizeof(reader->code));
        return SCAN_TYPED;
    }
    reader->doubtful = !prefixed && !mapped && size <= SCAN_LENGTH_DOUBTFUL;
    reader->size = reader->characters = 0;
    reader->prefixed = false;
    return SCAN_CODE;
}

static void start(struct scan_reader *reader)
{
    explicit_bzero(reader->run, reader->size); /* it may be a PIN */
    reader->size = reader->characters = 0;
    reader->prefixed = reader->overlong = reader->card = false;
}

void scan_poison(struct scan_reader *reader)
{
    explicit_bzero(reader->run, sizeof(reader->run));
    reader->size = 0;
    reader->card = reader->characters > 0;
}

enum scan_verdict scan_feed(struct scan_reader *reader, const struct input *input, int64_t now_us, bool *starts)
{
    bool running = (reader->characters > 0 || reader->prefixed) && now_us - reader->last_us <= SCAN_GAP_US;

    *starts = false;
    if (!running)
        start(reader);
    reader->last_us = now_us;
    if (input->kind == INPUT_KEY && (input->key == KEY_PREFIX_BEL || input->key == KEY_PREFIX_STX)) {
        start(reader);
        reader->prefixed = true;
        *starts = true;
        return SCAN_SWALLOWED;
    }
    if (input->kind == INPUT_CHARACTER) {
        size_t size = strlen(input->text);
        *starts = reader->characters == 0 && !reader->prefixed;
        reader->characters++;
        if (reader->card)
            return SCAN_SWALLOWED;
        if (reader->size + size > SCAN_LENGTH_MAX)
            reader->overlong = true;
        if (reader->overlong)
            return SCAN_SWALLOWED;
        memcpy(reader->run + reader->size, input->text, size);
        reader->size += size;
        return reader->prefixed ? SCAN_SWALLOWED : SCAN_TYPED;
    }
    enum scan_verdict verdict = SCAN_TYPED;
    if (running && input->kind == INPUT_KEY && (input->key == KEY_RETURN || input->key == KEY_TABULATOR))
        verdict = judge(reader, true);
    if (verdict == SCAN_TYPED)
        start(reader);
    return verdict;
}

enum scan_verdict scan_expire(struct scan_reader *reader, int64_t now_us)
{
    if (scan_deadline_us(reader) == 0 || now_us < scan_deadline_us(reader))
        return SCAN_TYPED;
    enum scan_verdict verdict = judge(reader, false);
    if (verdict == SCAN_TYPED)
        start(reader);
    return verdict;
}

int64_t scan_deadline_us(const struct scan_reader *reader)
{
    return reader->characters > 0 || reader->prefixed ? reader->last_us + SCAN_GAP_US + 1 : 0;
}
