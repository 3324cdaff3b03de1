/* The kept catalogue: fixed rows, then texts; mapped, checked once, and taken in without decoding.
 *
 *   header | programme | shop | products | categories | tax classes | tax rates | roles | promotions | parts | goods |
 *   tender types | texts
 *
 * Rows name their texts by offset; every text ends in a NUL, lists of texts stand one behind the other. Numbers are as
 * this machine has them: the file never leaves it. */
#include "client/link/catalogue_file.h"

#include <assert.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "common/rules/promotion.h"
#include "common/wire/digest.h"

#define FILE_MAGIC           UINT64_C(0x0a31544143524143) /* "CARCAT1\n" on a little-endian machine */
#define FILE_LAYOUT          5u
#define FILE_MAX             ((size_t)1 << 30)
#define ROLE_PERMISSIONS_MAX 64
#define CLASS_RATES_MAX      32

struct file_header {
    uint64_t magic;
    uint32_t layout, text_size;
    uint64_t version;
    uint32_t product_count, category_count, tax_class_count, tax_rate_count, role_count, promotion_count, part_count,
        good_count, tender_type_count;
    uint8_t has_programme, has_shop, unused[2];
    uint8_t digest[DIGEST_SIZE]; /* of all the rest of the file, and of the header with this field zero */
};

struct file_programme {
    int64_t id, sign_up_points, birthday_points, points_per_unit, reward_cost, reward_category_id;
    uint32_t name, reward_name, lot_days, unused;
};

struct file_shop {
    int64_t id, cash_rounding_minor;
    uint32_t name, address, tax_number, receipt_head, receipt_foot, currency, zone_name, code_layouts;
    uint32_t currency_exponent, day_cutoff_minutes, prices_include_tax, unused;
};

struct file_product {
    int64_t id, category_id, price_minor, floor_minor, tax_class_id;
    uint32_t name, sku, allergen_note, barcodes, plu;
    uint16_t contains, may_contain;
    uint8_t barcode_count, unit, stock_policy, active, sold_out, unused[3];
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

/* ---- writing ---- */

struct writer {
    struct buffer rows, texts;
};

static void append(struct buffer *buffer, const void *data, size_t size)
{
    bool fits = buffer_append(buffer, data, size, FILE_MAX);
    assert(fits);
}

static uint32_t text_put(struct writer *w, const char *text)
{
    uint32_t at = (uint32_t)w->texts.size;

    append(&w->texts, text, strlen(text) + 1);
    return at;
}

static uint32_t texts_put(struct writer *w, const char *const *texts, size_t count)
{
    uint32_t at = (uint32_t)w->texts.size;

    for (size_t i = 0; i < count; i++)
        text_put(w, texts[i]);
    return at;
}

static void put_programme(struct writer *w, const struct programme *programme)
{
    struct file_programme row = {
        .id = programme->id,
        .sign_up_points = programme->sign_up_points,
        .birthday_points = programme->birthday_points,
        .points_per_unit = programme->points_per_unit,
        .reward_cost = programme->reward_cost,
        .reward_category_id = programme->reward_category_id,
        .name = text_put(w, programme->name),
        .reward_name = text_put(w, programme->reward_name),
        .lot_days = programme->lot_days,
    };
    append(&w->rows, &row, sizeof row);
}

static void put_shop(struct writer *w, const struct shop *shop)
{
    struct file_shop row = {
        .id = shop->id,
        .name = text_put(w, shop->name),
        .address = text_put(w, shop->address),
        .tax_number = text_put(w, shop->tax_number),
        .receipt_head = text_put(w, shop->receipt_head),
        .receipt_foot = text_put(w, shop->receipt_foot),
        .currency = text_put(w, shop->currency),
        .zone_name = text_put(w, shop->zone_name),
        .code_layouts = text_put(w, shop->code_layouts),
        .currency_exponent = shop->currency_exponent,
        .day_cutoff_minutes = shop->day_cutoff_minutes,
        .cash_rounding_minor = shop->cash_rounding_minor,
        .prices_include_tax = shop->prices_include_tax,
    };
    append(&w->rows, &row, sizeof row);
}

static void put_product(struct writer *w, const struct product *product)
{
    struct file_product row = {
        .id = product->id,
        .category_id = product->category_id,
        .price_minor = product->price_minor,
        .floor_minor = product->floor_minor,
        .tax_class_id = product->tax_class_id,
        .name = text_put(w, product->name),
        .sku = text_put(w, product->sku),
        .allergen_note = text_put(w, product->allergen_note),
        .barcodes = texts_put(w, product->barcodes, product->barcode_count),
        .plu = product->plu,
        .contains = product->contains,
        .may_contain = product->may_contain,
        .barcode_count = product->barcode_count,
        .unit = product->unit,
        .stock_policy = product->stock_policy,
        .active = product->active,
        .sold_out = product->sold_out,
    };
    append(&w->rows, &row, sizeof row);
}

static void put_classes(struct writer *w, const struct catalogue *catalogue, struct file_header *header)
{
    const struct tax_class *class;

    for (int64_t id = 0; (class = catalogue_next_tax_class(catalogue, id, 0)) != NULL; id = class->id) {
        struct file_tax_class row = {
            .id = class->id,
            .switch_to_id = class->switch_to_id,
            .name = text_put(w, class->name),
            .first_rate = header->tax_rate_count,
            .rate_count = (uint32_t) class->rate_count,
            .switch_at_count = class->switch_at_count,
        };
        append(&w->rows, &row, sizeof row);
        header->tax_class_count++;
        header->tax_rate_count += row.rate_count;
    }
    for (int64_t id = 0; (class = catalogue_next_tax_class(catalogue, id, 0)) != NULL; id = class->id)
        for (size_t i = 0; i < class->rate_count; i++) {
            struct file_tax_rate row = {
                .code = text_put(w, class->rates[i].code),
                .rate_ppm = class->rates[i].rate_ppm,
                .service = class->rates[i].service,
                .hot = class->rates[i].hot,
            };
            append(&w->rows, &row, sizeof row);
        }
}

static void put_roles(struct writer *w, const struct catalogue *catalogue, struct file_header *header)
{
    const struct role *role;

    for (int64_t id = 0; (role = catalogue_next_role(catalogue, id, 0)) != NULL; id = role->id) {
        struct file_role row = {
            .id = role->id,
            .name = text_put(w, role->name),
            .permissions = texts_put(w, role->permissions, role->permission_count),
            .permission_count = (uint32_t)role->permission_count,
            .discount_ppm = role->discount_ppm,
        };
        append(&w->rows, &row, sizeof row);
        header->role_count++;
    }
}

static void put_promotions(struct writer *w, const struct catalogue *catalogue, struct file_header *header)
{
    const struct promotion *promotion;

    for (int64_t id = 0; (promotion = catalogue_next_promotion(catalogue, id, 0)) != NULL; id = promotion->id) {
        struct file_promotion row = {
            .id = promotion->id,
            .value = promotion->value,
            .name = text_put(w, promotion->name),
            .first_part = header->part_count,
            .part_count = (uint32_t)promotion->part_count,
            .first_day = promotion->first_day,
            .last_day = promotion->last_day,
            .from_minute = promotion->from_minute,
            .until_minute = promotion->until_minute,
            .gift = promotion->gift,
            .weekdays = promotion->weekdays,
            .members_only = promotion->members_only,
            .active = promotion->active,
        };
        append(&w->rows, &row, sizeof row);
        header->promotion_count++;
        header->part_count += row.part_count;
    }
    for (int64_t id = 0; (promotion = catalogue_next_promotion(catalogue, id, 0)) != NULL; id = promotion->id)
        for (size_t i = 0; i < promotion->part_count; i++) {
            struct file_part row = { .category_id = promotion->parts[i].category_id,
                                     .pieces = promotion->parts[i].pieces,
                                     .first_good = header->good_count,
                                     .good_count = promotion->parts[i].product_count };
            append(&w->rows, &row, sizeof row);
            header->good_count += row.good_count;
        }
    for (int64_t id = 0; (promotion = catalogue_next_promotion(catalogue, id, 0)) != NULL; id = promotion->id)
        for (size_t i = 0; i < promotion->part_count; i++)
            for (size_t good = 0; good < promotion->parts[i].product_count; good++)
                append(&w->rows, &promotion->parts[i].product_ids[good], sizeof(int64_t));
}

static void put_tender_types(struct writer *w, const struct catalogue *catalogue, struct file_header *header)
{
    const struct tender_type *type;

    for (int64_t id = 0; (type = catalogue_next_tender_type(catalogue, id, 0)) != NULL; id = type->id) {
        struct file_tender_type row = {
            .id = type->id,
            .limit_minor = type->limit_minor,
            .name = text_put(w, type->name),
            .permission = text_put(w, type->permission),
            .kind = type->kind,
            .change = type->change,
            .reference_wanted = type->reference_wanted,
            .active = type->active,
        };
        append(&w->rows, &row, sizeof row);
        header->tender_type_count++;
    }
}

void catalogue_file_encode(const struct catalogue *catalogue, struct buffer *file)
{
    uint64_t version = catalogue_newest(catalogue);
    const struct programme *programme = catalogue_programme(catalogue, version);
    const struct shop *shop = catalogue_shop(catalogue, version);
    struct file_header header = { .magic = FILE_MAGIC, .layout = FILE_LAYOUT, .version = version };
    struct writer w = { 0 };

    append(&w.rows, &header, sizeof header); /* its place */
    header.has_programme = programme != NULL;
    header.has_shop = shop != NULL;
    put_programme(&w, programme != NULL ? programme : &(struct programme){ .name = "", .reward_name = "" });
    put_shop(&w, shop != NULL ? shop
                              : &(struct shop){ .name = "",
                                                .address = "",
                                                .tax_number = "",
                                                .receipt_head = "",
                                                .receipt_foot = "",
                                                .currency = "",
                                                .zone_name = "",
                                                .code_layouts = "" });
    const struct product *product;
    for (int64_t id = 0; (product = catalogue_next_product(catalogue, id, 0)) != NULL; id = product->id) {
        put_product(&w, product);
        header.product_count++;
    }
    const struct category *category;
    for (int64_t id = 0; (category = catalogue_next_category(catalogue, id, 0)) != NULL; id = category->id) {
        struct file_category row = { .id = category->id,
                                     .name = text_put(&w, category->name),
                                     .position = category->position };
        append(&w.rows, &row, sizeof row);
        header.category_count++;
    }
    put_classes(&w, catalogue, &header);
    put_roles(&w, catalogue, &header);
    put_promotions(&w, catalogue, &header);
    put_tender_types(&w, catalogue, &header);
    text_put(&w, ""); /* the last byte is a NUL, even without a text */

    header.text_size = (uint32_t)w.texts.size;
    append(&w.rows, w.texts.data, w.texts.size);
    memcpy(w.rows.data, &header, sizeof header);
    sha256(bytes_of(w.rows.data, w.rows.size), header.digest);
    memcpy(w.rows.data, &header, sizeof header);
    buffer_fini(&w.texts);
    *file = w.rows;
}

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

static void take_programme(struct reader *r, struct catalogue *catalogue)
{
    const struct file_programme *row = r->programme;

    catalogue_put_programme(catalogue, r->header->version,
                            &(struct programme){ .id = row->id,
                                                 .name = text_at(r, row->name),
                                                 .reward_name = text_at(r, row->reward_name),
                                                 .sign_up_points = row->sign_up_points,
                                                 .birthday_points = row->birthday_points,
                                                 .points_per_unit = row->points_per_unit,
                                                 .lot_days = row->lot_days,
                                                 .reward_cost = row->reward_cost,
                                                 .reward_category_id = row->reward_category_id });
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
