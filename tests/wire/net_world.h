/* The network upon a scripted driver, and clients of our own TLS in the same thread. The sockets, the loop and the
 * certificates are real, the clock is not. */
#ifndef CAROLINE_TESTS_WIRE_NET_WORLD_H
#define CAROLINE_TESTS_WIRE_NET_WORLD_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <uv.h>

#include <cmocka.h>

#include "common/wire/frame.h"
#include "common/wire/tls.h"
#include "server/call/driver.h"
#include "server/net/net.h"

struct driver {
    struct peer *peer; /* the last that came */
    size_t opened, closed, received, bad_frames, writable;
    size_t unanswered, unanswered_max;
    bool answers;
    size_t answer_size; /* 0: what was received */
    uint8_t last[FRAME_MAX];
    size_t last_size;
};
extern struct driver driver;

extern const struct instant today;
extern int64_t monotonic;
extern uint8_t chance; /* of a hundred */
extern struct clock test_clock;
extern struct entropy test_entropy;
extern struct tls_context *server_tls, *device_tls, *stranger_tls;
extern uv_loop_t loop;
extern struct net *net;

int make_world(void **state);
int end_world(void **state);
int open_net(void **state);
int close_net(void **state);
/* For net_close(): the context is a bool. */
void note_closed(void *context);
#define NET_TEST(name) cmocka_unit_test_setup_teardown(name, open_net, close_net)

struct client {
    int fd;
    struct tls *tls;
    struct buffer plain, out;
    bool ended;  /* the server has shut its side */
    bool silent; /* do not read */
};

int dial(void);
struct client client_of(struct tls_context *context);
/* A device's, once the driver has heard of it. */
struct client signed_in(void);
void client_end(struct client *client);
/* Write and read what can be, without waiting. */
void client_turn(struct client *client);
/* Turn until nothing more happens. */
void settle(struct client *client);
void say(struct client *client, const void *payload, size_t size);
bool heard(const struct client *client, const char *text);
int64_t real_ms(void);

/* Turn loop and client until the condition holds; fails after ten seconds. */
#define UNTIL(client, condition)                                                                                       \
    for (int64_t begin_ = real_ms(); !(condition);) {                                                                  \
        uv_run(&loop, UV_RUN_NOWAIT);                                                                                  \
        client_turn(client);                                                                                           \
        if (real_ms() > begin_ + 30000)                                                                                \
            fail_msg("never came true: %s", #condition);                                                               \
    }

#endif
