/* A copy of everything that is kept of a member as JSON, page by page, each with the server's signature: one document, of one page a line,
 * that deploy/verify-export verifies (PROTOCOL.md, section 10). */
#ifndef CAROLINE_GOODS_MEMBER_COPY_H
#define CAROLINE_GOODS_MEMBER_COPY_H

#include <stdbool.h>
#include <stddef.h>

#include "proto/privacy.pb-c.h"

struct member_copy_page;

/* All zero: no page yet. */
struct member_copy {
    struct member_copy_page *first, *last;
    size_t size;
};

/* false: there is no memory for it. */
bool member_copy_add(struct member_copy *copy, const Caroline__V1__MemberExported *page);
/* Ends with a newline and a NUL. Of the heap: the caller wipes and frees it; NULL: there is no memory for it. */
char *member_copy_whole(const struct member_copy *copy);
/* Wiped before it is let go. */
void member_copy_fini(struct member_copy *copy);

#endif
