/* What is known of a member: checked, sealed, and made findable. */
#ifndef CAROLINE_SERVER_SERVICE_MEMBER_FIELDS_H
#define CAROLINE_SERVER_SERVICE_MEMBER_FIELDS_H

#include "common/base/calling_code.h"
#include "proto/member.pb-c.h"
#include "server/call/call.h"

/* In the order of the table's columns. */
enum member_field {
    MEMBER_NAME,
    MEMBER_PHONE,
    MEMBER_EMAIL,
    MEMBER_BIRTHDAY,
    MEMBER_CARD,
    MEMBER_AVOIDS, /* numbers of allergens, parted by commas */
    MEMBER_LANGUAGE,
    MEMBER_FIELD_COUNT
};

/* As member_blind.kind. */
enum member_blind { MEMBER_BLIND_PHONE = 1, MEMBER_BLIND_EMAIL, MEMBER_BLIND_CARD, MEMBER_BLIND_NAME };

struct member_fields {
    struct {
        bool given;
        const char *text; /* as it is kept; "" when it is to be taken away */
        const char *key;  /* phone, e-mail and card as they are compared */
    } field[MEMBER_FIELD_COUNT];
    const char *dialled[PHONE_FORMS_MAX]; /* how members who came before the shop's calling code may have the phone */
    size_t dialled_count;
    int month, day;  /* of the birthday */
    uint16_t avoids; /* allergens; bit n: number n */
};

/* "phone", as the journal names it. */
const char *member_field_name(enum member_field field);

/* Reads and checks what is there; refuses the first that will not do. */
enum step member_fields_check(struct call *c, const Caroline__V1__Member *member, struct member_fields *fields);
/* Stage: ask who has one of the given keys; then refuse if it is anybody but `id`. */
struct rows *member_taken_ask(struct call *c, const struct member_fields *fields);
enum step member_taken_check(struct call *c, const struct rows *taken, int64_t id);
/* The field sealed, or null. */
struct param member_sealed(struct call *c, int64_t id, const struct member_fields *fields, enum member_field field);
/* Ask to write the blind indexes of the given fields; those that the member has of them go first. */
void member_blinds_write(struct call *c, int64_t id, const struct member_fields *fields, bool replace);
/* Of the birthday, and of what is avoided, in the arena; null when there is none. */
struct param member_birthday_blind(struct call *c, int64_t id, const struct member_fields *fields);
struct param member_avoids_blind(struct call *c, int64_t id, const struct member_fields *fields);

/* A field out of a row with *_sealed, opened; NULL: there is none, or its key is gone. A NUL stands behind it. */
const char *member_opened(struct call *c, const struct rows *rows, size_t row, int64_t id, enum member_field field);
/* "5,8", as it is kept; in the arena. */
const char *member_avoids_text(struct call *c, uint16_t avoids);
/* What such a text of a field says besides: the birthday's day, what is avoided. */
void member_field_take(struct member_fields *fields, enum member_field field, const char *text);

/* A phone number as it is compared, NULL for none; and how it may have been kept before. */
const char *member_phone_key(struct call *c, struct bytes phone, const char *dialled[PHONE_FORMS_MAX], size_t *count);
/* The blind index of one key. */
void member_key_blind(struct call *c, enum member_blind kind, struct bytes key, uint8_t blind[BLIND_SIZE]);

/* Of a row with id, *_sealed, created_at and points; in the try's arena. It is being read: the caller notes it in the journal. */
Caroline__V1__Member *member_message_of(struct call *c, const struct rows *rows, size_t row);

/* Of a row with id, remaining, origin_day and expiry_day; likewise. */
Caroline__V1__PointsLot *member_lot_of(struct call *c, const struct rows *lots, size_t row);
/* Of a row with id, points, at, staff_id and reason of member_merge; likewise. */
Caroline__V1__MergedMember *member_merged_of(struct call *c, const struct rows *rows, size_t row);
/* Of a row of sql_self_moves; likewise. */
Caroline__V1__PointsMove *member_move_of(struct call *c, const struct rows *moves, size_t row);

#endif
