"""The server, or PostgreSQL's process under it, dies at every point around what it asks of the gateway, and beside it another server stands
still with a charge in hand: each charge is paid once and loaded once, or neither."""
import os
import random
import signal
import time
import uuid

import pytest

from faults import POINTS, Failpoints, once_recovered
from gateway import Gateway
from paying import add_card, charge, check_books, new_gift_card, new_member, request, settings, settled, tidy
from seed import seed, tonight
from shop import Refused, make_shop, pb
from waiting import stands_still, wait_for

POINTS = [name for name in POINTS if name.startswith("payment_")]
ALL = os.environ.get("CAROLINE_CHARGES") == "all"
# Each point beside a gateway that forgets keys and one that keeps them, half of these each night; in tests/run beside one of the two.
BESIDE = [(point, forgets) for n, point in enumerate(POINTS) for forgets in (False, True) if ALL or forgets == bool(n % 2)]
BESIDE = tonight(BESIDE, "charges beside") if ALL else BESIDE
# A backend dies without a word, or by SIGKILL, behind which all of PostgreSQL recovers; in tests/long half of it each
# night, and in tests/run one that is drawn.
BACKENDS = [(point, action) for point in POINTS for action in ("end-backend", "kill-backend")]
BACKENDS = tonight(BACKENDS, "charges' backends") if ALL else random.Random(f"{seed()} charges").sample(BACKENDS, 1)
FAULTS = ["hang_done", "cut", "late", "500_done"] if ALL else ["cut", "500_done"]


class Till:
    """Somebody who asks on, whatever dies."""

    def __init__(self, shop):
        self.shop = shop
        self.identity = shop.device()
        self.client = None

    def __call__(self):
        if self.client:
            self.client.close()
        self.client = self.shop.connect(self.identity)
        self.client.sign_in("Ben")
        return self.client


@pytest.fixture(scope="module")
def house(tmp_path_factory):
    with Failpoints(tmp_path_factory.mktemp("failpoints")) as failpoints, Gateway() as gateway, make_shop() as shop:
        shop.failpoints, shop.gateway = failpoints, gateway
        shop.start("--config", settings(shop, gateway, patience_s=20))
        shop.open()
        shop.staff("Ben")
        shop.sign_in_again = Till(shop)
        till = shop.sign_in_again()
        till.command(pb.OP_SHIFT_OPEN, pb.ShiftOpen(float_minor=0), pb.ShiftShown)
        shop.member = new_member(till)
        shop.method, _ = add_card(till, gateway, shop.member)
        shop.numbers = [new_gift_card(till).number for _ in range(3)]
        yield shop


def come_back(shop):
    """A server that was killed is started again, as its supervisor would."""
    server = shop.servers[0]
    if server.process.poll() is not None:
        server.start()


def one_dies(shop, point, nth):
    till = shop.sign_in_again()
    shop.failpoints.arm(point, "kill", nth)
    for n, number in enumerate(shop.numbers):
        try:
            charge(till, shop.member, shop.method.id, number, 100 + n)
        except (OSError, AssertionError):
            break  # it died already
    wait_for(lambda: shop.failpoints.fired() or shop.sql("SELECT count(*) FROM gateway_charge WHERE state < 8") == [(0,)], 60, point)
    fired = shop.failpoints.disarm()
    if fired:
        shop.servers[0].process.wait(20)
    come_back(shop)
    settled(shop, 90)
    return fired


def asked(shop, number, minor, command):
    """The charge's id; None, where it is told to ask again."""
    try:
        return charge(shop.sign_in_again(), shop.member, shop.method.id, number, minor, command)
    except Refused as refused:
        assert refused.retry, refused
        return None


def backend_dies(shop, point, action, nth):
    """The server lives on, and asks nobody to do anything; who asks it is told, at worst, to ask again."""
    process = shop.servers[0].process
    shop.failpoints.arm(point, action, nth)
    for n, number in enumerate(shop.numbers):
        command = uuid.uuid4().bytes
        wait_for(lambda: asked(shop, number, 100 + n, command), 60, "a charge that is noted")
    # Within the lease of who holds a charge: it is looked at again as soon as it is known that nothing was noted.
    wait_for(lambda: once_recovered(lambda: shop.sql("SELECT count(*) FROM gateway_charge WHERE state < 8") == [(0,)]), 90, "the charges' end")
    fired = shop.failpoints.disarm()
    assert shop.servers[0].process is process and process.poll() is None, shop.servers[0].log()[-2000:]
    return fired


def refuse_notes(shop):
    """The disk is full for what is inserted, from a charge's third note on; what is updated has room in its page."""
    shop.sql("CREATE FUNCTION no_room() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN IF new.number > 2 THEN"
             " RAISE EXCEPTION 'could not extend file' USING ERRCODE = '53100'; END IF; RETURN new; END $$")
    shop.sql("CREATE TRIGGER no_room BEFORE INSERT ON gateway_charge_step FOR EACH ROW EXECUTE FUNCTION no_room()")


def test_B34_a_database_that_takes_no_note_has_the_gateway_asked_once_in_a_while(house):
    """A charge is looked at again a second later, then two and four, and comes to its end once there is room. (In front of the others: it counts
    all that the gateway is asked.)"""
    server, gateway = house.servers[0], house.gateway
    till = house.sign_in_again()
    refuse_notes(house)
    try:
        began, asked, log = time.monotonic(), sum(gateway.asked.values()), len(server.log())
        charge(till, house.member, house.method.id, house.numbers[0], 100)
        failed = wait_for(lambda: (count := server.log()[log:].count("job=payments outcome")) >= 3 and count, 30, "three tries, within the lease")
        took, calls = time.monotonic() - began, sum(gateway.asked.values()) - asked
    finally:
        house.sql("DROP FUNCTION no_room CASCADE")
    assert took > 2.9 and failed <= 4, f"{failed} tries in {took:.2f} s"
    assert 3 <= calls <= 6, f"an authorisation, and a look a try: {calls} in {took:.2f} s"
    charge(till, house.member, house.method.id, house.numbers[1], 101)  # that it is noted cuts the pause short
    settled(house)
    tidy(house, gateway)
    check_books(house, gateway)


@pytest.mark.parametrize("point, action", BACKENDS)
def test_B34_a_backend_that_dies_at_any_point_charges_once(house, point, action):
    for forgets in (False, True):
        house.gateway.forgets = forgets
        deaths = sum(backend_dies(house, point, action, nth) for nth in ((1, 2, 4) if ALL else (1, 2)))
        assert deaths >= 1, point
        tidy(house, house.gateway)
        check_books(house, house.gateway)


@pytest.mark.parametrize("point, forgets", BESIDE, ids=[f"{point}-{'forgetful' if forgets else 'keys'}" for point, forgets in BESIDE])
def test_B34_a_server_that_dies_at_any_point_charges_once(house, point, forgets):
    house.gateway.forgets = forgets
    deaths = sum(one_dies(house, point, nth) for nth in (1, 2, 4))
    assert deaths >= 1, point
    tidy(house, house.gateway)
    check_books(house, house.gateway)


def test_B34_every_statement_around_the_gateway_is_died_behind(house):
    house.gateway.forgets = True
    for statement in ("gateway_charge_write", "gateway_charge_due", "gateway_charge_note", "gateway_charge_answer", "gateway_charge_lock",
                      "gift_card_payment_insert", "gateway_charge_booked", "gateway_charge_step_write"):
        assert one_dies(house, "statement/" + statement, 1), statement
    tidy(house, house.gateway)
    check_books(house, house.gateway)


@pytest.mark.parametrize("fault", FAULTS)
def test_B34_a_server_that_dies_while_the_gateway_is_ill_charges_once(house, fault):
    house.gateway.forgets = True
    for what in ("authorise", "capture"):
        for point in ("payment_asked", "payment_answered"):
            house.gateway.fault(what, fault, fault)
            one_dies(house, point, 2)
            house.gateway.faults[what].clear()
    house.gateway.released.set()
    house.gateway.released.clear()
    tidy(house, house.gateway)
    check_books(house, house.gateway)


def test_B34_of_two_servers_one_goes_on_with_a_charge(house):
    """The first stands still with a charge in hand; another takes it up, and then the first wakes."""
    house.gateway.forgets = True
    first = house.servers[0]
    other = house.start("--config", settings(house, house.gateway, patience_s=60), "--node", "77")
    try:
        for point in ("payment_due", "payment_looked", "payment_noted", "payment_asked"):
            till = house.sign_in_again()
            house.failpoints.arm(point, "stop")
            # Whoever stops may have the answer in hand: it is read once they go on.
            asked = till.send(pb.OP_GIFT_CARD_CHARGE, request(house.member, house.method.id, house.numbers[0], 500), uuid.uuid4().bytes)
            still = wait_for(lambda: next((s for s in (first, other) if stands_still(s.process.pid)), None), 30, point)
            house.sql("UPDATE gateway_charge SET next_at = now() WHERE state < 8", "admin")  # its lease is over
            settled(house, 60)
            os.kill(still.process.pid, signal.SIGCONT)
            wait_for(lambda: not stands_still(still.process.pid), 20)
            assert not till.read_reply(asked).HasField("error")
    finally:
        other.stop()
        house.servers.remove(other)
    tidy(house, house.gateway)
    check_books(house, house.gateway)
