/* What a customer is told while the shop's computer cannot be reached: what became of theirs, and what they can do. */
#include "client/kiosk/kiosk.h"

#define AWAY      "The shop's computer is away for a moment"
#define UNREACHED "The shop's computer cannot be reached just now"

/* The counter sells without it, too. */
const char *away_notice(const struct kiosk *k)
{
    const struct visit *v = &k->visit;

    if (v->leaving)
        return AWAY ". Your basket is kept, and goes to the counter once it is back. Wait here, or tell them at the "
                    "counter what you want.";
    if (v->joining)
        return AWAY ". What you entered is kept, and is sent once it is back. Wait here, or become a member at the "
                    "counter.";
    if (v->basket.line_count > 0)
        return AWAY ". Your basket is kept here. Look at our goods meanwhile; at the counter you can buy all the same.";
    return AWAY ", and nothing is lost by that. Look at our goods meanwhile, or ask at the counter.";
}

/* Of what was asked nothing was done. */
const char *away_sentence(unsigned op)
{
    switch (op) {
    case CAROLINE__V1__OP__OP_KIOSK_SIGN_IN:
        return UNREACHED
            ". Your points and your data are safe: try again in a moment, or show your card at the counter.";
    case CAROLINE__V1__OP__OP_BASKET_LEAVE:
        return UNREACHED
            ". Your basket is kept here: try again in a moment, or tell them at the counter what you want.";
    case CAROLINE__V1__OP__OP_MEMBER_SIGN_UP:
        return UNREACHED
            ". What you entered is kept here: press Join again in a moment, or become a member at the counter.";
    case CAROLINE__V1__OP__OP_SELF_PUT:
        return UNREACHED ". Nothing was changed: try again in a moment, or have it changed at the counter.";
    case CAROLINE__V1__OP__OP_REVIEW_PUT:
        return UNREACHED ". What you wrote was not sent: please write it once more in a moment.";
    case CAROLINE__V1__OP__OP_SELF_ERASE:
        return UNREACHED ". Nothing was deleted: try again in a moment, or ask at the counter.";
    default:
        return UNREACHED ". Nothing is lost: try again in a moment, or ask at the counter.";
    }
}

const char *away_signed_out(void)
{
    return UNREACHED ", so you were signed out: sign in again in a moment, or show your card at the counter.";
}
