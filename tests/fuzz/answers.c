/* Answers held against the contract. */
#include "answers.h"

#include <assert.h>
#include <stdio.h>
#include <string.h>

#include "common/base/text.h"
#include "common/wire/frame.h"
#include "common/wire/walker.h"
#include "proto/catalogue.pb-c.h"
#include "proto/envelope.pb-c.h"
#include "proto/sale.pb-c.h"
#include "proto/session.pb-c.h"
#include "server/service/ops.h"
#include "target.h"

unsigned answer_counts[ANSWER_CODES][ANSWER_CODES];

#define CODE(name) CAROLINE__V1__ERROR_CODE__##name

/* The message that the bytes are to be; within the limits of the .proto files like a request. */
static ProtobufCMessage *must_be(const ProtobufCMessageDescriptor *descriptor, struct bytes bytes, struct arena *arena)
{
    const char *field = "", *sentence = "it is no such message";
    ProtobufCMessage *message = message_decode(descriptor, bytes, arena);

    if (!message || !message_check(message, arena, &field, &sentence)) {
        fprintf(stderr, "the server sent a %s whose %s is wrong: %s\n", descriptor->short_name, field, sentence);
        assert(!"an answer outside the contract");
    }
    return message;
}

static void check_push(const Caroline__V1__Push *push, struct arena *arena)
{
    struct bytes body = bytes_of(push->body.data, push->body.len);

    switch (push->topic) {
    case CAROLINE__V1__TOPIC__TOPIC_CATALOGUE:
        must_be(&caroline__v1__catalogue_delta__descriptor, body, arena);
        break;
    case CAROLINE__V1__TOPIC__TOPIC_SESSION:
        must_be(&caroline__v1__session_state__descriptor, body, arena);
        break;
    case CAROLINE__V1__TOPIC__TOPIC_RESYNC:
        must_be(&caroline__v1__resync__descriptor, body, arena);
        break;
    default:
        assert(!"a push of no topic");
    }
}

/* A sentence for a person, on one line. */
static void check_error(const Caroline__V1__Error *error, struct arena *arena)
{
    const ProtobufCEnumDescriptor *codes = &caroline__v1__error_code__descriptor;
    struct bytes sentence = bytes_of(error->sentence.data, error->sentence.len);

    assert(error->has_code && error->code != CODE(ERROR_NONE));
    assert(protobuf_c_enum_descriptor_get_value(codes, (int)error->code));
    assert(sentence.size > 0 && text_check(sentence, 300) == TEXT_OK);
    if (error->code == CODE(TOTAL_DIFFERS))
        must_be(&caroline__v1__sale_quoted__descriptor, bytes_of(error->detail.data, error->detail.len), arena);
    else if (error->code == CODE(APPROVAL_NEEDED))
        must_be(&caroline__v1__approval_wanted__descriptor, bytes_of(error->detail.data, error->detail.len), arena);
    else if (error->code == CODE(COMMAND_DONE))
        must_be(&caroline__v1__sale_number__descriptor, bytes_of(error->detail.data, error->detail.len), arena);
}

struct answer answer_read(struct bytes payload, struct arena *arena)
{
    struct answer answer = { 0 };

    assert(payload.size > 0 && payload.size <= FRAME_MAX);
    const Caroline__V1__FromServer *message =
        (const Caroline__V1__FromServer *)must_be(&caroline__v1__from_server__descriptor, payload, arena);
    assert((message->reply != NULL) != (message->push != NULL)); /* exactly one of the two */
    if (message->push) {
        check_push(message->push, arena);
        return answer;
    }
    const Caroline__V1__Reply *reply = message->reply;
    answer.is_reply = true;
    answer.id = reply->id;
    assert((reply->error != NULL) != (reply->has_body != 0));
    if (reply->error) {
        check_error(reply->error, arena);
        answer.is_refused = true;
        answer.code = (int)reply->error->code;
        answer.sentence = bytes_of(reply->error->sentence.data, reply->error->sentence.len);
        answer.body = bytes_of(reply->error->detail.data, reply->error->detail.len);
    } else {
        answer.body = bytes_of(reply->body.data, reply->body.len);
    }
    return answer;
}

bool answer_take(const struct op *op, const struct answer *answer, struct known *known, struct arena *arena)
{
    assert(op->number < ANSWER_CODES && answer->code < ANSWER_CODES);
    bool news = answer_counts[op->number][answer->code]++ == 0;

    if (!answer->is_refused)
        known_harvest(known, must_be(op->reply, answer->body, arena), op->name);
    else if (answer->code == CODE(TOTAL_DIFFERS))
        known_harvest(known, must_be(&caroline__v1__sale_quoted__descriptor, answer->body, arena), op->name);
    return news;
}

/* Codes that no script can be told, and why. */
static const int unsayable[] = {
    CODE(ERROR_NONE),           /* no error */
    CODE(DEVICE_EXPIRED),       /* said as data, by Hello */
    CODE(UNKNOWN_COMMAND),      /* likewise, by CommandShown */
    CODE(DEVICE_REVOKED),       /* a server cuts its own connections before */
    CODE(BASKET_TOO_LONG),      /* BAD_FIELD comes first */
    CODE(STOCK_OVERFLOW),       /* takes a thousand million deliveries */
    CODE(TRAINING_FULL),        /* takes five hundred requests: tests/sale/test_training_day.py makes them */
    CODE(PARKED_UNREADABLE),    /* what is kept was read before: tests/sale/test_parked.py spoils it */
    CODE(TOO_MANY_DRAWERS),     /* takes twenty persons at one till: tests/sale/test_drawers.py */
    CODE(ALLERGEN_NOT_HERE),    /* kiosks ask for prices, and sell nothing: tests/rules/test_allergens.c */
    CODE(TICKETS_FULL),         /* takes fifty who sign up: tests/shop/test_kiosk_service.py */
    CODE(KIOSK_BASKETS_FULL),   /* takes a hundred baskets: likewise */
    CODE(KIOSK_NUMBERS_OUT),    /* takes ten thousand: likewise */
    CODE(PRINT_QUEUE_FULL),     /* takes a thousand: tests/sale/test_network_printers.py makes them */
    CODE(GIFT_CARD_TRIES),      /* takes six charges of nothing within an hour: tests/gateway/test_payment_methods.py */
    CODE(GIFT_CARD_OTHER_SHOP), /* takes a second shop: tests/sale/test_gift_cards_sold.py */
    CODE(NO_GATEWAY),           /* this shop has one: tests/gateway/test_payment_methods.py */
    CODE(BOOKS_UNSOUND),        /* takes a cell that was changed by hand: tests/wire/test_points_edited.py */
    CODE(TOO_LONG),             /* takes an answer of a whole frame: tests/sale/test_long_receipts.py */
};

static bool is_sayable(int code)
{
    for (size_t i = 0; i < sizeof unsayable / sizeof *unsayable; i++)
        if (unsayable[i] == code)
            return false;
    return true;
}

/* How often the op was asked, and how many different answers it gave. */
static unsigned times_asked(const struct op *op, unsigned *kinds)
{
    unsigned asked = 0;

    for (unsigned code = 0; code < ANSWER_CODES; code++) {
        asked += answer_counts[op->number][code];
        *kinds += answer_counts[op->number][code] > 0;
    }
    return asked;
}

static bool was_said(int code)
{
    for (unsigned op = 0; op < ANSWER_CODES; op++)
        if (answer_counts[op][code] > 0)
            return true;
    return false;
}

static void list_answers(const ProtobufCEnumDescriptor *codes)
{
    for (const struct op *const *op = all_ops; *op; op++)
        for (unsigned i = 0; i < codes->n_values; i++)
            if (answer_counts[(*op)->number][codes->values[i].value] > 0)
                printf("answer %s %s\n", (*op)->name, codes->values[i].name);
}

bool answers_complete(bool full)
{
    const ProtobufCEnumDescriptor *codes = &caroline__v1__error_code__descriptor;
    bool complete = true;
    unsigned kinds = 0, all = 0, never = 0;

    for (const struct op *const *op = all_ops; *op; op++) {
        unsigned asked = times_asked(*op, &kinds);
        all += asked;
        if (full && answer_counts[(*op)->number][0] == 0) {
            fprintf(stderr, "%s never went well, in %u tries\n", (*op)->name, asked);
            complete = false;
        }
    }
    printf("%u requests, %u different answers; codes that never came:", all, kinds);
    for (unsigned i = 0; i < codes->n_values; i++) {
        if (was_said(codes->values[i].value) || !is_sayable(codes->values[i].value))
            continue;
        printf(" %s", codes->values[i].name);
        never++;
    }
    printf("%s\n", never ? "" : " none");
    if (fuzz_listed)
        list_answers(codes);
    return complete && !(full && never);
}
