/* What scanners send to the counter: labels that weigh or cost, codes that were misread, other keyboards' digits; and what is
 * taken once more, or only looked at. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "proto/catalogue.pb-c.h"
#include "scans_world.h"

static int64_t amount_of_last(const struct desk *d)
{
    const struct open_basket *basket = &d->counter.basket;

    return basket->line_count == 0 ? 0 : basket->rows.lines[basket->line_count - 1].total_minor;
}

static void a_label_is_a_line_that_weighs_or_costs_what_it_says(void **state)
{
    static const struct {
        const char *code;
        int64_t product_id, quantity_milli, amount_minor; /* 0: nothing is taken ... */
        const char *sentence;                             /* ... and this is said */
    } rows[] = {
        { "2100118003509", BAKERY_BREAD, 350, 224, NULL },
        { "2199999999995", 0, 0, 0, "no product has the number 99999, which the label 2199999999995 names" },
        { "2100118003508", 0, 0, 0, "nothing has the code 2100118003508, and its check digit does not fit" },
        { "2100118000003", 0, 0, 0, "Rye bread by weight: so much is not sold at once" },
        { "2100112003505", 0, 0, 0, "Croissant is not sold by weight, but its label says 0.35 kg" },
        { "2000118402244", BAKERY_BREAD, 350, 224, NULL },
        { "2000118502241", 0, 0, 0, "nothing has the code 2000118502241, and its check digit does not fit" },
        { "2500118002241", BAKERY_BREAD, 350, 224, NULL },
        { "2500118003460", BAKERY_BREAD, 541, 346, NULL },
        { "2500118000001", 0, 0, 0, "no weight of Rye bread by weight costs the 0.00 on the label" },
        { "2500120002499", CHEESECAKE, 100, 249, NULL },
        { "2500120000037", 0, 0, 0, "no weight of Cheesecake costs the 0.03 on the label: weigh it" },
        { "2500112005859", 1, 3000, 585, NULL },
        { "2500112005002", 0, 0, 0, "no number of Croissant costs the 5.00 on the label" },
        { "04252614", UPC_COOKIES, 1000, 2490, NULL }, /* an UPC-E */
        { "0042100005264", UPC_COOKIES, 1000, 2490, NULL },
        { "73513537", BAKERY_ECLAIR, 1000, 350, NULL },
    };
    struct desk d;

    (void)state;
    open_shop(&d);
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        d.counter.stage.beep = false;
        desk_scan(&d, rows[i].code);
        const struct open_basket *basket = &d.counter.basket;
        if (rows[i].product_id == 0) {
            desk_sees(&d, rows[i].sentence);
            desk_type(&d, K_ENTER); /* it was read */
            desk_sees_not(&d, rows[i].sentence);
            assert_int_equal(basket->line_count, 0);
            continue;
        }
        if (basket->line_count != 1 || basket->lines[0].product_id != rows[i].product_id ||
            basket->lines[0].quantity_milli != rows[i].quantity_milli || amount_of_last(&d) != rows[i].amount_minor)
            fail_msg("%s: %zu lines, %lld costs %lld", rows[i].code, basket->line_count,
                     (long long)basket->lines[0].quantity_milli, (long long)amount_of_last(&d));
        desk_type(&d, K_ESC);
        desk_type(&d, K_DOWN K_F8);
        assert_int_equal(basket->line_count, 0);
    }
    desk_close(&d);
}

static void what_is_refused_beeps(void **state)
{
    struct desk d;

    (void)state;
    open_shop(&d);
    d.counter.stage.beep = false;
    desk_scan(&d, "2100118003509");
    assert_false(d.counter.stage.beep || d.counter.stage.alarm);
    desk_scan(&d, "2100118003508");
    assert_true(d.counter.stage.alarm);
    assert_int_equal(d.counter.basket.line_count, 1);
    desk_close(&d);
}

/* Two labels are two lines: the sum of two amounts, not the amount of a sum. */
static void each_label_is_its_own_line(void **state)
{
    struct desk d;

    (void)state;
    open_shop(&d);
    desk_scan(&d, "2500118003460");
    desk_scan(&d, "2500118003460");
    desk_scan(&d, "2500118003477");
    desk_type(&d, "0,100*118\r");
    assert_int_equal(d.counter.basket.line_count, 4);
    assert_int_equal(d.counter.basket.rows.total_minor, 346 + 346 + 347 + 64);
    desk_type(&d, "3x");
    desk_scan(&d, "2500118003460");
    desk_sees(&d, "a label says itself how much it is");
    desk_type(&d, K_ENTER);
    assert_int_equal(d.counter.basket.line_count, 4);
    desk_scan(&d, "2500120000037");
    desk_golden(&d, "sale-labels");
    desk_close(&d);
}

/* The basket is sold at the prices it was begun with, and a label at its own. */
static void a_label_costs_its_price_in_an_older_basket(void **state)
{
    struct desk d;

    (void)state;
    open_shop(&d);
    desk_type(&d, "112\r");
    struct product bread = *catalogue_product(d.catalogue, catalogue_newest(d.catalogue), BAKERY_BREAD);
    bread.price_minor = 700;
    catalogue_put_product(d.catalogue, 2, &bread);
    catalogue_seal(d.catalogue, 2, link_now(d.link).us);
    desk_scan(&d, "2500118002241");
    assert_int_equal(amount_of_last(&d), 224);
    assert_int_equal(d.counter.basket.lines[1].quantity_milli, 350);
    assert_int_equal(d.counter.basket.catalogue_version, 1);
    desk_type(&d, K_ESC);
    desk_type(&d, K_DOWN K_F8);
    desk_scan(&d, "2500118002241");
    assert_int_equal(amount_of_last(&d), 224);
    assert_int_equal(d.counter.basket.lines[0].quantity_milli, 320);
    desk_close(&d);
}

/* More than 15 minutes after a change the basket is sold at the new prices, its next label too. It is said where the basket has
 * something of which the price has changed. */
static void label_in_old_basket(const char *first, bool said)
{
    struct desk d;

    open_shop(&d);
    desk_type(&d, first);
    struct product bread = *catalogue_product(d.catalogue, catalogue_newest(d.catalogue), BAKERY_BREAD);
    bread.price_minor = 700;
    catalogue_put_product(d.catalogue, 2, &bread);
    catalogue_seal(d.catalogue, 2, link_now(d.link).us - 16 * 60 * INT64_C(1000000));
    desk_scan(&d, "2500118002241");
    (said ? desk_sees : desk_sees_not)(&d, "prices have changed since this basket was begun");
    assert_int_equal(d.counter.basket.catalogue_version, 2);
    assert_int_equal(d.counter.basket.lines[1].quantity_milli, 320);
    assert_int_equal(amount_of_last(&d), 224);
    desk_close(&d);
}

static void a_label_costs_its_price_in_a_basket_too_old(void **state)
{
    (void)state;
    label_in_old_basket("0.5x118\r", true);
    label_in_old_basket("112\r", false);
}

static void a_label_is_goods_wherever_it_is_scanned(void **state)
{
    struct desk d;

    (void)state;
    open_shop(&d);
    desk_type(&d, K_F4);
    desk_scan(&d, "2100118003509");
    assert_ptr_equal(stage_top(&d.counter.stage), &sale_screen);
    assert_int_equal(amount_of_last(&d), 224);
    for (const char *digit = "2100118003509"; *digit != 0; digit++)
        desk_type(&d, (const char[]){ *digit, 0 });
    desk_sees(&d, "Rye bread by weight, by its label");
    desk_type(&d, K_ENTER);
    assert_int_equal(d.counter.basket.rows.total_minor, 2 * 224);
    desk_close(&d);
}

/* Without layouts, and with another check digit, it may still be a member's card: the server is asked. */
static void a_misread_code_is_named_once_nobody_has_it(void **state)
{
    struct desk d;
    Caroline__V1__MemberFound found = CAROLINE__V1__MEMBER_FOUND__INIT;

    (void)state;
    open_shop(&d);
    desk_scan(&d, "4006381333932");
    scripted_answer(d.link, OP(MEMBER_FIND), &found.base);
    desk_sees(&d, "nothing has the code 4006381333932, and its check digit does not fit: scan it");
    desk_type(&d, K_ENTER);
    desk_scan(&d, "MEMBER-000017");
    scripted_answer(d.link, OP(MEMBER_FIND), &found.base);
    desk_sees(&d, "no product and no member's card has the code MEMBER-000017");
    desk_type(&d, K_ENTER);
    scripted_state(d.link, LINK_OFFLINE, "no connection");
    desk_scan(&d, "4006381333932");
    desk_sees(&d, "nothing has the code 4006381333932, and its check digit does not fit: scan it");
    assert_int_equal(d.counter.basket.line_count, 0);
    desk_close(&d);
}

/* Byte by byte, as a slow line tears them: characters of two bytes are in two reads. */
static void a_scanner_of_another_keyboard_is_understood(void **state)
{
    struct desk d;

    (void)state;
    open_shop(&d);
    desk_type(&d, "2x");
    desk_scan(&d, "'àà-\"_&\"\"\"ç\"&"); /* 4006381333931 as AZERTY */
    assert_int_equal(d.counter.basket.lines[0].quantity_milli, 2000);
    desk_scan(&d, "$))^#*!###(#!"); /* and with Shift locked */
    assert_int_equal(d.counter.basket.lines[0].quantity_milli, 3000);
    desk_scan(&d, "é&àà&&_àà\"(àç"); /* a label */
    assert_int_equal(amount_of_last(&d), 224);
    assert_true(field_is_empty(&d.counter.sale.entry));
    desk_type(&d, K_F4);
    desk_scan(&d, "'àà-\"_&\"\"\"ç\"&"); /* past another screen's field */
    assert_ptr_equal(stage_top(&d.counter.stage), &sale_screen);
    assert_int_equal(d.counter.basket.line_count, 3);
    desk_close(&d);
}

static void what_a_person_types_is_no_digit_row(void **state)
{
    static const char *const keys[] = { "'", "à", "à", "-", "\"", "_", "&", "\"", "\"", "\"", "ç", "\"", "&" };
    struct desk d;

    (void)state;
    open_shop(&d);
    for (size_t i = 0; i < sizeof keys / sizeof keys[0]; i++)
        desk_type(&d, keys[i]);
    assert_string_equal(d.counter.sale.entry.text, "'àà-\"_&\"\"\"ç\"&");
    desk_type(&d, K_ENTER);
    desk_sees(&d, "no product is called that");
    assert_int_equal(d.counter.basket.line_count, 0);
    desk_close(&d);
}

static void what_was_taken_last_is_taken_once_more(void **state)
{
    struct desk d;

    (void)state;
    open_shop(&d);
    desk_type(&d, K_INS);
    desk_sees(&d, "nothing was taken yet that could be taken once more");
    desk_type(&d, "3x112\r");
    desk_type(&d, K_INS);
    assert_int_equal(d.counter.basket.lines[0].quantity_milli, 6000);
    desk_type(&d, "2x");
    desk_type(&d, K_INS); /* so many of it */
    assert_int_equal(d.counter.basket.lines[0].quantity_milli, 8000);
    assert_true(field_is_empty(&d.counter.sale.entry));
    desk_type(&d, K_INS);
    assert_int_equal(d.counter.basket.lines[0].quantity_milli, 10000);
    desk_scan(&d, "2500118003460");
    desk_type(&d, K_INS);
    assert_int_equal(d.counter.basket.line_count, 3); /* a weighing is a line */
    assert_int_equal(amount_of_last(&d), 346);
    desk_type(&d, K_UP); /* whatever is selected */
    desk_type(&d, "cr");
    desk_type(&d, K_INS);
    assert_int_equal(d.counter.basket.line_count, 4);
    assert_string_equal(d.counter.sale.entry.text, "cr");
    desk_restart(&d);
    desk_sign_in(&d);
    desk_type(&d, K_INS);
    assert_int_equal(d.counter.basket.line_count, 5);
    assert_int_equal(amount_of_last(&d), 346);
    desk_type(&d, K_ESC);
    desk_type(&d, K_DOWN K_F8);
    desk_type(&d, K_INS);
    assert_int_equal(d.counter.basket.line_count, 0); /* the next customer */
    desk_close(&d);
}

static void answer_stock(struct desk *d, uint64_t id, int64_t on_hand_milli)
{
    Caroline__V1__StockShown shown = CAROLINE__V1__STOCK_SHOWN__INIT;
    Caroline__V1__StockMove move = CAROLINE__V1__STOCK_MOVE__INIT, *moves[] = { &move };

    move.has_product_id = move.has_quantity_milli = true;
    move.product_id = id;
    move.quantity_milli = on_hand_milli;
    shown.n_on_hand = 1;
    shown.on_hand = moves;
    scripted_answer(d->link, OP(STOCK_SHOW), &shown.base);
}

static void a_price_is_looked_up_and_nothing_is_sold(void **state)
{
    struct desk d;

    (void)state;
    open_shop(&d);
    struct product eclair = *catalogue_product(d.catalogue, catalogue_newest(d.catalogue), BAKERY_ECLAIR);
    eclair.stock_policy = STOCK_BLOCK;
    catalogue_put_product(d.catalogue, 1, &eclair);
    desk_type(&d, "112\r");
    desk_type(&d, K_F12);
    desk_type(&d, "0");
    assert_ptr_equal(stage_top(&d.counter.stage), &price_screen);
    desk_type(&d, K_ENTER);
    desk_sees(&d, "scan what is asked for, or type its number");
    desk_scan(&d, "73513537");
    desk_sees(&d, "the server is asked");
    const Caroline__V1__StockShow *asked = (const Caroline__V1__StockShow *)scripted_request(
        d.link, OP(STOCK_SHOW), &caroline__v1__stock_show__descriptor);
    assert_int_equal(asked->n_product_ids, 1);
    assert_int_equal(asked->product_ids[0], BAKERY_ECLAIR);
    answer_stock(&d, BAKERY_ECLAIR, 12000);
    desk_golden(&d, "price");
    desk_sees(&d, "EUR 3.50 each");
    desk_type(&d, "118");
    desk_type(&d, K_ENTER);
    desk_sees(&d, "EUR 6.40 a kilogram");
    desk_sees(&d, "is not counted");
    assert_false(scripted_asked(d.link, OP(STOCK_SHOW)));
    desk_type(&d, "117\r");
    desk_sees(&d, "sold out");
    desk_scan(&d, "4006381333932");
    desk_sees(&d, "its check digit does not fit");
    desk_sees_not(&d, "Lemon Tart"); /* what stands there answers the last question */
    assert_false(scripted_asked(d.link, OP(MEMBER_FIND)));
    assert_int_equal(d.counter.basket.line_count, 1);
    desk_type(&d, K_ESC);
    assert_ptr_equal(stage_top(&d.counter.stage), &sale_screen);
    desk_scan(&d, "73513537"); /* and here it is sold again */
    assert_int_equal(d.counter.basket.line_count, 2);
    desk_close(&d);
}

/* One key takes it off all tills, and the same one brings it back. */
static void a_product_is_sold_out_by_one_key(void **state)
{
    struct desk d;
    Caroline__V1__ProductPutDone done = CAROLINE__V1__PRODUCT_PUT_DONE__INIT;

    (void)state;
    open_shop(&d);
    struct product eclair = *catalogue_product(d.catalogue, catalogue_newest(d.catalogue), BAKERY_ECLAIR);
    desk_type(&d, "113"); /* typed, and not taken: it is what is asked about */
    desk_type(&d, K_F12);
    desk_type(&d, "0");
    desk_sees(&d, "EUR 3.50 each");
    desk_sees(&d, "F6 Sold out");
    desk_type(&d, K_F2); /* Pay elsewhere: here it takes nothing off the shelf */
    assert_false(scripted_asked(d.link, OP(PRODUCT_SOLD_OUT)));
    desk_type(&d, K_F6);
    const Caroline__V1__ProductSoldOut *asked = (const Caroline__V1__ProductSoldOut *)scripted_request(
        d.link, OP(PRODUCT_SOLD_OUT), &caroline__v1__product_sold_out__descriptor);
    assert_int_equal(asked->product_id, BAKERY_ECLAIR);
    assert_true(asked->sold_out);
    desk_sees_not(&d, "F6 Sold out"); /* not twice */
    eclair.sold_out = true;
    catalogue_put_product(d.catalogue, 2, &eclair);
    catalogue_seal(d.catalogue, 2, link_now(d.link).us);
    scripted_answer(d.link, OP(PRODUCT_SOLD_OUT), &done.base);
    desk_sees(&d, "all tills of the shop know it");
    desk_golden(&d, "price-sold-out");
    desk_type(&d, K_F6);
    asked = (const Caroline__V1__ProductSoldOut *)scripted_request(d.link, OP(PRODUCT_SOLD_OUT),
                                                                   &caroline__v1__product_sold_out__descriptor);
    assert_false(asked->sold_out);
    scripted_refuse(d.link, OP(PRODUCT_SOLD_OUT), CAROLINE__V1__ERROR_CODE__UNKNOWN_PRODUCT, "no product of that id",
                    NULL, NULL);
    desk_sees(&d, "no product of that id");
    scripted_forbids(d.link, "sold_out");
    desk_sees_not(&d, "On sale again");
    desk_type(&d, K_F6);
    assert_false(scripted_asked(d.link, OP(PRODUCT_SOLD_OUT)));
    desk_close(&d);
}

/* Answers that come late are of another question, and without a connection the price is known all the same. */
static void stock_is_of_what_is_shown(void **state)
{
    struct desk d;

    (void)state;
    open_shop(&d);
    for (int64_t id = 1; id <= BAKERY_ECLAIR; id++) {
        struct product product = *catalogue_product(d.catalogue, catalogue_newest(d.catalogue), id);
        product.stock_policy = STOCK_WARN;
        catalogue_put_product(d.catalogue, 1, &product);
    }
    desk_type(&d, K_F12);
    desk_type(&d, "0");
    desk_scan(&d, "73513537");
    desk_scan(&d, "4006381333931");
    answer_stock(&d, BAKERY_ECLAIR, 12000);
    desk_sees(&d, "Croissant");
    desk_sees(&d, "the server is asked");
    answer_stock(&d, 1, -2000);
    desk_sees(&d, "-2");
    desk_scan(&d, "4006381333931");
    scripted_fail(d.link, OP(STOCK_SHOW), "no answer came");
    desk_sees(&d, "not known: only the server knows it");
    scripted_state(d.link, LINK_OFFLINE, "no connection");
    desk_scan(&d, "73513537");
    desk_sees(&d, "EUR 3.50 each");
    desk_sees(&d, "not known: only the server knows it");
    assert_false(scripted_asked(d.link, OP(STOCK_SHOW)));
    desk_close(&d);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_label_is_a_line_that_weighs_or_costs_what_it_says),
        cmocka_unit_test(what_is_refused_beeps),
        cmocka_unit_test(each_label_is_its_own_line),
        cmocka_unit_test(a_label_costs_its_price_in_an_older_basket),
        cmocka_unit_test(a_label_costs_its_price_in_a_basket_too_old),
        cmocka_unit_test(a_label_is_goods_wherever_it_is_scanned),
        cmocka_unit_test(a_misread_code_is_named_once_nobody_has_it),
        cmocka_unit_test(a_scanner_of_another_keyboard_is_understood),
        cmocka_unit_test(what_a_person_types_is_no_digit_row),
        cmocka_unit_test(what_was_taken_last_is_taken_once_more),
        cmocka_unit_test(a_price_is_looked_up_and_nothing_is_sold),
        cmocka_unit_test(a_product_is_sold_out_by_one_key),
        cmocka_unit_test(stock_is_of_what_is_shown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
