"""The Django shop's goods and members are taken over by `caroline-server --import-django`: counts, price sums and points sums equal, once, or not
at all."""
import copy
import json
import random
import re
import signal
import subprocess
import time

import django_dump
import pytest
from counter import check_books
from kiosk import show as kiosk_show, sign_in, sign_in_error, sign_out
from seed import seed
from shop import SERVER, TOP, make_shop, pb
from waiting import wait_for

DONE, DIFFERS, REFUSED, NO_FILE = 0, 1, 65, 66


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


def take_over(shop, path, *flags, status=DONE, **more):
    done = shop.run_server("--import-django", str(path), *flags, **more)
    assert done.returncode == status, (done.stdout, done.stderr)
    return done.stdout


def here(shop):
    """As django_dump.sums() says it, out of the tables."""
    [row] = shop.sql("SELECT (SELECT count(*) FROM django_import WHERE kind = 2),"
                     " (SELECT coalesce(sum(price_minor), 0) FROM price_version WHERE product_id IN (SELECT object_id FROM django_import WHERE kind = 2)),"
                     " (SELECT count(*) FROM django_import WHERE kind = 1),"
                     " (SELECT coalesce(sum(points), 0) FROM member_account WHERE member_id IN (SELECT object_id FROM django_import WHERE kind = 1))")
    return tuple(int(each) for each in row)


def everything(shop):
    tables = [name for name, in shop.sql("SELECT tablename FROM pg_tables WHERE schemaname = 'public' ORDER BY 1")]
    return {name: shop.sql(f"SELECT count(*), md5(string_agg(t::text, '|' ORDER BY t::text)) FROM {name} AS t")
            for name in tables if name not in ("session", "id_block", "sign_in_failure", "command", "device_head", "journal", "journal_signature")}


@pytest.mark.parametrize("write", [django_dump.write_json, django_dump.write_sqlite], ids=["json", "sqlite"])
def test_C14_counts_price_sums_and_points_sums_are_equal(shop, tmp_path, write):
    dump = django_dump.shop(random.Random(seed()))
    path = write(tmp_path / "dump", dump)
    before = everything(shop)
    said = take_over(shop, path, "--dry-run")
    assert everything(shop) == before and "nothing was changed" in said
    said = take_over(shop, path)
    assert here(shop) == django_dump.sums(dump)
    products, cents, members, points = django_dump.sums(dump)
    money = f"{cents // 100}.{cents % 100:02}"
    assert f"products: {products} there, {products} here; prices {money} there, {money} here" in said
    assert f"members: {members} there, {members} here; points {points} there, {points} here" in said
    assert "they are equal" in said and "20 purchases counted and not taken over" in said
    staff = [u["pk"] for u in django_dump.of(dump, "user")]
    [alone] = [pk for pk in staff if pk not in {u["pk"] for u in django_dump.members(dump)}]
    assert re.search(rf"bought nothing.*: {alone}\n", said), "who works there and bought nothing is no member"
    # Once.
    after = everything(shop)
    said = take_over(shop, path)
    assert f"taken over: 0 products and 0 members; {products} and {members} were here" in said and everything(shop) == after
    assert not [u for u in django_dump.of(dump, "user") if u["fields"]["email"] in said], "nobody is named"


def test_C14_members_are_members_as_any_other(shop, tmp_path):
    dump = django_dump.shop(random.Random(7), users=12)
    path = django_dump.write_json(tmp_path / "dump.json", dump)
    shop.start()
    shop.open()
    take_over(shop, path)  # beside the running server
    for record in django_dump.members(dump)[:6]:
        fields = record["fields"]
        found = shop.manager.call(pb.OP_MEMBER_FIND, pb.MemberFind(email=fields["email"].upper()), pb.MemberFound).members
        assert [m.name for m in found] == [f"{fields['first_name']} {fields['last_name']}"]
        assert found[0].points == fields["points"] and found[0].birthday == (fields["birthday"] or "")
        by_name = shop.manager.call(pb.OP_MEMBER_FIND, pb.MemberFind(name=fields["last_name"]), pb.MemberFound).members
        assert found[0].id in [m.id for m in by_name]
        if fields["points"]:
            [lot] = shop.manager.call(pb.OP_MEMBER_SHOW, pb.MemberShow(id=found[0].id), pb.MemberShown).member.lots
            assert lot.remaining == fields["points"]
    text = subprocess.run(["pg_dump", "--data-only", shop.cluster.uri("owner")],
                          capture_output=True, text=True, check=True, env=shop.environment()).stdout
    assert "example.org" not in text and "Snickerdoodle" in text, "persons are sealed, goods are not"
    goods = {p.name: p.price_minor for p in listed(shop)}
    for record in django_dump.of(dump, "product"):
        assert goods[record["fields"]["name"]] == round(float(record["fields"]["price"]) * 100)


def test_C14_the_sample_of_the_demo_is_taken_over(shop):
    sample = TOP / "deploy/django-sample.json"
    said = take_over(shop, sample)
    assert here(shop) == django_dump.sums(json.loads(sample.read_text())) == (4, 4165, 3, 2470)
    assert "products: 4 there, 4 here; prices 41.65 there, 41.65 here" in said


def listed(shop):
    after, goods = 0, []
    while True:
        page = shop.manager.call(pb.OP_PRODUCT_LIST, pb.ProductList(after_id=after), pb.ProductListed)
        goods += page.products
        if not page.products or not page.more:
            return goods
        after = page.products[-1].id


def test_C14_an_old_password_is_kept_where_it_can_be_looked_at(shop, tmp_path):
    good = django_dump.password_hash("Kekse2024!")
    odd = [good.replace("pbkdf2_sha256", "bcrypt_sha256"), "!unusable", "", good[:-1], good.replace("$1000$", "$9000000$"), "argon2$argon2id$v=19$x"]
    dice = random.Random(3)
    dump = [django_dump.user(dice, 1, password=good)] + [django_dump.user(dice, 2 + at, password=text) for at, text in enumerate(odd)]
    dump += [django_dump.user(dice, 50, password=good, is_active=False)]
    said = take_over(shop, django_dump.write_json(tmp_path / "dump.json", dump))
    assert f"{len(odd) + 1} members without a password that is taken over" in said
    assert shop.sql("SELECT scheme, hash, i.pk FROM member_secret JOIN django_import AS i ON i.object_id = member_id") == [(2, good, "1")]


BAD_RECORDS = [
    ("product", {"price": "4.999"}, "price"), ("product", {"price": "1e5"}, "price"), ("product", {"price": "-1.00"}, "price"),
    ("product", {"price": "4,99"}, "price"), ("product", {"price": ""}, "price"), ("product", {"price": None}, "price"),
    ("product", {"price": "99999999999999999999.00"}, "price"), ("product", {"price": "10000000000000.01"}, "price"),
    ("product", {"price": "NaN"}, "price"), ("product", {"price": True}, "price"), ("product", {"name": " "}, "name"),
    ("product", {"name": "x" * 81}, "name"), ("product", {"category": "y" * 41}, "category"),
    ("user", {"points": -1}, "points"), ("user", {"points": "12.5"}, "points"), ("user", {"points": 10**15 + 1}, "points"),
    ("user", {"points": "many"}, "points"), ("user", {"birthday": "1999-02-29"}, "birthday"), ("user", {"birthday": "2999-01-01"}, "birthday"),
    ("user", {"birthday": "0000-00-00"}, "birthday"), ("user", {"birthday": "29 February"}, "birthday"), ("user", {"email": "nowhere"}, "e-mail"),
    ("user", {"first_name": "4111 1111 1111 1111", "last_name": ""}, "card"), ("user", {"first_name": "z" * 90}, "name"),
    ("user", {"email": "USER1@example.org"}, "same e-mail"), ("user", {"first_name": "", "last_name": "", "username": "", "email": "", "phone": ""}, "needs"),
]


def test_C14_what_is_wrong_is_named_record_by_record_and_nothing_is_taken_over(still, tmp_path):
    before = everything(still)
    for at, (model, fields, why) in enumerate(BAD_RECORDS):
        dice = random.Random(at)
        dump = [django_dump.user(dice, 1, phone=""), getattr(django_dump, model)(dice, 77, **fields), django_dump.product(dice, 5)]
        path = django_dump.write_json(tmp_path / "dump.json", dump)
        for flags in ([], ["--dry-run"])[at % 2:][:1 if at else 2]:
            said = take_over(still, path, *flags, status=REFUSED)
            assert re.search(rf"^{model} 77 \(record 2\): .*{why}", said, re.M), (fields, said)
            assert "1 records are refused: nothing was taken over" in said
    assert everything(still) == before
    # All of them at once: each is named.
    dump = [getattr(django_dump, model)(random.Random(at), 1000 + at, **fields) for at, (model, fields, _) in enumerate(BAD_RECORDS) if "same" not in _]
    said = take_over(still, django_dump.write_json(tmp_path / "dump.json", dump), status=REFUSED)
    assert f"{len(dump)} records are refused" in said and everything(still) == before


HOSTILE = {
    "empty": b"", "no json": b"hello", "truncated": None, "an object": b'{"model": "cookies.user"}', "numbers": b"[1, 2, 3]",
    "no fields": b'[{"model": "cookies.user", "pk": 1}]', "no pk": b'[{"model": "cookies.user", "pk": null, "fields": {}}]',
    "deep": b"[" * 100000 + b"]" * 100000, "bad utf-8": b'[{"model": "cookies.user", "pk": 1, "fields": {"first_name": "\xff\xfe"}}]',
    "a nul": b'[{"model": "cookies.user", "pk": 1, "fields": {"first_name": "a\\u0000b"}}]',
    "a control character": b'[{"model": "cookies.user", "pk": 1, "fields": {"first_name": "a\\u0007b"}}]',
    "half a surrogate": b'[{"model": "cookies.user", "pk": 1, "fields": {"first_name": "\\ud800"}}]',
    "a huge number": b'[{"model": "cookies.user", "pk": 1, "fields": {"points": ' + b"9" * 400 + b"}}]",
    "a huge exponent": b'[{"model": "cookies.product", "pk": 1, "fields": {"price": 1e999999}}]',
    "the same pk twice": b'[{"model": "a.product", "pk": 1, "fields": {}}, {"model": "a.product", "pk": 1, "fields": {}}]',
    "one pk as text and number": b'[{"model": "a.product", "pk": "1", "fields": {}}, {"model": "a.product", "pk": 1, "fields": {}}]',
    "the same name twice": b'[{"model": "a.product", "pk": 1, "pk": 2, "fields": {}}]', "a list for a price": b'[{"model": "a.product", "pk": 1, "fields": {"price": [1]}}]',
    "a long pk": b'[{"model": "a.product", "pk": "' + b"1" * 65 + b'", "fields": {}}]', "more behind it": b"[] []",
    "a long text": b'[{"model": "a.product", "pk": 1, "fields": {"name": "' + b"n" * 5000 + b'"}}]',
    "no sqlite": b"SQLite format 3\0" + bytes(200), "a torn sqlite": None,
}


def test_C14_hostile_dumps_are_refused_with_a_sentence(still, tmp_path):
    dump = django_dump.shop(random.Random(1), users=30)
    whole = django_dump.write_json(tmp_path / "whole", dump).read_bytes()
    file = django_dump.write_sqlite(tmp_path / "sqlite", dump).read_bytes()
    before = everything(still)
    for name, data in {**HOSTILE, "truncated": whole[:len(whole) // 2], "a torn sqlite": file[:4096] + bytes(len(file) - 4096)}.items():
        path = tmp_path / "dump"
        path.write_bytes(data)
        done = still.run_server("--import-django", str(path))
        assert done.returncode == REFUSED, (name, done.returncode, done.stdout, done.stderr)
        assert re.search(r"(caroline-server: .+: .+: nothing was taken over|nothing was taken over)$", (done.stdout + done.stderr).strip(), re.M), (name, done)
        assert "\n\n" not in done.stderr and len(done.stderr) < 600
    for path in (tmp_path / "nowhere", tmp_path):
        assert still.run_server("--import-django", str(path)).returncode == REFUSED
    assert everything(still) == before


def test_C14_a_dump_cut_or_flipped_anywhere_is_whole_or_refused(still, tmp_path):
    dice = random.Random(seed())
    data = django_dump.write_json(tmp_path / "whole", django_dump.shop(dice, users=5, products=3)).read_bytes()
    before = everything(still)
    for _ in range(25):
        torn = bytearray(data[:dice.randrange(len(data))] if dice.randrange(2) else data)
        for _ in range(dice.randrange(4)):
            if torn:
                torn[dice.randrange(len(torn))] = dice.randrange(256)
        (tmp_path / "torn").write_bytes(torn)
        done = still.run_server("--import-django", str(tmp_path / "torn"), "--dry-run")
        assert done.returncode in (DONE, REFUSED), (bytes(torn), done)
    assert everything(still) == before


def test_C14_prices_are_exact_however_they_are_written(shop, tmp_path):
    written = {"4.99": 499, "0.1": 10, "0.07": 7, "12": 1200, "12.": None, "1.10000": 110, "0.00": 0, 4.35: 435, 1.1: 110, 5: 500, 0.29: 29, 8.2: 820,
               "1000000000000.00": 100000000000000, "007.50": 750}
    dump = [django_dump.product(random.Random(at), at, price=price) for at, price in enumerate(written, 1) if written[price] is not None]
    take_over(shop, django_dump.write_json(tmp_path / "dump.json", dump))
    rows = dict(shop.sql("SELECT i.pk, p.price_minor FROM django_import AS i JOIN price_version AS p ON p.product_id = i.object_id"))
    assert [rows[str(record["pk"])] for record in dump] == [minor for minor in written.values() if minor is not None]


def test_C14_a_phone_number_that_is_none_is_left_out_and_said(shop, tmp_path):
    dump = [django_dump.user(random.Random(1), 1, phone="ask my sister")]
    said = take_over(shop, django_dump.write_json(tmp_path / "dump.json", dump))
    assert "user 1 (record 1): its phone number is none, and was left out" in said
    assert shop.sql("SELECT phone_sealed FROM member") == [(None,)]


def test_C14_another_dump_is_said_to_differ_and_changes_nothing_that_is_here(shop, tmp_path):
    dump = django_dump.shop(random.Random(2), users=6, products=4)
    take_over(shop, django_dump.write_json(tmp_path / "dump.json", dump))
    other = copy.deepcopy(dump)
    changed = django_dump.of(other, "product")[0]
    changed["fields"]["price"] = "77.77"
    before = here(shop)
    said = take_over(shop, django_dump.write_json(tmp_path / "other.json", other), status=DIFFERS)
    assert f"product {changed['pk']} " in said and "another price in this dump: it stays as it is here" in said and "they differ" in said
    assert here(shop) == before
    dump.append(django_dump.user(random.Random(3), 900))  # who joined since comes behind
    assert "0 products and 1 members" in take_over(shop, django_dump.write_json(tmp_path / "dump.json", dump))


def test_C14_who_is_here_already_is_refused_by_key_and_named_by_pk(shop, tmp_path):
    shop.start()
    shop.open()
    shop.manager.command(pb.OP_MEMBER_CREATE, pb.MemberCreate(member=pb.Member(name="Ann", email="user3@example.org")), pb.MemberDone)
    dump = [django_dump.user(random.Random(1), pk, phone="") for pk in (1, 2, 3)]
    said = take_over(shop, django_dump.write_json(tmp_path / "dump.json", dump), status=REFUSED)
    assert "user 3 (record 3): another member here has its e-mail address" in said
    assert shop.sql("SELECT count(*) FROM member") == [(1,)]


def test_C14_one_that_is_killed_in_the_middle_goes_on(shop, tmp_path):
    dump = django_dump.shop(random.Random(4), users=450, products=250)
    path = django_dump.write_json(tmp_path / "dump.json", dump)
    killed = 0
    for wanted in (1, 2, 3):
        process = subprocess.Popen([str(SERVER), "--data-dir", str(shop.data), "--import-django", str(path)], env=shop.environment(), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        deadline = time.monotonic() + 60
        while process.poll() is None and time.monotonic() < deadline:
            [[count]] = shop.sql("SELECT count(*) FROM django_import WHERE kind = 1")
            if count >= 100 * wanted:
                process.send_signal(signal.SIGKILL)
                killed += 1
                break
        process.wait()
        assert here(shop)[2] % 100 == 0 or here(shop) == django_dump.sums(dump), "a hundred or none of them"
        check_books(shop)
    assert killed > 0
    take_over(shop, path)
    assert here(shop) == django_dump.sums(dump)
    assert shop.sql("SELECT count(*) FROM member") == [(django_dump.sums(dump)[2],)]


def test_C14_where_there_are_several_tax_classes_one_is_named(shop, tmp_path):
    shop.start()
    shop.open()
    shop.put_tax_class("food", ("VAT7", 70000))
    path = django_dump.write_json(tmp_path / "dump.json", [django_dump.product(random.Random(1), 1)])
    done = shop.run_server("--import-django", str(path))
    assert done.returncode == 78 and "--tax-class NAME" in done.stderr
    take_over(shop, path, "--tax-class", "food")
    assert shop.sql("SELECT t.name FROM product_version AS p JOIN tax_class_version AS t USING (tax_class_id) WHERE t.from_version > 1") == [("food",)]


def turned_away(kiosk, **by):
    """The code of the refusal; where the machine is busy, when it has come to it."""
    def code():
        said = pb.code(sign_in_error(kiosk, **by).code)
        return said if said != "TRY_AGAIN" else None

    return wait_for(code, 60, "a sign-in that is looked at")


def test_C14_the_old_password_works_once_and_is_hashed_anew(shop, tmp_path):
    """At a kiosk: once as the hash of before, from then on as the same secret under Argon2id, with what came along."""
    dump = [django_dump.user(random.Random(1), 1, points=340, password=django_dump.password_hash("Kekse & Brötchen", iterations=30000)),
            django_dump.user(random.Random(2), 2, password="!unusable")]
    take_over(shop, django_dump.write_json(tmp_path / "dump.json", dump))
    shop.start()
    shop.open()
    [[id]] = shop.sql("SELECT object_id FROM django_import WHERE kind = 1 AND pk = '1'")
    with shop.connect(shop.device(pb.CLIENT_KIOSK)) as device:
        for wrong in ("kekse & brötchen", "Kekse"):
            assert turned_away(device, email="user1@example.org", secret=wrong) == "MEMBER_SIGN_IN_FAILED"
        assert shop.sql(f"SELECT scheme FROM member_secret WHERE member_id = {id}") == [(2,)]
        session = sign_in(device, email="user1@example.org", secret="Kekse & Brötchen")
        assert (session.member_id, session.points) == (id, 340)
        [[scheme, hash]] = shop.sql(f"SELECT scheme, hash FROM member_secret WHERE member_id = {id}")
        assert scheme == 1 and hash.startswith("$argon2id$"), "it was right once"
        [move] = [m for m in kiosk_show(device).moves if m.kind == 9]
        assert move.points == 340
        sign_out(device)
        assert sign_in(device, email="user1@example.org", secret="Kekse & Brötchen").member_id == id
        sign_out(device)
        assert turned_away(device, email="user2@example.org", secret="!unusable") == "MEMBER_SIGN_IN_FAILED"
    # What they agreed to, may ask for and be forgotten of is as of any member.
    page, points = shop.manager.call(pb.OP_MEMBER_EXPORT, pb.MemberExport(id=id), pb.MemberExported), []
    while page.HasField("next"):
        page = shop.manager.call(pb.OP_MEMBER_EXPORT, pb.MemberExport(id=id, place=page.next), pb.MemberExported)
        points += [(p.kind, p.points) for p in page.points]
    assert points == [(9, 340)]
    shop.manager.command(pb.OP_MEMBER_ERASE, pb.MemberErase(id=id, confirm_id=id, reason=pb.ERASE_ASKED), pb.MemberErased)
    assert "taken over: 0 products and 0 members" in take_over(shop, tmp_path / "dump.json"), "nobody comes back who was forgotten"
