/* SHA-256 and its HMAC, by OpenSSL. */
#include "common/wire/digest.h"

#include <assert.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <pthread.h>
#include <stdlib.h>

static EVP_MD *method;
static pthread_once_t once = PTHREAD_ONCE_INIT;

/* OpenSSL 3 looks an algorithm up by name each time unless it is fetched once, and that look-up costs more than the
 * hash. */
static void fetch(void)
{
    method = EVP_MD_fetch(NULL, "SHA256", NULL);
    if (method == NULL)
        abort();
}

static const EVP_MD *sha256_method(void)
{
    if (pthread_once(&once, fetch) != 0)
        abort();
    return method;
}

void sha256_two(struct bytes a, struct bytes b, uint8_t digest[DIGEST_SIZE])
{
    EVP_MD_CTX *context = EVP_MD_CTX_new();

    /* Only memory can be missing here, and a hash that was not made must never be used. */
    if (context == NULL || !EVP_DigestInit_ex2(context, sha256_method(), NULL) ||
        !EVP_DigestUpdate(context, a.data, a.size) || !EVP_DigestUpdate(context, b.data, b.size) ||
        !EVP_DigestFinal_ex(context, digest, NULL))
        abort();
    EVP_MD_CTX_free(context);
}

void sha256(struct bytes bytes, uint8_t digest[DIGEST_SIZE])
{
    sha256_two(bytes, (struct bytes){ 0 }, digest);
}

void hmac_sha256(struct bytes key, struct bytes message, uint8_t digest[DIGEST_SIZE])
{
    unsigned size = 0;

    assert(key.size <= INT32_MAX);
    /* A key of no bytes is a key: OpenSSL takes a NULL for "the one before". */
    if (HMAC(sha256_method(), key.size > 0 ? (const void *)key.data : "", (int)key.size, message.data, message.size,
             digest, &size) == NULL)
        abort();
    assert(size == DIGEST_SIZE);
}
