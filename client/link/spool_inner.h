/* What the files of the spool share. */
#ifndef CAROLINE_CLIENT_LINK_SPOOL_INNER_H
#define CAROLINE_CLIENT_LINK_SPOOL_INNER_H

#include <sqlite3.h>

#include "client/link/spool.h"

#define SPOOL_VERSION 2 /* of the file's tables, in its user_version; 1 had no `origin` */

enum spool_statement {
    SPOOL_BEGIN,
    SPOOL_COMMIT,
    SPOOL_PUT,
    SPOOL_TAKE_BASKET,
    SPOOL_FOLLOW,
    SPOOL_UNFOLLOW,
    SPOOL_MARK_SENT,
    SPOOL_ANSWER,
    SPOOL_BASKET_SOLD,
    SPOOL_BASKET_BROUGHT,
    SPOOL_BASKET_FREE,
    SPOOL_PRUNE,
    SPOOL_WITHDRAW,
    SPOOL_UNANSWERED,
    SPOOL_NOT_ACCEPTED,
    SPOOL_REOPEN,
    SPOOL_RETAKE,
    SPOOL_REOPEN_GIVEN_UP,
    SPOOL_FIND,
    SPOOL_LAST,
    SPOOL_SAVE,
    SPOOL_LOAD,
    SPOOL_CLEAR,
    SPOOL_NEWEST,
    SPOOL_NUMBERS_BEHIND,
    SPOOL_SELL,
    SPOOL_BOOK,
    SPOOL_WIPE,
    SPOOL_PRUNE_SOLD,
    SPOOL_UNBOOKED,
    SPOOL_REFUSED,
    SPOOL_SELL_AGAIN,
    SPOOL_LAST_SOLD,
    SPOOL_NEXT_UNBOOKED,
    SPOOL_PUT_ASIDE,
    SPOOL_END_ASIDE,
    SPOOL_IS_ASIDE,
    SPOOL_ASIDE_REFUSED,
    SPOOL_ASIDE_COUNT,
    SPOOL_ASIDE_PARKED,
    SPOOL_END_PARKED,
    SPOOL_FORGET_PARKS,
    SPOOL_STATEMENTS
};

/* A statement that is done now and then; its text is a literal, known by its address. */
struct seldom {
    const char *text; /* NULL: none yet */
    sqlite3_stmt *statement;
};
#define SPOOL_SELDOM 32 /* more than there are */

struct spool {
    sqlite3 *db;
    sqlite3_stmt *statements[SPOOL_STATEMENTS];
    struct seldom seldom[SPOOL_SELDOM + 1];
    bool claimed;
    char problem[200];
};

/* ---- the statements that are always ready ---- */

/* With nothing bound. */
sqlite3_stmt *spool_fresh(struct spool *spool, enum spool_statement name);
void spool_bind_id(sqlite3_stmt *statement, int at, const uint8_t id[COMMAND_ID_SIZE]);
void spool_bind_bytes(sqlite3_stmt *statement, int at, struct bytes bytes);
/* Does it; false: it was not done, and spool_problem() says why. */
bool spool_step(struct spool *spool, sqlite3_stmt *statement);
bool spool_step_for_id(struct spool *spool, enum spool_statement name, const uint8_t id[COMMAND_ID_SIZE]);
/* A transaction; end: good is kept, else nothing of it was done. */
bool spool_begin(struct spool *spool);
bool spool_end(struct spool *spool, bool good);
/* The command alone, inside a transaction. */
bool spool_put_row(struct spool *spool, const struct spooled *command);

/* ---- the rest ---- */

sqlite3 *spool_database(struct spool *spool);
void spool_claimed(struct spool *spool); /* closing it says so in the file */
/* A number that a statement answers; false: it cannot be read. */
bool spool_number(sqlite3 *db, const char *text, int64_t *number);
bool spool_is_sound(sqlite3 *db);
/* false, and spool_problem() says why; NULL: as SQLite has it. */
bool spool_failed(struct spool *spool, const char *why);
/* A statement that nobody uses, with nothing bound; NULL where it cannot be: spool_done() says so. */
sqlite3_stmt *spool_prepared(struct spool *spool, const char *text);
void spool_let_go(sqlite3_stmt *statement); /* of one that was read */
/* Does it, and lets go of it; false: it was not done, and spool_problem() says why. */
bool spool_done(struct spool *spool, sqlite3_stmt *statement);
/* The command whose id a statement finds behind ?1, in the arena; NULL: none. */
struct spooled *spool_found(struct spool *spool, const char *text, int64_t after, struct arena *arena);
struct bytes spool_column(sqlite3_stmt *statement, int column, struct arena *arena);

#endif
