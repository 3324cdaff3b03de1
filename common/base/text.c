/* UTF-8 by utf8proc: the one file that knows Unicode. */
#include "common/base/text.h"

#include <assert.h>
#include <string.h>
#include <utf8proc.h>

#define REPLACEMENT 0xFFFD

size_t text_next(struct bytes text, uint32_t *code_point)
{
    utf8proc_ssize_t length = text.size < 4 ? (utf8proc_ssize_t)text.size : 4;
    utf8proc_int32_t found;

    if (length == 0 || (length = utf8proc_iterate(text.data, length, &found)) <= 0)
        return 0;
    *code_point = (uint32_t)found;
    return (size_t)length;
}

/* As text_next(), but a byte that is no UTF-8 is a character too. The text is not empty. */
static size_t next_or_replaced(struct bytes text, uint32_t *code_point)
{
    size_t length = text_next(text, code_point);

    if (length > 0)
        return length;
    *code_point = REPLACEMENT;
    return 1;
}

static struct bytes rest_of(struct bytes text, size_t from)
{
    return bytes_of(text.data + from, text.size - from);
}

/* What could end a line, move the cursor or turn the reading direction of what follows. */
static bool is_control(uint32_t c)
{
    return c < 0x20 || (c >= 0x7F && c < 0xA0) || (c >= 0x202A && c <= 0x202E) || (c >= 0x2066 && c <= 0x2069);
}

enum text_verdict text_check(struct bytes text, size_t max)
{
    size_t count = 0, length;
    uint32_t c;

    for (size_t at = 0; at < text.size; at += length) {
        length = text_next(rest_of(text, at), &c);
        if (length == 0)
            return TEXT_BROKEN;
        if (is_control(c))
            return TEXT_CONTROL;
        if (++count > max)
            return TEXT_LONG;
    }
    return TEXT_OK;
}

size_t text_length(struct bytes text)
{
    size_t count = 0;
    uint32_t c;

    for (size_t at = 0; at < text.size; count++)
        at += next_or_replaced(rest_of(text, at), &c);
    return count;
}

/* Ten of a kind stand together, the zero first; of the mathematical ones five tens. */
static uint8_t decimal_of(utf8proc_int32_t c)
{
    utf8proc_int32_t zero = c;

    while (c - zero < 50 && utf8proc_category(zero - 1) == UTF8PROC_CATEGORY_ND)
        zero--;
    return (uint8_t)('0' + (c - zero) % 10);
}

static uint8_t read_as(uint32_t number, uint8_t *second)
{
    if (number < 10)
        return (uint8_t)(TEXT_SIGN_LIKENESS | ('0' + number));
    *second = (uint8_t)(TEXT_SIGN_LIKENESS | ('0' + number % 10));
    return (uint8_t)(TEXT_SIGN_LIKENESS | ('0' + number / 10));
}

/* Numbers in circles and squares, black ones among them, which Unicode folds to nothing. 0: none of them. */
static uint8_t circled_of(uint32_t c, uint8_t *second)
{
    static const struct {
        uint32_t first, last, number, step;
    } rows[] = {
        { 0x24EB, 0x24F4, 11, 1 }, { 0x24F5, 0x24FE, 1, 1 }, { 0x24FF, 0x24FF, 0, 1 },   { 0x2776, 0x277F, 1, 1 },
        { 0x2780, 0x2789, 1, 1 },  { 0x278A, 0x2793, 1, 1 }, { 0x3248, 0x324F, 10, 10 }, { 0x1F10B, 0x1F10C, 0, 0 },
    };

    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        if (c >= rows[i].first && c <= rows[i].last)
            return read_as(rows[i].number + (c - rows[i].first) * rows[i].step, second);
    return 0;
}

/* Numerals of Chinese and Japanese: plain ones, the formal ones of cheques, old and new, and those of Suzhou's merchants. */
static const struct {
    uint32_t c;
    uint8_t digit;
} han[] = {
    { 0x3007, '0' }, { 0x3021, '1' }, { 0x3022, '2' }, { 0x3023, '3' }, { 0x3024, '4' }, { 0x3025, '5' },
    { 0x3026, '6' }, { 0x3027, '7' }, { 0x3028, '8' }, { 0x3029, '9' }, { 0x4E00, '1' }, { 0x4E03, '7' },
    { 0x4E09, '3' }, { 0x4E5D, '9' }, { 0x4E8C, '2' }, { 0x4E94, '5' }, { 0x4F0D, '5' }, { 0x516B, '8' },
    { 0x516D, '6' }, { 0x53C1, '3' }, { 0x53C2, '3' }, { 0x53C3, '3' }, { 0x53C4, '3' }, { 0x56DB, '4' },
    { 0x58F1, '1' }, { 0x58F9, '1' }, { 0x5F0C, '1' }, { 0x5F0D, '2' }, { 0x5F0E, '3' }, { 0x5F10, '2' },
    { 0x634C, '8' }, { 0x67D2, '7' }, { 0x7396, '9' }, { 0x8086, '4' }, { 0x8CB3, '2' }, { 0x8D30, '2' },
    { 0x9646, '6' }, { 0x9678, '6' }, { 0x96F6, '0' },
};

/* 0: none. */
static uint8_t digit_of(utf8proc_int32_t c)
{
    if (c >= '0' && c <= '9')
        return (uint8_t)c;
    for (size_t i = 0; i < sizeof han / sizeof *han; i++)
        if (han[i].c == (uint32_t)c)
            return han[i].digit;
    return 0;
}

/* What is plain in its compatibility form: a full-width letter, a number of one digit or two in a circle, in brackets, raised or with a
 * point. 0: nothing. */
static uint8_t folded_of(utf8proc_int32_t c, uint8_t *second)
{
    utf8proc_int32_t parts[8];
    int last = 0;
    utf8proc_ssize_t count = utf8proc_decompose_char(c, parts, 8, UTF8PROC_DECOMPOSE | UTF8PROC_COMPAT, &last);
    uint32_t number = 0;
    int digits = 0;

    if (count == 1 && digit_of(parts[0]) == 0)
        return parts[0] < 0x80 ? (uint8_t)parts[0] : 0;
    for (utf8proc_ssize_t i = 0; i < count && count <= 8; i++) {
        uint8_t digit = digit_of(parts[i]);

        if (digit != 0 && digits < 2) {
            number = number * 10 + (digit - '0');
            digits++;
        } else if (parts[i] != '(' && parts[i] != ')' && parts[i] != '.' && parts[i] != ',') {
            return 0;
        }
    }
    return digits == 0 ? 0 : read_as(number, second);
}

uint8_t text_sign(uint32_t c, uint8_t *second)
{
    uint8_t plain;

    *second = 0;
    switch ((int)utf8proc_category((utf8proc_int32_t)c)) {
    case UTF8PROC_CATEGORY_ND:
        return decimal_of((utf8proc_int32_t)c);
    case UTF8PROC_CATEGORY_ZS:
        return ' ';
    case UTF8PROC_CATEGORY_MN:
    case UTF8PROC_CATEGORY_MC:
    case UTF8PROC_CATEGORY_ME:
    case UTF8PROC_CATEGORY_CF:
        return TEXT_SIGN_UNSEEN;
    case UTF8PROC_CATEGORY_LU:
    case UTF8PROC_CATEGORY_LL:
    case UTF8PROC_CATEGORY_LT:
    case UTF8PROC_CATEGORY_LO:
        plain = folded_of((utf8proc_int32_t)c, second);
        return plain ? plain : TEXT_SIGN_LETTER;
    default:
        if (utf8proc_charwidth((utf8proc_int32_t)c) == 0)
            return TEXT_SIGN_UNSEEN;
        plain = circled_of(c, second);
        if (!plain)
            plain = folded_of((utf8proc_int32_t)c, second);
        return plain ? plain : '-';
    }
}

/* The text with U+FFFD for what is no UTF-8: at most three times as long. */
static struct bytes repaired(struct arena *arena, struct bytes text)
{
    utf8proc_uint8_t *sound = arena_array(arena, text.size, 3);
    size_t size = 0;
    uint32_t c;

    for (size_t at = 0; at < text.size;) {
        at += next_or_replaced(rest_of(text, at), &c);
        size += (size_t)utf8proc_encode_char((utf8proc_int32_t)c, sound + size);
    }
    return bytes_of(sound, size);
}

struct points {
    utf8proc_int32_t *at;
    utf8proc_ssize_t count;
};

/* Mapped code points, and behind them the place that utf8proc_reencode() wants. */
static struct points map(struct arena *arena, struct bytes text, utf8proc_option_t options)
{
    struct points points;

    points.count = utf8proc_decompose(text.data, (utf8proc_ssize_t)text.size, NULL, 0, options);
    if (points.count == UTF8PROC_ERROR_INVALIDUTF8) {
        text = repaired(arena, text);
        points.count = utf8proc_decompose(text.data, (utf8proc_ssize_t)text.size, NULL, 0, options);
    }
    assert(points.count >= 0);
    points.at = arena_array(arena, (size_t)points.count + 1, sizeof *points.at);
    utf8proc_decompose(text.data, (utf8proc_ssize_t)text.size, points.at, points.count, options);
    return points;
}

/* In place, a NUL behind it. */
static char *encode(struct points points, utf8proc_option_t options)
{
    utf8proc_ssize_t size = utf8proc_reencode(points.at, points.count, options);

    assert(size >= 0);
    (void)size;
    return (char *)points.at;
}

static struct points spaces_made_one(struct points points)
{
    struct points kept = { points.at, 0 };
    bool space = false;

    for (utf8proc_ssize_t i = 0; i < points.count; i++) {
        if (utf8proc_category(points.at[i]) == UTF8PROC_CATEGORY_ZS) {
            space = true;
            continue;
        }
        if (space && kept.count > 0)
            kept.at[kept.count++] = ' ';
        space = false;
        kept.at[kept.count++] = points.at[i];
    }
    return kept;
}

char *text_tidy(struct arena *arena, struct bytes text)
{
    const utf8proc_option_t options = UTF8PROC_STABLE | UTF8PROC_COMPOSE;

    return encode(spaces_made_one(map(arena, text, options)), options);
}

/* Letters of their own for Unicode, but not for a keyboard without them. */
static const struct {
    utf8proc_int32_t letter;
    char plain[3];
} ligatures[] = {
    { 0xE6, "ae" }, { 0xF0, "d" },  { 0xF8, "o" },  { 0xFE, "th" },  { 0x111, "d" },
    { 0x127, "h" }, { 0x131, "i" }, { 0x142, "l" }, { 0x153, "oe" },
};

static const char *plain_form(utf8proc_int32_t letter)
{
    for (size_t i = 0; i < sizeof ligatures / sizeof *ligatures; i++)
        if (ligatures[i].letter == letter)
            return ligatures[i].plain;
    return NULL;
}

static struct points ligatures_taken_apart(struct arena *arena, struct points points)
{
    struct points apart = { arena_array(arena, (size_t)points.count * 2 + 1, sizeof *points.at), 0 };

    for (utf8proc_ssize_t i = 0; i < points.count; i++) {
        const char *plain = plain_form(points.at[i]);
        if (!plain)
            apart.at[apart.count++] = points.at[i];
        while (plain && *plain)
            apart.at[apart.count++] = (unsigned char)*plain++;
    }
    return apart;
}

char *text_fold(struct arena *arena, struct bytes text)
{
    const utf8proc_option_t options = UTF8PROC_STABLE | UTF8PROC_COMPAT | UTF8PROC_DECOMPOSE | UTF8PROC_CASEFOLD |
                                      UTF8PROC_STRIPMARK | UTF8PROC_IGNORE;

    return encode(ligatures_taken_apart(arena, map(arena, text, options)), UTF8PROC_STABLE);
}

static bool is_word(uint32_t c)
{
    switch ((int)utf8proc_category((utf8proc_int32_t)c)) {
    case UTF8PROC_CATEGORY_LU:
    case UTF8PROC_CATEGORY_LL:
    case UTF8PROC_CATEGORY_LT:
    case UTF8PROC_CATEGORY_LM:
    case UTF8PROC_CATEGORY_LO:
    case UTF8PROC_CATEGORY_ND:
    case UTF8PROC_CATEGORY_NL:
    case UTF8PROC_CATEGORY_NO:
        return true;
    default:
        return false;
    }
}

static bool is_seen(uint32_t c)
{
    if (c == 0x34F || c == 0x115F || c == 0x1160 || c == 0x2800 || c == 0x3164 || c == 0xFFA0) /* fillers */
        return false;
    switch ((int)utf8proc_category((utf8proc_int32_t)c)) {
    case UTF8PROC_CATEGORY_CN:
    case UTF8PROC_CATEGORY_MN:
    case UTF8PROC_CATEGORY_ME:
    case UTF8PROC_CATEGORY_ZS:
    case UTF8PROC_CATEGORY_ZL:
    case UTF8PROC_CATEGORY_ZP:
    case UTF8PROC_CATEGORY_CC:
    case UTF8PROC_CATEGORY_CF:
    case UTF8PROC_CATEGORY_CS:
    case UTF8PROC_CATEGORY_CO:
        return false;
    default:
        return true;
    }
}

bool text_is_blank(struct bytes text)
{
    uint32_t c;

    for (size_t at = 0; at < text.size;) {
        at += next_or_replaced(rest_of(text, at), &c);
        if (is_seen(c))
            return false;
    }
    return true;
}

/* Cuts the folded text into words where it lies; words may be NULL to count them first. */
static size_t cut_words(char *folded, char **words)
{
    const struct bytes text = bytes_of_text(folded);
    size_t count = 0, length;
    bool inside = false;
    uint32_t c;

    for (size_t at = 0; at < text.size; at += length) {
        length = next_or_replaced(rest_of(text, at), &c);
        if (is_word(c) && !inside) {
            if (words)
                words[count] = folded + at;
            count++;
        } else if (words && !is_word(c)) {
            folded[at] = '\0';
        }
        inside = is_word(c);
    }
    return count;
}

size_t text_words(struct arena *arena, struct bytes text, char ***words)
{
    char *folded = text_fold(arena, text);
    size_t count = cut_words(folded, NULL);

    *words = arena_array(arena, count, sizeof **words);
    return cut_words(folded, *words);
}

/* Cells in a terminal, as the C library has them in a UTF-8 locale, but for any locale: a till and a server in "C" lay
 * out the same receipt. */
static size_t width(uint32_t c)
{
    if ((c >= 0x1160 && c <= 0x11FF) || (c >= 0xD7B0 && c <= 0xD7FF))
        return 0; /* Hangul vowels and finals stand in their syllable's cells */
    if (utf8proc_category((utf8proc_int32_t)c) == UTF8PROC_CATEGORY_MC)
        return 1;
    return (size_t)utf8proc_charwidth((utf8proc_int32_t)c);
}

static bool is_printable_ascii(struct bytes text)
{
    for (size_t i = 0; i < text.size; i++)
        if (text.data[i] < 0x20 || text.data[i] > 0x7E)
            return false;
    return true;
}

size_t text_cut(const char *text, size_t columns, size_t *used)
{
    const struct bytes all = bytes_of_text(text);
    size_t kept = 0, kept_cells = 0, cells = 0, at = 0;
    utf8proc_int32_t state = 0;
    uint32_t before = 0, c = 0;

    if (is_printable_ascii(all)) { /* nearly all of a receipt: a cell a byte, without asking Unicode */
        kept = all.size < columns ? all.size : columns;
        if (used)
            *used = kept;
        return kept;
    }
    while (cells <= columns) {
        size_t length = at < all.size ? next_or_replaced(rest_of(all, at), &c) : 0;
        if (length == 0 ||
            (at > 0 && utf8proc_grapheme_break_stateful((utf8proc_int32_t)before, (utf8proc_int32_t)c, &state))) {
            kept = at;
            kept_cells = cells;
        }
        if (length == 0)
            break;
        cells += width(c);
        before = c;
        at += length;
    }
    if (used)
        *used = kept_cells;
    return kept;
}

size_t text_columns(const char *text)
{
    size_t used;

    text_cut(text, SIZE_MAX, &used);
    return used;
}

/* Of what Unicode does not take apart; NULL: nothing. */
static const char *likeness_of(uint32_t code_point)
{
    static const struct {
        uint32_t code_point;
        char likeness[4];
    } likenesses[] = {
        /* Letters that Unicode does not take apart. */
        { 0x00C6, "AE" },
        { 0x00D0, "D" },
        { 0x00D8, "O" },
        { 0x00DE, "Th" },
        { 0x00DF, "ss" },
        { 0x00E6, "ae" },
        { 0x00F0, "d" },
        { 0x00F8, "o" },
        { 0x00FE, "th" },
        { 0x0110, "D" },
        { 0x0111, "d" },
        { 0x0126, "H" },
        { 0x0127, "h" },
        { 0x0131, "i" },
        { 0x0138, "q" },
        { 0x0141, "L" },
        { 0x0142, "l" },
        { 0x0149, "'n" },
        { 0x014A, "NG" },
        { 0x014B, "ng" },
        { 0x0152, "OE" },
        { 0x0153, "oe" },
        { 0x0166, "T" },
        { 0x0167, "t" },
        { 0x018F, "E" },
        { 0x0192, "f" },
        { 0x0259, "e" },
        { 0x1E9E, "SS" },
        /* Signs. */
        { 0x00A1, "!" },
        { 0x00A3, "GBP" },
        { 0x00A5, "JPY" },
        { 0x00A9, "(c)" },
        { 0x00AB, "<<" },
        { 0x00AE, "(R)" },
        { 0x00B0, "deg" },
        { 0x00B1, "+-" },
        { 0x00B4, "'" },
        { 0x00B7, "." },
        { 0x00BB, ">>" },
        { 0x00BF, "?" },
        { 0x00D7, "x" },
        { 0x00F7, "/" },
        { 0x2010, "-" },
        { 0x2011, "-" },
        { 0x2012, "-" },
        { 0x2013, "-" },
        { 0x2014, "-" },
        { 0x2015, "-" },
        { 0x2018, "'" },
        { 0x2019, "'" },
        { 0x201A, "," },
        { 0x201B, "'" },
        { 0x201C, "\"" },
        { 0x201D, "\"" },
        { 0x201E, "\"" },
        { 0x2022, "*" },
        { 0x2026, "..." },
        { 0x2032, "'" },
        { 0x2039, "<" },
        { 0x203A, ">" },
        { 0x2044, "/" },
        { 0x20AC, "EUR" },
        { 0x2190, "<-" },
        { 0x2192, "->" },
        { 0x2212, "-" },
    };

    for (size_t i = 0; i < sizeof likenesses / sizeof likenesses[0]; i++)
        if (likenesses[i].code_point == code_point)
            return likenesses[i].likeness;
    return NULL;
}

/* What it is put together of, all of it ("fi", "1/2") but marks on a letter; what ASCII has not all of is '?'. */
static size_t ascii_of_parts(char to[3], const utf8proc_int32_t *parts, utf8proc_ssize_t count)
{
    size_t size = 0;
    bool all = count >= 1 && count <= 8;

    for (utf8proc_ssize_t i = 0; all && i < count; i++) {
        const char itself[2] = { (char)(parts[i] >= 0x20 && parts[i] < 0x7F ? parts[i] : 0) };
        const char *part = itself[0] != 0 ? itself : likeness_of((uint32_t)parts[i]);

        if (part == NULL && width((uint32_t)parts[i]) == 0 && size > 0)
            continue;
        all = part != NULL && size + strlen(part) <= 3;
        for (; all && *part != 0; part++)
            to[size++] = *part;
    }
    if (all && size > 0)
        return size;
    to[0] = '?';
    return 1;
}

size_t text_ascii(char to[3], uint32_t code_point)
{
    utf8proc_int32_t parts[8];
    int boundary = 0;

    if (width(code_point) == 0)
        return 0;
    if (likeness_of(code_point) != NULL)
        return ascii_of_parts(to, (const utf8proc_int32_t[]){ (utf8proc_int32_t)code_point }, 1);
    utf8proc_ssize_t count = utf8proc_decompose_char((utf8proc_int32_t)code_point, parts, 8,
                                                     UTF8PROC_COMPAT | UTF8PROC_DECOMPOSE, &boundary);
    return ascii_of_parts(to, parts, count);
}
