/* Calls, commands, and what their answers have in common. */
#include "client/counter/counter.h"

#include <string.h>

#include "common/base/text.h"

void counter_call(struct counter *c, unsigned op, const ProtobufCMessage *message, link_answer_fn *answered)
{
    link_call(c->link, op, message, 0, answered, c);
    arena_reset(c->scratch);
}

bool counter_command(struct counter *c, const struct link_command *command, uint8_t id[COMMAND_ID_SIZE])
{
    const char *problem = "";
    bool kept = link_command(c->link, command, id, &problem);

    if (!kept)
        stage_say(&c->stage, MESSAGE_BAD, "nothing was sent, for it could not be kept on this till: %s", problem);
    arena_reset(c->scratch);
    return kept;
}

bool counter_refused(struct counter *c, const struct link_answer *answer)
{
    c->stage.dirty = true;
    if (answer->outcome == LINK_OK)
        return false;
    stage_say(&c->stage, MESSAGE_BAD, "%s", answer->sentence);
    c->stage.about_line = answer->outcome == LINK_FAILED && !c->stage.status.connected;
    return true;
}

ProtobufCBinaryData counter_text(const char *text)
{
    return (ProtobufCBinaryData){ .len = strlen(text), .data = (uint8_t *)(uintptr_t)text };
}

void counter_copy(char *to, size_t size, ProtobufCBinaryData text)
{
    size_t kept = text.len < size ? text.len : size - 1;

    /* Not in the middle of a character. */
    while (kept > 0 && kept < text.len && (text.data[kept] & 0xc0) == 0x80)
        kept--;
    if (kept > 0)
        memcpy(to, text.data, kept);
    to[kept] = 0;
}
