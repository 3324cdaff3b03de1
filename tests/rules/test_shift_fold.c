/* Reports with more people, taxes and department keys than a message holds: what stands by itself, and what the rest is. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>

#include "common/rules/shift.h"

#define COUNT(array) (sizeof(array) / sizeof *(array))

/* A person's two rows stay together: where the second does not fit any more, the first is among the others too. */
static void A18_nobody_is_listed_in_part(void **state)
{
    static struct shift_person many[400];
    char name[121] = "";
    struct arena *arena = arena_create(0);

    (void)state;
    memset(name, 'n', sizeof name - 1);
    for (int each = 1; each <= 2; each++) { /* rows of a person */
        for (size_t i = 0; i < COUNT(many); i++)
            many[i] = (struct shift_person){ 60 + (int64_t)i / each, name, i % 2 == 0 ? SALE_SOLD : SALE_REFUND, 1, 5 };
        for (size_t first = 0; first < 2; first++) { /* the cut falls on either row */
            struct shift_books books = { .people = many + first, .people_count = COUNT(many) - first };

            shift_books_fold(&books, arena);
            size_t own = books.people_count - 2;
            assert_true(own > 0 && own < COUNT(many) - first);
            assert_int_equal(books.people[own].staff_id, 0);
            assert_int_not_equal(books.people[own - 1].staff_id, many[first + own].staff_id);
            assert_int_equal(books.people[own].count + books.people[own + 1].count + (int64_t)own, COUNT(many) - first);
        }
    }
    arena_destroy(arena);
}

/* Taxes of the code that stands for the others: of no rate they take them in, of another they do not. */
static void A18_other_taxes_are_one_row(void **state)
{
    static const struct {
        uint32_t rate_ppm; /* of the first, whose code is "?" */
        size_t others;     /* rows of that code */
    } rows[] = { { 0, 1 }, { 10000, 2 } };
    static struct shift_tax many[1000];
    struct arena *arena = arena_create(0);

    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        size_t others = 0;
        int64_t net = 0;

        for (size_t k = 0; k < COUNT(many); k++)
            many[k] = (struct shift_tax){ k == 0 ? SHIFT_OTHER_TAX : "VAT", 70000, 100, 7 };
        many[0].rate_ppm = rows[i].rate_ppm;
        struct shift_books books = { .taxes = many, .tax_count = COUNT(many) };
        shift_books_fold(&books, arena);
        assert_true(books.tax_count < COUNT(many));
        for (size_t k = 0; k < books.tax_count; k++) {
            others += strcmp(books.taxes[k].code, SHIFT_OTHER_TAX) == 0;
            net += books.taxes[k].net_minor;
        }
        assert_int_equal(others, rows[i].others);
        assert_int_equal(net, 100 * (int64_t)COUNT(many));
    }
    arena_destroy(arena);
}

/* Department keys: as many as a report lists, or as a message holds; the rest is one, and nothing is lost. */
static void A18_other_departments_are_one_row(void **state)
{
    static const struct {
        size_t name_size, count, listed; /* 0: fewer than there are */
    } rows[] = { { 5, 3, 3 }, { 5, 200, 200 }, { 5, 201, 200 }, { 5, 400, 200 }, { 320, 150, 0 } };
    static struct shift_department many[400];
    struct arena *arena = arena_create(0);

    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        int64_t count = 0, milli = 0, minor = 0;
        char name[321] = "";

        memset(name, 'n', rows[i].name_size);
        for (size_t k = 0; k < COUNT(many); k++)
            many[k] = (struct shift_department){ 101 + (int64_t)k, name, 2, 3000, 5 };
        struct shift_books books = { .departments = many, .department_count = rows[i].count };
        shift_books_fold(&books, arena);
        for (size_t k = 0; k < books.department_count; k++) {
            const struct shift_department *row = &books.departments[k];
            bool others = rows[i].listed < rows[i].count && k + 1 == books.department_count;

            count += row->count;
            milli += row->quantity_milli;
            minor += row->amount_minor;
            assert_int_equal(row->product_id, others ? 0 : 101 + (int64_t)k);
            assert_string_equal(row->name, others ? "" : name);
        }
        assert_true(rows[i].listed == 0 ? books.department_count > 10 && books.department_count < rows[i].count
                                        : books.department_count == rows[i].listed);
        assert_int_equal(count, 2 * (int64_t)rows[i].count);
        assert_int_equal(milli, 3000 * (int64_t)rows[i].count);
        assert_int_equal(minor, 5 * (int64_t)rows[i].count);
    }
    arena_destroy(arena);
}

/* On paper a name takes no more than its columns: eighty characters of four bytes are 320 in the message and 40 there. */
static void A18_a_long_name_is_counted_as_it_stands(void **state)
{
    static struct shift_department many[200];
    char name[321] = "";
    struct arena *arena = arena_create(0);
    size_t before = 200;

    (void)state;
    for (size_t i = 0; i < 80; i++)
        memcpy(name + 4 * i, "\xF0\x9F\xA5\x90", 4);
    for (size_t i = 0; i < COUNT(many); i++)
        many[i] = (struct shift_department){ 101 + (int64_t)i, name, 2, 3000, 5 };
    for (size_t tenders = 0; tenders <= 20; tenders += 20) { /* which leave less to the lists */
        struct shift_tender counted[20];

        for (size_t i = 0; i < COUNT(counted); i++)
            counted[i] = (struct shift_tender){ .name = "Voucher of the town", .counted = true, .tip_minor = 1 };
        struct shift_books books = {
            .departments = many, .department_count = 200, .tenders = counted, .tender_count = tenders
        };
        shift_books_fold(&books, arena);
        assert_in_range(books.department_count, 100, before - 1);
        assert_in_range(books.department_count * (320 + 40), 36000, 54500);
        before = books.department_count;
    }
    arena_destroy(arena);
}

/* As many as there is room for are not folded, and of one more some are. */
static void A18_nothing_is_folded_up_to_the_bound(void **state)
{
    static struct shift_department many[200];
    struct arena *arena = arena_create(0);
    char name[321] = "";
    size_t whole = 0, folded = 0;

    (void)state;
    memset(name, 'n', 320);
    for (size_t i = 0; i < COUNT(many); i++)
        many[i] = (struct shift_department){ 101 + (int64_t)i, name, 2, 3000, 5 };
    for (size_t count = 1; count <= COUNT(many) && folded == 0; count++) {
        struct shift_books books = { .departments = many, .department_count = count };

        shift_books_fold(&books, arena);
        if (books.departments[books.department_count - 1].product_id == 0)
            folded = books.department_count;
        else
            whole = count;
    }
    assert_in_range(whole, 120, 140);
    assert_in_range(folded, whole - 1, whole + 1);
    arena_destroy(arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(A18_nobody_is_listed_in_part),
        cmocka_unit_test(A18_other_taxes_are_one_row),
        cmocka_unit_test(A18_other_departments_are_one_row),
        cmocka_unit_test(A18_a_long_name_is_counted_as_it_stands),
        cmocka_unit_test(A18_nothing_is_folded_up_to_the_bound),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
