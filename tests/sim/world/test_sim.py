"""The simulator can be relied on: a seed is the whole of what happens, and a failing one can be had again."""

import os
import pathlib
import re
import signal
import subprocess

BUILD = pathlib.Path(os.environ["CAROLINE_BUILD"])
SIM = BUILD / "bin" / "caroline-sim"
# What the network does to frames, and servers to what is under way.
WEATHER = ("lost", "doubled", "late", "overtaken", "told_twice", "lost_runs", "given_up", "starts")
# Sales that were put aside, and what became of those that were refused; errands that were given up, and baskets that came.
LET_GO = ("aside", "aside_sold", "aside_parked", "let_go", "brought")


def run(*arguments, program=SIM):
    return subprocess.run([program, *map(str, arguments)], capture_output=True, text=True, timeout=120, check=False)


def hashes(*arguments):
    done = run(*arguments)
    assert done.returncode == 0, done.stderr
    return re.findall(r"^seed=\d+ .*$", done.stdout, re.MULTILINE)


def test_a_seed_happens_again_event_by_event():
    first, second = (hashes("--seed", 42, "--days", 2, "--receipts", 60, "--faults", 20) for _ in range(2))
    assert first == second


def test_what_the_vault_draws_is_the_seeds_too():
    """In 106 something that the vault sealed is answered; and again behind another seed, whose vault it was."""
    alone, again, behind = (hashes("--seed", seed, "--seeds", 107 - seed, "--days", 2, "--receipts", 100, "--faults", 20)[-1:]
                            for seed in (106, 106, 105))
    assert alone == again == behind


def test_a_seed_is_the_same_whoever_writes_the_disks():
    """With all that may befall a till's disk: a second thread writes what can be put off."""
    days = ("--seed", 3, "--seeds", 2, "--days", 2, "--receipts", 50, "--faults", 30)
    first, second = hashes(*days), hashes(*days, "--jobs", 2)
    assert first == second and all(int(re.search(r" offline=(\d+)", line).group(1)) > 0 for line in first)


def test_a_check_that_a_helper_makes_is_told_in_the_same_words():
    plant = BUILD / "tests" / "plants" / "plant_stock-not-updated"
    alone, shared = (run("--seed", 1, "--seeds", 50, "--checks-alone", "--jobs", jobs, program=plant) for jobs in (1, 4))
    assert alone.returncode == shared.returncode == 1 and "db/checks/" in alone.stderr
    assert alone.stderr == shared.stderr


def test_a_seed_does_not_depend_on_the_seeds_before_it():
    assert hashes("--seed", 11, "--seeds", 3, "--receipts", 40)[2:] == hashes("--seed", 13, "--receipts", 40)


def test_other_seeds_are_other_days():
    lines = hashes("--seed", 1, "--seeds", 4, "--receipts", 40)
    assert len({re.search(r"hash=(\w+)", line).group(1) for line in lines}) == 4


def test_a_failing_seed_says_how_to_have_it_again_and_fails_again_alike():
    plant = BUILD / "tests" / "plants" / "plant_refund-stock-sign"
    found = run("--seed", 1, "--seeds", 50, program=plant)
    assert found.returncode == 1, found.stdout + found.stderr
    again = re.search(r"^again: caroline-sim (.*) \(", found.stderr, re.MULTILINE).group(1)
    assert run(*again.split(" "), program=plant).stderr == found.stderr


def test_an_abort_says_how_to_have_it_again_too():
    """As an assertion of the product's ends it."""
    numbers = "--seed 7 --days 300 --receipts 50 --faults 3 --tills 4"
    with subprocess.Popen([SIM, *numbers.split(" "), "--trace"], stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True) as process:
        process.stderr.readline()  # its days have begun
        process.send_signal(signal.SIGABRT)
        said = process.stderr.read()
    assert process.returncode == 3 and f"again: caroline-sim {numbers}\n" in said


def test_tills_are_cut_off_for_days_both_ways_and_one_sell_on_and_let_go_of_what_does_not_come():
    lines = hashes("--seed", 1, "--seeds", 8, "--days", 4, "--receipts", 60, "--faults", 12)
    count = {word: sum(int(re.search(rf" {word}=(\d+)", line).group(1)) for line in lines)
             for word in ("offline", "torn", "cuts", "one_way", "over_night", *LET_GO, *WEATHER)}
    print(count)
    assert all(count[word] >= 4 for word in LET_GO)
    assert count["offline"] >= 40 and count["torn"] >= 2
    assert 4 <= count["one_way"] < count["cuts"] and count["over_night"] >= 2
    assert all(count[word] >= 2 for word in WEATHER)


def test_nonsense_is_refused_with_the_usage():
    for wrong in (["--seeds"], ["--seed", "x"], ["--tills", "0"], ["--jobs", "0"], ["--what"]):
        done = run(*wrong)
        assert done.returncode == 2 and "--seed N" in done.stderr
