/* What the ways to a printer share. A sending is one job on its way: made by printer_send(), let go when all of its
 * handles are closed, which may be after its printer is gone. */
#ifndef CAROLINE_CLIENT_LINK_PRINTER_WAY_H
#define CAROLINE_CLIENT_LINK_PRINTER_WAY_H

#include <uv.h>

#include "client/link/printer.h"
#include "common/print/printer_talk.h"

struct printer {
    uv_loop_t *loop;
    struct printer_address address;
    struct printer_events events;
    void *owner;
    struct sending *sending; /* NULL: idle */
    bool kicked;             /* by the last one */
};

struct sending {
    struct printer *printer; /* NULL: ended */
    struct bytes kick, kick_now, bytes;
    bool has_left;
    unsigned open; /* handles and requests that have not come back */
    uv_timer_t timer;

    /* TCP */
    uv_getaddrinfo_t lookup;
    struct addrinfo *addresses, *address; /* all of the name; the one being tried */
    uv_connect_t dial;
    uv_tcp_t socket;
    uv_write_t write, poll;
    uv_shutdown_t shutdown;
    uint8_t received[256];
    enum sending_phase { SENDING_DIALS, SENDING_ASKS, SENDING_PRINTS, SENDING_ENDS } phase;
    struct printer_talk talk;
    const char *why; /* it is not well */
    bool polling;

    /* device and file */
    int file;
    size_t written;
    int64_t moved_ms;

    /* CUPS */
    uv_process_t process;
    uv_pipe_t pipe;
};

/* How each way begins. The timer is there and runs for nobody. */
void printer_tcp_begin(struct sending *sending);
void printer_file_begin(struct sending *sending);
void printer_cups_begin(struct sending *sending);
bool printer_tcp_interject(struct sending *sending, struct bytes bytes); /* while it prints */

/* Once: the job is over, its handles begin to close. */
void sending_end(struct sending *sending, enum printer_outcome outcome, const char *sentence);
void sending_end_for(struct sending *sending, enum printer_outcome outcome, const char *what, int why);
/* What goes wrong before the first byte and after it. */
static inline enum printer_outcome sending_failed(const struct sending *sending)
{
    return sending->has_left ? PRINTER_BROKEN : PRINTER_UNSENT;
}
/* Asks whether the first byte may leave; false: it has ended. */
bool sending_leaves(struct sending *sending);
int64_t sending_now_ms(const struct sending *sending);
/* A handle or request has begun; one has come back: the last lets the sending go. */
static inline void sending_opened(struct sending *sending)
{
    sending->open++;
}
void sending_came_back(struct sending *sending);
void sending_on_closed(uv_handle_t *handle); /* handle->data is the sending */

#endif
