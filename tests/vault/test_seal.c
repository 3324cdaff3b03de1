/* Sealed fields open in their own place only; blind indexes are kept apart by kind. */
#include "vault_fixture.h"

static void a_field_comes_back_as_it_was(void **state)
{
    struct fixture *f = *state;
    static const char *const texts[] = { "", "A", "Zoë O'Connor-Šimůnek", "+4930123456", "--02-29" };
    assert_true(vault_person_create(f->vault, 1));
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        struct bytes sealed = vault_seal(f->vault, 1, FIELD_MEMBER_EMAIL, bytes_of_text(texts[i]), f->arena);
        struct bytes text = vault_unseal(f->vault, 1, FIELD_MEMBER_EMAIL, sealed, f->arena);
        assert_non_null(text.data);
        assert_true(bytes_equal(text, bytes_of_text(texts[i])));
    }
}

static void the_same_text_never_looks_the_same(void **state)
{
    struct fixture *f = *state;
    assert_true(vault_person_create(f->vault, 1));
    struct bytes one = vault_seal(f->vault, 1, FIELD_MEMBER_NAME, bytes_of_text("Ada"), f->arena);
    struct bytes two = vault_seal(f->vault, 1, FIELD_MEMBER_NAME, bytes_of_text("Ada"), f->arena);
    assert_int_equal(one.data[0], 1);
    assert_false(bytes_equal(one, two));
    assert_null(memmem(one.data, one.size, "Ada", 3));
}

static void does_not_open_in_another_place(void **state)
{
    struct fixture *f = *state;
    assert_true(vault_person_create(f->vault, 1));
    assert_true(vault_person_create(f->vault, 2));
    struct bytes sealed = vault_seal(f->vault, 1, FIELD_MEMBER_NAME, bytes_of_text("Ada"), f->arena);
    assert_null(vault_unseal(f->vault, 2, FIELD_MEMBER_NAME, sealed, f->arena).data);
    assert_null(vault_unseal(f->vault, 1, FIELD_MEMBER_EMAIL, sealed, f->arena).data);
    assert_null(vault_unseal(f->vault, 3, FIELD_MEMBER_NAME, sealed, f->arena).data);
    assert_non_null(vault_unseal(f->vault, 1, FIELD_MEMBER_NAME, sealed, f->arena).data);
}

static void does_not_open_with_any_bit_changed_or_any_byte_missing(void **state)
{
    struct fixture *f = *state;
    assert_true(vault_person_create(f->vault, 1));
    struct bytes sealed = vault_seal(f->vault, 1, FIELD_MEMBER_NAME, bytes_of_text("Ada"), f->arena);
    uint8_t *copy = arena_copy(f->arena, sealed.data, sealed.size);
    for (size_t bit = 0; bit < sealed.size * 8; bit++) {
        copy[bit / 8] ^= (uint8_t)(1u << bit % 8);
        assert_null(vault_unseal(f->vault, 1, FIELD_MEMBER_NAME, bytes_of(copy, sealed.size), f->arena).data);
        copy[bit / 8] ^= (uint8_t)(1u << bit % 8);
    }
    for (size_t size = 0; size < sealed.size; size++)
        assert_null(vault_unseal(f->vault, 1, FIELD_MEMBER_NAME, bytes_of(copy, size), f->arena).data);
}

static void blind_indexes_are_steady_and_apart_by_kind(void **state)
{
    struct fixture *f = *state;
    uint8_t phone[BLIND_SIZE], again[BLIND_SIZE], card[BLIND_SIZE];
    vault_blind(f->vault, BLIND_PHONE, bytes_of_text("030123456"), phone);
    vault_blind(f->vault, BLIND_CARD, bytes_of_text("030123456"), card);
    fixture_close(f);
    fixture_open(f);
    vault_blind(f->vault, BLIND_PHONE, bytes_of_text("030123456"), again);
    assert_memory_equal(phone, again, BLIND_SIZE);
    assert_memory_not_equal(phone, card, BLIND_SIZE);
}

static void the_same_birthday_of_two_members_has_nothing_in_common(void **state)
{
    struct fixture *f = *state;
    uint8_t ada[BLIND_SIZE], eve[BLIND_SIZE], next_day[BLIND_SIZE];
    vault_blind_birthday(f->vault, 1, 2, 29, ada);
    vault_blind_birthday(f->vault, 2, 2, 29, eve);
    vault_blind_birthday(f->vault, 1, 3, 1, next_day);
    assert_memory_not_equal(ada, eve, BLIND_SIZE);
    assert_memory_not_equal(ada, next_day, BLIND_SIZE);
}

static int compare_nonces(const void *a, const void *b)
{
    return memcmp(a, b, 12);
}

static void ten_thousand_nonces_are_all_different(void **state)
{
    struct fixture *f = *state;
    enum { COUNT = 10000 };
    static uint8_t nonces[COUNT][12];
    assert_true(vault_person_create(f->vault, 1));
    for (size_t i = 0; i < COUNT; i++) {
        memcpy(nonces[i], vault_seal(f->vault, 1, FIELD_MEMBER_NAME, bytes_of_text("x"), f->arena).data + 2, 12);
        arena_reset(f->arena);
    }
    qsort(nonces, COUNT, sizeof *nonces, compare_nonces);
    for (size_t i = 1; i < COUNT; i++)
        assert_memory_not_equal(nonces[i - 1], nonces[i], 12);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        VAULT_TEST(a_field_comes_back_as_it_was),
        VAULT_TEST(the_same_text_never_looks_the_same),
        VAULT_TEST(does_not_open_in_another_place),
        VAULT_TEST(does_not_open_with_any_bit_changed_or_any_byte_missing),
        VAULT_TEST(blind_indexes_are_steady_and_apart_by_kind),
        VAULT_TEST(the_same_birthday_of_two_members_has_nothing_in_common),
        VAULT_TEST(ten_thousand_nonces_are_all_different),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
