"""A Django shop as `manage.py dumpdata` writes it, and as its SQLite file: made up from a seed, nobody's data.

    dump = django_dump.shop(dice, users=120)     # a list of {"model", "pk", "fields"}
    django_dump.write_json(path, dump); django_dump.write_sqlite(path, dump)
"""
import base64
import hashlib
import json
import random
import sqlite3

FIRST = ["Ada", "Bela", "Cyd", "Dora", "Éva", "Fritz", "Gül", "Hedi", "Ivo", "Jana"]
LAST = ["Oven", "Crumb", "Dough", "Rye", "Spelt", "Müller", "Yeast", "Bran", "Oat", "Salt"]
GOODS = ["Chocolate Chip", "Oatmeal Raisin", "Snickerdoodle", "Peanut Butter", "Ginger Snap", "Lemon Drop", "Shortbread", "Macaron", "Biscotti"]
SPRITES = ["Cookies", "Cakes", "Bread"]


def password_hash(password, salt="q3vTq0aXw9", iterations=1000):
    derived = hashlib.pbkdf2_hmac("sha256", password.encode(), salt.encode(), iterations)
    return f"pbkdf2_sha256${iterations}${salt}${base64.b64encode(derived).decode()}"


def user(dice, pk, **fields):
    first, last = dice.choice(FIRST), dice.choice(LAST)
    made = {
        "username": f"user{pk}", "first_name": first, "last_name": last, "email": f"user{pk}@example.org",
        "password": password_hash(f"secret-{pk}", f"salt{pk}"), "points": dice.choice([0, 20, 120, dice.randrange(100000)]),
        "phone": dice.choice(["", f"030 55{pk:05}"]), "birthday": dice.choice([None, "1990-02-28", "2000-02-29", f"19{dice.randrange(50, 99)}-07-0{1 + dice.randrange(9)}"]),
        "is_staff": False, "is_superuser": False, "is_active": True, "date_joined": "2024-05-01T08:00:00Z", "groups": [], "user_permissions": [],
    }
    made.update(fields)
    return {"model": "cookies.user", "pk": pk, "fields": made}


def product(dice, pk, **fields):
    made = {"name": f"{dice.choice(GOODS)} {pk}", "description": "Crisp.", "price": f"{dice.randrange(0, 30)}.{dice.randrange(100):02}",
            "category": dice.choice(SPRITES), "image": "cookies/1.png", "stock": 12}
    made.update(fields)
    return {"model": "cookies.product", "pk": pk, "fields": made}


def shop(dice, users=40, products=30):
    dump = [{"model": "contenttypes.contenttype", "pk": 1, "fields": {"app_label": "cookies", "model": "user"}}]
    dump += [product(dice, pk) for pk in range(1, products + 1)]
    dump += [user(dice, pk) for pk in range(1, users + 1)]
    dump += [user(dice, users + 1, is_staff=True, points=0), user(dice, users + 2, is_staff=True, is_superuser=True, points=7)]
    dump += [{"model": "cookies.coupon", "pk": 1, "fields": {"code": "WELCOME", "discount": "10.00"}},
             {"model": "cookies.usercoupon", "pk": 1, "fields": {"user": 1, "coupon": 1, "used": False}},
             {"model": "cookies.userpayment", "pk": 1, "fields": {"user": 1, "last_four": "4242"}},
             {"model": "cookies.productreview", "pk": 1, "fields": {"user": 1, "product": 1, "stars": 5, "text": "Lovely."}},
             {"model": "cookies.cart", "pk": 1, "fields": {"user": 2}}]
    dump += [{"model": "cookies.purchase", "pk": pk, "fields": {"user": dice.choice([1, 2, 3, users + 2]), "product": 1, "quantity": 2, "total": "9.98"}}
             for pk in range(1, 20)]
    dump.append({"model": "cookies.purchase", "pk": 20, "fields": {"user": users + 2, "product": 1, "quantity": 1, "total": "4.99"}})
    dice.shuffle(dump)
    return dump


def of(dump, model):
    return [record for record in dump if record["model"] == f"cookies.{model}"]


def members(dump):
    """Who becomes one: staff only if they bought something."""
    buyers = {record["fields"]["user"] for record in of(dump, "purchase")}
    return [u for u in of(dump, "user") if not (u["fields"]["is_staff"] or u["fields"]["is_superuser"]) or u["pk"] in buyers]


def sums(dump):
    """Products, their prices in cents, members, their points; by fractions of text, not by floating point."""
    cents = 0
    for record in of(dump, "product"):
        whole, _, part = str(record["fields"]["price"]).partition(".")
        cents += int(whole) * 100 + int((part + "00")[:2])
    return len(of(dump, "product")), cents, len(members(dump)), sum(u["fields"]["points"] or 0 for u in members(dump))


def write_json(path, dump):
    path.write_text(json.dumps(dump, indent=1, ensure_ascii=False))
    return path


def write_sqlite(path, dump):
    """As Django makes its tables: db_table of each model, decimals with the affinity of numbers."""
    tables = {"user": "user", "product": "products", "coupon": "coupons", "usercoupon": "usercoupons", "purchase": "purchases",
              "userpayment": "userpayment", "productreview": "product_reviews", "cart": "cart"}
    connection = sqlite3.connect(path)
    connection.execute("CREATE TABLE django_migrations (id integer PRIMARY KEY, app text, name text)")
    connection.execute("INSERT INTO django_migrations VALUES (1, 'cookies', '0001_initial')")
    for model, table in tables.items():
        records = of(dump, model)
        if not records:
            continue
        columns = [name for name, value in records[0]["fields"].items() if not isinstance(value, list)]
        kinds = {"price": "decimal NOT NULL", "total": "decimal NOT NULL", "points": "integer"}
        shape = ", ".join('"%s" %s' % (name, kinds.get(name, "varchar(200)")) for name in columns)
        connection.execute(f'CREATE TABLE "{table}" ("id" integer NOT NULL PRIMARY KEY, {shape})')
        for record in records:
            values = [record["fields"].get(name) for name in columns]
            connection.execute(f'INSERT INTO "{table}" VALUES ({", ".join("?" * (1 + len(columns)))})',
                               [record["pk"], *[int(v) if isinstance(v, bool) else v for v in values]])
    connection.commit()
    connection.close()
    return path
