/* A device's key and request as OpenSSL reads them, and certificates as text. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509.h>

#include "certificates.h"
#include "common/wire/device_key.h"

static void the_request_is_signed_by_the_key_on_p256(void **state)
{
    struct arena *arena = arena_create(0);
    struct bytes key, request, other;
    char group[32];

    (void)state;
    device_key_create(arena, &key, &request);
    BIO *memory = BIO_new_mem_buf(key.data, (int)key.size);
    EVP_PKEY *pair = PEM_read_bio_PrivateKey(memory, NULL, NULL, NULL);
    assert_non_null(pair);
    assert_int_equal(EVP_PKEY_get_group_name(pair, group, sizeof group, NULL), 1);
    assert_string_equal(group, "prime256v1");

    const uint8_t *at = request.data;
    X509_REQ *asked = d2i_X509_REQ(NULL, &at, (long)request.size);
    assert_non_null(asked);
    assert_ptr_equal(at, request.data + request.size);
    assert_int_equal(X509_REQ_verify(asked, pair), 1);
    assert_int_equal(EVP_PKEY_eq(X509_REQ_get0_pubkey(asked), pair), 1);
    assert_true(request.size <= 2048); /* Enrol.certificate_request */

    device_key_create(arena, &other, &request);
    assert_false(bytes_equal(key, other));
    bytes_wipe(key);
    for (size_t i = 0; i < key.size; i++)
        assert_int_equal(key.data[i], 0);
    X509_REQ_free(asked);
    EVP_PKEY_free(pair);
    BIO_free(memory);
    arena_destroy(arena);
}

static void a_certificate_becomes_text_and_nothing_else_does(void **state)
{
    struct arena *arena = arena_create(0);
    struct authority *authority =
        authority_create("A bakery", (struct instant){ 0 }, (struct instant){ DAY_S * SECOND_US });
    struct bytes der = authority_der(authority), pem;

    (void)state;
    assert_true(certificate_to_pem(der, arena, &pem));
    BIO *memory = BIO_new_mem_buf(pem.data, (int)pem.size);
    X509 *back = PEM_read_bio_X509(memory, NULL, NULL, NULL);
    uint8_t *again = NULL;
    int size = i2d_X509(back, &again);
    assert_true(bytes_equal(der, bytes_of(again, (size_t)size)));

    uint8_t *longer = test_malloc(der.size + 1);
    memcpy(longer, der.data, der.size);
    longer[der.size] = 0;
    assert_false(certificate_to_pem(bytes_of(longer, der.size + 1), arena, &pem));
    assert_false(certificate_to_pem(bytes_of(longer, der.size - 1), arena, &pem));
    assert_false(certificate_to_pem(bytes_of_text("no certificate"), arena, &pem));
    test_free(longer);
    OPENSSL_free(again);
    X509_free(back);
    BIO_free(memory);
    authority_destroy(authority);
    arena_destroy(arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_request_is_signed_by_the_key_on_p256),
        cmocka_unit_test(a_certificate_becomes_text_and_nothing_else_does),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
