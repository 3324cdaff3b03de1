/* Messages into rows. */
#include "client/link/explained.h"

#include <string.h>

static struct explain_row row_of(const Caroline__V1__ExplainRow *from, struct arena *arena)
{
    struct explain_row row = { .kind = (enum explain_kind)from->kind,
                               .about = (enum explain_about)from->about,
                               .line = from->has_line ? (int)from->line : NO_LINE,
                               .has_amount = from->has_amount_minor || from->has_points,
                               .points = from->has_points,
                               .amount = from->has_points ? from->points : from->amount_minor,
                               .staff_id = (int64_t)from->staff_id };

    if (row.kind < EXPLAIN_HEAD || row.kind > EXPLAIN_WRONG)
        row.kind = EXPLAIN_NOTE;
    row.text =
        arena_format(arena, "%.*s", (int)from->text.len, from->text.len == 0 ? "" : (const char *)from->text.data);
    if (from->staff.len > 0)
        row.staff = arena_format(arena, "%.*s", (int)from->staff.len, (const char *)from->staff.data);
    return row;
}

void explained_add(struct explanation *explanation, const Caroline__V1__SaleExplained *page, struct arena *arena)
{
    size_t wanted = explanation->count + page->n_rows;

    if (wanted > explanation->capacity) {
        struct explain_row *larger = arena_array(arena, 2 * wanted, sizeof *larger);

        if (explanation->count > 0)
            memcpy(larger, explanation->rows, explanation->count * sizeof *larger);
        explanation->rows = larger;
        explanation->capacity = 2 * wanted;
    }
    for (size_t i = 0; i < page->n_rows; i++)
        explanation->rows[explanation->count++] = row_of(page->rows[i], arena);
    explanation->numbers = page->number_count;
    explanation->wrong = page->wrong_count;
    explanation->unknown = page->unknown_count;
}

const char *explained_verdict(const struct explanation *explanation, struct arena *arena)
{
    const char *numbers = explanation->numbers == 1 ? "number" : "numbers";

    if (explanation->wrong > 0)
        return arena_format(arena, "%zu %s; %zu %s not add up", explanation->numbers, numbers, explanation->wrong,
                            explanation->wrong == 1 ? "does" : "do");
    if (explanation->unknown > 0)
        return arena_format(arena, "%zu %s; of %zu something is not known", explanation->numbers, numbers,
                            explanation->unknown);
    return arena_format(arena, "%zu %s: all add up", explanation->numbers, numbers);
}
