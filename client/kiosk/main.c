/* caroline-kiosk: the customer's program. */
#include <openssl/crypto.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <uv.h>

#include "client/kiosk/kiosk.h"
#include "client/link/identity.h"
#include "client/run/run.h"
#include "client/ui/terminal.h"
#include "common/base/option.h"

#define EXIT_NOT_SET_UP 78 /* as sysexits.h has it: EX_CONFIG */

struct program {
    struct run *run;
    struct kiosk kiosk;
    struct link *link;
    struct terminal_picture picture;
};

/* ---- events ---- */

static void typed(void *owner, struct bytes bytes, int64_t now_us)
{
    struct program *p = owner;
    kiosk_input(&p->kiosk, bytes, now_us);
}

static int64_t deadline_us(const void *owner)
{
    const struct program *p = owner;
    return kiosk_deadline_us(&p->kiosk);
}

static void expired(void *owner, int64_t now_us)
{
    struct program *p = owner;
    kiosk_expire(&p->kiosk, now_us);
}

static void second(void *owner, int64_t now_us)
{
    struct program *p = owner;
    kiosk_tick(&p->kiosk, now_us);
}

static bool idle(void *owner)
{
    struct program *p = owner;
    return kiosk_idle(&p->kiosk);
}

static void draw(void *model, WINDOW *window)
{
    kiosk_draw(model, window);
}

static void show(void *owner)
{
    struct program *p = owner;
    struct kiosk *k = &p->kiosk;

    p->picture.dirty = p->picture.dirty || k->dirty;
    p->picture.redraw = p->picture.redraw || k->redraw;
    p->picture.beep = p->picture.beep || k->beep;
    k->redraw = k->beep = false;
    terminal_picture(&p->picture, draw, k);
}

static void resized(void *owner)
{
    struct program *p = owner;
    terminal_picture_resize(&p->picture);
    p->kiosk.stale = true;
}

static void continued(void *owner)
{
    struct program *p = owner;
    terminal_picture_continue(&p->picture);
}

static void ended(void *owner)
{
    struct program *p = owner;
    p->kiosk.leaving = true;
}

static bool leaving(const void *owner)
{
    const struct program *p = owner;
    return p->kiosk.leaving;
}

static const struct run_events run_events = {
    .typed = typed,
    .deadline_us = deadline_us,
    .expired = expired,
    .second = second,
    .idle = idle,
    .show = show,
    .resized = resized,
    .continued = continued,
    .ended = ended,
    .leaving = leaving,
};

/* ---- start and end ---- */

/* No spool: what a visitor does is in memory, and in no file of this machine. */
static void open_link(struct program *p, const struct identity *identity)
{
    const struct link_options options = {
        .loop = run_loop(p->run),
        .identity = identity,
        .client = CAROLINE__V1__CLIENT_KIND__CLIENT_KIOSK,
        .follow_catalogue = true,
        .events = kiosk_events,
        .owner = &p->kiosk,
    };

    p->link = link_open(&options);
    kiosk_attach(&p->kiosk, p->link);
}

static int run(struct program *p, const struct identity *identity, const struct terminal_options *options,
               const char *exports)
{
    const char *problem = "";

    if (!terminal_open(options, &problem)) {
        fprintf(stderr, "caroline-kiosk: %s\n", problem);
        return EXIT_USAGE;
    }
    int kept_errors = run_errors_into(identity->directory, "kiosk.log");
    kiosk_init(&p->kiosk);
    snprintf(p->kiosk.export_directory, sizeof(p->kiosk.export_directory), "%s", exports == NULL ? "" : exports);
    p->run = run_open(&run_events, p, true);
    show(p);
    open_link(p, identity);
    run_turn(p->run);

    kiosk_sign_out(&p->kiosk);
    terminal_close();
    run_errors_back(kept_errors);
    p->kiosk.link = NULL;
    link_close(p->link);
    run_close(p->run);
    kiosk_fini(&p->kiosk);
    return 0;
}

int main(int argc, char **argv)
{
    static struct program program;
    bool ascii = false, no_colour = false;
    const char *name = NULL, *exports = NULL, *problem = "";
    struct arena *arena = arena_create(0);

    /* Nobody here is to get behind this program. */
    signal(SIGTSTP, SIG_IGN);
    const struct command_option options[] = {
        { .name = "identity",
          .letter = 'i',
          .argument = "NAME",
          .help = "whose kiosk this is: a name, or a directory",
          .value = &name },
        { .name = "exports",
          .argument = "DIRECTORY",
          .help = "copies of what is kept of a member are saved here, too; else they ask at the counter",
          .value = &exports },
        { .name = "ascii", .help = "draw with ASCII only", .given = &ascii },
        { .name = "no-color", .help = "no colours; NO_COLOR=1 says the same", .given = &no_colour },
        { 0 },
    };
    char libraries[200];
    snprintf(libraries, sizeof(libraries), "%s, libuv %s, %s", OpenSSL_version(OPENSSL_VERSION), uv_version_string(),
             curses_version());
    const struct command_line line = {
        .program = "caroline-kiosk",
        .libraries = libraries,
        .about = "A customers' terminal that has been enrolled as a kiosk (caroline enrol). No key of it ends it.",
        .options = options,
        .notes = "It ends by SIGTERM: systemctl stop caroline-kiosk@tty1, or kill.\n"
                 "Exit codes: 0 ended, 64 mistyped or no terminal, 78 not enrolled as a kiosk.",
    };
    command_line_read(&line, argc, argv, NULL);
    run_lay_out_heap();

    const struct identity *identity = identity_open(identity_directory(name, arena), arena, &problem);
    if (identity == NULL) {
        fprintf(stderr, "caroline-kiosk: %s\n", problem);
        arena_destroy(arena);
        return EXIT_NOT_SET_UP;
    }
    if (identity->kind != CAROLINE__V1__CLIENT_KIND__CLIENT_KIOSK) {
        fprintf(stderr,
                "caroline-kiosk: this machine is not enrolled as a kiosk: caroline device invite --kind kiosk\n");
        arena_destroy(arena);
        return EXIT_NOT_SET_UP;
    }
    const struct terminal_options terminal = {
        .title = "Caroline", .ascii = ascii, .no_colour = no_colour, .mouse = true
    };
    int code = run(&program, identity, &terminal, exports);
    arena_destroy(arena);
    return code;
}
