#!/usr/bin/env python3
"""Which tests prove which row of the features: ids that tests carry as labels, each with its tests.

    ninja -C build features      tests/features.py build
"""

import json
import pathlib
import re
import subprocess
import sys

ROW = re.compile(r"([A-Z])(\d+)")
LIST = pathlib.Path(__file__).parent / "features.txt"


def listed():
    """Id to how far it is ("whole", "begun", "open", or "goal") and what it is."""
    lines = [line.split(None, 2) for line in LIST.read_text().splitlines() if line and not line.startswith("#")]
    return {id: (state, title) for id, state, title in lines}


def tests_of(build):
    """(room/name, labels) of every test that ctest knows."""
    shown = json.loads(subprocess.run(["ctest", "--show-only=json-v1"], cwd=build, check=True, capture_output=True).stdout)
    for test in shown["tests"]:
        properties = {item["name"]: item["value"] for item in test["properties"]}
        room = pathlib.PurePath(properties["WORKING_DIRECTORY"]).name
        yield f"{room}/{test['name']}", properties.get("LABELS", [])


def rows_of(tests):
    """Row to tests, in the order of the features: A2 before A10 before B1."""
    rows = {}
    for name, labels in tests:
        for label in labels:
            if ROW.fullmatch(label):
                rows.setdefault(label, []).append(name)
    return dict(sorted(rows.items(), key=lambda row: (row[0][0], int(row[0][1:]))))


def main():
    build = sys.argv[1] if len(sys.argv) > 1 else "build"
    rows = rows_of(tests_of(build))
    what = listed()
    for row, names in rows.items():
        state, title = what[row]
        print(f"{row:<5}{title}{'' if state == 'whole' else f' ({state})'}")
        for name in names:
            print(f"{'':<5}{name}")
    print(f"\n{len(rows)} rows")


if __name__ == "__main__":
    main()
