/* Django's password hashes, by OpenSSL's PBKDF2. */
#include "server/vault/django_hash.h"

#include <openssl/crypto.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <string.h>

#define DERIVED_SIZE 32
#define BASE64_SIZE  44 /* of 32 bytes, its one '=' included */

struct parts {
    int iterations;
    struct bytes salt, base64;
};

/* What stands before the next '$', which is taken off as well. */
static bool cut(struct bytes *rest, struct bytes *part)
{
    const uint8_t *end = rest->size ? memchr(rest->data, '$', rest->size) : NULL;

    if (!end)
        return false;
    *part = bytes_of(rest->data, (size_t)(end - rest->data));
    *rest = bytes_of(end + 1, rest->size - part->size - 1);
    return true;
}

/* Digits alone, no zero in front: Django writes them so. */
static bool iterations_of(struct bytes digits, int *iterations)
{
    *iterations = 0;
    if (digits.size == 0 || digits.size > 7 || digits.data[0] == '0')
        return false;
    for (size_t i = 0; i < digits.size; i++) {
        if (digits.data[i] < '0' || digits.data[i] > '9')
            return false;
        *iterations = *iterations * 10 + (digits.data[i] - '0');
    }
    return *iterations <= DJANGO_ITERATIONS_MAX;
}

static bool is_base64(struct bytes text)
{
    if (text.size != BASE64_SIZE || text.data[BASE64_SIZE - 1] != '=')
        return false;
    for (size_t i = 0; i + 1 < text.size; i++) {
        uint8_t c = text.data[i];
        if (!(c >= 'A' && c <= 'Z') && !(c >= 'a' && c <= 'z') && !(c >= '0' && c <= '9') && c != '+' && c != '/')
            return false;
    }
    return true;
}

static bool parts_of(struct bytes hash, struct parts *parts)
{
    struct bytes algorithm, digits;

    return hash.size <= DJANGO_HASH_MAX && cut(&hash, &algorithm) && cut(&hash, &digits) && cut(&hash, &parts->salt) &&
           bytes_equal(algorithm, bytes_of_text("pbkdf2_sha256")) && iterations_of(digits, &parts->iterations) &&
           parts->salt.size <= DJANGO_SALT_MAX && is_base64(parts->base64 = hash);
}

bool django_hash_is(struct bytes hash)
{
    struct parts parts;
    return parts_of(hash, &parts);
}

bool django_hash_check(struct bytes hash, struct bytes password, bool *failed)
{
    struct parts parts;
    uint8_t derived[DERIVED_SIZE], base64[BASE64_SIZE + 1];

    *failed = false;
    if (!parts_of(hash, &parts) || password.size > DJANGO_PASSWORD_MAX)
        return false;
    /* A password of no bytes is one: OpenSSL takes a NULL for the same, whatever its length is said to be. */
    if (!PKCS5_PBKDF2_HMAC(password.size ? (const char *)password.data : "", (int)password.size, parts.salt.data,
                           (int)parts.salt.size, parts.iterations, EVP_sha256(), sizeof derived, derived)) {
        ERR_clear_error();
        *failed = true;
        return false;
    }
    EVP_EncodeBlock(base64, derived, sizeof derived); /* what was kept is compared as text: each hash has one */
    bool fits = CRYPTO_memcmp(base64, parts.base64.data, BASE64_SIZE) == 0;
    OPENSSL_cleanse(derived, sizeof derived);
    OPENSSL_cleanse(base64, sizeof base64);
    return fits;
}
