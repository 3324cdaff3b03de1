/* Checks of the strands: numbers, hashes, signatures, and that they say what the sales say. */
#include <string.h>

#include "common/wire/digest.h"
#include "tests/sim/store/sim_check.h"

#define HEAD_SIZE 49 /* of a signature: device, kind, number, hash */
#define DAY_US    (DAY_S * SECOND_US)

#define ENTRY(c)                                                                                                       \
    "device=%lld kind=%c number=%lld", LONG((c)[JOURNAL_DEVICE_ID]), (int)(c)[JOURNAL_KIND].i, LONG((c)[JOURNAL_NUMBER])

static void journal_numbers(struct sim_checker *k)
{
    struct sim_sums numbers = { 0 };

    for
        EACH(k, scan, SIM_JOURNAL)
    sim_sums_add(&numbers, scan.hit.c[JOURNAL_DEVICE_ID].i, scan.hit.c[JOURNAL_KIND].i, scan.hit.c[JOURNAL_NUMBER].i);
    for (size_t i = 0; i < numbers.capacity; i++) {
        const struct sim_sum *n = &numbers.list[i];
        if (n->count != 0 && (n->least != 1 || n->most != n->count))
            sim_wrong(k, "device=%lld kind=%c first=%lld last=%lld entries=%lld", (long long)n->a, (int)n->b,
                      (long long)n->least, (long long)n->most, (long long)n->count);
    }
    sim_sums_fini(&numbers);
}

/* The entry before this one in its strand, whatever its number. */
static const union sim_cell *before(struct sim_checker *k, const union sim_cell *c)
{
    return sim_newest(k->x, SIM_JOURNAL, JOURNAL_BY_DEVICE_ID_KIND_NUMBER, KEY(c[JOURNAL_DEVICE_ID], c[JOURNAL_KIND]),
                      c[JOURNAL_NUMBER].i - 1)
        .c;
}

static void journal_hashes(struct sim_checker *k)
{
    static const uint8_t none[DIGEST_SIZE];

    for
        EACH(k, scan, SIM_JOURNAL)
        {
            const union sim_cell *c = scan.hit.c, *p = before(k, c);
            uint8_t hash[DIGEST_SIZE];
            sha256_two(p == NULL ? bytes_of(none, sizeof none) : sim_blob_view(p[JOURNAL_HASH].b),
                       sim_blob_view(c[JOURNAL_BYTES].b), hash);
            if (!bytes_equal(bytes_of(hash, sizeof hash), sim_blob_view(c[JOURNAL_HASH].b)))
                sim_wrong(k, ENTRY(c));
        }
}

static void journal_times(struct sim_checker *k)
{
    for
        EACH(k, scan, SIM_JOURNAL)
        {
            const union sim_cell *c = scan.hit.c, *p = before(k, c);
            if (p != NULL && c[JOURNAL_AT].i < p[JOURNAL_AT].i)
                sim_wrong(k, ENTRY(c));
        }
}

static void journal_bytes(struct sim_checker *k)
{
    for
        EACH(k, scan, SIM_JOURNAL)
        {
            const union sim_cell *c = scan.hit.c;
            struct bytes bytes = sim_blob_view(c[JOURNAL_BYTES].b);
            const uint8_t *at = bytes.data;
            if (bytes.size < 42 || at[0] < 1 || at[0] > (at[1] == 'L' ? 1 : 5) || (at[1] == 'X' && at[0] < 3) ||
                (at[1] == 'S' && at[0] == 2) || at[1] != c[JOURNAL_KIND].i ||
                get_u64(at + 2) != (uint64_t)c[JOURNAL_DEVICE_ID].i ||
                get_u64(at + 10) != (uint64_t)c[JOURNAL_NUMBER].i || get_u64(at + 18) != (uint64_t)c[JOURNAL_AT].i)
                sim_wrong(k, ENTRY(c));
        }
}

static void journal_heads(struct sim_checker *k)
{
    struct sim_sums strands = { 0 };

    for
        EACH(k, scan, SIM_JOURNAL)
    sim_sums_add(&strands, scan.hit.c[JOURNAL_DEVICE_ID].i, scan.hit.c[JOURNAL_KIND].i, scan.hit.c[JOURNAL_NUMBER].i);
    for
        EACH(k, scan, SIM_DEVICE_HEAD)
        {
            const union sim_cell *h = scan.hit.c;
            struct sim_sum *strand = sim_sums_find(&strands, h[DEVICE_HEAD_DEVICE_ID].i, h[DEVICE_HEAD_KIND].i);
            if (h[DEVICE_HEAD_NUMBER].i == 0)
                continue;
            const union sim_cell *j = sim_newest(k->x, SIM_JOURNAL, JOURNAL_BY_DEVICE_ID_KIND_NUMBER,
                                                 KEY(h[DEVICE_HEAD_DEVICE_ID], h[DEVICE_HEAD_KIND]), INT64_MAX)
                                          .c;
            if (strand != NULL)
                strand->seen = true;
            if (j == NULL || j[JOURNAL_NUMBER].i != h[DEVICE_HEAD_NUMBER].i || j[JOURNAL_AT].i != h[DEVICE_HEAD_AT].i ||
                !sim_cell_equal(SIM_BYTEA, j[JOURNAL_HASH], h[DEVICE_HEAD_HASH]))
                sim_wrong(k, "device=%lld kind=%c head=%lld last=%lld", LONG(h[DEVICE_HEAD_DEVICE_ID]),
                          (int)h[DEVICE_HEAD_KIND].i, LONG(h[DEVICE_HEAD_NUMBER]),
                          j == NULL ? 0LL : LONG(j[JOURNAL_NUMBER]));
        }
    for (size_t i = 0; i < strands.capacity; i++)
        if (strands.list[i].count != 0 && !strands.list[i].seen)
            sim_wrong(k, "device=%lld kind=%c has no head", (long long)strands.list[i].a, (int)strands.list[i].b);
    sim_sums_fini(&strands);
}

/* ---- what a receipt's entry says ---- */

static int64_t number_at(struct bytes bytes, size_t at)
{
    return bytes.size < at + 8 ? INT64_MIN : (int64_t)get_u64(bytes.data + at);
}

/* Counted from 0, where the SQL counts from 1. */
static bool says_the_same(const union sim_cell *s, const union sim_cell *j)
{
    struct bytes bytes = sim_blob_view(j[JOURNAL_BYTES].b);
    static const struct {
        size_t at;
        int column;
        bool or_zero;
    } numbers[] = {
        { 26, SALE_SHOP_ID, false },       { 34, SALE_STAFF_ID, false },       { 59, SALE_ID, false },
        { 71, SALE_MEMBER_ID, true },      { 79, SALE_REFUND_OF, true },       { 87, SALE_SHIFT_ID, false },
        { 95, SALE_MADE_SHIFT_ID, true },  { 103, SALE_MADE_AT, false },       { 116, SALE_CATALOGUE_VERSION, false },
        { 124, SALE_TOTAL_MINOR, false },  { 132, SALE_TAX_MINOR, false },     { 140, SALE_POINTS_EARNED, false },
        { 148, SALE_POINTS_SPENT, false }, { 156, SALE_POINTS_GIFTED, false }, { 164, SALE_POINTS_AFTER, false },
    };

    if (bytes.size < 172 || s[SALE_AT].i != j[JOURNAL_AT].i)
        return false;
    for (size_t i = 0; i < sizeof(numbers) / sizeof(*numbers); i++) {
        union sim_cell cell = s[numbers[i].column];
        if (number_at(bytes, numbers[i].at) != (numbers[i].or_zero ? sim_or_zero(cell) : cell.i))
            return false;
    }
    bool second = bytes.data[0] >= 2;
    if (sim_or_zero(s[SALE_ROUNDING_MINOR]) != (second ? number_at(bytes, 172) : 0) ||
        sim_or_zero(s[SALE_APPROVED_BY]) != (second ? number_at(bytes, 180) : 0))
        return false;
    if (sim_or_zero(s[SALE_BROUGHT_BY]) != (s[SALE_SERIES].i == 'X' ? number_at(bytes, 188) : 0))
        return false;
    return bytes.data[42] == s[SALE_KIND].i && memcmp(bytes.data + 43, s[SALE_COMMAND_ID].b->data, 16) == 0 &&
           (int32_t)get_u32(bytes.data + 111) == s[SALE_BUSINESS_DAY].i && bytes.data[115] == s[SALE_SERVICE].i;
}

static void journal_sales(struct sim_checker *k)
{
    int64_t receipts = 0;

    for
        EACH(k, scan, SIM_SALE)
        {
            const union sim_cell *s = scan.hit.c;
            receipts++;
            const union sim_cell *j = sim_find(k->x, SIM_JOURNAL, JOURNAL_BY_DEVICE_ID_KIND_NUMBER,
                                               KEY(s[SALE_DEVICE_ID], s[SALE_SERIES], s[SALE_NUMBER]))
                                          .c;
            if (j == NULL || !says_the_same(s, j))
                sim_wrong(k, "device=%lld number=%lld sale=%lld total_minor=%lld", LONG(s[SALE_DEVICE_ID]),
                          LONG(s[SALE_NUMBER]), LONG(s[SALE_ID]), LONG(s[SALE_TOTAL_MINOR]));
        }
    for
        EACH(k, scan, SIM_JOURNAL)
    receipts -= scan.hit.c[JOURNAL_KIND].i == 'T' || scan.hit.c[JOURNAL_KIND].i == 'X';
    if (receipts != 0)
        sim_wrong(k, "%lld entries have no receipt", (long long)-receipts);
}

/* ---- commands ---- */

static int64_t extreme_of(struct sim_checker *k, enum sim_table_id table, int at, bool newest, int64_t none)
{
    int64_t found = none;

    for
        EACH(k, scan, table)
    if (found == none || (scan.hit.c[at].i > found) == newest)
        found = scan.hit.c[at].i;
    return found;
}

/* They are let go of after 90 days, the oldest first: also by a shop that has been closed for a while. */
int64_t sim_kept_since(struct sim_checker *k, enum sim_table_id table, int at)
{
    int64_t oldest = extreme_of(k, SIM_COMMAND, COMMAND_AT, false, INT64_MAX);
    int64_t newest = extreme_of(k, table, at, true, INT64_MIN);

    if (newest == INT64_MIN)
        return oldest;
    return oldest < newest - 30 * DAY_US ? oldest : newest - 30 * DAY_US;
}

bool sim_went_well(const union sim_cell *command)
{
    struct bytes reply = sim_blob_view(command[COMMAND_REPLY].b);

    return reply.size > 0 && reply.data[0] == 0x1a;
}

/* The name of what happened and the command that it came from, of an entry of L or of S; false: it is too short for that. */
static bool take_apart(const union sim_cell *c, struct bytes *event, struct bytes *command_id)
{
    struct bytes bytes = sim_blob_view(c[JOURNAL_BYTES].b);

    if (c[JOURNAL_KIND].i == 'S' && bytes.size > 58 && bytes.data[0] > 1) {
        *event = bytes_of_text("");
        *command_id = bytes_of(bytes.data + 43, 16);
        return true;
    }
    if ((c[JOURNAL_KIND].i != 'L' && c[JOURNAL_KIND].i != 'S') || bytes.size <= 44 ||
        bytes.size < 61 + (size_t)bytes.data[44])
        return false;
    *event = bytes_of(bytes.data + 45, bytes.data[44]);
    *command_id = bytes_of(event->data + event->size, 16);
    return true;
}

/* A command's id and device as one key; device 0 for any. */
static void note_entry(struct sim_sums *entries, struct bytes id, int64_t device)
{
    sim_sums_add(entries, (int64_t)(get_u64(id.data) ^ (uint64_t)device << 1), (int64_t)get_u64(id.data + 8), 1);
}

static bool has_entry(const struct sim_sums *entries, struct bytes id, int64_t device)
{
    return sim_sums_find(entries, (int64_t)(get_u64(id.data) ^ (uint64_t)device << 1), (int64_t)get_u64(id.data + 8)) !=
           NULL;
}

/* Who enrols is no device yet: device 0. A refusal leaves an entry only of a PIN that was wrong, or of a
 * gift card's code that was tried. */
static bool has_command(struct sim_checker *k, int64_t device, struct bytes id, struct bytes event)
{
    bool may_be_refused = bytes_equal(event, bytes_of_text("sign_in_failed")) ||
                          bytes_equal(event, bytes_of_text("sign_in_locked")) ||
                          bytes_equal(event, bytes_of_text("gift_card_taken")) ||
                          bytes_equal(event, bytes_of_text("gift_card_not_found"));
    struct sim_blob *blob = sim_blob_create(id);
    bool found = false;

    for (int i = 0; i < 2 && !found; i++) {
        const union sim_cell *c =
            sim_find(k->x, SIM_COMMAND, COMMAND_BY_DEVICE_ID_COMMAND_ID, KEY(I(i == 0 ? device : 0), B(blob))).c;
        found = c != NULL && (may_be_refused || sim_went_well(c));
    }
    sim_blob_drop(blob);
    return found;
}

static void journal_commands(struct sim_checker *k)
{
    static const uint8_t none[16];
    int64_t since = sim_kept_since(k, SIM_JOURNAL, JOURNAL_AT);
    struct sim_sums entries = { 0 };
    struct bytes event, id;

    for
        EACH(k, scan, SIM_JOURNAL)
    if (take_apart(scan.hit.c, &event, &id)) {
        note_entry(&entries, id, scan.hit.c[JOURNAL_DEVICE_ID].i);
        note_entry(&entries, id, 0);
    }
    for
        EACH(k, scan, SIM_JOURNAL)
    if (take_apart(scan.hit.c, &event, &id) && scan.hit.c[JOURNAL_AT].i > since &&
        !bytes_equal(id, bytes_of(none, sizeof none)) && !has_command(k, scan.hit.c[JOURNAL_DEVICE_ID].i, id, event))
        sim_wrong(k, ENTRY(scan.hit.c));
    for
        EACH(k, scan, SIM_COMMAND)
        {
            const union sim_cell *c = scan.hit.c;
            if (!sim_went_well(c) ||
                has_entry(&entries, sim_blob_view(c[COMMAND_COMMAND_ID].b), c[COMMAND_DEVICE_ID].i))
                continue;
            const union sim_cell *s = sim_find(k->x, SIM_SALE, SALE_BY_COMMAND_ID, KEY(c[COMMAND_COMMAND_ID])).c;
            bool brought = sim_find(k->x, SIM_SALE_RESCUE, SALE_RESCUE_BY_DEVICE_ID_COMMAND_ID,
                                    KEY(c[COMMAND_DEVICE_ID], c[COMMAND_COMMAND_ID]))
                               .row != NULL;
            if (!brought && (s == NULL || s[SALE_DEVICE_ID].i != c[COMMAND_DEVICE_ID].i))
                sim_wrong(k, "what=no entry device=%lld op=%lld", LONG(c[COMMAND_DEVICE_ID]), LONG(c[COMMAND_OP]));
        }
    sim_sums_fini(&entries);
}

/* ---- signatures ---- */

/* Is this head, as it was signed, an entry? */
static bool is_entry(struct sim_checker *k, const uint8_t *head)
{
    const union sim_cell *j = sim_find(k->x, SIM_JOURNAL, JOURNAL_BY_DEVICE_ID_KIND_NUMBER,
                                       KEY(I((int64_t)get_u64(head)), I(head[8]), I((int64_t)get_u64(head + 9))))
                                  .c;

    return j != NULL && bytes_equal(sim_blob_view(j[JOURNAL_HASH].b), bytes_of(head + 17, HEAD_SIZE - 17));
}

/* Notes the greatest number of a strand that was signed. */
static void signed_heads(struct sim_checker *k, const union sim_cell *c, struct sim_sums *strands)
{
    struct bytes heads = sim_blob_view(c[JOURNAL_SIGNATURE_HEADS].b);

    if (heads.size == 0 || heads.size % HEAD_SIZE != 0)
        sim_wrong(k, "signature=%lld", LONG(c[JOURNAL_SIGNATURE_ID]));
    for (size_t at = 0; !k->wrong && at < heads.size; at += HEAD_SIZE) {
        const uint8_t *head = heads.data + at;
        if (!is_entry(k, head))
            sim_wrong(k, "signature=%lld", LONG(c[JOURNAL_SIGNATURE_ID]));
        sim_sums_add(strands, (int64_t)get_u64(head), head[8], (int64_t)get_u64(head + 9));
    }
}

static void journal_signatures(struct sim_checker *k)
{
    struct sim_sums strands = { 0 };

    for
        EACH(k, scan, SIM_JOURNAL_SIGNATURE)
    signed_heads(k, scan.hit.c, &strands);
    for
        EACH(k, scan, SIM_DEVICE_HEAD)
        {
            const union sim_cell *h = scan.hit.c;
            const struct sim_sum *sum = sim_sums_find(&strands, h[DEVICE_HEAD_DEVICE_ID].i, h[DEVICE_HEAD_KIND].i);
            const union sim_cell *j =
                sim_find(k->x, SIM_JOURNAL, JOURNAL_BY_DEVICE_ID_KIND_NUMBER,
                         KEY(h[DEVICE_HEAD_DEVICE_ID], h[DEVICE_HEAD_KIND], h[DEVICE_HEAD_NUMBER]))
                    .c;
            /* Each head that was signed is an entry, hash and all: the numbers tell the rest. */
            if (h[DEVICE_HEAD_NUMBER].i > 0 && (sum == NULL || sum->most != h[DEVICE_HEAD_NUMBER].i || j == NULL ||
                                                !sim_cell_equal(SIM_BYTEA, j[JOURNAL_HASH], h[DEVICE_HEAD_HASH])))
                sim_wrong(k, "device=%lld kind=%c number=%lld", LONG(h[DEVICE_HEAD_DEVICE_ID]),
                          (int)h[DEVICE_HEAD_KIND].i, LONG(h[DEVICE_HEAD_NUMBER]));
        }
    sim_sums_fini(&strands);
}

const struct sim_named_check sim_journal_checks[] = {
    { "journal_numbers", journal_numbers },
    { "journal_hashes", journal_hashes },
    { "journal_times", journal_times },
    { "journal_bytes", journal_bytes },
    { "journal_heads", journal_heads },
    { "journal_sales", journal_sales },
    { "journal_commands", journal_commands },
    { "journal_signatures", journal_signatures },
    { NULL, NULL },
};
