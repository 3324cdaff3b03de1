"""The whole year's receipts: seventy-five thousand, with eight deaths in between, of server, database and the replay itself;
quantities, lines and money as awk adds them up."""
import csv
import os
import random
import subprocess

from faults import backend_of
from seed import seed
from shop import wait_for
from test_replay import BAKERY, cli, money, quantities, receipts_done, sold  # noqa: F401

YEAR = BAKERY / "75000i.csv"
DEATHS = ["server"] * 4 + ["backend"] * 2 + ["postmaster", "replay"]


def start(cli, totals):
    return cli.start("replay", YEAR, "--tills", "8", "--window", "12", "--totals", totals, stderr=subprocess.PIPE,
                     stdout=subprocess.PIPE)


def kill(shop, victim):
    """And do what a supervisor does."""
    if victim == "server":
        shop.servers[0].restart()
    elif victim == "backend":
        os.kill(backend_of(shop, "caroline writer"), 9)
    elif victim == "postmaster":
        os.kill(shop.cluster.postmaster(), 9)
        shop.cluster.start()


def sold_so_far(shop):
    """None while the database recovers."""
    try:
        return receipts_done(shop)
    except Exception:
        return None


def test_A12_a_years_receipts_are_sold_once_each_through_eight_deaths(shop, cli, tmp_path):
    chance = random.Random(seed())
    totals = tmp_path / "totals.csv"
    moments = sorted(chance.sample(range(2000, 72000), len(DEATHS)))
    replay = start(cli, totals)
    for moment, victim in zip(moments, chance.sample(DEATHS, len(DEATHS))):
        wait_for(lambda: replay.poll() is not None or (sold_so_far(shop) or 0) > moment, 600, f"{moment} receipts")
        assert replay.poll() is None, (victim, replay.communicate())
        if victim == "replay":
            replay.kill()
            replay.communicate()
            replay = start(cli, totals)
        kill(shop, victim)

    told, progress = replay.communicate(timeout=900)
    assert replay.returncode == 0, progress[-2000:]
    assert told.startswith("75000 receipts, 266209 lines, 3229714.77 in ")
    assert sold(shop) == (quantities(YEAR), 75000, money(YEAR))
    with open(totals) as file:
        assert {row["good"]: int(row["quantity"]) for row in csv.DictReader(file)} == quantities(YEAR)
    assert money(YEAR) == 322971477
    cli.run("check", "--timeout", "120")
