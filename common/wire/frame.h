/* Frames: a 4-byte big-endian length, then that many bytes of one message. */
#ifndef CAROLINE_WIRE_FRAME_H
#define CAROLINE_WIRE_FRAME_H

#include <stddef.h>
#include <stdint.h>

#include "common/base/bytes.h"

#define FRAME_HEAD         4
#define FRAME_MAX          65536u /* of a payload */
#define FRAME_MAX_STRANGER 4096u  /* before the device is known and a person is signed in */

enum frame_verdict { FRAME_WAIT, FRAME_READY, FRAME_EMPTY, FRAME_TOO_LARGE };

/* Is a whole frame at the front of bytes? READY: *payload is a view into bytes, and FRAME_HEAD + payload->size bytes of
 * it are used up. EMPTY and TOO_LARGE are known from the head alone. max: at most FRAME_MAX. */
enum frame_verdict frame_next(struct bytes bytes, size_t max, struct bytes *payload);

#endif
