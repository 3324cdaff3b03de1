/* What a request changes of products, for the journal. */
#include <string.h>

#include "common/rules/modifier_ids.h"
#include "common/rules/nutrition.h"
#include "server/service/product_write.h"

/* An entry fits an answer of journal_list, which holds one of up to 65,248 bytes. With its texts only named, a draft takes less than
 * 640 bytes, so a hundred of them fit. */
#define CHANGES_MAX 59500u
#define FIELDS_MAX  16
#define CHANGE_HEAD 15u /* object, and the lengths of its texts: PROTOCOL.md's layout */

struct noted {
    int64_t object;
    const char *field, *before, *after;
    bool is_text;
};
struct notes {
    struct arena *arena;
    struct noted *list;
    size_t count, size; /* size: bytes of an entry */
};

/* made: there was nothing before. */
static void note(struct notes *notes, const struct draft *d, const char *field, bool is_text, const char *before,
                 const char *after)
{
    if (d->made)
        before = NULL;
    notes->list[notes->count++] = (struct noted){ d->after.id, field, before, after, is_text };
    notes->size += CHANGE_HEAD + strlen(field) + (before ? strlen(before) : 0) + strlen(after);
}

static void note_text(struct notes *notes, const struct draft *d, const char *field, const char *before,
                      const char *after)
{
    if (strcmp(before, after) != 0)
        note(notes, d, field, true, before, after);
}

static void note_number(struct notes *notes, const struct draft *d, const char *field, int64_t before, int64_t after)
{
    if (before != after)
        note(notes, d, field, false, arena_format(notes->arena, "%lld", (long long)before),
             arena_format(notes->arena, "%lld", (long long)after));
}

static void note_flag(struct notes *notes, const struct draft *d, const char *field, bool before, bool after)
{
    if (before != after)
        note(notes, d, field, false, before ? "true" : "false", after ? "true" : "false");
}

static const char *barcodes_text(struct arena *arena, const struct product *p)
{
    const char *text = "";

    for (size_t i = 0; i < p->barcode_count; i++)
        text = arena_format(arena, "%s%s%s", text, i ? " " : "", p->barcodes[i]);
    return text;
}

static const char *allergens_text(struct arena *arena, unsigned set)
{
    const char *text = "";

    for (unsigned number = 1; number <= ALLERGEN_COUNT; number++)
        if (set & 1u << number)
            text = arena_format(arena, "%s%s%u", text, *text ? " " : "", number);
    return text;
}

/* ", 2 of 815": what goes with it; ", deposit": what it is itself. */
static const char *deposit_text(struct arena *arena, const struct product *p)
{
    if (p->deposit_product_id != 0)
        return arena_format(arena, ", %u of %lld", (unsigned)p->deposit_count, (long long)p->deposit_product_id);
    return p->deposit_kind == DEPOSIT_GOOD ? ", deposit" : p->deposit_kind == DEPOSIT_CHARGE ? ", charge" : "";
}

/* ", holds 1046 250 - ...": what 100 g have, as its table has it. */
static const char *nutrition_of(struct arena *arena, const struct product *p)
{
    char text[NUTRITION_TEXT];

    return p->nutrition == NULL ? "" : arena_format(arena, ", holds %s", nutrition_text(p->nutrition, text));
}

/* "12 13, open 10 to 5000, deposit": its modifiers, the bounds of what is keyed, its deposit, what it holds. One text, for it may have
 * to be left out. */
static const char *choices_text(struct arena *arena, const struct product *p)
{
    const char *ids = modifier_ids_text(p->modifier_ids, p->modifier_count, arena);
    bool bounded = p->open_price || p->open_max_minor != 0;

    if (bounded)
        ids = arena_format(arena, "%s%s%s %lld to %lld", ids, *ids ? ", " : "", p->open_price ? "open" : "not open",
                           (long long)p->open_min_minor, (long long)p->open_max_minor);
    const char *deposit = arena_format(arena, "%s%s", deposit_text(arena, p), nutrition_of(arena, p));
    return arena_format(arena, "%s%s", ids, deposit + (*ids == '\0' && *deposit != '\0' ? 2 : 0));
}

static void note_allergens(struct notes *notes, const struct draft *d, const char *field, unsigned before,
                           unsigned after)
{
    if (before != after)
        note(notes, d, field, false, allergens_text(notes->arena, before), allergens_text(notes->arena, after));
}

/* Of a new product: what is not zero, empty or false; and what it costs, always. */
static void note_draft(struct notes *notes, const struct draft *d)
{
    const struct product *a = &d->before, *b = &d->after;

    note_text(notes, d, "name", a->name, b->name);
    note_text(notes, d, "sku", a->sku, b->sku);
    if (d->changes_barcodes)
        note_text(notes, d, "barcodes", barcodes_text(notes->arena, a), barcodes_text(notes->arena, b));
    note_text(notes, d, "allergen_note", a->allergen_note, b->allergen_note);
    note_number(notes, d, "price_minor", d->made ? -1 : a->price_minor, b->price_minor);
    note_number(notes, d, "tax_class_id", a->tax_class_id, b->tax_class_id);
    note_number(notes, d, "category_id", a->category_id, b->category_id);
    note_number(notes, d, "plu", a->plu, b->plu);
    note_number(notes, d, "unit", a->unit, b->unit);
    note_number(notes, d, "stock_policy", a->stock_policy, b->stock_policy);
    note_number(notes, d, "floor_minor", a->floor_minor, b->floor_minor);
    note_text(notes, d, "choices", choices_text(notes->arena, a), choices_text(notes->arena, b));
    note_flag(notes, d, "active", a->active, b->active);
    note_flag(notes, d, "sold_out", a->sold_out, b->sold_out);
    note_allergens(notes, d, "contains", a->contains, b->contains);
    note_allergens(notes, d, "may_contain", a->may_contain, b->may_contain);
}

void products_journal(struct call *c, const struct draft *drafts, size_t count)
{
    struct notes notes = { .arena = c->txn.arena,
                           .list = arena_array(c->txn.arena, count * FIELDS_MAX, sizeof(struct noted)) };

    for (size_t i = 0; i < count; i++)
        note_draft(&notes, &drafts[i]);
    for (size_t i = 0; i < notes.count; i++) {
        const struct noted *n = &notes.list[i];
        bool named_only = n->is_text && notes.size > CHANGES_MAX;
        journal_change(c, n->object, n->field, named_only ? NULL : n->before, named_only ? NULL : n->after);
    }
}
