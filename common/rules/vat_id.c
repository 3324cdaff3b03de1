/* Forms of VAT numbers, by their countries. */
#include "common/rules/vat_id.h"

#include <ctype.h>
#include <stdbool.h>
#include <string.h>

#define LONGEST 14

/* Behind the country: 9 a digit, A a letter, X either, S either, + or *; a small letter is itself as a capital. */
static const struct {
    char country[3];
    const char *form;
} forms[] = {
    { "AT", "u99999999" },   { "BE", "9999999999" }, { "BG", "999999999" },    { "BG", "9999999999" },
    { "CY", "99999999A" },   { "CZ", "99999999" },   { "CZ", "999999999" },    { "CZ", "9999999999" },
    { "DE", "999999999" },   { "DK", "99999999" },   { "EE", "999999999" },    { "EL", "999999999" },
    { "ES", "A9999999X" },   { "ES", "X9999999A" },  { "FI", "99999999" },     { "FR", "XX999999999" },
    { "HR", "99999999999" }, { "HU", "99999999" },   { "IE", "9S99999A" },     { "IE", "9999999AA" },
    { "IT", "99999999999" }, { "LT", "999999999" },  { "LT", "999999999999" }, { "LU", "99999999" },
    { "LV", "99999999999" }, { "MT", "99999999" },   { "NL", "SSSSSSSSSbSS" }, { "PL", "9999999999" },
    { "PT", "999999999" },   { "RO", "99" },         { "RO", "999" },          { "RO", "9999" },
    { "RO", "99999" },       { "RO", "999999" },     { "RO", "9999999" },      { "RO", "99999999" },
    { "RO", "999999999" },   { "RO", "9999999999" }, { "SE", "999999999999" }, { "SI", "99999999" },
    { "SK", "9999999999" },  { "XI", "999999999" },  { "XI", "999999999999" }, { "XI", "gd999" },
    { "XI", "ha999" },
};

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

static bool is_capital(char c)
{
    return c >= 'A' && c <= 'Z';
}

static bool fits_one(char form, char c)
{
    switch (form) {
    case '9':
        return is_digit(c);
    case 'A':
        return is_capital(c);
    case 'X':
        return is_digit(c) || is_capital(c);
    case 'S':
        return is_digit(c) || is_capital(c) || c == '+' || c == '*';
    default:
        return c == toupper((unsigned char)form);
    }
}

static bool fits(const char *form, const char *text)
{
    size_t at = 0;

    while (form[at] != '\0' && text[at] != '\0' && fits_one(form[at], text[at]))
        at++;
    return form[at] == '\0' && text[at] == '\0';
}

/* Capitals, and nothing that only parts them; what is too long for any is cut, and fits none. */
static void squeeze(char squeezed[LONGEST + 2], const char *text)
{
    size_t size = 0;

    for (; *text != '\0' && size <= LONGEST; text++)
        if (strchr(" .-", *text) == NULL)
            squeezed[size++] = (char)toupper((unsigned char)*text);
    squeezed[size] = '\0';
}

/* The form as a person reads it. */
static const char *shown(const char *country, const char *form, struct arena *arena)
{
    char *text = arena_format(arena, "%s%s", country, form);

    for (char *at = text + strlen(country); *at != '\0'; at++)
        *at = (char)(*at == 'X' || *at == 'S' ? '9' : toupper((unsigned char)*at));
    return text;
}

enum vat_id_verdict vat_id_check(const char *text, struct arena *arena, const char **written, const char **form)
{
    char squeezed[LONGEST + 2] = "";
    const char *wanted = NULL;

    *written = text;
    *form = NULL;
    squeeze(squeezed, text);
    for (size_t i = 0; i < sizeof forms / sizeof *forms; i++) {
        if (strncmp(squeezed, forms[i].country, 2) != 0)
            continue;
        if (fits(forms[i].form, squeezed + 2)) {
            *written = arena_text(arena, squeezed);
            return VAT_ID_OK;
        }
        if (wanted == NULL)
            wanted = shown(forms[i].country, forms[i].form, arena);
    }
    *form = wanted;
    return wanted == NULL ? VAT_ID_OTHER : VAT_ID_BAD;
}
