"""A till that sells by itself, and what it sends when the server is back."""
import time

from shop import pb


def half_up(number, by):
    return (2 * number + by) // (2 * by)


class Till:
    """A till that counts its own numbers, and prices as the prices stand when it sells."""

    def __init__(self, shop):
        self.shop, self.client, self.number = shop, shop.till(), 0
        self.device = self.client.identity.device.id
        [[self.shift]] = shop.sql(f"SELECT shift_id FROM drawer WHERE device_id = {self.device}")
        [[self.staff]] = shop.sql(f"SELECT staff_id FROM session WHERE device_id = {self.device} AND closed_at IS NULL")
        [[self.till_number]] = shop.sql(f"SELECT till_number FROM device WHERE id = {self.device}")

    def printed(self, basket, number=None, tenders=None, **more):
        """What it keeps of a sale: every line of food, taken away, 7 % of tax within."""
        self.number += number is None
        lines, total = [], 0
        for line in basket.lines:
            [[price]] = self.shop.sql(f"SELECT price_minor FROM price_version WHERE product_id = {line.product_id}"
                                      f" AND from_version <= {basket.catalogue_version} ORDER BY from_version DESC LIMIT 1")
            gross = 0 if line.voided else half_up(price * line.quantity_milli, 1000)
            lines.append(pb.PrintedLine(unit_price_minor=price, gross_minor=gross, discount_minor=0, total_minor=gross, tax_minor=0))
            total += gross
        tax = half_up(total * 7, 107)
        exact = [line.total_minor * tax / total for line in lines]
        for line, part in zip(lines, exact):
            line.tax_minor = int(part)
        by_rest = sorted(range(len(lines)), key=lambda at: (int(exact[at]) - exact[at], at))
        for at in by_rest[:tax - sum(line.tax_minor for line in lines)]:
            lines[at].tax_minor += 1
        message = pb.SaleOffline(number=self.number if number is None else number, basket=basket, lines=lines, total_minor=total, tax_minor=tax,
                                 made_us=time.time_ns() // 1000, shift_id=self.shift, staff_id=self.staff, taxes=[
                                     pb.QuotedTax(code="VAT7", rate_ppm=70000, net_minor=total - tax, tax_minor=tax)])
        message.tenders.extend(tenders or [pb.Tender(kind=pb.TENDER_CASH, amount_minor=total)])
        message.MergeFrom(pb.SaleOffline(**more))
        return message

    def book(self, message, id=None):
        return self.client.command(pb.OP_SALE_OFFLINE, message, pb.SaleOfflineBooked, id)

    def sold(self):
        return self.shop.sql(f"SELECT number FROM sale WHERE device_id = {self.device} AND series = 'X' ORDER BY number")


def exceptions(booked):
    return [(pb.SaleExceptionKind.Name(e.kind)[10:], e.line if e.HasField("line") else None) for e in booked.exceptions]


def of(shop, booked, columns):
    [row] = shop.sql(f"SELECT {columns} FROM sale WHERE id = {booked.sale_id}")
    return row
