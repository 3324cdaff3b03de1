"""A member's stored cards at the counter, by keys under a pty, against the real server and a gateway that fails as it is told."""
import contextlib
import pathlib
import re
import signal
import subprocess
import sys

import pytest

sys.path.insert(0, str(pathlib.Path(__file__).parent.parent / "screens"))

from gateway import Gateway
from paying import add_card, balance, check_books, new_gift_card, new_member, settings, settled, tidy
from shop import BUILD, PIN, make_shop, pb
from terminal import ENTER, ESCAPE, F, Terminal
from test_receipt_code import modules, png
from waiting import wait_for


@pytest.fixture(scope="module")
def house():
    with Gateway() as gateway, make_shop() as shop:
        shop.start("--config", settings(shop, gateway, patience_s=120))
        shop.open()
        shop.put_tender_type("Gift card", kind=pb.TENDER_GIFT_CARD)
        shop.staff("Ben")
        shop.staff("Lena", "shift_lead", "5739")
        yield shop, gateway


def enrol(shop, number=19):
    identity = shop.directory / f"till-{number}"
    invite = pb.DeviceInvite(kind=pb.CLIENT_COUNTER, name=f"till {number}", till_number=number)
    code = shop.manager.command(pb.OP_DEVICE_INVITE, invite, pb.DeviceInvited).code
    subprocess.run([BUILD / "bin" / "caroline", "--identity", identity, "enrol", "--server", f"127.0.0.1:{shop.port}", "--code", code],
                   check=True, timeout=30, stdin=subprocess.DEVNULL)
    return identity


def cards_of(t, name):
    t.type(F[4], name, ENTER)
    t.wait("Payment cards")
    t.type(F[3])
    t.wait("Nobody here knows their numbers.")


def top_up(t, number, amount):
    t.type(F[2])
    t.wait("Top up by visa")
    t.type(str(number), ENTER, amount, ENTER)


def sign_in(t):
    t.wait("Who is at the counter?")
    t.wait("● connected")
    t.type("Lena", ENTER, "5739", ENTER)


def test_B34_a_till_that_is_killed_in_a_charge_tells_after_its_restart_what_came_of_it(house):
    shop, gateway = house
    till = shop.till()
    member = new_member(till, "Nora Field")
    add_card(till, gateway, member)
    number, identity = new_gift_card(till).number, enrol(shop, 28)
    gateway.always["authorise"] = "cut_before"
    with contextlib.closing(till), Terminal("--identity", identity) as t:
        sign_in(t)
        t.wait("How much money is in the drawer?", 30)
        t.type("100", ENTER)
        t.wait("The basket is empty")
        cards_of(t, "nora")
        t.wait("ending in 4242")
        top_up(t, number, "4.25")
        t.wait("Esc goes back: the till sells on")
        t.signal(signal.SIGKILL)
        t.end()
    with Terminal("--identity", identity) as t:
        sign_in(t)
        t.wait("a charge that was begun before this till started is under way", 30)
        cards_of(t, "nora")
        t.wait("ending in 4242")
        t.type(F[2])
        t.wait("another charge is under way: what becomes of it is told first")
        del gateway.always["authorise"]
        t.wait(re.compile(rf"4\.25 are paid, and on gift card {number}, ends in \d{{4}}:\s+14\.25 now"), 60)
    assert balance(shop, number) == 1425
    with Terminal("--identity", identity) as t:  # it was told
        sign_in(t)
        t.wait("The basket is empty")
        cards_of(t, "nora")
        t.wait("ending in 4242")
        t.type(F[2])
        t.wait("Top up by visa")


def test_B34_the_gateways_page_is_a_code_at_the_till(house, tmp_path):
    shop, gateway = house
    with contextlib.closing(shop.till()) as till:
        new_member(till, "Iris Bell")
        with Terminal("--identity", enrol(shop, 27), rows=50, columns=140) as t:
            sign_in(t)
            t.wait("How much money is in the drawer?", 30)
            t.type("100", ENTER)
            t.wait("The basket is empty")
            cards_of(t, "iris")
            t.wait("None is stored.")
            t.type(F[4])
            t.wait("points the camera of a telephone here", 30)
            picture = tmp_path / "code.png"

            def seen():
                """Once it is drawn whole."""
                t.read(0.1)
                rows = modules(t.text)
                if not rows:
                    return ""
                picture.write_bytes(png(rows))
                return subprocess.run(["zbarimg", "-q", "--raw", picture], capture_output=True, text=True).stdout.strip()

            url = wait_for(seen, 20, "a code that can be read")
            assert url.startswith("http"), url
            gateway.type_card(url.rsplit("/", 1)[1])
            t.wait("the card is stored", 30)
            t.wait("ending in 4242")


def test_B34_the_counter_lists_charges_and_removes_stored_cards(house):
    shop, gateway = house
    till = shop.till()
    member = new_member(till, "Mia Stone")
    method, token = add_card(till, gateway, member)
    number = new_gift_card(till).number
    with contextlib.closing(till), Terminal("--identity", enrol(shop)) as t:
        t.wait("Who is at the counter?")
        t.type("Lena", ENTER, "5739", ENTER)
        t.wait("How much money is in the drawer?", 30)
        t.type("100", ENTER)
        t.wait("The basket is empty")
        cards_of(t, "mia")
        t.wait(f"ending in {method.last_four}")
        top_up(t, number, "7.50")
        t.wait(re.compile(rf"7\.50 are paid, and on gift card {number}, ends in \d{{4}}:\s+17\.50 now"), 30)
        assert balance(shop, number) == 1750
        t.type(ENTER)
        gateway.declines[token] = "insufficient_funds"
        top_up(t, number, "2.00")
        t.wait(re.compile(r"nothing\s+was\s+paid"), 30)
        del gateway.declines[token]
        assert balance(shop, number) == 1750
        t.type(ENTER)
        gateway.fault("capture", "cut")  # done there, and the answer lost: paid once all the same
        top_up(t, number, "3.00")
        t.wait(re.compile(rf"3\.00 are paid, and on gift card {number}, ends in \d{{4}}:\s+20\.50 now"), 60)
        t.type(ENTER, ESCAPE, ESCAPE, F[12], F[11], str(number), ENTER)  # and it is given back at once
        t.wait("F6 Give back")
        t.type(F[6])
        t.wait("by a stored card")
        t.type(ENTER, "wrong card", ENTER)
        t.wait("3.00 goes back to the stored card", 30)
        wait_for(lambda: shop.sql("SELECT count(*) FROM gateway_charge WHERE state = 10 AND undo_id IS NOT NULL") == [(1,)], 30, "what is given back")
        assert balance(shop, number) == 1750
        t.type(ENTER)
        t.wait("The basket is empty")
        cards_of(t, "mia")
        t.wait(f"ending in {method.last_four}")
        t.type(F[3])
        t.wait("Remove visa ending in")
        t.type(ENTER)
        t.wait("the stored card is removed")
        t.wait("None is stored")
    assert shop.sql(f"SELECT count(*) FROM payment_method WHERE id = {method.id}") == [(0,)]
    settled(shop)
    tidy(shop, gateway)
    check_books(shop, gateway)
