/* A sale that was loaded, as OP_SALE_SHOW shows it. */
#ifndef CAROLINE_SERVER_SERVICE_SALE_SHOWN_H
#define CAROLINE_SERVER_SERVICE_SALE_SHOWN_H

#include "proto/sale.pb-c.h"
#include "server/service/sale_load.h"

/* Into `shown`, which is initialised; all it points to is in the try's arena. Refuses what there is not. */
enum step sale_shown_of(struct call *c, const struct sale_load *s, Caroline__V1__SaleShown *shown);

#endif
