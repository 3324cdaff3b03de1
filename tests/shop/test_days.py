"""Whole days at the counter, as arrays of steps by keys; behind each the books hold, and a journal of double entries, made of
the day's receipts and of what was done to the drawer, balances by hledger and by ledger, which agree, and comes to what the Z says,
to the cent."""
import csv
import datetime
import io
import pathlib
import re
import subprocess
import sys

import pytest

sys.path.append(str(pathlib.Path(__file__).resolve().parents[1] / "screens"))
from cli import console  # noqa: E402
from shop import pb  # noqa: E402
from terminal import DOWN, ENTER, ESCAPE, F, Terminal  # noqa: E402
from test_counter import CARD, CROISSANT, ECLAIR, Bakery, sign_in  # noqa: E402

FLOAT = 10000


class Ledger:
    """Double entries in the format of hledger and ledger, and what both make of them."""

    def __init__(self, path):
        self.path, self.text = path, ""

    def entry(self, what, **accounts):
        """{account: minor units}; hledger is asked whether they balance."""
        lines = [f"    {account}  EUR {minor / 100:.2f}" for account, minor in accounts.items() if minor]
        self.text += "\n".join([f"{datetime.date.today()} {what}", *lines, "", ""])

    def balances(self):
        self.path.write_text(self.text)
        subprocess.run(["hledger", "-f", self.path, "check"], check=True, timeout=30)
        out = subprocess.run(["hledger", "-f", self.path, "balance", "--flat", "--no-total", "--empty", "-O", "csv"],
                             check=True, timeout=30, capture_output=True, text=True).stdout
        found = {row["account"]: round(float(row["balance"].split()[-1].removeprefix("EUR")) * 100)
                 for row in csv.DictReader(io.StringIO(out))}
        assert found == self.by_another()
        return found

    def by_another(self):
        """Written by others, in another language: the same journal, read by ledger."""
        out = subprocess.run(["ledger", "-f", self.path, "--args-only", "balance", "--flat", "--no-total", "--empty", "--format",
                              "%(account)\t%(quantity(scrub(display_total)))\n"], check=True, timeout=30, capture_output=True, text=True).stdout
        return {account: round(float(units) * 100) for account, units in (line.split("\t") for line in out.splitlines() if line)}


class Day:
    """One till, from the float to the Z; each verb is what a person does, and waits for what they would see."""

    def __init__(self, bakery, number, path):
        self.bakery, self.number, self.ledger = bakery, number, Ledger(path)
        self.identity = bakery.enrol(f"day{number}", number)
        self.t = None
        self.gift_code = None
        self.receipts = []
        self.moves = []
        self.last_z = None  # the till's newest

    def run(self, steps):
        with Terminal("--identity", self.identity, rows=24, columns=80) as self.t:
            for verb, *arguments in steps:
                getattr(self, verb)(*arguments)
        return self.z(self.last_z)

    # ---- what is done ----

    def opens(self, name="Mona", pin="4918"):
        sign_in(self.t, name, pin)
        self.t.wait("How much money is in the drawer?")
        self.t.type(f"{FLOAT // 100}", ENTER)
        self.t.wait(f"is open with {FLOAT / 100:.2f} in the drawer")
        self.moves.append(("float", FLOAT))

    def adds(self, *keys):
        for key in keys:
            before = self.t.text
            if key.isdigit() and len(key) > 4 or key.startswith("MEMBER"):
                self.t.scan(key)
            else:
                self.t.type(key, ENTER)
            self.t.wait(lambda text: text != before)

    def pays(self, how="cash", *more):
        self.t.wait("F2 Pay")
        self.t.type(F[2])
        self.t.wait("Cash given:")
        if how == "cash":
            self.t.type(*more, ENTER)
        else:
            self.t.type(F[3])
            self.t.wait(re.compile("[Rr]eference"))
            self.t.type(*more, ENTER)
        self.finished(rf"Receipt ({self.number}[TX]-\d{{6}})")

    def sells_gift_card(self, units):
        """No sale: cash into the drawer, and a code on the screen, once."""
        self.t.type(F[12], F[11], F[3])
        self.t.wait("A new gift card")
        self.t.type(units, ENTER, ENTER)
        self.t.wait("Its code, shown once:")
        code = re.compile(r"(\d{5}) (\d{5})\b.*?\b(\d{5}) (\d{5})\b", re.S)
        self.t.wait(code)
        self.gift_code = "".join(code.search(self.t.text).groups())
        self.t.type(ENTER)
        self.t.wait("The basket is empty.")
        self.moves.append(("gift", 100 * int(units)))

    def pays_by_gift_card(self, rest=None):
        """A scan on the paying screen; what the card has not, in cash."""
        self.t.type(F[2])
        self.t.wait("Cash given:")
        self.t.scan(self.gift_code)
        if rest:
            self.t.wait("all that was on it")
            self.t.type(ENTER)
        self.finished(rf"Receipt ({self.number}[TX]-\d{{6}})")

    def splits(self, cash, reference):
        """A part in cash, the rest by card."""
        self.t.type(F[2])
        self.t.wait("Cash given:")
        self.t.type(cash, F[3])
        self.t.wait(re.compile("[Rr]eference"))
        self.t.type(reference, ENTER)
        self.finished(rf"Receipt ({self.number}[TX]-\d{{6}})")

    def finished(self, pattern):
        self.t.wait(re.compile(pattern), seconds=40)
        self.receipts.append(re.search(pattern, self.t.text).group(1))
        self.t.type(ENTER)
        self.t.wait("The basket is empty.")

    def parks(self):
        self.t.type(F[12], F[2])
        self.t.wait("the basket waits")

    def takes_up(self):
        self.t.type(F[12], F[3])
        self.t.wait(f"till {self.number}")
        self.t.type(ENTER)
        self.t.wait("the basket is here again")

    def voids_line(self):
        """After the customer heard the total: with a reason."""
        self.t.type(F[2])
        self.t.wait("Cash given:")
        self.t.type(ESCAPE)
        self.t.wait("F3 Void line")
        self.t.type(F[3])
        self.t.wait("Why is line")
        self.t.type(DOWN, ENTER)
        self.t.wait("F2 Pay")

    def throws_away(self):
        self.t.type(ESCAPE)
        self.t.wait("Throw this basket away?")
        self.t.type(DOWN, F[8])
        self.t.wait("The basket is empty.")

    def discounts(self, per_cent):
        self.t.type(F[12], "3")
        self.t.wait("Per cent off:")
        self.t.type(per_cent, DOWN, ENTER)
        self.t.wait("off the receipt")

    def refunds(self, which, lines=None):
        """A receipt of today, whole, or one piece of its first line."""
        self.t.type(F[10])
        self.t.wait("Receipt number")
        self.t.type(self.receipts[which], ENTER)
        self.t.wait("Paid:")
        if lines:
            self.t.type(F[5])
        self.t.type("stale", ENTER)
        self.t.wait(re.compile(r"Give \d+\.\d\d"))
        self.t.type(ENTER)
        self.t.wait(re.compile(rf"Refund of +{self.receipts[which]}"))
        self.finished(rf"Receipt ({self.number}T-\d{{6}})")

    def puts_right(self, which):
        """Cash that was rung up as card, or the other way round: the screen guesses so."""
        self.t.type(F[12], F[7])
        self.t.wait("Which receipt")
        self.t.type(self.receipts[which], ENTER)
        self.t.wait("How much of it")
        self.t.type(ENTER, "wrong key", ENTER)
        self.t.wait(re.compile(r"Was .* paid by"))
        self.t.type(ENTER)
        self.t.wait("is put right")

    def moves_cash(self, key, kind, minor, why):
        self.t.type(F[12], "5")
        self.t.wait("Cash in or out")
        self.t.type(F[key], f"{minor / 100:.2f}", ENTER, why, ENTER)
        self.t.wait("F2 Pay")
        self.moves.append((kind, minor if kind == "in" else -minor))

    def opens_drawer(self):
        self.t.type(F[12], "6")
        self.t.wait(re.compile("[Ww]hy"))
        self.t.type("change", ENTER)
        self.t.wait("F2 Pay")

    def loses_the_server(self):
        self.bakery.server.kill()
        self.t.wait("NO CONNECTION", seconds=10)

    def gets_it_back(self):
        self.bakery.server.start()
        self.t.wait("● connected", seconds=40)
        self.t.wait("to be booked", gone=True, seconds=40)
        self.t.wait("made offline", gone=True, seconds=20)
        self.bakery.reconnect()

    def sleeps_and_wakes(self):
        """The till is killed and started: nothing that was sold is lost."""
        self.t.close()
        self.t = Terminal("--identity", self.identity)
        sign_in(self.t, "Mona", "4918")

    def closes(self):
        """What is in the drawer is counted without being told what should be there: by the ledger."""
        self.t.type(F[12], "8")
        self.counts("Z 1")

    def counts(self, told):
        self.write_ledger()
        found = self.ledger.balances()
        cash = found["assets:Cash"]
        self.t.wait("How many of each")
        keys = []
        for worth in (50000, 20000, 10000, 5000, 2000, 1000, 500, 200, 100, 50, 20, 10, 5, 2, 1):
            pieces, cash = divmod(cash, worth)
            keys += [str(pieces) if pieces else "", ENTER] if worth > 1 else [str(pieces)]
        keys += self.counted_sums(found)
        self.t.type(*[key for key in keys if key], F[2])
        self.t.wait(re.compile("Close|close"))
        self.t.type(ENTER)
        self.t.wait(told)

    def counted_sums(self, found):
        """What is counted below the coins: nothing, unless a day says so."""
        return []

    # ---- what the books say ----

    def shown(self, number):
        return self.bakery.shop.manager.call(pb.OP_SALE_SHOW, pb.SaleShow(receipt_number=number), pb.SaleShown)

    def paid(self, shown):
        """By what, and how much; a refund is not put right, so what gave it back stands in the books alone."""
        if shown.HasField("refund_of"):
            return self.bakery.shop.sql("SELECT CASE kind WHEN 1 THEN 'cash' WHEN 6 THEN 'gift card' ELSE 'card' END, amount_minor - change_minor "
                                        f"FROM tender WHERE sale_id = {shown.sale.sale_id}")
        return [(tender.name, tender.amount_minor + tender.tip_minor) for tender in shown.tenders]

    def write_ledger(self):
        for kind, minor in self.moves:
            self.ledger.entry(kind, **{"assets:Cash": minor, f"equity:{kind}": -minor})
        for number in self.receipts:
            self.ledger.entry(number, **self.entry_of(self.shown(number)))

    def entry_of(self, shown):
        sale, totals = shown.sale, shown.sale.totals
        taxes = {f"liabilities:{tax.code}": -tax.tax_minor for tax in totals.taxes}
        paid = {}
        for name, minor in self.paid(shown):
            account = f"assets:{name.capitalize()}"
            paid[account] = paid.get(account, 0) + minor
        return {**paid, **taxes, "income:turnover": -(totals.total_minor + sum(taxes.values())), "expenses:rounding": -sale.rounding_minor}

    def z(self, number=None):
        z = self.bakery.shop.manager.call(pb.OP_SHIFT_Z_SHOW, pb.ShiftZShow(till_number=self.number, number=number), pb.ShiftReported)
        found = self.ledger.balances()
        turnover = -found["income:turnover"] - sum(minor for account, minor in found.items() if account.startswith("liabilities:"))
        assert turnover == z.sale_minor + z.refund_minor
        assert {account.split(":")[1]: -minor for account, minor in found.items() if account.startswith("liabilities:")} == \
            {tax.code: tax.tax_minor for tax in z.taxes}
        assert found["assets:Cash"] == z.expected_minor == z.counted_minor and z.difference_minor == 0
        cash = sum(minor for kind, minor in self.moves)
        assert {account.split(":")[1]: minor - (cash if account == "assets:Cash" else 0)
                for account, minor in found.items() if account.startswith("assets:")} == \
            {tender.name.capitalize(): tender.amount_minor for tender in z.tenders if tender.count or tender.amount_minor}
        assert (z.in_minor, z.out_minor + z.drop_minor, z.float_minor) == tuple(
            sum(minor for kind, minor in self.moves if kind in kinds) for kinds in (("in",), ("out", "drop"), ("float",)))
        assert z.sale_count + z.refund_count == len(self.receipts)
        sold = sum(minor for kind, minor in self.moves if kind == "gift")
        assert sum(each.amount_minor for each in z.gift_cards) == sold
        if self.gift_code:  # what is owed to its customer is what was paid for it, less what it has paid
            [[left]] = self.bakery.shop.sql("SELECT sum(g.balance_minor) FROM gift_card AS g JOIN gift_card_payment AS p ON p.card_id = g.id"
                                            f" WHERE p.kind = 1 AND p.device_id = (SELECT id FROM device WHERE till_number = {self.number})")
            assert left == sold - found["assets:Gift card"] > 0
        return z


class DayOfTwo(Day):
    """Two at one till, each with a drawer and a ledger of their own."""

    def __init__(self, bakery, number, path):
        super().__init__(bakery, number, path / "first.journal")
        self.last_z = 1  # hers; the other's is looked at when it is closed
        self.others = (Ledger(path / "second.journal"), [], [])

    def changes_places(self):
        mine = (self.ledger, self.receipts, self.moves)
        self.ledger, self.receipts, self.moves = self.others
        self.others = mine

    def opens_own(self, name, pin, float_minor):
        sign_in(self.t, name, pin)
        self.t.wait(f"{name}, how much money is in your drawer?")
        self.t.type(f"{float_minor // 100}", ENTER)
        self.t.wait("in your own drawer")
        self.moves.append(("float", float_minor))

    def takes_over(self, name, pin):
        self.t.type(F[12], F[4])
        self.t.wait("Who sells now?")
        self.t.type(name, ENTER, pin, ENTER)
        self.t.wait(f"{name} sells now")
        self.t.wait("F2 Pay")
        self.changes_places()

    def pays_first(self, name, float_minor):
        """Their first sale asks for their float, and goes on."""
        self.t.type(F[2])
        self.t.wait(f"{name}, how much money is in your drawer?")
        self.t.type(f"{float_minor // 100}", ENTER)
        self.moves.append(("float", float_minor))
        self.t.wait("Cash given:")
        self.t.type(ENTER)
        self.finished(rf"Receipt ({self.number}T-\d{{6}})")

    def counts_the_others(self, name, number):
        self.t.type(F[12], "8")
        self.t.wait("Whose drawer is to be counted and closed?")
        self.t.type(DOWN, ENTER)
        self.t.wait(f"Drawer of {name}")
        self.changes_places()
        self.counts(f"Z {number}")
        self.t.wait(f"the drawer of {name}")
        self.t.type(ENTER)
        self.t.wait("F2 Pay")
        self.others_z = self.z(number)
        self.changes_places()

    def counts_own(self, name, number):
        self.t.type(F[12], "8")
        self.t.wait(f"Drawer of {name}")
        self.counts(f"Z {number}")


@pytest.fixture(scope="module")
def bakery():
    made = Bakery()
    try:
        taxed = made.shop.put_tax_class("food", ("VAT7", 70000))
        drinks = made.shop.put_tax_class("drinks", ("VAT19", 190000))
        made.shop.put_product("Croissant", 195, sku="1", plu=112, barcodes=[CROISSANT], tax_class_id=taxed)
        made.shop.put_product("Éclair au chocolat", 350, sku="2", plu=113, barcodes=[ECLAIR], tax_class_id=taxed)
        made.shop.put_product("Coffee", 280, sku="9", plu=201, tax_class_id=drinks)
        made.shop.put_tender_type("Gift card", kind=pb.TENDER_GIFT_CARD)
        yield made
        made.shop.check()
    finally:
        made.shop.destroy()


@pytest.fixture(scope="module")
def office(bakery):
    return console(bakery.shop, "office")


def all_holds(office):
    """As the owner asks, by the command line; it exits with 1 where something does not hold."""
    said = office.run("check").stdout
    assert re.search(r"^[1-9]\d* checks hold, 0 do not$", said, re.M), said


DAYS = {
    "a quiet one": [
        ("opens",),
        ("adds", "112"), ("pays",),
        ("adds", "2x113", "201"), ("pays", "cash", "20"),
        ("adds", CROISSANT, ECLAIR), ("pays", "card", "APPR-1"),
        ("moves_cash", 2, "in", 2000, "change from the bank"),
        ("adds", CARD, "3x112"), ("pays",),
        ("opens_drawer",),
        ("closes",),
    ],
    "one with everything that goes wrong": [
        ("opens",),
        ("adds", "4x113"), ("pays", "card", "APPR-2"),
        ("adds", "112", "201"), ("parks",),
        ("adds", "2x112"), ("pays",),
        ("takes_up",), ("adds", "201"), ("voids_line",), ("pays", "cash", "50"),
        ("adds", "6x201"), ("discounts", "10"), ("pays",),
        ("refunds", 0, 1), ("refunds", 1),
        ("adds", "113"), ("throws_away",),
        ("adds", "201"), ("pays", "card", "APPR-3"),
        ("puts_right", -1),
        ("moves_cash", 3, "out", 350, "milk"), ("moves_cash", 4, "drop", 1500, "too much in the drawer"),
        ("closes",),
    ],
    "one with a gift card": [
        ("opens",),
        ("sells_gift_card", "20"),
        ("adds", "112"), ("pays_by_gift_card",),
        ("adds", "201"), ("pays",),
        ("adds", "6x113"), ("pays_by_gift_card", "cash"),
        ("refunds", 0),
        ("moves_cash", 4, "drop", 1000, "too much in the drawer"),
        ("closes",),
    ],
    "one whose server goes away twice": [
        ("opens",),
        ("adds", "112"), ("pays",),
        ("loses_the_server",),
        ("adds", CROISSANT, ECLAIR), ("pays",),
        ("adds", "201"), ("pays", "card", "APPR-4"),
        ("gets_it_back",),
        ("adds", "2x201"), ("pays",),
        ("loses_the_server",),
        ("adds", "3x113"), ("pays", "cash", "20"),
        ("gets_it_back",),
        ("sleeps_and_wakes",),
        ("adds", "112"), ("pays",),
        ("closes",),
    ],
}


@pytest.mark.parametrize("number,name", enumerate(DAYS, start=11))
def test_a_day_comes_to_its_z(bakery, office, tmp_path, number, name):
    z = Day(bakery, number, tmp_path / "day.journal").run(DAYS[name])
    assert z.number == 1 and z.closed
    all_holds(office)


def test_B42_two_at_one_till_come_to_a_z_each(bakery, office, tmp_path):
    bakery.shop.staff("Otto", role="shift_lead", pin="5160")
    bakery.shop.manager.command(pb.OP_SHOP_PUT, pb.ShopPut(shop=pb.Shop(drawers=pb.DRAWERS_PERSON)), pb.ShopPutDone)
    day = DayOfTwo(bakery, 15, tmp_path)
    z = day.run([
        ("opens_own", "Mona", "4918", 10000),
        ("adds", "112"), ("pays",),
        ("adds", "4x113"), ("pays", "card", "APPR-9"),
        ("takes_over", "Otto", "5160"),
        ("adds", "2x201"), ("pays_first", "Otto", 5000),
        ("moves_cash", 4, "drop", 500, "too much in the drawer"),
        ("takes_over", "Mona", "4918"),
        ("adds", "3x112"), ("pays", "cash", "20"),
        ("moves_cash", 2, "in", 2000, "change from the bank"),
        ("takes_over", "Otto", "5160"),
        ("adds", "113"), ("pays", "card", "APPR-10"), ("adds", "113"), ("pays", "cash", "5"),
        ("refunds", 0),
        ("takes_over", "Mona", "4918"),
        ("counts_the_others", "Otto", 2),
        ("adds", "112"), ("pays",),
        ("counts_own", "Mona", 1),
    ])
    assert (z.number, z.holder_name, z.grand_total_minor) == (1, "Mona", z.sale_minor + day.others_z.sale_minor)
    all_holds(office)
