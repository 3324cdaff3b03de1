/* The table of verbs: what the command line can do. */
#include "client/cli/cli.h"

#include "client/cli/approval.h"
#include "proto/envelope.pb-c.h"

#define OP(name) CAROLINE__V1__OP__OP_##name

/* ---- what files and values look like ---- */

#define CSV_NOTE                                                                                                       \
    "The file: a line with the columns' names, then a line each; a text with a comma stands in double quotes.\n"
#define PRODUCT_VALUES                                                                                                 \
    "contains, may_contain: gluten crustaceans eggs fish peanuts soybeans milk nuts celery mustard sesame sulphites\n" \
    "lupin molluscs. stock_policy: not-kept, warn (sold below zero, and said so), block. category, tax_class: by "     \
    "name.\n"                                                                                                          \
    "deposit_kind: good (taken back), charge (not). deposit_product: the one that goes with each piece, by its sku;\n" \
    "deposit_count: how many of it. nutrition: of 100 g or 100 ml what is known, energies, then grams, as\n"           \
    "'kj=1700 kcal=406 fat=21 saturates=12 carbohydrate=46 sugars=11 protein=8 salt=0.9'; none: nothing of it.\n"
#define TENDER_FORM                                                                                                    \
    "--kind voucher, house (what the house pays itself, as staff meals), account or gift-card. --change none: not "    \
    "more than is "                                                                                                    \
    "due; "                                                                                                            \
    "forfeited:\n"                                                                                                     \
    "what is over is taken and lost, as with meal vouchers. --reference-wanted: each names a number, once a "          \
    "receipt.\n"                                                                                                       \
    "--limit: of all of one receipt; 0: none. --permission: of who takes it; without: who sells may. Cash (1) and "    \
    "card (2)\n"                                                                                                       \
    "are there; they can be renamed, limited, and not taken any more (--active no).\n"
#define PRODUCT_FILE                                                                                                   \
    CSV_NOTE                                                                                                           \
    "    sku,name,price,category,plu,barcodes,tax_class,contains,may_contain,stock_policy,active\n"                    \
    "    34,Chocolate Croissant,3.75,Viennoiserie,34,400000000350,Bakery goods,gluten eggs milk,nuts,block,yes\n"      \
    "Several barcodes or allergens are parted by spaces, modifiers by ;. An empty value leaves a new product\n"        \
    "without it, and a known one as it is.\n" PRODUCT_VALUES
#define TENDER_FILE                                                                                                    \
    CSV_NOTE "    name,kind,change,limit\n"                                                                            \
             "    Voucher,voucher,none,\n"                                                                             \
             "    Meal voucher,voucher,forfeited,25.00\n" TENDER_FORM
#define CATEGORY_FILE                                                                                                  \
    CSV_NOTE "    name,position\n"                                                                                     \
             "    Cakes,1\n"
#define PROMOTION_FORM                                                                                                 \
    "PARTS are what it is of, parted by ';': so many pieces, then goods parted by '|' (by sku, PLU or bar code), or\n" \
    "'@' and a category. Every piece is in one promotion at most, and the customer gets what saves the most.\n"        \
    "    --name 'Six for five' --of '6 @Cookies' --free 1\n"                                                           \
    "    --name 'Coffee and croissant' --of '1 45; 1 33|34' --together 3.50\n"                                         \
    "    --name 'Happy hour' --of '1 @Viennoiserie' --percent-off 20 --days mon,tue --from 18:00\n"
#define MODIFIER_FORM                                                                                                  \
    "OPTIONS are parted by ';': a name each, what it adds to the price, or takes off it, and 'off' if it is not to\n"  \
    "be had. A number in front keeps an option what it was in another order. --choose: how many of them are chosen;\n" \
    "of a size exactly one.\n"                                                                                         \
    "    --name Cup --options 'Small -0.30; Medium; Large +0.50' --choose 1\n"                                         \
    "    --name Milk --options 'Oat milk +0.40; Soy milk +0.40 off' --choose '0 to 1'\n"                               \
    "    caroline product put --sku latte --name Latte --price 3.40 --tax-class Drinks --modifiers Cup,Milk\n"         \
    "A department key is a product with an open price, which is keyed when it is sold:\n"                              \
    "    caroline product put --sku gift --name Gift --price 0 --tax-class Drinks --open-price yes --open-min 1.00 "   \
    "--open-max 50.00\n"
#define PROGRAMME_FILE                                                                                                 \
    CSV_NOTE                                                                                                           \
    "    kind,number,name,gives,value,cost,of,tier,days,from,until\n"                                                  \
    "    earn,1,Double Tuesdays,money,10,,,,tue,,\n"                                                                   \
    "    earn,2,A stamp a loaf,unit,20,,@Bread,,,,\n"                                                                  \
    "    earn,3,Early birds,visit,5,,not @Bags,1,mon|tue,06:00,08:00\n"                                                \
    "    reward,1,Five off,amount,5.00,500,,,,,\n"                                                                     \
    "    reward,2,A loaf,piece,,180,@Bread,,,,\n"                                                                      \
    "    reward,3,A tenth off,percent,10,300,,1,,,\n"                                                                  \
    "    tier,1,Silver,,200.00,,,,,,\n"                                                                                \
    "Rules of earning add to points per unit, and to each other; gives: money, unit or visit. A reward gives a "       \
    "piece, "                                                                                                          \
    "an\n"                                                                                                             \
    "amount or percent; of: @CATEGORY or goods parted by '|', 'not' before all but these. A tier is what was spent "   \
    "in\n"                                                                                                             \
    "so many months. The same kind and number again changes it; gives 'gone' takes it out.\n"
#define TAX_FILE                                                                                                       \
    CSV_NOTE                                                                                                           \
    "    tax_class,service,hot,code,rate_ppm\n"                                                                        \
    "    Bakery goods,take-away,no,VAT7,70000\n"                                                                       \
    "    Bakery goods,eat-in,no,VAT19,190000\n"                                                                        \
    "A line a rate, those of a class behind each other. service: take-away or eat-in. hot: yes or no. rate_ppm:\n"     \
    "millionths, 70000 is 7 %.\n"
#define MEMBER_FILE                                                                                                    \
    CSV_NOTE "    name,phone,email,birthday,card\n"                                                                    \
             "    Ada Moreno,+1 805 555 0101,ada@example.org,1991-04-17,CC-1001\n"
#define STOCK_FILE                                                                                                     \
    CSV_NOTE "    sku,quantity\n"                                                                                      \
             "    34,60\n"                                                                                             \
             "    118,2.5\n"
#define PIN_FORM                                                                                                       \
    "The PIN's file holds one line, 4 to 12 digits, and is for nobody else to read:\n"                                 \
    "    (umask 077; cat > FILE)          and type them, Enter, Ctrl-D\n"
#define STAFF_FORM                                                                                                     \
    "--role: manager, shift_lead, cashier, or another that role put made; staff list shows who has which.\n" PIN_FORM
#define ROLE_FORM                                                                                                      \
    "The permissions are given all together, as in\n"                                                                  \
    "    caroline role put --name baker --permissions sell,stock_edit,sold_out\n"                                      \
    "sell, refund, refund_free, retender, discount, approve, cash_move, no_sale, staff_meal, shift_close,\n"           \
    "member_see, member_edit, member_merge, member_export, member_erase,\n"                                            \
    "account_edit, gift_card_edit, coupon_edit, review_edit, catalogue_edit, sold_out, tax_edit, programme_edit,\n"    \
    "stock_edit, staff_edit, role_edit, device_edit, shop_edit, printer_edit, audit_see.\n"                            \
    "--discount-ppm: millionths, 150000 is 15 %.\n"
#define COUPON_FORM                                                                                                    \
    "As in\n"                                                                                                          \
    "    caroline coupon campaign put --name \"Autumn letter\" --percent-off 10 --least 5.00 --last-day 2026-12-31\n"  \
    "    caroline coupon issue CAMPAIGN --count 100 > codes.csv     each code once\n"                                  \
    "    caroline coupon issue CAMPAIGN --count 1 --uses-max 50     one code for the first fifty; 0: for any number\n" \
    "    caroline coupon issue CAMPAIGN --not-seen-days 90          one for each such member, who alone may use it\n"  \
    "--products: goods by sku, PLU or bar code; without them and --category: all goods but deposits.\n"                \
    "--receipt: a sale that comes to so much earns one, which is printed with its receipt (coupon print: again).\n"    \
    "--free: so many of its goods, the dearest first. --uses-max of a campaign: of all its coupons together.\n"
#define INVOICE_FORM                                                                                                   \
    "--address: lines parted by ' / '. --tax-number: VAT numbers of the EU have their country's form; others are "     \
    "taken as "                                                                                                        \
    "written.\n"                                                                                                       \
    "    caroline invoice make 3T-000042 --name 'Mia Stone GmbH' --address 'Quarry Road 7 / 12345 Granite' \\\n"       \
    "        --tax-number DE123456789\n"                                                                               \
    "A receipt has one invoice at most: asked again, it is given out once more. It stays as it is; who wants it "      \
    "otherwise gives\n"                                                                                                \
    "the receipt back, which brings a credit note, and has it rung up anew.\n"
#define SHOP_FORM                                                                                                      \
    "--cash-rounding 0.05: what is due in cash is rounded to the nearest multiple of it, where there are no smaller "  \
    "coins;\n"                                                                                                         \
    "0: to the last cent. --calling-code 49: the country of phone numbers without one. --code-layouts: of the shop's " \
    "own bar\n"                                                                                                        \
    "codes, as 20:IIIIICVVVV=price,21:IIIIIVVVVV=weight. --deposit-back 20.00: for more of empties at once another\n"  \
    "person is asked; 0: never. --drawers person: who opens a shift opens a drawer of their own, beside others' at "   \
    "the "                                                                                                             \
    "same\n"                                                                                                           \
    "till; what is open already stays the till's.\n"                                                                   \
    "--gift-card-months 36: gift cards pay for so long from their last loading; 0: for ever. --attach-days 14: for "   \
    "so "                                                                                                              \
    "long\n"                                                                                                           \
    "a receipt is given to a member who had forgotten their card; 0: never. --free-refund-day 50.00: so much a\n"      \
    "business day is given back without receipts; 0: nothing.\n"
#define ACCOUNT_FORM                                                                                                   \
    "An account is called by its number, or by its name as far as no other begins so. What goes on it is sold by\n"    \
    "    caroline sale 34x20 --account 7\n"                                                                            \
    "once the shop has a means of payment for it: tender put --name 'On account' --kind account.\n"
#define GIFT_CARD_FORM                                                                                                 \
    "A gift card is called by its number, which its papers say, or by its code. The code pays, and is printed once:\n" \
    "    caroline sale 34x2 --gift-card 91234567890123456789\n"                                                        \
    "once the shop has a means of payment for it: tender put --name 'Gift card' --kind gift-card. A card that the\n"   \
    "shop had printed has 16 to 24 digits that nobody can guess: --code says them when it is issued.\n"
#define SALE_FORM                                                                                                      \
    "Several tenders pay one sale together: --amount, --reference and --tip are of the --cash, --card or --tender "    \
    "before\n"                                                                                                         \
    "them, and one --tender without --amount pays what the others leave.\n"                                            \
    "    caroline sale 34x2 45 --tender Voucher --amount 5.00 --card 1.50 --reference 4711 --cash 10.00\n"             \
    "Of a deposit good x-5 takes five back; what that comes to beyond the goods is paid out in cash.\n"                \
    "    caroline sale 34 bottlex-5\n"
#define REPLAY_FILE                                                                                                    \
    "The file has no line of names: receipt's number, quantity, the product's sku. Receipt 1 of two lines:\n"          \
    "    1,3,7\n"                                                                                                      \
    "    1,4,15\n"

const struct verb verbs[] = {
    /* this machine */
    { "enrol", "--server HOST[:PORT] --code CODE | --code-file FILE [--again]",
      "make this machine a device of the shop", VERB_NOTHING, .run = verb_enrol },
    { "status", "", "who we are to the server, and the shop's settings", VERB_SERVER, .run = verb_status },
    { "ping", "", "the server's clock", VERB_SERVER, .op = OP(PING) },
    { "sign-in", "[--as NAME | --badge BADGE] [--pin-file FILE]", "sign in; later commands go on as that person",
      VERB_PERSON, .run = verb_sign_in, .form = PIN_FORM },
    { "sign-out", "", "end the session", VERB_PERSON, .run = verb_sign_out },
    { "server show", "", "version, load and catalogue of the server; the key of its journal", VERB_PERSON,
      .run = verb_server_show },

    /* the catalogue */
    { "product list", "[--word TEXT]", "what is sold", VERB_PERSON, .op = OP(PRODUCT_LIST), .page_key = "after_id",
      .page_list = "products" },
    { "product show", "PRODUCT | --sku SKU | --plu N | --barcode CODE | --id N",
      "one product; PRODUCT: its sku, PLU or bar code", VERB_PERSON, .run = verb_product_show },
    { "product put",
      "--id N | --sku SKU [--name NAME] [--price AMOUNT] [--category NAME] [--tax-class NAME] [--plu N] [--barcodes "
      "A,B] "
      "[--contains A,B] [--may-contain A,B] [--allergen-note TEXT] [--unit piece|kilogram|litre] [--active yes|no] "
      "[--stock-policy not-kept|warn|block] [--floor AMOUNT] [--modifiers A,B] [--open-price yes|no] "
      "[--open-min AMOUNT] [--open-max AMOUNT] [--deposit-kind none|good|charge] [--deposit-product SKU|none] "
      "[--deposit-count N] [--nutrition VALUES] [--clear-lists]",
      "make a product, or change what is given of it", VERB_PERSON, .run = verb_product_put, .form = PRODUCT_VALUES },
    { "product import", "FILE [--dry-run]",
      "products from a CSV file, keyed by sku; of these columns, those it has: sku,name,price,category,plu,barcodes,"
      "tax_class,contains,may_contain,allergen_note,unit,stock_policy,active,floor,modifiers,open_price,open_min,open_"
      "max,"
      "deposit_kind,deposit_product,deposit_count,nutrition",
      VERB_PERSON, .run = verb_product_import, .form = PRODUCT_FILE },
    { "price set", "--product NAME --price AMOUNT | --id N --price AMOUNT",
      "a product's price; NAME: its sku, PLU or bar code", VERB_PERSON, .run = verb_price_set },
    { "sold-out", "--product NAME --sold-out yes|no",
      "take a product off the shelf, or bring it back; NAME: its sku, PLU or bar code", VERB_PERSON,
      .op = OP(PRODUCT_SOLD_OUT) },
    { "category put", "--name NAME | --id N [--name NAME] [--position N]", "make or change a category", VERB_PERSON,
      .op = OP(CATEGORY_PUT), .inner = "category" },
    { "category list", "", "the categories", VERB_PERSON, .run = verb_category_list },
    { "category import", "FILE", "categories from a CSV file: name,position", VERB_PERSON, .run = verb_category_import,
      .form = CATEGORY_FILE },
    { "tax list", "", "tax classes and their rates", VERB_PERSON, .run = verb_tax_list },
    { "tax import", "FILE", "tax classes from a CSV file: tax_class,service,hot,code,rate_ppm", VERB_PERSON,
      .run = verb_tax_import, .form = TAX_FILE },
    { "promotion put",
      "--name NAME | --id N [--name NAME] [--of PARTS] [--together AMOUNT | --amount-off AMOUNT | --percent-off N | "
      "--free N] "
      "[--days mon,tue] [--from HH:MM] [--until HH:MM] [--first-day DAY] [--last-day DAY] [--members-only yes|no] "
      "[--active yes|no]",
      "make a promotion, or change what is given of it", VERB_PERSON, .run = verb_promotion_put,
      .form = PROMOTION_FORM },
    { "promotion list", "", "the promotions, in force or not", VERB_PERSON, .run = verb_promotion_list },
    { "modifier put", "[--id N] [--name NAME] [--options OPTIONS] [--choose N | --choose 'N to N'] [--active yes|no]",
      "make a modifier, or change what may be chosen of it; product put gives it to goods", VERB_PERSON,
      .run = verb_modifier_put, .form = MODIFIER_FORM },
    { "modifier list", "", "what may be chosen with goods: the modifiers and their options", VERB_PERSON,
      .run = verb_modifier_list },
    { "tender list", "", "what is taken for goods: the means of payment", VERB_PERSON, .run = verb_tender_list },
    { "tender put",
      "--name NAME | --id N [--name NAME] [--kind voucher|house|account|gift-card] [--change none|forfeited] "
      "[--reference-wanted "
      "yes|no] "
      "[--limit AMOUNT] [--permission NAME] [--active yes|no]",
      "make or change a means of payment", VERB_PERSON, .op = OP(TENDER_TYPE_PUT), .inner = "tender_type",
      .form = TENDER_FORM },
    { "tender import", "FILE",
      "means of payment from a CSV file, keyed by name: name,kind,change,reference_wanted,limit,permission,active",
      VERB_PERSON, .run = verb_tender_import, .form = TENDER_FILE },
    { "programme put",
      "[FILE] [--id N] [--name NAME] [--sign-up-points N] [--birthday-points N] [--points-per-unit N] [--lot-days N] "
      "[--reward-cost N] [--reward-category NAME] [--reward-name NAME] [--tier-months N] [--referrer-points N] "
      "[--friend-points N]",
      "change the points programme, and the terms that a CSV file says", VERB_PERSON, .run = verb_programme_put,
      .form = PROGRAMME_FILE },
    { "programme list", "", "the points programme in force, and its terms", VERB_PERSON, .run = verb_programme_list },
    { "programme try", "[FILE] --first-day DAY --last-day DAY [--points-per-unit N] [--reward-cost N]",
      "what a draft of the programme would have given for past sales; nothing is kept", VERB_PERSON,
      .run = verb_programme_try },
    { "shop put",
      "[--name NAME] [--address TEXT] [--tax-number TEXT] [--receipt-head TEXT] [--receipt-foot TEXT] "
      "[--prices-include-tax yes|no] [--day-cutoff-minutes N] [--cash-rounding AMOUNT] "
      "[--calling-code N] [--code-layouts LAYOUTS] [--deposit-back AMOUNT] [--drawers till|person] "
      "[--gift-card-months N] [--attach-days N] [--free-refund-day AMOUNT]",
      "change the shop's settings", VERB_PERSON, .run = verb_shop_put, .form = SHOP_FORM },

    /* people and devices */
    { "member create",
      "--name NAME [--phone N] [--email A] [--birthday YYYY-MM-DD] [--card CODE] [--language de] [--avoids A,B] "
      "[--referrer N]",
      "a new member; --avoids: allergens, as of products, if they agree that it is kept, which is noted; --referrer: "
      "the id of who brought them",
      VERB_PERSON, .op = OP(MEMBER_CREATE), .inner = "member" },
    { "member update",
      "--id N [--name NAME] [--phone N] [--email A] [--birthday DAY] [--card CODE] [--language de] [--avoids A,B]",
      "change a member; an empty text takes a field away; --avoids as for a new one", VERB_PERSON,
      .run = verb_member_update },
    { "member merge", "ID INTO_ID REASON ...",
      "make one member of two: the second stays, and has the points, phone numbers and cards of both", VERB_PERSON,
      .run = verb_member_merge },
    { "member find", "--phone N | --email A | --card CODE | --name WORDS [--after-id N] | WORDS [--after-id N]",
      "find members; words alone are a name's", VERB_PERSON, .run = verb_member_find },
    { "member show", "--id N", "one member, their points and newest receipts, and who was merged into them",
      VERB_PERSON, .op = OP(MEMBER_SHOW) },
    { "member usual", "--id N", "what the member usually takes: in half of their last ten sales", VERB_PERSON,
      .op = OP(MEMBER_USUAL) },
    { "member consent", "ID [--give KIND | --take-back KIND]",
      "what a member agreed to, with the texts; agreed to now, or taken back", VERB_PERSON,
      .run = verb_member_consent },
    { "member export", "ID [--text]", "everything that is kept of a member, for them: text, or --json", VERB_PERSON,
      .run = verb_member_export },
    { "member erase", "ID --confirm ID --reason asked|unused|mistake",
      "forget a member: not to be undone; sales and ledgers stay, and name nobody", VERB_PERSON,
      .run = verb_member_erase },
    { "member code", "MEMBER | --member N",
      "a code with which a member, named by their id or name, signs in at a kiosk, once, within ten minutes, whatever "
      "they forgot or mistyped; shown here: nothing is sent to them",
      VERB_PERSON, .run = verb_member_code },
    { "member admit", "--number N",
      "who signed up at a kiosk under that number is a member, or the phone or e-mail that a member entered there is "
      "theirs",
      VERB_PERSON, .op = OP(MEMBER_ADMIT) },
    { "member card", "MEMBER [--to PRINTER]",
      "a new card for a member, by their id or name: printed, or shown here; the one they have ends", VERB_PERSON,
      .run = verb_member_card },
    { "member import", "FILE", "members from a CSV file: name,phone,email,birthday,card", VERB_PERSON,
      .run = verb_member_import, .form = MEMBER_FILE },
    { "member bring", "COPY [--with-avoids]",
      "make a member of who brings the copy (JSON) that another shop made of what it keeps of them: what they said of "
      "themselves; "
      "--with-avoids: allergens as well, if they agree that these are kept here, which is noted",
      VERB_PERSON, .run = verb_member_bring },
    { "account put",
      "--name NAME [--reference TEXT] [--note TEXT] [--limit AMOUNT] [--blocked yes|no] | ACCOUNT [--name NAME] "
      "[--reference TEXT] [--note TEXT] [--limit AMOUNT] [--blocked yes|no]",
      "an account of a customer who pays later: made, or what is given of it changed; an empty text takes a field away",
      VERB_PERSON, .run = verb_account_put, .form = ACCOUNT_FORM },
    { "account list", "[--name WORDS]", "the accounts: what is owed, and what may still go on them", VERB_PERSON,
      .run = verb_account_list },
    { "account show", "ACCOUNT [--before-entry N]", "an account's statement: its newest entries, and what is owed",
      VERB_PERSON, .run = verb_account_show },
    { "account receive",
      "ACCOUNT --cash AMOUNT | ACCOUNT --card AMOUNT --reference TEXT | ACCOUNT --transfer AMOUNT --reference TEXT  "
      "[--back] [--reason TEXT]",
      "money received on an account, cash into this till's drawer; --back: paid back out of its credit, with a reason",
      VERB_PERSON, .run = verb_account_receive },
    { "giftcard issue",
      "--cash AMOUNT | --card AMOUNT --reference TEXT | --transfer AMOUNT --reference TEXT  [--code CODE]",
      "a new gift card: money for it, cash into this till's drawer, and a paper with its code; --code: of a printed "
      "one",
      VERB_PERSON, .run = verb_giftcard_issue, .form = GIFT_CARD_FORM },
    { "giftcard top-up",
      "CARD --cash AMOUNT | CARD --card AMOUNT --reference TEXT | CARD --transfer AMOUNT --reference TEXT",
      "more money onto a gift card", VERB_PERSON, .run = verb_giftcard_top_up },
    { "giftcard show", "CARD [--before-entry N]", "what is left on a gift card, and its newest entries", VERB_PERSON,
      .run = verb_giftcard_show },
    { "giftcard list", "", "the gift cards, and what is left on them", VERB_PERSON, .run = verb_giftcard_list },
    { "giftcard put", "CARD --reason TEXT [--blocked yes|no] [--expiry-day DAY]",
      "block a gift card, open it again, or give it more time; an empty day: it pays for ever", VERB_PERSON,
      .run = verb_giftcard_put },
    { "giftcard move", "CARD --reason TEXT [--code CODE]",
      "a gift card was lost: a new one has its money, and the old one pays nothing any more", VERB_PERSON,
      .run = verb_giftcard_move },
    { "giftcard give-back", "CARD --reason TEXT [--entry N] [--reference TEXT]",
      "what was paid for a gift card that has never paid, by the same means; --entry: of a later loading; to a stored "
      "card at the payment gateway",
      VERB_PERSON, .run = verb_giftcard_give_back },
    { "giftcard charge", "CARD --member ID --method ID --amount AMOUNT",
      "more money onto a gift card, paid by a member's stored card (payment list); waits for what comes of it",
      VERB_PERSON, .run = verb_giftcard_charge },
    { "giftcard charge-show", "CHARGE", "what came of a charge of a stored card", VERB_PERSON,
      .run = verb_giftcard_charge_show },
    { "payment add", "MEMBER [--no-qr] [--no-wait]",
      "a member's card is kept: the page of the payment gateway where they type it, as an address and a QR code; waits "
      "until "
      "they have",
      VERB_PERSON, .run = verb_payment_add },
    { "payment finish", "NUMBER", "did somebody type a card? The number is payment add's", VERB_PERSON,
      .run = verb_payment_finish },
    { "payment list", "MEMBER", "a member's stored cards: brand, last four digits, expiry", VERB_PERSON,
      .run = verb_payment_list },
    { "payment remove", "MEMBER METHOD", "a stored card is removed, here and at the gateway", VERB_PERSON,
      .run = verb_payment_remove },
    { "coupon campaign put",
      "--name NAME --percent-off N | --name NAME --amount-off AMOUNT | --name NAME --free N  [--category NAME | "
      "--products A,B] [--least AMOUNT] [--days mon,tue] [--from HH:MM] [--until HH:MM] [--first-day DAY] [--last-day "
      "DAY] "
      "[--members-only yes|no] [--first-purchase yes|no] [--per-member N] [--uses-max N] [--receipt AMOUNT] "
      "[--with-promotions yes|no] "
      "[--with-discounts yes|no] [--with-coupons yes|no] | --id N --active yes|no",
      "a campaign: what its coupons give, of which goods, when and to whom; its terms stand, it can be stopped alone",
      VERB_PERSON, .run = verb_coupon_campaign_put, .form = COUPON_FORM },
    { "coupon campaign list", "", "the campaigns, and how often their coupons were used", VERB_PERSON,
      .run = verb_coupon_campaign_list },
    { "coupon issue",
      "CAMPAIGN [--count N] [--uses-max N] [--joined-before DAY] [--not-seen-days N] [--visits-at-least N] [--to "
      "PRINTER]",
      "new coupons of a campaign, by its id, as CSV or each on paper; of a segment one a member; a code is told once, "
      "and "
      "kept nowhere",
      VERB_PERSON, .run = verb_coupon_issue, .form = COUPON_FORM },
    { "coupon print", "RECEIPT [--to PRINTER]",
      "the coupons that a sale has earned, by its receipt's number: the same however often", VERB_PERSON,
      .run = verb_coupon_print },
    { "coupon show", "CODE | --campaign N --number N", "a coupon: what it gives, and where it was used", VERB_PERSON,
      .run = verb_coupon_show },
    { "review list", "[--product NAME] [--state waiting|accepted|hidden]",
      "reviews that wait to be read, or of another state; of a product those that customers are shown", VERB_PERSON,
      .run = verb_review_list },
    { "review accept", "ID", "show a review to everybody, and count its stars", VERB_PERSON,
      .run = verb_review_accept },
    { "review hide", "ID --reason off-topic|offensive|personal|advertising|untrue|asked",
      "do not show a review, or not any more", VERB_PERSON, .run = verb_review_hide },
    { "review put", "--member N --receipt NUMBER --product NAME --rating N [--comment TEXT]",
      "what a member who is here says of goods that they bought: 1 to 5 stars, and a text", VERB_PERSON,
      .run = verb_review_put },
    { "staff list", "", "who works here, and the roles", VERB_PERSON, .op = OP(STAFF_LIST), .page_key = "after_id",
      .page_list = "staff" },
    { "staff put",
      "--name NAME | --id N [--name NAME] [--role NAME] [--badge CODE] [--new-pin-file FILE] [--active yes|no]",
      "hire somebody, or change them", VERB_PERSON, .run = verb_staff_put, .form = STAFF_FORM },
    { "staff unlock", "--id N", "lift the locks of wrong PINs", VERB_PERSON, .op = OP(STAFF_UNLOCK) },
    { "role put", "--name NAME --permissions A,B | --id N [--name NAME] [--permissions A,B] [--discount-ppm N]",
      "make a role or change what it allows", VERB_PERSON, .op = OP(ROLE_PUT), .inner = "role", .form = ROLE_FORM },
    { "device invite", "--kind counter|kiosk|admin|cli --name NAME [--till-number N] [--no-qr]",
      "a one-time code for a new device", VERB_PERSON, .run = verb_device_invite },
    { "device list", "", "the shop's devices", VERB_PERSON, .op = OP(DEVICE_LIST), .page_key = "after_id",
      .page_list = "devices" },
    { "spool send", "FILE [--till N] [--dry-run] [--as-it-is]",
      "book what a dead till sold and could not send: FILE is its spool.db, with spool.db-wal beside it where there is "
      "one; sent again, or by the till itself, nothing is booked twice",
      VERB_PERSON, .run = verb_spool_send },
    { "device revoke", "--id N --reason TEXT", "cut a device off", VERB_PERSON, .op = OP(DEVICE_REVOKE) },

    /* selling */
    { "stock show", "PRODUCT ...", "what is on the shelf; a product by its sku, PLU or bar code", VERB_PERSON,
      .run = verb_stock_show },
    { "stock receive", "--product NAME --quantity N | FILE  [--reason TEXT]",
      "goods came in: of a product by its sku, PLU or bar code; from a CSV file: sku,quantity", VERB_PERSON,
      .run = verb_stock_receive, .form = STOCK_FILE },
    { "shift open", "--float AMOUNT", "open this till's drawer, or your own at it where the shop has a drawer a person",
      VERB_PERSON, .op = OP(SHIFT_OPEN) },
    { "shift show", "", "this till's drawer, or your own at it", VERB_PERSON, .op = OP(SHIFT_SHOW) },
    { "shift drawers", "", "what is open at this till, and whose it is", VERB_PERSON, .op = OP(SHIFT_DRAWERS) },
    { "shift move", "--kind in|out|drop --amount AMOUNT --reason TEXT",
      "put cash into the drawer, take it out, or drop it into the safe", VERB_PERSON, .op = OP(SHIFT_MOVE) },
    { "shift no-sale", "--reason TEXT", "note that the drawer is opened without a sale", VERB_PERSON,
      .op = OP(SHIFT_NO_SALE) },
    { "shift report", "[--shift-number N]",
      "what this till's open shift comes to so far: the X report; your own, or of a number", VERB_PERSON,
      .run = verb_shift_report },
    { "shift close", "PIECESxDENOMINATION ... | --counted AMOUNT  [VOUCHER=AMOUNT ...]  [--shift-number N]",
      "close this till's shift, your own or another's by its number, by what was counted, as 3x50 2x0.20 "
      "\"Meal voucher=12.50\", and print its Z",
      VERB_PERSON, .run = verb_shift_close },
    { "shift z", "[--shift-number N] [--till-number N]", "a Z again: of this till or another, the last or of a number",
      VERB_PERSON, .run = verb_shift_z },
    { "shift print", "[NUMBER] [--till-number N] --printer NAME",
      "a Z again, by one of the shop's printers: of this till or another, the last or of a number", VERB_PERSON,
      .run = verb_shift_print },
    { "training begin", "",
      "practise: until training end, or the session's end, what this session does at its till is not booked",
      VERB_PERSON, .op = OP(TRAINING_BEGIN) },
    { "training end", "", "sell in earnest again", VERB_PERSON, .op = OP(TRAINING_END) },
    { "sale",
      "PRODUCT[xQUANTITY][+OPTION ...][@KEYED PRICE] ... [--member N [--told A,B]] [--reward N] [--reward-number N] "
      "[--eat-in] [--cash AMOUNT] [--card "
      "AMOUNT --reference TEXT] "
      "[--tender NAME [--amount AMOUNT] [--reference TEXT]] [--account NAME [--amount AMOUNT]] [--gift-card CODE "
      "[--amount AMOUNT]] [--tip AMOUNT] [--coupon CODE,CODE] " APPROVER_ARGUMENTS,
      "ring up a sale and print its receipt; a product by its sku, PLU or bar code; without a tender: cash, exactly; "
      "--approver: who allows, by their PIN, that so much of empties is taken back",
      VERB_PERSON, .run = verb_sale, .form = SALE_FORM },
    { "basket list", "[--kiosk yes]",
      "your baskets that were parked and wait: when, at which till, how many lines, the first product's id; or the "
      "kiosks'",
      VERB_PERSON, .op = OP(BASKET_PARKED) },
    { "voids", "[--shift-number N] [--till-number N] | --business-day YYYY-MM-DD [--till-number N]",
      "what was taken back before it was paid, by whom and why: of a till's shift, its newest unless named, or of a "
      "day",
      VERB_PERSON, .op = OP(VOID_REPORT), .page_key = "after_row", .page_list = "rows", .page_id = "row" },
    { "exceptions", "",
      "what was noted of sales when they were booked: oversold, late, or changed since they were made", VERB_PERSON,
      .run = verb_exceptions },
    { "refund", "NUMBER [LINE[xQUANTITY] ...] [--total AMOUNT] --reason TEXT",
      "give back lines of a sale, or all that is left of it; lines count from 1, voided ones too (receipt --json); "
      "what "
      "comes back is said first, and nothing is given where it is another sum by then, or than --total says",
      VERB_PERSON, .run = verb_refund },
    { "refund-free", "GOODS[xQUANTITY][@PRICE] ... --reason TEXT [--eat-in] " APPROVER_ARGUMENTS,
      "money for goods without a receipt, in cash: at today's price, or for less; up to so much a day (shop put); "
      "--approver: who allows it, by their PIN, where the one who is signed in may not",
      VERB_PERSON, .run = verb_refund_free },
    { "retender", "NUMBER --to cash|card|NAME [--reference TEXT] [--position N] [--amount AMOUNT] --reason TEXT",
      "put right what paid a receipt of this shift, all of it or so much; payments count from 0 (receipt --json)",
      VERB_PERSON, .run = verb_retender },
    { "invoice make", "NUMBER | --last [--name NAME --address TEXT [--tax-number TEXT]] [--to PRINTER]",
      "the invoice of a receipt, of any till and any day, for a customer; of a refund's receipt the credit note; as "
      "text, or to "
      "a printer",
      VERB_PERSON, .run = verb_invoice_make, .form = INVOICE_FORM },
    { "invoice show", "NUMBER [--print] [--to PRINTER]",
      "an invoice or credit note, by its number or its receipt's; --print: counted and marked as a copy, as --to does",
      VERB_PERSON, .run = verb_invoice_show },
    { "invoice list", "[--year N]",
      "the invoices and credit notes of a year, the newest first, and refunds that want a credit note", VERB_PERSON,
      .run = verb_invoice_list },
    { "receipt print", "NUMBER | --last [--gift] [--to PRINTER | --printer NAME]",
      "a receipt once more, counted and marked as a copy; --gift: without prices; to a printer (tcp:HOST[:PORT], "
      "device:PATH, file:PATH or cups:QUEUE), by one of the shop's (printer list), else as text",
      VERB_PERSON, .run = verb_receipt_print },
    { "printer put", "NAME [HOST[:PORT]] [--columns 32|42|48] [--code-page pc437|pc858|wpc1252]",
      "name a printer on the shop's network, or change what is given of it; the server prints there", VERB_PERSON,
      .run = verb_printer_put },
    { "printer list", "", "the shop's network printers, how many papers wait for each, and why", VERB_PERSON,
      .run = verb_printer_list },
    { "printer remove", "NAME", "a printer that is not there any more; what waits for it is dropped", VERB_PERSON,
      .run = verb_printer_remove },
    { "printer jobs", "NAME", "a printer's papers, the newest first: those that wait, and those of the last 30 days",
      VERB_PERSON, .run = verb_printer_jobs },
    { "printer retry", "NAME [NUMBER]", "try a printer now; or put a paper again that was dropped", VERB_PERSON,
      .run = verb_printer_retry },
    { "printer drop", "NAME NUMBER", "a paper that waits is not printed", VERB_PERSON, .run = verb_printer_drop },
    { "receipt explain", "NUMBER | --last [--columns N]",
      "where each number of a receipt comes from: price lists, what was taken off, taxes, points; its parts add up, or "
      "it "
      "says that they do not; 80 columns",
      VERB_PERSON, .run = verb_receipt_explain },
    { "receipt attach", "NUMBER --member ID",
      "give a receipt that was rung up without its member to them, once: points as if they had been shown", VERB_PERSON,
      .run = verb_receipt_attach },
    { "receipt", "NUMBER | --last", "a receipt again", VERB_PERSON, .run = verb_receipt },
    { "replay", "FILE [--tills N] [--window N] [--totals FILE]",
      "sell a CSV file of receipts (receipt,quantity,sku) through N tills at once; run again, it goes on where it "
      "stopped",
      VERB_PERSON, .run = verb_replay, .form = REPLAY_FILE },

    /* proof */
    { "check", "", "run the invariants; exit 1 and the first wrong row if one does not hold", VERB_PERSON,
      .run = verb_check },
    { "journal export", "", "all strands of the shop and what was signed of them, for deploy/verify-journal",
      VERB_PERSON, .run = verb_journal_export },
    { 0 },
};
