"""Baskets that wait: put aside at one till, taken up at another by the same person, once, and by nobody else."""
import concurrent.futures
import uuid

import pytest
from counter import basket, check_books, check_strands, member, refused, ring_up, seed
from shop import PIN, pb

MOST = 20


@pytest.fixture(scope="module")
def goods(shop):
    return seed(shop)


@pytest.fixture(scope="module")
def tills(shop, goods):
    """Ben's, all of them."""
    made = [shop.till() for _ in range(4)]
    shop.receive(goods["cookie"], 50)
    return made


@pytest.fixture(scope="module", autouse=True)
def the_books_balance(shop):
    yield
    check_books(shop)
    check_strands(shop)


@pytest.fixture(autouse=True)
def nothing_is_left(shop, tills):
    yield
    for one in parked(tills[0]):
        resume(tills[0], one.parked_id, throw_away=True)
    assert shop.sql("SELECT count(*) FROM parked_basket") == [(0,)]


def park(client, basket, id=None):
    return client.command(pb.OP_BASKET_PARK, pb.BasketPark(basket=basket), pb.BasketParkDone, id)


def parked(client, **more):
    return client.call(pb.OP_BASKET_PARKED, pb.BasketParked(**more), pb.ParkedBaskets).baskets


def resume(client, parked_id, throw_away=None, id=None):
    return client.command(pb.OP_BASKET_RESUME, pb.BasketResume(parked_id=parked_id, throw_away=throw_away,
                                                                  reason="nobody came" if throw_away else None), pb.BasketResumed, id)


def quote(client, basket):
    return client.call(pb.OP_SALE_QUOTE, pb.SaleQuote(basket=basket), pb.SaleQuoted)


def test_A6_three_parked_tickets_resume_on_another_terminal_with_identical_totals(shop, tills, goods):
    someone = member(shop, 900, [(1, 240)])
    tickets = [
        basket(shop, (goods["cake"], 1), (goods["roll"], 12)),
        basket(shop, (goods["cookie"], 3), member_id=someone, rewards=2, eat_in=True),
        basket(shop, (goods["roll"], 1), (goods["cake"], 2)),
    ]
    tickets[2].lines.add(product_id=goods["cookie"], quantity_milli=1000, voided=True, void_reason="dropped")
    tickets[2].lines[1].discount.rate_ppm, tickets[2].lines[1].discount.reason = 50000, "old"
    tickets[2].discount.amount_minor, tickets[2].discount.reason = 30, "neighbour"
    totals = [quote(tills[0], ticket) for ticket in tickets]
    done = [park(tills[0], ticket) for ticket in tickets]
    assert [one.parked_count for one in done] == [1, 2, 3]

    listed = parked(tills[1])
    assert [one.parked_id for one in listed] == [one.parked_id for one in done]
    assert [one.line_count for one in listed] == [2, 1, 2]
    assert [one.first_product_id for one in listed] == [goods["cake"], goods["cookie"], goods["roll"]]
    [[number]] = shop.sql(f"SELECT till_number FROM device WHERE id = {tills[0].identity.device.id}")
    assert {one.till_number for one in listed} == {number} and number
    taken = [resume(tills[1], one.parked_id) for one in done]
    assert [one.basket for one in taken] == tickets and [one.parked_count for one in taken] == [2, 1, 0]
    assert [quote(tills[1], one.basket) for one in taken] == totals
    assert [total.total_minor for total in totals] == [1440, 250, 1725]
    assert ring_up(tills[1], taken[0].basket, 1440).totals.total_minor == 1440


def test_the_list_is_asked_for_so_often_and_no_more(shop, tills, goods):
    """With names in it each is written down, name by name."""
    till = shop.till()
    park(till, basket(shop, (goods["roll"], 1)))
    answers = [pb.code(reply.error.code) if reply.HasField("error") else "listed"
               for reply in (till.reply(pb.OP_BASKET_PARKED, pb.BasketParked(members=True)) for _ in range(130))]
    assert answers == ["listed"] * 120 + ["RATE_LIMITED"] * 10
    with shop.connect(till.identity) as again:  # another connection is no other device
        again.sign_in("Ben")
        assert again.refusal(pb.OP_BASKET_PARKED, pb.BasketParked()) == "RATE_LIMITED"


def test_the_list_says_whose_a_basket_is(shop, tills, goods):
    """At whatever till; as they are called by now; to nobody who may not see members."""
    def new(name):
        return shop.manager.command(pb.OP_MEMBER_CREATE, pb.MemberCreate(member=pb.Member(name=name)), pb.MemberDone).id

    def listed(client):
        return [(one.member_id, one.member_name) for one in parked(client, members=True)]

    mia, twice = new("Mia Stone"), new("M. Stone")
    for id in (mia, 0, twice):
        park(tills[0], basket(shop, (goods["roll"], 1), **({"member_id": id} if id else {})))
    assert [one.member_name for one in parked(tills[1])] == ["", "", ""], "nobody asked"
    assert listed(tills[1]) == [(mia, "Mia Stone"), (0, ""), (twice, "M. Stone")]
    shop.manager.command(pb.OP_MEMBER_MERGE, pb.MemberMerge(from_id=twice, into_id=mia, reason="the same"), pb.MemberMerged)
    assert listed(tills[1])[2] == (twice, "Mia Stone")
    roles = shop.manager.call(pb.OP_STAFF_LIST, pb.StaffList(), pb.StaffListed).roles
    blind = [each for each in next(role for role in roles if role.name == "cashier").permissions if each != "member_see"]
    role = shop.manager.command(pb.OP_ROLE_PUT, pb.RolePut(role=pb.Role(name="blind", permissions=blind)), pb.RolePutDone).id
    shop.manager.command(pb.OP_STAFF_PUT, pb.StaffPut(name="Bo", role_id=role, pin=PIN, active=True), pb.StaffPutDone)
    with shop.till("Bo") as till:
        waits = park(till, basket(shop, (goods["roll"], 1), member_id=mia)).parked_id
        assert listed(till) == [(mia, "")]
        resume(till, waits, throw_away=True)
    shop.manager.command(pb.OP_MEMBER_ERASE, pb.MemberErase(id=mia, confirm_id=mia, reason=pb.ERASE_ASKED), pb.MemberErased)
    assert [name for _, name in listed(tills[1])] == ["", "", ""]


def test_nobody_sees_or_takes_what_is_anothers(shop, tills, goods):
    waits = park(tills[0], basket(shop, (goods["roll"], 1))).parked_id
    shop.staff("Ann")
    other, manager = shop.till("Ann"), shop.till("Caroline")
    for client in (other, manager):
        assert list(parked(client)) == []
        assert refused(resume, client, waits) == "UNKNOWN_PARKED"
        assert refused(resume, client, waits, throw_away=True) == "UNKNOWN_PARKED"
    assert park(other, basket(shop, (goods["roll"], 2))).parked_count == 1, "each has their own"
    resume(other, parked(other)[0].parked_id)
    assert [one.parked_id for one in parked(tills[1])] == [waits]


def test_a_basket_is_put_aside_and_taken_up_once_however_often_it_is_asked_for(shop, tills, goods):
    first, second = uuid.uuid4().bytes, uuid.uuid4().bytes
    done = [park(tills[0], basket(shop, (goods["roll"], 3)), first).SerializeToString() for _ in range(20)]
    assert set(done) == {done[0]} and len(parked(tills[0])) == 1
    waits = parked(tills[0])[0].parked_id
    taken = [resume(tills[0], waits, id=second).SerializeToString() for _ in range(20)]
    assert set(taken) == {taken[0]} and list(parked(tills[0])) == []
    assert refused(resume, tills[0], waits) == "UNKNOWN_PARKED"
    assert refused(resume, tills[1], waits, id=second) == "UNKNOWN_PARKED", "an id is its device's"


def test_many_tills_take_up_one_basket_at_once_and_one_gets_it(shop, tills, goods):
    for _ in range(10):
        waits = park(tills[0], basket(shop, (goods["roll"], 3))).parked_id

        def take(client):
            reply = client.reply(pb.OP_BASKET_RESUME, pb.BasketResume(parked_id=waits), uuid.uuid4().bytes)
            return pb.code(reply.error.code) if reply.HasField("error") else "taken"

        with concurrent.futures.ThreadPoolExecutor(len(tills)) as pool:
            said = sorted(pool.map(take, tills))
        assert said == ["UNKNOWN_PARKED"] * (len(tills) - 1) + ["taken"]


def test_twenty_may_wait_from_however_many_tills_at_once(shop, tills, goods):
    def put_aside(client):
        replies = [client.reply(pb.OP_BASKET_PARK, pb.BasketPark(basket=basket(shop, (goods["roll"], 1))), uuid.uuid4().bytes)
                   for _ in range(8)]
        return [pb.code(reply.error.code) if reply.HasField("error") else "parked" for reply in replies]

    with concurrent.futures.ThreadPoolExecutor(len(tills)) as pool:
        said = [code for each in pool.map(put_aside, tills) for code in each]
    assert sorted(said) == ["PARKED_FULL"] * (8 * len(tills) - MOST) + ["parked"] * MOST
    listed = parked(tills[0])
    assert len(listed) == MOST and [one.parked_us for one in listed] == sorted(one.parked_us for one in listed)
    assert resume(tills[3], listed[7].parked_id, throw_away=True).parked_count == MOST - 1
    assert park(tills[2], basket(shop, (goods["roll"], 1))).parked_count == MOST


def test_what_is_thrown_away_is_gone_and_what_went_is_in_the_journal(shop, tills, goods):
    waits = [park(tills[0], basket(shop, (goods["roll"], 1), (goods["cake"], 1))).parked_id for _ in range(2)]
    away = resume(tills[0], waits[0], throw_away=True)
    assert not away.HasField("basket") and away.parked_count == 1
    assert refused(resume, tills[0], waits[0]) == "UNKNOWN_PARKED"
    assert resume(tills[0], waits[1]).basket.lines[1].product_id == goods["cake"]
    device = tills[0].identity.device.id
    entries = shop.sql(f"SELECT bytes FROM journal WHERE device_id = {device} AND kind = 'L' ORDER BY number DESC LIMIT 4")
    found = [bytes(data) for [data] in reversed(entries)]
    assert [word for data in found for word in (b"parked_lines", b"thrown_away_lines", b"resumed_lines") if word in data] == [
        b"parked_lines", b"parked_lines", b"thrown_away_lines", b"resumed_lines"]
    assert waits[0].to_bytes(8, "big") in found[2] and waits[1].to_bytes(8, "big") in found[3]


def test_no_stock_is_held_and_no_day_ends_it(shop, tills, goods):
    waits = park(tills[0], basket(shop, (goods["cookie"], 40))).parked_id
    shop.sql(f"UPDATE parked_basket SET parked_at = parked_at - interval '9 days' WHERE id = {waits}")
    assert ring_up(tills[1], basket(shop, (goods["cookie"], 30)), 7500).totals.total_minor == 7500
    park(tills[0], basket(shop, (goods["roll"], 1)))
    assert parked(tills[1])[0].parked_id == waits, "the oldest is the first"
    taken = resume(tills[1], waits).basket
    assert refused(quote, tills[1], taken) == "STOCK_SHORT"
    taken.lines[0].quantity_milli = 10000
    assert quote(tills[1], taken).total_minor == 2500


def test_what_may_not_wait(shop, tills, goods):
    roll = {"product_id": goods["roll"], "quantity_milli": 1000}
    wrong = {
        "BASKET_EMPTY": pb.Basket(),
        "UNKNOWN_PRODUCT": pb.Basket(lines=[pb.BasketLine(**roll), pb.BasketLine(product_id=4711, quantity_milli=1000)]),
        "BAD_QUANTITY": pb.Basket(lines=[pb.BasketLine(product_id=goods["roll"], quantity_milli=500)]),
        "UNKNOWN_MEMBER": pb.Basket(member_id=4711, lines=[pb.BasketLine(**roll)]),
        "CARD_NUMBER": pb.Basket(lines=[pb.BasketLine(**roll)],
                                      discount=pb.Discount(rate_ppm=50000, reason="4111 1111 1111 1111")),
        "BAD_FIELD": pb.Basket(lines=[pb.BasketLine(**roll)] * 201),
    }
    for code, basket in wrong.items():
        assert refused(park, tills[0], basket) == code
    assert refused(tills[0].command, pb.OP_BASKET_PARK, pb.BasketPark(), pb.BasketParkDone) == "BASKET_EMPTY"
    assert list(parked(tills[0])) == []


@pytest.mark.parametrize("spoilt", ["\\xff", "\\x0a", "\\x1063", "\\x1a04120410ff"], ids=["no message", "cut", "no such service", "cut line"])
def test_what_can_no_longer_be_read_is_said_and_can_be_thrown_away(shop, tills, goods, spoilt):
    waits = park(tills[0], basket(shop, (goods["roll"], 1))).parked_id
    shop.sql(f"UPDATE parked_basket SET basket = '{spoilt}' WHERE id = {waits}")
    assert refused(resume, tills[0], waits) == "PARKED_UNREADABLE"
    assert [one.parked_id for one in parked(tills[0])] == [waits], "it is still there"
    assert resume(tills[0], waits, throw_away=True).parked_count == 0


def test_the_longest_basket_comes_back_whole(shop, tills, goods):
    long = basket(shop, *[(goods["roll"], i + 1) for i in range(200)])
    for line in long.lines:
        line.discount.amount_minor, line.discount.reason = 1, "é" * 60
    assert len(long.SerializeToString()) > 28000
    waits = park(tills[0], long).parked_id
    assert resume(tills[1], waits).basket == long
