/* The catalogue, kept true: from its file at the start, then from snapshot parts and deltas, and back into its file.
 *
 * The file is read and written by another thread: 100,000 products take tens of milliseconds, in which the connection is
 * made and somebody signs in. Until it is read nothing is asked for.
 *
 * A snapshot is built beside the catalogue in use, and takes its place when the last part is in. A delta goes into the
 * catalogue in use; it holds from the last part on, when its version is sealed. */
#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "client/link/catalogue_file.h"
#include "client/link/delta.h"
#include "client/link/inside.h"
#include "common/wire/walker.h"

#define SAVE_EVERY_US  (30 * SECOND_US)
#define OLD_VERSION_US (3600 * SECOND_US) /* four times as long as a basket may name one */

/* ---- the file ---- */

struct reading {
    uv_work_t work;
    struct link *link; /* NULL: the link is gone */
    struct catalogue *catalogue;
    int64_t at_us;
    char path[4096];
};

static void read_file(uv_work_t *work)
{
    struct reading *reading = work->data;

    reading->catalogue = catalogue_file_read(reading->path, reading->at_us);
}

static void on_read(uv_work_t *work, int status)
{
    struct reading *reading = work->data;
    struct link *link = reading->link;
    struct catalogue *catalogue = reading->catalogue;

    (void)status;
    free(reading);
    if (link == NULL) {
        catalogue_destroy(catalogue);
        return;
    }
    link->reading = NULL;
    link->catalogue = catalogue;
    if (catalogue != NULL)
        link->touched = catalogue_newest(catalogue);
    follow_start(link);
    if (catalogue != NULL && link->options.events.on_catalogue != NULL)
        link->options.events.on_catalogue(link->options.owner, link->touched);
}

static void begin_reading(struct link *link)
{
    struct reading *reading = calloc(1, sizeof *reading);

    if (reading == NULL)
        abort();
    reading->work.data = reading;
    reading->link = link;
    reading->at_us = link_now(link).us;
    strncpy(reading->path, link->identity->catalogue_path, sizeof reading->path - 1);
    link->reading = reading;
    int outcome = uv_queue_work(link->options.loop, &reading->work, read_file, on_read);
    assert(outcome == 0);
}

struct saving {
    uv_work_t work;
    struct buffer file, later; /* later: what the link had when it was closed in the meantime */
    struct link *link;         /* NULL: the link is gone */
    char path[4096];
};

static void write_file(uv_work_t *work)
{
    struct saving *saving = work->data;

    (void)catalogue_file_write(saving->path, bytes_of(saving->file.data, saving->file.size));
}

static void on_saved(uv_work_t *work, int status)
{
    struct saving *saving = work->data;

    (void)status;
    if (saving->link != NULL)
        saving->link->saving = NULL;
    if (saving->later.size > 0)
        (void)catalogue_file_write(saving->path, bytes_of(saving->later.data, saving->later.size));
    buffer_fini(&saving->file);
    buffer_fini(&saving->later);
    free(saving);
}

static void save(struct link *link)
{
    struct saving *saving;

    if (link->saving != NULL)
        return;
    saving = calloc(1, sizeof *saving);
    if (saving == NULL)
        abort();
    saving->work.data = saving;
    saving->link = link;
    strncpy(saving->path, link->identity->catalogue_path, sizeof saving->path - 1);
    catalogue_file_encode(link->catalogue, &saving->file);
    link->unsaved = false;
    link->saved_us = link_monotonic(link);
    link->saving = saving;
    int outcome = uv_queue_work(link->options.loop, &saving->work, write_file, on_saved);
    assert(outcome == 0);
}

/* ---- what comes ---- */

static void take_version(struct link *link, struct catalogue *catalogue, uint64_t version)
{
    struct catalogue *before = link->catalogue;
    int64_t now_us = link_monotonic(link);
    struct instant now = link_now(link); /* the clock that baskets are priced by */
    bool snapshot = catalogue != before;

    catalogue_seal(catalogue, version, now.us);
    catalogue_forget(catalogue, now.us - OLD_VERSION_US);
    link->catalogue = catalogue;
    link->unsaved = true;
    if (snapshot || now_us - link->saved_us > SAVE_EVERY_US)
        save(link);
    if (link->options.events.on_catalogue != NULL)
        link->options.events.on_catalogue(link->options.owner, version);
    if (snapshot && before != NULL)
        catalogue_destroy(before);
}

static void drop_incoming(struct link *link)
{
    if (link->incoming != NULL)
        catalogue_destroy(link->incoming);
    link->incoming = NULL;
    link->next_part = 1;
}

/* Parts come in order, each but the first behind the one before, all of one version; anything else is asked for anew. */
static bool fits(struct link *link, const Caroline__V1__CatalogueDelta *delta)
{
    if (delta->part == 1)
        drop_incoming(link);
    if (delta->part != link->next_part || delta->parts < delta->part || delta->version == 0)
        return false;
    if (delta->part > 1 && delta->version != link->touched)
        return false;
    if (delta->snapshot)
        return (delta->part == 1) == (link->incoming == NULL);
    return link->catalogue != NULL && link->incoming == NULL && delta->version >= link->touched;
}

void follow_push(struct link *link, struct bytes body)
{
    const Caroline__V1__CatalogueDelta *delta =
        (const void *)message_decode(&caroline__v1__catalogue_delta__descriptor, body, link->frame);
    const char *field, *sentence;

    if (!link->options.follow_catalogue || link->asking)
        return; /* what was on its way before the answer to CATALOGUE_FOLLOW is of the stream before */
    if (delta == NULL || !message_check(&delta->base, link->frame, &field, &sentence)) {
        link_lost(link, "the server sent a catalogue that could not be understood");
        return;
    }
    if (!delta->snapshot && link->catalogue != NULL && delta->version <= catalogue_newest(link->catalogue))
        return; /* known already */
    if (!fits(link, delta)) {
        follow_start(link);
        return;
    }
    if (delta->snapshot && delta->part == 1)
        link->incoming = catalogue_create();
    struct catalogue *catalogue = delta->snapshot ? link->incoming : link->catalogue;
    arena_reset(link->scratch);
    delta_apply(delta, catalogue, link->scratch);
    link->touched = delta->version;
    link->next_part++;
    if (delta->snapshot && link->options.events.on_progress != NULL)
        link->options.events.on_progress(link->options.owner, delta->part, delta->parts);
    if (delta->part == delta->parts) {
        link->incoming = NULL;
        link->next_part = 1;
        take_version(link, catalogue, delta->version);
    }
}

/* ---- asking ---- */

static void on_followed(struct link *link, struct call *call, const Caroline__V1__Reply *reply, const char *sentence)
{
    (void)call, (void)sentence;
    link->asking = false;
    /* A server that wants somebody to sign in first is asked again when they have. */
    link->follows = reply != NULL && reply->error == NULL;
}

/* Rows of a delta whose last part never came are in the catalogue, unseen: only a snapshot is sure to be newer. */
static uint64_t version_held(const struct link *link)
{
    uint64_t newest = link->catalogue != NULL ? catalogue_newest(link->catalogue) : 0;

    return link->touched > newest ? 0 : newest;
}

void follow_start(struct link *link)
{
    Caroline__V1__CatalogueFollow follow = CAROLINE__V1__CATALOGUE_FOLLOW__INIT;

    if (!link->options.follow_catalogue || link->stage != STAGE_UP || link->asking || link->reading != NULL)
        return;
    drop_incoming(link);
    follow.has_version = true;
    follow.version = version_held(link);
    link->asking = true;
    call_add(link, client_op(CAROLINE__V1__OP__OP_CATALOGUE_FOLLOW), packed(link, &follow.base), LINK_DEADLINE_MS,
             on_followed);
    calls_pump(link);
}

void follow_signed_in(struct link *link)
{
    if (!link->follows)
        follow_start(link);
}

void follow_lost(struct link *link)
{
    link->follows = false;
    drop_incoming(link);
}

void follow_open(struct link *link)
{
    link->next_part = 1;
    link->saved_us = link_monotonic(link);
    if (link->options.follow_catalogue)
        begin_reading(link);
}

void follow_close(struct link *link)
{
    struct buffer file = { 0 };

    if (link->reading != NULL)
        link->reading->link = NULL;
    if (link->saving != NULL) {
        link->saving->link = NULL;
        if (link->unsaved)
            catalogue_file_encode(link->catalogue, &link->saving->later);
    } else if (link->unsaved) {
        catalogue_file_encode(link->catalogue, &file);
        (void)catalogue_file_write(link->identity->catalogue_path, bytes_of(file.data, file.size));
        buffer_fini(&file);
    }
    drop_incoming(link);
    if (link->catalogue != NULL)
        catalogue_destroy(link->catalogue);
    link->catalogue = NULL;
}
