/* What was typed at the counter: the quantity comes first, then what it is of. */
#include "client/counter/entry.h"

#include <string.h>

#include "common/base/number.h"

/* The longest number that can be a quantity: 1000000.000. */
#define QUANTITY_SIZE 12
#define PLU_DIGITS    6

static const char *skip_blanks(const char *text)
{
    while (*text == ' ')
        text++;
    return text;
}

/* Behind a sign of multiplication; NULL: there is none. */
static const char *skip_times(const char *text)
{
    if (*text == '*' || *text == 'x' || *text == 'X')
        return text + 1;
    if (strncmp(text, "×", strlen("×")) == 0)
        return text + strlen("×");
    return NULL;
}

/* "2d112", "2d" or "2dxcroi": so many dozens. A word goes on with another letter: "3 dinkel". NULL: no dozens. */
static const char *skip_dozen(const char *text)
{
    if (*text != 'd' && *text != 'D')
        return NULL;
    const char *behind = skip_blanks(text + 1);
    const char *times = skip_times(behind);

    if (times != NULL)
        return times;
    return *behind == 0 || (*behind >= '0' && *behind <= '9') ? behind : NULL;
}

static bool is_code(const char *text)
{
    size_t digits = strspn(text, "0123456789");
    return digits > 0 && *skip_blanks(text + digits) == 0;
}

static struct entry parse(const char *text)
{
    struct entry entry = { .quantity_milli = 1000, .rest = skip_blanks(text) };
    size_t number_size = strspn(entry.rest, "0123456789.,");
    const char *dozens = number_size == 0 ? NULL : skip_dozen(entry.rest + number_size);
    const char *behind = number_size == 0 ? NULL : skip_times(skip_blanks(entry.rest + number_size));

    if (dozens != NULL)
        behind = dozens;
    if (behind != NULL) {
        char number[QUANTITY_SIZE + 1] = "";
        if (number_size <= QUANTITY_SIZE)
            memcpy(number, entry.rest, number_size);
        entry.quantity_said = true;
        entry.rest = skip_blanks(behind);
        bool read = milli_parse(number, &entry.quantity_milli);
        if (read && dozens != NULL && entry.quantity_milli <= MILLI_MAX)
            entry.quantity_milli *= 12;
        if (!read || entry.quantity_milli <= 0 || entry.quantity_milli > MILLI_MAX) {
            entry.kind = ENTRY_WRONG;
            return entry;
        }
    }
    if (*entry.rest == 0)
        entry.kind = entry.quantity_said ? ENTRY_QUANTITY : ENTRY_EMPTY;
    else
        entry.kind = is_code(entry.rest) ? ENTRY_CODE : ENTRY_SEARCH;
    return entry;
}

/* "-5x900", "-900": so many are taken back, one where it is not said. */
struct entry entry_parse(const char *text)
{
    const char *sign = skip_blanks(text);

    if (sign[0] != '-' || sign[1] < '0' || sign[1] > '9')
        return parse(text);
    struct entry entry = parse(sign + 1);
    if (!entry.quantity_said && entry.kind != ENTRY_CODE)
        entry.kind = ENTRY_WRONG;
    entry.quantity_said = true;
    entry.quantity_milli = -entry.quantity_milli;
    return entry;
}

/* Behind a number: as much of the unit as is typed by now; else where it was. */
static const char *skip_unit(const char *text, const char *unit)
{
    const char *at = skip_blanks(text);
    size_t size = 0;

    while (unit[size] != 0 && (at[size] | 0x20) == unit[size])
        size++;
    return *skip_blanks(at + size) == 0 ? at + size : text;
}

/* Less than nothing is a weight that is wrong, and no number of a product. */
struct entry entry_parse_weight(const char *text, const char *unit)
{
    struct entry entry = { .quantity_milli = 1000, .rest = skip_blanks(text) };
    bool negative = *entry.rest == '-';
    if (negative)
        entry.rest = skip_blanks(entry.rest + 1);
    size_t size = strspn(entry.rest, "0123456789.,");
    char number[QUANTITY_SIZE + 1] = "";

    const char *behind = skip_unit(entry.rest + size, unit);
    if (size == 0 || *skip_blanks(behind) != 0)
        return entry_parse(text);
    if (size <= QUANTITY_SIZE)
        memcpy(number, entry.rest, size);
    bool read = milli_parse(number, &entry.quantity_milli) && entry.quantity_milli > 0 && !negative;
    entry.kind = read && entry.quantity_milli <= MILLI_MAX ? ENTRY_QUANTITY : ENTRY_WRONG;
    entry.quantity_said = true;
    entry.rest = behind;
    return entry;
}

uint32_t entry_plu(const char *code)
{
    uint32_t plu = 0;
    size_t digits = 0;

    while (*code == '0')
        code++;
    for (; *code >= '0' && *code <= '9' && digits <= PLU_DIGITS; code++, digits++)
        plu = plu * 10 + (uint32_t)(*code - '0');
    return digits <= PLU_DIGITS && *skip_blanks(code) == 0 ? plu : 0;
}
