/* What paid a sale, put right after it: what may be, what it comes to, and where a refund goes then. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <cmocka.h>

#include "common/print/text.h"
#include "common/rules/retender.h"
#include "common/rules/sale_receipt.h"
#include "small_shop.h"

#define COUNT(array) (sizeof(array) / sizeof *(array))
#define TAKEN        (VERSION + 1)
#define CASH         TENDER_TYPE_CASH
#define CARD         TENDER_TYPE_CARD

enum { PLAIN = 101, MEAL, NUMBERED, LIMITED, OLD, STAFF, LEADS, MACHINE };

static void take(struct small_shop *s, int64_t rounding_minor)
{
    static const struct tender_type types[] = {
        { .id = CASH, .name = "Cash", .permission = "", .kind = TENDER_CASH, .change = CHANGE_GIVEN },
        { .id = CARD, .name = "Card", .permission = "", .kind = TENDER_CARD, .change = CHANGE_NONE },
        { .id = PLAIN, .name = "Voucher", .permission = "", .kind = TENDER_VOUCHER, .change = CHANGE_NONE },
        { .id = MEAL, .name = "Meal", .permission = "", .kind = TENDER_VOUCHER, .change = CHANGE_FORFEITED },
        { .id = NUMBERED,
          .name = "Town",
          .permission = "",
          .kind = TENDER_VOUCHER,
          .change = CHANGE_NONE,
          .reference_wanted = true },
        { .id = LIMITED,
          .name = "Lunch",
          .permission = "",
          .kind = TENDER_VOUCHER,
          .change = CHANGE_NONE,
          .limit_minor = 500 },
        { .id = OLD, .name = "Old", .permission = "", .kind = TENDER_VOUCHER, .change = CHANGE_NONE },
        { .id = STAFF, .name = "Staff meal", .permission = "staff_meal", .kind = TENDER_HOUSE, .change = CHANGE_NONE },
        { .id = MACHINE,
          .name = "Machine",
          .permission = "",
          .kind = TENDER_CARD,
          .change = CHANGE_NONE,
          .limit_minor = 950 },
        { .id = LEADS, .name = "Goodwill", .permission = "refund", .kind = TENDER_VOUCHER, .change = CHANGE_NONE },
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

/* What paid the cake for 9.00 (or 9.02: a sale need not be of goods here). */
struct paid {
    int64_t type_id, amount_minor; /* that stayed, without tip and what was forfeited */
    const char *reference;
    int64_t tip_minor, forfeited_minor;
};

static struct original sold(struct small_shop *s, const struct paid *paid, size_t count, int64_t total_minor,
                            int64_t step_minor)
{
    struct original_tender *tenders = arena_array(s->arena, count, sizeof *tenders);
    int64_t sum = 0;

    for (size_t i = 0; i < count; i++) {
        const struct tender_type *type = catalogue_tender_type(s->catalogue, TAKEN, paid[i].type_id);

        assert_non_null(type);
        tenders[i] = (struct original_tender){ .position = (int)i,
                                               .kind = (enum tender_kind)type->kind,
                                               .type_id = type->id <= CARD ? 0 : type->id,
                                               .name = type->name,
                                               .amount_minor = paid[i].amount_minor,
                                               .tip_minor = paid[i].tip_minor,
                                               .forfeited_minor = paid[i].forfeited_minor,
                                               .reference = bytes_of_text(paid[i].reference ? paid[i].reference : "") };
        sum += paid[i].amount_minor;
    }
    return (struct original){ .number = { 3, 'T', 7 },
                              .sale_id = 500,
                              .device_id = TILL,
                              .shift_id = SHIFT,
                              .kind = SALE_SOLD,
                              .total_minor = total_minor,
                              .rounding_minor = sum - total_minor,
                              .currency_exponent = 2,
                              .cash_rounding_minor = step_minor,
                              .tenders = tenders,
                              .tender_count = count };
}

/* Off which tender, how much (0: all), and what it was in truth. */
struct asked {
    int64_t position, amount_minor, type_id;
    const char *reference;
};

#define NAMELESS bytes_of_text("rung up as the wrong one")

static enum sale_verdict decide(struct small_shop *s, const struct asked *asked, const struct role *role,
                                struct retender *rows)
{
    struct retender_command command = {
        .original = { 3, 'T', 7 },
        .position = asked->position,
        .all = asked->amount_minor == 0,
        .amount_minor = asked->amount_minor,
        .truth = { .type_id = asked->type_id, .reference = bytes_of_text(asked->reference ? asked->reference : "") },
        .reason = NAMELESS,
        .role = role,
        .device_id = TILL,
        .staff_id = 41,
        .id = 900,
    };

    return retender_decide(&command, &s->set, NOW, rows);
}

static const struct row {
    const char *name;
    struct paid paid[3];
    struct asked asked;
    enum sale_verdict verdict;
    int64_t off_minor, to_minor, drawer_minor, rounding_minor, tip_minor;
    int off_count;
    int64_t total_minor, step_minor; /* 0: 9.00; 0: no rounding */
} rows[] = {
    { "cash that was rung up as card",
      { { CARD, 900, "A1", 0, 0 } },
      { 0, 0, CASH, NULL },
      .off_minor = -900,
      .to_minor = 900,
      .drawer_minor = 900,
      .off_count = -1 },
    { "a card that was rung up as cash",
      { { CASH, 900, NULL, 0, 0 } },
      { 0, 0, CARD, "A1" },
      .off_minor = -900,
      .to_minor = 900,
      .drawer_minor = -900,
      .off_count = -1 },
    { "a part of it",
      { { CARD, 900, "A1", 0, 0 } },
      { 0, 400, CASH, NULL },
      .off_minor = -400,
      .to_minor = 400,
      .drawer_minor = 400 },
    { "a part that is all of it",
      { { CARD, 900, "A1", 0, 0 } },
      { 0, 900, CASH, NULL },
      .off_minor = -900,
      .to_minor = 900,
      .drawer_minor = 900,
      .off_count = -1 },
    { "a cent more than it", { { CARD, 900, "A1", 0, 0 } }, { 0, 901, CASH, NULL }, .verdict = SALE_RETENDER_TOO_MUCH },
    { "less than nothing", { { CARD, 900, "A1", 0, 0 } }, { 0, -1, CASH, NULL }, .verdict = SALE_BAD_TENDER },
    { "the second of two",
      { { CASH, 500, NULL, 0, 0 }, { CARD, 400, "A1", 0, 0 } },
      { 1, 0, PLAIN, NULL },
      .off_minor = -400,
      .to_minor = 400,
      .off_count = -1 },
    { "the third of two",
      { { CASH, 500, NULL, 0, 0 }, { CARD, 400, "A1", 0, 0 } },
      { 2, 0, CARD, "A2" },
      .verdict = SALE_BAD_TENDER },
    { "a voucher was cash",
      { { PLAIN, 900, NULL, 0, 0 } },
      { 0, 0, CASH, NULL },
      .off_minor = -900,
      .to_minor = 900,
      .drawer_minor = 900,
      .off_count = -1 },
    { "cash was a voucher with a number",
      { { CASH, 900, NULL, 0, 0 } },
      { 0, 0, NUMBERED, "7" },
      .off_minor = -900,
      .to_minor = 900,
      .drawer_minor = -900,
      .off_count = -1 },
    { "whose number is asked for",
      { { CASH, 900, NULL, 0, 0 } },
      { 0, 0, NUMBERED, NULL },
      .verdict = SALE_BAD_TENDER },
    { "and is on the receipt already",
      { { NUMBERED, 400, "7", 0, 0 }, { CASH, 500, NULL, 0, 0 } },
      { 1, 0, NUMBERED, "7" },
      .verdict = SALE_BAD_TENDER },
    { "a card without an approval", { { CASH, 900, NULL, 0, 0 } }, { 0, 0, CARD, " " }, .verdict = SALE_BAD_TENDER },
    { "a card's number",
      { { CASH, 900, NULL, 0, 0 } },
      { 0, 0, CARD, "4111 1111 1111 1111" },
      .verdict = SALE_NO_SECRET_WANTED },
    { "another approval",
      { { CARD, 900, "A1", 0, 0 } },
      { 0, 0, CARD, "A2" },
      .off_minor = -900,
      .to_minor = 900,
      .off_count = -1 },
    { "the same approval", { { CARD, 900, "A1", 0, 0 } }, { 0, 0, CARD, "A1" }, .verdict = SALE_RETENDER_NOT_POSSIBLE },
    { "cash that was cash",
      { { CASH, 900, NULL, 0, 0 } },
      { 0, 0, CASH, NULL },
      .verdict = SALE_RETENDER_NOT_POSSIBLE },
    { "a voucher that was that voucher",
      { { PLAIN, 900, NULL, 0, 0 } },
      { 0, 0, PLAIN, NULL },
      .verdict = SALE_RETENDER_NOT_POSSIBLE },
    { "what the house paid was cash",
      { { STAFF, 900, NULL, 0, 0 } },
      { 0, 0, CASH, NULL },
      .verdict = SALE_RETENDER_NOT_POSSIBLE },
    { "cash was what the house pays",
      { { CASH, 900, NULL, 0, 0 } },
      { 0, 0, STAFF, NULL },
      .verdict = SALE_RETENDER_NOT_POSSIBLE },
    { "a voucher that was forfeited in part",
      { { MEAL, 900, NULL, 0, 100 } },
      { 0, 0, CASH, NULL },
      .verdict = SALE_RETENDER_NOT_POSSIBLE },
    { "a meal voucher of the very sum",
      { { CASH, 900, NULL, 0, 0 } },
      { 0, 0, MEAL, NULL },
      .off_minor = -900,
      .to_minor = 900,
      .drawer_minor = -900,
      .off_count = -1 },
    { "more of a voucher than a receipt may have",
      { { CASH, 900, NULL, 0, 0 } },
      { 0, 501, LIMITED, NULL },
      .verdict = SALE_TENDER_LIMIT },
    { "as much as it may",
      { { CASH, 900, NULL, 0, 0 } },
      { 0, 500, LIMITED, NULL },
      .off_minor = -500,
      .to_minor = 500,
      .drawer_minor = -500 },
    { "together with what there is",
      { { LIMITED, 300, NULL, 0, 0 }, { CASH, 600, NULL, 0, 0 } },
      { 1, 201, LIMITED, NULL },
      .verdict = SALE_TENDER_LIMIT },
    { "a tip that goes along counts",
      { { CASH, 900, NULL, 100, 0 } },
      { 0, 0, MACHINE, "M1" },
      .verdict = SALE_TENDER_LIMIT },
    { "up to the very limit",
      { { CASH, 900, NULL, 50, 0 } },
      { 0, 0, MACHINE, "M1" },
      .off_minor = -950,
      .to_minor = 950,
      .drawer_minor = -950,
      .tip_minor = 50,
      .off_count = -1 },
    { "one that stays does not",
      { { CASH, 900, NULL, 100, 0 } },
      { 0, 900, MACHINE, "M1" },
      .off_minor = -900,
      .to_minor = 900,
      .drawer_minor = -900 },
    { "another approval of what is at its limit",
      { { MACHINE, 900, "M1", 50, 0 } },
      { 0, 0, MACHINE, "M2" },
      .off_minor = -950,
      .to_minor = 950,
      .tip_minor = 50,
      .off_count = -1 },
    { "what cash was rounded down by counts",
      { { CASH, 500, NULL, 0, 0 } },
      { 0, 0, LIMITED, NULL },
      .verdict = SALE_TENDER_LIMIT,
      .total_minor = 502,
      .step_minor = 5 },
    { "with what there is, too",
      { { LIMITED, 300, NULL, 0, 0 }, { CASH, 200, NULL, 0, 0 } },
      { 1, 0, LIMITED, NULL },
      .verdict = SALE_TENDER_LIMIT,
      .total_minor = 502,
      .step_minor = 5 },
    { "what it was rounded up by does not",
      { { CASH, 500, NULL, 0, 0 } },
      { 0, 0, LIMITED, NULL },
      .off_minor = -500,
      .to_minor = 498,
      .drawer_minor = -500,
      .rounding_minor = -2,
      .off_count = -1,
      .total_minor = 498,
      .step_minor = 5 },
    { "a voucher that is not taken any more",
      { { CASH, 900, NULL, 0, 0 } },
      { 0, 0, OLD, NULL },
      .verdict = SALE_TENDER_INACTIVE },
    { "a voucher that the role may not take",
      { { CASH, 900, NULL, 0, 0 } },
      { 0, 0, LEADS, NULL },
      .verdict = SALE_TENDER_NOT_ALLOWED },
    { "no means of payment", { { CASH, 900, NULL, 0, 0 } }, { 0, 0, 4711, NULL }, .verdict = SALE_UNKNOWN_TENDER_TYPE },
    { "nothing named", { { CASH, 900, NULL, 0, 0 } }, { 0, 0, 0, NULL }, .verdict = SALE_BAD_TENDER },
    { "the tip goes along",
      { { CARD, 900, "A1", 150, 0 } },
      { 0, 0, CASH, NULL },
      .off_minor = -1050,
      .to_minor = 1050,
      .drawer_minor = 1050,
      .tip_minor = 150,
      .off_count = -1 },
    { "or stays, where an amount is named",
      { { CARD, 900, "A1", 150, 0 } },
      { 0, 900, CASH, NULL },
      .off_minor = -900,
      .to_minor = 900,
      .drawer_minor = 900 },
    { "a voucher brings no tip",
      { { CARD, 900, "A1", 150, 0 } },
      { 0, 0, PLAIN, NULL },
      .verdict = SALE_RETENDER_NOT_POSSIBLE },
    /* A shop that rounds its cash to 0.05. */
    { "cash is rounded as it would have been",
      { { CARD, 902, "A1", 0, 0 } },
      { 0, 0, CASH, NULL },
      .off_minor = -902,
      .to_minor = 900,
      .drawer_minor = 900,
      .rounding_minor = -2,
      .off_count = -1,
      .total_minor = 902,
      .step_minor = 5 },
    { "a card is not",
      { { CASH, 900, NULL, 0, 0 } },
      { 0, 0, CARD, "A1" },
      .off_minor = -900,
      .to_minor = 902,
      .drawer_minor = -900,
      .rounding_minor = 2,
      .off_count = -1,
      .total_minor = 902,
      .step_minor = 5 },
    { "what stays in cash is",
      { { CASH, 900, NULL, 0, 0 } },
      { 0, 401, CARD, "A1" }, /* 5.01 are left: 5.00 */
      .off_minor = -400,
      .to_minor = 401,
      .drawer_minor = -400,
      .rounding_minor = 1,
      .total_minor = 902,
      .step_minor = 5 },
    { "too little to be cash",
      { { CARD, 902, "A1", 0, 0 } },
      { 0, 2, CASH, NULL },
      .verdict = SALE_RETENDER_NOT_POSSIBLE,
      .total_minor = 902,
      .step_minor = 5 },
    { "one of two that paid in cash",
      { { CASH, 500, NULL, 0, 0 }, { CASH, 400, NULL, 0, 0 } },
      { 1, 0, CARD, "A1" },
      .off_minor = -400,
      .to_minor = 400,
      .drawer_minor = -400,
      .off_count = -1,
      .total_minor = 902,
      .step_minor = 5 },
};

static void each_row_of_the_table(void **state)
{
    (void)state;
    static const struct role role = { .id = 1, .name = "cashier" };

    for (size_t i = 0; i < COUNT(rows); i++) {
        const struct row *row = &rows[i];
        struct small_shop *s = small_shop_open();
        int64_t total = row->total_minor == 0 ? 900 : row->total_minor, cash = s->drawers[0].cash_minor;
        size_t count = 0;
        struct retender done;

        take(s, row->step_minor);
        while (count < 3 && row->paid[count].type_id != 0)
            count++;
        s->original = sold(s, row->paid, count, total, row->step_minor);
        s->set.originals = &s->original;
        s->set.original_count = 1;
        struct original before = s->original;
        enum sale_verdict verdict = decide(s, &row->asked, &role, &done);
        if (verdict != row->verdict || (verdict == SALE_OK && done.off.amount_minor != row->off_minor))
            print_message("%s: verdict %d, %s\n", row->name, (int)verdict, done.sentence == NULL ? "" : done.sentence);
        assert_int_equal(verdict, row->verdict);
        if (verdict != SALE_OK) {
            assert_non_null(done.sentence);
            assert_memory_equal(&before, &s->original, sizeof before);
            assert_int_equal(s->drawers[0].cash_minor, cash);
            small_shop_close(s);
            continue;
        }
        assert_int_equal(done.off.amount_minor, row->off_minor);
        assert_int_equal(done.to.amount_minor, row->to_minor);
        assert_int_equal(done.drawer_minor, row->drawer_minor);
        assert_int_equal(done.rounding_minor, row->rounding_minor);
        assert_int_equal(done.to.tip_minor, row->tip_minor);
        assert_int_equal(done.off.tip_minor, -row->tip_minor);
        assert_int_equal(done.off.tender_count, row->off_count);
        assert_int_equal(done.to.tender_count, 1);
        assert_int_equal(done.to.position, TENDERS_MAX);
        assert_int_equal(s->drawers[0].cash_minor, cash + row->drawer_minor);
        int64_t paid = 0;
        for (size_t j = 0; j < s->original.tender_count; j++) {
            assert_true(s->original.tenders[j].amount_minor >= 0 && s->original.tenders[j].tip_minor >= 0);
            paid += s->original.tenders[j].amount_minor;
        }
        assert_int_equal(paid, total + s->original.rounding_minor);
        small_shop_close(s);
    }
}

static struct small_shop *with_card(void)
{
    static const struct paid card[] = { { CARD, 900, "A1", 0, 0 } };
    struct small_shop *s = small_shop_open();

    take(s, 0);
    s->original = sold(s, card, 1, 900, 0);
    s->set.originals = &s->original;
    s->set.original_count = 1;
    return s;
}

static void what_was_put_right_is_put_right_again(void **state)
{
    (void)state;
    struct small_shop *s = with_card();
    struct retender done;

    assert_int_equal(decide(s, &(struct asked){ 0, 600, CASH, NULL }, NULL, &done), SALE_OK);
    assert_int_equal(done.number, 1);
    /* 3.00 are left of the card: it is not put right for more than it paid. */
    assert_int_equal(decide(s, &(struct asked){ 0, 500, CASH, NULL }, NULL, &done), SALE_RETENDER_TOO_MUCH);
    assert_string_equal(done.sentence, "Card: 3.00 of it are left");
    assert_int_equal(decide(s, &(struct asked){ 0, 0, PLAIN, NULL }, NULL, &done), SALE_OK);
    assert_int_equal(done.to.position, 11);
    assert_int_equal(decide(s, &(struct asked){ 0, 0, CASH, NULL }, NULL, &done), SALE_BAD_TENDER);
    assert_int_equal(decide(s, &(struct asked){ 10, 0, CARD, "A1" }, NULL, &done), SALE_OK);
    assert_int_equal(done.drawer_minor, -600);
    assert_int_equal(s->drawers[0].cash_minor, 5000);
    /* Seven times more, and no more. */
    for (int64_t position = 12; position < 12 + 7; position++)
        assert_int_equal(decide(s, &(struct asked){ position, 0, position % 2 ? CARD : CASH, "A1" }, NULL, &done),
                         SALE_OK);
    assert_int_equal(decide(s, &(struct asked){ 19, 0, PLAIN, NULL }, NULL, &done), SALE_RETENDER_NOT_POSSIBLE);
    small_shop_close(s);
}

static void only_a_sale_of_this_shift_of_which_nothing_came_back(void **state)
{
    (void)state;
    static const struct asked to_cash = { 0, 0, CASH, NULL };
    struct small_shop *s = with_card();
    struct retender done;

    s->original.shift_id = OLD_SHIFT;
    assert_int_equal(decide(s, &to_cash, NULL, &done), SALE_RETENDER_OTHER_SHIFT);
    s->original.shift_id = SHIFT_2;
    s->original.device_id = TILL_2;
    assert_int_equal(decide(s, &to_cash, NULL, &done), SALE_RETENDER_OTHER_SHIFT);
    s->original.shift_id = SHIFT;
    s->original.device_id = TILL;
    s->original.refund_count = 1;
    assert_int_equal(decide(s, &to_cash, NULL, &done), SALE_RETENDER_REFUNDED);
    s->original.kind = SALE_REFUND;
    assert_int_equal(decide(s, &to_cash, NULL, &done), SALE_RETENDER_NOT_POSSIBLE);
    s->set.original_count = 0;
    assert_int_equal(decide(s, &to_cash, NULL, &done), SALE_UNKNOWN_SALE);
    s->drawers[0].shift_id = 0;
    assert_int_equal(decide(s, &to_cash, NULL, &done), SALE_SHIFT_NOT_OPEN);
    s->drawers[0].till_number = 0;
    assert_int_equal(decide(s, &to_cash, NULL, &done), SALE_NOT_A_TILL);
    small_shop_close(s);
}

static void a_drawer_stays_within_the_range_of_money(void **state)
{
    (void)state;
    struct small_shop *s = with_card();
    struct retender done;

    s->drawers[0].cash_minor = MINOR_MAX - 899;
    assert_int_equal(decide(s, &(struct asked){ 0, 0, CASH, NULL }, NULL, &done), SALE_AMOUNT_OVERFLOW);
    s->drawers[0].cash_minor--;
    assert_int_equal(decide(s, &(struct asked){ 0, 0, CASH, NULL }, NULL, &done), SALE_OK);
    small_shop_close(s);
}

static void a_reason_is_asked_for(void **state)
{
    (void)state;
    struct small_shop *s = with_card();
    struct retender_command command = {
        .original = { 3, 'T', 7 }, .all = true, .truth = { .kind = TENDER_CASH }, .device_id = TILL
    };
    struct retender done;

    assert_int_equal(retender_decide(&command, &s->set, NOW, &done), SALE_BAD_REASON);
    command.reason = bytes_of_text("4111 1111 1111 1111");
    assert_int_equal(retender_decide(&command, &s->set, NOW, &done), SALE_NO_SECRET_WANTED);
    command.reason = bytes_of_text("wrong key");
    assert_int_equal(retender_decide(&command, &s->set, NOW, &done), SALE_OK);
    small_shop_close(s);
}

/* The whole way: sold, put right, given back in parts. */
static void a_refund_goes_to_what_paid_in_truth(void **state)
{
    (void)state;
    static const struct basket_line lines[] = { { .product_id = ROLL, .quantity_milli = 20000 } }; /* 9.00 */
    static const struct tender card = { .kind = TENDER_CARD,
                                        .amount_minor = 900,
                                        .reference = { (const uint8_t *)"A1", 2 } };
    static const struct refund_line half = { .line = 0, .quantity_milli = 10000 };
    struct small_shop *s = small_shop_open();
    struct sale_command command = { .aim = SALE_TO_BOOK,
                                    .basket = { .catalogue_version = TAKEN, .lines = lines, .line_count = 1 },
                                    .tenders = &card,
                                    .tender_count = 1,
                                    .shown_total_minor = 900,
                                    .device_id = TILL,
                                    .series = 'T',
                                    .number = 7,
                                    .sale_id = 500 };
    struct refund_command back = { .original = { 3, 'T', 7 },
                                   .lines = &half,
                                   .line_count = 1,
                                   .reason = bytes_of_text("burnt"),
                                   .device_id = TILL,
                                   .series = 'T',
                                   .number = 8,
                                   .sale_id = 501 };
    struct sale_rows sale, refund;
    struct retender done;

    take(s, 0);
    assert_int_equal(sale_decide(&command, &s->set, NOW, &sale), SALE_OK);
    small_shop_remember(s, &sale);
    assert_int_equal(decide(s, &(struct asked){ 0, 700, CASH, NULL }, NULL, &done), SALE_OK);
    assert_int_equal(s->drawers[0].cash_minor, 5700);
    /* 4.50 come back: of the cash, which stands last now; then 2.50 of it, and the card's 2.00. */
    assert_int_equal(refund_decide(&back, &s->set, NOW, &refund), SALE_OK);
    assert_int_equal(refund.tender_count, 1);
    assert_int_equal(refund.tenders[0].kind, TENDER_CASH);
    assert_int_equal(refund.tenders[0].amount_minor, -450);
    assert_int_equal(decide(s, &(struct asked){ 0, 0, CASH, NULL }, NULL, &done), SALE_RETENDER_REFUNDED);
    back.line_count = 0;
    assert_int_equal(refund_decide(&back, &s->set, NOW, &refund), SALE_OK);
    assert_int_equal(refund.tender_count, 2);
    assert_int_equal(refund.tenders[0].kind, TENDER_CARD);
    assert_int_equal(refund.tenders[0].amount_minor, -200);
    assert_int_equal(refund.tenders[1].amount_minor, -250);
    assert_int_equal(s->drawers[0].cash_minor, 5000);
    small_shop_close(s);
}

static void paper_says_so(void **state)
{
    (void)state;
    struct small_shop *s = with_card();
    const struct shop *shop = catalogue_shop(s->catalogue, TAKEN);
    struct retender done;

    assert_int_equal(decide(s, &(struct asked){ 0, 0, CASH, NULL }, NULL, &done), SALE_OK);
    struct receipt slip = retender_slip(&done, (struct receipt_number){ 3, 'T', 7 }, shop, zone_utc(), s->arena);
    const char *text = receipt_text(s->arena, &slip, 42);
    assert_non_null(strstr(text, "PAYMENT PUT RIGHT"));
    assert_non_null(strstr(text, "3T-000007"));
    assert_non_null(strstr(text, "Card A1"));
    assert_non_null(strstr(text, "-9.00"));
    assert_non_null(strstr(text, "rung up as the wrong one"));
    const struct retender_row rows_of[] = {
        { .number = 1,
          .position = 0,
          .at = NOW,
          .kind = TENDER_CARD,
          .name = "Card",
          .amount_minor = -902,
          .rounding_minor = -2,
          .reference = bytes_of_text("A1") },
        { .number = 1,
          .position = 10,
          .at = NOW,
          .kind = TENDER_CASH,
          .name = "Cash",
          .amount_minor = 900,
          .rounding_minor = -2 },
    };
    struct sale_rows sale = { .kind = SALE_SOLD,
                              .number = { 3, 'T', 7 },
                              .at = NOW,
                              .total_minor = 902,
                              .retenders = rows_of,
                              .retender_count = 2 };
    struct receipt copy = sale_receipt_copy(&sale, shop, zone_utc(), NULL, 1, false, s->arena);
    text = receipt_text(s->arena, &copy, 42);
    assert_non_null(strstr(text, "Put right                 2025-11-22 08:26"));
    assert_non_null(strstr(text, "  Card A1                            -9.02"));
    assert_non_null(strstr(text, "  Cash rounding                      -0.02"));
    assert_non_null(strstr(text, "  Cash                                9.00"));
    struct receipt gift = sale_receipt_copy(&sale, shop, zone_utc(), NULL, 1, true, s->arena);
    assert_null(strstr(receipt_text(s->arena, &gift, 42), "Put right"));
    small_shop_close(s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_row_of_the_table),
        cmocka_unit_test(what_was_put_right_is_put_right_again),
        cmocka_unit_test(only_a_sale_of_this_shift_of_which_nothing_came_back),
        cmocka_unit_test(a_drawer_stays_within_the_range_of_money),
        cmocka_unit_test(a_reason_is_asked_for),
        cmocka_unit_test(a_refund_goes_to_what_paid_in_truth),
        cmocka_unit_test(paper_says_so),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
