/* A statement of the product with parameters at random, as statement_kinds.h says. */
#ifndef CAROLINE_TESTS_SIM_STORE_RANDOM_STATEMENT_H
#define CAROLINE_TESTS_SIM_STORE_RANDOM_STATEMENT_H

#include <stdlib.h>
#include <string.h>

#include "statement_kinds.h"

#define KINDS_COUNT (sizeof(statement_kinds) / sizeof(*statement_kinds))
#define ARRAY_MAX   3
#define PARAMS_MAX  40

static uint64_t random_state;

static inline uint64_t random_next(void)
{
    random_state = random_state * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
    return random_state >> 33;
}

static inline int64_t random_below(int64_t count)
{
    return (int64_t)(random_next() % (uint64_t)count);
}

/* Is this statement to be given something that is refused, now and then? Set for each anew. */
static bool random_wrong;
static int64_t random_serial; /* the next number of '+' */

/* Numbers from `first` on, or those of a list; distinct within an array where `distinct`. */
struct numbers {
    char letter;
    bool distinct;
    int64_t first, count;
    int64_t wrong; /* 0: nothing is */
    int64_t list[8];
};
static const struct numbers numbers[] = {
    { 's', false, 1, 2, 9, { 0 } },
    { 'g', false, 0, 2, 0, { 0 } },
    { 'd', true, 11, 4, 99, { 0 } },
    { 'G', false, 0, 3, 0, { 0, 11, 12 } },
    { 'c', true, 21, 3, 0, { 0 } },
    { 'O', false, 0, 3, 99, { 0, 21, 22 } },
    { 'x', true, 31, 3, -1, { 0 } },
    { 'X', true, 1, 4, 0, { 0 } },
    { 'V', false, 0, 3, 99, { 0, 31, 32 } },
    { 'p', true, 41, 5, 99, { 0 } },
    { 'r', false, 51, 2, 99, { 0 } },
    { 't', true, 61, 3, 99, { 0 } },
    { 'I', false, 0, 4, -1, { 0, 0, 61, 62 } },
    { 'm', true, 71, 4, 99, { 0 } },
    { 'S', true, 81, 19, INT64_C(1) << 53, { 0 } },
    { '^', true, 81, 19, 82, { 0 } },
    { 'L', true, 101, 24, 0, { 0 } },
    { 'e', true, 151, 4, 99, { 0 } },
    { '%', true, 161, 4, 99, { 0 } },
    { '&', true, 171, 4, 99, { 0 } },
    { '~', true, 181, 6, 99, { 0 } },
    { 'h', true, 131, 5, 0, { 0 } },
    { 'j', false, 121, 9, 0, { 0 } },
    { 'i', false, 141, 9, 0, { 0 } },
    { 'n', false, 0, 8, 70000, { 1, 2, 3, 4, 5, 1, 2, 6 } },
    { '+', false, 0, 1, -1, { 0 } },
    { 'v', false, 0, 9, 0, { 0 } },
    { 'k', false, 1, 4, 5, { 0 } },
    { 'a', false, 1, 2, 3, { 0 } },
    { 'z', false, 0, 3, -1, { 0 } },
    { 'y', false, 0, 2, 2, { 0 } },
    { 'w', false, 0, 3, 3, { 0 } },
    { 'f', false, 0, 32, 40000, { 0 } },
    { 'q', false, 0, 4, INT64_C(2000000000000), { -1000, 1000, 2500, 3000 } },
    { '$', false, 0, 4, INT64_C(-2000000000000000), { 0, 100, 250, 5000 } },
    { 'P', false, 0, 3, 1000001, { 0, 70000, 190000 } },
    { 'u', false, 1, 3, 10000, { 0 } },
    { 'U', false, 0, 4, 1000000, { 0 } },
    { 'o', false, 1, 2, 65536, { 0 } },
    { 'N', false, 0, 3, 5000, { 1, 2, 3 } },
    { 'C', false, 0, 4, INT64_MAX, { 1, 50, 200, 100000 } },
    { 'l', false, 0, 1, 0, { 1000 } },
    { '7', false, 0, 3, 40, { 32, 42, 48 } },
    { '0', false, 0, 1, 0, { 0 } },
    { '1', false, 1, 1, 0, { 0 } },
    { '2', false, 2, 1, 0, { 0 } },
    { '3', false, 3, 1, 5, { 0 } },
    { '4', false, 4, 1, 5, { 0 } },
    { '=', false, 250, 1, 0, { 0 } },
    { '-', false, 0, 1, 0, { PARAM_NULL_INT } },
    { 'Y', false, 2024, 3, 0, { 0 } },
    { '@', false, 0, 5, 0, { 0, 1000000, 60000000, INT64_C(1700000000123456), INT64_C(1790000000000000) } },
    { '#', false, 20000, 12, 0, { 0 } },
};

static inline int64_t number_of(const struct numbers *kind, int64_t which)
{
    static const struct numbers none = { 0 };
    bool listed = memcmp(kind->list, none.list, sizeof(none.list)) != 0;

    if (random_wrong && kind->wrong != 0 && random_below(4) == 0)
        return kind->wrong;
    if (kind->letter == '+')
        return ++random_serial;
    which %= kind->count;
    return listed ? kind->list[which] : kind->first + which;
}

static inline const struct numbers *numbers_of(char letter)
{
    for (size_t i = 0; i < sizeof(numbers) / sizeof(*numbers); i++)
        if (numbers[i].letter == letter)
            return &numbers[i];
    return NULL;
}

/* Text and bytes of a letter: the which-th of a few. What is wrong stands last, and is left out otherwise. */
static inline struct bytes bytes_for(struct arena *arena, char letter, int64_t which)
{
    static const struct {
        char letter;
        int64_t count;
        const char *texts[6];
    } lists[] = {
        { 'T', 5, { "z", "Br\303\266tchen", "a\tb\\c", "\"x\",{y}", "", "" } },
        { 'K', 4, { "", "A1", "B2", "C3", "a sku of more than forty letters is refused" } },
        { 'J', 4, { "4001", "4002", "4003", "4004", "" } },
        { 'R', 2, { "N", "R", "" } },
        { 'Q', 2, { "EUR", "CHF", "eur" } },
        { 'M', 2, { "", "49", "049" } },
        { 'E', 2, { "T", "X", "T" } },
        { 'W', 4, { "T", "L", "X", "S", "Q" } },
        { 'F', 3, { "", "31", "31 32", "" } },
    };
    static const struct {
        char letter;
        size_t size;
    } sizes[] = { { 'A', 16 }, { 'B', 32 }, { 'D', 64 }, { 'H', 8 }, { '5', 112 }, { '6', 25 } };
    bool wrong = random_wrong && random_below(4) == 0;
    size_t size = (size_t)which % 7;

    for (size_t i = 0; i < sizeof(lists) / sizeof(*lists); i++)
        if (lists[i].letter == letter)
            return bytes_of_text(lists[i].texts[wrong ? lists[i].count : which % lists[i].count]);
    for (size_t i = 0; i < sizeof(sizes) / sizeof(*sizes); i++)
        if (sizes[i].letter == letter)
            size = wrong ? size : sizes[i].size;
    uint8_t *bytes = arena_alloc(arena, size + 1);
    memset(bytes, (int)(which % 17) + (letter == 'Z' ? 'a' : 0), size);
    return bytes_of(bytes, size);
}

static inline bool is_text(char letter)
{
    return strchr("TKJRQMEWF", letter) != NULL;
}

static inline struct param random_scalar(struct arena *arena, char letter)
{
    const struct numbers *kind = numbers_of(letter);

    if (letter == 'b')
        return PARAM_BOOL(random_below(2) == 1);
    if (kind == NULL) {
        struct bytes bytes = bytes_for(arena, letter, random_below(1000));
        return is_text(letter) ? PARAM_TEXT_VIEW(bytes) : PARAM_BYTES(bytes);
    }
    int64_t number = number_of(kind, random_below(kind->count));
    return letter == '@'   ? PARAM_INSTANT(((struct instant){ number }))
           : letter == '#' ? PARAM_DAY(((struct day){ (int32_t)number }))
                           : PARAM_INT(number);
}

static inline struct param random_array(struct arena *arena, char letter, bool nullable, size_t count)
{
    const struct numbers *kind = numbers_of(letter);
    int64_t *ints = arena_array(arena, ARRAY_MAX, sizeof(*ints)), start = random_below(1000);
    bool *bools = arena_array(arena, ARRAY_MAX, sizeof(*bools));
    struct bytes *views = arena_array(arena, ARRAY_MAX, sizeof(*views));
    struct instant *instants = arena_array(arena, ARRAY_MAX, sizeof(*instants));
    struct day *days = arena_array(arena, ARRAY_MAX, sizeof(*days));

    bool wrong = random_wrong;
    for (size_t i = 0; i < count; i++) {
        random_wrong = wrong && (i == 0 || kind == NULL || !kind->distinct);
        bool null = nullable && random_below(3) == 0;
        int64_t which = (kind != NULL && kind->distinct) || letter == 'A' ? start + (int64_t)i : random_below(1000);
        bools[i] = which % 2 == 0;
        if (kind == NULL && letter != 'b')
            views[i] = null ? (struct bytes){ 0 } : bytes_for(arena, letter, which);
        if (kind != NULL) {
            ints[i] = null ? PARAM_NULL_INT : number_of(kind, which);
            instants[i].us = ints[i];
            days[i].number = (int32_t)ints[i];
        }
    }
    random_wrong = wrong;
    if (letter == 'b')
        return PARAM_BOOLS(bools, count);
    if (kind == NULL)
        return is_text(letter) ? PARAM_TEXTS(views, count) : PARAM_BYTESES(views, count);
    return letter == '@'   ? PARAM_INSTANTS(instants, count)
           : letter == '#' ? PARAM_DAYS(days, count)
                           : PARAM_INTS(ints, count);
}

/* Returns how many parameters; params has PARAMS_MAX. */
static inline size_t random_params(struct arena *arena, const char *kinds, struct param *params)
{
    size_t count = 0, length = kinds[0] == '!' ? 1 : (size_t)random_below(ARRAY_MAX) + 1;

    random_wrong = random_below(12) == 0;
    for (const char *at = kinds + (kinds[0] == '!'); *at != '\0'; at++) {
        bool array = *at == '*', nullable;
        at += array;
        nullable = *at == '?';
        at += nullable;
        if (array)
            params[count++] = random_array(arena, *at, nullable, length);
        else
            params[count++] = nullable && random_below(3) == 0 ? PARAM_NULL() : random_scalar(arena, *at);
    }
    return count;
}

#endif
