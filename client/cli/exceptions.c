/* What was noted of sales when they were booked, in sentences. */
#include <inttypes.h>
#include <stdio.h>

#include "client/cli/cli.h"
#include "common/base/number.h"
#include "common/rules/member_card.h"
#include "proto/envelope.pb-c.h"
#include "proto/sale.pb-c.h"

#define OP(name) CAROLINE__V1__OP__OP_##name

static const char *money(const struct cli *c, int64_t minor)
{
    char text[NUMBER_TEXT];

    return arena_text(c->arena, minor_format(text, minor, currency_exponent(c)));
}

static const char *card_sentence(struct arena *arena, int64_t ends)
{
    char text[MEMBER_CARD_ENDS_TEXT];

    if (member_card_ends_text(ends, text)[0] == '\0')
        return "nobody has the member's card that was noted";
    return arena_format(arena, "nobody has the member's card that was noted, which ends in %s", text);
}

static const char *sentence_of(const struct cli *c, const Caroline__V1__SaleException *e)
{
    struct arena *arena = c->arena;

    switch ((int)e->kind) {
    case CAROLINE__V1__SALE_EXCEPTION_KIND__EXCEPTION_OVERSOLD:
        return "the shelf held less";
    case CAROLINE__V1__SALE_EXCEPTION_KIND__EXCEPTION_OTHER_SHIFT:
        return "made in another shift than it counts in";
    case CAROLINE__V1__SALE_EXCEPTION_KIND__EXCEPTION_PRICE_CHANGED:
        return arena_format(arena, "sold for %s, and cost %s when it was booked", money(c, e->said),
                            money(c, e->found));
    case CAROLINE__V1__SALE_EXCEPTION_KIND__EXCEPTION_TOTAL_DIFFERS:
        return arena_format(arena, "%s was printed, and its prices come to %s", money(c, e->said), money(c, e->found));
    case CAROLINE__V1__SALE_EXCEPTION_KIND__EXCEPTION_MEMBER_GONE:
        return e->said != 0 ? arena_format(arena, "member %" PRId64 " is gone", e->said)
                            : card_sentence(arena, e->found);
    case CAROLINE__V1__SALE_EXCEPTION_KIND__EXCEPTION_VERSION_UNKNOWN:
        return "nobody knows the catalogue that it was sold by";
    case CAROLINE__V1__SALE_EXCEPTION_KIND__EXCEPTION_PRODUCT_GONE:
        return "the product was no longer sold when it was booked";
    case CAROLINE__V1__SALE_EXCEPTION_KIND__EXCEPTION_DISCOUNT:
        return "a discount beyond the person's right";
    case CAROLINE__V1__SALE_EXCEPTION_KIND__EXCEPTION_TIME:
        return arena_format(arena, "the till said %s, which cannot be", time_of(c, e->said));
    case CAROLINE__V1__SALE_EXCEPTION_KIND__EXCEPTION_SHIFT_UNKNOWN:
        return "made in a shift that the till never had";
    case CAROLINE__V1__SALE_EXCEPTION_KIND__EXCEPTION_PERSON_UNKNOWN:
        return arena_format(arena, "sold by person %" PRId64 ", whom nobody knows", e->said);
    case CAROLINE__V1__SALE_EXCEPTION_KIND__EXCEPTION_BROUGHT:
        return "brought by another machine, out of the till's spool";
    case CAROLINE__V1__SALE_EXCEPTION_KIND__EXCEPTION_DEPOSIT:
        return arena_format(arena, "the deposit of line %" PRId64 " is another in its catalogue", e->said + 1);
    case CAROLINE__V1__SALE_EXCEPTION_KIND__EXCEPTION_ALLERGEN:
        return "it has something that the member avoids, and nobody says that they were told";
    case CAROLINE__V1__SALE_EXCEPTION_KIND__EXCEPTION_FREE_REFUND:
        return "given back without a receipt";
    default:
        return arena_format(arena, "something that this program does not know (%d)", (int)e->kind);
    }
}

static void print_excepted(struct cli *c, const Caroline__V1__ExceptedSale *sale)
{
    printf("%-12s %s %10s\n", text_of(c, sale->receipt_number), time_of(c, (int64_t)sale->made_us),
           money(c, sale->total_minor));
    for (size_t i = 0; i < sale->n_exceptions; i++) {
        const Caroline__V1__SaleException *e = sale->exceptions[i];

        if (e->has_line)
            printf("             line %" PRIu32 ": %s\n", e->line + 1, sentence_of(c, e));
        else
            printf("             %s\n", sentence_of(c, e));
    }
}

int verb_exceptions(struct cli *c)
{
    Caroline__V1__SaleExceptionList request = CAROLINE__V1__SALE_EXCEPTION_LIST__INIT;
    size_t count = 0;
    int status;

    if (!options_all_used(c) || c->word_count > 0)
        return usage(c, "this lists all there are, and wants nothing");
    for (bool more = true; more;) {
        const Caroline__V1__SaleExceptionListed *listed =
            (const void *)call_server(c, OP(SALE_EXCEPTION_LIST), &request.base, &status);
        if (!listed)
            return status;
        for (size_t i = 0; i < listed->n_sales; i++, count++) {
            if (c->json)
                print_message(c, &listed->sales[i]->base);
            else
                print_excepted(c, listed->sales[i]);
            request.has_before_id = true;
            request.before_id = listed->sales[i]->id;
        }
        more = listed->more && listed->n_sales > 0;
    }
    if (!c->json && count == 0)
        puts("nothing was noted of any sale");
    return EXIT_DONE;
}
