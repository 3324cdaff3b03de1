/* The names of permissions. */
#include "server/call/permission.h"

#include <stddef.h>

static const char *const names[PERMISSION_COUNT] = {
#define X(NAME, name) [PERMISSION_##NAME] = name,
    PERMISSION_LIST(X)
#undef X
};

const char *permission_name(enum permission permission)
{
    return permission > PERMISSION_NONE && permission < PERMISSION_COUNT ? names[permission] : "";
}

enum permission permission_of(struct bytes name)
{
    for (int p = PERMISSION_NONE + 1; p < PERMISSION_COUNT; p++) {
        if (bytes_equal(name, bytes_of_text(names[p])))
            return (enum permission)p;
    }
    return PERMISSION_NONE;
}
