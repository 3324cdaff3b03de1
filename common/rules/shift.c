/* Sums of a shift's rows, checked for overflow, and the count of its drawer. */
#include "common/rules/shift.h"

#include <string.h>

#include "common/base/number.h"
#include "common/base/text.h"
#include "common/rules/denomination.h"

/* Adds where it fits; remembers where it did not. */
struct sum {
    bool fits;
};

static void add(struct sum *sum, int64_t *to, int64_t amount)
{
    sum->fits = add_checked(*to, amount, to) && sum->fits;
}

static void widen(struct shift_range *range, int64_t first, int64_t last)
{
    if (range->first == 0 || first < range->first)
        range->first = first;
    if (last > range->last)
        range->last = last;
}

static void sum_sales(struct sum *sum, struct shift_z *z)
{
    for (size_t i = 0; i < z->books.sales_count; i++) {
        const struct shift_sales *sales = &z->books.sales[i];
        bool refund = sales->kind == SALE_REFUND;

        add(sum, refund ? &z->refund_count : &z->sale_count, sales->count);
        add(sum, refund ? &z->refund_minor : &z->sale_minor, sales->total_minor);
        widen(sales->series == 'X' ? &z->x : &z->t, sales->first, sales->last);
    }
    int64_t sold_minor = z->sale_minor;
    add(sum, &sold_minor, -z->deposits.back_minor);
    if (!add_checked(z->books.grand_before_minor, sold_minor, &z->grand_total_minor))
        z->grand_total_minor = INT64_MAX; /* it never goes back, nor keeps a shift from being closed */
}

static void sum_tenders(struct sum *sum, struct shift_z *z)
{
    int64_t turnover_minor = z->sale_minor, owed_minor;

    add(sum, &turnover_minor, z->refund_minor);
    sum->fits = multiply_checked(turnover_minor, -1, &owed_minor) && sum->fits;
    for (size_t i = 0; i < z->books.tender_count; i++) {
        int64_t paid_minor = z->books.tenders[i].stayed_minor;

        add(sum, &paid_minor, -z->books.tenders[i].forfeited_minor);
        add(sum, &paid_minor, -z->books.tenders[i].tip_minor);
        add(sum, &z->rounding_minor, paid_minor);
        if (z->books.tenders[i].kind == TENDER_CASH)
            add(sum, &z->cash_minor, z->books.tenders[i].stayed_minor);
    }
    add(sum, &z->rounding_minor, owed_minor);
}

static void sum_cash(struct sum *sum, struct shift_z *z)
{
    for (size_t i = 0; i < z->books.move_count; i++) {
        const struct shift_moved *moved = &z->books.moves[i];

        switch (moved->kind) {
        case SHIFT_CASH_IN:
            add(sum, &z->in_minor, moved->amount_minor);
            break;
        case SHIFT_CASH_OUT:
            add(sum, &z->out_minor, moved->amount_minor);
            break;
        case SHIFT_CASH_DROP:
            add(sum, &z->drop_minor, moved->amount_minor);
            break;
        }
    }
    z->expected_minor = z->books.float_minor;
    add(sum, &z->expected_minor, z->cash_minor);
    add(sum, &z->expected_minor, z->on_account_minor);
    add(sum, &z->expected_minor, z->gift_cards_minor);
    add(sum, &z->expected_minor, z->in_minor);
    add(sum, &z->expected_minor, z->out_minor);
    add(sum, &z->expected_minor, z->drop_minor);
}

/* What no total is made of stops at the ends of the range: one sale may charge and take back as much as there can be. */
static void add_or_stop(int64_t *to, int64_t more)
{
    if (!add_checked(*to, more, to))
        *to = more < 0 ? -INT64_MAX : INT64_MAX;
}

static void sum_deposits(struct shift_z *z)
{
    struct shift_deposits *all = &z->deposits;

    for (size_t i = 0; i < z->books.deposit_count; i++) {
        const struct shift_deposit *deposit = &z->books.deposits[i];

        add_or_stop(deposit->charge ? &all->charge_milli : &all->out_milli, deposit->out_milli);
        add_or_stop(deposit->charge ? &all->charge_minor : &all->out_minor, deposit->out_minor);
        add_or_stop(&all->back_milli, deposit->back_milli);
        add_or_stop(&all->back_minor, deposit->back_minor);
        if (deposit->charge)
            continue;
        add_or_stop(&all->refund_milli, deposit->refund_milli);
        add_or_stop(&all->refund_minor, deposit->refund_minor);
    }
}

static void sum_received(struct sum *sum, struct shift_z *z)
{
    for (size_t i = 0; i < z->books.received_count; i++)
        if (z->books.received[i].means == ACCOUNT_BY_CASH)
            add(sum, &z->on_account_minor, z->books.received[i].amount_minor);
    for (size_t i = 0; i < z->books.gift_card_count; i++)
        if (z->books.gift_cards[i].means == ACCOUNT_BY_CASH)
            add(sum, &z->gift_cards_minor, z->books.gift_cards[i].amount_minor);
}

enum shift_verdict shift_z_sum(const struct shift_books *books, struct shift_z *z)
{
    struct sum sum = { .fits = true };

    *z = (struct shift_z){ .books = *books };
    sum_deposits(z);
    sum_sales(&sum, z);
    sum_tenders(&sum, z);
    sum_received(&sum, z);
    sum_cash(&sum, z);
    return sum.fits && books->tax_count <= SHIFT_TAXES_MAX ? SHIFT_OK : SHIFT_OVERFLOW;
}

enum shift_verdict shift_z_settle(struct shift_z *z)
{
    struct sum sum = { .fits = true };

    z->cash_minor = z->rounding_minor = z->on_account_minor = z->gift_cards_minor = 0;
    sum_tenders(&sum, z);
    sum_received(&sum, z);
    return sum.fits ? SHIFT_OK : SHIFT_OVERFLOW;
}

/* ---- what fits into a message ---- */

/* A message and the document in it, which is a frame: what is there once (head, sums, pieces, moves of cash), means of payment, deposits,
 * and what these leave to the other lists. */
#define FRAME_BYTES    65000u
#define ONCE_BYTES     10500u
#define DEPOSITS_BYTES 10000u /* at most */
#define LISTS          4u     /* that share the rest: each may have a part of it at least */
#define LISTS_BYTES    24000u /* at least, however many means of payment there are */
#define ROW_BYTES      60u    /* of a row: its tags, its kind, and the words between its numbers */
#define SUM_BYTES      130u   /* of the row of what is left out */

static size_t digits_of(int64_t number)
{
    size_t digits = 1;

    for (int64_t rest = number / 10; rest != 0; rest /= 10)
        digits++;
    return digits;
}

/* In the message alone: in groups of seven bits. */
static size_t bytes_of_field(int64_t number)
{
    return number < 0 ? 10 : digits_of(number) / 2 + 1;
}

/* In the document too, in digits, with a point and a sign. */
static size_t bytes_of_number(int64_t number)
{
    return bytes_of_field(number) + digits_of(number) + 2;
}

/* In the message whole, in the document as much of it as has room there. */
static size_t bytes_of_name(const char *name)
{
    return strlen(name) + text_cut(name, SHIFT_NAME_COLUMNS, NULL);
}

/* How many rows of a list may stand by themselves, a row for the rest aside. */
struct list {
    const void *rows;
    size_t count;
    size_t (*bytes)(const void *rows, size_t row);
};

static size_t tax_bytes(const void *rows, size_t row)
{
    const struct shift_tax *tax = &((const struct shift_tax *)rows)[row];

    return ROW_BYTES + 2 * strlen(tax->code) + bytes_of_number(tax->rate_ppm) + bytes_of_number(tax->net_minor) +
           bytes_of_number(tax->tax_minor);
}

static size_t option_bytes(const void *rows, size_t row)
{
    const struct shift_option *option = &((const struct shift_option *)rows)[row];

    return ROW_BYTES + bytes_of_name(option->name) + bytes_of_field(option->modifier_id) +
           bytes_of_number(option->count) + bytes_of_field(option->quantity_milli) +
           bytes_of_number(option->amount_minor);
}

static size_t department_bytes(const void *rows, size_t row)
{
    const struct shift_department *department = &((const struct shift_department *)rows)[row];

    return ROW_BYTES + bytes_of_name(department->name) + bytes_of_field(department->product_id) +
           bytes_of_number(department->count) + bytes_of_field(department->quantity_milli) +
           bytes_of_number(department->amount_minor);
}

static size_t person_bytes(const void *rows, size_t row)
{
    const struct shift_person *person = &((const struct shift_person *)rows)[row];

    return ROW_BYTES + bytes_of_name(person->name) + bytes_of_field(person->staff_id) + bytes_of_number(person->count) +
           bytes_of_number(person->total_minor);
}

static size_t deposit_bytes(const void *rows, size_t row)
{
    const struct shift_deposit *deposit = &((const struct shift_deposit *)rows)[row];

    return ROW_BYTES + bytes_of_name(deposit->name) + bytes_of_field(deposit->product_id) +
           bytes_of_number(deposit->out_milli) + bytes_of_number(deposit->out_minor) +
           bytes_of_number(deposit->back_milli) + bytes_of_number(deposit->back_minor) +
           bytes_of_number(deposit->refund_milli) + bytes_of_number(deposit->refund_minor);
}

/* Its totals hold what is not listed. Returns their bytes. */
static size_t cut_deposits(struct shift_books *books)
{
    size_t bytes = 0, fits = 0;

    while (fits < books->deposit_count && bytes + deposit_bytes(books->deposits, fits) <= DEPOSITS_BYTES)
        bytes += deposit_bytes(books->deposits, fits++);
    books->deposit_count = fits;
    return bytes;
}

/* Whole on paper, and up to five rows below. */
static size_t tenders_bytes(const struct shift_books *books)
{
    size_t bytes = 0;

    for (size_t i = 0; i < books->tender_count; i++) {
        const struct shift_tender *tender = &books->tenders[i];

        bytes += ROW_BYTES + 2 * (tender->name == NULL ? 0 : strlen(tender->name)) + bytes_of_field(tender->type_id) +
                 bytes_of_number(tender->count) + bytes_of_number(tender->stayed_minor);
        if (tender->forfeited_minor != 0)
            bytes += ROW_BYTES + bytes_of_number(tender->forfeited_minor);
        if (tender->tip_minor != 0)
            bytes += ROW_BYTES + bytes_of_number(tender->tip_minor);
        if (tender->counted)
            bytes += (size_t)3 * ROW_BYTES + bytes_of_number(tender->expected_minor) +
                     bytes_of_number(tender->counted_minor) + bytes_of_number(tender->difference_minor);
    }
    return bytes;
}

static size_t left_to_lists(size_t used)
{
    return used < FRAME_BYTES - LISTS_BYTES ? FRAME_BYTES - used : LISTS_BYTES;
}

static size_t list_bytes(const struct list *list)
{
    size_t bytes = 0;

    for (size_t i = 0; i < list->count; i++)
        bytes += list->bytes(list->rows, i);
    return bytes;
}

/* *left: bytes for this list and those behind it, which may have kept of them. */
static size_t list_fits(const struct list *list, size_t kept, size_t *left)
{
    size_t bytes = list_bytes(list), used = 2 * (size_t)SUM_BYTES, fits = 0; /* the rest may be of two kinds */

    if (bytes <= *left - kept) {
        *left -= bytes;
        return list->count;
    }
    while (used + list->bytes(list->rows, fits) <= *left - kept)
        used += list->bytes(list->rows, fits++);
    *left -= used;
    return fits;
}

static size_t least_of(const struct list *list, size_t all)
{
    size_t bytes = list_bytes(list);

    return bytes < all / LISTS ? bytes : all / LISTS;
}

static void fold_taxes(struct shift_books *books, size_t fits, struct arena *arena)
{
    struct shift_tax *taxes = arena_array(arena, fits + 1, sizeof *taxes), *others = NULL;
    size_t count = fits;

    for (size_t i = 0; i < fits; i++) {
        taxes[i] = books->taxes[i];
        if (strcmp(taxes[i].code, SHIFT_OTHER_TAX) == 0 && taxes[i].rate_ppm == 0)
            others = &taxes[i];
    }
    if (others == NULL) {
        others = &taxes[count++];
        *others = (struct shift_tax){ .code = SHIFT_OTHER_TAX };
    }
    for (size_t i = fits; i < books->tax_count; i++) {
        add_most(&others->net_minor, books->taxes[i].net_minor);
        add_most(&others->tax_minor, books->taxes[i].tax_minor);
    }
    books->taxes = taxes;
    books->tax_count = count;
}

static void fold_options(struct shift_books *books, size_t fits, struct arena *arena)
{
    struct shift_option *options = arena_array(arena, fits + 1, sizeof *options), *others = &options[fits];

    for (size_t i = 0; i < fits; i++)
        options[i] = books->options[i];
    *others = (struct shift_option){ .name = "", .others = true };
    for (size_t i = fits; i < books->option_count; i++) {
        add_most(&others->count, books->options[i].count);
        add_most(&others->quantity_milli, books->options[i].quantity_milli);
        add_most(&others->amount_minor, books->options[i].amount_minor);
    }
    books->options = options;
    books->option_count = fits + 1;
}

static void fold_departments(struct shift_books *books, size_t fits, struct arena *arena)
{
    struct shift_department *departments = arena_array(arena, fits + 1, sizeof *departments),
                            *others = &departments[fits];

    for (size_t i = 0; i < fits; i++)
        departments[i] = books->departments[i];
    *others = (struct shift_department){ .name = "" };
    for (size_t i = fits; i < books->department_count; i++) {
        add_most(&others->count, books->departments[i].count);
        add_most(&others->quantity_milli, books->departments[i].quantity_milli);
        add_most(&others->amount_minor, books->departments[i].amount_minor);
    }
    books->departments = departments;
    books->department_count = fits + 1;
}

static void fold_people(struct shift_books *books, size_t fits, struct arena *arena)
{
    struct shift_person *people = arena_array(arena, fits + 2, sizeof *people), *others = &people[fits];

    for (size_t i = 0; i < fits; i++)
        people[i] = books->people[i];
    others[0] = (struct shift_person){ .name = "", .kind = SALE_SOLD };
    others[1] = (struct shift_person){ .name = "", .kind = SALE_REFUND };
    for (size_t i = fits; i < books->people_count; i++) {
        struct shift_person *of = &others[books->people[i].kind == SALE_REFUND];

        add_most(&of->count, books->people[i].count);
        add_most(&of->total_minor, books->people[i].total_minor);
    }
    books->people = people;
    books->people_count = fits + 2;
}

void shift_books_fold(struct shift_books *books, struct arena *arena)
{
    const struct list taxes = { books->taxes, books->tax_count, tax_bytes };
    const struct list options = { books->options, books->option_count, option_bytes };
    const struct list departments = { books->departments, books->department_count, department_bytes };
    const struct list people = { books->people, books->people_count, person_bytes };
    size_t all = left_to_lists(ONCE_BYTES + tenders_bytes(books) + cut_deposits(books)), left = all, fits;
    size_t for_people = least_of(&people, all), for_departments = least_of(&departments, all);

    if ((fits = list_fits(&taxes, least_of(&options, all) + for_departments + for_people, &left)) < taxes.count)
        fold_taxes(books, fits, arena);
    if ((fits = list_fits(&options, for_departments + for_people, &left)) < options.count)
        fold_options(books, fits, arena);
    fits = list_fits(&departments, for_people, &left);
    if (fits >= SHIFT_DEPARTMENTS_MAX && departments.count > SHIFT_DEPARTMENTS_MAX)
        fits = SHIFT_DEPARTMENTS_MAX - 1;
    if (fits < departments.count)
        fold_departments(books, fits, arena);
    fits = list_fits(&people, 0, &left);
    if (fits > 0 && fits < people.count && books->people[fits].staff_id == books->people[fits - 1].staff_id)
        fits--; /* one person is not in two rows of the report */
    if (fits < people.count)
        fold_people(books, fits, arena);
}

/* ---- the count of the drawer ---- */

static bool is_denomination(const int64_t *values, size_t count, int64_t value)
{
    for (size_t i = 0; i < count; i++)
        if (values[i] == value)
            return true;
    return false;
}

enum shift_verdict shift_z_count(const char *currency, unsigned exponent, const struct shift_pieces *counts,
                                 size_t count, int64_t *counted_minor, size_t *wrong)
{
    size_t value_count;
    const int64_t *values = denominations_of(currency, exponent, &value_count);
    int64_t sum = 0, worth;

    for (*wrong = 0; *wrong < count; (*wrong)++) {
        const struct shift_pieces *pieces = &counts[*wrong];

        if (!is_denomination(values, value_count, pieces->denomination_minor))
            return SHIFT_NOT_DENOMINATION;
        for (size_t before = 0; before < *wrong; before++)
            if (counts[before].denomination_minor == pieces->denomination_minor)
                return SHIFT_NOT_DENOMINATION;
        if (pieces->pieces <= 0 || !multiply_checked(pieces->denomination_minor, pieces->pieces, &worth) ||
            !add_checked(sum, worth, &sum) || sum > MINOR_MAX)
            return SHIFT_BAD_COUNT;
    }
    *counted_minor = sum;
    return SHIFT_OK;
}

/* As the books know it: cash and card by their kind alone. */
static int64_t id_in_books(const struct tender_type *type)
{
    return type->kind == TENDER_CASH || type->kind == TENDER_CARD ? 0 : type->id;
}

/* Cash, card, and the others by their ids. */
static bool stands_before(const struct shift_tender *tender, const struct tender_type *type)
{
    if (tender->kind != type->kind)
        return tender->kind < type->kind;
    return tender->type_id < id_in_books(type);
}

/* Of the means of payment its row, which is made where nothing was paid with it. */
static struct shift_tender *row_of(struct shift_z *z, struct shift_tender *tenders, const struct tender_type *type)
{
    size_t at = 0, count = z->books.tender_count;

    while (at < count && stands_before(&tenders[at], type))
        at++;
    if (at == count || tenders[at].kind != type->kind || tenders[at].type_id != id_in_books(type)) {
        for (size_t behind = count; behind > at; behind--)
            tenders[behind] = tenders[behind - 1];
        tenders[at] = (struct shift_tender){ .kind = (enum tender_kind)type->kind,
                                             .type_id = id_in_books(type),
                                             .name = type->name };
        z->books.tender_count++;
    }
    return &tenders[at];
}

/* The card machine's sum has what was received by card on account and for gift cards, too. */
static bool expected_of(const struct shift_books *books, const struct shift_tender *tender, int64_t *expected_minor)
{
    struct sum sum = { .fits = true };

    *expected_minor = tender->stayed_minor;
    if (tender->kind != TENDER_CARD)
        return true;
    for (size_t i = 0; i < books->received_count; i++)
        if (books->received[i].means == ACCOUNT_BY_CARD)
            add(&sum, expected_minor, books->received[i].amount_minor);
    for (size_t i = 0; i < books->gift_card_count; i++)
        if (books->gift_cards[i].means == ACCOUNT_BY_CARD)
            add(&sum, expected_minor, books->gift_cards[i].amount_minor);
    return sum.fits;
}

bool shift_tender_compare(const struct shift_books *books, struct shift_tender *tender)
{
    return expected_of(books, tender, &tender->expected_minor) && tender->expected_minor >= -INT64_MAX &&
           add_checked(tender->counted_minor, -tender->expected_minor, &tender->difference_minor);
}

/* Nothing came by it: then there is no slip either. */
static bool has_card(const struct shift_books *books)
{
    for (size_t i = 0; i < books->tender_count; i++)
        if (books->tenders[i].kind == TENDER_CARD)
            return true;
    for (size_t i = 0; i < books->received_count; i++)
        if (books->received[i].means == ACCOUNT_BY_CARD)
            return true;
    for (size_t i = 0; i < books->gift_card_count; i++)
        if (books->gift_cards[i].means == ACCOUNT_BY_CARD)
            return true;
    return false;
}

bool shift_card_is_left_out(const struct shift_books *books)
{
    for (size_t i = 0; i < books->tender_count; i++)
        if (books->tenders[i].kind == TENDER_CARD && books->tenders[i].counted)
            return false;
    return has_card(books);
}

enum shift_verdict shift_z_count_tenders(struct shift_z *z, const struct catalogue *catalogue,
                                         const struct shift_counted *counted, size_t count, struct arena *arena,
                                         size_t *wrong)
{
    struct shift_tender *tenders = arena_array(arena, z->books.tender_count + count, sizeof *tenders);

    for (size_t i = 0; i < z->books.tender_count; i++)
        tenders[i] = z->books.tenders[i];
    z->books.tenders = tenders;
    for (*wrong = 0; *wrong < count; (*wrong)++) {
        const struct tender_type *type =
            tender_type_of(catalogue, catalogue_newest(catalogue), counted[*wrong].type_id);

        if (type == NULL || (type->kind != TENDER_VOUCHER && type->kind != TENDER_CARD))
            return SHIFT_BAD_TENDER;
        if (counted[*wrong].counted_minor < 0 || counted[*wrong].counted_minor > MINOR_MAX)
            return SHIFT_BAD_COUNT;
        struct shift_tender *row = row_of(z, tenders, type);
        if (row->counted)
            return SHIFT_BAD_TENDER;
        row->counted = true;
        row->counted_minor = counted[*wrong].counted_minor;
        if (!shift_tender_compare(&z->books, row))
            return SHIFT_OVERFLOW;
    }
    return SHIFT_OK;
}

enum shift_verdict shift_z_close(struct shift_z *z, int64_t counted_minor, struct instant now, int64_t staff_id)
{
    if (counted_minor < 0 || counted_minor > MINOR_MAX)
        return SHIFT_BAD_COUNT;
    if (z->expected_minor < -INT64_MAX || !add_checked(counted_minor, -z->expected_minor, &z->difference_minor))
        return SHIFT_OVERFLOW;
    z->closed = true;
    z->closed_at = now;
    z->closed_by = staff_id;
    z->counted_minor = counted_minor;
    return SHIFT_OK;
}

enum shift_opening shift_may_open(bool per_person, bool has_drawer, int64_t others)
{
    if (has_drawer)
        return SHIFT_IS_OPEN;
    if (others == 0)
        return SHIFT_MAY_OPEN;
    if (!per_person)
        return SHIFT_OTHERS_OPEN;
    return others < SHIFT_DRAWERS_MAX ? SHIFT_MAY_OPEN : SHIFT_TOO_MANY;
}

const char *shift_not_open(bool per_person, bool others)
{
    if (!others)
        return "open the drawer's shift first";
    return per_person ? "open your own drawer first: those that are open at this till are others'"
                      : "drawers of single persons are open at this till: close them, then open the till's own";
}

bool shift_is_forgotten(struct instant opened, struct instant now, const struct zone *zone, int cutoff_minutes,
                        struct day *day)
{
    *day = zone_business_day(zone, opened, cutoff_minutes);
    return day->number < zone_business_day(zone, now, cutoff_minutes).number;
}
