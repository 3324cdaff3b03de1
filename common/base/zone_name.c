/* What a name of the IANA's tz database may be, by its file "theory.html". */
#include "common/base/zone_name.h"

#include <stddef.h>
#include <string.h>
#include <strings.h>

#define NAME_MAX_LENGTH 63

/* Files and folders that are no names: in the whole, and in front. */
static const char *const others[] = {
    "localtime", "posixrules", "Factory", "leapseconds", "posix", "right", "SystemV"
};

static bool is_letter(char c)
{
    return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z');
}

static bool is_other(const char *part, size_t size)
{
    for (size_t i = 0; i < sizeof others / sizeof *others; i++)
        if (strlen(others[i]) == size && strncasecmp(part, others[i], size) == 0)
            return true;
    return false;
}

/* Parts between single slashes, each of which begins with a letter. */
bool zone_name_fits(const char *name)
{
    static const char letters[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_+-";
    const char *part = name;

    if (strlen(name) > NAME_MAX_LENGTH)
        return false;
    for (;;) {
        size_t size = strspn(part, letters);

        if (!is_letter(*part) || (part == name && is_other(part, size)))
            return false;
        part += size;
        if (*part == '\0')
            return true;
        if (*part++ != '/')
            return false;
    }
}
