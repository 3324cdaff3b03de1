/* --init: a real shop out of an empty database, without demo data and without a password that everybody knows. The
 * first manager gets a PIN that is good for one thing, choosing another; the first console a code for 24 hours.
 *
 * Nothing is made before all is known to be possible; what a failure leaves behind (tables without a shop, a vault
 * without a person) is taken up by the next try. */
#include "server/init.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sysexits.h>
#include <unistd.h>

#include "common/base/arena.h"
#include "common/base/failpoint.h"
#include "common/base/world.h"
#include "server/init_database.h"
#include "server/store/migrate.h"

#define NAME_SIZE 256
#define CODE_LIFE "15 minutes"

static int failed(int code, const char *format, ...) __attribute__((format(printf, 2, 3)));
static int failed(int code, const char *format, ...)
{
    va_list arguments;

    va_start(arguments, format);
    fputs("caroline-server: ", stderr);
    vfprintf(stderr, format, arguments);
    fputc('\n', stderr);
    va_end(arguments);
    return code;
}

static int migrated(const struct init_settings *settings)
{
    char problem[600];

    switch (migrate(settings->owner_uri, stderr, problem, sizeof problem)) {
    case MIGRATE_DONE:
        return EX_OK;
    case MIGRATE_AWAY:
        return failed(EX_UNAVAILABLE, "%s", problem);
    case MIGRATE_REFUSED:
    case MIGRATE_FAILED:
        return failed(EX_CONFIG, "%s", problem);
    }
    return EX_SOFTWARE;
}

static int ask(const struct init_settings *settings, struct arena *arena, struct init_answers *answers)
{
    const char *problem;
    bool from_file = settings->answers_path;

    if (!from_file && isatty(STDIN_FILENO))
        return init_answers_ask(stdin, stderr, arena, answers) ? EX_OK : failed(EX_USAGE, "nothing was set up");
    FILE *in = from_file ? fopen(settings->answers_path, "re") : stdin;
    if (!in)
        return failed(EX_NOINPUT, "could not read %s: %s", settings->answers_path, strerror(errno));
    bool read = init_answers_read(in, from_file ? settings->answers_path : "standard input", arena, answers, &problem);
    if (from_file)
        fclose(in);
    return read ? EX_OK : failed(EX_USAGE, "%s", problem);
}

/* A vault that an earlier try made is used again. */
static struct vault *vault_of(const struct init_settings *settings, const char *shop_name, const char **problem)
{
    if (!vault_is_made(settings->vault) &&
        !vault_create(settings->vault, settings->mirror, shop_name, system_entropy(), system_clock(), problem))
        return NULL;
    return vault_open(settings->vault, settings->mirror, PIN_COST_SHOP, system_entropy(), problem);
}

static bool certify(const struct init_settings *settings, struct vault *vault, const char **problem)
{
    char machine[NAME_SIZE] = "";
    const char *const usual[] = { "localhost", machine };
    struct clock *clock = system_clock();
    size_t count = 2;

    if (settings->server_name_count)
        return vault_server_certificate(vault, settings->server_names, settings->server_name_count, clock->now(clock),
                                        settings->certificate, settings->key, problem);
    if (gethostname(machine, sizeof machine - 1) || !*machine || !strcmp(machine, "localhost"))
        count = 1;
    return vault_server_certificate(vault, usual, count, clock->now(clock), settings->certificate, settings->key,
                                    problem);
}

static void print_code(const struct enrolment_code *code)
{
    char text[CODE_TEXT];
    printf("device code: %s\n", code_format(text, code));
}

/* With those above it: a new account has no ~/.local/state yet. */
static bool make_directory(const char *directory, struct arena *arena)
{
    char *path = arena_text(arena, directory);

    for (char *slash = strchr(path + 1, '/'); slash != NULL; slash = strchr(slash + 1, '/')) {
        *slash = '\0';
        (void)mkdir(path, 0755);
        *slash = '/';
    }
    return mkdir(path, 0700) == 0 || errno == EEXIST;
}

/* The codes are told first: of a shop that is there nobody can ask them again. */
static int set_up(struct init_database *database, const struct init_answers *answers, const struct init_codes *codes)
{
    const char *problem;

    printf("manager: %s\nmanager's one-time PIN: %s\n", answers->manager, codes->pin);
    print_code(&codes->code);
    if (fflush(stdout) != 0 || ferror(stdout))
        return failed(EX_IOERR, "the shop was not set up: its codes could not be told: %s", strerror(errno));
    if (!init_database_commit(database, &problem))
        return failed(EX_UNAVAILABLE,
                      "it is not known whether the shop was set up (%s): begin again; if it is there, these codes are "
                      "good",
                      problem);
    fprintf(stderr,
            "%s is set up. Now start caroline-server; then, within 24 hours, make your console known by\n"
            "    caroline enrol --server HOST --code CODE\n"
            "The one-time PIN is for the first sign-in, which has to choose another.\n",
            answers->name);
    return EX_OK;
}

static int make(const struct init_settings *settings, struct init_database *database, struct arena *arena)
{
    struct init_answers answers = { 0 };
    struct init_codes codes;
    const char *problem;
    int code = EX_OK;

    /* Before anything is asked: an owner answers only once. */
    if (!make_directory(settings->data_directory, arena))
        return failed(EX_CANTCREAT, "could not make %s: %s", settings->data_directory, strerror(errno));
    code = ask(settings, arena, &answers);
    if (code != EX_OK)
        return code;
    struct vault *vault = vault_of(settings, answers.name, &problem);
    if (!vault)
        return failed(EX_CANTCREAT, "%s", problem);

    bool certified = certify(settings, vault, &problem);
    FAILPOINT(init_certified);
    if (!certified)
        code = failed(EX_CANTCREAT, "%s", problem);
    else if (!init_database_write(database, vault, &answers, system_entropy(), arena, &codes, &problem))
        code = failed(EX_UNAVAILABLE, "the shop was not set up: %s", problem);
    else
        code = set_up(database, &answers, &codes);
    vault_close(vault);
    return code;
}

/* Tables are granted to roles by name: whoever serves as another would be refused each of them, and not before it is started. */
static int check_roles(const struct init_settings *settings)
{
    bool named = *settings->uri || getenv("PGUSER") || getenv("PGHOST") || getenv("PGSERVICE");
    const char *role;

    if (named && !init_database_role(settings->uri, "caroline_app", &role))
        return failed(EX_CONFIG,
                      "%s signs in as role %s: the server's role is called caroline_app, as in "
                      "postgresql://caroline_app@HOST/DATABASE; nothing was set up",
                      *settings->uri ? "DATABASE_URL" : "the environment", role);
    if (*settings->read_uri && !init_database_role(settings->read_uri, "caroline_read", &role))
        return failed(EX_CONFIG,
                      "DATABASE_READ_URL signs in as role %s: that of checks is called caroline_read; "
                      "nothing was set up",
                      role);
    return EX_OK;
}

int init_shop(const struct init_settings *settings)
{
    const char *problem;
    int64_t shop_id;
    int code = check_roles(settings);

    if (code == EX_OK)
        code = migrated(settings);

    if (code != EX_OK)
        return code;
    struct init_database *database = init_database_open(settings->owner_uri, &problem);
    if (!database)
        return failed(EX_UNAVAILABLE, "%s", problem);
    struct arena *arena = arena_create(0);
    if (!init_database_shop(database, &shop_id, &problem))
        code = failed(EX_UNAVAILABLE, "%s", problem);
    else if (shop_id)
        code = failed(EX_CANTCREAT,
                      "this database has a shop already: nothing was changed; caroline-server --invite makes a "
                      "code for another console");
    else
        code = make(settings, database, arena);
    arena_destroy(arena);
    init_database_close(database);
    return code;
}

int init_invite(const struct init_settings *settings)
{
    struct init_codes codes;
    const char *problem;
    int64_t shop_id;
    int code = EX_OK;

    struct init_database *database = init_database_open(settings->owner_uri, &problem);
    if (!database)
        return failed(EX_UNAVAILABLE, "%s", problem);
    struct vault *vault = vault_open(settings->vault, settings->mirror, PIN_COST_SHOP, system_entropy(), &problem);
    if (!vault)
        code = failed(EX_CONFIG, "%s", problem);
    else if (!init_database_shop(database, &shop_id, &problem))
        code = failed(EX_UNAVAILABLE, "%s", problem);
    else if (!shop_id)
        code = failed(EX_CONFIG, "this database has no shop: caroline-server --init makes one");
    else if (!init_database_invite(database, vault, shop_id, CODE_LIFE, system_entropy(), &codes, &problem))
        code = failed(EX_UNAVAILABLE, "%s", problem);
    else
        print_code(&codes.code);
    vault_close(vault);
    init_database_close(database);
    return code;
}
