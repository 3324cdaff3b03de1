/* The inputs a run begins with, and those that it found worth keeping. */
#ifndef CAROLINE_TESTS_FUZZ_CORPUS_H
#define CAROLINE_TESTS_FUZZ_CORPUS_H

#include "target.h"

struct corpus {
    struct buffer *inputs;
    size_t count, capacity;
};

void corpus_fini(struct corpus *corpus);
/* Copied. */
void corpus_add(struct corpus *corpus, struct bytes input);
/* A file, or every file of a folder in the order of their names. false: it cannot be read (said on standard error). */
bool corpus_read(struct corpus *corpus, const char *path);
/* A file FOLDER/NUMBER; the folder is made. */
bool corpus_write(const char *folder, size_t number, struct bytes input);

#endif
