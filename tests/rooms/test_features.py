"""Labels are ids of rows, or say when a test runs: a mistyped one would prove nothing, unseen."""

import os
import pathlib
import re
import subprocess

import features

TESTS = pathlib.Path(features.__file__).parent
BUILD = os.environ["CAROLINE_BUILD"]


def test_every_label_is_a_row_or_says_when_a_test_runs():
    wrong = [f"{name}: {label}" for name, labels in features.tests_of(BUILD) for label in labels
             if label not in ("fast", "long") and label not in features.listed()]
    assert not wrong, "\n" + "\n".join(wrong)


def test_rows_come_in_order_with_all_their_tests():
    tests = [("b/x", ["A10", "fast"]), ("b/y", ["B1", "A2"]), ("a/z", ["A10"]), ("a/w", [])]
    assert list(features.rows_of(tests).items()) == [("A2", ["b/y"]), ("A10", ["b/x", "a/z"]), ("B1", ["b/y"])]


def test_the_list_is_printed_by_the_build():
    printed = subprocess.run(["/usr/bin/python3", features.__file__, BUILD], check=True, capture_output=True, text=True).stdout
    assert "\nA2   Staff login" in printed and printed.endswith(" rows\n")


def test_what_is_said_to_be_whole_or_begun_has_tests_and_nothing_else_has():
    proved = features.rows_of(features.tests_of(BUILD))
    said = {id for id, (state, _) in features.listed().items() if state in ("whole", "begun")}
    assert set(proved) == said


def test_names_of_tests_name_what_is_listed():
    names = re.findall(r"def test_([A-Z]+\d+)_", "".join(path.read_text() for path in TESTS.rglob("test_*.py")))
    assert names and set(names) <= set(features.listed())
