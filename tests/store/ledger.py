"""A small shop's books, right to the last row, written straight into the tables: what the invariants are tried on."""

import datetime
import hashlib
import struct

DAY = datetime.date(2026, 3, 14)
EPOCH = datetime.datetime(1970, 1, 1, tzinfo=datetime.timezone.utc)
SHOP, ABROAD = 10, 11  # prices with tax in them; tax on top
TILL, TILL_ABROAD, OFFICE, TILL_OF_TWO, KIOSK = 200, 201, 202, 203, 204
STAFF, CHIEF, MEMBER, DUPLICATE, LOT, GONE, GONE_TOO = 60, 62, 400, 403, 410, 404, 405
ACCOUNT, ON_ACCOUNT = 420, 96
GIFT_CARD, HEIR, UNUSED, BY_GIFT_CARD = 430, 431, 432, 97  # numbers 3, 4 and 5
COOKIE, CAKE, ROLL, LATTE, GIFT, BOTTLE, LEMONADE = 101, 102, 103, 104, 105, 106, 107

CATALOGUE = f"""
INSERT INTO id_block VALUES (0, 100000);
INSERT INTO shop VALUES ({SHOP}, now()), ({ABROAD}, now());
INSERT INTO catalogue_version VALUES (1, 0, now()), (2, 0, now()), (3, {SHOP}, now());
INSERT INTO catalogue_head VALUES ({SHOP}, 3), ({ABROAD}, 2);
INSERT INTO shop_version SELECT id, 1, 'Shop ' || id, '', '', '', '', 'EUR', 2, 'Europe/Berlin', id = {SHOP}, 180 FROM shop;
INSERT INTO category VALUES (20);
INSERT INTO category_version VALUES (20, 1, 'Cookies', 1), (20, 2, 'Biscuits', 1);
INSERT INTO tax_class VALUES (30), (31), (32);
INSERT INTO tax_class_version VALUES (30, 1, 'Food', 0, NULL), (31, 1, 'Snacks', 0, NULL), (31, 2, 'Snacks', 6, 32), (32, 2, 'Boxes', 0, NULL);
INSERT INTO tax_rate_version VALUES
    (30, 1, 0, false, 'VAT20', 200000), (30, 1, 0, true, 'GST', 50000),
    (31, 1, 0, false, 'GST', 70000),
    (31, 2, 0, false, 'GST', 50000), (31, 2, 0, false, 'QST', 99750),
    (32, 2, 0, false, 'ZERO', 0);
INSERT INTO tender_type VALUES ({ON_ACCOUNT}), ({BY_GIFT_CARD});
INSERT INTO tender_type_version VALUES ({ON_ACCOUNT}, 1, 'On account', 5, 2, false, 0, '', true), ({BY_GIFT_CARD}, 1, 'Gift card', 6, 2, false, 0, '', true);
INSERT INTO programme_version VALUES (40, 1, 'Club', 20, 100, 10, 365, 100, 20, 'Free cookie');
INSERT INTO role VALUES (50);
INSERT INTO role_version VALUES (50, 1, 'Cashier', '{{sell}}');
INSERT INTO product VALUES ({COOKIE}, 'cookie', 1), ({CAKE}, NULL, NULL), ({ROLL}, NULL, NULL), ({LATTE}, NULL, NULL), ({GIFT}, NULL, NULL),
    ({BOTTLE}, NULL, NULL), ({LEMONADE}, NULL, NULL);
INSERT INTO product_barcode VALUES ('4001', {COOKIE}), ('4002', {COOKIE});
INSERT INTO product_version VALUES
    ({COOKIE}, 1, 'Cookie', 'cookie', 1, '{{4002,4001}}', 20, 0, 30, 0, 0, '', true, 1),
    ({CAKE}, 1, 'Cake', NULL, NULL, '{{}}', NULL, 0, 30, 0, 0, '', true, 0),
    ({ROLL}, 1, 'Roll', NULL, NULL, '{{}}', NULL, 0, 31, 0, 0, '', true, 0);
INSERT INTO modifier VALUES (95);
INSERT INTO modifier_version VALUES (95, 1, 'Cup', 1, 1, true);
INSERT INTO modifier_option_version VALUES (95, 1, 1, 'Small', -30, true), (95, 1, 2, 'Large', 50, true);
INSERT INTO product_version VALUES
    ({LATTE}, 1, 'Latte', NULL, NULL, '{{}}', NULL, 0, 30, 0, 0, '', true, 0, 0, '95', false, 0, 0),
    ({GIFT}, 1, 'Gift', NULL, NULL, '{{}}', NULL, 0, 30, 0, 0, '', true, 0, 0, '', true, 100, 5000);
INSERT INTO product_version VALUES
    ({BOTTLE}, 1, 'Bottle', NULL, NULL, '{{}}', NULL, 0, 30, 0, 0, '', true, 0, 0, '', false, 0, 0, 1, 0, 0),
    ({LEMONADE}, 1, 'Lemonade', NULL, NULL, '{{}}', NULL, 0, 30, 0, 0, '', true, 0, 0, '', false, 0, 0, 0, {BOTTLE}, 2);
INSERT INTO price_version VALUES
    (0, {LATTE}, 1, 300), (0, {GIFT}, 1, 0), (0, {BOTTLE}, 1, 25), (0, {LEMONADE}, 1, 200),
    (0, {COOKIE}, 1, 250), (0, {CAKE}, 2, 1000), (0, {ROLL}, 1, 110), (0, {ROLL}, 2, 120), ({SHOP}, {COOKIE}, 3, 260);
INSERT INTO sold_out_version VALUES ({SHOP}, {CAKE}, 3, false);
INSERT INTO rating_version VALUES ({COOKIE}, 1, 4, 1), ({COOKIE}, 2, 9, 2), ({CAKE}, 1, 3, 1), ({CAKE}, 2, 0, 0);
INSERT INTO staff (id, shop_id, role_id, name_sealed, name_blind, pin_hash, active, created_at)
VALUES ({STAFF}, {SHOP}, 50, '', decode(repeat('01', 16), 'hex'), '', true, now());
INSERT INTO device (id, shop_id, kind, name, till_number, key_hash, certificate_expiry, created_at)
VALUES ({TILL}, {SHOP}, 1, 'Till 1', 1, sha256('1'), now(), now()), ({TILL_ABROAD}, {ABROAD}, 1, 'Till 2', 2, sha256('2'), now(), now()),
       ({OFFICE}, {SHOP}, 3, 'Office', NULL, sha256('3'), now(), now()), ({TILL_OF_TWO}, {SHOP}, 1, 'Till 3', 3, sha256('4'), now(), now());
INSERT INTO member (id, shop_id, phone_sealed, created_at, updated_at) VALUES ({MEMBER}, {SHOP}, 'sealed', now(), now());
INSERT INTO member_blind VALUES (1, decode(repeat('02', 16), 'hex'), {MEMBER}), (4, decode(repeat('03', 16), 'hex'), {MEMBER});
INSERT INTO account VALUES ({ACCOUNT}, 7, {SHOP}, 'sealed', NULL, NULL, 5000, false, 0, 0, now(), now());
INSERT INTO account_blind VALUES (1, decode(repeat('04', 16), 'hex'), {ACCOUNT}), (2, decode(repeat('05', 16), 'hex'), {ACCOUNT});
INSERT INTO gift_card SELECT 430 + n, 3 + n, substring(sha256(n::text::bytea) FOR 16), '482' || n, {SHOP}, false, NULL, NULL, 0, 0, now(), now() FROM generate_series(0, 2) AS n;
INSERT INTO campaign VALUES (440, 'Tenth', 1, 100000, NULL, 500, 127, 0, 1440, NULL, NULL, false, false, true, true, false, 0, 10, true, 3, 0, '2026-01-01', now(), 1000);
INSERT INTO campaign_product VALUES (440, {CAKE});
INSERT INTO coupon SELECT 441 + n, 440, 1 + n, substring(sha256(n::text::bytea) FOR 16), NULL, 1, 0, now(), CASE WHEN n = 2 THEN 544 END FROM generate_series(0, 2) AS n;
"""


TYPES = {5: ON_ACCOUNT, 6: BY_GIFT_CARD}


def micros(at):
    return (at - EPOCH) // datetime.timedelta(microseconds=1)


def text(said):
    return struct.pack(">H", len(said or "")) + (said or "").encode()


def counted(form, rows):
    rows = list(rows)
    return struct.pack(f">{form}", len(rows)) + b"".join(rows)


class Ledger:
    def __init__(self, cursor):
        self.cursor = cursor
        self.at = datetime.datetime(2026, 3, 14, 8, 0, tzinfo=datetime.timezone.utc)
        self.heads = {}
        self.signatures = 900
        self.staff, self.till_number = STAFF, 1

    def run(self, sql, *values):
        self.cursor.execute(sql, values)

    def insert(self, table, **row):
        self.run(f"INSERT INTO {table} ({', '.join(row)}) VALUES ({', '.join(['%s'] * len(row))})", *row.values())

    def later(self):
        self.at += datetime.timedelta(minutes=5)

    def entry(self, device, kind, shop, rest, layout=1):
        """One entry of a strand, its head and its signature, as proto/PROTOCOL.md, section 9, lays them out."""
        number, previous = self.heads.get((device, kind), (0, bytes(32)))
        number += 1
        data = struct.pack(">BcQQqQQ", 3 if kind == "X" else layout, kind.encode(), device, number, micros(self.at), shop, self.staff) + rest
        head = hashlib.sha256(previous + data).digest()
        self.heads[device, kind] = number, head
        self.insert("journal", device_id=device, kind=kind, number=number, at=self.at, bytes=data, hash=head)
        self.run("INSERT INTO device_head VALUES (%s, %s, %s, %s, %s) ON CONFLICT (device_id, kind) DO UPDATE"
                 " SET number = EXCLUDED.number, hash = EXCLUDED.hash, at = EXCLUDED.at", device, kind, number, head, self.at)
        self.signatures += 1
        self.insert("journal_signature", id=self.signatures, at=self.at, signature=bytes(64), key_id=bytes(8),
                    heads=struct.pack(">QcQ", device, kind.encode(), number) + head)

    def command(self, device, op, reply=b"\x1a\0"):
        command = hashlib.sha256(str(self.at).encode()).digest()[:16]
        self.insert("command", device_id=device, command_id=command, op=op, body_hash=bytes(32), reply=reply, at=self.at)
        return command

    def shift(self, shift, device, shop, number, float_minor, own=False):
        """own: of the person who opens it, in their own drawer."""
        holder = self.staff if own else 0
        self.later()
        self.insert("shift", id=shift, shop_id=shop, device_id=device, number=number, opened_at=self.at, opened_by=self.staff,
                    float_minor=float_minor, t_before=self.heads.get((device, "T"), (0,))[0], holder_id=holder)
        self.insert("drawer_entry", origin_id=shift, kind=1, shift_id=shift, amount_minor=float_minor, at=self.at)
        self.run("INSERT INTO drawer VALUES (%s, %s, %s, %s, 0, %s) ON CONFLICT (device_id, holder_id) DO UPDATE"
                 " SET shift_id = EXCLUDED.shift_id, number = EXCLUDED.number, cash_minor = EXCLUDED.cash_minor, sale_count = 0",
                 device, shift, number, float_minor, holder)
        self.entry(device, "L", shop, struct.pack(">HB", 50, 10) + b"shift_open" + self.command(device, 50) + bytes(34))

    def move(self, origin, device, shop, shift, kind, amount):
        """kind: 4 in, 5 out, 6 to the safe."""
        self.later()
        self.insert("drawer_move", id=origin, shift_id=shift, kind=kind, amount_minor=amount, reason="why", staff_id=self.staff, at=self.at)
        self.insert("drawer_entry", origin_id=origin, kind=kind, shift_id=shift, amount_minor=amount, at=self.at)
        self.run("UPDATE drawer SET cash_minor = cash_minor + %s WHERE shift_id = %s", amount, shift)
        self.entry(device, "L", shop, struct.pack(">HB", 52, 10) + b"shift_move" + self.command(device, 52) + bytes(34))

    def retender(self, retender, device, shop, shift, sale, number, off, kind, amount):
        """off: the tender's position, kind, how many there are more, and the amount; then what it was in truth."""
        self.later()
        command = self.command(device, 78)
        self.entry(device, "L", shop, struct.pack(">HB", 78, 13) + b"sale_retender" + command + bytes(34))
        self.insert("sale_retender", id=retender, sale_id=sale, number=number, shop_id=shop, device_id=device, shift_id=shift,
                    staff_id=self.staff, catalogue_version=3, rounding_minor=0, reason="why", entry_number=self.heads[device, "L"][0],
                    at=self.at)
        cash = 0
        for position, means, count, minor in [off, (9 + number, kind, 1, amount)]:
            self.insert("retender_entry", retender_id=retender, position=position, kind=means, tender_count=count,
                        amount_minor=minor, tip_minor=0)
            cash += minor if means == 1 else 0
        if cash:
            self.insert("drawer_entry", origin_id=retender, kind=7, shift_id=shift, amount_minor=cash, at=self.at)
        self.run("UPDATE drawer SET cash_minor = cash_minor + %s WHERE shift_id = %s", cash, shift)

    def attach(self, device, shop, *points):
        """A receipt is the member's afterwards; points: of the sale, then of each refund that had come before, by its id."""
        self.later()
        command = self.command(device, 109)
        self.entry(device, "L", shop, struct.pack(">HB", 109, 11) + b"sale_attach" + command + bytes(34))
        for sale, earned in points:
            self.run("INSERT INTO sale_attach SELECT id, %s, %s, at, %s, 0, 500, %s, %s, %s, %s FROM sale WHERE id = %s", points[0][0], MEMBER,
                     earned, shop, device, self.staff, self.at, sale)
            if earned:
                self.points(sale, 2 if earned > 0 else 6, earned)

    def invoice(self, invoice, device, shop, sale, number, total, tax, credit_of=None):
        """Of a sale with one tax, or of a refund."""
        self.later()
        sealed = b"sealed %d" % invoice
        digest = hashlib.sha256(sealed).hexdigest().encode()
        change = struct.pack(">HQB", 1, invoice, 15) + b"document_sha256" + b"\0" + struct.pack(">BH", 1, len(digest)) + digest
        self.entry(device, "L", shop, struct.pack(">HB", 79, 12) + b"invoice_make" + self.command(device, 79) + bytes(32) + change)
        self.insert("invoice", id=invoice, shop_id=shop, year=2026, number=number, kind=2 if credit_of else 1, sale_id=sale,
                    credit_of=credit_of, device_id=device, staff_id=self.staff, total_minor=total, tax_minor=tax, document_sealed=sealed,
                    at=self.at)
        self.insert("invoice_tax", invoice_id=invoice, position=0, code="VAT20", rate_ppm=200000, net_minor=total - tax, tax_minor=tax)
        self.run("INSERT INTO invoice_series VALUES (%s, 2026, 1) ON CONFLICT (shop_id, year) DO UPDATE"
                 " SET number = invoice_series.number + 1", shop)

    def papers(self, invoice, device, count):
        self.insert("invoice_printed", invoice_id=invoice, papers=count)
        for paper in range(1, count + 1):
            self.insert("invoice_paper", invoice_id=invoice, paper=paper, device_id=device, staff_id=self.staff, at=self.at)

    def account(self, kind, origin, position, amount):
        """kind: 1 charged, 2 given back, 3 received, 4 paid back."""
        self.run("UPDATE account SET balance_minor = balance_minor + %s, entry_count = entry_count + 1 WHERE id = %s", amount, ACCOUNT)
        self.run("INSERT INTO account_entry SELECT id, entry_count, %s, %s, %s, %s, balance_minor, %s FROM account WHERE id = %s", kind,
                 origin, position, amount, self.at, ACCOUNT)

    def payment(self, origin, device, shop, shift, means, amount):
        """means: 1 cash, 2 card, 3 transfer; a negative amount is paid back."""
        self.later()
        self.insert("account_payment", id=origin, account_id=ACCOUNT, shop_id=shop, device_id=device, shift_id=shift, staff_id=self.staff,
                    means=means, amount_minor=amount, reference=None if means == 1 else "R1", reason="why" if amount < 0 else None,
                    at=self.at)
        self.account(3 if amount > 0 else 4, origin, 0, -amount)
        if means == 1:
            self.insert("drawer_entry", origin_id=origin, kind=8, shift_id=shift, amount_minor=amount, at=self.at)
            self.run("UPDATE drawer SET cash_minor = cash_minor + %s WHERE shift_id = %s", amount, shift)
        self.entry(device, "L", shop, struct.pack(">HB", 46, 15) + b"account_receive" + self.command(device, 46) + bytes(34))

    def gift(self, card, kind, origin, position, amount):
        """kind: 1 issued, 2 topped up, 3 paid, 4 given back, 5 undone, 6 moved away, 7 moved here."""
        self.run("UPDATE gift_card SET balance_minor = balance_minor + %s, entry_count = entry_count + 1 WHERE id = %s", amount, card)
        self.run("INSERT INTO gift_card_entry SELECT id, entry_count, %s, %s, %s, %s, balance_minor, %s FROM gift_card WHERE id = %s",
                 kind, origin, position, amount, self.at, card)

    def coupon(self, coupon, campaign, sale, name, parts):
        """Its only use: what it took off which line."""
        for line, amount in {-1: sum(parts.values()), **parts}.items():
            self.insert("sale_discount", sale_id=sale, line=line, kind=4, amount_minor=amount, reason=name, promotion_id=campaign)
        self.insert("coupon_use", coupon_id=coupon, number=1, campaign_id=campaign, sale_id=sale, amount_minor=sum(parts.values()),
                    at=self.at)
        self.run("UPDATE coupon SET use_count = 1 WHERE id = %s", coupon)
        self.run("UPDATE campaign SET use_count = use_count + 1 WHERE id = %s", campaign)

    def gift_payment(self, origin, card, device, shop, shift, kind, means, amount, undoes=None):
        """kind: 1 issued, 2 topped up, 3 given back, a negative amount; means as of accounts."""
        self.later()
        self.insert("gift_card_payment", id=origin, card_id=card, shop_id=shop, device_id=device, shift_id=shift, staff_id=STAFF,
                    kind=kind, means=means, amount_minor=amount, reference=None if means == 1 else "R1", reason="why" if undoes else None,
                    undoes=undoes, at=self.at)
        self.gift(card, 5 if kind == 3 else kind, origin, 0, amount)
        if means == 1:
            self.insert("drawer_entry", origin_id=origin, kind=15, shift_id=shift, amount_minor=amount, at=self.at)
            self.run("UPDATE drawer SET cash_minor = cash_minor + %s WHERE device_id = %s", amount, device)
        self.entry(device, "L", shop, struct.pack(">HB", 94, 14) + b"gift_card_load" + self.command(device, 94) + bytes(34))

    def charge(self, charge, card, device, shop, amount, states, payment=None, undo=None):
        """Its states, one after the other; the last is how it stands."""
        for number, state in enumerate(states, 1):
            self.insert("gateway_charge_step", charge_id=charge, number=number, state=state, at=self.at)
        over = states[-1] > 7
        self.insert("gateway_charge", id=charge, kind=1, shop_id=shop, device_id=device, staff_id=self.staff, member_id=MEMBER, method_id=880,
                    card_id=card, amount_minor=amount, currency="EUR", token_sealed=None if over else b"sealed", state=states[-1], answer=1,
                    reference="pi_1" if 4 in states else None, payment_id=payment, undo_id=undo, step_count=len(states), tries=0, attempt=0, made_at=self.at,
                    next_at=None if over else self.at)

    def stored_card(self, payment, charge, card, device, shop, amount):
        self.later()
        self.insert("payment_method", id=880, member_id=MEMBER, token_sealed=b"sealed", brand="visa", last_four="4242", expiry_month=11,
                    expiry_year=2031, added_at=self.at)
        self.insert("payment_setup", id=881, member_id=MEMBER, shop_id=shop, device_id=device, staff_id=self.staff, state=1, tries=0, attempt=0,
                    made_at=self.at, next_at=self.at)
        self.insert("gift_card_payment", id=payment, card_id=card, shop_id=shop, device_id=device, staff_id=self.staff, kind=2, means=4,
                    amount_minor=amount, reference="pi_1", at=self.at)
        self.gift(card, 2, payment, 0, amount)
        self.charge(charge, card, device, shop, amount, (1, 2, 4, 5, 6, 8), payment)
        self.charge(charge + 1, card, device, shop, 500, (1, 2, 9))
        self.charge(charge + 2, card, device, shop, 500, (1, 2, 3))

    def stored_card_back(self, payment, charge, card, device, shop, amount):
        """Another top-up that was undone: its undoing's id is the next."""
        for id, kind, paid, undoes, reason in ((payment, 2, amount, None, None), (payment + 1, 3, -amount, payment, "why")):
            self.later()
            self.insert("gift_card_payment", id=id, card_id=card, shop_id=shop, device_id=device, staff_id=self.staff, kind=kind, means=4,
                        amount_minor=paid, reference="pi_1", reason=reason, undoes=undoes, at=self.at)
            self.gift(card, 5 if kind == 3 else 2, id, 0, paid)
        self.charge(charge, card, device, shop, amount, (1, 2, 4, 5, 6, 8, 7, 10), payment, payment + 1)

    def gift_move(self, origin, lost, heir, device, shop, amount):
        self.later()
        self.insert("gift_card_move", id=origin, from_id=lost, to_id=heir, shop_id=shop, device_id=device, staff_id=STAFF,
                    amount_minor=amount, reason="lost", at=self.at)
        self.gift(lost, 6, origin, 0, -amount)
        self.gift(heir, 7, origin, 1, amount)
        self.run("UPDATE gift_card SET moved_to = %s WHERE id = %s", heir, lost)
        self.entry(device, "L", shop, struct.pack(">HB", 98, 14) + b"gift_card_move" + self.command(device, 98) + bytes(34))

    def no_sale(self, origin, device, shop, shift):
        self.later()
        self.insert("no_sale", id=origin, shift_id=shift, reason="why", staff_id=self.staff, at=self.at)
        self.entry(device, "L", shop, struct.pack(">HB", 53, 13) + b"shift_no_sale" + self.command(device, 53) + bytes(34))

    def close(self, shift, device, shop, pieces, tenders, taxes, **sums):
        """The Z as it must come out, by hand: pieces {denomination: pieces}, tenders {kind: (count, amount)}, taxes
        {(code, rate): (net, tax)}, and the columns that are not 0."""
        self.later()
        columns = {name: 0 for name in ("t_first", "t_last", "x_first", "x_last", "sale_count", "sale_minor", "refund_count",
                                        "refund_minor", "in_minor", "out_minor", "drop_minor", "no_sale_count")} | sums
        counted = sum(value * count for value, count in pieces.items())
        self.insert("shift_z", shift_id=shift, shop_id=shop, device_id=device, closed_at=self.at, closed_by=self.staff, catalogue_version=3,
                    counted_minor=counted, difference_minor=counted - sums["expected_minor"],
                    strand_hash=self.heads[device, "T"][1], **columns)
        for value, count in pieces.items():
            self.insert("shift_z_count", shift_id=shift, denomination_minor=value, pieces=count)
        for kind, (count, amount) in tenders.items():
            self.insert("shift_z_tender", shift_id=shift, kind=kind, tender_count=count, expected_minor=amount)
        for (code, rate), (net, tax) in taxes.items():
            self.insert("shift_z_tax", shift_id=shift, code=code, rate_ppm=rate, net_minor=net, tax_minor=tax)
        self.run("UPDATE drawer SET shift_id = NULL, cash_minor = 0, sale_count = 0 WHERE shift_id = %s", shift)
        self.entry(device, "L", shop, struct.pack(">HB", 55, 11) + b"shift_close" + self.command(device, 55) + bytes(34))

    def stock(self, shop, product, origin, line, kind, milli):
        self.run("INSERT INTO stock VALUES (%s, %s, %s) ON CONFLICT (shop_id, product_id) DO UPDATE"
                 " SET on_hand_milli = stock.on_hand_milli + EXCLUDED.on_hand_milli", shop, product, milli)
        self.insert("stock_entry", origin_id=origin, line=line, kind=kind, shop_id=shop, product_id=product, quantity_milli=milli,
                    at=self.at)

    def points(self, origin, kind, points):
        self.insert("points_entry", origin_id=origin, lot_id=LOT, kind=kind, member_id=MEMBER, points=points, at=self.at)
        self.run("UPDATE points_lot SET remaining = remaining + %s WHERE id = %s", points, LOT)
        self.run("UPDATE member_account SET points = points + %s WHERE member_id = %s", points, MEMBER)

    def merge(self, duplicate, points):
        """Somebody who was the member, too: their lot and their card are the member's now, and nothing is left of them."""
        self.insert("member", id=duplicate, shop_id=SHOP, created_at=self.at, updated_at=self.at)
        self.insert("member_account", member_id=duplicate, points=0, merged_into=MEMBER)
        self.insert("member_merge", from_id=duplicate, into_id=MEMBER, shop_id=SHOP, device_id=OFFICE, staff_id=STAFF, points=points,
                    reason="twice", at=self.at)
        self.insert("points_lot", id=duplicate + 10, member_id=MEMBER, origin_day=DAY, expiry_day=DAY, remaining=points,
                    merged_from=duplicate)
        self.insert("points_entry", origin_id=duplicate, lot_id=duplicate + 10, kind=1, member_id=duplicate, points=points, at=self.at)
        self.insert("member_blind", kind=3, blind=bytes([7] * 16), member_id=MEMBER, merged_from=duplicate)
        self.run("UPDATE member_account SET points = points + %s WHERE member_id = %s", points, MEMBER)

    def sale(self, sale, device, shop, shift, lines, tenders, tax=0, on_top=0, points=(), member=None, refund_of=None, version=3,
             made_shift=None, taxes=None, series="T", exceptions=(), brought_from=None, reason=None):
        """With a reason: a refund without a receipt. lines: (product, milli, price, discount, tax, flags, refund_line); points: (kind, points); taxes: (code, rate, net, tax);
        exceptions, of series X: (kind, line, said, found); brought_from: the device whose command booked it."""
        self.later()
        kind = 2 if refund_of or reason else 1
        number = self.heads.get((device, series), (0,))[0] + 1
        gross = [0 if line[5] & 2 else line[1] * line[2] // 1000 for line in lines]
        total = sum(gross) - sum(line[3] for line in lines) + on_top
        earned = sum(p for k, p in points if k in (2, 6))
        spent = -sum(p for k, p in points if k in (4, 5))
        gifted = sum(p for k, p in points if k == 3)
        command = self.command(brought_from or device, 74 if brought_from else 72 if series == "X" else 62 if refund_of else 130 if reason else 61)
        envelope, command = command, hashlib.sha256(command).digest()[:16] if brought_from else command
        brought_by = self.staff if series == "X" else None
        self.insert("sale", id=sale, shop_id=shop, device_id=device, series=series, number=number, kind=kind, refund_of=refund_of,
                    brought_by=brought_by, shift_id=shift, made_shift_id=made_shift, staff_id=self.staff, member_id=member, command_id=command, service=0,
                    catalogue_version=version, total_minor=total, tax_minor=tax, points_earned=earned, points_spent=spent,
                    points_gifted=gifted, points_after=0, reason=reason, business_day=DAY, made_at=self.at, at=self.at)
        if refund_of:
            self.run("INSERT INTO sale_refund SELECT %s, %s, count(*) + 1 FROM sale_refund WHERE sale_id = %s", sale, refund_of, refund_of)
        for i, (product, milli, price, discount, line_tax, flags, refund_line) in enumerate(lines):
            self.insert("sale_line", sale_id=sale, line=i, product_id=product, quantity_milli=milli, unit_price_minor=price,
                        gross_minor=gross[i], discount_minor=discount, total_minor=gross[i] - discount, tax_minor=line_tax,
                        flags=flags, refund_line=refund_line)
            if flags & 16:
                self.stock(shop, product, sale, i, kind, -milli)
            if refund_of:
                self.insert("refunded", sale_id=refund_of, line=refund_line, quantity_milli=-milli, total_minor=discount - gross[i])
        for i, (code, rate, net, part) in enumerate(taxes or [("VAT20", 200000, total - tax, tax)]):
            self.insert("sale_tax", sale_id=sale, position=i, code=code, rate_ppm=rate, net_minor=net, tax_minor=part)
        cash = 0
        for i, (tender, amount, change) in enumerate(tenders):
            named = {at: {"tender_type_id": TYPES[at], "reference": number} for at, number in ((5, "7"), (6, "3"))}
            self.insert("tender", sale_id=sale, position=i, kind=tender, amount_minor=amount, change_minor=change, **named.get(tender, {}))
            if tender == 5:
                self.account(kind, sale, i, amount)
            if tender == 6:  # what comes back goes to the card in place of the lost one
                self.gift(GIFT_CARD if kind == 1 else HEIR, 2 + kind, sale, i, -amount)
            cash += amount - change if tender == 1 else 0
        if cash:
            self.insert("drawer_entry", origin_id=sale, kind=1 + kind, shift_id=shift, amount_minor=cash, at=self.at)
        self.run("UPDATE drawer SET cash_minor = cash_minor + %s, sale_count = sale_count + 1 WHERE shift_id = %s", cash, shift)
        for points_kind, amount in points:
            self.points(sale, points_kind, amount)
        if made_shift:
            self.insert("sale_exception", sale_id=sale, kind=2)
        for exception, line, said, found in exceptions:
            self.insert("sale_exception", sale_id=sale, kind=exception, line=line, said=said, found=found)
        if brought_from:
            self.insert("sale_rescue", sale_id=sale, device_id=brought_from, command_id=envelope)
        offline = struct.pack(">qQQ32s", 0, 0, self.staff, bytes(32)) if series == "X" else b""
        said = text(reason) + counted("H", (
            struct.pack(">QqqqqqBh", product, milli, price, discount, gross[i] - discount, line_tax, flags, -1 if refund_line is None else refund_line)
            + text("") for i, (product, milli, price, discount, line_tax, flags, refund_line) in enumerate(lines)))
        said += counted("B", (text(code) + struct.pack(">Iqq", rate, net, part) for code, rate, net, part in taxes or [("VAT20", 200000, total - tax, tax)]))
        said += counted("B", (struct.pack(">Bqq", tender, amount, change) + (struct.pack(">Qqq", TYPES.get(tender, 0), 0, 0) if series == "X" else b"")
                              + text({5: "7", 6: "3"}.get(tender)) for tender, amount, change in tenders))
        said += counted("H", (struct.pack(">QBq", LOT, points_kind, amount) for points_kind, amount in points))
        noted = [(2, -1, None, None)] * bool(made_shift) + list(exceptions)
        said += counted("H", (struct.pack(">Bh", exception, line) + (struct.pack(">qq", one or 0, other or 0) if series == "X" else b"")
                              for exception, line, one, other in noted))
        said += counted("H", ()) if series == "X" else b""
        self.entry(device, series, shop, struct.pack(">B16sQIQQQQqIBQqqqqqq", kind, command, sale, self.till_number, member or 0, refund_of or 0, shift,
                                                  made_shift or 0, micros(self.at), (DAY - EPOCH.date()).days, 0, version, total, tax,
                                                  earned, spent, gifted, 0) + offline + said)

    def training(self, training, device, shop):
        """Begun, and its shift opened: entries, and nothing else."""
        self.later()
        change = struct.pack(">HQ", 1, training) + bytes([5]) + b"float" + b"\0\0"
        self.entry(device, "L", shop, struct.pack(">HB", 57, 14) + b"training_begin" + self.command(device, 57) + bytes(32) + change)
        self.later()
        self.entry(device, "S", shop, struct.pack(">HB", 50, 10) + b"shift_open" + self.command(device, 50) + bytes(32) + change)

    def practise(self, sale, device, shop, training, till, total, refund_of=0, approved_by=0):
        self.later()
        kind = 2 if refund_of else 1
        self.entry(device, "S", shop, struct.pack(">B16sQIQQQQqIBQqqqqqqqQ", kind, self.command(device, 60 + kind), sale, till, 0, refund_of,
                                                  training, 0, micros(self.at), (DAY - EPOCH.date()).days, 0, 3, total, 0, 0, 0, 0, 0,
                                                  0, approved_by) + b"\0\0", layout=3)

    def copies(self, sale, device, count):
        self.insert("receipt_copied", sale_id=sale, copies=count)
        for copy in range(1, count + 1):
            self.insert("receipt_copy", sale_id=sale, copy=copy, gift=False, device_id=device, staff_id=self.staff, at=self.at)


def at_the_printers(books):
    """Of a printer that is at work: one paper printed, one dropped, one begun, one that waits; and one that is idle."""
    terms = {"shop_id": SHOP, "host": "192.168.1.60", "port": 9100, "column_count": 42, "code_page": 2, "removed": False, "turn": 1, "tries": 0}
    books.insert("printer", id=890, name="office", job_count=4, waiting=2, due_at=books.at, node=1, **terms)
    books.insert("printer", id=891, name="bakehouse", job_count=0, waiting=0, **terms)
    asked = {"printer_id": 890, "device_id": TILL, "staff_id": books.staff, "put_at": books.at}
    books.insert("print_job", number=1, kind=1, sale_id=500, copy=1, state=3, tries=1, begun_at=books.at, ended_at=books.at, **asked)
    books.insert("print_job", number=2, kind=1, sale_id=500, copy=2, state=4, tries=0, ended_at=books.at, **asked)
    books.insert("print_job", number=3, kind=3, shift_id=300, state=2, tries=1, begun_at=books.at, **asked)
    books.insert("print_job", number=4, kind=1, sale_id=500, copy=2, state=1, tries=0, **asked)


def at_a_kiosk(books):
    """A basket that was left, somebody who signed up, a member's other phone number, and a code that let them in."""
    books.insert("device", id=KIOSK, shop_id=SHOP, kind=2, name="Kiosk", key_hash=hashlib.sha256(b"kiosk").digest(), certificate_expiry=books.at,
                 created_at=books.at)
    books.insert("kiosk_number", shop_id=SHOP, business_day=DAY, last=3)
    books.insert("parked_basket", id=801, shop_id=SHOP, device_id=KIOSK, parked_at=books.at, line_count=1, first_product_id=COOKIE,
                 basket=b"\x08\x03", business_day=DAY, number=1)
    books.insert("member_ticket", id=850, shop_id=SHOP, device_id=KIOSK, business_day=DAY, number=2, made_at=books.at, name_sealed=b"x", secret="x")
    books.insert("member_ticket", id=851, shop_id=SHOP, device_id=KIOSK, business_day=DAY, number=3, made_at=books.at, member_id=MEMBER, phone_sealed=b"x")
    books.insert("member_secret", member_id=MEMBER, scheme=1, hash="x", changed_at=books.at)
    books.insert("member_code", hash=bytes(32), member_id=MEMBER, shop_id=SHOP, device_id=TILL, staff_id=STAFF, made_at=books.at,
                 expires_at=books.at + datetime.timedelta(minutes=10), used_at=books.at, used_device_id=KIOSK)


def two_at_a_till(books):
    """Each with a drawer of their own: the later is closed first, then the other, and opened again."""
    books.till_number = 3
    books.shift(330, TILL_OF_TWO, SHOP, 1, 100, own=True)
    books.staff = CHIEF
    books.shift(331, TILL_OF_TWO, SHOP, 2, 200, own=True)
    books.sale(550, TILL_OF_TWO, SHOP, 331, [(CAKE, 1000, 1000, 0, 167, 0, None)], [(1, 1000, 0)], tax=167)
    books.staff = STAFF
    books.sale(551, TILL_OF_TWO, SHOP, 330, [(CAKE, 2000, 1000, 0, 333, 0, None)], [(1, 2000, 0)], tax=333)
    books.staff = CHIEF
    books.sale(552, TILL_OF_TWO, SHOP, 331, [(GIFT, 1000, 1000, 0, 167, 0, None)], [(2, 1000, 0)], tax=167)
    books.insert("sale_keyed_price", sale_id=552, line=0, price_minor=1000)
    books.move(324, TILL_OF_TWO, SHOP, 331, 6, -700)
    books.close(331, TILL_OF_TWO, SHOP, {100: 5}, {1: (1, 1000), 2: (1, 1000)}, {("VAT20", 200000): (1666, 334)}, number=2, t_first=1,
                t_last=3, sale_count=2, sale_minor=2000, drop_minor=-700, expected_minor=500, grand_total_minor=2000, department_count=1)
    books.insert("shift_z_department", shift_id=331, product_id=GIFT, name="Gift", line_count=1, quantity_milli=1000, amount_minor=1000)
    books.close(330, TILL_OF_TWO, SHOP, {100: 21}, {1: (1, 2000)}, {("VAT20", 200000): (1667, 333)}, number=1, t_first=2,
                t_last=2, sale_count=1, sale_minor=2000, expected_minor=2100, grand_total_minor=4000, department_count=0)
    books.staff = STAFF
    books.shift(332, TILL_OF_TWO, SHOP, 3, 100, own=True)
    books.no_sale(333, TILL_OF_TWO, SHOP, 332)
    # A cookie without a receipt, for less than it costs: 250 / 6 = 41.67.
    books.sale(553, TILL_OF_TWO, SHOP, 332, [(COOKIE, -1000, 250, 0, -42, 16, None)], [(1, -250, 0)], tax=-42, reason="not fresh",
               exceptions=[(16, -1, None, None)])
    books.till_number = 1


def reviews(books):
    """One that is shown, one that was and is hidden, one that waits; and of who was erased one that is shown and one nobody has read."""
    rows = ((850, COOKIE, MEMBER, 500, 4, (1, 2)), (851, CAKE, MEMBER, 501, 3, (1, 2, 3)), (852, COOKIE, MEMBER, 501, 2, (1,)),
            (853, COOKIE, None, None, 5, (1, 2)), (854, CAKE, None, None, 1, (1, 3)))
    for review, product, member, sale, rating, states in rows:
        shown, hidden = states[-1] == 2, states[-1] == 3
        last = books.at + datetime.timedelta(minutes=len(states) - 1)
        books.insert("review", id=review, product_id=product, member_id=member, sale_id=sale, shop_id=SHOP, rating=rating, state=states[-1],
                     reason=2 if hidden else 0, text="Good" if shown and member else None, text_sealed=None if shown or not member else b"x",
                     created_at=books.at, changed_at=last, changed_by=STAFF)
        for number, state in enumerate(states):
            books.insert("review_event", review_id=review, number=number + 1, state=state, reason=2 if state == 3 else 0, shop_id=SHOP,
                         device_id=TILL, staff_id=STAFF, at=books.at + datetime.timedelta(minutes=number))


def write(connection):
    """Two tills of two shops, a member, sales with cash, card, change, points, a reward, many taxes and refunds."""
    with connection, connection.cursor() as cursor:
        cursor.execute(CATALOGUE)
        books = Ledger(cursor)
        books.insert("member_account", member_id=MEMBER, points=0, birthday_year=DAY.year)
        books.insert("points_lot", id=LOT, member_id=MEMBER, origin_day=DAY, expiry_day=DAY, remaining=0)
        books.points(MEMBER, 1, 20)
        books.merge(DUPLICATE, 7)
        # They want news no more; and somebody joined, twice, and left.
        for number, given in ((1, True), (2, False), (3, True)):
            books.insert("consent_entry", member_id=MEMBER, kind=2, number=number, given=given, text_version=1, shop_id=SHOP, device_id=TILL,
                         staff_id=STAFF, at=books.at)
        books.insert("member", id=GONE, shop_id=SHOP, created_at=books.at, updated_at=books.at)
        books.insert("member_account", member_id=GONE, points=0, erased=True)
        books.insert("member", id=GONE_TOO, shop_id=SHOP, created_at=books.at, updated_at=books.at)
        books.insert("member_account", member_id=GONE_TOO, points=0, merged_into=GONE, erased=True)
        books.insert("member_merge", from_id=GONE_TOO, into_id=GONE, shop_id=SHOP, device_id=OFFICE, staff_id=STAFF, points=5, reason="",
                     at=books.at)
        for lot, whose, points in ((414, GONE, 20), (415, GONE_TOO, 5)):
            books.insert("points_lot", id=lot, member_id=GONE, origin_day=DAY, expiry_day=DAY, remaining=0,
                         merged_from=whose if whose != GONE else 0)
            books.insert("points_entry", origin_id=whose, lot_id=lot, kind=1, member_id=whose, points=points, at=books.at)
            books.insert("points_entry", origin_id=GONE, lot_id=lot, kind=8, member_id=GONE, points=-points, at=books.at)
        for whose, points in ((GONE, 25), (GONE_TOO, 0)):
            books.insert("erasure", member_id=whose, reason=1, points=points, shop_id=SHOP, device_id=TILL, staff_id=STAFF, at=books.at)
        books.stock(SHOP, COOKIE, 700, 0, 3, 50000)
        books.stock(ABROAD, COOKIE, 701, 0, 3, 500)
        books.shift(300, TILL, SHOP, 1, 1000)
        books.sale(500, TILL, SHOP, 300, [(COOKIE, 3000, 260, 0, 130, 16, None), (CAKE, 1000, 1000, 0, 0, 2, None)],
                   [(1, 1000, 220)], tax=130, points=[(2, 78)], member=MEMBER)
        # What paid it was put right, and put right again: no card in the end.
        books.retender(830, TILL, SHOP, 300, 500, 1, (0, 1, -1, -780), 2, 780)
        books.retender(831, TILL, SHOP, 300, 500, 2, (10, 2, -1, -780), 1, 780)
        books.move(320, TILL, SHOP, 300, 4, 5000)
        books.move(321, TILL, SHOP, 300, 5, -300)
        books.move(322, TILL, SHOP, 300, 6, -4000)
        books.no_sale(323, TILL, SHOP, 300)
        books.payment(840, TILL, SHOP, 300, 2, 500)
        books.gift_payment(845, GIFT_CARD, TILL, SHOP, 300, 1, 2, 900)
        # float 1000, the sale's 780, in 5000, out 300, to the safe 4000: 2480; 20 are missing
        books.close(300, TILL, SHOP, {1000: 2, 200: 2, 20: 3}, {1: (1, 780), 2: (0, 0)}, {("VAT20", 200000): (650, 130)}, number=1, t_first=1,
                    t_last=1, sale_count=1, sale_minor=780, in_minor=5000, out_minor=-300, drop_minor=-4000, no_sale_count=1,
                    expected_minor=2480, grand_total_minor=780)
        books.insert("shift_z_received", shift_id=300, means=2, payment_count=1, amount_minor=500)
        books.insert("shift_z_gift_card", shift_id=300, kind=1, means=2, payment_count=1, amount_minor=900)
        books.shift(301, TILL, SHOP, 2, 5000)
        books.sale(501, TILL, SHOP, 301, [(COOKIE, 2000, 260, 260, 43, 16 | 4, None), (CAKE, 1500, 1000, 0, 250, 0, None)],
                   [(2, 760, 0), (1, 1000, 0)], tax=293, points=[(3, 100), (4, -100), (2, 176)], member=MEMBER, made_shift=300)
        books.sale(502, TILL, SHOP, 301, [(COOKIE, -3000, 260, 0, -130, 16, 0)], [(1, -780, 0)], tax=-130, points=[(6, -78)],
                   member=MEMBER, refund_of=500)
        # Two taxes on the rolls, one of them on the hot cake too: 600 x .05 / 1.14975 + 1000 x .05 / 1.05 = 73.71, and
        # 600 x .09975 / 1.14975 = 52.05. Six rolls are a box: no tax, and a row that says so.
        books.sale(504, TILL, SHOP, 301, [(ROLL, 5000, 120, 0, 78, 0, None), (CAKE, 1000, 1000, 0, 48, 1, None)], [(2, 1600, 0)],
                   tax=126, taxes=[("GST", 50000, 1474, 74), ("QST", 99750, 522, 52)])
        books.sale(505, TILL, SHOP, 301, [(ROLL, 4000, 120, 0, 0, 0, None), (ROLL, 2000, 120, 0, 0, 0, None)], [(2, 720, 0)],
                   taxes=[("ZERO", 0, 720, 0)])
        books.retender(832, TILL, SHOP, 301, 504, 1, (0, 2, 0, -600), 1, 600)
        # 360 x .05 / 1.14975 = 15.66, and 360 x .09975 / 1.14975 = 31.23
        books.sale(506, TILL, SHOP, 301, [(ROLL, 2000, 120, 0, 31, 0, None), (ROLL, 1000, 120, 0, 16, 0, None)], [(2, 360, 0)], tax=47,
                   taxes=[("GST", 50000, 313, 16), ("QST", 99750, 313, 31)])
        books.sale(507, TILL, SHOP, 301, [(ROLL, -2000, 120, 0, -31, 0, 0), (ROLL, -1000, 120, 0, -16, 0, 1)], [(2, -360, 0)], tax=-47,
                   refund_of=506, taxes=[("GST", 50000, -313, -16), ("QST", 99750, -313, -31)])
        # Offline: at a price, and with a tax, that its catalogue does not give; and for a member who is gone.
        books.sale(520, TILL, SHOP, 301, [(COOKIE, 1000, 250, 0, 40, 16, None)], [(1, 250, 0)], tax=40, series="X",
                   taxes=[("VAT20", 200000, 210, 40)], exceptions=[(4, -1, 250, 260), (3, 0, 250, 260)])
        books.sale(521, TILL, SHOP, 301, [(COOKIE, 1000, 260, 0, 43, 16, None)], [(1, 260, 0)], tax=43, series="X",
                   exceptions=[(5, -1, 409, 0), (13, -1, TILL, OFFICE)], brought_from=OFFICE)
        # A large latte, and a gift at a price that was keyed.
        books.sale(530, TILL, SHOP, 301, [(LATTE, 1000, 350, 0, 58, 0, None), (GIFT, 1000, 400, 0, 67, 0, None)], [(2, 750, 0)], tax=125)
        books.insert("sale_option", sale_id=530, line=0, position=0, modifier_id=95, option=2, name="Large", price_minor=50)
        books.insert("sale_keyed_price", sale_id=530, line=1, price_minor=400)
        # Two lemonades with two bottles each, and three empties, which are taxed by themselves: 500 / 6 = 83.33, 75 / 6 = 12.5.
        books.sale(531, TILL, SHOP, 301, [(LEMONADE, 2000, 200, 0, 66, 0, None), (BOTTLE, -3000, 25, 0, -13, 32, None),
                                          (BOTTLE, 4000, 25, 0, 17, 32, None)], [(2, 425, 0)], tax=70)
        books.sale(532, TILL, SHOP, 301, [(LEMONADE, -1000, 200, 0, -33, 0, 0), (BOTTLE, -2000, 25, 0, -9, 32, 2)], [(2, -250, 0)],
                   tax=-42, refund_of=531)
        for sale, line, goods_line, amount in ((531, 1, None, -75), (531, 2, 0, 100), (532, 1, 0, -50)):
            books.insert("sale_deposit", sale_id=sale, line=line, goods_line=goods_line, amount_minor=amount)
        # Somebody pays at the month's end: charged, given back, and paid in cash, out of which a little is paid back.
        books.sale(540, TILL, SHOP, 301, [(COOKIE, 1000, 260, 0, 43, 16, None)], [(1, 100, 0), (5, 160, 0)], tax=43)
        books.sale(541, TILL, SHOP, 301, [(COOKIE, -1000, 260, 0, -43, 16, 0)], [(1, -100, 0), (5, -160, 0)], tax=-43, refund_of=540)
        books.payment(861, TILL, SHOP, 301, 1, 300)
        books.payment(862, TILL, SHOP, 301, 1, -50)
        # A gift card that was issued before is topped up, pays, is lost, and what it paid comes back to the one in its place; another
        # is given back unused.
        books.gift_payment(865, GIFT_CARD, TILL, SHOP, 301, 2, 1, 100)
        books.sale(542, TILL, SHOP, 301, [(COOKIE, 1000, 260, 0, 43, 16, None)], [(6, 260, 0)], tax=43)
        books.gift_move(866, GIFT_CARD, HEIR, TILL, SHOP, 740)
        books.sale(543, TILL, SHOP, 301, [(COOKIE, -1000, 260, 0, -43, 16, 0)], [(6, -260, 0)], tax=-43, refund_of=542)
        books.gift_payment(867, UNUSED, TILL, SHOP, 301, 1, 1, 50)
        books.gift_payment(868, UNUSED, TILL, SHOP, 301, 3, 1, -50, undoes=867)
        # Another by a stored card, at nobody's till: one charge succeeded, one failed, one is under way, and a card is being added.
        books.stored_card(876, 870, UNUSED, TILL, SHOP, 300)
        books.stored_card_back(877, 873, UNUSED, TILL, SHOP, 200)
        # A tenth off a cake, by a coupon: 900 / 6 = 150.
        books.sale(544, TILL, SHOP, 301, [(CAKE, 1000, 1000, 100, 150, 0, None), (COOKIE, 1000, 260, 0, 43, 16, None)], [(2, 1160, 0)],
                   tax=193)
        books.coupon(441, 440, 544, "Tenth", {0: 100})
        reviews(books)
        # Two came from the shop before, a member with points and a cake.
        books.insert("django_import", kind=1, pk="17", object_id=MEMBER, amount=30, at=books.at)
        books.points(MEMBER, 9, 30)
        books.insert("django_import", kind=2, pk="4", object_id=CAKE, amount=1000, at=books.at)
        # They had forgotten their card: of this, and of what was given back before they asked.
        books.attach(TILL, SHOP, (544, 116))
        books.attach(TILL, SHOP, (506, 36), (507, -36))
        books.shift(310, TILL_ABROAD, ABROAD, 1, 0)
        books.sale(503, TILL_ABROAD, ABROAD, 310, [(COOKIE, 1000, 250, 0, 50, 16 | 8, None)], [(2, 300, 0)], tax=50, on_top=50, version=2,
                   exceptions=[(1, 0, None, None)])
        books.copies(500, TILL, 2)
        books.invoice(840, OFFICE, SHOP, 500, 1, 780, 130)
        books.invoice(841, TILL, SHOP, 502, 2, -780, -130, credit_of=840)
        books.invoice(842, TILL, SHOP, 521, 3, 260, 43)
        books.papers(840, TILL, 2)
        books.insert("sale_note", sale_id=500, line=0, note="cut")
        books.insert("basket_void", id=810, shop_id=SHOP, device_id=TILL, shift_id=301, staff_id=STAFF, business_day=DAY, line_count=2,
                     total_minor=760, reason="left", at=books.at)
        books.insert("basket_void_line", void_id=810, line=0, product_id=COOKIE, quantity_milli=1000, unit_price_minor=260,
                     gross_minor=260, before=False)
        books.insert("basket_void_line", void_id=810, line=1, product_id=CAKE, quantity_milli=500, unit_price_minor=1000,
                     gross_minor=500, before=True, reason="dropped")
        # A training: what is practised, and given back, and allowed by somebody.
        books.run("INSERT INTO staff (id, shop_id, role_id, name_sealed, name_blind, pin_hash, active, created_at)"
                  " VALUES (%s, %s, 50, '', decode(repeat('04', 16), 'hex'), '', true, now())", CHIEF, SHOP)
        two_at_a_till(books)
        books.training(600, TILL, SHOP)
        books.practise(601, TILL, SHOP, 600, 1, 260)
        books.practise(602, TILL, SHOP, 600, 1, -260, refund_of=601)
        books.practise(603, TILL, SHOP, 600, 1, 130, approved_by=CHIEF)
        books.insert("approval", token_hash=hashlib.sha256(b"practised").digest(), device_id=TILL, asked_by=STAFF, approved_by=CHIEF,
                     discount_ppm=500000, below_floor=False, created_at=books.at, expires_at=books.at, training_id=600,
                     practised_sale_id=603)
        books.insert("parked_basket", id=800, shop_id=SHOP, staff_id=STAFF, device_id=TILL, parked_at=books.at, line_count=1,
                     first_product_id=COOKIE, basket=b"\x08\x03")
        at_a_kiosk(books)
        at_the_printers(books)
