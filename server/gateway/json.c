/* What a gateway answers, read strictly. */
#include "server/gateway/json.h"

#include <string.h>

/* jansson goes 2,048 deep, and makes a thing of each value, however many two bytes each are; nothing that we ask for is deeper than a
 * few, or so long. */
static bool is_small(struct bytes bytes)
{
    int depth = 0, values = 0;
    bool quoted = false;

    for (size_t i = 0; i < bytes.size; i++) {
        uint8_t c = bytes.data[i];

        if (quoted && c == '\\')
            i++;
        else if (c == '"')
            quoted = !quoted;
        else if (!quoted && (c == '{' || c == '['))
            depth++;
        else if (!quoted && (c == '}' || c == ']'))
            depth--;
        if (!quoted && (c == '{' || c == '[' || c == ','))
            values++;
        if (depth > JSON_DEPTH_MAX || values > JSON_VALUES_MAX)
            return false;
    }
    return true;
}

json_t *json_read(struct bytes bytes)
{
    json_error_t error;

    if (bytes.size == 0 || !is_small(bytes))
        return NULL;
    json_t *read = json_loadb((const char *)bytes.data, bytes.size, JSON_REJECT_DUPLICATES, &error);
    if (json_is_object(read))
        return read;
    json_decref(read);
    return NULL;
}

bool json_text(const json_t *object, const char *name, char *to, size_t size)
{
    const json_t *value = json_object_get(object, name);
    const char *text = json_string_value(value);
    size_t length = json_string_length(value);

    if (!text || length == 0 || length >= size)
        return false;
    for (size_t i = 0; i < length; i++)
        if ((unsigned char)text[i] < ' ' || text[i] == 0x7F)
            return false;
    memcpy(to, text, length);
    to[length] = '\0';
    return true;
}

bool json_number(const json_t *object, const char *name, int64_t *number)
{
    const json_t *value = json_object_get(object, name);

    if (!json_is_integer(value))
        return false;
    *number = json_integer_value(value);
    return true;
}

bool json_is(const json_t *object, const char *name, const char *text)
{
    const char *value = json_string_value(json_object_get(object, name));

    return value && strcmp(value, text) == 0;
}

bool json_flag(const json_t *object, const char *name)
{
    return json_is_true(json_object_get(object, name));
}
