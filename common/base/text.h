/* UTF-8 text: checks, folding for search, widths. */
#ifndef CAROLINE_BASE_TEXT_H
#define CAROLINE_BASE_TEXT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "common/base/arena.h"
#include "common/base/bytes.h"

enum text_verdict { TEXT_OK, TEXT_BROKEN, TEXT_CONTROL, TEXT_LONG };

/* Well-formed UTF-8 (no surrogates, no over-long forms), no C0, DEL, C1 control, no bidi override or isolate
 * (U+202A-202E, U+2066-2069), at most max characters. */
enum text_verdict text_check(struct bytes text, size_t max);
size_t text_length(struct bytes text); /* in code points; a byte that is no UTF-8 counts as one */
/* The first code point: how many bytes it takes; 0 when the text is empty or not UTF-8 there. */
size_t text_next(struct bytes text, uint32_t *code_point);

/* What a character beyond ASCII is to who reads numbers: a digit of any alphabet or width as '0' to '9', what is read as one (in a
 * circle, in brackets, raised, a Han numeral) as that with TEXT_SIGN_LIKENESS, what stands for one plain character as that, a blank of any
 * kind as ' ', dashes, points and signs as '-', letters as TEXT_SIGN_LETTER, and what is not seen (marks, joiners, what has no width) as
 * TEXT_SIGN_UNSEEN. *second: 0, or of what is read as two digits, a 12 in a circle, the second. */
#define TEXT_SIGN_LIKENESS 0x80
#define TEXT_SIGN_LETTER   0xFF
#define TEXT_SIGN_UNSEEN   0xFE
uint8_t text_sign(uint32_t code_point, uint8_t *second);

/* NFC, spaces at the ends taken off, runs of spaces (of any kind) made one plain space. Lives in the arena, NUL behind
 * it. Here and below, bytes that are no UTF-8 become U+FFFD. */
char *text_tidy(struct arena *arena, struct bytes text);
/* For search: case, accents, ligatures and compatibility forms folded away ("Éclair" and "eclair" alike). */
char *text_fold(struct arena *arena, struct bytes text);
/* The folded words (letters and digits) of a text; *words is an array in the arena. Returns their count. */
size_t text_words(struct arena *arena, struct bytes text, char ***words);
/* Cut to at most columns terminal cells, at a character as a reader sees it: marks stay with their letter. Returns the
 * count of bytes kept; *used (unless NULL) gets the cells. Widths are the same in every locale. */
size_t text_cut(const char *text, size_t columns, size_t *used);
size_t text_columns(const char *text);
/* What ASCII has for a character: itself without its accents, a likeness ("EUR", "ss", "L" for an L with a stroke), what it is put
 * together of ("fi", "1/2"), or '?'; nothing for one without width. The one place of it, for terminals and printers. Returns the count of bytes written, at most 3. */
size_t text_ascii(char to[3], uint32_t code_point);
/* Does it hold what a card's magnetic stripe says ("%B4...^", ";4...=...?") or a 14 to 19 digit card number, spaces and
 * dashes among the digits or not (nor what nobody sees), in digits of any width, with its check digit and a known issuer's beginning and length? Such text is refused
 * and wiped wherever people type. An EAN-13 is none, and neither is what stands in an IBAN. */
bool text_has_card_number(struct bytes text);
/* Does it hold a gift card's code as they are made here (common/rules/gift_card.h): 20 digits, 9 first, their check digits right, with
 * separators or not, as above? What a card machine or a bank calls a payment has a chance of one in a thousand to look so, if it
 * has 20 digits at all. */
bool text_has_gift_card_code(struct bytes text);
/* What may not stand in a reason, a reference or a note, for those are kept in clear: of either of these the sentence for who typed it;
 * NULL: neither. */
const char *text_secret(struct bytes text);
/* Nothing in it that a reader would see: empty, spaces, zero-width and tag characters, what Unicode has not given away. */
bool text_is_blank(struct bytes text);

/* EAN-8, EAN-13, UPC-A: check digit fits. Other codes have none: true. */
bool barcode_check(struct bytes code);

#endif
