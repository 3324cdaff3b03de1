/* Command ids: 16 bytes, made once by who wants something changed, and shown again with every copy of it. */
#ifndef CAROLINE_CLIENT_LINK_COMMAND_ID_H
#define CAROLINE_CLIENT_LINK_COMMAND_ID_H

#include <stdint.h>

#include "common/base/world.h"

#define COMMAND_ID_SIZE 16

/* A UUIDv7: 48 bits of milliseconds, then chance. */
void command_id_make(uint8_t id[COMMAND_ID_SIZE], struct clock *clock, struct entropy *entropy);
/* "0190c9a2-....": text holds at least COMMAND_ID_TEXT bytes. Returns text. */
#define COMMAND_ID_TEXT 37
char *command_id_format(char *text, const uint8_t id[COMMAND_ID_SIZE]);

#endif
