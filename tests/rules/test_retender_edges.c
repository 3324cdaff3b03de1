/* Payments put right, at their edges: how the truth is named, what rounding makes of a few cents, what a slip says. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>

#include "common/print/text.h"
#include "common/rules/retender.h"
#include "small_shop.h"

#define COUNT(array) (sizeof(array) / sizeof *(array))
#define TAKEN        (VERSION + 1)

enum { PLAIN = 101, LEADS, LIMITED, NO_DEVICE = 99 };

static void take(struct small_shop *s)
{
    static const struct tender_type types[] = {
        { .id = TENDER_TYPE_CASH, .name = "Cash", .kind = TENDER_CASH, .change = CHANGE_GIVEN },
        { .id = TENDER_TYPE_CARD, .name = "Card", .kind = TENDER_CARD, .change = CHANGE_NONE },
        { .id = PLAIN, .name = "Voucher", .kind = TENDER_VOUCHER, .change = CHANGE_NONE },
        { .id = LEADS, .name = "Goodwill", .permission = "refund", .kind = TENDER_VOUCHER, .change = CHANGE_NONE },
        { .id = LIMITED,
          .name = "Lunch",
          .kind = TENDER_VOUCHER,
          .change = CHANGE_NONE,
          .reference_wanted = true,
          .limit_minor = 500 },
    };

    for (size_t i = 0; i < COUNT(types); i++) {
        struct tender_type type = types[i];

        type.active = true;
        type.permission = type.permission == NULL ? "" : type.permission;
        catalogue_put_tender_type(s->catalogue, TAKEN, &type);
    }
    catalogue_seal(s->catalogue, TAKEN, NOW.us);
}

#define REFERENCE(text)                                                                                                \
    {                                                                                                                  \
        (const uint8_t *)(text), sizeof(text) - 1                                                                      \
    }
#define CASH(minor)                                                                                                    \
    {                                                                                                                  \
        .kind = TENDER_CASH, .name = "Cash", .amount_minor = (minor)                                                   \
    }
#define CARD(minor)                                                                                                    \
    {                                                                                                                  \
        .kind = TENDER_CARD, .name = "Card", .amount_minor = (minor), .reference = REFERENCE("A1")                     \
    }

static struct small_shop *sold(const struct original_tender *tenders, size_t room, int64_t total_minor,
                               int64_t step_minor)
{
    struct small_shop *s = small_shop_open();
    struct original_tender *paid = arena_array(s->arena, room, sizeof *paid);
    size_t count = 0;

    take(s);
    for (; count < room && tenders[count].kind != 0; count++) {
        paid[count] = tenders[count];
        paid[count].position = (int)count;
    }
    s->original = (struct original){ .number = { 3, 'T', 7 },
                                     .sale_id = 500,
                                     .device_id = TILL,
                                     .shift_id = SHIFT,
                                     .kind = SALE_SOLD,
                                     .total_minor = total_minor,
                                     .currency_exponent = 2,
                                     .cash_rounding_minor = step_minor,
                                     .tenders = paid,
                                     .tender_count = count };
    s->set.originals = &s->original;
    s->set.original_count = 1;
    return s;
}

/* The first tender, all of it unless an amount is named. */
static struct retender_command asked(int64_t amount_minor, struct tender truth)
{
    return (struct retender_command){ .original = { 3, 'T', 7 },
                                      .all = amount_minor == 0,
                                      .amount_minor = amount_minor,
                                      .truth = truth,
                                      .reason = bytes_of_text("wrong key"),
                                      .device_id = TILL,
                                      .staff_id = 41,
                                      .id = 900 };
}

static const struct row {
    const char *name;
    struct original_tender paid[2];
    int64_t amount_minor;
    struct tender truth;
    enum sale_verdict verdict;
    const char *sentence;
    int64_t off_minor, to_minor, total_minor, step_minor; /* total 0: 9.00 */
    bool leads;                                           /* the person may refund */
} rows[] = {
    /* How the truth is named. */
    { .name = "cash, by its kind",
      .paid = { CARD(900) },
      .truth = { .kind = TENDER_CASH },
      .off_minor = -900,
      .to_minor = 900 },
    { .name = "a card, by its kind",
      .paid = { CASH(900) },
      .truth = { .kind = TENDER_CARD, .reference = REFERENCE("A1") },
      .off_minor = -900,
      .to_minor = 900 },
    { .name = "a voucher, by its kind: which is not said",
      .paid = { CASH(900) },
      .truth = { .kind = TENDER_VOUCHER },
      .verdict = SALE_BAD_TENDER,
      .sentence = "what it was in truth is of an unknown kind" },
    { .name = "by kind and type, which fit",
      .paid = { CASH(900) },
      .truth = { .kind = TENDER_VOUCHER, .type_id = PLAIN },
      .off_minor = -900,
      .to_minor = 900 },
    { .name = "by kind and type, which do not",
      .paid = { CASH(900) },
      .truth = { .kind = TENDER_CARD, .type_id = PLAIN },
      .verdict = SALE_BAD_TENDER,
      .sentence = "Voucher is of another kind" },
    { .name = "goodwill, by who may",
      .paid = { CASH(900) },
      .truth = { .type_id = LEADS },
      .leads = true,
      .off_minor = -900,
      .to_minor = 900 },
    { .name = "goodwill, by who may not",
      .paid = { CASH(900) },
      .truth = { .type_id = LEADS },
      .verdict = SALE_TENDER_NOT_ALLOWED,
      .sentence = "your role does not allow to take Goodwill" },

    /* What the wrong one is called, whose means of payment has no name any more. */
    { .name = "cash without a name",
      .paid = { { .kind = TENDER_CASH, .amount_minor = 900 } },
      .amount_minor = 901,
      .truth = { .type_id = PLAIN },
      .verdict = SALE_RETENDER_TOO_MUCH,
      .sentence = "cash: 9.00 of it are left" },
    { .name = "a card without a name",
      .paid = { { .kind = TENDER_CARD, .name = "", .amount_minor = 900 } },
      .amount_minor = 901,
      .truth = { .kind = TENDER_CASH },
      .verdict = SALE_RETENDER_TOO_MUCH,
      .sentence = "card: 9.00 of it are left" },
    { .name = "a voucher without a name",
      .paid = { { .kind = TENDER_VOUCHER, .type_id = PLAIN, .name = "", .amount_minor = 900 } },
      .amount_minor = 901,
      .truth = { .kind = TENDER_CASH },
      .verdict = SALE_RETENDER_TOO_MUCH,
      .sentence = "it: 9.00 of it are left" },

    /* Tips. */
    { .name = "a tip goes from cash to a card",
      .paid = { { .kind = TENDER_CASH, .name = "Cash", .amount_minor = 900, .tip_minor = 50 } },
      .truth = { .kind = TENDER_CARD, .reference = REFERENCE("A1") },
      .off_minor = -950,
      .to_minor = 950 },

    /* The same means of payment under another number: nothing more is paid with it. */
    { .name = "all of a voucher had another number",
      .paid = { { .kind = TENDER_VOUCHER,
                  .type_id = LIMITED,
                  .name = "Lunch",
                  .amount_minor = 500,
                  .reference = REFERENCE("7") },
                CASH(400) },
      .truth = { .type_id = LIMITED, .reference = REFERENCE("8") },
      .off_minor = -500,
      .to_minor = 500 },
    { .name = "a part of a voucher had another number",
      .paid = { { .kind = TENDER_VOUCHER,
                  .type_id = LIMITED,
                  .name = "Lunch",
                  .amount_minor = 500,
                  .reference = REFERENCE("7") },
                CASH(400) },
      .amount_minor = 200,
      .truth = { .type_id = LIMITED, .reference = REFERENCE("8") },
      .off_minor = -200,
      .to_minor = 200 },

    /* A shop that rounds to 0.05: 9.02 was paid with 9.00, 8.98 too. */
    { .name = "so few cents of the cash that the rest is as much",
      .paid = { CASH(900) },
      .amount_minor = 2,
      .truth = { .type_id = PLAIN },
      .total_minor = 902,
      .step_minor = 5,
      .verdict = SALE_RETENDER_NOT_POSSIBLE,
      .sentence = "there is too little of it to be put right" },
    { .name = "a cent more of it takes a step off the cash",
      .paid = { CASH(900) },
      .amount_minor = 5,
      .truth = { .type_id = PLAIN },
      .total_minor = 902,
      .step_minor = 5,
      .off_minor = -5,
      .to_minor = 5 },
    { .name = "the rest would be rounded by more than this part of the cash was",
      .paid = { CASH(3), CASH(897) },
      .amount_minor = 2,
      .truth = { .type_id = PLAIN },
      .total_minor = 898,
      .step_minor = 5,
      .verdict = SALE_RETENDER_TOO_MUCH,
      .sentence = "Cash: 0.03 of it are left" },
};

static void B39_each_row_of_the_table(void **state)
{
    static const char *const refund[] = { "refund" };
    static const struct role cashier = { .id = 1, .name = "cashier" },
                             lead = { .id = 2, .name = "lead", .permissions = refund, .permission_count = 1 };

    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        const struct row *row = &rows[i];
        struct small_shop *s = sold(row->paid, 2, row->total_minor == 0 ? 900 : row->total_minor, row->step_minor);
        struct retender_command command = asked(row->amount_minor, row->truth);
        struct retender done;

        command.role = row->leads ? &lead : &cashier;
        enum sale_verdict verdict = retender_decide(&command, &s->set, NOW, &done);
        if (verdict != row->verdict)
            fail_msg("%s: verdict %d: %s", row->name, (int)verdict, done.sentence == NULL ? "" : done.sentence);
        if (verdict != SALE_OK) {
            assert_string_equal(done.sentence, row->sentence);
            assert_int_equal(s->original.retender_count, 0);
        } else if (done.off.amount_minor != row->off_minor || done.to.amount_minor != row->to_minor) {
            fail_msg("%s: %lld, %lld", row->name, (long long)done.off.amount_minor, (long long)done.to.amount_minor);
        }
        small_shop_close(s);
    }
}

static const struct original_tender card[] = { CARD(900) }, cash[] = { CASH(900) };

/* Its shift says so, and its till. */
static void B39_a_receipt_of_another_till_is_not_put_right_here(void **state)
{
    const struct retender_command command = asked(0, (struct tender){ .kind = TENDER_CASH });
    struct small_shop *s = sold(card, 1, 900, 0);
    struct retender done;

    (void)state;
    s->original.device_id = TILL_2;
    assert_int_equal(retender_decide(&command, &s->set, NOW, &done), SALE_RETENDER_OTHER_SHIFT);
    assert_string_equal(done.sentence, "this receipt does not count in a shift that is open at this till");
    small_shop_close(s);
}

static void B39_a_device_that_nobody_knows_is_no_till(void **state)
{
    struct retender_command command = asked(0, (struct tender){ .kind = TENDER_CASH });
    struct small_shop *s = sold(card, 1, 900, 0);
    struct retender done;

    (void)state;
    command.device_id = NO_DEVICE;
    assert_int_equal(retender_decide(&command, &s->set, NOW, &done), SALE_NOT_A_TILL);
    small_shop_close(s);
}

/* However much was given back out of it. */
static void B39_a_drawer_lacks_no_more_than_there_is_money(void **state)
{
    const struct retender_command command = asked(0, (struct tender){ .type_id = PLAIN });
    struct small_shop *s = sold(cash, 1, 900, 0);
    struct retender done;

    (void)state;
    s->drawers[0].cash_minor = -MINOR_MAX + 899;
    assert_int_equal(retender_decide(&command, &s->set, NOW, &done), SALE_AMOUNT_OVERFLOW);
    assert_string_equal(done.sentence, "the drawer leaves the range of money");
    assert_int_equal(s->original.retender_count, 0);
    s->drawers[0].cash_minor++;
    assert_int_equal(retender_decide(&command, &s->set, NOW, &done), SALE_OK);
    assert_int_equal(s->drawers[0].cash_minor, -MINOR_MAX);
    small_shop_close(s);
}

static void B39_a_slip_names_tip_and_rounding(void **state)
{
    static const struct original_tender tipped[] = {
        { .kind = TENDER_CARD, .name = "Card", .amount_minor = 902, .tip_minor = 100, .reference = REFERENCE("A1") }
    };
    const struct retender_command command = asked(0, (struct tender){ .kind = TENDER_CASH });
    struct small_shop *s = sold(tipped, 1, 902, 5);
    struct retender done;

    (void)state;
    assert_int_equal(retender_decide(&command, &s->set, NOW, &done), SALE_OK);
    struct receipt slip = retender_slip(&done, (struct receipt_number){ 3, 'T', 7 },
                                        catalogue_shop(s->catalogue, TAKEN), zone_utc(), s->arena);
    assert_string_equal(receipt_text(s->arena, &slip, 42), "                Caroline's\n"
                                                           "------------------------------------------\n"
                                                           "            PAYMENT PUT RIGHT\n"
                                                           "3T-000007                 2025-11-22 08:26\n"
                                                           "------------------------------------------\n"
                                                           "Card A1                             -10.02\n"
                                                           "Cash                                 10.00\n"
                                                           "  of it a tip                         1.00\n"
                                                           "Cash rounding                        -0.02\n"
                                                           "------------------------------------------\n"
                                                           "wrong key\n"
                                                           "Kept with the receipt: it stays as it was.\n");
    small_shop_close(s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(B39_each_row_of_the_table),
        cmocka_unit_test(B39_a_receipt_of_another_till_is_not_put_right_here),
        cmocka_unit_test(B39_a_device_that_nobody_knows_is_no_till),
        cmocka_unit_test(B39_a_drawer_lacks_no_more_than_there_is_money),
        cmocka_unit_test(B39_a_slip_names_tip_and_rounding),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
