/* An invariant of db/checks/ as a statement of a transaction that reads. */
#ifndef CAROLINE_SERVER_STORE_CHECK_STATEMENT_H
#define CAROLINE_SERVER_STORE_CHECK_STATEMENT_H

#include "common/base/arena.h"
#include "server/store/scripts.h"
#include "server/store/store.h"

#define CHECK_ROW_MAX 1000

/* No row when it holds; else one, whose "first_row" says the first wrong row as "column=value ...", at most CHECK_ROW_MAX
 * characters, whatever the check's columns are. In the arena. */
const struct statement *check_statement(struct arena *arena, const struct script *check);

#endif
