/* A one-time code for a new device. Only its hash is kept: neither the database nor the stored answer can tell it. */
#include <string.h>

#include "common/base/text.h"
#include "db/queries.h"
#include "proto/device.pb-c.h"
#include "server/service/device_code.h"
#include "server/service/message.h"

struct invitation {
    int64_t id, shop_id, till_number; /* 0: it has none */
    const char *name;
    unsigned kind;
    struct enrolment_code code;
    struct instant expiry;
    struct rows *taken, *again, *written;
};

static void make_code(struct call *c, struct invitation *v)
{
    vault_ca_fingerprint(c->vault, v->code.fingerprint);
    random_bytes(c, v->code.secret, sizeof v->code.secret);
    v->expiry.us = c->now.us + DEVICE_CODE_LIFE_US;
}

static enum step check(struct call *c)
{
    const Caroline__V1__DeviceInvite *request = (const Caroline__V1__DeviceInvite *)c->message;
    struct invitation *v = c->shared;

    v->shop_id = request->has_shop_id ? (int64_t)request->shop_id : c->shop_id;
    v->kind = request->kind;
    v->name = text_tidy(c->txn.arena, field_bytes(request->name));
    if (!request->has_kind || request->kind == CAROLINE__V1__CLIENT_KIND__CLIENT_NONE)
        return refuse_field(c, REFUSAL(BAD_FIELD), "kind", "say what kind of device it is");
    if (text_is_blank(bytes_of_text(v->name)))
        return refuse_field(c, REFUSAL(BAD_FIELD), "name", "the device needs a name");
    if (text_secret(bytes_of_text(v->name)))
        return refuse_field(c, REFUSAL(NO_SECRET_WANTED), "name", "%s", text_secret(bytes_of_text(v->name)));
    if (request->has_till_number && v->kind != CAROLINE__V1__CLIENT_KIND__CLIENT_COUNTER)
        return refuse_field(c, REFUSAL(BAD_FIELD), "till_number", "only a counter has a till number");
    if (request->has_till_number && (request->till_number < 1 || request->till_number > DEVICE_TILL_NUMBER_MAX))
        return refuse_field(c, REFUSAL(BAD_FIELD), "till_number", "a till number is 1 to %d", DEVICE_TILL_NUMBER_MAX);
    if (v->shop_id != c->shop_id)
        return refuse_field(c, REFUSAL(UNKNOWN_SHOP), "shop_id", "this is not your shop");

    make_code(c, v);
    if (c->repeated) {
        uint8_t hash[32];
        device_code_hash(c->vault, v->code.secret, hash);
        v->again = ask(c, &sql_device_invite_again,
                       PARAMS(PARAM_BYTES(bytes_of(c->command_id, sizeof c->command_id)),
                              PARAM_INT(device_code_selector(v->code.secret)), PARAM_BYTES(bytes_of(hash, sizeof hash)),
                              PARAM_INSTANT(v->expiry)));
    } else if (v->kind == CAROLINE__V1__CLIENT_KIND__CLIENT_COUNTER) {
        ask(c, &sql_device_invite_let_go, PARAMS(PARAM_INT(v->shop_id), PARAM_INSTANT(c->now)));
        v->taken = ask(c, &sql_device_invite_taken, PARAMS(PARAM_INT(v->shop_id)));
    }
    return STEP_NEXT;
}

static bool is_taken(const struct rows *taken, int64_t number)
{
    for (size_t i = 0; i < rows_count(taken); i++)
        if (row_int(taken, i, "till_number") == number)
            return true;
    return false;
}

/* Two at once may find the same number free: the second's row is refused by the index, and it is decided again. */
static enum step number_the_till(struct call *c, struct invitation *v, const Caroline__V1__DeviceInvite *request)
{
    if (request->has_till_number) {
        v->till_number = request->till_number;
        if (is_taken(v->taken, v->till_number))
            return refuse_field(c, REFUSAL(NAME_TAKEN), "till_number", "there is a till %lld already",
                                (long long)v->till_number);
        return STEP_NEXT;
    }
    v->till_number = 1; /* above the highest: a number that was on receipts is not given out again */
    if (rows_count(v->taken))
        v->till_number = row_int(v->taken, rows_count(v->taken) - 1, "till_number") + 1;
    if (v->till_number > DEVICE_TILL_NUMBER_MAX)
        return refuse_field(c, REFUSAL(BAD_FIELD), "till_number", "no till number is left: name one that is free");
    return STEP_NEXT;
}

static enum step reply_with(struct call *c, const struct invitation *v)
{
    Caroline__V1__DeviceInvited reply = CAROLINE__V1__DEVICE_INVITED__INIT;
    char text[CODE_TEXT];

    PUT(reply, invite_id, (uint64_t)v->id);
    PUT(reply, code, field_text(code_format(text, &v->code)));
    PUT(reply, expires_us, (uint64_t)v->expiry.us);
    return answer(c, &reply.base);
}

static enum step write(struct call *c)
{
    const Caroline__V1__DeviceInvite *request = (const Caroline__V1__DeviceInvite *)c->message;
    struct invitation *v = c->shared;
    uint8_t hash[32];

    if (c->repeated) {
        if (rows_count(v->again) == 0)
            return refuse(
                c, REFUSAL(CODE_USED),
                "this invitation has made a device already, or its till number went to another: invite again");
        v->id = row_int(v->again, 0, "id");
        return STEP_NEXT;
    }
    if (v->taken) {
        enum step step = number_the_till(c, v, request);
        if (step != STEP_NEXT)
            return step;
    }
    v->id = next_id(c);
    device_code_hash(c->vault, v->code.secret, hash);
    v->written = ask(c, &sql_device_invite_write,
                     PARAMS(PARAM_INT(v->id), PARAM_INT(v->shop_id), PARAM_INT(v->kind), PARAM_TEXT(v->name),
                            PARAM_INT(v->till_number ? v->till_number : PARAM_NULL_INT),
                            PARAM_INT(device_code_selector(v->code.secret)), PARAM_BYTES(bytes_of(hash, sizeof hash)),
                            PARAM_INSTANT(v->expiry), PARAM_BYTES(bytes_of(c->command_id, sizeof c->command_id)),
                            PARAM_INSTANT(c->now)));
    return STEP_NEXT;
}

static enum step conclude(struct call *c)
{
    const struct invitation *v = c->shared;

    if (v->written && rows_count(v->written) == 0)
        return refuse(c, REFUSAL(COMMAND_REUSED), "another device's invitation has this command id");
    if (v->written)
        journal_change(c, v->id, "device_invite", NULL, v->name);
    return reply_with(c, v);
}

static ProtobufCMessage *kept(struct call *c)
{
    const struct invitation *v = c->shared;
    Caroline__V1__DeviceInvited *reply = arena_alloc(c->txn.arena, sizeof *reply);

    caroline__v1__device_invited__init(reply);
    PUT(*reply, invite_id, (uint64_t)v->id);
    return &reply->base;
}

const struct op device_invite = {
    .name = "device_invite",
    .number = NUMBER(DEVICE_INVITE),
    .kind = OP_CHANGES,
    .needs = NEEDS_SESSION,
    .permission = PERMISSION_DEVICE_EDIT,
    .clients = CLIENT_STAFF,
    .request = &caroline__v1__device_invite__descriptor,
    .reply = &caroline__v1__device_invited__descriptor,
    .shared_size = sizeof(struct invitation),
    .stages = { check, write, conclude },
    .kept = kept,
};
