/* Gift cards: what one pays, what each change leaves, their codes, their last day, and the papers. No I/O, no clock, no chance. */
#ifndef CAROLINE_RULES_GIFT_CARD_H
#define CAROLINE_RULES_GIFT_CARD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "common/base/arena.h"
#include "common/base/bytes.h"
#include "common/base/instant.h"
#include "common/base/receipt.h"
#include "common/rules/account.h"

/* As gift_card_entry.kind. */
enum gift_card_kind {
    GIFT_CARD_ISSUED = 1,
    GIFT_CARD_TOPPED_UP = 2,
    GIFT_CARD_PAID = 3,       /* a sale */
    GIFT_CARD_GIVEN_BACK = 4, /* by a refund */
    GIFT_CARD_UNDONE = 5,     /* what was paid for it was given back */
    GIFT_CARD_MOVED_AWAY = 6,
    GIFT_CARD_MOVED_HERE = 7,
};
/* As gift_card_payment.kind. */
enum gift_card_payment { GIFT_CARD_PAYMENT_ISSUE = 1, GIFT_CARD_PAYMENT_TOP_UP = 2, GIFT_CARD_PAYMENT_UNDO = 3 };

#define GIFT_CARD_MONTHS_MAX 1200
/* For how long what a look-up gave pays: a till that was cut off brings its sale the same day. */
#define GIFT_CARD_SEEN_US (86400 * SECOND_US)
/* A till's own word for a card that it looked up: card, time, and 16 bytes that only the server can make. */
#define GIFT_CARD_TOKEN_SIZE 32

struct gift_card_state {
    int64_t id;
    uint32_t number;
    char last_four[5];
    bool blocked;
    bool expires;
    struct day expiry;     /* the last on which it pays */
    int64_t moved_to;      /* the card that has its money in the end; 0: it was not moved */
    int64_t balance_minor; /* never below 0 */
    int64_t entry_count;
    bool changed; /* by this group */
};

/* An entry of a card: its number there, by how much what is left changed, and what it came to. */
struct gift_card_row {
    int64_t card_id, number;
    enum gift_card_kind kind;
    int position; /* of the tender */
    int64_t amount_minor, balance_minor;
};

enum gift_card_verdict {
    GIFT_CARD_OK,
    GIFT_CARD_IS_MOVED,
    GIFT_CARD_IS_BLOCKED,
    GIFT_CARD_IS_EXPIRED,
    GIFT_CARD_IS_SHORT,     /* more than is left on it */
    GIFT_CARD_OUT_OF_RANGE, /* more would be on it than money can be */
};

bool gift_card_expired(const struct gift_card_state *card, struct day today);
/* What it can pay: 0 while it is blocked, expired, or where another has its money. */
int64_t gift_card_left(const struct gift_card_state *card, struct day today);
/* May so much (above 0) be put on it or taken off it? What comes back by a refund goes onto a card that is blocked or expired, too: it is
 * the customer's. Nothing goes onto one that was moved. */
enum gift_card_verdict gift_card_may(const struct gift_card_state *card, enum gift_card_kind kind, int64_t minor,
                                     struct day today);
/* It may: the state is what it is behind it, and this is the entry. */
struct gift_card_row gift_card_post(struct gift_card_state *card, enum gift_card_kind kind, int64_t minor,
                                    int position);

/* So many months after that day, on the same day of the month or the month's last. months: 1 to GIFT_CARD_MONTHS_MAX. */
struct day gift_card_expiry(struct day from, unsigned months);

/* Codes: 16 to 24 digits; those of 20 end in two check digits (ISO/IEC 7064, MOD 97-10), as those that are made here do. */
#define GIFT_CARD_CODE_LEAST 16
#define GIFT_CARD_CODE_MOST  24
#define GIFT_CARD_CODE_TEXT  (GIFT_CARD_CODE_MOST + 1)
/* Without the blanks and dashes between. false: it is none, or mistyped. */
bool gift_card_code_read(struct bytes text, char code[GIFT_CARD_CODE_TEXT]);
/* Would anybody try this first? One digit again and again, or digits that count up or down by the same step; without the check digits. */
bool gift_card_code_guessable(const char *code);
/* A code of 20 digits out of 16 bytes that nobody can guess; 9 comes first, which no payment card's number does. */
void gift_card_code_make(const uint8_t bytes[16], char code[GIFT_CARD_CODE_TEXT]);

/* A paper for what was done to a card. It does not have the code: whoever prints it puts that below. */
struct gift_card_paper {
    const struct gift_card_state *card; /* as it is now */
    enum gift_card_kind kind;           /* issued, topped up, undone, moved here */
    enum account_means means;           /* but of what was moved */
    int64_t amount_minor, entry_number;
    uint32_t till_number, from_number; /* of what was moved: the card before */
    struct bytes reference, reason;    /* empty: none */
    struct instant at;
};
struct receipt gift_card_receipt(const struct gift_card_paper *paper, const struct shop *shop, const struct zone *zone,
                                 struct arena *arena);

/* The same paper with the code of a new card, to be read and to be scanned: for eyes and paper, and for no disk. In the arena. */
struct receipt gift_card_receipt_with_code(const struct receipt *receipt, const char *code, struct arena *arena);

/* An entry on a statement. */
struct gift_card_line {
    int64_t number, amount_minor, balance_minor;
    enum gift_card_kind kind;
    struct instant at;
    const char *receipt_number; /* of a sale or refund; NULL: none */
    enum account_means means;   /* of a payment */
    uint32_t other_number;      /* of a move */
};
/* The newest entries, in the order in which they came, and what they leave; lines: the newest first. heir: the number of the
 * card that has its money; 0: none. */
struct receipt gift_card_statement(const struct gift_card_state *card, uint32_t heir,
                                   const struct gift_card_line *lines, size_t count, const struct shop *shop,
                                   const struct zone *zone, struct instant now, struct arena *arena);

#endif
