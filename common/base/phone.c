/* Normalising phone numbers, e-mail addresses, card codes and names for blind indexes. */
#include "common/base/phone.h"

#include <string.h>

#include "common/base/text.h"

#define PHONE_DIGITS_MIN 4
#define PHONE_DIGITS_MAX 15
#define EMAIL_MAX        254
#define EMAIL_LOCAL_MAX  64

static bool is_digit(uint8_t c)
{
    return c >= '0' && c <= '9';
}

static bool is_letter(uint8_t c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

char *phone_normalise(struct arena *arena, struct bytes phone)
{
    char digits[PHONE_DIGITS_MAX + 3];
    size_t count = 0;
    bool plus = false;

    for (size_t i = 0; i < phone.size; i++) {
        uint8_t c = phone.data[i];
        if (is_digit(c)) {
            if (count == PHONE_DIGITS_MAX + 2) /* two more, for a "00" in front */
                return NULL;
            digits[count++] = (char)c;
        } else if (c == '+' && !plus && count == 0) {
            plus = true;
        } else if (c != ' ' && c != '(' && c != ')' && c != '-' && c != '.' && c != '/') {
            return NULL;
        }
    }
    const char *from = digits;
    if (!plus && count > 2 && digits[0] == '0' && digits[1] == '0') {
        plus = true;
        from += 2;
        count -= 2;
    }
    if (count < PHONE_DIGITS_MIN || count > PHONE_DIGITS_MAX || (plus && *from == '0'))
        return NULL;
    return arena_format(arena, "%s%.*s", plus ? "+" : "", (int)count, from);
}

/* A host name: labels of letters, digits and dashes (or beyond ASCII), parted by single dots, two of them at least. */
static bool is_domain(const uint8_t *name, size_t size)
{
    size_t label = 0, dots = 0;
    for (size_t i = 0; i < size; i++) {
        uint8_t c = name[i];
        if (c == '.') {
            if (label == 0 || name[i - 1] == '-')
                return false;
            dots++;
            label = 0;
        } else if (is_letter(c) || is_digit(c) || c >= 0x80 || (c == '-' && label > 0)) {
            label++;
        } else {
            return false;
        }
    }
    return dots > 0 && label > 0 && name[size - 1] != '-';
}

char *email_normalise(struct arena *arena, struct bytes email)
{
    while (email.size && email.data[0] == ' ') {
        email.data++;
        email.size--;
    }
    while (email.size && email.data[email.size - 1] == ' ')
        email.size--;
    if (email.size == 0 || email.size > EMAIL_MAX)
        return NULL;

    const uint8_t *at = memchr(email.data, '@', email.size);
    if (!at)
        return NULL;
    size_t before = (size_t)(at - email.data), behind = email.size - before - 1;
    if (before == 0 || before > EMAIL_LOCAL_MAX || !is_domain(at + 1, behind))
        return NULL;
    for (size_t i = 0; i < before; i++)
        if (email.data[i] <= ' ' || email.data[i] == 0x7f || strchr("()<>[]:;\\,\"", email.data[i]))
            return NULL;

    char *text = arena_alloc(arena, email.size + 1);
    for (size_t i = 0; i < email.size; i++) {
        uint8_t c = email.data[i];
        text[i] = (char)(c >= 'A' && c <= 'Z' ? c - 'A' + 'a' : c);
    }
    return text;
}

char *card_normalise(struct arena *arena, struct bytes card)
{
    char text[CARD_MAX];
    size_t count = 0;
    for (size_t i = 0; i < card.size; i++) {
        uint8_t c = card.data[i];
        if (c == ' ')
            continue;
        if (count == CARD_MAX || c < '!' || c > '~')
            return NULL;
        text[count++] = (char)(c >= 'a' && c <= 'z' ? c - 'a' + 'A' : c);
    }
    return count < CARD_MIN ? NULL : arena_format(arena, "%.*s", (int)count, text);
}

/* Where the character behind `at` begins. */
static size_t character_end(const char *word, size_t at)
{
    do
        at++;
    while (((unsigned char)word[at] & 0xc0) == 0x80);
    return at;
}

static bool is_among(const struct bytes *views, size_t count, struct bytes view)
{
    for (size_t i = 0; i < count; i++)
        if (bytes_equal(views[i], view))
            return true;
    return false;
}

size_t name_prefixes(struct arena *arena, struct bytes name, struct bytes **prefixes)
{
    char **words;
    size_t word_count = text_words(arena, name, &words), count = 0;
    *prefixes = arena_array(arena, word_count * (NAME_PREFIX_MAX - NAME_PREFIX_MIN + 1) + 1, sizeof **prefixes);

    for (size_t i = 0; i < word_count; i++) {
        size_t at = 0;
        for (size_t letters = 1; letters <= NAME_PREFIX_MAX && words[i][at]; letters++) {
            at = character_end(words[i], at);
            struct bytes prefix = bytes_of(words[i], at);
            if (letters >= NAME_PREFIX_MIN && !is_among(*prefixes, count, prefix))
                (*prefixes)[count++] = prefix;
        }
    }
    return count;
}

size_t name_search_words(struct arena *arena, struct bytes name, struct bytes **searched)
{
    char **words;
    size_t word_count = text_words(arena, name, &words), count = 0;
    *searched = arena_array(arena, word_count + 1, sizeof **searched);

    for (size_t i = 0; i < word_count; i++) {
        size_t at = 0, letters = 0;
        while (letters < NAME_PREFIX_MAX && words[i][at]) {
            at = character_end(words[i], at);
            letters++;
        }
        struct bytes word = bytes_of(words[i], at);
        if (letters >= NAME_PREFIX_MIN && !is_among(*searched, count, word))
            (*searched)[count++] = word;
    }
    for (size_t i = 1; i < count; i++) {
        struct bytes first = (*searched)[0];
        if ((*searched)[i].size > first.size) {
            (*searched)[0] = (*searched)[i];
            (*searched)[i] = first;
        }
    }
    return count;
}

bool name_matches(struct arena *arena, struct bytes name, struct bytes search)
{
    char **words, **searched;
    size_t word_count = text_words(arena, name, &words), searched_count = text_words(arena, search, &searched);

    for (size_t i = 0; i < searched_count; i++) {
        bool begins = false;
        for (size_t j = 0; j < word_count && !begins; j++)
            begins = !strncmp(words[j], searched[i], strlen(searched[i]));
        if (!begins)
            return false;
    }
    return true;
}
