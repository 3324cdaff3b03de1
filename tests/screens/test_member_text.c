/* A copy of everything, as text: whatever a page can hold is said in it, and what is new there is missed here. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "client/goods/member_text.h"
#include "client/goods/points_words.h"
#include "common/base/arena.h"
#include "common/base/text.h"

#define HOUR_US UINT64_C(3600000000)

/* What is not said, and why. Field NULL: whatever of the message is not said. */
static const struct {
    const char *message, *field, *why;
} unsaid[] = {
    { "MemberExported", "next", "where the next page begins" },
    { "MemberExported", "place", "where this one does" },
    { "MemberExported", "member_id", "the member's own is" },
    { "MemberExported", "seal", "a signature over what the text is not" },
    { "Member", "birthday_today", "the birthday is said" },
    { "Member", "lots", "MemberExported.lots are" },
    { "Member", "set_avoids", "of requests" },
    { "Member", "since_us", "MemberExported.joined_us is" },
    { "Member", "sales", "MemberExported.sales are" },
    { "Member", "merged", "MemberExported.merged are" },
    { "Member", "consents", "MemberExported.consents are" },
    { "Member", "referrer_key", "of requests" },
    { "Consent", "newest_version", "of how a kind stands; the entry has its own text and version" },
    { "SaleShown", NULL, "the receipt says it" },
    { "SaleRungUp", NULL, "the receipt says it" },
};

static struct arena *arena;
static const Caroline__V1__MemberExported *whole_page;
static bool leaves_out; /* the reads, on purpose */
static const char *problem;
static size_t problem_count;

/* ---- a message with all that it can hold ---- */

static ProtobufCMessage *filled(const ProtobufCMessageDescriptor *descriptor);

static bool is_time(const ProtobufCFieldDescriptor *field)
{
    size_t length = strlen(field->name);
    return length > 3 && strcmp(field->name + length - 3, "_us") == 0;
}

static ProtobufCBinaryData text_of(const char *text)
{
    return (ProtobufCBinaryData){ strlen(text), (uint8_t *)arena_text(arena, text) };
}

static void fill_value(const ProtobufCFieldDescriptor *field, void *at)
{
    const ProtobufCEnumDescriptor *words = field->descriptor;

    switch ((int)field->type) {
    case PROTOBUF_C_TYPE_BOOL:
        *(protobuf_c_boolean *)at = true;
        return;
    case PROTOBUF_C_TYPE_UINT32:
        *(uint32_t *)at = 2;
        return;
    case PROTOBUF_C_TYPE_UINT64:
    case PROTOBUF_C_TYPE_INT64:
        *(uint64_t *)at = is_time(field) ? 2 * HOUR_US : 2;
        return;
    case PROTOBUF_C_TYPE_ENUM:
        *(int *)at = words->values[0].value;
        return;
    case PROTOBUF_C_TYPE_BYTES:
        *(ProtobufCBinaryData *)at = text_of(arena_format(arena, "<%s>", field->name));
        return;
    case PROTOBUF_C_TYPE_MESSAGE:
        *(ProtobufCMessage **)at = filled(field->descriptor);
        return;
    default:
        fail_msg("%s is of a type that no message has", field->name);
    }
}

static void *place_of(ProtobufCMessage *message, const ProtobufCFieldDescriptor *field)
{
    char *at = (char *)message + field->offset;
    return field->label == PROTOBUF_C_LABEL_REPEATED ? *(void **)(void *)at : at;
}

static ProtobufCMessage *filled(const ProtobufCMessageDescriptor *descriptor)
{
    ProtobufCMessage *message = arena_alloc(arena, descriptor->sizeof_message);

    protobuf_c_message_init(descriptor, message);
    for (unsigned i = 0; i < descriptor->n_fields; i++) {
        const ProtobufCFieldDescriptor *field = &descriptor->fields[i];
        char *has = (char *)message + field->quantifier_offset;

        if (field->label == PROTOBUF_C_LABEL_REPEATED) {
            *(size_t *)(void *)has = 1;
            *(void **)(void *)((char *)message + field->offset) = arena_alloc(arena, sizeof(ProtobufCBinaryData));
        } else if (field->type != PROTOBUF_C_TYPE_MESSAGE) {
            *(protobuf_c_boolean *)(void *)has = true;
        }
        fill_value(field, place_of(message, field));
    }
    if (descriptor == &caroline__v1__receipt_row__descriptor) /* the kind that says both its texts */
        ((Caroline__V1__ReceiptRow *)message)->kind = CAROLINE__V1__RECEIPT_ROW_KIND__ROW_PAIR;
    return message;
}

static void change_value(const ProtobufCFieldDescriptor *field, void *at)
{
    const ProtobufCEnumDescriptor *words = field->descriptor;

    switch ((int)field->type) {
    case PROTOBUF_C_TYPE_BOOL:
        *(protobuf_c_boolean *)at = false;
        return;
    case PROTOBUF_C_TYPE_UINT32:
        *(uint32_t *)at += 1;
        return;
    case PROTOBUF_C_TYPE_UINT64:
    case PROTOBUF_C_TYPE_INT64:
        *(uint64_t *)at += is_time(field) ? 24 * HOUR_US : 1;
        return;
    case PROTOBUF_C_TYPE_ENUM:
        *(int *)at = words->values[words->n_values - 1].value;
        return;
    default:
        *(ProtobufCBinaryData *)at = text_of("something else");
    }
}

/* ---- is it said? ---- */

static const char *name_of_account(void *owner, uint64_t account_id, const char *row)
{
    (void)owner, (void)row;
    return arena_format(arena, "account %llu", (unsigned long long)account_id);
}

static char *said(const Caroline__V1__MemberExported *page)
{
    struct member_text text = { .zone = zone_utc(), .exponent = 2, .account_name = name_of_account };
    Caroline__V1__MemberExported shown = *page;

    shown.n_reads = leaves_out ? 0 : shown.n_reads;
    member_text_add(&text, &shown);
    char *whole = member_text_whole(&text);
    member_text_fini(&text);
    return whole;
}

static bool changes_the_text(const char *before)
{
    char *now = said(whole_page);
    bool changed = strcmp(before, now) != 0;

    free(now);
    return changed;
}

/* As if it were another, or not there. */
static bool is_said(ProtobufCMessage *message, const ProtobufCFieldDescriptor *field, const char *before)
{
    bool list = field->label == PROTOBUF_C_LABEL_REPEATED;
    size_t *count = (size_t *)(void *)((char *)message + field->quantifier_offset);
    void *at = place_of(message, field);
    ProtobufCBinaryData kept = { 0 }; /* as large as any value */
    bool changed;

    if (field->type == PROTOBUF_C_TYPE_MESSAGE && list) {
        *count = 0;
        changed = changes_the_text(before);
        *count = 1;
        return changed;
    }
    size_t size = field->type == PROTOBUF_C_TYPE_BYTES                                            ? sizeof kept
                  : field->type == PROTOBUF_C_TYPE_MESSAGE                                        ? sizeof(void *)
                  : field->type == PROTOBUF_C_TYPE_UINT64 || field->type == PROTOBUF_C_TYPE_INT64 ? 8
                                                                                                  : 4;
    memcpy(&kept, at, size);
    if (field->type == PROTOBUF_C_TYPE_MESSAGE)
        *(void **)at = NULL;
    else
        change_value(field, at);
    changed = changes_the_text(before);
    memcpy(at, &kept, size);
    return changed;
}

enum exception { MUST_BE_SAID, MUST_NOT, MAY };

static enum exception exception_of(const char *message, const char *field)
{
    for (size_t i = 0; i < sizeof unsaid / sizeof *unsaid; i++)
        if (strcmp(unsaid[i].message, message) == 0) {
            if (unsaid[i].field == NULL)
                return MAY;
            if (strcmp(unsaid[i].field, field) == 0)
                return MUST_NOT;
        }
    return MUST_BE_SAID;
}

static void walk(ProtobufCMessage *message, const char *before)
{
    for (unsigned i = 0; i < message->descriptor->n_fields; i++) {
        const ProtobufCFieldDescriptor *field = &message->descriptor->fields[i];
        const char *name = message->descriptor->short_name;
        enum exception exception = exception_of(name, field->name);
        bool told = is_said(message, field, before);

        if (exception == (told ? MUST_NOT : MUST_BE_SAID)) {
            problem_count++;
            problem = arena_format(arena, "%s%s.%s is%s said\n", problem, name, field->name, told ? "" : " not");
        }
        if (told && field->type == PROTOBUF_C_TYPE_MESSAGE)
            walk(*(ProtobufCMessage **)place_of(message, field), before);
    }
}

static void look_through(bool without_reads)
{
    ProtobufCMessage *page = filled(&caroline__v1__member_exported__descriptor);

    whole_page = (const Caroline__V1__MemberExported *)page;
    leaves_out = without_reads;
    problem = "";
    problem_count = 0;
    char *before = said(whole_page);
    walk(page, before);
    free(before);
}

static int before_each(void **state)
{
    (void)state;
    arena = arena_create(0);
    return 0;
}

static int after_each(void **state)
{
    (void)state;
    arena_destroy(arena);
    return 0;
}

static void B22_each_field_of_an_export_is_said(void **state)
{
    (void)state;
    look_through(false);
    if (problem_count > 0)
        fail_msg("%s", problem);
}

static void what_is_not_said_is_found(void **state)
{
    (void)state;
    look_through(true);
    assert_int_equal(problem_count, 1);
    assert_string_equal(problem, "MemberExported.reads is not said\n");
}

/* ---- words and lines ---- */

static void each_way_of_points_has_its_word(void **state)
{
    static const uint32_t kinds[] = { 1, 2, 3, 4, 5, 6, 7, 8, 9, 11, 12 };

    (void)state;
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++) {
        assert_string_not_equal(points_kind_words(kinds[i]), "other");
        for (size_t j = 0; j < i; j++)
            assert_string_not_equal(points_kind_words(kinds[i]), points_kind_words(kinds[j]));
    }
    assert_string_equal(points_kind_words(0), "other");
    assert_string_equal(points_kind_words(10), "other");
    assert_string_equal(points_kind_words(4000000000u), "other");
}

static Caroline__V1__MemberExported *with_lots(int64_t first, int64_t second)
{
    Caroline__V1__MemberExported *page = arena_alloc(arena, sizeof *page);
    Caroline__V1__PointsLot *lots = arena_array(arena, 2, sizeof *lots);

    caroline__v1__member_exported__init(page);
    page->lots = arena_array(arena, 2, sizeof *page->lots);
    for (size_t i = 0; i < 2; i++) {
        caroline__v1__points_lot__init(&lots[i]);
        lots[i].has_id = lots[i].has_remaining = lots[i].has_origin_day = lots[i].has_expiry_day = true;
        lots[i].id = 5 + i;
        lots[i].remaining = i == 0 ? first : second;
        lots[i].origin_day = text_of("2026-01-14");
        lots[i].expiry_day = text_of("2027-01-14");
        page->lots[page->n_lots++] = &lots[i];
    }
    return page;
}

static void a_debt_is_said_to_be_one(void **state)
{
    (void)state;
    char *whole = said(with_lots(-30, 200));

    assert_non_null(strstr(whole, "2026-01-14  you owe 30, by a refund"));
    assert_non_null(strstr(whole, "2026-01-14  left 200, until 2027-01-14"));
    free(whole);
}

/* The second of two lines does not fit: what is behind it is not there either, and nothing is said to be empty. */
static void what_was_cut_says_so_first_and_last(void **state)
{
    static const char cut[] = "THIS IS NOT ALL OF IT: there is too much. The counter makes a whole copy.\n";
    struct member_text text = { .zone = zone_utc(), .exponent = 2, .most = 60 };

    (void)state;
    member_text_add(&text, with_lots(30, 200));
    assert_true(text.cut);
    assert_true(text.size <= 60);
    char *whole = member_text_whole(&text);
    assert_ptr_equal(strstr(whole, cut), whole);
    assert_string_equal(whole + strlen(whole) - strlen(cut), cut);
    assert_non_null(strstr(whole, "left 30"));
    assert_null(strstr(whole, "left 200"));
    assert_non_null(strstr(whole, "WHO LOOKED AT THIS OR CHANGED SOMETHING\n\nnot in this copy\n"));
    assert_null(strstr(whole, "nothing"));
    free(whole);
    member_text_fini(&text);
    text.zone = zone_utc();
    member_text_add(&text, with_lots(30, 200));
    assert_false(text.cut);
    whole = member_text_whole(&text);
    assert_null(strstr(whole, "NOT ALL"));
    assert_non_null(strstr(whole, "WHO LOOKED AT THIS OR CHANGED SOMETHING\n\nnobody\n"));
    free(whole);
    member_text_fini(&text);
}

/* Blanks and line ends aside, the same. */
static char *squeezed(char *text)
{
    char *to = text;

    for (const char *from = text; *from != '\0'; from++)
        if (*from != ' ' && *from != '\n')
            *to++ = *from;
    *to = '\0';
    return text;
}

static void long_lines_are_broken_and_lose_nothing(void **state)
{
    struct member_text text = { .zone = zone_utc(), .exponent = 2, .columns = 40, .account_name = name_of_account };
    Caroline__V1__MemberExported *page =
        (Caroline__V1__MemberExported *)filled(&caroline__v1__member_exported__descriptor);

    (void)state;
    page->n_sales = page->n_invoices = 0; /* receipts are as wide as their paper */
    page->reviews[0]->text =
        text_of("As in Paris. Warm at eight, and gone at nine: come early, and bring somebody along.");
    leaves_out = false;
    char *whole = said(page);
    member_text_add(&text, page);
    char *broken = member_text_whole(&text);
    assert_non_null(strstr(broken, "\n    at nine: come early, and bring\n    somebody along.\n"));
    for (size_t i = 0; i < MEMBER_TEXT_PARTS_MAX; i++)
        for (char *line = text.parts[i].text; line != NULL && *line != '\0'; line = strchr(line, '\n') + 1) {
            *strchr(line, '\n') = '\0';
            assert_true(text_columns(line) <= 40);
            line[strlen(line)] = '\n';
        }
    assert_string_equal(squeezed(whole), squeezed(broken));
    free(whole);
    free(broken);
    member_text_fini(&text);
}

#define TEST(test) cmocka_unit_test_setup_teardown(test, before_each, after_each)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(B22_each_field_of_an_export_is_said), TEST(what_is_not_said_is_found),
        TEST(each_way_of_points_has_its_word),     TEST(a_debt_is_said_to_be_one),
        TEST(what_was_cut_says_so_first_and_last), TEST(long_lines_are_broken_and_lose_nothing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
