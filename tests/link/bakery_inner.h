/* What the bakery's two files share: its guests, and what it has carried out. */
#ifndef CAROLINE_TESTS_BAKERY_INNER_H
#define CAROLINE_TESTS_BAKERY_INNER_H

#include "bakery.h"
#include "certificates.h"
#include "client/link/identity_file.h"
#include "common/wire/frame.h"
#include "common/wire/tls.h"

#define GUESTS_MAX   64
#define COMMANDS_MAX 4096
#define YEAR_US      (365 * DAY_S * SECOND_US)
#define PATIENCE_US  (20 * SECOND_US)

struct guest {
    struct bakery *bakery; /* NULL: a free place */
    uv_tcp_t socket;
    struct tls *tls;
    struct buffer plain, out;
    bool closing, signed_in, follows;
    uint8_t received[65536];
};

struct carried {
    uint8_t id[COMMAND_ID_SIZE];
    struct buffer body, reply;
};

struct bakery {
    uv_loop_t loop;
    uv_tcp_t listener;
    bool listening;
    int port;
    uv_timer_t patience;
    int64_t until_us;
    struct tls_context *tls;
    struct authority *authority;
    struct arena *arena, *scratch;
    struct identity *identity;
    struct bakery_mind mind;
    struct bakery_tally tally;
    struct guest guests[GUESTS_MAX];
    struct carried carried[COMMANDS_MAX];
    size_t carried_count;
    uint8_t token[32], unlock_key[32];
    bool locked;            /* the session */
    struct guest *resuming; /* whose resumption is held */
    uint64_t resume_id;
};

/* bakery.c: what is in guest->out goes, as far as the test lets it. */
void guest_flush(struct guest *guest);
void guest_tear(struct guest *guest);
/* bakery_answers.c */
void guest_answer(struct guest *guest, const Caroline__V1__Request *request);
void must(bool fine);

#endif
