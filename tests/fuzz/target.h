/* A target: something that takes bytes from outside, and what is asked of it whatever they are. */
#ifndef CAROLINE_TESTS_FUZZ_TARGET_H
#define CAROLINE_TESTS_FUZZ_TARGET_H

#include <assert.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "chance.h"
#include "common/base/bytes.h"

#define INPUT_MAX 131072u

struct target {
    const char *name;
    /* Once, before the first input; may be NULL. */
    void (*open)(void);
    /* One input, in memory of exactly its size. Asserts; leaves nothing behind. true: it went somewhere no input before
     * it had been, and is worth more mutations. */
    bool (*run)(struct bytes input);
    /* A new input of its own making into an empty buffer; NULL: one of words and chance. */
    void (*make)(struct chance *chance, struct buffer *input);
    /* So many of these come first, unchanged; NULL: none. */
    size_t (*first)(void);
    /* Changes an input by what it means; NULL, or false: its bytes are changed. */
    bool (*mutate)(struct chance *chance, struct buffer *input);
    /* What ought to be in inputs now and then; ended by NULL; may be NULL. */
    const char *const *words;
    /* After the last input: what all together had to reach. full: it ran as long as it was meant to. May be NULL. */
    bool (*close)(bool full);
    /* A target that goes on from input to input: all that it was given since it began anew, which is written in place of
     * the input that it died of; and it looks after its memory itself. NULL: each input stands alone. */
    struct bytes (*history)(void);
    /* An input as people write it, in a file that begins with "# scene". NULL: there is no such. */
    bool (*read)(struct bytes text, struct buffer *input);
};

extern const struct target *const targets[]; /* ended by NULL */

/* Bytes changed without regard to their meaning; never beyond INPUT_MAX. */
void bytes_mutate(struct chance *chance, struct buffer *input, const char *const *words);
/* An input of words and chance, for targets that make none of their own. */
void bytes_make(struct chance *chance, struct buffer *input, const char *const *words);
/* Printed by targets about what they do: only when somebody asked. */
extern bool fuzz_loud;
/* The more inputs the better, even if one is not quite like the other times it ran. */
extern bool fuzz_hurried;
/* Whether what was reached is printed at the end, a line each. */
extern bool fuzz_listed;

static inline void put(struct buffer *to, const void *bytes, size_t size)
{
    bool fits = buffer_append(to, bytes, size, SIZE_MAX);

    assert(fits);
    (void)fits;
}

#endif
