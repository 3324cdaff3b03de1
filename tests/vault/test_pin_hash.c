/* PINs are hashed with a pepper, and checked in the same time whether there is a hash or not. */
#include "vault_fixture.h"

#include <stdio.h>
#include <sys/resource.h>
#include <unistd.h>

static void the_right_pin_fits_and_no_other(void **state)
{
    struct fixture *f = *state;
    char hash[128], again[128];
    bool stale = true, failed = true;
    assert_true(vault_pin_hash(f->vault, "2846", hash));
    assert_true(vault_pin_hash(f->vault, "2846", again));
    assert_string_not_equal(hash, again);
    assert_true(vault_pin_check(f->vault, hash, "2846", &stale, &failed));
    assert_false(stale);
    static const char *const wrong[] = { "", "2847", "284", "28460", "02846" };
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++)
        assert_false(vault_pin_check(f->vault, hash, wrong[i], &stale, &failed));
}

static void no_hash_fits_nothing(void **state)
{
    struct fixture *f = *state;
    bool stale = true, failed = true;
    assert_false(vault_pin_check(f->vault, NULL, "2846", &stale, &failed));
    assert_false(stale);
    assert_false(vault_pin_check(f->vault, "", "2846", &stale, &failed));
    assert_false(vault_pin_check(f->vault, "!", "2846", &stale, &failed));
}

static void a_hash_of_another_vault_does_not_fit(void **state)
{
    struct fixture *f = *state;
    void *begun = NULL;
    char hash[128];
    bool stale, failed;
    assert_int_equal(fixture_begin(&begun), 0);
    const struct fixture *other = begun;
    assert_true(vault_pin_hash(other->vault, "2846", hash));
    assert_false(vault_pin_check(f->vault, hash, "2846", &stale, &failed));
    fixture_end(&begun);
}

static void a_cheap_hash_still_fits_but_is_stale(void **state)
{
    struct fixture *f = *state;
    char hash[128];
    bool stale = false, failed = true;
    assert_true(vault_pin_hash(f->vault, "2846", hash));
    fixture_close(f);
    f->vault = vault_open(f->directory, "", PIN_COST_SHOP, system_entropy(), &f->problem);
    assert_true(vault_pin_check(f->vault, hash, "2846", &stale, &failed));
    assert_true(stale);
    assert_true(vault_pin_hash(f->vault, "2846", hash));
    assert_non_null(strstr(hash, "$argon2id$v=19$m=19456,t=2,p=1$"));
    assert_true(vault_pin_check(f->vault, hash, "2846", &stale, &failed));
    assert_false(stale);
}

static rlim_t mapped_bytes(void)
{
    FILE *file = fopen("/proc/self/statm", "r");
    unsigned long pages = 0;

    assert_non_null(file);
    assert_int_equal(fscanf(file, "%lu", &pages), 1);
    fclose(file);
    return (rlim_t)pages * (rlim_t)sysconf(_SC_PAGESIZE);
}

/* The right PIN, too, is then not looked at; it must not count as a wrong one. */
static void without_memory_nothing_is_known(void **state)
{
    struct fixture *f = *state;
    char hash[128];
    bool stale, failed = false;
    struct rlimit before, tight;

    fixture_close(f);
    f->vault = vault_open(f->directory, "", PIN_COST_SHOP, system_entropy(), &f->problem);
    assert_true(vault_pin_hash(f->vault, "2846", hash));
    assert_int_equal(getrlimit(RLIMIT_AS, &before), 0);
    tight = before;
    tight.rlim_cur = mapped_bytes() + (16u << 20); /* less than the shop's cost */
    assert_int_equal(setrlimit(RLIMIT_AS, &tight), 0);
    bool fits = vault_pin_check(f->vault, hash, "2846", &stale, &failed);
    assert_int_equal(setrlimit(RLIMIT_AS, &before), 0);
    assert_false(fits);
    assert_true(failed);
    assert_false(stale);
    assert_true(vault_pin_check(f->vault, hash, "2846", &stale, &failed));
    assert_false(failed);
    assert_false(vault_pin_check(f->vault, hash, "2847", &stale, &failed));
    assert_false(failed);
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
        VAULT_TEST(the_right_pin_fits_and_no_other),      VAULT_TEST(no_hash_fits_nothing),
        VAULT_TEST(a_hash_of_another_vault_does_not_fit), VAULT_TEST(a_cheap_hash_still_fits_but_is_stale),
        VAULT_TEST(without_memory_nothing_is_known),      VAULT_TEST(refuses_a_cost_that_argon2_does_not_allow),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
