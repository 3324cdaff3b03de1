/* The scripted world: clock, timers, threads, peers. Its store is world_store.c. */
#include "world.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "common/wire/walker.h"
#include "proto/device.pb-c.h"
#include "proto/session.pb-c.h"
#include "world_store.h"

/* ---- the world ----------------------------------------------------------------------------------------------------*/

static struct world *world_of_clock(struct clock *clock)
{
    return (struct world *)(void *)((char *)clock - offsetof(struct world, clock));
}

static struct instant now(struct clock *clock)
{
    return (struct instant){ world_of_clock(clock)->now_us };
}

static int64_t monotonic(struct clock *clock)
{
    return world_of_clock(clock)->monotonic_us;
}

static void fill(struct entropy *entropy, void *bytes, size_t size)
{
    (void)entropy;
    memset(bytes, 0x5a, size);
}

static int64_t next_test_id(struct id_source *ids)
{
    struct world *world = (struct world *)(void *)((char *)ids - offsetof(struct world, ids));

    return ++world->next_id;
}

static void start(struct timers *timers, struct timer *timer, int64_t delay_ms)
{
    struct world *world = (struct world *)(void *)((char *)timers - offsetof(struct world, timers));
    size_t free_at = sizeof world->running / sizeof *world->running;

    for (size_t i = sizeof world->running / sizeof *world->running; i-- > 0;) {
        if (world->running[i] == timer) {
            free_at = i;
            break;
        }
        if (!world->running[i])
            free_at = i;
    }
    assert(free_at < sizeof world->running / sizeof *world->running);
    world->running[free_at] = timer;
    world->due_us[free_at] = world->monotonic_us + delay_ms * 1000;
}

static void stop(struct timers *timers, struct timer *timer)
{
    struct world *world = (struct world *)(void *)((char *)timers - offsetof(struct world, timers));

    for (size_t i = 0; i < sizeof world->running / sizeof *world->running; i++) {
        if (world->running[i] == timer)
            world->running[i] = NULL;
    }
}

/* The one that is due first, at the latest then; false: none is. */
static bool fire_one(struct world *world, int64_t until_us)
{
    struct timer *first = NULL;
    int64_t due_us = until_us;

    for (size_t i = 0; i < sizeof world->running / sizeof *world->running; i++) {
        if (world->running[i] && world->due_us[i] <= due_us && (!first || world->due_us[i] < due_us)) {
            first = world->running[i];
            due_us = world->due_us[i];
        }
    }
    if (!first)
        return false;
    if (due_us > world->monotonic_us) {
        world->now_us += due_us - world->monotonic_us;
        world->monotonic_us = due_us;
    }
    stop(&world->timers, first);
    first->fire(first);
    return true;
}

static void run_job(struct world *world, void *argument)
{
    struct job *job = argument;

    (void)world;
    job->work(job);
    job->done(job);
}

static void submit(struct thread_pool *pool, struct job *job)
{
    struct world *world = (struct world *)(void *)((char *)pool - offsetof(struct world, pool));

    world_later(world, run_job, job);
}

static const struct catalogue *get_catalogue(struct keeper *keeper, int64_t shop_id)
{
    struct world *world = (struct world *)(void *)((char *)keeper - offsetof(struct world, keeper));

    return shop_id == SHOP && !world->no_catalogue ? world->catalogue : NULL;
}

static void want(struct keeper *keeper, int64_t shop_id, uint64_t version)
{
    struct world *world = (struct world *)(void *)((char *)keeper - offsetof(struct world, keeper));

    (void)shop_id;
    world->wanted_version = version;
}

static void note(struct suspects *suspects, const uint8_t (*ids)[16], size_t count)
{
    struct world *world = (struct world *)(void *)((char *)suspects - offsetof(struct world, suspects));

    assert(world->noted_count == 0 && count <= 200);
    memcpy(world->noted, ids, count * 16);
    world->noted_count = count;
    if (count > world->most_noted)
        world->most_noted = count;
}

static void clear(struct suspects *suspects)
{
    struct world *world = (struct world *)(void *)((char *)suspects - offsetof(struct world, suspects));

    world->noted_count = 0;
}

static unsigned crashes(struct suspects *suspects, const uint8_t id[16])
{
    struct world *world = (struct world *)(void *)((char *)suspects - offsetof(struct world, suspects));

    return memcmp(id, world->killer, 16) == 0 ? world->killer_crashes : 0;
}

static void make_catalogue(struct world *world)
{
    static const char *const permissions[] = { "sell", "refund" };
    struct role role = { .id = ROLE, .name = "cashier", .permissions = permissions, .permission_count = 2 };
    struct shop shop = { .id = SHOP,
                         .name = "Test",
                         .address = "",
                         .tax_number = "",
                         .receipt_head = "",
                         .receipt_foot = "",
                         .currency = "EUR",
                         .zone_name = "UTC",
                         .currency_exponent = 2 };

    world->catalogue = catalogue_create();
    catalogue_put_role(world->catalogue, VERSION, &role);
    catalogue_put_shop(world->catalogue, VERSION, &shop);
    catalogue_seal(world->catalogue, VERSION, 0);
    world->stored_version = VERSION;
}

struct world *world_create(const struct op *const *ops, const struct topic_class *const *topics)
{
    return world_create_wide(ops, topics, 0);
}

struct world *world_create_wide(const struct op *const *ops, const struct topic_class *const *topics,
                                size_t device_connections)
{
    struct world *world = calloc(1, sizeof *world);
    const char *problem = NULL;

    assert(world);
    world->arena = arena_create(0);
    world->events_end = &world->first_event;
    world->now_us = INT64_C(1790000000) * SECOND_US;
    world->monotonic_us = SECOND_US;
    world->next_id = 1000;
    world->clock = (struct clock){ .now = now, .monotonic_us = monotonic };
    world->entropy.fill = fill;
    world->ids.next = next_test_id;
    world->timers = (struct timers){ .start = start, .stop = stop };
    world->pool.submit = submit;
    world->keeper = (struct keeper){ .catalogue = get_catalogue, .want = want };
    world->suspects = (struct suspects){ .note = note, .clear = clear, .crashes = crashes };
    world->store.class = &scripted_store;
    make_catalogue(world);

    snprintf(world->directory, sizeof world->directory, "/tmp/caroline-driver-XXXXXX");
    char vault[128], mirror[128];
    assert(mkdtemp(world->directory));
    snprintf(vault, sizeof vault, "%s/vault", world->directory);
    snprintf(mirror, sizeof mirror, "%s/mirror", world->directory);
    if (!vault_create(vault, mirror, "Test", system_entropy(), system_clock(), &problem) ||
        !(world->vault = vault_open(vault, mirror, PIN_COST_TEST, system_entropy(), &problem))) {
        fprintf(stderr, "no vault: %s\n", problem);
        abort();
    }
    world->driver = driver_create(&(struct driver_config){
        .store = &world->store,
        .vault = world->vault,
        .keeper = &world->keeper,
        .ops = ops,
        .topics = topics,
        .clock = &world->clock,
        .entropy = &world->entropy,
        .ids = &world->ids,
        .pool = &world->pool,
        .timers = &world->timers,
        .suspects = &world->suspects,
        .device_connections = device_connections,
        .node = 1,
    });
    return world;
}

void world_destroy(struct world *world)
{
    char text[160];

    world->hold = false;
    world_settle(world);
    driver_destroy(world->driver);
    catalogue_destroy(world->catalogue);
    vault_close(world->vault);
    snprintf(text, sizeof text, "rm -r %s", world->directory);
    assert(system(text) == 0);
    arena_destroy(world->arena);
    free(world);
}

void world_settle(struct world *world)
{
    for (;;) {
        while (world_event(world))
            ;
        if (!fire_one(world, world->monotonic_us + 200 * 1000)) /* rests count as no time */
            return;
    }
}

void world_pass(struct world *world, int64_t ms)
{
    int64_t until_us = world->monotonic_us + ms * 1000;

    do {
        while (world_event(world))
            ;
    } while (fire_one(world, until_us));
    if (until_us > world->monotonic_us) {
        world->now_us += until_us - world->monotonic_us;
        world->monotonic_us = until_us;
    }
}

void world_mishap(struct world *world, const char *where, enum store_outcome outcome, const char *problem)
{
    assert(world->mishap_count < sizeof world->mishaps / sizeof *world->mishaps);
    world->mishaps[world->mishap_count++] = (struct mishap){ .where = where, .outcome = outcome, .problem = problem };
}

void world_forget_log(struct world *world)
{
    world->log[0] = '\0';
}

/* ---- peers --------------------------------------------------------------------------------------------------------*/

static void on_send(struct peer *peer, struct bytes payload)
{
    struct test_peer *p = (struct test_peer *)peer;

    assert(p->sent_count < SENT_MAX && !p->gone);
    p->sent[p->sent_count++] = bytes_of(arena_copy(p->world->arena, payload.data, payload.size), payload.size);
}

static void on_close(struct peer *peer, bool at_once, const char *reason)
{
    struct test_peer *p = (struct test_peer *)peer;

    p->closed = true;
    p->at_once = at_once;
    snprintf(p->reason, sizeof p->reason, "%s", reason);
}

static bool is_empty(const struct peer *peer)
{
    return !((const struct test_peer *)peer)->full;
}

static const struct peer_class test_peer_class = { .send = on_send, .close = on_close, .empty = is_empty };

struct test_peer *peer_create(struct world *world)
{
    struct test_peer *p = calloc(1, sizeof *p);

    assert(p);
    p->world = world;
    p->peer.class = &test_peer_class;
    driver_opened(world->driver, &p->peer);
    return p;
}

void peer_gone(struct test_peer *p)
{
    if (!p->gone)
        driver_closed(p->world->driver, &p->peer);
    p->gone = true;
}

void peer_destroy(struct test_peer *p)
{
    peer_gone(p);
    free(p);
}

void peer_send(struct test_peer *p, const Caroline__V1__Request *request)
{
    driver_receive(p->world->driver, &p->peer, message_encode(&request->base, p->world->arena));
}

uint64_t peer_ask(struct test_peer *p, unsigned op, const uint8_t *command_id, const ProtobufCMessage *message)
{
    Caroline__V1__Request request = CAROLINE__V1__REQUEST__INIT;
    struct bytes body = message ? message_encode(message, p->world->arena) : bytes_of(NULL, 0);

    request.has_id = request.has_op = true;
    request.id = ++p->next_id;
    request.op = op;
    if (command_id) {
        request.has_command_id = true;
        request.command_id = (ProtobufCBinaryData){ .len = 16, .data = (uint8_t *)(uintptr_t)command_id };
    }
    if (message) {
        request.has_body = true;
        request.body = (ProtobufCBinaryData){ .len = body.size, .data = (uint8_t *)(uintptr_t)body.data };
    }
    peer_send(p, &request);
    return request.id;
}

static Caroline__V1__FromServer *decoded(struct world *world, struct bytes payload)
{
    ProtobufCMessage *message = message_decode(&caroline__v1__from_server__descriptor, payload, world->arena);

    assert_non_null(message);
    return (Caroline__V1__FromServer *)message;
}

bool peer_has_more(const struct test_peer *p)
{
    return p->read_count < p->sent_count;
}

Caroline__V1__FromServer *peer_next(struct test_peer *p)
{
    assert_true(peer_has_more(p));
    return decoded(p->world, p->sent[p->read_count++]);
}

Caroline__V1__Reply *peer_reply_to(struct test_peer *p, uint64_t id)
{
    for (size_t i = 0; i < p->sent_count; i++) {
        Caroline__V1__FromServer *message = decoded(p->world, p->sent[i]);

        if (message->reply && message->reply->id == id)
            return message->reply;
    }
    return NULL;
}

struct bytes peer_raw_reply(struct test_peer *p, uint64_t id)
{
    Caroline__V1__Reply *reply = peer_reply_to(p, id);

    assert_non_null(reply);
    reply->has_id = false;
    return message_encode(&reply->base, p->world->arena);
}

/* ---- ops that every test has --------------------------------------------------------------------------------------*/

/* client_version is the device's number. */
static enum step greet(struct call *c)
{
    const Caroline__V1__Hello *request = (const Caroline__V1__Hello *)c->message;
    Caroline__V1__Helloed reply = CAROLINE__V1__HELLOED__INIT;
    char text[16] = "";

    memcpy(text, request->client_version.data, request->client_version.len);
    int64_t device_id = strtoll(text, NULL, 10);
    device_set(c, device_id, device_id ? SHOP : 0, request->client);
    return answer(c, &reply.base);
}

const struct op test_hello = {
    .name = "test_hello",
    .number = CAROLINE__V1__OP__OP_HELLO,
    .kind = OP_ACTS,
    .clients = CLIENT_ANY,
    .per_minute = 5,
    .request = &caroline__v1__hello__descriptor,
    .reply = &caroline__v1__helloed__descriptor,
    .stages = { greet },
};

static enum step change_session(struct call *c)
{
    const Caroline__V1__SessionUnlock *request = (const Caroline__V1__SessionUnlock *)c->message;
    Caroline__V1__SessionState reply = CAROLINE__V1__SESSION_STATE__INIT;
    uint8_t hash[32] = { (uint8_t)c->device_id, 1 };
    struct instant expires = { c->now.us + INT64_C(3600) * SECOND_US };
    char what = request->pin.len ? (char)request->pin.data[0] : '1';

    if (what == '3')
        session_clear(c);
    else
        session_set(c, what == '5' ? STAFF + 1 : STAFF, ROLE, hash, expires, what == '2');
    if (what == '4')
        journal_note(c, STAFF, "sign_in");
    return answer(c, &reply.base);
}

const struct op test_session = {
    .name = "test_session",
    .number = OP_TEST_SESSION,
    .kind = OP_ACTS,
    .needs = NEEDS_DEVICE,
    .clients = CLIENT_ANY,
    .request = &caroline__v1__session_unlock__descriptor,
    .reply = &caroline__v1__session_state__descriptor,
    .stages = { change_session },
};

static bool make_part(const struct catalogue *catalogue, uint64_t from, uint64_t to, void *memory,
                      struct push_parts *parts)
{
    char *text = arena_format(push_arena(parts), "%s%llu-%llu", from ? "delta " : "snapshot ", (unsigned long long)from,
                              (unsigned long long)to);

    (void)catalogue;
    (void)memory;
    push_add(parts, bytes_of_text(text));
    if (!from) /* a snapshot has two parts */
        push_add(parts, bytes_of_text("part 2"));
    return true;
}

const struct topic_class test_topic = { .number = CAROLINE__V1__TOPIC__TOPIC_CATALOGUE, .make = make_part };

int peer_session(struct test_peer *p, const char *pin)
{
    Caroline__V1__SessionUnlock message = CAROLINE__V1__SESSION_UNLOCK__INIT;

    message.has_pin = true;
    message.pin = (ProtobufCBinaryData){ .len = 4, .data = (uint8_t *)(uintptr_t)pin };
    return code_of(p, OP_TEST_SESSION, NULL, &message.base);
}

void peer_sign_in(struct test_peer *p, int64_t device_id)
{
    Caroline__V1__Hello hello = CAROLINE__V1__HELLO__INIT;
    char text[16];

    hello.has_client = hello.has_client_version = true;
    hello.client = CAROLINE__V1__CLIENT_KIND__CLIENT_COUNTER;
    snprintf(text, sizeof text, "%lld", (long long)device_id);
    hello.client_version = (ProtobufCBinaryData){ .len = strlen(text), .data = (uint8_t *)text };
    assert_int_equal(code_of(p, CAROLINE__V1__OP__OP_HELLO, NULL, &hello.base), 0);
    if (device_id)
        assert_int_equal(peer_session(p, "1111"), 0);
    p->read_count = p->sent_count;
    world_forget_log(p->world);
}

int code_at(struct test_peer *p, uint64_t id)
{
    Caroline__V1__Reply *reply = peer_reply_to(p, id);

    assert_non_null(reply);
    return reply->error ? (int)reply->error->code : 0;
}

int code_of(struct test_peer *p, unsigned op, const uint8_t *command_id, const ProtobufCMessage *message)
{
    uint64_t id = peer_ask(p, op, command_id, message);

    world_settle(p->world);
    return code_at(p, id);
}

int64_t number_asked(const struct call *c)
{
    return ((const Caroline__V1__ShiftOpen *)c->message)->float_minor;
}

uint64_t peer_ask_number(struct test_peer *p, unsigned op, unsigned command_id, int64_t number)
{
    Caroline__V1__ShiftOpen message = CAROLINE__V1__SHIFT_OPEN__INIT;

    message.has_float_minor = true;
    message.float_minor = number;
    return peer_ask(p, op, command_id ? command(command_id) : NULL, &message.base);
}

int code_of_number(struct test_peer *p, unsigned op, unsigned command_id, int64_t number)
{
    uint64_t id = peer_ask_number(p, op, command_id, number);

    world_settle(p->world);
    return code_at(p, id);
}

const uint8_t *command(unsigned number)
{
    static uint8_t ids[8][16];
    static size_t next;
    uint8_t *id = ids[next++ % 8];

    memset(id, 0, 16);
    put_u32(id, number);
    id[15] = 0xc0;
    return id;
}
