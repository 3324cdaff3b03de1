/* Certificates for tests: an authority, and what it signs, as files in a directory of the test's own. */
#ifndef CAROLINE_TESTS_CERTIFICATES_H
#define CAROLINE_TESTS_CERTIFICATES_H

#include <stdint.h>

#include "common/base/bytes.h"
#include "common/base/instant.h"

struct authority;

enum certificate_kind { CERTIFICATE_OF_SERVER, CERTIFICATE_OF_DEVICE };

struct certificate_wish {
    enum certificate_kind kind;
    const char *name; /* of a server: "localhost", or an address */
    struct instant begin, end;
    const char *certificate_path, *key_path; /* both are written, PEM, mode 0600 */
};

struct authority *authority_create(const char *name, struct instant begin, struct instant end);
void authority_destroy(struct authority *authority);
struct bytes authority_der(const struct authority *authority); /* lives as long */
/* A new key and its certificate. key_hash: SHA-256 of its SPKI; NULL if unwanted. */
void authority_issue(struct authority *authority, const struct certificate_wish *wish, uint8_t key_hash[32]);

#endif
