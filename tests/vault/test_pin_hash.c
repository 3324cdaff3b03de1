/* PINs are hashed with a pepper, and checked in the same time whether there is a hash or not. */
#include "vault_fixture.h"

static void the_right_pin_fits_and_no_other(void **state)
{
    struct fixture *f = *state;
    char hash[128], again[128];
    bool stale = true;
    assert_true(vault_pin_hash(f->vault, "2846", hash));
    assert_true(vault_pin_hash(f->vault, "2846", again));
    assert_string_not_equal(hash, again);
    assert_true(vault_pin_check(f->vault, hash, "2846", &stale));
    assert_false(stale);
    static const char *const wrong[] = { "", "2847", "284", "28460", "02846" };
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++)
        assert_false(vault_pin_check(f->vault, hash, wrong[i], &stale));
}

static void no_hash_fits_nothing(void **state)
{
    struct fixture *f = *state;
    bool stale = true;
    assert_false(vault_pin_check(f->vault, NULL, "2846", &stale));
    assert_false(stale);
    assert_false(vault_pin_check(f->vault, "", "2846", &stale));
    assert_false(vault_pin_check(f->vault, "!", "2846", &stale));
}

static void a_hash_of_another_vault_does_not_fit(void **state)
{
    struct fixture *f = *state;
    void *begun = NULL;
    char hash[128];
    bool stale;
    assert_int_equal(fixture_begin(&begun), 0);
    const struct fixture *other = begun;
    assert_true(vault_pin_hash(other->vault, "2846", hash));
    assert_false(vault_pin_check(f->vault, hash, "2846", &stale));
    fixture_end(&begun);
}

static void a_cheap_hash_still_fits_but_is_stale(void **state)
{
    struct fixture *f = *state;
    char hash[128];
    bool stale = false;
    assert_true(vault_pin_hash(f->vault, "2846", hash));
    fixture_close(f);
    f->vault = vault_open(f->directory, "", PIN_COST_SHOP, system_entropy(), &f->problem);
    assert_true(vault_pin_check(f->vault, hash, "2846", &stale));
    assert_true(stale);
    assert_true(vault_pin_hash(f->vault, "2846", hash));
    assert_non_null(strstr(hash, "$argon2id$v=19$m=47104,t=1,p=1$"));
    assert_true(vault_pin_check(f->vault, hash, "2846", &stale));
    assert_false(stale);
}

static void refuses_a_cost_that_argon2_does_not_allow(void **state)
{
    struct fixture *f = *state;
    fixture_close(f);
    f->vault = vault_open(f->directory, "", (struct pin_cost){ 1, 1 }, system_entropy(), &f->problem);
    assert_null(f->vault);
    assert_non_null(strstr(f->problem, "cost"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        VAULT_TEST(the_right_pin_fits_and_no_other),           VAULT_TEST(no_hash_fits_nothing),
        VAULT_TEST(a_hash_of_another_vault_does_not_fit),      VAULT_TEST(a_cheap_hash_still_fits_but_is_stale),
        VAULT_TEST(refuses_a_cost_that_argon2_does_not_allow),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
