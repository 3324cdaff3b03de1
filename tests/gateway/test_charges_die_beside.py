"""The server dies around what it asks of the two stand-ins that others wrote: what they have afterwards is what was loaded, each once. One of
them forgets keys, so that nothing but the server's own looking keeps a charge from being made again."""
import pytest

import standins
from faults import Failpoints
from gateway import Gateway
from paying import add_card, check_books, new_gift_card, new_member, settings, tidy
from shop import make_shop, pb
from test_charges_die import Till, one_dies


@pytest.fixture(scope="module", params=["charges", "intents"])
def beside(request, tmp_path_factory):
    standin = standins.stateful_mock() if request.param == "charges" else standins.emulate()
    with Failpoints(tmp_path_factory.mktemp("failpoints")) as failpoints, standin as address, Gateway(behind=address) as gateway, make_shop() as shop:
        gateway.kind, gateway.forgets = request.param, request.param == "intents"
        shop.failpoints, shop.gateway = failpoints, gateway
        shop.start("--config", settings(shop, gateway, patience_s=20, api=request.param))
        shop.open()
        shop.staff("Ben")
        shop.sign_in_again = Till(shop)
        shop.sign_in_again().command(pb.OP_SHIFT_OPEN, pb.ShiftOpen(float_minor=0), pb.ShiftShown)
        yield shop


def charged_at(shop):
    """How many there are at the stand-in, whatever came of them."""
    return len(shop.gateway.everything())


@pytest.mark.parametrize("point", ["payment_noted", "payment_asked", "payment_answered"])
def test_B34_a_server_that_dies_in_front_of_a_stand_in_charges_once(beside, point):
    till = beside.sign_in_again()
    beside.member = new_member(till)
    beside.method, _ = add_card(till, beside.gateway, beside.member)
    beside.numbers = [new_gift_card(till).number for _ in range(3)]
    before = charged_at(beside)
    deaths = sum(one_dies(beside, point, nth) for nth in (1, 2, 4))
    assert deaths >= 2, point
    assert charged_at(beside) > before
    tidy(beside, beside.gateway)
    check_books(beside, beside.gateway)
    assert beside.sql(f"SELECT count(*) FROM gateway_charge WHERE member_id = {beside.member} AND state <> 8", "admin") == [(0,)], \
        "a stand-in never declines: all are loaded"
