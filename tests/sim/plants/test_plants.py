"""Each planted bug is found by the simulator within a bounded number of seeds: by an invariant of db/checks/ and nothing else,
or, where the books are right and people were told otherwise (told/), by what they remember."""

import os
import pathlib
import re
import subprocess

import pytest

BUILD = pathlib.Path(os.environ["CAROLINE_BUILD"])
HERE = pathlib.Path(__file__).resolve().parent
CHECKS = {path.stem for path in (HERE.parents[2] / "db" / "checks").glob("*.sql")}
PLANTS = sorted(path.stem for path in HERE.glob("*.patch"))
TOLD = sorted(path.stem for path in (HERE / "told").glob("*.patch"))
SEEDS = 200
# Always the same: how many days it takes to find a bug is asked here, and not whether there is one.
DAY = ["--seed", "1", "--seeds", str(SEEDS), "--receipts", "100", "--faults", "20", "--quiet"]


def broken(plant, *options):
    """What the simulator says of the program that has the bug."""
    run = subprocess.run([BUILD / "tests" / "plants" / f"plant_{plant}", *DAY, *options], capture_output=True, text=True, timeout=600, check=False)
    assert run.returncode == 1, f"{plant} was not found in {SEEDS} seeds: {run.stdout}{run.stderr}"
    assert "again: caroline-sim --seed " in run.stderr, run.stderr
    return re.search(r"^broken: (.*)$", run.stderr, re.MULTILINE).group(1)


def test_enough_bugs_are_planted():
    assert len(PLANTS) >= 10 and len(TOLD) >= 5


@pytest.mark.parametrize("plant", PLANTS)
def test_the_invariants_alone_find(plant):
    found = re.match(r"db/checks/(\w+)\.sql does not hold: ", broken(plant, "--checks-alone"))
    assert found and found.group(1) in CHECKS


@pytest.mark.parametrize("plant", TOLD)
def test_who_was_told_finds(plant):
    assert not broken(plant).startswith("db/checks/")
