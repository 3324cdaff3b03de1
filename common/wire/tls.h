/* TLS 1.3 as a filter over buffers, alike for server and client: what came from the network goes in and plaintext comes
 * out, plaintext goes in and what is to be sent comes out. No sockets, no waiting. A context and all its connections
 * belong to one thread.
 *
 * Both sides insist on TLS 1.3 and on ALPN "caroline/1"; there are no tickets, no early data and no renegotiation. All
 * connections of a context share one pair of buffers towards OpenSSL, which is handed the caller's memory for the time
 * of a call: an idle connection holds no buffer at all. */
#ifndef CAROLINE_WIRE_TLS_H
#define CAROLINE_WIRE_TLS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "common/base/bytes.h"
#include "common/base/instant.h"
#include "common/wire/digest.h"

#define TLS_PROTOCOL "caroline/1"
/* What may wait unsent in one connection's `out`; more breaks the connection. */
#define TLS_OUT_MAX ((size_t)1024 * 1024)

struct tls_context;
struct tls;

/* The server's. Certificate (PEM or DER; further certificates of a chain may follow in a PEM) and key (PEM) are files;
 * the key's must not be readable by everybody. ca: the shop's authority (PEM or DER), against which a device's
 * certificate is verified if it shows one: a device without is a stranger whose handshake succeeds, one with a foreign
 * certificate ends in an alert, one whose certificate has expired gets through and is told so by Hello.
 * NULL: *problem says why, for a person; it lives until the thread's next call of this header. */
struct tls_context *tls_server_create(const char *certificate_path, const char *key_path, struct bytes ca,
                                      const char **problem);
/* Has a key file rights that keep others out? false: *problem, as above. */
bool tls_key_is_private(const char *path, const char **problem);
/* Read both files again. false: *problem, and everything stays as it was. Connections that stand keep what they have.
 */
bool tls_server_reload(struct tls_context *context, const char **problem);

/* A client's. ca: the shop's authority, PEM or DER. Without bytes nothing of the server is verified: only for the Hello
 * that asks for the CA's certificate at enrolment (PROTOCOL.md, section 4), never for anything that holds a secret.
 * certificate_path and key_path: the device's own, NULL for none yet. */
struct tls_context *tls_client_create(struct bytes ca, const char *certificate_path, const char *key_path,
                                      const char **problem);
/* When the own certificate ends; 0 without one. */
struct instant tls_context_expiry(const struct tls_context *context);
/* After the last of its connections. */
void tls_context_destroy(struct tls_context *context);

/* A connection that has not begun. server_name: of a client with a CA, the name or address the server's certificate
 * must be for; NULL for a server, where nothing is verified, and at enrolment, before the name is known (any server of
 * the CA). now: by which certificates are judged. Never NULL. */
struct tls *tls_create(struct tls_context *context, const char *server_name, struct instant now);
void tls_destroy(struct tls *tls);

enum tls_state {
    TLS_SHAKING, /* hands, still */
    TLS_OPEN,
    TLS_ENDED,  /* the other side has said that it sends no more */
    TLS_BROKEN, /* tls_problem() says why; send what is in `out` (it tells the other side), then close */
};

/* Why it broke. */
enum tls_problem {
    TLS_FINE,
    TLS_NOT_TLS,        /* something else came in */
    TLS_OLD_VERSION,    /* the other side does not speak TLS 1.3 */
    TLS_OTHER_PROTOCOL, /* it speaks TLS, but not caroline/1 within it */
    TLS_SERVER_EXPIRED, /* client: the server's certificate, or the clock here is wrong */
    TLS_SERVER_EARLY,   /* client: its certificate is not valid yet, or the clock here is wrong */
    TLS_SERVER_FOREIGN, /* client: its certificate is not from this CA */
    TLS_SERVER_NAME,    /* client: its certificate is for another name */
    TLS_DEVICE_FOREIGN, /* server: the device's certificate is not from this CA, or not valid */
    TLS_DEVICE_REFUSED, /* client: the server did not accept the own certificate; seen at the first read */
    TLS_UNSENT,         /* TLS_OUT_MAX was reached */
    TLS_GARBLED,        /* anything else: bytes that do not decrypt, a broken handshake */
};

/* Bytes came from the network: plaintext is appended to `plain`, what must be sent to `out`. Everything received is
 * used up. A client begins by receiving nothing. */
enum tls_state tls_receive(struct tls *tls, struct bytes received, struct buffer *plain, struct buffer *out);
/* All of it goes to `out`, encrypted. Only when OPEN, or ENDED by the other side. */
enum tls_state tls_send(struct tls *tls, struct bytes plain, struct buffer *out);
/* Say that nothing more will be sent. In any state; at most one alert goes to `out`. */
void tls_end(struct tls *tls, struct buffer *out);

enum tls_state tls_state_of(const struct tls *tls);
/* Has a record begun to come in that is not whole yet? */
bool tls_waits_for_more(const struct tls *tls);
enum tls_problem tls_problem_of(const struct tls *tls);
/* A sentence for the person who reads the log or the screen; "" when fine. Lives as long as the connection. */
const char *tls_sentence(const struct tls *tls);

/* The other side's certificate, once OPEN: SHA-256 over its public key's SPKI, NULL when it showed none; and when it
 * ends. A server lets an expired one through: compare with the clock. */
const uint8_t *tls_peer_key_hash(const struct tls *tls);
struct instant tls_peer_expiry(const struct tls *tls);

/* Does this byte begin a TLS connection? Anything else needs no answer and no memory. */
bool tls_begins(uint8_t first);

#endif
