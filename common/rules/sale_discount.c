/* The discounts of a sale: fit to be taken, within somebody's right, and as rows. */
#include <assert.h>
#include <string.h>

#include "common/base/number.h"
#include "common/base/text.h"
#include "common/rules/deposit.h"
#include "common/rules/sale_parts.h"

/* A ring-up whose card is charged may find its approval run out while the machine was waited for. */
#define APPROVAL_CHARGED_US (13 * MINUTE_US)

/* A till's clock may be ahead by so much where it says by which hour it priced. */
#define PRICED_AHEAD_US (2 * MINUTE_US)

/* ---- promotions ---- */

/* A happy hour that ends while the card machine is at work has not ended for this basket. A claim that cannot be is none:
 * where it makes a difference, the total does. */
struct instant sale_priced_at(const struct sale_command *command, struct instant now)
{
    struct instant at = command->basket.priced;

    if (command->offline && at.us == 0)
        return command->made;
    if (!command->offline && (at.us > now.us + PRICED_AHEAD_US || at.us < now.us - VERSION_LIFE_US))
        return now;
    return at;
}

static size_t take_promotions(const struct sale_command *command, const struct working_set *set, struct instant now,
                              struct priced_line *lines, struct promotion_row **taken)
{
    const struct basket *basket = &command->basket;
    const struct promotion *in_force[PROMOTIONS_MAX];
    struct instant at = sale_priced_at(command, now);

    size_t count =
        promotions_in_force(set->catalogue, basket->catalogue_version, set->zone, at, basket->member_id != 0, in_force);
    return promotions_take(lines, basket->line_count, in_force, count, set->arena, taken);
}

static void add_promotions(struct sale_rows *rows, const struct promotion_row *taken, size_t count)
{
    for (size_t i = 0; i < count; i++)
        rows->discounts[rows->discount_count++] = (struct discount_row){
            .line = taken[i].line,
            .kind = DISCOUNT_OF_PROMOTION,
            .promotion_id = taken[i].promotion->id,
            .times = taken[i].times,
            .amount_minor = taken[i].amount_minor,
            .reason = bytes_of_text(taken[i].promotion->name),
        };
}

/* ---- taking ---- */

static bool is_blank(struct bytes text)
{
    size_t at = 0;

    while (at < text.size && text.data[at] == ' ')
        at++;
    return at == text.size;
}

static enum sale_verdict check(const struct discount *discount, const char *field, struct arena *arena,
                               struct sale_rows *rows)
{
    if (!discount_valid(discount))
        return sale_refuse(rows, arena, SALE_BAD_DISCOUNT, field,
                           "a discount is more than 0 and at most 100 %%, or an amount of money: one of the two");
    if (is_blank(discount->reason))
        return sale_refuse(rows, arena, SALE_BAD_REASON, field, "a discount has a reason");
    if (text_secret(discount->reason))
        return sale_refuse(rows, arena, SALE_NO_SECRET_WANTED, field, "%s", text_secret(discount->reason));
    return SALE_OK;
}

static enum sale_verdict check_all(const struct sale_command *command, const struct priced_line *lines,
                                   struct arena *arena, struct sale_rows *rows)
{
    const struct basket *basket = &command->basket;
    enum sale_verdict verdict = SALE_OK;

    for (size_t i = 0; verdict == SALE_OK && i < basket->line_count; i++)
        if (basket->lines[i].discount.given && !basket->lines[i].voided && lines[i].deposit && command->printed == NULL)
            verdict =
                sale_refuse(rows, arena, SALE_BAD_DISCOUNT, arena_format(arena, "basket.lines[%zu].discount", i),
                            "line %zu, %s: nothing is taken off a deposit or a charge", i + 1, lines[i].product->name);
        else if (basket->lines[i].discount.given && !basket->lines[i].voided)
            verdict =
                check(&basket->lines[i].discount, arena_format(arena, "basket.lines[%zu].discount", i), arena, rows);
    if (verdict == SALE_OK && basket->discount.given)
        verdict = check(&basket->discount, "basket.discount", arena, rows);
    return verdict;
}

static void add_row(struct sale_rows *rows, int line, enum discount_kind kind, const struct discount *discount,
                    int64_t minor)
{
    if (minor == 0)
        return;
    rows->discounts[rows->discount_count++] = (struct discount_row){
        .line = line,
        .kind = kind,
        .rate_ppm = discount == NULL || discount->fixed ? 0 : (uint32_t)discount->value,
        .amount_minor = minor,
        .reason = discount != NULL ? discount->reason : (struct bytes){ 0 },
    };
}

static bool any(const struct basket *basket)
{
    bool given = basket->discount.given;

    for (size_t i = 0; i < basket->line_count; i++)
        given = given || (basket->lines[i].discount.given && !basket->lines[i].voided);
    return given;
}

static void add_asked(const struct basket *basket, struct priced_line *lines, struct arena *arena,
                      struct sale_rows *rows)
{
    for (size_t i = 0; i < basket->line_count; i++)
        lines[i].own = basket->lines[i].discount.given ? &basket->lines[i].discount : NULL;
    int64_t of_receipt = discounts_take(lines, basket->line_count, &basket->discount, arena);
    add_row(rows, NO_LINE, DISCOUNT_OF_RECEIPT, &basket->discount, of_receipt);
    for (size_t i = 0; i < basket->line_count; i++) {
        add_row(rows, (int)i, DISCOUNT_OF_LINE, lines[i].own, lines[i].own_minor);
        add_row(rows, (int)i, DISCOUNT_OF_RECEIPT, NULL, lines[i].of_receipt_minor);
    }
}

/* Room for all there may be, promotions' first; behind them the rewards', which were alone until now. */
static void put_rows(const struct basket *basket, const struct promotion_row *taken, size_t taken_count,
                     struct arena *arena, struct sale_rows *rows)
{
    const struct discount_row *rewards = rows->discounts;
    size_t reward_count = rows->discount_count;
    size_t coupon_rows =
        basket->coupon_count > BASKET_COUPONS_MAX ? 0 : basket->coupon_count * (basket->line_count + 1);

    rows->discounts = arena_array(arena, taken_count + reward_count + coupon_rows + 2 * basket->line_count + 1,
                                  sizeof *rows->discounts);
    rows->discount_count = 0;
    add_promotions(rows, taken, taken_count);
    for (size_t i = 0; i < reward_count; i++)
        rows->discounts[rows->discount_count++] = rewards[i];
}

enum sale_verdict sale_take_discounts(const struct sale_command *command, const struct working_set *set,
                                      struct instant now, struct priced_line *lines, struct sale_rows *rows)
{
    const struct basket *basket = &command->basket;
    struct promotion_row *taken = NULL;
    bool asked = any(basket);
    enum sale_verdict verdict = asked ? check_all(command, lines, set->arena, rows) : SALE_OK;

    if (verdict != SALE_OK)
        return verdict;
    size_t taken_count = take_promotions(command, set, now, lines, &taken);
    if (basket->chosen_count > 0)
        verdict = sale_take_reward_values(command, catalogue_programme(set->catalogue, basket->catalogue_version),
                                          lines, set->arena, rows);
    if (verdict != SALE_OK || (!asked && taken_count == 0 && basket->coupon_count == 0))
        return verdict;
    put_rows(basket, taken, taken_count, set->arena, rows);
    if (basket->coupon_count > 0)
        verdict = sale_take_coupons(command, set, now, asked, lines, rows);
    if (verdict != SALE_OK)
        return verdict;
    if (asked)
        add_asked(basket, lines, set->arena, rows);
    return SALE_OK;
}

/* ---- by whose right ---- */

static struct approval_state *find_approval(const struct working_set *set, struct bytes token_hash)
{
    for (size_t i = 0; i < set->approval_count; i++)
        if (bytes_equal(bytes_of(set->approvals[i].token_hash, sizeof set->approvals[i].token_hash), token_hash))
            return &set->approvals[i];
    return NULL;
}

/* Who has left since, or has another role, allows nothing any more. */
static bool may_still(const struct approval_state *approval, const struct catalogue *catalogue)
{
    const struct role *role = catalogue_role(catalogue, catalogue_newest(catalogue), approval->approver_role_id);

    return role_may(role, "approve") && approval->discount_ppm <= role_discount_ppm(role) &&
           (!approval->deposit_back || role_may(role, "refund")) &&
           (!approval->free_refund || role_may(role, "refund_free"));
}

static bool is_usable(const struct approval_state *approval, const struct sale_command *command,
                      const struct catalogue *catalogue, struct instant now, bool charged)
{
    return approval != NULL && approval->used_sale_id == 0 && approval->device_id == command->device_id &&
           approval->asked_by == command->staff_id &&
           now.us <= approval->expires.us + (charged ? APPROVAL_CHARGED_US : 0) && may_still(approval, catalogue);
}

static enum sale_verdict refuse_discount(uint32_t limit_ppm, struct arena *arena, struct sale_rows *rows)
{
    char limit[NUMBER_TEXT], needed[NUMBER_TEXT];

    return sale_refuse(rows, arena, SALE_APPROVAL_NEEDED, "basket.discount",
                       "a discount of %s %% is beyond the %s %% of your role: another person has to allow it",
                       percent_format(needed, rows->needed_ppm), percent_format(limit, limit_ppm));
}

/* How much is given for empties beyond what the shop lets everybody give, whom it lets not give money back. */
static bool is_much_taken_back(const struct sale_command *command, const struct priced_line *lines,
                               const struct shop *shop)
{
    int64_t back_minor = 0;

    if (shop == NULL || shop->deposit_back_minor == 0 || command->printed != NULL || command->over ||
        command->may_give_back)
        return false;
    for (size_t i = 0; i < command->basket.line_count; i++)
        if (!lines[i].voided && lines[i].total_minor < 0)
            back_minor -= lines[i].total_minor + (shop->prices_include_tax ? 0 : lines[i].tax_minor);
    return back_minor > shop->deposit_back_minor;
}

static enum sale_verdict refuse_back(const struct shop *shop, struct arena *arena, struct sale_rows *rows)
{
    char most[NUMBER_TEXT];

    return sale_refuse(rows, arena, SALE_APPROVAL_NEEDED, "basket.lines",
                       "for more than %s of empties at once another person has to allow it",
                       minor_format(most, shop->deposit_back_minor, shop->currency_exponent));
}

enum sale_verdict sale_find_approval(const struct sale_command *command, const struct working_set *set,
                                     struct instant now, bool charged, struct sale_rows *rows,
                                     struct approval_state **approval)
{
    *approval = NULL;
    if (command->approval.size == 0)
        return SALE_OK;
    *approval = find_approval(set, command->approval);
    if (is_usable(*approval, command, set->catalogue, now, charged))
        return SALE_OK;
    return sale_refuse(
        rows, set->arena, SALE_APPROVAL_UNKNOWN, "approval",
        "this approval was used, has run out, was given on another till, or by who may no longer: ask again");
}

enum sale_verdict sale_check_right(const struct sale_command *command, const struct priced_line *lines,
                                   const struct working_set *set, struct instant now, bool charged,
                                   struct sale_rows *rows)
{
    size_t count = command->basket.line_count, low = discounts_below_floor(lines, count);
    struct approval_state *approval = NULL;
    uint32_t limit_ppm = command->discount_limit_ppm;

    const struct shop *shop = catalogue_shop(set->catalogue, command->basket.catalogue_version);

    rows->below_floor = low < count;
    rows->deposit_back = is_much_taken_back(command, lines, shop);
    if (!discounts_within(lines, count, limit_ppm))
        rows->needed_ppm = discounts_need_ppm(lines, count);
    if (command->aim == SALE_TO_PRICE)
        return SALE_OK;
    enum sale_verdict verdict = sale_find_approval(command, set, now, charged, rows, &approval);
    if (verdict != SALE_OK)
        return verdict;
    if (approval != NULL && approval->discount_ppm > limit_ppm)
        limit_ppm = approval->discount_ppm;
    if (rows->needed_ppm > limit_ppm)
        return refuse_discount(limit_ppm, set->arena, rows);
    if (rows->below_floor && (approval == NULL || !approval->below_floor))
        return sale_refuse(rows, set->arena, SALE_APPROVAL_NEEDED,
                           arena_format(set->arena, "basket.lines[%zu].discount", low),
                           "line %zu, %s, would be sold below its floor price: another person has to allow it", low + 1,
                           lines[low].product->name);
    if (rows->deposit_back && (approval == NULL || !approval->deposit_back))
        return refuse_back(shop, set->arena, rows);
    rows->approval = approval;
    rows->approved_by = approval == NULL ? 0 : approval->approved_by;
    return SALE_OK;
}

void sale_apply_approval(const struct sale_rows *rows)
{
    if (rows->approval == NULL)
        return;
    assert(rows->approval->used_sale_id == 0);
    rows->approval->used_sale_id = rows->sale_id;
    rows->approval->used_now = true;
}
