/* The command line: what every verb has at hand. A verb is a row of the table in verbs.c; most are one call whose
 * request is filled from options and whose reply is printed, both by the messages' descriptors. */
#ifndef CAROLINE_CLIENT_CLI_CLI_H
#define CAROLINE_CLIENT_CLI_CLI_H

#include <protobuf-c/protobuf-c.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "client/link/identity.h"
#include "client/link/link.h"
#include "client/link/wait.h"
#include "common/base/arena.h"
#include "common/base/instant.h"

/* Exit statuses. */
#define EXIT_DONE    0
#define EXIT_REFUSED 1
#define EXIT_FAULT   2 /* something here: a file, the disk */
#define EXIT_AWAY    3 /* the server can't be reached */
#define EXIT_USAGE   64

struct option_pair {
    const char *name, *value; /* "name" for --name; value NULL where none was given */
    const char *typed;        /* what stands on the command line: the same, or another name for it */
    bool used;
};

/* An account that was named on the command line: papers say its number, and here its name is known, too. */
#define CLI_ACCOUNTS_MAX 16
struct cli_account {
    uint64_t id;
    const char *name;
};

struct csv_file;
struct verb;
struct cli {
    struct arena *arena; /* of the whole run */
    const struct verb *verb;
    const char *directory; /* of the identity */
    bool json;
    const char *as, *as_badge, *pin_file;
    unsigned timeout_ms;

    /* the verb's own */
    char **words; /* what is no option */
    size_t word_count;
    struct option_pair *options;
    size_t option_count;

    /* once connected */
    struct identity *identity;
    struct waiter *waiter;
    struct zone *zone; /* the shop's; NULL: not known here */

    const struct csv_file *file; /* what is asked comes from its row `row`, or from there on; NULL: from options */
    size_t row;
    struct cli_account accounts[CLI_ACCOUNTS_MAX];
    size_t account_count;

    int unknown; /* of FIELD_UNKNOWN, and where product_named() finds none: what to exit with */
};

enum verb_needs { VERB_NOTHING, VERB_IDENTITY, VERB_SERVER, VERB_PERSON };

struct verb {
    const char *words;     /* "product put" */
    const char *arguments; /* "--name NAME [--price AMOUNT]", for the help */
    const char *help;
    enum verb_needs needs;
    const char *form; /* of the file it reads, or of a value: lines behind its help, with an example; NULL: none */
    /* NULL: one call of `op`, its options set upon the request, or upon the sub-message `inner` of it. */
    int (*run)(struct cli *c);
    unsigned op;
    const char *inner;
    /* Where the reply's list is paged: the request's key field, the reply's list, and which of a row's fields the key is
     * (64 bits; NULL: its id). */
    const char *page_key, *page_list, *page_id;
};
extern const struct verb verbs[]; /* ended by one without words */

/* ---- options ---- */
/* The value of --NAME, marked as used; NULL when it was not given (or without a value). */
const char *option_value(struct cli *c, const char *name);
bool option_given(struct cli *c, const char *name);
/* "till-number" of --till, where the verb knows it by that name, too. */
const char *option_name(const struct verb *verb, const char *typed);
/* --NAME stands alone, as --json does. */
bool option_is_flag(const char *name);
/* EXIT_DONE, or EXIT_USAGE where an option that nobody used yet is none of the verb's: neither in what its help says, nor a field of
 * its one request. Asked before anything is: a mistyped option would else take the next word with it, and be told of last. */
int arguments_known(struct cli *c);
/* EXIT_DONE, or EXIT_USAGE where something is missing that the verb can't do without. */
int arguments_wanted(struct cli *c);
/* A usage error about an option nobody used: false. */
bool options_all_used(struct cli *c);
/* Prints "caroline: ..." and returns EXIT_USAGE. */
int usage(const struct cli *c, const char *format, ...) __attribute__((format(printf, 2, 3)));
/* Prints "caroline: ..." to standard error; returns status. */
int complain(int status, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* ---- the server ---- */
/* Connected, and signed in where the verb needs it; EXIT_DONE or what to exit with. */
int connect_server(struct cli *c);
/* One call; NULL: refused or failed, said on standard error, *status is what to exit with. The reply lives in c->arena.
 */
const ProtobufCMessage *call_server(struct cli *c, unsigned op, const ProtobufCMessage *request, int *status);
unsigned currency_exponent(const struct cli *c);
/* Says what was refused, by the options of the command line; EXIT_REFUSED. */
int complain_refused(struct cli *c, const struct link_answer *answer);

/* ---- messages by their descriptors ---- */
ProtobufCMessage *message_make(const ProtobufCMessageDescriptor *descriptor, struct arena *arena);
/* The sub-message of that name, made where it is not set. */
ProtobufCMessage *message_inner(ProtobufCMessage *message, const char *name, struct arena *arena);
/* Set the field an option means: --price is price_minor (as 1.20), --quantity is quantity_milli (as 0.5), --category is
 * category_id (an id, or a name that the server knows), enums by their words, lists parted by commas.
 * FIELD_NONE: the message has no such field. FIELD_BAD: *problem is what it wants, "a quantity, as 3 or 0.5".
 * FIELD_UNKNOWN: nothing has that name; *problem is a sentence, c->unknown what to exit with. */
enum field_outcome { FIELD_SET, FIELD_NONE, FIELD_BAD, FIELD_UNKNOWN };
enum field_outcome message_set(struct cli *c, ProtobufCMessage *message, const char *option, const char *value,
                               const char **problem);
/* Has the message a field that the option means? */
bool message_takes(struct cli *c, const ProtobufCMessageDescriptor *descriptor, const char *option);
/* All options not used yet, upon the message or its inner one; EXIT_DONE or EXIT_USAGE. */
int options_apply(struct cli *c, ProtobufCMessage *message, const char *inner);
/* "12": digits alone, and no more than that. */
bool whole_number(const char *text, uint64_t most, uint64_t *number);
void set_text(ProtobufCBinaryData *field, protobuf_c_boolean *has, const char *text);
const char *text_of(struct cli *c, ProtobufCBinaryData text);

/* An instant by the shop's clocks. In the arena. */
char *time_of(const struct cli *c, int64_t us);
/* As JSON on one line, or as lines and tables for people. */
void print_message(const struct cli *c, const ProtobufCMessage *message);
/* Rows of several replies as one list. */
void print_messages(const struct cli *c, ProtobufCMessage *const *messages, size_t count);
/* For people, on standard error: nothing stands in the list. */
void print_none(const struct cli *c);
/* A ProductListed, for its categories and tax classes; NULL: said why. */
const ProtobufCMessage *catalogue_lists(struct cli *c, int *status);
struct Caroline__V1__Modifier;
/* Of all pages, in the arena; false: said why. */
bool all_modifiers(struct cli *c, struct Caroline__V1__Modifier ***all, size_t *count, int *status);
/* An id for a name: of a category, tax class, role, means of payment. false: *problem is what it wants; of a product the
 * sentence of product_named(). */
bool name_to_id(struct cli *c, const char *field, const char *name, uint64_t *id, const char **problem);
/* What people call a product: its sku, else its PLU, else a bar code. NULL: *problem is a sentence that names the word,
 * c->unknown what to exit with. */
struct Caroline__V1__ProductShown;
const struct Caroline__V1__ProductShown *product_named(struct cli *c, const char *word, const char **problem);
/* Likewise; NULL: said why, *status is what to exit with. */
const struct Caroline__V1__ProductShown *product_of(struct cli *c, const char *word, int *status);
/* "kj=1700 fat=21 salt=0.9", grams but for the energies, into a product's draft; "none": nothing of it is known any more. false: it is
 * not so. */
#define NUTRITION_WANTED                                                                                               \
    "kj=1700 kcal=406 fat=21 saturates=12 carbohydrate=46 sugars=11 protein=8 salt=0.9, what is known of it, or none"
struct Caroline__V1__Product;
bool nutrition_set(struct cli *c, struct Caroline__V1__Product *product, const char *text);
/* An account by its number or its name. false: *problem is a sentence, c->unknown what to exit with. */
bool account_named(struct cli *c, const char *word, uint64_t *id, const char **problem);
/* Of a row of a paper that names an account by its number; NULL: it names none, or nobody knows its name. */
const char *account_name_of(struct cli *c, uint64_t id, const char *paper_says);
/* A gift card by its code, or by its number. NULL: said why, *status is what to exit with. */
struct Caroline__V1__GiftCardShown;
const struct Caroline__V1__GiftCardShown *gift_card_shown(struct cli *c, const char *word, int *status);
/* The number of the card that the one word names: a code is looked up. false: *status is what to exit with. */
bool gift_card_named(struct cli *c, uint32_t *number, int *status);
/* Nobody entered any, nor a note that there are none. */
struct Caroline__V1__Product;
bool allergens_not_recorded(const struct Caroline__V1__Product *product);
/* The fourteen allergens' codes, by number; "" for 0. */
extern const char *const allergen_codes[15];
/* Is the field a list of allergens, by their numbers? */
bool is_allergens(const ProtobufCFieldDescriptor *field);

/* What selling has at hand (selling.c): a Receipt laid out, and --NAME as money; false: *status is what to exit with. */
struct Caroline__V1__Receipt;
void print_receipt_with_code(struct cli *c, const struct Caroline__V1__Receipt *receipt, const char *code);
/* A QR code of half blocks, on the terminal (people.c). */
void print_qr(const char *text);
void print_receipt(struct cli *c, const struct Caroline__V1__Receipt *receipt);
struct Caroline__V1__BasketLine;
/* "latte+Large+Oat milk@3.50": cuts what was chosen, and a keyed price, off the sku; *chosen: for line_choose(). */
void line_cut(struct cli *c, char *word, char **chosen, char **keyed);
/* Its options by their names, of the product's modifiers. false: *status is what to exit with. */
bool line_choose(struct cli *c, const uint64_t *modifier_ids, size_t modifier_count, char *chosen, const char *keyed,
                 struct Caroline__V1__BasketLine *line, int *status);
/* A receipt that the server counted, onto paper. what: it is, for who is told that it is not. */
struct printer_address;
int paper_print(struct cli *c, const struct printer_address *address, const struct Caroline__V1__Receipt *receipt,
                const char *what);
/* The credit note of a refund of what an invoice is for (invoice.c). */
int invoice_credit(struct cli *c, const char *receipt_number);
bool money_option(struct cli *c, const char *name, int64_t *minor, bool *given, int *status);

/* --days mon,tue and an hour like 18:30, as promotions and campaigns have them (promotion.c): EXIT_DONE or EXIT_USAGE. */
int days_option(struct cli *c, protobuf_c_boolean *has, uint32_t *weekdays);
int minute_option(struct cli *c, const char *option, protobuf_c_boolean *has, uint32_t *minute);
/* Likewise, into words; a product as it is typed and as a person calls it. In the arena. */
struct Caroline__V1__ProductListed;
const char *days_words(struct cli *c, uint32_t weekdays);
const char *product_words(struct cli *c, uint64_t id);
const char *category_words(struct cli *c, const struct Caroline__V1__ProductListed *lists, uint64_t id);
/* A campaign on one line; a coupon and where it was used (coupon_words.c). */
struct Caroline__V1__CouponCampaign;
void campaign_print(struct cli *c, const struct Caroline__V1__CouponCampaign *campaign,
                    const struct Caroline__V1__ProductListed *lists);
struct Caroline__V1__CouponShown;
void coupon_print(struct cli *c, const struct Caroline__V1__CouponShown *shown,
                  const struct Caroline__V1__ProductListed *lists);
/* --coupon CODE,CODE into the basket (coupon.c): EXIT_DONE, or what to exit with. */
struct Caroline__V1__Basket;
int coupons_earned(struct cli *c, const char *number); /* what the sale of this receipt has earned, printed below it */
int coupons_option(struct cli *c, struct Caroline__V1__Basket *basket, const char *codes);

/* ---- verbs with a way of their own ---- */
int verb_enrol(struct cli *c);
int verb_status(struct cli *c);
int verb_sign_in(struct cli *c);
int verb_sign_out(struct cli *c);
int verb_product_import(struct cli *c);
int verb_product_show(struct cli *c);
int verb_product_put(struct cli *c);
int verb_price_set(struct cli *c);
int verb_category_import(struct cli *c);
int verb_tax_import(struct cli *c);
int verb_tax_list(struct cli *c);
int verb_category_list(struct cli *c);
int verb_shop_put(struct cli *c);
int verb_programme_put(struct cli *c);
int verb_programme_list(struct cli *c);
int verb_programme_try(struct cli *c);
int verb_promotion_put(struct cli *c);
int verb_promotion_list(struct cli *c);
int verb_modifier_put(struct cli *c);
int verb_modifier_list(struct cli *c);
int verb_tender_list(struct cli *c);
int verb_tender_import(struct cli *c);
int verb_stock_receive(struct cli *c);
int verb_stock_show(struct cli *c);
int verb_member_import(struct cli *c);
int verb_member_bring(struct cli *c);
int verb_account_put(struct cli *c);
int verb_account_list(struct cli *c);
int verb_account_show(struct cli *c);
int verb_account_receive(struct cli *c);
int verb_giftcard_issue(struct cli *c);
int verb_giftcard_top_up(struct cli *c);
int verb_giftcard_show(struct cli *c);
int verb_giftcard_list(struct cli *c);
int verb_giftcard_put(struct cli *c);
int verb_giftcard_move(struct cli *c);
int verb_giftcard_give_back(struct cli *c);
int verb_payment_add(struct cli *c);
int verb_payment_finish(struct cli *c);
int verb_payment_list(struct cli *c);
int verb_payment_remove(struct cli *c);
int verb_giftcard_charge(struct cli *c);
int verb_giftcard_charge_show(struct cli *c);
int verb_coupon_campaign_put(struct cli *c);
int verb_coupon_campaign_list(struct cli *c);
int verb_coupon_issue(struct cli *c);
int verb_coupon_print(struct cli *c);
int verb_coupon_show(struct cli *c);
int verb_review_list(struct cli *c);
int verb_review_accept(struct cli *c);
int verb_review_hide(struct cli *c);
int verb_review_put(struct cli *c);
int verb_member_find(struct cli *c);
int verb_member_update(struct cli *c);
int verb_member_merge(struct cli *c);
int verb_member_card(struct cli *c);
int verb_member_code(struct cli *c);
int verb_member_export(struct cli *c);
int verb_member_erase(struct cli *c);
int verb_member_consent(struct cli *c);
int verb_staff_put(struct cli *c);
int verb_device_invite(struct cli *c);
int verb_sale(struct cli *c);
int verb_receipt(struct cli *c);
int verb_receipt_print(struct cli *c);
int verb_printer_put(struct cli *c);
int verb_printer_list(struct cli *c);
int verb_printer_remove(struct cli *c);
int verb_printer_jobs(struct cli *c);
int verb_printer_retry(struct cli *c);
int verb_printer_drop(struct cli *c);
int verb_shift_print(struct cli *c);
/* It waits for one of the shop's printers, or is printed already. */
void paper_put(const struct cli *c, const char *printer, uint64_t number);
int verb_receipt_explain(struct cli *c);
int verb_receipt_attach(struct cli *c);
int verb_refund(struct cli *c);
int verb_refund_free(struct cli *c);
int verb_retender(struct cli *c);
int verb_invoice_make(struct cli *c);
int verb_invoice_show(struct cli *c);
int verb_invoice_list(struct cli *c);
int verb_shift_report(struct cli *c);
int verb_shift_close(struct cli *c);
int verb_shift_z(struct cli *c);
int verb_check(struct cli *c);
int verb_journal_export(struct cli *c);
int verb_server_show(struct cli *c);
int verb_spool_send(struct cli *c);
int verb_exceptions(struct cli *c);
int verb_replay(struct cli *c);

/* A secret from a file (its first line), or asked on the terminal without showing it; NULL: said why. In the arena.
 * option: without a terminal, what names that file: "--pin-file". */
const char *secret_read(struct cli *c, const char *file, const char *prompt, const char *option);

#endif
