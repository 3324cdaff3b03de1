/* Selling offline, and booking it afterwards, by the parts of sale.c. */
#include "common/rules/sale_offline.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "common/base/number.h"
#include "common/rules/deposit.h"
#include "common/rules/points_sound.h"
#include "common/rules/sale_parts.h"

#define PLENTY_MILLI INT64_C(500000000000) /* a till does not know the shelf: room for what is taken back */
#define UNKNOWN_TAX  "?"

/* ---- at the till ---- */

static int by_product(const void *a, const void *b)
{
    int64_t left = ((const struct stock_state *)a)->product_id, right = ((const struct stock_state *)b)->product_id;

    return (left > right) - (left < right);
}

/* Every product once, in order. */
static void stock_plenty(const struct basket *basket, struct working_set *set)
{
    size_t kept = 0;

    set->stock = arena_array(set->arena, basket->line_count, sizeof *set->stock);
    for (size_t i = 0; i < basket->line_count; i++)
        set->stock[i] =
            (struct stock_state){ .product_id = basket->lines[i].product_id, .on_hand_milli = PLENTY_MILLI };
    if (basket->line_count > 0)
        qsort(set->stock, basket->line_count, sizeof *set->stock, by_product);
    for (size_t i = 0; i < basket->line_count; i++)
        if (i == 0 || set->stock[i].product_id != set->stock[kept - 1].product_id)
            set->stock[kept++] = set->stock[i];
    set->stock_count = kept;
}

static enum sale_verdict check_offline(const struct sale_command *sale, struct arena *arena, struct sale_rows *rows)
{
    if (sale->basket.reward_count + sale->basket.chosen_count > 0)
        return sale_refuse(rows, arena, SALE_OFFLINE_REWARD, "basket.rewards",
                           "points cannot be spent without a connection: nobody can tell how many there are");
    if (sale->basket.coupon_count > 0)
        return sale_refuse(rows, arena, SALE_COUPON_OFFLINE, "basket.coupons",
                           "no coupon is taken without a connection: nobody can tell whether it was used");
    for (size_t i = 0; i < sale->tender_count; i++) {
        const struct tender *tender = &sale->tenders[i];
        int64_t type = tender->type_id != 0 ? tender->type_id : tender->kind;

        if (tender->kind == TENDER_ACCOUNT || tender->account_id != 0)
            return sale_refuse(
                rows, arena, SALE_ACCOUNT_OFFLINE, arena_format(arena, "tenders[%zu].account_id", i),
                "nothing goes on account without a connection: nobody can tell what is left of its limit");
        if (tender->kind == TENDER_GIFT_CARD || tender->names_gift_card)
            return sale_refuse(rows, arena, SALE_GIFT_CARD_OFFLINE, arena_format(arena, "tenders[%zu].gift_card", i),
                               "no gift card pays without a connection: nobody can tell what is left on it");
        if (type != TENDER_TYPE_CASH && type != TENDER_TYPE_CARD)
            return sale_refuse(rows, arena, SALE_BAD_TENDER, arena_format(arena, "tenders[%zu].tender_type_id", i),
                               "without a connection cash and cards pay, nothing else");
    }
    return SALE_OK;
}

enum sale_verdict sale_offline_sell(const struct sale_command *command, const struct offline_till *till,
                                    struct instant now, struct sale_rows *rows)
{
    struct arena *arena = till->arena;
    struct sale_command sale = *command;
    struct drawer_state drawer = { .device_id = till->device_id,
                                   .till_number = till->till_number,
                                   .shift_id = till->shift_id };
    struct member_state member = { .id = sale.basket.member_id, .lot_capacity = 2 };
    struct working_set set = { .arena = arena,
                               .catalogue = till->catalogue,
                               .zone = till->zone,
                               .drawers = &drawer,
                               .drawer_count = 1,
                               .members = &member,
                               .member_count = 1 };

    member.lots = arena_array(arena, member.lot_capacity, sizeof *member.lots);
    stock_plenty(&sale.basket, &set);
    *rows = (struct sale_rows){ 0 };
    enum sale_verdict verdict = check_offline(&sale, arena, rows);
    if (verdict != SALE_OK)
        return verdict;
    sale.aim = SALE_TO_BOOK;
    sale.series = 'X';
    sale.offline = true;
    sale.printed = NULL;
    sale.approval = (struct bytes){ NULL, 0 };
    sale.device_id = till->device_id;
    sale.made_shift_id = till->shift_id;
    verdict = sale_decide(&sale, &set, now, rows);
    if (verdict == SALE_APPROVAL_NEEDED || rows->because == SALE_APPROVAL_NEEDED)
        rows->sentence = arena_format(arena, "%s, which takes a connection", rows->sentence);
    rows->points_to_come = rows->member_id != 0;
    return verdict;
}

/* ---- what was printed ---- */

static bool is_money(int64_t minor)
{
    return minor >= 0 && minor <= MINOR_MAX;
}

static bool is_sound_line(const struct printed_line *line, const struct basket_line *of)
{
    int64_t gross = 0;

    const int64_t sign = of->quantity_milli < 0 ? -1 : 1; /* taken back */

    if (!is_money(line->unit_price_minor) || of->quantity_milli == 0 || of->quantity_milli > MILLI_MAX ||
        of->quantity_milli < -MILLI_MAX || line->gross_minor == INT64_MIN || line->tax_minor == INT64_MIN ||
        !is_money(sign * line->gross_minor) || !is_money(line->discount_minor) || !is_money(sign * line->tax_minor) ||
        !multiply_divide(line->unit_price_minor, of->quantity_milli, 1000, &gross) || !is_money(sign * gross))
        return false;
    if (of->voided)
        return line->gross_minor == 0 && line->discount_minor == 0 && line->total_minor == 0 && line->tax_minor == 0;
    return gross == line->gross_minor && line->discount_minor <= (sign < 0 ? 0 : line->gross_minor) &&
           line->total_minor == line->gross_minor - line->discount_minor;
}

/* What lines came to, and what was taken back: no less than nothing each. */
struct sides {
    int64_t sold_minor, back_minor;
};

static bool is_within(int64_t minor, const struct sides *sides)
{
    return minor <= sides->sold_minor && minor >= -sides->back_minor;
}

static bool is_sound_tax(const struct sale_printed *printed, size_t at, const struct sides *sides)
{
    const struct tax_row *tax = &printed->taxes[at];

    if (tax->code[0] == '\0' || tax->rate_ppm > DISCOUNT_WHOLE_PPM || !is_within(tax->net_minor, sides) ||
        !is_within(tax->tax_minor, sides))
        return false;
    for (size_t i = 0; i < at; i++)
        if (printed->taxes[i].rate_ppm == tax->rate_ppm && strcmp(printed->taxes[i].code, tax->code) == 0)
            return false;
    return true;
}

/* Sums of what is money each: they stay in range. */
static bool is_sound(const struct sale_printed *printed, const struct basket *basket, bool included)
{
    int64_t gross = 0, total = 0, line_taxes = 0, taxes = 0; /* no tax is more than what is taxed */
    struct sides sides = { 0 };

    if (printed->line_count != basket->line_count || basket->line_count > BASKET_LINES_MAX ||
        printed->tax_count > TAX_ROWS_MAX || !deposits_sound(basket))
        return false;
    for (size_t i = 0; i < printed->line_count; i++) {
        if (!is_sound_line(&printed->lines[i], &basket->lines[i]))
            return false;
        gross += printed->lines[i].gross_minor;
        total += printed->lines[i].total_minor;
        if (printed->lines[i].total_minor < 0)
            sides.back_minor -= printed->lines[i].total_minor;
        else
            sides.sold_minor += printed->lines[i].total_minor;
        line_taxes += printed->lines[i].tax_minor;
    }
    for (size_t i = 0; i < printed->tax_count; i++) {
        if (!is_sound_tax(printed, i, &sides))
            return false;
        taxes += printed->taxes[i].tax_minor;
    }
    return gross <= MINOR_MAX && gross >= -MINOR_MAX && taxes == printed->tax_minor && line_taxes == taxes &&
           is_within(taxes, &sides) && printed->total_minor <= MINOR_MAX && printed->total_minor >= -MINOR_MAX &&
           printed->total_minor == total + (included ? 0 : taxes);
}

/* Of a sound paper: what it cost and its total follow from these. */
static bool same_line(const struct printed_line *printed, const struct priced_line *line)
{
    return printed->unit_price_minor == priced_unit_minor(line) && printed->discount_minor == line->discount_minor &&
           printed->tax_minor == line->tax_minor;
}

static bool same_taxes(const struct sale_printed *printed, const struct taxes *taxes)
{
    if (printed->tax_count != taxes->count)
        return false;
    for (size_t i = 0; i < taxes->count; i++) {
        const struct tax_row *said = &printed->taxes[i], *found = &taxes->rows[i];

        if (strcmp(said->code, found->code) != 0 || said->rate_ppm != found->rate_ppm ||
            said->net_minor != found->net_minor || said->tax_minor != found->tax_minor)
            return false;
    }
    return true;
}

static bool is_same(const struct sale_printed *printed, const struct priced_line *lines, const struct sale_rows *rows)
{
    for (size_t i = 0; i < printed->line_count; i++)
        if (!same_line(&printed->lines[i], &lines[i]))
            return false;
    return same_taxes(printed, &rows->taxes); /* and so the total is */
}

/* What was taken off a line stands as one discount of its own: which of several took how much is not known. */
static void take_printed_discounts(struct priced_line *lines, size_t count, struct arena *arena, struct sale_rows *rows)
{
    struct bytes reason = { NULL, 0 };

    for (size_t i = 0; i < rows->discount_count; i++)
        if (reason.size == 0)
            reason = rows->discounts[i].reason;
    rows->discounts = arena_array(arena, count, sizeof *rows->discounts);
    rows->discount_count = 0;
    for (size_t i = 0; i < count; i++) {
        lines[i].own_minor = lines[i].discount_minor;
        lines[i].of_receipt_minor = 0;
        if (lines[i].discount_minor > 0)
            rows->discounts[rows->discount_count++] = (struct discount_row){
                .line = (int)i, .kind = DISCOUNT_OF_LINE, .amount_minor = lines[i].discount_minor, .reason = reason
            };
    }
}

void sale_list_deposits(const struct sale_command *command, const struct catalogue *catalogue, struct sale_rows *rows)
{
    size_t at;

    if (!deposits_agree(&command->basket, catalogue, command->basket.catalogue_version, &at))
        sale_except(rows, EXCEPTION_DEPOSIT, NO_LINE, (int64_t)at, 0);
}

/* The row of this code and rate; a new one if there is none. */
static struct tax_row *tax_row_of(struct taxes *taxes, const char *code, uint32_t rate_ppm)
{
    for (size_t i = 0; i < taxes->count; i++)
        if (strcmp(taxes->rows[i].code, code) == 0 && taxes->rows[i].rate_ppm == rate_ppm)
            return &taxes->rows[i];
    struct tax_row *row = &taxes->rows[taxes->count++];
    *row = (struct tax_row){ .rate_ppm = rate_ppm };
    memcpy(row->code, code, strlen(code) + 1);
    return row;
}

static bool has_tax(const struct taxes *taxes, const struct tax_row *row)
{
    for (size_t i = 0; i < taxes->count; i++)
        if (strcmp(taxes->rows[i].code, row->code) == 0 && taxes->rows[i].rate_ppm == row->rate_ppm)
            return true;
    return false;
}

/* As printed; those that these goods do not bear, in a catalogue that nobody knows any more, as one: a report lists so many. */
static void name_taxes(const struct sale_printed *printed, const struct taxes *found, struct taxes *taxes)
{
    int64_t most = 0;

    for (size_t i = 0; i < printed->line_count; i++)
        if (printed->lines[i].total_minor > 0)
            most += printed->lines[i].total_minor;
    *taxes = (struct taxes){ .total_minor = printed->tax_minor };
    for (size_t i = 0; i < printed->tax_count; i++) {
        const struct tax_row *tax = &printed->taxes[i];
        struct tax_row *row =
            has_tax(found, tax) ? tax_row_of(taxes, tax->code, tax->rate_ppm) : tax_row_of(taxes, UNKNOWN_TAX, 0);

        row->tax_minor += tax->tax_minor;
        row->net_minor += tax->net_minor;
        if (row->net_minor > most) /* several of the same goods */
            row->net_minor = most;
    }
}

/* Where the lines that bear a tax could not, it is of all. */
static void take_taxes(const struct sale_command *command, const struct catalogue *catalogue, bool included,
                       struct priced_line *lines, struct arena *arena, struct sale_rows *rows)
{
    const struct sale_printed *printed = command->printed;
    const struct taxes found = rows->taxes, none = { 0 };
    uint64_t version = command->basket.catalogue_version;

    name_taxes(printed, &found, &rows->taxes);
    if (!tax_take(catalogue, version, command->basket.service, included, lines, printed->line_count, arena,
                  &rows->taxes)) {
        name_taxes(printed, &none, &rows->taxes);
        tax_take(catalogue, version, command->basket.service, included, lines, printed->line_count, arena,
                 &rows->taxes);
    }
    rows->tax_minor = printed->tax_minor;
}

bool sale_take_printed(const struct sale_command *command, const struct catalogue *catalogue, bool included,
                       struct priced_line *lines, struct arena *arena, struct sale_rows *rows)
{
    const struct sale_printed *printed = command->printed;

    if (is_same(printed, lines, rows))
        return false;
    for (size_t i = 0; i < printed->line_count; i++) {
        lines[i].gross_minor = printed->lines[i].gross_minor;
        lines[i].discount_minor = printed->lines[i].discount_minor;
        lines[i].total_minor = printed->lines[i].total_minor;
    }
    take_printed_discounts(lines, printed->line_count, arena, rows);
    take_taxes(command, catalogue, included, lines, arena, rows);
    rows->total_minor = printed->total_minor;
    return true;
}

/* ---- at the server ---- */

static enum sale_verdict check_number(const struct offline_command *command, const struct working_set *set,
                                      struct sale_rows *rows)
{
    const struct drawer_state *drawer = set_drawer(set, command->sale.device_id, 0);
    struct receipt_number said = { .series = 'X', .number = command->sale.number }, next = said;
    char is[RECEIPT_NUMBER_TEXT], expected[RECEIPT_NUMBER_TEXT];

    said.till = next.till = drawer == NULL ? 0 : drawer->till_number;
    next.number = command->next_number;
    if (said.till == 0)
        return sale_refuse(rows, set->arena, SALE_NOT_A_TILL, NULL, "this device has no drawer");
    if (said.number == next.number)
        return SALE_OK;
    receipt_number_format(expected, next);
    if (said.number < 1)
        return sale_refuse(rows, set->arena, SALE_OFFLINE_NUMBER, "number",
                           "%s is expected next of this till, and this is no number of a receipt", expected);
    receipt_number_format(is, said);
    if (said.number > next.number)
        return sale_refuse(rows, set->arena, SALE_OFFLINE_NUMBER, "number",
                           "%s is expected next of this till, and this is %s", expected, is);
    return sale_refuse(rows, set->arena, SALE_OFFLINE_NUMBER, "number",
                       "%s is booked already, by another command; %s is expected next of this till", is, expected);
}

static const struct staff_state *find_staff(const struct working_set *set, int64_t id)
{
    for (size_t i = 0; i < set->staff_count; i++)
        if (set->staff[i].id == id)
            return &set->staff[i];
    return NULL;
}

static bool knows(const struct catalogue *catalogue, uint64_t version)
{
    return catalogue != NULL && catalogue_version_usable(catalogue, version, INT64_MIN) == VERSION_OK &&
           catalogue_shop(catalogue, version) != NULL;
}

static void list_price(const struct basket_line *line, const struct product *product, const struct catalogue *today,
                       int index, struct sale_rows *rows)
{
    int64_t found_minor = choice_unit_minor(&line->choice, product, today, catalogue_newest(today));

    if (found_minor != rows->lines[index].unit_price_minor)
        sale_except(rows, EXCEPTION_PRICE_CHANGED, index, rows->lines[index].unit_price_minor, found_minor);
}

/* What no version can be is -1, as it is of ids that are none. */
static int64_t said_version(uint64_t version)
{
    return version > INT64_MAX ? -1 : (int64_t)version;
}

/* Goods that cost something else today, or are not sold any more. */
static void list_changes(const struct offline_command *command, const struct catalogue *today, struct sale_rows *rows)
{
    uint64_t newest = catalogue_newest(today);

    for (size_t i = 0; i < rows->line_count; i++) {
        const struct sale_line_row *line = &rows->lines[i];
        const struct product *product = catalogue_product(today, newest, line->product_id);

        if ((line->flags & LINE_VOIDED) != 0)
            continue;
        if (product == NULL || !product->active || product->sold_out)
            sale_except(rows, EXCEPTION_PRODUCT_GONE, (int)i, 0, 0);
        else
            list_price(&command->sale.basket.lines[i], product, today, (int)i, rows);
    }
    if (rows->catalogue_version != command->sale.basket.catalogue_version)
        sale_except(rows, EXCEPTION_VERSION_UNKNOWN, NO_LINE, said_version(command->sale.basket.catalogue_version),
                    (int64_t)rows->catalogue_version);
    if ((rows->member_id == 0 && command->sale.basket.member_id != 0) || command->card_unknown)
        sale_except(rows, EXCEPTION_MEMBER_GONE, NO_LINE, command->sale.basket.member_id,
                    command->card_unknown ? command->card_ends : 0);
    if (rows->staff_id != command->sale.staff_id)
        sale_except(rows, EXCEPTION_PERSON_UNKNOWN, NO_LINE, command->sale.staff_id, rows->staff_id);
}

/* Less than nothing of what is no deposit good in the very catalogue that it names: a till counts below nothing nowhere else, so no
 * till of ours printed it. Where that catalogue is not known, it may have been one. */
static enum sale_verdict check_below_nothing(const struct basket *basket, const struct catalogue *then,
                                             struct arena *arena, struct sale_rows *rows)
{
    for (size_t i = 0; i < basket->line_count; i++) {
        const struct basket_line *line = &basket->lines[i];
        const struct product *product = line->quantity_milli >= 0 || line->voided
                                            ? NULL
                                            : catalogue_product(then, basket->catalogue_version, line->product_id);

        if (product != NULL && !basket_quantity_valid(product, line->quantity_milli))
            return sale_refuse(rows, arena, SALE_OFFLINE_UNSOUND,
                               arena_format(arena, "basket.lines[%zu].quantity_milli", i),
                               "line %zu: no till prints less than nothing of %s", i + 1, product->name);
    }
    return SALE_OK;
}

enum sale_verdict sale_offline_decide(const struct offline_command *command, struct working_set *set,
                                      const struct catalogue *then, struct instant now, struct sale_rows *rows)
{
    struct sale_command sale = command->sale;
    struct working_set past = *set; /* its states are those of the set */
    const struct staff_state *staff = find_staff(set, sale.staff_id);

    *rows = (struct sale_rows){ 0 };
    enum sale_verdict verdict = check_number(command, set, rows);
    if (verdict == SALE_OK)
        verdict = check_offline(&sale, set->arena, rows);
    if (verdict != SALE_OK)
        return verdict;
    bool known = knows(then, sale.basket.catalogue_version);
    if (known)
        past.catalogue = then;
    else
        sale.basket.catalogue_version = catalogue_newest(set->catalogue);
    const struct shop *shop = catalogue_shop(past.catalogue, sale.basket.catalogue_version);
    if (shop != NULL && !is_sound(&command->printed, &sale.basket, shop->prices_include_tax))
        return sale_refuse(rows, set->arena, SALE_OFFLINE_UNSOUND, NULL,
                           "what was printed does not add up: lines, taxes and total");
    if (known)
        verdict = check_below_nothing(&sale.basket, then, set->arena, rows);
    if (verdict != SALE_OK)
        return verdict;
    const struct member_state *member = sale.basket.member_id == 0 ? NULL : set_member(set, sale.basket.member_id);
    sale.basket.member_id = member == NULL || !member_is_sound(member) ? 0 : member->id;
    if (staff == NULL)
        sale.staff_id = command->brought_by;
    const struct role *role =
        catalogue_role(set->catalogue, catalogue_newest(set->catalogue), staff == NULL ? 0 : staff->role_id);
    sale.discount_limit_ppm = role == NULL ? 0 : role_discount_ppm(role);
    /* Nobody has seen who it was: whoever brings it in another's name brings no more than they could have given themselves. */
    if (staff != NULL && sale.staff_id != command->brought_by && command->brought_limit_ppm < sale.discount_limit_ppm)
        sale.discount_limit_ppm = command->brought_limit_ppm;
    sale.aim = SALE_TO_BOOK;
    sale.series = 'X';
    sale.offline = sale.late = true;
    sale.brought_by = command->brought_by;
    sale.approval = (struct bytes){ NULL, 0 };
    sale.printed = &command->printed;
    sale.shown_total_minor = command->printed.total_minor;
    verdict = sale_decide(&sale, &past, now, rows);
    if (verdict != SALE_OK)
        return verdict;
    rows->brought_by = command->brought_by;
    memcpy(rows->record, command->record, sizeof rows->record);
    list_changes(command, set->catalogue, rows);
    if (command->brought_device_id != 0)
        sale_except(rows, EXCEPTION_BROUGHT, NO_LINE, sale.device_id, command->brought_device_id);
    return SALE_OK;
}

bool sale_exception_compares(const struct sale_rows *sale, const struct exception_row *exception)
{
    return sale->number.series == 'X' && exception->kind >= EXCEPTION_PRICE_CHANGED &&
           exception->kind != EXCEPTION_ALLERGEN;
}

/* ---- out of the spool of a till that is dead ---- */

bool sale_rescue_fits(const struct working_set *set, int64_t device_id, int64_t shift_id)
{
    for (size_t i = 0; i < set->shift_count; i++)
        if (set->shifts[i].id == shift_id)
            return set->shifts[i].device_id == device_id;
    return false;
}

enum sale_verdict sale_rescue_decide(const struct sale_command *command, int64_t brought_device_id,
                                     const struct working_set *set, const struct catalogue *then, struct instant now,
                                     struct sale_rows *rows)
{
    struct sale_command sale = *command;
    struct working_set past = *set; /* its states are those of the set */

    if (knows(then, sale.basket.catalogue_version))
        past.catalogue = then;
    sale.aim = SALE_TO_BOOK;
    sale.offline = sale.over = sale.late = true;
    sale.brought_by = sale.staff_id;
    enum sale_verdict verdict = sale_decide(&sale, &past, now, rows);
    if (verdict == SALE_OK)
        sale_except(rows, EXCEPTION_BROUGHT, NO_LINE, sale.device_id, brought_device_id);
    return verdict;
}
