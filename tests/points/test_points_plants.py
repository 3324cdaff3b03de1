"""Each planted bug (plants/) is found by the random histories beside the model, whatever is drawn."""
import os
import pathlib

import pytest
from histories import Dice, drawn_round
from playing import Mismatch, play_round, two_servers
from seed import seed

HERE = pathlib.Path(__file__).resolve().parent
PLANTS = sorted(path.stem for path in (HERE / "plants").glob("*.patch"))
ROUND, ROUNDS = 16, 20


def test_enough_bugs_are_planted():
    assert len(PLANTS) >= 5


@pytest.mark.parametrize("plant", PLANTS)
def test_the_model_finds(plant, tmp_path):
    dice = Dice(f"{seed()} {plant}")
    with two_servers(tmp_path, pathlib.Path(os.environ["CAROLINE_BUILD"], "tests", "plants", f"points_{plant}")) as place:
        for number in range(ROUNDS):
            programmes, gaps, histories = drawn_round(dice, ROUND)
            try:
                play_round(place, programmes, gaps, histories)
            except Mismatch as mismatch:
                print(f"{plant}: found in round {number + 1}: {mismatch}")
                return
    raise AssertionError(f"{plant} was not found in {ROUNDS * ROUND} histories")
