"""The SQLite file of the Django shop: any column of it may hold anything, whatever it was declared as. What cannot be is named by its table and row,
the same by a dry run and by a run, and nothing of the file is taken over then."""
import re
import sqlite3

import django_dump
import pytest
from counter import check_books
from shop import make_shop

DONE, REFUSED = 0, 65
GOOD = {"products": {"id": 1, "name": "Cookie", "price": "4.99", "category_id": 3, "sku": None, "is_active": 1},
        "cookies_user": {"id": 1, "username": "ada", "first_name": "Ada", "last_name": "Oven", "email": "ada@example.org", "phone": None, "birthday": None,
                         "password": "!", "points": 20, "is_staff": 0, "is_superuser": 0, "is_active": 1},
        "categories": {"id": 3, "name": "Cookies"},
        "purchases": {"id": 1, "user_id": 1}}


class Sql(str):
    """What Python cannot bind."""


BROKEN, NUL_INSIDE = Sql("CAST(X'6bff' AS TEXT)"), Sql("CAST(X'610062' AS TEXT)")


def write(path, rows, tables=GOOD):
    """Each table with its good row, and behind it what is given: (table, fields that differ); no column has a type."""
    path.unlink(missing_ok=True)
    connection = sqlite3.connect(path)
    for table, good in tables.items():
        connection.execute(f'CREATE TABLE "{table}" ({", ".join(good)})')
    for table, fields in [(table, {}) for table in tables] + rows:
        values = {**tables[table], **fields}
        spots = [value if isinstance(value, Sql) else "?" for value in values.values()]
        connection.execute(f'INSERT INTO "{table}" VALUES ({", ".join(spots)})', [v for v in values.values() if not isinstance(v, Sql)])
    connection.commit()
    connection.close()
    return path


@pytest.fixture()
def shop():
    with make_shop() as shop:
        yield shop
        check_books(shop)


@pytest.fixture(scope="module")
def still():
    """Of those that take nothing over."""
    with make_shop() as shop:
        yield shop
        check_books(shop)


def everything(shop):
    tables = [name for name, in shop.sql("SELECT tablename FROM pg_tables WHERE schemaname = 'public' ORDER BY 1")]
    return {name: shop.sql(f"SELECT count(*), md5(string_agg(t::text, '|' ORDER BY t::text)) FROM {name} AS t") for name in tables if name != "id_block"}


@pytest.fixture()
def nothing_changes(still):
    before = everything(still)
    yield
    assert everything(still) == before


def refused(shop, path, runs=(["--dry-run"], [])):
    """What is said of it, dry and not alike."""
    said = []
    for flags in runs:
        done = shop.run_server("--import-django", str(path), *flags)
        assert done.returncode == REFUSED, (done.stdout, done.stderr)
        said.append(done.stdout + done.stderr)
    assert said[0] == said[-1]
    assert "nothing was taken over" in said[0] and all(letter >= " " or letter == "\n" for letter in said[0])
    return said[0]


def product(sentence, **fields):
    return "product", "products", fields, sentence


def user(sentence, **fields):
    return "user", "cookies_user", fields, sentence


PRICE, BYTES, FRACTION, NO_TEXT = "its price is no amount of money", "is bytes, and no text", "is a number with a fraction", "is no text"
ROWS = [
    product(PRICE, price=4.999), product(PRICE, price=-0.01), product(PRICE, price=1e300), product(PRICE, price=1e-7), product(PRICE, price=float("inf")),
    product(PRICE, price=99999999999999.99), product(PRICE, price=10**18), product(PRICE, price="1e2"), product(PRICE, price="4,99"), product(PRICE, price=""),
    product(PRICE, price="0x10"), product(PRICE, price="४.९९"), product(PRICE, price="4.99000000000000000000000000000000000001"), product(PRICE, price=None),
    product(f"its price {BYTES}", price=b"4.99"), product(f"its price {NO_TEXT}", price=NUL_INSIDE),
    product(f"its name {BYTES}", name=b"Cookie"), product(f"its name {NO_TEXT}", name=BROKEN), product(f"its name {NO_TEXT}", name="a\x1b[31mb"),
    product(f"its name {NO_TEXT}", name="n" * 5000), product(f"its name {NO_TEXT}", name=NUL_INSIDE), product(f"its name {FRACTION}", name=3.5),
    product("a product has a name of 1 to 80 letters", name=None), product("a product has a name of 1 to 80 letters", name="n" * 81),
    product("its category is none of those in the dump", category_id=99), product("its category is none of those in the dump", category_id="99"),
    product(f"its category {FRACTION}", category_id=3.0), product(f"its category {BYTES}", category_id=b"3"),
    product(f"its sku {FRACTION}", sku=12.0), product("at most 40 letters", sku="s" * 41),
    product("its is_active is neither true nor false", is_active=2), product("its is_active is neither true nor false", is_active="yes"),
    product(f"its is_active {BYTES}", is_active=b"\1"), product(f"its is_active {FRACTION}", is_active=1.0),
    user("its points are no whole number", points=-1), user("its points are no whole number", points="twelve"), user("its points are no whole number", points="0x10"),
    user("its points are no whole number", points=2**63 - 1), user("its points are no whole number", points=10**15 + 1),
    user(f"its number of points {FRACTION}", points=12.0), user(f"its number of points {BYTES}", points=b"12"),
    user("its birthday is no day", birthday=19990228), user("its birthday is no day", birthday="1999-02-29"), user(f"its birthday {FRACTION}", birthday=2451545.5),
    user(f"its phone number {FRACTION}", phone=4.91511234567e11), user(f"its phone number {BYTES}", phone=b"+49151"),
    user(f"its e-mail address {BYTES}", email=b"a@example.org"), user("its e-mail address is none", email="a@b@c"), user(f"its e-mail address {NO_TEXT}", email=BROKEN),
    user(r"it has the same e-mail address as user 1 \(row 1 of cookies_user\)", email="ADA@Example.ORG"),
    user("its is_staff is neither true nor false", is_staff="maybe"), user("its is_superuser is neither true nor false", is_superuser=-1),
    user(f"its is_staff {BYTES}", is_staff=b"1"), user(f"its password {BYTES}", password=b"pbkdf2_sha256$1$a$b"), user(f"its password {NO_TEXT}", password=NUL_INSIDE),
    user(f"its first name {BYTES}", first_name=b"Ada"), user(f"its user name {FRACTION}", username=1.5), user("more than 80 letters", first_name="z" * 90),
    user("a member needs a name", username=None, first_name=None, last_name=None, email=None),
    ("purchase", "purchases", {"user_id": 1.0}, f"its user {FRACTION}"), ("category", "categories", {"name": b"Bread"}, f"its name {BYTES}"),
]


def test_C14_each_row_that_cannot_be_is_named_by_table_and_row(still, nothing_changes, tmp_path):
    rows, wanted, count = [], [], dict.fromkeys(GOOD, 1)
    for at, (kind, table, fields, sentence) in enumerate(ROWS):
        count[table] += 1
        own = {"email": f"u{at}@example.org"} if table == "cookies_user" else {}
        rows.append((table, {**own, "id": 100 + at, **fields}))
        wanted.append(rf"^{kind} {100 + at} \(row {count[table]} of {table}\): .*{sentence}")
    said = refused(still, write(tmp_path / "file", rows))
    for (_, _, fields, _), line in zip(ROWS, wanted):
        assert re.search(line, said, re.M), (fields, line, said)
    assert len(said.splitlines()) == len(ROWS) + 1 and f"{len(ROWS)} records are refused" in said
    # Each alone is enough.
    for row in (rows[0], rows[34]):
        assert "1 records are refused: nothing was taken over" in refused(still, write(tmp_path / "file", [row]))


NO_ID = "row 2 of products has no id that is a whole number or a text of at most 64 characters"
KEYS = [({"id": None}, NO_ID), ({"id": 7.5}, NO_ID), ({"id": b"77"}, NO_ID), ({"id": ""}, NO_ID), ({"id": "x" * 65}, NO_ID), ({"id": BROKEN}, NO_ID),
        ({"id": NUL_INSIDE}, NO_ID), ({"id": "a\x1b[31m"}, NO_ID), ({"id": "1"}, "product 1 is there twice: row 1 of products and row 2 of products"),
        ({"id": 1}, "product 1 is there twice: row 1 of products and row 2 of products")]


def test_C14_a_key_is_a_whole_number_or_a_text(still, nothing_changes, tmp_path):
    for at, (fields, sentence) in enumerate(KEYS):
        runs = [["--dry-run"], []] if at == 0 else [["--dry-run"] * (at % 2)]
        assert sentence in refused(still, write(tmp_path / "file", [("products", fields)]), runs), fields
    twice = {**GOOD, "auth_user": GOOD["cookies_user"]}
    assert "user 1 is there twice: row 1 of auth_user and row 1 of cookies_user" in refused(still, write(tmp_path / "file", [], twice), [[]])
    for name in ("\x1b[31m_user", "x" * 70 + "_user", "u202e_user".replace("u202e", "\u202e")):
        assert "a table's name is no text of at most 64 characters" in refused(still, write(tmp_path / "file", [], {name: GOOD["cookies_user"]}), [[]])
    no_key = {"products": {"number": 1, "name": "Cookie", "price": 1}}
    assert "row 1 of products has no id" in refused(still, write(tmp_path / "file", [], no_key), [[]])


def test_C14_what_sqlite_alone_has_is_taken_as_it_was_meant(shop, tmp_path):
    """A key as a number here and as a text there, truths as numbers, prices of every type, and two whose user names differ by case, who are two."""
    good = django_dump.password_hash("Kekse2024!")
    rows = [("products", {"id": 2, "price": 4.35, "category_id": "3"}), ("products", {"id": "3d1f", "price": 5, "is_active": "false"}),
            ("products", {"id": -4, "price": "12.50000", "category_id": None, "name": 7}), ("categories", {"id": "9", "name": "Bread"}),
            ("products", {"id": 6, "price": 0.07, "category_id": 9}),
            ("cookies_user", {"id": 2, "username": "ADA", "first_name": None, "last_name": None, "email": None, "points": "340", "password": good}),
            ("cookies_user", {"id": 3, "username": "ada", "first_name": None, "last_name": None, "email": None, "points": None, "birthday": "2000-02-29 00:00:00",
                              "password": good.replace("$1000$", "$99999999999999999999$"), "phone": 493055512345})]
    path = write(tmp_path / "file", rows)
    before = everything(shop)
    dry = shop.run_server("--import-django", str(path), "--dry-run")
    assert dry.returncode == DONE and everything(shop) == before
    done = shop.run_server("--import-django", str(path))
    assert done.returncode == DONE, (done.stdout, done.stderr)
    told = dry.stdout.replace("to be taken over", "taken over").replace("they would be equal; nothing was changed", "they are equal")
    assert done.stdout == told and "taken over: 5 products and 3 members" in told and "2 members without a password" in told
    prices = shop.sql("SELECT i.pk, p.price_minor FROM django_import AS i JOIN price_version AS p ON p.product_id = i.object_id")
    assert dict(prices) == {"1": 499, "2": 435, "3d1f": 500, "-4": 1250, "6": 7}
    goods = shop.sql("SELECT i.pk, v.active, c.name FROM django_import AS i JOIN product_version AS v ON v.product_id = i.object_id"
                     " LEFT JOIN category_version AS c USING (category_id)")
    assert sorted(goods) == [("-4", True, None), ("1", True, "Cookies"), ("2", True, "Cookies"), ("3d1f", False, "Cookies"), ("6", True, "Bread")]
    points = shop.sql("SELECT i.pk, a.points FROM django_import AS i JOIN member_account AS a ON a.member_id = i.object_id WHERE i.kind = 1")
    assert dict(points) == {"1": 20, "2": 340, "3": 0}
