/* The questions of --init: one table for the terminal and for files. */
#include "server/init_answers.h"

#include <stdlib.h>
#include <string.h>

#include "common/base/arena.h"
#include "common/base/instant.h"
#include "common/base/text.h"
#include "common/base/zone_name.h"

#define LINE_MAX_SIZE 2048

/* Takes an answer that is tidy. NULL: fine; else a sentence. */
typedef const char *take_fn(const char *text, struct arena *arena, struct init_answers *answers);

static const char *take_name(const char *text, struct arena *arena, struct init_answers *answers)
{
    (void)arena;
    answers->name = text;
    return *text ? NULL : "the shop needs a name";
}

static const char *take_address(const char *text, struct arena *arena, struct init_answers *answers)
{
    (void)arena;
    answers->address = text;
    return *text ? NULL : "the shop needs an address: receipts carry it";
}

static const char *take_tax_number(const char *text, struct arena *arena, struct init_answers *answers)
{
    (void)arena;
    answers->tax_number = text;
    return NULL;
}

static const char *take_receipt_head(const char *text, struct arena *arena, struct init_answers *answers)
{
    (void)arena;
    answers->receipt_head = text;
    return NULL;
}

static const char *take_receipt_foot(const char *text, struct arena *arena, struct init_answers *answers)
{
    (void)arena;
    answers->receipt_foot = text;
    return NULL;
}

/* ISO 4217's currencies whose minor unit is not a hundredth. */
static int exponent_of(const char *currency)
{
    static const char none[] = "BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX UYI VND VUV XAF XOF XPF ";
    static const char thousandths[] = "BHD IQD JOD KWD LYD OMR TND ";
    static const char ten_thousandths[] = "CLF UYW ";

    return strstr(none, currency) ? 0 : strstr(thousandths, currency) ? 3 : strstr(ten_thousandths, currency) ? 4 : 2;
}

static const char *take_currency(const char *text, struct arena *arena, struct init_answers *answers)
{
    char *capitals = arena_text(arena, text);

    for (char *letter = capitals; *letter; letter++)
        if (*letter >= 'a' && *letter <= 'z')
            *letter = (char)(*letter - 'a' + 'A');
    if (strlen(capitals) != 3 || strspn(capitals, "ABCDEFGHIJKLMNOPQRSTUVWXYZ") != 3)
        return "a currency is three letters, as EUR";
    answers->currency = capitals;
    answers->currency_exponent = exponent_of(capitals);
    return NULL;
}

static const char *take_zone(const char *text, struct arena *arena, struct init_answers *answers)
{
    (void)arena;
    struct zone *zone = zone_name_fits(text) ? zone_load(NULL, text) : NULL;
    if (!zone)
        return "this machine knows no time zone of that name; one is Europe/Berlin";
    zone_destroy(zone);
    answers->zone = text;
    return NULL;
}

static const char *take_calling_code(const char *text, struct arena *arena, struct init_answers *answers)
{
    (void)arena;
    return calling_code_read(bytes_of_text(text), answers->calling_code)
               ? NULL
               : "a country's calling code is 1 to 3 digits: 49 is Germany's, 1 North America's";
}

static const char *take_prices_include_tax(const char *text, struct arena *arena, struct init_answers *answers)
{
    (void)arena;
    char *folded = NULL;
    bool yes, no;

    if (!(folded = strdup(text)))
        abort();
    for (char *at = folded; *at; at++)
        *at = (char)(*at >= 'A' && *at <= 'Z' ? *at - 'A' + 'a' : *at);
    yes = !strcmp(folded, "yes") || !strcmp(folded, "y");
    no = !strcmp(folded, "no") || !strcmp(folded, "n");
    free(folded);
    answers->prices_include_tax = yes;
    return yes || no ? NULL : "answer yes or no";
}

static const char *take_day_cutoff(const char *text, struct arena *arena, struct init_answers *answers)
{
    (void)arena;
    int hours, minutes, used = 0;
    if (sscanf(text, "%2d:%2d%n", &hours, &minutes, &used) != 2 || text[used] || hours < 0 || hours > 23 ||
        minutes < 0 || minutes > 59)
        return "a time of day is written 03:00";
    answers->day_cutoff_minutes = hours * 60 + minutes;
    return NULL;
}

static const char *take_manager(const char *text, struct arena *arena, struct init_answers *answers)
{
    (void)arena;
    answers->manager = text;
    return *text ? NULL : "the first manager needs a name";
}

static const struct question {
    const char *key, *words, *example;
    const char *fallback; /* for an empty line at the terminal; NULL: none */
    size_t max;           /* characters, as in the .proto files */
    take_fn *take;
    bool optional; /* in a file: those written before it was asked */
} questions[] = {
    { "name", "Name of the shop", NULL, NULL, 80, take_name, false },
    { "address", "Address, lines parted by /", NULL, NULL, 200, take_address, false },
    { "tax number", "Tax number, as receipts show it", NULL, "", 40, take_tax_number, false },
    { "receipt head", "Words at the head of a receipt", NULL, "", 200, take_receipt_head, false },
    { "receipt foot", "Words at its foot", NULL, "", 200, take_receipt_foot, false },
    { "currency", "Currency, three letters", "EUR", NULL, 20, take_currency, false },
    { "zone", "Time zone", "Europe/Berlin", NULL, 60, take_zone, false },
    { "calling code", "Country calling code of phone numbers without one", "49", "", 20, take_calling_code, true },
    { "prices include tax", "Do prices include tax, yes or no?", NULL, "yes", 20, take_prices_include_tax, false },
    { "day cut-off", "The business day ends at", NULL, "03:00", 20, take_day_cutoff, false },
    { "manager", "Name of the first manager", NULL, NULL, 80, take_manager, false },
};
#define QUESTION_COUNT (sizeof questions / sizeof *questions)

static const char *take(const struct question *question, const char *line, struct arena *arena,
                        struct init_answers *answers)
{
    struct bytes text = bytes_of_text(line);

    switch (text_check(text, question->max)) {
    case TEXT_BROKEN:
        return "this is not UTF-8";
    case TEXT_CONTROL:
        return "control characters are no part of an answer";
    case TEXT_LONG:
        return arena_format(arena, "at most %zu characters", question->max);
    case TEXT_OK:
        break;
    }
    if (text_has_card_number(text))
        return "this looks like a payment card's number";
    return question->take(text_tidy(arena, text), arena, answers);
}

static char *trimmed(char *text)
{
    text += strspn(text, " \t");
    size_t size = strlen(text);
    while (size && strchr(" \t\r\n", text[size - 1]))
        text[--size] = 0;
    return text;
}

static const struct question *question_of(const char *key)
{
    for (size_t i = 0; i < QUESTION_COUNT; i++)
        if (!strcmp(questions[i].key, key))
            return &questions[i];
    return NULL;
}

bool init_answers_read(FILE *in, const char *source, struct arena *arena, struct init_answers *answers,
                       const char **problem)
{
    bool answered[QUESTION_COUNT] = { false };
    char line[LINE_MAX_SIZE];

    for (unsigned number = 1; fgets(line, sizeof line, in); number++) {
        char *text = trimmed(line), *equals = strchr(text, '=');
        if (!*text || *text == '#')
            continue;
        if (!equals) {
            *problem = arena_format(arena, "%s:%u: a line is written key = value", source, number);
            return false;
        }
        *equals = 0;
        const struct question *question = question_of(trimmed(text));
        const char *wrong = question ? take(question, trimmed(equals + 1), arena, answers) : "nobody asks for this key";
        if (!wrong && answered[question - questions])
            wrong = "this key stands twice";
        if (wrong) {
            *problem = arena_format(arena, "%s:%u: %s: %s", source, number, trimmed(text), wrong);
            return false;
        }
        answered[question - questions] = true;
    }
    for (size_t i = 0; i < QUESTION_COUNT; i++)
        if (!answered[i] && !questions[i].optional) {
            *problem = arena_format(arena, "%s: \"%s\" is missing", source, questions[i].key);
            return false;
        }
    return true;
}

static bool ask_one(const struct question *question, FILE *in, FILE *out, struct arena *arena,
                    struct init_answers *answers)
{
    char line[LINE_MAX_SIZE];

    for (;;) {
        fputs(question->words, out);
        if (question->example)
            fprintf(out, ", as %s", question->example);
        if (question->fallback)
            fprintf(out, " [%s]", *question->fallback ? question->fallback : "none");
        fputs(": ", out);
        fflush(out);
        if (!fgets(line, sizeof line, in))
            return false;
        const char *text = trimmed(line);
        const char *wrong = take(question, !*text && question->fallback ? question->fallback : text, arena, answers);
        if (!wrong)
            return true;
        fprintf(out, "  %s\n", wrong);
    }
}

bool init_answers_ask(FILE *in, FILE *out, struct arena *arena, struct init_answers *answers)
{
    fprintf(out, "%zu questions; Enter alone takes what stands in [brackets].\n", QUESTION_COUNT);
    for (size_t i = 0; i < QUESTION_COUNT; i++)
        if (!ask_one(&questions[i], in, out, arena, answers))
            return false;
    return true;
}
