/* What --init must know about a shop, and how it asks. */
#ifndef CAROLINE_SERVER_INIT_ANSWERS_H
#define CAROLINE_SERVER_INIT_ANSWERS_H

#include <stdbool.h>
#include <stdio.h>

#include "common/base/calling_code.h"

struct arena;

struct init_answers {
    const char *name, *address, *tax_number, *receipt_head, *receipt_foot;
    const char *currency;
    int currency_exponent;
    const char *zone;
    bool prices_include_tax;
    int day_cutoff_minutes;
    char calling_code[CALLING_CODE_SIZE];
    const char *manager;
};

/* Lines "key = value", # before a comment. false: *problem is a sentence naming source and line. Texts in the arena. */
bool init_answers_read(FILE *in, const char *source, struct arena *arena, struct init_answers *answers,
                       const char **problem);
/* A question a line, again until its answer will do. false: the terminal was closed. */
bool init_answers_ask(FILE *in, FILE *out, struct arena *arena, struct init_answers *answers);

#endif
