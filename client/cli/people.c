/* Verbs about people and devices that are more than one call, or whose answer is shown in a way of its own. */
#include "client/cli/cli.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "client/cli/csv.h"
#include "client/link/printer.h"
#include "client/ui/qr.h"
#include "common/print/escpos.h"
#include "common/print/text.h"
#include "common/rules/member_card.h"
#include "proto/device.pb-c.h"
#include "proto/envelope.pb-c.h"
#include "proto/kiosk.pb-c.h"
#include "proto/member.pb-c.h"
#include "proto/session.pb-c.h"
#include "proto/staff.pb-c.h"

#define OP(name)        CAROLINE__V1__OP__OP_##name
#define RECEIPT_COLUMNS 42
#define CODE_DIGITS     8

/* Members whose card or phone is known already are left as they are: a file may be imported again. */
int verb_member_import(struct cli *c)
{
    struct csv_file file;
    const char *problem;
    size_t made = 0;
    int status = EXIT_DONE;

    if (c->word_count != 1)
        return usage(c, "name one file");
    if (!options_all_used(c))
        return EXIT_USAGE;
    if (!csv_read(c->words[0], c->arena, &file, &problem))
        return complain(EXIT_FAULT, "%s", problem);
    for (size_t row = 0; row < file.row_count; row++) {
        Caroline__V1__MemberCreate request = CAROLINE__V1__MEMBER_CREATE__INIT;
        request.member = (void *)message_make(&caroline__v1__member__descriptor, c->arena);
        for (size_t i = 0; i < file.column_count; i++) {
            if (file.rows[row][i][0] != '\0' &&
                message_set(c, &request.member->base, file.columns[i], file.rows[row][i], &problem) != FIELD_SET)
                return complain(EXIT_REFUSED, "%s:%zu: a member has no such %s", file.path, file.lines[row],
                                file.columns[i]);
        }
        const struct link_answer *answer =
            wait_call(c->waiter, OP(MEMBER_CREATE), &request.base, c->timeout_ms, c->arena);
        bool known = answer->outcome == LINK_REFUSED && (answer->code == CAROLINE__V1__ERROR_CODE__PHONE_TAKEN ||
                                                         answer->code == CAROLINE__V1__ERROR_CODE__EMAIL_TAKEN ||
                                                         answer->code == CAROLINE__V1__ERROR_CODE__CARD_TAKEN);
        if (answer->outcome == LINK_OK)
            made++;
        else if (!known)
            return complain(answer->outcome == LINK_REFUSED ? EXIT_REFUSED : EXIT_AWAY, "%s:%zu: %s", file.path,
                            file.lines[row], answer->sentence);
    }
    if (c->json)
        printf("{\"rows\":%zu,\"created\":%zu}\n", file.row_count, made);
    else
        printf("%zu member%s created, %zu known already\n", made, made == 1 ? "" : "s", file.row_count - made);
    return status;
}

/* An empty list of what they avoid is meant, too. */
int verb_member_update(struct cli *c)
{
    Caroline__V1__MemberUpdate request = CAROLINE__V1__MEMBER_UPDATE__INIT;
    Caroline__V1__Member member = CAROLINE__V1__MEMBER__INIT;

    for (size_t i = 0; i < c->option_count; i++)
        if (strcmp(c->options[i].name, "avoids") == 0)
            member.has_set_avoids = member.set_avoids = true;
    request.member = &member;
    int status = options_apply(c, &request.base, "member");
    if (status != EXIT_DONE)
        return status;
    if (c->word_count > 0)
        return usage(c, "'%s' is one word too many", c->words[0]);
    const ProtobufCMessage *reply = call_server(c, OP(MEMBER_UPDATE), &request.base, &status);
    if (reply)
        print_message(c, reply);
    return status;
}

int verb_member_merge(struct cli *c)
{
    Caroline__V1__MemberMerge request = CAROLINE__V1__MEMBER_MERGE__INIT;
    const char *problem, *reason = "";
    int status;

    if (!options_all_used(c))
        return EXIT_USAGE;
    if (c->word_count < 3)
        return usage(c, "name the member who is there twice, the one who stays, and why: both by their ids");
    request.has_from_id = request.has_into_id = true;
    if (!name_to_id(c, "member_id", c->words[0], &request.from_id, &problem) ||
        !name_to_id(c, "member_id", c->words[1], &request.into_id, &problem))
        return usage(c, "members are named by their ids, which member find shows");
    for (size_t i = 2; i < c->word_count; i++)
        reason = arena_format(c->arena, "%s%s%s", reason, i > 2 ? " " : "", c->words[i]);
    set_text(&request.reason, &request.has_reason, reason);
    const ProtobufCMessage *reply = call_server(c, OP(MEMBER_MERGE), &request.base, &status);
    if (reply)
        print_message(c, reply);
    return status;
}

/* Words without an option are a name's. */
int verb_member_find(struct cli *c)
{
    Caroline__V1__MemberFind request = CAROLINE__V1__MEMBER_FIND__INIT;
    int status = options_apply(c, &request.base, NULL);
    const char *name = "";

    if (status != EXIT_DONE)
        return status;
    for (size_t i = 0; i < c->word_count; i++)
        name = arena_format(c->arena, "%s%s%s", name, i > 0 ? " " : "", c->words[i]);
    if (c->word_count > 0 && request.has_name)
        return usage(c, "'%s' is one word too many", c->words[0]);
    if (c->word_count > 0)
        set_text(&request.name, &request.has_name, name);
    const Caroline__V1__MemberFound *found;
    do { /* a page may be of people whom only the index takes for them */
        found = (const void *)call_server(c, OP(MEMBER_FIND), &request.base, &status);
        if (!found)
            return status;
        request.has_after_id = found->has_next_id;
        request.after_id = found->next_id;
    } while (found->n_members == 0 && found->next_id != 0);
    print_message(c, &found->base);
    if (found->next_id != 0 && !c->json)
        fprintf(stderr, "there are more: --after-id %llu shows the next ones\n", (unsigned long long)found->next_id);
    return status;
}

/* ---- who is meant ---- */

/* Their id, also as --member, or whoever is found by a name; *found: what is known of them, NULL of an id. false: *status is what to exit with. */
static bool member_named(struct cli *c, uint64_t *id, const Caroline__V1__Member **found, int *status)
{
    Caroline__V1__MemberFind request = CAROLINE__V1__MEMBER_FIND__INIT;

    const char *named = option_value(c, "member");

    *found = NULL;
    if (c->word_count + (named != NULL) != 1) {
        *status = usage(c, "name one member, by their id or their name");
        return false;
    }
    if (!named)
        named = c->words[0];
    if (whole_number(named, INT64_MAX, id))
        return true;
    set_text(&request.name, &request.has_name, named);
    const Caroline__V1__MemberFound *all = (const void *)call_server(c, OP(MEMBER_FIND), &request.base, status);
    if (!all)
        return false;
    if (all->n_members == 1 && all->next_id == 0) {
        *found = all->members[0];
        *id = all->members[0]->id;
        return true;
    }
    *status = all->n_members == 0 && all->next_id == 0
                  ? complain(EXIT_REFUSED, "no member is called '%s'", named)
                  : complain(EXIT_REFUSED, "several members are called '%s': name one by the id that member find shows",
                             named);
    return false;
}

/* ---- a code for the kiosk ---- */

static void print_code(struct cli *c, uint64_t asked, const char *name, const Caroline__V1__MemberCodeMade *made)
{
    const char *code = text_of(c, made->code);

    if (made->member_id != asked)
        printf("member %" PRIu64 " is member %" PRIu64 " now: the code is theirs\n", asked, made->member_id);
    printf("%.4s %.4s\n", code, code + 4);
    printf("%s%slets %s in at a kiosk once, until %s; one that was made before is good no more\n", name,
           *name ? ": it " : "it ", *name ? "them" : "the member", time_of(c, (int64_t)made->expires_us));
}

/* The code is in the first answer alone: what is asked again, after a lost connection, tells that one was made and not which. */
int verb_member_code(struct cli *c)
{
    Caroline__V1__MemberCodeMake request = CAROLINE__V1__MEMBER_CODE_MAKE__INIT;
    const Caroline__V1__Member *found;
    int status = EXIT_DONE;

    if (!member_named(c, &request.member_id, &found, &status))
        return status;
    if (!options_all_used(c))
        return EXIT_USAGE;
    request.has_member_id = true;
    const struct link_answer *answer =
        wait_call(c->waiter, OP(MEMBER_CODE_MAKE), &request.base, c->timeout_ms, c->arena);
    if (answer->outcome == LINK_REFUSED)
        return complain_refused(c, answer);
    if (answer->outcome == LINK_FAILED)
        return complain(EXIT_AWAY, "%s; give the command again: a newer code takes the place of an older one",
                        answer->sentence);
    const Caroline__V1__MemberCodeMade *made = (const void *)answer->reply;
    if (made->code.len != CODE_DIGITS)
        return complain(EXIT_FAULT, "a code was made, and did not come: give the command again, which makes another");
    if (c->json)
        print_message(c, &made->base);
    else
        print_code(c, request.member_id, found ? text_of(c, found->name) : "", made);
    return EXIT_DONE;
}

/* ---- cards ---- */

/* Its paper is the card: onto a printer, or here. */
int verb_member_card(struct cli *c)
{
    static const struct escpos paper = { .columns = RECEIPT_COLUMNS,
                                         .pages = { ESCPOS_PC858, ESCPOS_WPC1252, ESCPOS_PC437 },
                                         .page_count = 3,
                                         .cutter = true };
    Caroline__V1__MemberCardMake request = CAROLINE__V1__MEMBER_CARD_MAKE__INIT;
    struct printer_address printer = { .way = PRINTER_NONE };
    const char *to = option_value(c, "to"), *problem = "";
    const Caroline__V1__Member *found;
    int status = EXIT_DONE;

    if (!options_all_used(c))
        return EXIT_USAGE;
    if (to && !printer_parse(to, c->arena, &printer, &problem))
        return usage(c, "%s", problem);
    if (!member_named(c, &request.member_id, &found, &status))
        return status;
    request.has_member_id = true;
    const Caroline__V1__MemberCardMade *made =
        (const void *)call_server(c, OP(MEMBER_CARD_MAKE), &request.base, &status);
    if (!made)
        return status;
    if (made->code.len == 0)
        return complain(EXIT_FAULT, "a card was made, and its code did not come: make it once more");
    const char *code = text_of(c, made->code), *name = found ? text_of(c, found->name) : "";
    struct receipt card = member_card_paper("", name, code, c->arena);
    bool printed =
        to && printer_print(&printer, escpos_receipt(c->arena, &paper, &card), c->arena, &problem) == PRINTER_DONE;
    if (c->json) {
        print_message(c, &made->base);
    } else if (!printed) {
        print_qr(code);
        fputs(receipt_text(c->arena, &card, RECEIPT_COLUMNS), stdout);
    }
    if (to && !printed) /* what an error says is kept by who keeps errors: no code is in it */
        return complain(EXIT_FAULT, "the card is made, and is not printed but on standard output: %s", problem);
    return EXIT_DONE;
}

/* The server asks for the current one, too; not after a one-time PIN, which has just been given. */
static bool is_own_pin(struct cli *c, const Caroline__V1__StaffPut *request)
{
    const Caroline__V1__SessionOpened *session = link_session(wait_link(c->waiter));

    return request->has_pin && request->has_id && session && session->staff && session->staff->id == request->id &&
           !session->must_change_pin;
}

int verb_staff_put(struct cli *c)
{
    Caroline__V1__StaffPut request = CAROLINE__V1__STAFF_PUT__INIT;
    const char *pin_file = option_value(c, "new-pin-file");
    int status = options_apply(c, &request.base, NULL);

    if (status != EXIT_DONE)
        return status;
    if (pin_file || (!request.has_id && !request.has_pin)) {
        const char *of =
            request.has_name ? arena_format(c->arena, "new PIN of %s", text_of(c, request.name)) : "new PIN";
        const char *pin = secret_read(c, pin_file, of, "--new-pin-file");
        if (!pin)
            return EXIT_FAULT;
        set_text(&request.pin, &request.has_pin, pin);
    }
    if (is_own_pin(c, &request)) {
        const char *current = secret_read(c, c->pin_file, "PIN you have now", "--pin-file");
        if (!current)
            return EXIT_FAULT;
        set_text(&request.current_pin, &request.has_current_pin, current);
    }
    if (!request.has_id && !request.has_active)
        request.has_active = request.active = true;
    const ProtobufCMessage *reply = call_server(c, OP(STAFF_PUT), &request.base, &status);
    if (reply)
        print_message(c, reply);
    return status;
}

void print_qr(const char *text)
{
    struct qr *qr = qr_create(text, QR_MEDIUM);

    for (int row = 0; qr && row < qr_rows(qr); row++) {
        fputs("    ", stdout);
        for (int column = 0; column < qr_columns(qr); column++)
            fputs(qr_cell(qr, row, column), stdout);
        putchar('\n');
    }
    qr_destroy(qr);
}

int verb_device_invite(struct cli *c)
{
    Caroline__V1__DeviceInvite request = CAROLINE__V1__DEVICE_INVITE__INIT;
    bool plain = option_given(c, "no-qr");
    int status = options_apply(c, &request.base, NULL);

    if (status != EXIT_DONE)
        return status;
    const Caroline__V1__DeviceInvited *reply = (const void *)call_server(c, OP(DEVICE_INVITE), &request.base, &status);
    if (!reply)
        return status;
    print_message(c, &reply->base);
    if (!c->json && !plain)
        print_qr(text_of(c, reply->code));
    return EXIT_DONE;
}
