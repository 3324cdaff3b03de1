/* The group of what is practised: the counter's group, with the drawer and the receipts of a training in place of the shop's, and
 * with nothing to store but the entries of the strand S. */
#ifndef CAROLINE_SERVER_SERVICE_TRAINING_GROUP_H
#define CAROLINE_SERVER_SERVICE_TRAINING_GROUP_H

#include "common/rules/training.h"
#include "server/service/counter_group.h"

extern const struct group_kind training_group;

/* What other ops are in a training. */
extern const struct op sale_ring_up_training, sale_refund_training, sale_refund_free_training, sale_quote_training,
    sale_show_training, receipt_print_training, basket_void_training, shift_open_training, shift_show_training,
    shift_move_training, shift_no_sale_training, shift_report_training, shift_close_training;

/* In keys(): this till, whose practice it is. */
enum step training_keys(struct call *c, struct group *g);
/* In decide(): the training of this call, as the calls before it left it. */
struct training_state *training_of(struct group *g, const struct call *c);
/* TRAINING_FULL, NOT_A_TILL, or STEP_NEXT. */
enum step training_may(struct group *g, struct call *c);
/* SHIFT_NOT_OPEN, too. */
enum step training_must_be_open(struct group *g, struct call *c);
/* The receipt that is to be given back, into the working set, if the training has it. */
void training_take_original(struct group *g, const struct call *c, struct receipt_number number);
/* A sale or a refund, decided by `decide` as if it were real: upon the training's drawer. */
enum step training_decide(struct call *c, struct group *g, enum step (*decide)(struct call *c, struct group *g));
/* The entry of what sells nothing, with what journal_change() said; it is the training's whose id is the object. */
void training_note(struct group *g, struct call *c);
/* The answer of what shows the drawer. */
enum step training_shift_answer(struct call *c, const struct training_state *state, uint32_t till);
uint32_t training_till(struct group *g, const struct call *c);

/* ---- for reads, which are of no group ---- */

struct training_rows {
    struct rows *entries, *drawers;
};
void training_ask(struct call *c, struct training_rows *rows);
/* In the next stage. Texts live as long as the rows. NOT_A_TILL, or STEP_NEXT. */
enum step training_take(struct call *c, const struct training_rows *rows, struct training_state *state, uint32_t *till);

/* The sale that a request names by exactly one of its keys. UNKNOWN_SALE, TRAINING_RECEIPT, or STEP_NEXT. */
struct sale_key;
enum step training_sale_of(struct call *c, const struct training_state *state, const struct sale_key *key,
                           const struct training_sale **sale);

#endif
