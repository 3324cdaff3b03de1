"""A bakery for the tests of sales: goods, a member, tills that sell, and what must hold of the books."""
import contextlib
import hashlib

from shop import PIN, TOP, Refused, pb

COOKIES = "Cookies"
NODE = 4095 << 41  # the ids of what is made here are those of a node of its own


def seed(shop):
    """Goods by name: their ids. Made by the owner at one new version, as every change of the catalogue is."""
    [[head]] = shop.sql("SELECT max(version) FROM catalogue_head")
    [[shop_id]] = shop.sql("SELECT id FROM shop")
    version = head + 1
    category, tax_class, programme = NODE + 1, NODE + 2, NODE + 3
    rows = [
        "INSERT INTO id_block VALUES (4095, 1000000)",
        f"INSERT INTO catalogue_version VALUES ({version}, 0, now())",
        f"INSERT INTO category VALUES ({category})",
        f"INSERT INTO category_version VALUES ({category}, {version}, '{COOKIES}', 1)",
        f"INSERT INTO tax_class VALUES ({tax_class})",
        f"INSERT INTO tax_class_version VALUES ({tax_class}, {version}, 'food', 0, NULL)",
        f"INSERT INTO tax_rate_version VALUES ({tax_class}, {version}, 0, false, 'VAT7', 70000), "
        f"({tax_class}, {version}, 1, false, 'VAT19', 190000)",
        f"INSERT INTO programme_version VALUES ({programme}, {version}, 'Points', 20, 100, 10, 365, 100, {category}, 'Free cookie')",
    ]
    goods = {"cookie": (11, 250, category, 2), "cake": (12, 900, "NULL", 1), "roll": (13, 45, "NULL", 0)}
    for name, (plu, price, kind, policy) in goods.items():
        id = NODE + plu
        rows += [
            f"INSERT INTO product VALUES ({id}, '{name}', {plu})",
            f"INSERT INTO product_version VALUES ({id}, {version}, '{name}', '{name}', {plu}, '{{}}', {kind}, "
            f"0, {tax_class}, 0, 0, '', true, {policy})",
            f"INSERT INTO price_version VALUES (0, {id}, {version}, {price})",
        ]
    rows += [f"UPDATE catalogue_head SET version = {version}", f"SELECT pg_notify('caroline', '0:catalogue:{version}')"]
    shop.sql("; ".join(rows))
    shop.shop_id = shop_id
    return {name: NODE + good[0] for name, good in goods.items()}


def member(shop, number, lots=()):
    """The id of a member with lots of (days ago, points)."""
    id = NODE + number
    shop.sql(f"INSERT INTO member (id, shop_id, created_at, updated_at) VALUES ({id}, {shop.shop_id}, now(), now()); "
             f"INSERT INTO member_account (member_id, points) VALUES ({id}, {sum(points for _, points in lots)})")
    for index, (days, points) in enumerate(lots):
        lot = id + 10 * (index + 1)
        shop.sql(f"INSERT INTO points_lot VALUES ({lot}, {id}, current_date - {days}, current_date - {days} + 365, {points}); "
                 f"INSERT INTO points_entry VALUES ({id}, {lot}, 1, {id}, {points}, NULL, now())")
    return id


def expire_points(shop, member_id):
    """As the night does (db/queries/sweep_points.sql) when a year is over: of all that the member has, who owes nothing."""
    have = f"FROM points_lot WHERE member_id = {member_id} AND remaining > 0"
    shop.sql(f"INSERT INTO points_entry SELECT {member_id} + 9, id, 7, {member_id}, -remaining, NULL, now() {have}; "
             f"UPDATE member_account SET points = points - (SELECT coalesce(sum(remaining), 0) {have}) WHERE member_id = {member_id}; "
             f"UPDATE points_lot SET expired = expired + remaining, remaining = 0, "
             f"origin_day = origin_day - 400, expiry_day = expiry_day - 400 WHERE id IN (SELECT id {have})")


def basket(shop, *bought, member_id=0, rewards=0, eat_in=False):
    [[head]] = shop.sql("SELECT max(version) FROM catalogue_head")
    made = pb.Basket(catalogue_version=head, service=pb.SERVICE_EAT_IN if eat_in else pb.SERVICE_TAKE_AWAY)
    for product_id, pieces in bought:
        made.lines.append(pb.BasketLine(product_id=product_id, quantity_milli=pieces * 1000))
    if member_id:
        made.member_id = member_id
    made.rewards.extend(pb.BasketReward() for _ in range(rewards))
    return made


def ring_up(till, basket, total, cash=None, card=None, command_id=None):
    message = pb.SaleRingUp(basket=basket, total_minor=total)
    if card is not None:
        message.tenders.append(pb.Tender(kind=pb.TENDER_CARD, amount_minor=card, reference="A1"))
    if cash is not None or card is None and total:
        message.tenders.append(pb.Tender(kind=pb.TENDER_CASH, amount_minor=cash if cash is not None else total))
    return till.command(pb.OP_SALE_RING_UP, message, pb.SaleRungUp, command_id)


def refund(till, receipt_number, *lines):
    """lines: (line, thousandths); none: all that is left."""
    message = pb.SaleRefund(receipt_number=receipt_number, reason="stale")
    message.lines.extend(pb.RefundLine(line=line, quantity_milli=milli) for line, milli in lines)
    return till.command(pb.OP_SALE_REFUND, message, pb.SaleRungUp)


def refused(function, *arguments, **more):
    """The code with which it is refused."""
    try:
        function(*arguments, **more)
    except Refused as error:
        return error.code
    raise AssertionError("was not refused")


def check_books(shop, but=()):
    """All that always holds (db/checks) holds; but: what a test has broken by hand."""
    with contextlib.closing(shop.cluster.connect("read")) as connection, connection, connection.cursor() as cursor:
        for path in sorted((TOP / "db" / "checks").glob("*.sql")):
            if path.stem in but:
                continue
            cursor.execute(path.read_text())
            assert cursor.fetchall() == [], path.stem


def at_the_desk(shop):
    """The manager's connection: unlocked, where nobody asked for anything for a while, and a new one where the server was killed."""
    try:
        if shop.manager.refusal_yet(pb.OP_SALE_SHOW, pb.SaleShow(last=True)) == "SESSION_LOCKED":
            shop.manager.call(pb.OP_SESSION_UNLOCK, pb.SessionUnlock(pin=PIN), pb.SessionState)
    except OSError:
        shop.manager = shop.connect(shop.console)
        shop.manager.sign_in()
    return shop.manager


def check_receipts(shop, client=None):
    """Each is shown alike by its number, which is out of its entry in the journal, and by its id, which is out of its rows."""
    client = client or at_the_desk(shop)
    if client.refusal_yet(pb.OP_SALE_SHOW, pb.SaleShow(last=True)) == "SESSION_LOCKED":  # nobody asked for anything for a while
        client.call(pb.OP_SESSION_UNLOCK, pb.SessionUnlock(pin=PIN), pb.SessionState)
    [[shop_id]] = shop.sql(f"SELECT shop_id FROM device WHERE id = {shop.console.device.id}")
    sales = shop.sql("SELECT s.id, d.till_number, s.series::text, s.number FROM sale AS s JOIN device AS d ON d.id = s.device_id "
                     f"WHERE s.shop_id = {shop_id} ORDER BY s.id")
    for id, till, series, number in sales:
        key = f"{till}{series}-{number:06d}"
        by_number = client.call(pb.OP_SALE_SHOW, pb.SaleShow(receipt_number=key), pb.SaleShown)
        by_id = client.call(pb.OP_SALE_SHOW, pb.SaleShow(sale_id=id), pb.SaleShown)
        assert by_number == by_id and by_id.sale.receipt_number == key, (key, by_number, by_id)
    return len(sales)


def check_strands(shop):
    """Every hash follows from the bytes and the hash before; every head is the last."""
    last = {}
    for device, kind, number, data, hash in shop.sql(
            "SELECT device_id, kind::text, number, bytes, hash FROM journal ORDER BY device_id, kind, number"):
        before = last.get((device, kind), bytes(32))
        assert hashlib.sha256(before + bytes(data)).digest() == bytes(hash), (device, kind, number)
        layouts = {"T": (3, 4, 5), "X": (3, 4, 5), "L": (1,), "S": (1, 3, 4, 5)}[kind]
        assert bytes(data)[0] in layouts and bytes(data)[1:2] == kind.encode(), (device, kind, number)
        last[device, kind] = bytes(hash)
    heads = shop.sql("SELECT device_id, kind::text, hash FROM device_head")
    assert {(device, kind): bytes(hash) for device, kind, hash in heads} == last
