/* A failpoint behind each statement that is sent (common/base/failpoint.h): when it is its turn, what was sent so far has
 * reached PostgreSQL and was carried out before anything dies. */
#ifndef CAROLINE_SERVER_STORE_LINK_FAULT_H
#define CAROLINE_SERVER_STORE_LINK_FAULT_H

#ifdef CAROLINE_FAILPOINTS

#include <libpq-fe.h>

#define FAILPOINT_SENT(conn, name) link_fault_sent(conn, name)
void link_fault_sent(PGconn *conn, const char *name);
/* A transaction gets this connection. */
#define FAILPOINT_LENT(conn) link_fault_lent(conn)
void link_fault_lent(const PGconn *conn);

#else

#define FAILPOINT_SENT(conn, name) ((void)0)
#define FAILPOINT_LENT(conn)       ((void)0)

#endif
#endif
