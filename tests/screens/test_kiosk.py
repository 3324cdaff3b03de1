"""The kiosk against the real server, and a real counter beside it: visits by keys and by mouse, a basket that is paid at the
counter, and a server that goes and comes back."""
import random
import re
import signal
import subprocess
import time

import pytest

from kiosk import MEMBER_PIN, code_for, put
from seed import seed
from shop import BUILD, pb
from terminal import ENTER, ESCAPE, F, UP, Terminal
from test_counter import CARD, CROISSANT, ECLAIR, Bakery, ready, sign_in

KIOSK = BUILD / "bin" / "caroline-kiosk"
SECONDS = 8


class WithKiosk(Bakery):
    def __init__(self):
        super().__init__()
        self.kiosk = self.enrol_kiosk("kiosk")
        self.put_pin()

    def enrol_kiosk(self, name):
        identity = self.shop.directory / name
        invite = pb.DeviceInvite(kind=pb.CLIENT_KIOSK, name=name)
        code = self.shop.manager.command(pb.OP_DEVICE_INVITE, invite, pb.DeviceInvited).code
        subprocess.run([BUILD / "bin" / "caroline", "--identity", identity, "enrol", "--server", f"127.0.0.1:{self.shop.port}",
                        "--code", code], check=True, timeout=30, stdin=subprocess.DEVNULL)
        return identity

    def put_pin(self):
        """Mia has been at a kiosk before."""
        with self.shop.till("Ben", float_minor=None) as till, self.shop.connect(self.shop.device(pb.CLIENT_KIOSK)) as kiosk:
            made = code_for(till, self.mia)
            kiosk.call(pb.OP_KIOSK_SIGN_IN, pb.KioskSignIn(code=made.code), pb.KioskSignedIn)
            put(kiosk, pin=MEMBER_PIN)

    def open_kiosk(self, *arguments, **more):
        return Terminal("--identity", self.kiosk, *arguments, program=KIOSK, **more)


@pytest.fixture(scope="module")
def bakery():
    made = WithKiosk()
    try:
        yield made
        made.shop.check()
    finally:
        made.shop.destroy()


def opened(t):
    t.wait("Welcome to Test bakery")
    t.wait("is away for a moment", gone=True)
    return t


def typed(t, text):
    """As a person: key by key."""
    t.type(*text)


def clicked(t, what):
    rows = t.wait(what).split("\n")
    row = next(i for i, line in enumerate(rows) if what in line)
    column = rows[row].index(what)
    t.type(f"\033[<0;{column + 1};{row + 1}M")
    t.type(f"\033[<0;{column + 1};{row + 1}m")


def clicked_keys(t, digits):
    """On the screen's own keys, which stand below the field."""
    for digit in digits:
        rows = t.text.split("\n")
        row, found = next((i, found) for i in range(6, 18) if (found := re.search(rf"(?<!\S){digit}(?!\S)", rows[i])))
        t.type(f"\033[<0;{found.start() + 1};{row + 1}M", f"\033[<0;{found.start() + 1};{row + 1}m")


def newest_number(bakery):
    return bakery.shop.sql("SELECT number FROM parked_basket WHERE number IS NOT NULL ORDER BY parked_at DESC LIMIT 1")[0][0]


def called_up(till, number):
    till.type(F[12], F[3])
    till.wait("From a kiosk")
    till.type(F[5])
    till.wait("A number from a kiosk")
    till.type(*str(number), ENTER)


def test_B19_a_whole_visit_by_keys_is_paid_at_the_counter_by_its_number(bakery):
    with bakery.open_kiosk() as t:
        opened(t)
        t.type("1", "1")  # all goods
        t.wait("Croissant")
        t.scan(CROISSANT)
        t.wait("Into my basket")
        t.type("1")
        t.wait("Croissant is in your basket.")
        t.scan(CROISSANT)
        t.scan(ECLAIR)
        t.type("1", "b")
        t.wait("2 × Croissant")
        t.wait("Together EUR 7.40")
        t.type("c")
        t.wait("say this number")
        number = newest_number(bakery)
        t.type("x")
        t.wait("Welcome to")

    with bakery.counter() as till:
        sign_in(till)
        ready(till, bakery)
        before = bakery.sales()
        called_up(till, number)
        till.wait("the customer's basket is here")
        till.wait(re.compile(r"Croissant +2 +1.95 +3.90"))
        till.type(F[2])
        till.wait("Cash given:")
        till.type(ENTER)
        till.wait(re.compile(r"Receipt 3T-\d{6}"))
        assert bakery.sales() == before + 1
        till.type(ENTER)
        called_up(till, number)
        till.wait(f"no basket of a kiosk waits under {number}")  # once
        till.type(ESCAPE)


def test_B20_a_member_sees_what_is_theirs_by_mouse(bakery):
    with bakery.open_kiosk() as t:
        opened(t)
        clicked(t, "My points and purchases")
        clicked(t, "My telephone number and PIN")
        t.wait("Please type your telephone number.")
        clicked_keys(t, "0305550100")
        clicked(t, "Done")
        t.wait("Please type your PIN.")
        clicked_keys(t, MEMBER_PIN)
        clicked(t, "Done")
        t.wait("Hello Mia Stone!")
        t.wait("can be used")
        clicked(t, "My points")
        t.wait("for joining")
        clicked(t, "Back")
        clicked(t, "What I bought")
        t.wait("You have not bought anything here yet")
        clicked(t, "Finish")
        t.wait("Welcome to Test bakery")
        assert "Mia" not in t.text


def test_B20_the_counters_code_lets_in_and_a_purchase_is_in_the_history(bakery):
    with bakery.counter() as till, bakery.open_kiosk() as t:
        sign_in(till)
        ready(till, bakery)
        till.type(F[4], "mia st", ENTER)
        till.wait("Mia Stone")
        till.type(F[4])
        till.wait("At a kiosk: ")
        code = re.search(r"At a kiosk: (\d{4}) (\d{4})", till.text)
        till.type(ENTER, "112", ENTER)
        till.wait("Croissant")
        till.type(F[2])
        till.wait("Cash given:")
        till.type(ENTER)
        till.wait(re.compile(r"Receipt 3T-\d{6}"))
        receipt = re.search(r"Receipt (3T-\d{6})", till.text).group(1)
        opened(t)
        t.type("m", "3")
        typed(t, code.group(1) + code.group(2))
        t.type(ENTER)
        t.wait("Hello Mia Stone!")
        t.wait("can be used")
        t.type("3")
        t.wait(receipt)
        t.type("1")
        t.wait("How was it? Press it:")
        assert "Croissant" in t.text
        t.type("1", "5")
        typed(t, "warm")
        t.type(ENTER)
        t.wait("Thank you!")
        assert bakery.shop.sql("SELECT rating FROM review")[0][0] == 5
        t.type("w")
        t.wait("Line 1: Croissant")
        assert "all add up" in t.text
        t.type("m", "4", "6", "3")
        t.wait("That is kept.")
        t.wait("Français")
        t.type("m", "6")
        t.wait("WHAT IS KEPT OF MEMBER")
        t.wait("Read it here.")
        assert re.search(r"Language +fr", t.text)


def test_somebody_signs_up_and_the_counter_admits_them(bakery):
    with bakery.open_kiosk() as t, bakery.counter() as till:
        opened(t)
        t.type("3", "1")
        typed(t, "Lou Reyes")
        t.type(ENTER, "2")
        typed(t, "0301239876")
        t.type(ENTER, "5")
        typed(t, MEMBER_PIN)
        t.type(ENTER)
        typed(t, MEMBER_PIN)
        t.type(ENTER, "6", "1", "0", "7")
        t.wait("say this number")
        number = bakery.shop.sql("SELECT number FROM member_ticket ORDER BY made_at DESC LIMIT 1")[0][0]
        sign_in(till, "Mona", "4918")
        ready(till, bakery)
        till.type(F[12], F[3])
        till.wait("From a kiosk")
        till.type(F[5], *str(number), F[6])
        till.wait("a new member")


def test_B19_allergens_are_as_the_counter_says_them(bakery):
    with bakery.open_kiosk() as t, bakery.counter() as till:
        opened(t)
        t.type("4", "8")
        t.wait("✓ Nuts")
        t.scan(ECLAIR)
        t.wait("! may contain nuts")
        sign_in(till)
        ready(till, bakery)
        till.type("113", F[8])
        till.wait("Contains")
        for words in ("Gluten   Eggs   Milk", "May contain traces of", "Nuts", "wheat; made beside almonds"):
            assert words in t.text and words in till.text, words
        till.type(ESCAPE, ESCAPE)


def test_B43_sold_out_at_the_counter_is_sold_out_at_the_kiosk_at_once(bakery):
    with bakery.open_kiosk() as t, bakery.counter() as till:
        opened(t)
        t.scan(ECLAIR)  # its page stays as it is but for what changes on it
        t.wait("Into my basket")
        sign_in(till, "Mona", "4918")
        ready(till, bakery)
        till.type("113", F[12], "0")
        for now, before in (("F6 On sale again", "F6 Sold out"), ("F6 Sold out", "F6 On sale again")):
            till.wait(before)
            till.type(F[6])
            till.wait(now)
            t.wait("SOLD OUT today", gone=now == "F6 Sold out")
        till.type(ESCAPE, ESCAPE)


def test_B20_a_session_that_the_server_forgot_is_said_to_be_over(bakery):
    """It was started again meanwhile, and their PIN was changed. The minute of nothing: test_kiosk_minute, in tests/long."""
    with bakery.open_kiosk() as t:
        opened(t)
        t.scan(CARD)
        t.wait("Your card was read.")
        typed(t, MEMBER_PIN)
        t.type(ENTER)
        t.wait("Hello Mia Stone!")
        t.wait("can be used")
        bakery.shop.sql(f"UPDATE member_secret SET changed_at = changed_at + interval '1 second' WHERE member_id = {bakery.mia}")
        bakery.server.restart()
        bakery.reconnect()
        t.wait("you were signed out", seconds=40)
        assert "Mia" not in t.text


def signed_in(bakery, t, card=CARD):
    t.scan(card)
    t.wait("Your card was read.")
    typed(t, MEMBER_PIN)
    t.type(ENTER)
    t.wait("Hello ")
    t.wait("can be used")


def another_member(bakery):
    shop, card = bakery.shop, "MEMBER-0078"
    member = pb.Member(name="Otto Field", phone="030 5550178", card=card)
    id = shop.manager.command(pb.OP_MEMBER_CREATE, pb.MemberCreate(member=member), pb.MemberDone).id
    with shop.till("Ben", float_minor=None) as till, shop.connect(shop.device(pb.CLIENT_KIOSK)) as kiosk:
        kiosk.call(pb.OP_KIOSK_SIGN_IN, pb.KioskSignIn(code=code_for(till, id).code), pb.KioskSignedIn)
        put(kiosk, pin=MEMBER_PIN)
    return id, card


def kept_of(bakery, id):
    return bakery.shop.manager.call(pb.OP_MEMBER_SHOW, pb.MemberShow(id=id), pb.MemberShown).member


def test_B20_what_a_member_typed_is_not_written_into_the_next_ones_data(bakery):
    """The database is away when Mia changes her name, and she goes; Otto signs in when it is back. What he asks goes behind all that
    the kiosk had to ask before, so when it is done nothing of hers is to come any more."""
    otto, card = another_member(bakery)
    with bakery.open_kiosk() as t:
        opened(t)
        signed_in(bakery, t)
        t.type("4", "1")
        t.wait("What is your name?")
        typed(t, " of the River")
        bakery.shop.cluster.stop()
        t.type(ENTER)
        t.wait("One moment")
        t.type("x")
        t.wait("Welcome to")
        bakery.server.kill()
        t.wait("is away for a moment", seconds=40)
        bakery.shop.cluster.start()
        bakery.server.start()
        bakery.reconnect()
        t.wait("is away for a moment", seconds=40, gone=True)
        signed_in(bakery, t, card)
        t.type("4", "3")
        typed(t, "otto@field.example")
        t.type(ENTER)
        t.wait("say this number")
    assert (kept_of(bakery, otto).name, kept_of(bakery, bakery.mia).name) == ("Otto Field", "Mia Stone")
    assert bakery.shop.sql(f"SELECT count(*) FROM member_ticket WHERE member_id = {otto}") == [(1,)]


def test_B20_who_types_when_their_session_ends_is_told_so(bakery):
    [[otto]] = bakery.shop.sql("SELECT member_id FROM member_ticket WHERE member_id IS NOT NULL ORDER BY made_at DESC LIMIT 1")
    with bakery.open_kiosk() as t:
        opened(t)
        signed_in(bakery, t)
        t.type("4", "1")
        t.wait("What is your name?")
        typed(t, " of the River")
        bakery.shop.sql(f"UPDATE member_secret SET changed_at = changed_at + interval '1 second' WHERE member_id = {bakery.mia}")
        bakery.shop.sql(f"NOTIFY caroline, '0:member:{bakery.mia}'")
        t.wait("You were signed out.")
        assert "Mia" not in t.text
        t.type(ENTER)
        assert "Mia" not in t.text
        t.type("x")
        t.wait("Welcome to")
        signed_in(bakery, t, "MEMBER-0078")
        t.type("4", "3")
        typed(t, "otto.field@field.example")
        t.type(ENTER)
        t.wait("say this number")
    assert (kept_of(bakery, otto).name, kept_of(bakery, bakery.mia).name) == ("Otto Field", "Mia Stone")


def test_the_server_goes_and_comes_back(bakery):
    with bakery.open_kiosk() as t:
        opened(t)
        t.scan(CROISSANT)
        t.type("1")
        t.wait("is in your basket")
        bakery.server.kill()
        t.wait("is away for a moment", seconds=40)
        t.type("g", "1")
        t.wait("Chocolate Cake")
        t.type("b", "c")
        t.wait("cannot be reached just now")
        bakery.server.start()
        bakery.reconnect()
        t.type(UP)
        t.wait("is away for a moment", seconds=40, gone=True)
        t.wait("1 × Croissant")
        t.type("c")
        t.wait("say this number")


def test_B19_no_way_out(bakery):
    with bakery.open_kiosk() as t:
        opened(t)
        for key in [*map(chr, range(1, 32)), *F.values(), "\033\003", "\033x", "\033OP\003", "\0331", "\x1c", "\x1a", "\x03"]:
            t.type(key)
            assert t.child.isalive() and not t.is_stopped(), repr(key)
        for number in (signal.SIGINT, signal.SIGQUIT, signal.SIGTSTP):
            t.signal(number)
        t.type("x")
        t.wait("Welcome to")
        assert not t.is_cooked()
        t.signal(signal.SIGTERM)
        assert t.end() == 0
        assert t.is_cooked()
        assert b"\033[?1000l" in t.raw and b"\033[?1049l" in t.raw


def test_B19_random_keys_clicks_and_scans(bakery):
    draw = random.Random(seed())
    keys = [*"0123456789gfmbxncpyzr+-", ENTER, ESCAPE, "\t", UP, "\033[B", "\033[C", "\033[D", "\033[5~", "\033[6~", *F.values(), "\x03", "\x1a",
            "\x7f", "ü", CROISSANT + "\r", ECLAIR + "\r", CARD + "\r", "%B4111111111111111^A/B^3012?\r", MEMBER_PIN + "\r", "\xff"]
    with bakery.open_kiosk() as t:
        opened(t)
        end, pressed = time.monotonic() + SECONDS, 0
        while time.monotonic() < end:
            for _ in range(draw.randrange(1, 10)):
                pressed += 1
                if draw.random() < 0.3:
                    t.child.send(f"\033[<0;{draw.randrange(1, 82)};{draw.randrange(1, 26)}M")
                else:
                    t.child.send(draw.choice(keys))
            if draw.random() < 0.05:
                t.resize(*draw.choice([(24, 80), (40, 120), (10, 30)]))
            while t.read(0.02):
                pass
            assert t.child.isalive(), t.text
            assert "4111111111111111" not in t.text
        t.resize(24, 80)
        print(f"{pressed} keys")
        t.wait(lambda text: "Test bakery" in text)


@pytest.mark.parametrize("term, environment", [("xterm-256color", {}), ("linux", {}), ("vt100", {}), ("xterm", {"LANG": "C"}),
                                               ("screen", {}), ("xterm-256color", {"NO_COLOR": "1"})])
def test_terminals_of_all_kinds(bakery, term, environment):
    with bakery.open_kiosk(term=term, **environment) as t:
        opened(t)
        t.type("1", "1")
        t.wait("Croissant")
        t.type("f", "1")
        t.wait("Gluten")
        if environment.get("LANG") == "C":
            assert all(byte < 0x80 for byte in t.raw)
        if "NO_COLOR" in environment:
            assert not re.search(rb"\033\[[0-9;]*(?<![0-9])[34][0-7](;[0-9;]*)?m", t.raw)
        assert (b"\033[?1006h" in t.raw) == (term not in ("linux", "vt100"))


def test_what_cannot_work_is_said_before_the_screen(bakery, tmp_path):
    def run(*arguments):
        return subprocess.run([KIOSK, *map(str, arguments)], stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=20)

    assert run("--identity", tmp_path / "nowhere").returncode == 78
    a_till = run("--identity", bakery.identity)
    assert a_till.returncode == 78 and "not enrolled as a kiosk" in a_till.stderr
    no_terminal = run("--identity", bakery.kiosk)
    assert no_terminal.returncode == 64 and "terminal" in no_terminal.stderr
    assert run("--help").returncode == 0
