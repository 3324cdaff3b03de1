/* Keys of persons that never came to be: a key is durable before its person is committed, and a person whose transaction
 * was rolled back leaves it behind. Only what was missed twice, a day apart, is dropped: a person may be on their way,
 * and a database that was put back for an hour knows nobody new. */
#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "common/base/log.h"
#include "db/queries.h"
#include "server/jobs/inner.h"

#define DAY_MS INT64_C(86400000)
#define MOST   1000 /* keys a page, and strangers remembered; the others another day */

struct missed {
    struct job job;
    struct vault *vault;
    bool dropping;
    int64_t after_id; /* the page that was asked for ends here; 0: it was the last */
    int64_t before[MOST], now[MOST], drops[MOST];
    size_t before_count, now_count, drop_count; /* missed the day before; today; of this page, by both */
};

static struct missed *missed_of(struct sweeper *s)
{
    if (!s->own) {
        s->own = calloc(1, sizeof(struct missed));
        assert(s->own);
        ((struct missed *)s->own)->vault = s->jobs->config.vault;
    }
    return s->own;
}

static void ask_strangers(struct sweeper *s)
{
    struct missed *m = missed_of(s);
    int64_t *ids = arena_array(s->arena, MOST, sizeof *ids);
    size_t count = vault_person_list(m->vault, m->after_id, ids, MOST);

    m->after_id = count == MOST ? ids[count - 1] : 0;
    s->rows = txn_ask(&s->txn, &sql_sweep_keys, PARAMS(PARAM_INTS(ids, count)));
}

static bool missed_before(const struct missed *m, int64_t id)
{
    for (size_t i = 0; i < m->before_count; i++) {
        if (m->before[i] == id)
            return true;
    }
    return false;
}

static void drop(struct job *job)
{
    struct missed *m = (struct missed *)job;

    for (size_t i = 0; i < m->drop_count; i++)
        vault_person_drop(m->vault, m->drops[i]);
}

static void on_dropped(struct job *job)
{
    struct missed *m = (struct missed *)job;

    log_event(LOG_INFO, "keys_swept", "count=%zu", m->drop_count);
    m->dropping = false;
}

/* A page at a time until all keys were looked at. */
static bool look(struct sweeper *s)
{
    struct missed *m = missed_of(s);

    if (!m->dropping)
        m->drop_count = 0;
    for (size_t i = 0; i < rows_count(s->rows); i++) {
        int64_t id = row_int(s->rows, i, "id");

        if (!m->dropping && missed_before(m, id))
            m->drops[m->drop_count++] = id;
        else if (m->now_count < MOST)
            m->now[m->now_count++] = id;
    }
    if (!m->dropping && m->drop_count > 0) {
        m->dropping = true;
        m->job = (struct job){ .work = drop, .done = on_dropped };
        s->jobs->config.pool->submit(s->jobs->config.pool, &m->job);
    }
    if (m->after_id)
        return true;
    memcpy(m->before, m->now, sizeof m->before);
    m->before_count = m->now_count;
    m->now_count = 0;
    return false;
}

const struct sweep sweep_keys = { .name = "keys", .every_ms = DAY_MS, .ask = ask_strangers, .done = look };
