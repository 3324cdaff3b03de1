"""The command line on accounts: what is said where it will not go, and whose name stands on which paper."""
import sqlite3

import pytest

from cli import REFUSED, Cli, console, invited
from names import fresh
from shop import pb


@pytest.fixture(scope="module")
def office(shop):
    made = console(shop)
    made.run("product", "put", "--sku", "roll", "--name", "Roll", "--price", "2.00", "--tax-class", "untaxed", "--active", "yes")
    made.run("product", "put", "--sku", "bottle", "--name", "Bottle", "--price", "0.50", "--tax-class", "untaxed", "--active", "yes",
             "--deposit-kind", "good")
    made.run("tender", "put", "--name", "On account", "--kind", "account")
    made.run("tender", "put", "--name", "Voucher", "--kind", "voucher")
    made.run("account", "put", "--name", "Harbour Inn", "--limit", "50.00")
    return made


@pytest.fixture(scope="module")
def till(shop, office):
    shop.staff("Lea", role="shift_lead")
    counter = Cli(shop, "counter", person="Lea")
    counter.enrol(invited(shop, pb.CLIENT_COUNTER, "counter"))
    counter.run("shift", "open", "--float", "100.00")
    return counter


def test_a_name_that_is_taken_says_how_this_command_names_what_is_there(office):
    said = office.run("account", "put", "--name", "harbour inn", status=REFUSED).stderr
    assert "(NAME_TAKEN)" in said and "caroline account put N ..." in said and "--id" not in said
    office.run("account", "put", "--name", "Other " + fresh())
    said = office.run("account", "put", "2", "--name", "Harbour Inn", status=REFUSED).stderr
    assert "(NAME_TAKEN)" in said and "to change it" not in said
    said = office.run("tender", "put", "--name", "Voucher", "--kind", "house", status=REFUSED).stderr
    assert "by --id N: caroline tender list" in said


def test_a_console_says_whose_name_a_tills_command_wants(office):
    for command in (("training", "begin"), ("account", "receive", "1", "--cash", "1.00"), ("shift", "open", "--float", "1.00")):
        said = office.run(*command, status=REFUSED).stderr
        assert "(NOT_A_TILL)" in said and "--identity DIR" in said, command


def test_every_paper_of_a_sale_on_account_has_the_name(till, office):
    assert "  Harbour Inn" in till.run("sale", "roll", "--account", "1").stdout
    assert "  Harbour Inn" in till.run("receipt", "--last").stdout
    number = till.json("receipt", "--last")["sale"]["receipt_number"]
    assert "  Harbour Inn" in till.run("receipt", "print", number).stdout
    assert "  Harbour Inn" in till.run("refund", number, "--reason", "stale").stdout


def test_a_tender_that_nothing_is_left_for_is_not_left_out_in_silence(shop, till):
    before = shop.sql("SELECT count(*) FROM sale")
    for means in (("--account", "1"), ("--tender", "Voucher")):
        said = till.run("sale", "bottlex-3", *means, status=REFUSED).stderr
        assert f"nothing is left for {means[0]} to pay" in said and "paid out in cash" in said
        said = till.run("sale", "roll", "--cash", "2.00", *means, status=REFUSED).stderr
        assert f"nothing is left for {means[0]} to pay: leave it out" in said
    assert shop.sql("SELECT count(*) FROM sale") == before
    assert "-1.50" in till.run("sale", "bottlex-3").stdout


def test_what_is_paid_back_is_at_most_the_credit(shop, till):
    manager = Cli(shop, "counter", person="Caroline")
    said = manager.run("account", "receive", "1", "--cash", "100", "--back", "--reason", "x", status=REFUSED).stderr
    assert "account 1 has no credit" in said and "(BAD_ACCOUNT_PAYMENT)" in said


def test_a_till_whose_counter_is_open_says_to_leave_it(till):
    held = sqlite3.connect(till.directory / "spool.db", isolation_level=None)
    held.execute("PRAGMA locking_mode = EXCLUSIVE")
    held.execute("BEGIN EXCLUSIVE")
    try:
        said = till.run("shift", "show", status=2).stderr
    finally:
        held.close()
    assert "is in use: the counter is open in another window (F12 leaves it)" in said
