/* Addresses as people write them. */
#include "server/net/inner.h"

#include <netdb.h>
#include <netinet/in.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define HOST_MAX 254

const char *net_problem(const char *format, ...)
{
    static char text[512];
    va_list arguments;

    va_start(arguments, format);
    vsnprintf(text, sizeof text, format, arguments);
    va_end(arguments);
    return text;
}

const char *source_text(char text[SOURCE_TEXT], const struct sockaddr *address)
{
    char name[INET6_ADDRSTRLEN] = "?";

    if (address->sa_family == AF_INET6) {
        const struct sockaddr_in6 *six = (const struct sockaddr_in6 *)(const void *)address;
        uv_ip6_name(six, name, sizeof name);
        snprintf(text, SOURCE_TEXT, "[%s]:%u", name, ntohs(six->sin6_port));
    } else {
        const struct sockaddr_in *four = (const struct sockaddr_in *)(const void *)address;
        if (address->sa_family == AF_INET)
            uv_ip4_name(four, name, sizeof name);
        snprintf(text, SOURCE_TEXT, "%s:%u", name, ntohs(four->sin_port));
    }
    return text;
}

/* Take "HOST:PORT" apart; a host in brackets may hold colons, and none or "*" is every address. */
static bool split(const char *setting, char host[HOST_MAX], const char **port)
{
    const char *colon = strrchr(setting, ':'), *begin = setting, *end = colon;

    if (colon == NULL || colon[1] == 0)
        return false;
    if (setting[0] == '[') {
        begin = setting + 1;
        end = colon - 1;
        if (colon == setting || *end != ']')
            return false;
    } else if (memchr(setting, ':', (size_t)(colon - setting)) != NULL) {
        return false; /* an address of IPv6 without brackets: where does the port begin? */
    }
    if (end < begin || (size_t)(end - begin) >= HOST_MAX)
        return false;
    memcpy(host, begin, (size_t)(end - begin));
    host[end - begin] = 0;
    if (strcmp(host, "*") == 0)
        host[0] = 0;
    *port = colon + 1;
    return true;
}

static bool is_port(const char *text)
{
    char *end;
    unsigned long number = strtoul(text, &end, 10);

    return strspn(text, "0123456789") == strlen(text) && strlen(text) <= 5 && *end == 0 && number <= 65535;
}

static bool take_apart(const char *setting, char host[HOST_MAX], const char **port, const char **problem)
{
    if (split(setting, host, port) && is_port(*port))
        return true;
    *problem = net_problem("could not listen on '%s': an address and a port are wanted, as in 127.0.0.1:7117, "
                           "[::1]:7117 or *:7117",
                           setting);
    return false;
}

struct addrinfo *addresses_of(const char *setting, const char **problem)
{
    struct addrinfo wish = { .ai_flags = AI_PASSIVE | AI_NUMERICSERV, .ai_socktype = SOCK_STREAM }, *found = NULL;
    char host[HOST_MAX];
    const char *port;

    if (!take_apart(setting, host, &port, problem))
        return NULL;
    int result = getaddrinfo(host[0] != 0 ? host : NULL, port, &wish, &found);
    if (result != 0) {
        *problem = net_problem("could not listen on %s: %s", setting, gai_strerror(result));
        return NULL;
    }
    return found;
}

bool net_address_fits(const char *address, bool found_too, const char **problem)
{
    char host[HOST_MAX];
    const char *port;

    if (!found_too)
        return take_apart(address, host, &port, problem);
    struct addrinfo *found = addresses_of(address, problem);
    if (!found)
        return false;
    freeaddrinfo(found);
    return true;
}
