"""Two members who are one person: points, papers, keys and habits of both, whoever names the one that is gone, and whatever meets."""
import os
import random
import threading
import uuid

import pytest
from counter import basket, check_books, check_receipts, check_strands, refund, refused, ring_up, seed
from everything import Everything
from names import fresh
from offline import Till, exceptions
from shop import TOP, pb


@pytest.fixture(scope="module")
def goods(shop):
    made = seed(shop)
    shop.staff("Tom")
    shop.staff("Boss", role="manager")
    shop.receive(made["cookie"], 100000)
    shop.receive(made["cake"], 100000)
    return made


@pytest.fixture(scope="module")
def boss(shop, goods):
    client = shop.till("Boss")
    yield client
    client.close()


@pytest.fixture()
def till(shop, goods):
    return shop.till("Tom")


@pytest.fixture(scope="module", autouse=True)
def the_books_balance(shop, goods):
    yield
    check_books(shop)
    check_receipts(shop)
    check_strands(shop)


def create(client, **fields):
    return client.command(pb.OP_MEMBER_CREATE, pb.MemberCreate(member=pb.Member(**fields)), pb.MemberDone).id


def update(client, **fields):
    return client.command(pb.OP_MEMBER_UPDATE, pb.MemberUpdate(member=pb.Member(**fields)), pb.MemberDone)


def find(client, **key):
    return [member.id for member in client.call(pb.OP_MEMBER_FIND, pb.MemberFind(**key), pb.MemberFound).members]


def show(client, id):
    return client.call(pb.OP_MEMBER_SHOW, pb.MemberShow(id=id), pb.MemberShown).member


def merge(client, source, target, reason="the same person", command_id=None):
    message = pb.MemberMerge(from_id=source, into_id=target, reason=reason)
    return client.command(pb.OP_MEMBER_MERGE, message, pb.MemberMerged, command_id)


def lot(shop, id, days, points, life=365):
    """A lot more, of so many days ago."""
    [[lot]] = shop.sql("SELECT max(id) + 1 FROM points_lot")
    shop.sql(f"INSERT INTO points_lot VALUES ({lot}, {id}, current_date - {days}, current_date - {days} + {life}, {points});"
             f"INSERT INTO points_entry VALUES ({id}, {lot}, 1, {id}, {points}, NULL, now());"
             f"UPDATE member_account SET points = points + {points} WHERE member_id = {id}")
    return lot


def lots(shop, id):
    return shop.sql(f"SELECT id, origin_day, expiry_day, remaining FROM points_lot WHERE member_id = {id} ORDER BY id")


def points(shop, id):
    return shop.sql(f"SELECT points FROM member_account WHERE member_id = {id}")[0][0]


def phone():
    return "+4930" + str(uuid.uuid4().int)[:8]


def pair(client, **fields):
    """Somebody who is there twice: with all that can be known, and with a name alone."""
    tag = fresh()
    old = {"name": f"Ada {tag}", "phone": phone(), "email": f"{tag}@example.org", "card": f"old-{tag}", "birthday": "1990-12-24", **fields}
    return create(client, **old), create(client, name=f"Adah {tag}", card=f"new-{tag}"), old, tag


# ---- what comes of it ----


def test_A20_one_is_found_by_the_keys_of_both_and_has_what_it_lacked(shop, till, boss):
    gone, stays, old, tag = pair(till, language="de", avoids=[8])
    done = merge(boss, gone, stays)
    assert (done.id, done.points, done.points_moved) == (stays, 40, 20)
    for key in ("phone", "email", "card"):
        assert find(till, **{key: old[key]}) == [stays], key
    assert find(till, card=f"new-{tag}") == [stays] and find(till, name=f"adah {tag}") == [stays] and find(till, name=f"ada {tag}") == [stays]
    member = show(till, stays)
    assert (member.name, member.card, member.phone, member.email, member.birthday, member.language, list(member.avoids)) == (
        f"Adah {tag}", f"new-{tag}", old["phone"], old["email"], "1990-12-24", "de", [8])
    assert [(each.id, each.points, each.reason) for each in member.merged] == [(gone, 20, "the same person")]
    # the one that is gone is the other, wherever it is named, and nothing is left of it
    assert show(till, gone) == show(till, stays)
    assert shop.sql(f"SELECT name_sealed, phone_sealed, email_sealed, card_sealed, birthday_sealed, avoids_sealed, language_sealed"
                    f" FROM member WHERE id = {gone}") == [(None,) * 7]
    assert shop.sql(f"SELECT count(*) FROM member_blind WHERE member_id = {gone}") == [(0,)]


def test_A20_an_old_card_still_finds_them_when_the_new_one_changes(shop, till, boss):
    gone, stays, old, tag = pair(till)
    merge(boss, gone, stays)
    update(till, id=stays, card=f"third-{tag}", phone="")
    assert find(till, card=old["card"]) == find(till, card=f"third-{tag}") == [stays] and find(till, card=f"new-{tag}") == []
    assert find(till, phone=old["phone"]) == []  # it was taken over, and is taken away
    update(till, id=gone, card=old["card"])  # the old card becomes theirs again, by whichever id
    assert show(till, stays).card == old["card"] and find(till, card=f"third-{tag}") == []
    update(till, id=stays, card=f"fourth-{tag}")
    assert find(till, card=old["card"]) == []
    assert refused(create, till, name="Thief", email=old["email"]) == "EMAIL_TAKEN"


def test_A20_the_balance_is_the_sum_and_each_lot_keeps_its_days(shop, till, boss, goods):
    gone, stays, _, _ = pair(till)
    lot(shop, gone, 30, 70)
    lot(shop, gone, 10, 30, life=90)  # of one origin day, but other terms
    lot(shop, stays, 10, 50)
    lot(shop, stays, 5, -15)          # a debt
    before = sorted(lots(shop, gone) + lots(shop, stays))
    assert merge(boss, gone, stays).points == 20 + 70 + 30 + 20 + 50 - 15
    assert lots(shop, gone) == [] and lots(shop, stays) == before and points(shop, gone) == 0
    member = show(till, stays)
    assert member.points == 175 and sum(each.remaining for each in member.lots) == 175 and len(member.lots) == 6
    # a free cookie of both's points, those first that expire first
    sold = basket(shop, (goods["cookie"], 1), member_id=stays, rewards=1)
    assert ring_up(till, sold, 0).totals.points_spent == 100
    assert points(shop, stays) == 75


def test_A20_a_refund_gives_back_to_the_lot_it_took_from(shop, till, boss, goods):
    gone, stays, _, _ = pair(till)
    source = lot(shop, gone, 30, 100)
    paid = ring_up(till, basket(shop, (goods["cookie"], 1), (goods["cake"], 1), member_id=gone, rewards=1), 900)
    [[after]] = shop.sql(f"SELECT remaining FROM points_lot WHERE id = {source}")
    assert after == 0
    merge(boss, gone, stays)
    total = points(shop, stays)
    back = refund(boss, paid.receipt_number)
    assert shop.sql(f"SELECT remaining FROM points_lot WHERE id = {source}") == [(100,)]
    assert points(shop, stays) == total + 100 - 90 and points(shop, gone) == 0
    assert shop.sql(f"SELECT member_id FROM sale WHERE id IN ({paid.sale_id}, {back.sale_id}) ORDER BY id") == [(gone,), (stays,)]
    assert back.totals.points_after == points(shop, stays)


def test_A20_both_histories_are_kept(shop, till, boss, goods):
    gone, stays, _, _ = pair(till)
    for id in (gone, gone, stays):
        ring_up(till, basket(shop, (goods["cake"], 1), member_id=id), 900)
    merge(boss, gone, stays)
    ring_up(till, basket(shop, (goods["roll"], 1), member_id=gone), 45)
    sales = show(till, stays).sales
    assert [(each.total_minor, each.member_id, each.points) for each in sales] == [(45, 0, 4), (900, 0, 90), (900, gone, 90), (900, gone, 90)]
    assert shop.sql(f"SELECT member_id FROM sale WHERE member_id IN ({gone}, {stays}) ORDER BY at, id") == [(gone,), (gone,), (stays,), (stays,)]
    usual = till.call(pb.OP_MEMBER_USUAL, pb.MemberUsual(id=gone), pb.MemberUsualShown)
    assert usual.sale_count == 4 and [(good.name, good.sale_count) for good in usual.goods] == [("cake", 3)]


def test_A20_a_birthdays_gift_of_either_counts_once(shop, till, boss, goods):
    [[today]] = shop.sql("SELECT to_char(now() AT TIME ZONE zone, 'MM-DD') FROM shop_version ORDER BY from_version DESC LIMIT 1")
    gone, stays, _, tag = pair(till, birthday=f"--{today}")
    update(till, id=stays, birthday=f"--{today}")
    first = ring_up(till, basket(shop, (goods["roll"], 1), member_id=gone), 45)
    assert first.totals.points_gifted == 100
    merge(boss, gone, stays)
    assert ring_up(till, basket(shop, (goods["roll"], 1), member_id=stays), 45).totals.points_gifted == 0
    # who took the birthday over is given it, once
    gone, stays, _, tag = pair(till, birthday=f"--{today}")
    merge(boss, gone, stays)
    assert ring_up(till, basket(shop, (goods["roll"], 1), member_id=gone), 45).totals.points_gifted == 100
    assert ring_up(till, basket(shop, (goods["roll"], 1), member_id=stays), 45).totals.points_gifted == 0


def test_A20_the_key_of_who_is_gone_is_swept(shop, till, boss):
    gone, stays, _, _ = pair(till)
    question = (TOP / "db" / "queries" / "sweep.sql").read_text().split("-- name: sweep_keys\n")[1].split("-- name: ")[0].replace("$1", f"'{{{gone},{stays}}}'")
    assert shop.sql(question) == []
    merge(boss, gone, stays)
    assert shop.sql(question) == [(gone,)]


# ---- whoever names the one that is gone ----


def test_A20_baskets_parked_and_sales_made_offline_find_them(shop, till, boss, goods):
    gone, stays, old, _ = pair(till)
    away = Till(shop)
    waiting = basket(shop, (goods["cake"], 1), member_id=gone)
    parked = till.command(pb.OP_BASKET_PARK, pb.BasketPark(basket=waiting), pb.BasketParkDone)
    by_id = away.printed(basket(shop, (goods["cake"], 1), member_id=gone))
    by_card = away.printed(basket(shop, (goods["roll"], 2)), member_card=old["card"])
    merge(boss, gone, stays)
    before = points(shop, stays)
    for sale in (by_id, by_card):
        booked = away.book(sale)
        assert not exceptions(booked)
        assert shop.sql(f"SELECT member_id FROM sale WHERE id = {booked.sale_id}") == [(stays,)]
    taken = till.command(pb.OP_BASKET_RESUME, pb.BasketResume(parked_id=parked.parked_id), pb.BasketResumed).basket
    quoted = till.call(pb.OP_SALE_QUOTE, pb.SaleQuote(basket=taken), pb.SaleQuoted)
    assert quoted.points_earned == 90
    assert ring_up(till, taken, 900).totals.points_after == before + 90 + 9 + 90 == points(shop, stays)


def test_A20_a_chain_of_mergings_ends_at_the_last(shop, till, boss, goods):
    first, second, old, tag = pair(till)
    third = create(till, name=f"Ada {tag}", card=f"last-{tag}")
    merge(boss, first, second)
    merge(boss, second, third)
    for id in (first, second, third):
        assert show(till, id).id == third
    assert find(till, card=old["card"]) == find(till, card=f"new-{tag}") == find(till, phone=old["phone"]) == [third]
    assert points(shop, third) == 60 and {each.id for each in show(till, third).merged} == {first, second}
    assert ring_up(till, basket(shop, (goods["roll"], 1), member_id=first), 45).totals.points_after == 64


# ---- what is refused ----


def test_A20_what_cannot_be_is_refused_and_changes_nothing(shop, till, boss):
    gone, stays, _, tag = pair(till)
    other = create(till, name=f"Bea {tag}")
    everything = Everything(shop)
    with everything.unchanged("command", "session", "journal", "device_head", "journal_signature", "id_block"):
        assert refused(merge, boss, stays, stays) == "SAME_MEMBER"
        assert refused(merge, boss, 99, stays) == refused(merge, boss, stays, 99) == refused(merge, boss, 2**64 - 1, stays) == "UNKNOWN_MEMBER"
        assert refused(merge, boss, gone, stays, " ") == "BAD_REASON"
        assert refused(merge, boss, gone, stays, "4111 1111 1111 1111") == "CARD_NUMBER"
        assert refused(merge, till, gone, stays) == "PERMISSION_DENIED"
    id = uuid.uuid4().bytes
    done = merge(boss, gone, stays, command_id=id)
    with everything.unchanged("command", "session", "journal", "device_head", "journal_signature", "id_block"):
        assert merge(boss, gone, stays, command_id=id) == done
        assert refused(merge, boss, gone, other) == "MEMBER_MERGED"   # twice
        assert refused(merge, boss, stays, gone) == "MEMBER_MERGED"   # in a circle
        assert refused(merge, boss, other, gone) == "MEMBER_MERGED"   # into nobody any more


def test_A20_the_journal_names_ids_and_fields_and_no_value(shop, till, boss):
    gone, stays, old, _ = pair(till)
    merge(boss, gone, stays, "says Mia Stone")
    rows = [bytes(data) for (data,) in shop.sql("SELECT bytes FROM journal WHERE kind = 'L'") if str(stays).encode() in bytes(data)]
    [entry] = [data for data in rows if b"merged_into" in data]
    assert b"phone" in entry and b"points" in entry
    for value in (old["phone"], old["email"], old["name"], "Mia Stone"):
        assert value.encode() not in entry, value


# ---- races ----


def test_A20_sales_race_a_merging_on_two_servers(shop, goods, boss):
    """Each sale is the survivor's or was made before; the balance is what both had and all earned, whoever was named."""
    seed_number = int(os.environ.get("CAROLINE_SEED") or random.randrange(1 << 32))
    print(f"seed {seed_number}")
    chance = random.Random(seed_number)
    shop.start()
    sellers = []
    for i in range(4):
        client = shop.connect(shop.till("Tom").identity, port=shop.servers[i % 2].port)
        client.sign_in("Tom")
        sellers.append(client)
    merger = shop.connect(boss.identity, port=shop.servers[1].port)
    merger.sign_in("Boss")
    for _ in range(int(os.environ.get("CAROLINE_RACES", "12"))):
        gone, stays, _, _ = pair(boss)
        if chance.random() < 0.5:
            gone, stays = stays, gone  # ids in the other order
        failed, receipts = [], []

        def sell(client, ids, receipts=receipts, failed=failed):
            try:
                for id in ids:
                    receipts.append(ring_up(client, basket(shop, (goods["cake"], 1), member_id=id), 900))
            except Exception as error:
                failed.append(error)

        threads = [threading.Thread(target=sell, args=(client, chance.choices((gone, stays), k=5))) for client in sellers]
        for thread in threads:
            thread.start()
        merge(merger, gone, stays)
        for thread in threads:
            thread.join()
        assert not failed, failed
        assert len(receipts) == 20
        assert points(shop, stays) == 40 + 20 * 90 and points(shop, gone) == 0
        check_books(shop)


def test_A20_of_two_mergings_the_wrong_way_round_one_is_refused(shop, boss):
    other = shop.connect(shop.till("Boss").identity, port=shop.servers[-1].port)
    other.sign_in("Boss")
    for _ in range(10):
        one, two, _, _ = pair(boss)
        answers = []

        def run(client, source, target, answers=answers):
            try:
                answers.append(merge(client, source, target).id)
            except Exception as error:
                answers.append(getattr(error, "code", error))

        threads = [threading.Thread(target=run, args=(boss, one, two)), threading.Thread(target=run, args=(other, two, one))]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert sorted(map(str, answers)) in ([str(one), "MEMBER_MERGED"], [str(two), "MEMBER_MERGED"]), answers
        assert points(shop, one) + points(shop, two) == 40
