"""What kinds of entries an exported journal has, read by PROTOCOL.md, section 9: of a sale all that it may be made of, of the rest op and event."""
import struct

SALE_FLAGS = {1: "hot", 2: "voided", 4: "reward", 8: "below zero", 16: "moved the stock", 32: "deposit", 64: "charge", 128: "avoided"}
TENDERS = {1: "cash", 2: "card", 3: "voucher", 4: "house", 5: "account", 6: "gift card"}
POINTS = {2: "earned", 3: "birthday", 4: "spent", 5: "given back", 6: "taken back"}
DISCOUNTS = {1: "line's own", 2: "receipt's", 3: "promotion's", 4: "coupon's", 5: "reward's"}
WHOLE = 65535


class Reader:
    def __init__(self, data):
        self.data, self.at = data, 0

    def take(self, form):
        values = struct.unpack_from(">" + form, self.data, self.at)
        self.at += struct.calcsize(">" + form)
        return values if len(values) > 1 else values[0]

    def text(self, length="H"):
        return self.take(f"{self.take(length)}s").decode()

    def rows(self, count, read):
        return [read() for _ in range(self.take(count))]


def of_sale(r, layout, strand):
    """Names of what a receipt's entry has."""
    kind, _, _, _, member, original, _, other_shift, _, _, eaten_in, _, _, _, earned, spent, gifted, _ = r.take("B16sQIQQQQqIBQ6q")
    yield {1: "a sale", 2: "a refund"}[kind]
    yield from (name for name, there in (("a member", member), ("of another shift", other_shift), ("eaten in", eaten_in), ("earns", earned),
                                         ("spends", spent), ("is given points", gifted), ("without a receipt", kind == 2 and not original)) if there)
    if layout >= 2:
        rounding, approved = r.take("qQ")
        yield from ["cash rounding"] * (rounding != 0) + ["approved"] * (approved != 0)
    if strand == "X":
        r.take("Q32s")
    yield from ["a reason"] * bool(r.text())
    for *_, flags, line, voided in r.rows("H", lambda: (*r.take("Q5qBH"), r.text())):
        yield from (f"a line {name}" for bit, name in SALE_FLAGS.items() if flags & bit)
        yield from ["a line of an original's"] * (line != WHOLE) + ["a line with its reason"] * bool(voided)
    yield f"taxes: {min(2, len(r.rows('B', lambda: (r.text(), r.take('Iqq')))))}"
    for tender, _, change, more, reference in r.rows("B", lambda: (*r.take("Bqq"), r.take("Qqq") if layout >= 3 else (0, 0, 0), r.text())):
        yield f"paid by {TENDERS[tender]}"
        yield from (f"a tender with {name}" for name, there in (("change", change), ("a reference", reference), ("something forfeited", more[1]),
                                                                ("a tip", more[2])) if there)
    yield from (f"points {POINTS[how]}" for _, how, _ in r.rows("H", lambda: r.take("QBq")))
    yield from (f"exception {how}" for how, *_ in r.rows("H", lambda: r.take("BHqq" if strand == "X" else "BH")))
    if layout >= 2:
        for line, how, rate, _, _ in r.rows("H", lambda: (*r.take("HBIq"), r.text())):
            yield f"a {DISCOUNTS[how]} discount" + (", whole" if line == WHOLE else " of a line")
            yield from ["a discount by a rate"] * (how <= 2 and rate > 0)
    if layout >= 4:
        yield from ["an option" for _ in r.rows("H", lambda: (r.take("HQBq"), r.text()))]
        yield from ["a keyed price" for _ in r.rows("H", lambda: r.take("Hq"))]
    if layout >= 5:
        yield from ("a deposit by itself" if goods == WHOLE else "a deposit with its goods" for _, goods, _ in r.rows("H", lambda: r.take("HHq")))


def of_change(r):
    """(op, event, fields)."""
    op, event, _ = r.take("H"), r.text("B"), r.take("16s32s")

    def value():
        return r.text() if r.take("B") else None

    fields = [field for _, field, _, _ in r.rows("H", lambda: (r.take("Q"), r.text("B"), value(), value()))]
    return op, event, fields


def kinds(lines):
    """Of strands and layouts "T3"; of sales "T: a refund", before layout 3 "T2: a refund"; of the rest (strand, op, event)."""
    found = set()
    for line in lines:
        word, *rest = line.split()
        if word != b"entry":
            continue
        r = Reader(bytes.fromhex(rest[4].decode()))
        layout, strand, *_ = r.take("BcQQqQQ")
        strand = strand.decode()
        found.add(f"{strand}{layout}")
        if strand == "L" or (strand == "S" and layout == 1):
            op, event, _ = of_change(r)
            found.add((strand, op, event))
        else:
            of = strand if layout >= 3 else f"{strand}{layout}"
            found |= {f"{of}: {name}" for name in of_sale(r, layout, strand)}
        assert r.at == len(r.data), line
    return found
