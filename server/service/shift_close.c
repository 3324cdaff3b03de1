/* Close a shift of this till: the drawer was counted, the Z is written, and the drawer is nobody's until the next is opened.
 * The till's row, which the driver has locked, keeps sales away: one is in this Z, or comes too late for it. */
#include <stdlib.h>

#include "common/base/number.h"
#include "db/queries.h"
#include "server/service/message.h"
#include "server/service/shift_message.h"
#include "server/service/training_group.h"

struct closing {
    struct shift_pieces counts[SHIFT_COUNTS_MAX];
    size_t counts_count;
    int64_t counted_minor;
    struct shift_counted sums[SHIFT_VOUCHERS_MAX];
    size_t sum_count;
    struct rows *state;
    struct shift_rows rows;
};

static enum step count_pieces(struct call *c, const Caroline__V1__ShiftClose *request, const struct shop *shop)
{
    struct closing *s = c->shared;
    size_t wrong;

    for (s->counts_count = 0; s->counts_count < request->n_counts; s->counts_count++)
        s->counts[s->counts_count] =
            (struct shift_pieces){ .denomination_minor = request->counts[s->counts_count]->denomination_minor,
                                   .pieces = request->counts[s->counts_count]->pieces };
    switch (
        shift_z_count(shop->currency, shop->currency_exponent, s->counts, s->counts_count, &s->counted_minor, &wrong)) {
    case SHIFT_OK:
        return STEP_NEXT;
    case SHIFT_NOT_DENOMINATION:
        return refuse_field(c, REFUSAL(BAD_DENOMINATION),
                            arena_format(c->txn.arena, "counts[%zu].denomination_minor", wrong),
                            "count %zu: no coin or note of the currency, or named twice", wrong + 1);
    case SHIFT_BAD_COUNT:
    case SHIFT_BAD_TENDER:
    case SHIFT_OVERFLOW:
        break;
    }
    return refuse_field(c, REFUSAL(BAD_COUNT), arena_format(c->txn.arena, "counts[%zu].pieces", wrong),
                        "count %zu: no pieces, or more money than there can be", wrong + 1);
}

/* What was counted, out of the request. */
static enum step take_counts(struct call *c)
{
    const Caroline__V1__ShiftClose *request = (const Caroline__V1__ShiftClose *)c->message;
    struct closing *s = c->shared;

    if ((request->n_counts > 0) == (request->has_counted_minor != 0))
        return refuse(c, REFUSAL(BAD_COUNT), "count the drawer by its pieces, or by its total");
    if (request->n_counts == 0) {
        s->counted_minor = request->counted_minor;
        if (s->counted_minor < 0 || s->counted_minor > MINOR_MAX)
            return refuse_field(c, REFUSAL(BAD_COUNT), "counted_minor",
                                "the count must be nothing or more, and within the range of money");
    } else {
        enum step step = count_pieces(c, request, catalogue_shop(c->catalogue, catalogue_newest(c->catalogue)));

        if (step != STEP_NEXT)
            return step;
    }
    for (s->sum_count = 0; s->sum_count < request->n_vouchers; s->sum_count++) {
        const Caroline__V1__VoucherCount *given = request->vouchers[s->sum_count];

        s->sums[s->sum_count] =
            (struct shift_counted){ .type_id = given->tender_type_id > INT64_MAX ? -1 : (int64_t)given->tender_type_id,
                                    .counted_minor = given->counted_minor };
    }
    return STEP_NEXT;
}

static int64_t named(const struct call *c)
{
    const Caroline__V1__ShiftClose *request = (const Caroline__V1__ShiftClose *)c->message;

    return shift_id_named(request->has_shift_id, request->shift_id);
}

static enum step look(struct call *c)
{
    struct closing *s = c->shared;
    enum step step = take_counts(c);

    if (step == STEP_NEXT)
        s->state = shift_state_ask(c, named(c));
    return step;
}

static enum step read(struct call *c)
{
    struct closing *s = c->shared;
    enum step step = shift_must_be_theirs(c, s->state, named(c));

    if (step == STEP_NEXT)
        shift_rows_ask(c, row_int(s->state, 0, "shift_id"), &s->rows);
    return step;
}

static void write_lists(struct call *c, const struct shift_z *z)
{
    struct arena *arena = c->txn.arena;
    const struct shift_books *books = &z->books;
    size_t most = books->tax_count + books->tender_count + z->counts_count;
    int64_t *columns[12];
    struct bytes *codes = arena_array(arena, books->tax_count, sizeof *codes);

    for (size_t i = 0; i < sizeof columns / sizeof *columns; i++)
        columns[i] = arena_array(arena, most, sizeof(int64_t));
    for (size_t i = 0; i < books->tender_count; i++) {
        columns[0][i] = books->tenders[i].kind;
        columns[1][i] = books->tenders[i].count;
        columns[2][i] = books->tenders[i].stayed_minor;
        columns[8][i] = books->tenders[i].type_id;
        columns[9][i] = books->tenders[i].forfeited_minor;
        columns[11][i] = books->tenders[i].tip_minor;
        columns[10][i] = books->tenders[i].counted ? books->tenders[i].counted_minor : PARAM_NULL_INT;
    }
    for (size_t i = 0; i < books->tax_count; i++) {
        codes[i] = bytes_of_text(books->taxes[i].code);
        columns[3][i] = books->taxes[i].rate_ppm;
        columns[4][i] = books->taxes[i].net_minor;
        columns[5][i] = books->taxes[i].tax_minor;
    }
    for (size_t i = 0; i < z->counts_count; i++) {
        columns[6][i] = z->counts[i].denomination_minor;
        columns[7][i] = z->counts[i].pieces;
    }
    if (books->tender_count > 0)
        ask(c, &sql_shift_z_tender_insert,
            PARAMS(PARAM_INT(books->shift_id), PARAM_INTS(columns[0], books->tender_count),
                   PARAM_INTS(columns[1], books->tender_count), PARAM_INTS(columns[2], books->tender_count),
                   PARAM_INTS(columns[8], books->tender_count), PARAM_INTS(columns[9], books->tender_count),
                   PARAM_INTS(columns[10], books->tender_count), PARAM_INTS(columns[11], books->tender_count)));
    if (books->tax_count > 0)
        ask(c, &sql_shift_z_tax_insert,
            PARAMS(PARAM_INT(books->shift_id), PARAM_TEXTS(codes, books->tax_count),
                   PARAM_INTS(columns[3], books->tax_count), PARAM_INTS(columns[4], books->tax_count),
                   PARAM_INTS(columns[5], books->tax_count)));
    if (z->counts_count > 0)
        ask(c, &sql_shift_z_count_insert,
            PARAMS(PARAM_INT(books->shift_id), PARAM_INTS(columns[6], z->counts_count),
                   PARAM_INTS(columns[7], z->counts_count)));
}

static void write_received(struct call *c, const struct shift_books *books)
{
    size_t count = books->received_count;
    int64_t *columns[3];

    if (count == 0)
        return;
    for (size_t i = 0; i < sizeof columns / sizeof *columns; i++)
        columns[i] = arena_array(c->txn.arena, count, sizeof(int64_t));
    for (size_t i = 0; i < count; i++) {
        columns[0][i] = books->received[i].means;
        columns[1][i] = books->received[i].count;
        columns[2][i] = books->received[i].amount_minor;
    }
    ask(c, &sql_shift_z_received_insert,
        PARAMS(PARAM_INT(books->shift_id), PARAM_INTS(columns[0], count), PARAM_INTS(columns[1], count),
               PARAM_INTS(columns[2], count)));
}

static void write_gift_cards(struct call *c, const struct shift_books *books)
{
    size_t count = books->gift_card_count;
    int64_t *columns[4];

    if (count == 0)
        return;
    for (size_t i = 0; i < sizeof columns / sizeof *columns; i++)
        columns[i] = arena_array(c->txn.arena, count, sizeof(int64_t));
    for (size_t i = 0; i < count; i++) {
        columns[0][i] = books->gift_cards[i].kind;
        columns[1][i] = books->gift_cards[i].means;
        columns[2][i] = books->gift_cards[i].count;
        columns[3][i] = books->gift_cards[i].amount_minor;
    }
    ask(c, &sql_shift_z_gift_card_insert,
        PARAMS(PARAM_INT(books->shift_id), PARAM_INTS(columns[0], count), PARAM_INTS(columns[1], count),
               PARAM_INTS(columns[2], count), PARAM_INTS(columns[3], count)));
}

static void write_departments(struct call *c, const struct shift_books *books)
{
    size_t count = books->department_count;
    struct bytes *names = arena_array(c->txn.arena, count, sizeof *names);
    int64_t *columns[4];

    if (count == 0)
        return;
    for (size_t i = 0; i < sizeof columns / sizeof *columns; i++)
        columns[i] = arena_array(c->txn.arena, count, sizeof(int64_t));
    for (size_t i = 0; i < count; i++) {
        names[i] = bytes_of_text(books->departments[i].name);
        columns[0][i] = books->departments[i].product_id;
        columns[1][i] = books->departments[i].count;
        columns[2][i] = books->departments[i].quantity_milli;
        columns[3][i] = books->departments[i].amount_minor;
    }
    ask(c, &sql_shift_z_department_insert,
        PARAMS(PARAM_INT(books->shift_id), PARAM_INTS(columns[0], count), PARAM_TEXTS(names, count),
               PARAM_INTS(columns[1], count), PARAM_INTS(columns[2], count), PARAM_INTS(columns[3], count)));
}

static void write(struct call *c, const struct shift_z *z)
{
    const struct shift_books *books = &z->books;
    struct param hash = books->strand_hash == NULL ? PARAM_NULL() : PARAM_BYTES(bytes_of(books->strand_hash, 32));

    ask(c, &sql_shift_z_insert,
        PARAMS(PARAM_INT(books->shift_id), PARAM_INT(c->shop_id), PARAM_INT(c->device_id), PARAM_INT(books->number),
               PARAM_INSTANT(z->closed_at), PARAM_INT(z->closed_by), PARAM_INT((int64_t)catalogue_newest(c->catalogue)),
               PARAM_INT(z->t.first), PARAM_INT(z->t.last), PARAM_INT(z->x.first), PARAM_INT(z->x.last),
               PARAM_INT(z->sale_count), PARAM_INT(z->sale_minor), PARAM_INT(z->refund_count),
               PARAM_INT(z->refund_minor), PARAM_INT(z->in_minor), PARAM_INT(z->out_minor), PARAM_INT(z->drop_minor),
               PARAM_INT(books->no_sale_count), PARAM_INT(z->expected_minor), PARAM_INT(z->counted_minor),
               PARAM_INT(z->difference_minor), PARAM_INT(z->grand_total_minor), hash, PARAM_INT(z->deposits.out_milli),
               PARAM_INT(z->deposits.out_minor), PARAM_INT(z->deposits.back_milli), PARAM_INT(z->deposits.back_minor),
               PARAM_INT(z->deposits.refund_milli), PARAM_INT(z->deposits.refund_minor),
               PARAM_INT(z->deposits.charge_milli), PARAM_INT(z->deposits.charge_minor),
               PARAM_INT((int64_t)books->department_count)));
    write_lists(c, z);
    write_received(c, books);
    write_gift_cards(c, books);
    write_departments(c, books);
    ask(c, &sql_shift_drawer_close, PARAMS(PARAM_INT(c->device_id), PARAM_INT(books->shift_id)));
}

static enum step count_sums(struct call *c, struct shift_z *z)
{
    struct closing *s = c->shared;
    size_t wrong;

    switch (shift_z_count_tenders(z, c->catalogue, s->sums, s->sum_count, c->txn.arena, &wrong)) {
    case SHIFT_OK:
        return STEP_NEXT;
    case SHIFT_BAD_TENDER:
        return refuse_field(c, REFUSAL(UNKNOWN_TENDER_TYPE),
                            arena_format(c->txn.arena, "vouchers[%zu].tender_type_id", wrong),
                            "sum %zu: neither the card nor a voucher of that id, or counted twice", wrong + 1);
    case SHIFT_NOT_DENOMINATION:
    case SHIFT_BAD_COUNT:
    case SHIFT_OVERFLOW:
        break;
    }
    return refuse_field(c, REFUSAL(BAD_COUNT), arena_format(c->txn.arena, "vouchers[%zu].counted_minor", wrong),
                        "sum %zu: the count must be nothing or more, and within the range of money", wrong + 1);
}

/* In the journal beside the cash. */
static void note_sums(struct call *c, const struct shift_z *z, unsigned exponent)
{
    char expected[NUMBER_TEXT], counted[NUMBER_TEXT];

    for (size_t i = 0; i < z->books.tender_count; i++) {
        const struct shift_tender *tender = &z->books.tenders[i];

        if (tender->counted)
            journal_change(c, tender->kind == TENDER_CARD ? TENDER_TYPE_CARD : tender->type_id, "counted_minor",
                           minor_format(expected, tender->expected_minor, exponent),
                           minor_format(counted, tender->counted_minor, exponent));
    }
}

static int largest_first(const void *a, const void *b)
{
    const struct shift_pieces *left = a, *right = b;

    return (left->denomination_minor < right->denomination_minor) -
           (left->denomination_minor > right->denomination_minor);
}

/* What was counted in it, in the journal, too. */
static enum step conclude(struct call *c, struct shift_z *z)
{
    const struct shop *shop = catalogue_shop(c->catalogue, catalogue_newest(c->catalogue));
    struct closing *s = c->shared;
    char expected[NUMBER_TEXT], counted[NUMBER_TEXT];

    enum step step = count_sums(c, z);
    if (step != STEP_NEXT)
        return step;
    if (shift_z_close(z, s->counted_minor, c->now, c->staff_id) != SHIFT_OK)
        return refuse(c, REFUSAL(AMOUNT_OVERFLOW), "the shift's sums leave the range that can be counted");
    if (s->counts_count > 0)
        qsort(s->counts, s->counts_count, sizeof *s->counts, largest_first);
    z->counts = s->counts;
    z->counts_count = s->counts_count;
    journal_change(c, z->books.shift_id, TRAINING_SHIFT_CLOSED,
                   minor_format(expected, z->expected_minor, shop->currency_exponent),
                   minor_format(counted, z->counted_minor, shop->currency_exponent));
    note_sums(c, z, shop->currency_exponent);
    return STEP_NEXT;
}

static enum step close_shift(struct call *c)
{
    const struct shop *shop = catalogue_shop(c->catalogue, catalogue_newest(c->catalogue));
    struct closing *s = c->shared;
    struct shift_z z;
    enum step step = shift_rows_sum(c, &s->rows, &z);

    if (step == STEP_NEXT)
        step = conclude(c, &z);
    if (step != STEP_NEXT)
        return step;
    write(c, &z);
    return answer(c, &shift_reported_of(&z, false, shop, c->now, c->txn.arena)->base);
}

const struct op shift_close = {
    .name = "shift_close",
    .number = NUMBER(SHIFT_CLOSE),
    .kind = OP_CHANGES,
    .needs = NEEDS_SESSION,
    .permission = PERMISSION_SHIFT_CLOSE,
    .clients = CLIENT(COUNTER) | CLIENT(CLI),
    .training = &shift_close_training,
    .request = &caroline__v1__shift_close__descriptor,
    .reply = &caroline__v1__shift_reported__descriptor,
    .shared_size = sizeof(struct closing),
    .stages = { look, read, close_shift },
};

/* ---- in training ---- */

static enum step practise_keys(struct call *c, struct group *g)
{
    enum step step = take_counts(c);

    return step == STEP_NEXT ? training_keys(c, g) : step;
}

static enum step practise(struct call *c, struct group *g)
{
    const struct shop *shop = catalogue_shop(g->catalogue, catalogue_newest(g->catalogue));
    struct training_state *state = training_of(g, c);
    struct shift_z z;
    enum step step = training_must_be_open(g, c);

    if (step != STEP_NEXT)
        return step;
    if (named(c) != 0 && named(c) != state->id)
        return refuse_field(c, REFUSAL(SHIFT_NOT_OPEN), "shift_id", "that shift is not the one that is practised");
    struct shift_books books = training_books(state, training_till(g, c), g->catalogue, c->txn.arena);
    if (shift_z_sum(&books, &z) != SHIFT_OK)
        return refuse(c, REFUSAL(AMOUNT_OVERFLOW), "the shift's sums leave the range that can be counted");
    step = conclude(c, &z);
    if (step != STEP_NEXT)
        return step;
    training_note(g, c);
    state->open = false;
    return answer(c, &shift_reported_of(&z, false, shop, g->now, c->txn.arena)->base);
}

const struct op shift_close_training = {
    .name = "shift_close",
    .number = NUMBER(SHIFT_CLOSE),
    .kind = OP_GROUPED,
    .needs = NEEDS_SESSION,
    .permission = PERMISSION_SHIFT_CLOSE,
    .clients = CLIENT(COUNTER) | CLIENT(CLI),
    .request = &caroline__v1__shift_close__descriptor,
    .reply = &caroline__v1__shift_reported__descriptor,
    .shared_size = sizeof(struct closing),
    .group = &training_group,
    .strand = 'S',
    .keys = practise_keys,
    .decide = practise,
};
