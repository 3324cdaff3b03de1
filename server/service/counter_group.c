/* What the counter's group loads, and the working set it makes of it. */
#include "server/service/counter_group.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "common/rules/hold.h"
#include "db/queries.h"
#include "server/service/gift_card_message.h"
#include "server/service/shop_day.h"

/* ---- ids ---- */

void ids_add(struct id_list *list, int64_t id, struct arena *arena)
{
    if (list->count == list->capacity) {
        size_t capacity = list->capacity == 0 ? 64 : list->capacity * 2;
        int64_t *larger = arena_array(arena, capacity, sizeof *larger);

        if (list->count > 0)
            memcpy(larger, list->ids, list->count * sizeof *larger);
        list->ids = larger;
        list->capacity = capacity;
    }
    list->ids[list->count++] = id;
}

int64_t *ids_repeat(int64_t id, size_t count, struct arena *arena)
{
    int64_t *ids = arena_array(arena, count, sizeof *ids);

    for (size_t i = 0; i < count; i++)
        ids[i] = id;
    return ids;
}

static int compare(const void *a, const void *b)
{
    int64_t left = *(const int64_t *)a, right = *(const int64_t *)b;

    return (left > right) - (left < right);
}

void ids_sort(struct id_list *list)
{
    size_t kept = 0;

    if (list->count == 0)
        return;
    qsort(list->ids, list->count, sizeof *list->ids, compare);
    for (size_t i = 0; i < list->count; i++)
        if (i == 0 || list->ids[i] != list->ids[kept - 1])
            list->ids[kept++] = list->ids[i];
    list->count = kept;
}

void counter_want_original(struct group *g, struct receipt_number number)
{
    struct counter_set *set = g->set;

    for (size_t i = 0; i < set->original_count; i++) {
        const struct receipt_number *other = &set->originals[i];

        if (other->till == number.till && other->series == number.series && other->number == number.number)
            return;
    }
    if (set->original_count == set->original_capacity) {
        size_t capacity = set->original_capacity == 0 ? 8 : set->original_capacity * 2;
        struct receipt_number *larger = arena_array(g->txn.arena, capacity, sizeof *larger);

        if (set->original_count > 0)
            memcpy(larger, set->originals, set->original_count * sizeof *larger);
        set->originals = larger;
        set->original_capacity = capacity;
    }
    set->originals[set->original_count++] = number;
}

/* One more into a list of keys. */
static void add_bytes(struct bytes **list, size_t *count, size_t *capacity, struct bytes bytes, struct arena *arena)
{
    if (*count == *capacity) {
        size_t more = *capacity == 0 ? 8 : *capacity * 2;
        struct bytes *larger = arena_array(arena, more, sizeof *larger);

        if (*count > 0)
            memcpy(larger, *list, *count * sizeof *larger);
        *list = larger;
        *capacity = more;
    }
    (*list)[(*count)++] = bytes;
}

void counter_want_approval(struct group *g, struct bytes token_hash)
{
    struct counter_set *set = g->set;

    add_bytes(&set->approvals, &set->approval_count, &set->approval_capacity, token_hash, g->txn.arena);
}

void counter_want_card(struct group *g, struct bytes blind)
{
    struct counter_set *set = g->set;

    add_bytes(&set->cards, &set->card_count, &set->card_capacity, blind, g->txn.arena);
}

void counter_want_booked(struct group *g, int64_t device_id, int64_t number)
{
    struct counter_set *set = g->set;

    ids_add(&set->booked_devices, device_id, g->txn.arena);
    ids_add(&set->booked_numbers, number, g->txn.arena);
}

void counter_want_past(struct group *g, const struct basket *basket)
{
    struct counter_set *set = g->set;

    for (size_t i = 0; i < basket->line_count; i++) {
        ids_add(&set->products, basket->lines[i].product_id, g->txn.arena);
        ids_add(&set->past_products, basket->lines[i].product_id, g->txn.arena);
    }
    if (basket->catalogue_version != 0 && (set->past_version == 0 || basket->catalogue_version < set->past_version))
        set->past_version = basket->catalogue_version;
}

void counter_want_accounts(struct group *g, const struct tender *tenders, size_t count)
{
    struct counter_set *set = g->set;

    for (size_t i = 0; i < count; i++) {
        if (tenders[i].account_id > 0)
            ids_add(&set->accounts, tenders[i].account_id, g->txn.arena);
        if (tenders[i].gift_card_number > 0)
            ids_add(&set->gift_cards, tenders[i].gift_card_number, g->txn.arena);
    }
}

int64_t counter_member_of_card(const struct counter_set *set, struct bytes blind)
{
    const struct rows *rows = set->rows.cards;

    for (size_t i = 0; rows != NULL && i < rows_count(rows); i++)
        if (bytes_equal(row_bytes(rows, i, "blind"), blind))
            return row_int(rows, i, "member_id");
    return 0;
}

/* ---- load ---- */

static struct param ids_param(const struct id_list *list)
{
    return PARAM_INTS(list->ids, list->count);
}

static void load_sales(struct group *g)
{
    struct counter_set *set = g->set;
    struct day today = shop_today(catalogue_shop(g->catalogue, catalogue_newest(g->catalogue)), g->now);

    if (set->members.count > 0) {
        set->rows.members = group_ask(g, &sql_counter_members, PARAMS(ids_param(&set->members)));
        set->rows.lots = group_ask(g, &sql_counter_lots, PARAMS(ids_param(&set->members), PARAM_DAY(today)));
    }
    if (set->products.count > 0) {
        int64_t *shops = ids_repeat(g->shop_id, set->products.count, g->txn.arena);

        set->rows.stock =
            group_ask(g, &sql_counter_stock, PARAMS(PARAM_INTS(shops, set->products.count), ids_param(&set->products)));
    }
    counter_load_coupons(g);
    if (set->accounts.count > 0)
        set->rows.accounts = group_ask(g, &sql_counter_accounts, PARAMS(ids_param(&set->accounts)));
    if (set->gift_cards.count > 0)
        set->rows.gift_cards = group_ask(g, &sql_counter_gift_cards, PARAMS(ids_param(&set->gift_cards)));
}

struct original_keys {
    int64_t *tills, *numbers;
    struct bytes *series;
};

static struct original_keys original_keys_of(const struct counter_set *set, struct arena *arena)
{
    struct original_keys keys = { .tills = arena_array(arena, set->original_count, sizeof *keys.tills),
                                  .numbers = arena_array(arena, set->original_count, sizeof *keys.numbers),
                                  .series = arena_array(arena, set->original_count, sizeof *keys.series) };

    for (size_t i = 0; i < set->original_count; i++) {
        keys.tills[i] = set->originals[i].till;
        keys.numbers[i] = set->originals[i].number;
        keys.series[i] = bytes_of(&set->originals[i].series, 1);
    }
    return keys;
}

void counter_ask_tenders(struct group *g)
{
    struct counter_set *set = g->set;
    struct original_keys keys = original_keys_of(set, g->txn.arena);
    size_t count = set->original_count;
    struct param shop = PARAM_INT(g->shop_id), t = PARAM_INTS(keys.tills, count), s = PARAM_TEXTS(keys.series, count),
                 n = PARAM_INTS(keys.numbers, count);

    set->rows.originals = group_ask(g, &sql_counter_originals, PARAMS(shop, t, s, n));
    set->rows.tenders = group_ask(g, &sql_counter_original_tenders, PARAMS(shop, t, s, n));
}

/* With the sales that are to be refunded, and the members and goods of those, and members by their cards. */
static void load_with_refunds(struct group *g)
{
    struct counter_set *set = g->set;
    struct arena *arena = g->txn.arena;
    struct day today = shop_today(catalogue_shop(g->catalogue, catalogue_newest(g->catalogue)), g->now);
    size_t count = set->original_count;
    struct original_keys keys = original_keys_of(set, arena);
    struct param shop = PARAM_INT(g->shop_id), today_param = PARAM_DAY(today);
    struct param members = ids_param(&set->members), products = ids_param(&set->products);
    struct param cards = PARAM_BYTESES(set->cards, set->card_count);
    struct param t = PARAM_INTS(keys.tills, count), s = PARAM_TEXTS(keys.series, count),
                 n = PARAM_INTS(keys.numbers, count);

    set->rows.members = group_ask(g, &sql_counter_refund_members, PARAMS(members, shop, t, s, n, cards));
    set->rows.lots = group_ask(g, &sql_counter_refund_lots, PARAMS(members, today_param, shop, t, s, n, cards));
    set->rows.stock = group_ask(g, &sql_counter_refund_stock, PARAMS(shop, products, t, s, n));
    counter_load_coupons(g);
    set->rows.originals = group_ask(g, &sql_counter_originals, PARAMS(shop, t, s, n));
    set->rows.lines = group_ask(g, &sql_counter_original_lines, PARAMS(shop, t, s, n));
    set->rows.line_taxes = group_ask(g, &sql_counter_original_line_taxes, PARAMS(shop, t, s, n));
    set->rows.taxes = group_ask(g, &sql_counter_original_taxes, PARAMS(shop, t, s, n));
    set->rows.tenders = group_ask(g, &sql_counter_original_tenders, PARAMS(shop, t, s, n));
    set->rows.points = group_ask(g, &sql_counter_original_points, PARAMS(shop, t, s, n));
    set->rows.earnings = group_ask(g, &sql_counter_original_earnings, PARAMS(shop, t, s, n));
    set->rows.accounts = group_ask(g, &sql_counter_refund_accounts, PARAMS(ids_param(&set->accounts), shop, t, s, n));
    set->rows.gift_cards =
        group_ask(g, &sql_counter_refund_gift_cards, PARAMS(ids_param(&set->gift_cards), shop, t, s, n));
}

static struct day business_day(const struct group *g)
{
    const struct shop *shop = catalogue_shop(g->catalogue, catalogue_newest(g->catalogue));

    return zone_business_day(shop_zone(shop), g->now, (int)shop->day_cutoff_minutes);
}

static void load(struct group *g)
{
    struct counter_set *set = g->set;

    ids_sort(&set->devices);
    ids_sort(&set->shifts);
    ids_sort(&set->members);
    ids_sort(&set->products);
    ids_sort(&set->accounts);
    ids_sort(&set->gift_cards);
    ids_sort(&set->staff);
    ids_sort(&set->past_products);
    ids_sort(&set->rescued);
    counter_load_done(g);
    set->rows.drawers = group_ask(g, &sql_counter_drawers, PARAMS(ids_param(&set->devices)));
    if (set->shifts.count > 0)
        set->rows.shifts = group_ask(g, &sql_counter_shifts, PARAMS(ids_param(&set->shifts)));
    if (set->approval_count > 0)
        set->rows.approvals =
            group_ask(g, &sql_counter_approvals, PARAMS(PARAM_BYTESES(set->approvals, set->approval_count)));
    if (set->staff.count > 0)
        set->rows.staff = group_ask(g, &sql_counter_staff, PARAMS(ids_param(&set->staff), PARAM_INT(g->shop_id)));
    if (set->booked_devices.count > 0)
        set->rows.booked =
            group_ask(g, &sql_counter_booked, PARAMS(ids_param(&set->booked_devices), ids_param(&set->booked_numbers)));
    if (set->rescued.count > 0)
        set->rows.rescued = group_ask(g, &sql_counter_rescued, PARAMS(ids_param(&set->rescued), PARAM_INT(g->shop_id)));
    if (set->wants_free_refunds)
        set->rows.free_refunds =
            group_ask(g, &sql_counter_free_refunds, PARAMS(PARAM_INT(g->shop_id), PARAM_DAY(business_day(g))));
    if (set->past_version != 0)
        group_want_past(g, set->past_version, set->past_products.ids, set->past_products.count);
    if (set->card_count > 0)
        set->rows.cards = group_ask(g, &sql_counter_cards, PARAMS(PARAM_BYTESES(set->cards, set->card_count)));
    if (set->original_count > 0 || set->card_count > 0)
        load_with_refunds(g);
    else
        load_sales(g);
}

/* ---- fill ---- */

static struct drawer_state drawer_of(const struct rows *rows, size_t row)
{
    struct drawer_state drawer = {
        .device_id = row_int(rows, row, "id"),
        .till_number = row_is_null(rows, row, "till_number") ? 0 : (uint32_t)row_int(rows, row, "till_number"),
    };

    if (row_is_null(rows, row, "shift_id"))
        return drawer;
    drawer.holder_id = row_int(rows, row, "holder_id");
    drawer.shift_id = row_int(rows, row, "shift_id");
    drawer.cash_minor = row_int(rows, row, "cash_minor");
    drawer.sale_count = row_int(rows, row, "sale_count");
    return drawer;
}

struct drawer_state *counter_drawers_of(const struct rows *rows, struct arena *arena, size_t *count)
{
    size_t row_count = rows_count(rows);
    struct drawer_state *drawers = arena_array(arena, 2 * row_count, sizeof *drawers);

    *count = 0;
    for (size_t i = 0; i < row_count; i++) {
        struct drawer_state drawer = drawer_of(rows, i);
        bool first = *count == 0 || drawers[*count - 1].device_id != drawer.device_id;

        if (first && drawer.holder_id != 0) /* the till's own is closed */
            drawers[(*count)++] =
                (struct drawer_state){ .device_id = drawer.device_id, .till_number = drawer.till_number };
        drawers[(*count)++] = drawer;
    }
    return drawers;
}

struct drawer_state *counter_tills_of(const struct rows *rows, struct arena *arena, size_t *count)
{
    size_t all;
    struct drawer_state *drawers = counter_drawers_of(rows, arena, &all);

    *count = 0;
    for (size_t i = 0; i < all; i++)
        if (drawers[i].holder_id == 0)
            drawers[(*count)++] = drawers[i];
    return drawers;
}

static void fill_shifts(struct counter_set *set)
{
    size_t count = set->rows.shifts == NULL ? 0 : rows_count(set->rows.shifts);

    set->rules.shifts = arena_array(set->rules.arena, count, sizeof *set->rules.shifts);
    set->rules.shift_count = count;
    for (size_t i = 0; i < count; i++)
        set->rules.shifts[i] = (struct shift_state){ .id = row_int(set->rows.shifts, i, "id"),
                                                     .device_id = row_int(set->rows.shifts, i, "device_id") };
}

static void fill_staff(struct counter_set *set)
{
    size_t count = set->rows.staff == NULL ? 0 : rows_count(set->rows.staff);

    set->rules.staff = arena_array(set->rules.arena, count, sizeof *set->rules.staff);
    set->rules.staff_count = count;
    for (size_t i = 0; i < count; i++)
        set->rules.staff[i] = (struct staff_state){ .id = row_int(set->rows.staff, i, "id"),
                                                    .role_id = row_int(set->rows.staff, i, "role_id") };
}

/* Two lists in the order of ids become one: the rows, and what is wanted and has none yet. */
struct stock_state *counter_stock_of(const struct rows *rows, const struct id_list *products, struct arena *arena,
                                     size_t *count)
{
    size_t row_count = rows == NULL ? 0 : rows_count(rows), row = 0, product = 0;
    struct stock_state *stock = arena_array(arena, row_count + products->count, sizeof *stock);
    const int64_t *ids = row_count == 0 ? NULL : column_ints(rows, "product_id");
    const int64_t *on_hand = row_count == 0 ? NULL : column_ints(rows, "on_hand_milli");

    *count = 0;
    while (row < row_count || product < products->count) {
        struct stock_state *state = &stock[(*count)++];

        if (row < row_count && (product == products->count || ids[row] <= products->ids[product])) {
            if (product < products->count && ids[row] == products->ids[product])
                product++;
            *state = (struct stock_state){ .product_id = ids[row], .on_hand_milli = on_hand[row], .stored = true };
            row++;
        } else {
            *state = (struct stock_state){ .product_id = products->ids[product++] };
        }
    }
    return stock;
}

static bool is_birthday(const struct rows *accounts, size_t row, struct vault *vault, struct day today)
{
    struct date birthdays[2];
    size_t count = birthdays_on(today, birthdays);
    uint8_t blind[BLIND_SIZE];

    if (row_is_null(accounts, row, "birthday_blind") ||
        row_int(accounts, row, "birthday_year") >= date_of_day(today).year)
        return false;
    for (size_t i = 0; i < count; i++) {
        vault_blind_birthday(vault, row_int(accounts, row, "member_id"), birthdays[i].month, birthdays[i].day, blind);
        if (bytes_equal(row_bytes(accounts, row, "birthday_blind"), bytes_of(blind, sizeof blind)))
            return true;
    }
    return false;
}

/* By the keyed hashes of member and allergen: nobody's field is opened for a sale. */
static uint16_t avoids_of(const struct rows *accounts, size_t row, struct vault *vault)
{
    uint8_t blinds[ALLERGEN_BLINDS_SIZE];
    uint16_t avoids = 0;

    if (row_is_null(accounts, row, "avoids"))
        return 0;
    vault_blind_allergens(vault, row_int(accounts, row, "member_id"), blinds);
    const uint8_t *kept = row_bytes(accounts, row, "avoids").data;
    for (size_t i = 0; i < ALLERGEN_COUNT; i++)
        if (memcmp(kept + i * ALLERGEN_BLIND_SIZE, blinds + i * ALLERGEN_BLIND_SIZE, ALLERGEN_BLIND_SIZE) == 0)
            avoids |= (uint16_t)(1u << (i + 1));
    return avoids;
}

/* Of the rows from `first` on. */
static struct points_lot *lots_of(const struct rows *rows, size_t first, size_t count, size_t capacity,
                                  struct arena *arena)
{
    const int64_t *ids = column_ints(rows, "id"), *origins = column_ints(rows, "origin_day"),
                  *expiries = column_ints(rows, "expiry_day"), *remaining = column_ints(rows, "remaining"),
                  *expired = column_ints(rows, "expired");
    struct points_lot *lots = arena_array(arena, capacity, sizeof *lots);

    for (size_t i = first; i < first + count; i++)
        lots[i - first] = (struct points_lot){ .id = ids[i],
                                               .origin = { (int32_t)origins[i] },
                                               .expiry = { (int32_t)expiries[i] },
                                               .remaining = remaining[i],
                                               .expired = expired[i],
                                               .stored = true };
    return lots;
}

/* Lots come in the order of members, as the accounts do. Somebody who comes daily has a hundred. */
struct member_state *counter_members_of(const struct rows *accounts, const struct rows *lots, struct vault *vault,
                                        struct day today, struct arena *arena, size_t *count)
{
    size_t lot_count = lots == NULL ? 0 : rows_count(lots), lot = 0;
    const int64_t *holders = lot_count == 0 ? NULL : column_ints(lots, "member_id");

    *count = accounts == NULL ? 0 : rows_count(accounts);
    struct member_state *members = arena_array(arena, *count, sizeof *members);
    for (size_t i = 0; i < *count; i++) {
        struct member_state *member = &members[i];
        size_t first, own = 0;

        *member = (struct member_state){
            .id = row_int(accounts, i, "member_id"),
            .points = row_int(accounts, i, "points"),
            .birthday_year = (int32_t)row_int(accounts, i, "birthday_year"),
            .tier = (uint8_t)row_int(accounts, i, "tier"),
            .birthday_today = is_birthday(accounts, i, vault, today),
            .avoids = avoids_of(accounts, i, vault),
            .merged_into = row_is_null(accounts, i, "merged_into") ? 0 : row_int(accounts, i, "merged_into"),
        };
        while (lot < lot_count && holders[lot] < member->id)
            lot++;
        for (first = lot; lot < lot_count && holders[lot] == member->id; lot++)
            own++;
        member->lot_count = own;
        member->lot_capacity = own + 1; /* today's may come */
        member->lots = own == 0 ? arena_array(arena, member->lot_capacity, sizeof *member->lots)
                                : lots_of(lots, first, own, member->lot_capacity, arena);
    }
    return members;
}

struct approval_state *counter_approvals_of(const struct rows *rows, struct arena *arena, size_t *count)
{
    *count = rows == NULL ? 0 : rows_count(rows);
    struct approval_state *approvals = arena_array(arena, *count, sizeof *approvals);

    for (size_t i = 0; i < *count; i++) {
        struct bytes hash = row_bytes(rows, i, "token_hash");

        approvals[i] = (struct approval_state){
            .device_id = row_int(rows, i, "device_id"),
            .asked_by = row_int(rows, i, "asked_by"),
            .approved_by = row_int(rows, i, "approved_by"),
            .approver_role_id = row_int(rows, i, "approver_role_id"),
            .discount_ppm = (uint32_t)row_int(rows, i, "discount_ppm"),
            .below_floor = row_bool(rows, i, "below_floor"),
            .deposit_back = row_bool(rows, i, "deposit_back"),
            .free_refund = row_bool(rows, i, "free_refund"),
            .expires = row_instant(rows, i, "expires_at"),
            .used_sale_id = row_is_null(rows, i, "used_sale_id") ? 0 : row_int(rows, i, "used_sale_id"),
        };
        assert(hash.size == sizeof approvals[i].token_hash);
        memcpy(approvals[i].token_hash, hash.data, hash.size);
    }
    return approvals;
}

struct account_state *counter_accounts_of(const struct rows *rows, struct arena *arena, size_t *count)
{
    *count = rows == NULL ? 0 : rows_count(rows);
    struct account_state *accounts = arena_array(arena, *count, sizeof *accounts);

    for (size_t i = 0; i < *count; i++)
        accounts[i] = (struct account_state){ .id = row_int(rows, i, "id"),
                                              .number = (uint32_t)row_int(rows, i, "number"),
                                              .balance_minor = row_int(rows, i, "balance_minor"),
                                              .limit_minor = row_int(rows, i, "limit_minor"),
                                              .entry_count = row_int(rows, i, "entry_count"),
                                              .blocked = row_bool(rows, i, "blocked") };
    return accounts;
}

struct gift_card_state *counter_gift_cards_of(const struct rows *rows, struct arena *arena, size_t *count)
{
    *count = rows == NULL ? 0 : rows_count(rows);
    struct gift_card_state *cards = arena_array(arena, *count, sizeof *cards);

    for (size_t i = 0; i < *count; i++)
        cards[i] = gift_card_state_of(rows, i);
    return cards;
}

/* The group's instant may have become a later one, and its day with it. */
static int64_t free_refunded_minor(const struct group *g)
{
    const struct rows *rows = ((const struct counter_set *)g->set)->rows.free_refunds;

    for (size_t i = 0; rows != NULL && i < rows_count(rows); i++)
        if (row_day(rows, i, "business_day").number == business_day(g).number)
            return row_int(rows, i, "given_minor");
    return 0;
}

bool counter_misses_member(const struct group *g, const struct working_set *set)
{
    return g->misses < MISSES_MAX && set_misses_member(set);
}

static enum step fill(struct group *g)
{
    struct counter_set *set = g->set;
    struct working_set *rules = &set->rules;
    const struct shop *shop = catalogue_shop(g->catalogue, catalogue_newest(g->catalogue));

    assert(shop != NULL);
    rules->arena = g->txn.arena;
    rules->catalogue = g->catalogue;
    rules->zone = shop_zone(shop);
    rules->holds = shop_holds(g->driver, g->shop_id);
    rules->drawers = counter_drawers_of(set->rows.drawers, rules->arena, &rules->drawer_count);
    fill_shifts(set);
    fill_staff(set);
    rules->members = counter_members_of(set->rows.members, set->rows.lots, g->vault, zone_day(rules->zone, g->now),
                                        rules->arena, &rules->member_count);
    rules->stock = counter_stock_of(set->rows.stock, &set->products, rules->arena, &rules->stock_count);
    rules->approvals = counter_approvals_of(set->rows.approvals, rules->arena, &rules->approval_count);
    rules->accounts = counter_accounts_of(set->rows.accounts, rules->arena, &rules->account_count);
    rules->gift_cards = counter_gift_cards_of(set->rows.gift_cards, rules->arena, &rules->gift_card_count);
    counter_fill_coupons(set);
    set->coupon_from_minor =
        rows_count(set->rows.drawers) == 0 ? 0 : row_int(set->rows.drawers, 0, "coupon_from_minor");
    rules->free_refunded_minor = free_refunded_minor(g);
    if (set->original_count > 0)
        rules->originals = counter_originals_of(set, rules->arena, &rules->original_count);
    return counter_misses_member(g, rules) ? STEP_FAILED : STEP_NEXT;
}

const struct group_kind counter_group = {
    .name = "counter",
    .set_size = sizeof(struct counter_set),
    .load = load,
    .fill = fill,
    .store = counter_store,
};
