"""A kiosk over the wire: members sign in for themselves, see and change what is theirs, and reach nothing else.

Time is moved in the database's rows, by the owner's role; idle members are signed out by a server with the least time there is."""
import concurrent.futures
import contextlib
import datetime
import statistics
import threading
import time
import uuid
import zoneinfo

import pytest

from counter import basket, check_books, check_strands, refused, ring_up, seed
from kiosk import (MEMBER_PIN, OTHER_PIN, Person, admit, call_up, code_for, django, export, leave, put, sales, show, sign_in,
                   sign_in_error, sign_out, sign_up, with_pin)
from shop import pb
from waiting import wait_for

WRONG = "9753"


@pytest.fixture(scope="module")
def goods(shop):
    goods = seed(shop)
    see = pb.ProductShow(id=goods["cake"])
    wait_for(lambda: not shop.manager.reply(pb.OP_PRODUCT_SHOW, see).HasField("error"), 20, "the goods in the catalogue")
    shop.receive(goods["cookie"], 500)
    shop.receive(goods["cake"], 500)
    return goods


@pytest.fixture(scope="module")
def till(shop, goods):
    with shop.till("Ben") as client:
        yield client


@pytest.fixture()
def kiosk(shop):
    """A new one, so that no test meets the locks of another."""
    client = shop.connect(shop.device(pb.CLIENT_KIOSK))
    yield client
    client.close()


@pytest.fixture(scope="module", autouse=True)
def the_books_balance(shop):
    yield
    check_books(shop)
    check_strands(shop)


@pytest.fixture(autouse=True)
def nobody_has_failed_yet(shop):
    shop.sql("DELETE FROM sign_in_failure")


def later(shop, minutes):
    shop.sql(f"UPDATE sign_in_failure SET locked_until = locked_until - interval '{minutes} minutes', since = since - interval '{minutes} minutes'")


def code(error):
    return pb.code(error.code)


# ---- signing in ----


def test_B17_whoever_makes_a_birthday_up_at_a_kiosk_is_given_nothing_there(shop, till, kiosk, goods):
    """Once admitted they have bought nothing: what they buy on that day gives it, as to anybody."""
    today = datetime.datetime.now(zoneinfo.ZoneInfo("Europe/Berlin")).date().strftime("--%m-%d")
    phone = "+49" + str(uuid.uuid4().int)[:11]
    id = admit(till, sign_up(kiosk, name="Nora New", phone=phone, birthday=today).number).member_id
    for _ in range(2):
        session = sign_in(kiosk, phone=phone, secret=MEMBER_PIN)
        assert (session.birthday_points, session.points) == (0, 20)
        sign_out(kiosk)
    assert shop.sql(f"SELECT kind, points FROM points_entry WHERE member_id = {id}") == [(1, 20)]
    assert ring_up(till, basket(shop, (goods["cake"], 1), member_id=id), 900).totals.points_gifted == 100
    assert sign_in(kiosk, phone=phone, secret=MEMBER_PIN).birthday_points == 0


def test_B20_a_code_from_the_counter_lets_in_once_and_a_pin_from_then_on(shop, till, kiosk):
    anna = Person(till, avoids=[8])
    made = code_for(till, anna.id)
    assert len(made.code) == 8 and made.code.isdigit() and 9 < (made.expires_us / 1e6 - time.time()) / 60 <= 10.1
    session = sign_in(kiosk, code=f"{made.code[:4]} {made.code[4:]}")
    assert (session.member_id, session.name, session.points) == (anna.id, anna.name, 20)
    assert session.by_code and not session.has_pin and session.idle_s == 60
    assert shop.sql(f"SELECT used_at IS NOT NULL FROM member_code WHERE member_id = {anna.id}") == [(True,)]
    put(kiosk, pin=MEMBER_PIN)
    assert show(kiosk).has_pin, "the session in which the PIN was chosen goes on"
    sign_out(kiosk)
    assert kiosk.refusal(pb.OP_SELF_SHOW, pb.SelfShow()) == "MEMBER_SIGN_IN_FIRST"
    assert code(sign_in_error(kiosk, code=made.code)) == "MEMBER_SIGN_IN_FAILED", "a code is good once"
    for by in ({"card": anna.card}, {"card": anna.card.lower()}, {"phone": anna.phone}, {"phone": "00" + anna.phone[1:]}, {"email": anna.email.upper()}):
        session = sign_in(kiosk, secret=MEMBER_PIN, **by)
        assert session.member_id == anna.id and session.has_pin and not session.by_code, by


def test_B20_a_code_ends_after_ten_minutes_and_when_another_is_made(shop, till, kiosk):
    anna = Person(till)
    first = code_for(till, anna.id).code
    second = code_for(till, anna.id).code
    assert code(sign_in_error(kiosk, code=first)) == "MEMBER_SIGN_IN_FAILED"
    shop.sql(f"UPDATE member_code SET made_at = made_at - interval '11 minutes', expires_at = expires_at - interval '11 minutes'"
             f" WHERE member_id = {anna.id}")
    assert code(sign_in_error(kiosk, code=second)) == "MEMBER_SIGN_IN_FAILED"
    assert sign_in(kiosk, code=code_for(till, anna.id).code).member_id == anna.id


def test_a_codes_request_sent_again_makes_no_other_and_nothing_keeps_it(shop, till, kiosk):
    anna = Person(till)
    command = uuid.uuid4().bytes
    made, again = (code_for(till, anna.id, command) for _ in range(2))
    assert again.member_id == anna.id and not again.HasField("code") and not again.HasField("expires_us")
    for row in shop.sql("SELECT reply FROM command UNION ALL SELECT bytes FROM journal"):
        assert made.code.encode() not in bytes(row[0])
    assert sign_in(kiosk, code=made.code).member_id == anna.id


def test_one_code_at_two_kiosks_at_once_lets_one_in(shop, till, kiosk):
    with shop.connect(shop.device(pb.CLIENT_KIOSK)) as other:
        for _ in range(5):
            made = code_for(till, Person(till).id).code

            def enter(client):
                reply = client.reply(pb.OP_KIOSK_SIGN_IN, pb.KioskSignIn(code=made))
                return pb.code(reply.error.code) if reply.HasField("error") else "in"

            with concurrent.futures.ThreadPoolExecutor(2) as pool:
                assert sorted(pool.map(enter, (kiosk, other))) == ["MEMBER_SIGN_IN_FAILED", "in"]


def test_B20_who_is_not_let_in_learns_nothing_of_who_is_known(shop, till, kiosk):
    anna, none = with_pin(till, kiosk), Person(till)
    said = {sign_in_error(kiosk, secret=secret, **by).SerializeToString()
            for secret, by in ((WRONG, {"card": anna.card}), (WRONG, {"phone": anna.phone}), (WRONG, {"email": anna.email}),
                               (MEMBER_PIN, {"card": none.card}), (MEMBER_PIN, {"card": "CC-NOBODY"}), ("", {"phone": "+49301234567"}),
                               (MEMBER_PIN, {"email": "no@body.example"}))}
    assert len(said) == 1 and pb.code(pb.Error.FromString(said.pop()).code) == "MEMBER_SIGN_IN_FAILED"


def test_a_sign_in_is_by_one_thing(kiosk):
    for by in ({}, {"card": "CC-1"}, {"secret": "1"}, {"card": "CC-1", "phone": "+4930123456", "secret": "1"}, {"code": "12345678", "secret": "1"},
               {"code": "12345678", "card": "CC-1"}, {"code": "1234567"}, {"code": "1234567x"}, {"card": "?", "secret": "1"}):
        assert code(sign_in_error(kiosk, **by)) == "BAD_FIELD", by
    assert code(sign_in_error(kiosk, phone="x", secret="1")) == "BAD_PHONE"
    assert code(sign_in_error(kiosk, email="x", secret="1")) == "BAD_EMAIL"


@pytest.mark.parametrize("old", [False, True], ids=["all have PINs", "one has an old password"])
def test_B20_what_is_unknown_takes_as_long_as_what_is_wrong(shop, till, kiosk, old):
    anna = with_pin(till, kiosk)
    if old:
        bert = Person(till)
        shop.sql(f"INSERT INTO member_secret VALUES ({bert.id}, 2, '{django('hunter2!')}', now())")
    asked = {"known": {"card": anna.card}, "unknown": {"card": "CC-NOBODY"}, **({"old": {"card": bert.card}} if old else {})}
    took = {who: [] for who in asked}
    for _ in range(7):
        shop.sql("DELETE FROM sign_in_failure")
        for who, by in asked.items():
            began = time.monotonic()
            sign_in_error(kiosk, secret=WRONG, **by)
            took[who].append(time.monotonic() - began)
    if old:
        shop.sql(f"DELETE FROM member_secret WHERE member_id = {bert.id}")
    middle = {who: statistics.median(times) for who, times in took.items()}
    assert max(middle.values()) < 2 * min(middle.values()), took


def test_B20_five_wrong_pins_lock_what_was_entered_here_and_an_unknown_card_alike(shop, till, kiosk):
    anna = with_pin(till, kiosk)
    locked = []
    for card in (anna.card, "CC-NOBODY"):
        for _ in range(5):
            assert code(sign_in_error(kiosk, card=card, secret=WRONG)) == "MEMBER_SIGN_IN_FAILED"
        locked.append(sign_in_error(kiosk, card=card, secret=MEMBER_PIN).SerializeToString())
    assert locked[0] == locked[1] and pb.code(pb.Error.FromString(locked[0]).code) == "MEMBER_SIGN_IN_LOCKED"
    for by in ({"phone": anna.phone}, {"email": anna.email}):
        assert code(sign_in_error(kiosk, secret=WRONG, **by)) == "MEMBER_SIGN_IN_FAILED", "no lock tells whose two belong together"
    assert code(sign_in_error(kiosk, card=anna.card.lower(), secret=MEMBER_PIN)) == "MEMBER_SIGN_IN_LOCKED", "it is the same card"
    with shop.connect(shop.device(pb.CLIENT_KIOSK)) as other:
        assert sign_in(other, card=anna.card, secret=MEMBER_PIN).member_id == anna.id
    assert sign_in(kiosk, code=code_for(till, anna.id).code).member_id == anna.id, "a code from the counter goes past it"
    later(shop, 5)
    assert sign_in(kiosk, card=anna.card, secret=MEMBER_PIN).member_id == anna.id


def test_B20_a_lock_is_forgotten_by_the_key_that_was_right_and_by_no_other(shop, till, kiosk):
    """Else who watches one key would see that its owner signed in by another."""
    anna = with_pin(till, kiosk)
    for _ in range(4):
        sign_in_error(kiosk, phone=anna.phone, secret=WRONG)
    assert sign_in(kiosk, email=anna.email, secret=MEMBER_PIN).member_id == anna.id
    sign_in_error(kiosk, phone=anna.phone, secret=WRONG)
    assert code(sign_in_error(kiosk, phone=anna.phone, secret=WRONG)) == "MEMBER_SIGN_IN_LOCKED"


def test_B20_a_hundred_wrong_ones_a_day_are_enough_of_a_member_and_that_is_not_told(shop, till, kiosk):
    anna, bert = with_pin(till, kiosk), with_pin(till, kiosk)
    sign_in_error(kiosk, card=anna.card, secret=WRONG)
    # as many wrong ones elsewhere, by whatever they are found by
    shop.sql(f"UPDATE sign_in_failure SET failures = 100 WHERE device_id = 0 AND person = decode('{1:016x}{anna.id:016x}', 'hex')")
    said = {sign_in_error(kiosk, **by).SerializeToString()
            for by in ({"card": anna.card, "secret": MEMBER_PIN}, {"phone": anna.phone, "secret": MEMBER_PIN}, {"email": anna.email, "secret": WRONG},
                       {"email": "no@body.example", "secret": WRONG})}
    assert len(said) == 1 and pb.code(pb.Error.FromString(said.pop()).code) == "MEMBER_SIGN_IN_FAILED", "a right PIN is answered as a wrong one"
    assert sign_in(kiosk, card=bert.card, secret=MEMBER_PIN).member_id == bert.id
    assert sign_in(kiosk, code=code_for(till, anna.id).code).member_id == anna.id, "a code from the counter goes past it"
    sign_out(kiosk)
    shop.sql("UPDATE sign_in_failure SET since = since - interval '1 day', locked_until = locked_until - interval '1 day'")
    assert sign_in(kiosk, card=anna.card, secret=MEMBER_PIN).member_id == anna.id


def test_B20_as_much_is_counted_of_who_is_unknown(shop, till, kiosk):
    anna = with_pin(till, kiosk)
    rows = []
    for card in (anna.card, "CC-NOBODY"):
        shop.sql("DELETE FROM sign_in_failure")
        for _ in range(3):
            sign_in_error(kiosk, card=card, secret=WRONG)
        rows.append(shop.sql("SELECT device_id = 0, failures, lock_count FROM sign_in_failure ORDER BY 1, 2"))
    assert rows[0] == rows[1] == [(False, 3, 0)] + 3 * [(True, 3, 0)]


def test_B20_wrong_ones_at_a_kiosk_fill_a_bucket_that_runs_dry(shop, till, kiosk):
    anna, bert = with_pin(till, kiosk), with_pin(till, kiosk)
    device = kiosk.helloed.device.id
    sign_in_error(kiosk, card="CC-NOBODY", secret=WRONG)
    shop.sql(f"UPDATE sign_in_failure SET failures = 100 WHERE device_id = 0 AND person = decode('{2:016x}{device:016x}', 'hex')")
    locked = sign_in_error(kiosk, card=bert.card, secret=MEMBER_PIN)
    assert code(locked) == "MEMBER_SIGN_IN_LOCKED" and "wait 5 minutes" in locked.sentence, "of anybody at this kiosk"
    assert sign_in(kiosk, code=code_for(till, bert.id).code).member_id == bert.id
    sign_out(kiosk)
    later(shop, 5)
    assert sign_in(kiosk, card=bert.card, secret=MEMBER_PIN).member_id == bert.id, "honest customers need not wait for tomorrow"
    sign_in_error(kiosk, card="CC-NOBODY", secret=WRONG)
    assert code(sign_in_error(kiosk, card=bert.card, secret=MEMBER_PIN)) == "MEMBER_SIGN_IN_LOCKED", "success does not lower it"
    sign_in_error(kiosk, code="00000000")
    shop.sql(f"UPDATE sign_in_failure SET failures = 100 WHERE device_id = 0 AND person = decode('{3:016x}{device:016x}', 'hex')")
    assert code(sign_in_error(kiosk, code=code_for(till, bert.id).code)) == "MEMBER_SIGN_IN_LOCKED", "codes are guessed no longer"
    shop.sql("UPDATE sign_in_failure SET since = since - interval '1 day', locked_until = locked_until - interval '1 day'")
    assert sign_in(kiosk, card=anna.card, secret=MEMBER_PIN).member_id == anna.id


def test_a_kiosk_tries_thirty_times_a_minute_at_most(kiosk):
    said = [code(sign_in_error(kiosk, card=f"CC-{i:04}", secret=WRONG)) for i in range(31)]
    assert said == ["MEMBER_SIGN_IN_FAILED"] * 30 + ["RATE_LIMITED"]


def test_C14_an_old_password_works_once_as_it_was_and_is_ours_from_then_on(shop, till, kiosk):
    bert = Person(till)
    old = django("correct horse, battery")
    shop.sql(f"INSERT INTO member_secret VALUES ({bert.id}, 2, '{old}', now() - interval '3 years')")
    assert code(sign_in_error(kiosk, email=bert.email, secret="correct horse")) == "MEMBER_SIGN_IN_FAILED"
    assert shop.sql(f"SELECT scheme, hash FROM member_secret WHERE member_id = {bert.id}") == [(2, old)]
    assert sign_in(kiosk, email=bert.email, secret="correct horse, battery").has_pin
    [[scheme, hash, age]] = shop.sql(f"SELECT scheme, hash, now() - changed_at > interval '2 years' FROM member_secret WHERE member_id = {bert.id}")
    assert scheme == 1 and hash.startswith("$argon2id$") and age, "it is the same secret, kept better"
    assert sign_in(kiosk, phone=bert.phone, secret="correct horse, battery").member_id == bert.id
    assert show(kiosk).member.id == bert.id
    put(kiosk, current="correct horse, battery", pin=OTHER_PIN)
    assert code(sign_in_error(kiosk, card=bert.card, secret="correct horse, battery")) == "MEMBER_SIGN_IN_FAILED"
    assert sign_in(kiosk, card=bert.card, secret=OTHER_PIN).member_id == bert.id


@pytest.mark.parametrize("broken", ["pbkdf2_sha256$x$salt$AAAA", "pbkdf2_sha256$1000$salt", "md5$salt$AAAA", "pbkdf2_sha256$99999999$s$" + "A" * 43 + "="])
def test_a_hash_that_cannot_be_read_fits_nothing(shop, till, kiosk, broken):
    bert = Person(till)
    shop.sql(f"INSERT INTO member_secret VALUES ({bert.id}, 2, '{broken}', now())")
    assert code(sign_in_error(kiosk, card=bert.card, secret="x")) == "MEMBER_SIGN_IN_FAILED"
    shop.sql(f"DELETE FROM member_secret WHERE member_id = {bert.id}")


# ---- the session ----


def test_B19_a_member_left_alone_is_signed_out_and_told_so(shop, till, kiosk):
    impatient = shop.start("--kiosk-idle-s", "5")
    identity = shop.device(pb.CLIENT_KIOSK)
    anna = with_pin(till, kiosk)
    try:
        with shop.connect(identity, port=impatient.port) as client:
            assert sign_in(client, card=anna.card, secret=MEMBER_PIN).idle_s == 5
            assert not pb.SessionState.FromString(client.read_push(pb.TOPIC_SESSION, 30).body).open
            assert client.refusal(pb.OP_SELF_SHOW, pb.SelfShow()) == "MEMBER_SIGN_IN_FIRST"
            assert client.refusal(pb.OP_SELF_EXPORT, pb.SelfExport()) == "MEMBER_SIGN_IN_FIRST"
            assert sign_in(client, card=anna.card, secret=MEMBER_PIN).member_id == anna.id, "the connection is as it was"
    finally:
        impatient.stop()
        shop.servers.remove(impatient)


def test_B19_that_somebody_works_there_is_told_without_a_trace(shop, till, kiosk):
    anna = with_pin(till, kiosk)
    stay = pb.SelfShow(stay=True)
    assert kiosk.refusal(pb.OP_SELF_SHOW, stay) == "MEMBER_SIGN_IN_FIRST"
    sign_in(kiosk, card=anna.card, secret=MEMBER_PIN)
    entries = shop.sql("SELECT count(*) FROM journal")
    assert kiosk.call(pb.OP_SELF_SHOW, stay, pb.SelfShown) == pb.SelfShown()
    assert shop.sql("SELECT count(*) FROM journal") == entries


def test_a_session_is_of_its_connection_and_of_nobody_else(shop, till, kiosk):
    anna, bert = with_pin(till, kiosk), with_pin(till, kiosk)
    sign_in(kiosk, card=anna.card, secret=MEMBER_PIN)
    identity = shop.device(pb.CLIENT_KIOSK)
    with shop.connect(identity) as one, shop.connect(identity) as two:
        sign_in(one, card=bert.card, secret=MEMBER_PIN)
        assert two.refusal(pb.OP_SELF_SHOW, pb.SelfShow()) == "MEMBER_SIGN_IN_FIRST"
        assert show(one).member.id == bert.id and show(kiosk).member.id == anna.id
        sign_in(one, card=anna.card, secret=MEMBER_PIN)
        assert show(one).member.id == anna.id, "who signs in takes the place"


def test_another_pin_ends_the_other_sessions(shop, till, kiosk):
    anna = with_pin(till, kiosk)
    sign_in(kiosk, card=anna.card, secret=MEMBER_PIN)
    with shop.connect(shop.device(pb.CLIENT_KIOSK)) as other:
        sign_in(other, card=anna.card, secret=MEMBER_PIN)
        put(other, current=MEMBER_PIN, pin=OTHER_PIN)
        assert not pb.SessionState.FromString(kiosk.read_push(pb.TOPIC_SESSION, 20).body).open
        assert kiosk.refusal(pb.OP_SELF_SHOW, pb.SelfShow()) == "MEMBER_SIGN_IN_FIRST"
        assert show(other).member.id == anna.id
    assert sign_in(kiosk, card=anna.card, secret=OTHER_PIN).member_id == anna.id


def test_a_change_by_another_server_ends_the_session(shop, till, kiosk):
    anna = with_pin(till, kiosk)
    second = shop.start()
    try:
        sign_in(kiosk, card=anna.card, secret=MEMBER_PIN)
        with shop.connect(shop.device(pb.CLIENT_KIOSK), port=second.port) as other:
            sign_in(other, card=anna.card, secret=MEMBER_PIN)
            put(other, current=MEMBER_PIN, pin=OTHER_PIN)
            assert not pb.SessionState.FromString(kiosk.read_push(pb.TOPIC_SESSION, 20).body).open
    finally:
        second.stop()
        shop.servers.remove(second)


# ---- what is theirs ----


def test_B20_a_member_sees_their_points_history_and_receipts(shop, goods, till, kiosk):
    anna = with_pin(till, kiosk)
    stranger = with_pin(till, kiosk)
    first = ring_up(till, basket(shop, (goods["cake"], 2), member_id=anna.id), 1800)
    second = ring_up(till, basket(shop, (goods["cookie"], 1), (goods["roll"], 2), member_id=anna.id, rewards=1), 90)
    ring_up(till, basket(shop, (goods["roll"], 1), member_id=stranger.id), 45)
    sign_in(kiosk, card=anna.card, secret=MEMBER_PIN)
    shown = show(kiosk)
    member = shown.member
    assert (member.id, member.name, member.phone, member.email, member.card) == (anna.id, anna.name, anna.phone, anna.email, anna.card)
    assert member.points == sum(lot.remaining for lot in member.lots) == 20 + 180 - 100 + 9
    assert all(lot.expiry_day > lot.origin_day for lot in member.lots)
    moves = {(move.receipt_number, move.kind): move.points for move in shown.moves}
    assert moves == {("", 1): 20, (first.receipt_number, 2): 180, (second.receipt_number, 4): -100, (second.receipt_number, 2): 9}
    assert [move.at_us for move in shown.moves] == sorted((move.at_us for move in shown.moves), reverse=True)
    assert not member.sales and not member.merged
    seen = till.call(pb.OP_MEMBER_SHOW, pb.MemberShow(id=anna.id, moves=True), pb.MemberShown)
    assert list(seen.moves) == list(shown.moves) and len(seen.member.sales) == 2, "the shop sees what they see"
    assert not till.call(pb.OP_MEMBER_SHOW, pb.MemberShow(id=anna.id), pb.MemberShown).moves, "nobody asked"
    bought = sales(kiosk)
    assert [sale.sale.sale.receipt_number for sale in bought] == [second.receipt_number, first.receipt_number]
    for sale, rung_up in zip(bought, (second, first)):
        as_shown = till.call(pb.OP_SALE_SHOW, pb.SaleShow(sale_id=rung_up.sale_id), pb.SaleShown)
        assert sale.sale == as_shown and rung_up.receipt_number.encode() in sale.sale.text


def test_B20_long_histories_come_by_pages(shop, goods, till, kiosk):
    anna = with_pin(till, kiosk)
    rung = [ring_up(till, basket(shop, (goods["roll"], 1), member_id=anna.id), 45).receipt_number for _ in range(19)]
    sign_in(kiosk, card=anna.card, secret=MEMBER_PIN)
    assert [sale.sale.sale.receipt_number for sale in sales(kiosk)] == rung[::-1]
    assert kiosk.refusal(pb.OP_SELF_SALES, pb.SelfSales(before_us=1)) == "BAD_FIELD"
    assert not kiosk.call(pb.OP_SELF_SALES, pb.SelfSales(before_us=1, before_id=2**63), pb.SelfSalesShown).sales


def test_B20_their_coupons_are_shown_with_their_codes_and_nobody_elses(shop, till, kiosk, manager):
    anna, bert = with_pin(till, kiosk), with_pin(till, kiosk)
    terms = pb.CouponCampaign(name=f"Letter {uuid.uuid4().hex[:8]}", gift=pb.COUPON_AMOUNT_OFF, value=10)
    campaign = manager.command(pb.OP_COUPON_CAMPAIGN_PUT, pb.CouponCampaignPut(campaign=terms), pb.CouponCampaignPutDone).campaign
    segment = pb.CouponIssue(campaign_id=campaign.id, count=500, segment=pb.CouponSegment(visits_at_least=0))
    issued = {c.member_id: c for c in manager.command(pb.OP_COUPON_ISSUE, segment, pb.CouponIssued).coupons}
    sign_in(kiosk, card=anna.card, secret=MEMBER_PIN)
    [mine] = show(kiosk).coupons
    assert (mine.code, mine.coupon.number, mine.campaign.name) == (issued[anna.id].code, issued[anna.id].number, terms.name)
    assert mine.code != issued[bert.id].code
    manager.command(pb.OP_COUPON_CAMPAIGN_PUT, pb.CouponCampaignPut(campaign=pb.CouponCampaign(id=campaign.id, active=False)),
                    pb.CouponCampaignPutDone)
    assert not show(kiosk).coupons, "what is stopped gives nothing"


def test_B20_a_member_changes_what_is_theirs(shop, till, kiosk):
    anna = with_pin(till, kiosk)
    sign_in(kiosk, card=anna.card, secret=MEMBER_PIN)
    assert refused(put, kiosk, avoids=[5]) == "ALLERGEN_CONSENT"
    assert refused(put, kiosk, avoids=[5], consent_kind=4, consent_given=False) == "ALLERGEN_CONSENT"
    assert refused(put, kiosk, avoids=[5], consent_kind=2, consent_given=True, consent_text_version=1) == "ALLERGEN_CONSENT"
    put(kiosk, name="Anna Changed", language="FR", avoids=[5, 8], consent_kind=4, consent_given=True, consent_text_version=1)
    member = show(kiosk).member
    assert (member.name, member.language, list(member.avoids), member.phone) == ("Anna Changed", "fr", [5, 8], anna.phone)
    put(kiosk, set_avoids=True)
    assert not show(kiosk).member.avoids
    put(kiosk, avoids=[5])
    put(kiosk, consent_kind=4, consent_given=False)
    assert not show(kiosk).member.avoids, "what was kept with an agreement goes with it"
    assert shop.sql(f"SELECT m.avoids_sealed, a.avoids FROM member AS m JOIN member_account AS a ON a.member_id = m.id WHERE m.id = {anna.id}") == [(None, None)]
    found = till.call(pb.OP_MEMBER_FIND, pb.MemberFind(name="anna changed"), pb.MemberFound).members
    assert [m.id for m in found] == [anna.id]
    assert refused(put, kiosk) == refused(put, kiosk, name="") == "BAD_FIELD"
    assert refused(put, kiosk, name="4111 1111 1111 1111") == "CARD_NUMBER"
    assert refused(put, kiosk, current=MEMBER_PIN, pin="1234") == "PIN_WEAK"
    assert refused(put, kiosk, current=WRONG, pin=OTHER_PIN) == refused(put, kiosk, pin=OTHER_PIN) == "SELF_PIN_WRONG"
    assert refused(put, kiosk, current=MEMBER_PIN, pin=MEMBER_PIN) == "PIN_UNCHANGED"
    for _ in range(3):
        assert refused(put, kiosk, current=WRONG, pin=OTHER_PIN) == "SELF_PIN_WRONG"
    assert refused(put, kiosk, current=MEMBER_PIN, pin=OTHER_PIN) == "MEMBER_SIGN_IN_LOCKED", "an open session is no place to try PINs"


def test_B20_consents_are_given_and_taken_back_by_oneself(shop, till, kiosk):
    anna = with_pin(till, kiosk)
    sign_in(kiosk, card=anna.card, secret=MEMBER_PIN)
    command = uuid.uuid4().bytes
    for _ in range(2):
        put(kiosk, command, consent_kind=2, consent_given=True, consent_text_version=1)
    assert refused(put, kiosk, consent_kind=2, consent_given=True, consent_text_version=1) == "CONSENT_UNCHANGED"
    assert refused(put, kiosk, consent_kind=3, consent_given=True, consent_text_version=7) == "CONSENT_OLD_TEXT"
    assert refused(put, kiosk, consent_kind=77, consent_given=True, consent_text_version=1) == "UNKNOWN_CONSENT"
    assert refused(put, kiosk, consent_kind=2) == "BAD_FIELD"
    put(kiosk, consent_kind=2, consent_given=False)
    assert shop.sql(f"SELECT given, staff_id, device_id FROM consent_entry WHERE member_id = {anna.id} ORDER BY number") == [
        (True, None, kiosk.helloed.device.id), (False, None, kiosk.helloed.device.id)]
    assert {c.kind: c.given for c in show(kiosk).member.consents} == {1: False, 2: False, 3: False, 4: False}


def test_B20_another_phone_number_waits_for_the_counter_whoever_has_it(shop, till, kiosk):
    anna, bert = with_pin(till, kiosk), Person(till)
    sign_in(kiosk, card=anna.card, secret=MEMBER_PIN)
    free = "+49" + str(uuid.uuid4().int)[:11]
    first = put(kiosk, phone=free)
    second = put(kiosk, phone=bert.phone)
    assert second.number == first.number and show(kiosk).member.phone == anna.phone, "the later takes its place, and its number"
    assert refused(admit, till, second.number) == "PHONE_TAKEN"
    third = put(kiosk, phone=free, email="anna.new@bakery.example")
    command = uuid.uuid4().bytes
    for _ in range(2):
        done = admit(till, third.number, command)
        assert (done.member_id, done.created) == (anna.id, False)
    assert refused(admit, till, third.number) == "UNKNOWN_TICKET"
    member = show(kiosk).member
    assert (member.phone, member.email) == (free, "anna.new@bakery.example")
    assert sign_in(kiosk, phone=free, secret=MEMBER_PIN).member_id == anna.id
    assert code(sign_in_error(kiosk, phone=anna.phone, secret=MEMBER_PIN)) == "MEMBER_SIGN_IN_FAILED"
    assert refused(put, kiosk, phone="") == "BAD_FIELD" and refused(put, kiosk, phone="12x") == "BAD_PHONE"


def test_B20_a_ticket_is_taken_behind_its_members_lock(shop, till, kiosk):
    """As who enters another, is merged or forgotten has them: in one order, so that nobody's transaction is ended for another's."""
    anna = with_pin(till, kiosk)
    sign_in(kiosk, card=anna.card, secret=MEMBER_PIN)
    waits = put(kiosk, email=f"new{uuid.uuid4().hex[:8]}@example.com")
    sign_out(kiosk)
    admitted = []
    busy, other = shop.cluster.connect("admin"), shop.cluster.connect("admin")
    with contextlib.closing(busy), contextlib.closing(other), busy.cursor() as holds, other.cursor() as cursor:
        holds.execute("SELECT FROM member WHERE id = %s FOR NO KEY UPDATE", (anna.id,))
        thread = threading.Thread(target=lambda: admitted.append(admit(till, waits.number)))
        thread.start()

        def waits_there():
            other.rollback()
            cursor.execute("SELECT count(*) FROM pg_locks WHERE NOT granted")
            return cursor.fetchone()[0] > 0

        try:
            wait_for(waits_there, 10, "the member's lock to be asked for")
            cursor.execute("SELECT id FROM member_ticket WHERE member_id = %s FOR UPDATE NOWAIT", (anna.id,))
            assert len(cursor.fetchall()) == 1
        finally:
            other.rollback()
            busy.rollback()
            thread.join()
    assert admitted[0].member_id == anna.id and not admitted[0].created
    assert refused(admit, till, waits.number) == "UNKNOWN_TICKET"


def test_B20_an_export_by_oneself_is_the_counters(shop, goods, till, kiosk, manager):
    anna = with_pin(till, kiosk)
    ring_up(till, basket(shop, (goods["cake"], 1), member_id=anna.id), 900)
    sign_in(kiosk, card=anna.card, secret=MEMBER_PIN)
    put(kiosk, consent_kind=1, consent_given=True, consent_text_version=1)
    mine = export(kiosk)
    assert mine.member.id == anna.id and mine.member.email == anna.email and [s.sale.sale.totals.total_minor for s in mine.sales] == [900]
    assert {"member_create", "self_put", "member_sign_in", "member_code_make"} <= {read.event for read in mine.reads}
    theirs = manager.call(pb.OP_MEMBER_EXPORT, pb.MemberExport(id=anna.id), pb.MemberExported)
    assert theirs.member == mine.member and [c.kind for c in mine.consents] == [1]
    assert kiosk.refusal(pb.OP_SELF_EXPORT, pb.SelfExport(place=pb.MemberExportPlace(part=11))) == "BAD_FIELD"


def test_B22_what_waits_for_the_counter_is_in_the_copy_of_everything(shop, till, kiosk, manager):
    anna = with_pin(till, kiosk)
    sign_in(kiosk, card=anna.card, secret=MEMBER_PIN)
    waits = put(kiosk, phone="+49 30 5551234", email="other@example.org")
    [told] = export(kiosk).tickets
    assert (told.number, told.phone, told.email) == (waits.number, "+49 30 5551234", "other@example.org") and told.made_us and told.shop_id
    admit(till, waits.number)
    mine = export(kiosk)
    assert not mine.tickets and mine.member.phone == "+49 30 5551234"


def test_B20_a_member_forgets_themselves_with_their_pin(shop, goods, till, kiosk):
    anna = with_pin(till, kiosk)
    ring_up(till, basket(shop, (goods["cake"], 1), member_id=anna.id), 900)
    sign_in(kiosk, card=anna.card, secret=MEMBER_PIN)

    def erase(command=None, **fields):
        return kiosk.command(pb.OP_SELF_ERASE, pb.SelfErase(**fields), pb.MemberErased, command)

    assert refused(erase, current=MEMBER_PIN) == refused(erase, confirm=False, current=MEMBER_PIN) == "ERASE_NOT_CONFIRMED"
    assert refused(erase, confirm=True) == refused(erase, confirm=True, current=WRONG) == "SELF_PIN_WRONG"
    assert shop.sql(f"SELECT erased FROM member_account WHERE member_id = {anna.id}") == [(False,)]
    done = erase(confirm=True, current=MEMBER_PIN)
    assert (done.id, done.points) == (anna.id, 110)
    assert kiosk.refusal(pb.OP_SELF_SHOW, pb.SelfShow()) == "MEMBER_SIGN_IN_FIRST"
    assert code(sign_in_error(kiosk, card=anna.card, secret=MEMBER_PIN)) == "MEMBER_SIGN_IN_FAILED"
    assert shop.sql(f"SELECT reason, staff_id, device_id FROM erasure WHERE member_id = {anna.id}") == [(1, None, kiosk.helloed.device.id)]
    for table in ("member_secret", "member_code", "member_ticket"):
        assert shop.sql(f"SELECT count(*) FROM {table} WHERE member_id = {anna.id}") == [(0,)]
    wait_for(lambda: shop.sql("SELECT count(*) FROM erasure WHERE key_gone_at IS NULL") == [(0,)], 20, "the key's end")
    assert till.refusal(pb.OP_MEMBER_SHOW, pb.MemberShow(id=anna.id)) == "UNKNOWN_MEMBER"
    assert till.refusal(pb.OP_MEMBER_CODE_MAKE, pb.MemberCodeMake(member_id=anna.id), uuid.uuid4().bytes) == "UNKNOWN_MEMBER"


def test_B20_a_code_is_good_for_one_pin_which_is_asked_for_from_then_on(shop, till, kiosk):
    anna = with_pin(till, kiosk)
    sign_in(kiosk, code=code_for(till, anna.id).code)
    put(kiosk, pin=OTHER_PIN)
    assert refused(put, kiosk, pin=MEMBER_PIN) == refused(put, kiosk, pin=MEMBER_PIN, current=WRONG) == "SELF_PIN_WRONG"
    assert kiosk.refusal(pb.OP_SELF_ERASE, pb.SelfErase(confirm=True), uuid.uuid4().bytes) == "SELF_PIN_WRONG"
    assert shop.sql(f"SELECT erased FROM member_account WHERE member_id = {anna.id}") == [(False,)]
    put(kiosk, pin=MEMBER_PIN, current=OTHER_PIN)
    kiosk.command(pb.OP_SELF_ERASE, pb.SelfErase(confirm=True, current=MEMBER_PIN), pb.MemberErased)


def test_who_came_by_a_code_is_forgotten_without_a_pin(shop, till, kiosk):
    anna = Person(till)
    sign_in(kiosk, code=code_for(till, anna.id).code)
    kiosk.command(pb.OP_SELF_ERASE, pb.SelfErase(confirm=True), pb.MemberErased)
    assert shop.sql(f"SELECT erased FROM member_account WHERE member_id = {anna.id}") == [(True,)]


def test_B20_a_merged_and_an_erased_members_session_is_over(shop, till, kiosk, manager):
    gone, stays = with_pin(till, kiosk), Person(till)
    sign_in(kiosk, card=gone.card, secret=MEMBER_PIN)
    manager.command(pb.OP_MEMBER_MERGE, pb.MemberMerge(from_id=gone.id, into_id=stays.id, reason="one"), pb.MemberMerged)
    assert not pb.SessionState.FromString(kiosk.read_push(pb.TOPIC_SESSION, 20).body).open
    assert kiosk.refusal(pb.OP_SELF_SHOW, pb.SelfShow()) == "MEMBER_SIGN_IN_FIRST"
    session = sign_in(kiosk, card=gone.card, secret=MEMBER_PIN)
    assert session.member_id == stays.id, "their card and their PIN lead to who stays and had none"
    assert show(kiosk).member.points == 40
    manager.command(pb.OP_MEMBER_ERASE, pb.MemberErase(id=stays.id, confirm_id=stays.id, reason=pb.ERASE_ASKED), pb.MemberErased)
    assert not pb.SessionState.FromString(kiosk.read_push(pb.TOPIC_SESSION, 20).body).open
    assert code(sign_in_error(kiosk, card=stays.card, secret=MEMBER_PIN)) == "MEMBER_SIGN_IN_FAILED"


def test_B20_what_the_merged_bought_is_the_survivors_history(shop, goods, till, kiosk, manager):
    gone, stays = Person(till), with_pin(till, kiosk)
    old = ring_up(till, basket(shop, (goods["roll"], 1), member_id=gone.id), 45)
    manager.command(pb.OP_MEMBER_MERGE, pb.MemberMerge(from_id=gone.id, into_id=stays.id, reason="one"), pb.MemberMerged)
    new = ring_up(till, basket(shop, (goods["roll"], 2), member_id=stays.id), 90)
    sign_in(kiosk, card=stays.card, secret=MEMBER_PIN)
    assert [(sale.sale.sale.receipt_number, sale.merged) for sale in sales(kiosk)] == [(new.receipt_number, False), (old.receipt_number, True)]
    shown = show(kiosk)
    assert {move.receipt_number for move in shown.moves} == {"", old.receipt_number, new.receipt_number}
    for id in (stays.id, gone.id):  # who was merged is the other one
        assert till.call(pb.OP_MEMBER_SHOW, pb.MemberShow(id=id, moves=True), pb.MemberShown).moves == shown.moves


def test_every_look_leaves_a_trace_of_the_kiosk_and_of_nobody_of_the_staff(shop, till, kiosk):
    anna = with_pin(till, kiosk)
    sign_in(kiosk, card=anna.card, secret=MEMBER_PIN)
    show(kiosk), sales(kiosk)
    mine = export(kiosk)
    seen = [(read.event, read.staff_id) for read in mine.reads if read.device_id == kiosk.helloed.device.id]
    assert {("self_shown", 0), ("self_sales", 0), ("member_sign_in", 0)} <= set(seen)


# ---- baskets ----


def test_B19_a_basket_left_at_a_kiosk_is_called_up_by_its_number_once(shop, goods, till, kiosk):
    anna = with_pin(till, kiosk)
    asked = basket(shop, (goods["cake"], 1), (goods["roll"], 2))
    alone = leave(kiosk, asked)
    sign_in(kiosk, card=anna.card, secret=MEMBER_PIN)
    hers = leave(kiosk, asked)
    assert refused(leave, kiosk, asked, card="CC-1") == "BAD_FIELD"
    sign_out(kiosk)
    by_card, by_none = leave(kiosk, asked, card=anna.card), leave(kiosk, asked, card="CC-NOBODY")
    assert [left.number for left in (hers, by_card, by_none)] == [alone.number + i for i in (1, 2, 3)]
    with shop.till("Caroline") as other:
        listed = other.call(pb.OP_BASKET_PARKED, pb.BasketParked(kiosk=True), pb.ParkedBaskets).baskets
        assert [one.number for one in listed][:4] == [by_none.number, by_card.number, hers.number, alone.number]
        assert not till.call(pb.OP_BASKET_PARKED, pb.BasketParked(), pb.ParkedBaskets).baskets, "they are nobody's own"
        command = uuid.uuid4().bytes
        taken = [call_up(other, alone.number, command) for _ in range(2)]
        assert taken[0] == taken[1] and taken[0].basket == asked and taken[0].kiosk == kiosk.helloed.device.name
        assert refused(call_up, till, alone.number) == refused(call_up, other, 9999) == refused(call_up, other, 0) == "KIOSK_BASKET_GONE"
    assert [call_up(till, left.number).basket.member_id for left in (hers, by_card, by_none)] == [anna.id, anna.id, 0]


def test_B19_two_tills_that_call_up_one_number_at_once_and_one_gets_it(shop, goods, till, kiosk):
    with shop.till("Caroline") as other:
        for _ in range(10):
            number = leave(kiosk, basket(shop, (goods["roll"], 1))).number

            def take(client):
                reply = client.reply(pb.OP_BASKET_RESUME, pb.BasketResume(number=number), uuid.uuid4().bytes)
                return pb.code(reply.error.code) if reply.HasField("error") else "taken"

            with concurrent.futures.ThreadPoolExecutor(2) as pool:
                assert sorted(pool.map(take, (till, other))) == ["KIOSK_BASKET_GONE", "taken"]


def test_B19_it_is_paid_at_the_counter_at_the_counters_price(shop, goods, till, kiosk):
    anna = with_pin(till, kiosk)
    sign_in(kiosk, card=anna.card, secret=MEMBER_PIN)
    asked = basket(shop, (goods["cake"], 1))
    quoted = kiosk.call(pb.OP_SALE_QUOTE, pb.SaleQuote(basket=asked), pb.SaleQuoted)
    assert quoted.total_minor == 900
    taken = call_up(till, leave(kiosk, asked).number).basket
    sold = ring_up(till, taken, 900)
    assert sold.totals.total_minor == 900
    assert [sale.sale.sale.receipt_number for sale in sales(kiosk)] == [sold.receipt_number]


def test_a_kiosk_leaves_no_more_than_it_may(shop, goods, till, kiosk):
    roll = (goods["roll"], 1)
    for spoil, said in ((lambda b: setattr(b, "member_id", 4711), "KIOSK_BASKET_BAD"),
                        (lambda b: setattr(b.discount, "rate_ppm", 1), "KIOSK_BASKET_BAD"),
                        (lambda b: b.coupons.add(redeems=b"x"), "KIOSK_BASKET_BAD"),
                        (lambda b: b.rewards.add(), "KIOSK_BASKET_BAD"),
                        (lambda b: setattr(b.lines[0], "voided", True), "KIOSK_BASKET_BAD"),
                        (lambda b: setattr(b.lines[0], "keyed_price_minor", 1), "KIOSK_BASKET_BAD"),
                        (lambda b: setattr(b.lines[0], "quantity_milli", -1000), "KIOSK_BASKET_BAD"),
                        (lambda b: setattr(b.lines[0].discount, "amount_minor", 1), "KIOSK_BASKET_BAD"),
                        (lambda b: b.lines[0].allergens_told.append(8), "KIOSK_BASKET_BAD"),
                        (lambda b: b.ClearField("lines"), "BASKET_EMPTY"),
                        (lambda b: setattr(b.lines[0], "product_id", 4711), "UNKNOWN_PRODUCT"),
                        (lambda b: setattr(b.lines[0], "quantity_milli", 500), "BAD_QUANTITY"),
                        (lambda b: setattr(b.lines[0], "note", "4111 1111 1111 1111"), "CARD_NUMBER")):
        asked = basket(shop, roll)
        spoil(asked)
        assert refused(leave, kiosk, asked) == said, asked
    assert kiosk.refusal(pb.OP_SALE_QUOTE, pb.SaleQuote(basket=basket(shop, roll, member_id=4711))) == "KIOSK_BASKET_BAD"
    [[number]] = shop.sql("SELECT coalesce(max(last), 0) FROM kiosk_number")
    left = leave(kiosk, basket(shop, roll))
    assert left.number == number + 1, "what is refused uses no number"
    shop.sql(f"UPDATE kiosk_number SET last = last + 200; INSERT INTO parked_basket (id, shop_id, device_id, parked_at, line_count, first_product_id, basket,"
             f" business_day, number) SELECT id + i, shop_id, device_id, parked_at, 1, first_product_id, basket, business_day, number + i"
             f" FROM parked_basket, generate_series(1, 99) AS i WHERE id = {left.parked_id}")
    assert refused(leave, kiosk, basket(shop, roll)) == "KIOSK_BASKETS_FULL"
    shop.sql("DELETE FROM parked_basket WHERE number IS NOT NULL")


def test_numbers_begin_anew_each_day_and_the_newest_is_called_up(shop, goods, till, kiosk):
    old = leave(kiosk, basket(shop, (goods["roll"], 1)))
    shop.sql(f"UPDATE parked_basket SET business_day = business_day - 1, number = 1 WHERE id = {old.parked_id}")
    shop.sql("UPDATE kiosk_number SET business_day = business_day - 1")
    new = leave(kiosk, basket(shop, (goods["roll"], 7)))
    assert new.number == 1
    assert call_up(till, 1).basket.lines[0].quantity_milli == 7000
    assert call_up(till, 1).basket.lines[0].quantity_milli == 1000


def test_numbers_that_are_used_up_are_given_out_once_more_where_nothing_waits(shop, goods, till, kiosk):
    asked = basket(shop, (goods["roll"], 1))
    leave(kiosk, asked)
    shop.sql("DELETE FROM parked_basket WHERE number IS NOT NULL; DELETE FROM member_ticket; UPDATE kiosk_number SET last = 9997, again = false")
    assert [leave(kiosk, asked).number for _ in range(3)] == [9998, 9999, 1]
    ticket = sign_up(kiosk, name="Nora", phone="+4930123456")
    assert ticket.number == 2
    shop.sql("UPDATE kiosk_number SET last = 9997")
    assert [leave(kiosk, asked).number for _ in range(2)] == [3, 4], "9998, 9999, 1 and 2 wait"
    assert call_up(till, 9999).basket.lines[0].product_id == goods["roll"]
    shop.sql("UPDATE kiosk_number SET last = 9997")
    assert leave(kiosk, asked).number == 9999


def test_a_shop_in_which_something_waits_under_every_number_says_so(shop, goods, till, kiosk):
    asked = basket(shop, (goods["roll"], 1))
    left = leave(kiosk, asked)
    with shop.connect(shop.device(pb.CLIENT_KIOSK)) as other:
        shop.sql(f"INSERT INTO parked_basket (id, shop_id, device_id, parked_at, line_count, first_product_id, basket, business_day, number)"
                 f" SELECT 1000000 + i, shop_id, device_id, parked_at, 1, first_product_id, basket, business_day, i"
                 f" FROM parked_basket, generate_series(1, 9999) AS i WHERE id = {left.parked_id} AND i <> number"
                 f" AND NOT EXISTS (SELECT FROM parked_basket AS p WHERE p.number = i)"
                 f" AND NOT EXISTS (SELECT FROM member_ticket AS t WHERE t.number = i); UPDATE kiosk_number SET last = 9999")
        assert refused(leave, other, asked) == "KIOSK_NUMBERS_OUT"
        assert refused(sign_up, other, name="Nora", phone="+4930123456") == "KIOSK_NUMBERS_OUT"
        shop.sql("DELETE FROM parked_basket WHERE number = 4711")
        assert leave(other, asked).number == 4711
    shop.sql("DELETE FROM parked_basket WHERE number IS NOT NULL")


def test_a_kiosk_leaves_sixty_baskets_a_minute_and_asks_for_120_prices(shop, goods, kiosk):
    asked = basket(shop, (goods["roll"], 1))
    refusals = [kiosk.refusal(pb.OP_BASKET_LEAVE, pb.BasketLeave(basket=pb.Basket()), uuid.uuid4().bytes) for _ in range(61)]
    assert refusals[60] == "RATE_LIMITED" and "RATE_LIMITED" not in refusals[:60]
    quotes = [kiosk.reply(pb.OP_SALE_QUOTE, pb.SaleQuote(basket=asked)) for _ in range(121)]
    assert [pb.code(q.error.code) for q in quotes if q.HasField("error")] == ["RATE_LIMITED"] and quotes[120].HasField("error")


def test_a_basket_is_left_with_prices_that_a_sale_may_have(shop, goods, till, kiosk):
    asked = basket(shop, (goods["roll"], 1))
    for version, said in ((0, "CATALOGUE_UNKNOWN"), (asked.catalogue_version + 1000, "CATALOGUE_UNKNOWN"), (2**64 - 1, "CATALOGUE_UNKNOWN")):
        asked.catalogue_version = version
        assert refused(leave, kiosk, asked) == said, version


def test_a_basket_of_a_kiosk_is_thrown_away_with_a_reason(shop, goods, till, kiosk):
    number = leave(kiosk, basket(shop, (goods["roll"], 3))).number
    assert refused(call_up, till, number, throw_away=True) == "BAD_REASON"
    assert not call_up(till, number, throw_away=True, reason="nobody came").HasField("basket")
    assert shop.sql("SELECT total_minor, reason FROM basket_void ORDER BY id DESC LIMIT 1") == [(135, "nobody came")]


def test_who_was_forgotten_meanwhile_does_not_come_with_their_basket(shop, goods, till, kiosk):
    anna = Person(till)
    sign_in(kiosk, code=code_for(till, anna.id).code)
    number = leave(kiosk, basket(shop, (goods["roll"], 1))).number
    kiosk.command(pb.OP_SELF_ERASE, pb.SelfErase(confirm=True), pb.MemberErased)
    taken = call_up(till, number).basket
    assert not taken.HasField("member_id") and taken.lines[0].product_id == goods["roll"]


# ---- signing up ----


def test_B19_who_signs_up_waits_for_the_counter_and_is_a_member_then(shop, till, kiosk):
    phone = "+49" + str(uuid.uuid4().int)[:11]
    command = uuid.uuid4().bytes
    done = [sign_up(kiosk, command, name="Nora New", phone=phone, email="nora@new.example", birthday="--02-29", language="de", avoids=[7],
                    consents=[1, 4]) for _ in range(2)]
    assert done[0] == done[1]
    assert code(sign_in_error(kiosk, phone=phone, secret=MEMBER_PIN)) == "MEMBER_SIGN_IN_FAILED", "nobody has seen them yet"
    assert not till.call(pb.OP_MEMBER_FIND, pb.MemberFind(phone=phone), pb.MemberFound).members
    [[sealed]] = shop.sql("SELECT count(*) FROM member_ticket WHERE position('Nora' IN encode(name_sealed, 'escape')) > 0")
    assert sealed == 0
    admitted = admit(till, done[0].number)
    assert admitted.created and admitted.points == 20
    assert refused(admit, till, done[0].number) == "UNKNOWN_TICKET"
    session = sign_in(kiosk, phone=phone, secret=MEMBER_PIN)
    assert session.member_id == admitted.member_id and session.name == "Nora New"
    member = show(kiosk).member
    assert (member.email, member.birthday, member.language, list(member.avoids), member.points) == ("nora@new.example", "--02-29", "de", [7], 20)
    assert {c.kind: (c.given, c.staff_id) for c in member.consents if c.given} == {
        1: (True, till.session.staff.id), 4: (True, till.session.staff.id)}


def test_B19_signing_up_does_not_tell_whether_a_phone_or_an_email_is_known(shop, till, kiosk):
    anna = Person(till)
    free = sign_up(kiosk, name="A", phone="+49" + str(uuid.uuid4().int)[:11])
    by_phone, by_email = sign_up(kiosk, name="B", phone=anna.phone), sign_up(kiosk, name="C", email=anna.email)
    assert [by_phone.number, by_email.number] == [free.number + 1, free.number + 2]
    for number, said in ((by_phone.number, "PHONE_TAKEN"), (by_email.number, "EMAIL_TAKEN")):
        assert refused(admit, till, number) == said
        assert refused(admit, till, number) == said, "it waits on"
    assert admit(till, free.number).created


def test_a_sign_up_that_cannot_be_is_refused(kiosk):
    good = {"name": "Nora", "phone": "+4930123456"}
    assert refused(sign_up, kiosk, phone="+4930123456") == refused(sign_up, kiosk, name="Nora") == "BAD_FIELD"
    assert refused(sign_up, kiosk, **good, card="CC-1") == refused(sign_up, kiosk, **good, referrer_id=1) == "BAD_FIELD"
    assert refused(sign_up, kiosk, **good, pin="1234") == refused(sign_up, kiosk, **good, pin="") == "PIN_WEAK"
    assert refused(sign_up, kiosk, name="Nora", phone="x") == "BAD_PHONE"
    assert refused(sign_up, kiosk, **good, consents=[9]) == "UNKNOWN_CONSENT"
    assert refused(sign_up, kiosk, **good, avoids=[7], consents=[1]) == "ALLERGEN_CONSENT"
    assert refused(sign_up, kiosk, name="4111 1111 1111 1111", phone="+4930123456") == "CARD_NUMBER"


def test_a_kiosk_lets_fifty_wait(shop, kiosk):
    sign_up(kiosk, name="Nora", phone="+4930123456")
    shop.sql(f"UPDATE kiosk_number SET last = last + 100; INSERT INTO member_ticket (id, shop_id, device_id, business_day, number, made_at, name_sealed, secret)"
             f" SELECT id + i, shop_id, device_id, business_day, number + i, made_at, name_sealed, secret"
             f" FROM member_ticket, generate_series(1, 49) AS i WHERE device_id = {kiosk.helloed.device.id}")
    assert refused(sign_up, kiosk, name="Nora", phone="+4930123456") == "TICKETS_FULL"
    shop.sql("DELETE FROM member_ticket")


# ---- nobody else ----


def test_B20_no_id_in_any_request_reaches_another_member(shop, goods, till, kiosk, manager):
    """What a member's session asks names nobody: with another's ids put wherever the wire has room for one, the answers are theirs."""
    anna, bert = with_pin(till, kiosk), with_pin(till, kiosk)
    sold = ring_up(till, basket(shop, (goods["cake"], 1), member_id=bert.id), 900)
    [[lot]] = shop.sql(f"SELECT min(id) FROM points_lot WHERE member_id = {bert.id}")
    sign_in(kiosk, card=anna.card, secret=MEMBER_PIN)
    ids = [bert.id, sold.sale_id, lot, 2**63, 2**64 - 1]
    for id in ids:
        # as fields that these messages do not have, from 1 to 40, as numbers and as a Member
        for field in range(1, 41):
            for unknown in (pb.MemberShow(id=id).SerializeToString(), pb.MemberUpdate(member=pb.Member(id=id)).SerializeToString()):
                tag = bytes([field << 3 | unknown[0] & 7]) if field < 16 else bytes([(field << 3 | unknown[0] & 7) & 127 | 128, field >> 4])
                reply = kiosk.reply(pb.OP_SELF_SHOW, body=tag + unknown[1:])
                if not reply.HasField("error"):
                    assert pb.SelfShown.FromString(reply.body).member.id == anna.id
        page = kiosk.call(pb.OP_SELF_SALES, pb.SelfSales(before_us=2**62, before_id=id), pb.SelfSalesShown)
        assert not page.sales
        for part in range(6):
            place = pb.MemberExportPlace(part=part, after=min(id, 2**63 - 1) - 1, after_two=0, as_of_us=1)
            told = kiosk.reply(pb.OP_SELF_EXPORT, pb.SelfExport(place=place))
            page = pb.MemberExported.FromString(told.body)
            page.ClearField("place")  # as it was asked for
            assert str(bert.id) not in str(page) and bert.email.encode() not in told.body
    before = manager.call(pb.OP_MEMBER_SHOW, pb.MemberShow(id=bert.id), pb.MemberShown).member
    put(kiosk, name="Only mine")
    assert manager.call(pb.OP_MEMBER_SHOW, pb.MemberShow(id=bert.id), pb.MemberShown).member == before


def test_B20_an_answer_of_a_member_is_told_to_that_member_alone(shop, till, kiosk):
    """Who knows a command's id and stands there next learns nothing of it, by asking or by sending it again."""
    anna, bert = with_pin(till, kiosk), with_pin(till, kiosk)
    command, message = uuid.uuid4().bytes, pb.SelfPut(phone="+49" + str(uuid.uuid4().int)[:11])
    ask = pb.CommandShow(command_id=command)

    def known():
        return kiosk.call(pb.OP_COMMAND_SHOW, ask, pb.CommandShown)

    sign_in(kiosk, card=anna.card, secret=MEMBER_PIN)
    first = kiosk.command(pb.OP_SELF_PUT, message, pb.SelfPutDone, command)
    assert known().known and kiosk.command(pb.OP_SELF_PUT, message, pb.SelfPutDone, command) == first
    kept = known().reply
    sign_out(kiosk)
    assert not known().known
    sign_in(kiosk, card=bert.card, secret=MEMBER_PIN)
    assert not known().known
    assert kiosk.refusal(pb.OP_SELF_PUT, message, command) == "OTHER_MEMBER"
    second = kiosk.command(pb.OP_SELF_PUT, message, pb.SelfPutDone)
    assert second.number != first.number, "it is a command of their own"
    sign_in(kiosk, card=anna.card, secret=MEMBER_PIN)
    assert known().reply == kept
    # as it was kept by a server of before
    [[own]] = shop.sql("SELECT command_id FROM command WHERE reply = decode('%s', 'hex')" % kept.hex())
    rename = "UPDATE command SET command_id = decode('%s', 'hex') WHERE command_id = decode('%s', 'hex')"
    shop.sql(rename % (command.hex(), bytes(own).hex()))
    assert not known().known
    shop.sql(rename % (bytes(own).hex(), command.hex()))


def test_a_basket_that_was_left_is_left_once_whoever_is_signed_in_by_then(shop, goods, till, kiosk):
    anna, command, asked = with_pin(till, kiosk), uuid.uuid4().bytes, basket(shop, (goods["roll"], 1))
    sign_in(kiosk, card=anna.card, secret=MEMBER_PIN)
    number = leave(kiosk, asked, command).number
    sign_out(kiosk)
    assert leave(kiosk, asked, command).number == number
    assert kiosk.call(pb.OP_COMMAND_SHOW, pb.CommandShow(command_id=command), pb.CommandShown).known


def test_B20_a_command_is_carried_out_in_the_session_that_it_is_meant_for_and_in_no_other(shop, goods, till, kiosk, manager):
    """It is sent until it is answered, and by then somebody else may be signed in."""
    anna, bert = with_pin(till, kiosk), with_pin(till, kiosk)
    sold = ring_up(till, basket(shop, (goods["cake"], 1), member_id=bert.id), 900)
    device = kiosk.helloed.device.id

    def kept():
        shown = manager.call(pb.OP_MEMBER_SHOW, pb.MemberShow(id=bert.id), pb.MemberShown)
        counts = [shop.sql(f"SELECT count(*) FROM {what}") for what in (
            f"parked_basket WHERE device_id = {device}", f"review WHERE sale_id = {sold.sale_id}", "payment_setup",
            f"member_ticket WHERE device_id = {device}", f"consent_entry WHERE member_id = {bert.id}")]
        return shown.member, counts, shop.sql(f"SELECT hash FROM member_secret WHERE member_id = {bert.id}")

    asked = [(pb.OP_SELF_PUT, pb.SelfPut(name="Not Bert")), (pb.OP_SELF_PUT, pb.SelfPut(phone="+4930123456")),
             (pb.OP_SELF_PUT, pb.SelfPut(pin=OTHER_PIN, current=MEMBER_PIN)),
             (pb.OP_SELF_PUT, pb.SelfPut(consent_kind=2, consent_given=True, consent_text_version=1)),
             (pb.OP_SELF_ERASE, pb.SelfErase(confirm=True, current=MEMBER_PIN)),
             (pb.OP_REVIEW_PUT, pb.ReviewPut(sale_id=sold.sale_id, product_id=goods["cake"], rating=1)),
             (pb.OP_BASKET_LEAVE, pb.BasketLeave(basket=basket(shop, (goods["roll"], 1)))),
             (pb.OP_PAYMENT_METHOD_ADD, pb.PaymentMethodAdd()), (pb.OP_PAYMENT_METHOD_REMOVE, pb.PaymentMethodRemove(method_id=1)),
             (pb.OP_GIFT_CARD_CHARGE, pb.GiftCardCharge(method_id=1, number=1, amount_minor=100))]
    sign_in(kiosk, card=bert.card, secret=MEMBER_PIN)
    before = kept()
    for op, message in asked:
        command = uuid.uuid4().bytes
        for id in (anna.id, 0, 2**64 - 1):
            message.session_member_id = id
            reply = kiosk.reply(op, message, uuid.uuid4().bytes if id else command)
            assert pb.code(reply.error.code) == "OTHER_MEMBER" and not reply.error.retry, (pb.Op.Name(op), id)
        assert kiosk.reply(op, message, command).error.SerializeToString() != b"", "sent again it is refused again"
    assert kept() == before and show(kiosk).member.id == bert.id
    put(kiosk, name="Bert Indeed", session_member_id=bert.id)
    leave(kiosk, basket(shop, (goods["roll"], 1)), session_member_id=bert.id)
    assert show(kiosk).member.name == "Bert Indeed"


def test_B20_a_basket_sent_again_when_its_member_is_signed_out_has_its_number_or_is_not_left(shop, goods, till, kiosk):
    anna, command, asked = with_pin(till, kiosk), uuid.uuid4().bytes, basket(shop, (goods["roll"], 1))
    sign_in(kiosk, card=anna.card, secret=MEMBER_PIN)
    number = leave(kiosk, asked, command, session_member_id=anna.id).number
    sign_out(kiosk)
    assert leave(kiosk, asked, command, session_member_id=anna.id).number == number
    assert refused(leave, kiosk, asked, session_member_id=anna.id) == "OTHER_MEMBER"
    assert call_up(till, leave(kiosk, asked, session_member_id=0).number).basket.member_id == 0
    assert call_up(till, number).basket.member_id == anna.id


def test_B19_nothing_but_a_kiosks_ops_goes_at_a_kiosk(shop, till, kiosk):
    """Neither with nobody nor with a member signed in; no session of the staff opens there."""
    anna = with_pin(till, kiosk)
    allowed = {"HELLO", "ENROL", "PING", "COMMAND_SHOW", "SESSION_CLOSE", "CATALOGUE_FOLLOW", "PRODUCT_SHOW", "PRODUCT_LIST", "PROMOTION_LIST",
               "MODIFIER_LIST", "DEVICE_RENEW", "SALE_QUOTE", "BASKET_LEAVE", "MEMBER_SIGN_UP", "KIOSK_SIGN_IN", "SELF_SHOW", "SELF_SALES", "SELF_PUT",
               "SELF_EXPORT", "SELF_ERASE", "SALE_EXPLAIN", "REVIEW_PUT", "REVIEW_LIST", "PAYMENT_METHOD_ADD", "PAYMENT_METHOD_FINISH", "PAYMENT_METHOD_LIST",
                   "PAYMENT_METHOD_REMOVE", "GIFT_CARD_CHARGE", "GIFT_CARD_CHARGE_SHOW"}
    for signed_in in (False, True):
        if signed_in:
            sign_in(kiosk, card=anna.card, secret=MEMBER_PIN)
        for name, op in pb.Op.items():
            if op and name.removeprefix("OP_") not in allowed:
                for command in (None, uuid.uuid4().bytes):
                    assert kiosk.refusal(op, body=b"", command_id=command) == "UNSUPPORTED", name
    assert show(kiosk).member.id == anna.id


def test_B20_at_a_counter_no_members_own_op_goes(shop, till):
    for op in (pb.OP_SELF_SHOW, pb.OP_SELF_SALES, pb.OP_SELF_PUT, pb.OP_SELF_EXPORT, pb.OP_SELF_ERASE, pb.OP_KIOSK_SIGN_IN, pb.OP_BASKET_LEAVE,
               pb.OP_MEMBER_SIGN_UP):
        for command in (None, uuid.uuid4().bytes):
            assert till.refusal(op, body=b"", command_id=command) == "UNSUPPORTED"


def test_what_was_left_is_cleared_away_by_the_night(shop, goods, till, kiosk):
    left = leave(kiosk, basket(shop, (goods["roll"], 1)))
    young = leave(kiosk, basket(shop, (goods["roll"], 1)))
    ticket = sign_up(kiosk, name="Nora", phone="+4930123456")
    [[id]] = shop.sql(f"SELECT id FROM member_ticket WHERE number = {ticket.number}")
    code_for(till, Person(till).id)
    shop.sql(f"UPDATE parked_basket SET parked_at = parked_at - interval '19 hours' WHERE id = {left.parked_id}")
    shop.sql("UPDATE member_ticket SET made_at = made_at - interval '19 hours'")
    shop.sql("UPDATE member_code SET made_at = made_at - interval '25 hours', expires_at = expires_at - interval '25 hours',"
             " used_at = used_at - interval '25 hours'")
    server = shop.start()  # sweeps soon after its start
    try:
        wait_for(lambda: shop.sql("SELECT (SELECT count(*) FROM member_ticket) + (SELECT count(*) FROM member_code)") == [(0,)], 30, "the sweep")
        wait_for(lambda: shop.sql(f"SELECT count(*) FROM parked_basket WHERE id = {left.parked_id}") == [(0,)], 30, "the sweep")
    finally:
        server.stop()
        shop.servers.remove(server)
    assert shop.sql(f"SELECT count(*) FROM parked_basket WHERE id = {young.parked_id}") == [(1,)]
    assert refused(call_up, till, left.number) == "KIOSK_BASKET_GONE" and refused(admit, till, ticket.number) == "UNKNOWN_TICKET"
