/* Digests against the published examples: FIPS 180-4 and RFC 4231. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "common/wire/digest.h"

static void assert_digest(const uint8_t digest[DIGEST_SIZE], const char *wanted)
{
    char text[2 * DIGEST_SIZE + 1];

    for (size_t i = 0; i < DIGEST_SIZE; i++)
        snprintf(text + 2 * i, 3, "%02x", digest[i]);
    assert_string_equal(text, wanted);
}

static void sha256_of_published_examples(void **state)
{
    static const struct {
        const char *text, *wanted;
    } rows[] = {
        { "", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855" },
        { "abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad" },
        { "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq",
          "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1" },
    };
    uint8_t digest[DIGEST_SIZE];

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct bytes text = bytes_of_text(rows[i].text);
        sha256(text, digest);
        assert_digest(digest, rows[i].wanted);
        for (size_t cut = 0; cut <= text.size; cut++) {
            sha256_two(bytes_of(text.data, cut), bytes_of(text.data + cut, text.size - cut), digest);
            assert_digest(digest, rows[i].wanted);
        }
    }
    sha256((struct bytes){ 0 }, digest);
    assert_digest(digest, rows[0].wanted);
}

static void hmac_of_published_examples(void **state)
{
    uint8_t digest[DIGEST_SIZE], key[131];

    (void)state;
    memset(key, 0x0b, 20);
    hmac_sha256(bytes_of(key, 20), bytes_of_text("Hi There"), digest);
    assert_digest(digest, "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7");
    hmac_sha256(bytes_of_text("Jefe"), bytes_of_text("what do ya want for nothing?"), digest);
    assert_digest(digest, "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843");
    memset(key, 0xaa, sizeof key);
    hmac_sha256(bytes_of(key, sizeof key), bytes_of_text("Test Using Larger Than Block-Size Key - Hash Key First"),
                digest);
    assert_digest(digest, "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54");
}

static void hmac_of_nothing_at_all(void **state)
{
    uint8_t digest[DIGEST_SIZE];

    (void)state;
    hmac_sha256((struct bytes){ 0 }, (struct bytes){ 0 }, digest);
    assert_digest(digest, "b613679a0814d9ec772f95d778c35fc5ff1697c493715653c6c712144292c5ad");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(sha256_of_published_examples),
        cmocka_unit_test(hmac_of_published_examples),
        cmocka_unit_test(hmac_of_nothing_at_all),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
