/* All messages of proto/, found from the ops and the envelope downwards: a new one is in the list by itself. */
#ifndef CAROLINE_TESTS_FUZZ_CONTRACT_H
#define CAROLINE_TESTS_FUZZ_CONTRACT_H

#include <protobuf-c/protobuf-c.h>
#include <stddef.h>

#define CONTRACT_MOST 512

size_t contract_count(void);
const ProtobufCMessageDescriptor *contract_message(size_t which);

#endif
