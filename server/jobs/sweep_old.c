/* Rows that have had their time: answers after 90 days, sessions and counts of wrong PINs a while after they ended, what was left at a
 * kiosk when the day is over, papers that a printer had a month ago. */
#include "db/queries.h"
#include "server/jobs/inner.h"

#define HOUR_MS    INT64_C(3600000)
#define BATCH      2000 /* rows a transaction: locks are short */
#define KEPT_DAYS  90   /* PROTOCOL.md says so */
#define ENDED_DAYS 2
#define LEFT_HOURS 18 /* what was left at a kiosk outlives no night */
#define PAPER_DAYS 30 /* PROTOCOL.md says so */

static struct instant days_ago(const struct sweeper *s, int64_t days)
{
    return (struct instant){ s->now.us - days * DAY_S * SECOND_US };
}

static struct instant hours_ago(const struct sweeper *s, int64_t hours)
{
    return (struct instant){ s->now.us - hours * 60 * MINUTE_US };
}

static bool has_more(struct sweeper *s)
{
    return row_int(s->rows, 0, "gone") == BATCH;
}

static void ask_commands(struct sweeper *s)
{
    s->rows = txn_ask(&s->txn, &sql_sweep_commands, PARAMS(PARAM_INSTANT(days_ago(s, KEPT_DAYS)), PARAM_INT(BATCH)));
}

static void ask_sessions(struct sweeper *s)
{
    s->rows = txn_ask(&s->txn, &sql_sweep_sessions, PARAMS(PARAM_INSTANT(days_ago(s, ENDED_DAYS)), PARAM_INT(BATCH)));
}

static void ask_failures(struct sweeper *s)
{
    s->rows = txn_ask(&s->txn, &sql_sweep_failures, PARAMS(PARAM_INSTANT(days_ago(s, ENDED_DAYS)), PARAM_INT(BATCH)));
}

static void ask_kiosk_baskets(struct sweeper *s)
{
    s->rows =
        txn_ask(&s->txn, &sql_sweep_kiosk_baskets, PARAMS(PARAM_INSTANT(hours_ago(s, LEFT_HOURS)), PARAM_INT(BATCH)));
}

static void ask_member_tickets(struct sweeper *s)
{
    s->rows =
        txn_ask(&s->txn, &sql_sweep_member_tickets, PARAMS(PARAM_INSTANT(hours_ago(s, LEFT_HOURS)), PARAM_INT(BATCH)));
}

static void ask_member_codes(struct sweeper *s)
{
    s->rows = txn_ask(&s->txn, &sql_sweep_member_codes, PARAMS(PARAM_INSTANT(days_ago(s, 1)), PARAM_INT(BATCH)));
}

static void ask_print_jobs(struct sweeper *s)
{
    s->rows = txn_ask(&s->txn, &sql_sweep_print_jobs, PARAMS(PARAM_INSTANT(days_ago(s, PAPER_DAYS)), PARAM_INT(BATCH)));
}

const struct sweep sweep_commands = { .name = "commands", .every_ms = HOUR_MS, .ask = ask_commands, .done = has_more };
const struct sweep sweep_sessions = { .name = "sessions", .every_ms = HOUR_MS, .ask = ask_sessions, .done = has_more };
const struct sweep sweep_failures = { .name = "failures", .every_ms = HOUR_MS, .ask = ask_failures, .done = has_more };
const struct sweep sweep_kiosk_baskets = {
    .name = "kiosk_baskets", .every_ms = HOUR_MS, .ask = ask_kiosk_baskets, .done = has_more
};
const struct sweep sweep_member_tickets = {
    .name = "member_tickets", .every_ms = HOUR_MS, .ask = ask_member_tickets, .done = has_more
};
const struct sweep sweep_member_codes = {
    .name = "member_codes", .every_ms = HOUR_MS, .ask = ask_member_codes, .done = has_more
};
const struct sweep sweep_print_jobs = {
    .name = "print_jobs", .every_ms = HOUR_MS, .ask = ask_print_jobs, .done = has_more
};
