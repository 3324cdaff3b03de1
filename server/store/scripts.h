/* The SQL of db/ that is run as a whole: migrations in order of their numbers, checks, grants.
 *
 * A check is one query behind a comment line that says, as a sentence, what holds when it returns no row. It has no
 * semicolon, so that it can stand in "WITH wrong AS MATERIALIZED (...) SELECT * FROM wrong LIMIT 1": the first wrong row
 * is enough, but without MATERIALIZED the limit would be planned for, by nested loops that find nothing slowly. */
#ifndef CAROLINE_SERVER_STORE_SCRIPTS_H
#define CAROLINE_SERVER_STORE_SCRIPTS_H

#include <stddef.h>

struct script {
    const char *name; /* "0001_shop": the file's, without its ending */
    const char *sql;
};
extern const struct script migrations[], checks[], access_script[]; /* each ended by one without a name */
extern const size_t migrations_count, checks_count, access_script_count;

#endif
