/* One gift card, by its code or its number: what is left on it, and its newest entries. Who brings the code gets the till's word for
 * it, by which the card pays a sale. Being read leaves a trace, and so does a code that no card has. */
#include <string.h>

#include "common/rules/receipt_number.h"
#include "common/base/text.h"
#include "db/queries.h"
#include "server/service/gift_card_message.h"
#include "server/service/message.h"
#include "server/service/sale_message.h"
#include "server/service/shop_day.h"

struct showing {
    bool by_code;
    struct rows *card, *entries, *heir;
};

static enum step find(struct call *c)
{
    const Caroline__V1__GiftCardShow *request = (const Caroline__V1__GiftCardShow *)c->message;
    struct showing *s = c->shared;
    char code[GIFT_CARD_CODE_TEXT];

    if (!c->catalogue)
        return STEP_FAILED;
    if (request->has_code + request->has_number != 1)
        return refuse_field(c, REFUSAL(BAD_FIELD), "code", "say which gift card: by its code, or by its number");
    if (request->has_number) {
        s->card = ask(c, &sql_gift_card_by_number, PARAMS(PARAM_INT(request->number)));
        return STEP_NEXT;
    }
    s->by_code = true;
    enum step step = gift_card_code_given(c, true, request->code, code);
    if (step == STEP_NEXT)
        s->card = ask(c, &sql_gift_card_by_code, PARAMS(PARAM_BYTES(gift_card_blind(c->vault, code, c->txn.arena))));
    explicit_bzero(code, sizeof code);
    return step;
}

static enum step find_entries(struct call *c)
{
    const Caroline__V1__GiftCardShow *request = (const Caroline__V1__GiftCardShow *)c->message;
    struct showing *s = c->shared;

    if (rows_count(s->card) == 0 && s->by_code) {
        journal_note(c, 0, "gift_card_unknown");
        return refuse_and_keep(c, REFUSAL(UNKNOWN_GIFT_CARD), "there is no gift card with that code");
    }
    if (rows_count(s->card) == 0)
        return refuse_field(c, REFUSAL(UNKNOWN_GIFT_CARD), "number", "there is no gift card of that number");
    int64_t id = row_int(s->card, 0, "id");
    s->entries =
        ask(c, &sql_gift_card_entries,
            PARAMS(PARAM_INT(id), PARAM_INT(request->has_before_entry ? (int64_t)request->before_entry : INT64_MAX)));
    if (!row_is_null(s->card, 0, "moved_to"))
        s->heir = ask(c, &sql_gift_card_heir, PARAMS(PARAM_INT(id)));
    return STEP_NEXT;
}

static struct gift_card_line line_of(struct call *c, const struct rows *rows, size_t row)
{
    struct gift_card_line line = { .number = row_int(rows, row, "number"),
                                   .amount_minor = row_int(rows, row, "amount_minor"),
                                   .balance_minor = row_int(rows, row, "balance_minor"),
                                   .kind = (enum gift_card_kind)row_int(rows, row, "kind"),
                                   .at = row_instant(rows, row, "at") };
    char text[RECEIPT_NUMBER_TEXT];

    if (!row_is_null(rows, row, "receipt")) {
        struct receipt_number number = { .till = (uint32_t)row_int(rows, row, "till_number"),
                                         .series = (char)row_int(rows, row, "series"),
                                         .number = row_int(rows, row, "receipt") };
        line.receipt_number = arena_format(c->txn.arena, "%s", receipt_number_format(text, number));
    }
    if (!row_is_null(rows, row, "means"))
        line.means = (enum account_means)row_int(rows, row, "means");
    if (!row_is_null(rows, row, "other_number"))
        line.other_number = (uint32_t)row_int(rows, row, "other_number");
    return line;
}

static Caroline__V1__GiftCardEntry *entry_message(struct call *c, const struct rows *rows, size_t row,
                                                  const struct gift_card_line *line)
{
    Caroline__V1__GiftCardEntry *message = arena_alloc(c->txn.arena, sizeof *message);

    caroline__v1__gift_card_entry__init(message);
    PUT(*message, number, (uint32_t)line->number);
    PUT(*message, kind, (Caroline__V1__GiftCardEntryKind)line->kind);
    PUT(*message, at_us, (uint64_t)line->at.us);
    PUT(*message, amount_minor, line->amount_minor);
    PUT(*message, balance_minor, line->balance_minor);
    if (line->receipt_number)
        PUT(*message, receipt_number, field_text(line->receipt_number));
    if (line->means)
        PUT(*message, means, (Caroline__V1__AccountMeans)line->means);
    if (line->other_number)
        PUT(*message, other_number, line->other_number);
    if (!row_is_null(rows, row, "reference"))
        PUT(*message, reference, field_of(row_bytes(rows, row, "reference")));
    if (!row_is_null(rows, row, "reason"))
        PUT(*message, reason, field_of(row_bytes(rows, row, "reason")));
    if (!row_is_null(rows, row, "shop_id"))
        PUT(*message, shop_id, (uint64_t)row_int(rows, row, "shop_id"));
    if (row_bool(rows, row, "undone"))
        PUT(*message, undone, true);
    return message;
}

static enum step reply_with(struct call *c)
{
    const struct showing *s = c->shared;
    const struct shop *shop = catalogue_shop(c->catalogue, catalogue_newest(c->catalogue));
    const struct gift_card_state card = gift_card_state_of(s->card, 0);
    size_t count = rows_count(s->entries) > GIFT_CARDS_SHOWN ? GIFT_CARDS_SHOWN : rows_count(s->entries);
    uint32_t heir = s->heir && rows_count(s->heir) > 0 ? (uint32_t)row_int(s->heir, 0, "number") : 0;
    struct gift_card_line *lines = arena_array(c->txn.arena, count + 1, sizeof *lines);
    Caroline__V1__GiftCardShown reply = CAROLINE__V1__GIFT_CARD_SHOWN__INIT;

    reply.entries = arena_array(c->txn.arena, count + 1, sizeof *reply.entries);
    for (size_t i = 0; i < count; i++) {
        lines[i] = line_of(c, s->entries, i);
        reply.entries[i] = entry_message(c, s->entries, i, &lines[i]);
    }
    reply.n_entries = count;
    reply.card = gift_card_message_of(&card, heir, shop_today(shop, c->now), c->txn.arena);
    PUT(reply, more, rows_count(s->entries) > GIFT_CARDS_SHOWN);
    struct receipt paper = gift_card_statement(&card, heir, lines, count, shop, shop_zone(shop), c->now, c->txn.arena);
    reply.receipt = receipt_message_of(&paper, c->txn.arena);
    if (s->by_code)
        PUT(reply, pays, field_of(gift_card_token(c->vault, c->device_id, card.number, c->now, c->txn.arena)));
    journal_note(c, card.id, "gift_card_shown");
    return answer(c, &reply.base);
}

const struct op gift_card_show = {
    .name = "gift_card_show",
    .number = NUMBER(GIFT_CARD_SHOW),
    .kind = OP_ACTS,
    .needs = NEEDS_SESSION,
    .permission = PERMISSION_SELL,
    .clients = CLIENT(COUNTER) | CLIENT(ADMIN) | CLIENT(CLI),
    .per_minute = GIFT_CARDS_PER_MINUTE,
    .request = &caroline__v1__gift_card_show__descriptor,
    .reply = &caroline__v1__gift_card_shown__descriptor,
    .shared_size = sizeof(struct showing),
    .stages = { find, find_entries, reply_with },
};
