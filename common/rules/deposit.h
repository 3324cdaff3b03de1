/* Deposits and charges: what is paid beside the goods, by the catalogue. A bottle, a crate, a cake plate is a deposit good: it
 * is charged with the goods that name it, or by itself, and taken back for its present price, by whoever brings it. A charge, as
 * for a bag, is charged likewise and not taken back. Neither is touched by discounts, promotions, rewards or points, nor does
 * it count where pieces of goods are counted. Which tax they bear is their own class's. */
#ifndef CAROLINE_RULES_DEPOSIT_H
#define CAROLINE_RULES_DEPOSIT_H

#include "common/base/arena.h"
#include "common/rules/sale.h"

/* What goes with so much of it: the product, as of a version, and how much. NULL: nothing, or what is not taken any more. */
const struct product *deposit_with(const struct product *product, int64_t quantity_milli,
                                   const struct catalogue *catalogue, uint64_t version, int64_t *deposit_milli);

/* The basket's lines, and behind them one for each that something goes with; how many there are. `lines` is the basket's own
 * where nothing does; else it is in the arena. */
size_t deposits_add(const struct basket *basket, const struct catalogue *catalogue, struct arena *arena,
                    const struct basket_line **lines);

/* Of lines that name their goods already, as those of a sale that was made offline: do they name goods that are sold in front of
 * them, each once? */
bool deposits_sound(const struct basket *basket);
/* Likewise: are they what the catalogue says, and is nothing taken back but deposit goods? *at: the first line that is not. */
bool deposits_agree(const struct basket *basket, const struct catalogue *catalogue, uint64_t version, size_t *at);

/* Could a basket have so much of it? Less than nothing where it is an empty that is taken back. */
bool basket_quantity_valid(const struct product *product, int64_t quantity_milli);

/* A sale that is to be refunded, without what was taken back in it: that was no sale. Its money had paid as cash does. The
 * lines left out are `taken_back` of the original. Twice is as once. */
void original_leave_out_back(struct original *original, struct arena *arena);

/* What deposits and charges come to in some lines of a sale, with the tax that comes on top: as their flags say. */
int64_t deposit_lines_minor(const struct sale_line_row *lines, size_t count, bool included);

#endif
