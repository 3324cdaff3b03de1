/* Tenders put right: what may be, and what it comes to in cash. */
#include "common/rules/retender.h"

#include <assert.h>
#include <stdarg.h>

#include "common/base/number.h"
#include "common/base/text.h"
#include "common/rules/sale_parts.h"

/* One being decided. */
struct deed {
    const struct retender_command *command;
    struct working_set *set;
    struct original *original;
    const struct original_tender *from;
    const struct tender_type *type; /* that it was in truth */
    struct retender *rows;
};

static enum sale_verdict no(const struct deed *d, enum sale_verdict verdict, const char *field, const char *sentence,
                            ...) __attribute__((format(printf, 4, 5)));
static enum sale_verdict no(const struct deed *d, enum sale_verdict verdict, const char *field, const char *sentence,
                            ...)
{
    va_list arguments;

    va_start(arguments, sentence);
    d->rows->sentence = arena_vformat(d->set->arena, sentence, arguments);
    va_end(arguments);
    d->rows->field = field;
    return verdict;
}

static const char *name_of(const struct original_tender *tender)
{
    if (tender->name != NULL && tender->name[0] != '\0')
        return tender->name;
    return tender->kind == TENDER_CASH ? "cash" : tender->kind == TENDER_CARD ? "card" : "it";
}

static const char *money(const struct deed *d, int64_t minor)
{
    return minor_format(arena_alloc(d->set->arena, NUMBER_TEXT), minor, d->original->currency_exponent);
}

static int64_t type_id_of(int64_t type_id, int kind)
{
    return type_id != 0 ? type_id : kind;
}

/* ---- whether it may be ---- */

static enum sale_verdict check_sale(struct deed *d, const struct drawer_state *drawer)
{
    const struct original *original = d->original;

    if (original == NULL)
        return no(d, SALE_UNKNOWN_SALE, "receipt_number", "no receipt of this number");
    if (original->kind == SALE_REFUND)
        return no(d, SALE_RETENDER_NOT_POSSIBLE, "receipt_number",
                  "a refund gave back to what had paid: there is nothing to put right");
    if (original->shift_id != drawer->shift_id || original->device_id != drawer->device_id)
        return no(d, SALE_RETENDER_OTHER_SHIFT, "receipt_number",
                  "this receipt does not count in a shift that is open at this till");
    if (original->refund_count > 0)
        return no(d, SALE_RETENDER_REFUNDED, "receipt_number",
                  "something of this receipt was given back already, to what had paid it");
    if (original->retender_count >= RETENDERS_MAX)
        return no(d, SALE_RETENDER_NOT_POSSIBLE, "receipt_number", "a receipt is put right %d times at most",
                  RETENDERS_MAX);
    for (size_t i = 0; i < original->tender_count; i++)
        if (original->tenders[i].position == d->command->position)
            d->from = &original->tenders[i];
    if (d->from == NULL)
        return no(d, SALE_BAD_TENDER, "position", "nothing paid this receipt under that position");
    return SALE_OK;
}

static enum sale_verdict check_from(const struct deed *d)
{
    const struct original_tender *from = d->from;

    if (from->kind == TENDER_HOUSE)
        return no(d, SALE_RETENDER_NOT_POSSIBLE, "position",
                  "what the house pays is not put right afterwards: give the receipt back and ring it up anew");
    if (from->kind == TENDER_ACCOUNT)
        return no(d, SALE_RETENDER_NOT_POSSIBLE, "position",
                  "what went on account is not put right afterwards: give the receipt back and ring it up anew");
    if (from->kind == TENDER_GIFT_CARD)
        return no(d, SALE_RETENDER_NOT_POSSIBLE, "position",
                  "what a gift card paid is not put right afterwards: give the receipt back and ring it up anew");
    if (from->forfeited_minor != 0)
        return no(d, SALE_RETENDER_NOT_POSSIBLE, "position",
                  "something of this voucher was forfeited: give the receipt back and ring it up anew");
    if (from->amount_minor + from->tip_minor <= 0)
        return no(d, SALE_RETENDER_NOT_POSSIBLE, "position",
                  "cash was paid out for empties: there is nothing to put right");
    if (d->command->all)
        return SALE_OK;
    if (d->command->amount_minor <= 0)
        return no(d, SALE_BAD_TENDER, "amount_minor", "the amount must be more than nothing");
    if (d->command->amount_minor > from->amount_minor)
        return no(d, SALE_RETENDER_TOO_MUCH, "amount_minor", "%s: %s of it are left", name_of(from),
                  money(d, from->amount_minor));
    return SALE_OK;
}

/* By its kind, if it is cash or card; by its type, whatever it is, which a kind that is named as well must fit. */
static enum sale_verdict find_type(struct deed *d)
{
    const struct tender *truth = &d->command->truth;
    uint64_t version = catalogue_newest(d->set->catalogue);

    if (truth->type_id == 0 && truth->kind != TENDER_CASH && truth->kind != TENDER_CARD)
        return no(d, SALE_BAD_TENDER, "kind", "what it was in truth is of an unknown kind");
    d->type = tender_type_of(d->set->catalogue, version, type_id_of(truth->type_id, truth->kind));
    if (d->type == NULL)
        return no(d, SALE_UNKNOWN_TENDER_TYPE, "tender_type_id", "no such means of payment");
    if (truth->kind != 0 && truth->kind != d->type->kind)
        return no(d, SALE_BAD_TENDER, "kind", "%s is of another kind", d->type->name);
    return SALE_OK;
}

static bool is_same_reference(const struct deed *d, struct bytes reference)
{
    return bytes_equal(bytes_of_text(text_tidy(d->set->arena, reference)), d->command->truth.reference);
}

/* One approval is one payment, and one voucher: the tender that is put right counts too, for what is left of it. */
static enum sale_verdict check_reference(const struct deed *d)
{
    const struct original *original = d->original;
    bool wanted = d->type->kind == TENDER_CARD || (d->type->kind != TENDER_CASH && d->type->reference_wanted);

    if (text_secret(d->command->truth.reference))
        return no(d, SALE_NO_SECRET_WANTED, "reference", "%s", text_secret(d->command->truth.reference));
    if (!wanted)
        return SALE_OK;
    if (text_is_blank(d->command->truth.reference))
        return no(d, SALE_BAD_TENDER, "reference",
                  d->type->kind == TENDER_CARD ? "a card tender names the card machine's approval"
                                               : "%s: its number is asked for",
                  d->type->name);
    for (size_t i = 0; i < original->tender_count; i++)
        if (type_id_of(original->tenders[i].type_id, (int)original->tenders[i].kind) == d->type->id &&
            is_same_reference(d, original->tenders[i].reference))
            return no(d, SALE_BAD_TENDER, "reference", "the receipt is paid under this number already");
    return SALE_OK;
}

static enum sale_verdict check_truth(struct deed *d)
{
    const struct original_tender *from = d->from;
    enum sale_verdict verdict = find_type(d);

    if (verdict != SALE_OK)
        return verdict;
    if (d->type->kind == TENDER_HOUSE)
        return no(d, SALE_RETENDER_NOT_POSSIBLE, "tender_type_id",
                  "what the house pays is allowed when it is rung up, and not afterwards");
    if (d->type->kind == TENDER_ACCOUNT)
        return no(d, SALE_RETENDER_NOT_POSSIBLE, "tender_type_id",
                  "what goes on account is signed for when it is rung up, and not put there afterwards");
    if (d->type->kind == TENDER_GIFT_CARD)
        return no(d, SALE_RETENDER_NOT_POSSIBLE, "tender_type_id",
                  "a gift card is scanned when it is rung up, and pays nothing afterwards");
    if (!d->type->active)
        return no(d, SALE_TENDER_INACTIVE, "tender_type_id", "%s is not taken any more", d->type->name);
    if (*d->type->permission != '\0' && !role_may(d->command->role, d->type->permission))
        return no(d, SALE_TENDER_NOT_ALLOWED, "tender_type_id", "your role does not allow to take %s", d->type->name);
    if (d->command->all && from->tip_minor != 0 && d->type->kind != TENDER_CASH && d->type->kind != TENDER_CARD)
        return no(d, SALE_RETENDER_NOT_POSSIBLE, "tender_type_id",
                  "a tip is given in cash or by card: name the amount without it");
    if (type_id_of(from->type_id, (int)from->kind) == d->type->id &&
        (d->type->kind == TENDER_CASH || d->command->truth.reference.size == 0 ||
         is_same_reference(d, from->reference)))
        return no(d, SALE_RETENDER_NOT_POSSIBLE, "kind", "it is recorded as %s already", d->type->name);
    return check_reference(d);
}

/* ---- what it comes to ---- */

/* The shop rounds as it did when it sold. */
static int64_t due_in_cash(const struct original *original, int64_t minor)
{
    const struct shop shop = { .cash_rounding_minor = original->cash_rounding_minor };

    return cash_due(&shop, minor);
}

/* What is left to be paid in cash when the others pay what they do. */
static void sum_cash(const struct original *original, int64_t *cash, int64_t *due)
{
    *cash = 0;
    *due = original->total_minor;
    for (size_t i = 0; i < original->tender_count; i++)
        if (original->tenders[i].kind == TENDER_CASH)
            *cash += original->tenders[i].amount_minor;
        else
            *due -= original->tenders[i].amount_minor;
}

/* How much goes off the one and to the other: as much, unless one of them is cash and the shop rounds. */
static enum sale_verdict settle(const struct deed *d)
{
    const struct original_tender *from = d->from;
    struct retender *rows = d->rows;
    int64_t moved = d->command->all ? from->amount_minor : d->command->amount_minor, off = moved, to = moved;
    int64_t cash, due;

    sum_cash(d->original, &cash, &due);
    if (from->kind == TENDER_CASH && moved == cash)
        to = due; /* no cash is left to be rounded */
    else if (from->kind == TENDER_CASH && moved < from->amount_minor)
        off = cash - due_in_cash(d->original, due - moved);
    else if (from->kind != TENDER_CASH && d->type->kind == TENDER_CASH)
        to = due_in_cash(d->original, due + moved) - cash;
    if (off > from->amount_minor)
        return no(d, SALE_RETENDER_TOO_MUCH, "amount_minor", "%s: %s of it are left", name_of(from),
                  money(d, from->amount_minor));
    if (off <= 0 || to <= 0)
        return no(d, SALE_RETENDER_NOT_POSSIBLE, "amount_minor", "there is too little of it to be put right");
    rows->rounding_minor = to - off;
    rows->off.tip_minor = d->command->all ? -from->tip_minor : 0;
    rows->to.tip_minor = -rows->off.tip_minor;
    rows->off.amount_minor = rows->off.tip_minor - off;
    rows->to.amount_minor = rows->to.tip_minor + to;
    rows->off.tender_count = off == from->amount_minor && from->tip_minor + rows->off.tip_minor == 0 ? -1 : 0;
    rows->to.tender_count = 1;
    if (from->kind == TENDER_CASH)
        rows->drawer_minor += rows->off.amount_minor;
    if (d->type->kind == TENDER_CASH)
        rows->drawer_minor += rows->to.amount_minor;
    return SALE_OK;
}

/* Of all that pays by this means then, tips and what cash was rounded by with it, as at ring-up. */
static enum sale_verdict check_limit(const struct deed *d)
{
    const struct original *original = d->original;
    int64_t sum = d->rows->to.amount_minor;

    for (size_t i = 0; i < original->tender_count; i++) {
        const struct original_tender *tender = &original->tenders[i];

        if (type_id_of(tender->type_id, (int)tender->kind) != d->type->id)
            continue;
        sum += tender->amount_minor + tender->tip_minor + tender->forfeited_minor;
        if (tender == d->from)
            sum += d->rows->off.amount_minor;
    }
    if (d->type->limit_minor != 0 && sum > d->type->limit_minor)
        return no(d, SALE_TENDER_LIMIT, "amount_minor", "%s: at most %s a receipt", d->type->name,
                  money(d, d->type->limit_minor));
    return SALE_OK;
}

static void fill(const struct deed *d, const struct drawer_state *drawer)
{
    struct retender *rows = d->rows;
    const struct original_tender *from = d->from;

    rows->id = d->command->id;
    rows->sale_id = d->original->sale_id;
    rows->device_id = d->command->device_id;
    rows->shift_id = drawer->shift_id;
    rows->staff_id = d->command->staff_id;
    rows->number = (int)d->original->retender_count + 1;
    rows->reason = d->command->reason;
    rows->off.position = from->position;
    rows->off.kind = from->kind;
    rows->off.type_id = from->type_id;
    rows->off.name = name_of(from);
    rows->off.reference = from->reference;
    rows->to.position = TENDERS_MAX + (int)d->original->retender_count;
    rows->to.kind = (enum tender_kind)d->type->kind;
    rows->to.type_id = d->type->id == TENDER_TYPE_CASH || d->type->id == TENDER_TYPE_CARD ? 0 : d->type->id;
    rows->to.name = d->type->name;
    rows->to.reference = d->type->kind == TENDER_CASH ? bytes_of("", 0) : d->command->truth.reference;
}

/* What pays the original now; tenders of which nothing is left are gone. */
static void apply(const struct deed *d, struct drawer_state *drawer)
{
    struct original *original = d->original;
    const struct retender *rows = d->rows;
    struct original_tender *tenders = arena_array(d->set->arena, original->tender_count + 1, sizeof *tenders);
    size_t count = 0;

    for (size_t i = 0; i < original->tender_count; i++) {
        struct original_tender tender = original->tenders[i];

        if (&original->tenders[i] == d->from) {
            tender.amount_minor += rows->off.amount_minor - rows->off.tip_minor;
            tender.tip_minor += rows->off.tip_minor;
        }
        if (tender.amount_minor != 0 || tender.tip_minor != 0)
            tenders[count++] = tender;
    }
    tenders[count++] = (struct original_tender){ .position = rows->to.position,
                                                 .kind = rows->to.kind,
                                                 .type_id = rows->to.type_id,
                                                 .name = rows->to.name,
                                                 .amount_minor = rows->to.amount_minor - rows->to.tip_minor,
                                                 .tip_minor = rows->to.tip_minor,
                                                 .reference = rows->to.reference };
    original->tenders = tenders;
    original->tender_count = count;
    original->rounding_minor += rows->rounding_minor;
    original->retender_count++;
    drawer->cash_minor += rows->drawer_minor;
    drawer->changed = drawer->changed || rows->drawer_minor != 0;
}

enum sale_verdict retender_decide(const struct retender_command *command, struct working_set *set, struct instant now,
                                  struct retender *rows)
{
    const struct shop *shop = catalogue_shop(set->catalogue, catalogue_newest(set->catalogue));
    struct drawer_state *drawer = NULL;
    struct deed deed = {
        .command = command, .set = set, .original = set_original(set, command->original), .rows = rows
    };

    assert(shop != NULL);
    *rows = (struct retender){ .shop_id = shop->id, .catalogue_version = catalogue_newest(set->catalogue), .at = now };
    /* Whoever corrects it: the drawer into which it was sold. */
    if (deed.original != NULL)
        drawer = set_drawer_of_shift(set, command->device_id, deed.original->shift_id);
    if (drawer == NULL)
        drawer = set_drawer(set, command->device_id, command->staff_id);
    if (drawer == NULL || drawer->till_number == 0)
        return no(&deed, SALE_NOT_A_TILL, NULL, "this device has no drawer");
    if (!set_drawer_any(set, command->device_id))
        return no(&deed, SALE_SHIFT_NOT_OPEN, NULL, "%s", sale_not_open(set, command->device_id));
    if (text_is_blank(command->reason))
        return no(&deed, SALE_BAD_REASON, "reason", "a tender is put right with a reason only");
    if (text_secret(command->reason))
        return no(&deed, SALE_NO_SECRET_WANTED, "reason", "%s", text_secret(command->reason));
    enum sale_verdict verdict = check_sale(&deed, drawer);
    if (verdict == SALE_OK)
        verdict = check_from(&deed);
    if (verdict == SALE_OK)
        verdict = check_truth(&deed);
    if (verdict == SALE_OK)
        verdict = settle(&deed);
    if (verdict == SALE_OK)
        verdict = check_limit(&deed);
    if (verdict != SALE_OK)
        return verdict;
    if (drawer->cash_minor + rows->drawer_minor > MINOR_MAX || drawer->cash_minor + rows->drawer_minor < -MINOR_MAX)
        return no(&deed, SALE_AMOUNT_OVERFLOW, NULL, "the drawer leaves the range of money");
    fill(&deed, drawer);
    apply(&deed, drawer);
    return SALE_OK;
}

/* ---- on paper ---- */

#define NAME_COLUMNS   40 /* a printer has 42 */
#define REASON_COLUMNS 120
#define SLIP_ROWS      14

static void add(struct receipt_row *rows, size_t *count, enum receipt_row_kind kind, const char *left,
                const char *right)
{
    rows[(*count)++] = (struct receipt_row){ .kind = kind, .left = left, .right = right };
}

static const char *entry_text(const struct retender_entry *entry, struct arena *arena)
{
    return arena_format(arena, "%s%s%.*s", entry->name, entry->reference.size == 0 ? "" : " ",
                        (int)entry->reference.size, (const char *)entry->reference.data);
}

struct receipt retender_slip(const struct retender *rows, struct receipt_number number, const struct shop *shop,
                             const struct zone *zone, struct arena *arena)
{
    struct receipt_row *paper = arena_array(arena, SLIP_ROWS, sizeof *paper);
    unsigned exponent = shop->currency_exponent;
    char text[RECEIPT_NUMBER_TEXT], when[LOCAL_TEXT];
    size_t count = 0, used, size = text_cut(shop->name, NAME_COLUMNS, &used);
    const char *reason = arena_format(arena, "%.*s", (int)rows->reason.size, (const char *)rows->reason.data);

    add(paper, &count, RECEIPT_ROW_TITLE, arena_format(arena, "%.*s", (int)size, shop->name), NULL);
    add(paper, &count, RECEIPT_ROW_RULE, NULL, NULL);
    add(paper, &count, RECEIPT_ROW_TITLE, "PAYMENT PUT RIGHT", NULL);
    add(paper, &count, RECEIPT_ROW_PAIR, arena_text(arena, receipt_number_format(text, number)),
        arena_text(arena, local_format(when, zone_local(zone, rows->at))));
    add(paper, &count, RECEIPT_ROW_RULE, NULL, NULL);
    add(paper, &count, RECEIPT_ROW_PAIR, entry_text(&rows->off, arena),
        minor_format(arena_alloc(arena, NUMBER_TEXT), rows->off.amount_minor, exponent));
    add(paper, &count, RECEIPT_ROW_PAIR, entry_text(&rows->to, arena),
        minor_format(arena_alloc(arena, NUMBER_TEXT), rows->to.amount_minor, exponent));
    if (rows->to.tip_minor != 0)
        add(paper, &count, RECEIPT_ROW_PAIR, "  of it a tip",
            minor_format(arena_alloc(arena, NUMBER_TEXT), rows->to.tip_minor, exponent));
    if (rows->rounding_minor != 0)
        add(paper, &count, RECEIPT_ROW_PAIR, "Cash rounding",
            minor_format(arena_alloc(arena, NUMBER_TEXT), rows->rounding_minor, exponent));
    add(paper, &count, RECEIPT_ROW_RULE, NULL, NULL);
    size = text_cut(reason, REASON_COLUMNS, &used);
    add(paper, &count, RECEIPT_ROW_TEXT, arena_format(arena, "%.*s", (int)size, reason), NULL);
    add(paper, &count, RECEIPT_ROW_TEXT, "Kept with the receipt: it stays as it was.", NULL);
    assert(count <= SLIP_ROWS);
    return (struct receipt){ .rows = paper, .count = count };
}
