/* What somebody types to find a member. */
#include "client/goods/member_query.h"

#include <stdbool.h>
#include <string.h>

#include "common/base/phone.h"

static bool is_phone(const char *text)
{
    return strspn(text, "0123456789+()-/. ") == strlen(text);
}

/* May a card say this? Names have no digits. As card_normalise() has it: blanks do not count, for a code is read out and typed in fours. */
static bool fits_a_card(const char *text)
{
    size_t count = 0;

    for (const char *at = text; *at != '\0'; at++) {
        if (*at < ' ' || *at > '~')
            return false;
        count += *at != ' ';
    }
    return count >= CARD_MIN && count <= CARD_MAX && strpbrk(text, "0123456789") != NULL;
}

enum member_key member_key_first(const char *text)
{
    if (strchr(text, '@') != NULL)
        return MEMBER_KEY_EMAIL;
    if (is_phone(text))
        return MEMBER_KEY_PHONE;
    return fits_a_card(text) ? MEMBER_KEY_CARD : MEMBER_KEY_NAME;
}

/* Digits that are nobody's phone number may be a card's, and what is no card after all, part of a name. */
enum member_key member_key_next(const char *text, enum member_key tried)
{
    if (tried == MEMBER_KEY_PHONE && strpbrk(text, "() +") == NULL && fits_a_card(text))
        return MEMBER_KEY_CARD;
    return tried == MEMBER_KEY_CARD && !is_phone(text) ? MEMBER_KEY_NAME : MEMBER_KEY_NONE;
}

void member_key_put(Caroline__V1__MemberFind *message, enum member_key key, const char *text)
{
    ProtobufCBinaryData value = { .len = strlen(text), .data = (uint8_t *)(uintptr_t)text };

    message->has_phone = key == MEMBER_KEY_PHONE;
    message->has_email = key == MEMBER_KEY_EMAIL;
    message->has_card = key == MEMBER_KEY_CARD;
    message->has_name = key == MEMBER_KEY_NAME;
    message->phone = message->email = message->card = message->name = value;
}
