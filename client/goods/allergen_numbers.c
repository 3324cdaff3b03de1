/* Allergens as messages carry them. */
#include "client/goods/allergen_numbers.h"

uint16_t allergens_of_numbers(const uint32_t *numbers, size_t count)
{
    uint16_t set = 0;

    for (size_t i = 0; i < count; i++)
        if (numbers[i] >= 1 && numbers[i] <= ALLERGEN_COUNT)
            set |= (uint16_t)(1u << numbers[i]);
    return set;
}

size_t allergens_to_numbers(uint16_t set, uint32_t numbers[ALLERGEN_COUNT])
{
    size_t count = 0;

    for (uint32_t number = 1; number <= ALLERGEN_COUNT; number++)
        if ((set & 1u << number) != 0)
            numbers[count++] = number;
    return count;
}
