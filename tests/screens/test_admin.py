"""The office's console against the real server, with a kiosk beside it: what is accepted or hidden is on both at once."""
import random
import re
import signal
import subprocess
import time

import pytest

from cli import Cli, console
from counter import basket, ring_up
from kiosk import let
from seed import seed
from shop import BUILD, PIN, pb
from terminal import DOWN, ENTER, ESCAPE, F, UP, Terminal
from test_counter import CROISSANT
from test_kiosk import WithKiosk, opened, typed

ADMIN = BUILD / "bin" / "caroline-admin"
SECONDS = 5


class WithOffice(WithKiosk):
    def __init__(self):
        super().__init__()
        self.manager = console(self.shop)
        self.office, self.far_away = self.enrol_office("office"), self.enrol_office("far away")
        self.croissant = self.shop.sql("SELECT id FROM product WHERE plu = 112")[0][0]

    def enrol_office(self, name):
        """As the README says it."""
        invited = self.manager.json("device", "invite", "--kind", "admin", "--name", name)
        office = Cli(self.shop, name)
        office.enrol(invited["code"])
        return office.directory

    def console(self, *arguments, identity=None, **more):
        return Terminal("--identity", identity or self.office, *arguments, program=ADMIN, **more)

    def rating(self):
        """What the server says of the croissant."""
        shown = self.shop.show(id=self.croissant)
        return shown.rating_hundredths, shown.rating_count

    def review(self, rating, text):
        """Mia buys a croissant, and says how it was."""
        with self.shop.till("Ben", float_minor=10000) as till:
            sale = ring_up(till, basket(self.shop, (self.croissant, 1), member_id=self.mia), 195)
            message = pb.ReviewPut(member_id=self.mia, sale_id=sale.sale_id, product_id=self.croissant, rating=rating, text=text)
            return let(lambda: till.command(pb.OP_REVIEW_PUT, message, pb.ReviewPutDone), "RATE_LIMITED").review.id


@pytest.fixture(scope="module")
def bakery():
    made = WithOffice()
    try:
        yield made
        made.shop.check()
    finally:
        made.shop.destroy()


def sign_in(t, name="Mona", pin="4918"):
    t.wait("The office: who is here?")
    t.wait("● connected")
    t.type(name, ENTER, pin, ENTER)
    t.wait("What is to be looked at?")


def rated(text):
    return re.search(r"Croissant +★ (\d\.\d\d) +(\d+) review", text)


def test_B33_a_review_that_is_accepted_is_in_average_and_count_at_once_and_hidden_it_leaves_both(bakery):
    bakery.review(5, "Warm and good")
    bakery.review(2, "Tim was rude")
    with bakery.console() as office, bakery.console(identity=bakery.far_away) as second, bakery.open_kiosk() as kiosk:
        opened(kiosk)
        kiosk.scan(CROISSANT)
        kiosk.wait("nobody has said anything yet")
        sign_in(second, "Caroline", PIN)
        second.type("1")
        second.wait("Croissant")
        assert not rated(second.text)

        sign_in(office)
        office.type("2")
        office.wait("Warm and good")
        office.wait("Tim was rude")
        office.type(F[2])
        office.wait("accepted: Croissant has 5.00 of 5 now, by 1")
        second.wait(lambda text: rated(text) and rated(text).groups() == ("5.00", "1"))
        kiosk.wait("★ 5.00 (1)")

        office.type(F[2])
        office.wait("accepted: Croissant has 3.50 of 5 now, by 2")
        office.wait("None waits.")
        second.wait(lambda text: rated(text) and rated(text).groups() == ("3.50", "2"))
        kiosk.wait("★ 3.50 (2)")
        second.type("crois", ENTER)
        second.wait("★ 3.50 of 5, by 2")
        second.wait("Tim was rude")

        office.type(ESCAPE, "1", "crois", ENTER)
        office.wait("Tim was rude")
        selected = office.text.index("Tim was rude") > office.text.index("Warm and good")
        office.type(*([DOWN] if selected else []), F[8])
        office.wait("Why is the review of Croissant hidden?")
        office.type("3")
        office.wait("hidden: Croissant has 5.00 of 5 now, by 1")
        kiosk.wait("★ 5.00 (1)")
        second.wait("★ 5.00 of 5, by 1")
        for t in (office, second):
            t.wait("Tim was rude", gone=True)
        assert bakery.rating() == (500, 1)


def test_B33_a_cashier_is_told_that_they_may_not(bakery):
    with bakery.console() as t:
        sign_in(t, "Ben", PIN)
        t.type("2")
        t.wait("Your role may not read what waits")
        t.type(ESCAPE, "1")
        t.wait("Croissant")
        t.type(F[1])
        t.wait("Help: Ratings")
        t.type(ESCAPE, ESCAPE, F[12])
        t.wait("The office: who is here?")
        assert "Ben" not in t.text


def test_a_customer_is_found_seen_and_signed_up(bakery):
    with bakery.console() as t:
        sign_in(t)
        t.type("3")
        typed(t, "030 5550100")
        t.type(ENTER)
        t.wait("Mia Stone")
        t.type(ENTER)
        t.wait("5550100")
        t.wait("What was bought last")
        t.wait(re.compile(r"\dT-\d{6}"))
        t.type(F[2])
        t.wait("How points came and went")
        t.wait(re.compile(r"\d{4}-\d\d-\d\d  \dT-\d{6} +earned +\+\d+ point"))
        t.wait(re.compile(r"for joining +\+20 points"))
        t.type(ESCAPE, ESCAPE, "3")
        t.scan("LEA-00917")
        t.wait("Nobody is known by that.")
        t.type(F[6])
        t.wait("A new customer")
        typed(t, "Lea Winter")
        t.type(F[2])
        t.wait("signed up, with 20 points")
        t.wait("LEA-00917")
        assert bakery.shop.manager.call(pb.OP_MEMBER_FIND, pb.MemberFind(card="LEA-00917"), pb.MemberFound).members[0].name == "Lea Winter"


def test_a_console_that_is_killed_in_a_sign_up_tells_what_became_of_it(bakery):
    with bakery.console() as t:
        sign_in(t)
        t.type("3")
        t.scan("OLA-00318")
        t.wait("Nobody is known by that.")
        t.type(F[6])
        t.wait("A new customer")
        typed(t, "Ola Brook")
        bakery.server.process.send_signal(signal.SIGSTOP)
        t.type(F[2])
        t.wait("Asking the server ...")
        t.signal(signal.SIGKILL)
        t.end()
    bakery.server.process.send_signal(signal.SIGCONT)
    with bakery.console() as t:
        t.wait("the customer who was being signed up before is", seconds=40)
        found = bakery.shop.manager.call(pb.OP_MEMBER_FIND, pb.MemberFind(card="OLA-00318"), pb.MemberFound).members
        assert len(found) == ("is signed up" in t.text) and ("is not: " in t.text) == (not found)
        sign_in(t)


def test_the_server_goes_and_comes_back(bakery):
    with bakery.console() as t:
        sign_in(t)
        bakery.server.kill()
        t.wait("NO CONNECTION", seconds=40)
        t.type("2")
        t.wait("no connection: this is with the server")
        t.type("1")
        t.wait("Croissant")  # is known here
        bakery.server.start()
        bakery.reconnect()
        t.type(ESCAPE)
        t.wait("● connected", seconds=40)
        t.type("2")
        t.wait(re.compile("None waits|20"))


def test_one_at_a_time_and_the_terminal_comes_back(bakery, tmp_path):
    with bakery.console() as t:
        t.wait("The office: who is here?")
        busy = subprocess.run([ADMIN, "--identity", bakery.office], stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=20)
        assert busy.returncode == 75 and busy.stderr.startswith("caroline-admin: ")
        t.resize(10, 40)
        t.wait("80", gone=False)
        t.resize(24, 80)
        t.wait("who is here?")
        t.type("\x1a", "\x03")
        t.wait("Leave the console?")
        t.type(ENTER)
        assert t.end() == 0 and t.is_cooked()
    notice = tmp_path / "notice"
    notice.write_text("The PINs are with Caroline.\nThis is not shown.\n")
    with bakery.console("--ascii", "--notice", notice, LANG="C") as t:
        t.wait("The office: who is here?")
        t.wait("The PINs are with Caroline.")
        assert "not shown" not in t.text
        assert all(byte < 0x80 for byte in t.raw)
        t.signal(signal.SIGTERM)
        assert t.end() == 0 and t.is_cooked()
    with bakery.console(NO_COLOR="1") as t:
        t.wait("The office: who is here?")
        assert not re.search(rb"\033\[[0-9;]*(?<![0-9])[34][0-7](;[0-9;]*)?m", t.raw)


def test_random_keys_end_nothing(bakery):
    draw = random.Random(seed())
    bakery.review(4, "Buttery")
    keys = [*"123456 xé", ENTER, ESCAPE, UP, DOWN, "\t", "\033[5~", "\033[6~", "\x7f", *(F[n] for n in (1, 2, 3, 5, 6, 8)), "\x1a",
            "MEMBER-0077\r", "%B4111111111111111^A/B^3012?\r", "\xff"]
    with bakery.console() as t:
        sign_in(t)
        end = time.monotonic() + SECONDS
        while time.monotonic() < end:
            for _ in range(draw.randrange(1, 10)):
                t.child.send(draw.choice(keys))
            if draw.random() < 0.05:
                t.resize(*draw.choice([(24, 80), (40, 120), (10, 30)]))
            while t.read(0.02):
                pass
            assert t.child.isalive(), t.text
            assert "4111111111111111" not in t.text
        t.resize(24, 80)
        t.wait("Test bakery, office")


def test_what_cannot_work_is_said_before_the_screen(bakery, tmp_path):
    def run(*arguments):
        return subprocess.run([ADMIN, *map(str, arguments)], stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=20)

    assert run("--identity", tmp_path / "nowhere").returncode == 78
    a_till = run("--identity", bakery.identity)
    assert a_till.returncode == 78 and "not enrolled as a console" in a_till.stderr
    no_terminal = run("--identity", bakery.office)
    assert no_terminal.returncode == 64 and "terminal" in no_terminal.stderr
    said = run("--help")
    assert said.returncode == 0 and "120 seconds" in said.stdout and "idle-lock-s" in said.stdout, "when it locks itself"
