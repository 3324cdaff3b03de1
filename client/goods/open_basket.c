/* The basket at the counter, priced by common/rules. */
#include "client/goods/open_basket.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/rules/deposit.h"

void open_basket_init(struct open_basket *basket)
{
    memset(basket, 0, sizeof(*basket));
    basket->arena = arena_create(0);
    basket->verdict = SALE_BASKET_EMPTY;
}

void open_basket_fini(struct open_basket *basket)
{
    arena_destroy(basket->arena);
    explicit_bzero(basket, sizeof(*basket));
}

void open_basket_clear(struct open_basket *basket)
{
    struct arena *arena = basket->arena;

    arena_reset(arena);
    /* The lines behind the last have never been written: there is room for many more than anybody buys. */
    explicit_bzero(basket->lines, basket->line_count * sizeof(basket->lines[0]));
    explicit_bzero((uint8_t *)basket + sizeof(basket->lines), sizeof(*basket) - sizeof(basket->lines));
    basket->arena = arena;
    basket->service = SERVICE_TAKE_AWAY; /* eaten in is said for each customer: nobody pays another's tax */
    basket->verdict = SALE_BASKET_EMPTY;
}

bool open_basket_is_empty(const struct open_basket *basket)
{
    return basket->line_count == 0 && basket->member_id == 0 && basket->member_card[0] == 0 &&
           basket->coupon_count == 0;
}

enum basket_outcome open_basket_add(struct open_basket *basket, const struct product *product, int64_t quantity_milli,
                                    uint64_t version, size_t *line)
{
    struct open_line *last = basket->line_count == 0 ? NULL : &basket->lines[basket->line_count - 1];

    if (!product->active)
        return BASKET_INACTIVE;
    if (product->sold_out && quantity_milli > 0)
        return BASKET_SOLD_OUT;
    if (quantity_milli < 0 && product->deposit_kind != DEPOSIT_GOOD)
        return BASKET_NO_DEPOSIT;
    if (!basket_quantity_valid(product, quantity_milli))
        return BASKET_BAD_QUANTITY;
    bool plain = product->modifier_count == 0 && !product->open_price;
    /* What is weighed is a line a weighing: it costs what its label says, and two rounded sums are not the sum rounded. */
    if (last != NULL && plain && product->unit == UNIT_PIECE && last->choice.option_count == 0 && !last->choice.keyed &&
        last->product_id == product->id && !last->voided && !last->discount.given && last->note[0] == 0 &&
        (last->quantity_milli < 0) == (quantity_milli < 0) &&
        basket_quantity_valid(product, last->quantity_milli + quantity_milli)) {
        last->quantity_milli += quantity_milli;
    } else {
        if (basket->line_count == BASKET_LINES_MAX)
            return BASKET_FULL;
        basket->lines[basket->line_count++] =
            (struct open_line){ .product_id = product->id, .quantity_milli = quantity_milli };
    }
    if (basket->catalogue_version == 0)
        basket->catalogue_version = version;
    *line = basket->line_count - 1;
    return BASKET_TAKEN;
}

enum basket_outcome open_basket_set_quantity(struct open_basket *basket, size_t line, const struct product *product,
                                             int64_t quantity_milli)
{
    if (quantity_milli < 0 && product->deposit_kind != DEPOSIT_GOOD)
        return BASKET_NO_DEPOSIT;
    if (!basket_quantity_valid(product, quantity_milli))
        return BASKET_BAD_QUANTITY;
    basket->lines[line].quantity_milli = quantity_milli;
    return BASKET_TAKEN;
}

void open_basket_set_member(struct open_basket *basket, int64_t id, const char *name, int64_t points, bool birthday)
{
    if (id != basket->member_id) { /* what was free was free for another's points, and another was told */
        open_basket_clear_rewards(basket);
        open_basket_set_tier(basket, 0, "");
        basket->member_avoids = 0;
        for (size_t i = 0; i < basket->line_count; i++)
            basket->lines[i].told = basket->lines[i].met = 0;
    }
    basket->member_id = id;
    snprintf(basket->member_name, sizeof(basket->member_name), "%s", name);
    basket->member_points = points;
    basket->member_birthday = birthday;
    explicit_bzero(basket->member_card, sizeof(basket->member_card));
}

void open_basket_set_tier(struct open_basket *basket, uint32_t number, const char *name)
{
    basket->member_tier = number;
    (void)snprintf(basket->member_tier_name, sizeof(basket->member_tier_name), "%s", name);
}

static struct discount discount_of_open(const struct open_discount *discount)
{
    return (struct discount){ .given = discount->given,
                              .fixed = discount->fixed,
                              .value = discount->value,
                              .reason = bytes_of_text(discount->reason) };
}

bool open_basket_asks(const struct open_basket *basket)
{
    const struct sale_rows *rows = &basket->rows;

    return basket->verdict == SALE_OK && (rows->needed_ppm > (basket->approved ? basket->approved_ppm : 0) ||
                                          (rows->below_floor && !(basket->approved && basket->approved_below_floor)) ||
                                          (rows->deposit_back && !(basket->approved && basket->approved_deposit_back)));
}

size_t open_basket_deposit_of(const struct open_basket *basket, size_t line)
{
    const struct sale_rows *rows = &basket->rows;

    for (size_t i = 0; basket->verdict == SALE_OK && i < rows->deposit_count; i++)
        if (rows->deposits[i].goods_line == (int)line)
            return (size_t)rows->deposits[i].line;
    return SIZE_MAX;
}

struct line_choice open_choice_of(const struct open_choice *choice)
{
    return (struct line_choice){ .options = choice->options,
                                 .option_count = choice->option_count,
                                 .keyed = choice->keyed,
                                 .keyed_minor = choice->keyed_minor };
}

struct sale_command open_basket_command(const struct open_basket *basket, struct arena *arena)
{
    struct basket_line *lines = arena_array(arena, basket->line_count, sizeof(*lines));
    uint32_t *rewards = arena_array(arena, basket->reward_count, sizeof(*rewards));

    for (size_t i = 0; i < basket->line_count; i++)
        lines[i] = (struct basket_line){
            .product_id = basket->lines[i].product_id,
            .quantity_milli = basket->lines[i].quantity_milli,
            .hot = basket->lines[i].hot,
            .voided = basket->lines[i].voided,
            .void_reason = bytes_of_text(basket->lines[i].void_reason),
            .note = bytes_of_text(basket->lines[i].note),
            .discount = discount_of_open(&basket->lines[i].discount),
            .choice = open_choice_of(&basket->lines[i].choice),
            .told = basket->lines[i].told,
        };
    for (size_t i = 0; i < basket->reward_count; i++)
        rewards[i] = REWARD_DEAREST;
    struct basket_coupon *coupons = arena_array(arena, basket->coupon_count, sizeof(*coupons));
    for (size_t i = 0; i < basket->coupon_count; i++) /* how old its look-up is the server knows */
        coupons[i] = (struct basket_coupon){ .id = basket->coupons[i].coupon.id,
                                             .campaign_id = basket->coupons[i].coupon.campaign_id,
                                             .seen = basket->priced };
    return (struct sale_command){
        .aim = SALE_TO_PRICE,
        .basket = {
            .catalogue_version = basket->catalogue_version,
            .service = basket->service,
            .lines = lines,
            .line_count = basket->line_count,
            .member_id = basket->member_id,
            .rewards = rewards,
            .reward_count = basket->reward_count,
            .chosen = basket->chosen,
            .chosen_count = basket->chosen_count,
            .discount = discount_of_open(&basket->discount),
            .priced = basket->priced,
            .coupons = coupons,
            .coupon_count = basket->coupon_count,
        },
        .discount_limit_ppm = basket->discount_limit_ppm,
        .may_give_back = basket->may_give_back,
    };
}

static int by_coupon(const void *a, const void *b)
{
    const struct coupon_state *left = a, *right = b;

    return (left->id > right->id) - (left->id < right->id);
}

static int by_campaign(const void *a, const void *b)
{
    const struct coupon_campaign *left = a, *right = b;

    return (left->terms.id > right->terms.id) - (left->terms.id < right->terms.id);
}

/* In the order of their ids, as a set has them. What members did before is not known here. */
static void put_coupons(const struct open_basket *basket, struct working_set *set)
{
    if (basket->coupon_count == 0)
        return;
    set->coupons = arena_array(set->arena, basket->coupon_count, sizeof(*set->coupons));
    set->campaigns = arena_array(set->arena, basket->coupon_count, sizeof(*set->campaigns));
    set->coupon_count = set->campaign_count = basket->coupon_count;
    for (size_t i = 0; i < basket->coupon_count; i++) {
        set->coupons[i] = basket->coupons[i].coupon;
        set->campaigns[i] = open_coupon_campaign(&basket->coupons[i]);
    }
    qsort(set->coupons, set->coupon_count, sizeof(*set->coupons), by_coupon);
    qsort(set->campaigns, set->campaign_count, sizeof(*set->campaigns), by_campaign);
}

static enum sale_verdict decide(struct open_basket *basket, const struct catalogue *catalogue, const struct zone *zone,
                                struct instant now)
{
    basket->priced = now;
    struct sale_command command = open_basket_command(basket, basket->arena);
    struct working_set set = { .arena = basket->arena, .catalogue = catalogue, .zone = zone };
    put_coupons(basket, &set);
    return sale_decide(&command, &set, now, &basket->rows);
}

/* What was on the screen: a newer version that leaves the prices of this basket alone is nobody's concern. */
struct shown_price {
    int64_t product_id, unit_price_minor;
};

static size_t shown_prices(const struct open_basket *basket, struct shown_price shown[BASKET_LINES_MAX])
{
    size_t count = 0;

    for (; count < basket->rows.line_count && count < BASKET_LINES_MAX; count++)
        shown[count] = (struct shown_price){ .product_id = basket->rows.lines[count].product_id,
                                             .unit_price_minor = basket->rows.lines[count].unit_price_minor };
    return count;
}

static bool prices_differ(const struct open_basket *basket, const struct shown_price *shown, size_t count)
{
    if (count == 0) /* taken up: it was begun elsewhere or before */
        return true;
    for (size_t i = 0; i < count && i < basket->rows.line_count; i++)
        if (basket->rows.lines[i].product_id == shown[i].product_id &&
            basket->rows.lines[i].unit_price_minor != shown[i].unit_price_minor)
            return true;
    return false;
}

bool open_basket_price(struct open_basket *basket, const struct catalogue *catalogue, const struct zone *zone,
                       struct instant now)
{
    struct shown_price shown[BASKET_LINES_MAX];
    size_t shown_count = shown_prices(basket, shown);
    bool renewed = false;

    arena_reset(basket->arena);
    memset(&basket->rows, 0, sizeof(basket->rows));
    basket->verdict = SALE_BASKET_EMPTY;
    if (catalogue == NULL || basket->line_count == 0)
        return false;
    basket->verdict = decide(basket, catalogue, zone, now);
    if (basket->verdict == SALE_CATALOGUE_OLD || basket->verdict == SALE_CATALOGUE_UNKNOWN) {
        renewed = basket->catalogue_version != catalogue_newest(catalogue);
        basket->catalogue_version = catalogue_newest(catalogue);
        basket->verdict = decide(basket, catalogue, zone, now);
    }
    return renewed && prices_differ(basket, shown, shown_count);
}

void open_basket_next_reward(struct open_basket *basket, const struct catalogue *catalogue, const struct zone *zone,
                             struct instant now, char sentence[REWARD_SENTENCE_SIZE])
{
    /* An empty basket has no version yet. */
    uint64_t version = basket->line_count == 0 ? catalogue_newest(catalogue) : basket->catalogue_version;
    const struct programme *programme = catalogue_programme(catalogue, version);
    size_t had = basket->reward_count;
    const char *none = had == 0 ? "" : ": none is taken now";

    sentence[0] = 0;
    if (programme == NULL || programme->reward_cost <= 0) {
        snprintf(sentence, REWARD_SENTENCE_SIZE, "this shop's programme has no reward");
        return;
    }
    if (basket->member_id == 0) {
        snprintf(sentence, REWARD_SENTENCE_SIZE, "points belong to a member: name one first");
        return;
    }
    int64_t wanted = (int64_t)(had + 1) * programme->reward_cost;
    basket->reward_count++;
    if (had == BASKET_REWARDS_MAX) {
        snprintf(sentence, REWARD_SENTENCE_SIZE, "at most %d pieces are free in one sale%s", BASKET_REWARDS_MAX, none);
    } else if (basket->member_points < 0) {
        snprintf(sentence, REWARD_SENTENCE_SIZE, "not enough points: %lld are wanted, and %lld are owed",
                 (long long)wanted, -(long long)basket->member_points);
    } else if (basket->member_points < wanted) {
        snprintf(sentence, REWARD_SENTENCE_SIZE, "not enough points%s: %lld are wanted, %lld are there%s",
                 had == 0 ? "" : " for another", (long long)wanted, (long long)basket->member_points,
                 had == 0 ? "" : "; none is now");
    } else {
        open_basket_price(basket, catalogue, zone, now);
        if (basket->verdict == SALE_REWARD_NOT_APPLICABLE || basket->verdict == SALE_BASKET_EMPTY)
            snprintf(sentence, REWARD_SENTENCE_SIZE, "%s",
                     had == 0 ? "nothing in this basket can be free for points"
                              : "no other piece can be free: none is taken now");
    }
    if (sentence[0] != 0)
        basket->reward_count = 0;
    open_basket_price(basket, catalogue, zone, now);
}

/* ---- rewards, where the programme has several ---- */

uint64_t open_basket_version(const struct open_basket *basket, const struct catalogue *catalogue)
{
    return basket->line_count == 0 ? catalogue_newest(catalogue) : basket->catalogue_version;
}

size_t open_basket_rewards(const struct programme *programme, uint32_t numbers[REWARDS_MAX])
{
    size_t count = 0;

    if (programme == NULL)
        return 0;
    if (programme->reward_cost > 0 && programme->reward_category_id != 0)
        numbers[count++] = 0;
    for (size_t i = 0; i < programme->term_count && count < REWARDS_MAX; i++)
        if (programme->terms[i].kind == TERM_REWARD)
            numbers[count++] = programme->terms[i].number;
    return count;
}

const char *reward_name_of(const struct programme *programme, uint32_t number)
{
    const struct programme_term *term = programme_term(programme, TERM_REWARD, number);

    if (term != NULL)
        return term->name;
    return programme != NULL && number == 0 ? programme->reward_name : "";
}

int64_t reward_cost_of(const struct programme *programme, uint32_t number)
{
    const struct programme_term *term = programme_term(programme, TERM_REWARD, number);

    if (term != NULL)
        return term->cost;
    return programme != NULL && number == 0 ? programme->reward_cost : 0;
}

uint32_t reward_tier_of(const struct programme *programme, uint32_t number)
{
    const struct programme_term *term = programme_term(programme, TERM_REWARD, number);

    return term == NULL ? 0 : term->tier;
}

int64_t open_basket_points_left(const struct open_basket *basket, const struct programme *programme)
{
    int64_t left = basket->member_points;

    left -= (int64_t)basket->reward_count * reward_cost_of(programme, 0);
    for (size_t i = 0; i < basket->chosen_count; i++)
        left -= reward_cost_of(programme, basket->chosen[i].number);
    return left;
}

void open_basket_clear_rewards(struct open_basket *basket)
{
    basket->reward_count = 0;
    basket->chosen_count = 0;
}

static void put_reward(struct open_basket *basket, uint32_t number, bool in)
{
    if (number == 0)
        basket->reward_count += in ? 1 : (size_t)-1;
    else if (in)
        basket->chosen[basket->chosen_count++] = (struct basket_reward){ .number = number, .line = REWARD_DEAREST };
    else
        basket->chosen_count--;
}

/* What there is to say before the basket is looked at; "": nothing. */
static void check_reward(const struct open_basket *basket, const struct programme *programme, uint32_t number,
                         char sentence[REWARD_SENTENCE_SIZE])
{
    int64_t cost = reward_cost_of(programme, number), left = open_basket_points_left(basket, programme);

    sentence[0] = 0;
    if (basket->member_id == 0)
        snprintf(sentence, REWARD_SENTENCE_SIZE, "points belong to a member: name one first");
    else if (basket->reward_count + basket->chosen_count == BASKET_REWARDS_MAX)
        snprintf(sentence, REWARD_SENTENCE_SIZE, "at most %d rewards in one sale", BASKET_REWARDS_MAX);
    else if (basket->member_tier < reward_tier_of(programme, number))
        snprintf(sentence, REWARD_SENTENCE_SIZE, "this reward is for members of a better tier");
    else if (left < cost)
        snprintf(sentence, REWARD_SENTENCE_SIZE,
                 left < 0 ? "not enough points: it costs %lld, and %lld are owed"
                          : "not enough points: it costs %lld, %lld are left",
                 (long long)cost, (long long)(left < 0 ? -left : left));
}

void open_basket_add_reward(struct open_basket *basket, const struct catalogue *catalogue, const struct zone *zone,
                            struct instant now, uint32_t number, char sentence[REWARD_SENTENCE_SIZE])
{
    const struct programme *programme = catalogue_programme(catalogue, open_basket_version(basket, catalogue));

    check_reward(basket, programme, number, sentence);
    if (sentence[0] != 0)
        return;
    put_reward(basket, number, true);
    open_basket_price(basket, catalogue, zone, now);
    if (basket->verdict == SALE_OK)
        return;
    put_reward(basket, number, false);
    open_basket_price(basket, catalogue, zone, now);
    snprintf(sentence, REWARD_SENTENCE_SIZE, "nothing in this basket fits that reward");
}

static ProtobufCBinaryData text_of(const char *text)
{
    return (ProtobufCBinaryData){ .len = strlen(text), .data = (uint8_t *)(uintptr_t)text };
}

static Caroline__V1__Discount *discount_message(const struct open_discount *discount, struct arena *arena)
{
    Caroline__V1__Discount *message = arena_alloc(arena, sizeof(*message));

    if (!discount->given)
        return NULL;
    caroline__v1__discount__init(message);
    message->has_amount_minor = discount->fixed;
    message->has_rate_ppm = !discount->fixed;
    if (discount->fixed)
        message->amount_minor = discount->value;
    else
        message->rate_ppm = (uint32_t)discount->value;
    message->has_reason = true;
    message->reason = text_of(discount->reason);
    return message;
}

static struct open_discount discount_taken(const Caroline__V1__Discount *message)
{
    struct open_discount discount = { 0 };

    if (message == NULL)
        return discount;
    discount.given = true;
    discount.fixed = message->has_amount_minor;
    discount.value = discount.fixed ? message->amount_minor : (int64_t)message->rate_ppm;
    if (message->reason.len > 0 && message->reason.len < DISCOUNT_REASON_SIZE)
        memcpy(discount.reason, message->reason.data, message->reason.len);
    return discount;
}

static void choice_message(const struct open_choice *choice, Caroline__V1__BasketLine *to, struct arena *arena)
{
    to->has_keyed_price_minor = choice->keyed;
    to->keyed_price_minor = choice->keyed_minor;
    to->n_options = choice->option_count;
    to->options = arena_array(arena, choice->option_count, sizeof(to->options[0]));
    for (size_t i = 0; i < choice->option_count; i++) {
        Caroline__V1__LineOption *option = to->options[i] = arena_alloc(arena, sizeof(*option));

        caroline__v1__line_option__init(option);
        option->has_modifier_id = option->has_option = true;
        option->modifier_id = (uint64_t)choice->options[i].modifier_id;
        option->option = choice->options[i].option;
    }
}

static struct open_choice choice_taken(const Caroline__V1__BasketLine *from)
{
    struct open_choice choice = { .keyed = from->has_keyed_price_minor, .keyed_minor = from->keyed_price_minor };

    for (size_t i = 0; i < from->n_options && i < LINE_OPTIONS_MAX; i++)
        choice.options[choice.option_count++] =
            (struct line_option){ .modifier_id = (int64_t)from->options[i]->modifier_id,
                                  .option = from->options[i]->option };
    return choice;
}

Caroline__V1__Basket *open_basket_message(const struct open_basket *basket, struct arena *arena)
{
    Caroline__V1__Basket *message = arena_alloc(arena, sizeof(*message));

    caroline__v1__basket__init(message);
    message->has_catalogue_version = true;
    message->catalogue_version = basket->catalogue_version;
    message->has_service = true;
    message->service = (Caroline__V1__Service)basket->service;
    message->n_lines = basket->line_count;
    message->lines = arena_array(arena, basket->line_count, sizeof(message->lines[0]));
    for (size_t i = 0; i < basket->line_count; i++) {
        const struct open_line *line = &basket->lines[i];
        Caroline__V1__BasketLine *to = message->lines[i] = arena_alloc(arena, sizeof(*to));
        caroline__v1__basket_line__init(to);
        to->has_product_id = to->has_quantity_milli = to->has_hot = to->has_voided = true;
        to->product_id = (uint64_t)line->product_id;
        to->quantity_milli = line->quantity_milli;
        to->hot = line->hot;
        to->voided = line->voided;
        to->has_void_reason = line->voided && line->void_reason[0] != 0;
        to->void_reason = text_of(line->void_reason);
        to->has_note = line->note[0] != 0;
        to->note = text_of(line->note);
        to->discount = discount_message(&line->discount, arena);
        choice_message(&line->choice, to, arena);
    }
    message->discount = discount_message(&basket->discount, arena);
    message->has_total_heard = message->total_heard = basket->quoted;
    message->has_member_id = basket->member_id != 0;
    message->member_id = (uint64_t)basket->member_id;
    message->has_priced_us = basket->priced.us > 0;
    message->priced_us = (uint64_t)basket->priced.us;
    message->n_rewards = basket->reward_count + basket->chosen_count;
    message->rewards = arena_array(arena, message->n_rewards, sizeof(message->rewards[0]));
    for (size_t i = 0; i < message->n_rewards; i++) {
        message->rewards[i] = arena_alloc(arena, sizeof(*message->rewards[i]));
        caroline__v1__basket_reward__init(message->rewards[i]);
        if (i < basket->reward_count)
            continue;
        message->rewards[i]->has_reward = true;
        message->rewards[i]->reward = basket->chosen[i - basket->reward_count].number;
    }
    open_coupons_put(basket, message, arena);
    return message;
}

void open_basket_tell(const struct open_basket *basket, Caroline__V1__Basket *message, struct arena *arena)
{
    for (size_t i = 0; i < basket->line_count && i < message->n_lines; i++) {
        Caroline__V1__BasketLine *to = message->lines[i];

        if (basket->lines[i].told == 0)
            continue;
        to->allergens_told = arena_array(arena, ALLERGEN_COUNT, sizeof(*to->allergens_told));
        for (uint32_t number = 1; number <= ALLERGEN_COUNT; number++)
            if ((basket->lines[i].told & 1u << number) != 0)
                to->allergens_told[to->n_allergens_told++] = number;
    }
}

static uint16_t told_taken(const Caroline__V1__BasketLine *from)
{
    uint16_t told = 0;

    for (size_t i = 0; i < from->n_allergens_told; i++)
        if (from->allergens_told[i] >= 1 && from->allergens_told[i] <= ALLERGEN_COUNT)
            told |= (uint16_t)(1u << from->allergens_told[i]);
    return told;
}

void open_basket_take(struct open_basket *basket, const Caroline__V1__Basket *message)
{
    open_basket_clear(basket);
    basket->catalogue_version = message->catalogue_version;
    basket->service = message->service == CAROLINE__V1__SERVICE__SERVICE_EAT_IN ? SERVICE_EAT_IN : SERVICE_TAKE_AWAY;
    for (size_t i = 0; i < message->n_lines && i < BASKET_LINES_MAX; i++) {
        const Caroline__V1__BasketLine *from = message->lines[i];
        struct open_line *line = &basket->lines[basket->line_count++];
        *line = (struct open_line){ .product_id = (int64_t)from->product_id,
                                    .quantity_milli = from->quantity_milli,
                                    .hot = from->hot,
                                    .voided = from->voided };
        size_t size = from->void_reason.len < VOID_REASON_SIZE ? from->void_reason.len : 0;
        if (size > 0)
            memcpy(line->void_reason, from->void_reason.data, size);
        if (from->note.len > 0 && from->note.len < NOTE_SIZE)
            memcpy(line->note, from->note.data, from->note.len);
        line->discount = discount_taken(from->discount);
        line->choice = choice_taken(from);
        line->told = told_taken(from);
    }
    basket->discount = discount_taken(message->discount);
    basket->quoted = message->total_heard;
    basket->member_id = message->has_member_id ? (int64_t)message->member_id : 0;
    for (size_t i = 0; i < message->n_rewards && i < BASKET_REWARDS_MAX; i++)
        put_reward(basket, message->rewards[i]->reward, true);
    for (size_t i = 0; i < message->n_coupons && basket->coupon_count < BASKET_COUPONS_MAX; i++)
        if (open_coupon_of(message->coupons[i]->coupon, message->coupons[i]->campaign, message->coupons[i]->redeems,
                           &basket->coupons[basket->coupon_count]))
            basket->coupon_count++;
}
