/* A talk with a network printer that speaks ESC/POS: what it is asked, and what its answers mean. Bytes in, words out; no sockets,
 * no clock: time is a value, in milliseconds of any clock that does not go back.
 *
 *   ASKS: how is it? -> well -> PRINTS: the job, and the word behind it -> printed
 *             \-> a complaint            ^  asked again and again how it is  \-> a complaint, deaf
 *
 * DLE EOT is answered at once, whatever the printer is doing: is it well? GS r stands behind the job and is answered when all before
 * it has been carried out: it is the printer's word that the paper is printed, and says nothing of an empty roll. The answers of the two
 * differ in a bit. */
#ifndef CAROLINE_PRINT_PRINTER_TALK_H
#define CAROLINE_PRINT_PRINTER_TALK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "common/base/bytes.h"

#define PRINTER_DIAL_MS   4000 /* to be reached in */
#define PRINTER_ANSWER_MS 2000 /* of the first question */
#define PRINTER_LOOK_MS   500  /* between two looks at how it is, while it prints */

struct printer_talk {
    bool prints;          /* the job, or its beginning, has left */
    bool silenced;        /* the first question told it to say nothing unasked */
    uint8_t how[3];       /* its answers */
    unsigned answered;    /* of the questions asked last */
    unsigned skip;        /* bytes of a status that nobody asked for */
    int64_t heard_ms;     /* when it said something last */
    int64_t written_ms;   /* when all of the job was with it; 0: not yet */
    uint32_t heard_bytes; /* in all */
};

/* What is asked now: three answers are awaited from here on. A view of what never goes. */
struct bytes printer_question(struct printer_talk *talk);
/* What stands behind a job. */
struct bytes printer_word(void);

/* The job's first byte is about to leave; all of it is with the printer. */
void printer_prints(struct printer_talk *talk, int64_t now_ms);
void printer_written(struct printer_talk *talk, int64_t now_ms);

enum printer_said {
    PRINTER_SAID_NOTHING, /* that matters */
    PRINTER_SAID_WELL,    /* all three answers */
    PRINTER_SAID_ILL,     /* likewise: *why, for a person ("no paper") */
    PRINTER_SAID_PRINTED,
    PRINTER_SAID_TOO_MUCH, /* endless bytes: it is no printer */
};
/* The next byte that it said. */
enum printer_said printer_hear(struct printer_talk *talk, uint8_t byte, const char **why);
/* They came at this time. */
void printer_heard(struct printer_talk *talk, int64_t now_ms);

enum printer_look {
    PRINTER_LOOK_ASK,  /* once more how it is */
    PRINTER_LOOK_DONE, /* well, all is with it, and no word for ten seconds: it does not know GS r */
    PRINTER_LOOK_DEAF, /* it says nothing for twenty seconds: it is not there any more */
};
enum printer_look printer_look(const struct printer_talk *talk, int64_t now_ms);

#endif
