/* For members at a kiosk: a code for one who stands here, and who signed up there becomes one. */
#include "client/counter/counter.h"

#include <stdlib.h>
#include <string.h>

#include "proto/kiosk.pb-c.h"

/* ---- a code ---- */

static void on_code(void *owner, const struct link_answer *answer)
{
    struct counter *c = owner;
    char code[17];

    if (counter_refused(c, answer))
        return;
    const Caroline__V1__MemberCodeMade *made = (const Caroline__V1__MemberCodeMade *)answer->reply;
    counter_copy(code, sizeof(code), made->code);
    stage_say(&c->stage, MESSAGE_GOOD, "the code for the kiosk: %.4s %s. It is good once, for ten minutes", code,
              strlen(code) > 4 ? code + 4 : "");
    explicit_bzero(code, sizeof(code));
}

void member_code_make(struct counter *c, const struct member_row *row)
{
    Caroline__V1__MemberCodeMake message = CAROLINE__V1__MEMBER_CODE_MAKE__INIT;

    message.has_member_id = true;
    message.member_id = (uint64_t)row->id;
    struct link_command command = {
        .op = CAROLINE__V1__OP__OP_MEMBER_CODE_MAKE, .message = &message.base, .answered = on_code, .owner = c
    };
    counter_command(c, &command, NULL);
}

/* ---- who signed up ---- */

bool member_is_kiosk_number(const char *text)
{
    size_t size = strlen(text);
    return size >= 1 && size <= 4 && strspn(text, "0123456789") == size && strtoul(text, NULL, 10) > 0;
}

static void on_admitted(void *owner, const struct link_answer *answer)
{
    struct counter *c = owner;

    if (counter_refused(c, answer))
        return;
    const Caroline__V1__MemberAdmitted *done = (const Caroline__V1__MemberAdmitted *)answer->reply;
    stage_say(&c->stage, MESSAGE_GOOD,
              done->created ? "a member now, with %lld points; this sale is theirs"
                            : "noted: %lld points; this sale is theirs",
              (long long)done->points);
    if (c->errand != ERRAND_NONE)
        return;
    open_basket_set_member(&c->basket, (int64_t)done->member_id, "", done->points, false);
    if (stage_top(&c->stage) == &member_screen)
        stage_pop(&c->stage);
    sale_changed(c);
    member_refresh(c);
}

void member_admit(struct counter *c, const char *number)
{
    Caroline__V1__MemberAdmit message = CAROLINE__V1__MEMBER_ADMIT__INIT;

    message.has_number = true;
    message.number = (uint32_t)strtoul(number, NULL, 10);
    struct link_command command = {
        .op = CAROLINE__V1__OP__OP_MEMBER_ADMIT, .message = &message.base, .answered = on_admitted, .owner = c
    };
    counter_command(c, &command, NULL);
}
