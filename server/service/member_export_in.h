/* What the parts of an export share: where it is, what was asked for, and what is told on this page. */
#ifndef CAROLINE_SERVICE_MEMBER_EXPORT_IN_H
#define CAROLINE_SERVICE_MEMBER_EXPORT_IN_H

#include "proto/privacy.pb-c.h"
#include "server/call/call.h"
#include "server/service/sale_load.h"

#define PAGE_BYTES   58000u /* of what is told: the envelope and the place come on top */
#define SALES_MAX    16
#define LINES_MAX    200 /* of a sale */
#define CONSENTS_MAX 100 /* whose texts fit a page */
#define LOTS_MAX     300
#define READS_MAX    300 /* entries of the journal, and what is told of them */
#define REVIEWS_MAX  20
#define LOOKED_MAX   200000 /* entries that a page looks at: a second's */
#define MOVES_MAX    900
#define INVOICES_MAX 20
#define COUPONS_MAX  100 /* and as many friends */
#define PAYMENTS_MAX 100 /* and as many cards that were to be stored, and tickets */

enum part {
    PART_PERSON,
    PART_CONSENTS,
    PART_POINTS,
    PART_SALES,
    PART_REFUNDS,
    PART_READS,
    PART_REVIEWS,
    PART_COUPONS,
    PART_MOVES, /* of points: behind PART_POINTS */
    PART_INVOICES,
    PART_PAYMENTS,
    PARTS
};

struct place {
    enum part part;
    int64_t after, after_two;
    struct instant as_of;
};

struct exporting {
    int64_t id;
    const int64_t *ids; /* theirs and of who was merged into them, as the rows of head */
    size_t id_count;
    struct place place;
    Caroline__V1__MemberExportPlace *begin; /* as it was asked for; NULL: the first of its pages */
    struct rows *head, *member, *methods, *rows, *friends, *setups, *tickets;
    size_t sale_count;
    struct sale_load sales[SALES_MAX];
    Caroline__V1__MemberExported reply;
    size_t used; /* bytes of what is told */
};

/* Of who was merged into them, a row says so. */
#define PUT_WHOSE(e, message, whose)                                                                                   \
    do {                                                                                                               \
        if ((whose) != (e)->id)                                                                                        \
            PUT(message, member_id, (uint64_t)(whose));                                                                \
    } while (0)

/* member_export.c */
/* It still fits, and counts; the first always does, for each was made to fit a frame. */
bool export_fits(struct exporting *e, const ProtobufCMessage *message);
/* The next page begins there; PARTS: this was the last. */
void export_go_on(struct call *c, struct exporting *e, enum part part, int64_t after, int64_t after_two);

/* Each fills e->reply out of the rows that were asked for its part, and says where the next page begins. */
/* member_export_person.c */
void export_tell_person(struct call *c, struct exporting *e);
void export_tell_consents(struct call *c, struct exporting *e);
void export_tell_points(struct call *c, struct exporting *e);
void export_tell_moves(struct call *c, struct exporting *e);
/* member_export_sales.c; sales and refunds. STEP_NEXT, or what ends the call. */
enum step export_tell_sales(struct call *c, struct exporting *e);
void export_tell_invoices(struct call *c, struct exporting *e);
void export_tell_payments(struct call *c, struct exporting *e);
/* member_export_others.c */
void export_tell_reads(struct call *c, struct exporting *e);
void export_tell_reviews(struct call *c, struct exporting *e);
void export_tell_coupons(struct call *c, struct exporting *e);

#endif
