/* The server that serves: from the first connection to the database to the last reply. */
#ifndef CAROLINE_SERVER_SERVE_H
#define CAROLINE_SERVER_SERVE_H

#include "server/settings.h"

/* Until it is told to stop. Returns the exit code. Takes the config over. */
int serve(struct config *config, const struct arguments *arguments);
void serve_open_log(const struct config *config, const struct arguments *arguments);

#endif
