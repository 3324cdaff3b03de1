/* The catalogues of all shops in memory, as new as this process has heard: fetched at the start with their recent past,
 * refreshed when told, and by a poll of the head rows every five seconds behind that. A version's age is told by the
 * database (catalogue_version.made_at), so that it is the same in every process and after a restart. */
#ifndef CAROLINE_SERVER_STORE_CATALOGUE_KEEPER_H
#define CAROLINE_SERVER_STORE_CATALOGUE_KEEPER_H

#include "common/base/world.h"
#include "common/rules/catalogue.h"
#include "server/store/store.h"

struct uv_loop_s;
struct catalogue_keeper;

struct catalogue_keeper_config {
    struct store *store;
    struct clock *clock;
    int64_t poll_ms;    /* 0: 5,000 */
    int64_t remember_s; /* how long a superseded version can be priced with; 0: 20 minutes */
    /* The shop's catalogue is newer now (or there for the first time). Never from inside a call of this header. */
    void (*changed)(void *user, int64_t shop_id);
    void *user;
};

struct catalogue_keeper *catalogue_keeper_open(struct uv_loop_s *loop, const struct catalogue_keeper_config *config);
/* NULL: not in memory yet. Good until `changed` for what is newest, and for remember_s for what is not. */
const struct catalogue *catalogue_keeper_get(const struct catalogue_keeper *keeper, int64_t shop_id);
/* The database has this version or a newer one: fetch it now. shop_id 0: look at all shops. */
void catalogue_keeper_want(struct catalogue_keeper *keeper, int64_t shop_id, uint64_t version);
/* Something may have been missed: read the head rows now. */
void catalogue_keeper_look(struct catalogue_keeper *keeper);
/* All shops there are have been fetched, as of the last look. */
bool catalogue_keeper_complete(const struct catalogue_keeper *keeper);
/* While the store still lives. closed: freed, the loop holds nothing of it. */
void catalogue_keeper_close(struct catalogue_keeper *keeper, void (*closed)(void *user), void *user);

#endif
