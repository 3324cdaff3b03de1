/* The counter's screens by keys and answers: what a cashier sees, compared with the files in golden/. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "desk.h"
#include "seed.h"

#define OP(name) CAROLINE__V1__OP__OP_##name

static void keys_that_would_do_nothing_are_not_shown(void **state)
{
    (void)state;
    struct desk d;

    desk_open(&d);
    desk_sign_in(&d);
    desk_sees_not(&d, "Void line");
    desk_sees_not(&d, "F7");
    desk_sees(&d, "F10 Refund");
    scripted_forbids(d.link, "refund");
    desk_sees_not(&d, "Refund");
    desk_type(&d, K_F10);
    assert_ptr_equal(stage_top(&d.counter.stage), &sale_screen);
    desk_type(&d, "112");
    desk_type(&d, K_ENTER);
    desk_sees(&d, "Void line");
    desk_sees(&d, "F7 Hot");
    desk_type(&d, K_ESC);
    desk_sees(&d, "It has 1 line for");
    desk_close(&d);
}

/* A number typed while it asks is for the sale, and so is the Enter behind it. */
static void a_question_about_the_basket_swallows_nothing(void **state)
{
    (void)state;
    struct desk d;

    desk_open(&d);
    desk_sign_in(&d);
    desk_fill(&d);
    desk_type(&d, K_ESC);
    desk_sees(&d, "Throw this basket away? It has 5 lines");
    desk_type(&d, "1");
    desk_type(&d, "1");
    desk_type(&d, "4");
    desk_type(&d, K_ENTER);
    assert_int_equal(d.counter.basket.line_count, 6);
    desk_type(&d, K_ESC);
    desk_scan(&d, "73513537");
    assert_int_equal(d.counter.basket.line_count, 7);
    desk_sees_not(&d, "Throw this basket away?");
    desk_close(&d);
}

static void in_a_small_window_a_scan_adds_its_line_and_says_so(void **state)
{
    (void)state;
    struct desk d;

    desk_open(&d);
    desk_sign_in(&d);
    free(golden_text(&d.counter.stage, 20, 60));
    desk_scan(&d, "73513537");
    desk_type(&d, K_F2);
    desk_type(&d, K_F12);
    char *small = golden_text(&d.counter.stage, 20, 60);
    assert_non_null(strstr(small, "73513537 was scanned and taken"));
    free(small);
    assert_int_equal(d.counter.basket.line_count, 1);
    assert_ptr_equal(stage_top(&d.counter.stage), &sale_screen);
    assert_false(scripted_asked(d.link, OP(SALE_QUOTE)));
    desk_close(&d);
}

static void the_panel_has_room_for_a_long_name(void **state)
{
    (void)state;
    struct desk d;

    desk_open(&d);
    desk_sign_in(&d);
    desk_fill(&d);
    d.counter.basket.member_id = 7;
    snprintf(d.counter.basket.member_name, sizeof d.counter.basket.member_name,
             "Maximiliane Freifrau von und zu Hohenstein");
    d.counter.basket.member_points = 1;
    sale_changed(&d.counter);
    desk_sees(&d, "Maximiliane Freifrau von");
    desk_sees(&d, "und zu Hohenstein");
    desk_sees(&d, "1 point\n");
    desk_sees(&d, "Tax in the total:");
    desk_type(&d, K_F2);
    desk_quote(&d);
    memset(d.counter.basket.member_name, 'M', 80);
    d.counter.basket.member_name[80] = 0;
    desk_sees(&d, "earns"); /* behind however long a name */
    desk_close(&d);
}

static void the_first_catalogue_shows_how_far_it_is(void **state)
{
    (void)state;
    struct desk d;
    desk_open(&d);
    scripted_progress(d.link, 0, 0);
    desk_sign_in(&d);
    scripted_progress(d.link, 90, 250);
    desk_golden(&d, "progress");
    desk_scan(&d, "4006381333931"); /* sold as soon as it is here */
    assert_int_equal(d.counter.basket.line_count, 0);
    scripted_catalogue(d.link, d.catalogue);
    desk_type(&d, "");
    assert_int_equal(d.counter.basket.line_count, 1);
    scripted_state(d.link, LINK_OFFLINE, "the server cannot be reached");
    scripted_progress(d.link, 0, 0);
    desk_scan(&d, "4006381333931"); /* and with nobody to bring it, it is not waited for */
    desk_sees(&d, "the catalogue is not here yet");
    desk_close(&d);
}

static void goods_come_by_number_scan_and_name(void **state)
{
    (void)state;
    struct desk d;
    desk_open(&d);
    desk_sign_in(&d);
    desk_fill(&d);
    desk_type(&d, K_UP);
    desk_type(&d, K_UP);
    desk_type(&d, K_F3); /* the cake is taken back */
    desk_type(&d, K_F6); /* eaten here */
    desk_type(&d, "3 × ");
    desk_golden(&d, "sale-lines");
    desk_type(&d, "choc");
    desk_golden(&d, "sale-search");
    desk_type(&d, K_DOWN);
    desk_type(&d, K_ENTER);
    desk_sees(&d, "Éclair au chocolat");
    assert_int_equal(d.counter.basket.line_count, 6);
    assert_int_equal(d.counter.basket.lines[5].product_id, BAKERY_ECLAIR);
    assert_int_equal(d.counter.basket.lines[5].quantity_milli, 3000);
    desk_type(&d, K_F1);
    desk_golden(&d, "sale-help");
    desk_type(&d, K_ESC);
    /* 5x alone changes the quantity of the line */
    desk_type(&d, "5x\r");
    assert_int_equal(d.counter.basket.lines[5].quantity_milli, 5000);
    /* the same again is more of it */
    desk_scan(&d, "73513537");
    assert_int_equal(d.counter.basket.lines[5].quantity_milli, 6000);
    desk_close(&d);
}

/* What customers say of it, for who asks which to take; what is sold out says that. */
static void what_was_found_says_how_it_is_rated(void **state)
{
    const struct {
        int64_t id;
        uint32_t hundredths, count;
        bool sold_out;
    } rated[] = { { BAKERY_COOKIE, 437, 12, false },
                  { BAKERY_ECLAIR, 495, 12345, false },
                  { BAKERY_BREAD, 300, 1, true } };
    struct desk d;

    (void)state;
    desk_open(&d);
    for (size_t i = 0; i < sizeof rated / sizeof *rated; i++) {
        struct product product = *catalogue_product(d.catalogue, catalogue_newest(d.catalogue), rated[i].id);
        product.rating_hundredths = rated[i].hundredths;
        product.rating_count = rated[i].count;
        product.sold_out = rated[i].sold_out;
        catalogue_put_product(d.catalogue, 2, &product);
    }
    catalogue_seal(d.catalogue, 2, link_now(d.link).us);
    desk_sign_in(&d);
    desk_type(&d, "a");
    desk_golden(&d, "sale-rated");
    desk_close(&d);
}

static void what_cannot_be_sold_says_why(void **state)
{
    (void)state;
    static const struct {
        const char *typed, *sentence;
    } cases[] = {
        { "117\r", "Lemon Tart is sold out" },      { "0,5x112\r", "0.5 × Croissant: this is sold by whole pieces" },
        { "99\r", "no product has the number 99" }, { "zzz\r", "no product is called that" },
        { "0x112\r", "that is no quantity" },       { "4x\r", "scan or type what it is that there are so many of" },
    };
    struct desk d;
    desk_open(&d);
    desk_sign_in(&d);
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        desk_type(&d, cases[i].typed);
        desk_sees(&d, cases[i].sentence);
        assert_int_equal(d.counter.basket.line_count, 0);
        desk_type(&d, K_ESC);
    }
    desk_type(&d, K_F2);
    desk_sees(&d, "there is nothing to pay");
    desk_close(&d);
}

static void the_basket_outlives_the_program(void **state)
{
    (void)state;
    struct desk d;
    Caroline__V1__Member mia = CAROLINE__V1__MEMBER__INIT;
    Caroline__V1__MemberShown shown = CAROLINE__V1__MEMBER_SHOWN__INIT;

    desk_open(&d);
    desk_sign_in(&d);
    desk_fill(&d);
    desk_find_members(&d);
    desk_type(&d, K_ENTER);
    desk_type(&d, K_F5);
    desk_type(&d, K_UP);
    desk_type(&d, K_F3);
    struct open_line before[5];
    memcpy(before, d.counter.basket.lines, sizeof(before));
    int64_t total = d.counter.basket.rows.total_minor;
    desk_restart(&d);
    desk_sees(&d, "A basket of 5 lines waits on this till.");
    desk_sign_in(&d);
    assert_memory_equal(before, d.counter.basket.lines, sizeof(before));
    assert_int_equal(d.counter.basket.rows.total_minor, total);
    assert_int_equal(d.counter.basket.reward_count, 1);
    mia.has_id = mia.has_name = mia.has_points = true;
    mia.id = 77;
    mia.name = counter_text("Mia Stone");
    mia.points = 230;
    shown.member = &mia;
    scripted_answer(d.link, OP(MEMBER_SHOW), &shown.base);
    desk_sees(&d, "Mia Stone");
    desk_close(&d);
}

static void allergens_are_one_key_away(void **state)
{
    (void)state;
    struct desk d;
    desk_open(&d);
    desk_sign_in(&d);
    desk_type(&d, "eclair");
    desk_type(&d, K_F8);
    desk_golden(&d, "allergens");
    desk_type(&d, K_ESC);
    desk_sees(&d, "1 product"); /* what was typed is still there */
    desk_close(&d);
}

/* Who asks for their health is not told "none" of what nobody entered. */
static void what_nobody_recorded_is_not_free_of_it(void **state)
{
    (void)state;
    struct desk d;
    desk_open(&d);
    desk_sign_in(&d);
    desk_type(&d, "116");
    desk_type(&d, K_F8);
    desk_golden(&d, "allergens-not-recorded");
    desk_sees(&d, "NOTHING IS RECORDED of the allergens in it.");
    desk_sees_not(&d, "Contains");
    desk_type(&d, K_ESC);
    desk_type(&d, K_F12);
    desk_type(&d, "0");
    desk_sees(&d, "NOTHING IS RECORDED of the allergens in it.");
    desk_type(&d, K_ESC);
    desk_type(&d, K_ESC);
    desk_type(&d, "112"); /* gluten and milk: of traces nothing was said */
    desk_type(&d, K_F8);
    desk_sees(&d, "Gluten   Milk");
    desk_sees(&d, "none is recorded");
    desk_close(&d);
}

static void by_its_note_a_product_has_none(void **state)
{
    (void)state;
    struct desk d;
    desk_open(&d);
    struct product tart = *catalogue_product(d.catalogue, 1, BAKERY_SOLD_OUT);
    tart.allergen_note = "free of all fourteen";
    catalogue_put_product(d.catalogue, 2, &tart);
    catalogue_seal(d.catalogue, 2, 2);
    desk_sign_in(&d);
    desk_type(&d, "117");
    desk_type(&d, K_F8);
    desk_sees(&d, "free of all fourteen");
    desk_sees_not(&d, "NOTHING IS RECORDED");
    desk_close(&d);
}

/* A line is selected all the while: it is not shown for what is typed. */
static void what_nothing_is_called_shows_no_other_product(void **state)
{
    static const struct {
        const char *typed, *sentence;
    } rows[] = {
        { "zzz", "no product is called that" },
        { "999", "no product has the number 999" },
        { "0xeclair", "that is no quantity" },
    };
    (void)state;
    struct desk d;
    desk_open(&d);
    desk_sign_in(&d);
    desk_type(&d, "112\r");
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        desk_type(&d, rows[i].typed);
        desk_type(&d, K_F8);
        desk_sees(&d, rows[i].sentence);
        assert_ptr_equal(stage_top(&d.counter.stage), &sale_screen);
        desk_type(&d, K_F12);
        desk_type(&d, "0");
        desk_sees(&d, rows[i].sentence);
        assert_int_equal(d.counter.price.product_id, 0);
        desk_type(&d, K_ESC); /* back, and then what is typed */
        desk_type(&d, K_ESC);
    }
    desk_type(&d, "3x"); /* so many of the selected line */
    desk_type(&d, K_F8);
    desk_sees(&d, "Gluten   Milk");
    desk_close(&d);
}

static void what_is_done_now_and_then_is_behind_one_key(void **state)
{
    (void)state;
    struct desk d;
    desk_open(&d);
    desk_sign_in(&d);
    desk_fill(&d);
    desk_type(&d, K_F12);
    desk_golden(&d, "more");
    desk_type(&d, ".");
    desk_sees(&d, "does nothing here now");
    desk_type(&d, K_ESC);
    assert_ptr_equal(stage_top(&d.counter.stage), &sale_screen);
    desk_type(&d, K_F12);
    desk_type(&d, K_F12);
    desk_sees(&d, "Sign out? Ana's basket stays here: 5 lines, 22.64");
    desk_type(&d, K_ESC);
    assert_false(scripted_asked(d.link, OP(SESSION_CLOSE)));
    desk_type(&d, K_F12);
    desk_type(&d, K_DOWN); /* by the arrows */
    desk_type(&d, K_DOWN);
    desk_type(&d, K_DOWN);
    desk_type(&d, K_DOWN);
    desk_type(&d, K_DOWN);
    desk_type(&d, K_UP);
    desk_type(&d, K_ENTER);
    desk_sees(&d, "Sign out?");
    desk_type(&d, K_ENTER);
    assert_true(scripted_asked(d.link, OP(SESSION_CLOSE)));
    assert_ptr_equal(stage_top(&d.counter.stage), &sign_in_screen);
    assert_int_equal(d.counter.basket.line_count, 5);
    desk_close(&d);
}

/* A person without the right to count is not asked to, neither by a row nor by its digit. */
static void a_row_that_the_role_may_not_do_is_not_there(void **state)
{
    (void)state;
    struct desk d;
    desk_open(&d);
    desk_sign_in(&d);
    scripted_forbids(d.link, "shift_close");
    desk_type(&d, K_F12);
    desk_sees(&d, "X report");
    desk_sees_not(&d, "Close the shift");
    desk_sees_not(&d, "The last Z");
    desk_type(&d, "8");
    desk_sees(&d, "does nothing here now");
    assert_ptr_equal(stage_top(&d.counter.stage), &more_screen);
    desk_type(&d, "0"); /* what is behind those left out is still what its key says */
    assert_ptr_equal(stage_top(&d.counter.stage), &price_screen);
    desk_close(&d);
}

static void control_c_loses_nothing(void **state)
{
    (void)state;
    struct desk d;
    desk_open(&d);
    desk_sign_in(&d);
    desk_fill(&d);
    desk_type(&d, "\003");
    desk_sees(&d, "The basket stays on this till");
    desk_type(&d, K_ESC);
    assert_false(d.counter.leaving);
    assert_int_equal(d.counter.basket.line_count, 5);
    desk_close(&d);
}

/* One waits; it has a cookie in it. */
static void answer_of_parking(struct desk *d, unsigned op)
{
    Caroline__V1__BasketParkDone done = CAROLINE__V1__BASKET_PARK_DONE__INIT;
    Caroline__V1__ParkedBaskets listed = CAROLINE__V1__PARKED_BASKETS__INIT;
    Caroline__V1__ParkedBasket parked = CAROLINE__V1__PARKED_BASKET__INIT, *all[] = { &parked };
    Caroline__V1__BasketResumed resumed = CAROLINE__V1__BASKET_RESUMED__INIT;
    Caroline__V1__Basket basket = CAROLINE__V1__BASKET__INIT;
    Caroline__V1__BasketLine line = CAROLINE__V1__BASKET_LINE__INIT, *lines[] = { &line };

    done.has_parked_count = parked.has_parked_id = line.has_product_id = line.has_quantity_milli = true;
    done.parked_count = 1;
    parked.parked_id = 701;
    line.product_id = BAKERY_COOKIE;
    line.quantity_milli = 1000;
    listed.n_baskets = basket.n_lines = 1;
    listed.baskets = all;
    basket.lines = lines;
    resumed.basket = &basket;
    scripted_answer(d->link, op,
                    op == OP(BASKET_PARK)     ? &done.base
                    : op == OP(BASKET_PARKED) ? &listed.base
                                              : &resumed.base);
}

static void any_keys_and_answers_leave_it_standing(void **state)
{
    (void)state;
    static const char *const pieces[] = {
        K_ENTER,   K_ESC,       K_UP,  K_DOWN, K_F1,      K_F2,  K_F3,  K_F4,   K_F5,    K_F6,
        K_F7,      K_F8,        K_F9,  K_F10,  K_F11,     K_F12, "112", "3x",   "choc",  "73513537\r",
        "\033[6~", "\033[5~",   "mia", "\003", "50",      "é",   "\t",  "\177", "~77\r", "4006381333931\r",
        "117\r",   "0,5*118\r", K_INS, K_HOME, K_F12 "0",
    };
    static const unsigned ops[] = { OP(SESSION_OPEN),  OP(SHIFT_SHOW),   OP(SHIFT_OPEN),     OP(SALE_QUOTE),
                                    OP(SALE_RING_UP),  OP(SALE_SHOW),    OP(SALE_REFUND),    OP(MEMBER_FIND),
                                    OP(MEMBER_CREATE), OP(SESSION_LOCK), OP(SESSION_UNLOCK), OP(SESSION_CLOSE),
                                    OP(MEMBER_SHOW),   OP(BASKET_PARK),  OP(BASKET_PARKED),  OP(BASKET_RESUME),
                                    OP(STOCK_SHOW),    OP(MEMBER_USUAL), OP(BASKET_VOID),    OP(VOID_REPORT),
                                    OP(SALE_EXPLAIN) };
    unsigned seed = (unsigned)test_seed();
    struct desk d;

    desk_open(&d);
    desk_sign_in(&d);
    for (int i = 0; i < 6000; i++) {
        desk_type(&d, pieces[(size_t)rand_r(&seed) % (sizeof(pieces) / sizeof(pieces[0]))]);
        d.counter.leaving = false;
        unsigned op = ops[(size_t)rand_r(&seed) % (sizeof(ops) / sizeof(ops[0]))];
        for (size_t k = 0; k < sizeof(ops) / sizeof(ops[0]); k++) {
            unsigned each = ops[(k + op) % (sizeof(ops) / sizeof(ops[0]))];
            if (!scripted_asked(d.link, each))
                continue;
            switch (rand_r(&seed) % 4) {
            case 0:
                if (each != OP(SALE_RING_UP) && each != OP(SALE_REFUND) && each != OP(BASKET_PARK) &&
                    each != OP(BASKET_RESUME))
                    scripted_fail(d.link, each, "no answer came");
                break;
            case 1:
                scripted_refuse(d.link, each, (unsigned)(rand_r(&seed) % 105), "no", "basket.lines[99].hot", NULL);
                break;
            case 2:
                if (each == OP(SALE_QUOTE))
                    desk_quote(&d);
                else if (each == OP(SALE_RING_UP))
                    desk_ring_up(&d, 5000);
                else if (each == OP(BASKET_PARK) || each == OP(BASKET_PARKED) || each == OP(BASKET_RESUME))
                    answer_of_parking(&d, each);
                break;
            default:
                break;
            }
        }
        if (rand_r(&seed) % 40 == 0)
            scripted_state(d.link, rand_r(&seed) % 2 == 0 ? LINK_ONLINE : LINK_OFFLINE, "for a while");
        if (rand_r(&seed) % 30 == 0)
            scripted_session(d.link, rand_r(&seed) % 5 == 0 ? NULL : "Ana", rand_r(&seed) % 4 == 0);
        if (stage_top(&d.counter.stage) == &sign_in_screen && rand_r(&seed) % 3 == 0)
            stage_only(&d.counter.stage, &sale_screen);
        if (i % 20 == 0)
            free(golden_text(&d.counter.stage, 24 + rand_r(&seed) % 20, 80 + rand_r(&seed) % 50));
    }
    desk_close(&d);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(keys_that_would_do_nothing_are_not_shown),
        cmocka_unit_test(a_question_about_the_basket_swallows_nothing),
        cmocka_unit_test(in_a_small_window_a_scan_adds_its_line_and_says_so),
        cmocka_unit_test(the_panel_has_room_for_a_long_name),
        cmocka_unit_test(the_first_catalogue_shows_how_far_it_is),
        cmocka_unit_test(goods_come_by_number_scan_and_name),
        cmocka_unit_test(what_was_found_says_how_it_is_rated),
        cmocka_unit_test(what_cannot_be_sold_says_why),
        cmocka_unit_test(the_basket_outlives_the_program),
        cmocka_unit_test(allergens_are_one_key_away),
        cmocka_unit_test(what_nobody_recorded_is_not_free_of_it),
        cmocka_unit_test(by_its_note_a_product_has_none),
        cmocka_unit_test(what_nothing_is_called_shows_no_other_product),
        cmocka_unit_test(what_is_done_now_and_then_is_behind_one_key),
        cmocka_unit_test(a_row_that_the_role_may_not_do_is_not_there),
        cmocka_unit_test(control_c_loses_nothing),
        cmocka_unit_test(any_keys_and_answers_leave_it_standing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
