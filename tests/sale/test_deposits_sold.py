"""Deposits and charges: put by a manager, added by the server, shown by a till that knows them, taken back, given back, summed up."""
import subprocess
import sys

import pytest
import training as practice
from cli import console
from counter import basket, check_books, check_receipts, check_strands, member, refund, refused, ring_up, seed
from shop import PIN, TOP, pb

LEAD_PIN = "5739"


@pytest.fixture(scope="module")
def goods(shop):
    made = seed(shop)
    tax = shop.sql(f"SELECT tax_class_id FROM product_version WHERE product_id = {made['roll']}")[0][0]

    def put(name, price, **fields):
        return shop.put_product(name, price, tax_class_id=tax, sku=name.lower(), **fields)

    made["tax"] = tax
    made["bottle"] = put("Bottle", 25, deposit_kind=pb.DEPOSIT_GOOD, plu=900)
    made["plate"] = put("Cake plate", 500, deposit_kind=pb.DEPOSIT_GOOD)
    made["bag"] = put("Bag", 20, deposit_kind=pb.DEPOSIT_CHARGE)
    made["lemonade"] = put("Lemonade", 200, deposit_product_id=made["bottle"])
    made["six"] = put("Six lemonades", 1000, deposit_product_id=made["bottle"], deposit_count=6)
    made["tart"] = put("Tart", 2000, deposit_product_id=made["plate"])
    return made


@pytest.fixture(scope="module")
def till(shop, goods):
    shop.staff("Lena", "shift_lead", LEAD_PIN)
    return shop.till()


@pytest.fixture(scope="module")
def cli(shop, goods):
    return console(shop)


@pytest.fixture(scope="module", autouse=True)
def the_books_balance(shop, goods):
    yield
    check_books(shop)
    check_receipts(shop)
    check_strands(shop)


def quote(till, made, approval=b""):
    return till.call(pb.OP_SALE_QUOTE, pb.SaleQuote(basket=made, approval=approval), pb.SaleQuoted)


def sell(till, made, total, *tenders, approval=b""):
    """With the tenders that are named alone: nobody pays for what is paid out."""
    message = pb.SaleRingUp(basket=made, total_minor=total, tenders=tenders, approval=approval)
    return till.command(pb.OP_SALE_RING_UP, message, pb.SaleRungUp)


def give_back(till, receipt_number, *lines):
    till.sign_in("Lena", LEAD_PIN)
    try:
        return refund(till, receipt_number, *lines)
    finally:
        till.sign_in("Ben", PIN)


def drawer(shop, till):
    return shop.sql(f"SELECT cash_minor FROM drawer WHERE device_id = {till.identity.device.id}")[0][0]


def paper(receipt):
    return [(row.left, row.right) for row in receipt.rows]


def rows_of(sale):
    return [(l.product_id, l.quantity_milli, l.total_minor, l.deposit_of if l.HasField("deposit_of") else None)
            for l in sale.totals.lines]


def kept(shop, sale):
    return shop.sql(f"SELECT line, goods_line, amount_minor FROM sale_deposit WHERE sale_id = {sale.sale_id} ORDER BY line")


def layout(shop, sale):
    [[data]] = shop.sql("SELECT j.bytes FROM journal AS j JOIN sale AS s ON s.device_id = j.device_id AND s.number = j.number"
                        f" AND j.kind = s.series WHERE s.id = {sale.sale_id}")
    return bytes(data)[0]


def test_a_deposit_goes_with_its_goods(shop, till, goods):
    made = basket(shop, (goods["lemonade"], 2), (goods["roll"], 1), (goods["six"], 1), (goods["bag"], 1))
    total = 400 + 45 + 1000 + 20 + 50 + 150
    quoted = quote(till, made)
    assert quoted.total_minor == total and quoted.deposit_minor == 220 and quoted.points_earned == 0
    sale = ring_up(till, made, total)
    assert rows_of(sale)[4:] == [(goods["bottle"], 2000, 50, 0), (goods["bottle"], 6000, 150, 2)]
    assert [(l.deposit, l.charge) for l in sale.totals.lines[3:]] == [(False, True), (True, False), (True, False)]
    printed = paper(sale.receipt)
    at = printed.index(("Lemonade", "4.00"))
    assert printed[at:at + 7] == [("Lemonade", "4.00"), ("  2 x 2.00", ""), ("  + 2 Deposit Bottle", "0.50"), ("roll", "0.45"),
                                  ("Six lemonades", "10.00"), ("  + 6 Deposit Bottle", "1.50"), ("Bag", "0.20")]
    assert kept(shop, sale) == [(3, None, 20), (4, 0, 50), (5, 2, 150)] and layout(shop, sale) == 5


def test_a_till_that_does_not_know_them_is_told(shop, till, goods):
    made = basket(shop, (goods["lemonade"], 1))
    assert refused(ring_up, till, made, 200) == "DEPOSIT_NOT_SHOWN"
    assert refused(ring_up, till, made, 210) == "TOTAL_DIFFERS"
    made.lines.add(product_id=goods["bottle"], quantity_milli=1000, deposit_of=0)
    assert refused(ring_up, till, made, 225) == "BAD_DEPOSIT"
    made.lines[1].ClearField("deposit_of")
    assert quote(till, made).total_minor == 250  # a bottle by itself, and the lemonade's


def test_a_voided_line_has_none(shop, till, goods):
    made = basket(shop, (goods["lemonade"], 1), (goods["roll"], 1))
    made.lines[0].voided = True
    sale = ring_up(till, made, 45)
    assert kept(shop, sale) == [] and layout(shop, sale) == 3


def test_a_sale_without_any_writes_nothing_of_it(shop, till, goods):
    before = shop.sql("SELECT count(*) FROM sale_deposit")
    sale = ring_up(till, basket(shop, (goods["roll"], 3)), 135)
    assert shop.sql("SELECT count(*) FROM sale_deposit") == before and layout(shop, sale) == 3
    assert not sale.totals.deposit_minor


def test_empties_alone_are_paid_out_of_the_drawer(shop, till, goods):
    before, made = drawer(shop, till), basket(shop, (goods["bottle"], -5))
    assert quote(till, made).total_minor == -125
    card = pb.Tender(kind=pb.TENDER_CARD, amount_minor=-125, reference="A1")
    assert refused(sell, till, made, -125, card) in ("BAD_TENDER", "OVERPAID")
    assert refused(sell, till, made, -125, pb.Tender(kind=pb.TENDER_CASH, amount_minor=125)) == "OVERPAID"
    sale = sell(till, made, -125)
    assert sale.cash_minor == -125 and drawer(shop, till) == before - 125
    assert ("Deposit back, Bottle", "-1.25") in paper(sale.receipt) and ("  -0.25 x 5", "") in paper(sale.receipt)
    assert kept(shop, sale) == [(0, None, -125)]
    assert shop.sql(f"SELECT kind, amount_minor FROM tender WHERE sale_id = {sale.sale_id}") == [(1, -125)]
    assert refused(give_back, till, sale.receipt_number) == "DEPOSIT_NOT_REFUNDED"


def test_empties_pay_for_bread(shop, till, goods):
    before = drawer(shop, till)
    made = basket(shop, (goods["cake"], 1), (goods["bottle"], -5))
    sale = ring_up(till, made, 775)
    assert drawer(shop, till) == before + 775
    assert refused(give_back, till, sale.receipt_number, (1, 1000)) == "DEPOSIT_NOT_REFUNDED"
    assert give_back(till, sale.receipt_number).totals.total_minor == -900  # what was bought, whole
    assert refused(quote, till, basket(shop, (goods["cake"], -1))) == "NOT_A_DEPOSIT"
    assert refused(quote, till, basket(shop, (goods["bag"], -1))) == "NOT_A_DEPOSIT"
    half = basket(shop, (goods["bottle"], -1))
    half.lines[0].quantity_milli = -1500
    assert refused(quote, till, half) == "BAD_QUANTITY"


def test_no_discount_and_no_points_on_a_deposit(shop, till, goods):
    made = basket(shop, (goods["lemonade"], 10))
    made.discount.CopyFrom(pb.Discount(rate_ppm=50000, reason="friend"))
    quoted = quote(till, made)
    assert quoted.total_minor == 1900 + 250
    made = basket(shop, (goods["bottle"], 1))
    made.lines[0].discount.CopyFrom(pb.Discount(rate_ppm=50000, reason="friend"))
    assert refused(quote, till, made) == "BAD_DISCOUNT"
    who = member(shop, 9001)
    assert quote(till, basket(shop, (goods["roll"], 20), (goods["plate"], 3), member_id=who)).points_earned == 90
    assert quote(till, basket(shop, (goods["roll"], 20), (goods["tart"], 1), (goods["bottle"], -5), member_id=who)).points_earned == 290


def test_B14_a_deposit_earns_no_coupon_and_costs_none(shop, till, goods):
    terms = pb.CouponCampaign(name="From ten on", gift=pb.COUPON_RATE_OFF, value=100000, receipt_minor=1000)
    campaign = shop.manager.command(pb.OP_COUPON_CAMPAIGN_PUT, pb.CouponCampaignPut(campaign=terms), pb.CouponCampaignPutDone).campaign

    def earned(total, *lines):
        sale = ring_up(till, basket(shop, *lines), total)
        coupons = till.command(pb.OP_COUPON_EARN, pb.CouponEarn(receipt_number=sale.receipt_number), pb.CouponEarned).coupons
        assert sale.coupon_due == bool(coupons)
        return [coupon.campaign.id for coupon in coupons]

    try:
        assert earned(4 * 225 + 10 * 20, (goods["lemonade"], 4), (goods["bag"], 10)) == []  # 8.00 of goods, 11.00 in all
        assert earned(1150, (goods["six"], 1)) == [campaign.id]
        assert earned(1150 - 250, (goods["six"], 1), (goods["bottle"], -10)) == [campaign.id]  # 10.00 of goods, 9.00 paid
        assert earned(1000, (goods["bottle"], 40)) == []
        assert shop.sql("SELECT DISTINCT goods_minor FROM coupon WHERE sale_id IS NOT NULL") == [(1000,)]
    finally:
        stopped = pb.CouponCampaign(id=campaign.id, active=False)
        shop.manager.command(pb.OP_COUPON_CAMPAIGN_PUT, pb.CouponCampaignPut(campaign=stopped), pb.CouponCampaignPutDone)


def test_a_part_given_back_has_its_deposit(shop, till, goods):
    sale = ring_up(till, basket(shop, (goods["six"], 2), (goods["roll"], 1)), 2000 + 300 + 45)
    part = give_back(till, sale.receipt_number, (0, 1000))
    assert part.totals.total_minor == -(1000 + 150)
    assert kept(shop, part) == [(1, 0, -150)]
    assert give_back(till, sale.receipt_number, (2, 4000)).totals.total_minor == -100  # empties, on their receipt
    assert give_back(till, sale.receipt_number).totals.total_minor == -(1000 + 45 + 50)  # what is left of them
    assert refused(give_back, till, sale.receipt_number, (2, 1000)) == "ALREADY_REFUNDED"


def test_a_refund_says_that_the_empties_of_its_sale_stay(shop, till, goods):
    """More comes back than was paid: its paper says why, and every copy of it."""
    sale = ring_up(till, basket(shop, (goods["lemonade"], 1), (goods["bottle"], -3)), 150)
    back = give_back(till, sale.receipt_number)
    assert back.totals.total_minor == -225
    row = ("Empties that came with the sale stay: they had paid a part of it.", "")
    shown = till.call(pb.OP_SALE_SHOW, pb.SaleShow(receipt_number=back.receipt_number), pb.SaleShown).sale.receipt
    copy = till.command(pb.OP_RECEIPT_PRINT, pb.ReceiptPrint(receipt_number=back.receipt_number), pb.ReceiptPrinted).receipt
    assert all(row in paper(each) for each in (back.receipt, shown, copy)) and row not in paper(sale.receipt)
    other = give_back(till, ring_up(till, basket(shop, (goods["lemonade"], 1)), 225).receipt_number)
    assert row not in paper(other.receipt)


def test_beyond_the_shops_bound_another_person_is_asked(shop, till, goods):
    [[shop_id]] = shop.sql("SELECT id FROM shop LIMIT 1")
    shop.manager.command(pb.OP_SHOP_PUT, pb.ShopPut(shop=pb.Shop(id=shop_id, deposit_back_minor=1000)), pb.CataloguePutDone)
    try:
        assert sell(till, basket(shop, (goods["bottle"], -40)), -1000).cash_minor == -1000
        made = basket(shop, (goods["bottle"], -41))
        assert refused(quote, till, made) == refused(sell, till, made, -1025) == "APPROVAL_NEEDED"
        opened = till.call(pb.OP_APPROVAL_OPEN, pb.ApprovalOpen(name="Lena", pin=LEAD_PIN, deposit_back=True), pb.ApprovalOpened)
        sale = sell(till, made, -1025, approval=opened.token)
        assert sale.approved_by == opened.approved_by
        till.sign_in("Lena", LEAD_PIN)
        assert sell(till, made, -1025).cash_minor == -1025  # may give money back herself
        till.sign_in("Ben", PIN)
    finally:
        shop.manager.command(pb.OP_SHOP_PUT, pb.ShopPut(shop=pb.Shop(id=shop_id, deposit_back_minor=0)), pb.CataloguePutDone)


def test_they_wait_with_their_basket(shop, till, goods):
    made = basket(shop, (goods["lemonade"], 1), (goods["bottle"], -3))
    waits = till.command(pb.OP_BASKET_PARK, pb.BasketPark(basket=made), pb.BasketParkDone).parked_id
    assert till.command(pb.OP_BASKET_RESUME, pb.BasketResume(parked_id=waits), pb.BasketResumed).basket == made
    assert quote(till, made).total_minor == 200 + 25 - 75
    left = till.command(pb.OP_BASKET_VOID, pb.BasketVoid(basket=made, reason="left"), pb.BasketVoided)
    assert left.total_minor == 125
    alone = basket(shop, (goods["bottle"], -3))
    assert till.command(pb.OP_BASKET_VOID, pb.BasketVoid(basket=alone, reason="kept them"), pb.BasketVoided).total_minor == -75


def test_a_shift_has_its_own_totals_of_them(shop, goods):
    with shop.till() as till:
        sale = ring_up(till, basket(shop, (goods["lemonade"], 4), (goods["bag"], 2)), 800 + 100 + 40)
        sell(till, basket(shop, (goods["bottle"], -7)), -175)
        ring_up(till, basket(shop, (goods["tart"], 1), (goods["bottle"], -1)), 2000 + 500 - 25)
        till.sign_in("Lena", LEAD_PIN)
        refund(till, sale.receipt_number, (0, 1000))
        x = till.call(pb.OP_SHIFT_REPORT, pb.ShiftReport(), pb.ShiftReported)
        assert x.deposits == pb.ShiftDeposits(out_milli=5000, out_minor=600, back_milli=-8000, back_minor=-200, refund_milli=-1000,
                                              refund_minor=-25, charge_milli=2000, charge_minor=40)
        assert {d.name: (d.out_milli, d.out_minor, d.back_minor, d.refund_minor) for d in x.deposit_goods} == {
            "Bag": (2000, 40, 0, 0), "Bottle": (4000, 100, -200, -25), "Cake plate": (1000, 500, 0, 0)}
        wanted = [("Deposits charged (5)", "6.00"), ("Deposits taken back (8)", "-2.00"), ("Deposits refunded (1)", "-0.25")]
        assert [row for row in paper(x.receipt) if row[0].startswith("Deposits")] == wanted
        z = till.command(pb.OP_SHIFT_CLOSE, pb.ShiftClose(counted_minor=x.expected_minor), pb.ShiftReported)
        again = till.call(pb.OP_SHIFT_Z_SHOW, pb.ShiftZShow(), pb.ShiftReported)
        assert z.deposits == again.deposits == x.deposits and list(z.deposit_goods) == list(again.deposit_goods)
        assert paper(z.receipt) == paper(again.receipt)
        assert sum(t.net_minor + t.tax_minor for t in z.taxes) == z.sale_minor + z.refund_minor


def test_a_practised_report_has_them_as_a_real_one_has(shop, goods, till):
    """The same day twice, in training first: what stands on X and Z of deposits is the same."""
    reports = []
    for practised in (True, False):
        client = shop.till("Lena", pin=LEAD_PIN, float_minor=None)
        if practised:
            practice.begin(client)
        practice.open_shift(client, training=practised)
        sale = practice.sell(client, basket(shop, (goods["six"], 1), (goods["tart"], 1), (goods["bag"], 2)), 1000 + 150 + 2000 + 500 + 40,
                             training=practised)
        made = basket(shop, (goods["roll"], 1))
        made.lines.add(product_id=goods["bottle"], quantity_milli=-4000)
        message = pb.SaleRingUp(basket=made, total_minor=-55, training=practised)
        client.command(pb.OP_SALE_RING_UP, message, pb.SaleRungUp)
        practice.refund(client, sale.receipt_number, (1, 1000), training=practised)
        x = client.call(pb.OP_SHIFT_REPORT, pb.ShiftReport(), pb.ShiftReported)
        z = client.command(pb.OP_SHIFT_CLOSE, pb.ShiftClose(counted_minor=x.expected_minor, training=practised), pb.ShiftReported)
        assert ("Deposits taken back (4)", "-1.00") in paper(x.receipt) and ("Charges (2)", "0.40") in paper(z.receipt)
        reports.append([(r.deposits, list(r.deposit_goods)) for r in (x, z)])
        client.close()
    assert reports[0] == reports[1]
    assert reports[0][0][0].refund_milli == -1000 and len(reports[0][0][1]) == 3


def test_printed_offline_they_are_booked_as_printed(shop, goods):
    with shop.till() as till:
        device = till.identity.device.id
        [[shift]] = shop.sql(f"SELECT shift_id FROM drawer WHERE device_id = {device}")
        [[staff]] = shop.sql(f"SELECT staff_id FROM session WHERE device_id = {device} AND closed_at IS NULL")

        def book(number, *printed):
            """printed: (product, pieces, unit, the line whose deposit it is)."""
            made, lines, total, taxes = basket(shop), [], 0, [0, 0]
            for product, pieces, unit, of in printed:
                line = made.lines.add(product_id=goods[product], quantity_milli=1000 * pieces)
                if of is not None:
                    line.deposit_of = of
                gross = unit * pieces
                lines.append(pb.PrintedLine(unit_price_minor=unit, gross_minor=gross, discount_minor=0, total_minor=gross, tax_minor=0))
                total += gross
            tax = (2 * abs(total) * 7 + 107) // 214 * (1 if total > 0 else -1)
            lines[0].tax_minor = tax
            if len(lines) == 2:
                lines[1].tax_minor = (2 * lines[1].total_minor * 7 + 107) // 214
                lines[0].tax_minor = tax - lines[1].tax_minor
            message = pb.SaleOffline(
                number=number, basket=made, total_minor=total, tax_minor=tax, shift_id=shift, staff_id=staff, lines=lines,
                taxes=[pb.QuotedTax(code="VAT7", rate_ppm=70000, net_minor=total - tax, tax_minor=tax)],
                tenders=[pb.Tender(kind=pb.TENDER_CASH, amount_minor=total)] if total > 0 else [])
            booked = till.command(pb.OP_SALE_OFFLINE, message, pb.SaleOfflineBooked)
            return booked, [(e.kind, e.said, e.found) for e in booked.exceptions]

        booked, exceptions = book(1, ("lemonade", 1, 200, None), ("bottle", 1, 25, 0))
        assert exceptions == [] and kept(shop, booked) == [(1, 0, 25)] and layout(shop, booked) == 5
        booked, exceptions = book(2, ("bottle", -4, 25, None))
        assert exceptions == [] and kept(shop, booked) == [(0, None, -100)]
        assert book(3, ("lemonade", 1, 200, None))[1][0][0] == pb.EXCEPTION_DEPOSIT  # by a till that did not know of them
        assert drawer(shop, till) == 10000 + 225 - 100 + 200


def test_one_that_could_not_be_charged_is_refused(shop, goods):
    for fields in ({"id": goods["roll"], "deposit_product_id": goods["cake"]}, {"id": goods["roll"], "deposit_product_id": 4711},
                   {"id": goods["roll"], "deposit_product_id": goods["bottle"], "deposit_count": 101},
                   {"id": goods["bottle"], "deposit_product_id": goods["bag"]}, {"id": goods["bottle"], "unit": pb.UNIT_KILOGRAM}):
        assert refused(shop.put, fields) in ("BAD_DEPOSIT", "UNKNOWN_PRODUCT"), fields
    before = shop.version()
    shop.put({"id": goods["lemonade"], "deposit_product_id": goods["bottle"]})
    assert shop.version() == before


def test_the_command_line_puts_and_sells_them(shop, goods, cli):
    cli.run("product", "put", "--sku", "crate", "--name", "Crate", "--price", "1.50", "--tax-class", "food", "--deposit-kind", "good")
    cli.run("product", "put", "--sku", "cake", "--deposit-product", "crate", "--deposit-count", "2")
    [shown] = cli.rows("product", "show", "--sku", "cake")
    [crate] = cli.rows("product", "show", "--sku", "crate")
    assert shown["product"]["deposit_product_id"] == crate["product"]["id"] and shown["product"]["deposit_count"] == 2
    path = f"{shop.directory}/goods.csv"
    with open(path, "w", encoding="utf-8") as file:
        file.write("sku,deposit_product,deposit_count\ncake,,\nroll,crate,3\n")
    cli.run("product", "import", path)
    [cake], [roll] = cli.rows("product", "show", "--sku", "cake"), cli.rows("product", "show", "--sku", "roll")
    assert cake["product"]["deposit_count"] == 2 and roll["product"]["deposit_count"] == 3  # an empty value leaves it as it is
    for sku in ("cake", "roll"):
        cli.run("product", "put", "--sku", sku, "--deposit-product", "none")
        [shown] = cli.rows("product", "show", "--sku", sku)
        assert not shown["product"].get("deposit_product_id")


def test_the_exported_journal_has_them_and_is_verified(cli, till, tmp_path):
    export = tmp_path / "journal"
    export.write_text(cli.run("journal", "export").stdout)
    entries = [bytes.fromhex(line.split()[5]) for line in export.read_text().splitlines() if line.startswith("entry ")]
    assert any(entry[:2] == b"\x05T" for entry in entries) and any(entry[:2] == b"\x05X" for entry in entries)
    done = subprocess.run([sys.executable, TOP / "deploy" / "verify-journal", export], capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr
