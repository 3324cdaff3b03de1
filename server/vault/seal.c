/* A person's field as ciphertext: AES-256-GCM under the person's key.
 *
 *   version 1 | key version 1 | nonce 12 | tag 16 | text
 *
 * Additional data: version, key version, person id (8 bytes), field (2 bytes), so that it opens in its own place only.
 */
#include <assert.h>
#include <openssl/evp.h>
#include <string.h>

#include "server/vault/inner.h"

#define SEAL_VERSION 1
#define KEY_VERSION  1
#define HEAD_SIZE    2
#define NONCE_SIZE   12
#define TAG_SIZE     16
#define TEXT_AT      (HEAD_SIZE + NONCE_SIZE + TAG_SIZE)
#define AAD_SIZE     (HEAD_SIZE + 8 + 2)

static void place_of(int64_t person_id, enum vault_field field, const uint8_t head[HEAD_SIZE], uint8_t aad[AAD_SIZE])
{
    memcpy(aad, head, HEAD_SIZE);
    put_u64(aad + HEAD_SIZE, (uint64_t)person_id);
    put_u16(aad + HEAD_SIZE + 8, (uint16_t)field);
}

struct bytes vault_seal(struct vault *vault, int64_t person_id, enum vault_field field, struct bytes text,
                        struct arena *arena)
{
    uint8_t key[PERSON_KEY_SIZE], aad[AAD_SIZE];
    uint8_t *sealed = arena_alloc(arena, TEXT_AT + text.size);
    bool has_key = keystore_get(vault->keystore, person_id, key);
    int size;

    assert(has_key && "a field is sealed for a person without a key");
    sealed[0] = SEAL_VERSION;
    sealed[1] = KEY_VERSION;
    vault->entropy->fill(vault->entropy, sealed + HEAD_SIZE, NONCE_SIZE);
    place_of(person_id, field, sealed, aad);

    EVP_CIPHER_CTX *context = EVP_CIPHER_CTX_new();
    bool done = context && EVP_EncryptInit_ex(context, EVP_aes_256_gcm(), NULL, key, sealed + HEAD_SIZE) == 1 &&
                EVP_EncryptUpdate(context, NULL, &size, aad, AAD_SIZE) == 1 &&
                EVP_EncryptUpdate(context, sealed + TEXT_AT, &size, text.data, (int)text.size) == 1 &&
                EVP_EncryptFinal_ex(context, sealed + TEXT_AT + text.size, &size) == 1 &&
                EVP_CIPHER_CTX_ctrl(context, EVP_CTRL_AEAD_GET_TAG, TAG_SIZE, sealed + HEAD_SIZE + NONCE_SIZE) == 1;
    assert(done);
    EVP_CIPHER_CTX_free(context);
    OPENSSL_cleanse(key, sizeof key);
    return bytes_of(sealed, TEXT_AT + text.size);
}

struct bytes vault_unseal(struct vault *vault, int64_t person_id, enum vault_field field, struct bytes sealed,
                          struct arena *arena)
{
    const struct bytes nothing = { NULL, 0 };
    uint8_t key[PERSON_KEY_SIZE], aad[AAD_SIZE], tag[TAG_SIZE];
    int size;

    if (sealed.size < TEXT_AT || sealed.data[0] != SEAL_VERSION || sealed.data[1] != KEY_VERSION ||
        !keystore_get(vault->keystore, person_id, key))
        return nothing;
    size_t length = sealed.size - TEXT_AT;
    uint8_t *text = arena_alloc(arena, length + 1);
    memcpy(tag, sealed.data + HEAD_SIZE + NONCE_SIZE, TAG_SIZE);
    place_of(person_id, field, sealed.data, aad);

    EVP_CIPHER_CTX *context = EVP_CIPHER_CTX_new();
    bool opened = context && EVP_DecryptInit_ex(context, EVP_aes_256_gcm(), NULL, key, sealed.data + HEAD_SIZE) == 1 &&
                  EVP_DecryptUpdate(context, NULL, &size, aad, AAD_SIZE) == 1 &&
                  EVP_DecryptUpdate(context, text, &size, sealed.data + TEXT_AT, (int)length) == 1 &&
                  EVP_CIPHER_CTX_ctrl(context, EVP_CTRL_AEAD_SET_TAG, TAG_SIZE, tag) == 1 &&
                  EVP_DecryptFinal_ex(context, text + length, &size) == 1;
    EVP_CIPHER_CTX_free(context);
    OPENSSL_cleanse(key, sizeof key);
    if (!opened) {
        memset(text, 0, length);
        return nothing;
    }
    return bytes_of(text, length);
}
