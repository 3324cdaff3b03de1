/* The shop's signature: Ed25519, over the heads of the journal. Private keys as PKCS #8 PEM in closed files. */
#include <assert.h>
#include <openssl/bio.h>
#include <openssl/crypto.h>
#include <openssl/pem.h>
#include <stdlib.h>
#include <string.h>

#include "common/wire/digest.h"
#include "server/vault/inner.h"

#define ED25519_SIZE 32

bool private_key_write(const char *path, EVP_PKEY *key, const char **problem)
{
    BIO *memory = BIO_new(BIO_s_secmem());
    char *text = NULL;
    bool written = memory && PEM_write_bio_PKCS8PrivateKey(memory, key, NULL, NULL, 0, NULL, NULL) == 1;
    long size = written ? BIO_get_mem_data(memory, &text) : 0;

    written = written ? file_write(path, bytes_of(text, (size_t)size), 0600, problem)
                      : problem_is(problem, "could not write the key %s", path);
    BIO_free(memory);
    return written;
}

EVP_PKEY *private_key_read(const char *path, const char **problem)
{
    size_t size;
    char *text = file_read_private(path, &size, problem);
    if (!text)
        return NULL;
    BIO *memory = BIO_new_mem_buf(text, (int)size);
    EVP_PKEY *key = memory ? PEM_read_bio_PrivateKey(memory, NULL, NULL, NULL) : NULL;
    BIO_free(memory);
    file_forget(text, size);
    if (!key)
        problem_is(problem, "%s is damaged: it holds no private key", path);
    return key;
}

bool sign_key_create(const char *path, struct entropy *entropy, const char **problem)
{
    uint8_t seed[ED25519_SIZE];
    entropy->fill(entropy, seed, sizeof seed);
    EVP_PKEY *key = EVP_PKEY_new_raw_private_key(EVP_PKEY_ED25519, NULL, seed, sizeof seed);
    OPENSSL_cleanse(seed, sizeof seed);
    bool made = key ? private_key_write(path, key, problem) : problem_is(problem, "could not make the key %s", path);
    EVP_PKEY_free(key);
    return made;
}

/* key_id: the first bytes of SHA-256 of the raw public key. */
static bool name_the_key(struct vault *vault)
{
    uint8_t digest[DIGEST_SIZE];
    size_t size = sizeof vault->raw_key;
    if (EVP_PKEY_get_raw_public_key(vault->sign_key, vault->raw_key, &size) != 1 || size != sizeof vault->raw_key)
        return false;
    sha256(vault_public_key_raw(vault), digest);
    memcpy(vault->key_id, digest, sizeof vault->key_id);

    BIO *memory = BIO_new(BIO_s_mem());
    char *text;
    bool written = memory && PEM_write_bio_PUBKEY(memory, vault->sign_key) == 1;
    long length = written ? BIO_get_mem_data(memory, &text) : 0;
    vault->public_key = written ? strndup(text, (size_t)length) : NULL;
    BIO_free(memory);
    return vault->public_key;
}

bool sign_key_load(struct vault *vault, const char *path, const char **problem)
{
    vault->sign_key = private_key_read(path, problem);
    if (!vault->sign_key)
        return false;
    if (EVP_PKEY_base_id(vault->sign_key) != EVP_PKEY_ED25519 || !name_the_key(vault))
        return problem_is(problem, "%s is damaged: it is no Ed25519 key", path);
    return true;
}

const char *vault_public_key(const struct vault *vault)
{
    return vault->public_key;
}

struct bytes vault_public_key_raw(const struct vault *vault)
{
    return bytes_of(vault->raw_key, sizeof vault->raw_key);
}
