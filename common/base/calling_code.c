/* National phone numbers: which digits in front of them are dialled at home alone. */
#include "common/base/calling_code.h"

#include <string.h>

#include "common/base/phone.h"

#define DIGITS_MAX 15 /* E.164's, with the calling code */
#define TRUNKS_MAX 3

/* ITU-T E.164, "List of assigned country codes": 1 and 7, these, and three digits for all others. No code begins
 * another. */
static const uint8_t two_digits[] = { 20, 27, 30, 31, 32, 33, 34, 36, 39, 40, 41, 43, 44, 45, 46,
                                      47, 48, 49, 51, 52, 53, 54, 55, 56, 57, 58, 60, 61, 62, 63,
                                      64, 65, 66, 81, 82, 84, 86, 90, 91, 92, 93, 94, 95, 98 };

/* Where national numbers do not follow the rule, that a 0 in front is the trunk prefix and falls away from abroad.
 * ITU Operational Bulletin, annex "Dialling procedures (international prefix, national (trunk) prefix and national
 * (significant) number)", and the national numbering plans that were sent to the ITU since (Côte d'Ivoire 2021, Benin
 * 2024); the same as in libphonenumber's PhoneNumberMetadata.xml. */
struct plan {
    const char *code;
    const char *trunks[TRUNKS_MAX]; /* none: all that is dialled is the number, a 0 too */
    size_t digits;                  /* of every number behind the prefix; 0: they differ */
};
static const struct plan plans[] = {
    { "1", { "1" }, 10 },             /* the North American plan */
    { "7", { "8" }, 10 },             /* Russia, Kazakhstan */
    { "36", { "06" }, 0 },            /* Hungary */
    { "39", { NULL }, 0 },            /* Italy, the Vatican: 06 is Rome's */
    { "225", { NULL }, 0 },           /* Côte d'Ivoire */
    { "229", { NULL }, 0 },           /* Benin */
    { "242", { NULL }, 0 },           /* Congo */
    { "370", { "8", "0" }, 8 },       /* Lithuania: 8 until 2023 */
    { "375", { "80", "8", "0" }, 9 }, /* Belarus */
    { "378", { NULL }, 0 },           /* San Marino */
    { "692", { "1" }, 7 },            /* the Marshall Islands */
    { "993", { "8" }, 8 },            /* Turkmenistan */
};
static const struct plan usual = { "", { "0" }, 0 };

static const struct plan *plan_of(const char *code)
{
    for (size_t i = 0; i < sizeof plans / sizeof *plans; i++)
        if (strcmp(plans[i].code, code) == 0)
            return &plans[i];
    return &usual;
}

/* By its first digits; 0: no code begins like that. */
static size_t code_length(struct bytes code)
{
    if (code.data[0] == '0')
        return 0;
    if (code.data[0] == '1' || code.data[0] == '7')
        return 1;
    for (size_t i = 0; code.size > 1 && i < sizeof two_digits; i++)
        if (two_digits[i] == (code.data[0] - '0') * 10 + (code.data[1] - '0'))
            return 2;
    return 3;
}

bool calling_code_read(struct bytes text, char code[CALLING_CODE_SIZE])
{
    if (text.size > 1 && text.data[0] == '+') {
        text.data++;
        text.size--;
    }
    if (text.size >= CALLING_CODE_SIZE || (text.size > 0 && text.size != code_length(text)))
        return false;
    for (size_t i = 0; i < text.size; i++)
        if (text.data[i] < '0' || text.data[i] > '9')
            return false;
    memset(code, 0, CALLING_CODE_SIZE);
    if (text.size > 0)
        memcpy(code, text.data, text.size);
    return true;
}

/* Without the trunk prefix; NULL: no whole number of this plan. */
static const char *national_of(const char *dialled, const struct plan *plan)
{
    size_t count = strlen(dialled);

    for (int i = 0; i < TRUNKS_MAX && plan->trunks[i]; i++) {
        size_t trunk = strlen(plan->trunks[i]);
        if (strncmp(dialled, plan->trunks[i], trunk) == 0 && (plan->digits == 0 || count - trunk == plan->digits))
            return dialled + trunk;
    }
    return plan->digits == 0 || count == plan->digits ? dialled : NULL;
}

char *phone_international(struct arena *arena, struct bytes phone, const char *calling_code)
{
    char *dialled = phone_normalise(arena, phone);

    if (!dialled || dialled[0] == '+' || !*calling_code)
        return dialled;
    const char *national = national_of(dialled, plan_of(calling_code));
    if (!national || strlen(calling_code) + strlen(national) > DIGITS_MAX)
        return dialled;
    return arena_format(arena, "+%s%s", calling_code, national);
}

/* Numbers that the countries' own offices keep free for films and books, or the office's own. */
const char *phone_example(const char *calling_code)
{
    static const struct {
        const char *code, *example;
    } examples[] = {
        { "1", "(805) 555-0101" }, { "33", "01 99 00 12 34" }, { "44", "020 7946 0123" },
        { "49", "030 23125 123" }, { "61", "(02) 5550 1234" },
    };

    for (size_t i = 0; i < sizeof examples / sizeof *examples; i++)
        if (strcmp(examples[i].code, calling_code) == 0)
            return examples[i].example;
    return NULL;
}

size_t phone_dialled_forms(struct arena *arena, const char *international, const char *calling_code,
                           const char *forms[PHONE_FORMS_MAX])
{
    size_t code = strlen(calling_code), count = 0;

    if (code == 0 || international[0] != '+' || strncmp(international + 1, calling_code, code) != 0)
        return 0;
    const char *national = international + 1 + code;
    const struct plan *plan = plan_of(calling_code);
    forms[count++] = national;
    for (int i = 0; i < TRUNKS_MAX && plan->trunks[i]; i++)
        forms[count++] = arena_format(arena, "%s%s", plan->trunks[i], national);
    return count;
}
