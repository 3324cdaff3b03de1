/* What the journal says of products that were changed, and how it is read again; a hundred of them at their longest fit an entry. */
#include <stdio.h>
#include <string.h>

#include "common/wire/frame.h"
#include "proto/sale.pb-c.h"
#include "server/service/journal_read.h"
#include "server/service/product_write.h"
#include "world.h"

#define COUNT(array) (sizeof(array) / sizeof *(array))
#define DRAFTS_MAX   100
#define ENTRY_MOST   (FRAME_MAX - 32 - 256) /* of which an answer of OP_JOURNAL_LIST holds one */
#define ENTRY_HEAD   (1 + 1 + 8 + 8 + 8 + 8 + 8 + 2 + 1 + 6 + 16 + 32 + 2)

enum { OP_PUT = 201, PRODUCT = 815 };

static struct draft drafts[DRAFTS_MAX];
static size_t draft_count;

static enum step put_all(struct call *c)
{
    Caroline__V1__ShiftShown reply = CAROLINE__V1__SHIFT_SHOWN__INIT;

    products_journal(c, drafts, draft_count);
    return answer(c, &reply.base);
}

static const struct op op_put = { .name = "op_put",
                                  .number = OP_PUT,
                                  .kind = OP_CHANGES,
                                  .needs = NEEDS_SESSION,
                                  .clients = CLIENT_ANY,
                                  NUMBER_ASKED,
                                  .stages = { put_all } };
static const struct op *const ops[] = { &test_hello, &test_session, &op_put, NULL };

struct fixture {
    struct world *world;
    struct test_peer *p;
};

static int set_up(void **state)
{
    struct fixture *f = test_calloc(1, sizeof *f);

    f->world = world_create(ops, NULL);
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
    test_free(f);
    return 0;
}

static struct bytes entry_of(struct fixture *f, unsigned number)
{
    assert_int_equal(code_of_number(f->p, OP_PUT, number, 0), 0);
    return f->world->last_entry;
}

/* PROTOCOL.md, section 9, written out once more: the values behind a field's name; "-" for none. */
static const char *values_at(struct fixture *f, struct bytes entry, size_t at)
{
    const char *text = "";

    for (int i = 0; i < 2; i++) {
        bool given = entry.data[at++] != 0;
        size_t size = given ? (size_t)entry.data[at] << 8 | entry.data[at + 1] : 0;

        at += given ? 2 : 0;
        text = arena_format(f->world->arena, "%s%s%.*s", text, i == 0 ? "" : " > ", given ? (int)size : 1,
                            given ? (const char *)entry.data + at : "-");
        at += size;
    }
    return text;
}

/* "name: Roll > Bun; plu: 0 > 7" */
static const char *said(struct fixture *f, struct bytes entry, int64_t product_id)
{
    struct journal_entry_head head;
    struct bytes field;
    const char *text = "";
    size_t at = 0;

    while (journal_read_change(entry, product_id, &at, &head, &field)) {
        size_t behind = (size_t)(field.data - entry.data) + field.size;

        assert_int_equal(head.staff_id, STAFF);
        assert_int_equal(head.device_id, DEVICE);
        assert_int_equal(head.event.size, strlen("op_put"));
        text = arena_format(f->world->arena, "%s%s%.*s: %s", text, *text ? "; " : "", (int)field.size,
                            (const char *)field.data, values_at(f, entry, behind));
    }
    return text;
}

static struct product bare(void)
{
    return (struct product){ .id = PRODUCT, .name = "", .sku = "", .allergen_note = "" };
}

/* ---- one ---- */

static const char *const two_codes[] = { "4006381333931", "96385074" };
static const int64_t two_modifiers[] = { 12, 13 };
static const struct nutrition known = { { 1046, 250, -1, -1, -1, -1, -1, 900 } };
#define A_ROLL .id = PRODUCT, .name = "Roll", .sku = "R-1", .allergen_note = "wheat", .price_minor = 45, .active = true
static const struct {
    const char *what;
    bool made;
    struct product before, after;
    const char *said;
} cases[] = {
    { "nothing", false, { A_ROLL }, { A_ROLL }, "" },
    { "its name and price",
      false,
      { A_ROLL },
      { .id = PRODUCT, .name = "Bun", .sku = "R-1", .allergen_note = "wheat", .price_minor = 50, .active = true },
      "name: Roll > Bun; price_minor: 45 > 50" },
    { "all numbers",
      false,
      { A_ROLL },
      { A_ROLL, .tax_class_id = 1, .category_id = 2, .plu = 7, .unit = UNIT_KILOGRAM, .stock_policy = STOCK_BLOCK,
        .floor_minor = 40 },
      "tax_class_id: 0 > 1; category_id: 0 > 2; plu: 0 > 7; unit: 0 > 1; stock_policy: 0 > 2; floor_minor: 0 > 40" },
    { "its bar codes",
      false,
      { A_ROLL },
      { A_ROLL, .barcodes = two_codes, .barcode_count = 2 },
      "barcodes:  > 4006381333931 96385074" },
    { "its allergens",
      false,
      { A_ROLL, .contains = 1 << 1 | 1 << 8 },
      { A_ROLL, .contains = 1 << 1, .may_contain = 1 << 14 },
      "contains: 1 8 > 1; may_contain:  > 14" },
    { "sold out", false, { A_ROLL }, { A_ROLL, .sold_out = true }, "sold_out: false > true" },
    { "what is asked with it",
      false,
      { A_ROLL },
      { A_ROLL, .modifier_ids = two_modifiers, .modifier_count = 2 },
      "choices:  > 12 13" },
    { "a price that is keyed",
      false,
      { A_ROLL },
      { A_ROLL, .modifier_ids = two_modifiers, .modifier_count = 1, .open_price = true, .open_min_minor = 10,
        .open_max_minor = 5000 },
      "choices:  > 12, open 10 to 5000" },
    { "that is keyed no more",
      false,
      { A_ROLL, .open_price = true, .open_max_minor = 5000 },
      { A_ROLL, .open_max_minor = 5000 },
      "choices: open 0 to 5000 > not open 0 to 5000" },
    { "a deposit that goes with it",
      false,
      { A_ROLL, .modifier_ids = two_modifiers, .modifier_count = 1 },
      { A_ROLL, .modifier_ids = two_modifiers, .modifier_count = 1, .deposit_product_id = 99, .deposit_count = 6 },
      "choices: 12 > 12, 6 of 99" },
    { "alone", false, { A_ROLL }, { A_ROLL, .deposit_product_id = 99, .deposit_count = 1 }, "choices:  > 1 of 99" },
    { "it is a deposit", false, { A_ROLL }, { A_ROLL, .deposit_kind = DEPOSIT_GOOD }, "choices:  > deposit" },
    { "it is a charge, and was one",
      false,
      { A_ROLL, .deposit_kind = DEPOSIT_GOOD },
      { A_ROLL, .deposit_kind = DEPOSIT_CHARGE },
      "choices: deposit > charge" },
    { "what it holds", false, { A_ROLL }, { A_ROLL, .nutrition = &known }, "choices:  > holds 1046 250 - - - - - 900" },
    { "a new one: what it is, and what it costs",
      true,
      { .name = "" },
      { A_ROLL },
      "name: - > Roll; sku: - > R-1; allergen_note: - > wheat; price_minor: - > 45; active: - > true" },
    { "a new one for nothing",
      true,
      { .name = "" },
      { .id = PRODUCT, .name = "Water", .sku = "", .allergen_note = "" },
      "name: - > Water; price_minor: - > 0" },
};

static void each_change_is_said_as_it_was_and_is(void **state)
{
    struct fixture *f = *state;

    for (unsigned i = 0; i < COUNT(cases); i++) {
        drafts[0] = (struct draft){ .made = cases[i].made,
                                    .before = cases[i].made ? bare() : cases[i].before,
                                    .after = cases[i].after,
                                    .changes_barcodes = cases[i].after.barcode_count > 0 };
        draft_count = 1;
        struct bytes entry = entry_of(f, i + 1);
        const char *text = said(f, entry, PRODUCT);
        if (strcmp(text, cases[i].said) != 0)
            fail_msg("%s: \"%s\"", cases[i].what, text);
        assert_string_equal(said(f, entry, PRODUCT + 1), ""); /* of another nothing */
    }
}

/* ---- many ---- */

static char long_text[2][900];

/* Every field from one longest value to another. Ids are below 2^53, money has 16 digits, a character up to four bytes. */
static void fill_longest(bool texts)
{
    static const char *codes[10];
    static int64_t modifiers[8];
    static const struct nutrition rich = { { 99999, 99999, 99999, 99999, 99999, 99999, 99999, 99999 } };
    const int64_t id = (INT64_C(1) << 53) - 1;

    for (size_t i = 0; i < 10; i++)
        codes[i] = "1234567890123456789012345678901234567890";
    for (size_t i = 0; i < 8; i++)
        modifiers[i] = id - (int64_t)i;
    memset(long_text[0], 'a', 800);
    memset(long_text[1], 'b', 800);
    for (int64_t i = 0; i < DRAFTS_MAX; i++) {
        const struct product before = { .id = id - i,
                                        .name = texts ? long_text[0] + 480 : "a",
                                        .sku = texts ? long_text[0] + 640 : "a",
                                        .allergen_note = texts ? long_text[0] : "a",
                                        .price_minor = INT64_C(1000000000000000),
                                        .floor_minor = INT64_C(1000000000000000),
                                        .tax_class_id = id,
                                        .category_id = id,
                                        .plu = 999999,
                                        .contains = 0x7ffe,
                                        .may_contain = 0x7ffe,
                                        .active = true };
        struct product after = before;

        after.name = texts ? long_text[1] + 480 : "b";
        after.sku = texts ? long_text[1] + 640 : "b";
        after.allergen_note = texts ? long_text[1] : "b";
        after.price_minor--;
        after.floor_minor--;
        after.tax_class_id--;
        after.category_id--;
        after.plu--;
        after.unit = UNIT_KILOGRAM;
        after.stock_policy = STOCK_BLOCK;
        after.contains = after.may_contain = 0x7ffc;
        after.active = false;
        after.sold_out = true;
        after.barcodes = codes;
        after.barcode_count = texts ? 10 : 1;
        after.modifier_ids = modifiers;
        after.modifier_count = texts ? 8 : 1;
        after.open_price = true;
        after.open_min_minor = after.open_max_minor = INT64_C(1000000000000000);
        after.nutrition = texts ? &rich : NULL;
        drafts[i] = (struct draft){ .before = before, .after = after, .changes_barcodes = true };
    }
}

/* Each field is named, all numbers are said, and texts where there is room for all of them. */
static void a_hundred_at_their_longest_fit_an_entry(void **state)
{
    static const struct {
        size_t count;
        bool texts, named_only;
    } rows[] = { { 1, true, false }, { 15, true, false }, { DRAFTS_MAX, true, true }, { DRAFTS_MAX, false, true } };
    struct fixture *f = *state;

    for (unsigned i = 0; i < COUNT(rows); i++) {
        fill_longest(rows[i].texts);
        draft_count = rows[i].count;
        struct bytes entry = entry_of(f, i + 1);
        size_t fields = 0;

        print_message("%zu drafts: %zu bytes\n", rows[i].count, entry.size);
        assert_true(entry.size <= ENTRY_MOST);
        for (size_t k = 0; k < draft_count; k++) {
            const char *text = said(f, entry, drafts[k].after.id);

            assert_non_null(strstr(text, "price_minor: 1000000000000000 > 999999999999999"));
            assert_int_equal(strstr(text, "sku: - > -") != NULL, rows[i].named_only);
            for (const char *at = text; at != NULL; at = strchr(at + 1, ';'))
                fields++;
        }
        assert_int_equal(fields, 16 * draft_count);
    }
}

/* ---- read again ---- */

/* However it is cut, no more is read than is whole; what is of another layout or strand is nothing. */
static void what_is_cut_says_what_is_whole(void **state)
{
    struct fixture *f = *state;
    struct journal_entry_head head;
    struct bytes field;

    drafts[0] = (struct draft){ .before = bare(), .after = { A_ROLL } };
    draft_count = 1;
    struct bytes whole = entry_of(f, 1);
    uint8_t *other = arena_copy(f->world->arena, whole.data, whole.size);
    size_t last = 0;
    for (size_t size = 0; size <= whole.size; size++) {
        size_t at = 0, count = 0;

        while (journal_read_change(bytes_of(whole.data, size), PRODUCT, &at, &head, &field))
            count++;
        assert_true(at <= size && count >= last);
        last = count;
        if (size < ENTRY_HEAD)
            assert_int_equal(count, 0);
    }
    assert_int_equal(last, 5);
    for (size_t i = 0; i < 2; i++) {
        size_t at = 0;

        other[i] ^= 2;
        assert_false(journal_read_change(bytes_of(other, whole.size), PRODUCT, &at, &head, &field));
        other[i] ^= 2;
    }
}

int main(void)
{
#define SENTENCE(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        SENTENCE(each_change_is_said_as_it_was_and_is),
        SENTENCE(a_hundred_at_their_longest_fit_an_entry),
        SENTENCE(what_is_cut_says_what_is_whole),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
