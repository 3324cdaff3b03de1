"""What explains a sale, asked for page by page, and held against the books: shared by its tests."""
from shop import pb

NUMBERS = {pb.ExplainNumber.Value(name): name.removeprefix("EXPLAIN_NUMBER_") for name in pb.ExplainNumber.keys()}


class Explained:
    """All pages as one; rows in their order."""

    def __init__(self, client, **key):
        self.rows, more = [], True
        request = pb.SaleExplain(**key)
        while more:
            page = client.call(pb.OP_SALE_EXPLAIN, request, pb.SaleExplained)
            self.rows += page.rows
            self.sale_id, self.receipt_number = page.sale_id, page.receipt_number
            self.wrong, self.unknown, self.numbers, more = page.wrong_count, page.unknown_count, page.number_count, page.more
            request = pb.SaleExplain(sale_id=page.sale_id, after_row=len(self.rows))
        assert page.row_count == len(self.rows)

    def texts(self, kind=None, about=None):
        return [row.text for row in self.rows if kind in (None, row.kind) and about in (None, row.about)]

    def says(self, text):
        return any(text in row.text for row in self.rows)

    def lists(self):
        """(name, line or None, amount, [(text, amount)]) of each number, in their order."""
        found = []
        for row in self.rows:
            value = row.points if row.HasField("points") else row.amount_minor
            if row.kind == pb.EXPLAIN_ROW_NUMBER:
                found.append((NUMBERS[row.about], row.line if row.HasField("line") else None, value, []))
            elif row.kind == pb.EXPLAIN_ROW_PART:
                found[-1][3].append((row.text, value))
        return found

    def number(self, name, line=None):
        [found] = [entry for entry in self.lists() if entry[:2] == (name, line)]
        return found[2]

    def parts(self, name, line=None):
        [found] = [entry for entry in self.lists() if entry[:2] == (name, line)]
        return found[3]


def check(shop, client, sale_id):
    """Each number that is stored of the sale is told, as it is stored, and its parts sum to it exactly."""
    explained = Explained(client, sale_id=sale_id)
    assert (explained.wrong, explained.unknown) == (0, 0), explained.texts(pb.EXPLAIN_ROW_WRONG) + explained.texts(pb.EXPLAIN_ROW_UNKNOWN)
    lists = explained.lists()
    for name, line, amount, parts in lists:
        assert sum(part for _, part in parts) == amount, (name, line, amount, parts)
    assert explained.numbers == len(lists)
    told = sorted((name, -1 if line is None else line, amount) for name, line, amount, _ in lists)
    assert len({entry[:2] for entry in told if entry[0] not in ("DISCOUNT", "TAX", "TAX_NET")}) == \
        len([entry for entry in told if entry[0] not in ("DISCOUNT", "TAX", "TAX_NET")])
    for entry in stored(shop, sale_id):
        if entry in told:
            told.remove(entry)
        else:
            assert entry[2] == 0 or entry[0] == "LINE_TOTAL", entry  # what is nothing, or is the amount, need not be told
    assert all(entry[2] == 0 for entry in told), told
    return explained


def stored(shop, sale_id):
    """Every price, tax, discount and points number in the tables."""
    [[total, tax, rounding, earned, spent, gifted, after]] = shop.sql(
        "SELECT total_minor, tax_minor, coalesce(rounding_minor, 0), points_earned, points_spent, points_gifted, points_after "
        f"FROM sale WHERE id = {sale_id}")
    yield from [("TOTAL", -1, total), ("TOTAL_TAX", -1, tax), ("ROUNDING", -1, rounding), ("PAID", -1, total + rounding),
                ("POINTS_EARNED", -1, earned), ("POINTS_SPENT", -1, spent), ("POINTS_GIFTED", -1, gifted), ("POINTS_AFTER", -1, after)]
    for line, unit, gross, discount, total, tax in shop.sql(
            "SELECT line, unit_price_minor, gross_minor, discount_minor, total_minor, tax_minor FROM sale_line "
            f"WHERE sale_id = {sale_id}"):
        yield from [("UNIT_PRICE", line, unit), ("LINE_AMOUNT", line, gross), ("LINE_TAX", line, tax)]
        if discount:
            yield ("LINE_TOTAL", line, total)
    for line, amount in shop.sql(f"SELECT line, amount_minor FROM sale_discount WHERE sale_id = {sale_id} AND (line = -1 OR kind = 1)"):
        yield ("DISCOUNT", line, amount)
    for net, tax in shop.sql(f"SELECT net_minor, tax_minor FROM sale_tax WHERE sale_id = {sale_id}"):
        yield from [("TAX_NET", -1, net), ("TAX", -1, tax)]
    for name, kinds in [("EARNED", "2, 6"), ("SPENT", "4, 5"), ("GIFTED", "3"), ("GONE", "13")]:
        [[points]] = shop.sql(f"SELECT coalesce(sum(points), 0)::bigint FROM points_entry WHERE origin_id = {sale_id} AND kind IN ({kinds})")
        yield (f"LEDGER_{name}", -1, points)
