/* A new certificate for a device's new key. The old key stays good until the new one is shown in a Hello, so that an
 * answer that was lost leaves nobody outside. */
#include "db/queries.h"
#include "proto/device.pb-c.h"
#include "server/service/device_code.h"
#include "server/service/device_message.h"
#include "server/service/message.h"

struct renewal {
    struct instant expiry;
    struct bytes certificate;
    uint8_t key_hash[32];
    struct rows *taken, *device;
};

static enum step issue(struct call *c)
{
    const Caroline__V1__DeviceRenew *request = (const Caroline__V1__DeviceRenew *)c->message;
    struct renewal *r = c->shared;

    r->expiry.us = c->now.us + DEVICE_CERTIFICATE_US;
    if (vault_certificate_issue(c->vault, field_bytes(request->certificate_request), c->device_id, c->now, r->expiry,
                                c->txn.arena, &r->certificate, r->key_hash) != CERTIFICATE_OK)
        return refuse_field(c, REFUSAL(BAD_CERTIFICATE_REQUEST), "certificate_request",
                            "not a certificate request on P-256 or Ed25519 that its own key has signed");
    r->taken = ask(c, &sql_device_renew_taken,
                   PARAMS(PARAM_BYTES(bytes_of(r->key_hash, sizeof r->key_hash)), PARAM_INT(c->device_id)));
    return STEP_NEXT;
}

static enum step write(struct call *c)
{
    struct renewal *r = c->shared;

    if (rows_count(r->taken))
        return refuse_field(c, REFUSAL(BAD_CERTIFICATE_REQUEST), "certificate_request",
                            "this key belongs to a device already: make a new one");
    r->device = ask(c, &sql_device_renew,
                    PARAMS(PARAM_INT(c->device_id), PARAM_BYTES(bytes_of(r->key_hash, sizeof r->key_hash)),
                           PARAM_INSTANT(r->expiry)));
    return STEP_NEXT;
}

static enum step reply_with(struct call *c)
{
    struct renewal *r = c->shared;
    Caroline__V1__Device device = device_message_of(r->device, 0, c->now);
    Caroline__V1__Enrolled reply = CAROLINE__V1__ENROLLED__INIT;

    journal_change(c, c->device_id, "certificate", NULL, NULL);
    PUT(reply, certificate, field_of(r->certificate));
    PUT(reply, ca_certificate, field_of(vault_ca_certificate(c->vault)));
    PUT(reply, server_name, field_text(vault_server_name(c->vault)));
    reply.device = &device;
    return answer(c, &reply.base);
}

const struct op device_renew = {
    .name = "device_renew",
    .number = NUMBER(DEVICE_RENEW),
    .kind = OP_CHANGES,
    .needs = NEEDS_DEVICE,
    .clients = CLIENT_ANY,
    .per_minute = 60,
    .request = &caroline__v1__device_renew__descriptor,
    .reply = &caroline__v1__enrolled__descriptor,
    .shared_size = sizeof(struct renewal),
    .stages = { issue, write, reply_with },
};
