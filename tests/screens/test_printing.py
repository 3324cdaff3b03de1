"""Receipts on paper: the real counter under a pty, the real server, and a printer that can be off, slow, deaf or empty."""
import contextlib
import os
import re
import signal
import stat
import subprocess
import time

import pytest

import cli
import escpos
import picture
from cups import Cups
from printer import FakePrinter
from shop import BUILD, PIN, make_shop, pb
from terminal import DOWN, ENTER, ESCAPE, F, Terminal
from waiting import wait_for

CARD = "MEMBER-0077"
AGAIN = "*** PRINTED AGAIN ***"


class Bakery:
    """A shop with goods, a member and two tills."""

    def __init__(self):
        self.shop = make_shop()
        self.shop.start()
        self.shop.open()
        self.shop.staff("Mona", role="manager", pin="4918")
        taxed = self.shop.put_tax_class("food", ("VAT", 70000))
        self.shop.put_product("Croissant", 195, sku="1", plu=112, tax_class_id=taxed)
        self.shop.put_product("Éclair au chocolat", 350, sku="2", plu=113, tax_class_id=taxed)
        self.shop.manager.command(pb.OP_MEMBER_CREATE, pb.MemberCreate(member=pb.Member(name="Mia Stone", card=CARD)),
                                  pb.MemberDone)
        self.tills = [self.enrol(number) for number in (3, 4)]
        self.opened = set()  # whose shift is

    def enrol(self, number):
        invite = pb.DeviceInvite(kind=pb.CLIENT_COUNTER, name=f"Till {number}", till_number=number)
        code = self.shop.manager.command(pb.OP_DEVICE_INVITE, invite, pb.DeviceInvited).code
        identity = self.shop.directory / f"till{number}"
        subprocess.run([BUILD / "bin" / "caroline", "--identity", identity, "enrol", "--server",
                        f"127.0.0.1:{self.shop.port}", "--code", code], check=True, timeout=30, stdin=subprocess.DEVNULL)
        return identity

    @contextlib.contextmanager
    def counter(self, *arguments, till=0, **environment):
        with Terminal("--identity", self.tills[till], *arguments, **environment) as t:
            t.wait("● connected")
            t.type("Mona", ENTER, "4918", ENTER)
            t.wait(re.compile(r"\| +(Sale|Shift)"))
            if till not in self.opened:
                t.wait("How much money is in the drawer?")
                t.type("100", ENTER)
                t.wait("is open with 100.00 in the drawer")
                self.opened.add(till)
            t.wait("F2 Pay")
            yield t


@pytest.fixture(scope="module")
def bakery():
    made = Bakery()
    try:
        yield made
        made.shop.check()
    finally:
        made.shop.destroy()


@pytest.fixture
def printer(bakery):
    """A till's queue is empty when its test begins."""
    for identity in bakery.tills:
        for file in identity.glob("print.db*"):
            file.unlink()
    with FakePrinter() as made:
        yield made


def settings(tmp_path, **values):
    file = tmp_path / "client.conf"
    file.write_text("[till]\n" + "".join(f"{key} = {value}\n" for key, value in values.items()))
    return file


def sell(t, keys="112", cash=True):
    """One sale, paid exactly; its number."""
    t.type(keys, ENTER)
    t.wait("F2 Pay")
    t.type(F[2])
    t.wait("Cash given:")
    if cash:
        t.type(ENTER)
    else:
        t.type(F[3])
        t.wait(re.compile("[Rr]eference"))
        t.type("A77", ENTER)
    t.wait(re.compile(r"Receipt \dT-\d{6}"))
    return re.search(r"Receipt (\dT-\d{6})", t.text).group(1)


def number_on(receipt):
    return re.search(r"^(\dT-\d{6}) ", receipt, re.MULTILINE).group(1)


def test_a_copy_and_a_z_go_to_another_printer_of_the_shop(bakery, printer):
    office = pb.Printer(name="Office", host="127.0.0.1", port=printer.port)
    bakery.shop.manager.command(pb.OP_PRINTER_PUT, pb.PrinterPut(printer=office), pb.PrinterPutDone)
    try:
        with bakery.counter() as t:
            number = sell(t)
            t.type(F[11])
            t.wait("Office")
            t.type(ENTER)
            t.wait(f"copy 1 of {number} goes to that printer, as its paper 1")
            wait_for(lambda: printer.receipts)
        assert number in printer.receipts[0] and "Croissant" in printer.receipts[0]
    finally:
        bakery.shop.manager.command(pb.OP_PRINTER_PUT, pb.PrinterPut(printer=office, remove=True), pb.PrinterPutDone)


def test_a_test_page_tries_printer_and_scanner(bakery, printer):
    with bakery.counter("--printer", printer.spec, "--printer-columns", "32", "--test-page") as t:
        wait_for(lambda: printer.receipts)
        [page] = printer.receipts
        assert "12345678901234567890123456789012\n" in page and "äöü ß éèêç ñ å ø" in page and "€ £" in page, page
        assert "TEST-0123456789-AQZW" in page
        t.scan("TEST-0123456789-AQZW")
        t.wait("the scanner is set up well")
        t.scan("TEST'0123456789'AQZW")  # as an Italian keyboard has it
        t.wait("the scanner types for another keyboard")
        t.scan("TEST)à&é\"'(-è_ç)QAWZ")  # and a French one
        t.wait("TEST)à&é")


def test_prints_lines_taxes_and_points_and_opens_the_drawer(bakery, printer):
    with bakery.counter("--printer", printer.spec) as t:
        t.scan(CARD)
        t.wait("Mia Stone")
        t.type("2x113", ENTER)
        number = sell(t)
        wait_for(lambda: printer.receipts)
    [receipt] = printer.receipts
    shown = bakery.shop.manager.call(pb.OP_SALE_SHOW, pb.SaleShow(receipt_number=number), pb.SaleShown)
    # The paper says what the server has kept, line by line.
    assert [line.strip() for line in receipt.splitlines() if line.strip()] == \
        [line.strip() for line in shown.text.decode().splitlines() if line.strip()]
    for what in ("Croissant", "Éclair au chocolat", "2 x 3.50", "Total EUR", "VAT 7 % on 8.36", "Cash", "Points earned", "Your points"):
        assert what in receipt, what
    assert [(code.kind, code.data) for code in printer.paper.codes] == [("qr", number.encode())]
    assert printer.paper.kicks == [2]
    assert [kind for _, kind in printer.paper.cuts] == ["partial"]


@pytest.mark.parametrize("code, kind", [("qr", "QR-Code"), ("code128", "CODE-128")])
@pytest.mark.parametrize("columns", [32, 42, 48])
def test_a_reader_reads_the_number_off_the_tills_paper(bakery, printer, tmp_path, code, kind, columns):
    """What the till sent, as the printer puts it on paper: the whole receipt, and a reader over it."""
    with bakery.counter("--config", settings(tmp_path, printer=printer.spec, printer_columns=columns, printer_code=code)) as t:
        number = sell(t)
        wait_for(lambda: printer.receipts)
    assert picture.seen(printer.paper, columns, tmp_path) == [(kind, number)]


def test_a_reprint_carries_its_number(bakery, printer):
    with bakery.counter("--printer", printer.spec) as t:
        number = sell(t)
        t.type(F[9])
        t.wait(f"copy 1 of {number} goes to the printer")
        t.type(F[8])
        t.wait(f"copy 2 of {number} goes to the printer, without prices")
        t.type(ENTER, F[12], "4")
        t.wait(f"copy 3 of {number} goes to the printer")
        wait_for(lambda: len(printer.receipts) == 4)
    original, first, gift, last = printer.receipts
    assert "COPY" not in original
    assert first.count("COPY 1") == gift.count("COPY 2") == last.count("COPY 3") == 2
    assert "GIFT RECEIPT" in gift and "1.95" not in gift and "1.95" in last
    assert printer.paper.kicks == [2]  # the original's
    counted = bakery.shop.sql("SELECT c.copies, count(*) FROM receipt_copied c JOIN receipt_copy USING (sale_id) "
                              "WHERE sale_id = (SELECT max(id) FROM sale) GROUP BY 1")
    assert counted == [(3, 3)]


def test_the_command_line_prints_a_copy(bakery, printer):
    with bakery.counter("--printer", printer.spec) as t:
        number = sell(t)
        wait_for(lambda: printer.receipts)
    console = cli.console(bakery.shop)
    text = console.run("receipt", "print", number).stdout
    assert text.count("COPY 1") == 2 and number in text and "1.95" in text
    gift = console.run("receipt", "print", number, "--gift").stdout
    assert gift.count("COPY 2") == 2 and "GIFT RECEIPT" in gift and "1.95" not in gift
    assert console.run("receipt", "print", number, "--to", printer.spec).stdout == ""
    wait_for(lambda: len(printer.receipts) == 2)
    assert printer.receipts[1].count("COPY 3") == 2
    assert console.json("receipt", "print", number)["copy"] == 4
    printer.change(out_of_paper=True)
    told = console.run("receipt", "print", number, "--to", printer.spec, status=cli.FAULT)
    assert f"copy 5 of {number} was counted and is not printed: no paper" in told.stderr
    printer.refill()
    assert "is no printer" in console.run("receipt", "print", number, "--to", "lpt1", status=cli.USAGE).stderr
    console.run("receipt", "print", "9T-000001", status=cli.REFUSED)
    console.run("receipt", "print", status=cli.USAGE)


def test_the_drawer_is_for_cash(bakery, printer):
    with bakery.counter("--printer", printer.spec, "--drawer", "5") as t:
        number = sell(t, cash=False)
        wait_for(lambda: printer.receipts)
        assert printer.paper.kicks == []
        t.type(ENTER)
        number = sell(t)
        wait_for(lambda: len(printer.receipts) == 2)
        assert printer.paper.kicks == [5]
        t.type(ENTER, F[10])  # the cash goes back
        t.wait("eceipt")
        t.type(number, ENTER)
        t.wait("Croissant")
        t.type("stale", ENTER)
        t.wait("of receipt")
        t.type(ENTER)
        t.wait("Give back")
        wait_for(lambda: len(printer.receipts) == 3)
        assert printer.paper.kicks == [5, 5]
        assert "REFUND" in printer.receipts[2]


def journal_of(bakery, till):
    """The device's entries: [(strand, op of an L entry or 0)]. Behind the 42 bytes that all begin with, an L entry has its op."""
    rows = bakery.shop.sql("SELECT j.kind::text, j.bytes FROM journal j JOIN device d ON d.id = j.device_id"
                           f" WHERE d.till_number = {till} ORDER BY j.kind, j.number")
    return [(kind, int.from_bytes(bytes(data)[42:44], "big") if kind == "L" else 0) for kind, data in rows]


def cash_receipts(bakery, till):
    return bakery.shop.sql("SELECT count(DISTINCT s.id) FROM sale s JOIN tender t ON t.sale_id = s.id JOIN device d ON d.id = s.device_id"
                           f" WHERE t.kind = 1 AND t.amount_minor <> 0 AND d.till_number = {till}")[0][0]


def test_A15_every_kick_is_in_the_audit_and_nothing_else_kicks(bakery, printer):
    before, cash_before = journal_of(bakery, 4), cash_receipts(bakery, 4)

    def kicked(times):
        wait_for(lambda: len(printer.paper.kicks) >= times)
        assert len(printer.paper.kicks) == times

    with bakery.counter("--printer", printer.spec, till=1) as t:
        card = sell(t, cash=False)
        wait_for(lambda: len(printer.receipts) == 1)
        t.type(ENTER)
        cash = sell(t)
        kicked(1)
        for what, number, kicks in (("card", card, 1), ("cash", cash, 2)):
            t.type(ENTER, F[10])
            t.wait("eceipt")
            t.type(number, ENTER)
            t.wait("Croissant")
            t.type(f"stale {what}", ENTER)
            t.wait("of receipt")
            t.type(ENTER)
            t.wait("Card machine EUR" if what == "card" else "Give back EUR")
            wait_for(lambda: len(printer.receipts) == 2 + kicks)
            kicked(kicks)
        t.type(ENTER, F[12], "7")
        t.wait("X: the shift so far")
        t.type(ENTER, F[12], "6")
        t.wait("Open the drawer without a sale")
        t.type("a note is stuck", ENTER)
        t.wait("the drawer may be opened")
        kicked(3)
        for kicks, key in enumerate((F[2], F[3], F[4]), 4):
            t.type(F[12], "5")
            t.wait("Money goes into the drawer")
            t.type(key, "2", ENTER, "change", ENTER)
            t.wait("it is in the books")
            kicked(kicks)
        t.type(F[12], "4")
        wait_for(lambda: len(printer.receipts) == 5)
        kicked(6)
    ops = [op for kind, op in journal_of(bakery, 4) if kind == "L"][len([one for one in before if one[0] == "L"]):]
    receipts = len([one for one in journal_of(bakery, 4) if one[0] == "T"]) - len([one for one in before if one[0] == "T"])
    assert receipts == 4 and cash_receipts(bakery, 4) - cash_before == 2
    assert (ops.count(pb.OP_SHIFT_NO_SALE), ops.count(pb.OP_SHIFT_MOVE)) == (1, 3)
    assert len(printer.paper.kicks) == 2 + 1 + 3
    assert bakery.shop.sql("SELECT reason FROM no_sale WHERE reason = 'a note is stuck'") == [("a note is stuck",)]


def test_A15_who_may_not_open_the_drawer_opens_it_by_nothing_but_cash(bakery, printer):
    bakery.shop.staff("Sam", role="cashier", pin="5273")
    with bakery.counter("--printer", printer.spec, till=1):
        pass  # the shift is open
    with Terminal("--identity", bakery.tills[1], "--printer", printer.spec) as t:
        t.wait("● connected")
        t.type("Sam", ENTER, "5273", ENTER)
        t.wait("F2 Pay")
        t.type(F[12], "6")
        t.wait("6 does nothing here now; F1 says which keys do")
        t.type("5")
        t.wait("5 does nothing here now; F1 says which keys do")
        assert "Open the drawer" not in t.text and "Cash in or out" not in t.text
        t.type(ESCAPE)
        sell(t, cash=False)
        wait_for(lambda: printer.receipts)
        assert printer.paper.kicks == []


def test_on_request_only_the_drawer_moves(bakery, printer, tmp_path):
    with bakery.counter("--config", settings(tmp_path, printer=printer.spec, receipts="ask")) as t:
        sell(t)
        wait_for(lambda: printer.paper.kicks)
        t.type(ENTER)
        sell(t)
        wait_for(lambda: len(printer.paper.kicks) == 2)
    assert printer.receipts == [] and printer.paper.lines == []


def test_twenty_sales_while_it_is_off(bakery, printer):
    printer.off()
    with bakery.counter("--printer", printer.spec) as t:
        numbers = []
        for _ in range(20):
            numbers.append(sell(t))
            t.type(ENTER)
        t.wait(re.compile(r"printer: it cannot be reached; 20 receipts wait"))
        printer.on()
        wait_for(lambda: len(printer.receipts) == 20, seconds=60)
        t.wait("printer:", gone=True)
        assert [number_on(receipt) for receipt in printer.receipts] == numbers
        assert AGAIN not in printer.paper.text
        assert len(printer.paper.kicks) <= 1  # of the last sale, if the printer was back in time: no drawer opens late


def test_they_wait_through_a_restart(bakery, printer):
    printer.off()
    with bakery.counter("--printer", printer.spec) as t:
        numbers = [sell(t)]
        t.type(ENTER)
        numbers.append(sell(t))
        t.signal(signal.SIGKILL)
        t.end()
    printer.on()
    with bakery.counter("--printer", printer.spec):
        wait_for(lambda: len(printer.receipts) == 2)
        assert [number_on(receipt) for receipt in printer.receipts] == numbers
        assert AGAIN not in printer.paper.text and printer.paper.kicks == []


def test_killed_while_it_prints(bakery, printer):
    """The printer has taken all of it and has not said so."""
    printer.change(held=True)
    with bakery.counter("--printer", printer.spec) as t:
        number = sell(t)
        wait_for(lambda: printer.connection)
        queue = bakery.tills[0] / "print.db"
        wait_for(lambda: begun(queue))
        t.signal(signal.SIGKILL)
        t.end()
    printer.change(held=False)
    with bakery.counter("--printer", printer.spec) as t:
        wait_for(lambda: len(printer.receipts) == 2)
        t.type("113", ENTER)
        next_one = sell(t)
        wait_for(lambda: len(printer.receipts) == 3)
    assert [number_on(receipt) for receipt in printer.receipts] == [number, number, next_one]
    assert [AGAIN in receipt for receipt in printer.receipts] == [False, True, False]


@pytest.mark.parametrize("bytes_left", [0, 1, 40, 400])
def test_killed_between_two_bytes(bakery, printer, bytes_left):
    """So many had left; the next never did. What may lie there in part comes whole, once, and says so."""
    printer.change(takes=bytes_left)
    with bakery.counter("--printer", printer.spec) as t:
        number = sell(t, cash=False)  # the drawer's bytes would go first
        wait_for(lambda: printer.takes == 0 and printer.buffer)
        t.signal(signal.SIGKILL)
        t.end()
    assert begun(bakery.tills[0] / "print.db") == 1
    printer.lose()
    with bakery.counter("--printer", printer.spec) as t:
        wait_for(lambda: printer.receipts)
        t.type("113", ENTER)
        next_one = sell(t)
        wait_for(lambda: len(printer.receipts) == 2)
    part, whole = printer.receipts[0].split(AGAIN)
    assert "Total" not in part and number_on(whole) == number and "Total EUR" in whole
    assert ("Good bread" in part) == (bytes_left == 400) and (bytes_left > 1 or not part.split())
    assert number_on(printer.receipts[1]) == next_one and AGAIN not in printer.receipts[1]


def begun(queue):
    """Whether the till's disk says that a byte may have left. Its files are copied: the till has them for itself."""
    import shutil
    import sqlite3
    import tempfile

    with tempfile.TemporaryDirectory() as folder:
        for file in queue.parent.glob("print.db*"):
            shutil.copy(file, folder)
        with contextlib.closing(sqlite3.connect(f"{folder}/print.db")) as db:
            return db.execute("SELECT count(*) FROM job WHERE begun AND NOT printed").fetchone()[0]


def test_paper_runs_out_in_a_receipt(bakery, printer):
    printer.change(no_paper_after=6)
    with bakery.counter("--printer", printer.spec) as t:
        number = sell(t)
        t.wait("printer: no paper; 1 receipt waits")
        t.type(ENTER)
        second = sell(t)
        t.wait("printer: no paper; 2 receipts wait")
        wait_for(lambda: len(printer.paper.kicks) == 2)  # without paper the drawer opens all the same
        printer.refill()
        wait_for(lambda: len(printer.receipts) >= 2 and second in printer.receipts[-1])
        t.wait("printer:", gone=True)
    again = [receipt for receipt in printer.receipts if AGAIN in receipt]
    assert len(again) == 1 and number_on(again[0].split(AGAIN)[1]) == number
    assert [number_on(receipt) for receipt in printer.receipts][-1] == second


def test_the_cover_is_open(bakery, printer):
    printer.change(cover_open=True)
    with bakery.counter("--printer", printer.spec) as t:
        sell(t)
        t.wait("printer: its cover is open; 1 receipt waits")
        printer.change(cover_open=False)
        wait_for(lambda: len(printer.receipts) == 1)
    assert AGAIN not in printer.paper.text


def test_the_line_is_cut_in_a_receipt(bakery, printer):
    printer.change(cut_after=5)
    with bakery.counter("--printer", printer.spec) as t:
        number = sell(t)
        wait_for(lambda: len(printer.receipts) == 1)
        t.wait("printer:", gone=True)
    half, whole = printer.receipts[0].split(AGAIN)
    assert "Total" not in half and number_on(whole) == number


def test_a_printer_that_hangs_holds_up_no_sale(bakery, printer):
    """Beside the same sales without any printer: not by the clock alone, for the machine may be busy."""
    def seconds_of(*arguments):
        with bakery.counter(*arguments) as t:
            sell(t)
            times = []
            for _ in range(5):
                t.type(ENTER, "112", ENTER, F[2])
                t.wait("Cash given:")
                began = time.monotonic()
                t.child.send(ENTER)
                t.wait("of 1.95 given")
                times.append(time.monotonic() - began)
            return sorted(times)[2]

    without = seconds_of()
    printer.change(deaf=True)
    hanging = seconds_of("--printer", printer.spec)
    assert hanging < without + 0.2, (hanging, without)
    with bakery.counter("--printer", printer.spec) as t:
        t.wait("printer: it does not answer; 6 receipts wait")
        printer.change(deaf=False)
        wait_for(lambda: len(printer.receipts) == 6, seconds=60)


def test_two_tills_on_one_printer(bakery, printer):
    with bakery.counter("--printer", printer.spec) as one, bakery.counter("--printer", printer.spec, till=1) as two:
        numbers = []
        for _ in range(3):
            for t in (one, two):
                numbers.append(sell(t))
                t.type(ENTER)
        wait_for(lambda: len(printer.receipts) == 6, seconds=60)
    printed = [number_on(receipt) for receipt in printer.receipts]
    assert sorted(printed) == sorted(numbers) and AGAIN not in printer.paper.text
    for till in "34":
        assert [n for n in printed if n.startswith(till)] == [n for n in numbers if n.startswith(till)]


def test_a_printer_that_never_answers(bakery, printer, tmp_path):
    printer.change(status=lambda question: 0)  # no byte of a status
    with bakery.counter("--config", settings(tmp_path, printer=printer.spec, printer_answers="no")) as t:
        number = sell(t)
        wait_for(lambda: len(printer.receipts) == 1)
    assert number_on(printer.receipts[0]) == number and printer.paper.kicks == [2]


def test_a_file_a_device_and_a_queue_of_the_system(bakery, printer, tmp_path):
    number = {}
    with bakery.counter("--printer", f"file:{tmp_path / 'paper'}") as t:
        number["file"] = sell(t)
        wait_for(lambda: (tmp_path / "paper").exists() and b"\x1dVB" in (tmp_path / "paper").read_bytes())
        t.type(ENTER)
        sell(t)
        wait_for(lambda: (tmp_path / "paper").read_bytes().count(b"\x1dVB") == 2)
    assert stat.S_IMODE((tmp_path / "paper").stat().st_mode) == 0o600
    os.mkfifo(tmp_path / "lp0")
    with bakery.counter("--printer", f"device:{tmp_path / 'lp0'}") as t:
        number["device"] = sell(t)
        t.wait("printer: it could not be opened")  # nobody reads yet
        with open(tmp_path / "lp0", "rb", buffering=0) as device:
            taken = b""
            while b"\x1dVB\0" not in taken:
                taken += device.read(7)
    # `lp` as the system would have it.
    lp = tmp_path / "lp"
    lp.write_text(f'#!/bin/sh\n[ "$*" = "-s -d bar -o raw" ] && cat > {tmp_path}/raw.part && mv {tmp_path}/raw.part {tmp_path}/raw\n')
    lp.chmod(0o755)
    with bakery.counter("--printer", "cups:bar", PATH=f"{tmp_path}:{os.environ['PATH']}") as t:
        number["cups"] = sell(t)
        wait_for(lambda: (tmp_path / "raw").exists())
    for way, data in (("file", (tmp_path / "paper").read_bytes()), ("device", taken), ("cups", (tmp_path / "raw").read_bytes())):
        data = data[:data.index(b"\x1dVB") + 4]
        assert number_on(escpos.printed(data).receipts[0]) == number[way], way


def test_a_queue_of_a_real_cups_gets_the_very_bytes(bakery, printer, tmp_path):
    """Debian's cupsd and lp: a page as it goes to a file, and a receipt that waits until cupsd is back."""
    with bakery.counter("--printer", f"file:{tmp_path / 'paper'}", "--test-page"):
        wait_for(lambda: (tmp_path / "paper").exists() and b"\x1dVB" in (tmp_path / "paper").read_bytes())
    page = (tmp_path / "paper").read_bytes()
    with Cups(tmp_path / "cups", "bar") as cups, \
            bakery.counter("--printer", "cups:bar", "--test-page", CUPS_SERVER=str(cups.socket)) as t:
        wait_for(lambda: cups.papers)
        assert cups.papers == [page]
        cups.stop()
        number = sell(t)
        t.wait("printer: the system's queue 'bar' does not take it")
        cups.start()
        wait_for(lambda: len(cups.papers) > 1, seconds=60)
        [receipt] = escpos.printed(b"".join(cups.papers[1:])).receipts
        assert number_on(receipt) == number


@pytest.mark.parametrize("arguments, sentence", [
    (["--printer", "lpt1"], "'lpt1' is no printer"),
    (["--printer", "tcp:"], "'tcp:' is no printer"),
    (["--printer", "tcp:host:0"], "tcp:HOST"),
    (["--printer", "tcp:::1:9100"], "[ADDRESS]:PORT"),
    (["--printer-columns", "12"], "printer-columns"),
    (["--printer-codepage", "pc850"], "printer_codepage"),
    (["--drawer", "3"], "drawer is none, 2 or 5, not '3'"),
    (["--receipts", "never"], "receipts is ask or always, not 'never'"),
])
def test_an_unknown_setting_is_told(arguments, sentence):
    done = subprocess.run([BUILD / "bin" / "caroline-counter", *arguments], capture_output=True, text=True, timeout=20,
                          stdin=subprocess.DEVNULL)
    assert done.returncode == 64 and sentence in done.stderr, done.stderr
