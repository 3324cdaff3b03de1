"""What a basket costs, worked in fractions from the written rules; shares no code with common/rules/."""
from fractions import Fraction
import math

MILLION = 1_000_000
MONEY_MAX = 10**15
POINTS_MAX = 10**15


class Refused(Exception):
    pass


def half_away(value):
    """Whole units, halves away from zero. Nothing here is negative."""
    assert value >= 0
    return math.floor(value + Fraction(1, 2))


def spread(total, weights):
    """Largest remainder: shares rounded down, what is left to the largest remainders, the earlier of equals first."""
    if sum(weights) == 0:
        return [total] + [0] * (len(weights) - 1)
    shares = [Fraction(total * weight, sum(weights)) for weight in weights]
    parts = [math.floor(share) for share in shares]
    order = sorted(range(len(weights)), key=lambda i: (-(shares[i] - parts[i]), i))
    for i in order[: total - sum(parts)]:
        parts[i] += 1
    return parts


def priced_lines(case):
    lines, total = [], 0
    if all(bought["voided"] for bought in case["buy"]):
        raise Refused("BASKET_EMPTY")
    if case["reward"] and case["member"] is None:
        raise Refused("REWARD_WITHOUT_MEMBER")
    for bought in case["buy"]:
        product = case["product"].get(bought["product"])
        if product is None:
            raise Refused("UNKNOWN_PRODUCT")
        milli = bought["milli"]
        if not 0 < milli <= 10**9 or (product["unit"] == "piece" and milli % 1000):
            raise Refused("BAD_QUANTITY")
        gross = 0 if bought["voided"] else half_away(Fraction(product["price"] * milli, 1000))
        total += gross
        if total > MONEY_MAX:
            raise Refused("AMOUNT_OVERFLOW")
        lines.append({**bought, "of": product, "gross": gross, "discount": 0, "free": 0, "own": 0, "part": 0})
    return lines


def take_rewards(case, lines):
    programme = case["programme"]
    if not case["reward"]:
        return 0

    def fits(line):
        return (programme is not None and not line["voided"] and line["of"]["unit"] == "piece" and
                line["of"]["category"] == programme["category"] != 0 and line["of"]["price"] > 0 and
                line["free"] < line["milli"] // 1000)

    named = [reward for reward in case["reward"] if reward != "dearest"]
    for reward in named + ["dearest"] * (len(case["reward"]) - len(named)):
        if reward == "dearest":
            there = [line for line in lines if fits(line)]
            there.sort(key=lambda line: -line["of"]["price"])  # stable: the earlier of equals first
        else:
            there = [line for line in lines[reward:reward + 1] if fits(line)]
        if not there:
            raise Refused("REWARD_NOT_APPLICABLE")
        there[0]["free"] += 1
        there[0]["discount"] += there[0]["of"]["price"]
    return programme["cost"] * len(case["reward"])


def take_off(discount, left):
    kind, value = discount
    return min(value, left) if kind == "amount" else half_away(Fraction(left * value, MILLION))


def take_discounts(case, lines):
    """Each line's own off what is left of it, then the receipt's, spread by value; what the receipt's came to."""
    for line, discount in zip(lines, (case["off"].get(at) for at in range(len(lines)))):
        if discount and not line["voided"]:
            line["own"] = take_off(discount, line["gross"] - line["discount"])
    left = [line["gross"] - line["discount"] - line["own"] for line in lines]
    whole = take_off(case["off"]["all"], sum(left)) if "all" in case["off"] else 0
    if whole:
        for line, part in zip(lines, spread(whole, left)):
            line["part"] = part
    for line in lines:
        line["base"] = line["gross"] - line["discount"]
        line["discount"] += line["own"] + line["part"]
    return whole


def needed(lines):
    """The least limit in millionths that allows the discounts: by inverting the rounding, not by trying the rules."""
    def at_least(amount, base):  # the least L with half_away(base * L / MILLION) >= amount
        return 0 if amount == 0 else math.ceil((amount - Fraction(1, 2)) * MILLION / base)

    total, base = sum(line["own"] + line["part"] for line in lines), sum(line["base"] for line in lines)
    floor = max([at_least(line["own"], line["base"]) for line in lines])
    whole = at_least(total, base)
    if whole <= floor:
        return floor
    low, high = floor, whole  # between the two, line by line may be reached first
    while low < high:
        middle = (low + high) // 2
        if sum(half_away(Fraction(line["base"] * middle, MILLION)) for line in lines) >= total:
            high = middle
        else:
            low = middle + 1
    return low


def below_floor(case, lines):
    for line in lines:
        floor = min(case["floor"].get(line["product"], 0), line["of"]["price"])
        if line["own"] + line["part"] and line["gross"] - line["discount"] < half_away(
                Fraction(floor * (line["milli"] - 1000 * line["free"]), 1000)):
            return True
    return False


def to_pay_in_cash(case, total):
    return half_away(Fraction(total, case["rounding"])) * case["rounding"] if case["rounding"] else total


def components(case, lines, line):
    """The (code, rate) pairs of a line, after the switch of its class."""
    tax_class = case["class"].get(line["of"]["class"])
    if tax_class and tax_class["switch_to"] and tax_class["switch_at"]:
        pieces = sum(other["milli"] // 1000 for other in lines
                     if not other["voided"] and other["of"]["unit"] == "piece"
                     and other["of"]["class"] == line["of"]["class"])
        if pieces >= tax_class["switch_at"]:
            tax_class = case["class"].get(tax_class["switch_to"])
    way = (case["service"], "hot" if line["hot"] else "cold")
    return [(code, rate) for service, heat, code, rate in (tax_class["rates"] if tax_class else [])
            if (service, heat) == way]


def taxes_of(case, lines):
    """Rows [code, rate, net, tax] in the order in which lines bring them; each line gets its tax."""
    taxed = [line for line in lines if not line["voided"] and line["total"]]
    for line in taxed:
        line["components"] = components(case, lines, line)
        line["sum"] = sum(rate for _, rate in line["components"])
    order = list(dict.fromkeys(component for line in taxed for component in line["components"]))
    rows = []
    for component in order:
        members = [line for line in taxed if component in line["components"]]
        rate = component[1]
        if case["included"]:
            exact = sum(Fraction(line["total"] * rate, MILLION + line["sum"]) for line in members)
        else:
            exact = Fraction(sum(line["total"] for line in members) * rate, MILLION)
        tax = half_away(exact)
        weights = [line["total"] for line in members]
        if case["included"] and len({line["sum"] for line in members}) > 1:
            weights = [half_away(Fraction(line["total"] * MILLION, MILLION + line["sum"])) for line in members]
        for line, part in zip(members, spread(tax, weights)):
            line["tax"] += part
        rows.append([component, members, tax])
    return [[code, rate, sum(line["total"] - (line["tax"] if case["included"] else 0) for line in members), tax]
            for (code, rate), members, tax in rows]


def answer(case):
    """The lines that basket_run prints for a case."""
    try:
        lines = priced_lines(case)
        spent = take_rewards(case, lines)
        whole = take_discounts(case, lines)
        for line in lines:
            line["total"], line["tax"] = line["gross"] - line["discount"], 0
        rows = taxes_of(case, lines)
        tax = sum(row[3] for row in rows)
        total = sum(line["total"] for line in lines) + (0 if case["included"] else tax)
        if total > MONEY_MAX:
            raise Refused("AMOUNT_OVERFLOW")
        earned = gifted = after = 0
        if case["member"] is not None and case["programme"] is not None:
            programme, has = case["programme"], case["member"]["points"]
            earned = math.floor(Fraction(programme["per_unit"] * total, 10 ** case["exponent"]))
            if earned > POINTS_MAX:
                raise Refused("AMOUNT_OVERFLOW")
            gifted = programme["birthday"] if case["member"]["birthday"] else 0
            if 0 < spent > has + gifted:  # a debt keeps nobody from buying
                raise Refused("POINTS_SHORT")
            after = has + gifted - spent + earned
    except Refused as refused:
        return [f"refused {refused}"]
    return ([f"total {total} {tax}"] +
            [f"line {line['gross']} {line['discount']} {line['total']} {line['tax']}" for line in lines] +
            [f"tax {code} {rate} {net} {part}" for code, rate, net, part in rows] +
            [f"points {earned} {spent} {gifted} {after}"] +
            ([f"discount {whole} needs {needed(lines)} {'below' if below_floor(case, lines) else 'above'}"]
             if case["off"] else []) +
            ([f"cash {to_pay_in_cash(case, total)}"] if case["rounding"] else []))


def read_cases(text):
    """Cases of the format that README.md describes."""
    cases, case = [], None
    for number, row in enumerate(text.splitlines(), 1):
        word, _, rest = row.strip().partition(" ")
        words = rest.split()
        if word == "case":
            case = {"name": rest, "source": "", "text": [], "class": {}, "product": {}, "programme": None,
                    "off": {}, "floor": {}, "rounding": 0, "member": None, "service": "away", "buy": [], "reward": [], "expect": []}
        elif word == "shop":
            case["included"], case["exponent"] = words[0] == "included", int(words[1])
        elif word == "class":
            case["class"][int(words[0])] = latest = {"switch_at": int(words[1]), "switch_to": int(words[2]), "rates": []}
        elif word == "rate":
            latest["rates"].append((words[0], words[1], words[2], int(words[3])))
        elif word == "product":
            case["product"][int(words[0])] = {"unit": words[1], "price": int(words[2]), "class": int(words[3]),
                                              "category": int(words[4])}
        elif word == "programme":
            case["programme"] = dict(zip(("per_unit", "birthday", "cost", "category"), map(int, words)))
        elif word == "member":
            case["member"] = {"points": int(words[0]), "birthday": "birthday" in words}
        elif word == "service":
            case["service"] = words[0]
        elif word == "buy":
            case["buy"].append({"product": int(words[0]), "milli": int(words[1]), "hot": "hot" in words,
                                "voided": "voided" in words})
        elif word == "off":
            case["off"]["all" if words[0] == "all" else int(words[0])] = (words[1], int(words[2]))
        elif word == "floor":
            case["floor"][int(words[0])] = int(words[1])
        elif word == "rounding":
            case["rounding"] = int(words[0])
        elif word == "reward":
            case["reward"].append("dearest" if words[0] == "dearest" else int(words[0]))
        elif word == "source":
            case["source"] = rest
        elif word == "expect":
            case["expect"].append(rest)
        elif word == "end":
            cases.append(case)
        elif word and not word.startswith("#"):
            raise ValueError(f"line {number}: unknown word '{word}'")
        if case is not None and word and word not in ("source", "expect") and not word.startswith("#"):
            case["text"].append(row)
    return cases
