"""The comparison of findings with their reasons, and that each tool does find what is planted for it."""
import os
import pathlib

import pytest

import findings

BUILD = pathlib.Path(os.environ["CAROLINE_BUILD"])
PLANTED = ("tests/static/planted.c", str(findings.SOURCE), [])
FOUND = findings.Finding("tidy", "cert-err33-c,bugprone-x", "server/net/net.c", 7, "a message", "fclose(file);")


@pytest.mark.parametrize("tool, check", [
    ("gcc", "-Wanalyzer-double-free"),
    ("clang", "-Wunused-macros"),
    ("tidy", "clang-analyzer-core.NullDereference"),
    ("cppcheck", "arrayIndexOutOfBounds"),
])
def test_each_tool_finds_what_was_planted_for_it(tool, check):
    found = findings.TOOLS[tool]([PLANTED], BUILD)
    assert check in ",".join(finding.check for finding in found), found


def test_a_tool_that_cannot_read_a_file_fails():
    with pytest.raises(SystemExit):
        findings.by_gcc([("tests/static/nowhere.c", str(findings.SOURCE), [])], BUILD)


def test_every_file_of_the_product_is_looked_at():
    seen = {name for name, _, _ in findings.sources(BUILD)}
    there = {path.relative_to(findings.SOURCE).as_posix()
             for room in findings.ROOMS for path in (findings.SOURCE / room).rglob("*.c")}
    assert seen == there


@pytest.mark.parametrize("line, explained", [
    ("tidy | cert-err33-c | server/net/*.c | fclose( | because", True),
    ("tidy | bugprone-x | * | a message | because", True),
    ("gcc | cert-err33-c | server/net/*.c | fclose( | because", False),
    ("tidy | cert-err34-c | server/net/*.c | fclose( | because", False),
    ("tidy | cert-err33-c | server/net/*.c | fopen( | because", False),
    ("tidy | cert-err33-c | client/* | fclose( | because", False),
])
def test_a_reason_is_of_one_tool_check_file_and_words(line, explained):
    bare, stale = findings.unexplained("tidy", {FOUND}, line)
    assert bare == ([] if explained else [FOUND])
    assert len(stale) == (0 if explained or line.startswith("gcc") else 1)


@pytest.mark.parametrize("line", ["tidy | a check | a file | words", "tidy | a check | a file | words | ", "words"])
def test_a_line_without_a_reason_is_refused(line):
    with pytest.raises(SystemExit):
        findings.explanations(line)
