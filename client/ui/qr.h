/* A QR code in cells of a terminal: two rows of it in one row of cells, by upper and lower half blocks, light on dark as readers
 * like it. */
#ifndef CAROLINE_UI_QR_H
#define CAROLINE_UI_QR_H

#include <stdbool.h>

/* levels of error correction: the least has the most room. */
enum qr_level { QR_LEAST, QR_MEDIUM };

struct qr;
/* NULL: no code holds so much. The caller destroys it. */
struct qr *qr_create(const char *text, enum qr_level level);
void qr_destroy(struct qr *qr);
/* With the margin around it. */
int qr_rows(const struct qr *qr);
int qr_columns(const struct qr *qr);
const char *qr_cell(const struct qr *qr, int row, int column);

#endif
