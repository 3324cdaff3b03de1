/* Enrolment codes as text: Crockford's base32, forgiving to read. */
#include "common/wire/code.h"

#include <string.h>

#define GROUP 4

static const char digits[] = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";

/* -1: no digit. U is none in Crockford's alphabet, lest a code become a word. */
static int digit_of(uint8_t character)
{
    if (character >= 'a' && character <= 'z')
        character = (uint8_t)(character - 'a' + 'A');
    if (character == 'O')
        return 0;
    if (character == 'I' || character == 'L')
        return 1;
    const char *at = character ? strchr(digits, character) : NULL;
    return at ? (int)(at - digits) : -1;
}

char *code_format(char text[CODE_TEXT], const struct enrolment_code *code)
{
    uint8_t bytes[CODE_FINGERPRINT_SIZE + CODE_SECRET_SIZE];
    memcpy(bytes, code->fingerprint, CODE_FINGERPRINT_SIZE);
    memcpy(bytes + CODE_FINGERPRINT_SIZE, code->secret, CODE_SECRET_SIZE);

    char *out = text;
    unsigned held = 0, bits = 0;
    size_t next = 0;
    for (size_t i = 0; i < CODE_CHARACTERS; i++) {
        if (bits < 5) {
            held = held << 8 | bytes[next++];
            bits += 8;
        }
        bits -= 5;
        if (i && i % GROUP == 0)
            *out++ = '-';
        *out++ = digits[held >> bits & 31];
    }
    *out = 0;
    return text;
}

enum code_verdict code_parse(struct bytes text, struct enrolment_code *code)
{
    uint8_t bytes[CODE_FINGERPRINT_SIZE + CODE_SECRET_SIZE];
    unsigned held = 0, bits = 0;
    size_t count = 0, next = 0;

    for (size_t i = 0; i < text.size; i++) {
        uint8_t character = text.data[i];
        if (character == '-' || character == ' ')
            continue;
        int digit = digit_of(character);
        if (digit < 0)
            return CODE_CHARACTER;
        if (++count > CODE_CHARACTERS)
            return CODE_LONG;
        held = (held << 5 | (unsigned)digit) & 0xfff; /* at most 7 bits wait, and 5 come */
        bits += 5;
        if (bits >= 8) {
            bits -= 8;
            bytes[next++] = (uint8_t)(held >> bits);
        }
    }
    if (count < CODE_CHARACTERS)
        return CODE_SHORT;
    memcpy(code->fingerprint, bytes, CODE_FINGERPRINT_SIZE);
    memcpy(code->secret, bytes + CODE_FINGERPRINT_SIZE, CODE_SECRET_SIZE);
    return CODE_OK;
}
