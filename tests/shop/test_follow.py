"""Who follows the catalogue has every change within a second: by push, over two servers, and after falling behind."""

import pytest

from follower import Follower
from names import fresh
from shop import Client, pb, wait_for

SECOND = 1.0
BODY_MAX = 60000
LISTENERS = "SELECT pid FROM pg_stat_activity WHERE query ILIKE 'LISTEN%' AND pid <> pg_backend_pid()"


@pytest.fixture()
def goods(shop, manager):
    return shop


@pytest.fixture()
def till(goods):
    with goods.connect(goods.device()) as client:
        client.sign_in("Ben")
        yield client


def new(goods, **fields):
    fields.setdefault("sku", "S" + fresh())
    return {"name": "Rye", "price_minor": 350, "tax_class_id": goods.untaxed(), **fields}


def put_many(goods, count, **fields):
    ids, tax = [], goods.untaxed()
    for first in range(0, count, 100):
        drafts = [{"name": f"Many {first + i}", "price_minor": 100 + i, "tax_class_id": tax, **fields}
                  for i in range(min(100, count - first))]
        ids += goods.put(*drafts).ids
    return ids


def test_a_snapshot_of_thousands_comes_in_parts_of_a_frames_size(goods, till):
    ids = put_many(goods, 3000, allergen_note="wheat, rye, barley and oats; may hold traces of nuts")
    category = goods.put_category("Snapshot")
    tax = goods.put_tax_class("snapshot", ("VAT7", 70000), {"code": "VAT19", "rate_ppm": 190000, "service": 1})
    follower = Follower(till)
    assert follower.followed.snapshot and follower.followed.version == goods.version()
    assert follower.followed.product_count == goods.sql("SELECT count(*) FROM product")[0][0] >= 3000
    follower.until(follower.followed.version)
    assert len(follower.parts) > 5
    assert all(delta.snapshot and delta.parts == len(follower.parts) and size <= BODY_MAX
               and len(delta.products) <= 400 for size, delta in follower.parts)
    assert len(follower.products) == follower.followed.product_count
    assert follower.products[ids[-1]] == goods.show(till, id=ids[-1])
    assert follower.categories[category].name == "Snapshot"
    assert [(rate.code, rate.rate_ppm) for rate in follower.tax_classes[tax].rates] == [("VAT7", 70000), ("VAT19", 190000)]
    assert {means.name: means.id for means in follower.tender_types.values()} == {"Cash": 1, "Card": 2}
    assert follower.shop.name == "Test bakery" and {role.name for role in follower.roles.values()} >= {"manager", "cashier"}
    assert follower.programme.reward_cost == 100


def test_each_kind_of_change_is_on_a_following_till_within_a_second(goods, till):
    follower = Follower(till)
    follower.until(follower.followed.version)
    command = goods.manager.command
    id = goods.put(new(goods, name="Followed")).ids[0]
    assert follower.until(goods.version()) < SECOND and follower.products[id].name == "Followed"
    done = goods.put({"id": id, "price_minor": 375})
    assert follower.until(done.catalogue_version) < SECOND and follower.products[id].price_minor == 375
    done = command(pb.OP_PRODUCT_SOLD_OUT, pb.ProductSoldOut(product_id=id, sold_out=True), pb.ProductPutDone)
    assert follower.until(done.catalogue_version) < SECOND and follower.products[id].sold_out
    category = goods.put_category("Followed")
    assert follower.until(goods.version()) < SECOND and follower.categories[category].name == "Followed"
    tax = goods.put_tax_class("followed", ("VAT7", 70000))
    assert follower.until(goods.version()) < SECOND and follower.tax_classes[tax].rates[0].rate_ppm == 70000
    means = goods.put_tender_type("followed", limit_minor=500)
    assert follower.until(goods.version()) < SECOND and follower.tender_types[means].limit_minor == 500
    programme = pb.Programme(sign_up_points=25)
    command(pb.OP_PROGRAMME_PUT, pb.ProgrammePut(programme=programme), pb.CataloguePutDone)
    assert follower.until(goods.version()) < SECOND and follower.programme.sign_up_points == 25
    command(pb.OP_SHOP_PUT, pb.ShopPut(shop=pb.Shop(receipt_foot="Followed")), pb.ShopPutDone)
    assert follower.until(goods.version()) < SECOND and follower.shop.receipt_foot == "Followed"
    role = pb.Role(name="followed", permissions=["sell"])
    role_id = command(pb.OP_ROLE_PUT, pb.RolePut(role=role), pb.RolePutDone).id
    assert follower.until(goods.version()) < SECOND and list(follower.roles[role_id].permissions) == ["sell"]
    # deltas hold what changed and nothing else
    deltas = [delta for _, delta in follower.parts if not delta.snapshot]
    assert len(deltas) == 9 and sum(len(delta.products) for delta in deltas) == 3
    assert sum(len(delta.categories) + len(delta.tax_classes) + len(delta.roles) + len(delta.tender_types) for delta in deltas) == 4
    assert sum(delta.HasField("shop") + delta.HasField("programme") for delta in deltas) == 2


def test_what_was_just_made_is_sold_on_the_till_that_was_told(goods, till):
    till.command(pb.OP_SHIFT_OPEN, pb.ShiftOpen(float_minor=1000), pb.ShiftShown)
    follower = Follower(till)
    follower.until(follower.followed.version)
    id = goods.put(new(goods, name="Fresh", price_minor=250)).ids[0]
    assert follower.until(goods.version()) < SECOND
    basket = pb.Basket(catalogue_version=follower.version,
                       lines=[pb.BasketLine(product_id=id, quantity_milli=2000)])
    sale = pb.SaleRingUp(basket=basket, total_minor=500, tenders=[pb.Tender(kind=pb.TENDER_CASH, amount_minor=500)])
    assert till.command(pb.OP_SALE_RING_UP, sale, pb.SaleRungUp).totals.total_minor == 500


def test_who_comes_with_a_version_gets_what_changed_since(goods, till):
    follower = Follower(till)
    follower.until(follower.followed.version)
    held = follower.version
    with goods.connect(goods.device()) as other:
        ids = [goods.put(new(goods)).ids[0] for _ in range(3)]
        late = Follower(other, held)
        assert not late.followed.snapshot
        late.until(goods.version())
        assert set(late.products) == set(ids) and not late.categories and late.shop is None
        # up to date: nothing comes but the next change
        newest = Follower(other, goods.version())
        assert not newest.followed.snapshot
        goods.put({"id": ids[0], "price_minor": 1})
        newest.until(goods.version())
        assert set(newest.products) == {ids[0]} and len(newest.parts) == 1


def test_a_version_that_never_was_gets_a_snapshot(goods, till):
    for version in (10**6, 2**64 - 1):
        follower = Follower(till, version)
        assert follower.followed.snapshot
        follower.version = 0
        follower.until(goods.version())
        assert follower.parts[0][1].snapshot and follower.products


def test_nobody_follows_before_hello(goods):
    with Client(goods.port, goods.console, hello=False) as stranger:
        assert stranger.refusal(pb.OP_CATALOGUE_FOLLOW, pb.CatalogueFollow()) == "HELLO_FIRST"


def test_who_reads_too_slowly_is_told_to_follow_again(goods):
    """What the sockets and the ring hold between them is passed; the one push that says so comes at the end."""
    identity = goods.device()
    with Client(goods.port, identity, kind=pb.CLIENT_COUNTER, receive_buffer=4096) as slow:
        follower = Follower(slow)
        follower.until(follower.followed.version)
        tax, note = goods.untaxed(), "n" * 200
        drafts = [{"name": "x" * 80, "price_minor": 1, "tax_class_id": tax, "allergen_note": note, "sku": f"SLOW{i}"}
                  for i in range(100)]
        for price in range(150):
            goods.put(*[{**draft, "price_minor": price} for draft in drafts])
        versions = []
        while True:
            frame = slow.read_frame()
            assert frame is not None and frame.HasField("push")
            if frame.push.topic == pb.TOPIC_RESYNC:
                break
            versions.append(pb.CatalogueDelta.FromString(frame.push.body).version)
        assert pb.Resync.FromString(frame.push.body).topic == pb.TOPIC_CATALOGUE
        assert versions == sorted(versions) and versions[-1] < goods.version()
        follower.follow(versions[-1])
        assert not follower.followed.snapshot
        follower.until(goods.version())
        slow_ones = [product for product in follower.products.values() if product.sku.startswith("SLOW")]
        assert len(slow_ones) == 100 and {product.price_minor for product in slow_ones} == {149}


# ---- two servers ----


@pytest.fixture()
def two(goods):
    """A second server process on the same database, and a till that follows there."""
    second = goods.start("--node", "2")
    identity = goods.device()
    with goods.connect(identity, port=second.port) as client:
        follower = Follower(client)
        follower.until(follower.followed.version)
        yield goods, second, follower
    second.stop()
    goods.servers.remove(second)


def test_a_change_at_one_server_is_at_a_till_of_the_other_within_a_second(two):
    goods, second, follower = two
    for price in (101, 102, 103):
        done = goods.put({**new(goods, sku="TWO"), "price_minor": price})
        assert follower.until(done.catalogue_version) < SECOND
        assert follower.products[done.ids[0]].price_minor == price


def test_changes_at_both_servers_meet_in_one_order(two):
    goods, second, follower = two
    with goods.connect(goods.console, port=second.port) as there:
        there.sign_in()
        with goods.connect(goods.device()) as client:
            here = Follower(client)
            here.until(here.followed.version)
            for i in range(10):
                goods.put({**new(goods, sku="BOTH"), "price_minor": i})
                goods.put({**new(goods, sku="BOTH"), "price_minor": 100 + i}, client=there)
            for one in (here, follower):
                one.until(goods.version())
            id = goods.show(sku="BOTH").id
            assert here.products[id] == follower.products[id] == goods.show(there, id=id)
            assert here.products[id].price_minor == 109


def test_changes_arrive_also_after_the_listening_backend_was_killed(two):
    goods, second, follower = two
    killed = {pid for (pid,) in goods.sql(LISTENERS, role="admin")}
    assert len(killed) >= 2
    goods.sql(f"SELECT pg_terminate_backend(pid) FROM ({LISTENERS}) AS l", role="admin")
    done = goods.put(new(goods, sku="KILLED"))  # perhaps unheard: then read when it listens again
    follower.until(done.catalogue_version, 10)
    wait_for(lambda: len({pid for (pid,) in goods.sql(LISTENERS, role="admin")} - killed) >= 2, what="both listening again")
    done = goods.put({"sku": "KILLED", "price_minor": 1})
    assert follower.until(done.catalogue_version) < SECOND
