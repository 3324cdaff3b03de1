"""The server's spool: copies and Zs for the shop's network printers, in order, each once, whatever a printer is like meanwhile."""
import re
import socket
import threading
import time
import uuid

import pytest
from cli import console
from counter import basket, check_books, check_strands, refused, ring_up, seed
from printer import FakePrinter
from shop import pb
from waiting import wait_for

AGAIN = "PRINTED AGAIN"


@pytest.fixture(scope="module")
def goods(shop):
    return seed(shop)


@pytest.fixture(scope="module")
def till(shop, goods):
    made = shop.till()
    for name in ("cookie", "cake"):
        shop.receive(goods[name], 1000)
    return made


@pytest.fixture(scope="module")
def receipt(shop, till, goods):
    return ring_up(till, basket(shop, (goods["cake"], 1)), 900).receipt_number


@pytest.fixture(scope="module", autouse=True)
def the_books_balance(shop, goods):
    yield
    check_books(shop)
    check_strands(shop)


def put(shop, name, port, host="127.0.0.1", **terms):
    printer = pb.Printer(name=name, host=host, port=port, **terms)
    return shop.manager.command(pb.OP_PRINTER_PUT, pb.PrinterPut(printer=printer), pb.PrinterPutDone)


def remove(shop, name):
    return shop.manager.command(pb.OP_PRINTER_PUT, pb.PrinterPut(printer=pb.Printer(name=name), remove=True), pb.PrinterPutDone)


def listed(client, name):
    return client.call(pb.OP_PRINTER_LIST, pb.PrinterList(printer=name), pb.PrinterListed)


def copy_to(client, receipt, printer, id=None, **more):
    return client.command(pb.OP_RECEIPT_PRINT, pb.ReceiptPrint(receipt_number=receipt, printer=printer, **more), pb.ReceiptPrinted, id)


def change(shop, printer, act, number=None):
    message = pb.PrintJobChange(printer=printer, act=act)
    if number is not None:
        message.number = number
    return shop.manager.command(pb.OP_PRINT_JOB_CHANGE, message, pb.PrintJobPut)


def copies(paper):
    """Which copies lie there, in their order; each stands at a paper's head and at its foot."""
    found = []
    for receipt in paper.receipts:
        marks = re.findall(r"COPY (\d+)", receipt)
        assert len(marks) == 2 and marks[0] == marks[1], receipt
        found.append(int(marks[0]))
    return found


def done(shop, name, seconds=30):
    """All that was put is printed or dropped."""
    wait_for(lambda: listed(shop.manager, name).printers[0].waiting == 0, seconds, f"the queue of {name}")


def test_A14_a_copy_is_printed_by_the_server_marked_and_once(shop, till, receipt):
    with FakePrinter() as printer:
        assert put(shop, "office", printer.port).printer.columns == 42
        id = uuid.uuid4().bytes
        first = copy_to(till, receipt, "office", id)
        assert copy_to(till, receipt, "office", id) == first and first.job_number == 1
        done(shop, "office")
        [paper] = printer.receipts
        assert receipt in paper and f"COPY {first.copy}" in paper and AGAIN not in paper
        [job] = listed(till, "office").jobs
        assert (job.state, job.tries, job.receipt_number, job.copy) == (pb.PRINT_STATE_PRINTED, 1, receipt, first.copy)
        # Without prices, and on narrow paper.
        put(shop, "office", printer.port, columns=32, code_page=pb.CODE_PAGE_WPC1252)
        copy_to(till, receipt, "office", gift=True)
        done(shop, "office")
        assert "GIFT RECEIPT" in printer.receipts[1] and "9.00" not in printer.receipts[1]
        assert max(line.columns for line in printer.paper.lines) <= 42
    remove(shop, "office")


def test_A14_a_printer_that_is_off_has_all_in_order_when_it_is_back(shop, till, goods, receipt):
    with FakePrinter() as printer:
        put(shop, "bakehouse", printer.port)
        printer.off()
        numbers = [copy_to(till, receipt, "bakehouse").copy for _ in range(20)]
        wait_for(lambda: listed(till, "bakehouse").printers[0].problem, 20, "the printer to be missed")
        standing = listed(till, "bakehouse").printers[0]
        assert standing.waiting == 20 and standing.problem == "it cannot be reached" and standing.next_us > 0
        ring_up(till, basket(shop, (goods["cake"], 1)), 900)  # a sale knows nothing of it
        printer.on()
        change(shop, "bakehouse", pb.PRINT_ACT_RETRY)
        done(shop, "bakehouse", 60)
        assert copies(printer.paper) == numbers
        assert AGAIN not in printer.paper.text
        # Its paper runs out within a receipt: that one is printed again, whole, and says so; those behind it once.
        printer.change(no_paper_after=len(printer.paper.lines) + 5)
        more = [copy_to(till, receipt, "bakehouse").copy for _ in range(3)]
        wait_for(lambda: listed(till, "bakehouse").printers[0].problem == "no paper", 20, "the paper to be out")
        before = len(printer.receipts)
        printer.refill()
        change(shop, "bakehouse", pb.PRINT_ACT_RETRY)
        done(shop, "bakehouse", 60)
        text = "".join(printer.receipts[20:])
        assert text.count(AGAIN) == 1
        told = [int(n) for n in re.findall(r"COPY (\d+)", text)]
        assert sorted(set(told)) == more and told == sorted(told)
        assert before <= len(printer.receipts) and [told.count(n) for n in more[1:]] == [2, 2]
    remove(shop, "bakehouse")


def z_print(client, printer, **key):
    return client.command(pb.OP_SHIFT_Z_PRINT, pb.ShiftZPrint(printer=printer, **key), pb.PrintJobPut)


def test_A14_a_Z_is_printed_as_it_was(shop, goods):
    till = shop.till("Caroline")
    number = till.identity.device.till_number
    ring_up(till, basket(shop, (goods["cake"], 2)), 1800)
    with FakePrinter() as printer:
        put(shop, "office", printer.port)
        assert refused(z_print, till, "office") == "UNKNOWN_SHIFT"
        report = till.command(pb.OP_SHIFT_CLOSE, pb.ShiftClose(counted_minor=11800), pb.ShiftReported)
        assert z_print(till, "office").number > 0
        z_print(shop.manager, "office", till_number=number, number=report.number)
        assert refused(z_print, shop.manager, "office") == "UNKNOWN_SHIFT"
        assert refused(z_print, shop.manager, "office", till_number=number, number=report.number + 1) == "UNKNOWN_SHIFT"
        done(shop, "office")
        assert len(printer.receipts) == 2 and printer.receipts[0] == printer.receipts[1]
        for row in report.receipt.rows:
            assert row.left.split("  ")[0][:30] in printer.paper.text, row.left
        assert [job.z_number for job in listed(till, "office").jobs[:2]] == [report.number] * 2
    remove(shop, "office")


def test_A14_what_waits_is_dropped_and_put_again(shop, till, receipt):
    with FakePrinter() as printer:
        put(shop, "office", printer.port)
        printer.off()
        first, second, third = (copy_to(till, receipt, "office") for _ in range(3))
        assert change(shop, "office", pb.PRINT_ACT_DROP, second.job_number).number == second.job_number
        assert refused(change, shop, "office", pb.PRINT_ACT_DROP, second.job_number) == "UNKNOWN_PRINT_JOB"
        assert refused(change, shop, "office", pb.PRINT_ACT_RETRY, first.job_number) == "UNKNOWN_PRINT_JOB"
        assert refused(change, shop, "office", pb.PRINT_ACT_DROP, 9999) == "UNKNOWN_PRINT_JOB"
        assert refused(change, shop, "office", pb.PRINT_ACT_DROP) == "BAD_FIELD"
        again = change(shop, "office", pb.PRINT_ACT_RETRY, second.job_number)
        assert again.number == third.job_number + 1
        printer.on()
        change(shop, "office", pb.PRINT_ACT_RETRY)
        done(shop, "office")
        assert copies(printer.paper) == [first.copy, third.copy, second.copy]
        assert "PRINTED AGAIN" not in printer.paper.text
        # Put again once more it is a second paper of that copy, and says so.
        change(shop, "office", pb.PRINT_ACT_RETRY, second.job_number)
        done(shop, "office")
        assert copies(printer.paper)[-1] == second.copy and printer.paper.text.count("PRINTED AGAIN") == 1
        # A printer that is removed takes what waits with it, and one that is named anew begins with nothing.
        printer.off()
        copy_to(till, receipt, "office")
        assert remove(shop, "office").dropped == 1
        assert refused(copy_to, till, receipt, "office") == "UNKNOWN_PRINTER"
        printer.on()
        put(shop, "office", printer.port)
        copy_to(till, receipt, "office")
        done(shop, "office")
        assert len(printer.receipts) == 5
    remove(shop, "office")


def test_A14_what_no_printer_can_be_is_refused(shop, till, receipt):
    for terms in ({"host": "a b"}, {"host": ""}, {"host": "x", "columns": 33}, {"host": "x", "code_page": 0}, {"host": "x", "port": 70000}):
        assert refused(put, shop, "bad", **{"port": 9100, **terms}) == "BAD_PRINTER", terms
    assert refused(put, shop, " ", 9100) == "BAD_PRINTER"
    assert refused(remove, shop, "nobody's") == "UNKNOWN_PRINTER"
    assert refused(listed, till, "nobody's") == "UNKNOWN_PRINTER"
    assert refused(copy_to, till, receipt, "nobody's") == "UNKNOWN_PRINTER"
    assert refused(till.command, pb.OP_PRINTER_PUT, pb.PrinterPut(printer=pb.Printer(name="x", host="x")), pb.PrinterPutDone) == "UNSUPPORTED"
    counted = shop.sql("SELECT coalesce(max(copies), 0) FROM receipt_copied")
    assert refused(copy_to, till, receipt, "nobody's") == "UNKNOWN_PRINTER"
    assert shop.sql("SELECT coalesce(max(copies), 0) FROM receipt_copied") == counted  # what is refused is not counted
    for n in range(20):
        put(shop, f"printer {n:02}", 9100, host="192.0.2.1")
    assert refused(put, shop, "one more", 9100, host="192.0.2.1") == "BAD_PRINTER"
    for n in range(20):
        remove(shop, f"printer {n:02}")


def test_A14_a_full_queue_says_so(shop, till, receipt):
    with FakePrinter() as printer:
        put(shop, "office", printer.port)
        printer.off()
        number = copy_to(till, receipt, "office").job_number
        [[printer_id]] = shop.sql("SELECT id FROM printer WHERE name = 'office'")
        shop.sql(f"INSERT INTO print_job SELECT printer_id, number + i, kind, sale_id, copy, shift_id, 1, 0, device_id, staff_id, put_at FROM print_job,"
                 f" generate_series(1, 999) AS i WHERE printer_id = {printer_id} AND number = {number};"
                 f" UPDATE printer SET waiting = 1000, job_count = {number + 999}, due_at = now() + interval '1 hour', node = NULL, turn = turn + 1 WHERE id = {printer_id}",
                 "admin")
        assert refused(copy_to, till, receipt, "office") == "PRINT_QUEUE_FULL"
        change(shop, "office", pb.PRINT_ACT_DROP, number + 5)
        assert copy_to(till, receipt, "office").job_number == number + 1000
        assert len(listed(till, "office").jobs) == 50 and listed(till, "office").more
    assert remove(shop, "office").dropped == 1000


class Bad:
    """Something at a printer's address that is none."""

    def __init__(self, how):
        self.how, self.listener, self.over = how, socket.create_server(("127.0.0.1", 0)), False
        self.port, self.connections = self.listener.getsockname()[1], 0
        self.thread = threading.Thread(target=self.serve, daemon=True)
        self.thread.start()

    def serve(self):
        kept = []
        while True:
            try:
                connection, _ = self.listener.accept()
            except OSError:
                return
            self.connections += 1
            kept.append(connection)
            if self.how == "floods":
                threading.Thread(target=self.flood, args=(connection,), daemon=True).start()
            elif self.how == "cuts":
                connection.close()

    def flood(self, connection):
        try:
            while not self.over:
                connection.sendall(b"\x12" * 65536)
        except OSError:
            pass

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.over = True
        self.listener.shutdown(socket.SHUT_RDWR)
        self.listener.close()


@pytest.mark.parametrize("how, why", [("hangs", "it does not answer"), ("floods", ""), ("cuts", "the connection was lost")])
def test_A14_who_is_no_printer_holds_up_nothing(shop, till, goods, receipt, how, why):
    with Bad(how) as bad, FakePrinter() as printer:
        put(shop, "bad", bad.port)
        put(shop, "good", printer.port)
        job = copy_to(till, receipt, "bad")
        wait_for(lambda: listed(till, "bad").printers[0].problem, 30, how)
        assert listed(till, "bad").printers[0].problem == (why or "it says more than a printer does")
        slowest = 0
        for _ in range(10):
            since = time.monotonic()
            ring_up(till, basket(shop, (goods["cake"], 1)), 900)
            slowest = max(slowest, time.monotonic() - since)
        assert slowest < 2  # the next try of the printer's alone takes longer
        copy_to(till, receipt, "good")
        done(shop, "good")
        [waiting] = [j for j in listed(till, "bad").jobs if j.number == job.job_number]
        assert waiting.state in (pb.PRINT_STATE_WAITING, pb.PRINT_STATE_BEGUN)
        assert len(printer.receipts) == 1
    remove(shop, "bad")
    remove(shop, "good")


def test_A14_what_is_practised_goes_to_no_printer_of_the_shops(shop, goods):
    till = shop.till("Caroline", float_minor=None)
    put(shop, "office", 9100, host="192.0.2.1")
    till.command(pb.OP_TRAINING_BEGIN, pb.TrainingBegin(), pb.TrainingState)
    till.command(pb.OP_SHIFT_OPEN, pb.ShiftOpen(float_minor=0, training=True), pb.ShiftShown)
    request = pb.ReceiptPrint(last=True, printer="office", training=True)
    assert refused(till.command, pb.OP_RECEIPT_PRINT, request, pb.ReceiptPrinted) == "TRAINING_ON"
    assert refused(z_print, till, "office") == "TRAINING_ON"
    assert [p.name for p in till.call(pb.OP_PRINTER_LIST, pb.PrinterList(), pb.PrinterListed).printers] == ["office"]
    till.command(pb.OP_TRAINING_END, pb.TrainingEnd(), pb.TrainingState)
    remove(shop, "office")


def test_A14_the_command_line_prints_at_the_office(shop, receipt):
    cli = console(shop)
    with FakePrinter() as printer:
        assert "port 9100" not in cli.run("printer", "put", "office", f"tcp:127.0.0.1:{printer.port}", "--columns", "48").stdout
        assert "48 columns, pc858" in cli.run("printer", "list").stdout
        said = cli.run("receipt", "print", receipt, "--printer", "office").stdout
        assert said.startswith("paper ") and "printer jobs office" in said
        done(shop, "office")
        jobs = cli.run("printer", "jobs", "office").stdout
        assert receipt in jobs and "printed" in jobs
        assert "tried now" in cli.run("printer", "retry", "office").stdout
        assert len(printer.receipts) == 1
    assert "removed" in cli.run("printer", "remove", "office").stdout
