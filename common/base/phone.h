/* Contact keys as they are compared: two ways to write one number or address give the same bytes. Pure. */
#ifndef CAROLINE_BASE_PHONE_H
#define CAROLINE_BASE_PHONE_H

#include <stdbool.h>

#include "common/base/arena.h"
#include "common/base/bytes.h"

/* "+4930123456" or "030123456": digits, a leading + kept, "00" before it read as +, blanks and ( ) - . / dropped; 4 to
 * 15 digits (E.164's most). A number without + stays as dialled; phone_international() knows its country. NULL: no phone
 * number. In the arena. */
char *phone_normalise(struct arena *arena, struct bytes phone);

/* One @, something before it, a name with a dot behind it; ASCII letters of the name lower-cased, and so are those
 * before the @: no provider that people use tells them apart. NULL: no address. In the arena. */
char *email_normalise(struct arena *arena, struct bytes email);

#define CARD_MIN 4
#define CARD_MAX 64
/* What a card's code says: blanks dropped, letters upper-cased; 4 to 64 of ASCII's letters, digits and signs, which are those of EAN and
 * UPC, ITF, Codabar, Code 39 and 93, of Code 128 but for its control characters, and of all two-dimensional codes that say a number.
 * NULL for others: who scans a card and who types it have to come to the same. */
char *card_normalise(struct arena *arena, struct bytes card);

/* The prefixes of 2 to 8 folded letters of each word of a name, each once: what a search by name may begin with.
 * *prefixes is an array in the arena; returns their count. A word of one letter gives none. */
#define NAME_PREFIX_MIN 2
#define NAME_PREFIX_MAX 8
size_t name_prefixes(struct arena *arena, struct bytes name, struct bytes **prefixes);
/* The same words as a search has them, each cut to at most 8 letters; those below 2 letters are left out.
 * The longest comes first, for fewest names have it. */
size_t name_search_words(struct arena *arena, struct bytes name, struct bytes **searched);
/* Does each word searched for, whole, begin one of the name's? */
bool name_matches(struct arena *arena, struct bytes name, struct bytes search);

#endif
