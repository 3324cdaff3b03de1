/* Money for goods without a receipt: at today's price at most, so much a day, by who may or somebody's word. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "common/rules/sale_bytes.h"
#include "common/rules/sale_read.h"
#include "common/rules/sale_receipt.h"
#include "small_shop.h"

enum { BOTTLE = 8, BAG, GIFT, NAPKIN };
#define SHELF_MAX INT64_C(1000000000000) /* thousandths: sale_stock.c */
enum { CASHIER = 71, MANAGER };
enum { CASHIER_ROLE = 81, MANAGER_ROLE, LEAD_ROLE };

/* The small shop, a version on: with a day's money, roles, a deposit, a charge, and a price that is keyed. */
static void open_shop(struct small_shop *s, int64_t day_minor, int64_t rounding_minor, bool included)
{
    static const char *const all[] = { "sell", "refund", "refund_free", "approve" }, *const sells[] = { "sell" },
                             *const leads[] = { "sell", "refund", "approve" };
    static const struct product products[] = {
        { .id = BOTTLE, .name = "Bottle", .price_minor = 25, .deposit_kind = DEPOSIT_GOOD },
        { .id = BAG, .name = "Bag", .price_minor = 10, .deposit_kind = DEPOSIT_CHARGE },
        { .id = GIFT, .name = "Gift", .open_price = true, .open_max_minor = 5000 },
        { .id = NAPKIN, .name = "Napkin" },
    };

    catalogue_put_shop(s->catalogue, VERSION + 1,
                       &(struct shop){ .id = 1,
                                       .name = "Caroline's",
                                       .address = "",
                                       .currency = "EUR",
                                       .currency_exponent = 2,
                                       .prices_include_tax = included,
                                       .day_cutoff_minutes = 180,
                                       .cash_rounding_minor = rounding_minor,
                                       .free_refund_day_minor = day_minor });
    for (size_t i = 0; i < sizeof products / sizeof products[0]; i++) {
        struct product product = products[i];

        product.tax_class_id = 1;
        product.active = true;
        catalogue_put_product(s->catalogue, VERSION + 1, &product);
    }
    catalogue_put_role(
        s->catalogue, VERSION + 1,
        &(struct role){ .id = CASHIER_ROLE, .name = "cashier", .permissions = sells, .permission_count = 1 });
    catalogue_put_role(
        s->catalogue, VERSION + 1,
        &(struct role){ .id = MANAGER_ROLE, .name = "manager", .permissions = all, .permission_count = 4 });
    catalogue_put_role(s->catalogue, VERSION + 1,
                       &(struct role){ .id = LEAD_ROLE, .name = "lead", .permissions = leads, .permission_count = 3 });
    catalogue_seal(s->catalogue, VERSION + 1, NOW.us - VERSION_LIFE_US);
}

static struct free_refund_command command_of(const struct small_shop *s, const struct free_refund_line *lines,
                                             size_t count, int64_t role_id)
{
    return (struct free_refund_command){
        .lines = lines,
        .line_count = count,
        .reason = bytes_of_text("not fresh"),
        .device_id = TILL,
        .staff_id = role_id == MANAGER_ROLE ? MANAGER : CASHIER,
        .role = catalogue_role(s->catalogue, VERSION + 1, role_id),
        .series = 'T',
        .number = 7,
        .sale_id = 52,
    };
}

#define ROLL_IS (INT64_C(45))
static const struct row {
    const char *name;
    struct free_refund_line line;
    int64_t day_minor, given_minor, rounding_minor;
    enum sale_verdict verdict;
    int64_t total_minor, tax_minor, cash_minor;
    const char *sentence;
} rows[] = {
    /* 900 x 7 / 107 = 58.88 */
    { "a cake", { CAKE, 1000, false, 0, false }, 5000, 0, 0, SALE_OK, -900, -59, -900, NULL },
    { "for less", { CAKE, 1000, true, 500, false }, 5000, 0, 0, SALE_OK, -500, -33, -500, NULL },
    { "for as much", { CAKE, 1000, true, 900, false }, 5000, 0, 0, SALE_OK, -900, -59, -900, NULL },
    { "for a cent more",
      { CAKE, 1000, true, 901, false },
      5000,
      0,
      0,
      SALE_FREE_REFUND_PRICE,
      0,
      0,
      0,
      "line 1: Cake costs 9.00 today: so much is given back for one, or less" },
    { "for nothing", { CAKE, 1000, true, 0, false }, 5000, 0, 0, SALE_FREE_REFUND_PRICE, 0, 0, 0, NULL },
    { "for less than nothing", { CAKE, 1000, true, -5, false }, 5000, 0, 0, SALE_FREE_REFUND_PRICE, 0, 0, 0, NULL },
    { "what is weighed", { CHEESE, 350, false, 0, false }, 5000, 0, 0, SALE_OK, -452, -30, -452, NULL },
    { "a gram, which is a cent", { CHEESE, 1, false, 0, false }, 5000, 0, 0, SALE_OK, -1, 0, -1, NULL },
    { "so little that it is nothing",
      { CHEESE, 1, true, 400, false },
      5000,
      0,
      0,
      SALE_FREE_REFUND_PRICE,
      0,
      0,
      0,
      "nothing would be given back for this" },
    { "no cheese",
      { CHEESE, 0, false, 0, false },
      5000,
      0,
      0,
      SALE_BAD_QUANTITY,
      0,
      0,
      0,
      "line 1: the quantity must be above 0 and at most 1,000,000" },
    { "half a cake", { CAKE, 500, false, 0, false }, 5000, 0, 0, SALE_BAD_QUANTITY, 0, 0, 0, NULL },
    { "no cake", { CAKE, 0, false, 0, false }, 5000, 0, 0, SALE_BAD_QUANTITY, 0, 0, 0, NULL },
    { "less than none", { CAKE, -1000, false, 0, false }, 5000, 0, 0, SALE_BAD_QUANTITY, 0, 0, 0, NULL },
    { "for less than can be counted",
      { CAKE, 1000, true, INT64_MIN, false },
      5000,
      0,
      0,
      SALE_FREE_REFUND_PRICE,
      0,
      0,
      0,
      NULL },
    { "for more than can be counted",
      { CAKE, 1000, true, INT64_MAX, false },
      5000,
      0,
      0,
      SALE_FREE_REFUND_PRICE,
      0,
      0,
      0,
      NULL },
    { "what is sold out", { SOLD_CAKE, 1000, false, 0, false }, 5000, 0, 0, SALE_OK, -100, -7, -100, NULL },
    { "what is not sold any more",
      { OLD_CAKE, 1000, false, 0, false },
      5000,
      0,
      0,
      SALE_PRODUCT_INACTIVE,
      0,
      0,
      0,
      NULL },
    { "what nobody knows", { 99, 1000, false, 0, false }, 5000, 0, 0, SALE_UNKNOWN_PRODUCT, 0, 0, 0, NULL },
    { "an id that is none", { -1, 1000, false, 0, false }, 5000, 0, 0, SALE_UNKNOWN_PRODUCT, 0, 0, 0, NULL },
    { "an empty",
      { BOTTLE, 1000, false, 0, false },
      5000,
      0,
      0,
      SALE_FREE_REFUND_GOODS,
      0,
      0,
      0,
      "line 1: Bottle is a deposit: it is taken back in a sale" },
    { "a bag", { BAG, 1000, false, 0, false }, 5000, 0, 0, SALE_FREE_REFUND_GOODS, 0, 0, 0, NULL },
    { "a keyed price", { GIFT, 1000, true, 1, false }, 5000, 0, 0, SALE_FREE_REFUND_GOODS, 0, 0, 0, NULL },
    { "beyond money", { GOLD, 1000000000, false, 0, false }, 5000, 0, 0, SALE_AMOUNT_OVERFLOW, 0, 0, 0, NULL },
    { "the last of the day", { CAKE, 1000, false, 0, false }, 5000, 4100, 0, SALE_OK, -900, -59, -900, NULL },
    { "a cent beyond it",
      { CAKE, 1000, false, 0, false },
      5000,
      4101,
      0,
      SALE_FREE_REFUND_CAP,
      0,
      0,
      0,
      "8.99 are left to be given back without receipts today, of 50.00 a day" },
    { "more than was allowed since",
      { ROLL, 1000, false, 0, false },
      1000,
      4101,
      0,
      SALE_FREE_REFUND_CAP,
      0,
      0,
      0,
      "0.00 are left to be given back without receipts today, of 10.00 a day" },
    { "of a shop that gives nothing", { ROLL, 1000, false, 0, false }, 0, 0, 0, SALE_FREE_REFUND_OFF, 0, 0, 0, NULL },
    { "as much as is left once it is rounded",
      { ROLL, 1000, true, 43, false },
      5000,
      4955,
      5,
      SALE_OK,
      -43,
      -3,
      -45,
      NULL },
    { "more than is left once it is rounded",
      { ROLL, 1000, true, 43, false },
      5000,
      4957,
      5,
      SALE_FREE_REFUND_CAP,
      0,
      0,
      0,
      "0.43 are left to be given back without receipts today, of 50.00 a day" },
    { "what costs nothing",
      { NAPKIN, 1000, false, 0, false },
      5000,
      0,
      0,
      SALE_FREE_REFUND_PRICE,
      0,
      0,
      0,
      "line 1: Napkin costs nothing today: nothing is given back for it" },
    { "rounded as cash is", { ROLL, 1000, true, 43, false }, 5000, 0, 5, SALE_OK, -43, -3, -45, NULL },
    { "rounded to nothing", { ROLL, 1000, true, 2, false }, 5000, 0, 5, SALE_OK, -2, 0, 0, NULL },
};

static void each_case(void **state)
{
    (void)state;

    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        const struct row *row = &rows[i];
        struct small_shop *s = small_shop_open();
        struct sale_rows sale;

        open_shop(s, row->day_minor, row->rounding_minor, true);
        s->set.free_refunded_minor = row->given_minor;
        struct free_refund_command command = command_of(s, &row->line, 1, MANAGER_ROLE);
        enum sale_verdict verdict = refund_free_decide(&command, &s->set, NOW, &sale);
        if (verdict != row->verdict)
            fail_msg("%s: %d, %s", row->name, (int)verdict, verdict == SALE_OK ? "" : sale.sentence);
        if (row->sentence != NULL)
            assert_string_equal(sale.sentence, row->sentence);
        if (verdict == SALE_OK) {
            assert_int_equal(sale.total_minor, row->total_minor);
            assert_int_equal(sale.tax_minor, row->tax_minor);
            assert_int_equal(sale.drawer_minor, row->cash_minor);
            assert_int_equal(s->set.free_refunded_minor, row->given_minor - row->cash_minor);
            assert_int_equal(s->drawers[0].cash_minor, 5000 + row->cash_minor);
        } else { /* nothing has changed */
            assert_int_equal(s->set.free_refunded_minor, row->given_minor);
            assert_int_equal(s->drawers[0].cash_minor, 5000);
            assert_false(s->drawers[0].changed);
        }
        small_shop_close(s);
    }
}

/* ---- what leaves a range ---- */

/* A component that stands beside six others: its part of what holds it cannot be worked out exactly. */
static void put_mixed_taxes(struct small_shop *s)
{
    static struct tax_rate rates[6][2];

    for (int64_t i = 0; i < 6; i++) {
        struct product product = *catalogue_product(s->catalogue, VERSION + 1, COOKIE);

        rates[i][0] = (struct tax_rate){ .service = SERVICE_TAKE_AWAY, .code = "ALL", .rate_ppm = 50000 };
        rates[i][1] = (struct tax_rate){ .service = SERVICE_TAKE_AWAY, .rate_ppm = (uint32_t)(10000 * (i + 1)) };
        rates[i][1].code[0] = (char)('A' + i);
        catalogue_put_tax_class(
            s->catalogue, VERSION + 1,
            &(struct tax_class){ .id = 10 + i, .name = "Mixed", .rates = rates[i], .rate_count = 2 });
        product.id = 100 + i;
        product.stock_policy = STOCK_NOT_KEPT;
        product.tax_class_id = 10 + i;
        catalogue_put_product(s->catalogue, VERSION + 1, &product);
    }
}

static void put_many_taxes(struct small_shop *s)
{
    static struct tax_rate rates[TAX_ROWS_MAX + 1];
    struct product product = *catalogue_product(s->catalogue, VERSION + 1, ROLL);

    for (size_t i = 0; i <= TAX_ROWS_MAX; i++)
        rates[i] = (struct tax_rate){ .service = SERVICE_TAKE_AWAY, .code = "VAT", .rate_ppm = (uint32_t)i + 1 };
    catalogue_put_tax_class(
        s->catalogue, VERSION + 1,
        &(struct tax_class){ .id = 20, .name = "Many", .rates = rates, .rate_count = TAX_ROWS_MAX + 1 });
    product.tax_class_id = 20;
    catalogue_put_product(s->catalogue, VERSION + 1, &product);
}

/* Three times 4,000 times what it costs. */
static void put_heavy_taxes(struct small_shop *s)
{
    static const struct tax_rate rates[] = {
        { .service = SERVICE_TAKE_AWAY, .code = "A", .rate_ppm = 4000000000 },
        { .service = SERVICE_TAKE_AWAY, .code = "B", .rate_ppm = 4000000000 },
        { .service = SERVICE_TAKE_AWAY, .code = "C", .rate_ppm = 4000000000 },
    };

    catalogue_put_tax_class(s->catalogue, VERSION + 1,
                            &(struct tax_class){ .id = 1, .name = "Heavy", .rates = rates, .rate_count = 3 });
}

#define ONE(product)                                                                                                   \
    {                                                                                                                  \
        .product_id = (product), .quantity_milli = 1000                                                                \
    }
enum taxed { IN_IT, ON_TOP, MIXED, MANY, HEAVY };
static const struct {
    const char *name;
    struct free_refund_line lines[6];
    size_t count;
    enum taxed taxed;
    int64_t cash_minor, sale_count, on_hand_milli;
    enum sale_verdict verdict;
    const char *field;
} ranges[] = {
    { "one that fits", { ONE(GOLD) }, 1, .verdict = SALE_OK },
    { "two that are more together",
      { ONE(GOLD), ONE(GOLD) },
      2,
      .verdict = SALE_AMOUNT_OVERFLOW,
      .field = "lines[1].quantity_milli" },
    { "19 % on top of 9,000,000,000,000.00", { ONE(GOLD) }, 1, ON_TOP, .verdict = SALE_AMOUNT_OVERFLOW },
    { "taxes that cannot be counted", { ONE(GOLD) }, 1, HEAVY, .verdict = SALE_AMOUNT_OVERFLOW },
    { "five taxes beside one", { ONE(100), ONE(101), ONE(102), ONE(103), ONE(104) }, 5, MIXED, .verdict = SALE_OK },
    { "six beside one",
      { ONE(100), ONE(101), ONE(102), ONE(103), ONE(104), ONE(105) },
      6,
      MIXED,
      .verdict = SALE_BASKET_TOO_LONG,
      .field = "lines" },
    { "more taxes than rows", { ONE(ROLL) }, 1, MANY, .verdict = SALE_BASKET_TOO_LONG, .field = "lines" },
    { "a drawer that owes all there can be",
      { ONE(ROLL) },
      1,
      .cash_minor = -MINOR_MAX,
      .verdict = SALE_AMOUNT_OVERFLOW },
    { "a drawer whose sums are full", { ONE(ROLL) }, 1, .sale_count = INT64_MAX - 1, .verdict = SALE_AMOUNT_OVERFLOW },
    { "a full shelf",
      { ONE(COOKIE) },
      1,
      .on_hand_milli = SHELF_MAX,
      .verdict = SALE_STOCK_OVERFLOW,
      .field = "basket.lines[0].quantity_milli" },
};

static void put_taxes(struct small_shop *s, enum taxed taxed)
{
    if (taxed == MIXED)
        put_mixed_taxes(s);
    if (taxed == MANY)
        put_many_taxes(s);
    if (taxed == HEAVY)
        put_heavy_taxes(s);
}

static void what_leaves_the_range_is_refused(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof ranges / sizeof ranges[0]; i++) {
        struct small_shop *s = small_shop_open();
        bool on_top = ranges[i].taxed == ON_TOP || ranges[i].taxed == HEAVY;
        struct sale_rows sale;

        open_shop(s, MINOR_MAX, 0, !on_top);
        put_taxes(s, ranges[i].taxed);
        s->drawers[0].cash_minor = ranges[i].cash_minor;
        s->drawers[0].sale_count = ranges[i].sale_count;
        s->stock[COOKIE - 1].on_hand_milli = ranges[i].on_hand_milli;
        struct free_refund_command command = command_of(s, ranges[i].lines, ranges[i].count, MANAGER_ROLE);
        command.service = ranges[i].taxed == ON_TOP ? SERVICE_EAT_IN : SERVICE_TAKE_AWAY;
        enum sale_verdict verdict = refund_free_decide(&command, &s->set, NOW, &sale);
        if (verdict != ranges[i].verdict)
            fail_msg("%s: %d, %s", ranges[i].name, (int)verdict, verdict == SALE_OK ? "" : sale.sentence);
        if (ranges[i].field != NULL)
            assert_string_equal(sale.field, ranges[i].field);
        if (verdict != SALE_OK) {
            assert_int_equal(s->drawers[0].cash_minor, ranges[i].cash_minor);
            assert_int_equal(s->set.free_refunded_minor, 0);
        }
        small_shop_close(s);
    }
}

/* A till shows what it comes to, or why it cannot be, before it asks. */
static void what_cannot_be_priced_says_why(void **state)
{
    (void)state;
    static const struct free_refund_line line = { 99, 1000, false, 0, false };
    struct small_shop *s = small_shop_open();
    struct sale_rows sale;

    open_shop(s, 5000, 5, true);
    struct free_refund_command command = command_of(s, &line, 1, MANAGER_ROLE);
    assert_int_equal(refund_free_price(&command, s->catalogue, s->arena, &sale), SALE_UNKNOWN_PRODUCT);
    assert_string_equal(sale.sentence, "line 1: no such product");
    assert_int_equal(sale.rounding_minor, 0);
    small_shop_close(s);
}

/* Two cookies and a roll: 250 + 250 + 45 = 545; 545 x 7 / 107 = 35.65. Cookies come back onto the shelf, rolls are not counted. */
static void it_is_a_refund_of_no_sale(void **state)
{
    (void)state;
    static const struct free_refund_line lines[] = { { COOKIE, 2000, false, 0, false },
                                                     { ROLL, 1000, false, 0, false } };
    struct small_shop *s = small_shop_open();
    struct sale_rows sale, shown;

    open_shop(s, 5000, 0, true);
    struct free_refund_command command = command_of(s, lines, 2, MANAGER_ROLE);
    assert_int_equal(refund_free_price(&command, s->catalogue, s->arena, &shown), SALE_OK);
    command.has_total = true;
    command.total_minor = -shown.total_minor;
    assert_int_equal(refund_free_decide(&command, &s->set, NOW, &sale), SALE_OK);
    assert_true(sale_is_free_refund(&sale));
    assert_int_equal(sale.kind, SALE_REFUND);
    assert_int_equal(sale.refund_of, 0);
    assert_int_equal(sale.member_id, 0);
    assert_int_equal(sale.total_minor, -545);
    assert_int_equal(sale.tax_minor, -36);
    assert_int_equal(sale.points.count, 0);
    assert_int_equal(sale.line_count, 2);
    assert_int_equal(sale.lines[0].quantity_milli, -2000);
    assert_int_equal(sale.lines[0].refund_line, NO_LINE);
    assert_int_equal(sale.lines[0].flags, LINE_STOCK);
    assert_int_equal(sale.lines[1].flags, 0);
    assert_int_equal(sale.stock_count, 1);
    assert_int_equal(s->stock[COOKIE - 1].on_hand_milli, 12000);
    assert_int_equal(sale.tender_count, 1);
    assert_int_equal(sale.tenders[0].kind, TENDER_CASH);
    assert_int_equal(sale.tenders[0].amount_minor, -545);
    assert_int_equal(sale.exception_count, 1);
    assert_int_equal(sale.exceptions[0].kind, EXCEPTION_FREE_REFUND);
    assert_int_equal(sale.approved_by, 0);
    small_shop_close(s);
}

static void what_was_shown_is_what_is_given(void **state)
{
    (void)state;
    static const struct free_refund_line cake = { CAKE, 1000, false, 0, false };
    struct small_shop *s = small_shop_open();
    struct sale_rows sale;

    open_shop(s, 5000, 0, true);
    struct free_refund_command command = command_of(s, &cake, 1, MANAGER_ROLE);
    command.has_total = true;
    command.total_minor = 899;
    assert_int_equal(refund_free_decide(&command, &s->set, NOW, &sale), SALE_TOTAL_DIFFERS);
    assert_true(sale.priced);
    assert_int_equal(sale.total_minor, -900);
    command.total_minor = 900;
    assert_int_equal(refund_free_decide(&command, &s->set, NOW, &sale), SALE_OK);
    small_shop_close(s);
}

/* 900 and 7 % of it: 63. */
static void tax_on_top_comes_back_with_it(void **state)
{
    (void)state;
    static const struct free_refund_line cake = { CAKE, 1000, false, 0, false };
    struct small_shop *s = small_shop_open();
    struct sale_rows sale;

    open_shop(s, 5000, 0, false);
    struct free_refund_command command = command_of(s, &cake, 1, MANAGER_ROLE);
    assert_int_equal(refund_free_decide(&command, &s->set, NOW, &sale), SALE_OK);
    assert_int_equal(sale.total_minor, -963);
    assert_int_equal(sale.tax_minor, -63);
    s->set.free_refunded_minor = 5000 - 962; /* the day's money is of what goes out */
    assert_int_equal(refund_free_decide(&command, &s->set, NOW, &sale), SALE_FREE_REFUND_CAP);
    small_shop_close(s);
}

static void what_is_asked_has_goods_and_a_reason(void **state)
{
    (void)state;
    static struct free_refund_line lines[FREE_REFUND_LINES_MAX + 1];
    struct small_shop *s = small_shop_open();
    struct sale_rows sale;

    for (size_t i = 0; i <= FREE_REFUND_LINES_MAX; i++)
        lines[i] = (struct free_refund_line){ .product_id = ROLL, .quantity_milli = 1000 };
    open_shop(s, 5000, 0, true);
    struct free_refund_command command = command_of(s, lines, FREE_REFUND_LINES_MAX + 1, MANAGER_ROLE);
    assert_int_equal(refund_free_decide(&command, &s->set, NOW, &sale), SALE_BASKET_TOO_LONG);
    command.line_count = 0;
    assert_int_equal(refund_free_decide(&command, &s->set, NOW, &sale), SALE_BASKET_EMPTY);
    command.line_count = FREE_REFUND_LINES_MAX;
    command.reason = bytes_of_text(" ");
    assert_int_equal(refund_free_decide(&command, &s->set, NOW, &sale), SALE_BAD_REASON);
    command.reason = bytes_of_text("stale");
    command.device_id = SHUT_TILL;
    assert_int_equal(refund_free_decide(&command, &s->set, NOW, &sale), SALE_SHIFT_NOT_OPEN);
    command.device_id = CONSOLE;
    assert_int_equal(refund_free_decide(&command, &s->set, NOW, &sale), SALE_NOT_A_TILL);
    command.device_id = TILL;
    assert_int_equal(refund_free_decide(&command, &s->set, NOW, &sale), SALE_OK);
    assert_int_equal(sale.total_minor, -FREE_REFUND_LINES_MAX * ROLL_IS);
    small_shop_close(s);
}

static void who_may_not_asks_who_may(void **state)
{
    (void)state;
    static const struct free_refund_line cake = { CAKE, 1000, false, 0, false };
    static const struct {
        const char *name;
        int64_t role_id, approver_role_id;
        bool token, free_refund;
        int64_t used, device_id;
        enum sale_verdict verdict;
    } cases[] = {
        { "by their own right", MANAGER_ROLE, 0, false, false, 0, TILL, SALE_OK },
        { "without any", CASHIER_ROLE, 0, false, false, 0, TILL, SALE_APPROVAL_NEEDED },
        { "who refunds receipts", LEAD_ROLE, 0, false, false, 0, TILL, SALE_APPROVAL_NEEDED },
        { "by a manager's word", CASHIER_ROLE, MANAGER_ROLE, true, true, 0, TILL, SALE_OK },
        { "by a word for something else", CASHIER_ROLE, MANAGER_ROLE, true, false, 0, TILL, SALE_APPROVAL_NEEDED },
        { "by who may not themselves", CASHIER_ROLE, LEAD_ROLE, true, true, 0, TILL, SALE_APPROVAL_UNKNOWN },
        { "by who has left", CASHIER_ROLE, 0, true, true, 0, TILL, SALE_APPROVAL_UNKNOWN },
        { "a second time", CASHIER_ROLE, MANAGER_ROLE, true, true, 44, TILL, SALE_APPROVAL_UNKNOWN },
        { "given at another till", CASHIER_ROLE, MANAGER_ROLE, true, true, 0, TILL_2, SALE_APPROVAL_UNKNOWN },
    };

    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct small_shop *s = small_shop_open();
        struct approval_state approval = { .token_hash = { 5 },
                                           .device_id = cases[i].device_id,
                                           .asked_by = CASHIER,
                                           .approved_by = MANAGER,
                                           .approver_role_id = cases[i].approver_role_id,
                                           .free_refund = cases[i].free_refund,
                                           .expires = { NOW.us + 1 },
                                           .used_sale_id = cases[i].used };
        struct sale_rows sale;

        open_shop(s, 5000, 0, true);
        s->set.approvals = &approval;
        s->set.approval_count = 1;
        struct free_refund_command command = command_of(s, &cake, 1, cases[i].role_id);
        if (cases[i].token)
            command.approval = bytes_of(approval.token_hash, sizeof approval.token_hash);
        enum sale_verdict verdict = refund_free_decide(&command, &s->set, NOW, &sale);
        if (verdict != cases[i].verdict)
            fail_msg("%s: %d", cases[i].name, (int)verdict);
        assert_true(sale.free_refund == (verdict == SALE_APPROVAL_NEEDED));
        if (verdict == SALE_OK && cases[i].token) {
            assert_int_equal(sale.approved_by, MANAGER);
            assert_int_equal(approval.used_sale_id, 52);
            assert_true(approval.used_now);
        }
        small_shop_close(s);
    }
}

/* Who gets the money, and who looks at it later, read why. */
static void its_paper_says_why(void **state)
{
    (void)state;
    static const struct free_refund_line cake = { CAKE, 1000, false, 0, false };
    static const uint8_t hash[32];
    struct small_shop *s = small_shop_open();
    struct sale_rows sale;
    bool said = false, why = false;

    open_shop(s, 5000, 0, true);
    struct free_refund_command command = command_of(s, &cake, 1, MANAGER_ROLE);
    assert_int_equal(refund_free_decide(&command, &s->set, NOW, &sale), SALE_OK);
    struct receipt paper = sale_receipt(&sale, catalogue_shop(s->catalogue, VERSION + 1), zone_utc(), hash, s->arena);
    for (size_t i = 0; i < paper.count; i++) {
        const char *left = paper.rows[i].left == NULL ? "" : paper.rows[i].left;

        assert_string_not_equal(left, "Refund of");
        said = said || strcmp(left, "Refund without a receipt") == 0;
        why = why || strcmp(left, "Reason: not fresh") == 0;
    }
    assert_true(said && why);
    small_shop_close(s);
}

/* Its entry is read as it was written: a training's next look, and its day's sum, are of it. */
static void its_entry_is_read_again(void **state)
{
    (void)state;
    static const struct free_refund_line cake = { CAKE, 1000, true, 500, false };
    static const uint8_t id[16] = { 9 };
    struct small_shop *s = small_shop_open();
    struct sale_rows sale, again;
    uint8_t command_id[16];

    open_shop(s, 5000, 0, true);
    struct free_refund_command command = command_of(s, &cake, 1, MANAGER_ROLE);
    command.series = 'S';
    assert_int_equal(refund_free_decide(&command, &s->set, NOW, &sale), SALE_OK);
    assert_true(sale_read(sale_bytes(&sale, id, s->arena), s->catalogue, s->arena, &again, command_id));
    assert_true(sale_is_free_refund(&again));
    assert_int_equal(again.total_minor, -500);
    assert_int_equal(again.lines[0].unit_price_minor, 500);
    assert_int_equal(again.lines[0].refund_line, NO_LINE);
    assert_int_equal(again.exceptions[0].kind, EXCEPTION_FREE_REFUND);
    assert_int_equal(again.reason.size, strlen("not fresh"));
    small_shop_close(s);
}

/* A refund is not refunded, whatever it was of. */
static void it_is_not_refunded_itself(void **state)
{
    (void)state;
    static const struct free_refund_line cake = { CAKE, 1000, false, 0, false };
    struct small_shop *s = small_shop_open();
    struct sale_rows sale, rows_of_refund;

    open_shop(s, 5000, 0, true);
    struct free_refund_command command = command_of(s, &cake, 1, MANAGER_ROLE);
    assert_int_equal(refund_free_decide(&command, &s->set, NOW, &sale), SALE_OK);
    small_shop_remember(s, &sale);
    struct refund_command refund = {
        .original = sale.number, .device_id = TILL, .series = 'T', .number = 8, .sale_id = 53
    };
    assert_int_equal(refund_decide(&refund, &s->set, NOW, &rows_of_refund), SALE_REFUND_OF_REFUND);
    small_shop_close(s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_case),
        cmocka_unit_test(what_leaves_the_range_is_refused),
        cmocka_unit_test(what_cannot_be_priced_says_why),
        cmocka_unit_test(it_is_a_refund_of_no_sale),
        cmocka_unit_test(what_was_shown_is_what_is_given),
        cmocka_unit_test(tax_on_top_comes_back_with_it),
        cmocka_unit_test(what_is_asked_has_goods_and_a_reason),
        cmocka_unit_test(who_may_not_asks_who_may),
        cmocka_unit_test(its_paper_says_why),
        cmocka_unit_test(its_entry_is_read_again),
        cmocka_unit_test(it_is_not_refunded_itself),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
