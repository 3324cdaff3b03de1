"""Random members' histories: the C rules against a model written apart from them, equal after every step.

CAROLINE_SEED repeats a run; CAROLINE_HISTORIES says how many (tests/long takes more)."""
import os
import pathlib
import random
import subprocess

from points_model import Model
from seed import seed

BUILD = pathlib.Path(os.environ["CAROLINE_BUILD"])
HISTORIES = int(os.environ.get("CAROLINE_HISTORIES") or 3000)
FIRST_DAY = 19000  # in 2022
SEED_PROGRAMME = (10, 20, 100, 365, 100, 7)


class Dice(random.Random):
    def sometimes(self, one_in):
        return self.randrange(one_in) == 0


def programme(dice):
    if dice.sometimes(2):
        return SEED_PROGRAMME
    return (dice.choice([0, 1, 7, 10, 333, 10**6]), dice.choice([0, 20, 500]), dice.choice([0, 100]),
            dice.choice([1, 2, 30, 365]), dice.choice([1, 9, 100, 250]), dice.choice([0, 7, 8]))


def day_after(dice, today):
    """Mostly soon; sometimes just where lots expire, or long after."""
    return today + dice.choice([0, 0, 0, 0, 1, 1, 2, 7, 28, 29, 30, 180, 364, 365, 366])


def basket(dice, products):
    return [(dice.choice(products), dice.choice([1, 1, 1, 2, 3, 12])) for _ in range(dice.randint(1, 5))]


def make_history(dice):
    """Steps as (words, what the model is told)."""
    exponent = dice.choice([0, 2, 2, 2, 3])
    steps = [(f"begin {exponent}", None)]
    model = Model(exponent)
    for product in range(1, 7):
        model.products[product] = (dice.choice([0, 1, 99, 100, 115, 250, 1005, 99999]), dice.choice([7, 7, 8, 9]))
        steps.append((f"product {product} {model.products[product][0]} {model.products[product][1]}", None))

    def change_programme():
        terms = programme(dice)
        model.programme(*terms)
        steps.append((f"programme {' '.join(map(str, terms))}", None))

    change_programme()
    today, number, sold = FIRST_DAY + dice.randrange(1500), 0, []
    for name in (1, 2, 3):
        if not dice.sometimes(3):
            steps.append((f"join {name} {today}", model.join(name, today)))
    for _ in range(dice.randint(1, 40)):
        today = day_after(dice, today)
        if dice.sometimes(25):
            change_programme()
        number += 1
        if sold and dice.sometimes(4):
            sale = dice.choice(sold) if not dice.sometimes(10) else dice.choice([number, number + 1, 200])
            steps.append((f"refund {number} {sale} {today}", model.refund(number, sale, today)))
            sold.append(number)
        else:
            name, birthday, lines = dice.choice([1, 1, 2, 3]), dice.sometimes(8), basket(dice, list(model.products))
            rewards = dice.choice([0, 0, 0, 1, 1, 2, 3, 7])
            words = f"sell {number} {name} {today} {int(birthday)} {rewards} " + " ".join(f"{p}:{n}" for p, n in lines)
            steps.append((words, model.sell(number, name, today, birthday, rewards, lines)))
            sold.append(number)
    return steps


def by_the_rules(histories):
    """What the rules say of each step that has an answer."""
    text = "".join(words + "\n" for steps in histories for words, _ in steps)
    ran = subprocess.run([BUILD / "tests" / "points_run"], input=text, capture_output=True, text=True, timeout=600)
    assert ran.returncode == 0, ran.stderr
    return iter(ran.stdout.splitlines())


def check(histories, drawn):
    said = by_the_rules(histories)
    for steps in histories:
        for at, (_, expected) in enumerate(steps):
            if expected is None:
                continue
            answer = next(said)
            history = "\n".join(words for words, _ in steps[: at + 1])
            assert answer == expected, f"CAROLINE_SEED={drawn}\n{history}\nrules: {answer}\nmodel: {expected}"
    assert next(said, None) is None


def test_random_histories_are_the_models_at_every_step():
    drawn = seed()
    dice = Dice(drawn)
    answers = []
    for _ in range(0, HISTORIES, 500):
        histories = [make_history(dice) for _ in range(500)]
        answers += [answer.split()[0] for steps in histories for _, answer in steps if answer]
        check(histories, drawn)
    # Everything there is to say was said.
    for verdict in ("OK", "REWARD_NOT_APPLICABLE", "POINTS_SHORT", "UNKNOWN_SALE", "ALREADY_REFUNDED", "REFUND_OF_REFUND"):
        assert verdict in answers, verdict


def numbers_of(answer):
    words = answer.split()
    return int(words[words.index("account") + 1]), words[words.index("lots") + 1 :]


def test_the_seed_programme_in_numbers():
    """Worked by hand: 20 at sign-up, 10 a unit, 100 for the dearest cookie, 100 once on the birthday, 365 days."""
    steps = [
        "begin 2",
        "product 1 250 7",
        "product 2 1999 9",
        "programme 10 20 100 365 100 7",
        "join 1 19000",
        "sell 1 1 19001 0 0 2:1",  # 19.99: 199 points
        "sell 2 1 19002 0 1 1:2",  # a free cookie: 20 of the first day, 80 of the second; 2.50 earns 25
        "sell 3 1 19003 1 0 1:1",  # the birthday: 100, and 25
        "sell 4 1 19003 1 0 1:1",  # not twice
        "refund 5 2 19004",  # the cookie comes back, and the points to where they were
        "sell 6 1 19366 0 1 1:1",  # the first day's 20 have expired, the second day's 199 are good for the last time
    ]
    expected = [
        (20, ["19000/19365/20"]),
        (219, ["19000/19365/20", "19001/19366/199"]),
        (144, ["19000/19365/0", "19001/19366/119", "19002/19367/25"]),
        (269, ["19000/19365/0", "19001/19366/119", "19002/19367/25", "19003/19368/125"]),
        (294, ["19000/19365/0", "19001/19366/119", "19002/19367/25", "19003/19368/150"]),
        (369, ["19000/19365/20", "19001/19366/199", "19002/19367/0", "19003/19368/150"]),
        (269, ["19000/19365/20", "19001/19366/99", "19002/19367/0", "19003/19368/150"]),
    ]
    said = [numbers_of(answer) for answer in by_the_rules([[(words, None) for words in steps]])]
    assert said == expected


def test_a_refund_of_what_was_spent_already_is_a_debt():
    steps = ["begin 2", "product 1 250 7", "product 2 1000 9", "programme 10 0 0 365 100 7",
             "sell 1 1 19000 0 0 2:1", "sell 2 1 19000 0 1 1:1", "refund 3 1 19001", "sell 4 1 19001 0 1 1:1",
             "sell 5 1 19001 0 0 2:2"]
    said = list(by_the_rules([[(words, None) for words in steps]]))
    assert [answer.split()[0] for answer in said] == ["OK", "OK", "OK", "POINTS_SHORT", "OK"]
    assert "account -100 spendable -100 lots 19000/19365/-100" in said[2]
    assert "account 100 spendable 100 lots 19000/19365/-100 19001/19366/200" in said[4]
