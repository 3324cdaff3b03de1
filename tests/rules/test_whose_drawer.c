/* A drawer a person: into which of a till's drawers something goes, whether another may be opened beside them, and whose
 * drawer a report says it is of. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>

#include "common/print/text.h"
#include "common/rules/shift.h"
#include "offline_paper.h"

enum { BEA = 71, CAI, DOT };
enum { OF_BEA = 81, OF_CAI };

/* At TILL the drawers of Bea and Cai are open and the till's own is not; TILL_2 has its own. */
static const struct drawer_state drawers[] = {
    { .device_id = TILL, .till_number = 3 },
    { .device_id = TILL, .holder_id = BEA, .till_number = 3, .shift_id = OF_BEA, .cash_minor = 1000 },
    { .device_id = TILL, .holder_id = CAI, .till_number = 3, .shift_id = OF_CAI, .cash_minor = 2000 },
    { .device_id = TILL_2, .till_number = 4, .shift_id = SHIFT_2 },
    { .device_id = SHUT_TILL, .till_number = 5 },
    { .device_id = CONSOLE },
};
static struct drawer_state mine[COUNT(drawers)];

static struct working_set set_of(struct small_shop *s)
{
    struct working_set set = s->set;

    memcpy(mine, drawers, sizeof mine);
    set.drawers = mine;
    set.drawer_count = COUNT(mine);
    return set;
}

static void B42_what_somebody_does_goes_into_the_tills_drawer_or_theirs(void **state)
{
    static const struct {
        const char *what;
        int64_t device_id, staff_id, shift_id; /* -1: no such device */
        bool any;
    } cases[] = {
        { "one's own", TILL, BEA, OF_BEA, true },
        { "the other's own", TILL, CAI, OF_CAI, true },
        { "who has none, where others have", TILL, DOT, 0, true },
        { "nobody", TILL, 0, 0, true },
        { "the till's is everybody's", TILL_2, BEA, SHIFT_2, true },
        { "the till's, of who has one elsewhere", TILL_2, CAI, SHIFT_2, true },
        { "none is open", SHUT_TILL, BEA, 0, false },
        { "no till", CONSOLE, BEA, 0, false },
        { "before all", TILL - 1, BEA, -1, false },
        { "behind all", CONSOLE + 1, BEA, -1, false },
    };
    struct small_shop *s = small_shop_open();
    struct working_set set = set_of(s);

    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        const struct drawer_state *drawer = set_drawer(&set, cases[i].device_id, cases[i].staff_id);
        int64_t shift_id = drawer == NULL ? -1 : drawer->shift_id;

        if (shift_id != cases[i].shift_id || set_drawer_any(&set, cases[i].device_id) != cases[i].any)
            fail_msg("%s: shift %lld", cases[i].what, (long long)shift_id);
    }
    assert_ptr_equal(set_drawer_of_shift(&set, TILL, OF_CAI), &mine[2]);
    assert_null(set_drawer_of_shift(&set, TILL, SHIFT_2));
    assert_null(set_drawer_of_shift(&set, TILL_2, OF_CAI));
    assert_null(set_drawer_of_shift(&set, SHUT_TILL, 0));
    set.drawer_count = 0;
    assert_null(set_drawer(&set, TILL, BEA));
    assert_false(set_drawer_any(&set, TILL));
    small_shop_close(s);
}

static void B42_one_is_opened_beside_others_but_never_the_tills(void **state)
{
    static const struct {
        const char *what;
        bool per_person, has_drawer;
        int64_t others;
        enum shift_opening verdict;
    } cases[] = {
        { "the till's", false, false, 0, SHIFT_MAY_OPEN },
        { "the till's, which is open", false, true, 0, SHIFT_IS_OPEN },
        { "the till's beside a person's", false, false, 1, SHIFT_OTHERS_OPEN },
        { "the till's beside one's own", false, true, 1, SHIFT_IS_OPEN },
        { "one's own", true, false, 0, SHIFT_MAY_OPEN },
        { "one's own, which is open, or the till's is", true, true, 0, SHIFT_IS_OPEN },
        { "one's own beside another's", true, false, 1, SHIFT_MAY_OPEN },
        { "the last", true, false, SHIFT_DRAWERS_MAX - 1, SHIFT_MAY_OPEN },
        { "one too many", true, false, SHIFT_DRAWERS_MAX, SHIFT_TOO_MANY },
        { "the till's beside too many", false, false, SHIFT_DRAWERS_MAX, SHIFT_OTHERS_OPEN },
    };

    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++)
        if (shift_may_open(cases[i].per_person, cases[i].has_drawer, cases[i].others) != cases[i].verdict)
            fail_msg("%s", cases[i].what);
}

/* ---- sales ---- */

static enum sale_verdict sell(struct working_set *set, int64_t device_id, int64_t staff_id, struct sale_rows *rows)
{
    const struct basket_line line = { .product_id = ROLL, .quantity_milli = 1000 };
    const struct tender cash = { .kind = TENDER_CASH, .amount_minor = 45 };
    struct sale_command command = {
        .aim = SALE_TO_BOOK,
        .basket = { .catalogue_version = VERSION, .lines = &line, .line_count = 1 },
        .tenders = &cash,
        .tender_count = 1,
        .shown_total_minor = 45,
        .device_id = device_id,
        .staff_id = staff_id,
        .series = 'T',
        .number = 7,
        .sale_id = 51,
    };

    *rows = (struct sale_rows){ 0 };
    return sale_decide(&command, set, NOW, rows);
}

static void B42_a_sale_changes_the_drawer_of_who_sells_alone(void **state)
{
    struct small_shop *s = small_shop_open();
    struct working_set set = set_of(s);
    struct sale_rows rows;

    (void)state;
    assert_int_equal(sell(&set, TILL, CAI, &rows), SALE_OK);
    assert_int_equal(rows.shift_id, OF_CAI);
    assert_int_equal(sell(&set, TILL, CAI, &rows), SALE_OK);
    assert_int_equal(sell(&set, TILL, BEA, &rows), SALE_OK);
    assert_int_equal(rows.shift_id, OF_BEA);
    assert_int_equal(mine[1].cash_minor, 1045);
    assert_int_equal(mine[1].sale_count, 1);
    assert_int_equal(mine[2].cash_minor, 2090);
    assert_int_equal(mine[2].sale_count, 2);
    assert_false(mine[0].changed || mine[3].changed);
    /* The shop has gone back to a drawer a till: one of her own is not opened either. */
    assert_int_equal(sell(&set, TILL, DOT, &rows), SALE_SHIFT_NOT_OPEN);
    assert_string_equal(rows.sentence,
                        "drawers of single persons are open at this till: close them, then open the till's own");
    struct shop shop = *catalogue_shop(s->catalogue, VERSION);
    shop.drawer_per_person = true;
    catalogue_put_shop(s->catalogue, VERSION + 1, &shop);
    catalogue_seal(s->catalogue, VERSION + 1, NOW.us);
    assert_int_equal(sell(&set, TILL, DOT, &rows), SALE_SHIFT_NOT_OPEN);
    assert_string_equal(rows.sentence, "open your own drawer first: those that are open at this till are others'");
    assert_int_equal(sell(&set, SHUT_TILL, DOT, &rows), SALE_SHIFT_NOT_OPEN);
    assert_string_equal(rows.sentence, "open the drawer's shift first");
    small_shop_close(s);
}

static void B42_a_refund_is_out_of_the_drawer_of_who_gives_it(void **state)
{
    struct small_shop *s = small_shop_open();
    struct working_set set = set_of(s);
    struct sale_rows sale, back = { 0 };
    struct refund_command command = {
        .reason = TEXT("stale"), .device_id = TILL, .staff_id = DOT, .series = 'T', .number = 8, .sale_id = 52
    };

    (void)state;
    assert_int_equal(sell(&set, TILL, BEA, &sale), SALE_OK);
    small_shop_remember(s, &sale);
    set.originals = &s->original;
    set.original_count = 1;
    command.original = sale.number;
    assert_int_equal(refund_decide(&command, &set, NOW, &back), SALE_SHIFT_NOT_OPEN);
    command.staff_id = CAI;
    assert_int_equal(refund_decide(&command, &set, NOW, &back), SALE_OK);
    assert_int_equal(back.shift_id, OF_CAI);
    assert_int_equal(mine[1].cash_minor, 1045);
    assert_int_equal(mine[2].cash_minor, 1955);
    small_shop_close(s);
}

/* ---- what comes late ---- */

static void B42_what_comes_late_goes_where_its_money_lies(void **state)
{
    static const struct {
        const char *what;
        int64_t made_shift_id, staff_id, brought_by, shift_id; /* 0: SHIFT_NOT_OPEN */
        int exceptions;
    } cases[] = {
        { "made in Bea's, which is open", OF_BEA, BEA, CAI, OF_BEA, 0 },
        { "brought by who has none", OF_BEA, BEA, DOT, OF_BEA, 0 },
        { "made in one that is over: into her next", OLD_SHIFT, BEA, CAI, OF_BEA, 1 },
        { "of who has none now: into that of who brings it", OLD_SHIFT, DOT, CAI, OF_CAI, 1 },
        { "of nobody who has one", OLD_SHIFT, DOT, ANNA, 0, 0 },
        { "it does not say in which", 0, BEA, CAI, OF_BEA, 0 },
    };

    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct small_shop *s = open_shop(true);
        struct staff_state staff[] = { { BEA, SELLERS }, { CAI, SELLERS }, { DOT, SELLERS } };
        struct shift_state shifts[] = { { SHIFT_2, TILL_2 }, { OLD_SHIFT, TILL }, { OF_BEA, TILL }, { OF_CAI, TILL } };
        struct sale_rows rows;

        write_paper(true);
        paper.command.sale.made_shift_id = cases[i].made_shift_id;
        paper.command.sale.staff_id = cases[i].staff_id;
        paper.command.brought_by = cases[i].brought_by;
        paper.card = (struct tender){ .kind = TENDER_CASH, .amount_minor = 1400 };
        paper.command.sale.tender_count = 1;
        struct working_set set = set_of(s);
        set.staff = staff;
        set.staff_count = COUNT(staff);
        set.shifts = shifts;
        set.shift_count = COUNT(shifts);
        enum sale_verdict verdict = sale_offline_decide(&paper.command, &set, s->catalogue, NOW, &rows);
        if (verdict != (cases[i].shift_id == 0 ? SALE_SHIFT_NOT_OPEN : SALE_OK))
            fail_msg("%s: %d, %s", cases[i].what, (int)verdict, rows.sentence);
        if (verdict == SALE_OK &&
            (rows.shift_id != cases[i].shift_id || (int)rows.exception_count != cases[i].exceptions))
            fail_msg("%s: shift %lld, %zu exceptions", cases[i].what, (long long)rows.shift_id, rows.exception_count);
        small_shop_close(s);
    }
}

/* ---- on paper ---- */

static const char *paper_of(struct arena *arena, int64_t holder_id, const char *name)
{
    static const struct shop shop = {
        .name = "Caroline's", .tax_number = "", .currency = "EUR", .currency_exponent = 2
    };
    struct shift_books books = {
        .till = 3, .number = 12, .opened = { INT64_C(1790000000000000) }, .holder_id = holder_id, .holder_name = name
    };
    struct shift_z z;

    assert_int_equal(shift_z_sum(&books, &z), SHIFT_OK);
    struct receipt receipt = shift_receipt(&z, false, &shop, zone_utc(), books.opened, arena);
    return receipt_text(arena, &receipt, 42);
}

static void B42_a_report_says_whose_drawer_it_is_of(void **state)
{
    struct arena *arena = arena_create(0);

    (void)state;
    assert_null(strstr(paper_of(arena, 0, NULL), "Drawer of"));
    assert_non_null(strstr(paper_of(arena, BEA, "Bea"), "Till 3                            shift 12\n"
                                                        "Drawer of                              Bea\n"));
    assert_non_null(strstr(paper_of(arena, BEA, NULL), "Drawer of                         staff 71\n"));
    assert_non_null(strstr(paper_of(arena, BEA, ""), "Drawer of                         staff 71\n"));
    assert_non_null(strstr(paper_of(arena, BEA, "Beatrix-of-the-long-name-that-no-paper-of-a-printer-holds"),
                           "Drawer of      Beatrix-of-the-long-name-th\n"));
    arena_destroy(arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(B42_what_somebody_does_goes_into_the_tills_drawer_or_theirs),
        cmocka_unit_test(B42_one_is_opened_beside_others_but_never_the_tills),
        cmocka_unit_test(B42_a_sale_changes_the_drawer_of_who_sells_alone),
        cmocka_unit_test(B42_a_refund_is_out_of_the_drawer_of_who_gives_it),
        cmocka_unit_test(B42_what_comes_late_goes_where_its_money_lies),
        cmocka_unit_test(B42_a_report_says_whose_drawer_it_is_of),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
