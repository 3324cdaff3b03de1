/* A shop's settings as a message. */
#ifndef CAROLINE_SERVER_SERVICE_SHOP_MESSAGE_H
#define CAROLINE_SERVER_SERVICE_SHOP_MESSAGE_H

#include "common/base/arena.h"
#include "common/rules/catalogue.h"
#include "proto/shop.pb-c.h"

/* In the arena; its texts are the catalogue's. */
Caroline__V1__Shop *shop_message_of(struct arena *arena, const struct shop *shop);

#endif
