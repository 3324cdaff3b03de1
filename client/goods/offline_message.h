/* A sale that was made without a server, as the server is told of it afterwards. */
#ifndef CAROLINE_GOODS_OFFLINE_MESSAGE_H
#define CAROLINE_GOODS_OFFLINE_MESSAGE_H

#include "client/goods/open_basket.h"
#include "proto/sale.pb-c.h"

/* sale: the verdict OK upon the basket. Lines and taxes as they were printed, behind the basket's lines the deposits that went with the
 * goods. All in the arena, texts where they were. */
Caroline__V1__SaleOffline offline_message(const struct open_basket *basket, const struct sale_rows *sale,
                                          const struct tender *tenders, size_t tender_count, struct arena *arena);

#endif
