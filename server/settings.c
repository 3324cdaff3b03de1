/* The server's settings: one table for file, environment, flags and help. */
#include "server/settings.h"

#include <dirent.h>
#include <errno.h>
#include <getopt.h>
#include <libgen.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "server/settings_check.h"

static const struct setting settings[] = {
    { .section = "server",
      .key = "listen",
      .repeats = true,
      .environment = "CAROLINE_LISTEN",
      .flag = "listen",
      .fallback = "127.0.0.1:7117",
      .help = "addresses to listen on, parted by commas; port 0 takes a free one" },
    { .section = "server",
      .key = "data-dir",
      .environment = "CAROLINE_DATA_DIR",
      .flag = "data-dir",
      .letter = 'D',
      .fallback = "",
      .help = "keys, certificate and small state; default: $STATE_DIRECTORY, /var/lib/caroline or "
              "~/.local/state/caroline" },
    { .section = "server", .key = "vault", .fallback = "", .help = "persons' keys; default: DATA-DIR/vault" },
    { .section = "server",
      .key = "vault-mirror",
      .flag = "vault-mirror",
      .fallback = "",
      .help = "their mirror, best on another disk; default: DATA-DIR/vault-mirror" },
    { .section = "server",
      .key = "older-vault",
      .flag = "older-vault",
      .kind = SETTING_BOOL,
      .fallback = "no",
      .help = "start beside a vault that lacks the newest members' keys, which leaves what is sealed of them shut" },
    { .section = "server", .key = "certificate", .fallback = "", .help = "PEM; default: DATA-DIR/server.crt" },
    { .section = "server", .key = "key", .fallback = "", .help = "PEM; default: DATA-DIR/server.key" },
    { .section = "server",
      .key = "node",
      .flag = "node",
      .kind = SETTING_INT,
      .fallback = "0",
      .most = 4095,
      .help = "this server's number among those of one database; 0: the first that no other of this data-dir has" },
    { .section = "server",
      .key = "threads",
      .kind = SETTING_INT,
      .fallback = "4",
      .least = 1,
      .most = 64,
      .help = "for PINs and keys" },
    { .section = "server",
      .key = "device-connections",
      .flag = "device-connections",
      .kind = SETTING_INT,
      .fallback = "16",
      .least = 1,
      .most = 10000,
      .help = "how many connections a device may have; one more ends another of them" },
    { .section = "server",
      .key = "greet-limit-s",
      .kind = SETTING_INT,
      .fallback = "10",
      .least = 1,
      .most = 60,
      .help = "a connection has so many seconds for TLS and its Hello, one without a certificate for everything" },
    { .section = "server",
      .key = "frame-limit-s",
      .kind = SETTING_INT,
      .fallback = "30",
      .least = 1,
      .most = 600,
      .help = "and a request so many from its first byte to its last" },
    { .section = "server",
      .key = "idle-lock-s",
      .flag = "idle-lock-s",
      .kind = SETTING_INT,
      .fallback = "120",
      .least = 5,
      .most = 86400,
      .help = "a session locks after so many seconds without a call" },
    { .section = "server",
      .key = "kiosk-idle-s",
      .flag = "kiosk-idle-s",
      .kind = SETTING_INT,
      .fallback = "60",
      .least = 5,
      .most = 600,
      .help = "at a kiosk a member is signed out after so many seconds without a call" },
    { .section = "server",
      .key = "watch-s",
      .flag = "watch-s",
      .kind = SETTING_INT,
      .fallback = "30",
      .most = 86400,
      .help = "every invariant is looked at about so often, and less where that takes long; 0: never" },
    { .section = "server",
      .key = "pid-file",
      .flag = "pid-file",
      .fallback = "",
      .help = "where to write the process id" },
    { .section = "database",
      .key = "uri",
      .environment = "DATABASE_URL",
      .flag = "database",
      .fallback = "",
      .help = "the app role's; default: libpq's own environment" },
    { .section = "database",
      .key = "owner-uri",
      .environment = "DATABASE_OWNER_URL",
      .flag = "owner-database",
      .fallback = "",
      .help = "the owner's, for --init and --migrate only" },
    { .section = "database",
      .key = "read-uri",
      .environment = "DATABASE_READ_URL",
      .flag = "read-database",
      .fallback = "",
      .help = "the reading role's, for checks; default: the app's" },
    { .section = "database",
      .key = "private",
      .environment = "CAROLINE_PRIVATE_DATABASE",
      .flag = "private-database",
      .kind = SETTING_BOOL,
      .fallback = "no",
      .help = "the cluster is Caroline's own, made by deploy/cluster: every connection must have page checksums" },
    { .section = "database",
      .key = "statement-limit-s",
      .flag = "statement-limit-s",
      .kind = SETTING_INT,
      .fallback = "15",
      .least = 3,
      .most = 600,
      .help =
          "how long a statement may take; a lock a third of it; after a third more of silence the database is away" },
    { .section = "gateway",
      .key = "provider",
      .fallback = "",
      .help = "who keeps customers' cards and charges them: stripe; default: nobody, the card machine takes cards" },
    { .section = "gateway",
      .key = "api",
      .fallback = "intents",
      .help = "of Stripe's: intents, or charges where the account is of before" },
    { .section = "gateway", .key = "url", .fallback = "https://api.stripe.com", .help = "where it is" },
    { .section = "gateway",
      .key = "secret-file",
      .fallback = "",
      .help = "its secret key, the first line of a file that nobody else may read" },
    { .section = "gateway",
      .key = "ca-file",
      .fallback = "",
      .help = "PEM: the authorities that its certificate may be of; default: the system's" },
    { .section = "gateway",
      .key = "return-url",
      .fallback = "https://localhost/",
      .help = "where its page sends the customer when a card was typed there" },
    { .section = "gateway",
      .key = "answer-ms",
      .kind = SETTING_INT,
      .fallback = "30000",
      .least = 100,
      .most = 30000,
      .help = "so long an answer of its is waited for" },
    { .section = "gateway",
      .key = "pause-ms",
      .kind = SETTING_INT,
      .fallback = "1000",
      .least = 1,
      .most = 60000,
      .help = "before what had no answer is asked about again; doubles each time, up to sixty-four of it, or 512 on its way back" },
    { .section = "gateway",
      .key = "patience-s",
      .kind = SETTING_INT,
      .fallback = "900",
      .least = 1,
      .most = 72000,
      .help = "so long it is tried to charge a card; then it is given up, and what turns up later is given back" },
    { .section = "log", .key = "format", .flag = "log-format", .fallback = "text", .help = "text or json" },
    { .section = "log",
      .key = "level",
      .flag = "log-level",
      .fallback = "info",
      .reloads = true,
      .help = "error, warn, info, debug or trace; -v and -q move it" },
    { .section = "log",
      .key = "file",
      .flag = "log-file",
      .fallback = "",
      .help = "default: standard error; opened again on SIGHUP and SIGUSR1" },
    { .key = NULL },
};

/* Flags that are no settings. */
enum {
    FLAG_HELP = 'h',
    FLAG_VERSION = 'V',
    FLAG_CONFIG = 'c',
    FLAG_CHECK_CONFIG = 't',
    FLAG_QUIET = 'q',
    FLAG_VERBOSE = 'v',
    FLAG_DUMP_CONFIG = 1000,
    FLAG_DUMP_OPS,
    FLAG_MIGRATE,
    FLAG_INIT,
    FLAG_INVITE,
    FLAG_CHECK,
    FLAG_ANSWERS,
    FLAG_SERVER_NAME,
    FLAG_IMPORT_DJANGO,
    FLAG_TAX_CLASS,
    FLAG_DRY_RUN,
    FLAG_SETTING, /* and its index behind it */
};
static const struct mode_flag {
    const char *name;
    int value;
    const char *argument; /* NULL: none */
    const char *help;
} mode_flags[] = {
    { "help", FLAG_HELP, NULL, "this text" },
    { "version", FLAG_VERSION, NULL, "version of the program and its libraries" },
    { "config", FLAG_CONFIG, "FILE",
      "settings; default: $CAROLINE_CONFIG, ~/.config/caroline/server.conf, /etc/caroline/server.conf; then "
      "conf.d/*.conf "
      "beside it, the last one wins" },
    { "check-config", FLAG_CHECK_CONFIG, NULL, "are the settings fine, and what they name on this machine?" },
    { "dump-config", FLAG_DUMP_CONFIG, NULL, "every setting, and where it comes from" },
    { "dump-ops", FLAG_DUMP_OPS, NULL, "the table of ops, as PROTOCOL.md has it" },
    { "init", FLAG_INIT, NULL, "set up a shop: asks for what it must know" },
    { "answers", FLAG_ANSWERS, "FILE", "the answers, for --init without a terminal" },
    { "server-name", FLAG_SERVER_NAME, "NAME", "for --init: a name in the server's certificate; may be given again" },
    { "invite", FLAG_INVITE, NULL, "a code for a new console, for who has lost all others" },
    { "migrate", FLAG_MIGRATE, NULL, "bring the database up to this program's version" },
    { "import-django", FLAG_IMPORT_DJANGO, "FILE",
      "take over the goods and members of a Django shop: what `manage.py dumpdata` wrote, or its SQLite file" },
    { "dry-run", FLAG_DRY_RUN, NULL, "for --import-django: say what would be done, and change nothing" },
    { "tax-class", FLAG_TAX_CLASS, "NAME", "for --import-django: that of the goods, where the shop has several" },
    { "check", FLAG_CHECK, NULL, "do all invariants of the database hold?" },
    { "quiet", FLAG_QUIET, NULL, "log less" },
    { "verbose", FLAG_VERBOSE, NULL, "log more; again for still more" },
};
#define MODE_FLAGS (sizeof mode_flags / sizeof *mode_flags)
#define SETTINGS   (sizeof settings / sizeof *settings - 1)
#define FLAGS_MAX  100 /* on one command line */

static struct remembered {
    struct {
        const char *flag, *value;
    } flags[FLAGS_MAX];
    size_t count;
    char file[PATH_MAX];
    const char *given_file;
    char problem[PATH_MAX + 100];
} remembered;

static const char usual_file[] = "/etc/caroline/server.conf";

const char *settings_file(void)
{
    return remembered.file;
}

void settings_help(FILE *out)
{
    fputs("caroline-server: runs a bakery's database and rules; tills connect to it\n\n"
          "usage: caroline-server [flags]\n\n",
          out);
    for (size_t i = 0; i < MODE_FLAGS; i++) {
        const struct mode_flag *flag = &mode_flags[i];
        char text[64];

        snprintf(text, sizeof text, "--%s%s%s", flag->name, flag->argument ? " " : "",
                 flag->argument ? flag->argument : "");
        if (flag->value < FLAG_DUMP_CONFIG)
            fprintf(out, "  -%c, %-26s %s\n", flag->value, text, flag->help);
        else
            fprintf(out, "      %-26s %s\n", text, flag->help);
    }
    fputs("\nsettings, as a flag, a variable, or [section] key = value in the file; the first of these wins:\n", out);
    for (const struct setting *setting = settings; setting->key; setting++) {
        char flag[64] = "";

        if (setting->flag)
            snprintf(flag, sizeof flag, "--%s", setting->flag);
        fprintf(out, "  %-20s %-25s [%s] %s\n      %s\n", flag, setting->environment ? setting->environment : "",
                setting->section, setting->key, setting->help);
    }
    fputs(
        "\nsignals: TERM ends gracefully, again or INT fast, QUIT at once; HUP reads settings, certificate and log\n"
        "anew; USR1 opens the log again; USR2 logs what is going on\n"
        "exit codes: 0 done; 1 a check does not hold, or what was imported differs; 64 usage, or answers that --init "
        "can't use;\n"
        "65 a dump that is refused; 66 the answers' file "
        "can't\n"
        "be read; 69 no database, or it went; 70 a bug; 73 a port or a file can't be had, or --init finds a shop there "
        "already;\n"
        "74 could not write what was asked for; 75 told to quit at once; 77 rights forbid it; 78 settings, or a "
        "database "
        "that\n"
        "must be mended first\n",
        out);
}

/* ---- the file
 * ------------------------------------------------------------------------------------------------------*/

static bool find_file(const char *given)
{
    const char *from_environment = getenv("CAROLINE_CONFIG");
    const char *config_home = getenv("XDG_CONFIG_HOME"), *home = getenv("HOME");
    char *file = remembered.file;

    if (given) {
        snprintf(file, PATH_MAX, "%s", given);
        return true;
    }
    if (from_environment && *from_environment) {
        snprintf(file, PATH_MAX, "%s", from_environment);
        return true;
    }
    if (geteuid() != 0) {
        if (config_home && *config_home)
            snprintf(file, PATH_MAX, "%s/caroline/server.conf", config_home);
        else
            snprintf(file, PATH_MAX, "%s/.config/caroline/server.conf", home ? home : "");
        if (access(file, F_OK) == 0)
            return true;
    }
    snprintf(file, PATH_MAX, "%s", usual_file);
    if (access(file, F_OK) == 0 || errno == EACCES) /* one that may not be read is not as none */
        return true;
    file[0] = '\0';
    return false;
}

static bool read_file(struct config *config, const char *path, const char **problem, int *code)
{
    if (config_read_file(config, path, problem))
        return true;
    *code = eaccess(path, R_OK) != 0 && errno == EACCES ? EXIT_NO_PERMISSION : EXIT_BAD_CONFIG;
    return false;
}

static int is_settings_file(const struct dirent *entry)
{
    size_t length = strlen(entry->d_name);

    return entry->d_name[0] != '.' && length > strlen(".conf") && strcmp(entry->d_name + length - 5, ".conf") == 0;
}

/* The same in every language. */
static int by_name(const struct dirent **a, const struct dirent **b)
{
    return strcmp((*a)->d_name, (*b)->d_name);
}

/* ---- together
 * ------------------------------------------------------------------------------------------------------*/

/* The file, then what lies in conf.d beside it, by name: of a setting in several the last one counts. */
static bool read_files(struct config *config, const char **problem, int *code)
{
    struct dirent **found = NULL;
    char path[PATH_MAX], directory[PATH_MAX];
    bool has_file = find_file(remembered.given_file),
         fine = !has_file || read_file(config, remembered.file, problem, code);

    snprintf(path, sizeof path, "%s", has_file ? remembered.file : usual_file);
    if (!fine || snprintf(directory, sizeof directory, "%s/conf.d", dirname(path)) >= (int)sizeof directory)
        return fine;
    int count = scandir(directory, &found, is_settings_file, by_name);
    if (count < 0 && errno == EACCES) {
        snprintf(remembered.problem, sizeof remembered.problem, "could not open %s: %s", directory, strerror(errno));
        *problem = remembered.problem;
        *code = EXIT_NO_PERMISSION;
        return false;
    }
    for (int i = 0; i < count; i++) {
        if (fine && snprintf(path, sizeof path, "%s/%s", directory, found[i]->d_name) < (int)sizeof path)
            fine = read_file(config, path, problem, code);
        free(found[i]);
    }
    free(found);
    return fine;
}

static struct config *read_all(char *problem, size_t size, int *code)
{
    struct config *config = config_create(settings);
    const char *why = "";

    *code = EXIT_BAD_CONFIG;
    if (!read_files(config, &why, code))
        goto failed;
    if (!config_read_environment(config, &why))
        goto failed;
    for (size_t i = 0; i < remembered.count; i++) {
        if (!config_set_flag(config, remembered.flags[i].flag, remembered.flags[i].value, &why)) {
            *code = EXIT_WRONG_USAGE;
            goto failed;
        }
    }
    *code = settings_check_words(config, problem, size);
    if (*code != EXIT_DONE) {
        config_destroy(config);
        return NULL;
    }
    return config;
failed:
    snprintf(problem, size, "%s", why);
    config_destroy(config);
    return NULL;
}

struct config *settings_read_again(char *problem, size_t size)
{
    int code;

    return read_all(problem, size, &code);
}

/* ---- the command line
 * ----------------------------------------------------------------------------------------------*/

/* The flags as they came, for a reload as well. */
static bool remember(const char *flag, const char *value)
{
    if (remembered.count == FLAGS_MAX)
        return false;
    remembered.flags[remembered.count].flag = flag;
    remembered.flags[remembered.count++].value = value;
    return true;
}

static int set_mode(struct arguments *arguments, enum mode mode)
{
    if (arguments->mode != MODE_SERVE && arguments->mode != mode) {
        fputs("caroline-server: only one of the flags that say what to do can be given\n", stderr);
        return EXIT_WRONG_USAGE;
    }
    arguments->mode = mode;
    return EXIT_DONE;
}

static int take_flag(int flag, const char *value, struct arguments *arguments)
{
    switch (flag) {
    case FLAG_HELP:
        return set_mode(arguments, MODE_HELP);
    case FLAG_VERSION:
        return set_mode(arguments, MODE_VERSION);
    case FLAG_CHECK_CONFIG:
        return set_mode(arguments, MODE_CHECK_CONFIG);
    case FLAG_DUMP_CONFIG:
        return set_mode(arguments, MODE_DUMP_CONFIG);
    case FLAG_DUMP_OPS:
        return set_mode(arguments, MODE_DUMP_OPS);
    case FLAG_MIGRATE:
        return set_mode(arguments, MODE_MIGRATE);
    case FLAG_INIT:
        return set_mode(arguments, MODE_INIT);
    case FLAG_INVITE:
        return set_mode(arguments, MODE_INVITE);
    case FLAG_CHECK:
        return set_mode(arguments, MODE_CHECK);
    case FLAG_IMPORT_DJANGO:
        arguments->import_path = value;
        return set_mode(arguments, MODE_IMPORT_DJANGO);
    case FLAG_DRY_RUN:
        arguments->dry_run = true;
        break;
    case FLAG_TAX_CLASS:
        arguments->tax_class = value;
        break;
    case FLAG_CONFIG:
        arguments->config_path = value;
        break;
    case FLAG_ANSWERS:
        arguments->answers_path = value;
        break;
    case FLAG_SERVER_NAME:
        if (arguments->server_name_count == NAMES_MAX) {
            fprintf(stderr, "caroline-server: at most %d server names\n", NAMES_MAX);
            return EXIT_WRONG_USAGE;
        }
        arguments->server_names[arguments->server_name_count++] = value;
        break;
    case FLAG_QUIET:
        arguments->louder--;
        break;
    case FLAG_VERBOSE:
        arguments->louder++;
        break;
    default:
        if (!remember(settings[flag - FLAG_SETTING].flag, value)) {
            fprintf(stderr, "caroline-server: at most %d flags\n", FLAGS_MAX);
            return EXIT_WRONG_USAGE;
        }
        break;
    }
    return EXIT_DONE;
}

/* getopt's tables out of ours. */
static void make_options(struct option *options, char *letters)
{
    size_t count = 0;

    for (size_t i = 0; i < MODE_FLAGS; i++) {
        const struct mode_flag *flag = &mode_flags[i];

        options[count++] = (struct option){ .name = flag->name, .has_arg = flag->argument != NULL, .val = flag->value };
        if (flag->value < FLAG_DUMP_CONFIG) {
            *letters++ = (char)flag->value;
            if (flag->argument)
                *letters++ = ':';
        }
    }
    for (size_t i = 0; i < SETTINGS; i++) {
        if (!settings[i].flag)
            continue;
        options[count++] = (struct option){ .name = settings[i].flag,
                                            .has_arg = settings[i].kind != SETTING_BOOL,
                                            .val = FLAG_SETTING + (int)i };
        if (settings[i].letter) {
            *letters++ = settings[i].letter;
            *letters++ = ':';
        }
    }
    *letters = '\0';
}

static int setting_of_letter(int letter)
{
    for (size_t i = 0; i < SETTINGS; i++) {
        if (settings[i].letter == letter)
            return FLAG_SETTING + (int)i;
    }
    return letter;
}

int settings_parse(int argc, char **argv, struct arguments *arguments, struct config **config)
{
    struct option options[MODE_FLAGS + SETTINGS + 1] = { 0 };
    char letters[2 * (MODE_FLAGS + SETTINGS) + 1];
    char problem[1024];
    int flag, code;

    make_options(options, letters);
    while ((flag = getopt_long(argc, argv, letters, options, NULL)) != -1) {
        if (flag == '?')
            return EXIT_WRONG_USAGE; /* getopt has said which */
        code = take_flag(setting_of_letter(flag), optarg, arguments);
        if (code != EXIT_DONE)
            return code;
    }
    if (optind < argc) {
        fprintf(stderr, "caroline-server: '%s' is no flag; --help lists them\n", argv[optind]);
        return EXIT_WRONG_USAGE;
    }
    if (arguments->mode == MODE_HELP || arguments->mode == MODE_VERSION || arguments->mode == MODE_DUMP_OPS)
        return EXIT_DONE; /* whatever the settings say */
    remembered.given_file = arguments->config_path;
    *config = read_all(problem, sizeof problem, &code);
    if (*config)
        return EXIT_DONE;
    fprintf(stderr, "caroline-server: %s\n", problem);
    return code;
}

/* ---- paths
 * ---------------------------------------------------------------------------------------------------------*/

static void data_directory(const struct config *config, char *path, size_t size)
{
    const char *given = config_text(config, "server", "data-dir");
    const char *systemd = getenv("STATE_DIRECTORY"), *state = getenv("XDG_STATE_HOME"), *home = getenv("HOME");

    if (*given)
        snprintf(path, size, "%s", given);
    else if (systemd && *systemd)
        snprintf(path, size, "%.*s", (int)strcspn(systemd, ":"), systemd);
    else if (geteuid() == 0)
        snprintf(path, size, "/var/lib/caroline");
    else if (state && *state)
        snprintf(path, size, "%s/caroline", state);
    else
        snprintf(path, size, "%s/.local/state/caroline", home ? home : "");
}

const char *settings_path(const struct config *config, enum data_path which)
{
    static const struct {
        const char *key, *name;
    } places[PATH_COUNT] = {
        [PATH_DATA] = { "data-dir", "" },
        [PATH_VAULT] = { "vault", "/vault" },
        [PATH_MIRROR] = { "vault-mirror", "/vault-mirror" },
        [PATH_CERTIFICATE] = { "certificate", "/server.crt" },
        [PATH_KEY] = { "key", "/server.key" },
    };
    static char paths[PATH_COUNT][PATH_MAX];
    const char *given = config_text(config, "server", places[which].key);
    char directory[PATH_MAX - 32];

    if (which != PATH_DATA && *given)
        return given;
    data_directory(config, directory, sizeof directory);
    snprintf(paths[which], sizeof paths[which], "%s%s", directory, places[which].name);
    return paths[which];
}
