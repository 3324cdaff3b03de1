/* A file of receipts to be sold again: rows of receipt, quantity, good, with or without a head line. */
#ifndef CAROLINE_CLIENT_CLI_REPLAY_FILE_H
#define CAROLINE_CLIENT_CLI_REPLAY_FILE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "common/base/arena.h"
#include "common/wire/digest.h"

struct replay_good {
    const char *key; /* the product's sku */
    size_t line;     /* of the file, where it stands first */
    int64_t product_id;
    int64_t wanted_milli;           /* in the file */
    int64_t sold_milli, sold_minor; /* as the server says */
};

struct replay_line {
    struct replay_good *good;
    int64_t quantity_milli;
};

struct replay_receipt {
    int64_t number;
    struct replay_line *lines; /* in the order of the file; a good may stand on several */
    size_t line_count;
};

struct replay_file {
    uint8_t digest[DIGEST_SIZE];     /* of the file's bytes */
    struct replay_good *goods;       /* in the order in which they come */
    struct replay_receipt *receipts; /* by number */
    size_t good_count, receipt_count, line_count;
};

/* Everything lives in the arena. false: *problem names file and line. */
bool replay_file_read(const char *path, struct arena *arena, struct replay_file *file, const char **problem);
struct replay_good *replay_good_of_product(const struct replay_file *file, int64_t product_id);

#endif
