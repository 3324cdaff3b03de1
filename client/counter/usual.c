/* The usual basket of the member who stands here, put in by one key. */
#include "client/counter/screen_sale.h"

#include <stdio.h>
#include <string.h>

/* Names of what is not put in, with the reason; what has no room on the line any more is dots. */
#define LEFT_OUT_SIZE 240

static void leave_out(char text[LEFT_OUT_SIZE], const char *name, const char *why)
{
    size_t used = strlen(text), room = LEFT_OUT_SIZE - used;
    int needed = snprintf(text + used, room, "%s%s (%s)", used == 0 ? "" : ", ", name, why);

    if (needed < 0 || (size_t)needed >= room - 6)
        snprintf(text + used, room, used == 0 ? "..." : ", ...");
}

/* Why the server or this till does not put it in; NULL: it is in the basket. */
static const char *put_in(struct counter *c, const Caroline__V1__UsualGood *good, const struct product *product)
{
    size_t line;

    if (good->state == CAROLINE__V1__USUAL_STATE__USUAL_SOLD_OUT)
        return "sold out";
    if (good->state == CAROLINE__V1__USUAL_STATE__USUAL_WEIGHED)
        return "weigh it";
    if (good->state == CAROLINE__V1__USUAL_STATE__USUAL_ASKS)
        return "choose for it";
    if (good->state != CAROLINE__V1__USUAL_STATE__USUAL_TAKEN || product == NULL)
        return "no longer sold";
    switch (open_basket_add(&c->basket, product, good->quantity_milli, catalogue_newest(counter_catalogue(c)), &line)) {
    case BASKET_TAKEN:
        c->sale.taken_id = product->id;
        c->sale.taken_milli = good->quantity_milli;
        return NULL;
    case BASKET_SOLD_OUT:
        return "sold out";
    case BASKET_BAD_QUANTITY:
        return "say how much";
    case BASKET_FULL:
        return "the basket is full";
    case BASKET_NO_DEPOSIT:
    case BASKET_INACTIVE:
    default:
        return "no longer sold";
    }
}

static void say(struct counter *c, size_t taken, size_t count, const char *left_out)
{
    if (count == 0)
        stage_say(&c->stage, MESSAGE_PLAIN, "nothing is usual yet: it takes two sales with the same goods");
    else if (taken == 0)
        stage_say(&c->stage, MESSAGE_BAD, "nothing of the usual is there: %s", left_out);
    else if (left_out[0] != 0)
        stage_say(&c->stage, MESSAGE_BAD, "the usual, without %s", left_out);
    else
        stage_say(&c->stage, MESSAGE_GOOD, "the usual: %zu product%s", taken, taken == 1 ? "" : "s");
}

static void on_usual(void *owner, const struct link_answer *answer)
{
    struct counter *c = owner;
    char left_out[LEFT_OUT_SIZE] = "";
    size_t taken = 0;

    c->usual.busy = false;
    if (counter_refused(c, answer) || c->basket.member_id == 0 || c->basket.member_id != c->usual.member_id)
        return;
    if (counter_catalogue(c) == NULL || sale_is_away(c) || pay_is_under_way(c) || stage_top(&c->stage) == &pay_screen)
        return;
    const Caroline__V1__MemberUsualShown *shown = (const Caroline__V1__MemberUsualShown *)answer->reply;
    for (size_t i = 0; i < shown->n_goods; i++) {
        const Caroline__V1__UsualGood *good = shown->goods[i];
        const struct product *product = sale_product_now(c, (int64_t)good->product_id);
        const char *why = put_in(c, good, product);
        char name[PRODUCT_NAME_SIZE];

        if (why == NULL) {
            taken++;
            continue;
        }
        counter_copy(name, sizeof(name), good->name);
        leave_out(left_out, product != NULL ? product->name : name[0] != 0 ? name : "a product", why);
    }
    c->usual.taken = taken > 0;
    c->usual.none = shown->n_goods == 0;
    sale_changed(c);
    if (taken > 0)
        list_select(&c->sale.lines, c->basket.line_count - 1);
    say(c, taken, shown->n_goods, left_out);
}

/* Whoever was found may have a usual basket: the server works it out when it is asked, and a question for each member who
 * comes would be one for every sale. So the key is shown until the answer has been none. */
bool usual_is_offered(const struct counter *c)
{
    bool asked = c->usual.member_id == c->basket.member_id;

    return c->basket.member_id != 0 && counter_may(c, "member_see") && !(asked && (c->usual.taken || c->usual.none));
}

void usual_is_none(struct counter *c)
{
    c->usual = (struct usual_model){ .member_id = c->basket.member_id, .none = true };
}

void usual_begin(struct counter *c)
{
    Caroline__V1__MemberUsual message;

    if (sale_is_away(c) || (c->usual.busy && c->usual.member_id == c->basket.member_id))
        return;
    if (c->basket.member_card[0] != 0) {
        stage_say_offline(&c->stage, MESSAGE_BAD,
                          "the usual takes a connection: whose card was noted, the server knows");
        return;
    }
    if (c->basket.member_id == 0) {
        stage_say(&c->stage, MESSAGE_PLAIN, "whose usual basket? scan the member's card, or F4");
        return;
    }
    if (!counter_may(c, "member_see")) {
        stage_say(&c->stage, MESSAGE_BAD, "your role does not see what members buy");
        return;
    }
    if (!c->stage.status.connected) {
        stage_say_offline(&c->stage, MESSAGE_BAD, "no connection: what is usual, the server knows");
        return;
    }
    if (c->usual.taken && c->usual.member_id == c->basket.member_id) {
        stage_say(&c->stage, MESSAGE_BAD, "the usual is in this basket already");
        return;
    }
    c->usual = (struct usual_model){ .busy = true, .member_id = c->basket.member_id };
    caroline__v1__member_usual__init(&message);
    message.has_id = true;
    message.id = (uint64_t)c->basket.member_id;
    counter_call(c, CAROLINE__V1__OP__OP_MEMBER_USUAL, &message.base, on_usual);
}
