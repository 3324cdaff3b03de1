"""What random tests draw from: CAROLINE_SEED, or else a new one each time; said, so that a failure can be had again. And what a night takes of
that which would take an hour's tests too long: a part that is drawn, another each night; CAROLINE_SHARE=1 takes all."""
import os
import random

_SEED = int(os.environ.get("CAROLINE_SEED") or random.SystemRandom().randrange(1, 10**9))


def seed():
    """The same throughout a run."""
    print(f"CAROLINE_SEED={_SEED} repeats this run")
    return _SEED


def tonight(rows, whose, share=2):
    """One in so many of them, in their order."""
    share = int(os.environ.get("CAROLINE_SHARE", share))
    drawn = random.Random(f"{_SEED} {whose} tonight").sample(range(len(rows)), -(-len(rows) // share))
    return [rows[at] for at in sorted(drawn)]
