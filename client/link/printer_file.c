/* A device, or a file. What a device does not take now is offered again a little later: no call waits, and there is
 * nothing that epoll would have to know about. */
#include "client/link/printer_way.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define OFFER_MS 10    /* between two offers */
#define STUCK_MS 15000 /* a device that takes nothing for so long */
#define PIECE    4096u

static void fail(struct sending *s, const char *what)
{
    char sentence[200];

    snprintf(sentence, sizeof sentence, "%s: %s", what, strerror(errno));
    sending_end(s, sending_failed(s), sentence);
}

/* What is next to be written of kick and job. */
static struct bytes rest_of(const struct sending *s)
{
    if (s->written < s->kick.size)
        return bytes_of(s->kick.data + s->written, s->kick.size - s->written);
    return bytes_of(s->bytes.data + (s->written - s->kick.size), s->kick.size + s->bytes.size - s->written);
}

static void finish(struct sending *s)
{
    if (s->printer->address.way == PRINTER_FILE && fsync(s->file) != 0 && errno != EINVAL)
        fail(s, "it could not be written");
    else
        sending_end(s, PRINTER_DONE, "");
}

static void on_offer(uv_timer_t *timer)
{
    struct sending *s = timer->data;
    struct bytes rest = rest_of(s);

    if (rest.size == 0) {
        finish(s);
        return;
    }
    ssize_t taken = write(s->file, rest.data, rest.size < PIECE ? rest.size : PIECE);
    if (taken > 0) {
        s->written += (size_t)taken;
        s->moved_ms = sending_now_ms(s);
    } else if (taken < 0 && errno != EAGAIN && errno != EINTR) {
        fail(s, "it could not be written");
        return;
    } else if (sending_now_ms(s) - s->moved_ms >= STUCK_MS) {
        sending_end(s, sending_failed(s), "it takes nothing");
        return;
    }
    uv_timer_start(timer, on_offer, taken > 0 ? 0 : OFFER_MS, 0);
}

void printer_file_begin(struct sending *s)
{
    const struct printer_address *address = &s->printer->address;
    int flags = O_WRONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC;

    if (address->way == PRINTER_FILE)
        flags |= O_CREAT | O_APPEND;
    s->file = open(address->name, flags, 0600);
    if (s->file < 0) {
        fail(s, "it could not be opened");
        return;
    }
    if (s->bytes.size > 0 && !sending_leaves(s))
        return;
    s->printer->kicked = s->kick.size > 0;
    s->moved_ms = sending_now_ms(s);
    uv_timer_start(&s->timer, on_offer, 0, 0);
}
