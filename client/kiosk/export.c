/* A copy of everything that is kept of a member, as text: read page by page, shown, and saved where the shop has said where. */
#include "client/kiosk/kiosk.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* Of more the counter makes the copy: it would not be read to its end here. */
#define EXPORT_MOST    ((size_t)4 << 20)
#define EXPORT_COLUMNS 76 /* of the narrowest window */
/* A minute's pages were asked for: the same once more, until the next minute is there. Seldom enough to be no load, and often enough that
 * the session, which is over a minute after the last page, has another before that. */
#define PAUSE_US     (SECOND_US / 2)
#define REFUSALS_MAX 180 /* one and a half minutes of them */

static const char title[] = "All that is kept of me";

/* ---- to a file, where the shop has said where ---- */

static bool write_all(int file, const char *text)
{
    size_t unsaved = strlen(text);

    while (unsaved > 0) {
        ssize_t written = write(file, text, unsaved);
        if (written <= 0)
            return false;
        text += written;
        unsaved -= (size_t)written;
    }
    return fsync(file) == 0;
}

static bool save(const char *stem, const char *ending, const char *text)
{
    char path[512];

    if (snprintf(path, sizeof path, "%s.%s", stem, ending) >= (int)sizeof path)
        return false;
    int file = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600);
    if (file < 0)
        return false;
    bool kept = write_all(file, text);
    close(file);
    if (!kept)
        unlink(path);
    return kept;
}

/* The text, and what it says for machines, signed: both or none. */
static bool save_both(const struct kiosk *k, const char *text, const char *copy)
{
    char stem[400], path[512];

    if (copy == NULL ||
        snprintf(stem, sizeof stem, "%s/member-%lld-%lld", k->export_directory, (long long)k->visit.account.id,
                 (long long)(link_now(k->link).us / SECOND_US)) >= (int)sizeof stem)
        return false;
    if (!save(stem, "txt", text))
        return false;
    if (save(stem, "json", copy))
        return true;
    snprintf(path, sizeof path, "%s.txt", stem);
    unlink(path);
    return false;
}

static bool is_saved(const struct kiosk *k)
{
    return k->export_directory[0] != 0;
}

static void done(struct kiosk *k)
{
    char *text = member_text_whole(&k->visit.export.text);
    char *copy = is_saved(k) ? member_copy_whole(&k->visit.export.copy) : NULL;
    bool cut = k->visit.export.text.cut;

    export_forget(k);
    kiosk_back_to(k, &account_page);
    paper_show(k, title, text);
    if (cut)
        kiosk_say(k, NOTICE_BAD,
                  "That is not all of it: there is too much for here. Ask at the counter for a whole copy.");
    else if (!is_saved(k))
        kiosk_say(k, NOTICE_PLAIN, "Read it here. On paper or as a file you get it at the counter: please ask.");
    else if (save_both(k, k->visit.paper.text, copy))
        kiosk_say(k, NOTICE_GOOD, "It is saved for you too: ask at the counter for it.");
    else
        kiosk_say(k, NOTICE_BAD, "It could not be saved. Read it here, or ask for it at the counter.");
    if (copy != NULL) {
        explicit_bzero(copy, strlen(copy));
        free(copy);
    }
}

static void give_up(struct kiosk *k)
{
    export_forget(k);
    if (kiosk_page(k) == &export_page)
        kiosk_back(k);
}

/* ---- page by page ---- */

static void on_page(struct kiosk *k, const struct link_answer *answer);

static void fetch(struct kiosk *k)
{
    struct kiosk_export *m = &k->visit.export;
    Caroline__V1__SelfExport message = CAROLINE__V1__SELF_EXPORT__INIT;
    Caroline__V1__MemberExportPlace place = CAROLINE__V1__MEMBER_EXPORT_PLACE__INIT;

    place.has_part = place.has_after = place.has_after_two = place.has_as_of_us = true;
    place.part = m->part;
    place.after = m->after;
    place.after_two = m->after_two;
    place.as_of_us = m->as_of_us;
    message.place = m->has_place ? &place : NULL;
    m->again_us = 0;
    if (!kiosk_call(k, CAROLINE__V1__OP__OP_SELF_EXPORT, &message.base, true, on_page))
        export_forget(k); /* that the shop's computer is away was said */
}

static void note_place(struct kiosk_export *m, const Caroline__V1__MemberExportPlace *place)
{
    m->has_place = true;
    m->part = place->part;
    m->after = place->after;
    m->after_two = place->after_two;
    m->as_of_us = place->as_of_us;
}

/* Nobody went elsewhere meanwhile: a pause holds no page. */
static bool is_wanted(const struct kiosk *k)
{
    return k->visit.export.running && k->visit.account.open && kiosk_page(k) == &export_page;
}

/* true: the same is asked for again in a moment. */
static bool pauses(struct kiosk *k, const struct link_answer *answer)
{
    struct kiosk_export *m = &k->visit.export;
    bool later =
        answer->outcome == LINK_REFUSED && (answer->later || answer->code == CAROLINE__V1__ERROR_CODE__RATE_LIMITED);

    if (!later || ++m->refusals > REFUSALS_MAX)
        return false;
    m->again_us = k->now_us + PAUSE_US;
    return true;
}

static void on_page(struct kiosk *k, const struct link_answer *answer)
{
    struct kiosk_export *m = &k->visit.export;
    const Caroline__V1__MemberExported *page = (const Caroline__V1__MemberExported *)answer->reply;
    const struct shop *shop = kiosk_shop(k);

    if (!is_wanted(k)) {
        export_forget(k);
        if (!k->visit.account.open)
            kiosk_refused(k, answer);
        return;
    }
    if (pauses(k, answer))
        return;
    if (answer->outcome != LINK_OK) {
        give_up(k);
        kiosk_refused(k, answer);
        return;
    }
    m->refusals = 0;
    m->receipts += page->n_sales;
    m->text.zone = kiosk_zone(k);
    m->text.exponent = shop == NULL ? 2 : shop->currency_exponent;
    member_text_add(&m->text, page);
    if (is_saved(k) && !member_copy_add(&m->copy, page)) {
        give_up(k);
        return;
    }
    if (page->next == NULL || m->text.cut) {
        done(k);
        return;
    }
    note_place(m, page->next);
    fetch(k);
}

int64_t export_deadline_us(const struct kiosk *k)
{
    return k->visit.export.again_us;
}

void export_expire(struct kiosk *k)
{
    int64_t again_us = k->visit.export.again_us;

    if (again_us == 0 || k->now_us < again_us)
        return;
    if (is_wanted(k))
        fetch(k);
    else
        export_forget(k);
}

void export_forget(struct kiosk *k)
{
    member_text_fini(&k->visit.export.text);
    member_copy_fini(&k->visit.export.copy);
    memset(&k->visit.export, 0, sizeof(k->visit.export));
}

void export_begin(struct kiosk *k)
{
    struct kiosk_export *m = &k->visit.export;

    export_forget(k);
    m->running = true;
    m->text.columns = EXPORT_COLUMNS;
    m->text.most = EXPORT_MOST;
    kiosk_open(k, &export_page);
    fetch(k);
}

/* ---- while it is made ---- */

static bool left(struct kiosk *k)
{
    export_forget(k);
    return true;
}

static void draw(struct kiosk *k, struct area area)
{
    const struct kiosk_export *m = &k->visit.export;

    if (!m->running) {
        kiosk_sentence(area, 1, "The copy was not made. Go back, and try again in a moment.");
        return;
    }
    paint_text(area, 1, 0, area.columns, ALIGN_LEFT, STYLE_STRONG, "Your copy is being made.");
    paint_format(area, 3, 0, area.columns, ALIGN_LEFT, STYLE_PLAIN, "Receipts so far: %zu", m->receipts);
    if (m->refusals > 0)
        kiosk_sentence(area, 5,
                       "The shop's computer wants a pause of up to a minute. It goes on by itself: please stay here.");
}

const struct page export_page = { .title = title, .draw = draw, .left = left, .personal = true };
