/* Stored payment methods: tokens, messages, and what becomes of them with their member. */
#include "server/service/payment_message.h"

#include <stdio.h>
#include <string.h>

#include "db/queries.h"
#include "server/service/message.h"

/* ---- tokens: two words of the gateway's, a line each ---- */

struct bytes payment_token_seal(struct vault *vault, int64_t member_id, const struct payment_token *token,
                                struct arena *arena)
{
    const char *text = arena_format(arena, "%s\n%s", token->customer, token->method);

    return vault_seal(vault, member_id, FIELD_MEMBER_PAYMENT, bytes_of_text(text), arena);
}

bool payment_token_open(struct vault *vault, int64_t member_id, struct bytes sealed, struct payment_token *token,
                        struct arena *arena)
{
    struct bytes text = { .data = NULL };
    const uint8_t *end;

    *token = (struct payment_token){ .method = "" };
    if (sealed.size > 0)
        text = vault_unseal(vault, member_id, FIELD_MEMBER_PAYMENT, sealed, arena);
    if (text.data == NULL || (end = memchr(text.data, '\n', text.size)) == NULL)
        return false;
    size_t customer = (size_t)(end - text.data), method = text.size - customer - 1;
    if (customer >= PAYMENT_TOKEN_MAX || method >= PAYMENT_TOKEN_MAX)
        return false;
    memcpy(token->customer, text.data, customer);
    memcpy(token->method, end + 1, method);
    return true;
}

/* ---- how a charge stands ---- */

Caroline__V1__ChargeState charge_state_told(enum charge_state state)
{
    switch (state) {
    case CHARGE_SUCCEEDED:
        return CAROLINE__V1__CHARGE_STATE__CHARGE_LOADED;
    case CHARGE_FAILED:
        return CAROLINE__V1__CHARGE_STATE__CHARGE_DECLINED;
    case CHARGE_REFUNDED:
        return CAROLINE__V1__CHARGE_STATE__CHARGE_REFUNDED;
    case CHARGE_GIVEN_UP:
        return CAROLINE__V1__CHARGE_STATE__CHARGE_GIVEN_UP;
    case CHARGE_MADE:
    case CHARGE_SENT:
    case CHARGE_UNKNOWN:
    case CHARGE_AUTHORISED:
    case CHARGE_CAPTURING:
    case CHARGE_CAPTURED:
    case CHARGE_REFUNDING:
        break;
    }
    return CAROLINE__V1__CHARGE_STATE__CHARGE_UNDER_WAY;
}

/* ---- who asks, and whom it is about ---- */

enum step payment_gateway_wanted(struct call *c)
{
    if (has_gateway(c))
        return STEP_NEXT;
    return refuse(c, REFUSAL(NO_GATEWAY), "this shop keeps no payment cards: the card machine takes them");
}

int64_t payment_member(const struct call *c, uint64_t named)
{
    if (c->member_id != 0)
        return c->member_id;
    return named > INT64_MAX ? -1 : (int64_t)named;
}

enum step payment_member_found(struct call *c, const struct rows *found, int64_t *id)
{
    if (rows_count(found) > 0 && !row_is_null(found, 0, "into_id"))
        return STEP_AGAIN; /* merged into another while this waited: that one is meant */
    if (rows_count(found) > 0)
        *id = row_int(found, 0, "id");
    if (rows_count(found) == 0 || !vault_person_exists(c->vault, *id))
        return refuse_field(c, REFUSAL(UNKNOWN_MEMBER), "member_id", "no member of that id");
    return STEP_NEXT;
}

Caroline__V1__PaymentMethod *payment_method_of(const struct rows *rows, size_t row, const char *id_column,
                                               struct arena *arena)
{
    Caroline__V1__PaymentMethod *method = arena_alloc(arena, sizeof *method);

    caroline__v1__payment_method__init(method);
    PUT(*method, id, (uint64_t)row_int(rows, row, id_column));
    PUT(*method, brand, field_text(row_text(rows, row, "brand")));
    PUT(*method, last_four, field_text(row_text(rows, row, "last_four")));
    PUT(*method, expiry_month, (uint32_t)row_int(rows, row, "expiry_month"));
    PUT(*method, expiry_year, (uint32_t)row_int(rows, row, "expiry_year"));
    PUT(*method, added_us, (uint64_t)row_instant(rows, row, "added_at").us);
    return method;
}

/* ---- gone at the gateway, or over to another ---- */

static void detach(struct call *c, int kind, const char *token)
{
    if (*token)
        ask(c, &sql_gateway_detach_write,
            PARAMS(PARAM_INT(next_id(c)), PARAM_INT(kind), PARAM_TEXT(token), PARAM_INSTANT(c->now)));
}

static bool token_of(struct call *c, const struct rows *rows, size_t row, struct payment_token *token)
{
    return payment_token_open(c->vault, row_int(rows, row, "member_id"), row_bytes(rows, row, "token_sealed"), token,
                              c->txn.arena);
}

void payment_method_detach(struct call *c, const struct rows *rows, size_t row)
{
    struct payment_token token;

    if (token_of(c, rows, row, &token))
        detach(c, 1, token.method);
}

/* Of one customer of the gateway's there may be several cards. */
static bool is_first(struct call *c, const struct rows *methods, size_t row, const struct payment_token *token)
{
    for (size_t i = 0; i < row; i++) {
        struct payment_token other;

        if (token_of(c, methods, i, &other) && strcmp(other.customer, token->customer) == 0)
            return false;
    }
    return true;
}

void payment_methods_erase(struct call *c, int64_t member_id, const struct rows *methods)
{
    for (size_t i = 0; i < rows_count(methods); i++) {
        struct payment_token token;

        if (!token_of(c, methods, i, &token))
            continue;
        detach(c, 1, token.method);
        if (is_first(c, methods, i, &token))
            detach(c, 2, token.customer);
    }
    ask(c, &sql_payment_method_remove_all, PARAMS(PARAM_INT(member_id)));
    ask(c, &sql_payment_setups_end, PARAMS(PARAM_INT(member_id), PARAM_TEXT("erased"), PARAM_INSTANT(c->now)));
    ask(c, &sql_payment_setups_erase, PARAMS(PARAM_INT(member_id), PARAM_INSTANT(c->now)));
    ask(c, &sql_payment_charges_end, PARAMS(PARAM_INT(member_id)));
}

void payment_methods_merge(struct call *c, int64_t into_id, const struct rows *methods)
{
    for (size_t i = 0; i < rows_count(methods); i++) {
        struct payment_token token;

        if (!token_of(c, methods, i, &token)) {
            ask(c, &sql_payment_method_remove, PARAMS(PARAM_INT(row_int(methods, i, "id"))));
            continue;
        }
        struct bytes sealed = payment_token_seal(c->vault, into_id, &token, c->txn.arena);
        ask(c, &sql_payment_method_reseal,
            PARAMS(PARAM_INT(row_int(methods, i, "id")), PARAM_INT(into_id), PARAM_BYTES(sealed)));
    }
}
