/* The encoder: byte by byte for each kind of row, and what no text can make it say. Bytes that are not ASCII are written
 * as <hex>. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "common/print/escpos.h"

#define COUNT(array) (sizeof(array) / sizeof *(array))

#define RESET   "<1b>@<1c>.<1b>R<00>"
#define LARGE   "<1d>!<11><1b>E<01>"
#define TALL    "<1d>!<01><1b>E<01>"
#define PLAIN   "<1d>!<00><1b>E<00>"
#define END     "<0a>"
#define CUT     "<1d>VB<00>"
#define QR_HEAD "<1b>a<01><1d>(k<04><00>1A2<00><1d>(k<03><00>1C<06><1d>(k<03><00>1E1"
#define QR_FOOT "<1d>(k<03><00>1Q0<1b>a<00>"

static struct arena *arena;

static const char *readable(struct bytes bytes)
{
    char *text = arena_alloc(arena, bytes.size * 4 + 1), *at = text;

    for (size_t i = 0; i < bytes.size; i++)
        at += bytes.data[i] < 0x20 || bytes.data[i] > 0x7E ? sprintf(at, "<%02x>", bytes.data[i])
                                                           : sprintf(at, "%c", bytes.data[i]);
    *at = '\0';
    return text;
}

#define PC858   .pages = { ESCPOS_PC858 }, .page_count = 1
#define ALL     .pages = { ESCPOS_PC858, ESCPOS_WPC1252, ESCPOS_PC437 }, .page_count = 3
#define PRINTER .columns = 32, .cutter = true

static const struct {
    const char *name;
    struct escpos printer;
    struct receipt_row row;
    const char *bytes; /* between the reset and the end */
} cases[] = {
    { "a text", { PRINTER, ALL }, { RECEIPT_ROW_TEXT, "  2 x 6.25", NULL, 0 }, "  2 x 6.25" END },
    { "nothing", { PRINTER, ALL }, { RECEIPT_ROW_TEXT, NULL, NULL, 0 }, END },
    { "a title of a word for each large line",
      { PRINTER, ALL },
      { RECEIPT_ROW_TITLE, "Caroline's Cookies", NULL, 0 },
      LARGE "   Caroline's" END "    Cookies" END PLAIN },
    { "what is centred", { PRINTER, ALL }, { RECEIPT_ROW_CENTRE, "Good bread", NULL, 0 }, "           Good bread" END },
    { "a pair", { PRINTER, ALL }, { RECEIPT_ROW_PAIR, "Rye", "3.40", 0 }, "Rye                         3.40" END },
    { "a total",
      { PRINTER, ALL },
      { RECEIPT_ROW_TOTAL, "Total EUR", "3.40", 0 },
      TALL "Total EUR                   3.40" END PLAIN },
    { "a rule", { PRINTER, ALL }, { RECEIPT_ROW_RULE, NULL, NULL, 0 }, "--------------------------------" END },
    { "a QR code and its text",
      { PRINTER, ALL },
      { RECEIPT_ROW_CODE, "3T-1", NULL, 0 },
      QR_HEAD "<1d>(k<07><00>1P03T-1" QR_FOOT "              3T-1" END },
    { "bars and their text",
      { PRINTER, ALL, .code = ESCPOS_CODE_128 },
      { RECEIPT_ROW_CODE, "3T-1", NULL, 0 },
      "<1b>a<01><1d>h@<1d>w<02><1d>H<00><1d>kI<06>{B3T-1<0a><1b>a<00>              3T-1" END },
    { "a brace among the bars",
      { PRINTER, ALL, .code = ESCPOS_CODE_128 },
      { RECEIPT_ROW_CODE, "{", NULL, 0 },
      "<1b>a<01><1d>h@<1d>w<02><1d>H<00><1d>kI<04>{B{{<0a><1b>a<00>               {" END },
    { "bars too wide for the paper",
      { PRINTER, ALL, .code = ESCPOS_CODE_128 },
      { RECEIPT_ROW_CODE, "3T-000000000042", NULL, 0 },
      "        3T-000000000042" END },
    { "no code wanted",
      { PRINTER, ALL, .code = ESCPOS_CODE_TEXT },
      { RECEIPT_ROW_CODE, "3T-1", NULL, 0 },
      "              3T-1" END },
    { "bars beside a QR code",
      { PRINTER, ALL },
      { RECEIPT_ROW_BARS, "3T-1", NULL, 0 },
      "<1b>a<01><1d>h@<1d>w<02><1d>H<00><1d>kI<06>{B3T-1<0a><1b>a<00>" },
    { "but none where the code was bars",
      { PRINTER, ALL, .code = ESCPOS_CODE_128 },
      { RECEIPT_ROW_BARS, "3T-1", NULL, 0 },
      "" },
    { "nor where the paper is too narrow", { PRINTER, ALL }, { RECEIPT_ROW_BARS, "3T-000000000042", NULL, 0 }, "" },
    { "a code that is no ASCII is text only",
      { PRINTER, ALL },
      { RECEIPT_ROW_CODE, "é", NULL, 0 },
      "               <1b>t<13><82>" END },

    { "a page is named once",
      { PRINTER, ALL },
      { RECEIPT_ROW_TEXT, "Éclair à 3 €", NULL, 0 },
      "<1b>t<13><90>clair <85> 3 <d5>" END },
    { "another page for one character, and back when the page lacks one",
      { PRINTER, ALL },
      { RECEIPT_ROW_TEXT, "é Œ é ⌐ Œ", NULL, 0 },
      "<1b>t<13><82> <1b>t<10><8c> <e9> <1b>t<00><a9> <1b>t<10><8c>" END },
    { "only the page the printer has",
      { PRINTER, PC858 },
      { RECEIPT_ROW_TEXT, "é Œ", NULL, 0 },
      "<1b>t<13><82> OE" END },
    { "no page at all", { PRINTER }, { RECEIPT_ROW_TEXT, "Éclair à 3 €", NULL, 0 }, "Eclair a 3 EUR" END },
    { "what becomes longer counts as it is printed",
      { PRINTER },
      { RECEIPT_ROW_PAIR, "Æ", "3 €", 0 },
      "AE                         3 EUR" END },
    { "no page has it", { PRINTER, ALL }, { RECEIPT_ROW_TEXT, "面包 ő", NULL, 0 }, "?? o" END },
    { "marks of their own", { PRINTER, ALL }, { RECEIPT_ROW_TEXT, "e\xCC\x81", NULL, 0 }, "e" END },

    { "controls are left out",
      { PRINTER, ALL },
      { RECEIPT_ROW_TEXT,
        "a\x1B@\x1DV\x01\x10\x04\x01"
        "b\x7F\xC2\x9B"
        "c\n\td",
        NULL, 0 },
      "a@Vbcd" END },
    { "controls in a code leave text",
      { PRINTER, ALL },
      { RECEIPT_ROW_CODE, "3T\x1Bp", NULL, 0 },
      "              3Tp" END },
    { "no UTF-8", { PRINTER, ALL }, { RECEIPT_ROW_TEXT, "a\xFF\xC3", NULL, 0 }, "a??" END },
};

static void each_row_is_said_in_these_bytes(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        const struct receipt receipt = { &cases[i].row, 1 };
        const char *wanted = arena_format(arena, RESET "%s" CUT, cases[i].bytes),
                   *got = readable(escpos_receipt(arena, &cases[i].printer, &receipt));

        if (strcmp(wanted, got) != 0)
            fail_msg("%s:\n  wanted %s\n  got    %s", cases[i].name, wanted, got);
    }
}

static void without_a_cutter_the_paper_is_fed(void **state)
{
    const struct escpos printer = { .columns = 42 };
    const struct receipt none = { NULL, 0 };

    (void)state;
    assert_string_equal(readable(escpos_receipt(arena, &printer, &none)), RESET "<1b>d<04>");
}

static void the_drawer_has_one_of_two_pins(void **state)
{
    (void)state;
    assert_string_equal(readable(escpos_kick(arena, &(struct escpos){ .columns = 42, .drawer_pin = 2 })),
                        "<1b>p<00><19><fa>");
    assert_string_equal(readable(escpos_kick(arena, &(struct escpos){ .columns = 42, .drawer_pin = 5 })),
                        "<1b>p<01><19><fa>");
    assert_string_equal(readable(escpos_kick(arena, &(struct escpos){ .columns = 42 })), "");
    assert_string_equal(readable(escpos_kick_now(arena, &(struct escpos){ .columns = 42, .drawer_pin = 5 })),
                        "<10><14><01><01><01>");
    assert_string_equal(readable(escpos_kick_now(arena, &(struct escpos){ .columns = 42 })), "");
}

static void what_is_printed_again_says_so(void **state)
{
    (void)state;
    assert_string_equal(readable(escpos_again(arena, &(struct escpos){ .columns = 32 })),
                        RESET TALL "     *** PRINTED AGAIN ***" END PLAIN);
}

static void pages_have_names(void **state)
{
    enum escpos_page page;

    (void)state;
    assert_true(escpos_page_parse(bytes_of_text("PC437"), &page) && page == ESCPOS_PC437);
    assert_true(escpos_page_parse(bytes_of_text("pc858"), &page) && page == ESCPOS_PC858);
    assert_true(escpos_page_parse(bytes_of_text("wpc1252"), &page) && page == ESCPOS_WPC1252);
    assert_false(escpos_page_parse(bytes_of_text("pc85"), &page));
    assert_false(escpos_page_parse(bytes_of_text(""), &page));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_row_is_said_in_these_bytes),
        cmocka_unit_test(without_a_cutter_the_paper_is_fed),
        cmocka_unit_test(the_drawer_has_one_of_two_pins),
        cmocka_unit_test(what_is_printed_again_says_so),
        cmocka_unit_test(pages_have_names),
    };
    arena = arena_create(0);
    int failed = cmocka_run_group_tests(tests, NULL, NULL);

    arena_destroy(arena);
    return failed;
}
