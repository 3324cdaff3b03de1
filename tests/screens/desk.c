/* A counter with a bakery, a real spool and a link that the test answers. */
#include "desk.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <cmocka.h>

#include "common/rules/sale_receipt.h"

static void start(struct desk *desk)
{
    char path[128];
    const char *problem = "";

    snprintf(path, sizeof(path), "%s/spool", desk->directory);
    desk->spool = spool_open(path, desk->arena, &problem);
    if (desk->spool == NULL)
        fail_msg("%s", problem);
    counter_init(&desk->counter, 3);
    desk->link = scripted_link_create(&counter_events, &desk->counter);
    scripted_spool(desk->link, desk->spool);
    counter_attach(&desk->counter, desk->link, desk->spool);
    scripted_catalogue(desk->link, desk->catalogue);
    while (!counter_idle(&desk->counter))
        ;
    scripted_state(desk->link, LINK_ONLINE, "connected to bakery:7117");
}

static void stop(struct desk *desk)
{
    counter_fini(&desk->counter);
    scripted_link_destroy(desk->link);
    spool_close(desk->spool);
}

void desk_open(struct desk *desk)
{
    memset(desk, 0, sizeof(*desk));
    desk->arena = arena_create(0);
    desk->catalogue = bakery_create();
    desk->now_us = 1000000;
    snprintf(desk->directory, sizeof(desk->directory), "/tmp/caroline-desk-XXXXXX");
    assert_non_null(mkdtemp(desk->directory));
    golden_terminal(false);
    start(desk);
}

void desk_close(struct desk *desk)
{
    char command[128];

    stop(desk);
    catalogue_destroy(desk->catalogue);
    arena_destroy(desk->arena);
    snprintf(command, sizeof(command), "rm -r %s", desk->directory);
    assert_int_equal(system(command), 0);
}

void desk_restart(struct desk *desk)
{
    stop(desk);
    start(desk);
}

void desk_sign_in(struct desk *desk)
{
    Caroline__V1__SessionOpened opened = CAROLINE__V1__SESSION_OPENED__INIT;
    Caroline__V1__ShiftShown shift = CAROLINE__V1__SHIFT_SHOWN__INIT;

    desk_type(desk, "Ana");
    desk_type(desk, K_ENTER);
    desk_type(desk, "8261");
    desk_type(desk, K_ENTER);
    scripted_session(desk->link, "Ana", false);
    scripted_answer(desk->link, CAROLINE__V1__OP__OP_SESSION_OPEN, &opened.base);
    shift.has_open = shift.open = shift.has_shift_id = true;
    shift.shift_id = 9;
    scripted_answer(desk->link, CAROLINE__V1__OP__OP_SHIFT_SHOW, &shift.base);
}

static void pass(struct desk *desk, int64_t us)
{
    desk->now_us += us;
    while (stage_deadline_us(&desk->counter.stage) != 0 && stage_deadline_us(&desk->counter.stage) <= desk->now_us)
        stage_expire(&desk->counter.stage, desk->now_us);
}

void desk_type(struct desk *desk, const char *keys)
{
    stage_input(&desk->counter.stage, bytes_of_text(keys), desk->now_us);
    pass(desk, 100000);
}

void desk_scan(struct desk *desk, const char *code)
{
    for (; *code != 0; code++) {
        stage_input(&desk->counter.stage, bytes_of(code, 1), desk->now_us);
        pass(desk, 2000);
    }
    desk_type(desk, K_ENTER);
}

void desk_fill(struct desk *desk)
{
    desk_type(desk, "3x112");
    desk_type(desk, K_ENTER);
    desk_scan(desk, "73513537");
    desk_type(desk, "114");
    desk_type(desk, K_ENTER);
    desk_type(desk, "116\r");
    desk_type(desk, "0,350*118\r");
}

static bool is_on_screen(struct desk *desk, const char *text)
{
    char *screen = golden_text(&desk->counter.stage, 24, 80);
    bool found = strstr(screen, text) != NULL;

    if (!found && getenv("CAROLINE_SHOW") != NULL)
        fprintf(stderr, "%s", screen);
    free(screen);
    return found;
}

void desk_sees(struct desk *desk, const char *text)
{
    if (!is_on_screen(desk, text)) {
        char *screen = golden_text(&desk->counter.stage, 24, 80);
        fprintf(stderr, "%s", screen);
        free(screen);
        fail_msg("'%s' is not on the screen", text);
    }
}

void desk_sees_not(struct desk *desk, const char *text)
{
    if (is_on_screen(desk, text))
        fail_msg("'%s' is on the screen", text);
}

void desk_golden(struct desk *desk, const char *name)
{
    golden_check_stage(&desk->counter.stage, name);
}

/* What the server would say, from the same rules. */
static Caroline__V1__SaleQuoted *quoted_of(struct desk *desk)
{
    const struct open_basket *basket = &desk->counter.basket;
    Caroline__V1__SaleQuoted *quoted = arena_alloc(desk->arena, sizeof(*quoted));

    caroline__v1__sale_quoted__init(quoted);
    quoted->has_total_minor = quoted->has_tax_minor = quoted->has_points_earned = quoted->has_points_after = true;
    quoted->has_points_spent = quoted->has_catalogue_version = true;
    quoted->total_minor = basket->rows.total_minor;
    quoted->tax_minor = basket->rows.tax_minor;
    quoted->catalogue_version = basket->catalogue_version;
    if (basket->member_id != 0) {
        quoted->points_earned = basket->rows.total_minor / 10;
        quoted->points_spent = basket->rows.points_spent;
        quoted->points_after = basket->member_points + quoted->points_earned - quoted->points_spent;
    }
    return quoted;
}

const Caroline__V1__SaleRingUp *desk_rung_up(struct desk *desk)
{
    return (const Caroline__V1__SaleRingUp *)scripted_request(desk->link, CAROLINE__V1__OP__OP_SALE_RING_UP,
                                                              &caroline__v1__sale_ring_up__descriptor);
}

void desk_open_paying(struct desk *desk)
{
    desk_open(desk);
    desk_sign_in(desk);
    desk_fill(desk);
    desk_type(desk, K_F2);
    desk_quote(desk);
}

void desk_quote(struct desk *desk)
{
    scripted_request(desk->link, CAROLINE__V1__OP__OP_SALE_QUOTE, &caroline__v1__sale_quote__descriptor);
    scripted_answer(desk->link, CAROLINE__V1__OP__OP_SALE_QUOTE, &quoted_of(desk)->base);
}

static ProtobufCBinaryData text_of(const char *text)
{
    return (ProtobufCBinaryData){ strlen(text), (uint8_t *)(uintptr_t)text };
}

static Caroline__V1__Receipt *receipt_of(struct desk *desk)
{
    struct sale_rows rows = desk->counter.basket.rows;
    rows.number = (struct receipt_number){ .till = 3, .series = 'T', .number = 42 };
    rows.kind = SALE_SOLD;
    struct receipt paper =
        sale_receipt(&rows, counter_shop(&desk->counter), counter_zone(&desk->counter), NULL, desk->arena);
    Caroline__V1__Receipt *receipt = arena_alloc(desk->arena, sizeof(*receipt));

    caroline__v1__receipt__init(receipt);
    receipt->n_rows = paper.count;
    receipt->rows = arena_array(desk->arena, paper.count, sizeof(receipt->rows[0]));
    for (size_t i = 0; i < paper.count; i++) {
        Caroline__V1__ReceiptRow *row = receipt->rows[i] = arena_alloc(desk->arena, sizeof(*row));
        caroline__v1__receipt_row__init(row);
        row->has_kind = true;
        row->kind = (Caroline__V1__ReceiptRowKind)paper.rows[i].kind;
        row->has_left = paper.rows[i].left != NULL;
        row->has_right = paper.rows[i].right != NULL;
        if (row->has_left)
            row->left = text_of(paper.rows[i].left);
        if (row->has_right)
            row->right = text_of(paper.rows[i].right);
    }
    return receipt;
}

void desk_ring_up(struct desk *desk, int64_t cash_minor)
{
    Caroline__V1__SaleRungUp rung = CAROLINE__V1__SALE_RUNG_UP__INIT;

    rung.has_receipt_number = rung.has_cash_minor = rung.has_change_minor = true;
    rung.receipt_number = text_of("3T-000042");
    rung.totals = quoted_of(desk);
    rung.cash_minor = cash_minor;
    rung.change_minor = cash_minor == 0 ? 0 : cash_minor - rung.totals->total_minor;
    rung.receipt = receipt_of(desk);
    scripted_answer(desk->link, CAROLINE__V1__OP__OP_SALE_RING_UP, &rung.base);
}

void desk_find_members(struct desk *desk)
{
    Caroline__V1__Member ana = CAROLINE__V1__MEMBER__INIT, mia = CAROLINE__V1__MEMBER__INIT;
    Caroline__V1__Member *members[] = { &mia, &ana };
    Caroline__V1__MemberFound found = CAROLINE__V1__MEMBER_FOUND__INIT;

    mia.has_id = mia.has_name = mia.has_phone = mia.has_points = true;
    mia.id = 77;
    mia.name = counter_text("Mia Stone");
    mia.phone = counter_text("+49 30 5550100");
    mia.points = 230;
    ana = mia;
    ana.id = 78;
    ana.name = counter_text("Mia Übermaß-Stein");
    ana.points = 20;
    found.members = members;
    found.n_members = 2;
    desk_type(desk, K_F4);
    desk_type(desk, "mia");
    desk_type(desk, K_ENTER);
    scripted_answer(desk->link, CAROLINE__V1__OP__OP_MEMBER_FIND, &found.base);
}
