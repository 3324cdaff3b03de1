/* What the files of sale.h share, and nobody else needs. */
#ifndef CAROLINE_RULES_SALE_PARTS_H
#define CAROLINE_RULES_SALE_PARTS_H

#include "common/rules/sale.h"

/* Fills sentence (and field, which may be NULL: a printf of "basket.lines[%zu].name" with index, or without); returns
 * the verdict. */
enum sale_verdict sale_refuse(struct sale_rows *rows, struct arena *arena, enum sale_verdict verdict, const char *field,
                              const char *sentence, ...) __attribute__((format(printf, 5, 6)));

/* Room for it is in rows once the lines stand there: three a line, and one of each kind of the whole sale. */
void sale_except(struct sale_rows *rows, enum sale_exception kind, int line, int64_t said, int64_t found);

/* What was printed takes the place of what was worked out: of the lines, their taxes, discounts and totals. Which line bears
 * how much of a tax is not printed: that is worked out. Returns whether it differed. */
bool sale_take_printed(const struct sale_command *command, const struct catalogue *catalogue, bool included,
                       struct priced_line *lines, struct arena *arena, struct sale_rows *rows);

/* What is chosen for the line: whether it may be, and what it makes of the line's price. A line that is not sold, for it was
 * taken back or printed before, costs what the catalogue knows of its choice. */
enum sale_verdict sale_take_choice(const struct sale_command *command, const struct catalogue *catalogue, size_t index,
                                   bool is_sold, struct arena *arena, struct priced_line *line, struct sale_rows *rows);
/* Options and keyed prices of all lines as rows. */
void sale_fill_choices(const struct sale_command *command, const struct catalogue *catalogue,
                       const struct priced_line *lines, struct arena *arena, struct sale_rows *rows);

/* Of what was printed: a line whose deposit the catalogue has otherwise is listed, the first of them. */
void sale_list_deposits(const struct sale_command *command, const struct catalogue *catalogue, struct sale_rows *rows);

/* The drawer is open: of those of the till that into which it goes (set_drawer), or the till's own, closed. Fills number, shift
 * and the times of rows. drawer: NULL, no device. */
enum sale_verdict sale_open_drawer(struct working_set *set, const struct drawer_state *drawer, struct instant now,
                                   const struct shop *shop, struct sale_rows *rows);
/* "open the drawer's shift first", whose ever it is. */
const char *sale_not_open(const struct working_set *set, int64_t device_id);

/* Are the tenders fit to be looked at, and is a card among them that was charged? */
enum sale_verdict tenders_check(const struct sale_command *command, struct arena *arena, struct sale_rows *rows);
bool tenders_charged(const struct sale_command *command);
/* What the clerk does about the cards that were charged: the sum, and each approval. */
const char *tenders_to_give_back(const struct sale_command *command, unsigned exponent, struct arena *arena);
/* Pay rows->total_minor: fills tenders, cash, change, what is forfeited, rounding and drawer. What is taken, and by whom, the
 * catalogue says as of the basket's version. */
enum sale_verdict tenders_settle(const struct sale_command *command, const struct catalogue *catalogue,
                                 const struct shop *shop, struct arena *arena, struct sale_rows *rows);

/* What goes on accounts: whether it may, each as its account stands in the set; its tenders get their references. */
enum sale_verdict accounts_check(const struct sale_command *command, const struct working_set *set,
                                 const struct shop *shop, struct sale_rows *rows);
/* Into the set: the entries of rows, of a sale or of a refund, which may be. */
void sale_apply_accounts(struct working_set *set, struct sale_rows *rows);
/* Could so much come back to them? */
bool sale_accounts_fit(const struct working_set *set, const struct sale_rows *rows);

/* What gift cards pay: likewise. */
enum sale_verdict gift_cards_check(const struct sale_command *command, const struct working_set *set,
                                   struct instant now, const struct shop *shop, struct sale_rows *rows);
void sale_apply_gift_cards(struct working_set *set, struct sale_rows *rows);
/* Of a refund: may so much come back to them? */
enum sale_verdict gift_cards_fit(const struct working_set *set, struct instant now, struct sale_rows *rows);

/* What coupons take off the lines, which have their rewards and promotions; their rows, and those of their discounts, for which there is
 * room (one a line and coupon, and one a coupon). discounts: a person gives some, too. */
enum sale_verdict sale_take_coupons(const struct sale_command *command, const struct working_set *set,
                                    struct instant now, bool discounts, struct priced_line *lines,
                                    struct sale_rows *rows);
/* Into the set: they are used, and the member has bought something. */
void sale_apply_coupons(struct working_set *set, struct sale_rows *rows, int64_t member_id);

/* The rewards of the programme's terms that the basket names: what they cost is added to points_spent, their free pieces are taken,
 * and have rows. programme, member: NULL, none, or not known here. */
enum sale_verdict sale_take_rewards(const struct sale_command *command, const struct programme *programme,
                                    const struct member_state *member, struct priced_line *lines, struct arena *arena,
                                    struct sale_rows *rows);
/* Then, behind promotions, what the others take off. */
enum sale_verdict sale_take_reward_values(const struct sale_command *command, const struct programme *programme,
                                          struct priced_line *lines, struct arena *arena, struct sale_rows *rows);
/* When it was priced, for what has its hours: promotions, rules of earning. */
struct instant sale_priced_at(const struct sale_command *command, struct instant now);
/* What it earns, into rows; false when it leaves the range. */
bool sale_earn(const struct sale_command *command, const struct working_set *set, const struct shop *shop,
               const struct programme *programme, const struct member_state *member, struct instant now,
               const struct priced_line *lines, struct sale_rows *rows);

/* What promotions, rewards, coupons and the discounts that are asked for take off the lines, whose free pieces are taken; their rows. */
enum sale_verdict sale_take_discounts(const struct sale_command *command, const struct working_set *set,
                                      struct instant now, struct priced_line *lines, struct sale_rows *rows);
/* May the person give them, or who said so? charged: a card was. */
enum sale_verdict sale_check_right(const struct sale_command *command, const struct priced_line *lines,
                                   const struct working_set *set, struct instant now, bool charged,
                                   struct sale_rows *rows);
/* The approval that a command names, if it can be used; NULL, it names none. SALE_APPROVAL_UNKNOWN: it cannot. */
enum sale_verdict sale_find_approval(const struct sale_command *command, const struct working_set *set,
                                     struct instant now, bool charged, struct sale_rows *rows,
                                     struct approval_state **approval);
/* Into the set: the approval is used. */
void sale_apply_approval(const struct sale_rows *rows);

/* Lines that have what the member avoids: of those that were told it is noted, others are refused; of a sale that is over they are
 * listed. rows: with its lines, whose flags this changes. */
enum sale_verdict sale_check_allergens(const struct sale_command *command, const struct priced_line *lines,
                                       uint16_t avoids, struct arena *arena, struct sale_rows *rows);

/* The stock rows of the basket's lines, and the lines that go below zero. charged: a card was, so nothing is short. */
enum sale_verdict sale_take_stock(const struct sale_command *command, const struct priced_line *lines,
                                  struct working_set *set, struct instant now, bool charged, struct sale_rows *rows);
/* Would the set's stock stay within its range? A product counts with all its rows. */
bool sale_stock_fits(const struct working_set *set, const struct sale_rows *rows);
/* Into the set: what rows say of stock and drawer. */
void sale_apply_stock(struct working_set *set, const struct sale_rows *rows);
/* Could the shift's report still add everything up? The n-th sale of a shift may bring, or give back, DRAWER_STAYS_MAX / n: of
 * any number of sales that is at most DRAWER_STAYS_MAX times a harmonic number, which stays within 64 bits to the hundred
 * millionth, and nobody notices it: a ten thousandth sale may still be of a hundred thousand millions. */
#define DRAWER_STAYS_MAX INT64_C(400000000000000000)
bool sale_drawer_fits(const struct drawer_state *drawer, const struct sale_rows *rows);
void sale_apply_drawer(struct drawer_state *drawer, const struct sale_rows *rows);

#endif
