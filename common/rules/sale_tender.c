/* Paying: first what gives no change, cards and vouchers; cash pays the rest and gets it. Vouchers that may be forfeited come
 * behind all that may not: what is over is theirs. */
#include <inttypes.h>
#include <string.h>

#include "common/base/number.h"
#include "common/base/text.h"
#include "common/rules/sale_parts.h"

static const char *field_of(struct arena *arena, size_t tender, const char *name)
{
    return arena_format(arena, "tenders[%zu].%s", tender, name);
}

static const char *reference_of(const struct tender *tender, struct arena *arena)
{
    return text_tidy(arena, tender->reference);
}

/* Which means of payment; a stranger's number may be none. */
static int64_t type_id_of(const struct tender *tender)
{
    return tender->type_id != 0 ? tender->type_id : tender->kind;
}

static bool is_card(const struct tender *tender)
{
    return type_id_of(tender) == TENDER_TYPE_CARD;
}

/* One approval is one payment, and one voucher. */
static bool came_before(const struct sale_command *command, size_t at, struct arena *arena)
{
    const char *reference = reference_of(&command->tenders[at], arena);

    for (size_t i = 0; i < at; i++)
        if (type_id_of(&command->tenders[i]) == type_id_of(&command->tenders[at]) &&
            !strcmp(reference_of(&command->tenders[i], arena), reference))
            return true;
    return false;
}

static enum sale_verdict check_reference(const struct sale_command *command, size_t i, struct arena *arena,
                                         struct sale_rows *rows)
{
    const struct tender *tender = &command->tenders[i];

    const char *secret = text_secret(bytes_of_text(reference_of(tender, arena)));

    if (secret)
        return sale_refuse(rows, arena, SALE_NO_SECRET_WANTED, field_of(arena, i, "reference"), "tender %zu: %s", i + 1,
                           secret);
    if (!is_card(tender))
        return SALE_OK;
    if (text_is_blank(tender->reference))
        return sale_refuse(rows, arena, SALE_BAD_TENDER, field_of(arena, i, "reference"),
                           "a card tender names the card machine's approval");
    if (came_before(command, i, arena))
        return sale_refuse(rows, arena, SALE_BAD_TENDER, field_of(arena, i, "reference"),
                           "tender %zu has the same approval as one before it", i + 1);
    return SALE_OK;
}

/* By its kind, if it is cash or card; by its type, whatever it is, which a kind that is named as well must fit. */
static bool is_told(const struct tender *tender)
{
    if (tender->type_id == 0)
        return tender->kind == TENDER_CASH || tender->kind == TENDER_CARD;
    if (tender->type_id == TENDER_TYPE_CASH || tender->type_id == TENDER_TYPE_CARD)
        return tender->kind == 0 || tender->kind == tender->type_id;
    return tender->kind != TENDER_CASH && tender->kind != TENDER_CARD;
}

enum sale_verdict tenders_check(const struct sale_command *command, struct arena *arena, struct sale_rows *rows)
{
    if (command->tender_count > TENDERS_MAX)
        return sale_refuse(rows, arena, SALE_BAD_TENDER, "tenders", "at most %d tenders pay a sale", TENDERS_MAX);
    for (size_t i = 0; i < command->tender_count; i++) {
        const struct tender *tender = &command->tenders[i];

        if (!is_told(tender))
            return sale_refuse(rows, arena, SALE_BAD_TENDER, field_of(arena, i, "kind"),
                               "tender %zu is of an unknown kind", i + 1);
        if (tender->amount_minor <= 0 || tender->amount_minor > MINOR_MAX)
            return sale_refuse(rows, arena, SALE_BAD_TENDER, field_of(arena, i, "amount_minor"),
                               "tender %zu must be more than nothing, and within the range of money", i + 1);
        if (tender->tip_minor < 0 || tender->tip_minor > tender->amount_minor)
            return sale_refuse(rows, arena, SALE_BAD_TENDER, field_of(arena, i, "tip_minor"),
                               "the tip in tender %zu must be nothing or more, and not more than the tender", i + 1);
        enum sale_verdict verdict = check_reference(command, i, arena, rows);
        if (verdict != SALE_OK)
            return verdict;
    }
    return SALE_OK;
}

static bool was_charged(const struct sale_command *command, const struct tender *tender)
{
    return command->aim == SALE_TO_BOOK && is_card(tender) && !text_is_blank(tender->reference);
}

bool tenders_charged(const struct sale_command *command)
{
    for (size_t i = 0; i < command->tender_count; i++)
        if (was_charged(command, &command->tenders[i]))
            return true;
    return false;
}

/* A sum that nobody can have charged is refused, and named all the same: as far as the range goes. */
static int64_t sum_charged(const struct sale_command *command, size_t *count)
{
    int64_t sum = 0;

    *count = 0;
    for (size_t i = 0; i < command->tender_count; i++)
        if (was_charged(command, &command->tenders[i])) {
            ++*count;
            if (!add_checked(sum, command->tenders[i].amount_minor, &sum))
                return INT64_MAX;
        }
    return sum;
}

const char *tenders_to_give_back(const struct sale_command *command, unsigned exponent, struct arena *arena)
{
    char amount[NUMBER_TEXT];
    size_t count, named = 0;
    int64_t sum = sum_charged(command, &count);
    const char *words = arena_format(arena, "%s charged: give %s back", count == 1 ? "the card was" : "cards were",
                                     minor_format(amount, sum, exponent));

    for (size_t i = 0; i < command->tender_count; i++) {
        const struct tender *tender = &command->tenders[i];
        const char *reference = reference_of(tender, arena);

        if (!was_charged(command, tender))
            continue;
        if (text_secret(bytes_of_text(reference)))
            reference = "not kept";
        if (count == 1)
            return arena_format(arena, "%s, reference %s", words, reference);
        words = arena_format(arena, "%s%s %s reference %s", words, named++ == 0 ? ":" : ",",
                             minor_format(amount, tender->amount_minor, exponent), reference);
    }
    return words;
}

/* ---- what the shop takes ---- */

/* A till that was never told takes cash and cards, as every shop does. */
static const struct tender_type built_in[] = {
    { .id = TENDER_TYPE_CASH,
      .name = "Cash",
      .permission = "",
      .kind = TENDER_CASH,
      .change = CHANGE_GIVEN,
      .active = true },
    { .id = TENDER_TYPE_CARD,
      .name = "Card",
      .permission = "",
      .kind = TENDER_CARD,
      .change = CHANGE_NONE,
      .active = true },
};

const struct tender_type *tender_type_of(const struct catalogue *catalogue, uint64_t version, int64_t id)
{
    const struct tender_type *type = catalogue_tender_type(catalogue, version, id);

    if (type == NULL && (id == TENDER_TYPE_CASH || id == TENDER_TYPE_CARD))
        type = &built_in[id - 1];
    return type;
}

static int64_t sum_of_type(const struct sale_command *command, int64_t type_id)
{
    int64_t sum = 0; /* at most TENDERS_MAX times the range of money: it fits */

    for (size_t i = 0; i < command->tender_count; i++)
        if (type_id_of(&command->tenders[i]) == type_id)
            sum += command->tenders[i].amount_minor;
    return sum;
}

/* Of a voucher: cards have their approval already, cash has none, an account and a gift card are named otherwise. */
static enum sale_verdict check_number(const struct sale_command *command, size_t i, const struct tender_type *type,
                                      struct arena *arena, struct sale_rows *rows)
{
    if (!type->reference_wanted || type->kind == TENDER_CARD || type->kind == TENDER_CASH ||
        type->kind == TENDER_ACCOUNT || type->kind == TENDER_GIFT_CARD)
        return SALE_OK;
    if (text_is_blank(command->tenders[i].reference))
        return sale_refuse(rows, arena, SALE_BAD_TENDER, field_of(arena, i, "reference"), "%s: its number is asked for",
                           type->name);
    if (came_before(command, i, arena))
        return sale_refuse(rows, arena, SALE_BAD_TENDER, field_of(arena, i, "reference"),
                           "tender %zu has the same number as one before it", i + 1);
    return SALE_OK;
}

static enum sale_verdict check_type(const struct sale_command *command, size_t i, const struct tender_type *type,
                                    const struct shop *shop, struct arena *arena, struct sale_rows *rows)
{
    const struct tender *tender = &command->tenders[i];
    const char *field = field_of(arena, i, "tender_type_id");
    bool asked = command->printed == NULL; /* what a till took by itself is taken */
    char most[NUMBER_TEXT];

    if (type == NULL)
        return sale_refuse(rows, arena, SALE_UNKNOWN_TENDER_TYPE, field, "tender %zu: no such means of payment", i + 1);
    if (tender->kind != 0 && tender->kind != type->kind)
        return sale_refuse(rows, arena, SALE_BAD_TENDER, field_of(arena, i, "kind"), "%s is of another kind",
                           type->name);
    if (asked && !type->active)
        return sale_refuse(rows, arena, SALE_TENDER_INACTIVE, field, "%s is not taken any more", type->name);
    if (asked && *type->permission != '\0' && !role_may(command->role, type->permission))
        return sale_refuse(rows, arena, SALE_TENDER_NOT_ALLOWED, field, "your role does not allow to take %s",
                           type->name);
    if (tender->tip_minor != 0 && type->kind != TENDER_CASH && type->kind != TENDER_CARD)
        return sale_refuse(rows, arena, SALE_BAD_TENDER, field_of(arena, i, "tip_minor"),
                           "%s: a tip is given in cash or by card", type->name);
    if (type->kind == TENDER_HOUSE && command->basket.member_id != 0)
        return sale_refuse(rows, arena, SALE_TENDER_NOT_MEMBER, field,
                           "%s: what the house pays earns no points: take the member off", type->name);
    if (asked && type->limit_minor != 0 && sum_of_type(command, type->id) > type->limit_minor)
        return sale_refuse(rows, arena, SALE_TENDER_LIMIT, field_of(arena, i, "amount_minor"),
                           "%s: at most %s a receipt", type->name,
                           minor_format(most, type->limit_minor, shop->currency_exponent));
    return check_number(command, i, type, arena, rows);
}

/* ---- who pays how much ---- */

/* Sums by what becomes of what is over, without tips. */
struct payment {
    int64_t card, exact, forfeitable, cash; /* exact: the card's, too */
    int64_t cash_tips;
    size_t last_forfeitable, least_forfeitable;
};

static enum sale_verdict take_tenders(const struct sale_command *command, const struct catalogue *catalogue,
                                      const struct shop *shop, struct arena *arena, struct payment *paid,
                                      struct sale_rows *rows)
{
    rows->tenders = arena_array(arena, command->tender_count, sizeof *rows->tenders);
    for (size_t i = 0; i < command->tender_count; i++) {
        const struct tender *tender = &command->tenders[i];
        const struct tender_type *type =
            tender_type_of(catalogue, command->basket.catalogue_version, type_id_of(tender));
        enum sale_verdict verdict = check_type(command, i, type, shop, arena, rows);
        int64_t paying = tender->amount_minor - tender->tip_minor;

        if (verdict != SALE_OK)
            return verdict;
        rows->tenders[i] = (struct tender_row){
            .kind = (enum tender_kind)type->kind,
            .type_id = type->id == TENDER_TYPE_CASH || type->id == TENDER_TYPE_CARD ? 0 : type->id,
            .name = type->name,
            .amount_minor = tender->amount_minor,
            .tip_minor = tender->tip_minor,
            .reference = tender->reference,
        };
        rows->tip_minor += tender->tip_minor;
        if (type->kind == TENDER_CARD)
            paid->card += paying;
        if (type->change == CHANGE_GIVEN) {
            paid->cash += paying;
            paid->cash_tips += tender->tip_minor;
        } else if (type->change == CHANGE_FORFEITED) {
            if (paid->forfeitable == 0 || tender->amount_minor < command->tenders[paid->least_forfeitable].amount_minor)
                paid->least_forfeitable = i;
            paid->last_forfeitable = i;
            paid->forfeitable += tender->amount_minor;
        } else {
            paid->exact += paying;
        }
    }
    rows->tender_count = command->tender_count;
    return SALE_OK;
}

/* Nothing but cash and what is forfeited may be more than is due, and no voucher is forfeited whole. */
static enum sale_verdict check_over(const struct sale_command *command, const struct payment *paid, int64_t over,
                                    struct arena *arena, struct sale_rows *rows)
{
    size_t least = paid->least_forfeitable;

    if (paid->card > rows->total_minor)
        return sale_refuse(rows, arena, SALE_OVERPAID, "tenders", "the card pays more than is due");
    if (paid->exact > rows->total_minor)
        return sale_refuse(rows, arena, SALE_OVERPAID, "tenders",
                           "more is paid than is due, and only cash gives change");
    if (over > 0 && command->tenders[least].amount_minor <= over)
        return sale_refuse(rows, arena, SALE_OVERPAID, field_of(arena, least, "amount_minor"),
                           "%s of tender %zu is not needed: the others pay what is due", rows->tenders[least].name,
                           least + 1);
    if (paid->cash + paid->cash_tips > MINOR_MAX)
        return sale_refuse(rows, arena, SALE_AMOUNT_OVERFLOW, "tenders", "the cash is beyond the range of money");
    return SALE_OK;
}

/* Change comes out of what was handed over last. */
static void give_change(struct sale_rows *rows)
{
    int64_t left = rows->change_minor;

    for (size_t behind = rows->tender_count; behind > 0 && left > 0; behind--) {
        struct tender_row *tender = &rows->tenders[behind - 1];

        if (tender->kind != TENDER_CASH)
            continue;
        int64_t most = tender->amount_minor - tender->tip_minor;
        tender->change_minor = left < most ? left : most;
        left -= tender->change_minor;
    }
}

int64_t cash_due(const struct shop *shop, int64_t minor)
{
    int64_t step = shop->cash_rounding_minor, times = minor;

    if (step > 1)
        multiply_divide(minor, 1, step, &times);
    return step > 1 ? times * step : minor;
}

/* More was taken back than bought: it is paid out of the drawer, and no card is charged less than nothing. */
static enum sale_verdict pay_out(const struct sale_command *command, const struct catalogue *catalogue,
                                 const struct shop *shop, struct arena *arena, struct sale_rows *rows)
{
    const struct tender_type *cash = tender_type_of(catalogue, command->basket.catalogue_version, TENDER_TYPE_CASH);
    int64_t due = cash_due(shop, rows->total_minor);
    char amount[NUMBER_TEXT];

    if (command->tender_count > 0)
        return sale_refuse(rows, arena, SALE_OVERPAID, "tenders", "nothing is to pay: %s are paid out in cash",
                           minor_format(amount, -due, shop->currency_exponent));
    if (!cash->active && command->printed == NULL)
        return sale_refuse(rows, arena, SALE_TENDER_INACTIVE, "tenders",
                           "what is taken back beyond what is bought is paid out in cash, and %s is not taken any more",
                           cash->name);
    rows->rounding_minor = due - rows->total_minor;
    if (due == 0)
        return SALE_OK;
    rows->tenders = arena_array(arena, 1, sizeof *rows->tenders);
    rows->tenders[0] = (struct tender_row){ .kind = TENDER_CASH, .name = cash->name, .amount_minor = due };
    rows->tender_count = 1;
    rows->cash_minor = rows->drawer_minor = due;
    return SALE_OK;
}

enum sale_verdict tenders_settle(const struct sale_command *command, const struct catalogue *catalogue,
                                 const struct shop *shop, struct arena *arena, struct sale_rows *rows)
{
    struct payment paid = { 0 };
    int64_t due = rows->total_minor, others, over;

    if (due < 0)
        return pay_out(command, catalogue, shop, arena, rows);
    enum sale_verdict verdict = take_tenders(command, catalogue, shop, arena, &paid, rows);

    if (verdict != SALE_OK)
        return verdict;
    others = paid.exact + paid.forfeitable;
    over = paid.forfeitable > 0 && others > due ? others - due : 0;
    verdict = check_over(command, &paid, over, arena, rows);
    if (verdict != SALE_OK)
        return verdict;
    others -= over;
    /* Cash pays the rest, which is rounded; where others pay all, and no cash comes, there is nothing to round. */
    if (paid.cash > 0 || others == 0)
        due = others + cash_due(shop, due - others);
    if (others + paid.cash < due)
        return sale_refuse(rows, arena, SALE_UNDERPAID, "tenders", "less was paid than is due");
    if (over > 0)
        rows->tenders[paid.last_forfeitable].forfeited_minor = over;
    rows->forfeited_minor = over;
    rows->rounding_minor = due - rows->total_minor;
    rows->cash_minor = paid.cash + paid.cash_tips;
    rows->change_minor = others + paid.cash - due;
    rows->drawer_minor = rows->cash_minor - rows->change_minor;
    give_change(rows);
    return SALE_OK;
}
