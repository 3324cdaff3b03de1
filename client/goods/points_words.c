/* How points came or went: a table by kind. */
#include "client/goods/points_words.h"

#include <stddef.h>
#include <stdio.h>

#include "common/rules/points.h"

const char *points_kind_words(uint32_t kind)
{
    static const char *const words[] = {
        [POINTS_SIGN_UP] = "for joining",
        [POINTS_EARNED] = "earned",
        [POINTS_BIRTHDAY] = "birthday",
        [POINTS_SPENT] = "spent",
        [POINTS_GIVEN_BACK] = "given back",
        [POINTS_TAKEN_BACK] = "taken off again",
        [POINTS_EXPIRED] = "expired",
        [POINTS_ADJUSTED] = "put right",
        [POINTS_OPENING] = "from the old shop",
        [POINTS_REFERRER] = "a friend came",
        [POINTS_FRIEND] = "you came by a friend",
        [POINTS_GONE] = "expired before the return",
        [POINTS_VISITED] = "birthday",
    };

    return kind < sizeof words / sizeof *words && words[kind] != NULL ? words[kind] : "other";
}

char *points_text(char text[NUMBER_TEXT], int64_t points)
{
    const char *owes = points < 0 ? "owes " : "";
    long long count = points < 0 ? -(long long)points : (long long)points;

    snprintf(text, NUMBER_TEXT, "%s%lld point%s", owes, count, count == 1 ? "" : "s");
    return text;
}
