/* An account on its way in and out, for the services of accounts. */
#ifndef CAROLINE_SERVER_SERVICE_ACCOUNT_MESSAGE_H
#define CAROLINE_SERVER_SERVICE_ACCOUNT_MESSAGE_H

#include "common/rules/account.h"
#include "proto/account.pb-c.h"
#include "server/call/call.h"

#define ACCOUNTS_SHOWN 50 /* on a page; the statements ask for one more */

/* As account_blind.kind. */
enum account_blind { ACCOUNT_BLIND_NAME = 1, ACCOUNT_BLIND_PREFIX = 2 };
/* In the arena. */
struct bytes account_blind_of(struct call *c, enum account_blind kind, struct bytes key);

/* Of rows with id, number, limit_minor, blocked, balance_minor and entry_count. */
struct account_state account_state_of(const struct rows *rows, size_t row);
/* Of rows with the sealed fields, too; note: with it. In the arena. */
Caroline__V1__Account *account_message_of(struct call *c, const struct rows *rows, size_t row, bool note);

#endif
