"""Stored payment methods: added on the gateway's page alone, listed, removed here and there, exported, merged, forgotten; without a gateway
none, and the card machine serves."""
import uuid

import pytest

import kiosk
from gateway import Gateway
from paying import add_card, charge, finished, forgotten, new_gift_card, new_member, over, page_of, settings
from shop import PIN, Refused, make_shop, pb
from waiting import wait_for


@pytest.fixture(scope="module")
def house():
    with Gateway() as gateway, make_shop() as shop:
        shop.gateway = gateway
        shop.start("--config", settings(shop, gateway))
        shop.open()
        shop.staff("Ben")
        shop.now = shop.till()
        yield shop


def methods(client, member=None):
    return list(client.call(pb.OP_PAYMENT_METHOD_LIST, pb.PaymentMethodList(member_id=member), pb.PaymentMethodListed).methods)


def remove(client, member, method):
    message = pb.PaymentMethodRemove(member_id=member, method_id=method)
    return client.command(pb.OP_PAYMENT_METHOD_REMOVE, message, pb.PaymentMethodRemoved)


def test_B34_a_card_is_kept_by_brand_last_four_and_expiry(house):
    member = new_member(house.now)
    method, token = add_card(house.now, house.gateway, member, brand="mastercard", last4="4444", exp_month=3, exp_year=2030)
    assert (method.brand, method.last_four, method.expiry_month, method.expiry_year) == ("mastercard", "4444", 3, 2030)
    assert methods(house.now, member) == [method]
    other, _ = add_card(house.now, house.gateway, member)
    assert [m.id for m in methods(house.now, member)] == [method.id, other.id]
    assert len({m["customer"] for m in house.gateway.methods.values() if m["id"] == token}) == 1
    customers = {m["customer"] for m in house.gateway.methods.values()}
    assert len(customers) == 1, "one member, one customer there"


def test_B34_nothing_that_names_a_person_goes_to_the_gateway(house):
    name = f"Zenobia {uuid.uuid4().hex}"
    member = new_member(house.now, name)
    add_card(house.now, house.gateway, member)
    sent = "".join(path + body for _, path, body, _ in house.gateway.bodies)
    assert name.split()[0] not in sent and str(member) not in sent


def test_B34_a_page_that_runs_out_adds_nothing(house):
    member = new_member(house.now)
    setup, url = page_of(house.now, member)
    assert url.startswith(house.gateway.url)
    house.gateway.pages[url.rsplit("/", 1)[1]]["status"] = "expired"
    wait_for(lambda: finished(house.now, setup).state == pb.PAYMENT_SETUP_FAILED, 20)
    wait_for(lambda: house.gateway.nothing_of(setup), 20, "the customer to be gone")
    said = finished(house.now, setup)
    assert "no card was typed" in said.sentence and not said.url
    assert methods(house.now, member) == []


def test_B34_only_so_many_are_added_at_once(house):
    member = new_member(house.now)
    for _ in range(3):
        page_of(house.now, member)
    with pytest.raises(Refused) as refused:
        page_of(house.now, member)
    assert refused.value.code == "PAYMENT_METHODS_FULL"


def test_SF14_a_page_is_asked_for_again_until_it_is_there(house):
    member = new_member(house.now)
    house.gateway.fault("customer", "500", "429", "cut", "garbage")
    house.gateway.fault("page", "500", "hang", "cut_before", "lie")
    method, _ = add_card(house.now, house.gateway, member)
    assert methods(house.now, member) == [method]


@pytest.mark.parametrize("ask, code", [
    (lambda c, m: c.refusal(pb.OP_PAYMENT_METHOD_ADD, pb.PaymentMethodAdd(member_id=5), uuid.uuid4().bytes), "UNKNOWN_MEMBER"),
    (lambda c, m: c.refusal(pb.OP_PAYMENT_METHOD_ADD, pb.PaymentMethodAdd(), uuid.uuid4().bytes), "UNKNOWN_MEMBER"),
    (lambda c, m: c.refusal(pb.OP_PAYMENT_METHOD_LIST, pb.PaymentMethodList(member_id=2**64 - 1)), "UNKNOWN_MEMBER"),
    (lambda c, m: c.refusal(pb.OP_PAYMENT_METHOD_FINISH, pb.PaymentMethodFinish(setup_id=5)), "UNKNOWN_PAYMENT_SETUP"),
    (lambda c, m: c.refusal(pb.OP_PAYMENT_METHOD_REMOVE, pb.PaymentMethodRemove(member_id=m, method_id=5), uuid.uuid4().bytes),
     "UNKNOWN_PAYMENT_METHOD")])
def test_B34_what_there_is_not_is_refused(house, ask, code):
    assert ask(house.now, new_member(house.now)) == code


def test_B34_a_card_that_is_removed_is_gone_here_and_there(house):
    member = new_member(house.now)
    method, token = add_card(house.now, house.gateway, member)
    house.gateway.fault("detach", "500", "cut_before")
    remove(house.now, member, method.id)
    assert methods(house.now, member) == []
    with pytest.raises(Refused) as refused:
        charge(house.now, member, method.id, new_gift_card(house.now).number)
    assert refused.value.code == "UNKNOWN_PAYMENT_METHOD"
    wait_for(lambda: ("detach", token) in house.gateway.doings, 30, "the card to be gone at the gateway")
    forgotten(house)


def test_B34_not_while_it_pays(house):
    member = new_member(house.now)
    method, _ = add_card(house.now, house.gateway, member)
    house.gateway.always = {"authorise": "hang"}
    id = charge(house.now, member, method.id, new_gift_card(house.now).number)
    boss = house.manager
    try:
        for op, message in [(pb.OP_PAYMENT_METHOD_REMOVE, pb.PaymentMethodRemove(member_id=member, method_id=method.id)),
                            (pb.OP_MEMBER_ERASE, pb.MemberErase(id=member, confirm_id=member, reason=pb.ERASE_ASKED)),
                            (pb.OP_MEMBER_MERGE, pb.MemberMerge(from_id=member, into_id=new_member(house.now), reason="twice"))]:
            assert boss.refusal(op, message, uuid.uuid4().bytes) == "CHARGE_PENDING"
    finally:
        house.gateway.always = {}
        house.gateway.released.set()
        house.gateway.released.clear()
    assert over(house.now, id).state == pb.CHARGE_LOADED
    remove(house.now, member, method.id)


def test_B34_who_is_merged_brings_their_cards_along(house):
    gone, stays = new_member(house.now), new_member(house.now)
    method, _ = add_card(house.now, house.gateway, gone)
    open_setup, _ = page_of(house.now, gone)
    house.manager.command(pb.OP_MEMBER_MERGE, pb.MemberMerge(from_id=gone, into_id=stays, reason="one person"), pb.MemberMerged)
    assert methods(house.now, stays) == methods(house.now, gone) == [method]
    assert finished(house.now, open_setup).state == pb.PAYMENT_SETUP_FAILED
    card = new_gift_card(house.now)
    assert over(house.now, charge(house.now, gone, method.id, card.number)).state == pb.CHARGE_LOADED
    house.check()


def test_B34_an_export_has_the_cards(house):
    member = new_member(house.now)
    method, token = add_card(house.now, house.gateway, member)
    page = house.manager.call(pb.OP_MEMBER_EXPORT, pb.MemberExport(id=member), pb.MemberExported)
    assert list(page.methods) == [method]
    assert token not in str(page)


def test_B34_who_is_forgotten_is_forgotten_there_too(house):
    member = new_member(house.now)
    method, token = add_card(house.now, house.gateway, member)
    customer = house.gateway.methods[token]["customer"]
    charge_id = charge(house.now, member, method.id, new_gift_card(house.now).number)
    assert over(house.now, charge_id).state == pb.CHARGE_LOADED
    house.manager.command(pb.OP_MEMBER_ERASE, pb.MemberErase(id=member, confirm_id=member, reason=pb.ERASE_ASKED), pb.MemberErased)
    wait_for(lambda: ("forget", customer) in house.gateway.doings, 30, "the customer to be gone at the gateway")
    assert house.sql(f"SELECT count(*) FROM payment_method WHERE member_id = {member}") == [(0,)]
    assert house.sql(f"SELECT count(*) FROM gateway_charge WHERE member_id = {member} AND token_sealed IS NOT NULL") == [(0,)]
    forgotten(house)
    house.check()


def erase(house, member):
    house.manager.command(pb.OP_MEMBER_ERASE, pb.MemberErase(id=member, confirm_id=member, reason=pb.ERASE_ASKED), pb.MemberErased)


def merge(house, gone, stays):
    house.manager.command(pb.OP_MEMBER_MERGE, pb.MemberMerge(from_id=gone, into_id=stays, reason="one person"), pb.MemberMerged)


def setup_of(client, member):
    return client.command(pb.OP_PAYMENT_METHOD_ADD, pb.PaymentMethodAdd(member_id=member), pb.PaymentMethodAdding).setup_id


def test_B34_who_is_forgotten_while_a_card_is_added_is_forgotten_there_too(house):
    member = new_member(house.now)
    setup, url = page_of(house.now, member)
    house.gateway.fault("expire", "500", "cut")
    house.gateway.fault("forget", "cut_before", "500_kept")
    house.gateway.fault("pages", "garbage", "blind")
    erase(house, member)
    wait_for(lambda: house.gateway.nothing_of(setup), 30, "nothing of it at the gateway")
    assert house.gateway.pages[url.rsplit("/", 1)[1]]["status"] == "expired"
    forgotten(house)


def test_B34_a_card_that_was_typed_and_not_yet_kept_goes_with_who_is_forgotten(house):
    member = new_member(house.now)
    setup, url = page_of(house.now, member)
    house.gateway.always = {"look": "500"}
    token = house.gateway.type_card(url.rsplit("/", 1)[1])
    erase(house, member)
    house.gateway.always = {}
    wait_for(lambda: house.gateway.nothing_of(setup), 30, "nothing of it at the gateway")
    assert house.gateway.methods[token]["customer"] is None
    forgotten(house)
    assert house.sql(f"SELECT count(*) FROM payment_method WHERE member_id = {member}") == [(0,)]


@pytest.mark.parametrize("what", ["customer", "page"])
@pytest.mark.parametrize("fault", ["hang_done", "late"])
def test_B34_what_the_gateway_is_at_while_a_member_is_forgotten_goes_too(house, what, fault):
    member = new_member(house.now)
    before = house.gateway.asked[what]
    house.gateway.fault(what, fault)
    setup = setup_of(house.now, member)
    wait_for(lambda: house.gateway.asked[what] > before, 20, "it to be asked")
    erase(house, member)
    house.gateway.released.set()
    house.gateway.released.clear()
    wait_for(lambda: house.gateway.late == 0, 20, "what it does late")
    forgotten(house)
    assert house.gateway.nothing_of(setup)


def test_B34_a_server_that_is_killed_meanwhile_leaves_nothing_there(house):
    member = new_member(house.now)
    house.gateway.always = {what: "500" for what in ("pages", "customers", "expire", "forget")}
    setup, _ = page_of(house.now, member)
    before = house.gateway.asked["customer"]
    house.gateway.fault("customer", "hang_done")
    at_once = setup_of(house.now, member)  # its customer is made, and nobody hears of it
    wait_for(lambda: house.gateway.asked["customer"] > before, 20, "it to be asked")
    erase(house, member)
    house.servers[0].kill()
    house.servers[0].start()
    house.gateway.released.set()
    house.gateway.released.clear()
    house.gateway.always = {}
    house.manager = house.connect(house.console)
    house.manager.sign_in()
    house.now = house.till()
    forgotten(house)
    assert house.gateway.nothing_of(setup) and house.gateway.nothing_of(at_once)


def test_B34_who_is_merged_away_leaves_no_open_page_and_keeps_their_cards(house):
    gone, stays, bare = new_member(house.now), new_member(house.now), new_member(house.now)
    method, token = add_card(house.now, house.gateway, gone)
    with_card, _ = page_of(house.now, gone)
    without, _ = page_of(house.now, bare)
    merge(house, gone, stays)
    merge(house, bare, stays)
    wait_for(lambda: house.gateway.nothing_of(with_card) and house.gateway.nothing_of(without), 30, "nothing of it at the gateway")
    assert methods(house.now, stays) == [method] and house.gateway.methods[token]["customer"] in house.gateway.customers
    forgotten(house)
    assert over(house.now, charge(house.now, stays, method.id, new_gift_card(house.now).number)).state == pb.CHARGE_LOADED
    erase(house, stays)
    wait_for(lambda: house.gateway.methods[token]["customer"] is None, 30, "the card to be gone at the gateway")
    forgotten(house)
    house.check()


def test_B34_a_customer_whose_last_card_was_removed_goes_with_who_is_forgotten(house):
    member = new_member(house.now)
    method, token = add_card(house.now, house.gateway, member)
    customer = house.gateway.methods[token]["customer"]
    remove(house.now, member, method.id)
    erase(house, member)
    wait_for(lambda: ("forget", customer) in house.gateway.doings, 30, "the customer to be gone at the gateway")
    forgotten(house)


def at_a_kiosk(house, member):
    client = house.connect(house.device(kind=pb.CLIENT_KIOSK))
    kiosk.sign_in(client, code=kiosk.code_for(house.now, member).code)
    return client


def test_B34_a_member_at_a_kiosk_has_their_own_cards_and_no_others(house):
    mine, others = new_member(house.now), new_member(house.now)
    other_method, _ = add_card(house.now, house.gateway, others)
    number = new_gift_card(house.now).number
    theirs = charge(house.now, others, other_method.id, number)
    assert over(house.now, theirs).state == pb.CHARGE_LOADED
    with at_a_kiosk(house, mine) as client:
        other_setup, _ = page_of(house.now, others)
        method, _ = add_card(client, house.gateway, member=others)  # whoever it names: it is who signed in
        assert methods(client, member=others) == methods(house.now, mine) == [method]
        for op, message, changes, code in [
                (pb.OP_PAYMENT_METHOD_FINISH, pb.PaymentMethodFinish(setup_id=other_setup), False, "UNKNOWN_PAYMENT_SETUP"),
                (pb.OP_PAYMENT_METHOD_REMOVE, pb.PaymentMethodRemove(member_id=others, method_id=other_method.id), True, "UNKNOWN_PAYMENT_METHOD"),
                (pb.OP_GIFT_CARD_CHARGE, pb.GiftCardCharge(member_id=others, method_id=other_method.id, number=number, amount_minor=5), True,
                 "UNKNOWN_PAYMENT_METHOD"),
                (pb.OP_GIFT_CARD_CHARGE_SHOW, pb.GiftCardChargeShow(charge_id=theirs), False, "UNKNOWN_CHARGE")]:
            assert client.refusal(op, message, uuid.uuid4().bytes if changes else None) == code
        said = over(client, charge(client, others, method.id, number, 777))
        assert said.state == pb.CHARGE_LOADED and not said.HasField("card") and not said.HasField("receipt")
        remove(client, None, method.id)
        assert methods(client) == []
    [(staff, shift)] = house.sql("SELECT staff_id, shift_id FROM gift_card_payment WHERE means = 4 AND amount_minor = 777")
    assert staff is None and shift is None
    house.check()


def shown(house, member):
    """How often the journal says that the member's cards were shown."""
    entries = house.sql("SELECT bytes FROM journal WHERE kind = 'L'")
    return sum(b"payment_methods_shown" in entry and member.to_bytes(8, "big") in entry for entry in (bytes(data) for data, in entries))


def test_B34_that_the_staff_is_told_a_card_leaves_a_trace_whenever_they_ask(house):
    member, other = new_member(house.now), new_member(house.now)
    setup, url = page_of(house.now, member)
    house.gateway.type_card(url.rsplit("/", 1)[1])
    wait_for(lambda: house.sql(f"SELECT state FROM payment_setup WHERE id = {setup}") == [(pb.PAYMENT_SETUP_DONE,)], 20, "the card")
    assert shown(house, member) == 0, "a page is no card"
    for count in (1, 2):
        assert finished(house.now, setup).method.last_four
        assert shown(house, member) == count
    merge(house, member, other)
    assert finished(house.now, setup).method.last_four
    assert (shown(house, member), shown(house, other)) == (2, 1), "it is the other's now"
    remove(house.now, other, methods(house.now, other)[0].id)
    before = shown(house, other)
    said = finished(house.now, setup)
    assert said.state == pb.PAYMENT_SETUP_DONE and not said.HasField("method") and shown(house, other) == before
    mine = new_member(house.now)
    with at_a_kiosk(house, mine) as client:
        add_card(client, house.gateway)
        assert shown(house, mine) == 0, "who has typed it is told it"
    house.check()


def test_B34_numbers_of_gift_cards_are_not_tried_out_at_a_kiosk(house):
    mine = new_member(house.now)
    method, _ = add_card(house.now, house.gateway, mine)
    good, blocked = new_gift_card(house.now), new_gift_card(house.now)
    house.sql(f"UPDATE gift_card SET blocked = true WHERE number = {blocked.number}")

    def error(client, number, amount=100):
        message = pb.GiftCardCharge(method_id=method.id, number=number, amount_minor=amount)
        return client.reply(pb.OP_GIFT_CARD_CHARGE, message, uuid.uuid4().bytes).error

    with at_a_kiosk(house, mine) as client:
        said = [error(client, number) for number in (4_000_000_000, blocked.number, 0)]
        assert {pb.code(one.code) for one in said} == {"UNKNOWN_GIFT_CARD"} and len({one.SerializeToString() for one in said}) == 1
        for number in (4_000_000_001, 4_000_000_002):
            assert pb.code(error(client, number).code) == "UNKNOWN_GIFT_CARD"
        for number in (4_000_000_003, blocked.number, good.number):
            assert pb.code(error(client, number).code) == "GIFT_CARD_TRIES", "the sixth is looked at no more, whatever it is"
        house.sql("UPDATE sign_in_failure SET since = since - interval '1 hour'")
        assert over(client, charge(client, None, method.id, good.number)).state == pb.CHARGE_LOADED
    house.sql(f"UPDATE gift_card SET blocked = false WHERE number = {blocked.number}")


def test_B34_nobody_at_a_kiosk_has_cards(house):
    with house.connect(house.device(kind=pb.CLIENT_KIOSK)) as client:
        assert client.refusal(pb.OP_PAYMENT_METHOD_LIST, pb.PaymentMethodList(member_id=1)) == "MEMBER_SIGN_IN_FIRST"
        assert client.refusal(pb.OP_GIFT_CARD_CHARGE, pb.GiftCardCharge(), uuid.uuid4().bytes) == "MEMBER_SIGN_IN_FIRST"


def test_B34_without_a_gateway_the_card_machine_serves(tmp_path_factory):
    with make_shop() as shop:
        shop.start()
        shop.open()
        shop.staff("Ben")
        till = shop.till()
        member = new_member(till)
        for op, message, changes in [
                (pb.OP_PAYMENT_METHOD_ADD, pb.PaymentMethodAdd(member_id=member), True),
                (pb.OP_PAYMENT_METHOD_FINISH, pb.PaymentMethodFinish(setup_id=1), False),
                (pb.OP_PAYMENT_METHOD_LIST, pb.PaymentMethodList(member_id=member), False),
                (pb.OP_PAYMENT_METHOD_REMOVE, pb.PaymentMethodRemove(member_id=member, method_id=1), True),
                (pb.OP_GIFT_CARD_CHARGE, pb.GiftCardCharge(member_id=member, method_id=1, number=1, amount_minor=5), True),
                (pb.OP_GIFT_CARD_CHARGE_SHOW, pb.GiftCardChargeShow(charge_id=1), False)]:
            assert till.refusal(op, message, uuid.uuid4().bytes if changes else None) == "NO_GATEWAY"
        loaded = till.command(pb.OP_GIFT_CARD_LOAD, pb.GiftCardLoad(means=pb.ACCOUNT_CARD, amount_minor=500, reference="4711"), pb.GiftCardLoaded)
        assert loaded.card.balance_minor == 500


@pytest.mark.parametrize("settings_, place", [
    ("provider = paypal", "provider"), ("provider = stripe", "secret-file"), ("provider = stripe\napi = both", "api"),
    ("provider = stripe\nurl = http://api.example.org", "url"), ("provider = stripe\nurl = https://api.example.org/", "url"),
    ("provider = stripe\nurl = http://localhost:x@api.example.org", "url"),
    ("provider = stripe\nreturn-url = javascript:x", "return-url"), ("provider = stripe\nsecret-file = /nowhere/key", "secret-file")])
def test_B34_wrong_settings_are_told_and_no_secret_is(house, tmp_path, settings_, place):
    path = tmp_path / "wrong.conf"
    path.write_text(f"[gateway]\n{settings_}\n")
    done = house.run_server("--config", path, "--check-config")
    assert done.returncode in (77, 78) and place in done.stderr, done.stdout + done.stderr


def test_B34_a_secret_that_others_may_read_is_none(house, tmp_path):
    path = settings(house, house.gateway)
    secret = house.directory / "gateway.key"
    secret.chmod(0o644)
    try:
        done = house.run_server("--config", path, "--check-config")
        assert done.returncode == 77 and "chmod 600" in done.stderr and house.gateway.secret not in done.stderr + done.stdout
        dumped = house.run_server("--config", path, "--dump-config")
        assert house.gateway.secret not in dumped.stdout
    finally:
        secret.chmod(0o600)
