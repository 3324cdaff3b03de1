/* A sale, decided from top to bottom: may it be, what does it cost, is it paid, what does it write. */
#include "common/rules/sale.h"

#include <assert.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "common/base/text.h"
#include "common/rules/deposit.h"
#include "common/rules/points_sound.h"
#include "common/rules/sale_parts.h"
#include "common/rules/shift.h"

/* A till whose clock is a day ahead cannot be believed at all. */
#define CLAIM_AHEAD_US (DAY_S * SECOND_US)
/* And no till stands offline for a year. */
#define CLAIM_BEHIND_US (366 * DAY_S * SECOND_US)

/* Kinds of exceptions that are of the whole sale. */
#define EXCEPTIONS_OF_A_SALE 11

/* What the steps of one decision share. */
struct decision {
    const struct sale_command *command; /* its basket with the deposits that go with it */
    struct working_set *set;
    struct instant now;
    struct sale_rows *rows;
    const struct shop *shop;
    const struct programme *programme; /* NULL: none */
    struct drawer_state *drawer;       /* NULL: nobody asks for it */
    struct member_state *member;       /* NULL: nobody */
    struct priced_line *lines;
    struct day today;
    bool differs; /* from what was printed */
    int64_t found_total_minor;
};

enum sale_verdict sale_refuse(struct sale_rows *rows, struct arena *arena, enum sale_verdict verdict, const char *field,
                              const char *sentence, ...)
{
    va_list arguments;

    va_start(arguments, sentence);
    rows->sentence = arena_vformat(arena, sentence, arguments); /* whole: it may name goods in letters of many bytes */
    va_end(arguments);
    rows->field = field;
    return verdict;
}

void sale_except(struct sale_rows *rows, enum sale_exception kind, int line, int64_t said, int64_t found)
{
    assert(said != INT64_MIN && found != INT64_MIN); /* a store keeps these as none */
    rows->exceptions[rows->exception_count++] =
        (struct exception_row){ .kind = kind, .line = line, .said = said, .found = found };
}

static enum sale_verdict refuse_line(struct decision *d, enum sale_verdict verdict, size_t line, const char *name,
                                     const char *sentence)
{
    return sale_refuse(d->rows, d->set->arena, verdict, arena_format(d->set->arena, "basket.lines[%zu].%s", line, name),
                       "line %zu: %s", line + 1, sentence);
}

const char *sale_not_open(const struct working_set *set, int64_t device_id)
{
    const struct shop *shop = catalogue_shop(set->catalogue, catalogue_newest(set->catalogue));

    return shift_not_open(shop != NULL && shop->drawer_per_person, set_drawer_any(set, device_id));
}

enum sale_verdict sale_open_drawer(struct working_set *set, const struct drawer_state *drawer, struct instant now,
                                   const struct shop *shop, struct sale_rows *rows)
{
    if (drawer == NULL || drawer->till_number == 0)
        return sale_refuse(rows, set->arena, SALE_NOT_A_TILL, NULL, "this device has no drawer");
    if (drawer->shift_id == 0)
        return sale_refuse(rows, set->arena, SALE_SHIFT_NOT_OPEN, NULL, "%s", sale_not_open(set, drawer->device_id));
    rows->number.till = drawer->till_number;
    rows->shift_id = drawer->shift_id;
    rows->at = now;
    rows->business_day = zone_business_day(set->zone, now, (int)shop->day_cutoff_minutes);
    return SALE_OK;
}

/* There is one currency in a shop's books, whatever version of the catalogue a basket names. What was once set up is so in the
 * newest. */
static bool same_currency(const struct shop *one, const struct shop *other)
{
    return strcmp(one->currency, other->currency) == 0 && one->currency_exponent == other->currency_exponent;
}

static enum sale_verdict check_version(struct decision *d)
{
    const struct catalogue *catalogue = d->set->catalogue;
    uint64_t version = d->command->basket.catalogue_version;

    switch (
        catalogue_version_usable(catalogue, version, d->command->offline ? INT64_MIN : d->now.us - VERSION_LIFE_US)) {
    case VERSION_OK:
        break;
    case VERSION_OLD:
        return sale_refuse(d->rows, d->set->arena, SALE_CATALOGUE_OLD, "basket.catalogue_version",
                           "prices have changed since this basket was begun; look at the total again");
    case VERSION_UNKNOWN:
        return sale_refuse(d->rows, d->set->arena, SALE_CATALOGUE_UNKNOWN, "basket.catalogue_version",
                           "there is no catalogue of this version");
    }
    d->shop = catalogue_shop(catalogue, version);
    d->programme = catalogue_programme(catalogue, version);
    if (d->shop == NULL)
        return sale_refuse(d->rows, d->set->arena, SALE_CATALOGUE_UNKNOWN, "basket.catalogue_version",
                           "the shop had not been set up at this version of the catalogue");
    if (!same_currency(d->shop, catalogue_shop(catalogue, catalogue_newest(catalogue))))
        return sale_refuse(d->rows, d->set->arena, SALE_CATALOGUE_OLD, "basket.catalogue_version",
                           "the shop's currency has changed since this basket was begun; look at the total again");
    return SALE_OK;
}

/* What goes with the goods is the catalogue's to say: a basket does not name it. What was printed does, for it holds. */
static enum sale_verdict add_deposits(struct decision *d, struct sale_command *with)
{
    const struct basket *basket = &d->command->basket;

    if (d->command->printed != NULL)
        return SALE_OK;
    for (size_t i = 0; i < basket->line_count; i++)
        if (basket->lines[i].deposit_of != 0)
            return sale_refuse(d->rows, d->set->arena, SALE_BAD_DEPOSIT,
                               arena_format(d->set->arena, "basket.lines[%zu].deposit_of", i),
                               "line %zu: deposits are added to the goods that they go with, and not named", i + 1);
    if (basket->line_count > BASKET_LINES_MAX)
        return SALE_OK; /* refused as that */
    *with = *d->command;
    with->basket.line_count = deposits_add(basket, d->set->catalogue, d->set->arena, &with->basket.lines);
    if (with->basket.line_count > BASKET_LINES_MAX)
        return sale_refuse(d->rows, d->set->arena, SALE_BASKET_TOO_LONG, "basket.lines",
                           "at most %d lines, with the deposits that go with them", BASKET_LINES_MAX);
    d->command = with;
    return SALE_OK;
}

static enum sale_verdict check_basket(struct decision *d)
{
    const struct basket *basket = &d->command->basket;
    bool empty = true;

    if (basket->line_count > BASKET_LINES_MAX)
        return sale_refuse(d->rows, d->set->arena, SALE_BASKET_TOO_LONG, "basket.lines", "at most %d lines",
                           BASKET_LINES_MAX);
    for (size_t i = 0; i < basket->line_count; i++)
        empty = empty && basket->lines[i].voided;
    if (empty)
        return sale_refuse(d->rows, d->set->arena, SALE_BASKET_EMPTY, "basket.lines", "the basket is empty");
    if (basket->reward_count + basket->chosen_count > BASKET_REWARDS_MAX)
        return sale_refuse(d->rows, d->set->arena, SALE_REWARD_NOT_APPLICABLE, "basket.rewards", "at most %d rewards",
                           BASKET_REWARDS_MAX);
    if (basket->reward_count + basket->chosen_count > 0 && basket->member_id == 0)
        return sale_refuse(d->rows, d->set->arena, SALE_REWARD_WITHOUT_MEMBER, "basket.rewards",
                           "points belong to a member: name one");
    d->member = basket->member_id == 0 ? NULL : set_member(d->set, basket->member_id);
    if (basket->member_id != 0 && d->member == NULL && d->command->aim != SALE_TO_PRICE)
        return sale_refuse(d->rows, d->set->arena, SALE_UNKNOWN_MEMBER, "basket.member_id", "no such member");
    return SALE_OK;
}

/* Only of a deposit good, unless it is over. */
static enum sale_verdict check_quantity(struct decision *d, size_t line, const struct product *product)
{
    int64_t milli = d->command->basket.lines[line].quantity_milli;
    bool back = milli < 0 && milli >= -MILLI_MAX && quantity_valid(product, -milli);

    if (quantity_valid(product, milli) || (back && d->command->printed != NULL))
        return SALE_OK;
    if (back && product->deposit_kind != DEPOSIT_GOOD && product->unit == UNIT_PIECE)
        return refuse_line(d, SALE_NOT_A_DEPOSIT, line, "quantity_milli",
                           arena_format(d->set->arena,
                                        product->deposit_kind == DEPOSIT_CHARGE
                                            ? "%s is a charge, which is not taken back"
                                            : "%s is no deposit: it is given back on its receipt",
                                        product->name));
    if (!back)
        return refuse_line(d, SALE_BAD_QUANTITY, line, "quantity_milli",
                           product->unit == UNIT_PIECE ? "the quantity must be of whole pieces, from 1 to 1,000,000"
                                                       : "the quantity must be above 0 and at most 1,000,000");
    if (product->unit != UNIT_PIECE)
        return refuse_line(d, SALE_BAD_QUANTITY, line, "quantity_milli",
                           "the quantity must be above 0 and at most 1,000,000");
    return SALE_OK;
}

/* Runs of spaces are made one. */
static const char *secret_of(const struct decision *d, struct bytes text)
{
    return text_secret(bytes_of_text(text_tidy(d->set->arena, text)));
}

static enum sale_verdict find_product(struct decision *d, size_t line)
{
    const struct basket *basket = &d->command->basket;
    const struct basket_line *asked = &basket->lines[line];
    const struct product *product = catalogue_product(d->set->catalogue, basket->catalogue_version, asked->product_id);

    if (product == NULL)
        return refuse_line(d, SALE_UNKNOWN_PRODUCT, line, "product_id", "no such product");
    enum sale_verdict verdict = check_quantity(d, line, product);
    if (verdict != SALE_OK)
        return verdict;
    bool is_sold = !asked->voided && d->command->printed == NULL;
    if (!product->active && is_sold)
        return refuse_line(d, SALE_PRODUCT_INACTIVE, line, "product_id", "this product is no longer sold");
    if (product->sold_out && is_sold && asked->quantity_milli > 0 && asked->deposit_of == 0)
        return refuse_line(d, SALE_PRODUCT_SOLD_OUT, line, "product_id", "this product is sold out");
    const char *secret = asked->voided ? secret_of(d, asked->void_reason) : NULL;
    if (secret)
        return refuse_line(d, SALE_NO_SECRET_WANTED, line, "void_reason", secret);
    if ((secret = secret_of(d, asked->note)))
        return refuse_line(d, SALE_NO_SECRET_WANTED, line, "note", secret);
    d->lines[line] = (struct priced_line){
        .product = product,
        .quantity_milli = asked->quantity_milli,
        .hot = asked->hot,
        .voided = asked->voided,
        .deposit = product->deposit_kind != DEPOSIT_NONE || asked->deposit_of != 0 || asked->quantity_milli < 0,
        .deposit_of = asked->deposit_of,
    };
    return sale_take_choice(d->command, d->set->catalogue, line, is_sold, d->set->arena, &d->lines[line], d->rows);
}

static enum sale_verdict price_lines(struct decision *d)
{
    size_t count = d->command->basket.line_count;
    int64_t sum = 0;

    d->lines = arena_array(d->set->arena, count, sizeof *d->lines);
    for (size_t i = 0; i < count; i++) {
        enum sale_verdict verdict = find_product(d, i);

        if (verdict != SALE_OK)
            return verdict;
        if (!price_line(&d->lines[i]) || (sum += d->lines[i].gross_minor) > MINOR_MAX || sum < -MINOR_MAX)
            return refuse_line(d, SALE_AMOUNT_OVERFLOW, i, "quantity_milli", "the sum leaves the range of money");
    }
    return SALE_OK;
}

static enum sale_verdict take_rewards(struct decision *d)
{
    const struct basket *basket = &d->command->basket;
    size_t at_reward = 0;

    if (basket->reward_count == 0)
        return SALE_OK;
    if (d->programme == NULL || !reward_lines(d->lines, basket->line_count, d->programme->reward_category_id,
                                              basket->rewards, basket->reward_count, &at_reward))
        return sale_refuse(d->rows, d->set->arena, SALE_REWARD_NOT_APPLICABLE,
                           arena_format(d->set->arena, "basket.rewards[%zu]", at_reward),
                           "reward %zu: no line that it fits", at_reward + 1);
    if (!multiply_checked((int64_t)basket->reward_count, d->programme->reward_cost, &d->rows->points_spent))
        return sale_refuse(d->rows, d->set->arena, SALE_AMOUNT_OVERFLOW, NULL, "the points leave the range");
    return SALE_OK;
}

static enum sale_verdict add_taxes(struct decision *d)
{
    const struct basket *basket = &d->command->basket;
    struct sale_rows *rows = d->rows;
    int64_t total = 0;

    switch (tax_compute(d->set->catalogue, basket->catalogue_version, basket->service, d->shop->prices_include_tax,
                        d->lines, basket->line_count, d->set->arena, &rows->taxes)) {
    case TAX_OK:
        break;
    case TAX_TOO_MANY:
        return sale_refuse(rows, d->set->arena, SALE_BASKET_TOO_LONG, "basket.lines",
                           "the goods have more different taxes than fit on one receipt");
    case TAX_OVERFLOW:
        return sale_refuse(rows, d->set->arena, SALE_AMOUNT_OVERFLOW, NULL, "the tax leaves the range of money");
    }
    for (size_t i = 0; i < basket->line_count; i++)
        total += d->lines[i].total_minor;
    if (!d->shop->prices_include_tax)
        total += rows->taxes.total_minor;
    if (total > MINOR_MAX || total < -MINOR_MAX)
        return sale_refuse(rows, d->set->arena, SALE_AMOUNT_OVERFLOW, NULL, "the sum leaves the range of money");
    rows->total_minor = total;
    rows->tax_minor = rows->taxes.total_minor;
    return SALE_OK;
}

/* What deposits and charges come to, as they were printed. */
static void sum_deposits(struct decision *d)
{
    for (size_t i = 0; i < d->command->basket.line_count; i++)
        if (d->lines[i].deposit && !d->lines[i].voided) {
            d->rows->deposit_minor +=
                d->lines[i].total_minor + (d->shop->prices_include_tax ? 0 : d->lines[i].tax_minor);
            d->rows->deposit_count++;
        }
}

static enum sale_verdict count_points(struct decision *d)
{
    struct sale_rows *rows = d->rows;
    int64_t spendable;

    if (d->member == NULL || d->programme == NULL)
        return SALE_OK;
    if (!member_is_sound(d->member))
        return sale_refuse(
            rows, d->set->arena, SALE_AMOUNT_OVERFLOW, "basket.member_id",
            "the points of this member do not add up as they stand in the books: sell without the member");
    rows->points_gifted = points_birthday(d->programme, d->member, d->today);
    if (!sale_earn(d->command, d->set, d->shop, d->programme, d->member, d->now, d->lines, rows) ||
        rows->points_earned > POINTS_MAX || rows->points_gifted > POINTS_MAX || d->member->points > POINTS_MAX)
        return sale_refuse(rows, d->set->arena, SALE_AMOUNT_OVERFLOW, NULL, "the points leave the range");
    spendable = points_spendable(d->member, d->today) + rows->points_gifted;
    if (rows->points_spent > 0 && rows->points_spent > spendable) /* a debt keeps nobody from buying */
        return sale_refuse(rows, d->set->arena, SALE_POINTS_SHORT, "basket.rewards",
                           "the rewards cost %lld points, and %lld can be spent", (long long)rows->points_spent,
                           (long long)(spendable > 0 ? spendable : 0));
    rows->points_after = spendable - rows->points_spent + rows->points_earned;
    return SALE_OK;
}

static void take_printed(struct decision *d)
{
    d->found_total_minor = d->rows->total_minor;
    d->differs =
        d->command->printed != NULL &&
        sale_take_printed(d->command, d->set->catalogue, d->shop->prices_include_tax, d->lines, d->set->arena, d->rows);
}

static int deposit_flag(const struct priced_line *line)
{
    if (!line->deposit)
        return 0;
    return line->product->deposit_kind == DEPOSIT_CHARGE && line->quantity_milli > 0 ? LINE_CHARGE : LINE_DEPOSIT;
}

static void fill_deposits(struct decision *d)
{
    struct sale_rows *rows = d->rows;

    if (rows->deposit_count == 0)
        return;
    rows->deposits = arena_array(d->set->arena, rows->deposit_count, sizeof *rows->deposits);
    rows->deposit_count = 0;
    for (size_t i = 0; i < rows->line_count; i++) {
        const struct priced_line *line = &d->lines[i];

        if (line->deposit && !line->voided)
            rows->deposits[rows->deposit_count++] = (struct deposit_row){
                .line = (int)i,
                .goods_line = line->deposit_of == 0 ? NO_LINE : (int)line->deposit_of - 1,
                .amount_minor = line->total_minor + (d->shop->prices_include_tax ? 0 : line->tax_minor),
            };
    }
}

/* The lines as rows, the exceptions' room, and the head of the sale. */
static void fill_rows(struct decision *d)
{
    const struct sale_command *command = d->command;
    struct sale_rows *rows = d->rows;

    rows->kind = SALE_SOLD;
    rows->sale_id = command->sale_id;
    rows->shop_id = d->shop->id;
    rows->device_id = command->device_id;
    rows->staff_id = command->staff_id;
    rows->member_id =
        d->member == NULL ? command->basket.member_id : d->member->id; /* who has taken in whom it names */
    rows->number.series = command->series;
    rows->number.number = command->number;
    rows->service = command->basket.service;
    rows->catalogue_version = command->basket.catalogue_version;
    rows->line_count = command->basket.line_count;
    rows->lines = arena_array(d->set->arena, rows->line_count, sizeof *rows->lines);
    rows->exceptions =
        arena_array(d->set->arena, 3 * rows->line_count + EXCEPTIONS_OF_A_SALE, sizeof *rows->exceptions);
    for (size_t i = 0; i < rows->line_count; i++) {
        const struct priced_line *line = &d->lines[i];
        int flags = (line->hot ? LINE_HOT : 0) | (line->voided ? LINE_VOIDED : 0) |
                    (line->rewards > 0 ? LINE_REWARD : 0) | deposit_flag(line);

        rows->lines[i] = (struct sale_line_row){
            .product_id = line->product->id,
            .name = line->product->name,
            .quantity_milli = line->quantity_milli,
            .unit_price_minor =
                command->printed == NULL ? priced_unit_minor(line) : command->printed->lines[i].unit_price_minor,
            .gross_minor = line->gross_minor,
            .discount_minor = line->discount_minor,
            .total_minor = line->total_minor,
            .tax_minor = line->tax_minor,
            .void_reason = line->voided ? command->basket.lines[i].void_reason : (struct bytes){ 0 },
            .note = !line->voided ? command->basket.lines[i].note : (struct bytes){ 0 },
            .refund_line = NO_LINE,
            .unit = line->product->unit,
            .flags = (uint8_t)flags,
        };
    }
    sale_fill_choices(command, d->set->catalogue, d->lines, d->set->arena, rows);
    fill_deposits(d);
    rows->priced = true;
    if (command->printed != NULL)
        sale_list_deposits(command, d->set->catalogue, rows);
    if (d->differs)
        sale_except(rows, EXCEPTION_TOTAL_DIFFERS, NO_LINE, rows->total_minor, d->found_total_minor);
}

/* What a till gave by itself is given: where it was beyond its person's right, that is listed. */
static enum sale_verdict check_right(struct decision *d, bool charged)
{
    struct sale_rows *rows = d->rows;
    enum sale_verdict verdict = sale_check_right(d->command, d->lines, d->set, d->now, charged, rows);

    if (verdict == SALE_OK || d->command->printed == NULL)
        return verdict;
    sale_except(rows, EXCEPTION_DISCOUNT, NO_LINE, rows->needed_ppm, d->command->discount_limit_ppm);
    rows->sentence = rows->field = NULL;
    rows->needed_ppm = 0;
    rows->below_floor = rows->deposit_back = false;
    return SALE_OK;
}

static bool is_over(const struct sale_command *command)
{
    return command->over || command->printed != NULL;
}

static bool has_shift(const struct decision *d)
{
    for (size_t i = 0; i < d->set->shift_count; i++)
        if (d->set->shifts[i].id == d->command->made_shift_id && d->set->shifts[i].device_id == d->command->device_id)
            return true;
    return false;
}

/* The time and the shift that the till claims; neither decides anything, but both must be possible. */
static enum sale_verdict check_claims(struct decision *d)
{
    const struct sale_command *command = d->command;
    struct sale_rows *rows = d->rows;
    bool printed = command->printed != NULL;
    bool is_time = command->made.us == 0 || (command->made.us > 0 && command->made.us <= d->now.us + CLAIM_AHEAD_US &&
                                             (!printed || command->made.us >= d->now.us - CLAIM_BEHIND_US));

    rows->made = command->made.us == 0 || !is_time ? d->now : command->made;
    if (!is_time && printed)
        sale_except(rows, EXCEPTION_TIME, NO_LINE, command->made.us, d->now.us);
    else if (!is_time)
        return sale_refuse(rows, d->set->arena, SALE_BAD_CLAIM, "made_us",
                           "the till says a time that cannot be: set its clock");
    if (command->made_shift_id == 0 || command->made_shift_id == rows->shift_id)
        return SALE_OK;
    if (has_shift(d)) {
        rows->made_shift_id = command->made_shift_id;
        sale_except(rows, EXCEPTION_OTHER_SHIFT, NO_LINE, 0, 0);
        return SALE_OK;
    }
    if (printed) {
        sale_except(rows, EXCEPTION_SHIFT_UNKNOWN, NO_LINE, command->made_shift_id, 0);
        return SALE_OK;
    }
    return sale_refuse(rows, d->set->arena, SALE_BAD_CLAIM, "shift_id", "this till never had such a shift");
}

/* A till that does not know of deposits showed what the goods cost alone. */
static bool shown_without_deposits(const struct decision *d)
{
    int64_t total = d->rows->total_minor;
    bool any = false;

    for (size_t i = 0; i < d->rows->deposit_count; i++) {
        any = any || d->rows->deposits[i].goods_line != NO_LINE;
        if (d->rows->deposits[i].goods_line != NO_LINE)
            total -= d->rows->deposits[i].amount_minor;
    }
    return any && total == d->command->shown_total_minor;
}

static enum sale_verdict check_payment(struct decision *d)
{
    struct sale_rows *rows = d->rows;
    char shown[NUMBER_TEXT], right[NUMBER_TEXT];
    int64_t drawer_after;

    if (d->command->shown_total_minor != rows->total_minor && shown_without_deposits(d))
        return sale_refuse(rows, d->set->arena, SALE_DEPOSIT_NOT_SHOWN, "total_minor",
                           "the till showed %s, without the deposits that go with the goods: it is %s with them; bring "
                           "the till up to date",
                           minor_format(shown, d->command->shown_total_minor, d->shop->currency_exponent),
                           minor_format(right, rows->total_minor, d->shop->currency_exponent));
    if (d->command->shown_total_minor != rows->total_minor)
        return sale_refuse(rows, d->set->arena, SALE_TOTAL_DIFFERS, "total_minor",
                           "the till showed %s, the total is %s",
                           minor_format(shown, d->command->shown_total_minor, d->shop->currency_exponent),
                           minor_format(right, rows->total_minor, d->shop->currency_exponent));
    enum sale_verdict verdict = tenders_settle(d->command, d->set->catalogue, d->shop, d->set->arena, rows);
    if (verdict == SALE_OK)
        verdict = accounts_check(d->command, d->set, d->shop, rows);
    if (verdict == SALE_OK)
        verdict = gift_cards_check(d->command, d->set, d->now, d->shop, rows);
    if (verdict != SALE_OK)
        return verdict;
    if (!add_checked(d->drawer->cash_minor, rows->drawer_minor, &drawer_after) || drawer_after > MINOR_MAX ||
        drawer_after < -MINOR_MAX || !sale_drawer_fits(d->drawer, rows))
        return sale_refuse(rows, d->set->arena, SALE_AMOUNT_OVERFLOW, NULL, "the drawer cannot hold so much");
    return SALE_OK;
}

/* What comes late finds the drawer in which its money lies, as long as that is open. */
static enum sale_verdict find_drawer(struct decision *d)
{
    const struct sale_command *command = d->command;

    d->drawer = NULL;
    if (command->late)
        d->drawer = set_drawer_of_shift(d->set, command->device_id, command->made_shift_id);
    if (d->drawer == NULL)
        d->drawer = set_drawer(d->set, command->device_id, command->staff_id);
    if (command->late && d->drawer != NULL && d->drawer->shift_id == 0)
        d->drawer = set_drawer(d->set, command->device_id, command->brought_by);
    return sale_open_drawer(d->set, d->drawer, d->now, d->shop, d->rows);
}

static enum sale_verdict decide(struct decision *d, struct sale_command *with, bool charged)
{
    enum sale_verdict verdict = check_version(d);

    if (verdict == SALE_OK && d->command->aim != SALE_TO_PRICE)
        verdict = find_drawer(d);
    if (verdict == SALE_OK)
        verdict = add_deposits(d, with);
    if (verdict == SALE_OK)
        verdict = check_basket(d);
    if (verdict == SALE_OK)
        verdict = price_lines(d);
    if (verdict == SALE_OK)
        verdict = take_rewards(d);
    if (verdict == SALE_OK && d->command->basket.chosen_count > 0)
        verdict = sale_take_rewards(d->command, d->programme, d->member, d->lines, d->set->arena, d->rows);
    if (verdict == SALE_OK)
        verdict = sale_take_discounts(d->command, d->set, d->now, d->lines, d->rows);
    if (verdict == SALE_OK)
        verdict = add_taxes(d);
    if (verdict != SALE_OK)
        return verdict;
    take_printed(d);
    sum_deposits(d);
    d->today = zone_day(d->set->zone, d->now);
    verdict = count_points(d);
    if (verdict != SALE_OK)
        return verdict;
    fill_rows(d);
    if (d->member != NULL && d->command->aim != SALE_TO_PRICE)
        verdict = sale_check_allergens(d->command, d->lines, d->member->avoids, d->set->arena, d->rows);
    if (verdict == SALE_OK)
        verdict = check_right(d, charged);
    if (verdict == SALE_OK && d->command->aim == SALE_TO_BOOK)
        verdict = check_claims(d);
    if (verdict == SALE_OK)
        verdict = sale_take_stock(d->command, d->lines, d->set, d->now, charged || is_over(d->command), d->rows);
    if (verdict == SALE_OK && d->command->aim == SALE_TO_BOOK)
        verdict = check_payment(d);
    return verdict;
}

bool sale_drawer_fits(const struct drawer_state *drawer, const struct sale_rows *rows)
{
    int64_t stays = 0; /* of at most TENDERS_MAX, each within the range of money */

    for (size_t i = 0; i < rows->tender_count; i++)
        stays += rows->tenders[i].amount_minor - rows->tenders[i].change_minor;
    return (stays < 0 ? -stays : stays) <= DRAWER_STAYS_MAX / (drawer->sale_count + 1);
}

void sale_apply_drawer(struct drawer_state *drawer, const struct sale_rows *rows)
{
    drawer->cash_minor += rows->drawer_minor;
    drawer->sale_count++;
    drawer->changed = true;
}

/* Everything fits: change the set, so that the next command sees it. */
static void apply(struct decision *d)
{
    struct sale_rows *rows = d->rows;
    struct arena *arena = d->set->arena;
    struct points_rows *points = &rows->points;
    int64_t lot = d->command->new_lot_id;

    sale_apply_stock(d->set, rows);
    sale_apply_drawer(d->drawer, rows);
    sale_apply_approval(rows);
    sale_apply_accounts(d->set, rows);
    sale_apply_gift_cards(d->set, rows);
    sale_apply_coupons(d->set, rows, d->command->basket.member_id);
    if (d->member == NULL)
        return;
    d->member->changed = true; /* a friend who bought something is written, whatever it earned */
    if (d->programme == NULL)
        return;
    /* The gift first: it may be spent at once. What this sale earns may not. */
    points_add(d->member, d->programme, POINTS_BIRTHDAY, rows->points_gifted, d->today, lot, arena, points);
    points_spend(d->member, rows->points_spent, d->today, arena, points);
    points_add(d->member, d->programme, POINTS_EARNED, rows->points_earned, d->today, lot, arena, points);
    if (rows->points_gifted > 0)
        d->member->birthday_year = date_of_day(d->today).year;
}

static bool is_about_the_tenders(enum sale_verdict verdict, const struct sale_rows *rows)
{
    return verdict == SALE_BAD_TENDER || verdict == SALE_UNDERPAID || verdict == SALE_OVERPAID ||
           (verdict >= SALE_UNKNOWN_TENDER_TYPE && verdict <= SALE_GIFT_CARD_OFFLINE) ||
           (verdict == SALE_NO_SECRET_WANTED && strncmp(rows->field, "tenders", strlen("tenders")) == 0);
}

/* Nobody may leave charged and without goods: whatever the reason, the clerk reads what to do about the card, and reads it
 * first: a long sentence is cut at its end. */
static enum sale_verdict card_charged(const struct sale_command *command, const struct working_set *set,
                                      struct sale_rows *rows, enum sale_verdict because)
{
    /* The tenders may be refused before the basket's version is known; a currency's exponent does not change. */
    const struct shop *shop = catalogue_shop(set->catalogue, catalogue_newest(set->catalogue));
    unsigned exponent = shop == NULL ? 0 : shop->currency_exponent;

    rows->sentence =
        arena_format(set->arena, "%s; %s", tenders_to_give_back(command, exponent, set->arena), rows->sentence);
    if (is_about_the_tenders(because, rows))
        return because;
    rows->because = because;
    return SALE_CARD_CHARGED;
}

enum sale_verdict sale_decide(const struct sale_command *command, struct working_set *set, struct instant now,
                              struct sale_rows *rows)
{
    struct decision d = { .command = command, .set = set, .now = now, .rows = rows };
    struct sale_command with;
    const bool charged = tenders_charged(command);
    enum sale_verdict verdict = SALE_OK;

    *rows = (struct sale_rows){ 0 };
    if (command->aim == SALE_TO_BOOK)
        verdict = tenders_check(command, set->arena, rows);
    if (verdict == SALE_OK)
        verdict = decide(&d, &with, charged);
    if (verdict != SALE_OK) /* of a sale that is over, nobody gives anything back */
        return charged && !is_over(command) ? card_charged(command, set, rows, verdict) : verdict;
    if (command->aim == SALE_TO_BOOK)
        apply(&d);
    return SALE_OK;
}

enum sale_verdict sale_refuse_long(const struct sale_command *command, const struct working_set *set,
                                   struct sale_rows *rows)
{
    *rows = (struct sale_rows){ .sentence = "this is more than goes on one receipt: sell it in two" };
    return command->aim == SALE_TO_BOOK && tenders_charged(command) ? card_charged(command, set, rows, SALE_TOO_LONG)
                                                                    : SALE_TOO_LONG;
}
