/* The code is libqrencode's; here it becomes cells. */
#include "client/ui/qr.h"

#include <qrencode.h>
#include <stddef.h>

#define MARGIN 2 /* modules on each side: the dark around them is no part of the code either */

struct qr {
    QRcode code;
};

struct qr *qr_create(const char *text, enum qr_level level)
{
    return (struct qr *)QRcode_encodeString(text, 0, level == QR_LEAST ? QR_ECLEVEL_L : QR_ECLEVEL_M, QR_MODE_8, 1);
}

void qr_destroy(struct qr *qr)
{
    if (qr != NULL)
        QRcode_free(&qr->code);
}

int qr_columns(const struct qr *qr)
{
    return qr->code.width + 2 * MARGIN;
}

int qr_rows(const struct qr *qr)
{
    return (qr_columns(qr) + 1) / 2;
}

static bool is_dark(const struct qr *qr, int row, int column)
{
    int width = qr->code.width;

    return row >= 0 && row < width && column >= 0 && column < width && (qr->code.data[row * width + column] & 1) != 0;
}

const char *qr_cell(const struct qr *qr, int row, int column)
{
    static const char *const cells[] = { "\u2588", "\u2584", "\u2580", " " };
    bool upper = is_dark(qr, 2 * row - MARGIN, column - MARGIN);
    bool lower = is_dark(qr, 2 * row + 1 - MARGIN, column - MARGIN);

    return cells[upper + 2 * lower];
}
