"""Random sequences of valid requests of every op, to two servers of one shop, by many devices and roles at once, and again and again.

CAROLINE_SEED repeats a run, CAROLINE_SEQUENCES says how many sequences of CAROLINE_STEPS steps (tests/long takes more). Ops are dealt as cards are:
each is drawn before any is drawn again; what has never gone well by the end is asked by who may until it has. What an op may say is in
tests/wire/refusals.txt, who may ask for it in permissions.txt."""
import functools
import os
import random
import time
import uuid

import hypothesis
import hypothesis.strategies as st
from hypothesis.stateful import RuleBasedStateMachine, rule, run_state_machine_as_test

from cli import console
from gateway import Gateway
from hostile_asking import name_of
from paying import settings
from seed import seed
from sequences import BY_THEMSELVES, OPS, OTHERS, REFUSALS, VALID, Bakery
from shop import make_shop, pb
from verifying import verify

SEQUENCES = int(os.environ.get("CAROLINE_SEQUENCES") or 3)
STEPS = int(os.environ.get("CAROLINE_STEPS") or 20)
AT_ONCE = 4
TURNS = 6  # that an op may take to go well, asked by who may
KEPT = 200  # commands that may come again

COPIES = ["once", "both at once", "then there", "then here"]
sides = st.integers(0, 1)
draws = st.lists(st.tuples(st.integers(0, 10**6), st.integers(0, 20), st.sampled_from(["", "", *OTHERS]), sides,
                           st.sampled_from(COPIES)), min_size=AT_ONCE, max_size=AT_ONCE)


def told(step):
    """What goes wrong goes wrong again, though the shop is another by then: or else hypothesis would say that alone."""

    @functools.wraps(step)
    def once(self, **drawn):
        if Sequence.problem:
            raise Sequence.problem
        try:
            step(self, **drawn)
        except Exception as problem:
            Sequence.problem = problem
            raise

    return once


class Sequence(RuleBasedStateMachine):
    """Nothing is shrunk: what there is depends on the sequences before. A failure says what was asked."""
    bakery, problem, deck, sent, ops = None, None, [], [], {}

    def __init__(self):
        super().__init__()
        self.asked = 0

    def dealt(self, drawn):
        for which, *more in drawn:
            if not self.deck:
                self.deck.extend(sorted(VALID))
            yield self.deck.pop(which % len(self.deck)), *more

    def ask(self, wanted):
        """All of them on their way before the first answer is read."""
        bakery, under_way = self.bakery, []
        for op, row, other, side, copy in wanted:
            rows = VALID[op]
            who = rows[row % len(rows)][0]
            self.ops.setdefault(op, 0)
            bakery.side = side
            asked = bakery.asked(op, row, other if other and who == "lead" else who, side)
            if asked:
                self.ops[op] += 1
                under_way.append((asked, side, copy, bakery.again(asked, 1 - side) if copy == "both at once" else None))
        for asked, _, _, twin in under_way:
            for each in filter(None, (asked, twin)):
                bakery.read(each)
        return under_way

    @rule(drawn=draws)
    @told
    def requests(self, drawn):
        self.at_once(self.dealt(drawn))

    @rule(drawn=draws)
    @told
    def more_requests(self, drawn):
        self.at_once(self.dealt(drawn))

    @rule(drawn=draws)
    @told
    def still_more_requests(self, drawn):
        self.at_once(self.dealt(drawn))

    def at_once(self, wanted):
        under_way = self.ask(wanted)
        for asked, side, copy, twin in under_way:
            self.bakery.judge(asked)
            if copy in ("then there", "then here"):
                twin = self.bakery.again(asked, 1 - side if copy == "then there" else side)
                if twin:
                    self.bakery.read(twin)
            if twin:
                self.bakery.judge(twin)
                self.bakery.compare(asked, twin)
        for asked, *_ in under_way:
            self.bakery.behind(asked)
            if asked.command_id:
                self.sent.append(asked)
                del self.sent[:-KEPT]
        self.asked += len(under_way)
        self.bakery.let_go()

    @rule(back=st.integers(1, KEPT), side=sides)
    @told
    def an_old_command_again(self, back, side):
        if not self.sent:
            return
        first = self.sent[-min(back, len(self.sent))]
        twin = self.bakery.again(first, side)
        if twin:
            self.bakery.read(twin)
            self.bakery.judge(twin)
            self.bakery.compare(first, twin)

    @rule(back=st.integers(1, KEPT), other=st.sampled_from(["", *OTHERS]), side=sides)
    @told
    def an_old_request_as_a_new_one(self, back, other, side):
        """What was right is refused now, or right once more."""
        if not self.sent:
            return
        first = self.sent[-min(back, len(self.sent))]
        who = other if other and first.who in ("lead", *OTHERS) else first.who
        asked = self.bakery.send(who, side, first.op, first.answer, first.body, uuid.uuid4().bytes)
        self.bakery.read(asked)
        self.bakery.judge(asked)
        self.bakery.behind(asked)
        if asked.who not in BY_THEMSELVES:
            self.sent.append(asked)

    def teardown(self):
        if self.asked > 2 * AT_ONCE:
            self.verify()

    @told
    def verify(self):
        """Every invariant holds, and the journal as a stranger reads it."""
        self.bakery.shop.check()
        verifier = verify.Verifier()
        verifier.read(self.cli.run("journal", "export").stdout.encode().splitlines(keepends=True))
        assert not verifier.findings, verifier.findings[:9]


def test_sequences_of_valid_requests_leave_the_books_right():
    drawn = seed()
    with Gateway() as gateway, make_shop() as shop:
        more = "--idle-lock-s", "7200", "--kiosk-idle-s", "600", "--watch-s", "0"
        for _ in range(2):
            shop.start("--config", settings(shop, gateway), *more)
        shop.open()
        shop.staff("Ben")
        Sequence.cli = console(shop)
        Sequence.bakery = Bakery(shop, gateway)
        began = time.monotonic()
        # hypothesis begins with ten of next to nothing
        config = hypothesis.settings(
            max_examples=SEQUENCES + max(10, SEQUENCES // 9), stateful_step_count=STEPS, deadline=None, database=None, derandomize=False,
            phases=[hypothesis.Phase.generate], suppress_health_check=list(hypothesis.HealthCheck), print_blob=False)
        run_state_machine_as_test(hypothesis.seed(drawn)(Sequence), settings=config)
        until_all_went_well(Sequence(), random.Random(drawn))
        Sequence.bakery.close()
        print(f"{sum(Sequence.ops.values())} requests, {time.monotonic() - began:.1f} s")
        judge_run(Sequence.bakery.codes)


def lacking(codes):
    """What was never drawn, or never went well: asked by who may not, or with the shop in another state."""
    return [op for op in sorted(VALID) if "" not in codes.get(name_of(op), ())]


def until_all_went_well(last, chance):
    """First several at once, by others too where none has asked yet; the rest one by one, each time another of its requests."""
    for turn in range(TURNS):
        left = lacking(last.bakery.codes)
        wanted = [(op, turn or chance.randrange(9), "" if turn or op in last.ops else chance.choice(["", *OTHERS]), chance.randrange(2), chance.choice(COPIES))
                  for op in left]
        at_once = 1 if turn else AT_ONCE
        for first in range(0, len(wanted), at_once):
            last.at_once(wanted[first:first + at_once])
    last.verify()


def judge_run(codes):
    """Every op was asked, and every one went well."""
    assert {name_of(op) for op in Sequence.ops} == {name.removeprefix("OP_").lower() for name, op in pb.Op.items() if op}
    assert set(REFUSALS) <= set(OPS) and all(set(allowed) <= set(pb.ErrorCode.keys()) for allowed in REFUSALS.values())
    never = [name_of(op) for op in lacking(codes)]
    assert not never, [(name, codes.get(name), Sequence.bakery.unasked.get(name)) for name in never]
