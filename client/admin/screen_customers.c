/* Customers: found by phone, e-mail, card or name, as at the counter. */
#include "client/admin/admin.h"

#include <stdio.h>
#include <string.h>

#include "client/goods/points_words.h"
#include "common/base/number.h"

void admin_customers_begin(struct admin *a)
{
    struct admin_customers *m = &a->visit.customers;

    if (!admin_is_connected(a))
        return;
    bool busy = m->busy; /* by who looked here before */
    explicit_bzero(m, sizeof(*m));
    m->busy = m->stale = busy;
    field_init(&m->query, FIELD_TEXT, 80);
    stage_push(&a->stage, &admin_customers_screen);
}

void admin_customers_forget(struct admin *a)
{
    struct admin_customers *m = &a->visit.customers;

    explicit_bzero(m->rows, sizeof(m->rows));
    m->asked = m->later = false;
    m->next_id = 0;
    m->list = (struct list){ 0 };
}

/* ---- finding ---- */

static void ask(struct admin *a, enum member_key key, uint64_t after_id);

static void take(struct admin_customers *m, const Caroline__V1__MemberFound *found)
{
    m->asked = true;
    m->next_id = found->next_id;
    for (size_t i = 0; i < found->n_members && i < ADMIN_FOUND_MAX; i++) {
        const Caroline__V1__Member *member = found->members[i];
        m->rows[i] = (struct admin_customer_row){ .id = (int64_t)member->id, .points = member->points };
        admin_copy(m->rows[i].name, sizeof(m->rows[i].name), member->name);
        admin_copy(m->rows[i].phone, sizeof(m->rows[i].phone), member->phone);
        list_resize(&m->list, i + 1);
    }
}

static void on_found(struct admin *a, const struct link_answer *answer)
{
    struct admin_customers *m = &a->visit.customers;

    bool stale = m->stale;
    m->busy = m->stale = false;
    if (stale || !stage_has(&a->stage, &admin_customers_screen))
        return;
    const Caroline__V1__MemberFound *found = (const Caroline__V1__MemberFound *)answer->reply;
    bool nobody =
        answer->outcome == LINK_OK ? found->n_members == 0 : answer->code == CAROLINE__V1__ERROR_CODE__BAD_PHONE;
    enum member_key next = member_key_next(m->query.text, m->key);
    bool later = m->later;
    if (answer->outcome == LINK_OK && nobody &&
        found->next_id != 0) { /* a page of whom only the index takes for them */
        ask(a, m->key, found->next_id);
    } else if (nobody && !later && next != MEMBER_KEY_NONE) {
        ask(a, next, 0);
    } else if (answer->code == CAROLINE__V1__ERROR_CODE__PERMISSION_DENIED) {
        stage_say(&a->stage, MESSAGE_BAD, "your role may not look for customers: the permission is member_see");
    } else if (!admin_refused(a, answer)) {
        admin_customers_forget(a);
        take(m, found);
        m->later = later;
    }
}

/* after_id: of a name, where the page before ended; 0: the first one. */
static void ask(struct admin *a, enum member_key key, uint64_t after_id)
{
    struct admin_customers *m = &a->visit.customers;
    Caroline__V1__MemberFind message;

    caroline__v1__member_find__init(&message);
    member_key_put(&message, key, m->query.text);
    message.has_after_id = after_id != 0;
    message.after_id = after_id;
    m->key = key;
    m->later = after_id != 0;
    m->busy = true;
    admin_call(a, CAROLINE__V1__OP__OP_MEMBER_FIND, &message.base, on_found);
}

/* ---- keys ---- */

static void enter(void *model)
{
    struct admin *a = model;
    struct admin_customers *m = &a->visit.customers;

    if (m->busy)
        return;
    if (m->list.count > 0)
        admin_customer_begin(a, m->rows[m->list.selected].id);
    else if (field_is_empty(&m->query))
        stage_say(&a->stage, MESSAGE_PLAIN,
                  "type a phone number, an e-mail address, a card's number or a name, or scan the card");
    else if (admin_is_connected(a))
        ask(a, member_key_first(m->query.text), 0);
}

static const char *enter_label(const void *model)
{
    return ((const struct admin *)model)->visit.customers.list.count == 0 ? "Find" : "See";
}

static void changed(void *model)
{
    struct admin *a = model;

    admin_customers_forget(a);
    a->visit.customers.stale = a->visit.customers.busy;
}

/* The page behind this one; behind the last the first again. */
static void page_on(void *model)
{
    struct admin *a = model;
    const struct admin_customers *m = &a->visit.customers;

    if (!m->busy && (m->next_id != 0 || m->later) && admin_is_connected(a))
        ask(a, m->key, m->next_id);
}

static const char *page_label(const void *model)
{
    const struct admin_customers *m = &((const struct admin *)model)->visit.customers;

    if (m->next_id != 0)
        return "Next ones";
    return m->later && m->asked ? "First ones" : NULL;
}

static void sign_up(void *model)
{
    struct admin *a = model;
    const struct admin_customers *m = &a->visit.customers;

    if (!m->busy)
        admin_sign_up_begin(a, m->list.count == 0 ? m->query.text : "");
}

static const char *sign_up_label(const void *model)
{
    return link_may(((const struct admin *)model)->link, "member_edit") ? "New" : NULL;
}

/* Nobody stays to be seen by who comes next. */
static void back(void *model)
{
    struct admin *a = model;
    bool busy = a->visit.customers.busy;

    explicit_bzero(&a->visit.customers, sizeof(a->visit.customers));
    a->visit.customers.busy = busy;
    stage_pop(&a->stage);
}

static void up(void *model)
{
    list_key(&((struct admin *)model)->visit.customers.list, KEY_UP);
}

static void down(void *model)
{
    list_key(&((struct admin *)model)->visit.customers.list, KEY_DOWN);
}

static struct field *field(void *model)
{
    return &((struct admin *)model)->visit.customers.query;
}

static bool scan(void *model, const char *code, bool doubtful)
{
    struct admin *a = model;

    if (doubtful || stage_top(&a->stage) != &admin_customers_screen)
        return false;
    if (!a->visit.customers.busy && admin_is_connected(a)) {
        field_set(&a->visit.customers.query, code);
        admin_customers_forget(a);
        ask(a, MEMBER_KEY_CARD, 0);
    }
    return true;
}

static bool waits(const void *model)
{
    return ((const struct admin *)model)->visit.customers.busy;
}

/* ---- drawing ---- */

static void draw_row(const void *model, size_t index, struct area row, enum style style)
{
    const struct admin_customer_row *customer = &((const struct admin *)model)->visit.customers.rows[index];
    char points[NUMBER_TEXT];

    paint_fill(row, style);
    paint_text(row, 0, 1, row.columns - 36, ALIGN_LEFT, style, customer->name);
    paint_text(row, 0, row.columns - 34, 17, ALIGN_LEFT, style, customer->phone);
    paint_text(row, 0, row.columns - 17, 16, ALIGN_RIGHT, style, points_text(points, customer->points));
}

static void draw(void *model, struct area area)
{
    struct admin *a = model;
    struct admin_customers *m = &a->visit.customers;
    struct area inner = area_columns(area, 2, area.columns - 4);

    paint_text(inner, 1, 1, inner.columns - 1, ALIGN_LEFT, STYLE_PLAIN,
               "Phone, e-mail, name or card's number; or scan the card");
    paint_field(inner, 2, 1, 50, &m->query, true);
    if (m->busy)
        paint_text(inner, 4, 1, inner.columns - 1, ALIGN_LEFT, STYLE_DIM, "Asking the server ...");
    else if (m->asked && m->list.count == 0)
        paint_format(inner, 4, 1, inner.columns - 1, ALIGN_LEFT, STYLE_WARN, "Nobody is known by that.%s",
                     sign_up_label(a) == NULL ? "" : " F6 signs a new customer up.");
    else if (m->next_id != 0)
        paint_text(inner, 4, 1, inner.columns - 1, ALIGN_LEFT, STYLE_DIM,
                   "There are more: F2 shows the next ones, or type more of the name.");
    else if (m->later)
        paint_text(inner, 4, 1, inner.columns - 1, ALIGN_LEFT, STYLE_DIM,
                   "These are the last. F2 shows the first again.");
    list_draw(&m->list, area_rows(inner, 6, inner.rows - 6), true, draw_row, a);
}

static const struct key keys[] = {
    { KEY_RETURN, NULL, enter, "Look for them; then what is known of the selected one", enter_label },
    { KEY_F(2), NULL, page_on, "The next ones of that name; behind the last the first again", page_label },
    { KEY_F(6), NULL, sign_up, "Sign a new customer up", sign_up_label },
    { KEY_ESCAPE, "Back", back, "Back to the office", NULL },
    { KEY_UP, NULL, up, "The customer above", NULL },
    { KEY_DOWN, NULL, down, "The customer below", NULL },
    { 0 },
};

const struct screen admin_customers_screen = {
    .title = "Customers",
    .about = "Letters look for names, digits for a phone number and then for a card, both together for a card first. A "
             "look-up leaves a trace.",
    .keys = keys,
    .draw = draw,
    .field = field,
    .changed = changed,
    .scan = scan,
    .waits = waits,
};
