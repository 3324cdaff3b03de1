"""The checks in C judge books as the SQL of db/checks/ does: right ones, and all the wrong rows that tests/store plants."""

import functools
import io
import os
import pathlib
import re
import subprocess
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[2] / "store"))

import test_checks  # noqa: E402
from seed import seed  # noqa: E402

books = test_checks.books
PROGRAM = os.path.join(os.environ["CAROLINE_BUILD"], "tests", "caroline-sim-check")
# PostgreSQL's counts of what was changed: what no statement does, the simulated store cannot do either.
NOT_OURS = {"entries_untouched"}


@functools.cache
def tables():
    """What the simulated store holds, by what it exports of nothing: [(table, columns)]."""
    done = subprocess.run([PROGRAM, "--tables"], capture_output=True, check=True, timeout=60)
    return re.findall(r"^COPY (\w+) \((.*)\)", done.stdout.decode(), re.M)


def exported(cursor):
    cursor.execute("SET LOCAL TimeZone = 'UTC'")
    out = io.BytesIO()
    for table, columns in tables():
        out.write(f"COPY {table} ({columns}) FROM stdin;\n".encode())
        cursor.copy_expert(f"COPY {table} ({columns}) TO STDOUT", out)
        out.write(b"\\.\n")
    return out.getvalue()


def red_here(copied):
    done = subprocess.run([PROGRAM], input=copied, capture_output=True, check=True, timeout=60)
    return {line.split(":")[0] for line in done.stdout.decode().splitlines()}


def both(admin, wrong):
    with admin.cursor() as cursor:
        try:
            if wrong is not None:
                cursor.execute("SET LOCAL session_replication_role = replica")
                cursor.execute(wrong)
            return set(test_checks.red(cursor)) - NOT_OURS, red_here(exported(cursor))
        finally:
            admin.rollback()


def test_right_books_are_green_for_both(books):
    assert both(books, None) == (set(), set())


# One of each check, and every third of the others; tests/long takes all.
DRAWN = list(test_checks.PLANTED.items()) + (test_checks.ALSO if "CAROLINE_SIM" in os.environ else test_checks.ALSO[seed() % 3::3])


def test_each_planted_row_is_seen_by_the_same_checks(books):
    differ = {}
    for name, wrong in DRAWN:
        theirs, ours = both(books, wrong)
        assert name in theirs or name in NOT_OURS
        if theirs != ours:
            differ[wrong] = f"in SQL alone: {sorted(theirs - ours)}, in C alone: {sorted(ours - theirs)}"
    assert differ == {}
