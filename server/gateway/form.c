/* application/x-www-form-urlencoded. */
#include "server/gateway/form.h"

#include <assert.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

static bool is_plain(unsigned char c)
{
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || strchr("-_.", c) != NULL;
}

/* Returns how much was written, without the 0 behind it. */
static size_t encode(char *to, size_t size, const char *text)
{
    size_t used = 0;

    for (; *text; text++) {
        unsigned char c = (unsigned char)*text;

        assert(used + 4 <= size);
        if (is_plain(c))
            to[used++] = (char)c;
        else
            used += (size_t)snprintf(to + used, size - used, "%%%02X", c);
    }
    assert(used < size);
    to[used] = '\0';
    return used;
}

void form_encode(char *to, size_t size, const char *text)
{
    encode(to, size, text);
}

void form_add(struct form *form, const char *name, const char *value)
{
    assert(form->size + 2 < sizeof form->text);
    if (form->size > 0)
        form->text[form->size++] = '&';
    form->size += encode(form->text + form->size, sizeof form->text - form->size - 1, name);
    form->text[form->size++] = '=';
    form->size += encode(form->text + form->size, sizeof form->text - form->size, value);
}

void form_add_number(struct form *form, const char *name, int64_t value)
{
    char text[24];

    snprintf(text, sizeof text, "%" PRId64, value);
    form_add(form, name, text);
}
