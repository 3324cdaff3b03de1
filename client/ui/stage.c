/* The stage: who gets which key, which scan, which paste. */
#include "client/ui/stage.h"

#include <assert.h>
#include <stdio.h>
#include <string.h>

void stage_init(struct stage *stage, void *model)
{
    memset(stage, 0, sizeof(*stage));
    stage->model = model;
    stage->dirty = true;
}

void stage_fini(struct stage *stage)
{
    explicit_bzero(stage, sizeof(*stage));
}

/* ---- screens ---- */

const struct screen *stage_top(const struct stage *stage)
{
    assert(stage->depth > 0);
    return stage->screens[stage->depth - 1];
}

bool stage_has(const struct stage *stage, const struct screen *screen)
{
    for (size_t i = 0; i < stage->depth; i++)
        if (stage->screens[i] == screen)
            return true;
    return false;
}

static void changed_screens(struct stage *stage)
{
    stage->dialog.act = NULL;
    stage->help = false;
    stage->dirty = true;
}

void stage_push(struct stage *stage, const struct screen *screen)
{
    assert(stage->depth < STAGE_SCREENS_MAX);
    stage->screens[stage->depth++] = screen;
    changed_screens(stage);
}

void stage_pop(struct stage *stage)
{
    if (stage->depth > 1)
        stage->depth--;
    changed_screens(stage);
}

void stage_only(struct stage *stage, const struct screen *screen)
{
    stage->depth = 0;
    stage_push(stage, screen);
}

void stage_pop_to(struct stage *stage, const struct screen *screen)
{
    assert(stage_has(stage, screen));
    while (stage_top(stage) != screen)
        stage->depth--;
    changed_screens(stage);
}

void stage_pop_under(struct stage *stage, const struct screen *screen, const struct screen *cover)
{
    bool covered = stage_has(stage, cover);

    stage_pop_to(stage, screen);
    if (covered)
        stage_push(stage, cover);
}

/* ---- input ---- */

static struct field *focus_of(struct stage *stage)
{
    const struct screen *screen = stage_top(stage);

    if (screen->asleep != NULL && screen->asleep(stage->model))
        return NULL;
    return screen->field == NULL ? NULL : screen->field(stage->model);
}

static void field_changed(struct stage *stage)
{
    const struct screen *screen = stage_top(stage);

    if (screen->changed != NULL)
        screen->changed(stage->model);
}

static const char card_sentence[] = "a card was read here. nothing of it was kept: use the card machine";

/* Aloud: who does not look would take what stands there for what they typed. Of a PIN nothing is shown. */
static void say_wrong(struct stage *stage, const struct field *field, const struct input *input)
{
    if (field->kind == FIELD_SECRET)
        stage_say(stage, MESSAGE_BAD, "only digits are typed here");
    else
        stage_say(stage, MESSAGE_BAD, "\"%s\" is not taken: only digits and one decimal sign are typed here",
                  input->text);
}

static bool give_field(struct stage *stage, const struct input *input)
{
    struct field *field = focus_of(stage);

    if (field == NULL)
        return false;
    switch (field_input(field, input)) {
    case FIELD_NOT_MINE:
        return false;
    case FIELD_SAME:
        break;
    case FIELD_FULL:
        stage->beep = true;
        break;
    case FIELD_WRONG:
        say_wrong(stage, field, input);
        break;
    case FIELD_CARD:
        field_changed(stage);
        explicit_bzero(&stage->before, sizeof(stage->before));
        stage->before_of = NULL;
        scan_poison(&stage->reader);
        stage->paste_refused = true;
        stage_say(stage, MESSAGE_BAD, "%s", card_sentence);
        break;
    case FIELD_CHANGED:
        field_changed(stage);
        break;
    }
    return true;
}

static void answer_dialog(struct stage *stage, bool yes)
{
    void (*act)(void *model) = stage->dialog.act;

    stage->dialog.act = NULL;
    stage_quiet(stage); /* said before it was answered */
    if (yes)
        act(stage->model);
}

static bool is_key(const struct input *input, int key)
{
    return input->kind == INPUT_KEY && input->key == key;
}

static bool answers_dialog(const struct input *input)
{
    return is_key(input, KEY_RETURN) || is_key(input, KEY_ESCAPE) || is_key(input, KEY_INTERRUPT);
}

/* Whoever presses a key means what the screen says it does; where no screen is seen, no key means anything. */
static bool acts_unseen(const struct stage *stage, const struct input *input)
{
    if (stage->dialog.act != NULL)
        return answers_dialog(input) && stage->question_seen;
    return is_key(input, KEY_INTERRUPT);
}

/* In one way, whatever the reason: for whoever presses it there is no other thing to do. */
void stage_say_no_use(struct stage *stage, const char *key)
{
    stage->beep = true;
    stage_say(stage, MESSAGE_PLAIN, "%s does nothing here now; F1 says which keys do", key);
    stage->no_use_screen = stage_top(stage);
    stage->no_use_key = 0;
}

/* A key that does nothing is heard, and read. */
static void say_no_use(struct stage *stage, const struct input *input)
{
    char name[12] = "";

    stage->beep = true;
    if (input->kind != INPUT_KEY || key_word(name, input->key)[0] == 0)
        return;
    const struct screen *top = stage_top(stage);
    const char *why = top->why_not == NULL ? NULL : top->why_not(stage->model, input->key);
    if (why != NULL)
        stage_say(stage, MESSAGE_BAD, "%s: %s", name, why);
    else
        stage_say_no_use(stage, name);
    stage->no_use_screen = top;
    stage->no_use_key = input->key;
}

/* An answer has changed the screen: what was said of a key there is not so here. */
void stage_drop_stale(struct stage *stage)
{
    const struct screen *top = stage_top(stage);

    if (stage->no_use_screen != NULL &&
        (top != stage->no_use_screen ||
         (stage->no_use_key != 0 && key_find(top, stage->model, stage->no_use_key) != NULL)))
        stage_quiet(stage);
}

/* What is typed comes first: its Enter takes it. */
static bool acknowledges(struct stage *stage, const struct input *input)
{
    const struct field *field = focus_of(stage);

    return stage_holds(stage) && stage->held_seen && is_key(input, KEY_RETURN) &&
           (field == NULL || field_is_empty(field));
}

/* Is there a question that this answers, or that stays until it is answered? */
static bool is_for_dialog(struct stage *stage, const struct input *input)
{
    struct stage_dialog *dialog = &stage->dialog;
    bool text = input->kind != INPUT_KEY, ends_text = dialog->typed && is_key(input, KEY_RETURN);

    if (dialog->act == NULL || (text && !dialog->firm))
        return false;
    dialog->typed = text;
    if (answers_dialog(input) && !ends_text)
        answer_dialog(stage, is_key(input, KEY_RETURN));
    else
        stage_say(stage, MESSAGE_BAD, "the question first: Enter is \"%s\", Esc is \"No\"", dialog->yes);
    return true;
}

/* A key or a character that is no scan. */
static void give(struct stage *stage, const struct input *input)
{
    stage->dirty = true;
    if (is_key(input, KEY_REDRAW)) {
        stage->redraw = true;
        return;
    }
    if (stage->too_small && !acts_unseen(stage, input))
        return;
    if (stage->help) {
        stage->help = false;
        return;
    }
    if (is_for_dialog(stage, input))
        return;
    if (stage->dialog.act == NULL && acknowledges(stage, input)) {
        explicit_bzero(stage->held, sizeof(stage->held));
        return;
    }
    /* Who types has no question in mind; the Enter behind it is the text's, and must not be taken for a yes. */
    stage->dialog.act = NULL;
    stage_quiet(stage);
    if (input->kind == INPUT_KEY) {
        if (input->key == KEY_F(1)) {
            stage->help = true;
            return;
        }
        if (input->key == KEY_INTERRUPT) {
            stage->interrupted(stage->model);
            return;
        }
        if (input->key == KEY_SUSPENDED) {
            stage_say(stage, MESSAGE_PLAIN, "this program is not suspended; Ctrl-C leaves it");
            return;
        }
        const struct key *key = key_find(stage_top(stage), stage->model, input->key);
        if (key != NULL) {
            key->act(stage->model);
            return;
        }
    }
    if (!give_field(stage, input))
        say_no_use(stage, input);
}

static void forget_before(struct stage *stage)
{
    explicit_bzero(&stage->before, sizeof(stage->before));
    stage->before_of = NULL;
}

/* The focused field goes back to what it was before the burst. */
static void take_back(struct stage *stage)
{
    struct field *field = focus_of(stage);

    if (field != NULL && field == stage->before_of && !stage->help && stage->dialog.act == NULL) {
        explicit_bzero(field->text, sizeof(field->text));
        *field = stage->before;
        field_changed(stage);
    }
    forget_before(stage);
}

static void type_again(struct stage *stage, const char *text, const struct input *end)
{
    struct bytes rest = bytes_of_text(text);
    struct input input;

    while (rest.size > 0) {
        size_t size = input_decode(rest, true, &input);
        give(stage, &input);
        rest = bytes_of(rest.data + size, rest.size - size);
    }
    if (end != NULL)
        give(stage, end);
}

static bool is_taken(struct stage *stage)
{
    const struct scan_reader *reader = &stage->reader;

    for (size_t i = stage->depth; i-- > 0;) {
        const struct screen *screen = stage->screens[i];
        if (screen->scan != NULL && screen->scan(stage->model, reader->code, reader->doubtful))
            return true;
    }
    return false;
}

static void give_code(struct stage *stage, const struct input *end)
{
    const struct scan_reader *reader = &stage->reader;
    const struct stage_dialog asked = stage->dialog;
    bool alarm = stage->alarm;

    stage->dialog.act = NULL;
    stage_quiet(stage);
    stage->alarm = false;
    bool taken = is_taken(stage), told = stage->alarm;
    stage->alarm = alarm || told;
    if (taken && stage->too_small && !told && stage->message_kind == MESSAGE_NONE) /* nothing else shows it */
        stage_say(stage, MESSAGE_PLAIN, "%s was scanned and taken", reader->code);
    if (taken)
        return;
    if (asked.act != NULL && asked.firm && reader->doubtful)
        stage->dialog = asked;
    if (reader->doubtful)
        type_again(stage, reader->code, end);
    else
        stage_say(stage, MESSAGE_BAD, "%s: a scan is of no use here", reader->code);
}

static void follow(struct stage *stage, enum scan_verdict verdict, const struct input *input)
{
    switch (verdict) {
    case SCAN_TYPED:
        if (input != NULL)
            give(stage, input);
        return;
    case SCAN_SWALLOWED:
        return;
    case SCAN_CODE:
        take_back(stage);
        stage->help = false;
        give_code(stage, input);
        explicit_bzero(stage->reader.code, sizeof(stage->reader.code));
        break;
    case SCAN_CARD:
        take_back(stage);
        stage_say(stage, MESSAGE_BAD, "%s", card_sentence);
        break;
    case SCAN_TOO_LONG:
        take_back(stage);
        stage_say(stage, MESSAGE_BAD, "that scan is too long to be a code; nothing of it was kept");
        break;
    }
    stage->dirty = true;
}

/* Where no run goes on there is nothing to go back to, and what was typed may be a PIN. */
static void judge(struct stage *stage, enum scan_verdict verdict, const struct input *input)
{
    follow(stage, verdict, input);
    if (scan_deadline_us(&stage->reader) == 0)
        forget_before(stage);
}

/* ---- typed ahead ---- */

static bool top_waits(const struct stage *stage)
{
    const struct screen *screen = stage_top(stage);

    return screen->waits != NULL && stage->dialog.act == NULL && !stage->help && screen->waits(stage->model);
}

/* Text, and what ends or announces it. */
static bool is_text(const struct input *input)
{
    return input->kind != INPUT_KEY || input->key == KEY_RETURN || input->key == KEY_TABULATOR ||
           input->key == KEY_PREFIX_BEL || input->key == KEY_PREFIX_STX;
}

/* Bursts that are no typing for certain. */
static size_t scans_kept(const struct stage *stage)
{
    struct scan_reader reader = { 0 };
    size_t count = 0;
    int64_t last_us = 0;
    bool starts;

    for (size_t i = 0; i < stage->kept_count; i++) {
        last_us = stage->kept[i].at_us;
        count += scan_feed(&reader, &stage->kept[i].input, last_us, &starts) == SCAN_CODE && !reader.doubtful;
    }
    count += scan_expire(&reader, last_us + 2 * SCAN_GAP_US) == SCAN_CODE && !reader.doubtful;
    explicit_bzero(&reader, sizeof(reader));
    return count;
}

/* No scan goes without a word; what was held before stays behind it. */
static void say_dropped(struct stage *stage, size_t scans)
{
    char before[sizeof(stage->held)], text[sizeof(stage->held)];

    snprintf(before, sizeof(before), "%s", stage->held);
    snprintf(text, sizeof(text), "%zu scan%s not taken: scan again%s%.*s", scans, scans == 1 ? " was" : "s were",
             before[0] == 0 ? ": Enter" : "; ", (int)(sizeof(text) - 80), before);
    stage_hold(stage, text);
}

void stage_drop_kept(struct stage *stage)
{
    size_t scans = scans_kept(stage);

    if (scans > 0)
        say_dropped(stage, scans);
    explicit_bzero(stage->kept, stage->kept_count * sizeof(stage->kept[0]));
    stage->kept_count = 0;
}

/* Is it kept for later? Behind what is kept already everything keeps its order. */
static bool keep(struct stage *stage, const struct input *input, int64_t now_us)
{
    if (stage->kept_count == 0 && !top_waits(stage))
        return false;
    if (!is_text(input)) {
        if (!stage->too_small)
            stage_drop_kept(stage);
        return false;
    }
    if (stage->kept_count < STAGE_KEPT_MAX)
        stage->kept[stage->kept_count++] =
            (struct kept_input){ .input = *input, .at_us = now_us, .too_small = stage->too_small };
    else
        stage->beep = stage->dirty = true;
    return true;
}

static void take_input(struct stage *stage, const struct input *input, int64_t now_us)
{
    if (input->kind == INPUT_PASTE_BEGIN || input->kind == INPUT_PASTE_END) {
        stage->pasting = input->kind == INPUT_PASTE_BEGIN;
        stage->paste_refused = false;
        return;
    }
    if (stage->pasting) { /* text for the field, never keys */
        if (input->kind == INPUT_CHARACTER && !stage->paste_refused && !stage->help && stage->dialog.act == NULL &&
            focus_of(stage) != NULL)
            give(stage, input);
        return;
    }
    bool starts;
    struct field was = { 0 };
    struct field *focus = focus_of(stage);
    if (focus != NULL)
        was = *focus;
    enum scan_verdict verdict = scan_feed(&stage->reader, input, now_us, &starts);
    if (starts) {
        stage->before_of = focus;
        if (focus != NULL)
            stage->before = was;
    }
    if (focus != NULL)
        explicit_bzero(&was, sizeof(was));
    judge(stage, verdict, input);
}

/* A till has no mouse. */
static bool means_nothing(const struct input *input)
{
    return input->kind == INPUT_NOTHING || input->kind == INPUT_CLICK || input->kind == INPUT_WHEEL;
}

static void take_pending(struct stage *stage, bool last, int64_t now_us)
{
    struct input input;

    while (input_take(&stage->keys, last, &input)) {
        if (!means_nothing(&input) && !keep(stage, &input, now_us))
            take_input(stage, &input, now_us);
        explicit_bzero(&input, sizeof(input));
    }
}

void stage_input(struct stage *stage, struct bytes bytes, int64_t now_us)
{
    while (bytes.size > 0) {
        bytes = input_put(&stage->keys, bytes, now_us);
        take_pending(stage, false, now_us);
        assert(stage->keys.pending_size < sizeof(stage->keys.pending));
    }
}

static int64_t earlier(int64_t a, int64_t b)
{
    return a == 0 || (b != 0 && b < a) ? b : a;
}

/* At the speed at which it was typed, until a screen waits again. */
static void take_kept(struct stage *stage)
{
    size_t taken = 0;

    while (taken < stage->kept_count && !top_waits(stage)) {
        struct kept_input kept = stage->kept[taken++];
        size_t count = stage->kept_count;
        bool too_small = stage->too_small;

        stage->too_small = kept.too_small; /* what was seen when it was typed */
        take_input(stage, &kept.input, kept.at_us);
        stage->too_small = too_small;
        explicit_bzero(&kept, sizeof(kept));
        if (stage->kept_count != count) /* dropped */
            return;
    }
    stage->kept_count -= taken;
    memmove(stage->kept, stage->kept + taken, stage->kept_count * sizeof(stage->kept[0]));
    explicit_bzero(stage->kept + stage->kept_count, taken * sizeof(stage->kept[0]));
}

int64_t stage_deadline_us(const struct stage *stage)
{
    if (stage->kept_count > 0 && !top_waits(stage))
        return stage->kept[0].at_us;

    return earlier(input_deadline_us(&stage->keys), scan_deadline_us(&stage->reader));
}

void stage_expire(struct stage *stage, int64_t now_us)
{
    take_kept(stage);
    if (stage->keys.pending_size > 0 && now_us >= input_deadline_us(&stage->keys))
        take_pending(stage, true, now_us);
    judge(stage, scan_expire(&stage->reader, now_us), NULL);
}
