/* The journal as a file that anybody can verify; its form is in proto/PROTOCOL.md, section 9.
 *
 * What was signed is asked first: whoever sees a signature finds the entries under it, so each strand is written up to
 * the last head that was signed, and the file is whole while the shop goes on selling.
 */
#include "client/cli/cli.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/base/bytes.h"
#include "common/wire/digest.h"
#include "proto/envelope.pb-c.h"
#include "proto/shop.pb-c.h"

#define OP(name)    CAROLINE__V1__OP__OP_##name
#define KEY_ID_SIZE 8
#define HEAD_SIZE   (8 + 1 + 8 + DIGEST_SIZE) /* device, kind, number, hash: as signed */

struct strand {
    uint64_t device_id;
    char kind;
    uint64_t last; /* the last number that was signed */
};

struct export
{
    struct strand *strands; /* sorted */
    size_t count, capacity;
    unsigned long long signatures, entries;
};

static void print_hex(ProtobufCBinaryData bytes)
{
    for (size_t i = 0; i < bytes.len; i++) {
        putchar("0123456789abcdef"[bytes.data[i] >> 4]);
        putchar("0123456789abcdef"[bytes.data[i] & 15]);
    }
}

static int by_strand(const void *a, const void *b)
{
    const struct strand *left = a, *right = b;

    if (left->device_id != right->device_id)
        return left->device_id < right->device_id ? -1 : 1;
    return left->kind - right->kind;
}

/* A shop has hundreds of strands and signs thousands of times as many heads: found by halving, rarely put in between. */
static void note_head(struct export *e, struct strand head)
{
    struct strand *found = e->count ? bsearch(&head, e->strands, e->count, sizeof head, by_strand) : NULL;

    if (found) {
        found->last = head.last > found->last ? head.last : found->last;
        return;
    }
    if (e->count == e->capacity) {
        e->capacity = e->capacity ? e->capacity * 2 : 64;
        e->strands = realloc(e->strands, e->capacity * sizeof head);
        if (!e->strands)
            abort();
    }
    e->strands[e->count++] = head;
    qsort(e->strands, e->count, sizeof head, by_strand);
}

int verb_server_show(struct cli *c)
{
    Caroline__V1__ServerShow request = CAROLINE__V1__SERVER_SHOW__INIT;
    uint8_t digest[32];
    int status = options_apply(c, &request.base, NULL);

    if (status != EXIT_DONE)
        return status;
    const Caroline__V1__ServerShown *shown = (const void *)call_server(c, OP(SERVER_SHOW), &request.base, &status);
    if (!shown)
        return status;
    print_message(c, &shown->base);
    if (!c->json && shown->has_journal_key) {
        sha256(bytes_of(shown->journal_key.data, shown->journal_key.len), digest);
        printf("%-20s ", "journal key id");
        print_hex((ProtobufCBinaryData){ .data = digest, .len = KEY_ID_SIZE });
        puts("  (deploy/verify-journal --key)");
    }
    return EXIT_DONE;
}

static int export_key(struct cli *c)
{
    Caroline__V1__ServerShow request = CAROLINE__V1__SERVER_SHOW__INIT;
    uint8_t digest[DIGEST_SIZE];
    int status;
    const Caroline__V1__ServerShown *shown = (const void *)call_server(c, OP(SERVER_SHOW), &request.base, &status);

    if (!shown)
        return status;
    sha256(bytes_of(shown->journal_key.data, shown->journal_key.len), digest);
    fputs("caroline-journal 1\nkey ", stdout);
    print_hex((ProtobufCBinaryData){ .data = digest, .len = KEY_ID_SIZE });
    putchar(' ');
    print_hex(shown->journal_key);
    putchar('\n');
    return EXIT_DONE;
}

static void export_signature(struct export *e, const Caroline__V1__JournalSignature *signature)
{
    fputs("signature ", stdout);
    print_hex(signature->key_id);
    putchar(' ');
    print_hex(signature->signature);
    putchar(' ');
    print_hex(signature->heads);
    putchar('\n');
    e->signatures++;
    for (size_t at = 0; at + HEAD_SIZE <= signature->heads.len; at += HEAD_SIZE) {
        const uint8_t *head = signature->heads.data + at;

        note_head(e, (struct strand){ get_u64(head), (char)head[8], get_u64(head + 9) });
    }
}

static int export_signatures(struct cli *c, struct export *e)
{
    Caroline__V1__JournalSignatureList request = CAROLINE__V1__JOURNAL_SIGNATURE_LIST__INIT;
    int status;

    request.has_after_id = true;
    for (bool more = true; more;) {
        arena_reset(c->arena);
        const Caroline__V1__JournalSignatureListed *listed =
            (const void *)call_server(c, OP(JOURNAL_SIGNATURE_LIST), &request.base, &status);
        if (!listed)
            return status;
        for (size_t i = 0; i < listed->n_signatures; i++) {
            export_signature(e, listed->signatures[i]);
            request.after_id = listed->signatures[i]->id;
        }
        more = listed->more && listed->n_signatures > 0;
    }
    return EXIT_DONE;
}

static int export_strand(struct cli *c, struct export *e, const struct strand *strand)
{
    Caroline__V1__JournalList request = CAROLINE__V1__JOURNAL_LIST__INIT;
    const char kind[] = { strand->kind, '\0' };
    int status;

    request.has_device_id = request.has_after_number = true;
    request.device_id = strand->device_id;
    set_text(&request.kind, &request.has_kind, kind);
    for (bool more = true; more;) {
        arena_reset(c->arena);
        const Caroline__V1__JournalListed *listed =
            (const void *)call_server(c, OP(JOURNAL_LIST), &request.base, &status);
        if (!listed)
            return status;
        size_t i = 0;
        for (; i < listed->n_entries && listed->entries[i]->number <= strand->last; i++) {
            const Caroline__V1__JournalEntry *entry = listed->entries[i];

            printf("entry %llu %s %llu ", (unsigned long long)strand->device_id, kind,
                   (unsigned long long)entry->number);
            print_hex(entry->hash);
            putchar(' ');
            print_hex(entry->bytes);
            putchar('\n');
            e->entries++;
            request.after_number = entry->number;
        }
        more = listed->more && i > 0 && i == listed->n_entries && request.after_number < strand->last;
    }
    return EXIT_DONE;
}

static int export_all(struct cli *c, struct export *e)
{
    int status;

    if ((status = export_key(c)) != EXIT_DONE || (status = export_signatures(c, e)) != EXIT_DONE)
        return status;
    for (size_t i = 0; i < e->count; i++) {
        if ((status = export_strand(c, e, &e->strands[i])) != EXIT_DONE)
            return status;
    }
    printf("end %llu %llu\n", e->signatures, e->entries);
    return fflush(stdout) == 0 && !ferror(stdout)
               ? EXIT_DONE
               : complain(EXIT_FAULT, "the journal could not be written: is the disk full?");
}

int verb_journal_export(struct cli *c)
{
    struct export e = { 0 };
    struct arena *whole = c->arena;

    if (!options_all_used(c))
        return EXIT_USAGE;
    c->arena = arena_create(0); /* a journal is larger than memory: one page of it at a time */
    int status = export_all(c, &e);
    arena_destroy(c->arena);
    c->arena = whole;
    free(e.strands);
    return status;
}
