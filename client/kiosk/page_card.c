/* A member's card on the screen, for the camera of their telephone. A card is made at the counter, which sees who asks for it. */
#include "client/kiosk/kiosk.h"

#include <string.h>

#include "client/ui/qr.h"
#include "common/rules/member_card.h"

#define CELL_BYTES 3 /* of a half block */

static void draw_code(const struct qr *qr, struct area area)
{
    char text[CELL_BYTES * 256 + 1];

    for (int row = 0; row < qr_rows(qr); row++) {
        text[0] = 0;
        for (int column = 0; column < qr_columns(qr); column++)
            strncat(text, qr_cell(qr, row, column), CELL_BYTES);
        paint_text(area, row, 0, qr_columns(qr), ALIGN_LEFT, STYLE_CODE, text);
    }
}

static void draw(struct kiosk *k, struct area area)
{
    const char *card = k->visit.account.card;
    struct qr *qr = card[0] == 0 ? NULL : qr_create(card, QR_LEAST);
    bool fits = !theme_ascii_lines() && qr != NULL && qr_rows(qr) <= area.rows && qr_columns(qr) <= area.columns / 2;
    struct area beside = area;

    if (card[0] == 0) {
        kiosk_sentence(area, 1, "You have no card yet. The counter makes you one in a moment: please ask.");
        return;
    }
    struct arena *arena = arena_create(0);
    if (fits) {
        draw_code(qr, area);
        beside = area_columns(area, qr_columns(qr) + 2, area.columns - qr_columns(qr) - 3);
    }
    int row = kiosk_headed(beside, 1, STYLE_STRONG, "%s", member_card_in_fours(card, arena));
    paint_wrapped(beside, row + 1, 0, beside.columns, STYLE_PLAIN,
                  fits ? "Photograph it: it is scanned from your telephone, at the till and here."
                       : "Write it down: it is typed at the till and here.");
    paint_wrapped(beside, row + 5, 0, beside.columns, STYLE_PLAIN,
                  "Lost it? The counter makes a new one, and this one opens nothing any more.");
    arena_destroy(arena);
    qr_destroy(qr);
}

const struct page card_page = { .title = "My card", .draw = draw, .personal = true };
