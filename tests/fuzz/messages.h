/* Messages made up and changed by their descriptors and by the limits of the .proto files. */
#ifndef CAROLINE_TESTS_FUZZ_MESSAGES_H
#define CAROLINE_TESTS_FUZZ_MESSAGES_H

#include <protobuf-c/protobuf-c.h>

#include "chance.h"
#include "common/base/arena.h"
#include "common/base/bytes.h"

struct maker {
    struct chance *chance;
    struct arena *arena; /* everything made lives there */
    unsigned wild;       /* one value in so many breaks its limit; 0: none does */
    /* Perhaps a better value for a number, a text or bytes than chance's; may be NULL. For text and bytes *bytes is set,
     * for all others *number. */
    bool (*hint)(struct maker *maker, const ProtobufCMessageDescriptor *message, const ProtobufCFieldDescriptor *field,
                 uint64_t *number, struct bytes *bytes);
};

/* Some of its fields set. */
ProtobufCMessage *maker_message(struct maker *maker, const ProtobufCMessageDescriptor *descriptor);
/* One to three changes anywhere within: a value, a field more or less, an entry of a list more, less or elsewhere. */
void maker_change(struct maker *maker, ProtobufCMessage *message);

/* Bytes of one value of it in a message's structure. */
size_t field_size(const ProtobufCFieldDescriptor *field);

/* Called with each number, text and bytes field that is set, lists entry by entry; *number and *bytes may be changed. */
typedef void walk_fn(void *user, const ProtobufCMessageDescriptor *message, const ProtobufCFieldDescriptor *field,
                     uint64_t *number, struct bytes *bytes);
void message_walk(ProtobufCMessage *message, walk_fn *fn, void *user);

#endif
