"""The server, and PostgreSQL's process under it, die at every point on the way of a command: what was acknowledged is there
exactly once, what was not lands exactly once when it is sent again, and all that always holds holds."""
import os
import random
import re
import signal

import pytest
from faults import POINTS, Failpoints, check_exactly_once, see_through
from rounds import Bakery
from seed import seed
from shop import TOP, make_shop
from waiting import stands_still, wait_for

ROUNDS = (Bakery.sales, Bakery.refunds, Bakery.newcomers, Bakery.closes, Bakery.trimmed, Bakery.desk)
# The named points all, and of the statements a draw in tests/run and all in tests/long.
RARE, DRAWN_OF_RARE, DRAWN = (Bakery.trimmed, Bakery.desk), 4, 8
ALL = "CAROLINE_ALL_POINTS" in os.environ
# Statements that only read, for memory or to see whether a change may be: the server's death there is as good as the next.
READS = re.compile(r"statement/(catalogue_(heads|versions|shops|categories|tax_\w+|programmes|roles|tender_types|changed_products)"
                   r"|product_put_(now|categories|tax_classes|plus|barcodes)|shift_(books|sales|tenders|taxes|moves))")
# Passed when a server starts or a shop is set up.
AT_THE_START = {name for name in POINTS if name.split("_")[0] in ("block", "migration", "vault", "init")}
# Passed beside a gateway: tests/gateway/ kills there.
AT_THE_START |= {name for name in POINTS if name.split("_")[0] == "payment"}
# Passed beside a printer: tests/sale/test_printing_servers_die.py kills there.
AT_THE_START |= {name for name in POINTS if name.split("_")[0] == "print"}


@pytest.fixture(scope="module")
def bakery(tmp_path_factory):
    with Failpoints(tmp_path_factory.mktemp("failpoints")) as failpoints, make_shop() as shop:
        shop.start()
        shop.open()
        shop.staff("Ben")
        yield Bakery(shop, failpoints)


@pytest.fixture(scope="module")
def passed(bakery):
    """The points that each round is the first to pass."""
    known, found = set(), {}
    for round in ROUNDS:
        found[round] = [name for name in bakery.names(round) if name not in known and name != "group_behind"]
        known.update(found[round])
    return found


def test_SF3_every_point_is_passed(passed):
    names = {name for found in passed.values() for name in found} | {"group_behind"}  # for that, see below
    assert set(POINTS) - AT_THE_START <= names
    for statement in ("BEGIN", "group_lock", "counter_sale_insert", "counter_stock_update", "journal_write", "command_keep",
                      "member_write", "shift_z_insert", "shift_drawer_close", "COMMIT",
                      "counter_lot_insert", "counter_lot_expired", "erasure_done", "shift_z_department_insert"):  # which test_commands_die.py counts upon
        assert f"statement/{statement}" in names


# What a group of the counter writes, and no round does: test_commands_die.py dies behind it.
ELSEWHERE = {"counter_earning_insert", "counter_exception_insert", "counter_rescue_insert", "counter_stock_insert"}


def test_SF3_whatever_a_group_writes_is_written_in_some_round(passed):
    names = {name for found in passed.values() for name in found}
    text = (TOP / "db" / "queries" / "counter_group.sql").read_text()
    writes = [name for name, body in re.findall(r"-- name: (\w+)\n(.*?)(?=\n-- name:|\Z)", text, re.DOTALL)
              if re.search(r"\b(INSERT INTO|UPDATE|DELETE FROM)\b", body)]
    assert len(writes) > 20
    assert {name for name in writes if f"statement/{name}" not in names} == ELSEWHERE


@pytest.mark.parametrize("action", ["kill", "end-backend"])
@pytest.mark.parametrize("round", ROUNDS, ids=lambda round: round.__name__)
def test_A12_nothing_is_lost_or_doubled_at_any_point(bakery, passed, round, action):
    names = [name for name in passed[round] if ALL or action != "kill" or not READS.fullmatch(name)]
    statements = [name for name in names if name.startswith("statement/")]
    if not ALL:
        count = DRAWN_OF_RARE if round in RARE else DRAWN
        drawn = random.Random(f"{seed()} {round.__name__} {action}").sample(statements, min(count, len(statements)))
        names = [name for name in names if name not in statements or name in drawn]
    for name in names:
        bakery.put_through(round, name, action)
    bakery.check()


def still(process):
    try:
        wait_for(lambda: stands_still(process.pid), 5, "a group that is decided")
    except AssertionError:
        return False
    return True


def one_group_behind_another(bakery, name, action):
    """The second group comes to a server that stands still with the first decided; goes on; something dies."""
    process = bakery.server.process
    for till in bakery.tills:
        till.client or till.connect()
    first, then = [bakery.cash_sale(bakery.tills[0])], [bakery.member_sale(till) for till in bakery.tills[1:]]
    bakery.failpoints.arm("group_stored", "stop")
    # Its connection may have been lost in what was before, which shows only when nothing comes of the first sending.
    for _ in range(4):
        first[0].send()
        if still(process):
            break
    wait_for(lambda: stands_still(process.pid), 20, f"a group that is decided ({first[0].said})")
    bakery.failpoints.arm(name, action)
    for order in then:
        order.send()
    os.kill(process.pid, signal.SIGCONT)
    for order in first + then:
        order.read()  # until they are answered, or their server is gone
    fired = bakery.failpoints.fired()
    bakery.failpoints.armed.unlink(missing_ok=True)
    if fired and action == "kill":
        process.wait(20)
    see_through(first + then, meanwhile=bakery.revive)
    check_exactly_once(bakery.shop, first + then)
    return fired


@pytest.mark.parametrize("action", ["kill", "end-backend"])
def test_A12_two_groups_of_which_one_waits_behind_the_other(bakery, action):
    see_through([bakery.cash_sale(till) for till in bakery.tills])  # who had nothing to do for minutes unlocks first
    for name in ("group_behind", "statement/BEGIN", "statement/group_catalogue", "statement/COMMIT", "commit_answered",
                 "group_committed"):
        # The first may have been committed before the others came.
        assert any(one_group_behind_another(bakery, name, action) for _ in range(5)), name
    bakery.check()
