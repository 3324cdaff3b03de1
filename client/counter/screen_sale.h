/* What the keys of the sale's screen and its drawing both ask of the counter. */
#ifndef CAROLINE_COUNTER_SCREEN_SALE_H
#define CAROLINE_COUNTER_SCREEN_SALE_H

#include "client/counter/counter.h"

/* What stands in the entry line, understood. */
struct entry sale_entry(const struct counter *c);
bool sale_is_searching(const struct counter *c);
/* By the newest catalogue; NULL if it has no such product. Borrowed from the catalogue. */
const struct product *sale_product_now(const struct counter *c, int64_t id);
/* As it was when the basket was begun, else as it is now; NULL if neither is known. Borrowed from the catalogue. */
const struct product *sale_product_of_line(const struct counter *c, size_t line);
/* The one that is selected of what was found; NULL if nothing is searched. Borrowed from the catalogue. */
const struct product *sale_selected_match(const struct counter *c);

/* Of which the weight, or the litres, is asked for; NULL: of nothing. Borrowed from the catalogue. */
const struct product *sale_weighed(const struct counter *c);
void sale_enter_weight(struct counter *c, int64_t quantity_milli);
/* That nothing of it was taken, or no more than before; behind: goes on from there. */
void sale_say_left_out(struct counter *c, const struct product *weighed, enum message_kind kind, const char *behind);
void sale_say_unweighed(struct counter *c); /* while a name is typed: that its weight is still asked for, if one is */
/* Esc: what is typed goes first, and then the question, which is said. */
void sale_leave_weight(struct counter *c);
void sale_say_no_quantity(struct counter *c); /* what is typed is none */
/* How much of it is in the basket; NULL: of nothing. */
int64_t sale_has_milli(const struct counter *c, const struct product *product);
/* It was asked for, when so much of it was in the basket, until something else was taken, and is not any more: says so, on
 * a line that stays. */
void sale_tell_unweighed(struct counter *c, const struct product *weighed, int64_t had_milli);
/* true: it is asked first whether so much is meant, and `act` comes again once it is. */
bool sale_asks_much(struct counter *c, const struct product *product, int64_t quantity_milli, void (*act)(void *model));

/* " kg", " l", or nothing for pieces. */
const char *sale_unit(const struct product *product);

void sale_draw(void *model, struct area area);

#endif
