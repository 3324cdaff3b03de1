/* A device as a message. */
#ifndef CAROLINE_SERVER_SERVICE_DEVICE_MESSAGE_H
#define CAROLINE_SERVER_SERVICE_DEVICE_MESSAGE_H

#include "proto/device.pb-c.h"
#include "server/call/call.h"

/* Of a row with id, shop_id, kind, name, till_number, certificate_expiry, revoked_at and seen_at; views into it. */
Caroline__V1__Device device_message_of(const struct rows *rows, size_t row, struct instant now);

#endif
