/* Every message of the contract through decoding and the walker: the first two bytes say which, the rest is the message.
 * What passes comes back the same from its own encoding. A run that left a message out, or one of the ways it can end,
 * has failed. */
#include <stdio.h>
#include <string.h>

#include "common/wire/frame.h"
#include "common/wire/walker.h"
#include "contract.h"
#include "messages.h"
#include "target.h"

enum end { NO_MESSAGE, REFUSED, FINE, ENDS };

static bool reached[CONTRACT_MOST][ENDS];

static enum end walk(const ProtobufCMessageDescriptor *descriptor, struct bytes bytes, struct arena *arena)
{
    const char *field = NULL, *sentence = NULL;
    ProtobufCMessage *message = message_decode(descriptor, bytes, arena);

    if (!message)
        return NO_MESSAGE;
    if (!message_check(message, arena, &field, &sentence)) {
        assert(field[0] != '\0' && sentence[0] != '\0');
        return REFUSED;
    }
    struct bytes once = message_encode(message, arena);
    if (once.size > FRAME_MAX)
        return FINE;
    ProtobufCMessage *again = message_decode(descriptor, once, arena);
    assert(again && message_check(again, arena, &field, &sentence));
    assert(bytes_equal(once, message_encode(again, arena)));
    return FINE;
}

static bool run(struct bytes input)
{
    if (input.size < 2)
        return false;

    struct arena *arena = arena_create(8 * MESSAGE_MEMORY);
    size_t which = get_u16(input.data) % contract_count();
    enum end end = walk(contract_message(which), bytes_of(input.data + 2, input.size - 2), arena);
    bool news = !reached[which][end];

    reached[which][end] = true;
    arena_destroy(arena);
    return news;
}

static void put_message(struct buffer *input, size_t which, struct bytes message)
{
    uint8_t head[2];

    put_u16(head, (uint16_t)which);
    put(input, head, sizeof head);
    put(input, message.data, message.size);
}

/* One that ends like that, if chance makes one of a frame's size in a few tries. */
static struct bytes message_that_is(enum end wanted, size_t which, struct chance *chance, struct arena *arena)
{
    struct bytes bytes = { 0 };

    for (unsigned try = 0; try < 32; try++) {
        struct maker maker = {.chance = chance, .arena = arena, .wild = wanted == REFUSED ? 2 + try : 0 };
        bytes = message_encode(maker_message(&maker, contract_message(which)), arena);
        if (bytes.size <= FRAME_MAX && walk(contract_message(which), bytes, arena) == wanted)
            return bytes;
    }
    return bytes.size <= FRAME_MAX ? bytes : bytes_of(NULL, 0);
}

/* All messages in turn, and all their ends. */
static void make(struct chance *chance, struct buffer *input)
{
    static const uint8_t no_field = 7; /* of no type there is */
    static size_t next;
    struct arena *arena = arena_create(0);
    size_t which = next / ENDS % contract_count();
    enum end wanted = next++ % ENDS;

    put_message(input, which, message_that_is(wanted == NO_MESSAGE ? FINE : wanted, which, chance, arena));
    if (wanted == NO_MESSAGE)
        put(input, &no_field, sizeof no_field);
    arena_destroy(arena);
}

/* Each message with each end, several times. */
static size_t first(void)
{
    return 4 * ENDS * contract_count();
}

static bool mutate(struct chance *chance, struct buffer *input)
{
    if (input->size < 2)
        return false;

    struct arena *arena = arena_create(0);
    struct maker maker = { .chance = chance, .arena = arena, .wild = one_in(chance, 2) ? 0 : 12 };
    size_t which = get_u16(input->data) % contract_count();
    ProtobufCMessage *message =
        message_decode(contract_message(which), bytes_of(input->data + 2, input->size - 2), arena);
    if (message) {
        maker_change(&maker, message);
        struct bytes bytes = message_encode(message, arena);
        buffer_clear(input);
        put_message(input, which, bytes.size <= FRAME_MAX ? bytes : bytes_of(NULL, 0));
    }
    arena_destroy(arena);
    return message != NULL;
}

/* Has it a field that can break its limit within a frame? */
static bool can_be_refused(const ProtobufCMessageDescriptor *message)
{
    for (size_t i = 0; i < field_limit_count; i++)
        if (strcmp(field_limits[i].message, message->short_name) == 0 && field_limits[i].max < FRAME_MAX)
            return true;
    for (unsigned i = 0; i < message->n_fields; i++) {
        const ProtobufCFieldDescriptor *field = &message->fields[i];
        if (field->type == PROTOBUF_C_TYPE_ENUM ||
            (field->type == PROTOBUF_C_TYPE_MESSAGE && can_be_refused(field->descriptor)))
            return true;
    }
    return false;
}

static bool close_run(bool full)
{
    static const char *const words[ENDS] = { "no message", "refused by the walker", "fine" };
    bool all = true;

    for (size_t i = 0; full && i < contract_count(); i++)
        for (enum end end = NO_MESSAGE; end < ENDS; end++)
            if (!reached[i][end] && (end != REFUSED || can_be_refused(contract_message(i)))) {
                fprintf(stderr, "%s was never %s\n", contract_message(i)->short_name, words[end]);
                all = false;
            }
    return all;
}

const struct target target_message = {
    .name = "message", .run = run, .make = make, .first = first, .mutate = mutate, .close = close_run
};
