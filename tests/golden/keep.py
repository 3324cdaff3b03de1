"""Prints the baskets of kept.txt with what the oracle says of them."""
import baskets
import oracle

for case in oracle.read_cases(baskets.made(20261122, 300)):
    print("\n".join(case["text"][:-1]))
    print("\n".join(f"expect {said}" for said in oracle.answer(case)))
    print("end\n")
