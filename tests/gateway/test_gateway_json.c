/* What a gateway answers is read strictly: whole, shallow, each name once, each value what it should be. And what is sent is encoded. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "server/gateway/form.h"
#include "server/gateway/json.h"

static json_t *read_text(const char *text)
{
    return json_read(bytes_of_text(text));
}

static void B34_only_a_whole_and_shallow_object_is_read(void **state)
{
    static const char *const bad[] = { "",
                                       "[]",
                                       "1",
                                       "null",
                                       "\"a\"",
                                       "{\"a\":1",
                                       "{\"a\":1}x",
                                       "{\"a\":1,\"a\":2}",
                                       "{a:1}",
                                       "<html>",
                                       "{\"a\":\"\\ud800\"}",
                                       "{\"a\":01}" };
    char deep[512];

    (void)state;
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        if (read_text(bad[i]))
            fail_msg("%s", bad[i]);
    for (int depth = JSON_DEPTH_MAX - 1; depth <= JSON_DEPTH_MAX; depth++) {
        size_t size = 0;
        size += (size_t)sprintf(deep, "{\"a\":");
        for (int i = 0; i < depth; i++)
            deep[size++] = '[';
        for (int i = 0; i < depth; i++)
            deep[size++] = ']';
        deep[size++] = '}';
        deep[size] = '\0';
        json_t *read = read_text(deep);
        assert_int_equal(read != NULL, depth < JSON_DEPTH_MAX);
        json_decref(read);
    }
    for (int values = JSON_VALUES_MAX - 2; values <= JSON_VALUES_MAX + 1;
         values++) { /* the object, the list, and so many less one */
        static char text[3 * JSON_VALUES_MAX];
        int size = sprintf(text, "{\"a\":[1");
        for (int i = 1; i < values; i++)
            size += sprintf(text + size, ",1");
        sprintf(text + size, "]}");
        json_t *list = read_text(text);
        assert_int_equal(list != NULL, values <= JSON_VALUES_MAX - 1);
        json_decref(list);
    }
    json_t *read = read_text("{\"a\":\"[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[\\\"{{{{{{{{{{{{{{{{{{{{{{{\"}");
    assert_non_null(read);
    json_decref(read);
}

static void B34_a_value_is_taken_only_as_what_it_should_be(void **state)
{
    json_t *o = read_text("{\"t\":\"abc\",\"n\":12,\"s\":\"12\",\"f\":1.5,\"e\":\"\",\"c\":\"a\\nb\",\"y\":true,\"q\":"
                          "\"true\",\"z\":null}");
    char text[4];
    int64_t number = 7;

    (void)state;
    assert_non_null(o);
    assert_true(json_text(o, "t", text, sizeof text));
    assert_string_equal(text, "abc");
    assert_false(json_text(o, "t", text, 3)); /* too long */
    assert_false(json_text(o, "e", text, sizeof text));
    assert_false(json_text(o, "c", text, sizeof text)); /* a control character */
    assert_false(json_text(o, "n", text, sizeof text));
    assert_false(json_text(o, "none", text, sizeof text));
    assert_false(json_text(NULL, "t", text, sizeof text));
    assert_true(json_number(o, "n", &number) && number == 12);
    assert_false(json_number(o, "s", &number) || json_number(o, "f", &number) || json_number(o, "z", &number));
    assert_true(json_flag(o, "y"));
    assert_false(json_flag(o, "q") || json_flag(o, "z") || json_flag(o, "none"));
    assert_true(json_is(o, "t", "abc"));
    assert_false(json_is(o, "t", "ab") || json_is(o, "n", "12"));
    json_decref(o);
}

static void B34_what_is_sent_is_encoded(void **state)
{
    struct form form = { .size = 0 };

    (void)state;
    form_add(&form, "metadata[a]", "x&y=z +\u00e9");
    form_add_number(&form, "amount", -5);
    assert_string_equal(form.text, "metadata%5Ba%5D=x%26y%3Dz%20%2B%C3%A9&amount=-5");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(B34_only_a_whole_and_shallow_object_is_read),
        cmocka_unit_test(B34_a_value_is_taken_only_as_what_it_should_be),
        cmocka_unit_test(B34_what_is_sent_is_encoded),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
