/* Of an export: everybody who looked, reviews, coupons, and friends who were brought. */
#include "server/service/member_export_in.h"

#include "server/service/journal_read.h"
#include "server/service/message.h"
#include "server/service/review_message.h"

static Caroline__V1__MemberRead *read_of(const struct journal_entry_head *head, struct bytes field, struct arena *arena)
{
    Caroline__V1__MemberRead *read = arena_alloc(arena, sizeof *read);

    caroline__v1__member_read__init(read);
    PUT(*read, at_us, (uint64_t)head->at_us);
    PUT(*read, event, field_of(head->event));
    if (field.size > 0)
        PUT(*read, field, field_of(field));
    PUT(*read, device_id, (uint64_t)head->device_id);
    PUT(*read, staff_id, (uint64_t)head->staff_id);
    return read;
}

/* What one entry says of the member and of who was merged into them; false: it does not fit into this page any more. */
static bool tell_entry(struct call *c, struct exporting *e, size_t row)
{
    struct bytes bytes = row_bytes(e->rows, row, "bytes"), field;
    struct journal_entry_head head;
    size_t before = e->reply.n_reads;

    for (size_t i = 0; i < e->id_count; i++)
        for (size_t at = 0; journal_read_change(bytes, e->ids[i], &at, &head, &field);) {
            Caroline__V1__MemberRead *read = read_of(&head, field, c->txn.arena);

            PUT_WHOSE(e, *read, e->ids[i]);
            if (e->reply.n_reads == READS_MAX || !export_fits(e, &read->base)) {
                if (before > 0)
                    e->reply.n_reads = before;
                return before == 0; /* an entry that names them three hundred times: as often as a page holds */
            }
            e->reply.reads[e->reply.n_reads++] = read;
        }
    return true;
}

void export_tell_reads(struct call *c, struct exporting *e)
{
    size_t count = rows_count(e->rows), told = 0;

    e->reply.reads = arena_array(c->txn.arena, READS_MAX + 1, sizeof *e->reply.reads);
    while (told < count && (row_is_null(e->rows, told, "number") || tell_entry(c, e, told)))
        told++;
    bool cut = told < count || count == READS_MAX;
    if (!cut && (count == 0 || !row_bool(e->rows, count - 1, "more"))) {
        export_go_on(c, e, PART_REVIEWS, 0, 0);
        return;
    }
    bool by_number = cut && !row_is_null(e->rows, told - 1, "number");
    export_go_on(c, e, PART_READS, row_int(e->rows, told - 1, "device_id"),
                 row_int(e->rows, told - 1, by_number ? "number" : "upto"));
}

/* Those of who was merged into them are theirs since. */
void export_tell_reviews(struct call *c, struct exporting *e)
{
    size_t count = rows_count(e->rows);

    e->reply.reviews = arena_array(c->txn.arena, count + 1, sizeof *e->reply.reviews);
    for (; e->reply.n_reviews < count; e->reply.n_reviews++) {
        Caroline__V1__Review *review = review_message_of(c, e->rows, e->reply.n_reviews);

        review_standing_tell(c, review, e->rows, e->reply.n_reviews);
        review_text_tell(c, review, e->rows, e->reply.n_reviews, e->id);
        PUT(*review, sale_id, (uint64_t)row_int(e->rows, e->reply.n_reviews, "sale_id"));
        PUT(*review, shop_id, (uint64_t)row_int(e->rows, e->reply.n_reviews, "shop_id"));
        e->reply.reviews[e->reply.n_reviews] = review;
    }
    if (count == REVIEWS_MAX)
        export_go_on(c, e, PART_REVIEWS, row_int(e->rows, count - 1, "id"), 0);
    else
        export_go_on(c, e, PART_COUPONS, 0, 0);
}

static Caroline__V1__ExportedCoupon *coupon_of(struct call *c, const struct exporting *e, size_t row)
{
    Caroline__V1__ExportedCoupon *coupon = arena_alloc(c->txn.arena, sizeof *coupon);

    caroline__v1__exported_coupon__init(coupon);
    PUT(*coupon, campaign, field_text(row_text(e->rows, row, "name")));
    PUT(*coupon, number, (uint64_t)row_int(e->rows, row, "number"));
    PUT(*coupon, issued_us, (uint64_t)row_instant(e->rows, row, "created_at").us);
    PUT(*coupon, use_count, (uint64_t)row_int(e->rows, row, "use_count"));
    PUT_WHOSE(e, *coupon, row_int(e->rows, row, "member_id"));
    return coupon;
}

static bool is_theirs(const struct exporting *e, int64_t id)
{
    for (size_t i = 0; i < e->id_count; i++)
        if (e->ids[i] == id)
            return true;
    return false;
}

/* Of the other one nothing is told: it would be theirs to ask. */
static Caroline__V1__ExportedFriend *friend_of(struct call *c, const struct exporting *e, size_t row)
{
    Caroline__V1__ExportedFriend *friend = arena_alloc(c->txn.arena, sizeof *friend);
    int64_t friend_id = row_int(e->friends, row, "friend_id"), referrer_id = row_int(e->friends, row, "referrer_id");
    bool brought = !is_theirs(e, friend_id);

    caroline__v1__exported_friend__init(friend);
    PUT(*friend, brought, brought);
    PUT(*friend, at_us, (uint64_t)row_instant(e->friends, row, "at").us);
    if (!row_is_null(e->friends, row, "paid_at"))
        PUT(*friend, paid_us, (uint64_t)row_instant(e->friends, row, "paid_at").us);
    PUT_WHOSE(e, *friend, brought ? referrer_id : friend_id);
    return friend;
}

void export_tell_coupons(struct call *c, struct exporting *e)
{
    size_t coupons = rows_count(e->rows), friends = rows_count(e->friends);

    e->reply.coupons = arena_array(c->txn.arena, coupons + 1, sizeof *e->reply.coupons);
    for (; e->reply.n_coupons < coupons; e->reply.n_coupons++)
        e->reply.coupons[e->reply.n_coupons] = coupon_of(c, e, e->reply.n_coupons);
    e->reply.friends = arena_array(c->txn.arena, friends + 1, sizeof *e->reply.friends);
    for (; e->reply.n_friends < friends; e->reply.n_friends++)
        e->reply.friends[e->reply.n_friends] = friend_of(c, e, e->reply.n_friends);
    if (coupons == COUPONS_MAX || friends == COUPONS_MAX)
        export_go_on(c, e, PART_COUPONS, coupons > 0 ? row_int(e->rows, coupons - 1, "id") : e->place.after,
                     friends > 0 ? row_int(e->friends, friends - 1, "friend_id") : e->place.after_two);
    else
        export_go_on(c, e, PART_INVOICES, 0, 0);
}
