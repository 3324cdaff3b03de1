/* Strangers at the port. The first byte: even, the rest goes to the server as it is; odd, a conversation is held, the
 * second byte says at which step what is under way is changed, and the rest how: three bytes each, where (u16) and by
 * what. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "certificates.h"
#include "common/wire/tls.h"
#include "file.h"
#include "target.h"

#define SAID  "a roll, please"
#define STEPS 8

static struct tls_context *server_context, *client_context;

static void open_contexts(void)
{
    static char certificate[128], key[128];
    struct instant begin = { 1790000000 * SECOND_US }, end = { 1800000000 * SECOND_US };
    struct authority *authority = authority_create("A bakery", begin, end);
    const char *problem = "";

    snprintf(certificate, sizeof certificate, "%s/server.crt", file_folder());
    snprintf(key, sizeof key, "%s/server.key", file_folder());
    struct certificate_wish wish = { .kind = CERTIFICATE_OF_SERVER,
                                     .name = "localhost",
                                     .begin = begin,
                                     .end = end,
                                     .certificate_path = certificate,
                                     .key_path = key };
    authority_issue(authority, &wish, NULL);
    server_context = tls_server_create(certificate, key, authority_der(authority), &problem);
    client_context = tls_client_create(authority_der(authority), NULL, NULL, &problem);
    assert(server_context && client_context);
    authority_destroy(authority);
}

static bool close_contexts(bool full)
{
    (void)full;
    tls_context_destroy(server_context);
    tls_context_destroy(client_context);
    return true;
}

struct end {
    struct tls *tls;
    struct buffer plain, out;
};

static struct end end_of(struct tls_context *context, const char *name)
{
    static const struct instant now = { 1795000000 * SECOND_US };
    struct end end = { .tls = tls_create(context, name, now) };

    if (name)
        tls_receive(end.tls, (struct bytes){ 0 }, &end.plain, &end.out);
    return end;
}

static void let_go(struct end *end)
{
    tls_destroy(end->tls);
    buffer_fini(&end->plain);
    buffer_fini(&end->out);
}

/* By 0: cut off there; by 255: zeros behind it; else that byte is another. */
static void damage(struct buffer *sent, struct bytes how)
{
    static const uint8_t zeros[100];

    for (; how.size >= 3 && sent->size > 0; how = bytes_of(how.data + 3, how.size - 3)) {
        size_t at = get_u16(how.data) % sent->size;
        if (how.data[2] == 0)
            sent->size = at;
        else if (how.data[2] == 255)
            put(sent, zeros, at < sizeof zeros ? at : sizeof zeros);
        else
            sent->data[at] ^= how.data[2];
    }
}

static void converse(size_t bad_step, struct bytes how)
{
    struct end client = end_of(client_context, "localhost"), server = end_of(server_context, NULL);

    for (size_t step = 0; step < STEPS; step++) {
        struct end *from = step % 2 == 0 ? &client : &server, *to = step % 2 == 0 ? &server : &client;
        if (tls_state_of(from->tls) == TLS_OPEN)
            tls_send(from->tls, bytes_of_text(SAID), &from->out);
        struct buffer sent = from->out;
        from->out = (struct buffer){ 0 };
        if (step == bad_step)
            damage(&sent, how);
        tls_receive(to->tls, bytes_of(sent.data, sent.size), &to->plain, &to->out);
        buffer_fini(&sent);
    }
    assert(server.plain.size <= STEPS / 2 * strlen(SAID)); /* what was said, or less of it, and nothing else */
    for (size_t i = 0; i < server.plain.size; i++)
        assert(server.plain.data[i] == SAID[i % strlen(SAID)]);
    let_go(&client);
    let_go(&server);
}

static bool run(struct bytes input)
{
    if (input.size < 2)
        return false;
    if (input.data[0] % 2 == 1) {
        converse(input.data[1] % STEPS, bytes_of(input.data + 2, input.size - 2));
        return false;
    }
    struct end server = end_of(server_context, NULL);
    tls_receive(server.tls, bytes_of(input.data + 1, input.size - 1), &server.plain, &server.out);
    assert(tls_state_of(server.tls) != TLS_OPEN && server.plain.size == 0);
    let_go(&server);
    return false;
}

static void make(struct chance *chance, struct buffer *input)
{
    size_t size = 5 + below(chance, 600);
    uint8_t head[] = { (uint8_t)below(chance, 2), 0x16, 3, 1, 0, 0, 1 };

    if (head[0] % 2 == 1) {
        head[1] = (uint8_t)below(chance, STEPS);
        put(input, head, 2);
        size = 3 * below(chance, 4);
    } else if (one_in(chance, 8)) {
        put(input, head, 1);
    } else { /* so that it gets past the first look */
        put_u16(head + 4, (uint16_t)(one_in(chance, 2) ? size : chance_next(chance)));
        put(input, head, sizeof head);
    }
    for (; size > 0; size--)
        put(input, &(uint8_t){ (uint8_t)chance_next(chance) }, 1);
}

const struct target target_tls = {
    .name = "tls", .open = open_contexts, .run = run, .make = make, .close = close_contexts
};
