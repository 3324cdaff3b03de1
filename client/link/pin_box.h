/* What opens a till's lock while the server is away: made of the PIN that somebody gave while it answered. The PIN itself is
 * not kept: a key derived from it by Argon2id, as dear as the server's own hash, seals what is in the box, and whoever gives
 * the same PIN opens it. In memory alone, which is neither swapped nor dumped; wiped when it is emptied. Filling and trying
 * take tens of milliseconds each, on another thread. */
#ifndef CAROLINE_CLIENT_LINK_PIN_BOX_H
#define CAROLINE_CLIENT_LINK_PIN_BOX_H

#include <stdbool.h>
#include <stdint.h>

#include "common/base/bytes.h"
#include "common/base/world.h"

struct pin_box;
struct uv_loop_s; /* uv_loop_t */

#define PIN_BOX_KEY   32u
#define PIN_BOX_TRIES 5u

enum pin_box_state {
    PIN_BOX_EMPTY,
    PIN_BOX_FULL,    /* or it is being filled: a try waits for that */
    PIN_BOX_USED_UP, /* so many wrong tries, and it was emptied */
};

enum pin_box_outcome {
    PIN_BOX_OPEN,
    PIN_BOX_WRONG,
    PIN_BOX_SHUT,      /* nothing opens it: it is empty, or this was the last try */
    PIN_BOX_NO_MEMORY, /* nothing is known of the PIN, and nothing was counted */
};
/* key: what the box was filled with, where the outcome is OPEN; until this returns. */
typedef void pin_box_tried_fn(void *owner, enum pin_box_outcome outcome, const uint8_t key[PIN_BOX_KEY]);

/* NULL: libsodium does not start. entropy outlives the box. */
struct pin_box *pin_box_create(struct uv_loop_s *loop, struct entropy *entropy);
/* No callback comes after this. */
void pin_box_destroy(struct pin_box *box);

/* In place of what is in it. */
void pin_box_fill(struct pin_box *box, struct bytes pin, const uint8_t key[PIN_BOX_KEY]);
void pin_box_empty(struct pin_box *box);
/* The server has counted a wrong one, which leaves one less here; all: it looks at none any more. */
void pin_box_count_wrong(struct pin_box *box, bool all);
enum pin_box_state pin_box_state(const struct pin_box *box);
/* false: one is under way. A right one forgets the wrong ones before it. */
bool pin_box_try(struct pin_box *box, struct bytes pin, pin_box_tried_fn *tried, void *owner);

#endif
