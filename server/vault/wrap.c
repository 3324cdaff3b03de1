/* Persons' keys under the epoch key: AES-256 key wrap with padding, which also proves them whole. */
#include <assert.h>
#include <openssl/evp.h>

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
