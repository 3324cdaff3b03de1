/* Sessions as the door sees them: they lock, end at their hour, end because somebody elsewhere says so, and never without
 * a reason. */
#include "proto/session.pb-c.h"
#include "told_ops.h"
#include "world_store.h"

static int change(struct test_peer *p, unsigned number)
{
    return code_of(p, OP_CHANGE, command(number), NULL);
}

static void an_idle_session_locks_and_its_screen_is_told(void **state)
{
    struct fixture *f = *state;

    world_pass(f->world, 100000);
    assert_int_equal(change(f->p, 1), 0); /* a call keeps it awake */
    world_pass(f->world, 100000);
    assert_int_equal(code_of(f->p, OP_READ, NULL, NULL), 0); /* one that needs nobody does not */
    f->p->read_count = f->p->sent_count;
    world_pass(f->world, 30000);
    Caroline__V1__FromServer *said = peer_next(f->p);
    assert_int_equal(said->push->topic, CAROLINE__V1__TOPIC__TOPIC_SESSION);
    assert_false(peer_has_more(f->p));
    assert_int_equal(change(f->p, 2), CODE(SESSION_LOCKED));
    assert_int_equal(peer_session(f->p, "1111"), 0);
    assert_int_equal(change(f->p, 2), 0);
}

static void a_session_ends_at_its_hour_whatever_happens(void **state)
{
    struct fixture *f = *state;

    for (int i = 0; i < 60; i++) {
        world_pass(f->world, 60000);
        change(f->p, (unsigned)i);
    }
    assert_int_equal(change(f->p, 100), CODE(SIGN_IN_FIRST));
}

static void a_used_session_touches_its_row_once_a_minute(void **state)
{
    struct fixture *f = *state;

    for (unsigned i = 0; i < 20; i++) {
        world_pass(f->world, 10000);
        assert_int_equal(change(f->p, i), 0);
    }
    assert_in_range(f->world->touched_count, 2, 3);
}

static void a_session_that_was_closed_elsewhere_ends_here(void **state)
{
    struct fixture *f = *state;

    f->world->sessions_gone = true;
    world_pass(f->world, 59000);
    change(f->p, 1);
    world_pass(f->world, 5000);
    change(f->p, 2);
    world_pass(f->world, 10000);
    assert_int_equal(change(f->p, 3), CODE(SIGN_IN_FIRST));
}

static void a_failed_touch_ends_no_session(void **state)
{
    struct fixture *f = *state;

    world_pass(f->world, 59000);
    change(f->p, 1);
    world_pass(f->world, 5000);
    change(f->p, 2);
    world_mishap(f->world, "BEGIN", STORE_AWAY, NULL);
    world_pass(f->world, 10000);
    assert_int_equal(change(f->p, 3), 0);
}

static void who_is_signed_out_elsewhere_is_signed_out_here_and_a_cut_device_is_gone(void **state)
{
    struct fixture *f = *state;

    driver_heard(f->world->driver, "staff", STAFF + 1);
    assert_int_equal(change(f->p, 1), 0);
    f->world->sessions_ended = f->world->hold = true;
    driver_heard(f->world->driver, "staff", STAFF);
    assert_int_equal(change(f->p, 2), CODE(TRY_AGAIN)); /* it may be the end of a session before */
    f->world->hold = false;
    world_settle(f->world);
    assert_int_equal(change(f->p, 2), CODE(SIGN_IN_FIRST));
    driver_heard(f->world->driver, "device", DEVICE + 1);
    driver_heard(f->world->driver, "weather", DEVICE);
    assert_false(f->p->closed);
    driver_heard(f->world->driver, "device", DEVICE);
    assert_true(f->p->closed && f->p->at_once);
}

/* As one who has given herself another PIN, and on a busy machine signs in with it before the notice of the first is here. */
static void who_is_back_before_the_notice_that_signed_them_out_stays(void **state)
{
    struct fixture *f = *state;

    f->world->hold = true;
    driver_heard(f->world->driver, "staff", STAFF);
    assert_int_equal(change(f->p, 1), CODE(TRY_AGAIN));
    f->world->hold = false;
    world_settle(f->world);
    assert_int_equal(change(f->p, 1), 0);
}

static void who_missed_the_news_is_signed_out_or_cut_once_somebody_looks(void **state)
{
    struct fixture *f = *state;
    struct driver *driver = f->world->driver;

    driver_look(driver);
    world_settle(f->world);
    assert_int_equal(f->world->standing_count, 1);
    assert_int_equal(change(f->p, 1), 0);
    f->world->sessions_ended = true;
    f->p->read_count = f->p->sent_count;
    driver_look(driver);
    world_settle(f->world);
    assert_int_equal(peer_next(f->p)->push->topic, CAROLINE__V1__TOPIC__TOPIC_SESSION);
    assert_int_equal(change(f->p, 2), CODE(SIGN_IN_FIRST));
    assert_false(f->p->closed);
    f->world->devices_ended = true;
    driver_look(driver);
    world_settle(f->world);
    assert_true(f->p->closed && f->p->at_once);
}

static void a_session_locked_elsewhere_is_locked_here_once_its_device_is_named(void **state)
{
    struct fixture *f = *state;

    f->world->sessions_locked = true;
    driver_heard(f->world->driver, "session", DEVICE + 1);
    world_settle(f->world);
    assert_int_equal(f->world->standing_count, 0);
    assert_int_equal(change(f->p, 1), 0);
    f->p->read_count = f->p->sent_count;
    driver_heard(f->world->driver, "session", DEVICE);
    world_settle(f->world);
    assert_int_equal(peer_next(f->p)->push->topic, CAROLINE__V1__TOPIC__TOPIC_SESSION);
    assert_int_equal(change(f->p, 2), CODE(SESSION_LOCKED));
    assert_int_equal(peer_session(f->p, "1111"), 0); /* the PIN was given here: what was read before is old */
    assert_int_equal(change(f->p, 2), 0);
}

static void a_session_unlocked_here_while_a_look_is_on_its_way_stays_unlocked(void **state)
{
    struct fixture *f = *state;

    f->world->sessions_locked = f->world->hold = true;
    driver_heard(f->world->driver, "session", DEVICE);
    assert_int_equal(peer_session(f->p, "1111"), 0);
    f->world->hold = false;
    world_settle(f->world);
    assert_int_equal(change(f->p, 1), 0);
}

/* How many events until the session that is opened by a transaction is answered? */
static size_t open_session_events(struct fixture *f, size_t most, uint64_t *id)
{
    Caroline__V1__SessionUnlock message = CAROLINE__V1__SESSION_UNLOCK__INIT;
    size_t count = 0;

    message.has_pin = true;
    message.pin = (ProtobufCBinaryData){ .len = 4, .data = (uint8_t *)(uintptr_t) "4444" };
    *id = peer_ask(f->p, OP_TEST_SESSION, NULL, &message.base);
    f->p->read_count = f->p->sent_count;
    while (count < most && f->p->read_count == f->p->sent_count && world_event(f->world))
        count++;
    return count;
}

static void who_is_signed_out_between_the_commit_and_its_answer_is_not_served_again(void **state)
{
    struct fixture *f = *state;
    uint64_t id;

    assert_int_equal(peer_session(f->p, "3333"), 0);
    size_t events = open_session_events(f, SIZE_MAX, &id);
    assert_int_equal(code_at(f->p, id), 0);
    assert_int_equal(peer_session(f->p, "3333"), 0);

    f->world->sessions_ended = true;
    open_session_events(f, events - 1, &id);
    driver_heard(f->world->driver, "staff", STAFF);
    assert_true(world_event(f->world)); /* the answer to COMMIT; the look's is not here yet */
    assert_int_equal(code_at(f->p, id), 0);
    f->world->hold = true;
    assert_int_equal(change(f->p, 2), CODE(TRY_AGAIN));
    f->world->hold = false;
    world_settle(f->world);
    assert_int_equal(change(f->p, 2), CODE(SIGN_IN_FIRST));
}

static void who_signs_in_again_is_not_doubted_for_the_session_before(void **state)
{
    struct fixture *f = *state;
    uint64_t id;

    assert_int_equal(peer_session(f->p, "3333"), 0);
    size_t events = open_session_events(f, SIZE_MAX, &id);
    assert_int_equal(peer_session(f->p, "3333"), 0);
    f->world->sessions_ended = true;
    open_session_events(f, events - 1, &id);
    driver_heard(f->world->driver, "staff", STAFF);
    assert_true(world_event(f->world));
    f->world->hold = true;
    assert_int_equal(change(f->p, 1), CODE(TRY_AGAIN));
    assert_int_equal(peer_session(f->p, "1111"), 0);
    f->world->hold = false;
    assert_int_equal(change(f->p, 1), 0);
}

static void who_signs_in_while_a_notice_from_before_comes_is_served_after_the_look(void **state)
{
    struct fixture *f = *state;
    uint64_t id;

    assert_int_equal(peer_session(f->p, "3333"), 0);
    size_t events = open_session_events(f, SIZE_MAX, &id);
    assert_int_equal(peer_session(f->p, "3333"), 0);
    open_session_events(f, events - 1, &id);
    driver_heard(f->world->driver, "staff", STAFF);
    world_settle(f->world);
    assert_int_equal(code_at(f->p, id), 0);
    assert_int_equal(change(f->p, 2), 0);
}

static void who_comes_while_the_look_is_on_its_way_stays(void **state)
{
    struct fixture *f = *state;
    struct test_peer *early = f->p, *late = peer_create(f->world);

    f->world->devices_ended = true;
    f->world->hold = true;
    driver_look(f->world->driver);
    driver_look(f->world->driver); /* once more behind it, for what was said meanwhile */
    driver_look(f->world->driver);
    late->peer.device_id = DEVICE2;
    f->world->hold = false;
    while (!early->closed)
        assert_true(world_event(f->world));
    assert_false(late->closed);
    f->world->devices_ended = false;
    world_settle(f->world);
    assert_int_equal(f->world->standing_count, 2);
    assert_false(late->closed);
    peer_destroy(late);
}

static void everybody_is_looked_up_once_a_minute_and_soon_again_when_that_failed(void **state)
{
    struct fixture *f = *state;

    world_pass(f->world, 50000);
    assert_int_equal(f->world->standing_count, 0);
    world_pass(f->world, 300000);
    assert_in_range(f->world->standing_count, 5, 6);
    size_t before = f->world->standing_count;
    f->world->devices_ended = true;
    world_mishap(f->world, "standing_devices", STORE_AWAY, NULL);
    while (f->world->mishap_next < f->world->mishap_count)
        world_pass(f->world, 5000);
    assert_false(f->p->closed);
    world_pass(f->world, 5000);
    assert_true(f->p->closed);
    assert_in_range(f->world->standing_count - before, 1, 2);
}

int main(void)
{
#define SENTENCE(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        SENTENCE(an_idle_session_locks_and_its_screen_is_told),
        SENTENCE(a_session_ends_at_its_hour_whatever_happens),
        SENTENCE(a_used_session_touches_its_row_once_a_minute),
        SENTENCE(a_session_that_was_closed_elsewhere_ends_here),
        SENTENCE(a_failed_touch_ends_no_session),
        SENTENCE(who_is_signed_out_elsewhere_is_signed_out_here_and_a_cut_device_is_gone),
        SENTENCE(who_is_back_before_the_notice_that_signed_them_out_stays),
        SENTENCE(who_missed_the_news_is_signed_out_or_cut_once_somebody_looks),
        SENTENCE(a_session_locked_elsewhere_is_locked_here_once_its_device_is_named),
        SENTENCE(a_session_unlocked_here_while_a_look_is_on_its_way_stays_unlocked),
        SENTENCE(who_is_signed_out_between_the_commit_and_its_answer_is_not_served_again),
        SENTENCE(who_signs_in_again_is_not_doubted_for_the_session_before),
        SENTENCE(who_signs_in_while_a_notice_from_before_comes_is_served_after_the_look),
        SENTENCE(who_comes_while_the_look_is_on_its_way_stays),
        SENTENCE(everybody_is_looked_up_once_a_minute_and_soon_again_when_that_failed),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
