/* Keys of all screens of the counter and the office's console: each that does something is in the help, whole, and each that help,
 * foot or screen names does something. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "desk.h"
#include "every_screen.h"
#include "office.h"

static const struct named_screen office_screens[] = {
    NAMED_SCREEN(admin_sign_in),   NAMED_SCREEN(admin_new_pin),  NAMED_SCREEN(admin_lock),    NAMED_SCREEN(admin_home),
    NAMED_SCREEN(admin_ratings),   NAMED_SCREEN(admin_product),  NAMED_SCREEN(admin_queue),   NAMED_SCREEN(admin_hide),
    NAMED_SCREEN(admin_customers), NAMED_SCREEN(admin_customer), NAMED_SCREEN(admin_sign_up),
};
#define OFFICE_COUNT (sizeof office_screens / sizeof office_screens[0])

static void no_screen_is_forgotten(void **state)
{
    (void)state;
    every_screen_is_named("client/counter/counter.h", counter_screens, counter_screen_count);
    every_screen_is_named("client/admin/admin.h", office_screens, OFFICE_COUNT);
}

/* ---- the help ---- */

static void nothing_to_see(void *model, struct area area)
{
    (void)model;
    (void)area;
}

/* What stands in the box, as one line. */
static char *flat(const char *shown)
{
    char *text = calloc(1, strlen(shown) + 2);
    size_t size = 0;

    assert_non_null(text);
    for (const char *at = shown; *at != 0;) {
        if (strncmp(at, "│", strlen("│")) == 0)
            at += strlen("│");
        else if (*at != ' ' && *at != '\n')
            text[size++] = *at++;
        else if (size == 0 || text[size - 1] != ' ')
            text[size++] = ' ', at++;
        else
            at++;
    }
    return text;
}

static void is_told(const char *text, const char *sentence, const char *name)
{
    if (strstr(text, sentence) == NULL)
        fail_msg("'%s' is not in the help of %s, whole:\n%s", sentence, name, text);
}

static void each_key_is_told(const void *model, const struct named_screen *named, const char *text)
{
    const char *line = "";

    for (const struct key *key = named->screen->keys; key->code != 0; key++) {
        char name[12] = "", row[256];
        if (key_find(named->screen, model, key->code) != key || key_is_silent(key))
            continue;
        const char *label = key_label(key, model), *sentence = key->help != NULL ? key->help : label;
        if (sentence != NULL) {
            snprintf(row, sizeof row, "%s %s", key_word(name, key->code), sentence);
            is_told(text, row, named->name);
            line = strstr(text, row);
        } else {
            const char *also = strstr(line, key_word(name, key->code));
            if (also == NULL || also > line + 160)
                fail_msg("%s is not told in \"%s\" of %s", name, line, named->name);
        }
    }
}

/* Every key that does something now is in the help by its name, with all of its sentence, and what the screen is about above. */
static void help_is_whole(void *model, const struct named_screen *named)
{
    struct screen bare = *named->screen;
    struct stage stage;

    bare.draw = nothing_to_see;
    bare.field = NULL;
    stage_init(&stage, model);
    stage_push(&stage, &bare);
    stage.help = true;
    paint_unseen();
    char *shown = golden_text(&stage, 24, 80);
    char *text = flat(shown);
    each_key_is_told(model, named, text);
    is_told(text, "Any key goes back.", named->name);
    if (paint_unseen() > 0)
        fail_msg("the help of %s has no room:\n%s", named->name, shown);
    free(text);
    free(shown);
    stage_fini(&stage);
}

static void the_help_tells_every_key_of_the_counter(void **state)
{
    (void)state;
    struct desk d;

    desk_open(&d);
    desk_sign_in(&d);
    for (int full = 0; full < 2; full++) {
        for (size_t i = 0; i < counter_screen_count; i++)
            help_is_whole(&d.counter, &counter_screens[i]);
        desk_fill(&d);
        d.counter.pay.state = PAY_OPEN;
        d.counter.pay.tender_count = 1;
        d.counter.receipt.kind = RECEIPT_AGAIN;
        d.counter.refund.shown = true;
    }
    desk_close(&d);
}

static void the_help_tells_every_key_of_the_office(void **state)
{
    (void)state;
    struct office o;

    office_open(&o);
    office_sign_in(&o);
    for (size_t i = 0; i < OFFICE_COUNT; i++)
        help_is_whole(&o.admin, &office_screens[i]);
    office_close(&o);
}

/* ---- what keys are named ---- */

/* Keys that go together: to another line, whichever way. */
static bool is_arrow(int code)
{
    return code == KEY_UP || code == KEY_DOWN || code == KEY_PPAGE || code == KEY_NPAGE || code == KEY_TABULATOR ||
           code == KEY_BTAB;
}

/* " (also Down)" stands behind a line of the help: the key does the same there, or is of the same kind. */
static void keys_without_a_line_belong_to_the_one_before(const struct named_screen *named)
{
    const struct key *told = NULL;

    for (const struct key *key = named->screen->keys; key->code != 0; key++) {
        char name[12] = "";
        if (key_is_silent(key))
            continue;
        if (key->help != NULL || key->label != NULL || key->label_now != NULL) {
            told = key;
            continue;
        }
        bool same = told != NULL && (key->act == told->act || (is_arrow(key->code) && is_arrow(told->code)));
        bool named_there = told != NULL && told->help != NULL && strstr(told->help, key_word(name, key->code)) != NULL;
        if (!same && !named_there)
            fail_msg("%s of %s has no line in the help that is its own", key_word(name, key->code), named->name);
    }
}

static void every_key_acts(const struct named_screen *named)
{
    for (const struct key *key = named->screen->keys; key->code != 0; key++) {
        char name[12] = "";
        assert_non_null(key->act);
        assert_int_not_equal(key_word(name, key->code)[0], 0); /* it can be named */
        assert_int_not_equal(key->code, KEY_F(1));             /* the stage's own */
    }
}

/* Keys that a sentence of the help names, and which are not of this screen: of which they are is in the sentence. */
static const struct {
    const char *screen, *sentence;
} of_others[] = {
    { "admin_home_screen", "F12 at the sign-in" },
};

static bool is_of_another(const char *screen, const char *sentence)
{
    for (size_t i = 0; i < sizeof of_others / sizeof of_others[0]; i++)
        if (strcmp(of_others[i].screen, screen) == 0 && strstr(sentence, of_others[i].sentence) != NULL)
            return true;
    return false;
}

static bool has_key_called(const struct screen *screen, const char *name)
{
    for (const struct key *key = screen->keys; key->code != 0; key++) {
        char text[12] = "";
        if (strcmp(key_word(text, key->code), name) == 0)
            return true;
    }
    return false;
}

static void names_its_own_keys(const struct named_screen *named, const char *sentence)
{
    static const char *const others[] = { "Esc", "Enter", "Ins", "Del", "PgUp", "PgDn", "Tab" };
    char name[12];

    if (sentence == NULL || is_of_another(named->name, sentence))
        return;
    for (const char *at = sentence; *at != 0; at++) {
        if (at > sentence && at[-1] != ' ')
            continue;
        name[0] = 0;
        if (at[0] == 'F' && at[1] >= '1' && at[1] <= '9')
            snprintf(name, sizeof name, "F%d", atoi(at + 1));
        for (size_t i = 0; i < sizeof others / sizeof others[0]; i++)
            if (strncmp(at, others[i], strlen(others[i])) == 0 && strchr(" ,.;:", at[strlen(others[i])]) != NULL)
                snprintf(name, sizeof name, "%s", others[i]);
        if (name[0] != 0 && strcmp(name, "F1") != 0 && !has_key_called(named->screen, name))
            fail_msg("%s says \"%s\" and has no key %s", named->name, sentence, name);
    }
}

static void look_at(const struct named_screen *screens, size_t count, const void *model)
{
    for (size_t i = 0; i < count; i++) {
        const struct screen *screen = screens[i].screen;
        every_key_acts(&screens[i]);
        keys_without_a_line_belong_to_the_one_before(&screens[i]);
        names_its_own_keys(&screens[i], screen->about_now != NULL ? screen->about_now(model) : screen->about);
        for (const struct key *key = screen->keys; key->code != 0; key++)
            names_its_own_keys(&screens[i], key->help);
    }
}

static void each_key_that_is_named_is_one(void **state)
{
    (void)state;
    struct desk d;
    struct office o;

    desk_open(&d);
    desk_sign_in(&d);
    look_at(counter_screens, counter_screen_count, &d.counter);
    desk_close(&d);
    office_open(&o);
    office_sign_in(&o);
    look_at(office_screens, OFFICE_COUNT, &o.admin);
    office_close(&o);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(no_screen_is_forgotten),
        cmocka_unit_test(the_help_tells_every_key_of_the_counter),
        cmocka_unit_test(the_help_tells_every_key_of_the_office),
        cmocka_unit_test(each_key_that_is_named_is_one),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
