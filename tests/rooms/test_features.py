"""Labels are ids of rows, or say when a test runs: a mistyped one would prove nothing, unseen."""

import os
import subprocess

import features

BUILD = os.environ["CAROLINE_BUILD"]


def test_every_label_is_a_row_or_says_when_a_test_runs():
    wrong = [f"{name}: {label}" for name, labels in features.tests_of(BUILD) for label in labels
             if label not in ("fast", "long") and not features.ROW.fullmatch(label)]
    assert not wrong, "\n" + "\n".join(wrong)


def test_rows_come_in_order_with_all_their_tests():
    tests = [("b/x", ["A10", "fast"]), ("b/y", ["B1", "A2"]), ("a/z", ["A10"]), ("a/w", [])]
    assert list(features.rows_of(tests).items()) == [("A2", ["b/y"]), ("A10", ["b/x", "a/z"]), ("B1", ["b/y"])]


def test_the_list_is_printed_by_the_build():
    printed = subprocess.run(["/usr/bin/python3", features.__file__, BUILD], check=True, capture_output=True, text=True).stdout
    assert "\nA2   " in printed and printed.endswith(" rows\n")
