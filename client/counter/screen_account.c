/* Whose account: chosen by typing any part of its name, to pay a sale, to receive money on it, or to see its statement. */
#include "client/counter/counter.h"

#include <stdio.h>
#include <string.h>

static void begin(struct counter *c, enum account_purpose purpose)
{
    struct account_model *m = &c->account;

    explicit_bzero(m, sizeof(*m));
    m->purpose = purpose;
    field_init(&m->query, FIELD_TEXT, 80);
    stage_push(&c->stage, &account_screen);
    accounts_fetch(c);
}

void account_begin(struct counter *c)
{
    if (!c->stage.status.connected)
        stage_say_offline(&c->stage, MESSAGE_BAD,
                          "no connection: what is owed on an account is known to the server alone");
    else
        begin(c, ACCOUNT_TO_RECEIVE);
}

void account_begin_paying(struct counter *c)
{
    if (c->training)
        stage_say(&c->stage, MESSAGE_BAD,
                  "nothing goes on an account in training: accounts are real; pay it otherwise");
    else
        begin(c, ACCOUNT_TO_PAY);
}

static void leave(struct counter *c)
{
    if (stage_top(&c->stage) == &account_screen)
        stage_pop(&c->stage);
    explicit_bzero(&c->account, sizeof(c->account));
}

static const struct account_row_shown *selected(const struct counter *c)
{
    const struct account_model *m = &c->account;

    return m->list.selected < m->match_count ? &m->rows[m->matches[m->list.selected]] : NULL;
}

/* The server has the last word: what is left may be less by then. */
static void charge(struct counter *c, const struct account_row_shown *row)
{
    char left[NUMBER_TEXT];

    if (row->blocked) {
        stage_say(&c->stage, MESSAGE_BAD, "account %u is blocked: nothing goes on it", row->number);
    } else if (row->left_minor < c->pay.ask_minor) {
        stage_say(&c->stage, MESSAGE_BAD, "account %u: %s of its limit are left", row->number,
                  counter_money(c, left, row->left_minor));
    } else {
        struct account_row_shown chosen = *row;

        leave(c);
        accounts_know(c, chosen.id, chosen.name);
        pay_add_account(c, chosen.id, chosen.name);
        explicit_bzero(&chosen, sizeof(chosen));
    }
}

static void enter(void *model)
{
    struct counter *c = model;
    struct account_model *m = &c->account;
    const struct account_row_shown *row = selected(c);

    if (row == NULL && m->busy)
        stage_say(&c->stage, MESSAGE_PLAIN, "the server is asked");
    else if (row == NULL && m->more && !m->asked && m->query.text[0] == '\0')
        accounts_fetch(c);
    else if (row == NULL && m->more && !m->asked)
        accounts_search(c);
    else if (row == NULL)
        stage_say(&c->stage, MESSAGE_BAD, "no account has that in its name");
    else if (m->purpose == ACCOUNT_TO_PAY)
        charge(c, row);
    else
        account_receive_begin(c, row);
}

/* Those that are shown need not be all: the others of that name, or the next ones of them. */
static bool may_look_on(const struct account_model *m)
{
    return !m->busy && m->query.text[0] != '\0' && (m->asked ? m->next_id != 0 : m->more);
}

static void look_on(void *model)
{
    struct counter *c = model;

    if (may_look_on(&c->account))
        accounts_search(c);
}

static const char *look_on_label(const void *model)
{
    const struct account_model *m = &((const struct counter *)model)->account;

    if (!may_look_on(m) || m->match_count == 0)
        return NULL; /* Enter looks */
    return m->asked ? "Next ones" : "Find all";
}

static void statement(void *model)
{
    struct counter *c = model;
    const struct account_row_shown *row = selected(c);

    if (row != NULL && c->account.purpose == ACCOUNT_TO_RECEIVE && counter_may(c, "member_see"))
        account_statement_ask(c, row);
}

static const char *statement_label(const void *model)
{
    const struct counter *c = model;

    return c->account.purpose == ACCOUNT_TO_RECEIVE && c->account.match_count > 0 && counter_may(c, "member_see")
               ? "Statement"
               : NULL;
}

static const char *enter_label(const void *model)
{
    const struct account_model *m = &((const struct counter *)model)->account;

    if (m->match_count == 0)
        return m->more && !m->asked ? "Find" : NULL;
    return m->purpose == ACCOUNT_TO_PAY ? "Charge it" : "Receive";
}

static void back(void *model)
{
    leave(model);
}

static void up(void *model)
{
    list_key(&((struct counter *)model)->account.list, KEY_UP);
}

static void down(void *model)
{
    list_key(&((struct counter *)model)->account.list, KEY_DOWN);
}

static struct field *field(void *model)
{
    return &((struct counter *)model)->account.query;
}

static void changed(void *model)
{
    struct counter *c = model;

    c->account.asked = c->account.searched = false;
    c->account.next_id = 0;
    if (c->account.by_name && c->account.query.text[0] == '\0')
        accounts_fetch(c);
    else
        accounts_narrow(c);
}

/* ---- drawing ---- */

#define SUM_COLUMNS 14

/* "12.00", or "Credit 5.00". */
static void draw_row(const void *model, size_t index, struct area row, enum style style)
{
    const struct counter *c = model;
    const struct account_model *m = &c->account;
    const struct account_row_shown *account = &m->rows[m->matches[index]];
    char owed[NUMBER_TEXT + 8], left[NUMBER_TEXT];

    if (account->balance_minor < 0)
        snprintf(owed, sizeof(owed), "Credit %s", counter_money(c, left, -account->balance_minor));
    else
        counter_money(c, owed, account->balance_minor);
    paint_fill(row, style);
    paint_format(row, 0, 1, 5, ALIGN_RIGHT, style, "%u", account->number);
    paint_text(row, 0, 8, row.columns - 9 - 2 * SUM_COLUMNS, ALIGN_LEFT, style, account->name);
    paint_text(row, 0, row.columns - 1 - 2 * SUM_COLUMNS, SUM_COLUMNS, ALIGN_RIGHT, style, owed);
    if (account->blocked)
        paint_text(row, 0, row.columns - 1 - SUM_COLUMNS, SUM_COLUMNS, ALIGN_RIGHT, style, "blocked");
    else
        paint_text(row, 0, row.columns - 1 - SUM_COLUMNS, SUM_COLUMNS, ALIGN_RIGHT, style,
                   counter_money(c, left, account->left_minor));
}

static const char *heading(const struct account_model *m)
{
    if (m->busy)
        return "Asking the server ...";
    if (m->row_count == 0 && !m->told)
        return "The server has not told them.";
    if (m->row_count == 0 && !m->more)
        return "There is no account yet.";
    if (m->match_count == 0)
        return m->more && !m->asked ? "Enter looks among all of them." : "No account has that in its name.";
    if (m->asked && m->next_id != 0)
        return "There are more: F3 shows them.";
    return m->more && m->query.text[0] == '\0' ? "There are more: type part of the name." : "Account";
}

static void draw(void *model, struct area area)
{
    struct counter *c = model;
    struct account_model *m = &c->account;
    struct area inner = area_columns(area, 2, area.columns - 4);
    char amount[NUMBER_TEXT];

    if (m->purpose == ACCOUNT_TO_PAY)
        paint_format(inner, 1, 0, inner.columns, ALIGN_LEFT, STYLE_STRONG, "Whose account is %s put on?",
                     counter_money(c, amount, c->pay.ask_minor));
    else
        paint_text(inner, 1, 0, inner.columns, ALIGN_LEFT, STYLE_STRONG, "Whose account is it?");
    paint_text(inner, 3, 0, 24, ALIGN_LEFT, STYLE_PLAIN, "Part of the name, number");
    paint_field(inner, 3, 25, inner.columns - 25, &m->query, true);
    paint_text(inner, 5, 8, inner.columns - 9 - 2 * SUM_COLUMNS, ALIGN_LEFT, STYLE_DIM, heading(m));
    paint_text(inner, 5, inner.columns - 1 - 2 * SUM_COLUMNS, SUM_COLUMNS, ALIGN_RIGHT, STYLE_DIM, "Owed");
    paint_text(inner, 5, inner.columns - 1 - SUM_COLUMNS, SUM_COLUMNS, ALIGN_RIGHT, STYLE_DIM, "Left");
    list_draw(&m->list, area_rows(inner, 6, -1), true, draw_row, c);
}

static const struct key keys[] = {
    { KEY_RETURN, NULL, enter, "Take the selected account: charge it, or receive money on it", enter_label },
    { KEY_F(2), NULL, statement, "What was put on it and received, as a statement", statement_label },
    { KEY_F(3), NULL, look_on, "Look among all accounts for what is typed; then the next ones", look_on_label },
    { KEY_ESCAPE, "Back", back, "Back, nothing is charged", NULL },
    { KEY_UP, NULL, up, "The account above", NULL },
    { KEY_DOWN, NULL, down, "The account below", NULL },
    { 0 },
};

const struct screen account_screen = {
    .title = "Accounts",
    .about = "Customers who pay later. Owed is what they have not paid yet, or their credit; left is what may still go "
             "on their account. The office makes accounts and their limits. A look leaves a trace.",
    .keys = keys,
    .draw = draw,
    .field = field,
    .changed = changed,
};
