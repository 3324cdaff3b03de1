/* What README.md says of keys is so: each way of keys that it names is gone, and every key that a row names is one of the screen that
 * the way leads to, and in its F1; what it says can be typed is there, too; and every key of the sale and of what is behind F12 is in it. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "desk.h"
#include "office.h"

#define LINE 2048

static char *readme;

static char *text_of(const char *path)
{
    FILE *file = fopen(path, "rb");
    char *text = calloc(1, 1 << 18);

    assert_non_null(file);
    assert_non_null(text);
    assert_true(fread(text, 1, (1 << 18) - 1, file) > 0);
    fclose(file);
    return text;
}

/* A section by its head. To be freed. */
static char *section(const char *head)
{
    char *from = strstr(readme, head);

    assert_non_null(from);
    char *text = strdup(from + strlen(head));
    assert_non_null(text);
    char *end = strstr(text, "\n## ");
    if (end != NULL)
        *end = 0;
    return text;
}

/* "F12" at a word's begin; 0: it is no such key. */
static int f_key(const char *text, const char *at)
{
    if (*at != 'F' || !isdigit((unsigned char)at[1]) || (at > text && isalnum((unsigned char)at[-1])))
        return 0;
    int number = atoi(at + 1);
    return number >= 1 && number <= 12 && !isalnum((unsigned char)at[number > 9 ? 3 : 2]) ? number : 0;
}

static bool has(const struct screen *screen, int number)
{
    for (const struct key *key = screen->keys; key->code != 0; key++)
        if (key->code == KEY_F(number) && (key->help == NULL || key->help[0] != 0) &&
            (key->label != NULL || key->label_now != NULL || key->help != NULL)) /* and F1 says so */
            return true;
    return false;
}

static void press(struct desk *d, int number)
{
    static const char *const keys[] = { K_F1, K_F2, K_F3, K_F4, K_F5, K_F6, K_F7, K_F8, K_F9, K_F10, K_F11, K_F12 };

    desk_type(d, keys[number - 1]);
}

/* "F12 F3, F5" or "F12, 0": pressed at a sale with goods in it; each is a key there. Returns what stands behind it, and the screen that
 * it leads to. */
static const char *walk(const char *at, const char *line, const struct screen **reached)
{
    struct desk d;

    desk_open(&d);
    desk_sign_in(&d);
    desk_fill(&d);
    for (bool first = true;; first = false) {
        const char *next = first ? at : at + strspn(at, ", ");
        const struct screen *top = stage_top(&d.counter.stage);
        int number = f_key(line, next);
        if (number > 0 && (first || next > at)) {
            if (!first && has(top, number) && key_find(top, &d.counter, KEY_F(number)) == NULL) {
                at = next + (number > 9 ? 3 : 2); /* once an answer is there */
                break;
            }
            if (number != 1 && key_find(top, &d.counter, KEY_F(number)) == NULL)
                fail_msg("F%d is no key of \"%s\" now: %s", number, top->title, line);
            press(&d, number);
            at = next + (number > 9 ? 3 : 2);
        } else if (!first && next > at && top == &more_screen && isdigit((unsigned char)*next) && next[1] == ' ') {
            const char digit[2] = { *next };
            desk_type(&d, digit);
            if (stage_top(&d.counter.stage) == top)
                fail_msg("%s does nothing behind F12: %s", digit, line);
            at = next + 1;
        } else {
            break;
        }
    }
    *reached = stage_top(&d.counter.stage);
    desk_close(&d);
    return at;
}

/* A key that is pressed at the sale, wherever it is named. */
static bool begins_at_the_sale(const char *line, const char *at)
{
    int number = f_key(line, at);

    return (number == 10 || number == 12) && strncmp(at, "F10 to F12 while paying", 23) != 0;
}

/* The screens that a row of the table is about, besides those that its ways lead to. */
static size_t screens_of(const char *row, const struct screen *screens[4])
{
    size_t count = 0;

    if (strstr(row, "while paying") != NULL)
        screens[count++] = &pay_screen;
    if (strstr(row, "on a receipt that is shown") != NULL || strstr(row, "on the receipt of the last sale") != NULL)
        screens[count++] = &receipt_screen;
    return count;
}

static void the_row_is_so(const char *row)
{
    const struct screen *screens[8], *reached = NULL;
    size_t count = screens_of(row, screens);
    const char *at = row;

    if (f_key(row, row + 2) > 0 && count == 0) /* the first column begins with it */
        at = walk(row + 2, row, &reached);
    for (; *at != 0; at++) {
        int number = f_key(row, at);
        if (number <= 1)
            continue;
        if (begins_at_the_sale(row, at)) {
            at = walk(at, row, &reached) - 1;
            continue;
        }
        bool found = reached != NULL && has(reached, number);
        for (size_t i = 0; i < count; i++)
            found = found || has(screens[i], number);
        if (!found && (reached != NULL || count > 0 || !has(&sale_screen, number)))
            fail_msg("F%d is no key of \"%s\": %s", number, reached == NULL ? "the sale" : reached->title, row);
    }
}

static void the_counters_table_is_so(void **state)
{
    (void)state;
    char *text = section("## At the counter\n"), *rest = NULL;
    size_t rows = 0;

    for (char *line = strtok_r(text, "\n", &rest); line != NULL; line = strtok_r(NULL, "\n", &rest))
        if (line[0] == '|') {
            the_row_is_so(line);
            rows++;
        }
    assert_true(rows > 20);
    free(text);
}

/* ---- what is typed ---- */

/* "3 × 401" and "3x112" are alike: "9x9". false: this is no such thing. */
static bool shape_of(const char *text, size_t size, char shape[16])
{
    size_t used = 0;

    for (size_t i = 0; i < size && used < 15; i++) {
        if (text[i] == ' ')
            continue;
        if (isdigit((unsigned char)text[i]) ||
            (text[i] == '.' && i + 1 < size && isdigit((unsigned char)text[i + 1]))) {
            if (used == 0 || shape[used - 1] != '9')
                shape[used++] = '9';
        } else if (text[i] == 'x' || text[i] == 'd' || text[i] == '-') {
            shape[used++] = text[i];
        } else if (text[i] == '*') {
            shape[used++] = 'x';
        } else if (strncmp(text + i, "×", strlen("×")) == 0) {
            shape[used++] = 'x';
            i += strlen("×") - 1;
        } else {
            return false;
        }
    }
    shape[used] = 0;
    return strchr(shape, '9') != NULL;
}

static bool help_has_shape(const char *help, const char *shape)
{
    char mine[16];

    for (const char *at = help; *at != 0;) {
        size_t size = strcspn(at, " ,:;()\n");
        if (size > 0 && shape_of(at, size, mine) && strcmp(mine, shape) == 0)
            return true;
        at += size + (at[size] != 0);
    }
    return false;
}

static void a_row_is_in_the_sales_help(const char *row, const char *help, size_t *shapes)
{
    static const char *const words[] = { "Ins", "Del", "Home", "End" };
    char shape[16];

    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        if (strstr(row, words[i]) != NULL && strstr(help, words[i]) == NULL)
            fail_msg("F1 does not say %s: %s", words[i], row);
    for (const char *at = strchr(row, '`'); at != NULL; at = strchr(at + 1, '`')) {
        size_t size = strcspn(at + 1, "`");
        if (shape_of(at + 1, size, shape) && !help_has_shape(help, shape))
            fail_msg("F1 does not say %.*s: %s", (int)size, at + 1, row);
        *shapes += shape_of(at + 1, size, shape);
        at += 1 + size;
    }
}

static void what_the_table_types_is_in_help(void **state)
{
    (void)state;
    char *text = section("## At the counter\n"), *rest = NULL;
    size_t shapes = 0;
    struct desk d;

    desk_open(&d);
    desk_sign_in(&d);
    desk_fill(&d);
    desk_type(&d, K_F1);
    char *help = golden_text(&d.counter.stage, 24, 80);
    for (char *line = strtok_r(text, "\n", &rest); line != NULL; line = strtok_r(NULL, "\n", &rest))
        if (line[0] == '|')
            a_row_is_in_the_sales_help(line, help, &shapes);
    assert_true(shapes > 5);
    free(help);
    free(text);
    desk_close(&d);
}

/* In prose, too, and where another program's user is sent to the till. */
static void every_way_behind_F12_is_one(void **state)
{
    const struct screen *reached;
    size_t ways = 0;

    (void)state;
    for (const char *at = readme; *at != 0; at++)
        if (f_key(readme, at) == 12 && strncmp(at, "F12 More", 8) != 0) {
            char line[200];
            snprintf(line, sizeof line, "%.*s", (int)strcspn(at, "\n"), at);
            walk(line, line, &reached);
            ways++;
        }
    assert_true(ways > 15);
}

static void is_named(const char *name, const char *of)
{
    size_t size = strlen(name);

    for (const char *at = strstr(readme, name); at != NULL; at = strstr(at + 1, name))
        if ((at == readme || !isalnum((unsigned char)at[-1])) && !isalnum((unsigned char)at[size]))
            return;
    fail_msg("README.md does not say %s, a key of %s", name, of);
}

/* Its rows are no keys of the screen's: what a digit does leads off it. */
static bool is_digit_behind_F12(char digit)
{
    struct desk d;

    desk_open(&d);
    desk_sign_in(&d);
    desk_type(&d, K_F12);
    desk_type(&d, (char[]){ digit, 0 });
    bool acts = stage_top(&d.counter.stage) != &more_screen;
    desk_close(&d);
    return acts;
}

static void every_key_of_the_sale_is_in_it(void **state)
{
    size_t digits = 0;

    (void)state;
    for (const struct key *key = sale_screen.keys; key->code != 0; key++) {
        char name[24] = "";
        if (key->help != NULL && key->code != KEY_UP)
            is_named(key_word(name, key->code), "the sale");
    }
    for (const struct key *key = more_screen.keys; key->code != 0; key++) {
        char name[24] = "F12 ";
        key_word(name + 4, key->code);
        if (name[4] == 'F' && key->code != KEY_F(12))
            is_named(name, "what is behind F12");
    }
    for (char digit = '0'; digit <= '9'; digit++) {
        if (!is_digit_behind_F12(digit))
            continue;
        char name[] = { 'F', '1', '2', ' ', digit, 0 };
        is_named(name, "what is behind F12");
        digits++;
    }
    assert_int_equal(digits, 10);
}

/* The foot of the till that it shows is a till's. */
static void the_foot_that_is_shown_is_the_tills(void **state)
{
    (void)state;
    struct desk d;

    desk_open(&d);
    desk_sign_in(&d);
    desk_fill(&d);
    char *screen = golden_text(&d.counter.stage, 24, 80), *foot = strstr(screen, "F1 Help");
    assert_non_null(foot);
    if (strstr(readme, foot) == NULL)
        fail_msg("README.md shows another foot than\n%s", foot);
    free(screen);
    desk_close(&d);
}

/* ---- the office ---- */

static const struct {
    const char *row, *digit;
    const struct screen *screen, *next; /* next: behind it */
} sections[] = {
    { "| 1 ratings |", "1", &admin_ratings_screen, &admin_product_screen },
    { "| 2 reviews |", "2", &admin_queue_screen, &admin_hide_screen },
    { "| 3 customers |", "3", &admin_customers_screen, &admin_customer_screen },
};
#define SECTIONS (sizeof sections / sizeof sections[0])

static void its_section_is_so(const char *row)
{
    struct office o;
    size_t i = 0;

    while (i < SECTIONS && strncmp(row, sections[i].row, strlen(sections[i].row)) != 0)
        i++;
    if (i == SECTIONS)
        fail_msg("of no section of the console: %s", row);
    office_open(&o);
    office_sign_in(&o);
    office_type(&o, sections[i].digit);
    assert_ptr_equal(stage_top(&o.admin.stage), sections[i].screen);
    office_close(&o);
    for (const char *at = row; *at != 0; at++) {
        int number = f_key(row, at);
        if (number > 1 && !has(sections[i].screen, number) && !has(sections[i].next, number))
            fail_msg("F%d is no key there: %s", number, row);
    }
}

static void the_offices_table_is_so(void **state)
{
    (void)state;
    char *text = section("## In the office\n"), *rest = NULL;
    size_t rows = 0;

    for (char *line = strtok_r(text, "\n", &rest); line != NULL; line = strtok_r(NULL, "\n", &rest))
        if (strncmp(line, "| ", 2) == 0 && isdigit((unsigned char)line[2])) {
            its_section_is_so(line);
            rows++;
        }
    assert_int_equal(rows, SECTIONS);
    free(text);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_counters_table_is_so),       cmocka_unit_test(every_way_behind_F12_is_one),
        cmocka_unit_test(every_key_of_the_sale_is_in_it), cmocka_unit_test(the_foot_that_is_shown_is_the_tills),
        cmocka_unit_test(the_offices_table_is_so),        cmocka_unit_test(what_the_table_types_is_in_help),
    };
    readme = text_of(CAROLINE_SOURCE "/README.md");
    int failed = cmocka_run_group_tests(tests, NULL, NULL);
    free(readme);
    return failed;
}
