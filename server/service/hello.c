/* Hello: which device is this, and what should it know first. */
#include <stddef.h>
#include <string.h>

#include "db/queries.h"
#include "proto/device.pb-c.h"
#include "proto/envelope.pb-c.h"
#include "server/call/call.h"
#include "server/service/shop_message.h"

#define PROTOCOL_VERSION 1
/* A certificate lives a year and is renewed at two thirds of it. */
#define RENEW_BEFORE_US ((int64_t)(365 / 3) * DAY_S * SECOND_US)

struct greeting {
    unsigned client;
    uint8_t key_hash[32]; /* the connection may be gone by the next stage */
    struct rows *device;
};

static bool is_client(const Caroline__V1__Hello *request)
{
    return request->has_client && request->client >= CAROLINE__V1__CLIENT_KIND__CLIENT_COUNTER &&
           request->client <= CAROLINE__V1__CLIENT_KIND__CLIENT_CLI;
}

static void begin_answer(const struct call *c, Caroline__V1__Helloed *reply, Caroline__V1__DeviceState state)
{
    reply->has_protocol = reply->has_server_version = reply->has_state = reply->has_now_us = true;
    reply->protocol = PROTOCOL_VERSION;
    reply->server_version =
        (ProtobufCBinaryData){ .len = sizeof CAROLINE_VERSION - 1, .data = (uint8_t *)(uintptr_t)CAROLINE_VERSION };
    reply->state = state;
    reply->now_us = (uint64_t)c->now.us;
}

static enum step greet_stranger(struct call *c, unsigned client)
{
    Caroline__V1__Helloed reply = CAROLINE__V1__HELLOED__INIT;
    struct bytes ca = vault_ca_certificate(c->vault);

    begin_answer(c, &reply, CAROLINE__V1__DEVICE_STATE__DEVICE_NOT_ENROLLED);
    reply.has_ca_certificate = true;
    reply.ca_certificate = (ProtobufCBinaryData){ .len = ca.size, .data = (uint8_t *)(uintptr_t)ca.data };
    device_set(c, 0, 0, client);
    return answer(c, &reply.base);
}

static enum step find(struct call *c)
{
    const Caroline__V1__Hello *request = (const Caroline__V1__Hello *)c->message;
    struct greeting *g = c->shared;

    if (request->protocol != PROTOCOL_VERSION)
        return refuse_field(c, CAROLINE__V1__ERROR_CODE__OLD_CLIENT, "protocol",
                            "this server speaks version %d of the protocol", PROTOCOL_VERSION);
    if (!is_client(request))
        return refuse_field(c, CAROLINE__V1__ERROR_CODE__BAD_FIELD, "client", "say which kind of client this is");
    g->client = request->client;
    if (!peer_key_hash(c))
        return greet_stranger(c, g->client);
    memcpy(g->key_hash, peer_key_hash(c), sizeof g->key_hash);
    g->device = ask(c, &sql_hello_device, PARAMS(PARAM_BYTES(bytes_of(g->key_hash, sizeof g->key_hash))));
    return STEP_NEXT;
}

/* The connection ends behind this. */
static enum step turn_away(struct call *c, Caroline__V1__DeviceState state)
{
    Caroline__V1__Helloed reply = CAROLINE__V1__HELLOED__INIT;

    begin_answer(c, &reply, state);
    peer_close_after(c);
    return answer(c, &reply.base);
}

static Caroline__V1__Device device_of(const struct rows *rows)
{
    Caroline__V1__Device device = CAROLINE__V1__DEVICE__INIT;
    struct bytes name = row_bytes(rows, 0, "name");

    device.has_id = device.has_shop_id = device.has_kind = device.has_name = true;
    device.has_state = device.has_expires_us = true;
    device.id = (uint64_t)row_int(rows, 0, "id");
    device.shop_id = (uint64_t)row_int(rows, 0, "shop_id");
    device.kind = (Caroline__V1__ClientKind)row_int(rows, 0, "kind");
    device.name = (ProtobufCBinaryData){ .len = name.size, .data = (uint8_t *)(uintptr_t)name.data };
    if (!row_is_null(rows, 0, "till_number")) {
        device.has_till_number = true;
        device.till_number = (uint32_t)row_int(rows, 0, "till_number");
    }
    device.state = CAROLINE__V1__DEVICE_STATE__DEVICE_ACTIVE;
    device.expires_us = (uint64_t)row_instant(rows, 0, "certificate_expiry").us;
    return device;
}

/* The command line may be used on any device of the staff's; all else is what it was enrolled as. */
static bool may_be(Caroline__V1__ClientKind enrolled, unsigned client)
{
    if (client == CAROLINE__V1__CLIENT_KIND__CLIENT_CLI)
        return enrolled != CAROLINE__V1__CLIENT_KIND__CLIENT_KIOSK;
    return enrolled == client;
}

static enum step greet_device(struct call *c, const struct greeting *g)
{
    Caroline__V1__Helloed reply = CAROLINE__V1__HELLOED__INIT;
    Caroline__V1__Device device = device_of(g->device);
    const struct catalogue *catalogue = catalogue_of(c, (int64_t)device.shop_id);

    if (!may_be(device.kind, g->client))
        return refuse_field(c, CAROLINE__V1__ERROR_CODE__UNSUPPORTED, "client",
                            "this device was enrolled as another kind of client");
    if (!catalogue) /* on its way into memory */
        return STEP_FAILED;

    uint64_t version = catalogue_newest(catalogue);
    begin_answer(c, &reply, CAROLINE__V1__DEVICE_STATE__DEVICE_ACTIVE);
    reply.device = &device;
    reply.shop = shop_message_of(c->txn.arena, catalogue_shop(catalogue, version));
    reply.has_catalogue_version = reply.has_renew_after_us = reply.has_idle_lock_s = true;
    reply.catalogue_version = version;
    reply.renew_after_us = device.expires_us - (uint64_t)RENEW_BEFORE_US;
    reply.idle_lock_s = idle_lock_s(c);

    device_set(c, (int64_t)device.id, (int64_t)device.shop_id, g->client);
    ask(c, &sql_hello_seen, PARAMS(PARAM_INT((int64_t)device.id), PARAM_INSTANT(c->now)));
    if (row_bool(g->device, 0, "renewed"))
        ask(c, &sql_device_renew_shown,
            PARAMS(PARAM_INT((int64_t)device.id), PARAM_BYTES(bytes_of(g->key_hash, sizeof g->key_hash))));
    return answer(c, &reply.base);
}

static enum step greet(struct call *c)
{
    const struct greeting *g = c->shared;

    if (rows_count(g->device) == 0)
        return turn_away(c, CAROLINE__V1__DEVICE_STATE__DEVICE_UNKNOWN);
    if (row_bool(g->device, 0, "revoked"))
        return turn_away(c, CAROLINE__V1__DEVICE_STATE__DEVICE_STATE_REVOKED);
    if (peer_certificate_expired(c) || row_instant(g->device, 0, "certificate_expiry").us <= c->now.us)
        return turn_away(c, CAROLINE__V1__DEVICE_STATE__DEVICE_STATE_EXPIRED);
    return greet_device(c, g);
}

const struct op hello = {
    .name = "hello",
    .number = CAROLINE__V1__OP__OP_HELLO,
    .kind = OP_ACTS,
    .needs = NEEDS_NOTHING,
    .clients = CLIENT_ANY,
    .per_minute = 3000, /* a script of command lines says it at each */
    .request = &caroline__v1__hello__descriptor,
    .reply = &caroline__v1__helloed__descriptor,
    .shared_size = sizeof(struct greeting),
    .stages = { find, greet },
};
