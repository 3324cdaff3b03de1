/* Which baskets may wait. */
#include "common/rules/parked.h"

#include "common/base/text.h"
#include "common/rules/deposit.h"

size_t basket_standing(const struct basket *basket, size_t *first)
{
    size_t count = 0;

    for (size_t i = 0; i < basket->line_count; i++)
        if (!basket->lines[i].voided && count++ == 0)
            *first = i;
    return count;
}

/* Runs of spaces are made one: "4111  1111 ..." is one, too. */
static bool is_secret(struct arena *arena, struct bytes text)
{
    return text_secret(bytes_of_text(text_tidy(arena, text))) != NULL;
}

static enum park_verdict check_line(const struct basket_line *line, size_t index, const struct catalogue *catalogue,
                                    struct arena *arena, const char **field)
{
    const struct product *product = catalogue_product(catalogue, catalogue_newest(catalogue), line->product_id);

    *field = arena_format(arena, "basket.lines[%zu].product_id", index);
    if (product == NULL)
        return PARK_UNKNOWN_PRODUCT;
    *field = arena_format(arena, "basket.lines[%zu].quantity_milli", index);
    if (!basket_quantity_valid(product, line->quantity_milli))
        return PARK_BAD_QUANTITY;
    *field = arena_format(arena, "basket.lines[%zu].void_reason", index);
    if (is_secret(arena, line->void_reason))
        return PARK_SECRET;
    *field = arena_format(arena, "basket.lines[%zu].note", index);
    if (is_secret(arena, line->note))
        return PARK_SECRET;
    *field = arena_format(arena, "basket.lines[%zu].discount", index);
    if (is_secret(arena, line->discount.reason))
        return PARK_SECRET;
    *field = NULL;
    return PARK_OK;
}

static enum park_verdict check(const struct basket *basket, const struct catalogue *catalogue, size_t waiting,
                               size_t most, struct arena *arena, const char **field)
{
    size_t first;

    *field = "basket.lines";
    if (basket->line_count > BASKET_LINES_MAX)
        return PARK_TOO_LONG;
    if (basket_standing(basket, &first) == 0)
        return PARK_EMPTY;
    for (size_t i = 0; i < basket->line_count; i++) {
        enum park_verdict verdict = check_line(&basket->lines[i], i, catalogue, arena, field);

        if (verdict != PARK_OK)
            return verdict;
    }
    *field = "basket.discount";
    if (is_secret(arena, basket->discount.reason))
        return PARK_SECRET;
    *field = NULL;
    return waiting < most ? PARK_OK : PARK_FULL;
}

enum park_verdict basket_park_check(const struct basket *basket, const struct catalogue *catalogue, size_t waiting,
                                    struct arena *arena, const char **field)
{
    return check(basket, catalogue, waiting, PARKED_MAX, arena, field);
}

/* What of a line a kiosk has no say in; NULL: nothing. */
static const char *not_there(const struct basket_line *line)
{
    if (line->voided || line->void_reason.size > 0)
        return "voided";
    if (line->quantity_milli < 0)
        return "quantity_milli";
    if (line->discount.given)
        return "discount";
    if (line->choice.keyed)
        return "keyed_price_minor";
    return line->told != 0 ? "allergens_told" : NULL;
}

static enum park_verdict check_version(const struct basket *basket, const struct catalogue *catalogue,
                                       struct instant now)
{
    switch (catalogue_version_usable(catalogue, basket->catalogue_version, now.us - VERSION_LIFE_US)) {
    case VERSION_OK:
        break;
    case VERSION_OLD:
        return PARK_VERSION_OLD;
    case VERSION_UNKNOWN:
        return PARK_VERSION_UNKNOWN;
    }
    return PARK_OK;
}

enum park_verdict basket_leave_check(const struct basket *basket, const struct catalogue *catalogue, size_t waiting,
                                     struct instant now, struct arena *arena, const char **field)
{
    enum park_verdict verdict = check_version(basket, catalogue, now);

    *field = "basket.member_id";
    if (basket->member_id != 0)
        return PARK_NOT_THERE;
    *field = "basket.discount";
    if (basket->discount.given)
        return PARK_NOT_THERE;
    *field = "basket.coupons";
    if (basket->coupon_count > 0)
        return PARK_NOT_THERE;
    *field = "basket.rewards";
    if (basket->reward_count > 0 || basket->chosen_count > 0)
        return PARK_NOT_THERE;
    for (size_t i = 0; i < basket->line_count && i < BASKET_LINES_MAX; i++) {
        const char *name = not_there(&basket->lines[i]);

        *field = name == NULL ? NULL : arena_format(arena, "basket.lines[%zu].%s", i, name);
        if (name != NULL)
            return PARK_NOT_THERE;
    }
    *field = "basket.catalogue_version";
    if (verdict != PARK_OK)
        return verdict;
    return check(basket, catalogue, waiting, LEFT_MAX, arena, field);
}
