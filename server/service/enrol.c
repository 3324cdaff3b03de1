/* A one-time code becomes a device: the machine shows the secret and a certificate request, and gets a certificate. */
#include "db/queries.h"
#include "proto/device.pb-c.h"
#include "server/service/device_code.h"
#include "server/service/device_message.h"
#include "server/service/message.h"

struct enrolment {
    int64_t invite_id, device_id;
    struct instant expiry;
    struct bytes certificate;
    uint8_t key_hash[32];
    struct rows *codes, *keys, *device;
};

static enum step find(struct call *c)
{
    const Caroline__V1__Enrol *request = (const Caroline__V1__Enrol *)c->message;
    struct enrolment *e = c->shared;

    if (request->secret.len != CODE_SECRET_SIZE)
        return refuse_field(c, REFUSAL(CODE_WRONG), "secret", "a code's secret has 5 bytes");
    e->codes = ask(c, &sql_enrol_find, PARAMS(PARAM_INT(device_code_selector(request->secret.data))));
    return STEP_NEXT;
}

/* The row of the code with this secret, or -1. What is compared are keyed hashes: the time it takes tells nothing. */
static int64_t code_row(struct call *c, const struct enrolment *e, const uint8_t *secret)
{
    uint8_t hash[32];
    int64_t found = -1;

    device_code_hash(c->vault, secret, hash);
    for (size_t i = 0; i < rows_count(e->codes); i++)
        if (bytes_equal(row_bytes(e->codes, i, "secret_hash"), bytes_of(hash, sizeof hash)))
            found = (int64_t)i;
    return found;
}

static enum step wrong_code(struct call *c, const uint8_t *secret)
{
    ask(c, &sql_enrol_wrong, PARAMS(PARAM_INT(device_code_selector(secret)), PARAM_INSTANT(c->now)));
    return refuse_and_keep(c, REFUSAL(CODE_WRONG),
                           "this code is not known: compare it with the screen it was read from");
}

static enum step judge(struct call *c)
{
    const Caroline__V1__Enrol *request = (const Caroline__V1__Enrol *)c->message;
    struct enrolment *e = c->shared;
    int64_t row = code_row(c, e, request->secret.data);

    if (row < 0)
        return wrong_code(c, request->secret.data);
    if (row_bool(e->codes, (size_t)row, "used"))
        return refuse(c, REFUSAL(CODE_USED), "this code has made a device already: ask for a new one");
    if (row_instant(e->codes, (size_t)row, "expires_at").us <= c->now.us)
        return refuse(
            c, REFUSAL(CODE_EXPIRED),
            "this code has run out: it was good for 15 minutes, a new shop's first for 24 hours; ask for a new one");
    if (row_int(e->codes, (size_t)row, "tries") >= DEVICE_CODE_TRIES)
        return refuse(c, REFUSAL(CODE_EXPIRED), "this code was mistyped %d times: ask for a new one",
                      DEVICE_CODE_TRIES);

    e->invite_id = row_int(e->codes, (size_t)row, "id");
    e->device_id = next_id(c);
    e->expiry.us = c->now.us + DEVICE_CERTIFICATE_US;
    if (vault_certificate_issue(c->vault, field_bytes(request->certificate_request), e->device_id, c->now, e->expiry,
                                c->txn.arena, &e->certificate, e->key_hash) != CERTIFICATE_OK)
        return refuse_field(c, REFUSAL(BAD_CERTIFICATE_REQUEST), "certificate_request",
                            "not a certificate request on P-256 or Ed25519 that its own key has signed");
    e->keys = ask(c, &sql_enrol_key, PARAMS(PARAM_BYTES(bytes_of(e->key_hash, sizeof e->key_hash))));
    return STEP_NEXT;
}

static enum step write(struct call *c)
{
    struct enrolment *e = c->shared;

    if (rows_count(e->keys))
        return refuse_field(c, REFUSAL(BAD_CERTIFICATE_REQUEST), "certificate_request",
                            "this key belongs to a device already: make a new one");
    e->device = ask(c, &sql_enrol_device,
                    PARAMS(PARAM_INT(e->invite_id), PARAM_INT(e->device_id),
                           PARAM_BYTES(bytes_of(e->key_hash, sizeof e->key_hash)), PARAM_INSTANT(e->expiry),
                           PARAM_INSTANT(c->now)));
    ask(c, &sql_enrol_use, PARAMS(PARAM_INT(e->invite_id), PARAM_INT(e->device_id), PARAM_INSTANT(c->now)));
    return STEP_NEXT;
}

static enum step reply_with(struct call *c)
{
    struct enrolment *e = c->shared;
    Caroline__V1__Device device = device_message_of(e->device, 0, c->now);
    Caroline__V1__Enrolled reply = CAROLINE__V1__ENROLLED__INIT;

    journal_change(c, e->device_id, "device", NULL, row_text(e->device, 0, "name"));
    PUT(reply, certificate, field_of(e->certificate));
    PUT(reply, ca_certificate, field_of(vault_ca_certificate(c->vault)));
    PUT(reply, server_name, field_text(vault_server_name(c->vault)));
    reply.device = &device;
    return answer(c, &reply.base);
}

const struct op enrol = {
    .name = "enrol",
    .number = NUMBER(ENROL),
    .kind = OP_CHANGES,
    .needs = NEEDS_NOTHING,
    .clients = CLIENT_ANY,
    .per_minute = 60,
    .request = &caroline__v1__enrol__descriptor,
    .reply = &caroline__v1__enrolled__descriptor,
    .shared_size = sizeof(struct enrolment),
    .stages = { find, judge, write, reply_with },
};
