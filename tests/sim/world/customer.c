/* What customers buy and bring back, and what the office does meanwhile. */
#include <assert.h>
#include <stdio.h>
#include <string.h>

#include "common/wire/walker.h"
#include "proto/catalogue.pb-c.h"
#include "proto/member.pb-c.h"
#include "proto/sale.pb-c.h"
#include "proto/shop.pb-c.h"
#include "tests/sim/world/till.h"

#define PUT_RIGHT_PER_MILLE 20
#define PARK_PER_MILLE      40 /* of the customers one steps aside */
#define CLOSE_PER_MILLE     15 /* instead of a customer a drawer is counted */
#define REWARD_COST         100
#define VOUCHER_MINOR       500
#define FREE_DAY_MINOR      900
#define TIP_MINOR           50
#define GIFT_EVERY          23  /* of so many customers one is about a gift card */
#define FORGOT_EVERY        37  /* and one comes back with the card forgotten before */
#define FREE_PER_MILLE      500 /* of who brings something back, once there is a limit, has no receipt */

static struct random *chance_of(struct till *till)
{
    return &till->station.process.chance;
}

static ProtobufCBinaryData text_of(const char *text)
{
    return (ProtobufCBinaryData){ .len = strlen(text), .data = (uint8_t *)(uintptr_t)text };
}

/* ---- a basket ---- */

/* What has to be chosen, and now and then something that need not be. */
static void choose(struct random *chance, const struct catalogue *catalogue, const struct product *product,
                   struct open_choice *choice)
{
    const struct modifier *found[PRODUCT_MODIFIERS_MAX];
    size_t count = modifiers_of(product, catalogue, catalogue_newest(catalogue), found);

    if (product->open_price) {
        choice->keyed = true;
        choice->keyed_minor = random_between(chance, product->open_min_minor, product->open_max_minor);
    }
    for (size_t i = 0; i < count; i++) {
        size_t first = random_below(chance, found[i]->option_count);

        for (uint32_t k = 0; k < found[i]->choose_max; k++)
            if (k < found[i]->choose_min || random_per_mille(chance, 400))
                choice->options[choice->option_count++] =
                    (struct line_option){ .modifier_id = found[i]->id,
                                          .option = found[i]->options[(first + k) % found[i]->option_count].number };
    }
}

void take_goods(struct till *till, const struct catalogue *catalogue)
{
    struct random *chance = chance_of(till);
    int64_t kinds = random_between(chance, 1, 5);
    size_t line;

    for (int64_t i = 0; i < kinds; i++) {
        const struct product *product = catalogue_by_plu(catalogue, (uint32_t)random_between(chance, 1, SIM_PRODUCTS));

        int64_t milli = 1000 * random_between(chance, 1, 3);
        if (product && product->deposit_kind == DEPOSIT_GOOD && random_per_mille(chance, 500))
            milli = -milli;
        if (product &&
            open_basket_add(&till->basket, product, milli, catalogue_newest(catalogue), &line) == BASKET_TAKEN &&
            (product->modifier_count > 0 || product->open_price))
            choose(chance, catalogue, product, &till->basket.lines[line].choice);
    }
    if (till->basket.line_count > 1 && random_per_mille(chance, 30)) {
        till->basket.lines[0].voided = true;
        snprintf(till->basket.lines[0].void_reason, sizeof till->basket.lines[0].void_reason, "dropped");
    }
    till->basket.service = random_per_mille(chance, 300) ? SERVICE_EAT_IN : SERVICE_TAKE_AWAY;
}

/* Now and then something costs less: a line, or all of it. */
static void ask_for_less(struct till *till)
{
    struct random *chance = chance_of(till);
    struct open_discount discount = { .given = true, .fixed = random_per_mille(chance, 400), .reason = "day-old" };

    if (till->basket.line_count == 0 || !random_per_mille(chance, 60))
        return;
    discount.value = discount.fixed ? random_between(chance, 1, 150) : random_between(chance, 1, 500000);
    if (random_per_mille(chance, 500))
        till->basket.discount = discount;
    else
        till->basket.lines[random_below(chance, till->basket.line_count)].discount = discount;
}

static void show_card(struct till *till, const struct catalogue *catalogue, struct instant now)
{
    struct random *chance = chance_of(till);
    char sentence[REWARD_SENTENCE_SIZE];

    if (!random_per_mille(chance, 500))
        return;
    size_t index = random_below(chance, SIM_MEMBERS);
    int64_t points = till->floor->points[index];
    open_basket_set_member(&till->basket, SIM_MEMBER + (int64_t)index, "", points, false);
    if (points >= REWARD_COST && random_per_mille(chance, 500))
        open_basket_next_reward(&till->basket, catalogue, till->floor->zone, now, sentence);
    else if (points > 0 && random_per_mille(chance, 400)) /* of its terms; one that does not fit is not taken */
        open_basket_add_reward(&till->basket, catalogue, till->floor->zone, now, (uint32_t)random_between(chance, 1, 3),
                               sentence);
}

/* Some eat for vouchers of 5.00, with cash beside one, or for meal vouchers, of which the last cents are lost. */
static size_t pay_with_vouchers(int64_t total_minor, Caroline__V1__Tender tenders[2])
{
    bool meal = total_minor % 13 == 5;

    tenders[0].has_tender_type_id = tenders[0].has_amount_minor = true;
    tenders[0].tender_type_id = meal ? SIM_MEAL : SIM_VOUCHER;
    tenders[0].amount_minor = meal ? (total_minor + VOUCHER_MINOR - 1) / VOUCHER_MINOR * VOUCHER_MINOR : VOUCHER_MINOR;
    tenders[1].has_kind = tenders[1].has_amount_minor = true;
    tenders[1].kind = CAROLINE__V1__TENDER_KIND__TENDER_CASH;
    tenders[1].amount_minor = total_minor - VOUCHER_MINOR;
    return meal ? 1 : 2;
}

/* Cash is handed over in coins and notes; a card pays what is due; sometimes one pays the rest of the other. A few leave a tip
 * with what they give last. */
static size_t take_money(struct till *till, int64_t total_minor, Caroline__V1__Tender tenders[2])
{
    struct random *chance = chance_of(till);
    bool cash = random_per_mille(chance, 600), both = total_minor > 200 && random_per_mille(chance, 50);
    size_t count = 0;

    if (total_minor <= 0) /* nothing is to pay, or it is paid out */
        return 0;
    for (size_t i = 0; i < 2; i++)
        caroline__v1__tender__init(&tenders[i]);
    if (till->gift_minor > 0)
        return gift_card_pay(till, total_minor, tenders);
    if (total_minor % 13 == 5 || (total_minor % 13 == 6 && total_minor > VOUCHER_MINOR))
        return pay_with_vouchers(total_minor, tenders);
    int64_t tip_minor = total_minor % 17 == 3 ? TIP_MINOR : 0;
    if (both || !cash) {
        Caroline__V1__Tender *card = &tenders[count++];

        card->has_kind = card->has_amount_minor = card->has_reference = true;
        card->kind = CAROLINE__V1__TENDER_KIND__TENDER_CARD;
        card->amount_minor = both ? 100 : total_minor;
        card->reference = text_of("approved");
        total_minor -= card->amount_minor;
    }
    if (both || cash) {
        Caroline__V1__Tender *coins = &tenders[count++];

        coins->has_kind = coins->has_amount_minor = true;
        coins->kind = CAROLINE__V1__TENDER_KIND__TENDER_CASH;
        coins->amount_minor = random_per_mille(chance, 300) ? total_minor : (total_minor + 499) / 500 * 500;
    }
    tenders[count - 1].has_tip_minor = tip_minor != 0;
    tenders[count - 1].tip_minor = tip_minor;
    tenders[count - 1].amount_minor += tip_minor;
    return count;
}

static bool keep_basket(struct till *till)
{
    Caroline__V1__Basket *basket = open_basket_message(&till->basket, till->arena);

    return basket_save(till->spool, message_encode(&basket->base, till->arena));
}

static void ring_up(struct till *till, struct instant now)
{
    Caroline__V1__SaleRingUp request = CAROLINE__V1__SALE_RING_UP__INIT;
    Caroline__V1__Tender tenders[2], *list[2] = { &tenders[0], &tenders[1] };

    request.basket = open_basket_message(&till->basket, till->arena);
    request.has_total_minor = request.has_made_us = true;
    request.total_minor = till->basket.rows.total_minor;
    request.made_us = (uint64_t)now.us;
    request.n_tenders = take_money(till, request.total_minor, tenders);
    request.tenders = list;
    /* The disk has one basket: only a till that waits for its answers keeps it there. */
    bool keeps = link_unanswered(till->link) == 0 && random_per_mille(chance_of(till), 300) && keep_basket(till);
    till_command(till, CAROLINE__V1__OP__OP_SALE_RING_UP, &request.base, keeps);
    if (till->unlucky)
        aside_refuse(till);
}

void till_pay(struct till *till, struct instant now)
{
    ring_up(till, now);
}

static void on_quoted(void *owner, const struct link_answer *answer)
{
    struct till *till = owner;
    const Caroline__V1__SaleQuoted *quoted = (const Caroline__V1__SaleQuoted *)answer->reply;

    till->asking = false;
    if (answer->outcome == LINK_OK && quoted->total_minor == till->basket.rows.total_minor)
        ring_up(till, link_now(till->link));
    else
        till->floor->sold -= till->floor->sold > 0; /* they think better of it */
}

/* The server is asked first, and holds the goods for this till. */
static void quote(struct till *till)
{
    Caroline__V1__SaleQuote request = CAROLINE__V1__SALE_QUOTE__INIT;

    request.basket = open_basket_message(&till->basket, till->arena);
    till->asking = true;
    link_call(till->link, CAROLINE__V1__OP__OP_SALE_QUOTE, &request.base, 0, on_quoted, till);
}

static void sell(struct till *till)
{
    const struct catalogue *catalogue = link_catalogue(till->link);
    struct instant now = link_now(till->link);

    open_basket_clear(&till->basket);
    till->asked = NULL;
    take_goods(till, catalogue);
    ask_for_less(till);
    show_card(till, catalogue, now);
    open_basket_price(&till->basket, catalogue, till->floor->zone, now);
    if (till->basket.verdict != SALE_OK)
        till->floor->sold--; /* nothing of what they wanted is sold just now: another customer comes */
    else if (random_per_mille(chance_of(till), 150))
        quote(till);
    else if (till->basket.rows.total_minor % 11 == 7)
        coupon_bring(till, (uint64_t)till->basket.rows.total_minor / 11);
    else if (!(till->basket.rows.total_minor % 11 == 4 &&
               gift_card_look(till, (uint64_t)till->basket.rows.total_minor / 11)))
        ring_up(till, now);
}

/* ---- a refund ---- */

static void refund(struct till *till)
{
    Caroline__V1__SaleRefund request = CAROLINE__V1__SALE_REFUND__INIT;
    Caroline__V1__RefundLine line, *lines = &line;
    struct floor *floor = till->floor;
    unsigned known = floor->receipt_count < RECENT ? floor->receipt_count : RECENT;

    request.has_receipt_number = request.has_reason = true;
    request.receipt_number = text_of(floor->receipts[random_below(chance_of(till), known)]);
    request.reason = text_of("not fresh");
    /* All that is left, or some of a line, if there is so much. */
    caroline__v1__refund_line__init(&line);
    line.has_line = line.has_quantity_milli = true;
    line.line = (uint32_t)random_below(chance_of(till), 3);
    line.quantity_milli = 1000 * (1 + (int64_t)random_below(chance_of(till), 2));
    request.lines = &lines;
    request.n_lines = random_per_mille(chance_of(till), 600) ? 1 : 0;
    till_command(till, CAROLINE__V1__OP__OP_SALE_REFUND, &request.base, false);
}

/* Whose receipt is lost gets cash for what they bring, as long as the day's money for that lasts. Of some goods nobody can say what they
 * were sold for. */
static void refund_free(struct till *till)
{
    Caroline__V1__SaleRefundFree request = CAROLINE__V1__SALE_REFUND_FREE__INIT;
    Caroline__V1__FreeRefundLine lines[2], *list[2] = { &lines[0], &lines[1] };
    struct random *chance = chance_of(till);

    request.has_reason = true;
    request.reason = text_of("not fresh");
    request.n_lines = random_per_mille(chance, 700) ? 1 : 2;
    request.lines = list;
    for (size_t i = 0; i < request.n_lines; i++) {
        caroline__v1__free_refund_line__init(&lines[i]);
        lines[i].has_product_id = lines[i].has_quantity_milli = true;
        lines[i].product_id = SIM_PRODUCT + random_below(chance, SIM_PRODUCTS);
        lines[i].quantity_milli = 1000 * random_between(chance, 1, 2);
        lines[i].has_price_minor = random_per_mille(chance, 300); /* less than it costs: it is day-old */
        lines[i].price_minor = random_between(chance, 1, 150);
    }
    till_command(till, CAROLINE__V1__OP__OP_SALE_REFUND_FREE, &request.base, false);
}

static void bring_back(struct till *till)
{
    if (till->floor->personal && random_per_mille(chance_of(till), FREE_PER_MILLE))
        refund_free(till);
    else
        refund(till);
}

/* Somebody pressed the wrong key; of another till's receipt, or of another shift's, it is too late. */
static void put_right(struct till *till)
{
    Caroline__V1__SaleRetender request = CAROLINE__V1__SALE_RETENDER__INIT;
    struct floor *floor = till->floor;
    struct random *chance = chance_of(till);
    unsigned known = floor->receipt_count < RECENT ? floor->receipt_count : RECENT;

    request.has_receipt_number = request.has_position = request.has_tender_type_id = request.has_reason = true;
    request.receipt_number = text_of(floor->receipts[random_below(chance, known)]);
    request.position = random_per_mille(chance, 300) ? 10 : (uint32_t)random_below(chance, 2);
    request.tender_type_id = random_per_mille(chance, 500) ? TENDER_TYPE_CASH : TENDER_TYPE_CARD;
    request.has_reference = request.tender_type_id == TENDER_TYPE_CARD;
    request.reference = text_of("after all");
    request.has_amount_minor = random_per_mille(chance, 300);
    request.amount_minor = random_between(chance, 1, 300);
    request.reason = text_of("wrong key");
    till_command(till, CAROLINE__V1__OP__OP_SALE_RETENDER, &request.base, false);
}

/* The card was forgotten; whoever showed one then, or was given the receipt before, is refused. */
static void forgot_card(struct till *till)
{
    Caroline__V1__SaleAttach request = CAROLINE__V1__SALE_ATTACH__INIT;
    struct floor *floor = till->floor;
    unsigned known = floor->receipt_count < RECENT ? floor->receipt_count : RECENT;

    request.has_receipt_number = request.has_member_id = true;
    request.receipt_number = text_of(floor->receipts[random_below(chance_of(till), known)]);
    request.member_id = SIM_MEMBER + random_below(chance_of(till), SIM_MEMBERS);
    till_command(till, CAROLINE__V1__OP__OP_SALE_ATTACH, &request.base, false);
}

/* What stands in the drawer, piece by piece or by its sum; and what the card machine says, and the vouchers come to. */
#define COUNTED 3

static size_t count_the_rest(struct random *chance, Caroline__V1__VoucherCount counts[COUNTED])
{
    static const int64_t types[COUNTED] = { TENDER_TYPE_CARD, SIM_VOUCHER, SIM_MEAL };
    size_t count = 0;

    for (size_t i = 0; i < COUNTED; i++) {
        if (!random_per_mille(chance, 600))
            continue;
        caroline__v1__voucher_count__init(&counts[count]);
        counts[count].has_tender_type_id = counts[count].has_counted_minor = true;
        counts[count].tender_type_id = (uint64_t)types[i];
        counts[count++].counted_minor = random_between(chance, 0, 30000);
    }
    return count;
}

static void count_pieces(struct random *chance, Caroline__V1__ShiftPieces pieces[COUNTED])
{
    static const int64_t denominations[COUNTED] = { 2000, 100, 5 };

    for (size_t i = 0; i < COUNTED; i++) {
        caroline__v1__shift_pieces__init(&pieces[i]);
        pieces[i].has_denomination_minor = pieces[i].has_pieces = true;
        pieces[i].denomination_minor = denominations[i];
        pieces[i].pieces = (uint32_t)random_between(chance, 1, 20);
    }
}

/* Somebody goes home: their drawer is counted, or the till's. */
void till_close_shift(struct till *till)
{
    Caroline__V1__ShiftClose request = CAROLINE__V1__SHIFT_CLOSE__INIT;
    Caroline__V1__ShiftPieces pieces[COUNTED], *piece_list[] = { &pieces[0], &pieces[1], &pieces[2] };
    Caroline__V1__VoucherCount counts[COUNTED], *count_list[] = { &counts[0], &counts[1], &counts[2] };
    struct random *chance = chance_of(till);

    request.n_vouchers = count_the_rest(chance, counts);
    request.vouchers = count_list;
    request.has_counted_minor = random_per_mille(chance, 500);
    if (request.has_counted_minor) {
        request.counted_minor = random_between(chance, 0, 50000);
    } else {
        count_pieces(chance, pieces);
        request.n_counts = COUNTED;
        request.counts = piece_list;
    }
    till_command(till, CAROLINE__V1__OP__OP_SHIFT_CLOSE, &request.base, false);
}

void till_serve(struct till *till)
{
    struct floor *floor = till->floor;

    arena_reset(till->arena);
    if (random_per_mille(chance_of(till), CLOSE_PER_MILLE)) {
        till_close_shift(till);
        return;
    }
    floor->sold++;
    floor->served++;
    if (floor->served % GIFT_EVERY == 0) {
        floor->sold--; /* it is no sale */
        gift_card_counter(till);
        return;
    }
    if (floor->served % FORGOT_EVERY == 0 && floor->receipt_count > 0) {
        floor->sold--;
        forgot_card(till);
        return;
    }
    if (link_unanswered(till->link) == 0 && parked_waits(till)) {
        floor->sold--;
        parked_take_up(till);
    } else if (link_unanswered(till->link) == 0 && random_per_mille(chance_of(till), PARK_PER_MILLE)) {
        floor->sold--;
        parked_put(till);
    } else if (floor->receipt_count > 0 && random_per_mille(chance_of(till), floor->refund_per_mille))
        bring_back(till);
    else if (floor->receipt_count > 0 && random_per_mille(chance_of(till), PUT_RIGHT_PER_MILLE))
        put_right(till);
    else
        sell(till);
}

/* ---- the office ---- */

static void change_price(struct till *till)
{
    Caroline__V1__ProductPut request = CAROLINE__V1__PRODUCT_PUT__INIT;
    Caroline__V1__ProductDraft draft = CAROLINE__V1__PRODUCT_DRAFT__INIT, *drafts[] = { &draft };
    Caroline__V1__Product product = CAROLINE__V1__PRODUCT__INIT;
    struct random *chance = chance_of(till);

    product.has_id = product.has_price_minor = true;
    product.id = SIM_PRODUCT + random_below(chance, SIM_PRODUCTS);
    product.price_minor = random_between(chance, 50, 999);
    draft.product = &product;
    request.n_drafts = 1;
    request.drafts = drafts;
    till_command(till, CAROLINE__V1__OP__OP_PRODUCT_PUT, &request.base, false);
}

/* Deliveries keep up with the customers, roughly: now and then something is short. A customer takes six pieces. */
static void receive_goods(struct till *till)
{
    Caroline__V1__StockReceive request = CAROLINE__V1__STOCK_RECEIVE__INIT;
    Caroline__V1__StockMove moves[SIM_PRODUCTS], *list[SIM_PRODUCTS];
    struct random *chance = chance_of(till);
    int64_t taken = 1 + 6 * (int64_t)(till->floor->served - till->floor->delivered_for) / SIM_PRODUCTS;

    till->floor->delivered_for = till->floor->served;
    for (size_t i = 0; i < SIM_PRODUCTS; i++) {
        list[i] = &moves[i];
        caroline__v1__stock_move__init(&moves[i]);
        moves[i].has_product_id = moves[i].has_quantity_milli = true;
        moves[i].product_id = SIM_PRODUCT + i;
        moves[i].quantity_milli = 1000 * random_between(chance, 1, 2 * taken);
    }
    request.n_moves = SIM_PRODUCTS;
    request.moves = list;
    till_command(till, CAROLINE__V1__OP__OP_STOCK_RECEIVE, &request.base, false);
}

static void toggle_sold_out(struct till *till)
{
    Caroline__V1__ProductSoldOut request = CAROLINE__V1__PRODUCT_SOLD_OUT__INIT;
    struct random *chance = chance_of(till);

    request.has_product_id = request.has_sold_out = true;
    request.product_id = SIM_PRODUCT + random_below(chance, SIM_PRODUCTS);
    request.sold_out = random_per_mille(chance, 300);
    till_command(till, CAROLINE__V1__OP__OP_PRODUCT_SOLD_OUT, &request.base, false);
}

/* From now on each opens a drawer of their own, and there is less to be given back without receipts. */
static void give_drawers(struct till *till)
{
    Caroline__V1__ShopPut request = CAROLINE__V1__SHOP_PUT__INIT;
    Caroline__V1__Shop shop = CAROLINE__V1__SHOP__INIT;

    shop.has_drawers = true;
    shop.drawers = CAROLINE__V1__DRAWERS__DRAWERS_PERSON;
    shop.has_free_refund_day_minor = true;
    shop.free_refund_day_minor = FREE_DAY_MINOR;
    request.shop = &shop;
    till_command(till, CAROLINE__V1__OP__OP_SHOP_PUT, &request.base, false);
}

/* Customers go on showing either card; in the end all of them are one, and every merging is refused. */
static void merge_members(struct till *till)
{
    Caroline__V1__MemberMerge request = CAROLINE__V1__MEMBER_MERGE__INIT;
    struct random *chance = chance_of(till);

    request.has_from_id = request.has_into_id = request.has_reason = true;
    request.from_id = SIM_MEMBER + random_below(chance, SIM_TWINS);
    request.into_id = SIM_MEMBER + random_below(chance, SIM_TWINS);
    request.reason = text_of("the same person");
    till_command(till, CAROLINE__V1__OP__OP_MEMBER_MERGE, &request.base, false);
}

void office_work(struct till *till)
{
    uint64_t what = random_below(chance_of(till), 20);

    arena_reset(till->arena);
    /* Not while the tills open: a replay could not tell which came first. */
    if (!till->floor->personal && till->floor->served >= 10)
        give_drawers(till);
    else if (till->floor->gift_count > 0 && till->floor->served % 5 == 1)
        gift_card_office(till);
    else if (what < 2)
        merge_members(till);
    else if (what < 6)
        change_price(till);
    else if (what < 10)
        toggle_sold_out(till);
    else
        receive_goods(till);
}
