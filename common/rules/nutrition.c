/* Nutrition declarations: what they may say, and as one text. */
#include "common/rules/nutrition.h"

#include <stdio.h>
#include <stdlib.h>

struct nutrition nutrition_unknown(void)
{
    struct nutrition nutrition = { 0 };

    for (int i = 0; i < NUTRIENT_COUNT; i++)
        nutrition.of[i] = NUTRIENT_UNKNOWN;
    return nutrition;
}

bool nutrition_known(const struct nutrition *nutrition)
{
    for (int i = 0; i < NUTRIENT_COUNT; i++)
        if (nutrition->of[i] >= 0)
            return true;
    return false;
}

bool nutrition_same(const struct nutrition *a, const struct nutrition *b)
{
    for (int i = 0; i < NUTRIENT_COUNT; i++)
        if (a->of[i] != b->of[i])
            return false;
    return true;
}

static int32_t most_of(int nutrient)
{
    switch (nutrient) {
    case NUTRIENT_ENERGY_KJ:
        return NUTRIENT_KJ_MAX;
    case NUTRIENT_ENERGY_KCAL:
        return NUTRIENT_KCAL_MAX;
    default:
        return NUTRIENT_MG_MAX;
    }
}

/* Where both are known. */
static bool is_part_of(const struct nutrition *n, enum nutrient part, enum nutrient whole)
{
    return n->of[part] < 0 || n->of[whole] < 0 || n->of[part] <= n->of[whole];
}

/* What is not known weighs nothing, as far as is known; saturates are known to be fat, and sugars carbohydrate, also alone. */
static int64_t weight_of(const struct nutrition *n, enum nutrient whole, enum nutrient part)
{
    int32_t known = n->of[whole] >= 0 ? n->of[whole] : n->of[part];

    return known < 0 ? 0 : known;
}

/* In thousandths of a kcal: 1 kcal is 4.184 kJ. */
static bool energies_fit(int64_t kj, int64_t kcal)
{
    int64_t by_kj = kj * 1000000 / 4184, off = kcal * 1000 - by_kj;

    return llabs(off) <= by_kj / 20 + 1000;
}

enum nutrition_verdict nutrition_check(const struct nutrition *n, enum nutrient *at)
{
    for (int i = 0; i < NUTRIENT_COUNT; i++) {
        *at = (enum nutrient)i;
        if (n->of[i] > most_of(i))
            return NUTRITION_TOO_MUCH;
    }
    *at = NUTRIENT_SATURATES;
    if (!is_part_of(n, NUTRIENT_SATURATES, NUTRIENT_FAT))
        return NUTRITION_SATURATES;
    *at = NUTRIENT_SUGARS;
    if (!is_part_of(n, NUTRIENT_SUGARS, NUTRIENT_CARBOHYDRATE))
        return NUTRITION_SUGARS;
    *at = NUTRIENT_SALT;
    if (weight_of(n, NUTRIENT_FAT, NUTRIENT_SATURATES) + weight_of(n, NUTRIENT_CARBOHYDRATE, NUTRIENT_SUGARS) +
            weight_of(n, NUTRIENT_PROTEIN, NUTRIENT_PROTEIN) + weight_of(n, NUTRIENT_SALT, NUTRIENT_SALT) >
        NUTRIENT_MG_MAX)
        return NUTRITION_SUM;
    *at = NUTRIENT_ENERGY_KCAL;
    if (n->of[NUTRIENT_ENERGY_KJ] >= 0 && n->of[NUTRIENT_ENERGY_KCAL] >= 0 &&
        !energies_fit(n->of[NUTRIENT_ENERGY_KJ], n->of[NUTRIENT_ENERGY_KCAL]))
        return NUTRITION_ENERGY;
    return NUTRITION_OK;
}

char *nutrition_text(const struct nutrition *nutrition, char text[NUTRITION_TEXT])
{
    size_t used = 0;

    text[0] = '\0';
    if (!nutrition_known(nutrition))
        return text;
    for (int i = 0; i < NUTRIENT_COUNT; i++) {
        const char *blank = i == 0 ? "" : " ";
        int more = nutrition->of[i] < 0
                       ? snprintf(text + used, NUTRITION_TEXT - used, "%s-", blank)
                       : snprintf(text + used, NUTRITION_TEXT - used, "%s%d", blank, (int)nutrition->of[i]);
        used += (size_t)more; /* eight numbers of at most six digits, or of ten where nobody checked them */
    }
    return text;
}

static bool value_read(const char **text, int32_t *value)
{
    char *end;

    if (**text == '-') {
        *value = NUTRIENT_UNKNOWN;
        ++*text;
        return true;
    }
    if (**text < '0' || **text > '9')
        return false;
    long read = strtol(*text, &end, 10);
    *text = end;
    *value = (int32_t)read;
    return read <= NUTRIENT_MG_MAX;
}

bool nutrition_read(const char *text, struct nutrition *nutrition)
{
    *nutrition = nutrition_unknown();
    if (*text == '\0')
        return true;
    for (int i = 0; i < NUTRIENT_COUNT; i++) {
        if ((i > 0 && *text++ != ' ') || !value_read(&text, &nutrition->of[i])) {
            *nutrition = nutrition_unknown();
            return false;
        }
    }
    if (*text == '\0')
        return true;
    *nutrition = nutrition_unknown();
    return false;
}
