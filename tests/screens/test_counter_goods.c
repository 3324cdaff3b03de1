/* No screen swallows a scan: goods that are scanned on any of them are a line of the basket, or it beeps and says which were not
 * taken. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>

#include "desk.h"
#include "every_screen.h"

#define CODE "73513537" /* an éclair */

enum outcome {
    TAKEN, /* a line more, and the sale is in sight */
    NAMED, /* nothing changes, it beeps, and the code is named */
    SHOWN, /* the screen is there to be asked what goods cost */
};

struct row {
    const char *name;
    const struct screen *screen;
    enum outcome outcome;
    void (*set_up)(struct desk *d, const struct screen *screen); /* NULL: above the sale */
};

static void stand_alone(struct desk *d, const struct screen *screen)
{
    stage_only(&d->counter.stage, screen);
}

/* Its total is known, and nothing was given yet. */
static void ask_for_money(struct desk *d, const struct screen *screen)
{
    stage_push(&d->counter.stage, screen);
    d->counter.pay.state = PAY_OPEN;
}

/* Part of the money is there. */
static void take_money(struct desk *d, const struct screen *screen)
{
    desk_type(d, "112\r");
    desk_type(d, K_F2);
    desk_quote(d);
    desk_type(d, "1\r");
    assert_int_equal(d->counter.pay.tender_count, 1);
    if (screen != &pay_screen)
        stage_push(&d->counter.stage, screen);
}

/* The machine is charging. */
static void charge(struct desk *d, const struct screen *screen)
{
    (void)screen;
    desk_type(d, "112\r");
    desk_type(d, K_F2);
    desk_quote(d);
    desk_type(d, K_F3);
    assert_int_equal(d->counter.pay.ask, PAY_ASKS_CARD);
}

static void count_coins(struct desk *d, const struct screen *screen)
{
    (void)screen;
    count_begin(&d->counter, 0, "");
    desk_type(d, "7");
}

#define NAME(screen) #screen "_screen", &screen##_screen
static const struct row rows[] = {
    { NAME(account), TAKEN, NULL },
    { NAME(account_paper), TAKEN, NULL },
    { NAME(account_receive), TAKEN, NULL },
    { NAME(allergens), TAKEN, NULL },
    { NAME(approval), TAKEN, NULL },
    { NAME(attach), TAKEN, NULL },
    { NAME(avoids), NAMED, NULL },
    { NAME(card_page), TAKEN, NULL },
    { NAME(cash), TAKEN, NULL },
    { NAME(choice), TAKEN, NULL },
    { NAME(count), TAKEN, NULL },
    { NAME(discount), TAKEN, NULL },
    { NAME(drawer), TAKEN, NULL },
    { NAME(drawers), TAKEN, NULL },
    { NAME(erase), TAKEN, NULL },
    { NAME(explain), TAKEN, NULL },
    { NAME(gift_card), TAKEN, NULL },
    { NAME(gift_card_change), TAKEN, NULL },
    { NAME(gift_card_load), TAKEN, NULL },
    { NAME(gift_card_paper), TAKEN, NULL },
    { NAME(invoice), TAKEN, NULL },
    { NAME(kiosk_number), TAKEN, NULL },
    { NAME(lock), NAMED, NULL },
    { NAME(member), TAKEN, NULL },
    { NAME(member_merge), TAKEN, NULL },
    { NAME(member_new), TAKEN, NULL },
    { NAME(more), TAKEN, NULL },
    { NAME(new_pin), NAMED, stand_alone },
    { NAME(note), TAKEN, NULL },
    { NAME(parked), TAKEN, NULL },
    { NAME(pay), TAKEN, ask_for_money },
    { NAME(price), SHOWN, NULL },
    { NAME(printers), TAKEN, NULL },
    { NAME(privacy), TAKEN, NULL },
    { NAME(receipt_code), TAKEN, NULL },
    { NAME(receipt), TAKEN, NULL },
    { NAME(refund), TAKEN, NULL },
    { NAME(refund_free), TAKEN, NULL },
    { NAME(report), TAKEN, NULL },
    { NAME(retender), TAKEN, NULL },
    { NAME(reward), TAKEN, NULL },
    { NAME(sale), TAKEN, stand_alone },
    { NAME(shift), TAKEN, NULL },
    { NAME(sign_in), NAMED, stand_alone },
    { NAME(stored_cards), TAKEN, NULL },
    { NAME(stored_charge), TAKEN, NULL },
    { NAME(switch), TAKEN, NULL },
    { NAME(tender), TAKEN, NULL },
    { NAME(throw_away), TAKEN, NULL },
    { NAME(void), TAKEN, NULL },
    { NAME(voids), TAKEN, NULL },
    { NAME(pay), NAMED, take_money },
    { NAME(pay), NAMED, charge },
    { NAME(gift_card), NAMED, take_money },
    { NAME(tender), NAMED, take_money },
    { NAME(count), NAMED, count_coins },
};
#define ROW_COUNT (sizeof rows / sizeof rows[0])

static void stand_on(struct desk *d, const struct row *row)
{
    desk_open(d);
    desk_sign_in(d);
    if (row->set_up != NULL)
        row->set_up(d, row->screen);
    else
        stage_push(&d->counter.stage, row->screen);
    stage_quiet(&d->counter.stage);
    d->counter.stage.beep = d->counter.stage.alarm = false;
}

static bool is_named(const struct desk *d)
{
    const struct stage *stage = &d->counter.stage;

    return strstr(stage->message, CODE) != NULL || strstr(stage->held, CODE) != NULL;
}

static void look(struct desk *d, const struct row *row, size_t before)
{
    const struct counter *c = &d->counter;
    bool bad = c->stage.alarm || c->stage.message_kind == MESSAGE_BAD; /* which beeps */

    switch (row->outcome) {
    case TAKEN:
        if (c->basket.line_count != before + 1 || stage_top(&c->stage) != &sale_screen || bad)
            fail_msg("%s: %zu lines, '%s'", row->name, c->basket.line_count, c->stage.message);
        break;
    case NAMED:
        if (c->basket.line_count != before || !bad || !is_named(d))
            fail_msg("%s: %zu lines, '%s'", row->name, c->basket.line_count, c->stage.message);
        break;
    case SHOWN:
        if (c->basket.line_count != before || c->price.product_id != BAKERY_ECLAIR)
            fail_msg("%s: %zu lines, shown is %lld", row->name, c->basket.line_count, (long long)c->price.product_id);
        break;
    }
}

static void goods_are_taken_or_named_on_every_screen(void **state)
{
    (void)state;
    for (size_t i = 0; i < ROW_COUNT; i++) {
        struct desk d;

        stand_on(&d, &rows[i]);
        size_t before = d.counter.basket.line_count;
        desk_scan(&d, CODE);
        look(&d, &rows[i], before);
        desk_close(&d);
    }
}

/* The sale before has no answer yet: they are kept for the next customer, and that is said. */
static void while_a_sale_is_under_way_they_are_kept_or_named(void **state)
{
    (void)state;
    for (size_t i = 0; i < ROW_COUNT; i++) {
        struct desk d;

        if (rows[i].outcome == SHOWN || rows[i].set_up == take_money || rows[i].set_up == charge)
            continue;
        stand_on(&d, &rows[i]);
        d.counter.errand = ERRAND_SELL;
        d.counter.pay.state = PAY_SELLING;
        desk_scan(&d, CODE);
        bool bad = d.counter.stage.alarm || d.counter.stage.message_kind == MESSAGE_BAD;
        if (!is_named(&d) || (d.counter.queued_count != 1 && !bad))
            fail_msg("%s: %zu kept, '%s'", rows[i].name, d.counter.queued_count, d.counter.stage.message);
        d.counter.errand = ERRAND_NONE;
        desk_close(&d);
    }
}

/* So that no new screen is forgotten here. */
static void every_screen_is_in_the_table(void **state)
{
    (void)state;
    every_screen_is_named("client/counter/counter.h", counter_screens, counter_screen_count);
    for (size_t at = 0; at < counter_screen_count; at++) {
        size_t i = 0;
        while (i < ROW_COUNT && rows[i].screen != counter_screens[at].screen)
            i++;
        if (i == ROW_COUNT)
            fail_msg("%s is not in the table", counter_screens[at].name);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_screen_is_in_the_table),
        cmocka_unit_test(goods_are_taken_or_named_on_every_screen),
        cmocka_unit_test(while_a_sale_is_under_way_they_are_kept_or_named),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
