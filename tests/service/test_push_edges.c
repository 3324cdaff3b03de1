/* Pushes at their bounds: rings that are full of bytes, parcels that are made in turns for several, followers of which more
 * than eight are served. */
#include "world.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/rules/hold.h"
#include "common/wire/walker.h"
#include "proto/catalogue.pb-c.h"
#include "world_store.h"

enum { OP_FOLLOW = 201 };

static enum step follow(struct call *c)
{
    const Caroline__V1__CatalogueFollow *request = (const Caroline__V1__CatalogueFollow *)c->message;
    Caroline__V1__CatalogueFollowed reply = CAROLINE__V1__CATALOGUE_FOLLOWED__INIT;

    topic_follow(c, CAROLINE__V1__TOPIC__TOPIC_CATALOGUE, request->version);
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

/* Parcels in STEPS steps, a part each, or in one step of one large part. */
enum { STEPS = 3 };
static unsigned steps;
static bool large;

static bool make(const struct catalogue *catalogue, uint64_t from, uint64_t to, void *memory, struct push_parts *parts)
{
    unsigned *step = memory;
    char *text = arena_alloc(push_arena(parts), large ? PUSH_BODY_MAX : 64);

    (void)catalogue;
    ++*step;
    snprintf(text, 64, "%u: %llu-%llu", *step, (unsigned long long)from, (unsigned long long)to);
    push_add(parts, bytes_of(text, large ? PUSH_BODY_MAX : strlen(text)));
    return *step == steps;
}

static const struct topic_class topic = { .number = CAROLINE__V1__TOPIC__TOPIC_CATALOGUE,
                                          .memory_size = sizeof(unsigned),
                                          .make = make };
static const struct topic_class *const topics[] = { &topic, NULL };

struct fixture {
    struct world *world;
    struct test_peer *p;
};

static int set_up(void **state)
{
    struct fixture *f = calloc(1, sizeof *f);

    steps = STEPS;
    large = false;
    f->world = world_create_wide(ops, topics, 100);
    f->p = peer_create(f->world);
    peer_sign_in(f->p, DEVICE);
    *state = f;
    return 0;
}

static int tear_down(void **state)
{
    struct fixture *f = *state;

    peer_destroy(f->p);
    world_destroy(f->world);
    free(f);
    return 0;
}

static void follow_from(struct test_peer *p, uint64_t version)
{
    Caroline__V1__CatalogueFollow message = CAROLINE__V1__CATALOGUE_FOLLOW__INIT;

    message.has_version = true;
    message.version = version;
    peer_ask(p, OP_FOLLOW, NULL, &message.base);
    assert_non_null(peer_next(p)->reply);
}

static struct test_peer *another(struct world *world)
{
    struct test_peer *p = peer_create(world);

    peer_sign_in(p, DEVICE2);
    return p;
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

/* The parts of one parcel, one after the other. */
static void expect_steps(struct test_peer *p, uint64_t from, uint64_t to, unsigned first)
{
    for (unsigned step = first; step <= steps; step++) {
        const Caroline__V1__Push *push = peer_next(p)->push;
        char text[64];

        snprintf(text, sizeof text, "%u: %llu-%llu", step, (unsigned long long)from, (unsigned long long)to);
        assert_non_null(push);
        assert_int_equal(push->version, to);
        assert_memory_equal(push->body.data, text, strlen(text));
    }
}

/* Two deltas are made at the same time, a step of one of them a turn: who waits for the other waits. */
static void two_parcels_are_made_in_turn(void **state)
{
    struct fixture *f = *state;
    struct test_peer *other = another(f->world);

    follow_from(f->p, 10);
    follow_from(other, 12);
    expect_steps(f->p, 10, 40, STEPS + 1); /* the first of each is there at once */
    world_pass(f->world, 100);
    expect_steps(f->p, 10, 40, 1);
    expect_steps(other, 12, 40, 1);
    assert_false(peer_has_more(f->p) || peer_has_more(other));
    peer_destroy(other);
}

/* Twelve wait for what is made step by step; eight of them are served in a turn, and nobody twice before all once. */
static void many_are_served_in_turn(void **state)
{
    enum { MANY = 12 };
    struct fixture *f = *state;
    struct test_peer *others[MANY];

    for (unsigned i = 0; i < MANY; i++)
        others[i] = another(f->world);
    for (unsigned i = 0; i < MANY; i++)
        follow_from(others[i], 0);
    for (unsigned turn = 0; turn < 2; turn++) { /* the first step is made at once; a turn makes the next */
        unsigned served = 0;

        for (unsigned i = 0; i < MANY; i++)
            served += others[i]->sent_count - others[i]->read_count == 2;
        assert_int_equal(served, turn == 0 ? 0 : 8);
        world_pass(f->world, 1);
    }
    world_pass(f->world, 100);
    for (unsigned i = 0; i < MANY; i++) {
        expect_steps(others[i], 0, 40, 1);
        assert_false(peer_has_more(others[i]));
        peer_destroy(others[i]);
    }
}

/* A ring holds a MiB at most: who is further behind is told to begin anew, and what it held is given back. */
static void a_ring_is_full_of_bytes_before_it_is_full_of_parcels(void **state)
{
    enum { FIT = 17 }; /* of 60,000 bytes, and some of the envelope's, in 1,048,576 */
    struct fixture *f = *state;
    struct test_peer *other = another(f->world);
    uint64_t version = VERSION;

    large = true;
    steps = 1;
    follow_from(f->p, VERSION);
    follow_from(other, VERSION);
    f->p->full = other->full = true;
    while (version < VERSION + FIT)
        change_to(f->world, ++version);
    drain(f->p);
    for (uint64_t from = VERSION; from < version; from++)
        expect_steps(f->p, from, from + 1, 1);
    change_to(f->world, ++version); /* the first is gone */
    expect_steps(f->p, version - 1, version, 1);
    drain(other);
    assert_int_equal(peer_next(other)->push->topic, CAROLINE__V1__TOPIC__TOPIC_RESYNC);
    assert_false(peer_has_more(other));
    while (version < VERSION + 3 * FIT)
        change_to(f->world, ++version);
    world_pass(f->world, 5000); /* memory goes back to the system, and nothing that is in use does */
    f->p->read_count = f->p->sent_count;
    change_to(f->world, ++version);
    expect_steps(f->p, version - 1, version, 1);
    peer_destroy(other);
}

/* A snapshot that somebody slow still holds is of no use to others once the ring has passed its end. */
static void an_old_snapshot_is_shared_as_long_as_the_ring_leads_on(void **state)
{
    struct fixture *f = *state;
    struct test_peer *soon = another(f->world), *late = another(f->world);
    uint64_t version = VERSION;

    steps = 1;
    f->p->full = true;
    follow_from(f->p, 0);
    change_to(f->world, ++version);
    follow_from(soon, 0);
    expect_steps(soon, 0, VERSION, 1);
    expect_steps(soon, VERSION, version, 1);
    while (version < VERSION + 300)
        change_to(f->world, ++version);
    follow_from(late, 0);
    expect_steps(late, 0, version, 1);
    drain(f->p);
    expect_steps(f->p, 0, VERSION, 1);
    assert_int_equal(peer_next(f->p)->push->topic, CAROLINE__V1__TOPIC__TOPIC_RESYNC);
    peer_destroy(soon);
    peer_destroy(late);
}

/* What quotes promised is a shop's own, in whatever order they come. */
static void each_shop_has_its_own_holds(void **state)
{
    struct fixture *f = *state;
    struct driver *driver = f->world->driver;
    const int64_t product = 1, milli = 2000;
    struct instant now = { f->world->now_us };

    holds_put(shop_holds(driver, SHOP), DEVICE, &product, &milli, 1, now);
    assert_int_equal(holds_of_others(shop_holds(driver, SHOP + 1), DEVICE2, product, now), 0);
    assert_int_equal(holds_of_others(shop_holds(driver, SHOP), DEVICE2, product, now), milli);
    assert_ptr_equal(shop_holds(driver, SHOP), shop_holds(driver, SHOP));
    assert_ptr_not_equal(shop_holds(driver, SHOP), shop_holds(driver, SHOP + 1));
}

int main(void)
{
#define SENTENCE(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        SENTENCE(two_parcels_are_made_in_turn),
        SENTENCE(many_are_served_in_turn),
        SENTENCE(a_ring_is_full_of_bytes_before_it_is_full_of_parcels),
        SENTENCE(an_old_snapshot_is_shared_as_long_as_the_ring_leads_on),
        SENTENCE(each_shop_has_its_own_holds),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
