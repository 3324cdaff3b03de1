/* The stage around screens: keys, key bar and help from one table, scans past dialogs, pastes, sizes. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "golden.h"
#include "seed.h"

/* A shop of two screens: a till with a field that takes scans, and a note above it. */
struct model {
    struct stage stage;
    struct field entry, note;
    char scanned[FIELD_SIZE + SCAN_LENGTH_MAX];
    int paid, voided;
    bool hot, waiting, mute; /* mute: F7 is not for now */
    int64_t now_us;
};

static void pay(void *model)
{
    struct model *m = model;
    m->paid++;
}

static void really_void(void *model)
{
    struct model *m = model;
    m->voided++;
}

static void ask_void(void *model)
{
    struct model *m = model;
    stage_ask(&m->stage, "Void", really_void, "Void 3 × Croissant?");
}

static void ask_firmly(void *model)
{
    struct model *m = model;
    stage_ask_firmly(&m->stage, "Void", really_void, "Void 3 × Croissant?");
}

static void heat(void *model)
{
    struct model *m = model;
    m->hot = !m->hot;
}

static const char *heat_label(const void *model)
{
    const struct model *m = model;
    return m->mute ? NULL : m->hot ? "Cold" : "Hot";
}

static const char *never(const void *model)
{
    (void)model;
    return NULL;
}

static struct field *entry_of(void *model)
{
    return &((struct model *)model)->entry;
}

static struct field *note_of(void *model)
{
    return &((struct model *)model)->note;
}

static bool take_scan(void *model, const char *code, bool doubtful)
{
    struct model *m = model;
    if (doubtful)
        return false;
    snprintf(m->scanned, sizeof(m->scanned), "%s%s", m->entry.text, code);
    return true;
}

static bool is_waiting(const void *model)
{
    return ((const struct model *)model)->waiting;
}

static void draw_till(void *model, struct area area)
{
    struct model *m = model;
    paint_text(area, 0, 0, area.columns, ALIGN_LEFT, STYLE_HEAD, "Product");
    paint_text(area, 1, 0, 12, ALIGN_LEFT, STYLE_PLAIN, "Crème brûlée, a large one");
    paint_text(area, 1, 12, 8, ALIGN_RIGHT, STYLE_PLAIN, "4.50");
    paint_text(area, 2, 0, 12, ALIGN_LEFT, STYLE_PLAIN, "餅クッキーの大きな箱");
    paint_text(area, 2, 12, 8, ALIGN_RIGHT, STYLE_PLAIN, "€12");
    paint_field(area, area.rows - 1, 0, 20, &m->entry, true);
    paint_digits(area, area.rows - 6, 30, area.columns - 30, ALIGN_RIGHT, STYLE_TOTAL, "-12,345.67");
}

static void draw_note(void *model, struct area area)
{
    struct model *m = model;
    paint_field(area, 0, 0, 20, &m->note, true);
}

static void back(void *model)
{
    stage_pop(&((struct model *)model)->stage);
}

static const struct key till_keys[] = {
    { KEY_F(2), "Pay", pay, "ask what is to pay, then take cash or a card", NULL },
    { KEY_F(3), "Void", ask_void, NULL, NULL },
    { KEY_F(7), NULL, heat, "hot or cold", heat_label },
    { KEY_F(9), "Never", pay, NULL, never },
    { KEY_RETURN, NULL, pay, "the same as F2", NULL },
    { 0 },
};
static const struct screen till = {
    .title = "Till",
    .about = "Scan, or type a number.",
    .keys = till_keys,
    .draw = draw_till,
    .field = entry_of,
    .scan = take_scan,
    .waits = is_waiting,
};
static const struct key note_keys[] = {
    { KEY_ESCAPE, "Back", back, NULL, NULL },
    { 0 },
};
static const struct screen note = { .title = "Note", .keys = note_keys, .draw = draw_note, .field = note_of };

static void open_model(struct model *m)
{
    memset(m, 0, sizeof(*m));
    stage_init(&m->stage, m);
    field_init(&m->entry, FIELD_TEXT, 0);
    field_init(&m->note, FIELD_TEXT, 0);
    snprintf(m->stage.status.place, sizeof(m->stage.status.place), "Caroline's Cookies, till 3");
    snprintf(m->stage.status.person, sizeof(m->stage.status.person), "Ana, cashier");
    m->stage.status.connected = true;
    m->now_us = 1000000;
    stage_push(&m->stage, &till);
}

/* As a person: a key every 100 ms. */
static void type(struct model *m, const char *keys)
{
    stage_input(&m->stage, bytes_of_text(keys), m->now_us);
    m->now_us += 100000;
    while (stage_deadline_us(&m->stage) != 0 && stage_deadline_us(&m->stage) <= m->now_us)
        stage_expire(&m->stage, m->now_us);
}

static void keys_bar_and_help_come_from_one_table(void **state)
{
    (void)state;
    struct model m;
    open_model(&m);
    golden_terminal(false);
    golden_check(&m.stage, 24, 80, "stage-80x24");
    golden_check(&m.stage, 40, 120, "stage-120x40");
    type(&m, "\033OQ");
    assert_int_equal(m.paid, 1);
    type(&m, "\033[20~"); /* F9 is not for now */
    assert_int_equal(m.paid, 1);
    assert_true(m.stage.beep);
    assert_string_equal(m.stage.message, "F9 does nothing here now; F1 says which keys do");
    type(&m, "\033[24~"); /* F12 is no key of this screen */
    assert_string_equal(m.stage.message, "F12 does nothing here now; F1 says which keys do");
    type(&m, "\033[18~"); /* F7: from now on the bar says Cold */
    type(&m, "\033OP");
    golden_check(&m.stage, 24, 80, "stage-help");
    type(&m, "\r");
    assert_false(m.stage.help);
    assert_int_equal(m.paid, 1);
    stage_fini(&m.stage);
}

/* Fourteen keys with names as long as shops give them: none is cut while three rows have room. */
static void a_key_bar_cuts_nothing_that_has_room(void **state)
{
    (void)state;
    static const struct key many[] = {
        { KEY_RETURN, "Exact cash", pay, NULL, NULL },  { KEY_F(2), "Tip", pay, NULL, NULL },
        { KEY_F(3), "Card", pay, NULL, NULL },          { KEY_F(4), "Take back", pay, NULL, NULL },
        { KEY_F(5), "5 cash", pay, NULL, NULL },        { KEY_F(6), "10 cash", pay, NULL, NULL },
        { KEY_F(7), "20 cash", pay, NULL, NULL },       { KEY_F(8), "50 cash", pay, NULL, NULL },
        { KEY_F(9), "100 cash", pay, NULL, NULL },      { KEY_F(10), "Voucher", pay, NULL, NULL },
        { KEY_F(11), "Meal voucher", pay, NULL, NULL }, { KEY_F(12), "Town voucher", pay, NULL, NULL },
        { KEY_ESCAPE, "Back", pay, NULL, NULL },        { 0 },
    };
    static const struct screen wide = { .title = "Wide", .keys = many, .draw = draw_note };
    struct model m;
    open_model(&m);
    golden_terminal(false);
    stage_only(&m.stage, &wide);
    char *text = golden_text(&m.stage, 24, 80);
    for (const struct key *key = many; key->code != 0; key++)
        if (strstr(text, key->label) == NULL)
            fail_msg("%s is cut:\n%s", key->label, text);
    assert_int_equal(key_bar_rows(&wide, &m), 3);
    free(text);
    stage_fini(&m.stage);
}

static void a_long_banner_is_read_to_its_end(void **state)
{
    (void)state;
    struct model m;
    open_model(&m);
    golden_terminal(false);
    snprintf(m.stage.status.banner, sizeof(m.stage.status.banner),
             "OFFLINE, 12 sales to be booked: the server cannot be reached: connection refused; trying again soon");
    char *text = golden_text(&m.stage, 24, 80);
    assert_non_null(strstr(text, "trying again soon"));
    assert_non_null(strstr(text, "F2 Pay"));
    free(text);
    stage_fini(&m.stage);
}

static void ascii_is_enough(void **state)
{
    (void)state;
    struct model m;
    open_model(&m);
    golden_terminal(true);
    ask_void(&m);
    golden_check(&m.stage, 24, 80, "stage-ascii");
    golden_terminal(false);
    stage_fini(&m.stage);
}

static void no_meaning_is_in_colour_alone(void **state)
{
    (void)state;
    struct model m;
    open_model(&m);
    golden_terminal(false);
    theme_init(&(struct theme_options){ .monochrome = true });
    stage_say(&m.stage, MESSAGE_BAD, "no product has the code 123");
    assert_int_equal(golden_attributes(&m.stage, 24, 80, "no product") & A_COLOR, 0);
    assert_true((golden_attributes(&m.stage, 24, 80, "no product") & A_REVERSE) != 0);
    assert_true((golden_attributes(&m.stage, 24, 80, "Caroline's") & A_REVERSE) != 0);
    golden_terminal(false);
    stage_fini(&m.stage);
}

/* Until it is read: whatever is scanned, typed or answered goes on. */
static void what_is_held_stays_until_it_is_acknowledged(void **state)
{
    static const char held[] = "2 codes unknown: 123456, 234567: Enter";
    (void)state;
    struct model m;

    open_model(&m);
    golden_terminal(false);
    stage_hold(&m.stage, held);
    assert_true(m.stage.alarm);
    type(&m, "\r"); /* nobody has seen it */
    assert_int_equal(m.paid, 1);
    golden_check(&m.stage, 24, 80, "stage-held");
    type(&m, "1");
    type(&m, "\r"); /* what is typed */
    assert_int_equal(m.paid, 2);
    type(&m, "4006381333931\r");
    assert_true(stage_holds(&m.stage));
    assert_int_equal(m.voided, 0);
    stage_say(&m.stage, MESSAGE_BAD,
              "a sentence that is as long as this one takes two lines of the window, and neither of them is one that "
              "somebody must read");
    char *text = golden_text(&m.stage, 24, 80);
    assert_non_null(strstr(text, held));
    free(text);
    field_wipe(&m.entry);
    type(&m, "\033OR"); /* a question is answered first */
    type(&m, "\r");
    assert_int_equal(m.voided, 1);
    assert_true(stage_holds(&m.stage));
    text = golden_text(&m.stage, 12, 40); /* no key means anything there, and it is read all the same */
    assert_non_null(strstr(text, "2 codes unknown"));
    free(text);
    type(&m, "\r");
    assert_true(stage_holds(&m.stage));
    free(golden_text(&m.stage, 24, 80));
    type(&m, "\r");
    assert_false(stage_holds(&m.stage));
    assert_int_equal(m.paid, 2);
    stage_fini(&m.stage);
}

static bool is_shown(struct model *m, const char *text)
{
    char *shown = golden_text(&m->stage, 24, 80);
    bool is = strstr(shown, text) != NULL;

    free(shown);
    return is;
}

/* What was said of a key is of the screen on which it was pressed: an answer that changes the screen takes it along. */
static void a_notice_of_no_use_stays_no_longer_than_it_is_so(void **state)
{
    (void)state;
    struct model m;
    open_model(&m);
    type(&m, "\033[24~");
    assert_true(is_shown(&m, "F12 does nothing here now"));
    assert_true(is_shown(&m, "F12 does nothing here now")); /* drawing alone changes nothing */
    stage_push(&m.stage, &note);
    assert_false(is_shown(&m, "does nothing here now"));
    stage_pop(&m.stage);
    stage_say_no_use(&m.stage, "F2"); /* as a screen says it of a key that it has */
    assert_true(is_shown(&m, "F2 does nothing here now"));
    stage_push(&m.stage, &note);
    assert_false(is_shown(&m, "does nothing here now"));
    stage_say(&m.stage, MESSAGE_PLAIN, "the next customer");
    stage_pop(&m.stage);
    assert_true(is_shown(&m, "the next customer")); /* what was done is said wherever one is */
    m.mute = true;
    type(&m, "\033[18~");
    assert_true(is_shown(&m, "F7 does nothing here now"));
    m.mute = false; /* the same screen, and the key has a use */
    assert_false(is_shown(&m, "does nothing here now"));
    type(&m, "\033OR");
    stage_say(&m.stage, MESSAGE_PLAIN, "a price has changed");
    type(&m, "\033"); /* an answer is a key that does something */
    assert_false(is_shown(&m, "a price has changed"));
    stage_fini(&m.stage);
}

static void a_dialog_takes_enter_and_escape(void **state)
{
    (void)state;
    struct model m;
    open_model(&m);
    type(&m, "\033OR");
    golden_check(&m.stage, 24, 80, "stage-dialog");
    type(&m, "\033");
    assert_int_equal(m.voided, 0);
    type(&m, "\033OR");
    type(&m, "\033OQ"); /* keys are not for what is below */
    assert_int_equal(m.paid, 0);
    type(&m, "\033OP"); /* nor is the help, and it says what is */
    assert_false(m.stage.help);
    assert_true(is_shown(&m, "the question first: Enter is \"Void\", Esc is \"No\""));
    type(&m, "\r");
    assert_false(is_shown(&m, "the question first"));
    assert_int_equal(m.voided, 1);
    assert_int_equal(m.paid, 0);
    stage_fini(&m.stage);
}

static void what_is_typed_into_a_dialog_is_no_yes(void **state)
{
    (void)state;
    struct model m;

    open_model(&m);
    type(&m, "\033OR");
    type(&m, "1");
    type(&m, "2");
    assert_null(m.stage.dialog.act);
    type(&m, "\r");
    assert_string_equal(m.entry.text, "12");
    assert_int_equal(m.voided, 0);
    assert_int_equal(m.paid, 1); /* Enter was the till's */
    stage_fini(&m.stage);
}

static void draw_at(struct model *m, int rows, int columns)
{
    free(golden_text(&m->stage, rows, columns));
}

static void in_a_window_that_is_too_small_scans_count_and_keys_do_not(void **state)
{
    (void)state;
    struct model m;

    open_model(&m);
    golden_terminal(false);
    type(&m, "3");
    type(&m, "*");
    draw_at(&m, 12, 40);
    type(&m, "\033OQ"); /* Pay */
    type(&m, "\033OP"); /* the help */
    type(&m, "7");
    type(&m, "\r");
    type(&m, "\033[200~55\033[201~");
    assert_int_equal(m.paid, 0);
    assert_false(m.stage.help);
    assert_string_equal(m.entry.text, "3*");
    assert_string_equal(m.scanned, "");
    type(&m, "4006381333931\r");
    assert_string_equal(m.scanned, "3*4006381333931");
    assert_string_equal(m.entry.text, "3*");
    assert_int_equal(m.paid, 0);
    golden_check(&m.stage, 12, 40, "stage-small-scanned");
    draw_at(&m, 24, 80);
    type(&m, "\033OQ");
    assert_int_equal(m.paid, 1);
    stage_fini(&m.stage);
}

/* Leaving is asked there as well, and answered once the question is in sight. */
static void a_question_is_answered_in_a_small_window_if_it_is_seen(void **state)
{
    (void)state;
    struct model m;

    open_model(&m);
    golden_terminal(false);
    m.stage.interrupted = ask_void;
    draw_at(&m, 12, 40);
    type(&m, "\003");
    type(&m, "\r"); /* before it was drawn */
    assert_int_equal(m.voided, 0);
    golden_check(&m.stage, 12, 40, "stage-small-dialog");
    type(&m, "x");
    assert_non_null(m.stage.dialog.act);
    draw_at(&m, 1, 20);
    type(&m, "\r"); /* no room for it */
    assert_int_equal(m.voided, 0);
    draw_at(&m, 12, 40);
    type(&m, "\033");
    assert_null(m.stage.dialog.act);
    type(&m, "\003");
    draw_at(&m, 12, 40);
    type(&m, "\r");
    assert_int_equal(m.voided, 1);
    stage_fini(&m.stage);
}

/* What was typed ahead keeps what its typist saw. */
static void typed_ahead_in_a_window_that_is_too_small_is_not_typed(void **state)
{
    (void)state;
    struct model m;

    open_model(&m);
    golden_terminal(false);
    m.waiting = true;
    type(&m, "1");
    draw_at(&m, 12, 40);
    type(&m, "2");
    type(&m, "4006381333931\r");
    draw_at(&m, 24, 80);
    type(&m, "3");
    m.waiting = false;
    type(&m, "");
    assert_string_equal(m.entry.text, "13");
    assert_string_equal(m.scanned, "14006381333931");
    stage_fini(&m.stage);
}

/* A key that is no text, or an answer that the typist did not think of, drops what was typed ahead; never a scan without a word. */
static void a_scan_that_was_typed_ahead_and_is_dropped_is_told(void **state)
{
    (void)state;
    struct model m;

    open_model(&m);
    m.waiting = true;
    type(&m, "1");
    type(&m, "\033[C");
    assert_false(stage_holds(&m.stage)); /* typing is dropped as it is */
    type(&m, "4006381333931\r");
    type(&m, "\033[C");
    assert_string_equal(m.stage.held, "1 scan was not taken: scan again: Enter");
    type(&m, "4006381333931\r");
    type(&m, "73513537\r");
    stage_drop_kept(&m.stage);
    assert_string_equal(m.stage.held, "2 scans were not taken: scan again; 1 scan was not taken: scan again: Enter");
    m.waiting = false;
    type(&m, "");
    assert_string_equal(m.scanned, "");
    stage_fini(&m.stage);
}

static void a_till_is_not_suspended(void **state)
{
    (void)state;
    struct model m;

    open_model(&m);
    type(&m, "\032");
    assert_non_null(strstr(m.stage.message, "not suspended"));
    assert_string_equal(m.entry.text, "");
    stage_fini(&m.stage);
}

static void no_dialog_help_or_screen_swallows_a_scan(void **state)
{
    (void)state;
    struct model m;

    open_model(&m);
    type(&m, "3");
    type(&m, "*");
    type(&m, "\033OR"); /* a dialog */
    type(&m, "4006381333931\r");
    assert_string_equal(m.scanned, "3*4006381333931");
    assert_string_equal(m.entry.text, "3*");
    assert_int_equal(m.voided, 0);
    assert_null(m.stage.dialog.act);

    type(&m, "\033OP"); /* the help */
    type(&m, "73513537\r");
    assert_string_equal(m.scanned, "3*73513537");

    stage_push(&m.stage, &note); /* a screen that takes no scans */
    type(&m, "a");
    type(&m, "4006381333931\r");
    assert_string_equal(m.scanned, "3*4006381333931");
    assert_string_equal(m.note.text, "a");

    /* Nobody knows the code, and it could be typing: typing it is. */
    type(&m, "123456");
    assert_string_equal(m.note.text, "a123456");
    stage_fini(&m.stage);
}

static void a_doubtful_burst_nobody_wants_is_typing(void **state)
{
    (void)state;
    struct model m;

    open_model(&m);
    type(&m, "123456\r");
    assert_string_equal(m.entry.text, "123456");
    assert_int_equal(m.paid, 1); /* and its Enter counts */
    stage_fini(&m.stage);
}

static void a_paste_is_text_and_never_keys(void **state)
{
    (void)state;
    struct model m;

    open_model(&m);
    type(&m, "\033[200~4006381333931\r\033OQ\033[201~");
    assert_string_equal(m.entry.text, "4006381333931");
    assert_int_equal(m.paid, 0);
    assert_string_equal(m.scanned, "");
    type(&m, "\033OQ");
    assert_int_equal(m.paid, 1);
    stage_fini(&m.stage);
}

static void a_card_is_refused_wherever_the_focus_is(void **state)
{
    (void)state;
    struct model m;

    open_model(&m);
    golden_terminal(false);
    type(&m, "7");
    type(&m, ";4111111111111111=29051010000000000000?\r");
    assert_string_equal(m.entry.text, "");
    golden_check(&m.stage, 24, 80, "stage-card");
    type(&m, "\033[200~4111111111111111=2905\033[201~");
    assert_string_equal(m.entry.text, "");
    for (size_t i = 0; i + 8 <= sizeof(m.stage); i++)
        assert_memory_not_equal((const char *)&m.stage + i, "41111111", 8);
    stage_fini(&m.stage);
}

static void any_size_is_drawn(void **state)
{
    (void)state;
    struct model m;
    open_model(&m);
    golden_terminal(false);
    snprintf(m.stage.status.banner, sizeof(m.stage.status.banner), "no connection: trying again soon");
    m.stage.status.connected = false;
    static const int sizes[][2] = { { 1, 1 }, { 2, 3 }, { 5, 10 }, { 23, 79 }, { 24, 80 }, { 60, 200 }, { 200, 500 } };
    for (size_t i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++)
        free(golden_text(&m.stage, sizes[i][0], sizes[i][1]));
    type(&m, "\033OP");
    ask_void(&m);
    for (size_t i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++)
        free(golden_text(&m.stage, sizes[i][0], sizes[i][1]));
    m.stage.help = false;
    type(&m, "\033");
    golden_check(&m.stage, 12, 40, "stage-small");
    golden_check(&m.stage, 24, 80, "stage-banner");
    stage_fini(&m.stage);
}

static void any_keys_at_all_leave_it_standing(void **state)
{
    (void)state;
    struct model m;
    unsigned seed = (unsigned)test_seed();
    static const char *const pieces[] = { "\033OP",   "\033OQ",    "\033OR",    "\033[18~",
                                          "\r",       "\033",      "x",         "4006381333931\r",
                                          "\303\251", "\033[200~", "\033[201~", "\177",
                                          "\033[A",   "\377",      "~12\r",     "\003",
                                          "餅",       "\f" };
    open_model(&m);
    m.stage.interrupted = pay;
    golden_terminal(false);
    for (int i = 0; i < 20000; i++) {
        const char *piece = pieces[(size_t)rand_r(&seed) % (sizeof(pieces) / sizeof(pieces[0]))];
        stage_input(&m.stage, bytes_of_text(piece), m.now_us);
        m.now_us += rand_r(&seed) % 60000;
        int64_t deadline = stage_deadline_us(&m.stage);
        if (deadline != 0 && deadline <= m.now_us)
            stage_expire(&m.stage, m.now_us);
        if (i % 500 == 0)
            free(golden_text(&m.stage, 24 + i % 7, 80 + i % 11));
    }
    stage_fini(&m.stage);
}

/* Above a field that what is typed must not change: the text is refused with its Enter, which is no yes, and a scan goes its way. */
static void a_firm_question_is_left_by_its_answers_and_by_scans_alone(void **state)
{
    (void)state;
    struct model m;
    open_model(&m);
    ask_firmly(&m);
    type(&m, "rotten");
    assert_true(is_shown(&m, "the question first: Enter is \"Void\", Esc is \"No\""));
    assert_non_null(m.stage.dialog.act);
    assert_true(field_is_empty(&m.entry));
    type(&m, "\r");
    assert_non_null(m.stage.dialog.act);
    assert_int_equal(m.voided, 0);
    type(&m, "\r");
    assert_int_equal(m.voided, 1);
    ask_firmly(&m);
    type(&m, "112");
    type(&m, "\033"); /* no is a no, whatever was typed */
    assert_null(m.stage.dialog.act);
    assert_int_equal(m.voided, 1);
    ask_firmly(&m);
    type(&m, "4006381333931\r");
    assert_null(m.stage.dialog.act);
    assert_string_equal(m.scanned, "4006381333931");
    assert_int_equal(m.voided, 1);
    stage_fini(&m.stage);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(keys_bar_and_help_come_from_one_table),
        cmocka_unit_test(a_key_bar_cuts_nothing_that_has_room),
        cmocka_unit_test(a_long_banner_is_read_to_its_end),
        cmocka_unit_test(ascii_is_enough),
        cmocka_unit_test(no_meaning_is_in_colour_alone),
        cmocka_unit_test(what_is_held_stays_until_it_is_acknowledged),
        cmocka_unit_test(a_notice_of_no_use_stays_no_longer_than_it_is_so),
        cmocka_unit_test(a_dialog_takes_enter_and_escape),
        cmocka_unit_test(what_is_typed_into_a_dialog_is_no_yes),
        cmocka_unit_test(a_firm_question_is_left_by_its_answers_and_by_scans_alone),
        cmocka_unit_test(in_a_window_that_is_too_small_scans_count_and_keys_do_not),
        cmocka_unit_test(a_question_is_answered_in_a_small_window_if_it_is_seen),
        cmocka_unit_test(typed_ahead_in_a_window_that_is_too_small_is_not_typed),
        cmocka_unit_test(a_scan_that_was_typed_ahead_and_is_dropped_is_told),
        cmocka_unit_test(a_till_is_not_suspended),
        cmocka_unit_test(no_dialog_help_or_screen_swallows_a_scan),
        cmocka_unit_test(a_doubtful_burst_nobody_wants_is_typing),
        cmocka_unit_test(a_paste_is_text_and_never_keys),
        cmocka_unit_test(a_card_is_refused_wherever_the_focus_is),
        cmocka_unit_test(any_size_is_drawn),
        cmocka_unit_test(any_keys_at_all_leave_it_standing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
