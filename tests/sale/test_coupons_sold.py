"""Coupons: campaigns made and stopped, codes issued, looked up and used; used once and never more often, whatever meets."""
import contextlib
import datetime
import threading
import uuid

import pytest
from counter import basket, check_books, check_receipts, check_strands, member, refund, refused, ring_up, seed
from everything import Everything
from shop import Refused, pb
from waiting import wait_for

TENTH = {"gift": pb.COUPON_RATE_OFF, "value": 100000}
TWO_OFF = {"gift": pb.COUPON_AMOUNT_OFF, "value": 200}


@pytest.fixture(scope="module")
def goods(shop):
    made = seed(shop)
    shop.staff("Lea", role="shift_lead")
    shop.staff("Tom")
    shop.receive(made["cake"], 1000)
    shop.receive(made["cookie"], 1000)
    return made


@pytest.fixture()
def till(shop, goods):
    return shop.till("Tom")


@pytest.fixture()
def lead(shop, goods):
    return shop.till("Lea")


@pytest.fixture(scope="module", autouse=True)
def the_books_balance(shop, goods):
    yield
    check_books(shop)
    check_receipts(shop)
    check_strands(shop)


def put(shop, client=None, command_id=None, **terms):
    terms.setdefault("name", f"Campaign {uuid.uuid4().hex[:8]}")
    message = pb.CouponCampaignPut(campaign=pb.CouponCampaign(**{**TENTH, **terms}))
    return (client or shop.manager).command(pb.OP_COUPON_CAMPAIGN_PUT, message, pb.CouponCampaignPutDone, command_id).campaign


def stop(shop, campaign, active=False):
    message = pb.CouponCampaignPut(campaign=pb.CouponCampaign(id=campaign.id, active=active))
    return shop.manager.command(pb.OP_COUPON_CAMPAIGN_PUT, message, pb.CouponCampaignPutDone).campaign


def issue(shop, campaign, count=1, client=None, command_id=None, segment=None, **more):
    message = pb.CouponIssue(campaign_id=campaign.id, count=count, **more)
    if segment is not None:
        message.segment.CopyFrom(pb.CouponSegment(**segment))
    return (client or shop.manager).command(pb.OP_COUPON_ISSUE, message, pb.CouponIssued, command_id).coupons


def issue_segment(shop, campaign, count, **segment):
    message = pb.CouponIssue(campaign_id=campaign.id, count=count, segment=pb.CouponSegment(**segment))
    return shop.manager.command(pb.OP_COUPON_ISSUE, message, pb.CouponIssued)


def code_of(shop, count=1, uses_max=None, **terms):
    """A code of a campaign of its own."""
    more = {} if uses_max is None else {"uses_max": uses_max}
    return issue(shop, put(shop, **terms), **more)[0].code


def shown(client, **key):
    return client.call(pb.OP_COUPON_SHOW, pb.CouponShow(**key), pb.CouponShown)


def with_coupons(made, *tokens):
    made.coupons.extend(pb.BasketCoupon(redeems=token) for token in tokens)
    return made


def buy(shop, till, goods, *codes, cakes=1, off=90, command_id=None, tokens=None, **more):
    tokens = tokens if tokens is not None else [shown(till, code=code).redeems for code in codes]
    made = with_coupons(basket(shop, (goods["cake"], cakes), **more), *tokens)
    return ring_up(till, made, 900 * cakes - off, command_id=command_id)


def paper(receipt):
    return [(row.left, row.right) for row in receipt.rows]


def uses(client, code):
    return shown(client, code=code).coupon.use_count


# ---- campaigns ----


def test_B14_a_campaign_is_made_and_its_terms_stand(shop, till, goods):
    made = put(shop, name="Autumn letter", product_ids=[goods["cake"], goods["roll"], goods["cake"]], least_minor=500, first_day="2026-01-01",
               last_day="2099-12-31", weekdays=127, per_member=2, uses_max=100, members_only=True)
    assert (made.coupon_count, made.use_count, made.active, made.with_promotions, made.with_coupons) == (0, 0, True, True, False)
    assert list(made.product_ids) == sorted([goods["cake"], goods["roll"]]) and made.last_day == "2099-12-31"
    listed, after = [], 0
    while True:
        page = shop.manager.call(pb.OP_COUPON_CAMPAIGN_LIST, pb.CouponCampaignList(after_id=after), pb.CouponCampaignListed)
        listed += page.campaigns
        if not page.more:
            break
        after = listed[-1].id
    assert made in listed
    message = pb.CouponCampaignPut(campaign=pb.CouponCampaign(id=made.id, value=500000, active=True))
    assert refused(shop.manager.command, pb.OP_COUPON_CAMPAIGN_PUT, message, pb.CouponCampaignPutDone) == "BAD_CAMPAIGN"
    assert refused(put, shop, name="Autumn letter") == "NAME_TAKEN"
    assert refused(put, shop, client=till) == "UNSUPPORTED"


def test_B14_campaigns_that_cannot_be_are_refused(shop, goods):
    everything = Everything(shop)
    cases = [
        ("BAD_CAMPAIGN", {"gift": pb.COUPON_NOTHING}),
        ("BAD_CAMPAIGN", {"value": 0}),
        ("BAD_CAMPAIGN", {"value": 1000001}),
        ("BAD_CAMPAIGN", {"gift": pb.COUPON_FREE_PIECES, "value": 101}),
        ("BAD_CAMPAIGN", {"gift": pb.COUPON_AMOUNT_OFF, "value": -5}),
        ("BAD_CAMPAIGN", {"least_minor": -1}),
        ("BAD_CAMPAIGN", {"weekdays": 0}),
        ("BAD_CAMPAIGN", {"weekdays": 128}),
        ("BAD_CAMPAIGN", {"from_minute": 600, "until_minute": 600}),
        ("BAD_CAMPAIGN", {"until_minute": 1441}),
        ("BAD_CAMPAIGN", {"first_day": "tomorrow"}),
        ("BAD_CAMPAIGN", {"first_day": "2026-02-01", "last_day": "2026-01-31"}),
        ("BAD_CAMPAIGN", {"uses_max": 2**40}),
        ("BAD_CAMPAIGN", {"category_id": 1, "product_ids": [goods["cake"]]}),
        ("UNKNOWN_CATEGORY", {"category_id": 12345}),
        ("UNKNOWN_PRODUCT", {"product_ids": [12345]}),
        ("BAD_FIELD", {"name": " "}),
        ("BAD_FIELD", {"name": "x" * 41}),
        ("BAD_FIELD", {"product_ids": range(1, 22)}),
        ("CARD_NUMBER", {"name": "4111 1111 1111 1111"}),
    ]
    for code, terms in cases:
        with everything.unchanged("command", "session", "journal", "device_head", "journal_signature"):
            assert refused(put, shop, **terms) == code, terms
    assert refused(stop, shop, pb.CouponCampaign(id=12345)) == "UNKNOWN_CAMPAIGN"
    everything.close()


def test_B14_a_campaign_is_stopped_and_gone_on_with(shop, till, goods):
    campaign = put(shop)
    code = issue(shop, campaign)[0].code
    token = shown(till, code=code).redeems
    assert not stop(shop, campaign).active
    assert refused(buy, shop, till, goods, tokens=[token]) == "COUPON_STOPPED"
    assert stop(shop, campaign, active=True).active
    buy(shop, till, goods, tokens=[token])


# ---- issuing ----


def test_B14_codes_are_issued_in_batches(shop, till):
    campaign = put(shop)
    first, second = issue(shop, campaign, 500), issue(shop, campaign, 3)
    codes = {each.code for each in (*first, *second)}
    assert len(codes) == 503 and all(len(code) == 16 and code.startswith("CP") for code in codes)
    assert len({code[2:8] for code in codes}) == 503  # nor do they begin alike
    assert [each.number for each in (*first, *second)] == list(range(1, 504))
    coupon = shown(till, code=f"{first[7].code[:4].lower()}-{first[7].code[4:10]} {first[7].code[10:]}").coupon
    assert (coupon.number, coupon.uses_max, coupon.use_count, coupon.campaign_id) == (8, 1, 0, campaign.id)
    by_number = shown(till, campaign_id=campaign.id, number=8)
    assert by_number.coupon == coupon and not by_number.HasField("redeems")


def test_B14_what_cannot_be_issued_is_refused(shop, till):
    campaign = put(shop)
    for count in (0, 501):
        assert refused(issue, shop, campaign, count) == "BAD_COUPON_ISSUE"
    assert refused(issue, shop, campaign, uses_max=2**40) == "BAD_COUPON_ISSUE"
    assert refused(issue, shop, campaign, segment={"joined_before": "soon"}) == "BAD_COUPON_ISSUE"
    assert refused(issue, shop, campaign, segment={"joined_before": "2001-01-01"}) == "BAD_COUPON_ISSUE"  # nobody
    assert refused(issue, shop, pb.CouponCampaign(id=12345)) == "UNKNOWN_CAMPAIGN"
    assert refused(issue, shop, pb.CouponCampaign(id=2**63)) == "UNKNOWN_CAMPAIGN"
    assert refused(issue, shop, campaign, client=till) == "UNSUPPORTED"


def test_B14_a_segment_gets_one_each_and_once(shop, lead, goods):
    old, new, regular = (member(shop, number) for number in (41, 42, 43))
    shop.sql(f"UPDATE member SET created_at = '2020-01-01' WHERE id IN ({old}, {regular})")
    for _ in range(3):
        ring_up(lead, basket(shop, (goods["cake"], 1), member_id=regular), 900)
    campaign, seen = put(shop), put(shop)
    joined = issue(shop, campaign, 500, segment={"joined_before": "2021-01-01"})
    assert [each.member_id for each in joined] == sorted([old, regular])
    assert refused(issue, shop, campaign, 500, segment={"joined_before": "2021-01-01"}) == "BAD_COUPON_ISSUE"  # they have one
    lost = issue(shop, seen, 500, segment={"joined_before": "2021-01-01", "not_seen_days": 30})
    assert [each.member_id for each in lost] == [old]
    often = issue(shop, seen, 500, segment={"visits_at_least": 3})
    assert [each.member_id for each in often] == [regular]
    pages = put(shop)
    page = issue_segment(shop, pages, 1, joined_before="2021-01-01")
    assert [each.member_id for each in page.coupons] == [min(old, regular)] and page.more
    page = issue_segment(shop, pages, 1, joined_before="2021-01-01")
    assert [each.member_id for each in page.coupons] == [max(old, regular)] and not page.more
    mine = next(each.code for each in joined if each.member_id == regular)
    token = shown(lead, code=mine).redeems
    assert refused(buy, shop, lead, goods, tokens=[token]) == "COUPON_MEMBER_WANTED"
    assert refused(buy, shop, lead, goods, tokens=[token], member_id=new) == "COUPON_OTHER_MEMBER"
    buy(shop, lead, goods, tokens=[token], member_id=regular)


def test_B14_whom_a_segment_has_is_looked_for_before_anything_is_locked(shop, lead, goods):
    somebody = member(shop, 44)
    ring_up(lead, basket(shop, (goods["cake"], 1), member_id=somebody), 900)
    campaign, issued = put(shop), []
    busy, seller = shop.cluster.connect("admin"), shop.cluster.connect("admin")
    with contextlib.closing(busy), contextlib.closing(seller), busy.cursor() as holds, seller.cursor() as cursor:
        holds.execute("LOCK TABLE sale IN ACCESS EXCLUSIVE MODE")  # as if there were very many
        thread = threading.Thread(target=lambda: issued.extend(issue(shop, campaign, 500, segment={"visits_at_least": 1})))
        thread.start()

        def looks():
            cursor.execute("SELECT count(*) FROM pg_locks WHERE relation = 'sale'::regclass AND NOT granted")
            return cursor.fetchone()[0] > 0

        try:
            wait_for(looks, 4, "the members' sales to be asked for")
            cursor.execute("SELECT FROM campaign WHERE id = %s FOR NO KEY UPDATE NOWAIT", (campaign.id,))
        finally:
            seller.rollback()
            busy.rollback()
            thread.join()
    assert somebody in {each.member_id for each in issued}


def test_B14_of_several_who_issue_at_once_each_member_gets_one(shop, goods):
    ids = [member(shop, 1000 + i) for i in range(40)]
    shop.sql(f"UPDATE member SET created_at = '2003-01-01' WHERE id = ANY (ARRAY[{', '.join(map(str, ids))}])")
    others = [shop.connect(shop.device(pb.CLIENT_CLI)) for _ in range(3)]
    [client.sign_in() for client in others]
    campaign, issued, together = put(shop), [], threading.Barrier(len(others))

    def ask(client):
        together.wait()
        issued.extend(issue(shop, campaign, 10, client=client, segment={"joined_before": "2004-01-01"}))

    threads = [threading.Thread(target=ask, args=(client,)) for client in others]
    [thread.start() for thread in threads]
    [thread.join() for thread in threads]
    assert sorted(each.member_id for each in issued) == sorted(ids)[:30]
    [client.close() for client in others]


def test_B14_codes_are_kept_nowhere(shop, till, goods):
    codes = [each.code for each in issue(shop, put(shop), 3)]
    buy(shop, till, goods, codes[0])
    [[tables]] = shop.sql("SELECT array_agg(relname::text) FROM pg_class WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace")
    for table in tables:
        text = shop.sql(f"SELECT string_agg(t::text, ',') FROM {table} AS t")[0][0] or ""
        for code in codes:
            for form in (code, code.encode().hex()):
                assert form not in text, table
    log = "".join(server.log() for server in shop.servers)
    assert log and not any(code in log for code in codes)


def test_B14_sent_again_it_is_done_once_and_answered_alike(shop, till, goods):
    puts, issues, buys = (uuid.uuid4().bytes for _ in range(3))
    made = [put(shop, name="Sent again", command_id=puts) for _ in range(3)]
    assert made[0] == made[1] == made[2]
    issued = [issue(shop, made[0], 2, command_id=issues) for _ in range(3)]
    assert [each.code for each in issued[0]] == [each.code for each in issued[1]] == [each.code for each in issued[2]]
    assert all(each.code for each in issued[2])
    token = shown(till, code=issued[0][0].code).redeems
    sold = {buy(shop, till, goods, tokens=[token], command_id=buys).SerializeToString() for _ in range(3)}
    assert len(sold) == 1 and uses(till, issued[0][0].code) == 1
    assert refused(issue, shop, made[0], 3, command_id=issues) == "COMMAND_REUSED"


def test_B14_tries_are_limited_and_leave_a_trace(shop, goods):
    till = shop.till("Tom")
    other = issue(shop, put(shop))[0].code
    unknown = "CP00000000000000"
    answers = [refused(shown, till, code=unknown) for _ in range(65)]
    assert answers[:60] == ["UNKNOWN_COUPON"] * 60 and answers[60:] == ["RATE_LIMITED"] * 5
    again = shop.connect(till.identity)  # another connection is no other device
    again.sign_in("Tom")
    assert refused(shown, again, code=other) == "RATE_LIMITED"
    noted = shop.sql(f"SELECT bytes FROM journal WHERE device_id = {till.identity.device.id} AND kind = 'L'")
    assert sum(b"coupon_unknown" in bytes(data) for (data,) in noted) == 60
    again.close()
    till.close()


def test_B14_what_is_no_code_is_refused(shop, till):
    code = issue(shop, put(shop))[0].code
    for wrong in ("", "CP", code[:-1], code + "0", "XX" + code[2:], code[:-1] + ("1" if code[-1] != "1" else "2")):
        assert refused(shown, till, code=wrong) == "BAD_COUPON_CODE", wrong
    assert refused(shown, till, code="4111111111111111") == "NO_SECRET_WANTED"
    assert refused(shown, till) == refused(shown, till, campaign_id=5) == refused(shown, till, code=code, campaign_id=5, number=1) == "BAD_FIELD"
    assert refused(shown, till, campaign_id=5, number=1) == "UNKNOWN_COUPON"


# ---- using ----


def test_B14_a_coupon_takes_off_and_the_receipt_says_so(shop, till, goods):
    campaign = put(shop, name="Two off", **TWO_OFF)
    code = issue(shop, campaign)[0].code
    quote = pb.SaleQuote(basket=with_coupons(basket(shop, (goods["cake"], 1), (goods["cookie"], 1)), shown(till, code=code).redeems))
    quoted = till.call(pb.OP_SALE_QUOTE, quote, pb.SaleQuoted)
    assert quoted.total_minor == 950 and [line.discount_minor for line in quoted.lines] == [157, 43]
    assert [(each.campaign_id, each.name, each.amount_minor) for each in quoted.coupons] == [(campaign.id, "Two off", 200)]
    assert uses(till, code) == 0  # a quote uses nothing
    sale = ring_up(till, quote.basket, 950)
    assert ("Coupon Two off", "-2.00") in paper(sale.receipt) and sale.totals.coupons == quoted.coupons
    again = till.call(pb.OP_SALE_SHOW, pb.SaleShow(receipt_number=sale.receipt_number), pb.SaleShown)
    assert ("Coupon Two off", "-2.00") in paper(again.sale.receipt)
    used = shown(till, code=code)
    assert [(each.number, each.receipt_number, each.amount_minor) for each in used.uses] == [(1, sale.receipt_number, 200)]
    assert sum(net + tax for net, tax in shop.sql(f"SELECT net_minor, tax_minor FROM sale_tax WHERE sale_id = {sale.sale_id}")) == 950


def test_B14_refused_and_nothing_changes(shop, till, goods):
    today = datetime.date.fromisoformat(shop.sql("SELECT (now() AT TIME ZONE 'Europe/Berlin')::date::text")[0][0])
    minute = shop.sql("SELECT extract(hour FROM now() AT TIME ZONE 'Europe/Berlin') * 60 + extract(minute FROM now() AT TIME ZONE 'Europe/Berlin')")
    now = int(minute[0][0])
    away = {"from_minute": 0, "until_minute": now - 30} if now >= 720 else {"from_minute": now + 30, "until_minute": 1440}
    used = code_of(shop)
    buy(shop, till, goods, used)
    somebody, buyer = member(shop, 51), member(shop, 52)
    ring_up(till, basket(shop, (goods["cake"], 1), member_id=buyer), 900)
    once = code_of(shop, uses_max=0, per_member=1)
    buy(shop, till, goods, once, member_id=buyer)
    up = put(shop, uses_max=1)
    up_codes = [each.code for each in issue(shop, up, 2)]
    buy(shop, till, goods, up_codes[0])
    fresh = shown(till, code=code_of(shop)).redeems
    cases = [
        ("COUPON_USED", {}, used),
        ("COUPON_EXPIRED", {}, code_of(shop, last_day=str(today - datetime.timedelta(days=1)))),
        ("COUPON_NOT_YET", {}, code_of(shop, first_day=str(today + datetime.timedelta(days=1)))),
        ("COUPON_NOT_NOW", {}, code_of(shop, weekdays=127 - 2 ** today.weekday())),
        ("COUPON_NOT_NOW", {}, code_of(shop, **away)),
        ("COUPON_USED_UP", {}, up_codes[1]),
        ("COUPON_MEMBER_WANTED", {}, code_of(shop, members_only=True)),
        ("COUPON_MEMBER_USED", {"member_id": buyer}, once),
        ("COUPON_NOT_FIRST", {"member_id": buyer}, code_of(shop, first_purchase=True)),
        ("COUPON_BASKET_SMALL", {}, code_of(shop, least_minor=901)),
        ("COUPON_NOTHING_FITS", {}, code_of(shop, product_ids=[goods["roll"]])),
    ]
    tokens = [("COUPON_WANTED", b""), ("COUPON_WANTED", bytes(40)), ("COUPON_WANTED", fresh[:-1] + bytes([fresh[-1] ^ 1])),
              ("COUPON_WANTED", fresh[:8] + shown(till, code=used).redeems[8:]), ("BAD_FIELD", fresh + b"0")]
    everything = Everything(shop)
    for code, more, coupon in cases:
        token = shown(till, code=coupon).redeems
        with everything.unchanged("command", "session", "journal", "device_head", "journal_signature"):
            assert refused(buy, shop, till, goods, tokens=[token], **more) == code, code
    for code, token in tokens:
        with everything.unchanged("command", "session", "journal", "device_head", "journal_signature"):
            assert refused(buy, shop, till, goods, tokens=[token]) == code, token
    with everything.unchanged("command", "session", "journal", "device_head", "journal_signature"):
        assert refused(buy, shop, till, goods, tokens=[fresh, fresh]) == "COUPON_WANTED"
        assert refused(buy, shop, till, goods, tokens=[fresh], off=0) == "TOTAL_DIFFERS"
    everything.close()
    buy(shop, till, goods, code_of(shop, first_purchase=True), member_id=somebody)


def test_B14_coupons_stack_where_each_may(shop, till, goods):
    off, tenth, alone = (code_of(shop, with_coupons=True, **TWO_OFF), code_of(shop, with_coupons=True), code_of(shop))
    assert refused(buy, shop, till, goods, off, alone, off=290) == "COUPON_STACKING"
    sale = buy(shop, till, goods, off, tenth, off=270)
    assert [each.amount_minor for each in sale.totals.coupons] == [200, 70]
    strict = code_of(shop, with_discounts=False)
    made = with_coupons(basket(shop, (goods["cake"], 1)), shown(till, code=strict).redeems)
    made.discount.CopyFrom(pb.Discount(rate_ppm=50000, reason="friend"))
    assert refused(ring_up, till, made, 770) == "COUPON_STACKING"


def test_B14_free_pieces_are_the_dearest_that_no_reward_made_free(shop, lead, goods):
    made = basket(shop, (goods["cookie"], 3), (goods["cake"], 2), (goods["roll"], 4), member_id=member(shop, 71, [(1, 100)]), rewards=1)
    made = with_coupons(made, shown(lead, code=code_of(shop, gift=pb.COUPON_FREE_PIECES, value=3)).redeems)
    sale = ring_up(lead, made, 250 + 180)
    assert [(each.amount_minor, each.name != "") for each in sale.totals.coupons] == [(1800 + 250, True)]
    check_books(shop)


def test_B14_a_coupon_of_who_was_merged_is_the_survivors(shop, lead, goods):
    def create(name):
        message = pb.MemberCreate(member=pb.Member(name=name, card=f"{name}-{uuid.uuid4().hex[:8]}"))
        return lead.command(pb.OP_MEMBER_CREATE, message, pb.MemberDone).id

    gone, stays, other = create("Ann"), create("Anna"), create("Bea")
    for _ in range(4):
        ring_up(lead, basket(shop, (goods["cake"], 1), member_id=gone), 900)
    issued = issue(shop, put(shop), 500, segment={"visits_at_least": 4})
    code = next(each.code for each in issued if each.member_id == gone)
    shop.manager.command(pb.OP_MEMBER_MERGE, pb.MemberMerge(from_id=gone, into_id=stays, reason="one person"), pb.MemberMerged)
    assert refused(buy, shop, lead, goods, code, member_id=other) == "COUPON_OTHER_MEMBER"
    buy(shop, lead, goods, code, member_id=stays)
    check_books(shop)


def test_B14_a_charged_card_is_given_back_where_the_coupon_was_used(shop, till, goods):
    code = code_of(shop)
    token = shown(till, code=code).redeems
    buy(shop, till, goods, tokens=[token])
    made = with_coupons(basket(shop, (goods["cake"], 1)), token)
    assert refused(ring_up, till, made, 810, card=810) == "CARD_CHARGED"


def test_A16_what_comes_back_is_what_was_paid_and_the_coupon_stays_used(shop, lead, goods):
    code = code_of(shop, **TWO_OFF)
    sale = buy(shop, lead, goods, code, cakes=3, off=200)
    parts = [refund(lead, sale.receipt_number, (0, 1000)).totals.total_minor for _ in range(3)]
    assert sum(parts) == -2500
    assert uses(lead, code) == 1 and refused(buy, shop, lead, goods, code) == "COUPON_USED"


def test_A6_a_parked_basket_keeps_its_coupon(shop, goods):
    first, second = shop.till("Tom"), shop.till("Tom")
    answer = shown(first, code=code_of(shop))
    made = basket(shop, (goods["cake"], 1))
    made.coupons.append(pb.BasketCoupon(redeems=answer.redeems, coupon=answer.coupon, campaign=answer.campaign))
    parked = first.command(pb.OP_BASKET_PARK, pb.BasketPark(basket=made), pb.BasketParkDone)
    taken = second.command(pb.OP_BASKET_RESUME, pb.BasketResume(parked_id=parked.parked_id), pb.BasketResumed).basket
    assert list(taken.coupons) == list(made.coupons)
    ring_up(second, taken, 810)
    [client.close() for client in (first, second)]


def test_B1_no_coupon_is_taken_offline(shop, till, goods):
    sale = pb.SaleOffline(basket=with_coupons(basket(shop, (goods["cake"], 1)), shown(till, code=code_of(shop)).redeems), number=1,
                          total_minor=810)
    sale.tenders.add(kind=pb.TENDER_CASH, amount_minor=810)
    assert refused(till.command, pb.OP_SALE_OFFLINE, sale, pb.SaleOfflineBooked) == "COUPON_OFFLINE"


def test_B45_a_dead_tills_sale_uses_its_coupon_once(shop, till, goods):
    code = code_of(shop)
    message = pb.SaleRingUp(basket=with_coupons(basket(shop, (goods["cake"], 1)), shown(till, code=code).redeems), total_minor=810)
    message.tenders.add(kind=pb.TENDER_CASH, amount_minor=810)
    message.shift_id = shop.sql(f"SELECT shift_id FROM drawer WHERE device_id = {till.identity.device.id}")[0][0]
    brought = pb.SaleRescue(device_id=till.identity.device.id, command_id=uuid.uuid4().bytes, op=pb.OP_SALE_RING_UP,
                            body=message.SerializeToString())
    assert shop.manager.command(pb.OP_SALE_RESCUE, brought, pb.SaleRescued).receipt_number
    assert uses(till, code) == 1
    assert refused(shop.manager.command, pb.OP_SALE_RESCUE, brought, pb.SaleRescued) == "COMMAND_DONE"


# ---- earned by a sale ----


def earn(client, receipt_number, command_id=None):
    message = pb.CouponEarn(receipt_number=receipt_number)
    return list(client.command(pb.OP_COUPON_EARN, message, pb.CouponEarned, command_id).coupons)


def test_B14_a_large_sale_earns_a_coupon_and_the_same_again(shop, lead, goods):
    before = ring_up(lead, basket(shop, (goods["cake"], 2)), 1800)
    assert not before.coupon_due
    campaign, other = put(shop, receipt_minor=1800), put(shop, receipt_minor=2700)
    small = ring_up(lead, basket(shop, (goods["cake"], 1)), 900)
    assert not small.coupon_due and earn(lead, small.receipt_number) == []
    assert earn(lead, before.receipt_number) == []  # the campaign was not there yet
    sale = ring_up(lead, basket(shop, (goods["cake"], 2)), 1800)
    assert sale.coupon_due
    key = uuid.uuid4().bytes
    [first] = earn(lead, sale.receipt_number, key)
    assert first.campaign.id == campaign.id and len(first.coupon.code) == 16
    again, later = earn(lead, sale.receipt_number, key), earn(lead, sale.receipt_number)
    assert [each.coupon for each in (*again, *later)] == [first.coupon] * 2
    both = earn(lead, ring_up(lead, basket(shop, (goods["cake"], 3)), 2700).receipt_number)
    assert [each.campaign.id for each in both] == sorted([campaign.id, other.id])
    buy(shop, lead, goods, first.coupon.code)
    back = refund(lead, sale.receipt_number)
    assert earn(lead, sale.receipt_number) == earn(lead, back.receipt_number) == []
    assert refused(earn, lead, "1T-999999") == "UNKNOWN_SALE"
    [[texts]] = shop.sql("SELECT string_agg(encode(reply, 'escape'), ',') FROM command WHERE op = 108")
    assert first.coupon.code not in texts
    stop(shop, campaign)
    stop(shop, other)
    assert not ring_up(lead, basket(shop, (goods["cake"], 3)), 2700).coupon_due


def test_B14_a_coupon_that_was_earned_by_another_measure_is_told_again(shop, lead, goods):
    """Of before deposits were no goods, say: by today's the sale would earn none."""
    campaign = put(shop, receipt_minor=900)
    sale = ring_up(lead, basket(shop, (goods["cake"], 1)), 900)
    [first] = earn(lead, sale.receipt_number)
    try:
        shop.sql(f"UPDATE campaign SET receipt_minor = 901 WHERE id = {campaign.id}")
        [again] = earn(lead, sale.receipt_number)
        assert again.coupon == first.coupon
        assert earn(lead, ring_up(lead, basket(shop, (goods["cake"], 1)), 900).receipt_number) == []
    finally:
        shop.sql(f"UPDATE campaign SET receipt_minor = 900 WHERE id = {campaign.id}")
        stop(shop, campaign)


def told_again(shop, client):
    rows = shop.sql(f"SELECT bytes FROM journal WHERE device_id = {client.identity.device.id} AND kind = 'L'")
    return sum(b"coupon_told_again" in bytes(data) for (data,) in rows)


def test_B14_who_has_a_coupon_told_again_leaves_a_trace_and_may_not_ask_for_ever(shop, lead, goods):
    till, campaign = shop.till("Tom"), put(shop, receipt_minor=900)
    sale = ring_up(till, basket(shop, (goods["cake"], 1)), 900)
    key = uuid.uuid4().bytes
    first, before = earn(till, sale.receipt_number, key), told_again(shop, till)
    assert before == 0 and earn(till, sale.receipt_number, key) == first and told_again(shop, till) == 0  # an answer that was lost
    assert [each.coupon for each in earn(till, sale.receipt_number)] == [each.coupon for each in first] and told_again(shop, till) == 1
    codes = [refused_or_told(till, sale.receipt_number) for _ in range(65)]
    assert codes[0] == "told" and codes[-1] == "RATE_LIMITED" and codes.count("told") <= 60
    assert told_again(shop, till) == 1 + codes.count("told")
    stop(shop, campaign)
    till.close()


def refused_or_told(client, receipt_number):
    try:
        return "told" if earn(client, receipt_number) else "none"
    except Refused as refused:
        return refused.code


def test_B14_a_coupon_whose_purchase_came_back_is_not_taken(shop, lead, goods):
    campaign = put(shop, receipt_minor=1800)
    sale = ring_up(lead, basket(shop, (goods["cake"], 2)), 1800)
    [earned] = earn(lead, sale.receipt_number)
    code = earned.coupon.code
    refund(lead, sale.receipt_number, (0, 1000))
    token = shown(lead, code=code).redeems
    message = pb.SaleRingUp(basket=with_coupons(basket(shop, (goods["cake"], 1)), token), total_minor=810)
    message.tenders.add(kind=pb.TENDER_CASH, amount_minor=810)
    quoted = lead.call(pb.OP_SALE_QUOTE, pb.SaleQuote(basket=message.basket), pb.SaleQuoted)
    assert quoted.total_minor == 810  # a part came back: it is good still
    refund(lead, sale.receipt_number)
    with pytest.raises(Refused) as refused_by:
        lead.command(pb.OP_SALE_RING_UP, message, pb.SaleRungUp)
    assert refused_by.value.code == "COUPON_RETURNED"
    assert uses(lead, code) == 0
    stop(shop, campaign)


def test_B14_what_the_house_pays_earns_no_coupon(shop, lead, goods):
    campaign = put(shop, receipt_minor=900)
    meal = shop.put_tender_type("Staff meal", kind=pb.TENDER_HOUSE)
    message = pb.SaleRingUp(basket=basket(shop, (goods["cake"], 1)), total_minor=900)
    message.tenders.add(kind=pb.TENDER_HOUSE, amount_minor=900, tender_type_id=meal)
    sale = lead.command(pb.OP_SALE_RING_UP, message, pb.SaleRungUp)
    assert not sale.coupon_due and earn(lead, sale.receipt_number) == []
    assert earn(lead, ring_up(lead, basket(shop, (goods["cake"], 1)), 900).receipt_number)
    stop(shop, campaign)


def test_B14_one_sale_asked_at_many_tills_earns_once(shop, goods):
    tills = [shop.till("Tom") for _ in range(8)]
    campaign = put(shop, receipt_minor=900)
    sale = ring_up(tills[0], basket(shop, (goods["cake"], 1)), 900)
    together, codes = threading.Barrier(len(tills)), []

    def ask(client):
        together.wait()
        codes.extend(each.coupon.code for each in earn(client, sale.receipt_number))

    threads = [threading.Thread(target=ask, args=(client,)) for client in tills]
    [thread.start() for thread in threads]
    [thread.join() for thread in threads]
    assert len(codes) == len(tills) and len(set(codes)) == 1
    stop(shop, campaign)
    [client.close() for client in tills]


# ---- all at once ----


def race(tills, messages):
    together, outcomes = threading.Barrier(len(tills)), []

    def ring(client, message):
        together.wait()
        try:
            client.command(pb.OP_SALE_RING_UP, message, pb.SaleRungUp)
            outcomes.append("sold")
        except Exception as error:
            outcomes.append(error.code)

    threads = [threading.Thread(target=ring, args=pair) for pair in zip(tills, messages)]
    [thread.start() for thread in threads]
    [thread.join() for thread in threads]
    return outcomes


def sale_of(shop, goods, token, member_id=0):
    message = pb.SaleRingUp(basket=with_coupons(basket(shop, (goods["cake"], 1), member_id=member_id), token), total_minor=810)
    message.tenders.add(kind=pb.TENDER_CASH, amount_minor=810)
    return message


def test_B14_the_same_code_at_two_tills_of_two_servers_is_used_once(shop, goods):
    second = shop.start()
    try:
        here = shop.till("Tom")
        there = shop.till("Tom")
        elsewhere = shop.connect(there.identity, second.port)
        elsewhere.sign_in("Tom")
        for _ in range(10):
            code = code_of(shop)
            messages = [sale_of(shop, goods, shown(client, code=code).redeems) for client in (here, elsewhere)]
            assert sorted(race([here, elsewhere], messages)) == ["COUPON_USED", "sold"]
            assert uses(here, code) == 1
        [client.close() for client in (here, there, elsewhere)]
    finally:
        shop.servers.remove(second)
        second.kill()


def test_B14_a_hundred_uses_among_fifty_tills_are_exactly_a_hundred(shop, goods):
    tills = [shop.till("Tom") for _ in range(50)]
    campaign = put(shop, uses_max=100)
    code = issue(shop, campaign, uses_max=0)[0].code
    outcomes = []
    for _ in range(3):
        outcomes += race(tills, [sale_of(shop, goods, shown(client, code=code).redeems) for client in tills])
    assert sorted(outcomes) == ["COUPON_USED_UP"] * 50 + ["sold"] * 100
    assert shop.sql(f"SELECT count(*) FROM coupon_use WHERE campaign_id = {campaign.id}") == [(100,)]
    [client.close() for client in tills]


def test_B14_a_member_uses_it_once_at_all_tills(shop, goods):
    tills = [shop.till("Tom") for _ in range(8)]
    somebody = member(shop, 61)
    code = code_of(shop, uses_max=0, per_member=1, first_purchase=True)
    messages = [sale_of(shop, goods, shown(client, code=code).redeems, somebody) for client in tills]
    outcomes = race(tills, messages)
    assert outcomes.count("sold") == 1 and set(outcomes) <= {"sold", "COUPON_MEMBER_USED", "COUPON_NOT_FIRST"}
    [client.close() for client in tills]
