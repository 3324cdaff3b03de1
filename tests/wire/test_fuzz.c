/* Bytes from outside, at random: messages of every op and their mutations through the walker, garbage and mutated
 * handshakes through TLS. Nothing may crash, hang, leak or grow; what passes stays the same when it is sent on. The
 * seed is printed; CAROLINE_SEED sets it, CAROLINE_FUZZ_MS how long each part runs. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include <cmocka.h>

#include "certificates.h"
#include "common/wire/frame.h"
#include "common/wire/tls.h"
#include "common/wire/walker.h"
#include "proto/envelope.pb-c.h"
#include "server/service/ops.h"

/* ---- chance ------------------------------------------------------------------------------------------------------ */

static uint64_t seed, state_of_chance;
static int64_t part_ms = 1000;

static uint64_t chance(void)
{
    state_of_chance ^= state_of_chance << 13;
    state_of_chance ^= state_of_chance >> 7;
    state_of_chance ^= state_of_chance << 17;
    return state_of_chance;
}

static size_t below(size_t bound)
{
    return (size_t)(chance() % bound);
}

static int64_t now_ms(void)
{
    struct timespec now;

    clock_gettime(CLOCK_MONOTONIC, &now);
    return now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

static int choose_seed(void **state)
{
    const char *given = getenv("CAROLINE_SEED"), *time = getenv("CAROLINE_FUZZ_MS");

    (void)state;
    seed = given != NULL ? strtoull(given, NULL, 10) : (uint64_t)now_ms() * 2654435761u + (uint64_t)getpid();
    state_of_chance = seed | 1;
    if (time != NULL)
        part_ms = strtoll(time, NULL, 10);
    print_message("           CAROLINE_SEED=%llu\n", (unsigned long long)seed);
    return 0;
}

/* ---- messages ---------------------------------------------------------------------------------------------------- */

static void put_byte(struct buffer *out, uint8_t byte)
{
    assert_true(buffer_append(out, &byte, 1, SIZE_MAX));
}

static void put_varint(struct buffer *out, uint64_t value)
{
    for (; value >= 128; value >>= 7)
        put_byte(out, (uint8_t)(value | 128));
    put_byte(out, (uint8_t)value);
}

static uint64_t any_number(void)
{
    static const uint64_t favourites[] = { 0, 1, 127, 128, 1000, INT32_MAX, UINT32_MAX, INT64_MAX, UINT64_MAX };

    return below(3) > 0 ? favourites[below(sizeof favourites / sizeof favourites[0])] : chance();
}

static void put_text(struct buffer *out)
{
    static const char *const favourites[] = {
        "",     "roll",         "Amélie",     "\xff",      "\x1b[2J",
        "a\nb", "\xe2\x80\xae", "2026-11-22", "3T-000042", "0123456789012345678901234567890123456789"
    };
    const char *text = favourites[below(sizeof favourites / sizeof favourites[0])];

    put_varint(out, strlen(text));
    assert_true(buffer_append(out, text, strlen(text), SIZE_MAX));
}

static void put_message(struct buffer *out, const ProtobufCMessageDescriptor *descriptor, unsigned depth);

static void put_field(struct buffer *out, const ProtobufCFieldDescriptor *field, unsigned depth)
{
    if (field->type == PROTOBUF_C_TYPE_MESSAGE) {
        struct buffer inner = { 0 };
        if (depth > 0)
            put_message(&inner, field->descriptor, depth - 1);
        put_varint(out, (uint64_t)field->id << 3 | 2);
        put_varint(out, inner.size);
        assert_true(buffer_append(out, inner.data, inner.size, SIZE_MAX));
        buffer_fini(&inner);
    } else if (field->type == PROTOBUF_C_TYPE_BYTES) {
        put_varint(out, (uint64_t)field->id << 3 | 2);
        put_text(out);
    } else {
        put_varint(out, (uint64_t)field->id << 3);
        put_varint(out, field->type == PROTOBUF_C_TYPE_ENUM ? below(6) : any_number());
    }
}

/* Some of its fields, lists longer than allowed among them. */
static void put_message(struct buffer *out, const ProtobufCMessageDescriptor *descriptor, unsigned depth)
{
    for (unsigned i = 0; i < descriptor->n_fields; i++) {
        const ProtobufCFieldDescriptor *field = &descriptor->fields[i];
        size_t count = field->label == PROTOBUF_C_LABEL_REPEATED ? below(4) : below(4) > 0;
        if (field->label == PROTOBUF_C_LABEL_REPEATED && below(40) == 0)
            count = 300;
        for (; count > 0 && out->size < 20000; count--)
            put_field(out, field, depth);
    }
}

static void mutate(struct buffer *bytes)
{
    for (size_t times = below(6); times > 0 && bytes->size > 0; times--) {
        size_t at = below(bytes->size), rest = bytes->size - at, size = 1 + below(rest < 16 ? rest : 16);
        uint8_t piece[16];
        switch (below(5)) {
        case 0:
            bytes->data[at] ^= (uint8_t)(1u << below(8));
            break;
        case 1:
            bytes->data[at] = (uint8_t)chance();
            break;
        case 2:
            bytes->size = at;
            break;
        case 3: /* a piece once more, at the end */
            memcpy(piece, bytes->data + at, size);
            assert_true(buffer_append(bytes, piece, size, SIZE_MAX));
            break;
        default: /* a piece left out */
            memmove(bytes->data + at, bytes->data + at + size, rest - size);
            bytes->size -= size;
            break;
        }
    }
    if (bytes->size > FRAME_MAX)
        bytes->size = FRAME_MAX;
}

/* Decode, check; what is fine comes back the same from its own encoding. 0 no message, 1 refused, 2 fine. */
static int walk(const ProtobufCMessageDescriptor *descriptor, struct bytes bytes, struct arena *arena)
{
    const char *field = NULL, *sentence = NULL;
    ProtobufCMessage *message = message_decode(descriptor, bytes, arena);

    if (message == NULL)
        return 0;
    if (!message_check(message, arena, &field, &sentence)) {
        assert_true(field[0] != 0 && sentence[0] != 0);
        return 1;
    }
    struct bytes once = message_encode(message, arena);
    if (once.size > FRAME_MAX)
        return 2;
    ProtobufCMessage *again = message_decode(descriptor, once, arena);
    assert_non_null(again);
    assert_true(message_check(again, arena, &field, &sentence));
    assert_true(bytes_equal(once, message_encode(again, arena)));
    return 2;
}

static void fuzz_message(const ProtobufCMessageDescriptor *descriptor, size_t ends[3])
{
    struct arena *arena = arena_create(8 * MESSAGE_MEMORY);
    struct buffer bytes = { 0 };

    put_message(&bytes, descriptor, 4);
    if (below(4) > 0)
        mutate(&bytes);
    /* Of its own size, so that a read past the end is seen. */
    uint8_t *exact = malloc(bytes.size > 0 ? bytes.size : 1);
    if (bytes.size > 0)
        memcpy(exact, bytes.data, bytes.size);
    ends[walk(descriptor, bytes_of(exact, bytes.size), arena)]++;
    free(exact);
    buffer_fini(&bytes);
    arena_destroy(arena);
}

static void messages_of_every_op_and_their_mutations(void **state)
{
    size_t ends[3] = { 0 }, rounds = 0;

    (void)state;
    for (int64_t begin = now_ms(); now_ms() < begin + part_ms || rounds == 0; rounds++) {
        for (const struct op *const *op = all_ops; *op != NULL; op++) {
            fuzz_message((*op)->request, ends);
            fuzz_message((*op)->reply, ends);
        }
        fuzz_message(&caroline__v1__request__descriptor, ends);
        fuzz_message(&caroline__v1__from_server__descriptor, ends);
    }
    print_message("           %zu rounds: %zu no message, %zu refused, %zu fine\n", rounds, ends[0], ends[1], ends[2]);
    assert_true(ends[0] > 0 && ends[1] > 0 && ends[2] > 0); /* all three ways were gone */
}

static void frames_of_any_lengths_cut_anywhere(void **state)
{
    size_t rounds = 0;

    (void)state;
    for (int64_t begin = now_ms(); now_ms() < begin + part_ms / 4 || rounds == 0; rounds++) {
        struct buffer sent = { 0 };
        size_t count = 1 + below(8), seen = 0, at = 0, arrived = 0;
        for (size_t i = 0; i < count; i++) {
            size_t size = 1 + below(below(4) == 0 ? FRAME_MAX : 40);
            uint8_t *space = buffer_reserve(&sent, FRAME_HEAD + size, SIZE_MAX);
            put_u32(space, (uint32_t)size);
            memset(space + FRAME_HEAD, (int)i, size);
            sent.size += FRAME_HEAD + size;
        }
        while (arrived < sent.size) {
            size_t left = sent.size - arrived;
            struct bytes payload;
            arrived += 1 + below(below(2) == 0 ? left : left < 7 ? left : 7);
            while (frame_next(bytes_of(sent.data + at, arrived - at), FRAME_MAX, &payload) == FRAME_READY) {
                assert_int_equal(payload.data[0], seen);
                assert_int_equal(payload.data[payload.size - 1], seen);
                at += FRAME_HEAD + payload.size;
                seen++;
            }
        }
        assert_int_equal(seen, count);
        assert_int_equal(at, sent.size);
        buffer_fini(&sent);
    }
}

/* ---- TLS --------------------------------------------------------------------------------------------------------- */

struct end {
    struct tls *tls;
    struct buffer plain, out;
};

static struct end end_of(struct tls_context *context, const char *name)
{
    static const struct instant now = { 1795000000 * SECOND_US };
    struct end end = { .tls = tls_create(context, name, now) };

    if (name != NULL)
        tls_receive(end.tls, (struct bytes){ 0 }, &end.plain, &end.out);
    return end;
}

static void let_go(struct end *end)
{
    tls_destroy(end->tls);
    buffer_fini(&end->plain);
    buffer_fini(&end->out);
}

static void give(struct buffer *sent, struct end *to)
{
    uint8_t *exact = malloc(sent->size > 0 ? sent->size : 1);
    size_t size = sent->size;

    if (size > 0)
        memcpy(exact, sent->data, size);
    buffer_fini(sent);
    tls_receive(to->tls, bytes_of(exact, size), &to->plain, &to->out);
    free(exact);
}

/* Both ends talk; at some step what is under way is mutated. */
static void talk(struct tls_context *client_context, struct tls_context *server_context)
{
    struct end client = end_of(client_context, "localhost"), server = end_of(server_context, NULL);
    size_t bad_step = below(8);

    for (size_t step = 0; step < 8; step++) {
        struct end *from = step % 2 == 0 ? &client : &server, *to = step % 2 == 0 ? &server : &client;
        if (tls_state_of(from->tls) == TLS_OPEN)
            tls_send(from->tls, bytes_of_text("a roll, please"), &from->out);
        struct buffer sent = from->out;
        from->out = (struct buffer){ 0 };
        if (step == bad_step)
            mutate(&sent);
        give(&sent, to);
    }
    assert_true(server.plain.size <= 4 * strlen("a roll, please"));
    for (size_t i = 0; i < server.plain.size; i++)
        assert_int_equal(server.plain.data[i], "a roll, please"[i % strlen("a roll, please")]);
    let_go(&client);
    let_go(&server);
}

static void drown_in_garbage(struct tls_context *server_context)
{
    struct end server = end_of(server_context, NULL);
    struct buffer garbage = { 0 };
    size_t size = 5 + below(600);

    for (size_t i = 0; i < size; i++)
        put_byte(&garbage, (uint8_t)chance());
    /* Mostly so that it gets past the first look. */
    if (below(8) > 0)
        memcpy(garbage.data, "\x16\x03\x01", 3);
    if (below(2) > 0)
        put_u16(garbage.data + 3, (uint16_t)(size - 5));
    if (below(2) > 0)
        garbage.data[5] = 1;
    give(&garbage, &server);
    assert_int_not_equal(tls_state_of(server.tls), TLS_OPEN);
    assert_int_equal(server.plain.size, 0);
    let_go(&server);
}

static void handshakes_mutated_and_made_up(void **state)
{
    char directory[] = "/tmp/caroline-fuzz-XXXXXX", command[64], certificate[64], key[64];
    struct instant begin = { 1790000000 * SECOND_US }, end = { 1800000000 * SECOND_US };
    struct authority *authority = authority_create("A bakery", begin, end);
    const char *problem = "";
    size_t rounds = 0;

    (void)state;
    assert_non_null(mkdtemp(directory));
    snprintf(certificate, sizeof certificate, "%s/server.crt", directory);
    snprintf(key, sizeof key, "%s/server.key", directory);
    struct certificate_wish wish = { .kind = CERTIFICATE_OF_SERVER,
                                     .name = "localhost",
                                     .begin = begin,
                                     .end = end,
                                     .certificate_path = certificate,
                                     .key_path = key };
    authority_issue(authority, &wish, NULL);
    struct tls_context *server = tls_server_create(certificate, key, authority_der(authority), &problem);
    struct tls_context *client = tls_client_create(authority_der(authority), NULL, NULL, &problem);
    assert_true(server != NULL && client != NULL);
    for (int64_t start = now_ms(); now_ms() < start + part_ms || rounds == 0; rounds++) {
        talk(client, server);
        for (size_t i = 0; i < 10; i++)
            drown_in_garbage(server);
    }
    print_message("           %zu conversations, %zu times garbage\n", rounds, 10 * rounds);
    tls_context_destroy(server);
    tls_context_destroy(client);
    authority_destroy(authority);
    snprintf(command, sizeof command, "rm -r %s", directory);
    assert_int_equal(system(command), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(messages_of_every_op_and_their_mutations),
        cmocka_unit_test(frames_of_any_lengths_cut_anywhere),
        cmocka_unit_test(handshakes_mutated_and_made_up),
    };
    return cmocka_run_group_tests(tests, choose_seed, NULL);
}
