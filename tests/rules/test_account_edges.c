/* Papers of accounts at their edges: statements of little, and who signs. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>

#include "common/print/text.h"
#include "common/rules/account.h"
#include "common/rules/sale_receipt.h"

#define COUNT(array) (sizeof(array) / sizeof *(array))
#define NOW          ((struct instant){ 1763800000000000 }) /* 2025-11-22 08:26:40 UTC */

static const struct shop shop = { .name = "Caroline's",
                                  .address = "",
                                  .tax_number = "",
                                  .receipt_head = "",
                                  .receipt_foot = "",
                                  .currency = "EUR",
                                  .currency_exponent = 2,
                                  .prices_include_tax = true };

/* A list that is cut says what was owed behind its newest entry, and now; and of what is unknown nothing is said. */
static void A9_a_statement_says_what_it_is_of(void **state)
{
    static const struct account_line last = { .number = 2,
                                              .amount_minor = 300,
                                              .balance_minor = -500,
                                              .kind = ACCOUNT_PAID_BACK,
                                              .at = NOW,
                                              .means = ACCOUNT_BY_TRANSFER };
    struct account_line unknown = last;
    const struct {
        const struct account_line *lines;
        size_t count;
        int64_t entry_count;
        bool blocked;
        const char *rows;
    } rows[] = {
        { &last, 1, 3, true,
          "Credit before                         8.00\n"
          "2025-11-22 paid back by transfer      3.00\n"
          "------------------------------------------\n"
          "Credit then                           5.00\n"
          "Owed now                              2.00\n"
          "Limit                                50.00\n"
          "Blocked: nothing goes on it.\n" },
        { NULL, 0, 0, false,
          "------------------------------------------\n"
          "------------------------------------------\n"
          "Owed now                              2.00\n"
          "Limit                                50.00\n" },
        { &unknown, 1, 2, false,
          "2025-11-22                            3.00\n"
          "------------------------------------------\n"
          "Owed now                              2.00\n" },
    };
    struct arena *arena = arena_create(0);

    (void)state;
    unknown.kind = (enum account_kind)9;
    for (size_t i = 0; i < COUNT(rows); i++) {
        const struct account_state account = { .id = 61,
                                               .number = 7,
                                               .limit_minor = 5000,
                                               .balance_minor = 200,
                                               .entry_count = rows[i].entry_count,
                                               .blocked = rows[i].blocked };
        struct receipt receipt =
            account_statement(&account, rows[i].lines, rows[i].count, &shop, zone_utc(), NOW, arena);
        const char *text = receipt_text(arena, &receipt, 42);

        if (strstr(text, rows[i].rows) == NULL)
            fail_msg("row %zu:\n%s", i, text);
    }
    assert_string_equal(account_means_name(0), "");
    assert_string_equal(account_means_name(5), "");
    for (int means = -1; means <= 6; means++) /* by a stored card no person receives anything */
        assert_int_equal(account_means_received(means), means >= ACCOUNT_BY_CASH && means <= ACCOUNT_BY_TRANSFER);
    arena_destroy(arena);
}

/* Whatever is charged, given back, received or paid back: what is owed afterwards can be counted, or nothing is done. */
static void A9_what_is_owed_stays_in_the_range_of_money(void **state)
{
    static const struct {
        const char *what;
        int64_t balance_minor, limit_minor;
        enum account_kind kind;
        int64_t minor;
        enum account_verdict verdict;
    } rows[] = {
        { "up to its limit", 0, MINOR_MAX, ACCOUNT_CHARGED, MINOR_MAX, ACCOUNT_OK },
        { "beyond it", 1, MINOR_MAX, ACCOUNT_CHARGED, MINOR_MAX, ACCOUNT_OVER_LIMIT },
        { "a limit that can't be", MINOR_MAX, MINOR_MAX + 1, ACCOUNT_CHARGED, 1, ACCOUNT_OUT_OF_RANGE },
        { "the most to one's credit", 1 - MINOR_MAX, 0, ACCOUNT_GIVEN_BACK, 1, ACCOUNT_OK },
        { "more", -MINOR_MAX, 0, ACCOUNT_GIVEN_BACK, 1, ACCOUNT_OUT_OF_RANGE },
        { "received", -MINOR_MAX, 0, ACCOUNT_RECEIVED, 1, ACCOUNT_OUT_OF_RANGE },
        { "received, beyond a number", -2, 0, ACCOUNT_RECEIVED, INT64_MAX, ACCOUNT_OUT_OF_RANGE },
        { "paid back of a credit", -MINOR_MAX, 0, ACCOUNT_PAID_BACK, MINOR_MAX, ACCOUNT_OK },
    };

    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        const struct account_state account = { .balance_minor = rows[i].balance_minor,
                                               .limit_minor = rows[i].limit_minor };

        if (account_may(&account, rows[i].kind, rows[i].minor) != rows[i].verdict)
            fail_msg("%s", rows[i].what);
    }
}

/* Who takes goods on account signs once: on the first paper of the sale. */
static void A9_the_first_paper_of_a_sale_on_account_is_signed(void **state)
{
    static const struct {
        const char *what;
        enum tender_kind kinds[2];
        size_t count;
        enum sale_kind kind;
        uint32_t copy;
        bool is_signed;
    } rows[] = {
        { "cash", { TENDER_CASH }, 1, SALE_SOLD, 0, false },
        { "on account", { TENDER_ACCOUNT }, 1, SALE_SOLD, 0, true },
        { "on account and cash", { TENDER_ACCOUNT, TENDER_CASH }, 2, SALE_SOLD, 0, true },
        { "cash and on account", { TENDER_CASH, TENDER_ACCOUNT }, 2, SALE_SOLD, 0, true },
        { "given back to it", { TENDER_ACCOUNT }, 1, SALE_REFUND, 0, false },
        { "a copy", { TENDER_ACCOUNT }, 1, SALE_SOLD, 1, false },
    };
    struct arena *arena = arena_create(0);

    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct tender_row tenders[2];
        const struct sale_rows sale = { .kind = rows[i].kind,
                                        .number = { 3, 'T', 42 },
                                        .refund_of_number = { 3, 'T', 41 },
                                        .at = NOW,
                                        .tenders = tenders,
                                        .tender_count = rows[i].count };

        for (size_t k = 0; k < rows[i].count; k++)
            tenders[k] = (struct tender_row){
                .kind = rows[i].kinds[k], .name = "Means", .amount_minor = 100, .reference = bytes_of_text("7")
            };
        struct receipt receipt = rows[i].copy == 0
                                     ? sale_receipt(&sale, &shop, zone_utc(), NULL, arena)
                                     : sale_receipt_copy(&sale, &shop, zone_utc(), NULL, rows[i].copy, false, arena);
        if ((strstr(receipt_text(arena, &receipt, 42), "Signature") != NULL) != rows[i].is_signed)
            fail_msg("%s", rows[i].what);
    }
    arena_destroy(arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(A9_a_statement_says_what_it_is_of),
        cmocka_unit_test(A9_what_is_owed_stays_in_the_range_of_money),
        cmocka_unit_test(A9_the_first_paper_of_a_sale_on_account_is_signed),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
