"""The command line against a running shop: who we are, what is refused and how it says so, and that what is changed by a
command is on a connected till within a second."""
import contextlib
import json
import os
import re
import socket
import subprocess
import time

import pytest

from cli import AWAY, CAROLINE, DONE, FAULT, REFUSED, USAGE, Cli, console, invited
from shop import PIN, TOP, free_port, pb, wait_for

WITHIN = 1.0  # seconds, from the command's end to the till


@pytest.fixture(scope="module")
def cli(shop):
    return console(shop)


@pytest.fixture(scope="module")
def till(shop, cli):
    """A connected till that follows the catalogue, its snapshot read."""
    cli.run("category", "put", "--name", "Cakes")
    client = shop.till()
    followed = client.call(pb.OP_CATALOGUE_FOLLOW, pb.CatalogueFollow(), pb.CatalogueFollowed)
    version = 0
    while version < followed.version:
        delta = pb.CatalogueDelta.FromString(client.read_push(pb.TOPIC_CATALOGUE).body)
        if delta.part == delta.parts:
            version = delta.version
    return client


def pushed(till, wanted, seconds=WITHIN):
    """The first row that `wanted` finds in what is pushed within so long."""
    deadline = time.monotonic() + seconds
    while True:
        left = deadline - time.monotonic()
        assert left > 0, f"nothing of it was pushed within {seconds} s"
        delta = pb.CatalogueDelta.FromString(till.read_push(pb.TOPIC_CATALOGUE, left).body)
        found = wanted(delta)
        if found is not None:
            return found


def product_of(sku):
    return lambda delta: next((p for p in delta.products if p.sku == sku), None)


# ---- by itself ----


def run(*arguments, env=None):
    return subprocess.run(
        [str(CAROLINE), *arguments], env=env, capture_output=True, text=True, stdin=subprocess.DEVNULL, timeout=30
    )


def verbs():
    lines = run("--help").stdout.splitlines()
    return [line[2:22].strip() for line in lines if line.startswith("  ") and line[2:3].isalpha()]


def test_every_verb_has_its_help():
    assert len(verbs()) > 30
    for verb in verbs():
        done = run(*verb.split(), "--help")
        assert done.returncode == 0 and done.stdout.startswith(f"caroline {verb} "), (verb, done)


def test_a_group_of_verbs_has_its_help():
    shown = run("product", "--help").stdout
    assert "caroline product list" in shown and "caroline product import FILE" in shown
    assert "caroline member" not in shown
    for group in ("tax", "stock"):
        done = run(group, "put", "--help")
        assert done.returncode == USAGE and done.stderr == f"caroline: there is no command '{group} put'\n"
        assert f"caroline {group} " in done.stdout


def test_the_help_of_what_reads_a_file_shows_one():
    for verb, lines in [
        ("product import", ["sku,name,price,category,plu,", "34,Chocolate Croissant,3.75,"]),
        ("category import", ["name,position", "Cakes,1"]),
        ("tax import", ["tax_class,service,hot,code,rate_ppm", "Bakery goods,take-away,no,VAT7,70000", "70000 is 7 %"]),
        ("member import", ["name,phone,email,birthday,card", "Ada Moreno,"]),
        ("stock receive", ["sku,quantity", "34,60"]),
        ("replay", ["1,3,7"]),
        ("staff put", ["manager, shift_lead, cashier", "4 to 12 digits", "cat > FILE"]),
        ("role put", ["--permissions sell,stock_edit,sold_out"]),
        ("sign-in", ["4 to 12 digits"]),
    ]:
        shown = run(*verb.split(), "--help").stdout
        assert all(line in shown for line in lines), shown
        assert max(map(len, shown.splitlines()[3:])) <= 120, shown


def test_the_help_of_a_role_names_every_permission():
    text = (TOP / "proto/PROTOCOL.md").read_text()
    rows = text[text.index("| permission | allows |"):].split("\n\n")[0].splitlines()[2:]
    known = {word.strip() for row in rows for word in row.split("|")[1].split(",")}
    assert len(known) == 30 and known <= set(re.findall(r"[a-z_]+", run("role", "put", "--help").stdout))


def test_wrong_usage_is_64_and_says_what_is_wrong(tmp_path):
    env = {**os.environ, "CAROLINE_IDENTITY": str(tmp_path)}
    for arguments, words in [
        ((), "the shop from the command line"),
        (("bake",), "unknown command 'bake'"),
        (("member",), "'member' goes on with another word: see caroline member --help"),
        (("enrol",), "--server and --code"),
        (("enrol", "-x"), "unknown option '-x'"),
        (("ping", "--timeout", "0"), "--timeout is 1 to 3600 seconds"),
        (("ping", "--timeout"), "--timeout wants a value"),
        (("shift", "show", "--foo", "bar"), "unknown option --foo"),  # before it is looked who this machine is
        (("staff", "list", "--rol"), "--rol wants a value"),
        (("product", "put", "--sku", "34", "--proce", "1.00"), "unknown option --proce"),
        (("enrol", "--server", "localhost", "--kode", "x"), "unknown option --kode"),
        (("voids", "--tills", "1"), "unknown option --tills"),
    ]:
        done = run(*arguments, env=env)
        assert done.returncode == USAGE, (arguments, done)
        assert words in done.stdout + done.stderr, (arguments, done)


def test_what_is_missing_is_said_before_anybody_is_asked(tmp_path):
    env = {**os.environ, "CAROLINE_IDENTITY": str(tmp_path / "nobody")}
    for arguments, missing in [
        ("member show", "--id"),
        ("product show", "PRODUCT, --sku, --plu, --barcode or --id"),
        ("product put --price 1.20", "--id or --sku"),
        ("price set --sku bun", "--price"),
        ("stock receive", "--product or FILE"),
        ("stock receive --product bun", "--quantity"),
        ("stock receive --reason delivery", "--product or FILE"),
        ("stock show", "PRODUCT"),
        ("sale --eat-in", "PRODUCT"),
        ("product import --dry-run", "FILE"),
        ("device revoke --reason stolen", "--id"),
        ("device invite --kind counter", "--name"),
        ("shift move --kind in --reason change", "--amount"),
        ("shift close", "PIECESxDENOMINATION or --counted"),
        ("refund 3T-000042", "--reason"),
        ("receipt print --gift", "NUMBER or --last"),
        ("promotion put --free 1", "--name or --id"),
        ("role put --name baker", "--permissions"),
    ]:
        done = run(*arguments.split(), env=env)
        assert done.returncode == USAGE, (arguments, done)
        assert done.stderr.startswith(f"caroline: {missing} is missing\nusage: caroline "), (arguments, done.stderr)
    for enough in ("product show --plu 505", "stock receive --product_id 7 --quantity 2", "receipt --last", "voids", "shift z",
                   "role put --id 3 --discount-ppm 5", "device revoke --device-id 3 --reason stolen", "stock receive file"):
        assert "not enrolled" in run(*enough.split(), env=env).stderr, enough


def test_a_machine_that_is_not_enrolled_is_told_so(tmp_path):
    done = run("ping", env={**os.environ, "CAROLINE_IDENTITY": str(tmp_path / "nobody")})
    assert done.returncode == FAULT
    assert "not enrolled" in done.stderr


# ---- who we are ----


def test_A1_a_code_enrols_once_and_only_its_own_server(shop, tmp_path):
    code = invited(shop)
    machine = Cli(shop, "machine")
    other_shop = ("0" if code[0] != "0" else "1") + code[1:]
    done = machine.enrol(other_shop, status=REFUSED)
    assert "another fingerprint" in done.stderr
    wrong_secret = code[:-1] + ("0" if code[-1] != "0" else "1")
    machine.enrol(wrong_secret, status=REFUSED)
    machine.enrol(code.lower().replace("-", " "))
    assert machine.json("status", person=False)["state"] == "active"
    done = Cli(shop, "second").enrol(code, status=REFUSED)
    assert "caroline: " in done.stderr
    done = machine.enrol(code, status=REFUSED)
    assert "enrolled already" in done.stderr


def test_A1_a_code_that_is_none_is_not_sent(shop):
    for code in ["", "ABC", "9F3K-27QM-X0TD-BZ8A-4HWJ-R6V!", "9F3K-27QM-X0TD-BZ8A-4HWJ-R6VCC"]:
        assert "the code is not complete" in Cli(shop, "machine2").enrol(code, status=REFUSED).stderr


def test_the_key_is_for_nobody_else(shop, cli):
    key = cli.directory / "device.pem"
    assert cli.directory.stat().st_mode & 0o777 == 0o700
    assert all(file.stat().st_mode & 0o077 == 0 for file in cli.directory.iterdir())
    key.chmod(0o640)
    assert "others may read the device's key" in cli.run("ping", status=FAULT, person=False).stderr
    key.chmod(0o600)
    cli.run("ping", person=False)


def test_a_server_that_is_not_there_is_3(shop, cli):
    conf = cli.directory / "identity.conf"
    kept = conf.read_text()
    conf.write_text(kept.replace(f"port = {shop.port}", f"port = {free_port()}"))
    done = cli.run("ping", "--timeout", "1", status=AWAY, person=False)
    assert done.stderr == "caroline: the server cannot be reached: connection refused\n"
    # Somebody takes the connection, and says nothing.
    with socket.create_server(("127.0.0.1", 0)) as hung:
        port = hung.getsockname()[1]
        conf.write_text(kept.replace(f"port = {shop.port}", f"port = {port}"))
        done = cli.run("ping", "--timeout", "2", status=AWAY, person=False)
        assert done.stderr == f"caroline: no answer from localhost:{port} within 2 s\n"
    conf.write_text(kept)


def test_what_was_not_answered_is_said_to_be_kept_and_is_sent_again(shop, cli):
    cli.run("product", "put", "--sku", "slow", "--name", "Slow bun", "--price", "1.00", "--tax-class", "untaxed")
    with contextlib.closing(shop.cluster.connect("owner")) as holder:
        holder.cursor().execute("LOCK TABLE product_version IN ACCESS EXCLUSIVE MODE")
        said = cli.run("price", "set", "--sku", "slow", "--price", "1.10", "--timeout", "1", status=AWAY).stderr
        assert said == (f"caroline: no answer from localhost:{shop.port} within 1 s; what was asked is kept, and sent again "
                        "with the next command\n")
        holder.rollback()
    cli.run("product", "list")
    wait_for(lambda: cli.json("product", "show", "--sku", "slow")["product"]["price_minor"] == 110, 10, "the price")


def test_A1_a_revoked_device_is_told_so(shop, cli):
    machine = Cli(shop, "lost")
    machine.enrol(invited(shop, name="lost"))
    device = machine.json("status", person=False)["device"]["id"]
    cli.run("device", "revoke", "--id", device, "--reason", "stolen")
    assert "this device was revoked" in machine.run("ping", status=AWAY, person=False).stderr


def test_A1_a_certificate_near_its_end_is_renewed_on_the_way(shop):
    machine = Cli(shop, "old")
    machine.enrol(invited(shop, name="old"))
    before = (machine.directory / "device.pem").read_text()
    device = machine.json("status", person=False)["device"]["id"]
    shop.sql(f"UPDATE device SET certificate_expiry = now() + interval '20 days' WHERE id = {device}")
    machine.run("ping", person=False)
    after = (machine.directory / "device.pem").read_text()
    assert before.split("-----BEGIN PRIVATE KEY")[1] != after.split("-----BEGIN PRIVATE KEY")[1]
    assert machine.json("status", person=False)["device"]["id"] == device
    (machine.directory / "device.pem").write_text(before)
    assert "enrolled again" in machine.run("ping", status=AWAY, person=False).stderr


def test_A2_a_session_is_kept_for_the_next_command(shop, cli):
    machine = Cli(shop, "desk")
    machine.enrol(invited(shop, name="desk"))
    assert "nobody is signed in" in machine.run("staff", "list", status=REFUSED, person=False).stderr
    machine.run("sign-in")
    token = machine.directory / "session"
    assert token.stat().st_mode & 0o777 == 0o600
    machine.pin_file.unlink()
    machine.run("staff", "list", person=False)
    machine.run("sign-out", person=False)
    assert not token.exists()
    machine.run("staff", "list", status=REFUSED, person=False)


def test_A2_a_wrong_pin_and_an_unknown_name_are_told_alike(shop):
    machine = Cli(shop, "door", pin="9999")
    machine.enrol(invited(shop, name="door"))
    wrong = machine.run("sign-in", status=REFUSED).stderr
    machine.person = "Nobody"
    assert machine.run("sign-in", status=REFUSED).stderr == wrong


def test_secrets_are_never_taken_from_the_command_line(cli):
    for arguments in [("sign-in", "--pin", PIN), ("staff", "put", "--name", "Eve", "--role", "cashier", "--pin", PIN)]:
        done = cli.run(*arguments, status=USAGE)
        assert PIN not in done.stdout + done.stderr


# ---- A32: by a command, and on a connected till within a second ----


def test_A5_A32_a_product_made_by_a_command_is_sold_on_a_till_within_a_second(cli, till):
    cli.run("product", "put", "--sku", "plait", "--name", "Poppy plait", "--price", "2.40", "--plu", "700",
            "--category", "Cakes", "--tax-class", "untaxed", "--active", "yes")
    product = pushed(till, product_of("plait"))
    assert (product.name, product.price_minor, product.plu) == ("Poppy plait", 240, 700)
    shown = till.call(pb.OP_PRODUCT_SHOW, pb.ProductShow(plu=700), pb.ProductShown)
    basket = pb.Basket(catalogue_version=shown.catalogue_version,
                       lines=[pb.BasketLine(product_id=product.id, quantity_milli=2000)])
    sold = till.command(pb.OP_SALE_RING_UP, pb.SaleRingUp(
        basket=basket, total_minor=480, tenders=[pb.Tender(kind=pb.TENDER_CASH, amount_minor=500)]), pb.SaleRungUp)
    assert sold.change_minor == 20


def test_A32_a_price_is_on_a_till_within_a_second(cli, till):
    cli.run("price", "set", "--sku", "plait", "--price", "2.60")
    assert pushed(till, product_of("plait")).price_minor == 260


def test_A32_sold_out_is_on_a_till_within_a_second(cli, till):
    cli.run("sold-out", "--product", "plait", "--sold-out", "yes")
    assert pushed(till, product_of("plait")).sold_out
    cli.run("sold-out", "--product", "plait", "--sold-out", "no")
    assert not pushed(till, product_of("plait")).sold_out


def test_A32_a_category_and_the_programme_are_on_a_till_within_a_second(cli, till):
    cli.run("category", "put", "--name", "Plaits", "--position", "4")
    assert pushed(till, lambda d: next((c for c in d.categories if c.name == "Plaits"), None)).position == 4
    cli.run("programme", "put", "--reward-cost", "120", "--reward-category", "Plaits")
    assert pushed(till, lambda d: d.programme if d.HasField("programme") else None).reward_cost == 120


def test_A32_the_shops_settings_are_on_a_till_within_a_second(cli, till):
    cli.run("shop", "put", "--receipt-foot", "Come back soon")
    assert pushed(till, lambda d: d.shop if d.HasField("shop") else None).receipt_foot == "Come back soon"


def test_cash_rounding_says_what_it_means(cli):
    assert "--cash-rounding: cash is never rounded to multiples of 5.00 EUR: 1.00 at most (BAD_FIELD)" in cli.run(
        "shop", "put", "--cash-rounding", "5", status=REFUSED).stderr
    assert cli.run("shop", "put", "--cash-rounding", "0.05").stdout.endswith(
        "what is due in cash is rounded to the nearest multiple of 0.05: 0.52 is paid as 0.50, 0.53 as 0.55\n")
    assert cli.run("shop", "put", "--cash-rounding", "0").stdout.endswith("what is due in cash is not rounded\n")


def test_A32_a_person_hired_by_a_command_signs_in_on_a_till_at_once(shop, cli):
    pin = shop.directory / "new.pin"
    pin.write_text("5928\n")
    cli.run("staff", "put", "--name", "Dora", "--role", "cashier", "--new-pin-file", pin)
    with shop.connect(shop.device(name="side counter")) as client:
        client.sign_in("Dora", "5928")
    assert "Dora" in cli.run("staff", "list").stdout


def test_A32_a_member_made_by_a_command_is_found_on_a_till_at_once(cli, till):
    made = cli.json("member", "create", "--name", "Ada Moreno", "--phone", "+49 30 5550101", "--card", "CC-1001")
    found = till.call(pb.OP_MEMBER_FIND, pb.MemberFind(card="CC-1001"), pb.MemberFound)
    assert [member.id for member in found.members] == [made["id"]]
    assert cli.json("member", "usual", "--id", made["id"]) == {"goods": [], "sale_count": 0}
    cli.run("member", "update", "--id", made["id"], "--name", "Ada Moreno-Lind")
    shown = till.call(pb.OP_MEMBER_SHOW, pb.MemberShow(id=made["id"]), pb.MemberShown)
    assert shown.member.name == "Ada Moreno-Lind"


def test_A17_voids_are_listed_by_a_command(shop, cli, till):
    roll = shop.put_product("Void roll", 45, sku="void-roll")
    away = pb.Basket(catalogue_version=shop.version(), lines=[pb.BasketLine(product_id=roll, quantity_milli=2000)])
    till.command(pb.OP_BASKET_VOID, pb.BasketVoid(basket=away, reason="the customer left"), pb.BasketVoided)
    [[day]] = shop.sql("SELECT business_day FROM basket_void")
    [row] = cli.rows("voids", "--business-day", day)
    assert (row["product"], row["amount_minor"], row["reason"]) == ("Void roll", 90, "the customer left")
    assert "the customer left" in cli.run("voids", "--business-day", day).stdout
    assert "no day of the calendar" in cli.run("voids", "--business-day", "2026-02-30", status=1).stderr


def test_A20_a_file_of_members_and_a_search_know_the_shops_country(cli, tmp_path):
    cli.run("shop", "put", "--calling-code", "+1")
    try:
        file = tmp_path / "members.csv"
        file.write_text("name,phone\nLou Reyes,(805) 555-0177\n")
        for line in ("1 member created, 0 known already", "0 members created, 1 known already"):
            assert line in cli.run("member", "import", file).stdout
        file.write_text("name,phone\nLou Reyes,+1 805 555 0177\n")
        assert "0 members created, 1 known already" in cli.run("member", "import", file).stdout
        for written in ("+1 805 555 0177", "8055550177"):
            assert [m["name"] for m in cli.json("member", "find", "--phone", written)["members"]] == ["Lou Reyes"]
    finally:
        cli.run("shop", "put", "--calling-code", "")


def test_A32_a_device_made_by_a_command_is_a_till_at_once(shop, cli):
    code = cli.json("device", "invite", "--kind", "counter", "--name", "Stall")["code"]
    with shop.connect(shop.enrol(code, pb.CLIENT_COUNTER)) as client:
        assert client.helloed.state == pb.DEVICE_ACTIVE
    assert any(device["name"] == "Stall" for device in cli.rows("device", "list"))


def test_A32_every_answer_can_be_read_by_a_program(cli):
    for arguments in [("status",), ("ping",), ("product", "list"), ("product", "show", "--sku", "plait"),
                      ("staff", "list"), ("device", "list"), ("server", "show"), ("check",)]:
        for line in cli.run(*arguments, "--json").stdout.splitlines():
            json.loads(line)
    assert cli.json("product", "show", "--sku", "plait")["product"]["price_minor"] == 260


def test_a_refusal_names_field_sentence_and_code(cli):
    done = cli.run("product", "show", "--sku", "no such thing", status=REFUSED)
    assert "(UNKNOWN_PRODUCT)" in done.stderr and done.stdout == ""


def test_a_refusal_is_about_the_option_that_was_typed(cli, tmp_path):
    pin = tmp_path / "pin"
    pin.write_text("1234\n")
    for option, code, arguments in (
        ("--price", "BAD_PRICE", ("product", "put", "--sku", "plait", "--price", "-1.00")),
        ("--sku", "UNKNOWN_PRODUCT", ("product", "show", "--sku", "no such thing")),
        ("--phone", "BAD_PHONE", ("member", "create", "--name", "Anna", "--phone", "ring me")),
        ("--new-pin-file", "PIN_WEAK", ("staff", "put", "--name", "New", "--role", "cashier", "--new-pin-file", pin)),
        ("--tax-class", "UNKNOWN_TAX_CLASS", ("product", "put", "--sku", "new", "--name", "New", "--price", "1")),
        ("--device-id", "UNKNOWN_DEVICE", ("device", "revoke", "--device-id", "4711", "--reason", "gone")),
        ("--id", "UNKNOWN_DEVICE", ("device", "revoke", "--id", "4711", "--reason", "gone")),
        ("--id", "UNKNOWN_STAFF", ("staff", "unlock", "--id", "4711")),
    ):
        said = cli.run(*arguments, status=REFUSED).stderr
        assert said.startswith(f"caroline: {option}: ") and f"({code})" in said and "_" not in said.split("(")[0], said


def test_status_says_what_is_the_machines_and_what_the_shops(cli):
    own, device, shop = cli.run("status", person=False).stdout.split("\n\n")
    assert "catalogue version" in own and "now" in own and not re.search(r"^(id|name|address) ", own, re.M)
    assert device.startswith("device:\nid ") and re.search(r"^name +console$", device, re.M)
    assert shop.startswith("shop:\nid ") and re.search(r"^name +Test bakery$", shop, re.M) and "currency" in shop


def test_status_says_who_is_signed_in(shop):
    machine = Cli(shop, "whose")
    machine.enrol(invited(shop, name="whose"))
    assert re.search(r"^signed in +nobody$", machine.run("status", person=False).stdout, re.M)
    machine.run("sign-in")
    assert re.search(r"^signed in +Caroline$", machine.run("status", person=False).stdout, re.M)


def test_a_name_that_is_there_already_says_how_to_change_it(cli):
    cli.run("modifier", "put", "--name", "Sprinkles", "--options", "Some; Many", "--choose", "1")
    cli.run("promotion", "put", "--name", "Cakes off", "--of", "2 @Cakes", "--percent-off", "5", "--active", "no")
    for group, *more in (("staff", "--role", "cashier", "--new-pin-file", cli.pin_file), ("modifier", "--options", "Some", "--choose", "1"),
                         ("promotion", "--of", "2 @Cakes", "--percent-off", "5"), ("category",), ("tender", "--kind", "voucher")):
        name = {"staff": "Caroline", "modifier": "Sprinkles", "promotion": "Cakes off", "category": "Cakes", "tender": "Cash"}[group]
        said = cli.run(group, "put", "--name", name, *more, status=REFUSED).stderr
        assert f"to change it, name it by --id N: caroline {group} list shows which (NAME_TAKEN)" in said, said
    [row] = [row for row in cli.rows("category", "list") if row["name"] == "Plaits"]
    said = cli.run("category", "put", "--id", row["id"], "--name", "Cakes", status=REFUSED).stderr  # that is another's
    assert "(NAME_TAKEN)" in said and "--id N" not in said


def test_a_price_is_of_a_product_that_is_there_by_whatever_it_is_called(cli):
    cli.run("product", "put", "--sku", "stick", "--name", "Stick", "--price", "1.00", "--tax-class", "untaxed", "--plu", "971",
            "--barcodes", "STICK-1")
    for number, name in enumerate(("stick", "971", "STICK-1"), 11):
        for option in ("--sku", "--product"):
            cli.run("price", "set", option, name, "--price", f"1.{number}")
            assert cli.json("product", "show", "--sku", "stick")["product"]["price_minor"] == 100 + number
    said = cli.run("price", "set", "--sku", "nosuch", "--price", "1.10", status=REFUSED).stderr
    assert said == "caroline: no product has the sku, PLU or bar code 'nosuch' (UNKNOWN_PRODUCT)\n"


def test_a_name_that_nothing_has_is_told_what_there_is(cli):
    for option, wanted, some in (("--category", "a category's id or name (there are ", "Cakes"),
                                 ("--tax-class", "a tax class's id or name (there ", "untaxed"),
                                 ("--modifiers", "modifiers by their ids or names, parted by commas (there ", "Sprinkles")):
        said = cli.run("product", "put", "--sku", "stick", option, "Nosuch", status=USAGE).stderr.splitlines()[0]
        assert said.startswith(f"caroline: {option} wants {wanted}") and some in said and said.endswith("), not 'Nosuch'"), said
    assert "there are manager, shift_lead, cashier" in cli.run("staff", "put", "--name", "Q", "--role", "baker", status=USAGE).stderr


def test_what_is_empty_is_said_to_be(cli):
    for arguments in (("member", "find", "Nobody", "Atall"), ("product", "list", "--word", "zzzz"), ("basket", "list")):
        done = cli.run(*arguments)
        assert done.stderr == "none\n", (arguments, done)
        assert cli.run(*arguments, "--json").stderr == "", arguments


def test_words_alone_find_a_member_by_name(cli):
    cli.run("member", "create", "--name", "Ada Moreno Reyes")
    for arguments in (("Ada",), ("Ada", "Reyes"), ("--name", "Moreno")):
        assert "Ada Moreno Reyes" in cli.run("member", "find", *arguments).stdout, arguments
    assert "one word too many" in cli.run("member", "find", "Ada", "--name", "Ada", status=USAGE).stderr


def test_the_journals_key_is_shown_as_its_verifier_asks_for_it(cli):
    shown = cli.run("server", "show").stdout
    key = re.search(r"^journal key +([0-9a-f]{64})$", shown, re.M)[1]
    key_id = re.search(r"^journal key id +([0-9a-f]{16})  \(deploy/verify-journal --key\)$", shown, re.M)[1]
    assert cli.run("journal", "export").stdout.splitlines()[1] == f"key {key_id} {key}"
    assert cli.json("server", "show")["journal_key"] == key


def test_times_are_the_shops(cli):
    shown = cli.run("status").stdout
    assert "Europe/Berlin" in shown.split("expires")[1].splitlines()[0] and "UTC" not in shown


def test_tax_classes_and_categories_are_listed_with_what_an_import_needs(cli, tmp_path):
    file = tmp_path / "taxes.csv"
    file.write_text("tax_class,service,hot,code,rate_ppm\n"
                    "snacks,take-away,no,VAT7,70000\nsnacks,eat-in,yes,VAT19,190000\n")
    cli.run("tax", "import", file)
    said = cli.run("tax", "list").stdout
    after = said[said.index("snacks"):].splitlines()
    assert [line.split() for line in after[1:3]] == [["take-away", "cold", "VAT7", "7", "%"], ["eat-in", "hot", "VAT19", "19", "%"]]
    assert any(line.startswith("untaxed") and line.endswith("no tax") for line in said.splitlines())
    for column, words in [("takeaway,no", "service wants take-away or eat-in, not 'takeaway'"), ("eat-in,warm", "hot wants yes or no")]:
        file.write_text(f"tax_class,service,hot,code,rate_ppm\nsweets,{column},VAT7,70000\n")
        assert words in cli.run("tax", "import", file, status=REFUSED).stderr
    file.write_text("tax_class,service,hot,code,percent\nsweets,eat-in,no,VAT7,7\n")
    assert "a tax rate has no 'percent'" in cli.run("tax", "import", file, status=REFUSED).stderr
    [snacks] = [row for row in cli.rows("tax", "list") if row["name"] == "snacks"]
    assert [rate["rate_ppm"] for rate in snacks["rates"]] == [70000, 190000]
    file.write_text("name,position\nTarts,first\n")
    assert ":2: position: 'first' is no whole number" in cli.run("category", "import", file, status=REFUSED).stderr
    assert "Cakes" in cli.run("category", "list").stdout
    assert "Cakes" in [row["name"] for row in cli.rows("category", "list")]


def test_B43_means_of_payment_are_made_listed_and_taken(cli, tmp_path):
    file = tmp_path / "tenders.csv"
    file.write_text("name,kind,change,limit\nMeal voucher,voucher,forfeited,25.00\nStaff meal,house,,\n")
    for _ in range(2):  # the second time nothing is made
        assert cli.run("tender", "import", file).stdout == "2 means of payment imported\n"
    listed = {row["name"]: row for row in cli.rows("tender", "list")}
    assert set(listed) == {"Cash", "Card", "Meal voucher", "Staff meal"}
    assert listed["Meal voucher"]["limit_minor"] == 2500 and listed["Staff meal"]["permission"] == "staff_meal"
    file.write_text("name,kind\nLoan,credit\n")
    assert "kind wants" in cli.run("tender", "import", file, status=REFUSED).stderr
    file.write_text("name,colour\nLoan,red\n")
    assert "a means of payment has no 'colour'" in cli.run("tender", "import", file, status=REFUSED).stderr
    said = cli.run("tender", "put", "--id", "1", "--change", "none", status=REFUSED).stderr
    assert "--change: " in said and "(BAD_TENDER_TYPE)" in said
    made = cli.json("tender", "put", "--name", "Town voucher", "--kind", "voucher", "--reference-wanted", "yes")["id"]
    assert [row["reference_wanted"] for row in cli.rows("tender", "list") if row["id"] == made] == [True]


def test_ones_own_pin_is_changed_by_showing_the_one_before(shop, cli, tmp_path):
    id = cli.json("staff", "put", "--name", "Olga", "--role", "cashier", "--new-pin-file", cli.pin_file)["id"]
    olga = Cli(shop, cli.directory.name, person="Olga")
    new = tmp_path / "new"
    new.write_text("7359\n")
    wrong = tmp_path / "wrong"
    wrong.write_text("9753\n")
    olga.run("sign-in")
    said = olga.run("staff", "put", "--id", id, "--new-pin-file", new, "--pin-file", wrong, status=REFUSED).stderr
    assert "the current PIN is wrong (SIGN_IN_FAILED)" in said
    olga.run("staff", "put", "--id", id, "--new-pin-file", new)
    olga.pin_file = new
    olga.run("sign-in")


def test_a_product_is_named_by_sku_plu_or_bar_code_and_an_unknown_one_is_said(cli, tmp_path):
    made = cli.json("product", "put", "--sku", "eclair", "--name", "Eclair", "--price", "3.10", "--plu", "731", "--barcodes",
                    "4006381333931", "--category", "Cakes", "--tax-class", "untaxed", "--active", "yes")["ids"][0]
    other = cli.json("product", "put", "--sku", "7310", "--name", "Brioche", "--price", "2.10", "--plu", "732",
                     "--tax-class", "untaxed", "--active", "yes")["ids"][0]
    for name in ("eclair", "731", "4006381333931"):
        assert [row["product_id"] for row in cli.rows("stock", "show", name)] == [made]
    # A sku comes first: what scripts say goes on meaning what it did.
    cli.run("product", "put", "--sku", "eclair", "--plu", "7310")
    assert [row["product_id"] for row in cli.rows("stock", "show", "7310")] == [other]
    promotion = cli.json("promotion", "put", "--name", "Pair", "--of", "1 eclair; 1 732|4006381333931", "--together", "4.00")["id"]
    [parts] = [row["parts"] for row in cli.rows("promotion", "list") if row["id"] == promotion]
    assert [sorted(part["product_ids"]) for part in parts] == [[made], sorted([made, other])]
    cli.run("promotion", "put", "--id", promotion, "--active", "no")
    cli.run("stock", "receive", "--product", "732", "--quantity", "3")
    cli.run("sold-out", "--product", "4006381333931", "--sold-out", "no")

    sentence = "no product has the sku, PLU or bar code 'nosuch' (UNKNOWN_PRODUCT)"
    file = tmp_path / "stock.csv"
    file.write_text("sku,quantity\neclair,2\nnosuch,3\n")
    for before, arguments in (
        ("", ("stock", "show", "eclair", "nosuch")),
        ("--of: ", ("promotion", "put", "--name", "None", "--of", "1 eclair; 1 nosuch", "--together", "4.00")),
        ("--product: ", ("sold-out", "--product", "nosuch", "--sold-out", "yes")),
        ("--product: ", ("stock", "receive", "--product", "nosuch", "--quantity", "3")),
        (f"{file}:3: ", ("stock", "receive", file)),
    ):
        said = cli.run(*arguments, status=REFUSED).stderr
        assert said.startswith(f"caroline: {before}{sentence}") and said.count("\n") == 1, said
    assert "no category is called 'Rolls'" in cli.run("promotion", "put", "--name", "N", "--of", "6 @Rolls", "--free", "1",
                                                      status=REFUSED).stderr


def test_a_pin_that_nobody_can_be_asked_for_names_its_option(cli):
    said = cli.run("staff", "put", "--name", "Zed", "--role", "cashier", status=FAULT).stderr
    assert "no terminal to ask for the new PIN of Zed: give it by --new-pin-file FILE" in said
    environment = {name: value for name, value in cli.environment().items() if name != "CAROLINE_PIN_FILE"}
    cli.run("sign-out", person=False)
    done = subprocess.run(cli.command("sign-in"), env=environment, capture_output=True, text=True, stdin=subprocess.DEVNULL,
                          start_new_session=True, timeout=30)
    assert done.returncode == FAULT and "no terminal to ask for the PIN of Caroline: give it by --pin-file FILE" in done.stderr


def test_goods_that_come_in_are_said_and_what_is_there_is_shown(cli, till):
    cli.run("product", "put", "--sku", "bun", "--name", "Bun", "--price", "0.60", "--category", "Cakes", "--tax-class",
            "untaxed", "--active", "yes", "--stock-policy", "block")
    cli.run("product", "put", "--sku", "flour", "--name", "Flour", "--price", "1.60", "--category", "Cakes", "--tax-class",
            "untaxed", "--active", "yes", "--stock-policy", "block", "--unit", "kilogram")
    said = cli.run("stock", "receive", "--product", "bun", "--quantity", "1").stdout
    assert said == "1 piece received of bun; 1 piece on the shelf now\n"
    assert "12 pieces on the shelf" in cli.run("stock", "receive", "--product", "bun", "--quantity", "11").stdout
    cli.run("stock", "receive", "--product", "flour", "--quantity", "2.5")
    shown = [line.split() for line in cli.run("stock", "show", "flour", "bun").stdout.splitlines()]
    assert shown == [["flour", "Flour", "2.5", "kg"], ["bun", "Bun", "12", "pieces"]]
    assert [row["quantity_milli"] for row in cli.rows("stock", "show", "bun")] == [12000]


# ---- files ----


def test_a_dry_run_names_every_bad_line_and_imports_nothing(cli, tmp_path):
    file = tmp_path / "goods.csv"
    file.write_text("sku,name,price,category,tax_class\n"
                    "a1,Rye,3.20,Cakes,untaxed\n"
                    "a2,Spelt,three,Cakes,untaxed\n"
                    "a3,Oat,2.00,Breads,untaxed\n"
                    "a4,Corn,1.00,Cakes,none\n")
    done = cli.run("product", "import", file, "--dry-run", status=REFUSED)
    assert [f":{line}:" in done.stderr for line in (2, 3, 4, 5)] == [False, True, True, True]
    done = cli.run("product", "import", file, status=REFUSED)
    cli.run("product", "show", "--sku", "a1", status=REFUSED)


def test_what_is_wrong_in_a_file_is_named_with_its_line(cli, tmp_path):
    file = tmp_path / "goods.csv"
    head = "sku,name,price,category,tax_class,barcodes,allergen_note\n"
    fine, broken = ('d1,"Rye, dark",3.20,Cakes,untaxed,,%s\n' % note for note in ("wheat\n\n", '"two\nlines"\n'))  # lines 2 to 4
    for row, line, words in (
        ("d2,Spelt,3.40,Cakes,untaxed,,,,\n", 5, "more fields than the head line has"),
        ('d2,"Spelt" ,3.40"\n', 5, ""),
        ("d2,Spelt,three,Cakes,untaxed,,\n", 5, "price wants an amount of money"),
        ("d2,Spelt,3.40,Cakes,untaxed,4000000000001,\n", 5, "barcodes: the check digit"),
        ("d2,Spelt,-3.40,Cakes,untaxed,,\n", 5, "price: "),
    ):
        file.write_text(head + (fine if "barcodes" in words or words == "price: " else broken) + row)
        said = cli.run("product", "import", file, status=FAULT if row.endswith((",,,,\n", '"\n')) else REFUSED).stderr
        assert said.startswith(f"caroline: {file}:{line}: {words}"), said
    cli.run("product", "show", "--sku", "d1", status=REFUSED)
    for verb, text, line, words in (
        (("category", "import"), "name,position\nCakes,1\n" + "x" * 41 + ",2\n", 3, "name: "),
        (("tender", "import"), "name,kind,limit\nMeal voucher,voucher,\nBarter,house,-1\n", 3, "limit: "),
        (("tax", "import"), "tax_class,service,hot,code,rate_ppm\nodd,eat-in,no,A,70000\nodd,take-away,no,A,1000001\n", 3, ""),
        (("stock", "receive"), "sku,quantity\nplait,4\nplait,0.5\n", 3, "quantity: "),
        (("member", "import"), "name,phone\nAnna,ring me\n", 2, ""),
    ):
        file.write_text(text)
        said = cli.run(*verb, file, status=REFUSED).stderr
        assert said.startswith(f"caroline: {file}:{line}: {words}") and len(said.splitlines()) <= 2, said


def test_an_import_may_be_done_again(cli, tmp_path):
    file = tmp_path / "goods.csv"
    file.write_text("\ufeffsku;name;price;category;tax_class;active\n" +
                    "".join(f"b{i};Bun no. {i};1.{i:02};Cakes;untaxed;yes\n" for i in range(30)))
    cli.run("product", "import", file)
    cli.run("product", "import", file)
    shown = cli.json("product", "show", "--sku", "b7")["product"]
    assert (shown["name"], shown["price_minor"]) == ("Bun no. 7", 107)
    assert len(cli.rows("product", "list", "--word", "bun no")) == 30


def test_a_file_of_prices_leaves_bar_codes_and_allergens_as_they_are(cli, tmp_path):
    file = tmp_path / "goods.csv"
    file.write_text("sku,name,price,tax_class,barcodes,contains,may_contain,allergen_note\n"
                    "c1,Seed roll,1.00,untaxed,SEED-1 SEED-2,11,,sesame\n")
    cli.run("product", "import", file)
    file.write_text("sku,price\nc1,1.10\n")
    cli.run("product", "import", file)
    shown = cli.json("product", "show", "--sku", "c1")["product"]
    assert (shown["price_minor"], shown["contains"], shown["allergen_note"]) == (110, [11], "sesame")
    assert sorted(shown["barcodes"]) == ["SEED-1", "SEED-2"]
    file.write_text("sku,barcodes,contains,may_contain,allergen_note\nc1,SEED-2,,,\n")
    cli.run("product", "import", file)
    shown = cli.json("product", "show", "--sku", "c1")["product"]
    assert shown["barcodes"] == ["SEED-2"] and not shown.get("contains") and not shown.get("allergen_note")


def test_what_nobody_recorded_is_not_told_as_none(cli, tmp_path):
    def put(sku, *more):
        return cli.run("product", "put", "--sku", sku, "--name", "Nut roll", "--price", "1.00", "--tax-class", "untaxed", *more)

    assert "no allergens are recorded of 'n1'" in put("n1").stderr
    assert re.search(r"^contains +nothing recorded: ask$", cli.run("product", "show", "--sku", "n1").stdout, re.M)
    assert "nothing recorded: ask" in cli.run("product", "list", "--word", "nut roll").stdout
    assert cli.run("price", "set", "--sku", "n1", "--price", "1.10").stderr == ""  # of a new product
    assert put("n2", "--may-contain", "nuts").stderr == "" and put("n3", "--allergen-note", "none of the fourteen").stderr == ""
    for sku in ("n2", "n3"):
        assert "nothing recorded" not in cli.run("product", "show", "--sku", sku).stdout
    file = tmp_path / "goods.csv"
    file.write_text("sku,name,price,tax_class,contains,may_contain,allergen_note\n"
                    "n4,Nut roll,1.00,untaxed,,,\nn5,Nut roll,1.00,untaxed,8,,\nn6,Nut roll,1.00,untaxed,,,none\n")
    assert "no allergens are recorded of 1 of them" in cli.run("product", "import", file).stderr


def test_stock_comes_in_from_a_file(cli, tmp_path):
    file = tmp_path / "stock.csv"
    file.write_text("sku,quantity\nplait,40\nb1,12\n")
    cli.run("stock", "receive", file, "--reason", "delivery")


# ---- selling by commands ----


@pytest.fixture(scope="module")
def counter(shop, cli):
    """A till worked by commands."""
    made = Cli(shop, "counter", person="Ben")
    made.enrol(invited(shop, pb.CLIENT_COUNTER, "counter"))
    return made


def test_a_sale_from_shift_to_refund(counter, cli):
    said = counter.run("sale", "plait", "no-suchx2", status=REFUSED).stderr
    assert said == "caroline: no product has the sku, PLU or bar code 'no-such' (UNKNOWN_PRODUCT)\n"
    assert "--reward wants how many" in counter.run("sale", "plait", "--reward", "one", status=USAGE).stderr
    done = counter.run("sale", "plait", status=REFUSED)
    assert "(SHIFT_NOT_OPEN)" in done.stderr
    counter.run("shift", "open", "--float", "50.00")
    receipt = counter.run("sale", "plaitx2", "b1", "--cash", "10.00").stdout
    assert "Poppy plait" in receipt and "6.21" in receipt and "3.79" in receipt
    assert counter.run("receipt", "--last").stdout == receipt
    sold = counter.json("sale", "plait", "--card", "2.60", "--reference", "A-77")
    assert sold["totals"]["total_minor"] == 260
    number = sold["receipt_number"]
    assert "(PERMISSION_DENIED)" in counter.run("refund", number, "--reason", "stale", status=REFUSED).stderr
    counter.person = "Caroline"
    counter.run("refund", number, "--reason", "stale")
    assert "(ALREADY_REFUNDED)" in counter.run("refund", number, "--reason", "stale", status=REFUSED).stderr
    number = counter.json("sale", "plaitx3", "b1", "--cash", "20.00")["receipt_number"]
    for wrong in (("0",), ("plait",), ("1x",), ("1x0",), ("1x-1",), ("1xx",), ("201",)):
        counter.run("refund", number, *wrong, "--reason", "stale", status=USAGE)
    assert counter.json("refund", number, "1x2", "2", "--reason", "stale")["totals"]["total_minor"] == -621
    assert "1 of 3 are left" in counter.run("refund", number, "1x2", "--reason", "stale", status=REFUSED).stderr
    assert counter.json("refund", number, "--reason", "stale")["totals"]["total_minor"] == -260


def test_A16_what_comes_back_is_said_and_another_sum_is_refused(counter, cli):
    number = counter.json("sale", "plaitx3", "b1", "--cash", "20.00")["receipt_number"]
    counter.run("refund", number, "1", "--total", "much", "--reason", "stale", status=USAGE)
    refused = counter.run("refund", number, "1x2", "--total", "2.60", "--reason", "stale", status=REFUSED).stderr
    assert refused.startswith("5.20 comes back\n") and refused.endswith("(TOTAL_DIFFERS)\n")
    assert counter.json("receipt", number).get("refunded_minor", 0) == 0
    done = counter.run("refund", number, "1x2", "--total", "5.20", "--reason", "stale")
    assert done.stderr == "5.20 comes back\n" and "-5.20" in done.stdout
    done = counter.run("refund", number, "--reason", "stale")
    assert done.stderr == "3.61 comes back\n" and "-3.61" in done.stdout
    assert counter.run("refund", number, "--reason", "stale", status=REFUSED).stderr.endswith("(ALREADY_REFUNDED)\n")
    # In coins that there are: the customer is told, and gets, what the drawer can give.
    cli.run("shop", "put", "--cash-rounding", "0.05")
    try:
        number = counter.json("sale", "b1", "--cash", "5.00")["receipt_number"]
        assert counter.run("refund", number, "--total", "1.01", "--reason", "stale", status=REFUSED).stderr.startswith("1.00 comes back\n")
        done = counter.run("refund", number, "--total", "1.00", "--reason", "stale")
        assert done.stderr == "1.00 comes back\n"
    finally:
        cli.run("shop", "put", "--cash-rounding", "0")


def lets_another_person_allow_it(shop, cli):
    """Who may not names who may, by whose PIN, which comes from a file, a descriptor or the terminal, and no way else."""
    cli.run("shop", "put", "--free-refund-day", "500.00")
    till = Cli(shop, "allowed", person="Ben")
    till.enrol(invited(shop, pb.CLIENT_COUNTER, "allowed"))
    till.run("shift", "open", "--float", "50.00")
    goods = ("refund-free", "bagel", "--reason", "not fresh")
    said = till.run(*goods, status=REFUSED).stderr
    assert "(APPROVAL_NEEDED)" in said and "--approver NAME" in said
    named = (*goods, "--approver", "Caroline", "--approver-pin-file")
    done = till.json(*named, cli.pin_file)
    chiefs = [each["id"] for each in cli.rows("staff", "list") if each["name"] == "Caroline"]
    assert done["approved_by"] in chiefs and done["cash_minor"] == -260
    reading, writing = os.pipe()
    os.write(writing, cli.pin_file.read_bytes())
    os.close(writing)
    piped = subprocess.run(till.command(*named, f"/dev/fd/{reading}"), env=till.environment(), capture_output=True, text=True,
                           stdin=subprocess.DEVNULL, pass_fds=[reading], timeout=120)
    os.close(reading)
    assert piped.returncode == DONE and "Refund without a receipt" in piped.stdout, piped.stderr
    wrong = till.directory / "wrong"
    wrong.write_text("739164\n")
    assert "(SIGN_IN_FAILED)" in till.run(*named, wrong, status=REFUSED).stderr
    assert "could not read" in till.run(*named, till.directory / "none", status=FAULT).stderr
    assert "no terminal to ask for the PIN of Caroline: give it by --approver-pin-file FILE" in \
        till.run(*goods, "--approver", "Caroline", status=FAULT).stderr
    assert "(OWN_APPROVAL)" in till.run(*goods, "--approver", "Ben", "--approver-pin-file", till.pin_file, status=REFUSED).stderr
    assert "unknown option --approver-pin" in till.run(*goods, "--approver", "Caroline", "--approver-pin", "1234", status=USAGE).stderr
    till.run(*goods, "--approver", "Caroline", "--approver-badge", "7", status=USAGE)
    till.run(*goods, "--approver-pin-file", cli.pin_file, status=USAGE)
    # So with a sale: empties for more than the shop takes back without one who refunds.
    cli.run("product", "put", "--sku", "crate", "--name", "Crate", "--price", "3.00", "--tax-class", "untaxed", "--allergen-note", "no food",
            "--deposit-kind", "good", "--active", "yes")
    cli.run("shop", "put", "--deposit-back", "5.00")
    said = till.run("sale", "cratex-2", status=REFUSED).stderr
    assert "(APPROVAL_NEEDED)" in said and "--approver NAME" in said
    back = till.json("sale", "cratex-2", "--approver", "Caroline", "--approver-pin-file", cli.pin_file)
    assert back["approved_by"] in chiefs and back["cash_minor"] == -600


def test_A16_goods_are_given_back_without_a_receipt_by_a_command(shop, cli):
    cli.run("product", "put", "--sku", "bagel", "--name", "Bagel", "--price", "2.60", "--tax-class", "untaxed", "--allergen-note", "none", "--active", "yes")
    till = Cli(shop, "without", person="Caroline")
    till.enrol(invited(shop, pb.CLIENT_COUNTER, "without"))
    till.run("shift", "open", "--float", "50.00")
    assert cli.json("shop", "put", "--free-refund-day", "5.00")["shop"]["free_refund_day_minor"] == 500
    paper = till.run("refund-free", "bagel@2.00", "--reason", "not fresh").stdout
    assert "Refund without a receipt" in paper and "Reason: not fresh" in paper and "-2.00" in paper
    done = till.json("refund-free", "bagel", "--reason", "not fresh")
    assert (done["totals"]["total_minor"], done["cash_minor"], done["free_refund"]) == (-260, -260, True)
    assert "0.40 are left" in till.run("refund-free", "bagel", "--reason", "again", status=REFUSED).stderr
    assert "(FREE_REFUND_PRICE)" in till.run("refund-free", "bagelx2@2.61", "--reason", "x", status=REFUSED).stderr
    assert "(BAD_REASON)" in till.run("refund-free", "bagel", "--reason", " ", status=REFUSED).stderr
    till.run("refund-free", "bagel", status=USAGE)
    till.run("refund-free", "--reason", "x", status=USAGE)
    till.run("refund-free", "bagel@much", "--reason", "x", status=USAGE)
    assert "given back without a receipt" in cli.run("exceptions").stdout
    lets_another_person_allow_it(shop, cli)
    cli.run("shop", "put", "--free-refund-day", "0")
    assert "(FREE_REFUND_OFF)" in till.run("refund-free", "bagel", "--reason", "x", status=REFUSED).stderr


def test_B39_a_payment_is_put_right_by_a_command(counter):
    number = counter.json("sale", "plait", "--cash", "5.00")["receipt_number"]
    for wrong in ((), ("--to", "card", "--amount", "much"), ("--to", "card", "--position", "first"), ("--to", "Sea shells")):
        counter.run("retender", number, *wrong, "--reason", "wrong key", status=USAGE)
    counter.run("retender", "--to", "card", "--reason", "wrong key", status=USAGE)
    assert "(BAD_TENDER)" in counter.run("retender", number, "--to", "card", "--reason", "wrong key", status=REFUSED).stderr
    assert "--reason is missing" in counter.run("retender", number, "--to", "card", "--reference", "A-78", status=USAGE).stderr
    assert "(BAD_REASON)" in counter.run("retender", number, "--to", "card", "--reference", "A-78", "--reason", " ", status=REFUSED).stderr
    slip = counter.run("retender", number, "--to", "card", "--reference", "A-78", "--reason", "wrong key").stdout
    assert "PAYMENT PUT RIGHT" in slip and "Card A-78" in slip and number in slip
    assert [paid["name"] for paid in counter.json("receipt", number)["tenders"]] == ["Card"]
    again = counter.json("retender", number, "--to", "cash", "--amount", "1.00", "--position", 10, "--reason", "half of it")
    assert [(paid["position"], paid["amount_minor"]) for paid in again["tenders"]] == [(10, 160), (11, 100)]
    assert "Put right" in counter.run("receipt", number).stdout


def test_B40_an_invoice_is_made_by_a_command(counter, cli, tmp_path):
    number = counter.json("sale", "plaitx2", "--cash", "10.00")["receipt_number"]
    mia = ("--name", "Mia Stone GmbH", "--address", "Quarry Road 7 / 12345 Granite", "--tax-number", "DE123456789")
    for wrong in ((), (number, "--last"), (number, "--last", *mia), (number, "--to", "nowhere:1")):
        counter.run("invoice", "make", *wrong, status=USAGE)
    assert "(BAD_FIELD)" in counter.run("invoice", "make", number, status=REFUSED).stderr
    said = counter.run("invoice", "make", number, *mia[:4], "--tax-number", "DE12", status=REFUSED).stderr
    assert "looks like DE999999999 (BAD_TAX_NUMBER)" in said
    paper = counter.run("invoice", "make", number, *mia).stdout
    assert "INVOICE" in paper and "Mia Stone GmbH\nQuarry Road 7\n12345 Granite\nTax number DE123456789\n" in paper and number in paper
    made = counter.json("invoice", "make", "--last")
    assert made["existed"] and made["number"] in paper and made["receipt_number"] == number
    assert f"Invoice {made['number']} was made" in " ".join(counter.run("receipt", number).stdout.split())
    assert "COPY" not in cli.run("invoice", "show", made["number"]).stdout
    assert cli.json("invoice", "show", number)["customer"]["name"] == "Mia Stone GmbH"
    assert "COPY 1" in cli.run("invoice", "show", number, "--print").stdout
    printed = tmp_path / "paper"
    cli.run("invoice", "show", made["number"], "--to", f"file:{printed}")
    assert b"COPY 2" in printed.read_bytes() and b"Mia Stone GmbH" in printed.read_bytes()
    assert made["number"] in cli.run("invoice", "make", number, *mia[2:], "--name", "Ben", status=REFUSED).stderr
    assert "(UNKNOWN_INVOICE)" in cli.run("invoice", "show", "1999-000001", status=REFUSED).stderr

    # A refund of it brings its credit note by itself; with --json as a line of its own.
    back = counter.run("refund", number, "1x1", "--reason", "stale").stdout
    assert f"Refund of what invoice {made['number']} is for" in back and "CREDIT NOTE" in back and "Mia Stone GmbH" in back
    refund, note = counter.rows("refund", number, "1", "--reason", "stale")
    assert refund["invoice_of"] == made["number"] and note["receipt_number"] == refund["receipt_number"]
    rows = counter.run("invoice", "list").stdout
    assert made["number"] in rows and f"credit note of {made['number']}" in rows and "Mia" not in rows
    assert note["number"] in [row["number"] for row in counter.rows("invoice", "list")]
    counter.run("invoice", "list", "--year", "soon", status=USAGE)
    assert counter.run("invoice", "list", "--year", "1999").stdout == "no invoice was made\n"


def test_A9_accounts_by_commands(counter, cli):
    assert "tender put --kind account" in counter.run("sale", "plait", "--account", "1", status=USAGE).stderr
    cli.run("tender", "put", "--name", "On account", "--kind", "account")
    assert "(BAD_TENDER_TYPE)" in cli.run("tender", "put", "--name", "Odd", "--kind", "account", "--reference-wanted", "yes", status=REFUSED).stderr
    made = cli.json("account", "put", "--name", "Café Nebenan", "--reference", "D-1007", "--limit", "20.00")
    number = str(made["number"])
    cli.run("account", "put", "--name", "Café Sonne", "--limit", "5.00")
    assert "(NAME_TAKEN)" in cli.run("account", "put", "--name", "cafe sonne", status=REFUSED).stderr
    assert "--name" in cli.run("account", "put", "--limit", "5.00", status=USAGE).stderr
    listed = cli.run("account", "list").stdout
    assert "Café Nebenan" in listed and "20.00" in listed
    assert [row["name"] for row in cli.rows("account", "list", "--name", "sonne")] == ["Café Sonne"]

    receipt = counter.run("sale", "plait", "--account", number).stdout
    assert f"On account {number}" in receipt and "  Café Nebenan" in receipt and "Signature" in receipt
    counter.run("sale", "plait", "--tender", "On account", "--account", "nebenan", "--amount", "1.00", "--cash", "5.00")
    assert "several accounts begin with 'caf'" in counter.run("sale", "plait", "--account", "caf", status=REFUSED).stderr
    assert "(UNKNOWN_ACCOUNT)" in counter.run("sale", "plait", "--account", "nobody", status=REFUSED).stderr
    cli.run("account", "put", "sonne", "--blocked", "yes")
    assert "(ACCOUNT_BLOCKED)" in counter.run("sale", "plait", "--account", "sonne", status=REFUSED).stderr
    cli.run("account", "put", number, "--limit", "1.00")
    assert "(ACCOUNT_LIMIT)" in counter.run("sale", "plait", "--account", number, status=REFUSED).stderr

    paper = counter.run("account", "receive", number, "--cash", "3.00").stdout
    assert "RECEIVED ON ACCOUNT" in paper and "  Café Nebenan" in paper and "Owed before" in paper
    counter.run("account", "receive", number, "--transfer", "9.00", "--reference", "IBAN 7")
    assert "--reference is missing" in counter.run("account", "receive", number, "--card", "1.00", status=USAGE).stderr
    counter.run("account", "receive", number, "--card", "1.00", "--cash", "1.00", "--reference", "A", status=USAGE)
    assert "(BAD_ACCOUNT_PAYMENT)" in counter.run("account", "receive", number, "--cash", "1.00", "--back", status=REFUSED).stderr
    assert "PAID BACK" in counter.run("account", "receive", number, "--cash", "1.00", "--back", "--reason", "twice").stdout
    statement = counter.run("account", "show", "nebenan").stdout
    assert "STATEMENT" in statement and "  Café Nebenan" in statement and "received by transfer" in statement and "Credit" in statement
    entries = counter.json("account", "show", number)["entries"]
    assert [entry["number"] for entry in entries] == [5, 4, 3, 2, 1]


def test_A9_gift_cards_by_commands(counter, cli, tmp_path):
    assert "tender put --kind gift-card" in counter.run("sale", "plait", "--gift-card", "91234567890123456789", status=USAGE).stderr
    cli.run("tender", "put", "--name", "Gift card", "--kind", "gift-card")
    paper = counter.run("giftcard", "issue", "--cash", "50.00").stdout
    code = re.search(r"^ *(9[0-9]{19})$", paper, re.M)[1]
    number = re.search(r"Card (\d+), ends in " + code[-4:], paper)[1]
    assert " ".join(code[i : i + 5] for i in range(0, 20, 5)) in paper and "Received by cash" in paper
    counter.run("giftcard", "top-up", number, "--card", "10.00", "--reference", "A-1")
    assert "--reference is missing" in counter.run("giftcard", "top-up", number, "--card", "1.00", status=USAGE).stderr
    counter.run("giftcard", "issue", "--card", "1.00", "--cash", "1.00", "--reference", "A", status=USAGE)
    printed = "9" + "7" * 15
    assert counter.json("giftcard", "issue", "--cash", "2.00", "--code", printed)["card"]["last_four"] == "7777"
    assert "(GIFT_CARD_TAKEN)" in counter.run("giftcard", "issue", "--cash", "2.00", "--code", printed, status=REFUSED).stderr
    assert "(BAD_GIFT_CARD_CODE)" in counter.run("giftcard", "show", code[:-1] + "x", status=REFUSED).stderr

    receipt = counter.run("sale", "plait", "--gift-card", code).stdout
    assert f"Gift card {number}" in receipt and "left on it" in receipt
    assert "by its code" in counter.run("sale", "plait", "--gift-card", number, status=USAGE).stderr
    both = counter.json("sale", "plait", "--gift-card", printed, "--cash", "20.00")
    kinds = counter.shop.sql(f"SELECT kind, amount_minor FROM tender WHERE sale_id = {both['sale_id']} ORDER BY position")
    assert kinds[0] == (6, 200) and kinds[1][0] == 1
    assert "(GIFT_CARD_BALANCE)" in counter.run("sale", "plait", "--gift-card", printed, status=REFUSED).stderr
    counter.run("sale", "plait", "--gift-card", code, "--amount", "1.00", "--cash", "20.00")

    shown = counter.run("giftcard", "show", number).stdout
    assert "topped up, card" in shown and "issued, cash" in shown and "Left on it" in shown
    assert [entry["number"] for entry in counter.json("giftcard", "show", code)["entries"]] == [4, 3, 2, 1]
    assert {row["number"] for row in cli.rows("giftcard", "list")} >= {int(number)}
    cli.run("giftcard", "put", number, "--blocked", "yes", "--reason", "stolen")
    assert "(GIFT_CARD_BLOCKED)" in counter.run("sale", "plait", "--gift-card", code, status=REFUSED).stderr
    moved = cli.run("giftcard", "move", number, "--reason", "stolen").stdout
    new = re.search(r"^ *(9[0-9]{19})$", moved, re.M)[1]
    assert f"In place of card {number}" in moved and new != code
    assert "(GIFT_CARD_MOVED)" in counter.run("sale", "plait", "--gift-card", code, status=REFUSED).stderr
    counter.run("sale", "plait", "--gift-card", new)
    unused = str(counter.json("giftcard", "issue", "--cash", "3.00")["card"]["number"])
    back = counter.run("giftcard", "give-back", unused, "--reason", "changed mind").stdout
    assert "GIVEN BACK" in back and "changed mind" in back
    assert "(GIFT_CARD_NOT_LOADED)" in counter.run("giftcard", "give-back", unused, "--reason", "again", status=REFUSED).stderr
    journal = tmp_path / "journal"
    journal.write_text(cli.run("journal", "export").stdout)
    done = subprocess.run([TOP / "deploy" / "verify-journal", journal], capture_output=True, text=True, timeout=60)
    assert done.returncode == 0 and code.encode().hex() not in journal.read_text(), done.stdout + done.stderr


def plait(device):
    return device.json("product", "show", "--sku", "plait")["product"]["name"]


def test_B14_coupons_by_commands(counter, cli, tmp_path):
    put = ("coupon", "campaign", "put")
    made = cli.json(*put, "--name", "Autumn", "--percent-off", "10", "--least", "1.00", "--days", "mon,tue,wed,thu,fri,sat,sun", "--products", "plait",
                    "--last-day", "2099-12-31")
    assert (made["value"], made["least_minor"], made["weekdays"]) == (100000, 100, 127)
    campaign = str(made["id"])
    assert "--percent-off is missing" in cli.run(*put, "--name", "X", status=USAGE).stderr
    for wrong in (("--percent-off", "101"), ("--free", "0.5"), ("--free", "1", "--amount-off", "1"), ("--days", "someday", "--free", "1")):
        cli.run(*put, "--name", "X", *wrong, status=USAGE)
    assert "(BAD_CAMPAIGN)" in cli.run(*put, "--id", campaign, "--active", "no", "--least", "2.00", status=REFUSED).stderr
    issued = cli.run("coupon", "issue", campaign, "--count", "3").stdout.splitlines()
    assert issued[0] == "number,code,member_id" and [line.split(",")[0] for line in issued[1:]] == ["1", "2", "3"]
    codes = [line.split(",")[1] for line in issued[1:]]
    assert all(re.fullmatch("CP[0-9A-Z]{14}", code) for code in codes)
    paper = tmp_path / "paper"
    cli.run("coupon", "issue", campaign, "--count", "1", "--to", f"file:{paper}")
    assert b"COUPON" in paper.read_bytes() and b"10 % off" in paper.read_bytes()
    cli.run("coupon", "issue", campaign, status=USAGE)
    cli.run("coupon", "issue", campaign, "--visits-at-least", "100000", status=REFUSED)
    cli.run("coupon", "issue", "nothing", "--count", "1", status=USAGE)

    receipt = counter.run("sale", "plait", "--coupon", codes[0]).stdout
    assert "Coupon Autumn" in receipt
    assert "(COUPON_USED)" in counter.run("sale", "plait", "--coupon", codes[0], status=REFUSED).stderr
    assert "(COUPON_WANTED)" in counter.run("sale", "plait", "--coupon", f"{codes[1]},{codes[2]}", status=REFUSED).stderr
    assert "(BAD_COUPON_CODE)" in counter.run("sale", "plait", "--coupon", "CP1", status=REFUSED).stderr
    shown = counter.json("coupon", "show", f"{codes[0][:8]}-{codes[0][8:]}")
    assert shown["coupon"]["use_count"] == 1 and len(shown["uses"]) == 1
    assert counter.json("coupon", "show", "--campaign", campaign, "--number", "2")["coupon"]["use_count"] == 0
    said = counter.run("coupon", "show", f"{codes[0][:8]}-{codes[0][8:]}").stdout.splitlines()
    assert said[0] == (f"coupon 1 of Autumn (campaign {campaign}): 10 % off plait ({plait(counter)}); of 1.00 or more; until 2099-12-31"), said
    assert said[1] == "used 1 time of 1: used up"
    assert re.fullmatch(r"  \d{4}-\d\d-\d\d \d\d:\d\d:?\d* \S+  \d+T-\d{6}  \d+\.\d\d off", said[2]), said
    counter.run("coupon", "show", "--campaign", campaign, status=USAGE)
    earning = cli.json(*put, "--name", "Come again", "--free", "1", "--receipt", "5.00")
    paper = counter.run("sale", "plaitx3").stdout
    earned = re.search(r"^ *(CP[0-9A-Z]{14})$", paper, re.M)[1]
    receipt = re.search(r"\b(\d+T-\d{6})\b", paper)[1]
    assert "Come again" in paper and earned in counter.run("coupon", "print", receipt).stdout
    assert counter.json("coupon", "show", earned)["coupon"]["use_count"] == 0
    cli.run(*put, "--id", str(earning["id"]), "--active", "no")
    cli.run(*put, "--id", campaign, "--active", "no")
    assert "(COUPON_STOPPED)" in counter.run("sale", "plait", "--coupon", codes[1], status=REFUSED).stderr
    assert {row["id"] for row in cli.rows("coupon", "campaign", "list")} >= {made["id"]}
    listed = cli.run("coupon", "campaign", "list").stdout.splitlines()
    assert any(re.fullmatch(rf"{campaign}  Autumn: 10 % off plait \(.*\); of 1\.00 or more; until 2099-12-31; 4 issued, 1 used; stopped", line) for line in listed), listed
    assert any(line.endswith("Come again: 1 piece free; a sale of 5.00 earns one; 1 issued, 0 used; stopped") for line in listed), listed
    journal = tmp_path / "journal"
    journal.write_text(cli.run("journal", "export").stdout)
    done = subprocess.run([TOP / "deploy" / "verify-journal", journal], capture_output=True, text=True, timeout=60)
    assert done.returncode == 0 and codes[0].encode().hex() not in journal.read_text(), done.stdout + done.stderr


def test_B14_a_segment_of_whole_pages_is_issued_and_done(cli):
    node = 4094 << 41
    cli.shop.sql("INSERT INTO id_block VALUES (4094, 2000);"
                 "INSERT INTO member (id, shop_id, created_at, updated_at) SELECT "
                 f"{node} + i, (SELECT id FROM shop LIMIT 1), '2000-01-01', '2000-01-01' FROM generate_series(1, 1000) AS i;"
                 f"INSERT INTO member_account (member_id, points) SELECT {node} + i, 0 FROM generate_series(1, 1000) AS i")
    campaign = str(cli.json("coupon", "campaign", "put", "--name", "Old friends", "--percent-off", "5")["id"])
    lines = cli.run("coupon", "issue", campaign, "--joined-before", "2001-01-01").stdout.splitlines()
    assert [line.split(",")[2] for line in lines[1:]] == [str(node + i) for i in range(1, 1001)]
    assert "(BAD_COUPON_ISSUE)" in cli.run("coupon", "issue", campaign, "--joined-before", "2001-01-01", status=REFUSED).stderr


def test_a_sale_is_paid_by_several_tenders(counter, cli):
    cli.run("product", "put", "--sku", "strudel", "--name", "Strudel", "--price", "5.00", "--tax-class", "untaxed", "--active", "yes")
    made = cli.json("tender", "put", "--name", "Snack voucher", "--kind", "voucher")["id"]
    town = cli.json("tender", "put", "--name", "Snack coin", "--kind", "voucher", "--reference-wanted", "yes")["id"]

    def paid(*options):
        sale = counter.json("sale", "strudel", *options)["sale_id"]
        return counter.shop.sql("SELECT kind, tender_type_id, amount_minor, reference FROM tender "
                                f"WHERE sale_id = {sale} ORDER BY position")

    shared = paid("--tender", "Snack voucher", "--amount", "1.50", "--card", "2.00", "--reference", "A-78", "--cash", "2.00")
    assert [one[2:] for one in shared] == [(150, None), (200, "A-78"), (200, None)] and shared[0][1] == made
    assert [one[0] for one in shared] == [pb.TENDER_VOUCHER, pb.TENDER_CARD, pb.TENDER_CASH]
    # What the others leave; and each its own reference.
    rest = paid("--tender", "Snack coin", "--reference", "T-1", "--amount", "2.00", "--card", "1.00", "--reference", "A-79",
                "--tender", "Snack voucher")
    assert [one[2:] for one in rest] == [(200, "T-1"), (100, "A-79"), (200, None)] and rest[0][1] == town
    assert [one[2:] for one in paid("--reference", "A-80", "--card", "5.00")] == [(500, "A-80")]
    for wrong, words in (
        (("--amount", "2.00"), "--amount is of a --tender NAME"),
        (("--tender", "Snack voucher", "--tender", "Snack coin"), "one tender may be without --amount"),
        (("--card", "1.00", "--reference", "A", "--reference", "B"), "--reference is there twice for one tender"),
        (("--cash", "1.00", "--amount", "1.00"), "--amount is there twice for one tender"),
        (("--cash", "1.00") * 11, "at most 10 tenders"),
        (("--tender", "Barter"), "--tender wants a means of payment's id or name (there are Cash, Card, "),
        (("--cash", "much"), "--cash wants an amount of money"),
    ):
        assert words in counter.run("sale", "strudel", *wrong, status=USAGE).stderr


def test_a_shift_from_cash_in_to_its_z(shop):
    till = Cli(shop, "drawer", person="Caroline")
    till.enrol(invited(shop, pb.CLIENT_COUNTER, "drawer"))
    till.run("shift", "open", "--float", "50.00")
    assert "(UNKNOWN_SHIFT)" in till.run("shift", "z", status=REFUSED).stderr
    assert till.json("shift", "move", "--kind", "in", "--amount", "20.00", "--reason", "change")["drawer_minor"] == 7000
    till.run("shift", "move", "--kind", "out", "--amount", "1.50", "--reason", "milk")
    till.run("shift", "move", "--kind", "drop", "--amount", "60", "--reason", "to the safe")
    till.run("shift", "no-sale", "--reason", "a note was stuck")
    loaf = shop.put_product("Loaf", 0, sku="loaf", open_price=True, open_min_minor=100, open_max_minor=5000)
    till.run("sale", "loaf@4.50", "--reference", "A-81", "--card", "4.50")
    report = till.run("shift", "report").stdout
    assert "X report" in report and "Cash expected                         8.50" in report
    department = "Keyed prices (1)                      4.50\n  Loaf (1)                            4.50\n"
    assert department in report
    for wrong in ((), ("5",), ("x5",), ("3x",), ("-1x5",), ("1x5", "--counted", "5"), ("--counted", "much"), ("1x0.001",)):
        till.run("shift", "close", *wrong, status=USAGE)
    assert "(BAD_DENOMINATION)" in till.run("shift", "close", "1x3", status=REFUSED).stderr
    z = till.run("shift", "close", "1x5", "3x1", "2x0.20").stdout
    assert "Z 1\n" in z and department in z and "Cash counted                          8.40" in z and "Difference                           -0.10" in z
    assert till.run("shift", "z").stdout == till.run("shift", "z", "1").stdout == z
    shown = till.json("shift", "z")
    assert (shown["expected_minor"], shown["counted_minor"], shown["difference_minor"]) == (850, 840, -10)
    assert shown["departments"] == [{"product_id": loaf, "name": "Loaf", "line_count": 1, "quantity_milli": 1000, "amount_minor": 450}]
    number = str(shown["till_number"])
    for names in (("1", "--till-number", number), ("--shift-number", "1", "--till-number", number), ("1", "--till", number)):
        assert till.json("shift", "z", *names) == shown
    desk = console(shop, "desk without a drawer")
    for command, what in ((("voids",), "shift"), (("shift", "z"), "Z")):
        said = desk.run(*command, status=REFUSED).stderr
        assert said == f"caroline: --till-number: this device has no such {what}: name the till whose it is (UNKNOWN_SHIFT)\n"
        desk.run(*command, "--till-number", number, "--shift-number", "1")
        said = desk.run(*command, "--till-number", number, "--shift-number", "7", status=REFUSED).stderr
        assert said == f"caroline: that till has no such {what} (UNKNOWN_SHIFT)\n"
    assert desk.rows("voids", "--till", number, "--shift", "1") == []
    assert "(UNKNOWN_SHIFT)" in till.run("shift", "z", "2", status=REFUSED).stderr
    for wrong in (("one",), ("1", "2"), ("1", "--shift-number", "1"), ("--till-number", "x")):
        till.run("shift", "z", *wrong, status=USAGE)


def test_A6_baskets_that_wait_are_listed_for_whose_they_are(shop, counter):
    product = shop.put_product("Rusk", 90, sku="rusk")
    lines = [pb.BasketLine(product_id=product, quantity_milli=1000)] * 2
    with shop.till(float_minor=None) as till:
        waits = [till.command(pb.OP_BASKET_PARK, pb.BasketPark(basket=pb.Basket(lines=lines[:n])), pb.BasketParkDone).parked_id
                 for n in (1, 2)]
    counter.person = "Ben"
    listed = counter.json("basket", "list")["baskets"]
    assert [(one["parked_id"], one["line_count"], one["first_product_id"]) for one in listed] == [
        (waits[0], 1, product), (waits[1], 2, product)]
    assert str(waits[1]) in counter.run("basket", "list").stdout
    counter.person = "Caroline"
    assert not counter.json("basket", "list").get("baskets")


def test_the_managers_commands_run_on_a_till_and_not_where_customers_are(shop, counter):
    counter.person = "Caroline"
    assert "checks hold" in counter.run("check").stdout
    kiosk = Cli(shop, "kiosk")
    kiosk.enrol(invited(shop, pb.CLIENT_KIOSK, "kiosk"))
    said = kiosk.run("check", status=REFUSED).stderr
    assert "run the command on a till or on a console of the office (UNSUPPORTED)" in said


def test_checks_hold_and_journals_can_be_exported(cli, tmp_path):
    assert cli.run("check").returncode == 0
    lines = cli.run("journal", "export").stdout.splitlines()
    assert lines[0] == "caroline-journal 1" and len(lines) > 10
    counts = [sum(line.startswith(word) for line in lines) for word in ("signature ", "entry ")]
    assert lines[-1] == "end {} {}".format(*counts)


def test_a_check_that_does_not_hold_names_its_first_wrong_row(shop, cli):
    cli.run("product", "put", "--sku", "wrong-row", "--name", "Wrong row", "--price", "1.00", "--tax-class", "untaxed")
    cli.run("stock", "receive", "--product", "wrong-row", "--quantity", "5", "--reason", "opening stock")
    [[product]] = shop.sql("SELECT id FROM product WHERE sku = 'wrong-row'")
    shop.sql(f"UPDATE stock SET on_hand_milli = on_hand_milli + 1000 WHERE product_id = {product}")
    row = f"shop=1 product={product} on_hand_milli=6000 entries_milli=5000"
    try:
        over_the_wire = cli.run("check", status=REFUSED).stdout
        lines = cli.run("check", "--json", status=REFUSED).stdout.splitlines()
        by_the_server = shop.run_server("--check")
    finally:
        shop.sql(f"UPDATE stock SET on_hand_milli = on_hand_milli - 1000 WHERE product_id = {product}")
    assert f"first wrong row: {row}" in over_the_wire and "1 do not" in over_the_wire
    [broken] = [check for check in map(json.loads, lines) if not check.get("holds")]
    assert (broken["name"], broken["first_row"]) == ("stock_on_hand", row)
    assert by_the_server.returncode == 1 and row in by_the_server.stdout
    assert cli.run("check").returncode == 0 and shop.run_server("--check").returncode == 0
