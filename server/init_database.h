/* The rows of a new shop, over libpq that waits. */
#ifndef CAROLINE_SERVER_INIT_DATABASE_H
#define CAROLINE_SERVER_INIT_DATABASE_H

#include <stdbool.h>
#include <stdint.h>

#include "common/wire/code.h"
#include "server/init_answers.h"
#include "server/vault/vault.h"

struct init_database;

/* NULL: *problem. */
struct init_database *init_database_open(const char *uri, const char **problem);
void init_database_close(struct init_database *database);
/* Does who signs in by `uri` have the rights of `role`, as tables are granted to it? false: *problem says the role. Where nobody can
 * be asked it is true: whoever serves there says why not. */
bool init_database_role(const char *uri, const char *role, const char **problem);
/* Has it a shop, and which? false: *problem. *shop_id 0: none. */
bool init_database_shop(struct init_database *database, int64_t *shop_id, const char **problem);

/* What came of it, to be told. */
struct init_codes {
    char pin[16];
    struct enrolment_code code;
};
/* Shop, roles, tax class, programme, manager and device code in one transaction, which is open until the next. */
bool init_database_write(struct init_database *database, struct vault *vault, const struct init_answers *answers,
                         struct entropy *entropy, struct arena *arena, struct init_codes *codes, const char **problem);
bool init_database_commit(struct init_database *database, const char **problem);
/* Only a device code. life: "15 minutes". */
bool init_database_invite(struct init_database *database, struct vault *vault, int64_t shop_id, const char *life,
                          struct entropy *entropy, struct init_codes *codes, const char **problem);

#endif
