/* What is chosen for a line at the counter: asked in place, changed by a key, never in the way of a scan, and a keyed price. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <string.h>
#include <cmocka.h>

#include "desk.h"

#define OP(name) CAROLINE__V1__OP__OP_##name
#define K_END    "\033[F"
enum { LATTE = 61, GIFT, TEA };
enum { CUP = 81, MILK, SPICES };

/* A latte in a cup, with milk and spices; a tea with spices alone; a gift at any price. */
static void open_shop(struct desk *d)
{
    static const struct modifier_option cups[] = {
        { "Small", -30, 1, true }, { "Medium", 0, 2, true }, { "Bucket", 200, 3, false }, { "Large", 50, 4, true }
    };
    static const struct modifier_option milks[] = { { "Oat milk", 40, 1, true }, { "Soy milk", 40, 2, true } };
    static const struct modifier_option spices[] = { { "Cinnamon", 0, 1, true },
                                                     { "Cocoa", 10, 2, true },
                                                     { "Nutmeg", 15, 3, true } };
    static const int64_t of_latte[] = { CUP, MILK, SPICES }, of_tea[] = { SPICES };
    struct product latte = { .id = LATTE,
                             .name = "Latte macchiato",
                             .sku = "",
                             .allergen_note = "",
                             .price_minor = 340,
                             .plu = 130,
                             .tax_class_id = 1,
                             .active = true,
                             .modifier_ids = of_latte,
                             .modifier_count = 3 };
    struct product gift = latte, tea = latte;

    desk_open(d);
    uint64_t version = catalogue_newest(d->catalogue);
    catalogue_put_modifier(d->catalogue, version,
                           &(struct modifier){ CUP, "Cup", cups, 4, .choose_min = 1, .choose_max = 1, .active = true });
    catalogue_put_modifier(d->catalogue, version,
                           &(struct modifier){ MILK, "Milk", milks, 2, .choose_max = 1, .active = true });
    catalogue_put_modifier(d->catalogue, version,
                           &(struct modifier){ SPICES, "Spices", spices, 3, .choose_max = 2, .active = true });
    catalogue_put_product(d->catalogue, version, &latte);
    tea.id = TEA;
    tea.name = "Tea";
    tea.plu = 131;
    tea.modifier_ids = of_tea;
    tea.modifier_count = 1;
    catalogue_put_product(d->catalogue, version, &tea);
    gift.id = GIFT;
    gift.name = "Gift voucher, own price";
    gift.plu = 132;
    gift.modifier_count = 0;
    gift.open_price = true;
    gift.open_min_minor = 100;
    gift.open_max_minor = 5000;
    catalogue_put_product(d->catalogue, version, &gift);
    desk_sign_in(d);
}

static bool has(const struct desk *d, size_t line, int64_t modifier_id, uint32_t option)
{
    const struct open_choice *choice = &d->counter.basket.lines[line].choice;

    for (size_t i = 0; i < choice->option_count; i++)
        if (choice->options[i].modifier_id == modifier_id && choice->options[i].option == option)
            return true;
    return false;
}

static void a_variant_is_asked_for_in_place(void **state)
{
    struct desk d;

    (void)state;
    open_shop(&d);
    desk_type(&d, "112\r");
    desk_type(&d, "2x130\r");
    assert_ptr_equal(stage_top(&d.counter.stage), &choice_screen);
    desk_golden(&d, "choice");
    desk_type(&d, K_ENTER);
    desk_sees(&d, "Cup: choose one");
    desk_type(&d, "1");
    desk_type(&d, "3"); /* the last one is it: the third that is offered is of number 4 */
    desk_sees(&d, "[x] Large");
    desk_sees_not(&d, "Bucket");
    desk_type(&d, K_ENTER);
    assert_ptr_equal(stage_top(&d.counter.stage), &sale_screen); /* milk need not be asked for */
    assert_int_equal(d.counter.basket.line_count, 2);
    assert_true(has(&d, 1, CUP, 4));
    assert_int_equal(d.counter.basket.rows.lines[1].unit_price_minor, 390);
    assert_int_equal(d.counter.basket.rows.total_minor, 195 + 780);
    desk_type(&d, "130\r"); /* another is a line of its own */
    desk_type(&d, K_DOWN);
    desk_type(&d, K_ENTER); /* the arrows choose: small */
    assert_int_equal(d.counter.basket.line_count, 3);
    assert_true(has(&d, 2, CUP, 1));
    assert_int_equal(d.counter.basket.rows.lines[2].total_minor, 310);
    desk_close(&d);
}

static void options_are_changed_by_a_key_and_stand_below_the_line(void **state)
{
    struct desk d;

    (void)state;
    open_shop(&d);
    desk_type(&d, "130\r");
    desk_type(&d, "2\r");
    desk_type(&d, K_END);
    desk_sees(&d, "[x] Medium");
    desk_type(&d, "3\r"); /* large instead */
    desk_sees(&d, "Milk: choose up to 1");
    desk_type(&d, "1\r");
    desk_sees(&d, "Spices: choose up to 2");
    desk_type(&d, "12");
    desk_type(&d, "3");
    desk_type(&d, K_ENTER);
    desk_sees(&d, "Spices: choose 2 at most");
    desk_type(&d, "1"); /* again: not */
    desk_golden(&d, "choice-many");
    desk_type(&d, K_ENTER);
    assert_int_equal(d.counter.basket.lines[0].choice.option_count, 4);
    assert_true(has(&d, 0, CUP, 4) && has(&d, 0, MILK, 1) && has(&d, 0, SPICES, 2) && has(&d, 0, SPICES, 3));
    desk_type(&d, "115\r");
    desk_golden(&d, "sale-options");
    assert_int_equal(d.counter.basket.rows.lines[0].total_minor, 340 + 50 + 40 + 10 + 15);
    desk_type(&d, K_UP);
    desk_type(&d, K_END K_ENTER); /* all as it is ... */
    desk_type(&d, "0\r");         /* ... but for the milk */
    desk_type(&d, K_ESC);         /* called off: it stays */
    assert_int_equal(d.counter.basket.lines[0].choice.option_count, 4);
    desk_type(&d, K_END K_ENTER);
    desk_type(&d, "0\r");
    desk_type(&d, K_DOWN K_INS K_ENTER); /* not cocoa */
    assert_int_equal(d.counter.basket.lines[0].choice.option_count, 2);
    assert_true(has(&d, 0, CUP, 4) && has(&d, 0, SPICES, 3));
    desk_type(&d, K_DOWN);
    desk_type(&d, K_END);
    desk_sees(&d, "Almond Cookie: there is nothing to choose");
    desk_close(&d);
}

/* A scanner's first digit is a digit as any other, until it proves to be a scan's. */
static void a_scan_is_for_the_basket(void **state)
{
    struct desk d;

    (void)state;
    open_shop(&d);
    desk_type(&d, "130\r");
    desk_scan(&d, "4006381333931");
    assert_ptr_equal(stage_top(&d.counter.stage), &sale_screen);
    assert_int_equal(d.counter.basket.line_count, 2);
    assert_int_equal(d.counter.basket.lines[0].choice.option_count, 0);
    assert_int_equal(d.counter.basket.lines[1].product_id, 1);
    desk_sees(&d, "Line 1: to be chosen first (F2)");
    desk_type(&d, K_F2); /* it is asked again before it is paid */
    assert_ptr_equal(stage_top(&d.counter.stage), &choice_screen);
    desk_type(&d, "1");
    desk_scan(&d, "73513537"); /* what was typed before the scan is no choice either */
    assert_int_equal(d.counter.basket.line_count, 3);
    assert_int_equal(d.counter.basket.lines[0].choice.option_count, 0);
    desk_type(&d, K_F2);
    desk_type(&d, "1\r");
    desk_type(&d, K_ENTER K_ENTER); /* neither milk nor spices */
    desk_type(&d, K_F2);
    assert_ptr_equal(stage_top(&d.counter.stage), &pay_screen);
    const Caroline__V1__SaleQuote *quote =
        (const void *)scripted_request(d.link, OP(SALE_QUOTE), &caroline__v1__sale_quote__descriptor);
    assert_int_equal(quote->basket->lines[0]->n_options, 1);
    assert_int_equal(quote->basket->lines[0]->options[0]->modifier_id, CUP);
    assert_int_equal(quote->basket->lines[0]->options[0]->option, 1);
    assert_int_equal(quote->basket->lines[1]->n_options, 0);
    desk_close(&d);
}

static void what_came_in_for_it_goes_out_again(void **state)
{
    struct desk d;

    (void)state;
    open_shop(&d);
    desk_type(&d, "112\r");
    desk_type(&d, "130\r");
    desk_type(&d, K_ESC);
    assert_int_equal(d.counter.basket.line_count, 1);
    assert_int_equal(d.counter.basket.verdict, SALE_OK);
    desk_type(&d, "131\r"); /* nothing has to be asked */
    assert_ptr_equal(stage_top(&d.counter.stage), &sale_screen);
    assert_int_equal(d.counter.basket.line_count, 2);
    desk_close(&d);
}

static void an_open_price_is_keyed_in_place(void **state)
{
    struct desk d;

    (void)state;
    open_shop(&d);
    desk_type(&d, "132\r");
    desk_golden(&d, "choice-price");
    desk_type(&d, "0.99\r");
    desk_sees(&d, "its price is from 1.00 to 50.00");
    for (int i = 0; i < 4; i++)
        desk_type(&d, "\177");
    desk_scan(&d, "73513537"); /* a scan is no price */
    assert_int_equal(d.counter.basket.line_count, 2);
    assert_false(d.counter.basket.lines[0].choice.keyed);
    desk_sees(&d, "Line 1: to be chosen first (F2)");
    desk_type(&d, K_F2);
    desk_type(&d, "12.50\r");
    assert_true(d.counter.basket.lines[0].choice.keyed);
    assert_int_equal(d.counter.basket.rows.lines[0].total_minor, 1250);
    desk_type(&d, K_UP);
    desk_type(&d, K_END);
    desk_sees(&d, "12.50");
    desk_type(&d, K_ESC);
    assert_int_equal(d.counter.basket.rows.lines[0].total_minor, 1250);
    desk_close(&d);
}

static void all_of_it_is_there_after_a_power_cut(void **state)
{
    struct desk d;

    (void)state;
    open_shop(&d);
    desk_type(&d, "130\r");
    desk_type(&d, "3\r");
    desk_type(&d, "132\r");
    desk_type(&d, "20\r");
    desk_restart(&d);
    desk_sign_in(&d);
    assert_int_equal(d.counter.basket.line_count, 2);
    assert_true(has(&d, 0, CUP, 4));
    assert_true(d.counter.basket.lines[1].choice.keyed);
    assert_int_equal(d.counter.basket.lines[1].choice.keyed_minor, 2000);
    assert_int_equal(d.counter.basket.rows.total_minor, 390 + 2000);
    desk_close(&d);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_variant_is_asked_for_in_place),
        cmocka_unit_test(options_are_changed_by_a_key_and_stand_below_the_line),
        cmocka_unit_test(a_scan_is_for_the_basket),
        cmocka_unit_test(what_came_in_for_it_goes_out_again),
        cmocka_unit_test(an_open_price_is_keyed_in_place),
        cmocka_unit_test(all_of_it_is_there_after_a_power_cut),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
