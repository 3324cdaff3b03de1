/* libuv as the driver sees the world: timers, a pool of threads. */
#ifndef CAROLINE_SERVER_LOOP_H
#define CAROLINE_SERVER_LOOP_H

#include <uv.h>

#include "server/call/driver.h"

struct loop_timers;
struct loop_timers *loop_timers_create(uv_loop_t *loop);
struct timers *loop_timers(struct loop_timers *timers);
/* None is running. Their handles close with the loop's next turns. */
void loop_timers_destroy(struct loop_timers *timers);

struct loop_pool;
/* At most `threads` jobs at once; the others wait in turn, so that PINs cannot keep libuv's own work waiting. */
struct loop_pool *loop_pool_create(uv_loop_t *loop, unsigned threads);
struct thread_pool *loop_pool(struct loop_pool *pool);
/* Nothing is submitted any more; when all that was is done, the pool is freed and closed is called: perhaps at once. */
void loop_pool_close(struct loop_pool *pool, void (*closed)(void *user), void *user);

#endif
