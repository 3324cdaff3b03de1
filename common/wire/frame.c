/* Where one frame ends and the next begins. */
#include "common/wire/frame.h"

#include <assert.h>

enum frame_verdict frame_next(struct bytes bytes, size_t max, struct bytes *payload)
{
    assert(max <= FRAME_MAX);
    if (bytes.size < FRAME_HEAD)
        return FRAME_WAIT;
    size_t size = get_u32(bytes.data);
    if (size == 0)
        return FRAME_EMPTY;
    if (size > max)
        return FRAME_TOO_LARGE;
    if (bytes.size - FRAME_HEAD < size)
        return FRAME_WAIT;
    *payload = (struct bytes){ .data = bytes.data + FRAME_HEAD, .size = size };
    return FRAME_READY;
}
