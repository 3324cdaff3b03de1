/* Which day it is in a shop. */
#ifndef CAROLINE_SERVER_SERVICE_SHOP_DAY_H
#define CAROLINE_SERVER_SERVICE_SHOP_DAY_H

#include "common/base/instant.h"
#include "common/rules/catalogue.h"

/* The zone of a shop's settings, read once and kept for good; UTC when the machine does not know it any more. On the
 * loop only. */
const struct zone *shop_zone(const struct shop *shop);
/* The calendar day there: of lots, expiries and birthdays. */
struct day shop_today(const struct shop *shop, struct instant now);

#endif
