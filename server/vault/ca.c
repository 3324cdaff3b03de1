/* The shop's certificate authority: X.509 v3, P-256. It signs the server's certificate and each device's, nothing else.
 */
#include <arpa/inet.h>
#include <assert.h>
#include <openssl/bio.h>
#include <openssl/ec.h>
#include <openssl/err.h>
#include <openssl/obj_mac.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "common/wire/digest.h"
#include "server/vault/inner.h"

#define CA_YEARS         20
#define SERVER_YEARS     2
#define YEAR_US          (365 * DAY_S * SECOND_US)
#define CLOCK_SLACK_US   (DAY_S * SECOND_US) /* a till's clock may be behind */
#define COMMON_NAME_MAX  64                  /* X.520's upper bound */
#define REQUEST_SIZE_MAX 2048
#define NAMES_TEXT       4096
#define NAME_SIZE        256
#define SERIAL_SIZE      16

/* X.509 certificates live in seconds. */
static bool set_time(ASN1_TIME *time, int64_t us)
{
    return ASN1_TIME_set(time, (time_t)(us / SECOND_US)) != NULL;
}

static bool set_serial(X509 *certificate, struct entropy *entropy)
{
    uint8_t serial[SERIAL_SIZE];
    entropy->fill(entropy, serial, sizeof serial);
    serial[0] = (uint8_t)((serial[0] & 0x7f) | 0x40); /* positive, and never shorter */
    BIGNUM *number = BN_bin2bn(serial, sizeof serial, NULL);
    bool set = number && BN_to_ASN1_INTEGER(number, X509_get_serialNumber(certificate));
    BN_free(number);
    return set;
}

/* As many whole characters of UTF-8 as fit. */
static bool set_entry(X509_NAME *name, const char *field, const char *text)
{
    size_t size = 0, characters = 0;
    while (text[size]) {
        if (((unsigned char)text[size] & 0xc0) != 0x80 && ++characters > COMMON_NAME_MAX)
            break;
        size++;
    }
    return X509_NAME_add_entry_by_txt(name, field, MBSTRING_UTF8, (const uint8_t *)text, (int)size, -1, 0) == 1;
}

static bool add_extension(X509 *certificate, X509 *issuer, int kind, const char *value)
{
    X509V3_CTX context;
    X509V3_set_ctx_nodb(&context);
    X509V3_set_ctx(&context, issuer, certificate, NULL, NULL, 0);
    X509_EXTENSION *extension = X509V3_EXT_conf_nid(NULL, &context, kind, value);
    bool added = extension && X509_add_ext(certificate, extension, -1) == 1;
    X509_EXTENSION_free(extension);
    return added;
}

static X509 *begin(struct entropy *entropy, EVP_PKEY *key, int64_t from_us, int64_t until_us)
{
    X509 *certificate = X509_new();
    if (certificate && X509_set_version(certificate, X509_VERSION_3) == 1 && set_serial(certificate, entropy) &&
        set_time(X509_getm_notBefore(certificate), from_us) && set_time(X509_getm_notAfter(certificate), until_us) &&
        X509_set_pubkey(certificate, key) == 1)
        return certificate;
    X509_free(certificate);
    return NULL;
}

static bool write_certificate(const char *path, X509 *certificate, const char **problem)
{
    BIO *memory = BIO_new(BIO_s_mem());
    char *text;
    bool encoded = memory && PEM_write_bio_X509(memory, certificate) == 1;
    long size = encoded ? BIO_get_mem_data(memory, &text) : 0;
    bool written = encoded ? file_write(path, bytes_of(text, (size_t)size), 0644, problem)
                           : problem_is(problem, "could not write the certificate %s", path);
    BIO_free(memory);
    return written;
}

bool ca_create(const char *certificate_path, const char *key_path, const char *shop_name, struct entropy *entropy,
               struct instant now, const char **problem)
{
    EVP_PKEY *key = EVP_EC_gen("P-256");
    X509 *ca = key ? begin(entropy, key, now.us - CLOCK_SLACK_US, now.us + CA_YEARS * YEAR_US) : NULL;
    bool made = ca && set_entry(X509_get_subject_name(ca), "CN", "Caroline shop authority") &&
                (!*shop_name || set_entry(X509_get_subject_name(ca), "O", shop_name)) &&
                X509_set_issuer_name(ca, X509_get_subject_name(ca)) == 1 &&
                add_extension(ca, ca, NID_basic_constraints, "critical,CA:TRUE,pathlen:0") &&
                add_extension(ca, ca, NID_key_usage, "critical,keyCertSign,cRLSign") &&
                add_extension(ca, ca, NID_subject_key_identifier, "hash") && X509_sign(ca, key, EVP_sha256()) > 0;

    made = made ? private_key_write(key_path, key, problem) && write_certificate(certificate_path, ca, problem)
                : problem_is(problem, "could not make the shop's certificate authority");
    X509_free(ca);
    EVP_PKEY_free(key);
    return made;
}

static X509 *certificate_read(const char *path, const char **problem)
{
    BIO *file = BIO_new_file(path, "r");
    X509 *certificate = file ? PEM_read_bio_X509(file, NULL, NULL, NULL) : NULL;
    BIO_free(file);
    ERR_clear_error();
    if (!certificate)
        problem_is(problem, "could not read the certificate %s", path);
    return certificate;
}

/* Nobody has been given a certificate yet, or the name is one that was checked when it was written. */
static void name_load(struct vault *vault, const char *path)
{
    FILE *file = fopen(path, "re");
    snprintf(vault->name_path, sizeof vault->name_path, "%s", path);
    if (!file)
        return;
    if (!fgets(vault->server_name, sizeof vault->server_name, file))
        vault->server_name[0] = 0;
    fclose(file);
}

bool ca_load(struct vault *vault, const char *certificate_path, const char *key_path, const char *name_path,
             const char **problem)
{
    vault->ca_key = private_key_read(key_path, problem);
    vault->ca = vault->ca_key ? certificate_read(certificate_path, problem) : NULL;
    if (!vault->ca)
        return false;
    if (X509_check_private_key(vault->ca, vault->ca_key) != 1)
        return problem_is(problem, "%s does not belong to %s", key_path, certificate_path);
    int size = i2d_X509(vault->ca, &vault->ca_der.data);
    if (size <= 0)
        return problem_is(problem, "%s is damaged", certificate_path);
    vault->ca_der.size = (size_t)size;
    snprintf(vault->ca_path, sizeof vault->ca_path, "%s", certificate_path);
    name_load(vault, name_path);
    return true;
}

/* What every certificate below the CA has, and its signature. names: subjectAltName, or NULL. */
static bool finish(struct vault *vault, X509 *certificate, const char *common_name, const char *usage,
                   const char *names)
{
    return set_entry(X509_get_subject_name(certificate), "CN", common_name) &&
           X509_set_issuer_name(certificate, X509_get_subject_name(vault->ca)) == 1 &&
           add_extension(certificate, vault->ca, NID_basic_constraints, "critical,CA:FALSE") &&
           add_extension(certificate, vault->ca, NID_key_usage, "critical,digitalSignature") &&
           add_extension(certificate, vault->ca, NID_ext_key_usage, usage) &&
           add_extension(certificate, vault->ca, NID_subject_key_identifier, "hash") &&
           add_extension(certificate, vault->ca, NID_authority_key_identifier, "keyid:always") &&
           (!names || add_extension(certificate, vault->ca, NID_subject_alt_name, names)) &&
           X509_sign(certificate, vault->ca_key, EVP_sha256()) > 0;
}

/* P-256 or Ed25519, as named curves. */
static bool is_allowed(EVP_PKEY *key)
{
    char group[32];
    if (EVP_PKEY_base_id(key) == EVP_PKEY_ED25519)
        return true;
    return EVP_PKEY_base_id(key) == EVP_PKEY_EC && EVP_PKEY_get_group_name(key, group, sizeof group, NULL) == 1 &&
           !strcmp(group, SN_X9_62_prime256v1);
}

static bool hash_key(EVP_PKEY *key, uint8_t hash[32])
{
    uint8_t *spki = NULL;
    int size = i2d_PUBKEY(key, &spki);
    if (size <= 0)
        return false;
    sha256(bytes_of(spki, (size_t)size), hash);
    OPENSSL_free(spki);
    return true;
}

/* The request's key, when it is one we allow and the request is signed with it; nothing else of the request is used. */
static enum certificate_verdict key_of_request(struct bytes request, EVP_PKEY **key)
{
    const uint8_t *at = request.data;
    X509_REQ *parsed = request.size <= REQUEST_SIZE_MAX ? d2i_X509_REQ(NULL, &at, (long)request.size) : NULL;
    enum certificate_verdict verdict = CERTIFICATE_OK;

    *key = parsed && at == request.data + request.size ? X509_REQ_get_pubkey(parsed) : NULL;
    if (!*key)
        verdict = CERTIFICATE_BAD_REQUEST;
    else if (!is_allowed(*key)) /* before the signature: verifying under a stranger's huge key is slow */
        verdict = CERTIFICATE_BAD_KEY;
    else if (X509_REQ_verify(parsed, *key) != 1)
        verdict = CERTIFICATE_BAD_REQUEST;
    X509_REQ_free(parsed);
    ERR_clear_error();
    return verdict;
}

enum certificate_verdict vault_certificate_issue(struct vault *vault, struct bytes request, int64_t device_id,
                                                 struct instant now, struct instant expiry, struct arena *arena,
                                                 struct bytes *certificate, uint8_t key_hash[32])
{
    EVP_PKEY *key;
    enum certificate_verdict verdict = key_of_request(request, &key);
    if (verdict != CERTIFICATE_OK) {
        EVP_PKEY_free(key);
        return verdict;
    }

    char name[40];
    snprintf(name, sizeof name, "device %lld", (long long)device_id);
    X509 *issued = begin(vault->entropy, key, now.us - CLOCK_SLACK_US, expiry.us);
    bool made = issued && finish(vault, issued, name, "clientAuth", NULL) && hash_key(key, key_hash);
    assert(made && "a certificate could not be made of a key that was found good");

    uint8_t *der = NULL;
    int size = i2d_X509(issued, &der);
    assert(size > 0);
    *certificate = bytes_of(arena_copy(arena, der, (size_t)size), (size_t)size);
    OPENSSL_free(der);
    X509_free(issued);
    EVP_PKEY_free(key);
    return CERTIFICATE_OK;
}

static bool is_address(const char *name)
{
    uint8_t address[16];
    return inet_pton(AF_INET, name, address) == 1 || inet_pton(AF_INET6, name, address) == 1;
}

/* Letters that libcrypto's little language of extensions gives a meaning to are no part of a name. */
static bool is_name(const char *name)
{
    size_t size = strlen(name);
    return size > 0 && size <= 253 &&
           strspn(name, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789.-_*:") == size;
}

static bool names_text(const char *const *names, size_t count, char text[NAMES_TEXT], const char **problem)
{
    size_t used = 0;
    text[0] = 0;
    for (size_t i = 0; i < count; i++) {
        bool address = is_address(names[i]);
        if (!is_name(names[i]) || (!address && strchr(names[i], ':')))
            return problem_is(problem, "\"%s\" is no name or address for the server's certificate", names[i]);
        int length =
            snprintf(text + used, NAMES_TEXT - used, "%s%s:%s", i ? "," : "", address ? "IP" : "DNS", names[i]);
        if (length < 0 || (size_t)length >= NAMES_TEXT - used)
            return problem_is(problem, "too many names for the server's certificate");
        used += (size_t)length;
    }
    return count > 0 || problem_is(problem, "the server's certificate needs a name");
}

/* The key first: with a crash between, the old certificate and the new key do not fit, and the next start says so. */
bool vault_server_certificate(struct vault *vault, const char *const *names, size_t name_count, struct instant now,
                              const char *certificate_path, const char *key_path, const char **problem)
{
    char text[NAMES_TEXT];
    if (!names_text(names, name_count, text, problem))
        return false;
    EVP_PKEY *key = EVP_EC_gen("P-256");
    X509 *certificate =
        key ? begin(vault->entropy, key, now.us - CLOCK_SLACK_US, now.us + SERVER_YEARS * YEAR_US) : NULL;
    bool made = certificate && finish(vault, certificate, names[0], "serverAuth", text);

    made = made ? private_key_write(key_path, key, problem) &&
                      write_certificate(certificate_path, certificate, problem) &&
                      file_write(vault->name_path, bytes_of_text(names[0]), 0600, problem)
                : problem_is(problem, "could not make the server's certificate");
    if (made)
        snprintf(vault->server_name, sizeof vault->server_name, "%s", names[0]);
    X509_free(certificate);
    EVP_PKEY_free(key);
    return made;
}

/* ---- renewal ------------------------------------------------------------------------------------------------------ */

static int64_t us_of(const ASN1_TIME *time)
{
    struct tm parts;
    if (!time || ASN1_TIME_to_tm(time, &parts) != 1)
        return 0;
    return (int64_t)timegm(&parts) * SECOND_US;
}

static bool is_due(X509 *certificate, struct instant now)
{
    int64_t from = us_of(X509_get0_notBefore(certificate)), until = us_of(X509_get0_notAfter(certificate));
    return now.us - from >= (until - from) / 3 * 2;
}

#define NAMES_MAX 32

/* The names of a certificate of ours: they were checked by is_name() when it was made. */
static size_t names_of(X509 *certificate, char names[NAMES_MAX][NAME_SIZE])
{
    GENERAL_NAMES *all = X509_get_ext_d2i(certificate, NID_subject_alt_name, NULL, NULL);
    size_t count = 0;

    for (int i = 0; all && i < sk_GENERAL_NAME_num(all) && count < NAMES_MAX; i++) {
        const GENERAL_NAME *name = sk_GENERAL_NAME_value(all, i);
        if (name->type == GEN_DNS)
            snprintf(names[count++], NAME_SIZE, "%.*s", ASN1_STRING_length(name->d.dNSName),
                     (const char *)ASN1_STRING_get0_data(name->d.dNSName));
        else if (name->type == GEN_IPADD &&
                 inet_ntop(ASN1_STRING_length(name->d.iPAddress) == 4 ? AF_INET : AF_INET6,
                           ASN1_STRING_get0_data(name->d.iPAddress), names[count], NAME_SIZE))
            count++;
    }
    GENERAL_NAMES_free(all);
    return count;
}

bool vault_server_certificate_renew(struct vault *vault, struct instant now, const char *certificate_path,
                                    const char *key_path, bool *renewed, const char **problem)
{
    char names[NAMES_MAX][NAME_SIZE];
    const char *pointers[NAMES_MAX];
    X509 *certificate = certificate_read(certificate_path, problem);

    *renewed = false;
    if (!certificate)
        return false;
    bool due = X509_verify(certificate, vault->ca_key) == 1 && is_due(certificate, now);
    size_t count = due ? names_of(certificate, names) : 0;
    ERR_clear_error(); /* of verifying what another authority made */
    X509_free(certificate);
    if (count == 0)
        return true;
    for (size_t i = 0; i < count; i++)
        pointers[i] = names[i];
    *renewed = vault_server_certificate(vault, pointers, count, now, certificate_path, key_path, problem);
    return *renewed;
}

const char *vault_server_name(const struct vault *vault)
{
    return vault->server_name;
}

struct bytes vault_ca_certificate(const struct vault *vault)
{
    return bytes_of(vault->ca_der.data, vault->ca_der.size);
}

const char *vault_ca_path(const struct vault *vault)
{
    return vault->ca_path;
}

void vault_ca_fingerprint(const struct vault *vault, uint8_t first[10])
{
    uint8_t digest[DIGEST_SIZE];
    sha256(vault_ca_certificate(vault), digest);
    memcpy(first, digest, 10);
}
