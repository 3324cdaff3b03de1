/* The signature itself, in a file of its own: a simulation puts a cheaper one in its place. */
#include <assert.h>
#include <string.h>

#include "server/vault/inner.h"

void vault_sign(struct vault *vault, struct bytes bytes, uint8_t signature[64], uint8_t key_id[8])
{
    EVP_MD_CTX *context = EVP_MD_CTX_new();
    size_t size = 64;
    bool signed_ = context && EVP_DigestSignInit(context, NULL, NULL, NULL, vault->sign_key) == 1 &&
                   EVP_DigestSign(context, signature, &size, bytes.data, bytes.size) == 1 && size == 64;
    assert(signed_);
    EVP_MD_CTX_free(context);
    memcpy(key_id, vault->key_id, sizeof vault->key_id);
}
