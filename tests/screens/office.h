/* The office's console with a bakery and a link that the test answers: keys go in, screens come out. */
#ifndef CAROLINE_TESTS_SCREENS_OFFICE_H
#define CAROLINE_TESTS_SCREENS_OFFICE_H

#include "client/admin/admin.h"
#include "bakery.h"
#include "golden.h"
#include "scripted_link.h"

struct office {
    struct admin admin;
    struct link *link;
    struct catalogue *catalogue;
    int64_t now_us;
};

/* The console is up, nobody has signed in. The croissant has 4.46 of 5, by 12. */
void office_open(struct office *o);
void office_close(struct office *o);
/* Cara signs in. */
void office_sign_in(struct office *o);
/* As a person: all the keys of one call at once, then a pause. */
void office_type(struct office *o, const char *keys);
/* Key by key: longer than a scan may be taken for. */
void office_spell(struct office *o, const char *text);
void office_scan(struct office *o, const char *code);
/* So much time goes by, and nobody touches it. */
void office_waits(struct office *o, int64_t us);
/* A review of it was accepted, or hidden, somewhere. */
void office_rates(struct office *o, uint64_t version, int64_t product_id, uint32_t hundredths, uint32_t count);
void office_sees(struct office *o, const char *text);
void office_sees_not(struct office *o, const char *text);
/* Compares the screen at 80x24 and at 120x40 with golden/office-NAME-80x24.txt and golden/office-NAME-120x40.txt. */
void office_golden(struct office *o, const char *name);

#endif
