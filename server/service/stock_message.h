/* What is on the shelf, as a message. */
#ifndef CAROLINE_SERVER_SERVICE_STOCK_MESSAGE_H
#define CAROLINE_SERVER_SERVICE_STOCK_MESSAGE_H

#include "common/rules/sale.h"
#include "server/call/call.h"

/* Answers StockShown. */
enum step stock_answer(struct call *c, const struct stock_state *stock, size_t count);

#endif
