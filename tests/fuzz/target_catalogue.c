/* The catalogue at a client: what the server pushes, and the file it is kept in. */
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include "client/link/catalogue_file.h"
#include "client/link/catalogue_file_rows.h"
#include "client/link/delta.h"
#include "common/wire/digest.h"
#include "common/wire/walker.h"
#include "file.h"
#include "messages.h"
#include "target.h"

#define NOW_US INT64_C(1795000000000000)

/* Where the digest stands, and what it is of. */
enum { DIGEST_AT = offsetof(struct file_header, digest), HEADER_SIZE = sizeof(struct file_header) };

static void put_digest_right(uint8_t *bytes, size_t size)
{
    uint8_t digest[DIGEST_SIZE];

    memset(bytes + DIGEST_AT, 0, DIGEST_SIZE);
    sha256(bytes_of(bytes, size), digest);
    memcpy(bytes + DIGEST_AT, digest, DIGEST_SIZE);
}

/* Everything that a screen asks of it. */
static void look_around(const struct catalogue *catalogue)
{
    uint64_t version = catalogue_newest(catalogue);
    const struct product *product;
    const struct category *category;
    const struct tax_class *class;
    const struct role *role;
    const struct tender_type *type;
    size_t count = 0, length = 0;

    for (int64_t id = 0; (product = catalogue_next_product(catalogue, id, 0)) != NULL; id = product->id, count++) {
        assert(catalogue_product(catalogue, version, product->id) == product);
        length += strlen(product->name) + strlen(product->sku) + strlen(product->allergen_note);
        for (size_t i = 0; i < product->barcode_count; i++)
            catalogue_by_barcode(catalogue, product->barcodes[i]);
        catalogue_by_plu(catalogue, product->plu);
        catalogue_by_sku(catalogue, product->sku);
        catalogue_tax_class(catalogue, version, product->tax_class_id);
    }
    assert(count <= catalogue_product_count(catalogue));
    for (int64_t id = 0; (category = catalogue_next_category(catalogue, id, 0)) != NULL; id = category->id)
        length += strlen(category->name);
    for (int64_t id = 0; (class = catalogue_next_tax_class(catalogue, id, 0)) != NULL; id = class->id)
        for (size_t i = 0; i < class->rate_count; i++)
            length += strlen(class->rates[i].code);
    for (int64_t id = 0; (role = catalogue_next_role(catalogue, id, 0)) != NULL; id = role->id)
        for (size_t i = 0; i < role->permission_count; i++)
            length += strlen(role->permissions[i]);
    for (int64_t id = 0; (type = catalogue_next_tender_type(catalogue, id, 0)) != NULL; id = type->id)
        length += strlen(type->name) + strlen(type->permission);
    catalogue_programme(catalogue, version);
    catalogue_shop(catalogue, version);
    (void)length;
}

/* Written, read, and written again: the same file. */
static void keep(const struct catalogue *catalogue)
{
    struct buffer once = { 0 }, twice = { 0 };

    catalogue_file_encode(catalogue, &once);
    struct catalogue *read = catalogue_file_read(file_of("kept", bytes_of(once.data, once.size)), NOW_US);
    assert(read);
    catalogue_file_encode(read, &twice);
    assert(bytes_equal(bytes_of(once.data, once.size), bytes_of(twice.data, twice.size)));
    put_digest_right(twice.data, twice.size); /* it is right: nothing changes, or the files below are refused unread */
    assert(bytes_equal(bytes_of(once.data, once.size), bytes_of(twice.data, twice.size)));
    catalogue_destroy(read);
    buffer_fini(&once);
    buffer_fini(&twice);
}

/* ---- the file: the first byte odd: the digest is put right, so that what comes behind it is looked at ---- */

static bool run_file(struct bytes input)
{
    if (input.size == 0)
        return false;

    size_t size = input.size - 1;
    uint8_t *bytes = malloc(size + 1);
    assert(bytes);
    memcpy(bytes, input.data + 1, size);
    if (input.data[0] % 2 == 1 && size >= HEADER_SIZE)
        put_digest_right(bytes, size);
    struct catalogue *catalogue = catalogue_file_read(file_of("catalogue", bytes_of(bytes, size)), NOW_US);
    free(bytes);
    if (catalogue) {
        look_around(catalogue);
        catalogue_destroy(catalogue);
    }
    return false;
}

/* ---- deltas, parted by their lengths (u16): a snapshot, then what changes ---- */

static bool take_delta(struct bytes bytes, struct catalogue *catalogue, struct arena *arena)
{
    const char *field, *sentence;
    ProtobufCMessage *message = message_decode(&caroline__v1__catalogue_delta__descriptor, bytes, arena);
    Caroline__V1__CatalogueDelta *delta = (Caroline__V1__CatalogueDelta *)message;

    if (!message || !message_check(message, arena, &field, &sentence))
        return false;
    if (delta->version <= catalogue_newest(catalogue)) /* follow.c lets no other pass */
        return false;
    delta_apply(delta, catalogue, arena);
    catalogue_seal(catalogue, delta->version, NOW_US);
    return true;
}

static struct catalogue *take_deltas(struct bytes input)
{
    struct catalogue *catalogue = catalogue_create();
    struct arena *arena = arena_create(0);
    bool sealed = false;

    for (size_t at = 0; at + 2 <= input.size;) {
        size_t size = get_u16(input.data + at);
        at += 2;
        if (size > input.size - at)
            size = input.size - at;
        sealed = take_delta(bytes_of(input.data + at, size), catalogue, arena) || sealed;
        at += size;
    }
    arena_destroy(arena);
    if (sealed)
        return catalogue;
    catalogue_destroy(catalogue);
    return NULL;
}

static bool run_delta(struct bytes input)
{
    struct catalogue *catalogue = take_deltas(input);

    if (catalogue) {
        look_around(catalogue);
        keep(catalogue);
        catalogue_forget(catalogue, NOW_US + 1);
        look_around(catalogue);
        catalogue_destroy(catalogue);
    }
    return false;
}

static void put_delta(struct buffer *input, const ProtobufCMessage *message, struct arena *arena)
{
    struct bytes bytes = message_encode(message, arena);
    uint8_t size[2];

    if (bytes.size > UINT16_MAX)
        return;
    put_u16(size, (uint16_t)bytes.size);
    put(input, size, sizeof size);
    put(input, bytes.data, bytes.size);
}

static void make_deltas(struct chance *chance, struct buffer *input)
{
    struct arena *arena = arena_create(0);
    struct maker maker = { .chance = chance, .arena = arena, .wild = one_in(chance, 3) ? 40 : 0 };

    for (size_t version = 1, count = 1 + below(chance, 4); version <= count; version++) {
        ProtobufCMessage *message = maker_message(&maker, &caroline__v1__catalogue_delta__descriptor);
        Caroline__V1__CatalogueDelta *delta = (Caroline__V1__CatalogueDelta *)message;
        delta->has_version = true;
        delta->version = version;
        put_delta(input, message, arena);
    }
    arena_destroy(arena);
}

static bool mutate_delta(struct chance *chance, struct buffer *input)
{
    struct arena *arena = arena_create(0);
    struct maker maker = { .chance = chance, .arena = arena };
    struct buffer changed = { 0 };
    bool any = false;

    for (size_t at = 0; at + 2 <= input->size;) {
        size_t size = get_u16(input->data + at);
        at += 2;
        if (size > input->size - at)
            size = input->size - at;
        ProtobufCMessage *message =
            message_decode(&caroline__v1__catalogue_delta__descriptor, bytes_of(input->data + at, size), arena);
        if (message) {
            any = true;
            maker_change(&maker, message);
            put_delta(&changed, message, arena);
        }
        at += size;
    }
    arena_destroy(arena);
    if (any && changed.size > 0 && changed.size <= INPUT_MAX) {
        buffer_fini(input);
        *input = changed;
        return true;
    }
    buffer_fini(&changed);
    return false;
}

const struct target target_delta = { .name = "delta", .run = run_delta, .make = make_deltas, .mutate = mutate_delta };

/* A file of a catalogue that deltas made; its bytes are changed from there. */
static void make_file(struct chance *chance, struct buffer *input)
{
    struct buffer deltas = { 0 }, file = { 0 };

    make_deltas(chance, &deltas);
    struct catalogue *catalogue = take_deltas(bytes_of(deltas.data, deltas.size));
    uint8_t first = (uint8_t)chance_next(chance) | 1;
    put(input, &first, 1);
    if (catalogue) {
        catalogue_file_encode(catalogue, &file);
        if (file.size < INPUT_MAX)
            put(input, file.data, file.size);
        catalogue_destroy(catalogue);
    }
    buffer_fini(&deltas);
    buffer_fini(&file);
}

const struct target target_catalogue_file = { .name = "catalogue_file", .run = run_file, .make = make_file };
