/* libpq, one statement after the other: an import is nobody's hot path. */
#include "server/import/books_inner.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/base/text.h"
#include "db/queries.h"
#include "server/store/outcome.h"

#define NODE     "0" /* servers are numbered from 1 */
#define IDS_MORE 1000

struct books *books_open(const char *uri, struct vault *vault, struct arena *arena, const char **problem)
{
    const char *const keywords[] = { "dbname", "connect_timeout", "application_name", "client_encoding", NULL };
    const char *const values[] = { uri, "30", "caroline-server --import-django", "UTF8", NULL };
    struct books *books = calloc(1, sizeof *books);

    if (books == NULL) {
        *problem = "no memory";
        return NULL;
    }
    books->arena = arena;
    books->vault = vault;
    books->connection = PQconnectdbParams(keywords, values, 1);
    if (PQstatus(books->connection) == CONNECTION_OK)
        return books;
    *problem = outcome_sentence(arena_alloc(arena, PROBLEM_SIZE), PROBLEM_SIZE, PQerrorMessage(books->connection));
    books_close(books);
    return NULL;
}

void books_close(struct books *books)
{
    if (books != NULL)
        PQfinish(books->connection);
    free(books);
}

PGresult *books_query(struct books *books, const struct statement *statement, const char *const *values,
                      const char **problem)
{
    PGresult *result =
        PQexecParams(books->connection, statement->sql, statement->param_count, NULL, values, NULL, NULL, 0);

    if (PQresultStatus(result) == PGRES_TUPLES_OK || PQresultStatus(result) == PGRES_COMMAND_OK)
        return result;
    *problem = outcome_sentence(arena_alloc(books->arena, PROBLEM_SIZE), PROBLEM_SIZE, PQresultErrorMessage(result));
    PQclear(result);
    return NULL;
}

bool books_run(struct books *books, const struct statement *statement, const char *const *values, const char **problem)
{
    PGresult *result = books_query(books, statement, values, problem);

    PQclear(result);
    return result != NULL;
}

bool books_plain(struct books *books, const char *sql, const char **problem)
{
    PGresult *result = PQexec(books->connection, sql);
    bool done = PQresultStatus(result) == PGRES_COMMAND_OK && strcmp(PQcmdStatus(result), sql) == 0;

    if (!done)
        *problem =
            outcome_sentence(arena_alloc(books->arena, PROBLEM_SIZE), PROBLEM_SIZE, PQresultErrorMessage(result));
    PQclear(result);
    return done;
}

/* COMMIT, or ROLLBACK where something went wrong, which has been said. */
bool books_end(struct books *books, bool written, const char **problem)
{
    const char *ignored;

    if (written && books_plain(books, "COMMIT", problem))
        return true;
    if (!written)
        books_plain(books, "ROLLBACK", &ignored);
    return false;
}

/* ---- values as text ---- */

char *books_number(struct books *books, int64_t value)
{
    return arena_format(books->arena, "%lld", (long long)value);
}

char *books_hex(struct books *books, struct bytes bytes)
{
    char *text = arena_alloc(books->arena, bytes.size * 2 + 3);

    text[0] = '\\';
    text[1] = 'x';
    for (size_t i = 0; i < bytes.size; i++)
        snprintf(text + 2 + 2 * i, 3, "%02x", bytes.data[i]);
    return text;
}

/* An array of one text, or of several that need no quotes. */
char *books_one(struct books *books, const char *text)
{
    char *array = arena_alloc(books->arena, 2 * strlen(text) + 5), *at = array;

    *at++ = '{';
    *at++ = '"';
    for (; *text != '\0'; text++) {
        if (*text == '"' || *text == '\\')
            *at++ = '\\';
        *at++ = *text;
    }
    *at++ = '"';
    *at++ = '}';
    return array;
}

bool books_new_id(struct books *books, int64_t *id, const char **problem)
{
    const char *const values[] = { NODE, books_number(books, IDS_MORE) };

    if (books->ids_left == 0) {
        PGresult *result = books_query(books, &sql_id_block_reserve, values, problem);

        if (result == NULL)
            return false;
        books->next_id = strtoll(PQgetvalue(result, 0, 0), NULL, 10);
        books->ids_left = IDS_MORE;
        PQclear(result);
    }
    books->ids_left--;
    *id = books->next_id++;
    return true;
}

/* ---- what is there ---- */

static int64_t cell_int(const PGresult *result, int row, const char *column)
{
    return strtoll(PQgetvalue(result, row, PQfnumber(result, column)), NULL, 10);
}

static bool take_shop(struct books *books, struct books_shop *shop, const char **problem)
{
    const char *const values[] = { books_number(books, shop->id) };
    PGresult *result = books_query(books, &sql_shop_put_now, values, problem);

    if (result == NULL)
        return false;
    const char *name = PQgetvalue(result, 0, PQfnumber(result, "zone"));
    struct zone *zone = zone_load(NULL, name);
    struct clock *clock = system_clock();

    shop->currency_exponent = (unsigned)cell_int(result, 0, "currency_exponent");
    snprintf(shop->calling_code, sizeof shop->calling_code, "%s",
             PQgetvalue(result, 0, PQfnumber(result, "calling_code")));
    shop->today = zone_day(zone == NULL ? zone_utc() : zone, clock->now(clock));
    if (zone != NULL)
        zone_destroy(zone);
    PQclear(result);
    return true;
}

static bool take_tax_class(struct books *books, const char *wanted, struct books_shop *shop, const char **problem)
{
    PGresult *result = books_query(books, &sql_tax_class_put_all, NULL, problem);

    if (result == NULL)
        return false;
    int count = PQntuples(result);
    for (int i = 0; i < count; i++)
        if (wanted == NULL ? count == 1 : strcmp(wanted, PQgetvalue(result, i, PQfnumber(result, "name"))) == 0)
            shop->tax_class_id = cell_int(result, i, "id");
    PQclear(result);
    if (shop->tax_class_id != 0)
        return true;
    *problem = wanted == NULL ? "the shop has several tax classes: say which the goods are of, by --tax-class NAME"
                              : "the shop has no tax class of that name";
    return false;
}

bool books_shop(struct books *books, const char *tax_class, struct books_shop *shop, const char **problem)
{
    *shop = (struct books_shop){ .lot_days = 365 };
    PGresult *result = books_query(books, &sql_init_first_shop, NULL, problem);

    if (result == NULL)
        return false;
    if (PQntuples(result) == 0) {
        *problem = "this database has no shop: caroline-server --init makes one";
        PQclear(result);
        return false;
    }
    shop->id = strtoll(PQgetvalue(result, 0, 0), NULL, 10);
    PQclear(result);
    if ((result = books_query(books, &sql_sweep_points_programme, NULL, problem)) == NULL)
        return false;
    if (PQntuples(result) > 0)
        shop->lot_days = (uint32_t)cell_int(result, 0, "lot_days");
    PQclear(result);
    return take_shop(books, shop, problem) && take_tax_class(books, tax_class, shop, problem);
}

bool books_known(struct books *books, enum books_kind kind, struct books_known **known, size_t *count,
                 const char **problem)
{
    const char *const values[] = { books_number(books, kind) };
    PGresult *result = books_query(books, &sql_import_known, values, problem);

    if (result == NULL)
        return false;
    *count = (size_t)PQntuples(result);
    *known = arena_array(books->arena, *count, sizeof(**known));
    for (size_t i = 0; i < *count; i++)
        (*known)[i] = (struct books_known){ .pk = arena_text(books->arena, PQgetvalue(result, (int)i, 0)),
                                            .object_id = cell_int(result, (int)i, "object_id"),
                                            .amount = cell_int(result, (int)i, "amount") };
    PQclear(result);
    return true;
}

bool books_sku_taken(struct books *books, const char *sku, bool *taken, const char **problem)
{
    const char *const values[] = { "{}", books_one(books, sku), "0" };
    PGresult *result = books_query(books, &sql_product_put_now, values, problem);

    *taken = result != NULL && PQntuples(result) > 0;
    PQclear(result);
    return result != NULL;
}

bool books_sum(struct books *books, struct books_sums *sums, const char **problem)
{
    PGresult *result = books_query(books, &sql_import_sums, NULL, problem);

    if (result == NULL)
        return false;
    *sums = (struct books_sums){ .products = cell_int(result, 0, "products"),
                                 .price_minor = cell_int(result, 0, "price_minor"),
                                 .members = cell_int(result, 0, "members"),
                                 .points = cell_int(result, 0, "points") };
    PQclear(result);
    return true;
}
