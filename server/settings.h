/* The server's settings: one table for file, environment, flags and help. */
#ifndef CAROLINE_SERVER_SETTINGS_H
#define CAROLINE_SERVER_SETTINGS_H

#include <stdbool.h>
#include <stdio.h>

#include "common/base/config.h"

/* What the program is to do; one flag each. */
enum mode {
    MODE_SERVE,
    MODE_HELP,
    MODE_VERSION,
    MODE_CHECK_CONFIG,
    MODE_DUMP_CONFIG,
    MODE_DUMP_OPS,
    MODE_MIGRATE,
    MODE_INIT,
    MODE_INVITE,
    MODE_CHECK,
    MODE_IMPORT_DJANGO,
};

#define NAMES_MAX 16

/* What stands on the command line. */
struct arguments {
    enum mode mode;
    const char *config_path;             /* NULL: where it usually is */
    const char *answers_path;            /* of --init */
    const char *server_names[NAMES_MAX]; /* of --init */
    size_t server_name_count;
    const char *import_path, *tax_class; /* of --import-django; tax_class: NULL for none */
    bool dry_run;                        /* likewise */
    int louder;                          /* -v counts up, -q down */
};

/* Exit codes, as sysexits.h has them. */
enum {
    EXIT_DONE = 0,
    EXIT_NOT_WELL = 1, /* of --check: something does not hold; of --import-django: both sides differ */
    EXIT_WRONG_USAGE = 64,
    EXIT_BAD_DATA = 65, /* of --import-django: the dump */
    EXIT_NO_INPUT = 66, /* the answers of --init */
    EXIT_NO_DATABASE = 69,
    EXIT_BUG = 70,
    EXIT_NO_FILE = 73, /* a port, a pid file, a log that cannot be had */
    EXIT_NOT_WRITTEN = 74,
    EXIT_FOR_NOW = 75,
    EXIT_NO_PERMISSION = 77,
    EXIT_BAD_CONFIG = 78,
};

/* Flags into arguments and config. Returns EXIT_DONE, or says what is wrong and returns the code. */
int settings_parse(int argc, char **argv, struct arguments *arguments, struct config **config);
/* File, environment and the flags of settings_parse() again: for a reload. NULL: *problem. */
struct config *settings_read_again(char *problem, size_t size);
/* The file that was read; "" for none. */
const char *settings_file(void);
void settings_help(FILE *out);

/* data-dir and a name in it, or the setting where it is given; in static memory of `which`. */
enum data_path { PATH_DATA, PATH_VAULT, PATH_MIRROR, PATH_CERTIFICATE, PATH_KEY, PATH_COUNT };
const char *settings_path(const struct config *config, enum data_path which);

#endif
