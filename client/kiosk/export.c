/* A copy of everything that is kept of a member, as text: read page by page, shown, and saved where the shop has said where. */
#include "client/kiosk/kiosk.h"

#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "client/goods/receipt_message.h"
#include "common/print/text.h"
#include "common/rules/allergen.h"

#define RECEIPT_COLUMNS 42
/* Of more the counter makes the copy: it would not be read to its end here. */
#define EXPORT_MOST ((size_t)4 << 20)

/* Grown by copying, so that what is left behind can be wiped. */
static void add(struct kiosk_export *m, const char *text)
{
    size_t size = strlen(text);

    if (m->size + size + 1 > EXPORT_MOST)
        return;
    if (m->size + size + 1 > m->room) {
        size_t room = 2 * (m->size + size + 1);
        char *larger = malloc(room);
        if (larger == NULL)
            abort();
        if (m->size > 0) {
            memcpy(larger, m->text, m->size);
            explicit_bzero(m->text, m->size);
        }
        free(m->text);
        m->text = larger;
        m->room = room;
    }
    memcpy(m->text + m->size, text, size + 1);
    m->size += size;
}

static void add_format(struct kiosk *k, const char *format, ...) __attribute__((format(printf, 2, 3)));
static void add_format(struct kiosk *k, const char *format, ...)
{
    char text[4096];
    va_list arguments;

    va_start(arguments, format);
    vsnprintf(text, sizeof(text), format, arguments);
    va_end(arguments);
    add(&k->visit.export, text);
    explicit_bzero(text, sizeof(text));
}

static const char *time_of(const struct kiosk *k, char *text, uint64_t us)
{
    return local_format(text, zone_local(kiosk_zone(k), (struct instant){ (int64_t)us }));
}

/* ---- its parts ---- */

static void add_field(struct kiosk *k, const char *label, ProtobufCBinaryData text)
{
    if (text.len > 0)
        add_format(k, "%-12s%.*s\n", label, (int)text.len, text.data);
}

static void add_person(struct kiosk *k, const Caroline__V1__MemberExported *page)
{
    const Caroline__V1__Member *member = page->member;
    char at[LOCAL_TEXT];

    if (member == NULL)
        return;
    add_format(k, "WHAT IS KEPT OF MEMBER %llu\n\n", (unsigned long long)member->id);
    add_field(k, "Name", member->name);
    add_field(k, "Telephone", member->phone);
    add_field(k, "E-mail", member->email);
    add_field(k, "Birthday", member->birthday);
    add_field(k, "Card", member->card);
    add_field(k, "Language", member->language);
    for (size_t i = 0; i < member->n_avoids; i++)
        if (member->avoids[i] <= ALLERGEN_COUNT)
            add_format(k, "%-12s%s\n", i == 0 ? "Avoids" : "", allergen_names[member->avoids[i]]);
    add_format(k, "%-12s%s\n", "Joined", time_of(k, at, page->joined_us));
    add_format(k, "%-12s%lld\n", "Points", (long long)member->points);
    add(&k->visit.export, "\nWHAT YOU AGREED TO, YOUR POINTS, YOUR RECEIPTS, AND WHO LOOKED\n\n");
}

static void add_consents(struct kiosk *k, const Caroline__V1__MemberExported *page)
{
    char at[LOCAL_TEXT];

    for (size_t i = 0; i < page->n_consents; i++) {
        const Caroline__V1__Consent *consent = page->consents[i];
        add_format(k, "%s  %.*s: %s\n", time_of(k, at, consent->at_us), (int)consent->name.len, consent->name.data,
                   consent->given ? "agreed" : "taken back");
    }
}

static void add_points(struct kiosk *k, const Caroline__V1__MemberExported *page)
{
    char at[LOCAL_TEXT];

    for (size_t i = 0; i < page->n_lots; i++)
        add_format(k, "%.*s  points, left %lld, until %.*s\n", (int)page->lots[i]->origin_day.len,
                   page->lots[i]->origin_day.data, (long long)page->lots[i]->remaining,
                   (int)page->lots[i]->expiry_day.len, page->lots[i]->expiry_day.data);
    for (size_t i = 0; i < page->n_points; i++)
        add_format(k, "%s  points %+lld, %s\n", time_of(k, at, page->points[i]->at_us),
                   (long long)page->points[i]->points,
                   page->points[i]->kind == 1   ? "joining"
                   : page->points[i]->kind == 7 ? "expired"
                                                : "put right");
}

static void add_sales(struct kiosk *k, const Caroline__V1__MemberExported *page)
{
    for (size_t i = 0; i < page->n_sales; i++) {
        const Caroline__V1__SaleShown *shown = page->sales[i]->sale;
        if (shown == NULL || shown->sale == NULL || shown->sale->receipt == NULL)
            continue;
        struct arena *arena = arena_create(0);
        struct receipt receipt = receipt_of_message(shown->sale->receipt, arena);
        add(&k->visit.export, "\n");
        add(&k->visit.export, receipt_text(arena, &receipt, RECEIPT_COLUMNS));
        arena_destroy(arena);
    }
}

static void add_rest(struct kiosk *k, const Caroline__V1__MemberExported *page)
{
    char at[LOCAL_TEXT];

    for (size_t i = 0; i < page->n_reviews; i++)
        add_format(k, "%s  you wrote of %.*s, %u of 5: %.*s\n", time_of(k, at, page->reviews[i]->written_us),
                   (int)page->reviews[i]->product_name.len, page->reviews[i]->product_name.data,
                   page->reviews[i]->rating, (int)page->reviews[i]->text.len, page->reviews[i]->text.data);
    for (size_t i = 0; i < page->n_reads; i++)
        add_format(k, "%s  %.*s %.*s, staff %llu at device %llu\n", time_of(k, at, page->reads[i]->at_us),
                   (int)page->reads[i]->event.len, page->reads[i]->event.data, (int)page->reads[i]->field.len,
                   page->reads[i]->field.data, (unsigned long long)page->reads[i]->staff_id,
                   (unsigned long long)page->reads[i]->device_id);
}

/* ---- to a file, where the shop has said where ---- */

static bool save(const struct kiosk *k, char *path, size_t size)
{
    const char *text = k->visit.paper.text;
    size_t left = strlen(text);

    if (snprintf(path, size, "%s/member-%lld-%lld.txt", k->export_directory, (long long)k->visit.account.id,
                 (long long)(link_now(k->link).us / SECOND_US)) >= (int)size)
        return false;
    int file = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600);
    if (file < 0)
        return false;
    while (left > 0) {
        ssize_t written = write(file, text, left);
        if (written <= 0)
            break;
        text += written;
        left -= (size_t)written;
    }
    bool kept = left == 0 && fsync(file) == 0;
    close(file);
    if (!kept)
        unlink(path);
    return kept;
}

static void done(struct kiosk *k)
{
    char *text = k->visit.export.text, path[512];

    memset(&k->visit.export, 0, sizeof(k->visit.export));
    paper_show(k, text);
    if (k->export_directory[0] == 0)
        kiosk_say(k, NOTICE_PLAIN, "Read it here. On paper or as a file you get it at the counter: please ask.");
    else if (save(k, path, sizeof(path)))
        kiosk_say(k, NOTICE_GOOD, "It is saved for you too: ask at the counter for it.");
    else
        kiosk_say(k, NOTICE_BAD, "It could not be saved. Read it here, or ask for it at the counter.");
}

/* ---- page by page ---- */

static void on_page(struct kiosk *k, const struct link_answer *answer);

static void fetch(struct kiosk *k, Caroline__V1__MemberExportPlace *place)
{
    Caroline__V1__SelfExport message = CAROLINE__V1__SELF_EXPORT__INIT;

    message.place = place;
    kiosk_call(k, CAROLINE__V1__OP__OP_SELF_EXPORT, &message.base, true, on_page);
}

static void on_page(struct kiosk *k, const struct link_answer *answer)
{
    const Caroline__V1__MemberExported *page = (const Caroline__V1__MemberExported *)answer->reply;

    if (kiosk_refused(k, answer) || !k->visit.account.open)
        return;
    add_person(k, page);
    add_consents(k, page);
    add_points(k, page);
    add_sales(k, page);
    add_rest(k, page);
    if (page->next != NULL)
        fetch(k, page->next);
    else
        done(k);
}

void export_forget(struct kiosk *k)
{
    struct kiosk_export *m = &k->visit.export;

    if (m->text != NULL) {
        explicit_bzero(m->text, m->room);
        free(m->text);
    }
    memset(m, 0, sizeof(*m));
}

void export_begin(struct kiosk *k)
{
    export_forget(k);
    fetch(k, NULL);
}
