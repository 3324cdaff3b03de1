"""Members on the command line: all that is known of one, what they avoid, and two who are one."""
import contextlib
import re
import subprocess

import pytest

from cli import AWAY, FAULT, REFUSED, USAGE, Cli, console, invited
from kiosk import sign_in, sign_in_error
from names import fresh
from proxy import TO_TILL, Proxy
from shop import pb
from waiting import wait_for


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


@pytest.fixture(scope="module")
def chief(shop, office):
    """A till at which receipts are refunded."""
    made = Cli(shop, "chief")
    made.enrol(invited(shop, pb.CLIENT_COUNTER, "chief"))
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


def code_of(said):
    """Of what the command prints: the code on a line of its own."""
    [code] = re.findall(r"^(\d{4} \d{4})$", said, re.MULTILINE)
    return code


@pytest.fixture(scope="module")
def kiosk(shop):
    return shop.connect(shop.device(kind=pb.CLIENT_KIOSK))


def test_B20_a_code_for_whom_is_named_lets_them_in(office, kiosk):
    word = fresh()
    id = office.json("member", "create", "--name", f"Code {word}")["id"]  # nothing to send it to: no phone, no e-mail
    first = code_of(office.run("member", "code", "--member", id).stdout)
    said = office.run("member", "code", word).stdout
    assert re.search(rf"^Code {word}: it lets them in at a kiosk once, until [-0-9]+ [0-9:]+ .*; one that was made before is good no more$",
                     said, re.MULTILINE)
    assert sign_in_error(kiosk, code=first).code, "another was made"
    assert sign_in(kiosk, code=code_of(said)).member_id == id
    made = office.json("member", "code", id)
    assert (made["member_id"], len(made["code"])) == (id, 8) and made["expires_us"] > 0


def test_B20_why_no_code_came_is_said_each_time(shop, office, till):
    word = fresh()
    id, other = (office.json("member", "create", "--name", f"None {word}")["id"] for _ in range(2))
    assert "several members are called" in office.run("member", "code", word, status=REFUSED).stderr
    assert "no member is called 'zzqqxxyy'" in office.run("member", "code", "zzqqxxyy", status=REFUSED).stderr
    assert "no member of that id (UNKNOWN_MEMBER)" in office.run("member", "code", 2**52, status=REFUSED).stderr
    assert "MEMBER or --member is missing" in office.run("member", "code", status=USAGE).stderr
    for wrong in ((id, id), (id, "--member", id), (id, "--to", "x")):
        office.run("member", "code", *wrong, status=USAGE)
    # Of who was merged it is who they are now; of who is forgotten, nobody.
    office.run("member", "merge", other, id, "the same")
    said = office.run("member", "code", other).stdout
    assert f"member {other} is member {id} now: the code is theirs" in said and code_of(said)
    office.run("member", "erase", id, "--confirm", id, "--reason", "asked")
    assert "no member of that id (UNKNOWN_MEMBER)" in office.run("member", "code", id, status=REFUSED).stderr
    # A role that may not see members, a machine of the customers'.
    id = create(office)
    office.run("role", "put", "--name", "Helper", "--permissions", "sell")
    office.run("staff", "put", "--name", "Hal", "--role", "Helper", "--new-pin-file", office.pin_file)
    hal = Cli(shop, "hal", person="Hal")
    hal.enrol(invited(shop, pb.CLIENT_COUNTER, "hal"))
    assert "(PERMISSION_DENIED)" in hal.run("member", "code", id, status=REFUSED).stderr
    stand = Cli(shop, "stand")
    stand.enrol(invited(shop, pb.CLIENT_KIOSK, "stand"))
    assert "customers use this machine" in stand.run("member", "code", id, status=REFUSED).stderr


def test_B20_a_code_whose_answer_is_lost_is_said_not_to_have_come(shop, office):
    id = create(office)
    with Proxy(shop.port) as proxy, contextlib.closing(shop.cluster.connect("owner")) as holder:
        far = Cli(shop, "far")
        far.run("enrol", "--server", f"localhost:{proxy.port}", "--code", invited(shop, name="far"), person=False)
        far.run("member", "code", id)

        def asks(*more):
            """It has the command, and waits for the member's row."""
            holder.cursor().execute("SELECT FROM member WHERE id = %s FOR UPDATE", (id,))
            asked = far.start("member", "code", id, *more, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
            wait_for(lambda: shop.sql("SELECT 1 FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND application_name LIKE 'caroline%'",
                                      "admin"), 20, "the command waits")
            return asked

        made_at = shop.sql(f"SELECT made_at FROM member_code WHERE member_id = {id}")
        asked = asks()
        proxy.hold(TO_TILL)
        holder.rollback()
        wait_for(lambda: shop.sql(f"SELECT made_at FROM member_code WHERE member_id = {id}") != made_at, 20, "it is made")
        proxy.reset()
        proxy.heal()
        out, err = asked.communicate(timeout=60)
        assert (asked.returncode, out) == (FAULT, "")
        assert err == "caroline: a code was made, and did not come: give the command again, which makes another\n"
        asked = asks("--timeout", "1")
        out, err = asked.communicate(timeout=60)
        assert (asked.returncode, out) == (AWAY, "")
        assert err == (f"caroline: no answer from localhost:{proxy.port} within 1 s; whether it was done is not known here; give the command "
                       "again: a newer code takes the place of an older one\n")
        holder.rollback()
        code = code_of(far.run("member", "code", id).stdout).replace(" ", "").encode()
        assert [file for file in far.directory.rglob("*") if file.is_file() and code in file.read_bytes()] == [], "it is on no disk"


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


def test_A20_a_debt_of_points_is_said_as_one_and_stays_signed_for_a_machine(office, till, chief):
    """What was given for a sale is spent, and then the sale comes back: the member owes."""
    office.run("category", "put", "--name", "Rolls")
    office.run("product", "put", "--sku", "roll", "--name", "Roll", "--price", "10.00", "--tax-class", "untaxed", "--category", "Rolls",
               "--allergen-note", "none", "--active", "yes")
    office.run("programme", "put", "--reward-cost", "100", "--reward-category", "Rolls", "--points-per-unit", "10")
    id = office.json("member", "create", "--name", "Owing " + fresh())["id"]
    number = till.json("sale", "roll", "--member", id, "--cash", "10.00")["receipt_number"]
    till.run("sale", "roll", "--member", id, "--reward", "1")
    chief.run("refund", number, "--reason", "stale")
    shown = office.json("member", "show", "--id", id)["member"]
    assert shown["points"] == -80 and [lot["remaining"] for lot in shown["lots"] if lot["remaining"] < 0] == [-80]
    said = office.run("member", "show", "--id", id).stdout
    assert re.search(r"^points +owes 80$", said, re.MULTILINE) and "-80" not in said, said
    listed = office.run("member", "find", shown["name"]).stdout
    assert "owes 80" in listed and "-80" not in listed
    assert re.search(r"^points +owes 80$", office.run("member", "update", "--id", id, "--language", "en").stdout, re.MULTILINE)
    back = chief.json("refund", till.json("sale", "611", "--member", id, "--told", "nuts", "--cash", "3.20")["receipt_number"], "--reason", "stale")
    assert "Points that are owed, less than nothing" in till.run("receipt", "explain", back["receipt_number"]).stdout
    given = till.json("sale", "roll", "--cash", "10.00", "--tip", "0")["receipt_number"]
    assert "they have 20\n" in till.run("receipt", "attach", given, "--member", id).stdout
    poor = office.json("member", "create", "--name", "Owing " + fresh())["id"]
    till.run("sale", "611", "--member", poor, "--told", "nuts", "--cash", "3.20")
    merged = office.run("member", "merge", poor, id, "one").stdout
    assert re.search(r"^points +72$", merged, re.MULTILINE), merged


def test_A20_what_a_forgotten_member_owed_is_written_off(office, till, chief):
    id = office.json("member", "create", "--name", "Owing " + fresh())["id"]
    number = till.json("sale", "roll", "--member", id, "--cash", "10.00")["receipt_number"]
    till.run("sale", "roll", "--member", id, "--reward", "1")
    chief.run("refund", number, "--reason", "stale")
    later = till.json("sale", "611", "--cash", "3.20")["receipt_number"]
    assert "they owe 48\n" in till.run("receipt", "attach", later, "--member", id).stdout
    assert f"member {id} is forgotten; 48 points that they owed were written off\n" == \
        office.run("member", "erase", id, "--confirm", id, "--reason", "asked").stdout


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
