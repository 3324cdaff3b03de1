/* What leaves the shop and is to prove itself anywhere: signed by the journal's key, in a form that is everybody's. */
#ifndef CAROLINE_SERVER_SERVICE_SEAL_H
#define CAROLINE_SERVER_SERVICE_SEAL_H

#include "server/call/call.h"

/* Of a message as JSON (common/wire/json.h): a JSON Web Signature (RFC 7515) of Ed25519 (RFC 8037) whose payload is detached and not
 * encoded (RFC 7797). Its header names the key and has it. In the try's arena. */
const char *seal_of(struct call *c, const ProtobufCMessage *message);

#endif
