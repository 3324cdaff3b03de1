/* In the place of Ed25519, which would be a sixth of a simulated year: as long, of the same bytes, and nobody verifies it
 * here. What is signed is the product's; that it can be verified is proved with the real server. */
#include <string.h>

#include "common/wire/digest.h"
#include "server/vault/vault.h"

void vault_sign(struct vault *vault, struct bytes bytes, uint8_t signature[64], uint8_t key_id[8])
{
    uint8_t digest[DIGEST_SIZE];

    sha256(bytes, digest);
    memcpy(signature, digest, sizeof digest);
    memcpy(signature + sizeof digest, digest, sizeof digest);
    sha256(vault_public_key_raw(vault), digest);
    memcpy(key_id, digest, 8);
}
