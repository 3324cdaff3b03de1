/* libuv as the driver sees the world: timers, a pool of threads. */
#include "server/loop.h"

#include <assert.h>
#include <stdlib.h>
#include <sys/queue.h>

/* ---- timers: handles are kept and used again, for a group starts one each time
 * -------------------------------------*/

struct handle {
    uv_timer_t uv; /* first */
    struct loop_timers *timers;
    struct timer *timer;
    SLIST_ENTRY(handle) link;
};

struct loop_timers {
    struct timers timers; /* first */
    uv_loop_t *loop;
    SLIST_HEAD(, handle) idle;
};

static void put_back(struct handle *handle)
{
    handle->timer->private_ = NULL;
    handle->timer = NULL;
    SLIST_INSERT_HEAD(&handle->timers->idle, handle, link);
}

static void on_timer(uv_timer_t *uv)
{
    struct handle *handle = (struct handle *)uv;
    struct timer *timer = handle->timer;

    put_back(handle);
    timer->fire(timer);
}

static struct handle *take(struct loop_timers *timers)
{
    struct handle *handle = SLIST_FIRST(&timers->idle);

    if (handle) {
        SLIST_REMOVE_HEAD(&timers->idle, link);
        return handle;
    }
    handle = calloc(1, sizeof *handle);
    assert(handle);
    handle->timers = timers;
    uv_timer_init(timers->loop, &handle->uv);
    return handle;
}

static void start(struct timers *interface, struct timer *timer, int64_t delay_ms)
{
    struct handle *handle = timer->private_;

    if (!handle) {
        handle = take((struct loop_timers *)interface);
        handle->timer = timer;
        timer->private_ = handle;
    }
    uv_timer_start(&handle->uv, on_timer, delay_ms > 0 ? (uint64_t)delay_ms : 0, 0);
}

static void stop(struct timers *interface, struct timer *timer)
{
    struct handle *handle = timer->private_;

    (void)interface;
    if (!handle)
        return;
    uv_timer_stop(&handle->uv);
    put_back(handle);
}

struct loop_timers *loop_timers_create(uv_loop_t *loop)
{
    struct loop_timers *timers = calloc(1, sizeof *timers);

    assert(timers);
    timers->timers = (struct timers){ .start = start, .stop = stop };
    timers->loop = loop;
    SLIST_INIT(&timers->idle);
    return timers;
}

struct timers *loop_timers(struct loop_timers *timers)
{
    return &timers->timers;
}

static void on_closed(uv_handle_t *handle)
{
    free(handle);
}

void loop_timers_destroy(struct loop_timers *timers)
{
    struct handle *handle;

    while ((handle = SLIST_FIRST(&timers->idle))) {
        SLIST_REMOVE_HEAD(&timers->idle, link);
        uv_close((uv_handle_t *)&handle->uv, on_closed);
    }
    free(timers);
}

/* ---- the pool
 * ------------------------------------------------------------------------------------------------------*/

struct task {
    uv_work_t uv; /* first */
    struct loop_pool *pool;
    struct job *job;
    STAILQ_ENTRY(task) link;
};

struct loop_pool {
    struct thread_pool pool; /* first */
    uv_loop_t *loop;
    unsigned threads, running;
    STAILQ_HEAD(, task) waiting;
    void (*closed)(void *user);
    void *user;
};

static void pool_free(struct loop_pool *pool)
{
    void (*closed)(void *) = pool->closed;
    void *user = pool->user;

    free(pool);
    closed(user);
}

static void run_task(uv_work_t *uv)
{
    struct job *job = ((struct task *)uv)->job;

    job->work(job);
}

static void start_tasks(struct loop_pool *pool);

static void on_task(uv_work_t *uv, int status)
{
    struct task *task = (struct task *)uv;
    struct loop_pool *pool = task->pool;
    struct job *job = task->job;

    assert(status == 0);
    free(task);
    pool->running--;
    start_tasks(pool);
    job->done(job);
    if (pool->closed && pool->running == 0)
        pool_free(pool);
}

static void start_tasks(struct loop_pool *pool)
{
    struct task *task;

    while (pool->running < pool->threads && (task = STAILQ_FIRST(&pool->waiting))) {
        STAILQ_REMOVE_HEAD(&pool->waiting, link);
        pool->running++;
        int failed = uv_queue_work(pool->loop, &task->uv, run_task, on_task);
        assert(!failed);
    }
}

static void submit(struct thread_pool *interface, struct job *job)
{
    struct loop_pool *pool = (struct loop_pool *)interface;
    struct task *task = calloc(1, sizeof *task);

    assert(task);
    task->pool = pool;
    task->job = job;
    STAILQ_INSERT_TAIL(&pool->waiting, task, link);
    start_tasks(pool);
}

struct loop_pool *loop_pool_create(uv_loop_t *loop, unsigned threads)
{
    struct loop_pool *pool = calloc(1, sizeof *pool);

    assert(pool);
    pool->pool.submit = submit;
    pool->loop = loop;
    pool->threads = threads;
    STAILQ_INIT(&pool->waiting);
    return pool;
}

struct thread_pool *loop_pool(struct loop_pool *pool)
{
    return &pool->pool;
}

void loop_pool_close(struct loop_pool *pool, void (*closed)(void *user), void *user)
{
    pool->closed = closed;
    pool->user = user;
    if (pool->running == 0)
        pool_free(pool);
}
