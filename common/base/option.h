/* Command lines: one table makes --help, the parsing, and the sentence for who mistypes. */
#ifndef CAROLINE_BASE_OPTION_H
#define CAROLINE_BASE_OPTION_H

#include <stdbool.h>

#include "common/base/config.h"

#define EXIT_USAGE 64

/* An option that is no setting. --help and --version are every program's own. */
struct command_option {
    const char *name;     /* "script" for --script */
    char letter;          /* 's' for -s as well, or 0 */
    const char *argument; /* "FILE" for --script FILE; NULL: takes none */
    const char *help;
    bool *given;        /* becomes true, or NULL */
    const char **value; /* becomes the argument, the last one given, or NULL */
};

struct command_line {
    const char *program;                  /* "caroline-server" */
    const char *about;                    /* one sentence */
    const char *operands;                 /* "COMMAND [ARGUMENT]...", or NULL when there are none */
    bool stops_at_operand;                /* what follows the first operand is for a command's own table */
    const char *libraries;                /* for --version: "OpenSSL 3.0.22, libuv 1.44.2", or NULL */
    const char *notes;                    /* the end of --help: files, exit codes; or NULL */
    const struct command_option *options; /* ended by one without a name, or NULL */
    const struct setting *settings;       /* those with a flag are options, too; or NULL */
};

/* Reads argv[1] on; flags of settings go to the config. Returns the index of the first operand, the operands being last
 * in argv then ("--" ends the options). --help and --version print to standard output and exit with 0; a mistake is
 * told on standard error and exits with 64. */
int command_line_read(const struct command_line *line, int argc, char **argv, struct config *config);
/* "caroline: SENTENCE" and where to find help, on standard error; exits with 64. */
_Noreturn void command_line_wrong(const struct command_line *line, const char *format, ...)
    __attribute__((format(printf, 2, 3)));
/* What --help prints. */
void command_line_help(const struct command_line *line, FILE *out);

#endif
