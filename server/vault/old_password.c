/* Passwords of the shop before this one, as Django keeps them (django/contrib/auth/hashers.py, PBKDF2PasswordHasher):
 * "pbkdf2_sha256$iterations$salt$hash", the hash in base64. They are looked at until they were right once. */
#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <string.h>

#include "common/wire/digest.h"
#include "server/vault/vault.h"

#define ALGORITHM      "pbkdf2_sha256$"
#define ITERATIONS_MAX 2000000 /* twice as many as Django has come to; a look takes a second then */
#define SALT_MAX       128
#define HASH_TEXT      44 /* 32 bytes in base64 */

struct old_password {
    int iterations;
    const char *salt;
    int salt_size;
    uint8_t hash[DIGEST_SIZE + 1]; /* EVP_DecodeBlock() counts the padding in */
};

static bool read_iterations(const char *text, size_t size, int *iterations)
{
    *iterations = 0;
    for (size_t i = 0; i < size; i++) {
        if (text[i] < '0' || text[i] > '9' || *iterations > ITERATIONS_MAX)
            return false;
        *iterations = *iterations * 10 + (text[i] - '0');
    }
    return *iterations >= 1 && *iterations <= ITERATIONS_MAX;
}

static bool read_hash(const char *text, struct old_password *old)
{
    const char *count = text + strlen(ALGORITHM), *salt, *hash;

    if (strncmp(text, ALGORITHM, strlen(ALGORITHM)) != 0)
        return false;
    salt = strchr(count, '$');
    hash = salt == NULL ? NULL : strchr(salt + 1, '$');
    if (hash == NULL || hash - salt - 1 > SALT_MAX || strlen(hash + 1) != HASH_TEXT || hash[HASH_TEXT] != '=')
        return false;
    old->salt = salt + 1;
    old->salt_size = (int)(hash - salt - 1);
    return read_iterations(count, (size_t)(salt - count), &old->iterations) &&
           EVP_DecodeBlock(old->hash, (const unsigned char *)hash + 1, HASH_TEXT) == DIGEST_SIZE + 1;
}

bool vault_old_password_known(const char *hash)
{
    struct old_password old;

    return read_hash(hash, &old);
}

bool vault_old_password_check(const char *hash, const char *password)
{
    struct old_password old;
    uint8_t derived[DIGEST_SIZE];

    if (!read_hash(hash, &old))
        return false;
    bool made = PKCS5_PBKDF2_HMAC(password, (int)strlen(password), (const unsigned char *)old.salt, old.salt_size,
                                  old.iterations, EVP_sha256(), DIGEST_SIZE, derived) == 1;
    bool fits = made && CRYPTO_memcmp(derived, old.hash, DIGEST_SIZE) == 0;
    OPENSSL_cleanse(derived, sizeof derived);
    return fits;
}
