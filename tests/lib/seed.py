"""What random tests draw from: CAROLINE_SEED, or else a new one each time; said, so that a failure can be had again."""
import os
import random

_SEED = int(os.environ.get("CAROLINE_SEED") or random.SystemRandom().randrange(1, 10**9))


def seed():
    """The same throughout a run."""
    print(f"CAROLINE_SEED={_SEED} repeats this run")
    return _SEED
