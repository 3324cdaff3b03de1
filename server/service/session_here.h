/* The session that is open on this connection, as its row says. */
#ifndef CAROLINE_SERVER_SERVICE_SESSION_HERE_H
#define CAROLINE_SERVER_SERVICE_SESSION_HERE_H

#include "server/call/call.h"

/* The row of a token's hash: is it a session that may go on? */
bool session_is_good(const struct rows *rows, struct instant now);
/* The role its person acts in: 0 after a one-time PIN. */
int64_t session_role(const struct rows *rows);
/* The training that it is in; id 0: none. */
struct training session_training(const struct rows *rows);
/* Stage: ask for this connection's; refuses where there is none. */
enum step session_here_ask(struct call *c, struct rows **rows);
enum step session_gone(struct call *c);
/* Write and keep that it is locked or not, and answer with its state. */
void session_here_mark(struct call *c, const struct rows *rows, bool locked);
enum step session_state_answer(struct call *c, bool open, bool locked);
/* What is given for a PIN, and opens the lock of the session of this hash where it is resumed. Nothing is stored for it. */
#define UNLOCK_KEY_SIZE 32
void session_unlock_key(const struct call *c, const uint8_t token_hash[32], uint8_t key[UNLOCK_KEY_SIZE]);
bool session_unlock_key_fits(const struct call *c, const uint8_t token_hash[32], struct bytes key);
/* What a till says of PINs given to it while nobody heard of it. Refuses what cannot be. */
enum step session_alone_check(struct call *c, uint32_t opened_alone, uint32_t wrong_alone);
/* An entry for each of the two. staff_id 0: of the session that stands before it in the device's strand. */
void session_alone_note(struct call *c, int64_t staff_id, uint32_t opened_alone, uint32_t wrong_alone);

#endif
