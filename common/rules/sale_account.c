/* What of a sale goes on accounts, and comes back to them. */
#include <assert.h>
#include <inttypes.h>

#include "common/base/number.h"
#include "common/rules/sale_parts.h"

static const char *field_of(struct arena *arena, size_t tender)
{
    return arena_format(arena, "tenders[%zu].account_id", tender);
}

/* The account is there, and stands once on the receipt. */
static enum sale_verdict check_named(const struct sale_command *command, size_t at, const struct working_set *set,
                                     struct sale_rows *rows)
{
    int64_t id = command->tenders[at].account_id;

    if (rows->tenders[at].kind != TENDER_ACCOUNT) {
        if (id == 0)
            return SALE_OK;
        return sale_refuse(rows, set->arena, SALE_ACCOUNT_WANTED, field_of(set->arena, at), "%s goes on no account",
                           rows->tenders[at].name);
    }
    if (id == 0)
        return sale_refuse(rows, set->arena, SALE_ACCOUNT_WANTED, field_of(set->arena, at), "%s: say on whose account",
                           rows->tenders[at].name);
    for (size_t i = 0; i < at; i++)
        if (command->tenders[i].account_id == id)
            return sale_refuse(rows, set->arena, SALE_ACCOUNT_WANTED, field_of(set->arena, at),
                               "tender %zu is on the same account as one before it", at + 1);
    if (set_account(set, id) == NULL)
        return sale_refuse(rows, set->arena, SALE_UNKNOWN_ACCOUNT, field_of(set->arena, at),
                           "there is no such account");
    return SALE_OK;
}

static enum sale_verdict check_charge(size_t at, const struct account_state *account, const struct shop *shop,
                                      struct arena *arena, struct sale_rows *rows)
{
    int64_t left_minor = account_left(account);
    char left[NUMBER_TEXT], asked[NUMBER_TEXT];

    switch (account_may(account, ACCOUNT_CHARGED, rows->tenders[at].amount_minor)) {
    case ACCOUNT_OK:
        return SALE_OK;
    case ACCOUNT_IS_BLOCKED:
        return sale_refuse(rows, arena, SALE_ACCOUNT_BLOCKED, field_of(arena, at),
                           "account %" PRIu32 " is blocked: nothing goes on it", account->number);
    case ACCOUNT_OVER_LIMIT:
        return sale_refuse(rows, arena, SALE_ACCOUNT_LIMIT, field_of(arena, at),
                           "account %" PRIu32 ": %s of its limit are left, and not %s", account->number,
                           minor_format(left, left_minor, shop->currency_exponent),
                           minor_format(asked, rows->tenders[at].amount_minor, shop->currency_exponent));
    case ACCOUNT_NO_CREDIT: /* nothing is paid back by a sale */
    case ACCOUNT_OUT_OF_RANGE:
        break;
    }
    return sale_refuse(rows, arena, SALE_AMOUNT_OVERFLOW, field_of(arena, at), "the account cannot owe so much");
}

enum sale_verdict accounts_check(const struct sale_command *command, const struct working_set *set,
                                 const struct shop *shop, struct sale_rows *rows)
{
    /* What is paid out for empties is a tender that nobody named. */
    for (size_t i = 0; i < rows->tender_count && i < command->tender_count; i++) {
        enum sale_verdict verdict = check_named(command, i, set, rows);

        if (verdict != SALE_OK)
            return verdict;
        if (rows->tenders[i].kind != TENDER_ACCOUNT)
            continue;
        const struct account_state *account = set_account(set, command->tenders[i].account_id);
        verdict = check_charge(i, account, shop, set->arena, rows);
        if (verdict != SALE_OK)
            return verdict;
        /* Whatever was typed: papers, drawers and journal know an account by its number. */
        rows->tenders[i].reference = bytes_of_text(arena_format(set->arena, "%" PRIu32, account->number));
        rows->tenders[i].account_id = account->id;
    }
    return SALE_OK;
}

bool sale_accounts_fit(const struct working_set *set, const struct sale_rows *rows)
{
    for (size_t i = 0; i < rows->tender_count; i++) {
        const struct tender_row *tender = &rows->tenders[i];
        const struct account_state *account = tender->account_id == 0 ? NULL : set_account(set, tender->account_id);

        if (account != NULL && account_may(account, ACCOUNT_GIVEN_BACK, -tender->amount_minor) != ACCOUNT_OK)
            return false;
    }
    return true;
}

void sale_apply_accounts(struct working_set *set, struct sale_rows *rows)
{
    for (size_t i = 0; i < rows->tender_count; i++) {
        const struct tender_row *tender = &rows->tenders[i];
        struct account_state *account = tender->account_id == 0 ? NULL : set_account(set, tender->account_id);
        bool back = rows->kind == SALE_REFUND;

        assert((tender->kind == TENDER_ACCOUNT) == (account != NULL));
        if (account == NULL)
            continue;
        if (rows->accounts == NULL)
            rows->accounts = arena_array(set->arena, rows->tender_count, sizeof *rows->accounts);
        rows->accounts[rows->account_count++] =
            account_post(account, back ? ACCOUNT_GIVEN_BACK : ACCOUNT_CHARGED,
                         back ? -tender->amount_minor : tender->amount_minor, (int)i);
    }
}
