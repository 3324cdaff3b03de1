/* What enrolment and the identity share: its files, written at once and readable by nobody else. */
#ifndef CAROLINE_CLIENT_LINK_IDENTITY_FILE_H
#define CAROLINE_CLIENT_LINK_IDENTITY_FILE_H

#include "client/link/identity.h"
#include "common/base/bytes.h"

/* At most 64 KiB, in the arena; data NULL: errno says why. */
struct bytes file_read(const char *path, struct arena *arena);
/* In place at once and on the disk, mode 0600. */
bool file_replace(const char *directory, const char *file, struct bytes bytes, struct arena *arena,
                  const char **problem);

/* Mode 0700, whatever it was. */
bool identity_make_directory(const char *directory, struct arena *arena, const char **problem);
/* Certificate (DER) and key (PEM) as device.pem has them; data NULL: it is no certificate. Wipe it. */
struct bytes identity_device_file(struct bytes certificate, struct bytes key, struct arena *arena);
/* All of identity's files; ca PEM, device as above. */
bool identity_keep(const struct identity *identity, struct bytes ca, struct bytes device, struct arena *arena,
                   const char **problem);

#endif
