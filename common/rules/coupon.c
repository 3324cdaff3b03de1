/* Coupons: which may be used, and what they take off a basket. */
#include "common/rules/coupon.h"

#include <inttypes.h>

#include "common/rules/catalogue.h"
#include "common/rules/price.h"

#define PIECE_MILLI  1000
#define WHOLE_PPM    1000000
#define DAY_MINUTES  1440
#define ALL_WEEKDAYS 0x7f

/* ---- terms ---- */

static const char *gift_trouble(const struct coupon_terms *terms, const char **field)
{
    *field = "value";
    switch (terms->gift) {
    case COUPON_RATE_OFF:
        return terms->value > 0 && terms->value <= WHOLE_PPM ? NULL
                                                             : "a rate is above 0 and at most 1,000,000 millionths";
    case COUPON_AMOUNT_OFF:
        return terms->value > 0 && terms->value <= MINOR_MAX ? NULL
                                                             : "an amount is above 0, and as much as there can be";
    case COUPON_FREE_PIECES:
        return terms->value > 0 && terms->value <= COUPON_PIECES_MAX ? NULL : "1 to 100 pieces are free";
    default:
        *field = "gift";
        return "what it gives: a rate off, an amount off, or free pieces";
    }
}

const char *coupon_terms_trouble(const struct coupon_terms *terms, const char **field)
{
    const char *trouble = gift_trouble(terms, field);

    if (trouble != NULL)
        return trouble;
    *field = "product_ids";
    if (terms->category_id != 0 && terms->product_count > 0)
        return "it is of a category or of some goods: one of the two, or neither";
    if (terms->product_count > COUPON_GOODS_MAX)
        return "at most 20 goods";
    *field = "least_minor";
    if (terms->least_minor < 0 || terms->least_minor > MINOR_MAX)
        return "the least that a basket comes to is nothing, or an amount of money";
    *field = "receipt_minor";
    if (terms->receipt_minor < 0 || terms->receipt_minor > MINOR_MAX)
        return "what a sale comes to that earns one is nothing, or an amount of money";
    *field = "weekdays";
    if (terms->weekdays < 1 || terms->weekdays > ALL_WEEKDAYS)
        return "the weekdays are bits, 1 for Monday to 64 for Sunday: at least one, at most all, 127";
    *field = "until_minute";
    if (terms->from_minute >= terms->until_minute || terms->until_minute > DAY_MINUTES)
        return "it begins before it ends, both within one day of 1,440 minutes";
    *field = "last_day";
    if (terms->first_day != 0 && terms->last_day != 0 && terms->first_day > terms->last_day)
        return "its last day comes before its first";
    return NULL;
}

/* ---- who and when ---- */

static enum coupon_verdict may_now(const struct coupon_terms *terms, const struct zone *zone, struct instant at)
{
    struct local_time local = zone_local(zone, at);
    int32_t day = day_of_date(local.date).number;
    int minute = local.hour * 60 + local.minute;
    int weekday = (int)(((day + 3) % 7 + 7) % 7); /* 1970-01-01 was a Thursday */

    if (terms->first_day != 0 && day < terms->first_day)
        return COUPON_IS_NOT_YET;
    if (terms->last_day != 0 && day > terms->last_day)
        return COUPON_IS_EXPIRED;
    if ((terms->weekdays >> weekday & 1) == 0 || minute < terms->from_minute || minute >= terms->until_minute)
        return COUPON_IS_NOT_NOW;
    return COUPON_OK;
}

static enum coupon_verdict may_they(const struct coupon_state *coupon, const struct coupon_terms *terms,
                                    int64_t member_id, const struct coupon_member *member)
{
    if (member_id == 0 &&
        (terms->members_only || terms->first_purchase || terms->per_member > 0 || coupon->member_id != 0))
        return COUPON_WANTS_MEMBER;
    if (coupon->member_id != 0 && coupon->member_id != member_id)
        return COUPON_IS_ANOTHERS;
    if (member == NULL)
        return COUPON_OK;
    if (terms->per_member > 0 && member->use_count >= terms->per_member)
        return COUPON_MEMBER_HAS_USED;
    if (terms->first_purchase && member->bought)
        return COUPON_MEMBER_HAS_BOUGHT;
    return COUPON_OK;
}

enum coupon_verdict coupon_may(const struct coupon_state *coupon, const struct coupon_campaign *campaign,
                               const struct zone *zone, struct instant at, int64_t member_id,
                               const struct coupon_member *member)
{
    if (coupon->uses_max > 0 && coupon->use_count >= coupon->uses_max)
        return COUPON_IS_USED;
    if (coupon->returned)
        return COUPON_IS_RETURNED;
    if (!campaign->terms.active)
        return COUPON_IS_STOPPED;
    if (campaign->uses_max > 0 && campaign->use_count >= campaign->uses_max)
        return COUPON_IS_USED_UP;
    enum coupon_verdict verdict = may_now(&campaign->terms, zone, at);
    return verdict != COUPON_OK ? verdict : may_they(coupon, &campaign->terms, member_id, member);
}

enum coupon_verdict coupon_may_in(const struct coupon_terms *terms, const struct coupon_beside *beside)
{
    if (beside->coupons)
        return COUPON_BESIDE_COUPONS;
    if (beside->discounts && !terms->with_discounts)
        return COUPON_BESIDE_DISCOUNTS;
    return beside->basket_minor < terms->least_minor ? COUPON_BASKET_IS_SMALL : COUPON_OK;
}

/* ---- what it takes off ---- */

static bool is_goods(const struct priced_line *line)
{
    return !line->voided && !line->deposit;
}

int64_t coupon_basket_minor(const struct priced_line *lines, size_t count)
{
    int64_t sum = 0; /* of lines whose gross sum is within the range of money */

    for (size_t i = 0; i < count; i++)
        if (is_goods(&lines[i]))
            sum += lines[i].total_minor;
    return sum;
}

/* Both are sums of lines whose gross sum is within the range of money, and so is what is between them. */
int64_t coupon_receipt_goods(int64_t total_minor, int64_t deposit_minor)
{
    return total_minor - deposit_minor;
}

static bool fits(const struct coupon_terms *terms, const struct priced_line *line)
{
    if (!is_goods(line) || line->total_minor <= 0 || (line->promotion_minor != 0 && !terms->with_promotions))
        return false;
    if (terms->category_id != 0)
        return line->product->category_id == terms->category_id;
    for (size_t i = 0; i < terms->product_count; i++)
        if (terms->product_ids[i] == line->product->id)
            return true;
    return terms->product_count == 0;
}

/* Of a line by the piece: those that no reward, and no coupon before, has made free. */
static int64_t pieces_of(const struct priced_line *line)
{
    return line->product->unit == UNIT_PIECE ? line->quantity_milli / PIECE_MILLI - line->rewards - line->coupon_pieces
                                             : 0;
}

/* a is worth more a piece than b: totals are within the range of money, pieces at most a million. */
static bool is_dearer(const struct priced_line *a, const struct priced_line *b)
{
    __int128 left = (__int128)a->total_minor * pieces_of(b), right = (__int128)b->total_minor * pieces_of(a);

    return left > right;
}

/* The dearest first, the earlier of equals. */
static int64_t take_pieces(const struct coupon_terms *terms, struct priced_line *lines, size_t count, int64_t *parts)
{
    int64_t left = terms->value, sum = 0;

    while (left > 0) {
        size_t best = count;

        for (size_t i = 0; i < count; i++)
            if (parts[i] == 0 && fits(terms, &lines[i]) && pieces_of(&lines[i]) > 0 &&
                (best == count || is_dearer(&lines[i], &lines[best])))
                best = i;
        if (best == count)
            break;
        int64_t pieces = pieces_of(&lines[best]), take = left < pieces ? left : pieces;
        multiply_divide(lines[best].total_minor, take, pieces, &parts[best]);
        if (parts[best] == 0) /* what is left costs less than anything */
            break;
        lines[best].coupon_pieces += take;
        sum += parts[best];
        left -= take;
    }
    return sum;
}

static int64_t take_money(const struct coupon_terms *terms, const struct priced_line *lines, size_t count,
                          struct arena *arena, int64_t *parts)
{
    int64_t *weights = arena_array(arena, count, sizeof *weights), sum = 0, taken = 0;

    for (size_t i = 0; i < count; i++)
        sum += weights[i] = fits(terms, &lines[i]) ? lines[i].total_minor : 0;
    if (terms->gift == COUPON_RATE_OFF)
        multiply_divide(sum, terms->value, WHOLE_PPM, &taken);
    else
        taken = terms->value < sum ? terms->value : sum;
    if (taken > 0)
        spread_largest_remainder(taken, weights, count, parts);
    return taken;
}

int64_t coupon_take(const struct coupon_terms *terms, struct priced_line *lines, size_t count, struct arena *arena,
                    int64_t *parts)
{
    for (size_t i = 0; i < count; i++)
        parts[i] = 0;
    int64_t taken = terms->gift == COUPON_FREE_PIECES ? take_pieces(terms, lines, count, parts)
                                                      : take_money(terms, lines, count, arena, parts);
    for (size_t i = 0; i < count; i++) {
        lines[i].discount_minor += parts[i];
        lines[i].total_minor -= parts[i];
    }
    return taken;
}

/* ---- words ---- */

const char *coupon_gift_text(const struct coupon_terms *terms, unsigned currency_exponent, struct arena *arena)
{
    char text[NUMBER_TEXT];

    switch (terms->gift) {
    case COUPON_RATE_OFF:
        return arena_format(arena, "%s %% off", percent_format(text, (uint32_t)terms->value));
    case COUPON_AMOUNT_OFF:
        return arena_format(arena, "%s off", minor_format(text, terms->value, currency_exponent));
    default:
        return arena_format(arena, "%" PRId64 " %s free", terms->value, terms->value == 1 ? "piece" : "pieces");
    }
}

struct receipt coupon_receipt(const struct coupon_terms *terms, const char *code, const struct shop *shop,
                              unsigned currency_exponent, struct arena *arena)
{
    struct receipt_row *rows = arena_array(arena, 10, sizeof *rows);
    char shown[COUPON_CODE_SHOWN], day[DAY_TEXT];
    size_t count = 0;

    if (shop != NULL)
        rows[count++] = (struct receipt_row){ .kind = RECEIPT_ROW_CENTRE, .left = shop->name };
    rows[count++] = (struct receipt_row){ .kind = RECEIPT_ROW_TITLE, .left = "COUPON" };
    rows[count++] = (struct receipt_row){ .kind = RECEIPT_ROW_CENTRE, .left = terms->name };
    rows[count++] =
        (struct receipt_row){ .kind = RECEIPT_ROW_TITLE, .left = coupon_gift_text(terms, currency_exponent, arena) };
    if (terms->least_minor > 0)
        rows[count++] = (struct receipt_row){
            .kind = RECEIPT_ROW_CENTRE,
            .left = arena_format(arena, "from %s on",
                                 minor_format(arena_alloc(arena, NUMBER_TEXT), terms->least_minor, currency_exponent))
        };
    if (terms->last_day != 0)
        rows[count++] = (struct receipt_row){ .kind = RECEIPT_ROW_CENTRE,
                                              .left = arena_format(arena, "until %s",
                                                                   day_format(day, (struct day){ terms->last_day })) };
    if (code != NULL) {
        rows[count++] = (struct receipt_row){ .kind = RECEIPT_ROW_CODE, .left = code };
        rows[count++] = (struct receipt_row){ .kind = RECEIPT_ROW_CENTRE,
                                              .left = arena_text(arena, coupon_code_format(shown, code)) };
    }
    return (struct receipt){ rows, count };
}

static const char *day_text(int32_t number, char text[DAY_TEXT])
{
    return day_format(text, (struct day){ number });
}

static const char *hours_sentence(const struct coupon_terms *terms, struct arena *arena)
{
    static const char *const names[] = { "Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun" };
    const char *days = "";

    for (int i = 0; i < 7 && terms->weekdays != ALL_WEEKDAYS; i++)
        if ((terms->weekdays >> i & 1) != 0)
            days = arena_format(arena, "%s %s", days, names[i]);
    return arena_format(arena, "coupon %s is taken%s%s from %02u:%02u to %02u:%02u", terms->name,
                        days[0] == '\0' ? "" : " on", days, terms->from_minute / 60u, terms->from_minute % 60u,
                        terms->until_minute / 60u, terms->until_minute % 60u);
}

const char *coupon_sentence(enum coupon_verdict verdict, const struct coupon_terms *terms, unsigned currency_exponent,
                            struct arena *arena)
{
    char text[NUMBER_TEXT + DAY_TEXT];

    switch (verdict) {
    case COUPON_OK:
        break;
    case COUPON_IS_STOPPED:
        return arena_format(arena, "coupon %s is not taken any more: its campaign was stopped", terms->name);
    case COUPON_IS_USED:
        return arena_format(arena, "this coupon %s was used already", terms->name);
    case COUPON_IS_USED_UP:
        return arena_format(arena, "all that the campaign %s gives was given", terms->name);
    case COUPON_IS_RETURNED:
        return arena_format(arena, "the purchase that earned this coupon %s came back: it is not taken any more",
                            terms->name);
    case COUPON_IS_NOT_YET:
        return arena_format(arena, "coupon %s is taken from %s on", terms->name, day_text(terms->first_day, text));
    case COUPON_IS_EXPIRED:
        return arena_format(arena, "coupon %s was taken until %s", terms->name, day_text(terms->last_day, text));
    case COUPON_IS_NOT_NOW:
        return hours_sentence(terms, arena);
    case COUPON_WANTS_MEMBER:
        return arena_format(arena, "coupon %s is for members: name one", terms->name);
    case COUPON_IS_ANOTHERS:
        return arena_format(arena, "this coupon %s is another member's", terms->name);
    case COUPON_MEMBER_HAS_USED:
        return arena_format(arena, "this member has used coupon %s as often as one may", terms->name);
    case COUPON_MEMBER_HAS_BOUGHT:
        return arena_format(arena, "coupon %s is for a first purchase: this member has bought before", terms->name);
    case COUPON_BASKET_IS_SMALL:
        return arena_format(arena, "coupon %s is for baskets from %s on", terms->name,
                            minor_format(text, terms->least_minor, currency_exponent));
    case COUPON_FITS_NOTHING:
        return arena_format(arena, "coupon %s fits nothing in this basket%s", terms->name,
                            terms->with_promotions ? "" : " that no promotion took something off");
    case COUPON_BESIDE_COUPONS:
        return arena_format(arena, "coupon %s does not go with another coupon: take one off", terms->name);
    case COUPON_BESIDE_DISCOUNTS:
        return arena_format(arena, "coupon %s does not go with a discount: take one off", terms->name);
    }
    return NULL;
}

/* ---- codes ---- */

#define DRAWN       12   /* characters behind CP */
#define CHECK_PRIME 1021 /* below 32 × 32 */

static const char alphabet[] = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";

static int value_of(char character)
{
    if (character >= 'a' && character <= 'z')
        character = (char)(character - 'a' + 'A');
    for (int i = 0; i < 32; i++)
        if (alphabet[i] == character)
            return i;
    return -1;
}

static unsigned check_of(const char *drawn)
{
    unsigned sum = 0;

    for (int i = 0; i < DRAWN; i++)
        sum = (sum * 32 + (unsigned)value_of(drawn[i])) % CHECK_PRIME;
    return sum;
}

static void put_check(char code[COUPON_CODE_TEXT])
{
    unsigned check = check_of(code + 2);

    code[COUPON_CODE_LENGTH - 2] = alphabet[check / 32];
    code[COUPON_CODE_LENGTH - 1] = alphabet[check % 32];
    code[COUPON_CODE_LENGTH] = '\0';
}

bool coupon_code_read(struct bytes text, char code[COUPON_CODE_TEXT])
{
    char right[COUPON_CODE_TEXT];
    size_t length = 0;

    for (size_t i = 0; i < text.size; i++) {
        char character = (char)text.data[i];

        if (character == ' ' || character == '-')
            continue;
        if (length == COUPON_CODE_LENGTH || value_of(character) < 0)
            return false;
        code[length++] = alphabet[value_of(character)];
    }
    if (length != COUPON_CODE_LENGTH || code[0] != 'C' || code[1] != 'P')
        return false;
    code[length] = '\0';
    for (size_t i = 0; i < COUPON_CODE_TEXT; i++)
        right[i] = code[i];
    put_check(right);
    return right[length - 2] == code[length - 2] && right[length - 1] == code[length - 1];
}

void coupon_code_make(const uint8_t bytes[16], char code[COUPON_CODE_TEXT])
{
    uint64_t bits = 0;

    for (int i = 0; i < 8; i++)
        bits = bits << 8 | bytes[i];
    code[0] = 'C';
    code[1] = 'P';
    for (int i = 0; i < DRAWN; i++, bits >>= 5)
        code[2 + i] = alphabet[bits & 31];
    put_check(code);
}

const char *coupon_code_format(char shown[COUPON_CODE_SHOWN], const char code[COUPON_CODE_TEXT])
{
    size_t at = 0;

    for (size_t i = 0; i < COUPON_CODE_LENGTH; i++) {
        if (i > 0 && i % 4 == 0)
            shown[at++] = '-';
        shown[at++] = code[i];
    }
    shown[at] = '\0';
    return shown;
}
