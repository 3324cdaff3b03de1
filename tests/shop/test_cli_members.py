"""Members on the command line: all that is known of one, what they avoid, and two who are one."""
import re

import pytest

from cli import FAULT, REFUSED, USAGE, Cli, console, invited
from names import fresh
from shop import pb


@pytest.fixture(scope="module")
def office(shop):
    made = console(shop)
    made.run("product", "put", "--sku", "nutty", "--name", "Walnut bread", "--price", "3.20", "--plu", "611", "--tax-class", "untaxed",
             "--contains", "gluten,nuts", "--active", "yes")
    return made


@pytest.fixture(scope="module")
def till(shop, office):
    made = Cli(shop, "till", person="Ben")
    made.enrol(invited(shop, pb.CLIENT_COUNTER, "till"))
    made.run("shift", "open", "--float", "100")
    return made


def create(cli, *more):
    return cli.json("member", "create", "--name", "Ada " + fresh(), *more)["id"]


def test_B5_what_is_avoided_is_given_by_name_and_taken_away(office):
    id = create(office, "--avoids", "nuts,Milk", "--language", "de")
    shown = office.json("member", "show", "--id", id)["member"]
    assert (shown["avoids"], shown["language"]) == ([7, 8], "de")
    assert "nuts" in office.run("member", "show", "--id", id).stdout
    office.run("member", "update", "--id", id, "--language", "en")
    assert office.json("member", "show", "--id", id)["member"]["avoids"] == [7, 8]
    office.run("member", "update", "--id", id, "--avoids", "milk")
    [kept] = [c for c in shown["consents"] if c["kind"] == 4]
    assert kept["given"] and kept["staff_id"] and kept["text_version"] == 1, "who entered it heard them agree"
    office.run("member", "update", "--id", id, "--avoids", "")
    assert not office.json("member", "show", "--id", id)["member"].get("avoids")
    assert "one of gluten" in office.run("member", "update", "--id", id, "--avoids", "cheese", status=USAGE).stderr
    assert "(BAD_FIELD)" in office.run("member", "update", "--id", id, "--language", "xx", status=REFUSED).stderr


def test_B5_a_sale_says_what_was_told_and_the_receipts_copy_who_said_so(office, till):
    id = create(office, "--avoids", "nuts")
    said = till.run("sale", "611", "--member", id, status=REFUSED).stderr
    assert "Walnut bread has something that the customer avoids" in said and "(ALLERGEN_AVOIDED)" in said
    till.run("sale", "611", "--member", id, "--told", "milk", status=REFUSED)
    sold = till.run("sale", "611", "--member", id, "--told", "nuts").stdout
    number = next(word for line in sold.splitlines() for word in line.split() if "T-0" in word)
    assert "line 1: the member avoids something in it, and was told so by person" in till.run("receipt", number).stdout
    assert "avoids" not in sold  # it is on no paper
    assert "--told wants" in till.run("sale", "611", "--member", id, "--told", "cheese", status=USAGE).stderr


def test_A20_behind_fifty_of_a_name_there_are_the_others(office):
    word = "q" + fresh()
    made = {office.json("member", "create", "--name", f"Crowd {word}")["id"] for _ in range(53)}
    first = office.json("member", "find", word)
    said = office.run("member", "find", word)
    assert len(first["members"]) == 50
    assert f"there are more: --after-id {first['next_id']} shows the next ones" in said.stderr
    last = office.json("member", "find", word, "--after-id", first["next_id"])
    assert {each["id"] for each in first["members"] + last["members"]} == made
    assert "more" not in office.run("member", "find", word, "--after-id", first["next_id"]).stderr


def test_A20_one_is_found_by_their_e_mail_address(office):
    address = f"mia.{fresh()}@example.org"
    id = create(office, "--email", address)
    create(office, "--email", f"x{address}")
    for typed in (address, address.upper()):
        assert [each["id"] for each in office.json("member", "find", "--email", typed)["members"]] == [id]
    assert address in office.run("member", "find", "--email", address).stdout
    assert office.json("member", "find", "--email", f"no.{address}")["members"] == []
    assert "(BAD_EMAIL)" in office.run("member", "find", "--email", "mia", status=REFUSED).stderr


def test_A20_a_card_is_made_for_whom_is_named(office):
    word = fresh()
    id = office.json("member", "create", "--name", f"Card {word}")["id"]
    said = office.run("member", "card", word).stdout
    assert "MEMBER CARD" in said and f"Card {word}" in said
    [code] = [line.strip() for line in said.splitlines() if line.strip().startswith("MC") and " " not in line.strip()]
    assert [each["id"] for each in office.json("member", "find", "--card", code)["members"]] == [id]
    made = office.json("member", "card", id)
    assert made["member_id"] == id and made["code"] != code
    assert office.json("member", "find", "--card", code)["members"] == []
    slip = made["code"][:-1] + ("A" if made["code"][-1] != "A" else "B")
    assert "a letter of this card is wrong" in office.run("member", "find", "--card", slip, status=REFUSED).stderr
    assert "no member is called" in office.run("member", "card", "zzqqxxyy", status=REFUSED).stderr
    office.run("member", "create", "--name", f"Card {word}")
    assert "several members are called" in office.run("member", "card", word, status=REFUSED).stderr
    assert "MEMBER is missing" in office.run("member", "card", status=USAGE).stderr


def test_A20_a_card_goes_onto_a_printer(office, tmp_path):
    id, paper = create(office), tmp_path / "paper"
    assert office.run("member", "card", id, "--to", f"file:{paper}").stdout == ""
    printed = paper.read_bytes()
    [found] = set(re.findall(rb"MC[0-9A-HJKMNP-TV-Z]{13}[0-9A-Z]", printed))
    assert b"\x1d(k" in printed and b"\x1dkI\x12{B" + found in printed, "as a QR code and as Code 128"
    assert [each["id"] for each in office.json("member", "find", "--card", found.decode())["members"]] == [id]


def test_A20_a_card_that_no_printer_took_is_in_no_error(office, tmp_path):
    id = create(office)
    done = office.run("member", "card", id, "--to", f"file:{tmp_path / 'nowhere' / 'paper'}", status=FAULT)
    [code] = [line.strip() for line in done.stdout.splitlines() if line.strip().startswith("MC") and " " not in line.strip()]
    assert "the card is made, and is not printed but on standard output: " in done.stderr
    assert "MC" not in done.stderr and code not in done.stderr
    assert [each["id"] for each in office.json("member", "find", "--card", code)["members"]] == [id]


def test_A20_two_become_one(office, till):
    card = fresh()
    old, new = create(office, "--card", card), create(office)
    done = office.json("member", "merge", old, new, "the", "same", "address")
    assert (done["id"], done["points"]) == (new, 40)
    assert [found["id"] for found in office.json("member", "find", "--card", card)["members"]] == [new]
    shown = office.json("member", "show", "--id", old)["member"]
    assert shown["id"] == new and [(each["id"], each["reason"]) for each in shown["merged"]] == [(old, "the same address")]
    assert "(MEMBER_MERGED)" in office.run("member", "merge", old, new, "again", status=REFUSED).stderr
    assert "(SAME_MEMBER)" in office.run("member", "merge", new, new, "itself", status=REFUSED).stderr
    office.run("member", "merge", old, new, status=USAGE)
    # why they are one may name them: an erasure strikes it out of the books, and finds no machine of the office
    kept = [path for path in office.directory.rglob("*") if path.is_file() and b"the same address" in path.read_bytes()]
    assert kept == []
    assert "(PERMISSION_DENIED)" in till.run("member", "merge", create(office), new, "mine", status=REFUSED).stderr


def test_B41_a_receipt_is_given_to_who_forgot_their_card(office, till):
    id, other = create(office), create(office)
    number = till.json("sale", "611", "--cash", "3.20")["receipt_number"]
    for wrong in ((), (number,), (number, "--member", "Ada"), (number, number, "--member", id)):
        till.run("receipt", "attach", *wrong, status=USAGE)
    office.run("shop", "put", "--attach-days", "0")
    till.run("receipt", "attach", number, "--member", id, status=REFUSED)
    office.run("shop", "put", "--attach-days", "14")
    had = office.json("member", "show", "--id", id)["member"].get("points", 0)
    done = till.json("receipt", "attach", number, "--member", id)
    assert done["points_after"] == had + done["points_earned"] and done["points_earned"] > 0
    assert "(RECEIPT_HAS_MEMBER)" in till.run("receipt", "attach", number, "--member", other, status=REFUSED).stderr
    assert "Given to a member" in till.run("receipt", number).stdout
    second = till.json("sale", "611", "--cash", "3.20")["receipt_number"]
    assert f"receipt {second} is member {other}'s now: {done['points_earned']} points" in \
        till.run("receipt", "attach", second, "--member", other).stdout
