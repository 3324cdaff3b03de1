/* The forms of VAT identification numbers, as the member states give them out. Source: the European Commission's VIES, "VAT
 * identification number structure"; XI is Northern Ireland. Of other countries no form is known here. */
#ifndef CAROLINE_RULES_VAT_ID_H
#define CAROLINE_RULES_VAT_ID_H

#include "common/base/arena.h"
#include "common/base/bytes.h"

enum vat_id_verdict {
    VAT_ID_OTHER, /* it does not begin as one of these countries' does: taken as it is written */
    VAT_ID_OK,
    VAT_ID_BAD, /* it begins so, and goes on otherwise */
};

/* text: tidy. *written, in the arena: an OK one in capitals, without blanks, dots and dashes; any other as it came. *form: of a
 * BAD one, what its country's look like: "DE999999999", with 9 for a digit and A for a letter. */
enum vat_id_verdict vat_id_check(const char *text, struct arena *arena, const char **written, const char **form);

#endif
