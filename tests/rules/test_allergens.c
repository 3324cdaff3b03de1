/* Allergens: by name and number, and what stands between a member and a line: told, left out, booked because it is over. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>

#include "common/rules/allergen.h"
#include "common/rules/sale_bytes.h"
#include "common/rules/sale_offline.h"
#include "small_shop.h"

#define COUNT(array) (sizeof(array) / sizeof *(array))
#define BAKED        (VERSION + 1)

enum { GLUTEN = 1 << 1, EGGS = 1 << 3, MILK = 1 << 7, NUTS = 1 << 8, MOLLUSCS = 1 << 14 };

/* The cookie contains gluten and may contain nuts, the cake contains nuts and milk; of the roll nothing is recorded. */
static struct small_shop *open_bakery(uint16_t avoids)
{
    struct small_shop *s = small_shop_open();
    static const struct {
        int64_t id;
        uint16_t contains, may_contain;
    } has[] = { { COOKIE, GLUTEN, NUTS }, { CAKE, NUTS | MILK, NUTS } };

    for (size_t i = 0; i < COUNT(has); i++) {
        struct product product = *catalogue_product(s->catalogue, VERSION, has[i].id);

        product.contains = has[i].contains;
        product.may_contain = has[i].may_contain;
        catalogue_put_product(s->catalogue, BAKED, &product);
    }
    catalogue_seal(s->catalogue, BAKED, NOW.us);
    s->members[0].avoids = avoids;
    return s;
}

static struct sale_command command_of(const struct basket_line *lines, size_t count, int64_t member, int64_t paid_minor)
{
    static struct tender cash;

    cash = (struct tender){ .kind = TENDER_CASH, .amount_minor = paid_minor };
    return (struct sale_command){
        .aim = SALE_TO_BOOK,
        .basket = { .catalogue_version = BAKED, .lines = lines, .line_count = count, .member_id = member },
        .tenders = &cash,
        .tender_count = 1,
        .shown_total_minor = paid_minor,
        .device_id = TILL,
        .staff_id = 61,
        .series = 'T',
        .number = 7,
        .sale_id = 501,
        .new_lot_id = 601,
    };
}

struct row {
    const char *what;
    uint16_t avoids;
    struct basket_line lines[2];
    size_t line_count;
    int64_t member, paid_minor;
    bool at_kiosk, over;
    enum sale_verdict verdict;
    uint16_t contains, may_contain; /* of the first that was not told */
    int told_line, excepted_line;   /* NO_LINE: none */
};

#define PIECE(product, ...)                                                                                            \
    {                                                                                                                  \
        .product_id = (product), .quantity_milli = 1000, __VA_ARGS__                                                   \
    }

static const struct row rows[] = {
    { "nothing is avoided", 0, { PIECE(CAKE) }, 1, ANNA, 900, .told_line = NO_LINE, .excepted_line = NO_LINE },
    { "nobody avoids it", NUTS, { PIECE(CAKE) }, 1, 0, 900, .told_line = NO_LINE, .excepted_line = NO_LINE },
    { "another member", NUTS, { PIECE(CAKE) }, 1, BERND, 900, .told_line = NO_LINE, .excepted_line = NO_LINE },
    { "something else is avoided",
      EGGS | MOLLUSCS,
      { PIECE(CAKE) },
      1,
      ANNA,
      900,
      .told_line = NO_LINE,
      .excepted_line = NO_LINE },
    { "nothing is recorded of it", NUTS, { PIECE(ROLL) }, 1, ANNA, 45, .told_line = NO_LINE, .excepted_line = NO_LINE },
    { "it contains it",
      NUTS,
      { PIECE(CAKE) },
      1,
      ANNA,
      900,
      .verdict = SALE_ALLERGEN_AVOIDED,
      .contains = NUTS,
      .told_line = NO_LINE,
      .excepted_line = NO_LINE },
    { "it may contain it",
      NUTS,
      { PIECE(COOKIE) },
      1,
      ANNA,
      250,
      .verdict = SALE_ALLERGEN_AVOIDED,
      .may_contain = NUTS,
      .told_line = NO_LINE,
      .excepted_line = NO_LINE },
    { "both",
      NUTS | GLUTEN,
      { PIECE(COOKIE) },
      1,
      ANNA,
      250,
      .verdict = SALE_ALLERGEN_AVOIDED,
      .contains = GLUTEN,
      .may_contain = NUTS,
      .told_line = NO_LINE,
      .excepted_line = NO_LINE },
    { "told", NUTS, { PIECE(CAKE, .told = NUTS) }, 1, ANNA, 900, .told_line = 0, .excepted_line = NO_LINE },
    { "told of something else",
      NUTS,
      { PIECE(CAKE, .told = MILK) },
      1,
      ANNA,
      900,
      .verdict = SALE_ALLERGEN_AVOIDED,
      .contains = NUTS,
      .told_line = NO_LINE,
      .excepted_line = NO_LINE },
    { "told of one of two",
      NUTS | MILK,
      { PIECE(CAKE, .told = NUTS) },
      1,
      ANNA,
      900,
      .verdict = SALE_ALLERGEN_AVOIDED,
      .contains = MILK,
      .told_line = NO_LINE,
      .excepted_line = NO_LINE },
    { "told, and nothing is avoided",
      0,
      { PIECE(CAKE, .told = NUTS) },
      1,
      ANNA,
      900,
      .told_line = NO_LINE,
      .excepted_line = NO_LINE },
    { "voided",
      NUTS,
      { PIECE(ROLL), PIECE(CAKE, .voided = true) },
      2,
      ANNA,
      45,
      .told_line = NO_LINE,
      .excepted_line = NO_LINE },
    { "the second line",
      NUTS,
      { PIECE(ROLL), PIECE(CAKE, .told = NUTS) },
      2,
      ANNA,
      945,
      .told_line = 1,
      .excepted_line = NO_LINE },
    { "at a kiosk",
      NUTS,
      { PIECE(CAKE) },
      1,
      ANNA,
      900,
      .at_kiosk = true,
      .verdict = SALE_ALLERGEN_NOT_HERE,
      .contains = NUTS,
      .told_line = NO_LINE,
      .excepted_line = NO_LINE },
    { "nobody is told at a kiosk",
      NUTS,
      { PIECE(CAKE, .told = NUTS) },
      1,
      ANNA,
      900,
      .at_kiosk = true,
      .verdict = SALE_ALLERGEN_NOT_HERE,
      .contains = NUTS,
      .told_line = NO_LINE,
      .excepted_line = NO_LINE },
    { "it is over",
      NUTS,
      { PIECE(ROLL), PIECE(CAKE) },
      2,
      ANNA,
      945,
      .over = true,
      .told_line = NO_LINE,
      .excepted_line = 1 },
    { "it is over, and was told",
      NUTS,
      { PIECE(CAKE, .told = NUTS) },
      1,
      ANNA,
      900,
      .over = true,
      .told_line = 0,
      .excepted_line = NO_LINE },
};

static int line_with(const struct sale_rows *sale, int flag)
{
    for (size_t i = 0; i < sale->line_count; i++)
        if ((sale->lines[i].flags & flag) != 0)
            return (int)i;
    return NO_LINE;
}

static int excepted(const struct sale_rows *sale)
{
    for (size_t i = 0; i < sale->exception_count; i++)
        if (sale->exceptions[i].kind == EXCEPTION_ALLERGEN)
            return sale->exceptions[i].line;
    return NO_LINE;
}

static void look_at(const struct row *row, enum sale_aim aim)
{
    struct small_shop *s = open_bakery(row->avoids);
    struct sale_command command = command_of(row->lines, row->line_count, row->member, row->paid_minor);
    struct sale_rows sale;

    command.aim = aim;
    command.at_kiosk = row->at_kiosk;
    command.over = row->over;
    enum sale_verdict verdict = sale_decide(&command, &s->set, NOW, &sale);
    if (verdict != row->verdict)
        fail_msg("%s: %d, %s", row->what, (int)verdict, sale.sentence);
    if (verdict != SALE_OK) {
        assert_int_equal(sale.allergen_count, 1);
        assert_int_equal(sale.allergens[0].contains, row->contains);
        assert_int_equal(sale.allergens[0].may_contain, row->may_contain);
        assert_null(strstr(sale.sentence, "nuts")); /* what is kept says nothing of what somebody avoids */
        assert_int_equal(s->stock[CAKE - 1].on_hand_milli, 10000);
    } else {
        assert_int_equal(line_with(&sale, LINE_TOLD), row->told_line);
        assert_int_equal(excepted(&sale), row->excepted_line);
    }
    small_shop_close(s);
}

static void what_is_avoided_is_told_or_left_out(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        look_at(&rows[i], SALE_TO_BOOK);
        look_at(&rows[i], SALE_TO_QUOTE);
    }
}

/* A till shows prices while it asks. */
static void a_price_is_no_question(void **state)
{
    (void)state;
    struct small_shop *s = open_bakery(NUTS);
    struct basket_line line = PIECE(CAKE);
    struct sale_command command = command_of(&line, 1, ANNA, 900);
    struct sale_rows sale;

    command.aim = SALE_TO_PRICE;
    assert_int_equal(sale_decide(&command, &s->set, NOW, &sale), SALE_OK);
    small_shop_close(s);
}

/* Every line is named, in their order; one sentence stands for them. */
static void all_lines_are_named(void **state)
{
    (void)state;
    struct small_shop *s = open_bakery(NUTS);
    struct basket_line lines[] = { PIECE(ROLL), PIECE(CAKE), PIECE(COOKIE) };
    struct sale_command command = command_of(lines, 3, ANNA, 1195);
    struct sale_rows sale;

    assert_int_equal(sale_decide(&command, &s->set, NOW, &sale), SALE_ALLERGEN_AVOIDED);
    assert_int_equal(sale.allergen_count, 2);
    assert_int_equal(sale.allergens[0].line, 1);
    assert_int_equal(sale.allergens[1].line, 2);
    assert_int_equal(sale.allergens[1].product_id, COOKIE);
    assert_string_equal(sale.field, "basket.lines[1].allergens_told");
    assert_string_equal(sale.sentence, "line 2: Cake has something that the customer avoids, and so has another line: "
                                       "tell them, or leave it out");
    small_shop_close(s);
}

/* Of three and more they are counted; what was voided and what is taken back is none of them. */
static void lines_are_counted_where_there_are_many(void **state)
{
    (void)state;
    struct small_shop *s = open_bakery(NUTS);
    struct basket_line lines[] = { PIECE(CAKE), PIECE(COOKIE), PIECE(CAKE), PIECE(CAKE, .voided = true) };
    struct sale_command command = command_of(lines, 4, ANNA, 2050);
    struct sale_rows sale;

    assert_int_equal(sale_decide(&command, &s->set, NOW, &sale), SALE_ALLERGEN_AVOIDED);
    assert_int_equal(sale.allergen_count, 3);
    assert_string_equal(sale.sentence,
                        "line 1: Cake has something that the customer avoids, and so have 2 other lines: "
                        "tell them, or leave it out");
    small_shop_close(s);
}

/* A jar that nut butter was in: sold on its deposit it is asked about as all goods are, and not where it comes back empty. */
static void what_comes_back_is_not_eaten(void **state)
{
    static const struct {
        int64_t milli;
        enum sale_verdict verdict;
    } ways[] = { { 1000, SALE_ALLERGEN_AVOIDED }, { -1000, SALE_OK } };

    (void)state;
    for (size_t i = 0; i < COUNT(ways); i++) {
        struct small_shop *s = open_bakery(NUTS);
        const struct product jar = { .id = ROLL,
                                     .name = "Jar",
                                     .price_minor = 15,
                                     .tax_class_id = 1,
                                     .deposit_kind = DEPOSIT_GOOD,
                                     .may_contain = NUTS,
                                     .active = true };
        struct basket_line lines[] = { { .product_id = ROLL, .quantity_milli = ways[i].milli },
                                       { .product_id = GOLD, .quantity_milli = 1000 } };
        struct sale_command command = command_of(lines, 2, ANNA, 0);
        struct sale_rows sale;

        catalogue_put_product(s->catalogue, BAKED, &jar);
        command.aim = SALE_TO_QUOTE;
        assert_int_equal(sale_decide(&command, &s->set, NOW, &sale), ways[i].verdict);
        small_shop_close(s);
    }
}

/* The flag is in the entry, and nothing of what is avoided. */
static void the_entry_says_that_it_was_told(void **state)
{
    (void)state;
    struct small_shop *s = open_bakery(NUTS);
    struct basket_line line = PIECE(CAKE, .told = NUTS);
    struct sale_command command = command_of(&line, 1, ANNA, 900);
    static const uint8_t id[16];
    struct sale_rows sale;

    assert_int_equal(sale_decide(&command, &s->set, NOW, &sale), SALE_OK);
    struct bytes told = sale_bytes(&sale, id, s->arena);
    sale.lines[0].flags &= (uint8_t)~LINE_TOLD;
    struct bytes untold = sale_bytes(&sale, id, s->arena);
    size_t differing = 0;
    assert_int_equal(told.size, untold.size);
    for (size_t i = 0; i < told.size; i++)
        differing += told.data[i] != untold.data[i];
    assert_int_equal(differing, 1);
    small_shop_close(s);
}

static void words_are_allergens(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        uint16_t set;
        const char *wrong;
    } words[] = {
        { "", 0, NULL },
        { "nuts", NUTS, NULL },
        { "Nuts, MILK", NUTS | MILK, NULL },
        { " 8  7,,1 ", NUTS | MILK | GLUTEN, NULL },
        { "glut mol", GLUTEN | MOLLUSCS, NULL },
        { "14", MOLLUSCS, NULL },
        { "nuts nuts", NUTS, NULL },
        { "s", 0, "s" }, /* soybeans, sesame, sulphites */
        { "nuts,cheese", 0, "cheese" },
        { "15", 0, "15" },
        { "0", 0, "0" },
    };
    struct arena *arena = arena_create(0);

    for (size_t i = 0; i < COUNT(words); i++) {
        const char *wrong = NULL;
        uint16_t set;
        bool fine = allergens_parse(words[i].text, arena, &set, &wrong);
        assert_int_equal(fine, words[i].wrong == NULL);
        if (fine)
            assert_int_equal(set, words[i].set);
        else
            assert_string_equal(wrong, words[i].wrong);
    }
    assert_string_equal(allergens_text(0, arena), "");
    assert_string_equal(allergens_text(NUTS | MILK, arena), "milk, nuts");
    const char *all = allergens_text(ALLERGENS_ALL, arena), *wrong;
    uint16_t set;
    assert_true(allergens_parse(all, arena, &set, &wrong));
    assert_int_equal(set, ALLERGENS_ALL);
    arena_destroy(arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_avoided_is_told_or_left_out),
        cmocka_unit_test(a_price_is_no_question),
        cmocka_unit_test(all_lines_are_named),
        cmocka_unit_test(lines_are_counted_where_there_are_many),
        cmocka_unit_test(what_comes_back_is_not_eaten),
        cmocka_unit_test(the_entry_says_that_it_was_told),
        cmocka_unit_test(words_are_allergens),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
