/* Frames, cut anywhere. The first two bytes say where the stream is torn; a frame too large or empty ends it. */
#include "common/wire/frame.h"
#include "target.h"

static bool run(struct bytes input)
{
    if (input.size < 2)
        return false;

    struct chance tears = chance_of(get_u16(input.data));
    struct bytes stream = bytes_of(input.data + 2, input.size - 2), payload;
    size_t max = one_in(&tears, 2) ? FRAME_MAX : FRAME_MAX_STRANGER, at = 0, whole = 0;

    /* In one piece, what the stream holds. */
    while (frame_next(bytes_of(stream.data + whole, stream.size - whole), max, &payload) == FRAME_READY) {
        assert(payload.size > 0 && payload.size <= max && payload.data == stream.data + whole + FRAME_HEAD);
        whole += FRAME_HEAD + payload.size;
    }
    /* Torn: the same. */
    for (size_t arrived = 0; arrived < stream.size;) {
        size_t left = stream.size - arrived;
        arrived += 1 + below(&tears, one_in(&tears, 2) ? left : left < 7 ? left : 7);
        while (frame_next(bytes_of(stream.data + at, arrived - at), max, &payload) == FRAME_READY)
            at += FRAME_HEAD + payload.size;
        assert(at <= whole);
    }
    assert(at == whole);
    return false;
}

static void make(struct chance *chance, struct buffer *input)
{
    uint8_t head[FRAME_HEAD];

    put_u16(head, (uint16_t)chance_next(chance));
    put(input, head, 2);
    for (size_t count = 1 + below(chance, 6); count > 0; count--) {
        size_t size = 1 + below(chance, one_in(chance, 6) ? FRAME_MAX_STRANGER + 2 : 40);
        put_u32(head, (uint32_t)size);
        put(input, head, sizeof head);
        for (; size > 0; size--)
            put(input, &(uint8_t){ (uint8_t)count }, 1);
    }
}

const struct target target_frame = { .name = "frame", .run = run, .make = make };
