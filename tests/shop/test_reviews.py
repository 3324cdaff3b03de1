"""Reviews: of what was bought, one a purchase, read before they are shown; the rating is everybody's at once. And what goods hold."""
import concurrent.futures
import csv
import json
import random
import uuid

import pytest

from cli import REFUSED, console
from counter import basket, check_books, refund, refused, ring_up, seed
from follower import Follower
from kiosk import Person, code_for, export, sales, sign_in
from names import fresh
from seed import seed as seed_of_test
from shop import Refused, pb
from waiting import wait_for

SECOND = 1.0
OFFENSIVE, UNTRUE, ASKED = pb.REVIEW_OFFENSIVE, pb.REVIEW_UNTRUE, pb.REVIEW_ASKED


@pytest.fixture(scope="module")
def goods(shop):
    goods = seed(shop)
    show = pb.ProductShow(id=goods["cake"])
    wait_for(lambda: not shop.manager.reply(pb.OP_PRODUCT_SHOW, show).HasField("error"), 20, "the goods in the catalogue")
    shop.staff("Ida", role="shift_lead")
    return goods


@pytest.fixture(scope="module")
def till(shop, goods):
    with shop.till("Ida") as client:
        yield client


@pytest.fixture(scope="module")
def kiosk(shop):
    """A customers' device, at which nobody is signed in."""
    with shop.connect(shop.device(pb.CLIENT_KIOSK)) as client:
        yield client


def person(client):
    return client.command(pb.OP_MEMBER_CREATE, pb.MemberCreate(member=pb.Member(name=f"Zq{fresh()}")), pb.MemberDone).id


def product(shop, price=45, **fields):
    return shop.put_product(f"Bun {fresh()}", price, **fields)


def buy(shop, till, member, *ids, pieces=2, price=45):
    """A sale of so many pieces of each."""
    return ring_up(till, basket(shop, *((id, pieces) for id in ids), member_id=member), price * pieces * len(ids))


def write(client, member, sale, product_id, rating=5, text="Fresh and good", command=None):
    message = pb.ReviewPut(member_id=member, sale_id=sale.sale_id, product_id=product_id, rating=rating)
    if text is not None:
        message.text = text
    return client.command(pb.OP_REVIEW_PUT, message, pb.ReviewPutDone, command).review


def moderate(client, id, state, reason=None, command=None):
    message = pb.ReviewModerate(id=id, state=state)
    if reason is not None:
        message.reason = reason
    return client.command(pb.OP_REVIEW_MODERATE, message, pb.ReviewModerated, command)


def accept(client, id, command=None):
    return moderate(client, id, pb.REVIEW_ACCEPTED, command=command)


def hide(client, id, reason=OFFENSIVE, command=None):
    return moderate(client, id, pb.REVIEW_HIDDEN, reason, command)


def listed(client, product_id, **place):
    return client.call(pb.OP_REVIEW_LIST, pb.ReviewList(product_id=product_id, **place), pb.ReviewListed)


def queue(client, state=None, **place):
    message = pb.ReviewQueue(**place)
    if state is not None:
        message.state = state
    return client.call(pb.OP_REVIEW_QUEUE, message, pb.ReviewQueued)


def queued(client, state=None):
    """All pages."""
    found, place = [], {}
    while True:
        page = queue(client, state, **place)
        found += page.reviews
        if not page.more:
            return {review.id: review for review in found}
        place = {"after_us": found[-1].written_us, "after_id": found[-1].id}


def rating(shop, product_id, client=None):
    shown = shop.show(client, id=product_id)
    return shown.rating_hundredths, shown.rating_count


# ---- who may write one ----

def test_B21_only_who_bought_it_with_that_receipt_reviews_it(shop, manager, till, goods):
    bun, other = product(shop), product(shop)
    buyer, stranger = person(manager), person(manager)
    sale = buy(shop, till, buyer, bun)
    assert refused(write, till, stranger, sale, bun) == "REVIEW_NOT_BOUGHT"
    assert refused(write, till, buyer, sale, other) == "REVIEW_NOT_BOUGHT"
    assert refused(write, till, buyer, buy(shop, till, stranger, bun), bun) == "REVIEW_NOT_BOUGHT"
    assert refused(write, till, buyer, buy(shop, till, 0, bun), bun) == "REVIEW_NOT_BOUGHT"
    assert refused(write, till, 4711, sale, bun) == "UNKNOWN_MEMBER"
    back = refund(till, sale.receipt_number, (0, 1000))
    assert refused(write, till, buyer, back, bun) == "REVIEW_NOT_BOUGHT"  # a receipt of what came back
    done = write(till, buyer, sale, bun, 4)
    assert (done.rating, done.state, done.product_id, done.sale_id) == (4, pb.REVIEW_WAITING, bun, sale.sale_id)
    assert not done.text
    shop.check()


def test_B21_what_came_back_whole_is_not_reviewed_and_in_part_it_is(shop, manager, till, goods):
    bun, member = product(shop), person(manager)
    whole, part = buy(shop, till, member, bun), buy(shop, till, member, bun)
    refund(till, whole.receipt_number)
    refund(till, part.receipt_number, (0, 1000))
    assert refused(write, till, member, whole, bun) == "REVIEW_NOT_BOUGHT"
    review = write(till, member, part, bun, 3)
    refund(till, part.receipt_number)  # they ate of it: what was said stands
    assert accept(manager, review.id).rating_count == 1
    shop.check()


def test_B33_what_was_shown_stays_when_its_purchase_comes_back_whole_later(shop, manager, till, goods):
    bun, member = product(shop), person(manager)
    sale = buy(shop, till, member, bun)
    review = write(till, member, sale, bun, 4)
    accept(manager, review.id)
    assert rating(shop, bun) == (400, 1)
    refund(till, sale.receipt_number)
    assert rating(shop, bun) == (400, 1)
    assert refused(write, till, member, sale, bun) == "REVIEW_THERE", "and there is no other of it"
    again = buy(shop, till, member, bun)
    accept(manager, write(till, member, again, bun, 1).id)
    assert rating(shop, bun) == (250, 2)
    shop.check()


def test_B21_one_a_purchase_however_many_ask_at_once(shop, manager, till, goods):
    bun, cake, member = product(shop), product(shop), person(manager)
    sale = buy(shop, till, member, bun, cake)
    command = uuid.uuid4().bytes
    tills = [shop.connect(till.identity, kind=pb.CLIENT_CLI) for _ in range(4)]
    for client in tills:
        client.sign_in("Ida")

    def attempt(client):
        said = []
        for id in (command, None, None):
            try:
                said.append(write(client, member, sale, bun, command=id).id)
            except Refused as error:
                said.append(error.code)
        return said

    with concurrent.futures.ThreadPoolExecutor(4) as pool:
        answers = [answer for said in pool.map(attempt, tills) for answer in said]
    for client in tills:
        client.close()
    ids = {answer for answer in answers if answer != "REVIEW_THERE"}
    assert len(ids) == 1
    assert shop.sql(f"SELECT count(*) FROM review WHERE sale_id = {sale.sale_id}") == [(1,)]
    write(till, member, sale, cake)  # the other product of the receipt has its own
    write(till, member, buy(shop, till, member, bun), bun)  # and so has the next receipt
    shop.check()


@pytest.mark.parametrize("fields, code", [
    (dict(rating=0), "BAD_FIELD"), (dict(rating=6), "BAD_FIELD"), (dict(rating=2**32 - 1), "BAD_FIELD"),
    (dict(text="x" * 501), "BAD_FIELD"), (dict(text="line\nbreak"), "BAD_FIELD"), (dict(text="\u202eevil"), "BAD_FIELD"),
    (dict(text="buy at www.example.com"), "BAD_FIELD"), (dict(text="https://x"), "BAD_FIELD"), (dict(text="me@example.org"), "BAD_FIELD"),
    (dict(text="4111 1111 1111 1111"), "CARD_NUMBER")])
def test_what_a_review_may_not_be(shop, manager, till, goods, fields, code):
    bun, member = goods["roll"], person(manager)
    sale = buy(shop, till, member, bun)
    assert refused(write, till, member, sale, bun, **fields) == code
    assert shop.sql(f"SELECT count(*) FROM review WHERE sale_id = {sale.sale_id}") == [(0,)]
    write(till, member, sale, bun, text=None)  # stars alone are one


# ---- shown, and counted ----

def test_B33_the_rating_follows_each_accepted_review_at_once_and_a_hidden_one_leaves_it(shop, manager, till, goods, kiosk):
    bun = product(shop)
    follower = Follower(kiosk)
    follower.until(follower.followed.version)
    reviews = [write(till, member, buy(shop, till, member, bun), bun, stars, f"Says {stars}")
               for stars in (5, 4, 4) for member in [person(manager)]]
    assert rating(shop, bun) == (0, 0) and not listed(kiosk, bun).reviews, "nobody has read them yet"
    for count, (review, average) in enumerate(zip(reviews, (500, 450, 433)), 1):
        done = accept(manager, review.id)
        assert (done.changed, done.rating_hundredths, done.rating_count) == (True, average, count)
        assert follower.until(done.catalogue_version) < SECOND
        assert (follower.products[bun].rating_hundredths, follower.products[bun].rating_count) == (average, count)
        assert rating(shop, bun) == rating(shop, bun, kiosk) == (average, count)
        page = listed(kiosk, bun)
        assert (page.rating_hundredths, page.rating_count, len(page.reviews)) == (average, count, count)
    assert [(review.rating, review.text) for review in listed(kiosk, bun).reviews] == [(4, "Says 4"), (4, "Says 4"), (5, "Says 5")]
    assert not any(review.HasField(name) for review in listed(kiosk, bun).reviews for name in ("sale_id", "shop_id", "moderated_by"))
    found = manager.call(pb.OP_PRODUCT_LIST, pb.ProductList(word=shop.show(id=bun).name), pb.ProductListed).products
    assert [(row.rating_hundredths, row.rating_count) for row in found] == [(433, 3)]
    done = hide(manager, reviews[0].id)
    assert (done.rating_hundredths, done.rating_count) == (400, 2)
    assert follower.until(done.catalogue_version) < SECOND and follower.products[bun].rating_count == 2
    assert [review.rating for review in listed(kiosk, bun).reviews] == [4, 4]
    for review in reviews[1:]:
        done = hide(manager, review.id)
    assert follower.until(done.catalogue_version) < SECOND and not follower.products[bun].HasField("rating_count")
    assert rating(shop, bun) == (0, 0) and not listed(kiosk, bun).HasField("rating_count")
    shop.check()


def test_B33_a_basket_that_was_begun_before_is_sold_as_it_was(shop, manager, till, goods):
    """A rating is a state of the catalogue, and costs a sale no more than another product's being sold out does."""
    bun, member = product(shop), person(manager)
    review = write(till, member, buy(shop, till, member, bun), bun)
    begun = basket(shop, (bun, 1), member_id=member)
    accept(manager, review.id)
    assert begun.catalogue_version < shop.version()
    assert ring_up(till, begun, 45).sale_id
    before = shop.version()
    hide(manager, write(till, member, buy(shop, till, member, bun), bun).id)
    assert shop.version() == before, "what changes no rating makes no version"


def test_B21_the_queue_is_for_who_may_read_it(shop, manager, till, goods, kiosk):
    bun, member = product(shop), person(manager)
    review = write(till, member, buy(shop, till, member, bun), bun, 2, f"Dry {fresh()}")
    assert till.refusal(pb.OP_REVIEW_QUEUE, pb.ReviewQueue()) == "PERMISSION_DENIED"
    assert refused(accept, till, review.id) == "PERMISSION_DENIED"
    assert kiosk.refusal(pb.OP_REVIEW_QUEUE, pb.ReviewQueue()) == "UNSUPPORTED"
    waiting = queued(manager)[review.id]
    assert (waiting.rating, waiting.product_id, waiting.state) == (2, bun, pb.REVIEW_WAITING)
    assert waiting.text.startswith("Dry") and waiting.product_name.startswith("Bun")
    assert not waiting.HasField("sale_id"), "whose it is is not told"
    hide(manager, review.id, UNTRUE)
    assert review.id not in queued(manager)
    hidden = queued(manager, pb.REVIEW_HIDDEN)[review.id]
    assert (hidden.reason, hidden.text, hidden.moderated_by) == (UNTRUE, waiting.text, manager.session.staff.id)
    accept(manager, review.id)
    assert queued(manager, pb.REVIEW_ACCEPTED)[review.id].text == waiting.text
    assert manager.refusal(pb.OP_REVIEW_QUEUE, pb.ReviewQueue(after_us=2**63)) == "BAD_FIELD"
    looked = shop.sql(f"SELECT bytes FROM journal WHERE device_id = {shop.console.device.id} AND kind = 'L'")
    assert any(b"review_read" in bytes(row) and member.to_bytes(8, "big") in bytes(row) for row, in looked)


def test_B21_accepting_and_hiding_are_exact_whatever_is_sent_again(shop, manager, till, goods):
    bun, member = product(shop), person(manager)
    review = write(till, member, buy(shop, till, member, bun), bun, 4)
    command = uuid.uuid4().bytes
    assert refused(moderate, manager, review.id, pb.REVIEW_WAITING) == "BAD_FIELD"
    assert refused(moderate, manager, review.id, pb.REVIEW_HIDDEN) == "BAD_REASON"
    assert refused(moderate, manager, review.id, pb.REVIEW_HIDDEN, pb.REVIEW_ERASED) == "BAD_REASON"
    assert refused(accept, manager, 4711) == "UNKNOWN_REVIEW"
    assert accept(manager, review.id, command).changed and accept(manager, review.id, command).changed  # one answer
    assert not accept(manager, review.id).changed
    assert rating(shop, bun) == (400, 1)
    assert hide(manager, review.id, ASKED).changed
    again = hide(manager, review.id, UNTRUE)
    assert not again.changed and again.review.reason == ASKED, "the first reason stands"
    assert accept(manager, review.id).rating_count == 1
    events = shop.sql(f"SELECT number, state, reason FROM review_event WHERE review_id = {review.id} ORDER BY number")
    assert events == [(1, 1, 0), (2, 2, 0), (3, 3, ASKED), (4, 2, 0)]
    with pytest.raises(Exception, match="permission denied"):
        shop.sql("UPDATE review_event SET state = 1", "app")
    shop.check()


def test_B33_the_average_is_right_whatever_many_moderators_do_at_once(shop, manager, till, goods, kiosk):
    chance = random.Random(seed_of_test())
    buns = [product(shop) for _ in range(2)]
    stars = {}
    for _ in range(4):
        member = person(manager)
        sale = buy(shop, till, member, *buns)
        for bun in buns:
            rated = chance.randint(1, 5)
            stars[write(till, member, sale, bun, rated).id] = (bun, rated)
    clients = []
    for _ in range(4):
        client = shop.connect(shop.console)
        client.call(pb.OP_SESSION_RESUME, pb.SessionResume(token=manager.session.token), pb.SessionOpened)
        clients.append(client)
    plans = [[(chance.choice(list(stars)), chance.random() < 0.6) for _ in range(30)] for _ in clients]

    def act(client, plan):
        for id, accepts in plan:
            accept(client, id) if accepts else hide(client, id)

    with concurrent.futures.ThreadPoolExecutor(len(clients)) as pool:
        list(pool.map(act, clients, plans))
    for client in clients:
        client.close()
    shown = {id for id, in shop.sql("SELECT id FROM review WHERE state = 2")}
    for bun in buns:
        counted = [rated for id, (of, rated) in stars.items() if of == bun and id in shown]
        average = (2 * 100 * sum(counted) + len(counted)) // (2 * len(counted)) if counted else 0
        wait_for(lambda: rating(shop, bun) == (average, len(counted)), 5, f"{average} by {len(counted)}")
        assert {review.id for review in listed(kiosk, bun).reviews} == {id for id in stars if id in shown and stars[id][0] == bun}
    shop.check()


def test_B33_reviews_come_by_pages_the_newest_first(shop, manager, till, goods, kiosk):
    bun, member = product(shop), person(manager)
    ids = []
    for number in range(45):
        review = write(till, member, buy(shop, till, member, bun, pieces=1), bun, 1 + number % 5, f"Number {number}")
        accept(manager, review.id)
        ids.append(review.id)
    told, place, sizes = [], {}, []
    while True:
        page = listed(kiosk, bun, **place)
        told += page.reviews
        sizes.append(len(page.reviews))
        if not page.more:
            break
        place = {"before_us": told[-1].written_us, "before_id": told[-1].id}
    assert [review.id for review in told] == ids[::-1] and sizes == [20, 20, 5]
    assert kiosk.refusal(pb.OP_REVIEW_LIST, pb.ReviewList(product_id=bun, before_us=2**63)) == "BAD_FIELD"
    assert kiosk.refusal(pb.OP_REVIEW_LIST, pb.ReviewList(product_id=4711)) == "UNKNOWN_PRODUCT"


# ---- in a member's own session ----

def test_B21_a_member_says_it_at_a_kiosk_for_themselves_alone(shop, manager, till, goods):
    buns, anna, other = [product(shop) for _ in range(2)], Person(till), person(manager)
    sale, others = buy(shop, till, anna.id, *buns), buy(shop, till, other, *buns)
    device = shop.device(pb.CLIENT_KIOSK)
    with shop.connect(device) as kiosk:
        message = pb.ReviewPut(member_id=anna.id, sale_id=sale.sale_id, product_id=buns[0], rating=5)
        assert kiosk.refusal(pb.OP_REVIEW_PUT, message, uuid.uuid4().bytes) == "MEMBER_SIGN_IN_FIRST"
        sign_in(kiosk, code=code_for(till, anna.id).code)
        assert refused(write, kiosk, other, others, buns[0]) == "REVIEW_NOT_BOUGHT", "whoever the request names, it is theirs"
        assert [list(one.reviewed_product_ids) for one in sales(kiosk)] == [[]]
        reviews = [write(kiosk, member, sale, bun, 5, "At the kiosk") for member, bun in zip((other, 0), buns)]
        assert shop.sql(f"SELECT DISTINCT member_id, changed_by FROM review WHERE sale_id = {sale.sale_id}") == [(anna.id, None)]
        rows = shop.sql(f"SELECT device_id, staff_id, state FROM review_event WHERE review_id = {reviews[0].id}")
        assert rows == [(device.device.id, None, pb.REVIEW_WAITING)]
        assert {review.text for review in export(kiosk).reviews} == {"At the kiosk"}
        assert [sorted(one.reviewed_product_ids) for one in sales(kiosk)] == [sorted(buns)], "and what has its review is said"
        accept(manager, reviews[0].id)
        assert [review.text for review in listed(kiosk, buns[0]).reviews] == ["At the kiosk"]
        kiosk.command(pb.OP_SELF_ERASE, pb.SelfErase(confirm=True), pb.MemberErased)
    assert rating(shop, buns[0]) == (500, 1)
    rows = shop.sql(f"SELECT state, reason, member_id, changed_by FROM review WHERE id = ANY ('{{{reviews[0].id},{reviews[1].id}}}')"
                    " ORDER BY state")
    assert rows == [(2, 0, None, manager.session.staff.id), (3, 7, None, None)]
    shop.check()


# ---- whose they are ----

def anywhere(shop, text):
    """In any column of any table, in clear."""
    looks = {"text": f"position('{text}' IN {{0}}) > 0", "bytea": f"position(convert_to('{text}', 'UTF8') IN {{0}}) > 0"}
    for table, column, kind in shop.sql("SELECT table_name, column_name, data_type FROM information_schema.columns"
                                        " WHERE table_schema = 'public' AND data_type IN ('text', 'bytea')"):
        if shop.sql(f"SELECT 1 FROM {table} WHERE {looks[kind].format(column)} LIMIT 1"):
            yield f"{table}.{column}"


def exported(client, id):
    whole, request = pb.MemberExported(), pb.MemberExport(id=id)
    while True:
        page = client.call(pb.OP_MEMBER_EXPORT, request, pb.MemberExported)
        whole.MergeFrom(page)
        if not page.HasField("next"):
            return whole
        request = pb.MemberExport(id=id, place=page.next)


def test_B22_what_nobody_has_accepted_stands_nowhere_in_clear(shop, manager, till, goods):
    bun, member, text = product(shop), person(manager), f"Secret{fresh()}"
    review = write(till, member, buy(shop, till, member, bun), bun, 5, text)
    queue(manager)
    assert list(anywhere(shop, text)) == []
    accept(manager, review.id)
    assert list(anywhere(shop, text)) == ["review.text"], "what everybody reads stands there, and in no answer that is kept"
    hide(manager, review.id)
    assert list(anywhere(shop, text)) == []
    assert queued(manager, pb.REVIEW_HIDDEN)[review.id].text == text


def test_B22_an_export_has_the_members_reviews_and_an_erasure_takes_them_from_them(shop, manager, till, goods, kiosk):
    buns, member, other = [product(shop) for _ in range(3)], person(manager), person(manager)
    texts = [f"{word}{fresh()}" for word in ("Shown", "Hidden", "Waiting")]
    sale = buy(shop, till, member, *buns)
    reviews = [write(till, member, sale, bun, 2, text) for bun, text in zip(buns, texts)]
    accept(manager, reviews[0].id)
    hide(manager, reviews[1].id)
    accept(manager, write(till, other, buy(shop, till, other, buns[0]), buns[0], 5, "Mine").id)
    told = {review.text: review for review in exported(manager, member).reviews}
    assert set(told) == set(texts)
    assert [told[text].state for text in texts] == [pb.REVIEW_ACCEPTED, pb.REVIEW_HIDDEN, pb.REVIEW_WAITING]
    assert all(review.sale_id == sale.sale_id and review.product_name for review in told.values())
    assert told[texts[1]].reason == OFFENSIVE and "review_put" in {read.event for read in exported(manager, member).reads}
    assert rating(shop, buns[0]) == (350, 2)

    manager.command(pb.OP_MEMBER_ERASE, pb.MemberErase(id=member, confirm_id=member, reason=pb.ERASE_ASKED), pb.MemberErased)
    assert rating(shop, buns[0]) == (350, 2), "the stars stay, as nobody's"
    assert [(review.rating, review.text) for review in listed(kiosk, buns[0]).reviews] == [(5, "Mine"), (2, "")]
    rows = shop.sql(f"SELECT count(*) FROM review WHERE product_id = ANY ('{{{','.join(map(str, buns))}}}')"
                    " AND rating = 2 AND member_id IS NULL AND sale_id IS NULL AND text IS NULL AND text_sealed IS NULL")
    assert rows == [(3,)]
    assert [list(anywhere(shop, text)) for text in texts] == [[], [], []]
    hidden = queued(manager, pb.REVIEW_HIDDEN)
    assert hidden[reviews[2].id].reason == pb.REVIEW_ERASED and hidden[reviews[1].id].reason == OFFENSIVE
    for review in reviews[1:]:
        assert refused(accept, manager, review.id) == "UNKNOWN_REVIEW"
    assert hide(manager, reviews[0].id).rating_count == 1, "one that is shown can still be hidden"
    assert refused(write, till, member, sale, buns[0]) == "UNKNOWN_MEMBER"
    shop.check()


def test_B22_reviews_go_over_with_who_wrote_them(shop, manager, till, goods):
    buns, first, second = [product(shop) for _ in range(2)], person(manager), person(manager)
    texts = [f"{word}{fresh()}" for word in ("Shown", "Waiting")]
    sale = buy(shop, till, first, *buns)
    reviews = [write(till, first, sale, bun, 3, text) for bun, text in zip(buns, texts)]
    accept(manager, reviews[0].id)
    manager.command(pb.OP_MEMBER_MERGE, pb.MemberMerge(from_id=first, into_id=second, reason="twice"), pb.MemberMerged)
    assert {review.text for review in exported(manager, second).reviews} == set(texts)
    assert queued(manager)[reviews[1].id].text == texts[1], "it opens under the other's key"
    assert refused(write, till, second, sale, buns[0]) == "REVIEW_THERE"
    assert refused(write, till, first, sale, buns[1]) == "REVIEW_THERE"  # whoever is named so is the other
    later = buy(shop, till, second, buns[0])
    assert write(till, first, later, buns[0]).rating == 5
    shop.check()


# ---- what goods hold ----

CROISSANT = dict(energy_kj=1700, energy_kcal=406, fat_mg=21000, saturates_mg=12000, carbohydrate_mg=46000, sugars_mg=11000,
                 protein_mg=8000, salt_mg=900)


def test_A5_what_goods_hold_is_kept_shown_and_followed(shop, manager, goods):
    bun = shop.put({"name": f"Croissant {fresh()}", "sku": fresh(), "price_minor": 250, "tax_class_id": shop.untaxed(),
                    "nutrition": CROISSANT}).ids[0]
    assert shop.show(id=bun).nutrition == pb.Nutrition(**CROISSANT)
    with shop.connect(shop.device()) as client:
        client.sign_in("Ben")
        follower = Follower(client)
        follower.until(follower.followed.version)
        assert follower.products[bun] == shop.show(id=bun)
        done = shop.put({"id": bun, "price_minor": 260})
        follower.until(done.catalogue_version)
        assert follower.products[bun].nutrition == pb.Nutrition(**CROISSANT), "what is not given stays"
        done = shop.put({"id": bun, "nutrition": {"salt_mg": 0}})
        follower.until(done.catalogue_version)
        assert follower.products[bun].nutrition == pb.Nutrition(salt_mg=0), "it is given all together"
        assert shop.put({"id": bun, "nutrition": {"salt_mg": 0}}).catalogue_version == done.catalogue_version, "nothing changes"
        done = shop.put({"id": bun, "nutrition": {}})
        follower.until(done.catalogue_version)
        assert not follower.products[bun].HasField("nutrition")
    rows = shop.sql(f"SELECT nutrition FROM product_version WHERE product_id = {bun} ORDER BY from_version")
    assert rows == [("1700 406 21000 12000 46000 11000 8000 900",), ("- - - - - - - 0",), ("",)]


@pytest.mark.parametrize("fields, about", [
    (dict(energy_kj=3701), "energy_kj"), (dict(energy_kcal=901), "energy_kcal"), (dict(fat_mg=2**32 - 1), "fat_mg"),
    (dict(fat_mg=5, saturates_mg=6), "saturates_mg"), (dict(carbohydrate_mg=5, sugars_mg=6), "sugars_mg"),
    (dict(fat_mg=60000, protein_mg=40001), "salt_mg"), (dict(energy_kj=406, energy_kcal=1700 // 2), "energy_kcal")])
def test_A5_what_cannot_be_in_100_g_is_refused(shop, manager, goods, fields, about):
    message = pb.ProductPut(drafts=[pb.ProductDraft(product=pb.Product(id=goods["roll"], nutrition=pb.Nutrition(**fields)))])
    error = manager.reply(pb.OP_PRODUCT_PUT, message, uuid.uuid4().bytes).error
    assert pb.code(error.code) == "BAD_NUTRITION" and error.field == f"drafts[0].product.nutrition.{about}" and error.sentence
    assert not shop.show(id=goods["roll"]).HasField("nutrition")


# ---- by hand ----

def test_B21_B33_by_the_command_line(shop, manager, till, goods, tmp_path):
    office, member, tag = console(shop), person(manager), fresh()
    file = tmp_path / "goods.csv"
    with open(file, "w", newline="") as out:
        csv.writer(out).writerows([["sku", "name", "price", "tax_class", "nutrition"],
                                   [f"crois{tag}", "Croissant", "0.45", "untaxed", "kj=1700 kcal=406 fat=21 saturates=12 salt=0.9"]])
    office.run("product", "import", file)
    office.run("product", "put", "--sku", f"crois{tag}", "--active", "yes")
    shown = office.run("product", "show", f"crois{tag}").stdout
    assert "21 g" in shown and "0.9 g" in shown and "1700" in shown
    said = office.run("product", "put", "--sku", f"crois{tag}", "--nutrition", "fat=1 saturates=2", status=REFUSED).stderr
    assert "(BAD_NUTRITION)" in said and "--nutrition: " in said
    id = office.json("product", "show", f"crois{tag}")["product"]["id"]
    sale = buy(shop, till, member, id)
    waits = office.run("review", "put", "--member", member, "--receipt", sale.receipt_number, "--product", f"crois{tag}",
                       "--rating", "4", "--comment", f"Flaky {tag}").stdout
    review = next(word for word in waits.split() if word.isdigit())
    queue = office.run("review", "list").stdout
    assert f"Flaky {tag}" in queue and "4 of 5  Croissant" in queue
    assert "accepted; the product has 4.00 of 5 now, by 1" in office.run("review", "accept", review).stdout
    assert "it was accepted already" in office.run("review", "accept", review).stdout
    listed = office.run("review", "list", "--product", f"crois{tag}").stdout
    assert "4.00 of 5, by 1" in listed and f"Flaky {tag}" in listed
    assert "rating               4.00" in office.run("product", "show", f"crois{tag}").stdout
    assert office.json("product", "show", f"crois{tag}")["product"]["rating_hundredths"] == 400
    assert "WHAT YOU SAID" in office.run("member", "export", member, "--text").stdout
    assert "hidden; the product has 0.00 of 5 now, by 0" in office.run("review", "hide", review, "--reason", "off-topic").stdout
    hidden = [json.loads(line) for line in office.run("review", "list", "--state", "hidden", "--json").stdout.splitlines()]
    assert [row["reason"] for row in hidden if row["id"] == int(review)] == ["off-topic"]
    said = office.run("review", "accept", "4711", status=REFUSED).stderr
    assert "(UNKNOWN_REVIEW)" in said
    office.run("product", "put", "--sku", f"crois{tag}", "--nutrition", "none")
    assert "nutrition" not in office.json("product", "show", f"crois{tag}")["product"]


# ---- the last: it starts the server again ----

def test_B22_a_start_erases_once_more_with_reviews(shop, manager, till, goods):
    """A database from before an erasure: its reviews go as well. Its books are as the erasure left them."""
    bun, member, text = product(shop), person(manager), f"Old{fresh()}"
    review = write(till, member, buy(shop, till, member, bun), bun, 4, text)
    rows = shop.sql(f"SELECT member_id, sale_id, shop_id, text_sealed FROM review WHERE id = {review.id}")
    manager.command(pb.OP_MEMBER_ERASE, pb.MemberErase(id=member, confirm_id=member, reason=pb.ERASE_ASKED), pb.MemberErased)
    wait_for(lambda: shop.sql("SELECT count(*) FROM erasure WHERE key_gone_at IS NULL") == [(0,)], 20, "the key is gone")
    shop.servers[0].stop()
    [(_, sale, _, sealed)] = rows
    shop.sql(f"UPDATE review SET member_id = {member}, sale_id = {sale}, text_sealed = '\\x{bytes(sealed).hex()}', state = 1, reason = 0,"
             f" changed_at = created_at, changed_by = (SELECT staff_id FROM review_event WHERE review_id = {review.id} AND number = 1)"
             f" WHERE id = {review.id}; DELETE FROM review_event WHERE review_id = {review.id} AND number = 2;"
             f"UPDATE member_account SET erased = false WHERE member_id = {member}; DELETE FROM erasure WHERE member_id = {member};"
             f"DELETE FROM points_entry WHERE origin_id = {member} AND kind = 8;"
             f"UPDATE points_lot AS l SET remaining = (SELECT sum(points) FROM points_entry WHERE lot_id = l.id) WHERE member_id = {member};"
             f"UPDATE member_account SET points = (SELECT sum(remaining) FROM points_lot WHERE member_id = {member}) WHERE member_id = {member}")
    shop.servers[0].restart()
    found = shop.sql(f"SELECT member_id, text_sealed, state, reason FROM review WHERE id = {review.id}")
    assert found == [(None, None, 3, 7)]
    check_books(shop, but={"entries_untouched"})  # what was put back by hand
