/* A scanner's bursts among a person's keys. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <stdio.h>
#include <string.h>
#include <cmocka.h>

#include "client/ui/scan.h"

struct result {
    char typed[128]; /* what the focus got, and keeps */
    char codes[128]; /* each code and a bar */
    int cards, too_long;
};

/* Feeds text, gap_us between characters, then the silence that follows. */
static struct result feed(const char *text, int64_t gap_us)
{
    struct scan_reader reader = { 0 };
    struct result result = { 0 };
    struct bytes rest = bytes_of_text(text);
    char before[128] = "";
    size_t codes_size = 0;
    int64_t now = 1000000;
    enum scan_verdict verdict;

    while (rest.size > 0) {
        struct input input;
        bool starts;
        size_t size = input_decode(rest, true, &input);
        rest = bytes_of(rest.data + size, rest.size - size);
        verdict = scan_feed(&reader, &input, now, &starts);
        now += gap_us;
        if (starts)
            strcpy(before, result.typed);
        if (verdict == SCAN_TYPED)
            strcat(result.typed, input.kind == INPUT_CHARACTER ? input.text : input.key == KEY_RETURN ? "<" : "?");
        if (verdict == SCAN_TYPED && gap_us > SCAN_GAP_US)
            verdict = scan_expire(&reader, now);
        if (rest.size == 0 && verdict != SCAN_CODE && verdict != SCAN_CARD && verdict != SCAN_TOO_LONG)
            verdict = scan_expire(&reader, now + 2 * SCAN_GAP_US);
        if (verdict == SCAN_CODE || verdict == SCAN_CARD || verdict == SCAN_TOO_LONG)
            strcpy(result.typed, before);
        if (verdict == SCAN_CODE)
            codes_size +=
                (size_t)snprintf(result.codes + codes_size, sizeof(result.codes) - codes_size, "%.60s|", reader.code);
        result.cards += verdict == SCAN_CARD;
        result.too_long += verdict == SCAN_TOO_LONG;
    }
    for (size_t i = 0; result.cards > 0 && i < sizeof(reader.run); i++)
        assert_int_equal(reader.run[i], 0);
    return result;
}

static void bursts_are_told_from_typing(void **state)
{
    (void)state;
    static const struct {
        const char *name, *text;
        int64_t gap_us;
        const char *typed, *codes;
    } cases[] = {
        { "EAN-13 and CR", "4006381333931\r", 2000, "", "4006381333931|" },
        { "EAN-13 and LF", "4006381333931\n", 2000, "", "4006381333931|" },
        { "EAN-13 and Tab", "4006381333931\t", 2000, "", "4006381333931|" },
        { "all in one read", "4006381333931\r", 0, "", "4006381333931|" },
        { "a slow scanner", "4006381333931\r", 30000, "", "4006381333931|" },
        { "EAN-13 without a terminator", "4006381333931", 2000, "", "4006381333931|" },
        { "EAN-8 without a terminator", "73513537", 2000, "", "73513537|" },
        { "no terminator, wrong check digit: typing", "4006381333932", 2000, "4006381333932", "" },
        { "two scans at once", "4006381333931\r73513537\r", 1000, "", "4006381333931|73513537|" },
        { "a person types the same", "4006381333931\r", 60000, "4006381333931<", "" },
        { "a short number in one read is typed", "112\r", 0, "112<", "" },
        { "five digits too", "12345\r", 0, "12345<", "" },
        { "six could be either", "123456\r", 0, "", "123456|" },
        { "an amount is typed", "200.00\r", 0, "200.00<", "" },
        { "an amount with a comma", "1200,50\r", 0, "1200,50<", "" },
        { "a quantity first is typed", "0,350*118\r", 0, "0,350*118<", "" },
        { "words are typed", "croissant\r", 0, "croissant<", "" },
        { "a code with letters", "LOT-20261122\r", 1000, "", "LOT-20261122|" },
        { "a member's card with one digit", "MCCQADPDYEZKWYS3\r", 1000, "", "MCCQADPDYEZKWYS3|" },
        { "a member's card without any", "MCCQADPDYEZKWYSM\r", 1000, "", "MCCQADPDYEZKWYSM|" },
        { "a coupon with three digits", "CPMJFKC2MZ2XNN8H\r", 0, "", "CPMJFKC2MZ2XNN8H|" },
        { "somebody else's card", "KUNDE-A7\r", 1000, "", "KUNDE-A7|" },
        { "a person types a card", "MCCQADPDYEZKWYS3\r", 60000, "MCCQADPDYEZKWYS3<", "" },
        { "a name in capitals is typed", "FRANZBROETCHEN\r", 0, "FRANZBROETCHEN<", "" },
        { "a name with a number is typed", "Brot 750\r", 0, "Brot 750<", "" },
        { "an approval is typed", "AUTH-77\r", 0, "AUTH-77<", "" },
        { "a receipt's number", "3T-000042\r", 1000, "", "3T-000042|" },
        { "prefix ~", "~112\r", 1000, "", "112|" },
        { "prefix Ctrl-G", "\007112\r", 1000, "", "112|" },
        { "prefix STX, no terminator", "\002112", 1000, "", "112|" },
        { "AIM says EAN", "]E04006381333931\r", 1000, "", "4006381333931|" },
        { "AIM behind Ctrl-G", "\007]C1AB12\r", 1000, "", "AB12|" },
        { "GS1-128: the article", "]C10104006381333931\r", 1000, "", "4006381333931|" },
        { "GS1 DataMatrix: with what is behind it", "]d201040063813339311726113010LOT7\r", 1000, "", "4006381333931|" },
        { "GS1 QR behind Ctrl-G, no terminator", "\007]Q30104006381333931", 1000, "", "4006381333931|" },
        { "a Code 128 that is not GS1's", "]C00104006381333931\r", 1000, "", "0104006381333931|" },
        { "AZERTY: the digit row without Shift", "'àà-\"_&\"\"\"ç\"&\r", 1000, "", "4006381333931|" },
        { "AZERTY, EAN-8", "è\"(&\"(\"è\r", 1000, "", "73513537|" },
        { "AZERTY without a terminator", "è\"(&\"(\"è", 1000, "", "73513537|" },
        { "AZERTY, another check digit, no terminator: typing", "è\"(&\"(\"ç", 1000, "è\"(&\"(\"ç", "" },
        { "AZERTY behind a prefix", "\007&&é\r", 1000, "", "112|" },
        { "AZERTY, typed", "è\"(&\"(\"è\r", 60000, "è\"(&\"(\"è<", "" },
        { "one more than the row: as it is", "è\"(&\"(\"èé1111\r", 1000, "", "è\"(&\"(\"èé1111|" },
        { "Shift locked", "$))^#*!###(#!\r", 1000, "", "4006381333931|" },
        { "Shift locked, EAN-8, no terminator", "&#%!#%#&", 1000, "", "73513537|" },
        { "Shift locked, typed", "&#%!#%#&\r", 60000, "&#%!#%#&<", "" },
        { "both rows: the check digit tells AZERTY", "&&&&&&&(\r", 1000, "", "11111115|" },
        { "both rows: the check digit tells Shift", "&&&&&&((\r", 1000, "", "77777799|" },
        { "both rows, no check digit: AZERTY", "&&&&((\r", 1000, "", "111155|" },
        { "Enter alone", "\r", 0, "<", "" },
    };
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct result result = feed(cases[i].text, cases[i].gap_us);
        if (strcmp(result.typed, cases[i].typed) != 0 || strcmp(result.codes, cases[i].codes) != 0)
            fail_msg("%s: typed '%s', codes '%s'", cases[i].name, result.typed, result.codes);
    }
}

static void what_a_person_typed_before_stays(void **state)
{
    (void)state;
    struct scan_reader reader = { 0 };
    bool starts;
    int64_t now = 5000000;
    const char *typed = "3*";

    for (size_t i = 0; typed[i] != 0; i++, now += 150000) {
        struct input input = { .kind = INPUT_CHARACTER, .text = { typed[i] } };
        assert_int_equal(scan_feed(&reader, &input, now, &starts), SCAN_TYPED);
        assert_true(starts);
    }
    const char *burst = "73513537";
    for (size_t i = 0; burst[i] != 0; i++, now += 1000) {
        struct input input = { .kind = INPUT_CHARACTER, .text = { burst[i] } };
        assert_int_equal(scan_feed(&reader, &input, now, &starts), SCAN_TYPED);
        assert_int_equal(starts, i == 0); /* the focus is remembered here: "3*" */
    }
    struct input enter = { .kind = INPUT_KEY, .key = KEY_RETURN };
    assert_int_equal(scan_feed(&reader, &enter, now, &starts), SCAN_CODE);
    assert_string_equal(reader.code, "73513537");
}

static void cards_are_refused_and_wiped(void **state)
{
    (void)state;
    static const char *const cases[] = {
        "%B4111111111111111^STONE/MIA^29051010000000000000?\r", ";4111111111111111=29051010000000000000?\r",
        "4111111111111111\r", "'&&&&&&&&&&&&&&&\r", /* the same on AZERTY */
    };
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct result result = feed(cases[i], 1000);
        if (result.cards != 1 || result.codes[0] != 0 || result.typed[0] != 0)
            fail_msg("%s: cards %d, codes '%s', typed '%s'", cases[i], result.cards, result.codes, result.typed);
    }
}

static void a_burst_longer_than_any_code_is_wiped(void **state)
{
    (void)state;
    struct scan_reader reader = { 0 };
    struct input input = { .kind = INPUT_CHARACTER, .text = "7" };
    struct input enter = { .kind = INPUT_KEY, .key = KEY_RETURN };
    bool starts;

    for (int i = 0; i < 5000; i++)
        scan_feed(&reader, &input, 1000 + i, &starts);
    assert_int_equal(scan_feed(&reader, &enter, 6000, &starts), SCAN_TOO_LONG);
    assert_int_equal(scan_deadline_us(&reader), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(bursts_are_told_from_typing),
        cmocka_unit_test(what_a_person_typed_before_stays),
        cmocka_unit_test(cards_are_refused_and_wiped),
        cmocka_unit_test(a_burst_longer_than_any_code_is_wiped),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
