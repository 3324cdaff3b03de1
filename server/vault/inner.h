/* What the files of the vault share, and nobody else sees. */
#ifndef CAROLINE_SERVER_VAULT_INNER_H
#define CAROLINE_SERVER_VAULT_INNER_H

#include <openssl/evp.h>
#include <openssl/x509.h>

#include "server/vault/vault.h"

#define SECRET_SIZE 32
#define PATH_SIZE   4096

#define BLIND_KINDS (BLIND_COUPON_TOKEN + 1)

/* In guarded memory that is never swapped nor dumped. */
struct secrets {
    uint8_t pepper[SECRET_SIZE];
    uint8_t blind[SECRET_SIZE]; /* of which each kind's key is derived */
    uint8_t token[SECRET_SIZE];
    uint8_t blinds[BLIND_KINDS][SECRET_SIZE]; /* these */
};

struct vault_paths {
    char pepper[PATH_SIZE], blind[PATH_SIZE], token[PATH_SIZE], epoch[PATH_SIZE];
    char keys[PATH_SIZE], mirror[PATH_SIZE], lock[PATH_SIZE], sign[PATH_SIZE], ca_key[PATH_SIZE], ca[PATH_SIZE];
    char name[PATH_SIZE], unfinished[PATH_SIZE];
};

struct keystore;

struct vault {
    struct entropy *entropy;
    struct secrets *secrets;
    struct pin_cost cost;
    struct keystore *keystore;
    EVP_PKEY *sign_key;
    char *public_key; /* PEM */
    uint8_t raw_key[32], key_id[8];
    EVP_PKEY *ca_key;
    X509 *ca;
    struct { /* DER of the certificate */
        uint8_t *data;
        size_t size;
    } ca_der;
    char ca_path[PATH_SIZE], name_path[PATH_SIZE];
    char server_name[256];
};

/* vault.c */
bool vault_paths_fill(struct vault_paths *paths, const char *directory, const char *mirror, const char **problem);

/* blind.c: each kind's key, of the one that was read. */
void blind_keys_derive(struct secrets *secrets);

/* make.c */
bool vault_is_finished(const struct vault_paths *paths, const char **problem);

/* problem.c: a sentence in this thread's own buffer, put into *problem. Returns false. */
bool problem_is(const char **problem, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* files.c. Secrets are regular files of our own or root's, closed to group and others. */
bool path_join(char path[PATH_SIZE], const char *directory, const char *name, const char **problem);
bool file_is_private(const char *path, const char **problem);
/* Exactly size bytes. */
bool file_read_secret(const char *path, void *bytes, size_t size, const char **problem);
/* Whole, NUL behind it, at most 64 KiB; *size gets its size. Freed by file_forget(), which wipes it. */
char *file_read_private(const char *path, size_t *size, const char **problem);
void file_forget(char *text, size_t size);
/* All or nothing: written beside it, synced, renamed over it, directory synced. */
bool file_write(const char *path, struct bytes bytes, unsigned mode, const char **problem);
/* New and empty, mode 0600; refuses one that is there. */
bool file_make(const char *path, const char **problem);
/* What was made, renamed or deleted beside it is so on the disk. */
bool directory_sync_of(const char *path);
bool directory_make(const char *path, const char **problem);
bool directory_is_ours(const char *path, const char **problem);

/* keystore.c: persons' keys, wrapped, in two SQLite files. Any thread. */
#define PERSON_KEY_SIZE 32
bool keystore_create(const char *path, const char *mirror, struct entropy *entropy, const char **problem);
/* The epoch keys are in the directory of lock_path. */
struct keystore *keystore_open(const char *path, const char *mirror, const char *lock_path, struct entropy *entropy,
                               const char **problem);
void keystore_close(struct keystore *keystore);
bool keystore_add(struct keystore *keystore, int64_t person_id);
bool keystore_drop(struct keystore *keystore, int64_t person_id);
/* Dropped, and the others wrapped under a new epoch's key; the old one is destroyed. */
bool keystore_erase(struct keystore *keystore, const int64_t *person_ids, size_t count);
size_t keystore_list_dropped(struct keystore *keystore, int64_t after_id, int64_t *ids, size_t most);
/* A key of an epoch that has ended is not kept in memory. */
size_t keystore_count_lost(struct keystore *keystore);
void keystore_look(struct keystore *keystore);
bool keystore_knows(struct keystore *keystore, int64_t person_id);
bool keystore_get(struct keystore *keystore, int64_t person_id, uint8_t key[PERSON_KEY_SIZE]);
size_t keystore_list(struct keystore *keystore, int64_t after_id, int64_t *ids, size_t most);

/* wrap.c: AES-256 key wrap with padding (RFC 5649). */
#define WRAPPED_SIZE (PERSON_KEY_SIZE + 8)
void key_wrap(const uint8_t epoch[SECRET_SIZE], const uint8_t key[PERSON_KEY_SIZE], uint8_t wrapped[WRAPPED_SIZE]);
/* Up to so many at once, in place: each that opens under `from` is wrapped under `into`, and opened[i] says so; the others stay as they
 * are. The same bytes as by the two below, in a tenth of their time. */
#define REWRAP_MOST 64
void keys_rewrap(const uint8_t from[SECRET_SIZE], const uint8_t into[SECRET_SIZE], uint8_t *const wrapped[],
                 size_t count, bool opened[]);
/* false: damaged, or wrapped under another key. */
bool key_unwrap(const uint8_t epoch[SECRET_SIZE], const uint8_t *wrapped, size_t size, uint8_t key[PERSON_KEY_SIZE]);

/* sign.c */
bool sign_key_create(const char *path, struct entropy *entropy, const char **problem);
bool sign_key_load(struct vault *vault, const char *path, const char **problem);
/* A key's PKCS #8 PEM, written 0600 and read back. */
bool private_key_write(const char *path, EVP_PKEY *key, const char **problem);
EVP_PKEY *private_key_read(const char *path, const char **problem);

/* ca.c */
bool ca_create(const char *certificate_path, const char *key_path, const char *shop_name, struct entropy *entropy,
               struct instant now, const char **problem);
bool ca_load(struct vault *vault, const char *certificate_path, const char *key_path, const char *name_path,
             const char **problem);

#endif
