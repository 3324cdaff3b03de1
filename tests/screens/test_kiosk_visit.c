/* A visit to the kiosk: what may be avoided, what is never kept, when it is over, and that no key leads out of it. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "seed.h"
#include "visitor.h"

#define SIGN_IN CAROLINE__V1__OP__OP_KIOSK_SIGN_IN
#define LEAVE   CAROLINE__V1__OP__OP_BASKET_LEAVE
#define CLOSE   CAROLINE__V1__OP__OP_SESSION_CLOSE

/* ---- when nobody is there ---- */

static void B19_a_minute_of_nothing_clears_cart_and_person(void **state)
{
    struct visitor *v = *state;

    visitor_signs_in(v);
    visitor_shown(v);
    visitor_scan(v, "4006381333931");
    visitor_type(v, "1f1m41");
    visitor_type(v, "Quixote");
    assert_true(visitor_is_remembered(v, "Quixote") && visitor_is_remembered(v, "Mia Stone"));
    int64_t touched = v->now_us - 100000;
    visitor_waits(v, touched + KIOSK_ASK_US - v->now_us - 1);
    visitor_sees_not(v, "Are you still there?");
    visitor_waits(v, 1);
    visitor_golden(v, "asking");
    visitor_waits(v, 9 * SECOND_US);
    visitor_sees(v, "Are you still there?");
    assert_false(scripted_asked(v->link, CLOSE));
    visitor_waits(v, SECOND_US);
    visitor_sees(v, "Welcome to Caroline's Cookies");
    visitor_sees(v, "empty");
    assert_true(scripted_asked(v->link, CLOSE));
    assert_false(v->kiosk.visit.account.open);
    assert_int_equal(v->kiosk.visit.basket.line_count, 0);
    assert_int_equal(v->kiosk.visit.avoid, 0);
    assert_false(visitor_is_remembered(v, "Quixote"));
    assert_false(visitor_is_remembered(v, "Mia"));
    visitor_type(v, "\033");
    visitor_sees(v, "Welcome to Caroline's Cookies");
    visitor_waits(v, 3600 * SECOND_US);
    visitor_sees_not(v, "Are you still there?");
}

static void B19_who_is_still_there_says_so_and_that_is_all_it_does(void **state)
{
    struct visitor *v = *state;
    static const char *const answers[] = { "x", "1", "\r", "\033", "\033[<0;40;12M", "\033OP" };

    for (size_t i = 0; i < sizeof(answers) / sizeof(answers[0]); i++) {
        visitor_scan(v, "4006381333931");
        visitor_type(v, "1b");
        visitor_waits(v, KIOSK_ASK_US);
        visitor_sees(v, "Are you still there?");
        visitor_type(v, answers[i]);
        visitor_sees_not(v, "Are you still there?");
        visitor_sees(v, "Your basket");
        visitor_waits(v, KIOSK_ASK_US - 200000);
        visitor_sees_not(v, "Are you still there?");
    }
    visitor_waits(v, SECOND_US);
    visitor_scan(v, "73513537"); /* a scan counts as such */
    visitor_sees(v, "Éclair au chocolat");
}

static void B19_who_signs_in_and_leaves_at_once_is_signed_in_for_nobody(void **state)
{
    struct visitor *v = *state;
    Caroline__V1__KioskSignedIn done = CAROLINE__V1__KIOSK_SIGNED_IN__INIT;

    visitor_type(v, "m1");
    visitor_type(v, "0305550100\r");
    visitor_type(v, "8261\r");
    assert_true(scripted_asked(v->link, SIGN_IN));
    visitor_waits(v, KIOSK_CLEAR_US);
    visitor_sees(v, "Welcome to");
    assert_false(scripted_asked(v->link, CLOSE));
    done.has_member_id = done.has_name = true;
    done.member_id = 77;
    done.name = kiosk_bytes("Mia Stone");
    scripted_answer(v->link, SIGN_IN, &done.base);
    assert_true(scripted_asked(v->link, CLOSE));
    assert_false(v->kiosk.visit.account.open);
    visitor_sees_not(v, "Mia");
}

static void B19_i_am_done_clears_at_once_also_while_an_answer_is_awaited(void **state)
{
    struct visitor *v = *state;

    visitor_signs_in(v); /* what is known of her is on its way */
    visitor_sees(v, "Mia Stone");
    visitor_type(v, "1");
    visitor_sees(v, "My account");
    visitor_click(v, "Finish");
    visitor_sees(v, "Welcome to");
    assert_true(scripted_asked(v->link, CLOSE));
    assert_false(visitor_is_remembered(v, "Mia"));
    visitor_shown(v); /* and this is nobody's */
    assert_false(visitor_is_remembered(v, "Mia"));
}

/* ---- no way out ---- */

static void press_all(struct visitor *v)
{
    static const char *const sequences[] = { "\033OP",   "\033OQ",   "\033OR",    "\033OS",    "\033[15~",
                                             "\033[24~", "\033[21~", "\033[1;5C", "\033[200~", "\033[201~",
                                             "\0331",    "\033x",    "\033[5~",   "\033[6~",   "\033[2~",
                                             "\033[3~",  "\033[H",   "\033[F",    "\033c",     "\033[Z" };

    for (char byte = 1; byte < 32; byte++) {
        const char text[2] = { byte, 0 };
        if (byte != '\r' && byte != '\n' && byte != '\t')
            visitor_send(v, text);
        assert_false(v->kiosk.leaving);
    }
    for (size_t i = 0; i < sizeof(sequences) / sizeof(sequences[0]); i++) {
        visitor_send(v, sequences[i]);
        assert_false(v->kiosk.leaving);
    }
}

static void B19_no_key_ends_it_or_leads_anywhere_else(void **state)
{
    struct visitor *v = *state;
    static const char *const ways[] = { "", "1", "11", "112", "f", "b", "m", "m1", "3", "36" };

    for (size_t i = 0; i < sizeof(ways) / sizeof(ways[0]); i++) {
        visitor_type(v, ways[i]);
        press_all(v);
        kiosk_clear(&v->kiosk);
        visitor_sees(v, "Welcome to");
    }
    assert_false(v->kiosk.leaving);
    for (unsigned op = 1; op < 140; op++) /* and nothing but of a kiosk's own was ever asked */
        if (scripted_asked(v->link, op) && op != CAROLINE__V1__OP__OP_REVIEW_LIST)
            fail_msg("op %u was asked", op);
}

/* ---- what is to be avoided ---- */

static void B19_goods_are_marked_by_what_is_to_be_avoided(void **state)
{
    struct visitor *v = *state;

    visitor_type(v, "f87"); /* nuts, milk */
    visitor_golden(v, "avoid");
    visitor_type(v, "g1");
    visitor_golden(v, "goods-marked");
    visitor_sees(v, "! contains milk");
    visitor_sees(v, "! contains nuts");
    visitor_sees(v, "! contains milk, may contain nuts");
    /* What nobody entered is not free of anything. */
    visitor_sees(v, "? nothing recorded: ask");
    visitor_sees(v, "without what you avoid"); /* the cake: gluten and eggs alone */
    visitor_scan(v, "4006381333931");
    visitor_sees(v, "! contains milk");
    visitor_type(v, "1");
    visitor_sees(v, "Mind: contains milk");
    visitor_type(v, "fy");
    visitor_type(v, "g1");
    visitor_golden(v, "goods-hidden");
    visitor_sees(v, "Chocolate Cake");
    visitor_sees_not(v, "Croissant");
    visitor_sees_not(v, "餅クッキー");
    visitor_type(v, "fz");
    visitor_type(v, "g1");
    visitor_sees(v, "Croissant");
}

static void B5_a_kiosk_overrides_nothing_that_a_member_avoids(void **state)
{
    struct visitor *v = *state;

    visitor_signs_in(v);
    visitor_shown(v); /* she avoids nuts, which presets the filter */
    visitor_type(v, "f");
    visitor_sees(v, "✓ Nuts");
    visitor_type(v, "8");
    visitor_sees(v, "✓ Nuts");
    visitor_sees(v, "stands among your own data");
    visitor_scan(v, "73513537"); /* may contain nuts */
    visitor_sees(v, "you avoid it: ask");
    visitor_golden(v, "forbidden");
    visitor_type(v, "1");
    visitor_scan(v, "73513537");
    visitor_sees(v, "ask at the counter");
    assert_int_equal(v->kiosk.visit.basket.line_count, 0);
    scripted_state(v->link, LINK_OFFLINE, "away"); /* signed out by that: what she avoids is not forgotten for it */
    visitor_scan(v, "73513537");
    visitor_scan(v, "73513537");
    assert_int_equal(v->kiosk.visit.basket.line_count, 0);
}

static void B19_whose_a_basket_is_says_the_session(void **state)
{
    struct visitor *v = *state;

    visitor_signs_in(v);
    visitor_shown(v);
    visitor_scan(v, "4006381333931");
    visitor_type(v, "1bc");
    const Caroline__V1__BasketLeave *asked =
        (const Caroline__V1__BasketLeave *)scripted_request(v->link, LEAVE, &caroline__v1__basket_leave__descriptor);
    assert_int_equal(asked->basket->n_lines, 1);
    assert_false(asked->basket->has_member_id || asked->has_card);
    assert_true(asked->has_session_member_id); /* and it is for that one alone */
    assert_int_equal(asked->session_member_id, 77);
    scripted_state(v->link, LINK_OFFLINE, "away");
    scripted_state(v->link, LINK_ONLINE, "connected");
    scripted_refuse(v->link, LEAVE, CAROLINE__V1__ERROR_CODE__OTHER_MEMBER, "another session", NULL, NULL);
    visitor_sees(v, "signed out before your basket got to the counter");
    visitor_type(v, "bc");
    asked =
        (const Caroline__V1__BasketLeave *)scripted_request(v->link, LEAVE, &caroline__v1__basket_leave__descriptor);
    assert_true(asked->has_session_member_id);
    assert_int_equal(asked->session_member_id, 0);
}

static void B5_what_the_server_alone_knows_is_said(void **state)
{
    struct visitor *v = *state;

    visitor_scan(v, "4006381333931");
    visitor_type(v, "1bc");
    scripted_refuse(v->link, LEAVE, CAROLINE__V1__ERROR_CODE__ALLERGEN_NOT_HERE, "line 1", NULL, NULL);
    visitor_sees(v, "has what you avoid");
    visitor_sees(v, "Croissant");
}

/* ---- what is never kept ---- */

static void a_bank_card_is_refused_and_not_seen(void **state)
{
    struct visitor *v = *state;
    static const char *const swipes[] = { "%B4111111111111111^STONE/MIA^30121010000000000000?",
                                          ";4111111111111111=30121010000000000000?", "4111111111111111" };

    for (size_t way = 0; way < 2; way++)
        for (size_t i = 0; i < 3; i++) {
            visitor_type(v, way == 0 ? "1" : "m1");
            visitor_scan(v, swipes[i]);
            visitor_sees(v, "That was a bank card. Nothing of it was kept.");
            visitor_sees_not(v, "4111");
            assert_false(visitor_is_remembered(v, "4111111111111111"));
            assert_false(visitor_is_remembered(v, "41111111"));
            kiosk_clear(&v->kiosk);
        }
    visitor_type(v, "m1");
    visitor_type(v, "4111111111111111"); /* typed slowly */
    visitor_sees(v, "That was a bank card.");
    assert_false(visitor_is_remembered(v, "4111111111111111"));
}

static void a_pin_is_shown_as_dots_and_gone_when_it_was_asked(void **state)
{
    struct visitor *v = *state;

    visitor_type(v, "m1");
    visitor_type(v, "0305550100\r");
    visitor_type(v, "8261");
    visitor_sees(v, "••••");
    visitor_sees_not(v, "8261");
    visitor_type(v, "\r");
    assert_false(visitor_is_remembered(v, "8261"));
    scripted_refuse(v->link, SIGN_IN, CAROLINE__V1__ERROR_CODE__MEMBER_SIGN_IN_FAILED, "that is not right", NULL, NULL);
    visitor_sees(v, "that is not right");
    visitor_sees(v, "Hold your card under the scanner");
    assert_false(visitor_is_remembered(v, "0305550100"));
}

/* ---- signing in ---- */

static void B20_a_card_that_is_scanned_anywhere_starts_the_way_in(void **state)
{
    struct visitor *v = *state;

    visitor_type(v, "11");
    visitor_scan(v, "MEMBER-0077");
    visitor_sees(v, "Your card was read.");
    visitor_type(v, "8261\r");
    const Caroline__V1__KioskSignIn *asked =
        (const Caroline__V1__KioskSignIn *)scripted_request(v->link, SIGN_IN, &caroline__v1__kiosk_sign_in__descriptor);
    assert_memory_equal(asked->card.data, "MEMBER-0077", asked->card.len);
    assert_memory_equal(asked->secret.data, "8261", asked->secret.len);
    assert_false(asked->has_phone || asked->has_code || asked->has_email);
}

static void B20_a_password_of_before_has_letters(void **state)
{
    struct visitor *v = *state;

    visitor_type(v, "m2");
    visitor_type(v, "mia@example.org\r");
    visitor_click(v, "My password has letters");
    visitor_type(v, "Rye&Ale 7\r");
    const Caroline__V1__KioskSignIn *asked =
        (const Caroline__V1__KioskSignIn *)scripted_request(v->link, SIGN_IN, &caroline__v1__kiosk_sign_in__descriptor);
    assert_memory_equal(asked->secret.data, "Rye&Ale 7", asked->secret.len);
    assert_memory_equal(asked->email.data, "mia@example.org", asked->email.len);
}

static void B20_a_code_of_the_counter_lets_in(void **state)
{
    struct visitor *v = *state;

    visitor_type(v, "m3");
    visitor_type(v, "1234 5678\r");
    const Caroline__V1__KioskSignIn *asked =
        (const Caroline__V1__KioskSignIn *)scripted_request(v->link, SIGN_IN, &caroline__v1__kiosk_sign_in__descriptor);
    assert_memory_equal(asked->code.data, "1234 5678", asked->code.len);
    assert_false(asked->has_secret || asked->has_phone || asked->has_card);
}

/* The card alone: its points are put down when the basket is paid. */
static void a_card_without_a_pin_goes_with_the_basket(void **state)
{
    struct visitor *v = *state;

    visitor_scan(v, "MEMBER-0077");
    visitor_type(v, "\033");
    visitor_scan(v, "4006381333931");
    visitor_type(v, "1bc");
    const Caroline__V1__BasketLeave *asked =
        (const Caroline__V1__BasketLeave *)scripted_request(v->link, LEAVE, &caroline__v1__basket_leave__descriptor);
    assert_memory_equal(asked->card.data, "MEMBER-0077", asked->card.len);
}

static void B20_a_session_that_the_server_ends_is_over_here(void **state)
{
    struct visitor *v = *state;

    visitor_signs_in(v);
    visitor_shown(v);
    visitor_scan(v, "4006381333931");
    visitor_type(v, "1m1");
    scripted_session(v->link, NULL, false);
    visitor_sees(v, "You were signed out.");
    visitor_sees_not(v, "Mia");
    assert_false(visitor_is_remembered(v, "Mia"));
    assert_int_equal(v->kiosk.visit.basket.line_count, 1);
    visitor_type(v, "m");
    visitor_sees(v, "Hold your card under the scanner");
}

/* ---- without the server ---- */

static void without_the_server_one_looks_round_and_keeps_the_basket(void **state)
{
    struct visitor *v = *state;

    visitor_scan(v, "4006381333931");
    visitor_type(v, "1");
    scripted_state(v->link, LINK_OFFLINE, "the server cannot be reached");
    visitor_type(v, "\t");
    visitor_golden(v, "away");
    visitor_type(v, "g1");
    visitor_sees(v, "Chocolate Cake");
    visitor_type(v, "bc");
    visitor_sees(v, "cannot be reached just now. Your basket is kept");
    visitor_sees(v, "tell them at the counter what you want");
    visitor_sees(v, "1 × Croissant");
    assert_false(scripted_asked(v->link, LEAVE));
    visitor_type(v, "m1");
    visitor_type(v, "0305550100\r");
    visitor_type(v, "8261\r");
    visitor_sees(v, "cannot be reached just now. Your points and");
    visitor_sees(v, "show your card at the counter");
    assert_false(scripted_asked(v->link, SIGN_IN));
    scripted_state(v->link, LINK_ONLINE, "connected");
    visitor_type(v, "\033b");
    visitor_sees_not(v, "is away for a moment");
    visitor_type(v, "c");
    assert_true(scripted_asked(v->link, LEAVE));
}

static void a_basket_on_its_way_when_the_line_goes_is_told_of_once(void **state)
{
    struct visitor *v = *state;
    Caroline__V1__BasketLeft left = CAROLINE__V1__BASKET_LEFT__INIT;

    visitor_scan(v, "4006381333931");
    visitor_type(v, "1bc");
    scripted_state(v->link, LINK_OFFLINE, "the server cannot be reached");
    visitor_sees(v, "Your basket is kept, and goes");
    visitor_sees(v, "Wait here, or tell them at the counter");
    visitor_type(v, "c");
    scripted_state(v->link, LINK_ONLINE, "connected");
    visitor_type(v, "c");
    visitor_sees(v, "on its way to the counter");
    visitor_type(v, "+"); /* what is put in now would be lost with what was sent */
    visitor_sees(v, "1 × Croissant");
    visitor_sees(v, "on its way to the counter");
    visitor_type(v, "r");
    visitor_sees(v, "1 × Croissant");
    visitor_type(v, "g13");
    visitor_type(v, "1");
    visitor_sees(v, "on its way to the counter");
    assert_int_equal(v->kiosk.visit.basket.line_count, 1);
    assert_int_equal(v->kiosk.visit.basket.lines[0].quantity_milli, 1000);
    left.has_number = true;
    left.number = 47;
    scripted_answer(v->link, LEAVE, &left.base);
    visitor_sees(v, "say this number");
    assert_false(scripted_asked(v->link, LEAVE));
    assert_int_equal(v->kiosk.visit.basket.line_count, 0);
}

static void B20_a_lost_line_signs_out_and_forgets(void **state)
{
    struct visitor *v = *state;

    visitor_signs_in(v);
    visitor_shown(v);
    visitor_type(v, "4");
    scripted_state(v->link, LINK_OFFLINE, "the server cannot be reached");
    visitor_sees(v, "you were signed out");
    assert_false(visitor_is_remembered(v, "Mia"));
    visitor_type(v, "\033\033\033");
    visitor_sees_not(v, "Mia");
}

/* ---- a whole visit by clicks alone ---- */

static void B19_a_whole_visit_by_mouse(void **state)
{
    struct visitor *v = *state;
    Caroline__V1__BasketLeft left = CAROLINE__V1__BASKET_LEFT__INIT;

    visitor_click(v, "What I must avoid");
    visitor_click(v, "Nuts");
    visitor_click(v, "Goods");
    visitor_click(v, "All goods");
    visitor_sees(v, "! contains nuts");
    visitor_click(v, "Croissant");
    visitor_click(v, "Into my basket");
    visitor_click(v, "Basket");
    visitor_click(v, "One more");
    visitor_sees(v, "2 × Croissant");
    visitor_click(v, "Account");
    visitor_click(v, "A code from the counter");
    for (const char *digit = "1245"; *digit != 0; digit++) {
        const char key[] = { ' ', *digit, ' ', ' ', 0 };
        visitor_click(v, key);
    }
    visitor_click(v, "Delete");
    visitor_click(v, "Done");
    const Caroline__V1__KioskSignIn *asked =
        (const Caroline__V1__KioskSignIn *)scripted_request(v->link, SIGN_IN, &caroline__v1__kiosk_sign_in__descriptor);
    assert_memory_equal(asked->code.data, "124", asked->code.len);
    scripted_refuse(v->link, SIGN_IN, CAROLINE__V1__ERROR_CODE__MEMBER_SIGN_IN_FAILED, "that is not right", NULL, NULL);
    visitor_click(v, "Basket");
    visitor_click(v, "To the counter");
    left.has_number = true;
    left.number = 9;
    scripted_answer(v->link, LEAVE, &left.base);
    visitor_sees(v, "say this number");
    visitor_click(v, "Finish");
    visitor_sees(v, "Welcome to");
}

/* ---- anything at all ---- */

static void send_noise(struct visitor *v, unsigned *seed)
{
    static const char *const words[] = { "1",
                                         "2",
                                         "3",
                                         "b",
                                         "m",
                                         "g",
                                         "f",
                                         "x",
                                         "0",
                                         "c",
                                         "+",
                                         "-",
                                         "n",
                                         "p",
                                         "y",
                                         "\r",
                                         "\033",
                                         "\t",
                                         "\033[A",
                                         "\033[B",
                                         "\033[C",
                                         "\033[D",
                                         "\033[5~",
                                         "\033[6~",
                                         "4006381333931\r",
                                         "MEMBER-0077\r",
                                         "%B4111111111111111^",
                                         "\xff\xfe",
                                         "餅",
                                         "\033[<64;1;1M",
                                         "\033[200~",
                                         "\033[201~",
                                         "8261\r" };
    char text[64];

    if (rand_r(seed) % 3 == 0)
        snprintf(text, sizeof(text), "\033[<0;%d;%dM", rand_r(seed) % 82, rand_r(seed) % 26);
    else
        snprintf(text, sizeof(text), "%s", words[(size_t)rand_r(seed) % (sizeof(words) / sizeof(words[0]))]);
    kiosk_input(&v->kiosk, bytes_of_text(text), v->now_us);
    visitor_waits(v, rand_r(seed) % 50 == 0 ? KIOSK_ASK_US + rand_r(seed) % 12000000 : rand_r(seed) % 120000);
}

/* Whatever is on its way fails, some of it; what is waited for else is cleared by time. */
static void fail_something(struct visitor *v, unsigned *seed)
{
    for (unsigned op = 1; op < 140; op++)
        if (op != CLOSE && scripted_asked(v->link, op) && rand_r(seed) % 2 == 0)
            scripted_fail(v->link, op, "the server did not answer in time");
}

static void B19_random_keys_clicks_and_scans_crash_nothing(void **state)
{
    struct visitor *v = *state;
    unsigned seed = (unsigned)test_seed();
    Caroline__V1__SessionState closed = CAROLINE__V1__SESSION_STATE__INIT;

    for (int round = 0; round < 6000; round++) {
        send_noise(v, &seed);
        assert_false(v->kiosk.leaving);
        fail_something(v, &seed);
        (void)closed;
        if (rand_r(&seed) % 40 == 0)
            scripted_state(v->link, rand_r(&seed) % 2 == 0 ? LINK_OFFLINE : LINK_ONLINE, "");
        if (rand_r(&seed) % 8 == 0)
            visitor_sees_not(v, "4111111111111111");
    }
    visitor_waits(v, KIOSK_CLEAR_US);
    visitor_sees(v, "Welcome to");
}

#define VISIT(test) cmocka_unit_test_setup_teardown(test, visitor_before, visitor_after)

int main(void)
{
    const struct CMUnitTest tests[] = {
        VISIT(B19_a_minute_of_nothing_clears_cart_and_person),
        VISIT(B19_who_is_still_there_says_so_and_that_is_all_it_does),
        VISIT(B19_who_signs_in_and_leaves_at_once_is_signed_in_for_nobody),
        VISIT(B19_i_am_done_clears_at_once_also_while_an_answer_is_awaited),
        VISIT(B19_no_key_ends_it_or_leads_anywhere_else),
        VISIT(B19_goods_are_marked_by_what_is_to_be_avoided),
        VISIT(B5_a_kiosk_overrides_nothing_that_a_member_avoids),
        VISIT(B19_whose_a_basket_is_says_the_session),
        VISIT(B5_what_the_server_alone_knows_is_said),
        VISIT(a_bank_card_is_refused_and_not_seen),
        VISIT(a_pin_is_shown_as_dots_and_gone_when_it_was_asked),
        VISIT(B20_a_card_that_is_scanned_anywhere_starts_the_way_in),
        VISIT(B20_a_password_of_before_has_letters),
        VISIT(B20_a_code_of_the_counter_lets_in),
        VISIT(a_card_without_a_pin_goes_with_the_basket),
        VISIT(B20_a_session_that_the_server_ends_is_over_here),
        VISIT(without_the_server_one_looks_round_and_keeps_the_basket),
        VISIT(a_basket_on_its_way_when_the_line_goes_is_told_of_once),
        VISIT(B20_a_lost_line_signs_out_and_forgets),
        VISIT(B19_a_whole_visit_by_mouse),
        VISIT(B19_random_keys_clicks_and_scans_crash_nothing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
