/* Our bakery's certificates and another's; clients and servers of TLS joined by memory. */
#ifndef CAROLINE_TESTS_WIRE_TLS_WORLD_H
#define CAROLINE_TESTS_WIRE_TLS_WORLD_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "certificates.h"
#include "common/wire/tls.h"

#define YEAR_US (365 * DAY_S * SECOND_US)
extern const struct instant now; /* no test depends on the day it runs on */
extern char directory[];
extern struct authority *ours, *foreign;
extern uint8_t device_hash[DIGEST_SIZE];

/* One end, with what it has said in plaintext and what is on its way from it. */
struct end {
    struct tls *tls;
    struct buffer plain, out;
};

struct pair {
    struct tls_context *client_context, *server_context;
    struct end client, server;
};

/* FILE.crt and FILE.key, good from so long before now, or after, to so long. */
void issue(struct authority *authority, enum certificate_kind kind, const char *name, const char *file,
           int64_t begin_us, int64_t end_us, uint8_t *key_hash);
const char *path_of(const char *name);
int make_certificates(void **state);
int remove_certificates(void **state);
struct tls_context *server_of(const char *file);
/* file: NULL for a device that has no certificate. */
struct tls_context *client_of(struct bytes ca, const char *file);
void receive(struct end *end, struct bytes bytes);
/* What one end has to send goes to the other, in pieces of at most `piece` bytes. */
bool carry(struct end *from, struct end *to, size_t piece);
void exchange(struct end *client, struct end *server, size_t piece);
void let_go(struct end *end);
struct pair pair_of(struct bytes ca, const char *device, const char *server, const char *name);
void pair_end(struct pair *pair);
void say(struct end *end, const char *text);
void assert_heard(struct end *end, const char *text);

#endif
