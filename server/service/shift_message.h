/* A till's drawer as a message. */
#ifndef CAROLINE_SERVER_SERVICE_SHIFT_MESSAGE_H
#define CAROLINE_SERVER_SERVICE_SHIFT_MESSAGE_H

#include "proto/sale.pb-c.h"
#include "server/call/call.h"

/* state: of sql_shift_state. NOT_A_TILL where the device has no drawer; else the answer, open or not. */
enum step shift_answer(struct call *c, const struct rows *state);
bool shift_is_till(const struct rows *state);

#endif
