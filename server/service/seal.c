#include "server/service/seal.h"

#include <string.h>

#include "common/wire/digest.h"
#include "common/wire/json.h"
#include "server/vault/vault.h"

/* Base64 as URLs have it (RFC 4648, 5), without the signs that fill it up. */
static char *base64url(struct bytes bytes, struct arena *arena)
{
    static const char signs[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    char *text = arena_alloc(arena, bytes.size / 3 * 4 + 5), *at = text;
    unsigned bits = 0, held = 0;

    for (size_t i = 0; i < bytes.size; i++) {
        held = (held & 63) << 8 | bytes.data[i];
        for (bits += 8; bits >= 6; bits -= 6)
            *at++ = signs[held >> (bits - 6) & 63];
    }
    if (bits > 0)
        *at++ = signs[held << (6 - bits) & 63];
    return text;
}

/* The key's id is the journal's. */
static char *header_of(struct call *c)
{
    struct bytes key = vault_public_key_raw(c->vault);
    uint8_t digest[DIGEST_SIZE];

    sha256(key, digest);
    return arena_format(c->txn.arena,
                        "{\"alg\":\"EdDSA\",\"b64\":false,\"crit\":[\"b64\"],\"kid\":\"%016llx\","
                        "\"jwk\":{\"kty\":\"OKP\",\"crv\":\"Ed25519\",\"x\":\"%s\"}}",
                        (unsigned long long)get_u64(digest), base64url(key, c->txn.arena));
}

const char *seal_of(struct call *c, const ProtobufCMessage *message)
{
    struct arena *arena = c->txn.arena;
    char *header = base64url(bytes_of_text(header_of(c)), arena);
    size_t before = strlen(header) + 1, size = before + json_size(message);
    char *text = arena_alloc(arena, size);
    uint8_t signature[64], key_id[8];

    memcpy(text, header, before - 1);
    text[before - 1] = '.';
    json_write(message, text + before);
    vault_sign(c->vault, bytes_of(text, size), signature, key_id);
    return arena_format(arena, "%s..%s", header, base64url(bytes_of(signature, sizeof signature), arena));
}
