/* Are the settings what the server can use? Beyond what the table of settings says of each by itself. */
#ifndef CAROLINE_SERVER_SETTINGS_CHECK_H
#define CAROLINE_SERVER_SETTINGS_CHECK_H

#include <stddef.h>

#include "common/base/config.h"

/* How they are written: addresses, URIs, words. EXIT_DONE, or *problem names the place, and the code is for it: a flag's is
 * a wrong usage. Asks nobody, opens nothing. */
int settings_check_words(const struct config *config, char *problem, size_t size);
/* What they name on this machine: names, directories, certificate and key, the vault's rights. As the server would find
 * it, for --check-config; *problem gets a remark as well where all is well. */
int settings_check_machine(const struct config *config, char *problem, size_t size);

/* The key or the vault must be mended by its rights: EXIT_NO_PERMISSION, or EXIT_BAD_CONFIG. */
int settings_code_of_key(const struct config *config);
int settings_code_of_vault(const struct config *config);

#endif
