/* The server's view of itself. */
#include "db/queries.h"
#include "proto/shop.pb-c.h"
#include "server/service/message.h"

struct show {
    struct rows *database;
};

static enum step look(struct call *c)
{
    struct show *s = c->shared;

    s->database = ask(c, &sql_server_show_database, NO_PARAMS);
    return STEP_NEXT;
}

static enum step show(struct call *c)
{
    const struct show *s = c->shared;
    const struct driver_counts *counts = driver_counts(c->driver);
    const struct invariants_seen *seen = driver_invariants(c->driver);
    Caroline__V1__ServerShown reply = CAROLINE__V1__SERVER_SHOWN__INIT;

    PUT(reply, version, field_text(CAROLINE_VERSION));
    PUT(reply, database_version, field_of(row_bytes(s->database, 0, "version")));
    PUT(reply, started_us, (uint64_t)counts->started.us);
    PUT(reply, connections, counts->connections);
    PUT(reply, commands, counts->commands);
    PUT(reply, groups, counts->groups);
    if (c->catalogue)
        PUT(reply, catalogue_version, catalogue_newest(c->catalogue));
    PUT(reply, journal_key, field_of(vault_public_key_raw(c->vault)));
    if (seen->looked.us)
        PUT(reply, invariants_us, (uint64_t)seen->looked.us);
    PUT(reply, invariants_broken, seen->broken);
    if (seen->first)
        PUT(reply, invariant, field_text(seen->first));
    return answer(c, &reply.base);
}

const struct op server_show = {
    .name = "server_show",
    .number = NUMBER(SERVER_SHOW),
    .kind = OP_READS,
    .needs = NEEDS_SESSION,
    .clients = CLIENT(COUNTER) | CLIENT(ADMIN) | CLIENT(CLI),
    .training = &server_show,
    .request = &caroline__v1__server_show__descriptor,
    .reply = &caroline__v1__server_shown__descriptor,
    .shared_size = sizeof(struct show),
    .stages = { look, show },
};
