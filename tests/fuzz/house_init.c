/* What stands in a shop before its first device comes: as server/init_database.c writes it. */
#include <assert.h>
#include <openssl/sha.h>
#include <openssl/x509.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/base/text.h"
#include "common/wire/device_key.h"
#include "db/queries.h"
#include "file.h"
#include "house.h"
#include "server/call/permission.h"
#include "server/service/device_code.h"

/* ---- keys ---- */

/* SHA-256 of the public key that a PKCS #10 request is for. */
static void key_hash_of(struct bytes request, uint8_t hash[32])
{
    const unsigned char *at = request.data;
    unsigned char *key = NULL;
    X509_REQ *read = d2i_X509_REQ(NULL, &at, (long)request.size);

    assert(read);
    int size = i2d_X509_PUBKEY(X509_REQ_get_X509_PUBKEY(read), &key);
    assert(size > 0);
    SHA256(key, (size_t)size, hash);
    OPENSSL_free(key);
    X509_REQ_free(read);
}

void house_keys_open(struct house_keys *keys)
{
    char vault[128], mirror[128];
    const char *problem = "";

    snprintf(vault, sizeof vault, "%s/vault", file_folder());
    snprintf(mirror, sizeof mirror, "%s/mirror", file_folder());
    if (!vault_create(vault, mirror, "Test", system_entropy(), system_clock(), &problem) ||
        !(keys->vault = vault_open(vault, mirror, PIN_COST_TEST, system_entropy(), &problem))) {
        fprintf(stderr, "no vault: %s\n", problem);
        abort();
    }
    keys->arena = arena_create(0);
    for (size_t i = 0; i < KEYS; i++) {
        struct bytes key;
        device_key_create(keys->arena, &key, &keys->requests[i]);
        key_hash_of(keys->requests[i], keys->hashes[i]);
    }
}

void house_keys_close(struct house_keys *keys)
{
    vault_close(keys->vault);
    arena_destroy(keys->arena);
}

/* ---- rows ---- */

struct writing {
    struct house *house;
    struct txn txn;
    bool done;
    int64_t next_id;
};

static void on_done(struct txn *txn, enum store_outcome outcome)
{
    struct writing *w = txn->user;

    if (outcome != STORE_OK)
        fprintf(stderr, "a shop could not be made: %s\n", txn->problem ? txn->problem : "");
    assert(outcome == STORE_OK);
    w->done = true;
}

static void wait_for(struct writing *w)
{
    house_settle(w->house);
    assert(w->done);
    w->done = false;
}

static void make_person(struct writing *w, int64_t shop_id, int64_t role_id, const char *name, const char *pin)
{
    struct vault *vault = w->house->vault;
    uint8_t blind[BLIND_SIZE];
    char hash[128];
    int64_t id = w->next_id++;
    bool made = vault_person_create(vault, id) && vault_pin_hash(vault, pin, hash);

    assert(made);
    (void)made;
    vault_blind(vault, BLIND_STAFF_NAME, bytes_of_text(text_fold(w->txn.arena, bytes_of_text(name))), blind);
    struct bytes sealed = vault_seal(vault, id, FIELD_STAFF_NAME, bytes_of_text(name), w->txn.arena);
    txn_ask(&w->txn, &sql_init_manager,
            PARAMS(PARAM_INT(id), PARAM_INT(shop_id), PARAM_INT(role_id), PARAM_BYTES(sealed),
                   PARAM_BYTES(bytes_of(blind, sizeof blind)), PARAM_TEXT(arena_text(w->txn.arena, hash))));
}

static int64_t make_role(struct writing *w, const char *name, const enum permission *permissions, size_t count,
                         int64_t discount_ppm)
{
    struct bytes *names = arena_array(w->txn.arena, count, sizeof *names);
    int64_t id = w->next_id++;

    for (size_t i = 0; i < count; i++)
        names[i] = bytes_of_text(permission_name(permissions[i]));
    txn_ask(&w->txn, &sql_init_role,
            PARAMS(PARAM_INT(id), PARAM_TEXT(name), PARAM_TEXTS(names, count), PARAM_INT(discount_ppm)));
    return id;
}

static void make_shop(struct writing *w, uint8_t first_secret[5])
{
    static const enum permission lead[] = {
        PERMISSION_SELL,       PERMISSION_REFUND,      PERMISSION_RETENDER, PERMISSION_DISCOUNT,
        PERMISSION_APPROVE,    PERMISSION_CASH_MOVE,   PERMISSION_NO_SALE,  PERMISSION_SHIFT_CLOSE,
        PERMISSION_MEMBER_SEE, PERMISSION_MEMBER_EDIT, PERMISSION_SOLD_OUT, PERMISSION_STOCK_EDIT,
        PERMISSION_AUDIT_SEE,  PERMISSION_STAFF_MEAL,
    };
    static const enum permission cashier[] = { PERMISSION_SELL, PERMISSION_MEMBER_SEE, PERMISSION_MEMBER_EDIT,
                                               PERMISSION_SOLD_OUT, PERMISSION_DISCOUNT };
    enum permission all[PERMISSION_COUNT];
    int64_t shop_id = w->next_id++;
    uint8_t hash[32];

    txn_ask(&w->txn, &sql_init_shop, PARAMS(PARAM_INT(shop_id)));
    txn_ask(&w->txn, &sql_init_head, PARAMS(PARAM_INT(shop_id)));
    txn_ask(&w->txn, &sql_init_shop_version,
            PARAMS(PARAM_INT(shop_id), PARAM_TEXT("Caroline's Cookies"), PARAM_TEXT("1 Grand Avenue"),
                   PARAM_TEXT("SR 1"), PARAM_TEXT("Fresh"), PARAM_TEXT("Thank you"), PARAM_TEXT("EUR"), PARAM_INT(2),
                   PARAM_TEXT("Europe/Berlin"), PARAM_BOOL(true), PARAM_INT(180), PARAM_TEXT("")));
    for (int i = PERMISSION_NONE + 1; i < PERMISSION_COUNT; i++)
        all[i - 1] = (enum permission)i;
    int64_t manager = make_role(w, "manager", all, PERMISSION_COUNT - 1, 1000000);
    make_role(w, "shift_lead", lead, sizeof lead / sizeof *lead, 500000);
    make_role(w, "cashier", cashier, sizeof cashier / sizeof *cashier, 100000);
    txn_ask(&w->txn, &sql_init_tax_class, PARAMS(PARAM_INT(w->next_id++), PARAM_TEXT("untaxed")));
    txn_ask(&w->txn, &sql_init_tender_types, NO_PARAMS);
    txn_ask(&w->txn, &sql_init_programme,
            PARAMS(PARAM_INT(w->next_id++), PARAM_TEXT("Points"), PARAM_TEXT("Free cookie")));
    make_person(w, shop_id, manager, "Owner", OWNER_FIRST_PIN);
    make_person(w, shop_id, manager, NOVICE, NOVICE_PIN);

    w->house->entropy.fill(&w->house->entropy, first_secret, 5);
    device_code_hash(w->house->vault, first_secret, hash);
    txn_ask(&w->txn, &sql_init_device_code,
            PARAMS(PARAM_INT(w->next_id++), PARAM_INT(shop_id), PARAM_TEXT("console"),
                   PARAM_INT(device_code_selector(first_secret)), PARAM_BYTES(bytes_of(hash, sizeof hash)),
                   PARAM_TEXT("24 hours")));
}

/* Persons of the shop before this one had the same ids, and may have the same keys. */
void house_init(struct house *house, uint8_t first_secret[5])
{
    struct arena *arena = arena_create(0);
    struct writing w = { .house = house, .txn = { .arena = arena, .kind = TXN_WRITE, .wait_ms = 1000 } };

    w.txn.user = &w;
    txn_begin(sim_store_store(house->store), &w.txn, on_done);
    wait_for(&w);
    struct rows *block = txn_ask(&w.txn, &sql_id_block_reserve, PARAMS(PARAM_INT(0), PARAM_INT(1000)));
    txn_run(&w.txn, on_done);
    wait_for(&w);
    w.next_id = row_int(block, 0, "first");
    make_shop(&w, first_secret);
    txn_commit(&w.txn, on_done);
    wait_for(&w);
    arena_destroy(arena);
}
