/* What an error of PostgreSQL means for the transaction that met it. */
#include "server/store/outcome.h"

#include <string.h>

static const char *field(const PGresult *error, int code)
{
    const char *value = PQresultErrorField(error, code);

    return value == NULL ? "" : value;
}

struct verdict outcome_of_error(const PGresult *error)
{
    const char *state = field(error, PG_DIAG_SQLSTATE);

    /* serialization failure, deadlock, lock timeout; in a failed transaction: the one before it on this connection */
    if (strcmp(state, "40001") == 0 || strcmp(state, "40P01") == 0 || strcmp(state, "55P03") == 0 ||
        strcmp(state, "25P02") == 0)
        return (struct verdict){ .outcome = STORE_AGAIN };
    /* A migration elsewhere: "cached plan must not change result type" (known by its place in the source, for the
     * message may be in any language), or the statement is gone. */
    if ((strcmp(state, "0A000") == 0 && strcmp(field(error, PG_DIAG_SOURCE_FUNCTION), "RevalidateCachedQuery") == 0) ||
        strcmp(state, "26000") == 0)
        return (struct verdict){ .outcome = STORE_AGAIN, .plans_stale = true };
    /* going down, cut off by an administrator, a standby, an error of the connection; an error without a state is
     * libpq's */
    if (strncmp(state, "57P", 3) == 0 || strncmp(state, "08", 2) == 0 || strcmp(state, "25006") == 0 ||
        strcmp(state, "25P03") == 0 || state[0] == '\0')
        return (struct verdict){ .outcome = STORE_AWAY, .leave = true };
    /* statement timeout, disk or memory full, an error of its machine: the world's, not ours */
    if (strcmp(state, "57014") == 0 || strncmp(state, "53", 2) == 0 || strncmp(state, "58", 2) == 0)
        return (struct verdict){ .outcome = STORE_AWAY };
    return (struct verdict){ .outcome = STORE_BROKEN };
}

const char *outcome_problem(struct arena *arena, const PGresult *error, const char *statement)
{
    const char *state = field(error, PG_DIAG_SQLSTATE), *name = field(error, PG_DIAG_CONSTRAINT_NAME);

    /* Class 42 is a wrong statement or a missing right: its message names no values. */
    if (name[0] == '\0' && strncmp(state, "42", 2) == 0)
        name = field(error, PG_DIAG_MESSAGE_PRIMARY);
    return arena_format(arena, "%s %s %s", state[0] == '\0' ? "-----" : state, statement, name);
}

char *outcome_sentence(char *text, size_t size, const char *message)
{
    size_t used = 0;

    for (const char *at = message; *at != '\0' && used + 1 < size; at++) {
        if ((unsigned char)*at > ' ')
            text[used++] = *at;
        else if (used > 0 && text[used - 1] != ' ')
            text[used++] = ' ';
    }
    while (used > 0 && text[used - 1] == ' ')
        used--;
    text[used] = '\0';
    return text;
}
