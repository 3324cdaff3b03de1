/* What goods contain, as counter and kiosk show it. */
#ifndef CAROLINE_GOODS_ALLERGEN_SHEET_H
#define CAROLINE_GOODS_ALLERGEN_SHEET_H

#include <stdint.h>

#include "client/ui/paint.h"

/* From a row of the area on. Where nothing is recorded it says so: that is not "free of". note: what stands on the label, or "". */
void allergens_draw(struct area area, int row, uint16_t contains, uint16_t may_contain, const char *note);

#endif
