"""What a stored card paid for a gift card is given back: off the gift card at once, and back at the gateway once, whatever that does. Judged by the gateway's own list, tests/lib/gateway.py's and the two stand-ins', and by db/checks/."""
import contextlib
import os
import random
import subprocess
import uuid

import pytest

import standins
from counter import seed as make_goods
from faults import Failpoints
from gateway import Gateway
from gift_card import drawer, paper, pay, undo
from paying import add_card, balance, charge, charged, check_books, new_gift_card, new_member, over, settings, settled, tidy
from seed import seed
from shop import BUILD, PIN, make_shop, pb
from waiting import wait_for

ALL = os.environ.get("CAROLINE_CHARGES") == "all"
FAULTS = ("500", "500_done", "500_kept", "refused_kept", "429", "cut", "cut_before", "hang", "hang_done", "late", "twice", "twice_done", "garbage",
          "redirect", "lie")
LOOKS = ("500", "429", "cut_before", "hang", "twice", "garbage", "deep", "huge", "redirect")
STANDINS_FAULTS = ("500", "429", "cut_before", "hang", "twice", "cut", "500_done", "hang_done", "twice_done")


class House:
    """A shop, its gateway, a till of somebody who may give back, and a member with a card there."""

    def __init__(self, shop, gateway, **more):
        self.shop, self.gateway = shop, gateway
        shop.start("--config", settings(shop, gateway, **more))
        shop.open()
        self.gift = shop.put_tender_type("Gift card", kind=pb.TENDER_GIFT_CARD)
        shop.staff("Ben")
        shop.staff("Ida", role="shift_lead")
        self.identity = shop.device()
        self.sign_in("Ida")
        self.till.command(pb.OP_SHIFT_OPEN, pb.ShiftOpen(float_minor=5000), pb.ShiftShown)
        self.member = new_member(self.till)
        self.method, self.token = add_card(self.till, gateway, self.member)

    def sign_in(self, name="Ida"):
        self.till = self.shop.connect(self.identity)
        self.till.sign_in(name)
        self.till.identity = self.identity
        return self.till

    def loaded(self, minor=250, number=None):
        """The number of a gift card, and what the charge that topped it up said."""
        number = number or new_gift_card(self.till).number
        id = charge(self.till, self.member, self.method.id, number, minor)
        said = over(self.till, id)
        assert said.state == pb.CHARGE_LOADED
        return number, said.entry, id, said.reference

    def back(self, id, seconds=60):
        wait_for(lambda: charged(self.till, id).state == pb.CHARGE_REFUNDED, seconds, "what is given back")

    def check(self):
        settled(self.shop)
        tidy(self.shop, self.gateway)
        check_books(self.shop, self.gateway)


@pytest.fixture(scope="module")
def house():
    with Gateway() as gateway, make_shop() as shop:
        yield House(shop, gateway)


@pytest.fixture(autouse=True)
def well_again(request):
    """Whatever a test did to the gateway."""
    yield
    if "house" in request.fixturenames:
        gateway = request.getfixturevalue("house").gateway
        gateway.forgets, gateway.always = False, {}
        gateway.faults.clear()
        gateway.released.set()
        gateway.released.clear()


def test_B15_what_a_stored_card_paid_goes_back_to_it_once(house):
    number, entry, id, reference = house.loaded(250)
    cash = drawer(house.shop, house.till)
    command = uuid.uuid4().bytes
    said = undo(house.till, number, entry, command_id=command)
    assert (said.means, said.amount_minor, said.charge_id, said.card.balance_minor) == (pb.ACCOUNT_GATEWAY, -250, id, 1000)
    assert any(left.startswith("Given back by stored card") and right.endswith("2.50") for left, right in paper(said.receipt)), paper(said.receipt)
    assert any(reference in left for left, _ in paper(said.receipt))
    house.back(id)
    assert "taken off the gift card again, and given back" in charged(house.till, id).sentence
    assert undo(house.till, number, entry, command_id=command).charge_id == id  # sent again: the same, once
    assert house.gateway.refunds(reference) == 1 and balance(house.shop, number) == 1000
    assert drawer(house.shop, house.till) == cash
    shown = house.till.call(pb.OP_GIFT_CARD_SHOW, pb.GiftCardShow(number=number), pb.GiftCardShown).entries[0]
    assert (shown.kind, shown.amount_minor, shown.means, shown.reference) == (pb.GIFT_CARD_ENTRY_UNDONE, -250, pb.ACCOUNT_GATEWAY, reference)
    report = house.till.call(pb.OP_SHIFT_REPORT, pb.ShiftReport(), pb.ShiftReported)
    assert -250 in {g.amount_minor for g in report.gift_cards if (g.kind, g.means) == (pb.GIFT_CARD_UNDONE, pb.ACCOUNT_GATEWAY)}
    house.check()


def test_B15_it_stands_in_the_journal_with_who_and_why(house):
    number, entry, id, _ = house.loaded(260)
    undo(house.till, number, entry, reason="a wrong card")
    [[entry_]] = house.shop.sql("SELECT bytes FROM journal WHERE kind = 'L' AND position('gift_card_undo'::bytea IN bytes) > 0"
                                " ORDER BY at DESC LIMIT 1")
    assert all(word in bytes(entry_) for word in (b"a wrong card", b"stored card", b"refunding", b"undone", str(id).encode()))
    assert house.shop.sql(f"SELECT reason, staff_id IS NOT NULL FROM gift_card_payment WHERE kind = 3 AND undoes ="
                          f" (SELECT payment_id FROM gateway_charge WHERE id = {id})", "admin") == [("a wrong card", True)]
    house.back(id)


def test_B15_it_is_refused_as_any_other_is(house):
    goods = make_goods(house.shop)
    house.shop.receive(goods["cake"], 10)
    number, entry, id, reference = house.loaded(270)

    def refused(client=house.till, number=number, entry=entry, **more):
        message = pb.GiftCardUndo(number=number, entry=entry, **{"reason": "changed mind", **more})
        return client.refusal(pb.OP_GIFT_CARD_UNDO, message, uuid.uuid4().bytes)

    assert refused(reference="R-1") == "BAD_GIFT_CARD_PAYMENT"
    assert refused(reason=" ") == "BAD_GIFT_CARD_CHANGE"
    with contextlib.closing(house.shop.till("Ben")) as cashier:
        assert refused(cashier) == "PERMISSION_DENIED"
    manager = house.shop.manager
    for blocked in (True, False):
        manager.sign_in()
        manager.command(pb.OP_GIFT_CARD_PUT, pb.GiftCardPut(number=number, blocked=blocked, reason="lost"), pb.GiftCardPutDone)
        if blocked:
            assert refused() == "GIFT_CARD_BLOCKED"
    code = house.till.command(pb.OP_GIFT_CARD_LOAD, pb.GiftCardLoad(means=pb.ACCOUNT_CASH, amount_minor=900), pb.GiftCardLoaded)
    used, used_entry, used_id, used_reference = house.loaded(280, code.card.number)
    pay(house.shop, house.till, goods, house.gift, code.code)
    assert refused(number=used, entry=used_entry) == "GIFT_CARD_USED"
    assert house.gateway.refunds(reference) == house.gateway.refunds(used_reference) == 0
    assert charged(house.till, used_id).state == charged(house.till, id).state == pb.CHARGE_LOADED
    undo(house.till, number, entry)
    assert refused() == "GIFT_CARD_NOT_LOADED"
    house.back(id)
    assert refused() == "GIFT_CARD_NOT_LOADED"
    house.check()


def test_B15_of_two_who_give_it_back_at_once_one_does(house):
    number, entry, id, reference = house.loaded(290)
    with contextlib.closing(house.shop.till("Ida")) as other:
        message = pb.GiftCardUndo(number=number, entry=entry, reason="changed mind")
        asked = [(client, client.send(pb.OP_GIFT_CARD_UNDO, message, uuid.uuid4().bytes)) for client in (house.till, other)]
        replies = [client.read_reply(number_) for client, number_ in asked]
    assert sorted(reply.HasField("error") for reply in replies) == [False, True]
    house.back(id)
    assert house.gateway.refunds(reference) == 1 and balance(house.shop, number) == 1000
    house.check()


@pytest.mark.parametrize("what, forgets", [("refund", False), ("refund", True), ("one", True)], ids=["refund-keys", "refund-forgetful", "look"])
def test_SF14_each_fault_at_the_gateway_gives_back_once(house, what, forgets):
    """Five of each fault, for three at once."""
    faults = FAULTS if what == "refund" else LOOKS
    house.gateway.forgets = forgets
    for fault in faults if ALL else random.Random(f"{seed()} undone {what} {forgets}").sample(faults, 5):
        loads = [house.loaded(100 + n) for n in range(3)]
        house.gateway.fault(what, *[fault] * 5)
        for number, entry, _, _ in loads:
            undo(house.till, number, entry)
            assert balance(house.shop, number) == 1000, "off the card at once, whatever the gateway does"
        for _, _, id, reference in loads:
            house.back(id)
            assert house.gateway.refunds(reference) == 1, fault
        house.gateway.faults[what].clear()
    house.check()


def test_SF14_what_the_gateway_refuses_is_asked_for_until_it_does_it(house):
    """Meanwhile it is told as it is, keeps nobody from being forgotten, and is found by a check once it took a day."""
    member = new_member(house.till)
    method, _ = add_card(house.till, house.gateway, member)
    number = new_gift_card(house.till).number
    id = charge(house.till, member, method.id, number, 310)
    said = over(house.till, id)
    house.gateway.always = {"refund": "refused_kept"}
    undo(house.till, number, said.entry)
    wait_for(lambda: house.gateway.asked["refund"] > 3, 30, "that it is asked again")
    told = charged(house.till, id)
    assert told.state == pb.CHARGE_UNDER_WAY and "is asked to give it back" in told.sentence
    house.till.command(pb.OP_PAYMENT_METHOD_REMOVE, pb.PaymentMethodRemove(member_id=member, method_id=method.id), pb.PaymentMethodRemoved)
    manager = house.shop.manager
    manager.sign_in()
    manager.command(pb.OP_MEMBER_ERASE, pb.MemberErase(id=member, confirm_id=member, reason=pb.ERASE_ASKED), pb.MemberErased)
    house.shop.check()
    assert house.shop.sql(f"SELECT token_sealed IS NULL, next_at IS NOT NULL FROM gateway_charge WHERE id = {id}", "admin") == [(True, True)]
    house.gateway.always = {}
    house.back(id)
    assert house.gateway.refunds(said.reference) == 1
    house.check()


def test_SF14_what_is_said_to_be_done_and_is_not_is_asked_for_again_with_pauses(house):
    """Under another key: a gateway says under one what it said before."""
    number, entry, id, reference = house.loaded(315)
    house.gateway.always = {"refund": "lie"}
    asked, sent = house.gateway.asked["refund"], len(house.gateway.bodies)
    undo(house.till, number, entry)
    wait_for(lambda: house.gateway.asked["refund"] >= asked + 4, 60, "that it is asked again")
    keys = [headers["Idempotency-Key"] for method, path, _, headers in house.gateway.bodies[sent:] if (method, path) == ("POST", "/v1/refunds")]
    assert len(set(keys[1:])) == len(keys[1:]), keys
    [[tries]] = house.shop.sql(f"SELECT tries FROM gateway_charge WHERE id = {id}", "admin")
    assert tries >= 3, "each is longer than the one before"
    house.gateway.always = {}
    house.back(id)
    assert house.gateway.refunds(reference) == 1
    house.check()


def test_B15_it_is_not_dated_before_what_it_undoes(tmp_path):
    """Who books the one may have begun behind who asked for the other, or go by a clock that is ahead."""
    with Failpoints(tmp_path) as failpoints, Gateway() as gateway, make_shop() as shop:
        house, clock = House(shop, gateway), failpoints.directory / "clock"
        for ahead in (3, 0):
            clock.with_suffix(".new").write_text(str(ahead))
            clock.with_suffix(".new").rename(clock)
            if ahead:
                number, entry, id, _ = house.loaded(318)
        undo(house.till, number, entry)
        house.back(id)
        assert shop.sql(f"SELECT u.at >= p.at FROM gateway_charge AS c JOIN gift_card_payment AS p ON p.id = c.payment_id"
                        f" JOIN gift_card_payment AS u ON u.id = c.undo_id WHERE c.id = {id}", "admin") == [(True,)]
        house.check()


def test_SF14_what_was_paid_long_ago_is_found_by_its_name(house):
    """Its token is gone, and the gateway's lists are not asked for, which have whoever was charged since."""
    number, entry, id, reference = house.loaded(320)
    house.shop.sql(f"UPDATE gateway_charge SET next_at = NULL, token_sealed = NULL WHERE id = {id}", "admin")
    house.gateway.always = {"status": "500"}
    undo(house.till, number, entry)
    house.back(id)
    assert house.gateway.refunds(reference) == 1
    house.shop.check()


def test_SF14_what_was_given_back_there_by_hand_is_not_given_back_again(house):
    number, entry, id, reference = house.loaded(330)
    house.gateway.intents[reference]["refunded"] = True
    undo(house.till, number, entry)
    house.back(id)
    assert house.gateway.refunds(reference) == 0
    house.check()


def test_SF14_a_look_that_was_on_its_way_does_not_undo_it(house):
    """The late look at a charge that succeeded stands still at the gateway, while the charge is undone and given back."""
    number, entry, id, reference = house.loaded(340)
    before = house.gateway.asked["status"]
    house.gateway.fault("status", "hang")
    house.shop.sql(f"UPDATE gateway_charge SET next_at = now() WHERE id = {id}", "admin")
    wait_for(lambda: house.gateway.asked["status"] > before, 20, "the late look")
    undo(house.till, number, entry)
    house.back(id)
    house.gateway.released.set()
    house.check()
    assert charged(house.till, id).state == pb.CHARGE_REFUNDED and house.gateway.refunds(reference) == 1


def test_B15_where_there_is_no_gateway_nothing_goes_off_the_card(house):
    number, entry, id, _ = house.loaded(360)
    other = house.shop.start("--node", "78")
    try:
        with contextlib.closing(house.shop.connect(house.shop.device(), other.port)) as client:
            client.sign_in("Ida")
            client.command(pb.OP_SHIFT_OPEN, pb.ShiftOpen(float_minor=0), pb.ShiftShown)
            message = pb.GiftCardUndo(number=number, entry=entry, reason="changed mind")
            assert client.refusal(pb.OP_GIFT_CARD_UNDO, message, uuid.uuid4().bytes) == "NO_GATEWAY"
    finally:
        other.stop()
        house.shop.servers.remove(other)
    assert charged(house.till, id).state == pb.CHARGE_LOADED and balance(house.shop, number) == 1360


def test_B15_the_command_line_says_how_to_hear_of_it(house):
    number, entry, id, _ = house.loaded(350)
    identity, pin = house.shop.directory / "line", house.shop.directory / "ida.pin"
    invite = pb.DeviceInvite(kind=pb.CLIENT_COUNTER, name="line", till_number=77)
    manager = house.shop.manager
    manager.sign_in()
    code = manager.command(pb.OP_DEVICE_INVITE, invite, pb.DeviceInvited).code
    pin.write_text(PIN + "\n")
    pin.chmod(0o600)

    def run(*words, person=True):
        who = ("--as", "Ida", "--pin-file", pin) if person else ()
        return subprocess.run([BUILD / "bin" / "caroline", "--identity", identity, *who, *map(str, words)], capture_output=True, text=True,
                              timeout=60, stdin=subprocess.DEVNULL)

    run("enrol", "--server", f"127.0.0.1:{house.shop.port}", "--code", code, person=False)
    assert run("shift", "open", "--float", "10").returncode == 0
    said = run("giftcard", "give-back", number, "--entry", entry, "--reason", "changed mind")
    assert said.returncode == 0 and f"giftcard charge-show {id} says how far it is" in said.stdout, said
    assert "Given back by stored card" in said.stdout
    house.back(id)
    assert "taken off the gift card again, and given back" in run("giftcard", "charge-show", id).stderr
    house.check()


# ---- stand-ins that others wrote ----

@pytest.fixture(scope="module", params=["charges", "intents"])
def beside(request):
    with standins.fronted(request.param) as gateway, make_shop() as shop:
        yield House(shop, gateway, api=request.param)


def test_B15_a_stand_in_that_others_wrote_gives_back_once(beside):
    number, entry, id, reference = beside.loaded(1250)
    undo(beside.till, number, entry)
    beside.back(id)
    assert balance(beside.shop, number) == 1000 and beside.gateway.refunds(reference) == 1
    beside.check()


def test_SF14_faults_before_a_stand_in_give_back_once(beside):
    for fault in STANDINS_FAULTS if ALL else random.Random(f"{seed()} undone {beside.gateway.kind}").sample(STANDINS_FAULTS, 3):
        number, entry, id, reference = beside.loaded(1300)
        beside.gateway.fault("refund", *[fault] * 3)
        undo(beside.till, number, entry)
        beside.back(id)
        assert beside.gateway.refunds(reference) == 1, fault
        beside.gateway.faults["refund"].clear()
    beside.gateway.released.set()
    beside.gateway.released.clear()
    beside.check()
