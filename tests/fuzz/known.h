/* What a client knows from the answers it had and the requests that went well: ids, versions, totals, tokens, codes. A
 * request refers to it (reference.h), so that what is made up hits what is there. */
#ifndef CAROLINE_TESTS_FUZZ_KNOWN_H
#define CAROLINE_TESTS_FUZZ_KNOWN_H

#include <protobuf-c/protobuf-c.h>

#include "common/base/arena.h"
#include "common/base/bytes.h"

#define KNOWN_KEYS   56
#define KNOWN_VALUES 16
#define KNOWN_SIZE   320

struct known_value {
    uint64_t number;
    size_t size;
    uint8_t bytes[KNOWN_SIZE];
};

struct known_kind {
    char key[32];
    size_t count, last;
    struct known_value values[KNOWN_VALUES];
};

struct known {
    struct known_kind kinds[KNOWN_KEYS];
    size_t count;
};

/* What kind of thing a field names: "product", "version", "staff.name"; "" for what is worth no reference. op: the
 * request's name, for answers that hold only an id. */
const char *known_key(const ProtobufCMessageDescriptor *message, const ProtobufCFieldDescriptor *field, const char *op,
                      char key[32]);
void known_note_number(struct known *known, const char *key, uint64_t number);
void known_note_bytes(struct known *known, const char *key, struct bytes bytes);
/* Everything in it that has a kind. */
void known_harvest(struct known *known, ProtobufCMessage *message, const char *op);
/* References become what they stand for, in the arena; those to nothing become 0 or empty. */
void known_resolve(const struct known *known, ProtobufCMessage *message, const char *op, struct arena *arena);

#endif
