/* The invariants of db/checks/, some a call, all of a call in one snapshot, and behind the last whether the persons' keys open. Each is a query that returns no row when all
 * is well; its first line says what holds. */
#include <string.h>

#include "db/queries.h"
#include "proto/shop.pb-c.h"
#include "server/service/message.h"
#include "server/store/check_statement.h"

#define CHECKS_A_CALL 12
#define SENTENCE_MAX  300

struct run {
    size_t first, count;
    struct rows *clocks[CHECKS_A_CALL + 1], *wrong[CHECKS_A_CALL];
};

static enum step ask_checks(struct call *c)
{
    const Caroline__V1__CheckRun *request = (const Caroline__V1__CheckRun *)c->message;
    struct run *r = c->shared;

    if (request->has_after) {
        while (r->first < checks_count &&
               !bytes_equal(field_bytes(request->after), bytes_of_text(checks[r->first].name)))
            r->first++;
        if (r->first == checks_count)
            return refuse_field(c, REFUSAL(BAD_FIELD), "after", "no check is called that");
        r->first++;
    }
    r->clocks[0] = ask(c, &sql_check_run_clock, NO_PARAMS);
    for (; r->count < CHECKS_A_CALL && r->first + r->count < checks_count; r->count++) {
        r->wrong[r->count] = ask(c, check_statement(c->txn.arena, &checks[r->first + r->count]), NO_PARAMS);
        r->clocks[r->count + 1] = ask(c, &sql_check_run_clock, NO_PARAMS);
    }
    return STEP_NEXT;
}

/* The comment in a check's first line. */
static ProtobufCBinaryData sentence_of(const struct script *check)
{
    const char *text = check->sql + strspn(check->sql, "- ");
    size_t size = strcspn(text, "\n");

    return field_of(bytes_of(text, size < SENTENCE_MAX ? size : SENTENCE_MAX));
}

static Caroline__V1__CheckResult *result_of(struct call *c, const struct run *r, size_t i)
{
    const struct script *check = &checks[r->first + i];
    Caroline__V1__CheckResult *result = arena_alloc(c->txn.arena, sizeof *result);
    int64_t took = row_instant(r->clocks[i + 1], 0, "now").us - row_instant(r->clocks[i], 0, "now").us;

    caroline__v1__check_result__init(result);
    PUT(*result, name, field_text(check->name));
    PUT(*result, sentence, sentence_of(check));
    PUT(*result, holds, rows_count(r->wrong[i]) == 0);
    if (!result->holds)
        PUT(*result, first_row, field_of(row_bytes(r->wrong[i], 0, "first_row")));
    PUT(*result, took_us, took > 0 ? (uint64_t)took : 0);
    return result;
}

/* What no query sees: the keys are outside the database. */
static Caroline__V1__CheckResult *keys_result(struct call *c)
{
    Caroline__V1__CheckResult *result = arena_alloc(c->txn.arena, sizeof *result);
    size_t lost = vault_persons_lost(c->vault);

    caroline__v1__check_result__init(result);
    PUT(*result, name, field_text("person_keys"));
    PUT(*result, sentence, field_text("No person's key was found not to open when all were last wrapped anew."));
    PUT(*result, holds, lost == 0);
    if (lost > 0)
        PUT(*result, first_row,
            field_text(arena_format(c->txn.arena, "keys=%zu (the server's log has whose: key_lost)", lost)));
    PUT(*result, took_us, 0);
    return result;
}

static enum step tell(struct call *c)
{
    const struct run *r = c->shared;
    Caroline__V1__CheckRan reply = CAROLINE__V1__CHECK_RAN__INIT;

    reply.results = arena_array(c->txn.arena, CHECKS_A_CALL + 1, sizeof *reply.results);
    for (; reply.n_results < r->count; reply.n_results++)
        reply.results[reply.n_results] = result_of(c, r, reply.n_results);
    PUT(reply, more, r->first + r->count < checks_count);
    if (!reply.more)
        reply.results[reply.n_results++] = keys_result(c);
    return answer(c, &reply.base);
}

const struct op check_run = {
    .name = "check_run",
    .number = NUMBER(CHECK_RUN),
    .kind = OP_READS,
    .reads_in = TXN_CHECK,
    .needs = NEEDS_SESSION,
    .permission = PERMISSION_AUDIT_SEE,
    .clients = CLIENT(ADMIN) | CLIENT(CLI),
    .per_minute = 60, /* they read whole tables */
    .request = &caroline__v1__check_run__descriptor,
    .reply = &caroline__v1__check_ran__descriptor,
    .shared_size = sizeof(struct run),
    .stages = { ask_checks, tell },
};
