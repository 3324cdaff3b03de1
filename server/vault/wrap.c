/* Persons' keys under the epoch key: AES-256 key wrap with padding, which also proves them whole. */
#include <assert.h>
#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <string.h>

#include "server/vault/inner.h"

/* One size of output fits both ways: libcrypto wants a block's room more than it leaves in it. */
static int run(const uint8_t epoch[SECRET_SIZE], bool wrap, const uint8_t *from, size_t size, uint8_t *into)
{
    EVP_CIPHER_CTX *context = EVP_CIPHER_CTX_new();
    int done = -1, rest = 0;

    assert(context);
    EVP_CIPHER_CTX_set_flags(context, EVP_CIPHER_CTX_FLAG_WRAP_ALLOW);
    if (EVP_CipherInit_ex(context, EVP_aes_256_wrap_pad(), NULL, epoch, NULL, wrap) != 1 ||
        EVP_CipherUpdate(context, into, &done, from, (int)size) != 1 ||
        EVP_CipherFinal_ex(context, into + done, &rest) != 1)
        done = -1;
    EVP_CIPHER_CTX_free(context);
    return done < 0 ? -1 : done + rest;
}

void key_wrap(const uint8_t epoch[SECRET_SIZE], const uint8_t key[PERSON_KEY_SIZE], uint8_t wrapped[WRAPPED_SIZE])
{
    uint8_t room[WRAPPED_SIZE + 16];
    int size = run(epoch, true, key, PERSON_KEY_SIZE, room);
    assert(size == WRAPPED_SIZE);
    for (size_t i = 0; i < WRAPPED_SIZE; i++)
        wrapped[i] = room[i];
}

bool key_unwrap(const uint8_t epoch[SECRET_SIZE], const uint8_t *wrapped, size_t size, uint8_t key[PERSON_KEY_SIZE])
{
    uint8_t room[WRAPPED_SIZE + 16];
    if (size != WRAPPED_SIZE || run(epoch, false, wrapped, size, room) != PERSON_KEY_SIZE)
        return false;
    for (size_t i = 0; i < PERSON_KEY_SIZE; i++)
        key[i] = room[i];
    OPENSSL_cleanse(room, sizeof room);
    return true;
}

/* ---- many at once ---- */

/* RFC 5649 of 32 bytes: four halves of a block beside the one that is checked, six rounds over them. A key's 24 blocks come one after the other,
 * and so many keys' side by side: the processor's AES takes them together, which libcrypto's own wrapping does not use at all. */
#define HALF   8
#define HALVES (PERSON_KEY_SIZE / HALF)
#define ROUNDS 6

static const uint8_t whole[HALF] = { 0xa6, 0x59, 0x59, 0xa6, 0, 0, 0, PERSON_KEY_SIZE };

struct lanes {
    uint8_t blocks[REWRAP_MOST][2 * HALF];
    uint8_t check[REWRAP_MOST][HALF];
    uint8_t key[REWRAP_MOST][HALVES][HALF];
};

/* The half at `at` of all, with what is checked of each; number: 1 to 24, from the first wrapped on. */
static void step(EVP_CIPHER_CTX *aes, bool wrap, struct lanes *lanes, size_t count, int at, uint8_t number)
{
    int done = 0;

    for (size_t i = 0; i < count; i++) {
        if (!wrap)
            lanes->check[i][HALF - 1] ^= number;
        memcpy(lanes->blocks[i], lanes->check[i], HALF);
        memcpy(lanes->blocks[i] + HALF, lanes->key[i][at], HALF);
    }
    int size = (int)(count * 2 * HALF);
    bool ran = EVP_CipherUpdate(aes, lanes->blocks[0], &done, lanes->blocks[0], size) == 1 && done == size;
    assert(ran);
    for (size_t i = 0; i < count; i++) {
        memcpy(lanes->check[i], lanes->blocks[i], HALF);
        memcpy(lanes->key[i][at], lanes->blocks[i] + HALF, HALF);
        if (wrap)
            lanes->check[i][HALF - 1] ^= number;
    }
}

static void run_all(const uint8_t epoch[SECRET_SIZE], bool wrap, struct lanes *lanes, size_t count)
{
    EVP_CIPHER_CTX *aes = EVP_CIPHER_CTX_new();
    bool ready = aes && EVP_CipherInit_ex(aes, EVP_aes_256_ecb(), NULL, epoch, NULL, wrap) == 1 &&
                 EVP_CIPHER_CTX_set_padding(aes, 0) == 1;

    assert(ready);
    for (int number = 1; number <= ROUNDS * HALVES; number++) {
        int from_first = wrap ? number : ROUNDS * HALVES + 1 - number;
        step(aes, wrap, lanes, count, (from_first - 1) % HALVES, (uint8_t)from_first);
    }
    EVP_CIPHER_CTX_free(aes);
}

void keys_rewrap(const uint8_t from[SECRET_SIZE], const uint8_t into[SECRET_SIZE], uint8_t *const wrapped[],
                 size_t count, bool opened[])
{
    struct lanes lanes = { 0 };

    assert(count <= REWRAP_MOST);
    for (size_t i = 0; i < count; i++) {
        memcpy(lanes.check[i], wrapped[i], HALF);
        memcpy(lanes.key[i], wrapped[i] + HALF, PERSON_KEY_SIZE);
    }
    run_all(from, false, &lanes, count);
    for (size_t i = 0; i < count; i++) {
        opened[i] = CRYPTO_memcmp(lanes.check[i], whole, HALF) == 0;
        memcpy(lanes.check[i], whole, HALF);
    }
    run_all(into, true, &lanes, count);
    for (size_t i = 0; i < count; i++) {
        if (!opened[i])
            continue;
        memcpy(wrapped[i], lanes.check[i], HALF);
        memcpy(wrapped[i] + HALF, lanes.key[i], PERSON_KEY_SIZE);
    }
    OPENSSL_cleanse(&lanes, sizeof lanes);
}
