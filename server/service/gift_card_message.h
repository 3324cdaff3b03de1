/* A gift card on its way in and out, for the services of gift cards and for sales: rows, messages, codes, and what a till shows
 * for a card that it looked up. */
#ifndef CAROLINE_SERVER_SERVICE_GIFT_CARD_MESSAGE_H
#define CAROLINE_SERVER_SERVICE_GIFT_CARD_MESSAGE_H

#include "common/rules/gift_card.h"
#include "common/rules/sale.h"
#include "proto/gift_card.pb-c.h"
#include "server/call/call.h"

#define GIFT_CARDS_SHOWN      50 /* on a page; the statements ask for one more */
#define GIFT_CARDS_PER_MINUTE 60 /* looked up, or issued under a code that was brought, at one device */

/* Of rows with id, number, last_four, blocked, moved_to, expiry_day, balance_minor and entry_count. */
struct gift_card_state gift_card_state_of(const struct rows *rows, size_t row);
/* heir: the number of the card that has its money; 0: nobody asked, or none. In the arena. */
Caroline__V1__GiftCard *gift_card_message_of(const struct gift_card_state *card, uint32_t heir, struct day today,
                                             struct arena *arena);
/* Null where it pays for ever. */
struct param gift_card_expiry_param(const struct gift_card_state *card);

/* Codes: 16 bytes that find one, and the code of a card that the server makes: a function of its id under a key of the vault, so that
 * an answer that was lost can be given again, and it stands nowhere. */
struct bytes gift_card_blind(struct vault *vault, const char *code, struct arena *arena);
void gift_card_code_of(struct vault *vault, int64_t card_id, char code[GIFT_CARD_CODE_TEXT]);
/* The hash of the code that a card would have if it were one of ours. */
struct bytes gift_card_made_blind(struct call *c, int64_t card_id);
/* Of a repeated command: is it the caller's, who is in its row's staff_id? What is secret in its answer is nobody else's. */
bool gift_card_is_own(const struct call *c, const struct rows *by);
/* The code that a shop brings for a new card, read; *code stays "" where none is given. */
enum step gift_card_code_given(struct call *c, bool given, ProtobufCBinaryData text, char code[GIFT_CARD_CODE_TEXT]);
/* Likewise of a new card, which nobody must be able to guess. */
enum step gift_card_code_brought(struct call *c, bool given, ProtobufCBinaryData text, char code[GIFT_CARD_CODE_TEXT]);
/* Refused: the card of these rows has that code. It leaves a trace, as a look-up does: whoever tries codes learns that one pays. */
enum step gift_card_taken(struct call *c, const struct rows *rows);
/* GIFT_CARD_TOKEN_SIZE bytes: that this device looked the card up. */
struct bytes gift_card_token(struct vault *vault, int64_t device_id, uint32_t number, struct instant at,
                             struct arena *arena);
/* Into the tenders: which card each names, and when this device looked it up; of what is no token of its own nothing. */
void gift_cards_named(struct vault *vault, int64_t device_id, Caroline__V1__Tender *const *messages, size_t count,
                      struct tender *tenders);

/* Why nothing goes onto this card or off it: UNKNOWN_GIFT_CARD where there is none. STEP_NEXT: it may. */
enum step gift_card_refuse(struct call *c, const struct rows *rows, enum gift_card_kind kind, int64_t minor);
/* How it was paid, with its reference: field says which it is about. */
enum step gift_card_reference(struct call *c, enum account_means means, ProtobufCBinaryData given,
                              struct bytes *reference);
/* A reason must be there. */
enum step gift_card_reason(struct call *c, ProtobufCBinaryData given, struct bytes *reason);
/* The entry behind a change, its balance. */
void gift_card_write(struct call *c, const struct gift_card_state *card, const struct gift_card_row *entry,
                     int64_t origin_id);
/* Into the drawer, where it is cash (negative: out of it). */
void gift_card_write_cash(struct call *c, enum account_means means, int64_t payment_id, int64_t shift_id,
                          int64_t amount_minor);
/* Would the drawer leave the range of money? */
bool gift_card_drawer_fits(const struct rows *state, enum account_means means, int64_t amount_minor);

#endif
