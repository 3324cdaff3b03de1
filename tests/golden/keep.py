"""Prints the baskets of kept.txt with what the oracle says of them; with --discounts those of kept_discounts.txt."""
import sys

import baskets
import oracle

DISCOUNTS = "--discounts" in sys.argv[1:]

for case in oracle.read_cases(baskets.made(20261128, 100, True) if DISCOUNTS else baskets.made(20261122, 300)):
    print("\n".join(case["text"][:-1]))
    print("\n".join(f"expect {said}" for said in oracle.answer(case)))
    print("end\n")
