/* sim-replay VAULT URI: carries out commands in a real PostgreSQL, one after the other, by the product's driver at the
 * times that are given. A line of standard input is one: MICROSECONDS DEVICE OP COMMAND-ID BODY, the last two in
 * hexadecimal. Each of them has been acknowledged in the simulation; one that is refused here ends the program.
 *
 * The clock is the lines', so that business days, points and birthdays fall as they fell there. */
#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/base/log.h"
#include "common/wire/walker.h"
#include "proto/device.pb-c.h"
#include "proto/envelope.pb-c.h"
#include "proto/session.pb-c.h"
#include "server/ids.h"
#include "server/loop.h"
#include "server/service/ops.h"
#include "server/store/catalogue_keeper.h"
#include "server/store/notify.h"
#include "server/store/postgres.h"
#include "tests/sim/world/shop.h"

#define NODE         9
#define DEVICES_MAX  64
#define SESSION_US   (4 * 3600 * SECOND_US) /* then somebody signs in again */
#define IDLE_LOCK_MS (INT64_C(30) * 24 * 3600 * 1000)
#define BODY_MAX     65536
#define REPLY_TAG    (1 << 3 | 2) /* FromServer.reply */

struct device {
    struct peer peer; /* first */
    uint64_t next_id;
    int64_t signed_in_us;
    unsigned person;
    bool open;
};

static struct clock lines_clock;
static int64_t now_us, waited_us;
static uv_loop_t loop;
static struct postgres *postgres;
static struct catalogue_keeper *catalogues;
static struct ids *ids;
static struct driver *driver;
static struct vault *vault;
static struct device devices[DEVICES_MAX];
static struct arena *arena;
static struct bytes received; /* the newest reply's payload; data NULL: none yet */
static bool up, reserved;

static _Noreturn void fail(const char *sentence)
{
    fprintf(stderr, "sim-replay: %s\n", sentence);
    exit(1);
}

static struct instant now(struct clock *clock)
{
    (void)clock;
    return (struct instant){ now_us };
}

static int64_t monotonic_us(struct clock *clock)
{
    (void)clock;
    return (int64_t)(uv_hrtime() / 1000) + waited_us;
}

/* ---- the server, as main puts it together ---- */

static void on_database(void *user, enum postgres_state state, const char *sentence)
{
    (void)user;
    up = state == POSTGRES_UP;
    if (state == POSTGRES_REFUSED)
        fail(sentence);
}

static void on_ids(void *user)
{
    (void)user;
    reserved = true;
}

static void on_catalogue(void *user, int64_t shop_id)
{
    (void)user;
    if (driver)
        driver_catalogue_changed(driver, shop_id);
}

static void on_heard(void *user, int64_t shop_id, const char *word, int64_t number)
{
    (void)user;
    if (strcmp(word, "catalogue") == 0)
        catalogue_keeper_want(catalogues, shop_id, (uint64_t)number);
}

static void on_again(void *user)
{
    (void)user;
    catalogue_keeper_look(catalogues);
}

static const struct catalogue *get_catalogue(struct keeper *keeper, int64_t shop_id)
{
    (void)keeper;
    return catalogue_keeper_get(catalogues, shop_id);
}

static void want_catalogue(struct keeper *keeper, int64_t shop_id, uint64_t version)
{
    (void)keeper;
    catalogue_keeper_want(catalogues, shop_id, version);
}

static void start(const char *vault_path, const char *uri)
{
    static struct keeper keeper = { .catalogue = get_catalogue, .want = want_catalogue };
    const char *problem;

    vault = vault_open(vault_path, "", PIN_COST_TEST, system_entropy(), &problem);
    if (!vault)
        fail(problem);
    lines_clock = (struct clock){ .now = now, .monotonic_us = monotonic_us };
    uv_loop_init(&loop);
    struct loop_timers *timers = loop_timers_create(&loop);
    struct loop_pool *pool = loop_pool_create(&loop, 2);
    postgres = postgres_open(&loop, &(struct postgres_config){ .uri = uri, .on_state = on_database });
    while (!up)
        uv_run(&loop, UV_RUN_ONCE);
    ids = ids_create(postgres_store(postgres), loop_timers(timers), NODE, on_ids, NULL);
    catalogues = catalogue_keeper_open(&loop, &(struct catalogue_keeper_config){ .store = postgres_store(postgres),
                                                                                 .clock = &lines_clock,
                                                                                 .changed = on_catalogue });
    notify_open(&loop, &(struct notify_config){ .uri = uri, .heard = on_heard, .again = on_again });
    while (!reserved || !catalogue_keeper_complete(catalogues))
        uv_run(&loop, UV_RUN_ONCE);
    driver = driver_create(&(struct driver_config){
        .store = postgres_store(postgres),
        .vault = vault,
        .keeper = &keeper,
        .ops = all_ops,
        .topics = all_topics,
        .clock = &lines_clock,
        .entropy = system_entropy(),
        .ids = ids_source(ids),
        .pool = loop_pool(pool),
        .timers = loop_timers(timers),
        .node = NODE,
        .idle_lock_ms = IDLE_LOCK_MS,
    });
}

/* ---- the devices ---- */

static void on_send(struct peer *peer, struct bytes payload)
{
    (void)peer;
    if (payload.data[0] == REPLY_TAG) /* not a push: a session's end, at night */
        received = bytes_of(arena_copy(arena, payload.data, payload.size), payload.size);
}

static void on_close(struct peer *peer, bool at_once, const char *reason)
{
    (void)peer, (void)at_once;
    fail(reason);
}

static bool is_empty(const struct peer *peer)
{
    (void)peer;
    return true;
}

static const struct peer_class device_class = { .send = on_send, .close = on_close, .empty = is_empty };

static const Caroline__V1__Reply *reply_to(struct device *device, unsigned op, struct bytes command_id,
                                           struct bytes body)
{
    Caroline__V1__Request request = CAROLINE__V1__REQUEST__INIT;

    request.has_id = request.has_op = request.has_body = true;
    request.id = ++device->next_id;
    request.op = op;
    request.has_command_id = command_id.size > 0;
    request.command_id = (ProtobufCBinaryData){ .len = command_id.size, .data = (uint8_t *)(uintptr_t)command_id.data };
    request.body = (ProtobufCBinaryData){ .len = body.size, .data = (uint8_t *)(uintptr_t)body.data };
    received = bytes_of(NULL, 0);
    driver_receive(driver, &device->peer, message_encode(&request.base, arena));
    while (!received.data)
        uv_run(&loop, UV_RUN_ONCE);

    const Caroline__V1__FromServer *frame =
        (const void *)message_decode(&caroline__v1__from_server__descriptor, received, arena);
    if (!frame || !frame->reply)
        fail("the driver sent what is no reply");
    return frame->reply;
}

/* Ends the program for a refusal. A month passes in seconds here: what may be asked so often a minute waits for the next,
 * by the clock that minutes are counted on. */
static void demand(struct device *device, unsigned op, struct bytes command_id, struct bytes body)
{
    const Caroline__V1__Reply *reply = reply_to(device, op, command_id, body);

    if (reply->error && reply->error->code == CAROLINE__V1__ERROR_CODE__RATE_LIMITED) {
        waited_us += MINUTE_US;
        reply = reply_to(device, op, command_id, body);
    }
    if (reply->error) {
        fprintf(stderr, "sim-replay: op %u of device %lld: code %d: %.*s\n", op, (long long)device->peer.device_id,
                (int)reply->error->code, (int)reply->error->sentence.len, (const char *)reply->error->sentence.data);
        exit(1);
    }
}

static void sign_in(struct device *device, unsigned index, unsigned person)
{
    const char *name = shop_person_name(person);
    Caroline__V1__Hello hello = CAROLINE__V1__HELLO__INIT;
    Caroline__V1__SessionOpen open = CAROLINE__V1__SESSION_OPEN__INIT;
    struct bytes none = bytes_of(NULL, 0);

    if (!device->open) {
        device->open = true;
        device->peer.class = &device_class;
        device->peer.has_key = true;
        shop_key_hash(index, device->peer.key_hash);
        driver_opened(driver, &device->peer);
        hello.has_protocol = hello.has_client = true;
        hello.protocol = 1;
        hello.client = index == 0 ? CAROLINE__V1__CLIENT_KIND__CLIENT_ADMIN : CAROLINE__V1__CLIENT_KIND__CLIENT_COUNTER;
        demand(device, CAROLINE__V1__OP__OP_HELLO, none, message_encode(&hello.base, arena));
    }
    open.has_name = open.has_pin = true;
    open.name = (ProtobufCBinaryData){ .len = strlen(name), .data = (uint8_t *)(uintptr_t)name };
    open.pin = (ProtobufCBinaryData){ .len = strlen(SIM_PIN), .data = (uint8_t *)SIM_PIN };
    demand(device, CAROLINE__V1__OP__OP_SESSION_OPEN, none, message_encode(&open.base, arena));
    device->signed_in_us = now_us;
    device->person = person;
}

/* ---- the lines ---- */

static struct bytes bytes_of_hex(const char *text)
{
    size_t size = strlen(text) / 2;
    uint8_t *bytes = arena_alloc(arena, size + 1);

    for (size_t i = 0; i < size; i++) {
        char pair[3] = { text[2 * i], text[2 * i + 1], '\0' };

        bytes[i] = (uint8_t)strtoul(pair, NULL, 16);
    }
    return bytes_of(bytes, size);
}

static void carry_out(char *line)
{
    char *rest = line, *fields[6];

    for (size_t i = 0; i < 6; i++)
        if (!(fields[i] = strsep(&rest, " \n")))
            fail("a line has six fields");
    int64_t at_us = strtoll(fields[0], NULL, 10);
    long index = strtol(fields[1], NULL, 10) - SIM_DEVICE;
    if (index < 0 || index >= DEVICES_MAX)
        fail("a device has another number");

    struct device *device = &devices[index];
    now_us = at_us > now_us ? at_us : now_us;
    unsigned person = (unsigned)strtoul(fields[5], NULL, 10) % SIM_PERSONS;
    if (!device->open || device->person != person || now_us - device->signed_in_us > SESSION_US)
        sign_in(device, (unsigned)index, person);
    demand(device, (unsigned)strtoul(fields[2], NULL, 10), bytes_of_hex(fields[3]), bytes_of_hex(fields[4]));
    arena_reset(arena);
}

int main(int count, char **arguments)
{
    static char line[2 * BODY_MAX];
    unsigned long lines = 0;

    if (count != 3)
        fail("a vault's directory and a database's URI are wanted");
    log_set_level(LOG_ERROR);
    arena = arena_create(0);
    for (; fgets(line, sizeof line, stdin); lines++) {
        if (lines == 0) {
            now_us = strtoll(line, NULL, 10);
            start(arguments[1], arguments[2]);
        }
        carry_out(line);
    }
    printf("%lu commands carried out\n", lines);
    fflush(stdout);
    _Exit(0); /* everything is committed; PostgreSQL sees to its connections */
}
