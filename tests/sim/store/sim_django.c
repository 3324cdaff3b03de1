/* import.sql: what is taken over from the Django shop before this one. */
#include "tests/sim/store/sim_check.h"

static void import_lock(struct sim_exec *x)
{
    sim_lock_number(x, SIM_NULL, INT64_C(4917012811000014));
    sim_emit(x, KEY(B(sim_text(x, ""))));
}

static void import_known(struct sim_exec *x)
{
    struct sim_hits hits = { 0 };

    for (struct sim_scan scan = sim_all(x, SIM_DJANGO_IMPORT); sim_next(&scan);)
        if (scan.hit.c[DJANGO_IMPORT_KIND].i == sim_int(x, 1))
            sim_gather(x, &hits, scan.hit);
    sim_sort(&hits, SIM_DJANGO_IMPORT, DJANGO_IMPORT_PK, -1, -1);
    for (size_t i = 0; i < hits.count; i++)
        sim_emit_columns(x, hits.hits[i].c, SIM_DJANGO_IMPORT,
                         COLUMNS(DJANGO_IMPORT_PK, DJANGO_IMPORT_OBJECT_ID, DJANGO_IMPORT_AMOUNT));
}

static void import_write(struct sim_exec *x)
{
    sim_insert(x, SIM_DJANGO_IMPORT, 0,
               PUTS(FROM(DJANGO_IMPORT_KIND, 1), FROM(DJANGO_IMPORT_PK, 2), FROM(DJANGO_IMPORT_OBJECT_ID, 3),
                    FROM(DJANGO_IMPORT_AMOUNT, 4), FROM(DJANGO_IMPORT_AT, 5)));
}

static void import_points(struct sim_exec *x)
{
    sim_insert(x, SIM_POINTS_ENTRY, 0,
               PUTS(FROM(POINTS_ENTRY_ORIGIN_ID, 1), FROM(POINTS_ENTRY_LOT_ID, 2), VALUE(POINTS_ENTRY_KIND, 9),
                    FROM(POINTS_ENTRY_MEMBER_ID, 1), FROM(POINTS_ENTRY_POINTS, 3), FROM(POINTS_ENTRY_AT, 4)));
}

static void import_secret(struct sim_exec *x)
{
    sim_insert(x, SIM_MEMBER_SECRET, 0,
               PUTS(FROM(MEMBER_SECRET_MEMBER_ID, 1), VALUE(MEMBER_SECRET_SCHEME, 2), FROM(MEMBER_SECRET_HASH, 2),
                    FROM(MEMBER_SECRET_CHANGED_AT, 3)));
}

/* Only the chain's prices; the first. */
static int64_t first_price(struct sim_exec *x, union sim_cell product, bool *found)
{
    struct sim_hit first = { 0 };

    for (struct sim_scan scan = sim_all(x, SIM_PRICE_VERSION); sim_next(&scan);) {
        const union sim_cell *p = scan.hit.c;

        if (p[PRICE_VERSION_SHOP_ID].i == 0 && p[PRICE_VERSION_PRODUCT_ID].i == product.i &&
            (first.row == NULL || p[PRICE_VERSION_FROM_VERSION].i < first.c[PRICE_VERSION_FROM_VERSION].i))
            first = scan.hit;
    }
    *found = first.row != NULL;
    return *found ? first.c[PRICE_VERSION_PRICE_MINOR].i : 0;
}

static int64_t opening_points(struct sim_exec *x, union sim_cell member)
{
    int64_t points = 0;

    for (struct sim_scan scan = sim_scan(x, SIM_POINTS_ENTRY, POINTS_ENTRY_BY_ORIGIN_ID_LOT_ID, KEY(member));
         sim_next(&scan);)
        if (scan.hit.c[POINTS_ENTRY_KIND].i == 9)
            points += scan.hit.c[POINTS_ENTRY_POINTS].i;
    return points;
}

static void import_sums(struct sim_exec *x)
{
    int64_t count[3] = { 0 }, price_minor = 0, points = 0;
    bool found;

    for (struct sim_scan scan = sim_all(x, SIM_DJANGO_IMPORT); sim_next(&scan);) {
        const union sim_cell *i = scan.hit.c;

        count[i[DJANGO_IMPORT_KIND].i]++;
        if (i[DJANGO_IMPORT_KIND].i == 2)
            price_minor += first_price(x, i[DJANGO_IMPORT_OBJECT_ID], &found);
        else
            points += opening_points(x, i[DJANGO_IMPORT_OBJECT_ID]);
    }
    sim_emit(x, KEY(I(count[2]), I(price_minor), I(count[1]), I(points)));
}

const struct sim_statement sim_django_statements[] = {
    { &sql_import_lock, import_lock, "pg_advisory_xact_lock$" },
    { &sql_import_known, import_known, "pk$ object_id amount" },
    { &sql_import_write, import_write, NULL },
    { &sql_import_points, import_points, NULL },
    { &sql_import_secret, import_secret, NULL },
    { &sql_import_sums, import_sums, "products price_minor members points" },
    { NULL, NULL, NULL },
};

/* ---- the check ---- */

static bool is_here(struct sim_checker *k, const union sim_cell *i)
{
    union sim_cell object = i[DJANGO_IMPORT_OBJECT_ID];
    bool found;

    if (i[DJANGO_IMPORT_KIND].i == 1)
        return sim_find(k->x, SIM_MEMBER, MEMBER_BY_ID, KEY(object)).row != NULL &&
               opening_points(k->x, object) == i[DJANGO_IMPORT_AMOUNT].i;
    return first_price(k->x, object, &found) == i[DJANGO_IMPORT_AMOUNT].i && found;
}

static void imports(struct sim_checker *k)
{
    for
        EACH(k, scan, SIM_DJANGO_IMPORT)
        {
            const union sim_cell *i = scan.hit.c;

            if (!is_here(k, i))
                sim_wrong(k, "kind=%lld object=%lld amount=%lld", LONG(i[DJANGO_IMPORT_KIND]),
                          LONG(i[DJANGO_IMPORT_OBJECT_ID]), LONG(i[DJANGO_IMPORT_AMOUNT]));
        }
    for
        EACH(k, scan, SIM_POINTS_ENTRY)
        {
            const union sim_cell *e = scan.hit.c;

            if (e[POINTS_ENTRY_KIND].i == 9 &&
                sim_find(k->x, SIM_DJANGO_IMPORT, DJANGO_IMPORT_BY_KIND_OBJECT_ID, KEY(I(1), e[POINTS_ENTRY_ORIGIN_ID]))
                        .row == NULL)
                sim_wrong(k, "origin=%lld points=%lld", LONG(e[POINTS_ENTRY_ORIGIN_ID]), LONG(e[POINTS_ENTRY_POINTS]));
        }
}

const struct sim_named_check sim_django_checks[] = { { "imports", imports }, { NULL, NULL } };
