"""The gate of tests/bench/run lets through what is asked, exactly, and names whatever misses it by a hair."""
import pathlib
import re
import sys

import pytest

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE))
from gate import ASKED, misses  # noqa: E402

BARS = [(name, bar) for name, bars in ASKED.items() for bar in bars]


def just_met():
    return [{"name": name, **{field: number for field, _, number, _ in bars}} for name, bars in ASKED.items()]


def test_what_is_asked_is_enough():
    assert misses(just_met()) == []


@pytest.mark.parametrize("name, bar", BARS, ids=[f"{name}-{bar[0]}" for name, bar in BARS])
def test_a_hair_beside_it_is_named_and_nothing_else(name, bar):
    field, way, number, what = bar
    results = just_met()
    [result] = [result for result in results if result["name"] == name]
    result[field] = number * (0.999 if way == ">=" else 1.001)
    [sentence] = misses(results)
    assert sentence.startswith(f"{name}: ") and what in sentence and sentence.endswith(f" {number:g}")


def test_every_figure_of_the_readme_and_no_other_is_asked_something():
    rows = re.findall(r"^\| ((?:\w+(?:, )?)+) \|.*\|$", (HERE / "README.md").read_text(), re.M)
    names = [name for row in rows if row != "name" for name in row.split(", ")]
    assert sorted(names) == sorted(ASKED)
