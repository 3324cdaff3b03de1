/* A new shop's rows: one transaction, all or nothing. */
#include "server/init_database.h"

#include <libpq-fe.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/base/failpoint.h"
#include "common/base/pin.h"
#include "common/base/text.h"
#include "db/queries.h"
#include "server/call/permission.h"
#include "server/service/device_code.h"
#include "server/store/link_fault.h"
#include "server/store/outcome.h"

#define NODE            "0" /* servers are numbered from 1 */
#define IDS             "64"
#define FIRST_CODE_LIFE "24 hours" /* the server is started and a console set up first */

struct init_database {
    PGconn *connection;
    int64_t next_id;
    char problem[600];
};

struct init_database *init_database_open(const char *uri, const char **problem)
{
    static char text[600];
    const char *const keywords[] = { "dbname", "connect_timeout", "application_name", "client_encoding", NULL };
    const char *const values[] = { uri, "30", "caroline-server --init", "UTF8", NULL };
    struct init_database *database = calloc(1, sizeof *database);

    if (database)
        database->connection = PQconnectdbParams(keywords, values, 1);
    if (database && PQstatus(database->connection) == CONNECTION_OK) {
        FAILPOINT_LENT(database->connection);
        return database;
    }
    *problem = database ? outcome_sentence(text, sizeof text, PQerrorMessage(database->connection)) : "no memory";
    init_database_close(database);
    return NULL;
}

void init_database_close(struct init_database *database)
{
    if (database)
        PQfinish(database->connection);
    free(database);
}

bool init_database_role(const char *uri, const char *role, const char **problem)
{
    static char text[300];
    const char *ignored;
    struct init_database *database = init_database_open(uri, &ignored);
    bool fits = true;

    if (!database)
        return true;
    PGresult *result =
        PQexecParams(database->connection, "SELECT current_user, pg_has_role(to_regrole($1), 'USAGE') IS NOT false", 1,
                     NULL, &role, NULL, NULL, 0);
    if (PQresultStatus(result) == PGRES_TUPLES_OK && PQntuples(result) == 1) {
        fits = PQgetvalue(result, 0, 1)[0] == 't';
        snprintf(text, sizeof text, "%s", PQgetvalue(result, 0, 0));
        *problem = text;
    }
    PQclear(result);
    init_database_close(database);
    return fits;
}

/* NULL: *problem. */
static PGresult *query(struct init_database *database, const struct statement *statement, const char *const *values,
                       const char **problem)
{
    PGresult *result =
        PQexecParams(database->connection, statement->sql, statement->param_count, NULL, values, NULL, NULL, 0);

    if (PQresultStatus(result) == PGRES_TUPLES_OK || PQresultStatus(result) == PGRES_COMMAND_OK)
        return result;
    *problem = outcome_sentence(database->problem, sizeof database->problem, PQresultErrorMessage(result));
    PQclear(result);
    return NULL;
}

static bool run(struct init_database *database, const struct statement *statement, const char *const *values,
                const char **problem)
{
    PGresult *result = query(database, statement, values, problem);
    PQclear(result);
    return result;
}

static bool number(struct init_database *database, const struct statement *statement, const char *const *values,
                   int64_t *found, const char **problem)
{
    PGresult *result = query(database, statement, values, problem);
    if (!result)
        return false;
    *found = PQntuples(result) ? strtoll(PQgetvalue(result, 0, 0), NULL, 10) : 0;
    PQclear(result);
    return true;
}

static bool plain(struct init_database *database, const char *sql, const char **problem)
{
    PGresult *result = PQexec(database->connection, sql);
    bool done = PQresultStatus(result) == PGRES_COMMAND_OK && !strcmp(PQcmdStatus(result), sql);
    if (!done)
        *problem = outcome_sentence(database->problem, sizeof database->problem, PQresultErrorMessage(result));
    PQclear(result);
    return done;
}

bool init_database_shop(struct init_database *database, int64_t *shop_id, const char **problem)
{
    return number(database, &sql_init_first_shop, NULL, shop_id, problem);
}

/* ---- values as text -----------------------------------------------------------------------------------------------
 */

static char *text_of(struct arena *arena, int64_t value)
{
    return arena_format(arena, "%lld", (long long)value);
}

static char *hex_of(struct arena *arena, struct bytes bytes)
{
    char *text = arena_alloc(arena, bytes.size * 2 + 3);
    text[0] = '\\';
    text[1] = 'x';
    for (size_t i = 0; i < bytes.size; i++)
        snprintf(text + 2 + 2 * i, 3, "%02x", bytes.data[i]);
    return text;
}

static bool take_ids(struct init_database *database, const char **problem)
{
    const char *const values[] = { NODE, IDS };
    return number(database, &sql_id_block_reserve, values, &database->next_id, problem);
}

static char *new_id(struct init_database *database, struct arena *arena)
{
    return text_of(arena, database->next_id++);
}

/* ---- the rows -----------------------------------------------------------------------------------------------------
 */

static bool write_shop(struct init_database *database, const char *id, const struct init_answers *a,
                       struct arena *arena, const char **problem)
{
    const char *const settings[] = { id,
                                     a->name,
                                     a->address,
                                     a->tax_number,
                                     a->receipt_head,
                                     a->receipt_foot,
                                     a->currency,
                                     text_of(arena, a->currency_exponent),
                                     a->zone,
                                     a->prices_include_tax ? "true" : "false",
                                     text_of(arena, a->day_cutoff_minutes),
                                     a->calling_code };
    return run(database, &sql_init_shop, &id, problem) && run(database, &sql_init_head, &id, problem) &&
           run(database, &sql_init_shop_version, settings, problem);
}

/* Everything that there is to allow: who manages the shop. */
static char *all_permissions(struct arena *arena)
{
    char *text = arena_text(arena, "{");
    for (int i = PERMISSION_NONE + 1; i < PERMISSION_COUNT; i++)
        text = arena_format(arena, "%s%s%s", text, i > PERMISSION_NONE + 1 ? "," : "",
                            permission_name((enum permission)i));
    return arena_format(arena, "%s}", text);
}

static bool write_roles(struct init_database *database, struct arena *arena, const char **manager_role,
                        const char **problem)
{
    const struct {
        const char *name, *permissions, *discount_ppm;
    } roles[] = {
        { "manager", all_permissions(arena), "1000000" },
        { "shift_lead",
          "{sell,refund,retender,discount,approve,cash_move,no_sale,staff_meal,shift_close,"
          "member_see,member_edit,sold_out,stock_edit,audit_see}",
          "500000" },
        { "cashier", "{sell,discount,member_see,member_edit,sold_out}", "100000" },
    };
    for (size_t i = 0; i < sizeof roles / sizeof *roles; i++) {
        const char *const values[] = { new_id(database, arena), roles[i].name, roles[i].permissions,
                                       roles[i].discount_ppm };
        if (i == 0)
            *manager_role = values[0];
        if (!run(database, &sql_init_role, values, problem))
            return false;
    }
    return true;
}

static bool write_rules(struct init_database *database, struct arena *arena, const char **problem)
{
    const char *const tax_class[] = { new_id(database, arena), "untaxed" };
    const char *const programme[] = { new_id(database, arena), "Points", "Free cookie" };

    return run(database, &sql_init_tax_class, tax_class, problem) &&
           run(database, &sql_init_tender_types, (const char *const[]){ NULL }, problem) &&
           run(database, &sql_init_programme, programme, problem);
}

/* Eight digits that nobody can guess, and that nobody would have refused. */
static void make_pin(struct entropy *entropy, char pin[16])
{
    do {
        uint32_t random;
        do
            entropy->fill(entropy, &random, sizeof random);
        while (random >= UINT32_C(4200000000)); /* no digit likelier than another */
        snprintf(pin, 16, "%08u", random % 100000000);
    } while (pin_check(bytes_of_text(pin)) != PIN_OK);
}

static bool write_manager(struct init_database *database, struct vault *vault, const char *shop_id, const char *role_id,
                          const char *name, const char *pin, struct arena *arena, const char **problem)
{
    int64_t id = database->next_id++;
    uint8_t blind[BLIND_SIZE];
    char hash[128];

    if (!vault_person_create(vault, id) || !vault_pin_hash(vault, pin, hash)) {
        *problem = "the vault could not make the manager's key";
        return false;
    }
    vault_blind(vault, BLIND_STAFF_NAME, bytes_of_text(text_fold(arena, bytes_of_text(name))), blind);
    struct bytes sealed = vault_seal(vault, id, FIELD_STAFF_NAME, bytes_of_text(name), arena);
    const char *const values[] = {
        text_of(arena, id), shop_id, role_id, hex_of(arena, sealed), hex_of(arena, bytes_of(blind, sizeof blind)), hash,
    };
    return run(database, &sql_init_manager, values, problem);
}

static bool write_code(struct init_database *database, struct vault *vault, const char *shop_id, const char *life,
                       struct entropy *entropy, struct arena *arena, struct enrolment_code *code, const char **problem)
{
    uint8_t hash[32];
    vault_ca_fingerprint(vault, code->fingerprint);
    entropy->fill(entropy, code->secret, sizeof code->secret);
    device_code_hash(vault, code->secret, hash);
    const char *const values[] = {
        new_id(database, arena),
        shop_id,
        "console",
        text_of(arena, device_code_selector(code->secret)),
        hex_of(arena, bytes_of(hash, sizeof hash)),
        life,
    };
    return run(database, &sql_init_device_code, values, problem);
}

static bool write_all(struct init_database *database, struct vault *vault, const struct init_answers *answers,
                      struct entropy *entropy, struct arena *arena, struct init_codes *codes, const char **problem)
{
    int64_t shops;
    const char *manager_role = NULL;

    if (!run(database, &sql_init_lock, NULL, problem) || !number(database, &sql_init_shops, NULL, &shops, problem) ||
        !take_ids(database, problem))
        return false;
    if (shops) {
        *problem = "another --init made a shop at the same time";
        return false;
    }
    const char *shop_id = new_id(database, arena);
    make_pin(entropy, codes->pin);
    return write_shop(database, shop_id, answers, arena, problem) &&
           write_roles(database, arena, &manager_role, problem) && write_rules(database, arena, problem) &&
           write_manager(database, vault, shop_id, manager_role, answers->manager, codes->pin, arena, problem) &&
           write_code(database, vault, shop_id, FIRST_CODE_LIFE, entropy, arena, &codes->code, problem);
}

bool init_database_write(struct init_database *database, struct vault *vault, const struct init_answers *answers,
                         struct entropy *entropy, struct arena *arena, struct init_codes *codes, const char **problem)
{
    return plain(database, "BEGIN", problem) && write_all(database, vault, answers, entropy, arena, codes, problem);
}

bool init_database_commit(struct init_database *database, const char **problem)
{
    FAILPOINT(init_written);
    bool committed = plain(database, "COMMIT", problem);
    FAILPOINT(init_committed);
    return committed;
}

bool init_database_invite(struct init_database *database, struct vault *vault, int64_t shop_id, const char *life,
                          struct entropy *entropy, struct init_codes *codes, const char **problem)
{
    struct arena *arena = arena_create(0);
    bool written = plain(database, "BEGIN", problem) && take_ids(database, problem) &&
                   write_code(database, vault, text_of(arena, shop_id), life, entropy, arena, &codes->code, problem) &&
                   plain(database, "COMMIT", problem);
    arena_destroy(arena);
    return written;
}
