/* Gift cards: what one pays, what each entry leaves, never below nothing; its codes, its last day, and how it comes back. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>

#include "common/base/text.h"
#include "common/print/text.h"
#include "common/rules/retender.h"
#include "common/rules/sale_offline.h"
#include "common/rules/sale_receipt.h"
#include "small_shop.h"

#define COUNT(array) (sizeof(array) / sizeof *(array))
#define TAKEN        (VERSION + 1)

enum { BY_GIFT_CARD = 101 };                                           /* a means of payment */
enum { FIFTY = 801, BLOCKED, EXPIRED, MOVED, LAST_DAY, TEN, NO_CARD }; /* cards; the last is none */

struct books {
    struct small_shop *shop;
    struct gift_card_state cards[6];
};

static struct day today(const struct small_shop *s)
{
    return zone_day(s->set.zone, NOW);
}

static struct books open_books(void)
{
    static const struct tender_type types[] = {
        { .id = TENDER_TYPE_CASH, .name = "Cash", .permission = "", .kind = TENDER_CASH, .change = CHANGE_GIVEN },
        { .id = TENDER_TYPE_CARD, .name = "Card", .permission = "", .kind = TENDER_CARD, .change = CHANGE_NONE },
        { .id = BY_GIFT_CARD, .name = "Gift card", .permission = "", .kind = TENDER_GIFT_CARD, .change = CHANGE_NONE },
    };
    struct books books = { .shop = small_shop_open() };
    struct small_shop *s = books.shop;

    for (size_t i = 0; i < COUNT(types); i++) {
        struct tender_type type = types[i];

        type.active = true;
        catalogue_put_tender_type(s->catalogue, TAKEN, &type);
    }
    catalogue_seal(s->catalogue, TAKEN, NOW.us);
    struct day day = today(s);
    books.cards[0] = (struct gift_card_state){ .id = FIFTY, .number = 3, .last_four = "4821", .balance_minor = 5000 };
    books.cards[1] = (struct gift_card_state){ .id = BLOCKED, .number = 4, .balance_minor = 5000, .blocked = true };
    books.cards[2] = (struct gift_card_state){
        .id = EXPIRED, .number = 5, .balance_minor = 5000, .expires = true, .expiry = { day.number - 1 }
    };
    books.cards[3] = (struct gift_card_state){ .id = MOVED, .number = 6, .moved_to = FIFTY };
    books.cards[4] =
        (struct gift_card_state){ .id = LAST_DAY, .number = 7, .balance_minor = 5000, .expires = true, .expiry = day };
    books.cards[5] = (struct gift_card_state){ .id = TEN, .number = 8, .last_four = "0007", .balance_minor = 899 };
    return books;
}

/* The set's cards point to the books, which have moved. */
static void lay_open(struct books *books)
{
    books->shop->set.gift_cards = books->cards;
    books->shop->set.gift_card_count = COUNT(books->cards);
}

static void close_books(struct books *books)
{
    small_shop_close(books->shop);
}

struct given {
    int64_t type_id, amount_minor, card_id;
    int64_t tip_minor;
    int64_t seen_before_us; /* the sale */
};

/* The cards have the numbers from 3 on; the last is none. */
static int64_t number_of(int64_t card_id)
{
    return card_id == 0 ? 0 : 3 + card_id - FIFTY;
}

/* A cake for 9.00. */
static struct sale_command command_of(struct small_shop *s, const struct given *given, size_t most)
{
    static const struct basket_line lines[] = { { .product_id = CAKE, .quantity_milli = 1000 } };
    struct tender *tenders = arena_array(s->arena, most, sizeof *tenders);
    size_t count = 0;

    for (; count < most && given[count].amount_minor != 0; count++)
        tenders[count] = (struct tender){ .type_id = given[count].type_id,
                                          .amount_minor = given[count].amount_minor,
                                          .gift_card_number = number_of(given[count].card_id),
                                          .names_gift_card = given[count].card_id != 0,
                                          .gift_card_seen = { NOW.us - given[count].seen_before_us },
                                          .tip_minor = given[count].tip_minor };
    return (struct sale_command){
        .aim = SALE_TO_BOOK,
        .basket = { .catalogue_version = TAKEN, .lines = lines, .line_count = 1 },
        .tenders = tenders,
        .tender_count = count,
        .shown_total_minor = 900,
        .device_id = TILL,
        .series = 'T',
        .number = 8,
        .sale_id = 500,
        .new_lot_id = 600,
    };
}

/* ---- what one pays ---- */

#define CASH   TENDER_TYPE_CASH
#define DAY    INT64_C(86400000000)
#define UNSAID INT64_MAX

static const struct row {
    const char *name;
    struct given given[3];
    enum sale_verdict verdict;
    int64_t fifty_minor; /* what is left behind it; 50.00 before */
    int64_t drawer_minor;
} rows[] = {
    { "all of it", { { BY_GIFT_CARD, 900, FIFTY, 0, 0 } }, SALE_OK, 4100, 0 },
    { "a part, and cash the rest", { { BY_GIFT_CARD, 500, FIFTY, 0, 0 }, { CASH, 400, 0, 0, 0 } }, SALE_OK, 4500, 400 },
    { "cash gives change beside it",
      { { CASH, 1000, 0, 0, 0 }, { BY_GIFT_CARD, 500, FIFTY, 0, 0 } },
      SALE_OK,
      4500,
      400 },
    { "two cards", { { BY_GIFT_CARD, 500, FIFTY, 0, 0 }, { BY_GIFT_CARD, 400, TEN, 0, 0 } }, SALE_OK, 4500, 0 },
    { "a cent more than is due", { { BY_GIFT_CARD, 901, FIFTY, 0, 0 } }, SALE_OVERPAID, 5000, 0 },
    { "a cent less", { { BY_GIFT_CARD, 899, FIFTY, 0, 0 } }, SALE_UNDERPAID, 5000, 0 },
    { "the last of it", { { BY_GIFT_CARD, 899, TEN, 0, 0 }, { CASH, 1, 0, 0, 0 } }, SALE_OK, 5000, 1 },
    { "a cent more than is on it", { { BY_GIFT_CARD, 900, TEN, 0, 0 } }, SALE_GIFT_CARD_BALANCE, 5000, 0 },
    { "blocked", { { BY_GIFT_CARD, 900, BLOCKED, 0, 0 } }, SALE_GIFT_CARD_BLOCKED, 5000, 0 },
    { "expired yesterday", { { BY_GIFT_CARD, 900, EXPIRED, 0, 0 } }, SALE_GIFT_CARD_EXPIRED, 5000, 0 },
    { "on its last day", { { BY_GIFT_CARD, 900, LAST_DAY, 0, 0 } }, SALE_OK, 5000, 0 },
    { "lost and moved", { { BY_GIFT_CARD, 900, MOVED, 0, 0 } }, SALE_GIFT_CARD_MOVED, 5000, 0 },
    { "there is none", { { BY_GIFT_CARD, 900, NO_CARD, 0, 0 } }, SALE_UNKNOWN_GIFT_CARD, 5000, 0 },
    { "none was scanned", { { BY_GIFT_CARD, 900, 0, 0, 0 } }, SALE_GIFT_CARD_WANTED, 5000, 0 },
    { "cash is no gift card", { { CASH, 900, FIFTY, 0, 0 } }, SALE_GIFT_CARD_WANTED, 5000, 0 },
    { "one card twice",
      { { BY_GIFT_CARD, 500, FIFTY, 0, 0 }, { BY_GIFT_CARD, 400, FIFTY, 0, 0 } },
      SALE_GIFT_CARD_WANTED,
      5000,
      0 },
    { "scanned a day ago", { { BY_GIFT_CARD, 900, FIFTY, 0, DAY } }, SALE_OK, 4100, 0 },
    { "and longer", { { BY_GIFT_CARD, 900, FIFTY, 0, DAY + 1 } }, SALE_GIFT_CARD_WANTED, 5000, 0 },
    { "or in a time to come", { { BY_GIFT_CARD, 900, FIFTY, 0, -DAY - 1 } }, SALE_GIFT_CARD_WANTED, 5000, 0 },
    { "a tip is no gift", { { BY_GIFT_CARD, 910, FIFTY, 10, 0 } }, SALE_BAD_TENDER, 5000, 0 },
};

static void what_a_card_pays(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct books books = open_books();
        struct sale_rows sale;
        struct sale_command command = command_of(books.shop, rows[i].given, 3);

        lay_open(&books);
        enum sale_verdict verdict = sale_decide(&command, &books.shop->set, NOW, &sale);
        if (verdict != rows[i].verdict || books.cards[0].balance_minor != rows[i].fifty_minor)
            fail_msg("%s: verdict %d, left %lld, %s", rows[i].name, verdict, (long long)books.cards[0].balance_minor,
                     verdict == SALE_OK ? "" : sale.sentence);
        if (verdict == SALE_OK)
            assert_int_equal(sale.drawer_minor, rows[i].drawer_minor);
        for (size_t k = 0; k < COUNT(books.cards); k++)
            assert_true(books.cards[k].balance_minor >= 0);
        close_books(&books);
    }
}

/* Brought out of a dead till's spool, days later. */
static void what_a_card_pays_of_a_sale_that_is_brought(void **state)
{
    static const struct brought_row {
        const char *name;
        int64_t made_before_us; /* now; UNSAID: the till did not say */
        struct given given[2];
        enum sale_verdict verdict;
    } brought[] = {
        { "a week ago, scanned on that day", 7 * DAY, { { BY_GIFT_CARD, 900, FIFTY, 0, 8 * DAY } }, SALE_OK },
        { "scanned the day before that",
          7 * DAY,
          { { BY_GIFT_CARD, 900, FIFTY, 0, 8 * DAY + 1 } },
          SALE_GIFT_CARD_WANTED },
        { "scanned days after it", 7 * DAY, { { BY_GIFT_CARD, 900, FIFTY, 0, DAY } }, SALE_GIFT_CARD_WANTED },
        { "it does not say when", UNSAID, { { BY_GIFT_CARD, 900, FIFTY, 0, DAY } }, SALE_OK },
        { "nor that it is old", UNSAID, { { BY_GIFT_CARD, 900, FIFTY, 0, DAY + 1 } }, SALE_GIFT_CARD_WANTED },
        { "it says a time to come", -DAY, { { BY_GIFT_CARD, 900, FIFTY, 0, DAY + 1 } }, SALE_GIFT_CARD_WANTED },
        { "no more than is on it now", DAY, { { BY_GIFT_CARD, 900, TEN, 0, DAY } }, SALE_GIFT_CARD_BALANCE },
    };

    (void)state;
    for (size_t i = 0; i < COUNT(brought); i++) {
        struct books books = open_books();
        struct sale_rows sale;
        struct sale_command command = command_of(books.shop, brought[i].given, 2);

        command.made.us = brought[i].made_before_us == UNSAID ? 0 : NOW.us - brought[i].made_before_us;
        lay_open(&books);
        enum sale_verdict verdict = sale_rescue_decide(&command, TILL, &books.shop->set, NULL, NOW, &sale);
        if (verdict != brought[i].verdict)
            fail_msg("%s: verdict %d, %s", brought[i].name, verdict, verdict == SALE_OK ? "" : sale.sentence);
        close_books(&books);
    }
}

static void each_entry_says_what_it_leaves(void **state)
{
    (void)state;
    struct books books = open_books();
    const struct given given[] = { { BY_GIFT_CARD, 500, FIFTY, 0, 0 }, { BY_GIFT_CARD, 400, TEN, 0, 0 } };
    struct sale_command command = command_of(books.shop, given, 2);
    struct sale_rows sale;

    lay_open(&books);
    assert_int_equal(sale_decide(&command, &books.shop->set, NOW, &sale), SALE_OK);
    assert_int_equal(sale.gift_card_count, 2);
    assert_int_equal(sale.gift_cards[1].card_id, TEN);
    assert_int_equal(sale.gift_cards[1].kind, GIFT_CARD_PAID);
    assert_int_equal(sale.gift_cards[1].position, 1);
    assert_int_equal(sale.gift_cards[1].amount_minor, -400);
    assert_int_equal(sale.gift_cards[1].balance_minor, 499);
    assert_memory_equal(sale.tenders[1].reference.data, "8", 1);
    const char *text =
        receipt_text(books.shop->arena,
                     (struct receipt[]){ sale_receipt(&sale, catalogue_shop(books.shop->catalogue, TAKEN),
                                                      books.shop->set.zone, NULL, books.shop->arena) },
                     42);
    assert_non_null(strstr(text, "Gift card 3                           5.00"));
    assert_non_null(strstr(text, "  ends in 4821, left on it           45.00"));
    assert_non_null(strstr(text, "  ends in 0007, left on it            4.99"));
    assert_null(strstr(text, "Signature"));
    close_books(&books);
}

/* ---- what else may be done to one ---- */

static const struct deed {
    const char *name;
    enum gift_card_kind kind;
    int64_t card_id, minor;
    enum gift_card_verdict verdict;
} deeds[] = {
    { "topped up", GIFT_CARD_TOPPED_UP, FIFTY, 1, GIFT_CARD_OK },
    { "topped up to the end of the range", GIFT_CARD_TOPPED_UP, FIFTY, MINOR_MAX - 5000, GIFT_CARD_OK },
    { "and beyond", GIFT_CARD_TOPPED_UP, FIFTY, MINOR_MAX - 4999, GIFT_CARD_OUT_OF_RANGE },
    { "and far beyond", GIFT_CARD_TOPPED_UP, FIFTY, INT64_MAX, GIFT_CARD_OUT_OF_RANGE },
    { "a blocked one is not topped up", GIFT_CARD_TOPPED_UP, BLOCKED, 1, GIFT_CARD_IS_BLOCKED },
    { "nor an expired one", GIFT_CARD_TOPPED_UP, EXPIRED, 1, GIFT_CARD_IS_EXPIRED },
    { "nor a lost one", GIFT_CARD_TOPPED_UP, MOVED, 1, GIFT_CARD_IS_MOVED },
    { "a refund goes onto a blocked one", GIFT_CARD_GIVEN_BACK, BLOCKED, 900, GIFT_CARD_OK },
    { "and an expired one", GIFT_CARD_GIVEN_BACK, EXPIRED, 900, GIFT_CARD_OK },
    { "and not onto a lost one", GIFT_CARD_GIVEN_BACK, MOVED, 900, GIFT_CARD_IS_MOVED },
    { "money back for all", GIFT_CARD_UNDONE, FIFTY, 5000, GIFT_CARD_OK },
    { "and not for more", GIFT_CARD_UNDONE, FIFTY, 5001, GIFT_CARD_IS_SHORT },
    { "for an expired one", GIFT_CARD_UNDONE, EXPIRED, 5000, GIFT_CARD_OK },
    { "not for a blocked one", GIFT_CARD_UNDONE, BLOCKED, 5000, GIFT_CARD_IS_BLOCKED },
    { "a blocked one is moved", GIFT_CARD_MOVED_AWAY, BLOCKED, 5000, GIFT_CARD_OK },
    { "an expired one, too", GIFT_CARD_MOVED_AWAY, EXPIRED, 5000, GIFT_CARD_OK },
    { "a lost one once", GIFT_CARD_MOVED_AWAY, MOVED, 1, GIFT_CARD_IS_MOVED },
    { "not more than there is", GIFT_CARD_MOVED_AWAY, FIFTY, 5001, GIFT_CARD_IS_SHORT },
    { "what pays is the balance", GIFT_CARD_PAID, FIFTY, 5000, GIFT_CARD_OK },
    { "and not a cent more", GIFT_CARD_PAID, FIFTY, 5001, GIFT_CARD_IS_SHORT },
};

static void what_may_be_done_to_a_card(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(deeds); i++) {
        struct books books = open_books();
        struct gift_card_state *card = NULL;

        for (size_t k = 0; k < COUNT(books.cards); k++)
            if (books.cards[k].id == deeds[i].card_id)
                card = &books.cards[k];
        int64_t before = card->balance_minor;
        enum gift_card_verdict verdict = gift_card_may(card, deeds[i].kind, deeds[i].minor, today(books.shop));
        if (verdict != deeds[i].verdict)
            fail_msg("%s: verdict %d", deeds[i].name, verdict);
        if (verdict == GIFT_CARD_OK) {
            struct gift_card_row entry = gift_card_post(card, deeds[i].kind, deeds[i].minor, 0);
            assert_int_equal(entry.number, 1);
            assert_int_equal(entry.balance_minor, before + entry.amount_minor);
            assert_true(card->balance_minor >= 0 && card->changed);
        }
        close_books(&books);
    }
}

static void what_it_can_pay_now(void **state)
{
    (void)state;
    struct books books = open_books();
    struct day day = today(books.shop);
    const int64_t left[] = { 5000, 0, 0, 0, 5000, 899 };

    for (size_t i = 0; i < COUNT(left); i++)
        assert_int_equal(gift_card_left(&books.cards[i], day), left[i]);
    assert_int_equal(gift_card_left(&books.cards[4], (struct day){ day.number + 1 }), 0); /* the shop's midnight */
    close_books(&books);
}

/* Against a model that knows nothing but the sum: a thousand deeds at random. */
static void a_thousand_deeds_never_leave_less_than_nothing(void **state)
{
    (void)state;
    struct gift_card_state card = { .id = FIFTY };
    uint64_t random = 1;
    int64_t sum = 0, refused = 0;

    for (int i = 0; i < 1000; i++) {
        random = random * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
        enum gift_card_kind kind = (enum gift_card_kind)(1 + (random >> 33) % 7);
        bool off = kind == GIFT_CARD_PAID || kind == GIFT_CARD_UNDONE || kind == GIFT_CARD_MOVED_AWAY;
        int64_t minor = 1 + (int64_t)((random >> 40) % (off ? 3000 : 1000));
        bool may = gift_card_may(&card, kind, minor, (struct day){ 20000 }) == GIFT_CARD_OK;

        assert_int_equal(may, !off || minor <= sum);
        refused += !may;
        if (may) {
            sum += off ? -minor : minor;
            assert_int_equal(gift_card_post(&card, kind, minor, 0).balance_minor, sum);
        }
        assert_true(card.balance_minor == sum && sum >= 0);
    }
    assert_true(refused > 10 && card.entry_count == 1000 - refused);
}

/* ---- its last day ---- */

static void so_many_months_later(void **state)
{
    (void)state;
    static const struct {
        struct date from;
        unsigned months;
        const char *expiry;
    } days[] = {
        { { 2026, 11, 29 }, 36, "2029-11-29" }, { { 2026, 1, 31 }, 1, "2026-02-28" },
        { { 2028, 1, 31 }, 1, "2028-02-29" },   { { 2028, 2, 29 }, 12, "2029-02-28" },
        { { 2026, 12, 31 }, 2, "2027-02-28" },  { { 2026, 8, 31 }, 1, "2026-09-30" },
        { { 2026, 12, 1 }, 1, "2027-01-01" },   { { 9990, 1, 1 }, 1200, "9999-12-31" },
    };
    char text[DAY_TEXT];

    for (size_t i = 0; i < COUNT(days); i++)
        assert_string_equal(day_format(text, gift_card_expiry(day_of_date(days[i].from), days[i].months)),
                            days[i].expiry);
}

/* ---- codes ---- */

static void codes_as_they_are_typed(void **state)
{
    (void)state;
    static const struct {
        const char *typed, *code; /* NULL: none */
    } codes[] = {
        { "91234567890123456724", "91234567890123456724" },
        { " 91234 56789-01234 56724 ", "91234567890123456724" },
        { "91234567890123456725", NULL }, /* a slip */
        { "91234567890123456742", NULL }, /* two that changed places */
        { "9123456789012345", "9123456789012345" },
        { "912345678901234", NULL },
        { "912345678901234567890123", "912345678901234567890123" },
        { "9123456789012345678901234", NULL },
        { "9123456789012345x", NULL },
        { "9123456789012345/", NULL }, /* before 0 */
        { "9123456789012345:", NULL }, /* behind 9 */
        { "", NULL },
        { "----------------", NULL },
    };
    char code[GIFT_CARD_CODE_TEXT];

    for (size_t i = 0; i < COUNT(codes); i++) {
        bool fits = gift_card_code_read(bytes_of_text(codes[i].typed), code);
        if (fits != (codes[i].code != NULL))
            fail_msg("'%s'", codes[i].typed);
        if (fits)
            assert_string_equal(code, codes[i].code);
    }
}

static void codes_that_anybody_would_try(void **state)
{
    (void)state;
    static const char *const tried[] = { "1111111111111111",    "0000000000000000",         "1234567890123456",
                                         "9876543210987654",    "111111111111111111111111", "2468024680246802",
                                         "11111111111111111195" };
    static const char *const others[] = { "9123456789012345", "1111111111111112", "1234567890123457",
                                          "91234567890123456724" };

    for (size_t i = 0; i < COUNT(tried); i++)
        if (!gift_card_code_guessable(tried[i]))
            fail_msg("%s", tried[i]);
    for (size_t i = 0; i < COUNT(others); i++)
        if (gift_card_code_guessable(others[i]))
            fail_msg("%s", others[i]);
}

/* Whatever bytes it is made of: 20 digits, right check digits, and never taken for a payment card's number. */
static void codes_that_are_made(void **state)
{
    (void)state;
    uint8_t bytes[16];
    char code[GIFT_CARD_CODE_TEXT], read[GIFT_CARD_CODE_TEXT], before[GIFT_CARD_CODE_TEXT] = "";
    uint64_t random = 7;

    for (int i = 0; i < 5000; i++) {
        for (size_t k = 0; k < sizeof bytes; k++) {
            random = random * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
            bytes[k] = (uint8_t)(random >> 33);
        }
        if (i < 2)
            memset(bytes, i == 0 ? 0 : 0xFF, sizeof bytes);
        gift_card_code_make(bytes, code);
        assert_int_equal(strlen(code), 20);
        assert_int_equal(code[0], '9');
        assert_true(gift_card_code_read(bytes_of_text(code), read));
        assert_string_equal(read, code);
        assert_false(text_has_card_number(bytes_of_text(code)));
        assert_true(text_has_gift_card_code(bytes_of_text(code)));
        assert_string_not_equal(code, before);
        strcpy(before, code);
    }
}

/* ---- how it comes back, and what is not done ---- */

static void it_comes_back_to_the_card_or_to_the_one_in_its_place(void **state)
{
    (void)state;
    struct books books = open_books();
    const struct given given[] = { { BY_GIFT_CARD, 500, FIFTY, 0, 0 }, { CASH, 400, 0, 0, 0 } };
    struct sale_command sell = command_of(books.shop, given, 2);
    struct refund_command command = { .device_id = TILL, .series = 'T', .number = 9, .sale_id = 501 };
    struct sale_rows sale, back;

    lay_open(&books);
    assert_int_equal(sale_decide(&sell, &books.shop->set, NOW, &sale), SALE_OK);
    small_shop_remember(books.shop, &sale);
    struct original_tender *paid = &((struct original_tender *)(uintptr_t)books.shop->original.tenders)[0];
    command.original = sale.number;
    paid->gift_card_id = MOVED; /* between the look and the lock */
    assert_int_equal(refund_decide(&command, &books.shop->set, NOW, &back), SALE_GIFT_CARD_MOVED);
    paid->gift_card_id = 999;
    assert_int_equal(refund_decide(&command, &books.shop->set, NOW, &back), SALE_GIFT_CARD_MOVED);
    paid->gift_card_id = TEN;
    books.cards[5].balance_minor = MINOR_MAX;
    assert_int_equal(refund_decide(&command, &books.shop->set, NOW, &back), SALE_AMOUNT_OVERFLOW);
    assert_int_equal(books.shop->original.refunded, false);
    books.cards[5] = (struct gift_card_state){ .id = TEN, .number = 8, .last_four = "0007", .blocked = true };
    assert_int_equal(refund_decide(&command, &books.shop->set, NOW, &back), SALE_OK);
    assert_int_equal(back.gift_card_count, 1);
    assert_int_equal(back.gift_cards[0].kind, GIFT_CARD_GIVEN_BACK);
    assert_int_equal(back.gift_cards[0].amount_minor, 500);
    assert_int_equal(books.cards[5].balance_minor, 500);
    for (size_t i = 0; i < back.tender_count; i++)
        if (back.tenders[i].kind == TENDER_GIFT_CARD) {
            assert_memory_equal(back.tenders[i].reference.data, "3", 1); /* what paid */
            assert_string_equal(back.tenders[i].last_four, "0007");      /* where it went */
        }
    close_books(&books);
}

static void what_a_card_paid_is_not_put_right(void **state)
{
    (void)state;
    const struct given given[] = { { CASH, 400, 0, 0, 0 }, { BY_GIFT_CARD, 500, FIFTY, 0, 0 } };
    struct retender_command command = { .all = true, .reason = bytes_of_text("wrong key"), .device_id = TILL };
    struct books books = open_books();
    struct sale_command sell = command_of(books.shop, given, 2);
    struct sale_rows sale;
    struct retender rows_of;

    lay_open(&books);
    assert_int_equal(sale_decide(&sell, &books.shop->set, NOW, &sale), SALE_OK);
    small_shop_remember(books.shop, &sale);
    command.original = sale.number;
    command.position = 1;
    command.truth.type_id = CASH;
    assert_int_equal(retender_decide(&command, &books.shop->set, NOW, &rows_of), SALE_RETENDER_NOT_POSSIBLE);
    assert_non_null(strstr(rows_of.sentence, "gift card"));
    command.position = 0;
    command.truth.type_id = BY_GIFT_CARD;
    assert_int_equal(retender_decide(&command, &books.shop->set, NOW, &rows_of), SALE_RETENDER_NOT_POSSIBLE);
    assert_non_null(strstr(rows_of.sentence, "gift card"));
    close_books(&books);
}

static void none_pays_offline(void **state)
{
    (void)state;
    const struct given given[] = { { BY_GIFT_CARD, 900, FIFTY, 0, 0 } };
    struct books books = open_books();
    struct small_shop *s = books.shop;
    struct sale_command command = command_of(s, given, 1);
    struct offline_till till = { .arena = s->arena,
                                 .catalogue = s->catalogue,
                                 .zone = zone_utc(),
                                 .device_id = TILL,
                                 .till_number = 3,
                                 .shift_id = SHIFT };
    struct sale_rows sale;

    assert_int_equal(sale_offline_sell(&command, &till, NOW, &sale), SALE_GIFT_CARD_OFFLINE);
    assert_non_null(strstr(sale.sentence, "without a connection"));
    close_books(&books);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(codes_that_anybody_would_try),
        cmocka_unit_test(what_a_card_pays),
        cmocka_unit_test(what_a_card_pays_of_a_sale_that_is_brought),
        cmocka_unit_test(each_entry_says_what_it_leaves),
        cmocka_unit_test(what_may_be_done_to_a_card),
        cmocka_unit_test(what_it_can_pay_now),
        cmocka_unit_test(a_thousand_deeds_never_leave_less_than_nothing),
        cmocka_unit_test(so_many_months_later),
        cmocka_unit_test(codes_as_they_are_typed),
        cmocka_unit_test(codes_that_are_made),
        cmocka_unit_test(it_comes_back_to_the_card_or_to_the_one_in_its_place),
        cmocka_unit_test(what_a_card_paid_is_not_put_right),
        cmocka_unit_test(none_pays_offline),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
