/* caroline-counter: the cashier's program. */
#include <openssl/crypto.h>
#include <signal.h>
#include <sodium.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <uv.h>

#include "client/counter/counter.h"
#include "client/counter/till_settings.h"
#include "client/link/identity.h"
#include "client/link/spool_file.h"
#include "client/run/run.h"
#include "client/ui/terminal.h"
#include "common/base/log.h"
#include "common/base/option.h"

#define EXIT_NOT_SET_UP 78 /* as sysexits.h has it: EX_CONFIG */
#define EXIT_BUSY       75

struct program {
    struct run *run;
    struct counter counter;
    struct link *link;
};

static void tick(void *owner, int64_t now_us, bool typed)
{
    counter_tick(owner, now_us, typed);
}

static bool idle(void *owner)
{
    return counter_idle(owner);
}

/* NULL: there is none, or its queue can't be kept, which is said and keeps nobody from selling. */
static struct print_spool *open_printing(struct program *p, const struct identity *identity,
                                         const struct till_settings *settings, struct arena *arena)
{
    const char *problem = "";
    const struct print_spool_options options = {
        .loop = run_loop(p->run),
        .path = arena_format(arena, "%s/print.db", identity->directory),
        .address = settings->address,
        .printer = settings->printer,
        .changed = printing_changed,
        .owner = &p->counter,
    };

    if (settings->address.way == PRINTER_NONE)
        return NULL;
    struct print_spool *printing = print_spool_open(&options, arena, &problem);
    if (printing == NULL)
        stage_say(&p->counter.stage, MESSAGE_BAD, "nothing can be printed: %s", problem);
    return printing;
}

static int run(struct program *p, const struct identity *identity, struct spool *spool,
               const struct terminal_options *options, const char *notice, const struct till_settings *settings,
               bool test_page, struct arena *arena)
{
    const char *problem = "";

    if (!terminal_open(options, &problem)) {
        fprintf(stderr, "caroline-counter: %s\n", problem);
        return EXIT_USAGE;
    }
    int kept_errors = run_errors_into(identity->directory, "counter.log");
    counter_init(&p->counter, identity->till_number);
    p->counter.amounts_minor = settings->amounts_minor;
    run_read_notice(notice, p->counter.notice, sizeof(p->counter.notice));
    struct run_stage on_stage = {
        .stage = &p->counter.stage, .tick = tick, .idle = idle, .leaving = &p->counter.leaving, .owner = &p->counter
    };
    p->run = run_open_stage(&on_stage);
    struct link_options link_options = {
        .loop = run_loop(p->run),
        .identity = identity,
        .spool = spool,
        .client = CAROLINE__V1__CLIENT_KIND__CLIENT_COUNTER,
        .follow_catalogue = true,
        .unlocks_alone = true,
        .events = counter_events,
        .owner = &p->counter,
    };
    p->link = link_open(&link_options);
    counter_attach(&p->counter, p->link, spool);
    struct print_spool *printing = open_printing(p, identity, settings, arena);
    if (printing != NULL)
        printing_attach(&p->counter, printing, settings->receipts_always);
    if (test_page)
        test_page_print(&p->counter, settings->printer.columns);
    run_turn(p->run);

    terminal_close();
    run_errors_back(kept_errors);
    link_close(p->link);
    p->counter.printing = NULL;
    print_spool_close(printing);
    run_close(p->run);
    counter_fini(&p->counter);
    return 0;
}

int main(int argc, char **argv)
{
    static struct program program;
    bool ascii = false, no_colour = false, test_page = false;
    const char *name = NULL, *notice = NULL, *config_file = NULL, *problem = "";
    struct config *config = config_create(till_setting_table);
    struct till_settings settings;
    struct arena *arena = arena_create(0);

    /* A till is not suspended: where a script began it, nobody is there to continue it, and the terminal stands still. */
    signal(SIGTSTP, SIG_IGN);
    const struct command_option options[] = {
        { .name = "identity",
          .letter = 'i',
          .argument = "NAME",
          .help = "whose till this is: a name, or a directory",
          .value = &name },
        { .name = "notice", .argument = "FILE", .help = "its text stands below the sign-in", .value = &notice },
        { .name = "config",
          .letter = 'c',
          .argument = "FILE",
          .help = "this till's settings; without: client.conf in $XDG_CONFIG_HOME/caroline or /etc/caroline",
          .value = &config_file },
        { .name = "test-page",
          .help = "print a page at the start that tries printer and scanner",
          .given = &test_page },
        { .name = "ascii", .help = "draw with ASCII only", .given = &ascii },
        { .name = "no-color", .help = "no colours; NO_COLOR=1 says the same", .given = &no_colour },
        { 0 },
    };
    char libraries[200];
    snprintf(libraries, sizeof(libraries), "%s, libsodium %s, libuv %s, SQLite %s, %s",
             OpenSSL_version(OPENSSL_VERSION), sodium_version_string(), uv_version_string(), sqlite3_libversion(),
             curses_version());
    const struct command_line line = {
        .program = "caroline-counter",
        .libraries = libraries,
        .about = "The cashier's screen of a till that has been enrolled (caroline enrol). A till that nobody touches\n"
                 "for 120 seconds locks itself; how long is the server's setting idle-lock-s.",
        .options = options,
        .settings = till_setting_table,
        .notes = "The settings with a default stand in the file below [till], with underscores\n"
                 "for the dashes in their names.\n"
                 "\n" THEME_FILE_NOTES
                 "Exit codes: 0 left, 64 mistyped or no terminal, 75 the till is in use, 78 not enrolled.",
    };
    command_line_read(&line, argc, argv, config);
    config_file = till_settings_file(config_file, arena);
    if ((config_file != NULL && !config_read_file(config, config_file, &problem)) ||
        !config_read_environment(config, &problem) || !till_settings_read(&settings, config, arena, &problem))
        command_line_wrong(&line, "%s", problem);
    run_lay_out_heap();

    int code = 0;
    const struct identity *identity = identity_open(identity_directory(name, arena), arena, &problem);
    config_destroy(config);
    if (identity == NULL) {
        fprintf(stderr, "caroline-counter: %s\n", problem);
        arena_destroy(arena);
        return EXIT_NOT_SET_UP;
    }
    struct spool *spool = spool_open(identity->spool_path, arena, &problem);
    if (spool == NULL) {
        fprintf(stderr, "caroline-counter: %s\n", problem);
        arena_destroy(arena);
        return EXIT_BUSY;
    }
    if (!spool_claim(spool, identity->device_id, arena, &problem)) {
        fprintf(stderr, "caroline-counter: %s\n", problem);
        spool_close(spool);
        arena_destroy(arena);
        return EXIT_NOT_SET_UP;
    }
    struct terminal_options terminal = {
        .title = "Caroline", .ascii = ascii, .no_colour = no_colour, .silent = settings.silent, .theme = &settings.theme
    };
    code = run(&program, identity, spool, &terminal, notice, &settings, test_page, arena);
    spool_close(spool);
    arena_destroy(arena);
    return code;
}
