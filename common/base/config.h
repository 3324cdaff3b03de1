/* Settings: default < file < environment < flag. One table says all of a program's. */
#ifndef CAROLINE_BASE_CONFIG_H
#define CAROLINE_BASE_CONFIG_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

enum setting_kind { SETTING_TEXT, SETTING_INT, SETTING_BOOL };

struct setting {
    const char *section, *key; /* [section] key = value */
    const char *environment;   /* variable, or NULL */
    const char *flag;          /* "listen" for --listen, or NULL */
    char letter;               /* 'c' for -c, or 0 */
    enum setting_kind kind;
    const char *fallback; /* default, as text */
    int64_t least, most;  /* of an integer */
    bool reloads;         /* takes effect on SIGHUP */
    const char *help;
    bool repeats; /* its flag given again adds to it, behind a comma */
};

struct config; /* values and where each came from */

/* settings: ended by one without a key, those of a section together; must outlive the config. */
struct config *config_create(const struct setting *settings);
void config_destroy(struct config *config);
/* Files, environment and flags may be read in any order: the stronger origin stays.
 * false: *problem (owned by config) says "file:line: unknown key 'lisen' in [net]; did you mean 'listen'?", and nothing
 * of the file has taken effect. Of several files the one read last wins. Lines have at most 198 characters. */
bool config_read_file(struct config *config, const char *path, const char **problem);
/* A variable that is empty is as one that is not set. */
bool config_read_environment(struct config *config, const char **problem);
/* value: NULL for a flag of a bool. */
bool config_set_flag(struct config *config, const char *flag, const char *value, const char **problem);
const char *config_text(const struct config *config, const char *section, const char *key); /* "" when empty */
int64_t config_int(const struct config *config, const char *section, const char *key);
bool config_bool(const struct config *config, const char *section, const char *key);
/* Where a value comes from: "server.conf:3", "DATABASE_URL", "--listen", "default". Owned by config. */
const char *config_place(const struct config *config, const char *section, const char *key);
/* Every value with its origin, as a file that could be read back; passwords are not shown. */
void config_dump(const struct config *config, FILE *out);
/* The keys whose values differ and that do not reload: "net.listen, net.backlog", cut to what fits into text. Returns
 * their count. */
size_t config_needs_restart(const struct config *before, const struct config *after, char *text, size_t size);

#endif
