/* What is asked of every answer of the server, whatever the request was. */
#ifndef CAROLINE_TESTS_FUZZ_ANSWERS_H
#define CAROLINE_TESTS_FUZZ_ANSWERS_H

#include "known.h"
#include "server/call/call.h"

#define ANSWER_CODES 300

/* How often each op ended in each code; 0: it went well. */
extern unsigned answer_counts[ANSWER_CODES][ANSWER_CODES];

/* A payload to a client: what it holds is within the contract. Returns the id it answers, 0 for a push, and the code.
 * op: whose answer it is, NULL unless known; what went well is noted. */
struct answer {
    bool is_reply, is_refused;
    uint64_t id;
    int code;
    struct bytes body, sentence; /* in the payload */
};
struct answer answer_read(struct bytes payload, struct arena *arena);
/* The body, or the error's detail, of the reply to that op. true: no answer like it was seen before. */
bool answer_take(const struct op *op, const struct answer *answer, struct known *known, struct arena *arena);
/* Every op has gone well at least once, and every code was said that can be; what was not is printed. */
bool answers_complete(bool full);

#endif
