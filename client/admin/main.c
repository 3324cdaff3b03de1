/* caroline-admin: the office's program. */
#include <openssl/crypto.h>
#include <signal.h>
#include <sqlite3.h>
#include <stdio.h>
#include <string.h>
#include <uv.h>

#include "client/admin/admin.h"
#include "client/link/identity.h"
#include "client/link/spool.h"
#include "client/link/spool_file.h"
#include "client/run/run.h"
#include "client/ui/terminal.h"
#include "client/ui/theme.h"
#include "common/base/option.h"

#define EXIT_NOT_SET_UP 78 /* as sysexits.h has it: EX_CONFIG */
#define EXIT_BUSY       75

struct program {
    struct run *run;
    struct admin admin;
    struct link *link;
};

static void tick(void *owner, int64_t now_us, bool typed)
{
    admin_tick(owner, now_us, typed);
}

static bool idle(void *owner)
{
    return admin_idle(owner);
}

static int run(struct program *p, const struct identity *identity, struct spool *spool,
               const struct terminal_options *options, const char *notice)
{
    const char *problem = "";

    if (!terminal_open(options, &problem)) {
        fprintf(stderr, "caroline-admin: %s\n", problem);
        return EXIT_USAGE;
    }
    int kept_errors = run_errors_into(identity->directory, "admin.log");
    admin_init(&p->admin);
    run_read_notice(notice, p->admin.notice, sizeof(p->admin.notice));
    struct run_stage on_stage = {
        .stage = &p->admin.stage, .tick = tick, .idle = idle, .leaving = &p->admin.leaving, .owner = &p->admin
    };
    p->run = run_open_stage(&on_stage);
    const struct link_options link_options = {
        .loop = run_loop(p->run),
        .identity = identity,
        .spool = spool,
        .client = CAROLINE__V1__CLIENT_KIND__CLIENT_ADMIN,
        .follow_catalogue = true,
        .events = admin_events,
        .owner = &p->admin,
    };
    p->link = link_open(&link_options);
    admin_attach(&p->admin, p->link);
    run_turn(p->run);

    terminal_close();
    run_errors_back(kept_errors);
    link_close(p->link);
    run_close(p->run);
    admin_fini(&p->admin);
    return 0;
}

/* NULL: why has been said, and *code is what the program ends with. */
static struct spool *claim(const struct identity *identity, struct arena *arena, int *code)
{
    const char *problem = "";
    struct spool *spool = spool_open(identity->spool_path, arena, &problem);

    *code = EXIT_BUSY;
    if (spool != NULL && !spool_claim(spool, identity->device_id, arena, &problem)) {
        spool_close(spool);
        spool = NULL;
        *code = EXIT_NOT_SET_UP;
    }
    if (spool == NULL)
        fprintf(stderr, "caroline-admin: %s\n", problem);
    return spool;
}

static int start(const char *name, const struct terminal_options *terminal, const char *notice, struct arena *arena)
{
    static struct program program;
    const char *problem = "";
    int code;

    const struct identity *identity = identity_open(identity_directory(name, arena), arena, &problem);
    if (identity == NULL) {
        fprintf(stderr, "caroline-admin: %s\n", problem);
        return EXIT_NOT_SET_UP;
    }
    if (identity->kind != CAROLINE__V1__CLIENT_KIND__CLIENT_ADMIN) {
        fprintf(stderr,
                "caroline-admin: this machine is not enrolled as a console: caroline device invite --kind admin\n");
        return EXIT_NOT_SET_UP;
    }
    struct spool *spool = claim(identity, arena, &code);
    if (spool == NULL)
        return code;
    code = run(&program, identity, spool, terminal, notice);
    spool_close(spool);
    return code;
}

int main(int argc, char **argv)
{
    bool ascii = false, no_colour = false, silent = false;
    const char *name = NULL, *notice = NULL, *colours = "terminal", *problem;
    struct theme theme;
    struct arena *arena = arena_create(0);

    /* As a till it is not suspended: where a script began it, nobody is there to continue it. */
    signal(SIGTSTP, SIG_IGN);
    const struct command_option options[] = {
        { .name = "identity",
          .letter = 'i',
          .argument = "NAME",
          .help = "whose console this is: a name, or a directory",
          .value = &name },
        { .name = "notice", .argument = "FILE", .help = "its text stands below the sign-in", .value = &notice },
        { .name = "ascii", .help = "draw with ASCII only", .given = &ascii },
        { .name = "no-color", .help = "no colours; NO_COLOR=1 says the same", .given = &no_colour },
        { .name = "no-sound", .help = "the terminal's bell says nothing", .given = &silent },
        { .name = "theme",
          .argument = "NAME",
          .help = "the colours: terminal (its own), light, dark, contrast, or a file with a / in its name",
          .value = &colours },
        { 0 },
    };
    char libraries[200];
    snprintf(libraries, sizeof(libraries), "%s, libuv %s, SQLite %s, %s", OpenSSL_version(OPENSSL_VERSION),
             uv_version_string(), sqlite3_libversion(), curses_version());
    const struct command_line line = {
        .program = "caroline-admin",
        .libraries = libraries,
        .about = "The office's console, on a machine that has been enrolled as one (caroline enrol). One that nobody\n"
                 "touches for 120 seconds locks itself; how long is the server's setting idle-lock-s.",
        .options = options,
        .notes = THEME_FILE_NOTES
        "Exit codes: 0 left, 64 mistyped or no terminal, 75 the console is in use, 78 not enrolled as one.",
    };
    command_line_read(&line, argc, argv, NULL);
    if (!theme_read(colours, arena, &theme, &problem))
        command_line_wrong(&line, "%s", problem);
    run_lay_out_heap();

    const struct terminal_options terminal = {
        .title = "Caroline", .ascii = ascii, .no_colour = no_colour, .silent = silent, .theme = &theme
    };
    int code = start(name, &terminal, notice, arena);
    arena_destroy(arena);
    return code;
}
