/* The kept catalogue: fixed rows, then texts (catalogue_file_rows.h); mapped, checked once, and taken in without decoding. */
#include "client/link/catalogue_file.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "client/link/catalogue_file_rows.h"
#include "common/rules/modifier.h"
#include "common/rules/nutrition.h"
#include "common/rules/programme.h"
#include "common/rules/promotion.h"

#define ROLE_PERMISSIONS_MAX 64
#define CLASS_RATES_MAX      32

static bool write_all(int fd, struct bytes bytes)
{
    while (bytes.size > 0) {
        ssize_t written = write(fd, bytes.data, bytes.size);
        if (written <= 0)
            return false;
        bytes.data += written;
        bytes.size -= (size_t)written;
    }
    return true;
}

bool catalogue_file_write(const char *path, struct bytes file)
{
    char fresh[4096];

    if (snprintf(fresh, sizeof fresh, "%s.new", path) >= (int)sizeof fresh)
        return false;
    int fd = open(fresh, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0600);
    if (fd < 0)
        return false;
    bool written = write_all(fd, file) && fsync(fd) == 0;
    if (close(fd) == 0 && written && rename(fresh, path) == 0)
        return true;
    unlink(fresh);
    return false;
}

/* ---- reading ---- */

struct reader {
    const struct file_header *header;
    const struct file_programme *programme;
    const struct file_shop *shop;
    const struct file_product *products;
    const struct file_category *categories;
    const struct file_tax_class *classes;
    const struct file_tax_rate *rates;
    const struct file_role *roles;
    const struct file_promotion *promotions;
    const struct file_part *parts;
    const int64_t *goods;
    const struct file_tender_type *tender_types;
    const struct file_modifier *modifiers;
    const struct file_option *options;
    const int64_t *product_modifiers;
    const struct file_term *terms;
    const int64_t *term_goods;
    const struct nutrition *nutritions;
    const char *texts;
    bool broken;
};

/* The digest says that the file is what was written; these checks say that what was written can be read safely. */
static const char *text_at(struct reader *r, uint32_t offset)
{
    if (offset < r->header->text_size)
        return r->texts + offset;
    r->broken = true;
    return "";
}

static void texts_at(struct reader *r, uint32_t offset, const char **texts, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        texts[i] = text_at(r, offset);
        offset += (uint32_t)strlen(texts[i]) + 1;
    }
}

/* Where each part stands; false when the counts do not make the file's size. */
static bool lay_out(struct reader *r, struct bytes file)
{
    const struct file_header *h = (const void *)file.data;
    size_t at = sizeof *h;

    if (file.size < sizeof *h || file.size > FILE_MAX || h->magic != FILE_MAGIC || h->layout != FILE_LAYOUT)
        return false;
    r->header = h;
    r->programme = (const void *)(file.data + at);
    at += sizeof *r->programme;
    r->shop = (const void *)(file.data + at);
    at += sizeof *r->shop;
    r->products = (const void *)(file.data + at);
    at += (size_t)h->product_count * sizeof *r->products;
    r->categories = (const void *)(file.data + at);
    at += (size_t)h->category_count * sizeof *r->categories;
    r->classes = (const void *)(file.data + at);
    at += (size_t)h->tax_class_count * sizeof *r->classes;
    r->rates = (const void *)(file.data + at);
    at += (size_t)h->tax_rate_count * sizeof *r->rates;
    r->roles = (const void *)(file.data + at);
    at += (size_t)h->role_count * sizeof *r->roles;
    r->promotions = (const void *)(file.data + at);
    at += (size_t)h->promotion_count * sizeof *r->promotions;
    r->parts = (const void *)(file.data + at);
    at += (size_t)h->part_count * sizeof *r->parts;
    r->goods = (const void *)(file.data + at);
    at += (size_t)h->good_count * sizeof *r->goods;
    r->tender_types = (const void *)(file.data + at);
    at += (size_t)h->tender_type_count * sizeof *r->tender_types;
    r->modifiers = (const void *)(file.data + at);
    at += (size_t)h->modifier_count * sizeof *r->modifiers;
    r->options = (const void *)(file.data + at);
    at += (size_t)h->option_count * sizeof *r->options;
    r->product_modifiers = (const void *)(file.data + at);
    at += (size_t)h->product_modifier_count * sizeof *r->product_modifiers;
    r->terms = (const void *)(file.data + at);
    at += (size_t)h->term_count * sizeof *r->terms;
    r->term_goods = (const void *)(file.data + at);
    at += (size_t)h->term_good_count * sizeof *r->term_goods;
    r->nutritions = (const void *)(file.data + at);
    at += (size_t)h->nutrition_count * sizeof *r->nutritions;
    r->texts = (const char *)file.data + at;
    return h->text_size > 0 && at + h->text_size == file.size && file.data[file.size - 1] == '\0';
}

static bool digest_fits(struct bytes file)
{
    struct file_header bare;
    uint8_t digest[DIGEST_SIZE];

    memcpy(&bare, file.data, sizeof bare);
    memset(bare.digest, 0, sizeof bare.digest);
    sha256_two(bytes_of(&bare, sizeof bare), bytes_of(file.data + sizeof bare, file.size - sizeof bare), digest);
    return memcmp(digest, ((const struct file_header *)(const void *)file.data)->digest, sizeof digest) == 0;
}

static void take_product(struct reader *r, const struct file_product *row, struct catalogue *catalogue)
{
    const char *barcodes[PRODUCT_BARCODES_MAX];
    uint8_t barcode_count = row->barcode_count <= PRODUCT_BARCODES_MAX ? row->barcode_count : 0;

    texts_at(r, row->barcodes, barcodes, barcode_count);
    if (row->modifier_count > PRODUCT_MODIFIERS_MAX ||
        (uint64_t)row->first_modifier + row->modifier_count > r->header->product_modifier_count ||
        row->nutrition > r->header->nutrition_count) {
        r->broken = true;
        return;
    }
    catalogue_put_product(catalogue, r->header->version,
                          &(struct product){
                              .id = row->id,
                              .name = text_at(r, row->name),
                              .sku = text_at(r, row->sku),
                              .allergen_note = text_at(r, row->allergen_note),
                              .barcodes = barcodes,
                              .barcode_count = barcode_count,
                              .category_id = row->category_id,
                              .price_minor = row->price_minor,
                              .floor_minor = row->floor_minor,
                              .tax_class_id = row->tax_class_id,
                              .plu = row->plu,
                              .contains = row->contains,
                              .may_contain = row->may_contain,
                              .unit = row->unit,
                              .stock_policy = row->stock_policy,
                              .active = row->active != 0,
                              .sold_out = row->sold_out != 0,
                              .modifier_ids = r->product_modifiers + row->first_modifier,
                              .modifier_count = row->modifier_count,
                              .deposit_kind = row->deposit_kind,
                              .deposit_count = row->deposit_count,
                              .deposit_product_id = row->deposit_product_id,
                              .open_price = row->open_price != 0,
                              .open_min_minor = row->open_min_minor,
                              .open_max_minor = row->open_max_minor,
                              .rating_hundredths = row->rating_hundredths,
                              .rating_count = row->rating_count,
                              .nutrition = row->nutrition == 0 ? NULL : &r->nutritions[row->nutrition - 1],
                          });
}

static void take_class(struct reader *r, const struct file_tax_class *row, struct catalogue *catalogue)
{
    struct tax_rate rates[CLASS_RATES_MAX] = { 0 };

    if (row->rate_count > CLASS_RATES_MAX || (uint64_t)row->first_rate + row->rate_count > r->header->tax_rate_count) {
        r->broken = true;
        return;
    }
    for (size_t i = 0; i < row->rate_count; i++) {
        const struct file_tax_rate *rate = &r->rates[row->first_rate + i];
        rates[i] = (struct tax_rate){ .service = rate->service, .hot = rate->hot != 0, .rate_ppm = rate->rate_ppm };
        snprintf(rates[i].code, sizeof rates[i].code, "%s", text_at(r, rate->code));
    }
    catalogue_put_tax_class(catalogue, r->header->version,
                            &(struct tax_class){ .id = row->id,
                                                 .name = text_at(r, row->name),
                                                 .rates = rates,
                                                 .rate_count = row->rate_count,
                                                 .switch_at_count = row->switch_at_count,
                                                 .switch_to_id = row->switch_to_id });
}

static void take_role(struct reader *r, const struct file_role *row, struct catalogue *catalogue)
{
    const char *permissions[ROLE_PERMISSIONS_MAX];

    if (row->permission_count > ROLE_PERMISSIONS_MAX) {
        r->broken = true;
        return;
    }
    texts_at(r, row->permissions, permissions, row->permission_count);
    catalogue_put_role(catalogue, r->header->version,
                       &(struct role){ .id = row->id,
                                       .name = text_at(r, row->name),
                                       .permissions = permissions,
                                       .permission_count = row->permission_count,
                                       .discount_ppm = row->discount_ppm });
}

static bool take_parts(const struct reader *r, const struct file_promotion *row, struct promotion_part *parts)
{
    if (row->part_count > PROMOTION_PARTS_MAX || (uint64_t)row->first_part + row->part_count > r->header->part_count)
        return false;
    for (size_t i = 0; i < row->part_count; i++) {
        const struct file_part *part = &r->parts[row->first_part + i];

        if ((uint64_t)part->first_good + part->good_count > r->header->good_count)
            return false;
        parts[i] = (struct promotion_part){ .pieces = part->pieces,
                                            .product_count = part->good_count,
                                            .category_id = part->category_id,
                                            .product_ids = r->goods + part->first_good };
    }
    return true;
}

static void take_promotion(struct reader *r, const struct file_promotion *row, struct catalogue *catalogue)
{
    struct promotion_part parts[PROMOTION_PARTS_MAX];
    struct promotion promotion = { .id = row->id,
                                   .name = text_at(r, row->name),
                                   .parts = parts,
                                   .part_count = row->part_count,
                                   .value = row->value,
                                   .gift = row->gift,
                                   .weekdays = row->weekdays,
                                   .from_minute = row->from_minute,
                                   .until_minute = row->until_minute,
                                   .first_day = row->first_day,
                                   .last_day = row->last_day,
                                   .members_only = row->members_only != 0,
                                   .active = row->active != 0 };

    if (!take_parts(r, row, parts) || !promotion_valid(&promotion)) {
        r->broken = true;
        return;
    }
    catalogue_put_promotion(catalogue, r->header->version, &promotion);
}

static void take_tender_type(struct reader *r, const struct file_tender_type *row, struct catalogue *catalogue)
{
    catalogue_put_tender_type(catalogue, r->header->version,
                              &(struct tender_type){ .id = row->id,
                                                     .name = text_at(r, row->name),
                                                     .permission = text_at(r, row->permission),
                                                     .limit_minor = row->limit_minor,
                                                     .kind = row->kind,
                                                     .change = row->change,
                                                     .reference_wanted = row->reference_wanted != 0,
                                                     .active = row->active != 0 });
}

static void take_modifier(struct reader *r, const struct file_modifier *row, struct catalogue *catalogue)
{
    struct modifier_option options[MODIFIER_OPTIONS_MAX];
    struct modifier modifier = { .id = row->id,
                                 .name = text_at(r, row->name),
                                 .options = options,
                                 .option_count = row->option_count,
                                 .choose_min = row->choose_min,
                                 .choose_max = row->choose_max,
                                 .active = row->active != 0 };

    if (row->option_count > MODIFIER_OPTIONS_MAX ||
        (uint64_t)row->first_option + row->option_count > r->header->option_count) {
        r->broken = true;
        return;
    }
    for (size_t i = 0; i < row->option_count; i++) {
        const struct file_option *option = &r->options[row->first_option + i];
        options[i] = (struct modifier_option){ .name = text_at(r, option->name),
                                               .price_minor = option->price_minor,
                                               .number = option->number,
                                               .active = option->active != 0 };
    }
    if (!modifier_valid(&modifier))
        r->broken = true;
    else
        catalogue_put_modifier(catalogue, r->header->version, &modifier);
}

static void take_term(struct reader *r, const struct file_term *row, struct programme_term *term)
{
    const int64_t *goods = r->term_goods + row->first_good;

    if ((uint64_t)row->first_good + row->category_count + row->product_count > r->header->term_good_count) {
        r->broken = true;
        return;
    }
    *term = (struct programme_term){ .name = text_at(r, row->name),
                                     .category_ids = goods,
                                     .product_ids = goods + row->category_count,
                                     .category_count = row->category_count,
                                     .product_count = row->product_count,
                                     .value = row->value,
                                     .cost = row->cost,
                                     .from_minute = row->from_minute,
                                     .until_minute = row->until_minute,
                                     .kind = row->kind,
                                     .number = row->number,
                                     .gives = row->gives,
                                     .tier = row->tier,
                                     .goods = row->goods,
                                     .weekdays = row->weekdays };
    r->broken = r->broken || !term_valid(term);
}

static void take_programme(struct reader *r, struct catalogue *catalogue)
{
    const struct file_programme *row = r->programme;
    struct programme_term terms[PROGRAMME_TERMS_MAX];

    if (r->header->term_count > PROGRAMME_TERMS_MAX)
        r->broken = true;
    for (uint32_t i = 0; !r->broken && i < r->header->term_count; i++)
        take_term(r, &r->terms[i], &terms[i]);
    if (r->broken)
        return;

    catalogue_put_programme(catalogue, r->header->version,
                            &(struct programme){ .id = row->id,
                                                 .name = text_at(r, row->name),
                                                 .reward_name = text_at(r, row->reward_name),
                                                 .sign_up_points = row->sign_up_points,
                                                 .birthday_points = row->birthday_points,
                                                 .points_per_unit = row->points_per_unit,
                                                 .lot_days = row->lot_days,
                                                 .reward_cost = row->reward_cost,
                                                 .reward_category_id = row->reward_category_id,
                                                 .referrer_points = row->referrer_points,
                                                 .friend_points = row->friend_points,
                                                 .tier_months = row->tier_months,
                                                 .terms = terms,
                                                 .term_count = r->header->term_count });
}

static void take_shop(struct reader *r, struct catalogue *catalogue)
{
    const struct file_shop *row = r->shop;

    catalogue_put_shop(catalogue, r->header->version,
                       &(struct shop){ .id = row->id,
                                       .name = text_at(r, row->name),
                                       .address = text_at(r, row->address),
                                       .tax_number = text_at(r, row->tax_number),
                                       .receipt_head = text_at(r, row->receipt_head),
                                       .receipt_foot = text_at(r, row->receipt_foot),
                                       .currency = text_at(r, row->currency),
                                       .zone_name = text_at(r, row->zone_name),
                                       .code_layouts = text_at(r, row->code_layouts),
                                       .currency_exponent = row->currency_exponent,
                                       .day_cutoff_minutes = row->day_cutoff_minutes,
                                       .cash_rounding_minor = row->cash_rounding_minor,
                                       .deposit_back_minor = row->deposit_back_minor,
                                       .prices_include_tax = row->prices_include_tax != 0 });
}

static struct catalogue *take(struct bytes file, int64_t now_us)
{
    struct reader r = { 0 };

    if (!lay_out(&r, file) || !digest_fits(file))
        return NULL;

    struct catalogue *catalogue = catalogue_create();
    catalogue_reserve(catalogue, r.header->product_count);
    for (uint32_t i = 0; i < r.header->category_count; i++)
        catalogue_put_category(catalogue, r.header->version,
                               &(struct category){ .id = r.categories[i].id,
                                                   .name = text_at(&r, r.categories[i].name),
                                                   .position = r.categories[i].position });
    for (uint32_t i = 0; i < r.header->tax_class_count; i++)
        take_class(&r, &r.classes[i], catalogue);
    for (uint32_t i = 0; i < r.header->product_count; i++)
        take_product(&r, &r.products[i], catalogue);
    for (uint32_t i = 0; i < r.header->role_count; i++)
        take_role(&r, &r.roles[i], catalogue);
    for (uint32_t i = 0; i < r.header->promotion_count; i++)
        take_promotion(&r, &r.promotions[i], catalogue);
    for (uint32_t i = 0; i < r.header->tender_type_count; i++)
        take_tender_type(&r, &r.tender_types[i], catalogue);
    for (uint32_t i = 0; i < r.header->modifier_count; i++)
        take_modifier(&r, &r.modifiers[i], catalogue);
    if (r.header->has_programme)
        take_programme(&r, catalogue);
    if (r.header->has_shop)
        take_shop(&r, catalogue);
    if (r.broken) {
        catalogue_destroy(catalogue);
        return NULL;
    }
    catalogue_seal(catalogue, r.header->version, now_us);
    return catalogue;
}

struct catalogue *catalogue_file_read(const char *path, int64_t now_us)
{
    struct catalogue *catalogue = NULL;
    struct stat file;
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);

    if (fd < 0)
        return NULL;
    if (fstat(fd, &file) == 0 && file.st_size > 0) {
        size_t size = (size_t)file.st_size;
        void *map = mmap(NULL, size, PROT_READ, MAP_PRIVATE | MAP_POPULATE, fd, 0);
        if (map != MAP_FAILED) {
            catalogue = take(bytes_of(map, size), now_us);
            munmap(map, size);
        }
    }
    close(fd);
    if (catalogue == NULL)
        unlink(path);
    return catalogue;
}
