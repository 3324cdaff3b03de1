/* Verbs about the points programme: its numbers and terms put, listed, and tried over past sales. */
#include <stdio.h>
#include <string.h>

#include "client/cli/cli.h"
#include "client/cli/csv.h"
#include "common/base/number.h"
#include "proto/catalogue.pb-c.h"
#include "proto/envelope.pb-c.h"

#define OP(name)    CAROLINE__V1__OP__OP_##name
#define TERMS_MAX   40
#define GOODS_MAX   20
#define DAY_MINUTES 1440
#define EVERY_DAY   0x7fu

#define EARN   CAROLINE__V1__PROGRAMME_TERM_KIND__TERM_EARN
#define REWARD CAROLINE__V1__PROGRAMME_TERM_KIND__TERM_REWARD
#define TIER   CAROLINE__V1__PROGRAMME_TERM_KIND__TERM_TIER

/* ---- the file ------------------------------------------------------------------------------------------------------ */

struct row {
    struct cli *c;
    const struct csv_file *file;
    size_t at;
};

static const char *value_of(const struct row *r, const char *column)
{
    const char *value = csv_value(r->file, r->at, column);

    return value ? value : "";
}

static int wrong(const struct row *r, const char *column, const char *wants)
{
    return complain(EXIT_REFUSED, "%s:%zu: %s wants %s, not '%s'", r->file->path, r->file->lines[r->at], column, wants,
                    value_of(r, column));
}

/* Cut at the letter; *rest: behind it, or NULL. */
static char *word_before(char **rest, char end)
{
    char *text = *rest, *stop = strchr(text, end);

    *rest = stop ? stop + 1 : NULL;
    if (stop)
        *stop = '\0';
    text += strspn(text, " ");
    for (char *last = text + strlen(text); last > text && last[-1] == ' ';)
        *--last = '\0';
    return text;
}

/* "@Cookies|34", or "not @Bags": categories behind an '@', else goods. */
static int read_goods(const struct row *r, Caroline__V1__ProgrammeTerm *term)
{
    char *rest = arena_text(r->c->arena, value_of(r, "of"));

    if (*rest == '\0')
        return EXIT_DONE;
    term->has_goods = true;
    term->goods = CAROLINE__V1__TERM_GOODS__TERM_GOODS_THESE;
    if (strncmp(rest, "not ", 4) == 0) {
        term->goods = CAROLINE__V1__TERM_GOODS__TERM_GOODS_OTHERS;
        rest += 4;
    }
    term->category_ids = arena_array(r->c->arena, GOODS_MAX, sizeof *term->category_ids);
    term->product_ids = arena_array(r->c->arena, GOODS_MAX, sizeof *term->product_ids);
    while (rest) {
        const char *word = word_before(&rest, '|'), *problem;
        const bool category = *word == '@';
        uint64_t id;

        if (term->n_category_ids + term->n_product_ids == GOODS_MAX)
            return wrong(r, "of", "at most 20 categories and goods");
        if (!name_to_id(r->c, category ? "category_id" : "product_id", word + category, &id, &problem))
            return complain(category ? EXIT_REFUSED : r->c->unknown, "%s:%zu: of: %s", r->file->path,
                            r->file->lines[r->at],
                            category ? arena_format(r->c->arena, "no category is called '%s'", word + 1) : problem);
        if (category)
            term->category_ids[term->n_category_ids++] = id;
        else
            term->product_ids[term->n_product_ids++] = id;
    }
    return EXIT_DONE;
}

static int read_days(const struct row *r, Caroline__V1__ProgrammeTerm *term)
{
    static const char *const names[] = { "mon", "tue", "wed", "thu", "fri", "sat", "sun" };
    char *rest = arena_text(r->c->arena, value_of(r, "days"));

    if (*rest == '\0')
        return EXIT_DONE;
    term->has_weekdays = true;
    while (rest) {
        const char *word = word_before(&rest, '|');
        unsigned day = 0;

        while (day < 7 && strcmp(names[day], word) != 0)
            day++;
        if (day == 7)
            return wrong(r, "days", "some of mon|tue|wed|thu|fri|sat|sun");
        term->weekdays |= 1u << day;
    }
    return EXIT_DONE;
}

static int read_minute(const struct row *r, const char *column, protobuf_c_boolean *has, uint32_t *minute)
{
    char *rest = arena_text(r->c->arena, value_of(r, column));
    uint64_t hours = 0, minutes = 0;

    if (*rest == '\0')
        return EXIT_DONE;
    const char *hour = word_before(&rest, ':');
    if (!rest || !whole_number(hour, 24, &hours) || !whole_number(rest, 59, &minutes) ||
        hours * 60 + minutes > DAY_MINUTES)
        return wrong(r, column, "an hour like 18:30, up to 24:00");
    *has = true;
    *minute = (uint32_t)(hours * 60 + minutes);
    return EXIT_DONE;
}

static bool read_money(const struct row *r, int64_t *minor)
{
    return minor_parse(value_of(r, "value"), currency_exponent(r->c), false, minor);
}

/* What `gives` and `value` say: of a rule points, of a reward money or per cents, of a tier money. */
static int read_value(const struct row *r, Caroline__V1__ProgrammeTerm *term)
{
    const char *gives = value_of(r, "gives");
    uint64_t points = 0;
    int64_t milli = 0;

    term->has_value = true;
    if (term->kind == TIER)
        return read_money(r, &term->value) ? EXIT_DONE : wrong(r, "value", "what is spent for it, as 200.00");
    if (term->kind == EARN) {
        term->has_per = true;
        term->per = strcmp(gives, "money") == 0   ? CAROLINE__V1__EARN_PER__EARN_PER_MONEY
                    : strcmp(gives, "unit") == 0  ? CAROLINE__V1__EARN_PER__EARN_PER_UNIT
                    : strcmp(gives, "visit") == 0 ? CAROLINE__V1__EARN_PER__EARN_PER_VISIT
                                                  : CAROLINE__V1__EARN_PER__EARN_PER_NONE;
        if (term->per == CAROLINE__V1__EARN_PER__EARN_PER_NONE)
            return wrong(r, "gives", "money, unit or visit");
        if (!whole_number(value_of(r, "value"), INT64_MAX, &points))
            return wrong(r, "value", "points");
        term->value = (int64_t)points;
        return EXIT_DONE;
    }
    term->has_gift = true;
    if (strcmp(gives, "piece") == 0) {
        term->gift = CAROLINE__V1__REWARD_GIFT__REWARD_GIFT_PIECE;
        return EXIT_DONE;
    }
    if (strcmp(gives, "amount") == 0) {
        term->gift = CAROLINE__V1__REWARD_GIFT__REWARD_GIFT_AMOUNT;
        return read_money(r, &term->value) ? EXIT_DONE : wrong(r, "value", "an amount of money, as 5.00");
    }
    if (strcmp(gives, "percent") != 0)
        return wrong(r, "gives", "piece, amount or percent");
    term->gift = CAROLINE__V1__REWARD_GIFT__REWARD_GIFT_RATE;
    if (!milli_parse(value_of(r, "value"), &milli) || milli < 0 || milli > 100000)
        return wrong(r, "value", "per cents, up to 100");
    term->value = milli * 10; /* thousandths of a per cent to millionths */
    return EXIT_DONE;
}

static int read_number(const struct row *r, const char *column, uint64_t most, protobuf_c_boolean *has,
                       uint64_t *number)
{
    if (*value_of(r, column) == '\0')
        return EXIT_DONE;
    *has = true;
    return whole_number(value_of(r, column), most, number) ? EXIT_DONE : wrong(r, column, "a number");
}

static int read_term(const struct row *r, Caroline__V1__ProgrammeTerm *term)
{
    const char *kind = value_of(r, "kind");
    uint64_t number = 0, tier = 0, cost = 0;
    int status;

    caroline__v1__programme_term__init(term);
    term->has_kind = true;
    term->kind = strcmp(kind, "earn") == 0     ? EARN
                 : strcmp(kind, "reward") == 0 ? REWARD
                 : strcmp(kind, "tier") == 0   ? TIER
                                               : CAROLINE__V1__PROGRAMME_TERM_KIND__TERM_NONE;
    if (term->kind == CAROLINE__V1__PROGRAMME_TERM_KIND__TERM_NONE)
        return wrong(r, "kind", "earn, reward or tier");
    if ((status = read_number(r, "number", UINT32_MAX, &term->has_number, &number)) != EXIT_DONE)
        return status;
    term->number = (uint32_t)number;
    if (strcmp(value_of(r, "gives"), "gone") == 0) {
        term->has_gone = term->gone = true;
        return EXIT_DONE;
    }
    set_text(&term->name, &term->has_name, value_of(r, "name"));
    if ((status = read_value(r, term)) != EXIT_DONE ||
        (status = read_number(r, "cost", INT64_MAX, &term->has_cost, &cost)) != EXIT_DONE ||
        (status = read_number(r, "tier", UINT32_MAX, &term->has_tier, &tier)) != EXIT_DONE ||
        (status = read_goods(r, term)) != EXIT_DONE || (status = read_days(r, term)) != EXIT_DONE ||
        (status = read_minute(r, "from", &term->has_from_minute, &term->from_minute)) != EXIT_DONE ||
        (status = read_minute(r, "until", &term->has_until_minute, &term->until_minute)) != EXIT_DONE)
        return status;
    term->cost = (int64_t)cost;
    term->tier = (uint32_t)tier;
    return EXIT_DONE;
}

/* The terms of a file, if one is named, and options as its numbers. */
static int read_programme(struct cli *c, Caroline__V1__Programme *programme)
{
    struct csv_file file = { 0 };
    const char *problem;

    if (c->word_count > 1)
        return usage(c, "name one file of terms, or none");
    if (c->word_count == 1 && !csv_read(c->words[0], c->arena, &file, &problem))
        return complain(EXIT_FAULT, "%s", problem);
    if (file.row_count > TERMS_MAX)
        return complain(EXIT_REFUSED, "%s: a programme has at most %d terms", file.path, TERMS_MAX);
    programme->terms = arena_array(c->arena, file.row_count + 1, sizeof *programme->terms);
    for (size_t i = 0; i < file.row_count; i++) {
        struct row row = { .c = c, .file = &file, .at = i };
        int status;

        programme->terms[i] = arena_alloc(c->arena, sizeof *programme->terms[i]);
        if ((status = read_term(&row, programme->terms[i])) != EXIT_DONE)
            return status;
        programme->n_terms++;
    }
    return options_apply(c, &programme->base, NULL);
}

int verb_programme_put(struct cli *c)
{
    Caroline__V1__ProgrammePut request = CAROLINE__V1__PROGRAMME_PUT__INIT;
    Caroline__V1__Programme *programme = (void *)message_make(&caroline__v1__programme__descriptor, c->arena);
    int status = read_programme(c, programme);

    if (status != EXIT_DONE)
        return status;
    request.programme = programme;
    const ProtobufCMessage *reply = call_server(c, OP(PROGRAMME_PUT), &request.base, &status);
    if (reply)
        print_message(c, reply);
    return status;
}

/* ---- what is shown ------------------------------------------------------------------------------------------------- */

static const char *category_name(struct cli *c, const Caroline__V1__ProductListed *lists, uint64_t id)
{
    for (size_t i = 0; lists && i < lists->n_categories; i++)
        if (lists->categories[i]->id == id)
            return text_of(c, lists->categories[i]->name);
    return arena_format(c->arena, "category %llu", (unsigned long long)id);
}

static const char *own_product_words(struct cli *c, uint64_t id)
{
    Caroline__V1__ProductShow request = CAROLINE__V1__PRODUCT_SHOW__INIT;
    int status;

    request.has_id = true;
    request.id = id;
    const Caroline__V1__ProductShown *shown = (const void *)call_server(c, OP(PRODUCT_SHOW), &request.base, &status);
    if (!shown || !shown->product)
        return arena_format(c->arena, "#%llu", (unsigned long long)id);
    return text_of(c, shown->product->name);
}

static void print_goods(struct cli *c, const Caroline__V1__ProgrammeTerm *term,
                        const Caroline__V1__ProductListed *lists)
{
    const char *before = term->goods == CAROLINE__V1__TERM_GOODS__TERM_GOODS_OTHERS ? " of all but " : " of ";

    if (term->goods == CAROLINE__V1__TERM_GOODS__TERM_GOODS_ALL)
        return;
    for (size_t i = 0; i < term->n_category_ids; i++, before = ", ")
        printf("%s@%s", before, category_name(c, lists, term->category_ids[i]));
    for (size_t i = 0; i < term->n_product_ids; i++, before = ", ")
        printf("%s%s", before, own_product_words(c, term->product_ids[i]));
}

static void print_gives(const struct cli *c, const Caroline__V1__ProgrammeTerm *term)
{
    char number[NUMBER_TEXT];

    switch ((int)term->kind) {
    case EARN:
        printf("%lld points per %s", (long long)term->value,
               term->per == CAROLINE__V1__EARN_PER__EARN_PER_MONEY  ? "unit of money"
               : term->per == CAROLINE__V1__EARN_PER__EARN_PER_UNIT ? "piece, kilogram or litre"
                                                                    : "visit");
        break;
    case REWARD:
        if (term->gift == CAROLINE__V1__REWARD_GIFT__REWARD_GIFT_PIECE)
            printf("for %lld points a piece free", (long long)term->cost);
        else if (term->gift == CAROLINE__V1__REWARD_GIFT__REWARD_GIFT_AMOUNT)
            printf("for %lld points %s off", (long long)term->cost,
                   minor_format(number, term->value, currency_exponent(c)));
        else
            printf("for %lld points %s %% off", (long long)term->cost, percent_format(number, (uint32_t)term->value));
        break;
    default:
        printf("from %s spent", minor_format(number, term->value, currency_exponent(c)));
        break;
    }
}

static void print_when(const Caroline__V1__ProgrammeTerm *term)
{
    static const char *const names[] = { "mon", "tue", "wed", "thu", "fri", "sat", "sun" };
    const char *before = "; ";

    for (unsigned day = 0; term->weekdays != EVERY_DAY && day < 7; day++)
        if (term->weekdays >> day & 1) {
            printf("%s%s", before, names[day]);
            before = "|";
        }
    if (term->from_minute != 0 || term->until_minute != DAY_MINUTES)
        printf("; %02u:%02u to %02u:%02u", term->from_minute / 60, term->from_minute % 60, term->until_minute / 60,
               term->until_minute % 60);
    if (term->tier != 0)
        printf("; from tier %u on", term->tier);
    printf("\n");
}

static const char *kind_word(const Caroline__V1__ProgrammeTerm *term)
{
    return term->kind == EARN ? "earn" : term->kind == REWARD ? "reward" : "tier";
}

static void print_programme(struct cli *c, const Caroline__V1__Programme *programme,
                            const Caroline__V1__ProductListed *lists)
{
    printf("%s: %lld points per unit of money, %lld for joining, %lld on the birthday; they live %u days\n",
           text_of(c, programme->name), (long long)programme->points_per_unit, (long long)programme->sign_up_points,
           (long long)programme->birthday_points, programme->lot_days);
    printf("reward 0  %s: for %lld points a piece free", text_of(c, programme->reward_name),
           (long long)programme->reward_cost);
    if (programme->reward_category_id != 0)
        printf(" of @%s\n", category_name(c, lists, programme->reward_category_id));
    else
        printf(", of no category yet\n");
    if (programme->referrer_points != 0 || programme->friend_points != 0)
        printf("for a friend who pays: %lld points to who brought them, %lld to the friend\n",
               (long long)programme->referrer_points, (long long)programme->friend_points);
    for (size_t i = 0; i < programme->n_terms; i++) {
        const Caroline__V1__ProgrammeTerm *term = programme->terms[i];

        printf("%s %u  %s: ", kind_word(term), term->number, text_of(c, term->name));
        print_gives(c, term);
        if (term->kind == TIER)
            printf(" in %u months", programme->tier_months);
        print_goods(c, term, lists);
        print_when(term);
    }
}

int verb_programme_list(struct cli *c)
{
    Caroline__V1__ProgrammeList request = CAROLINE__V1__PROGRAMME_LIST__INIT;
    int status;

    if (!options_all_used(c))
        return EXIT_USAGE;
    const Caroline__V1__ProgrammeListed *listed =
        (const void *)call_server(c, OP(PROGRAMME_LIST), &request.base, &status);
    if (!listed)
        return status;
    if (c->json) {
        print_message(c, &listed->base);
        return status;
    }
    if (!listed->programme) {
        print_none(c);
        return status;
    }
    print_programme(c, listed->programme, (const void *)catalogue_lists(c, &status));
    return status;
}

/* ---- a draft over past sales --------------------------------------------------------------------------------------- */

#define REWARDS_MAX 21

struct tried {
    int64_t points, points_then;
    uint64_t sales, members, touched;
    struct {
        uint64_t sales;
        int64_t points;
    } terms[21]; /* by number */
    struct {
        uint64_t members;
        int64_t times;
    } rewards[REWARDS_MAX]; /* likewise */
};

static void add_members(struct tried *all, const Caroline__V1__ProgrammeTried *page)
{
    const Caroline__V1__Programme *programme = page->programme;

    for (size_t i = 0; i < page->n_members; i++) {
        const Caroline__V1__TriedMember *member = page->members[i];

        all->members++;
        all->touched += member->points != member->points_then;
        all->points += member->points;
        all->points_then += member->points_then;
        for (size_t j = 0; programme && j <= programme->n_terms; j++) { /* 0: the programme's own */
            const Caroline__V1__ProgrammeTerm *term = j == 0 ? NULL : programme->terms[j - 1];
            int64_t cost = term ? term->cost : programme->reward_cost;
            uint32_t number = term ? term->number : 0;

            if ((term && term->kind != REWARD) || cost <= 0 || number >= REWARDS_MAX)
                continue;
            all->rewards[number].members += member->points >= cost;
            all->rewards[number].times += member->points > 0 ? member->points / cost : 0;
        }
    }
}

static void add_page(struct tried *all, const Caroline__V1__ProgrammeTried *page)
{
    all->sales += page->sale_count;
    add_members(all, page);
    for (size_t i = 0; i < page->n_terms; i++)
        if (page->terms[i]->number < 21) {
            all->terms[page->terms[i]->number].sales += page->terms[i]->sale_count;
            all->terms[page->terms[i]->number].points += page->terms[i]->points;
        }
}

static const char *term_name(struct cli *c, const Caroline__V1__Programme *programme, int kind, uint32_t number)
{
    for (size_t i = 0; programme && i < programme->n_terms; i++)
        if ((int)programme->terms[i]->kind == kind && programme->terms[i]->number == number)
            return text_of(c, programme->terms[i]->name);
    return number != 0 || !programme ? "" : kind == REWARD ? text_of(c, programme->reward_name) : "points per unit";
}

static void print_tried(struct cli *c, const struct tried *all, const Caroline__V1__Programme *programme,
                        const char *first, const char *last)
{
    if (c->json) {
        printf("{\"sales\":%llu,\"members\":%llu,\"touched\":%llu,\"points\":%lld,\"points_then\":%lld}\n",
               (unsigned long long)all->sales, (unsigned long long)all->members, (unsigned long long)all->touched,
               (long long)all->points, (long long)all->points_then);
        return;
    }
    if (programme)
        printf("%s%s%s, as a draft of \"%s\", %s to %s: nothing of it is kept\n",
               c->word_count > 0 ? "the terms of " : "what is given", c->word_count > 0 ? c->words[0] : "", "",
               text_of(c, programme->name), first, last);
    printf("%llu sales to %llu members: %lld points, %lld were given; %llu members would have another number\n",
           (unsigned long long)all->sales, (unsigned long long)all->members, (long long)all->points,
           (long long)all->points_then, (unsigned long long)all->touched);
    for (uint32_t i = 0; i < 21; i++)
        if (all->terms[i].sales > 0)
            printf("earn %u  %s: %lld points for %llu sales\n", i, term_name(c, programme, EARN, i),
                   (long long)all->terms[i].points, (unsigned long long)all->terms[i].sales);
    for (uint32_t i = 0; i < REWARDS_MAX; i++)
        if (all->rewards[i].members > 0)
            printf("reward %u  %s: %llu members could have had it, %lld times in all\n", i,
                   term_name(c, programme, REWARD, i), (unsigned long long)all->rewards[i].members,
                   (long long)all->rewards[i].times);
}

int verb_programme_try(struct cli *c)
{
    Caroline__V1__ProgrammeTry request = CAROLINE__V1__PROGRAMME_TRY__INIT;
    Caroline__V1__Programme *draft = (void *)message_make(&caroline__v1__programme__descriptor, c->arena);
    const Caroline__V1__ProgrammeTried *page;
    const char *first = option_value(c, "first-day"), *last = option_value(c, "last-day");
    struct tried all = { 0 };
    int status;

    if (!first || !last)
        return usage(c, "say --first-day and --last-day, as 2026-11-01");
    set_text(&request.first_day, &request.has_first_day, first);
    set_text(&request.last_day, &request.has_last_day, last);
    if ((status = read_programme(c, draft)) != EXIT_DONE)
        return status;
    request.draft = draft;
    do {
        page = (const void *)call_server(c, OP(PROGRAMME_TRY), &request.base, &status);
        if (!page)
            return status;
        add_page(&all, page);
        request.has_after_id = true;
        request.after_id = page->after_id;
    } while (page->more);
    print_tried(c, &all, page->programme, first, last);
    return status;
}
