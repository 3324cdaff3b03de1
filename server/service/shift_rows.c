/* Which shift somebody works with, its rows, and what the rules make of them. */
#include "common/base/text.h"
#include "common/rules/shift.h"
#include "db/queries.h"
#include "server/service/message.h"
#include "server/service/shift_message.h"

struct rows *shift_state_ask(struct call *c, int64_t shift_id)
{
    return ask(
        c, &sql_shift_state,
        PARAMS(PARAM_INT(c->device_id), PARAM_INT(c->staff_id), shift_id == 0 ? PARAM_NULL() : PARAM_INT(shift_id)));
}

void shift_rows_ask(struct call *c, int64_t shift_id, struct shift_rows *rows)
{
    rows->books = ask(c, &sql_shift_books, PARAMS(PARAM_INT(shift_id)));
    rows->sales = ask(c, &sql_shift_sales, PARAMS(PARAM_INT(shift_id)));
    rows->tenders = ask(c, &sql_shift_tenders, PARAMS(PARAM_INT(shift_id)));
    rows->taxes = ask(c, &sql_shift_taxes, PARAMS(PARAM_INT(shift_id)));
    rows->moves = ask(c, &sql_shift_moves, PARAMS(PARAM_INT(shift_id)));
    rows->deposits = ask(c, &sql_shift_deposits, PARAMS(PARAM_INT(shift_id)));
    rows->options = ask(c, &sql_shift_options, PARAMS(PARAM_INT(shift_id)));
    rows->departments = ask(c, &sql_shift_departments, PARAMS(PARAM_INT(shift_id)));
    rows->received = ask(c, &sql_shift_received, PARAMS(PARAM_INT(shift_id)));
    rows->gift_cards = ask(c, &sql_shift_gift_cards, PARAMS(PARAM_INT(shift_id)));
}

void shift_rows_ask_people(struct call *c, int64_t shift_id, struct shift_rows *rows)
{
    rows->people = ask(c, &sql_shift_people, PARAMS(PARAM_INT(shift_id)));
}

enum step shift_must_be_open(struct call *c, const struct rows *state)
{
    if (!shift_is_till(state))
        return refuse(c, REFUSAL(NOT_A_TILL), "this device has no drawer");
    if (!row_is_null(state, 0, "shift_id"))
        return STEP_NEXT;
    const struct shop *shop = c->catalogue ? catalogue_shop(c->catalogue, catalogue_newest(c->catalogue)) : NULL;
    return refuse(c, REFUSAL(SHIFT_NOT_OPEN), "%s",
                  shift_not_open(shop && shop->drawer_per_person, row_int(state, 0, "others") > 0));
}

enum step shift_must_be_theirs(struct call *c, const struct rows *state, int64_t shift_id)
{
    if (shift_id == 0 || !shift_is_till(state))
        return shift_must_be_open(c, state);
    if (row_is_null(state, 0, "shift_id"))
        return refuse_field(c, REFUSAL(SHIFT_NOT_OPEN), "shift_id", "that shift is not open at this till");
    int64_t holder_id = row_int(state, 0, "holder_id");
    if (holder_id != 0 && holder_id != c->staff_id && !may(c, PERMISSION_SHIFT_CLOSE))
        return refuse_field(c, REFUSAL(PERMISSION_DENIED), "shift_id", "that drawer is another person's");
    return STEP_NEXT;
}

int64_t shift_id_named(bool has, uint64_t shift_id)
{
    if (!has)
        return 0;
    return shift_id == 0 || shift_id > INT64_MAX ? -1 : (int64_t)shift_id;
}

const char *shift_holder_name(struct call *c, int64_t holder_id, const struct rows *rows, size_t row)
{
    struct bytes name = { NULL, 0 };

    if (holder_id != 0 && !row_is_null(rows, row, "name_sealed"))
        name = vault_unseal(c->vault, holder_id, FIELD_STAFF_NAME, row_bytes(rows, row, "name_sealed"), c->txn.arena);
    return name.data ? arena_format(c->txn.arena, "%.*s", (int)name.size, (const char *)name.data) : "";
}

enum step shift_reason(struct call *c, struct bytes given, struct bytes *reason)
{
    *reason = bytes_of_text(text_tidy(c->txn.arena, given));
    if (text_secret(*reason))
        return refuse_field(c, REFUSAL(NO_SECRET_WANTED), "reason", "%s", text_secret(*reason));
    if (text_is_blank(*reason))
        return refuse_field(c, REFUSAL(BAD_REASON), "reason", "the drawer is opened with a reason only");
    return STEP_NEXT;
}

static void fill_sales(const struct rows *rows, struct shift_books *books, struct arena *arena)
{
    struct shift_sales *sales = arena_array(arena, rows_count(rows), sizeof *sales);

    books->sales = sales;
    books->sales_count = rows_count(rows);
    for (size_t i = 0; i < books->sales_count; i++)
        sales[i] = (struct shift_sales){ .series = (char)row_int(rows, i, "series"),
                                         .kind = (enum sale_kind)row_int(rows, i, "kind"),
                                         .count = row_int(rows, i, "count"),
                                         .total_minor = row_int(rows, i, "total_minor"),
                                         .first = row_int(rows, i, "first"),
                                         .last = row_int(rows, i, "last") };
}

/* As it is called now. */
static const char *name_of(const struct catalogue *catalogue, int64_t kind, int64_t type_id)
{
    const struct tender_type *type =
        tender_type_of(catalogue, catalogue_newest(catalogue), type_id == 0 ? kind : type_id);

    return type == NULL ? "" : type->name;
}

static void fill_tenders(const struct rows *rows, const struct catalogue *catalogue, struct shift_books *books,
                         struct arena *arena)
{
    struct shift_tender *tenders = arena_array(arena, rows_count(rows), sizeof *tenders);

    books->tenders = tenders;
    books->tender_count = rows_count(rows);
    for (size_t i = 0; i < books->tender_count; i++)
        tenders[i] = (struct shift_tender){ .kind = (enum tender_kind)row_int(rows, i, "kind"),
                                            .type_id = row_int(rows, i, "tender_type_id"),
                                            .name = name_of(catalogue, row_int(rows, i, "kind"),
                                                            row_int(rows, i, "tender_type_id")),
                                            .count = row_int(rows, i, "count"),
                                            .stayed_minor = row_int(rows, i, "stayed_minor"),
                                            .forfeited_minor = row_int(rows, i, "forfeited_minor"),
                                            .tip_minor = row_int(rows, i, "tip_minor") };
}

static void fill_taxes(const struct rows *rows, struct shift_books *books, struct arena *arena)
{
    struct shift_tax *taxes = arena_array(arena, rows_count(rows), sizeof *taxes);

    books->taxes = taxes;
    books->tax_count = rows_count(rows);
    for (size_t i = 0; i < books->tax_count; i++)
        taxes[i] = (struct shift_tax){ .code = row_text(rows, i, "code"),
                                       .rate_ppm = (uint32_t)row_int(rows, i, "rate_ppm"),
                                       .net_minor = row_int(rows, i, "net_minor"),
                                       .tax_minor = row_int(rows, i, "tax_minor") };
}

static void fill_moves(const struct rows *rows, struct shift_books *books, struct arena *arena)
{
    struct shift_moved *moves = arena_array(arena, rows_count(rows), sizeof *moves);

    books->moves = moves;
    books->move_count = rows_count(rows);
    for (size_t i = 0; i < books->move_count; i++)
        moves[i] = (struct shift_moved){ .kind = (enum shift_move)row_int(rows, i, "kind"),
                                         .amount_minor = row_int(rows, i, "amount_minor") };
}

static void fill_options(const struct rows *rows, struct shift_books *books, struct arena *arena)
{
    struct shift_option *options = arena_array(arena, rows_count(rows), sizeof *options);

    books->options = options;
    books->option_count = rows_count(rows);
    for (size_t i = 0; i < books->option_count; i++)
        options[i] = (struct shift_option){ .modifier_id = row_int(rows, i, "modifier_id"),
                                            .option = (uint32_t)row_int(rows, i, "option"),
                                            .name = row_text(rows, i, "name"),
                                            .count = row_int(rows, i, "count"),
                                            .quantity_milli = row_int(rows, i, "quantity_milli"),
                                            .amount_minor = row_int(rows, i, "amount_minor"),
                                            .others = row_bool(rows, i, "others") };
}

static void fill_departments(const struct rows *rows, struct shift_books *books, struct arena *arena)
{
    struct shift_department *departments = arena_array(arena, rows_count(rows), sizeof *departments);

    books->departments = departments;
    books->department_count = rows_count(rows);
    for (size_t i = 0; i < books->department_count; i++)
        departments[i] = (struct shift_department){ .product_id = row_int(rows, i, "product_id"),
                                                    .name = row_text(rows, i, "name"),
                                                    .count = row_int(rows, i, "count"),
                                                    .quantity_milli = row_int(rows, i, "quantity_milli"),
                                                    .amount_minor = row_int(rows, i, "amount_minor") };
}

static void fill_deposits(const struct rows *rows, struct shift_books *books, struct arena *arena)
{
    struct shift_deposit *deposits = arena_array(arena, rows_count(rows), sizeof *deposits);

    books->deposits = deposits;
    books->deposit_count = rows_count(rows);
    for (size_t i = 0; i < books->deposit_count; i++)
        deposits[i] = (struct shift_deposit){ .product_id = row_int(rows, i, "product_id"),
                                              .name = row_text(rows, i, "name"),
                                              .charge = row_bool(rows, i, "charge"),
                                              .out_milli = row_int(rows, i, "out_milli"),
                                              .out_minor = row_int(rows, i, "out_minor"),
                                              .back_milli = row_int(rows, i, "back_milli"),
                                              .back_minor = row_int(rows, i, "back_minor"),
                                              .refund_milli = row_int(rows, i, "refund_milli"),
                                              .refund_minor = row_int(rows, i, "refund_minor") };
}

static void fill_received(const struct rows *rows, struct shift_books *books, struct arena *arena)
{
    struct shift_received *received = arena_array(arena, rows_count(rows), sizeof *received);

    books->received = received;
    books->received_count = rows_count(rows);
    for (size_t i = 0; i < books->received_count; i++)
        received[i] = (struct shift_received){ .means = (enum account_means)row_int(rows, i, "means"),
                                               .count = row_int(rows, i, "count"),
                                               .amount_minor = row_int(rows, i, "amount_minor"),
                                               .back_count = row_int(rows, i, "back_count"),
                                               .back_minor = row_int(rows, i, "back_minor") };
}

static void fill_gift_cards(const struct rows *rows, struct shift_books *books, struct arena *arena)
{
    struct shift_gift_cards *cards = arena_array(arena, rows_count(rows), sizeof *cards);

    books->gift_cards = cards;
    books->gift_card_count = rows_count(rows);
    for (size_t i = 0; i < books->gift_card_count; i++)
        cards[i] = (struct shift_gift_cards){ .kind = (int)row_int(rows, i, "kind"),
                                              .means = (enum account_means)row_int(rows, i, "means"),
                                              .count = row_int(rows, i, "count"),
                                              .amount_minor = row_int(rows, i, "amount_minor") };
}

static void fill_people(struct call *c, const struct rows *rows, struct shift_books *books)
{
    struct arena *arena = c->txn.arena;
    struct shift_person *people = arena_array(arena, rows_count(rows), sizeof *people);

    books->people = people;
    books->people_count = rows_count(rows);
    for (size_t i = 0; i < books->people_count; i++) {
        int64_t id = row_int(rows, i, "staff_id");

        people[i] = (struct shift_person){ .staff_id = id,
                                           .name = shift_holder_name(c, id, rows, i),
                                           .kind = (enum sale_kind)row_int(rows, i, "kind"),
                                           .count = row_int(rows, i, "count"),
                                           .total_minor = row_int(rows, i, "total_minor") };
    }
}

struct shift_books shift_rows_books(const struct shift_rows *rows, struct arena *arena)
{
    const struct rows *head = rows->books;
    struct shift_books books = {
        .shift_id = row_int(head, 0, "shift_id"),
        .till = (uint32_t)row_int(head, 0, "till_number"),
        .number = (uint32_t)row_int(head, 0, "number"),
        .opened = row_instant(head, 0, "opened_at"),
        .opened_by = row_int(head, 0, "opened_by"),
        .float_minor = row_int(head, 0, "float_minor"),
        .holder_id = row_int(head, 0, "holder_id"),
        .no_sale_count = row_int(head, 0, "no_sale_count"),
        .strand_hash = row_is_null(head, 0, "strand_hash") ? NULL : row_bytes(head, 0, "strand_hash").data,
    };

    fill_taxes(rows->taxes, &books, arena);
    fill_options(rows->options, &books, arena);
    fill_departments(rows->departments, &books, arena);
    fill_deposits(rows->deposits, &books, arena);
    fill_received(rows->received, &books, arena);
    fill_gift_cards(rows->gift_cards, &books, arena);
    return books;
}

enum step shift_rows_sum(struct call *c, const struct shift_rows *rows, struct shift_z *z)
{
    struct shift_books books = shift_rows_books(rows, c->txn.arena);

    books.grand_before_minor = row_int(rows->books, 0, "grand_before_minor");
    fill_sales(rows->sales, &books, c->txn.arena);
    fill_tenders(rows->tenders, c->catalogue, &books, c->txn.arena);
    fill_moves(rows->moves, &books, c->txn.arena);
    if (rows->people != NULL) {
        fill_people(c, rows->people, &books);
        books.holder_name = shift_holder_name(c, books.holder_id, rows->books, 0);
    }
    if (shift_z_sum(&books, z) != SHIFT_OK)
        return refuse(c, REFUSAL(AMOUNT_OVERFLOW), "the shift's sums leave the range that can be counted");
    return STEP_NEXT;
}
