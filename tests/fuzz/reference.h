/* References: values that stand for something an earlier answer brought. "=3" in a scene is the fourth of its kind that
 * was ever seen, "=" the one seen last; in bytes they are numbers and texts that nobody would send. */
#ifndef CAROLINE_TESTS_FUZZ_REFERENCE_H
#define CAROLINE_TESTS_FUZZ_REFERENCE_H

#include <stdbool.h>
#include <stdint.h>

#include "common/base/bytes.h"

#define REFERENCE_LAST  255u
#define REFERENCE_FATAL 254u /* of command ids: one that is believed to kill */
#define REFERENCE_64    UINT64_C(0x7e57000000000000)
#define REFERENCE_32    UINT64_C(0x7e570000)

static inline bool reference_in_number(uint64_t number, unsigned *which)
{
    *which = (unsigned)(number & 0xff);
    return (number & ~UINT64_C(0xff)) == REFERENCE_64 || (number & ~UINT64_C(0xff)) == REFERENCE_32;
}

/* A control character, which no text may hold, and the number. */
static inline bool reference_in_bytes(struct bytes bytes, unsigned *which)
{
    *which = bytes.size == 2 ? bytes.data[1] : 0;
    return bytes.size == 2 && bytes.data[0] == 1;
}

#endif
