/* Contact keys: ways to write the same thing compare alike, and what is none is refused. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <string.h>

#include "common/base/phone.h"

struct pair {
    const char *written, *normal; /* NULL: refused */
};

static int begin(void **state)
{
    *state = arena_create(0);
    return 0;
}

static int end(void **state)
{
    arena_destroy(*state);
    return 0;
}

static void compare(char *(*normalise)(struct arena *, struct bytes), struct arena *arena, const struct pair *pairs,
                    size_t count)
{
    for (size_t i = 0; i < count; i++) {
        const char *normal = normalise(arena, bytes_of_text(pairs[i].written));
        if (!normal != !pairs[i].normal || (normal && strcmp(normal, pairs[i].normal)))
            fail_msg("\"%s\" becomes \"%s\"", pairs[i].written, normal ? normal : "nothing");
    }
}

static void phone_numbers(void **state)
{
    static const struct pair pairs[] = {
        { "+49 30 123456", "+4930123456" },
        { "0049 (30) 12-34.56", "+4930123456" },
        { "030/123456", "030123456" },
        { "(805) 555-0142", "8055550142" },
        { "1234", "1234" },
        { "+123456789012345", "+123456789012345" },
        { "00123456789012345", "+123456789012345" },
        { "", NULL },
        { "123", NULL },
        { "+1234567890123456", NULL },
        { "1234567890123456", NULL },
        { "+0301234", NULL },
        { "030 1234 ext 5", NULL },
        { "++4930123456", NULL },
        { "4930+123456", NULL },
        { "call me", NULL },
        { "12345678901234567890123456789012345678901234567890", NULL },
    };
    compare(phone_normalise, *state, pairs, sizeof pairs / sizeof *pairs);
}

static void email_addresses(void **state)
{
    static const struct pair pairs[] = {
        { " Ada.Lovelace@Example.ORG ", "ada.lovelace@example.org" },
        { "a+b@x-y.co", "a+b@x-y.co" },
        { "jürgen@bäckerei.de", "jürgen@bäckerei.de" },
        { "", NULL },
        { "ada", NULL },
        { "@example.org", NULL },
        { "ada@", NULL },
        { "ada@org", NULL },
        { "ada@example..org", NULL },
        { "ada@-example.org", NULL },
        { "ada@example-.org", NULL },
        { "ada@example.org.", NULL },
        { "a da@example.org", NULL },
        { "ada@@example.org", NULL },
        { "\"a\"@example.org", NULL },
        { "a,b@example.org", NULL },
    };
    compare(email_normalise, *state, pairs, sizeof pairs / sizeof *pairs);
}

static void card_codes(void **state)
{
    static const struct pair pairs[] = {
        { "cc 1001", "CC1001" },
        { "a-b.c_d/e:f", "A-B.C_D/E:F" },
        { "4006381333931", "4006381333931" },           /* EAN-13 */
        { "A1234-5$6:7/8.9+0B", "A1234-5$6:7/8.9+0B" }, /* Codabar with its start and stop */
        { "C39-.$/+% X", "C39-.$/+%X" },                /* Code 39, whose blank is as good as none */
        { "!\"#$%&'()*+,-./", "!\"#$%&'()*+,-./" },     /* Code 128 */
        { "0:;<=>?@[\\]^_`{|}~", "0:;<=>?@[\\]^_`{|}~" },
        { "https://club.example/?m=77", "HTTPS://CLUB.EXAMPLE/?M=77" }, /* a QR code */
        { "abcdefghijklmnopqrstuvwxyz", "ABCDEFGHIJKLMNOPQRSTUVWXYZ" },
        { "1234567890123456789012345678901234567890123456789012345678901234",
          "1234567890123456789012345678901234567890123456789012345678901234" },
        { "12345678901234567890123456789012345678901234567890123456789012345", NULL },
        { "1 2 3", NULL },
        { "123", NULL },
        { "", NULL },
        { "caffè01", NULL },
        { "ABC\x1d"
          "123",
          NULL }, /* GS1-128's separator: scanners send it or do not */
        { "ABC\t123", NULL },
        { "ABC\x7f"
          "123",
          NULL },
    };
    compare(card_normalise, *state, pairs, sizeof pairs / sizeof *pairs);
}

/* What a search begins with finds a name when each of its words is one of the name's prefixes. */
static bool finds(struct arena *arena, const char *search, const char *name)
{
    struct bytes *words, *prefixes;
    size_t word_count = name_search_words(arena, bytes_of_text(search), &words);
    size_t prefix_count = name_prefixes(arena, bytes_of_text(name), &prefixes);
    for (size_t i = 0; i < word_count; i++) {
        bool found = false;
        for (size_t j = 0; j < prefix_count && !found; j++)
            found = bytes_equal(words[i], prefixes[j]);
        if (!found)
            return false;
    }
    return word_count > 0;
}

static void names_are_found_by_how_their_words_begin(void **state)
{
    struct arena *arena = *state;
    assert_true(finds(arena, "ad", "Ada Lovelace"));
    assert_true(finds(arena, "LOVE ada", "Ada Lovelace"));
    assert_true(finds(arena, "lovelace", "Ada Lovelace"));
    assert_true(finds(arena, "eclair", "Éclair"));
    assert_true(finds(arena, "O'Con", "Síle O’Connor"));
    assert_true(finds(arena, "bartholomew", "Bartholomew")); /* beyond 8 letters the first 8 speak */
    assert_false(finds(arena, "adam", "Ada Lovelace"));
    assert_false(finds(arena, "ada smith", "Ada Lovelace"));
    assert_false(finds(arena, "ovelace", "Ada Lovelace"));
    assert_false(finds(arena, "a", "Ada Lovelace"));
    assert_true(finds(arena, "王小", "王小明"));
    assert_true(finds(arena, "王 小明", "王 小明")); /* by the longer; the name itself has both */
    assert_false(finds(arena, "王", "王小明"));      /* no index of before has it */
    assert_false(finds(arena, "", "Ada Lovelace"));
}

static void a_name_matches_by_whole_words_searched(void **state)
{
    struct arena *arena = *state;
    struct bytes name = bytes_of_text("Bartholomew Éclair");
    assert_true(name_matches(arena, name, bytes_of_text("bartholomew")));
    assert_true(name_matches(arena, name, bytes_of_text("ECL barth")));
    assert_true(name_matches(arena, name, bytes_of_text("")));
    assert_false(name_matches(arena, name, bytes_of_text("bartholomaeus"))); /* alike in 8 letters */
    assert_false(name_matches(arena, name, bytes_of_text("eclair x")));
    assert_true(name_matches(arena, bytes_of_text("王 小明"), bytes_of_text("小明 王")));
    assert_false(name_matches(arena, bytes_of_text("李 小明"), bytes_of_text("王 小明")));
}

static void a_name_has_each_prefix_once(void **state)
{
    struct bytes *prefixes;
    size_t count = name_prefixes(*state, bytes_of_text("Ann Anna A"), &prefixes);
    assert_int_equal(count, 3); /* an ann anna */
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(phone_numbers, begin, end),
        cmocka_unit_test_setup_teardown(email_addresses, begin, end),
        cmocka_unit_test_setup_teardown(card_codes, begin, end),
        cmocka_unit_test_setup_teardown(names_are_found_by_how_their_words_begin, begin, end),
        cmocka_unit_test_setup_teardown(a_name_matches_by_whole_words_searched, begin, end),
        cmocka_unit_test_setup_teardown(a_name_has_each_prefix_once, begin, end),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
