/* A copy of everything at the kiosk: read page by page, with pauses where the server wants them, and said to be cut where it was. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <dirent.h>
#include <unistd.h>
#include <cmocka.h>

#include "proto/consent.pb-c.h"
#include "proto/invoice.pb-c.h"
#include "proto/payment.pb-c.h"
#include "visitor.h"

#define OP(name) CAROLINE__V1__OP__OP_##name
#define AT_US    UINT64_C(1795370400000000) /* 2026-11-22 18:00 UTC */

static int before(void **state)
{
    struct visitor *v = malloc(sizeof(*v));

    assert_non_null(v);
    visitor_open(v);
    visitor_signs_in(v);
    visitor_shown(v);
    visitor_type(v, "6");
    *state = v;
    return 0;
}

static int after(void **state)
{
    visitor_close(*state);
    free(*state);
    return 0;
}

static const Caroline__V1__SelfExport *asked(struct visitor *v)
{
    return (const Caroline__V1__SelfExport *)scripted_request(v->link, OP(SELF_EXPORT),
                                                              &caroline__v1__self_export__descriptor);
}

/* The next page is of this part; 0: there is none. */
static void answer(struct visitor *v, Caroline__V1__MemberExported *page, uint32_t next_part)
{
    Caroline__V1__MemberExportPlace next = CAROLINE__V1__MEMBER_EXPORT_PLACE__INIT;

    next.has_part = next.has_after = next.has_after_two = next.has_as_of_us = true;
    next.part = next_part;
    next.after = 7;
    next.after_two = 8;
    next.as_of_us = AT_US;
    page->next = next_part == 0 ? NULL : &next;
    scripted_answer(v->link, OP(SELF_EXPORT), &page->base);
}

static void answer_empty(struct visitor *v, uint32_t next_part)
{
    Caroline__V1__MemberExported page = CAROLINE__V1__MEMBER_EXPORTED__INIT;
    answer(v, &page, next_part);
}

static void refuse(struct visitor *v)
{
    scripted_refuse(v->link, OP(SELF_EXPORT), CAROLINE__V1__ERROR_CODE__RATE_LIMITED, "too often: wait a minute", NULL,
                    NULL);
}

/* ---- one of each ---- */

static void answer_person(struct visitor *v)
{
    Caroline__V1__MemberExported page = CAROLINE__V1__MEMBER_EXPORTED__INIT;
    Caroline__V1__Member member = CAROLINE__V1__MEMBER__INIT;
    Caroline__V1__MergedMember merged = CAROLINE__V1__MERGED_MEMBER__INIT, *merges[] = { &merged };
    Caroline__V1__PaymentMethod method = CAROLINE__V1__PAYMENT_METHOD__INIT, *methods[] = { &method };
    uint32_t avoids[] = { 8 };

    member.has_id = member.has_name = member.has_phone = member.has_points = member.has_language = true;
    member.id = 77;
    member.name = kiosk_bytes("Mia Stone");
    member.phone = kiosk_bytes("+49 30 5550100");
    member.language = kiosk_bytes("de");
    member.points = -30;
    member.avoids = avoids;
    member.n_avoids = 1;
    page.member = &member;
    page.has_shop_id = page.has_joined_us = page.has_changed_us = true;
    page.shop_id = 1;
    page.joined_us = page.changed_us = AT_US;
    merged.has_id = merged.has_points = merged.has_merged_us = merged.has_staff_id = merged.has_reason = true;
    merged.id = 61;
    merged.points = 20;
    merged.merged_us = AT_US;
    merged.staff_id = 4;
    merged.reason = kiosk_bytes("signed up twice");
    page.merged = merges;
    page.n_merged = 1;
    method.has_id = method.has_brand = method.has_last_four = method.has_added_us = true;
    method.has_expiry_month = method.has_expiry_year = true;
    method.id = 9;
    method.brand = kiosk_bytes("visa");
    method.last_four = kiosk_bytes("4242");
    method.expiry_month = 3;
    method.expiry_year = 2029;
    method.added_us = AT_US;
    page.methods = methods;
    page.n_methods = 1;
    answer(v, &page, 1);
}

static void answer_consent_and_points(struct visitor *v)
{
    Caroline__V1__MemberExported page = CAROLINE__V1__MEMBER_EXPORTED__INIT;
    Caroline__V1__Consent consent = CAROLINE__V1__CONSENT__INIT, *consents[] = { &consent };
    Caroline__V1__PointsLot lot[2], *lots[] = { &lot[0], &lot[1] };
    Caroline__V1__PointsEntry entry[4], *entries[] = { &entry[0], &entry[1], &entry[2], &entry[3] };
    static const uint32_t kinds[] = { 1, 9, 11, 12 };

    consent.has_kind = consent.has_name = consent.has_given = consent.has_text = consent.has_at_us = true;
    consent.has_text_version = consent.has_shop_id = consent.has_device_id = consent.has_staff_id = true;
    consent.kind = 4;
    consent.name = kiosk_bytes("allergies");
    consent.given = true;
    consent.text_version = 1;
    consent.at_us = AT_US;
    consent.shop_id = 1;
    consent.device_id = 3;
    consent.staff_id = 4;
    consent.text = kiosk_bytes("You may keep what I do not tolerate, so that I am warned of it where I buy something.");
    page.consents = consents;
    page.n_consents = 1;
    for (size_t i = 0; i < 2; i++) {
        caroline__v1__points_lot__init(&lot[i]);
        lot[i].has_id = lot[i].has_remaining = lot[i].has_origin_day = lot[i].has_expiry_day = true;
        lot[i].id = 12 + i;
        lot[i].remaining = i == 0 ? 200 : -230;
        lot[i].origin_day = kiosk_bytes("2026-11-22");
        lot[i].expiry_day = kiosk_bytes("2027-11-22");
    }
    page.lots = lots;
    page.n_lots = 2;
    for (size_t i = 0; i < 4; i++) {
        caroline__v1__points_entry__init(&entry[i]);
        entry[i].has_lot_id = entry[i].has_kind = entry[i].has_points = entry[i].has_at_us = true;
        entry[i].lot_id = 12;
        entry[i].kind = kinds[i];
        entry[i].points = 50;
        entry[i].at_us = AT_US;
    }
    entry[1].has_member_id = true;
    entry[1].member_id = 61;
    page.points = entries;
    page.n_points = 4;
    answer(v, &page, 3);
}

static Caroline__V1__Receipt *receipt_of(const char *number)
{
    static Caroline__V1__Receipt receipt;
    static Caroline__V1__ReceiptRow rows[2], *list[] = { &rows[0], &rows[1] };

    caroline__v1__receipt__init(&receipt);
    for (size_t i = 0; i < 2; i++) {
        caroline__v1__receipt_row__init(&rows[i]);
        rows[i].has_kind = rows[i].has_left = rows[i].has_right = true;
        rows[i].kind = CAROLINE__V1__RECEIPT_ROW_KIND__ROW_PAIR;
    }
    rows[0].left = kiosk_bytes(number);
    rows[0].right = kiosk_bytes("2026-11-22 18:00");
    rows[1].left = kiosk_bytes("Croissant");
    rows[1].right = kiosk_bytes("-1.95");
    receipt.rows = list;
    receipt.n_rows = 2;
    return &receipt;
}

static void answer_sale(struct visitor *v)
{
    Caroline__V1__MemberExported page = CAROLINE__V1__MEMBER_EXPORTED__INIT;
    Caroline__V1__SaleRungUp rung_up = CAROLINE__V1__SALE_RUNG_UP__INIT;
    Caroline__V1__SaleShown shown = CAROLINE__V1__SALE_SHOWN__INIT;
    Caroline__V1__ExportedSale sale = CAROLINE__V1__EXPORTED_SALE__INIT, *sales[] = { &sale };
    Caroline__V1__ExportedVoid taken_off = CAROLINE__V1__EXPORTED_VOID__INIT, *voids[] = { &taken_off };

    rung_up.receipt = receipt_of("3T-000043");
    shown.sale = &rung_up;
    sale.sale = &shown;
    sale.has_shop_id = sale.has_refund = sale.has_reason = true;
    sale.shop_id = 1;
    sale.refund = true;
    sale.reason = kiosk_bytes("it was stale");
    page.sales = sales;
    page.n_sales = 1;
    taken_off.has_receipt_number = taken_off.has_line = taken_off.has_name = taken_off.has_quantity_milli = true;
    taken_off.receipt_number = kiosk_bytes("3T-000042");
    taken_off.line = 1;
    taken_off.name = kiosk_bytes("Chocolate Cake");
    taken_off.quantity_milli = 1000;
    taken_off.has_reason = true;
    taken_off.reason = kiosk_bytes("fell down");
    page.voids = voids;
    page.n_voids = 1;
    answer(v, &page, 5);
}

static void answer_looks_and_reviews(struct visitor *v)
{
    Caroline__V1__MemberExported page = CAROLINE__V1__MEMBER_EXPORTED__INIT;
    Caroline__V1__MemberRead read = CAROLINE__V1__MEMBER_READ__INIT, *reads[] = { &read };
    Caroline__V1__Review review = CAROLINE__V1__REVIEW__INIT, *reviews[] = { &review };

    read.has_at_us = read.has_event = read.has_field = read.has_device_id = read.has_staff_id = true;
    read.at_us = AT_US;
    read.event = kiosk_bytes("member_update");
    read.field = kiosk_bytes("phone");
    read.device_id = 3;
    read.staff_id = 4;
    page.reads = reads;
    page.n_reads = 1;
    review.has_product_name = review.has_rating = review.has_state = review.has_text = review.has_written_us = true;
    review.has_id = review.has_product_id = review.has_sale_id = review.has_shop_id = true;
    review.sale_id = 9001;
    review.shop_id = 1;
    review.id = 21;
    review.product_id = 1;
    review.product_name = kiosk_bytes("Croissant");
    review.rating = 5;
    review.state = CAROLINE__V1__REVIEW_STATE__REVIEW_ACCEPTED;
    review.written_us = AT_US;
    review.text = kiosk_bytes("As in Paris. Warm at eight, and gone at nine: come early, and bring somebody along.");
    page.reviews = reviews;
    page.n_reviews = 1;
    answer(v, &page, 7);
}

static void answer_the_rest(struct visitor *v)
{
    Caroline__V1__MemberExported page = CAROLINE__V1__MEMBER_EXPORTED__INIT;
    Caroline__V1__ExportedCoupon coupon = CAROLINE__V1__EXPORTED_COUPON__INIT, *coupons[] = { &coupon };
    Caroline__V1__ExportedFriend friend = CAROLINE__V1__EXPORTED_FRIEND__INIT, *friends[] = { &friend };
    Caroline__V1__InvoiceRow row = CAROLINE__V1__INVOICE_ROW__INIT;
    Caroline__V1__InvoiceCustomer customer = CAROLINE__V1__INVOICE_CUSTOMER__INIT;
    Caroline__V1__ExportedInvoice invoice = CAROLINE__V1__EXPORTED_INVOICE__INIT, *invoices[] = { &invoice };

    coupon.has_campaign = coupon.has_number = coupon.has_issued_us = coupon.has_use_count = true;
    coupon.campaign = kiosk_bytes("Autumn letter");
    coupon.number = 3;
    coupon.issued_us = AT_US;
    coupon.use_count = 1;
    page.coupons = coupons;
    page.n_coupons = 1;
    friend.has_brought = friend.has_at_us = friend.has_paid_us = true;
    friend.brought = true;
    friend.at_us = friend.paid_us = AT_US;
    page.friends = friends;
    page.n_friends = 1;
    row.has_number = row.has_kind = row.has_receipt_number = row.has_made_us = row.has_credit_of = true;
    row.has_total_minor = row.has_tax_minor = true;
    row.number = kiosk_bytes("2026-000018");
    row.kind = CAROLINE__V1__INVOICE_KIND__INVOICE_CREDIT_NOTE;
    row.receipt_number = kiosk_bytes("3T-000043");
    row.made_us = AT_US;
    row.credit_of = kiosk_bytes("2026-000017");
    row.total_minor = -195;
    row.tax_minor = -13;
    customer.has_name = customer.has_address = true;
    customer.name = kiosk_bytes("Stone Ltd");
    customer.address = kiosk_bytes("Mill Lane 4 / 10115 Berlin");
    invoice.invoice = &row;
    invoice.customer = &customer;
    invoice.receipt = receipt_of("2026-000018");
    invoice.has_shop_id = true;
    invoice.shop_id = 1;
    page.invoices = invoices;
    page.n_invoices = 1;
    answer(v, &page, 0);
}

static void B20_B22_a_copy_of_everything_has_all_that_is_kept(void **state)
{
    static const char *const said[] = {
        "Mia Stone",
        "you owe 30",
        "Nuts",
        "signed up twice",
        "ends in 4242",
        "do not tolerate",
        "text 1; shop 1",
        "from the old shop",
        "a friend came",
        "you came by a friend",
        "Given back at shop 1: it was stale",
        "fell down",
        "credit note of 2026-000017",
        "Stone Ltd",
        "coupon 3 of Autumn letter",
        "you brought somebody; points came",
        "member_update phone",
        "As in Paris",
    };
    struct visitor *v = *state;
    char name[32];

    assert_null(asked(v)->place);
    answer_person(v);
    assert_int_equal(asked(v)->place->part, 1);
    assert_int_equal(asked(v)->place->after, 7);
    assert_int_equal(asked(v)->place->after_two, 8);
    assert_int_equal(asked(v)->place->as_of_us, AT_US);
    answer_consent_and_points(v);
    answer_sale(v);
    answer_looks_and_reviews(v);
    visitor_sees(v, "Receipts so far: 1");
    answer_the_rest(v);
    visitor_sees(v, "you get it at the counter");
    for (size_t i = 0; i < sizeof said / sizeof *said; i++)
        if (strstr(v->kiosk.visit.paper.text, said[i]) == NULL)
            fail_msg("'%s' is not in it\n%s", said[i], v->kiosk.visit.paper.text);
    for (size_t i = 1; i <= 6; i++) {
        snprintf(name, sizeof name, "export-%zu", i);
        visitor_golden(v, name);
        visitor_type(v, "n");
    }
    visitor_sees(v, "      somebody along."); /* the last line */
    visitor_type(v, "0");
    visitor_sees(v, "A copy of everything");
    visitor_sees_not(v, "being made");
}

/* ---- pauses ---- */

static void B20_a_copy_goes_on_where_the_server_wanted_a_pause(void **state)
{
    struct visitor *v = *state;

    answer_person(v);
    answer_empty(v, 3);
    refuse(v);
    assert_false(scripted_asked(v->link, OP(SELF_EXPORT)));
    visitor_golden(v, "export-pause");
    for (int i = 0; i < 80; i++) { /* forty seconds of it */
        visitor_waits(v, 500000);
        assert_int_equal(asked(v)->place->part, 3);
        refuse(v);
    }
    visitor_waits(v, 500000);
    answer_sale(v);
    assert_int_equal(asked(v)->place->part, 5);
    visitor_sees(v, "Receipts so far: 1");
    visitor_sees_not(v, "wants a pause");
    answer_empty(v, 0);
    assert_non_null(strstr(v->kiosk.visit.paper.text, "it was stale"));
    assert_non_null(strstr(v->kiosk.visit.paper.text, "WHAT IS KEPT OF MEMBER 77"));
}

/* Who is there is asked as ever, and whoever is gone is forgotten with the half of it. */
static void B19_a_pause_keeps_nobody_signed_in(void **state)
{
    struct visitor *v = *state;

    answer_person(v);
    refuse(v);
    for (int i = 0; i < 49 * 2; i++) {
        visitor_waits(v, 500000);
        refuse(v);
    }
    visitor_waits(v, 2000000);
    visitor_sees(v, "Are you still there?");
    visitor_waits(v, 11000000);
    visitor_sees_not(v, "Mia");
    assert_false(visitor_is_remembered(v, "Mia"));
    for (size_t i = 0; i < MEMBER_TEXT_PARTS_MAX; i++)
        assert_null(v->kiosk.visit.export.text.parts[i].text);
    refuse(v); /* of whoever is there now, it is nothing */
    visitor_waits(v, 2000000);
    assert_false(scripted_asked(v->link, OP(SELF_EXPORT)));
}

static void a_copy_is_given_up_where_no_pause_helps(void **state)
{
    struct visitor *v = *state;

    answer_person(v);
    for (int i = 0; i < 180; i++) {
        refuse(v);
        if (i % 40 == 0)
            visitor_type(v, "\x1bOA"); /* still there; no button of the page */
        visitor_waits(v, 500000);
    }
    refuse(v);
    visitor_sees(v, "too often: wait a minute");
    visitor_sees(v, "My data");
    visitor_waits(v, 5000000);
    assert_false(scripted_asked(v->link, OP(SELF_EXPORT)));
}

static void a_copy_ends_for_who_goes_elsewhere(void **state)
{
    struct visitor *v = *state;

    answer_person(v);
    refuse(v);
    visitor_type(v, "g");
    visitor_waits(v, 5000000);
    assert_false(scripted_asked(v->link, OP(SELF_EXPORT)));
    assert_null(v->kiosk.visit.export.text.parts[0].text);
    visitor_type(v, "m6");
    assert_null(asked(v)->place); /* from its beginning */
    answer_person(v);
    refuse(v);
    visitor_type(v, "0");
    visitor_waits(v, 5000000);
    assert_false(scripted_asked(v->link, OP(SELF_EXPORT)));
}

/* ---- too much of it ---- */

#define AT_ONCE 150

static void B22_a_copy_that_is_too_long_says_so(void **state)
{
    struct visitor *v = *state;
    char text[401];

    memset(text, 'x', 400);
    text[400] = 0;
    answer_person(v);
    for (int i = 0; scripted_asked(v->link, OP(SELF_EXPORT)); i++) {
        Caroline__V1__MemberExported page = CAROLINE__V1__MEMBER_EXPORTED__INIT;
        Caroline__V1__Review review = CAROLINE__V1__REVIEW__INIT, *reviews[AT_ONCE];

        assert_true(i < 100); /* it does not ask on for what it cannot keep */
        review.has_text = true;
        review.text = kiosk_bytes(text);
        for (size_t j = 0; j < AT_ONCE; j++)
            reviews[j] = &review;
        page.reviews = reviews;
        page.n_reviews = AT_ONCE;
        answer(v, &page, 6);
    }
    visitor_golden(v, "export-cut");
    const char *whole = v->kiosk.visit.paper.text, *cut = "THIS IS NOT ALL OF IT: there is too much.";
    assert_ptr_equal(strstr(whole, cut), whole);
    assert_non_null(strstr(whole + 1, cut));
    assert_true(strlen(whole) < (size_t)5 << 20);
    assert_true(strlen(whole) > (size_t)3 << 20);
}

/* ---- saved ---- */

static char *saved(const char *directory, const char *ending)
{
    char path[512];
    struct dirent **names;
    char *text = calloc(1, 65536);
    int count = scandir(directory, &names, NULL, NULL);

    for (int i = 0; i < count; i++) {
        size_t length = strlen(names[i]->d_name);
        if (length > strlen(ending) && strcmp(names[i]->d_name + length - strlen(ending), ending) == 0) {
            snprintf(path, sizeof path, "%s/%s", directory, names[i]->d_name);
            FILE *file = fopen(path, "r");
            assert_non_null(file);
            assert_true(fread(text, 1, 65535, file) > 0);
            fclose(file);
            unlink(path);
        }
        free(names[i]);
    }
    free(names);
    return text;
}

static void B22_a_copy_is_saved_as_text_and_signed_for_machines(void **state)
{
    struct visitor *v = *state;
    char directory[] = "/tmp/caroline-exports-XXXXXX";
    Caroline__V1__MemberExported page = CAROLINE__V1__MEMBER_EXPORTED__INIT;

    assert_non_null(mkdtemp(directory));
    snprintf(v->kiosk.export_directory, sizeof v->kiosk.export_directory, "%s", directory);
    page.has_member_id = page.has_seal = true;
    page.member_id = 77;
    page.seal = kiosk_bytes("aGVhZA..c2Vhb3I");
    answer(v, &page, 3);
    answer(v, &page, 0);
    visitor_sees(v, "It is saved for you too");
    char *text = saved(directory, ".txt"), *copy = saved(directory, ".json");
    assert_int_equal(rmdir(directory), 0);
    assert_true(strlen(text) > 0);
    static const char head[] =
        "{\"caroline_export\":1,\"pages\":[\n{\"seal\":\"aGVhZA..c2Vhb3I\",\"page\":{\"consents\":[],";
    assert_memory_equal(copy, head, sizeof head - 1);
    assert_non_null(strstr(copy, "\"next\":{\"part\":3,\"after\":7,\"after_two\":8,\"as_of_us\":1795370400000000},"));
    assert_non_null(strstr(copy, "\"member_id\":77}},\n{\"seal\":"));
    static const char tail[] = "\"member_id\":77}}\n]}\n";
    assert_string_equal(copy + strlen(copy) - (sizeof tail - 1), tail);
    free(text);
    free(copy);
}

#define EXPORT(test) cmocka_unit_test_setup_teardown(test, before, after)

int main(void)
{
    const struct CMUnitTest tests[] = {
        EXPORT(B20_B22_a_copy_of_everything_has_all_that_is_kept),
        EXPORT(B20_a_copy_goes_on_where_the_server_wanted_a_pause),
        EXPORT(B19_a_pause_keeps_nobody_signed_in),
        EXPORT(a_copy_is_given_up_where_no_pause_helps),
        EXPORT(a_copy_ends_for_who_goes_elsewhere),
        EXPORT(B22_a_copy_that_is_too_long_says_so),
        EXPORT(B22_a_copy_is_saved_as_text_and_signed_for_machines),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
