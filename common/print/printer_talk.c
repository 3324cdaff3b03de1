/* What a network printer is asked and what it says. */
#include "common/print/printer_talk.h"

#define DEAF_MS    20000
#define NO_WORD_MS 10000
#define HEARD_MAX  4096 /* three bytes twice a second are ten minutes */

/* Unasked status off; offline or not, why, and the paper. */
static const uint8_t questions[] = { 0x1D, 'a', 0, 0x10, 0x04, 1, 0x10, 0x04, 2, 0x10, 0x04, 4 };
static const uint8_t word[] = { 0x1D, 'r', 1 };
#define QUIET     3u
#define QUESTIONS 3u

struct bytes printer_question(struct printer_talk *talk)
{
    size_t from = talk->silenced ? QUIET : 0;

    talk->silenced = true;
    talk->answered = 0;
    return bytes_of(questions + from, sizeof questions - from);
}

struct bytes printer_word(void)
{
    return bytes_of(word, sizeof word);
}

void printer_prints(struct printer_talk *talk, int64_t now_ms)
{
    talk->prints = true;
    talk->heard_ms = now_ms;
}

void printer_written(struct printer_talk *talk, int64_t now_ms)
{
    talk->written_ms = now_ms;
}

/* NULL: well. */
static const char *complaint(const uint8_t how[QUESTIONS])
{
    if (how[2] & 0x60 || how[1] & 0x20)
        return "no paper";
    if (how[1] & 0x04)
        return "its cover is open";
    if (how[1] & 0x40)
        return "it reports an error: look at it";
    if (how[0] & 0x08)
        return "it is offline";
    return NULL;
}

enum printer_said printer_hear(struct printer_talk *talk, uint8_t byte, const char **why)
{
    if (++talk->heard_bytes > HEARD_MAX)
        return PRINTER_SAID_TOO_MUCH;
    if (talk->skip > 0) {
        talk->skip--;
    } else if ((byte & 0x93) == 0x10) {
        talk->skip = 3; /* a status that was asked for by somebody before us */
    } else if ((byte & 0x93) == 0x12 && talk->answered < QUESTIONS) {
        talk->how[talk->answered++] = byte;
        if (talk->answered < QUESTIONS)
            return PRINTER_SAID_NOTHING;
        *why = complaint(talk->how);
        return *why ? PRINTER_SAID_ILL : PRINTER_SAID_WELL;
    } else if ((byte & 0x90) == 0 && talk->prints) {
        return PRINTER_SAID_PRINTED;
    }
    return PRINTER_SAID_NOTHING;
}

void printer_heard(struct printer_talk *talk, int64_t now_ms)
{
    talk->heard_ms = now_ms;
}

enum printer_look printer_look(const struct printer_talk *talk, int64_t now_ms)
{
    if (now_ms - talk->heard_ms >= DEAF_MS)
        return PRINTER_LOOK_DEAF;
    /* It has said how it is since: bytes that are with the kernel only are none that it has. */
    if (talk->written_ms != 0 && talk->heard_ms > talk->written_ms && now_ms - talk->written_ms >= NO_WORD_MS)
        return PRINTER_LOOK_DONE;
    return PRINTER_LOOK_ASK;
}
