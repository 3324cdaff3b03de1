/* What a shop takes beside cash and cards: vouchers, those that are forfeited, what the house pays; and how it comes back. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>

#include "common/print/text.h"
#include "common/rules/sale_receipt.h"
#include "small_shop.h"

#define COUNT(array) (sizeof(array) / sizeof *(array))
#define TAKEN        (VERSION + 1) /* the version in which all of these are taken */

/* Means of payment. */
enum { PLAIN = 101, MEAL, NUMBERED, LIMITED, OLD, STAFF, LEADS, MEAL_NUMBERED, NO_TYPE };

static void take(struct small_shop *s, int64_t rounding_minor)
{
    static const struct tender_type types[] = {
        { .id = TENDER_TYPE_CASH, .name = "Cash", .permission = "", .kind = TENDER_CASH, .change = CHANGE_GIVEN },
        { .id = TENDER_TYPE_CARD, .name = "Card", .permission = "", .kind = TENDER_CARD, .change = CHANGE_NONE },
        { .id = PLAIN, .name = "Voucher", .permission = "", .kind = TENDER_VOUCHER, .change = CHANGE_NONE },
        { .id = MEAL, .name = "Meal voucher", .permission = "", .kind = TENDER_VOUCHER, .change = CHANGE_FORFEITED },
        { .id = NUMBERED,
          .name = "Town voucher",
          .permission = "",
          .kind = TENDER_VOUCHER,
          .change = CHANGE_NONE,
          .reference_wanted = true },
        { .id = LIMITED,
          .name = "Lunch",
          .permission = "",
          .kind = TENDER_VOUCHER,
          .change = CHANGE_FORFEITED,
          .limit_minor = 1500 },
        { .id = OLD, .name = "Old voucher", .permission = "", .kind = TENDER_VOUCHER, .change = CHANGE_NONE },
        { .id = STAFF, .name = "Staff meal", .permission = "staff_meal", .kind = TENDER_HOUSE, .change = CHANGE_NONE },
        { .id = LEADS, .name = "Goodwill", .permission = "refund", .kind = TENDER_VOUCHER, .change = CHANGE_NONE },
        { .id = MEAL_NUMBERED,
          .name = "Cheque",
          .permission = "",
          .kind = TENDER_VOUCHER,
          .change = CHANGE_FORFEITED,
          .reference_wanted = true },
    };
    struct shop shop = *catalogue_shop(s->catalogue, VERSION);

    shop.cash_rounding_minor = rounding_minor;
    catalogue_put_shop(s->catalogue, TAKEN, &shop);
    for (size_t i = 0; i < COUNT(types); i++) {
        struct tender_type type = types[i];

        type.active = type.id != OLD;
        catalogue_put_tender_type(s->catalogue, TAKEN, &type);
    }
    catalogue_seal(s->catalogue, TAKEN, NOW.us);
}

struct given {
    int64_t type_id, amount_minor;
    const char *reference;
    int kind;
    int64_t tip_minor;
};

static struct sale_command command_of(struct small_shop *s, const struct given *given, int64_t total_minor)
{
    /* 9.00, or 9.45 with a roll */
    static const struct basket_line lines[] = { { .product_id = CAKE, .quantity_milli = 1000 },
                                                { .product_id = ROLL, .quantity_milli = 1000 } };
    struct tender *tenders = arena_array(s->arena, 3, sizeof *tenders);
    size_t count = 0;

    for (; count < 3 && given[count].amount_minor != INT64_MIN; count++)
        tenders[count] =
            (struct tender){ .kind = given[count].kind,
                             .type_id = given[count].type_id,
                             .amount_minor = given[count].amount_minor,
                             .tip_minor = given[count].tip_minor,
                             .reference = given[count].reference == NULL ? (struct bytes){ 0 }
                                                                         : bytes_of_text(given[count].reference) };
    return (struct sale_command){
        .aim = SALE_TO_BOOK,
        .basket = { .catalogue_version = TAKEN, .lines = lines, .line_count = total_minor == 900 ? 1 : 2 },
        .tenders = tenders,
        .tender_count = count,
        .shown_total_minor = total_minor,
        .device_id = TILL,
        .series = 'T',
        .number = 8,
        .sale_id = 500,
        .new_lot_id = 600,
    };
}

#define CASH TENDER_TYPE_CASH
#define CARD TENDER_TYPE_CARD
#define END                                                                                                            \
    {                                                                                                                  \
        .amount_minor = INT64_MIN                                                                                      \
    }

static const struct row {
    const char *name;
    struct given given[4];
    enum sale_verdict verdict;
    int64_t change_minor, forfeited_minor, drawer_minor, rounding_minor, tip_minor;
    enum { NOBODY, LEAD, LEAD_OF_A_MEMBER } who;
    int64_t total_minor, step_minor; /* 0: 9.00; 0: no rounding */
} rows[] = {
    { "a voucher pays all", { { PLAIN, 900, NULL, 0, 0 }, END }, .verdict = SALE_OK },
    { "a voucher, and cash the rest",
      { { PLAIN, 500, NULL, 0, 0 }, { CASH, 400, NULL, 0, 0 }, END },
      .verdict = SALE_OK,
      .drawer_minor = 400 },
    { "cash was counted first",
      { { CASH, 1000, NULL, 0, 0 }, { PLAIN, 500, NULL, 0, 0 }, END },
      .verdict = SALE_OK,
      .change_minor = 600,
      .drawer_minor = 400 },
    { "a voucher of a cent more", { { PLAIN, 901, NULL, 0, 0 }, END }, .verdict = SALE_OVERPAID },
    { "a voucher alone is too little", { { PLAIN, 500, NULL, 0, 0 }, END }, .verdict = SALE_UNDERPAID },
    { "two vouchers, a cent more",
      { { PLAIN, 500, NULL, 0, 0 }, { PLAIN, 401, NULL, 0, 0 }, END },
      .verdict = SALE_OVERPAID },
    { "two vouchers", { { PLAIN, 500, NULL, 0, 0 }, { PLAIN, 400, NULL, 0, 0 }, END }, .verdict = SALE_OK },
    { "a meal voucher fits", { { MEAL, 900, NULL, 0, 0 }, END }, .verdict = SALE_OK },
    { "a meal voucher of more", { { MEAL, 1000, NULL, 0, 0 }, END }, .verdict = SALE_OK, .forfeited_minor = 100 },
    { "a meal voucher is too little", { { MEAL, 500, NULL, 0, 0 }, END }, .verdict = SALE_UNDERPAID },
    { "a meal voucher, and cash with change",
      { { MEAL, 700, NULL, 0, 0 }, { CASH, 500, NULL, 0, 0 }, END },
      .verdict = SALE_OK,
      .change_minor = 300,
      .drawer_minor = 200 },
    { "cash beside a meal voucher of more comes back",
      { { MEAL, 1000, NULL, 0, 0 }, { CASH, 500, NULL, 0, 0 }, END },
      .verdict = SALE_OK,
      .change_minor = 500,
      .forfeited_minor = 100 },
    { "two meal vouchers",
      { { MEAL, 700, NULL, 0, 0 }, { MEAL, 700, NULL, 0, 0 }, END },
      .verdict = SALE_OK,
      .forfeited_minor = 500 },
    { "the second is not needed",
      { { MEAL, 900, NULL, 0, 0 }, { MEAL, 700, NULL, 0, 0 }, END },
      .verdict = SALE_OVERPAID },
    { "the first is not needed",
      { { MEAL, 200, NULL, 0, 0 }, { MEAL, 900, NULL, 0, 0 }, END },
      .verdict = SALE_OVERPAID },
    { "both are needed",
      { { MEAL, 300, NULL, 0, 0 }, { MEAL, 800, NULL, 0, 0 }, END },
      .verdict = SALE_OK,
      .forfeited_minor = 200 },
    { "a card, and a meal voucher of more",
      { { CARD, 500, "A1", 0, 0 }, { MEAL, 500, NULL, 0, 0 }, END },
      .verdict = SALE_OK,
      .forfeited_minor = 100 },
    { "a meal voucher, and a card that need not be so much",
      { { MEAL, 1000, NULL, 0, 0 }, { CARD, 100, "A1", 0, 0 }, END },
      .verdict = SALE_OK,
      .forfeited_minor = 200 },
    { "the card pays all", { { CARD, 900, "A1", 0, 0 }, { MEAL, 100, NULL, 0, 0 }, END }, .verdict = SALE_OVERPAID },
    { "the card pays more", { { CARD, 901, "A1", 0, 0 }, END }, .verdict = SALE_OVERPAID },
    { "card and voucher pay more",
      { { CARD, 500, "A1", 0, 0 }, { PLAIN, 401, NULL, 0, 0 }, END },
      .verdict = SALE_OVERPAID },
    { "the voucher pays all",
      { { PLAIN, 900, NULL, 0, 0 }, { MEAL, 100, NULL, 0, 0 }, END },
      .verdict = SALE_OVERPAID },
    { "a voucher, and a meal voucher of more",
      { { PLAIN, 500, NULL, 0, 0 }, { MEAL, 500, NULL, 0, 0 }, END },
      .verdict = SALE_OK,
      .forfeited_minor = 100 },
    { "all there is",
      { { CARD, 200, "A1", 0, 0 }, { MEAL, 300, NULL, 0, 0 }, { CASH, 500, NULL, 0, 0 }, END },
      .verdict = SALE_OK,
      .change_minor = 100,
      .drawer_minor = 400 },
    { "no number", { { NUMBERED, 900, NULL, 0, 0 }, END }, .verdict = SALE_BAD_TENDER },
    { "a number of blanks", { { NUMBERED, 900, " \u00a0", 0, 0 }, END }, .verdict = SALE_BAD_TENDER },
    { "its number", { { NUMBERED, 900, "A1", 0, 0 }, END }, .verdict = SALE_OK },
    { "the same number",
      { { NUMBERED, 400, "A1", 0, 0 }, { NUMBERED, 500, "A1", 0, 0 }, END },
      .verdict = SALE_BAD_TENDER },
    { "the same number with blanks",
      { { NUMBERED, 400, "A1", 0, 0 }, { NUMBERED, 500, " A1 ", 0, 0 }, END },
      .verdict = SALE_BAD_TENDER },
    { "another number", { { NUMBERED, 400, "A1", 0, 0 }, { NUMBERED, 500, "A2", 0, 0 }, END }, .verdict = SALE_OK },
    { "another's number",
      { { NUMBERED, 400, "A1", 0, 0 }, { MEAL_NUMBERED, 500, "A1", 0, 0 }, END },
      .verdict = SALE_OK },
    { "a card's approval like it",
      { { NUMBERED, 400, "A1", 0, 0 }, { CARD, 500, "A1", 0, 0 }, END },
      .verdict = SALE_OK },
    { "a card's approval twice",
      { { CARD, 400, "A1", 0, 0 }, { CARD, 500, "A1", 0, 0 }, END },
      .verdict = SALE_BAD_TENDER },
    { "numbers nobody asks for", { { PLAIN, 400, "A1", 0, 0 }, { PLAIN, 500, "A1", 0, 0 }, END }, .verdict = SALE_OK },
    { "a card's number for its number",
      { { NUMBERED, 900, "4111 1111 1111 1111", 0, 0 }, END },
      .verdict = SALE_NO_SECRET_WANTED },
    { "a card's number that nobody asked for",
      { { PLAIN, 900, "4111111111111111", 0, 0 }, END },
      .verdict = SALE_NO_SECRET_WANTED },
    { "up to the limit", { { LIMITED, 1500, NULL, 0, 0 }, END }, .verdict = SALE_OK, .forfeited_minor = 600 },
    { "above the limit", { { LIMITED, 1501, NULL, 0, 0 }, END }, .verdict = SALE_TENDER_LIMIT },
    { "together above the limit",
      { { LIMITED, 800, NULL, 0, 0 }, { LIMITED, 800, NULL, 0, 0 }, END },
      .verdict = SALE_TENDER_LIMIT },
    { "another beside the limit",
      { { LIMITED, 800, NULL, 0, 0 }, { MEAL, 800, NULL, 0, 0 }, END },
      .verdict = SALE_OK,
      .forfeited_minor = 700 },
    { "not taken any more", { { OLD, 900, NULL, 0, 0 }, END }, .verdict = SALE_TENDER_INACTIVE },
    { "no such means", { { NO_TYPE, 900, NULL, 0, 0 }, END }, .verdict = SALE_UNKNOWN_TENDER_TYPE },
    { "an id that is none", { { -1, 900, NULL, 0, 0 }, END }, .verdict = SALE_UNKNOWN_TENDER_TYPE },
    { "a staff meal by nobody", { { STAFF, 900, NULL, 0, 0 }, END }, .verdict = SALE_TENDER_NOT_ALLOWED },
    { "a staff meal", { { STAFF, 900, NULL, 0, 0 }, END }, .verdict = SALE_OK, .who = LEAD },
    { "a staff meal of more", { { STAFF, 901, NULL, 0, 0 }, END }, .verdict = SALE_OVERPAID, .who = LEAD },
    { "a staff meal in part",
      { { STAFF, 500, NULL, 0, 0 }, { CASH, 400, NULL, 0, 0 }, END },
      .verdict = SALE_OK,
      .drawer_minor = 400,
      .who = LEAD },
    { "a staff meal of a member",
      { { STAFF, 900, NULL, 0, 0 }, END },
      .verdict = SALE_TENDER_NOT_MEMBER,
      .who = LEAD_OF_A_MEMBER },
    { "a voucher of a member", { { PLAIN, 900, NULL, 0, 0 }, END }, .verdict = SALE_OK, .who = LEAD_OF_A_MEMBER },
    { "what only a lead takes", { { LEADS, 900, NULL, 0, 0 }, END }, .verdict = SALE_TENDER_NOT_ALLOWED },
    { "a lead takes it", { { LEADS, 900, NULL, 0, 0 }, END }, .verdict = SALE_OK, .who = LEAD },
    { "a voucher that is told as cash", { { PLAIN, 900, NULL, TENDER_CASH, 0 }, END }, .verdict = SALE_BAD_TENDER },
    { "a voucher that is told as a card", { { PLAIN, 900, "A1", TENDER_CARD, 0 }, END }, .verdict = SALE_BAD_TENDER },
    { "a voucher that is told as one", { { PLAIN, 900, NULL, TENDER_VOUCHER, 0 }, END }, .verdict = SALE_OK },
    { "a voucher that is told as the house's",
      { { PLAIN, 900, NULL, TENDER_HOUSE, 0 }, END },
      .verdict = SALE_BAD_TENDER },
    { "a voucher without its means", { { 0, 900, NULL, TENDER_VOUCHER, 0 }, END }, .verdict = SALE_BAD_TENDER },
    { "the house's without its means", { { 0, 900, NULL, TENDER_HOUSE, 0 }, END }, .verdict = SALE_BAD_TENDER },
    { "nothing said", { { 0, 900, NULL, 0, 0 }, END }, .verdict = SALE_BAD_TENDER },
    { "cash by its kind",
      { { 0, 1000, NULL, TENDER_CASH, 0 }, END },
      .verdict = SALE_OK,
      .change_minor = 100,
      .drawer_minor = 900 },
    { "cash by its means",
      { { CASH, 1000, NULL, 0, 0 }, END },
      .verdict = SALE_OK,
      .change_minor = 100,
      .drawer_minor = 900 },
    { "a card that is told as cash", { { CARD, 900, "A1", TENDER_CASH, 0 }, END }, .verdict = SALE_BAD_TENDER },
    { "a card without its approval", { { CARD, 900, NULL, 0, 0 }, END }, .verdict = SALE_BAD_TENDER },
    { "a voucher of nothing", { { PLAIN, 0, NULL, 0, 0 }, END }, .verdict = SALE_BAD_TENDER },
    { "a voucher of less", { { MEAL, -5, NULL, 0, 0 }, END }, .verdict = SALE_BAD_TENDER },
    { "the largest voucher",
      { { MEAL, MINOR_MAX, NULL, 0, 0 }, END },
      .verdict = SALE_OK,
      .forfeited_minor = MINOR_MAX - 900 },
    { "two of them",
      { { MEAL, MINOR_MAX, NULL, 0, 0 }, { MEAL, MINOR_MAX, NULL, 0, 0 }, END },
      .verdict = SALE_OVERPAID },
    { "larger than there can be", { { MEAL, MINOR_MAX + 1, NULL, 0, 0 }, END }, .verdict = SALE_BAD_TENDER },
    /* tips */
    { "a tip in cash",
      { { CASH, 1000, NULL, 0, 100 }, END },
      .verdict = SALE_OK,
      .drawer_minor = 1000,
      .tip_minor = 100 },
    { "a tip in cash, and change",
      { { CASH, 2000, NULL, 0, 100 }, END },
      .verdict = SALE_OK,
      .change_minor = 1000,
      .drawer_minor = 1000,
      .tip_minor = 100 },
    { "a tip by card", { { CARD, 1050, "A1", 0, 150 }, END }, .verdict = SALE_OK, .tip_minor = 150 },
    { "a card of more than due and tip", { { CARD, 1051, "A1", 0, 150 }, END }, .verdict = SALE_OVERPAID },
    { "a card of less than both", { { CARD, 1049, "A1", 0, 150 }, END }, .verdict = SALE_UNDERPAID },
    { "cash of less than both", { { CASH, 999, NULL, 0, 100 }, END }, .verdict = SALE_UNDERPAID },
    { "a voucher, and nothing but a tip in cash",
      { { PLAIN, 900, NULL, 0, 0 }, { CASH, 200, NULL, 0, 200 }, END },
      .verdict = SALE_OK,
      .drawer_minor = 200,
      .tip_minor = 200 },
    { "two tips",
      { { CARD, 550, "A1", 0, 50 }, { CASH, 500, NULL, 0, 60 }, END },
      .verdict = SALE_OK,
      .change_minor = 40,
      .drawer_minor = 460,
      .tip_minor = 110 },
    { "a tip of less", { { CASH, 1000, NULL, 0, -1 }, END }, .verdict = SALE_BAD_TENDER },
    { "a tip of more than is given", { { CASH, 1000, NULL, 0, 1001 }, END }, .verdict = SALE_BAD_TENDER },
    { "a tip by voucher", { { PLAIN, 1000, NULL, 0, 100 }, END }, .verdict = SALE_BAD_TENDER },
    { "a tip by the house", { { STAFF, 1000, NULL, 0, 100 }, END }, .verdict = SALE_BAD_TENDER, .who = LEAD },
    { "a tip is not rounded",
      { { CASH, 1000, NULL, 0, 47 }, END },
      .verdict = SALE_OK,
      .change_minor = 3,
      .drawer_minor = 997,
      .rounding_minor = 5,
      .tip_minor = 47,
      .total_minor = 945,
      .step_minor = 10 },
    /* what is paid in cash is rounded to tenths */
    { "vouchers are not rounded",
      { { PLAIN, 945, NULL, 0, 0 }, END },
      .verdict = SALE_OK,
      .total_minor = 945,
      .step_minor = 10 },
    { "the rest in cash is",
      { { PLAIN, 900, NULL, 0, 0 }, { CASH, 50, NULL, 0, 0 }, END },
      .verdict = SALE_OK,
      .drawer_minor = 50,
      .rounding_minor = 5,
      .total_minor = 945,
      .step_minor = 10 },
    { "and its change",
      { { MEAL, 900, NULL, 0, 0 }, { CASH, 100, NULL, 0, 0 }, END },
      .verdict = SALE_OK,
      .change_minor = 50,
      .drawer_minor = 50,
      .rounding_minor = 5,
      .total_minor = 945,
      .step_minor = 10 },
    { "what is forfeited is not",
      { { MEAL, 1000, NULL, 0, 0 }, END },
      .verdict = SALE_OK,
      .forfeited_minor = 55,
      .total_minor = 945,
      .step_minor = 10 },
    { "a rest that rounds to nothing",
      { { STAFF, 941, NULL, 0, 0 }, { CASH, 10, NULL, 0, 0 }, END },
      .verdict = SALE_OK,
      .change_minor = 10,
      .rounding_minor = -4,
      .who = LEAD,
      .total_minor = 945,
      .step_minor = 10 },
    { "a rest that rounds up",
      { { STAFF, 940, NULL, 0, 0 }, { CASH, 5, NULL, 0, 0 }, END },
      .verdict = SALE_UNDERPAID,
      .who = LEAD,
      .total_minor = 945,
      .step_minor = 10 },
};

static enum sale_verdict decide(struct small_shop *s, const struct row *row, struct sale_rows *sale)
{
    static const char *const may[] = { "sell", "refund", "staff_meal" }, *const sells[] = { "sell" };
    static const struct role lead = { .name = "lead", .permissions = may, .permission_count = 3 };
    static const struct role till = { .name = "till", .permissions = sells, .permission_count = 1 };
    struct sale_command command = command_of(s, row->given, row->total_minor == 0 ? 900 : row->total_minor);

    command.role = row->who == NOBODY ? &till : &lead;
    command.basket.member_id = row->who == LEAD_OF_A_MEMBER ? ANNA : 0;
    return sale_decide(&command, &s->set, NOW, sale);
}

static int64_t stayed(const struct sale_rows *sale)
{
    int64_t sum = 0;

    for (size_t i = 0; i < sale->tender_count; i++)
        sum += sale->tenders[i].amount_minor - sale->tenders[i].change_minor - sale->tenders[i].forfeited_minor -
               sale->tenders[i].tip_minor;
    return sum;
}

static void A9_every_case(void **state)
{
    (void)state;
    assert_true(COUNT(rows) >= 40);
    for (size_t i = 0; i < COUNT(rows); i++) {
        const struct row *row = &rows[i];
        struct small_shop *s = small_shop_open();
        struct sale_rows sale;

        take(s, row->step_minor);
        enum sale_verdict verdict = decide(s, row, &sale);
        if (verdict != row->verdict)
            fail_msg("%s: verdict %d, not %d: %s", row->name, (int)verdict, (int)row->verdict,
                     sale.sentence == NULL ? "" : sale.sentence);
        if (verdict != SALE_OK) {
            assert_non_null(sale.sentence);
            assert_int_equal(s->drawers[0].cash_minor, 5000);
        } else if (sale.change_minor != row->change_minor || sale.forfeited_minor != row->forfeited_minor ||
                   sale.drawer_minor != row->drawer_minor || sale.rounding_minor != row->rounding_minor ||
                   sale.tip_minor != row->tip_minor) {
            fail_msg("%s: change %lld, forfeited %lld, drawer %lld, rounding %lld", row->name,
                     (long long)sale.change_minor, (long long)sale.forfeited_minor, (long long)sale.drawer_minor,
                     (long long)sale.rounding_minor);
        } else {
            assert_int_equal(stayed(&sale), sale.total_minor + sale.rounding_minor);
            assert_int_equal(s->drawers[0].cash_minor, 5000 + row->drawer_minor);
        }
        small_shop_close(s);
    }
}

static void B43_what_is_over_is_the_last_vouchers(void **state)
{
    const struct row row = { .given = { { MEAL, 300, NULL, 0, 0 }, { MEAL, 800, NULL, 0, 0 }, END } };
    struct small_shop *s = small_shop_open();
    struct sale_rows sale;

    (void)state;
    take(s, 0);
    assert_int_equal(decide(s, &row, &sale), SALE_OK);
    assert_int_equal(sale.tenders[0].forfeited_minor, 0);
    assert_int_equal(sale.tenders[1].forfeited_minor, 200);
    assert_int_equal(sale.tenders[1].type_id, MEAL);
    assert_int_equal(sale.tenders[1].kind, TENDER_VOUCHER);
    assert_string_equal(sale.tenders[1].name, "Meal voucher");
    small_shop_close(s);
}

static void A9_a_charged_card_is_named_whatever_is_wrong_with_the_rest(void **state)
{
    static const struct row wrong[] = {
        { .given = { { CARD, 400, "A1", 0, 0 }, { OLD, 500, NULL, 0, 0 }, END }, .verdict = SALE_TENDER_INACTIVE },
        { .given = { { CARD, 400, "A1", 0, 0 }, { NO_TYPE, 500, NULL, 0, 0 }, END },
          .verdict = SALE_UNKNOWN_TENDER_TYPE },
        { .given = { { CARD, 400, "A1", 0, 0 }, { STAFF, 500, NULL, 0, 0 }, END }, .verdict = SALE_TENDER_NOT_ALLOWED },
        { .given = { { CARD, 400, "A1", 0, 0 }, { LIMITED, 1501, NULL, 0, 0 }, END }, .verdict = SALE_TENDER_LIMIT },
        { .given = { { CARD, 400, "A1", 0, 0 }, { NUMBERED, 500, NULL, 0, 0 }, END }, .verdict = SALE_BAD_TENDER },
    };

    (void)state;
    for (size_t i = 0; i < COUNT(wrong); i++) {
        struct small_shop *s = small_shop_open();
        struct sale_rows sale;

        take(s, 0);
        assert_int_equal(decide(s, &wrong[i], &sale), wrong[i].verdict);
        assert_non_null(strstr(sale.sentence, "the card was charged: give 4.00 back, reference A1; "));
        small_shop_close(s);
    }
}

/* A voucher is not charged: nobody has to go to a machine for it. */
static void A9_a_voucher_alone_is_no_card_that_was_charged(void **state)
{
    const struct row row = { .given = { { OLD, 900, NULL, 0, 0 }, END } };
    struct small_shop *s = small_shop_open();
    struct sale_rows sale;

    (void)state;
    take(s, 0);
    assert_int_equal(decide(s, &row, &sale), SALE_TENDER_INACTIVE);
    assert_string_equal(sale.sentence, "Old voucher is not taken any more");
    small_shop_close(s);
}

static void A9_cash_can_be_renamed_and_refused(void **state)
{
    const struct row row = { .given = { { 0, 1000, NULL, TENDER_CASH, 0 }, END } };
    struct tender_type cash = {
        .id = CASH, .name = "Bargeld", .permission = "", .kind = TENDER_CASH, .change = CHANGE_GIVEN, .active = true
    };

    (void)state;
    for (int taken = 0; taken < 2; taken++) {
        struct small_shop *s = small_shop_open();
        struct sale_rows sale;

        cash.active = taken != 0;
        take(s, 0);
        catalogue_put_tender_type(s->catalogue, TAKEN, &cash);
        assert_int_equal(decide(s, &row, &sale), taken ? SALE_OK : SALE_TENDER_INACTIVE);
        if (taken) {
            assert_string_equal(sale.tenders[0].name, "Bargeld");
            assert_int_equal(sale.tenders[0].type_id, 0);
        }
        small_shop_close(s);
    }
}

/* ---- what comes back ---- */

static struct sale_rows back_of(struct small_shop *s, const struct refund_line *lines, size_t count)
{
    struct sale_rows back;
    const struct refund_command command = {
        .original = s->original.number,
        .lines = lines,
        .line_count = count,
        .reason = bytes_of_text("stale"),
        .device_id = TILL,
        .series = 'T',
        .number = 9,
        .sale_id = 501,
    };

    assert_int_equal(refund_decide(&command, &s->set, NOW, &back), SALE_OK);
    return back;
}

static void A16_a_voucher_comes_back_as_one_without_what_was_forfeited(void **state)
{
    const struct row row = { .given = { { MEAL, 1000, NULL, 0, 0 }, END } };
    struct small_shop *s = small_shop_open();
    struct sale_rows sale;

    (void)state;
    take(s, 0);
    assert_int_equal(decide(s, &row, &sale), SALE_OK);
    small_shop_remember(s, &sale);
    struct sale_rows back = back_of(s, NULL, 0);
    assert_int_equal(back.total_minor, -900);
    assert_int_equal(back.tender_count, 1);
    assert_int_equal(back.tenders[0].kind, TENDER_VOUCHER);
    assert_int_equal(back.tenders[0].type_id, MEAL);
    assert_string_equal(back.tenders[0].name, "Meal voucher");
    assert_int_equal(back.tenders[0].amount_minor, -900);
    assert_int_equal(back.tenders[0].forfeited_minor, 0);
    assert_int_equal(back.drawer_minor, 0);
    small_shop_close(s);
}

static void A16_parts_go_back_to_who_paid_last(void **state)
{
    static const struct refund_line roll[] = { { .line = 1, .quantity_milli = 1000 } };
    const struct row row = { .given = { { CASH, 500, NULL, 0, 0 }, { PLAIN, 445, NULL, 0, 0 }, END },
                             .total_minor = 945 };
    struct small_shop *s = small_shop_open();
    struct sale_rows sale;

    (void)state;
    take(s, 0);
    assert_int_equal(decide(s, &row, &sale), SALE_OK);
    small_shop_remember(s, &sale);
    struct sale_rows back = back_of(s, roll, 1);
    assert_int_equal(back.tender_count, 1);
    assert_int_equal(back.tenders[0].type_id, PLAIN);
    assert_int_equal(back.tenders[0].amount_minor, -45);
    assert_int_equal(back.drawer_minor, 0);
    back = back_of(s, NULL, 0);
    assert_int_equal(back.tender_count, 2);
    assert_int_equal(back.tenders[0].amount_minor, -500);
    assert_int_equal(back.tenders[1].amount_minor, -400);
    assert_int_equal(back.drawer_minor, -500);
    small_shop_close(s);
}

static void B43_a_tip_is_on_the_receipt_and_does_not_come_back(void **state)
{
    const struct row row = { .given = { { CARD, 1050, "A1", 0, 150 }, END } };
    struct small_shop *s = small_shop_open();
    struct sale_rows sale;

    (void)state;
    take(s, 0);
    assert_int_equal(decide(s, &row, &sale), SALE_OK);
    assert_int_equal(sale.total_minor, 900);
    struct receipt receipt =
        sale_receipt(&sale, catalogue_shop(s->catalogue, TAKEN), zone_utc(), (const uint8_t[32]){ 0 }, s->arena);
    assert_non_null(strstr(receipt_text(s->arena, &receipt, 42), "Card A1                              10.50\n"
                                                                 "  of it a tip                         1.50\n"));
    small_shop_remember(s, &sale);
    struct sale_rows back = back_of(s, NULL, 0);
    assert_int_equal(back.total_minor, -900);
    assert_int_equal(back.tenders[0].amount_minor, -900);
    assert_int_equal(back.tip_minor, 0);
    small_shop_close(s);
}

static void A13_the_receipt_names_each_and_what_was_forfeited(void **state)
{
    const struct row row = {
        .given = { { MEAL_NUMBERED, 500, "B-7", 0, 0 }, { MEAL, 600, NULL, 0, 0 }, { CASH, 100, NULL, 0, 0 }, END }
    };
    struct small_shop *s = small_shop_open();
    struct sale_rows sale;

    (void)state;
    take(s, 0);
    assert_int_equal(decide(s, &row, &sale), SALE_OK);
    struct receipt receipt =
        sale_receipt(&sale, catalogue_shop(s->catalogue, TAKEN), zone_utc(), (const uint8_t[32]){ 0 }, s->arena);
    const char *text = receipt_text(s->arena, &receipt, 42);
    assert_non_null(strstr(text, "Cheque B-7                            5.00\n"
                                 "Meal voucher                          6.00\n"
                                 "  no change, forfeited               -2.00\n"
                                 "Cash                                  1.00\n"
                                 "Change                                1.00\n"));
    small_shop_close(s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(A9_every_case),
        cmocka_unit_test(B43_what_is_over_is_the_last_vouchers),
        cmocka_unit_test(A9_a_charged_card_is_named_whatever_is_wrong_with_the_rest),
        cmocka_unit_test(A9_a_voucher_alone_is_no_card_that_was_charged),
        cmocka_unit_test(A9_cash_can_be_renamed_and_refused),
        cmocka_unit_test(A16_a_voucher_comes_back_as_one_without_what_was_forfeited),
        cmocka_unit_test(A16_parts_go_back_to_who_paid_last),
        cmocka_unit_test(B43_a_tip_is_on_the_receipt_and_does_not_come_back),
        cmocka_unit_test(A13_the_receipt_names_each_and_what_was_forfeited),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
