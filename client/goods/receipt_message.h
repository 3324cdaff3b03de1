/* A receipt document out of a message. */
#ifndef CAROLINE_GOODS_RECEIPT_MESSAGE_H
#define CAROLINE_GOODS_RECEIPT_MESSAGE_H

#include "common/base/arena.h"
#include "common/rules/paper.h"
#include "proto/sale.pb-c.h"

/* In the arena; without anybody's name. */
struct receipt receipt_of_message(const Caroline__V1__Receipt *document, struct arena *arena);

#endif
