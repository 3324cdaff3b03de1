/* Sales without the server, for the tests of them. */
#ifndef CAROLINE_TESTS_SCREENS_OFFLINE_SALES_H
#define CAROLINE_TESTS_SCREENS_OFFLINE_SALES_H

#include "desk.h"

#define OP(name)     CAROLINE__V1__OP__OP_##name
#define REFUSE(name) CAROLINE__V1__ERROR_CODE__##name

static inline void open_offline(struct desk *d)
{
    desk_open(d);
    desk_sign_in(d);
    scripted_state(d->link, LINK_OFFLINE, "the server cannot be reached; trying again soon");
}

/* A basket, paid with a note of 50. */
static inline void sell(struct desk *d)
{
    desk_fill(d);
    desk_type(d, K_F2);
    desk_type(d, "50" K_ENTER);
}

static inline const Caroline__V1__SaleOffline *asked(struct desk *d)
{
    return (const Caroline__V1__SaleOffline *)scripted_request(d->link, OP(SALE_OFFLINE),
                                                               &caroline__v1__sale_offline__descriptor);
}

static inline void book(struct desk *d)
{
    Caroline__V1__SaleOfflineBooked booked = CAROLINE__V1__SALE_OFFLINE_BOOKED__INIT;
    scripted_answer(d->link, OP(SALE_OFFLINE), &booked.base);
}

#endif
