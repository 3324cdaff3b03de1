"""Each planted bug is found by the simulator's invariants, within a bounded number of seeds."""

import os
import pathlib
import subprocess

import pytest

BUILD = pathlib.Path(os.environ["CAROLINE_BUILD"])
PLANTS = sorted(path.stem for path in pathlib.Path(__file__).parent.glob("*.patch"))
SEEDS = 100


def test_at_least_ten_bugs_are_planted():
    assert len(PLANTS) >= 10


@pytest.mark.parametrize("plant", PLANTS)
def test_the_planted_bug_is_found(plant):
    program = BUILD / "tests" / "plants" / f"plant_{plant}"
    run = subprocess.run([program, "--seeds", str(SEEDS), "--receipts", "100", "--faults", "20", "--quiet"], capture_output=True, text=True, timeout=120, check=False)
    assert run.returncode == 1, f"{plant} was not found in {SEEDS} seeds: {run.stdout}{run.stderr}"
    assert "broken: " in run.stderr and "again: caroline-sim --seed " in run.stderr, run.stderr
