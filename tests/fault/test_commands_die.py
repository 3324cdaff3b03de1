"""Every command that there is (tests/wire/valid_requests.py, each of its forms) is on its way when the server, or PostgreSQL's process under it,
dies at one of its statements, or the network is cut there: sent again it is done once, its answer is the same, and it leaves as many rows as
when nothing dies.

Of them a draw in tests/run, half of it where money moves (CAROLINE_SEED draws the same again); all in tests/long (CAROLINE_ALL_POINTS), which
then knows what every statement that writes is passed by, and says behind how many of each command something died."""
import collections
import os
import pathlib
import random
import re
import subprocess
import sys

import pytest
from cli import console
from every_command import Mortal, rows
from faults import Failpoints
from gateway import Gateway
from hostile_asking import COMMANDS, name_of
from paying import settings
from proxy import Proxy
from rounds import BY_THE_CLOCK, CHECKS
from seed import seed
from shop import TOP, make_shop, pb

ACTIONS = ("end-backend", "kill", "cut")
ALL = "CAROLINE_ALL_POINTS" in os.environ
SHARE = int(os.environ.get("CAROLINE_SHARE", 3))  # of all of them each third a night, other ones each night; 1: all
DRAWN = 1  # of those that move money, and of all others
MONEY = re.compile(r"sale_|shift_|gift_card_|account_receive|basket_void|coupon_earn|training_")
WRITES = re.compile(r"\b(INSERT INTO|UPDATE (?!OF\b|SKIP\b)\w+|DELETE FROM)\b")
JOBS = re.compile(r"statement/(printer_hold|gateway_(charge|detach)_due|payment_setup_due)")  # by the clock, too
COMMIT = ("statement/COMMIT", "commit_answered")

# Commands that none of this is done to, and why not: there are none.
NOT_HERE = {}

# Where what no command here passes is died behind; and, where that file does not name each of these statements, what in it says which points are:
# all of a job's, all of the set-up's, or whatever the job has in hand.
ELSEWHERE = {
    r"gateway_charge_\w+|payment_take_up_charges": ("tests/gateway/test_charges_die.py", r'if name\.startswith\("payment_"\)\]'),
    r"payment_(method|setup)_\w+|payment_take_up_setups|gateway_detach_\w+": ("tests/gateway/test_payment_methods.py", r"\bsetup_of\(|\bforgotten\("),
    r"printer_due|printer_take_up": ("tests/sale/test_printing_servers_die.py", r'if name\.startswith\("print_"\)\]'),
    r"sweep_points_\w+|sweep_referrals_pay": ("tests/fault/test_dying_nights.py", None),
    r"init_\w+|id_block_reserve": ("tests/fault/test_starting.py", r"for name in SET_UP:"),
    r"import_\w+": ("tests/shop/test_import_django.py", r'"--import-django"'),
    r"counter_lot_(insert|expired)|erasure_done|shift_z_department_insert": ("tests/fault/test_failpoints.py", None),
}
KILLS = re.compile(r"\bkill\b|SIGKILL")
# No command's: what was lost is asked anew, by a person or by the clock, and is another one then.
ASKED_ANEW = {
    r"hello_seen|session_\w+|sign_in_\w+|approval_open_write": "a person signs in, or allows something, once more",
    r"kiosk_use_code|kiosk_rehash|kiosk_birthday": "a member signs in once more",
    r"enrol_wrong": "a wrong code is counted in its own transaction, and the next one too",
    r"sweep_(commands|sessions|failures|kiosk_baskets|member_tickets|member_codes|print_jobs)|session_touch": "what is over goes the next time",
    r"invoice_print_\w+": "whoever looks at an invoice and wants paper asks for the next copy, which has the next number",
    r"training_approval_use": "of a practised sale nothing is kept but that its approval was used",
    r"device_invite_again": "only an invitation that is sent again has another code written",
    r"device_renew_shown": "a device shows its new key at each connection",
}


@pytest.fixture(scope="module")
def bakery(tmp_path_factory):
    with Failpoints(tmp_path_factory.mktemp("failpoints")) as failpoints, Gateway() as gateway, make_shop() as shop:
        shop.start("--config", settings(shop, gateway, patience_s=60), "--idle-lock-s", "7200", "--kiosk-idle-s", "600", "--watch-s", "0")
        shop.open()
        shop.staff("Ben")
        with Proxy(shop.port) as proxy:
            made = Mortal(shop, failpoints, gateway, proxy)
            yield made
            made.close()


def title(op, number):
    return f"{name_of(op)} {number}"


def chosen():
    """All, or those that are drawn."""
    if ALL:
        return rows()
    draw = random.Random(f"{seed()} commands")
    halves = [row for row in rows() if MONEY.match(name_of(row[0]))], [row for row in rows() if not MONEY.match(name_of(row[0]))]
    return [row for half in halves for row in draw.sample(half, DRAWN)]


@pytest.fixture(scope="module")
def undisturbed(bakery):
    """Of each of them how many rows more it leaves, and its statements."""
    found = {}
    for op, number, row in chosen():
        more, passed = bakery.undisturbed(op, row)
        found[title(op, number)] = more, [name for name in passed if name.startswith("statement/") and name not in CHECKS
                                          and not BY_THE_CLOCK.fullmatch(name) and not JOBS.fullmatch(name)]
    return found


def writing():
    """Every statement that writes, of all files."""
    return {name for path in (TOP / "db" / "queries").glob("*.sql")
            for name, body in re.findall(r"-- name: (\w+)\n(.*?)(?=\n-- name:|\Z)", path.read_text(), re.DOTALL)
            if WRITES.search(re.sub(r"--.*|FOR (NO KEY )?UPDATE", "", body))}


def test_A12_every_command_of_the_descriptor_is_asked():
    kinds = dict(re.findall(r"^(\w+)\s+\d+\s+([ACR])\s", (TOP / "tests/wire/permissions.txt").read_text(), re.M))
    assert {name_of(number) for name, number in pb.Op.items()} - {"none"} == kinds.keys()
    assert COMMANDS == {name for name, kind in kinds.items() if kind == "C"} and len(COMMANDS) > 60
    assert COMMANDS - {name_of(op) for op, _, _ in rows()} == NOT_HERE.keys()


def test_A12_what_stands_elsewhere_is_killed_there():
    for pattern, (path, job) in ELSEWHERE.items():
        text = (TOP / path).read_text()
        assert KILLS.search(text), path
        there = {name for name in writing() if re.fullmatch(pattern, name)}
        unnamed = {name for name in there if not re.search(rf"\b{name}\b", text)}
        assert there and (not unnamed or job is not None and re.search(job, text)), f"{path} says nothing of {sorted(unnamed)}"


if ALL:
    def test_A12_whatever_writes_is_passed_by_some_command(undisturbed):
        passed = {name.removeprefix("statement/") for _, names in undisturbed.values() for name in names}
        assert len(writing()) > 200 and len(writing() & passed) > 150
        known = [*ELSEWHERE, *ASKED_ANEW]
        assert {name for name in writing() - passed if not any(re.fullmatch(pattern, name) for pattern in known)} == set()
        assert [pattern for pattern in known if not any(re.fullmatch(pattern, name) for name in writing() - passed)] == []


def points(undisturbed, action):
    """Where each of them is died behind: each form at what it is the first to pass, each op at one of its own at least, and behind these at one
    end of the transaction, where a backend dies for each form; or, of each that is drawn, at one of them. Behind what only reads a backend alone
    dies: of another death nothing is left but what the next leaves."""
    draw, known, begun, writes = random.Random(f"{seed()} {action}"), set(), set(), writing()
    for op, number, row in chosen():
        passed = [name for name in undisturbed[title(op, number)][1] if name not in COMMIT]
        if action != "end-backend":
            passed = [name for name in passed if name.removeprefix("statement/") in writes]
        new = [name for name in passed if name not in known]
        if not new and op not in begun:
            new = [draw.choice(passed)]
        known.update(new)
        begun.add(op)
        if new or action == "end-backend" or not ALL:
            new.append(draw.choice(COMMIT))
        for name in new if ALL else [draw.choice(new)]:
            yield op, number, row, name


@pytest.mark.parametrize("action", ACTIONS)
def test_A12_every_command_is_done_once_whatever_dies(bakery, undisturbed, capsys, action):
    died = collections.Counter()
    for turn, (op, number, row, name) in enumerate(points(undisturbed, action), seed()):
        if ALL and turn % SHARE != 0 and died[name_of(op)] > 0:
            continue
        bakery.put_through(op, row, name, action, undisturbed[title(op, number)][0])
        died[name_of(op)] += 1
    with capsys.disabled():
        print(f"\n{action}, {died.total()} times: " + ", ".join(f"{name} {count}" for name, count in sorted(died.items())))
    assert not ALL or COMMANDS - died.keys() == NOT_HERE.keys()


def test_A12_all_that_always_holds_holds(bakery):
    bakery.shop.check()
    assert not re.search(r"runtime error|Sanitizer", bakery.server.log())
    bakery.shop.manager.identity = bakery.shop.console
    exported = pathlib.Path(bakery.shop.directory) / "journal"
    exported.write_text(console(bakery.shop).run("journal", "export").stdout)
    done = subprocess.run([sys.executable, TOP / "deploy" / "verify-journal", exported], capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr
