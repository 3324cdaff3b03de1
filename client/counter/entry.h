/* What was typed at the counter: "112", "3 × 112", "3*croi", "2x", "0,350 * 45", "0.5d112", "-5x900". Pure. */
#ifndef CAROLINE_COUNTER_ENTRY_H
#define CAROLINE_COUNTER_ENTRY_H

#include <stdbool.h>
#include <stdint.h>

enum entry_kind {
    ENTRY_EMPTY,
    ENTRY_QUANTITY, /* a quantity and nothing behind it yet */
    ENTRY_CODE,     /* digits: a PLU or a bar code */
    ENTRY_SEARCH,   /* part of a name */
    ENTRY_WRONG,    /* the quantity is none */
};

struct entry {
    enum entry_kind kind;
    int64_t quantity_milli; /* 1,000 unless said; less than nothing: taken back */
    bool quantity_said;
    const char *rest; /* the code or the words, in the text given: blanks before it skipped */
};

struct entry entry_parse(const char *text);
/* Where a weight is asked for: a number alone is one, as is one with the unit, or the beginning of it, behind it. */
struct entry entry_parse_weight(const char *text, const char *unit);
/* The PLU that a code names; 0: none can have that number. */
uint32_t entry_plu(const char *code);

#endif
