/* Paying: cards first, for they cannot give change; cash pays the rest and gets it. */
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

/* One approval is one payment. */
static bool came_before(const struct sale_command *command, size_t at, struct arena *arena)
{
    const char *reference = reference_of(&command->tenders[at], arena);

    for (size_t i = 0; i < at; i++)
        if (command->tenders[i].kind == TENDER_CARD && !strcmp(reference_of(&command->tenders[i], arena), reference))
            return true;
    return false;
}

static enum sale_verdict check_reference(const struct sale_command *command, size_t i, struct arena *arena,
                                         struct sale_rows *rows)
{
    const struct tender *tender = &command->tenders[i];

    if (text_has_card_number(bytes_of_text(reference_of(tender, arena))))
        return sale_refuse(rows, arena, SALE_NO_SECRET_WANTED, field_of(arena, i, "reference"),
                           "tender %zu: this looks like a payment card's number: it was not kept", i + 1);
    if (tender->kind != TENDER_CARD)
        return SALE_OK;
    if (text_is_blank(tender->reference))
        return sale_refuse(rows, arena, SALE_BAD_TENDER, field_of(arena, i, "reference"),
                           "a card tender names the card machine's approval");
    if (came_before(command, i, arena))
        return sale_refuse(rows, arena, SALE_BAD_TENDER, field_of(arena, i, "reference"),
                           "tender %zu has the same approval as one before it", i + 1);
    return SALE_OK;
}

enum sale_verdict tenders_check(const struct sale_command *command, struct arena *arena, struct sale_rows *rows)
{
    if (command->tender_count > TENDERS_MAX)
        return sale_refuse(rows, arena, SALE_BAD_TENDER, "tenders", "at most %d tenders pay a sale", TENDERS_MAX);
    for (size_t i = 0; i < command->tender_count; i++) {
        const struct tender *tender = &command->tenders[i];

        if (tender->kind != TENDER_CASH && tender->kind != TENDER_CARD)
            return sale_refuse(rows, arena, SALE_BAD_TENDER, field_of(arena, i, "kind"),
                               "tender %zu is of an unknown kind", i + 1);
        if (tender->amount_minor <= 0 || tender->amount_minor > MINOR_MAX)
            return sale_refuse(rows, arena, SALE_BAD_TENDER, field_of(arena, i, "amount_minor"),
                               "tender %zu must be more than nothing, and within the range of money", i + 1);
        enum sale_verdict verdict = check_reference(command, i, arena, rows);
        if (verdict != SALE_OK)
            return verdict;
    }
    return SALE_OK;
}

static bool was_charged(const struct sale_command *command, const struct tender *tender)
{
    return command->aim == SALE_TO_BOOK && tender->kind == TENDER_CARD && !text_is_blank(tender->reference);
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
        if (text_has_card_number(bytes_of_text(reference)))
            reference = "not kept";
        if (count == 1)
            return arena_format(arena, "%s, reference %s", words, reference);
        words = arena_format(arena, "%s%s %s reference %s", words, named++ == 0 ? ":" : ",",
                             minor_format(amount, tender->amount_minor, exponent), reference);
    }
    return words;
}

static int64_t sum_of(const struct sale_command *command, enum tender_kind kind)
{
    int64_t sum = 0; /* at most TENDERS_MAX times the range of money: it fits */

    for (size_t i = 0; i < command->tender_count; i++)
        if (command->tenders[i].kind == (int)kind)
            sum += command->tenders[i].amount_minor;
    return sum;
}

/* Change comes out of what was handed over last. */
static void give_change(struct sale_rows *rows)
{
    int64_t left = rows->change_minor;

    for (size_t i = rows->tender_count; i-- > 0 && left > 0;) {
        struct tender_row *tender = &rows->tenders[i];

        if (tender->kind != TENDER_CASH)
            continue;
        tender->change_minor = left < tender->amount_minor ? left : tender->amount_minor;
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

enum sale_verdict tenders_settle(const struct sale_command *command, const struct shop *shop, struct arena *arena,
                                 struct sale_rows *rows)
{
    int64_t due = rows->total_minor;
    int64_t by_card = sum_of(command, TENDER_CARD), in_cash = sum_of(command, TENDER_CASH);

    if (by_card > due)
        return sale_refuse(rows, arena, SALE_OVERPAID, "tenders", "the card pays more than is due");
    if (in_cash > MINOR_MAX)
        return sale_refuse(rows, arena, SALE_AMOUNT_OVERFLOW, "tenders", "the cash is beyond the range of money");
    /* Cash pays the rest, which is rounded; where a card pays all, and no cash comes, there is nothing to round. */
    if (in_cash > 0 || by_card == 0)
        due = by_card + cash_due(shop, due - by_card);
    if (by_card + in_cash < due)
        return sale_refuse(rows, arena, SALE_UNDERPAID, "tenders", "less was paid than is due");
    rows->tenders = arena_array(arena, command->tender_count, sizeof *rows->tenders);
    rows->tender_count = command->tender_count;
    for (size_t i = 0; i < command->tender_count; i++)
        rows->tenders[i] = (struct tender_row){
            .kind = (enum tender_kind)command->tenders[i].kind,
            .amount_minor = command->tenders[i].amount_minor,
            .reference = command->tenders[i].reference,
        };
    rows->rounding_minor = due - rows->total_minor;
    rows->cash_minor = in_cash;
    rows->change_minor = by_card + in_cash - due;
    rows->drawer_minor = in_cash - rows->change_minor;
    give_change(rows);
    return SALE_OK;
}
