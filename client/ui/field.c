/* One line of text being typed. */
#include "client/ui/field.h"

#include <assert.h>
#include <string.h>

#include "common/base/text.h"

void field_init(struct field *field, enum field_kind kind, size_t characters_max)
{
    memset(field, 0, sizeof(*field));
    field->kind = kind;
    field->characters_max = characters_max;
}

void field_wipe(struct field *field)
{
    explicit_bzero(field->text, sizeof(field->text));
    field->size = field->cursor = 0;
    field->was_card = field->replaceable = false;
}

void field_replaceable(struct field *field)
{
    field->replaceable = field->size > 0;
    field->cursor = field->size;
}

bool field_is_empty(const struct field *field)
{
    return field->size == 0;
}

static bool fits(const struct field *field, size_t size)
{
    if (field->size + size >= FIELD_SIZE)
        return false;
    return field->characters_max == 0 || text_length(bytes_of(field->text, field->size)) < field->characters_max;
}

static bool of_kind(const struct field *field, const char *character)
{
    bool digit = character[0] >= '0' && character[0] <= '9';

    switch (field->kind) {
    case FIELD_NUMBER:
        return digit || (strchr(".,", character[0]) != NULL && strpbrk(field->text, ".,") == NULL);
    case FIELD_AMOUNT:
        return digit || (character[0] == '-' && field->cursor == 0 && strchr(field->text, '-') == NULL) ||
               (strchr(".,", character[0]) != NULL && strpbrk(field->text, ".,") == NULL);
    case FIELD_SECRET:
        return digit;
    case FIELD_PASSWORD:
    case FIELD_TEXT:
        break;
    }
    return true;
}

static bool insert(struct field *field, const char *character)
{
    size_t size = strlen(character);

    if (!of_kind(field, character) || !fits(field, size))
        return false;
    memmove(field->text + field->cursor + size, field->text + field->cursor, field->size - field->cursor + 1);
    memcpy(field->text + field->cursor, character, size);
    field->size += size;
    field->cursor += size;
    return true;
}

void field_set(struct field *field, const char *text)
{
    field_wipe(field);
    struct bytes rest = bytes_of_text(text);
    struct input input;
    while (rest.size > 0) {
        size_t size = input_decode(rest, true, &input);
        assert(size > 0 && size <= rest.size);
        if (input.kind == INPUT_CHARACTER)
            insert(field, input.text);
        rest = bytes_of(rest.data + size, rest.size - size);
    }
}

static bool is_continuation(char byte)
{
    return ((unsigned char)byte & 0xc0) == 0x80;
}

static size_t before(const struct field *field, size_t at)
{
    if (at > 0)
        at--;
    while (at > 0 && is_continuation(field->text[at]))
        at--;
    return at;
}

static size_t after(const struct field *field, size_t at)
{
    if (at < field->size)
        at++;
    while (at < field->size && is_continuation(field->text[at]))
        at++;
    return at;
}

/* A key more or a key less: what is left may be a card's number. */
static enum field_verdict changed(struct field *field)
{
    if (!text_has_card_number(bytes_of(field->text, field->size)))
        return FIELD_CHANGED;
    field_wipe(field);
    field->was_card = true;
    return FIELD_CARD;
}

static enum field_verdict cut(struct field *field, size_t from, size_t to)
{
    if (from == to)
        return FIELD_SAME;
    memmove(field->text + from, field->text + to, field->size - to + 1);
    field->size -= to - from;
    field->cursor = from;
    return changed(field);
}

static enum field_verdict move_cursor(struct field *field, size_t to)
{
    field->cursor = to;
    return FIELD_SAME;
}

enum field_verdict field_input(struct field *field, const struct input *input)
{
    if (input->kind == INPUT_CHARACTER) {
        if (!of_kind(field, input->text))
            return FIELD_WRONG;
        if (field->replaceable)
            field_wipe(field);
        field->was_card = false;
        return insert(field, input->text) ? changed(field) : FIELD_FULL;
    }
    if (input->kind != INPUT_KEY)
        return FIELD_NOT_MINE;
    field->replaceable = false;
    switch (input->key) {
    case KEY_LEFT:
        return move_cursor(field, before(field, field->cursor));
    case KEY_RIGHT:
        return move_cursor(field, after(field, field->cursor));
    case KEY_HOME:
        return move_cursor(field, 0);
    case KEY_END:
        return move_cursor(field, field->size);
    case KEY_BACKSPACE:
        return cut(field, before(field, field->cursor), field->cursor);
    case KEY_DC:
        return cut(field, field->cursor, after(field, field->cursor));
    case KEY_CLEAR_ALL:
        if (field->size == 0)
            return FIELD_SAME;
        field_wipe(field);
        return FIELD_CHANGED;
    default:
        return FIELD_NOT_MINE;
    }
}
