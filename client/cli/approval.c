/* Another person's PIN for what the one who is signed in may not, as the counter asks for it in place. */
#include "client/cli/approval.h"

#include "proto/envelope.pb-c.h"

int approver_read(struct cli *c, struct approver *approver)
{
    *approver = (struct approver){ .name = option_value(c, "approver"),
                                   .badge = option_value(c, "approver-badge"),
                                   .pin_file = option_value(c, "approver-pin-file") };
    if (approver->name && approver->badge)
        return usage(c, "who allows it is named by --approver or by --approver-badge");
    if (approver->pin_file && !approver->name && !approver->badge)
        return usage(c, "--approver-pin-file goes with who allows it: --approver NAME");
    return EXIT_DONE;
}

int approver_ask(struct cli *c, const struct approver *approver, Caroline__V1__ApprovalOpen *wanted,
                 ProtobufCBinaryData *token)
{
    int status;

    *token = (ProtobufCBinaryData){ 0 };
    if (!approver->name && !approver->badge)
        return EXIT_DONE;
    const char *whose = approver->badge ? arena_format(c->arena, "the badge %s", approver->badge) : approver->name;
    const char *pin =
        secret_read(c, approver->pin_file, arena_format(c->arena, "PIN of %s", whose), "--approver-pin-file");
    if (!pin)
        return EXIT_FAULT;
    if (approver->badge)
        set_text(&wanted->badge, &wanted->has_badge, approver->badge);
    else
        set_text(&wanted->name, &wanted->has_name, approver->name);
    set_text(&wanted->pin, &wanted->has_pin, pin);
    const Caroline__V1__ApprovalOpened *opened =
        (const void *)call_server(c, CAROLINE__V1__OP__OP_APPROVAL_OPEN, &wanted->base, &status);
    if (opened)
        *token = opened->token;
    return status;
}
