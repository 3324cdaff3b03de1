/* The invariants of db/checks/ over the simulated store's tables, in C: fast enough to be asked after each seed. */
#ifndef CAROLINE_TESTS_SIM_STORE_SIM_CHECK_H
#define CAROLINE_TESTS_SIM_STORE_SIM_CHECK_H

#include <stdlib.h>

#include "tests/sim/store/sim_inner.h"
#include "tests/sim/store/sim_statement.h"

/* One check under way: it goes on until it has found something wrong. */
struct sim_checker {
    struct sim_exec *x; /* of no transaction: it sees what is committed */
    bool wrong;
    char row[500]; /* the first wrong row */
};
void sim_wrong(struct sim_checker *k, const char *format, ...) __attribute__((format(printf, 2, 3)));

struct sim_named_check {
    const char *name; /* as in db/checks/ */
    void (*run)(struct sim_checker *k);
};
/* Each ended by one without a name. */
extern const struct sim_named_check sim_sale_checks[], sim_recomputed_checks[], sim_refund_checks[],
    sim_drawer_checks[], sim_points_checks[], sim_shift_checks[], sim_journal_checks[], sim_catalogue_checks[],
    sim_stock_checks[], sim_discount_checks[], sim_choice_checks[], sim_deposit_checks[], sim_basket_checks[],
    sim_retender_checks[], sim_invoice_checks[], sim_training_checks[], sim_account_checks[], sim_gift_card_checks[],
    sim_coupon_checks[], sim_programme_checks[], sim_privacy_checks[], sim_kiosk_checks[], sim_review_checks[],
    sim_attach_checks[], sim_django_checks[], sim_payment_checks[], sim_printer_checks[], sim_parts_checks[];

/* GROUP BY two numbers: sums, counts and extremes of what was added. */
struct sim_sum {
    int64_t a, b; /* the key */
    int64_t sum, count, least, most;
    bool seen; /* for who compares two sides */
};
struct sim_sums {
    struct sim_sum *list; /* open addressing: count 0 is a free place */
    size_t used, capacity;
};
void sim_sums_add(struct sim_sums *sums, int64_t a, int64_t b, int64_t value);
struct sim_sum *sim_sums_find(const struct sim_sums *sums, int64_t a, int64_t b); /* NULL: nothing was added */
int64_t sim_sums_of(const struct sim_sums *sums, int64_t a, int64_t b);           /* 0 for nothing */
void sim_sums_fini(struct sim_sums *sums);

/* Since when each answer is kept that this table's newest rows ask for. */
int64_t sim_kept_since(struct sim_checker *k, enum sim_table_id table, int at);
/* Of a command's row: its answer begins with a body. */
bool sim_went_well(const union sim_cell *command);
/* Whose what was this member's is now: their own, but for who was merged. */
int64_t sim_holder_of(struct sim_checker *k, int64_t member);
/* Is an exception of this kind listed of the whole sale? */
bool sim_excepted(struct sim_checker *k, union sim_cell sale, int64_t kind);

/* What goods cost in the catalogue of a sale, which is its row; -1: nothing. */
int64_t sim_price_then(struct sim_checker *k, const union sim_cell *sale, union sim_cell product);

#define SIM_MODIFIERS_MAX 8
/* The ids of a product_version's modifiers; returns how many. */
size_t sim_modifiers_of(const union sim_cell *product_version, int64_t ids[SIM_MODIFIERS_MAX]);

/* Its row among those that were given to a member afterwards; NULL: it was not. Its points by that. */
const union sim_cell *sim_attached(struct sim_checker *k, union sim_cell sale);
int64_t sim_attached_earned(struct sim_checker *k, union sim_cell sale);

/* What deposits and charges come to in a sale or a refund. */
int64_t sim_deposits_of(struct sim_checker *k, union sim_cell sale);

/* What the rewards of a sale cost that are of its programme's terms, and what rules gave beside points_per_unit. */
int64_t sim_rewards_cost(struct sim_checker *k, const union sim_cell *sale);
int64_t sim_rules_points(struct sim_checker *k, union sim_cell sale);

#define EACH(k, scan, table) (struct sim_scan scan = sim_all((k)->x, table); !(k)->wrong && sim_next(&scan);)
#define LONG(cell)           ((long long)(cell).i)

#endif
