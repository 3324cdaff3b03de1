/* One event as a line of text or JSON, whatever bytes it holds. */
#include "common/base/log_line.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "common/base/instant.h"
#include "common/base/text.h"

#define TAIL_SIZE 16 /* always left: the end of a cut line */

static const char *const level_names[] = { "error", "warn", "info", "debug", "trace" };
static const int journal_levels[] = { 3, 4, 6, 7, 7 };

/* Takes what fits; once something did not, nothing more. */
struct writer {
    char *line;
    size_t size;
    bool cut;
};

static void put(struct writer *w, const char *text, size_t size)
{
    if (w->cut || size > LOG_LINE_SIZE - TAIL_SIZE - w->size) {
        w->cut = true;
        return;
    }
    memcpy(w->line + w->size, text, size);
    w->size += size;
}

static void put_text(struct writer *w, const char *text)
{
    put(w, text, strlen(text));
}

/* For what is known to be short. */
__attribute__((format(printf, 2, 3))) static void put_format(struct writer *w, const char *format, ...)
{
    char text[160];
    va_list arguments;

    va_start(arguments, format);
    vsnprintf(text, sizeof text, format, arguments);
    va_end(arguments);
    put_text(w, text);
}

/* Into the room that put() leaves. */
static void put_tail(struct writer *w, const char *tail)
{
    memcpy(w->line + w->size, tail, strlen(tail));
    w->size += strlen(tail);
}

/* Text for a terminal: control characters and broken bytes in C's way, so that nobody's name moves the cursor. In JSON
 * the same, and the backslash that this makes is JSON's to double. */
static void put_escaped(struct writer *w, const char *text, size_t size, bool json)
{
    const char *backslash = json ? "\\\\" : "\\";

    for (struct bytes rest = bytes_of(text, size); rest.size > 0;) {
        uint32_t c = 0;
        size_t length = text_next(rest, &c);
        struct bytes one = bytes_of(rest.data, length ? length : 1);
        if (length == 0)
            put_format(w, "%sx%02x", backslash, rest.data[0]);
        else if (c == '\n' || c == '\t' || c == '\r')
            put_format(w, "%s%c", backslash, c == '\n' ? 'n' : c == '\t' ? 't' : 'r');
        else if (c == '\\')
            put_format(w, "%s%s", backslash, backslash);
        else if (json && c == '"')
            put_text(w, "\\\"");
        else if (text_check(one, 1) != TEXT_OK)
            put_format(w, c < 0x80 ? "%sx%02" PRIx32 : "%su%04" PRIx32, backslash, c);
        else
            put(w, (const char *)one.data, one.size);
        rest = bytes_of(rest.data + one.size, rest.size - one.size);
    }
}

static void put_time(struct writer *w, int64_t at_us)
{
    const struct instant at = { at_us };
    const struct local_time utc = zone_local(zone_utc(), at);
    char day[DAY_TEXT];

    put_format(w, "%sT%02d:%02d:%02d.%06" PRId64 "Z", day_format(day, day_of_date(utc.date)), utc.hour, utc.minute,
               utc.second, (at_us % SECOND_US + SECOND_US) % SECOND_US);
}

/* A short word of lower-case letters, digits and underscores before "=": the length of the key, else 0. */
static size_t key_length(const char *at)
{
    size_t length = strspn(at, "abcdefghijklmnopqrstuvwxyz0123456789_");

    return length < 64 && at[length] == '=' ? length : 0;
}

/* Where the value ends: before " key=", or at the end. */
static size_t value_length(const char *value)
{
    for (size_t i = 0; value[i]; i++)
        if (value[i] == ' ' && key_length(value + i + 1) > 0)
            return i;
    return strlen(value);
}

/* Numbers that every reader of JSON keeps exact. */
static bool is_number(const char *value, size_t size)
{
    size_t sign = size > 0 && value[0] == '-', digits = strspn(value + sign, "0123456789");

    if (digits == 0 || digits > 15 || sign + digits != size)
        return false;
    return value[sign] != '0' || (digits == 1 && !sign);
}

static void put_string(struct writer *w, const char *text, size_t size)
{
    put_text(w, "\"");
    put_escaped(w, text, size, true);
    put_text(w, "\"");
}

/* The message's keys and values as an object's members, words before the first key as "text". A member that does not
 * fit is left out whole, with all after it. */
static void put_fields(struct writer *w, const char *message)
{
    const char *separator = "";

    while (*message && !w->cut) {
        const size_t key_size = key_length(message);
        const char *key = key_size ? message : "text", *value = key_size ? message + key_size + 1 : message;
        const size_t size = value_length(value), before = w->size;
        put_format(w, "%s\"%.*s\":", separator, key_size ? (int)key_size : 4, key);
        if (is_number(value, size))
            put(w, value, size);
        else
            put_string(w, value, size);
        if (w->cut)
            w->size = before;
        separator = ",";
        message = value + size + (value[size] == ' ');
    }
}

static void put_json(struct writer *w, const struct log_record *record)
{
    put_text(w, "{\"time\":\"");
    put_time(w, record->at_us);
    put_format(w, "\",\"level\":\"%s\",\"program\":", level_names[record->level]);
    put_string(w, record->program, strnlen(record->program, 64));
    put_format(w, ",\"pid\":%d,\"event\":", (int)getpid());
    put_string(w, record->event, strnlen(record->event, 64));
    put_text(w, ",\"fields\":{");
    put_fields(w, record->message);
    put_tail(w, w->cut ? "},\"cut\":true}\n" : "}}\n");
}

static void put_plain(struct writer *w, const struct log_record *record)
{
    put_time(w, record->at_us);
    put_format(w, " %s %.64s[%d] ", level_names[record->level], record->program, (int)getpid());
    put_escaped(w, record->event, strnlen(record->event, 64), false);
    if (*record->message)
        put_text(w, " ");
    put_escaped(w, record->message, strlen(record->message), false);
    put_tail(w, w->cut ? " ...\n" : "\n");
}

size_t log_line(char line[LOG_LINE_SIZE], const struct log_record *record, enum log_format format, bool journal)
{
    struct writer w = { .line = line };

    if (journal)
        put_format(&w, "<%d>", journal_levels[record->level]);
    if (format == LOG_JSON)
        put_json(&w, record);
    else
        put_plain(&w, record);
    return w.size;
}
