/* Accounts of customers who pay later: made and changed, listed, shown as a statement, received on. People call an account by its
 * number or its name. */
#include "client/cli/cli.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "proto/account.pb-c.h"
#include "proto/envelope.pb-c.h"

#define OP(name) CAROLINE__V1__OP__OP_##name

static void remember(struct cli *c, const Caroline__V1__Account *account)
{
    if (c->account_count < CLI_ACCOUNTS_MAX)
        c->accounts[c->account_count++] = (struct cli_account){ .id = account->id, .name = text_of(c, account->name) };
}

static const char *account_name(const struct cli *c, uint64_t id)
{
    for (size_t i = 0; i < c->account_count; i++)
        if (c->accounts[i].id == id)
            return c->accounts[i].name;
    return NULL;
}

/* "On account 7": a paper says the number, which the server is asked for the name of. */
const char *account_name_of(struct cli *c, uint64_t id, const char *paper_says)
{
    Caroline__V1__AccountList request = CAROLINE__V1__ACCOUNT_LIST__INIT;
    size_t length = strcspn(paper_says, "0123456789");
    const char *known = account_name(c, id);

    if (known || id == 0 || paper_says[length] == '\0')
        return known;
    request.has_number = true;
    request.number = (uint32_t)strtoul(paper_says + length, NULL, 10);
    const struct link_answer *answer = wait_call(c->waiter, OP(ACCOUNT_LIST), &request.base, c->timeout_ms, c->arena);
    const Caroline__V1__AccountListed *listed = (const void *)answer->reply;
    if (answer->outcome == LINK_OK && listed->n_accounts == 1)
        remember(c, listed->accounts[0]);
    return account_name(c, id);
}

static bool is_called(const Caroline__V1__Account *account, const char *word)
{
    return account->name.len == strlen(word) &&
           strncasecmp((const char *)account->name.data, word, account->name.len) == 0;
}

/* Of several that begin so, on as many pages, the one that is called exactly so. NULL: *problem says why. */
static const Caroline__V1__Account *one_of(struct cli *c, Caroline__V1__AccountList *request, const char *word,
                                           const char **problem)
{
    const Caroline__V1__Account *only = NULL;
    const Caroline__V1__AccountListed *listed;
    size_t count = 0;

    do {
        const struct link_answer *answer =
            wait_call(c->waiter, OP(ACCOUNT_LIST), &request->base, c->timeout_ms, c->arena);
        if (answer->outcome != LINK_OK) {
            c->unknown = answer->outcome == LINK_FAILED ? EXIT_AWAY : EXIT_REFUSED;
            *problem = answer->sentence;
            return NULL;
        }
        listed = (const void *)answer->reply;
        for (size_t i = 0; i < listed->n_accounts; i++)
            if (is_called(listed->accounts[i], word))
                return listed->accounts[i];
        if (listed->n_accounts > 0)
            only = listed->accounts[0];
        count += listed->n_accounts;
        request->has_after_id = true;
        request->after_id = listed->next_id;
    } while (listed->next_id != 0);
    if (count == 1)
        return only;
    c->unknown = EXIT_REFUSED;
    *problem = count == 0 ? arena_format(c->arena, "no account has the number or name '%s' (UNKNOWN_ACCOUNT)", word)
                          : arena_format(c->arena, "several accounts begin with '%s': name one by its number", word);
    return NULL;
}

bool account_named(struct cli *c, const char *word, uint64_t *id, const char **problem)
{
    Caroline__V1__AccountList request = CAROLINE__V1__ACCOUNT_LIST__INIT;
    uint64_t number = 0;

    request.has_number = whole_number(word, UINT32_MAX, &number);
    request.number = (uint32_t)number;
    if (!request.has_number)
        set_text(&request.name, &request.has_name, word);
    const Caroline__V1__Account *account = one_of(c, &request, word, problem);
    if (account == NULL)
        return false;
    *id = account->id;
    remember(c, account);
    return true;
}

/* The one word of the command line; false: *status is what to exit with. */
static bool named_word(struct cli *c, uint64_t *id, int *status)
{
    const char *problem;

    if (c->word_count != 1)
        *status = usage(c, "name one account, by its number or its name");
    else if (!account_named(c, c->words[0], id, &problem))
        *status = complain(c->unknown, "%s", problem);
    else
        return true;
    return false;
}

int verb_account_put(struct cli *c)
{
    Caroline__V1__AccountPut request = CAROLINE__V1__ACCOUNT_PUT__INIT;
    int status;

    request.account = (void *)message_make(&caroline__v1__account__descriptor, c->arena);
    if (c->word_count > 0 && !named_word(c, &request.account->id, &status))
        return status;
    request.account->has_id = c->word_count > 0;
    if ((status = options_apply(c, &request.account->base, NULL)) != EXIT_DONE)
        return status;
    if (!request.account->has_id && !request.account->has_name)
        return usage(c, "a new account wants its --name; one that is there is named by its number or name");
    const ProtobufCMessage *reply = call_server(c, OP(ACCOUNT_PUT), &request.base, &status);
    if (reply)
        print_message(c, reply);
    return status;
}

int verb_account_list(struct cli *c)
{
    Caroline__V1__AccountList request = CAROLINE__V1__ACCOUNT_LIST__INIT;
    const Caroline__V1__AccountListed *listed;
    const char *name = option_value(c, "name");
    Caroline__V1__Account **all = NULL;
    size_t count = 0;
    int status;

    if (!options_all_used(c))
        return EXIT_USAGE;
    if (name)
        set_text(&request.name, &request.has_name, name);
    do {
        listed = (const void *)call_server(c, OP(ACCOUNT_LIST), &request.base, &status);
        if (!listed)
            return status;
        Caroline__V1__Account **more = arena_array(c->arena, count + listed->n_accounts + 1, sizeof *more);
        for (size_t i = 0; i < count; i++)
            more[i] = all[i];
        for (size_t i = 0; i < listed->n_accounts; i++)
            more[count++] = listed->accounts[i];
        all = more;
        request.has_after_number = !name;
        request.after_number = count > 0 ? all[count - 1]->number : 0;
        request.has_after_id = name != NULL;
        request.after_id = listed->next_id;
    } while (name ? listed->next_id != 0 : listed->more && listed->n_accounts > 0);
    print_messages(c, (ProtobufCMessage *const *)all, count);
    return EXIT_DONE;
}

int verb_account_show(struct cli *c)
{
    Caroline__V1__AccountShow request = CAROLINE__V1__ACCOUNT_SHOW__INIT;
    int status;

    if (!named_word(c, &request.id, &status))
        return status;
    if ((status = options_apply(c, &request.base, NULL)) != EXIT_DONE)
        return status;
    request.has_id = true;
    const Caroline__V1__AccountShown *shown = (const void *)call_server(c, OP(ACCOUNT_SHOW), &request.base, &status);
    if (!shown)
        return status;
    if (c->json)
        print_message(c, &shown->base);
    else if (shown->receipt)
        print_receipt(c, shown->receipt);
    if (shown->more && !c->json)
        printf("earlier ones: --before-entry %u\n", shown->entries[shown->n_entries - 1]->number);
    return EXIT_DONE;
}

/* Exactly one of --cash, --card and --transfer; false: *status is what to exit with. */
static bool means_of(struct cli *c, Caroline__V1__AccountReceive *request, int *status)
{
    static const char *const names[] = { "cash", "card", "transfer" };
    bool back = option_given(c, "back");

    for (int i = 0; i < 3; i++) {
        int64_t minor;
        bool given;

        if (!money_option(c, names[i], &minor, &given, status))
            return false;
        if (!given)
            continue;
        if (request->has_means) {
            *status = usage(c, "money is received by one means at a time");
            return false;
        }
        request->has_means = request->has_amount_minor = true;
        request->means = (Caroline__V1__AccountMeans)(CAROLINE__V1__ACCOUNT_MEANS__ACCOUNT_CASH + i);
        request->amount_minor = back ? -minor : minor;
    }
    if (!request->has_means)
        *status = usage(c, "say how, and how much: --cash, --card or --transfer AMOUNT");
    return request->has_means;
}

int verb_account_receive(struct cli *c)
{
    Caroline__V1__AccountReceive request = CAROLINE__V1__ACCOUNT_RECEIVE__INIT;
    int status;

    if (!means_of(c, &request, &status) || !named_word(c, &request.account_id, &status))
        return status;
    request.has_account_id = true;
    if ((status = options_apply(c, &request.base, NULL)) != EXIT_DONE)
        return status;
    const Caroline__V1__AccountReceived *done =
        (const void *)call_server(c, OP(ACCOUNT_RECEIVE), &request.base, &status);
    if (!done)
        return status;
    if (c->json)
        print_message(c, &done->base);
    else if (done->receipt)
        print_receipt(c, done->receipt);
    return EXIT_DONE;
}
