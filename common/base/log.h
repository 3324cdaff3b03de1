/* The log: one line an event, to standard error; ids and codes, never a person's data. */
#ifndef CAROLINE_BASE_LOG_H
#define CAROLINE_BASE_LOG_H

#include <stdbool.h>

enum log_level { LOG_ERROR, LOG_WARN, LOG_INFO, LOG_DEBUG, LOG_TRACE };
enum log_format { LOG_TEXT, LOG_JSON };

/* At the start of a program, whose name must last; before it, text of level info goes to standard error. path: NULL for
 * standard error; the <N> prefixes of systemd's journal are added when standard error is the journal. A file that can't
 * be opened is said so on standard error, which then takes its place. */
void log_open(const char *program, enum log_format format, enum log_level level, const char *path);
/* Again, after the file was moved away. */
void log_reopen(void);
void log_set_level(enum log_level level);
bool log_wanted(enum log_level level);
/* "error", "warn", "info", "debug", "trace"; "text", "json". false for anything else. */
bool log_level_of(const char *name, enum log_level *level);
bool log_format_of(const char *name, enum log_format *format);

/* event: a stable word ("sale_committed"); format: "key=value ..." of ids; a value may have spaces, and lasts until the
 * next key=. Control characters are escaped, a line above 4 KiB is cut. Never blocks, from any thread: what the pipe
 * does not take waits, up to 64 KiB; what comes then is counted, and the count is logged once there is room. */
void log_event(enum log_level level, const char *event, const char *format, ...) __attribute__((format(printf, 3, 4)));
/* Try again to write what waits: now and then from a loop that may log nothing for long. Done once more at exit. */
void log_flush(void);

#endif
