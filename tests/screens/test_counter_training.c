/* A till that practises: every screen says so, nothing is kept of it, and neither mode finds what the other left. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "client/ui/theme.h"
#include "desk.h"

#define OP(name) CAROLINE__V1__OP__OP_##name

static void answer_training(struct desk *d, unsigned op, bool trains)
{
    Caroline__V1__TrainingState state = CAROLINE__V1__TRAINING_STATE__INIT;

    state.has_training = true;
    state.training = trains;
    scripted_training(d->link, trains); /* the link has it first */
    scripted_answer(d->link, op, &state.base);
}

/* As the server says of a drawer that nobody has practised with yet. */
static void answer_shift(struct desk *d, bool open)
{
    Caroline__V1__ShiftShown shift = CAROLINE__V1__SHIFT_SHOWN__INIT;

    shift.has_open = shift.has_shift_id = true;
    shift.open = open;
    shift.shift_id = 31;
    scripted_answer(d->link, OP(SHIFT_SHOW), &shift.base);
}

static void forget_calls(struct desk *d)
{
    Caroline__V1__ParkedBaskets parked = CAROLINE__V1__PARKED_BASKETS__INIT;

    while (scripted_asked(d->link, OP(BASKET_PARKED)))
        scripted_answer(d->link, OP(BASKET_PARKED), &parked.base);
}

static void begin(struct desk *d)
{
    desk_type(d, K_F12);
    desk_type(d, K_F9);
    desk_type(d, K_ENTER);
    scripted_request(d->link, OP(TRAINING_BEGIN), &caroline__v1__training_begin__descriptor);
    answer_training(d, OP(TRAINING_BEGIN), true);
    answer_shift(d, true);
    forget_calls(d);
}

static void end(struct desk *d)
{
    desk_type(d, K_F12);
    desk_type(d, K_F9);
    desk_type(d, K_ENTER);
    answer_training(d, OP(TRAINING_END), false);
    answer_shift(d, true);
    forget_calls(d);
}

static bool on_disk(struct desk *d)
{
    uint8_t by[COMMAND_ID_SIZE];
    bool taken;

    return basket_load(d->spool, d->arena, &taken, by).data != NULL;
}

static void is_said_on_every_screen(struct desk *d, const char *name)
{
    char golden[64];

    desk_sees(d, "TRAINING");
    desk_sees(d, "NOTHING HERE IS SOLD");
    snprintf(golden, sizeof golden, "training-%s", name);
    desk_golden(d, golden);
}

static void every_screen_says_so(void **state)
{
    (void)state;
    struct desk d;
    desk_open(&d);
    desk_sign_in(&d);
    desk_type(&d, K_F12);
    desk_type(&d, K_F9);
    desk_golden(&d, "training-asked");
    desk_type(&d, K_ENTER);
    answer_training(&d, OP(TRAINING_BEGIN), true);
    answer_shift(&d, false);
    is_said_on_every_screen(&d, "shift");
    desk_type(&d, K_ESC);
    desk_fill(&d);
    is_said_on_every_screen(&d, "sale");
    desk_type(&d, K_F12);
    is_said_on_every_screen(&d, "more");
    desk_type(&d, K_F1);
    desk_sees(&d, "NOTHING HERE IS SOLD");
    desk_type(&d, K_ESC);
    desk_type(&d, K_F9);
    is_said_on_every_screen(&d, "end");
    desk_type(&d, K_ESC);
    desk_type(&d, K_F11);
    is_said_on_every_screen(&d, "locked");
    desk_close(&d);
}

static void paying_says_so_and_nothing_is_on_the_disk(void **state)
{
    (void)state;
    struct desk d;
    desk_open(&d);
    desk_sign_in(&d);
    begin(&d);
    desk_sees(&d, "the drawer stays shut, nothing is sold; at the sale F12, F9 ends it");
    desk_fill(&d);
    assert_false(on_disk(&d));
    desk_type(&d, K_F2);
    desk_quote(&d);
    is_said_on_every_screen(&d, "paying");
    desk_type(&d, K_F8); /* a note of fifty */
    assert_int_equal(desk_rung_up(&d)->shift_id, 31);
    assert_false(on_disk(&d));
    desk_ring_up(&d, 5000);
    is_said_on_every_screen(&d, "receipt");
    desk_type(&d, K_ENTER);
    desk_sees(&d, "NOTHING HERE IS SOLD");
    desk_close(&d);
}

/* Without colours, and in letters that any terminal has. */
static void a_poor_terminal_says_it_too(void **state)
{
    (void)state;
    struct desk d;
    desk_open(&d);
    desk_sign_in(&d);
    begin(&d);
    golden_terminal(true);
    theme_init(&(struct theme_options){ .monochrome = true, .ascii_text = true, .ascii_lines = true });
    char *text = golden_text(&d.counter.stage, 24, 80);
    assert_non_null(strstr(text, "TRAINING   TRAINING"));
    free(text);
    assert_int_equal(golden_attributes(&d.counter.stage, 24, 80, "NOTHING HERE") & A_REVERSE, A_REVERSE);
    text = golden_text(&d.counter.stage, 10, 40); /* too small for anything else */
    assert_non_null(strstr(text, "TRAINING"));
    free(text);
    golden_terminal(false);
    desk_close(&d);
}

static void what_is_real_is_over_before_it_begins(void **state)
{
    (void)state;
    struct desk d;
    desk_open(&d);
    desk_sign_in(&d);
    desk_type(&d, "114\r");
    desk_type(&d, K_F12);
    desk_type(&d, K_F9);
    desk_sees(&d, "finish the sale first: what is in the basket is real");
    desk_type(&d, K_ESC);
    assert_false(scripted_asked(d.link, OP(TRAINING_BEGIN)));
    desk_restart(&d);
    desk_sign_in(&d);
    assert_int_equal(d.counter.basket.line_count, 1);
    scripted_state(d.link, LINK_OFFLINE, "no connection");
    desk_type(&d, K_ESC);
    desk_type(&d, K_DOWN K_F8); /* thrown away */
    desk_type(&d, K_F12);
    desk_type(&d, K_F9);
    desk_sees(&d, "no connection: it is the server that one practises with");
    desk_close(&d);
}

static void neither_finds_what_the_other_left(void **state)
{
    (void)state;
    struct desk d;
    desk_open(&d);
    desk_sign_in(&d);
    begin(&d);
    desk_fill(&d);
    end(&d);
    desk_sees(&d, "the training has ended: from here on it is in earnest");
    desk_sees_not(&d, "NOTHING HERE IS SOLD");
    assert_int_equal(d.counter.basket.line_count, 0);
    assert_false(on_disk(&d));
    desk_type(&d, "114\r");
    assert_true(on_disk(&d));
    desk_close(&d);
}

/* Whoever is signed out, by themselves or by the server, practises no more; and a restart finds nothing. */
static void it_ends_with_the_session(void **state)
{
    (void)state;
    struct desk d;
    desk_open(&d);
    desk_sign_in(&d);
    begin(&d);
    desk_fill(&d);
    scripted_session(d.link, NULL, false);
    desk_sees_not(&d, "TRAINING");
    assert_int_equal(d.counter.basket.line_count, 0);
    desk_close(&d);

    desk_open(&d);
    desk_sign_in(&d);
    begin(&d);
    desk_fill(&d);
    desk_type(&d, K_F12);
    desk_type(&d, "1");
    desk_sees(&d, "Sign out? The training ends with it");
    desk_type(&d, K_ESC);
    desk_restart(&d);
    desk_sign_in(&d);
    assert_int_equal(d.counter.basket.line_count, 0);
    desk_sees_not(&d, "TRAINING");
    desk_close(&d);
}

static void what_is_not_for_training_says_so(void **state)
{
    static const char *const keys[] = { K_F2, K_F3, K_F4, "9", K_F6, K_F7 };

    (void)state;
    struct desk d;
    desk_open(&d);
    desk_sign_in(&d);
    begin(&d);
    desk_type(&d, "114\r");
    for (size_t i = 0; i < sizeof keys / sizeof *keys; i++) {
        desk_type(&d, K_F12);
        desk_type(&d, keys[i]);
        desk_sees(&d, "not in training: end the training first (F12, F9)");
        assert_ptr_equal(stage_top(&d.counter.stage), &sale_screen);
    }
    assert_false(scripted_asked(d.link, OP(BASKET_PARK)));
    desk_close(&d);
}

/* Not that there is no account. */
static void nothing_goes_on_an_account(void **state)
{
    static const struct tender_type on_account = {
        .id = 81, .kind = TENDER_ACCOUNT, .name = "On account", .permission = "", .active = true
    };

    (void)state;
    struct desk d;
    desk_open(&d);
    catalogue_put_tender_type(d.catalogue, 1, &on_account);
    desk_sign_in(&d);
    begin(&d);
    desk_type(&d, "114\r");
    desk_type(&d, K_F2);
    desk_quote(&d);
    desk_type(&d, K_F10);
    desk_sees(&d, "nothing goes on an account in training");
    assert_ptr_equal(stage_top(&d.counter.stage), &pay_screen);
    assert_false(scripted_asked(d.link, OP(ACCOUNT_LIST)));
    desk_close(&d);
}

static void nothing_is_sold_by_the_till_itself(void **state)
{
    (void)state;
    struct desk d;
    desk_open(&d);
    desk_sign_in(&d);
    begin(&d);
    desk_type(&d, "114\r");
    scripted_state(d.link, LINK_OFFLINE, "no connection");
    desk_type(&d, K_F2);
    desk_sees(&d, "no connection: it is the server that one practises with");
    assert_false(scripted_asked(d.link, OP(SALE_OFFLINE)));
    desk_close(&d);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_screen_says_so),
        cmocka_unit_test(paying_says_so_and_nothing_is_on_the_disk),
        cmocka_unit_test(a_poor_terminal_says_it_too),
        cmocka_unit_test(what_is_real_is_over_before_it_begins),
        cmocka_unit_test(neither_finds_what_the_other_left),
        cmocka_unit_test(it_ends_with_the_session),
        cmocka_unit_test(what_is_not_for_training_says_so),
        cmocka_unit_test(nothing_goes_on_an_account),
        cmocka_unit_test(nothing_is_sold_by_the_till_itself),
    };

    golden_terminal(false);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
