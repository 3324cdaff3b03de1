/* Texts that people type or devices send: the first byte says which parser takes the rest. What one makes of a text, it
 * makes again of its own result. */
#include <string.h>

#include "client/counter/entry.h"
#include "common/base/arena.h"
#include "common/base/instant.h"
#include "common/base/number.h"
#include "common/base/calling_code.h"
#include "common/base/phone.h"
#include "common/base/pin.h"
#include "common/base/text.h"
#include "common/rules/receipt_number.h"
#include "common/rules/scanned.h"
#include "common/wire/code.h"
#include "server/call/permission.h"
#include "target.h"

typedef void take_fn(struct arena *arena, struct bytes text, const char *ended);

static void take_characters(struct arena *arena, struct bytes text, const char *ended)
{
    size_t at = 0, count = 0, step, used;
    uint32_t code_point;
    char ascii[3];
    bool good = text_check(text, SIZE_MAX) == TEXT_OK;

    (void)arena;
    while (at < text.size && (step = text_next(bytes_of(text.data + at, text.size - at), &code_point)) > 0) {
        assert(step <= text.size - at && text_ascii(ascii, code_point) <= sizeof ascii);
        at += step;
        count++;
    }
    assert(!good || (at == text.size && count == text_length(text)));
    text_has_card_number(text);
    text_secret(text);
    for (size_t columns = 0; columns < 5; columns++) {
        size_t kept = text_cut(ended, columns, &used);
        assert(kept <= strlen(ended) && used <= columns);
    }
    assert(text_cut(ended, SIZE_MAX, &used) == strlen(ended) && used == text_columns(ended));
}

static void take_search(struct arena *arena, struct bytes text, const char *ended)
{
    char **words;
    struct bytes *parts;

    text = bytes_of_text(ended); /* a NUL stops every text at the door */
    char *tidy = text_tidy(arena, text), *folded = text_fold(arena, text);
    assert(strcmp(text_tidy(arena, bytes_of_text(tidy)), tidy) == 0);
    assert(strcmp(text_fold(arena, bytes_of_text(folded)), folded) == 0);
    assert(text_check(bytes_of_text(tidy), SIZE_MAX) != TEXT_BROKEN);
    for (size_t i = text_words(arena, text, &words); i > 0; i--)
        assert(words[i - 1][0] != '\0');
    for (size_t i = name_prefixes(arena, text, &parts); i > 0; i--)
        assert(text_length(parts[i - 1]) >= NAME_PREFIX_MIN && text_length(parts[i - 1]) <= NAME_PREFIX_MAX);
    name_search_words(arena, text, &parts);
    assert(name_matches(arena, text, text) || text_words(arena, text, &words) == 0);
}

static void take_keys(struct arena *arena, struct bytes text, const char *ended)
{
    char *phone = phone_normalise(arena, text), *email = email_normalise(arena, text),
         *card = card_normalise(arena, text);

    (void)ended;
    static const char *const countries[] = { "", "1", "7", "36", "39", "49", "375", "850" };
    for (size_t i = 0; i < sizeof countries / sizeof *countries; i++) {
        const char *forms[PHONE_FORMS_MAX], *key = phone_international(arena, text, countries[i]);
        assert(!key == !phone);
        for (size_t f = 0, count = key ? phone_dialled_forms(arena, key, countries[i], forms) : 0; f < count; f++)
            assert(strlen(forms[f]) <= 17);
        assert(!key || strcmp(phone_international(arena, bytes_of_text(key), ""), key) == 0);
    }
    assert(!phone || strcmp(phone_normalise(arena, bytes_of_text(phone)), phone) == 0);
    assert(!email || strcmp(email_normalise(arena, bytes_of_text(email)), email) == 0);
    assert(!card || strcmp(card_normalise(arena, bytes_of_text(card)), card) == 0);
    assert((pin_check(text) == PIN_OK) == (pin_sentence(pin_check(text)) == NULL));
    barcode_check(text);
    permission_of(text);
}

static void take_numbers(struct arena *arena, struct bytes text, const char *ended)
{
    char again[NUMBER_TEXT], day_text[DAY_TEXT];
    int64_t value = 0, same = 0;
    struct day day, same_day;

    (void)arena;
    (void)text;
    for (unsigned exponent = 0; exponent <= 4; exponent++) {
        if (minor_parse(ended, exponent, true, &value)) {
            assert(value >= -MINOR_MAX && value <= MINOR_MAX);
            assert(minor_parse(minor_format(again, value, exponent), exponent, true, &same) && same == value);
        }
    }
    if (milli_parse(ended, &value)) {
        assert(value >= 0 && value <= MILLI_MAX);
        assert(milli_parse(milli_format(again, value), &same) && same == value);
    }
    if (day_parse(ended, &day))
        assert(day_parse(day_format(day_text, day), &same_day) && same_day.number == day.number);
}

static void take_receipt_number(struct arena *arena, struct bytes text, const char *ended)
{
    struct receipt_number number, same;
    char again[RECEIPT_NUMBER_TEXT];

    (void)arena;
    (void)ended;
    if (!receipt_number_parse(text, &number))
        return;
    assert(receipt_number_parse(bytes_of_text(receipt_number_format(again, number)), &same));
    assert(same.till == number.till && same.series == number.series && same.number == number.number);
}

static void take_enrolment_code(struct arena *arena, struct bytes text, const char *ended)
{
    struct enrolment_code code, same;
    char again[CODE_TEXT];

    (void)arena;
    (void)ended;
    if (code_parse(text, &code) != CODE_OK)
        return;
    assert(code_parse(bytes_of_text(code_format(again, &code)), &same) == CODE_OK);
    assert(memcmp(&code, &same, sizeof code) == 0);
}

/* Layouts, a line's end, and a code. */
static void scan(struct arena *arena, const char *ended)
{
    const char *layouts = arena_format(arena, "%.*s", (int)strcspn(ended, "\n"), ended);
    const char *code = ended + strcspn(ended, "\n");

    struct scanned scanned = scanned_read(*code ? code + 1 : code, layouts);
    bool holds = scanned.kind == SCANNED_PRICE || scanned.kind == SCANNED_WEIGHT;
    assert(scanned.upca[0] == 0 || scanned_read(scanned.upca, "").kind == SCANNED_UPCA);
    assert(scanned.item <= 999999 && scanned.value >= 0 && scanned.value <= 999999999);
    assert(holds || (scanned.item == 0 && scanned.value == 0));
    assert(!code_layouts_fit(layouts) || scanned_read("4006381333931", layouts).kind == SCANNED_EAN13);
}

static void take_entry(struct arena *arena, struct bytes text, const char *ended)
{
    struct entry entry = entry_parse(ended);

    (void)text;
    scan(arena, ended);
    assert(entry.rest >= ended && entry.rest <= ended + strlen(ended));
    assert(entry.kind == ENTRY_WRONG ||
           (entry.quantity_milli != 0 && entry.quantity_milli >= -MILLI_MAX && entry.quantity_milli <= MILLI_MAX));
    assert(entry_plu(entry.rest) <= 9999999);
}

static take_fn *const takes[] = { take_characters,     take_search,         take_keys, take_numbers,
                                  take_receipt_number, take_enrolment_code, take_entry };

static bool run(struct bytes input)
{
    if (input.size == 0)
        return false;

    struct arena *arena = arena_create(0);
    struct bytes text = bytes_of(input.data + 1, input.size - 1);
    char *ended = arena_alloc(arena, text.size + 1); /* up to the first NUL */
    if (text.size > 0)
        memcpy(ended, text.data, text.size);
    takes[input.data[0] % (sizeof takes / sizeof *takes)](arena, text, ended);
    arena_destroy(arena);
    return false;
}

static const char *const words[] = { "12.34",
                                     "0,350 * 45",
                                     "3 \xc3\x97 112",
                                     "2x",
                                     "-",
                                     "1000000000000000",
                                     "999999999",
                                     "3T-000042",
                                     "20:IIIIICVVVV=price,21:IIIIIVVVVV=weight",
                                     "\n2000118402244",
                                     "9999X-999999999999999",
                                     "9F3K-27QM-X0TD-BZ8A-4HWJ-R6VC",
                                     "oil0",
                                     "4006381333931",
                                     "96385074",
                                     "036000291452",
                                     "%B4111111111111111^STONE/MIA^",
                                     ";4111111111111111=2512?",
                                     "4111 1111 1111 1111",
                                     "+49 (30) 123-4567",
                                     "00",
                                     "mia@Example.org",
                                     "2026-02-29",
                                     "--02-29",
                                     "\xc3\x89"
                                     "clair",
                                     "e\xcc\x81",
                                     "\xef\xac\x81",
                                     "\xe1\xba\x9e",
                                     "\xf0\x9f\x91\xa9\xe2\x80\x8d\xf0\x9f\x8d\xb3",
                                     "\xed\xa0\x80",
                                     "\xc0\x80",
                                     "\xe2\x80\xae",
                                     "\xef\xb7\xba",
                                     "\xcd\x85",
                                     "sell",
                                     NULL };

const struct target target_text = { .name = "text", .run = run, .words = words };
