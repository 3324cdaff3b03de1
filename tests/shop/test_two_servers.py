"""Two server processes on one database: what is changed through one is known by the other, and by the tills it serves."""
import contextlib
import time
import uuid

import pytest
from shop import PIN, Refused, pb, wait_for


@pytest.fixture(scope="module")
def two(shop):
    """The shop's own server, and one more."""
    shop.start()
    return shop


def follow(shop, port, identity):
    client = shop.connect(identity, port=port)
    client.sign_in()
    client.call(pb.OP_CATALOGUE_FOLLOW, pb.CatalogueFollow(), pb.CatalogueFollowed)
    return client


def price_heard(client, product, price, seconds=10):
    """How long until a push says so."""
    began = time.monotonic()
    while True:
        push = client.read_push(pb.TOPIC_CATALOGUE, seconds)
        for changed in pb.CatalogueDelta.FromString(push.body).products:
            if changed.id == product and changed.price_minor == price:
                return time.monotonic() - began


def price_shown(client, product):
    """None while its server has not heard of it."""
    try:
        return client.call(pb.OP_PRODUCT_SHOW, pb.ProductShow(id=product), pb.ProductShown).product.price_minor
    except Refused as refused:
        assert refused.code == "UNKNOWN_PRODUCT"
        return None


@pytest.fixture(scope="module")
def tills(two):
    """A till on each server, following."""
    with contextlib.ExitStack() as stack:
        yield [stack.enter_context(follow(two, server.port, two.device())) for server in two.servers[:2]]


def test_A5_a_price_changed_through_one_server_is_on_the_others_till_within_a_second(two, tills):
    product = two.put_product("Croissant", 180, sku="croissant")
    for price in 190, 200, 210:
        two.put_product("Croissant", price, sku="croissant")
        assert [price_heard(till, product, price) < 1.0 for till in tills] == [True, True]


def test_a_shown_product_is_the_same_on_both(two, tills):
    product = two.put_product("Bun", 45, sku="bun", plu=45)
    for till in tills:
        wait_for(lambda: price_shown(till, product) == 45, 5, "the price on both servers")


def test_what_is_changed_while_nobody_listens_is_read_when_they_listen_again(two, tills):
    product = two.put_product("Pretzel", 100, sku="pretzel")
    for price in range(101, 106):
        ended = two.sql("SELECT count(pg_terminate_backend(pid, 5000)) FROM pg_stat_activity WHERE application_name = 'caroline listener'",
                        role="admin")
        assert ended[0][0] >= 1
        two.put_product("Pretzel", price, sku="pretzel")
        for till in tills:
            price_heard(till, product, price)


def test_a_till_may_go_on_at_the_other_server_with_the_version_it_has(two, tills):
    product = two.put_product("Roll", 30, sku="roll")
    for till in tills:
        price_heard(till, product, 30)
    identity = two.device()
    version = 0
    for server, price in zip(two.servers[:2], (31, 32)):
        with two.connect(identity, port=server.port) as client:
            client.sign_in()
            followed = client.call(pb.OP_CATALOGUE_FOLLOW, pb.CatalogueFollow(version=version), pb.CatalogueFollowed)
            assert followed.snapshot == (version == 0)
            two.put_product("Roll", price, sku="roll")
            price_heard(client, product, price)
            version = client.call(pb.OP_PRODUCT_SHOW, pb.ProductShow(id=product), pb.ProductShown).catalogue_version


# ---- right behind a change ----

CHANGES = 15


def received(there, product):
    message = pb.StockReceive(moves=[pb.StockMove(product_id=product, quantity_milli=1000)], reason="delivery")
    return there.command(pb.OP_STOCK_RECEIVE, message, pb.StockShown).on_hand[0].product_id


def shown(there, product):
    return there.call(pb.OP_PRODUCT_SHOW, pb.ProductShow(id=product), pb.ProductShown).product.id


def counted(there, product):
    return there.call(pb.OP_STOCK_SHOW, pb.StockShow(product_ids=[product]), pb.StockShown).on_hand[0].product_id


def hired(there, role):
    person = there.command(pb.OP_STAFF_PUT, pb.StaffPut(name=f"Of role {role}", role_id=role, pin=PIN, active=True), pb.StaffPutDone).id
    listed = there.call(pb.OP_STAFF_LIST, pb.StaffList(after_id=person - 1), pb.StaffListed).staff
    return listed[0].role_id


def campaigned(there, category):
    campaign = pb.CouponCampaign(name=f"Of category {category}", gift=pb.COUPON_FREE_PIECES, value=1, category_id=category)
    return there.command(pb.OP_COUPON_CAMPAIGN_PUT, pb.CouponCampaignPut(campaign=campaign), pb.CouponCampaignPutDone).campaign.category_id


def new_product(two, name):
    return two.put_product(name, 100)


def new_role(two, name):
    return two.manager.command(pb.OP_ROLE_PUT, pb.RolePut(role=pb.Role(name=name, permissions=["sell"])), pb.RolePutDone).id


def new_category(two, name):
    return two.put_category(name)


BEHIND = [(new_product, received), (new_product, shown), (new_product, counted), (new_role, hired), (new_category, campaigned)]


@pytest.fixture(scope="module")
def there(two):
    """The manager's office at the other server."""
    with two.connect(two.device(pb.CLIENT_ADMIN), port=two.servers[1].port) as client:
        client.sign_in()
        yield client


@pytest.mark.parametrize("change, ask", BEHIND, ids=[ask.__name__ for _, ask in BEHIND])
def test_A5_what_one_server_has_answered_the_other_knows_at_once(two, there, change, ask):
    """However often, and though the refusal of a command would be kept."""
    for number in range(CHANGES):
        made = change(two, f"{ask.__name__} {number}")
        assert ask(there, made) == made


def test_A5_and_where_no_word_of_it_arrives(two, there):
    with nobody_listens(two):
        for change, ask in BEHIND:
            made = change(two, f"{ask.__name__} unheard")
            assert ask(there, made) == made


def test_a_command_upon_what_there_is_not_is_refused_for_ever_and_at_once(two, there):
    message, id = pb.StockReceive(moves=[pb.StockMove(product_id=2**52, quantity_milli=1000)], reason="delivery"), uuid.uuid4().bytes
    began = time.monotonic()
    for _ in range(2):
        assert there.refusal(pb.OP_STOCK_RECEIVE, message, id) == "UNKNOWN_PRODUCT"
        assert there.refusal(pb.OP_PRODUCT_SHOW, pb.ProductShow(id=2**52)) == "UNKNOWN_PRODUCT"
    assert time.monotonic() - began < 4, "nobody waits for what is not to come"


@contextlib.contextmanager
def nobody_listens(two):
    """Both listening connections are gone and cannot come back; the others stay. What is told meanwhile is lost."""
    listeners = "FROM pg_stat_activity WHERE application_name = 'caroline listener'"
    wait_for(lambda: two.sql(f"SELECT count(*) {listeners}", role="admin") == [(2,)], 30, "both listeners")
    two.sql("ALTER ROLE caroline_app CONNECTION LIMIT 1", role="admin")
    try:
        assert two.sql(f"SELECT count(pg_terminate_backend(pid, 5000)) {listeners}", role="admin") == [(2,)]
        yield
        assert two.sql(f"SELECT count(*) {listeners}", role="admin") == [(0,)]
    finally:
        two.sql("ALTER ROLE caroline_app CONNECTION LIMIT -1", role="admin")


def is_cut(client, seconds):
    client.sock.settimeout(seconds)
    while (frame := client.read_frame()) is not None:
        assert frame.HasField("push")
    return True


def is_signed_in(client):
    reply = client.reply(pb.OP_SHIFT_SHOW, pb.ShiftShow())
    assert not reply.HasField("error") or pb.code(reply.error.code) == "SIGN_IN_FIRST"
    return not reply.HasField("error")


def test_who_was_ended_while_nobody_listened_is_gone_soon_after(two):
    names = "Dora", "Emil", "Fay"
    staff = {name: two.staff(name) for name in names}
    stolen = two.device()
    with contextlib.ExitStack() as stack:
        lost, *tills = [stack.enter_context(two.connect(identity, port=two.servers[1].port))
                        for identity in (stolen, two.device(), two.device(), two.device())]
        for till, name in zip(tills, names):
            till.sign_in(name)
        dora, emil, fay = tills
        lost.sign_in()
        with nobody_listens(two):
            two.manager.command(pb.OP_DEVICE_REVOKE, pb.DeviceRevoke(device_id=stolen.device.id, reason="stolen"), pb.DeviceRevoked)
            two.manager.command(pb.OP_STAFF_PUT, pb.StaffPut(id=staff["Dora"], active=False), pb.StaffPutDone)
            two.manager.command(pb.OP_STAFF_PUT, pb.StaffPut(id=staff["Fay"], role_id=two.role("manager")), pb.StaffPutDone)
            assert [is_signed_in(till) for till in tills] == [True, True, True]
        began = time.monotonic()
        assert is_cut(lost, 5)
        for till in dora, fay:
            till.read_push(pb.TOPIC_SESSION, 5)
            assert not is_signed_in(till)
        assert time.monotonic() - began < 5
        assert is_signed_in(emil)


@contextlib.contextmanager
def one_session_on_both(two):
    """A person signed in on a till that is connected to each of the servers, by one token."""
    identity = two.device()
    one, other = (two.connect(identity, port=server.port) for server in two.servers[:2])
    with one, other:
        token = one.sign_in("Ben").token
        other.call(pb.OP_SESSION_RESUME, pb.SessionResume(token=token), pb.SessionOpened)
        assert is_signed_in(one) and is_signed_in(other)
        yield one, other


def test_a_session_locked_through_one_server_is_locked_at_the_other_within_a_second(two):
    with one_session_on_both(two) as (one, other):
        one.call(pb.OP_SESSION_LOCK, pb.SessionLock(), pb.SessionState)
        told = pb.SessionState.FromString(other.read_push(pb.TOPIC_SESSION, 1).body)
        assert (told.open, told.locked) == (True, True)
        assert other.refusal(pb.OP_SHIFT_SHOW, pb.ShiftShow()) == "SESSION_LOCKED"
        other.call(pb.OP_SESSION_UNLOCK, pb.SessionUnlock(pin=PIN), pb.SessionState)
        assert is_signed_in(other)
        assert one.refusal(pb.OP_SHIFT_SHOW, pb.ShiftShow()) == "SESSION_LOCKED", "each screen asks for the PIN itself"


@pytest.mark.parametrize("how", ["signed out", "another person"])
def test_a_session_ended_through_one_server_is_ended_at_the_other_within_a_second(two, how):
    with one_session_on_both(two) as (one, other):
        if how == "signed out":
            one.call(pb.OP_SESSION_CLOSE, pb.SessionClose(), pb.SessionState)
        else:
            one.sign_in()
        told = pb.SessionState.FromString(other.read_push(pb.TOPIC_SESSION, 1).body)
        assert not told.open
        assert other.refusal(pb.OP_SHIFT_SHOW, pb.ShiftShow()) == "SIGN_IN_FIRST"
        assert is_signed_in(one) == (how == "another person")


def unknown_code(number):
    """One that fits in itself: the last two are the remainder of the twelve before, by 1021."""
    alphabet, drawn = "0123456789ABCDEFGHJKMNPQRSTVWXYZ", number * 7919 + 1
    digits = [drawn >> 5 * at & 31 for at in range(11, -1, -1)]
    return "CP" + "".join(alphabet[digit] for digit in (*digits, drawn % 1021 >> 5, drawn % 1021 & 31))


def tried(client, codes):
    return [client.refusal(pb.OP_COUPON_SHOW, pb.CouponShow(code=code)) for code in codes]


def test_B14_tries_at_coupons_are_limited_at_each_server_whatever_connection_they_come_by_and_all_are_noted(two):
    """So many a minute, device and server; a good code is told to nobody who has used them up, and each wrong one is in the device's journal."""
    terms = pb.CouponCampaign(name="Guessed", gift=pb.COUPON_RATE_OFF, value=100000)
    campaign = two.manager.command(pb.OP_COUPON_CAMPAIGN_PUT, pb.CouponCampaignPut(campaign=terms), pb.CouponCampaignPutDone).campaign
    [good] = two.manager.command(pb.OP_COUPON_ISSUE, pb.CouponIssue(campaign_id=campaign.id, count=1), pb.CouponIssued).coupons
    identity, codes = two.device(), [unknown_code(number) for number in range(150)]
    for server, own in zip(two.servers[:2], (codes[:75], codes[75:])):
        said = []
        for at in range(0, 75, 25):  # over three connections
            with two.connect(identity, port=server.port) as client:
                client.sign_in("Ben")
                said += tried(client, own[at:at + 25])
        assert said == ["UNKNOWN_COUPON"] * 60 + ["RATE_LIMITED"] * 15
    for server in two.servers[:2]:
        with two.connect(identity, port=server.port) as client:
            client.sign_in("Ben")
            assert tried(client, [good.code]) == ["RATE_LIMITED"]
    noted = two.sql(f"SELECT bytes FROM journal WHERE device_id = {identity.device.id} AND kind = 'L'")
    assert sum(b"coupon_unknown" in bytes(data) for (data,) in noted) == 120
    with two.connect(two.device(), port=two.servers[1].port) as other:  # who tries costs nobody else theirs
        other.sign_in("Ben")
        assert other.call(pb.OP_COUPON_SHOW, pb.CouponShow(code=good.code), pb.CouponShown).coupon.id == good.id
