"""Gift cards by requests, as a till or the office sends them."""
import uuid

from counter import basket
from shop import pb

MADE = 20  # digits of a code that the server makes


def load(till, amount=5000, means=None, command_id=None, **more):
    message = pb.GiftCardLoad(amount_minor=amount, means=pb.ACCOUNT_CASH if means is None else means, **more)
    return till.command(pb.OP_GIFT_CARD_LOAD, message, pb.GiftCardLoaded, command_id)


def shown(client, **key):
    return client.call(pb.OP_GIFT_CARD_SHOW, pb.GiftCardShow(**key), pb.GiftCardShown)


def left(client, number):
    return shown(client, number=number).card.balance_minor


def put(client, number, reason="because", **more):
    return client.command(pb.OP_GIFT_CARD_PUT, pb.GiftCardPut(number=number, reason=reason, **more), pb.GiftCardPutDone).card


def move(client, number, reason="lost", command_id=None, **more):
    message = pb.GiftCardMove(number=number, reason=reason, **more)
    return client.command(pb.OP_GIFT_CARD_MOVE, message, pb.GiftCardMoved, command_id)


def undo(client, number, entry=1, reason="changed mind", command_id=None, **more):
    message = pb.GiftCardUndo(number=number, entry=entry, reason=reason, **more)
    return client.command(pb.OP_GIFT_CARD_UNDO, message, pb.GiftCardUndone, command_id)


def pay(shop, till, goods, gift, code, cakes=1, command_id=None, cash=0, pays=None, member_id=0, **more):
    total = 900 * cakes
    message = pb.SaleRingUp(basket=basket(shop, (goods["cake"], cakes), member_id=member_id), total_minor=total)
    if cash:
        message.tenders.add(kind=pb.TENDER_CASH, amount_minor=cash)
    tender = {"tender_type_id": gift, "amount_minor": total - cash, **more}
    if code is not None:
        tender["gift_card"] = pays if pays is not None else shown(till, code=code).pays
    message.tenders.add(**tender)
    return till.command(pb.OP_SALE_RING_UP, message, pb.SaleRungUp, command_id)


def drawer(shop, till):
    return shop.sql(f"SELECT cash_minor FROM drawer WHERE device_id = {till.identity.device.id}")[0][0]


def paper(receipt):
    return [(row.left, row.right) for row in receipt.rows]


def expire(shop, number, days=1):
    """Its last day was so many days ago."""
    shop.sql(f"UPDATE gift_card SET expiry_day = current_date - {days + 1} WHERE number = {number}")


def a_code(digits=16):
    """As a shop has them printed; no payment card's number begins so."""
    return "9" + str(uuid.uuid4().int)[:digits - 1].rjust(digits - 1, "0")
