/* Cards of our own for members: their codes, and the paper that is the card. No I/O, no clock, no chance. */
#ifndef CAROLINE_RULES_MEMBER_CARD_H
#define CAROLINE_RULES_MEMBER_CARD_H

#include <stdbool.h>
#include <stdint.h>

#include "common/base/arena.h"
#include "common/base/bytes.h"
#include "common/base/receipt.h"

/* "MC", 13 of 32 letters and digits that nobody takes for one another (65 bits), and a check character over all of them (ISO/IEC 7064,
 * MOD 37-36). No good, gift card, coupon or receipt is written so. */
#define MEMBER_CARD_DRAWN     13
#define MEMBER_CARD_LENGTH    16
#define MEMBER_CARD_CODE_TEXT (MEMBER_CARD_LENGTH + 1)

/* Out of bytes that nobody can guess; of each five bits count. */
void member_card_code(const uint8_t bytes[MEMBER_CARD_DRAWN], char code[MEMBER_CARD_CODE_TEXT]);
/* As card_normalise() of phone.h has it: written as ours are, but the check character is another's: it was mistyped or misread. */
bool member_card_is_misread(const char *code);
/* As card_normalise() of phone.h; of one of ours in which an I or L was typed for a 1, or an O for a 0, or the other way round in its
 * check character, which may be any letter, the code that was meant. Another's card has to fit our check by chance to be taken so. */
char *member_card_read(struct arena *arena, struct bytes card);
/* In fours, to be read out and typed; in the arena. */
const char *member_card_in_fours(const char *code, struct arena *arena);

/* Its last four signs as a number, a byte each, by which an exception names it; 0: it is shorter, or NULL. And back: "" of 0. */
#define MEMBER_CARD_ENDS_TEXT 5
int64_t member_card_ends(const char *code);
char *member_card_ends_text(int64_t ends, char text[MEMBER_CARD_ENDS_TEXT]);

/* The card: shop, name, the code as QR, as bars and to be read. For eyes and paper, and for no disk. Of the names the empty are left out. */
struct receipt member_card_paper(const char *shop_name, const char *name, const char *code, struct arena *arena);
#endif
