/* The vault: persons' keys, sealed fields, blind indexes, PINs, signatures, certificates. Only this room touches keys.
 *
 * The key store is a SQLite file with a mirror beside it (or elsewhere), outside PostgreSQL and its backups; secrets of
 * the server (pepper, blind-index keys, epoch key, signing key, CA key) are files of mode 0600 in the same directory.
 */
#ifndef CAROLINE_SERVER_VAULT_VAULT_H
#define CAROLINE_SERVER_VAULT_VAULT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "common/base/arena.h"
#include "common/base/bytes.h"
#include "common/base/instant.h"
#include "common/base/world.h"

struct vault;

/* Make a new vault in an empty directory, or one that is not there yet (mode 0700): keys, key store, CA. What a making
 * that was cut short left there is deleted first: such a vault never opened. mirror: the path of the key store's second
 * file; NULL or "": keys.mirror in the same directory. The CA's and the certificates'
 * keys come from libcrypto's own randomness, all others from entropy. false: *problem says why, for a person; it lives
 * until this thread's next call here. */
bool vault_create(const char *directory, const char *mirror, const char *shop_name, struct entropy *entropy,
                  struct clock *clock, const char **problem);

/* There is one, and it was finished. */
bool vault_is_made(const char *directory);

/* What one look at a PIN costs. Written into each hash, so it can be raised later: a hash of another cost is made anew when
 * its PIN fits. A shop has PIN_COST_SHOP, the second of the equally strong rows of OWASP's Password Storage Cheat Sheet
 * (m=47104, t=1 is the first): it touches less than half of the memory, whose page faults are most of the time on some
 * machines. Tests that sign in a thousand times say PIN_COST_TEST. */
struct pin_cost {
    uint32_t memory_kib, passes;
};
#define PIN_COST_SHOP ((struct pin_cost){ .memory_kib = 19456, .passes = 2 })
#define PIN_COST_TEST ((struct pin_cost){ .memory_kib = 8, .passes = 1 })

/* NULL: *problem. Refuses files that others may read, and a key store whose mirror says otherwise (it names the newer).
 * One change apart is what a crash between the two writes leaves: the one behind catches up. Several processes of one
 * machine may have the same vault open. entropy is used from any thread, and outlives the vault. */
struct vault *vault_open(const char *directory, const char *mirror, struct pin_cost cost, struct entropy *entropy,
                         const char **problem);
/* Is the directory there, of this user or root, and of nobody else's writing? false: *problem, as above. */
bool vault_is_ours(const char *directory, const char **problem);
void vault_close(struct vault *vault);

/* Persons: staff, members, and customers with an account. The key is made durable in both files before it returns true: blocks for an fsync or two,
 * so it runs on the thread pool (offload() in call.h); all calls of this section are safe from any thread. */
bool vault_person_create(struct vault *vault, int64_t person_id); /* false: logged; nothing may be sealed for them */
bool vault_person_exists(struct vault *vault, int64_t person_id);
/* Was there ever a key of theirs, dropped and lost ones included? true where nobody knows at the moment. */
bool vault_person_known(struct vault *vault, int64_t person_id);
/* Keys of persons that never came to be (their transaction was rolled back) are swept. */
size_t vault_person_list(struct vault *vault, int64_t after_id, int64_t *ids, size_t most);
void vault_person_drop(struct vault *vault, int64_t person_id);
/* They are gone for good: their keys are dropped, then all others are wrapped under a new epoch's key and the old one is destroyed, so
 * that an older copy of the key store opens nothing, nor whatever was sealed in an older dump. Takes some microseconds a person there
 * is; a crash leaves it to be ended by the next opening, or to be begun again. false: logged; call it again. */
bool vault_person_erase(struct vault *vault, const int64_t *person_ids, size_t count);
/* Who had a key once and has none any more. */
size_t vault_person_list_dropped(struct vault *vault, int64_t after_id, int64_t *ids, size_t most);
/* How many there are whose key was found not to open when all were last wrapped anew: what is sealed of theirs stays shut. The others'
 * erasures go on. */
size_t vault_persons_lost(struct vault *vault);
/* Now and then: no key of an epoch that another process has ended stays in this one's memory. */
void vault_look(struct vault *vault);

/* A person's field: AES-256-GCM; the additional data is (person, field), so that a ciphertext moved to another row or
 * column does not open. field: one of the numbers below, never reused. Bytes: version, key version, nonce, tag, text.
 */
enum vault_field {
    FIELD_STAFF_NAME = 1,
    FIELD_MEMBER_NAME = 2,
    FIELD_MEMBER_PHONE = 3,
    FIELD_MEMBER_EMAIL = 4,
    FIELD_MEMBER_BIRTHDAY = 5,
    FIELD_MEMBER_CARD = 6,
    FIELD_INVOICE_DOCUMENT = 7, /* the person is the invoice, whose key outlives a member's */
    FIELD_ACCOUNT_NAME = 8,
    FIELD_ACCOUNT_REFERENCE = 9,
    FIELD_ACCOUNT_NOTE = 10,
    FIELD_MEMBER_AVOIDS = 20,
    FIELD_MEMBER_LANGUAGE = 21,
    FIELD_MEMBER_REVIEW = 22,
    FIELD_MEMBER_PAYMENT = 40, /* the gateway's customer and method */
};
/* In the arena. A person without a key is a bug in seal; in unseal it gives a view whose data is NULL (erased, or
 * moved). */
struct bytes vault_seal(struct vault *vault, int64_t person_id, enum vault_field field, struct bytes text,
                        struct arena *arena);
struct bytes vault_unseal(struct vault *vault, int64_t person_id, enum vault_field field, struct bytes sealed,
                          struct arena *arena);

/* Blind indexes: HMAC-SHA-256 under a key of the kind's own, cut to 16 bytes. The caller normalises. */
#define BLIND_SIZE 16
enum vault_blind {
    BLIND_PHONE = 1,
    BLIND_EMAIL = 2,
    BLIND_CARD = 3,
    BLIND_NAME_PREFIX = 4,
    BLIND_STAFF_NAME = 5,
    BLIND_BADGE = 6,
    BLIND_BIRTHDAY = 7, /* by vault_blind_birthday() */
    BLIND_ACCOUNT_NAME = 8,
    BLIND_ACCOUNT_PREFIX = 9, /* of a word of it */
    BLIND_GIFT_CARD_CODE = 10,
    BLIND_GIFT_CARD_MADE = 11,  /* of a card's id: what its code is made of */
    BLIND_GIFT_CARD_TOKEN = 12, /* of a device, a card and a time: what the device shows for the card */
    BLIND_ALLERGEN = 20,        /* by vault_blind_allergens() */
    BLIND_COUPON_CODE = 30,
    BLIND_COUPON_MADE = 31,  /* of a coupon's id: what its code is made of */
    BLIND_COUPON_TOKEN = 32, /* of a coupon, its campaign and a time: what a till shows for the coupon */
};
void vault_blind(struct vault *vault, enum vault_blind kind, struct bytes text, uint8_t blind[BLIND_SIZE]);
/* Of a member's birthday: month 1 to 12, day 1 to 31. */
void vault_blind_birthday(struct vault *vault, int64_t member_id, int month, int day, uint8_t blind[BLIND_SIZE]);
/* Of a member and each of the 14 allergens, in the order of their numbers: what stands for those that the member avoids. */
#define ALLERGEN_BLIND_SIZE  8
#define ALLERGEN_BLINDS_SIZE 112
void vault_blind_allergens(struct vault *vault, int64_t member_id, uint8_t blinds[ALLERGEN_BLINDS_SIZE]);
/* 32 bytes, for one-time codes and session tokens. */
void vault_token_hash(struct vault *vault, struct bytes secret, uint8_t hash[32]);

/* PINs: Argon2id over HMAC(pepper, PIN). Both take tens of milliseconds and MiB: on the thread pool only, from any
 * thread. */
bool vault_pin_hash(struct vault *vault, const char *pin, char hash[128]);
/* *stale: the parameters have moved on, hash again. hash NULL: takes as long and says false. *failed: there was no memory
 * for it, and nothing is known of the PIN. */
bool vault_pin_check(struct vault *vault, const char *hash, const char *pin, bool *stale, bool *failed);

/* Of the shop before this one: "pbkdf2_sha256$iterations$salt$base64". Takes a tenth of a second, on the thread pool only. known: is it of
 * that form, with as many iterations as may be asked of us? What is not fits nothing. */
bool vault_old_password_known(const char *hash);
bool vault_old_password_check(const char *hash, const char *password);

/* Ed25519 over the bytes; key_id names the key for verifiers. */
void vault_sign(struct vault *vault, struct bytes bytes, uint8_t signature[64], uint8_t key_id[8]);
/* The public key, for verifiers: as PEM, and its bare 32 bytes. */
const char *vault_public_key(const struct vault *vault);
struct bytes vault_public_key_raw(const struct vault *vault);

/* The shop's certificate authority. */
enum certificate_verdict { CERTIFICATE_OK, CERTIFICATE_BAD_REQUEST, CERTIFICATE_BAD_KEY };
/* A client certificate for a device out of its PKCS #10 request: own signature checked, P-256 or Ed25519, subject and
 * extensions ours whatever it asked. DER into the arena. key_hash: SHA-256 of the public key's SPKI. */
enum certificate_verdict vault_certificate_issue(struct vault *vault, struct bytes request, int64_t device_id,
                                                 struct instant now, struct instant expiry, struct arena *arena,
                                                 struct bytes *certificate, uint8_t key_hash[32]);
/* (Re)write the server's certificate and a new key, PEM, at the paths, for these names and addresses (SANs); valid two
 * years. For --init, deploy/demo, and a server whose certificate has passed two thirds of its life. */
bool vault_server_certificate(struct vault *vault, const char *const *names, size_t name_count, struct instant now,
                              const char *certificate_path, const char *key_path, const char **problem);
/* Written anew, for the same names, once two thirds of its life are over; one that another authority made is left alone.
 * *renewed: it was. false: *problem. */
bool vault_server_certificate_renew(struct vault *vault, struct instant now, const char *certificate_path,
                                    const char *key_path, bool *renewed, const char **problem);
/* The first of the names the server's certificate was last made for, which clients check; "" before the first. */
const char *vault_server_name(const struct vault *vault);
struct bytes vault_ca_certificate(const struct vault *vault);            /* DER */
const char *vault_ca_path(const struct vault *vault);                    /* PEM file */
void vault_ca_fingerprint(const struct vault *vault, uint8_t first[10]); /* the 80 bits in enrolment codes */

#endif
