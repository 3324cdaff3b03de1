/* Are the settings what the server can use? Beyond what the table of settings says of each by itself. */
#include "server/settings_check.h"

#include <errno.h>
#include <libgen.h>
#include <libpq-fe.h>
#include <limits.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "common/base/log.h"
#include "common/wire/tls.h"
#include "server/net/net.h"
#include "server/gateway_open.h"
#include "server/settings.h"
#include "server/vault/vault.h"

/* One look at all of them; the first mistake is told. */
struct look {
    const struct config *config;
    char *problem;
    size_t size;
    int code;
};

__attribute__((format(printf, 5, 6))) static bool wrong(struct look *look, int code, const char *section,
                                                        const char *key, const char *format, ...)
{
    int length =
        snprintf(look->problem, look->size, "%s: [%s] %s: ", config_place(look->config, section, key), section, key);
    va_list arguments;

    va_start(arguments, format);
    if ((size_t)length < look->size)
        vsnprintf(look->problem + length, look->size - (size_t)length, format, arguments);
    va_end(arguments);
    look->code = code;
    return false;
}

/* A flag that is written wrongly is a wrong call. */
static int code_of_words(const struct look *look, const char *section, const char *key)
{
    return strncmp(config_place(look->config, section, key), "--", 2) == 0 ? EXIT_WRONG_USAGE : EXIT_BAD_CONFIG;
}

/* ---- as they are written
 * -------------------------------------------------------------------------------------------*/

static bool log_words_fit(struct look *look)
{
    const char *format = config_text(look->config, "log", "format"), *level = config_text(look->config, "log", "level");
    enum log_format log_format;
    enum log_level log_level;

    if (!log_format_of(format, &log_format))
        return wrong(look, code_of_words(look, "log", "format"), "log", "format", "text or json, not '%s'", format);
    if (!log_level_of(level, &log_level))
        return wrong(look, code_of_words(look, "log", "level"), "log", "level",
                     "error, warn, info, debug or trace, not '%s'", level);
    return true;
}

static bool addresses_fit(struct look *look, bool found_too)
{
    char list[4096], *rest = list, *address;
    const char *problem;
    size_t count = 0;
    int code = code_of_words(look, "server", "listen");

    if ((size_t)snprintf(list, sizeof list, "%s", config_text(look->config, "server", "listen")) >= sizeof list)
        return wrong(look, code, "server", "listen", "more than %zu characters", sizeof list - 1);
    while ((address = strsep(&rest, ", "))) {
        if (!*address)
            continue;
        count++;
        if (!net_address_fits(address, found_too, &problem))
            return wrong(look, code, "server", "listen", "%s", problem);
    }
    return count > 0 || wrong(look, code, "server", "listen", "names no address to listen on");
}

static bool is_port(const char *text, size_t length)
{
    char number[6] = "";

    if (length == 0 || length >= sizeof number || strspn(text, "0123456789") < length)
        return false;
    memcpy(number, text, length);
    return strtol(number, NULL, 10) >= 1 && strtol(number, NULL, 10) <= 65535;
}

/* "5432,5433": as many as hosts; an empty one is the usual. */
static bool ports_fit(const char *ports)
{
    while (*ports) {
        size_t length = strcspn(ports, ",");
        if (length > 0 && !is_port(ports, length))
            return false;
        ports += length + (ports[length] == ',');
    }
    return true;
}

static bool database_fits(struct look *look, const char *key)
{
    const char *text = config_text(look->config, "database", key);
    int code = code_of_words(look, "database", key);
    char *words = NULL;
    bool fits = true;

    if (!*text)
        return true; /* libpq's own environment */
    PQconninfoOption *options = PQconninfoParse(text, &words);
    if (!options) {
        /* libpq quotes what it did not understand: of a text with a password, that may be the password. */
        bool secret = strchr(text, '@') || strstr(text, "password");
        fits = wrong(look, code, "database", key, "libpq can't read this address%s%.*s", secret || !words ? "" : ": ",
                     secret || !words ? 0 : (int)strcspn(words, "\n"), words ? words : "");
    }
    for (const PQconninfoOption *option = options; fits && option && option->keyword; option++) {
        if (strcmp(option->keyword, "port") == 0 && option->val && !ports_fit(option->val))
            fits = wrong(look, code, "database", key, "a port is a number from 1 to 65535, not '%s'", option->val);
    }
    PQfreemem(words);
    PQconninfoFree(options);
    return fits;
}

static bool gateway_fits(struct look *look)
{
    const char *key, *problem;

    return gateway_words_fit(look->config, &key, &problem) ||
           wrong(look, code_of_words(look, "gateway", key), "gateway", key, "%s", problem);
}

/* Its secret, and its authorities where they are named. */
static bool gateway_files_fit(struct look *look)
{
    const char *authorities = config_text(look->config, "gateway", "ca-file"), *problem;
    char secret[512];
    bool fits = gateway_secret_read(look->config, secret, sizeof secret, &problem);

    explicit_bzero(secret, sizeof secret);
    if (!fits)
        return wrong(look, EXIT_NO_PERMISSION, "gateway", "secret-file", "%s", problem);
    return !*authorities || eaccess(authorities, R_OK) == 0 ||
           wrong(look, EXIT_BAD_CONFIG, "gateway", "ca-file", "could not open %s: %s", authorities, strerror(errno));
}

int settings_check_words(const struct config *config, char *problem, size_t size)
{
    struct look look = { .config = config, .problem = problem, .size = size, .code = EXIT_DONE };

    if (log_words_fit(&look) && addresses_fit(&look, false) && database_fits(&look, "uri") &&
        database_fits(&look, "owner-uri"))
        database_fits(&look, "read-uri");
    if (look.code == EXIT_DONE)
        gateway_fits(&look);
    return look.code;
}

/* ---- on this machine
 * -----------------------------------------------------------------------------------------------*/

static bool exists(const char *path)
{
    struct stat status;

    return stat(path, &status) == 0 || errno == EACCES;
}

int settings_code_of_key(const struct config *config)
{
    const char *certificate = settings_path(config, PATH_CERTIFICATE), *key = settings_path(config, PATH_KEY);
    const char *problem;

    if ((eaccess(certificate, R_OK) != 0 && errno == EACCES) || (eaccess(key, R_OK) != 0 && errno == EACCES) ||
        (exists(key) && !tls_key_is_private(key, &problem)))
        return EXIT_NO_PERMISSION;
    return EXIT_BAD_CONFIG;
}

int settings_code_of_vault(const struct config *config)
{
    const char *vault = settings_path(config, PATH_VAULT), *problem;
    struct stat status;

    if (stat(vault, &status) != 0)
        return errno == EACCES ? EXIT_NO_PERMISSION : EXIT_BAD_CONFIG;
    return !S_ISDIR(status.st_mode) || vault_is_ours(vault, &problem) ? EXIT_BAD_CONFIG : EXIT_NO_PERMISSION;
}

/* A directory that the server writes into. One that is not there yet is made by --init. */
static bool data_directory_fits(struct look *look)
{
    const char *path = settings_path(look->config, PATH_DATA);
    struct stat status;

    if (stat(path, &status) != 0)
        return errno == ENOENT || wrong(look, errno == EACCES ? EXIT_NO_PERMISSION : EXIT_BAD_CONFIG, "server",
                                        "data-dir", "could not open %s: %s", path, strerror(errno));
    if (!S_ISDIR(status.st_mode))
        return wrong(look, EXIT_BAD_CONFIG, "server", "data-dir", "%s is not a directory", path);
    if (eaccess(path, W_OK | X_OK) != 0)
        return wrong(look, EXIT_NO_PERMISSION, "server", "data-dir", "could not write into %s: %s", path,
                     strerror(errno));
    return true;
}

static bool is_set_up(const struct config *config)
{
    return exists(settings_path(config, PATH_CERTIFICATE)) || exists(settings_path(config, PATH_KEY)) ||
           exists(settings_path(config, PATH_VAULT));
}

/* What --init makes where it usually is must be there as soon as any of it is. */
static bool certificate_fits(struct look *look)
{
    const struct config *config = look->config;
    bool given = *config_text(config, "server", "certificate") || *config_text(config, "server", "key");
    const char *problem;

    if (!given && !is_set_up(config))
        return true;
    /* As a client's: without the shop's authority, which lies in the vault. */
    struct tls_context *context = tls_client_create((struct bytes){ 0 }, settings_path(config, PATH_CERTIFICATE),
                                                    settings_path(config, PATH_KEY), &problem);
    if (!context)
        return wrong(look, settings_code_of_key(config), "server",
                     *config_text(config, "server", "certificate") ? "certificate" : "key", "%s", problem);
    tls_context_destroy(context);
    return true;
}

static bool vault_fits(struct look *look)
{
    const struct config *config = look->config;
    const char *problem;

    if (!*config_text(config, "server", "vault") && !is_set_up(config))
        return true;
    return vault_is_ours(settings_path(config, PATH_VAULT), &problem) ||
           wrong(look, settings_code_of_vault(config), "server", "vault", "%s", problem);
}

/* A file that the server makes, or goes on with. */
static bool file_fits(struct look *look, const char *section, const char *key)
{
    const char *path = config_text(look->config, section, key);
    char copy[PATH_MAX];
    struct stat status;

    if (!*path)
        return true;
    if (stat(path, &status) == 0 && S_ISDIR(status.st_mode))
        return wrong(look, EXIT_BAD_CONFIG, section, key, "%s is a directory", path);
    if (exists(path)) {
        return eaccess(path, W_OK) == 0 ||
               wrong(look, EXIT_BAD_CONFIG, section, key, "could not write %s: %s", path, strerror(errno));
    }
    snprintf(copy, sizeof copy, "%s", path);
    const char *directory = dirname(copy);
    return eaccess(directory, W_OK | X_OK) == 0 ||
           wrong(look, EXIT_BAD_CONFIG, section, key, "could not make %s: could not write into %s: %s", path, directory,
                 strerror(errno));
}

int settings_check_machine(const struct config *config, char *problem, size_t size)
{
    struct look look = { .config = config, .problem = problem, .size = size, .code = EXIT_DONE };

    if (addresses_fit(&look, true) && data_directory_fits(&look) && certificate_fits(&look) && vault_fits(&look) &&
        file_fits(&look, "log", "file"))
        file_fits(&look, "server", "pid-file");
    if (look.code == EXIT_DONE && gateway_is_set(config))
        gateway_files_fit(&look);
    if (look.code == EXIT_DONE && !is_set_up(config))
        snprintf(problem, size, "no shop is set up in %s yet: caroline-server --init does",
                 settings_path(config, PATH_DATA));
    else if (look.code == EXIT_DONE)
        problem[0] = '\0';
    return look.code;
}
