/* Stored payment methods on their way in and out: whose, their tokens, and the op that books what was paid. */
#ifndef CAROLINE_SERVER_SERVICE_PAYMENT_MESSAGE_H
#define CAROLINE_SERVER_SERVICE_PAYMENT_MESSAGE_H

#include "common/rules/charge.h"
#include "proto/payment.pb-c.h"
#include "server/call/call.h"

#define PAYMENT_METHODS_MAX 20 /* of a member; merging may bring them more */
#define PAYMENT_SETUPS_MAX  3  /* being added at once */
#define PAYMENT_TOKEN_MAX   64 /* with its end */
#define PAYMENTS_PER_MINUTE 60 /* charges, and pages, asked for at one device */
#define CHARGE_MOST_MINOR   INT64_C(99999999)

/* What the gateway calls a member and one of their cards. */
struct payment_token {
    char customer[PAYMENT_TOKEN_MAX], method[PAYMENT_TOKEN_MAX];
};
/* Sealed under the member's key, in the arena. */
struct bytes payment_token_seal(struct vault *vault, int64_t member_id, const struct payment_token *token,
                                struct arena *arena);
/* false: the key is gone, or it is none. */
bool payment_token_open(struct vault *vault, int64_t member_id, struct bytes sealed, struct payment_token *token,
                        struct arena *arena);

/* How it stands, for people. */
Caroline__V1__ChargeState charge_state_told(enum charge_state state);
/* NO_GATEWAY, or STEP_NEXT. */
enum step payment_gateway_wanted(struct call *c);
/* Whom it is about: who the session is of, or whom a person of the staff's names. Never one that there cannot be. */
int64_t payment_member(const struct call *c, uint64_t named);
/* Of rows of sql_member_lock: UNKNOWN_MEMBER, or again where they were merged meanwhile. *id: who they are now. */
enum step payment_member_found(struct call *c, const struct rows *found, int64_t *id);
/* Of rows with brand, last_four, expiry_month, expiry_year and added_at, and its id in that column; in the arena. */
Caroline__V1__PaymentMethod *payment_method_of(const struct rows *rows, size_t row, const char *id_column,
                                               struct arena *arena);
/* Of rows of sql_payment_methods or sql_payment_method_find: it is to be gone at the gateway; for who removes the row. */
void payment_method_detach(struct call *c, const struct rows *rows, size_t row);
/* Of a member who is erased: methods, the customers there, and what was made there for cards that were being added. Behind
 * sql_payment_setups_lock. */
void payment_methods_erase(struct call *c, int64_t member_id, const struct rows *methods);
/* Of two who become one: sealed under the other's key. */
void payment_methods_merge(struct call *c, int64_t into_id, const struct rows *methods);

/* The server's own: what a captured charge is for. Its message is a GiftCardChargeShow. */
extern const struct op gift_card_charge_book;

#endif
