/* A receipt in few bytes: what each form has of it. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "common/print/brief.h"

static const struct receipt_row rows[] = {
    { RECEIPT_ROW_TITLE, "Caroline's Cookies", NULL, 0 },
    { RECEIPT_ROW_CENTRE, "1 Grand Avenue", NULL, 0 },
    { RECEIPT_ROW_RULE, NULL, NULL, 0 },
    { RECEIPT_ROW_TITLE, "COPY 1", NULL, 0 },
    { RECEIPT_ROW_PAIR, "1T-000003", "2026-11-22 10:34", 0 },
    { RECEIPT_ROW_TEXT, "Taken away", "", 0 }, /* as out of a message */
    { RECEIPT_ROW_RULE, NULL, NULL, 0 },
    { RECEIPT_ROW_PAIR, "Éclair au chocolat", "3.50", 0 },
    { RECEIPT_ROW_PAIR, "  for your points", "-3.50", 0 },
    { RECEIPT_ROW_RULE, NULL, NULL, 0 },
    { RECEIPT_ROW_TOTAL, "Total EUR", "0.00", 0 },
    { RECEIPT_ROW_PAIR, "VAT 7 % on 0.00", "0.00", 0 },
    { RECEIPT_ROW_PAIR, "Cash", "0.00", 0 },
    { RECEIPT_ROW_RULE, NULL, NULL, 0 },
    { RECEIPT_ROW_PAIR, "Points spent", "-100", 0 },
    { RECEIPT_ROW_RULE, NULL, NULL, 0 },
    { RECEIPT_ROW_CENTRE, "Thank you!", NULL, 0 },
    { RECEIPT_ROW_CODE, "1T-000003", NULL, 0 },
};

static void each_form_has_what_it_says(void **state)
{
    static const struct receipt receipt = { .rows = rows, .count = sizeof rows / sizeof *rows };
    static const char *const wanted[RECEIPT_FORMS] = {
        [RECEIPT_IN_FULL] = "Caroline's Cookies\n1 Grand Avenue\nCOPY 1\n1T-000003 2026-11-22 10:34\nTaken away\n"
                            "Éclair au chocolat 3.50\nfor your points -3.50\nTotal EUR 0.00\nVAT 7 % on 0.00 0.00\n"
                            "Cash 0.00\nPoints spent -100\nThank you!",
        [RECEIPT_OF_GOODS] = "Caroline's Cookies\nCOPY 1\n1T-000003 2026-11-22 10:34\nTaken away\n"
                             "Éclair au chocolat 3.50\nfor your points -3.50\nTotal EUR 0.00\nVAT 7 % on 0.00 0.00\n"
                             "Cash 0.00",
        [RECEIPT_OF_SUMS] = "Caroline's Cookies\nCOPY 1\n1T-000003 2026-11-22 10:34\nTotal EUR 0.00\n"
                            "VAT 7 % on 0.00 0.00",
    };
    struct arena *arena = arena_create(0);

    (void)state;
    for (enum receipt_form form = RECEIPT_IN_FULL; form < RECEIPT_FORMS; form++)
        assert_string_equal(receipt_brief(&receipt, form, arena), wanted[form]);
    arena_destroy(arena);
}

static void of_nothing_there_is_nothing(void **state)
{
    struct arena *arena = arena_create(0);

    (void)state;
    assert_string_equal(receipt_brief(&(struct receipt){ 0 }, RECEIPT_IN_FULL, arena), "");
    arena_destroy(arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_form_has_what_it_says),
        cmocka_unit_test(of_nothing_there_is_nothing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
