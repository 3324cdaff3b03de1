/* A copy of everything that is kept of a member (OP_MEMBER_EXPORT, OP_SELF_EXPORT), as text that they can read: the same at the kiosk and
 * on the command line. Pages are added as they come; each part of the text grows by itself, and all of them make the whole. */
#ifndef CAROLINE_GOODS_MEMBER_TEXT_H
#define CAROLINE_GOODS_MEMBER_TEXT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "common/base/instant.h"
#include "proto/privacy.pb-c.h"

#define MEMBER_TEXT_PARTS_MAX 24

/* Of the heap, and wiped before it is let go. */
struct member_text_part {
    char *text;
    size_t size, room;
};

/* All zero but for what its owner sets. */
struct member_text {
    const struct zone *zone; /* whose clocks the times are by; looked at while a page is added */
    unsigned exponent;       /* of the shop's currency; likewise */
    size_t columns;          /* long lines are broken there; 0: none is */
    size_t most;             /* bytes of the whole, titles aside; 0: as many as there are */
    /* The name of an account that a row of a receipt says by its number; NULL: it is not known. May itself be NULL. */
    const char *(*account_name)(void *owner, uint64_t account_id, const char *row);
    void *owner;

    bool cut;    /* there was more than `most`: what did not fit, and all behind it, is not there */
    size_t size; /* of all parts */
    struct member_text_part parts[MEMBER_TEXT_PARTS_MAX];
};

void member_text_add(struct member_text *text, const Caroline__V1__MemberExported *page);
/* With its titles, and where it was cut with that said first and last. Of the heap: the caller wipes and frees it. The parts stay. */
char *member_text_whole(const struct member_text *text);
void member_text_fini(struct member_text *text);

#endif
