/* Who a copy of everything is about, which another shop made for them (`member export --json`), becomes a member here: what they
 * said of themselves. What the copy tells beside that are that shop's books, and no file makes points or sales here. */
#include <inttypes.h>
#include <jansson.h>
#include <stdio.h>
#include <string.h>

#include "client/cli/cli.h"
#include "proto/envelope.pb-c.h"
#include "proto/member.pb-c.h"

#define OP(name)  CAROLINE__V1__OP__OP_##name
#define ALLERGENS 14

/* In the order in which a copy has them. */
static const char *const said[] = { "name", "phone", "email", "birthday", "card", "language" };

static bool take_text(struct cli *c, Caroline__V1__Member *member, const char *field, const json_t *of)
{
    const json_t *value = json_object_get(of, field);
    const char *problem;

    return value == NULL || (json_is_string(value) && strlen(json_string_value(value)) == json_string_length(value) &&
                             message_set(c, &member->base, field, json_string_value(value), &problem) == FIELD_SET);
}

static bool take_avoids(struct cli *c, Caroline__V1__Member *member, const json_t *of)
{
    const json_t *values = json_object_get(of, "avoids");
    size_t count = json_array_size(values);

    if (count > ALLERGENS)
        return false;
    member->avoids = arena_alloc(c->arena, (count + 1) * sizeof(*member->avoids));
    for (size_t i = 0; i < count; i++) {
        json_int_t number = json_integer_value(json_array_get(values, i)); /* 0: it is none */

        if (number < 1 || number > ALLERGENS)
            return false;
        member->avoids[member->n_avoids++] = (uint32_t)number;
    }
    return true;
}

/* The first page tells of the person. */
static const json_t *person_of(const json_t *copy)
{
    const json_t *page = json_object_get(json_array_get(json_object_get(copy, "pages"), 0), "page");

    return json_integer_value(json_object_get(copy, "caroline_export")) == 1 ? json_object_get(page, "member") : NULL;
}

static bool take(struct cli *c, Caroline__V1__Member *member, const json_t *of, bool with_avoids)
{
    for (size_t i = 0; i < sizeof(said) / sizeof(*said); i++)
        if (!take_text(c, member, said[i], of))
            return false;
    return !with_avoids || take_avoids(c, member, of);
}

int verb_member_bring(struct cli *c)
{
    Caroline__V1__MemberCreate request = CAROLINE__V1__MEMBER_CREATE__INIT;
    const bool with_avoids = option_given(c, "with-avoids");
    json_error_t error;
    int status = EXIT_DONE;

    if (c->word_count != 1)
        return usage(c, "name one file: the copy that their other shop gave them");
    if (!options_all_used(c))
        return EXIT_USAGE;
    json_t *copy = json_load_file(c->words[0], JSON_REJECT_DUPLICATES, &error);
    if (copy == NULL)
        return complain(EXIT_FAULT, "%s: %s", c->words[0],
                        error.line < 0 ? "it cannot be read" : "it is no copy: no JSON");
    request.member = (void *)message_make(&caroline__v1__member__descriptor, c->arena);
    const json_t *of = person_of(copy);
    bool taken = of != NULL && take(c, request.member, of, with_avoids);
    json_decref(copy);
    if (!taken)
        return complain(EXIT_FAULT, "%s: it is no copy of a member's, whole and as it was made", c->words[0]);
    const Caroline__V1__MemberDone *made = (const void *)call_server(c, OP(MEMBER_CREATE), &request.base, &status);
    if (!made)
        return status;
    if (c->json)
        print_message(c, &made->base);
    else
        printf("member %" PRIu64 " is made; points, agreements and sales stay with the shop they come from\n",
               made->id);
    return EXIT_DONE;
}
