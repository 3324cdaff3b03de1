/* One account: what is owed, and its newest entries, as a statement. Being read leaves a trace. */
#include "common/rules/receipt_number.h"
#include "db/queries.h"
#include "server/service/account_message.h"
#include "server/service/message.h"
#include "server/service/sale_message.h"
#include "server/service/shop_day.h"

struct showing {
    struct rows *account, *entries;
};

static enum step find(struct call *c)
{
    const Caroline__V1__AccountShow *request = (const Caroline__V1__AccountShow *)c->message;
    struct showing *s = c->shared;

    if (!c->catalogue)
        return STEP_FAILED;
    if (request->has_id + request->has_number != 1)
        return refuse_field(c, REFUSAL(BAD_FIELD), "id", "say which account: by its id, or by its number");
    if (request->has_id)
        s->account = ask(c, &sql_account_show, PARAMS(PARAM_INT(request->id > INT64_MAX ? -1 : (int64_t)request->id)));
    else
        s->account = ask(c, &sql_account_show_number, PARAMS(PARAM_INT(request->number)));
    return STEP_NEXT;
}

static enum step find_entries(struct call *c)
{
    const Caroline__V1__AccountShow *request = (const Caroline__V1__AccountShow *)c->message;
    struct showing *s = c->shared;

    if (rows_count(s->account) == 0)
        return refuse_field(c, REFUSAL(UNKNOWN_ACCOUNT), request->has_id ? "id" : "number", "there is no such account");
    s->entries = ask(c, &sql_account_show_entries,
                     PARAMS(PARAM_INT(row_int(s->account, 0, "id")),
                            PARAM_INT(request->has_before_entry ? (int64_t)request->before_entry : INT64_MAX)));
    return STEP_NEXT;
}

static struct account_line line_of(struct call *c, const struct rows *rows, size_t row)
{
    struct account_line line = { .number = row_int(rows, row, "number"),
                                 .amount_minor = row_int(rows, row, "amount_minor"),
                                 .balance_minor = row_int(rows, row, "balance_minor"),
                                 .kind = (enum account_kind)row_int(rows, row, "kind"),
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
    if (!row_is_null(rows, row, "reference"))
        line.reference = row_bytes(rows, row, "reference");
    if (!row_is_null(rows, row, "reason"))
        line.reason = row_bytes(rows, row, "reason");
    return line;
}

static Caroline__V1__AccountEntry *entry_message(struct call *c, const struct rows *rows, size_t row,
                                                 const struct account_line *line)
{
    Caroline__V1__AccountEntry *message = arena_alloc(c->txn.arena, sizeof *message);

    caroline__v1__account_entry__init(message);
    PUT(*message, number, (uint32_t)line->number);
    PUT(*message, kind, (Caroline__V1__AccountEntryKind)line->kind);
    PUT(*message, at_us, (uint64_t)line->at.us);
    PUT(*message, amount_minor, line->amount_minor);
    PUT(*message, balance_minor, line->balance_minor);
    if (line->receipt_number)
        PUT(*message, receipt_number, field_text(line->receipt_number));
    if (line->means)
        PUT(*message, means, (Caroline__V1__AccountMeans)line->means);
    if (!row_is_null(rows, row, "reference"))
        PUT(*message, reference, field_of(row_bytes(rows, row, "reference")));
    if (!row_is_null(rows, row, "reason"))
        PUT(*message, reason, field_of(row_bytes(rows, row, "reason")));
    if (!row_is_null(rows, row, "shop_id"))
        PUT(*message, shop_id, (uint64_t)row_int(rows, row, "shop_id"));
    return message;
}

static enum step reply_with(struct call *c)
{
    const struct showing *s = c->shared;
    const struct shop *shop = catalogue_shop(c->catalogue, catalogue_newest(c->catalogue));
    const struct account_state account = account_state_of(s->account, 0);
    size_t count = rows_count(s->entries) > ACCOUNTS_SHOWN ? ACCOUNTS_SHOWN : rows_count(s->entries);
    struct account_line *lines = arena_array(c->txn.arena, count + 1, sizeof *lines);
    Caroline__V1__AccountShown reply = CAROLINE__V1__ACCOUNT_SHOWN__INIT;

    reply.entries = arena_array(c->txn.arena, count + 1, sizeof *reply.entries);
    for (size_t i = 0; i < count; i++) {
        lines[i] = line_of(c, s->entries, i);
        reply.entries[i] = entry_message(c, s->entries, i, &lines[i]);
    }
    reply.n_entries = count;
    reply.account = account_message_of(c, s->account, 0, true);
    PUT(reply, more, rows_count(s->entries) > ACCOUNTS_SHOWN);
    struct receipt paper = account_statement(&account, lines, count, shop, shop_zone(shop), c->now, c->txn.arena);
    reply.receipt = receipt_message_of(&paper, c->txn.arena);
    journal_note(c, account.id, "account_shown");
    return answer(c, &reply.base);
}

const struct op account_show = {
    .name = "account_show",
    .number = NUMBER(ACCOUNT_SHOW),
    .kind = OP_ACTS,
    .needs = NEEDS_SESSION,
    .permission = PERMISSION_MEMBER_SEE,
    .clients = CLIENT(COUNTER) | CLIENT(ADMIN) | CLIENT(CLI),
    .request = &caroline__v1__account_show__descriptor,
    .reply = &caroline__v1__account_shown__descriptor,
    .shared_size = sizeof(struct showing),
    .stages = { find, find_entries, reply_with },
};
