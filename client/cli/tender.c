/* Means of payment: listed, and made of a file. */
#include "client/cli/cli.h"

#include <stdio.h>
#include <string.h>

#include "client/cli/csv.h"
#include "proto/catalogue.pb-c.h"
#include "proto/envelope.pb-c.h"

int verb_tender_list(struct cli *c)
{
    int status;

    if (!options_all_used(c))
        return EXIT_USAGE;
    const Caroline__V1__ProductListed *listed = (const void *)catalogue_lists(c, &status);
    if (listed)
        print_messages(c, (ProtobufCMessage *const *)listed->tender_types, listed->n_tender_types);
    return status;
}

/* A row as a means of payment: the one of its name, if there is one, or a new one. What is empty stays as it is. */
static int type_of(struct cli *c, const struct csv_file *file, size_t row, Caroline__V1__TenderType *type)
{
    const char *name = csv_value(file, row, "name"), *problem;

    if (!name || *name == '\0')
        return complain(EXIT_REFUSED, "%s:%zu: no name", file->path, file->lines[row]);
    type->has_id = name_to_id(c, "tender_type_id", name, &type->id, &problem);
    for (size_t i = 0; i < file->column_count; i++) {
        const char *column = file->columns[i], *value = file->rows[row][i];

        if (*value == '\0')
            continue;
        switch (message_set(c, &type->base, column, value, &problem)) {
        case FIELD_SET:
            break;
        case FIELD_NONE:
            return complain(EXIT_REFUSED, "%s:1: a means of payment has no '%s'", file->path, column);
        case FIELD_BAD:
            return complain(EXIT_REFUSED, "%s:%zu: %s wants %s, not '%s'", file->path, file->lines[row], column,
                            problem, value);
        case FIELD_UNKNOWN:
            return complain(c->unknown, "%s:%zu: %s: %s", file->path, file->lines[row], column, problem);
        }
    }
    return EXIT_DONE;
}

int verb_tender_import(struct cli *c)
{
    struct csv_file file;
    const char *problem;
    int status = EXIT_DONE;

    if (!options_all_used(c) || c->word_count != 1)
        return usage(c, "name one file");
    if (!csv_read(c->words[0], c->arena, &file, &problem))
        return complain(EXIT_FAULT, "%s", problem);
    for (size_t row = 0; row < file.row_count; row++) {
        Caroline__V1__TenderTypePut request = CAROLINE__V1__TENDER_TYPE_PUT__INIT;
        Caroline__V1__TenderType type = CAROLINE__V1__TENDER_TYPE__INIT;

        if ((status = type_of(c, &file, row, &type)) != EXIT_DONE)
            return status;
        request.tender_type = &type;
        c->file = &file;
        c->row = row;
        if (!call_server(c, CAROLINE__V1__OP__OP_TENDER_TYPE_PUT, &request.base, &status))
            return status;
    }
    if (!c->json)
        printf("%zu means of payment imported\n", file.row_count);
    return EXIT_DONE;
}
