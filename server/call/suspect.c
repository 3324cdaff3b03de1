/* Commands that kill: noted before they are decided, so that one found there after two crashes is not tried again. */
#include <assert.h>
#include <string.h>

#include "server/call/inner.h"

bool is_suspect(const struct driver *driver, const struct work *w)
{
    struct suspects *suspects = driver->config.suspects;

    return suspects && suspects->crashes(suspects, w->call.command_id) >= 2;
}

void note_suspects(struct driver *driver, struct work *const *works, size_t count)
{
    struct suspects *suspects = driver->config.suspects;
    uint8_t ids[GROUP_COMMANDS_MAX][16];

    if (!suspects)
        return;
    assert(count <= GROUP_COMMANDS_MAX);
    for (size_t i = 0; i < count; i++)
        memcpy(ids[i], works[i]->call.command_id, sizeof ids[i]);
    suspects->note(suspects, (const uint8_t(*)[16])ids, count);
}

void clear_suspects(struct driver *driver)
{
    if (driver->config.suspects)
        driver->config.suspects->clear(driver->config.suspects);
}
