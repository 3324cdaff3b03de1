/* What 100 g of goods hold, or of goods sold by the litre 100 ml, as it stands on a label: Regulation (EU) 1169/2011, articles 30 to 33
 * and Annex XV (what is declared, in which order and unit). Each value is known or not; what cannot be is refused, what is merely
 * unlikely is not. */
#ifndef CAROLINE_RULES_NUTRITION_H
#define CAROLINE_RULES_NUTRITION_H

#include <stdbool.h>
#include <stdint.h>

/* In the order of Annex XV. Energy in kJ and kcal, all others in milligrams. */
enum nutrient {
    NUTRIENT_ENERGY_KJ,
    NUTRIENT_ENERGY_KCAL,
    NUTRIENT_FAT,
    NUTRIENT_SATURATES,
    NUTRIENT_CARBOHYDRATE,
    NUTRIENT_SUGARS,
    NUTRIENT_PROTEIN,
    NUTRIENT_SALT,
    NUTRIENT_COUNT
};
#define NUTRIENT_UNKNOWN  (-1)
#define NUTRIENT_KJ_MAX   3700 /* 100 g of fat: Annex XIV */
#define NUTRIENT_KCAL_MAX 900
#define NUTRIENT_MG_MAX   100000

struct nutrition {
    int32_t of[NUTRIENT_COUNT]; /* NUTRIENT_UNKNOWN, or not negative */
};

struct nutrition nutrition_unknown(void);
/* Is any of it known? */
bool nutrition_known(const struct nutrition *nutrition);
bool nutrition_same(const struct nutrition *a, const struct nutrition *b);

enum nutrition_verdict {
    NUTRITION_OK,
    NUTRITION_TOO_MUCH,  /* more than there can be of one of them in 100 g: *at */
    NUTRITION_SATURATES, /* more saturates than fat */
    NUTRITION_SUGARS,    /* more sugars than carbohydrate */
    NUTRITION_SUM,       /* fat, carbohydrate, protein and salt are more than 100 g */
    NUTRITION_ENERGY, /* kcal are not what kJ say: /4.184, within 5 % and 1 kcal, for labels round and Annex XIV's factors do */
    NUTRITION_VERDICT_COUNT
};
enum nutrition_verdict nutrition_check(const struct nutrition *nutrition, enum nutrient *at);

/* As tables, files and the journal have it: the values with a blank between, '-' for one that is not known; "" where none is. Fits
 * NUTRITION_TEXT bytes; returns text. */
#define NUTRITION_TEXT 72
char *nutrition_text(const struct nutrition *nutrition, char text[NUTRITION_TEXT]);
/* false: it is no such text; *nutrition is then unknown. "" is. */
bool nutrition_read(const char *text, struct nutrition *nutrition);

#endif
