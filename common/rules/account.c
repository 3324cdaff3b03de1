/* Accounts: the limit, and what each entry leaves. */
#include "common/rules/account.h"

#include <assert.h>

#include "common/base/number.h"

int64_t account_left(const struct account_state *account)
{
    int64_t left = account->limit_minor - account->balance_minor; /* both within the range of money */

    return account->blocked || left < 0 ? 0 : left;
}

int64_t account_credit(const struct account_state *account)
{
    return account->balance_minor < 0 ? -account->balance_minor : 0;
}

static int64_t signed_of(enum account_kind kind, int64_t minor)
{
    return kind == ACCOUNT_CHARGED || kind == ACCOUNT_PAID_BACK ? minor : -minor;
}

static int64_t lesser(int64_t a, int64_t b)
{
    return a < b ? a : b;
}

/* Of the credit there was, what was not received here goes first. */
static void pay_back(int64_t here[ACCOUNT_BY_TRANSFER + 1], const struct account_payment *payment)
{
    int64_t minor = -payment->amount_minor, older = payment->owed_before_minor < 0 ? -payment->owed_before_minor : 0;

    for (int means = ACCOUNT_BY_CASH; means <= ACCOUNT_BY_TRANSFER; means++)
        older -= lesser(older, here[means]);
    minor -= lesser(minor, older);
    int64_t same = lesser(minor, here[payment->means]);
    here[payment->means] -= same;
    minor -= same;
    for (int means = ACCOUNT_BY_CASH; means <= ACCOUNT_BY_TRANSFER; means++) {
        int64_t other = lesser(minor, here[means]);

        here[means] -= other;
        minor -= other;
    }
}

int64_t account_paid_here(const struct account_payment *payments, size_t count, enum account_means means)
{
    int64_t here[ACCOUNT_BY_TRANSFER + 1] = { 0 };

    for (size_t i = 0; i < count; i++) {
        if (payments[i].amount_minor < 0)
            pay_back(here, &payments[i]);
        else if (payments[i].here &&
                 !add_checked(here[payments[i].means], payments[i].amount_minor, &here[payments[i].means]))
            return 0;
    }
    return here[means];
}

enum account_verdict account_may(const struct account_state *account, enum account_kind kind, int64_t minor)
{
    int64_t after;

    if (kind == ACCOUNT_CHARGED && account->blocked)
        return ACCOUNT_IS_BLOCKED;
    if (kind == ACCOUNT_CHARGED && minor > account_left(account))
        return ACCOUNT_OVER_LIMIT;
    if (kind == ACCOUNT_PAID_BACK && minor > account_credit(account) && minor > account->paid_here_minor)
        return ACCOUNT_NO_CREDIT;
    if (!add_checked(account->balance_minor, signed_of(kind, minor), &after) || after > MINOR_MAX || after < -MINOR_MAX)
        return ACCOUNT_OUT_OF_RANGE;
    return ACCOUNT_OK;
}

struct account_row account_post(struct account_state *account, enum account_kind kind, int64_t minor, int position)
{
    assert(minor > 0 && account_may(account, kind, minor) == ACCOUNT_OK);
    account->balance_minor += signed_of(kind, minor);
    account->entry_count++;
    account->changed = true;
    return (struct account_row){ .account_id = account->id,
                                 .number = account->entry_count,
                                 .kind = kind,
                                 .position = position,
                                 .amount_minor = signed_of(kind, minor),
                                 .balance_minor = account->balance_minor };
}

const char *account_means_name(int means)
{
    static const char *const names[] = {
        [ACCOUNT_BY_CASH] = "cash",
        [ACCOUNT_BY_CARD] = "card",
        [ACCOUNT_BY_TRANSFER] = "transfer",
        [ACCOUNT_BY_GATEWAY] = "stored card",
    };

    return means >= ACCOUNT_BY_CASH && means <= ACCOUNT_BY_GATEWAY ? names[means] : "";
}
