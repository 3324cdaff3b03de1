/* The rows of the kept catalogue, as they stand in its file. What makes it and what takes it in share them, and nobody else.
 *
 *   header | programme | shop | products | categories | tax classes | tax rates | roles | promotions | parts | goods |
 *   tender types | modifiers | options | products' modifiers | terms | terms' goods | nutritions | texts
 *
 * Rows name their texts by offset; every text ends in a NUL, lists of texts stand one behind the other. Numbers are as
 * this machine has them: the file never leaves it. */
#ifndef CAROLINE_LINK_CATALOGUE_FILE_ROWS_H
#define CAROLINE_LINK_CATALOGUE_FILE_ROWS_H

#include <stddef.h>
#include <stdint.h>

#include "common/wire/digest.h"

#define FILE_MAGIC  UINT64_C(0x0a31544143524143) /* "CARCAT1\n" on a little-endian machine */
#define FILE_LAYOUT 9u
#define FILE_MAX    ((size_t)1 << 30)

struct file_header {
    uint64_t magic;
    uint32_t layout, text_size;
    uint64_t version;
    uint32_t product_count, category_count, tax_class_count, tax_rate_count, role_count, promotion_count, part_count,
        good_count, tender_type_count, modifier_count, option_count, product_modifier_count, term_count,
        term_good_count, nutrition_count;
    uint8_t has_programme, has_shop, unused[2];
    uint8_t digest[DIGEST_SIZE]; /* of all the rest of the file, and of the header with this field zero */
};

struct file_programme {
    int64_t id, sign_up_points, birthday_points, points_per_unit, reward_cost, reward_category_id, referrer_points,
        friend_points;
    uint32_t name, reward_name, lot_days, tier_months;
};

/* Its goods: categories, then products, from first_good on. */
struct file_term {
    int64_t value, cost;
    uint32_t name, first_good, category_count, product_count;
    uint16_t from_minute, until_minute;
    uint8_t kind, number, gives, tier, goods, weekdays, unused[6];
};

struct file_shop {
    int64_t id, cash_rounding_minor, deposit_back_minor;
    uint32_t name, address, tax_number, receipt_head, receipt_foot, currency, zone_name, code_layouts;
    uint32_t currency_exponent, day_cutoff_minutes, prices_include_tax, unused;
};

struct file_product {
    int64_t id, category_id, price_minor, floor_minor, tax_class_id, open_min_minor, open_max_minor, deposit_product_id;
    uint32_t name, sku, allergen_note, barcodes, plu, first_modifier;
    uint32_t rating_hundredths, rating_count, nutrition; /* which of them, from 1; 0: none */
    uint16_t contains, may_contain;
    uint8_t barcode_count, unit, stock_policy, active, sold_out, modifier_count, open_price, deposit_kind,
        deposit_count, unused[7];
};

struct file_category {
    int64_t id;
    uint32_t name, position;
};

struct file_tax_class {
    int64_t id, switch_to_id;
    uint32_t name, first_rate, rate_count, switch_at_count;
};

struct file_tax_rate {
    uint32_t code, rate_ppm;
    uint8_t service, hot, unused[6];
};

struct file_promotion {
    int64_t id, value;
    uint32_t name, first_part, part_count;
    int32_t first_day, last_day;
    uint16_t from_minute, until_minute;
    uint8_t gift, weekdays, members_only, active, unused[4];
};

struct file_part {
    int64_t category_id;
    uint32_t pieces, first_good, good_count, unused;
};

struct file_role {
    int64_t id;
    uint32_t name, permissions, permission_count, discount_ppm;
};

struct file_tender_type {
    int64_t id, limit_minor;
    uint32_t name, permission;
    uint8_t kind, change, reference_wanted, active, unused[4];
};

struct file_modifier {
    int64_t id;
    uint32_t name, first_option, option_count, choose_min, choose_max;
    uint8_t active, unused[3];
};

struct file_option {
    int64_t price_minor;
    uint32_t name, number;
    uint8_t active, unused[7];
};

#endif
