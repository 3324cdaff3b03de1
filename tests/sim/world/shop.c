/* The shop's first rows, by the product's own statements. */
#include "tests/sim/world/shop.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "common/rules/catalogue.h"
#include "common/base/text.h"
#include "db/queries.h"
#include "proto/device.pb-c.h"
#include "server/call/permission.h"
#include "tests/sim/world/random.h"

#define RESERVED       2000
#define OF_DEVICE_CODE 400
#define OF_LOT         1500
#define OF_DELIVERY    600
#define SIGN_UP_POINTS 20
#define OF_VAULT       500 /* a stream of a seed */

static char own_directory[64]; /* "": it is somebody else's */

static const char *make_directory(void)
{
    bool small_and_fast = access("/dev/shm", W_OK) == 0;

    snprintf(own_directory, sizeof own_directory, "%s/caroline-sim-XXXXXX", small_and_fast ? "/dev/shm" : "/tmp");
    if (!mkdtemp(own_directory)) {
        perror("caroline-sim: no directory for the vault");
        exit(1);
    }
    return own_directory;
}

static struct random of_vault;

static void fill(struct entropy *entropy, void *bytes, size_t size)
{
    uint8_t *at = bytes;

    (void)entropy;
    for (size_t i = 0; i < size; i += sizeof(uint64_t)) {
        uint64_t word = random_next(&of_vault);
        memcpy(at + i, &word, size - i < sizeof word ? size - i : sizeof word);
    }
}

static struct entropy vault_entropy = { fill };

void shop_vault_seed(uint64_t seed)
{
    random_seed(&of_vault, seed, OF_VAULT);
}

struct vault *shop_vault_open(const char *directory)
{
    const char *problem = NULL;
    struct vault *vault = NULL;
    char path[300];

    snprintf(path, sizeof path, "%s/vault", directory ? directory : make_directory());
    shop_vault_seed(0);
    if (vault_create(path, "", "Bakery", &vault_entropy, system_clock(), &problem))
        vault = vault_open(path, "", PIN_COST_TEST, &vault_entropy, &problem);
    bool made = vault && vault_person_create(vault, SIM_STAFF) && vault_person_create(vault, SIM_STAFF + 1);
    for (int i = 0; made && i < SIM_TWINS; i++)
        made = vault_person_create(vault, SIM_MEMBER + i);
    if (!made) {
        fprintf(stderr, "caroline-sim: no vault: %s\n", problem ? problem : "no key for a person");
        exit(1);
    }
    return vault;
}

void shop_vault_close(struct vault *vault)
{
    char command[128];

    vault_close(vault);
    if (!*own_directory)
        return;
    snprintf(command, sizeof command, "rm -r %s", own_directory);
    if (system(command) != 0)
        fprintf(stderr, "caroline-sim: %s is left behind\n", own_directory);
}

static struct instant now_of(const struct errand *errand)
{
    return events_wall(errand->database->process.events);
}

static void write_shop(struct errand *e)
{
    static const char *const nothing = "";

    errand_ask(e, &sql_id_block_reserve, PARAMS(PARAM_INT(0), PARAM_INT(RESERVED)));
    errand_ask(e, &sql_init_shop, PARAMS(PARAM_INT(SIM_SHOP)));
    errand_ask(e, &sql_init_head, PARAMS(PARAM_INT(SIM_SHOP)));
    errand_ask(e, &sql_init_shop_version,
               PARAMS(PARAM_INT(SIM_SHOP), PARAM_TEXT("Bakery"), PARAM_TEXT(nothing), PARAM_TEXT(nothing),
                      PARAM_TEXT(nothing), PARAM_TEXT(nothing), PARAM_TEXT("EUR"), PARAM_INT(2), PARAM_TEXT(SIM_ZONE),
                      PARAM_BOOL(true), PARAM_INT(180), PARAM_TEXT(nothing)));
}

static void write_staff(struct errand *e, struct vault *vault)
{
    struct bytes permissions[PERMISSION_COUNT];
    size_t count = 0;
    char hash[128];

    for (int i = PERMISSION_NONE + 1; i < PERMISSION_COUNT; i++)
        permissions[count++] = bytes_of_text(permission_name((enum permission)i));
    errand_ask(e, &sql_init_tender_types, NO_PARAMS);
    errand_ask(e, &sql_init_role,
               PARAMS(PARAM_INT(SIM_ROLE), PARAM_TEXT("manager"), PARAM_TEXTS(permissions, count), PARAM_INT(1000000)));
    bool hashed = vault_pin_hash(vault, SIM_PIN, hash);
    assert(hashed);
    for (unsigned person = 0; person < SIM_PERSONS; person++) {
        uint8_t *blind = arena_alloc(e->arena, BLIND_SIZE);
        struct bytes name = bytes_of_text(shop_person_name(person));

        vault_blind(vault, BLIND_STAFF_NAME, bytes_of_text(text_fold(e->arena, name)), blind);
        struct bytes sealed = vault_seal(vault, SIM_STAFF + person, FIELD_STAFF_NAME, name, e->arena);
        errand_ask(e, &sql_staff_create,
                   PARAMS(PARAM_INT(SIM_STAFF + person), PARAM_INT(SIM_SHOP), PARAM_INT(SIM_ROLE), PARAM_BYTES(sealed),
                          PARAM_BYTES(bytes_of(blind, BLIND_SIZE)), PARAM_NULL(), PARAM_TEXT(hash), PARAM_BOOL(true),
                          PARAM_INSTANT(now_of(e))));
    }
}

/* The office (a console) is number 0, the tills carry theirs on their receipts. */
static void write_device(struct errand *e, unsigned index)
{
    struct instant now = now_of(e), expiry = { now.us + 3650 * DAY_S * SECOND_US };
    int64_t invite = OF_DEVICE_CODE + index, id = SIM_DEVICE + index;
    int64_t kind = index == 0 ? CAROLINE__V1__CLIENT_KIND__CLIENT_ADMIN : CAROLINE__V1__CLIENT_KIND__CLIENT_COUNTER;
    uint8_t key_hash[32], secret_hash[32] = "secret", command_id[16] = "invite";

    shop_key_hash(index, key_hash);
    secret_hash[31] = command_id[15] = (uint8_t)index;
    errand_ask(e, &sql_device_invite_write,
               PARAMS(PARAM_INT(invite), PARAM_INT(SIM_SHOP), PARAM_INT(kind),
                      PARAM_TEXT(arena_format(e->arena, "device %u", index)),
                      index == 0 ? PARAM_NULL() : PARAM_INT(index), PARAM_INT(index),
                      PARAM_BYTES(bytes_of(secret_hash, sizeof secret_hash)), PARAM_INSTANT(expiry),
                      PARAM_BYTES(bytes_of(command_id, sizeof command_id)), PARAM_INSTANT(now)));
    errand_run(e);
    errand_ask(e, &sql_enrol_device,
               PARAMS(PARAM_INT(invite), PARAM_INT(id), PARAM_BYTES(bytes_of(key_hash, sizeof key_hash)),
                      PARAM_INSTANT(expiry), PARAM_INSTANT(now)));
    errand_ask(e, &sql_enrol_use, PARAMS(PARAM_INT(invite), PARAM_INT(id), PARAM_INSTANT(now)));
    errand_run(e);
}

static void write_rules(struct errand *e)
{
    static const int64_t service[] = { 0, 1 }, rates[] = { 70000, 190000 };
    static const bool hot[] = { false, false };
    static const struct bytes codes[] = { { (const uint8_t *)"VAT7", 4 }, { (const uint8_t *)"VAT19", 5 } };

    errand_ask(e, &sql_category_put_create, PARAMS(PARAM_INT(SIM_CATEGORY)));
    errand_ask(e, &sql_category_put_version, PARAMS(PARAM_INT(SIM_CATEGORY), PARAM_TEXT("Cookies"), PARAM_INT(1)));
    errand_ask(e, &sql_tax_class_put_create, PARAMS(PARAM_INT(SIM_TAX_CLASS)));
    errand_ask(e, &sql_tax_class_put_version,
               PARAMS(PARAM_INT(SIM_TAX_CLASS), PARAM_TEXT("Bakery goods"), PARAM_INT(0), PARAM_INT(0)));
    errand_ask(e, &sql_tax_class_put_rate_versions,
               PARAMS(PARAM_INT(SIM_TAX_CLASS), PARAM_INTS(service, 2), PARAM_BOOLS(hot, 2), PARAM_TEXTS(codes, 2),
                      PARAM_INTS(rates, 2)));
    static const struct {
        int64_t id, kind, change;
        const char *name;
    } vouchers[] = { { SIM_VOUCHER, 3, 2, "Voucher" },
                     { SIM_MEAL, 3, 3, "Meal voucher" },
                     { SIM_GIFT_CARD, 6, 2, "Gift card" } };
    for (size_t i = 0; i < 3; i++) {
        errand_ask(e, &sql_tender_type_put_create, PARAMS(PARAM_INT(vouchers[i].id)));
        errand_ask(e, &sql_tender_type_put_version,
                   PARAMS(PARAM_INT(vouchers[i].id), PARAM_TEXT(vouchers[i].name), PARAM_INT(vouchers[i].kind),
                          PARAM_INT(vouchers[i].change), PARAM_BOOL(false), PARAM_INT(0), PARAM_TEXT(""),
                          PARAM_BOOL(true)));
    }
    errand_ask(e, &sql_programme_put_version,
               PARAMS(PARAM_INT(SIM_PROGRAMME), PARAM_TEXT("Points"), PARAM_INT(SIGN_UP_POINTS), PARAM_INT(100),
                      PARAM_INT(10), PARAM_INT(365), PARAM_INT(100), PARAM_INT(SIM_CATEGORY), PARAM_TEXT("Free cookie"),
                      PARAM_INT(12), PARAM_INT(0), PARAM_INT(0)));
}

/* Beside the seed's numbers: a point a piece, two for coming; an amount, a rate and a piece off. */
static void write_terms(struct errand *e)
{
    enum { TERMS = 5 };
    static const int64_t kinds[] = { 1, 1, 2, 2, 2 }, numbers[] = { 1, 2, 1, 2, 3 }, none[TERMS] = { 0 };
    static const int64_t gives[] = { 2, 3, 2, 3, 1 }, values[] = { 1, 2, 150, 100000, 0 },
                         costs[] = { 0, 0, 40, 30, 60 };
    static const int64_t goods[] = { 0, 0, 0, 2, 1 }, days[] = { 127, 127, 127, 127, 127 };
    static const int64_t until[] = { 1440, 1440, 1440, 1440, 1440 };
    static const int64_t categories[] = { 0, 0, 0, 0, SIM_CATEGORY }, products[] = { 0, 0, 0, SIM_PRODUCT, 0 };
    const struct bytes names[] = { bytes_of_text("A point a piece"), bytes_of_text("Come again"),
                                   bytes_of_text("A bit off"), bytes_of_text("A tenth off"), bytes_of_text("A piece") };

    errand_ask(e, &sql_programme_put_term_versions,
               PARAMS(PARAM_INT(SIM_PROGRAMME), PARAM_INTS(kinds, TERMS), PARAM_INTS(numbers, TERMS),
                      PARAM_INTS(none, TERMS), PARAM_TEXTS(names, TERMS), PARAM_INTS(gives, TERMS),
                      PARAM_INTS(values, TERMS), PARAM_INTS(costs, TERMS), PARAM_INTS(none, TERMS),
                      PARAM_INTS(goods, TERMS), PARAM_INTS(days, TERMS), PARAM_INTS(none, TERMS),
                      PARAM_INTS(until, TERMS), PARAM_INTS(categories, TERMS), PARAM_INTS(products, TERMS)));
}

static void write_modifier(struct errand *e, int64_t id, const char *name, int64_t least, int64_t most)
{
    static const int64_t numbers[] = { 1, 2, 3 }, prices[] = { -200, 0, 45 };
    static const bool active[] = { true, true, true };
    const struct bytes names[] = { bytes_of_text("Small"), bytes_of_text("Plain"), bytes_of_text("More") };

    errand_ask(e, &sql_modifier_put_create, PARAMS(PARAM_INT(id)));
    errand_ask(e, &sql_modifier_put_version,
               PARAMS(PARAM_INT(id), PARAM_TEXT(name), PARAM_INT(least), PARAM_INT(most), PARAM_BOOL(true)));
    errand_ask(e, &sql_modifier_put_option_versions,
               PARAMS(PARAM_INT(id), PARAM_INTS(numbers, 3), PARAM_TEXTS(names, 3), PARAM_INTS(prices, 3),
                      PARAM_BOOLS(active, 3)));
}

/* Some have a size, some may have up to two things more. */
static const char *modifiers_text(struct errand *e, int product)
{
    if (product % 5 == 1)
        return arena_format(e->arena, "%d %d", SIM_MODIFIER, SIM_MODIFIER + 1);
    return product % 5 == 2 ? arena_format(e->arena, "%d", SIM_MODIFIER + 1) : "";
}

#define A_BOTTLE 20 /* taken back, too */
#define A_BAG    15 /* not, and of the cookies' category */

/* A third are cookies, a third are never sold below nothing; the stock of all is kept. Of two the price is keyed. Some come in
 * bottles, and one in two bags. */
static void write_products(struct errand *e)
{
    int64_t ids[SIM_PRODUCTS], plus[SIM_PRODUCTS], categories[SIM_PRODUCTS], zeros[SIM_PRODUCTS] = { 0 };
    int64_t taxes[SIM_PRODUCTS], policies[SIM_PRODUCTS], prices[SIM_PRODUCTS];
    int64_t lines[SIM_PRODUCTS], stock[SIM_PRODUCTS];
    struct bytes names[SIM_PRODUCTS], skus[SIM_PRODUCTS], notes[SIM_PRODUCTS];
    bool active[SIM_PRODUCTS], open[SIM_PRODUCTS];
    struct bytes modifiers[SIM_PRODUCTS];
    int64_t most[SIM_PRODUCTS], kinds[SIM_PRODUCTS], deposits[SIM_PRODUCTS], counts[SIM_PRODUCTS];

    write_modifier(e, SIM_MODIFIER, "Size", 1, 1);
    write_modifier(e, SIM_MODIFIER + 1, "Extras", 0, 2);

    for (int i = 0; i < SIM_PRODUCTS; i++) {
        ids[i] = SIM_PRODUCT + i;
        plus[i] = i + 1;
        categories[i] = i % 3 == 0 ? SIM_CATEGORY : 0;
        taxes[i] = SIM_TAX_CLASS;
        policies[i] = 1 + i % 2;
        prices[i] = 95 + 35 * i;
        lines[i] = i;
        stock[i] = 500000;
        names[i] = bytes_of_text(arena_format(e->arena, "Product %d", i + 1));
        skus[i] = bytes_of_text(arena_format(e->arena, "P%d", i + 1));
        notes[i] = bytes_of_text("");
        active[i] = true;
        modifiers[i] = bytes_of_text(modifiers_text(e, i));
        open[i] = i % 11 == 3;
        most[i] = open[i] ? 5000 : 0;
        kinds[i] = i == A_BOTTLE ? DEPOSIT_GOOD : i == A_BAG ? DEPOSIT_CHARGE : DEPOSIT_NONE;
        deposits[i] = i % 7 == 0 ? SIM_PRODUCT + A_BOTTLE : i == 4 ? SIM_PRODUCT + A_BAG : 0;
        counts[i] = i % 7 == 0 ? 1 : i == 4 ? 2 : 0;
    }
    errand_ask(e, &sql_product_put_create,
               PARAMS(PARAM_INTS(ids, SIM_PRODUCTS), PARAM_TEXTS(skus, SIM_PRODUCTS), PARAM_INTS(plus, SIM_PRODUCTS)));
    errand_ask(
        e, &sql_product_put_version,
        PARAMS(PARAM_INTS(ids, SIM_PRODUCTS), PARAM_TEXTS(names, SIM_PRODUCTS), PARAM_TEXTS(skus, SIM_PRODUCTS),
               PARAM_INTS(plus, SIM_PRODUCTS), PARAM_INTS(categories, SIM_PRODUCTS), PARAM_INTS(zeros, SIM_PRODUCTS),
               PARAM_INTS(taxes, SIM_PRODUCTS), PARAM_INTS(zeros, SIM_PRODUCTS), PARAM_INTS(zeros, SIM_PRODUCTS),
               PARAM_TEXTS(notes, SIM_PRODUCTS), PARAM_BOOLS(active, SIM_PRODUCTS), PARAM_INTS(policies, SIM_PRODUCTS),
               PARAM_INTS(zeros, SIM_PRODUCTS), PARAM_TEXTS(modifiers, SIM_PRODUCTS), PARAM_BOOLS(open, SIM_PRODUCTS),
               PARAM_INTS(zeros, SIM_PRODUCTS), PARAM_INTS(most, SIM_PRODUCTS), PARAM_INTS(kinds, SIM_PRODUCTS),
               PARAM_INTS(deposits, SIM_PRODUCTS), PARAM_INTS(counts, SIM_PRODUCTS), PARAM_TEXTS(notes, SIM_PRODUCTS)));
    errand_ask(e, &sql_product_put_price, PARAMS(PARAM_INTS(ids, SIM_PRODUCTS), PARAM_INTS(prices, SIM_PRODUCTS)));
    errand_ask(e, &sql_stock_move,
               PARAMS(PARAM_INT(SIM_SHOP), PARAM_INTS(ids, SIM_PRODUCTS), PARAM_INTS(stock, SIM_PRODUCTS)));
    errand_ask(e, &sql_stock_move_entries,
               PARAMS(PARAM_INT(OF_DELIVERY), PARAM_INT(SIM_SHOP), PARAM_INSTANT(now_of(e)),
                      PARAM_INTS(lines, SIM_PRODUCTS), PARAM_INTS(ids, SIM_PRODUCTS), PARAM_INTS(stock, SIM_PRODUCTS)));
}

static void write_promotion(struct errand *e, int64_t id, const char *name, int64_t gift, int64_t value)
{
    errand_ask(e, &sql_promotion_put_create, PARAMS(PARAM_INT(id)));
    errand_ask(e, &sql_promotion_put_version,
               PARAMS(PARAM_INT(id), PARAM_TEXT(name), PARAM_INT(gift), PARAM_INT(value), PARAM_INT(0x7f), PARAM_INT(0),
                      PARAM_INT(1440), PARAM_NULL(), PARAM_NULL(), PARAM_BOOL(false), PARAM_BOOL(true)));
}

/* Three cookies are two, and one of them with the good behind it, or the one behind that, is cheaper: they meet. */
static void write_promotions(struct errand *e)
{
    static const int64_t first[] = { 0 }, three[] = { 3 }, category[] = { SIM_CATEGORY };
    static const int64_t parts[] = { 0, 1, 1 }, positions[] = { 0, 0, 1 }, pieces[] = { 1, 1, 1 };
    static const int64_t products[] = { SIM_PRODUCT, SIM_PRODUCT + 1, SIM_PRODUCT + 2 }, none[] = { 0, 0, 0 };

    write_promotion(e, SIM_PROMOTION, "Three for two", PROMOTION_CHEAPEST_FREE, 1);
    errand_ask(e, &sql_promotion_put_part_versions,
               PARAMS(PARAM_INT(SIM_PROMOTION), PARAM_INTS(first, 1), PARAM_INTS(first, 1), PARAM_INTS(three, 1),
                      PARAM_INTS(category, 1), PARAM_INTS(none, 1)));
    write_promotion(e, SIM_PROMOTION + 1, "A pair", PROMOTION_AMOUNT_OFF, 40);
    errand_ask(e, &sql_promotion_put_part_versions,
               PARAMS(PARAM_INT(SIM_PROMOTION + 1), PARAM_INTS(parts, 3), PARAM_INTS(positions, 3),
                      PARAM_INTS(pieces, 3), PARAM_INTS(none, 3), PARAM_INTS(products, 3)));
}

/* Nameless: no name is needed to collect points. They joined weeks ago; birthdays lie all over the year. */
static void write_member(struct errand *e, struct vault *vault, int index)
{
    int64_t id = SIM_MEMBER + index, lot = OF_LOT + index;
    struct instant now = now_of(e);
    struct day joined = { zone_day(zone_utc(), now).number - 40 };
    uint8_t blind[BLIND_SIZE];

    vault_blind_birthday(vault, id, 1 + index % 12, 1 + index % 28, blind);
    errand_ask(e, &sql_member_write,
               PARAMS(PARAM_INT(id), PARAM_INT(SIM_SHOP), PARAM_NULL(), PARAM_NULL(), PARAM_NULL(), PARAM_NULL(),
                      PARAM_NULL(), PARAM_NULL(), PARAM_NULL(), PARAM_INSTANT(now)));
    errand_ask(
        e, &sql_member_write_account,
        PARAMS(PARAM_INT(id), PARAM_INT(SIGN_UP_POINTS), PARAM_BYTES(bytes_of(blind, sizeof blind)), PARAM_NULL()));
    errand_ask(e, &sql_member_write_lot,
               PARAMS(PARAM_INT(lot), PARAM_INT(id), PARAM_DAY(joined), PARAM_DAY((struct day){ joined.number + 365 }),
                      PARAM_INT(SIGN_UP_POINTS)));
    errand_ask(
        e, &sql_member_write_entry,
        PARAMS(PARAM_INT(id), PARAM_INT(lot), PARAM_INT(SIGN_UP_POINTS), PARAM_INT(SIM_STAFF), PARAM_INSTANT(now)));
}

static void write_campaign(struct errand *e, int64_t id, const char *name, int64_t gift, int64_t value, int64_t least,
                           int64_t per_member)
{
    errand_ask(e, &sql_coupon_campaign_insert,
               PARAMS(PARAM_INT(id), PARAM_TEXT(name), PARAM_INT(gift), PARAM_INT(value), PARAM_INT(0),
                      PARAM_INT(least), PARAM_INT(0x7f), PARAM_INT(0), PARAM_INT(1440), PARAM_NULL(), PARAM_NULL(),
                      PARAM_BOOL(false), PARAM_BOOL(false), PARAM_BOOL(true), PARAM_BOOL(true), PARAM_BOOL(false),
                      PARAM_INT(per_member), PARAM_INT(40), PARAM_BOOL(true), PARAM_INSTANT(now_of(e)), PARAM_INT(0)));
}

/* A tenth for everybody, and 0.50 once a member; of each, forty uses in all. */
static void write_coupons(struct errand *e, struct vault *vault)
{
    write_campaign(e, SIM_CAMPAIGN, "Tenth", COUPON_RATE_OFF, 100000, 0, 0);
    write_campaign(e, SIM_CAMPAIGN + 1, "Half an euro", COUPON_AMOUNT_OFF, 50, 300, 1);
    for (unsigned i = 0; i < SIM_COUPONS; i++) {
        int64_t id = SIM_COUPON + (int64_t)i, number = 1 + (int64_t)(i / 2), nobody = PARAM_NULL_INT;
        uint8_t *bytes = arena_alloc(e->arena, BLIND_SIZE);
        struct bytes *blind = arena_alloc(e->arena, sizeof *blind);
        char code[COUPON_CODE_TEXT];

        shop_coupon_code(i, code);
        vault_blind(vault, BLIND_COUPON_CODE, bytes_of_text(code), bytes);
        *blind = bytes_of(bytes, BLIND_SIZE);
        errand_ask(e, &sql_coupon_issue_insert,
                   PARAMS(PARAM_INT(SIM_CAMPAIGN + i % 2), PARAM_INTS(&id, 1), PARAM_INTS(&number, 1),
                          PARAM_BYTESES(blind, 1), PARAM_INTS(&nobody, 1), PARAM_INT(i % 4 == 0 ? 3 : 1),
                          PARAM_INSTANT(now_of(e))));
    }
    for (int64_t i = 0; i < 2; i++)
        errand_ask(e, &sql_coupon_issue_count,
                   PARAMS(PARAM_INT(SIM_CAMPAIGN + i), PARAM_INT(SIM_COUPONS / 2), PARAM_INSTANT(now_of(e))));
}

void shop_open(struct database *database, struct vault *vault, unsigned tills)
{
    struct errand errand;

    errand_begin(&errand, database, TXN_WRITE);
    write_shop(&errand);
    errand_run(&errand);
    write_staff(&errand, vault);
    errand_run(&errand);
    for (unsigned i = 0; i <= tills; i++)
        write_device(&errand, i);
    write_rules(&errand);
    errand_run(&errand);
    write_products(&errand);
    errand_run(&errand);
    write_promotions(&errand);
    write_coupons(&errand, vault);
    write_terms(&errand);
    errand_run(&errand);
    for (int i = 0; i < SIM_MEMBERS; i++)
        write_member(&errand, vault, i);
    errand_commit(&errand);
}
