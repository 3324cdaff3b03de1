"""A request of every op that would be carried out, with as many of its fields as it may have: what hostile fields are put into.

A row says who asks (tests/wire/hostile_world.py), the answer's message, and how the request is made; an op whose fields exclude one another
has several. BEHIND puts back what a request has changed that others stand on.
"""
import uuid

import kiosk
from gift_card import a_code
from names import fresh
from shop import PIN, certificate_request, decode_code, pb
from cryptography.hazmat.primitives.asymmetric import ec

VALID, BEHIND = {}, {}


def valid(op, answer, make, who="lead"):
    VALID.setdefault(op, []).append((who, answer, make))


def behind(op, undo):
    """undo(world, who asked, answer), once a request of the op was carried out."""
    BEHIND[op] = undo


def line(w, product=None, **more):
    return pb.BasketLine(product_id=product or w.roll, **{"quantity_milli": 1000, **more})


def today(w):
    return w.rows("SELECT to_char(now(), 'YYYY-MM-DD')")[0][0]


# ---- connections, persons ----

valid(pb.OP_HELLO, pb.Helloed, lambda w: pb.Hello(protocol=1, client=pb.CLIENT_COUNTER, client_version="test", capabilities=[1]), "hello")
valid(pb.OP_ENROL, pb.Enrolled, lambda w: pb.Enrol(
    secret=decode_code(w.once("code", w.invitation))[1], certificate_request=w.once("csr", new_request)), "stranger")
valid(pb.OP_PING, pb.Pong, lambda w: pb.Ping())
valid(pb.OP_COMMAND_SHOW, pb.CommandShown, lambda w: pb.CommandShow(command_id=bytes(16)))
valid(pb.OP_SESSION_OPEN, pb.SessionOpened, lambda w: pb.SessionOpen(name=w.door and w.who, pin=PIN), "door")
valid(pb.OP_SESSION_OPEN, pb.SessionOpened, lambda w: pb.SessionOpen(badge=w.door and w.badge, pin=PIN), "door")
valid(pb.OP_SESSION_RESUME, pb.SessionOpened, lambda w: pb.SessionResume(token=at_the_door(w).token, idle_s=1, opened_alone=1, wrong_alone=1), "door")
valid(pb.OP_SESSION_LOCK, pb.SessionState, lambda w: at_the_door(w) and pb.SessionLock(), "door")
valid(pb.OP_SESSION_UNLOCK, pb.SessionState, lambda w: at_the_door(w) and w.once("locked", lambda: locked(w)) and pb.SessionUnlock(pin=PIN), "door")
valid(pb.OP_SESSION_CLOSE, pb.SessionState, lambda w: at_the_door(w) and pb.SessionClose(), "door")
valid(pb.OP_APPROVAL_OPEN, pb.ApprovalOpened, lambda w: pb.ApprovalOpen(
    name=w.door and w.who, pin=PIN, discount_ppm=100_000, below_floor=True, deposit_back=True, training=False, free_refund=True))
valid(pb.OP_APPROVAL_OPEN, pb.ApprovalOpened, lambda w: pb.ApprovalOpen(badge=w.door and w.badge, pin=PIN, discount_ppm=100_000))
valid(pb.OP_STAFF_PUT, pb.StaffPutDone, lambda w: pb.StaffPut(name=f"Max {fresh()}", role_id=w.once("role", lambda: w.shop.role("cashier")),
                                                              badge=f"BJ{fresh()}", pin=PIN, active=True))
valid(pb.OP_STAFF_PUT, pb.StaffPutDone, lambda w: pb.StaffPut(id=w.once("person", w.new_person), name=f"Max {fresh()}"))
valid(pb.OP_STAFF_PUT, pb.StaffPutDone, lambda w: pb.StaffPut(id=at_the_door(w).staff.id, pin="7359", current_pin=PIN), "door")
valid(pb.OP_STAFF_LIST, pb.StaffListed, lambda w: pb.StaffList(after_id=0))
valid(pb.OP_STAFF_UNLOCK, pb.StaffPutDone, lambda w: pb.StaffUnlock(id=w.once("person", w.new_person)))
valid(pb.OP_ROLE_PUT, pb.RolePutDone, lambda w: pb.RolePut(role=pb.Role(id=w.once("role", lambda: new_role(w)), name=f"Role {fresh()}",
                                                                        permissions=["sell"], discount_ppm=10)))
valid(pb.OP_DEVICE_INVITE, pb.DeviceInvited, lambda w: pb.DeviceInvite(shop_id=w.shop_id, kind=pb.CLIENT_KIOSK, name="New"))
valid(pb.OP_DEVICE_INVITE, pb.DeviceInvited, lambda w: pb.DeviceInvite(kind=pb.CLIENT_COUNTER, name="New", till_number=w.once("till", lambda: till_number(w))))
valid(pb.OP_DEVICE_LIST, pb.DeviceListed, lambda w: pb.DeviceList(after_id=0))
valid(pb.OP_DEVICE_REVOKE, pb.DeviceRevoked, lambda w: pb.DeviceRevoke(device_id=w.once("device", lambda: w.shop.device().device.id), reason="lost"))
valid(pb.OP_DEVICE_RENEW, pb.Enrolled, lambda w: pb.DeviceRenew(certificate_request=w.once("csr", new_request)), "door")


def new_request():
    return certificate_request(ec.generate_private_key(ec.SECP256R1()))


def at_the_door(w):
    """Somebody signed in there; their session."""
    door = w.door
    if w.once("session", lambda: None) is None:
        w.kept[w.op, "session"] = door.sign_in(w.who)
    return w.kept[w.op, "session"]


def locked(w):
    return w.door.call(pb.OP_SESSION_LOCK, pb.SessionLock(), pb.SessionState).locked


def new_role(w):
    return w.do(pb.OP_ROLE_PUT, pb.RolePut(role=pb.Role(name=f"Role {fresh()}", permissions=["sell"])), pb.RolePutDone).id


def till_number(w):
    return w.rows("SELECT greatest((SELECT max(till_number) FROM device), (SELECT max(till_number) FROM device_invite)) + 1")[0][0]


behind(pb.OP_STAFF_PUT, lambda w, who, done: w.anew("door") if who == "door" else None)

# ---- the catalogue ----

valid(pb.OP_CATALOGUE_FOLLOW, pb.CatalogueFollowed, lambda w: pb.CatalogueFollow(version=0))
for key in ({"id": "cookie"}, {"plu": 11}, {"barcode": "4006381333931"}, {"sku": "cookie"}):
    valid(pb.OP_PRODUCT_SHOW, pb.ProductShown, lambda w, key=key: pb.ProductShow(**{**key, **({"id": w.cookie} if "id" in key else {})}))
valid(pb.OP_PRODUCT_LIST, pb.ProductListed, lambda w: pb.ProductList(after_id=0, word="coo"))
valid(pb.OP_PRODUCT_PUT, pb.ProductPutDone, lambda w: pb.ProductPut(drafts=[pb.ProductDraft(set_lists=True, set_modifiers=True, product=pb.Product(
    name="Stollen", sku=f"s{fresh()}", category_id=w.cookies, price_minor=900, unit=pb.UNIT_PIECE, tax_class_id=w.tax, plu=w.once("plu", lambda: plu(w)),
    contains=[1, 3], may_contain=[8], allergen_note="wheat", active=True, sold_out=False, stock_policy=pb.STOCK_NOT_KEPT, floor_minor=10,
    modifier_ids=[w.milk], deposit_product_id=w.bottle, deposit_count=1, rating_hundredths=500, rating_count=1, barcodes=[w.once("ean", lambda: ean(w))],
    nutrition=pb.Nutrition(energy_kj=1000, energy_kcal=239, fat_mg=20_000, saturates_mg=9_000, carbohydrate_mg=50_000, sugars_mg=20_000, protein_mg=8_000,
                           salt_mg=1_000)))]))
valid(pb.OP_PRODUCT_PUT, pb.ProductPutDone, lambda w: pb.ProductPut(drafts=[pb.ProductDraft(product=pb.Product(
    id=w.once("product", lambda: w.shop.put_product(f"Tart {fresh()}", 300)), open_price=True, open_min_minor=1, open_max_minor=900, price_minor=0))]))
valid(pb.OP_PRODUCT_PUT, pb.ProductPutDone, lambda w: pb.ProductPut(drafts=[pb.ProductDraft(product=pb.Product(
    name="Crate", sku=f"s{fresh()}", price_minor=300, tax_class_id=w.tax, deposit_kind=pb.DEPOSIT_GOOD))]))
valid(pb.OP_PRODUCT_SOLD_OUT, pb.ProductPutDone, lambda w: pb.ProductSoldOut(
    product_id=w.once("product", lambda: w.shop.put_product(f"Tart {fresh()}", 300)), sold_out=True))
valid(pb.OP_CATEGORY_PUT, pb.CataloguePutDone, lambda w: pb.CategoryPut(category=pb.Category(
    id=w.once("category", lambda: w.shop.put_category(f"Tarts {fresh()}")), name=f"Tarts {fresh()}", position=3)))
valid(pb.OP_TAX_CLASS_PUT, pb.CataloguePutDone, lambda w: pb.TaxClassPut(tax_class=pb.TaxClass(
    id=kept(w, "tax class", lambda: w.shop.put_tax_class(f"spare {fresh()}", ("VAT7", 70000))), name=f"spare {fresh()}", switch_at_count=6, switch_to_id=w.tax,
    rates=[pb.TaxRate(service=pb.SERVICE_EAT_IN, hot=True, code="VAT19", rate_ppm=190_000)])))
valid(pb.OP_PROGRAMME_PUT, pb.CataloguePutDone, lambda w: pb.ProgrammePut(programme=draft(w)))
valid(pb.OP_PROGRAMME_PUT, pb.CataloguePutDone, lambda w: pb.ProgrammePut(programme=draft(w, kind=pb.TERM_REWARD, gift=pb.REWARD_GIFT_AMOUNT, cost=5)))
valid(pb.OP_PROGRAMME_PUT, pb.CataloguePutDone, lambda w: pb.ProgrammePut(programme=draft(w, kind=pb.TERM_TIER)))
valid(pb.OP_PROGRAMME_LIST, pb.ProgrammeListed, lambda w: pb.ProgrammeList())
valid(pb.OP_PROGRAMME_TRY, pb.ProgrammeTried, lambda w: pb.ProgrammeTry(draft=draft(w), first_day=today(w), last_day=today(w), after_id=0))
valid(pb.OP_PROGRAMME_TRY, pb.ProgrammeTried, lambda w: pb.ProgrammeTry(
    draft=draft(w, kind=pb.TERM_REWARD, gift=pb.REWARD_GIFT_AMOUNT, cost=5), first_day=today(w), last_day=today(w)))
valid(pb.OP_SHOP_PUT, pb.ShopPutDone, lambda w: pb.ShopPut(shop=pb.Shop(
    id=w.shop_id, name="Test bakery", address="1 Oven Street", tax_number="T-1", receipt_head="Good bread", receipt_foot="Come again", currency="EUR",
    currency_exponent=2, zone="Europe/Berlin", prices_include_tax=True, day_cutoff_minutes=180, cash_rounding_minor=5, calling_code="49",
    code_layouts="", deposit_back_minor=1, drawers=pb.DRAWERS_TILL, gift_card_months=36, attach_days=14, free_refund_day_minor=100)))
valid(pb.OP_PROMOTION_PUT, pb.CataloguePutDone, lambda w: pb.PromotionPut(promotion=promotion(
    w, id=kept(w, "promotion", lambda: new_promotion(w)), parts=[pb.PromotionPart(pieces=6, product_ids=[w.lemonade])])))
valid(pb.OP_PROMOTION_PUT, pb.CataloguePutDone, lambda w: pb.PromotionPut(promotion=promotion(
    w, id=kept(w, "promotion", lambda: new_promotion(w)), parts=[pb.PromotionPart(pieces=6, category_id=w.cookies)])))
valid(pb.OP_PROMOTION_LIST, pb.PromotionListed, lambda w: pb.PromotionList(after_id=0))
valid(pb.OP_MODIFIER_PUT, pb.CataloguePutDone, lambda w: pb.ModifierPut(modifier=pb.Modifier(
    id=kept(w, "modifier", lambda: new_modifier(w)), name=f"Cup {fresh()}", choose_min=0, choose_max=1, active=True,
    options=[pb.ModifierOption(number=1, name="Large", price_minor=50, active=True)])))
valid(pb.OP_MODIFIER_LIST, pb.ModifierListed, lambda w: pb.ModifierList(after_id=0))
valid(pb.OP_TENDER_TYPE_PUT, pb.CataloguePutDone, lambda w: pb.TenderTypePut(tender_type=pb.TenderType(
    id=kept(w, "tender type", lambda: w.shop.put_tender_type("Cheque")), name="Cheque", kind=pb.TENDER_VOUCHER, change=pb.TENDER_CHANGE_FORFEITED,
    reference_wanted=True, limit_minor=2500, permission="approve", active=True)))


def kept(w, key, make):
    """Of what there may be so many and no more: one for all its requests."""
    if not hasattr(w, "things"):
        w.things = {}
    if key not in w.things:
        w.things[key] = make()
    return w.things[key]


def plu(w):
    return w.rows("SELECT coalesce(max(plu), 0) + 1 FROM product_version WHERE plu < 900000")[0][0]


def ean(w):
    digits = "2" + str(uuid.uuid4().int)[:11]
    return digits + str(-sum(int(digit) * (3 if at % 2 else 1) for at, digit in enumerate(digits)) % 10)


def draft(w, **term):
    term = {"kind": pb.TERM_EARN, **({"per": pb.EARN_PER_UNIT, "from_minute": 60, "until_minute": 600, "weekdays": 31} if not term else {}), **term}
    goods = {} if term["kind"] == pb.TERM_TIER else {"goods": pb.TERM_GOODS_THESE, "category_ids": [w.cookies], "product_ids": [w.lemonade]}
    return pb.Programme(name="Points", sign_up_points=20, birthday_points=100, points_per_unit=10, lot_days=365, reward_cost=100,
                        reward_category_id=w.cookies, reward_name="Free cookie", tier_months=6, referrer_points=5, friend_points=5,
                        terms=[pb.ProgrammeTerm(number=7, name="Term", value=3, **goods, **term)])


def promotion(w, **fields):
    return pb.Promotion(name="Six", gift=pb.PROMOTION_CHEAPEST_FREE, value=1, weekdays=31, from_minute=60, until_minute=600, first_day="2020-01-01",
                        last_day="2020-02-29", members_only=True, active=True, **fields)


def new_promotion(w):
    made = promotion(w, parts=[pb.PromotionPart(pieces=6, product_ids=[w.lemonade])])
    return w.do(pb.OP_PROMOTION_PUT, pb.PromotionPut(promotion=made), pb.CataloguePutDone).id


def new_modifier(w):
    made = pb.Modifier(name=f"Cup {fresh()}", options=[pb.ModifierOption(name="Large", price_minor=50)])
    return w.do(pb.OP_MODIFIER_PUT, pb.ModifierPut(modifier=made), pb.CataloguePutDone).id


def all_terms_gone(w, who, done):
    """And the seed's numbers back."""
    there = w.lead.call(pb.OP_PROGRAMME_LIST, pb.ProgrammeList(), pb.ProgrammeListed).programme.terms
    gone = [pb.ProgrammeTerm(kind=term.kind, number=term.number, gone=True) for term in sorted(there, key=lambda term: term.kind == pb.TERM_TIER)]
    w.do(pb.OP_PROGRAMME_PUT, pb.ProgrammePut(programme=pb.Programme(terms=gone)), pb.CataloguePutDone)
    w.programme()


def promotion_off(w, who, done):
    w.do(pb.OP_PROMOTION_PUT, pb.PromotionPut(promotion=pb.Promotion(id=done.id, active=False)), pb.CataloguePutDone)


behind(pb.OP_PROGRAMME_PUT, all_terms_gone)
behind(pb.OP_PROMOTION_PUT, promotion_off)
behind(pb.OP_SHOP_PUT, lambda w, who, _: w.settings())

# ---- members ----

ALL_OF_A_MEMBER = {"points": 7, "birthday_today": True, "lots": [pb.PointsLot(id=1, remaining=1, origin_day="2026-01-01", expiry_day="2027-01-01")],
                   "since_us": 1, "sales": [pb.MemberSale(sale_id=1)], "merged": [pb.MergedMember(id=1)], "consents": [pb.Consent(kind=1)], "tier": 1,
                   "tier_name": "Gold", "tier_minor": 1}


def new_fields():
    return {"name": f"Mia {fresh()}", "phone": "+49" + str(uuid.uuid4().int)[:11], "email": f"kj{fresh()}@bakery.example", "birthday": "1980-02-29",
            "language": "de"}


valid(pb.OP_MEMBER_CREATE, pb.MemberDone, lambda w: pb.MemberCreate(member=pb.Member(card=f"CC-{fresh()}", referrer_id=w.anna.id, **new_fields(), **ALL_OF_A_MEMBER)))
valid(pb.OP_MEMBER_CREATE, pb.MemberDone, lambda w: pb.MemberCreate(member=pb.Member(name=f"Mia {fresh()}", referrer_key=w.anna.phone)))
valid(pb.OP_MEMBER_UPDATE, pb.MemberDone, lambda w: pb.MemberUpdate(member=pb.Member(
    id=w.once("member", w.new_member), card=f"CC-{fresh()}", **new_fields(), **ALL_OF_A_MEMBER)))
valid(pb.OP_MEMBER_UPDATE, pb.MemberDone, lambda w: pb.MemberUpdate(member=pb.Member(id=w.anna.id, avoids=[1], set_avoids=True)))
for key in ("phone", "email", "card", "name"):
    valid(pb.OP_MEMBER_FIND, pb.MemberFound, lambda w, key=key: pb.MemberFind(**{key: getattr(w.anna, key)}))
valid(pb.OP_MEMBER_SHOW, pb.MemberShown, lambda w: pb.MemberShow(id=w.anna.id))
valid(pb.OP_MEMBER_USUAL, pb.MemberUsualShown, lambda w: pb.MemberUsual(id=w.anna.id))
valid(pb.OP_MEMBER_MERGE, pb.MemberMerged, lambda w: pb.MemberMerge(from_id=w.once("from", w.new_member), into_id=w.once("into", w.new_member), reason="twice"))
valid(pb.OP_MEMBER_ADMIT, pb.MemberAdmitted, lambda w: pb.MemberAdmit(number=w.once("ticket", w.signed_up)))
valid(pb.OP_MEMBER_SIGN_UP, pb.MemberSignedUp, lambda w: pb.MemberSignUp(member=pb.Member(**new_fields()), pin=kiosk.MEMBER_PIN, consents=[1, 2]), "kiosk")
valid(pb.OP_MEMBER_EXPORT, pb.MemberExported, lambda w: pb.MemberExport(id=w.anna.id, place=pb.MemberExportPlace(part=3, after=0, after_two=0, as_of_us=w.now_us())))
valid(pb.OP_MEMBER_ERASE, pb.MemberErased, lambda w: erase(w.once("member", w.new_member)))
valid(pb.OP_CONSENT_PUT, pb.ConsentPutDone, lambda w: pb.ConsentPut(member_id=w.once("member", w.new_member), kind=2, given=True, text_version=1))
valid(pb.OP_MEMBER_CODE_MAKE, pb.MemberCodeMade, lambda w: pb.MemberCodeMake(member_id=w.anna.id))
valid(pb.OP_MEMBER_CARD_MAKE, pb.MemberCardMade, lambda w: pb.MemberCardMake(member_id=w.once("member", w.new_member)))
valid(pb.OP_REVIEW_PUT, pb.ReviewPutDone, lambda w: pb.ReviewPut(
    member_id=w.anna.id, sale_id=w.once("sale", lambda: w.sold(member_id=w.anna.id)).sale_id, product_id=w.roll, rating=5, text="good"))
valid(pb.OP_REVIEW_LIST, pb.ReviewListed, lambda w: pb.ReviewList(product_id=w.roll, before_us=w.now_us(), before_id=2**52))
valid(pb.OP_REVIEW_QUEUE, pb.ReviewQueued, lambda w: pb.ReviewQueue(state=pb.REVIEW_WAITING, after_us=0, after_id=0))
valid(pb.OP_REVIEW_MODERATE, pb.ReviewModerated, lambda w: pb.ReviewModerate(id=w.once("review", w.review), state=pb.REVIEW_ACCEPTED))
valid(pb.OP_REVIEW_MODERATE, pb.ReviewModerated, lambda w: pb.ReviewModerate(id=w.once("review", w.review), state=pb.REVIEW_HIDDEN, reason=pb.REVIEW_OFF_TOPIC))


def erase(id):
    return pb.MemberErase(id=id, confirm_id=id, reason=pb.ERASE_ASKED)


behind(pb.OP_MEMBER_SIGN_UP, lambda w, who, done: w.do(pb.OP_MEMBER_ADMIT, pb.MemberAdmit(number=done.number), pb.MemberAdmitted))

# ---- accounts, gift cards, coupons, payment methods ----

valid(pb.OP_ACCOUNT_PUT, pb.AccountPutDone, lambda w: pb.AccountPut(account=pb.Account(
    number=1, name=f"Inn {fresh()}", reference="D-1", note="pays late", limit_minor=1000, blocked=False, balance_minor=5, left_minor=7)))
valid(pb.OP_ACCOUNT_PUT, pb.AccountPutDone, lambda w: pb.AccountPut(account=pb.Account(id=w.once("account", lambda: new_account(w)), blocked=True)))
valid(pb.OP_ACCOUNT_LIST, pb.AccountListed, lambda w: pb.AccountList(name="Hotel"))
valid(pb.OP_ACCOUNT_LIST, pb.AccountListed, lambda w: pb.AccountList(number=1))
valid(pb.OP_ACCOUNT_LIST, pb.AccountListed, lambda w: pb.AccountList(after_number=0))
valid(pb.OP_ACCOUNT_RECEIVE, pb.AccountReceived, lambda w: pb.AccountReceive(
    account_id=w.once("account", lambda: new_account(w)), means=pb.ACCOUNT_TRANSFER, amount_minor=100, reference="R1"))
valid(pb.OP_ACCOUNT_RECEIVE, pb.AccountReceived, lambda w: pb.AccountReceive(
    account_id=w.once("with credit", lambda: new_account(w, credit=100)), means=pb.ACCOUNT_CASH, amount_minor=-100, reason="too much"))
valid(pb.OP_ACCOUNT_SHOW, pb.AccountShown, lambda w: pb.AccountShow(id=w.account, before_entry=9))
valid(pb.OP_ACCOUNT_SHOW, pb.AccountShown, lambda w: pb.AccountShow(number=1))
valid(pb.OP_GIFT_CARD_LOAD, pb.GiftCardLoaded, lambda w: pb.GiftCardLoad(code=a_code(), means=pb.ACCOUNT_CARD, amount_minor=500, reference="A1"))
valid(pb.OP_GIFT_CARD_LOAD, pb.GiftCardLoaded, lambda w: pb.GiftCardLoad(number=w.once("card", w.new_card).number, means=pb.ACCOUNT_CASH, amount_minor=500))
valid(pb.OP_GIFT_CARD_SHOW, pb.GiftCardShown, lambda w: pb.GiftCardShow(code=w.card_code.code, before_entry=9))
valid(pb.OP_GIFT_CARD_SHOW, pb.GiftCardShown, lambda w: pb.GiftCardShow(number=w.card_code.card.number))
valid(pb.OP_GIFT_CARD_LIST, pb.GiftCardListed, lambda w: pb.GiftCardList(after_number=0))
valid(pb.OP_GIFT_CARD_PUT, pb.GiftCardPutDone, lambda w: pb.GiftCardPut(
    number=w.once("card", w.new_card).number, blocked=True, expiry_day="2099-01-01", reason="found"))
valid(pb.OP_GIFT_CARD_MOVE, pb.GiftCardMoved, lambda w: pb.GiftCardMove(number=w.once("card", w.new_card).number, code=a_code(), reason="lost"))
valid(pb.OP_GIFT_CARD_UNDO, pb.GiftCardUndone, lambda w: pb.GiftCardUndo(number=w.once("card", w.new_card).number, entry=1, reason="changed mind"))
valid(pb.OP_GIFT_CARD_UNDO, pb.GiftCardUndone, lambda w: pb.GiftCardUndo(
    number=w.once("card by card", lambda: by_card(w)).number, entry=1, reference="A1", reason="changed mind"))
valid(pb.OP_COUPON_CAMPAIGN_PUT, pb.CouponCampaignPutDone, lambda w: pb.CouponCampaignPut(campaign=pb.CouponCampaign(
    name=f"Letter {fresh()}", gift=pb.COUPON_FREE_PIECES, value=1, category_id=w.cookies, least_minor=10, weekdays=31, from_minute=60, until_minute=600,
    first_day="2026-01-01", last_day="2030-01-01", members_only=True, first_purchase=True, with_promotions=True, with_discounts=True, with_coupons=True,
    per_member=1, uses_max=9, active=True, coupon_count=3, use_count=3)))
valid(pb.OP_COUPON_CAMPAIGN_PUT, pb.CouponCampaignPutDone, lambda w: pb.CouponCampaignPut(campaign=pb.CouponCampaign(
    name=f"Letter {fresh()}", gift=pb.COUPON_RATE_OFF, value=100_000, product_ids=[w.lemonade], receipt_minor=10_000)))
valid(pb.OP_COUPON_CAMPAIGN_PUT, pb.CouponCampaignPutDone, lambda w: pb.CouponCampaignPut(campaign=pb.CouponCampaign(
    id=w.once("campaign", lambda: new_campaign(w)), active=False)))
valid(pb.OP_COUPON_CAMPAIGN_LIST, pb.CouponCampaignListed, lambda w: pb.CouponCampaignList(after_id=0))
valid(pb.OP_COUPON_ISSUE, pb.CouponIssued, lambda w: pb.CouponIssue(campaign_id=w.campaign.id, count=1, uses_max=1))
valid(pb.OP_COUPON_ISSUE, pb.CouponIssued, lambda w: pb.CouponIssue(
    campaign_id=w.once("campaign", lambda: new_campaign(w)), count=1, segment=pb.CouponSegment(joined_before="2099-01-01", not_seen_days=0, visits_at_least=0)))
valid(pb.OP_COUPON_SHOW, pb.CouponShown, lambda w: pb.CouponShow(code=w.coupon.code))
valid(pb.OP_COUPON_SHOW, pb.CouponShown, lambda w: pb.CouponShow(campaign_id=w.campaign.id, number=1))
valid(pb.OP_COUPON_EARN, pb.CouponEarned, lambda w: pb.CouponEarn(receipt_number=w.once("sale", w.sold).receipt_number))
valid(pb.OP_PAYMENT_METHOD_ADD, pb.PaymentMethodAdding, lambda w: pb.PaymentMethodAdd(member_id=w.once("member", w.new_member)))
valid(pb.OP_PAYMENT_METHOD_FINISH, pb.PaymentMethodFinished, lambda w: pb.PaymentMethodFinish(setup_id=kept(w, "setup", lambda: w.do(
    pb.OP_PAYMENT_METHOD_ADD, pb.PaymentMethodAdd(member_id=w.new_member()), pb.PaymentMethodAdding).setup_id)))
valid(pb.OP_PAYMENT_METHOD_FINISH, pb.PaymentMethodFinished, lambda w: pb.PaymentMethodFinish(setup_id=kept(w, "added", lambda: added(w))))
valid(pb.OP_PAYMENT_METHOD_LIST, pb.PaymentMethodListed, lambda w: pb.PaymentMethodList(member_id=kept(w, "payer", w.new_method)[0]))
valid(pb.OP_PAYMENT_METHOD_REMOVE, pb.PaymentMethodRemoved, lambda w: pb.PaymentMethodRemove(
    **dict(zip(("member_id", "method_id"), w.once("method", w.new_method)))))
valid(pb.OP_GIFT_CARD_CHARGE, pb.GiftCardCharging, lambda w: pb.GiftCardCharge(
    **dict(zip(("member_id", "method_id"), kept(w, "payer", w.new_method))), number=w.once("card", w.new_card).number, amount_minor=500))
valid(pb.OP_GIFT_CARD_CHARGE_SHOW, pb.GiftCardCharged, lambda w: pb.GiftCardChargeShow(charge_id=kept(w, "charge", lambda: new_charge(w))))


def new_account(w, credit=0):
    account = pb.Account(name=f"Inn {fresh()}", limit_minor=1000)
    id = w.do(pb.OP_ACCOUNT_PUT, pb.AccountPut(account=account), pb.AccountPutDone).id
    if credit:
        w.do(pb.OP_ACCOUNT_RECEIVE, pb.AccountReceive(account_id=id, means=pb.ACCOUNT_CASH, amount_minor=credit), pb.AccountReceived)
    return id


def by_card(w):
    message = pb.GiftCardLoad(means=pb.ACCOUNT_CARD, amount_minor=500, reference="A1")
    return w.do(pb.OP_GIFT_CARD_LOAD, message, pb.GiftCardLoaded).card


def new_campaign(w):
    made = pb.CouponCampaign(name=f"Letter {fresh()}", gift=pb.COUPON_AMOUNT_OFF, value=1)
    return w.do(pb.OP_COUPON_CAMPAIGN_PUT, pb.CouponCampaignPut(campaign=made), pb.CouponCampaignPutDone).campaign.id


def added(w):
    """How the card of who pays was added."""
    return w.rows(f"SELECT id FROM payment_setup WHERE method_id = {kept(w, 'payer', w.new_method)[1]}")[0][0]


def new_charge(w):
    member, method = kept(w, "payer", w.new_method)
    message = pb.GiftCardCharge(member_id=member, method_id=method, number=w.new_card().number, amount_minor=500)
    charge = w.do(pb.OP_GIFT_CARD_CHARGE, message, pb.GiftCardCharging).charge_id
    w.wait_over(charge)
    return charge


behind(pb.OP_GIFT_CARD_CHARGE, lambda w, who, done: w.wait_over(done.charge_id))
