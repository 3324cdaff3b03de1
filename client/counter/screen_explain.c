/* Where the numbers of a receipt come from: page by page from the server, to be scrolled and printed. */
#include "client/counter/counter.h"

#include <stdio.h>
#include <string.h>
#include <time.h>

#include "client/link/explained.h"
#include "common/print/text.h"

static void ask(struct counter *c);

void explain_fini(struct explain_model *m)
{
    if (m->arena != NULL)
        arena_destroy(m->arena);
    memset(m, 0, sizeof(*m));
}

static struct receipt explanation_of(const struct counter *c, struct arena *arena)
{
    const struct explain_model *m = &c->explain;
    const struct shop *shop = counter_shop(c);

    return explain_receipt(m->rows.rows, m->rows.count, m->number, shop == NULL ? 2 : shop->currency_exponent, arena);
}

/* As wide as the screen is. */
static void lay_out(struct counter *c, int columns)
{
    struct explain_model *m = &c->explain;
    struct receipt paper = explanation_of(c, m->arena);
    char *text = receipt_text(m->arena, &paper, (size_t)columns);
    size_t count = 0;
    bool at_end = m->list.count > 0 && m->list.selected + 1 == m->list.count;

    for (const char *at = text; (at = strchr(at, '\n')) != NULL; at++)
        count++;
    m->lines = arena_array(m->arena, count, sizeof(m->lines[0]));
    list_resize(&m->list, count);
    if (at_end && count > 0)
        list_select(&m->list, count - 1); /* narrower, there are more lines: the end stays in sight */
    for (size_t i = 0; i < count; i++) {
        m->lines[i] = text;
        text = strchr(text, '\n');
        *text++ = 0;
    }
    m->columns = columns;
}

static void on_explained(void *owner, const struct link_answer *answer)
{
    struct counter *c = owner;
    struct explain_model *m = &c->explain;

    m->busy = false;
    if (counter_refused(c, answer) || !stage_has(&c->stage, &explain_screen))
        return;
    const Caroline__V1__SaleExplained *page = (const Caroline__V1__SaleExplained *)answer->reply;
    m->sale_id = page->sale_id;
    explained_add(&m->rows, page, m->arena);
    m->columns = 0; /* laid out anew */
    m->known = !page->more || page->n_rows == 0;
    c->stage.dirty = true;
    if (!m->known)
        ask(c);
}

static void ask(struct counter *c)
{
    struct explain_model *m = &c->explain;
    Caroline__V1__SaleExplain message;

    caroline__v1__sale_explain__init(&message);
    if (m->sale_id != 0) {
        message.has_sale_id = message.has_after_row = true;
        message.sale_id = m->sale_id;
        message.after_row = (uint32_t)m->rows.count;
    } else {
        message.has_receipt_number = true;
        message.receipt_number = counter_text(m->number);
    }
    m->busy = true;
    counter_call(c, CAROLINE__V1__OP__OP_SALE_EXPLAIN, &message.base, on_explained);
}

void explain_begin(struct counter *c, const char *number)
{
    if (c->explain.busy) /* of the last time: its answer is awaited */
        return;
    if (!c->stage.status.connected) {
        stage_say_offline(&c->stage, MESSAGE_BAD, "no connection: what explains it is with the server");
        return;
    }
    explain_fini(&c->explain);
    c->explain.arena = arena_create(0);
    snprintf(c->explain.number, sizeof(c->explain.number), "%s", number);
    stage_push(&c->stage, &explain_screen);
    ask(c);
}

/* ---- keys ---- */

static void back(void *model)
{
    struct counter *c = model;
    bool busy = c->explain.busy;

    explain_fini(&c->explain);
    c->explain.busy = busy;
    stage_pop(&c->stage);
}

static void roll(void *model, int key)
{
    struct list *list = &((struct counter *)model)->explain.list;

    /* The list has no selection to be seen: a key moves by what is out of sight. */
    list_select(list,
                key == KEY_UP || key == KEY_PPAGE ? list->top : list->top + (list->rows > 0 ? list->rows - 1 : 0));
    list_key(list, key);
}

static void up(void *model)
{
    roll(model, KEY_UP);
}

static void down(void *model)
{
    roll(model, KEY_DOWN);
}

static void page_up(void *model)
{
    roll(model, KEY_PPAGE);
}

static void page_down(void *model)
{
    roll(model, KEY_NPAGE);
}

/* No copy of the receipt, and none is counted: it says itself that it is not one. */
static void print(void *model)
{
    struct counter *c = model;
    struct timespec now;
    char key[80];

    clock_gettime(CLOCK_REALTIME, &now);
    snprintf(key, sizeof(key), "%s explained at %lld.%09ld", c->explain.number, (long long)now.tv_sec, now.tv_nsec);
    struct receipt paper = explanation_of(c, c->explain.arena);
    if (printing_put_paper(c, key, &paper))
        stage_say(&c->stage, MESSAGE_GOOD, "%s, explained, goes to the printer", c->explain.number);
}

static const char *print_label(const void *model)
{
    const struct counter *c = model;

    return c->printing != NULL && c->explain.known ? "Print" : NULL;
}

/* ---- drawing ---- */

static void draw_line(const void *model, size_t index, struct area row, enum style style)
{
    const struct explain_model *m = model;
    bool wrong = strncmp(m->lines[index], "!!", 2) == 0;

    paint_text(row, 0, 0, row.columns, ALIGN_LEFT, wrong ? STYLE_STRONG : style, m->lines[index]);
}

static void draw(void *model, struct area area)
{
    struct counter *c = model;
    struct explain_model *m = &c->explain;
    struct area inner = area_columns(area, 1, area.columns - 2);

    if (m->arena == NULL)
        return;
    if (m->columns != inner.columns - 2)
        lay_out(c, inner.columns - 2);
    if (m->known)
        paint_format(inner, 0, 0, inner.columns, ALIGN_LEFT, STYLE_STRONG, "Receipt %s: %s", m->number,
                     explained_verdict(&m->rows, m->arena));
    else
        paint_text(inner, 0, 0, inner.columns, ALIGN_LEFT, STYLE_DIM, "Asking the server ...");
    if (m->rows.count > 0)
        list_draw(&m->list, area_rows(inner, 1, inner.rows - 1), false, draw_line, m);
}

static const struct key keys[] = {
    { KEY_F(9), NULL, print, "On paper, all of it; it says that it is no receipt", print_label },
    { KEY_ESCAPE, "Back", back, "Back to the receipt", NULL },
    { KEY_RETURN, NULL, back, NULL, NULL },
    { KEY_UP, NULL, up, "Scroll it", NULL },
    { KEY_DOWN, NULL, down, NULL, NULL },
    { KEY_PPAGE, NULL, page_up, NULL, NULL },
    { KEY_NPAGE, NULL, page_down, NULL, NULL },
    { 0 },
};

const struct screen explain_screen = {
    .title = "Explained",
    .about = "Each number of the receipt as it is stored, and below it what it is made of: prices, what was taken off, "
             "taxes, "
             "points. The parts are worked out anew, and add up, or it says that they do not.",
    .keys = keys,
    .draw = draw,
    .why_not = printing_why_not,
};
