/* The payment gateway of the settings: its words, its secret, and the adapter that speaks to it. */
#include "server/gateway_open.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "server/gateway/stripe.h"

#define SECRET_MAX 300

static char problem_text[600];

bool gateway_is_set(const struct config *config)
{
    return *config_text(config, "gateway", "provider") != '\0';
}

/* The secret goes along with each request: over TLS, or to this machine. */
static bool is_safe(const char *url)
{
    static const char *const heads[] = { "http://127.0.0.1", "http://localhost", "http://[::1]" };

    if (strchr(url, '@')) /* "http://localhost:x@elsewhere" */
        return false;
    if (strncmp(url, "https://", 8) == 0)
        return url[8] != '\0';
    for (size_t i = 0; i < sizeof heads / sizeof *heads; i++) {
        size_t size = strlen(heads[i]);
        if (strncmp(url, heads[i], size) == 0 && (url[size] == '\0' || url[size] == ':' || url[size] == '/'))
            return true;
    }
    return false;
}

bool gateway_words_fit(const struct config *config, const char **key, const char **problem)
{
    const char *provider = config_text(config, "gateway", "provider"), *api = config_text(config, "gateway", "api");
    const char *url = config_text(config, "gateway", "url");

    *key = "provider";
    *problem = "the one that there is is called stripe";
    if (!gateway_is_set(config))
        return true;
    if (strcmp(provider, "stripe") != 0)
        return false;
    *key = "api";
    *problem = "intents or charges";
    if (strcmp(api, "intents") != 0 && strcmp(api, "charges") != 0)
        return false;
    *key = "url";
    *problem = "an address with https, or one of this machine's own, without a slash behind it";
    if (!is_safe(url) || url[strlen(url) - 1] == '/' || strlen(url) > 200)
        return false;
    *key = "return-url";
    *problem = "where the gateway's page sends the customer when a card was typed there, with https or http";
    url = config_text(config, "gateway", "return-url");
    if ((strncmp(url, "https://", 8) != 0 && strncmp(url, "http://", 7) != 0) || strlen(url) > 300)
        return false;
    *key = "secret-file";
    *problem = "the file with the gateway's secret key has to be named";
    return *config_text(config, "gateway", "secret-file") != '\0';
}

static bool say(const char **problem, const char *path, const char *what)
{
    snprintf(problem_text, sizeof problem_text, "%s: %s", path, what);
    *problem = problem_text;
    return false;
}

/* A key is one line of plain characters: anything else would be another header. */
static bool is_key(const char *secret)
{
    for (const char *at = secret; *at; at++)
        if (*at <= ' ' || *at > '~')
            return false;
    return *secret != '\0';
}

bool gateway_secret_read(const struct config *config, char *secret, size_t size, const char **problem)
{
    const char *path = config_text(config, "gateway", "secret-file");
    struct stat status;
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY);

    if (fd < 0)
        return say(problem, path, strerror(errno));
    bool private = fstat(fd, &status) == 0 && S_ISREG(status.st_mode) && (status.st_mode & 077) == 0;
    ssize_t got = private ? read(fd, secret, size - 1) : 0;
    close(fd);
    if (!private)
        return say(problem, path, "others may read it: chmod 600");
    secret[got > 0 ? got : 0] = '\0';
    secret[strcspn(secret, "\r\n")] = '\0';
    if (!is_key(secret))
        return say(problem, path, "its first line is no key");
    return true;
}

struct payment_provider *gateway_open(uv_loop_t *loop, const struct config *config, const char **problem)
{
    char secret[SECRET_MAX];

    if (!gateway_secret_read(config, secret, sizeof secret, problem))
        return NULL;
    struct stripe_config stripe = {
        .http = { .base_url = config_text(config, "gateway", "url"),
                  .ca_file = config_text(config, "gateway", "ca-file"),
                  .secret = secret,
                  .connect_ms = 3000,
                  .total_ms = config_int(config, "gateway", "answer-ms") },
        .api = strcmp(config_text(config, "gateway", "api"), "charges") == 0 ? STRIPE_CHARGES : STRIPE_INTENTS,
        .return_url = config_text(config, "gateway", "return-url"),
    };
    struct payment_provider *provider = stripe_open(loop, &stripe);

    explicit_bzero(secret, sizeof secret);
    return provider;
}
