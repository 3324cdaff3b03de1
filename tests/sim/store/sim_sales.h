/* What the statements about sales share. */
#ifndef CAROLINE_TESTS_SIM_STORE_SIM_SALES_H
#define CAROLINE_TESTS_SIM_STORE_SIM_SALES_H

#include <stdlib.h>

#include "tests/sim/store/sim_statement.h"

#define SIM_MEMBER_ACCOUNT_ANSWER "member_id points birthday_blind$ birthday_year avoids$ merged_into tier"
struct sim_hit sim_find_account(struct sim_exec *x, int64_t member_id);
/* Who was erased has none; and locked, if they are not erased meanwhile. */
struct sim_hit sim_find_living(struct sim_exec *x, int64_t member_id);
bool sim_lock_living(struct sim_exec *x, struct sim_hit *account);
/* Who somebody is now; SIM_NULL: nobody. */
int64_t sim_survivor_of(struct sim_exec *x, int64_t member_id);
/* Them, and who was merged into them; none of SIM_NULL. */
const int64_t *sim_one_person(struct sim_exec *x, int64_t survivor, size_t *count);
void sim_emit_account(struct sim_exec *x, const union sim_cell *c);
/* Ids, and of those who were merged into another, these others; ascending and once. */
const int64_t *sim_with_merged(struct sim_exec *x, const int64_t *ids, size_t count, size_t *distinct);
/* The accounts of these members, ids ascending: locked and told. */
void sim_lock_members(struct sim_exec *x, const int64_t *ids, size_t count);
/* The lots of these members that are open or not before today, and these others. */
void sim_emit_lots(struct sim_exec *x, const int64_t *members, size_t count, int64_t today, const int64_t *also,
                   size_t also_count);
struct sim_hit sim_find_stock(struct sim_exec *x, int64_t shop_id, int64_t product_id);
/* Products ascending: locked and told. */
void sim_lock_stock(struct sim_exec *x, int64_t shop_id, const int64_t *products, size_t count);
/* $1 shops, $2 products; $1 the shop, $2 products, not locked; $1 the shop, $2 products, $3 changes. */
void sim_lock_stock_of_shops(struct sim_exec *x);
void sim_show_stock(struct sim_exec *x);
void sim_move_stock(struct sim_exec *x);

struct sim_hit sim_find_approval(struct sim_exec *x, struct bytes token_hash);

struct sim_hit sim_find_till(struct sim_exec *x, int64_t shop_id, int64_t till);
/* The sale with this number of a till of this shop. */
struct sim_hit sim_find_receipt(struct sim_exec *x, int64_t shop_id, int64_t till, int64_t series, int64_t number);
/* Whose it is: who was shown, or was given it afterwards. SIM_NULL: nobody's. */
union sim_cell sim_member_of_sale(struct sim_exec *x, const union sim_cell *sale);
/* What a member bought, and what was given to them afterwards; a sale that is both is there twice. */
struct sim_bought {
    const union sim_cell *sale;
    int64_t member_id;
    int64_t at;       /* of what was given: as its row has it */
    int64_t attached; /* likewise: its points */
    int64_t given_at; /* when it became theirs */
};
struct sim_boughts {
    struct sim_bought *list;
    size_t count, capacity;
};
void sim_add_bought(struct sim_exec *x, struct sim_boughts *boughts, struct sim_bought bought);
void sim_gather_bought(struct sim_exec *x, struct sim_boughts *boughts, int64_t member_id);
/* What a sale or a refund came to, deposits and charges aside. */
int64_t sim_goods_of(struct sim_exec *x, const union sim_cell *sale);
/* What was paid for the goods of a sale and did not come back, deposits aside. */
int64_t sim_stayed_of(struct sim_exec *x, const union sim_cell *sale);
/* By their sales' own time and id, then what was given; or by `at` and id. */
void sim_sort_bought(struct sim_boughts *boughts, bool by_at, bool down);
/* What an entry of a sale made offline keeps of the till's record: 32 bytes, counted from 0. */
struct sim_blob *sim_record_of(struct sim_exec *x, struct sim_blob *entry);
/* What a product was called at a version. */
struct sim_hit sim_find_name(struct sim_exec *x, int64_t product_id, int64_t version);
/* What a means of payment was called then; type_id 0: cash or card, as the kind says. Empty: it was not there. */
struct sim_blob *sim_tender_name(struct sim_exec *x, int64_t kind, int64_t type_id, int64_t version);

/* Those of a till in which the shift is open: one, in books that are right. */
void sim_drawers_of_shift(struct sim_exec *x, int64_t device_id, int64_t shift_id, struct sim_hits *hits);

#endif
