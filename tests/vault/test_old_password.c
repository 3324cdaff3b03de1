/* Passwords as Django keeps them. The hashes are Django's own algorithm by another implementation: Python's hashlib.pbkdf2_hmac. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "server/vault/vault.h"

#define COUNT(array) (sizeof(array) / sizeof *(array))

/* "hunter2!", 1,000 iterations, salt "Qm1x0pYd"; "grün", 1 iteration, no salt. */
#define HUNTER "pbkdf2_sha256$1000$Qm1x0pYd$aTQeLA3P14xyBGHCJ7WFc8/mybHpMpI2+qtjQvIfoSA="
#define GREEN  "pbkdf2_sha256$1$$kFqRNfplqquzJBnK6ngOo2DOSwtwvnbqj7stCA0VyaE="
#define HASH43 "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"

static void the_right_password_fits_and_no_other(void **state)
{
    static const char *const wrong[] = { "", "hunter2", "hunter2!!", "Hunter2!", " hunter2!", "gr\xc3\xbcn" };

    (void)state;
    assert_true(vault_old_password_check(HUNTER, "hunter2!"));
    assert_true(vault_old_password_check(GREEN, "gr\xc3\xbcn"));
    assert_false(vault_old_password_check(GREEN, "grun"));
    for (size_t i = 0; i < COUNT(wrong); i++)
        assert_false(vault_old_password_check(HUNTER, wrong[i]));
}

static void what_is_no_such_hash_fits_nothing(void **state)
{
    static const char *const broken[] = { "",
                                          "!",
                                          "pbkdf2_sha256$",
                                          "pbkdf2_sha256$1000",
                                          "pbkdf2_sha256$1000$salt",
                                          "pbkdf2_sha256$1000$salt$",
                                          "pbkdf2_sha256$1000$salt$" HASH43,
                                          "pbkdf2_sha256$1000$salt$" HASH43 "A",
                                          "pbkdf2_sha256$1000$salt$" HASH43 "==",
                                          "pbkdf2_sha256$1000$salt$" HASH43 "\x80",
                                          "pbkdf2_sha256$$salt$" HASH43 "=",
                                          "pbkdf2_sha256$0$salt$" HASH43 "=",
                                          "pbkdf2_sha256$-1$salt$" HASH43 "=",
                                          "pbkdf2_sha256$1e3$salt$" HASH43 "=",
                                          "pbkdf2_sha256$2000001$salt$" HASH43 "=",
                                          "pbkdf2_sha256$99999999999999999999$salt$" HASH43 "=",
                                          "pbkdf2_sha1$1000$salt$" HASH43 "=",
                                          "bcrypt$$2b$12$abc",
                                          "$argon2id$v=19$m=8,t=1,p=1$AAAA$AAAA" };

    (void)state;
    for (size_t i = 0; i < COUNT(broken); i++) {
        if (vault_old_password_known(broken[i]) || vault_old_password_check(broken[i], ""))
            fail_msg("%s", broken[i]);
    }
    assert_true(vault_old_password_known("pbkdf2_sha256$2000000$salt$" HASH43 "="));
    assert_true(vault_old_password_known(HUNTER));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_right_password_fits_and_no_other),
        cmocka_unit_test(what_is_no_such_hash_fits_nothing),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
