/* What making or changing one thing of the catalogue has in common: the lock, which thing it is, the version, the
 * answer. A service's shared struct begins with a struct put. */
#ifndef CAROLINE_SERVER_SERVICE_PUT_H
#define CAROLINE_SERVER_SERVICE_PUT_H

#include "server/call/call.h"

struct put {
    int64_t id;
    bool made, raised;
    struct rows *all; /* the newest state of each: columns id and name */
    size_t row;       /* of all: the one that is changed, unless it is made */
    struct rows *head;
};

/* First stage: takes the lock under which the catalogue changes; what is asked behind it is true until the COMMIT. */
void put_begin(struct call *c, bool has_id, uint64_t id);
/* Second stage: which of `all` it is. Refused: no such id (unknown), or a name that another one has (NULL: it keeps the
 * one it has). */
enum step put_find(struct call *c, int unknown, const char *path, const char *name);
/* Something changes, in this shop or (0) in all: what is asked behind it belongs to the new version. */
void put_raise(struct call *c, int64_t shop_id);
uint64_t put_version(const struct call *c);
/* Last stage: CataloguePutDone. */
enum step put_done(struct call *c);

#endif
