/* What somebody types to find a member: a phone number, an e-mail address, a card's number or a name. Pure. */
#ifndef CAROLINE_GOODS_MEMBER_QUERY_H
#define CAROLINE_GOODS_MEMBER_QUERY_H

#include "proto/member.pb-c.h"

enum member_key { MEMBER_KEY_NONE, MEMBER_KEY_PHONE, MEMBER_KEY_EMAIL, MEMBER_KEY_CARD, MEMBER_KEY_NAME };

/* What a text is taken for at first. */
enum member_key member_key_first(const char *text);
/* What else it may be, if nobody is found by that; MEMBER_KEY_NONE: nothing. */
enum member_key member_key_next(const char *text, enum member_key tried);
/* Into an empty message, which lives no longer than the text. */
void member_key_put(Caroline__V1__MemberFind *message, enum member_key key, const char *text);

#endif
