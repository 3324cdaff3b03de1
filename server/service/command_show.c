/* What became of a command whose answer was lost. It acts only in that it takes the device's lock, as every command
 * does: one that is on its way, in whichever process, is waited for. What an answer brings and nobody keeps, a new gift card's code,
 * is in it again for the person who sent the command. At a kiosk a member is told of their own. */
#include "common/wire/walker.h"
#include "db/queries.h"
#include "proto/device.pb-c.h"
#include "proto/envelope.pb-c.h"
#include "server/call/call.h"

struct show {
    struct rows *rows, *own; /* own: of a member's session, what they themselves sent */
    const struct op *op;     /* of an answer that something was left out of */
    ProtobufCMessage *first; /* as it was kept */
    struct rows *whose;
};

static struct rows *find_kept(struct call *c, int64_t member_id, struct bytes said)
{
    uint8_t *kept = arena_alloc(c->txn.arena, COMMAND_ID_SIZE);

    kept_command_id(member_id, said, kept);
    return ask(c, &sql_command_show, PARAMS(PARAM_INT(c->device_id), PARAM_BYTES(bytes_of(kept, COMMAND_ID_SIZE))));
}

/* At a kiosk the next who stands there is told of nothing that another sent as a member, whatever it was kept under. */
static bool is_anybodys(const struct call *c, const struct rows *rows)
{
    const struct op *op = rows_count(rows) > 0 ? op_allowed(c, (unsigned)row_int(rows, 0, "op")) : NULL;

    return c->client != CAROLINE__V1__CLIENT_KIND__CLIENT_KIOSK ||
           (op != NULL && op->needs != NEEDS_MEMBER && op->kiosk != KIOSK_MEMBER);
}

static enum step look(struct call *c)
{
    const Caroline__V1__CommandShow *request = (const Caroline__V1__CommandShow *)c->message;
    struct show *s = c->shared;

    if (request->command_id.len != COMMAND_ID_SIZE)
        return refuse_field(c, CAROLINE__V1__ERROR_CODE__BAD_COMMAND_ID, "command_id", "a command id has 16 bytes");
    s->rows = find_kept(c, 0, bytes_of(request->command_id.data, COMMAND_ID_SIZE));
    if (c->member_id != 0)
        s->own = find_kept(c, c->member_id, bytes_of(request->command_id.data, COMMAND_ID_SIZE));
    return STEP_NEXT;
}

/* Of one that went well and whose op can make what it left out again. */
static enum step ask_whose(struct call *c)
{
    struct show *s = c->shared;
    const Caroline__V1__Reply *kept;

    if (!is_anybodys(c, s->rows))
        s->rows = NULL;
    if (s->own && rows_count(s->own) > 0)
        s->rows = s->own;
    if (!s->rows || rows_count(s->rows) == 0)
        return STEP_NEXT;
    s->op = op_allowed(c, (unsigned)row_int(s->rows, 0, "op"));
    if (!s->op || !s->op->restore)
        return STEP_NEXT;
    kept = (const Caroline__V1__Reply *)message_decode(&caroline__v1__reply__descriptor, row_bytes(s->rows, 0, "reply"),
                                                       c->txn.arena);
    if (!kept || !kept->has_body)
        return STEP_NEXT;
    s->first = message_decode(s->op->reply, bytes_of(kept->body.data, kept->body.len), c->txn.arena);
    if (s->first)
        s->whose = s->op->whose(c, s->first);
    return STEP_NEXT;
}

static enum step show(struct call *c)
{
    Caroline__V1__CommandShown reply = CAROLINE__V1__COMMAND_SHOWN__INIT;
    struct show *s = c->shared;

    reply.has_known = true;
    reply.known = s->rows && rows_count(s->rows) > 0;
    if (reply.known) {
        struct bytes kept = row_bytes(s->rows, 0, "reply");

        if (s->whose) {
            s->op->restore(c, s->whose, s->first);
            kept = reply_bytes(c, s->first);
        }
        reply.has_reply = true;
        reply.reply = (ProtobufCBinaryData){ .len = kept.size, .data = (uint8_t *)(uintptr_t)kept.data };
    }
    return answer(c, &reply.base);
}

const struct op command_show = {
    .name = "command_show",
    .number = CAROLINE__V1__OP__OP_COMMAND_SHOW,
    .kind = OP_ACTS,
    .needs = NEEDS_DEVICE,
    .clients = CLIENT_ANY,
    .request = &caroline__v1__command_show__descriptor,
    .reply = &caroline__v1__command_shown__descriptor,
    .shared_size = sizeof(struct show),
    .stages = { look, ask_whose, show },
};
