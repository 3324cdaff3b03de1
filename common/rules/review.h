/* Reviews: who may write one, what may stand in it, what becomes of it, and the rating that all of a product's come to. */
#ifndef CAROLINE_RULES_REVIEW_H
#define CAROLINE_RULES_REVIEW_H

#include <stdbool.h>
#include <stdint.h>

#define REVIEW_TEXT_MAX   500 /* characters */
#define REVIEW_RATING_MAX 5

/* Numbers as in the tables and in proto/review.proto. */
enum review_state { REVIEW_WAITING = 1, REVIEW_ACCEPTED, REVIEW_HIDDEN };
enum review_reason {
    REVIEW_REASON_NONE,
    REVIEW_OFF_TOPIC,
    REVIEW_OFFENSIVE,
    REVIEW_PERSONAL,
    REVIEW_ADVERTISING,
    REVIEW_UNTRUE,
    REVIEW_ASKED,
    REVIEW_REASON_ERASED, /* by an erasure alone */
};

/* Is there a link or an address in it? "https:", "www.", "a name before a well-known ending", "somebody@somewhere". */
bool review_has_link(const char *text);

/* What was bought of one product by one receipt, and not given back. */
struct review_bought {
    bool by_member;     /* the receipt is theirs, a sale, and has the product */
    int64_t left_milli; /* thousandths that have not come back */
    bool reviewed;      /* by this receipt, already */
    uint32_t rating;
};
enum review_verdict { REVIEW_OK, REVIEW_BAD_RATING, REVIEW_NOT_BOUGHT, REVIEW_GIVEN_BACK, REVIEW_TWICE };
enum review_verdict review_decide(const struct review_bought *bought);

/* A product's accepted reviews, added up. */
struct rating {
    int64_t sum, count;
};
/* 437: 4.37 stars, rounded half up; 0: nobody has rated it. */
uint32_t rating_hundredths(struct rating rating);

struct review_standing {
    enum review_state state;
    enum review_reason reason;
};
/* A moderator's word. false: it stands so already, and keeps its reason. *after: how it stands then; *rating gains or loses its stars
 * where that is the difference. */
bool review_stand(struct review_standing before, enum review_state state, enum review_reason reason, uint32_t stars,
                  struct review_standing *after, struct rating *rating);

#endif
