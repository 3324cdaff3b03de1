/* What a training comes to so far: read out of the entries that it has left in its device's strand S, which are all that there
 * is of it. Drawer, shift and receipts as a till has them, for the same rules that decide real sales. */
#ifndef CAROLINE_RULES_TRAINING_H
#define CAROLINE_RULES_TRAINING_H

#include "common/rules/sale.h"
#include "common/rules/shift.h"

#define TRAINING_ENTRIES_MAX 500           /* of one training: each command reads them all */
#define TRAINING_READ_MAX    INT64_C(1000) /* with those of other sessions at the same till, which lie between them */

/* One entry, as it stands in the strand; what is no entry of this training is left out. */
struct training_entry {
    int64_t number;
    struct bytes bytes;
    const uint8_t *hash; /* 32 bytes */
};

struct training_sale {
    struct sale_rows sale; /* without notes and lots of members; of a refund with refund_of_number */
    uint8_t command_id[16];
    const uint8_t *hash;
};

/* The state; what it points to lives in the arena, or where the entries and the catalogue do. */
struct training_state {
    int64_t id;
    size_t entry_count;
    bool open; /* its shift, whose id is the training's */
    uint32_t shift_number;
    struct instant opened;
    int64_t opened_by, float_minor, cash_minor; /* that should be in the drawer */
    int64_t shift_sale_count, no_sale_count;
    struct training_sale *sales;                  /* of all its shifts, in the order of their numbers */
    size_t sale_count, sale_capacity, shift_from; /* of the shift: from this one on */
    struct shift_moved *moves;                    /* of the shift */
    size_t move_count;
    int64_t *copied; /* the sale of each copy that was printed */
    size_t copy_count;
};

/* What an entry that is no sale says, as fields of it: the ops' numbers and these fields are part of its layout. */
#define TRAINING_SHIFT_OPENED  "float_minor"
#define TRAINING_SHIFT_CLOSED  "cash_minor"
#define TRAINING_CASH_IN       "cash_in_minor"
#define TRAINING_CASH_OUT      "cash_out_minor"
#define TRAINING_CASH_DROP     "cash_drop_minor"
#define TRAINING_DRAWER_OPENED "no_sale"
#define TRAINING_COPY          "receipt_copy" /* after: the sale's id */
#define TRAINING_BASKET_VOID   "voided_minor"

void training_read(const struct training_entry *entries, size_t count, int64_t id, const struct catalogue *catalogue,
                   struct arena *arena, struct training_state *state);

/* What came behind the entries that were read: its shift was opened, cash went in (or out, negative). */
void training_open_shift(struct training_state *state, struct instant now, int64_t staff_id, int64_t float_minor);
void training_move(struct training_state *state, enum shift_move kind, int64_t amount_minor, struct arena *arena);
/* A copy more of a receipt; returns which one it is. */
int64_t training_count_copy(struct training_state *state, int64_t sale_id, struct arena *arena);
/* Once more of the same group: it has been decided, and the next sees it. sale: lives as long as the state. */
void training_add_sale(struct training_state *state, const struct sale_rows *sale, const uint8_t command_id[16],
                       const uint8_t *hash, struct arena *arena);

/* Of its receipts; NULL: none has this number. last: the newest. */
const struct training_sale *training_find(const struct training_state *state, struct receipt_number number);
const struct training_sale *training_last(const struct training_state *state);
const struct training_sale *training_find_id(const struct training_state *state, int64_t sale_id);
/* How much of a line of it was given back. */
int64_t training_back_milli(const struct training_state *state, int64_t sale_id, int line);

/* What it gave back without receipts on a business day, above nothing. */
int64_t training_free_refunded(const struct training_state *state, struct day business_day);

/* What is asked of a real sale's rows to give something of it back, of a practised one; and its member, as the practised sale
 * and what came back of it left them: nothing of a real account. Both in the arena. false: no such receipt. */
bool training_original(const struct training_state *state, struct receipt_number number,
                       const struct catalogue *catalogue, const struct zone *zone, struct arena *arena,
                       struct original *original, struct member_state *member);

/* The books of its shift, which is open: for X and Z. */
struct shift_books training_books(const struct training_state *state, uint32_t till, const struct catalogue *catalogue,
                                  struct arena *arena);

#endif
