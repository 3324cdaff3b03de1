"""The load that a shop brings, on the server as it is shipped (CAROLINE_SHIPPED, which tests/long builds): a rush of sales, each
in the database when it was acknowledged; and tills that wait."""
import contextlib
import pathlib
import sys
import time

import pytest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))
from house import TILLS, House, cpu_seconds  # noqa: E402
from idle import growth, held_tills  # noqa: E402
from shop import SHIPPED  # noqa: E402

SECONDS, SALES_A_SECOND, LINES = 20, 300, 5
IDLE, IDLE_SECONDS, IDLE_KIB, IDLE_CPU = 500, 10, 48, 0.02  # of a core


@pytest.fixture(scope="module")
def house():
    assert SHIPPED, "CAROLINE_SHIPPED names the build that is shipped: tests/long makes it"
    house = House(print)
    house.program = SHIPPED
    with house:
        yield house


def rows(house):
    return house.sql("SELECT (SELECT count(*) FROM sale), (SELECT count(*) FROM sale_line)")[0]


def test_SL1_a_rush_of_sales(house):
    before = rows(house)
    result = house.load("sell", TILLS, SECONDS, *house.to_sell(), "--lines", LINES)
    print(result)
    assert result["per_second"] >= SALES_A_SECOND
    sales = result["done"] + result["late"]
    assert sales >= SECONDS * SALES_A_SECOND
    assert rows(house) == (before[0] + sales, before[1] + sales * LINES)
    house.check()


def test_SL2_tills_that_wait(house):
    used = {}

    @contextlib.contextmanager
    def connected(count):
        with held_tills(house, count) as silent:
            begun, before = time.monotonic(), cpu_seconds(house.server_pid)
            yield silent
            used[count] = (cpu_seconds(house.server_pid) - before) / (time.monotonic() - begun)

    kib = growth(house.server_pid, connected, IDLE_SECONDS, IDLE) / 1024
    print(f"{kib:.1f} KiB each, {used[IDLE] * 100:.2f} % of a core")
    assert 0 < kib <= IDLE_KIB
    assert used[IDLE] <= IDLE_CPU
