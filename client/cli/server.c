/* Reaching the server: the identity, the connection, the person. */
#include "client/cli/cli.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <termios.h>
#include <unistd.h>

#include "common/base/text.h"
#include "common/wire/walker.h"
#include "proto/envelope.pb-c.h"
#include "proto/session.pb-c.h"

const char *secret_read(struct cli *c, const char *file, const char *prompt, const char *option)
{
    char line[256];
    FILE *in = file ? fopen(file, "re") : fopen("/dev/tty", "r+e");
    struct termios shown, hidden;
    bool terminal = false;

    if (!in) {
        if (file)
            complain(EXIT_FAULT, "could not read %s: %s", file, strerror(errno));
        else
            complain(EXIT_FAULT, "no terminal to ask for the %s: give it by %s FILE", prompt, option);
        return NULL;
    }
    if (!file && tcgetattr(fileno(in), &shown) == 0) {
        terminal = true;
        hidden = shown;
        hidden.c_lflag &= ~(tcflag_t)ECHO;
        tcsetattr(fileno(in), TCSAFLUSH, &hidden);
        fprintf(stderr, "%s: ", prompt);
    }
    bool read = fgets(line, sizeof line, in) != NULL;
    if (terminal) {
        tcsetattr(fileno(in), TCSAFLUSH, &shown);
        fputc('\n', stderr);
    }
    fclose(in);
    if (!read) {
        complain(EXIT_FAULT, "%s holds no line", file ? file : "the terminal");
        return NULL;
    }
    line[strcspn(line, "\r\n")] = '\0';
    const char *secret = arena_text(c->arena, line);
    explicit_bzero(line, sizeof line);
    return secret;
}

/* The token of a session that another run opened: 32 bytes in a file of mode 0600. */
static bool token_read(struct cli *c, uint8_t token[32])
{
    int file = open(c->identity->session_path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);

    if (file < 0)
        return false;
    ssize_t size = read(file, token, 32);
    close(file);
    return size == 32;
}

static void token_write(struct cli *c, struct bytes token)
{
    int file = open(c->identity->session_path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0600);

    if (file < 0)
        return; /* the session ends with this run */
    if (write(file, token.data, token.size) != (ssize_t)token.size)
        unlink(c->identity->session_path);
    close(file);
}

/* Of who is signed in; NULL: nobody, or nobody's name is known. */
static const char *person_of(struct cli *c)
{
    const Caroline__V1__SessionOpened *session = link_session(wait_link(c->waiter));

    return session && session->staff && session->staff->has_name ? text_of(c, session->staff->name) : NULL;
}

static int unlock(struct cli *c)
{
    Caroline__V1__SessionUnlock request = CAROLINE__V1__SESSION_UNLOCK__INIT;
    int status;
    const char *person = person_of(c);
    const char *prompt = person ? arena_format(c->arena, "PIN of %s", person) : "PIN";
    const char *pin = secret_read(c, c->pin_file, prompt, "--pin-file");

    if (!pin)
        return EXIT_FAULT;
    set_text(&request.pin, &request.has_pin, pin);
    call_server(c, CAROLINE__V1__OP__OP_SESSION_UNLOCK, &request.base, &status);
    return status;
}

/* Sign in as who was named; the token is kept for the next run. */
static int open_session(struct cli *c)
{
    Caroline__V1__SessionOpen request = CAROLINE__V1__SESSION_OPEN__INIT;
    int status;

    if (!c->as && !c->as_badge)
        return complain(EXIT_REFUSED, "nobody is signed in on this device: name somebody by --as NAME");
    const char *whose = c->as_badge ? arena_format(c->arena, "the badge %s", c->as_badge) : c->as;
    const char *pin = secret_read(c, c->pin_file, arena_format(c->arena, "PIN of %s", whose), "--pin-file");
    if (!pin)
        return EXIT_FAULT;
    if (c->as_badge)
        set_text(&request.badge, &request.has_badge, c->as_badge);
    else
        set_text(&request.name, &request.has_name, c->as);
    set_text(&request.pin, &request.has_pin, pin);
    const Caroline__V1__SessionOpened *opened =
        (const void *)call_server(c, CAROLINE__V1__OP__OP_SESSION_OPEN, &request.base, &status);
    if (opened)
        token_write(c, bytes_of(opened->token.data, opened->token.len));
    return status;
}

/* Is the session that was taken up another person's than --as names? */
static bool somebody_else(struct cli *c)
{
    const char *person = person_of(c);

    return c->as && person && strcasecmp(person, c->as) != 0;
}

/* The command line may be used on any device of the staff's; a kiosk stays one. */
static unsigned client_kind(const struct identity *identity)
{
    return identity->kind == CAROLINE__V1__CLIENT_KIND__CLIENT_KIOSK ? identity->kind
                                                                     : CAROLINE__V1__CLIENT_KIND__CLIENT_CLI;
}

/* Times are shown as the shop's clocks show them; by UTC where this machine knows no such zone. */
static void learn_zone(struct cli *c)
{
    const Caroline__V1__Helloed *hello = link_hello(wait_link(c->waiter));

    if (hello && hello->shop && hello->shop->has_zone)
        c->zone = zone_load(NULL, text_of(c, hello->shop->zone));
}

int connect_server(struct cli *c)
{
    const char *problem = NULL;
    uint8_t token[32];

    c->identity = identity_open(c->directory, c->arena, &problem);
    if (!c->identity)
        return complain(EXIT_FAULT, "%s", problem);
    c->waiter = wait_open(c->identity, client_kind(c->identity), c->verb->needs == VERB_PERSON, c->arena, &problem);
    if (!c->waiter)
        return complain(EXIT_FAULT, "%s", problem);
    /* Who only looks asks nobody for a PIN, and is told who is signed in. */
    if ((c->verb->needs == VERB_PERSON || c->verb->run == verb_status) && token_read(c, token))
        link_session_take(wait_link(c->waiter), bytes_of(token, sizeof token));
    if (!wait_online(c->waiter, c->timeout_ms, c->arena, &problem))
        return complain(EXIT_AWAY, "%s", problem);
    learn_zone(c);
    if (c->verb->needs < VERB_PERSON)
        return EXIT_DONE;
    if (!link_session(wait_link(c->waiter)) || somebody_else(c))
        return open_session(c);
    if (link_locked(wait_link(c->waiter)))
        return unlock(c);
    return EXIT_DONE;
}

int verb_sign_in(struct cli *c)
{
    const Caroline__V1__SessionOpened *session = link_session(wait_link(c->waiter));

    if (!options_all_used(c))
        return EXIT_USAGE;
    if (session && session->staff)
        print_message(c, &session->staff->base);
    if (session && session->staff && session->must_change_pin)
        fprintf(stderr,
                "this PIN is good for choosing another, and nothing else: write the new one into a file, and\n"
                "    caroline staff put --id %" PRIu64 " --new-pin-file FILE\n",
                (uint64_t)session->staff->id);
    return EXIT_DONE;
}

int verb_sign_out(struct cli *c)
{
    Caroline__V1__SessionClose request = CAROLINE__V1__SESSION_CLOSE__INIT;
    int status;

    call_server(c, CAROLINE__V1__OP__OP_SESSION_CLOSE, &request.base, &status);
    unlink(c->identity->session_path);
    return status;
}

static void wipe_card(const char *text)
{
    if (text && text_has_card_number(bytes_of_text(text)))
        explicit_bzero((char *)(uintptr_t)text, strlen(text));
}

/* A card's number, or its stripe out of a reader that types, goes no further, and is wiped where others could read it: in what the process
 * was called with. */
static bool has_card(struct cli *c, const ProtobufCMessage *request)
{
    const char *field, *sentence;

    if (request_check(request, c->arena, &field, &sentence) != REQUEST_CARD_NUMBER)
        return false;
    for (size_t i = 0; i < c->word_count; i++)
        wipe_card(c->words[i]);
    for (size_t i = 0; i < c->option_count; i++)
        wipe_card(c->options[i].value);
    return true;
}

const ProtobufCMessage *call_server(struct cli *c, unsigned op, const ProtobufCMessage *request, int *status)
{
    if (has_card(c, request)) {
        *status = complain(EXIT_REFUSED, "this looks like a payment card's number: it was not sent (CARD_NUMBER)");
        return NULL;
    }
    const struct link_answer *answer = wait_call(c->waiter, op, request, c->timeout_ms, c->arena);

    switch (answer->outcome) {
    case LINK_OK:
        *status = EXIT_DONE;
        return answer->reply;
    case LINK_REFUSED:
        *status = complain_refused(c, answer);
        return NULL;
    case LINK_FAILED:
        *status = complain(EXIT_AWAY, "%s", answer->sentence);
        return NULL;
    }
    abort();
}

unsigned currency_exponent(const struct cli *c)
{
    const Caroline__V1__Helloed *hello = c->waiter ? link_hello(wait_link(c->waiter)) : NULL;

    return hello && hello->shop && hello->shop->has_currency_exponent ? hello->shop->currency_exponent : 2;
}

int verb_enrol(struct cli *c)
{
    const char *problem = NULL;
    struct enrol enrol = { .directory = c->directory,
                           .server = option_value(c, "server"),
                           .code = option_value(c, "code"),
                           .again = option_given(c, "again") };
    const char *code_file = option_value(c, "code-file");

    if (!enrol.server || (!enrol.code && !code_file))
        return usage(c, "--server and --code (or --code-file) are needed");
    if (!options_all_used(c))
        return EXIT_USAGE;
    if (!enrol.code && !(enrol.code = secret_read(c, code_file, "code", "--code-file")))
        return EXIT_FAULT;
    switch (identity_enrol(&enrol, c->arena, &problem)) {
    case ENROL_DONE:
        break;
    case ENROL_REFUSED:
        return complain(EXIT_REFUSED, "%s", problem);
    case ENROL_UNREACHED:
        return complain(EXIT_AWAY, "%s", problem);
    }
    if (!c->json)
        printf("enrolled; the identity is in %s\n", c->directory);
    return EXIT_DONE;
}

int verb_status(struct cli *c)
{
    const Caroline__V1__Helloed *hello = link_hello(wait_link(c->waiter));
    const char *person = person_of(c);

    if (!options_all_used(c))
        return EXIT_USAGE;
    if (!c->json)
        printf("%-20s %s%s\n", "signed in", person ? person : "nobody",
               person && link_locked(wait_link(c->waiter)) ? ", locked: the PIN is asked for again" : "");
    print_message(c, &hello->base);
    return EXIT_DONE;
}
