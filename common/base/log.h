/* The log: one line an event, to standard error; ids and codes, never a person's data. */
#ifndef CAROLINE_BASE_LOG_H
#define CAROLINE_BASE_LOG_H

#include <stdbool.h>

enum log_level { LOG_ERROR, LOG_WARN, LOG_INFO, LOG_DEBUG, LOG_TRACE };
enum log_format { LOG_TEXT, LOG_JSON };

/* At the start of a program. path: NULL for standard error; the <N> prefixes of systemd's journal are added when
 * standard error is the journal. */
void log_open(const char *program, enum log_format format, enum log_level level, const char *path);
/* Again, after the file was moved away. */
void log_reopen(void);
void log_set_level(enum log_level level);
bool log_wanted(enum log_level level);

/* event: a stable word ("sale_committed"); format: "key=value ..." of ids. Control characters are escaped. Never
 * blocks: what the pipe does not take is counted, and the count is logged once it does. */
void log_event(enum log_level level, const char *event, const char *format, ...) __attribute__((format(printf, 3, 4)));

#endif
