/* Who this machine is: a directory of mode 0700 with the device's key and certificate, the shop's CA, the server's
 * address, the spool and the kept catalogue. The key is made here and never leaves. */
#ifndef CAROLINE_CLIENT_LINK_IDENTITY_H
#define CAROLINE_CLIENT_LINK_IDENTITY_H

#include <stdbool.h>
#include <stdint.h>

#include "common/base/arena.h"
#include "common/base/instant.h"
#include "proto/device.pb-c.h"

struct identity {
    const char *directory;
    const char *host, *port; /* where to connect */
    const char *server_name; /* the name in the server's certificate */
    const char *ca_path;     /* PEM */
    const char *device_path; /* PEM: certificate and key in one file, so that both change at once */
    const char *spool_path, *catalogue_path, *session_path;
    const char *device_name;
    int64_t device_id, shop_id;
    uint32_t till_number; /* 0: no till */
    Caroline__V1__ClientKind kind;
};

/* The directory for a name ("" or NULL: "default"): $CAROLINE_IDENTITY, or $XDG_STATE_HOME/caroline/NAME, or
 * ~/.local/state/caroline/NAME, or, for root without XDG_STATE_HOME, /var/lib/caroline-client/NAME. A name with a slash
 * is a directory itself. In the arena. */
const char *identity_directory(const char *name, struct arena *arena);

/* Read it; everything lives in the arena. NULL: *problem (in the arena): not enrolled yet, readable by others, damaged.
 */
struct identity *identity_open(const char *directory, struct arena *arena, const char **problem);
/* The CA's certificate as it stands in its file, in the arena; data NULL: *problem. */
struct bytes identity_ca(const struct identity *identity, struct arena *arena, const char **problem);
/* A new key and its certificate, in place at once. */
bool identity_renew(const struct identity *identity, struct bytes certificate, struct bytes key, struct arena *arena,
                    const char **problem);
/* Is there a device certificate in it? */
bool identity_exists(const char *directory, struct arena *arena);

/* ---- enrolment: waits for the server, at most 30 s ----
 * server: "host" or "host:port". The code's fingerprint of the CA is compared with the server's chain before the secret
 * is sent. A directory already enrolled is refused unless `again`. */
enum enrol_outcome { ENROL_DONE, ENROL_REFUSED, ENROL_UNREACHED };
struct enrol {
    const char *directory, *server, *code;
    bool again;
};
enum enrol_outcome identity_enrol(const struct enrol *wanted, struct arena *arena, const char **problem);

#endif
