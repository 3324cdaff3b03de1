/* What was scanned and could not be taken, and what money is to be given: named on a line that stays until somebody has read it, while
 * the till sells on. Of the line three rows are seen, so money comes first, and of several refunds as one sum. */
#include "client/counter/counter.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

/* Codes and sentences of all rows have room in it. */
#define TOLD_TEXT ((size_t)(TOLD_MAX + 2) * (STAGE_TEXT + 40))

static const char key[] = ": Enter";

static void add(char text[TOLD_TEXT], const char *format, ...) __attribute__((format(printf, 2, 3)));
static void add(char text[TOLD_TEXT], const char *format, ...)
{
    size_t used = strlen(text);
    va_list arguments;

    va_start(arguments, format);
    vsnprintf(text + used, TOLD_TEXT - used, format, arguments);
    va_end(arguments);
}

static size_t add_codes(const struct told_model *m, char *text)
{
    size_t unknown = 0, named = 0;

    for (size_t i = 0; i < m->count; i++)
        unknown += m->rows[i].unknown;
    if (unknown > 0)
        add(text, "%zu code%s unknown: ", unknown, unknown == 1 ? "" : "s");
    for (size_t i = 0; i < m->count; i++)
        if (m->rows[i].unknown)
            add(text, "%s%s", named++ == 0 ? "" : ", ", m->rows[i].code);
    return unknown;
}

static void add_refunds(const struct counter *c, char *text)
{
    const struct told_model *m = &c->told;
    char back[GIVEN_BACK_TEXT];

    if (m->refunds == 1)
        add(text, "%s", m->refund);
    else if (m->refunds > 1)
        add(text, "%u refunds are in the books: give back %s", m->refunds, given_back_text(c, &m->back, back));
    if (m->refunds > 0 && (m->before[0] != 0 || m->count + m->more > 0))
        add(text, "; ");
}

static void add_all(const struct told_model *m, char *text)
{
    size_t told = add_codes(m, text);

    for (size_t i = 0; i < m->count; i++)
        if (!m->rows[i].unknown)
            add(text, "%s%s", told++ == 0 ? "" : "; ", m->rows[i].sentence);
    if (m->more > 0)
        add(text, "; and %zu before", m->more);
}

/* What is held and is not of here, as scans that were dropped are: it stands before what is told until that is read. The stage
 * puts its own before what is held, too. */
static void keep_before(struct counter *c)
{
    struct told_model *m = &c->told;
    const char *held = c->stage.held;
    size_t size = strlen(held), own = strlen(m->shown);
    char text[2 * STAGE_TEXT];

    if (strcmp(held, m->shown) == 0)
        return;
    bool behind = own > 0 && size > own + 2 && strcmp(held + size - own, m->shown) == 0;
    size_t cut = behind ? own + 2 : strlen(key);
    if (size <= cut)
        return;
    snprintf(text, sizeof(text), "%.*s%s%s", (int)(size - cut), held, behind && m->before[0] != 0 ? "; " : "",
             behind ? m->before : "");
    counter_copy(m->before, sizeof(m->before), counter_text(text));
    explicit_bzero(text, sizeof(text));
}

/* One is told in full; of several there are the codes, and what became of what is not unknown. */
static void show(struct counter *c)
{
    struct told_model *m = &c->told;
    char text[TOLD_TEXT] = "", line[STAGE_TEXT];

    keep_before(c);
    add_refunds(c, text);
    if (m->before[0] != 0)
        add(text, "%s%s", m->before, m->count + m->more > 0 ? "; " : "");
    if (m->count == 1 && m->more == 0)
        add(text, "%s", m->rows[0].sentence);
    else
        add_all(m, text);
    counter_copy(line, sizeof(line) - strlen(key), counter_text(text));
    memcpy(line + strlen(line), key, sizeof(key));
    stage_hold(&c->stage, line);
    memcpy(m->shown, line, sizeof(line));
}

/* What was acknowledged is not told again. The message line is free for what comes next. */
static void forget_read(struct counter *c)
{
    if (!stage_holds(&c->stage))
        explicit_bzero(&c->told, sizeof(c->told));
}

/* A code can be scanned again: the oldest of them goes first. */
static void make_room(struct told_model *m)
{
    size_t at = 0;

    while (at < m->count && !m->rows[at].unknown)
        at++;
    if (at == m->count)
        at = 0;
    memmove(&m->rows[at], &m->rows[at + 1], (m->count - at - 1) * sizeof(m->rows[0]));
    m->count--;
    m->more++;
}

static struct told_row *next(struct counter *c)
{
    struct told_model *m = &c->told;

    forget_read(c);
    if (m->count == TOLD_MAX)
        make_room(m);
    m->rows[m->count] = (struct told_row){ 0 };
    return &m->rows[m->count++];
}

void told_unknown(struct counter *c, const char *code, bool cards_too)
{
    struct told_row *row = next(c);

    sale_say_unknown(c, code, cards_too);
    row->unknown = true;
    snprintf(row->code, sizeof(row->code), "%s", code);
    snprintf(row->sentence, sizeof(row->sentence), "%s", c->stage.message);
    stage_quiet(&c->stage);
    show(c);
}

void told_message(struct counter *c, const char *code)
{
    struct told_row *row = next(c);

    row->unknown = code[0] != 0;
    snprintf(row->code, sizeof(row->code), "%s", code);
    snprintf(row->sentence, sizeof(row->sentence), "%s", c->stage.message);
    stage_quiet(&c->stage);
    show(c);
}

void told_say(struct counter *c, const char *format, ...)
{
    struct told_row *row = next(c);
    va_list arguments;

    va_start(arguments, format);
    vsnprintf(row->sentence, sizeof(row->sentence), format, arguments);
    va_end(arguments);
    show(c);
}

void told_back(struct counter *c, const struct given_back *back, const char *format, ...)
{
    struct told_model *m = &c->told;
    va_list arguments;

    forget_read(c);
    m->refunds++;
    given_back_add(&m->back, back);
    va_start(arguments, format);
    vsnprintf(m->refund, sizeof(m->refund), format, arguments);
    va_end(arguments);
    show(c);
}
