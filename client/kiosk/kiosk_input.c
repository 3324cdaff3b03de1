/* Keys, clicks and scans of a visitor. Nothing that is pressed here leaves the program. */
#include "client/kiosk/kiosk.h"

#include <stdio.h>
#include <string.h>

#include "common/base/text.h"
#include "common/rules/scanned.h"

static const char card_sentence[] = "That was a bank card. Nothing of it was kept. You pay at the counter.";

/* What is pressed is judged by what a visitor would see by now, though it was not drawn yet. */
static void look(struct kiosk *k)
{
    if (!k->stale)
        return;
    if (k->unseen != NULL)
        delwin(k->unseen);
    k->unseen = newwin(k->rows, k->columns, 0, 0);
    if (k->unseen == NULL)
        return;
    bool dirty = k->dirty;
    kiosk_draw(k, k->unseen);
    k->dirty = dirty;
}

static struct field *field_of(struct kiosk *k)
{
    const struct page *page = kiosk_page(k);
    return page->field == NULL ? NULL : page->field(k);
}

static void pressed(struct kiosk *k)
{
    k->stale = k->dirty = true;
}

static bool give_field(struct kiosk *k, const struct input *input)
{
    struct field *field = field_of(k);

    if (field == NULL || k->visit.waiting > 0)
        return false;
    switch (field_input(field, input)) {
    case FIELD_NOT_MINE:
        return false;
    case FIELD_SAME:
    case FIELD_CHANGED:
        break;
    case FIELD_FULL:
    case FIELD_WRONG:
        k->beep = true;
        break;
    case FIELD_CARD:
        scan_poison(&k->reader);
        kiosk_say(k, NOTICE_BAD, "%s", card_sentence);
        break;
    }
    return true;
}

static void go_back(struct kiosk *k)
{
    const struct page *page = kiosk_page(k);

    if (k->visit.waiting > 0) /* an answer is on its way: it is for this page */
        return;
    if (page->left == NULL || page->left(k))
        kiosk_back(k);
}

static void give_key(struct kiosk *k, const struct input *input)
{
    const struct page *page = kiosk_page(k);

    if (input->key == KEY_REDRAW) {
        k->redraw = true;
        return;
    }
    if (input->key == KEY_ESCAPE) {
        go_back(k);
        return;
    }
    if (board_key(&k->board, input->key, k))
        return;
    if ((input->key == KEY_PPAGE || input->key == KEY_NPAGE) && page->wheel != NULL && page->wheel(k, input->key))
        return;
    if (!give_field(k, input))
        k->beep = true; /* F-keys, Ctrl-C, Ctrl-Z and their like are nothing here */
}

/* A key, a character or a click that is no scan. */
static void give(struct kiosk *k, const struct input *input)
{
    if (k->too_small)
        return;
    look(k);
    pressed(k);
    if (k->visit.waiting == 0)
        k->visit.notice_kind = NOTICE_NONE;
    switch (input->kind) {
    case INPUT_CLICK:
        board_click(&k->board, input->row, input->column, k);
        break;
    case INPUT_WHEEL:
        if (kiosk_page(k)->wheel != NULL)
            kiosk_page(k)->wheel(k, input->key);
        break;
    case INPUT_CHARACTER:
        /* Keys pressed on a keyboard go on with what keys on the screen began. */
        if (field_of(k) != NULL ? !give_field(k, input) : !board_character(&k->board, input->text, k))
            k->beep = true;
        break;
    case INPUT_KEY:
        give_key(k, input);
        break;
    case INPUT_NOTHING:
    case INPUT_PASTE_BEGIN:
    case INPUT_PASTE_END:
        break;
    }
}

void kiosk_press(void *model, int64_t character)
{
    struct kiosk *k = model;
    struct input input = { .kind = INPUT_CHARACTER };

    if (character == KEYBOARD_SHIFT || character == KEYBOARD_OTHERS) {
        k->visit.ask.shift ^= character == KEYBOARD_SHIFT ? KEYBOARD_CAPITALS : KEYBOARD_ACCENTS;
        return;
    }
    keyboard_character(character, input.text);
    if (character == KEYBOARD_DONE) {
        kiosk_page(k)->entered(k);
        return;
    }
    if (character == KEYBOARD_BACK)
        input = (struct input){ .kind = INPUT_KEY, .key = KEY_BACKSPACE };
    give_field(k, &input);
    explicit_bzero(&input, sizeof(input));
}

/* ---- scans ---- */

static const struct product *product_of_code(const struct kiosk *k, const char *code)
{
    const struct catalogue *catalogue = kiosk_catalogue(k);
    const struct shop *shop = kiosk_shop(k);
    char trimmed[64];

    if (catalogue == NULL || strlen(code) >= sizeof(trimmed))
        return NULL;
    snprintf(trimmed, sizeof(trimmed), "%s", code);
    trimmed[strcspn(trimmed, " ")] = 0;
    const struct product *product = catalogue_by_barcode(catalogue, trimmed);
    if (product == NULL) {
        struct scanned scanned = scanned_read(trimmed, shop == NULL ? "" : shop->code_layouts);
        if (scanned.upca[0] != 0)
            product = catalogue_by_barcode(catalogue, scanned.upca);
        else if ((scanned.kind == SCANNED_PRICE || scanned.kind == SCANNED_WEIGHT) && scanned.item != 0)
            product = catalogue_by_plu(catalogue, scanned.item);
    }
    return product == NULL ? NULL : kiosk_product(k, product->id);
}

/* So few digits were typed, perhaps. */
static void type_again(struct kiosk *k, const char *code)
{
    for (; *code != 0; code++) {
        struct input input = { .kind = INPUT_CHARACTER, .text = { *code, 0 } };
        give(k, &input);
    }
}

/* Goods are shown, a second time they go into the basket; all else could be somebody's card. */
void kiosk_scanned(struct kiosk *k, const char *code, bool doubtful)
{
    const struct product *product = product_of_code(k, code);
    struct scanned scanned = scanned_read(code, "");

    pressed(k);
    if (k->visit.waiting > 0)
        return;
    look(k);
    if (doubtful && product == NULL) {
        type_again(k, code);
        return;
    }
    k->visit.notice_kind = NOTICE_NONE;
    if (product != NULL && kiosk_page(k) == &product_page && k->visit.product_id == product->id) {
        basket_add(k, product);
    } else if (product != NULL) {
        product_open(k, product->id);
    } else if (scanned.kind != SCANNED_TEXT || scanned.wrong) {
        kiosk_say(k, NOTICE_BAD, "That code is of nothing we sell here. Please ask at the counter.");
    } else {
        sign_in_card(k, code);
    }
}

/* ---- what comes: held while it may be a scan, for a digit is a choice here ---- */

static void forget_held(struct kiosk *k)
{
    explicit_bzero(k->held, k->held_count * sizeof(k->held[0]));
    k->held_count = 0;
    k->answering = false;
}

static void release(struct kiosk *k)
{
    size_t count = k->held_count;
    bool answered = k->answering && count > 0;

    k->held_count = 0;
    if (answered)
        k->answering = false;
    for (size_t i = 0; i < count && !answered; i++)
        give(k, &k->held[i]);
    explicit_bzero(k->held, count * sizeof(k->held[0]));
}

static void judge(struct kiosk *k, enum scan_verdict verdict, const struct input *input)
{
    char code[sizeof(k->reader.code)];

    switch (verdict) {
    case SCAN_TYPED:
        if (input != NULL && input->kind == INPUT_CHARACTER && k->held_count < KIOSK_HELD_MAX) {
            k->held[k->held_count++] = *input;
            return;
        }
        release(k);
        if (input != NULL)
            give(k, input);
        return;
    case SCAN_SWALLOWED:
        if (k->reader.card)
            forget_held(k);
        return;
    case SCAN_CODE:
        forget_held(k);
        memcpy(code, k->reader.code, sizeof(code));
        explicit_bzero(k->reader.code, sizeof(k->reader.code));
        kiosk_scanned(k, code, k->reader.doubtful);
        explicit_bzero(code, sizeof(code));
        return;
    case SCAN_CARD:
        forget_held(k);
        kiosk_say(k, NOTICE_BAD, "%s", card_sentence);
        break;
    case SCAN_TOO_LONG:
        forget_held(k);
        kiosk_say(k, NOTICE_BAD, "That scan is too long to be one of ours. Nothing of it was kept.");
        break;
    }
    pressed(k);
}

static enum scan_verdict feed(struct kiosk *k, const struct input *input, int64_t now_us)
{
    bool starts;

    if (scan_deadline_us(&k->reader) != 0 && now_us >= scan_deadline_us(&k->reader))
        judge(k, scan_expire(&k->reader, now_us), NULL);
    return scan_feed(&k->reader, input, now_us, &starts);
}

static void take(struct kiosk *k, const struct input *input, int64_t now_us)
{
    k->touched_us = now_us;
    if (k->asking) { /* that was the answer to "still there?" */
        k->asking = false;
        pressed(k);
        k->answering = input->kind == INPUT_CHARACTER; /* or it begins a scan, which counts */
        if (!k->answering)
            return;
    }
    if (input->kind == INPUT_PASTE_BEGIN || input->kind == INPUT_PASTE_END) {
        k->pasting = input->kind == INPUT_PASTE_BEGIN;
        return;
    }
    if (k->pasting) /* nobody pastes here */
        return;
    if (input->kind == INPUT_CLICK || input->kind == INPUT_WHEEL) {
        judge(k, SCAN_TYPED, NULL);
        give(k, input);
        return;
    }
    judge(k, feed(k, input, now_us), input);
}

static void take_pending(struct kiosk *k, bool last, int64_t now_us)
{
    struct input input;

    while (input_take(&k->keys, last, &input)) {
        if (input.kind != INPUT_NOTHING)
            take(k, &input, now_us);
        explicit_bzero(&input, sizeof(input));
    }
}

void kiosk_input(struct kiosk *k, struct bytes bytes, int64_t now_us)
{
    kiosk_tick(k, now_us);
    while (bytes.size > 0) {
        bytes = input_put(&k->keys, bytes, now_us);
        take_pending(k, false, now_us);
    }
}

void kiosk_expire(struct kiosk *k, int64_t now_us)
{
    if (k->keys.pending_size > 0 && now_us >= input_deadline_us(&k->keys))
        take_pending(k, true, now_us);
    if (scan_deadline_us(&k->reader) != 0 && now_us >= scan_deadline_us(&k->reader))
        judge(k, scan_expire(&k->reader, now_us), NULL);
    kiosk_tick(k, now_us);
    export_expire(k);
}
