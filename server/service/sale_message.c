/* A sale in messages: what is asked, what it costs, what was rung up, why not. */
#include "server/service/sale_message.h"

#include "common/base/text.h"
#include "common/rules/sale_bytes.h"
#include "common/rules/sale_receipt.h"
#include "common/wire/frame.h"
#include "server/service/message.h"

#define PAYMENT_MAX 6000 /* bytes of what pays a sale, in its answer and in its entry; and of the envelope */

static const int refusals[SALE_VERDICT_COUNT] = {
    [SALE_NOT_A_TILL] = REFUSAL(NOT_A_TILL),
    [SALE_SHIFT_NOT_OPEN] = REFUSAL(SHIFT_NOT_OPEN),
    [SALE_CATALOGUE_OLD] = REFUSAL(CATALOGUE_OLD),
    [SALE_CATALOGUE_UNKNOWN] = REFUSAL(CATALOGUE_UNKNOWN),
    [SALE_BASKET_EMPTY] = REFUSAL(BASKET_EMPTY),
    [SALE_BASKET_TOO_LONG] = REFUSAL(BASKET_TOO_LONG),
    [SALE_BAD_QUANTITY] = REFUSAL(BAD_QUANTITY),
    [SALE_NO_SECRET_WANTED] = REFUSAL(NO_SECRET_WANTED),
    [SALE_BAD_REASON] = REFUSAL(BAD_REASON),
    [SALE_UNKNOWN_PRODUCT] = REFUSAL(UNKNOWN_PRODUCT),
    [SALE_PRODUCT_INACTIVE] = REFUSAL(PRODUCT_INACTIVE),
    [SALE_PRODUCT_SOLD_OUT] = REFUSAL(PRODUCT_SOLD_OUT),
    [SALE_UNKNOWN_MEMBER] = REFUSAL(UNKNOWN_MEMBER),
    [SALE_REWARD_WITHOUT_MEMBER] = REFUSAL(REWARD_WITHOUT_MEMBER),
    [SALE_REWARD_NOT_APPLICABLE] = REFUSAL(REWARD_NOT_APPLICABLE),
    [SALE_POINTS_SHORT] = REFUSAL(POINTS_SHORT),
    [SALE_STOCK_SHORT] = REFUSAL(STOCK_SHORT),
    [SALE_STOCK_OVERFLOW] = REFUSAL(STOCK_OVERFLOW),
    [SALE_AMOUNT_OVERFLOW] = REFUSAL(AMOUNT_OVERFLOW),
    [SALE_TOTAL_DIFFERS] = REFUSAL(TOTAL_DIFFERS),
    [SALE_BAD_DISCOUNT] = REFUSAL(BAD_DISCOUNT),
    [SALE_APPROVAL_NEEDED] = REFUSAL(APPROVAL_NEEDED),
    [SALE_APPROVAL_UNKNOWN] = REFUSAL(APPROVAL_UNKNOWN),
    [SALE_BAD_TENDER] = REFUSAL(BAD_TENDER),
    [SALE_UNDERPAID] = REFUSAL(UNDERPAID),
    [SALE_OVERPAID] = REFUSAL(OVERPAID),
    [SALE_UNKNOWN_TENDER_TYPE] = REFUSAL(UNKNOWN_TENDER_TYPE),
    [SALE_TENDER_INACTIVE] = REFUSAL(TENDER_INACTIVE),
    [SALE_TENDER_LIMIT] = REFUSAL(TENDER_LIMIT),
    [SALE_TENDER_NOT_ALLOWED] = REFUSAL(TENDER_NOT_ALLOWED),
    [SALE_TENDER_NOT_MEMBER] = REFUSAL(TENDER_NOT_MEMBER),
    [SALE_UNKNOWN_ACCOUNT] = REFUSAL(UNKNOWN_ACCOUNT),
    [SALE_ACCOUNT_BLOCKED] = REFUSAL(ACCOUNT_BLOCKED),
    [SALE_ACCOUNT_LIMIT] = REFUSAL(ACCOUNT_LIMIT),
    [SALE_ACCOUNT_WANTED] = REFUSAL(ACCOUNT_WANTED),
    [SALE_ACCOUNT_OFFLINE] = REFUSAL(ACCOUNT_OFFLINE),
    [SALE_UNKNOWN_GIFT_CARD] = REFUSAL(UNKNOWN_GIFT_CARD),
    [SALE_GIFT_CARD_BLOCKED] = REFUSAL(GIFT_CARD_BLOCKED),
    [SALE_GIFT_CARD_EXPIRED] = REFUSAL(GIFT_CARD_EXPIRED),
    [SALE_GIFT_CARD_MOVED] = REFUSAL(GIFT_CARD_MOVED),
    [SALE_GIFT_CARD_BALANCE] = REFUSAL(GIFT_CARD_BALANCE),
    [SALE_GIFT_CARD_WANTED] = REFUSAL(GIFT_CARD_WANTED),
    [SALE_GIFT_CARD_OFFLINE] = REFUSAL(GIFT_CARD_OFFLINE),
    [SALE_BAD_CLAIM] = REFUSAL(BAD_CLAIM),
    [SALE_UNKNOWN_SALE] = REFUSAL(UNKNOWN_SALE),
    [SALE_ALREADY_REFUNDED] = REFUSAL(ALREADY_REFUNDED),
    [SALE_REFUND_OF_REFUND] = REFUSAL(REFUND_OF_REFUND),
    [SALE_BAD_REFUND_LINE] = REFUSAL(BAD_REFUND_LINE),
    [SALE_REFUND_TOO_MUCH] = REFUSAL(REFUND_TOO_MUCH),
    [SALE_UNKNOWN_OPTION] = REFUSAL(UNKNOWN_OPTION),
    [SALE_OPTION_WANTED] = REFUSAL(OPTION_WANTED),
    [SALE_TOO_MANY_OPTIONS] = REFUSAL(TOO_MANY_OPTIONS),
    [SALE_PRICE_WANTED] = REFUSAL(PRICE_WANTED),
    [SALE_BAD_KEYED_PRICE] = REFUSAL(BAD_KEYED_PRICE),
    [SALE_DEPOSIT_NOT_SHOWN] = REFUSAL(DEPOSIT_NOT_SHOWN),
    [SALE_NOT_A_DEPOSIT] = REFUSAL(NOT_A_DEPOSIT),
    [SALE_DEPOSIT_NOT_REFUNDED] = REFUSAL(DEPOSIT_NOT_REFUNDED),
    [SALE_BAD_DEPOSIT] = REFUSAL(BAD_DEPOSIT),
    [SALE_UNKNOWN_COUPON] = REFUSAL(UNKNOWN_COUPON),
    [SALE_COUPON_USED] = REFUSAL(COUPON_USED),
    [SALE_COUPON_EXPIRED] = REFUSAL(COUPON_EXPIRED),
    [SALE_COUPON_NOT_YET] = REFUSAL(COUPON_NOT_YET),
    [SALE_COUPON_NOT_NOW] = REFUSAL(COUPON_NOT_NOW),
    [SALE_COUPON_STOPPED] = REFUSAL(COUPON_STOPPED),
    [SALE_COUPON_USED_UP] = REFUSAL(COUPON_USED_UP),
    [SALE_COUPON_RETURNED] = REFUSAL(COUPON_RETURNED),
    [SALE_COUPON_MEMBER_WANTED] = REFUSAL(COUPON_MEMBER_WANTED),
    [SALE_COUPON_OTHER_MEMBER] = REFUSAL(COUPON_OTHER_MEMBER),
    [SALE_COUPON_MEMBER_USED] = REFUSAL(COUPON_MEMBER_USED),
    [SALE_COUPON_NOT_FIRST] = REFUSAL(COUPON_NOT_FIRST),
    [SALE_COUPON_BASKET_SMALL] = REFUSAL(COUPON_BASKET_SMALL),
    [SALE_COUPON_NOTHING_FITS] = REFUSAL(COUPON_NOTHING_FITS),
    [SALE_COUPON_STACKING] = REFUSAL(COUPON_STACKING),
    [SALE_COUPON_WANTED] = REFUSAL(COUPON_WANTED),
    [SALE_COUPON_OFFLINE] = REFUSAL(COUPON_OFFLINE),
    [SALE_TOO_LONG] = REFUSAL(TOO_LONG),
    [SALE_ALLERGEN_AVOIDED] = REFUSAL(ALLERGEN_AVOIDED),
    [SALE_ALLERGEN_NOT_HERE] = REFUSAL(ALLERGEN_NOT_HERE),
    [SALE_CARD_CHARGED] = REFUSAL(CARD_CHARGED),
    [SALE_OFFLINE_NUMBER] = REFUSAL(OFFLINE_NUMBER),
    [SALE_OFFLINE_REWARD] = REFUSAL(OFFLINE_REWARD),
    [SALE_OFFLINE_UNSOUND] = REFUSAL(OFFLINE_UNSOUND),
    [SALE_BOOKS_UNSOUND] = REFUSAL(BOOKS_UNSOUND),
    [SALE_RETENDER_OTHER_SHIFT] = REFUSAL(RETENDER_OTHER_SHIFT),
    [SALE_RETENDER_REFUNDED] = REFUSAL(RETENDER_REFUNDED),
    [SALE_RETENDER_NOT_POSSIBLE] = REFUSAL(RETENDER_NOT_POSSIBLE),
    [SALE_RETENDER_TOO_MUCH] = REFUSAL(RETENDER_TOO_MUCH),
    [SALE_HAS_MEMBER] = REFUSAL(RECEIPT_HAS_MEMBER),
    [SALE_ATTACH_LATE] = REFUSAL(ATTACH_TOO_LATE),
    [SALE_ATTACH_OFF] = REFUSAL(ATTACH_OFF),
    [SALE_ATTACH_NOT_POSSIBLE] = REFUSAL(ATTACH_NOT_POSSIBLE),
    [SALE_FREE_REFUND_OFF] = REFUSAL(FREE_REFUND_OFF),
    [SALE_FREE_REFUND_CAP] = REFUSAL(FREE_REFUND_CAP),
    [SALE_FREE_REFUND_PRICE] = REFUSAL(FREE_REFUND_PRICE),
    [SALE_FREE_REFUND_GOODS] = REFUSAL(FREE_REFUND_GOODS),
    [SALE_UNKNOWN_REWARD] = REFUSAL(UNKNOWN_REWARD),
    [SALE_REWARD_TIER] = REFUSAL(REWARD_TIER),
};

int sale_refusal_code(enum sale_verdict verdict)
{
    return refusals[verdict];
}

/* An id that no object has stands for one that is beyond what ids can be. */
static int64_t id_of(uint64_t id)
{
    return id > INT64_MAX ? -1 : (int64_t)id;
}

/* Reasons stand on receipts and in reports: they are kept tidy, as every text that people type. */
static struct bytes reason_of(ProtobufCBinaryData typed, struct arena *arena)
{
    const struct bytes nothing = { 0 };

    if (typed.len == 0)
        return nothing;
    return bytes_of_text(text_tidy(arena, field_bytes(typed)));
}

/* Both a rate and an amount, or neither, is a discount of nothing, which the rules refuse. */
static struct discount discount_from(const Caroline__V1__Discount *message, struct arena *arena)
{
    if (message == NULL)
        return (struct discount){ 0 };
    bool one = message->has_rate_ppm != message->has_amount_minor;

    return (struct discount){ .given = true,
                              .fixed = message->has_amount_minor,
                              .value = !one                    ? 0
                                       : message->has_rate_ppm ? (int64_t)message->rate_ppm
                                                               : message->amount_minor,
                              .reason = reason_of(message->reason, arena) };
}

/* What nobody would see is none. */
static struct bytes note_of(ProtobufCBinaryData given, struct arena *arena)
{
    struct bytes note = reason_of(given, arena);

    return text_is_blank(note) ? bytes_of("", 0) : note;
}

static struct line_choice choice_of(const Caroline__V1__BasketLine *line, struct arena *arena)
{
    struct line_option *options = line->n_options == 0 ? NULL : arena_array(arena, line->n_options, sizeof *options);

    for (size_t i = 0; i < line->n_options; i++)
        options[i] = (struct line_option){ .modifier_id = id_of(line->options[i]->modifier_id),
                                           .option = line->options[i]->option };
    return (struct line_choice){ .options = options,
                                 .option_count = line->n_options,
                                 .keyed = line->has_keyed_price_minor,
                                 .keyed_minor = line->keyed_price_minor };
}

/* From 1, for the rules; a line that cannot be stands behind all of them. */
static uint32_t deposit_of(const Caroline__V1__BasketLine *line)
{
    if (!line->has_deposit_of)
        return 0;
    return line->deposit_of < BASKET_LINES_MAX ? line->deposit_of + 1 : UINT32_MAX;
}

/* Numbers that no allergen has are none. */
static uint16_t told_of(const Caroline__V1__BasketLine *line)
{
    uint16_t told = 0;

    for (size_t i = 0; i < line->n_allergens_told; i++)
        if (line->allergens_told[i] >= 1 && line->allergens_told[i] <= ALLERGEN_COUNT)
            told |= (uint16_t)(1u << line->allergens_told[i]);
    return told;
}

struct basket basket_of(const Caroline__V1__Basket *message, struct arena *arena)
{
    if (message == NULL)
        return (struct basket){ 0 };
    struct basket_line *lines = arena_array(arena, message->n_lines, sizeof *lines);
    uint32_t *rewards = arena_array(arena, message->n_rewards, sizeof *rewards);

    for (size_t i = 0; i < message->n_lines; i++) {
        const Caroline__V1__BasketLine *line = message->lines[i];

        lines[i] = (struct basket_line){ .product_id = id_of(line->product_id),
                                         .quantity_milli = line->quantity_milli,
                                         .hot = line->hot,
                                         .voided = line->voided,
                                         .void_reason = reason_of(line->void_reason, arena),
                                         .note = note_of(line->note, arena),
                                         .discount = discount_from(line->discount, arena),
                                         .choice = choice_of(line, arena),
                                         .deposit_of = deposit_of(line),
                                         .told = told_of(line) };
    }
    struct basket_reward *chosen = arena_array(arena, message->n_rewards, sizeof *chosen);
    size_t reward_count = 0, chosen_count = 0;
    for (size_t i = 0; i < message->n_rewards; i++) {
        const Caroline__V1__BasketReward *reward = message->rewards[i];
        uint32_t line = reward->has_line ? reward->line : REWARD_DEAREST;

        if (reward->reward == 0)
            rewards[reward_count++] = line;
        else
            chosen[chosen_count++] = (struct basket_reward){ .number = reward->reward, .line = line };
    }
    return (struct basket){
        .catalogue_version = message->catalogue_version,
        .service = message->service == CAROLINE__V1__SERVICE__SERVICE_EAT_IN ? SERVICE_EAT_IN : SERVICE_TAKE_AWAY,
        .lines = lines,
        .line_count = message->n_lines,
        .member_id = id_of(message->member_id),
        .rewards = rewards,
        .reward_count = reward_count,
        .chosen = chosen,
        .chosen_count = chosen_count,
        .discount = discount_from(message->discount, arena),
        .priced = { message->priced_us > INT64_MAX ? INT64_MAX : (int64_t)message->priced_us },
    };
}

struct tender *tenders_of(Caroline__V1__Tender *const *messages, size_t count, struct arena *arena)
{
    struct tender *tenders = arena_array(arena, count, sizeof *tenders);

    for (size_t i = 0; i < count; i++)
        tenders[i] =
            (struct tender){ .kind = (int)messages[i]->kind,
                             .type_id =
                                 messages[i]->tender_type_id > INT64_MAX ? -1 : (int64_t)messages[i]->tender_type_id,
                             .amount_minor = messages[i]->amount_minor,
                             .tip_minor = messages[i]->tip_minor,
                             .reference = field_bytes(messages[i]->reference),
                             .account_id = id_of(messages[i]->account_id),
                             .names_gift_card = messages[i]->has_gift_card };
    return tenders;
}

static Caroline__V1__QuotedLine *line_message(const struct sale_line_row *line, struct arena *arena)
{
    Caroline__V1__QuotedLine *message = arena_alloc(arena, sizeof *message);

    caroline__v1__quoted_line__init(message);
    PUT(*message, product_id, (uint64_t)line->product_id);
    PUT(*message, quantity_milli, line->quantity_milli);
    PUT(*message, unit_price_minor, line->unit_price_minor);
    PUT(*message, gross_minor, line->gross_minor);
    PUT(*message, discount_minor, line->discount_minor);
    PUT(*message, total_minor, line->total_minor);
    PUT(*message, hot, (line->flags & LINE_HOT) != 0);
    PUT(*message, voided, (line->flags & LINE_VOIDED) != 0);
    PUT(*message, stock_low, (line->flags & LINE_BELOW_ZERO) != 0);
    if ((line->flags & LINE_TOLD) != 0)
        PUT(*message, allergen_told, true);
    return message;
}

/* Options and keyed prices into the lines that they are of; they come in the order of lines. */
static void put_choices(Caroline__V1__SaleQuoted *message, const struct sale_rows *sale, struct arena *arena)
{
    for (size_t i = 0; i < sale->option_count; i++) {
        const struct option_row *row = &sale->options[i];
        Caroline__V1__QuotedLine *line = message->lines[row->line];
        Caroline__V1__QuotedOption *option = arena_alloc(arena, sizeof *option);

        caroline__v1__quoted_option__init(option);
        PUT(*option, modifier_id, (uint64_t)row->modifier_id);
        PUT(*option, option, row->option);
        PUT(*option, name, field_text(row->name));
        PUT(*option, price_minor, row->price_minor);
        if (line->n_options == 0)
            line->options = arena_array(arena, LINE_OPTIONS_MAX, sizeof *line->options);
        line->options[line->n_options++] = option;
    }
    for (size_t i = 0; i < sale->keyed_count; i++)
        PUT(*message->lines[sale->keyed[i].line], keyed_price_minor, sale->keyed[i].price_minor);
}

static void put_deposits(Caroline__V1__SaleQuoted *message, const struct sale_rows *sale)
{
    for (size_t i = 0; i < sale->deposit_count; i++) {
        Caroline__V1__QuotedLine *line = message->lines[sale->deposits[i].line];

        if (sale->deposits[i].goods_line != NO_LINE)
            PUT(*line, deposit_of, (uint32_t)sale->deposits[i].goods_line);
        if ((sale->lines[sale->deposits[i].line].flags & LINE_CHARGE) != 0)
            PUT(*line, charge, true);
        else
            PUT(*line, deposit, true);
    }
    if (sale->deposit_count > 0)
        PUT(*message, deposit_minor, sale->deposit_minor);
}

static Caroline__V1__QuotedTax *tax_message(const struct tax_row *tax, struct arena *arena)
{
    Caroline__V1__QuotedTax *message = arena_alloc(arena, sizeof *message);

    caroline__v1__quoted_tax__init(message);
    PUT(*message, code, field_text(tax->code));
    PUT(*message, rate_ppm, tax->rate_ppm);
    PUT(*message, net_minor, tax->net_minor);
    PUT(*message, tax_minor, tax->tax_minor);
    return message;
}

struct bytes approval_hash(struct vault *vault, ProtobufCBinaryData token, struct arena *arena)
{
    uint8_t *hash = arena_alloc(arena, 32);

    if (token.len == 0)
        return (struct bytes){ 0 };
    vault_token_hash(vault, field_bytes(token), hash);
    return bytes_of(hash, 32);
}

static int64_t of_receipt_minor(const struct sale_rows *sale)
{
    for (size_t i = 0; i < sale->discount_count; i++)
        if (sale->discounts[i].line == NO_LINE && sale->discounts[i].kind == DISCOUNT_OF_RECEIPT)
            return sale->discounts[i].amount_minor;
    return 0;
}

static void put_promotions(Caroline__V1__SaleQuoted *message, const struct sale_rows *sale, struct arena *arena)
{
    message->promotions = arena_array(arena, PROMOTIONS_MAX, sizeof *message->promotions);
    for (size_t i = 0; i < sale->discount_count; i++) {
        const struct discount_row *row = &sale->discounts[i];

        if (row->kind != DISCOUNT_OF_PROMOTION || row->line != NO_LINE)
            continue;
        Caroline__V1__QuotedPromotion *promotion = arena_alloc(arena, sizeof *promotion);
        caroline__v1__quoted_promotion__init(promotion);
        PUT(*promotion, promotion_id, (uint64_t)row->promotion_id);
        PUT(*promotion, name, field_of(row->reason));
        PUT(*promotion, times, row->times);
        PUT(*promotion, amount_minor, row->amount_minor);
        message->promotions[message->n_promotions++] = promotion;
    }
}

static void put_coupons(Caroline__V1__SaleQuoted *message, const struct sale_rows *sale, struct arena *arena)
{
    for (size_t i = 0; i < sale->discount_count; i++) {
        const struct discount_row *row = &sale->discounts[i];

        if (row->kind != DISCOUNT_OF_COUPON || row->line != NO_LINE)
            continue;
        Caroline__V1__QuotedCoupon *coupon = arena_alloc(arena, sizeof *coupon);
        caroline__v1__quoted_coupon__init(coupon);
        PUT(*coupon, campaign_id, (uint64_t)row->promotion_id);
        PUT(*coupon, name, field_of(row->reason));
        PUT(*coupon, amount_minor, row->amount_minor);
        if (message->n_coupons == 0)
            message->coupons = arena_array(arena, BASKET_COUPONS_MAX, sizeof *message->coupons);
        if (message->n_coupons < BASKET_COUPONS_MAX)
            message->coupons[message->n_coupons++] = coupon;
    }
}

static void put_rewards(Caroline__V1__SaleQuoted *message, const struct sale_rows *sale, struct arena *arena)
{
    message->rewards = arena_array(arena, BASKET_REWARDS_MAX, sizeof *message->rewards);
    for (size_t i = 0; i < sale->discount_count; i++) {
        const struct discount_row *row = &sale->discounts[i];

        if (row->kind != DISCOUNT_OF_REWARD || row->line != NO_LINE || message->n_rewards == BASKET_REWARDS_MAX)
            continue;
        Caroline__V1__QuotedReward *reward = arena_alloc(arena, sizeof *reward);
        caroline__v1__quoted_reward__init(reward);
        PUT(*reward, reward, (uint32_t)row->promotion_id);
        PUT(*reward, name, field_of(row->reason));
        PUT(*reward, times, row->times);
        PUT(*reward, amount_minor, row->amount_minor);
        message->rewards[message->n_rewards++] = reward;
    }
    message->earnings = arena_array(arena, sale->earning_count, sizeof *message->earnings);
    for (size_t i = 0; i < sale->earning_count; i++) {
        Caroline__V1__QuotedEarning *earning = arena_alloc(arena, sizeof *earning);

        caroline__v1__quoted_earning__init(earning);
        PUT(*earning, rule, sale->earnings[i].rule);
        PUT(*earning, basis, sale->earnings[i].basis);
        PUT(*earning, points, sale->earnings[i].points);
        message->earnings[message->n_earnings++] = earning;
    }
}

Caroline__V1__SaleQuoted *sale_quoted_of(const struct sale_rows *sale, const struct shop *shop, struct arena *arena)
{
    Caroline__V1__SaleQuoted *message = arena_alloc(arena, sizeof *message);

    caroline__v1__sale_quoted__init(message);
    message->n_lines = sale->line_count;
    message->lines = arena_array(arena, sale->line_count, sizeof(Caroline__V1__QuotedLine *));
    for (size_t i = 0; i < sale->line_count; i++)
        message->lines[i] = line_message(&sale->lines[i], arena);
    put_choices(message, sale, arena);
    put_deposits(message, sale);
    message->n_taxes = sale->taxes.count;
    message->taxes = arena_array(arena, sale->taxes.count, sizeof(Caroline__V1__QuotedTax *));
    for (size_t i = 0; i < sale->taxes.count; i++)
        message->taxes[i] = tax_message(&sale->taxes.rows[i], arena);
    PUT(*message, total_minor, sale->total_minor);
    PUT(*message, tax_minor, sale->tax_minor);
    PUT(*message, points_earned, sale->points_earned);
    PUT(*message, points_spent, sale->points_spent);
    PUT(*message, points_gifted, sale->points_gifted);
    PUT(*message, points_after, sale->points_after);
    if (sale->points_gone != 0)
        PUT(*message, points_gone, sale->points_gone);
    PUT(*message, catalogue_version, sale->catalogue_version);
    put_promotions(message, sale, arena);
    put_coupons(message, sale, arena);
    put_rewards(message, sale, arena);
    if (of_receipt_minor(sale) != 0)
        PUT(*message, receipt_discount_minor, of_receipt_minor(sale));
    if (shop != NULL)
        PUT(*message, cash_due_minor, cash_due(shop, sale->total_minor));
    return message;
}

Caroline__V1__PaidTender **paid_tenders_of(const struct original_tender *tenders, size_t count, struct arena *arena)
{
    Caroline__V1__PaidTender **messages = arena_array(arena, count, sizeof(Caroline__V1__PaidTender *));

    for (size_t i = 0; i < count; i++) {
        const struct original_tender *tender = &tenders[i];
        Caroline__V1__PaidTender *message = messages[i] = arena_alloc(arena, sizeof *message);

        caroline__v1__paid_tender__init(message);
        PUT(*message, position, (uint32_t)tender->position);
        PUT(*message, kind, (Caroline__V1__TenderKind)tender->kind);
        if (tender->type_id != 0)
            PUT(*message, tender_type_id, (uint64_t)tender->type_id);
        PUT(*message, name, field_text(tender->name));
        PUT(*message, amount_minor, tender->amount_minor);
        if (tender->tip_minor != 0)
            PUT(*message, tip_minor, tender->tip_minor);
        if (tender->forfeited_minor != 0)
            PUT(*message, forfeited_minor, tender->forfeited_minor);
        if (tender->reference.size > 0)
            PUT(*message, reference, field_of(tender->reference));
    }
    return messages;
}

Caroline__V1__Receipt *receipt_message_of(const struct receipt *receipt, struct arena *arena)
{
    Caroline__V1__Receipt *message = arena_alloc(arena, sizeof *message);

    caroline__v1__receipt__init(message);
    message->n_rows = receipt->count;
    message->rows = arena_array(arena, receipt->count, sizeof(Caroline__V1__ReceiptRow *));
    for (size_t i = 0; i < receipt->count; i++) {
        Caroline__V1__ReceiptRow *row = arena_alloc(arena, sizeof *row);

        caroline__v1__receipt_row__init(row);
        PUT(*row, kind, (Caroline__V1__ReceiptRowKind)receipt->rows[i].kind);
        if (receipt->rows[i].left != NULL)
            PUT(*row, left, field_text(receipt->rows[i].left));
        if (receipt->rows[i].right != NULL)
            PUT(*row, right, field_text(receipt->rows[i].right));
        if (receipt->rows[i].account_id != 0)
            PUT(*row, account_id, (uint64_t)receipt->rows[i].account_id);
        message->rows[i] = row;
    }
    return message;
}

/* Of a refund, below 0: who stands at the till does it on the machine. */
static int64_t card_back_of(const struct sale_rows *sale)
{
    int64_t sum = 0;

    for (size_t i = 0; sale->kind == SALE_REFUND && i < sale->tender_count; i++)
        if (sale->tenders[i].kind == TENDER_CARD)
            sum += sale->tenders[i].amount_minor;
    return sum;
}

Caroline__V1__SaleRungUp *sale_rung_up_of(const struct sale_rows *sale, const struct shop *shop,
                                          const struct zone *zone, const uint8_t hash[32], struct arena *arena,
                                          struct receipt *receipt)
{
    Caroline__V1__SaleRungUp *message = arena_alloc(arena, sizeof *message);
    struct receipt document = sale_receipt(sale, shop, zone, hash, arena);
    char *number = arena_alloc(arena, RECEIPT_NUMBER_TEXT), *day = arena_alloc(arena, DAY_TEXT);

    caroline__v1__sale_rung_up__init(message);
    PUT(*message, sale_id, (uint64_t)sale->sale_id);
    PUT(*message, receipt_number, field_text(receipt_number_format(number, sale->number)));
    PUT(*message, committed_us, (uint64_t)sale->at.us);
    PUT(*message, business_day, field_text(day_format(day, sale->business_day)));
    message->totals = sale_quoted_of(sale, NULL, arena);
    PUT(*message, cash_minor, sale->cash_minor);
    PUT(*message, change_minor, sale->change_minor);
    if (card_back_of(sale) != 0)
        PUT(*message, card_minor, card_back_of(sale));
    if (sale->rounding_minor != 0)
        PUT(*message, rounding_minor, sale->rounding_minor);
    if (sale->forfeited_minor != 0)
        PUT(*message, forfeited_minor, sale->forfeited_minor);
    if (sale->tip_minor != 0)
        PUT(*message, tip_minor, sale->tip_minor);
    if (sale->approved_by != 0)
        PUT(*message, approved_by, (uint64_t)sale->approved_by);
    if (sale->invoice != NULL)
        PUT(*message, invoice_number, field_text(sale->invoice));
    if (sale->invoice_of != NULL)
        PUT(*message, invoice_of, field_text(sale->invoice_of));
    if (sale_is_free_refund(sale))
        PUT(*message, free_refund, true);
    message->receipt = receipt_message_of(&document, arena);
    if (receipt != NULL)
        *receipt = document;
    return message;
}

bool sale_is_too_long(const struct sale_rows *sale, const struct shop *shop, const struct zone *zone,
                      struct arena *arena)
{
    static const uint8_t nothing[32];
    const Caroline__V1__SaleRungUp *message = sale_rung_up_of(sale, shop, zone, nothing, arena, NULL);
    size_t size = caroline__v1__sale_rung_up__get_packed_size(message);

    return size + PAYMENT_MAX > FRAME_MAX || sale_bytes(sale, nothing, arena).size + PAYMENT_MAX > FRAME_MAX;
}

enum step receipt_number_of(struct call *c, struct bytes text, struct receipt_number *number)
{
    const bool trains = c->training.id != 0;
    char said[RECEIPT_NUMBER_TEXT];

    if (!receipt_number_parse(text, number))
        return refuse_field(c, REFUSAL(UNKNOWN_SALE), "receipt_number", "a receipt's number looks like 3%c-000042",
                            trains ? 'S' : 'T');
    receipt_number_format(said, *number);
    if (trains && number->series != 'S')
        return refuse_field(c, REFUSAL(TRAINING_RECEIPT), "receipt_number",
                            "%s was sold in earnest: a training touches what was practised in it alone", said);
    if (!trains && number->series == 'S')
        return refuse_field(c, REFUSAL(TRAINING_RECEIPT), "receipt_number",
                            "%s was practised in a training: nothing was sold by it", said);
    return STEP_NEXT;
}

static uint32_t *numbers_of(uint16_t set, struct arena *arena, size_t *count)
{
    uint32_t *numbers = arena_array(arena, ALLERGEN_COUNT, sizeof *numbers);

    for (uint32_t number = 1; number <= ALLERGEN_COUNT; number++)
        if ((set & 1u << number) != 0)
            numbers[(*count)++] = number;
    return numbers;
}

/* What somebody avoids goes into no answer that is kept: a command's names the lines alone. */
static Caroline__V1__AllergensMet *allergens_met_of(const struct sale_rows *sale, bool kept, struct arena *arena)
{
    Caroline__V1__AllergensMet *message = arena_alloc(arena, sizeof *message);

    caroline__v1__allergens_met__init(message);
    message->lines = arena_array(arena, sale->allergen_count, sizeof *message->lines);
    for (; message->n_lines < sale->allergen_count; message->n_lines++) {
        const struct allergen_row *row = &sale->allergens[message->n_lines];
        Caroline__V1__AllergenLine *line = message->lines[message->n_lines] = arena_alloc(arena, sizeof *line);

        caroline__v1__allergen_line__init(line);
        PUT(*line, line, (uint32_t)row->line);
        PUT(*line, product_id, (uint64_t)row->product_id);
        PUT(*line, name, field_text(row->name));
        if (kept)
            continue;
        line->contains = numbers_of(row->contains, arena, &line->n_contains);
        line->may_contain = numbers_of(row->may_contain, arena, &line->n_may_contain);
    }
    return message;
}

enum step sale_refuse_call(struct call *c, enum sale_verdict verdict, const struct sale_rows *sale)
{
    bool beyond = verdict == SALE_APPROVAL_NEEDED || sale->because == SALE_APPROVAL_NEEDED;
    Caroline__V1__ApprovalWanted wanted = CAROLINE__V1__APPROVAL_WANTED__INIT;
    bool differs = verdict == SALE_TOTAL_DIFFERS || sale->because == SALE_TOTAL_DIFFERS;

    if (sale->because == SALE_NO_SECRET_WANTED)
        refusal_not_kept(c);
    if (differs && sale->priced)
        return refuse_detail(c, refusals[verdict], &sale_quoted_of(sale, NULL, c->txn.arena)->base, "%s",
                             sale->sentence);
    if (beyond) {
        PUT(wanted, discount_ppm, sale->needed_ppm);
        PUT(wanted, below_floor, sale->below_floor);
        if (sale->deposit_back)
            PUT(wanted, deposit_back, true);
        if (sale->free_refund)
            PUT(wanted, free_refund, true);
        return refuse_detail(c, refusals[verdict], &wanted.base, "%s", sale->sentence);
    }
    if (sale->allergen_count > 0)
        return refuse_detail(c, refusals[verdict], &allergens_met_of(sale, c->op->kind != OP_READS, c->txn.arena)->base,
                             "%s", sale->sentence);
    if (sale->field != NULL)
        return refuse_field(c, refusals[verdict], sale->field, "%s", sale->sentence);
    return refuse(c, refusals[verdict], "%s", sale->sentence);
}
