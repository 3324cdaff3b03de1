/* Opening a shift with a float: the till's drawer, or one's own at it. */
#include "client/counter/counter.h"

#include <string.h>

/* ---- what is known of it ---- */

static int64_t here(const struct counter *c)
{
    const Caroline__V1__SessionOpened *session = link_session(c->link);

    return session == NULL || session->staff == NULL ? 0 : (int64_t)session->staff->id;
}

void shift_take(struct counter *c, const Caroline__V1__ShiftShown *shown)
{
    offline_numbers_behind(c, shown);
    if (shown->holder_id != 0 && (int64_t)shown->holder_id != here(c))
        return;
    c->shift.known = true;
    c->shift.open = shown->open;
    c->shift.personal = shown->personal;
    c->shift.id = (int64_t)shown->shift_id;
    c->shift.holder_id = (int64_t)shown->holder_id;
    c->shift.opened = (struct instant){ (int64_t)shown->opened_us };
    c->shift.others = shown->others;
    c->shift.others_since = (struct instant){ (int64_t)shown->others_since_us };
}

void shift_leave(struct counter *c)
{
    if (c->shift.holder_id != 0 || c->shift.personal)
        c->shift.known = c->shift.open = false;
}

/* ---- opening it ---- */

void shift_ask(struct counter *c)
{
    field_init(&c->shift.amount, FIELD_NUMBER, 14);
    c->shift.busy = c->shift.pay_next = c->shift.asked_back = false;
    stage_push(&c->stage, &shift_screen);
}

void shift_ask_to_pay(struct counter *c)
{
    shift_ask(c);
    c->shift.pay_next = true;
}

static void on_looked(void *owner, const struct link_answer *answer)
{
    if (answer->outcome == LINK_OK)
        shift_take(owner, (const Caroline__V1__ShiftShown *)answer->reply);
}

/* Another screen of this person has opened it. */
static void look(struct counter *c)
{
    Caroline__V1__ShiftShow message;

    caroline__v1__shift_show__init(&message);
    counter_call(c, CAROLINE__V1__OP__OP_SHIFT_SHOW, &message.base, on_looked);
}

static void on_opened(void *owner, const struct link_answer *answer)
{
    struct counter *c = owner;
    char amount[NUMBER_TEXT];

    c->shift.busy = false;
    if (answer->code == CAROLINE__V1__ERROR_CODE__SHIFT_ALREADY_OPEN) {
        c->shift.open = c->shift.known = true;
        look(c);
    } else if (answer->outcome == LINK_OK) {
        const Caroline__V1__ShiftShown *shift = (const Caroline__V1__ShiftShown *)answer->reply;
        shift_take(c, shift);
        offline_try_again(c);
        stage_say(&c->stage, MESSAGE_GOOD,
                  shift->holder_id != 0 ? "shift %u is open with %s in your own drawer"
                                        : "shift %u is open with %s in the drawer",
                  shift->number, counter_money(c, amount, shift->float_minor));
    }
    if (answer->outcome != LINK_OK && counter_refused(c, answer) && !c->shift.open)
        return;
    if (stage_top(&c->stage) != &shift_screen)
        return;
    stage_pop(&c->stage);
    if (c->shift.pay_next && c->shift.open && stage_top(&c->stage) == &sale_screen)
        pay_begin(c);
}

/* What a drawer rarely begins with, in units of the currency: a hundred times that where it has no smaller ones. */
#define MUCH INT64_C(1000)

static int64_t much_minor(const struct shop *shop)
{
    int64_t minor = MUCH;

    for (unsigned i = 0; shop != NULL && i < shop->currency_exponent; i++)
        minor *= 10;
    return shop != NULL && shop->currency_exponent == 0 ? MUCH * 10 * 10 : minor;
}

/* Who begins to sell at once types a product's number here, and it would be money: such a float is sent when it is entered once more. */
static bool is_meant(struct counter *c, int64_t float_minor)
{
    struct shift_model *m = &c->shift;
    const struct product *product = sale_product_of_code(c, m->amount.text);
    char amount[NUMBER_TEXT];

    if (m->asked_back && m->asked_minor == float_minor)
        return true;
    if ((product == NULL || float_minor == 0) && float_minor <= much_minor(counter_shop(c)))
        return true;
    m->asked_back = true;
    m->asked_minor = float_minor;
    counter_money(c, amount, float_minor);
    if (product != NULL)
        stage_say(&c->stage, MESSAGE_BAD, "%s is %s: are %s in the drawer? Enter again if so", m->amount.text,
                  product->name, amount);
    else
        stage_say(&c->stage, MESSAGE_BAD, "are %s in the drawer? Enter again if so", amount);
    return false;
}

static void enter(void *model)
{
    struct counter *c = model;
    Caroline__V1__ShiftOpen message;

    caroline__v1__shift_open__init(&message);
    message.has_float_minor = true;
    if (c->shift.busy)
        return;
    if (!counter_money_parse(c, c->shift.amount.text, &message.float_minor)) {
        stage_say(&c->stage, MESSAGE_BAD, "count what is in the drawer and type it: 100 or 100.00, or 0");
        return;
    }
    if (!is_meant(c, message.float_minor))
        return;
    struct link_command command = {
        .op = CAROLINE__V1__OP__OP_SHIFT_OPEN, .message = &message.base, .answered = on_opened, .owner = c
    };
    c->shift.busy = counter_command(c, &command, NULL);
}

static void later(void *model)
{
    struct counter *c = model;

    stage_pop(&c->stage);
    stage_say(&c->stage, MESSAGE_PLAIN, "the shift is not open: goods can be scanned, but nothing can be paid");
}

static struct field *field(void *model)
{
    return &((struct counter *)model)->shift.amount;
}

static void draw(void *model, struct area area)
{
    struct counter *c = model;
    const struct shop *shop = counter_shop(c);
    struct area middle = area_columns(area, area.columns / 2 - 24, 48);
    int row = area.rows / 2 - 4;

    paint_text(middle, row, 0, middle.columns, ALIGN_CENTRE, STYLE_STRONG,
               c->shift.personal ? "Open your own drawer" : "Open the shift");
    if (c->shift.personal)
        paint_format(middle, row + 2, 0, middle.columns, ALIGN_CENTRE, STYLE_PLAIN,
                     "%s, how much money is in your drawer?", c->stage.status.person);
    else
        paint_text(middle, row + 2, 0, middle.columns, ALIGN_CENTRE, STYLE_PLAIN, "How much money is in the drawer?");
    paint_text(middle, row + 4, 10, 8, ALIGN_RIGHT, STYLE_PLAIN, shop == NULL ? "" : shop->currency);
    paint_field(middle, row + 4, 19, 16, &c->shift.amount, true);
    if (c->shift.busy)
        paint_text(middle, row + 6, 0, middle.columns, ALIGN_CENTRE, STYLE_DIM, "Asking the server ...");
}

static const struct key keys[] = {
    { KEY_RETURN, "Open", enter, "Open the shift with this float", NULL },
    { KEY_ESCAPE, "Later", later, "Not now: goods can be scanned, nothing can be paid", NULL },
    { 0 },
};

const struct screen shift_screen = {
    .title = "Shift",
    .about = "The float is what lies in the drawer before the first sale. It is counted, not guessed.",
    .keys = keys,
    .draw = draw,
    .field = field,
};
