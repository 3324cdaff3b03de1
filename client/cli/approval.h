/* What another person allows: who they are, and their PIN, which no command line ever holds. */
#ifndef CAROLINE_CLI_APPROVAL_H
#define CAROLINE_CLI_APPROVAL_H

#include "client/cli/cli.h"
#include "proto/session.pb-c.h"

struct approver {
    const char *name, *badge; /* at most one of them */
    const char *pin_file;     /* NULL: the PIN is asked for on the terminal */
};

/* What help says of it. */
#define APPROVER_ARGUMENTS "[--approver NAME | --approver-badge BADGE [--approver-pin-file FILE]]"

/* --approver, --approver-badge, --approver-pin-file: EXIT_DONE, or EXIT_USAGE. */
int approver_read(struct cli *c, struct approver *approver);
/* Asks the approver for their PIN and the server for its token, which lives in c->arena and is good for one quote and sale within two
 * minutes. wanted: what is to be allowed; who and PIN are filled in. Nobody named: no token. EXIT_DONE or what to exit with. */
int approver_ask(struct cli *c, const struct approver *approver, Caroline__V1__ApprovalOpen *wanted,
                 ProtobufCBinaryData *token);

#endif
