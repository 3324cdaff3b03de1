"""Somebody brings the copy that one shop made of what it keeps of them: what they said of themselves is the same, byte for byte, in the copy of
another shop, and of its books nothing comes along."""
import json
import re

import pytest

from cli import FAULT, REFUSED, USAGE, console
from copies import merged
from counter import basket, ring_up, seed
from shop import make_shop, pb

FIELDS = {"name": 'Zoë "Ẑ" 山田', "phone": "+4930123456", "email": "zoe@wx.example", "birthday": "--02-29", "card": "CC-7781", "language": "de"}
AVOIDS = [1, 7]


def person_in(copy):
    """As it was made: of its bytes those of what a person says of themselves."""
    [text] = re.findall(r'"member":\{"id":\d+,("name":.*?),"points"', copy)
    avoids, language = re.search(r'"avoids":\[.*?\]', copy)[0], re.search(r'"language":".."', copy)[0]
    return text, avoids, language


@pytest.fixture(scope="module")
def shops():
    with make_shop() as first, make_shop() as second:
        for shop in first, second:
            shop.start()
            shop.open()
            shop.staff("Ben")
            shop.cli = console(shop)
        goods, till = seed(first), first.till("Ben")
        first.member = first.manager.command(pb.OP_MEMBER_CREATE, pb.MemberCreate(member=pb.Member(**FIELDS)), pb.MemberDone).id
        ring_up(till, basket(first, (goods["cake"], 2), (goods["roll"], 4), member_id=first.member), 1980)
        change = pb.Member(id=first.member, set_avoids=True, avoids=AVOIDS)
        first.manager.command(pb.OP_MEMBER_UPDATE, pb.MemberUpdate(member=change), pb.MemberDone)
        first.copy = first.cli.run("member", "export", first.member, "--json").stdout
        yield first, second


@pytest.fixture
def path(shops, tmp_path):
    path = tmp_path / "copy.json"
    path.write_text(shops[0].copy)
    return path


def refused(shop, path, text, status=FAULT):
    path.write_text(text)
    return shop.cli.run("member", "bring", path, status=status).stderr


def test_B22_what_they_said_of_themselves_goes_to_another_shop_and_back_out(shops, path):
    first, second = shops
    assert len(merged(first.copy)["sales"]) == 1 and merged(first.copy)["member"]["points"] > 0
    made = second.cli.json("member", "bring", path, "--with-avoids")
    copy = second.cli.run("member", "export", made["id"], "--json").stdout
    assert person_in(copy) == person_in(first.copy)
    assert json.loads("{" + person_in(copy)[0] + "}") == {name: FIELDS[name] for name in ("name", "phone", "email", "birthday", "card")}
    brought = merged(copy)
    assert brought["sales"] == [] and [entry["kind"] for entry in brought["points"]] == [1], "who joins gets what this shop gives"
    assert [(c["kind"], c["given"]) for c in brought["consents"]] == [(4, True)], "allergens are kept by agreement alone"
    assert str(first.member) not in str(brought)
    assert "(PHONE_TAKEN)" in second.cli.run("member", "bring", path, status=REFUSED).stderr


def test_B22_without_their_word_no_allergens_come_along(shops, path):
    _, second = shops
    other = path.read_text().replace(FIELDS["phone"], "+4930999999").replace(FIELDS["email"], "other@wx.example").replace("CC-7781", "CC-7782")
    path.write_text(other)
    said = second.cli.run("member", "bring", path).stdout
    id = int(re.match(r"member (\d+) is made; points, agreements and sales stay with the shop they come from\n$", said)[1])
    brought = merged(second.cli.run("member", "export", id, "--json").stdout)
    assert brought["member"]["avoids"] == [] and brought["consents"] == []


@pytest.mark.parametrize("change", [
    lambda copy: "", lambda copy: copy[:-3], lambda copy: "[" * 100_000, lambda copy: "[1]", lambda copy: "null",
    lambda copy: copy.replace('"caroline_export":1', '"caroline_export":2'), lambda copy: copy.replace('"member":{', '"members":{'),
    lambda copy: re.sub(r'"name":".*?"', '"name":7', copy, count=1), lambda copy: re.sub(r'"name":".*?"', '"name":"a\\\\u0000b"', copy, count=1),
    lambda copy: re.sub(r'"birthday":".*?"', '"birthday":["1991-04-17"]', copy, count=1), lambda copy: '{"pages":[' + copy,
    lambda copy: copy.replace('"avoids":[1,7]', '"avoids":[15]'), lambda copy: copy.replace('"avoids":[1,7]', '"avoids":[-1]'),
    lambda copy: copy.replace('"avoids":[1,7]', '"avoids":["x"]'), lambda copy: copy.replace('"avoids":[1,7]', f'"avoids":{[1] * 15}'),
    lambda copy: copy.replace('"name":', '"name":"Eve","name":', 1)])
def test_B22_what_is_no_copy_makes_nobody(shops, path, change):
    _, second = shops
    before = second.sql("SELECT count(*) FROM member")
    text = change(path.read_text())
    path.write_text(text)
    said = second.cli.run("member", "bring", path, "--with-avoids", status=FAULT).stderr
    assert re.fullmatch(r"caroline: .*: it is no copy.*\n", said), said
    assert second.sql("SELECT count(*) FROM member") == before


def test_B22_what_the_server_does_not_take_is_said(shops, path, tmp_path):
    _, second = shops
    assert "(BAD_" in refused(second, path, re.sub(r'"birthday":".*?"', '"birthday":"1991-13-17"', path.read_text(), count=1), REFUSED)
    assert "cannot be read" in second.cli.run("member", "bring", tmp_path / "nowhere", status=FAULT).stderr
    assert "it is no copy" in second.cli.run("member", "bring", tmp_path, status=FAULT).stderr
    second.cli.run("member", "bring", status=USAGE)
    second.cli.run("member", "bring", path, path, status=USAGE)
