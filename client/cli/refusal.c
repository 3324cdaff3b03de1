/* A refusal as somebody reads it who typed a command: about the option they gave, not the message's field. */
#include "client/cli/cli.h"

#include <stdlib.h>
#include <string.h>

#include "client/cli/csv.h"
#include "proto/envelope.pb-c.h"

/* Options whose names are not those of their fields. */
static const struct {
    const char *field, *option;
} renamed[] = {
    { "pin", "new-pin-file" }, { "current_pin", "pin-file" }, { "certificate_request", "again" }, { "text", "comment" }
};

/* "price_minor" of "drafts[0].product.price_minor". */
static char *last_part(struct cli *c, const char *field)
{
    const char *dot = strrchr(field, '.');
    char *part = arena_text(c->arena, dot ? dot + 1 : field);

    part[strcspn(part, "[")] = '\0';
    return part;
}

/* "price" of "price_minor", "tax-class" of "tax_class_id". */
static char *option_of(struct cli *c, const char *field)
{
    static const char *const endings[] = { "_minor", "_milli", "_us", "_id" };
    char *option = arena_text(c->arena, strstr(field, ".nutrition.") ? "nutrition" : last_part(c, field));

    for (size_t i = 0; i < sizeof renamed / sizeof *renamed; i++)
        if (strcmp(option, renamed[i].field) == 0)
            return arena_text(c->arena, renamed[i].option);
    for (size_t i = 0; i < sizeof endings / sizeof *endings; i++) {
        size_t length = strlen(option), ending = strlen(endings[i]);

        if (length > ending && strcmp(option + length - ending, endings[i]) == 0)
            option[length - ending] = '\0';
    }
    for (char *letter = option; *letter; letter++)
        if (*letter == '_')
            *letter = '-';
    return option;
}

static bool was_given(const struct cli *c, const char *option)
{
    for (size_t i = 0; i < c->option_count; i++)
        if (strcmp(c->options[i].name, option) == 0)
            return true;
    return false;
}

static const char *as_typed(const struct cli *c, const char *option)
{
    for (size_t i = 0; i < c->option_count; i++)
        if (strcmp(c->options[i].name, option) == 0 && c->options[i].typed)
            return c->options[i].typed;
    return option;
}

/* Does the verb's help offer it? "--role" is not in "--role-name". */
static bool is_offered(const struct cli *c, const char *option)
{
    const char *at = c->verb->arguments;
    size_t length = strlen(option);

    while ((at = strstr(at, "--"))) {
        at += 2;
        if (strncmp(at, option, length) == 0 && !strchr("-abcdefghijklmnopqrstuvwxyz", at[length]))
            return true;
    }
    return false;
}

/* "--price: ", where an option says it; a field that nobody typed is in the sentence. */
static const char *about(struct cli *c, ProtobufCBinaryData field)
{
    const char *option = option_of(c, text_of(c, field));
    const char *exact = arena_format(c->arena, "%s-id", option);

    if (was_given(c, exact) || (!was_given(c, option) && is_offered(c, exact)))
        option = exact;
    return was_given(c, option) || is_offered(c, option) ? arena_format(c->arena, "--%s: ", as_typed(c, option)) : "";
}

/* What else to do, where the sentence alone leaves one standing there. */
static const char *advice(const struct cli *c, int64_t code)
{
    if (code == CAROLINE__V1__ERROR_CODE__UNSUPPORTED && c->identity->kind == CAROLINE__V1__CLIENT_KIND__CLIENT_KIOSK)
        return "; customers use this machine: run the command on a till or on a console of the office";
    if (code == CAROLINE__V1__ERROR_CODE__UNSUPPORTED)
        return "; is the server older than this program? caroline server show";
    if (code == CAROLINE__V1__ERROR_CODE__CHOOSE_PIN_FIRST)
        return ": caroline staff put --id YOURS --new-pin-file FILE";
    if (code == CAROLINE__V1__ERROR_CODE__APPROVAL_NEEDED && strstr(c->verb->arguments, "--approver ") &&
        !was_given(c, "approver") && !was_given(c, "approver-badge"))
        return ": --approver NAME";
    if (code == CAROLINE__V1__ERROR_CODE__NOT_A_TILL)
        return "; a till has one: run the command in a till's name, --identity DIR";
    return "";
}

/* "put" without one that is named makes another: who meant the one there is learns how that is said. */
static const char *advice_on_taken(struct cli *c, const struct link_answer *answer, ProtobufCBinaryData field)
{
    const char *words = c->verb->words, *put = strstr(words, " put");

    if (answer->code != CAROLINE__V1__ERROR_CODE__NAME_TAKEN || !put || put[4] != '\0' || was_given(c, "id") ||
        c->word_count > 0 || strcmp(last_part(c, text_of(c, field)), "name") != 0)
        return "";
    if (strcmp(words, "account put") == 0)
        return "; to change it, name it by its number: caroline account put N ...; caroline account list shows which";
    return arena_format(c->arena, "; to change it, name it by --id N: caroline %.*s list shows which",
                        (int)(put - words), strcmp(words, "role put") == 0 ? "staff" : words);
}

/* "goods.csv:7: price: ": of several rows the field says which, as drafts[5].product.price_minor. NULL: it is about an
 * option all the same. */
static const char *about_row(struct cli *c, ProtobufCBinaryData field)
{
    static const char *const lists[] = { "drafts[", "moves[", "rates[" }; /* an item a row */
    const char *text = text_of(c, field);
    char *column = option_of(c, text);
    size_t row = c->row;
    bool of_row = false;

    for (size_t i = 0; i < sizeof lists / sizeof *lists; i++) {
        const char *list = strstr(text, lists[i]);
        if (list)
            row += strtoul(list + strlen(lists[i]), NULL, 10);
        of_row = of_row || list;
    }
    if (!of_row && is_offered(c, column))
        return NULL;
    if (row >= c->file->row_count)
        row = c->row;
    for (char *letter = column; *letter; letter++)
        if (*letter == '-')
            *letter = '_';
    if (!csv_value(c->file, row, column))
        return arena_format(c->arena, "%s:%zu: ", c->file->path, c->file->lines[row]);
    return arena_format(c->arena, "%s:%zu: %s: ", c->file->path, c->file->lines[row], column);
}

int complain_refused(struct cli *c, const struct link_answer *answer)
{
    const ProtobufCEnumValue *code =
        protobuf_c_enum_descriptor_get_value(&caroline__v1__error_code__descriptor, (int)answer->code);
    ProtobufCBinaryData field = { 0 };
    const char *where;

    if (answer->error->has_field)
        field = answer->error->field;
    if (c->file && c->row < c->file->row_count)
        where = about_row(c, field);
    else
        where = NULL;
    if (!where)
        where = field.len > 0 ? about(c, field) : "";
    return complain(EXIT_REFUSED, "%s%s%s%s (%s)", where, answer->sentence, advice(c, answer->code),
                    advice_on_taken(c, answer, field), code ? code->name : "unknown code");
}
