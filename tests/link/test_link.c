/* A link and a server that does what the test wants: calls, the connection, the session, the catalogue. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "common/rules/sale.h"
#include "till.h"
#include "proto/catalogue.pb-c.h"
#include "proto/sale.pb-c.h"

/* ---- calls ---- */

static void a_call_gets_its_answer(void **state)
{
    (void)state;
    go_online();
    ask();
    assert_int_equal(heard.answers, 0); /* nobody answers from inside the asking */
    bakery_until(bakery, heard.answers == 1);
    assert_int_equal(heard.outcome, LINK_OK);
}

static void a_refusal_comes_with_code_and_sentence(void **state)
{
    (void)state;
    go_online();
    bakery_mind(bakery)->refuse_with = CAROLINE__V1__ERROR_CODE__PERMISSION_DENIED;
    ask();
    bakery_until(bakery, heard.answers == 1);
    assert_int_equal(heard.outcome, LINK_REFUSED);
    assert_int_equal(heard.code, CAROLINE__V1__ERROR_CODE__PERMISSION_DENIED);
    assert_string_equal(heard.sentence, "the bakery says no");
}

static void offline_a_call_fails_at_the_next_turn(void **state)
{
    (void)state;
    bakery_shut(bakery);
    open_link();
    ask();
    assert_int_equal(heard.answers, 0);
    bakery_until(bakery, heard.answers == 1);
    assert_int_equal(heard.outcome, LINK_FAILED);
    assert_string_equal(heard.sentence, "there is no connection to the server");
}

static void a_call_that_is_not_answered_fails_at_its_deadline(void **state)
{
    Caroline__V1__ShiftShow show = CAROLINE__V1__SHIFT_SHOW__INIT;

    (void)state;
    go_online();
    bakery_mind(bakery)->deaf = true;
    link_call(heard.link, CAROLINE__V1__OP__OP_SHIFT_SHOW, &show.base, 50, on_answer, &heard);
    bakery_until(bakery, heard.answers == 1);
    assert_int_equal(heard.outcome, LINK_FAILED);
    assert_string_equal(heard.sentence, "the server did not answer in time");
}

static void a_call_under_way_fails_when_the_connection_is_lost(void **state)
{
    (void)state;
    go_online();
    bakery_mind(bakery)->deaf = true;
    ask();
    uv_run(bakery_loop(bakery), UV_RUN_NOWAIT);
    bakery_mind(bakery)->deaf = false;
    bakery_tear(bakery);
    bakery_until(bakery, heard.answers == 1);
    assert_int_equal(heard.outcome, LINK_FAILED);
    bakery_until(bakery, link_state(heard.link) == LINK_ONLINE);
}

static void fifty_calls_at_once_all_get_their_answer(void **state)
{
    (void)state;
    go_online();
    for (int i = 0; i < 50; i++)
        ask();
    bakery_until(bakery, heard.answers == 50);
    assert_int_equal(heard.outcome, LINK_OK);
}

static void closing_in_the_midst_of_it_all_tells_nobody(void **state)
{
    (void)state;
    go_online();
    ask();
    command();
    link_close(heard.link);
    heard.link = NULL;
    for (int i = 0; i < 20; i++)
        uv_run(bakery_loop(bakery), UV_RUN_NOWAIT);
    assert_int_equal(heard.answers, 0);
}

/* ---- the connection ---- */

static void it_comes_back_after_every_loss(void **state)
{
    (void)state;
    go_online();
    for (unsigned i = 2; i < 8; i++) {
        bakery_tear(bakery);
        bakery_until(bakery, link_state(heard.link) != LINK_ONLINE);
        bakery_until(bakery, link_state(heard.link) == LINK_ONLINE);
        assert_int_equal(bakery_tally(bakery)->hellos, i);
    }
}

static void it_waits_for_a_server_that_is_not_there_yet(void **state)
{
    (void)state;
    bakery_shut(bakery);
    heard.patient = true;
    open_link();
    bakery_until(bakery, link_state(heard.link) == LINK_CONNECTING);
    bakery_until(bakery, link_state(heard.link) == LINK_OFFLINE);
    assert_non_null(strstr(link_sentence(heard.link), "the server cannot be reached: connection refused"));
    /* However long it waits: no number of seconds, which would stand still. */
    bakery_until(bakery, strstr(link_sentence(heard.link), "; trying again soon") != NULL);
    bakery_reopen(bakery);
    bakery_until(bakery, link_state(heard.link) == LINK_ONLINE);
    assert_non_null(strstr(link_sentence(heard.link), "connected to 127.0.0.1:"));
}

static void a_revoked_device_is_told_so(void **state)
{
    (void)state;
    bakery_mind(bakery)->device_state = CAROLINE__V1__DEVICE_STATE__DEVICE_STATE_REVOKED;
    heard.patient = true;
    open_link();
    bakery_until(bakery, link_hopeless(heard.link));
    assert_int_equal(link_state(heard.link), LINK_OFFLINE);
    assert_non_null(strstr(link_sentence(heard.link), "this device was revoked"));
    assert_non_null(strstr(link_sentence(heard.link), "; trying again within a minute"));
}

static void a_certificate_is_renewed_when_it_is_time(void **state)
{
    struct bytes before = file_read(bakery_identity(bakery)->device_path, arena);

    (void)state;
    bakery_mind(bakery)->renew_after_us = 1;
    go_online();
    bakery_until(bakery, bakery_tally(bakery)->renewals == 1);
    bakery_until(bakery, !bytes_equal(before, file_read(bakery_identity(bakery)->device_path, arena)));
    struct bytes after = file_read(bakery_identity(bakery)->device_path, arena);
    const char key[] = "-----BEGIN PRIVATE KEY-----";
    const uint8_t *old_key = memmem(before.data, before.size, key, sizeof key - 1);
    const uint8_t *new_key = memmem(after.data, after.size, key, sizeof key - 1);
    assert_non_null(new_key);
    assert_false(bytes_equal(bytes_of(old_key, before.size - (size_t)(old_key - before.data)),
                             bytes_of(new_key, after.size - (size_t)(new_key - after.data))));
}

/* ---- the session ---- */

static void a_session_is_resumed_after_a_reconnect(void **state)
{
    (void)state;
    go_online();
    sign_in();
    assert_true(link_may(heard.link, "sell"));
    assert_false(link_may(heard.link, "refund"));
    assert_false(link_session(heard.link)->has_token);
    bakery_tear(bakery);
    bakery_until(bakery, link_state(heard.link) != LINK_ONLINE);
    bakery_until(bakery, link_state(heard.link) == LINK_ONLINE);
    assert_int_equal(bakery_tally(bakery)->resumes, 1);
    assert_non_null(link_session(heard.link));
}

static void a_session_is_not_over_because_the_database_is_away(void **state)
{
    (void)state;
    go_online();
    sign_in();
    bakery_mind(bakery)->resumes_later = 2;
    bakery_tear(bakery);
    bakery_until(bakery, link_state(heard.link) != LINK_ONLINE);
    bakery_until(bakery, link_state(heard.link) == LINK_ONLINE);
    assert_int_equal(bakery_tally(bakery)->resumes, 3);
    assert_non_null(link_session(heard.link));
}

/* So much later something is asked, and not answered for want of the database. */
static void ask_in_vain(int64_t later_us)
{
    unsigned answers = heard.answers;

    heard.ahead_us += later_us;
    ask();
    bakery_until(bakery, heard.answers > answers);
}

static void a_server_without_its_database_is_no_connection_for_long(void **state)
{
    (void)state;
    heard.patient = true;
    go_online();
    sign_in();
    bakery_mind(bakery)->refuse_with = CAROLINE__V1__ERROR_CODE__TRY_AGAIN;
    bakery_mind(bakery)->resumes_later = 1;
    ask_in_vain(0);
    ask_in_vain(4 * SECOND_US);
    assert_int_equal(link_state(heard.link), LINK_ONLINE); /* not for every hiccup */
    ask_in_vain(2 * SECOND_US);
    assert_int_equal(link_state(heard.link), LINK_OFFLINE);
    assert_non_null(strstr(link_sentence(heard.link), "the shop's database is away"));
    link_retry(heard.link); /* the session is asked for, and is not to be had yet */
    bakery_until(bakery, bakery_tally(bakery)->resumes == 1 && link_state(heard.link) == LINK_OFFLINE);
    assert_non_null(strstr(link_sentence(heard.link), "the shop's database is away"));
    bakery_mind(bakery)->refuse_with = 0;
    bakery_until(bakery, link_state(heard.link) == LINK_ONLINE);
    assert_non_null(link_session(heard.link));
}

static void an_answer_between_makes_it_no_outage(void **state)
{
    (void)state;
    go_online();
    sign_in();
    bakery_mind(bakery)->refuse_with = CAROLINE__V1__ERROR_CODE__TRY_AGAIN;
    ask_in_vain(0);
    bakery_mind(bakery)->refuse_with = 0;
    ask_in_vain(4 * SECOND_US);
    bakery_mind(bakery)->refuse_with = CAROLINE__V1__ERROR_CODE__TRY_AGAIN;
    ask_in_vain(2 * SECOND_US);
    assert_int_equal(link_state(heard.link), LINK_ONLINE);
    assert_int_equal(heard.lost, 0);
}

static void reconnect(void)
{
    unsigned resumes = bakery_tally(bakery)->resumes;

    bakery_tear(bakery);
    bakery_until(bakery, bakery_tally(bakery)->resumes > resumes && link_state(heard.link) == LINK_ONLINE);
}

/* The longest that nobody was there is told, not how long the server heard nothing. */
static void a_reconnect_tells_how_long_nobody_was_there(void **state)
{
    (void)state;
    go_online();
    sign_in();
    reconnect();
    assert_false(bakery_tally(bakery)->idle_told); /* a program without keys */
    link_somebody_here(heard.link);
    heard.ahead_us += 600 * SECOND_US; /* connected all the while: that is the till's own to see to */
    link_somebody_here(heard.link);
    heard.patient = true;
    bakery_shut(bakery);
    bakery_until(bakery, link_state(heard.link) == LINK_OFFLINE);
    for (int minute = 0; minute < 5; minute++) {
        heard.ahead_us += 60 * SECOND_US;
        link_somebody_here(heard.link);
    }
    bakery_reopen(bakery);
    link_retry(heard.link);
    bakery_until(bakery, link_state(heard.link) == LINK_ONLINE);
    assert_true(bakery_tally(bakery)->idle_told);
    assert_in_range(bakery_tally(bakery)->idle_s, 60, 80);
    bakery_shut(bakery);
    bakery_until(bakery, link_state(heard.link) == LINK_OFFLINE);
    heard.ahead_us += 300 * SECOND_US; /* somebody comes after five minutes: the till was left alone */
    link_somebody_here(heard.link);
    bakery_reopen(bakery);
    link_retry(heard.link);
    bakery_until(bakery, link_state(heard.link) == LINK_ONLINE);
    assert_in_range(bakery_tally(bakery)->idle_s, 300, 320);
}

static void who_signs_out_without_a_connection_is_signed_out(void **state)
{
    Caroline__V1__SessionClose close = CAROLINE__V1__SESSION_CLOSE__INIT;
    unsigned answers;

    (void)state;
    go_online();
    sign_in();
    answers = heard.answers;
    heard.patient = true;
    bakery_shut(bakery);
    bakery_until(bakery, link_state(heard.link) == LINK_OFFLINE);
    link_call(heard.link, CAROLINE__V1__OP__OP_SESSION_CLOSE, &close.base, 0, on_answer, &heard);
    bakery_until(bakery, heard.answers > answers);
    assert_false(heard.session_open);
    assert_null(link_session(heard.link));
    assert_null(link_session_token(heard.link).data);
}

static void a_session_that_ended_meanwhile_is_gone(void **state)
{
    uint8_t other[32] = { 1 };

    (void)state;
    open_link();
    link_session_take(heard.link, bytes_of(other, sizeof other));
    bakery_until(bakery, link_state(heard.link) == LINK_ONLINE);
    assert_null(link_session(heard.link));
    assert_null(link_session_token(heard.link).data);
}

static void a_push_locks_and_ends_the_session(void **state)
{
    Caroline__V1__SessionState told = CAROLINE__V1__SESSION_STATE__INIT;

    (void)state;
    go_online();
    sign_in();
    told.has_open = told.has_locked = told.open = told.locked = true;
    bakery_push(bakery, CAROLINE__V1__TOPIC__TOPIC_SESSION, &told.base);
    bakery_until(bakery, heard.session_locked);
    told.open = false;
    bakery_push(bakery, CAROLINE__V1__TOPIC__TOPIC_SESSION, &told.base);
    bakery_until(bakery, !heard.session_open);
    assert_null(link_session(heard.link));
}

static void a_lock_that_nobody_heard_of_holds_when_the_line_is_back(void **state)
{
    Caroline__V1__SessionLock lock = CAROLINE__V1__SESSION_LOCK__INIT;
    Caroline__V1__SessionUnlock unlock = CAROLINE__V1__SESSION_UNLOCK__INIT;

    (void)state;
    go_online();
    sign_in();
    bakery_tear(bakery);
    bakery_until(bakery, link_state(heard.link) != LINK_ONLINE);
    link_call(heard.link, CAROLINE__V1__OP__OP_SESSION_LOCK, &lock.base, 0, NULL, NULL);
    assert_true(link_locked(heard.link));
    bakery_until(bakery, link_state(heard.link) == LINK_ONLINE);
    assert_true(link_locked(heard.link));
    assert_true(heard.session_locked);
    bakery_until(bakery, bakery_tally(bakery)->locks == 1);
    link_call(heard.link, CAROLINE__V1__OP__OP_SESSION_UNLOCK, &unlock.base, 0, NULL, NULL);
    bakery_until(bakery, !heard.session_locked);
    assert_false(link_locked(heard.link));
    /* And no later line asks for it again. */
    reconnect();
    assert_int_equal(bakery_tally(bakery)->locks, 1);
    assert_false(link_locked(heard.link));
}

/* ---- the catalogue ---- */

static void the_catalogue_comes_changes_and_stays(void **state)
{
    (void)state;
    open_spool();
    bakery_mind(bakery)->catalogue_version = 7;
    bakery_mind(bakery)->product_count = 20;
    go_online();
    bakery_until(bakery, heard.catalogues == 1);
    assert_int_equal(catalogue_product_count(link_catalogue(heard.link)), 20);
    bakery_until(bakery, access(bakery_identity(bakery)->catalogue_path, F_OK) == 0);
    bakery_change_price(bakery, 5, 333);
    bakery_until(bakery, heard.catalogues == 2);
    assert_int_equal(catalogue_product(link_catalogue(heard.link), 8, 5)->price_minor, 333);
    assert_int_equal(catalogue_product(link_catalogue(heard.link), 7, 5)->price_minor, 100);
    /* By the clock that the till prices by: what was begun with 7 costs what it cost, for 15 minutes. */
    int64_t now_us = link_now(heard.link).us;
    assert_int_equal(catalogue_version_usable(link_catalogue(heard.link), 7, now_us - VERSION_LIFE_US), VERSION_OK);
    assert_int_equal(catalogue_version_usable(link_catalogue(heard.link), 7, now_us + MINUTE_US), VERSION_OLD);

    restart();
    bakery_until(bakery, link_catalogue(heard.link) != NULL);
    assert_int_equal(bakery_tally(bakery)->follows, 1); /* the kept one: nothing has been asked for yet */
    assert_int_equal(catalogue_by_plu(link_catalogue(heard.link), 5)->price_minor, 333);
    bakery_until(bakery, bakery_tally(bakery)->follows == 2);
    assert_int_equal(bakery_tally(bakery)->followed_from, 8);
}

static void a_damaged_file_is_fetched_anew(void **state)
{
    const char *path = bakery_identity(bakery)->catalogue_path;

    (void)state;
    open_spool();
    bakery_mind(bakery)->catalogue_version = 7;
    bakery_mind(bakery)->product_count = 20;
    go_online();
    bakery_until(bakery, heard.catalogues == 1);
    link_close(heard.link);
    heard = (struct heard){ 0 };
    bakery_until(bakery, access(path, F_OK) == 0);
    FILE *file = fopen(path, "r+b");
    assert_non_null(file);
    fseek(file, 900, SEEK_SET);
    fputc(0xee, file);
    fclose(file);
    go_online();
    bakery_until(bakery, heard.catalogues == 1);
    assert_int_equal(bakery_tally(bakery)->followed_from, 0);
    assert_int_equal(catalogue_product_count(link_catalogue(heard.link)), 20);
}

static void parts_of_two_versions_are_asked_for_anew(void **state)
{
    Caroline__V1__CatalogueDelta part = CAROLINE__V1__CATALOGUE_DELTA__INIT;
    Caroline__V1__Product product = CAROLINE__V1__PRODUCT__INIT, *products = &product;

    (void)state;
    open_spool();
    bakery_mind(bakery)->catalogue_version = 7;
    bakery_mind(bakery)->product_count = 20;
    go_online();
    bakery_until(bakery, heard.catalogues == 1);
    unsigned follows = bakery_tally(bakery)->follows;
    product.has_id = part.has_version = part.has_part = part.has_parts = part.has_snapshot = true;
    product.id = 1;
    part.parts = 2;
    part.snapshot = true;
    part.n_products = 1;
    part.products = &products;
    for (part.part = 1; part.part <= 2; part.part++) {
        part.version = 10 - part.part;
        bakery_push(bakery, CAROLINE__V1__TOPIC__TOPIC_CATALOGUE, &part.base);
    }
    bakery_until(bakery, bakery_tally(bakery)->follows > follows);
    assert_int_equal(catalogue_newest(link_catalogue(heard.link)), 7);
}

static void a_server_that_begins_anew_replaces_the_catalogue(void **state)
{
    (void)state;
    bakery_mind(bakery)->catalogue_version = 70;
    bakery_mind(bakery)->product_count = 20;
    go_online();
    bakery_until(bakery, heard.catalogues == 1);
    bakery_mind(bakery)->catalogue_version = 3;
    bakery_mind(bakery)->product_count = 4;
    bakery_tear(bakery);
    bakery_until(bakery, heard.catalogues == 2);
    assert_int_equal(catalogue_newest(link_catalogue(heard.link)), 3);
    assert_int_equal(catalogue_product_count(link_catalogue(heard.link)), 4);
}

static void resync_follows_again(void **state)
{
    Caroline__V1__Resync resync = CAROLINE__V1__RESYNC__INIT;

    (void)state;
    bakery_mind(bakery)->catalogue_version = 7;
    bakery_mind(bakery)->product_count = 2;
    go_online();
    bakery_until(bakery, heard.catalogues == 1);
    resync.has_topic = true;
    resync.topic = CAROLINE__V1__TOPIC__TOPIC_CATALOGUE;
    bakery_push(bakery, CAROLINE__V1__TOPIC__TOPIC_RESYNC, &resync.base);
    bakery_until(bakery, bakery_tally(bakery)->follows == 2);
    assert_int_equal(bakery_tally(bakery)->followed_from, 7);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, till_begin, till_end)
    const struct CMUnitTest tests[] = {
        TEST(a_call_gets_its_answer),
        TEST(a_refusal_comes_with_code_and_sentence),
        TEST(offline_a_call_fails_at_the_next_turn),
        TEST(a_call_that_is_not_answered_fails_at_its_deadline),
        TEST(a_call_under_way_fails_when_the_connection_is_lost),
        TEST(fifty_calls_at_once_all_get_their_answer),
        TEST(closing_in_the_midst_of_it_all_tells_nobody),
        TEST(it_comes_back_after_every_loss),
        TEST(it_waits_for_a_server_that_is_not_there_yet),
        TEST(a_revoked_device_is_told_so),
        TEST(a_certificate_is_renewed_when_it_is_time),
        TEST(a_session_is_resumed_after_a_reconnect),
        TEST(a_session_is_not_over_because_the_database_is_away),
        TEST(a_server_without_its_database_is_no_connection_for_long),
        TEST(an_answer_between_makes_it_no_outage),
        TEST(a_reconnect_tells_how_long_nobody_was_there),
        TEST(who_signs_out_without_a_connection_is_signed_out),
        TEST(a_session_that_ended_meanwhile_is_gone),
        TEST(a_push_locks_and_ends_the_session),
        TEST(a_lock_that_nobody_heard_of_holds_when_the_line_is_back),
        TEST(the_catalogue_comes_changes_and_stays),
        TEST(a_damaged_file_is_fetched_anew),
        TEST(parts_of_two_versions_are_asked_for_anew),
        TEST(a_server_that_begins_anew_replaces_the_catalogue),
        TEST(resync_follows_again),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
