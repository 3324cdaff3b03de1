"""Makes baskets of many countries' kinds out of a seed, in the format of README.md."""
import random

#                 included, exponent, classes: (switch_at, switch_to, rates)
SHOPS = {
    "uk": (True, 2, {
        1: (0, 0, [("away", "cold", "VAT0", 0), ("away", "hot", "VAT20", 200000), ("in", "cold", "VAT20", 200000),
                   ("in", "hot", "VAT20", 200000)]),
        2: (0, 0, [(s, h, "VAT20", 200000) for s in ("away", "in") for h in ("cold", "hot")]),
        3: (0, 0, [])}),
    "france": (True, 2, {
        1: (0, 0, [("away", "cold", "TVA5.5", 55000), ("away", "hot", "TVA10", 100000), ("in", "cold", "TVA10", 100000),
                   ("in", "hot", "TVA10", 100000)]),
        2: (0, 0, [(s, h, "TVA10", 100000) for s in ("away", "in") for h in ("cold", "hot")]),
        3: (0, 0, [(s, h, "TVA20", 200000) for s in ("away", "in") for h in ("cold", "hot")])}),
    "quebec": (False, 2, {
        1: (6, 2, [(s, h, c, r) for s in ("away", "in") for h in ("cold", "hot")
                   for c, r in (("GST", 50000), ("QST", 99750))]),
        2: (0, 0, [(s, h, "ZERO", 0) for s in ("away", "in") for h in ("cold", "hot")]),
        3: (0, 0, [(s, h, c, r) for s in ("away", "in") for h in ("cold", "hot")
                   for c, r in (("GST", 50000), ("QST", 99750))])}),
    "mixed": (True, 2, {
        1: (0, 0, [(s, h, "GST", 50000) for s in ("away", "in") for h in ("cold", "hot")]),
        2: (0, 0, [(s, h, c, r) for s in ("away", "in") for h in ("cold", "hot")
                   for c, r in (("GST", 50000), ("QST", 99750))]),
        3: (4, 1, [(s, h, c, r) for s in ("away", "in") for h in ("cold", "hot")
                   for c, r in (("GST", 50000), ("CITY", 12345), ("QST", 99750))])}),
    "japan": (True, 0, {
        1: (0, 0, [("away", "cold", "TAX8", 80000), ("away", "hot", "TAX8", 80000), ("in", "cold", "TAX10", 100000),
                   ("in", "hot", "TAX10", 100000)]),
        2: (0, 0, [(s, h, "TAX10", 100000) for s in ("away", "in") for h in ("cold", "hot")]),
        3: (0, 0, [])}),
    "kuwait": (False, 3, {
        1: (0, 0, []),
        2: (0, 0, [(s, h, "VAT15", 150000) for s in ("away", "in") for h in ("cold", "hot")]),
        3: (0, 0, [(s, h, "ODD", 77777) for s in ("away", "in") for h in ("cold", "hot")])}),
}


def price(chance):
    if chance.random() < 0.01:
        return chance.choice([10**9, 10**12, 10**15])
    return chance.choice([chance.randint(0, 3), chance.randint(5, 2000), chance.randint(5, 2000), chance.randint(5, 99999),
                          chance.choice([1, 333, 995])])


def quantity(chance, unit):
    if unit == "kg":
        return chance.choice([chance.randint(1, 5000), chance.randint(1, 999999999), 1, 500, 333])
    return 1000 * chance.choice([1, 1, 1, 2, 3, chance.randint(1, 12), chance.randint(1, 300)])


def discounts(chance, count, numbers):
    """Words of what is taken off, how deep it may go, and how cash is rounded."""
    def discount():
        return chance.choice([f"rate {chance.choice([50000, 100000, 300000, 1000000, chance.randint(1, 1000000)])}",
                              f"amount {chance.choice([1, 50, chance.randint(1, 3000)])}"])

    rows = [f"off {line} {discount()}" for line in range(count) if chance.random() < 0.4]
    if chance.random() < 0.5 or not rows:
        rows.append(f"off all {discount()}")
    rows += [f"floor {number} {chance.randint(1, 2000)}" for number in numbers if chance.random() < 0.5]
    return rows + [f"rounding {chance.choice([5, 10, 50])}"] * (chance.random() < 0.5)


def make(chance, name, discounted=False):
    shop = chance.choice(sorted(SHOPS))
    included, exponent, classes = SHOPS[shop]
    rows = [f"case {name} {shop}", f"shop {'included' if included else 'added'} {exponent}"]
    for number, (at, to, rates) in classes.items():
        rows.append(f"class {number} {at} {to}")
        rows += [f"rate {service} {heat} {code} {rate}" for service, heat, code, rate in rates]
    units = {}
    for number in range(1, chance.randint(2, 9)):
        units[number] = chance.choice(["piece", "piece", "piece", "kg"])
        rows.append(f"product {number} {units[number]} {price(chance)} {chance.randint(1, 3)} {chance.choice([0, 7, 7])}")
    if chance.random() < 0.8:
        rows.append(f"programme {chance.choice([10, 1, 3, 0])} 100 {chance.choice([100, 50])} {chance.choice([7, 7, 7, 7, 7, 0])}")
    member = chance.random() < 0.7
    if member:
        rows.append(f"member {chance.choice([-40, 20, 100, 250, 250, 5000])} {'birthday' if chance.random() < 0.2 else ''}".strip())
    rows.append(f"service {chance.choice(['away', 'in'])}")
    count = chance.choice([1, 2, 3, 3, 4, 6, chance.randint(1, 40)])
    for _ in range(count):
        number = chance.choice(list(units))
        heat = chance.choice(["cold", "cold", "hot"])
        rows.append(f"buy {number} {quantity(chance, units[number])} {heat} {'voided' if chance.random() < 0.1 else ''}".strip())
    for _ in range(chance.choice([0, 0, 0, 0, 1, 1, 2]) if member or chance.random() < 0.05 else 0):
        rows.append(f"reward {chance.choice(['dearest', 'dearest', chance.randrange(count)])}")
    if discounted:
        rows += discounts(chance, count, list(units))
    return "\n".join(rows + ["end"]) + "\n"


def made(seed, count, discounted=False):
    chance = random.Random(seed)
    return "".join(make(chance, f"{seed}-{number}", discounted) for number in range(1, count + 1))
