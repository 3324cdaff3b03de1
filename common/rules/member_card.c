/* Codes of members' cards, and their paper. */
#include "common/rules/member_card.h"

#include <string.h>

#include "common/base/phone.h"

#define MARK       "MC"
#define MARK_SIZE  2
#define VALUES     36 /* of the check: 0-9, A-Z */
#define PAPER_ROWS 8
#define ENDS       (MEMBER_CARD_ENDS_TEXT - 1)

/* Without I, L, O and U. */
static const char letters[] = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";

static unsigned value_of(char letter)
{
    return letter <= '9' ? (unsigned)(letter - '0') : 10 + (unsigned)(letter - 'A');
}

/* ISO/IEC 7064, MOD 37-36, over what stands before it. */
static char check_of(const char *code, size_t count)
{
    unsigned product = VALUES;

    for (size_t i = 0; i < count; i++) {
        unsigned sum = (product + value_of(code[i])) % VALUES;
        product = 2 * (sum == 0 ? VALUES : sum) % (VALUES + 1);
    }
    return "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"[(VALUES + 1 - product) % VALUES];
}

void member_card_code(const uint8_t bytes[MEMBER_CARD_DRAWN], char code[MEMBER_CARD_CODE_TEXT])
{
    memcpy(code, MARK, MARK_SIZE);
    for (size_t i = 0; i < MEMBER_CARD_DRAWN; i++)
        code[MARK_SIZE + i] = letters[bytes[i] % 32];
    code[MEMBER_CARD_LENGTH - 1] = check_of(code, MEMBER_CARD_LENGTH - 1);
    code[MEMBER_CARD_LENGTH] = '\0';
}

bool member_card_is_misread(const char *code)
{
    const size_t drawn = strspn(code, letters);

    return strlen(code) == MEMBER_CARD_LENGTH && strncmp(code, MARK, MARK_SIZE) == 0 &&
           drawn >= MEMBER_CARD_LENGTH - 1 &&
           strspn(code, "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ") == MEMBER_CARD_LENGTH &&
           code[MEMBER_CARD_LENGTH - 1] != check_of(code, MEMBER_CARD_LENGTH - 1);
}

/* Which digit a letter is read as; others as themselves. */
static char digit_like(char letter)
{
    if (letter == 'I' || letter == 'L')
        return '1';
    if (letter == 'O')
        return '0';
    return letter;
}

char *member_card_read(struct arena *arena, struct bytes card)
{
    char *code = card_normalise(arena, card), meant[MEMBER_CARD_CODE_TEXT] = "";

    if (code == NULL || strlen(code) != MEMBER_CARD_LENGTH || strncmp(code, MARK, MARK_SIZE) != 0)
        return code;
    for (size_t i = 0; i < MEMBER_CARD_LENGTH - 1; i++)
        meant[i] = digit_like(code[i]);
    if (strspn(meant, letters) != MEMBER_CARD_LENGTH - 1)
        return code;
    meant[MEMBER_CARD_LENGTH - 1] = check_of(meant, MEMBER_CARD_LENGTH - 1);
    if (digit_like(code[MEMBER_CARD_LENGTH - 1]) == digit_like(meant[MEMBER_CARD_LENGTH - 1]))
        memcpy(code, meant, sizeof meant);
    return code;
}

int64_t member_card_ends(const char *code)
{
    size_t size = code == NULL ? 0 : strlen(code);
    int64_t ends = 0;

    for (size_t i = 0; size >= ENDS && i < ENDS; i++)
        ends = ends * 256 + (unsigned char)code[size - ENDS + i];
    return ends;
}

char *member_card_ends_text(int64_t ends, char text[MEMBER_CARD_ENDS_TEXT])
{
    text[0] = text[ENDS] = '\0';
    for (size_t i = ENDS; ends > 0 && i > 0; i--, ends /= 256) {
        text[i - 1] = (char)(ends % 256);
        if (strchr("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ", text[i - 1]) == NULL)
            text[i - 1] = '?';
    }
    return text;
}

const char *member_card_in_fours(const char *code, struct arena *arena)
{
    char *text = arena_alloc(arena, 2 * strlen(code) + 1);
    size_t count = 0;

    for (size_t i = 0; code[i] != '\0'; i++) {
        if (i > 0 && i % 4 == 0)
            text[count++] = ' ';
        text[count++] = code[i];
    }
    text[count] = '\0';
    return text;
}

static void add(struct receipt_row *rows, size_t *count, enum receipt_row_kind kind, const char *left)
{
    rows[(*count)++] = (struct receipt_row){ .kind = kind, .left = left };
}

struct receipt member_card_paper(const char *shop_name, const char *name, const char *code, struct arena *arena)
{
    struct receipt_row *rows = arena_array(arena, PAPER_ROWS, sizeof *rows);
    size_t count = 0;

    if (*shop_name)
        add(rows, &count, RECEIPT_ROW_TITLE, shop_name);
    add(rows, &count, RECEIPT_ROW_TITLE, "MEMBER CARD");
    if (*name)
        add(rows, &count, RECEIPT_ROW_CENTRE, name);
    add(rows, &count, RECEIPT_ROW_RULE, NULL);
    add(rows, &count, RECEIPT_ROW_CODE, code);
    add(rows, &count, RECEIPT_ROW_BARS, code);
    add(rows, &count, RECEIPT_ROW_CENTRE, member_card_in_fours(code, arena));
    add(rows, &count, RECEIPT_ROW_CENTRE,
        "Show it at the till and at the kiosk. Lost? Ask for a new one: this one ends then.");
    return (struct receipt){ .rows = rows, .count = count };
}
