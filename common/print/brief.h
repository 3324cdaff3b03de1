/* A receipt in few bytes, for a code that a telephone reads off a screen. */
#ifndef CAROLINE_PRINT_BRIEF_H
#define CAROLINE_PRINT_BRIEF_H

#include "common/base/arena.h"
#include "common/base/receipt.h"

/* From the longest to the shortest. */
enum receipt_form {
    RECEIPT_IN_FULL,  /* all rows but lines across and codes */
    RECEIPT_OF_GOODS, /* shop, number, date, goods, total, taxes, what paid it */
    RECEIPT_OF_SUMS,  /* shop, number, date, total, taxes */
    RECEIPT_FORMS
};

/* A row a line, its right text behind a space; no newline at the end. The same receipt gives the same bytes anywhere. Lives in
 * the arena. */
const char *receipt_brief(const struct receipt *receipt, enum receipt_form form, struct arena *arena);

#endif
