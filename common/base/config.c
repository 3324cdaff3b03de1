/* Settings by one table: where each value came from, what may follow it, what a wrong one is told. */
#include "common/base/config.h"

#include <assert.h>
#include <errno.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <ini.h>

#include "common/base/arena.h"
#include "common/base/nearest.h"

enum origin { ORIGIN_DEFAULT, ORIGIN_FILE, ORIGIN_ENVIRONMENT, ORIGIN_FLAG };

/* One setting's value; texts live in the config's arena. */
struct value {
    const char *text, *place; /* place: "server.conf:3", "DATABASE_URL", "--listen" */
    enum origin origin;
};

struct config {
    const struct setting *settings;
    struct value *values; /* as many as settings */
    size_t count;
    struct arena *arena;
};

static const struct setting *setting_find(const struct config *config, const char *section, const char *key)
{
    for (size_t i = 0; i < config->count; i++)
        if (strcmp(config->settings[i].section, section) == 0 && strcmp(config->settings[i].key, key) == 0)
            return &config->settings[i];
    return NULL;
}

static struct value *value_of(const struct config *config, const struct setting *setting)
{
    return &config->values[setting - config->settings];
}

static bool parse_bool(const char *text, bool *value)
{
    static const char *const words[] = { "no", "yes", "false", "true", "off", "on", "0", "1" };

    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        if (strcmp(text, words[i]) == 0) {
            *value = i % 2;
            return true;
        }
    return false;
}

static bool parse_int(const char *text, int64_t least, int64_t most, int64_t *value)
{
    char *end;
    long long number;

    errno = 0;
    number = strtoll(text, &end, 10);
    if (errno || end == text || *end || strspn(text, "-0123456789") != strlen(text) || number < least || number > most)
        return false;
    *value = number;
    return true;
}

/* NULL when the text is a value of the setting, else what it must be. */
static const char *must_be(struct arena *arena, const struct setting *setting, const char *text)
{
    int64_t number;
    bool answer;

    switch (setting->kind) {
    case SETTING_INT:
        if (!parse_int(text, setting->least, setting->most, &number))
            return arena_format(arena, "a whole number from %" PRId64 " to %" PRId64, setting->least, setting->most);
        break;
    case SETTING_BOOL:
        if (!parse_bool(text, &answer))
            return "yes or no";
        break;
    case SETTING_TEXT:
        for (const char *c = text; *c; c++)
            if ((unsigned char)*c < 0x20 || *c == 0x7F)
                return "text without control characters";
        break;
    }
    return NULL;
}

struct config *config_create(const struct setting *settings)
{
    struct arena *arena = arena_create(0);
    struct config *config = arena_alloc(arena, sizeof *config);

    config->arena = arena;
    config->settings = settings;
    while (settings[config->count].key)
        config->count++;
    config->values = arena_array(arena, config->count, sizeof *config->values);
    for (size_t i = 0; i < config->count; i++) {
        config->values[i].text = settings[i].fallback ? settings[i].fallback : "";
        config->values[i].place = "default";
        assert(!must_be(arena, &settings[i], config->values[i].text));
    }
    return config;
}

void config_destroy(struct config *config)
{
    if (config)
        arena_destroy(config->arena);
}

/* A stronger origin stays: files, environment and flags may be read in any order. */
static bool value_set(struct config *config, const struct setting *setting, const char *text, enum origin origin,
                      const char *place, const char **problem)
{
    struct value *value = value_of(config, setting);
    const char *must = must_be(config->arena, setting, text);

    if (must) {
        *problem = arena_format(config->arena, "%s must be %s", place, must);
        return false;
    }
    if (origin < value->origin)
        return true;
    if (setting->repeats && origin == ORIGIN_FLAG && value->origin == ORIGIN_FLAG)
        value->text = arena_format(config->arena, "%s,%s", value->text, text);
    else
        value->text = arena_text(config->arena, text);
    value->place = arena_text(config->arena, place);
    value->origin = origin;
    return true;
}

/* --- files --- */

/* While a file is read: values go into a list first, so that a file with a mistake in its last line changes nothing. */
struct reading {
    struct config *config;
    FILE *file;
    const char *path;
    int line;
    const char *problem;  /* the first one */
    bool *seen;           /* by setting */
    struct value *values; /* by setting */
};

__attribute__((format(printf, 2, 3))) static void complain(struct reading *r, const char *format, ...)
{
    char text[400];
    va_list arguments;

    if (r->problem)
        return;
    va_start(arguments, format);
    vsnprintf(text, sizeof text, format, arguments);
    va_end(arguments);
    r->problem = arena_format(r->config->arena, "%s:%d: %s", r->path, r->line, text);
}

/* As fgets(), but minds what inih would not: a line longer than its buffer would reach it in two. */
static char *read_line(char *line, int size, void *reading)
{
    struct reading *r = reading;
    int length = 0, c;

    if (r->problem)
        return NULL;
    r->line++;
    while ((c = getc(r->file)) != EOF) {
        if (c == '\0')
            complain(r, "a NUL byte: this is no text file");
        else if (length == size - 1)
            complain(r, "the line is longer than %d characters; a long value can stand in the environment", size - 2);
        if (r->problem)
            return NULL;
        line[length++] = (char)c;
        if (c == '\n')
            break;
    }
    line[length] = '\0';
    return length > 0 ? line : NULL;
}

static bool section_known(const struct config *config, const char *section)
{
    for (size_t i = 0; i < config->count; i++)
        if (strcmp(config->settings[i].section, section) == 0)
            return true;
    return false;
}

static void complain_of_section(struct reading *r, const char *section)
{
    struct nearest nearest = nearest_to(section);

    for (size_t i = 0; i < r->config->count; i++)
        nearest_offer(&nearest, r->config->settings[i].section);
    if (nearest.best)
        complain(r, "unknown section [%s]; did you mean [%s]?", section, nearest.best);
    else
        complain(r, "unknown section [%s]", section);
}

static void complain_of_key(struct reading *r, const char *section, const char *key)
{
    struct nearest nearest = nearest_to(key);

    for (size_t i = 0; i < r->config->count; i++) {
        const struct setting *setting = &r->config->settings[i];
        if (strcmp(setting->section, section) == 0)
            nearest_offer(&nearest, setting->key);
        else if (strcmp(setting->key, key) == 0)
            complain(r, "unknown key '%s' in [%s]; it belongs in [%s]", key, section, setting->section);
    }
    if (nearest.best)
        complain(r, "unknown key '%s' in [%s]; did you mean '%s'?", key, section, nearest.best);
    else
        complain(r, "unknown key '%s' in [%s]", key, section);
}

static int on_value(void *reading, const char *section, const char *key, const char *text)
{
    struct reading *r = reading;
    const struct setting *setting = setting_find(r->config, section, key);
    const char *must;
    size_t at;

    if (!setting) {
        if (section_known(r->config, section))
            complain_of_key(r, section, key);
        else
            complain_of_section(r, section);
        return 0;
    }
    at = (size_t)(setting - r->config->settings);
    must = must_be(r->config->arena, setting, text);
    if (must)
        complain(r, "'%s' in [%s] must be %s", key, section, must);
    if (r->seen[at]) /* an indented line comes as the key above it, too */
        complain(r, "'%s' in [%s] has a value already, from %s", key, section, r->values[at].place);
    r->seen[at] = true;
    r->values[at].text = arena_text(r->config->arena, text);
    r->values[at].place = arena_format(r->config->arena, "%s:%d", r->path, r->line);
    return !r->problem;
}

static void read_all(struct reading *r)
{
    int wrong_line;

    wrong_line = ini_parse_stream(read_line, r, on_value, r);
    if (ferror(r->file))
        complain(r, "could not read the file");
    if (wrong_line > 0 && (!r->problem || wrong_line < r->line)) { /* inih reads on; the first mistake is told */
        r->line = wrong_line;
        r->problem = NULL;
        complain(r, "neither [section] nor key = value");
    }
}

bool config_read_file(struct config *config, const char *path, const char **problem)
{
    struct reading r = {
        .config = config,
        .path = path,
        .seen = arena_array(config->arena, config->count, sizeof *r.seen),
        .values = arena_array(config->arena, config->count, sizeof *r.values),
    };

    r.file = fopen(path, "re");
    if (!r.file) {
        *problem = arena_format(config->arena, "could not open %s: %s", path, strerror(errno));
        return false;
    }
    read_all(&r);
    fclose(r.file);
    *problem = r.problem;
    for (size_t i = 0; !r.problem && i < config->count; i++)
        if (r.seen[i])
            value_set(config, &config->settings[i], r.values[i].text, ORIGIN_FILE, r.values[i].place, problem);
    return !r.problem;
}

/* --- environment and flags --- */

bool config_read_environment(struct config *config, const char **problem)
{
    for (size_t i = 0; i < config->count; i++) {
        const struct setting *setting = &config->settings[i];
        const char *text = setting->environment ? getenv(setting->environment) : NULL;
        if (text && *text && !value_set(config, setting, text, ORIGIN_ENVIRONMENT, setting->environment, problem))
            return false;
    }
    return true;
}

bool config_set_flag(struct config *config, const char *flag, const char *value, const char **problem)
{
    struct nearest nearest = nearest_to(flag);

    for (size_t i = 0; i < config->count; i++) {
        const struct setting *setting = &config->settings[i];
        if (!setting->flag)
            continue;
        if (strcmp(setting->flag, flag) == 0) {
            const char *place = arena_format(config->arena, "--%s", flag);
            if (!value && setting->kind == SETTING_BOOL)
                value = "yes";
            if (value)
                return value_set(config, setting, value, ORIGIN_FLAG, place, problem);
            *problem = arena_format(config->arena, "--%s needs a value", flag);
            return false;
        }
        nearest_offer(&nearest, setting->flag);
    }
    if (nearest.best)
        *problem = arena_format(config->arena, "unknown option --%s; did you mean --%s?", flag, nearest.best);
    else
        *problem = arena_format(config->arena, "unknown option --%s", flag);
    return false;
}

/* --- reading values --- */

static const char *text_of(const struct config *config, const char *section, const char *key, enum setting_kind kind)
{
    const struct setting *setting = setting_find(config, section, key);

    assert(setting && (setting->kind == kind || kind == SETTING_TEXT));
    return value_of(config, setting)->text;
}

const char *config_text(const struct config *config, const char *section, const char *key)
{
    return text_of(config, section, key, SETTING_TEXT);
}

int64_t config_int(const struct config *config, const char *section, const char *key)
{
    return strtoll(text_of(config, section, key, SETTING_INT), NULL, 10);
}

bool config_bool(const struct config *config, const char *section, const char *key)
{
    bool value = false;

    parse_bool(text_of(config, section, key, SETTING_BOOL), &value);
    return value;
}

const char *config_place(const struct config *config, const char *section, const char *key)
{
    const struct setting *setting = setting_find(config, section, key);

    assert(setting);
    return value_of(config, setting)->place;
}

/* --- all of them --- */

/* Behind the first "password =" of libpq's key=value words, or of a URI's parameters; NULL: there is none. */
static const char *password_word(const char *text)
{
    const char *word = text;

    while ((word = strstr(word, "password")) != NULL) {
        word += strlen("password");
        const char *sign = word + strspn(word, " \t");
        if (*sign == '=')
            return sign + 1;
    }
    return NULL;
}

/* Passwords in a URI ("//user:secret@"; one that holds an @ goes whole) or in its parameters are not shown, nor those
 * among key=value words, with all that stands behind. Lives in the arena. */
static const char *without_password(struct arena *arena, const char *text)
{
    const char *user = strstr(text, "://"), *at = user ? strrchr(user, '@') : NULL;
    const char *colon = at ? memchr(user + 3, ':', (size_t)(at - user - 3)) : NULL;

    if (colon)
        text = arena_format(arena, "%.*s:***%s", (int)(colon - text), text, at);
    const char *word = password_word(text);
    if (word)
        text = arena_format(arena, "%.*s***", (int)(word - text), text);
    return text;
}

void config_dump(const struct config *config, FILE *out)
{
    const char *section = NULL;

    for (size_t i = 0; i < config->count; i++) {
        const struct setting *setting = &config->settings[i];
        const char *text = without_password(config->arena, config->values[i].text);
        /* What a file could not say again stands as a comment. */
        const bool hidden = text != config->values[i].text;
        const bool unsayable = hidden || strlen(setting->key) + strlen(text) > 190 || strstr(text, " ;");
        if (!section || strcmp(section, setting->section) != 0)
            fprintf(out, "%s[%s]\n", section ? "\n" : "", setting->section);
        section = setting->section;
        fprintf(out, "; %s\n%s%s = %s\n", config->values[i].place, unsayable ? "; " : "", setting->key, text);
    }
}

size_t config_needs_restart(const struct config *before, const struct config *after, char *text, size_t size)
{
    size_t count = 0, used = 0;

    assert(before->settings == after->settings && size > 0);
    text[0] = '\0';
    for (size_t i = 0; i < before->count; i++) {
        const struct setting *setting = &before->settings[i];
        if (setting->reloads || strcmp(before->values[i].text, after->values[i].text) == 0)
            continue;
        if (used < size)
            used += (size_t)snprintf(text + used, size - used, "%s%s.%s", count ? ", " : "", setting->section,
                                     setting->key);
        count++;
    }
    return count;
}
