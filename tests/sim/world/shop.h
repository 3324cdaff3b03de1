/* The bakery that is simulated: what stands in its database before the first day. Fixed ids of node 0. */
#ifndef CAROLINE_TESTS_SIM_SHOP_H
#define CAROLINE_TESTS_SIM_SHOP_H

#include <string.h>

#include "common/rules/coupon.h"
#include "server/vault/vault.h"
#include "tests/sim/world/database.h"

#define SIM_SHOP      1
#define SIM_ROLE      2
#define SIM_CATEGORY  3
#define SIM_TAX_CLASS 4
#define SIM_PROGRAMME 5
#define SIM_VOUCHER   6 /* not more than is due */
#define SIM_MEAL      7 /* a voucher of which nothing comes back */
#define SIM_PROMOTION 8 /* and the next */
#define SIM_STAFF     10
#define SIM_MODIFIER  20  /* and the next */
#define SIM_GIFT_CARD 30  /* a means of payment */
#define SIM_CAMPAIGN  40  /* and the next */
#define SIM_DEVICE    100 /* and so on: the office first, then the tills */
#define SIM_PRODUCT   200
#define SIM_PRODUCTS  24
#define SIM_MEMBER    1000
#define SIM_MEMBERS   200
#define SIM_TWINS     8 /* of these: some are one person, as it turns out */
#define SIM_COUPON    2000
#define SIM_COUPONS   64
#define SIM_ZONE      "Europe/Berlin"
#define SIM_PERSONS   2 /* SIM_STAFF and the next: they take turns at the tills, day by day */
#define SIM_PIN       "480315"

static inline const char *shop_person_name(unsigned person)
{
    return person == 0 ? "Caro" : "Dana";
}

/* The public key that device number `index` shows: 0 is the office. */
static inline void shop_key_hash(unsigned index, uint8_t hash[32])
{
    memset(hash, 0, 32);
    memcpy(hash, "device", 6);
    hash[31] = (uint8_t)index;
}

/* The code of coupon number `index`: of every other campaign; of four, one may be used three times. */
static inline void shop_coupon_code(unsigned index, char code[COUPON_CODE_TEXT])
{
    uint8_t bytes[16] = { 7, 3, (uint8_t)index, (uint8_t)(31 * index), 5, 11, (uint8_t)(index * index), 2 };

    coupon_code_make(bytes, code);
}

void shop_open(struct database *database, struct vault *vault, unsigned tills);

/* A vault for all simulations of this process: in a directory that is left as it is, or (NULL) in one of its own, gone
 * with shop_vault_close(). */
struct vault *shop_vault_open(const char *directory);
/* From here on what the vault draws is this seed's: what it sealed stands in answers, and a seed is to happen again. */
void shop_vault_seed(uint64_t seed);
void shop_vault_close(struct vault *vault);

#endif
