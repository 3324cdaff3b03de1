/* Deposits and charges in the books: given back on receipts, booked as printed, printed, written down; and drawn baskets. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "common/print/text.h"
#include "common/rules/deposit.h"
#include "common/rules/sale_bytes.h"
#include "common/rules/sale_offline.h"
#include "common/rules/sale_receipt.h"
#include "bottle_shop.h"

struct back {
    const char *name;
    struct refund_line lines[3];
    size_t count;
    enum sale_verdict verdict;
    int64_t total_minor, cash_minor;
    int64_t quantities[4]; /* of the sale's lines, what comes back */
};

/* A tart, four bottles back, two lemonades; then the plate (3) and the bottles (4) that went with them. 20.00 - 1.00 + 3.00 + 5.00 +
 * 0.50 = 27.50. */
static const struct back backs[] = {
    { "all of it, but for what was taken back", { { 0, 0 } }, 0, SALE_OK, -2850, -2850, { 1, 2, 1, 2 } },
    { "one lemonade, with its bottle", { { 2, 1000 } }, 1, SALE_OK, -175, -175, { 0, 1, 0, 1 } },
    { "both", { { 2, 2000 } }, 1, SALE_OK, -350, -350, { 0, 2, 0, 2 } },
    { "a bottle alone", { { 4, 1000 } }, 1, SALE_OK, -25, -25, { 0, 0, 0, 1 } },
    { "two lemonades and one bottle: as said", { { 2, 2000 }, { 4, 1000 } }, 2, SALE_OK, -325, -325, { 0, 2, 0, 1 } },
    { "the plate", { { 3, 1000 } }, 1, SALE_OK, -500, -500, { 0, 0, 1, 0 } },
    { "more bottles than went with them", { { 4, 3000 } }, 1, SALE_REFUND_TOO_MUCH, 0, 0, { 0 } },
    { "what was taken back", { { 1, 1000 } }, 1, SALE_DEPOSIT_NOT_REFUNDED, 0, 0, { 0 } },
};

static const struct basket_line party[] = { BUY(TART, 1), BUY(BOTTLE, -4), BUY(LEMONADE, 2) };

static struct refund_command refund_of(const struct sale_rows *sale, const struct refund_line *lines, size_t count)
{
    return (struct refund_command){ .original = sale->number,
                                    .lines = lines,
                                    .line_count = count,
                                    .reason = bytes_of_text("why"),
                                    .device_id = TILL,
                                    .staff_id = 41,
                                    .series = 'T',
                                    .number = 8,
                                    .sale_id = 101 };
}

static int64_t back_of(const struct sale_rows *refund, int line)
{
    for (size_t i = 0; i < refund->line_count; i++)
        if (refund->lines[i].refund_line == line)
            return -refund->lines[i].quantity_milli / 1000;
    return 0;
}

static void goods_that_come_back_bring_their_deposit(void **state)
{
    static const int lines[4] = { 0, 2, 3, 4 };

    (void)state;
    for (size_t i = 0; i < sizeof backs / sizeof *backs; i++) {
        struct bottle_shop b = open_shop();
        struct sale_command command = command_of(party, 3);
        struct sale_rows sale, refund;

        assert_int_equal(ring_up(b.s, &command, &sale), SALE_OK);
        assert_int_equal(sale.total_minor, 2750);
        small_shop_remember(b.s, &sale);
        b.s->set.originals = &b.s->original;
        b.s->set.original_count = 1;
        struct refund_command back = refund_of(&sale, backs[i].lines, backs[i].count);
        enum sale_verdict verdict = refund_decide(&back, &b.s->set, NOW, &refund);
        if (verdict != backs[i].verdict)
            fail_msg("%s: verdict %d: %s", backs[i].name, verdict, refund.sentence);
        for (size_t k = 0; verdict == SALE_OK && k < 4; k++)
            if (back_of(&refund, lines[k]) != backs[i].quantities[k])
                fail_msg("%s: %lld of line %d", backs[i].name, (long long)back_of(&refund, lines[k]), lines[k]);
        if (verdict == SALE_OK &&
            (refund.total_minor != backs[i].total_minor || refund.cash_minor != backs[i].cash_minor))
            fail_msg("%s: %lld, %lld in cash", backs[i].name, (long long)refund.total_minor,
                     (long long)refund.cash_minor);
        small_shop_close(b.s);
    }
}

#define STAY "Empties that came with the sale stay: they had paid a part of it."

/* Why more comes back than was paid. */
static bool says_that_empties_stay(struct small_shop *s, const struct sale_rows *sale)
{
    struct receipt paper = sale_receipt(sale, catalogue_shop(s->catalogue, VERSION), zone_utc(), NULL, s->arena);

    for (size_t i = 0; i < paper.count; i++)
        if (paper.rows[i].left != NULL && strcmp(paper.rows[i].left, STAY) == 0)
            return true;
    return false;
}

static void in_parts_they_are_the_whole_and_no_more(void **state)
{
    static const struct refund_line bottle = { 4, 1000 }, lemonade = { 2, 1000 };
    struct bottle_shop b = open_shop();
    struct sale_command command = command_of(party, 3);
    struct sale_rows sale, first, second, third;

    (void)state;
    command.basket.member_id = BERND;
    assert_int_equal(ring_up(b.s, &command, &sale), SALE_OK);
    assert_int_equal(sale.points_earned, 230); /* of 23.00 */
    small_shop_remember(b.s, &sale);
    b.s->set.originals = &b.s->original;
    b.s->set.original_count = 1;
    struct refund_command back = refund_of(&sale, &bottle, 1);
    assert_int_equal(refund_decide(&back, &b.s->set, NOW, &first), SALE_OK);
    assert_int_equal(first.points_earned, 0); /* deposits earned nothing */
    assert_int_equal(first.deposits[0].goods_line, NO_LINE);
    back = refund_of(&sale, &lemonade, 1);
    assert_int_equal(refund_decide(&back, &b.s->set, NOW, &second), SALE_OK);
    assert_int_equal(second.total_minor, -175);
    assert_int_equal(second.deposit_count, 1);
    assert_int_equal(second.deposits[0].goods_line, 0);
    assert_true(says_that_empties_stay(b.s, &first) && says_that_empties_stay(b.s, &second));
    assert_false(says_that_empties_stay(b.s, &sale));
    back = refund_of(&sale, NULL, 0);
    assert_int_equal(refund_decide(&back, &b.s->set, NOW, &third), SALE_OK);
    assert_int_equal(first.total_minor + second.total_minor + third.total_minor,
                     -2850); /* no bottle is left: 1.50 + 25.00 */
    assert_int_equal(first.tax_minor + second.tax_minor + third.tax_minor, -(sale.tax_minor - sale.lines[1].tax_minor));
    assert_int_equal(second.points_earned + third.points_earned, -230);
    assert_int_equal(refund_decide(&back, &b.s->set, NOW, &third), SALE_ALREADY_REFUNDED);
    small_shop_close(b.s);
}

static void empties_alone_are_no_sale(void **state)
{
    static const struct basket_line lines[] = { BUY(BOTTLE, -4) };
    struct bottle_shop b = open_shop();
    struct sale_command command = command_of(lines, 1);
    struct sale_rows sale, refund;

    (void)state;
    assert_int_equal(ring_up(b.s, &command, &sale), SALE_OK);
    small_shop_remember(b.s, &sale);
    b.s->set.originals = &b.s->original;
    b.s->set.original_count = 1;
    struct refund_command back = refund_of(&sale, NULL, 0);
    assert_int_equal(refund_decide(&back, &b.s->set, NOW, &refund), SALE_DEPOSIT_NOT_REFUNDED);
    small_shop_close(b.s);
}

/* ---- offline ---- */

static struct offline_command recorded(const struct sale_command *sale, const struct sale_rows *sold,
                                       struct arena *arena)
{
    struct printed_line *printed = arena_array(arena, sold->line_count, sizeof *printed);
    struct basket_line *lines = arena_array(arena, sold->line_count, sizeof *lines);
    struct offline_command command = { .sale = *sale, .next_number = 7, .brought_by = 41 };

    for (size_t i = 0; i < sold->line_count; i++) {
        if (i < sale->basket.line_count)
            lines[i] = sale->basket.lines[i];
        printed[i] = (struct printed_line){ .unit_price_minor = sold->lines[i].unit_price_minor,
                                            .gross_minor = sold->lines[i].gross_minor,
                                            .discount_minor = sold->lines[i].discount_minor,
                                            .total_minor = sold->lines[i].total_minor,
                                            .tax_minor = sold->lines[i].tax_minor };
    }
    for (size_t i = 0; i < sold->deposit_count; i++)
        if (sold->deposits[i].goods_line != NO_LINE)
            lines[sold->deposits[i].line] =
                (struct basket_line){ .product_id = sold->lines[sold->deposits[i].line].product_id,
                                      .quantity_milli = sold->lines[sold->deposits[i].line].quantity_milli,
                                      .deposit_of = (uint32_t)sold->deposits[i].goods_line + 1 };
    command.sale.basket.lines = lines;
    command.sale.basket.line_count = sold->line_count;
    command.printed = (struct sale_printed){ .lines = printed,
                                             .taxes = sold->taxes.rows,
                                             .line_count = sold->line_count,
                                             .tax_count = sold->taxes.count,
                                             .total_minor = sold->total_minor,
                                             .tax_minor = sold->tax_minor };
    return command;
}

/* A till counts below nothing where empties come back, and nowhere else: what else says so was never on a paper of ours. */
static void no_till_prints_less_than_nothing_of_goods(void **state)
{
    static const struct {
        int64_t product_id, milli;
        uint64_t version; /* that it names */
        enum sale_verdict verdict;
    } rows[] = {
        { BOTTLE, -2000, VERSION, SALE_OK },           { ROLL, -2000, VERSION, SALE_OFFLINE_UNSOUND },
        { BAG, -2000, VERSION, SALE_OFFLINE_UNSOUND }, { BOTTLE, -1500, VERSION, SALE_OFFLINE_UNSOUND },
        { ROLL, -2000, VERSION + 40, SALE_OK }, /* nobody knows what it was then */
    };

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct bottle_shop b = open_shop();
        struct staff_state staff = { .id = 41, .role_id = 0 };
        struct tender cash = { .kind = TENDER_CASH, .amount_minor = 2750 };
        struct sale_command command = command_of(party, 3);
        struct offline_till till = { .arena = b.s->arena,
                                     .catalogue = b.s->catalogue,
                                     .zone = zone_utc(),
                                     .device_id = TILL,
                                     .till_number = 3,
                                     .shift_id = SHIFT };
        struct sale_rows sold, booked;

        b.s->set.staff = &staff;
        b.s->set.staff_count = 1;
        command.tenders = &cash;
        command.tender_count = 1;
        command.shown_total_minor = 2750;
        assert_int_equal(sale_offline_sell(&command, &till, NOW, &sold), SALE_OK);
        struct offline_command record = recorded(&command, &sold, b.s->arena);
        struct basket_line *line = (struct basket_line *)(uintptr_t)&record.sale.basket.lines[1];
        struct printed_line *printed = (struct printed_line *)(uintptr_t)&record.printed.lines[1];
        int64_t before_minor = printed->total_minor;
        assert_int_equal(line->product_id, BOTTLE); /* four came back */
        *line = (struct basket_line){ .product_id = rows[i].product_id, .quantity_milli = rows[i].milli };
        record.sale.basket.catalogue_version = rows[i].version;
        printed->gross_minor = printed->total_minor = (25 * rows[i].milli - 500) / 1000;
        record.printed.total_minor += printed->total_minor - before_minor;
        cash.amount_minor = record.printed.total_minor;
        enum sale_verdict verdict = sale_offline_decide(&record, &b.s->set, b.s->catalogue, NOW, &booked);
        if (verdict != rows[i].verdict)
            fail_msg("row %zu: verdict %d: %s", i, verdict, verdict == SALE_OK ? "" : booked.sentence);
        if (verdict == SALE_OFFLINE_UNSOUND)
            assert_string_equal(booked.field, "basket.lines[1].quantity_milli");
        small_shop_close(b.s);
    }
}

static void sold_offline_they_are_booked_as_printed(void **state)
{
    struct bottle_shop b = open_shop();
    struct staff_state staff = { .id = 41, .role_id = 0 };
    struct tender cash = { .kind = TENDER_CASH, .amount_minor = 2750 };
    struct sale_command command = command_of(party, 3);
    struct offline_till till = { .arena = b.s->arena,
                                 .catalogue = b.s->catalogue,
                                 .zone = zone_utc(),
                                 .device_id = TILL,
                                 .till_number = 3,
                                 .shift_id = SHIFT };
    struct sale_rows sold, booked;

    (void)state;
    b.s->set.staff = &staff;
    b.s->set.staff_count = 1;
    command.tenders = &cash;
    command.tender_count = 1;
    command.shown_total_minor = 2750;
    assert_int_equal(sale_offline_sell(&command, &till, NOW, &sold), SALE_OK);
    assert_int_equal(sold.line_count, 5);
    struct offline_command record = recorded(&command, &sold, b.s->arena);
    assert_int_equal(sale_offline_decide(&record, &b.s->set, b.s->catalogue, NOW, &booked), SALE_OK);
    assert_int_equal(booked.exception_count, 0);
    assert_int_equal(booked.deposit_count, 3);
    assert_int_equal(booked.deposit_minor, 450);

    /* A bottle fewer than the catalogue wants: printed so, and listed. */
    struct basket_line *lines = (struct basket_line *)(uintptr_t)record.sale.basket.lines;
    struct printed_line *printed = (struct printed_line *)(uintptr_t)record.printed.lines;
    record.sale.number = record.next_number = 8;
    lines[4].quantity_milli = 1000;
    printed[4] = (struct printed_line){
        .unit_price_minor = 25, .gross_minor = 25, .total_minor = 25, .tax_minor = printed[4].tax_minor
    };
    record.printed.total_minor = 2725;
    cash.amount_minor = 2725;
    assert_int_equal(sale_offline_decide(&record, &b.s->set, b.s->catalogue, NOW, &booked), SALE_OK);
    bool listed = false;
    for (size_t i = 0; i < booked.exception_count; i++)
        listed = listed || (booked.exceptions[i].kind == EXCEPTION_DEPOSIT && booked.exceptions[i].said == 2);
    assert_true(listed);

    /* What no till prints: of goods behind it. */
    record.sale.number = record.next_number = 9;
    lines[3].deposit_of = 5;
    assert_int_equal(sale_offline_decide(&record, &b.s->set, b.s->catalogue, NOW, &booked), SALE_OFFLINE_UNSOUND);
    small_shop_close(b.s);
}

/* ---- on paper, and in the journal ---- */

static const char *paper_of(struct small_shop *s, const struct sale_rows *sale, size_t columns)
{
    struct receipt receipt = sale_receipt(sale, catalogue_shop(s->catalogue, VERSION), zone_utc(), NULL, s->arena);

    return receipt_text(s->arena, &receipt, columns);
}

static void the_receipt_has_them_below_their_goods(void **state)
{
    struct bottle_shop b = open_shop();
    struct sale_command command = command_of(party, 3);
    struct sale_rows sale;

    (void)state;
    assert_int_equal(ring_up(b.s, &command, &sale), SALE_OK);
    assert_non_null(strstr(paper_of(b.s, &sale, 42), "Tart                                 20.00\n"
                                                     "  + Deposit cake plate                5.00\n"
                                                     "Deposit back, Bottle                 -1.00\n"
                                                     "  -0.25 x 4\n"
                                                     "Lemonade                              3.00\n"
                                                     "  2 x 1.50\n"
                                                     "  + 2 Deposit Bottle                  0.50\n"
                                                     "------------------------------------------\n"
                                                     "Total EUR                            27.50\n"));
    assert_non_null(strstr(paper_of(b.s, &sale, 32), "Tart                       20.00\n"
                                                     "  + Deposit cake plate      5.00\n"
                                                     "Deposit back, Bottle       -1.00\n"
                                                     "  -0.25 x 4\n"));
    static const struct basket_line empties[] = { BUY(BOTTLE, -5) };
    command = command_of(empties, 1);
    assert_int_equal(ring_up(b.s, &command, &sale), SALE_OK);
    assert_non_null(strstr(paper_of(b.s, &sale, 42), "Total EUR                            -1.25\n"
                                                     "VAT 19 % on -1.05                    -0.20\n"
                                                     "Paid out in cash                      1.25\n"));
    small_shop_close(b.s);
}

static void its_entry_has_them_behind_all_else(void **state)
{
    static const struct basket_line lines[] = { BUY(LEMONADE, 1) }, roll[] = { BUY(ROLL, 1) };
    struct bottle_shop b = open_shop();
    struct sale_command command = command_of(lines, 1);
    static const uint8_t command_id[16] = { 0 };
    struct sale_rows sale;

    (void)state;
    assert_int_equal(ring_up(b.s, &command, &sale), SALE_OK);
    struct bytes entry = sale_bytes(&sale, command_id, b.s->arena);
    static const uint8_t tail[] = { 0, 0, 0, 0, 0, 1, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 25 };
    assert_int_equal(entry.data[0], 5);
    assert_memory_equal(entry.data + entry.size - sizeof tail, tail, sizeof tail);
    command = command_of(roll, 1);
    assert_int_equal(ring_up(b.s, &command, &sale), SALE_OK);
    assert_int_equal(sale_bytes(&sale, command_id, b.s->arena).data[0], 3); /* as ever */
    small_shop_close(b.s);
}

/* ---- whatever is bought ---- */

static uint64_t next_random(uint64_t *seed)
{
    *seed ^= *seed << 13;
    *seed ^= *seed >> 7;
    *seed ^= *seed << 17;
    return *seed;
}

static size_t draw_basket(uint64_t *seed, struct basket_line *lines)
{
    size_t count = 1 + next_random(seed) % 8;

    for (size_t i = 0; i < count; i++) {
        static const int64_t goods[] = { COOKIE, CAKE, ROLL, LEMONADE, SIX_PACK, TART, OLD_BEER, BOTTLE, PLATE, BAG };
        int64_t product = goods[next_random(seed) % (sizeof goods / sizeof *goods)];
        int64_t pieces = 1 + (int64_t)(next_random(seed) % 4);
        bool back = (product == BOTTLE || product == PLATE) && next_random(seed) % 2 == 0;

        lines[i] = (struct basket_line){ .product_id = product,
                                         .quantity_milli = 1000 * (back ? -pieces : pieces),
                                         .voided = i > 0 && next_random(seed) % 10 == 0 };
    }
    return count;
}

/* The same goods where nobody names a deposit, and without what is one. */
static size_t without_deposits(const struct basket_line *lines, size_t count, struct basket_line *goods)
{
    size_t kept = 0;

    for (size_t i = 0; i < count; i++)
        if (lines[i].product_id != BOTTLE && lines[i].product_id != PLATE && lines[i].product_id != BAG)
            goods[kept++] = lines[i];
    return kept;
}

static void forget_deposits(struct catalogue *catalogue)
{
    for (int64_t id = LEMONADE; id <= TART; id++) {
        struct product product = *catalogue_product(catalogue, VERSION, id);

        product.deposit_product_id = 0;
        catalogue_put_product(catalogue, VERSION, &product);
    }
}

static int64_t worked_out(const struct basket_line *lines, size_t count)
{
    static const int64_t prices[ALL_PRODUCTS + 1] = {
        [BOTTLE] = 25, [PLATE] = 500, [BAG] = 20, [LEMONADE] = 25, [SIX_PACK] = 150, [TART] = 500
    };
    int64_t sum = 0;

    for (size_t i = 0; i < count; i++)
        sum += lines[i].voided ? 0 : lines[i].quantity_milli / 1000 * prices[lines[i].product_id];
    return sum;
}

static bool empty(const struct basket_line *lines, size_t count)
{
    bool nothing = true;

    for (size_t i = 0; i < count; i++)
        nothing = nothing && lines[i].voided;
    return nothing;
}

static void goods_and_deposits_are_the_sum_of_both(void **state)
{
    const char *given = getenv("CAROLINE_SEED");
    uint64_t seed = 0x9e3779b97f4a7c15u ^ (given == NULL ? 1 : strtoull(given, NULL, 10));
    struct bottle_shop with = open_shop(), without = open_shop();
    struct basket_line lines[8], goods[8];

    (void)state;
    forget_deposits(without.s->catalogue);
    with.s->set.stock_count = without.s->set.stock_count = 0; /* nobody counts here */
    for (int i = 0; i < 20000; i++) {
        struct arena *arena = arena_create(0);
        struct sale_rows sale, alone;
        size_t count = draw_basket(&seed, lines), goods_count = without_deposits(lines, count, goods);
        bool included = next_random(&seed) % 2 == 0;
        struct sale_command command = command_of(lines, count), of_goods = command_of(goods, goods_count);

        with.s->set.arena = without.s->set.arena = arena;
        command.aim = of_goods.aim = SALE_TO_PRICE;
        command.basket.member_id = of_goods.basket.member_id = ANNA;
        command.basket.discount = of_goods.basket.discount =
            (struct discount){ .given = next_random(&seed) % 2 == 0,
                               .value = 1 + (int64_t)(next_random(&seed) % 300000),
                               .reason = bytes_of_text("x") };
        set_shop(with.s, 0, 0, included);
        set_shop(without.s, 0, 0, included);
        if (empty(goods, goods_count)) {
            arena_destroy(arena);
            continue;
        }
        assert_int_equal(sale_decide(&command, &with.s->set, NOW, &sale), SALE_OK);
        assert_int_equal(sale_decide(&of_goods, &without.s->set, NOW, &alone), SALE_OK);
        if (sale.total_minor - sale.tax_minor * !included !=
            alone.total_minor - alone.tax_minor * !included + worked_out(lines, count))
            fail_msg("basket %d: %lld with, %lld without, deposits %lld", i, (long long)sale.total_minor,
                     (long long)alone.total_minor, (long long)worked_out(lines, count));
        assert_int_equal(sale.deposit_minor - (included ? 0
                                                        : deposit_lines_minor(sale.lines, sale.line_count, false) -
                                                              deposit_lines_minor(sale.lines, sale.line_count, true)),
                         worked_out(lines, count));
        if (included) {
            assert_int_equal(sale.points_earned, alone.points_earned);
            assert_int_equal(coupon_receipt_goods(sale.total_minor, sale.deposit_minor), alone.total_minor);
        }
        int64_t taxes = 0, of_lines = 0;
        for (size_t k = 0; k < sale.taxes.count; k++)
            taxes += sale.taxes.rows[k].tax_minor;
        for (size_t k = 0; k < sale.line_count; k++)
            of_lines += sale.lines[k].tax_minor;
        assert_int_equal(taxes, sale.tax_minor);
        assert_int_equal(of_lines, sale.tax_minor);
        arena_destroy(arena);
    }
    with.s->set.arena = with.s->arena;
    without.s->set.arena = without.s->arena;
    small_shop_close(with.s);
    small_shop_close(without.s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(goods_that_come_back_bring_their_deposit),
        cmocka_unit_test(in_parts_they_are_the_whole_and_no_more),
        cmocka_unit_test(empties_alone_are_no_sale),
        cmocka_unit_test(no_till_prints_less_than_nothing_of_goods),
        cmocka_unit_test(sold_offline_they_are_booked_as_printed),
        cmocka_unit_test(the_receipt_has_them_below_their_goods),
        cmocka_unit_test(its_entry_has_them_behind_all_else),
        cmocka_unit_test(goods_and_deposits_are_the_sum_of_both),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
