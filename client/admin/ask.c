/* What is asked of the server, and for whom: an answer to who has gone is nobody's, and what became of their commands is told. */
#include "client/admin/admin.h"

#include <string.h>

static void on_answer(void *owner, const struct link_answer *answer)
{
    struct admin_call *call = owner, done = *call;

    call->busy = false;
    done.admin->stage.dirty = true;
    if (done.visit == done.admin->visit_number && done.answered != NULL)
        done.answered(done.admin, answer);
    else if (done.visit != done.admin->visit_number && done.op != 0)
        admin_recovered(done.admin, done.op, answer);
}

/* More are never on their way at once: each screen asks one thing, and waits. */
static struct admin_call *begin(struct admin *a, admin_answer_fn *answered)
{
    for (size_t i = 0; i < ADMIN_CALLS_MAX; i++)
        if (!a->calls[i].busy) {
            a->calls[i] =
                (struct admin_call){ .admin = a, .answered = answered, .visit = a->visit_number, .busy = true };
            return &a->calls[i];
        }
    return NULL;
}

static const char too_many[] = "too much is on its way to the server: try again in a moment";

void admin_call(struct admin *a, unsigned op, const ProtobufCMessage *message, admin_answer_fn *answered)
{
    struct admin_call *call = begin(a, answered);
    const struct link_answer none = { .outcome = LINK_FAILED, .sentence = too_many };

    if (call != NULL)
        link_call(a->link, op, message, 0, on_answer, call);
    else if (answered != NULL)
        answered(a, &none);
}

bool admin_command(struct admin *a, unsigned op, const ProtobufCMessage *message, admin_answer_fn *answered)
{
    struct admin_call *call = begin(a, answered);
    const char *problem = too_many;

    if (call != NULL) {
        call->op = op;
        const struct link_command command = { .op = op, .message = message, .answered = on_answer, .owner = call };
        if (link_command(a->link, &command, NULL, &problem))
            return true;
        call->busy = false;
    }
    stage_say(&a->stage, MESSAGE_BAD, "nothing was sent: %s", problem);
    return false;
}

bool admin_refused(struct admin *a, const struct link_answer *answer)
{
    a->stage.dirty = true;
    if (answer->outcome == LINK_OK)
        return false;
    stage_say(&a->stage, MESSAGE_BAD, "%s", answer->sentence);
    return true;
}

bool admin_is_connected(struct admin *a)
{
    if (a->stage.status.connected)
        return true;
    stage_say(&a->stage, MESSAGE_BAD, "no connection: this is with the server");
    return false;
}

ProtobufCBinaryData admin_text(const char *text)
{
    return (ProtobufCBinaryData){ .len = strlen(text), .data = (uint8_t *)(uintptr_t)text };
}

void admin_copy(char *to, size_t size, ProtobufCBinaryData text)
{
    size_t kept = text.len < size ? text.len : size - 1;

    /* Not in the middle of a character. */
    while (kept > 0 && kept < text.len && (text.data[kept] & 0xc0) == 0x80)
        kept--;
    if (kept > 0)
        memcpy(to, text.data, kept);
    to[kept] = 0;
}
