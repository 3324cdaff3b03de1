/* PINs: Argon2id over HMAC(pepper, PIN). The pepper is not in the database, so a dump of it is nothing to guess
 * against. */
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#include "common/wire/digest.h"
#include "server/vault/inner.h"

#define KIBIBYTE 1024u

static void pepper(const struct vault *vault, const char *pin, char peppered[DIGEST_SIZE])
{
    hmac_sha256(bytes_of(vault->secrets->pepper, SECRET_SIZE), bytes_of_text(pin), (uint8_t *)peppered);
}

bool vault_pin_hash(struct vault *vault, const char *pin, char hash[128])
{
    _Static_assert(crypto_pwhash_STRBYTES == 128, "the size in vault.h");
    char peppered[DIGEST_SIZE];
    pepper(vault, pin, peppered);
    int failed = crypto_pwhash_str_alg(hash, peppered, sizeof peppered, vault->cost.passes,
                                       (size_t)vault->cost.memory_kib * KIBIBYTE, crypto_pwhash_ALG_ARGON2ID13);
    sodium_memzero(peppered, sizeof peppered);
    return !failed;
}

/* A hash of nothing with today's cost: salt and hash are zeros, whose preimage nobody knows. */
static void nobody(const struct vault *vault, char hash[128])
{
    snprintf(hash, 128, "$argon2id$v=19$m=%u,t=%u,p=1$%.22s$%.43s", vault->cost.memory_kib, vault->cost.passes,
             "AAAAAAAAAAAAAAAAAAAAAA", "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA");
}

/* libsodium says the same of a PIN that does not fit and of one for which it got no memory (argon2_verify() in its
 * argon2.c): what the hash asks for is tried. A PIN that did not fit is then no wrong try, whoever typed it, while memory
 * is that short. */
static bool has_room(const char *hash)
{
    const char *memory = strstr(hash, "$m=");
    unsigned long kib = memory ? strtoul(memory + 3, NULL, 10) : 0;

    if (kib == 0 || kib > UINT32_MAX)
        return true;
    void *room = mmap(NULL, (size_t)kib * KIBIBYTE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (room == MAP_FAILED)
        return false;
    munmap(room, (size_t)kib * KIBIBYTE);
    return true;
}

bool vault_pin_check(struct vault *vault, const char *hash, const char *pin, bool *stale, bool *failed)
{
    char peppered[DIGEST_SIZE], stand_in[128];
    bool known = hash && *hash;

    if (!known) {
        nobody(vault, stand_in);
        hash = stand_in;
    }
    pepper(vault, pin, peppered);
    bool fits = crypto_pwhash_str_verify(hash, peppered, sizeof peppered) == 0;
    *failed = !fits && !has_room(hash);
    sodium_memzero(peppered, sizeof peppered);
    *stale = known && fits &&
             crypto_pwhash_str_needs_rehash(hash, vault->cost.passes, (size_t)vault->cost.memory_kib * KIBIBYTE) != 0;
    return known && fits;
}
