/* Inputs in files. */
#include "corpus.h"

#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#define FILE_MAX ((size_t)64 << 20) /* a history is longer than an input */

void corpus_fini(struct corpus *corpus)
{
    for (size_t i = 0; i < corpus->count; i++)
        buffer_fini(&corpus->inputs[i]);
    free(corpus->inputs);
    *corpus = (struct corpus){ 0 };
}

static struct buffer *corpus_next(struct corpus *corpus)
{
    if (corpus->count == corpus->capacity) {
        corpus->capacity = corpus->capacity ? 2 * corpus->capacity : 64;
        corpus->inputs = reallocarray(corpus->inputs, corpus->capacity, sizeof *corpus->inputs);
        assert(corpus->inputs);
    }
    corpus->inputs[corpus->count] = (struct buffer){ 0 };
    return &corpus->inputs[corpus->count++];
}

void corpus_add(struct corpus *corpus, struct bytes input)
{
    put(corpus_next(corpus), input.data, input.size);
}

static bool read_file(struct corpus *corpus, const char *path)
{
    FILE *file = fopen(path, "rbe");
    uint8_t *space;

    if (!file)
        return false;
    struct buffer *input = corpus_next(corpus);
    while ((space = buffer_reserve(input, 4096, FILE_MAX)) != NULL) {
        size_t got = fread(space, 1, 4096, file);
        input->size += got;
        if (got == 0)
            break;
    }
    bool whole = !ferror(file);
    fclose(file);
    return whole;
}

static int is_shown(const struct dirent *entry)
{
    return entry->d_name[0] != '.';
}

static bool read_folder(struct corpus *corpus, const char *path)
{
    struct dirent **entries;
    int count = scandir(path, &entries, is_shown, alphasort);
    bool whole = count >= 0;

    for (int i = 0; i < count; i++) {
        char file[4096];
        whole = snprintf(file, sizeof file, "%s/%s", path, entries[i]->d_name) < (int)sizeof file &&
                read_file(corpus, file) && whole;
        free(entries[i]);
    }
    if (count >= 0)
        free(entries);
    return whole;
}

bool corpus_read(struct corpus *corpus, const char *path)
{
    struct stat about;
    bool whole =
        stat(path, &about) == 0 && (S_ISDIR(about.st_mode) ? read_folder(corpus, path) : read_file(corpus, path));

    if (!whole)
        fprintf(stderr, "could not read %s: %s\n", path, strerror(errno));
    return whole;
}

bool corpus_write(const char *folder, size_t number, struct bytes input)
{
    char path[4096];

    if (mkdir(folder, 0755) != 0 && errno != EEXIST)
        return false;
    if (snprintf(path, sizeof path, "%s/%04zu", folder, number) >= (int)sizeof path)
        return false;
    FILE *file = fopen(path, "wbe");
    if (!file)
        return false;
    bool written = fwrite(input.data, 1, input.size, file) == input.size;
    return fclose(file) == 0 && written;
}
