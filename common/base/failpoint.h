/* Points at which a test makes something die: named here, a line where they stand, and nothing at all in the build that is
 * shipped (CAROLINE_FAILPOINTS, a CMake option that only the sanitized build has).
 *
 * The environment names a directory, CAROLINE_FAILPOINT=DIR. While DIR/armed is there and says NAME:NTH:ACTION, the NTH
 * passing of NAME takes the file away and does ACTION:
 *
 *     kill          this process ends by SIGKILL
 *     stop          this process stands still by SIGSTOP
 *     end-backend   PostgreSQL's process of the connection in hand is told to end (SIGTERM), and has ended
 *     kill-backend  the same by SIGKILL: all of PostgreSQL recovers from the crash
 *     freeze-backend  it stands still by SIGSTOP, with what it has locked and what is still to be read by it
 *
 * NAME is one of FAILPOINTS, or statement/X: the statement X of db/queries/ (or BEGIN, COMMIT) has left for PostgreSQL, and
 * nothing behind it has. While DIR/reached is there, the name of every point that is passed is written to it, a line each.
 * While DIR/clock is there, the clock is off by as many seconds as it says, and what looks every few seconds looks twice in
 * one: days go by as fast as they are set.
 */
#ifndef CAROLINE_COMMON_BASE_FAILPOINT_H
#define CAROLINE_COMMON_BASE_FAILPOINT_H

#define FAILPOINTS(point)                                                                                              \
    point(call_decoded)         /* a request is decoded, its fields within their limits */                             \
        point(call_begun)       /* a call has its transaction */                                                       \
        point(call_locked)      /* its locks are held, the kept answers read */                                        \
        point(call_stage)       /* before each of its stages */                                                        \
        point(call_finished)    /* its answer is set, what closes the transaction is not sent */                       \
        point(call_committed)   /* COMMIT's answer has come */                                                         \
        point(group_gathered)   /* the commands of a group are chosen */                                               \
        point(group_begun)      /* it has its transaction */                                                           \
        point(group_behind)     /* it has its transaction while the group before it commits */                         \
        point(group_loaded)     /* its locks are held, its rows loaded */                                              \
        point(group_decided)    /* each of its commands is decided */                                                  \
        point(group_stored)     /* what it writes is put together, and not sent */                                     \
        point(group_committed)  /* COMMIT's answer has come */                                                         \
        point(commit_answered)  /* COMMIT's answer is read, and nobody is told */                                      \
        point(reply_before)     /* an answer is packed */                                                              \
        point(reply_after)      /* it is with the kernel, or on its way there */                                       \
        point(block_reserved)   /* a block of ids is reserved, and not taken into use */                               \
        point(key_chosen)       /* a person's key is made, in memory */                                                \
        point(key_written)      /* it is in the key store's file, and not in the mirror */                             \
        point(key_mirrored)     /* it is in both */                                                                    \
        point(epoch_made)       /* erased persons' keys are dropped, there are keys of two epochs */                   \
        point(epoch_written)    /* all others are under the new one in the key store's file, and not in the mirror */  \
        point(epoch_mirrored)   /* and in the mirror */                                                                \
        point(epoch_ended)      /* the old epoch's key is destroyed */                                                 \
        point(migration_begun)  /* a migration's transaction is open */                                                \
        point(migration_ran)    /* its statements are done, and not committed */                                       \
        point(migration_noted)  /* it stands among those applied, and is not committed */                              \
        point(migration_done)   /* it is committed */                                                                  \
        point(migration_access) /* the roles' rights are given, and not committed */                                   \
        point(vault_begun)      /* the vault's directories are made */                                                 \
        point(vault_secrets)    /* and its secrets */                                                                  \
        point(vault_keys)       /* and the key store */                                                                \
        point(vault_made)       /* and its certificates: the vault is whole */                                         \
        point(init_certified)   /* the server has its certificate */                                                   \
        point(init_written)     /* the shop's rows are written, and not committed */                                   \
        point(init_committed)   /* the shop is there, and nobody has read its codes */                                 \
        point(payment_due)      /* a charge is taken up, and the gateway was not asked what it has */                  \
        point(payment_looked)   /* it has said what it has */                                                          \
        point(payment_noted)    /* what is to be asked of it is noted, and not asked */                                \
        point(payment_asked)    /* it was asked: its answer has come, and is noted nowhere */                          \
        point(payment_answered) /* it is noted */                                                                      \
        point(payment_booking)  /* what was paid is to be booked */                                                    \
        point(payment_booked)   /* it is */                                                                            \
        point(print_begun)      /* a paper is noted as begun, and none of it has left */                               \
        point(print_sent)       /* its printer has said that it is printed, and that is noted nowhere */               \
        point(print_noted)      /* it is noted */

#ifdef CAROLINE_FAILPOINTS

#include <stdint.h>

#define FAILPOINT_ENUM(name) FAILPOINT_##name,
enum failpoint { FAILPOINTS(FAILPOINT_ENUM) FAILPOINT_COUNT };

#define FAILPOINT(name)       failpoint_reached(FAILPOINT_##name)
#define FAILPOINT_CLOCK_US()  failpoint_clock_us()
#define FAILPOINT_REST_MS(ms) failpoint_rest_ms(ms)
void failpoint_reached(enum failpoint point);
/* The statement was given to libpq: flush sends it, and is called when it is about to matter. */
void failpoint_statement(const char *name, int backend, void (*flush)(void *connection), void *connection);
/* PostgreSQL's process of the transaction that begins or goes on. */
void failpoint_backend(int backend);
int64_t failpoint_clock_us(void);
int64_t failpoint_rest_ms(int64_t rest_ms);

#else

#define FAILPOINT(name)       ((void)0)
#define FAILPOINT_CLOCK_US()  0
#define FAILPOINT_REST_MS(ms) (ms)

#endif
#endif
