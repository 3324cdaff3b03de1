/* The printer's pages, for the encoder alone. */
#ifndef CAROLINE_PRINT_ESCPOS_PAGE_H
#define CAROLINE_PRINT_ESCPOS_PAGE_H

#include <stdint.h>

#include "common/print/escpos.h"

uint8_t escpos_page_number(enum escpos_page page); /* of ESC t */
/* 0x80 and above; 0: the page does not have it. */
uint8_t escpos_page_byte(enum escpos_page page, uint32_t code_point);

#endif
