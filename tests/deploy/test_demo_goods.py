"""The demo's goods by their files: what sells most takes three keys at the till, and README tells what is there."""
import collections
import csv
import pathlib
import re

TOP = pathlib.Path(__file__).parents[2]
DEMO = TOP / "db" / "demo"
README = (TOP / "README.md").read_text()


def rows(path):
    with open(path, newline="") as file:
        return list(csv.DictReader(file))


PLUS = {row["item_index"]: row["plu"] for row in rows(DEMO / "products.csv")}


def test_the_forty_that_sell_most_take_three_keys():
    sold = collections.Counter()
    with open(DEMO / "extended-bakery" / "75000i.csv", newline="") as file:
        for _, pieces, item in csv.reader(file):
            sold[item.strip()] += int(pieces)
    best = [item for item, _ in sold.most_common(40)]
    assert len(best) == 40
    for item in best:
        assert len(PLUS[item]) + 1 <= 3, (item, PLUS[item])  # the digits, and Enter


def test_a_number_is_one_goods_whether_plu_or_sku():
    """Commands take either, the till a PLU: the same number must not be two goods."""
    assert len(set(PLUS.values())) == len(PLUS) == 50
    for item, plu in PLUS.items():
        assert plu == item or plu not in PLUS, (item, plu)


def test_readme_names_the_demos_goods_by_their_numbers():
    names = {row["ItemIndex"]: f"{row['ItemName']} {row['ItemType']}" for row in rows(DEMO / "extended-bakery" / "goods.csv")}
    [plu] = re.findall(r"in the demo, (\d+) is a chocolate croissant", README)
    [item] = [item for item, its in PLUS.items() if its == plu]
    assert names[item].strip("'") == "Chocolate Croissant"


def test_readme_counts_no_checks():
    """Their number grows with every check that is written."""
    assert "checks hold, 0 do not" in README
    assert not re.search(r"\d checks hold", README)
