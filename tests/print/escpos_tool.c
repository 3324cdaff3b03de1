/* The encoder at a test's hand: rows on standard input, one a line ("pair<TAB>Rye bread<TAB>3.40"), bytes on standard
 * output. Arguments: columns, pages ("pc858,wpc1252"; "-": none), code (qr, 128, text), cut (1 or 0), and what is wanted
 * (receipt, again, kick2, kick5). */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/print/escpos.h"

#define ROWS_MAX 1000

static const char *const kinds[] = { "text", "title", "centre", "pair", "total", "rule", "code" };

static enum receipt_row_kind kind_of(const char *word)
{
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++)
        if (strcmp(kinds[i], word) == 0)
            return (enum receipt_row_kind)i;
    fprintf(stderr, "escpos_tool: no row is '%s'\n", word);
    exit(64);
}

static size_t read_rows(struct arena *arena, struct receipt_row *rows)
{
    static char line[4096];
    size_t count = 0;

    while (count < ROWS_MAX && fgets(line, sizeof line, stdin) != NULL) {
        char *at = arena_text(arena, line);
        at[strcspn(at, "\n")] = '\0';
        const char *kind = strsep(&at, "\t"), *left = strsep(&at, "\t");
        rows[count++] = (struct receipt_row){ .kind = kind_of(kind), .left = left, .right = at };
    }
    return count;
}

static void read_pages(struct escpos *printer, char *words)
{
    for (char *word; strcmp(words, "-") != 0 && (word = strsep(&words, ",")) != NULL;)
        if (!escpos_page_parse(bytes_of_text(word), &printer->pages[printer->page_count++]))
            exit(64);
        else if (words == NULL)
            break;
}

int main(int argc, char **argv)
{
    static struct receipt_row rows[ROWS_MAX];
    struct arena *arena = arena_create(0);
    struct escpos printer = { 0 };
    struct bytes bytes;

    if (argc != 6)
        return 64;
    printer.columns = (size_t)atoi(argv[1]);
    read_pages(&printer, argv[2]);
    printer.code = strcmp(argv[3], "qr") == 0    ? ESCPOS_CODE_QR
                   : strcmp(argv[3], "128") == 0 ? ESCPOS_CODE_128
                                                 : ESCPOS_CODE_TEXT;
    printer.cutter = atoi(argv[4]) != 0;
    printer.drawer_pin = strncmp(argv[5], "kick", 4) == 0 ? (unsigned)atoi(argv[5] + 4) : 0;
    if (strcmp(argv[5], "again") == 0)
        bytes = escpos_again(arena, &printer);
    else if (printer.drawer_pin != 0)
        bytes = escpos_kick(arena, &printer);
    else
        bytes = escpos_receipt(arena, &printer, &(struct receipt){ rows, read_rows(arena, rows) });
    fwrite(bytes.data, 1, bytes.size, stdout);
    arena_destroy(arena);
    return 0;
}
