/* The office's console by keys and answers: signing in, ratings that follow what is accepted, what waits to be read. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "office.h"
#include "proto/staff.pb-c.h"

#define OP(name) CAROLINE__V1__OP__OP_##name
#define ENTER    "\r"
#define ESC      "\033"
#define UP       "\033[A"
#define DOWN     "\033[B"
#define F1       "\033OP"
#define F2       "\033OQ"
#define F3       "\033OR"
#define F5       "\033[15~"
#define F8       "\033[19~"
#define F12      "\033[24~"

static struct office office;

static int open_office(void **state)
{
    office_open(&office);
    *state = &office;
    return 0;
}

static int close_office(void **state)
{
    office_close(*state);
    return 0;
}

/* ---- who is here ---- */

static void somebody_signs_in_and_out(void **state)
{
    struct office *o = *state;

    office_golden(o, "sign-in");
    office_scan(o, "STAFF-00017");
    office_type(o, "8261");
    office_type(o, ENTER);
    const Caroline__V1__SessionOpen *open = (const Caroline__V1__SessionOpen *)scripted_request(
        o->link, OP(SESSION_OPEN), &caroline__v1__session_open__descriptor);
    assert_true(open->has_badge && !open->has_name);
    scripted_refuse(o->link, OP(SESSION_OPEN), CAROLINE__V1__ERROR_CODE__SIGN_IN_FAILED, "the name or the PIN is wrong",
                    NULL, NULL);
    office_sees(o, "the name or the PIN is wrong");
    assert_true(field_is_empty(&o->admin.visit.sign_in.who.pin));
    office_type(o, ESC);
    office_sign_in(o);
    office_golden(o, "home");
    office_type(o, F1);
    office_golden(o, "home-help");
    office_type(o, ESC);
    office_type(o, F12);
    scripted_request(o->link, OP(SESSION_CLOSE), &caroline__v1__session_close__descriptor);
    office_sees(o, "who is here?");
    office_sees_not(o, "Cara");
    office_type(o, F12);
    office_sees(o, "Leave the console?");
    office_type(o, ESC);
    assert_false(o->admin.leaving);
    office_type(o, "\003");
    office_type(o, ENTER);
    assert_true(o->admin.leaving);
}

static void a_pin_for_one_time_is_changed_first(void **state)
{
    struct office *o = *state;
    Caroline__V1__SessionOpened opened = CAROLINE__V1__SESSION_OPENED__INIT;
    Caroline__V1__Staff staff = CAROLINE__V1__STAFF__INIT;
    Caroline__V1__StaffPutDone done = CAROLINE__V1__STAFF_PUT_DONE__INIT;

    office_type(o, "Cara" ENTER);
    office_type(o, "8261" ENTER);
    staff.has_id = opened.has_must_change_pin = opened.must_change_pin = true;
    staff.id = 5;
    opened.staff = &staff;
    scripted_session(o->link, "Cara", false);
    scripted_answer(o->link, OP(SESSION_OPEN), &opened.base);
    office_golden(o, "new-pin");
    office_type(o, "9264" ENTER);
    office_type(o, "9265" ENTER);
    office_sees(o, "two different PINs");
    office_type(o, UP);
    office_type(o, ESC); /* out, and in once more */
    scripted_session(o->link, NULL, false);
    office_sees(o, "who is here?");
    office_type(o, "Cara" ENTER);
    office_type(o, "8261" ENTER);
    scripted_session(o->link, "Cara", false);
    scripted_answer(o->link, OP(SESSION_OPEN), &opened.base);
    office_type(o, "9264" ENTER);
    office_type(o, "9264" ENTER);
    scripted_request(o->link, OP(STAFF_PUT), &caroline__v1__staff_put__descriptor);
    scripted_session(o->link, NULL, false);
    scripted_answer(o->link, OP(STAFF_PUT), &done.base);
    const Caroline__V1__SessionOpen *open = (const Caroline__V1__SessionOpen *)scripted_request(
        o->link, OP(SESSION_OPEN), &caroline__v1__session_open__descriptor);
    assert_memory_equal(open->pin.data, "9264", 4);
    assert_memory_equal(open->name.data, "Cara", 4);
}

static void it_locks_when_nobody_is_here(void **state)
{
    struct office *o = *state;
    Caroline__V1__SessionState unlocked = CAROLINE__V1__SESSION_STATE__INIT;

    office_sign_in(o);
    office_type(o, "1");
    office_waits(o, 60 * SECOND_US);
    assert_false(scripted_asked(o->link, OP(SESSION_LOCK)));
    office_type(o, DOWN);
    assert_true(scripted_asked(o->link, OP(SERVER_SHOW))); /* who only looks is heard of by the server */
    office_waits(o, 120 * SECOND_US);
    assert_true(scripted_asked(o->link, OP(SESSION_LOCK)));
    office_golden(o, "locked");
    office_sees_not(o, "Croissant");
    office_scan(o, "STAFF-00017");
    office_sees(o, "the console is locked");
    office_type(o, "8261" ENTER);
    scripted_request(o->link, OP(SESSION_UNLOCK), &caroline__v1__session_unlock__descriptor);
    scripted_answer(o->link, OP(SESSION_UNLOCK), &unlocked.base);
    office_sees(o, "Croissant");
}

static void a_small_window_and_no_connection_are_said(void **state)
{
    struct office *o = *state;

    office_sign_in(o);
    scripted_state(o->link, LINK_OFFLINE, "the server cannot be reached; trying again soon");
    office_golden(o, "no-connection");
    office_type(o, "2");
    office_sees(o, "no connection: this is with the server");
    office_type(o, "1"); /* what is sold is known here */
    office_sees(o, "Croissant");
    char *screen = golden_text(&o->admin.stage, 10, 40);
    assert_non_null(strstr(screen, "80"));
    assert_null(strstr(screen, "Croissant"));
    free(screen);
    golden_terminal(true);
    screen = golden_text(&o->admin.stage, 24, 80);
    for (const char *at = screen; *at != 0; at++)
        assert_true((unsigned char)*at < 0x80);
    free(screen);
    golden_terminal(false);
}

/* ---- ratings ---- */

static void put_review(Caroline__V1__Review *review, uint64_t id, uint32_t rating, const char *text)
{
    caroline__v1__review__init(review);
    review->has_id = review->has_rating = review->has_text = review->has_written_us = true;
    review->id = id;
    review->rating = rating;
    review->text = admin_text(text);
    review->written_us = UINT64_C(1795370400000000) + id;
}

static void list_reviews(struct office *o, uint32_t hundredths, uint32_t count, size_t shown)
{
    Caroline__V1__ReviewListed listed = CAROLINE__V1__REVIEW_LISTED__INIT;
    Caroline__V1__Review review[3], *reviews[] = { &review[0], &review[1], &review[2] };
    const Caroline__V1__ReviewList *asked = (const Caroline__V1__ReviewList *)scripted_request(
        o->link, OP(REVIEW_LIST), &caroline__v1__review_list__descriptor);

    assert_int_equal(asked->product_id, 1);
    assert_false(asked->has_before_id);
    put_review(&review[0], 41, 5,
               "As in Paris. Warm at eight, and gone at nine: come early, and bring somebody who likes butter.");
    put_review(&review[1], 40, 3, "");
    put_review(&review[2], 39, 4, "Good, and a bit small");
    listed.reviews = reviews;
    listed.n_reviews = shown;
    listed.has_rating_hundredths = listed.has_rating_count = true;
    listed.rating_hundredths = hundredths;
    listed.rating_count = count;
    scripted_answer(o->link, OP(REVIEW_LIST), &listed.base);
}

static void B33_average_and_count_follow_what_is_accepted(void **state)
{
    struct office *o = *state;

    office_sign_in(o);
    office_type(o, "1");
    office_golden(o, "ratings");
    office_rates(o, 3, 3, 500, 1); /* the cake's first */
    office_sees(o, "★ 5.00      1 review");
    office_rates(o, 4, 1, 442, 13);
    office_sees(o, "★ 4.42    13 reviews");
    office_sees_not(o, "4.46");
    office_rates(o, 5, 3, 0, 0); /* it was hidden */
    office_sees_not(o, "5.00");
    office_type(o, "crois");
    office_sees(o, "Croissant");
    office_sees_not(o, "Chocolate Cake");
    office_golden(o, "ratings-found");
    office_type(o, "x");
    office_sees(o, "Nothing is called so.");
    office_type(o, ESC);
    office_sees(o, "Chocolate Cake");
    office_type(o, ESC);
    office_sees(o, "What is to be looked at?");
}

static void B33_a_product_has_its_reviews_and_they_follow_too(void **state)
{
    struct office *o = *state;

    office_sign_in(o);
    office_type(o, "1");
    office_type(o, ENTER);
    list_reviews(o, 446, 12, 2);
    office_golden(o, "product");
    office_type(o, DOWN);
    office_rates(o, 3, 1, 442, 13);
    office_sees(o, "★ 4.42 of 5, by 13");
    office_sees(o, "As in Paris"); /* what is there stays until the other is */
    list_reviews(o, 442, 13, 3);
    office_sees(o, "and a bit small");
    office_rates(o, 4, 3, 500, 1); /* another product's */
    assert_false(scripted_asked(o->link, OP(REVIEW_LIST)));
    office_type(o, ESC);
    office_type(o, ENTER);
    scripted_fail(o->link, OP(REVIEW_LIST), "no answer within 10 s");
    office_sees(o, "no answer within 10 s");
    scripted_forbids(o->link, "review_edit");
    office_type(o, F5);
    list_reviews(o, 442, 13, 3);
    office_sees_not(o, "F8");
    office_type(o, F8);
    office_sees(o, "F8 does nothing here now");
}

/* ---- what waits ---- */

static void queue_reviews(struct office *o, uint32_t state, size_t count)
{
    Caroline__V1__ReviewQueued queued = CAROLINE__V1__REVIEW_QUEUED__INIT;
    Caroline__V1__Review review[2], *reviews[] = { &review[0], &review[1] };
    const Caroline__V1__ReviewQueue *asked = (const Caroline__V1__ReviewQueue *)scripted_request(
        o->link, OP(REVIEW_QUEUE), &caroline__v1__review_queue__descriptor);

    assert_int_equal(asked->state, state);
    put_review(&review[0], 41, 5,
               "As in Paris. Warm at eight, and gone at nine: come early, and bring somebody who likes butter.");
    put_review(&review[1], 42, 1, "The boy at the till, Tim, was rude");
    for (size_t i = 0; i < 2; i++) {
        review[i].has_state = review[i].has_product_name = true;
        review[i].state = (Caroline__V1__ReviewState)state;
        review[i].product_name = admin_text(i == 0 ? "Croissant" : "Lemon Tart");
        review[i].has_reason = state == CAROLINE__V1__REVIEW_STATE__REVIEW_HIDDEN;
        review[i].reason = CAROLINE__V1__REVIEW_REASON__REVIEW_PERSONAL;
    }
    queued.reviews = reviews;
    queued.n_reviews = count;
    scripted_answer(o->link, OP(REVIEW_QUEUE), &queued.base);
}

static const Caroline__V1__ReviewModerate *moderated(struct office *o)
{
    return (const Caroline__V1__ReviewModerate *)scripted_request(o->link, OP(REVIEW_MODERATE),
                                                                  &caroline__v1__review_moderate__descriptor);
}

static void answer_moderated(struct office *o, uint32_t hundredths, uint32_t count)
{
    Caroline__V1__ReviewModerated done = CAROLINE__V1__REVIEW_MODERATED__INIT;

    done.has_changed = done.changed = done.has_rating_count = done.has_rating_hundredths = true;
    done.rating_hundredths = hundredths;
    done.rating_count = count;
    scripted_answer(o->link, OP(REVIEW_MODERATE), &done.base);
}

static void B33_what_waits_is_accepted_or_hidden_with_a_reason(void **state)
{
    struct office *o = *state;

    office_sign_in(o);
    office_type(o, "2");
    office_sees(o, "Asking the server ...");
    queue_reviews(o, CAROLINE__V1__REVIEW_STATE__REVIEW_WAITING, 2);
    office_golden(o, "queue");
    office_type(o, F2);
    assert_int_equal(moderated(o)->id, 41);
    assert_int_equal(moderated(o)->state, CAROLINE__V1__REVIEW_STATE__REVIEW_ACCEPTED);
    assert_false(moderated(o)->has_reason);
    office_type(o, F8); /* one after the other */
    office_sees(o, "still asked about the review before");
    answer_moderated(o, 451, 13);
    office_sees(o, "accepted: Croissant has 4.51 of 5 now, by 13");
    office_sees_not(o, "As in Paris");
    office_type(o, F8);
    office_golden(o, "hide");
    office_type(o, ESC);
    office_sees(o, "was rude");
    office_type(o, F8);
    office_type(o, "3");
    assert_int_equal(moderated(o)->id, 42);
    assert_int_equal(moderated(o)->state, CAROLINE__V1__REVIEW_STATE__REVIEW_HIDDEN);
    assert_int_equal(moderated(o)->reason, CAROLINE__V1__REVIEW_REASON__REVIEW_PERSONAL);
    answer_moderated(o, 0, 0);
    office_sees(o, "hidden: Lemon Tart has no reviews now");
    office_sees(o, "None waits.");
    office_type(o, F3);
    queue_reviews(o, CAROLINE__V1__REVIEW_STATE__REVIEW_ACCEPTED, 1);
    office_sees_not(o, "Accept "); /* it is */
    office_type(o, F3);
    queue_reviews(o, CAROLINE__V1__REVIEW_STATE__REVIEW_HIDDEN, 2);
    office_golden(o, "queue-hidden");
    office_type(o, F2);
    scripted_refuse(o->link, OP(REVIEW_MODERATE), CAROLINE__V1__ERROR_CODE__UNKNOWN_REVIEW, "there is no such review",
                    NULL, NULL);
    office_sees(o, "there is no such review");
    office_sees(o, "As in Paris");
}

static void B33_who_may_not_is_told_why(void **state)
{
    struct office *o = *state;

    office_sign_in(o);
    office_type(o, "2");
    scripted_request(o->link, OP(REVIEW_QUEUE), &caroline__v1__review_queue__descriptor);
    scripted_refuse(o->link, OP(REVIEW_QUEUE), CAROLINE__V1__ERROR_CODE__PERMISSION_DENIED,
                    "your role does not allow this", NULL, NULL);
    office_golden(o, "queue-forbidden");
    office_type(o, ESC);
    office_type(o, "1");
    office_type(o, ENTER);
    list_reviews(o, 446, 12, 2);
    office_type(o, F8); /* the role was changed since */
    office_type(o, "1");
    scripted_refuse(o->link, OP(REVIEW_MODERATE), CAROLINE__V1__ERROR_CODE__PERMISSION_DENIED,
                    "your role does not allow this", NULL, NULL);
    office_sees(o, "your role may not accept or hide reviews");
}

/* ---- customers ---- */

static const Caroline__V1__MemberFind *looked_for(struct office *o)
{
    return (const Caroline__V1__MemberFind *)scripted_request(o->link, OP(MEMBER_FIND),
                                                              &caroline__v1__member_find__descriptor);
}

static void find_members(struct office *o, size_t count)
{
    Caroline__V1__Member mia = CAROLINE__V1__MEMBER__INIT, other, *members[] = { &mia, &other };
    Caroline__V1__MemberFound found = CAROLINE__V1__MEMBER_FOUND__INIT;

    mia.has_id = mia.has_name = mia.has_phone = mia.has_points = true;
    mia.id = 77;
    mia.name = admin_text("Mia Stone");
    mia.phone = admin_text("+49305550100");
    mia.points = 230;
    other = mia;
    other.id = 78;
    other.name = admin_text("Mia Übermaß-Stein");
    other.points = 1;
    found.members = members;
    found.n_members = count;
    scripted_answer(o->link, OP(MEMBER_FIND), &found.base);
}

static const struct {
    uint32_t kind;
    int64_t points;
    const char *receipt;
} came[] = {
    { 13, 0, "3T-000044" },  { 6, -226, "3T-000043" },
    { 2, 226, "3T-000042" }, { 4, -100, "3T-000017" },
    { 2, 1, "3T-000017" },   { 7, -40, "" },
    { 11, 50, "" },          { 12, 25, "" },
    { 3, 100, "3T-000011" }, { 9, 310, "" },
    { 8, -12, "" },          { 5, 100, "3T-000009" },
    { 99, 3, "" },           { 1, 20, "" },
};
#define MOVES (sizeof came / sizeof *came)

static void show_member(struct office *o)
{
    Caroline__V1__MemberShown shown = CAROLINE__V1__MEMBER_SHOWN__INIT;
    Caroline__V1__Member mia = CAROLINE__V1__MEMBER__INIT;
    Caroline__V1__MemberSale sale[2], *sales[] = { &sale[0], &sale[1] };
    Caroline__V1__PointsMove move[MOVES], *moves[MOVES];
    uint32_t avoids[] = { 7, 8 };

    assert_true(((const Caroline__V1__MemberShow *)scripted_request(o->link, OP(MEMBER_SHOW),
                                                                    &caroline__v1__member_show__descriptor))
                    ->moves);
    mia.has_id = mia.has_name = mia.has_phone = mia.has_points = mia.has_card = mia.has_birthday = mia.has_since_us =
        true;
    mia.id = 77;
    mia.name = admin_text("Mia Stone");
    mia.phone = admin_text("+49305550100");
    mia.card = admin_text("MEMBER-0077");
    mia.birthday = admin_text("--02-29");
    mia.since_us = UINT64_C(1765370400000000);
    mia.points = 230;
    mia.has_tier_name = true;
    mia.tier_name = admin_text("Gold");
    mia.avoids = avoids;
    mia.n_avoids = 2;
    for (size_t i = 0; i < 2; i++) {
        caroline__v1__member_sale__init(&sale[i]);
        sale[i].has_receipt_number = sale[i].has_committed_us = sale[i].has_total_minor = sale[i].has_points = true;
        sale[i].receipt_number = admin_text(i == 0 ? "3T-000042" : "3T-000017");
        sale[i].committed_us = UINT64_C(1795370400000000) - i * UINT64_C(86400000000);
        sale[i].total_minor = i == 0 ? 2264 : 120;
        sale[i].points = i == 0 ? 226 : -100;
    }
    mia.sales = sales;
    mia.n_sales = 2;
    for (size_t i = 0; i < MOVES; i++) {
        moves[i] = &move[i];
        caroline__v1__points_move__init(&move[i]);
        move[i].has_at_us = move[i].has_kind = move[i].has_points = move[i].has_receipt_number = true;
        move[i].at_us = UINT64_C(1795370400000000) - i * UINT64_C(86400000000);
        move[i].kind = came[i].kind;
        move[i].points = came[i].points;
        move[i].receipt_number = admin_text(came[i].receipt);
    }
    shown.moves = moves;
    shown.n_moves = MOVES;
    shown.member = &mia;
    scripted_answer(o->link, OP(MEMBER_SHOW), &shown.base);
}

static void a_customer_is_found_and_seen(void **state)
{
    struct office *o = *state;

    office_sign_in(o);
    office_type(o, "3");
    office_type(o, "mia");
    office_type(o, ENTER);
    assert_true(looked_for(o)->has_name);
    find_members(o, 2);
    office_golden(o, "customers");
    office_type(o, ENTER);
    show_member(o);
    office_golden(o, "customer");
    office_type(o, F2);
    show_member(o);
    office_golden(o, "customer-points");
    office_type(o, DOWN);
    office_type(o, "\033[6~\033[6~"); /* to the first of them */
    office_sees(o, "for joining");
    office_type(o, F2);
    office_sees(o, "What was bought last");
    office_type(o, ESC);
    office_sees(o, "Mia Übermaß-Stein");
    office_type(o, ESC);
    office_sees(o, "What is to be looked at?");
    assert_null(memmem(&o->admin.visit, sizeof(o->admin.visit), "Mia Stone", 9));
    office_type(o, "3");
    office_spell(o, "0305550100" ENTER); /* a phone number, and else a card */
    assert_true(looked_for(o)->has_phone);
    find_members(o, 0);
    assert_true(looked_for(o)->has_card);
    find_members(o, 0);
    office_sees(o, "Nobody is known by that. F6 signs a new customer up.");
    office_scan(o, "MEMBER-0077");
    assert_true(looked_for(o)->has_card);
    scripted_refuse(o->link, OP(MEMBER_FIND), CAROLINE__V1__ERROR_CODE__PERMISSION_DENIED,
                    "your role does not allow this", NULL, NULL);
    office_sees(o, "your role may not look for customers");
}

/* A customer stood at the till meanwhile: what is shown is as it is now. */
static void a_customer_is_fetched_anew_behind_the_lock_and_by_F2(void **state)
{
    struct office *o = *state;
    Caroline__V1__SessionState unlocked = CAROLINE__V1__SESSION_STATE__INIT;
    Caroline__V1__Member mia = CAROLINE__V1__MEMBER__INIT;
    Caroline__V1__MemberShown shown = CAROLINE__V1__MEMBER_SHOWN__INIT;

    office_sign_in(o);
    office_type(o, "3");
    office_type(o, "mia");
    office_type(o, ENTER);
    find_members(o, 2);
    office_type(o, ENTER);
    show_member(o);
    mia.has_id = mia.has_name = mia.has_points = true;
    mia.id = 77;
    mia.name = admin_text("Mia Stone");
    shown.member = &mia;
    for (int i = 0; i < 2; i++) { /* unlocked by the answer, or by the server's word */
        admin_lock_now(&o->admin);
        scripted_answer(o->link, OP(SESSION_LOCK), &unlocked.base);
        office_type(o, "2468" ENTER);
        if (i == 1)
            scripted_session(o->link, "Caroline", false);
        scripted_answer(o->link, OP(SESSION_UNLOCK), &unlocked.base);
        mia.points = 500 + i;
        scripted_answer(o->link, OP(MEMBER_SHOW), &shown.base);
        office_sees(o, i == 0 ? "Points  500" : "Points  501");
    }
    mia.points = 700;
    office_type(o, F2);
    scripted_answer(o->link, OP(MEMBER_SHOW), &shown.base);
    office_sees(o, "Points  700");
    office_type(o, F2);
    scripted_fail(o->link, OP(MEMBER_SHOW), "the server did not answer in time"); /* what is known stays */
    office_sees(o, "Points  700");
    scripted_state(o->link, LINK_OFFLINE, "no connection");
    office_type(o, F2);
    assert_false(scripted_asked(o->link, OP(MEMBER_SHOW)));
}

/* As till and kiosk say it: a refund took back what had been spent. */
static void a_debt_is_said_to_be_one(void **state)
{
    struct office *o = *state;
    Caroline__V1__Member mia = CAROLINE__V1__MEMBER__INIT, *members[] = { &mia };
    Caroline__V1__MemberFound found = CAROLINE__V1__MEMBER_FOUND__INIT;
    Caroline__V1__MemberShown shown = CAROLINE__V1__MEMBER_SHOWN__INIT;

    mia.has_id = mia.has_name = mia.has_points = true;
    mia.id = 77;
    mia.name = admin_text("Mia Stone");
    mia.points = -30;
    found.members = members;
    found.n_members = 1;
    shown.member = &mia;
    office_sign_in(o);
    office_type(o, "3");
    office_type(o, "mia");
    office_type(o, ENTER);
    scripted_answer(o->link, OP(MEMBER_FIND), &found.base);
    office_sees(o, "owes 30 points");
    office_type(o, ENTER);
    scripted_request(o->link, OP(MEMBER_SHOW), &caroline__v1__member_show__descriptor);
    scripted_answer(o->link, OP(MEMBER_SHOW), &shown.base);
    office_sees(o, "Points  owes 30");
    office_type(o, F2);
    office_sees(o, "No points came or went yet");
}

static void behind_fifty_of_a_name_there_are_the_others(void **state)
{
    struct office *o = *state;

    office_sign_in(o);
    office_type(o, "3");
    office_type(o, "mia");
    office_type(o, ENTER);
    assert_false(looked_for(o)->has_after_id);
    scripted_members(o->link, 77, "Mia First", 150);
    office_sees(o, "There are more: F2 shows the next ones, or type more of the name.");
    office_type(o, F2);
    assert_int_equal(looked_for(o)->after_id, 150);
    scripted_members(o->link, 77, NULL, 180); /* whom only the index takes for a Mia */
    assert_int_equal(looked_for(o)->after_id, 180);
    scripted_members(o->link, 77, "Mia Last", 0);
    office_sees(o, "These are the last. F2 shows the first again.");
    office_sees(o, "Mia Last");
    office_type(o, F2);
    assert_false(looked_for(o)->has_after_id);
    scripted_members(o->link, 77, "Mia First", 150);
    office_sees(o, "Mia First");
}

static void a_customer_is_signed_up(void **state)
{
    struct office *o = *state;
    Caroline__V1__MemberDone done = CAROLINE__V1__MEMBER_DONE__INIT;

    office_sign_in(o);
    office_type(o, "3");
    office_spell(o, "0305550100" ENTER);
    find_members(o, 0);
    find_members(o, 0);
    office_type(o, F2);
    office_sees(o, "F2 does nothing here now");
    office_type(o, "\033[17~");
    office_type(o, F2);
    office_sees(o, "a name is needed");
    office_spell(o, "Mia Stone");
    office_scan(o, "MEMBER-0077");
    office_golden(o, "sign-up");
    office_type(o, "\t\t\t\t\t\t");
    office_golden(o, "sign-up-avoids"); /* health data: it is said where it is typed */
    office_type(o, F1);
    office_golden(o, "sign-up-help");
    office_type(o, F1);
    office_spell(o, "nuts, plutonium");
    office_type(o, F2);
    office_sees(o, "plutonium is none of the 14 allergens");
    for (size_t i = 0; i < strlen(", plutonium"); i++)
        office_type(o, "\177");
    office_type(o, F2);
    const Caroline__V1__Member *member = ((const Caroline__V1__MemberCreate *)scripted_request(
                                              o->link, OP(MEMBER_CREATE), &caroline__v1__member_create__descriptor))
                                             ->member;
    assert_memory_equal(member->phone.data, "0305550100", 10);
    assert_memory_equal(member->card.data, "MEMBER-0077", 11);
    assert_true(member->n_avoids == 1 && member->avoids[0] == 8);
    assert_false(member->has_email || member->has_birthday || member->has_referrer_key);
    scripted_refuse(o->link, OP(MEMBER_CREATE), CAROLINE__V1__ERROR_CODE__PHONE_TAKEN,
                    "this phone number is another member's", NULL, NULL);
    office_sees(o, "is another member's");
    office_sees(o, "Mia Stone"); /* what was typed is still there */
    office_type(o, F2);
    done.has_id = done.has_points = true;
    done.id = 77;
    done.points = 20;
    scripted_answer(o->link, OP(MEMBER_CREATE), &done.base);
    office_sees(o, "signed up, with 20 points");
    show_member(o);
    office_sees(o, "MEMBER-0077");
}

/* What became of it is told, of nobody by name: after a restart, and to whoever is here once its sender has gone. */
static void a_sign_up_of_before_is_told(void **state)
{
    struct office *o = *state;
    Caroline__V1__MemberDone done = CAROLINE__V1__MEMBER_DONE__INIT;
    const uint8_t id[COMMAND_ID_SIZE] = { 9 };
    const struct link_answer lost = { .outcome = LINK_FAILED,
                                      .sentence = "was not carried out before the program ended; enter it again" };
    const struct link_answer good = { .outcome = LINK_OK, .reply = &done.base, .sentence = "" };

    admin_events.on_recovered(&o->admin, OP(MEMBER_CREATE), id, &good);
    office_golden(o, "sign-up-of-before");
    admin_events.on_recovered(&o->admin, OP(MEMBER_CREATE), id, &lost);
    office_sees(o, "the customer who was being signed up before is not: was not carried out");
    office_sign_in(o);
    office_type(o, "3");
    office_spell(o, "0305550100" ENTER);
    find_members(o, 0);
    find_members(o, 0);
    office_type(o, "\033[17~");
    office_spell(o, "Mia Stone");
    office_type(o, F2);
    assert_true(scripted_asked(o->link, OP(MEMBER_CREATE)));
    scripted_session(o->link, NULL, false);
    scripted_answer(o->link, OP(MEMBER_CREATE), &done.base);
    office_sees(o, "the customer who was being signed up before is signed up");
    office_sees_not(o, "Mia");
}

static void an_answer_to_who_has_gone_is_nobodys(void **state)
{
    struct office *o = *state;

    office_sign_in(o);
    office_type(o, "2");
    scripted_session(o->link, NULL, false);
    office_sees(o, "who is here?");
    queue_reviews(o, CAROLINE__V1__REVIEW_STATE__REVIEW_WAITING, 2);
    assert_int_equal(o->admin.visit.queue.reviews.list.count, 0);
    office_sees_not(o, "Paris");
}

int main(void)
{
#define OFFICE(test) cmocka_unit_test_setup_teardown(test, open_office, close_office)
    const struct CMUnitTest tests[] = {
        OFFICE(somebody_signs_in_and_out),
        OFFICE(a_pin_for_one_time_is_changed_first),
        OFFICE(it_locks_when_nobody_is_here),
        OFFICE(a_small_window_and_no_connection_are_said),
        OFFICE(B33_average_and_count_follow_what_is_accepted),
        OFFICE(B33_a_product_has_its_reviews_and_they_follow_too),
        OFFICE(B33_what_waits_is_accepted_or_hidden_with_a_reason),
        OFFICE(B33_who_may_not_is_told_why),
        OFFICE(a_customer_is_found_and_seen),
        OFFICE(a_debt_is_said_to_be_one),
        OFFICE(behind_fifty_of_a_name_there_are_the_others),
        OFFICE(a_customer_is_fetched_anew_behind_the_lock_and_by_F2),
        OFFICE(a_customer_is_signed_up),
        OFFICE(a_sign_up_of_before_is_told),
        OFFICE(an_answer_to_who_has_gone_is_nobodys),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
