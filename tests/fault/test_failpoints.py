"""The server, and PostgreSQL's process under it, die at every point on the way of a command: what was acknowledged is there
exactly once, what was not lands exactly once when it is sent again, and all that always holds holds."""
import pytest
from faults import POINTS, Failpoints
from rounds import Bakery
from shop import make_shop

ROUNDS = (Bakery.sales, Bakery.refunds, Bakery.newcomers)
# Passed when a server starts or a shop is set up.
AT_THE_START = {name for name in POINTS if name.split("_")[0] in ("ids", "migration", "vault", "init")}


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
        found[round] = [name for name in bakery.names(round) if name not in known]
        known.update(found[round])
    return found


def test_SF3_every_point_is_passed(passed):
    names = {name for found in passed.values() for name in found}
    assert set(POINTS) - AT_THE_START <= names
    for statement in ("BEGIN", "group_lock", "counter_sale_insert", "counter_stock_update", "journal_write", "command_keep",
                      "member_write", "COMMIT"):
        assert f"statement/{statement}" in names


@pytest.mark.parametrize("action", ["kill", "end-backend"])
@pytest.mark.parametrize("round", ROUNDS, ids=lambda round: round.__name__)
def test_A12_nothing_is_lost_or_doubled_at_any_point(bakery, passed, round, action):
    for name in passed[round]:
        bakery.put_through(round, name, action)
    bakery.check()
