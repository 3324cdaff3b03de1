/* Gift cards' papers: of a new one, with its code below, and a statement. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include "common/print/text.h"
#include "common/rules/gift_card.h"
#include "small_shop.h"

#define COUNT(array) (sizeof(array) / sizeof *(array))

static void a_new_card_on_paper(void **state)
{
    (void)state;
    struct small_shop *s = small_shop_open();
    struct arena *arena = s->arena;
    const struct shop *shop = catalogue_shop(s->catalogue, VERSION);
    struct gift_card_state card = { .id = 50, .number = 3, .last_four = "4821", .balance_minor = 5000 };
    const struct gift_card_paper paper = { .card = &card,
                                           .kind = GIFT_CARD_ISSUED,
                                           .means = ACCOUNT_BY_CARD,
                                           .amount_minor = 5000,
                                           .entry_number = 1,
                                           .till_number = 3,
                                           .reference = bytes_of_text("A-17"),
                                           .at = NOW };

    card.expires = true;
    card.expiry = (struct day){ zone_day(s->set.zone, NOW).number + 365 };
    struct receipt receipt = gift_card_receipt(&paper, shop, zone_utc(), arena);
    struct receipt with_code = gift_card_receipt_with_code(&receipt, "91234567890123456724", arena);
    assert_string_equal(receipt_text(arena, &with_code, 42), "                Caroline's\n"
                                                             "------------------------------------------\n"
                                                             "                GIFT CARD\n"
                                                             "Card 3, ends in 4821\n"
                                                             "Till 3, entry 3/1         2025-11-22 08:26\n"
                                                             "------------------------------------------\n"
                                                             "Received by card EUR                 50.00\n"
                                                             "Reference A-17\n"
                                                             "Left on it                           50.00\n"
                                                             "Pays until                      2026-11-22\n"
                                                             "------------------------------------------\n"
                                                             "    No sale: no turnover, and no tax.\n"
                                                             "------------------------------------------\n"
                                                             "This code pays: keep it as you keep cash.\n"
                                                             "         91234 56789 01234 56724\n"
                                                             "           91234567890123456724\n");
    small_shop_close(s);
}

/* What happened, by whom and for which card: what differs from a new one's paper. */
static void each_entry_has_its_paper(void **state)
{
    static const struct {
        const char *what;
        struct gift_card_paper paper;
        bool expires;
        int32_t days; /* until it expires */
        const char *title, *entry, *total, *more, *until;
    } papers[] = {
        { "topped up at a till",
          { .kind = GIFT_CARD_TOPPED_UP, .means = ACCOUNT_BY_CASH, .amount_minor = 2500, .till_number = 3 },
          true,
          0,
          "           GIFT CARD, TOPPED UP",
          "Till 3, entry 3/8         2025-11-22 08:26",
          "Received by cash EUR                 25.00",
          NULL,
          "Pays until                      2025-11-22" },
        { "given back, from what has expired",
          { .kind = GIFT_CARD_UNDONE,
            .means = ACCOUNT_BY_CASH,
            .amount_minor = -2500,
            .till_number = 3,
            .reason = { (const uint8_t *)"unwanted", 8 } },
          true,
          -1,
          "          GIFT CARD, GIVEN BACK",
          "Till 3, entry 3/8         2025-11-22 08:26",
          "Given back by cash EUR               25.00",
          "unwanted",
          "Expired, it paid until          2025-11-21" },
        { "for a lost one, in the office",
          { .kind = GIFT_CARD_MOVED_HERE, .amount_minor = 2500, .from_number = 2 },
          false,
          0,
          "        GIFT CARD, FOR A LOST ONE",
          "Entry 3/8                 2025-11-22 08:26",
          "Moved to it EUR                      25.00",
          "In place of card 2",
          NULL },
    };

    (void)state;
    for (size_t i = 0; i < COUNT(papers); i++) {
        struct small_shop *s = small_shop_open();
        struct gift_card_state card = { .id = 50,
                                        .number = 3,
                                        .last_four = "4821",
                                        .balance_minor = 2500,
                                        .expires = papers[i].expires,
                                        .expiry = { zone_day(s->set.zone, NOW).number + papers[i].days } };
        struct gift_card_paper paper = papers[i].paper;

        paper.card = &card;
        paper.entry_number = 8;
        paper.at = NOW;
        struct receipt receipt = gift_card_receipt(&paper, catalogue_shop(s->catalogue, VERSION), zone_utc(), s->arena);
        const char *text = receipt_text(s->arena, &receipt, 42);
        const char *rows[] = { papers[i].title, papers[i].entry, papers[i].total, papers[i].more, papers[i].until };
        for (size_t row = 0; row < COUNT(rows); row++)
            if (rows[row] != NULL && strstr(text, arena_format(s->arena, "\n%s\n", rows[row])) == NULL)
                fail_msg("%s:\n%s", papers[i].what, text);
        assert_int_equal(strstr(text, "In place of") != NULL, papers[i].paper.from_number != 0);
        assert_int_equal(strstr(text, "until") != NULL, papers[i].until != NULL);
        small_shop_close(s);
    }
}

/* Of a page behind the newest entries it says what was left then; of a card without entries, what is. */
static void a_statement_says_of_when_its_sum_is(void **state)
{
    static const struct gift_card_line line = { .number = 6,
                                                .amount_minor = 900,
                                                .balance_minor = 4000,
                                                .kind = GIFT_CARD_GIVEN_BACK,
                                                .receipt_number = "3T-000009" };
    static const struct {
        size_t count;
        int64_t entry_count;
        const char *sum;
    } pages[] = {
        { 1, 6, "\nLeft on it EUR                       70.00\n" },
        { 1, 7, "\nLeft then                            40.00\n" },
        { 0, 7, "\nLeft on it EUR                       70.00\n" },
    };

    (void)state;
    for (size_t i = 0; i < COUNT(pages); i++) {
        struct small_shop *s = small_shop_open();
        const struct gift_card_state card = {
            .id = 50, .number = 3, .last_four = "4821", .balance_minor = 7000, .entry_count = pages[i].entry_count
        };
        struct receipt receipt = gift_card_statement(&card, 0, &line, pages[i].count,
                                                     catalogue_shop(s->catalogue, VERSION), zone_utc(), NOW, s->arena);

        assert_non_null(strstr(receipt_text(s->arena, &receipt, 42), pages[i].sum));
        small_shop_close(s);
    }
}

static void a_statement_on_paper(void **state)
{
    (void)state;
    struct small_shop *s = small_shop_open();
    struct arena *arena = s->arena;
    const struct gift_card_line lines[] = {
        { .number = 7, .amount_minor = -4000, .kind = GIFT_CARD_MOVED_AWAY, .at = NOW, .other_number = 9 },
        { .number = 6,
          .amount_minor = 900,
          .balance_minor = 4000,
          .kind = GIFT_CARD_GIVEN_BACK,
          .at = NOW,
          .receipt_number = "3T-000009" },
        { .number = 5,
          .amount_minor = -1900,
          .balance_minor = 3100,
          .kind = GIFT_CARD_PAID,
          .at = NOW,
          .receipt_number = "3T-000008" },
        { .number = 4,
          .amount_minor = -100,
          .balance_minor = 5000,
          .kind = GIFT_CARD_UNDONE,
          .at = NOW,
          .means = ACCOUNT_BY_CASH },
        { .number = 3,
          .amount_minor = 100,
          .balance_minor = 5100,
          .kind = GIFT_CARD_TOPPED_UP,
          .at = NOW,
          .means = ACCOUNT_BY_CASH },
        { .number = 2,
          .amount_minor = 4000,
          .balance_minor = 5000,
          .kind = GIFT_CARD_MOVED_HERE,
          .at = NOW,
          .other_number = 2 },
        { .number = 1,
          .amount_minor = 1000,
          .balance_minor = 1000,
          .kind = GIFT_CARD_ISSUED,
          .at = NOW,
          .means = ACCOUNT_BY_TRANSFER },
    };
    struct gift_card_state card = {
        .id = 50, .number = 3, .last_four = "4821", .entry_count = 7, .moved_to = 9, .blocked = true
    };
    struct receipt receipt = gift_card_statement(&card, 9, lines, COUNT(lines), catalogue_shop(s->catalogue, VERSION),
                                                 zone_utc(), NOW, arena);

    assert_string_equal(receipt_text(arena, &receipt, 42), "                Caroline's\n"
                                                           "------------------------------------------\n"
                                                           "                GIFT CARD\n"
                                                           "Card 3, ends in 4821\n"
                                                           "As of                     2025-11-22 08:26\n"
                                                           "------------------------------------------\n"
                                                           "2025-11-22 issued, transfer          10.00\n"
                                                           "2025-11-22 moved from card 2         40.00\n"
                                                           "2025-11-22 topped up, cash            1.00\n"
                                                           "2025-11-22 given back, cash          -1.00\n"
                                                           "2025-11-22 3T-000008                -19.00\n"
                                                           "2025-11-22 3T-000009, given back      9.00\n"
                                                           "2025-11-22 moved to card 9          -40.00\n"
                                                           "------------------------------------------\n"
                                                           "Left on it EUR                        0.00\n"
                                                           "Blocked: it pays nothing.\n"
                                                           "Lost: card 9 has its money.\n");
    small_shop_close(s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_new_card_on_paper),
        cmocka_unit_test(each_entry_has_its_paper),
        cmocka_unit_test(a_statement_says_of_when_its_sum_is),
        cmocka_unit_test(a_statement_on_paper),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
