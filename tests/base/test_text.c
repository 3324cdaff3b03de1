/* UTF-8: what is let in, what is found again, how wide it is. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <locale.h>
#include <stdlib.h>
#include <string.h>
#include <wchar.h>

#include <cmocka.h>

#include "seed.h"
#include "common/base/text.h"

#define COUNT(array) (sizeof(array) / sizeof *(array))
#define VIEW(text)   bytes_of(text, sizeof(text) - 1)

static struct arena *arena;

static void only_sound_text_without_controls_is_let_in(void **state)
{
    static const struct {
        struct bytes text;
        enum text_verdict verdict;
    } cases[] = {
        { { (const uint8_t *)"", 0 }, TEXT_OK },
#define CASE(text, verdict) { { (const uint8_t *)text, sizeof text - 1 }, verdict }
        CASE("Croissant", TEXT_OK),
        CASE("Éclair ☕ 面包 🥐", TEXT_OK),
        CASE("\xF4\x8F\xBF\xBF", TEXT_OK),         /* U+10FFFF */
        CASE("\xED\x9F\xBF\xEE\x80\x80", TEXT_OK), /* both sides of the surrogates */
        CASE("e\u0301", TEXT_OK),
        CASE("שלום", TEXT_OK),      /* right to left by itself is fine */
        CASE("a\x80", TEXT_BROKEN), /* a tail without a head */
        CASE("\xC3", TEXT_BROKEN),  /* cut off */
        CASE("\xE2\x82", TEXT_BROKEN),
        CASE("\xF0\x9F\xA5", TEXT_BROKEN),
        CASE("\xC3(", TEXT_BROKEN),
        CASE("\xE2\x28\xA1", TEXT_BROKEN),
        CASE("\xC0\x80", TEXT_BROKEN), /* over-long NUL */
        CASE("\xC1\xBF", TEXT_BROKEN),
        CASE("\xE0\x80\xAF", TEXT_BROKEN), /* over-long slash */
        CASE("\xE0\x9F\xBF", TEXT_BROKEN),
        CASE("\xF0\x80\x80\xAF", TEXT_BROKEN),
        CASE("\xF0\x8F\xBF\xBF", TEXT_BROKEN),
        CASE("\xED\xA0\x80", TEXT_BROKEN),     /* U+D800 */
        CASE("\xED\xBF\xBF", TEXT_BROKEN),     /* U+DFFF */
        CASE("\xF4\x90\x80\x80", TEXT_BROKEN), /* past U+10FFFF */
        CASE("\xF5\x80\x80\x80", TEXT_BROKEN),
        CASE("\xF8\x88\x80\x80\x80", TEXT_BROKEN),
        CASE("\xFE", TEXT_BROKEN),
        CASE("\xFF", TEXT_BROKEN),
        CASE("Caf\xE9", TEXT_BROKEN), /* Latin-1 */
        CASE("a\0b", TEXT_CONTROL),
        CASE("a\tb", TEXT_CONTROL),
        CASE("a\nb", TEXT_CONTROL),
        CASE("\x1B[2J", TEXT_CONTROL),
        CASE("a\x7F", TEXT_CONTROL),
        CASE("\xC2\x85", TEXT_CONTROL),
        CASE("\xC2\x9B"
             "31m",
             TEXT_CONTROL), /* C1's CSI */
        CASE("a\u202Eb", TEXT_CONTROL),
        CASE("\u2066", TEXT_CONTROL),
        CASE("\u2069", TEXT_CONTROL),
        CASE("12345678901234567890", TEXT_OK),
        CASE("123456789012345678901", TEXT_LONG),
        CASE("ÄÄÄÄÄÄÄÄÄÄÄÄÄÄÄÄÄÄÄÄ", TEXT_OK), /* characters, not bytes */
#undef CASE
    };

    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++)
        if (text_check(cases[i].text, 20) != cases[i].verdict)
            fail_msg("row %zu \"%s\"", i, (const char *)cases[i].text.data);
}

/* How many characters the C library reads; -1 when it is no UTF-8. It knows no end at U+10FFFF. */
static size_t judge_length(const char *text)
{
    wchar_t wide[8];
    size_t count = mbstowcs(wide, text, COUNT(wide));

    for (size_t i = 0; count != (size_t)-1 && i < count; i++)
        if (wide[i] > 0x10FFFF)
            return (size_t)-1;
    return count;
}

static void the_c_library_agrees_what_is_utf8(void **state)
{
    static const uint8_t bytes[] = { 0x41, 0x7E, 0x80, 0x8F, 0x90, 0x9F, 0xA0, 0xBF, 0xC0, 0xC1, 0xC2, 0xDF, 0xE0,
                                     0xE1, 0xEC, 0xED, 0xEE, 0xEF, 0xF0, 0xF1, 0xF3, 0xF4, 0xF5, 0xF8, 0xFC, 0xFF };
    const size_t n = COUNT(bytes);

    (void)state;
    for (size_t i = 0; i < n * n * n * n; i++) {
        const char text[5] = { (char)bytes[i % n], (char)bytes[i / n % n], (char)bytes[i / n / n % n],
                               (char)bytes[i / n / n / n], 0 };
        size_t judge = judge_length(text);
        enum text_verdict verdict = text_check(bytes_of(text, 4), 10);
        if (verdict != TEXT_CONTROL) /* which may stand before what is broken */
            assert_int_equal(judge == (size_t)-1, verdict == TEXT_BROKEN);
        if (judge != (size_t)-1)
            assert_int_equal(text_length(bytes_of(text, 4)), judge);
    }
}

static void characters_are_taken_one_by_one(void **state)
{
    uint32_t c = 0;

    (void)state;
    assert_int_equal(text_next(VIEW("€x"), &c), 3);
    assert_int_equal(c, 0x20AC);
    assert_int_equal(text_next(VIEW("🥐"), &c), 4);
    assert_int_equal(c, 0x1F950);
    assert_int_equal(text_next(VIEW(""), &c), 0);
    assert_int_equal(text_next(VIEW("\xE2\x82"), &c), 0);
    assert_int_equal(text_length(VIEW("Éclair \xFF\xFE")), 9);
}

static void names_are_composed_and_their_spaces_made_one(void **state)
{
    static const struct {
        const char *text, *tidy;
    } cases[] = {
        { "  Pain  au   chocolat ", "Pain au chocolat" },
        { "E\u0301clair", "Éclair" },
        { "\u00A0Kouign\u2003\u3000amann\u00A0", "Kouign amann" },
        { "", "" },
        { "   ", "" },
        { "A\u030A", "Å" },
        { "\u212B", "Å" },      /* the sign for Ångström */
        { "\uFB01", "\uFB01" }, /* a ligature stays */
        { "a\xFF"
          "b",
          "a\uFFFD"
          "b" },
        { "\xC3", "\uFFFD" },
    };

    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++)
        assert_string_equal(text_tidy(arena, bytes_of_text(cases[i].text)), cases[i].tidy);
}

static void search_folds_case_accents_and_ligatures(void **state)
{
    static const struct {
        const char *text, *folded;
    } cases[] = {
        { "Éclair", "eclair" },
        { "ECLAIR", "eclair" },
        { "e\u0301clair", "eclair" },
        { "Straße", "strasse" },
        { "Cœur", "coeur" },
        { "Læsø", "laeso" },
        { "ŁÓDŹ", "lodz" },
        { "İstanbul", "istanbul" },
        { "ılık", "ilik" },
        { "ﬁne", "fine" },
        { "Ｃａｆｅ", "cafe" },
        { "Ångström", "angstrom" },
        { "Ñandú", "nandu" },
        { "面包", "面包" },
        { "Þór", "thor" },
        { "co\u00ADokie", "cookie" },
        { "No. ①", "no. 1" },
        { "\xFFx", "\uFFFDx" },
        { "ΣΊΣΥΦΟΣ", "σισυφοσ" },
        { "", "" },
    };

    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++)
        assert_string_equal(text_fold(arena, bytes_of_text(cases[i].text)), cases[i].folded);
}

static void folding_twice_changes_nothing_more(void **state)
{
    (void)state;
    for (wchar_t c = 0x20; c < 0x30000; c++) {
        const wchar_t text[] = { c, 0 };
        char bytes[16], *once;
        if (c >= 0xD800 && c < 0xE000)
            continue;
        if (c % 64 == 0)
            arena_reset(arena);
        assert_true(wcstombs(bytes, text, sizeof bytes) != (size_t)-1);
        once = text_fold(arena, bytes_of_text(bytes));
        assert_string_equal(text_fold(arena, bytes_of_text(once)), once);
    }
}

static void words_are_letters_and_digits(void **state)
{
    static const struct {
        const char *text;
        size_t count;
        const char *words[4];
    } cases[] = {
        { "Anne-Marie O'Brien", 4, { "anne", "marie", "o", "brien" } },
        { "  Éclair, 250g!", 2, { "eclair", "250g" } },
        { "", 0, { NULL } },
        { " - ", 0, { NULL } },
        { "Müller", 1, { "muller" } },
        { "面包 店", 2, { "面包", "店" } },
    };

    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        char **words;
        size_t count = text_words(arena, bytes_of_text(cases[i].text), &words);
        assert_int_equal(count, cases[i].count);
        for (size_t k = 0; k < count; k++)
            assert_string_equal(words[k], cases[i].words[k]);
    }
}

static void text_is_cut_at_whole_characters(void **state)
{
    static const struct {
        const char *text;
        size_t columns, bytes, used;
    } cases[] = {
        { "Croissant", 4, 4, 4 },
        { "Croissant", 9, 9, 9 },
        { "Croissant", 100, 9, 9 },
        { "Croissant", 0, 0, 0 },
        { "", 5, 0, 0 },
        { "面包店", 6, 9, 6 },
        { "面包店", 5, 6, 4 }, /* no half character */
        { "面包店", 1, 0, 0 },
        { "e\u0301clair", 1, 3, 1 }, /* the accent stays with its letter */
        { "cafe\u0301s", 4, 6, 4 },
        { "🥐x", 2, 4, 2 },
        { "\u1112\u1161\u11AB.", 2, 9, 2 }, /* one Korean syllable of three letters */
        { "\xFF\xFE", 1, 1, 1 },
    };

    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        size_t used = 77;
        assert_int_equal(text_cut(cases[i].text, cases[i].columns, &used), cases[i].bytes);
        assert_int_equal(used, cases[i].used);
        assert_int_equal(text_cut(cases[i].text, cases[i].columns, NULL), cases[i].bytes);
    }
    assert_int_equal(text_columns("Brötchen 面包"), 13);
}

/* ncurses counts by the C library: a drift would push a column out of line. */
static void widths_are_those_of_the_c_library(void **state)
{
    size_t apart = 0;

    (void)state;
    for (wchar_t c = 0xA0; c < 0x30000; c++) {
        const wchar_t text[] = { c, 0 };
        char bytes[16];
        int judge = wcwidth(c);
        if (judge < 0 || (c >= 0xD800 && c < 0xE000) || (c >= 0xE000 && c < 0xF900))
            continue;
        assert_true(wcstombs(bytes, text, sizeof bytes) != (size_t)-1);
        apart += text_columns(bytes) != (size_t)judge;
    }
    assert_true(apart < 100); /* signs of old numerals and the I Ching, by the Unicode versions of the two */
}

static void card_numbers_are_found_and_other_numbers_not(void **state)
{
    static const struct {
        const char *text;
        bool found;
    } cases[] = {
        { "4111111111111111", true },
        { "4111 1111 1111 1111", true },
        { "4111-1111-1111-1111", true },
        { "card 4111 1111 1111 1111 thanks", true },
        { "no4111111111111111!", true },
        { "12 4111111111111111", true }, /* behind another number */
        { "4111111111111111 12/29", true },
        { "5555555555554444", true },
        { "2223003122003222", true },
        { "378282246310005", true },
        { "3782 822463 10005", true },
        { "30569309025904", true },
        { "6011111111111117", true },
        { "3530111333300000", true },
        { "6200000000000005", true },
        { "6759649826438453", true },
        { "%B4111111111111111^DOE/JANE^29121010000000000000?", true },
        { "%b5000000000000000^X^2912?", true }, /* a track is one whatever its number */
        { ";4111111111111111=29121010000000000?", true },
        { ";123456789012=1?", true },
        { "4111111111111112", false },     /* wrong check digit */
        { "41111111111111111111", false }, /* 20 digits */
        { "1234567890123452", false },     /* no issuer */
        { "4006381333931", false },        /* EAN-13 */
        { "4012888888881", false },        /* an EAN-13 that a card's check digit fits too */
        { "+49 1512 3456789", false },
        { "0049 30 123456789012", false },
        { "96385074", false },
        { "DE89 3704 0044 0532 0130 00", false },
        { "DE13 4306 0967 1234 5678 90", false },
        { "4306 0967 1234 5678 90", true },      /* the same without its head */
        { "DE45 4111 1111 1111 1111 00", true }, /* no IBAN: its check digits are wrong */
        { "DE95411111111111111100", false },
        { "DE95 4111 1111 1111 1111 00", false }, /* an IBAN that has a card's number in it */
        { "paid to DE95 4111 1111 1111 1111 00 today", false },
        { "DE95 4111 1111 1111 1111 00 4111 1111 1111 1111", true }, /* and a card's number behind it */
        { "GB29 NWBK 6016 1331 9268 19", false },
        { "FR14 2004 1010 0505 0001 3M02 606", false },
        { "3T-000042", false },
        { "12X-000007, 3T-000042, 1S-000002", false },
        { "2026-000017", false },
        { "978-3-16-148410-0", false }, /* ISBN */
        { "(01)04012345678901(10)4711", false },
        { "0049 170 1234567, 0171/7654321", false },
        { "+1 (805) 555-0101", false },
        { "4006381333931 4012888888881", false },
        { "2026-11-22 17:04", false },
        { "4111 1111 1111", false },
        { "4111  1111  1111  1111", true }, /* kept with one space, and without any where an op takes them away */
        { "4111          1111 \u3000 1111\u00a0\u00a01111", true },
        { "4111:1111:1111:1111", true },
        { "4111|1111|1111|1111", true },
        { "4111*1111*1111*1111", true },
        { "4111+1111+1111+1111", true },
        { "4111'1111'1111'1111", true },
        { "4111=1111=1111=1111", true },
        { "(4111) (1111) (1111) (1111)", true },
        { "4111\u30fc1111\u30fc1111\u30fc1111", true },        /* the mark that makes a vowel long */
        { "4111\u2192\u20ac1111\u2192\u20ac1111~1111", true }, /* signs */
        { "4111 ---- 1111 ---- 1111 ---- 1111", false },       /* more than parts a number */
        { "4111a1111b1111c1111", false },
        { "\u0aea\u0ae7\u0ae7\u0ae7\u0ae7\u0ae7\u0ae7\u0ae71111 1111", true }, /* Gujarati */
        { "\u0bea\u0be7\u0be7\u0be7\u0be7\u0be7\u0be7\u0be71111 1111", true }, /* Tamil */
        { "\u2463\u2460\u2460\u2460\u2460\u2460\u2460\u2460\u2460\u2460\u2460\u2460\u2460\u2460\u2460\u2460",
          true },                                                                        /* circled */
        { "\u2779\u2776\u2776\u2776 1111 1111 1111", true },                             /* in black circles */
        { "\u2477\u2474\u2474\u2474 1111 1111 1111", true },                             /* in brackets */
        { "\u2074\u00b9\u00b9\u00b9 1111 1111 1111", true },                             /* raised */
        { "\U0001d7d2\U0001d7cf\U0001d7cf\U0001d7cf 1111 1111 1111", true },             /* mathematical, bold */
        { "\U0001d7fa\U0001d7f7\U0001d7f7\U0001d7f7 1111 1111 1111", true },             /* and of a fixed width */
        { "4\ufe0f\u20e31\ufe0f\u20e31\ufe0f\u20e31\ufe0f\u20e3 1111 1111 1111", true }, /* keys */
        { "\u2463\u246a\u2460 \u246a\u246a \u246a\u246a \u246a\u246a", true },           /* elevens in circles */
        { "\u32b5\u246b 8888 8888 1881", true },                                         /* forty and twelve */
        { "\u325a569309025904", true },                                                  /* thirty */
        { "\u2477\u247e\u2474 1111 1111 1111", true },                                   /* eleven in brackets */
        { "4\u24921 1111 1111 1111", true },                                             /* with a point */
        { "\u2779\u24eb\u2776 1111 1111 1111", true },                                   /* in a black circle */
        { "\u277a\u277f\u277a\u277f\u277a\u277f\u277a\u277f\u277a\u277f\u24ff", true },  /* tens in these */
        { "5\u3248510 5105 1051 00", true },                                             /* on a square */
        { "\u24694111111111111111", true },    /* a list's tenth: two numbers, or one */
        { "4111 1111 1111 111\u246b", false }, /* 17 digits */
        { "4111 1111 1111 1111\u00b2", true }, /* and a footnote */
        { "\u56db\u4e00\u4e00\u4e00\u4e00\u4e00\u4e00\u4e00\u4e00\u4e00\u4e00\u4e00\u4e00\u4e00\u4e00\u4e00",
          true }, /* Han */
        { "\u56db111 1111 1111 1111", true },
        { "\u4e94\u4e00\u3007\u4e94 1051 \u96f6510 5100", true }, /* with its zeros */
        { "\u8086\u58f9\u58f9\u58f9 1111 1111 1111", true },      /* as on a cheque */
        { "\u4e09\u4e03\u516b\u4e8c \u516b\u4e8c\u4e8c\u56db\u516d\u4e09 10005", true },
        { "\u53c1\u67d2\u634c\u8d30 \u634c\u8cb3\u5f10\u8086\u9646\u53c2 10005", true },
        { "\u516d\u4e03\u4e94\u4e5d 6498 2643 8453", true },
        { "\u9678\u67d2\u4f0d\u7396 6498 2643 8453", true },
        { "\u3024\u3021\u3021\u3021 1111 1111 1111", true }, /* a merchant's */
        { "\u3223\u3220\u3220\u3220 1111 1111 1111", true }, /* in brackets */
        { "\u3283\u3280\u3280\u3280 1111 1111 1111", true }, /* in circles */
        { "\u53614111111111111111\u4e00\u6b21", true },      /* among other signs, one of them a numeral */
        { "\u4e004111111111111111", true },
        { "\u56db\u4e00\u4e00\u4e00 1111 1111 1112", false }, /* wrong check digit */
        { "\u4e8c\u3007\u4e8c\u516d\u5e74\u5341\u4e00\u6708\u4e09\u5341\u65e5", false },
        { "30.11.2026 14:05:06", false }, /* a day and a time, 3011 as Diners' begin */
        { "3011 2026 1405 06", true },    /* the same digits, not parted so */
        { "2026-11-22 17:04:33", false },
        { "at 09:15:00, 12 + 34 = 46", false },
        { "+49 (0) 151 / 234 567 89", false },
        { "XX52 4111 1111 1111 1111 00", true }, /* no country */
        { "US94 4111 1111 1111 1111 00", true }, /* one that has none */
        { "NO72 4111 1111 1111 1111 00", true }, /* too long for it */
        { "SE35 5000 0000 0549 1000 0003", false },
        { "NO93 8601 1117 947", false },
        { "MT84 MALT 0110 0001 2345 MTLC AST0 01S", false },
        { "4111.1111.1111.1111", true },
        { "4111/1111/1111/1111", true },
        { "4111_1111_1111_1111", true },
        { "4111,1111,1111,1111", true },
        { "4111 - 1111 - 1111 - 1111", true },
        { "4111\u20131111\u20131111\u20131111", true }, /* en dash */
        { "4111\u00a01111\u00a01111\u00a01111", true }, /* no-break space */
        { "4111\u200b1111\u200b1111\u200b1111", true }, /* zero-width space */
        { "41\u00ad11111111111111", true },             /* soft hyphen */
        { "4111 \u200b1111 \u200b1111 \u200b1111", true },
        { "4\u0301111\u030511111111\u0336 1111", true },     /* marks */
        { "\uff14\uff11\uff11\uff11 1111 1111 1111", true }, /* full-width digits */
        { "\uff14\uff11\uff11\uff11\uff0f1111\uff0f1111\uff0f1111", true },
        { "\uff1b4111111111111111\uff1d2512101", true },
        { "\u0664\u0661\u0661\u06611111\u06611111111", true }, /* Arabic digits */
        { "card\u200b 4111111111111111 paid", true },
        { "4111 1111 1111 111\u200b2", false }, /* seen through, and wrong */
        { "9\u200b4111111111111111", false },   /* the end of a longer number */
        { "2026/11/22-2026/11/23", false },
        { "1.250,00 1.250,00 1.250,00", false },
        { "\xff"
          "4111\xff",
          false },
        { "%B123^", false },
        { ";12=3?", false },
        { "50% B4", false },
        { ";", false },
        { "%", false },
        { "%B", false },
        { "", false },
    };

    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++)
        if (text_has_card_number(bytes_of_text(cases[i].text)) != cases[i].found)
            fail_msg("\"%s\"", cases[i].text);
}

static void a_gift_cards_code_is_known_among_other_words(void **state)
{
    static const struct {
        const char *text;
        bool found;
    } cases[] = {
        { "91234567890123456724", true },
        { "91234 56789 01234 56724", true },
        { "91234-56789-01234-56724", true },
        { "card 4: 91234567890123456724, lost", true },
        { "4 91234 56789 01234 56724 2", true }, /* beside other numbers */
        { "\uff191234567890123456724", true },   /* full-width digits */
        { "91234567890123456725", false },       /* mistyped */
        { "81234567890123456741", false },       /* a card machine's: none of ours */
        { "9000000000000000073", false },        /* 19 digits */
        { "191234567890123456724", false },      /* the end of a longer number */
        { "912345678901234567241", false },
        { "4111 1111 1111 1111", false },
        { "A17 0091234567", false },
        { "DE89 3704 0044 0532 0130 00", false },
        { "", false },
    };

    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        const struct bytes text = bytes_of_text(cases[i].text);

        if (text_has_gift_card_code(text) != cases[i].found)
            fail_msg("\"%s\"", cases[i].text);
        assert_int_equal(text_secret(text) != NULL, cases[i].found || text_has_card_number(text));
    }
    assert_string_not_equal(text_secret(bytes_of_text("4111 1111 1111 1111")),
                            text_secret(bytes_of_text("91234567890123456724")));
}

static void a_text_is_blank_when_nothing_of_it_is_seen(void **state)
{
    static const struct {
        const char *text;
        bool blank;
    } cases[] = {
        { "", true },
        { " \u00a0\u3000", true },
        { "\u200b\u200d\ufeff\u00ad", true },
        { "\u2028\u2029", true },
        { "\ufffe", true },
        { "\U000e0041\U000e007f", true }, /* tags */
        { "\u3164\u2800", true },         /* fillers */
        { "\u0301", true },               /* a mark without its letter */
        { "\ue000", true },               /* private */
        { "\u200bA", false },
        { ".", false },
        { "\U0001f950", false },
        { "\u732b", false },
    };

    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++)
        if (text_is_blank(bytes_of_text(cases[i].text)) != cases[i].blank)
            fail_msg("case %zu: \"%s\"", i, cases[i].text);
}

static void bar_codes_have_their_check_digits(void **state)
{
    static const struct {
        const char *code;
        bool fits;
    } cases[] = {
        { "4006381333931", true },
        { "4006381333932", false },
        { "96385074", true },
        { "96385075", false },
        { "036000291452", true },
        { "036000291453", false },
        { "0000000000000", true },
        { "12345", true },
        { "ABCDEFGH", true },
        { "9638507X", true },
        { "", true },
        { "2112345678900", true },
        { "12345678901234", true },
    };

    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++)
        if (barcode_check(bytes_of_text(cases[i].code)) != cases[i].fits)
            fail_msg("\"%s\"", cases[i].code);
}

static void nothing_random_breaks_anything(void **state)
{
    const uint64_t seed = test_seed();
    unsigned short random[3] = { (unsigned short)seed, (unsigned short)(seed >> 16), 10 };

    (void)state;
    for (int round = 0; round < 20000; round++) {
        char text[64];
        char **words;
        size_t size = (size_t)nrand48(random) % 63, used;
        arena_reset(arena);
        for (size_t i = 0; i < size; i++)
            text[i] = (char)(nrand48(random) % 3 ? 1 + nrand48(random) % 255 : "%B;=^ 4-"[nrand48(random) % 8]);
        text[size] = '\0';
        assert_int_equal(text_check(bytes_of_text(text_tidy(arena, bytes_of(text, size))), 64) == TEXT_BROKEN, false);
        text_words(arena, bytes_of(text, size), &words);
        text_has_card_number(bytes_of(text, size));
        assert_true(text_cut(text, 10, &used) <= size && used <= 10);
    }
}

static int set_up(void **state)
{
    (void)state;
    arena = arena_create(0);
    return setlocale(LC_CTYPE, "C.UTF-8") ? 0 : -1;
}

static int tear_down(void **state)
{
    (void)state;
    arena_destroy(arena);
    return 0;
}

static void ascii_has_something_for_each_character(void **state)
{
    static const struct {
        const char *text, *ascii;
    } rows[] = {
        { "é", "e" },      { "Å", "A" },   { "ç", "c" },   { "ñ", "n" },   { "ü", "u" },     { "Ö", "O" },
        { "ø", "o" },      { "Ø", "O" },   { "Ǿ", "O" },   { "ł", "l" },   { "Ł", "L" },     { "đ", "d" },
        { "Đ", "D" },      { "ð", "d" },   { "Ð", "D" },   { "þ", "th" },  { "Þ", "Th" },    { "æ", "ae" },
        { "Æ", "AE" },     { "Ǽ", "AE" },  { "œ", "oe" },  { "Œ", "OE" },  { "ß", "ss" },    { "ẞ", "SS" },
        { "ı", "i" },      { "İ", "I" },   { "ħ", "h" },   { "Ħ", "H" },   { "ŧ", "t" },     { "Ŧ", "T" },
        { "ŋ", "ng" },     { "Ŋ", "NG" },  { "ŉ", "'n" },  { "ĸ", "q" },   { "ə", "e" },     { "Ə", "E" },
        { "ƒ", "f" },      { "ſ", "s" },   { "Ŀ", "L." },  { "ķ", "k" },   { "ș", "s" },     { "ț", "t" },
        { "ő", "o" },      { "ű", "u" },   { "ě", "e" },   { "ř", "r" },   { "ů", "u" },     { "ż", "z" },
        { "ź", "z" },      { "ą", "a" },   { "Ę", "E" },   { "ģ", "g" },   { "ĳ", "ij" },    { "Ǆ", "DZ" },
        { "ﬁ", "fi" },     { "ﬃ", "ffi" }, { "½", "1/2" }, { "¼", "1/4" }, { "⅓", "1/3" },   { "№", "No" },
        { "™", "TM" },     { "㎏", "kg" }, { "×", "x" },   { "÷", "/" },   { "€", "EUR" },   { "£", "GBP" },
        { "¥", "JPY" },    { "©", "(c)" }, { "°", "deg" }, { "±", "+-" },  { "«", "<<" },    { "»", ">>" },
        { "„", "\"" },     { "“", "\"" },  { "‚", "," },   { "‘", "'" },   { "’", "'" },     { "–", "-" },
        { "—", "-" },      { "−", "-" },   { "…", "..." }, { "•", "*" },   { "·", "." },     { "→", "->" },
        { "←", "<-" },     { "¡", "!" },   { "Ａ", "A" },  { "７", "7" },  { "²", "2" },     { "餅", "?" },
        { "🍪", "?" },      { "Ω", "?" },   { "Ж", "?" },   { "㋀", "?" },  { "\u0301", "" }, { "\u200d", "" },
        { "\u00a0", " " },
    };

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        uint32_t c;
        char ascii[4] = "";

        assert_int_equal(text_next(bytes_of_text(rows[i].text), &c), strlen(rows[i].text));
        assert_int_equal(text_ascii(ascii, c), strlen(rows[i].ascii));
        assert_string_equal(ascii, rows[i].ascii);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(only_sound_text_without_controls_is_let_in),
        cmocka_unit_test(the_c_library_agrees_what_is_utf8),
        cmocka_unit_test(characters_are_taken_one_by_one),
        cmocka_unit_test(names_are_composed_and_their_spaces_made_one),
        cmocka_unit_test(search_folds_case_accents_and_ligatures),
        cmocka_unit_test(folding_twice_changes_nothing_more),
        cmocka_unit_test(words_are_letters_and_digits),
        cmocka_unit_test(text_is_cut_at_whole_characters),
        cmocka_unit_test(widths_are_those_of_the_c_library),
        cmocka_unit_test(card_numbers_are_found_and_other_numbers_not),
        cmocka_unit_test(a_gift_cards_code_is_known_among_other_words),
        cmocka_unit_test(a_text_is_blank_when_nothing_of_it_is_seen),
        cmocka_unit_test(bar_codes_have_their_check_digits),
        cmocka_unit_test(ascii_has_something_for_each_character),
        cmocka_unit_test(nothing_random_breaks_anything),
    };

    return cmocka_run_group_tests(tests, set_up, tear_down);
}
