/* Rows into ESC/POS. Texts first become what the printer has a character for, one cell each; then they are laid out as
 * for the screen (text.c), and what is said to the printer is put around the lines. */
#include "common/print/escpos.h"

#include <assert.h>
#include <string.h>

#include "common/base/text.h"
#include "common/print/escpos_page.h"
#include "common/print/text.h"

#define BYTES_MOST ((size_t)16 << 20)

/* GS ! */
#define SIZE_PLAIN 0x00u
#define SIZE_TALL  0x01u
#define SIZE_LARGE 0x11u

#define QR_DOTS     6 /* of a module */
#define QR_BYTES    200
#define CODE128_MAX 40
#define COLUMN_DOTS 12 /* of font A */
#define FEED_LINES  4  /* until what was printed last can be torn off */

struct paper {
    const struct escpos *printer;
    struct arena *arena;
    struct buffer out;
    int page; /* that the printer is on; -1: none yet */
};

static void put(struct paper *paper, const void *bytes, size_t size)
{
    bool fits = buffer_append(&paper->out, bytes, size, BYTES_MOST);

    assert(fits);
    (void)fits;
}

#define SAY(paper, ...) put(paper, (const uint8_t[]){ __VA_ARGS__ }, sizeof((const uint8_t[]){ __VA_ARGS__ }))

/* ---- characters ---- */

/* The page to print it with: the one the printer is on if that has it. */
static bool page_of(const struct paper *paper, uint32_t code_point, enum escpos_page *page, uint8_t *byte)
{
    if (paper->page >= 0 && (*byte = escpos_page_byte((enum escpos_page)paper->page, code_point)) != 0) {
        *page = (enum escpos_page)paper->page;
        return true;
    }
    for (size_t i = 0; i < paper->printer->page_count; i++)
        if ((*byte = escpos_page_byte(paper->printer->pages[i], code_point)) != 0) {
            *page = paper->printer->pages[i];
            return true;
        }
    return false;
}

static bool has(const struct paper *paper, uint32_t code_point)
{
    enum escpos_page page;
    uint8_t byte;

    return page_of(paper, code_point, &page, &byte);
}

/* The text in characters that this printer has, still as UTF-8. */
static const char *printable(struct paper *paper, const char *text)
{
    struct buffer to = { 0 };
    char ascii[3];
    uint32_t code_point;

    if (text == NULL)
        return "";
    for (struct bytes left = bytes_of_text(text); left.size > 0;) {
        size_t size = text_next(left, &code_point), count;

        if (size == 0) {
            size = 1;
            code_point = 0xFFFD;
        }
        if (code_point >= 0x20 && code_point < 0x7F) {
            buffer_append(&to, left.data, 1, BYTES_MOST);
        } else if (has(paper, code_point)) {
            buffer_append(&to, left.data, size, BYTES_MOST);
        } else {
            count = text_ascii(ascii, code_point);
            buffer_append(&to, ascii, count, BYTES_MOST);
        }
        left = bytes_of(left.data + size, left.size - size);
    }
    const char *characters = arena_format(paper->arena, "%.*s", (int)to.size, to.size > 0 ? (const char *)to.data : "");
    buffer_fini(&to);
    return characters;
}

static void put_characters(struct paper *paper, const char *text, size_t length)
{
    for (struct bytes left = bytes_of((const uint8_t *)text, length); left.size > 0;) {
        uint32_t code_point;
        size_t size = text_next(left, &code_point);
        enum escpos_page page;
        uint8_t byte;

        if (code_point < 0x80) {
            put(paper, left.data, 1);
        } else {
            bool known = page_of(paper, code_point, &page, &byte);
            assert(known); /* printable() has seen to it */
            (void)known;
            if ((int)page != paper->page)
                SAY(paper, 0x1B, 't', escpos_page_number(page));
            paper->page = (int)page;
            put(paper, &byte, 1);
        }
        left = bytes_of(left.data + size, left.size - size);
    }
}

/* ---- rows ---- */

static void set_size(struct paper *paper, uint8_t size)
{
    SAY(paper, 0x1D, '!', size, 0x1B, 'E', size != SIZE_PLAIN);
}

/* A row by itself, laid out on so many columns. */
static void put_lines(struct paper *paper, const struct receipt_row *row, size_t columns)
{
    const char *lines = receipt_text(paper->arena, &(struct receipt){ row, 1 }, columns);

    for (const char *end; (end = strchr(lines, '\n')) != NULL; lines = end + 1) {
        put_characters(paper, lines, (size_t)(end - lines));
        SAY(paper, '\n');
    }
}

static void put_large(struct paper *paper, const struct receipt_row *row, uint8_t size, size_t columns)
{
    set_size(paper, size);
    put_lines(paper, row, columns);
    set_size(paper, SIZE_PLAIN);
}

/* ---- codes to scan ---- */

static bool is_ascii(const char *text)
{
    for (; *text; text++)
        if (*text < 0x20 || *text > 0x7E)
            return false;
    return true;
}

/* GS ( k: a function of the QR code, and what it takes. */
static void say_qr(struct paper *paper, uint8_t function, const void *bytes, size_t size)
{
    SAY(paper, 0x1D, '(', 'k', (uint8_t)((size + 2) & 0xFF), (uint8_t)((size + 2) >> 8), 49, function);
    put(paper, bytes, size);
}

static void put_qr(struct paper *paper, const char *text)
{
    const size_t size = strlen(text);
    uint8_t data[QR_BYTES + 1] = { 48 };

    memcpy(data + 1, text, size);
    say_qr(paper, 65, (const uint8_t[]){ 50, 0 }, 2); /* model 2 */
    say_qr(paper, 67, (const uint8_t[]){ QR_DOTS }, 1);
    say_qr(paper, 69, (const uint8_t[]){ 49 }, 1); /* 15 % may be damaged */
    say_qr(paper, 80, data, size + 1);
    say_qr(paper, 81, (const uint8_t[]){ 48 }, 1);
}

/* Two dots a module; set B throughout. */
static bool fits_128(const struct paper *paper, size_t length)
{
    return length <= CODE128_MAX && (11 * (length + 2) + 13 + 20) * 2 <= paper->printer->columns * COLUMN_DOTS;
}

static void put_128(struct paper *paper, const char *text)
{
    struct buffer data = { 0 };

    for (; *text; text++) {
        if (*text == '{') /* which begins a command of the code itself */
            buffer_append(&data, "{", 1, BYTES_MOST);
        buffer_append(&data, text, 1, BYTES_MOST);
    }
    SAY(paper, 0x1D, 'h', 64, 0x1D, 'w', 2, 0x1D, 'H', 0);
    SAY(paper, 0x1D, 'k', 73, (uint8_t)(data.size + 2), '{', 'B');
    put(paper, data.data, data.size);
    SAY(paper, '\n');
    buffer_fini(&data);
}

static void put_code(struct paper *paper, const struct receipt_row *row, const char *text)
{
    const bool qr = paper->printer->code == ESCPOS_CODE_QR && strlen(text) <= QR_BYTES;
    const bool bars = paper->printer->code == ESCPOS_CODE_128 && fits_128(paper, strlen(text));

    if (*text && is_ascii(text) && (qr || bars)) {
        SAY(paper, 0x1B, 'a', 1);
        if (qr)
            put_qr(paper, text);
        else
            put_128(paper, text);
        SAY(paper, 0x1B, 'a', 0);
    }
    put_lines(paper, row, paper->printer->columns);
}

/* Where a code is a QR code, bars besides, for scanners that read no other; where codes are bars, they stand there already. */
static void put_bars(struct paper *paper, const char *text)
{
    if (paper->printer->code != ESCPOS_CODE_QR || !*text || !is_ascii(text) || !fits_128(paper, strlen(text)))
        return;
    SAY(paper, 0x1B, 'a', 1);
    put_128(paper, text);
    SAY(paper, 0x1B, 'a', 0);
}

static void put_row(struct paper *paper, const struct receipt_row *row)
{
    const struct receipt_row mine = { .kind = row->kind,
                                      .left = printable(paper, row->left),
                                      .right = printable(paper, row->right) };

    switch (row->kind) {
    case RECEIPT_ROW_TITLE:
        put_large(paper, &mine, SIZE_LARGE, paper->printer->columns / 2);
        break;
    case RECEIPT_ROW_TOTAL:
        put_large(paper, &mine, SIZE_TALL, paper->printer->columns);
        break;
    case RECEIPT_ROW_CODE:
        put_code(paper, &mine, row->left != NULL ? row->left : "");
        break;
    case RECEIPT_ROW_BARS:
        put_bars(paper, row->left != NULL ? row->left : "");
        break;
    case RECEIPT_ROW_TEXT:
    case RECEIPT_ROW_CENTRE:
    case RECEIPT_ROW_PAIR:
    case RECEIPT_ROW_RULE:
        put_lines(paper, &mine, paper->printer->columns);
        break;
    }
}

/* ---- whole ones ---- */

/* The settings of whoever printed before are gone; no pairs of bytes as Chinese or Japanese, and ASCII as it is
 * (ESC R 0), whatever the printer's switches say. */
static struct paper paper_of(struct arena *arena, const struct escpos *printer)
{
    struct paper paper = { .printer = printer, .arena = arena, .page = -1 };

    assert(printer->columns >= ESCPOS_COLUMNS_LEAST && printer->columns <= ESCPOS_COLUMNS_MOST);
    SAY(&paper, 0x1B, '@', 0x1C, '.', 0x1B, 'R', 0);
    return paper;
}

static struct bytes made(struct paper *paper)
{
    struct bytes bytes = bytes_of(arena_copy(paper->arena, paper->out.data, paper->out.size), paper->out.size);

    buffer_fini(&paper->out);
    return bytes;
}

struct bytes escpos_receipt(struct arena *arena, const struct escpos *printer, const struct receipt *receipt)
{
    struct paper paper = paper_of(arena, printer);

    for (size_t i = 0; i < receipt->count; i++)
        put_row(&paper, &receipt->rows[i]);
    if (printer->cutter)
        SAY(&paper, 0x1D, 'V', 66, 0);
    else
        SAY(&paper, 0x1B, 'd', FEED_LINES);
    return made(&paper);
}

struct bytes escpos_again(struct arena *arena, const struct escpos *printer)
{
    static const struct receipt_row row = { .kind = RECEIPT_ROW_CENTRE, .left = "*** PRINTED AGAIN ***" };
    struct paper paper = paper_of(arena, printer);

    put_large(&paper, &row, SIZE_TALL, printer->columns);
    return made(&paper);
}

static struct bytes pulse(struct arena *arena, const struct escpos *printer, const uint8_t bytes[5])
{
    return printer->drawer_pin == 0 ? bytes_of("", 0) : bytes_of(arena_copy(arena, bytes, 5), 5);
}

/* 50 ms, and half a second until the next. */
struct bytes escpos_kick(struct arena *arena, const struct escpos *printer)
{
    return pulse(arena, printer, (const uint8_t[]){ 0x1B, 'p', printer->drawer_pin == 5, 25, 250 });
}

/* Its shortest is 100 ms. */
struct bytes escpos_kick_now(struct arena *arena, const struct escpos *printer)
{
    return pulse(arena, printer, (const uint8_t[]){ 0x10, 0x14, 1, printer->drawer_pin == 5, 1 });
}
