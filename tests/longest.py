#!/usr/bin/python3
"""What ctest says, line by line as it comes, with the ten longest tests before its summary."""
import re
import sys

TEST = re.compile(r"^ *\d+/\d+ Test +#\d+: (\S+) .* ([\d.]+) sec *$")
SUMMARY = re.compile(r"^\d+% tests passed, ")

took = {}
for line in sys.stdin:
    test = TEST.match(line)
    if test:
        took[test[1]] = float(test[2])
    if SUMMARY.match(line) and took:
        print("The longest:")
        for name, seconds in sorted(took.items(), key=lambda one: -one[1])[:10]:
            print(f"{seconds:8.1f} s  {name}")
        print()
    print(line, end="", flush=True)
