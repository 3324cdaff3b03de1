/* One connection that runs transactions. */
#include "server/store/link.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/base/failpoint.h"
#include "common/base/log.h"
#include "server/store/link_check.h"
#include "server/store/link_fault.h"
#include "server/store/outcome.h"

#define REPLAN_FACTOR 8

static const unsigned may_follow[] = {
    [LINK_DOWN] = 1u << LINK_CHECKING,
    [LINK_CHECKING] = 1u << LINK_DOWN | 1u << LINK_PREPARING,
    [LINK_PREPARING] = 1u << LINK_DOWN | 1u << LINK_IDLE,
    [LINK_IDLE] = 1u << LINK_DOWN | 1u << LINK_LENT,
    [LINK_LENT] = 1u << LINK_DOWN | 1u << LINK_RUNNING | 1u << LINK_CLEANING | 1u << LINK_IDLE,
    [LINK_RUNNING] = 1u << LINK_DOWN | 1u << LINK_LENT | 1u << LINK_CLEANING | 1u << LINK_IDLE | 1u << LINK_PREPARING,
    [LINK_CLEANING] = 1u << LINK_DOWN | 1u << LINK_IDLE | 1u << LINK_PREPARING,
};

static void link_enter(struct link *link, enum link_state next)
{
    assert(may_follow[link->state] & (1u << next));
    link->state = next;
}

static bool waits(const struct link *link)
{
    return link->state == LINK_CHECKING || link->state == LINK_PREPARING || link->state == LINK_RUNNING ||
           link->state == LINK_CLEANING;
}

static void on_limit(uv_timer_t *timer)
{
    struct link *link = timer->data;
    bool silence = uv_timer_get_repeat(timer) > 0; /* else nothing was sent */

    pq_socket_drop(&link->socket, false, silence ? "no answer within the limit" : "could not be written to");
    if (silence)
        link->settings->on_silence(link);
}

/* The server's own limit comes first; this one is for a server that says nothing at all. */
static void start_limit(struct link *link)
{
    uint64_t limit = (uint64_t)(link->settings->statement_ms[link->use] + link->settings->silence_ms);

    uv_timer_start(&link->limit, on_limit, limit, limit);
}

/* The end of what a pipeline sends. sent: 0 when libpq could not even buffer it; the connection is dropped then, but on
 * the loop's next turn: nobody is answered from inside the asking. */
static void send_sync(struct link *link, int sent)
{
    sent &= PQpipelineSync(link->socket.conn);
    if (sent)
        start_limit(link);
    else
        uv_timer_start(&link->limit, on_limit, 0, 0);
    pq_socket_flush(&link->socket);
}

/* ---- opening ---- */

static void on_open(struct pq_socket *socket)
{
    struct link *link = socket->user;

    link_enter(link, LINK_CHECKING);
    int sent = PQenterPipelineMode(socket->conn);
    link_check_ask(link);
    send_sync(link, sent);
}

static const char begin_write[] = "BEGIN ISOLATION LEVEL READ COMMITTED READ WRITE";
static const char begin_snapshot[] = "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY";

/* Answers before those of statements[]: the version, BEGIN, COMMIT. */
#define PREPARED_BEFORE 3

/* The schema's version first, so that a statement that does not fit is explained by it. */
static void prepare_anew(struct link *link)
{
    PGconn *conn = link->socket.conn;
    int sent = 1;

    link_enter(link, LINK_PREPARING);
    link->failed = false;
    link->transactions = 0;
    link->replan_at = REPLAN_FACTOR;
    link_check_ask_version(link);
    link->answers = 0;
    link->deallocated = link->plans_stale;
    if (link->plans_stale)
        sent &= PQsendQueryParams(conn, "DEALLOCATE ALL", 0, NULL, NULL, NULL, NULL, 0);
    link->plans_stale = false;
    if (link->use != LINK_CHECKER) {
        sent &= PQsendPrepare(conn, "BEGIN", link->use == LINK_WRITER ? begin_write : begin_snapshot, 0, NULL);
        sent &= PQsendPrepare(conn, "COMMIT", "COMMIT", 0, NULL);
    }
    for (size_t i = 0; i < statement_count; i++) {
        if (link->proves)
            sent &= PQsendPrepare(conn, statements[i]->name, statements[i]->sql, 0, NULL);
        link->prepared[i] = link->proves;
    }
    send_sync(link, sent);
}

static void refuse(struct link *link, enum link_verdict verdict)
{
    if (verdict != LINK_FIT && !link->failed) {
        link->failed = true;
        link->refused = verdict == LINK_UNFIT;
    }
}

/* What the answer that came is about: they come in the order of prepare_anew(). */
static const char *preparing(const struct link *link)
{
    size_t before = PREPARED_BEFORE + (link->deallocated ? 1 : 0);

    if (link->answers < before || link->answers - before >= statement_count)
        return "schema";
    return statements[link->answers - before]->name;
}

static void take_opening(struct link *link, const PGresult *result)
{
    ExecStatusType status = PQresultStatus(result);

    if (status == PGRES_FATAL_ERROR && !link->failed) {
        /* A lock that was not given in time, a full disk, a server that goes down: these pass. */
        bool passes = outcome_of_error(result).outcome != STORE_BROKEN;
        char message[300];
        outcome_sentence(message, sizeof(message), PQresultErrorMessage(result));
        snprintf(link->sentence, sizeof(link->sentence), "%s: %s",
                 link->state == LINK_PREPARING ? preparing(link) : "settings", message);
        refuse(link, passes ? LINK_NOT_NOW : LINK_UNFIT);
    } else if (status == PGRES_TUPLES_OK && link->state == LINK_CHECKING)
        refuse(link, link_check_judge(link, result, link->sentence, sizeof(link->sentence)));
    else if (status == PGRES_TUPLES_OK && link->state == LINK_PREPARING)
        refuse(link, link_check_judge_version(result, link->sentence, sizeof(link->sentence)));
}

static void become_idle(struct link *link)
{
    link_enter(link, LINK_IDLE);
    link->lane = 0;
    link->settings->on_idle(link);
}

static void opening_done(struct link *link)
{
    if (link->failed) {
        pq_socket_drop(&link->socket, link->refused, link->sentence);
    } else if (link->state == LINK_CHECKING) {
        prepare_anew(link);
    } else {
        pq_socket_works(&link->socket);
        become_idle(link);
    }
}

/* ---- a transaction ---- */

void link_lend(struct link *link, struct work *work)
{
    link_enter(link, LINK_LENT);
    link->work = work;
    link->lane = work->txn->lane;
    work->link = link;
    FAILPOINT_LENT(link->socket.conn);
}

bool link_takes_behind(const struct link *link)
{
    return link->state == LINK_RUNNING && link->work->committing && link->behind == NULL;
}

void link_lend_behind(struct link *link, struct work *work)
{
    assert(link_takes_behind(link) && work->txn->lane == link->lane);
    link->behind = work;
    work->link = link;
    FAILPOINT_LENT(link->socket.conn);
}

/* A plan is as good as the tables were large when it was made, and PostgreSQL keeps it until somebody analyzes one of
 * them: on empty tables any plan is good. So the plans are thrown away, and made anew when they are next used, after 8,
 * 64, 512 ... transactions. */
static bool is_to_replan(struct link *link)
{
    if (link->use == LINK_CHECKER || ++link->transactions < link->replan_at)
        return false;
    link->replan_at *= REPLAN_FACTOR;
    return true;
}

static int send_begin(struct link *link, struct work *work, bool transaction)
{
    PGconn *conn = link->socket.conn;
    int sent = 1;

    if (transaction) {
        if (link->use == LINK_CHECKER)
            sent &= PQsendQueryParams(conn, begin_snapshot, 0, NULL, NULL, NULL, NULL, 1);
        else
            sent &= PQsendQueryPrepared(conn, "BEGIN", 0, NULL, NULL, NULL, 1);
        work->begin_awaited++;
        FAILPOINT_SENT(conn, "BEGIN");
    }
    if (is_to_replan(link)) {
        sent &= PQsendQueryParams(conn, "DISCARD PLANS", 0, NULL, NULL, NULL, NULL, 1);
        work->begin_awaited++;
    }
    return sent;
}

static int send_asked(struct link *link, struct asked *asked)
{
    const struct statement *statement = asked->statement;
    const struct binary_params *params = &asked->params;
    PGconn *conn = link->socket.conn;
    int sent = 1;

    if (statement->index < 0 || link->use == LINK_CHECKER) {
        sent = PQsendQueryParams(conn, statement->sql, params->count, NULL, params->values, params->lengths,
                                 params->formats, 1);
    } else {
        asked->prepares = !link->prepared[statement->index];
        if (asked->prepares)
            sent = PQsendPrepare(conn, statement->name, statement->sql, 0, NULL);
        link->prepared[statement->index] = true;
        sent &= PQsendQueryPrepared(conn, statement->name, params->count, params->values, params->lengths,
                                    params->formats, 1);
    }
    FAILPOINT_SENT(conn, statement->name);
    return sent;
}

/* With a Sync of its own: behind one PostgreSQL ends the transaction of a server that stands still, and without one it waits. */
void link_hurry(struct work *work)
{
    struct link *link = work->link;
    int sent = 1;

    assert(work == link->work && link->state == LINK_LENT && work->begun && work->sent == NULL);
    if (work->first == NULL)
        return;
    for (struct asked *asked = work->first; asked != NULL; asked = asked->next) {
        sent &= send_asked(link, asked);
        work->sent = asked;
    }
    sent &= PQpipelineSync(link->socket.conn);
    work->unsendable = !sent;
    link->early_syncs++;
    pq_socket_flush(&link->socket);
}

static void send_work(struct link *link, struct work *work, bool transaction)
{
    PGconn *conn = link->socket.conn;
    int sent = work->begun ? !work->unsendable : send_begin(link, work, transaction);

    work->begun = true;
    for (struct asked *asked = work->sent != NULL ? work->sent->next : work->first; asked != NULL; asked = asked->next)
        sent &= send_asked(link, asked);
    work->sent = NULL;
    if (work->commit_awaited && link->use == LINK_CHECKER)
        sent &= PQsendQueryParams(conn, "COMMIT", 0, NULL, NULL, NULL, NULL, 1);
    else if (work->commit_awaited)
        sent &= PQsendQueryPrepared(conn, "COMMIT", 0, NULL, NULL, NULL, 1);
    if (work->commit_awaited)
        FAILPOINT_SENT(conn, "COMMIT");
    send_sync(link, sent);
}

bool link_run(struct work *work, bool commit)
{
    struct link *link = work->link;
    bool transaction = work->txn->kind != TXN_READ;

    assert(work == link->behind ? link->state == LINK_RUNNING : link->state == LINK_LENT);
    assert(!work->running);
    if (work->first == NULL && !(commit && transaction && work->begun)) {
        if (commit)
            link_give_back(work);
        return false;
    }
    if (work == link->work)
        link_enter(link, LINK_RUNNING);
    work->running = true;
    work->commit = commit;
    work->begin_awaited = 0;
    work->commit_awaited = work->committing = transaction && commit;
    work->failed = work->commit_tag = false;
    work->awaited = work->first;
    send_work(link, work, transaction);
    work->first = NULL;
    work->last = &work->first;
    return true;
}

static void take_error(struct link *link, const PGresult *error)
{
    struct work *work = link->work;
    const char *name = work->begin_awaited     ? "BEGIN"
                       : work->awaited != NULL ? work->awaited->statement->name
                                               : "COMMIT";
    struct verdict verdict = outcome_of_error(error);

    work->failed = true;
    link->plans_stale = link->plans_stale || verdict.plans_stale;
    link->leave = link->leave || verdict.leave;
    work->outcome = verdict.outcome;
    /* The server went down while it committed: with the change on disk, perhaps. */
    if (work->awaited == NULL && !work->begin_awaited && verdict.leave)
        work->outcome = STORE_UNKNOWN;
    work->txn->problem = outcome_problem(work->txn->arena, error, name);
}

static void take_answer(struct link *link, const PGresult *result)
{
    struct work *work = link->work;
    bool prepares = !work->begin_awaited && work->awaited != NULL && work->awaited->prepares;

    if (prepares && PQresultStatus(result) != PGRES_COMMAND_OK)
        link->prepared[work->awaited->statement->index] = false; /* not even tried, behind a failure */
    switch (PQresultStatus(result)) {
    case PGRES_TUPLES_OK:
        if (work->awaited != NULL && !work->begin_awaited)
            binary_rows_fill(work->awaited->rows, result);
        return;
    case PGRES_COMMAND_OK:
        /* Behind a failure COMMIT would answer as well, and its tag would be ROLLBACK. */
        if (!work->begin_awaited && work->awaited == NULL && work->commit_awaited)
            work->commit_tag = strcmp(PQcmdStatus((PGresult *)result), "COMMIT") == 0;
        if (work->commit_tag)
            FAILPOINT(commit_answered);
        return;
    case PGRES_PIPELINE_ABORTED: /* skipped: something before it failed */
        return;
    case PGRES_EMPTY_QUERY:
    case PGRES_COPY_OUT:
    case PGRES_COPY_IN:
    case PGRES_COPY_BOTH:
    case PGRES_BAD_RESPONSE:
    case PGRES_NONFATAL_ERROR:
    case PGRES_FATAL_ERROR:
    case PGRES_SINGLE_TUPLE:
    case PGRES_PIPELINE_SYNC:
        break;
    }
    if (!work->failed)
        take_error(link, result);
}

static void next_answer(struct link *link)
{
    struct work *work = link->work;

    if (link->state != LINK_RUNNING) {
        link->answers++;
        return;
    }
    if (work->begin_awaited > 0)
        work->begin_awaited--;
    else if (work->awaited != NULL && work->awaited->prepares)
        work->awaited->prepares = false;
    else if (work->awaited != NULL)
        work->awaited = work->awaited->next;
    else
        work->commit_awaited = false;
}

/* Nothing is under way in the database any more, or ROLLBACK sees to it. */
static void let_go(struct link *link)
{
    bool idle = PQtransactionStatus(link->socket.conn) == PQTRANS_IDLE;

    if (!idle && link->state == LINK_CLEANING) {
        pq_socket_drop(&link->socket, false, "ROLLBACK did not end the transaction");
    } else if (!idle) {
        link_enter(link, LINK_CLEANING);
        send_sync(link, PQsendQueryParams(link->socket.conn, "ROLLBACK", 0, NULL, NULL, NULL, NULL, 0));
    } else if (link->plans_stale) {
        prepare_anew(link);
    } else if (link->leave) {
        pq_socket_drop(&link->socket, false, "the server is going down, or is a standby now");
    } else
        become_idle(link);
}

/* The transaction in front is over. What the one behind it has sent is under way now; if that is nothing yet, and there
 * is something to be cleaned up, it begins again elsewhere. */
static void step_up(struct link *link, bool clean)
{
    struct work *next = link->behind;

    link->behind = NULL;
    link->work = next;
    if (next != NULL && next->running) {
        start_limit(link);
    } else if (next != NULL && clean) {
        link_enter(link, LINK_LENT);
    } else {
        if (next != NULL) {
            next->link = NULL; /* its run finds it gone */
            next->outcome = STORE_AGAIN;
            next->txn->problem = "the transaction before it failed";
            link->work = NULL;
        }
        let_go(link);
    }
}

static void run_done(struct link *link)
{
    struct work *work = link->work;
    enum store_outcome outcome = STORE_OK;

    work->running = false;
    if (work->failed)
        outcome = work->outcome;
    else if (work->committing && !work->commit_tag) {
        outcome = STORE_BROKEN;
        work->txn->problem = "COMMIT was answered ROLLBACK";
    }
    if (outcome == STORE_OK && !work->commit) {
        link_enter(link, LINK_LENT);
    } else {
        work->link = NULL;
        step_up(link, outcome == STORE_OK);
    }
    link->settings->on_done(link, work, outcome);
}

void link_give_back(struct work *work)
{
    struct link *link = work->link;

    assert(!work->running);
    work->link = NULL;
    if (work == link->behind) {
        link->behind = NULL;
        return;
    }
    assert(link->state == LINK_LENT);
    link->work = NULL;
    let_go(link);
}

/* ---- answers ---- */

static void sync_done(struct link *link)
{
    uv_timer_stop(&link->limit);
    if (link->state == LINK_RUNNING)
        run_done(link);
    else if (link->state == LINK_CLEANING)
        let_go(link);
    else
        opening_done(link);
}

static void on_input(struct pq_socket *socket)
{
    struct link *link = socket->user;
    PGconn *conn = socket->conn;

    if (waits(link))
        uv_timer_again(&link->limit);
    /* PQisBusy is asked while idle too: it is what reads messages that nobody asked for. */
    while (!PQisBusy(conn) && waits(link)) {
        PGresult *result = PQgetResult(conn);
        if (result == NULL) {
            if (!link->answered)
                return; /* the connection has ended: pq_socket sees it next */
            link->answered = false;
            next_answer(link);
            continue;
        }
        ExecStatusType status = PQresultStatus(result);
        if (status == PGRES_PIPELINE_SYNC) {
            PQclear(result);
            if (link->early_syncs > 0) {
                link->early_syncs--;
                continue;
            }
            sync_done(link);
            if (socket->conn != conn)
                return;
            continue;
        }
        if (status == PGRES_FATAL_ERROR && PQresultErrorField(result, PG_DIAG_SQLSTATE) == NULL) {
            /* libpq's own, not the server's: the connection broke, and it says nothing about this statement. */
            PQclear(result);
            pq_socket_drop(socket, false, PQerrorMessage(conn));
            return;
        }
        link->answered = true;
        if (link->state == LINK_RUNNING)
            take_answer(link, result);
        else if (link->state != LINK_CLEANING)
            take_opening(link, result);
        PQclear(result);
        if (PQstatus(conn) == CONNECTION_BAD)
            return;
    }
}

/* What is known of the run that was under way when the connection was lost. */
static enum store_outcome outcome_when_lost(const struct link *link, const struct work *work)
{
    if (work->failed)
        return work->outcome;
    if (work->commit_tag)
        return STORE_OK; /* only the sync behind it is missing */
    return work->committing && link->use == LINK_WRITER ? STORE_UNKNOWN : STORE_AWAY;
}

/* Was a run of it lost? If not, it is lent, and its next run finds the link gone. */
static bool lose(const struct link *link, struct work *work)
{
    bool ran = work != NULL && work->running;

    if (work == NULL)
        return false;
    work->outcome = ran ? outcome_when_lost(link, work) : STORE_AWAY;
    work->running = false;
    work->link = NULL;
    if (work->txn->problem == NULL)
        work->txn->problem = "the connection was lost";
    return ran;
}

static void on_lost(struct pq_socket *socket, bool refused, const char *sentence)
{
    struct link *link = socket->user;
    struct work *work = link->work, *behind = link->behind;
    bool ran = lose(link, work), ran_behind = lose(link, behind);

    uv_timer_stop(&link->limit);
    link->state = LINK_DOWN;
    link->work = link->behind = NULL;
    link->lane = 0;
    link->early_syncs = 0;
    link->plans_stale = link->leave = link->failed = link->refused = link->answered = false;
    link->settings->on_down(link, refused, sentence);
    if (ran)
        link->settings->on_done(link, work, work->outcome);
    if (ran_behind)
        link->settings->on_done(link, behind, behind->outcome);
}

/* ---- beginning and end ---- */

void link_open(struct link *link, uv_loop_t *loop, enum link_use use, bool proves, const struct link_settings *settings,
               void *user)
{
    static const char *const applications[] = { "caroline writer", "caroline reader", "caroline checker" };

    link->use = use;
    link->proves = proves;
    link->prepared = calloc(statement_count, sizeof(*link->prepared));
    if (link->prepared == NULL)
        abort();
    link->settings = settings;
    link->socket.loop = loop;
    link->socket.uri = settings->uri[use];
    link->socket.application = applications[use];
    link->socket.on_open = on_open;
    link->socket.on_input = on_input;
    link->socket.on_lost = on_lost;
    link->socket.user = link;
    link->owner = user;
    uv_timer_init(loop, &link->limit);
    link->limit.data = link;
    pq_socket_open(&link->socket);
}

static void handle_closed(struct link *link)
{
    if (--link->closing > 0)
        return;
    free(link->prepared);
    link->settings->on_closed(link);
}

static void on_limit_closed(uv_handle_t *handle)
{
    handle_closed(handle->data);
}

static void on_socket_closed(struct pq_socket *socket)
{
    handle_closed(socket->user);
}

void link_close(struct link *link)
{
    link->closing = 2;
    link->socket.on_closed = on_socket_closed;
    pq_socket_close(&link->socket);
    uv_close((uv_handle_t *)&link->limit, on_limit_closed);
}
