/* The holds of a shop: what quotes promised to its tills, in this server's memory. */
#ifndef CAROLINE_SERVER_SERVICE_STOCK_HOLD_H
#define CAROLINE_SERVER_SERVICE_STOCK_HOLD_H

#include "common/rules/hold.h"
#include "server/call/call.h"

/* Made at the first use, kept for good: shops are few. On the loop only. */
struct holds *shop_holds(const struct driver *driver, int64_t shop_id);

#endif
