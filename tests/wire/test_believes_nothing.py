"""What a client claims that the server knows better: prices, totals, points, ids, names, times. Nothing of it is believed."""
import uuid

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from shop import Client, decode_code, pb

DAY_US = 86400 * 10**6


@pytest.fixture(scope="module")
def till(shop):
    """A till of the manager's, who may do whatever a role allows: what is refused here is refused to everybody."""
    shop.till_identity = shop.device()
    client = shop.connect(shop.till_identity, kind=pb.CLIENT_CLI)
    client.sign_in()
    client.command(pb.OP_SHIFT_OPEN, pb.ShiftOpen(float_minor=0), pb.ShiftShown)
    return client


@pytest.fixture(scope="module")
def goods(shop):
    cookies = shop.put_category("Cookies")
    shop.manager.command(
        pb.OP_PROGRAMME_PUT, pb.ProgrammePut(programme=pb.Programme(reward_category_id=cookies)), pb.CataloguePutDone
    )
    return {"cookie": shop.put_product("Cookie", 250, category_id=cookies), "roll": shop.put_product("Roll", 45)}


def sale(shop, product, total, **fields):
    basket = pb.Basket(catalogue_version=shop.version(), lines=[pb.BasketLine(product_id=product, quantity_milli=1000)])
    tenders = [pb.Tender(kind=pb.TENDER_CASH, amount_minor=total)] if total > 0 else []
    return pb.SaleRingUp(basket=basket, tenders=tenders, total_minor=total, **fields)


def ring_up(till, message):
    return till.command(pb.OP_SALE_RING_UP, message, pb.SaleRungUp)


def refusal(till, message):
    return till.refusal(pb.OP_SALE_RING_UP, message, uuid.uuid4().bytes)


def points(shop, member):
    return shop.sql(f"SELECT points FROM member_account WHERE member_id = {member}")[0][0]


def with_field(message, number, value):
    """The message, and a field that the protocol does not have."""
    assert number not in message.DESCRIPTOR.fields_by_number, f"{number} is a field of {message.DESCRIPTOR.name} by now"
    key, out = number << 3, b""
    for part in (key, value):
        while part >= 0x80:
            out, part = out + bytes([part & 0x7F | 0x80]), part >> 7
        out += bytes([part])
    return type(message).FromString(message.SerializeToString() + out)


def test_a_total_of_the_clients_own_is_refused_and_its_prices_are_no_fields(shop, till, goods):
    for total in (0, 44, 46, -45, 2**40):
        assert refusal(till, sale(shop, goods["roll"], total)) == "TOTAL_DIFFERS"
    message = sale(shop, goods["roll"], 45)
    for number in (70, 71, 150, 1000):  # unit_price, total ...: whatever they might be called, they are skipped
        message.basket.lines[0].CopyFrom(with_field(message.basket.lines[0], number, 1))
    message = with_field(message, 60, 1)
    done = ring_up(till, message)
    assert (done.totals.total_minor, done.totals.lines[0].unit_price_minor, done.totals.lines[0].discount_minor) == (45, 45, 0)


def test_a_quoted_lower_price_binds_nobody(shop, till, goods):
    """What is answered may be sent back as a request: a SaleQuoted is no Basket."""
    quoted = till.call(pb.OP_SALE_QUOTE, pb.SaleQuote(basket=sale(shop, goods["roll"], 45).basket), pb.SaleQuoted)
    quoted.total_minor = 1
    reply = till.reply(pb.OP_SALE_RING_UP, body=quoted.SerializeToString(), command_id=uuid.uuid4().bytes)
    assert reply.HasField("error") and pb.code(reply.error.code) not in ("TRY_AGAIN", "FAULT")


@pytest.mark.parametrize("quantity", [0, -1000, -1, 500, 2**63 - 1, -(2**63)])
def test_a_quantity_that_is_none_is_refused(shop, till, goods, quantity):
    message = sale(shop, goods["roll"], 45)
    message.basket.lines[0].quantity_milli = quantity
    assert refusal(till, message) == ("NOT_A_DEPOSIT" if quantity == -1000 else "BAD_QUANTITY")


@pytest.mark.parametrize("amount", [0, -1, -45, -(2**63)])
def test_money_is_not_tendered_in_amounts_below_nothing(shop, till, goods, amount):
    message = sale(shop, goods["roll"], 45)
    message.tenders.append(pb.Tender(kind=pb.TENDER_CASH, amount_minor=amount))
    assert refusal(till, message) == "BAD_TENDER"


def test_A21_points_that_a_client_sends_are_not_looked_at(shop, till, goods):
    claimed = pb.Member(id=4711, name="Rich", points=10**9, birthday_today=True,
                        lots=[pb.PointsLot(id=1, remaining=10**9, origin_day="2020-01-01", expiry_day="2099-01-01")])
    made = till.command(pb.OP_MEMBER_CREATE, pb.MemberCreate(member=claimed), pb.MemberDone)
    assert made.id != 4711 and made.points == 20 == points(shop, made.id)
    claimed.id, claimed.name = made.id, "Richer"
    till.command(pb.OP_MEMBER_UPDATE, pb.MemberUpdate(member=claimed), pb.MemberDone)
    shown = till.call(pb.OP_MEMBER_SHOW, pb.MemberShow(id=made.id), pb.MemberShown).member
    assert (shown.name, shown.points, len(shown.lots), shown.birthday_today) == ("Richer", 20, 1, False)
    message = sale(shop, goods["cookie"], 0)
    message.basket.member_id = made.id
    message.basket.rewards.add(line=0)
    assert refusal(till, message) == "POINTS_SHORT"
    message = with_field(sale(shop, goods["cookie"], 250), 30, 10**9)
    message.basket.member_id = made.id
    assert ring_up(till, message).totals.points_earned == 25
    assert points(shop, made.id) == 45


def test_a_reward_is_for_what_the_programme_says(shop, till, goods):
    member = till.command(pb.OP_MEMBER_CREATE, pb.MemberCreate(member=pb.Member(name="Saver")), pb.MemberDone).id
    earning = sale(shop, goods["cookie"], 2500)
    earning.basket.lines[0].quantity_milli = 10000
    earning.basket.member_id = member
    ring_up(till, earning)
    for line in (0, 1, 2**32 - 1):
        message = sale(shop, goods["roll"], 0)
        message.basket.member_id = member
        message.basket.rewards.add(line=line)
        assert refusal(till, message) == "REWARD_NOT_APPLICABLE"
    message = sale(shop, goods["cookie"], 0)
    message.basket.rewards.add()
    assert refusal(till, message) == "REWARD_WITHOUT_MEMBER"
    assert points(shop, member) == 270


def test_the_tills_time_is_a_claim_that_moves_nothing(shop, till, goods):
    now = till.call(pb.OP_PING, pb.Ping(), pb.Pong).now_us
    for made in (1, now - 400 * DAY_US, now + DAY_US // 2):
        done = ring_up(till, sale(shop, goods["roll"], 45, made_us=made))
        assert abs(done.committed_us - now) < 3600 * 10**6, "the server's clock"
    assert refusal(till, sale(shop, goods["roll"], 45, made_us=now + 3 * DAY_US)) == "BAD_CLAIM"
    assert refusal(till, sale(shop, goods["roll"], 45, made_us=2**63)) == "BAD_CLAIM"


def test_a_device_is_who_its_key_says_whatever_its_request_is_called(shop):
    """The subject of a certificate request is anybody's to choose."""
    known = shop.device()
    code = shop.manager.command(
        pb.OP_DEVICE_INVITE, pb.DeviceInvite(kind=pb.CLIENT_KIOSK, name="claims to be a till"), pb.DeviceInvited
    ).code
    key = ec.generate_private_key(ec.SECP256R1())
    names = [x509.NameAttribute(NameOID.COMMON_NAME, str(known.device.id)),
             x509.NameAttribute(NameOID.ORGANIZATIONAL_UNIT_NAME, "admin")]
    request = (
        x509.CertificateSigningRequestBuilder()
        .subject_name(x509.Name(names))
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
        .public_bytes(serialization.Encoding.DER)
    )
    with Client(shop.port, ca=known.ca_path, server_name="localhost", kind=pb.CLIENT_KIOSK) as stranger:
        enrolled = stranger.command(
            pb.OP_ENROL, pb.Enrol(secret=decode_code(code)[1], certificate_request=request), pb.Enrolled
        )
    assert enrolled.device.id != known.device.id and enrolled.device.kind == pb.CLIENT_KIOSK
    certificate = x509.load_der_x509_certificate(enrolled.certificate)
    assert not any(name.value in (str(known.device.id), "admin") for name in certificate.subject)
    assert not any(isinstance(each.value, x509.BasicConstraints) and each.value.ca for each in certificate.extensions)


def test_a_device_is_no_other_kind_of_client_than_it_was_enrolled_as(shop):
    kinds = (pb.CLIENT_COUNTER, pb.CLIENT_KIOSK, pb.CLIENT_ADMIN)
    for enrolled in kinds:
        identity = shop.device(enrolled)
        for said in (*kinds, pb.CLIENT_CLI, 0, 99):
            with Client(shop.port, identity, hello=False) as client:
                reply = client.reply(pb.OP_HELLO, body=pb.Hello(protocol=1).SerializeToString() + b"\x10" + bytes([said]))
            allowed = said == enrolled or (said == pb.CLIENT_CLI and enrolled != pb.CLIENT_KIOSK)
            assert reply.HasField("body") == allowed, (enrolled, said)


def test_currency_and_rights_are_not_set_beside_the_door(shop, till, goods):
    ring_up(till, sale(shop, goods["roll"], 45))
    for shop_fields in ({"currency": "USD"}, {"currency_exponent": 0}):
        put = pb.ShopPut(shop=pb.Shop(**shop_fields))
        assert shop.manager.refusal(pb.OP_SHOP_PUT, put, uuid.uuid4().bytes) == "BAD_CURRENCY"
    with shop.connect(shop.till_identity) as client:
        client.sign_in("Ben")
        me = client.session.staff.id
        for fields in ({"role_id": shop.role("manager")}, {"active": True}, {"name": "Boss"}, {"badge": "B-1234"}):
            put = pb.StaffPut(id=me, pin="7359", current_pin="8261", **fields)
            assert client.refusal(pb.OP_STAFF_PUT, put, uuid.uuid4().bytes) == "PERMISSION_DENIED"


def test_all_invariants_hold_after_it(shop):
    shop.check()
