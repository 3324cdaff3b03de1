/* Merging members: whom, into whom, what comes of it; and who is named by an id that was merged. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "common/base/language.h"
#include "common/rules/member_merge.h"
#include "small_shop.h"

#define COUNT(array) (sizeof(array) / sizeof *(array))

enum { MILK = 1 << 7, NUTS = 1 << 8 };

#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wmissing-field-initializers" /* a row says what is its own */
static void who_is_merged_into_whom(void **state)
{
    (void)state;
    static const struct {
        const char *what;
        struct member_merge_side from, into;
        enum member_merge_verdict verdict;
        struct member_merged merged;
    } rows[] = {
        { "two",
          { 1, true, 0, 40, 2025, 1 << 8, 0, 0 },
          { 2, true, 0, 60, 2024, 1 << 7, 0, 0 },
          MEMBER_MERGE_OK,
          { 100, 2025, 1 << 8 | 1 << 7, 0, 0 } },
        { "the later birthday is the other's",
          { 1, true, 0, 0, 0, 0, 0, 0 },
          { 2, true, 0, 60, 2025, 0, 0, 0 },
          MEMBER_MERGE_OK,
          { 60, 2025, 0, 0, 0 } },
        { "the better tier, until the night's work, and what both spent",
          { 1, true, 0, 0, 0, 0, 3, 500 },
          { 2, true, 0, 0, 0, 0, 1, 4000 },
          MEMBER_MERGE_OK,
          { 0, 0, 0, 3, 4500 } },
        { "a tier of the second",
          { 1, true, 0, 0, 0, 0, 0, 0 },
          { 2, true, 0, 0, 0, 0, 2, 4000 },
          MEMBER_MERGE_OK,
          { 0, 0, 0, 2, 4000 } },
        { "a debt goes over",
          { 1, true, 0, -50, 0, 0, 0, 0 },
          { 2, true, 0, 20, 0, 0, 0, 0 },
          MEMBER_MERGE_OK,
          { -30, 0, 0, 0, 0 } },
        { "itself", { 1, true, 0, 1, 0, 0, 0, 0 }, { 1, true, 0, 1, 0, 0, 0, 0 }, MEMBER_MERGE_SAME, { 0 } },
        { "nobody", { 1, false, 0, 0, 0, 0, 0, 0 }, { 2, true, 0, 1, 0, 0, 0, 0 }, MEMBER_MERGE_FROM_UNKNOWN, { 0 } },
        { "into nobody",
          { 1, true, 0, 0, 0, 0, 0, 0 },
          { 2, false, 0, 1, 0, 0, 0, 0 },
          MEMBER_MERGE_INTO_UNKNOWN,
          { 0 } },
        { "twice", { 1, true, 2, 0, 0, 0, 0, 0 }, { 3, true, 0, 1, 0, 0, 0, 0 }, MEMBER_MERGE_FROM_MERGED, { 0 } },
        { "in a circle",
          { 2, true, 0, 5, 0, 0, 0, 0 },
          { 1, true, 2, 0, 0, 0, 0, 0 },
          MEMBER_MERGE_INTO_MERGED,
          { 0 } },
        { "more spent than there can be",
          { 1, true, .tier_minor = INT64_MAX },
          { 2, true, .tier_minor = 1 },
          MEMBER_MERGE_OVERFLOW,
          { 0 } },
        { "more than there can be",
          { 1, true, 0, POINTS_MAX, 0, 0, 0, 0 },
          { 2, true, 0, 1, 0, 0, 0, 0 },
          MEMBER_MERGE_OVERFLOW,
          { 0 } },
        { "a larger debt than there can be",
          { 1, true, 0, INT64_MIN, 0, 0, 0, 0 },
          { 2, true, 0, 1, 0, 0, 0, 0 },
          MEMBER_MERGE_OVERFLOW,
          { 0 } },
        { "just as many",
          { 1, true, 0, POINTS_MAX - 1, 0, 0, 0, 0 },
          { 2, true, 0, 1, 0, 0, 0, 0 },
          MEMBER_MERGE_OK,
          { POINTS_MAX, 0, 0, 0, 0, MEMBER_MERGE_NO_CONSENT } },
        { "the consent goes over with what it is about",
          { .id = 1, .known = true, .avoids = NUTS, .allergies = { true, { 50 } } },
          { .id = 2, .known = true },
          MEMBER_MERGE_OK,
          { .avoids = NUTS, .consent = MEMBER_MERGE_OF_FROM } },
        { "the second's own stands",
          { .id = 1, .known = true, .avoids = NUTS, .allergies = { true, { 50 } } },
          { .id = 2, .known = true, .avoids = MILK, .allergies = { true, { 40 } } },
          MEMBER_MERGE_OK,
          { .avoids = NUTS | MILK } },
        { "one to nothing stays where it is",
          { .id = 1, .known = true, .allergies = { true, { 50 } } },
          { .id = 2, .known = true },
          MEMBER_MERGE_OK,
          { 0 } },
        { "the second took theirs back before",
          { .id = 1, .known = true, .avoids = NUTS, .allergies = { true, { 50 } } },
          { .id = 2, .known = true, .allergies = { false, { 49 } } },
          MEMBER_MERGE_OK,
          { .avoids = NUTS, .consent = MEMBER_MERGE_OF_FROM } },
        { "and since: it is forgotten",
          { .id = 1, .known = true, .avoids = NUTS, .allergies = { true, { 50 } } },
          { .id = 2, .known = true, .allergies = { false, { 51 } } },
          MEMBER_MERGE_OK,
          { 0 } },
        { "the first took theirs back",
          { .id = 1, .known = true, .allergies = { false, { 60 } } },
          { .id = 2, .known = true, .avoids = MILK, .allergies = { true, { 40 } } },
          MEMBER_MERGE_OK,
          { .avoids = MILK } },
        { "of before consents were written down",
          { .id = 1, .known = true, .avoids = NUTS },
          { .id = 2, .known = true },
          MEMBER_MERGE_OK,
          { .avoids = NUTS } },
        { "of before, and the second took theirs back",
          { .id = 1, .known = true, .avoids = NUTS },
          { .id = 2, .known = true, .allergies = { false, { 51 } } },
          MEMBER_MERGE_OK,
          { 0 } },
        { "the second's is of before",
          { .id = 1, .known = true, .avoids = NUTS, .allergies = { true, { 50 } } },
          { .id = 2, .known = true, .avoids = MILK },
          MEMBER_MERGE_OK,
          { .avoids = NUTS | MILK, .consent = MEMBER_MERGE_OF_FROM } },
        { "and the first avoids nothing any more",
          { .id = 1, .known = true, .allergies = { true, { 50 } } },
          { .id = 2, .known = true, .avoids = MILK },
          MEMBER_MERGE_OK,
          { .avoids = MILK, .consent = MEMBER_MERGE_OF_FROM } },
        { "who was merged into the first agreed",
          { .id = 1, .known = true, .brought = { true, { 50 } } },
          { .id = 2, .known = true, .avoids = MILK },
          MEMBER_MERGE_OK,
          { .avoids = MILK, .consent = MEMBER_MERGE_BROUGHT_BY_FROM } },
        { "and of the two the first spoke last",
          { .id = 1, .known = true, .avoids = NUTS, .allergies = { true, { 60 } }, .brought = { true, { 50 } } },
          { .id = 2, .known = true },
          MEMBER_MERGE_OK,
          { .avoids = NUTS, .consent = MEMBER_MERGE_OF_FROM } },
        { "the first's own stands, whatever who was merged said since",
          { .id = 1, .known = true, .avoids = NUTS, .allergies = { true, { 50 } }, .brought = { false, { 60 } } },
          { .id = 2, .known = true },
          MEMBER_MERGE_OK,
          { .avoids = NUTS, .consent = MEMBER_MERGE_OF_FROM } },
        { "who was merged into the second agreed",
          { .id = 1, .known = true, .avoids = NUTS },
          { .id = 2, .known = true, .brought = { true, { 50 } } },
          MEMBER_MERGE_OK,
          { .avoids = NUTS, .consent = MEMBER_MERGE_BROUGHT_BY_INTO } },
        { "and the first did, before",
          { .id = 1, .known = true, .avoids = NUTS, .allergies = { true, { 40 } } },
          { .id = 2, .known = true, .brought = { true, { 50 } } },
          MEMBER_MERGE_OK,
          { .avoids = NUTS, .consent = MEMBER_MERGE_BROUGHT_BY_INTO } },
        { "or since",
          { .id = 1, .known = true, .avoids = NUTS, .allergies = { true, { 60 } } },
          { .id = 2, .known = true, .brought = { true, { 50 } } },
          MEMBER_MERGE_OK,
          { .avoids = NUTS, .consent = MEMBER_MERGE_OF_FROM } },
        { "who was merged into the second took it back since",
          { .id = 1, .known = true, .avoids = NUTS, .allergies = { true, { 50 } } },
          { .id = 2, .known = true, .brought = { false, { 51 } } },
          MEMBER_MERGE_OK,
          { 0 } },
        { "or before",
          { .id = 1, .known = true, .avoids = NUTS, .allergies = { true, { 50 } } },
          { .id = 2, .known = true, .brought = { false, { 49 } } },
          MEMBER_MERGE_OK,
          { .avoids = NUTS, .consent = MEMBER_MERGE_OF_FROM } },
        { "the second took theirs back, and who was merged agreed since",
          { .id = 1, .known = true, .avoids = NUTS },
          { .id = 2, .known = true, .allergies = { false, { 50 } }, .brought = { true, { 51 } } },
          MEMBER_MERGE_OK,
          { .avoids = NUTS, .consent = MEMBER_MERGE_BROUGHT_BY_INTO } },
        { "the second's own stands, whatever who was merged into them said since",
          { .id = 1, .known = true, .avoids = NUTS },
          { .id = 2, .known = true, .avoids = MILK, .allergies = { true, { 50 } }, .brought = { false, { 60 } } },
          MEMBER_MERGE_OK,
          { .avoids = NUTS | MILK } },
        { "beyond a number",
          { 1, true, 0, INT64_MAX, 0, 0, 0, 0 },
          { 2, true, 0, 1, 0, 0, 0, 0 },
          MEMBER_MERGE_OVERFLOW,
          { 0 } },
    };

    for (size_t i = 0; i < COUNT(rows); i++) {
        struct member_merged merged = { 0 };
        enum member_merge_verdict verdict = member_merge_decide(&rows[i].from, &rows[i].into, &merged);

        if (verdict != rows[i].verdict || merged.points != rows[i].merged.points ||
            merged.birthday_year != rows[i].merged.birthday_year || merged.avoids != rows[i].merged.avoids ||
            merged.consent != rows[i].merged.consent || merged.tier != rows[i].merged.tier ||
            merged.tier_minor != rows[i].merged.tier_minor)
            fail_msg("%s: %d, %lld points", rows[i].what, (int)verdict, (long long)merged.points);
    }
}

#pragma GCC diagnostic pop

/* Bernd was merged into Anna. */
static struct small_shop *open_shop(void)
{
    struct small_shop *s = small_shop_open();

    s->members[1].merged_into = ANNA;
    return s;
}

static struct sale_command command_of(const struct basket_line *line, const struct tender *cash)
{
    return (struct sale_command){
        .aim = SALE_TO_BOOK,
        .basket = { .catalogue_version = VERSION, .lines = line, .line_count = 1, .member_id = BERND },
        .tenders = cash,
        .tender_count = 1,
        .shown_total_minor = 900,
        .device_id = TILL,
        .series = 'T',
        .number = 7,
        .sale_id = 501,
        .new_lot_id = 601,
    };
}

static void what_names_the_one_is_sold_to_the_other(void **state)
{
    (void)state;
    struct small_shop *s = open_shop();
    struct basket_line line = { .product_id = CAKE, .quantity_milli = 1000 };
    struct tender cash = { .kind = TENDER_CASH, .amount_minor = 900 };
    struct sale_command command = command_of(&line, &cash);
    int64_t before = s->members[0].points;
    struct sale_rows sale;

    assert_int_equal(sale_decide(&command, &s->set, NOW, &sale), SALE_OK);
    assert_int_equal(sale.member_id, ANNA);
    assert_int_equal(s->members[0].points, before + 90);
    assert_int_equal(s->members[1].points, 0);
    assert_false(s->members[1].changed);
    small_shop_close(s);
}

/* It was sold to Bernd before; its lot is Anna's now. */
static void a_refund_gives_back_to_the_lot_it_took_from(void **state)
{
    (void)state;
    struct small_shop *s = small_shop_open();
    struct basket_line line = { .product_id = CAKE, .quantity_milli = 1000 };
    struct tender cash = { .kind = TENDER_CASH, .amount_minor = 900 };
    struct sale_command command = command_of(&line, &cash);
    struct sale_rows sale, refund;

    assert_int_equal(sale_decide(&command, &s->set, NOW, &sale), SALE_OK);
    assert_int_equal(s->members[1].lot_count, 1);
    small_shop_remember(s, &sale);
    struct points_lot lot = s->members[1].lots[0];
    int64_t annas = s->members[0].points;
    s->members[0].lots[s->members[0].lot_count++] = lot;
    s->members[0].points += 90;
    s->members[1].lot_count = 0;
    s->members[1].points = 0;
    s->members[1].merged_into = ANNA;

    struct refund_command back = { .original = sale.number,
                                   .reason = bytes_of_text("stale"),
                                   .device_id = TILL,
                                   .series = 'T',
                                   .number = 8,
                                   .sale_id = 502 };
    assert_int_equal(refund_decide(&back, &s->set, NOW, &refund), SALE_OK);
    assert_int_equal(refund.member_id, ANNA);
    assert_int_equal(refund.points.count, 1);
    assert_int_equal(refund.points.rows[0].lot_id, lot.id);
    assert_int_equal(refund.points.rows[0].points, -90);
    assert_int_equal(s->members[0].points, annas);
    small_shop_close(s);
}

static void who_was_loaded_alone_is_missed(void **state)
{
    (void)state;
    struct small_shop *s = open_shop();

    assert_false(set_misses_member(&s->set));
    s->set.members = &s->members[1]; /* without Anna */
    s->set.member_count = 1;
    assert_true(set_misses_member(&s->set));
    assert_null(set_member(&s->set, BERND));
    small_shop_close(s);
}

static void languages_have_two_letters(void **state)
{
    (void)state;
    static const char *const known[] = { "aa", "de", "en", "zu", "fr" }, *const others[] = { "",    "d",  "DE", "xx",
                                                                                             "deu", "e ", " a" };

    for (size_t i = 0; i < COUNT(known); i++)
        assert_true(language_is_known(known[i]));
    for (size_t i = 0; i < COUNT(others); i++)
        assert_false(language_is_known(others[i]));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(who_is_merged_into_whom),
        cmocka_unit_test(what_names_the_one_is_sold_to_the_other),
        cmocka_unit_test(a_refund_gives_back_to_the_lot_it_took_from),
        cmocka_unit_test(who_was_loaded_alone_is_missed),
        cmocka_unit_test(languages_have_two_letters),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
