/* Pushes: one ring for everybody, a cursor each, written only while the socket is empty. */
#include "world.h"

#include <stdio.h>
#include <string.h>

#include "common/wire/walker.h"
#include "proto/catalogue.pb-c.h"
#include "proto/session.pb-c.h"

enum { OP_FOLLOW = 201 };
static unsigned followed_topic;

static enum step follow(struct call *c)
{
    const Caroline__V1__CatalogueFollow *request = (const Caroline__V1__CatalogueFollow *)c->message;
    Caroline__V1__CatalogueFollowed reply = CAROLINE__V1__CATALOGUE_FOLLOWED__INIT;

    reply.has_snapshot = true;
    reply.snapshot = topic_follow(c, followed_topic, request->version);
    return answer(c, &reply.base);
}

static const struct op op_follow = { .name = "op_follow",
                                     .number = OP_FOLLOW,
                                     .kind = OP_READS,
                                     .needs = NEEDS_DEVICE,
                                     .clients = CLIENT_ANY,
                                     .request = &caroline__v1__catalogue_follow__descriptor,
                                     .reply = &caroline__v1__catalogue_followed__descriptor,
                                     .stages = { follow } };
static const struct op *const ops[] = { &test_hello, &test_session, &op_follow, NULL };
static const struct topic_class *const topics[] = { &test_topic, NULL };

/* A snapshot of STEPS parts, one a step; a delta of one. */
#define STEPS 12
static unsigned steps_made;

static bool make_slowly(const struct catalogue *catalogue, uint64_t from, uint64_t to, void *memory,
                        struct push_parts *parts)
{
    unsigned *step = memory;

    (void)catalogue;
    steps_made++;
    push_add(parts, bytes_of_text(arena_format(push_arena(parts), "%u: %llu-%llu", ++*step, (unsigned long long)from,
                                               (unsigned long long)to)));
    return from || *step == STEPS;
}

static const struct topic_class slow_topic = { .number = CAROLINE__V1__TOPIC__TOPIC_CATALOGUE,
                                               .memory_size = sizeof(unsigned),
                                               .make = make_slowly };
static const struct topic_class *const slow_topics[] = { &slow_topic, NULL };

/* A delta, too, takes three steps, of which the last adds nothing. */
static bool make_late(const struct catalogue *catalogue, uint64_t from, uint64_t to, void *memory,
                      struct push_parts *parts)
{
    unsigned *step = memory;

    (void)catalogue;
    if (++*step < 3)
        push_add(parts, bytes_of_text(arena_format(push_arena(parts), "%u of %llu-%llu", *step,
                                                   (unsigned long long)from, (unsigned long long)to)));
    return *step == 3;
}

static const struct topic_class late_topic = { .number = CAROLINE__V1__TOPIC__TOPIC_CATALOGUE,
                                               .memory_size = sizeof(unsigned),
                                               .make = make_late };
static const struct topic_class *const late_topics[] = { &late_topic, NULL };

/* A second topic beside the catalogue's. */
#define OTHER_TOPIC 9
static const struct topic_class other_topic = { .number = OTHER_TOPIC,
                                                .memory_size = sizeof(unsigned),
                                                .make = make_late };
static const struct topic_class *const both_topics[] = { &test_topic, &other_topic, NULL };

struct fixture {
    struct world *world;
    struct test_peer *p;
};

static int set_up_with(void **state, const struct topic_class *const *classes)
{
    struct fixture *f = test_calloc(1, sizeof *f);

    steps_made = 0;
    followed_topic = CAROLINE__V1__TOPIC__TOPIC_CATALOGUE;
    f->world = world_create(ops, classes);
    f->p = peer_create(f->world);
    peer_sign_in(f->p, DEVICE);
    *state = f;
    return 0;
}

static int set_up(void **state)
{
    return set_up_with(state, topics);
}

static int set_up_slow(void **state)
{
    return set_up_with(state, slow_topics);
}

static int set_up_late(void **state)
{
    return set_up_with(state, late_topics);
}

static int set_up_both(void **state)
{
    return set_up_with(state, both_topics);
}

static int tear_down(void **state)
{
    struct fixture *f = *state;

    peer_destroy(f->p);
    world_destroy(f->world);
    test_free(f);
    return 0;
}

/* The reply said whether a snapshot comes. */
static bool follow_from(struct test_peer *p, uint64_t version)
{
    Caroline__V1__CatalogueFollow message = CAROLINE__V1__CATALOGUE_FOLLOW__INIT;

    message.has_version = true;
    message.version = version;
    peer_ask(p, OP_FOLLOW, NULL, &message.base);
    Caroline__V1__Reply *reply = peer_next(p)->reply;
    assert_non_null(reply);
    Caroline__V1__CatalogueFollowed *followed = (Caroline__V1__CatalogueFollowed *)message_decode(
        &caroline__v1__catalogue_followed__descriptor, bytes_of(reply->body.data, reply->body.len), p->world->arena);
    return followed->snapshot;
}

static void expect(struct test_peer *p, const char *text, uint64_t version)
{
    Caroline__V1__Push *push = peer_next(p)->push;

    assert_non_null(push);
    assert_int_equal(push->topic, CAROLINE__V1__TOPIC__TOPIC_CATALOGUE);
    assert_int_equal(push->version, version);
    assert_int_equal(push->body.len, strlen(text));
    assert_memory_equal(push->body.data, text, strlen(text));
}

static void expect_resync(struct test_peer *p)
{
    assert_int_equal(peer_next(p)->push->topic, CAROLINE__V1__TOPIC__TOPIC_RESYNC);
}

static void change_to(struct world *world, uint64_t version)
{
    catalogue_seal(world->catalogue, version, 1);
    driver_catalogue_changed(world->driver, SHOP);
}

static void drain(struct test_peer *p)
{
    p->full = false;
    driver_writable(p->world->driver, &p->peer);
}

/* ------------------------------------------------------------------------------------------------------------------*/

static void a_newcomer_gets_a_snapshot_behind_the_answer_then_deltas(void **state)
{
    struct fixture *f = *state;

    assert_true(follow_from(f->p, 0));
    expect(f->p, "snapshot 0-40", 40);
    expect(f->p, "part 2", 40);
    assert_false(peer_has_more(f->p));
    change_to(f->world, 41);
    expect(f->p, "delta 40-41", 41);
    change_to(f->world, 45);
    expect(f->p, "delta 41-45", 45);
    driver_catalogue_changed(f->world->driver, SHOP); /* nothing new */
    driver_catalogue_changed(f->world->driver, SHOP + 1);
    assert_false(peer_has_more(f->p));
}

static void who_has_the_newest_gets_nothing_until_it_changes(void **state)
{
    struct fixture *f = *state;

    assert_false(follow_from(f->p, 40));
    assert_false(peer_has_more(f->p));
    change_to(f->world, 41);
    expect(f->p, "delta 40-41", 41);
}

static void a_version_that_is_not_ours_is_answered_by_a_snapshot(void **state)
{
    struct fixture *f = *state;

    assert_true(follow_from(f->p, 999));
    expect(f->p, "snapshot 0-40", 40);
}

static void an_old_version_is_led_on_by_one_delta_made_for_it(void **state)
{
    struct fixture *f = *state;

    assert_false(follow_from(f->p, 17));
    expect(f->p, "delta 17-40", 40);
    assert_false(peer_has_more(f->p));
}

static void a_version_within_the_ring_is_led_on_by_the_ring(void **state)
{
    struct fixture *f = *state;
    struct test_peer *other = peer_create(f->world);

    peer_sign_in(other, DEVICE2);
    assert_false(follow_from(f->p, 40));
    change_to(f->world, 45);
    change_to(f->world, 50);
    assert_false(follow_from(other, 42));
    expect(other, "delta 40-45", 45);
    expect(other, "delta 45-50", 50);
    peer_destroy(other);
}

static void a_full_socket_waits_and_one_push_goes_at_a_time(void **state)
{
    struct fixture *f = *state;

    f->p->full = true;
    assert_true(follow_from(f->p, 0));
    assert_false(peer_has_more(f->p));
    change_to(f->world, 41);
    assert_false(peer_has_more(f->p));
    drain(f->p);
    expect(f->p, "snapshot 0-40", 40);
    expect(f->p, "part 2", 40);
    expect(f->p, "delta 40-41", 41);
    assert_false(peer_has_more(f->p));
}

static void a_reader_who_falls_off_the_ring_is_told_and_follows_again(void **state)
{
    struct fixture *f = *state;
    uint64_t version = 40;

    assert_false(follow_from(f->p, 40));
    f->p->full = true;
    while (version < 40 + 300)
        change_to(f->world, ++version);
    drain(f->p);
    expect_resync(f->p);
    assert_false(peer_has_more(f->p));
    change_to(f->world, ++version);
    assert_false(peer_has_more(f->p)); /* forgotten until it follows again */
    assert_false(follow_from(f->p, 40));
    expect(f->p, "delta 40-341", 341);
}

static void a_slow_reader_of_a_snapshot_finishes_it_whatever_happens_meanwhile(void **state)
{
    struct fixture *f = *state;
    uint64_t version = 40;

    f->p->full = true;
    assert_true(follow_from(f->p, 0));
    while (version < 40 + 300)
        change_to(f->world, ++version);
    drain(f->p);
    expect(f->p, "snapshot 0-40", 40);
    expect(f->p, "part 2", 40);
    expect_resync(f->p);
}

static void those_who_need_the_same_share_it(void **state)
{
    struct fixture *f = *state;
    struct test_peer *other = peer_create(f->world);

    peer_sign_in(other, DEVICE2);
    f->p->full = other->full = true;
    assert_true(follow_from(f->p, 0));
    assert_true(follow_from(other, 0));
    drain(other);
    expect(other, "snapshot 0-40", 40);
    expect(other, "part 2", 40);
    peer_destroy(other);
    drain(f->p);
    expect(f->p, "snapshot 0-40", 40);
}

static void expect_slow_snapshot(struct test_peer *p, unsigned first)
{
    for (unsigned step = first; step <= STEPS; step++) {
        char text[40];

        snprintf(text, sizeof text, "%u: 0-40", step);
        expect(p, text, 40);
    }
}

static void a_snapshot_goes_out_as_it_is_made_and_others_go_on_meanwhile(void **state)
{
    struct fixture *f = *state;
    struct test_peer *other = peer_create(f->world);

    assert_true(follow_from(f->p, 0));
    expect(f->p, "1: 0-40", 40);
    assert_false(peer_has_more(f->p)); /* the rest is for later turns of the loop */
    assert_int_equal(steps_made, 1);
    peer_sign_in(other, DEVICE2);
    assert_false(follow_from(other, 40));
    change_to(f->world, 41);
    expect(other, "1: 40-41", 41);
    world_pass(f->world, 100);
    expect_slow_snapshot(f->p, 2);
    expect(f->p, "1: 40-41", 41);
    assert_false(peer_has_more(f->p));
    assert_int_equal(steps_made, STEPS + 1);
    peer_destroy(other);
}

static void many_share_a_snapshot_that_the_ring_leads_on_from(void **state)
{
    enum { MANY = 20 };
    struct fixture *f = *state;
    struct test_peer *others[MANY];

    f->p->full = true; /* it is kept, for somebody slow */
    assert_true(follow_from(f->p, 0));
    world_pass(f->world, 100);
    change_to(f->world, 41);
    for (unsigned i = 0; i < MANY; i++) {
        others[i] = peer_create(f->world);
        peer_sign_in(others[i], DEVICE2);
        assert_true(follow_from(others[i], 0));
    }
    world_pass(f->world, 100);
    for (unsigned i = 0; i < MANY; i++) {
        expect_slow_snapshot(others[i], 1);
        expect(others[i], "1: 40-41", 41);
        assert_false(peer_has_more(others[i]));
        peer_destroy(others[i]);
    }
    assert_int_equal(steps_made, STEPS + 1);
}

static void what_nobody_waits_for_any_more_is_not_made(void **state)
{
    struct fixture *f = *state;

    assert_true(follow_from(f->p, 0));
    peer_gone(f->p);
    world_pass(f->world, 100);
    assert_int_equal(steps_made, 1);
    change_to(f->world, 41); /* and the topic lives on */
}

static void following_again_begins_anew(void **state)
{
    struct fixture *f = *state;

    f->p->full = true;
    assert_true(follow_from(f->p, 0));
    assert_false(follow_from(f->p, 30));
    drain(f->p);
    expect(f->p, "delta 30-40", 40);
    assert_false(peer_has_more(f->p));
}

static void a_follower_that_goes_away_is_forgotten(void **state)
{
    struct fixture *f = *state;

    f->p->full = true;
    assert_true(follow_from(f->p, 0));
    peer_gone(f->p);
    change_to(f->world, 41);
}

static void session_state_is_the_latest_only(void **state)
{
    struct fixture *f = *state;

    f->p->full = true;
    world_pass(f->world, 130000); /* locks by itself */
    f->world->sessions_ended = true;
    driver_heard(f->world->driver, "staff", STAFF); /* and is then signed out */
    world_settle(f->world);
    assert_false(peer_has_more(f->p));
    drain(f->p);
    Caroline__V1__Push *push = peer_next(f->p)->push;
    assert_int_equal(push->topic, CAROLINE__V1__TOPIC__TOPIC_SESSION);
    Caroline__V1__SessionState *said = (Caroline__V1__SessionState *)message_decode(
        &caroline__v1__session_state__descriptor, bytes_of(push->body.data, push->body.len), f->world->arena);
    assert_true(said->has_open && !said->open && !said->locked);
    assert_false(peer_has_more(f->p));
}

static void without_a_catalogue_nobody_follows(void **state)
{
    struct fixture *f = *state;

    f->world->no_catalogue = true;
    assert_true(follow_from(f->p, 3));
    driver_catalogue_changed(f->world->driver, 0);
    assert_false(peer_has_more(f->p));
}

static void who_was_cut_off_gets_nothing_more(void **state)
{
    struct fixture *f = *state;

    assert_false(follow_from(f->p, 40));
    driver_heard(f->world->driver, "device", DEVICE);
    assert_true(f->p->closed);
    f->p->read_count = f->p->sent_count;
    change_to(f->world, 41);
    assert_false(peer_has_more(f->p));
}

static void what_changes_while_there_is_no_catalogue_comes_when_there_is(void **state)
{
    struct fixture *f = *state;

    assert_false(follow_from(f->p, 40));
    catalogue_seal(f->world->catalogue, 41, 1);
    f->world->no_catalogue = true;
    driver_catalogue_changed(f->world->driver, SHOP);
    driver_catalogue_changed(f->world->driver, SHOP + 1);
    assert_false(peer_has_more(f->p));
    f->world->no_catalogue = false;
    driver_catalogue_changed(f->world->driver, SHOP + 1);
    assert_false(peer_has_more(f->p));
    driver_catalogue_changed(f->world->driver, 0);
    expect(f->p, "delta 40-41", 41);
}

static void who_comes_with_another_version_gets_another_delta(void **state)
{
    struct fixture *f = *state;
    struct test_peer *other = peer_create(f->world);

    peer_sign_in(other, DEVICE2);
    f->p->full = true; /* so that what was made for it stands for a while */
    assert_false(follow_from(f->p, 10));
    assert_false(follow_from(other, 12));
    expect(other, "delta 12-40", 40);
    drain(f->p);
    expect(f->p, "delta 10-40", 40);
    peer_destroy(other);
}

static void who_is_slow_or_gone_holds_up_nobodys_snapshot(void **state)
{
    enum { MANY = 12 };
    struct fixture *f = *state;
    struct test_peer *others[MANY];

    for (unsigned i = 0; i < MANY; i++) {
        others[i] = peer_create(f->world);
        peer_sign_in(others[i], i % 3 ? DEVICE2 : DEVICE2 + 1);
        assert_true(follow_from(others[i], 0));
        others[i]->full = i % 3 == 1;
    }
    driver_heard(f->world->driver, "device", DEVICE2 + 1); /* every third */
    world_pass(f->world, 100);
    for (unsigned i = 0; i < MANY; i++) {
        assert_int_equal(others[i]->closed, i % 3 == 0);
        if (i % 3 == 1) {
            drain(others[i]);
            world_pass(f->world, 100);
        }
        if (i % 3 != 0)
            expect_slow_snapshot(others[i], 1);
    }
    for (unsigned i = 0; i < MANY; i++)
        peer_destroy(others[i]);
}

static void a_delta_may_take_steps_as_well_and_end_with_an_empty_one(void **state)
{
    struct fixture *f = *state;

    assert_false(follow_from(f->p, 40));
    change_to(f->world, 41);
    expect(f->p, "1 of 40-41", 41);
    assert_false(peer_has_more(f->p));
    change_to(f->world, 42); /* while the first is being made */
    world_pass(f->world, 100);
    expect(f->p, "2 of 40-41", 41);
    expect(f->p, "1 of 41-42", 42);
    expect(f->p, "2 of 41-42", 42);
    assert_false(peer_has_more(f->p));
    assert_false(follow_from(f->p, 42));
    assert_false(peer_has_more(f->p));
}

static void two_topics_are_followed_each_for_itself(void **state)
{
    struct fixture *f = *state;

    assert_false(follow_from(f->p, 40));
    followed_topic = OTHER_TOPIC;
    assert_false(follow_from(f->p, 40));
    followed_topic = CAROLINE__V1__TOPIC__TOPIC_CATALOGUE;
    assert_false(follow_from(f->p, 40)); /* anew; the other is followed as before */
    change_to(f->world, 41);
    world_pass(f->world, 100);
    unsigned catalogue = 0, other = 0;
    while (peer_has_more(f->p)) {
        const Caroline__V1__Push *push = peer_next(f->p)->push;

        assert_int_equal(push->version, 41);
        catalogue += push->topic == CAROLINE__V1__TOPIC__TOPIC_CATALOGUE;
        other += (unsigned)push->topic == OTHER_TOPIC;
    }
    assert_int_equal(catalogue, 1);
    assert_int_equal(other, 2);
}

int main(void)
{
#define SENTENCE(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)
#define LATE(test)     cmocka_unit_test_setup_teardown(test, set_up_late, tear_down)
#define BOTH(test)     cmocka_unit_test_setup_teardown(test, set_up_both, tear_down)
#define IN_STEPS(test) cmocka_unit_test_setup_teardown(test, set_up_slow, tear_down)
    const struct CMUnitTest tests[] = {
        SENTENCE(a_newcomer_gets_a_snapshot_behind_the_answer_then_deltas),
        SENTENCE(who_has_the_newest_gets_nothing_until_it_changes),
        SENTENCE(a_version_that_is_not_ours_is_answered_by_a_snapshot),
        SENTENCE(an_old_version_is_led_on_by_one_delta_made_for_it),
        SENTENCE(a_version_within_the_ring_is_led_on_by_the_ring),
        SENTENCE(a_full_socket_waits_and_one_push_goes_at_a_time),
        SENTENCE(a_reader_who_falls_off_the_ring_is_told_and_follows_again),
        SENTENCE(a_slow_reader_of_a_snapshot_finishes_it_whatever_happens_meanwhile),
        SENTENCE(those_who_need_the_same_share_it),
        IN_STEPS(a_snapshot_goes_out_as_it_is_made_and_others_go_on_meanwhile),
        IN_STEPS(many_share_a_snapshot_that_the_ring_leads_on_from),
        IN_STEPS(what_nobody_waits_for_any_more_is_not_made),
        SENTENCE(following_again_begins_anew),
        SENTENCE(a_follower_that_goes_away_is_forgotten),
        SENTENCE(session_state_is_the_latest_only),
        SENTENCE(without_a_catalogue_nobody_follows),
        SENTENCE(who_was_cut_off_gets_nothing_more),
        SENTENCE(what_changes_while_there_is_no_catalogue_comes_when_there_is),
        SENTENCE(who_comes_with_another_version_gets_another_delta),
        IN_STEPS(who_is_slow_or_gone_holds_up_nobodys_snapshot),
        LATE(a_delta_may_take_steps_as_well_and_end_with_an_empty_one),
        BOTH(two_topics_are_followed_each_for_itself),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
