/* Allergens as messages carry them, a list of numbers, and as sets of bits (common/rules/allergen.h). */
#ifndef CAROLINE_GOODS_ALLERGEN_NUMBERS_H
#define CAROLINE_GOODS_ALLERGEN_NUMBERS_H

#include <stddef.h>
#include <stdint.h>

#include "common/rules/catalogue.h"

/* What is none of them is left out. */
uint16_t allergens_of_numbers(const uint32_t *numbers, size_t count);
/* Returns how many there are. */
size_t allergens_to_numbers(uint16_t set, uint32_t numbers[ALLERGEN_COUNT]);

#endif
