/* Finding things in the working set: arrays in the order of their ids. */
#include <stddef.h>
#include <stdlib.h>

#include "common/rules/sale.h"

/* Every state of the set begins with its id. */
_Static_assert(offsetof(struct drawer_state, device_id) == 0, "the id comes first");
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

struct drawer_state *set_drawer(const struct working_set *set, int64_t device_id)
{
    return find(device_id, set->drawers, set->drawer_count, sizeof *set->drawers);
}

struct member_state *set_member(const struct working_set *set, int64_t member_id)
{
    return find(member_id, set->members, set->member_count, sizeof *set->members);
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
