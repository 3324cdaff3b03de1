/* A script: what several clients do, one step after the other, as bytes. A step is what (u8), who (u8), how many bytes
 * more (u16), and these. As people write it, a scene is a line a step:
 *
 *     till1 sale_quote basket{lines{product_id:=0 quantity_milli:1000}}
 *     + till1 sale_ring_up ...          what follows comes before the answer
 *     till1 bare sale_ring_up ...       without a command id
 *     till1 late sale_ring_up ...       that waits for a millisecond at most
 *     till1 fatal sale_ring_up ...      of which the server believes that it died twice
 *     till1 reused sale_ring_up ...     under the id of the command before it
 *     till1 broken sale_ring_up         with a body that is no message
 *     bytes till1 00000000              as they come from a connection
 *     again till1                       the last command of that client once more, byte for byte
 *     pass 60000                        so many milliseconds
 *     close till1                       hangs up
 *     fault lost 3                      at the third thing the store does from here on: lost, again
 *     order 7                           from here on the store's answers come in another order
 *     move                              to a new shop that has just opened
 *     leave                             the server is told to go
 *     anew                              another script begins, in the same shop
 */
#ifndef CAROLINE_TESTS_FUZZ_SCRIPT_H
#define CAROLINE_TESTS_FUZZ_SCRIPT_H

#include "chance.h"
#include "common/base/arena.h"
#include "common/base/bytes.h"
#include "server/call/call.h"

enum step_kind {
    SCRIPT_CALL,   /* a Request; then all that can happen happens */
    SCRIPT_SEND,   /* a Request, and nothing happens yet */
    SCRIPT_STREAM, /* bytes as they come from a connection */
    SCRIPT_AGAIN,
    SCRIPT_CLOSE,
    SCRIPT_PASS,  /* u32: milliseconds */
    SCRIPT_FAULT, /* u8: enum sim_fate; u8: after so many */
    SCRIPT_ORDER, /* u16: a seed; 0: as they came */
    SCRIPT_LEAVE,
    SCRIPT_MOVE,
    SCRIPT_ANEW, /* all hang up, and nobody knows anything but how the shop opened */
    SCRIPT_STEPS,
};

/* Who: the clients of profiles.c. */
struct script_step {
    enum step_kind kind;
    uint8_t who;
    struct bytes bytes; /* a view into the script */
};

/* The next step from *at on; false: the end. */
bool script_next(struct bytes script, size_t *at, struct script_step *step);
void script_put(struct buffer *script, const struct script_step *step);
/* A scene to bytes. false: *problem, with its line, in the arena. */
bool script_read(struct bytes scene, struct buffer *script, struct arena *arena, const char **problem);
/* On a line, for a person. */
void script_print(const struct script_step *step);

void script_make(struct chance *chance, struct buffer *script);
/* false: it holds no step. */
bool script_mutate(struct chance *chance, struct buffer *script);

const struct op *script_op(uint32_t number); /* NULL: there is none */

#endif
