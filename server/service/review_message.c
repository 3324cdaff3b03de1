/* Rows of reviews as messages. */
#include "server/service/review_message.h"

#include "server/service/message.h"

Caroline__V1__Review *review_message_of(struct call *c, const struct rows *rows, size_t row)
{
    Caroline__V1__Review *review = arena_alloc(c->txn.arena, sizeof *review);

    caroline__v1__review__init(review);
    PUT(*review, id, (uint64_t)row_int(rows, row, "id"));
    PUT(*review, rating, (uint32_t)row_int(rows, row, "rating"));
    PUT(*review, written_us, (uint64_t)row_instant(rows, row, "created_at").us);
    return review;
}

void review_standing_tell(struct call *c, Caroline__V1__Review *review, const struct rows *rows, size_t row)
{
    int64_t product_id = row_int(rows, row, "product_id");
    const struct product *product =
        c->catalogue ? catalogue_product(c->catalogue, catalogue_newest(c->catalogue), product_id) : NULL;

    PUT(*review, product_id, (uint64_t)product_id);
    if (product)
        PUT(*review, product_name, field_text(product->name));
    PUT(*review, state, (Caroline__V1__ReviewState)row_int(rows, row, "state"));
    if (row_int(rows, row, "reason") != 0)
        PUT(*review, reason, (Caroline__V1__ReviewReason)row_int(rows, row, "reason"));
    if (review->state == CAROLINE__V1__REVIEW_STATE__REVIEW_WAITING)
        return;
    PUT(*review, moderated_us, (uint64_t)row_instant(rows, row, "changed_at").us);
    if (!row_is_null(rows, row, "changed_by"))
        PUT(*review, moderated_by, (uint64_t)row_int(rows, row, "changed_by"));
}

bool review_text_tell(struct call *c, Caroline__V1__Review *review, const struct rows *rows, size_t row,
                      int64_t member_id)
{
    if (!row_is_null(rows, row, "text"))
        PUT(*review, text, field_of(row_bytes(rows, row, "text")));
    if (row_is_null(rows, row, "text_sealed"))
        return false;
    struct bytes text =
        vault_unseal(c->vault, member_id, FIELD_MEMBER_REVIEW, row_bytes(rows, row, "text_sealed"), c->txn.arena);
    if (text.data != NULL)
        PUT(*review, text, field_of(text));
    return text.data != NULL;
}
