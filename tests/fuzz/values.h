/* Values that are worth trying, by the names that fields have. */
#ifndef CAROLINE_TESTS_FUZZ_VALUES_H
#define CAROLINE_TESTS_FUZZ_VALUES_H

#include "chance.h"
#include "common/base/arena.h"
#include "common/base/bytes.h"

/* A number that such a field might hold; wild: any. */
uint64_t values_number(struct chance *chance, const char *field, bool wild);
/* A text of at most max characters that the walker lets pass. */
struct bytes values_text(struct chance *chance, struct arena *arena, const char *field, size_t max);
/* One that it refuses, or that others would trip over. */
struct bytes values_bad_text(struct chance *chance, struct arena *arena, size_t max);
/* At least `least` of them. */
struct bytes values_bytes(struct chance *chance, struct arena *arena, size_t least, size_t max);

#endif
