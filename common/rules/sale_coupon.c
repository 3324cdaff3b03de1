/* What coupons take off a sale. */
#include <assert.h>

#include "common/base/number.h"
#include "common/rules/sale_parts.h"

#define COUPON_SEEN_US (DAY_S * SECOND_US) /* for so long a look-up is good */

static const char *field_of(struct arena *arena, size_t coupon)
{
    return arena_format(arena, "basket.coupons[%zu]", coupon);
}

static const enum sale_verdict refusals[] = {
    [COUPON_OK] = SALE_OK,
    [COUPON_IS_STOPPED] = SALE_COUPON_STOPPED,
    [COUPON_IS_USED] = SALE_COUPON_USED,
    [COUPON_IS_USED_UP] = SALE_COUPON_USED_UP,
    [COUPON_IS_RETURNED] = SALE_COUPON_RETURNED,
    [COUPON_IS_NOT_YET] = SALE_COUPON_NOT_YET,
    [COUPON_IS_EXPIRED] = SALE_COUPON_EXPIRED,
    [COUPON_IS_NOT_NOW] = SALE_COUPON_NOT_NOW,
    [COUPON_WANTS_MEMBER] = SALE_COUPON_MEMBER_WANTED,
    [COUPON_IS_ANOTHERS] = SALE_COUPON_OTHER_MEMBER,
    [COUPON_MEMBER_HAS_USED] = SALE_COUPON_MEMBER_USED,
    [COUPON_MEMBER_HAS_BOUGHT] = SALE_COUPON_NOT_FIRST,
    [COUPON_BASKET_IS_SMALL] = SALE_COUPON_BASKET_SMALL,
    [COUPON_FITS_NOTHING] = SALE_COUPON_NOTHING_FITS,
    [COUPON_BESIDE_COUPONS] = SALE_COUPON_STACKING,
    [COUPON_BESIDE_DISCOUNTS] = SALE_COUPON_STACKING,
};

/* It was looked up, not long ago, and no other of its campaign is in the basket. */
static enum sale_verdict check_named(const struct sale_command *command, size_t at, const struct working_set *set,
                                     struct instant now, struct sale_rows *rows)
{
    const struct basket_coupon *coupon = &command->basket.coupons[at];
    const char *field = field_of(set->arena, at);

    if (command->series == 'S')
        return sale_refuse(rows, set->arena, SALE_COUPON_WANTED, field, "a coupon is not practised with: take it off");
    if (coupon->id == 0)
        return sale_refuse(rows, set->arena, SALE_COUPON_WANTED, field, "scan the coupon once more");
    if (!command->over && (now.us - coupon->seen.us > COUPON_SEEN_US || coupon->seen.us - now.us > COUPON_SEEN_US))
        return sale_refuse(rows, set->arena, SALE_COUPON_WANTED, field,
                           "the coupon was scanned long ago: scan it once more");
    for (size_t i = 0; i < at; i++)
        if (command->basket.coupons[i].campaign_id == coupon->campaign_id)
            return sale_refuse(rows, set->arena, SALE_COUPON_WANTED, field,
                               "one coupon of a campaign is taken in a sale: take one off");
    if (set_coupon(set, coupon->id) == NULL || set_campaign(set, coupon->campaign_id) == NULL)
        return sale_refuse(rows, set->arena, SALE_UNKNOWN_COUPON, field, "there is no such coupon");
    return SALE_OK;
}

static enum sale_verdict check_all_named(const struct sale_command *command, const struct working_set *set,
                                         struct instant now, struct sale_rows *rows)
{
    enum sale_verdict verdict = SALE_OK;

    if (command->basket.coupon_count > BASKET_COUPONS_MAX)
        return sale_refuse(rows, set->arena, SALE_COUPON_STACKING, "basket.coupons", "at most %d coupons",
                           BASKET_COUPONS_MAX);
    for (size_t i = 0; verdict == SALE_OK && i < command->basket.coupon_count; i++)
        verdict = check_named(command, i, set, now, rows);
    return verdict;
}

/* Several stand beside one another where each of them may. */
static bool stand_alone(const struct basket *basket, const struct working_set *set)
{
    bool alone = false;

    for (size_t i = 0; i < basket->coupon_count; i++)
        alone = alone || !set_campaign(set, basket->coupons[i].campaign_id)->terms.with_coupons;
    return alone && basket->coupon_count > 1;
}

static void add_row(struct sale_rows *rows, int line, const struct coupon_terms *terms, int64_t pieces, int64_t minor)
{
    rows->discounts[rows->discount_count++] = (struct discount_row){ .line = line,
                                                                     .kind = DISCOUNT_OF_COUPON,
                                                                     .promotion_id = terms->id,
                                                                     .times = (uint32_t)pieces,
                                                                     .amount_minor = minor,
                                                                     .reason = bytes_of_text(terms->name) };
}

static void take(const struct coupon_terms *terms, struct priced_line *lines, size_t count, struct arena *arena,
                 struct coupon_row *row, struct sale_rows *rows)
{
    int64_t *parts = arena_array(arena, count, sizeof *parts), *free_before = arena_array(arena, count, sizeof *parts);

    for (size_t i = 0; i < count; i++)
        free_before[i] = lines[i].coupon_pieces;
    row->amount_minor = coupon_take(terms, lines, count, arena, parts);
    if (row->amount_minor == 0)
        return;
    add_row(rows, NO_LINE, terms, 0, row->amount_minor);
    for (size_t i = 0; i < count; i++)
        if (parts[i] != 0)
            add_row(rows, (int)i, terms, lines[i].coupon_pieces - free_before[i], parts[i]);
}

static unsigned exponent_of(const struct sale_command *command, const struct working_set *set)
{
    return catalogue_shop(set->catalogue, command->basket.catalogue_version)->currency_exponent;
}

/* A till that prices says why one takes nothing off, and goes on; who sells is refused. */
static enum sale_verdict take_one(const struct sale_command *command, const struct working_set *set, struct instant now,
                                  const struct coupon_beside *beside, size_t at, struct priced_line *lines,
                                  struct sale_rows *rows)
{
    const struct basket *basket = &command->basket;
    const struct coupon_state *coupon = set_coupon(set, basket->coupons[at].id);
    const struct coupon_campaign *campaign = set_campaign(set, basket->coupons[at].campaign_id);
    const struct coupon_member *before = set_coupon_member(set, campaign->terms.id, basket->member_id);
    const struct member_state *member = basket->member_id == 0 ? NULL : set_member(set, basket->member_id);
    struct coupon_row *row = &rows->coupons[rows->coupon_count++];

    *row = (struct coupon_row){ .coupon_id = coupon->id,
                                .campaign_id = campaign->terms.id,
                                .coupon_number = coupon->number,
                                .name = campaign->terms.name };
    row->verdict = coupon_may(coupon, campaign, set->zone, sale_priced_at(command, now),
                              member == NULL ? basket->member_id : member->id, before);
    if (row->verdict == COUPON_OK)
        row->verdict = coupon_may_in(&campaign->terms, beside);
    if (row->verdict == COUPON_OK)
        take(&campaign->terms, lines, basket->line_count, set->arena, row, rows);
    if (row->verdict == COUPON_OK && row->amount_minor == 0)
        row->verdict = COUPON_FITS_NOTHING;
    if (row->verdict == COUPON_OK)
        return SALE_OK;
    row->sentence = coupon_sentence(row->verdict, &campaign->terms, exponent_of(command, set), set->arena);
    if (command->aim == SALE_TO_PRICE)
        return SALE_OK;
    return sale_refuse(rows, set->arena, refusals[row->verdict], field_of(set->arena, at), "%s", row->sentence);
}

enum sale_verdict sale_take_coupons(const struct sale_command *command, const struct working_set *set,
                                    struct instant now, bool discounts, struct priced_line *lines,
                                    struct sale_rows *rows)
{
    const struct basket *basket = &command->basket;
    enum sale_verdict verdict = check_all_named(command, set, now, rows);

    if (verdict != SALE_OK)
        return verdict;
    const struct coupon_beside beside = { .basket_minor = coupon_basket_minor(lines, basket->line_count),
                                          .coupons = stand_alone(basket, set),
                                          .discounts = discounts };
    rows->coupons = arena_array(set->arena, basket->coupon_count, sizeof *rows->coupons);
    for (size_t i = 0; verdict == SALE_OK && i < basket->coupon_count; i++)
        verdict = take_one(command, set, now, &beside, i, lines, rows);
    return verdict;
}

/* Who was merged into another is that one. */
static bool is_same(const struct working_set *set, int64_t one, int64_t other)
{
    const struct member_state *a = set_member(set, one), *b = set_member(set, other);

    return one == other || (a != NULL && a == b);
}

void sale_apply_coupons(struct working_set *set, struct sale_rows *rows, int64_t member_id)
{
    for (size_t i = 0; i < rows->coupon_count; i++) {
        struct coupon_row *row = &rows->coupons[i];
        struct coupon_state *coupon = set_coupon(set, row->coupon_id);
        struct coupon_campaign *campaign = set_campaign(set, row->campaign_id);

        assert(row->amount_minor > 0);
        row->use_number = ++coupon->use_count;
        campaign->use_count++;
        coupon->changed = campaign->changed = true;
        for (size_t k = 0; member_id != 0 && k < set->coupon_member_count; k++)
            if (set->coupon_members[k].campaign_id == row->campaign_id &&
                is_same(set, set->coupon_members[k].member_id, member_id))
                set->coupon_members[k].use_count++;
    }
    for (size_t i = 0; member_id != 0 && i < set->coupon_member_count; i++)
        if (is_same(set, set->coupon_members[i].member_id, member_id))
            set->coupon_members[i].bought = true;
}
