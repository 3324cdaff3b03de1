"""The whole year's receipts: seventy-five thousand, killed once in between; quantities, lines and money as awk adds them up."""
import csv
import subprocess

from shop import wait_for
from test_replay import BAKERY, cli, money, quantities, receipts_done, sold  # noqa: F401

YEAR = BAKERY / "75000i.csv"


def test_A12_a_years_receipts_are_sold_once_each(shop, cli, tmp_path):
    totals = tmp_path / "totals.csv"
    replay = cli.start("replay", YEAR, "--tills", "8", stderr=subprocess.DEVNULL, stdout=subprocess.DEVNULL)
    wait_for(lambda: receipts_done(shop) > 20000 or replay.poll() is not None, 300, "twenty thousand receipts")
    replay.kill()
    replay.wait()

    replay = cli.start("replay", YEAR, "--tills", "8", "--window", "12", "--totals", totals,
                       stderr=subprocess.PIPE, stdout=subprocess.PIPE)
    told, progress = replay.communicate(timeout=900)
    assert replay.returncode == 0, progress[-2000:]
    assert told.startswith("75000 receipts, 266209 lines, 3229714.77 in ")
    assert sold(shop) == (quantities(YEAR), 75000, money(YEAR))
    with open(totals) as file:
        assert {row["good"]: int(row["quantity"]) for row in csv.DictReader(file)} == quantities(YEAR)
    assert money(YEAR) == 322971477
    cli.run("check", "--timeout", "120")
