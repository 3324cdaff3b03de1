/* Passwords of the shop before: what Python's hashlib derives is what fits, and nothing else is taken for a hash. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "server/vault/django_hash.h"

/* By `base64.b64encode(hashlib.pbkdf2_hmac("sha256", password, salt, iterations))`. The last two are the vectors that RFC 7914
 * (section 11) gives, cut to 32 bytes, for "passwd"/"salt"/1 and "Password"/"NaCl"/80000. */
static const struct {
    const char *password, *hash;
} vectors[] = {
    { "croissant-1", "pbkdf2_sha256$1000$Zk3vTq0aXw9L$7oygPYtat7r9sQlhsM+SVwj8n5FkWLqexPhXTX5yrGE=" },
    { "pässwörd mit ümläuten", "pbkdf2_sha256$600$q$egupT7LdVLRATqhMTfEvx4+poc5FtERi/8Po6KfzYts=" },
    { "", "pbkdf2_sha256$2$leer$aJfbWcXwxSdfq7CRMsJkL42JOe9ruAc1njmTdvY7+8Y=" },
    { "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
      "aaaaaaaaaaaaaaaaa",
      "pbkdf2_sha256$3$longerthanablock$y16rKSVyZv+dbaJj6A/5dXeOX203V8rXiAJFptJgQXg=" },
    { "croissant-1", "pbkdf2_sha256$260000$seasalt2024$m+oFvjZRcNuBA8/6AYerrGwR2MqyZeitNnQetPNas5U=" },
    { "passwd", "pbkdf2_sha256$1$salt$VawEblbjCJ/sFpHCJUS2BflBhSFt3gRl5oudV8INrLw=" },
    { "Password", "pbkdf2_sha256$80000$NaCl$TdzY9guYviGDDO5e8icB+WQaRBjQTAQUrv8Ih2s0q1Y=" },
};

static bool fits(const char *hash, const char *password)
{
    bool failed = true, answer = django_hash_check(bytes_of_text(hash), bytes_of_text(password), &failed);
    assert_false(failed);
    return answer;
}

static void fits_what_hashlib_derives(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof vectors / sizeof *vectors; i++) {
        assert_true(django_hash_is(bytes_of_text(vectors[i].hash)));
        assert_true(fits(vectors[i].hash, vectors[i].password));
        assert_false(fits(vectors[i].hash, "croissant!"));
    }
}

/* The derivation that CPython's hashlib makes here and now, beside the vectors that were written down. */
static void agrees_with_the_python_that_is_installed(void **state)
{
    static const char script[] = "/usr/bin/python3 -c 'import base64, hashlib, os; salt = os.urandom(11).hex(); "
                                 "print(f\"pbkdf2_sha256$4097${salt}$\" + "
                                 "base64.b64encode(hashlib.pbkdf2_hmac(\"sha256\", \"brötchen\".encode(), "
                                 "salt.encode(), 4097)).decode())'";
    char hash[DJANGO_HASH_MAX];
    FILE *python = popen(script, "r");

    (void)state;
    assert_non_null(python);
    assert_non_null(fgets(hash, sizeof hash, python));
    assert_int_equal(pclose(python), 0);
    hash[strcspn(hash, "\n")] = '\0';
    assert_true(fits(hash, "brötchen"));
    assert_false(fits(hash, "brotchen"));
}

static void a_password_differs_by_each_of_its_bytes(void **state)
{
    static const char *const wrong[] = {
        "", "Croissant-1", "croissant-", "croissant-11", "croissant-2", " croissant-1"
    };

    (void)state;
    assert_true(fits(vectors[0].hash, "croissant-1"));
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++)
        assert_false(fits(vectors[0].hash, wrong[i]));
}

/* Each is one change away from a hash that "croissant-1" fits. */
static void what_is_no_such_hash_fits_nothing(void **state)
{
    static const char *const none[] = {
        "",
        "!",
        "!pbkdf2_sha256$1000$Zk3vTq0aXw9L$7oygPYtat7r9sQlhsM+SVwj8n5FkWLqexPhXTX5yrGE=",
        "pbkdf2_sha256$1000$Zk3vTq0aXw9L$7oygPYtat7r9sQlhsM+SVwj8n5FkWLqexPhXTX5yrGE",
        "pbkdf2_sha256$1000$Zk3vTq0aXw9L$7oygPYtat7r9sQlhsM+SVwj8n5FkWLqexPhXTX5yrGE==",
        "pbkdf2_sha256$1000$Zk3vTq0aXw9L$7oygPYtat7r9sQlhsM+SVwj8n5FkWLqexPhXTX5yrGE=A",
        "pbkdf2_sha256$1000$Zk3vTq0aXw9L$7oygPYtat7r9sQlhsM+SVwj8n5FkWLqexPhXTX5yrGEA",
        "pbkdf2_sha1$1000$Zk3vTq0aXw9L$7oygPYtat7r9sQlhsM+SVwj8n5FkWLqexPhXTX5yrGE=",
        "argon2$1000$Zk3vTq0aXw9L$7oygPYtat7r9sQlhsM+SVwj8n5FkWLqexPhXTX5yrGE=",
        "pbkdf2_sha256$0$Zk3vTq0aXw9L$7oygPYtat7r9sQlhsM+SVwj8n5FkWLqexPhXTX5yrGE=",
        "pbkdf2_sha256$01000$Zk3vTq0aXw9L$7oygPYtat7r9sQlhsM+SVwj8n5FkWLqexPhXTX5yrGE=",
        "pbkdf2_sha256$-1000$Zk3vTq0aXw9L$7oygPYtat7r9sQlhsM+SVwj8n5FkWLqexPhXTX5yrGE=",
        "pbkdf2_sha256$+1000$Zk3vTq0aXw9L$7oygPYtat7r9sQlhsM+SVwj8n5FkWLqexPhXTX5yrGE=",
        "pbkdf2_sha256$ 1000$Zk3vTq0aXw9L$7oygPYtat7r9sQlhsM+SVwj8n5FkWLqexPhXTX5yrGE=",
        "pbkdf2_sha256$1e3$Zk3vTq0aXw9L$7oygPYtat7r9sQlhsM+SVwj8n5FkWLqexPhXTX5yrGE=",
        "pbkdf2_sha256$$Zk3vTq0aXw9L$7oygPYtat7r9sQlhsM+SVwj8n5FkWLqexPhXTX5yrGE=",
        "pbkdf2_sha256$4294968296$Zk3vTq0aXw9L$7oygPYtat7r9sQlhsM+SVwj8n5FkWLqexPhXTX5yrGE=",
        "pbkdf2_sha256$9999999$Zk3vTq0aXw9L$7oygPYtat7r9sQlhsM+SVwj8n5FkWLqexPhXTX5yrGE=",
        "pbkdf2_sha256$1000Zk3vTq0aXw9L$7oygPYtat7r9sQlhsM+SVwj8n5FkWLqexPhXTX5yrGE=",
        "pbkdf2_sha256$$1000$Zk3vTq0aXw9L$7oygPYtat7r9sQlhsM+SVwj8n5FkWLqexPhXTX5yrGE=",
        "pbkdf2_sha256$1000$Zk3vTq0aXw9L$x$7oygPYtat7r9sQlhsM+SVwj8n5FkWLqexPhXTX5yrGE=",
        "pbkdf2_sha256$1000$Zk3vTq0aXw9L$7oygPYtat7r9sQlhsM+SVwj8n5FkWLqexPhXTX5yr\nE=",
        "pbkdf2_sha256$1000$Zk3vTq0aXw9L$ oygPYtat7r9sQlhsM+SVwj8n5FkWLqexPhXTX5yrGE=",
        "pbkdf2_sha256$1000$Zk3vTq0aXw9L$7oygPYtat7r9sQlhsM+SVwj8n5FkWLqexPhXTX5yrGE=$",
    };

    (void)state;
    for (size_t i = 0; i < sizeof none / sizeof *none; i++) {
        if (django_hash_is(bytes_of_text(none[i])))
            fail_msg("taken for a hash: %s", none[i]);
        assert_false(fits(none[i], "croissant-1"));
    }
}

static void bounds_are_held(void **state)
{
    char hash[DJANGO_HASH_MAX + 8], salt[DJANGO_SALT_MAX + 2];
    char *password = malloc(DJANGO_PASSWORD_MAX + 1);
    bool failed = true;

    (void)state;
    memset(salt, 's', sizeof salt);
    snprintf(hash, sizeof hash, "pbkdf2_sha256$%d$%.*s$%.43s=", DJANGO_ITERATIONS_MAX, DJANGO_SALT_MAX, salt,
             "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA");
    assert_true(django_hash_is(bytes_of_text(hash)));
    snprintf(hash, sizeof hash, "pbkdf2_sha256$%d$s$%.43s=", DJANGO_ITERATIONS_MAX + 1,
             "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA");
    assert_false(django_hash_is(bytes_of_text(hash)));
    snprintf(hash, sizeof hash, "pbkdf2_sha256$1$%.*s$%.43s=", DJANGO_SALT_MAX + 1, salt,
             "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA");
    assert_false(django_hash_is(bytes_of_text(hash)));
    memset(password, 'p', DJANGO_PASSWORD_MAX + 1);
    assert_false(
        django_hash_check(bytes_of_text(vectors[0].hash), bytes_of(password, DJANGO_PASSWORD_MAX + 1), &failed));
    assert_false(failed);
    free(password);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(fits_what_hashlib_derives),
        cmocka_unit_test(agrees_with_the_python_that_is_installed),
        cmocka_unit_test(a_password_differs_by_each_of_its_bytes),
        cmocka_unit_test(what_is_no_such_hash_fits_nothing),
        cmocka_unit_test(bounds_are_held),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
