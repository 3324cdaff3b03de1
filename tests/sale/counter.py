"""A bakery for the tests of sales: goods, a member, tills that sell, and what must hold of the books."""
import hashlib

from shop import Refused, pb

COOKIES = "Cookies"


def seed(shop):
    """Goods by name: their ids. Made by the owner at one new version, as every change of the catalogue is."""
    [[head]] = shop.sql("SELECT max(version) FROM catalogue_head")
    [[shop_id]] = shop.sql("SELECT id FROM shop")
    version = head + 1
    rows = [
        "INSERT INTO category VALUES (7001)",
        f"INSERT INTO category_version VALUES (7001, {version}, '{COOKIES}', 1)",
        "INSERT INTO tax_class VALUES (7101)",
        f"INSERT INTO tax_class_version VALUES (7101, {version}, 'food', 0, NULL)",
        f"INSERT INTO tax_rate_version VALUES (7101, {version}, 0, false, 'VAT7', 70000), "
        f"(7101, {version}, 1, false, 'VAT19', 190000)",
        f"INSERT INTO programme_version VALUES (7201, {version}, 'Points', 20, 100, 10, 365, 100, 7001, 'Free cookie')",
    ]
    goods = {"cookie": (7301, 250, 7001, 2), "cake": (7302, 900, "NULL", 1), "roll": (7303, 45, "NULL", 0)}
    for name, (id, price, category, policy) in goods.items():
        rows += [
            f"INSERT INTO product VALUES ({id}, '{name}', {id - 7000})",
            f"INSERT INTO product_version VALUES ({id}, {version}, '{name}', '{name}', {id - 7000}, '{{}}', {category}, "
            f"0, 7101, 0, 0, '', true, {policy})",
            f"INSERT INTO price_version VALUES (0, {id}, {version}, {price})",
        ]
    rows += [f"UPDATE catalogue_head SET version = {version}", f"SELECT pg_notify('caroline', '0:catalogue:{version}')"]
    shop.sql("; ".join(rows))
    shop.shop_id = shop_id
    return {name: good[0] for name, good in goods.items()}


def member(shop, id, lots=()):
    """A member with lots of (days ago, points)."""
    shop.sql(f"INSERT INTO member (id, shop_id, created_at, updated_at) VALUES ({id}, {shop.shop_id}, now(), now()); "
             f"INSERT INTO member_account (member_id, points) VALUES ({id}, {sum(points for _, points in lots)})")
    for number, (days, points) in enumerate(lots):
        lot = id * 100 + number
        shop.sql(f"INSERT INTO points_lot VALUES ({lot}, {id}, current_date - {days}, current_date - {days} + 365, {points}); "
                 f"INSERT INTO points_entry VALUES ({id}, {lot}, 1, {id}, {points}, NULL, now())")
    return id


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


def refund(till, receipt_number):
    return till.command(pb.OP_SALE_REFUND, pb.SaleRefund(receipt_number=receipt_number, reason="stale"), pb.SaleRungUp)


def refused(function, *arguments, **more):
    """The code with which it is refused."""
    try:
        function(*arguments, **more)
    except Refused as error:
        return error.code
    raise AssertionError("was not refused")


def check_books(shop):
    """Each balance equals the sum of its entries; each sale the sum of its parts."""
    wrong = {
        "stock": "SELECT * FROM stock s WHERE on_hand_milli <> (SELECT coalesce(sum(quantity_milli), 0) "
                 "FROM stock_entry e WHERE e.shop_id = s.shop_id AND e.product_id = s.product_id)",
        "lots": "SELECT * FROM points_lot l WHERE remaining <> (SELECT coalesce(sum(points), 0) FROM points_entry e "
                "WHERE e.lot_id = l.id)",
        "accounts": "SELECT * FROM member_account a WHERE points <> (SELECT coalesce(sum(remaining), 0) FROM points_lot l "
                    "WHERE l.member_id = a.member_id)",
        "drawers": "SELECT * FROM drawer w WHERE cash_minor <> (SELECT sum(amount_minor) FROM drawer_entry e "
                   "WHERE e.shift_id = w.shift_id) OR sale_count <> (SELECT count(*) FROM sale s WHERE s.shift_id = w.shift_id)",
        "lines": "SELECT * FROM sale s WHERE total_minor <> (SELECT sum(total_minor) FROM sale_line l WHERE l.sale_id = s.id) "
                 "OR tax_minor <> (SELECT sum(tax_minor) FROM sale_line l WHERE l.sale_id = s.id) "
                 "OR tax_minor <> (SELECT coalesce(sum(tax_minor), 0) FROM sale_tax t WHERE t.sale_id = s.id) "
                 "OR total_minor <> (SELECT coalesce(sum(amount_minor - change_minor), 0) FROM tender t WHERE t.sale_id = s.id)",
        "points of sales": "SELECT * FROM sale s WHERE points_earned + points_gifted - points_spent <> "
                           "(SELECT coalesce(sum(points), 0) FROM points_entry e WHERE e.origin_id = s.id)",
        "numbers": "SELECT device_id, kind FROM journal GROUP BY 1, 2 HAVING count(*) <> max(number)",
        "sales in the journal": "SELECT * FROM sale s WHERE NOT EXISTS (SELECT FROM journal j WHERE j.device_id = s.device_id "
                                "AND j.kind = 'T' AND j.number = s.number)",
    }
    for what, query in wrong.items():
        assert shop.sql(query) == [], what


def check_strands(shop):
    """Every hash follows from the bytes and the hash before; every head is the last."""
    last = {}
    for device, kind, number, data, hash in shop.sql(
            "SELECT device_id, kind::text, number, bytes, hash FROM journal ORDER BY device_id, kind, number"):
        before = last.get((device, kind), bytes(32))
        assert hashlib.sha256(before + bytes(data)).digest() == bytes(hash), (device, kind, number)
        assert bytes(data)[:2] == b"\x01" + kind.encode(), (device, kind, number)
        last[device, kind] = bytes(hash)
    heads = shop.sql("SELECT device_id, kind::text, hash FROM device_head")
    assert {(device, kind): bytes(hash) for device, kind, hash in heads} == last
