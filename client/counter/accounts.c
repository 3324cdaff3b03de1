/* Accounts at the till: their names in memory, for papers that say numbers, and the list that one is chosen from. */
#include "client/counter/counter.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/base/text.h"

/* ---- names of late ---- */

void accounts_know(struct counter *c, int64_t id, const char *name)
{
    struct account_known *known = &c->accounts_known[c->accounts_known_next];

    for (size_t i = 0; i < ACCOUNTS_KNOWN_MAX; i++)
        if (c->accounts_known[i].id == id)
            known = &c->accounts_known[i];
    if (known == &c->accounts_known[c->accounts_known_next])
        c->accounts_known_next = (c->accounts_known_next + 1) % ACCOUNTS_KNOWN_MAX;
    known->id = id;
    snprintf(known->name, sizeof(known->name), "%s", name);
}

const char *accounts_name(const struct counter *c, int64_t id)
{
    for (size_t i = 0; id != 0 && i < ACCOUNTS_KNOWN_MAX; i++)
        if (c->accounts_known[i].id == id)
            return c->accounts_known[i].name;
    return NULL;
}

struct receipt receipt_with_names(const struct counter *c, const struct receipt *receipt, struct arena *arena)
{
    struct receipt_row *rows = arena_array(arena, 2 * receipt->count + 1, sizeof(*rows));
    size_t count = 0;

    for (size_t i = 0; i < receipt->count; i++) {
        const char *name = accounts_name(c, receipt->rows[i].account_id);

        rows[count++] = receipt->rows[i];
        if (name != NULL)
            rows[count++] = (struct receipt_row){ .kind = RECEIPT_ROW_TEXT, .left = arena_format(arena, "  %s", name) };
    }
    return (struct receipt){ .rows = rows, .count = count };
}

/* ---- the list ---- */

static bool is_number(const char *query)
{
    return strspn(query, "0123456789") == strlen(query);
}

/* Any part of the name, however it is written; digits: the number. */
static bool fits(struct counter *c, const struct account_row_shown *row)
{
    const char *query = c->account.query.text;
    char number[16];

    if (query[0] == '\0' || c->account.searched) /* the server found them by it, word by word */
        return true;
    if (is_number(query)) {
        snprintf(number, sizeof(number), "%u", row->number);
        return strncmp(number, query, strlen(query)) == 0;
    }
    const char *name = text_fold(c->scratch, bytes_of_text(row->name));
    bool found = strstr(name, text_fold(c->scratch, bytes_of_text(query))) != NULL;
    arena_reset(c->scratch);
    return found;
}

void accounts_narrow(struct counter *c)
{
    struct account_model *m = &c->account;

    m->match_count = 0;
    for (size_t i = 0; i < m->row_count; i++)
        if (fits(c, &m->rows[i]))
            m->matches[m->match_count++] = i;
    m->list = (struct list){ .rows = m->list.rows, .count = m->match_count };
    c->stage.dirty = true;
}

static void take_row(struct account_model *m, const Caroline__V1__Account *account)
{
    size_t at = 0;

    while (at < m->row_count && m->rows[at].id != (int64_t)account->id)
        at++;
    if (at == ACCOUNTS_SHOWN_MAX)
        return;
    if (at == m->row_count)
        m->row_count++;
    struct account_row_shown *row = &m->rows[at];
    row->id = (int64_t)account->id;
    row->number = account->number;
    row->balance_minor = account->balance_minor;
    row->left_minor = account->left_minor;
    row->blocked = account->blocked;
    counter_copy(row->name, sizeof(row->name), account->name);
    counter_copy(row->reference, sizeof(row->reference), account->reference);
}

#define ACCOUNT_PAGE  50
#define NUMBER_DIGITS 9

static void ask(struct counter *c, Caroline__V1__AccountList *message);
static void search_on(struct counter *c);

/* By name. Of the pages as many are taken as fit here; what is behind them is one key away. */
static void searched(struct counter *c, const Caroline__V1__AccountListed *listed)
{
    struct account_model *m = &c->account;

    if (!m->searched) /* something else is typed by now */
        return;
    m->next_id = listed->next_id;
    if (m->next_id != 0 && m->row_count + ACCOUNT_PAGE <= ACCOUNTS_SHOWN_MAX)
        search_on(c);
    else
        m->asked = true;
}

static void on_listed(void *owner, const struct link_answer *answer)
{
    struct counter *c = owner;
    struct account_model *m = &c->account;
    Caroline__V1__AccountList next;

    m->busy = false;
    if (!stage_has(&c->stage, &account_screen))
        return;
    if (m->all_wanted) {
        accounts_fetch(c);
        return;
    }
    if (counter_refused(c, answer))
        return;
    m->told = true;
    const Caroline__V1__AccountListed *listed = (const Caroline__V1__AccountListed *)answer->reply;
    for (size_t i = 0; i < listed->n_accounts; i++)
        take_row(m, listed->accounts[i]);
    accounts_narrow(c);
    if (m->by_name) {
        searched(c, listed);
        return;
    }
    m->more = listed->more;
    if (!listed->more || listed->n_accounts == 0 || m->row_count + listed->n_accounts > ACCOUNTS_SHOWN_MAX)
        return;
    caroline__v1__account_list__init(&next);
    next.has_after_number = true;
    next.after_number = listed->accounts[listed->n_accounts - 1]->number;
    m->by_name = false;
    ask(c, &next);
}

static void ask(struct counter *c, Caroline__V1__AccountList *message)
{
    c->account.busy = true;
    counter_call(c, CAROLINE__V1__OP__OP_ACCOUNT_LIST, &message->base, on_listed);
}

void accounts_fetch(struct counter *c)
{
    struct account_model *m = &c->account;
    Caroline__V1__AccountList message;

    m->row_count = 0;
    accounts_narrow(c);
    m->all_wanted = m->busy; /* behind the answer that is on its way */
    if (m->busy)
        return;
    m->by_name = false;
    caroline__v1__account_list__init(&message);
    ask(c, &message);
}

/* There are more than this screen holds: the server looks for how words begin, or for the number. */
static void search_on(struct counter *c)
{
    struct account_model *m = &c->account;
    Caroline__V1__AccountList message;

    caroline__v1__account_list__init(&message);
    message.has_number = is_number(m->query.text) && strlen(m->query.text) <= NUMBER_DIGITS;
    message.has_name = !message.has_number;
    if (message.has_number)
        message.number = (uint32_t)strtoul(m->query.text, NULL, 10);
    else
        message.name = counter_text(m->query.text);
    message.has_after_id = m->next_id != 0;
    message.after_id = m->next_id;
    m->searched = m->by_name = true;
    m->asked = false;
    ask(c, &message);
}

/* Those that are found take the places; behind those that were, the next ones. */
void accounts_search(struct counter *c)
{
    struct account_model *m = &c->account;

    m->row_count = 0;
    if (!m->asked) /* not all that was asked for came: from the first one */
        m->next_id = 0;
    search_on(c);
    accounts_narrow(c);
}
