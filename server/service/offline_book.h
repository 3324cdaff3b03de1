/* What booking a sale that was made offline has in common, whether its till brings it or another machine does. */
#ifndef CAROLINE_SERVER_SERVICE_OFFLINE_BOOK_H
#define CAROLINE_SERVER_SERVICE_OFFLINE_BOOK_H

#include "common/rules/sale_offline.h"
#include "proto/sale.pb-c.h"
#include "server/service/counter_group.h"

struct offline_booking {
    struct counter_call stored; /* first */
    struct offline_command command;
    struct bytes card; /* as a blind index; empty: none */
};

/* How large the group has to take it for. */
size_t offline_lines(const Caroline__V1__SaleOffline *request);
/* In keys(): names what the sale of this device needs. record: SHA-256 of the request's bytes. */
void offline_keys(struct call *c, struct group *g, struct offline_booking *o, const Caroline__V1__SaleOffline *request,
                  int64_t device_id, const uint8_t record[32]);
/* In decide(): STEP_NEXT: it is booked, and its entry is written. */
enum step offline_decide(struct call *c, struct group *g, struct offline_booking *o);

/* A number that nothing has stands for one that is beyond what numbers can be. */
int64_t offline_number_of(uint64_t number);
/* What was noted of a sale, as messages in the arena. */
Caroline__V1__SaleException **exception_messages(const struct sale_rows *sale, struct arena *arena);

#endif
