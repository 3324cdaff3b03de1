/* Of a sale that a till made by itself and a shop has booked: its catalogue, its points, its entry, the next one. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "common/rules/sale_bytes.h"
#include "common/rules/sale_receipt.h"
#include "offline_pair.h"

static const struct row cookie = {
    "a cookie", { BUY(COOKIE, 1) }, { CASH(250) }, NULL, SALE_OK, 250, { { 0 } }, ANNA, 25, NULL, SALE_OK, 0, 0, 0
};

static void a_catalogue_of_long_ago_is_asked_where_there_is_one(void **state)
{
    struct pair *p = pair_open();

    (void)state;
    assert_int_equal(sell(p, &cookie), SALE_OK);
    record(p, &cookie);
    cookies_are_dearer(p);
    catalogue_forget(p->shop->catalogue, NOW.us);
    assert_int_equal(catalogue_version_usable(p->shop->catalogue, VERSION, INT64_MIN), VERSION_OLD);
    assert_int_equal(sale_offline_decide(&p->command, &p->shop->set, p->till->catalogue, NOW, &p->booked), SALE_OK);
    assert_int_equal(p->booked.exception_count, 1);
    assert_int_equal(p->booked.exceptions[0].kind, EXCEPTION_PRICE_CHANGED);
    assert_int_equal(p->booked.catalogue_version, VERSION);
    pair_close(p);
}

static void points_come_when_it_is_booked_and_the_paper_says_so(void **state)
{
    static const uint8_t hash[32] = { 0xde, 0xad };
    struct pair *p = pair_open();
    const struct shop *shop = catalogue_shop(p->till->catalogue, VERSION);
    bool to_come = false, anchor = false;

    (void)state;
    assert_int_equal(sell(p, &cookie), SALE_OK);
    assert_true(p->sold.points_to_come);
    struct receipt paper = sale_receipt(&p->sold, shop, zone_utc(), hash, p->till->arena);
    for (size_t i = 0; i < paper.count; i++) {
        const struct receipt_row *row = &paper.rows[i];

        to_come = to_come || (row->right != NULL && strcmp(row->right, "to come") == 0);
        anchor = anchor || (row->left != NULL && strcmp(row->left, "dead0000") == 0);
    }
    assert_true(to_come && anchor);
    record(p, &cookie);
    assert_int_equal(sale_offline_decide(&p->command, &p->shop->set, p->shop->catalogue, NOW, &p->booked), SALE_OK);
    assert_false(p->booked.points_to_come);
    assert_int_equal(p->booked.points_after, 120 + 25); /* 30 of the 150 have expired */
    assert_int_equal(p->shop->members[0].points, 150 + 25);
    pair_close(p);
}

static void its_entry_has_the_layout_of_its_strand(void **state)
{
    static const uint8_t command_id[16] = { 1 };
    struct pair *p = pair_open();

    (void)state;
    assert_int_equal(sell(p, &cookie), SALE_OK);
    record(p, &cookie);
    cookies_are_dearer(p);
    assert_int_equal(sale_offline_decide(&p->command, &p->shop->set, p->shop->catalogue, NOW, &p->booked), SALE_OK);
    struct bytes bytes = sale_bytes(&p->booked, command_id, p->shop->arena);
    assert_int_equal(bytes.data[0], 3);
    assert_int_equal(bytes.data[1], 'X');
    assert_int_equal(get_u64(bytes.data + 188), OTTO);
    assert_memory_equal(bytes.data + 196, p->command.record, 32);
    /* The one exception stands before the count of discounts, none. */
    const uint8_t *exception = bytes.data + bytes.size - 2 - 19;
    assert_int_equal(exception[0], EXCEPTION_PRICE_CHANGED);
    assert_int_equal(get_u64(exception + 3), 250);
    assert_int_equal(get_u64(exception + 11), 275);
    pair_close(p);
}

static void two_in_a_row_see_each_other(void **state)
{
    struct pair *p = pair_open();

    (void)state;
    assert_int_equal(sell(p, &cookie), SALE_OK);
    record(p, &cookie);
    p->shop->stock[COOKIE - 1].on_hand_milli = 1000;
    assert_int_equal(sale_offline_decide(&p->command, &p->shop->set, p->shop->catalogue, NOW, &p->booked), SALE_OK);
    assert_int_equal(p->booked.exception_count, 0);
    p->command.sale.number = p->command.next_number = 8;
    assert_int_equal(sale_offline_decide(&p->command, &p->shop->set, p->shop->catalogue, NOW, &p->booked), SALE_OK);
    assert_int_equal(p->booked.exception_count, 1);
    assert_int_equal(p->booked.exceptions[0].kind, EXCEPTION_OVERSOLD);
    assert_int_equal(p->shop->stock[COOKIE - 1].on_hand_milli, -1000);
    assert_int_equal(p->shop->drawers[0].sale_count, 2);
    pair_close(p);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_catalogue_of_long_ago_is_asked_where_there_is_one),
        cmocka_unit_test(points_come_when_it_is_booked_and_the_paper_says_so),
        cmocka_unit_test(its_entry_has_the_layout_of_its_strand),
        cmocka_unit_test(two_in_a_row_see_each_other),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
