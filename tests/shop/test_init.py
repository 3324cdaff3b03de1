"""--init: a real shop out of an empty database; what it asks, refuses and prints."""
import os
import pty
import re
import subprocess

import pytest

from shop import ANSWERS, SERVER, TOP, Refused, Shop, pb, wait_for


@pytest.fixture(scope="module")
def empty():
    """A cluster without a shop."""
    with Shop() as made:
        yield made


def answers(empty, **changes):
    path = empty.directory / "answers"
    given = {**ANSWERS, **changes}
    path.write_text("# a comment\n\n" + "".join(f"{key} = {value}\n" for key, value in given.items() if value is not None))
    return path


def init(empty, *arguments, **changes):
    return empty.run_server("--init", "--answers", str(answers(empty, **changes)), *arguments)


@pytest.mark.parametrize("changes, sentence", [
    ({"name": None}, '"name" is missing'),
    ({"manager": None}, '"manager" is missing'),
    ({"name": ""}, "the shop needs a name"),
    ({"address": ""}, "needs an address"),
    ({"manager": " "}, "needs a name"),
    ({"name": "x" * 81}, "at most 80 characters"),
    ({"name": "x\x1b[2J"}, "control characters"),
    ({"receipt head": "4111 1111 1111 1111"}, "card's number"),
    ({"currency": "e1r"}, "a currency is three letters"),
    ({"currency": "EURO"}, "a currency is three letters"),
    ({"zone": "Europe/Bielefeld"}, "no time zone of that name"),
    ({"zone": "../../etc/passwd"}, "no time zone of that name"),
    ({"zone": "localtime"}, "no time zone of that name"),
    ({"calling code": "0049"}, "a country's calling code is 1 to 3 digits"),
    ({"calling code": "Germany"}, "a country's calling code is 1 to 3 digits"),
    ({"prices include tax": "per"}, "answer yes or no"),
    ({"day cut-off": "24:00"}, "a time of day is written"),
    ({"day cut-off": "3 am"}, "a time of day is written"),
    ({"colour": "blue"}, "nobody asks for this key"),
])
def test_an_answer_that_will_not_do_is_named_with_its_line(empty, changes, sentence):
    done = init(empty, **changes)
    assert done.returncode == 64, done.stderr
    assert sentence in done.stderr and "answers" in done.stderr
    assert done.stdout == ""
    assert not (empty.data / "vault").exists()


def test_answers_that_are_not_there_are_missed(empty):
    done = empty.run_server("--init", "--answers", str(empty.directory / "nowhere"))
    assert done.returncode == 66 and "could not read" in done.stderr


def test_a_shop_is_set_up_and_sells_nothing_yet(empty):
    done = init(empty, "--server-name", "localhost", currency="JPY")
    assert done.returncode == 0, done.stderr
    assert "manager: Caroline\n" in done.stdout
    pin = re.search(r"^manager's one-time PIN: (\d{8})$", done.stdout, re.M).group(1)
    code = re.search(r"^device code: (\S{29})$", done.stdout, re.M).group(1)
    # As it says, and as the protocol says.
    assert empty.sql("SELECT expires_at - created_at = interval '24 hours' FROM device_invite") == [(True,)]
    protocol = (TOP / "proto/PROTOCOL.md").read_text()
    assert "within 24 hours" in done.stderr
    assert "lives 15 minutes, that of `--init` 24 hours" in protocol and "`caroline-server --init`: 24 hours" in protocol
    empty.start()
    console = empty.enrol(code)
    assert console.device.kind == pb.CLIENT_ADMIN
    with empty.connect(console) as client:
        shop = client.helloed.shop
        assert shop.name == "Test bakery" and shop.currency == "JPY" and shop.currency_exponent == 0
        assert shop.zone == "Europe/Berlin" and shop.prices_include_tax and shop.day_cutoff_minutes == 180
        assert shop.calling_code == ""  # a file need not say it
        assert client.refusal(pb.OP_SESSION_OPEN, pb.SessionOpen(name="Caroline", pin="00000000")) == "SIGN_IN_FAILED"

        session = client.sign_in("Caroline", pin)
        assert session.must_change_pin and not session.permissions
        for op in (pb.OP_STAFF_LIST, pb.OP_DEVICE_LIST):
            assert client.refusal(op) == "CHOOSE_PIN_FIRST"
        me = session.staff.id
        with pytest.raises(Refused) as refused:
            client.command(pb.OP_STAFF_PUT, pb.StaffPut(id=me, pin="1234"), pb.StaffPutDone)
        assert refused.value.code == "PIN_WEAK"
        client.command(pb.OP_STAFF_PUT, pb.StaffPut(id=me, pin="8261"), pb.StaffPutDone)
        wait_for(lambda: client.refusal_yet(pb.OP_STAFF_LIST) == "SIGN_IN_FIRST", 5)
        assert client.refusal(pb.OP_SESSION_OPEN, pb.SessionOpen(name="Caroline", pin=pin)) == "SIGN_IN_FAILED"

        session = client.sign_in("Caroline", "8261")
        assert not session.must_change_pin and "shop_edit" in session.permissions
        listed = client.call(pb.OP_STAFF_LIST, pb.StaffList(), pb.StaffListed)
        assert {role.name for role in listed.roles} == {"manager", "shift_lead", "cashier"}
        assert [person.name for person in listed.staff] == ["Caroline"]
        cashier = next(role for role in listed.roles if role.name == "cashier")
        assert set(cashier.permissions) == {"sell", "discount", "member_see", "member_edit", "sold_out"}
        assert {role.name: role.discount_ppm for role in listed.roles} == {
            "manager": 1000000, "shift_lead": 500000, "cashier": 100000}
    ((products,),) = empty.sql("SELECT count(*) FROM product")
    ((name, sign_up, unit, days, cost, category),) = empty.sql(
        "SELECT name, sign_up_points, points_per_unit, lot_days, reward_cost, reward_category_id FROM programme_version")
    assert products == 0 and (sign_up, unit, days, cost, category) == (20, 10, 365, 100, None)
    assert empty.sql("SELECT name FROM tax_class_version") == [("untaxed",)]


def test_a_database_with_a_shop_is_left_alone(empty):
    before = empty.sql("SELECT count(*) FROM staff")
    done = init(empty)
    assert done.returncode == 73 and "has a shop already" in done.stderr and done.stdout == ""
    shown = empty.run_server("--help").stdout
    assert "73 a port or a file can't be had, or --init finds a shop there already" in shown
    # One column for flags, one for variables, one for the file.
    rows = [line for line in shown.splitlines() if re.search(r"\[\w+\] [\w-]+$", line)]
    assert len(rows) > 15 and len({line.index("[") for line in rows}) == 1
    assert empty.sql("SELECT count(*) FROM staff") == before
    assert empty.sql("SELECT count(*) FROM shop") == [(1,)]


def test_the_pin_and_the_code_are_kept_as_hashes(empty):
    rows = str(empty.sql("SELECT pin_hash FROM staff"))
    assert "$argon2id$" in rows
    for path in (empty.data / "vault").iterdir():
        mode = path.stat().st_mode & 0o777
        assert mode == (0o644 if path.name == "ca.pem" else 0o600), path.name
    assert (empty.data / "server.key").stat().st_mode & 0o777 == 0o600


def test_at_a_terminal_each_question_is_asked_until_its_answer_will_do():
    with Shop() as shop:
        main, side = pty.openpty()
        server = subprocess.Popen([SERVER, "--data-dir", str(shop.data), "--init"], stdin=side, stdout=subprocess.PIPE,
                                  stderr=side, env=shop.environment(), text=True)
        os.close(side)
        typed = ["", "Corner Bakery", "1 Oven Street / Crustford", "", "", "", "euro", "eur", "nowhere", "Europe/Berlin", "maybe", "+49",
                 "", "25:00", "", "Ada"]
        os.write(main, ("\n".join(typed) + "\n").encode())
        output, _ = server.communicate(timeout=60)
        shown = b""
        try:
            while chunk := os.read(main, 65536):
                shown += chunk
        except OSError:
            pass
        assert server.returncode == 0, shown.decode()
        assert "manager: Ada\n" in output
        for sentence in (b"the shop needs a name", b"three letters, as EUR", b"no time zone", b"calling code is", b"a time of day"):
            assert sentence in shown
        # What Enter alone takes stands in brackets, and nothing else does.
        asked = shown.decode()
        assert list(dict.fromkeys(re.findall(r"([A-Z][^:\[\n]*\[[^]]*\]): ", asked))) == [
            "Tax number, as receipts show it [none]", "Words at the head of a receipt [none]", "Words at its foot [none]",
            "Country calling code of phone numbers without one, as 49 [none]", "Do prices include tax, yes or no? [yes]",
            "The business day ends at [03:00]"]
        assert "Currency, three letters, as EUR: " in asked and "Time zone, as Europe/Berlin: " in asked and " (" not in asked
        assert shop.sql("SELECT name, currency, day_cutoff_minutes, prices_include_tax, calling_code FROM shop_version") == [
            ("Corner Bakery", "EUR", 180, True, "49")]


def test_without_a_terminal_the_answers_come_from_standard_input(empty):
    with Shop() as shop:
        text = "".join(f"{key} = {value}\n" for key, value in ANSWERS.items())
        done = subprocess.run([SERVER, "--data-dir", str(shop.data), "--init"], input=text, capture_output=True, text=True,
                              env=shop.environment(), timeout=60)
        assert done.returncode == 0, done.stderr
        assert "device code: " in done.stdout


@pytest.mark.parametrize("variable, uri, right", [
    ("DATABASE_URL", "owner", "caroline_app"), ("DATABASE_URL", "read", "caroline_app"),
    ("DATABASE_READ_URL", "owner", "caroline_read"), ("DATABASE_READ_URL", "app", "caroline_read"),
])
def test_who_serves_as_another_role_is_told_before_anything_is_made(variable, uri, right):
    with Shop() as shop:
        environment = dict(shop.environment(), **{variable: shop.cluster.uri(uri)})
        done = subprocess.run([SERVER, "--data-dir", str(shop.data), "--init"], input="", capture_output=True, text=True,
                              env=environment, timeout=60)
        assert done.returncode == 78 and done.stdout == "", done.stderr
        assert f"{variable} signs in as role caroline_{uri}" in done.stderr and f"is called {right}" in done.stderr
        assert not (shop.data / "vault").exists()
        assert shop.sql("SELECT count(*) FROM pg_tables WHERE schemaname = 'public'") == [(0,)]


def test_without_a_database_it_says_so_and_makes_nothing(tmp_path):
    environment = dict(os.environ, DATABASE_OWNER_URL=f"postgresql:///x?host={tmp_path}", DATABASE_URL="postgresql:///x")
    done = subprocess.run([SERVER, "--data-dir", str(tmp_path / "data"), "--init"], input="", capture_output=True, text=True,
                          env=environment, timeout=60)
    assert done.returncode == 69, done.stderr
    assert not (tmp_path / "data").exists()
