/* Allergens by number and by name, and which of them stand between a product and a member. */
#include "common/rules/allergen.h"

#include <ctype.h>
#include <string.h>
#include <strings.h>

const char *const allergen_names[ALLERGEN_COUNT + 1] = {
    [0] = "",         [1] = "Gluten",   [2] = "Crustaceans", [3] = "Eggs",   [4] = "Fish",
    [5] = "Peanuts",  [6] = "Soybeans", [7] = "Milk",        [8] = "Nuts",   [9] = "Celery",
    [10] = "Mustard", [11] = "Sesame",  [12] = "Sulphites",  [13] = "Lupin", [14] = "Molluscs",
};

const char *allergens_text(uint16_t set, struct arena *arena)
{
    char *text = arena_text(arena, "");

    for (unsigned number = 1; number <= ALLERGEN_COUNT; number++) {
        if ((set & 1u << number) == 0)
            continue;
        size_t before = strlen(text);
        text = arena_format(arena, "%s%s%s", text, before == 0 ? "" : ", ", allergen_names[number]);
        char *first = text + before + (before == 0 ? 0 : 2);
        *first = (char)tolower((unsigned char)*first);
    }
    return text;
}

/* 0: none, or more than one. */
static unsigned number_of(const char *word)
{
    size_t length = strlen(word);
    unsigned found = 0;

    if (length <= 2 && strspn(word, "0123456789") == length) {
        for (const char *digit = word; *digit != 0; digit++)
            found = found * 10 + (unsigned)(*digit - '0');
        return found <= ALLERGEN_COUNT ? found : 0;
    }
    for (unsigned number = 1; number <= ALLERGEN_COUNT; number++) {
        if (strncasecmp(allergen_names[number], word, length) != 0)
            continue;
        if (found != 0)
            return 0;
        found = number;
    }
    return found;
}

bool allergens_parse(const char *text, struct arena *arena, uint16_t *set, const char **wrong)
{
    char *rest = arena_text(arena, text), *word;

    *set = 0;
    while ((word = strsep(&rest, ", ")) != NULL) {
        if (*word == 0)
            continue;
        unsigned number = number_of(word);
        if (number == 0) {
            *wrong = word;
            return false;
        }
        *set = (uint16_t)(*set | 1u << number);
    }
    return true;
}

uint16_t allergens_untold(const struct product *product, uint16_t avoids, uint16_t told)
{
    return (uint16_t)((product->contains | product->may_contain) & avoids & ~told);
}
