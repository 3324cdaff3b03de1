/* A device's key pair and its request for a certificate; and certificates as text. The client's half of enrolment. */
#ifndef CAROLINE_WIRE_DEVICE_KEY_H
#define CAROLINE_WIRE_DEVICE_KEY_H

#include <stdbool.h>

#include "common/base/arena.h"
#include "common/base/bytes.h"

/* A new key on P-256. key: PEM, unencrypted, for a file of mode 0600; wipe it with bytes_wipe() once it is written.
 * request: PKCS #10, DER, signed by the key. Both in the arena. */
void device_key_create(struct arena *arena, struct bytes *key, struct bytes *request);
/* A certificate as PEM, in the arena; false when the bytes are no certificate. */
bool certificate_to_pem(struct bytes der, struct arena *arena, struct bytes *pem);
/* Overwritten, for certain. */
void bytes_wipe(struct bytes secret);

#endif
