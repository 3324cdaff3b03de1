/* Time zones from TZif files (RFC 8536, version 2 and later): a table of changes, and a rule for what comes after it.
 */
#include "common/base/instant.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/base/bytes.h"
#include "common/base/zone_rule.h"

#define ZONE_DIRECTORY "/usr/share/zoneinfo"
#define FILE_MOST      ((size_t)256 << 10)
#define HEADER_SIZE    44
#define TYPE_SIZE      6
#define TYPES_MOST     256
#define CHANGES_MOST   10000
#define OFFSET_LEAST   (-89999) /* RFC 8536, section 3.2 */
#define OFFSET_MOST    93599

struct zone {
    const char *name; /* behind the struct */
    int32_t first_s;  /* the offset before the first change */
    size_t count;
    int64_t *changes_s; /* ascending */
    int32_t *offsets_s; /* from each change on */
    bool has_rule;      /* from the last change on */
    struct zone_rule rule;
};

static const struct zone utc = { .name = "UTC" };

const struct zone *zone_utc(void)
{
    return &utc;
}

const char *zone_name(const struct zone *zone)
{
    return zone->name;
}

void zone_destroy(struct zone *zone)
{
    if (!zone)
        return;
    free(zone->changes_s);
    free(zone->offsets_s);
    free(zone);
}

/* Names come from settings: no way out of the directory, no hidden file. */
static bool name_is_plain(const char *name)
{
    static const char letters[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_+-/";
    size_t length = strlen(name);

    return length > 0 && length < 64 && strspn(name, letters) == length && name[0] != '/';
}

/* The file's bytes, for the caller to free; data NULL when it could not be read. */
static struct buffer file_read(const char *directory, const char *name)
{
    struct buffer bytes = { 0 };
    char path[4096];
    FILE *file;

    if (snprintf(path, sizeof path, "%s/%s", directory, name) >= (int)sizeof path || !(file = fopen(path, "re")))
        return bytes;
    for (;;) {
        uint8_t *space = buffer_reserve(&bytes, 8192, FILE_MOST);
        size_t got = space ? fread(space, 1, 8192, file) : 0;
        if (got == 0)
            break;
        bytes.size += got;
    }
    if (ferror(file) || !feof(file))
        buffer_fini(&bytes);
    fclose(file);
    return bytes;
}

/* One header, and the block of data behind it. */
struct block {
    char version;
    uint32_t utc_count, standard_count, leap_count, change_count, type_count, letter_count;
    const uint8_t *data;
    size_t size;
};

/* Takes a block off the front. */
static bool block_take(struct bytes *bytes, size_t time_size, struct block *block)
{
    const uint8_t *at = bytes->data;

    if (bytes->size < HEADER_SIZE || memcmp(at, "TZif", 4) != 0)
        return false;
    for (size_t i = 0; i < 6; i++)
        if (get_u32(at + 20 + 4 * i) > CHANGES_MOST)
            return false;
    *block = (struct block){
        .version = (char)at[4],
        .utc_count = get_u32(at + 20),
        .standard_count = get_u32(at + 24),
        .leap_count = get_u32(at + 28),
        .change_count = get_u32(at + 32),
        .type_count = get_u32(at + 36),
        .letter_count = get_u32(at + 40),
    };
    block->size = block->change_count * (time_size + 1) + block->type_count * (size_t)TYPE_SIZE + block->letter_count +
                  block->leap_count * (time_size + 4) + block->standard_count + block->utc_count;
    if (block->size > bytes->size - HEADER_SIZE)
        return false;
    block->data = at + HEADER_SIZE;
    *bytes = bytes_of(block->data + block->size, bytes->size - HEADER_SIZE - block->size);
    return true;
}

static int32_t type_offset(const struct block *block, size_t type)
{
    const uint8_t *types = block->data + block->change_count * (size_t)9;

    return (int32_t)get_u32(types + type * TYPE_SIZE);
}

static bool types_sound(const struct block *block)
{
    if (block->type_count == 0 || block->type_count > TYPES_MOST)
        return false;
    for (size_t i = 0; i < block->type_count; i++) {
        int32_t offset = type_offset(block, i);
        if (offset < OFFSET_LEAST || offset > OFFSET_MOST)
            return false;
    }
    return true;
}

static bool changes_read(struct zone *zone, const struct block *block)
{
    const uint8_t *times = block->data, *types = times + block->change_count * (size_t)8;

    zone->count = block->change_count;
    zone->changes_s = calloc(zone->count + 1, sizeof *zone->changes_s);
    zone->offsets_s = calloc(zone->count + 1, sizeof *zone->offsets_s);
    if (!zone->changes_s || !zone->offsets_s)
        return false;
    for (size_t i = 0; i < zone->count; i++) {
        zone->changes_s[i] = (int64_t)get_u64(times + 8 * i);
        if (types[i] >= block->type_count || (i > 0 && zone->changes_s[i] <= zone->changes_s[i - 1]))
            return false;
        zone->offsets_s[i] = type_offset(block, types[i]);
    }
    zone->first_s = type_offset(block, 0);
    return true;
}

/* A line of its own; empty: the last change holds for ever. */
static bool rule_read(struct zone *zone, struct bytes footer)
{
    const uint8_t *end;

    if (footer.size < 2 || footer.data[0] != '\n' || !(end = memchr(footer.data + 1, '\n', footer.size - 1)))
        return false;
    zone->has_rule = end > footer.data + 1;
    return !zone->has_rule ||
           zone_rule_parse((const char *)footer.data + 1, (size_t)(end - footer.data - 1), &zone->rule);
}

/* The first block has 32-bit times, for old readers; the second says the same and more with 64. Seconds since 1970 have
 * no leap seconds here: files that count them ("right/") are of no use. */
static bool zone_read(struct zone *zone, struct bytes bytes)
{
    struct block old, block;

    return block_take(&bytes, 4, &old) && old.version >= '2' && block_take(&bytes, 8, &block) &&
           block.leap_count == 0 && types_sound(&block) && changes_read(zone, &block) && rule_read(zone, bytes);
}

struct zone *zone_load(const char *directory, const char *name)
{
    struct buffer file = { 0 };
    struct zone *zone = NULL;
    char *name_copy;

    if (name_is_plain(name))
        file = file_read(directory ? directory : ZONE_DIRECTORY, name);
    if (!file.data || !(zone = calloc(1, sizeof *zone + strlen(name) + 1)))
        goto out;
    name_copy = strcpy((char *)(zone + 1), name);
    zone->name = name_copy;
    if (!zone_read(zone, bytes_of(file.data, file.size))) {
        zone_destroy(zone);
        zone = NULL;
    }
out:
    buffer_fini(&file);
    return zone;
}

/* How many changes have come by then. */
static size_t changes_until(const struct zone *zone, int64_t at_s)
{
    size_t low = 0, high = zone->count;

    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (zone->changes_s[middle] <= at_s)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

static int32_t offset_at(const struct zone *zone, int64_t at_s)
{
    const size_t past = changes_until(zone, at_s);

    if (past == zone->count && zone->has_rule)
        return zone_rule_offset(&zone->rule, at_s);
    return past == 0 ? zone->first_s : zone->offsets_s[past - 1];
}

/* The first change after an instant; INT64_MAX when there is none. */
static int64_t next_change(const struct zone *zone, int64_t after_s)
{
    const size_t past = changes_until(zone, after_s);

    if (past < zone->count)
        return zone->changes_s[past];
    return zone->has_rule ? zone_rule_next(&zone->rule, after_s) : INT64_MAX;
}

static int64_t divide_down(int64_t value, int64_t by)
{
    return value / by - (value % by < 0);
}

struct local_time zone_local(const struct zone *zone, struct instant at)
{
    const int64_t at_s = divide_down(at.us, SECOND_US);
    const int32_t offset_s = offset_at(zone, at_s);
    const int64_t local_s = at_s + offset_s, day = divide_down(local_s, DAY_S);
    const int second_of_day = (int)(local_s - day * DAY_S);

    return (struct local_time){
        .date = date_of_day((struct day){ (int32_t)day }),
        .hour = second_of_day / 3600,
        .minute = second_of_day / 60 % 60,
        .second = second_of_day % 60,
        .offset_s = offset_s,
    };
}

struct day zone_day(const struct zone *zone, struct instant at)
{
    const int64_t at_s = divide_down(at.us, SECOND_US);

    return (struct day){ (int32_t)divide_down(at_s + offset_at(zone, at_s), DAY_S) };
}

struct instant zone_day_start(const struct zone *zone, struct day day)
{
    const int64_t midnight_s = day.number * DAY_S; /* by the wall clock */
    int64_t from_s = midnight_s - OFFSET_MOST - 1; /* the day has begun nowhere yet */

    /* Stretches of one offset, one after the other: the first in which it is that day, or later where the day was
     * skipped, has the instant, at midnight or at the stretch's beginning. */
    for (;;) {
        int64_t until_s = next_change(zone, from_s);
        int64_t start_s = midnight_s - offset_at(zone, from_s);
        if (start_s < from_s)
            start_s = from_s;
        if (start_s < until_s)
            return (struct instant){ start_s * SECOND_US };
        from_s = until_s;
    }
}

struct day zone_business_day(const struct zone *zone, struct instant at, int cutoff_minutes)
{
    const struct local_time local = zone_local(zone, at);
    struct day day = day_of_date(local.date);

    if (local.hour * 60 + local.minute < cutoff_minutes)
        day.number--;
    return day;
}
