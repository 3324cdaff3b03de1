/* The baskets that wait for who is signed in: when each was put aside and where, what is in it. */
#include "client/counter/counter.h"

#include <stdio.h>
#include <string.h>

/* Who may not see members is told that it is one. */
static void take_member(struct parked_row *row, const Caroline__V1__ParkedBasket *basket)
{
    if (basket->has_member_name)
        counter_copy(row->member, sizeof(row->member), basket->member_name);
    else if (basket->member_id != 0)
        snprintf(row->member, sizeof(row->member), "a member");
}

void parked_look(struct counter *c)
{
    struct parked_model *m = &c->parked;

    if (!m->known || stage_has(&c->stage, &parked_screen))
        return;
    m->known = false;
    m->list = (struct list){ 0 };
    explicit_bzero(m->rows, sizeof(m->rows));
}

static void on_listed(void *owner, const struct link_answer *answer)
{
    struct counter *c = owner;
    struct parked_model *m = &c->parked;

    m->busy = false;
    if (counter_refused(c, answer))
        return;
    const Caroline__V1__ParkedBaskets *listed = (const Caroline__V1__ParkedBaskets *)answer->reply;
    size_t count = listed->n_baskets < PARKED_MAX ? listed->n_baskets : PARKED_MAX;
    for (size_t i = 0; i < count; i++) {
        m->rows[i] = (struct parked_row){ .id = (int64_t)listed->baskets[i]->parked_id,
                                          .at = { (int64_t)listed->baskets[i]->parked_us },
                                          .till = listed->baskets[i]->till_number,
                                          .line_count = listed->baskets[i]->line_count,
                                          .product_id = (int64_t)listed->baskets[i]->first_product_id };
        take_member(&m->rows[i], listed->baskets[i]);
        aside_mark(c, &m->rows[i]);
    }
    aside_look(c); /* it is seen here */
    counter_show_state(c);
    m->known = true;
    m->waiting = count;
    list_resize(&m->list, count);
    parked_look(c); /* it may have been left meanwhile */
}

void parked_begin(struct counter *c)
{
    struct parked_model *m = &c->parked;
    Caroline__V1__BasketParked message;

    parked_look(c);
    if (m->busy) { /* one is being taken up: its answer is awaited here */
        stage_push(&c->stage, &parked_screen);
        return;
    }
    if (!c->stage.status.connected) {
        stage_say_offline(&c->stage, MESSAGE_BAD, "no connection: parked baskets are with the server");
        return;
    }
    m->list = (struct list){ 0 };
    m->known = false;
    m->busy = true;
    stage_push(&c->stage, &parked_screen);
    caroline__v1__basket_parked__init(&message);
    message.has_members = message.members = true;
    counter_call(c, CAROLINE__V1__OP__OP_BASKET_PARKED, &message.base, on_listed);
}

static void enter(void *model)
{
    parked_take_up(model);
}

const char *parked_name(const struct counter *c, const struct parked_row *row)
{
    const struct catalogue *catalogue = counter_catalogue(c);
    const struct product *product =
        catalogue == NULL ? NULL : catalogue_product(catalogue, catalogue_newest(catalogue), row->product_id);

    return product == NULL ? "(not in the catalogue)" : product->name;
}

static void throw_away(void *model)
{
    struct counter *c = model;

    if (!c->parked.busy && c->parked.list.count > 0)
        void_begin_parked(c);
}

/* A key that would do nothing is not shown. */
static const char *if_any(const struct counter *c, const char *label)
{
    return c->parked.list.count == 0 || c->parked.busy ? NULL : label;
}

static const char *enter_label(const void *model)
{
    return if_any(model, "Take it up");
}

static const char *throw_away_label(const void *model)
{
    return if_any(model, "Throw away");
}

static void from_kiosk(void *model)
{
    kiosk_number_begin(model);
}

static const char *from_kiosk_label(const void *model)
{
    return ((const struct counter *)model)->parked.busy ? NULL : "From a kiosk";
}

static void back(void *model)
{
    struct counter *c = model;

    if (errand_give_up(c))
        stage_pop(&c->stage);
    else if (c->errand == ERRAND_RESUME)
        stage_say(&c->stage, MESSAGE_PLAIN, "the server is asked");
    else {
        if (c->parked.is_throwing) {
            link_let_go(c->link, c->parked.throwing); /* its answer comes by its id */
            c->parked.busy = c->parked.is_throwing = false;
        }
        stage_pop(&c->stage);
    }
    parked_look(c);
}

static void up(void *model)
{
    list_key(&((struct counter *)model)->parked.list, KEY_UP);
}

static void down(void *model)
{
    list_key(&((struct counter *)model)->parked.list, KEY_DOWN);
}

static void page_up(void *model)
{
    list_key(&((struct counter *)model)->parked.list, KEY_PPAGE);
}

static void page_down(void *model)
{
    list_key(&((struct counter *)model)->parked.list, KEY_NPAGE);
}

/* ---- drawing ---- */

/* Of today the time, which is what a cashier remembers; of another day the day. */
static void draw_when(const struct counter *c, struct area row, struct instant at, enum style style)
{
    struct local_time local = zone_local(counter_zone(c), at);
    char day[DAY_TEXT];

    if (zone_day(counter_zone(c), at).number == zone_day(counter_zone(c), link_now(c->link)).number)
        paint_format(row, 0, 1, 10, ALIGN_LEFT, style, "%02d:%02d", local.hour, local.minute);
    else
        paint_text(row, 0, 1, 10, ALIGN_LEFT, style, day_format(day, day_of_date(local.date)));
}

static void draw_row(const void *model, size_t index, struct area row, enum style style)
{
    const struct counter *c = model;
    const struct parked_row *parked = &c->parked.rows[index];
    char total[NUMBER_TEXT];

    paint_fill(row, style);
    draw_when(c, row, parked->at, style);
    if (parked->not_booked)
        paint_format(row, 0, 13, row.columns - 34, ALIGN_LEFT, style, "NOT BOOKED, %s: %s",
                     counter_money(c, total, parked->total_minor), parked_name(c, parked));
    else if (parked->member[0] == 0)
        paint_text(row, 0, 13, row.columns - 34, ALIGN_LEFT, style, parked_name(c, parked));
    else { /* by whom a basket is asked for */
        int columns = (row.columns - 34) / 2;
        paint_text(row, 0, 13, columns, ALIGN_LEFT, style, parked_name(c, parked));
        paint_text(row, 0, 14 + columns, row.columns - 35 - columns, ALIGN_LEFT, style, parked->member);
    }
    paint_format(row, 0, row.columns - 20, 9, ALIGN_RIGHT, style, "%u line%s", parked->line_count,
                 parked->line_count == 1 ? "" : "s");
    if (parked->till != 0)
        paint_format(row, 0, row.columns - 10, 9, ALIGN_RIGHT, style, "till %u", parked->till);
}

/* Rows below the list, for the one that is selected, where one of them is a sale that was not booked. */
#define TOLD_ROWS 6

static int rows_told(const struct parked_model *m)
{
    for (size_t i = 0; i < m->list.count; i++)
        if (m->rows[i].not_booked)
            return TOLD_ROWS;
    return 0;
}

static void draw_told(const struct parked_row *row, struct area area)
{
    char text[3 * ASIDE_TEXT];

    if (!row->not_booked)
        return;
    snprintf(text, sizeof(text), "Not booked: %s. Paid by: %s.", row->why, row->paid[0] == 0 ? "nothing" : row->paid);
    int used = paint_wrapped(area, 0, 0, area.columns, STYLE_BAD, text);
    paint_wrapped(
        area, used, 0, area.columns, STYLE_PLAIN,
        "Take it up and have it paid anew; what a card was charged is given back on the card machine. Or give "
        "the money back and throw it away.");
}

static void draw(void *model, struct area area)
{
    struct counter *c = model;
    struct parked_model *m = &c->parked;
    struct area inner = area_columns(area, 3, area.columns - 6);

    paint_text(inner, 1, 0, inner.columns, ALIGN_LEFT, STYLE_STRONG, "Baskets that wait for their customers");
    if (m->busy)
        paint_text(inner, 2, 0, inner.columns, ALIGN_LEFT, STYLE_DIM,
                   errand_can_give_up(c) ? "No answer yet. Esc puts it aside: the till sells on."
                                         : "Asking the server ...");
    else if (m->known && m->list.count == 0)
        paint_text(inner, 3, 0, inner.columns, ALIGN_LEFT, STYLE_DIM, "None of yours waits.");
    int told = rows_told(m);
    list_draw(&m->list, area_rows(inner, 3, told == 0 ? -1 : inner.rows - 3 - told), true, draw_row, c);
    if (told > 0 && m->list.selected < m->list.count)
        draw_told(&m->rows[m->list.selected], area_rows(inner, inner.rows - told + 1, told - 1));
}

static const struct key keys[] = {
    { KEY_RETURN, NULL, enter, "Take the selected basket up, if the one here is empty", enter_label },
    { KEY_F(3), NULL, throw_away, "Throw the selected basket away, after a question", throw_away_label },
    { KEY_F(5), NULL, from_kiosk, "By a kiosk's number: its basket, or who signed up there", from_kiosk_label },
    { KEY_ESCAPE, "Back", back, "Back to the sale", NULL },
    { KEY_UP, NULL, up, "The basket above", NULL },
    { KEY_DOWN, NULL, down, "The basket below", NULL },
    { KEY_PPAGE, NULL, page_up, NULL, NULL },
    { KEY_NPAGE, NULL, page_down, NULL, NULL },
    { 0 },
};

const struct screen parked_screen = {
    .title = "Parked baskets",
    .about =
        "They wait until you take them up, at any till, or throw them away. One that is taken up is priced anew; no "
        "goods are set aside for it.",
    .keys = keys,
    .draw = draw,
};
