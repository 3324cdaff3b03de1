/* A till for tests: one link to the bakery, what it has told, and a way to lose its power. */
#ifndef CAROLINE_TESTS_TILL_H
#define CAROLINE_TESTS_TILL_H

#include "bakery.h"
#include "client/link/identity_file.h"

/* What the link has told. */
struct heard {
    struct link *link;
    unsigned answers, recovered, catalogues, sessions, lost; /* lost: so often offline */
    enum link_outcome outcome;
    unsigned code;
    char sentence[200];
    bool session_open, session_locked;
    bool patient;     /* the backoff is waited for */
    bool alone;       /* its lock is opened without the server, too */
    int64_t ahead_us; /* of its clock: so much later it is than the machine's says */
};
extern struct heard heard;
extern struct bakery *bakery;
extern struct arena *arena;

/* Around each test. */
int till_begin(void **state);
int till_end(void **state);

void open_spool(void);
struct spool *till_spool(void);
void open_link(void);
/* ... and wait until it is connected and follows the catalogue. */
void go_online(void);
/* As after a power cut: the program is gone, and comes back with what its disk holds. */
void restart(void);

/* The answers go to `heard`. */
void ask(void);
void command(void);
#define TILL_PIN "8261"
void sign_in(void);
void on_answer(void *owner, const struct link_answer *answer);

#endif
