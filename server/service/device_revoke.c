/* A device out of service: its connections end in every process, its sessions with them. */
#include "common/base/text.h"
#include "db/queries.h"
#include "proto/device.pb-c.h"
#include "server/service/device_message.h"
#include "server/service/message.h"

struct revocation {
    int64_t device_id;
    const char *reason;
    bool was_revoked;
    struct rows *found, *device;
};

static enum step find(struct call *c)
{
    const Caroline__V1__DeviceRevoke *request = (const Caroline__V1__DeviceRevoke *)c->message;
    struct revocation *r = c->shared;

    r->device_id = (int64_t)request->device_id;
    r->reason = text_tidy(c->txn.arena, field_bytes(request->reason));
    if (!*r->reason)
        return refuse_field(c, REFUSAL(BAD_REASON), "reason", "say why the device is taken out of service");
    if (text_secret(bytes_of_text(r->reason)))
        return refuse_field(c, REFUSAL(NO_SECRET_WANTED), "reason", "%s", text_secret(bytes_of_text(r->reason)));
    r->found = ask(c, &sql_device_revoke_find, PARAMS(PARAM_INT(r->device_id), PARAM_INT(c->shop_id)));
    return STEP_NEXT;
}

static enum step write(struct call *c)
{
    struct revocation *r = c->shared;

    if (rows_count(r->found) == 0)
        return refuse_field(c, REFUSAL(UNKNOWN_DEVICE), "device_id", "no device of that id is known in this shop");
    r->was_revoked = row_bool(r->found, 0, "revoked");
    r->device = ask(c, &sql_device_revoke, PARAMS(PARAM_INT(r->device_id), PARAM_INSTANT(c->now)));
    ask(c, &sql_device_revoke_sessions, PARAMS(PARAM_INT(r->device_id), PARAM_INSTANT(c->now)));
    device_cut(c, r->device_id);
    return STEP_NEXT;
}

static enum step reply_with(struct call *c)
{
    struct revocation *r = c->shared;
    Caroline__V1__Device device = device_message_of(r->device, 0, c->now);
    Caroline__V1__DeviceRevoked reply = CAROLINE__V1__DEVICE_REVOKED__INIT;

    if (!r->was_revoked)
        journal_change(c, r->device_id, "revoked", NULL, r->reason);
    reply.device = &device;
    return answer(c, &reply.base);
}

const struct op device_revoke = {
    .name = "device_revoke",
    .number = NUMBER(DEVICE_REVOKE),
    .kind = OP_CHANGES,
    .needs = NEEDS_SESSION,
    .permission = PERMISSION_DEVICE_EDIT,
    .clients = CLIENT_STAFF,
    .request = &caroline__v1__device_revoke__descriptor,
    .reply = &caroline__v1__device_revoked__descriptor,
    .shared_size = sizeof(struct revocation),
    .stages = { find, write, reply_with },
};
