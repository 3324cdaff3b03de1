/* What is known of one customer, what they bought last, and how their points came and went. */
#include "client/admin/admin.h"

#include <stdio.h>
#include <string.h>

#include "client/goods/allergen_numbers.h"
#include "client/goods/points_words.h"
#include "common/base/number.h"
#include "common/rules/allergen.h"

static void take_sales(struct admin_customer *m, const Caroline__V1__Member *member)
{
    size_t count = 0;

    for (size_t i = 0; i < member->n_sales && count < ADMIN_SALES_MAX; i++) {
        struct admin_customer_sale *sale = &m->sales[count++];
        *sale = (struct admin_customer_sale){ .at = { (int64_t)member->sales[i]->committed_us },
                                              .total_minor = member->sales[i]->total_minor,
                                              .points = member->sales[i]->points };
        admin_copy(sale->number, sizeof(sale->number), member->sales[i]->receipt_number);
    }
    list_resize(&m->list, count);
}

static void take_moves(struct admin_customer *m, const Caroline__V1__MemberShown *shown)
{
    size_t count = 0;

    for (size_t i = 0; i < shown->n_moves && count < ADMIN_MOVES_MAX; i++) {
        struct admin_customer_move *move = &m->moves[count++];
        *move = (struct admin_customer_move){ .at = { (int64_t)shown->moves[i]->at_us },
                                              .kind = shown->moves[i]->kind,
                                              .points = shown->moves[i]->points };
        admin_copy(move->receipt, sizeof(move->receipt), shown->moves[i]->receipt_number);
    }
    list_resize(&m->move_list, count);
}

static void take(struct admin *a, const Caroline__V1__Member *member)
{
    struct admin_customer *m = &a->visit.customer;

    snprintf(m->avoids, sizeof(m->avoids), "%s",
             allergens_text(allergens_of_numbers(member->avoids, member->n_avoids), a->scratch));
    arena_reset(a->scratch);
    m->known = true;
    m->points = member->points;
    m->since = (struct instant){ (int64_t)member->since_us };
    admin_copy(m->name, sizeof(m->name), member->name);
    admin_copy(m->phone, sizeof(m->phone), member->phone);
    admin_copy(m->email, sizeof(m->email), member->email);
    admin_copy(m->birthday, sizeof(m->birthday), member->birthday);
    admin_copy(m->card, sizeof(m->card), member->card);
    admin_copy(m->language, sizeof(m->language), member->language);
    admin_copy(m->tier, sizeof(m->tier), member->tier_name);
    take_sales(m, member);
}

static void on_shown(struct admin *a, const struct link_answer *answer)
{
    struct admin_customer *m = &a->visit.customer;

    m->busy = false;
    if (!stage_has(&a->stage, &admin_customer_screen))
        return;
    if (m->known && answer->outcome == LINK_FAILED) { /* what is shown is as it was */
        admin_refused(a, answer);
        return;
    }
    if (admin_refused(a, answer)) {
        stage_pop_under(&a->stage, &admin_customers_screen, &admin_lock_screen);
        return;
    }
    const Caroline__V1__MemberShown *shown = (const Caroline__V1__MemberShown *)answer->reply;
    if (shown->member == NULL)
        return;
    take(a, shown->member);
    take_moves(m, shown);
}

static void fetch(struct admin *a)
{
    struct admin_customer *m = &a->visit.customer;
    Caroline__V1__MemberShow message;

    m->busy = true;
    caroline__v1__member_show__init(&message);
    message.has_id = message.has_moves = message.moves = true;
    message.id = (uint64_t)m->id;
    admin_call(a, CAROLINE__V1__OP__OP_MEMBER_SHOW, &message.base, on_shown);
}

void admin_customer_look(struct admin *a)
{
    struct admin_customer *m = &a->visit.customer;

    if (stage_top(&a->stage) == &admin_customer_screen && m->known && !m->busy && a->stage.status.connected)
        fetch(a);
}

void admin_customer_begin(struct admin *a, int64_t id)
{
    struct admin_customer *m = &a->visit.customer;

    if (m->busy) {
        stage_say(&a->stage, MESSAGE_BAD, "the server is still asked about the one before");
        return;
    }
    if (!admin_is_connected(a))
        return;
    explicit_bzero(m, sizeof(*m));
    m->id = id;
    stage_push(&a->stage, &admin_customer_screen);
    fetch(a);
}

/* ---- keys ---- */

static void back(void *model)
{
    struct admin *a = model;
    bool busy = a->visit.customer.busy;

    explicit_bzero(&a->visit.customer, sizeof(a->visit.customer));
    a->visit.customer.busy = busy;
    stage_pop(&a->stage);
}

static void turn(void *model)
{
    struct admin *a = model;

    a->visit.customer.shows_moves = !a->visit.customer.shows_moves;
    admin_customer_look(a);
}

static const char *turn_label(const void *model)
{
    const struct admin_customer *m = &((const struct admin *)model)->visit.customer;

    if (!m->known)
        return NULL;
    return m->shows_moves ? "Purchases" : "Points";
}

static void select_by(void *model, int key)
{
    struct admin_customer *m = &((struct admin *)model)->visit.customer;

    list_key(m->shows_moves ? &m->move_list : &m->list, key);
}

static void up(void *model)
{
    select_by(model, KEY_UP);
}

static void down(void *model)
{
    select_by(model, KEY_DOWN);
}

static void page_up(void *model)
{
    select_by(model, KEY_PPAGE);
}

static void page_down(void *model)
{
    select_by(model, KEY_NPAGE);
}

/* ---- drawing ---- */

static void draw_line(struct area area, int row, const char *label, const char *text)
{
    paint_text(area, row, 0, 10, ALIGN_RIGHT, STYLE_DIM, label);
    paint_text(area, row, 12, area.columns - 12, ALIGN_LEFT, STYLE_PLAIN, text[0] == 0 ? "-" : text);
}

static void draw_sale(const void *model, size_t index, struct area row, enum style style)
{
    const struct admin *a = model;
    const struct admin_customer_sale *sale = &a->visit.customer.sales[index];
    char day[DAY_TEXT], money[NUMBER_TEXT];

    paint_fill(row, style);
    paint_text(row, 0, 1, 10, ALIGN_LEFT, style, day_format(day, zone_day(admin_zone(a), sale->at)));
    paint_text(row, 0, 13, 16, ALIGN_LEFT, style, sale->number);
    paint_text(row, 0, row.columns - 32, 14, ALIGN_RIGHT, style, admin_money(a, money, sale->total_minor));
    paint_format(row, 0, row.columns - 16, 15, ALIGN_RIGHT, style, "%+lld point%s", (long long)sale->points,
                 sale->points == 1 || sale->points == -1 ? "" : "s");
}

/* As the kiosk tells them, with the receipt where the purchase has its own. */
static void draw_move(const void *model, size_t index, struct area row, enum style style)
{
    const struct admin *a = model;
    const struct admin_customer_move *move = &a->visit.customer.moves[index];
    char day[DAY_TEXT];

    paint_fill(row, style);
    paint_text(row, 0, 1, 10, ALIGN_LEFT, style, day_format(day, zone_day(admin_zone(a), move->at)));
    paint_text(row, 0, 13, 16, ALIGN_LEFT, style, move->receipt);
    paint_text(row, 0, 30, row.columns - 48, ALIGN_LEFT, style, points_kind_words(move->kind));
    paint_format(row, 0, row.columns - 16, 15, ALIGN_RIGHT, style, "%+lld point%s", (long long)move->points,
                 move->points == 1 || move->points == -1 ? "" : "s");
}

static void draw_known(struct admin *a, struct area area)
{
    const struct admin_customer *m = &a->visit.customer;
    struct area left = area_columns(area, 0, area.columns / 2), right = area_columns(area, area.columns / 2, -1);
    char day[DAY_TEXT], points[NUMBER_TEXT + 200];

    right.columns = area.columns - area.columns / 2;
    snprintf(points, sizeof(points), "%s%lld%s%s", m->points < 0 ? "owes " : "",
             m->points < 0 ? -(long long)m->points : (long long)m->points, m->tier[0] == 0 ? "" : ", ", m->tier);
    draw_line(left, 0, "Phone", m->phone);
    draw_line(left, 1, "E-mail", m->email);
    draw_line(left, 2, "Card", m->card);
    draw_line(left, 3, "Points", points);
    draw_line(right, 0, "Birthday", m->birthday);
    draw_line(right, 1, "Language", m->language);
    draw_line(right, 2, "Avoids", m->avoids);
    draw_line(right, 3, "Since", m->since.us == 0 ? "" : day_format(day, zone_day(admin_zone(a), m->since)));
}

static void draw(void *model, struct area area)
{
    struct admin *a = model;
    struct admin_customer *m = &a->visit.customer;
    struct area inner = area_columns(area, 2, area.columns - 4);

    if (!m->known) {
        paint_text(inner, 1, 1, inner.columns - 1, ALIGN_LEFT, STYLE_DIM, "Asking the server ...");
        return;
    }
    paint_text(inner, 1, 1, inner.columns - 1, ALIGN_LEFT, STYLE_STRONG, m->name);
    draw_known(a, area_rows(inner, 3, 4));
    struct area list = area_rows(inner, 9, inner.rows - 9);
    if (m->shows_moves) {
        paint_text(inner, 8, 1, inner.columns - 1, ALIGN_LEFT, STYLE_HEAD,
                   m->move_list.count == 0 ? "No points came or went yet"
                                           : "How points came and went, the newest first");
        list_draw(&m->move_list, list, true, draw_move, a);
    } else {
        paint_text(inner, 8, 1, inner.columns - 1, ALIGN_LEFT, STYLE_HEAD,
                   m->list.count == 0 ? "Nothing was bought yet" : "What was bought last");
        list_draw(&m->list, list, true, draw_sale, a);
    }
}

static const struct key keys[] = {
    { KEY_F(2), NULL, turn, "What they bought last, or how their points came and went", turn_label },
    { KEY_ESCAPE, "Back", back, "Back to those who were found", NULL },
    { KEY_UP, NULL, up, "Select another line of the list", NULL },
    { KEY_DOWN, NULL, down, NULL, NULL },
    { KEY_PPAGE, NULL, page_up, NULL, NULL },
    { KEY_NPAGE, NULL, page_down, NULL, NULL },
    { 0 },
};

const struct screen admin_customer_screen = {
    .title = "Customer",
    .about = "What is known of them. They are told of everybody who looked, if they ask.",
    .keys = keys,
    .draw = draw,
};
