/* Who somebody says they are, into the message that signs them in. */
#ifndef CAROLINE_GOODS_SESSION_MESSAGE_H
#define CAROLINE_GOODS_SESSION_MESSAGE_H

#include "client/ui/credentials.h"
#include "proto/session.pb-c.h"

/* The message lives no longer than what is given. */
void session_open_of(Caroline__V1__SessionOpen *message, const struct credentials *given);

#endif
