/* A page for who sets a till up: what the printer makes of letters, widths and the cutter, and a code that says whether the scanner
 * gives each sign as it was printed. Keyboard layouts change what a scanner types: digits are put right, letters and dashes are not. */
#include "client/counter/counter.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "common/base/text.h"

#define TEST_CODE "TEST-0123456789-AQZW"

/* "1234567890123 ...", as wide as the paper is said to be. */
static const char *ruler(size_t columns, struct arena *arena)
{
    char *text = arena_alloc(arena, columns + 1);

    for (size_t i = 0; i < columns; i++)
        text[i] = (char)('0' + (i + 1) % 10);
    text[columns] = 0;
    return text;
}

void test_page_print(struct counter *c, size_t columns)
{
    struct arena *arena = arena_create(0);
    const struct receipt_row rows[] = {
        { .kind = RECEIPT_ROW_TITLE, .left = "Test page" },
        { .kind = RECEIPT_ROW_TEXT, .left = ruler(columns, arena) },
        { .kind = RECEIPT_ROW_TEXT, .left = "The line above is one line, to the edge." },
        { .kind = RECEIPT_ROW_RULE },
        { .kind = RECEIPT_ROW_PAIR, .left = "Letters", .right = "äöü ß éèêç ñ å ø" },
        { .kind = RECEIPT_ROW_PAIR, .left = "Euro, pound", .right = "€ £" },
        { .kind = RECEIPT_ROW_TOTAL, .left = "Large", .right = "12.34" },
        { .kind = RECEIPT_ROW_CENTRE, .left = "Scan this at the till:" },
        { .kind = RECEIPT_ROW_CODE, .left = TEST_CODE },
        { .kind = RECEIPT_ROW_CENTRE, .left = "The paper is cut behind this line." },
    };
    const struct receipt page = { .rows = rows, .count = sizeof(rows) / sizeof(rows[0]) };
    struct timespec now;
    char key[64];

    clock_gettime(CLOCK_REALTIME, &now);
    snprintf(key, sizeof(key), "test page at %lld.%09ld", (long long)now.tv_sec, now.tv_nsec);
    if (c->printing == NULL)
        stage_say(&c->stage, MESSAGE_BAD, "there is no printer at this till: no test page is printed");
    else if (printing_put_paper(c, key, &page))
        stage_say(&c->stage, MESSAGE_GOOD, "a test page goes to the printer: scan the code on it, here or at the sale");
    arena_destroy(arena);
}

/* As many signs, and behind the word one that is neither letter, digit nor dash: the same code, typed by another keyboard. */
static bool is_garbled(const char *code)
{
    size_t word = strlen("TEST");

    return strncmp(code, TEST_CODE, word) == 0 && code[word] != '-' && isalnum((unsigned char)code[word]) == 0 &&
           text_length(bytes_of_text(code)) == strlen(TEST_CODE);
}

bool test_page_scanned(struct counter *c, const char *code)
{
    if (strcmp(code, TEST_CODE) == 0)
        stage_say(&c->stage, MESSAGE_GOOD, "the scanner is set up well: each sign came as it was printed");
    else if (is_garbled(code))
        stage_say(&c->stage, MESSAGE_BAD,
                  "the scanner types for another keyboard: " TEST_CODE " came as %s; set its layout to this keyboard's",
                  code);
    else
        return false;
    return true;
}
