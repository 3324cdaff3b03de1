/* A link without a server: what screens ask is kept, and answered by the test. */
#ifndef CAROLINE_TESTS_SCREENS_SCRIPTED_LINK_H
#define CAROLINE_TESTS_SCREENS_SCRIPTED_LINK_H

#include "client/link/link.h"

struct link *scripted_link_create(const struct link_events *events, void *owner);
void scripted_link_destroy(struct link *link);

void scripted_catalogue(struct link *link, const struct catalogue *catalogue);
/* The first catalogue is on its way: so much of it is here. */
void scripted_progress(struct link *link, uint32_t part, uint32_t parts);
void scripted_state(struct link *link, enum link_state state, const char *sentence);
/* name NULL: signed out. Their role is one that no catalogue of a test has unless it says so. */
#define SCRIPTED_ROLE 71
void scripted_session(struct link *link, const char *name, bool locked);

/* Whether the lock is opened without the server, from now on. At first it is not. */
void scripted_alone(struct link *link, enum link_alone alone);

/* The session is in training from now on, or is not: as behind the command's answer. */
void scripted_training(struct link *link, bool trains);

/* Where sales that are made offline are kept. */
void scripted_spool(struct link *link, struct spool *spool);

/* The oldest unanswered request of an op, decoded; lives until it is answered. Fails when there is none. */
const ProtobufCMessage *scripted_request(struct link *link, unsigned op, const ProtobufCMessageDescriptor *descriptor);
bool scripted_asked(const struct link *link, unsigned op);
void scripted_answer(struct link *link, unsigned op, const ProtobufCMessage *reply);
void scripted_refuse(struct link *link, unsigned op, unsigned code, const char *sentence, const char *field,
                     const ProtobufCMessage *detail);
void scripted_fail(struct link *link, unsigned op, const char *sentence);
/* The answer to a search of members: one of this name, or NULL: none; from next_id on there are more, 0: there are not. */
void scripted_members(struct link *link, uint64_t id, const char *name, uint64_t next_id);
/* The person may all but this. */
void scripted_forbids(struct link *link, const char *permission);
/* So much time goes by. */
void scripted_later(struct link *link, int64_t us);
/* How often the counter has said that somebody is there. */
unsigned scripted_here(const struct link *link);
/* How often another connection was wanted. */
unsigned scripted_reconnects(const struct link *link);
/* From now on withdrawing succeeds. */
void scripted_unsent(struct link *link);

#endif
