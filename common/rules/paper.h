/* A paper that is made up row by row: of what was received on an account, or for a gift card. */
#ifndef CAROLINE_COMMON_RULES_PAPER_H
#define CAROLINE_COMMON_RULES_PAPER_H

#include <stddef.h>
#include <stdint.h>

#include "common/base/arena.h"
#include "common/base/bytes.h"
#include "common/base/instant.h"
#include "common/base/receipt.h"
#include "common/rules/catalogue.h"

#define PAPER_NAME_COLUMNS 40 /* a printer has 42 */

struct paper {
    const struct shop *shop;
    struct arena *arena; /* rows and texts live there */
    struct receipt_row *rows;
    size_t count, room;
};

/* room: how many rows at most. */
struct paper paper_of(const struct shop *shop, size_t room, struct arena *arena);
/* left and right are kept as they are; NULL: nothing. */
void paper_add(struct paper *paper, enum receipt_row_kind kind, const char *left, const char *right);
/* In the shop's currency. */
const char *paper_money(const struct paper *paper, int64_t minor);
/* As much of a text as fits into so many columns. */
const char *paper_cut(const struct paper *paper, struct bytes text, size_t columns);
const char *paper_when(const struct paper *paper, const struct zone *zone, struct instant at);

#endif
