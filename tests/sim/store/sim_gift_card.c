/* gift_card.sql, and what sales and refunds ask of gift cards (counter_group.sql). */
#include "tests/sim/store/sim_sales.h"

static struct sim_hit find_card(struct sim_exec *x, union sim_cell id)
{
    return sim_find(x, SIM_GIFT_CARD, GIFT_CARD_BY_ID, KEY(id));
}

static struct sim_hit find_number(struct sim_exec *x)
{
    return sim_find(x, SIM_GIFT_CARD, GIFT_CARD_BY_NUMBER, KEY(I(sim_int(x, 1))));
}

static void emit_card(struct sim_exec *x, const union sim_cell *c)
{
    sim_emit_columns(x, c, SIM_GIFT_CARD,
                     COLUMNS(GIFT_CARD_ID, GIFT_CARD_NUMBER, GIFT_CARD_LAST_FOUR, GIFT_CARD_BLOCKED, GIFT_CARD_MOVED_TO,
                             GIFT_CARD_EXPIRY_DAY, GIFT_CARD_BALANCE_MINOR, GIFT_CARD_ENTRY_COUNT));
}

static void emit_hit(struct sim_exec *x, struct sim_hit hit)
{
    if (hit.row != NULL)
        emit_card(x, hit.c);
}

static void lock_and_emit(struct sim_exec *x, struct sim_hit hit)
{
    if (hit.row != NULL && sim_lock(x, &hit))
        emit_card(x, hit.c);
}

static void lock_cards(struct sim_exec *x, const int64_t *ids, size_t count)
{
    for (size_t i = 0; i < count; i++)
        lock_and_emit(x, find_card(x, I(ids[i])));
}

/* ---- issuing ---- */

static void gift_card_issue_lock(struct sim_exec *x)
{
    sim_lock_number(x, 4, 0);
    sim_emit(x, KEY(B(sim_text(x, ""))));
}

static void gift_card_next_number(struct sim_exec *x)
{
    const union sim_cell *g = sim_newest(x, SIM_GIFT_CARD, GIFT_CARD_BY_NUMBER, NO_KEY, INT64_MAX).c;

    sim_emit(x, KEY(I(g == NULL ? 1 : g[GIFT_CARD_NUMBER].i + 1)));
}

static void gift_card_insert(struct sim_exec *x)
{
    sim_insert(x, SIM_GIFT_CARD, 0,
               PUTS(FROM(GIFT_CARD_ID, 1), FROM(GIFT_CARD_NUMBER, 2), FROM(GIFT_CARD_CODE_BLIND, 3),
                    FROM(GIFT_CARD_LAST_FOUR, 4), FROM(GIFT_CARD_SHOP_ID, 5), VALUE(GIFT_CARD_BLOCKED, 0),
                    FROM(GIFT_CARD_EXPIRY_DAY, 6), FROM(GIFT_CARD_BALANCE_MINOR, 7), FROM(GIFT_CARD_ENTRY_COUNT, 8),
                    FROM(GIFT_CARD_CREATED_AT, 9), FROM(GIFT_CARD_UPDATED_AT, 9)));
}

static void gift_card_update(struct sim_exec *x)
{
    struct sim_hit hit = find_card(x, I(sim_int(x, 1)));

    if (hit.row != NULL)
        sim_update(x, &hit, 0,
                   PUTS(FROM(GIFT_CARD_BLOCKED, 2), FROM(GIFT_CARD_EXPIRY_DAY, 3), FROM(GIFT_CARD_BALANCE_MINOR, 4),
                        FROM(GIFT_CARD_ENTRY_COUNT, 5), FROM(GIFT_CARD_UPDATED_AT, 6)));
}

static void gift_card_payment_insert(struct sim_exec *x)
{
    sim_insert(
        x, SIM_GIFT_CARD_PAYMENT, 0,
        PUTS(FROM(GIFT_CARD_PAYMENT_ID, 1), FROM(GIFT_CARD_PAYMENT_CARD_ID, 2), FROM(GIFT_CARD_PAYMENT_SHOP_ID, 3),
             FROM(GIFT_CARD_PAYMENT_DEVICE_ID, 4), FROM(GIFT_CARD_PAYMENT_SHIFT_ID, 5),
             FROM(GIFT_CARD_PAYMENT_STAFF_ID, 6), FROM(GIFT_CARD_PAYMENT_KIND, 7), FROM(GIFT_CARD_PAYMENT_MEANS, 8),
             FROM(GIFT_CARD_PAYMENT_AMOUNT_MINOR, 9), FROM(GIFT_CARD_PAYMENT_REFERENCE, 10),
             FROM(GIFT_CARD_PAYMENT_REASON, 11), FROM(GIFT_CARD_PAYMENT_UNDOES, 12), FROM(GIFT_CARD_PAYMENT_AT, 13)));
}

static void gift_card_entry_insert(struct sim_exec *x)
{
    sim_insert(x, SIM_GIFT_CARD_ENTRY, 0,
               PUTS(FROM(GIFT_CARD_ENTRY_CARD_ID, 1), FROM(GIFT_CARD_ENTRY_NUMBER, 2), FROM(GIFT_CARD_ENTRY_KIND, 3),
                    FROM(GIFT_CARD_ENTRY_ORIGIN_ID, 4), FROM(GIFT_CARD_ENTRY_POSITION, 5),
                    FROM(GIFT_CARD_ENTRY_AMOUNT_MINOR, 6), FROM(GIFT_CARD_ENTRY_BALANCE_MINOR, 7),
                    FROM(GIFT_CARD_ENTRY_AT, 8)));
}

/* ---- finding and showing ---- */

static void gift_card_by_code(struct sim_exec *x)
{
    emit_hit(x, sim_find(x, SIM_GIFT_CARD, GIFT_CARD_BY_CODE_BLIND, KEY(B(sim_blob(x, sim_bytes(x, 1))))));
}

static void gift_card_by_number(struct sim_exec *x)
{
    emit_hit(x, find_number(x));
}

static void gift_card_heir(struct sim_exec *x)
{
    struct sim_hit hit = find_card(x, I(sim_int(x, 1)));

    if (hit.row == NULL || hit.c[GIFT_CARD_MOVED_TO].i == SIM_NULL)
        return;
    const union sim_cell *h = find_card(x, hit.c[GIFT_CARD_MOVED_TO]).c;
    if (h != NULL)
        sim_emit(x, KEY(h[GIFT_CARD_NUMBER]));
}

static void gift_card_list_page(struct sim_exec *x)
{
    struct sim_hits hits = { 0 };

    for (struct sim_scan scan = sim_all(x, SIM_GIFT_CARD); sim_next(&scan);)
        if (scan.hit.c[GIFT_CARD_NUMBER].i > sim_int(x, 1))
            sim_gather(x, &hits, scan.hit);
    sim_sort(&hits, SIM_GIFT_CARD, GIFT_CARD_NUMBER, -1, -1);
    for (size_t i = 0; i < hits.count && i < 51; i++)
        emit_card(x, hits.hits[i].c);
}

/* Of a move: the number of the other card. */
static union sim_cell other_number(struct sim_exec *x, const union sim_cell *e, const union sim_cell *m)
{
    const union sim_cell *g =
        m == NULL
            ? NULL
            : find_card(x, e[GIFT_CARD_ENTRY_POSITION].i == 0 ? m[GIFT_CARD_MOVE_TO_ID] : m[GIFT_CARD_MOVE_FROM_ID]).c;

    return g == NULL ? I(SIM_NULL) : g[GIFT_CARD_NUMBER];
}

static union sim_cell shop_of(const union sim_cell *s, const union sim_cell *p, const union sim_cell *m)
{
    if (s != NULL)
        return s[SALE_SHOP_ID];
    if (p != NULL)
        return p[GIFT_CARD_PAYMENT_SHOP_ID];
    return m != NULL ? m[GIFT_CARD_MOVE_SHOP_ID] : I(SIM_NULL);
}

static union sim_cell reason_of(const union sim_cell *p, const union sim_cell *m)
{
    if (p != NULL && p[GIFT_CARD_PAYMENT_REASON].b != NULL)
        return p[GIFT_CARD_PAYMENT_REASON];
    return m == NULL ? B(NULL) : m[GIFT_CARD_MOVE_REASON];
}

static bool is_undone(struct sim_exec *x, const union sim_cell *p)
{
    return p != NULL &&
           sim_find(x, SIM_GIFT_CARD_PAYMENT, GIFT_CARD_PAYMENT_BY_UNDOES, KEY(p[GIFT_CARD_PAYMENT_ID])).row != NULL;
}

static void emit_entry(struct sim_exec *x, const union sim_cell *e)
{
    union sim_cell origin = e[GIFT_CARD_ENTRY_ORIGIN_ID], null = I(SIM_NULL);
    const union sim_cell *s = sim_find(x, SIM_SALE, SALE_BY_ID, KEY(origin)).c;
    const union sim_cell *p = sim_find(x, SIM_GIFT_CARD_PAYMENT, GIFT_CARD_PAYMENT_BY_ID, KEY(origin)).c;
    const union sim_cell *m = sim_find(x, SIM_GIFT_CARD_MOVE, GIFT_CARD_MOVE_BY_ID, KEY(origin)).c;
    const union sim_cell *d = s == NULL ? NULL : sim_find(x, SIM_DEVICE, DEVICE_BY_ID, KEY(s[SALE_DEVICE_ID])).c;

    sim_emit(x, KEY(e[GIFT_CARD_ENTRY_NUMBER], e[GIFT_CARD_ENTRY_KIND], e[GIFT_CARD_ENTRY_AT],
                    e[GIFT_CARD_ENTRY_AMOUNT_MINOR], e[GIFT_CARD_ENTRY_BALANCE_MINOR],
                    d == NULL ? null : d[DEVICE_TILL_NUMBER], s == NULL ? null : s[SALE_SERIES],
                    s == NULL ? null : s[SALE_NUMBER], p == NULL ? null : p[GIFT_CARD_PAYMENT_MEANS],
                    p == NULL ? B(NULL) : p[GIFT_CARD_PAYMENT_REFERENCE], reason_of(p, m), other_number(x, e, m),
                    shop_of(s, p, m), I(is_undone(x, p))));
}

static void gift_card_entries(struct sim_exec *x)
{
    size_t count = 0;
    int64_t before = sim_int(x, 2);

    if (before == INT64_MIN)
        return;
    for (struct sim_scan scan = sim_range(x, SIM_GIFT_CARD_ENTRY, GIFT_CARD_ENTRY_BY_CARD_ID_NUMBER,
                                          KEY(I(sim_int(x, 1))), INT64_MIN, before - 1, true);
         count < 51 && sim_next(&scan); count++)
        emit_entry(x, scan.hit.c);
}

static void gift_card_lock(struct sim_exec *x)
{
    lock_and_emit(x, find_number(x));
}

static bool has_paid(struct sim_exec *x, union sim_cell card_id)
{
    for (struct sim_scan scan = sim_range(x, SIM_GIFT_CARD_ENTRY, GIFT_CARD_ENTRY_BY_CARD_ID_NUMBER, KEY(card_id),
                                          INT64_MIN, INT64_MAX, false);
         sim_next(&scan);)
        if (scan.hit.c[GIFT_CARD_ENTRY_KIND].i == 3)
            return true;
    return false;
}

static void gift_card_loading(struct sim_exec *x)
{
    const union sim_cell *g = find_number(x).c;
    const union sim_cell *e = g == NULL ? NULL
                                        : sim_find(x, SIM_GIFT_CARD_ENTRY, GIFT_CARD_ENTRY_BY_CARD_ID_NUMBER,
                                                   KEY(g[GIFT_CARD_ID], I(sim_int(x, 2))))
                                              .c;
    const union sim_cell *p =
        e == NULL ? NULL
                  : sim_find(x, SIM_GIFT_CARD_PAYMENT, GIFT_CARD_PAYMENT_BY_ID, KEY(e[GIFT_CARD_ENTRY_ORIGIN_ID])).c;

    if (p == NULL)
        return;
    sim_emit(x, KEY(p[GIFT_CARD_PAYMENT_ID], p[GIFT_CARD_PAYMENT_KIND], p[GIFT_CARD_PAYMENT_MEANS],
                    p[GIFT_CARD_PAYMENT_AMOUNT_MINOR], p[GIFT_CARD_PAYMENT_SHOP_ID], p[GIFT_CARD_PAYMENT_AT],
                    I(is_undone(x, p)), I(has_paid(x, g[GIFT_CARD_ID]))));
}

/* Is that parameter the hash of the card's code? */
static bool has_code(struct sim_exec *x, union sim_cell card_id, int parameter)
{
    const union sim_cell *g =
        sim_find(x, SIM_GIFT_CARD, GIFT_CARD_BY_CODE_BLIND, KEY(B(sim_blob(x, sim_bytes(x, parameter))))).c;

    return g != NULL && g[GIFT_CARD_ID].i == card_id.i;
}

static void gift_card_loaded_by(struct sim_exec *x)
{
    const union sim_cell *p = sim_find(x, SIM_GIFT_CARD_PAYMENT, GIFT_CARD_PAYMENT_BY_ID, KEY(I(sim_int(x, 1)))).c;

    if (p != NULL && p[GIFT_CARD_PAYMENT_KIND].i == 1 /* issued */ && has_code(x, p[GIFT_CARD_PAYMENT_CARD_ID], 2))
        sim_emit(x, KEY(p[GIFT_CARD_PAYMENT_STAFF_ID]));
}

static void gift_card_moved_by(struct sim_exec *x)
{
    const union sim_cell *m = sim_find(x, SIM_GIFT_CARD_MOVE, GIFT_CARD_MOVE_BY_TO_ID, KEY(I(sim_int(x, 1)))).c;

    if (m != NULL && has_code(x, m[GIFT_CARD_MOVE_TO_ID], 2))
        sim_emit(x, KEY(m[GIFT_CARD_MOVE_STAFF_ID]));
}

/* ---- lost ones ---- */

/* The card, and those that were moved to it: in the order of ids. */
static struct sim_hits family_of(struct sim_exec *x, struct sim_hit card)
{
    struct sim_hits hits = { 0 };

    if (card.row == NULL)
        return hits;
    sim_gather(x, &hits, card);
    for (struct sim_scan scan = sim_scan(x, SIM_GIFT_CARD, GIFT_CARD_BY_MOVED_TO, KEY(card.c[GIFT_CARD_ID]));
         sim_next(&scan);)
        sim_gather(x, &hits, scan.hit);
    sim_sort(&hits, SIM_GIFT_CARD, GIFT_CARD_ID, -1, -1);
    return hits;
}

static void gift_card_move_lock(struct sim_exec *x)
{
    struct sim_hit card = find_number(x);
    struct sim_hits hits = family_of(x, card);

    for (size_t i = 0; i < hits.count; i++) {
        struct sim_hit *hit = &hits.hits[i];

        if (sim_lock(x, hit) &&
            (hit->c[GIFT_CARD_NUMBER].i == sim_int(x, 1) || hit->c[GIFT_CARD_MOVED_TO].i == card.c[GIFT_CARD_ID].i))
            emit_card(x, hit->c);
    }
}

static void gift_card_moved(struct sim_exec *x)
{
    struct sim_hits hits = { 0 };
    struct sim_hit card = find_card(x, I(sim_int(x, 1)));

    if (card.row != NULL)
        sim_gather(x, &hits, card);
    for (struct sim_scan scan = sim_scan(x, SIM_GIFT_CARD, GIFT_CARD_BY_MOVED_TO, KEY(I(sim_int(x, 1))));
         sim_next(&scan);)
        sim_gather(x, &hits, scan.hit);
    for (size_t i = 0; i < hits.count; i++)
        sim_update(x, &hits.hits[i], 0, PUTS(FROM(GIFT_CARD_MOVED_TO, 2), FROM(GIFT_CARD_UPDATED_AT, 3)));
}

static void gift_card_move_insert(struct sim_exec *x)
{
    sim_insert(x, SIM_GIFT_CARD_MOVE, 0,
               PUTS(FROM(GIFT_CARD_MOVE_ID, 1), FROM(GIFT_CARD_MOVE_FROM_ID, 2), FROM(GIFT_CARD_MOVE_TO_ID, 3),
                    FROM(GIFT_CARD_MOVE_SHOP_ID, 4), FROM(GIFT_CARD_MOVE_DEVICE_ID, 5),
                    FROM(GIFT_CARD_MOVE_STAFF_ID, 6), FROM(GIFT_CARD_MOVE_AMOUNT_MINOR, 7),
                    FROM(GIFT_CARD_MOVE_REASON, 8), FROM(GIFT_CARD_MOVE_AT, 9)));
}

/* ---- of sales and refunds ---- */

/* The cards that have the numbers of $1. */
static size_t add_numbers(struct sim_exec *x, int64_t *ids)
{
    size_t count = 0;

    for (size_t i = 0; i < sim_count(x, 1); i++) {
        const union sim_cell *g = sim_find(x, SIM_GIFT_CARD, GIFT_CARD_BY_NUMBER, KEY(I(sim_int_at(x, 1, i)))).c;

        if (g != NULL)
            ids[count++] = g[GIFT_CARD_ID].i;
    }
    return count;
}

static void counter_gift_cards(struct sim_exec *x)
{
    int64_t *all = sim_memory(x, sim_count(x, 1) + 1, sizeof(*all));
    size_t count = add_numbers(x, all), distinct;
    const int64_t *ids = sim_sorted(x, all, count, &distinct);

    lock_cards(x, ids, distinct);
}

/* The cards that paid the sale, and those that have their money: two ids a tender, ten at most. */
static size_t add_paid(struct sim_exec *x, union sim_cell sale_id, int64_t *ids, size_t room)
{
    size_t count = 0;

    for (struct sim_scan scan = sim_scan(x, SIM_GIFT_CARD_ENTRY, GIFT_CARD_ENTRY_BY_ORIGIN_ID_POSITION, KEY(sale_id));
         count + 1 < room && sim_next(&scan);) {
        const union sim_cell *g = find_card(x, scan.hit.c[GIFT_CARD_ENTRY_CARD_ID]).c;

        ids[count++] = scan.hit.c[GIFT_CARD_ENTRY_CARD_ID].i;
        if (g != NULL && g[GIFT_CARD_MOVED_TO].i != SIM_NULL)
            ids[count++] = g[GIFT_CARD_MOVED_TO].i;
    }
    return count;
}

static void counter_refund_gift_cards(struct sim_exec *x)
{
    size_t given = sim_count(x, 1), count, distinct, sales = sim_count(x, 3), a_sale = 40;
    int64_t *all = sim_memory(x, given + sales * a_sale + 1, sizeof(*all));

    count = add_numbers(x, all);
    for (size_t i = 0; i < sales; i++) {
        struct bytes series = sim_bytes_at(x, 4, i);
        struct sim_hit sale = sim_find_receipt(x, sim_int(x, 2), sim_int_at(x, 3, i),
                                               series.size == 0 ? 0 : series.data[0], sim_int_at(x, 5, i));
        if (sale.row != NULL)
            count += add_paid(x, sale.c[SALE_ID], all + count, a_sale);
    }
    const int64_t *ids = sim_sorted(x, all, count, &distinct);
    lock_cards(x, ids, distinct);
}

static void counter_gift_card_update(struct sim_exec *x)
{
    for (size_t i = 0; i < sim_count(x, 1); i++) {
        struct sim_hit hit = find_card(x, I(sim_int_at(x, 1, i)));
        if (hit.row != NULL)
            sim_update(x, &hit, i, PUTS(FROM(GIFT_CARD_BALANCE_MINOR, 2), FROM(GIFT_CARD_ENTRY_COUNT, 3)));
    }
}

static void counter_gift_card_entry_insert(struct sim_exec *x)
{
    sim_insert_all(x, SIM_GIFT_CARD_ENTRY,
                   PUTS(FROM(GIFT_CARD_ENTRY_CARD_ID, 2), FROM(GIFT_CARD_ENTRY_NUMBER, 3),
                        FROM(GIFT_CARD_ENTRY_KIND, 4), FROM(GIFT_CARD_ENTRY_ORIGIN_ID, 5),
                        FROM(GIFT_CARD_ENTRY_POSITION, 6), FROM(GIFT_CARD_ENTRY_AMOUNT_MINOR, 7),
                        FROM(GIFT_CARD_ENTRY_BALANCE_MINOR, 8), FROM(GIFT_CARD_ENTRY_AT, 1)));
}

#define CARD_ANSWER "id number last_four$ blocked? moved_to expiry_day# balance_minor entry_count"

const struct sim_statement sim_gift_card_statements[] = {
    { &sql_gift_card_issue_lock, gift_card_issue_lock, "pg_advisory_xact_lock$" },
    { &sql_gift_card_next_number, gift_card_next_number, "number" },
    { &sql_gift_card_by_code, gift_card_by_code, CARD_ANSWER },
    { &sql_gift_card_by_number, gift_card_by_number, CARD_ANSWER },
    { &sql_gift_card_heir, gift_card_heir, "number" },
    { &sql_gift_card_list_page, gift_card_list_page, CARD_ANSWER },
    { &sql_gift_card_entries, gift_card_entries,
      "number kind at@ amount_minor balance_minor till_number series receipt means reference$ reason$ other_number "
      "shop_id undone?" },
    { &sql_gift_card_lock, gift_card_lock, CARD_ANSWER },
    { &sql_gift_card_move_lock, gift_card_move_lock, CARD_ANSWER },
    { &sql_gift_card_insert, gift_card_insert, NULL },
    { &sql_gift_card_update, gift_card_update, NULL },
    { &sql_gift_card_payment_insert, gift_card_payment_insert, NULL },
    { &sql_gift_card_entry_insert, gift_card_entry_insert, NULL },
    { &sql_gift_card_loading, gift_card_loading, "id kind means amount_minor shop_id at@ undone? used?" },
    { &sql_gift_card_loaded_by, gift_card_loaded_by, "staff_id" },
    { &sql_gift_card_moved_by, gift_card_moved_by, "staff_id" },
    { &sql_gift_card_move_insert, gift_card_move_insert, NULL },
    { &sql_gift_card_moved, gift_card_moved, NULL },
    { &sql_counter_gift_cards, counter_gift_cards, CARD_ANSWER },
    { &sql_counter_refund_gift_cards, counter_refund_gift_cards, CARD_ANSWER },
    { &sql_counter_gift_card_update, counter_gift_card_update, NULL },
    { &sql_counter_gift_card_entry_insert, counter_gift_card_entry_insert, NULL },
    { NULL, NULL, NULL },
};
