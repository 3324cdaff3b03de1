/* A queue of the system's own spooler, by its program: `lp -d QUEUE -o raw`. */
#include "client/link/printer_way.h"

#include <stdio.h>

#define PATIENCE_MS 30000

static void on_exit_of_lp(uv_process_t *process, int64_t status, int number)
{
    struct sending *s = process->data;
    char sentence[100];

    if (s->printer == NULL)
        return;
    snprintf(sentence, sizeof sentence, "the system's queue '%.40s' does not take it", s->printer->address.name);
    /* What lp has not accepted is on no paper. */
    if (status == 0 && number == 0)
        sending_end(s, PRINTER_DONE, "");
    else
        sending_end(s, PRINTER_UNSENT, sentence);
}

static void on_written(uv_write_t *write, int status)
{
    struct sending *s = write->data;

    (void)status; /* lp says at its end how it went */
    if (s->printer != NULL && !uv_is_closing((uv_handle_t *)&s->pipe))
        uv_close((uv_handle_t *)&s->pipe, sending_on_closed);
    sending_came_back(s);
}

static void on_impatient(uv_timer_t *timer)
{
    struct sending *s = timer->data;

    uv_process_kill(&s->process, SIGTERM);
    sending_end(s, PRINTER_BROKEN, "the system's queue does not answer");
}

void printer_cups_begin(struct sending *s)
{
    const char *const arguments[] = { "lp", "-s", "-d", s->printer->address.name, "-o", "raw", NULL };
    uv_stdio_container_t streams[] = {
        { .flags = (uv_stdio_flags)(UV_CREATE_PIPE | UV_READABLE_PIPE), .data.stream = (uv_stream_t *)&s->pipe },
        { .flags = UV_IGNORE },
        { .flags = UV_IGNORE },
    };
    const uv_process_options_t options = {
        .file = arguments[0], .args = (char **)arguments, .exit_cb = on_exit_of_lp, .stdio = streams, .stdio_count = 3
    };
    uv_buf_t buffers[] = { uv_buf_init((char *)s->kick.data, (unsigned)s->kick.size),
                           uv_buf_init((char *)s->bytes.data, (unsigned)s->bytes.size) };

    if (s->bytes.size > 0 && !sending_leaves(s))
        return;
    uv_pipe_init(s->timer.loop, &s->pipe, 0);
    s->pipe.data = s;
    sending_opened(s);
    s->process.data = s;
    sending_opened(s); /* also a process that could not be started has a handle to close */
    int why = uv_spawn(s->timer.loop, &s->process, &options);
    if (why != 0) {
        sending_end_for(s, PRINTER_UNSENT, "the system's program lp could not be started", why);
        return;
    }
    s->printer->kicked = s->kick.size > 0;
    uv_timer_start(&s->timer, on_impatient, PATIENCE_MS, 0);
    s->write.data = s;
    sending_opened(s);
    if (uv_write(&s->write, (uv_stream_t *)&s->pipe, buffers, 2, on_written) != 0)
        sending_came_back(s);
}
