/* Certificates and ends of TLS for tests. */
#include "tls_world.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

const struct instant now = { 1795000000 * SECOND_US }; /* no test depends on the day it runs on */

static struct instant later(int64_t us)
{
    return (struct instant){ now.us + us };
}

char directory[] = "/tmp/caroline-tls-XXXXXX";
struct authority *ours, *foreign;
uint8_t device_hash[DIGEST_SIZE];

const char *path_of(const char *name)
{
    static char paths[8][128];
    static unsigned next;
    char *path = paths[next++ % 8];

    snprintf(path, sizeof paths[0], "%s/%s", directory, name);
    return path;
}

void issue(struct authority *authority, enum certificate_kind kind, const char *name, const char *file,
           int64_t begin_us, int64_t end_us, uint8_t *key_hash)
{
    char certificate[64], key[64];

    snprintf(certificate, sizeof certificate, "%s.crt", file);
    snprintf(key, sizeof key, "%s.key", file);
    struct certificate_wish wish = {
        .kind = kind,
        .name = name,
        .begin = later(begin_us),
        .end = later(end_us),
        .certificate_path = path_of(certificate),
        .key_path = path_of(key),
    };
    authority_issue(authority, &wish, key_hash);
}

int make_certificates(void **state)
{
    (void)state;
    assert_non_null(mkdtemp(directory));
    ours = authority_create("Our bakery", later(-YEAR_US), later(10 * YEAR_US));
    foreign = authority_create("Another bakery", later(-YEAR_US), later(10 * YEAR_US));
    issue(ours, CERTIFICATE_OF_SERVER, "localhost", "server", -YEAR_US, YEAR_US, NULL);
    issue(ours, CERTIFICATE_OF_SERVER, "127.0.0.1", "address", -YEAR_US, YEAR_US, NULL);
    issue(ours, CERTIFICATE_OF_SERVER, "localhost", "old_server", -YEAR_US, -SECOND_US, NULL);
    issue(ours, CERTIFICATE_OF_SERVER, "localhost", "early_server", SECOND_US, YEAR_US, NULL);
    issue(foreign, CERTIFICATE_OF_SERVER, "localhost", "foreign_server", -YEAR_US, YEAR_US, NULL);
    issue(ours, CERTIFICATE_OF_DEVICE, "till 1", "device", -YEAR_US, YEAR_US, device_hash);
    issue(ours, CERTIFICATE_OF_DEVICE, "till 2", "old_device", -YEAR_US, -SECOND_US, NULL);
    issue(foreign, CERTIFICATE_OF_DEVICE, "till 3", "foreign_device", -YEAR_US, YEAR_US, NULL);
    return 0;
}

int remove_certificates(void **state)
{
    char command[64];

    (void)state;
    authority_destroy(ours);
    authority_destroy(foreign);
    snprintf(command, sizeof command, "rm -r %s", directory);
    return system(command);
}

struct tls_context *server_of(const char *file)
{
    char certificate[64], key[64];
    const char *problem = "";

    snprintf(certificate, sizeof certificate, "%s.crt", file);
    snprintf(key, sizeof key, "%s.key", file);
    struct tls_context *context = tls_server_create(path_of(certificate), path_of(key), authority_der(ours), &problem);
    if (context == NULL)
        fail_msg("%s", problem);
    return context;
}

struct tls_context *client_of(struct bytes ca, const char *file)
{
    char certificate[64], key[64];
    const char *problem = "";

    snprintf(certificate, sizeof certificate, "%s.crt", file != NULL ? file : "");
    snprintf(key, sizeof key, "%s.key", file != NULL ? file : "");
    struct tls_context *context =
        tls_client_create(ca, file != NULL ? path_of(certificate) : NULL, file != NULL ? path_of(key) : NULL, &problem);
    if (context == NULL)
        fail_msg("%s", problem);
    return context;
}

void receive(struct end *end, struct bytes bytes)
{
    tls_receive(end->tls, bytes, &end->plain, &end->out);
}

bool carry(struct end *from, struct end *to, size_t piece)
{
    struct buffer sent = from->out;

    if (sent.size == 0)
        return false;
    from->out = (struct buffer){ 0 };
    for (size_t at = 0; at < sent.size; at += piece) {
        size_t size = sent.size - at < piece ? sent.size - at : piece;
        /* Of its very own size, so that a read past its end is seen. */
        uint8_t *bytes = test_malloc(size);
        memcpy(bytes, sent.data + at, size);
        receive(to, bytes_of(bytes, size));
        test_free(bytes);
    }
    buffer_fini(&sent);
    return true;
}

void exchange(struct end *client, struct end *server, size_t piece)
{
    bool moved = true;

    while (moved) {
        moved = carry(client, server, piece);
        moved = carry(server, client, piece) || moved;
    }
}

void let_go(struct end *end)
{
    tls_destroy(end->tls);
    buffer_fini(&end->plain);
    buffer_fini(&end->out);
}

struct pair pair_of(struct bytes ca, const char *device, const char *server, const char *name)
{
    struct pair pair = { .client_context = client_of(ca, device), .server_context = server_of(server) };

    pair.client.tls = tls_create(pair.client_context, name, now);
    pair.server.tls = tls_create(pair.server_context, NULL, now);
    receive(&pair.client, (struct bytes){ 0 });
    return pair;
}

void pair_end(struct pair *pair)
{
    let_go(&pair->client);
    let_go(&pair->server);
    tls_context_destroy(pair->client_context);
    tls_context_destroy(pair->server_context);
}

void say(struct end *end, const char *text)
{
    tls_send(end->tls, bytes_of_text(text), &end->out);
}

void assert_heard(struct end *end, const char *text)
{
    assert_int_equal(end->plain.size, strlen(text));
    assert_memory_equal(end->plain.data, text, end->plain.size);
    buffer_clear(&end->plain);
}
