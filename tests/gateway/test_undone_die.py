"""The server dies while what a stored card paid for a gift card is given back: off the card once, and back at the gateway once."""
import contextlib
import uuid

import pytest

import standins
from faults import Failpoints
from gateway import Gateway
from gift_card import undo
from paying import balance
from shop import Refused, make_shop
from test_undone import House
from waiting import wait_for

# Around what is asked of the gateway, and within the command itself.
POINTS = ("payment_due", "payment_looked", "payment_noted", "payment_asked", "payment_answered", "statement/gift_card_payment_insert",
          "statement/gateway_charge_undone", "statement/gateway_charge_step_write", "statement/COMMIT", "commit_answered", "reply_before")
BESIDE = [("ours", point) for point in POINTS]
BESIDE += [(kind, point) for kind in ("charges", "intents") for point in ("payment_noted", "payment_asked", "payment_answered")]


def gateway_of(kind, stack):
    """Ours; or a front of one of the two stand-ins that others wrote, of which one forgets keys."""
    if kind == "ours":
        return stack.enter_context(Gateway())
    address = stack.enter_context(standins.stateful_mock() if kind == "charges" else standins.emulate())
    gateway = stack.enter_context(Gateway(behind=address))
    gateway.kind, gateway.forgets = kind, kind == "intents"
    return gateway


@pytest.fixture(scope="module")
def mortal(request, tmp_path_factory):
    with contextlib.ExitStack() as stack:
        failpoints = stack.enter_context(Failpoints(tmp_path_factory.mktemp("failpoints")))
        gateway = gateway_of(request.param, stack)
        shop = stack.enter_context(make_shop())
        house = House(shop, gateway, **({} if request.param == "ours" else {"api": request.param}))
        house.failpoints = failpoints
        yield house


def undone_while_it_dies(house, point):
    """One is given back by a command that is sent until it is answered; whether the server died, and what the gateway calls it."""
    server = house.shop.servers[0]
    house.sign_in()
    number, entry, id, reference = house.loaded(410)
    house.shop.sql("UPDATE gateway_charge SET next_at = next_at + interval '1 hour' WHERE state > 7 AND next_at IS NOT NULL", "admin")
    command = uuid.uuid4().bytes
    house.failpoints.arm(point, "kill")

    def answered():
        try:
            return undo(house.sign_in(), number, entry, command_id=command)
        except Refused as refused:
            assert refused.retry, refused
        except (OSError, AssertionError):
            server.process.wait(20)
            server.start()

    said = wait_for(answered, 60, "an answer")
    assert said.charge_id == id
    wait_for(lambda: house.failpoints.fired() or house.shop.sql("SELECT count(*) FROM gateway_charge WHERE state < 8") == [(0,)], 60, point)
    fired = house.failpoints.disarm()
    if fired and server.process.poll() is not None or fired and point.startswith("payment_"):
        server.process.wait(20)
        server.start()
    house.sign_in()
    house.back(id)
    assert balance(house.shop, number) == 1000
    return fired, reference


@pytest.mark.parametrize("mortal, point", BESIDE, indirect=["mortal"])
def test_B15_a_server_that_dies_at_any_point_gives_back_once(mortal, point):
    if not mortal.gateway.behind:
        mortal.gateway.forgets = POINTS.index(point) % 2 == 0
    fired, reference = undone_while_it_dies(mortal, point)
    assert fired, point
    assert mortal.gateway.refunds(reference) == 1
    mortal.check()
