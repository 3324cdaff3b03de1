/* A kiosk with a bakery and a link that the test answers, and somebody before it. */
#ifndef CAROLINE_TESTS_SCREENS_VISITOR_H
#define CAROLINE_TESTS_SCREENS_VISITOR_H

#include "bakery.h"
#include "client/kiosk/kiosk.h"
#include "golden.h"
#include "scripted_link.h"

struct visitor {
    struct kiosk kiosk;
    struct link *link;
    struct catalogue *catalogue;
    int64_t now_us;
    int rows, columns; /* of the terminal: 24 and 80 */
};

void visitor_open(struct visitor *v);
void visitor_close(struct visitor *v);
/* Around a test whose state is one. */
int visitor_before(void **state);
int visitor_after(void **state);
/* As a person: each key by itself, a pause behind it. Escape sequences go whole. */
void visitor_type(struct visitor *v, const char *keys);
/* All of it at once. */
void visitor_send(struct visitor *v, const char *bytes);
/* As a scanner, with Enter behind it. */
void visitor_scan(struct visitor *v, const char *code);
/* Where the text stands; fails unless it is there. */
void visitor_click(struct visitor *v, const char *text);
void visitor_waits(struct visitor *v, int64_t us);
void visitor_sees(struct visitor *v, const char *text);
void visitor_sees_not(struct visitor *v, const char *text);
/* Is it anywhere in what is kept of a visitor? */
bool visitor_is_remembered(const struct visitor *v, const char *text);
/* golden/visit-NAME-80x24.txt and -120x40.txt. */
void visitor_golden(struct visitor *v, const char *name);
/* Mia Stone, member 77, signs in by phone and PIN; she avoids nuts. */
void visitor_signs_in(struct visitor *v);
/* With what it gives for a birthday. */
void visitor_signs_in_on(struct visitor *v, int64_t birthday_points);
/* The answer to what is known of her: 230 points, two lots, moves, a coupon, consents. */
void visitor_shown(struct visitor *v);

#endif
