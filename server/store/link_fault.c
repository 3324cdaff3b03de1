/* Failpoints behind statements; in test builds only. */
#include "server/store/link_fault.h"

#ifdef CAROLINE_FAILPOINTS

#include <poll.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "common/base/failpoint.h"

#define ANSWER_MS 2000 /* a statement that waits for a lock gives none */
#define QUIET_MS  20

static bool is_at_work(int backend)
{
    char path[64], text[512];
    size_t size = 0;

    (void)snprintf(path, sizeof path, "/proc/%d/stat", backend);
    FILE *file = fopen(path, "r");
    if (file != NULL) {
        size = fread(text, 1, sizeof text - 1, file);
        fclose(file);
    }
    text[size] = '\0';
    const char *end = strrchr(text, ')'); /* a name may have anything in it */
    return end != NULL && end[1] == ' ' && (end[2] == 'R' || end[2] == 'D');
}

/* Sends what libpq holds, and waits until PostgreSQL has carried it out: it says nothing more, and sleeps. What it said is kept in
 * libpq, of statements before this one, too. */
static void flush(void *connection)
{
    PGconn *conn = connection;
    struct pollfd socket = { .fd = PQsocket(conn), .events = POLLOUT };
    int quiet = 0;

    PQsendFlushRequest(conn);
    while (PQflush(conn) == 1)
        poll(&socket, 1, ANSWER_MS);
    socket.events = POLLIN;
    for (int waited = 0; waited < ANSWER_MS / QUIET_MS && quiet < 2; waited++) {
        bool says = poll(&socket, 1, QUIET_MS) > 0 && PQconsumeInput(conn) == 1;

        quiet = says || is_at_work(PQbackendPID(conn)) ? 0 : quiet + 1;
    }
}

void link_fault_sent(PGconn *conn, const char *name)
{
    failpoint_statement(name, PQbackendPID(conn), flush, conn);
}

void link_fault_lent(const PGconn *conn)
{
    failpoint_backend(PQbackendPID(conn));
}

#endif
