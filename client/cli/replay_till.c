/* One till of the replay: its identity, its connection, its person, its drawer. */
#include "client/cli/replay.h"

#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "proto/sale.pb-c.h"
#include "proto/session.pb-c.h"

#define OP(name)   CAROLINE__V1__OP__OP_##name
#define CODE(name) CAROLINE__V1__ERROR_CODE__##name
#define AGAIN_US   SECOND_US

static void fail(struct till *till, const char *what, const char *sentence)
{
    struct replay *replay = till->replay;

    till->phase = TILL_FAILED;
    replay_stop(replay, EXIT_REFUSED,
                arena_format(replay->c->arena, "till %u (%s): %s%s", till->number + 1, till->identity->directory, what,
                             sentence));
}

bool till_asks_again(struct till *till, const struct link_answer *answer)
{
    if (answer->outcome == LINK_REFUSED && answer->later)
        till->not_before_us = replay_now_us() + AGAIN_US;
    return answer->outcome == LINK_FAILED || answer->later;
}

/* ---- the drawer ---- */

static void on_shift_opened(void *owner, const struct link_answer *answer)
{
    struct till *till = owner;

    if (answer->outcome == LINK_OK || answer->code == CODE(SHIFT_ALREADY_OPEN))
        till->phase = TILL_SELLING;
    else if (answer->code == CODE(SIGN_IN_FIRST) || answer->code == CODE(SESSION_LOCKED))
        till->phase = TILL_CONNECTING;
    else
        fail(till, "could not open its shift: ", answer->sentence);
    till_go_on(till);
}

static void open_shift(struct till *till)
{
    Caroline__V1__ShiftOpen open = CAROLINE__V1__SHIFT_OPEN__INIT;
    const char *problem;

    open.has_float_minor = true;
    till->phase = TILL_OPENING_SHIFT;
    (void)link_command(till->link,
                       &(struct link_command){
                           .op = OP(SHIFT_OPEN), .message = &open.base, .answered = on_shift_opened, .owner = till },
                       NULL, &problem); /* no spool: it cannot fail */
}

static void on_shift(void *owner, const struct link_answer *answer)
{
    struct till *till = owner;
    const Caroline__V1__ShiftShown *shift = (const void *)answer->reply;

    if (till_asks_again(till, answer) || answer->code == CODE(SIGN_IN_FIRST) || answer->code == CODE(SESSION_LOCKED)) {
        till->phase = TILL_CONNECTING; /* and again from there */
    } else if (answer->outcome == LINK_REFUSED) {
        fail(till, "could not ask for its shift: ", answer->sentence);
    } else if (shift->has_open && shift->open) {
        till->phase = TILL_SELLING;
    } else {
        open_shift(till);
        return;
    }
    till_go_on(till);
}

/* ---- the person ---- */

static void keep_token(struct till *till)
{
    struct bytes token = link_session_token(till->link);
    int file = open(till->identity->session_path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0600);

    if (file < 0)
        return; /* the next run signs in again */
    if (write(file, token.data, token.size) != (ssize_t)token.size)
        unlink(till->identity->session_path);
    close(file);
}

static void take_token(struct till *till)
{
    uint8_t token[64];
    int file = open(till->identity->session_path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);

    if (file < 0)
        return;
    ssize_t size = read(file, token, sizeof token);
    close(file);
    if (size > 0)
        link_session_take(till->link, bytes_of(token, (size_t)size));
}

static void on_signed_in(void *owner, const struct link_answer *answer)
{
    struct till *till = owner;

    if (!till_asks_again(till, answer) && answer->outcome == LINK_REFUSED) {
        fail(till, "could not sign in: ", answer->sentence);
        return;
    }
    if (answer->outcome == LINK_OK)
        keep_token(till);
    till->phase = TILL_CONNECTING;
    till_go_on(till);
}

static void sign_in(struct till *till)
{
    Caroline__V1__SessionOpen open = CAROLINE__V1__SESSION_OPEN__INIT;
    Caroline__V1__SessionUnlock unlock = CAROLINE__V1__SESSION_UNLOCK__INIT;
    struct replay *replay = till->replay;
    const char *pin = replay_pin(replay);

    till->phase = TILL_SIGNING_IN;
    if (pin == NULL) {
        fail(till, "somebody must sign in: give --pin-file", "");
    } else if (link_session(till->link) != NULL) {
        set_text(&unlock.pin, &unlock.has_pin, pin);
        link_call(till->link, OP(SESSION_UNLOCK), &unlock.base, 0, on_signed_in, till);
    } else {
        if (replay->badge != NULL)
            set_text(&open.badge, &open.has_badge, replay->badge);
        else
            set_text(&open.name, &open.has_name, replay->name);
        set_text(&open.pin, &open.has_pin, pin);
        link_call(till->link, OP(SESSION_OPEN), &open.base, 0, on_signed_in, till);
    }
}

/* ---- the connection ---- */

void till_go_on(struct till *till)
{
    Caroline__V1__ShiftShow show = CAROLINE__V1__SHIFT_SHOW__INIT;

    if (till->link == NULL || link_state(till->link) != LINK_ONLINE || replay_now_us() < till->not_before_us)
        return;
    if (till->phase == TILL_CONNECTING && !till->replay->stopping) {
        if (link_session(till->link) == NULL || link_locked(till->link)) {
            sign_in(till);
        } else {
            till->phase = TILL_ASKING_SHIFT;
            link_call(till->link, OP(SHIFT_SHOW), &show.base, 0, on_shift, till);
        }
    }
    if (till->phase == TILL_SELLING)
        till_sell(till);
}

static void on_state(void *owner, enum link_state state, const char *sentence)
{
    struct till *till = owner;

    if (till->link == NULL)
        return; /* still in link_open() */
    if (state == LINK_ONLINE)
        till_go_on(till);
    else if (link_hopeless(till->link) && till->phase != TILL_FAILED)
        fail(till, sentence, "; remove that directory, and it is enrolled anew");
}

/* A session that ends while receipts are under way: they are held back until somebody signs in. */
static void on_session(void *owner, bool open, bool locked)
{
    struct till *till = owner;

    if (till->link == NULL || (open && !locked) || till->phase != TILL_SELLING)
        return;
    till->phase = TILL_CONNECTING;
    till_go_on(till);
}

static void on_catalogue(void *owner, uint64_t version)
{
    struct till *till = owner;
    struct replay *replay = till->replay;

    (void)version;
    if (!replay->products_known)
        replay_products(replay, link_catalogue(till->link));
    for (unsigned i = 0; i < replay->till_count; i++)
        till_go_on(&replay->tills[i]);
}

bool till_open(struct till *till)
{
    struct replay *replay = till->replay;
    struct link_options options = {
        .loop = turn_loop(replay->turn),
        .identity = till->identity,
        .client = till->identity->kind,
        /* No spool: the file and its receipts' numbers say again what is under way. */
        .follow_catalogue = till->number == 0, /* for all of them */
        .events = { .on_state = on_state, .on_session = on_session, .on_catalogue = on_catalogue },
        .owner = till,
    };

    till->link = link_open(&options);
    take_token(till);
    if (till->number == 0 && link_catalogue(till->link) != NULL)
        replay_products(replay, link_catalogue(till->link));
    return !replay->stopping;
}

void till_close(struct till *till)
{
    if (till->link != NULL)
        link_close(till->link);
    till->link = NULL;
}

bool till_is_still(const struct till *till)
{
    if (till->phase == TILL_FINISHED || till->phase == TILL_FAILED)
        return true;
    return till->replay->stopping && till->open == 0;
}
