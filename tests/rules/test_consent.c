/* What may be agreed to, and what follows upon what. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>

#include "common/rules/consent.h"

#define COUNT(array) (sizeof(array) / sizeof *(array))

static void a_consent_follows_upon_how_it_stands(void **state)
{
    (void)state;
    const struct {
        const char *what;
        uint32_t kind;
        bool given;
        uint32_t version;
        struct consent_state before;
        enum consent_verdict verdict;
        struct consent_state after;
    } cases[] = {
        { "agreed to for the first time", CONSENT_EMAIL, true, 1, { 0 }, CONSENT_OK, { true, 1 } },
        { "agreed to twice", CONSENT_EMAIL, true, 1, { true, 1 }, CONSENT_UNCHANGED, { true, 1 } },
        { "taken back", CONSENT_EMAIL, false, 0, { true, 1 }, CONSENT_OK, { false, 1 } },
        { "taken back, whatever text is named", CONSENT_EMAIL, false, 7, { true, 1 }, CONSENT_OK, { false, 1 } },
        { "taken back twice", CONSENT_EMAIL, false, 1, { false, 1 }, CONSENT_UNCHANGED, { false, 1 } },
        { "taken back and never given", CONSENT_EMAIL, false, 1, { 0 }, CONSENT_UNCHANGED, { 0 } },
        { "agreed to again", CONSENT_EMAIL, true, 1, { false, 1 }, CONSENT_OK, { true, 1 } },
        { "a text that is not the newest", CONSENT_EMAIL, true, 0, { 0 }, CONSENT_OLD_TEXT, { 0 } },
        { "a text that is not written yet", CONSENT_EMAIL, true, 2, { 0 }, CONSENT_OLD_TEXT, { 0 } },
        { "what nobody is asked", 0, true, 1, { 0 }, CONSENT_UNKNOWN, { 0 } },
        { "nor taken back", CONSENT_KINDS + 1, false, 1, { true, 1 }, CONSENT_UNKNOWN, { true, 1 } },
        { "health is a kind of its own", CONSENT_ALLERGIES, true, 1, { 0 }, CONSENT_OK, { true, 1 } },
    };
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct consent_state after;
        enum consent_verdict verdict =
            consent_decide(cases[i].kind, cases[i].given, cases[i].version, cases[i].before, &after);

        if (verdict != cases[i].verdict || after.given != cases[i].after.given ||
            after.text_version != cases[i].after.text_version)
            fail_msg("%s: verdict %d, given %d, text %u", cases[i].what, (int)verdict, after.given, after.text_version);
    }
}

/* Answers and screens have this much room (consent.proto). */
static void each_kind_has_a_newest_text_that_fits(void **state)
{
    (void)state;
    for (uint32_t kind = 1; kind <= CONSENT_KINDS; kind++) {
        const struct consent_text *text = consent_text_of(kind, 0);

        assert_non_null(text);
        assert_int_equal(text->kind, kind);
        assert_ptr_equal(consent_text_of(kind, text->version), text);
        assert_non_null(consent_text_of(kind, 1));
        assert_null(consent_text_of(kind, text->version + 1));
        assert_in_range(strlen(text->name), 1, 60);
        assert_in_range(strlen(text->text), 1, 400);
    }
    assert_null(consent_text_of(0, 0));
    assert_null(consent_text_of(CONSENT_KINDS + 1, 0));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_consent_follows_upon_how_it_stands),
        cmocka_unit_test(each_kind_has_a_newest_text_that_fits),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
