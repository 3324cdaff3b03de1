/* Migrations, and what each role may do behind them. */
#include "postgres_world.h"

#include <pthread.h>
#include <stdio.h>

static struct cluster cluster;
static char *owner, *app, *reader, *admin;

/* ---- the rights, by hand: the other half of db/access.sql ---- */

enum rights {
    ENTRY,
    STRUCK,
    BALANCE,
    ENDS,
    KEYS,
    OWNER_ONLY
}; /* STRUCK: an entry, but for a text that is struck out */
static const struct {
    const char *table;
    enum rights rights;
    bool read; /* by the reading role */
} tables[] = {
    { "sale", ENTRY, true },
    { "sale_line", ENTRY, true },
    { "sale_tax", ENTRY, true },
    { "sale_discount", ENTRY, true },
    { "tender", ENTRY, true },
    { "sale_exception", ENTRY, true },
    { "receipt_copy", ENTRY, true },
    { "points_entry", ENTRY, true },
    { "drawer_entry", ENTRY, true },
    { "stock_entry", ENTRY, true },
    { "shift", ENTRY, true },
    { "drawer_move", ENTRY, true },
    { "no_sale", ENTRY, true },
    { "basket_void", ENTRY, true },
    { "basket_void_line", ENTRY, true },
    { "sale_retender", ENTRY, true },
    { "retender_entry", ENTRY, true },
    { "sale_attach", ENTRY, true },
    { "django_import", ENTRY, true },
    { "invoice", ENTRY, true },
    { "invoice_tax", ENTRY, true },
    { "invoice_paper", ENTRY, true },
    { "account_entry", ENTRY, true },
    { "account_payment", ENTRY, true },
    { "gift_card_entry", ENTRY, true },
    { "gift_card_payment", ENTRY, true },
    { "gift_card_move", ENTRY, true },
    { "campaign_product", ENTRY, true },
    { "coupon_use", ENTRY, true },
    { "consent_entry", ENTRY, true },
    { "review_event", ENTRY, true },
    { "gateway_charge_step", ENTRY, true },
    { "rating_version", ENTRY, true },
    { "sale_note", ENTRY, true },
    { "sale_option", ENTRY, true },
    { "sale_keyed_price", ENTRY, true },
    { "sale_rescue", ENTRY, true },
    { "sale_refund", ENTRY, true },
    { "shift_z", ENTRY, true },
    { "shift_z_tender", ENTRY, true },
    { "shift_z_tax", ENTRY, true },
    { "shift_z_count", ENTRY, true },
    { "sale_deposit", ENTRY, true },
    { "sale_earning", ENTRY, true },
    { "shift_z_received", ENTRY, true },
    { "shift_z_gift_card", ENTRY, true },
    { "shift_z_department", ENTRY, true },
    { "journal", ENTRY, true },
    { "journal_signature", ENTRY, true },
    { "shop", ENTRY, true },
    { "shop_version", ENTRY, true },
    { "category", ENTRY, true },
    { "category_version", ENTRY, true },
    { "member_merge", STRUCK, true },
    { "tax_class", ENTRY, true },
    { "tax_class_version", ENTRY, true },
    { "catalogue_version", ENTRY, true },
    { "tax_rate_version", ENTRY, true },
    { "promotion", ENTRY, true },
    { "promotion_version", ENTRY, true },
    { "promotion_part_version", ENTRY, true },
    { "modifier", ENTRY, true },
    { "modifier_version", ENTRY, true },
    { "modifier_option_version", ENTRY, true },
    { "product_version", ENTRY, true },
    { "price_version", ENTRY, true },
    { "sold_out_version", ENTRY, true },
    { "programme_version", ENTRY, true },
    { "programme_term_version", ENTRY, true },
    { "role", ENTRY, true },
    { "role_version", ENTRY, true },
    { "tender_type", ENTRY, true },
    { "tender_type_version", ENTRY, true },
    { "id_block", BALANCE, true },
    { "catalogue_head", BALANCE, true },
    { "product", BALANCE, true },
    { "staff", BALANCE, false }, /* but for the PIN's hash and the look-up keys */
    { "device", BALANCE, true },
    { "device_invite", BALANCE, false },
    { "device_head", BALANCE, true },
    { "kiosk_number", BALANCE, true },
    { "printer", BALANCE, true },
    { "payment_setup", BALANCE, false }, /* but for what the gateway calls it, here and below */
    { "gateway_charge", BALANCE, false },
    { "member", BALANCE, true },
    { "member_account", BALANCE, true },
    { "points_lot", BALANCE, true },
    { "referral", BALANCE, true },
    { "account", BALANCE, true },
    { "gift_card", BALANCE, true },
    { "coupon", BALANCE, true },
    { "campaign", BALANCE, true },
    { "erasure", BALANCE, true },
    { "review", BALANCE, true },
    { "drawer", BALANCE, true },
    { "refunded", BALANCE, true },
    { "receipt_copied", BALANCE, true },
    { "invoice_series", BALANCE, true },
    { "invoice_printed", BALANCE, true },
    { "stock", BALANCE, true },
    { "approval", BALANCE, false },
    { "session", ENDS, false },
    { "sign_in_failure", ENDS, false },
    { "member_secret", ENDS, false },
    { "member_code", ENDS, false },
    { "payment_method", ENDS, false },
    { "gateway_detach", ENDS, false },
    { "print_job", ENDS, true },
    { "product_barcode", KEYS, true },
    { "member_blind", KEYS, true },
    { "account_blind", KEYS, true },
    { "command", KEYS, true },
    { "parked_basket", KEYS, true },
    { "member_ticket", KEYS, false },
    { "schema_migration", OWNER_ONLY, true },
};
#define TABLES (sizeof(tables) / sizeof(tables[0]))

static bool yes(const char *uri, const char *question)
{
    char *answer = aside(uri, question);
    bool result = answer != NULL && strcmp(answer, "t") == 0;

    free(answer);
    return result;
}

static bool says_yes(PGconn *conn, const char *question)
{
    PGresult *result = PQexec(conn, question);
    bool answer = PQntuples(result) == 1 && strcmp(PQgetvalue(result, 0, 0), "t") == 0;

    PQclear(result);
    return answer;
}

static void every_table_has_its_rights_and_no_more(void **state)
{
    static const char *const rights[] = { "SELECT", "INSERT", "UPDATE", "DELETE", "TRUNCATE", "REFERENCES", "TRIGGER" };
    /* In that order. */
    static const bool app_may[][7] = {
        [ENTRY] = { true, true, false, false, false, false, false },
        [STRUCK] = { true, true, false, false, false, false, false },
        [BALANCE] = { true, true, true, false, false, false, false },
        [ENDS] = { true, true, true, true, false, false, false },
        [KEYS] = { true, true, false, true, false, false, false },
        [OWNER_ONLY] = { true, false, false, false, false, false, false },
    };
    char question[200];
    PGconn *conn = PQconnectdb(owner);

    (void)state;
    for (size_t t = 0; t < TABLES; t++)
        for (size_t r = 0; r < 7; r++) {
            snprintf(question, sizeof(question), "SELECT has_table_privilege('caroline_app', '%s', '%s')",
                     tables[t].table, rights[r]);
            if (says_yes(conn, question) != app_may[tables[t].rights][r])
                fail_msg("caroline_app and %s on %s", rights[r], tables[t].table);
            snprintf(question, sizeof(question), "SELECT has_table_privilege('caroline_read', '%s', '%s')",
                     tables[t].table, rights[r]);
            if (says_yes(conn, question) != (r == 0 && tables[t].read))
                fail_msg("caroline_read and %s on %s", rights[r], tables[t].table);
        }
    PQfinish(conn);
}

static void every_table_has_been_given_a_thought(void **state)
{
    char names[4000] = "''", question[4200];

    (void)state;
    for (size_t t = 0; t < TABLES; t++)
        snprintf(names + strlen(names), sizeof(names) - strlen(names), ",'%s'", tables[t].table);
    snprintf(question, sizeof(question),
             "SELECT string_agg(relname, ' ') FROM pg_class WHERE relnamespace = 'public'::regnamespace"
             " AND relkind IN ('r', 'p', 'v', 'm', 'f') AND relname NOT IN (%s)",
             names);
    char *missing = aside(owner, question);
    if (missing != NULL && missing[0] != '\0')
        fail_msg("neither here nor, perhaps, in db/access.sql: %s", missing);
    free(missing);
}

static const char *refusal_of(const char *uri, const char *sql, char state[6])
{
    PGconn *conn = PQconnectdb(uri);
    PGresult *result = PQexec(conn, sql);
    const char *code = PQresultErrorField(result, PG_DIAG_SQLSTATE);

    snprintf(state, 6, "%s", code == NULL ? "" : code);
    PQclear(result);
    PQfinish(conn);
    return state;
}

static void A22_the_servers_role_cannot_change_or_remove_an_entry(void **state)
{
    char sql[300], code[6];

    (void)state;
    for (size_t t = 0; t < TABLES; t++) {
        if (tables[t].rights != ENTRY && tables[t].rights != STRUCK)
            continue;
        snprintf(sql, sizeof(sql),
                 "SELECT format('UPDATE %s SET %%I = %%I', attname, attname) FROM pg_attribute WHERE attrelid = "
                 "'%s'::regclass"
                 " AND attnum = 1",
                 tables[t].table, tables[t].table);
        char *update = aside(owner, sql);
        assert_string_equal(refusal_of(app, update, code), "42501");
        free(update);
        snprintf(sql, sizeof(sql), "DELETE FROM %s", tables[t].table);
        assert_string_equal(refusal_of(app, sql, code), "42501");
        snprintf(sql, sizeof(sql), "TRUNCATE %s CASCADE", tables[t].table);
        assert_string_equal(refusal_of(app, sql, code), "42501");
        snprintf(sql, sizeof(sql), "SELECT FROM %s FOR UPDATE", tables[t].table);
        assert_string_equal(refusal_of(app, sql, code), tables[t].rights == STRUCK ? "" : "42501");
        snprintf(sql, sizeof(sql), "ALTER TABLE %s OWNER TO caroline_app", tables[t].table);
        assert_string_equal(refusal_of(app, sql, code), "42501");
    }
}

static void the_servers_role_makes_nothing_and_becomes_nobody_else(void **state)
{
    char code[6];

    (void)state;
    assert_string_equal(refusal_of(app, "CREATE TABLE mine (n bigint)", code), "42501");
    assert_string_equal(refusal_of(app, "CREATE SCHEMA mine", code), "42501");
    assert_string_equal(refusal_of(app, "CREATE TEMP TABLE mine (n bigint)", code), "42501");
    assert_string_equal(refusal_of(app, "SET ROLE caroline_owner", code), "42501");
    assert_string_equal(refusal_of(app, "ALTER ROLE caroline_app SUPERUSER", code), "42501");
    assert_string_equal(refusal_of(app, "COPY sale TO PROGRAM 'cat'", code), "42501");
    assert_string_equal(refusal_of(app, "SELECT pg_read_file('/etc/passwd')", code), "42501");
    assert_string_equal(refusal_of(app, "SET session_replication_role = replica", code), "42501");
    assert_string_equal(refusal_of(reader, "INSERT INTO shop VALUES (1, now())", code), "42501");
    assert_string_equal(refusal_of(reader, "SELECT pin_hash FROM staff", code), "42501");
    assert_string_equal(refusal_of(reader, "SELECT token_hash FROM session", code), "42501");
    assert_string_equal(refusal_of(reader, "SELECT id FROM staff", code), "");
}

/* ---- history ---- */

static const struct script two[] = { { "0001_first", "CREATE TABLE first (n bigint)" },
                                     { "0002_second",
                                       "CREATE TABLE second (n bigint); INSERT INTO second VALUES (2)" } };

static char *fresh_database(const char *name)
{
    char sql[200], *uri = malloc(600);

    snprintf(sql, sizeof(sql), "CREATE DATABASE %s OWNER caroline_owner", name);
    aside_do(admin, sql);
    snprintf(uri, 600, "%s", owner);
    char *slash = strrchr(uri, '/');
    snprintf(slash + 1, 100, "%s", name);
    return uri;
}

static void each_script_is_applied_once_in_its_order(void **state)
{
    char *uri = fresh_database("once"), problem[400] = "", *text = NULL;
    size_t size = 0;
    FILE *out = open_memstream(&text, &size);

    (void)state;
    assert_int_equal(migrate_scripts(uri, two, 1, NULL, out, problem, sizeof(problem)), MIGRATE_DONE);
    assert_int_equal(migrate_scripts(uri, two, 2, NULL, out, problem, sizeof(problem)), MIGRATE_DONE);
    assert_int_equal(migrate_scripts(uri, two, 2, NULL, out, problem, sizeof(problem)), MIGRATE_DONE);
    fclose(out);
    assert_string_equal(text, "applied 0001_first\napplied 0002_second\n");
    free(text);
    assert_true(yes(uri, "SELECT count(*) = 1 FROM second"));
    assert_true(yes(uri,
                    "SELECT array_agg(name ORDER BY version) = '{0001_first,0002_second}' AND every(app_version <> '')"
                    " AND every(length(sha256) = 64) FROM schema_migration"));
    free(uri);
}

static void a_failing_script_leaves_those_before_it_and_nothing_of_itself(void **state)
{
    const struct script scripts[] = { two[0],
                                      { "0002_broken", "CREATE TABLE half (n bigint); SELECT 1 / 0" },
                                      { "0003_never", "SELECT 1" } };
    char *uri = fresh_database("broken"), problem[400] = "";

    (void)state;
    assert_int_equal(migrate_scripts(uri, scripts, 3, NULL, NULL, problem, sizeof(problem)), MIGRATE_FAILED);
    assert_non_null(strstr(problem, "0002_broken failed and was rolled back: ERROR: division by zero"));
    assert_true(yes(uri, "SELECT to_regclass('first') IS NOT NULL AND to_regclass('half') IS NULL AND count(*) = 1 FROM"
                         " schema_migration"));
    free(uri);
}

static void edited_history_is_refused(void **state)
{
    const struct script edited[] = { { "0001_first", "CREATE TABLE first (n integer)" }, two[1] };
    const struct script renamed[] = { { "0001_primary", two[0].sql }, two[1] };
    char *uri = fresh_database("edited"), problem[400] = "";

    (void)state;
    assert_int_equal(migrate_scripts(uri, two, 1, NULL, NULL, problem, sizeof(problem)), MIGRATE_DONE);
    assert_int_equal(migrate_scripts(uri, edited, 2, NULL, NULL, problem, sizeof(problem)), MIGRATE_REFUSED);
    assert_string_equal(
        problem,
        "migration 0001_first was edited after it had been applied: put the file back and write a new migration");
    assert_int_equal(migrate_scripts(uri, renamed, 2, NULL, NULL, problem, sizeof(problem)), MIGRATE_REFUSED);
    assert_non_null(strstr(problem, "not of one history"));
    assert_true(yes(uri, "SELECT to_regclass('second') IS NULL"));
    free(uri);
}

static void a_newer_schema_is_refused(void **state)
{
    char *uri = fresh_database("newer"), problem[400] = "";

    (void)state;
    assert_int_equal(migrate_scripts(uri, two, 2, NULL, NULL, problem, sizeof(problem)), MIGRATE_DONE);
    assert_int_equal(migrate_scripts(uri, two, 1, NULL, NULL, problem, sizeof(problem)), MIGRATE_REFUSED);
    assert_string_equal(
        problem,
        "the database has migration 0002_second, which this server does not know: install the newer caroline-server");
    free(uri);
}

static void a_database_that_is_not_there_is_said_to_be_away(void **state)
{
    char problem[400] = "";

    (void)state;
    assert_int_equal(migrate_scripts("postgresql:///x?host=/nowhere", two, 2, NULL, NULL, problem, sizeof(problem)),
                     MIGRATE_AWAY);
    assert_non_null(strstr(problem, "/nowhere"));
}

static void *migrate_in_a_thread(void *uri)
{
    char problem[400] = "";

    return (void *)(intptr_t)migrate_scripts(uri, two, 2, NULL, NULL, problem, sizeof(problem));
}

static void several_at_once_apply_each_script_once(void **state)
{
    char *uri = fresh_database("several");
    pthread_t threads[4];

    (void)state;
    for (size_t i = 0; i < 4; i++)
        assert_int_equal(pthread_create(&threads[i], NULL, migrate_in_a_thread, uri), 0);
    for (size_t i = 0; i < 4; i++) {
        void *verdict;
        pthread_join(threads[i], &verdict);
        assert_int_equal((intptr_t)verdict, MIGRATE_DONE);
    }
    assert_true(yes(uri, "SELECT count(*) = 1 FROM second"));
    free(uri);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_table_has_its_rights_and_no_more),
        cmocka_unit_test(every_table_has_been_given_a_thought),
        cmocka_unit_test(A22_the_servers_role_cannot_change_or_remove_an_entry),
        cmocka_unit_test(the_servers_role_makes_nothing_and_becomes_nobody_else),
        cmocka_unit_test(each_script_is_applied_once_in_its_order),
        cmocka_unit_test(a_failing_script_leaves_those_before_it_and_nothing_of_itself),
        cmocka_unit_test(edited_history_is_refused),
        cmocka_unit_test(a_newer_schema_is_refused),
        cmocka_unit_test(a_database_that_is_not_there_is_said_to_be_away),
        cmocka_unit_test(several_at_once_apply_each_script_once),
    };
    char problem[400] = "";

    cluster_start(&cluster);
    owner = cluster_uri(&cluster, "owner");
    app = cluster_uri(&cluster, "app");
    reader = cluster_uri(&cluster, "read");
    admin = cluster_uri(&cluster, "admin");
    if (migrate(owner, NULL, problem, sizeof(problem)) != MIGRATE_DONE) {
        fprintf(stderr, "%s\n", problem);
        return 1;
    }
    int failed = cmocka_run_group_tests(tests, NULL, NULL);
    cluster_stop(&cluster);
    free(owner);
    free(app);
    free(reader);
    free(admin);
    return failed;
}
