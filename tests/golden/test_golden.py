"""Golden baskets: worked by hand, kept from the oracle, and new ones by the hour; the C rules must say the same."""
import os
import pathlib
import subprocess

import baskets
import oracle
from seed import seed

HERE = pathlib.Path(__file__).parent
BUILD = pathlib.Path(os.environ["CAROLINE_BUILD"])


def by_the_rules(cases):
    """What the C rules say of each case, as lists of lines."""
    text = "\n".join("\n".join(case["text"]) for case in cases) + "\n"
    ran = subprocess.run([BUILD / "tests" / "basket_run"], input=text, capture_output=True, text=True, timeout=60)
    assert ran.returncode == 0, ran.stderr
    answers = [block.strip().split("\n") for block in ran.stdout.split("end\n")[:-1]]
    assert len(answers) == len(cases)
    return answers


def kept(name):
    return oracle.read_cases((HERE / name).read_text())


def test_what_was_worked_by_hand_is_what_the_rules_say():
    cases = kept("by_hand.txt")
    assert len(cases) >= 20
    for case, said in zip(cases, by_the_rules(cases)):
        assert case["source"], f"{case['name']}: no source"
        assert case["expect"], f"{case['name']}: nothing expected"
        for expected in case["expect"]:
            assert expected in said, f"{case['name']}: expected '{expected}', the rules say {said}"


def test_the_oracle_agrees_with_what_was_worked_by_hand():
    for case in kept("by_hand.txt"):
        said = oracle.answer(case)
        for expected in case["expect"]:
            assert expected in said, f"{case['name']}: expected '{expected}', the oracle says {said}"


def test_the_kept_baskets_have_not_changed_their_price():
    cases = kept("kept.txt")
    assert len(cases) >= 300
    for case, said in zip(cases, by_the_rules(cases)):
        assert said == case["expect"], case["name"]


def test_the_kept_discounts_have_not_changed_their_price():
    cases = kept("kept_discounts.txt")
    assert len(cases) >= 100
    for case, said in zip(cases, by_the_rules(cases)):
        assert said == case["expect"], case["name"]


def test_new_discounted_baskets_cost_what_the_oracle_says():
    drawn = seed()
    cases = oracle.read_cases(baskets.made(drawn, 400, discounted=True))
    for case, said in zip(cases, by_the_rules(cases)):
        assert said == oracle.answer(case), f"seed {drawn}:\n" + "\n".join(case["text"])


def test_new_baskets_cost_what_the_oracle_says():
    drawn = seed()
    cases = oracle.read_cases(baskets.made(drawn, 400))
    for case, said in zip(cases, by_the_rules(cases)):
        assert said == oracle.answer(case), f"seed {drawn}:\n" + "\n".join(case["text"])
