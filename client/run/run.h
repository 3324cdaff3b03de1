/* What a program of a terminal runs on: one loop for keys, time, signals and the link, drawn once behind all that
 * happened. */
#ifndef CAROLINE_CLIENT_RUN_RUN_H
#define CAROLINE_CLIENT_RUN_RUN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "common/base/bytes.h"

struct run;
struct stage;
struct uv_loop_s; /* uv_loop_t */

/* Called from the loop. Times are of the monotonic clock. */
struct run_events {
    void (*typed)(void *owner, struct bytes bytes, int64_t now_us); /* bytes from the terminal; wiped behind it */
    int64_t (*deadline_us)(const void *owner);                      /* 0: none */
    void (*expired)(void *owner, int64_t now_us);                   /* its deadline, or not yet */
    void (*second)(void *owner, int64_t now_us);                    /* each one */
    bool (*idle)(void *owner); /* a little of what can wait; true: nothing is left of it */
    void (*show)(void *owner);
    void (*resized)(void *owner);
    void (*continued)(void *owner); /* by somebody who had stopped it from outside */
    /* A signal to end, or no terminal any more. */
    void (*ended)(void *owner);
    bool (*leaving)(const void *owner); /* the loop ends */
};

/* SIGTERM and SIGHUP end it. sealed: SIGINT and SIGQUIT are for nobody; else they end it, too. SIGTSTP never stops it. */
struct run *run_open(const struct run_events *events, void *owner, bool sealed);
/* What stands on a stage. Lives until run_close(). */
struct run_stage {
    struct stage *stage;
    void (*tick)(void *owner, int64_t now_us, bool typed); /* each second, and behind what was typed */
    bool (*idle)(void *owner);                             /* as that of run_events */
    bool *leaving;                                         /* the loop ends; set by a signal, too */
    void *owner;
};
/* Its first picture is shown. */
struct run *run_open_stage(struct run_stage *program);
struct uv_loop_s *run_loop(struct run *run);
/* Until somebody leaves. */
void run_turn(struct run *run);
/* What is still open on the loop is given the time to close; then all is freed. */
void run_close(struct run *run);
int64_t run_now_us(void);

/* Before anything large is allocated: one heap, of pages of 2 MiB where the machine gives them. */
void run_lay_out_heap(void);
/* What is said on standard error would stand across the screen: from here on it goes to a file of the directory, where
 * standard error is a terminal. Returns what gives it back: run_errors_back(). */
int run_errors_into(const char *directory, const char *file);
void run_errors_back(int kept);
/* The first line of a file, for below the sign-in. path NULL, or a file that is not there: "". */
void run_read_notice(const char *path, char *text, size_t size);

#endif
