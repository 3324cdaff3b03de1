/* The form of a member: what of it goes into a message. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>
#include <string.h>

#include "client/goods/member_form.h"
#include "proto/envelope.pb-c.h"

struct read {
    Caroline__V1__Member member;
    uint32_t numbers[ALLERGEN_COUNT];
    const char *problem;
    enum member_form_verdict verdict;
};

static struct read read_of(struct member_form *form, struct arena *arena)
{
    static struct read r;

    r = (struct read){ 0 };
    caroline__v1__member__init(&r.member);
    r.verdict = member_form_read(form, arena, &r.member, r.numbers, &r.problem);
    return r;
}

static bool says(ProtobufCBinaryData text, const char *expected)
{
    return text.len == strlen(expected) && memcmp(text.data, expected, text.len) == 0;
}

static ProtobufCBinaryData text_of(const char *text)
{
    return (ProtobufCBinaryData){ .len = strlen(text), .data = (uint8_t *)(uintptr_t)text };
}

static void what_nobody_was_found_by_is_theirs(void **state)
{
    static const struct {
        const char *typed;
        int row;
    } rows[] = {
        { "", MEMBER_FORM_NAME },
        { "Fay Friend", MEMBER_FORM_NAME },
        { "5550100", MEMBER_FORM_PHONE },
        { "+49 (30) 555-0100", MEMBER_FORM_PHONE },
        { "fay@friend.example", MEMBER_FORM_EMAIL },
        { "cc-1001", MEMBER_FORM_CARD },
    };
    struct member_form form;

    (void)state;
    for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
        member_form_new(&form, NULL, rows[i].typed);
        assert_int_equal(form.form.count, MEMBER_FORM_REFERRER); /* no programme: nothing is given for friends */
        for (int row = 0; row < MEMBER_FORM_COUNT; row++)
            assert_string_equal(form.fields[row].text, row == rows[i].row ? rows[i].typed : "");
    }
}

static void of_a_new_member_goes_what_was_typed(void **state)
{
    struct arena *arena = arena_create(0);
    struct member_form form;

    (void)state;
    member_form_new(&form, NULL, "5550100");
    form.form.focus = MEMBER_FORM_CARD;
    struct read r = read_of(&form, arena);
    assert_int_equal(r.verdict, MEMBER_FORM_WRONG);
    assert_string_equal(r.problem, "a name is needed");
    assert_int_equal(form.form.focus, MEMBER_FORM_NAME);
    field_set(&form.fields[MEMBER_FORM_NAME], "Fay");
    field_set(&form.fields[MEMBER_FORM_AVOIDS], "nuts, plutonium");
    r = read_of(&form, arena);
    assert_int_equal(r.verdict, MEMBER_FORM_WRONG);
    assert_int_equal(strncmp(r.problem, "plutonium is none of the 14 allergens", 37), 0);
    assert_int_equal(form.form.focus, MEMBER_FORM_AVOIDS);
    field_set(&form.fields[MEMBER_FORM_AVOIDS], ", "); /* nothing is avoided: nobody has agreed to anything */
    r = read_of(&form, arena);
    assert_int_equal(r.verdict, MEMBER_FORM_READ);
    assert_true(says(r.member.name, "Fay") && says(r.member.phone, "5550100"));
    assert_false(r.member.set_avoids || r.member.has_email || r.member.has_referrer_key);
    field_set(&form.fields[MEMBER_FORM_AVOIDS], "nuts milk");
    r = read_of(&form, arena);
    assert_true(r.member.set_avoids && r.member.n_avoids == 2);
    assert_true(r.member.avoids[0] == 7 && r.member.avoids[1] == 8);
    arena_destroy(arena);
}

/* What is not touched is not sent, also where a field has less room than the server. */
static void of_one_who_is_changed_goes_what_is_other(void **state)
{
    struct arena *arena = arena_create(0);
    Caroline__V1__Member mia = CAROLINE__V1__MEMBER__INIT;
    uint32_t avoids[] = { 7, 8 };
    char name[321] = "";
    struct member_form form;

    (void)state;
    for (int i = 0; i < 80; i++)
        memcpy(name + 4 * i, "🍪", 5);
    mia.name = text_of(name);
    mia.language = text_of("de-AT");
    mia.email = text_of("mia@stone.example");
    mia.avoids = avoids;
    mia.n_avoids = 2;
    member_form_change(&form, &mia, arena);
    assert_string_equal(form.fields[MEMBER_FORM_AVOIDS].text, "milk, nuts");
    assert_int_equal(read_of(&form, arena).verdict, MEMBER_FORM_UNCHANGED);
    field_wipe(&form.fields[MEMBER_FORM_AVOIDS]);
    field_wipe(&form.fields[MEMBER_FORM_EMAIL]);
    struct read r = read_of(&form, arena);
    assert_int_equal(r.verdict, MEMBER_FORM_READ);
    assert_true(r.member.set_avoids && r.member.n_avoids == 0);
    assert_true(r.member.has_email && r.member.email.len == 0);
    assert_false(r.member.has_name || r.member.has_language || r.member.has_card);
    arena_destroy(arena);
}

static void a_scan_is_their_card_or_their_friends(void **state)
{
    struct member_form form;

    (void)state;
    member_form_new(&form, NULL, "");
    member_form_scan(&form, "CC-1001");
    assert_string_equal(form.fields[MEMBER_FORM_CARD].text, "CC-1001");
    form_add(&form.form, &form.fields[MEMBER_FORM_REFERRER], "Brought by", NULL);
    form.form.focus = MEMBER_FORM_REFERRER;
    member_form_scan(&form, "UMA-0001");
    assert_string_equal(form.fields[MEMBER_FORM_CARD].text, "CC-1001");
    assert_string_equal(form.fields[MEMBER_FORM_REFERRER].text, "UMA-0001");
}

/* Who typed it is where it is to be mended; of what is about no line, where they were. */
static void what_is_refused_has_the_focus(void **state)
{
    static const struct {
        int code, line;
    } rows[] = {
        { CAROLINE__V1__ERROR_CODE__BAD_PHONE, MEMBER_FORM_PHONE },
        { CAROLINE__V1__ERROR_CODE__PHONE_TAKEN, MEMBER_FORM_PHONE },
        { CAROLINE__V1__ERROR_CODE__BAD_EMAIL, MEMBER_FORM_EMAIL },
        { CAROLINE__V1__ERROR_CODE__EMAIL_TAKEN, MEMBER_FORM_EMAIL },
        { CAROLINE__V1__ERROR_CODE__CARD_TAKEN, MEMBER_FORM_CARD },
        { CAROLINE__V1__ERROR_CODE__BAD_BIRTHDAY, MEMBER_FORM_BIRTHDAY },
        { CAROLINE__V1__ERROR_CODE__CARD_NUMBER, MEMBER_FORM_NAME },
        { CAROLINE__V1__ERROR_CODE__UNKNOWN_REFERRER, MEMBER_FORM_NAME }, /* there is no such line */
    };

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct member_form form;

        member_form_new(&form, NULL, "");
        form.form.focus = MEMBER_FORM_NAME;
        member_form_refused(&form, (unsigned)rows[i].code);
        assert_int_equal(form.form.focus, rows[i].line);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_nobody_was_found_by_is_theirs),
        cmocka_unit_test(of_a_new_member_goes_what_was_typed),
        cmocka_unit_test(of_one_who_is_changed_goes_what_is_other),
        cmocka_unit_test(a_scan_is_their_card_or_their_friends),
        cmocka_unit_test(what_is_refused_has_the_focus),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
