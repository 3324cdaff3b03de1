/* The counter: what its screens share. Screens change this model and draw it; the link's
 * answers change it too. Nothing here touches a socket. */
#ifndef CAROLINE_COUNTER_COUNTER_H
#define CAROLINE_COUNTER_COUNTER_H

#include "client/counter/counter_models.h"
#include "client/goods/allergen_sheet.h"
#include "client/goods/receipt_message.h"

struct counter {
    struct stage stage;
    struct link *link;
    struct spool *spool;
    struct print_spool *printing; /* NULL: no printer */
    bool receipts_always;
    bool amounts_minor; /* an amount that is typed without a decimal sign is in the smallest unit: 1250 is 12.50 */
    struct search *search;
    const struct catalogue *indexed; /* what the search was begun with */
    uint64_t indexed_version;
    struct zone *zone; /* of the shop; NULL: UTC until it is known */
    char zone_name[64];
    struct arena *scratch; /* for a message that is being sent */
    bool leaving;
    bool training;                          /* this session practises, as the link last said */
    uint32_t snapshot_part, snapshot_parts; /* of the first catalogue, while it comes */
    uint32_t till_number;
    char not_booked[200]; /* why the server does not take a sale that was made offline; empty: no reason known */
    char aside_why[3 * ASIDE_TEXT]; /* of a sale that was put aside and is not booked, until somebody has seen it */
    char notice[400];               /* below the sign-in */
    char left_by[96];         /* whose basket lies there while nobody is signed in; empty: nobody's that is known */
    int64_t key_us, awake_us; /* the last key; when the server last heard that somebody is here */

    struct open_basket basket;
    enum errand errand;
    uint8_t errand_id[COMMAND_ID_SIZE];
    int64_t seller_id, seller_shift_id; /* of the sale under way; 0: an earlier run sold it */
    char queued[QUEUED_MAX][CODE_SIZE]; /* scans meanwhile: for the next customer, or for the basket that is coming */
    size_t queued_count;
    uint64_t basket_number; /* of the baskets of this run: another customer's has another */
    struct told_model told;
    struct card_look card_looks[CARD_LOOKS_MAX];
    bool drawer_opened; /* for the sale under way: once */
    struct due_before before;

    struct door_sign_in sign_in;
    struct door_new_pin new_pin;
    struct door_lock lock;
    bool lock_again;         /* it was locked by the server's return, or the server is back since a PIN was wrong */
    bool lock_refused_alone; /* what the last PIN came to was said without the server */
    struct shift_model shift;
    struct sale_model sale;
    struct member_model member;
    bool member_code_asked; /* a code or a card of a member is on its way, and may be of who was looked at before */
    struct member_new_model member_new;
    struct member_merge_model member_merge;
    struct attach_model attach;
    struct reward_model reward;
    struct privacy_model privacy;
    struct stored_cards_model stored_cards;
    struct charge_followed charge;
    bool stored_cards_asked; /* a list of them is on its way, and may be of the member before */
    struct charge_look charge_look;
    struct card_page_model card_page;
    struct printers_model printers;
    bool printers_asked;                 /* a list of them is on its way */
    bool printers_known, printers_there; /* this session has been told, and there are some */
    struct pay_model pay;
    struct receipt_model receipt;
    struct refund_model refund;
    bool refund_asked, refund_left; /* a look at a receipt is on its way; who asked for it has left it */
    struct free_refund_model free_refund;
    struct retender_model retender;
    struct invoice_model invoice;
    struct account_model account;
    struct account_receive_model account_receive;
    struct account_paper_model account_paper;
    struct gift_card_model gift_card;
    struct gift_card_load_model gift_card_load;
    struct gift_card_change_model gift_card_change;
    struct gift_card_paper_model gift_card_paper;
    struct account_known accounts_known[ACCOUNTS_KNOWN_MAX];
    size_t accounts_known_next;
    struct waiting waiting;
    int64_t errand_us; /* since when a basket is being parked, or taken up; 0: not seen by the clock yet */
    bool errand_slow, given_up_waits; /* a basket that nobody waited for is here once this one is gone */
    bool given_up_again;              /* the disk did not take that: not tried again before */
    int64_t given_up_us;
    int64_t given_up_unread; /* the last command whose basket cannot be read, which was said */
    struct aside asides[ASIDE_MAX];
    size_t aside_next;
    struct gift_card_code_kept codes_kept[GIFT_CARD_CODES_MAX];
    size_t codes_kept_count;
    struct allergens_model allergens;
    struct price_model price;
    struct void_model voiding;
    struct voids_model voids;
    struct explain_model explain;
    struct note_model note;
    struct kiosk_number_model kiosk_number;
    struct choice_model choice;
    struct more_model more;
    struct discount_model discount;
    struct approval_model approval;
    struct cash_model cash;
    struct count_model count;
    struct drawers_model drawers;
    struct report_model report;
    struct parked_model parked;
    struct usual_model usual;
    struct switch_model switching;
    struct switched switched[SWITCHED_MAX];
    size_t switched_count;
};

extern const struct screen invoice_screen, sign_in_screen, new_pin_screen, lock_screen, shift_screen, sale_screen,
    member_screen, reward_screen, member_new_screen, pay_screen, receipt_screen, refund_screen, refund_free_screen,
    allergens_screen, void_screen, more_screen, discount_screen, approval_screen, cash_screen, drawer_screen,
    count_screen, report_screen, price_screen, parked_screen, throw_away_screen, voids_screen, switch_screen,
    tender_screen, note_screen, retender_screen, choice_screen, drawers_screen, account_screen, account_receive_screen,
    account_paper_screen, gift_card_screen, gift_card_load_screen, gift_card_change_screen, gift_card_paper_screen,
    avoids_screen, member_merge_screen, privacy_screen, erase_screen, attach_screen, kiosk_number_screen,
    explain_screen, stored_cards_screen, stored_charge_screen, receipt_code_screen, printers_screen, card_page_screen;

/* ---- counter.c: the whole ---- */

/* link and spool live longer; both may come later than this, by counter_attach(). */
void counter_init(struct counter *c, uint32_t till_number);
/* Takes up the basket that an earlier run left. */
void counter_attach(struct counter *c, struct link *link, struct spool *spool);
void counter_fini(struct counter *c);
/* The link's events; owner is the counter. */
extern const struct link_events counter_events;
/* A step of what can wait; true: nothing is left to do. */
bool counter_idle(struct counter *c);
/* Once a second or so, and after keys (typed). Somebody who works without asking the server anything is not idle, and
 * says so; a till that nobody touches locks itself. */
void counter_tick(struct counter *c, int64_t now_us, bool typed);
/* The lines around the screens say what is so. */
void counter_show_state(struct counter *c);

/* ---- ask.c: calls and their answers ---- */

void counter_call(struct counter *c, unsigned op, const ProtobufCMessage *message, link_answer_fn *answered);
/* false: it could not be kept, which has been said. */
bool counter_command(struct counter *c, const struct link_command *command, uint8_t id[COMMAND_ID_SIZE]);
/* OK: false. Else says the sentence on the message line: true. */
bool counter_refused(struct counter *c, const struct link_answer *answer);
ProtobufCBinaryData counter_text(const char *text);
/* A text of a message into a string of `size` bytes, cut at a character. */
void counter_copy(char *to, size_t size, ProtobufCBinaryData text);

/* ---- waiting.c: what is asked beside a sale, and not answered yet ---- */

/* "10.00 for gift card 17, ends in 6724": it is called so for as long as it is waited for, and when it was put aside. */
void waiting_name(struct waiting *waiting, const char *format, ...) __attribute__((format(printf, 2, 3)));
/* Of wanted: busy, answered, leave, what, named, drawer, follow. *busy is true when it was sent, and false again before answered() comes. */
void waiting_begin(struct counter *c, unsigned op, const ProtobufCMessage *message, const struct waiting *wanted);
/* On the screen that is shown: nothing but Esc is for now. */
bool waiting_is_on(const void *model);
/* Who asked has signed out. */
void waiting_end(struct counter *c);
/* The rows of Esc while something is waited for, beside the screen's own (waiting_not_label): it takes back, or puts aside. */
#define WAITING_TAKE_BACK(act)                                                                                         \
    {                                                                                                                  \
        KEY_ESCAPE, NULL, act, "Take it back: it was not sent, and nothing is done", waiting_take_back_label           \
    }
#define WAITING_PUT_ASIDE(act)                                                                                         \
    {                                                                                                                  \
        KEY_ESCAPE, NULL, act, "Put it aside and sell on: it may be done already; its answer is told",                 \
            waiting_put_aside_label                                                                                    \
    }
const char *waiting_not_label(const void *model);
const char *waiting_take_back_label(const void *model);
const char *waiting_put_aside_label(const void *model);
/* What those do. false: nothing is waited for. */
bool waiting_back(struct counter *c);
/* What was put aside and is not answered; "": nothing. */
void waiting_banner(const struct counter *c, char *text, size_t size);
void waiting_draw(struct counter *c, struct area area, int row);
void waiting_tick(struct counter *c, int64_t now_us); /* once a second or so */
/* An answer that no screen waits for; false: not of these. */
bool waiting_told(struct counter *c, unsigned op, const uint8_t id[COMMAND_ID_SIZE], const struct link_answer *answer);

/* ---- the shop ---- */

const struct catalogue *counter_catalogue(const struct counter *c);
const struct shop *counter_shop(const struct counter *c); /* NULL before the first catalogue */
unsigned counter_exponent(const struct counter *c);
/* "12.34"; text holds NUMBER_TEXT bytes. */
char *counter_money(const struct counter *c, char *text, int64_t minor);
/* "1 point", "230 points"; of a debt after a refund "owes 30 points"; likewise. */
char *counter_points(char *text, int64_t points);
bool counter_money_parse(const struct counter *c, const char *text, int64_t *minor);
void counter_say_amount(struct counter *c);                        /* how an amount is typed here */
uint32_t counter_discount_limit_ppm(const struct counter *c);      /* of who is signed in */
bool counter_may(const struct counter *c, const char *permission); /* they, by a name of PROTOCOL.md's list */
const struct zone *counter_zone(const struct counter *c);

/* The day on which the open shift began, if that is over; false: it is today's, or not known. */
bool counter_shift_forgotten(const struct counter *c, struct day *day);
bool counter_is_forgotten(const struct counter *c, struct instant opened, struct day *day); /* likewise, of any */

/* ---- sale.c: what happens to the basket ---- */

/* "5 lines, 22.64": what waits in it. */
#define BASKET_TEXT (NUMBER_TEXT + 40)
char *sale_basket_text(const struct counter *c, char text[BASKET_TEXT]);
/* After every change: what it costs, and onto the disk. */
void sale_changed(struct counter *c);
/* What is typed, or asked for, is for nobody any more. */
void sale_clear_entry(struct counter *c);
/* A scanned or typed code, so much of it; 0: not said. false: nothing came of it, which has been said. */
bool sale_take_code(struct counter *c, const char *code, int64_t quantity_milli);
/* Is it one printed in the shop, with a weight or price in it? */
bool sale_is_label(const struct counter *c, const char *code);
bool sale_is_barcode(const struct counter *c,
                     const char *code); /* an EAN or UPC, whether its check digit fits or not */
/* Why a code is of no use; cards_too: members' cards were looked through. */
void sale_say_unknown(struct counter *c, const char *code, bool cards_too);
bool sale_knows_code(const struct counter *c, const char *code);
/* "CODE was not taken: why", with a beep. What is as good as money is not named. */
void sale_say_not_taken(struct counter *c, const char *code, const char *why);
const struct product *sale_product_of_code(const struct counter *c, const char *code);
/* What is typed or searched; nothing typed: the selected line's. NULL: nothing. Borrowed from the catalogue. */
const struct product *sale_pointed_at(const struct counter *c);
/* Something is typed that is no product's: says so. Where sale_pointed_at() has found nothing. */
bool sale_says_nothing_typed(struct counter *c);
bool sale_add(struct counter *c, const struct product *product, int64_t quantity_milli);
/* Of what is sold by weight or measure it asks how much, if that was not said (0). */
bool sale_add_or_weigh(struct counter *c, const struct product *product, int64_t quantity_milli);
void sale_say_weigh(struct counter *c); /* that a weight is asked for */
/* The basket was sold or parked: the next one begins, with what was scanned meanwhile; false: not with all of it, which has
 * been said. */
bool sale_next(struct counter *c);
void sale_drop(struct counter *c); /* it was thrown away: an empty one */
/* What was scanned meanwhile into the basket that is here now; or it is dropped, for its customer's turn has not come. */
bool sale_take_queued(struct counter *c); /* likewise */
void sale_drop_queued(struct counter *c, const char *because);
/* Is the server asked about the basket? Says so: nothing may happen to it now. */
bool sale_is_away(struct counter *c);
void sale_draw_progress(const struct counter *c, struct area area);
/* The line that a server's "basket.lines[2].quantity_milli" is about. */
void sale_select_field(struct counter *c, const Caroline__V1__Error *error);

/* ---- told.c: what was scanned and not taken ---- */

/* Nothing has the code: it is named, and beeps, until somebody has read it; the till sells on. */
void told_unknown(struct counter *c, const char *code, bool cards_too);
/* Likewise what the message line says of something that was scanned: of a code that nothing has, or of another ("") matter. */
void told_message(struct counter *c, const char *code);
void told_say(struct counter *c, const char *format, ...) __attribute__((format(printf, 2, 3)));
/* Likewise of money that is to be given: before all else, and of several in one sum. */
void told_back(struct counter *c, const struct given_back *back, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

/* ---- given_back.c: the money of a refund ---- */

struct given_back given_back_of(const Caroline__V1__SaleRungUp *sale);
void given_back_add(struct given_back *sum, const struct given_back *back);
/* "7.25 in cash, 3.00 on the card machine". Returns text. */
char *given_back_text(const struct counter *c, const struct given_back *back, char text[GIVEN_BACK_TEXT]);
/* Beside the next basket; and on a line that stays until it is read, where no receipt is shown. */
void given_back_note(struct counter *c, const Caroline__V1__SaleRungUp *sale);
void given_back_tell(struct counter *c, const Caroline__V1__SaleRungUp *sale);
/* Returns the row behind it. */
int given_back_draw(const struct counter *c, struct area area, int row);
/* The next sale is paid: what stood beside its basket is over. */
void given_back_paid(struct counter *c);

/* ---- test_page.c: for who sets the till up ---- */

void test_page_print(struct counter *c, size_t columns); /* and says so; columns: of the printer */
/* Its code; says whether it came as it was printed. false: another code. */
bool test_page_scanned(struct counter *c, const char *code);

/* ---- coupons.c ---- */
/* A coupon's code: nothing else that is scanned is like it. */
bool coupon_looks_like(const char *code);
/* Into the basket, once the server has said what it is; false: nobody can be asked. */
bool coupon_look(struct counter *c, const char *code);
/* The last of the basket's. */
void coupon_take_off(struct counter *c);
/* What the sale of this receipt has earned is asked for, and printed. */
void coupon_earn(struct counter *c, const char *receipt_number);

/* ---- gift_cards.c ---- */

bool gift_card_looks_like(const char *code); /* 16 to 24 digits, with the right check digits where there are such */
bool gift_card_is_made(const char *code);    /* 20 with check digits: no other code is like that but by chance */
void gift_card_take(struct gift_card_row_shown *row, const Caroline__V1__GiftCard *card);
/* "gift card 17, ends in 6724". Returns text. */
#define GIFT_CARD_NAME 48
char *gift_card_name(const Caroline__V1__GiftCard *card, char text[GIFT_CARD_NAME]);
/* Why it pays nothing; NULL: it does. */
const char *gift_card_trouble(const struct gift_card_row_shown *row);
void gift_card_look(struct counter *c, const char *text); /* a code, or its number where it is not to pay */
void gift_card_pay(struct counter *c);                    /* by the one that is shown */

/* ---- what other screens begin ---- */

void sign_in_begin(struct counter *c);
void sign_in_enter(struct counter *c);     /* somebody has: the sale, and what it needs to know */
void sign_in_connected(struct counter *c); /* or not: who signed in too early is answered */
void sign_in_with(struct counter *c, const struct field *name, bool badge, const struct field *pin);
void new_pin_begin(struct counter *c, int64_t staff_id, const struct field *name, bool badge);
void lock_begin(struct counter *c);
void lock_server_back(struct counter *c);
void lock_now(struct counter *c); /* and the server is told */
void sign_out(struct counter *c); /* asks first, where somebody may be sorry */
void shift_ask(struct counter *c);
void shift_ask_to_pay(struct counter *c); /* and pay then */
/* As the server says. What is another's, who was signed in before, is not taken. */
void shift_take(struct counter *c, const Caroline__V1__ShiftShown *shown);
void shift_leave(struct counter *c); /* somebody else is here: what was theirs is not known to be this one's */
/* Of several that are open at this till: which is to be closed, or reported. One: at once. */
void drawers_begin_close(struct counter *c);
void drawers_begin_report(struct counter *c);
void drawers_say_forgotten(struct counter *c); /* of others: names them */
/* Whose drawer that is, as far as it is known here; "": it is not, or it is the till's (0). */
const char *drawers_holder(const struct counter *c, int64_t holder_id);
void member_begin(struct counter *c);
void reward_begin(struct counter *c);               /* of several */
void member_forget(struct counter *c);              /* what was found is not shown any more: one of them is gone */
void member_is_gone(struct counter *c, int64_t id); /* nor is the basket theirs */
void member_refresh(struct counter *c);             /* of a basket taken up from the disk */
const struct member_row *member_selected(const struct counter *c); /* on their screen; NULL: nobody */
void member_leave(struct counter *c);                              /* that screen, which is the top one */
/* Its Enter and its scans without the server: a card is noted, and nobody is looked up (member_offline.c). */
void member_enter_offline(struct counter *c);
void member_scan_offline(struct counter *c, const char *code);
bool member_is_errand(const struct counter *c); /* somebody is looked for, and not for the sale */
void member_code_make(void *model);             /* keys of that screen (member_codes.c) */
const char *member_code_label(const void *model);
void member_card_make(void *model);
const char *member_card_label(const void *model);
void member_card_told(struct counter *c, const ProtobufCMessage *message);
void member_find_card(struct counter *c, const char *card); /* for the basket, from anywhere */
void member_fill_row(struct member_row *row, const Caroline__V1__Member *member);
void member_new_begin(struct counter *c, const char *text);
void member_change_begin(struct counter *c, int64_t id); /* fetched first */
/* Who is the same person as this one, that was looked up behind it? */
void member_merge_begin(struct counter *c, const struct member_row *stays, const struct member_row *goes);
/* Whose is this receipt? Somebody is looked for, to be given it. */
void member_begin_for(struct counter *c, const char *number);
void attach_begin(struct counter *c, const struct member_row *member, const char *number); /* "": it is asked for */
void attach_say(struct counter *c, const Caroline__V1__SaleAttached *done, const char *name);
void member_is_now(struct counter *c, int64_t before,
                   int64_t id); /* the basket's member, if it was that one, is another's id */
/* ---- pay.c: what happens while a sale is paid ---- */

void pay_begin(struct counter *c);
bool pay_is_under_way(const struct counter *c); /* money was taken, or the server has the sale */
bool pay_holds_price(const struct counter *c);  /* a total was told, and stays until Pay is left */
void pay_total_changed(struct counter *c);      /* all the same: what is paid follows */
void pay_resume(struct counter *c);             /* after a restart, or when somebody signs in anew */
/* Nobody can be asked what is to pay. */
void pay_offline(struct counter *c);
/* Its answer, whoever asked. */
void pay_answered(struct counter *c, const struct link_answer *answer);
/* Still to pay; rounded once cash was given, for cash pays the rest. */
int64_t pay_due_minor(const struct counter *c);
/* If cash pays it. */
int64_t pay_due_in_cash(const struct counter *c);
/* Rings up once nothing is due any more. */
void pay_add_tender(struct counter *c, int64_t type_id, int64_t amount_minor, const char *reference);
/* The amount that was asked about goes on this account. */
void pay_add_account(struct counter *c, int64_t account_id, const char *account);
/* What neither cash nor card has paid, and cards and vouchers may. */
/* More was taken back than bought: cash goes out. */
bool pay_is_out(const struct counter *c);
/* Nothing is to pay, or nothing that cash could: it is sold as it is. */
bool pay_is_even(const struct counter *c);
/* Rings up what nobody pays for. */
void pay_nothing(struct counter *c);
int64_t pay_rest_minor(const struct counter *c);
/* What the shop takes beside cash and card, and this person may take, in the order of ids: as it was when paying began. */
size_t pay_others(const struct counter *c, const struct tender_type *others[PAY_OTHERS_MAX]);
/* It may have been switched off since paying began: then says so. */
bool pay_still_takes(struct counter *c, int64_t type_id);
/* What is typed, or all that is due, by this one: what it asks for is asked first. */
void pay_begin_other(struct counter *c, const struct tender_type *type);
/* The number was typed, or what is over may be forfeited. */
void pay_go_on(struct counter *c);
void pay_leave(struct counter *c);                /* back to the sale, if it is on the stage */
void pay_tick(struct counter *c, int64_t now_us); /* once a second or so: what is waited for */
void pay_line_changed(struct counter *c);         /* the connection came, or went */

/* ---- pay_wait.c: while a sale that was paid is not answered ---- */

/* What goes back of the cash of a sale that is being rung up; false: there is none in it, or it is not known here. */
bool pay_change(const struct counter *c, int64_t *change_minor);
/* The drawer, for the sale under way, once; and that where there is cash in it, or cash is paid out, here and now. */
void pay_open_drawer(struct counter *c);
void pay_open_for_change(struct counter *c);
/* It was opened, where there is one, and no sale is in the books for that: why, as a drawer that is opened without a sale. */
void pay_note_drawer(struct counter *c, const char *why);
void pay_note_sale_drawer(struct counter *c,
                          const char *why); /* if it was for the sale under way, which is not booked */
/* A sale of which no byte has left is nobody's yet. */
void pay_withdraw(struct counter *c);

/* ---- training.c: practice ---- */

void training_toggle(struct counter *c); /* asks whether it is to begin, or to end */
void training_look(struct counter *c);   /* has the session changed? Then nothing of before is left */
/* Says that this is not for now: true. */
bool training_forbids(struct counter *c);

/* ---- offline.c: selling without the server ---- */

/* May this till sell the basket by itself? Else says why not. */
bool offline_can_sell(struct counter *c);
/* A scanned code that no product has may be a member's card: the points come when the server knows whose. What is a bar code of
 * goods is none, and the one who was named stays: these are told as unknown. */
bool offline_note_card(struct counter *c, const char *card); /* false: it is not noted */
/* The same of a card's number that is typed; what it comes to is said. sure: digits alone are no telephone number. */
enum offline_typed { OFFLINE_NOT_NOTED, OFFLINE_NOTED, OFFLINE_ASKS /* are they? */ };
enum offline_typed offline_note_typed(struct counter *c, const char *text, bool sure);
/* Rings it up: on the disk, printed, and the next customer's turn. */
void offline_ring_up(struct counter *c);
/* The server was to book the sale, and is not there: where no byte of it has left it is this till's own, as one that began
 * offline. false: it is not, and waits in the spool. */
bool offline_take_over(struct counter *c);
/* The sale whose answer does not come makes room for the next customer; it is booked once, as it was or, should the
 * server refuse it, as one of this till's own. */
bool offline_can_put_aside(const struct counter *c);
void offline_put_aside(struct counter *c);
/* ---- aside.c: what becomes of it ---- */

void aside_answered(struct counter *c, const struct link_answer *answer);
/* A basket was parked by this command, or was not: if it was one of those, that is told. */
void aside_parked(struct counter *c, const uint8_t id[COMMAND_ID_SIZE], const struct link_answer *answer);
void aside_try_again(struct counter *c); /* something has changed: those that were refused */
void aside_look(struct counter *c);      /* what is said of them for as long as nobody has seen to it */
void aside_take_up(struct counter *c);   /* the same at the start: what an earlier run had no time to note, too */
/* Of what is parked: is it a sale that was not booked? */
void aside_mark(struct counter *c, struct parked_row *row);
/* It is taken up, or thrown away: what is to be given back, or "". */
void aside_ends(struct counter *c, int64_t parked_id, char *text, size_t size);

/* What the server says of one that was sold so. */
void offline_answered(struct counter *c, const struct link_answer *answer);
/* Something has changed: what was refused is sent once more. */
void offline_try_again(struct counter *c);
/* The server knows how far the till's numbers have come. */
void offline_numbers_behind(struct counter *c, const Caroline__V1__ShiftShown *shown);
/* "2 sales made offline wait": on the line that says how things are; empty when there is none. */
void offline_banner(const struct counter *c, char *text, size_t size);
/* The newest receipt, as it came onto the disk; NULL: none. In c->scratch. */
const Caroline__V1__SaleRungUp *offline_last(struct counter *c);
/* It was sold here, and the server does not have it yet. */
bool offline_waits(struct counter *c, const char *receipt_number);
/* ---- usual.c ---- */

/* Asks for what the basket's member usually takes, and puts it in. */
void usual_begin(struct counter *c);
/* Is the key worth showing? Not once it was used, or it is known that there is nothing. */
bool usual_is_offered(const struct counter *c);
void usual_is_none(struct counter *c); /* of the basket's member, who is new */

/* ---- screen_switch.c: two people, one till ---- */

void switch_begin(struct counter *c);
void switch_begin_badge(struct counter *c, const char *badge);   /* that was scanned */
void switch_begin_gift_card(struct counter *c, uint32_t number); /* which they then see */
void switch_parked(struct counter *c, int64_t parked_id);        /* for the switch under way; 0: it was not */
void switch_called_off(struct counter *c);                       /* the basket comes back to whoever stays */
void switch_basket_back(struct counter *c);                      /* who signed in gets what was parked for them here */

/* ---- errand.c: while one is parked or taken up, and there is no answer ---- */

/* Nobody has to wait for it any longer. */
bool errand_can_give_up(const struct counter *c);
/* It is taken back, where no byte has left; else its answer is told when it comes, and the till sells on. false: not now. */
bool errand_give_up(struct counter *c);
void errand_draw(const struct counter *c, struct area area, int row); /* that it can be, where it can */
void errand_line_lost(struct counter *c);
void errand_tick(struct counter *c, int64_t now_us); /* once a second or so */
/* The answer to one that was given up; false: it is another's. */
bool errand_told(struct counter *c, const uint8_t id[COMMAND_ID_SIZE]);

/* ---- parked.c: baskets that wait with the server ---- */

void parked_count(struct counter *c); /* asks how many of who is signed in */
bool parked_park(struct counter *c);  /* false: not asked for; why has been said */
/* The selected one. */
void parked_take_up(struct counter *c);
void parked_take_up_id(struct counter *c, int64_t id);
void parked_call_up(struct counter *c, uint32_t number); /* that was left at a kiosk */
void parked_throw_away(struct counter *c, const char *reason);
const char *parked_name(const struct counter *c, const struct parked_row *row); /* of its first line */
/* Their answers, whoever asked. */
void parked_put_aside(struct counter *c, const struct link_answer *answer);
void parked_taken_up(struct counter *c, const struct link_answer *answer);
void parked_remember(struct counter *c, const uint8_t id[COMMAND_ID_SIZE]); /* before it: what the command was about */
void parked_thrown_away(struct counter *c, const struct link_answer *answer);
/* The one that was chosen does not wait any more: says so, and what it was paid by, if it is none that was booked. */
void parked_ended(struct counter *c, const char *what);

/* ---- printing.c: receipts onto paper, and the drawer ---- */

/* printing: NULL without a printer; lives longer. After counter_attach(). */
void printing_attach(struct counter *c, struct print_spool *printing, bool receipts_always);
void printing_changed(void *owner); /* of print_spool_options; owner is the counter */
/* Of screens whose F9 prints: why it does not. */
const char *printing_why_not(const void *model, int code);
void printing_kick(struct counter *c); /* opens the drawer, where there is one */
/* An X or a Z onto paper; a Z that was just closed once at most, or again because somebody asked. */
void printing_report(struct counter *c, const struct report_model *report, bool again);
/* Its receipt is printed without being asked for: always, or because the shop keeps a signature on it. */
bool printing_is_wanted(const struct counter *c, const Caroline__V1__SaleRungUp *sale);
/* A sale or refund is done: its receipt, once, where that is so. */
void printing_sold(struct counter *c, const Caroline__V1__SaleRungUp *sale);
/* The drawer, if there was cash in it. */
void printing_drawer(struct counter *c, const Caroline__V1__SaleRungUp *sale);
/* A document under its key, which is printed once. false: it is not, which has been said if it was to be. */
bool printing_put(struct counter *c, const char *key, const Caroline__V1__Receipt *document);
/* The receipt of a number once more, which the server counts; "": this till's last. */
/* Sends what has a paper for its answer; says so where that waits for a connection. */
void printing_ask(struct counter *c, const struct link_command *command);
void printing_copy(struct counter *c, const char *number, bool gift);
/* Anything, once for each key. */
bool printing_put_paper(struct counter *c, const char *key, const struct receipt *paper);
/* A coupon: its code stands on no disk. */
bool printing_put_coupon(struct counter *c, const char *key, const struct receipt *paper,
                         const struct receipt *with_code);
/* With the code of a new gift card below, on paper and on no disk; "": it has none. */
bool printing_put_with_code(struct counter *c, const char *key, const Caroline__V1__Receipt *document,
                            const char *code);
void printing_copied(struct counter *c, const struct link_answer *answer); /* whoever asked */
void printing_copy_last(struct counter *c);

/* ---- accounts.c ---- */

/* For papers of the next minutes. */
void accounts_know(struct counter *c, int64_t id, const char *name);
const char *accounts_name(const struct counter *c, int64_t id); /* NULL: not known here */
/* The same document, with the names of accounts that are known here below their numbers: for eyes and paper, and for no disk.
 * In the arena. */
struct receipt receipt_with_names(const struct counter *c, const struct receipt *receipt, struct arena *arena);
void accounts_fetch(struct counter *c);  /* for the list: page after page */
void accounts_search(struct counter *c); /* by what is typed, among all of them */
void accounts_narrow(struct counter *c); /* the list to what is typed */

/* ---- what other screens begin ---- */

void receipt_take(struct counter *c, struct receipt_model *receipt, enum receipt_kind kind,
                  const Caroline__V1__SaleRungUp *sale);
/* A document alone. */
void receipt_take_document(struct counter *c, struct receipt_model *receipt, const Caroline__V1__Receipt *document);
void receipt_roll(struct receipt_model *receipt, int key);
void receipt_fini(struct receipt_model *receipt);
void receipt_show(struct counter *c, enum receipt_kind kind, const Caroline__V1__SaleRungUp *sale);
void receipt_draw_lines(struct receipt_model *receipt, struct area area);
void receipt_last(struct counter *c);
void refund_begin(struct counter *c, const char *number);
void refund_answered(struct counter *c, const struct link_answer *answer);
void refund_free_begin(struct counter *c); /* of what stands in the basket; says what is in the way */
/* Another person has allowed it: it is asked about. */
void refund_free_approved(struct counter *c, ProtobufCBinaryData token);
void retender_begin(struct counter *c, const char *number); /* "": it is asked for */
void retender_answered(struct counter *c, const struct link_answer *answer);
void invoice_begin(struct counter *c, const char *number); /* "": it is asked for */
/* Of a receipt that has one, or a refund of what has one: who the customer is, is known. */
void invoice_begin_known(struct counter *c, const char *number);
bool invoice_is_cut_off(struct counter *c);                 /* none can be made now, which has been said */
void invoice_credit(struct counter *c, const char *number); /* likewise, without a screen: for paper */
void invoice_answered(struct counter *c, const struct link_answer *answer);
void invoice_forget(struct counter *c); /* whom it names is nowhere in memory any more */
/* refund_lines.c: which lines come back; none picked: all that is left. */
void refund_lines_take(struct refund_model *m, const Caroline__V1__SaleShown *shown);
size_t refund_lines_picked(const struct refund_model *m);
void refund_lines_one(struct refund_model *m); /* a piece more of the selected line, and none again behind the last */
void refund_lines_all(struct refund_model *m); /* all that is left of it; again: none */
/* Those that are picked, for a request; they live in the arena. */
Caroline__V1__RefundLine **refund_lines_put(const struct refund_model *m, struct arena *arena, size_t *count);
void refund_lines_draw(struct counter *c, struct area area);
void allergens_show(struct counter *c, const struct product *product);
/* ---- screen_avoids.c ---- */

/* A line has what the member avoids, and nobody was told: asks, wherever one is. false: nothing is to be asked. */
bool avoids_asks(struct counter *c);
void avoids_look(struct counter *c); /* likewise, where the sale is in sight */
/* The server's word for it (ALLERGEN_AVOIDED), whatever is known here. */
void avoids_learn(struct counter *c, const Caroline__V1__Error *error);

void price_begin(struct counter *c);
void void_begin(struct counter *c); /* the selected line, once the total was heard */
void void_begin_basket(struct counter *c);
void void_begin_parked(struct counter *c); /* the selected one */
void voids_begin(struct counter *c);
void explain_begin(struct counter *c, const char *number); /* of a receipt: where its numbers come from */
void explain_fini(struct explain_model *m);
void note_begin(struct counter *c);                            /* to the selected line */
void choice_begin(struct counter *c, size_t line, bool fresh); /* what has to be chosen for it */
void choice_begin_line(struct counter *c);                     /* all that can be, for the selected line */
bool choice_is_wanted(const struct counter *c, size_t line);   /* before it can be sold */
size_t choice_first_wanted(const struct counter *c);           /* the basket's count: none does */
bool choice_begin_wanted(struct counter *c);                   /* for the first line that wants it; false: none does */
void more_begin(struct counter *c);
void parked_begin(struct counter *c);
void parked_look(struct counter *c); /* is the list on the stage? If not, nobody's name stays in it */
void kiosk_number_begin(struct counter *c);
void discount_begin_line(struct counter *c);
void discount_begin_receipt(struct counter *c);
void approval_begin(struct counter *c);                                 /* for what the basket asks; then it is paid */
void approval_begin_free_refund(struct counter *c);                     /* then it is asked about */
void privacy_begin(struct counter *c, const struct member_row *member); /* of the one that is selected */
/* ---- screen_stored_cards.c ---- */

void stored_cards_begin(struct counter *c, const struct member_row *member);
/* The answer of what was put aside. */
void stored_card_removed(struct counter *c, const ProtobufCMessage *message);

void stored_cards_list(struct counter *c); /* anew */

struct qr;
void receipt_code_paint(const struct qr *qr, struct area area); /* screen_receipt_code.c; it has room there */

/* ---- screen_card_page.c ---- */

/* For the member whose cards are shown; left: as of struct waiting. */
void card_page_begin(struct counter *c, void (*left)(struct counter *c));
void card_page_told(struct counter *c, const ProtobufCMessage *message);
void card_page_tick(struct counter *c, int64_t now_us); /* once a second or so */

/* ---- screen_printers.c ---- */

/* Where something is shown that they could print: the server is asked whether there are any. */
void printers_look(struct counter *c);
/* Their key is told where there are; it is obeyed all the same, for one may be new. */
const char *printers_there(const void *model);
const char *printers_not_there(const void *model);
void printers_begin_receipt(struct counter *c, const char *number);
void printers_begin_z(struct counter *c, uint32_t number);

/* ---- charges.c ---- */

void charges_take_up(struct counter *c); /* an earlier run's */
/* From here on the gateway is asked by the server; what comes of it is asked for until it is over. */
void charge_begun(struct counter *c, const ProtobufCMessage *message);
bool charge_is_under_way(struct counter *c);          /* and says so */
void charges_tick(struct counter *c, int64_t now_us); /* once a second or so */

/* ---- gift cards and accounts ---- */

void gift_card_begin(struct counter *c);
void gift_card_begin_code(struct counter *c, const char *code); /* that was scanned */
void gift_card_begin_paying(struct counter *c);                 /* for the amount that is asked about (pay.ask_minor) */
void gift_card_leave(struct counter *c);
void gift_card_begin_number(struct counter *c, uint32_t number);
void gift_card_load_begin(struct counter *c, const struct gift_card_row_shown *row); /* NULL: a new one */
void gift_card_change_begin(struct counter *c, enum gift_card_deed deed);            /* with the card that is shown */
/* By whom what goes back, as a cashier is told; only cash is theirs to give yet. Returns text. */
char *gift_card_back_text(const struct counter *c, const Caroline__V1__GiftCardUndone *undone, char text[STAGE_TEXT]);
/* Its paper on the screen; code: of a new one, shown once; else "". */
void gift_card_paper_show(struct counter *c, const Caroline__V1__GiftCard *card, const Caroline__V1__Receipt *receipt,
                          const char *code);
/* A code that is to be shown once its cashier is back at the sale; and then it is. */
void gift_card_code_keep(struct counter *c, const Caroline__V1__GiftCard *card, const char *code);
/* There is room for the code of one more; false: not, which has been said. Before a card is asked for. */
bool gift_card_code_has_room(struct counter *c);
void gift_card_codes_show(struct counter *c);
void account_begin(struct counter *c);        /* to receive money, or for a statement */
void account_begin_paying(struct counter *c); /* for the amount that is asked about (pay.ask_minor) */
void account_receive_begin(struct counter *c, const struct account_row_shown *row);
void account_statement_ask(struct counter *c, const struct account_row_shown *row);
void cash_begin(struct counter *c);
void drawer_begin(struct counter *c);
/* shift_id 0: the one that is open, whose ever it is. holder: whose drawer is counted, "": the till's. */
void count_begin(struct counter *c, int64_t shift_id, const char *holder);
void report_x(struct counter *c, int64_t shift_id); /* 0: one's own */
/* Without a connection: what this till knows of it. */
void offline_say_x(struct counter *c, int64_t shift_id);
void report_last_z(struct counter *c);
void report_show(struct counter *c, const Caroline__V1__ShiftReported *reported);

#endif
