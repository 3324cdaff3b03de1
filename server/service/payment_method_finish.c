/* How far it is with a card that is being added: the gateway's page, and then the method. That somebody of the staff was told it leaves a
 * trace, whenever they ask; a member at a kiosk is told what they have typed themselves. */
#include <string.h>

#include "db/queries.h"
#include "server/service/message.h"
#include "server/service/payment_message.h"

struct finishing {
    struct rows *setup;
};

static enum step look(struct call *c)
{
    const Caroline__V1__PaymentMethodFinish *request = (const Caroline__V1__PaymentMethodFinish *)c->message;
    struct finishing *f = c->shared;
    enum step step = payment_gateway_wanted(c);

    if (step != STEP_NEXT)
        return step;
    f->setup = ask(c, &sql_payment_setup_show,
                   PARAMS(PARAM_INT(request->setup_id > INT64_MAX ? -1 : (int64_t)request->setup_id)));
    return STEP_NEXT;
}

static const char *why(const char *problem)
{
    static const struct {
        const char *problem, *sentence;
    } known[] = {
        { "expired", "no card was typed on the gateway's page in time" },
        { "merged", "the member was merged into another meanwhile: begin again" },
        { "erased", "the member is no more" },
    };

    for (size_t i = 0; i < sizeof known / sizeof *known; i++)
        if (strcmp(problem, known[i].problem) == 0)
            return known[i].sentence;
    return "the gateway did not take it: begin again";
}

static enum step tell(struct call *c)
{
    const struct finishing *f = c->shared;
    Caroline__V1__PaymentMethodFinished reply = CAROLINE__V1__PAYMENT_METHOD_FINISHED__INIT;

    if (rows_count(f->setup) == 0 || (c->member_id != 0 && row_int(f->setup, 0, "member_id") != c->member_id))
        return refuse_field(c, REFUSAL(UNKNOWN_PAYMENT_SETUP), "setup_id", "no card is being added under that id");
    PUT(reply, state, (Caroline__V1__PaymentSetupState)row_int(f->setup, 0, "state"));
    if (!row_is_null(f->setup, 0, "url"))
        PUT(reply, url, field_text(row_text(f->setup, 0, "url")));
    if (reply.state == CAROLINE__V1__PAYMENT_SETUP_STATE__PAYMENT_SETUP_FAILED)
        PUT(reply, sentence, field_text(why(row_text(f->setup, 0, "problem"))));
    if (!row_is_null(f->setup, 0, "brand")) /* removed since: it is done, and there is none */
        reply.method = payment_method_of(f->setup, 0, "method_id", c->txn.arena);
    if (reply.method && c->member_id == 0)
        journal_note(c, row_int(f->setup, 0, "owner_id"), "payment_methods_shown");
    return answer(c, &reply.base);
}

const struct op payment_method_finish = {
    .name = "payment_method_finish",
    .number = NUMBER(PAYMENT_METHOD_FINISH),
    .kind = OP_ACTS,
    .needs = NEEDS_SESSION,
    .permission = PERMISSION_MEMBER_EDIT,
    .clients = CLIENT_ANY,
    .kiosk = KIOSK_MEMBER,
    .request = &caroline__v1__payment_method_finish__descriptor,
    .reply = &caroline__v1__payment_method_finished__descriptor,
    .shared_size = sizeof(struct finishing),
    .stages = { look, tell },
};
