/* payment.sql, as far as requests ask it, and what is done when a card was typed. What is asked of a gateway is asked of none here. */
#include "tests/sim/store/sim_inner.h"
#include "tests/sim/store/sim_sales.h"

static struct sim_hit find_method(struct sim_exec *x, union sim_cell id)
{
    return sim_find(x, SIM_PAYMENT_METHOD, PAYMENT_METHOD_BY_ID, KEY(id));
}

static struct sim_hit find_setup(struct sim_exec *x)
{
    return sim_find(x, SIM_PAYMENT_SETUP, PAYMENT_SETUP_BY_ID, KEY(I(sim_int(x, 1))));
}

static void gather_methods(struct sim_exec *x, struct sim_hits *hits, int64_t member_id)
{
    for (struct sim_scan scan = sim_scan(x, SIM_PAYMENT_METHOD, PAYMENT_METHOD_BY_MEMBER_ID_ID, KEY(I(member_id)));
         sim_next(&scan);)
        sim_gather(x, hits, scan.hit);
    sim_sort(hits, SIM_PAYMENT_METHOD, PAYMENT_METHOD_ID, -1, -1);
}

static int64_t open_charges(struct sim_exec *x, int64_t method_id)
{
    int64_t count = 0;

    for (struct sim_scan scan = sim_scan(x, SIM_GATEWAY_CHARGE, GATEWAY_CHARGE_BY_MEMBER_ID, KEY(I(sim_int(x, 1))));
         sim_next(&scan);)
        count += scan.hit.c[GATEWAY_CHARGE_STATE].i < 8 && scan.hit.c[GATEWAY_CHARGE_UNDO_ID].i == SIM_NULL &&
                 (method_id == SIM_NULL || scan.hit.c[GATEWAY_CHARGE_METHOD_ID].i == method_id);
    return count;
}

static void payment_held(struct sim_exec *x)
{
    struct sim_hits methods = { 0 };
    int64_t setups = 0;

    gather_methods(x, &methods, sim_int(x, 1));
    for (struct sim_scan scan = sim_scan(x, SIM_PAYMENT_SETUP, PAYMENT_SETUP_BY_MEMBER_ID, KEY(I(sim_int(x, 1))));
         sim_next(&scan);)
        setups += scan.hit.c[PAYMENT_SETUP_STATE].i < 3;
    sim_emit(x, KEY(I((int64_t)methods.count), I(setups), I(open_charges(x, SIM_NULL))));
}

static void gather_unsettled(struct sim_exec *x, struct sim_hits *hits, int64_t member_id)
{
    for (struct sim_scan scan = sim_scan(x, SIM_GATEWAY_CHARGE, GATEWAY_CHARGE_BY_MEMBER_ID, KEY(I(member_id)));
         sim_next(&scan);)
        if (scan.hit.c[GATEWAY_CHARGE_NEXT_AT].i != SIM_NULL && scan.hit.c[GATEWAY_CHARGE_UNDO_ID].i == SIM_NULL)
            sim_gather(x, hits, scan.hit);
}

/* Of a member, and of who was merged into them. */
static void of_all(struct sim_exec *x, struct sim_hits *hits,
                   void (*gather)(struct sim_exec *x, struct sim_hits *hits, int64_t member_id))
{
    for (struct sim_scan scan = sim_all(x, SIM_MEMBER_ACCOUNT); sim_next(&scan);)
        if (scan.hit.c[MEMBER_ACCOUNT_MEMBER_ID].i == sim_int(x, 1) ||
            scan.hit.c[MEMBER_ACCOUNT_MERGED_INTO].i == sim_int(x, 1))
            gather(x, hits, scan.hit.c[MEMBER_ACCOUNT_MEMBER_ID].i);
}

static void payment_unsettled(struct sim_exec *x)
{
    struct sim_hits hits = { 0 };

    of_all(x, &hits, gather_unsettled);
    sim_sort(&hits, SIM_GATEWAY_CHARGE, GATEWAY_CHARGE_ID, -1, -1);
    for (size_t i = 0; i < hits.count; i++) {
        const union sim_cell *c = hits.hits[i].c;

        if (sim_lock(x, &hits.hits[i]) && c[GATEWAY_CHARGE_NEXT_AT].i != SIM_NULL &&
            c[GATEWAY_CHARGE_UNDO_ID].i == SIM_NULL)
            sim_emit_columns(x, c, SIM_GATEWAY_CHARGE,
                             COLUMNS(GATEWAY_CHARGE_ID, GATEWAY_CHARGE_STATE, GATEWAY_CHARGE_MADE_AT));
    }
}

static void emit_method(struct sim_exec *x, const union sim_cell *c)
{
    sim_emit_columns(x, c, SIM_PAYMENT_METHOD,
                     COLUMNS(PAYMENT_METHOD_ID, PAYMENT_METHOD_MEMBER_ID, PAYMENT_METHOD_TOKEN_SEALED,
                             PAYMENT_METHOD_BRAND, PAYMENT_METHOD_LAST_FOUR, PAYMENT_METHOD_EXPIRY_MONTH,
                             PAYMENT_METHOD_EXPIRY_YEAR, PAYMENT_METHOD_ADDED_AT));
}

static void payment_methods(struct sim_exec *x)
{
    struct sim_hit account = sim_find_account(x, sim_int(x, 1));
    struct sim_hits hits = { 0 };

    if (account.row == NULL)
        return;
    gather_methods(x, &hits,
                   account.c[MEMBER_ACCOUNT_MERGED_INTO].i == SIM_NULL ? sim_int(x, 1)
                                                                       : account.c[MEMBER_ACCOUNT_MERGED_INTO].i);
    for (size_t i = 0; i < hits.count && i < 50; i++)
        emit_method(x, hits.hits[i].c);
}

static void payment_method_find(struct sim_exec *x)
{
    struct sim_hit hit = find_method(x, I(sim_int(x, 1)));

    if (hit.row != NULL && hit.c[PAYMENT_METHOD_MEMBER_ID].i == sim_int(x, 2))
        emit_method(x, hit.c);
}

static void payment_method_charges(struct sim_exec *x)
{
    sim_emit(x, KEY(I(sim_int(x, 2) == SIM_NULL ? 0 : open_charges(x, sim_int(x, 2)))));
}

static void payment_method_remove(struct sim_exec *x)
{
    struct sim_hit hit = find_method(x, I(sim_int(x, 1)));

    if (hit.row != NULL)
        sim_delete(x, &hit);
}

static void payment_method_reseal(struct sim_exec *x)
{
    struct sim_hit hit = find_method(x, I(sim_int(x, 1)));

    if (hit.row != NULL)
        sim_update(x, &hit, 0, PUTS(FROM(PAYMENT_METHOD_MEMBER_ID, 2), FROM(PAYMENT_METHOD_TOKEN_SEALED, 3)));
}

static void payment_method_remove_all(struct sim_exec *x)
{
    struct sim_hits hits = { 0 };

    gather_methods(x, &hits, sim_int(x, 1));
    for (size_t i = 0; i < hits.count; i++)
        sim_delete(x, &hits.hits[i]);
}

/* A detaching of kind 3, as of a setup's row. */
static void detach_setup(struct sim_exec *x, union sim_cell id, union sim_cell made_at, int64_t since, int now)
{
    if (sim_find(x, SIM_GATEWAY_DETACH, GATEWAY_DETACH_BY_ID, KEY(id)).row == NULL)
        sim_insert(x, SIM_GATEWAY_DETACH, 0,
                   PUTS(VALUE(GATEWAY_DETACH_ID, id.i), VALUE(GATEWAY_DETACH_KIND, 3),
                        BLOB(GATEWAY_DETACH_TOKEN, sim_text(x, "")), VALUE(GATEWAY_DETACH_TRIES, 0),
                        VALUE(GATEWAY_DETACH_MADE_AT, made_at.i), FROM(GATEWAY_DETACH_NEXT_AT, now),
                        VALUE(GATEWAY_DETACH_SINCE, since)));
}

static void end_setup(struct sim_exec *x, struct sim_hit *hit)
{
    union sim_cell id = hit->c[PAYMENT_SETUP_ID], made_at = hit->c[PAYMENT_SETUP_MADE_AT];

    sim_update(x, hit, 0,
               PUTS(VALUE(PAYMENT_SETUP_STATE, 4), FROM(PAYMENT_SETUP_PROBLEM, 2),
                    VALUE(PAYMENT_SETUP_NEXT_AT, SIM_NULL), BLOB(PAYMENT_SETUP_URL, NULL),
                    BLOB(PAYMENT_SETUP_CUSTOMER_SEALED, NULL)));
    detach_setup(x, id, made_at, sim_int(x, 3), 3);
}

static void payment_setup_failed(struct sim_exec *x)
{
    struct sim_hit hit = find_setup(x);

    if (hit.row != NULL && hit.c[PAYMENT_SETUP_STATE].i < 3 && sim_lock(x, &hit) && hit.c[PAYMENT_SETUP_STATE].i < 3)
        end_setup(x, &hit);
}

static void payment_setups_lock(struct sim_exec *x)
{
    struct sim_hits hits = { 0 };

    for (struct sim_scan scan = sim_scan(x, SIM_PAYMENT_SETUP, PAYMENT_SETUP_BY_MEMBER_ID, KEY(I(sim_int(x, 1))));
         sim_next(&scan);)
        if (scan.hit.c[PAYMENT_SETUP_STATE].i < 3)
            sim_gather(x, &hits, scan.hit);
    sim_sort(&hits, SIM_PAYMENT_SETUP, PAYMENT_SETUP_ID, -1, -1);
    for (size_t i = 0; i < hits.count; i++)
        if (sim_lock(x, &hits.hits[i]) && hits.hits[i].c[PAYMENT_SETUP_STATE].i < 3)
            sim_emit(x, KEY(hits.hits[i].c[PAYMENT_SETUP_ID]));
}

static void gather_setups_over(struct sim_exec *x, struct sim_hits *hits, int64_t member_id)
{
    for (struct sim_scan scan = sim_scan(x, SIM_PAYMENT_SETUP, PAYMENT_SETUP_BY_MEMBER_ID, KEY(I(member_id)));
         sim_next(&scan);)
        if (scan.hit.c[PAYMENT_SETUP_STATE].i > 2)
            sim_gather(x, hits, scan.hit);
}

static void payment_setups_erase(struct sim_exec *x)
{
    struct sim_hits hits = { 0 };

    of_all(x, &hits, gather_setups_over);
    for (size_t i = 0; i < hits.count; i++)
        detach_setup(x, hits.hits[i].c[PAYMENT_SETUP_ID], hits.hits[i].c[PAYMENT_SETUP_MADE_AT],
                     hits.hits[i].c[PAYMENT_SETUP_MADE_AT].i, 2);
}

static void payment_setups_end(struct sim_exec *x)
{
    struct sim_hits hits = { 0 };

    for (struct sim_scan scan = sim_scan(x, SIM_PAYMENT_SETUP, PAYMENT_SETUP_BY_MEMBER_ID, KEY(I(sim_int(x, 1))));
         sim_next(&scan);)
        if (scan.hit.c[PAYMENT_SETUP_STATE].i < 3)
            sim_gather(x, &hits, scan.hit);
    for (size_t i = 0; i < hits.count; i++)
        if (sim_lock(x, &hits.hits[i]) && hits.hits[i].c[PAYMENT_SETUP_STATE].i < 3)
            end_setup(x, &hits.hits[i]);
}

static void gather_charges_over(struct sim_exec *x, struct sim_hits *hits, int64_t member_id)
{
    for (struct sim_scan scan = sim_scan(x, SIM_GATEWAY_CHARGE, GATEWAY_CHARGE_BY_MEMBER_ID, KEY(I(member_id)));
         sim_next(&scan);)
        if ((scan.hit.c[GATEWAY_CHARGE_STATE].i > 7 || scan.hit.c[GATEWAY_CHARGE_UNDO_ID].i != SIM_NULL) &&
            scan.hit.c[GATEWAY_CHARGE_TOKEN_SEALED].b != NULL)
            sim_gather(x, hits, scan.hit);
}

static void payment_charges_end(struct sim_exec *x)
{
    struct sim_hits hits = { 0 };

    of_all(x, &hits, gather_charges_over);
    for (size_t i = 0; i < hits.count; i++) {
        const union sim_cell *c = hits.hits[i].c;
        int64_t next_at = c[GATEWAY_CHARGE_STATE].i > 7 ? SIM_NULL : c[GATEWAY_CHARGE_NEXT_AT].i;

        sim_update(x, &hits.hits[i], 0,
                   PUTS(VALUE(GATEWAY_CHARGE_NEXT_AT, next_at), BLOB(GATEWAY_CHARGE_TOKEN_SEALED, NULL)));
    }
}

static void gateway_detach_write(struct sim_exec *x)
{
    sim_insert(x, SIM_GATEWAY_DETACH, 0,
               PUTS(FROM(GATEWAY_DETACH_ID, 1), FROM(GATEWAY_DETACH_KIND, 2), FROM(GATEWAY_DETACH_TOKEN, 3),
                    VALUE(GATEWAY_DETACH_TRIES, 0), FROM(GATEWAY_DETACH_MADE_AT, 4), FROM(GATEWAY_DETACH_NEXT_AT, 4)));
}

/* ---- adding ---- */

static void payment_setup_write(struct sim_exec *x)
{
    sim_insert(x, SIM_PAYMENT_SETUP, 0,
               PUTS(FROM(PAYMENT_SETUP_ID, 1), FROM(PAYMENT_SETUP_MEMBER_ID, 2), FROM(PAYMENT_SETUP_SHOP_ID, 3),
                    FROM(PAYMENT_SETUP_DEVICE_ID, 4), FROM(PAYMENT_SETUP_STAFF_ID, 5), VALUE(PAYMENT_SETUP_STATE, 1),
                    FROM(PAYMENT_SETUP_CUSTOMER_SEALED, 6), VALUE(PAYMENT_SETUP_TRIES, 0),
                    VALUE(PAYMENT_SETUP_ATTEMPT, 0), FROM(PAYMENT_SETUP_MADE_AT, 7), FROM(PAYMENT_SETUP_NEXT_AT, 7)));
}

static void payment_setup_show(struct sim_exec *x)
{
    struct sim_hit hit = find_setup(x);

    if (hit.row == NULL)
        return;
    const union sim_cell *s = hit.c, *p = find_method(x, s[PAYMENT_SETUP_METHOD_ID]).c;
    union sim_cell null = I(SIM_NULL);
    sim_emit(x, KEY(s[PAYMENT_SETUP_ID], s[PAYMENT_SETUP_MEMBER_ID], s[PAYMENT_SETUP_STATE], s[PAYMENT_SETUP_URL],
                    s[PAYMENT_SETUP_PROBLEM], s[PAYMENT_SETUP_METHOD_ID], p == NULL ? B(NULL) : p[PAYMENT_METHOD_BRAND],
                    p == NULL ? B(NULL) : p[PAYMENT_METHOD_LAST_FOUR],
                    p == NULL ? null : p[PAYMENT_METHOD_EXPIRY_MONTH], p == NULL ? null : p[PAYMENT_METHOD_EXPIRY_YEAR],
                    p == NULL ? null : p[PAYMENT_METHOD_ADDED_AT], p == NULL ? null : p[PAYMENT_METHOD_MEMBER_ID]));
}

static void payment_setup_opened(struct sim_exec *x)
{
    struct sim_hit hit = find_setup(x);

    if (hit.row == NULL || hit.c[PAYMENT_SETUP_STATE].i != 1 || !sim_lock(x, &hit) || hit.c[PAYMENT_SETUP_STATE].i != 1)
        return;
    sim_update(x, &hit, 0,
               PUTS(VALUE(PAYMENT_SETUP_STATE, 2), FROM(PAYMENT_SETUP_CUSTOMER_SEALED, 2), FROM(PAYMENT_SETUP_PAGE, 3),
                    FROM(PAYMENT_SETUP_URL, 4), VALUE(PAYMENT_SETUP_TRIES, 0), FROM(PAYMENT_SETUP_NEXT_AT, 5),
                    VALUE(PAYMENT_SETUP_NODE, SIM_NULL)));
    sim_emit(x, KEY(I(sim_int(x, 1))));
}

static void payment_setup_done(struct sim_exec *x)
{
    struct sim_hit hit = find_setup(x);

    if (hit.row == NULL || hit.c[PAYMENT_SETUP_STATE].i != 2 || !sim_lock(x, &hit) || hit.c[PAYMENT_SETUP_STATE].i != 2)
        return;
    int64_t member_id = hit.c[PAYMENT_SETUP_MEMBER_ID].i;
    sim_update(x, &hit, 0,
               PUTS(VALUE(PAYMENT_SETUP_STATE, 3), FROM(PAYMENT_SETUP_METHOD_ID, 2),
                    VALUE(PAYMENT_SETUP_NEXT_AT, SIM_NULL), BLOB(PAYMENT_SETUP_URL, NULL),
                    BLOB(PAYMENT_SETUP_CUSTOMER_SEALED, NULL)));
    sim_insert(x, SIM_PAYMENT_METHOD, 0,
               PUTS(FROM(PAYMENT_METHOD_ID, 2), VALUE(PAYMENT_METHOD_MEMBER_ID, member_id),
                    FROM(PAYMENT_METHOD_TOKEN_SEALED, 3), FROM(PAYMENT_METHOD_BRAND, 4),
                    FROM(PAYMENT_METHOD_LAST_FOUR, 5), FROM(PAYMENT_METHOD_EXPIRY_MONTH, 6),
                    FROM(PAYMENT_METHOD_EXPIRY_YEAR, 7), FROM(PAYMENT_METHOD_ADDED_AT, 8)));
    sim_emit(x, KEY(I(sim_int(x, 2))));
}

/* ---- charging ---- */

static void gateway_charge_write(struct sim_exec *x)
{
    sim_insert(
        x, SIM_GATEWAY_CHARGE, 0,
        PUTS(FROM(GATEWAY_CHARGE_ID, 1), VALUE(GATEWAY_CHARGE_KIND, 1), FROM(GATEWAY_CHARGE_SHOP_ID, 2),
             FROM(GATEWAY_CHARGE_DEVICE_ID, 3), FROM(GATEWAY_CHARGE_STAFF_ID, 4), FROM(GATEWAY_CHARGE_MEMBER_ID, 5),
             FROM(GATEWAY_CHARGE_METHOD_ID, 6), FROM(GATEWAY_CHARGE_CARD_ID, 7), FROM(GATEWAY_CHARGE_AMOUNT_MINOR, 8),
             FROM(GATEWAY_CHARGE_CURRENCY, 9), FROM(GATEWAY_CHARGE_TOKEN_SEALED, 10), VALUE(GATEWAY_CHARGE_STATE, 1),
             VALUE(GATEWAY_CHARGE_ANSWER, 0), VALUE(GATEWAY_CHARGE_STEP_COUNT, 1), VALUE(GATEWAY_CHARGE_TRIES, 0),
             VALUE(GATEWAY_CHARGE_ATTEMPT, 0), FROM(GATEWAY_CHARGE_MADE_AT, 11), FROM(GATEWAY_CHARGE_NEXT_AT, 11)));
}

static void gateway_charge_step_write(struct sim_exec *x)
{
    sim_insert(x, SIM_GATEWAY_CHARGE_STEP, 0,
               PUTS(FROM(GATEWAY_CHARGE_STEP_CHARGE_ID, 1), FROM(GATEWAY_CHARGE_STEP_NUMBER, 2),
                    FROM(GATEWAY_CHARGE_STEP_STATE, 3), FROM(GATEWAY_CHARGE_STEP_AT, 4)));
}

static void gateway_charge_show(struct sim_exec *x)
{
    struct sim_hit hit = sim_find(x, SIM_GATEWAY_CHARGE, GATEWAY_CHARGE_BY_ID, KEY(I(sim_int(x, 1))));
    union sim_cell null = I(SIM_NULL);

    if (hit.row == NULL)
        return;
    const union sim_cell *c = hit.c;
    const union sim_cell *g = sim_find(x, SIM_GIFT_CARD, GIFT_CARD_BY_ID, KEY(c[GATEWAY_CHARGE_CARD_ID])).c;
    const union sim_cell *d = sim_find(x, SIM_DEVICE, DEVICE_BY_ID, KEY(c[GATEWAY_CHARGE_DEVICE_ID])).c;
    const union sim_cell *e =
        sim_find(x, SIM_GIFT_CARD_ENTRY, GIFT_CARD_ENTRY_BY_ORIGIN_ID_POSITION, KEY(c[GATEWAY_CHARGE_PAYMENT_ID], I(0)))
            .c;
    if (g == NULL || d == NULL)
        return;
    sim_emit(x, KEY(c[GATEWAY_CHARGE_ID], c[GATEWAY_CHARGE_MEMBER_ID], c[GATEWAY_CHARGE_STATE],
                    c[GATEWAY_CHARGE_AMOUNT_MINOR], c[GATEWAY_CHARGE_REFERENCE], c[GATEWAY_CHARGE_PROBLEM],
                    c[GATEWAY_CHARGE_PAYMENT_ID], c[GATEWAY_CHARGE_UNDO_ID], g[GIFT_CARD_ID], g[GIFT_CARD_NUMBER],
                    g[GIFT_CARD_LAST_FOUR], g[GIFT_CARD_BLOCKED], g[GIFT_CARD_MOVED_TO], g[GIFT_CARD_EXPIRY_DAY],
                    g[GIFT_CARD_BALANCE_MINOR], g[GIFT_CARD_ENTRY_COUNT], e == NULL ? null : e[GIFT_CARD_ENTRY_NUMBER],
                    e == NULL ? null : e[GIFT_CARD_ENTRY_BALANCE_MINOR], e == NULL ? null : e[GIFT_CARD_ENTRY_AT],
                    d[DEVICE_TILL_NUMBER]));
}

static struct sim_hit find_charge(struct sim_exec *x)
{
    return sim_find(x, SIM_GATEWAY_CHARGE, GATEWAY_CHARGE_BY_ID, KEY(I(sim_int(x, 1))));
}

/* coalesce($n, what it was). */
static struct sim_blob *or_before(struct sim_exec *x, int param, const union sim_cell *before)
{
    struct bytes given = sim_bytes(x, param);

    return given.data == NULL ? before->b : sim_blob(x, given);
}

static void gateway_charge_note(struct sim_exec *x)
{
    struct sim_hit hit = find_charge(x);

    if (hit.row == NULL || hit.c[GATEWAY_CHARGE_STEP_COUNT].i != sim_int(x, 2) || !sim_lock(x, &hit) ||
        hit.c[GATEWAY_CHARGE_STEP_COUNT].i != sim_int(x, 2))
        return;
    if (sim_int(x, 6) != SIM_NULL && hit.c[GATEWAY_CHARGE_TOKEN_SEALED].b == NULL &&
        hit.c[GATEWAY_CHARGE_UNDO_ID].i == SIM_NULL)
        return;
    int64_t number = sim_plus(x, hit.c[GATEWAY_CHARGE_STEP_COUNT].i, 1);
    sim_update(x, &hit, 0,
               PUTS(FROM(GATEWAY_CHARGE_STATE, 3), FROM(GATEWAY_CHARGE_ANSWER, 4),
                    VALUE(GATEWAY_CHARGE_STEP_COUNT, number), FROM(GATEWAY_CHARGE_TRIES, 5),
                    FROM(GATEWAY_CHARGE_NEXT_AT, 6),
                    BLOB(GATEWAY_CHARGE_REFERENCE, or_before(x, 7, &hit.c[GATEWAY_CHARGE_REFERENCE])),
                    BLOB(GATEWAY_CHARGE_PROBLEM, or_before(x, 8, &hit.c[GATEWAY_CHARGE_PROBLEM])),
                    VALUE(GATEWAY_CHARGE_ATTEMPT, sim_plus(x, hit.c[GATEWAY_CHARGE_ATTEMPT].i, sim_int(x, 9))),
                    FROM(GATEWAY_CHARGE_NODE, 11)));
    sim_insert(x, SIM_GATEWAY_CHARGE_STEP, 0,
               PUTS(FROM(GATEWAY_CHARGE_STEP_CHARGE_ID, 1), VALUE(GATEWAY_CHARGE_STEP_NUMBER, number),
                    FROM(GATEWAY_CHARGE_STEP_STATE, 3), FROM(GATEWAY_CHARGE_STEP_AT, 10)));
    sim_emit(x, KEY(I(number)));
}

static void gateway_charge_device(struct sim_exec *x)
{
    struct sim_hit charge = find_charge(x);
    struct sim_hit device = { 0 };

    if (charge.row != NULL)
        device = sim_find(x, SIM_DEVICE, DEVICE_BY_ID, KEY(charge.c[GATEWAY_CHARGE_DEVICE_ID]));
    if (device.row != NULL && sim_lock(x, &device))
        sim_emit(x, KEY(device.c[DEVICE_ID]));
}

static void gateway_charge_lock(struct sim_exec *x)
{
    struct sim_hit hit = find_charge(x);

    if (hit.row == NULL || !sim_lock(x, &hit))
        return;
    const union sim_cell *c = hit.c, *g = sim_find(x, SIM_GIFT_CARD, GIFT_CARD_BY_ID, KEY(c[GATEWAY_CHARGE_CARD_ID])).c;
    sim_emit(x, KEY(c[GATEWAY_CHARGE_ID], c[GATEWAY_CHARGE_DEVICE_ID], c[GATEWAY_CHARGE_STAFF_ID],
                    c[GATEWAY_CHARGE_SHOP_ID], c[GATEWAY_CHARGE_MEMBER_ID], c[GATEWAY_CHARGE_CARD_ID],
                    c[GATEWAY_CHARGE_AMOUNT_MINOR], c[GATEWAY_CHARGE_STATE], c[GATEWAY_CHARGE_REFERENCE],
                    c[GATEWAY_CHARGE_STEP_COUNT], g == NULL ? I(SIM_NULL) : g[GIFT_CARD_NUMBER]));
}

static void gateway_charge_booked(struct sim_exec *x)
{
    struct sim_hit hit = find_charge(x);

    if (hit.row != NULL && sim_lock(x, &hit))
        sim_update(x, &hit, 0,
                   PUTS(VALUE(GATEWAY_CHARGE_STATE, 8), FROM(GATEWAY_CHARGE_PAYMENT_ID, 2),
                        VALUE(GATEWAY_CHARGE_STEP_COUNT, sim_plus(x, hit.c[GATEWAY_CHARGE_STEP_COUNT].i, 1)),
                        VALUE(GATEWAY_CHARGE_TRIES, 0), FROM(GATEWAY_CHARGE_NEXT_AT, 3),
                        VALUE(GATEWAY_CHARGE_NODE, SIM_NULL)));
}

static void gateway_charge_unbooked(struct sim_exec *x)
{
    struct sim_hit hit = find_charge(x);

    if (hit.row != NULL && sim_lock(x, &hit))
        sim_update(x, &hit, 0,
                   PUTS(VALUE(GATEWAY_CHARGE_STATE, 7), FROM(GATEWAY_CHARGE_PROBLEM, 2),
                        VALUE(GATEWAY_CHARGE_STEP_COUNT, sim_plus(x, hit.c[GATEWAY_CHARGE_STEP_COUNT].i, 1)),
                        VALUE(GATEWAY_CHARGE_TRIES, 0), FROM(GATEWAY_CHARGE_NEXT_AT, 3),
                        VALUE(GATEWAY_CHARGE_NODE, SIM_NULL)));
}

/* Of a gift card's number and its entry. */
static struct sim_hit charge_of_entry(struct sim_exec *x)
{
    const union sim_cell *g = sim_find(x, SIM_GIFT_CARD, GIFT_CARD_BY_NUMBER, KEY(I(sim_int(x, 1)))).c;
    const union sim_cell *e = g == NULL ? NULL
                                        : sim_find(x, SIM_GIFT_CARD_ENTRY, GIFT_CARD_ENTRY_BY_CARD_ID_NUMBER,
                                                   KEY(g[GIFT_CARD_ID], I(sim_int(x, 2))))
                                              .c;

    return e == NULL ? (struct sim_hit){ 0 }
                     : sim_find(x, SIM_GATEWAY_CHARGE, GATEWAY_CHARGE_BY_PAYMENT_ID, KEY(e[GIFT_CARD_ENTRY_ORIGIN_ID]));
}

static void gateway_charge_of_entry(struct sim_exec *x)
{
    struct sim_hit hit = charge_of_entry(x);

    if (hit.row != NULL && sim_lock(x, &hit))
        sim_emit_columns(
            x, hit.c, SIM_GATEWAY_CHARGE,
            COLUMNS(GATEWAY_CHARGE_ID, GATEWAY_CHARGE_STATE, GATEWAY_CHARGE_REFERENCE, GATEWAY_CHARGE_STEP_COUNT));
}

static void gateway_charge_undone(struct sim_exec *x)
{
    struct sim_hit hit = find_charge(x);

    if (hit.row != NULL && sim_lock(x, &hit))
        sim_update(x, &hit, 0,
                   PUTS(VALUE(GATEWAY_CHARGE_STATE, 7), VALUE(GATEWAY_CHARGE_ANSWER, 0),
                        FROM(GATEWAY_CHARGE_UNDO_ID, 2),
                        VALUE(GATEWAY_CHARGE_STEP_COUNT, sim_plus(x, hit.c[GATEWAY_CHARGE_STEP_COUNT].i, 1)),
                        VALUE(GATEWAY_CHARGE_TRIES, 0), FROM(GATEWAY_CHARGE_NEXT_AT, 3),
                        VALUE(GATEWAY_CHARGE_NODE, SIM_NULL)));
}

size_t sim_payments_open(struct sim_database *database, bool charges, struct sim_payment *open, size_t most)
{
    struct arena *arena = arena_create(0);
    struct txn txn = { .arena = arena };
    struct sim_work work = { .txn = &txn };
    struct sim_exec x = { .database = database, .work = &work, .snapshot = database->commits };
    size_t count = 0;

    for (struct sim_scan scan = sim_all(&x, charges ? SIM_GATEWAY_CHARGE : SIM_PAYMENT_SETUP);
         count < most && sim_next(&scan);) {
        const union sim_cell *c = scan.hit.c;
        struct sim_payment one = { .id = c[charges ? GATEWAY_CHARGE_ID : PAYMENT_SETUP_ID].i,
                                   .shop_id = c[charges ? GATEWAY_CHARGE_SHOP_ID : PAYMENT_SETUP_SHOP_ID].i,
                                   .member_id = c[charges ? GATEWAY_CHARGE_MEMBER_ID : PAYMENT_SETUP_MEMBER_ID].i,
                                   .state = c[charges ? GATEWAY_CHARGE_STATE : PAYMENT_SETUP_STATE].i,
                                   .step_count = charges ? c[GATEWAY_CHARGE_STEP_COUNT].i : 0 };
        if (one.state < (charges ? 8 : 3))
            open[count++] = one;
    }
    arena_destroy(arena);
    return count;
}

#define METHOD_ANSWER "id member_id token_sealed$ brand$ last_four$ expiry_month expiry_year added_at@"

const struct sim_statement sim_payment_statements[] = {
    { &sql_payment_held, payment_held, "methods setups charges" },
    { &sql_payment_unsettled, payment_unsettled, "id state made_at@" },
    { &sql_payment_methods, payment_methods, METHOD_ANSWER },
    { &sql_payment_method_find, payment_method_find, METHOD_ANSWER },
    { &sql_payment_method_charges, payment_method_charges, "charges" },
    { &sql_payment_method_remove, payment_method_remove, NULL },
    { &sql_payment_method_reseal, payment_method_reseal, NULL },
    { &sql_payment_method_remove_all, payment_method_remove_all, NULL },
    { &sql_payment_setups_lock, payment_setups_lock, "id" },
    { &sql_payment_setups_end, payment_setups_end, NULL },
    { &sql_payment_setups_erase, payment_setups_erase, NULL },
    { &sql_payment_setup_failed, payment_setup_failed, NULL },
    { &sql_payment_charges_end, payment_charges_end, NULL },
    { &sql_gateway_detach_write, gateway_detach_write, NULL },
    { &sql_payment_setup_write, payment_setup_write, NULL },
    { &sql_payment_setup_show, payment_setup_show,
      "id member_id state url$ problem$ method_id brand$ last_four$ expiry_month expiry_year added_at@ owner_id" },
    { &sql_payment_setup_opened, payment_setup_opened, "id" },
    { &sql_payment_setup_done, payment_setup_done, "id" },
    { &sql_gateway_charge_write, gateway_charge_write, NULL },
    { &sql_gateway_charge_step_write, gateway_charge_step_write, NULL },
    { &sql_gateway_charge_show, gateway_charge_show,
      "charge_id member_id state amount_minor reference$ problem$ payment_id undo_id id number last_four$ blocked? "
      "moved_to "
      "expiry_day# "
      "balance_minor entry_count entry entry_balance_minor loaded_at@ till_number" },
    { &sql_gateway_charge_note, gateway_charge_note, "number" },
    { &sql_gateway_charge_device, gateway_charge_device, "id" },
    { &sql_gateway_charge_lock, gateway_charge_lock,
      "id device_id staff_id shop_id member_id card_id amount_minor state reference$ step_count number" },
    { &sql_gateway_charge_booked, gateway_charge_booked, NULL },
    { &sql_gateway_charge_unbooked, gateway_charge_unbooked, NULL },
    { &sql_gateway_charge_of_entry, gateway_charge_of_entry, "id state reference$ step_count" },
    { &sql_gateway_charge_undone, gateway_charge_undone, NULL },
    { NULL, NULL, NULL },
};
