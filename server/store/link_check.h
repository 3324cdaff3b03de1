/* The first question on every new connection: is this a database that commits can be trusted to? */
#ifndef CAROLINE_SERVER_STORE_LINK_CHECK_H
#define CAROLINE_SERVER_STORE_LINK_CHECK_H

#include "server/store/link.h"

/* Sends the question; its answer is one row. */
void link_check_ask(struct link *link);
enum link_verdict {
    LINK_FIT,
    LINK_NOT_NOW, /* a standby: another host, or later */
    LINK_UNFIT,   /* somebody has to mend it */
};
/* sentence: why not. */
enum link_verdict link_check_judge(const struct link *link, const PGresult *answer, char *sentence, size_t size);
/* The schema's version, asked once the table is known to be there. */
void link_check_ask_version(struct link *link);
enum link_verdict link_check_judge_version(const PGresult *answer, char *sentence, size_t size);

#endif
