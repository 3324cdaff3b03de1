/* The walker: what is well made passes, and each thing that is not is named by its place and in a sentence. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "common/wire/frame.h"
#include "common/wire/walker.h"
#include "proto/catalogue.pb-c.h"
#include "proto/device.pb-c.h"
#include "proto/envelope.pb-c.h"
#include "proto/sale.pb-c.h"
#include "proto/session.pb-c.h"

static struct arena *arena;

static int setup(void **state)
{
    (void)state;
    arena = arena_create(2 * MESSAGE_MEMORY);
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    arena_destroy(arena);
    return 0;
}

static ProtobufCBinaryData view(const char *text)
{
    return (ProtobufCBinaryData){ .len = strlen(text), .data = (uint8_t *)(uintptr_t)text };
}

static void assert_fine(const ProtobufCMessage *message)
{
    const char *field = NULL, *sentence = NULL;

    if (!message_check(message, arena, &field, &sentence))
        fail_msg("%s: %s", field, sentence);
}

static void assert_wrong(const ProtobufCMessage *message, const char *wanted_field, const char *wanted_sentence)
{
    const char *field = NULL, *sentence = NULL;

    assert_false(message_check(message, arena, &field, &sentence));
    assert_string_equal(field, wanted_field);
    assert_string_equal(sentence, wanted_sentence);
}

static Caroline__V1__SessionOpen signing_in_as(ProtobufCBinaryData name)
{
    Caroline__V1__SessionOpen open = CAROLINE__V1__SESSION_OPEN__INIT;

    open.has_name = 1;
    open.name = name;
    return open;
}

static void a_message_comes_back_as_it_was_sent(void **state)
{
    Caroline__V1__SessionOpen open = signing_in_as(view("Amélie"));

    (void)state;
    struct bytes packed = message_encode(&open.base, arena);
    const Caroline__V1__SessionOpen *back =
        (const void *)message_decode(&caroline__v1__session_open__descriptor, packed, arena);
    assert_non_null(back);
    assert_fine(&back->base);
    assert_int_equal(back->name.len, strlen("Amélie"));
    assert_memory_equal(back->name.data, "Amélie", back->name.len);
    assert_false(back->has_pin);
}

static void no_bytes_are_an_empty_message(void **state)
{
    (void)state;
    assert_fine(message_decode(&caroline__v1__session_open__descriptor, (struct bytes){ 0 }, arena));
    Caroline__V1__Ping ping = CAROLINE__V1__PING__INIT;
    assert_int_equal(message_encode(&ping.base, arena).size, 0);
}

static void texts_that_are_no_texts(void **state)
{
    static const struct {
        const char *name;
        size_t size;
        const char *sentence;
    } rows[] = {
        { "a\0b", 3, "the text holds a control character" },
        { "a\nb", 3, "the text holds a control character" },
        { "\x1b[2J", 4, "the text holds a control character" },
        { "a\x7f", 2, "the text holds a control character" },
        { "\xc2\x9b"
          "2J",
          4, "the text holds a control character" }, /* CSI as one character */
        { "a\xe2\x80\xae"
          "b",
          5, "the text holds a control character" }, /* right-to-left override */
        { "a\xe2\x81\xa6"
          "b",
          5, "the text holds a control character" }, /* an isolate */
        { "\xff", 1, "the text is not valid UTF-8" },
        { "\xc3", 1, "the text is not valid UTF-8" },             /* cut in the middle */
        { "\xc0\xaf", 2, "the text is not valid UTF-8" },         /* over-long */
        { "\xed\xa0\x80", 3, "the text is not valid UTF-8" },     /* a surrogate */
        { "\xf4\x90\x80\x80", 4, "the text is not valid UTF-8" }, /* above U+10FFFF */
    };

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        Caroline__V1__SessionOpen open = signing_in_as(view(rows[i].name));
        open.name.len = rows[i].size;
        assert_wrong(&open.base, "name", rows[i].sentence);
    }
}

static void limits_count_characters_of_text_and_bytes_of_bytes(void **state)
{
    char name[2 * 81 + 1];
    uint8_t token[33] = { 0 };

    (void)state;
    for (size_t i = 0; i < 81; i++)
        memcpy(name + 2 * i, "é", 2);
    name[160] = 0;
    Caroline__V1__SessionOpen open = signing_in_as(view(name));
    assert_fine(&open.base);
    name[160] = "é"[0];
    name[162] = 0;
    open = signing_in_as(view(name));
    assert_wrong(&open.base, "name", "the text has more than 80 characters");

    Caroline__V1__SessionResume resume = CAROLINE__V1__SESSION_RESUME__INIT;
    resume.has_token = 1;
    resume.token = (ProtobufCBinaryData){ .len = 32, .data = token };
    assert_fine(&resume.base);
    resume.token.len = 33;
    assert_wrong(&resume.base, "token", "more than 32 bytes");
}

static void what_is_absent_is_not_judged(void **state)
{
    Caroline__V1__SessionOpen open = signing_in_as(view("\xff"));

    (void)state;
    open.has_name = 0;
    assert_fine(&open.base);
}

static void lists_have_limits_and_places_have_names(void **state)
{
    Caroline__V1__BasketLine lines[201];
    Caroline__V1__BasketLine *list[201];
    Caroline__V1__Basket basket = CAROLINE__V1__BASKET__INIT;
    Caroline__V1__SaleQuote quote = CAROLINE__V1__SALE_QUOTE__INIT;

    (void)state;
    for (size_t i = 0; i < 201; i++) {
        caroline__v1__basket_line__init(&lines[i]);
        list[i] = &lines[i];
    }
    basket.n_lines = 200;
    basket.lines = list;
    quote.basket = &basket;
    assert_fine(&quote.base);
    lines[2].has_void_reason = 1;
    lines[2].void_reason = view("\a");
    assert_wrong(&quote.base, "basket.lines[2].void_reason", "the text holds a control character");
    basket.n_lines = 201;
    assert_wrong(&quote.base, "basket.lines", "the list has more than 200 entries");
}

static void lists_of_texts_and_of_numbers(void **state)
{
    ProtobufCBinaryData codes[11];
    uint32_t capabilities[33] = { 0 };
    Caroline__V1__Product product = CAROLINE__V1__PRODUCT__INIT;
    Caroline__V1__Hello hello = CAROLINE__V1__HELLO__INIT;
    char code[LISTED_MAX + 2];

    (void)state;
    for (size_t i = 0; i < 11; i++)
        codes[i] = view("4006381333931");
    product.n_barcodes = 10;
    product.barcodes = codes;
    assert_fine(&product.base);
    product.n_barcodes = 11;
    assert_wrong(&product.base, "barcodes", "the list has more than 10 entries");
    product.n_barcodes = 10;
    memset(code, '7', sizeof code);
    code[LISTED_MAX + 1] = 0;
    codes[9] = view(code);
    assert_wrong(&product.base, "barcodes[9]", "the text has more than 100 characters");
    codes[9] = view("\xfe");
    assert_wrong(&product.base, "barcodes[9]", "the text is not valid UTF-8");

    hello.n_capabilities = 32;
    hello.capabilities = capabilities;
    assert_fine(&hello.base);
    hello.n_capabilities = 33;
    assert_wrong(&hello.base, "capabilities", "the list has more than 32 entries");
}

static void an_unknown_enum_value_is_refused(void **state)
{
    Caroline__V1__Hello hello = CAROLINE__V1__HELLO__INIT;

    (void)state;
    hello.has_client = 1;
    hello.client = CAROLINE__V1__CLIENT_KIND__CLIENT_CLI;
    assert_fine(&hello.base);
    hello.client = (Caroline__V1__ClientKind)77;
    assert_wrong(&hello.base, "client", "77 is no known value");
    hello.client = (Caroline__V1__ClientKind)-1;
    assert_wrong(&hello.base, "client", "-1 is no known value");
}

static void unknown_fields_are_skipped_and_not_sent_on(void **state)
{
    /* SaleQuote { basket { member_id 5, field 100 "xyz" }, field 99 varint 1 } */
    static const uint8_t bytes[] = { 0x0a, 0x08, 0x20, 0x05, 0xa2, 0x06, 0x03, 'x', 'y', 'z', 0x98, 0x06, 0x01 };

    (void)state;
    ProtobufCMessage *message =
        message_decode(&caroline__v1__sale_quote__descriptor, bytes_of(bytes, sizeof bytes), arena);
    assert_non_null(message);
    assert_fine(message);
    struct bytes again = message_encode(message, arena);
    assert_int_equal(again.size, 4);
    assert_memory_equal(again.data, "\x0a\x02\x20\x05", 4);
}

static void a_frame_cut_at_any_byte_decodes_or_does_not_but_never_more(void **state)
{
    Caroline__V1__SessionOpen open = signing_in_as(view("Amélie"));
    Caroline__V1__Request request = CAROLINE__V1__REQUEST__INIT;
    uint8_t id[16] = { 1 };

    (void)state;
    struct bytes body = message_encode(&open.base, arena);
    request.has_id = request.has_op = request.has_command_id = request.has_body = 1;
    request.id = 300;
    request.op = 10;
    request.command_id = (ProtobufCBinaryData){ .len = sizeof id, .data = id };
    request.body = (ProtobufCBinaryData){ .len = body.size, .data = (uint8_t *)(uintptr_t)body.data };
    struct bytes whole = message_encode(&request.base, arena);
    size_t good = 0;
    for (size_t size = 0; size <= whole.size; size++) {
        uint8_t *cut = test_malloc(size > 0 ? size : 1);
        memcpy(cut, whole.data, size);
        const Caroline__V1__Request *back =
            (const void *)message_decode(&caroline__v1__request__descriptor, bytes_of(cut, size), arena);
        if (back != NULL) {
            good++;
            assert_true(size == whole.size || !back->has_body);
        }
        test_free(cut);
    }
    assert_int_equal(good, 5); /* whole, and cut between two fields, before the first among them */
}

static void the_table_of_limits_is_sorted(void **state)
{
    (void)state;
    assert_true(field_limit_count > 50);
    for (size_t i = 1; i < field_limit_count; i++) {
        int order = strcmp(field_limits[i - 1].message, field_limits[i].message);
        assert_true(order < 0 || (order == 0 && strcmp(field_limits[i - 1].field, field_limits[i].field) < 0));
    }
}

/* In a request, and in no field that is marked. What comes back from a server is shown as it is. */
static void B34_a_cards_number_in_a_request_is_found(void **state)
{
    Caroline__V1__SessionOpen open = signing_in_as(view("4111 1111 1111 1111"));
    const char *field = NULL, *sentence = NULL;

    (void)state;
    assert_int_equal(request_check(&open.base, arena, &field, &sentence), REQUEST_CARD_NUMBER);
    assert_string_equal(field, "name");
    assert_null(strstr(sentence, "4111"));
    assert_fine(&open.base);
    open.name = view("Ada, 4111 1111");
    assert_int_equal(request_check(&open.base, arena, &field, &sentence), REQUEST_OK);
    open.has_badge = 1;
    open.badge = view("4111111111111111"); /* "any digits": its op looks at it */
    assert_int_equal(request_check(&open.base, arena, &field, &sentence), REQUEST_OK_MAYBE_CARD);
    open.name = view("a\nb");
    assert_int_equal(request_check(&open.base, arena, &field, &sentence), REQUEST_BAD_FIELD);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_message_comes_back_as_it_was_sent),
        cmocka_unit_test(no_bytes_are_an_empty_message),
        cmocka_unit_test(texts_that_are_no_texts),
        cmocka_unit_test(limits_count_characters_of_text_and_bytes_of_bytes),
        cmocka_unit_test(what_is_absent_is_not_judged),
        cmocka_unit_test(lists_have_limits_and_places_have_names),
        cmocka_unit_test(lists_of_texts_and_of_numbers),
        cmocka_unit_test(an_unknown_enum_value_is_refused),
        cmocka_unit_test(unknown_fields_are_skipped_and_not_sent_on),
        cmocka_unit_test(a_frame_cut_at_any_byte_decodes_or_does_not_but_never_more),
        cmocka_unit_test(the_table_of_limits_is_sorted),
        cmocka_unit_test(B34_a_cards_number_in_a_request_is_found),
    };
    return cmocka_run_group_tests(tests, setup, teardown);
}
