"""A shop with a payment gateway: members with cards there, charges, and what must hold behind all of it."""
import uuid

from kiosk import let
from shop import pb
from waiting import wait_for

OVER = (pb.CHARGE_LOADED, pb.CHARGE_DECLINED, pb.CHARGE_REFUNDED, pb.CHARGE_GIVEN_UP)


def settings(shop, gateway, **more):
    """A settings file for a server of the shop, with the gateway and its secret."""
    secret = shop.directory / "gateway.key"
    secret.write_text(gateway.secret + "\n")
    secret.chmod(0o600)
    path = shop.directory / "gateway.conf"
    values = {"provider": "stripe", "url": gateway.url, "secret-file": secret, "pause-ms": 20, "patience-s": 20, "answer-ms": 700,
              "return-url": "https://example.org/back", **{key.replace("_", "-"): value for key, value in more.items()}}
    path.write_text("[gateway]\n" + "".join(f"{key} = {value}\n" for key, value in values.items()))
    return path


def new_member(till, name=None):
    return till.command(pb.OP_MEMBER_CREATE, pb.MemberCreate(member=pb.Member(name=name or f"Payer {uuid.uuid4().hex[:8]}")), pb.MemberDone).id


def finished(client, setup):
    return client.call(pb.OP_PAYMENT_METHOD_FINISH, pb.PaymentMethodFinish(setup_id=setup), pb.PaymentMethodFinished)


def page_of(client, member=None):
    """Begin adding a card; the id of it, and the gateway's page."""
    adding = client.command(pb.OP_PAYMENT_METHOD_ADD, pb.PaymentMethodAdd(member_id=member), pb.PaymentMethodAdding)
    wait_for(lambda: finished(client, adding.setup_id).state != pb.PAYMENT_SETUP_MADE, 20, "the gateway's page")
    said = finished(client, adding.setup_id)
    assert said.state == pb.PAYMENT_SETUP_OPEN, said
    return adding.setup_id, said.url


def add_card(client, gateway, member=None, **card):
    setup, url = page_of(client, member)
    token = gateway.type_card(url.rsplit("/", 1)[1], **card)
    wait_for(lambda: finished(client, setup).state == pb.PAYMENT_SETUP_DONE, 20, "the card")
    return finished(client, setup).method, token


def forgotten(shop, seconds=30):
    """All that is to be gone at the gateway is gone, and what it may still do late was looked for."""
    def hurry():
        shop.sql("UPDATE gateway_detach SET since = since - interval '1 hour', next_at = now() WHERE kind = 3 AND tries = 0 AND next_at > now()",
                 "admin")
        return shop.sql("SELECT count(*) FROM gateway_detach") == [(0,)]
    wait_for(hurry, seconds, "the gateway to have forgotten")


def new_gift_card(till, minor=1000):
    load = pb.GiftCardLoad(means=pb.ACCOUNT_CASH, amount_minor=minor)
    return let(lambda: till.command(pb.OP_GIFT_CARD_LOAD, load, pb.GiftCardLoaded), "RATE_LIMITED").card


def request(member, method, number, minor):
    return pb.GiftCardCharge(member_id=member, method_id=method, number=number, amount_minor=minor)


def charge(client, member, method, number, minor=500, command_id=None):
    message = request(member, method, number, minor)
    return client.command(pb.OP_GIFT_CARD_CHARGE, message, pb.GiftCardCharging, command_id).charge_id


def charged(client, id):
    return client.call(pb.OP_GIFT_CARD_CHARGE_SHOW, pb.GiftCardChargeShow(charge_id=id), pb.GiftCardCharged)


def over(client, id, seconds=60):
    wait_for(lambda: charged(client, id).state in OVER, seconds, "the end of the charge")
    return charged(client, id)


def balance(shop, number):
    [[minor]] = shop.sql(f"SELECT balance_minor FROM gift_card WHERE number = {number}")
    return minor


def settled(shop, seconds=60):
    """All charges are over."""
    wait_for(lambda: shop.sql("SELECT count(*) FROM gateway_charge WHERE state < 8") == [(0,)], seconds, "all charges to be over")


def tidy(shop, gateway, seconds=40):
    """Nothing is left open there, once the server has looked at what is over as well. What is being looked at just now sets its next look itself,
    behind ours: it is hastened again."""

    def hastened():
        if not gateway.open():
            return True
        for [id] in shop.sql("SELECT id FROM gateway_charge WHERE next_at > now() + interval '1 second'", "admin"):  # each by itself: no two locks at once
            shop.sql(f"UPDATE gateway_charge SET next_at = now(), tries = 0 WHERE id = {id} AND next_at IS NOT NULL", "admin")
        return False

    wait_for(hastened, seconds, "nothing that is open at the gateway")


def check_books(shop, gateway):
    """No double charge, no orphan: what is paid there and not given back is what was loaded, each once."""
    rows = shop.sql("SELECT id, state, amount_minor, reference, floor(extract(epoch FROM made_at))::bigint FROM gateway_charge", "admin")
    wanted = {f"{id}-{made}": [reference] for id, state, _, reference, made in rows if state == 8}
    assert gateway.live() == wanted
    assert {state for _, state, *_ in rows} <= {8, 9, 10, 11}
    amounts = {thing["id"]: thing["amount"] for thing in gateway.everything()}
    assert all(amounts[reference] == minor for _, state, minor, reference, _ in rows if state == 8)
    shop.check()
