/* What people typed into a request, and what it changes. */
#include "server/service/typed.h"

#include <stdio.h>
#include <string.h>

#include "common/base/text.h"
#include "server/service/message.h"

enum step typed_text(struct call *c, const char *path, const char *field, ProtobufCBinaryData given, size_t max,
                     const char **text)
{
    const char *tidy = text_tidy(c->txn.arena, field_bytes(given));

    if (text_secret(bytes_of_text(tidy)))
        return refuse_field(c, REFUSAL(NO_SECRET_WANTED), arena_format(c->txn.arena, "%s%s", path, field), "%s",
                            text_secret(bytes_of_text(tidy)));
    if (text_length(bytes_of_text(tidy)) > max)
        return refuse_field(c, REFUSAL(BAD_FIELD), arena_format(c->txn.arena, "%s%s", path, field),
                            "at most %zu characters", max);
    *text = tidy;
    return STEP_NEXT;
}

enum step typed_name(struct call *c, const char *path, const char *field, ProtobufCBinaryData given, size_t max,
                     const char **text)
{
    enum step step = typed_text(c, path, field, given, max, text);

    if (step == STEP_NEXT && text_is_blank(bytes_of_text(*text)))
        return refuse_field(c, REFUSAL(BAD_FIELD), arena_format(c->txn.arena, "%s%s", path, field), "it needs a name");
    return step;
}

bool same_name(struct call *c, const char *a, const char *b)
{
    return strcmp(text_fold(c->txn.arena, bytes_of_text(a)), text_fold(c->txn.arena, bytes_of_text(b))) == 0;
}

bool changes_text(struct call *c, int64_t object, const char *field, bool made, const char *before, const char *after)
{
    if (!made && strcmp(before, after) == 0)
        return false;
    journal_change(c, object, field, made ? NULL : before, after);
    return true;
}

bool changes_number(struct call *c, int64_t object, const char *field, bool made, int64_t before, int64_t after)
{
    char old[24], new[24];

    if (!made && before == after)
        return false;
    snprintf(old, sizeof old, "%lld", (long long)before);
    snprintf(new, sizeof new, "%lld", (long long)after);
    journal_change(c, object, field, made ? NULL : old, new);
    return true;
}

bool changes_flag(struct call *c, int64_t object, const char *field, bool made, bool before, bool after)
{
    return changes_text(c, object, field, made, before ? "true" : "false", after ? "true" : "false");
}
