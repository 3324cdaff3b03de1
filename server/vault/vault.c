/* A vault as a directory: made once, opened by each server process.
 *
 *   pepper.key blind.key token.key   32 random bytes each
 *   epoch-N.key                      wraps the persons' keys; each erasure makes the next one and ends the one before
 *   keys.sqlite keys.mirror          the persons' keys; the mirror may be on another disk
 *   sign.key                         Ed25519, PEM
 *   ca.key ca.pem                    the shop's certificate authority
 *   server.name                      what the server's certificate is made for
 *   lock                             held while the key store's two files differ
 *   unfinished                       make.c has not come to its end */
#include "server/vault/vault.h"

#include <openssl/crypto.h>
#include <sodium.h>
#include <stdlib.h>
#include <string.h>

#include "server/vault/inner.h"

bool vault_paths_fill(struct vault_paths *paths, const char *directory, const char *mirror, const char **problem)
{
    const struct {
        char *path;
        const char *name;
    } names[] = {
        { paths->pepper, "pepper.key" }, { paths->blind, "blind.key" },  { paths->token, "token.key" },
        { paths->epoch, "epoch-1.key" }, { paths->keys, "keys.sqlite" }, { paths->mirror, "keys.mirror" },
        { paths->lock, "lock" },         { paths->sign, "sign.key" },    { paths->ca_key, "ca.key" },
        { paths->ca, "ca.pem" },         { paths->name, "server.name" }, { paths->unfinished, "unfinished" },
    };
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (!path_join(names[i].path, directory, names[i].name, problem))
            return false;
    if (!mirror || !*mirror)
        return true;
    if (strlen(mirror) >= PATH_SIZE - 16)
        return problem_is(problem, "the path of the mirror is too long");
    strcpy(paths->mirror, mirror);
    return true;
}

static bool load(struct vault *vault, const struct vault_paths *paths, const char **problem)
{
    struct secrets *secrets = vault->secrets;
    vault->keystore = NULL;
    if (!file_read_secret(paths->pepper, secrets->pepper, SECRET_SIZE, problem) ||
        !file_read_secret(paths->blind, secrets->blind, SECRET_SIZE, problem) ||
        !file_read_secret(paths->token, secrets->token, SECRET_SIZE, problem) ||
        !sign_key_load(vault, paths->sign, problem) || !ca_load(vault, paths->ca, paths->ca_key, paths->name, problem))
        return false;
    blind_keys_derive(secrets);
    vault->keystore = keystore_open(paths->keys, paths->mirror, paths->lock, vault->entropy, problem);
    return vault->keystore;
}

struct vault *vault_open(const char *directory, const char *mirror, struct pin_cost cost, struct entropy *entropy,
                         const char **problem)
{
    struct vault_paths *paths = calloc(1, sizeof *paths);
    struct vault *vault = calloc(1, sizeof *vault);
    bool opened = false;

    if (!paths || !vault || sodium_init() < 0 || !(vault->secrets = sodium_malloc(sizeof *vault->secrets))) {
        problem_is(problem, "could not open the vault: no memory, or libsodium does not start");
    } else if ((size_t)cost.memory_kib * 1024 < crypto_pwhash_MEMLIMIT_MIN ||
               cost.passes < crypto_pwhash_OPSLIMIT_MIN) {
        problem_is(problem, "the cost of a PIN is below what Argon2id allows");
    } else {
        vault->entropy = entropy;
        vault->cost = cost;
        opened = directory_is_ours(directory, problem) && vault_paths_fill(paths, directory, mirror, problem) &&
                 vault_is_finished(paths, problem) && load(vault, paths, problem);
    }
    free(paths);
    if (opened)
        return vault;
    vault_close(vault);
    return NULL;
}

bool vault_is_ours(const char *directory, const char **problem)
{
    return directory_is_ours(directory, problem);
}

void vault_close(struct vault *vault)
{
    if (!vault)
        return;
    keystore_close(vault->keystore);
    EVP_PKEY_free(vault->sign_key);
    EVP_PKEY_free(vault->ca_key);
    X509_free(vault->ca);
    OPENSSL_free(vault->ca_der.data);
    free(vault->public_key);
    sodium_free(vault->secrets);
    free(vault);
}

bool vault_person_create(struct vault *vault, int64_t person_id)
{
    return keystore_add(vault->keystore, person_id);
}

bool vault_person_exists(struct vault *vault, int64_t person_id)
{
    uint8_t key[PERSON_KEY_SIZE];
    bool exists = keystore_get(vault->keystore, person_id, key);
    sodium_memzero(key, sizeof key);
    return exists;
}

bool vault_person_known(struct vault *vault, int64_t person_id)
{
    return keystore_knows(vault->keystore, person_id);
}

size_t vault_person_list(struct vault *vault, int64_t after_id, int64_t *ids, size_t most)
{
    return keystore_list(vault->keystore, after_id, ids, most);
}

void vault_person_drop(struct vault *vault, int64_t person_id)
{
    keystore_drop(vault->keystore, person_id);
}

bool vault_person_erase(struct vault *vault, const int64_t *person_ids, size_t count)
{
    return keystore_erase(vault->keystore, person_ids, count);
}

size_t vault_person_list_dropped(struct vault *vault, int64_t after_id, int64_t *ids, size_t most)
{
    return keystore_list_dropped(vault->keystore, after_id, ids, most);
}

size_t vault_persons_lost(struct vault *vault)
{
    return keystore_count_lost(vault->keystore);
}

void vault_look(struct vault *vault)
{
    keystore_look(vault->keystore);
}
