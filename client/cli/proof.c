/* Verbs that prove: the invariants, and the journal as a file that anybody can verify. */
#include "client/cli/cli.h"

#include <stdio.h>
#include <string.h>

#include "proto/device.pb-c.h"
#include "proto/envelope.pb-c.h"
#include "proto/shop.pb-c.h"

#define OP(name) CAROLINE__V1__OP__OP_##name

int verb_check(struct cli *c)
{
    Caroline__V1__CheckRun request = CAROLINE__V1__CHECK_RUN__INIT;
    size_t held = 0, broken = 0;
    int status;

    if (!options_all_used(c))
        return EXIT_USAGE;
    c->timeout_ms = c->timeout_ms < 600000 ? 600000 : c->timeout_ms; /* a large shop's checks take their time */
    for (bool more = true; more;) {
        const Caroline__V1__CheckRan *ran = (const void *)call_server(c, OP(CHECK_RUN), &request.base, &status);
        if (!ran)
            return status;
        for (size_t i = 0; i < ran->n_results; i++) {
            const Caroline__V1__CheckResult *result = ran->results[i];
            if (c->json)
                print_message(c, &result->base);
            else
                printf("%-6s %s%s%s\n", result->holds ? "holds" : "BROKEN", text_of(c, result->sentence),
                       result->holds ? "" : "\n       first wrong row: ",
                       result->holds ? "" : text_of(c, result->first_row));
            held += result->holds ? 1 : 0;
            broken += result->holds ? 0 : 1;
        }
        more = ran->more && ran->n_results > 0;
        if (more) {
            request.has_after = true;
            request.after = ran->results[ran->n_results - 1]->name;
        }
    }
    if (!c->json)
        printf("%zu checks hold, %zu do not\n", held, broken);
    return broken > 0 ? EXIT_REFUSED : EXIT_DONE;
}

static void print_hex(ProtobufCBinaryData bytes)
{
    for (size_t i = 0; i < bytes.len; i++)
        printf("%02x", bytes.data[i]);
}

/* DEVICE KIND NUMBER HASH BYTES, the last two in hexadecimal. */
static int export_strand(struct cli *c, uint64_t device_id, const char *kind)
{
    Caroline__V1__JournalList request = CAROLINE__V1__JOURNAL_LIST__INIT;
    int status;

    request.has_device_id = request.has_after_number = true;
    request.device_id = device_id;
    set_text(&request.kind, &request.has_kind, kind);
    for (bool more = true; more;) {
        const Caroline__V1__JournalListed *listed =
            (const void *)call_server(c, OP(JOURNAL_LIST), &request.base, &status);
        if (!listed)
            return status;
        for (size_t i = 0; i < listed->n_entries; i++) {
            const Caroline__V1__JournalEntry *entry = listed->entries[i];
            printf("%llu %s %llu ", (unsigned long long)device_id, kind, (unsigned long long)entry->number);
            print_hex(entry->hash);
            putchar(' ');
            print_hex(entry->bytes);
            putchar('\n');
            request.after_number = entry->number;
        }
        more = listed->more && listed->n_entries > 0;
    }
    return EXIT_DONE;
}

int verb_journal_export(struct cli *c)
{
    Caroline__V1__DeviceList request = CAROLINE__V1__DEVICE_LIST__INIT;
    const char *only = option_value(c, "device-id");
    int status;

    if (!options_all_used(c))
        return EXIT_USAGE;
    for (bool more = true; more;) {
        const Caroline__V1__DeviceListed *listed =
            (const void *)call_server(c, OP(DEVICE_LIST), &request.base, &status);
        if (!listed)
            return status;
        for (size_t i = 0; i < listed->n_devices; i++) {
            uint64_t id = listed->devices[i]->id;
            request.has_after_id = true;
            request.after_id = id;
            if (only && strcmp(only, arena_format(c->arena, "%llu", (unsigned long long)id)) != 0)
                continue;
            if ((status = export_strand(c, id, "T")) != EXIT_DONE || (status = export_strand(c, id, "L")) != EXIT_DONE)
                return status;
        }
        more = listed->more && listed->n_devices > 0;
    }
    return EXIT_DONE;
}
