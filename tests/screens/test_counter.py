"""The counter against the real server, by keys under a pty: sign in to refund, and what happens when machines die."""
import contextlib
import re
import signal
import subprocess

import pytest

from shop import BUILD, PIN, make_shop, pb
from terminal import DOWN, ENTER, ESCAPE, F, UP, Terminal
from waiting import wait_for

CROISSANT, ECLAIR, CARD = "4006381333931", "73513537", "MEMBER-0077"


class Bakery:
    """A shop with goods, members and one till that `caroline enrol` made."""

    def __init__(self):
        self.shop = make_shop()
        self.shop.start()
        self.shop.open()
        self.shop.staff("Ben", badge="STAFF-00017")
        self.shop.staff("Mona", role="manager", pin="4918")
        self.goods()
        self.members()
        self.identity = self.enrol()

    def goods(self):
        shop, manager = self.shop, self.shop.manager
        cookies = manager.command(
            pb.OP_CATEGORY_PUT, pb.CategoryPut(category=pb.Category(name="Cookies", position=1)), pb.CataloguePutDone
        ).id
        manager.command(
            pb.OP_PROGRAMME_PUT,
            pb.ProgrammePut(programme=pb.Programme(name="Points", sign_up_points=20, birthday_points=100, points_per_unit=10,
                                                   lot_days=365, reward_cost=100, reward_category_id=cookies,
                                                   reward_name="Free cookie")),
            pb.CataloguePutDone,
        )
        shop.put_product("Croissant", 195, sku="1", plu=112, barcodes=[CROISSANT], contains=[1, 7])
        shop.put_product("Éclair au chocolat", 350, sku="2", plu=113, barcodes=[ECLAIR], contains=[1, 3, 7],
                         may_contain=[8], allergen_note="wheat; made beside almonds")
        shop.put_product("Chocolate Cake", 895, sku="3", plu=114)
        shop.put_product("Almond Cookie", 120, sku="4", plu=115, category_id=cookies, contains=[8])
        self.scarce = shop.put_product("Wedding Cake", 9900, sku="5", plu=120, stock_policy=pb.STOCK_BLOCK)

    def members(self):
        self.mia = self.shop.manager.command(
            pb.OP_MEMBER_CREATE,
            pb.MemberCreate(member=pb.Member(name="Mia Stone", phone="030 5550100", card=CARD)),
            pb.MemberDone,
        ).id

    def enrol_again(self, name, number):
        return self.enrol(name, number, "--again")

    def enrol(self, name="till", number=3, *more, server=None):
        """An identity that the counter can be started with."""
        identity = self.shop.directory / name
        invite = pb.DeviceInvite(kind=pb.CLIENT_COUNTER, name=name, till_number=number)
        code = self.shop.manager.command(pb.OP_DEVICE_INVITE, invite, pb.DeviceInvited).code
        subprocess.run(
            [BUILD / "bin" / "caroline", "--identity", identity, "enrol", "--server", server or f"127.0.0.1:{self.shop.port}",
             "--code", code, *more],
            check=True, timeout=30, stdin=subprocess.DEVNULL,
        )
        return identity

    @property
    def server(self):
        return self.shop.servers[0]

    def counter(self, **more):
        return Terminal("--identity", self.identity, **more)

    def sales(self):
        return self.shop.sql("SELECT count(*) FROM sale")[0][0]

    def shift_is_open(self):
        return self.shop.sql("SELECT EXISTS (SELECT FROM drawer WHERE shift_id IS NOT NULL)")[0][0]

    def points(self):
        return self.shop.manager.call(pb.OP_MEMBER_SHOW, pb.MemberShow(id=self.mia), pb.MemberShown).member.points

    def reconnect(self):
        """The manager's console, after the server was restarted."""
        self.shop.manager.close()
        self.shop.manager = self.shop.connect(self.shop.console)
        self.shop.manager.sign_in()


@pytest.fixture(scope="module")
def bakery():
    made = Bakery()
    try:
        yield made
        made.shop.check()
    finally:
        made.shop.destroy()


@pytest.fixture
def till(bakery):
    with bakery.counter() as t:
        sign_in(t)
        yield t


def sign_in(t, name="Ben", pin=PIN):
    t.wait("Who is at the counter?")
    t.wait("● connected")
    t.type(name, ENTER, pin, ENTER)
    t.wait(re.compile(r"\| +(Sale|Shift|Pay|Receipt)"))
    t.wait("catalogue is coming", gone=True)
    # The till's first sign-in of the morning; the answer about the shift comes a moment after the screen.
    t.wait(lambda text: "ow much money is in " in text or "F2 Pay" in text or "Ringing up" in text
           or "Enter Next" in text)  # a sale of before was booked meanwhile


def ready(t, bakery):
    """The shift is open; a basket that another test left is thrown away."""
    if not bakery.shift_is_open():
        t.wait("How much money is in the drawer?")
        t.type("100", ENTER)
        t.wait("is open with 100.00 in the drawer")
    if "The basket is empty." not in t.text:
        t.type(ESCAPE, DOWN, F[8])
        t.wait("The basket is empty.")


def pay_exactly(t):
    t.type(F[2])
    t.wait("Cash given:")
    t.type(ENTER)
    t.wait(re.compile(r"Receipt 3T-\d{6}"))
    return re.search(r"Receipt (3T-\d{6})", t.text).group(1)


def test_a_wrong_pin_says_no_more_than_an_unknown_name(bakery):
    sentences = []
    with bakery.counter() as t:
        t.wait("● connected")
        for name in ("Ben", "Nobody"):
            t.type(name, ENTER, "1111", ENTER)
            t.wait("is wrong")
            sentences.append(t.text.splitlines()[-2])
            t.type(ESCAPE)
            t.wait("is wrong", gone=True)
    assert sentences[0] == sentences[1]


def test_a_badge_signs_in(bakery):
    with bakery.counter() as t:
        t.wait("● connected")
        t.scan("STAFF-00017")
        t.type(PIN, ENTER)
        t.wait(re.compile(r"Ben +● connected"))
        ready(t, bakery)


def test_a_whole_sale_by_keys(bakery, till):
    ready(till, bakery)
    till.scan(CROISSANT)
    till.wait("Croissant")
    till.type("113", ENTER)
    till.wait("Éclair au chocolat")
    till.type("3 × ", "choc cake")
    till.wait("1 product")
    till.type(ENTER)
    till.wait(re.compile(r"Chocolate Cake +3 +8.95 +26.85"))
    till.type("2x115", ENTER)
    till.wait(re.compile(r"Almond Cookie +2 +1.20 +2.40"))
    till.type(UP, F[3])  # the cakes are taken back
    till.wait("VOID Chocolate Cake")
    before = bakery.sales()
    till.type(F[2])
    till.wait("Cash given:")
    till.type(F[7])  # 20 for 7.85
    till.wait("Change")
    till.wait("of 20.00 given")
    till.wait("12.15", seconds=5)  # on the receipt
    assert bakery.sales() == before + 1
    till.scan(ECLAIR)  # the next customer
    till.wait(re.compile(r"Éclair au chocolat +1 +3.50 +3.50"))
    pay_exactly(till)


def test_a_member_earns_and_a_cookie_is_free(bakery, till):
    ready(till, bakery)
    points = bakery.points()
    till.type(F[4], "(030) 555-0100", ENTER)
    till.wait("Mia Stone")
    till.type(ENTER)
    till.wait(f"Mia Stone: {points} points")
    till.type("2x114", ENTER, F[2])
    till.wait("Mia Stone: earns 179")
    till.type(ENTER)
    till.wait(f"{points + 179} points now")
    assert bakery.points() == points + 179

    till.type(ENTER)
    till.scan(CARD)  # the card, at the sale's own screen
    till.wait(f"Mia Stone: {points + 179} points")
    till.type("115", ENTER, "112", ENTER, F[5])
    till.wait("FREE Almond Cookie")
    till.type(F[2])
    till.wait("spends 100")
    till.type(ENTER)
    till.wait(f"{points + 179 - 100 + 19} points now")
    assert bakery.points() == points + 98

    till.type(ENTER)  # and one alone: nothing is to pay, and no tender says so
    till.scan(CARD)
    till.wait(f"Mia Stone: {points + 98} points")
    till.type("115", ENTER, F[5])
    till.wait("FREE Almond Cookie")
    till.type(F[2])
    till.wait("Nothing is to pay")
    till.type(ENTER)
    till.wait(re.compile(r"Receipt 3T-\d{6}"))
    assert bakery.points() == points - 2

    till.type(ENTER, F[4], "mia st", ENTER)
    till.wait("030 5550100")
    till.type(ESCAPE)


def test_a_member_is_found_by_a_cards_number_and_a_phone_as_people_say_them(bakery, till):
    ready(till, bakery)

    def country(code):
        put = pb.ShopPut(shop=pb.Shop(calling_code=code))
        bakery.shop.manager.command(pb.OP_SHOP_PUT, put, pb.ShopPutDone)

    def finds(typed, name):
        till.type(F[4], typed, ENTER)
        till.wait(name)
        till.type(ENTER)
        till.wait(re.compile(rf"{name}: -?\d+ points"))
        till.type(F[4], F[5])
        till.wait(name, gone=True)

    country("1")
    try:
        lou = pb.Member(name="Lou Reyes", phone="+1 805 555 0177", card="9900417")
        bakery.shop.manager.command(pb.OP_MEMBER_CREATE, pb.MemberCreate(member=lou), pb.MemberDone)
        for typed in ("8055550177", "(805) 555-0177", "1 805 555 0177", "9900417"):
            finds(typed, "Lou Reyes")
        for typed in (CARD, CARD.lower(), "(030) 555-0100"):
            finds(typed, "Mia Stone")
    finally:
        country("")


def test_a_new_member_is_made_at_the_counter(bakery, till):
    ready(till, bakery)
    till.type(F[4], "Zoë Quick", ENTER)
    till.wait("Nobody is known by that")
    till.type(F[6], ENTER, "030 5550199", F[2])
    till.wait("welcome: 20 points")
    till.wait("Zoë Quick")


def test_card_with_its_reference_and_never_more_than_is_due(bakery, till):
    ready(till, bakery)
    till.type("114", ENTER, F[2])
    till.wait("Cash given:")
    till.type("100", F[3])
    till.wait("only cash may be more than is due")
    till.type("\x7f\x7f\x7f", "5", ENTER)  # 5 in cash
    till.wait("Still to pay")
    till.type(F[3])
    till.wait("Charge 3.95 on the card machine.")
    till.type("4111111111111111")  # a card's number is no reference
    till.wait("a card was read here. nothing of it was kept")
    till.type("APPR7781", ENTER)
    till.wait(re.compile(r"Receipt 3T-\d{6}"))
    last = bakery.shop.sql("SELECT kind, amount_minor, reference FROM tender ORDER BY sale_id DESC, kind LIMIT 2")
    assert [(row[0], row[1]) for row in last] == [(1, 500), (2, 395)]
    assert "APPR7781" in str(last[1][2])


def test_the_last_receipt_again_also_after_a_restart(bakery, till):
    ready(till, bakery)
    till.type("112", ENTER)
    number = pay_exactly(till)
    till.type(ENTER, F[9])
    till.wait("The last receipt")
    till.wait(number)
    till.type(ENTER)
    till.close()
    with bakery.counter() as again:
        sign_in(again)
        again.type(F[9])
        again.wait("The last receipt")
        again.wait(number)


def test_a_refund_by_its_number(bakery, till):
    ready(till, bakery)
    till.type("112", ENTER)
    number = pay_exactly(till)
    # A cashier may not, and is not offered to; a manager does it at the same till.
    till.type(ENTER)
    assert "Refund" not in till.wait("F11 Lock")
    before = bakery.sales()
    till.type(F[10], F[12])
    till.wait("What is to be done?")
    till.type(F[12])
    sign_in(till, "Mona", "4918")
    till.wait("F10 Refund")
    till.type(F[10], f"3t{int(number[3:])}", ENTER)
    till.wait("Paid: 1.95")
    till.type("burnt", ENTER)
    till.wait("Give 1.95 of receipt")
    till.type(ENTER)
    till.wait("Give back EUR")
    assert bakery.sales() == before + 1
    till.type(ENTER, F[10], number, ENTER)
    till.wait("this receipt has been refunded already")


def test_A16_a_piece_of_a_line_comes_back(bakery, till):
    ready(till, bakery)
    till.type("3x112", ENTER)
    number = pay_exactly(till)
    till.type(ENTER, F[12], F[12])
    sign_in(till, "Mona", "4918")
    till.wait("F10 Refund")
    till.type(F[10], number, ENTER)
    till.wait("All that is left comes back.")
    till.type(F[5], "stale", ENTER)
    till.wait("Give 1.95 back, for 1 line of receipt")
    till.type(ENTER)
    till.wait("Give back EUR")
    assert bakery.shop.sql("SELECT quantity_milli, total_minor FROM refunded ORDER BY sale_id DESC LIMIT 1") == [(1000, 195)]
    till.type(ENTER, F[10], number, ENTER)
    till.wait("Given back before: 1.95")
    till.type("rest", ENTER)
    till.wait("Give 3.90 of receipt")
    till.type(ENTER)
    till.wait("Give back EUR")
    assert bakery.shop.sql("SELECT quantity_milli, total_minor FROM refunded ORDER BY sale_id DESC LIMIT 1") == [(3000, 585)]


def test_B39_cash_rung_as_card_is_put_right_at_the_till(bakery, till):
    ready(till, bakery)
    till.type("112", ENTER, F[2])
    till.wait("Cash given:")
    till.type(F[3])
    till.wait("Charge 1.95 on the card machine.")
    till.type("A4711", ENTER)
    till.wait(re.compile(r"Receipt 3T-\d{6}"))
    number = re.search(r"Receipt (3T-\d{6})", till.text).group(1)
    assert "Put right" not in till.text, "a cashier may not"
    till.type(ENTER, F[12], F[12])
    sign_in(till, "Mona", "4918")
    till.wait("F10 Refund")
    cash = bakery.shop.sql("SELECT cash_minor FROM drawer WHERE shift_id IS NOT NULL ORDER BY device_id")
    till.type(F[12], F[7])
    till.wait("Which receipt was paid otherwise?")
    till.type(number, ENTER)
    till.wait("In truth it was: Cash")
    till.type(ENTER, "wrong key", ENTER)
    till.wait("Was 1.95 paid by Cash, and not by Card?")
    till.type(ENTER)
    till.wait(f"{number} is put right")
    assert sum(c for c, in bakery.shop.sql("SELECT cash_minor FROM drawer WHERE shift_id IS NOT NULL")) == sum(c for c, in cash) + 195
    assert bakery.shop.sql("SELECT kind, amount_minor FROM retender_entry ORDER BY retender_id DESC, position LIMIT 2") == [(2, -195), (1, 195)]
    till.type(F[9])
    till.wait("Put right")
    till.type(ENTER)


def test_A4_another_persons_pin_allows_a_discount_in_place(bakery, till):
    ready(till, bakery)
    till.type("2x112", ENTER)
    till.wait("2 pieces")
    till.type(F[12], "3")
    till.wait("Discount")
    till.type("30", DOWN, ENTER)
    till.wait("Somebody has to allow it")
    till.type(F[2])
    till.wait("Another person has to allow this")
    till.type("Mona", ENTER, "4917", ENTER)
    till.wait("the name or the PIN is wrong")
    till.type("4918", ENTER)
    till.wait("Cash given:")
    till.type(ENTER)
    till.wait(re.compile(r"Receipt 3T-\d{6}"))
    assert bakery.shop.sql("SELECT total_minor, approved_by IS NOT NULL FROM sale ORDER BY at DESC LIMIT 1") == [(273, True)]


def test_B43_one_key_takes_a_product_off_all_tills_and_brings_it_back(bakery, till):
    ready(till, bakery)
    till.type(F[12], F[12])
    sign_in(till, "Mona", "4918")
    till.type(F[12], "0")
    till.wait("nothing is sold here")
    till.scan(CROISSANT)
    till.wait("F6 Sold out")
    till.type(F[6])
    till.wait("F6 On sale again")
    with Terminal("--identity", bakery.enrol("market", 5)) as other:
        sign_in(other)
        other.wait("How much money is in the drawer?")
        other.type("50", ENTER)
        other.wait("is open with 50.00 in the drawer")
        other.scan(CROISSANT)
        other.wait("Croissant is sold out")
        other.type(F[12], "0")
        other.wait("nothing is sold here")
        other.scan(CROISSANT)
        other.wait("sold out")
        till.type(F[6])
        till.wait("F6 Sold out")
        other.wait("is not counted")
        other.type(ESCAPE)
        other.scan(CROISSANT)
        other.wait("1 piece")


def test_allergens_are_one_key_away(bakery, till):
    ready(till, bakery)
    till.type("eclair", F[8])
    till.wait("Gluten   Eggs   Milk")
    till.wait("Nuts")
    till.wait("made beside almonds")


def test_lock_and_unlock(bakery, till):
    ready(till, bakery)
    till.type("112", ENTER, F[11])
    till.wait("LOCKED")
    till.scan(ECLAIR)
    till.wait("the till is locked")
    till.type("0000", ENTER)
    till.wait(lambda text: "LOCKED" in text and "Asking" not in text and text.splitlines()[-2].strip() != "")
    till.type(PIN, ENTER)
    till.wait(re.compile(r"Croissant +1 +1.95"))
    till.type(ESCAPE, DOWN, F[8])


def test_what_the_server_refuses_is_said(bakery, till):
    ready(till, bakery)
    till.type("112", ENTER, "120", ENTER, F[2])
    till.wait(re.compile(r"\| +Sale"))
    till.wait(lambda text: "line 2" in text.splitlines()[-3] or "shelf" in text.splitlines()[-3])
    till.type(F[3], F[2])  # without it, it can be paid
    till.wait("Cash given:")
    till.type(ESCAPE, ESCAPE, DOWN, F[8])


def test_the_window_changes_at_any_time(bakery, till):
    ready(till, bakery)
    till.type("112", ENTER)
    till.wait(re.compile(r"Croissant +1 +1.95"))
    till.resize(40, 120)
    till.wait(re.compile(r"Croissant +1 +1.95"))
    till.resize(10, 30)
    till.wait("Caroline needs")
    till.scan(ECLAIR)  # nothing is lost meanwhile
    till.resize(24, 80)
    till.wait(re.compile(r"Éclair au chocolat +1 +3.50"))
    till.type(F[2])
    till.wait("Cash given:")
    till.resize(50, 140)
    till.wait("Cash given:")
    till.type(ENTER)
    till.wait(re.compile(r"Receipt 3T-\d{6}"))


def test_the_server_dies_and_comes_back_while_goods_are_scanned(bakery, till):
    ready(till, bakery)
    till.scan(CROISSANT)
    till.wait("Croissant")
    bakery.server.kill()
    till.wait("NO CONNECTION", seconds=5)
    till.scan(ECLAIR)  # the till goes on
    till.wait(re.compile(r"Éclair au chocolat +1 +3.50"))
    till.type(F[2])
    till.wait("OFFLINE: this till sells by itself")
    till.type(ESCAPE)
    till.wait("OFFLINE: this till", gone=True)
    bakery.server.start()
    till.wait("● connected", seconds=40)
    assert "Ben" in till.text  # nobody had to sign in again
    pay_exactly(till)
    bakery.reconnect()


def test_a_sale_whose_answer_was_lost_is_made_once(bakery, till):
    ready(till, bakery)
    till.type("114", ENTER, F[2])
    till.wait("Cash given:")
    before = bakery.sales()
    bakery.server.process.send_signal(signal.SIGSTOP)  # it hears nothing any more
    till.type(ENTER)
    till.wait("Ringing up")
    till.scan(ECLAIR)
    till.wait("is kept for the next customer")
    bakery.server.process.send_signal(signal.SIGKILL)
    bakery.server.process.wait()
    till.wait("NO CONNECTION", seconds=10)
    till.wait("1 unanswered")
    bakery.server.start()
    till.wait(re.compile(r"Receipt 3T-\d{6}"), seconds=40)
    assert bakery.sales() == before + 1
    till.type(ENTER)
    till.wait(re.compile(r"Éclair au chocolat +1 +3.50"))
    till.type(ESCAPE, DOWN, F[8])
    bakery.reconnect()


def sell_offline(till, bakery, number, *goods):
    for code in goods:
        till.scan(code)
    till.type(F[2])
    till.wait("OFFLINE: this till sells by itself")
    till.type(ENTER)
    till.wait(f"Receipt {number}")


def booked(bakery):
    return bakery.shop.sql("SELECT number, total_minor FROM sale WHERE series = 'X' ORDER BY at, number")


def test_B1_the_server_is_away_and_the_till_sells_on(bakery, till):
    ready(till, bakery)
    bakery.server.kill()
    till.wait("NO CONNECTION", seconds=5)
    sell_offline(till, bakery, "3X-000001", CROISSANT, ECLAIR)
    till.scan(CROISSANT)  # the next customer
    till.wait("OFFLINE, 1 sale to be booked")
    till.type(F[2])
    till.wait("Cash given:")
    till.type(F[3])
    till.wait("Its approval reference")
    till.type("APPR-1", ENTER)
    till.wait("Receipt 3X-000002")
    till.type(ENTER)
    till.wait("OFFLINE, 2 sales to be booked")
    bakery.server.start()
    till.wait("● connected", seconds=40)
    till.wait("to be booked", gone=True)
    till.wait("made offline", gone=True, seconds=20)
    assert booked(bakery) == [(1, 545), (2, 195)]
    till.scan(ECLAIR)  # and the other series goes on
    pay_exactly(till)
    bakery.reconnect()


def test_B1_a_till_that_dies_offline_loses_nothing_and_sells_nothing_twice(bakery):
    with bakery.counter() as t:
        sign_in(t)
        ready(t, bakery)
        bakery.server.kill()
        t.wait("NO CONNECTION", seconds=5)
        sell_offline(t, bakery, "3X-000003", ECLAIR)
        t.type(ENTER)
        t.scan(CROISSANT)
        t.wait(re.compile(r"Croissant +1 +1.95"))
        t.signal(signal.SIGKILL)
    with bakery.counter() as t:
        t.wait("A basket of 1 line waits on this till.")
        t.signal(signal.SIGKILL)
    bakery.server.start()
    bakery.reconnect()
    # A price has changed meanwhile.
    bakery.shop.put_product("Éclair au chocolat", 360, sku="2", plu=113, barcodes=[ECLAIR])
    with bakery.counter() as t:
        sign_in(t)
        t.wait(re.compile(r"Croissant +1 +1.95"))
        t.wait("3X-000003 is booked; something has changed since")
        assert booked(bakery) == [(1, 545), (2, 195), (3, 350)]
        assert bakery.shop.sql("SELECT kind, said, found FROM sale_exception") == [(3, 350, 360)]
        pay_exactly(t)
    bakery.shop.put_product("Éclair au chocolat", 350, sku="2", plu=113, barcodes=[ECLAIR], contains=[1, 3, 7],
                            may_contain=[8], allergen_note="wheat; made beside almonds")


def test_a_till_that_dies_while_paying_takes_the_sale_up_again(bakery):
    with bakery.counter() as t:
        sign_in(t)
        ready(t, bakery)
        t.type("114", ENTER, F[2])
        t.wait("Cash given:")
        before = bakery.sales()
        bakery.server.process.send_signal(signal.SIGSTOP)
        t.type(ENTER)
        t.wait("Ringing up")
        t.signal(signal.SIGKILL)
    bakery.server.process.send_signal(signal.SIGKILL)
    bakery.server.process.wait()
    bakery.server.start()
    with bakery.counter() as t:
        t.wait("is being paid")
        sign_in(t)
        t.wait(re.compile(r"Receipt 3T-\d{6}"), seconds=40)
        assert bakery.sales() == before + 1
        t.type(ENTER)
        t.wait("The basket is empty.")
    bakery.reconnect()


def test_A6_a_basket_parked_here_is_taken_up_at_another_till_and_outlives_it(bakery, till):
    ready(till, bakery)
    till.scan(CROISSANT)
    till.type("3x113", ENTER)
    till.wait("4 pieces, 2 lines")
    till.type(F[12], F[2])
    till.wait("the basket waits")
    till.wait("The basket is empty.")
    assert "1 parked (F12)" in till.text
    garden = bakery.enrol("garden", 4)
    with Terminal("--identity", garden) as t:
        sign_in(t)
        t.wait("How much money is in the drawer?")
        t.type("50", ENTER)
        t.wait("is open with 50.00 in the drawer")
        t.wait("1 parked (F12)")
        t.type(F[12], F[3])
        t.wait(re.compile(r"Croissant +2 lines +till 3"))
        t.type(ENTER)
        t.wait("the basket is here again")
        t.wait("4 pieces, 2 lines")
        t.signal(signal.SIGKILL)
    till.type(F[12], F[3])
    till.wait("None of yours waits.")
    with Terminal("--identity", garden) as t:
        t.wait("A basket of 2 lines waits on this till.")
        sign_in(t)
        t.wait("4 pieces, 2 lines")
        t.type(F[2])
        t.wait("Cash given:")
        t.type(ENTER)
        t.wait("Receipt 4T-000001")
    assert bakery.shop.sql("SELECT total_minor FROM sale ORDER BY at DESC LIMIT 1") == [(1245,)]


def test_B42_two_cashiers_at_one_till_sell_in_their_own_names(bakery, till):
    """A badge at the sale, a PIN in place; each finds their basket again."""
    bakery.shop.staff("Lea", role="shift_lead", pin="7294", badge="STAFF-00023")
    ready(till, bakery)
    till.scan(CROISSANT)
    till.wait("1 piece, 1 line")
    till.scan("STAFF-00023")
    till.wait("Who sells now?")
    till.type("1111", ENTER)
    till.wait("is wrong")
    till.type("7294", ENTER)
    till.wait("Lea sells now")
    till.wait("The basket is empty.")
    till.scan(ECLAIR)
    till.wait("1 piece, 1 line")
    hers = pay_exactly(till)
    till.type(ENTER)
    till.wait("The basket is empty.")
    till.type("2x113", ENTER)
    till.wait("2 pieces, 1 line")
    till.type(F[12], F[4])
    till.wait("The basket of 1 line waits for Lea")
    till.type("Ben", ENTER, PIN, ENTER)
    till.wait("the basket is here again")
    till.wait("1 piece, 1 line")
    his = pay_exactly(till)
    till.type(ENTER)
    till.scan("STAFF-00023")
    till.wait("Who sells now?")
    till.type("7294", ENTER)
    till.wait("2 pieces, 1 line")
    till.type(F[12], "7")
    till.wait(re.compile(r"Lea \(\d+\) +3.50"))
    till.type(ENTER, ESCAPE, DOWN, F[8])
    till.wait("The basket is empty.")
    sellers = dict(bakery.shop.sql("SELECT d.till_number || s.series::text || '-' || lpad(s.number::text, 6, '0'), s.staff_id"
                                   " FROM sale s JOIN device d ON d.id = s.device_id"))
    assert sellers[hers] != sellers[his]
    assert bakery.shop.sql("SELECT count(*) FROM parked_basket") == [(0,)]


def test_A17_a_basket_is_thrown_away_with_a_reason_and_stands_in_the_report(bakery):
    with bakery.counter() as t:
        sign_in(t, "Mona", "4918")
        ready(t, bakery)
        t.scan(ECLAIR)
        t.wait("1 piece, 1 line")
        t.type(ESCAPE)
        t.wait("Throw this basket away? It has 1 line for 3.50.")
        t.type(DOWN, DOWN, DOWN, F[8])
        t.wait("The basket is empty.")
        t.type(F[12], F[6])
        t.wait(re.compile(r"Mona +3T basket +1 Éclair au chocolat +3.50"))
        t.type(F[2])
        t.wait("today, all tills")
        t.wait(re.compile(r"Mona +3T basket +1 Éclair au chocolat +3.50"))
        t.type(ESCAPE)
    assert bakery.shop.sql("SELECT reason FROM basket_void ORDER BY at DESC LIMIT 1") == [("the customer cannot pay",)]


def test_C19_a_members_usual_basket_is_one_key_behind_their_card(bakery, till):
    bakery.shop.manager.command(pb.OP_MEMBER_CREATE, pb.MemberCreate(member=pb.Member(name="Uma Reed", card="MEMBER-0099")),
                                pb.MemberDone)
    ready(till, bakery)
    for _ in range(2):
        till.scan("MEMBER-0099")
        till.wait("Uma Reed")
        till.type("2x112", ENTER, "115", ENTER)
        till.wait("3 pieces, 2 lines")
        pay_exactly(till)
        till.type(ENTER)
        till.wait("The basket is empty.")
    till.scan("MEMBER-0099")
    till.wait("Home: the usual")
    till.type("\033[H")
    till.wait("the usual: 2 products")
    till.wait("3 pieces, 2 lines")
    till.type(ESCAPE, DOWN, F[8])
    till.wait("The basket is empty.")


def test_the_basket_outlives_the_till(bakery):
    with bakery.counter() as t:
        sign_in(t)
        ready(t, bakery)
        t.scan(CARD)
        t.wait("Mia Stone")
        t.type("3x112", ENTER)
        t.scan(ECLAIR)
        t.wait("Éclair")
        t.signal(signal.SIGKILL)
    with bakery.counter() as t:
        t.wait("A basket of 2 lines waits on this till.")
        sign_in(t)
        t.wait(re.compile(r"Croissant +3 +1.95 +5.85"))
        t.wait("Mia Stone")
        pay_exactly(t)
    # No person's data lies on the till.
    found = subprocess.run(["grep", "-ralE", "Mia|Stone|5550100", bakery.identity], capture_output=True, text=True)
    assert found.stdout == ""


def practised(bakery):
    return bakery.shop.sql("SELECT count(*) FROM journal WHERE kind = 'S' AND get_byte(bytes, 0) > 1")[0][0]


def begin_training(t):
    t.type(F[12], F[9])
    t.wait("Practise at this till?")
    t.type(ENTER)
    t.wait("NOTHING HERE IS SOLD")
    t.wait("How much money is in the drawer?")
    t.type("50", ENTER)
    t.wait("is open with 50.00 in the drawer")


def test_C15_a_newcomer_practises_and_nothing_is_sold(bakery):
    with bakery.counter() as t:
        sign_in(t)
        ready(t, bakery)
        before, drawer = bakery.sales(), bakery.shop.sql("SELECT cash_minor, sale_count, number FROM drawer")
        points, done = bakery.points(), practised(bakery)
        begin_training(t)
        t.scan(CARD)
        t.wait("Mia Stone")
        t.type("3x112", ENTER)
        t.wait(re.compile(r"Croissant +3 +1.95 +5.85"))
        t.type(F[2])
        t.wait("Cash given:")
        t.type(F[7])
        t.wait(re.compile(r"Receipt 3S-\d{6}"))
        t.wait("NOT A RECEIPT")
        assert practised(bakery) == done + 1
        t.type(ENTER)
        t.wait("The basket is empty.")
        t.type(F[9])  # the last receipt is the practised one
        t.wait(re.compile(r"3S-\d{6}"))
        t.type(ENTER, F[11])
        t.wait("LOCKED")
        assert "NOTHING HERE IS SOLD" in t.text
        t.type(PIN, ENTER)
        t.wait("The basket is empty.")
        assert "NOTHING HERE IS SOLD" in t.text
        t.type(F[12], F[9])
        t.wait("End the training?")
        t.type(ENTER)
        t.wait("from here on it is in earnest")
        assert "TRAINING" not in t.text
        assert (bakery.sales(), bakery.points()) == (before, points)
        assert bakery.shop.sql("SELECT cash_minor, sale_count, number FROM drawer") == drawer
        t.scan(CROISSANT)
        t.wait("Croissant")
        pay_exactly(t)
        assert bakery.sales() == before + 1


def test_C15_a_till_that_dies_in_training_finds_nothing_of_it(bakery):
    before = bakery.sales()
    with bakery.counter() as t:
        sign_in(t)
        ready(t, bakery)
        begin_training(t)
        t.scan(CROISSANT)
        t.wait("Croissant")
        t.signal(signal.SIGKILL)
    with bakery.counter() as t:
        t.wait("Who is at the counter?")
        assert "waits on this till" not in t.text
        sign_in(t)
        t.wait("The basket is empty.")
        assert "TRAINING" not in t.text
        begin_training(t)
        t.scan(CROISSANT)
        t.wait("Croissant")
        bakery.server.restart()  # the session, and the training, are in the database
        bakery.reconnect()
        t.wait("● connected", seconds=30)
        t.wait("NOTHING HERE IS SOLD")

        def pay():
            t.type(F[2])
            with contextlib.suppress(AssertionError):  # the line was going, and what is said of that goes with it
                t.wait("Cash given:", seconds=5)
            return "Cash given:" in t.text

        wait_for(pay, seconds=40, what="the quote")
        t.type(ENTER)
        t.wait(re.compile(r"Receipt 3S-\d{6}"))
        t.type(ENTER, F[12], "1")
        t.wait("The training ends with it")
        t.type(ENTER)
        t.wait("Who is at the counter?")
        assert "TRAINING" not in t.text
    assert bakery.sales() == before


def test_C15_the_command_line_trains_too(bakery):
    identity = bakery.enrol("practice", 6)

    def caroline(*words, status=0):
        done = subprocess.run([BUILD / "bin" / "caroline", "--identity", identity, *words], capture_output=True, text=True, timeout=60,
                              stdin=subprocess.DEVNULL)
        assert done.returncode == status, (words, done.stdout, done.stderr)
        return done.stdout + done.stderr

    before = bakery.sales()
    pin = bakery.shop.directory / "ben"
    pin.write_text(PIN + "\n")
    pin.chmod(0o600)
    caroline("sign-in", "--as", "Ben", "--pin-file", str(pin))
    caroline("training", "begin")
    caroline("shift", "open", "--float", "20")
    said = caroline("sale", "112x2")
    assert "6S-" in said and said.count("TRAINING") == 2 and said.count("NOT A RECEIPT") == 2
    assert "TRAINING" in caroline("receipt", "--last")
    assert "TRAINING" in caroline("shift", "report")
    caroline("training", "end")
    assert "SHIFT_NOT_OPEN" in caroline("sale", "112", status=1)
    assert "TRAINING_OFF" in caroline("shift", "open", "--float", "20", "--training", "yes", status=1)
    caroline("sign-out")
    assert bakery.sales() == before


def test_two_hundred_scans_as_fast_as_they_come(bakery, till):
    ready(till, bakery)
    for _ in range(100):
        till.child.send(CROISSANT + "\r" + ECLAIR + "\r")
    till.wait("200 pieces, 200 lines", seconds=30)
    till.type("112", ENTER)
    till.wait("a basket has at most 200 lines")
    till.type(ESCAPE, ESCAPE, DOWN, F[8])  # what was not taken is still typed
    till.wait("The basket is empty.")


def test_the_database_goes_and_the_till_sells_on_without_it(bakery, till):
    """The server is there and answers; what it has no database for the till does by itself, until it is back."""
    ready(till, bakery)
    before = bakery.sales()
    bakery.shop.cluster.stop()
    till.scan(CROISSANT)
    till.type(F[2])
    till.wait("the shop's database is away")
    till.wait("OFFLINE: this till sells by itself", seconds=15)
    till.type(ENTER)
    till.wait(re.compile(r"Receipt 3X-\d{6}"))
    till.wait("the shop's database is away")
    till.type(ENTER, F[11])
    till.wait("No connection: your PIN opens the till all the same.")
    till.type(PIN, ENTER)
    till.wait("The basket is empty.")
    bakery.shop.cluster.start()
    till.wait("● connected", seconds=60)
    wait_for(lambda: bakery.sales() == before + 1, seconds=30, what="the sale made offline")
    till.wait("made offline", gone=True)
    assert "Ben" in till.text and "LOCKED" not in till.text
    till.scan(CROISSANT)
    till.type(F[2])
    till.wait("Cash given:")
    till.type(ENTER)
    till.wait(re.compile(r"Receipt 3T-\d{6}"))
    bakery.reconnect()
