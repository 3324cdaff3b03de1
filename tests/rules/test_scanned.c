/* What a scanner sends: kinds, check digits, and what codes printed in the shop hold. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "common/base/gs1.h"
#include "common/rules/price.h"
#include "common/rules/scanned.h"

static void a_code_is_known_by_its_length_and_check_digit(void **state)
{
    static const struct {
        const char *text;
        enum scanned_kind kind;
        bool wrong;
        const char *upca;
    } rows[] = {
        { "4006381333931", SCANNED_EAN13, false, "" },
        { "4006381333932", SCANNED_EAN13, true, "" },
        { "4006381333391", SCANNED_EAN13, true, "" }, /* two digits changed places */
        { "0036000291452", SCANNED_UPCA, false, "" },
        { "036000291452", SCANNED_UPCA, false, "" },
        { "036000291453", SCANNED_UPCA, true, "" },
        { "73513537", SCANNED_EAN8, false, "" },
        { "73513538", SCANNED_EAN8, true, "" },
        { "04252614", SCANNED_UPCE, false, "042100005264" },
        { "04252615", SCANNED_EAN8, true, "" }, /* neither */
        { "01234505", SCANNED_UPCE, false, "012000003455" },
        { "01234514", SCANNED_UPCE, false, "012100003454" },
        { "01234523", SCANNED_UPCE, false, "012200003453" },
        { "01234531", SCANNED_UPCE, false, "012300000451" },
        { "01234543", SCANNED_UPCE, false, "012340000053" },
        { "06543217", SCANNED_UPCE, false, "065100004327" },
        { "01234558", SCANNED_EAN8, false, "012345000058" }, /* both fit */
        { "01234596", SCANNED_EAN8, false, "012345000096" },
        { "2100118003509", SCANNED_EAN13, false, "" }, /* without a layout: a code like any */
        { "112", SCANNED_TEXT, false, "" },
        { "123456", SCANNED_TEXT, false, "" },
        { "40063813339314", SCANNED_TEXT, false, "" },
        { "LOT-20261122", SCANNED_TEXT, false, "" },
        { "400638133393X", SCANNED_TEXT, false, "" },
        { "3T-000042", SCANNED_TEXT, false, "" },
        { "", SCANNED_TEXT, false, "" },
    };
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct scanned scanned = scanned_read(rows[i].text, "");
        if (scanned.kind != rows[i].kind || scanned.wrong != rows[i].wrong || strcmp(scanned.upca, rows[i].upca) != 0)
            fail_msg("%s: kind %d, wrong %d, UPC-A '%s'", rows[i].text, (int)scanned.kind, scanned.wrong, scanned.upca);
    }
}

static void a_layout_says_where_item_and_value_stand(void **state)
{
    static const char layouts[] = "20:IIIIICVVVV=price,21:IIIIIVVVVV=weight,22:IIIICVVVVV=price,2177:IIIVVVVV=price,"
                                  "02:IIIIICVVVV=price,23:IIIIIIVVVV=price,24:IVVVVVVVVV=weight,299999:IVVVVV=weight";
    static const struct {
        const char *text;
        enum scanned_kind kind;
        bool wrong;
        uint32_t item;
        int64_t value;
    } rows[] = {
        { "2100118003509", SCANNED_WEIGHT, false, 118, 350 },
        { "2100118003508", SCANNED_WEIGHT, true, 0, 0 },
        { "2100118000003", SCANNED_WEIGHT, false, 118, 0 },
        { "2199999999995", SCANNED_WEIGHT, false, 99999, 99999 },
        { "2000118402244", SCANNED_PRICE, false, 118, 224 },
        { "2000118928751", SCANNED_PRICE, false, 118, 2875 }, /* GS1's example: the check digit of 2875 is 9 */
        { "2000118699996", SCANNED_PRICE, false, 118, 9999 },
        { "2000118502241", SCANNED_PRICE, true, 0, 0 },        /* the code's own fits, the price's does not */
        { "2201186146850", SCANNED_PRICE, false, 118, 14685 }, /* GS1's example: that of 14685 is 6 */
        { "2201187146859", SCANNED_PRICE, true, 0, 0 },
        { "2177118003501", SCANNED_PRICE, false, 118, 350 }, /* the longest prefix */
        { "0200118402240", SCANNED_PRICE, false, 118, 224 },
        { "200118402240", SCANNED_PRICE, false, 118, 224 }, /* the same as an UPC-A */
        { "200118402241", SCANNED_PRICE, true, 0, 0 },
        { "2312345602244", SCANNED_PRICE, false, 123456, 224 },
        { "2471234567894", SCANNED_WEIGHT, false, 7, 123456789 },
        { "2999991123455", SCANNED_WEIGHT, false, 1, 12345 },
        { "2500118002241", SCANNED_EAN13, false, 0, 0 }, /* no layout has it */
        { "4006381333931", SCANNED_EAN13, false, 0, 0 },
        { "036000291452", SCANNED_UPCA, false, 0, 0 },
    };
    (void)state;
    assert_true(code_layouts_fit(layouts));
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct scanned scanned = scanned_read(rows[i].text, layouts);
        if (scanned.kind != rows[i].kind || scanned.wrong != rows[i].wrong || scanned.item != rows[i].item ||
            scanned.value != rows[i].value)
            fail_msg("%s: kind %d, wrong %d, item %u, value %lld", rows[i].text, (int)scanned.kind, scanned.wrong,
                     scanned.item, (long long)scanned.value);
    }
}

static void of_element_strings_the_article_is_read(void **state)
{
    static const struct {
        const char *text, *code;
        enum scanned_kind kind;
    } rows[] = {
        { "0104006381333931", "4006381333931", SCANNED_EAN13 },
        { "01040063813339311726113010LOT7", "4006381333931", SCANNED_EAN13 }, /* best before, lot */
        { "0100036000291452", "0036000291452", SCANNED_UPCA },
        { "0100000073513537", "73513537", SCANNED_EAN8 },
        { "0114006381333938", "14006381333938", SCANNED_TEXT }, /* a case of it is no piece of it */
        { "01940063813339343103000350", "94006381333934",
          SCANNED_TEXT },                                         /* of what is weighed: nor sold by its list price */
        { "0104006381333932", "0104006381333932", SCANNED_TEXT }, /* misread */
        { "010400638133393", "010400638133393", SCANNED_TEXT },   /* too short */
        { "01040063813339X1", "01040063813339X1", SCANNED_TEXT },
        { "0204006381333931", "0204006381333931", SCANNED_TEXT }, /* what is in a case */
        { "10LOT7", "10LOT7", SCANNED_TEXT },
        { "01", "01", SCANNED_TEXT },
        { "4006381333931", "4006381333931", SCANNED_EAN13 },
        { "", "", SCANNED_TEXT },
    };
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        char code[64];
        strcpy(code, rows[i].text);
        gs1_take_gtin(code);
        struct scanned scanned = scanned_read(code, "");
        if (strcmp(code, rows[i].code) != 0 || scanned.kind != rows[i].kind || scanned.wrong)
            fail_msg("%s: %s, kind %d, wrong %d", rows[i].text, code, (int)scanned.kind, scanned.wrong);
    }
    assert_true(gs1_is_next("]C1") && gs1_is_next("]d2") && gs1_is_next("]Q3") && gs1_is_next("]e0"));
    assert_false(gs1_is_next("]C0") || gs1_is_next("]E0") || gs1_is_next("]d1") || gs1_is_next("01") ||
                 gs1_is_next(""));
}

/* Each digit of a price, misread as any other, is found out. */
static void a_price_misread_in_one_digit_is_wrong(void **state)
{
    static const struct {
        const char *layouts, *code;
        int value_at;
    } rows[] = { { "20:IIIIICVVVV=price", "2000118402244", 8 }, { "22:IIIICVVVVV=price", "2201186146850", 7 } };
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        for (int at = rows[i].value_at; at < 12; at++)
            for (char digit = '0'; digit <= '9'; digit++) {
                char code[14], misread;
                strcpy(code, rows[i].code);
                misread = code[at];
                code[at] = digit;
                for (char check = '0'; check <= '9'; check++) { /* even where the code's own were misread to fit */
                    code[12] = check;
                    bool fits = !scanned_read(code, "").wrong;
                    bool wrong = scanned_read(code, rows[i].layouts).wrong;
                    if (wrong != (!fits || digit != misread))
                        fail_msg("%s: wrong %d", code, wrong);
                }
            }
}

static void a_layout_that_is_none_is_refused(void **state)
{
    static const struct {
        const char *layouts;
        bool fit;
    } rows[] = {
        { "", true },
        { "20:IIIIICVVVV=price", true },
        { "02:IIIIIVVVVV=weight", true },
        { "29:IVVVVVVVVV=price", true },
        { "29:IIIIIIVVVV=price", true },
        { "222222:IIIIIV=weight", true },
        { "20:IIIIICVVVV=weight", true },
        { "20:IIIIIVVVVV=price,200:IIIIVVVVV=weight", true },
        { "20:IIIIICVVVV", false },
        { "20:IIIIICVVVV=", false },
        { "20:IIIIICVVVV=cost", false },
        { "20:IIIIICVVVV=prices", false },
        { "20IIIIICVVVV=price", false },
        { "20:IIIIIVVVV=price", false },   /* 11 digits */
        { "20:IIIIIVVVVVV=price", false }, /* 13 */
        { "2:IIIIIVVVVVV=price", false },  /* the prefix is too short */
        { "2222222:IIIVV=price", false },  /* too long */
        { "20:IIIIIIIVVV=price", false },  /* no PLU has 7 digits */
        { "20:VVVVVVVVVV=price", false },  /* no item */
        { "222222:IIIIII=price", false },  /* no value */
        { "20:IIIICVVVVVX=price", false },
        { "20:IIIIIICVVV=price", false }, /* GS1 has no check digit of three digits */
        { "20:IIICVVVVVV=price", false }, /* or six */
        { "20:IIIIIVVVVC=price", false }, /* it stands before the value */
        { "40:IIIIICVVVV=price", false }, /* that is Germany */
        { "03:IIIIICVVVV=price", false },
        { "00:IIIIICVVVV=price", false },
        { "20:IIIIICVVVV=price,", false },
        { ",20:IIIIICVVVV=price", false },
        { "20:IIIIICVVVV=price;21:IIIIIVVVVV=weight", false },
        { "20:IIIIICVVVV=price, 21:IIIIIVVVVV=weight", false },
        { "20:IIIIICVVVV=price,20:IIIIIVVVVV=weight", false }, /* twice */
        { "price", false },
    };
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        if (code_layouts_fit(rows[i].layouts) != rows[i].fit)
            fail_msg("'%s'", rows[i].layouts);
    char many[CODE_LAYOUTS_MAX * 32 + 32] = "20:IIIIICVVVV=price";
    for (int i = 1; i <= CODE_LAYOUTS_MAX; i++) {
        assert_true(code_layouts_fit(many));
        char one[] = ",2100:IIIIVVVV=price";
        one[3] = (char)('0' + i / 10);
        one[4] = (char)('0' + i % 10);
        strcat(many, one);
    }
    assert_false(code_layouts_fit(many));
}

/* A label with a price is sold for that price, or not by it. */
static void a_price_has_a_quantity_where_one_costs_it(void **state)
{
    static const struct {
        uint8_t unit;
        int64_t price_minor, gross_minor, quantity_milli;
    } rows[] = {
        { UNIT_KILOGRAM, 640, 224, 350 },
        { UNIT_KILOGRAM, 640, 1, 2 },
        { UNIT_KILOGRAM, 640, 640, 1000 },
        { UNIT_KILOGRAM, 640, 0, 0 },
        { UNIT_KILOGRAM, 1000, 347, 347 },
        { UNIT_KILOGRAM, 1001, 500, 0 }, /* 499 g are 4.99, 500 g 5.01 (half a cent more) */
        { UNIT_KILOGRAM, 1001, 501, 500 },
        { UNIT_KILOGRAM, 2490, 2, 1 },
        { UNIT_KILOGRAM, 2490, 3, 0 },
        { UNIT_KILOGRAM, 2490, 249, 100 },
        { UNIT_KILOGRAM, 0, 249, 0 },
        { UNIT_KILOGRAM, 1, 2000000, 0 }, /* more than is sold at once */
        { UNIT_LITRE, 300, 150, 500 },
        { UNIT_PIECE, 195, 585, 3000 },
        { UNIT_PIECE, 195, 500, 0 },
        { UNIT_PIECE, 195, 195, 1000 },
    };
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct product product = { .price_minor = rows[i].price_minor, .unit = rows[i].unit };
        int64_t quantity = price_quantity_milli(&product, rows[i].gross_minor);
        if (quantity != rows[i].quantity_milli)
            fail_msg("%lld of %lld: %lld", (long long)rows[i].gross_minor, (long long)rows[i].price_minor,
                     (long long)quantity);
    }
}

/* None is missed: up to 10.00 a kilogram every sum has its grams, above that those and only those that some gram has. */
static void no_quantity_is_missed(void **state)
{
    static const int64_t prices[] = { 1, 7, 640, 999, 1000, 1001, 1999, 2490, 12345 };
    (void)state;
    for (size_t i = 0; i < sizeof prices / sizeof *prices; i++) {
        struct product product = { .price_minor = prices[i], .unit = UNIT_KILOGRAM };
        int64_t sum = 1;
        for (int64_t grams = 1; grams <= 3000; grams++) {
            struct priced_line line = { .product = &product, .quantity_milli = grams };
            assert_true(price_line(&line));
            for (; sum < line.gross_minor; sum++)
                assert_int_equal(price_quantity_milli(&product, sum), 0);
            if (line.gross_minor == 0)
                continue;
            struct priced_line found = { .product = &product,
                                         .quantity_milli = price_quantity_milli(&product, line.gross_minor) };
            assert_true(price_line(&found));
            assert_int_equal(found.gross_minor, line.gross_minor);
            sum = line.gross_minor + 1;
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_code_is_known_by_its_length_and_check_digit),
        cmocka_unit_test(a_layout_says_where_item_and_value_stand),
        cmocka_unit_test(of_element_strings_the_article_is_read),
        cmocka_unit_test(a_price_misread_in_one_digit_is_wrong),
        cmocka_unit_test(a_layout_that_is_none_is_refused),
        cmocka_unit_test(a_price_has_a_quantity_where_one_costs_it),
        cmocka_unit_test(no_quantity_is_missed),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
