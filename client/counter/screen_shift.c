/* Opening the drawer's shift with a float. */
#include "client/counter/counter.h"

#include <string.h>

void shift_ask(struct counter *c)
{
    field_init(&c->shift.amount, FIELD_NUMBER, 14);
    c->shift.busy = false;
    stage_push(&c->stage, &shift_screen);
}

static void on_opened(void *owner, const struct link_answer *answer)
{
    struct counter *c = owner;
    char amount[NUMBER_TEXT];

    c->shift.busy = false;
    if (answer->code == CAROLINE__V1__ERROR_CODE__SHIFT_ALREADY_OPEN) {
        c->shift.open = c->shift.known = true;
    } else if (answer->outcome == LINK_OK) {
        const Caroline__V1__ShiftShown *shift = (const Caroline__V1__ShiftShown *)answer->reply;
        c->shift.known = c->shift.open = true;
        c->shift.id = (int64_t)shift->shift_id;
        c->shift.opened = (struct instant){ (int64_t)shift->opened_us };
        stage_say(&c->stage, MESSAGE_GOOD, "shift %u is open with %s in the drawer", shift->number,
                  counter_money(c, amount, shift->float_minor));
    }
    if (answer->outcome != LINK_OK && counter_refused(c, answer) && !c->shift.open)
        return;
    if (stage_top(&c->stage) == &shift_screen)
        stage_pop(&c->stage);
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

    paint_text(middle, row, 0, middle.columns, ALIGN_CENTRE, STYLE_STRONG, "Open the shift");
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
