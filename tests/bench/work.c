/* The requests that are measured: a member's sale of some goods for cash, the price of a good by its PLU, a member by
 * telephone number, e-mail address, card or how the name begins, a receipt by its number; and none, for who listens. */
#include <string.h>

#include "common/base/world.h"
#include "common/wire/walker.h"
#include "proto/catalogue.pb-c.h"
#include "proto/envelope.pb-c.h"
#include "proto/member.pb-c.h"
#include "proto/sale.pb-c.h"
#include "tests/bench/load.h"

#define COUPON_MINOR 5   /* what the coupon takes off, where there is one */
#define NOTE_MINOR   500 /* the customer pays with the next round sum and gets change */

static unsigned digit_of(char character)
{
    return character <= '9' ? (unsigned)(character - '0') : (unsigned)(character - 'a' + 10);
}

/* The word for one that was looked up, in hexadecimal. */
static void put_coupon(Caroline__V1__Basket *basket, const char *word, struct arena *arena)
{
    Caroline__V1__BasketCoupon *coupon = arena_alloc(arena, sizeof *coupon);
    size_t size = strlen(word) / 2;
    uint8_t *token = arena_alloc(arena, size);

    for (size_t i = 0; i < size; i++)
        token[i] = (uint8_t)(digit_of(word[2 * i]) << 4 | digit_of(word[2 * i + 1]));
    caroline__v1__basket_coupon__init(coupon);
    coupon->has_redeems = true;
    coupon->redeems = (ProtobufCBinaryData){ .len = size, .data = token };
    basket->coupons = arena_copy(arena, &coupon, sizeof coupon);
    basket->n_coupons = 1;
}

/* One piece of the dearest line, for points. */
static void put_reward(Caroline__V1__Basket *basket, struct arena *arena)
{
    Caroline__V1__BasketReward *reward = arena_alloc(arena, sizeof *reward);

    caroline__v1__basket_reward__init(reward);
    basket->rewards = arena_copy(arena, &reward, sizeof reward);
    basket->n_rewards = 1;
}

/* Of three lines: one good of each third, three different ones, as pgbench's script takes them. With a key, a coupon. */
static ProtobufCMessage *make_sale(struct line *line, struct arena *arena)
{
    struct load *load = line->load;
    Caroline__V1__SaleRingUp *sale = arena_alloc(arena, sizeof *sale);
    Caroline__V1__Basket *basket = arena_alloc(arena, sizeof *basket);
    Caroline__V1__Tender *tender = arena_alloc(arena, sizeof *tender);
    int64_t total = 0, dearest_minor = 0;

    caroline__v1__sale_ring_up__init(sale);
    caroline__v1__basket__init(basket);
    caroline__v1__tender__init(tender);
    basket->lines = arena_array(arena, load->sale_lines, sizeof *basket->lines);
    basket->n_lines = load->sale_lines;
    for (size_t i = 0; i < load->sale_lines; i++) {
        size_t share = load->good_count / load->sale_lines;
        const struct good *good = &load->goods[i * share + load_random(load, share)];
        Caroline__V1__BasketLine *bought = basket->lines[i] = arena_alloc(arena, sizeof *bought);

        caroline__v1__basket_line__init(bought);
        bought->has_product_id = bought->has_quantity_milli = true;
        bought->product_id = good->id;
        bought->quantity_milli = 1000;
        total += good->price_minor;
        if (good->price_minor > dearest_minor)
            dearest_minor = good->price_minor;
    }
    if (load->rewards) {
        put_reward(basket, arena);
        total -= dearest_minor;
    }
    if (load->key_count > 0) {
        put_coupon(basket, load->keys[0], arena);
        total -= COUPON_MINOR;
    }
    basket->has_catalogue_version = basket->has_member_id = true;
    basket->catalogue_version = load->catalogue_version;
    basket->member_id = load->members[load_random(load, load->member_count)];
    tender->has_kind = tender->has_amount_minor = true;
    tender->kind = CAROLINE__V1__TENDER_KIND__TENDER_CASH;
    tender->amount_minor = (total / NOTE_MINOR + 1) * NOTE_MINOR;
    sale->basket = basket;
    sale->tenders = arena_copy(arena, &tender, sizeof tender);
    sale->n_tenders = 1;
    sale->has_total_minor = sale->has_made_us = true;
    sale->total_minor = total;
    sale->made_us = (uint64_t)system_clock()->now(system_clock()).us;
    return &sale->base;
}

static bool is_receipt(struct line *line, struct bytes body, struct arena *arena)
{
    const Caroline__V1__SaleRungUp *sale =
        (const void *)message_decode(&caroline__v1__sale_rung_up__descriptor, body, arena);

    return sale != NULL && sale->has_sale_id && sale->receipt != NULL && sale->totals != NULL &&
           sale->totals->n_lines == line->load->sale_lines;
}

static ProtobufCMessage *make_look_up(struct line *line, struct arena *arena)
{
    Caroline__V1__ProductShow *show = arena_alloc(arena, sizeof *show);

    caroline__v1__product_show__init(show);
    line->plu = 1 + (uint32_t)load_random(line->load, line->load->plu_max);
    show->has_plu = true;
    show->plu = line->plu;
    return &show->base;
}

static bool is_priced(struct line *line, struct bytes body, struct arena *arena)
{
    const Caroline__V1__ProductShown *shown =
        (const void *)message_decode(&caroline__v1__product_shown__descriptor, body, arena);
    const Caroline__V1__Product *product = shown != NULL ? shown->product : NULL;

    return product != NULL && product->plu == line->plu && product->has_name && product->has_price_minor &&
           product->has_tax_class_id;
}

static const char *any_key(struct line *line)
{
    return line->key = line->load->keys[load_random(line->load, line->load->key_count)];
}

static ProtobufCBinaryData text_of(const char *text)
{
    return (ProtobufCBinaryData){ .len = strlen(text), .data = (uint8_t *)(uintptr_t)text };
}

/* A key says what it is: "phone:+49...", "email:", "card:", "name:". */
static const char *key_of(const char *key, const char *kind)
{
    size_t size = strlen(kind);

    return strncmp(key, kind, size) == 0 && key[size] == ':' ? key + size + 1 : NULL;
}

static bool put_key(const char *text, protobuf_c_boolean *has, ProtobufCBinaryData *field)
{
    *has = text != NULL;
    if (text != NULL)
        *field = text_of(text);
    return *has;
}

static ProtobufCMessage *make_member_find(struct line *line, struct arena *arena)
{
    Caroline__V1__MemberFind *find = arena_alloc(arena, sizeof *find);
    const char *key = any_key(line);

    caroline__v1__member_find__init(find);
    if (!put_key(key_of(key, "phone"), &find->has_phone, &find->phone) &&
        !put_key(key_of(key, "email"), &find->has_email, &find->email) &&
        !put_key(key_of(key, "card"), &find->has_card, &find->card) &&
        !put_key(key_of(key, "name"), &find->has_name, &find->name))
        load_fail(line, "a member's key is phone:, email:, card: or name: and what they are found by");
    return &find->base;
}

/* One, and by how a name begins some; each can be read. */
static bool is_found(struct line *line, struct bytes body, struct arena *arena)
{
    const Caroline__V1__MemberFound *found =
        (const void *)message_decode(&caroline__v1__member_found__descriptor, body, arena);

    if (found == NULL || found->n_members == 0 || (found->n_members > 1 && key_of(line->key, "name") == NULL))
        return false;
    for (size_t i = 0; i < found->n_members; i++)
        if (!found->members[i]->has_name)
            return false;
    return true;
}

static ProtobufCMessage *make_receipt_show(struct line *line, struct arena *arena)
{
    Caroline__V1__SaleShow *show = arena_alloc(arena, sizeof *show);

    caroline__v1__sale_show__init(show);
    show->has_receipt_number = true;
    show->receipt_number = text_of(any_key(line));
    return &show->base;
}

static bool is_that_receipt(struct line *line, struct bytes body, struct arena *arena)
{
    const Caroline__V1__SaleShown *shown =
        (const void *)message_decode(&caroline__v1__sale_shown__descriptor, body, arena);
    const Caroline__V1__SaleRungUp *sale = shown != NULL ? shown->sale : NULL;

    return sale != NULL && sale->receipt_number.len == strlen(line->key) &&
           memcmp(sale->receipt_number.data, line->key, sale->receipt_number.len) == 0 && shown->has_text;
}

static bool can_sell(const struct load *load)
{
    return load->sale_lines > 0 && load->good_count >= load->sale_lines && load->member_count > 0;
}

static bool has_plus(const struct load *load)
{
    return load->plu_max > 0;
}

static bool has_keys(const struct load *load)
{
    return load->key_count > 0;
}

static bool is_following(const struct load *load)
{
    return load->follows;
}

static bool can_sell_and_follow(const struct load *load)
{
    return can_sell(load) && load->follows;
}

static const struct work works[] = {
    { "sell", "goods and members are needed", CAROLINE__V1__OP__OP_SALE_RING_UP, false, true, can_sell, make_sale,
      is_receipt },
    { "price", "PLUs are needed", CAROLINE__V1__OP__OP_PRODUCT_SHOW, false, false, has_plus, make_look_up, is_priced },
    { "member", "what members are found by is needed", CAROLINE__V1__OP__OP_MEMBER_FIND, false, false, has_keys,
      make_member_find, is_found },
    { "receipt", "receipt numbers are needed", CAROLINE__V1__OP__OP_SALE_SHOW, false, false, has_keys,
      make_receipt_show, is_that_receipt },
    { "pushes", "who waits for pushes follows", 0, false, false, is_following, NULL, NULL },
    { "hold", "goods and members are needed, and following", 0, true, false, can_sell_and_follow, make_sale,
      is_receipt },
};

const struct work *work_find(const char *name)
{
    for (size_t i = 0; i < sizeof works / sizeof works[0]; i++) {
        if (strcmp(works[i].name, name) == 0)
            return &works[i];
    }
    return NULL;
}
