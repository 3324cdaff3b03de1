"""The line goes, or the answer is slow, between the total and the money, at the real till by keys: the queue goes on, each
sale is booked once, who paid gets their change, and no scan is lost without a word."""
import contextlib
import re
import signal

import pytest

from printer import FakePrinter
from shop import PIN, pb
from terminal import ENTER, ESCAPE, F, Terminal
from test_counter import CROISSANT, ECLAIR, Bakery, pay_exactly, ready, sign_in
from waiting import wait_for


@pytest.fixture(scope="module")
def bakery():
    made = Bakery()
    try:
        made.shop.put_tender_type("On account", kind=pb.TENDER_ACCOUNT)
        account = pb.Account(name="Hotel Krone", limit_minor=50000)
        made.account = made.shop.manager.command(pb.OP_ACCOUNT_PUT, pb.AccountPut(account=account), pb.AccountPutDone).id
        yield made
        made.shop.check()
    finally:
        made.shop.destroy()


@pytest.fixture
def printer():
    with FakePrinter() as made:
        yield made


@contextlib.contextmanager
def counter(bakery, printer):
    with Terminal("--identity", bakery.identity, "--printer", printer.spec) as t:
        sign_in(t)
        ready(t, bakery)
        yield t


def quoted(t, code="114"):
    t.type(code, ENTER, F[2])
    t.wait("Cash given:")


def owed(bakery):
    return bakery.shop.manager.call(pb.OP_ACCOUNT_SHOW, pb.AccountShow(id=bakery.account), pb.AccountShown).account.balance_minor


def part_on_account(t, bakery):
    """8.95, of it 1.00 on account; then the server is gone."""
    quoted(t)
    t.type("1", F[10])
    t.wait("Whose account is 1.00 put on?")
    t.wait("Hotel Krone")
    t.type(ENTER)
    t.wait("Still to pay")
    bakery.server.kill()
    t.wait("NO CONNECTION", seconds=5)


def back(t, bakery):
    bakery.server.start()
    t.wait("● connected", seconds=40)
    bakery.reconnect()


def sales(bakery, series):
    return bakery.shop.sql(f"SELECT number, total_minor FROM sale WHERE series = '{series}' ORDER BY number")


def test_cash_taken_when_the_line_has_gone_is_the_tills_own_sale(bakery, printer):
    with counter(bakery, printer) as t:
        quoted(t)
        bakery.server.kill()
        t.wait("NO CONNECTION", seconds=5)
        t.type("20", ENTER)
        t.wait("Receipt 3X-000001")
        wait_for(lambda: printer.receipts)
        assert "3X-000001" in printer.receipts[0] and len(printer.paper.kicks) == 1
        t.scan(CROISSANT)  # the next customer
        t.wait("1 piece, 1 line")
        t.type(F[12], "7")  # what the till knows of an X
        t.wait("8.95, of it 8.95 in cash")
        back(t, bakery)
        wait_for(lambda: sales(bakery, "X") == [(1, 895)], seconds=30)
        assert sales(bakery, "T") == []
        pay_exactly(t)
        assert sales(bakery, "T") == [(1, 195)]


def test_a_part_on_account_that_nobody_has_heard_of_waits_for_the_line(bakery, printer):
    """The server may refuse it, and it alone can book it: the goods stay here, or it is withdrawn and paid otherwise."""
    with counter(bakery, printer) as t:
        before, owed_before = sales(bakery, "T"), owed(bakery)
        part_on_account(t, bakery)
        t.type("20", ENTER)
        t.wait("Ringing up")
        t.wait("Esc Withdraw")
        assert "Next customer" not in t.text
        t.scan(ECLAIR)
        t.wait("is kept for the next customer (1)")
        back(t, bakery)
        wait_for(lambda: len(sales(bakery, "T")) == len(before) + 1, seconds=30)
        t.wait(re.compile(r"Receipt 3T-\d{6}"))
        t.type(ENTER)
        t.wait(re.compile(r"Éclair au chocolat +1 +3.50"))
        assert owed(bakery) == owed_before + 100
        pay_exactly(t)
        assert len(sales(bakery, "T")) == len(before) + 2
        wait_for(lambda: len(printer.receipts) == 2)


def test_a_sale_that_is_withdrawn_says_that_the_scans_are_to_be_made_again(bakery, printer):
    with counter(bakery, printer) as t:
        before = sales(bakery, "T")
        part_on_account(t, bakery)
        t.type(ENTER)
        t.wait("Ringing up")
        t.scan(ECLAIR)
        t.wait("is kept for the next customer (1)")
        t.type(ESCAPE)
        t.wait(re.compile(r"taken back: nothing was sold, give the money back; 1 scan meanwhile: scan\s+again"))
        back(t, bakery)
        t.type(ENTER)
        t.wait(re.compile(r"Receipt 3T-\d{6}"))
        t.type(ENTER)
        t.wait("The basket is empty.")
        assert len(sales(bakery, "T")) == len(before) + 1


def test_who_paid_a_sale_whose_answer_is_slow_gets_the_change_and_the_drawer_opens_once(bakery, printer):
    with counter(bakery, printer) as t:
        before = sales(bakery, "T")
        quoted(t)
        bakery.server.process.send_signal(signal.SIGSTOP)
        t.type("20", ENTER)
        t.wait("Change EUR")
        wait_for(lambda: len(printer.paper.kicks) == 1)
        t.type(F[2])
        t.wait("Before: change 11.05")
        bakery.server.process.send_signal(signal.SIGCONT)
        t.wait("the sale that was put aside is booked: 3T-", seconds=40)
        wait_for(lambda: len(printer.receipts) == 1)
        assert len(sales(bakery, "T")) == len(before) + 1 and len(printer.paper.kicks) == 1
        # And where nobody puts it aside.
        quoted(t)
        assert "Before" not in t.text
        bakery.server.process.send_signal(signal.SIGSTOP)
        t.type("20", ENTER)
        t.wait("Change EUR")
        wait_for(lambda: len(printer.paper.kicks) == 2)
        bakery.server.process.send_signal(signal.SIGCONT)
        t.wait(re.compile(r"Receipt 3T-\d{6}"), seconds=40)
        wait_for(lambda: len(printer.receipts) == 2)
        assert len(sales(bakery, "T")) == len(before) + 2 and len(printer.paper.kicks) == 2


def test_a_basket_costs_what_it_cost_when_its_prices_change(bakery, printer):
    with counter(bakery, printer) as t:
        before = sales(bakery, "T")
        t.type("114", ENTER)
        t.wait(re.compile(r"Chocolate Cake +1 +8.95"))
        bakery.shop.put_product("Chocolate Cake", 995, sku="3", plu=114)
        t.type("choc")
        t.wait("9.95")  # the till has heard of it
        t.type(ESCAPE, F[2])
        t.wait("Cash given:")
        t.type(ENTER)
        t.wait(re.compile(r"Receipt 3T-\d{6}"))
        assert sales(bakery, "T")[len(before):] == [(len(before) + 1, 895)]
        bakery.shop.put_product("Chocolate Cake", 895, sku="3", plu=114)
        t.type(ENTER, "choc")
        t.wait("8.95")
        t.type(ESCAPE)


def test_a_sale_that_is_refused_behind_a_locked_till_is_parked_when_it_is_open(bakery, printer):
    with counter(bakery, printer) as t:
        before = sales(bakery, "T")
        quoted(t)
        t.type("1", F[10])
        t.wait("Hotel Krone")
        t.type(ENTER)
        t.wait("Still to pay")
        bakery.server.process.send_signal(signal.SIGSTOP)
        t.type("20", ENTER)
        t.wait("F2 Next customer")
        t.type(F[2])
        t.wait("Before: change 12.05")
        t.type(F[11])
        t.wait("LOCKED")
        bakery.shop.sql(f"UPDATE account SET limit_minor = 0 WHERE id = {bakery.account}")
        bakery.server.process.send_signal(signal.SIGCONT)
        t.wait("NOT BOOKED: 8.95, paid by On account 1.00, cash 20.00", seconds=40)
        assert bakery.shop.sql("SELECT count(*) FROM parked_basket")[0][0] == 0
        t.type(PIN, ENTER)
        t.wait("NOT BOOKED, parked for Ben (F12, F3)")
        assert bakery.shop.sql("SELECT count(*) FROM parked_basket")[0][0] == 1
        t.wait("the drawer was opened for a sale that is not booked")  # Ben may not open it without a sale
        t.type(ENTER)
        t.wait("the drawer was opened for a sale that is not booked", gone=True)
        t.type(F[12], F[3])
        t.wait("NOT BOOKED, 8.95: Chocolate Cake")
        t.type(ENTER)
        t.wait("it was paid by On account 1.00, cash 20.00")
        pay_exactly(t)
        assert len(sales(bakery, "T")) == len(before) + 1 and sales(bakery, "X")[1:] == []


def test_money_and_a_gift_card_are_put_aside_while_the_server_is_away_and_their_papers_come(bakery, printer):
    with counter(bakery, printer) as t:
        before, owed_before = sales(bakery, "X"), owed(bakery)
        t.type(F[12], F[11], F[3])
        t.wait("A new gift card")
        t.type("50", ENTER)
        bakery.server.process.send_signal(signal.SIGSTOP)
        t.type(ENTER)
        t.wait("Esc Put aside")
        t.type(ESCAPE)
        t.wait("put aside, 50.00 for a new gift card")
        wait_for(lambda: len(printer.paper.kicks) == 1)
        bakery.server.kill()
        t.wait("NO CONNECTION", seconds=40)
        while "The basket is empty." not in t.text:
            t.type(ESCAPE)
            t.wait(re.compile("."))
        quoted(t)
        t.type("20", ENTER)
        t.wait("Receipt 3X-")
        t.type(ENTER)
        back(t, bakery)
        t.wait(re.compile(r"50\.00 are in the books, on gift card 1, ends in \d{4}: its paper, with the\s+code, is printed"), seconds=40)
        wait_for(lambda: len(printer.receipts) == 2)
        [[minor]] = bakery.shop.sql("SELECT balance_minor FROM gift_card")
        assert minor == 5000 and re.search(r"\d{5} \d{5}", str(printer.receipts[-1]))
        wait_for(lambda: len(sales(bakery, "X")) == len(before) + 1, seconds=30)
        t.type(F[12], F[10])
        t.wait("Hotel Krone")
        t.type(ENTER)
        t.wait("Received on account")
        t.type("1")
        bakery.server.process.send_signal(signal.SIGSTOP)
        t.type(ENTER)
        t.wait("Esc Put aside")
        t.type(ESCAPE)
        t.wait("put aside, 1.00 on account 1")
        bakery.server.process.send_signal(signal.SIGCONT)
        t.wait("1.00 are received on account 1, and in the books", seconds=40)
        assert owed(bakery) == owed_before - 100
        wait_for(lambda: len(printer.receipts) == 3)


def test_a_till_whose_lock_nobody_heard_of_stays_locked_when_the_line_is_back(bakery, printer):
    with counter(bakery, printer) as t:
        bakery.server.process.send_signal(signal.SIGSTOP)
        t.type(F[11])
        t.wait("LOCKED")
        bakery.server.kill()
        t.wait("NO CONNECTION", seconds=5)
        back(t, bakery)
        wait_for(lambda: bakery.shop.sql("SELECT locked FROM session WHERE closed_at IS NULL AND device_id = "
                                         "(SELECT id FROM device WHERE till_number = 3) ORDER BY created_at DESC LIMIT 1")
                 == [(True,)])
        assert "LOCKED" in t.text
        t.type("0000", ENTER)
        t.wait("PIN is wrong")
        assert "LOCKED" in t.text
        t.type(PIN, ENTER)
        t.wait("The basket is empty.")


# ---- the lock while the server is away ----


def session_locked(bakery):
    [[locked]] = bakery.shop.sql("SELECT locked FROM session WHERE closed_at IS NULL AND device_id = (SELECT id FROM device WHERE "
                                 "till_number = 3) ORDER BY created_at DESC LIMIT 1")
    return locked


def noted(bakery, event):
    return bakery.shop.sql(f"SELECT count(*) FROM journal WHERE position('{event}' IN convert_from(decode(replace(encode(bytes, "
                           "'hex'), '00', ''), 'hex'), 'LATIN1')) > 0")[0][0]


def locked_and_away(t, bakery):
    t.type(F[11])
    t.wait("LOCKED")
    wait_for(lambda: session_locked(bakery))
    bakery.server.kill()
    t.wait("NO CONNECTION", seconds=5)
    t.wait("No connection: your PIN opens the till all the same.")


def opened_alone(t, bakery):
    """... and a cake is sold."""
    locked_and_away(t, bakery)
    t.type(PIN, ENTER)
    t.wait("The basket is empty.")
    t.type("114", ENTER, F[2])
    t.wait("OFFLINE: this till sells by itself")
    t.type("20", ENTER)
    t.wait(re.compile(r"Receipt 3X-\d{6}"))
    t.scan(CROISSANT)  # the next customer
    t.wait("1 piece, 1 line")


def wrong_pin(t, sentence):
    t.type("0000")
    t.wait(sentence, gone=True)
    t.type(ENTER)
    t.wait(sentence)
    assert "LOCKED" in t.text


def test_a_locked_till_is_opened_without_the_server_and_nobody_is_asked_twice(bakery, printer):
    with counter(bakery, printer) as t:
        before, unlocked = sales(bakery, "X"), noted(bakery, "unlock_alone")
        opened_alone(t, bakery)
        back(t, bakery)
        wait_for(lambda: len(sales(bakery, "X")) == len(before) + 1, seconds=30)
        assert "LOCKED" not in t.text and "1 piece, 1 line" in t.text
        assert not session_locked(bakery) and noted(bakery, "unlock_alone") == unlocked + 1
        pay_exactly(t)
        assert len(sales(bakery, "X")) == len(before) + 1


def test_five_wrong_pins_leave_the_lock_to_the_server(bakery, printer):
    with counter(bakery, printer) as t:
        tried = noted(bakery, "wrong_pin_alone")
        locked_and_away(t, bakery)
        for _ in range(4):
            wrong_pin(t, "while the server is away only Ben's opens this till")
        wrong_pin(t, "five wrong PINs: this till stays locked until the server is back")
        t.wait("Five wrong PINs: the till stays locked until the server is back.")
        t.type(PIN)
        t.wait("five wrong PINs: this", gone=True)
        t.type(ENTER)
        t.wait("five wrong PINs: this till stays locked until the server is back")
        back(t, bakery)
        assert "LOCKED" in t.text and session_locked(bakery)
        t.type(PIN, ENTER)
        t.wait("The basket is empty.")
        assert noted(bakery, "wrong_pin_alone") == tried + 1


def test_another_person_waits_for_the_server(bakery, printer):
    with counter(bakery, printer) as t:
        locked_and_away(t, bakery)
        t.type("4918", ENTER)  # the manager's
        t.wait("the PIN is wrong: while the server is away only Ben's opens this till")
        t.type(F[12])
        t.wait("Sign out without a connection?")
        t.type(ENTER)
        t.wait("Who is at the counter?")
        t.type("Mona", ENTER, "4918", ENTER)
        t.wait("nobody can sign in until it is back")
        back(t, bakery)


def test_a_till_that_was_started_again_in_the_outage_knows_nobody(bakery, printer):
    with counter(bakery, printer) as t:
        locked_and_away(t, bakery)
    with Terminal("--identity", bakery.identity) as t:
        t.wait("NO CONNECTION", seconds=5)
        t.type("Ben", ENTER, PIN, ENTER)
        t.wait("nobody can sign in until it is back")
        back(t, bakery)


def test_a_session_that_the_server_ends_meanwhile_is_over_and_its_sale_lands_once(bakery, printer):
    with counter(bakery, printer) as t:
        before = sales(bakery, "X")
        opened_alone(t, bakery)
        bakery.shop.sql("UPDATE session SET closed_at = now() WHERE closed_at IS NULL")
        bakery.server.start()
        t.wait("Who is at the counter?", seconds=40)
        t.type("Ben", ENTER, PIN, ENTER)
        t.wait("1 piece, 1 line")
        bakery.reconnect()
        wait_for(lambda: len(sales(bakery, "X")) == len(before) + 1, seconds=30)
        pay_exactly(t)
        assert len(sales(bakery, "X")) == len(before) + 1


def test_a_server_that_does_not_take_the_tills_word_asks_for_the_pin_and_says_why(bakery, printer):
    with counter(bakery, printer) as t:
        before = sales(bakery, "X")
        opened_alone(t, bakery)
        bakery.shop.sql("UPDATE staff SET locked = true")
        bakery.server.start()
        t.wait("The server is back: your PIN again.", seconds=40)
        wait_for(lambda: len(sales(bakery, "X")) == len(before) + 1, seconds=30)  # for which nobody's PIN is needed
        bakery.shop.sql("UPDATE staff SET locked = false")
        t.wait("Ben's basket stays: 1 line, 1.95")
        t.type(PIN, ENTER)
        t.wait("1 piece, 1 line")
        bakery.reconnect()
        pay_exactly(t)
        assert len(sales(bakery, "X")) == len(before) + 1
