/* Who had forgotten their card: a receipt is given to a member, once. Both are shown first. */
#include "client/counter/counter.h"

#include <stdio.h>
#include <string.h>

/* A number with a digit wrong is another customer's receipt: it is looked at before it is given. */
static void on_shown(void *owner, const struct link_answer *answer)
{
    struct counter *c = owner;
    struct attach_model *m = &c->attach;
    char refund_of[28];

    if (stage_top(&c->stage) != &attach_screen || !m->busy)
        return;
    m->busy = false;
    if (counter_refused(c, answer))
        return;
    const Caroline__V1__SaleShown *shown = (const Caroline__V1__SaleShown *)answer->reply;
    if (shown->sale == NULL)
        return;
    receipt_take(c, &m->sale, RECEIPT_AGAIN, shown->sale);
    m->sold = (struct instant){ (int64_t)(shown->has_made_us ? shown->made_us : shown->sale->committed_us) };
    counter_copy(refund_of, sizeof(refund_of), shown->refund_of);
    if (shown->sale->free_refund)
        stage_say(&c->stage, MESSAGE_BAD, "this receipt is a refund itself, of goods without one");
    else if (refund_of[0] != 0)
        stage_say(&c->stage, MESSAGE_BAD, "this receipt is a refund itself, of %s", refund_of);
    else if (shown->has_member_id)
        stage_say(&c->stage, MESSAGE_BAD, "this receipt has a member already");
    else
        m->shown = true;
    c->stage.dirty = true;
}

static void look_up(struct counter *c)
{
    struct attach_model *m = &c->attach;
    Caroline__V1__SaleShow message;

    caroline__v1__sale_show__init(&message);
    message.has_receipt_number = true;
    message.receipt_number = counter_text(m->number.text);
    m->shown = false;
    m->busy = true;
    counter_call(c, CAROLINE__V1__OP__OP_SALE_SHOW, &message.base, on_shown);
}

void attach_begin(struct counter *c, const struct member_row *member, const char *number)
{
    struct attach_model *m = &c->attach;

    receipt_fini(&m->sale);
    explicit_bzero(m, sizeof(*m));
    m->member = *member;
    field_init(&m->number, FIELD_TEXT, 24);
    field_set(&m->number, number);
    stage_push(&c->stage, &attach_screen);
    if (number[0] != 0)
        look_up(c);
}

static void leave(struct counter *c)
{
    if (stage_top(&c->stage) == &attach_screen)
        stage_pop(&c->stage);
    receipt_fini(&c->attach.sale);
    explicit_bzero(&c->attach, sizeof(c->attach));
}

void attach_say(struct counter *c, const Caroline__V1__SaleAttached *done, const char *name)
{
    char number[28], points[NUMBER_TEXT], after[NUMBER_TEXT];

    counter_copy(number, sizeof(number), done->receipt_number);
    stage_say(&c->stage, MESSAGE_GOOD, "%s is %s now: %s more, %s", number, name[0] != 0 ? name : "the member's",
              counter_points(points, done->points_earned + done->points_gifted),
              counter_points(after, done->points_after));
}

static void on_attached(void *owner, const struct link_answer *answer)
{
    struct counter *c = owner;
    char name[100];

    if (counter_refused(c, answer))
        return;
    const Caroline__V1__SaleAttached *done = (const Caroline__V1__SaleAttached *)answer->reply;
    snprintf(name, sizeof(name), "%.90s's", c->attach.member.name);
    attach_say(c, done, name);
    explicit_bzero(name, sizeof(name));
    bool in_basket = c->basket.member_id != 0 && c->basket.member_id == (int64_t)done->member_id;
    leave(c);
    if (in_basket) /* what they can spend has grown */
        member_refresh(c);
}

/* ---- keys ---- */

static void give(void *model)
{
    struct counter *c = model;
    struct attach_model *m = &c->attach;
    Caroline__V1__SaleAttach message;

    if (m->busy)
        return;
    if (field_is_empty(&m->number)) {
        stage_say(&c->stage, MESSAGE_BAD, "type the receipt's number, or scan it");
        return;
    }
    if (!m->shown) {
        look_up(c);
        return;
    }
    caroline__v1__sale_attach__init(&message);
    message.has_receipt_number = message.has_member_id = true;
    message.receipt_number = counter_text(m->sale.number);
    message.member_id = (uint64_t)m->member.id;
    waiting_begin(
        c, CAROLINE__V1__OP__OP_SALE_ATTACH, &message.base,
        &(struct waiting){ .busy = &m->busy, .answered = on_attached, .leave = leave, .what = "the receipt's member" });
}

static void back(void *model)
{
    struct counter *c = model;

    if (!waiting_back(c))
        leave(c);
}

/* Another number: what is shown is not what would be given. */
static void changed(void *model)
{
    struct attach_model *m = &((struct counter *)model)->attach;

    m->shown = false;
    receipt_fini(&m->sale);
}

static void roll(void *model, int key)
{
    struct attach_model *m = &((struct counter *)model)->attach;

    if (m->sale.arena != NULL)
        receipt_roll(&m->sale, key);
}

static void up(void *model)
{
    roll(model, KEY_UP);
}

static void down(void *model)
{
    roll(model, KEY_DOWN);
}

static const char *enter_label(const void *model)
{
    return ((const struct counter *)model)->attach.shown ? "Give" : "Look up";
}

static struct field *field(void *model)
{
    struct attach_model *m = &((struct counter *)model)->attach;

    return m->busy ? NULL : &m->number; /* the answer is about what stands there */
}

static bool scan(void *model, const char *code, bool doubtful)
{
    struct counter *c = model;

    if (doubtful || c->attach.busy ||
        sale_knows_code(c, code)) /* goods go into the basket, wherever they are scanned */
        return false;
    field_set(&c->attach.number, code);
    changed(c);
    look_up(c);
    return true;
}

/* ---- drawing ---- */

static void draw(void *model, struct area area)
{
    struct counter *c = model;
    struct attach_model *m = &c->attach;
    struct area left = area_columns(area, 2, area.columns - 50);
    char text[NUMBER_TEXT], at[LOCAL_TEXT];

    paint_text(left, 1, 0, left.columns, ALIGN_LEFT, STYLE_HEAD, "For");
    paint_text(left, 2, 2, left.columns - 2, ALIGN_LEFT, STYLE_STRONG, m->member.name);
    paint_text(left, 3, 2, left.columns - 2, ALIGN_LEFT, STYLE_PLAIN, m->member.phone);
    paint_text(left, 4, 2, left.columns - 2, ALIGN_LEFT, STYLE_PLAIN, counter_points(text, m->member.points));
    paint_text(left, 6, 0, left.columns, ALIGN_LEFT, STYLE_PLAIN, "Receipt number");
    paint_field(left, 7, 0, left.columns, &m->number, !m->busy);
    if (m->shown) {
        local_format(at, zone_local(counter_zone(c), m->sold));
        paint_format(left, 9, 0, left.columns, ALIGN_LEFT, STYLE_STRONG, "%s: %s", m->sale.number,
                     counter_money(c, text, m->sale.total_minor));
        paint_text(left, 10, 0, left.columns, ALIGN_LEFT, STYLE_PLAIN, at);
        paint_wrapped(left, 12, 0, left.columns, STYLE_WARN,
                      "Is it theirs? It has one member, once: there is no way back, and the journal says who gave it.");
    } else if (!m->busy) {
        paint_wrapped(left, 9, 0, left.columns, STYLE_DIM,
                      "It is shown before it is given. Points as if they had been shown when it was rung up.");
    }
    if (m->sale.arena != NULL)
        receipt_draw_lines(&m->sale, area_columns(area, area.columns - 44, 43));
    if (m->busy)
        waiting_draw(c, left, 17);
}

static const struct key keys[] = {
    { KEY_RETURN, NULL, give, "Look the receipt up; once it is shown: it is this member's from now on", enter_label },
    { KEY_ESCAPE, NULL, back, "Back", waiting_not_label },
    WAITING_TAKE_BACK(back),
    WAITING_PUT_ASIDE(back),
    { KEY_UP, NULL, up, "Scroll the receipt", NULL },
    { KEY_DOWN, NULL, down, NULL, NULL },
    { 0 },
};

const struct screen attach_screen = {
    .title = "A receipt for a member",
    .about = "For who had forgotten their card. The number stands on the receipt (3T-000042; 3t42 will do).",
    .keys = keys,
    .draw = draw,
    .field = field,
    .changed = changed,
    .scan = scan,
    .asleep = waiting_is_on,
};
