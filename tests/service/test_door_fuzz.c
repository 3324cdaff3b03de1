/* Whatever bytes come to the door: an answer or the end of the connection, and nothing is left behind. The seed is printed;
 * CAROLINE_SEED repeats a run. */
#include "world.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "common/wire/walker.h"
#include "proto/sale.pb-c.h"

enum { OP_SELL = 201, ROUNDS = 4000, CONNECTIONS = 4 };

static enum step take(struct call *c)
{
    Caroline__V1__ShiftShown reply = CAROLINE__V1__SHIFT_SHOWN__INIT;

    return answer(c, &reply.base);
}

static const struct op op_sell = { .name = "op_sell",
                                   .number = OP_SELL,
                                   .kind = OP_CHANGES,
                                   .needs = NEEDS_SESSION,
                                   .permission = PERMISSION_SELL,
                                   .clients = CLIENT_ANY,
                                   .body_max = 16384,
                                   .request = &caroline__v1__sale_ring_up__descriptor,
                                   .reply = &caroline__v1__shift_shown__descriptor,
                                   .stages = { take } };
static const struct op *const ops[] = { &test_hello, &test_session, &op_sell, NULL };

static uint64_t random_state;

static uint32_t dice(uint32_t sides)
{
    random_state = random_state * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
    return (uint32_t)(random_state >> 33) % sides;
}

/* A request that a till might send: its basket's numbers are of any kind. */
static struct bytes honest_body(struct arena *arena)
{
    Caroline__V1__SaleRingUp *sale = arena_alloc(arena, sizeof *sale);
    Caroline__V1__Basket *basket = arena_alloc(arena, sizeof *basket);
    size_t lines = dice(5);

    caroline__v1__sale_ring_up__init(sale);
    caroline__v1__basket__init(basket);
    sale->basket = basket;
    basket->n_lines = lines;
    basket->lines = arena_array(arena, lines + 1, sizeof *basket->lines);
    for (size_t i = 0; i < lines; i++) {
        basket->lines[i] = arena_alloc(arena, sizeof **basket->lines);
        caroline__v1__basket_line__init(basket->lines[i]);
        basket->lines[i]->has_quantity_milli = true;
        basket->lines[i]->quantity_milli = (int64_t)dice(UINT32_MAX) - (int64_t)dice(UINT32_MAX);
    }
    sale->has_total_minor = true;
    sale->total_minor = dice(100000);
    return message_encode(&sale->base, arena);
}

static struct bytes request_bytes(struct arena *arena, uint64_t id)
{
    Caroline__V1__Request request = CAROLINE__V1__REQUEST__INIT;
    struct bytes body = honest_body(arena);
    uint8_t command_id[16];

    for (size_t i = 0; i < sizeof command_id; i++)
        command_id[i] = (uint8_t)dice(256);
    request.has_id = request.has_op = request.has_body = request.has_command_id = true;
    request.id = id;
    request.op = dice(8) ? OP_SELL : dice(300);
    request.command_id = (ProtobufCBinaryData){ .len = dice(10) ? 16 : dice(17), .data = command_id };
    request.body = (ProtobufCBinaryData){ .len = body.size, .data = (uint8_t *)(uintptr_t)body.data };
    return message_encode(&request.base, arena);
}

/* Bits turned, bytes put in, cut off, or nothing but noise. */
static struct bytes damaged(struct arena *arena, struct bytes bytes)
{
    uint8_t *copy = arena_copy(arena, bytes.data, bytes.size);
    size_t size = bytes.size;

    switch (dice(5)) {
    case 0:
        size = 1 + dice((uint32_t)size);
        break;
    case 1:
        size = 1 + dice(300);
        copy = arena_alloc(arena, size);
        for (size_t i = 0; i < size; i++)
            copy[i] = (uint8_t)dice(256);
        break;
    case 2:
        break;
    default:
        for (uint32_t i = 0, turns = 1 + dice(6); i < turns; i++)
            copy[dice((uint32_t)size)] ^= (uint8_t)(1u << dice(8));
        break;
    }
    return bytes_of(copy, size);
}

static struct test_peer *connect(struct world *world)
{
    struct test_peer *p = peer_create(world);

    peer_sign_in(p, DEVICE);
    p->sent_count = p->read_count = 0;
    return p;
}

static void whatever_comes_is_answered_or_ends_the_connection(void **state)
{
    const char *seed = getenv("CAROLINE_SEED");
    struct world *world = world_create(ops, NULL);
    struct test_peer *peers[CONNECTIONS];

    (void)state;
    random_state = seed ? strtoull(seed, NULL, 10) : (uint64_t)time(NULL);
    printf("seed %llu\n", (unsigned long long)random_state);
    for (int i = 0; i < CONNECTIONS; i++)
        peers[i] = connect(world);
    for (uint64_t round = 1; round <= ROUNDS; round++) {
        struct test_peer **p = &peers[dice(CONNECTIONS)];
        struct arena *arena = arena_create(0);
        size_t sent = (*p)->sent_count;

        driver_receive(world->driver, &(*p)->peer, damaged(arena, request_bytes(arena, 1000 + round)));
        arena_destroy(arena);
        world_settle(world);
        assert_int_equal((*p)->sent_count, sent + 1);
        assert_int_equal(driver_in_flight(world->driver), 0);
        assert_int_equal(world->transactions, 0);
        world_forget_log(world);
        world->kept_count = world->head_count = 0;
        if ((*p)->closed || (*p)->sent_count > SENT_MAX - 2 || !(*p)->peer.staff_id || (*p)->peer.locked) {
            peer_destroy(*p);
            *p = connect(world);
        }
    }
    for (int i = 0; i < CONNECTIONS; i++)
        peer_destroy(peers[i]);
    world_destroy(world);
}

int main(void)
{
    const struct CMUnitTest tests[] = { cmocka_unit_test(whatever_comes_is_answered_or_ends_the_connection) };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
