/* What servers tell each other: LISTEN on channel "caroline". A payload is "SHOP:WORD:NUMBER" (server/call/driver.h
 * lists the words); NOTIFY itself is a statement of the transaction that makes the news true.
 *
 * Listen first, then read: whatever depends on the news is read again each time `again` is called, which is once the
 * connection listens, the first time and after each loss. Polls stand behind it all (catalogue_keeper.h,
 * driver_look). */
#ifndef CAROLINE_SERVER_STORE_NOTIFY_H
#define CAROLINE_SERVER_STORE_NOTIFY_H

#include <stdint.h>

struct uv_loop_s;
struct notify;

struct notify_config {
    const char *uri; /* the app role's */
    /* word: valid during the call. What cannot be read is logged and skipped. */
    void (*heard)(void *user, int64_t shop_id, const char *word, int64_t number);
    void (*again)(void *user);
    void *user;
};

/* uri must live as long. Connects by itself, and again after each loss. */
struct notify *notify_open(struct uv_loop_s *loop, const struct notify_config *config);
void notify_close(struct notify *notify, void (*closed)(void *user), void *user);

#endif
