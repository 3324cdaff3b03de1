/* What a person may ask of the shop: a copy of everything kept of them, what they agreed to, and to be forgotten. */
#include "client/cli/cli.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "client/goods/member_copy.h"
#include "client/goods/member_text.h"
#include "common/rules/consent.h"
#include "proto/consent.pb-c.h"
#include "proto/envelope.pb-c.h"
#include "proto/privacy.pb-c.h"

#define OP(name) CAROLINE__V1__OP__OP_##name

/* The one word; false: *status is what to exit with. */
static bool member_of(struct cli *c, uint64_t *id, int *status)
{
    if (c->word_count == 1 && whole_number(c->words[0], INT64_MAX, id))
        return true;
    *status = usage(c, "name one member by their id: caroline member find shows it");
    return false;
}

/* ---- a copy of everything ---- */

static const char *name_of_account(void *owner, uint64_t account_id, const char *row)
{
    return account_name_of(owner, account_id, row);
}

/* One of the two forms it is made in. */
struct export
{
    struct member_text text;
    struct member_copy copy;
};

static bool add_page(struct cli *c, struct export *e, const Caroline__V1__MemberExported *page)
{
    if (c->json)
        return member_copy_add(&e->copy, page);
    member_text_add(&e->text, page);
    return true;
}

static int no_memory(void)
{
    return complain(EXIT_FAULT, "there is not enough memory for all that is kept of them");
}

/* Page by page; EXIT_DONE, or said why not. */
static int read_export(struct cli *c, struct export *e, uint64_t id)
{
    Caroline__V1__MemberExport request = CAROLINE__V1__MEMBER_EXPORT__INIT;
    int status = EXIT_DONE;

    request.has_id = true;
    request.id = id;
    do {
        const Caroline__V1__MemberExported *page =
            (const void *)call_server(c, OP(MEMBER_EXPORT), &request.base, &status);
        if (!page)
            return status;
        if (!add_page(c, e, page))
            return no_memory();
        request.place = page->next;
    } while (request.place);
    return EXIT_DONE;
}

static int print_export(struct cli *c, struct export *e, uint64_t id)
{
    int status = read_export(c, e, id);

    if (status != EXIT_DONE)
        return status;
    char *whole = c->json ? member_copy_whole(&e->copy) : member_text_whole(&e->text);
    if (!whole)
        return no_memory();
    fputs(whole, stdout);
    explicit_bzero(whole, strlen(whole));
    free(whole);
    return EXIT_DONE;
}

int verb_member_export(struct cli *c)
{
    int status = EXIT_DONE;
    uint64_t id;

    bool as_text = option_given(c, "text");
    if (as_text && c->json)
        return usage(c, "--json or --text, not both");
    if (!member_of(c, &id, &status) || !options_all_used(c))
        return status == EXIT_DONE ? EXIT_USAGE : status;
    struct export e = { .text = { .zone = c->zone ? c->zone : zone_utc(),
                                  .exponent = currency_exponent(c),
                                  .account_name = name_of_account,
                                  .owner = c } };
    status = print_export(c, &e, id);
    member_text_fini(&e.text);
    member_copy_fini(&e.copy);
    return status;
}

/* ---- to be forgotten ---- */

int verb_member_erase(struct cli *c)
{
    Caroline__V1__MemberErase request = CAROLINE__V1__MEMBER_ERASE__INIT;
    const char *confirm = option_value(c, "confirm");
    int status = EXIT_DONE;

    if (!member_of(c, &request.id, &status))
        return status;
    request.has_id = true;
    if (!confirm || !whole_number(confirm, INT64_MAX, &request.confirm_id))
        return usage(c, "this is not to be undone: --confirm and the member's id once more");
    request.has_confirm_id = true;
    if ((status = options_apply(c, &request.base, NULL)) != EXIT_DONE)
        return status;
    if (!request.has_reason)
        return usage(c, "say why: --reason asked, unused or mistake");
    const Caroline__V1__MemberErased *done = (const void *)call_server(c, OP(MEMBER_ERASE), &request.base, &status);
    if (!done)
        return status;
    if (c->json)
        print_message(c, &done->base);
    else
        printf("member %llu is forgotten; %lld points %swere written off\n", (unsigned long long)done->id,
               (long long)(done->points < 0 ? -done->points : done->points), done->points < 0 ? "that they owed " : "");
    return EXIT_DONE;
}

/* ---- what they agreed to ---- */

/* Where it was said, and who heard it; nobody did at a kiosk. */
static const char *place_of(struct cli *c, const Caroline__V1__Consent *consent)
{
    return arena_format(c->arena, "; shop %llu, device %llu%s%s", (unsigned long long)consent->shop_id,
                        (unsigned long long)consent->device_id, consent->staff_id ? ", staff " : ", by themselves",
                        consent->staff_id ? arena_format(c->arena, "%llu", (unsigned long long)consent->staff_id) : "");
}

static int list_consents(struct cli *c, uint64_t id)
{
    Caroline__V1__MemberShow request = CAROLINE__V1__MEMBER_SHOW__INIT;
    int status;

    request.has_id = true;
    request.id = id;
    const Caroline__V1__MemberShown *shown = (const void *)call_server(c, OP(MEMBER_SHOW), &request.base, &status);
    if (!shown || !shown->member)
        return status;
    if (c->json) {
        print_messages(c, (ProtobufCMessage *const *)shown->member->consents, shown->member->n_consents);
        return EXIT_DONE;
    }
    for (size_t i = 0; i < shown->member->n_consents; i++) {
        const Caroline__V1__Consent *consent = shown->member->consents[i];
        printf("%u  %s: %s%s\n    %s\n", consent->kind, text_of(c, consent->name),
               consent->given
                   ? arena_format(c->arena, "agreed %s%s", time_of(c, (int64_t)consent->at_us),
                                  consent->text_version < consent->newest_version ? ", to an older text" : "")
               : consent->has_at_us ? arena_format(c->arena, "taken back %s", time_of(c, (int64_t)consent->at_us))
                                    : "never agreed to",
               consent->has_at_us ? place_of(c, consent) : "", text_of(c, consent->text));
    }
    return EXIT_DONE;
}

int verb_member_consent(struct cli *c)
{
    Caroline__V1__ConsentPut request = CAROLINE__V1__CONSENT_PUT__INIT;
    const char *give = option_value(c, "give"), *take_back = option_value(c, "take-back");
    const char *word = give ? give : take_back;
    int status = EXIT_DONE;
    uint64_t kind;

    if (!member_of(c, &request.member_id, &status) || !options_all_used(c))
        return status == EXIT_DONE ? EXIT_USAGE : status;
    if (give && take_back)
        return usage(c, "one of --give and --take-back at a time");
    if (!word)
        return list_consents(c, request.member_id);
    if (!whole_number(word, UINT32_MAX, &kind))
        return usage(c, "say which kind by its number: caroline member consent %s lists them", c->words[0]);
    const struct consent_text *newest = consent_text_of((uint32_t)kind, 0);
    request.has_member_id = request.has_kind = request.has_given = request.has_text_version = true;
    request.kind = (uint32_t)kind;
    request.given = give != NULL;
    request.text_version = newest ? newest->version : 0;
    const Caroline__V1__ConsentPutDone *done = (const void *)call_server(c, OP(CONSENT_PUT), &request.base, &status);
    if (done && done->consent)
        print_message(c, &done->consent->base);
    return status;
}
