/* caroline replay: a file of receipts, sold through many tills at once, each exactly once however often it is run. */
#include "client/cli/replay.h"

#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "common/base/number.h"
#include "common/base/text.h"
#include "proto/envelope.pb-c.h"

#define OP(name)         CAROLINE__V1__OP__OP_##name
#define TILLS_DEFAULT    8
#define WINDOW_DEFAULT   8
#define EXIT_INTERRUPTED 130
#define TICK_MS          200
#define PATIENCE_US      (10 * SECOND_US) /* for what is under way, once asked to stop */
#define LINE_EVERY_US    (5 * SECOND_US)
#define REFUSALS_SHOWN   20
#define BAR_CELLS        24

int64_t replay_now_us(void)
{
    return system_clock()->monotonic_us(system_clock());
}

/* ---- what the tills tell ---- */

void replay_stop(struct replay *replay, int status, const char *problem)
{
    if (replay->stopping)
        return;
    replay->stopping = true;
    replay->interrupted_us = replay_now_us();
    replay->status = status;
    replay->problem = problem;
}

const char *replay_pin(struct replay *replay)
{
    if (replay->pin == NULL)
        replay->pin = secret_read(replay->c, replay->c->pin_file, "PIN", "--pin-file");
    return replay->pin;
}

void replay_products(struct replay *replay, const struct catalogue *catalogue)
{
    for (size_t i = 0; i < replay->file.good_count; i++) {
        struct replay_good *good = &replay->file.goods[i];
        const struct product *product = catalogue_by_sku(catalogue, good->key);

        if (product == NULL) {
            replay_stop(replay, EXIT_REFUSED,
                        arena_format(replay->c->arena, "line %zu: the shop has no product with the sku \"%s\"",
                                     good->line, good->key));
            return;
        }
        good->product_id = product->id;
    }
    const struct shop *shop = catalogue_shop(catalogue, catalogue_newest(catalogue));
    if (replay->c->zone == NULL && shop != NULL) /* promotions go by the shop's clock */
        replay->c->zone = zone_load(NULL, shop->zone_name);
    replay->products_known = true;
}

/* What was sold is counted as the server has it, not as the file does. */
void replay_done(struct replay *replay, const struct replay_receipt *receipt, const Caroline__V1__SaleRungUp *sale)
{
    const Caroline__V1__SaleQuoted *totals = sale->totals;

    (void)receipt;
    replay->done++;
    replay->before += (int64_t)sale->committed_us < replay->begun.us;
    for (size_t i = 0; totals != NULL && i < totals->n_lines; i++) {
        struct replay_good *good = replay_good_of_product(&replay->file, (int64_t)totals->lines[i]->product_id);
        if (good != NULL) {
            good->sold_milli += totals->lines[i]->quantity_milli;
            good->sold_minor += totals->lines[i]->total_minor;
        }
        replay->lines_done++;
    }
    if (totals != NULL)
        replay->total_minor += totals->total_minor;
}

void replay_refused(struct replay *replay, const struct replay_receipt *receipt, unsigned code, const char *sentence)
{
    struct arena *arena = replay->c->arena;
    const ProtobufCEnumValue *value =
        protobuf_c_enum_descriptor_get_value(&caroline__v1__error_code__descriptor, (int)code);

    if (replay->refusal_count == replay->refusal_room) {
        replay->refusal_room = replay->refusal_room * 2 + 16;
        struct refusal *larger = arena_array(arena, replay->refusal_room, sizeof *larger);
        if (replay->refusal_count > 0)
            memcpy(larger, replay->refusals, replay->refusal_count * sizeof *larger);
        replay->refusals = larger;
    }
    replay->refusals[replay->refusal_count++] = (struct refusal){ .receipt = receipt->number,
                                                                  .sentence = arena_text(arena, sentence),
                                                                  .code = value != NULL ? value->name : "" };
}

/* ---- progress ---- */

/* A line that is wider than the terminal wraps, and is then never drawn over. */
static void cut_to_terminal(char *line)
{
    struct winsize size = { 0 };
    size_t used, columns = ioctl(STDERR_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 1 ? size.ws_col : 80;

    line[text_cut(line, columns - 1, &used)] = '\0';
}

static void tell_progress(struct replay *replay)
{
    size_t all = replay->file.receipt_count, done = replay->done + replay->refusal_count;
    int64_t now_us = replay_now_us(), took_us = now_us - replay->begun_us;
    int64_t rate = took_us > 0 ? (int64_t)done * SECOND_US / took_us : 0;
    int64_t left_s = rate > 0 ? (int64_t)(all - done) / rate : 0;
    struct link *first = replay->tills[0].link;
    bool online = link_state(first) == LINK_ONLINE;

    if (!replay->terminal && now_us - replay->told_us < LINE_EVERY_US)
        return;
    replay->told_us = now_us;
    if (!replay->terminal) {
        fprintf(stderr, "%zu of %zu receipts, %lld a second, %lld:%02lld left%s%s\n", done, all, (long long)rate,
                (long long)(left_s / 60), (long long)(left_s % 60), online ? "" : "; ",
                online ? "" : link_sentence(first));
        return;
    }
    char bar[BAR_CELLS + 1];
    size_t full = all > 0 ? done * BAR_CELLS / all : BAR_CELLS;
    for (size_t i = 0; i < BAR_CELLS; i++)
        bar[i] = i < full ? '#' : '.';
    bar[BAR_CELLS] = '\0';
    char line[1024];
    snprintf(line, sizeof line, "[%s] %zu/%zu  %lld/s  %lld:%02lld left%s%s", bar, done, all, (long long)rate,
             (long long)(left_s / 60), (long long)(left_s % 60), online ? "" : "; ",
             online ? "" : link_sentence(first));
    cut_to_terminal(line);
    fprintf(stderr, "\r%s\033[K", line);
    fflush(stderr);
}

static bool is_over(const struct replay *replay)
{
    for (unsigned i = 0; i < replay->till_count; i++)
        if (!till_is_still(&replay->tills[i]))
            return replay->stopping && replay_now_us() - replay->interrupted_us > PATIENCE_US;
    return true;
}

static void close_all(struct replay *replay)
{
    for (unsigned i = 0; i < replay->till_count; i++)
        till_close(&replay->tills[i]);
    turn_end(replay->turn);
}

static void on_tick(void *owner)
{
    struct replay *replay = owner;

    tell_progress(replay);
    for (unsigned i = 0; i < replay->till_count; i++)
        till_go_on(&replay->tills[i]); /* who waits a moment */
    if (is_over(replay))
        close_all(replay);
}

static void on_interrupt(void *owner)
{
    struct replay *replay = owner;

    if (replay->stopping) {
        close_all(replay); /* asked twice: what is under way is found out by the next run */
        return;
    }
    replay_stop(replay, EXIT_INTERRUPTED, NULL);
    fprintf(stderr, "%sstopping: waiting for what is under way\n", replay->terminal ? "\n" : "");
}

/* ---- the end ---- */

static size_t print_differences(const struct replay *replay)
{
    char wanted[NUMBER_TEXT], sold[NUMBER_TEXT];
    size_t differences = 0;

    for (size_t i = 0; i < replay->refusal_count && i < REFUSALS_SHOWN; i++)
        fprintf(stderr, "receipt %lld was refused: %s (%s)\n", (long long)replay->refusals[i].receipt,
                replay->refusals[i].sentence, replay->refusals[i].code);
    if (replay->refusal_count > REFUSALS_SHOWN)
        fprintf(stderr, "... and %zu more\n", replay->refusal_count - REFUSALS_SHOWN);
    for (size_t i = 0; i < replay->file.good_count; i++) {
        const struct replay_good *good = &replay->file.goods[i];
        if (good->sold_milli == good->wanted_milli)
            continue;
        fprintf(stderr, "good %s: %s in the file, %s sold\n", good->key, milli_format(wanted, good->wanted_milli),
                milli_format(sold, good->sold_milli));
        differences++;
    }
    return differences;
}

static bool write_totals(const struct replay *replay, const char *path)
{
    char sold[NUMBER_TEXT];
    FILE *out = fopen(path, "we");

    if (out == NULL)
        return false;
    fputs("good,quantity,total_minor\n", out);
    for (size_t i = 0; i < replay->file.good_count; i++)
        fprintf(out, "%s,%s,%lld\n", replay->file.goods[i].key, milli_format(sold, replay->file.goods[i].sold_milli),
                (long long)replay->file.goods[i].sold_minor);
    bool written = ferror(out) == 0;
    return fclose(out) == 0 && written;
}

static void print_totals(const struct replay *replay, unsigned exponent)
{
    char money[NUMBER_TEXT];
    int64_t took_ms = (replay_now_us() - replay->begun_us) / 1000;

    if (!replay->c->json) {
        printf("%zu receipt%s, %zu line%s, %s in %lld.%lld s through %u till%s; %zu refused", replay->done,
               replay->done == 1 ? "" : "s", replay->lines_done, replay->lines_done == 1 ? "" : "s",
               minor_format(money, replay->total_minor, exponent), (long long)(took_ms / 1000),
               (long long)(took_ms % 1000 / 100), replay->till_count, replay->till_count == 1 ? "" : "s",
               replay->refusal_count);
        if (replay->before > 0)
            printf("; %zu of them sold before this run", replay->before);
        putchar('\n');
        return;
    }
    json_t *goods = json_object(), *refusals = json_array();
    for (size_t i = 0; i < replay->file.good_count; i++)
        json_object_set_new(goods, replay->file.goods[i].key,
                            json_pack("{sIsI}", "quantity_milli", (json_int_t)replay->file.goods[i].sold_milli,
                                      "total_minor", (json_int_t)replay->file.goods[i].sold_minor));
    for (size_t i = 0; i < replay->refusal_count; i++)
        json_array_append_new(refusals,
                              json_pack("{sIssss}", "receipt", (json_int_t)replay->refusals[i].receipt, "code",
                                        replay->refusals[i].code, "sentence", replay->refusals[i].sentence));
    json_t *all =
        json_pack("{sIsIsIsIsIsisoso}", "receipts", (json_int_t)replay->done, "before", (json_int_t)replay->before,
                  "lines", (json_int_t)replay->lines_done, "total_minor", (json_int_t)replay->total_minor, "took_ms",
                  (json_int_t)took_ms, "tills", (int)replay->till_count, "goods", goods, "refused", refusals);
    json_dumpf(all, stdout, JSON_COMPACT);
    putchar('\n');
    json_decref(all);
}

/* ---- the beginning ---- */

/* A till's identity, made by invitation where it is not there yet. */
static int prepare_till(struct replay *replay, struct till *till)
{
    Caroline__V1__DeviceInvite invite = CAROLINE__V1__DEVICE_INVITE__INIT;
    struct cli *c = replay->c;
    const char *directory = arena_format(c->arena, "%s/till-%u", c->directory, till->number + 1), *problem;
    int status;

    if (!identity_exists(directory, c->arena)) {
        invite.has_kind = true;
        invite.kind = CAROLINE__V1__CLIENT_KIND__CLIENT_COUNTER;
        set_text(&invite.name, &invite.has_name, arena_format(c->arena, "replay %u", till->number + 1));
        const Caroline__V1__DeviceInvited *invited =
            (const void *)call_server(c, OP(DEVICE_INVITE), &invite.base, &status);
        if (invited == NULL)
            return status;
        struct enrol enrol = { .directory = directory,
                               .server = arena_format(c->arena, strchr(c->identity->host, ':') ? "[%s]:%s" : "%s:%s",
                                                      c->identity->host, c->identity->port),
                               .code = text_of(c, invited->code) };
        enum enrol_outcome outcome = identity_enrol(&enrol, c->arena, &problem);
        if (outcome != ENROL_DONE)
            return complain(outcome == ENROL_REFUSED ? EXIT_REFUSED : EXIT_AWAY, "till %u: %s", till->number + 1,
                            problem);
    }
    till->identity = identity_open(directory, c->arena, &problem);
    return till->identity != NULL ? EXIT_DONE : complain(EXIT_FAULT, "%s", problem);
}

/* Receipt to till by its number, so that a till's receipts stay its own from run to run. */
static void hand_out(struct replay *replay)
{
    struct arena *arena = replay->c->arena;

    for (unsigned t = 0; t < replay->till_count; t++)
        replay->tills[t].errands = arena_array(arena, replay->file.receipt_count, sizeof *replay->tills[t].errands);
    for (size_t i = 0; i < replay->file.receipt_count; i++) {
        const struct replay_receipt *receipt = &replay->file.receipts[i];
        struct till *till = &replay->tills[receipt->number % replay->till_count];
        till->errands[till->errand_count++] = (struct errand){ .till = till, .receipt = receipt };
    }
}

static int prepare(struct replay *replay)
{
    struct cli *c = replay->c;
    const Caroline__V1__SessionOpened *session = link_session(wait_link(c->waiter));

    replay->badge = c->as_badge;
    replay->name = c->as != NULL ? c->as : session->staff != NULL ? text_of(c, session->staff->name) : "";
    for (unsigned i = 0; i < replay->till_count; i++) {
        replay->tills[i].replay = replay;
        replay->tills[i].number = i;
        int status = prepare_till(replay, &replay->tills[i]);
        if (status != EXIT_DONE)
            return status;
    }
    hand_out(replay);
    return EXIT_DONE;
}

static void sell_all(struct replay *replay)
{
    const struct turn_events events = { .on_tick = on_tick, .on_interrupt = on_interrupt };

    replay->turn = turn_open(TICK_MS, &events, replay);
    replay->begun_us = replay->told_us = replay_now_us();
    for (unsigned i = 0; i < replay->till_count; i++)
        if (!till_open(&replay->tills[i]))
            break;
    turn_run(replay->turn);
    turn_close(replay->turn);
    if (replay->terminal)
        fputc('\n', stderr);
}

static int number_option(struct cli *c, const char *name, unsigned fallback, unsigned most, unsigned *number)
{
    const char *text = option_value(c, name);
    uint64_t value;

    *number = fallback;
    if (text == NULL)
        return EXIT_DONE;
    if (!whole_number(text, most, &value) || value < 1)
        return usage(c, "--%s is 1 to %u, not '%s'", name, most, text);
    *number = (unsigned)value;
    return EXIT_DONE;
}

static int finish(struct replay *replay, const char *totals, unsigned exponent)
{
    if (replay->problem != NULL)
        complain(replay->status, "%s", replay->problem);
    print_totals(replay, exponent);
    if (totals != NULL && !write_totals(replay, totals))
        return complain(EXIT_FAULT, "could not write %s", totals);
    if (replay->stopping) {
        fprintf(stderr,
                "stopped: %zu of %zu receipts were reached and are sold, %zu of them before this run; the same command "
                "goes "
                "on where it stopped\n",
                replay->done, replay->file.receipt_count, replay->before);
        return replay->status;
    }
    return print_differences(replay) == 0 && replay->refusal_count == 0 ? EXIT_DONE : EXIT_REFUSED;
}

int verb_replay(struct cli *c)
{
    struct replay *replay = arena_alloc(c->arena, sizeof *replay);
    const char *totals = option_value(c, "totals"), *problem;
    int status = number_option(c, "tills", TILLS_DEFAULT, TILLS_MAX, &replay->till_count);

    if (status == EXIT_DONE)
        status = number_option(c, "window", WINDOW_DEFAULT, WINDOW_MAX, &replay->window);
    if (status != EXIT_DONE)
        return status;
    if (!options_all_used(c))
        return EXIT_USAGE;
    if (c->word_count != 1)
        return usage(c, "name one file of receipts");
    replay->c = c;
    replay->terminal = isatty(STDERR_FILENO);
    if (!replay_file_read(c->words[0], c->arena, &replay->file, &problem))
        return complain(EXIT_FAULT, "%s", problem);
    status = prepare(replay);
    if (status != EXIT_DONE)
        return status;
    unsigned exponent = currency_exponent(c);
    replay->begun = link_now(wait_link(c->waiter));
    wait_close(c->waiter); /* the console has done its part; its loop would not turn from here on */
    c->waiter = NULL;
    sell_all(replay);
    return finish(replay, totals, exponent);
}
