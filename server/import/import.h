/* `caroline-server --import-django FILE`: the goods and members of the Django shop before this one. */
#ifndef CAROLINE_SERVER_IMPORT_IMPORT_H
#define CAROLINE_SERVER_IMPORT_IMPORT_H

#include <stdbool.h>
#include <stdio.h>

struct import_settings {
    const char *path; /* of the dump */
    const char *uri;  /* of the database, as the server's role */
    const char *vault, *mirror;
    const char *tax_class; /* of the goods; NULL: the shop's only one */
    bool dry;              /* say what would be done, and change nothing */
};

/* As sysexits.h has them. */
enum import_outcome {
    IMPORT_DONE = 0,
    IMPORT_DIFFERS = 1,  /* what is here is not what is in the dump */
    IMPORT_REFUSED = 65, /* the dump, or something in it: nothing was changed */
    IMPORT_NO_FILE = 66,
    IMPORT_AWAY = 69, /* the database */
    IMPORT_NO_VAULT = 78,
};

/* What was done, and what was not, goes to out; it names records by their keys and never a person. What keeps it from going on, to err. */
enum import_outcome import_django(const struct import_settings *settings, FILE *out, FILE *err);

#endif
