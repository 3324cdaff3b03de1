/* Bytes as a file, for parsers that want a path. */
#ifndef CAROLINE_TESTS_FUZZ_FILE_H
#define CAROLINE_TESTS_FUZZ_FILE_H

#include "common/base/bytes.h"

/* A folder of this process's own, made at the first call and gone with the process. */
const char *file_folder(void);
/* A file NAME in it with these bytes and nobody else's; its path lives until the next call. */
const char *file_of(const char *name, struct bytes bytes);

#endif
