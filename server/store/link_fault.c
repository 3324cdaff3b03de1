/* Failpoints behind statements; in test builds only. */
#include "server/store/link_fault.h"

#ifdef CAROLINE_FAILPOINTS

#include <poll.h>

#include "common/base/failpoint.h"

#define ANSWER_MS 2000 /* a statement that waits for a lock gives none */

/* Sends what libpq holds, and waits until PostgreSQL answers: it has carried it out then. The answer is not read. */
static void flush(void *connection)
{
    PGconn *conn = connection;
    struct pollfd socket = { .fd = PQsocket(conn), .events = POLLOUT };

    PQsendFlushRequest(conn);
    while (PQflush(conn) == 1)
        poll(&socket, 1, ANSWER_MS);
    socket.events = POLLIN;
    poll(&socket, 1, ANSWER_MS);
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
