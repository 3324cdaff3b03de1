/* Bytes to a network printer, and what became of them: a connection a paper, let go behind it, so that servers and tills can share a
 * printer. Nothing here waits inside a call, and nothing lasts: a printer that hangs, refuses or floods is let go of within the times
 * below. */
#ifndef CAROLINE_SERVER_PRINT_LINE_H
#define CAROLINE_SERVER_PRINT_LINE_H

#include <stdint.h>

#include "common/base/bytes.h"

#define LINE_GO_MS    10000 /* between well() and line_go() */
#define LINE_PRINT_MS 90000 /* from the first byte on */

enum line_outcome {
    LINE_PRINTED, /* as the printer says, or as far as one can tell that does not say it */
    LINE_UNSENT,  /* nothing of it has left */
    LINE_BROKEN,  /* some of it may be on paper */
};

/* Embedded in who waits for it. */
struct line_call {
    const char *host; /* an address or a name; host and bytes live until done */
    uint16_t port;
    struct bytes bytes;
    /* It is there and well, and none of the paper has left: line_go() or line_stop() follows, at once or later. */
    void (*well)(struct line_call *call);
    /* why: for a person ("no paper"), "" when printed. From the loop, never from inside line_begin() or line_go(). */
    void (*done)(struct line_call *call, enum line_outcome outcome, const char *why);
    void *user;
    void *private_; /* the line's */
};

struct uv_loop_s; /* uv_loop_t */
struct print_lines;
struct print_lines *print_lines_open(struct uv_loop_s *loop);
/* No call hears anything any more; the loop must turn until all is closed. */
void print_lines_close(struct print_lines *lines);

void line_begin(struct print_lines *lines, struct line_call *call);
void line_go(struct line_call *call);
void line_stop(struct line_call *call); /* done() does not come */

#endif
