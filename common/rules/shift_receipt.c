/* The report of a shift, row by row from top to bottom. */
#include <inttypes.h>
#include <string.h>

#include "common/base/number.h"
#include "common/base/text.h"
#include "common/rules/shift.h"
#include "common/rules/tax.h"

#define NAME_COLUMNS 40                           /* a printer has 42 */
#define ROWS_FIXED   (78 + RECEIPT_TRAINING_ROWS) /* all that are no taxes, tenders or pieces */

struct paper {
    const struct shift_z *z;
    const struct shop *shop;
    const struct zone *zone;
    struct arena *arena;
    struct receipt_row *rows;
    size_t count;
};

static void add(struct paper *paper, enum receipt_row_kind kind, const char *left, const char *right)
{
    paper->rows[paper->count++] = (struct receipt_row){ .kind = kind, .left = left, .right = right };
}

static void rule(struct paper *paper)
{
    add(paper, RECEIPT_ROW_RULE, NULL, NULL);
}

static const char *money(const struct paper *paper, int64_t minor)
{
    return minor_format(arena_alloc(paper->arena, NUMBER_TEXT), minor, paper->shop->currency_exponent);
}

static void amount(struct paper *paper, const char *left, int64_t minor)
{
    add(paper, RECEIPT_ROW_PAIR, left, money(paper, minor));
}

static void counted(struct paper *paper, const char *what, int64_t count, int64_t minor)
{
    amount(paper, arena_format(paper->arena, "%s (%" PRId64 ")", what, count), minor);
}

static void when(struct paper *paper, const char *left, struct instant at)
{
    char text[LOCAL_TEXT];

    add(paper, RECEIPT_ROW_PAIR, left, arena_text(paper->arena, local_format(text, zone_local(paper->zone, at))));
}

/* At head and foot of whatever a training prints. */
static void add_training(struct paper *paper)
{
    if (!paper->z->books.training)
        return;
    add(paper, RECEIPT_ROW_TITLE, RECEIPT_TRAINING, NULL);
    add(paper, RECEIPT_ROW_TITLE, RECEIPT_NO_RECEIPT, NULL);
}

const char shift_holder_label[] = "Drawer of";

/* Who knows the name where this does not puts it in the place of the number. */
static void add_holder(struct paper *paper)
{
    const struct shift_books *books = &paper->z->books;
    const char *name = books->holder_name == NULL ? "" : books->holder_name;
    size_t used, size = text_cut(name, SHIFT_HOLDER_COLUMNS, &used);

    if (books->holder_id == 0)
        return;
    add(paper, RECEIPT_ROW_PAIR, shift_holder_label,
        size > 0 ? arena_format(paper->arena, "%.*s", (int)size, name)
                 : arena_format(paper->arena, "staff %" PRId64, books->holder_id));
}

static void add_head(struct paper *paper, struct instant now)
{
    const struct shift_z *z = paper->z;
    size_t used, size = text_cut(paper->shop->name, NAME_COLUMNS, &used);

    add_training(paper);
    add(paper, RECEIPT_ROW_TITLE, arena_format(paper->arena, "%.*s", (int)size, paper->shop->name), NULL);
    if (paper->shop->tax_number[0] != '\0')
        add(paper, RECEIPT_ROW_CENTRE, paper->shop->tax_number, NULL);
    rule(paper);
    if (z->closed)
        add(paper, RECEIPT_ROW_TITLE, arena_format(paper->arena, "Z %" PRIu32, z->books.number), NULL);
    else
        add(paper, RECEIPT_ROW_TITLE, "X report", NULL);
    add(paper, RECEIPT_ROW_PAIR, arena_format(paper->arena, "Till %" PRIu32, z->books.till),
        arena_format(paper->arena, "shift %" PRIu32, z->books.number));
    add_holder(paper);
    when(paper, "Opened", z->books.opened);
    when(paper, z->closed ? "Closed" : "Now", z->closed ? z->closed_at : now);
    rule(paper);
}

static void add_turnover(struct paper *paper)
{
    const struct shift_z *z = paper->z;
    char net[NUMBER_TEXT], label[TAX_LABEL_TEXT];
    int64_t sum = 0;

    counted(paper, "Sales", z->sale_count, z->sale_minor);
    if (z->refund_count > 0)
        counted(paper, "Refunds", z->refund_count, z->refund_minor);
    /* Sales and refunds each fit; where they are of one sign, as where little but empties came, their sum may not. */
    if (add_checked(z->sale_minor, z->refund_minor, &sum))
        add(paper, RECEIPT_ROW_TOTAL, arena_format(paper->arena, "Turnover %s", paper->shop->currency),
            money(paper, sum));
    for (size_t i = 0; i < z->books.tax_count; i++) {
        const struct shift_tax *tax = &z->books.taxes[i];

        amount(paper,
               arena_format(paper->arena, "%s on %s", tax_label(label, tax->code, tax->rate_ppm),
                            minor_format(net, tax->net_minor, paper->shop->currency_exponent)),
               tax->tax_minor);
    }
    rule(paper);
}

/* Pieces, as a number. */
static int64_t pieces(int64_t milli)
{
    return (milli < 0 ? -milli : milli) / 1000;
}

static void add_deposit(struct paper *paper, const struct shift_deposit *deposit)
{
    size_t used, size = text_cut(deposit->name, SHIFT_NAME_COLUMNS, &used);
    int64_t back = pieces(deposit->back_milli) + pieces(deposit->refund_milli);
    const char *name =
        arena_format(paper->arena, "  %.*s, %" PRId64, (int)size, deposit->name, pieces(deposit->out_milli));

    if (back != 0)
        name = arena_format(paper->arena, "%s, back %" PRId64, name, back);
    int64_t sum = 0;
    add_most(&sum, deposit->out_minor);
    add_most(&sum, deposit->back_minor);
    add_most(&sum, deposit->refund_minor);
    amount(paper, name, sum);
}

/* The turnover less the deposits. false: some of these sums left the range on the way. */
static bool without_deposits(const struct shift_z *z, int64_t *sum)
{
    const struct shift_deposits *all = &z->deposits;

    *sum = 0;
    return add_checked(z->sale_minor, z->refund_minor, sum) && add_checked(*sum, -all->out_minor, sum) &&
           add_checked(*sum, -all->back_minor, sum) && add_checked(*sum, -all->refund_minor, sum);
}

/* Deposits are nobody's turnover: what was charged, what was taken back, and what is left without them. */
static void add_deposits(struct paper *paper)
{
    const struct shift_z *z = paper->z;
    const struct shift_deposits *all = &z->deposits;
    bool any = all->out_milli != 0 || all->back_milli != 0 || all->refund_milli != 0;
    int64_t without_minor;

    if (!any && all->charge_milli == 0)
        return;
    if (all->out_milli != 0)
        counted(paper, "Deposits charged", pieces(all->out_milli), all->out_minor);
    if (all->back_milli != 0)
        counted(paper, "Deposits taken back", pieces(all->back_milli), all->back_minor);
    if (all->refund_milli != 0)
        counted(paper, "Deposits refunded", pieces(all->refund_milli), all->refund_minor);
    if (any && without_deposits(z, &without_minor))
        amount(paper, "Turnover without deposits", without_minor);
    if (all->charge_milli != 0)
        counted(paper, "Charges", pieces(all->charge_milli), all->charge_minor);
    for (size_t i = 0; i < z->books.deposit_count; i++)
        add_deposit(paper, &z->books.deposits[i]);
    rule(paper);
}

/* Who sold how much, what they gave back taken off. */
static void add_people(struct paper *paper)
{
    const struct shift_books *books = &paper->z->books;

    for (size_t i = 0; i < books->people_count;) {
        const struct shift_person *first = &books->people[i];
        int64_t count = 0, sum = 0;

        for (; i < books->people_count && books->people[i].staff_id == first->staff_id; i++) {
            add_most(&count, books->people[i].count);
            add_most(&sum, books->people[i].total_minor);
        }
        size_t used, size = text_cut(first->name, SHIFT_NAME_COLUMNS, &used);
        const char *name = first->staff_id == 0 ? "Others" : "Somebody";
        counted(paper, size > 0 ? arena_format(paper->arena, "%.*s", (int)size, first->name) : name, count, sum);
    }
    if (books->people_count > 0)
        rule(paper);
}

/* "  Bread (2)   9.00": of what was keyed, below it. */
static void add_departments(struct paper *paper)
{
    const struct shift_books *books = &paper->z->books;

    for (size_t i = 0; i < books->department_count; i++) {
        const struct shift_department *department = &books->departments[i];
        const char *name = department->product_id == 0 ? "Other departments" : department->name;
        size_t used, size = text_cut(name, SHIFT_NAME_COLUMNS, &used);

        counted(paper, arena_format(paper->arena, "  %.*s", (int)size, name), department->count,
                department->amount_minor);
    }
}

/* "Oat milk (3)   1.20": on how many lines, and what it added to them. */
static void add_options(struct paper *paper)
{
    const struct shift_books *books = &paper->z->books;

    for (size_t i = 0; i < books->option_count; i++) {
        const struct shift_option *option = &books->options[i];
        bool keyed = option->modifier_id == 0 && !option->others;
        const char *name = option->others ? "Other options" : keyed ? "Keyed prices" : option->name;
        size_t used, size = text_cut(name, SHIFT_NAME_COLUMNS, &used);

        counted(paper, arena_format(paper->arena, "%.*s", (int)size, name), option->count, option->amount_minor);
        if (keyed)
            add_departments(paper);
    }
    if (books->option_count > 0)
        rule(paper);
}

static const char *tender_name(const struct shift_tender *tender)
{
    if (tender->name != NULL)
        return tender->name;
    return tender->kind == TENDER_CASH ? "Cash" : "Card";
}

/* What stayed of it; of what is counted by its sum also what is expected, what was counted, and the difference. */
static void add_tender(struct paper *paper, const struct shift_tender *tender)
{
    counted(paper, tender_name(tender), tender->count, tender->stayed_minor);
    if (tender->forfeited_minor != 0)
        amount(paper, "  of it forfeited", tender->forfeited_minor);
    if (tender->tip_minor != 0)
        amount(paper, "  of it tips", tender->tip_minor);
    if (tender->counted) {
        amount(paper, "  expected", tender->expected_minor);
        amount(paper, "  counted", tender->counted_minor);
        amount(paper, "  difference", tender->difference_minor);
    }
}

static void add_gift_cards(struct paper *paper)
{
    static const char *const names[] = { [GIFT_CARD_PAYMENT_ISSUE] = "Gift cards sold",
                                         [GIFT_CARD_PAYMENT_TOP_UP] = "Gift cards topped up",
                                         [GIFT_CARD_PAYMENT_UNDO] = "Gift cards given back" };
    const struct shift_books *books = &paper->z->books;

    for (size_t i = 0; i < books->gift_card_count; i++)
        counted(paper,
                arena_format(paper->arena, "%s, %s", names[books->gift_cards[i].kind],
                             account_means_name((int)books->gift_cards[i].means)),
                books->gift_cards[i].count, books->gift_cards[i].amount_minor);
    if (books->gift_card_count > 0)
        rule(paper);
}

/* What came, and what went back: two rows, for together they tell neither. */
static void add_received(struct paper *paper, const struct shift_received *received)
{
    const char *means = account_means_name((int)received->means);

    if (received->count > received->back_count)
        counted(paper, arena_format(paper->arena, "Received on account, %s", means),
                received->count - received->back_count, received->amount_minor - received->back_minor);
    if (received->back_count > 0)
        counted(paper, arena_format(paper->arena, "Paid back on account, %s", means), received->back_count,
                received->back_minor);
}

static void add_money(struct paper *paper)
{
    const struct shift_z *z = paper->z;
    const bool left_out = z->closed && shift_card_is_left_out(&z->books);

    for (size_t i = 0; i < z->books.tender_count; i++)
        add_tender(paper, &z->books.tenders[i]);
    if (left_out)
        add(paper, RECEIPT_ROW_TEXT, "Card machine: not counted", NULL);
    if (z->rounding_minor != 0)
        amount(paper, "Rounding of cash", z->rounding_minor);
    if (z->books.tender_count > 0 || left_out)
        rule(paper);
    for (size_t i = 0; i < z->books.received_count; i++)
        add_received(paper, &z->books.received[i]);
    if (z->books.received_count > 0)
        rule(paper);
    add_gift_cards(paper);
    amount(paper, "Float", z->books.float_minor);
    if (z->cash_minor != 0)
        amount(paper, "Cash of sales", z->cash_minor);
    if (z->on_account_minor != 0)
        amount(paper, "Cash on account", z->on_account_minor);
    if (z->gift_cards_minor != 0)
        amount(paper, "Cash for gift cards", z->gift_cards_minor);
    if (z->in_minor != 0)
        amount(paper, "Cash in", z->in_minor);
    if (z->out_minor != 0)
        amount(paper, "Cash out", z->out_minor);
    if (z->drop_minor != 0)
        amount(paper, "To the safe", z->drop_minor);
    add(paper, RECEIPT_ROW_TOTAL, "Cash expected", money(paper, z->expected_minor));
    if (z->closed) {
        add(paper, RECEIPT_ROW_TOTAL, "Cash counted", money(paper, z->counted_minor));
        add(paper, RECEIPT_ROW_TOTAL, "Difference", money(paper, z->difference_minor));
        for (size_t i = 0; i < z->counts_count; i++)
            add(paper, RECEIPT_ROW_TEXT,
                arena_format(paper->arena, "  %" PRId64 " x %s", z->counts[i].pieces,
                             money(paper, z->counts[i].denomination_minor)),
                NULL);
    }
}

static void add_range(struct paper *paper, char series, struct shift_range range)
{
    char first[RECEIPT_NUMBER_TEXT], last[RECEIPT_NUMBER_TEXT];
    struct receipt_number number = { .till = paper->z->books.till, .series = series, .number = range.first };

    if (range.first == 0)
        return;
    receipt_number_format(first, number);
    number.number = range.last;
    add(paper, RECEIPT_ROW_PAIR, "Receipts",
        arena_format(paper->arena, "%s to %s", first, receipt_number_format(last, number)));
}

/* A Z ends with the anchor of the till's strand, what is practised with the word for it. */
static void add_foot(struct paper *paper)
{
    const struct shift_z *z = paper->z;
    const uint8_t *hash = z->books.strand_hash;

    rule(paper);
    add_range(paper, z->books.training ? 'S' : 'T', z->t);
    add_range(paper, 'X', z->x);
    add(paper, RECEIPT_ROW_PAIR, "Opened without a sale",
        arena_format(paper->arena, "%" PRId64, z->books.no_sale_count));
    if (z->books.training) {
        rule(paper);
        add_training(paper);
    }
    if (!z->closed || z->books.training)
        return;
    amount(paper, "Grand total", z->grand_total_minor);
    if (hash != NULL)
        add(paper, RECEIPT_ROW_CENTRE,
            arena_format(paper->arena, "%02x%02x%02x%02x", hash[0], hash[1], hash[2], hash[3]), NULL);
}

struct receipt shift_receipt(const struct shift_z *z, bool blind, const struct shop *shop, const struct zone *zone,
                             struct instant now, struct arena *arena)
{
    struct paper paper = { .z = z, .shop = shop, .zone = zone, .arena = arena };

    paper.rows =
        arena_array(arena,
                    ROWS_FIXED + z->books.people_count + z->books.option_count + z->books.department_count +
                        z->books.deposit_count + z->books.tax_count + z->books.tender_count * 6 + z->counts_count,
                    sizeof *paper.rows);
    add_head(&paper, now);
    add_turnover(&paper);
    add_deposits(&paper);
    add_people(&paper);
    add_options(&paper);
    if (blind)
        add(&paper, RECEIPT_ROW_TEXT, "The drawer is counted blind: what is in it stands on the Z.", NULL);
    else
        add_money(&paper);
    add_foot(&paper);
    return (struct receipt){ .rows = paper.rows, .count = paper.count };
}
