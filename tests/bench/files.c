/* What the load works with: written by tests/bench/run, one thing a line. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/bench/load.h"

static void give_up(const char *path, const char *what)
{
    fprintf(stderr, "bench_load: %s: %s\n", path, what);
    exit(64);
}

/* Room for one more thing in a list. */
static void *grown(void *list, size_t count, size_t size)
{
    if (count > 0 && (count & (count - 1)) != 0)
        return list;
    list = reallocarray(list, count == 0 ? 1 : 2 * count, size);
    if (list == NULL)
        abort();
    return list;
}

/* Each line of a file is handed to take(), which says whether it could be read. */
static void each_line(struct load *load, const char *path, bool (*take)(struct load *load, const char *text))
{
    FILE *file = fopen(path, "r");
    char text[4500];

    if (file == NULL)
        give_up(path, "cannot be opened");
    while (fgets(text, sizeof text, file) != NULL) {
        if (!take(load, text))
            give_up(path, "a line of another form than expected");
    }
    fclose(file);
}

static bool take_till(struct load *load, const char *text)
{
    char directory[4000], name[256], token[2 * TOKEN_SIZE + 1];
    struct line *line;

    if (sscanf(text, "%3999s %255s %64s", directory, name, token) != 3 || strlen(token) != 2 * TOKEN_SIZE)
        return false;
    load->lines = grown(load->lines, load->line_count, sizeof *load->lines);
    line = &load->lines[load->line_count++];
    *line = (struct line){ .load = load, .directory = strdup(directory), .server_name = strdup(name) };
    for (size_t i = 0; i < TOKEN_SIZE; i++) {
        unsigned byte;

        if (sscanf(token + 2 * i, "%2x", &byte) != 1)
            return false;
        line->token[i] = (uint8_t)byte;
    }
    return true;
}

static bool take_good(struct load *load, const char *text)
{
    load->goods = grown(load->goods, load->good_count, sizeof *load->goods);
    struct good *good = &load->goods[load->good_count++];

    return sscanf(text, "%" SCNu64 " %" SCNd64, &good->id, &good->price_minor) == 2;
}

static bool take_member(struct load *load, const char *text)
{
    load->members = grown(load->members, load->member_count, sizeof *load->members);
    return sscanf(text, "%" SCNu64, &load->members[load->member_count++]) == 1;
}

static bool take_key(struct load *load, const char *text)
{
    char word[128];

    if (sscanf(text, "%127s", word) != 1)
        return false;
    load->keys = grown(load->keys, load->key_count, sizeof *load->keys);
    load->keys[load->key_count++] = strdup(word);
    return true;
}

void read_tills(struct load *load, const char *path, size_t most)
{
    each_line(load, path, take_till);
    const size_t tills = load->line_count;
    if (tills == 0)
        give_up(path, "names no till");
    load->lines = reallocarray(load->lines, most < tills ? tills : most, sizeof *load->lines);
    if (load->lines == NULL)
        abort();
    for (size_t i = tills; i < most; i++) /* a till may have many connections */
        load->lines[i] = load->lines[i % tills];
    load->line_count = most;
}

void read_goods(struct load *load, const char *path)
{
    each_line(load, path, take_good);
}

void read_members(struct load *load, const char *path)
{
    each_line(load, path, take_member);
}

void read_keys(struct load *load, const char *path)
{
    each_line(load, path, take_key);
}
