/* Values worth trying: what people type, what tills send, and the ends of every range. */
#include "values.h"

#include <string.h>

#include "common/base/text.h"

#define COUNT(array) (sizeof(array) / sizeof *(array))

/* ---- numbers ---- */

#define NUMBERS(...) (const int64_t[]){ __VA_ARGS__ }, COUNT(((const int64_t[]){ __VA_ARGS__ }))

/* By the end of the field's name; the first that fits. */
static const struct {
    const char *ending;
    const int64_t *values;
    size_t count;
} numbers[] = {
    { "price_minor", NUMBERS(0, 1, 115, 195, 350, 1000, 99999, 1000000000000, 1000000000001, -1) },
    { "_minor",
      NUMBERS(0, 1, 100, 195, 500, 1000, 5000, 20000, 1000000000000, 1000000000000000, 1000000000000001, -1) },
    { "_milli", NUMBERS(1000, 1000, 2000, 3000, 10000, 350, 1, 500, 1500, 1000000000, 1000000001, 0, -1000) },
    { "rate_ppm", NUMBERS(0, 70000, 190000, 90000, 99750, 1000000, 1000001) },
    { "plu", NUMBERS(0, 1, 2, 3, 101, 505, 999999, 1000000) },
    { "contains", NUMBERS(1, 2, 7, 14, 0, 15) },
    { "avoids", NUMBERS(1, 8, 14, 0, 15) },
    { "allergens_told", NUMBERS(1, 8, 14, 0, 15) },
    { "currency_exponent", NUMBERS(2, 0, 3, 4, 5) },
    { "day_cutoff_minutes", NUMBERS(0, 180, 300, 1439, 1440) },
    { "lot_days", NUMBERS(0, 1, 365, 36500, 4294967295) },
    { "points", NUMBERS(0, 20, 100, -100, 1000000000, 1000000000000) },
    { "points_per_unit", NUMBERS(0, 1, 10, 1000000) },
    { "reward_cost", NUMBERS(0, 1, 100, 1000000000) },
    { "switch_at_count", NUMBERS(0, 1, 6) },
    { "till_number", NUMBERS(0, 1, 2, 3, 9999, 10000) },
    { "line", NUMBERS(0, 1, 2, 199, 200, 4294967295) },
    { "protocol", NUMBERS(1, 1, 1, 0, 2) },
    { "deadline_ms", NUMBERS(0, 1, 1000, 30000, 4294967295) },
    { "made_us", NUMBERS(1790000000000000, 1789990000000000, 0, 1, 1890000000000000, 9223372036854775807) },
    { "_us", NUMBERS(0, 1790000000000000, 9223372036854775807) },
    { "id", NUMBERS(0, 1, 2, 9007199254740991, 9007199254740992, -1) },
    { "ids", NUMBERS(0, 1, 2, 9007199254740992) },
    { "version", NUMBERS(0, 1, 2, 3, 1000000) },
};

static const uint64_t ends[] = {
    0, 1, 127, 128, 1000, INT32_MAX, UINT32_MAX, INT64_MAX, UINT64_MAX, (uint64_t)INT64_MIN, 1u << 31, UINT64_C(1) << 53
};

static bool ends_in(const char *name, const char *ending)
{
    size_t size = strlen(name), wanted = strlen(ending);

    return size >= wanted && strcmp(name + size - wanted, ending) == 0;
}

uint64_t values_number(struct chance *chance, const char *field, bool wild)
{
    if (wild)
        return one_in(chance, 2) ? ends[below(chance, COUNT(ends))] : chance_next(chance) >> below(chance, 64);
    for (size_t i = 0; i < COUNT(numbers); i++)
        if (ends_in(field, numbers[i].ending))
            return (uint64_t)numbers[i].values[below(chance, numbers[i].count)];
    return below(chance, 10);
}

/* ---- texts ---- */

#define TEXTS(...) (const char *const[]){ __VA_ARGS__ }, COUNT(((const char *const[]){ __VA_ARGS__ }))

static const struct {
    const char *ending;
    const char *const *values;
    size_t count;
} texts[] = {
    { "pin", TEXTS("4711", "8062", "0000", "1234", "1990", "731", "490215", "123456789012", "47a1", "") },
    { "calling_code", TEXTS("49", "1", "39", "+49", "490", "0", "") },
    { "phone", TEXTS("+49 30 1234567", "030 1234567", "0049301234567", "(805) 555-0100", "12", "+", "call me", "") },
    { "email", TEXTS("mia@example.org", "MIA@Example.ORG", "mia", "@example.org", "mia@localhost", "") },
    { "birthday",
      TEXTS("1990-11-22", "--02-29", "2000-02-29", "1999-02-29", "--13-01", "2090-01-01", "yesterday", "") },
    { "card", TEXTS("C-0001", "c 0001", "4111111111111111", "4006381333931", "x", "") },
    { "badge", TEXTS("BADGE-1", "badge-1", "B2", "") },
    { "zone", TEXTS("Europe/Berlin", "UTC", "America/Montreal", "../../../etc/passwd", "/etc/passwd", "Europe",
                    "Nowhere/Town") },
    { "currency", TEXTS("EUR", "USD", "eur", "E1R", "") },
    { "kind", TEXTS("T", "L", "X", "") },
    { "barcode", TEXTS("4006381333931", "4006381333932", "96385074", "036000291452", "CAKE-7", "") },
    { "barcodes", TEXTS("4006381333931", "96385074", "036000291452", "4006381333932", "CAKE-7") },
    { "language", TEXTS("de", "EN", "xx", "") },
    { "permissions",
      TEXTS("sell", "refund", "member_see", "member_edit", "catalogue_edit", "role_edit", "staff_edit", "fly") },
    { "receipt_number", TEXTS("1T-000001", "1t1", "2T-000001", "1X-000001", "0T-1", "T", "99999T-1", "") },
    { "code", TEXTS("VAT7", "VAT19", "GST", "") },
    { "sku", TEXTS("croissant", "cookie", "rye", "cake-7", "") },
    { "reason", TEXTS("dropped on the floor", "the customer changed their mind", "4111 1111 1111 1111", "") },
    { "reference", TEXTS("A-4711", "4111111111111111", "") },
    { "word", TEXTS("cro",
                    "\xc3\xa9"
                    "clair",
                    "E", "") },
    { "after", TEXTS("", "drawer_cash", "zzz") },
    { "name", TEXTS("Mia Stone", "Ana", "Croissant",
                    "\xc3\x89"
                    "clair au chocolat",
                    "\xe9\xa4\x85", "O'Neil; DROP TABLE", "") },
};

static const char *const any_texts[] = {
    "",
    "a",
    "Fresh since three",
    "%B4111111111111111^STONE/MIA^2512?",
    "e\xcc\x81",
    "\xef\xac\x81",
    "\xf0\x9f\xa5\x90",
    "a / b / c",
    "'\";--\\",
    "%n%s",
    "\xe2\x80\x8d",
    "\xc2\xa0 x \xc2\xa0",
    "\xd7\xa9\xd7\x9c\xd7\x95\xd7\x9d",
};

/* As many characters as fit, in the arena. */
static struct bytes cut_to(struct arena *arena, struct bytes text, size_t max)
{
    size_t size = 0;
    uint32_t code_point;

    for (size_t i = 0; i < max && size < text.size; i++)
        size += text_next(bytes_of(text.data + size, text.size - size), &code_point);
    return bytes_of(arena_copy(arena, text.data, size), size);
}

static struct bytes repeated(struct arena *arena, const char *piece, size_t times)
{
    size_t size = strlen(piece);
    uint8_t *text = arena_array(arena, times + 1, size);

    for (size_t i = 0; i < times; i++)
        memcpy(text + i * size, piece, size);
    return bytes_of(text, times * size);
}

struct bytes values_text(struct chance *chance, struct arena *arena, const char *field, size_t max)
{
    static const char *const pieces[] = { "a", "7", "\xc3\xa9", "\xe9\xa4\x85", "\xf0\x9f\xa5\x90", "a\xcc\x81", " " };

    if (one_in(chance, 12)) {
        const char *piece = pieces[below(chance, COUNT(pieces))];
        size_t most = max < 4096 ? max : 4096, times = one_in(chance, 2) ? most : below(chance, most + 1);
        return repeated(arena, piece, times / text_length(bytes_of_text(piece)));
    }
    for (size_t i = 0; i < COUNT(texts) && !one_in(chance, 10); i++)
        if (ends_in(field, texts[i].ending))
            return cut_to(arena, bytes_of_text(texts[i].values[below(chance, texts[i].count)]), max);
    return cut_to(arena, bytes_of_text(any_texts[below(chance, COUNT(any_texts))]), max);
}

struct bytes values_bad_text(struct chance *chance, struct arena *arena, size_t max)
{
    static const struct {
        const char *text;
        size_t size;
    } bad[] = {
        { "\0", 1 },           { "a\0b", 3 },         { "\x1b[2J", 4 },
        { "a\nb", 3 },         { "\x7f", 1 },         { "\xff", 1 },
        { "\xc0\x80", 2 },     { "\xed\xa0\x80", 3 }, { "\xf4\x90\x80\x80", 4 },
        { "\xe2\x80\xae", 3 }, { "\xe2\x81\xa6", 3 }, { "\xc2\x85", 2 },
        { "\xc3", 1 },
    };
    size_t i = below(chance, COUNT(bad) + 1);

    if (i < COUNT(bad))
        return bytes_of(bad[i].text, bad[i].size);
    return repeated(arena, one_in(chance, 2) ? "x" : "\xc3\xa9", max < 30000 ? max + 1 : 30000);
}

struct bytes values_bytes(struct chance *chance, struct arena *arena, size_t least, size_t max)
{
    static const size_t sizes[] = { 0, 1, 5, 16, 32, 64 };
    size_t size = one_in(chance, 8) ? below(chance, (max < 4096 ? max : 4096) + 1) : sizes[below(chance, COUNT(sizes))];

    size = size < least ? least : size > max ? max : size;
    uint8_t *bytes = arena_alloc(arena, size + 1);
    for (size_t i = 0; i < size; i++)
        bytes[i] = (uint8_t)chance_next(chance);
    return bytes_of(bytes, size);
}
