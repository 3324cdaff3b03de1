/* The receipt as a document, its number, and the bytes of the strand. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <cmocka.h>

#include "common/base/number.h"
#include "common/rules/sale_bytes.h"
#include "common/rules/sale_receipt.h"
#include "drawn.h"
#include "small_shop.h"

static struct sale_rows a_sale(struct small_shop *s)
{
    static const uint32_t reward = REWARD_DEAREST;
    static const struct basket_line lines[] = {
        { .product_id = COOKIE, .quantity_milli = 2000 },
        { .product_id = CHEESE, .quantity_milli = 250 },
        { .product_id = CAKE,
          .quantity_milli = 1000,
          .voided = true,
          .void_reason = { (const uint8_t *)"dropped", 7 } },
    };
    static const struct tender tenders[] = {
        { .kind = TENDER_CARD, .amount_minor = 100, .reference = { (const uint8_t *)"8841", 4 } },
        { .kind = TENDER_CASH, .amount_minor = 500 },
    };
    struct sale_command command = {
        .aim = SALE_TO_BOOK,
        .basket = { .catalogue_version = VERSION,
                    .service = SERVICE_EAT_IN,
                    .lines = lines,
                    .line_count = 3,
                    .member_id = ANNA,
                    .rewards = &reward,
                    .reward_count = 1 },
        .tenders = tenders,
        .tender_count = 2,
        .shown_total_minor = 573,
        .device_id = TILL,
        .series = 'T',
        .number = 42,
        .sale_id = 51,
        .new_lot_id = 61,
    };
    struct sale_rows sale;

    assert_int_equal(sale_decide(&command, &s->set, NOW, &sale), SALE_OK);
    return sale;
}

static char *text_of(const struct receipt *receipt, char *text, size_t size)
{
    size_t at = 0;

    for (size_t i = 0; i < receipt->count; i++) {
        const struct receipt_row *row = &receipt->rows[i];

        at += (size_t)snprintf(text + at, size - at, "%d|%s|%s\n", (int)row->kind, row->left == NULL ? "" : row->left,
                               row->right == NULL ? "" : row->right);
        assert_true(at < size);
    }
    return text;
}

static void a_receipt_shows_all_that_was_sold_paid_and_earned(void **state)
{
    static const uint8_t hash[32] = { 0xa1, 0xb2, 0xc3, 0xd4, 0xe5 };
    struct small_shop *s = small_shop_open();
    struct sale_rows sale = a_sale(s);
    struct receipt receipt = sale_receipt(&sale, catalogue_shop(s->catalogue, VERSION), zone_utc(), hash, s->arena);
    char text[4096];

    (void)state;
    assert_string_equal(text_of(&receipt, text, sizeof text), "1|Caroline's|\n"
                                                              "2|Mill Lane 1|\n"
                                                              "2|Berlin|\n"
                                                              "5||\n"
                                                              "3|3T-000042|2025-11-22 08:26\n"
                                                              "0|Eaten in|\n"
                                                              "5||\n"
                                                              "3|Cookie|5.00\n"
                                                              "0|  2 x 2.50|\n"
                                                              "3|  for your points|-2.50\n"
                                                              "3|Cheese|3.23\n"
                                                              "0|  0.25 kg x 12.90|\n"
                                                              "3|Cake, voided|0.00\n"
                                                              "5||\n"
                                                              "4|Total EUR|5.73\n"
                                                              "3|VAT 19 % on 4.82|0.91\n"
                                                              "3|Card 8841|1.00\n"
                                                              "3|Cash|5.00\n"
                                                              "3|Change|0.27\n"
                                                              "5||\n"
                                                              "3|Points spent|-100\n"
                                                              "3|Points earned|57\n"
                                                              "3|Your points|77\n"
                                                              "5||\n"
                                                              "2|Come again|\n"
                                                              "6|3T-000042|\n"
                                                              "2|a1b2c3d4|\n");
    small_shop_close(s);
}

static void a_copy_says_so_at_its_head_and_foot_and_nothing_else(void **state)
{
    struct small_shop *s = small_shop_open();
    struct sale_rows sale = a_sale(s);
    const struct shop *shop = catalogue_shop(s->catalogue, VERSION);
    struct receipt original = sale_receipt(&sale, shop, zone_utc(), NULL, s->arena),
                   copy = sale_receipt_copy(&sale, shop, zone_utc(), NULL, 2, false, s->arena);
    size_t marks = 0;

    (void)state;
    assert_int_equal(copy.count, original.count + 2);
    for (size_t i = 0; i < copy.count; i++) {
        const struct receipt_row *row = &copy.rows[i], *same = &original.rows[i - marks];
        if (row->left != NULL && strcmp(row->left, "COPY 2") == 0) {
            assert_int_equal(row->kind, marks == 0 ? RECEIPT_ROW_TITLE : RECEIPT_ROW_CENTRE);
            marks++;
            continue;
        }
        assert_int_equal(row->kind, same->kind);
        assert_string_equal(row->left == NULL ? "" : row->left, same->left == NULL ? "" : same->left);
        assert_string_equal(row->right == NULL ? "" : row->right, same->right == NULL ? "" : same->right);
    }
    assert_int_equal(marks, 2);
    small_shop_close(s);
}

/* What a till printed by itself is booked later; its copy says what the paper says. */
static void a_receipt_made_offline_says_when_it_was_made(void **state)
{
    struct small_shop *s = small_shop_open();
    struct sale_rows sale = a_sale(s);
    const struct shop *shop = catalogue_shop(s->catalogue, VERSION);
    static const struct {
        char series;
        int64_t made_us, told_us;
    } rows[] = { { 'T', 1, 3 }, { 'X', 1, 1 }, { 'X', 0, 3 } }; /* in hours before now; 0: nobody knows */

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        char when[LOCAL_TEXT];

        sale.number.series = rows[i].series;
        sale.at.us = NOW.us + 3 * 60 * MINUTE_US;
        sale.made.us = rows[i].made_us == 0 ? 0 : NOW.us + rows[i].made_us * 60 * MINUTE_US;
        struct receipt receipt = sale_receipt(&sale, shop, zone_utc(), NULL, s->arena);
        local_format(when, zone_local(zone_utc(), (struct instant){ NOW.us + rows[i].told_us * 60 * MINUTE_US }));
        size_t found = 0;
        for (size_t row = 0; row < receipt.count; row++)
            found += receipt.rows[row].right != NULL && strcmp(receipt.rows[row].right, when) == 0;
        assert_int_equal(found, 1);
    }
    small_shop_close(s);
}

static void a_gift_receipt_names_no_sum(void **state)
{
    struct small_shop *s = small_shop_open();
    struct sale_rows sale = a_sale(s);
    struct receipt receipt =
        sale_receipt_copy(&sale, catalogue_shop(s->catalogue, VERSION), zone_utc(), NULL, 1, true, s->arena);
    char text[4096];

    (void)state;
    assert_string_equal(text_of(&receipt, text, sizeof text), "1|Caroline's|\n"
                                                              "2|Mill Lane 1|\n"
                                                              "2|Berlin|\n"
                                                              "5||\n"
                                                              "1|COPY 1|\n"
                                                              "1|GIFT RECEIPT|\n"
                                                              "3|3T-000042|2025-11-22 08:26\n"
                                                              "0|Eaten in|\n"
                                                              "5||\n"
                                                              "3|Cookie|2\n"
                                                              "3|Cheese|0.25 kg\n"
                                                              "5||\n"
                                                              "2|Come again|\n"
                                                              "2|COPY 1|\n"
                                                              "6|3T-000042|\n");
    small_shop_close(s);
}

static void a_refunds_receipt_says_what_it_gives_back(void **state)
{
    struct small_shop *s = small_shop_open();
    struct sale_rows sale = a_sale(s), back;
    char text[4096];

    (void)state;
    small_shop_remember(s, &sale);
    assert_int_equal(refund_decide(
                         &(struct refund_command){
                             .original = sale.number, .device_id = TILL, .series = 'T', .number = 43, .sale_id = 52 },
                         &s->set, NOW, &back),
                     SALE_OK);
    struct receipt receipt = sale_receipt(&back, catalogue_shop(s->catalogue, VERSION), zone_utc(), NULL, s->arena);
    text_of(&receipt, text, sizeof text);
    assert_non_null(strstr(text, "1|REFUND|\n3|3T-000043|2025-11-22 08:26\n3|Refund of|3T-000042\n"));
    assert_non_null(strstr(text, "3|Cookie|-5.00\n0|  -2 x 2.50|\n3|  for your points|2.50\n"));
    assert_non_null(strstr(text, "4|Total EUR|-5.73\n3|VAT 19 % on -4.82|-0.91\n3|Card 8841|-1.00\n3|Cash|-4.73\n"));
    assert_non_null(strstr(text, "3|Points given back|100\n3|Points taken back|-57\n3|Your points|120\n"));
    small_shop_close(s);
}

/* What stands on a line's rows, and below it until the next, is what comes back of it; all of them are the total. */
static void a_part_refunds_amounts_add_up_by_eye(void **state)
{
    struct small_shop *s = small_shop_open();
    static const struct basket_line lines[] = {
        { .product_id = CAKE,
          .quantity_milli = 4000,
          .discount = { .given = true, .value = 200000, .reason = { (const uint8_t *)"day-old", 7 } } },
        { .product_id = ROLL, .quantity_milli = 1000 },
    };
    static const struct tender cash = { .kind = TENDER_CASH, .amount_minor = 5000 };
    struct sale_command command = {
        .aim = SALE_TO_BOOK,
        .basket = { .catalogue_version = VERSION,
                    .lines = lines,
                    .line_count = 2,
                    .discount = { .given = true, .value = 150000, .reason = { (const uint8_t *)"regular", 7 } } },
        .tenders = &cash,
        .tender_count = 1,
        .shown_total_minor = 2486,
        .discount_limit_ppm = DISCOUNT_WHOLE_PPM,
        .device_id = TILL,
        .series = 'T',
        .number = 42,
        .sale_id = 51,
    };
    struct sale_rows sale, back;
    char text[4096];

    (void)state;
    assert_int_equal(sale_decide(&command, &s->set, NOW, &sale), SALE_OK);
    small_shop_remember(s, &sale);
    const struct refund_line of = { .line = 0, .quantity_milli = 3000 };
    assert_int_equal(refund_decide(&(struct refund_command){ .original = sale.number,
                                                             .reason = { (const uint8_t *)"not fresh", 9 },
                                                             .lines = &of,
                                                             .line_count = 1,
                                                             .device_id = TILL,
                                                             .series = 'T',
                                                             .number = 43,
                                                             .sale_id = 52 },
                                   &s->set, NOW, &back),
                     SALE_OK);
    struct receipt receipt = sale_receipt(&back, catalogue_shop(s->catalogue, VERSION), zone_utc(), NULL, s->arena);
    text_of(&receipt, text, sizeof text);
    assert_non_null(strstr(text, "3|Refund of|3T-000042\n0|Reason: not fresh|\n0|Taken away|\n"));
    /* 27.00 less a fifth, and of the rest 15 % less */
    assert_non_null(strstr(text, "3|Cake|-27.00\n0|  -3 x 9.00|\n3|  its share of discounts|8.64\n5||\n"
                                 "4|Total EUR|-18.36\n"));
    assert_non_null(strstr(text, "3|Cash|-18.36\n"));
    small_shop_close(s);
}

static struct discount drawn_discount(void)
{
    return (struct discount){ .given = below(2) == 0,
                              .value = 10000 * (1 + below(60)),
                              .reason = { (const uint8_t *)"old", 3 } };
}

/* One of three lines of it comes back, or a part of that. */
static struct sale_rows drawn_refund(struct small_shop *s)
{
    struct tender cash = { .kind = TENDER_CASH, .amount_minor = 100000 };
    struct basket_line lines[3];
    struct sale_rows sale, back;

    for (size_t i = 0; i < 3; i++)
        lines[i] = (struct basket_line){ .product_id = i == 0   ? COOKIE
                                                       : i == 1 ? CAKE
                                                                : ROLL,
                                         .quantity_milli = 1000 * (1 + below(5)),
                                         .discount = drawn_discount() };
    struct sale_command command = {
        .aim = SALE_TO_PRICE,
        .basket = { .catalogue_version = VERSION, .lines = lines, .line_count = 3, .discount = drawn_discount() },
        .discount_limit_ppm = DISCOUNT_WHOLE_PPM,
        .device_id = TILL,
        .series = 'T',
        .number = 42,
        .sale_id = 51
    };
    assert_int_equal(sale_decide(&command, &s->set, NOW, &sale), SALE_OK);
    command.aim = SALE_TO_BOOK;
    command.shown_total_minor = sale.total_minor;
    command.tenders = &cash;
    command.tender_count = 1;
    assert_int_equal(sale_decide(&command, &s->set, NOW, &sale), SALE_OK);
    small_shop_remember(s, &sale);
    uint32_t line = (uint32_t)below(3);
    const struct refund_line of = { .line = line,
                                    .quantity_milli = 1000 * (1 + below(lines[line].quantity_milli / 1000)) };
    struct refund_command refund = { .original = sale.number,
                                     .lines = &of,
                                     .line_count = 1,
                                     .device_id = TILL,
                                     .series = 'T',
                                     .number = 43,
                                     .sale_id = 52 };
    assert_int_equal(refund_decide(&refund, &s->set, NOW, &back), SALE_OK);
    return back;
}

/* Whatever was taken off a sale and whatever of it comes back: the rows between the head and the total add up to it. */
static void any_refunds_rows_add_up(void **state)
{
    (void)state;
    draw_begin();
    for (int run = 0; run < 200; run++) {
        struct small_shop *s = small_shop_open();
        struct sale_rows back = drawn_refund(s);
        struct receipt paper = sale_receipt(&back, catalogue_shop(s->catalogue, VERSION), zone_utc(), NULL, s->arena);
        int64_t sum = 0, minor = 0;
        size_t at = 0;

        for (size_t rules = 0; rules < 2; at++) /* the head's */
            rules += paper.rows[at].kind == RECEIPT_ROW_RULE;
        for (; paper.rows[at].kind != RECEIPT_ROW_TOTAL; at++, sum += minor, minor = 0)
            if (paper.rows[at].kind == RECEIPT_ROW_PAIR)
                assert_true(minor_parse(paper.rows[at].right, 2, true, &minor));
        assert_true(minor_parse(paper.rows[at].right, 2, true, &minor));
        assert_int_equal(sum, minor);
        assert_int_equal(sum, back.total_minor);
        small_shop_close(s);
    }
}

/* Two notes are one sum, on the sale's paper and on its refund's. */
static void cash_is_one_line_however_many_notes_it_was_counted_in(void **state)
{
    struct small_shop *s = small_shop_open();
    struct sale_rows sale = a_sale(s);
    struct tender_row tenders[] = {
        { .kind = TENDER_CASH, .amount_minor = -200 },
        { .kind = TENDER_CARD, .amount_minor = -100, .reference = { (const uint8_t *)"8841", 4 } },
        { .kind = TENDER_CASH, .amount_minor = -273 }
    };
    char text[4096];

    (void)state;
    sale.tenders = tenders;
    sale.tender_count = 3;
    struct receipt receipt = sale_receipt(&sale, catalogue_shop(s->catalogue, VERSION), zone_utc(), NULL, s->arena);
    text_of(&receipt, text, sizeof text);
    assert_non_null(strstr(text, "3|Cash|-4.73\n3|Card 8841|-1.00\n"));
    assert_null(strstr(strstr(text, "3|Cash|") + 1, "3|Cash|"));
    small_shop_close(s);
}

static void a_receipt_fits_its_rows_whatever_the_shop_writes(void **state)
{
    struct small_shop *s = small_shop_open();
    struct sale_rows sale = a_sale(s);
    struct shop shop = *catalogue_shop(s->catalogue, VERSION);
    char long_text[400] = "", wide[400] = "";

    (void)state;
    for (int i = 0; i < 66; i++)
        strcat(long_text, " / a");
    for (int i = 0; i < 80; i++)
        strcat(wide, "饼");
    shop.address = shop.receipt_head = shop.receipt_foot = long_text;
    shop.name = wide;
    sale.lines[0].name = wide;
    struct receipt receipt = sale_receipt(&sale, &shop, zone_utc(), NULL, s->arena);
    assert_int_equal(strlen(receipt.rows[0].left), 20 * 3);
    assert_true(receipt.count > 190);
    small_shop_close(s);
}

static void the_numbers_of_receipts_are_read_as_people_type_them(void **state)
{
    static const struct {
        const char *text;
        bool good;
        uint32_t till;
        char series;
        int64_t number;
    } cases[] = {
        { "3T-000042", true, 3, 'T', 42 },
        { "3t-42", true, 3, 'T', 42 },
        { "3x-42", true, 3, 'X', 42 },
        { "9999X-1234567", true, 9999, 'X', 1234567 },
        { "", false, 0, 0, 0 },
        { "3", false, 0, 0, 0 },
        { "3T", false, 0, 0, 0 },
        { "3T-", false, 0, 0, 0 },
        { "3T-0", false, 0, 0, 0 },
        { "0T-1", false, 0, 0, 0 },
        { "3U-1", false, 0, 0, 0 },
        { "3T42", true, 3, 'T', 42 },
        { "3t000042", true, 3, 'T', 42 },
        { "3x-42", true, 3, 'X', 42 },
        { "3s-42", true, 3, 'S', 42 },
        { "3S-42", true, 3, 'S', 42 },
        { "3T--42", false, 0, 0, 0 },
        { "3T-42 ", false, 0, 0, 0 },
        { "10000T-1", false, 0, 0, 0 },
        { "3T-99999999999999999999", false, 0, 0, 0 },
        { "-3T-1", false, 0, 0, 0 },
    };
    char text[RECEIPT_NUMBER_TEXT];

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct receipt_number number = { 0 };

        assert_int_equal(receipt_number_parse(bytes_of_text(cases[i].text), &number), cases[i].good);
        if (!cases[i].good)
            continue;
        assert_int_equal(number.till, cases[i].till);
        assert_int_equal(number.series, cases[i].series);
        assert_int_equal(number.number, cases[i].number);
    }
    assert_string_equal(receipt_number_format(text, (struct receipt_number){ 3, 'T', 42 }), "3T-000042");
    assert_string_equal(receipt_number_format(text, (struct receipt_number){ 3, 'X', 12345678 }), "3X-12345678");
}

static void the_bytes_of_a_sale_say_every_row(void **state)
{
    static const uint8_t command_id[16] = { 1, 2, 3 };
    struct small_shop *s = small_shop_open();
    struct sale_rows sale = a_sale(s);
    struct bytes first = sale_bytes(&sale, command_id, s->arena), other;

    (void)state;
    assert_int_equal(first.data[0], 3);
    assert_int_equal(first.data[1], 'T');
    assert_int_equal(get_u64(first.data + 2), TILL);
    assert_int_equal(get_u64(first.data + 10), 42);
    assert_int_equal(get_u64(first.data + 26), 1);
    assert_true(bytes_equal(first, sale_bytes(&sale, command_id, s->arena)));
    /* 192 fixed; lines 3 × 53 and "dropped"; a tax 2 + 5 + 20; tenders 2 × 43 and "8841"; points 3 × 17 */
    assert_int_equal(first.size, 192 + 2 + 3 * 53 + 7 + 1 + 27 + 1 + 2 * 43 + 4 + 2 + 3 * 17 + 2);
    sale.lines[2].void_reason.size--;
    other = sale_bytes(&sale, command_id, s->arena);
    assert_false(bytes_equal(first, other));
    small_shop_close(s);
}

static struct receipt laid_out(struct small_shop *s, const struct sale_rows *sale, const struct shop *shop)
{
    return sale_receipt(sale, shop, zone_utc(), NULL, s->arena);
}

static void a_receipt_says_what_there_is_and_nothing_else(void **state)
{
    struct small_shop *s = small_shop_open();
    struct sale_rows sale = a_sale(s);
    struct shop shop = *catalogue_shop(s->catalogue, VERSION);
    char text[4096];

    (void)state;
    shop.tax_number = "DE 123";
    shop.prices_include_tax = false;
    sale.service = SERVICE_TAKE_AWAY;
    sale.lines[0].flags = 0;             /* a discount that was no reward */
    sale.lines[1].quantity_milli = 1000; /* a whole kilogram is said, too */
    sale.lines[2].unit = 9;              /* of a later version's unit */
    sale.lines[2].quantity_milli = 2000;
    sale.points_gifted = 100;
    sale.points_spent = sale.points_earned = 0;
    struct receipt receipt = laid_out(s, &sale, &shop);
    text_of(&receipt, text, sizeof text);
    assert_non_null(strstr(text, "2|DE 123|\n"));
    assert_non_null(strstr(text, "0|Taken away|\n"));
    assert_non_null(strstr(text, "3|  discount|-2.50\n"));
    assert_non_null(strstr(text, "0|  1 kg x 12.90|\n"));
    assert_non_null(strstr(text, "0|  2 x 9.00|\n"));
    assert_non_null(strstr(text, "3|Subtotal|5.73\n3|VAT19|0.91\n4|Total EUR|"));
    assert_non_null(strstr(text, "3|Points for your birthday|100\n3|Your points|77\n"));
    sale.points_after = -30; /* a refund took back what was spent */
    receipt = laid_out(s, &sale, &shop);
    text_of(&receipt, text, sizeof text);
    assert_non_null(strstr(text, "3|Points you owe|30\n0|What you earn next pays them first.|\n"));
    assert_null(strstr(text, "Your points"));
    sale.points_after = 0; /* none is no debt */
    receipt = laid_out(s, &sale, &shop);
    text_of(&receipt, text, sizeof text);
    assert_non_null(strstr(text, "3|Your points|0\n"));
    assert_null(strstr(text, "you owe"));
    sale.points_to_come = true; /* nobody knows yet what they will be */
    sale.points_after = -30;
    receipt = laid_out(s, &sale, &shop);
    assert_non_null(strstr(text_of(&receipt, text, sizeof text), "3|Your points|to come\n"));
    sale.member_id = 0;
    receipt = laid_out(s, &sale, &shop);
    assert_null(strstr(text_of(&receipt, text, sizeof text), "oints"));
    small_shop_close(s);
}

/* A name of letters under heaps of accents: bytes without columns. */
static void a_receipt_says_what_was_taken_off_and_why(void **state)
{
    struct small_shop *s = small_shop_open();
    struct sale_rows sale = a_sale(s);
    struct discount_row discounts[] = {
        { .line = NO_LINE, .kind = DISCOUNT_OF_RECEIPT, .amount_minor = 100, .reason = bytes_of_text("goodwill") },
        { .line = 0,
          .kind = DISCOUNT_OF_LINE,
          .rate_ppm = 125000,
          .amount_minor = 25,
          .reason = bytes_of_text("a reason far too long for the paper") },
        { .line = 0, .kind = DISCOUNT_OF_RECEIPT, .amount_minor = 60 },
        { .line = NO_LINE,
          .kind = DISCOUNT_OF_PROMOTION,
          .promotion_id = 7,
          .times = 2,
          .amount_minor = 40,
          .reason = bytes_of_text("Three for two, of whatever you like") },
        { .line = 0, .kind = DISCOUNT_OF_PROMOTION, .promotion_id = 7, .amount_minor = 40 },
        { .line = NO_LINE,
          .kind = DISCOUNT_OF_PROMOTION,
          .promotion_id = 8,
          .times = 1,
          .amount_minor = 5,
          .reason = bytes_of_text("Tea time") },
        { .line = 1, .kind = DISCOUNT_OF_PROMOTION, .promotion_id = 8, .amount_minor = 5 },
    };
    char text[4096];

    (void)state;
    sale.discounts = discounts;
    sale.discount_count = 7;
    sale.lines[0].discount_minor = 250 + 25 + 60 + 40; /* the cookies: one was free */
    sale.lines[1].discount_minor = 5;
    sale.rounding_minor = 2;
    struct receipt receipt = laid_out(s, &sale, catalogue_shop(s->catalogue, VERSION));
    text_of(&receipt, text, sizeof text);
    assert_non_null(strstr(text, "3|  for your points|-2.50\n3|  12.5 % off, a reason far too l|-0.25\n"));
    assert_non_null(strstr(text, "3|2 x Three for two, of whatever y|-0.40\n3|Tea time|-0.05\n5||\n"));
    assert_non_null(strstr(text, "5||\n3|Before discount|6.73\n3|off, goodwill|-1.00\n4|Total EUR|5.73\n"));
    assert_non_null(strstr(text, "3|Cash rounding|0.02\n3|Card 8841|1.00\n"));
    small_shop_close(s);
}

/* Below its line, below what the line costs less; cut where the paper ends. */
static void a_note_stands_below_its_line(void **state)
{
    struct small_shop *s = small_shop_open();
    struct sale_rows sale = a_sale(s);
    char text[4096];

    (void)state;
    sale.lines[0].note = bytes_of_text("no nuts");
    sale.lines[1].note = bytes_of_text("in slices, and as thin as the machine can cut them");
    struct receipt receipt = laid_out(s, &sale, catalogue_shop(s->catalogue, VERSION));
    text_of(&receipt, text, sizeof text);
    assert_non_null(strstr(text, "3|  for your points|-2.50\n0|  no nuts|\n3|Cheese|"));
    assert_non_null(strstr(text, "\n0|  in slices, and as thin as the machine |\n"));
    assert_non_null(strstr(text, "3|Cake, voided|0.00\n5||\n"));
    small_shop_close(s);
}

/* What is noted is of lines that are sold: the rule takes it along, and leaves it where the line is taken back. */
static void a_note_goes_with_what_is_sold(void **state)
{
    struct small_shop *s = small_shop_open();
    const struct basket_line lines[] = {
        { .product_id = ROLL, .quantity_milli = 1000, .note = bytes_of_text("cut") },
        { .product_id = ROLL, .quantity_milli = 1000, .note = bytes_of_text("not"), .voided = true },
        { .product_id = ROLL, .quantity_milli = 1000 },
    };
    struct sale_command command = { .aim = SALE_TO_PRICE,
                                    .basket = { .catalogue_version = VERSION, .lines = lines, .line_count = 3 } };
    struct sale_rows sale;

    (void)state;
    assert_int_equal(sale_decide(&command, &s->set, NOW, &sale), SALE_OK);
    assert_true(bytes_equal(sale.lines[0].note, bytes_of_text("cut")));
    assert_int_equal(sale.lines[1].note.size, 0);
    assert_int_equal(sale.lines[2].note.size, 0);
    small_shop_close(s);
}

static void a_name_is_cut_by_its_bytes_as_well(void **state)
{
    struct small_shop *s = small_shop_open();
    struct sale_rows sale = a_sale(s);
    struct shop shop = *catalogue_shop(s->catalogue, VERSION);
    char heaps[400] = "ab", one_heap[400] = "a";

    (void)state;
    for (int i = 0; i < 80; i++) {
        strcat(heaps, "\xcc\x81");
        strcat(one_heap, "\xcc\x81");
    }
    sale.lines[0].name = heaps;
    sale.lines[1].name = one_heap;
    struct receipt receipt = laid_out(s, &sale, &shop);
    assert_string_equal(receipt.rows[7].left, "a");
    assert_string_equal(receipt.rows[10].left, "");
    small_shop_close(s);
}

static void the_bytes_of_a_sale_say_what_is_odd_about_it(void **state)
{
    static const uint8_t command_id[16] = { 1 };
    struct small_shop *s = small_shop_open();
    struct sale_rows sale = a_sale(s);
    struct exception_row odd[] = { { .kind = EXCEPTION_OVERSOLD, .line = 1 },
                                   { .kind = EXCEPTION_OTHER_SHIFT, .line = NO_LINE } };
    size_t plain = sale_bytes(&sale, command_id, s->arena).size;

    (void)state;
    sale.exceptions = odd;
    sale.exception_count = 2;
    struct bytes bytes = sale_bytes(&sale, command_id, s->arena);
    static const uint8_t end[] = { 0, 2, EXCEPTION_OVERSOLD, 0, 1, EXCEPTION_OTHER_SHIFT, 0xff, 0xff, 0, 0 };
    assert_int_equal(bytes.size, plain + 6);
    assert_memory_equal(bytes.data + bytes.size - sizeof end, end, sizeof end);

    struct discount_row discounts[] = {
        { .line = NO_LINE,
          .kind = DISCOUNT_OF_RECEIPT,
          .rate_ppm = 50000,
          .amount_minor = 9,
          .reason = bytes_of_text("old") },
        { .line = 1, .kind = DISCOUNT_OF_RECEIPT, .amount_minor = 9 },
        { .line = NO_LINE,
          .kind = DISCOUNT_OF_PROMOTION,
          .promotion_id = 7,
          .times = 3,
          .amount_minor = 8,
          .reason = bytes_of_text("tea") },
    };
    static const uint8_t more[] = { 0,    3,   0xff, 0xff, 2, 0, 0, 0xc3, 0x50, 0, 0, 0, 0, 0, 0, 0, 9,   0,   3,  'o',
                                    'l',  'd', 0,    1,    2, 0, 0, 0,    0,    0, 0, 0, 0, 0, 0, 0, 9,   0,   0,  0xff,
                                    0xff, 3,   0,    0,    0, 3, 0, 0,    0,    0, 0, 0, 0, 8, 0, 3, 't', 'e', 'a' };
    sale.discounts = discounts;
    sale.discount_count = 3;
    sale.rounding_minor = -2;
    sale.approved_by = 77;
    bytes = sale_bytes(&sale, command_id, s->arena);
    assert_int_equal((int64_t)get_u64(bytes.data + 172), -2);
    assert_int_equal(get_u64(bytes.data + 180), 77);
    assert_memory_equal(bytes.data + bytes.size - sizeof more, more, sizeof more);
    small_shop_close(s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_receipt_shows_all_that_was_sold_paid_and_earned),
        cmocka_unit_test(a_copy_says_so_at_its_head_and_foot_and_nothing_else),
        cmocka_unit_test(a_receipt_made_offline_says_when_it_was_made),
        cmocka_unit_test(a_gift_receipt_names_no_sum),
        cmocka_unit_test(a_refunds_receipt_says_what_it_gives_back),
        cmocka_unit_test(a_part_refunds_amounts_add_up_by_eye),
        cmocka_unit_test(any_refunds_rows_add_up),
        cmocka_unit_test(cash_is_one_line_however_many_notes_it_was_counted_in),
        cmocka_unit_test(a_receipt_fits_its_rows_whatever_the_shop_writes),
        cmocka_unit_test(the_numbers_of_receipts_are_read_as_people_type_them),
        cmocka_unit_test(the_bytes_of_a_sale_say_every_row),
        cmocka_unit_test(a_receipt_says_what_there_is_and_nothing_else),
        cmocka_unit_test(a_receipt_says_what_was_taken_off_and_why),
        cmocka_unit_test(a_note_stands_below_its_line),
        cmocka_unit_test(a_note_goes_with_what_is_sold),
        cmocka_unit_test(a_name_is_cut_by_its_bytes_as_well),
        cmocka_unit_test(the_bytes_of_a_sale_say_what_is_odd_about_it),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
