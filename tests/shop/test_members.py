"""Members: made, found, changed, shown; what is no field of one; every reading written down."""
import datetime
import uuid

import pytest

from names import fresh
from shop import Refused, pb
from waiting import wait_for


@pytest.fixture(scope="module")
def signed_in(shop):
    """One for all: a device signs in sixty times a minute, and no more."""
    with shop.connect(shop.console) as client:
        client.sign_in()
        yield client


@pytest.fixture()
def till(signed_in):
    return signed_in


def create(client, command_id=None, **fields):
    return client.command(pb.OP_MEMBER_CREATE, pb.MemberCreate(member=pb.Member(**fields)), pb.MemberDone, command_id)


def update(client, **fields):
    return client.command(pb.OP_MEMBER_UPDATE, pb.MemberUpdate(member=pb.Member(**fields)), pb.MemberDone)


def refused(action, client, **fields):
    with pytest.raises(Refused) as refusal:
        action(client, **fields)
    return refusal.value.code


def find(client, **key):
    return client.call(pb.OP_MEMBER_FIND, pb.MemberFind(**key), pb.MemberFound)


def show(client, id):
    return client.call(pb.OP_MEMBER_SHOW, pb.MemberShow(id=id), pb.MemberShown).member


def ids(found):
    return [member.id for member in found.members]


def test_a_member_is_kept_as_given_and_has_twenty_points(till):
    tag = fresh()
    done = create(till, name=f"  Ada   {tag} ", phone="+49 (30) 8" + str(uuid.uuid4().int)[:8], email=f"Ada.{tag}@Example.org",
                  birthday="1990-02-28", card=f"cc-{tag}")
    assert done.points == 20
    member = show(till, done.id)
    assert member.name == f"Ada {tag}" and member.email == f"Ada.{tag}@Example.org"
    assert member.birthday == "1990-02-28" and member.card == f"cc-{tag}" and member.points == 20
    (lot,) = member.lots
    assert lot.remaining == 20
    days = datetime.date.fromisoformat(lot.expiry_day) - datetime.date.fromisoformat(lot.origin_day)
    assert days.days == 365


def test_A20_a_card_may_have_any_sign_of_a_bar_code(till):
    for card in ("A{}$+%", "{}/?m=7&n=8", "~{}*", "0{}:1|2"):
        code = card.format(fresh())
        id = create(till, card=code).id
        assert ids(find(till, card=code.lower())) == ids(find(till, card=f" {code[:3]} {code[3:]}")) == [id]
        assert refused(create, till, card=code) == "CARD_TAKEN"
        assert show(till, id).card == code


def test_a_card_alone_is_a_member(till):
    card = fresh()
    member = show(till, create(till, card=card).id)
    assert member.card == card and not member.HasField("name") and not member.HasField("phone")


def test_a_member_of_nothing_is_refused(till):
    assert refused(create, till) == "BAD_FIELD"
    assert refused(create, till, birthday="1990-02-28") == "BAD_FIELD"
    assert refused(create, till, name="  ") == "BAD_FIELD"


def test_a_member_is_found_by_each_key_however_it_is_written(till):
    tag = fresh()
    number = "030" + str(uuid.uuid4().int)[:9]
    id = create(till, name=f"Éloïse {tag}", phone=number, email=f"{tag}@example.org", card=f"K{tag}").id
    assert ids(find(till, phone=f"({number[:3]}) {number[3:6]}-{number[6:]}")) == [id]
    assert ids(find(till, email=f" {tag.upper()}@EXAMPLE.org")) == [id]
    assert ids(find(till, card=f"k{tag}".lower())) == [id]
    for name in (f"eloise {tag}", f"{tag[:8]} élo", f"ÉLOÏSE {tag[:4]}"):
        assert id in ids(find(till, name=name)), name
    assert find(till, name=f"eloise {tag}").members[0].points == 20


@pytest.fixture()
def calling_code(shop, till):
    """Sets the shop's; it has none again behind the test."""
    def put(code):
        done = till.command(pb.OP_SHOP_PUT, pb.ShopPut(shop=pb.Shop(calling_code=code)), pb.ShopPutDone)
        wait_for(lambda: shop.version() >= done.catalogue_version, 5)
    yield put
    put("")


def national(first, digits):
    """A number nobody else has, beginning so and that long."""
    return first + str(uuid.uuid4().int)[:digits - len(first)]


def test_a_number_is_found_as_it_is_dialled_in_the_shops_country(calling_code, till):
    calling_code("1")
    number = national("805", 10)
    id = create(till, name="Ada", phone=f"+1 {number[:3]} {number[3:6]} {number[6:]}").id
    for written in (number, f"({number[:3]}) {number[3:6]}-{number[6:]}", f"1{number}", f"001{number}", f"+1{number}"):
        assert ids(find(till, phone=written)) == [id], written
        assert refused(create, till, name="Again", phone=written) == "PHONE_TAKEN"
    for other in (number[3:], f"+49{number}", f"2{number}"):
        found = find(till, phone=other)
        assert ids(found) == [] and found.calling_code == "1", other  # a till says how a whole number looks here
    assert not find(till, phone=number).HasField("calling_code") and not find(till, name="nobody").HasField("calling_code")


def test_a_number_made_or_changed_in_the_countrys_way_is_found_with_its_code(calling_code, till):
    calling_code("49")
    made, changed = national("171", 11), national("30", 10)
    id = create(till, name="Bea", phone=f"0{made[:3]} {made[3:]}").id
    assert ids(find(till, phone=f"+49 {made}")) == ids(find(till, phone=f"0{made}")) == [id]
    assert show(till, id).phone == f"0{made[:3]} {made[3:]}"  # kept as it was written
    update(till, id=id, phone=f"0049 {changed}")
    assert ids(find(till, phone=f"0{changed}")) == [id] and ids(find(till, phone=f"0{made}")) == []


def test_who_came_before_the_code_is_found_and_keeps_the_number(calling_code, till):
    number = national("805", 10)
    id = create(till, name="Early", phone=f"({number[:3]}) {number[3:]}").id
    assert ids(find(till, phone=f"+1{number}")) == []
    calling_code("1")
    for written in (number, f"+1 {number}", f"1 {number}"):
        assert ids(find(till, phone=written)) == [id], written
        assert refused(create, till, name="Late", phone=written) == "PHONE_TAKEN"
    update(till, id=id, phone=number)
    assert ids(find(till, phone=number)) == [id]
    calling_code("")
    assert ids(find(till, phone=f"+1{number}")) == [id]


def test_two_of_one_number_from_before_the_code_are_both_shown(calling_code, till):
    number = national("805", 10)
    both = [create(till, name=name, phone=phone).id for name, phone in (("One", number), ("Two", f"+1{number}"))]
    calling_code("1")
    assert ids(find(till, phone=number)) == sorted(both)


def test_all_words_of_a_search_must_match(till):
    tag = fresh()
    id = create(till, name=f"Maria {tag}").id
    assert id not in ids(find(till, name=f"mario {tag}"))
    assert ids(find(till, name=f"{tag}x")) == []
    assert ids(find(till, name=f"maria {tag[:9]}z")) == []  # alike in eight letters only
    assert id in ids(find(till, name=f"m {tag}"))  # a single letter says too little to narrow it


@pytest.mark.parametrize("key, code", [
    ({"name": "a"}, "SEARCH_TOO_SHORT"),
    ({"name": " - "}, "SEARCH_TOO_SHORT"),
    ({"name": "王"}, "SEARCH_TOO_SHORT"),
    ({"phone": "call me"}, "BAD_PHONE"),
    ({"email": "ada"}, "BAD_EMAIL"),
    ({"card": "?"}, "BAD_FIELD"),
    ({}, "BAD_FIELD"),
    ({"name": "ada", "card": "CC1001"}, "BAD_FIELD"),
])
def test_a_search_that_cannot_be_is_refused(till, key, code):
    assert till.refusal(pb.OP_MEMBER_FIND, pb.MemberFind(**key)) == code


def test_a_search_shows_fifty_and_says_that_there_are_more(till):
    word = "q" + fresh(7)
    for i in range(51):
        create(till, name=f"Crowd {word}")
    found = find(till, name=word)
    assert len(found.members) == 50 and found.more


def pages(till, **key):
    """All pages of a search; what a page has, in the order of the ids."""
    found, after = [], None
    while after != 0:
        page = find(till, **key, **({} if after is None else {"after_id": after}))
        assert len(page.members) <= 50 and page.more == (page.next_id != 0)
        found.append(ids(page))
        after = page.next_id
    assert [id for page in found for id in page] == sorted(id for page in found for id in page)
    return found


def test_A20_of_a_hundred_and_twenty_of_one_name_each_is_found(till):
    word = "q" + fresh(7)
    made = {create(till, name=f"Crowd {word}").id for _ in range(120)}
    found = pages(till, name=word)
    assert [len(page) for page in found] == [50, 50, 20]
    assert {id for page in found for id in page} == made
    assert pages(till, name=f"crow {word[:5]}") == found  # of several words likewise
    beyond = find(till, name=word, after_id=max(made))
    assert not beyond.members and not beyond.more and not beyond.HasField("next_id")


def test_A20_whom_only_the_index_takes_for_somebody_hides_nobody_behind_a_page(till):
    """Words alike in eight letters: the index finds them all, the name itself only those that are meant."""
    stem = "q" + fresh(7)
    for _ in range(60):
        create(till, name=f"{stem}aa")
    meant = create(till, name=f"{stem}bb").id
    first = find(till, name=f"{stem}bb")
    assert not first.members and first.more
    assert ids(find(till, name=f"{stem}bb", after_id=first.next_id)) == [meant]


def test_only_a_search_by_name_goes_on(till):
    for key in ({"card": "CC1001", "after_id": 5}, {"phone": "030123456", "after_id": 0}, {"after_id": 5}, {"name": "ada", "after_id": 2**63}):
        assert till.refusal(pb.OP_MEMBER_FIND, pb.MemberFind(**key)) == "BAD_FIELD", key


def make_card(client, id, command_id=None):
    return client.command(pb.OP_MEMBER_CARD_MAKE, pb.MemberCardMake(member_id=id), pb.MemberCardMade, command_id)


LETTERS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"


def checks(code):
    """ISO/IEC 7064, MOD 37-36: the whole of it comes to 1."""
    product = 36
    for letter in code[:-1]:
        product = ((product + LETTERS.index(letter)) % 36 or 36) * 2 % 37
    return (product + LETTERS.index(code[-1])) % 36 == 1


def test_A20_a_card_of_our_own_is_the_members_and_ends_the_one_before(shop, till):
    id = create(till, name="Carded", card=(old := fresh())).id
    first, command = make_card(till, id), uuid.uuid4().bytes
    assert first.member_id == id and len(first.code) == 16 and first.code.startswith("MC") and checks(first.code)
    assert ids(find(till, card=first.code)) == [id] and show(till, id).card == first.code
    assert ids(find(till, card=" ".join([first.code[i:i + 4] for i in range(0, 16, 4)]).lower())) == [id]  # as it is typed
    assert not find(till, card=old).members
    second = make_card(till, id, command)
    assert ids(find(till, card=second.code)) == [id] and not find(till, card=first.code).members
    for table in ("command", "journal"):
        for made in (first, second):
            assert shop.sql(f"SELECT count(*) FROM {table} AS t WHERE position('{made.code}' IN encode(coalesce({'reply' if table == 'command' else 'bytes'}, ''), 'escape')) > 0") == [(0,)]


def test_A20_a_late_copy_of_the_command_ends_no_card(shop, till):
    """Sent behind a line that broke, it may come after the answer to the one that was sent again."""
    id, command = create(till, name="Carded").id, uuid.uuid4().bytes
    made = make_card(till, id, command)
    with shop.connect(shop.console) as other:
        other.sign_in()
        late = make_card(other, id, command)
    assert late.member_id == id and not late.HasField("code"), "its code was told once, and nothing keeps it"
    assert make_card(till, id, command) == late
    assert ids(find(till, card=made.code)) == [id] and show(till, id).card == made.code
    once_more = make_card(till, id)
    assert ids(find(till, card=once_more.code)) == [id] and not find(till, card=made.code).members


def test_A20_codes_of_cards_are_by_chance(till):
    id = create(till, name="Carded").id
    codes = {make_card(till, id).code for _ in range(12)}
    assert len(codes) == 12
    for at in range(2, 15):
        assert len({code[at] for code in codes}) > 2, "each of the 13 is drawn"


def test_A20_a_slip_in_a_cards_code_is_told(till):
    code = make_card(till, create(till, name="Carded").id).code
    slip = code[:5] + ("7" if code[5] != "7" else "8") + code[6:]
    assert till.refusal(pb.OP_MEMBER_FIND, pb.MemberFind(card=slip)) == "CARD_MISREAD"
    assert not find(till, card="MC1001").members  # another's, that nobody has


def test_A20_a_card_is_found_with_i_for_1_and_o_for_0(till):
    """The letters that its alphabet has not; its check character may be one of them, and is meant by the digit."""
    id, seen = create(till, name="Carded").id, set()
    while not seen >= {"0", "1"}:
        code = make_card(till, id).code
        for one in "1IL":
            typed = code.replace("0", "O").replace("1", one)
            assert ids(find(till, card=typed)) == ids(find(till, card=typed.lower())) == [id], (code, typed)
        seen |= set(code[2:15])


def test_A20_a_new_card_ends_those_of_who_was_merged_too(till):
    old, new = fresh(), fresh()
    twice, id = create(till, name="Twice", card=old).id, create(till, name="Once", card=new).id
    till.command(pb.OP_MEMBER_MERGE, pb.MemberMerge(from_id=twice, into_id=id, reason="the same"), pb.MemberMerged)
    assert ids(find(till, card=old)) == ids(find(till, card=new)) == [id]
    made = make_card(till, twice)  # who was merged means the other
    assert made.member_id == id and ids(find(till, card=made.code)) == [id]
    assert not find(till, card=old).members and not find(till, card=new).members


def test_a_card_is_for_somebody(till):
    for id in (0, 12345, 2**64 - 1):
        assert till.refusal(pb.OP_MEMBER_CARD_MAKE, pb.MemberCardMake(member_id=id), uuid.uuid4().bytes) == "UNKNOWN_MEMBER"


@pytest.mark.parametrize("fields, code", [
    ({"phone": "12"}, "BAD_PHONE"),
    ({"phone": "one two three"}, "BAD_PHONE"),
    ({"email": "nobody@nowhere"}, "BAD_EMAIL"),
    ({"birthday": "1990-02-30"}, "BAD_BIRTHDAY"),
    ({"birthday": "28.2.1990"}, "BAD_BIRTHDAY"),
    ({"birthday": "--13-01"}, "BAD_BIRTHDAY"),
    ({"birthday": "--+1-01"}, "BAD_BIRTHDAY"),
    ({"birthday": "1899-12-31"}, "BAD_BIRTHDAY"),
    ({"birthday": "2999-01-01"}, "BAD_BIRTHDAY"),
    ({"birthday": "2023-02-29"}, "BAD_BIRTHDAY"),
    ({"card": "a b"}, "BAD_FIELD"),
    ({"card": "caffè 2001"}, "BAD_FIELD"),
    ({"card": "%B4111111111111111^DOE/JOHN^2512101?"}, "NO_SECRET_WANTED"),
    ({"card": ";4111111111111111=25121010000000000000?"}, "NO_SECRET_WANTED"),
    ({"name": "4111 1111 1111 1111"}, "CARD_NUMBER"),
    ({"name": "%B4111111111111111^DOE/JOHN^2512101?"}, "CARD_NUMBER"),
    ({"card": "5500005555555559"}, "NO_SECRET_WANTED"),
    ({"name": "x\x00y"}, "BAD_FIELD"),
    ({"name": "x\x1b[31m"}, "BAD_FIELD"),
    ({"name": "\u202egnp.exe"}, "BAD_FIELD"),
    ({"name": "x" * 81}, "BAD_FIELD"),
])
def test_a_field_that_is_none_is_refused(till, fields, code):
    assert refused(create, till, **{"name": "Somebody", **fields}) == code


@pytest.mark.parametrize("birthday", ["--02-29", "2000-02-29", "1900-01-01"])
def test_birthdays_of_all_kinds_are_kept(till, birthday):
    assert show(till, create(till, name="Born", birthday=birthday).id).birthday == birthday


def test_a_birthday_is_today_by_the_shops_calendar(shop, till):
    import zoneinfo
    today = datetime.datetime.now(zoneinfo.ZoneInfo("Europe/Berlin")).date()
    other = today + datetime.timedelta(days=40)
    assert show(till, create(till, name="Jubilee", birthday=f"--{today:%m-%d}").id).birthday_today
    assert not show(till, create(till, name="Later", birthday=f"--{other:%m-%d}").id).birthday_today


def test_phone_address_and_card_are_one_members(till):
    tag = fresh()
    number = "040" + str(uuid.uuid4().int)[:9]
    id = create(till, name="First", phone=number, email=f"{tag}@example.org", card=f"C{tag}").id
    assert refused(create, till, phone=f"{number[:5]} {number[5:]}") == "PHONE_TAKEN"
    assert refused(create, till, email=f"{tag.upper()}@example.org") == "EMAIL_TAKEN"
    assert refused(create, till, card=f"c{tag}") == "CARD_TAKEN"
    other = create(till, name="Second").id
    assert refused(update, till, id=other, phone=number) == "PHONE_TAKEN"
    update(till, id=id, phone=number)  # their own: fine
    update(till, id=id, phone="")
    update(till, id=other, phone=number)  # free again
    assert ids(find(till, phone=number)) == [other]


def test_a_change_touches_what_is_given_only(till):
    tag = fresh()
    id = create(till, name=f"Old {tag}", email=f"{tag}@example.org", birthday="--03-04").id
    update(till, id=id, name=f"New {tag}")
    member = show(till, id)
    assert member.name == f"New {tag}" and member.email == f"{tag}@example.org" and member.birthday == "--03-04"
    assert id in ids(find(till, name=f"new {tag}"))
    assert id not in ids(find(till, name=f"old {tag}"))
    update(till, id=id, email="", birthday="")
    member = show(till, id)
    assert not member.HasField("email") and not member.HasField("birthday")
    assert ids(find(till, email=f"{tag}@example.org")) == []


def test_an_unknown_member_is_refused(till):
    assert till.refusal(pb.OP_MEMBER_SHOW, pb.MemberShow(id=4711)) == "UNKNOWN_MEMBER"
    assert refused(update, till, id=4711, name="x") == "UNKNOWN_MEMBER"
    assert refused(update, till, name="x") == "UNKNOWN_MEMBER"


def test_points_a_client_sends_are_not_looked_at(till):
    done = create(till, name="Rich", points=1000000, lots=[pb.PointsLot(remaining=1000000)])
    assert done.points == 20
    update(till, id=done.id, points=1000000)
    assert show(till, done.id).points == 20


def test_a_sign_up_sent_again_makes_one_member(shop, till):
    command, tag = uuid.uuid4().bytes, fresh()
    made = {create(till, command, name=f"Once {tag}").id for _ in range(3)}
    assert len(made) == 1
    assert len(ids(find(till, name=f"once {tag}"))) == 1
    ((entries,),) = shop.sql(f"SELECT count(*) FROM points_entry WHERE member_id = {made.pop()}")
    assert entries == 1


def test_every_reading_of_a_member_is_written_down(shop, till):
    tag = fresh()
    id = create(till, name=f"Watched {tag}").id
    device = shop.console.device.id

    def entries(event):
        rows = shop.sql(f"SELECT bytes FROM journal WHERE device_id = {device} AND kind = 'L'")
        return sum(1 for row in rows if event in bytes(row[0]) and id.to_bytes(8, "big") in bytes(row[0]))

    show(till, id)
    assert entries(b"member_shown") == 1
    find(till, name=f"watched {tag}")
    assert entries(b"member_found") == 1
    update(till, id=id, name=f"Seen {tag}")
    assert entries(b"member_update") == 1
    rows = shop.sql(f"SELECT bytes FROM journal WHERE device_id = {device}")
    assert not any(tag.encode() in bytes(row[0]) for row in rows)


def test_a_key_that_is_gone_leaves_a_member_without_fields(shop, till):
    """What is sealed opens in its own row only: swapped by hand, both read as nothing."""
    one, two = create(till, name="Swap One").id, create(till, name="Swap Two").id
    shop.sql(f"UPDATE member AS m SET name_sealed = o.name_sealed FROM member AS o"
             f" WHERE (m.id, o.id) IN (({one}, {two}), ({two}, {one}))")
    assert not show(till, one).HasField("name") and not show(till, two).HasField("name")
    assert show(till, one).points == 20
