/* Change what is given of the settings of this shop. */
#include <stdio.h>
#include <string.h>

#include "common/base/calling_code.h"
#include "common/base/instant.h"
#include "common/base/number.h"
#include "common/base/zone_name.h"
#include "common/rules/denomination.h"
#include "common/rules/gift_card.h"
#include "common/rules/sale_attach.h"
#include "common/rules/scanned.h"
#include "db/queries.h"
#include "proto/shop.pb-c.h"
#include "server/service/message.h"
#include "server/service/put.h"
#include "server/service/shop_message.h"
#include "server/service/typed.h"

#define CURRENCY_LENGTH 3
#define EXPONENT_MAX    4u
#define DAY_MINUTES     1440u

/* The settings that are texts people typed, with what they may have, in characters. */
enum text { NAME, ADDRESS, TAX_NUMBER, RECEIPT_HEAD, RECEIPT_FOOT, CODE_LAYOUTS, TEXT_COUNT };
static const struct {
    const char *field;
    size_t max;
} texts[TEXT_COUNT] = {
    [NAME] = { "name", 80 },
    [ADDRESS] = { "address", 200 },
    [TAX_NUMBER] = { "tax_number", 40 },
    [RECEIPT_HEAD] = { "receipt_head", 200 },
    [RECEIPT_FOOT] = { "receipt_foot", 200 },
    [CODE_LAYOUTS] = { "code_layouts", 300 },
};

struct putting {
    struct put put;                /* first; all: the shop's one row */
    struct rows *others;           /* the chain's other shops */
    const char *given[TEXT_COUNT]; /* NULL: it stays */
    const char *currency, *zone;   /* likewise */
    char calling_code[CALLING_CODE_SIZE];
    struct shop after;
};

static const Caroline__V1__Shop *shop_of(const struct call *c)
{
    static const Caroline__V1__Shop nothing = CAROLINE__V1__SHOP__INIT;
    const Caroline__V1__ShopPut *request = (const Caroline__V1__ShopPut *)c->message;

    return request->shop ? request->shop : &nothing;
}

/* ---- what the request says ---------------------------------------------------------------------------------------- */

static enum step check_texts(struct call *c, struct putting *p)
{
    const Caroline__V1__Shop *given = shop_of(c);
    const struct {
        bool has;
        ProtobufCBinaryData value;
    } fields[TEXT_COUNT] = {
        [NAME] = { given->has_name, given->name },
        [ADDRESS] = { given->has_address, given->address },
        [TAX_NUMBER] = { given->has_tax_number, given->tax_number },
        [RECEIPT_HEAD] = { given->has_receipt_head, given->receipt_head },
        [RECEIPT_FOOT] = { given->has_receipt_foot, given->receipt_foot },
        [CODE_LAYOUTS] = { given->has_code_layouts, given->code_layouts },
    };

    for (int i = 0; i < TEXT_COUNT; i++) {
        enum step step = STEP_NEXT;
        if (fields[i].has)
            step = (i == NAME ? typed_name : typed_text)(c, "shop.", texts[i].field, fields[i].value, texts[i].max,
                                                         &p->given[i]);
        if (step != STEP_NEXT)
            return step;
    }
    return STEP_NEXT;
}

static bool is_currency(struct bytes code)
{
    for (size_t i = 0; i < code.size; i++)
        if (code.data[i] < 'A' || code.data[i] > 'Z')
            return false;
    return code.size == CURRENCY_LENGTH;
}

/* "Europe/Berlin": a name of the IANA's, and one this machine knows. */
static bool is_zone(const char *name)
{
    struct zone *zone = zone_name_fits(name) ? zone_load(NULL, name) : NULL;

    if (zone)
        zone_destroy(zone);
    return zone;
}

static enum step check_rest(struct call *c, struct putting *p)
{
    const Caroline__V1__Shop *given = shop_of(c);

    if (given->has_id && given->id != (uint64_t)c->shop_id)
        return refuse_field(c, REFUSAL(UNKNOWN_SHOP), "shop.id", "this is not your shop");
    if (given->has_currency && !is_currency(field_bytes(given->currency)))
        return refuse_field(c, REFUSAL(BAD_CURRENCY), "shop.currency", "a currency is three capital letters: EUR");
    if (given->currency_exponent > EXPONENT_MAX)
        return refuse_field(c, REFUSAL(BAD_CURRENCY), "shop.currency_exponent",
                            "a currency has at most %u digits behind the point", EXPONENT_MAX);
    if (given->day_cutoff_minutes >= DAY_MINUTES)
        return refuse_field(c, REFUSAL(BAD_FIELD), "shop.day_cutoff_minutes",
                            "the business day ends 0 to %u minutes after midnight", DAY_MINUTES - 1);
    if (given->deposit_back_minor < 0 || given->deposit_back_minor > MINOR_MAX)
        return refuse_field(c, REFUSAL(BAD_FIELD), "shop.deposit_back_minor",
                            "what is taken back without asking is nothing or more, and within the range of money");
    if (given->has_drawers && given->drawers != CAROLINE__V1__DRAWERS__DRAWERS_TILL &&
        given->drawers != CAROLINE__V1__DRAWERS__DRAWERS_PERSON)
        return refuse_field(c, REFUSAL(BAD_FIELD), "shop.drawers", "a drawer is the till's or a person's");
    if (given->gift_card_months > GIFT_CARD_MONTHS_MAX)
        return refuse_field(c, REFUSAL(BAD_FIELD), "shop.gift_card_months",
                            "gift cards pay for ever, or for 1 to %d months", GIFT_CARD_MONTHS_MAX);
    if (given->attach_days > ATTACH_DAYS_MAX)
        return refuse_field(c, REFUSAL(BAD_FIELD), "shop.attach_days",
                            "receipts are given to a member afterwards never, or for 1 to %d days", ATTACH_DAYS_MAX);
    if (given->free_refund_day_minor < 0 || given->free_refund_day_minor > MINOR_MAX)
        return refuse_field(
            c, REFUSAL(BAD_FIELD), "shop.free_refund_day_minor",
            "what is given back without receipts a day is nothing or more, and within the range of money");
    if (given->cash_rounding_minor < 0 || given->cash_rounding_minor > CASH_ROUNDING_MAX)
        return refuse_field(c, REFUSAL(BAD_FIELD), "shop.cash_rounding_minor",
                            "cash is paid in multiples of 0 to %d of the smallest unit", CASH_ROUNDING_MAX);
    if (given->has_calling_code && !calling_code_read(field_bytes(given->calling_code), p->calling_code))
        return refuse_field(c, REFUSAL(BAD_FIELD), "shop.calling_code",
                            "a country's calling code is 1 to 3 digits: 49 is Germany's, 1 North America's");
    if (p->given[CODE_LAYOUTS] && !code_layouts_fit(p->given[CODE_LAYOUTS]))
        return refuse_field(
            c, REFUSAL(BAD_FIELD), "shop.code_layouts",
            "a layout is like 20:IIIIICVVVV=price or 21:IIIIIVVVVV=weight, several are parted by commas");
    if (given->has_currency)
        p->currency = arena_format(c->txn.arena, "%.*s", CURRENCY_LENGTH, (const char *)given->currency.data);
    if (given->has_zone) {
        p->zone = arena_format(c->txn.arena, "%.*s", (int)given->zone.len, (const char *)given->zone.data);
        if (!is_zone(p->zone))
            return refuse_field(c, REFUSAL(BAD_ZONE), "shop.zone", "no time zone is called that: Europe/Berlin is one");
    }
    return STEP_NEXT;
}

static enum step check(struct call *c)
{
    struct putting *p = c->shared;
    enum step step = check_texts(c, p);

    if (step != STEP_NEXT || (step = check_rest(c, p)) != STEP_NEXT)
        return step;
    put_begin(c, true, (uint64_t)c->shop_id);
    p->put.all = ask(c, &sql_shop_put_now, PARAMS(PARAM_INT(c->shop_id)));
    p->others = ask(c, &sql_shop_put_others, PARAMS(PARAM_INT(c->shop_id)));
    return STEP_NEXT;
}

/* ---- beside what there is ----------------------------------------------------------------------------------------- */

static const char *either(const char *given, const struct rows *rows, const char *column)
{
    return given ? given : row_text(rows, 0, column);
}

static struct shop shop_after(const struct putting *p, const Caroline__V1__Shop *given)
{
    const struct rows *now = p->put.all;
    struct shop after = {
        .id = p->put.id,
        .name = either(p->given[NAME], now, "name"),
        .address = either(p->given[ADDRESS], now, "address"),
        .tax_number = either(p->given[TAX_NUMBER], now, "tax_number"),
        .receipt_head = either(p->given[RECEIPT_HEAD], now, "receipt_head"),
        .receipt_foot = either(p->given[RECEIPT_FOOT], now, "receipt_foot"),
        .code_layouts = either(p->given[CODE_LAYOUTS], now, "code_layouts"),
        .currency = either(p->currency, now, "currency"),
        .zone_name = either(p->zone, now, "zone"),
        .currency_exponent =
            given->has_currency_exponent ? given->currency_exponent : (uint32_t)row_int(now, 0, "currency_exponent"),
        .day_cutoff_minutes =
            given->has_day_cutoff_minutes ? given->day_cutoff_minutes : (uint32_t)row_int(now, 0, "day_cutoff_minutes"),
        .cash_rounding_minor =
            given->has_cash_rounding_minor ? given->cash_rounding_minor : row_int(now, 0, "cash_rounding_minor"),
        .deposit_back_minor =
            given->has_deposit_back_minor ? given->deposit_back_minor : row_int(now, 0, "deposit_back_minor"),
        .gift_card_months =
            given->has_gift_card_months ? given->gift_card_months : (uint32_t)row_int(now, 0, "gift_card_months"),
        .attach_days = given->has_attach_days ? given->attach_days : (uint32_t)row_int(now, 0, "attach_days"),
        .free_refund_day_minor =
            given->has_free_refund_day_minor ? given->free_refund_day_minor : row_int(now, 0, "free_refund_day_minor"),
        .prices_include_tax =
            given->has_prices_include_tax ? given->prices_include_tax : row_bool(now, 0, "prices_include_tax"),
        .drawer_per_person = given->has_drawers ? given->drawers == CAROLINE__V1__DRAWERS__DRAWERS_PERSON
                                                : row_bool(now, 0, "drawer_per_person"),
    };
    snprintf(after.calling_code, sizeof after.calling_code, "%s",
             given->has_calling_code ? p->calling_code : row_text(now, 0, "calling_code"));
    return after;
}

static bool note_changes(struct call *c, const struct rows *now, const struct shop *s)
{
    const char *const after[TEXT_COUNT] = { [NAME] = s->name,
                                            [ADDRESS] = s->address,
                                            [TAX_NUMBER] = s->tax_number,
                                            [RECEIPT_HEAD] = s->receipt_head,
                                            [RECEIPT_FOOT] = s->receipt_foot,
                                            [CODE_LAYOUTS] = s->code_layouts };
    bool changed = false;

    for (int i = 0; i < TEXT_COUNT; i++)
        changed |= changes_text(c, s->id, texts[i].field, false, row_text(now, 0, texts[i].field), after[i]);
    changed |= changes_text(c, s->id, "currency", false, row_text(now, 0, "currency"), s->currency);
    changed |= changes_number(c, s->id, "currency_exponent", false, row_int(now, 0, "currency_exponent"),
                              s->currency_exponent);
    changed |= changes_text(c, s->id, "zone", false, row_text(now, 0, "zone"), s->zone_name);
    changed |= changes_flag(c, s->id, "prices_include_tax", false, row_bool(now, 0, "prices_include_tax"),
                            s->prices_include_tax);
    changed |= changes_number(c, s->id, "day_cutoff_minutes", false, row_int(now, 0, "day_cutoff_minutes"),
                              s->day_cutoff_minutes);
    changed |= changes_number(c, s->id, "cash_rounding_minor", false, row_int(now, 0, "cash_rounding_minor"),
                              s->cash_rounding_minor);
    changed |= changes_number(c, s->id, "deposit_back_minor", false, row_int(now, 0, "deposit_back_minor"),
                              s->deposit_back_minor);
    changed |=
        changes_flag(c, s->id, "drawer_per_person", false, row_bool(now, 0, "drawer_per_person"), s->drawer_per_person);
    changed |=
        changes_number(c, s->id, "gift_card_months", false, row_int(now, 0, "gift_card_months"), s->gift_card_months);
    changed |= changes_number(c, s->id, "attach_days", false, row_int(now, 0, "attach_days"), s->attach_days);
    changed |= changes_number(c, s->id, "free_refund_day_minor", false, row_int(now, 0, "free_refund_day_minor"),
                              s->free_refund_day_minor);
    changed |= changes_text(c, s->id, "calling_code", false, row_text(now, 0, "calling_code"), s->calling_code);
    return changed;
}

/* Of the currency that the shop has then. */
static enum step check_rounding(struct call *c, const struct shop *after)
{
    int64_t most = cash_rounding_most(after->currency, after->currency_exponent);
    char step[NUMBER_TEXT], at_most[NUMBER_TEXT];

    if (!shop_of(c)->has_cash_rounding_minor || after->cash_rounding_minor <= most)
        return STEP_NEXT;
    minor_format(step, after->cash_rounding_minor, after->currency_exponent);
    minor_format(at_most, most, after->currency_exponent);
    return refuse_field(c, REFUSAL(BAD_FIELD), "shop.cash_rounding_minor",
                        "cash is never rounded to multiples of %s %s: %s at most", step, after->currency, at_most);
}

static bool has_money(const struct rows *shops, size_t row, const struct shop *s)
{
    return strcmp(row_text(shops, row, "currency"), s->currency) == 0 &&
           row_int(shops, row, "currency_exponent") == (int64_t)s->currency_exponent;
}

/* Gift cards, accounts and prices are the chain's, in units that a sum does not name: fifty euros would pay for fifty dollars' worth. So
 * a shop among others takes no money that none of them has. */
static enum step check_money(struct call *c, const struct putting *p)
{
    const struct rows *now = p->put.all;
    const struct shop *after = &p->after;
    bool others_have = rows_count(p->others) == 0;

    if (has_money(now, 0, after))
        return STEP_NEXT;
    if (row_bool(now, 0, "has_opened"))
        return refuse_field(c, REFUSAL(BAD_CURRENCY), "shop.currency",
                            "the currency is fixed: a drawer was opened in it");
    for (size_t i = 0; i < rows_count(p->others); i++)
        others_have = others_have || has_money(p->others, i, after);
    if (!others_have)
        return refuse_field(
            c, REFUSAL(BAD_CURRENCY), "shop.currency",
            "the chain's other shops have %s with %u digits: gift cards, accounts and prices are theirs, too",
            row_text(p->others, 0, "currency"), (unsigned)row_int(p->others, 0, "currency_exponent"));
    return STEP_NEXT;
}

static enum step write(struct call *c)
{
    struct putting *p = c->shared;
    const struct rows *now = p->put.all;
    struct shop *s = &p->after;

    if (rows_count(now) == 0)
        return STEP_FAILED;
    *s = shop_after(p, shop_of(c));
    enum step step = check_rounding(c, s);
    if (step == STEP_NEXT)
        step = check_money(c, p);
    if (step != STEP_NEXT)
        return step;
    if (note_changes(c, now, s)) {
        put_raise(c, c->shop_id);
        ask(c, &sql_shop_put_version,
            PARAMS(PARAM_INT(s->id), PARAM_TEXT(s->name), PARAM_TEXT(s->address), PARAM_TEXT(s->tax_number),
                   PARAM_TEXT(s->receipt_head), PARAM_TEXT(s->receipt_foot), PARAM_TEXT(s->currency),
                   PARAM_INT(s->currency_exponent), PARAM_TEXT(s->zone_name), PARAM_BOOL(s->prices_include_tax),
                   PARAM_INT(s->day_cutoff_minutes), PARAM_INT(s->cash_rounding_minor), PARAM_TEXT(s->calling_code),
                   PARAM_TEXT(s->code_layouts), PARAM_INT(s->deposit_back_minor), PARAM_BOOL(s->drawer_per_person),
                   PARAM_INT(s->gift_card_months), PARAM_INT(s->attach_days), PARAM_INT(s->free_refund_day_minor)));
    }
    return STEP_NEXT;
}

static enum step done(struct call *c)
{
    const struct putting *p = c->shared;
    Caroline__V1__ShopPutDone reply = CAROLINE__V1__SHOP_PUT_DONE__INIT;

    reply.shop = shop_message_of(c->txn.arena, &p->after);
    PUT(reply, catalogue_version, put_version(c));
    return answer(c, &reply.base);
}

const struct op shop_put = {
    .name = "shop_put",
    .number = NUMBER(SHOP_PUT),
    .kind = OP_CHANGES,
    .needs = NEEDS_SESSION,
    .permission = PERMISSION_SHOP_EDIT,
    .clients = CLIENT(ADMIN) | CLIENT(CLI),
    .request = &caroline__v1__shop_put__descriptor,
    .reply = &caroline__v1__shop_put_done__descriptor,
    .shared_size = sizeof(struct putting),
    .stages = { check, write, done },
};
