/* Messages as people write them: basket{lines{product_id:=0 quantity_milli:1000} service:1} total_minor:= name:"Mia". */
#ifndef CAROLINE_TESTS_FUZZ_MESSAGE_TEXT_H
#define CAROLINE_TESTS_FUZZ_MESSAGE_TEXT_H

#include <protobuf-c/protobuf-c.h>
#include <stdio.h>

#include "common/base/arena.h"

/* Up to the end of the text. NULL: *problem. Both in the arena. */
ProtobufCMessage *message_read(const char *text, const ProtobufCMessageDescriptor *descriptor, struct arena *arena,
                               const char **problem);
void message_print(FILE *out, ProtobufCMessage *message);

#endif
