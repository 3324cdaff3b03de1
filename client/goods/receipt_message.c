/* A receipt document out of a message. */
#include "client/goods/receipt_message.h"

struct receipt receipt_of_message(const Caroline__V1__Receipt *document, struct arena *arena)
{
    struct receipt_row *rows = arena_array(arena, document->n_rows + 1, sizeof(*rows));

    for (size_t i = 0; i < document->n_rows; i++)
        rows[i] = (struct receipt_row){
            .kind = (enum receipt_row_kind)document->rows[i]->kind,
            .left = arena_format(arena, "%.*s", (int)document->rows[i]->left.len, document->rows[i]->left.data),
            .right = arena_format(arena, "%.*s", (int)document->rows[i]->right.len, document->rows[i]->right.data),
            .account_id = (int64_t)document->rows[i]->account_id,
        };
    return (struct receipt){ .rows = rows, .count = document->n_rows };
}
