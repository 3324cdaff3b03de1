/* The shop's devices, in pages. */
#include "db/queries.h"
#include "proto/device.pb-c.h"
#include "server/service/device_message.h"
#include "server/service/message.h"

#define PAGE 200

struct page {
    struct rows *rows;
};

static enum step find(struct call *c)
{
    const Caroline__V1__DeviceList *request = (const Caroline__V1__DeviceList *)c->message;
    struct page *p = c->shared;
    int64_t after_id = request->after_id > INT64_MAX ? INT64_MAX : (int64_t)request->after_id;

    p->rows = ask(c, &sql_device_list, PARAMS(PARAM_INT(c->shop_id), PARAM_INT(after_id), PARAM_INT(PAGE + 1)));
    return STEP_NEXT;
}

static enum step reply_with(struct call *c)
{
    const struct page *p = c->shared;
    size_t count = rows_count(p->rows) > PAGE ? PAGE : rows_count(p->rows);
    Caroline__V1__Device *devices = arena_array(c->txn.arena, count + 1, sizeof *devices);
    Caroline__V1__DeviceListed reply = CAROLINE__V1__DEVICE_LISTED__INIT;

    reply.devices = arena_array(c->txn.arena, count + 1, sizeof *reply.devices);
    for (; reply.n_devices < count; reply.n_devices++) {
        devices[reply.n_devices] = device_message_of(p->rows, reply.n_devices, c->now);
        reply.devices[reply.n_devices] = &devices[reply.n_devices];
    }
    PUT(reply, more, rows_count(p->rows) > PAGE);
    return answer(c, &reply.base);
}

const struct op device_list = {
    .name = "device_list",
    .number = NUMBER(DEVICE_LIST),
    .kind = OP_READS,
    .needs = NEEDS_SESSION,
    .permission = PERMISSION_DEVICE_EDIT,
    .clients = CLIENT_STAFF,
    .request = &caroline__v1__device_list__descriptor,
    .reply = &caroline__v1__device_listed__descriptor,
    .shared_size = sizeof(struct page),
    .stages = { find, reply_with },
};
