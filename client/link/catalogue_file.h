/* The catalogue as a client keeps it between runs: one file, written anew and put in place at once. */
#ifndef CAROLINE_CLIENT_LINK_CATALOGUE_FILE_H
#define CAROLINE_CLIENT_LINK_CATALOGUE_FILE_H

#include <stdbool.h>
#include <stdint.h>

#include "common/base/bytes.h"
#include "common/rules/catalogue.h"

/* A catalogue of the file's version, sealed at now_us. NULL: there is no file, or it was damaged or of another layout
 * and has been thrown away. */
struct catalogue *catalogue_file_read(const char *path, int64_t now_us);

/* The newest state of a catalogue as the file's bytes; the caller lets the buffer go. */
void catalogue_file_encode(const struct catalogue *catalogue, struct buffer *file);
/* Put in place at once, mode 0600, on the disk when it returns. Touches nothing but its arguments: fit for a thread. */
bool catalogue_file_write(const char *path, struct bytes file);

#endif
