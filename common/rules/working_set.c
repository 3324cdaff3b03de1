/* Finding things in the working set: arrays in the order of their ids. */
#include <stddef.h>
#include <stdlib.h>

#include "common/rules/sale.h"

/* Every state of the set begins with its id. */
_Static_assert(offsetof(struct member_state, id) == 0, "the id comes first");
_Static_assert(offsetof(struct stock_state, product_id) == 0, "the id comes first");
_Static_assert(offsetof(struct account_state, id) == 0, "the id comes first");
_Static_assert(offsetof(struct gift_card_state, id) == 0, "the id comes first");

static int compare_ids(const void *key, const void *item)
{
    int64_t left = *(const int64_t *)key, right = *(const int64_t *)item;

    return (left > right) - (left < right);
}

static void *find(int64_t id, void *items, size_t count, size_t size)
{
    return count == 0 ? NULL : bsearch(&id, items, count, size, compare_ids);
}

/* Several stand under one device: the first of them. */
static size_t first_drawer(const struct working_set *set, int64_t device_id)
{
    size_t low = 0, high = set->drawer_count;

    while (low < high) {
        size_t middle = low + (high - low) / 2;

        if (set->drawers[middle].device_id < device_id)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

struct drawer_state *set_drawer(const struct working_set *set, int64_t device_id, int64_t staff_id)
{
    size_t first = first_drawer(set, device_id);
    struct drawer_state *own = NULL;

    if (first == set->drawer_count || set->drawers[first].device_id != device_id)
        return NULL;
    if (set->drawers[first].shift_id != 0)
        return &set->drawers[first];
    for (size_t i = first + 1; i < set->drawer_count && set->drawers[i].device_id == device_id; i++)
        if (set->drawers[i].holder_id == staff_id)
            own = &set->drawers[i];
    return own != NULL ? own : &set->drawers[first];
}

struct drawer_state *set_drawer_of_shift(const struct working_set *set, int64_t device_id, int64_t shift_id)
{
    size_t i = first_drawer(set, device_id);

    for (; shift_id != 0 && i < set->drawer_count && set->drawers[i].device_id == device_id; i++)
        if (set->drawers[i].shift_id == shift_id)
            return &set->drawers[i];
    return NULL;
}

bool set_drawer_any(const struct working_set *set, int64_t device_id)
{
    for (size_t i = first_drawer(set, device_id); i < set->drawer_count && set->drawers[i].device_id == device_id; i++)
        if (set->drawers[i].shift_id != 0)
            return true;
    return false;
}

struct member_state *set_member(const struct working_set *set, int64_t member_id)
{
    struct member_state *member = find(member_id, set->members, set->member_count, sizeof *set->members);

    if (member == NULL || member->merged_into == 0)
        return member;
    struct member_state *into = find(member->merged_into, set->members, set->member_count, sizeof *set->members);
    return into == NULL || into->merged_into != 0 ? NULL : into;
}

bool set_misses_member(const struct working_set *set)
{
    for (size_t i = 0; i < set->member_count; i++)
        if (set_member(set, set->members[i].id) == NULL)
            return true;
    return false;
}

struct stock_state *set_stock(const struct working_set *set, int64_t product_id)
{
    return find(product_id, set->stock, set->stock_count, sizeof *set->stock);
}

struct account_state *set_account(const struct working_set *set, int64_t account_id)
{
    return find(account_id, set->accounts, set->account_count, sizeof *set->accounts);
}

struct gift_card_state *set_gift_card(const struct working_set *set, int64_t card_id)
{
    return find(card_id, set->gift_cards, set->gift_card_count, sizeof *set->gift_cards);
}

struct coupon_state *set_coupon(const struct working_set *set, int64_t coupon_id)
{
    return find(coupon_id, set->coupons, set->coupon_count, sizeof *set->coupons);
}

struct coupon_campaign *set_campaign(const struct working_set *set, int64_t campaign_id)
{
    return find(campaign_id, set->campaigns, set->campaign_count, sizeof *set->campaigns);
}

struct coupon_member *set_coupon_member(const struct working_set *set, int64_t campaign_id, int64_t member_id)
{
    for (size_t i = 0; i < set->coupon_member_count; i++)
        if (set->coupon_members[i].campaign_id == campaign_id && set->coupon_members[i].member_id == member_id)
            return &set->coupon_members[i];
    return NULL;
}

struct original *set_original(const struct working_set *set, struct receipt_number number)
{
    for (size_t i = 0; i < set->original_count; i++) {
        struct original *original = &set->originals[i];

        if (original->number.till == number.till && original->number.series == number.series &&
            original->number.number == number.number)
            return original;
    }
    return NULL;
}
