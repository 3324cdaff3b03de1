/* What this till sells by itself: the basket at the counter, or one whose sale was put aside and refused. */
#ifndef CAROLINE_COUNTER_OFFLINE_SALE_H
#define CAROLINE_COUNTER_OFFLINE_SALE_H

#include "client/counter/counter.h"

struct offline_sale {
    const struct open_basket *basket;
    const struct pay_tender *tenders;
    size_t tender_count;
    int64_t total_minor, shift_id, staff_id;
    struct instant made;
    const uint8_t *aside;  /* the command that it takes the place of; NULL: none */
    uint64_t told_version; /* by which the customer was told another total: the server compares; 0: none */
};

/* By the rules; nothing comes of it. rows: in c->scratch. */
enum sale_verdict offline_decide(struct counter *c, const struct offline_sale *m, int64_t number,
                                 struct sale_rows *rows);
/* Its bytes go into a request, and into the server's journal; rows: of the verdict OK. */
bool offline_fits(const struct offline_sale *sale, const struct sale_rows *rows, struct arena *arena);
/* Onto the disk, and only then onto paper; in the arena. NULL: it was not sold, which has been said, but for one that was put
 * aside and is against the rules. */
const Caroline__V1__SaleRungUp *offline_sell(struct counter *c, const struct offline_sale *m, struct arena *arena);

#endif
