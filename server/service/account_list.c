/* Accounts by number, by how the words of their name begin, or all of them, page by page. Each one that is read leaves a trace. */
#include "common/base/phone.h"
#include "db/queries.h"
#include "server/service/account_message.h"
#include "server/service/message.h"

struct search {
    struct rows *rows;
};

static enum step find_name(struct call *c, struct bytes name, uint64_t after_id)
{
    struct search *s = c->shared;
    struct bytes *words;
    size_t count = name_search_words(c->txn.arena, name, &words);

    if (count == 0)
        return refuse_field(c, REFUSAL(SEARCH_TOO_SHORT), "name", "give at least two letters of a name");
    struct bytes *blinds = arena_array(c->txn.arena, count, sizeof *blinds);
    for (size_t i = 0; i < count; i++)
        blinds[i] = account_blind_of(c, ACCOUNT_BLIND_PREFIX, words[i]);
    s->rows = ask(c, &sql_account_list_name,
                  PARAMS(PARAM_BYTES(blinds[0]), PARAM_BYTESES(blinds + 1, count - 1), PARAM_INT((int64_t)after_id)));
    return STEP_NEXT;
}

static enum step find(struct call *c)
{
    const Caroline__V1__AccountList *request = (const Caroline__V1__AccountList *)c->message;
    struct search *s = c->shared;

    if (request->has_name + request->has_number + request->has_after_number > 1)
        return refuse_field(c, REFUSAL(BAD_FIELD), "name",
                            "search by one thing: a name or a number; or list them page by page");
    if (request->has_after_id && (!request->has_name || request->after_id > INT64_MAX))
        return refuse_field(c, REFUSAL(BAD_FIELD), "after_id", "a search by name goes on where a page of it ended");
    if (request->has_name)
        return find_name(c, field_bytes(request->name), request->after_id);
    if (request->has_number)
        s->rows = ask(c, &sql_account_show_number, PARAMS(PARAM_INT(request->number)));
    else
        s->rows = ask(c, &sql_account_list_page, PARAMS(PARAM_INT(request->after_number)));
    return STEP_NEXT;
}

static enum step reply_with(struct call *c)
{
    const Caroline__V1__AccountList *request = (const Caroline__V1__AccountList *)c->message;
    const struct search *s = c->shared;
    size_t count = rows_count(s->rows) > ACCOUNTS_SHOWN ? ACCOUNTS_SHOWN : rows_count(s->rows);
    Caroline__V1__AccountListed reply = CAROLINE__V1__ACCOUNT_LISTED__INIT;

    reply.accounts = arena_array(c->txn.arena, count + 1, sizeof *reply.accounts);
    for (size_t i = 0; i < count; i++) {
        Caroline__V1__Account *account = account_message_of(c, s->rows, i, false);
        /* the index knows eight letters of a word; the name itself knows them all */
        if (request->has_name && !name_matches(c->txn.arena, field_bytes(account->name), field_bytes(request->name)))
            continue;
        reply.accounts[reply.n_accounts++] = account;
        journal_note(c, (int64_t)account->id, "account_found");
    }
    PUT(reply, more, rows_count(s->rows) > ACCOUNTS_SHOWN);
    if (reply.more && request->has_name) /* of those that were looked at, shown or not */
        PUT(reply, next_id, (uint64_t)row_int(s->rows, ACCOUNTS_SHOWN - 1, "id"));
    return answer(c, &reply.base);
}

const struct op account_list = {
    .name = "account_list",
    .number = NUMBER(ACCOUNT_LIST),
    .kind = OP_ACTS,
    .needs = NEEDS_SESSION,
    .permission = PERMISSION_SELL,
    .clients = CLIENT(COUNTER) | CLIENT(ADMIN) | CLIENT(CLI),
    .request = &caroline__v1__account_list__descriptor,
    .reply = &caroline__v1__account_listed__descriptor,
    .shared_size = sizeof(struct search),
    .stages = { find, reply_with },
};
