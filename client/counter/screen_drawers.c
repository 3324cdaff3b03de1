/* Several drawers are open at this till, one of each person who sells: whose is meant, to be closed or to be reported. */
#include "client/counter/counter.h"

#include <stdio.h>
#include <string.h>

static int64_t here(const struct counter *c)
{
    const Caroline__V1__SessionOpened *session = c->link == NULL ? NULL : link_session(c->link);

    return session == NULL || session->staff == NULL ? 0 : (int64_t)session->staff->id;
}

const char *drawers_holder(const struct counter *c, int64_t holder_id)
{
    if (holder_id == 0)
        return "";
    if (holder_id == here(c))
        return c->stage.status.person;
    for (size_t i = 0; i < c->drawers.list.count; i++)
        if (c->drawers.rows[i].holder_id == holder_id)
            return c->drawers.rows[i].holder;
    return "";
}

/* ---- what the server says ---- */

static void take_rows(struct counter *c, const Caroline__V1__ShiftDrawersShown *shown)
{
    struct drawers_model *m = &c->drawers;

    m->list = (struct list){ 0 };
    for (size_t i = 0; i < shown->n_drawers && m->list.count < DRAWERS_SHOWN_MAX; i++) {
        const Caroline__V1__ShiftDrawer *drawer = shown->drawers[i];
        struct drawers_row *row = &m->rows[m->list.count++];

        *row = (struct drawers_row){ .shift_id = (int64_t)drawer->shift_id,
                                     .holder_id = (int64_t)drawer->holder_id,
                                     .number = drawer->number,
                                     .opened = { (int64_t)drawer->opened_us } };
        counter_copy(row->holder, sizeof row->holder, drawer->holder_name);
        if (row->shift_id == c->shift.id && c->shift.open)
            m->list.selected = i; /* one's own, if there is one */
    }
    m->known = true;
}

static void on_listed(void *owner, const struct link_answer *answer)
{
    struct counter *c = owner;

    c->drawers.busy = false;
    if (counter_refused(c, answer))
        return;
    take_rows(c, (const Caroline__V1__ShiftDrawersShown *)answer->reply);
    c->stage.dirty = true;
}

/* "the drawer of Ana, 20 Nov 2026": the oldest; how many more there are. */
static void on_forgotten(void *owner, const struct link_answer *answer)
{
    struct counter *c = owner;
    char names[160] = "", text[DAY_TEXT];
    size_t used = 0;
    struct day day;

    c->drawers.busy = false;
    if (answer->outcome != LINK_OK)
        return;
    take_rows(c, (const Caroline__V1__ShiftDrawersShown *)answer->reply);
    for (size_t i = 0; i < c->drawers.list.count && used < sizeof names; i++) {
        const struct drawers_row *row = &c->drawers.rows[i];

        if (!counter_is_forgotten(c, row->opened, &day))
            continue;
        used += (size_t)snprintf(names + used, sizeof names - used, "%s%s (%s)", used == 0 ? "" : ", ",
                                 row->holder[0] == '\0' ? "the till" : row->holder, day_format(text, day));
    }
    if (used > 0)
        stage_say(&c->stage, MESSAGE_BAD, "still open are the drawers of %s: %s", names,
                  counter_may(c, "shift_close") ? "F12, 8 counts and closes them"
                                                : "a shift lead counts and closes them");
}

static void ask(struct counter *c, void (*answered)(void *owner, const struct link_answer *answer))
{
    Caroline__V1__ShiftDrawers message;

    caroline__v1__shift_drawers__init(&message);
    c->drawers.busy = true;
    counter_call(c, CAROLINE__V1__OP__OP_SHIFT_DRAWERS, &message.base, answered);
}

void drawers_say_forgotten(struct counter *c)
{
    ask(c, on_forgotten);
}

static void begin(struct counter *c, bool close)
{
    struct drawers_model *m = &c->drawers;

    memset(m, 0, sizeof *m);
    m->use = close ? DRAWERS_CLOSE : DRAWERS_REPORT;
    stage_push(&c->stage, &drawers_screen);
    ask(c, on_listed);
}

void drawers_begin_close(struct counter *c)
{
    begin(c, true);
}

void drawers_begin_report(struct counter *c)
{
    begin(c, false);
}

/* ---- keys ---- */

static void enter(void *model)
{
    struct counter *c = model;
    struct drawers_model *m = &c->drawers;
    const struct drawers_row *row = &m->rows[m->list.selected];

    if (m->busy || m->list.count == 0)
        return;
    stage_pop(&c->stage);
    if (m->use == DRAWERS_CLOSE)
        count_begin(c, row->shift_id, row->holder);
    else
        report_x(c, row->shift_id);
}

static const char *enter_label(const void *model)
{
    const struct counter *c = model;

    if (c->drawers.busy || c->drawers.list.count == 0)
        return NULL;
    return c->drawers.use == DRAWERS_CLOSE ? "Count it" : "X report";
}

/* Who comes to close others' may have none of their own yet. */
static void open_own(void *model)
{
    struct counter *c = model;

    stage_pop(&c->stage);
    shift_ask(c);
}

static const char *open_label(const void *model)
{
    const struct counter *c = model;

    return c->drawers.use == DRAWERS_CLOSE && c->shift.known && !c->shift.open && c->shift.personal ? "Open mine"
                                                                                                    : NULL;
}

static void back(void *model)
{
    stage_pop(&((struct counter *)model)->stage);
}

static void up(void *model)
{
    list_key(&((struct counter *)model)->drawers.list, KEY_UP);
}

static void down(void *model)
{
    list_key(&((struct counter *)model)->drawers.list, KEY_DOWN);
}

/* ---- drawing ---- */

static void draw_row(const void *model, size_t index, struct area row, enum style style)
{
    const struct counter *c = model;
    const struct drawers_row *drawer = &c->drawers.rows[index];
    struct local_time local = zone_local(counter_zone(c), drawer->opened);
    char day[DAY_TEXT];
    struct day forgotten;

    paint_fill(row, style);
    paint_text(row, 0, 1, row.columns - 42, ALIGN_LEFT, style,
               drawer->holder_id == 0      ? "The till's own"
               : drawer->holder[0] == '\0' ? "Somebody"
                                           : drawer->holder);
    paint_format(row, 0, row.columns - 41, 10, ALIGN_LEFT, style, "shift %u", drawer->number);
    paint_format(row, 0, row.columns - 30, 18, ALIGN_LEFT, style, "%s %02d:%02d",
                 day_format(day, day_of_date(local.date)), local.hour, local.minute);
    if (counter_is_forgotten(c, drawer->opened, &forgotten))
        paint_text(row, 0, row.columns - 11, 10, ALIGN_RIGHT, style, "still open");
}

static void draw(void *model, struct area area)
{
    struct counter *c = model;
    struct drawers_model *m = &c->drawers;
    struct area inner = area_columns(area, 3, area.columns - 6);

    paint_text(inner, 1, 0, inner.columns, ALIGN_LEFT, STYLE_STRONG,
               m->use == DRAWERS_CLOSE ? "Whose drawer is to be counted and closed?" : "Whose drawer?");
    if (m->busy)
        paint_text(inner, 3, 0, inner.columns, ALIGN_LEFT, STYLE_DIM, "Asking the server ...");
    else if (m->known && m->list.count == 0)
        paint_text(inner, 3, 0, inner.columns, ALIGN_LEFT, STYLE_DIM, "None is open at this till.");
    else
        list_draw(&m->list, area_rows(inner, 3, -1), true, draw_row, c);
}

static const struct key keys[] = {
    { KEY_RETURN, NULL, enter, "The selected drawer: count it, or see what it comes to", enter_label },
    { KEY_F(2), NULL, open_own, "Open a drawer of your own", open_label },
    { KEY_ESCAPE, "Back", back, "Back to the sale", NULL },
    { KEY_UP, NULL, up, "The drawer above", NULL },
    { KEY_DOWN, NULL, down, "The drawer below", NULL },
    { 0 },
};

const struct screen drawers_screen = {
    .title = "Drawers",
    .about = "Each who sells here has a drawer of their own, with a float, a count and a Z of its own.",
    .keys = keys,
    .draw = draw,
};
