/* The Stripe adapter by itself, for tests: gateway_tool URL SECRET intents|charges CA-FILE TOTAL-MS, then a call a line, parted by tabs:
 *
 *     WHAT  ID  MADE-S  ATTEMPT  AMOUNT  CURRENCY  CUSTOMER  METHOD  REFERENCE      ("-" for none; alone: status() of REFERENCE)
 *
 * and its outcome on a line: OUTCOME PROBLEM CUSTOMER METHOD REFERENCE OVER URL BRAND LAST4 MONTH YEAR, then REFERENCE:STATE:AMOUNT:FITS
 * of what was found, parted by tabs. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "server/gateway/stripe.h"

static uv_loop_t loop;
static bool answered;

static void on_done(struct gateway_call *call)
{
    static const char *const outcomes[] = { "done", "refused", "later", "lost", "fault" };
    static const char *const states[] = { "open", "busy", "declined", "captured", "refunded", "void" };

    printf("%s\t%s\t%s\t%s\t%s\t%d\t%s\t%s\t%s\t%d\t%d", outcomes[call->outcome], call->problem, call->customer,
           call->method, call->reference, call->is_over, call->url, call->card.brand, call->card.last_four,
           call->card.expiry_month, call->card.expiry_year);
    for (size_t i = 0; i < call->found_count; i++)
        printf("\t%s:%s:%" PRId64 ":%d", call->found[i].reference, states[call->found[i].state],
               call->found[i].amount_minor, call->found[i].currency_fits);
    putchar('\n');
    fflush(stdout);
    answered = true;
}

static void take(char *to, size_t size, const char *word)
{
    if (strcmp(word, "-") != 0)
        snprintf(to, size, "%s", word);
}

static void ask(struct payment_provider *provider, char *line)
{
    struct gateway_call call = { .done = on_done };
    char *words[9] = { 0 };
    const struct {
        const char *name;
        void (*act)(struct payment_provider *provider, struct gateway_call *call);
    } acts[] = {
        { "authorise", provider->authorise },
        { "capture", provider->capture },
        { "refund", provider->refund },
        { "void", provider->void_ },
        { "status", provider->status },
        { "customer", provider->customer_make },
        { "page", provider->page_make },
        { "look", provider->page_look },
        { "detach", provider->method_forget },
        { "forget", provider->customer_forget },
        { "forget_setup", provider->setup_forget },
    };

    for (size_t i = 0; i < 9; i++)
        if (!(words[i] = strsep(&line, "\t\n")))
            exit(64);
    call.id = atoll(words[1]);
    call.made_s = atoll(words[2]);
    call.attempt = atoi(words[3]);
    call.amount_minor = atoll(words[4]);
    take(call.currency, sizeof call.currency, words[5]);
    take(call.customer, sizeof call.customer, words[6]);
    take(call.method, sizeof call.method, words[7]);
    take(call.reference, sizeof call.reference, words[8]);
    call.alone = strcmp(words[0], "alone") == 0;
    for (size_t i = 0; i < sizeof acts / sizeof *acts; i++)
        if (strcmp(call.alone ? "status" : words[0], acts[i].name) == 0) {
            answered = false;
            acts[i].act(provider, &call);
            while (!answered)
                uv_run(&loop, UV_RUN_ONCE);
            return;
        }
    exit(64);
}

int main(int argc, char **argv)
{
    char line[4096];

    if (argc != 6)
        return 64;
    uv_loop_init(&loop);
    struct stripe_config config = {
        .http = { .base_url = argv[1],
                  .secret = argv[2],
                  .ca_file = argv[4],
                  .connect_ms = 3000,
                  .total_ms = atoi(argv[5]) },
        .api = strcmp(argv[3], "charges") == 0 ? STRIPE_CHARGES : STRIPE_INTENTS,
        .return_url = "https://example.org/back",
    };
    struct payment_provider *provider = stripe_open(&loop, &config);
    while (fgets(line, sizeof line, stdin))
        ask(provider, line);
    provider->close(provider);
    uv_run(&loop, UV_RUN_DEFAULT);
    return uv_loop_close(&loop) == 0 ? 0 : 70;
}
