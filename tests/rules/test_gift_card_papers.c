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
        cmocka_unit_test(a_statement_on_paper),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
