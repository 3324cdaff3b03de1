/* Money received on an account: how, how much, by which reference; and its paper, or a statement, on the screen. */
#include "client/counter/counter.h"

#include <stdio.h>
#include <string.h>

#include "common/wire/walker.h"

#define MEANS(name) CAROLINE__V1__ACCOUNT_MEANS__ACCOUNT_##name

/* ---- the paper ---- */

static void show_paper(struct counter *c, const Caroline__V1__Receipt *document, bool statement, int64_t balance_minor)
{
    struct account_paper_model *m = &c->account_paper;

    receipt_fini(&m->paper);
    m->statement = statement;
    m->printed = m->more = false;
    m->balance_minor = balance_minor;
    m->document = (struct bytes){ NULL, 0 };
    if (document != NULL) {
        receipt_take_document(c, &m->paper, document);
        m->document = message_encode(&document->base, m->paper.arena);
    }
    if (!stage_has(&c->stage, &account_paper_screen))
        stage_push(&c->stage, &account_paper_screen);
    c->stage.dirty = true;
}

/* The same with COPY above it. */
static Caroline__V1__Receipt copy_of(struct counter *c, const Caroline__V1__Receipt *document)
{
    Caroline__V1__Receipt copy = *document;
    Caroline__V1__ReceiptRow *mark = arena_alloc(c->scratch, sizeof(*mark));

    caroline__v1__receipt_row__init(mark);
    mark->has_kind = mark->has_left = true;
    mark->kind = CAROLINE__V1__RECEIPT_ROW_KIND__ROW_TITLE;
    mark->left = counter_text("COPY");
    copy.rows = arena_array(c->scratch, document->n_rows + 1, sizeof(*copy.rows));
    copy.rows[0] = mark;
    for (size_t i = 0; i < document->n_rows; i++)
        copy.rows[i + 1] = document->rows[i];
    copy.n_rows++;
    return copy;
}

static void print_paper(struct counter *c, const Caroline__V1__Receipt *document)
{
    struct account_paper_model *m = &c->account_paper;
    Caroline__V1__Receipt copy = copy_of(c, document);
    bool is_copy = m->printed && !m->statement;
    char key[64];

    /* Each one that is asked for is another paper. */
    snprintf(key, sizeof(key), "account at %lld", (long long)link_now(c->link).us);
    if (!printing_put(c, key, is_copy ? &copy : document))
        return;
    stage_say(&c->stage, MESSAGE_GOOD, "it goes to the printer%s", is_copy ? ", marked as a copy" : "");
    m->printed = true;
}

/* ---- a statement ---- */

static void on_shown(void *owner, const struct link_answer *answer)
{
    struct counter *c = owner;

    if ((stage_top(&c->stage) != &account_screen && stage_top(&c->stage) != &account_paper_screen) ||
        counter_refused(c, answer))
        return;
    const Caroline__V1__AccountShown *shown = (const Caroline__V1__AccountShown *)answer->reply;
    if (shown->account == NULL)
        return;
    char name[MEMBER_NAME_SIZE];
    counter_copy(name, sizeof(name), shown->account->name);
    accounts_know(c, (int64_t)shown->account->id, name);
    show_paper(c, shown->receipt, true, shown->account->balance_minor);
    c->account_paper.account_id = (int64_t)shown->account->id;
    c->account_paper.more = shown->more && shown->n_entries > 0;
    c->account_paper.oldest = c->account_paper.more ? shown->entries[shown->n_entries - 1]->number : 0;
    explicit_bzero(name, sizeof(name));
}

static void ask_statement(struct counter *c, int64_t id, uint32_t before)
{
    Caroline__V1__AccountShow message;

    caroline__v1__account_show__init(&message);
    message.has_id = true;
    message.id = (uint64_t)id;
    message.has_before_entry = before != 0;
    message.before_entry = before;
    counter_call(c, CAROLINE__V1__OP__OP_ACCOUNT_SHOW, &message.base, on_shown);
}

void account_statement_ask(struct counter *c, const struct account_row_shown *row)
{
    ask_statement(c, row->id, 0);
}

/* ---- the form ---- */

void account_receive_begin(struct counter *c, const struct account_row_shown *row)
{
    struct account_receive_model *m = &c->account_receive;

    memset(m, 0, sizeof(*m));
    m->account = *row;
    m->means = MEANS(CASH);
    field_init(&m->amount, FIELD_AMOUNT, 14);
    field_init(&m->reference, FIELD_TEXT, 40);
    form_init(&m->form);
    form_add(&m->form, &m->amount, "How much", NULL);
    form_add(&m->form, &m->reference, "Reference", NULL);
    stage_push(&c->stage, &account_receive_screen);
}

static void leave(struct counter *c)
{
    if (stage_top(&c->stage) == &account_receive_screen)
        stage_pop(&c->stage);
    explicit_bzero(&c->account_receive, sizeof(c->account_receive));
}

/* With the list that led here: what it says of the account may be over. */
static void leave_all(struct counter *c)
{
    leave(c);
    if (stage_top(&c->stage) == &account_screen)
        stage_pop(&c->stage);
}

static void on_received(void *owner, const struct link_answer *answer)
{
    struct counter *c = owner;
    struct account_receive_model *m = &c->account_receive;
    bool drawer = m->means == MEANS(CASH);

    m->busy = false;
    if (counter_refused(c, answer))
        return;
    const Caroline__V1__AccountReceived *reply = (const Caroline__V1__AccountReceived *)answer->reply;
    if (drawer)
        printing_kick(c);
    char key[64], amount[NUMBER_TEXT];
    stage_say(&c->stage, MESSAGE_GOOD, "%s are received on account %u", counter_money(c, amount, m->amount_minor),
              reply->account_number);
    snprintf(key, sizeof(key), "account %u/%u", reply->account_number, reply->number);
    bool printed = printing_put(c, key, reply->receipt);
    if (stage_top(&c->stage) != &account_receive_screen)
        return;
    leave(c);
    if (stage_top(&c->stage) == &account_screen) /* what it says of the account is over */
        stage_pop(&c->stage);
    show_paper(c, reply->receipt, false, reply->balance_minor);
    c->account_paper.printed = printed;
}

static void send(void *model)
{
    struct counter *c = model;
    struct account_receive_model *m = &c->account_receive;
    Caroline__V1__AccountReceive message;
    char amount[NUMBER_TEXT];

    caroline__v1__account_receive__init(&message);
    message.has_account_id = message.has_means = message.has_amount_minor = true;
    message.account_id = (uint64_t)m->account.id;
    message.means = m->means;
    message.amount_minor = m->amount_minor;
    message.has_reference = m->means != MEANS(CASH);
    message.reference = counter_text(m->reference.text);
    accounts_know(c, m->account.id, m->account.name);
    struct waiting waiting = { .busy = &m->busy,
                               .answered = on_received,
                               .leave = leave_all,
                               .what = "the money on an account",
                               .drawer = m->means == MEANS(CASH) };
    waiting_name(&waiting, "%s on account %u", counter_money(c, amount, m->amount_minor), m->account.number);
    waiting_begin(c, CAROLINE__V1__OP__OP_ACCOUNT_RECEIVE, &message.base, &waiting);
}

/* More than is owed is a credit: it is asked about, for it may be a slip. */
static void ask(struct counter *c)
{
    struct account_receive_model *m = &c->account_receive;
    int64_t owed = m->account.balance_minor > 0 ? m->account.balance_minor : 0;
    char amount[NUMBER_TEXT], credit[NUMBER_TEXT];

    if (!c->stage.status.connected) {
        stage_say_offline(&c->stage, MESSAGE_BAD, "no connection: this is done once the server is there");
        return;
    }
    if (m->amount.text[0] == '-') {
        stage_say(&c->stage, MESSAGE_BAD,
                  "nothing is paid back here: the office does that (account receive, with a reason)");
        return;
    }
    if (!counter_money_parse(c, m->amount.text, &m->amount_minor) || m->amount_minor <= 0) {
        counter_say_amount(c);
        m->form.focus = 0;
        return;
    }
    if (m->means != MEANS(CASH) && field_is_empty(&m->reference)) {
        stage_say(&c->stage, MESSAGE_BAD, "%s",
                  m->means == MEANS(CARD) ? "type what the card machine printed as its approval"
                                          : "type the bank's reference");
        m->form.focus = 1;
        return;
    }
    if (m->amount_minor > owed)
        stage_ask(&c->stage, "Receive it", send, "%s is more than is owed: %s stay as a credit. Receive it?",
                  counter_money(c, amount, m->amount_minor),
                  counter_money(c, credit, m->amount_minor - m->account.balance_minor));
    else
        send(c);
}

static void enter(void *model)
{
    struct counter *c = model;
    struct account_receive_model *m = &c->account_receive;

    if (m->busy)
        return;
    if (m->means == MEANS(CASH) || form_enter(&m->form))
        ask(c);
}

static void choose(struct counter *c, Caroline__V1__AccountMeans means)
{
    struct account_receive_model *m = &c->account_receive;

    if (m->busy)
        return;
    m->means = means;
    m->form.focus = 0;
}

static void cash(void *model)
{
    choose(model, MEANS(CASH));
}

static void card(void *model)
{
    choose(model, MEANS(CARD));
}

static void transfer(void *model)
{
    choose(model, MEANS(TRANSFER));
}

static void next(void *model)
{
    struct account_receive_model *m = &((struct counter *)model)->account_receive;

    if (m->means != MEANS(CASH))
        form_next(&m->form);
}

static void previous(void *model)
{
    form_previous(&((struct counter *)model)->account_receive.form);
}

static void back(void *model)
{
    struct counter *c = model;

    if (!waiting_back(c))
        leave(c);
}

static struct field *field(void *model)
{
    return form_field(&((struct counter *)model)->account_receive.form);
}

static void draw(void *model, struct area area)
{
    static const struct {
        Caroline__V1__AccountMeans means;
        const char *words;
    } ways[] = {
        { MEANS(CASH), "F2  In cash, into the drawer" },
        { MEANS(CARD), "F3  By card, on the card machine" },
        { MEANS(TRANSFER), "F4  By transfer: it is with the bank already" },
    };
    struct counter *c = model;
    struct account_receive_model *m = &c->account_receive;
    struct area inner = area_columns(area, 3, area.columns - 6);
    char owed[NUMBER_TEXT];
    struct form form = m->form;
    int64_t balance = m->account.balance_minor;

    paint_format(inner, 1, 0, inner.columns, ALIGN_LEFT, STYLE_STRONG, "Account %u, %s", m->account.number,
                 m->account.name);
    paint_format(inner, 2, 0, inner.columns, ALIGN_LEFT, STYLE_PLAIN, "%s %s", balance < 0 ? "Credit" : "Owed",
                 counter_money(c, owed, balance < 0 ? -balance : balance));
    for (int i = 0; i < 3; i++) {
        bool chosen = ways[i].means == m->means;

        paint_format(inner, 4 + i, 0, inner.columns, ALIGN_LEFT, chosen ? STYLE_STRONG : STYLE_PLAIN, "%s %s",
                     chosen ? ">" : " ", ways[i].words);
    }
    form.count = m->means == MEANS(CASH) ? 1 : 2;
    form.rows[1].hint = m->means == MEANS(CARD) ? "the machine's approval" : "the bank's";
    int rows = form_draw(&form, inner, 8);
    if (m->busy)
        waiting_draw(c, inner, 9 + rows);
}

static const struct key keys[] = {
    { KEY_RETURN, "Go on", enter, "The next line; behind the last it is received", NULL },
    { KEY_F(2), "Cash", cash, "In cash: it goes into the drawer", NULL },
    { KEY_F(3), "Card", card, "By card: charge it on the card machine first", NULL },
    { KEY_F(4), "Transfer", transfer, "By transfer: it is with the bank already", NULL },
    { KEY_ESCAPE, NULL, back, "Back, nothing was received", waiting_not_label },
    WAITING_TAKE_BACK(back),
    WAITING_PUT_ASIDE(back),
    { KEY_UP, NULL, previous, "The line above", NULL },
    { KEY_DOWN, NULL, next, "The line below", NULL },
    { 0 },
};

const struct screen account_receive_screen = {
    .title = "Received on account",
    .about = "Money for what was bought before: no sale, no turnover, no tax. It has a paper of its own, and stands on "
             "the X "
             "and the Z. More than is owed stays as a credit.",
    .keys = keys,
    .draw = draw,
    .field = field,
    .asleep = waiting_is_on,
};

/* ---- the paper's screen ---- */

static void done(void *model)
{
    struct counter *c = model;

    stage_pop(&c->stage);
    receipt_fini(&c->account_paper.paper);
}

static void print(void *model)
{
    struct counter *c = model;
    struct account_paper_model *m = &c->account_paper;
    const Caroline__V1__Receipt *document = NULL;

    if (m->document.data != NULL)
        document =
            (const Caroline__V1__Receipt *)message_decode(&caroline__v1__receipt__descriptor, m->document, c->scratch);
    if (document != NULL)
        print_paper(c, document);
    arena_reset(c->scratch);
}

static void earlier(void *model)
{
    struct counter *c = model;

    ask_statement(c, c->account_paper.account_id, c->account_paper.oldest);
}

static const char *earlier_label(const void *model)
{
    return ((const struct counter *)model)->account_paper.more ? "Earlier" : NULL;
}

static const char *print_label(const void *model)
{
    const struct counter *c = model;

    if (c->printing == NULL)
        return NULL;
    return c->account_paper.printed && !c->account_paper.statement ? "Print copy" : "Print";
}

static void paper_up(void *model)
{
    receipt_roll(&((struct counter *)model)->account_paper.paper, KEY_UP);
}

static void paper_down(void *model)
{
    receipt_roll(&((struct counter *)model)->account_paper.paper, KEY_DOWN);
}

static void draw_paper(void *model, struct area area)
{
    struct counter *c = model;
    struct account_paper_model *m = &c->account_paper;
    const struct shop *shop = counter_shop(c);
    struct area left = area_columns(area, 1, area.columns - RECEIPT_COLUMNS - 3);
    int64_t minor = m->balance_minor < 0 ? -m->balance_minor : m->balance_minor;
    char text[NUMBER_TEXT];

    paint_text(left, 1, 0, left.columns, ALIGN_LEFT, STYLE_STRONG,
               m->statement ? "A statement" : "Received on account");
    paint_format(left, 3, 0, left.columns, ALIGN_LEFT, STYLE_STRONG, "%s, %s",
                 m->balance_minor < 0 ? "A credit of" : "Owed now", shop == NULL ? "" : shop->currency);
    paint_digits(left, 5, 0, left.columns, ALIGN_LEFT, STYLE_TOTAL, counter_money(c, text, minor));
    if (m->more)
        paint_wrapped(left, 11, 0, left.columns, STYLE_PLAIN, "There are earlier entries: F3 shows them.");
    receipt_draw_lines(&m->paper, area_columns(area, area.columns - RECEIPT_COLUMNS - 1, RECEIPT_COLUMNS + 1));
}

static const struct key paper_keys[] = {
    { KEY_RETURN, "Done", done, "Back", NULL },
    { KEY_ESCAPE, NULL, done, NULL, NULL },
    { KEY_F(3), NULL, earlier, "The entries before these", earlier_label },
    { KEY_F(9), NULL, print, "The same onto paper", print_label },
    { KEY_UP, NULL, paper_up, "Scroll the paper", NULL },
    { KEY_DOWN, NULL, paper_down, NULL, NULL },
    { 0 },
};

const struct screen account_paper_screen = {
    .title = "Account",
    .about = "What was received, or a statement of the newest entries.",
    .keys = paper_keys,
    .draw = draw_paper,
    .why_not = printing_why_not,
};
