/* Gift cards' rows as states and messages, their codes, and what the services of gift cards have in common. */
#include "server/service/gift_card_message.h"

#include <inttypes.h>
#include <string.h>

#include "common/base/number.h"
#include "common/base/text.h"
#include "db/queries.h"
#include "server/service/message.h"
#include "server/service/shop_day.h"

#define TOKEN_HEAD 16 /* the card's number, and the time */

struct gift_card_state gift_card_state_of(const struct rows *rows, size_t row)
{
    bool expires = !row_is_null(rows, row, "expiry_day");
    struct gift_card_state card = { .id = row_int(rows, row, "id"),
                                    .number = (uint32_t)row_int(rows, row, "number"),
                                    .blocked = row_bool(rows, row, "blocked"),
                                    .expires = expires,
                                    .moved_to = row_is_null(rows, row, "moved_to") ? 0 : row_int(rows, row, "moved_to"),
                                    .balance_minor = row_int(rows, row, "balance_minor"),
                                    .entry_count = row_int(rows, row, "entry_count") };

    if (expires)
        card.expiry = row_day(rows, row, "expiry_day");
    strncpy(card.last_four, row_text(rows, row, "last_four"), sizeof card.last_four - 1);
    return card;
}

Caroline__V1__GiftCard *gift_card_message_of(const struct gift_card_state *card, uint32_t heir, struct day today,
                                             struct arena *arena)
{
    Caroline__V1__GiftCard *message = arena_alloc(arena, sizeof *message);
    char day[DAY_TEXT];

    caroline__v1__gift_card__init(message);
    PUT(*message, id, (uint64_t)card->id);
    PUT(*message, number, card->number);
    PUT(*message, last_four, field_text(arena_text(arena, card->last_four)));
    PUT(*message, balance_minor, card->balance_minor);
    PUT(*message, left_minor, gift_card_left(card, today));
    PUT(*message, blocked, card->blocked);
    PUT(*message, expired, gift_card_expired(card, today));
    if (card->expires)
        PUT(*message, expiry_day, field_text(arena_text(arena, day_format(day, card->expiry))));
    if (heir != 0)
        PUT(*message, moved_to, heir);
    return message;
}

struct param gift_card_expiry_param(const struct gift_card_state *card)
{
    return card->expires ? PARAM_DAY(card->expiry) : PARAM_NULL();
}

/* ---- codes ---- */

struct bytes gift_card_blind(struct vault *vault, const char *code, struct arena *arena)
{
    uint8_t *blind = arena_alloc(arena, BLIND_SIZE);

    vault_blind(vault, BLIND_GIFT_CARD_CODE, bytes_of_text(code), blind);
    return bytes_of(blind, BLIND_SIZE);
}

void gift_card_code_of(struct vault *vault, int64_t card_id, char code[GIFT_CARD_CODE_TEXT])
{
    uint8_t id[8], made[BLIND_SIZE];

    put_u64(id, (uint64_t)card_id);
    vault_blind(vault, BLIND_GIFT_CARD_MADE, bytes_of(id, sizeof id), made);
    gift_card_code_make(made, code);
}

struct bytes gift_card_made_blind(struct call *c, int64_t card_id)
{
    char code[GIFT_CARD_CODE_TEXT];

    gift_card_code_of(c->vault, card_id, code);
    return gift_card_blind(c->vault, code, c->txn.arena);
}

bool gift_card_is_own(const struct call *c, const struct rows *by)
{
    return rows_count(by) > 0 && row_int(by, 0, "staff_id") == c->staff_id;
}

enum step gift_card_code_given(struct call *c, bool given, ProtobufCBinaryData text, char code[GIFT_CARD_CODE_TEXT])
{
    code[0] = '\0';
    if (!given)
        return STEP_NEXT;
    bool reads = gift_card_code_read(field_bytes(text), code);
    /* No payment card's number begins with 9; a group of digits within such a code may look like one. */
    if (reads && code[0] == '9')
        return STEP_NEXT;
    bool is_payment_card = text_has_card_number(field_bytes(text));
    if (reads && !is_payment_card)
        return STEP_NEXT;
    code[0] = '\0';
    if (is_payment_card)
        return refuse_field(c, REFUSAL(NO_SECRET_WANTED), "code",
                            "this looks like a payment card's number: it was not kept");
    return refuse_field(c, REFUSAL(BAD_GIFT_CARD_CODE), "code",
                        "a gift card's code has %d to %d digits, and its check digits fit: scan it again",
                        GIFT_CARD_CODE_LEAST, GIFT_CARD_CODE_MOST);
}

enum step gift_card_code_brought(struct call *c, bool given, ProtobufCBinaryData text, char code[GIFT_CARD_CODE_TEXT])
{
    enum step step = gift_card_code_given(c, given, text, code);

    if (step != STEP_NEXT || !given || !gift_card_code_guessable(code))
        return step;
    code[0] = '\0';
    return refuse_field(c, REFUSAL(BAD_GIFT_CARD_CODE), "code",
                        "that code is guessed at once: take one whose digits nobody can foresee");
}

enum step gift_card_taken(struct call *c, const struct rows *rows)
{
    journal_note(c, row_int(rows, 0, "id"), "gift_card_taken");
    return refuse_and_keep(c, REFUSAL(GIFT_CARD_TAKEN), "there is a gift card with that code: it can be topped up");
}

static void sign_token(struct vault *vault, int64_t device_id, const uint8_t head[TOKEN_HEAD], uint8_t mac[BLIND_SIZE])
{
    uint8_t text[8 + TOKEN_HEAD];

    put_u64(text, (uint64_t)device_id);
    memcpy(text + 8, head, TOKEN_HEAD);
    vault_blind(vault, BLIND_GIFT_CARD_TOKEN, bytes_of(text, sizeof text), mac);
}

struct bytes gift_card_token(struct vault *vault, int64_t device_id, uint32_t number, struct instant at,
                             struct arena *arena)
{
    uint8_t *token = arena_alloc(arena, GIFT_CARD_TOKEN_SIZE);

    put_u64(token, number);
    put_u64(token + 8, (uint64_t)at.us);
    sign_token(vault, device_id, token, token + TOKEN_HEAD);
    return bytes_of(token, GIFT_CARD_TOKEN_SIZE);
}

static bool token_fits(struct vault *vault, int64_t device_id, ProtobufCBinaryData token)
{
    uint8_t mac[BLIND_SIZE], differ = 0;

    if (token.len != GIFT_CARD_TOKEN_SIZE)
        return false;
    sign_token(vault, device_id, token.data, mac);
    for (size_t i = 0; i < BLIND_SIZE; i++)
        differ |= mac[i] ^ token.data[TOKEN_HEAD + i];
    return differ == 0;
}

void gift_cards_named(struct vault *vault, int64_t device_id, Caroline__V1__Tender *const *messages, size_t count,
                      struct tender *tenders)
{
    for (size_t i = 0; i < count; i++) {
        tenders[i].names_gift_card = messages[i]->has_gift_card;
        if (!messages[i]->has_gift_card || !token_fits(vault, device_id, messages[i]->gift_card))
            continue;
        tenders[i].gift_card_number = (int64_t)get_u64(messages[i]->gift_card.data);
        tenders[i].gift_card_seen.us = (int64_t)get_u64(messages[i]->gift_card.data + 8);
    }
}

/* ---- what may be, and what is written ---- */

enum step gift_card_refuse(struct call *c, const struct rows *rows, enum gift_card_kind kind, int64_t minor)
{
    const struct shop *shop = catalogue_shop(c->catalogue, catalogue_newest(c->catalogue));
    char text[NUMBER_TEXT], day[DAY_TEXT];

    if (rows_count(rows) == 0)
        return refuse_field(c, REFUSAL(UNKNOWN_GIFT_CARD), "number", "there is no gift card of that number");
    const struct gift_card_state card = gift_card_state_of(rows, 0);
    switch (gift_card_may(&card, kind, minor, shop_today(shop, c->now))) {
    case GIFT_CARD_OK:
        break;
    case GIFT_CARD_IS_MOVED:
        return refuse_field(c, REFUSAL(GIFT_CARD_MOVED), "number",
                            "gift card %" PRIu32 " was lost: another has its money", card.number);
    case GIFT_CARD_IS_BLOCKED:
        return refuse_field(c, REFUSAL(GIFT_CARD_BLOCKED), "number", "gift card %" PRIu32 " is blocked", card.number);
    case GIFT_CARD_IS_EXPIRED:
        return refuse_field(c, REFUSAL(GIFT_CARD_EXPIRED), "number",
                            "gift card %" PRIu32 " paid until %s: a manager can give it more time", card.number,
                            day_format(day, card.expiry));
    case GIFT_CARD_IS_SHORT:
        return refuse_field(c, REFUSAL(GIFT_CARD_BALANCE), "number", "gift card %" PRIu32 ": %s are left on it",
                            card.number, minor_format(text, card.balance_minor, shop->currency_exponent));
    case GIFT_CARD_OUT_OF_RANGE:
        return refuse_field(c, REFUSAL(AMOUNT_OVERFLOW), "amount_minor", "a gift card cannot hold so much");
    }
    return STEP_NEXT;
}

enum step gift_card_reference(struct call *c, enum account_means means, ProtobufCBinaryData given,
                              struct bytes *reference)
{
    *reference = bytes_of_text(text_tidy(c->txn.arena, field_bytes(given)));
    if (text_secret(*reference))
        return refuse_field(c, REFUSAL(NO_SECRET_WANTED), "reference", "%s", text_secret(*reference));
    if ((means == ACCOUNT_BY_CASH) != text_is_blank(*reference))
        return refuse_field(c, REFUSAL(BAD_GIFT_CARD_PAYMENT), "reference",
                            means == ACCOUNT_BY_CASH ? "cash has no reference"
                                                     : "a card has the card machine's approval, a transfer the bank's");
    if (text_is_blank(*reference))
        *reference = bytes_of(NULL, 0); /* what nobody sees is none */
    return STEP_NEXT;
}

enum step gift_card_reason(struct call *c, ProtobufCBinaryData given, struct bytes *reason)
{
    *reason = bytes_of_text(text_tidy(c->txn.arena, field_bytes(given)));
    if (text_secret(*reason))
        return refuse_field(c, REFUSAL(NO_SECRET_WANTED), "reason", "%s", text_secret(*reason));
    if (text_is_blank(*reason))
        return refuse_field(c, REFUSAL(BAD_GIFT_CARD_CHANGE), "reason", "this is done with a reason only");
    return STEP_NEXT;
}

void gift_card_write(struct call *c, const struct gift_card_state *card, const struct gift_card_row *entry,
                     int64_t origin_id)
{
    ask(c, &sql_gift_card_entry_insert,
        PARAMS(PARAM_INT(card->id), PARAM_INT(entry->number), PARAM_INT(entry->kind), PARAM_INT(origin_id),
               PARAM_INT(entry->position), PARAM_INT(entry->amount_minor), PARAM_INT(entry->balance_minor),
               PARAM_INSTANT(c->now)));
}

bool gift_card_drawer_fits(const struct rows *state, enum account_means means, int64_t amount_minor)
{
    int64_t cash_minor = row_int(state, 0, "cash_minor") + (means == ACCOUNT_BY_CASH ? amount_minor : 0);

    return cash_minor <= MINOR_MAX && cash_minor >= -MINOR_MAX;
}

void gift_card_write_cash(struct call *c, enum account_means means, int64_t payment_id, int64_t shift_id,
                          int64_t amount_minor)
{
    if (means != ACCOUNT_BY_CASH)
        return;
    ask(c, &sql_shift_move_entry,
        PARAMS(PARAM_INT(payment_id), PARAM_INT(DRAWER_GIFT_CARD), PARAM_INT(shift_id), PARAM_INT(amount_minor),
               PARAM_INSTANT(c->now)));
    ask(c, &sql_shift_move_drawer, PARAMS(PARAM_INT(c->device_id), PARAM_INT(amount_minor), PARAM_INT(shift_id)));
}
