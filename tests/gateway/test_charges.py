"""Gift cards topped up by stored cards, whatever the gateway does: no double charge, no orphan, and every charge comes to an end. Judged
by the gateway's own list, tests/lib/gateway.py's and the two stand-ins', and by db/checks/."""
import contextlib
import os
import random
import uuid

import pytest

import standins
from gateway import Gateway
from paying import (OVER, add_card, balance, charge, charged, check_books, new_gift_card, new_member, over, settings, settled, tidy)
from seed import seed, tonight
from shop import Refused, make_shop, pb
from waiting import wait_for


class House:
    """A shop, its gateway, a till that is open, a member with a card there."""

    def __init__(self, shop, gateway, **more):
        self.shop, self.gateway, self.more = shop, gateway, more
        self.server = shop.start("--config", settings(shop, gateway, **more))
        shop.open()
        shop.put_tender_type("Gift card", kind=pb.TENDER_GIFT_CARD)
        shop.staff("Ben")
        self.till = shop.till()
        self.payer()

    def payer(self):
        """Another member with a card there: each of them pays a few times, as people do, and the gateway's lists are short."""
        self.member = self.anew(new_member)
        self.method, self.token = self.anew(lambda till: add_card(till, self.gateway, self.member))

    def anew(self, ask):
        """Asked at another till where this one has asked too often."""
        try:
            return ask(self.till)
        except Refused as refused:
            if refused.code != "RATE_LIMITED":
                raise
        self.till.close()
        self.till = self.shop.till()
        return ask(self.till)

    def gift_card(self):
        return self.anew(new_gift_card).number

    def charge(self, minor=500, number=None):
        number = number or self.gift_card()
        return number, self.anew(lambda till: charge(till, self.member, self.method.id, number, minor))

    def charges(self, count):
        """So many at once, onto a few cards."""
        self.cards = getattr(self, "cards", None) or [self.gift_card() for _ in range(3)]
        return [self.charge(100 + n, self.cards[n % 3])[1] for n in range(count)]

    def check(self, **more):
        settled(self.shop, **more)
        tidy(self.shop, self.gateway)
        check_books(self.shop, self.gateway)


@pytest.fixture(scope="module")
def house():
    with Gateway() as gateway, contextlib.closing(contextlib.ExitStack()) as stack, make_shop() as shop:
        yield House(shop, gateway)
        stack.close()


def test_B34_a_gift_card_is_topped_up_by_a_stored_card(house):
    number, id = house.charge(750)
    said = over(house.till, id)
    assert (said.state, said.amount_minor, said.card.balance_minor, said.entry) == (pb.CHARGE_LOADED, 750, 1750, 2)
    assert said.reference in house.gateway.intents
    assert any("stored card" in row.left for row in said.receipt.rows), said.receipt
    shown = house.till.call(pb.OP_GIFT_CARD_SHOW, pb.GiftCardShow(number=number), pb.GiftCardShown)
    assert [(e.kind, e.amount_minor, e.means) for e in shown.entries] == [
        (pb.GIFT_CARD_ENTRY_TOPPED_UP, 750, pb.ACCOUNT_GATEWAY), (pb.GIFT_CARD_ENTRY_ISSUED, 1000, pb.ACCOUNT_CASH)]
    house.check()


def test_B22_their_copy_of_everything_has_what_was_paid_and_what_was_to_be_stored(house):
    house.payer()
    number, id = house.charge(750)
    assert over(house.till, id).state == pb.CHARGE_LOADED
    manager, charges, setups, place = house.shop.manager, [], [], None
    while True:
        page = manager.call(pb.OP_MEMBER_EXPORT, pb.MemberExport(id=house.member, place=place), pb.MemberExported)
        charges, setups = charges + list(page.charges), setups + list(page.setups)
        if not page.HasField("next"):
            break
        place = page.next
    [paid] = charges
    assert (paid.amount_minor, paid.gift_card_number, paid.state, paid.method_id) == (750, number, pb.CHARGE_LOADED, house.method.id)
    assert paid.reference in house.gateway.intents and paid.made_us and paid.shop_id and not paid.HasField("member_id")
    [added] = setups
    assert (added.state, added.method_id) == (pb.PAYMENT_SETUP_DONE, house.method.id) and added.made_us
    assert house.token not in str(charges + setups), "with the gateway's word for it one could pay"


def report(house):
    """The X of the till, by who may see it."""
    with house.shop.connect(house.till.identity) as lead:
        lead.sign_in()
        said = lead.call(pb.OP_SHIFT_REPORT, pb.ShiftReport(), pb.ShiftReported)
    return said.expected_minor, {(g.kind, g.means): g.amount_minor for g in said.gift_cards}


def test_B34_it_is_no_cash_of_the_till(house):
    number = house.gift_card()
    cash, sums = report(house)
    _, id = house.charge(333, number)
    assert over(house.till, id).state == pb.CHARGE_LOADED
    cash_after, after = report(house)
    key = pb.GIFT_CARD_ENTRY_TOPPED_UP, pb.ACCOUNT_GATEWAY
    assert cash_after == cash and after[key] - sums.get(key, 0) == 333
    assert house.shop.sql("SELECT count(*) FROM drawer_entry AS d JOIN gift_card_payment AS p ON p.id = d.origin_id WHERE p.means = 4") == [(0,)]


@pytest.mark.parametrize("wrong, code", [
    ({"minor": 0}, "BAD_CHARGE"), ({"minor": -5}, "BAD_CHARGE"), ({"minor": 100_000_000}, "BAD_CHARGE"),
    ({"minor": 2**62}, "BAD_CHARGE"), ({"method": 5}, "UNKNOWN_PAYMENT_METHOD"), ({"member": 5}, "UNKNOWN_MEMBER"),
    ({"number": 99999}, "UNKNOWN_GIFT_CARD"), ({"method": 2**64 - 1}, "UNKNOWN_PAYMENT_METHOD")])
def test_B34_what_cannot_be_charged_is_not(house, wrong, code):
    asked = house.gateway.asked["authorise"]
    with pytest.raises(Refused) as refused:
        charge(house.till, wrong.get("member", house.member), wrong.get("method", house.method.id),
               wrong.get("number") or house.gift_card(), wrong.get("minor", 500))
    assert refused.value.code == code
    assert house.gateway.asked["authorise"] == asked


def test_B34_anothers_card_is_nobodys_method(house):
    other = new_member(house.till)
    with pytest.raises(Refused) as refused:
        charge(house.till, other, house.method.id, new_gift_card(house.till).number)
    assert refused.value.code == "UNKNOWN_PAYMENT_METHOD"
    assert house.till.refusal(pb.OP_GIFT_CARD_CHARGE_SHOW, pb.GiftCardChargeShow(charge_id=7)) == "UNKNOWN_CHARGE"


def test_B34_a_command_sent_again_charges_once(house):
    command = uuid.uuid4().bytes
    card = new_gift_card(house.till).number
    ids = {charge(house.till, house.member, house.method.id, card, 500, command) for _ in range(5)}
    [id] = ids
    assert over(house.till, id).state == pb.CHARGE_LOADED
    assert balance(house.shop, card) == 1500


@pytest.mark.parametrize("decline", ["insufficient_funds", "expired_card", "generic_decline"])
def test_B34_a_declined_card_loads_nothing(house, decline):
    house.gateway.declines[house.token] = decline
    try:
        number, id = house.charge()
        said = over(house.till, id)
    finally:
        del house.gateway.declines[house.token]
    assert said.state == pb.CHARGE_DECLINED and "nothing was paid" in said.sentence
    assert balance(house.shop, number) == 1000
    house.check()


FAULTS = ("500", "500_done", "500_kept", "429", "cut", "cut_before", "hang", "hang_done", "late", "twice", "twice_done", "garbage", "deep",
          "huge", "redirect", "lie")


def faults_of(what):
    """What can go wrong with it: a look changes nothing, so that nothing of it is half done; of an authorisation's lie below."""
    if what == "authorise":
        return FAULTS[:-1]
    if what != "status":
        return FAULTS
    return (*(f for f in FAULTS if f not in ("500_done", "cut", "hang_done", "twice_done", "late", "lie")), "blind")


# Where it fails, whether it forgets keys, and how: half of the faults each night in tests/long, and in tests/run each step, both memories, and
# each fault at one step or another.
WHERE = [(what, forgets, tonight(faults_of(what), f"{what} {forgets}")) for what in ("authorise", "capture", "status") for forgets in (False, True)]
STANDINS_FAULTS = ("500", "429", "cut_before", "hang", "twice", "cut", "500_done", "hang_done", "twice_done")
ALL = os.environ.get("CAROLINE_CHARGES") == "all"
if not ALL:
    WHERE = [("authorise", True, faults_of("authorise")[0::3]), ("capture", False, FAULTS[1::3]),
             ("status", True, [fault for fault in faults_of("status") if fault in (*FAULTS[2::3], "blind")])]


@pytest.mark.parametrize("what, forgets, faults", WHERE, ids=[f"{what}-{'forgetful' if forgets else 'keys'}" for what, forgets, _ in WHERE])
def test_SF14_each_fault_at_each_step_charges_once(house, what, forgets, faults):
    """Ten of each fault among six charges at once: all are loaded once, for the gateway is well again behind it."""
    house.gateway.forgets = forgets
    try:
        for fault in faults:
            house.payer()
            house.gateway.fault(what, *[fault] * 10)
            ids = house.charges(6)
            ends = [over(house.till, id).state for id in ids]
            assert set(ends) == {pb.CHARGE_LOADED}, (fault, ends)
            house.gateway.faults[what].clear()
    finally:
        house.gateway.forgets = False
        house.gateway.released.set()
        house.gateway.released.clear()
    house.check()


@pytest.fixture(scope="module")
def hasty():
    """A shop that gives a charge up after seconds."""
    with Gateway() as gateway, make_shop() as shop:
        yield House(shop, gateway, patience_s=5)


@pytest.mark.parametrize("forgets", [False, True], ids=["keys", "forgetful"])
def test_SF14_an_authorisation_that_was_said_to_be_there_and_is_not_is_given_up(hasty, forgets):
    """Nobody could ever capture it."""
    hasty.gateway.forgets = forgets
    hasty.gateway.fault("authorise", *["lie"] * 10)
    try:
        ends = [over(hasty.till, id).state for id in hasty.charges(3)]
    finally:
        hasty.gateway.forgets = False
        hasty.gateway.faults["authorise"].clear()
    assert set(ends) == {pb.CHARGE_GIVEN_UP}
    hasty.check()


def test_SF14_a_gateway_that_never_gets_well_is_given_up(hasty):
    """It takes all that is asked, and answers nothing; what it made is let go of once it answers again."""
    hasty.gateway.always = {"capture": "500", "status": None}
    ids = [hasty.charge()[1] for _ in range(3)]
    ends = {over(hasty.till, id, 60).state for id in ids}
    hasty.gateway.always = {}
    assert ends == {pb.CHARGE_GIVEN_UP}
    hasty.check()


def refused_erasure(manager, member):
    try:
        manager.command(pb.OP_MEMBER_ERASE, pb.MemberErase(id=member, confirm_id=member, reason=pb.ERASE_ASKED), pb.MemberErased)
    except Refused as refused:
        return refused.code
    return None


def test_SF14_what_turns_up_late_is_given_back(hasty):
    """It says nothing and has nothing, until the charge was given up; then it is there, and somebody captures it by hand. Until then whose it was is
    not erased, as themselves or as who they were merged into: nobody could be given anything back."""
    hasty.payer()
    hasty.gateway.always = {"authorise": "late", "status": "blind"}
    number, id = hasty.charge()
    assert over(hasty.till, id, 60).state == pb.CHARGE_GIVEN_UP
    wait_for(lambda: hasty.gateway.open(), 20, "what comes late")
    manager = hasty.shop.manager
    manager.sign_in()
    assert refused_erasure(manager, hasty.member) == "CHARGE_PENDING"
    into = hasty.anew(new_member)
    manager.command(pb.OP_MEMBER_MERGE, pb.MemberMerge(from_id=hasty.member, into_id=into, reason="twice"), pb.MemberMerged)
    assert refused_erasure(manager, into) == "CHARGE_PENDING"
    hasty.gateway.always = {}
    for name in hasty.gateway.open():
        hasty.gateway.intents[name]["status"] = "succeeded"
    hasty.shop.sql("UPDATE gateway_charge SET next_at = now() WHERE next_at IS NOT NULL", "admin")
    wait_for(lambda: charged(hasty.till, id).state == pb.CHARGE_REFUNDED, 40, "what was paid late to be given back")
    assert balance(hasty.shop, number) == 1000
    manager.sign_in()
    manager.command(pb.OP_MEMBER_ERASE, pb.MemberErase(id=into, confirm_id=into, reason=pb.ERASE_ASKED), pb.MemberErased)
    assert hasty.shop.sql(f"SELECT state, next_at, token_sealed FROM gateway_charge WHERE id = {id}", "admin") == [(10, None, None)]
    hasty.payer()
    hasty.check()


def test_SF14_what_was_given_up_keeps_nobody_longer_than_it_is_looked_for(hasty):
    """Without a gateway nobody looks any more, and it would wait for ever."""
    hasty.payer()
    hasty.gateway.always = {"status": "blind", "authorise": "500"}
    _, id = hasty.charge()
    assert over(hasty.till, id, 60).state == pb.CHARGE_GIVEN_UP
    hasty.gateway.always = {}
    manager = hasty.shop.manager
    manager.sign_in()
    for hours, said in (70, "CHARGE_PENDING"), (72, None):
        hasty.shop.sql(f"UPDATE gateway_charge SET made_at = now() - interval '{hours} hours', next_at = now() + interval '1 hour' WHERE id = {id}", "admin")
        assert refused_erasure(manager, hasty.member) == said
    hasty.payer()
    hasty.check()


def test_SF14_who_is_erased_in_the_moment_of_a_late_look_is_not_looked_at_again(house):
    """The look at a charge that is over stands still at the gateway meanwhile: what it brings finds no token, and is nobody's."""
    house.payer()
    _, id = house.charge()
    assert over(house.till, id).state == pb.CHARGE_LOADED
    house.shop.manager.sign_in()
    before = house.gateway.asked["status"]
    house.gateway.fault("status", "hang")
    house.shop.sql(f"UPDATE gateway_charge SET next_at = now() WHERE id = {id}", "admin")
    wait_for(lambda: house.gateway.asked["status"] > before, 20, "the late look")
    message = pb.MemberErase(id=house.member, confirm_id=house.member, reason=pb.ERASE_ASKED)
    house.shop.manager.command(pb.OP_MEMBER_ERASE, message, pb.MemberErased)
    house.gateway.released.set()
    house.gateway.released.clear()
    house.payer()
    assert over(house.till, house.charge()[1]).state == pb.CHARGE_LOADED  # the late look's answer was written in front of it
    assert house.shop.sql(f"SELECT state, next_at, token_sealed FROM gateway_charge WHERE id = {id}", "admin") == [(8, None, None)]
    assert "gateway_charge_token_check" not in house.server.log()
    house.check()


@pytest.mark.parametrize("forgets, state, minor", [(False, pb.CHARGE_GIVEN_UP, 1000), (True, pb.CHARGE_LOADED, 1500)])
def test_SF14_a_wrong_sum_is_let_go_of(house, forgets, state, minor):
    """Under the same key a gateway gives the same wrong one again, and there is no other: then it is given up."""
    house.gateway.forgets = forgets
    house.gateway.fault("authorise", "wrong_sum")
    number, id = house.charge()
    try:
        assert over(house.till, id).state == state
    finally:
        house.gateway.forgets = False
    assert balance(house.shop, number) == minor
    house.check()


def test_B34_what_the_card_cannot_take_any_more_is_given_back(house):
    """It is blocked between the asking and the booking."""
    house.gateway.always = {"status": "hang"}
    number, id = house.charge()
    wait_for(lambda: house.gateway.asked["authorise"], 20)
    house.shop.manager.sign_in()  # who was idle for minutes is locked out
    house.shop.manager.command(pb.OP_GIFT_CARD_PUT, pb.GiftCardPut(number=number, blocked=True, reason="stolen"), pb.GiftCardPutDone)
    house.gateway.always = {}
    house.gateway.released.set()
    house.gateway.released.clear()
    said = over(house.till, id)
    assert said.state == pb.CHARGE_REFUNDED and "given back" in said.sentence
    assert balance(house.shop, number) == 1000
    house.check()


def test_SF14_a_refund_that_is_refused_is_asked_for_under_another_key(house):
    house.gateway.always = {"status": "hang"}
    house.gateway.fault("refund", "refused_kept", "refused_kept")
    number, id = house.charge()
    wait_for(lambda: house.gateway.asked["authorise"], 20)
    house.shop.manager.command(pb.OP_GIFT_CARD_PUT, pb.GiftCardPut(number=number, blocked=True, reason="stolen"), pb.GiftCardPutDone)
    house.gateway.always = {}
    house.gateway.released.set()
    house.gateway.released.clear()
    assert over(house.till, id).state == pb.CHARGE_REFUNDED
    house.check()


@pytest.mark.parametrize("what, state", [("capture", pb.CHARGE_LOADED), ("authorise", pb.CHARGE_GIVEN_UP)])
def test_SF14_a_charge_whose_token_does_not_open_comes_to_its_end(house, what, state):
    """The key store cannot be read, or the row is damaged: what was captured is booked, what was not is let go of."""
    before = house.gateway.asked[what]
    house.gateway.fault(what, "hang_done")
    number, id = house.charge()
    wait_for(lambda: house.gateway.asked[what] > before, 20)
    house.shop.sql(f"UPDATE gateway_charge SET token_sealed = '\\x00' WHERE id = {id}", "admin")
    house.gateway.released.set()
    house.gateway.released.clear()
    assert over(house.till, id).state == state
    house.check()


def test_SF14_the_sum_of_what_was_captured_is_the_gateways_own(house):
    for minor in (111, 222, 333):
        house.charge(minor)
    house.check()
    [[ours]] = house.shop.sql("SELECT sum(amount_minor) FROM gift_card_payment WHERE means = 4")
    theirs = sum(thing["amount"] for thing in house.gateway.everything() if thing["captured"] and not thing["refunded"])
    assert ours == theirs > 0


def test_B34_no_token_and_no_secret_is_in_the_database_or_a_log(house):
    import subprocess

    dump = subprocess.run(["pg_dump", house.shop.cluster.uri("admin")], capture_output=True, check=True, timeout=60).stdout
    log = house.server.log().encode()
    for secret in (house.gateway.secret, house.token, *house.gateway.customers):
        assert secret.encode() not in dump and secret.encode() not in log, secret


def test_B34_the_journal_tells_of_each_load(house):
    rows = house.shop.sql("SELECT convert_from(substring(bytes FROM 46 FOR get_byte(bytes, 44)), 'UTF8') FROM journal WHERE kind = 'L' AND length(bytes) > 44")
    loads = house.shop.sql("SELECT count(*) FROM gift_card_payment WHERE means = 4")
    assert [event for (event,) in rows].count("charge_loaded") == loads[0][0] > 0


# ---- stand-ins that others wrote, behind a front that has the page where a card is typed ----

@pytest.fixture(scope="module", params=["charges", "intents"])
def beside(request):
    with standins.fronted(request.param) as gateway, make_shop() as shop:
        yield House(shop, gateway, api=request.param)


def test_B34_a_stand_in_that_others_wrote_is_charged_once(beside):
    number, id = beside.charge(1250)
    assert over(beside.till, id).state == pb.CHARGE_LOADED
    assert balance(beside.shop, number) == 2250
    beside.check()


@pytest.mark.parametrize("what", ["authorise", "capture", "status"])
def test_SF14_faults_before_a_stand_in_charge_once(beside, what):
    faults = STANDINS_FAULTS[:5] if what == "status" else STANDINS_FAULTS
    for fault in faults if ALL else random.Random(f"{seed()} {beside.gateway.kind} {what}").sample(faults, 2):
        beside.gateway.fault(what, *[fault] * 3)
        ids = beside.charges(3)
        assert {over(beside.till, id).state for id in ids} == {pb.CHARGE_LOADED}, fault
        beside.gateway.faults[what].clear()
    beside.gateway.released.set()
    beside.gateway.released.clear()
    beside.check()
