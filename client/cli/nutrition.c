/* What goods hold, as people type it: "kj=1700 kcal=406 fat=21 saturates=12 carbohydrate=46 sugars=11 protein=8 salt=0.9". */
#include <stdlib.h>
#include <string.h>

#include "client/cli/cli.h"
#include "common/base/number.h"
#include "proto/catalogue.pb-c.h"

#define PARTED_BY " ,;"

/* Grams as 0.9, to a milligram. */
static bool grams(const char *text, uint32_t *mg)
{
    int64_t milli;

    if (!milli_parse(text, &milli) || milli < 0)
        return false;
    *mg = (uint32_t)milli; /* at most a thousand million */
    return true;
}

static bool energy(const char *text, uint32_t *value)
{
    uint64_t number;

    if (!whole_number(text, UINT32_MAX, &number))
        return false;
    *value = (uint32_t)number;
    return true;
}

static bool set_one(Caroline__V1__Nutrition *n, const char *name, const char *value)
{
    const struct {
        const char *name;
        bool (*read)(const char *text, uint32_t *value);
        uint32_t *value;
        protobuf_c_boolean *has;
    } nutrients[] = {
        { "kj", energy, &n->energy_kj, &n->has_energy_kj },
        { "kcal", energy, &n->energy_kcal, &n->has_energy_kcal },
        { "fat", grams, &n->fat_mg, &n->has_fat_mg },
        { "saturates", grams, &n->saturates_mg, &n->has_saturates_mg },
        { "carbohydrate", grams, &n->carbohydrate_mg, &n->has_carbohydrate_mg },
        { "sugars", grams, &n->sugars_mg, &n->has_sugars_mg },
        { "protein", grams, &n->protein_mg, &n->has_protein_mg },
        { "salt", grams, &n->salt_mg, &n->has_salt_mg },
    };

    for (size_t i = 0; i < sizeof nutrients / sizeof *nutrients; i++) {
        if (strcasecmp(name, nutrients[i].name) != 0)
            continue;
        if (*nutrients[i].has)
            return false;
        *nutrients[i].has = true;
        return nutrients[i].read(value, nutrients[i].value);
    }
    return false;
}

bool nutrition_set(struct cli *c, Caroline__V1__Product *product, const char *text)
{
    char *rest = arena_text(c->arena, text), *part;

    product->nutrition = (void *)message_make(&caroline__v1__nutrition__descriptor, c->arena);
    if (strcmp(text, "none") == 0)
        return true;
    while ((part = strsep(&rest, PARTED_BY)) != NULL) {
        char *value = strchr(part, '=');

        if (*part == '\0')
            continue;
        if (!value)
            return false;
        *value++ = '\0';
        if (!set_one(product->nutrition, part, value))
            return false;
    }
    return true;
}
