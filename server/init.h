/* Setting up a shop, before any server runs: vault, certificate, tables, and the first codes. Waits in place. */
#ifndef CAROLINE_SERVER_INIT_H
#define CAROLINE_SERVER_INIT_H

#include <stddef.h>

struct init_settings {
    const char *data_directory; /* made when it is not there */
    const char *vault, *mirror, *certificate, *key;
    const char *owner_uri;
    const char *uri, *read_uri; /* whom the server will sign in as; empty: libpq's own environment, and nobody else */
    const char *answers_path;   /* NULL: asks on the terminal, or reads standard input when it is none */
    const char *const *server_names; /* in the server's certificate; none: localhost and this machine's name */
    size_t server_name_count;
};

/* What main returns: 0, or a code of sysexits.h after a sentence on standard error. Standard output gets the codes. A
 * database that has a shop is left alone. */
int init_shop(const struct init_settings *settings);

/* A code for a new console, for who has lost all others: the same rights as over the vault's files are asked for. */
int init_invite(const struct init_settings *settings);

#endif
