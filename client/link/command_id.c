/* Makes command ids: UUIDv7. */
#include "client/link/command_id.h"

#include <stdio.h>

#include "common/base/bytes.h"

void command_id_make(uint8_t id[COMMAND_ID_SIZE], struct clock *clock, struct entropy *entropy)
{
    uint64_t milliseconds = (uint64_t)clock->now(clock).us / 1000;
    uint8_t time[8];

    put_u64(time, milliseconds << 16);
    entropy->fill(entropy, id + 6, COMMAND_ID_SIZE - 6);
    for (size_t i = 0; i < 6; i++)
        id[i] = time[i];
    id[6] = (uint8_t)(0x70 | (id[6] & 0x0f));
    id[8] = (uint8_t)(0x80 | (id[8] & 0x3f));
}

char *command_id_format(char *text, const uint8_t id[COMMAND_ID_SIZE])
{
    char *at = text;

    for (size_t i = 0; i < COMMAND_ID_SIZE; i++) {
        if (i == 4 || i == 6 || i == 8 || i == 10)
            *at++ = '-';
        at += snprintf(at, 3, "%02x", id[i]);
    }
    return text;
}
