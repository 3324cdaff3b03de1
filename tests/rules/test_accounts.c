/* Accounts of customers who pay later: what may go on one, what each entry leaves, how it comes back, and the papers. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>

#include "common/print/text.h"
#include "common/rules/retender.h"
#include "common/rules/sale_offline.h"
#include "common/rules/sale_receipt.h"
#include "small_shop.h"

#define COUNT(array) (sizeof(array) / sizeof *(array))
#define TAKEN        (VERSION + 1)

enum { ON_ACCOUNT = 101, VOUCHER };                   /* means of payment */
enum { CAFE = 701, HOTEL, KINDERGARTEN, NO_ACCOUNT }; /* accounts; the last is none */

struct books {
    struct small_shop *shop;
    struct account_state accounts[3];
};

static struct books open_books(void)
{
    static const struct tender_type types[] = {
        { .id = TENDER_TYPE_CASH, .name = "Cash", .permission = "", .kind = TENDER_CASH, .change = CHANGE_GIVEN },
        { .id = TENDER_TYPE_CARD, .name = "Card", .permission = "", .kind = TENDER_CARD, .change = CHANGE_NONE },
        { .id = ON_ACCOUNT, .name = "On account", .permission = "", .kind = TENDER_ACCOUNT, .change = CHANGE_NONE },
        { .id = VOUCHER, .name = "Voucher", .permission = "", .kind = TENDER_VOUCHER, .change = CHANGE_NONE },
    };
    struct books books = { .shop = small_shop_open() };
    struct small_shop *s = books.shop;

    for (size_t i = 0; i < COUNT(types); i++) {
        struct tender_type type = types[i];

        type.active = true;
        catalogue_put_tender_type(s->catalogue, TAKEN, &type);
    }
    catalogue_seal(s->catalogue, TAKEN, NOW.us);
    books.accounts[0] = (struct account_state){ .id = CAFE, .number = 7, .limit_minor = 5000, .balance_minor = 4000 };
    books.accounts[1] = (struct account_state){ .id = HOTEL, .number = 8, .limit_minor = 5000, .blocked = true };
    books.accounts[2] = (struct account_state){ .id = KINDERGARTEN, .number = 9, .balance_minor = -900 };
    return books;
}

/* The set's accounts point to the books, which have moved. */
static void lay_open(struct books *books)
{
    books->shop->set.accounts = books->accounts;
    books->shop->set.account_count = COUNT(books->accounts);
}

static void close_books(struct books *books)
{
    small_shop_close(books->shop);
}

struct given {
    int64_t type_id, amount_minor, account_id;
    const char *reference;
    int64_t tip_minor;
};

/* A cake for 9.00, or 9.45 with a roll. */
static struct sale_command command_of(struct small_shop *s, const struct given *given, size_t most, int64_t total_minor)
{
    static const struct basket_line lines[] = { { .product_id = CAKE, .quantity_milli = 1000 },
                                                { .product_id = ROLL, .quantity_milli = 1000 } };
    struct tender *tenders = arena_array(s->arena, most, sizeof *tenders);
    size_t count = 0;

    for (; count < most && given[count].amount_minor != 0; count++)
        tenders[count] =
            (struct tender){ .type_id = given[count].type_id,
                             .amount_minor = given[count].amount_minor,
                             .account_id = given[count].account_id,
                             .tip_minor = given[count].tip_minor,
                             .reference = bytes_of_text(given[count].reference ? given[count].reference : "") };
    return (struct sale_command){
        .aim = SALE_TO_BOOK,
        .basket = { .catalogue_version = TAKEN, .lines = lines, .line_count = total_minor == 900 ? 1 : 2 },
        .tenders = tenders,
        .tender_count = count,
        .shown_total_minor = total_minor,
        .device_id = TILL,
        .series = 'T',
        .number = 8,
        .sale_id = 500,
        .new_lot_id = 600,
    };
}

/* ---- what may go on one ---- */

#define CASH TENDER_TYPE_CASH
#define CARD TENDER_TYPE_CARD

static const struct row {
    const char *name;
    struct given given[3];
    enum sale_verdict verdict;
    int64_t cafe_minor; /* what the café owes behind it; 4,000 before */
    int64_t drawer_minor;
    int64_t total_minor; /* 0: 9.00 */
    int64_t limit_minor; /* of the café; 0: 50.00 */
} rows[] = {
    { "all of it", { { ON_ACCOUNT, 900, CAFE, NULL, 0 } }, SALE_OK, 4900, 0, 0, 0 },
    { "a part, and cash the rest",
      { { ON_ACCOUNT, 500, CAFE, NULL, 0 }, { CASH, 400, 0, NULL, 0 } },
      SALE_OK,
      4500,
      400,
      0,
      0 },
    { "cash gives change beside it",
      { { CASH, 1000, 0, NULL, 0 }, { ON_ACCOUNT, 500, CAFE, NULL, 0 } },
      SALE_OK,
      4500,
      400,
      0,
      0 },
    { "a card, and the account",
      { { CARD, 400, 0, "A1", 0 }, { ON_ACCOUNT, 500, CAFE, NULL, 0 } },
      SALE_OK,
      4500,
      0,
      0,
      0 },
    { "a cent more than is due", { { ON_ACCOUNT, 901, CAFE, NULL, 0 } }, SALE_OVERPAID, 4000, 0, 0, 0 },
    { "a cent less", { { ON_ACCOUNT, 899, CAFE, NULL, 0 } }, SALE_UNDERPAID, 4000, 0, 0, 0 },
    { "the last of the limit", { { ON_ACCOUNT, 900, CAFE, NULL, 0 } }, SALE_OK, 4900, 0, 0, 4900 },
    { "a cent beyond the limit", { { ON_ACCOUNT, 900, CAFE, NULL, 0 } }, SALE_ACCOUNT_LIMIT, 4000, 0, 0, 4899 },
    { "a limit below what is owed", { { ON_ACCOUNT, 900, CAFE, NULL, 0 } }, SALE_ACCOUNT_LIMIT, 4000, 0, 0, 100 },
    { "a credit is spent", { { ON_ACCOUNT, 900, KINDERGARTEN, NULL, 0 } }, SALE_OK, 4000, 0, 0, 0 },
    { "and not a cent more", { { ON_ACCOUNT, 945, KINDERGARTEN, NULL, 0 } }, SALE_ACCOUNT_LIMIT, 4000, 0, 945, 0 },
    { "blocked", { { ON_ACCOUNT, 900, HOTEL, NULL, 0 } }, SALE_ACCOUNT_BLOCKED, 4000, 0, 0, 0 },
    { "no such account", { { ON_ACCOUNT, 900, NO_ACCOUNT, NULL, 0 } }, SALE_UNKNOWN_ACCOUNT, 4000, 0, 0, 0 },
    { "an id that is none", { { ON_ACCOUNT, 900, -1, NULL, 0 } }, SALE_UNKNOWN_ACCOUNT, 4000, 0, 0, 0 },
    { "nobody's", { { ON_ACCOUNT, 900, 0, NULL, 0 } }, SALE_ACCOUNT_WANTED, 4000, 0, 0, 0 },
    { "cash on an account", { { CASH, 900, CAFE, NULL, 0 } }, SALE_ACCOUNT_WANTED, 4000, 0, 0, 0 },
    { "a voucher on an account", { { VOUCHER, 900, CAFE, NULL, 0 } }, SALE_ACCOUNT_WANTED, 4000, 0, 0, 0 },
    { "the same account twice",
      { { ON_ACCOUNT, 400, CAFE, NULL, 0 }, { ON_ACCOUNT, 500, CAFE, NULL, 0 } },
      SALE_ACCOUNT_WANTED,
      4000,
      0,
      0,
      0 },
    { "two accounts",
      { { ON_ACCOUNT, 400, CAFE, NULL, 0 }, { ON_ACCOUNT, 500, KINDERGARTEN, NULL, 0 } },
      SALE_OK,
      4400,
      0,
      0,
      0 },
    { "one of two is blocked",
      { { ON_ACCOUNT, 400, CAFE, NULL, 0 }, { ON_ACCOUNT, 500, HOTEL, NULL, 0 } },
      SALE_ACCOUNT_BLOCKED,
      4000,
      0,
      0,
      0 },
    { "a tip on account", { { ON_ACCOUNT, 1000, CAFE, NULL, 100 } }, SALE_BAD_TENDER, 4000, 0, 0, 0 },
    { "what was typed beside it is not kept", { { ON_ACCOUNT, 900, CAFE, "Mrs Smith", 0 } }, SALE_OK, 4900, 0, 0, 0 },
    { "a card's number beside it",
      { { ON_ACCOUNT, 900, CAFE, "4111 1111 1111 1111", 0 } },
      SALE_NO_SECRET_WANTED,
      4000,
      0,
      0,
      0 },
};

static enum sale_verdict decide(struct books *books, const struct row *row, struct sale_rows *sale)
{
    struct sale_command command =
        command_of(books->shop, row->given, COUNT(row->given), row->total_minor == 0 ? 900 : row->total_minor);

    return sale_decide(&command, &books->shop->set, NOW, sale);
}

static void A9_every_case(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        const struct row *row = &rows[i];
        struct books books = open_books();
        struct sale_rows sale;

        lay_open(&books);
        if (row->limit_minor != 0)
            books.accounts[0].limit_minor = row->limit_minor;
        enum sale_verdict verdict = decide(&books, row, &sale);
        if (verdict != row->verdict || books.accounts[0].balance_minor != row->cafe_minor)
            fail_msg("%s: verdict %d, not %d: %s; the café owes %lld", row->name, (int)verdict, (int)row->verdict,
                     sale.sentence == NULL ? "" : sale.sentence, (long long)books.accounts[0].balance_minor);
        if (verdict != SALE_OK) {
            assert_non_null(sale.sentence);
            assert_int_equal(books.shop->drawers[0].cash_minor, 5000);
            for (size_t k = 0; k < COUNT(books.accounts); k++)
                assert_false(books.accounts[k].changed);
        } else {
            assert_int_equal(sale.drawer_minor, row->drawer_minor);
            for (size_t k = 0; k < sale.account_count; k++) {
                const struct account_row *entry = &sale.accounts[k];
                const struct tender_row *tender = &sale.tenders[entry->position];

                assert_int_equal(entry->kind, ACCOUNT_CHARGED);
                assert_int_equal(entry->amount_minor, tender->amount_minor);
                assert_int_equal(entry->account_id, tender->account_id);
                assert_int_equal(tender->kind, TENDER_ACCOUNT);
                assert_int_equal(tender->change_minor, 0);
            }
        }
        close_books(&books);
    }
}

static void A9_the_refusal_says_what_is_left(void **state)
{
    const struct row row = { .given = { { ON_ACCOUNT, 900, CAFE, NULL, 0 } } };
    struct books books = open_books();
    struct sale_rows sale;

    (void)state;
    lay_open(&books);
    books.accounts[0].limit_minor = 4050;
    assert_int_equal(decide(&books, &row, &sale), SALE_ACCOUNT_LIMIT);
    assert_string_equal(sale.sentence, "account 7: 0.50 of its limit are left, and not 9.00");
    assert_string_equal(sale.field, "tenders[0].account_id");
    close_books(&books);
}

/* Each command of a group sees what those before it left: of two tills one is refused, and the other stands. */
static void A9_the_last_of_the_limit_goes_once(void **state)
{
    const struct row row = { .given = { { ON_ACCOUNT, 900, CAFE, NULL, 0 } } };
    struct books books = open_books();
    struct sale_rows first, second;

    (void)state;
    lay_open(&books);
    assert_int_equal(decide(&books, &row, &first), SALE_OK);
    assert_int_equal(decide(&books, &row, &second), SALE_ACCOUNT_LIMIT);
    assert_int_equal(books.accounts[0].balance_minor, 4900);
    assert_int_equal(books.accounts[0].entry_count, 1);
    assert_int_equal(first.accounts[0].number, 1);
    assert_int_equal(first.accounts[0].balance_minor, 4900);
    close_books(&books);
}

static void A9_a_charged_card_is_given_back_when_the_account_is_refused(void **state)
{
    const struct row row = { .given = { { CARD, 400, 0, "A17", 0 }, { ON_ACCOUNT, 500, HOTEL, NULL, 0 } } };
    struct books books = open_books();
    struct sale_rows sale;

    (void)state;
    lay_open(&books);
    assert_int_equal(decide(&books, &row, &sale), SALE_ACCOUNT_BLOCKED);
    assert_non_null(strstr(sale.sentence, "A17"));
    assert_non_null(strstr(sale.sentence, "blocked"));
    close_books(&books);
}

/* ---- how it comes back ---- */

static void A16_it_comes_back_to_the_account(void **state)
{
    const struct row row = { .given = { { CASH, 445, 0, NULL, 0 }, { ON_ACCOUNT, 500, CAFE, NULL, 0 } },
                             .total_minor = 945 };
    struct books books = open_books();
    struct sale_rows sale, part, rest;
    struct refund_line roll = { 1, 1000 };
    struct refund_command command = { .device_id = TILL, .series = 'T', .number = 9, .sale_id = 501 };

    (void)state;
    lay_open(&books);
    assert_int_equal(decide(&books, &row, &sale), SALE_OK);
    small_shop_remember(books.shop, &sale);
    ((struct original_tender *)(uintptr_t)books.shop->original.tenders)[1].account_id = CAFE;
    books.accounts[0].blocked = true; /* what was bought comes back all the same */
    command.original = sale.number;
    command.lines = &roll;
    command.line_count = 1;
    assert_int_equal(refund_decide(&command, &books.shop->set, NOW, &part), SALE_OK);
    assert_int_equal(part.account_count, 1); /* who paid last is paid first */
    assert_int_equal(part.accounts[0].kind, ACCOUNT_GIVEN_BACK);
    assert_int_equal(part.accounts[0].amount_minor, -45);
    assert_int_equal(books.accounts[0].balance_minor, 4455);
    command.line_count = 0;
    command.sale_id = 502;
    assert_int_equal(refund_decide(&command, &books.shop->set, NOW, &rest), SALE_OK);
    assert_int_equal(rest.accounts[0].amount_minor, -455);
    assert_int_equal(rest.accounts[0].number, 3);
    assert_int_equal(books.accounts[0].balance_minor, 4000);
    assert_string_equal((const char *)rest.tenders[1].reference.data, "7");
    close_books(&books);
}

/* ---- what is not done ---- */

static void B39_what_went_on_account_is_not_put_right(void **state)
{
    const struct row row = { .given = { { CASH, 400, 0, NULL, 0 }, { ON_ACCOUNT, 500, CAFE, NULL, 0 } } };
    struct retender_command command = { .all = true, .reason = bytes_of_text("wrong key"), .device_id = TILL };
    struct books books = open_books();
    struct sale_rows sale;
    struct retender rows_of;

    (void)state;
    lay_open(&books);
    assert_int_equal(decide(&books, &row, &sale), SALE_OK);
    small_shop_remember(books.shop, &sale);
    command.original = sale.number;
    command.position = 1;
    command.truth.type_id = CASH;
    assert_int_equal(retender_decide(&command, &books.shop->set, NOW, &rows_of), SALE_RETENDER_NOT_POSSIBLE);
    assert_non_null(strstr(rows_of.sentence, "account"));
    command.position = 0;
    command.truth.type_id = ON_ACCOUNT;
    assert_int_equal(retender_decide(&command, &books.shop->set, NOW, &rows_of), SALE_RETENDER_NOT_POSSIBLE);
    assert_non_null(strstr(rows_of.sentence, "account"));
    close_books(&books);
}

static void B1_nothing_goes_on_account_offline(void **state)
{
    const struct given given[] = { { ON_ACCOUNT, 900, CAFE, NULL, 0 } };
    struct books books = open_books();
    struct small_shop *s = books.shop;
    struct sale_command command = command_of(s, given, 1, 900);
    struct offline_till till = { .arena = s->arena,
                                 .catalogue = s->catalogue,
                                 .zone = zone_utc(),
                                 .device_id = TILL,
                                 .till_number = 3,
                                 .shift_id = SHIFT };
    struct sale_rows sale;

    (void)state;
    assert_int_equal(sale_offline_sell(&command, &till, NOW, &sale), SALE_ACCOUNT_OFFLINE);
    assert_non_null(strstr(sale.sentence, "without a connection"));
    close_books(&books);
}

/* ---- entries by themselves ---- */

static void A9_each_entry_says_what_is_owed_behind_it(void **state)
{
    static const struct {
        enum account_kind kind;
        int64_t minor, balance_minor;
    } entries[] = {
        { ACCOUNT_CHARGED, 1000, 1000 },
        { ACCOUNT_GIVEN_BACK, 300, 700 },
        { ACCOUNT_RECEIVED, 1000, -300 },
        { ACCOUNT_PAID_BACK, 100, -200 },
        { ACCOUNT_PAID_BACK, 200, 0 },
        { ACCOUNT_CHARGED, 5000, 5000 },
        { ACCOUNT_RECEIVED, MINOR_MAX, 5000 - MINOR_MAX },
    };
    struct account_state account = { .id = CAFE, .number = 7, .limit_minor = 5000 };

    (void)state;
    for (size_t i = 0; i < COUNT(entries); i++) {
        assert_int_equal(account_may(&account, entries[i].kind, entries[i].minor), ACCOUNT_OK);
        struct account_row row = account_post(&account, entries[i].kind, entries[i].minor, 0);
        assert_int_equal(row.number, i + 1);
        assert_int_equal(row.balance_minor, entries[i].balance_minor);
        assert_int_equal(account.balance_minor, entries[i].balance_minor);
    }
    assert_int_equal(account_may(&account, ACCOUNT_RECEIVED, MINOR_MAX), ACCOUNT_OUT_OF_RANGE);
    account.balance_minor = MINOR_MAX;
    assert_int_equal(account_may(&account, ACCOUNT_PAID_BACK, 1), ACCOUNT_NO_CREDIT);
    assert_int_equal(account_left(&account), 0);
    account = (struct account_state){ .limit_minor = 500, .balance_minor = -100, .blocked = true };
    assert_int_equal(account_credit(&account), 100);
    assert_int_equal(account_may(&account, ACCOUNT_PAID_BACK, 100), ACCOUNT_OK);
    assert_int_equal(account_may(&account, ACCOUNT_PAID_BACK, 101), ACCOUNT_NO_CREDIT);
    account.balance_minor = 0;
    assert_int_equal(account_may(&account, ACCOUNT_PAID_BACK, 1), ACCOUNT_NO_CREDIT);
    account.paid_here_minor = 70; /* 70 was received for 7, a moment ago */
    assert_int_equal(account_may(&account, ACCOUNT_PAID_BACK, 70),
                     ACCOUNT_OK); /* blocked or not: nothing is lent by it */
    assert_int_equal(account_may(&account, ACCOUNT_PAID_BACK, 71), ACCOUNT_NO_CREDIT);
    account.blocked = false;
    assert_int_equal(account_may(&account, ACCOUNT_PAID_BACK, 70), ACCOUNT_OK);
    assert_int_equal(account_may(&account, ACCOUNT_PAID_BACK, 71), ACCOUNT_NO_CREDIT);
    account.balance_minor = 431; /* 69 are left of the limit, which does not count: it was never owed less */
    assert_int_equal(account_may(&account, ACCOUNT_PAID_BACK, 70), ACCOUNT_OK);
    assert_int_equal(account_may(&account, ACCOUNT_PAID_BACK, 71), ACCOUNT_NO_CREDIT);
    account.balance_minor = 0;
    account.blocked = true;
    account.paid_here_minor = 0;
    assert_int_equal(account_may(&account, ACCOUNT_PAID_BACK, 1), ACCOUNT_NO_CREDIT);
    account.balance_minor = -100;
    assert_int_equal(account_left(&account), 0);
    account.blocked = false;
    assert_int_equal(account_left(&account), 600);
}

#define IN_CASH ACCOUNT_BY_CASH
#define BY_CARD ACCOUNT_BY_CARD

static void what_was_received_in_a_shift_and_not_paid_back(void **state)
{
    (void)state;
    static const struct {
        const char *what;
        struct account_payment payments[4];
        size_t count;
        int64_t cash_minor, card_minor;
    } cases[] = {
        { "nothing", { { 0 } }, 0, 0, 0 },
        { "by two means", { { IN_CASH, 70, 100, true }, { BY_CARD, 30, 30, true } }, 2, 70, 30 },
        { "undone", { { IN_CASH, 70, 100, true }, { IN_CASH, -70, 30, true } }, 2, 0, 0 },
        { "undone in part", { { IN_CASH, 70, 100, true }, { IN_CASH, -63, 30, true } }, 2, 7, 0 },
        { "an older credit goes back first", { { IN_CASH, -50, -50, true }, { IN_CASH, 40, 100, true } }, 2, 40, 0 },
        { "and the mistake is undone once",
          { { IN_CASH, -50, -50, true }, { IN_CASH, 40, 100, true }, { IN_CASH, -40, 60, true } },
          3,
          0,
          0 },
        { "an older credit beside it", { { IN_CASH, 40, -50, true }, { IN_CASH, -60, -90, true } }, 2, 30, 0 },
        { "back by other means", { { BY_CARD, 40, 0, true }, { IN_CASH, -40, -40, true } }, 2, 0, 0 },
        { "the same means first",
          { { BY_CARD, 40, 0, true }, { IN_CASH, 40, -40, true }, { IN_CASH, -50, -80, true } },
          3,
          0,
          30 },
        { "back at another till", { { IN_CASH, 40, 0, true }, { IN_CASH, -40, -40, false } }, 2, 0, 0 },
        { "received at another till", { { IN_CASH, 40, 0, true }, { IN_CASH, 60, -40, false } }, 2, 40, 0 },
        { "what was received elsewhere goes back first",
          { { IN_CASH, 40, 0, true }, { IN_CASH, 60, -40, false }, { IN_CASH, -60, -100, true } },
          3,
          40,
          0 },
        { "out of range", { { IN_CASH, INT64_MAX, 0, true }, { IN_CASH, 1, 0, true } }, 2, 0, 0 },
    };

    for (size_t i = 0; i < COUNT(cases); i++) {
        if (account_paid_here(cases[i].payments, cases[i].count, IN_CASH) != cases[i].cash_minor ||
            account_paid_here(cases[i].payments, cases[i].count, BY_CARD) != cases[i].card_minor)
            fail_msg("%s", cases[i].what);
    }
}

/* ---- on paper ---- */

static void same_text(struct small_shop *s, const struct receipt *receipt, const char *expected)
{
    assert_string_equal(receipt_text(s->arena, receipt, 42), expected);
}

static void A9_the_receipt_names_the_account_and_has_room_for_a_signature(void **state)
{
    const struct row row = { .given = { { ON_ACCOUNT, 900, CAFE, NULL, 0 } } };
    struct books books = open_books();
    struct sale_rows sale;

    (void)state;
    lay_open(&books);
    assert_int_equal(decide(&books, &row, &sale), SALE_OK);
    struct receipt receipt =
        sale_receipt(&sale, catalogue_shop(books.shop->catalogue, TAKEN), zone_utc(), NULL, books.shop->arena);
    same_text(books.shop, &receipt,
              "                Caroline's\n"
              "               Mill Lane 1\n"
              "                  Berlin\n"
              "------------------------------------------\n"
              "3T-000008                 2025-11-22 08:26\n"
              "Taken away\n"
              "------------------------------------------\n"
              "Cake                                  9.00\n"
              "------------------------------------------\n"
              "Total EUR                             9.00\n"
              "VAT 7 % on 8.41                       0.59\n"
              "On account 7                          9.00\n"
              "\n"
              "\n"
              "------------------------------------------\n"
              "Signature\n"
              "------------------------------------------\n"
              "                Come again\n"
              "                3T-000008\n");
    size_t marked = 0;
    for (size_t i = 0; i < receipt.count; i++)
        marked += receipt.rows[i].account_id == CAFE;
    assert_int_equal(marked, 1); /* where its name may be put */
    close_books(&books);
}

static void A9_what_is_received_has_a_paper_of_its_own(void **state)
{
    struct books books = open_books();
    struct small_shop *s = books.shop;
    const struct shop *shop = catalogue_shop(s->catalogue, TAKEN);
    struct account_paper paper = { .account_id = CAFE,
                                   .entry_number = 12,
                                   .account_number = 7,
                                   .till_number = 3,
                                   .means = ACCOUNT_BY_CARD,
                                   .amount_minor = 5000,
                                   .balance_minor = -1000,
                                   .reference = bytes_of_text("A17"),
                                   .at = NOW };

    (void)state;
    struct receipt receipt = account_receipt(&paper, shop, zone_utc(), s->arena);
    same_text(s, &receipt,
              "                Caroline's\n"
              "------------------------------------------\n"
              "           RECEIVED ON ACCOUNT\n"
              "Account 7\n"
              "Till 3, entry 7/12        2025-11-22 08:26\n"
              "------------------------------------------\n"
              "Owed before                          40.00\n"
              "Received by card EUR                 50.00\n"
              "Reference A17\n"
              "Credit now                           10.00\n"
              "------------------------------------------\n"
              "    No sale: no turnover, and no tax.\n");
    paper.means = ACCOUNT_BY_CASH;
    paper.amount_minor = -300;
    paper.balance_minor = -700;
    paper.reference = (struct bytes){ 0 };
    paper.reason = bytes_of_text("paid twice");
    receipt = account_receipt(&paper, shop, zone_utc(), s->arena);
    same_text(s, &receipt,
              "                Caroline's\n"
              "------------------------------------------\n"
              "                PAID BACK\n"
              "Account 7\n"
              "Till 3, entry 7/12        2025-11-22 08:26\n"
              "------------------------------------------\n"
              "Credit before                        10.00\n"
              "Paid by cash EUR                      3.00\n"
              "paid twice\n"
              "Credit now                            7.00\n"
              "------------------------------------------\n"
              "    No sale: no turnover, and no tax.\n");
    close_books(&books);
}

static void A9_a_statement_lists_the_entries_as_they_came(void **state)
{
    static const struct account_line lines[] = {
        { .number = 3,
          .amount_minor = -1000,
          .balance_minor = 200,
          .kind = ACCOUNT_RECEIVED,
          .at = NOW,
          .means = ACCOUNT_BY_CASH },
        { .number = 2,
          .amount_minor = -300,
          .balance_minor = 1200,
          .kind = ACCOUNT_GIVEN_BACK,
          .at = NOW,
          .receipt_number = "3T-000009" },
        { .number = 1,
          .amount_minor = 1500,
          .balance_minor = 1500,
          .kind = ACCOUNT_CHARGED,
          .at = NOW,
          .receipt_number = "3T-000008" },
    };
    struct account_state account = {
        .id = CAFE, .number = 7, .limit_minor = 5000, .balance_minor = 200, .entry_count = 3
    };
    struct books books = open_books();
    struct small_shop *s = books.shop;

    (void)state;
    struct receipt receipt = account_statement(&account, lines, COUNT(lines), catalogue_shop(s->catalogue, TAKEN),
                                               zone_utc(), NOW, s->arena);
    same_text(s, &receipt,
              "                Caroline's\n"
              "------------------------------------------\n"
              "                STATEMENT\n"
              "Account 7\n"
              "As of                     2025-11-22 08:26\n"
              "------------------------------------------\n"
              "Owed before                           0.00\n"
              "2025-11-22 3T-000008                 15.00\n"
              "2025-11-22 3T-000009, given back     -3.00\n"
              "2025-11-22 received by cash         -10.00\n"
              "------------------------------------------\n"
              "Owed now                              2.00\n"
              "Limit                                50.00\n");
    close_books(&books);
}

/* An earlier page says what was owed behind it, and what is owed now. */
static void A9_a_statement_says_how_it_was_paid_and_how_it_stands(void **state)
{
    static const struct account_line lines[] = {
        { .number = 8,
          .amount_minor = 500,
          .balance_minor = -200,
          .kind = ACCOUNT_PAID_BACK,
          .at = NOW,
          .means = ACCOUNT_BY_CASH,
          .reason = { (const uint8_t *)"paid twice", 10 } },
        { .number = 7,
          .amount_minor = -700,
          .balance_minor = -700,
          .kind = ACCOUNT_RECEIVED,
          .at = NOW,
          .means = ACCOUNT_BY_TRANSFER,
          .reference = { (const uint8_t *)"IBAN 7", 6 } },
    };
    struct account_state account = { .id = CAFE, .number = 7, .balance_minor = 300, .entry_count = 9 };
    struct books books = open_books();
    struct small_shop *s = books.shop;

    (void)state;
    struct receipt receipt = account_statement(&account, lines, COUNT(lines), catalogue_shop(s->catalogue, TAKEN),
                                               zone_utc(), NOW, s->arena);
    same_text(s, &receipt,
              "                Caroline's\n"
              "------------------------------------------\n"
              "                STATEMENT\n"
              "Account 7\n"
              "As of                     2025-11-22 08:26\n"
              "------------------------------------------\n"
              "Owed before                           0.00\n"
              "2025-11-22 received by transfer      -7.00\n"
              "  IBAN 7\n"
              "2025-11-22 paid back by cash          5.00\n"
              "  paid twice\n"
              "------------------------------------------\n"
              "Credit then                           2.00\n"
              "Owed now                              3.00\n"
              "Limit                                 0.00\n");
    close_books(&books);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_was_received_in_a_shift_and_not_paid_back),
        cmocka_unit_test(A9_every_case),
        cmocka_unit_test(A9_the_refusal_says_what_is_left),
        cmocka_unit_test(A9_the_last_of_the_limit_goes_once),
        cmocka_unit_test(A9_a_charged_card_is_given_back_when_the_account_is_refused),
        cmocka_unit_test(A16_it_comes_back_to_the_account),
        cmocka_unit_test(B39_what_went_on_account_is_not_put_right),
        cmocka_unit_test(B1_nothing_goes_on_account_offline),
        cmocka_unit_test(A9_each_entry_says_what_is_owed_behind_it),
        cmocka_unit_test(A9_the_receipt_names_the_account_and_has_room_for_a_signature),
        cmocka_unit_test(A9_what_is_received_has_a_paper_of_its_own),
        cmocka_unit_test(A9_a_statement_lists_the_entries_as_they_came),
        cmocka_unit_test(A9_a_statement_says_how_it_was_paid_and_how_it_stands),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
