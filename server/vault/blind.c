/* Blind indexes and hashed secrets: HMAC-SHA-256 under keys that the database never sees. */
#include <stdio.h>
#include <string.h>

#include "common/wire/digest.h"
#include "server/vault/inner.h"

/* A key of the kind's own, so that a phone number and a card of the same digits have nothing in common. */
void blind_keys_derive(struct secrets *secrets)
{
    for (int kind = 0; kind < BLIND_KINDS; kind++) {
        char label[40];
        snprintf(label, sizeof label, "caroline blind index %d", kind);
        hmac_sha256(bytes_of(secrets->blind, SECRET_SIZE), bytes_of_text(label), secrets->blinds[kind]);
    }
}

void vault_blind(struct vault *vault, enum vault_blind kind, struct bytes text, uint8_t blind[BLIND_SIZE])
{
    uint8_t digest[DIGEST_SIZE];
    hmac_sha256(bytes_of(vault->secrets->blinds[kind], SECRET_SIZE), text, digest);
    memcpy(blind, digest, BLIND_SIZE);
}

void vault_blind_birthday(struct vault *vault, int64_t member_id, int month, int day, uint8_t blind[BLIND_SIZE])
{
    uint8_t text[10];
    put_u64(text, (uint64_t)member_id);
    text[8] = (uint8_t)month;
    text[9] = (uint8_t)day;
    vault_blind(vault, BLIND_BIRTHDAY, bytes_of(text, sizeof text), blind);
}

/* Two allergens a blind. */
void vault_blind_allergens(struct vault *vault, int64_t member_id, uint8_t blinds[ALLERGEN_BLINDS_SIZE])
{
    uint8_t text[9];

    put_u64(text, (uint64_t)member_id);
    for (size_t i = 0; i < ALLERGEN_BLINDS_SIZE / BLIND_SIZE; i++) {
        text[8] = (uint8_t)i;
        vault_blind(vault, BLIND_ALLERGEN, bytes_of(text, sizeof text), blinds + i * BLIND_SIZE);
    }
}

void vault_token_hash(struct vault *vault, struct bytes secret, uint8_t hash[32])
{
    hmac_sha256(bytes_of(vault->secrets->token, SECRET_SIZE), secret, hash);
}
