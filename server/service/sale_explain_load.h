/* What the explanation of a sale is made of, out of the database: the sale, the versions that it was priced with, its original. */
#ifndef CAROLINE_SERVER_SERVICE_SALE_EXPLAIN_LOAD_H
#define CAROLINE_SERVER_SERVICE_SALE_EXPLAIN_LOAD_H

#include "common/rules/explain.h"
#include "server/call/call.h"
#include "server/service/counter_group.h"
#include "server/service/sale_load.h"
#include "server/store/catalogue_load.h"

struct explain_load {
    struct sale_load sale_load;
    struct sale_rows sale;
    struct shop shop; /* as the receipt has it */
    const uint8_t *hash;
    struct rows *whose, *exceptions, *points, *prices, *back, *earnings, *campaigns, *campaign_products, *versions,
        *staff;
    struct catalogue_load catalogue_load;
    struct counter_set original; /* its rows alone */
    struct receipt_number original_number;
};

/* Six stages in this order; what they refuse is refused as UNKNOWN_SALE, and so is another's sale of a member in their own session. */
enum step explain_find(struct call *c, struct explain_load *load, const struct sale_key *key);
enum step explain_ask_whose(struct call *c, struct explain_load *load);
enum step explain_ask_sale(struct call *c, struct explain_load *load);
enum step explain_ask_past(struct call *c, struct explain_load *load);
enum step explain_ask_versions(struct call *c, struct explain_load *load);
enum step explain_ask_staff(struct call *c, struct explain_load *load);
/* What those of this shop are called who gave, allowed or changed something. In the arena. */
void explain_name_staff(struct call *c, const struct explain_load *load, struct explanation *explanation);
/* Behind them. The catalogue is made here, and the caller destroys it; all else is in the arena. */
struct explain_facts explain_facts_of(struct call *c, struct explain_load *load, struct catalogue **catalogue);

#endif
