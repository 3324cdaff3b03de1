/* How a log line looks, apart from where it goes. */
#ifndef CAROLINE_BASE_LOG_LINE_H
#define CAROLINE_BASE_LOG_LINE_H

#include <stddef.h>
#include <stdint.h>

#include "common/base/log.h"

#define LOG_LINE_SIZE 4096 /* what a pipe takes at once: lines of several processes don't mix */

struct log_record {
    int64_t at_us;
    enum log_level level;
    const char *program, *event, *message; /* the message as "key=value ..." */
};

/* The line with its newline, no NUL behind it; journal: with systemd's prefix. Returns its length. */
size_t log_line(char line[LOG_LINE_SIZE], const struct log_record *record, enum log_format format, bool journal);

#endif
