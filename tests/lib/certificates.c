/* Certificates for tests, by OpenSSL alone: none of our own code that they are to test. */
#include "certificates.h"

#include <arpa/inet.h>
#include <assert.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/rand.h>
#include <openssl/x509v3.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>

struct authority {
    EVP_PKEY *key;
    X509 *certificate;
    uint8_t *der;
    int der_size;
};

static void must(int fine)
{
    if (fine <= 0)
        abort();
}

static void extend(X509 *certificate, X509 *issuer, int number, const char *value)
{
    X509V3_CTX context;

    X509V3_set_ctx(&context, issuer, certificate, NULL, NULL, 0);
    X509_EXTENSION *extension = X509V3_EXT_conf_nid(NULL, &context, number, value);
    must(extension != NULL && X509_add_ext(certificate, extension, -1));
    X509_EXTENSION_free(extension);
}

static X509 *certificate_of(EVP_PKEY *key, const char *name, struct instant begin, struct instant end)
{
    X509 *certificate = X509_new();
    uint8_t serial[8];

    must(certificate != NULL && RAND_bytes(serial, sizeof serial));
    serial[0] &= 0x7f;
    BIGNUM *number = BN_bin2bn(serial, sizeof serial, NULL);
    must(number != NULL && BN_to_ASN1_INTEGER(number, X509_get_serialNumber(certificate)) != NULL);
    BN_free(number);
    must(X509_set_version(certificate, X509_VERSION_3) && X509_set_pubkey(certificate, key));
    must(X509_NAME_add_entry_by_txt(X509_get_subject_name(certificate), "CN", MBSTRING_UTF8,
                                    (const unsigned char *)name, -1, -1, 0));
    must(ASN1_TIME_set(X509_getm_notBefore(certificate), (time_t)(begin.us / SECOND_US)) != NULL);
    must(ASN1_TIME_set(X509_getm_notAfter(certificate), (time_t)(end.us / SECOND_US)) != NULL);
    return certificate;
}

struct authority *authority_create(const char *name, struct instant begin, struct instant end)
{
    struct authority *authority = calloc(1, sizeof *authority);

    must(authority != NULL);
    authority->key = EVP_EC_gen("P-256");
    must(authority->key != NULL);
    authority->certificate = certificate_of(authority->key, name, begin, end);
    X509 *own = authority->certificate;
    must(X509_set_issuer_name(own, X509_get_subject_name(own)));
    extend(own, own, NID_basic_constraints, "critical,CA:TRUE");
    extend(own, own, NID_key_usage, "critical,keyCertSign,cRLSign");
    extend(own, own, NID_subject_key_identifier, "hash");
    must(X509_sign(own, authority->key, EVP_sha256()));
    authority->der_size = i2d_X509(own, &authority->der);
    must(authority->der_size);
    return authority;
}

void authority_destroy(struct authority *authority)
{
    EVP_PKEY_free(authority->key);
    X509_free(authority->certificate);
    OPENSSL_free(authority->der);
    free(authority);
}

struct bytes authority_der(const struct authority *authority)
{
    return bytes_of(authority->der, (size_t)authority->der_size);
}

static FILE *private_file(const char *path)
{
    FILE *file = fopen(path, "w");

    must(file != NULL && fchmod(fileno(file), 0600) == 0);
    return file;
}

void authority_issue(struct authority *authority, const struct certificate_wish *wish, uint8_t key_hash[32])
{
    EVP_PKEY *key = EVP_EC_gen("P-256");
    uint8_t *spki = NULL, address[16];
    char names[300];

    must(key != NULL);
    X509 *certificate = certificate_of(key, wish->name, wish->begin, wish->end);
    must(X509_set_issuer_name(certificate, X509_get_subject_name(authority->certificate)));
    extend(certificate, authority->certificate, NID_basic_constraints, "critical,CA:FALSE");
    extend(certificate, authority->certificate, NID_key_usage, "critical,digitalSignature");
    extend(certificate, authority->certificate, NID_ext_key_usage,
           wish->kind == CERTIFICATE_OF_SERVER ? "serverAuth" : "clientAuth");
    if (wish->kind == CERTIFICATE_OF_SERVER) {
        snprintf(names, sizeof names, "%s:%s", inet_pton(AF_INET, wish->name, address) == 1 ? "IP" : "DNS", wish->name);
        extend(certificate, authority->certificate, NID_subject_alt_name, names);
    }
    must(X509_sign(certificate, authority->key, EVP_sha256()));

    FILE *file = private_file(wish->certificate_path);
    must(PEM_write_X509(file, certificate));
    fclose(file);
    file = private_file(wish->key_path);
    must(PEM_write_PrivateKey(file, key, NULL, NULL, 0, NULL, NULL));
    fclose(file);
    if (key_hash != NULL) {
        int size = i2d_PUBKEY(key, &spki);
        must(size);
        must(EVP_Digest(spki, (size_t)size, key_hash, NULL, EVP_sha256(), NULL));
        OPENSSL_free(spki);
    }
    X509_free(certificate);
    EVP_PKEY_free(key);
}
