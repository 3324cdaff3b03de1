"""Random histories of members upon two servers at once: earning and spending by every kind of term, refunds in parts, nights, mergings, friends,
debts, coupons, gift cards, two tills at one member; equal to a model written apart from the rules after every step.

CAROLINE_SEED repeats a run, CAROLINE_HISTORIES says how many (tests/long takes more). One that fails is printed, with the steps taken out
that it fails without."""
import os
import time

import pytest
from counter import check_books, check_receipts
from histories import Dice, drawn_round
from playing import Mismatch, play_round, two_servers
from seed import seed

HISTORIES = int(os.environ.get("CAROLINE_HISTORIES") or 32)
ROUND = 128 if HISTORIES >= 500 else 16  # that share a calendar
SHRINK_S = 60
OFTEN = ["buy", "back", "back in parts", "merge", "join", "card", "two at once", "POINTS_SHORT", "ALREADY_REFUNDED"]
SELDOM = ["a debt", "points that expired", "expired before the return", "a coupon", "a gift", "a tier", "a friend", "by gift card", "REWARD_NOT_APPLICABLE",
          "REFUND_TOO_MUCH", "COUPON_USED", "COUPON_NOTHING_FITS", "GIFT_CARD_BALANCE", "MEMBER_MERGED"]


@pytest.fixture(scope="module")
def place(tmp_path_factory):
    with two_servers(tmp_path_factory.mktemp("clocks")) as made:
        yield made
        check_books(made.shop)


def fails(place, programmes, gaps, history):
    try:
        play_round(place, programmes, gaps, [history])
    except Mismatch as mismatch:
        return str(mismatch)
    return None


def without(history, phase, step):
    return [[kept for at, kept in enumerate(steps) if (number, at) != (phase, step)] for number, steps in enumerate(history)]


def shrunk(place, programmes, gaps, history):
    """As few of its steps as fail still, as far as there is time."""
    until, text = time.monotonic() + SHRINK_S, fails(place, programmes, gaps, history)
    if not text:
        return history, "it does not fail alone: what others did at the same time has to do with it"
    changed = True
    while changed and time.monotonic() < until:
        changed = False
        for phase, step in [(phase, step) for phase, steps in enumerate(history) for step in range(len(steps))][::-1]:
            smaller = without(history, phase, step)
            if time.monotonic() > until or not smaller[0] or smaller[0][0][0] != "join":
                continue
            problem = fails(place, programmes, gaps, smaller)
            if problem:
                history, text, changed = smaller, problem, True
                break
    return history, text


def play(place, drawn, drawn_round_):
    programmes, gaps, histories = drawn_round_
    try:
        return play_round(place, programmes, gaps, histories)
    except Mismatch as mismatch:
        history, text = shrunk(place, programmes, gaps, histories[mismatch.at])
        told = "\n".join(f"    {steps}" for steps in history)
        raise AssertionError(f"{mismatch}\nCAROLINE_SEED={drawn}, shrunk to\n{told}\nnights {gaps}, programmes\n"
                             + "\n".join(f"    {programme}" for programme in dict.fromkeys(programmes)) + f"\n{text}") from None


def test_A21_A22_A23_random_histories_are_the_models_at_every_step(place):
    drawn = seed()
    dice = Dice(drawn)
    happened = set()
    for _ in range(0, HISTORIES, ROUND):
        for each in play(place, drawn, drawn_round(dice, ROUND)):
            happened |= each.happened
    print(f"{HISTORIES} histories: {', '.join(sorted(happened))}")
    for event in OFTEN + (SELDOM if HISTORIES >= 1000 else []):
        assert event in happened, f"{event}: was not tried"
    if HISTORIES < 500:
        assert check_receipts(place.shop)
