/* The code that makes a device of a machine: its secret as the database knows it. */
#ifndef CAROLINE_SERVER_SERVICE_DEVICE_CODE_H
#define CAROLINE_SERVER_SERVICE_DEVICE_CODE_H

#include "common/wire/code.h"
#include "server/vault/vault.h"

#define DEVICE_CODE_LIFE_US    (15 * MINUTE_US)
#define DEVICE_CODE_TRIES      5
#define DEVICE_CERTIFICATE_US  (365 * DAY_S * SECOND_US)
#define DEVICE_TILL_NUMBER_MAX 9999

/* The first 16 bits say which code a wrong try was meant for, so that five wrong ones end that code and no other; who
 * tries them all has five guesses at the other 24 bits. */
static inline int64_t device_code_selector(const uint8_t secret[CODE_SECRET_SIZE])
{
    return get_u16(secret);
}

static inline void device_code_hash(struct vault *vault, const uint8_t secret[CODE_SECRET_SIZE], uint8_t hash[32])
{
    vault_token_hash(vault, bytes_of(secret, CODE_SECRET_SIZE), hash);
}

#endif
