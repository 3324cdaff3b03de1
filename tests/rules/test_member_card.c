/* Cards of our own: what their codes are, that a slip in one is seen, and what stands on the paper. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>
#include <string.h>

#include "common/base/phone.h"
#include "common/base/text.h"
#include "common/print/text.h"
#include "common/rules/gift_card.h"
#include "common/rules/member_card.h"
#include "common/rules/scanned.h"

#define COUNT(array) (sizeof(array) / sizeof *(array))

static void codes_by_their_bytes(void **state)
{
    (void)state;
    static const struct {
        uint8_t bytes[MEMBER_CARD_DRAWN];
        const char *code;
    } rows[] = {
        { { 0 }, "MC0000000000000M" },
        { { 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12 }, "MC0123456789ABCQ" },
        { { 31, 30, 29, 28, 27, 26, 25, 24, 23, 22, 21, 20, 19 }, "MCZYXWVTSRQPNMK9" },
        { { 255, 32, 64, 96, 128, 160, 192, 224, 33, 65, 97, 129, 161 }, "MCZ000000011111R" },
    };

    for (size_t i = 0; i < COUNT(rows); i++) {
        char code[MEMBER_CARD_CODE_TEXT];

        member_card_code(rows[i].bytes, code);
        assert_string_equal(code, rows[i].code);
        assert_false(member_card_is_misread(code));
    }
}

/* One character for another, or two neighbours in each other's place. */
static void a_slip_is_seen(void **state)
{
    (void)state;
    static const char alphabet[] = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
    char code[MEMBER_CARD_CODE_TEXT], slip[MEMBER_CARD_CODE_TEXT];

    member_card_code((const uint8_t[]){ 3, 17, 9, 30, 1, 22, 5, 12, 28, 7, 14, 2, 19 }, code);
    for (size_t at = 2; at < MEMBER_CARD_LENGTH; at++) {
        for (const char *other = alphabet; *other; other++) {
            memcpy(slip, code, sizeof slip);
            slip[at] = *other;
            assert_int_equal(member_card_is_misread(slip), *other != code[at]);
        }
        if (at + 1 == MEMBER_CARD_LENGTH)
            break;
        memcpy(slip, code, sizeof slip);
        slip[at] = code[at + 1];
        slip[at + 1] = code[at];
        assert_int_equal(member_card_is_misread(slip), code[at] != code[at + 1]);
    }
}

static void what_was_meant_is_read(void **state)
{
    static const struct {
        const char *typed, *read;
    } rows[] = {
        { "MC0000000000000M", "MC0000000000000M" },
        { "mcoo oooo Oooo oooM", "MC0000000000000M" },
        { "MCZ0 0000 00Il iL1R", "MCZ000000011111R" },
        { "MCZ0 0000 0111 110R", "MCZ000000111110R" }, /* no letter for a digit: another code, which is misread */
        { "MC0000000000000N", "MC0000000000000N" },    /* nor is a wrong check made right */
        { "MCOOOOOOOOOOOOON", "MCOOOOOOOOOOOOON" },
        { "MC000000000000U0", "MC000000000000U0" }, /* U is nobody's likeness */
        { "MC100I", "MC100I" },                     /* others' */
        { "XCOOOOOOOOOOOOOM", "XCOOOOOOOOOOOOOM" },
        { "IL0O-1234", "IL0O-1234" },
    };
    struct arena *arena = arena_create(0);

    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++)
        assert_string_equal(member_card_read(arena, bytes_of_text(rows[i].typed)), rows[i].read);
    assert_null(member_card_read(arena, bytes_of_text("MC")));
    assert_null(member_card_read(arena, bytes_of_text("Ł000000")));
    arena_destroy(arena);
}

/* The check is one of 36, and looks like a digit where it is I, L or O: each of them is found, and read however it was typed. */
static void a_check_that_looks_like_a_digit_is_read(void **state)
{
    static const char *const alike[] = { "1IL", "0O" };
    struct arena *arena = arena_create(0);
    unsigned seen = 0;

    (void)state;
    for (unsigned first = 0; first < 32; first++)
        for (unsigned last = 0; last < 32; last++) {
            char code[MEMBER_CARD_CODE_TEXT], typed[MEMBER_CARD_CODE_TEXT];

            member_card_code((const uint8_t[MEMBER_CARD_DRAWN]){ (uint8_t)first, [12] = (uint8_t)last }, code);
            for (size_t i = 0; i < COUNT(alike); i++) {
                const char *at = strchr(alike[i], code[MEMBER_CARD_LENGTH - 1]);

                for (const char *other = alike[i]; at != NULL && *other != 0; other++) {
                    memcpy(typed, code, sizeof typed);
                    typed[MEMBER_CARD_LENGTH - 1] = *other;
                    assert_string_equal(member_card_read(arena, bytes_of_text(typed)), code);
                    assert_false(member_card_is_misread(member_card_read(arena, bytes_of_text(typed))));
                }
                seen |= at == NULL ? 0 : 1U << (3 * i + (size_t)(at - alike[i]));
            }
        }
    assert_int_equal(seen, 0x1f);
    arena_destroy(arena);
}

/* Cards of others may have any check of their own. */
static void what_is_not_written_so_is_not_misread(void **state)
{
    (void)state;
    static const char *const others[] = { "",
                                          "MC",
                                          "MC1001",
                                          "MC00000000000000000",
                                          "XC00000000000000",
                                          "4006381333931",
                                          "MC0000000000000-",
                                          "MC00000I0000000A",
                                          "MC0000 000000000" };

    for (size_t i = 0; i < COUNT(others); i++)
        assert_false(member_card_is_misread(others[i]));
}

/* Nor does a till take one for anything else, and how it is typed does not matter. */
static void it_is_nothing_else(void **state)
{
    struct arena *arena = arena_create(0);
    char code[MEMBER_CARD_CODE_TEXT], gift_card[GIFT_CARD_CODE_TEXT];

    (void)state;
    member_card_code((const uint8_t[]){ 3, 17, 9, 30, 1, 22, 5, 12, 28, 7, 14, 2, 19 }, code);
    assert_false(gift_card_code_read(bytes_of_text(code), gift_card));
    assert_int_equal(scanned_read(code, "").kind, SCANNED_TEXT);
    assert_false(text_has_card_number(bytes_of_text(code)));
    assert_string_equal(card_normalise(arena, bytes_of_text(member_card_in_fours(code, arena))), code);
    arena_destroy(arena);
}

/* By which a card that nobody has is told: never more of it. */
static void its_end_is_four_signs(void **state)
{
    static const struct {
        const char *code, *ends;
    } cards[] = {
        { "MEMBER-0098", "0098" }, { "MC0123456789ABCX", "ABCX" }, { "7", "" }, { NULL, "" }, { "A-1X", "A?1X" }
    };
    char text[MEMBER_CARD_ENDS_TEXT];

    (void)state;
    for (size_t i = 0; i < COUNT(cards); i++)
        assert_string_equal(member_card_ends_text(member_card_ends(cards[i].code), text), cards[i].ends);
    assert_string_equal(member_card_ends_text(-1, text), "");
    assert_int_equal(strlen(member_card_ends_text(INT64_MAX, text)), 4);
}

static void the_paper_has_it_as_qr_as_bars_and_to_be_read(void **state)
{
    struct arena *arena = arena_create(0);
    struct receipt paper = member_card_paper("Caroline's Cookies", "Ada Stone", "MC0123456789ABCX", arena);

    (void)state;
    assert_string_equal(receipt_text(arena, &paper, 42), "            Caroline's Cookies\n"
                                                         "               MEMBER CARD\n"
                                                         "                Ada Stone\n"
                                                         "------------------------------------------\n"
                                                         "             MC0123456789ABCX\n"
                                                         "           MC01 2345 6789 ABCX\n"
                                                         "  Show it at the till and at the kiosk.\n"
                                                         "  Lost? Ask for a new one: this one ends\n"
                                                         "                  then.\n");
    assert_int_equal(paper.rows[4].kind, RECEIPT_ROW_CODE);
    assert_int_equal(paper.rows[5].kind, RECEIPT_ROW_BARS);
    assert_string_equal(paper.rows[5].left, "MC0123456789ABCX");
    assert_int_equal(member_card_paper("", "", "MC0123456789ABCX", arena).count, paper.count - 2);
    arena_destroy(arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(codes_by_their_bytes),
        cmocka_unit_test(a_slip_is_seen),
        cmocka_unit_test(what_was_meant_is_read),
        cmocka_unit_test(a_check_that_looks_like_a_digit_is_read),
        cmocka_unit_test(what_is_not_written_so_is_not_misread),
        cmocka_unit_test(it_is_nothing_else),
        cmocka_unit_test(its_end_is_four_signs),
        cmocka_unit_test(the_paper_has_it_as_qr_as_bars_and_to_be_read),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
