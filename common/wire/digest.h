/* Hashes both sides need. */
#ifndef CAROLINE_WIRE_DIGEST_H
#define CAROLINE_WIRE_DIGEST_H

#include <stddef.h>
#include <stdint.h>

#include "common/base/bytes.h"

#define DIGEST_SIZE 32

void sha256(struct bytes bytes, uint8_t digest[DIGEST_SIZE]);
/* SHA-256 of a's bytes followed by b's. */
void sha256_two(struct bytes a, struct bytes b, uint8_t digest[DIGEST_SIZE]);
void hmac_sha256(struct bytes key, struct bytes message, uint8_t digest[DIGEST_SIZE]);

#endif
