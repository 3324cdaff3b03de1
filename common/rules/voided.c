/* What is kept of a basket that is thrown away. */
#include "common/rules/voided.h"

#include "common/base/number.h"
#include "common/base/text.h"
#include "common/rules/deposit.h"
#include "common/rules/price.h"

enum voided_verdict voided_reason(struct bytes given, struct arena *arena, struct bytes *reason)
{
    *reason = bytes_of_text(text_tidy(arena, given));
    if (text_secret(*reason))
        return VOIDED_SECRET;
    return text_is_blank(*reason) ? VOIDED_NO_REASON : VOIDED_OK;
}

static enum voided_verdict void_line(const struct basket_line *line, const struct catalogue *catalogue,
                                     uint64_t version, struct arena *arena, struct voided_line *voided,
                                     const char **field)
{
    const struct product *product = catalogue_product(catalogue, version, line->product_id);

    *field = "product_id";
    if (product == NULL)
        product = catalogue_product(catalogue, catalogue_newest(catalogue), line->product_id);
    if (product == NULL)
        return VOIDED_UNKNOWN_PRODUCT;
    *field = "quantity_milli";
    if (!basket_quantity_valid(product, line->quantity_milli))
        return VOIDED_BAD_QUANTITY;
    struct priced_line priced = { .product = product, .quantity_milli = line->quantity_milli };
    struct line_choice choice = choice_of_voided(&line->choice, product);
    int64_t unit_minor = choice_unit_minor(&choice, product, catalogue, version);
    priced.apart_minor = unit_minor - product->price_minor;
    if (!price_line(&priced))
        return VOIDED_OVERFLOW;
    *field = "void_reason";
    struct bytes reason = bytes_of_text(text_tidy(arena, line->void_reason));
    if (text_secret(reason))
        return VOIDED_SECRET;
    *voided = (struct voided_line){ .product_id = product->id,
                                    .quantity_milli = line->quantity_milli,
                                    .unit_price_minor = unit_minor,
                                    .gross_minor = priced.gross_minor,
                                    .before = line->voided,
                                    .reason = line->voided && !text_is_blank(reason) ? reason : bytes_of("", 0) };
    return VOIDED_OK;
}

enum voided_verdict voided_basket(const struct basket *basket, struct bytes reason, const struct catalogue *catalogue,
                                  struct instant now, struct arena *arena, struct voided *voided, const char **field)
{
    enum voided_verdict verdict = voided_reason(reason, arena, &voided->reason);
    uint64_t version = basket->catalogue_version;

    *field = "reason";
    if (verdict != VOIDED_OK)
        return verdict;
    *field = "basket.lines";
    if (basket->line_count == 0)
        return VOIDED_NOTHING;
    if (basket->line_count > BASKET_LINES_MAX)
        return VOIDED_TOO_LONG;
    if (catalogue_version_usable(catalogue, version, now.us - VERSION_LIFE_US) != VERSION_OK)
        version = catalogue_newest(catalogue);
    voided->line_count = basket->line_count;
    voided->total_minor = 0;
    voided->lines = arena_array(arena, basket->line_count, sizeof *voided->lines);
    for (size_t i = 0; i < basket->line_count; i++) {
        const char *of_line;

        verdict = void_line(&basket->lines[i], catalogue, version, arena, &voided->lines[i], &of_line);
        if (verdict == VOIDED_OK)
            voided->total_minor += voided->lines[i].gross_minor;
        if (verdict == VOIDED_OK && (voided->total_minor > MINOR_MAX || voided->total_minor < -MINOR_MAX)) {
            verdict = VOIDED_OVERFLOW;
            of_line = "quantity_milli";
        }
        if (verdict != VOIDED_OK) {
            *field = arena_format(arena, "basket.lines[%zu].%s", i, of_line);
            return verdict;
        }
    }
    *field = NULL;
    return VOIDED_OK;
}
