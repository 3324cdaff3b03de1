/* The catalogue as it is read: from memory alone; found by any part of a name; and followed, whatever it holds, so that
 * a client's copy is the server's. */
#include "world.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "seed.h"
#include "client/link/delta.h"
#include "common/base/text.h"
#include "common/wire/walker.h"
#include "proto/catalogue.pb-c.h"
#include "server/call/push.h"
#include "server/service/message.h"

extern const struct op catalogue_follow, product_show, product_list;
extern const struct topic_class catalogue_topic;

static const struct op *const ops[] = { &test_hello,   &test_session, &catalogue_follow,
                                        &product_show, &product_list, NULL };
static const struct topic_class *const topics[] = { &catalogue_topic, NULL };

static uint64_t seed;

static uint64_t below(uint64_t bound)
{
    seed ^= seed << 13;
    seed ^= seed >> 7;
    seed ^= seed << 17;
    return seed % bound;
}

struct fixture {
    struct world *world;
    struct test_peer *p;
    struct arena *arena;
};

static int set_up(void **state)
{
    struct fixture *f = test_calloc(1, sizeof *f);

    f->world = world_create(ops, topics);
    f->arena = arena_create(0);
    f->p = peer_create(f->world);
    peer_sign_in(f->p, DEVICE);
    *state = f;
    return 0;
}

static int tear_down(void **state)
{
    struct fixture *f = *state;

    peer_destroy(f->p);
    world_destroy(f->world);
    arena_destroy(f->arena);
    test_free(f);
    return 0;
}

/* ---- a catalogue of anything ---- */

/* Of so many characters at most: short, plain, as long as may be, or of the widest kind. */
static const char *any_text(struct arena *arena, size_t max)
{
    static const char *const letters[] = { "a", "B", "z", " ", "7", "-", "é", "É", "ß", "ж", "ﬁ", "𝄞" };
    enum { COUNT = sizeof letters / sizeof letters[0], PLAIN = 6 };
    size_t length = below(8) == 0 ? max : below(below(2) ? max + 1 : 5);
    bool widest = below(4) == 0, plain = below(2);
    char *text, *at;

    length = length < max ? length : max;
    text = at = arena_alloc(arena, length * 4 + 1);
    for (size_t i = 0; i < length; i++)
        at = stpcpy(at, letters[widest ? COUNT - 1 : below(plain ? PLAIN : COUNT)]);
    return text;
}

static void put_any_product(struct catalogue *catalogue, uint64_t version, int64_t id, struct arena *arena)
{
    const char **barcodes = arena_array(arena, PRODUCT_BARCODES_MAX, sizeof *barcodes);
    size_t count = below(PRODUCT_BARCODES_MAX + 1);

    for (size_t i = 0; i < count; i++)
        barcodes[i] = any_text(arena, 40);
    catalogue_put_product(catalogue, version,
                          &(struct product){ .id = id,
                                             .name = any_text(arena, 80),
                                             .sku = arena_format(arena, "%lld", (long long)id),
                                             .allergen_note = any_text(arena, 200),
                                             .barcodes = barcodes,
                                             .barcode_count = (uint8_t)count,
                                             .category_id = (int64_t)below(INT64_C(1) << 53),
                                             .price_minor = (int64_t)below(1000000000001),
                                             .tax_class_id = (int64_t)below(INT64_C(1) << 53),
                                             .plu = (uint32_t)below(1000000),
                                             .contains = (uint16_t)(below(16384) << 1),
                                             .may_contain = (uint16_t)(below(16384) << 1),
                                             .unit = (uint8_t)below(3),
                                             .stock_policy = (uint8_t)below(3),
                                             .active = below(2),
                                             .sold_out = below(2) });
}

static void put_any_tax_class(struct catalogue *catalogue, uint64_t version, int64_t id, struct arena *arena)
{
    struct tax_rate *rates = arena_array(arena, 32, sizeof *rates);
    size_t count = below(33);

    for (size_t i = 0; i < count; i++) {
        rates[i] =
            (struct tax_rate){ .service = (uint8_t)below(2), .hot = below(2), .rate_ppm = (uint32_t)below(1000001) };
        snprintf(rates[i].code, sizeof rates[i].code, "CODE%u", (unsigned)i % 100);
    }
    catalogue_put_tax_class(catalogue, version,
                            &(struct tax_class){ .id = id,
                                                 .name = any_text(arena, 40),
                                                 .rates = rates,
                                                 .rate_count = count,
                                                 .switch_at_count = (uint32_t)below(100),
                                                 .switch_to_id = (int64_t)below(1000) });
}

static void put_any_role(struct catalogue *catalogue, uint64_t version, int64_t id, struct arena *arena)
{
    const char **names = arena_array(arena, 64, sizeof *names);
    size_t count = below(65);

    for (size_t i = 0; i < count; i++)
        names[i] = any_text(arena, 100);
    catalogue_put_role(
        catalogue, version,
        &(struct role){ .id = id, .name = any_text(arena, 40), .permissions = names, .permission_count = count });
}

static void put_any_shop(struct catalogue *catalogue, uint64_t version, struct arena *arena)
{
    catalogue_put_shop(catalogue, version,
                       &(struct shop){ .id = SHOP,
                                       .name = any_text(arena, 80),
                                       .address = any_text(arena, 200),
                                       .tax_number = any_text(arena, 40),
                                       .receipt_head = any_text(arena, 200),
                                       .receipt_foot = any_text(arena, 200),
                                       .currency = "EUR",
                                       .zone_name = "Europe/Berlin",
                                       .code_layouts = any_text(arena, 300),
                                       .currency_exponent = 2,
                                       .day_cutoff_minutes = (uint32_t)below(1440),
                                       .prices_include_tax = below(2) });
    catalogue_put_programme(catalogue, version,
                            &(struct programme){ .id = 9,
                                                 .name = any_text(arena, 40),
                                                 .reward_name = any_text(arena, 40),
                                                 .sign_up_points = (int64_t)below(1000),
                                                 .lot_days = 365,
                                                 .reward_cost = 1 + (int64_t)below(1000) });
}

static void change_anything(struct fixture *f, size_t products, size_t others)
{
    struct catalogue *catalogue = f->world->catalogue;
    uint64_t version = catalogue_newest(catalogue) + 1 + below(3);

    arena_reset(f->arena);
    for (size_t i = 0; i < products; i++)
        put_any_product(catalogue, version, 1 + (int64_t)below(3000), f->arena);
    for (size_t i = 0; i < others; i++) {
        struct category category = { .id = 1 + (int64_t)below(500),
                                     .name = any_text(f->arena, 40),
                                     .position = (uint32_t)below(1000) };
        catalogue_put_category(catalogue, version, &category);
        put_any_tax_class(catalogue, version, 1 + (int64_t)below(150), f->arena);
        put_any_role(catalogue, version, 1 + (int64_t)below(64), f->arena);
    }
    if (below(3) == 0)
        put_any_shop(catalogue, version, f->arena);
    catalogue_seal(catalogue, version, 1);
    driver_catalogue_changed(f->world->driver, SHOP);
}

/* ---- the client's side ---- */

static void *body_of(struct fixture *f, const ProtobufCMessageDescriptor *descriptor, ProtobufCBinaryData body)
{
    ProtobufCMessage *message = message_decode(descriptor, bytes_of(body.data, body.len), f->world->arena);
    const char *field, *sentence;

    assert_non_null(message);
    if (!message_check(message, f->world->arena, &field, &sentence))
        fail_msg("a client would not take %s: %s", field, sentence);
    return message;
}

static void follow(struct fixture *f, uint64_t version)
{
    Caroline__V1__CatalogueFollow message = CAROLINE__V1__CATALOGUE_FOLLOW__INIT;

    PUT(message, version, version);
    peer_ask(f->p, NUMBER(CATALOGUE_FOLLOW), NULL, &message.base);
    assert_non_null(peer_next(f->p)->reply->body.data);
}

/* The rest of a snapshot is made and sent in later turns of the loop. */
static void come(struct fixture *f)
{
    world_pass(f->world, 100);
}

/* All pushes that have come, into the client's catalogue. Returns how many parts there were. */
static size_t take(struct fixture *f, struct catalogue *copy)
{
    struct arena *scratch = arena_create(0);
    uint32_t part = 0;
    size_t count = 0;

    come(f);
    for (; peer_has_more(f->p); count++) {
        Caroline__V1__Push *push = peer_next(f->p)->push;
        assert_true(push->body.len <= PUSH_BODY_MAX);
        Caroline__V1__CatalogueDelta *delta = body_of(f, &caroline__v1__catalogue_delta__descriptor, push->body);
        assert_int_equal(delta->part, ++part);
        delta_apply(delta, copy, scratch);
        if (delta->part == delta->parts) {
            catalogue_seal(copy, delta->version, 1);
            part = 0;
        }
    }
    assert_int_equal(part, 0);
    arena_destroy(scratch);
    return count;
}

/* A product, as a line of text. */
static const char *told(struct arena *arena, const struct product *p)
{
    const char *text =
        arena_format(arena, "%lld %s %s %s %lld %lld %lld %u %u %u %u %u %d %d", (long long)p->id, p->name, p->sku,
                     p->allergen_note, (long long)p->category_id, (long long)p->price_minor, (long long)p->tax_class_id,
                     p->plu, p->contains, p->may_contain, p->unit, p->stock_policy, p->active, p->sold_out);

    for (size_t i = 0; i < p->barcode_count; i++)
        text = arena_format(arena, "%s|%s", text, p->barcodes[i]);
    return text;
}

static void same_products(const struct catalogue *mine, const struct catalogue *theirs)
{
    struct arena *arena = arena_create(0);
    int64_t id = 0;
    const struct product *product;

    assert_int_equal(catalogue_product_count(mine), catalogue_product_count(theirs));
    while ((product = catalogue_next_product(mine, id, 0))) {
        const struct product *other = catalogue_next_product(theirs, id, 0);
        arena_reset(arena);
        assert_string_equal(told(arena, product), told(arena, other));
        id = product->id;
    }
    arena_destroy(arena);
}

static void same_lists(const struct catalogue *mine, const struct catalogue *theirs)
{
    const struct category *category = NULL;
    const struct tax_class *tax = NULL;
    const struct role *role = NULL;

    while ((category = catalogue_next_category(mine, category ? category->id : 0, 0))) {
        const struct category *other = catalogue_category(theirs, catalogue_newest(theirs), category->id);
        assert_string_equal(category->name, other->name);
        assert_int_equal(category->position, other->position);
    }
    while ((tax = catalogue_next_tax_class(mine, tax ? tax->id : 0, 0))) {
        const struct tax_class *other = catalogue_tax_class(theirs, catalogue_newest(theirs), tax->id);
        assert_string_equal(tax->name, other->name);
        assert_int_equal(tax->rate_count, other->rate_count);
        for (size_t i = 0; i < tax->rate_count; i++)
            assert_int_equal(tax->rates[i].rate_ppm, other->rates[i].rate_ppm);
    }
    while ((role = catalogue_next_role(mine, role ? role->id : 0, 0))) {
        const struct role *other = catalogue_role(theirs, catalogue_newest(theirs), role->id);
        assert_int_equal(role->permission_count, other->permission_count);
        for (size_t i = 0; i < role->permission_count; i++)
            assert_string_equal(role->permissions[i], other->permissions[i]);
    }
}

static void same(const struct catalogue *mine, const struct catalogue *theirs)
{
    const struct shop *shop = catalogue_shop(mine, catalogue_newest(mine));
    const struct programme *programme = catalogue_programme(mine, catalogue_newest(mine));

    assert_int_equal(catalogue_newest(mine), catalogue_newest(theirs));
    same_products(mine, theirs);
    same_lists(mine, theirs);
    assert_string_equal(shop->address, catalogue_shop(theirs, catalogue_newest(theirs))->address);
    assert_string_equal(shop->code_layouts, catalogue_shop(theirs, catalogue_newest(theirs))->code_layouts);
    if (programme)
        assert_string_equal(programme->name, catalogue_programme(theirs, catalogue_newest(theirs))->name);
}

/* ---- tests ---- */

static void what_a_client_makes_of_the_pushes_is_what_the_server_has(void **state)
{
    struct fixture *f = *state;
    struct catalogue *copy = catalogue_create();

    for (int i = 0; i < 4; i++)
        change_anything(f, 700, 40);
    follow(f, 0);
    assert_true(take(f, copy) > 10);
    same(f->world->catalogue, copy);
    for (int i = 0; i < 15; i++) {
        change_anything(f, below(60), below(4));
        assert_true(take(f, copy) >= 1);
        same(f->world->catalogue, copy);
    }
    catalogue_destroy(copy);
}

static void a_snapshot_is_of_one_version_whatever_changes_while_it_is_made(void **state)
{
    struct fixture *f = *state;
    struct catalogue *copy = catalogue_create();

    for (int i = 0; i < 10; i++)
        change_anything(f, 1400, 60);
    follow(f, 0);
    for (int i = 0; i < 5; i++) /* in what is sent already, and in what is not; no more than the ring holds */
        change_anything(f, 60, 3);
    assert_true(take(f, copy) > 20);
    same(f->world->catalogue, copy);
    catalogue_destroy(copy);
}

static void who_was_away_gets_what_came_meanwhile(void **state)
{
    struct fixture *f = *state;
    struct catalogue *copy = catalogue_create();

    change_anything(f, 500, 10);
    follow(f, 0);
    take(f, copy);
    peer_destroy(f->p);
    for (int i = 0; i < 10; i++)
        change_anything(f, 20, 2);
    f->p = peer_create(f->world);
    peer_sign_in(f->p, DEVICE);
    follow(f, catalogue_newest(copy));
    take(f, copy);
    same(f->world->catalogue, copy);
    follow(f, catalogue_newest(copy)); /* nothing came since */
    assert_int_equal(take(f, copy), 0);
    catalogue_destroy(copy);
}

/* Raised for another shop's sake: the version still has to be told. */
static void a_version_without_a_change_is_told_as_well(void **state)
{
    struct fixture *f = *state;
    struct catalogue *copy = catalogue_create();

    change_anything(f, 5, 1);
    follow(f, 0);
    take(f, copy);
    change_anything(f, 0, 0);
    assert_int_equal(take(f, copy), 1);
    assert_int_equal(catalogue_newest(copy), catalogue_newest(f->world->catalogue));
    catalogue_destroy(copy);
}

static const Caroline__V1__Reply *ask_once(struct fixture *f, unsigned op, const ProtobufCMessage *message)
{
    uint64_t id = peer_ask(f->p, op, NULL, message);

    world_settle(f->world);
    return peer_reply_to(f->p, id);
}

static void a_product_is_shown_without_asking_the_database(void **state)
{
    struct fixture *f = *state;
    Caroline__V1__ProductShow message = CAROLINE__V1__PRODUCT_SHOW__INIT;

    change_anything(f, 100, 1);
    const struct product *product = catalogue_next_product(f->world->catalogue, 0, 0);
    world_forget_log(f->world);
    PUT(message, id, (uint64_t)product->id);
    const Caroline__V1__Reply *reply = ask_once(f, NUMBER(PRODUCT_SHOW), &message.base);
    Caroline__V1__ProductShown *shown = body_of(f, &caroline__v1__product_shown__descriptor, reply->body);
    assert_int_equal(shown->product->price_minor, product->price_minor);
    assert_int_equal(shown->catalogue_version, catalogue_newest(f->world->catalogue));
    assert_string_equal(f->world->log, "");

    f->world->no_catalogue = true; /* on its way into memory: later */
    assert_int_equal(ask_once(f, NUMBER(PRODUCT_SHOW), &message.base)->error->code, REFUSAL(TRY_AGAIN));
}

/* Names of plain letters are searched without being folded: it has to come to the same. */
static void a_word_finds_what_folding_both_finds(void **state)
{
    struct fixture *f = *state;

    change_anything(f, 300, 1);
    for (int i = 0; i < 60; i++) {
        Caroline__V1__ProductList message = CAROLINE__V1__PRODUCT_LIST__INIT;
        const char *word = any_text(f->world->arena, 1 + below(3));
        const char *folded = text_fold(f->world->arena, bytes_of_text(word));
        const struct product *product = NULL;
        size_t at = 0;

        PUT(message, word, field_text(word));
        const Caroline__V1__Reply *reply = ask_once(f, NUMBER(PRODUCT_LIST), &message.base);
        Caroline__V1__ProductListed *listed = body_of(f, &caroline__v1__product_listed__descriptor, reply->body);
        while ((product = catalogue_next_product(f->world->catalogue, product ? product->id : 0, 0))) {
            if (!strstr(text_fold(f->world->arena, bytes_of_text(product->name)), folded))
                continue;
            if (at == listed->n_products)
                break;
            assert_int_equal(listed->products[at++]->id, product->id);
        }
        assert_int_equal(at, listed->n_products);
        assert_int_equal(listed->more, product != NULL);
    }
}

/* ---- a long search keeps nobody waiting ---- */

enum { MANY = 3000, SEARCHERS = 10, EACH = 16 };

static void put_many(struct fixture *f, uint64_t version)
{
    for (int64_t id = 1; id <= MANY; id++)
        catalogue_put_product(f->world->catalogue, version,
                              &(struct product){ .id = id,
                                                 .name = arena_format(f->arena, "Käsebrötchen %lld", (long long)id),
                                                 .sku = "",
                                                 .allergen_note = "",
                                                 .active = true });
    catalogue_seal(f->world->catalogue, version, f->world->now_us);
}

static uint64_t search(struct test_peer *p, const char *word)
{
    Caroline__V1__ProductList message = CAROLINE__V1__PRODUCT_LIST__INIT;

    PUT(message, word, field_text(word));
    return peer_ask(p, NUMBER(PRODUCT_LIST), NULL, &message.base);
}

static void a_long_search_takes_turns_with_others(void **state)
{
    struct fixture *f = *state;
    struct test_peer *searchers[SEARCHERS];
    Caroline__V1__ProductShow show = CAROLINE__V1__PRODUCT_SHOW__INIT;
    uint64_t first = 0;
    size_t answered = 0, most = 0;

    put_many(f, VERSION + 1);
    PUT(show, id, MANY);
    for (size_t i = 0; i < SEARCHERS; i++) {
        searchers[i] = peer_create(f->world);
        peer_sign_in(searchers[i], DEVICE2);
    }
    for (size_t i = 0; i < SEARCHERS; i++) {
        for (size_t k = 0; k < EACH; k++) {
            uint64_t id = search(searchers[i], "BROTCHEN 3000");

            first = i == 0 && k == 0 ? id : first;
        }
    }
    assert_int_equal(driver_in_flight(f->world->driver), SEARCHERS * EACH); /* none took its names in one turn */
    assert_int_equal(code_at(f->p, peer_ask(f->p, NUMBER(PRODUCT_SHOW), NULL, &show.base)), 0); /* at once */
    while (driver_in_flight(f->world->driver) > 0) {
        size_t before = driver_in_flight(f->world->driver);

        world_pass(f->world, 1);
        answered = before - driver_in_flight(f->world->driver);
        most = answered > most ? answered : most;
    }
    assert_int_equal(most, 1); /* a turn takes one further */

    const Caroline__V1__Reply *reply = peer_reply_to(searchers[0], first);
    Caroline__V1__ProductListed *listed = body_of(f, &caroline__v1__product_listed__descriptor, reply->body);
    assert_int_equal(listed->n_products, 1);
    assert_int_equal(listed->products[0]->id, MANY);
    assert_false(listed->more);
    for (size_t i = 0; i < SEARCHERS; i++)
        peer_destroy(searchers[i]);
}

static void a_search_is_of_one_version_and_ends_with_it(void **state)
{
    struct fixture *f = *state;

    put_many(f, VERSION + 1);
    uint64_t id = search(f->p, "kase");
    world_settle(f->world);
    assert_non_null(peer_reply_to(f->p, id)); /* its page is full before the turn is over */

    id = search(f->p, "brotchen 3000");
    catalogue_put_product(f->world->catalogue, VERSION + 2,
                          &(struct product){ .id = MANY, .name = "Roll", .sku = "", .allergen_note = "" });
    catalogue_seal(f->world->catalogue, VERSION + 2, f->world->now_us);
    world_pass(f->world, 20);
    Caroline__V1__ProductListed *listed =
        body_of(f, &caroline__v1__product_listed__descriptor, peer_reply_to(f->p, id)->body);
    assert_int_equal(listed->n_products, 1);
    assert_int_equal(listed->catalogue_version, VERSION + 1);

    id = search(f->p, "roll");
    catalogue_seal(f->world->catalogue, VERSION + 3, f->world->now_us);
    catalogue_forget(f->world->catalogue, INT64_MAX);
    world_pass(f->world, 20);
    assert_int_equal(code_at(f->p, id), CODE(TRY_AGAIN));
}

static void who_is_gone_is_searched_for_no_more(void **state)
{
    struct fixture *f = *state;
    struct test_peer *p = peer_create(f->world);

    peer_sign_in(p, DEVICE2);
    put_many(f, VERSION + 1);
    search(p, "nothing");
    peer_gone(p);
    world_pass(f->world, 20);
    assert_int_equal(driver_in_flight(f->world->driver), 0);
    peer_destroy(p);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(what_a_client_makes_of_the_pushes_is_what_the_server_has, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_snapshot_is_of_one_version_whatever_changes_while_it_is_made, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(who_was_away_gets_what_came_meanwhile, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_version_without_a_change_is_told_as_well, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_product_is_shown_without_asking_the_database, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_word_finds_what_folding_both_finds, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_long_search_takes_turns_with_others, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_search_is_of_one_version_and_ends_with_it, set_up, tear_down),
        cmocka_unit_test_setup_teardown(who_is_gone_is_searched_for_no_more, set_up, tear_down),
    };

    seed = 2 * test_seed() + 1; /* 0 would stay 0 */
    return cmocka_run_group_tests(tests, NULL, NULL);
}
