/* Ids of modifiers to text and back. */
#include "common/rules/modifier_ids.h"

#include <stdlib.h>

#include "common/rules/catalogue.h"

size_t modifier_ids_read(const char *text, struct arena *arena, const int64_t **ids)
{
    size_t count = 0;

    *ids = NULL;
    if (*text == '\0') /* nearly every product */
        return 0;
    int64_t *list = arena_array(arena, PRODUCT_MODIFIERS_MAX, sizeof *list);
    while (*text >= '0' && *text <= '9' && count < PRODUCT_MODIFIERS_MAX) {
        char *end;

        list[count++] = strtoll(text, &end, 10);
        text = *end == ' ' ? end + 1 : end;
    }
    *ids = list;
    return count;
}

const char *modifier_ids_text(const int64_t *ids, size_t count, struct arena *arena)
{
    const char *text = "";

    for (size_t i = 0; i < count; i++)
        text = arena_format(arena, "%s%s%lld", text, i ? " " : "", (long long)ids[i]);
    return text;
}
