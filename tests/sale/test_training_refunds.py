"""A practised refund is the real one of the same sale: the same sums and points on the answer and on paper, but for what says TRAINING."""
import re

import pytest
import training as practice
from counter import basket, check_books, check_strands, member, refund, ring_up, seed
from shop import pb
from training import CASH

THESE = pb.TERM_GOODS_THESE


@pytest.fixture(scope="module")
def goods(shop):
    made = seed(shop)
    shop.staff("Lena", "shift_lead")  # a change that the server makes, and knows: the goods with it
    for name in ("cookie", "cake"):
        shop.receive(made[name], 1000)
    return made


@pytest.fixture(scope="module")
def till(shop, goods):
    made = shop.till("Caroline")
    yield made
    check_books(shop)
    check_strands(shop)
    shop.check()


def earn(number, per, value, **more):
    return pb.ProgrammeTerm(kind=pb.TERM_EARN, number=number, name=f"Rule {number}", per=per, value=value, **more)


TERMS = {
    "points_per_unit alone": lambda cookie: [],
    "by money, piece and visit": lambda cookie: [
        earn(1, pb.EARN_PER_MONEY, 3), earn(2, pb.EARN_PER_UNIT, 7, goods=THESE, product_ids=[cookie]), earn(3, pb.EARN_PER_VISIT, 50),
        pb.ProgrammeTerm(kind=pb.TERM_REWARD, number=1, name="Two off", gift=pb.REWARD_GIFT_AMOUNT, cost=40, value=200)],
    "by the tier": lambda cookie: [
        earn(1, pb.EARN_PER_UNIT, 7, goods=THESE, product_ids=[cookie], tier=1), earn(2, pb.EARN_PER_MONEY, 20, tier=2),
        pb.ProgrammeTerm(kind=pb.TERM_TIER, number=1, name="Silver", value=100), pb.ProgrammeTerm(kind=pb.TERM_TIER, number=2, name="Gold", value=9000)],
}


def put_terms(shop, terms):
    there = shop.manager.call(pb.OP_PROGRAMME_LIST, pb.ProgrammeList(), pb.ProgrammeListed).programme.terms
    gone = [pb.ProgrammeTerm(kind=term.kind, number=term.number, gone=True) for term in sorted(there, key=lambda term: term.kind == pb.TERM_TIER)]
    if gone:
        shop.manager.command(pb.OP_PROGRAMME_PUT, pb.ProgrammePut(programme=pb.Programme(terms=gone)), pb.CataloguePutDone)
    if terms:
        shop.manager.command(pb.OP_PROGRAMME_PUT, pb.ProgrammePut(programme=pb.Programme(terms=terms)), pb.CataloguePutDone)


def paper(answer):
    """Without the marks, and without what no two receipts have in common: numbers, time, hash."""
    rows = [(row.left, row.right) for row in answer.receipt.rows if row.left not in ("TRAINING", "NOT A RECEIPT")]
    rows = [tuple(re.sub(r"\d+[TS]-\d{6}|\d{4}-\d\d-\d\d \d\d:\d\d|^[0-9a-f]{8}$", "", text) for text in row) for row in rows]
    kept = [row for i, row in enumerate(rows) if row != ("", "") or i == 0 or rows[i - 1] != row]
    return [row for row in kept if row != ("", "")]


def figures(answer):
    return answer.totals, answer.cash_minor, answer.change_minor, answer.rounding_minor, paper(answer)


def played(shop, till, made, sell, back):
    """The sale, a part of it back, another one, and the rest."""
    total = till.call(pb.OP_SALE_QUOTE, pb.SaleQuote(basket=made, training=back is practice.refund), pb.SaleQuoted).total_minor
    sold = sell(made, total)
    parts = [back(till, sold.receipt_number, *lines) for lines in ([(1, 1000)], [(0, 2000), (1, 1000)], [])]
    return [figures(answer) for answer in (sold, *parts)]


@pytest.mark.parametrize("terms, tier", [(terms, tier) for terms in TERMS for tier in ((0, 1, 2) if terms == "by the tier" else (0,))])
def test_C15_a_practised_refund_has_the_figures_of_a_real_one(shop, till, goods, terms, tier):
    put_terms(shop, TERMS[terms](goods["cookie"]))
    mia = member(shop, 400 + 10 * list(TERMS).index(terms) + tier, [(3, 250)])
    shop.sql(f"UPDATE member_account SET tier = {tier} WHERE member_id = {mia}")
    made = basket(shop, (goods["cookie"], 4), (goods["cake"], 2), member_id=mia, rewards=1)
    if terms == "by money, piece and visit":
        made.rewards.add(reward=1)
    practice.begin(till)
    practice.open_shift(till, 10000)
    practised = played(shop, till, made, lambda made, total: practice.sell(till, made, total, (CASH, total, None)), practice.refund)
    practice.end(till)
    real = played(shop, till, made, lambda made, total: ring_up(till, made, total, cash=total), refund)
    assert any(totals.points_earned for totals, *_ in real)
    for step, (one, other) in enumerate(zip(practised, real)):
        assert one == other, (step, one, other)
