"""No card's number ever enters: ten thousand of them, and what their stripes say, into every text of every request over TLS. Each is refused,
and stands in no table, log, spool or file afterwards. What only looks like one is kept."""
import pathlib
import random
import re
import subprocess
import uuid

import pytest

import kiosk
from counter import seed
from names import fresh
from seed import seed as seed_of_a_run
from shop import BUILD, PIN, Refused, pb

MARKED = re.compile(r"max \d+, any digits")
PROTOS = pathlib.Path(__file__).resolve().parents[2] / "proto"
WANTED = 10_000

# Beginnings, and how many digits: what the schemes publish. The server's own table is another.
SCHEMES = [("4", 16), ("4", 19), ("51", 16), ("53", 16), ("55", 16), ("2221", 16), ("2700", 16), ("34", 15), ("37", 15), ("300", 14), ("305", 14),
           ("36", 14), ("38", 14), ("6011", 16), ("65", 16), ("645", 16), ("3528", 16), ("3589", 16), ("62", 16), ("62", 17), ("62", 19),
           ("50", 16), ("56", 16), ("58", 18), ("67", 16), ("639", 19)]


ALPHABETS = ["\u0ae6\u0ae7\u0ae8\u0ae9\u0aea\u0aeb\u0aec\u0aed\u0aee\u0aef", "\u0be6\u0be7\u0be8\u0be9\u0bea\u0beb\u0bec\u0bed\u0bee\u0bef",
             "\u24ea\u2460\u2461\u2462\u2463\u2464\u2465\u2466\u2467\u2468", "\uff10\uff11\uff12\uff13\uff14\uff15\uff16\uff17\uff18\uff19",
             "\u3007\u4e00\u4e8c\u4e09\u56db\u4e94\u516d\u4e03\u516b\u4e5d", "\u96f6\u58f9\u8d30\u53c1\u8086\u4f0d\u9646\u67d2\u634c\u7396"]


def luhn(digits):
    total = 0
    for i, digit in enumerate(reversed(digits + "0")):
        value = int(digit) * (2 if i % 2 else 1)
        total += value - 9 if value > 9 else value
    return digits + str(-total % 10)


def circled(number):
    """Two digits in one circle where there is such, 10 to 50."""
    return re.sub("[1-4][0-9]|50|[0-9]", lambda found: CIRCLES[int(found[0])], number)


CIRCLES = ["\u24ea", *map(chr, range(0x2460, 0x2474)), *map(chr, range(0x3251, 0x3260)), *map(chr, range(0x32b1, 0x32c0))]


def canary(rng):
    """A number as it is typed or read, and its digits."""
    head, size = rng.choice(SCHEMES)
    number = luhn(head + "".join(rng.choice("0123456789") for _ in range(size - len(head) - 1)))
    groups = [number[i:i + 4] for i in range(0, size, 4)]
    shape = rng.randrange(12)
    strange = str.maketrans("0123456789", rng.choice(ALPHABETS))
    text = [number, " ".join(groups), "-".join(groups), f"card {number}", f"{' '.join(groups)} 11/31", f"%B{number}^DOE/JO^3111201?",
            f";{number}=31112011234567890?", "  ".join(groups),
            rng.choice(":|*+'=~\u30fc\u2192").join(groups), "".join(f"({group})" for group in groups), number.translate(strange), circled(number)][shape]
    return text, number


class Canaries:
    def __init__(self, seed_):
        self.rng, self.all = random.Random(seed_), []

    def __call__(self, most=10_000):
        """One that fits so many characters."""
        while True:
            text, number = canary(self.rng)
            if len(text) <= most or len(number) > most:
                self.all.append(number)
                self.number = number
                if text != number:
                    self.all.append(text)
                return text


def request_of(op):
    """OP_SALE_RING_UP: SaleRingUp."""
    return getattr(pb, "".join(word.capitalize() for word in op.removeprefix("OP_").split("_")))


def limits():
    """message.field: (its max, any digits?)"""
    found = {}
    for path in PROTOS.glob("*.proto"):
        message = None
        for line in path.read_text().splitlines():
            if head := re.match(r"message (\w+)", line):
                message = head.group(1)
            elif field := re.match(r"\s*(optional|repeated)\s+string\s+(\w+)", line):
                most = int(re.search(r"max (\d+)", line).group(1))
                found[f"{message}.{field.group(2)}"] = (100 if field.group(1) == "repeated" else most, bool(MARKED.search(line)))
    return found


LIMITS = limits()


def texts(descriptor, above=()):
    """The way to every text field of a message: names, and its key in LIMITS."""
    for field in descriptor.fields:
        if field.type == field.TYPE_STRING:
            yield (*above, field), f"{descriptor.name}.{field.name}"
        elif field.type == field.TYPE_MESSAGE and field.message_type not in [f.message_type for f in above]:
            yield from texts(field.message_type, (*above, field))


def put(message, way, text):
    for field in way[:-1]:
        message = getattr(message, field.name)
        message = message.add() if field.label == field.LABEL_REPEATED else message
    last = way[-1]
    if last.label == last.LABEL_REPEATED:
        getattr(message, last.name).append(text)
    else:
        setattr(message, last.name, text)


def all_fields():
    for op in sorted(pb.Op.keys()):
        if op != "OP_NONE":
            for way, key in texts(request_of(op).DESCRIPTOR):
                yield op, way, key


@pytest.fixture(scope="module")
def house(shop):
    shop.goods = seed(shop)
    shop.lead = shop.connect(shop.device(kind=pb.CLIENT_COUNTER))
    shop.lead.sign_in()
    shop.lead.command(pb.OP_SHIFT_OPEN, pb.ShiftOpen(float_minor=0), pb.ShiftShown)
    return shop


class Clients:
    """Who may ask: a manager at a till, at a console, somebody who is no one yet; a fresh device when one has asked too often."""

    def __init__(self, shop):
        self.shop, self.open = shop, {}

    def of(self, kind, anew=False):
        if anew and kind in self.open:
            self.open.pop(kind).close()
        if kind not in self.open:
            client = self.shop.connect(self.shop.device(kind=kind))
            if kind == pb.CLIENT_KIOSK:
                counter = self.of(pb.CLIENT_COUNTER, anew=True)
                kiosk.sign_in(client, code=kiosk.code_for(counter, kiosk.Person(counter).id).code)
            else:
                client.sign_in()
            if kind == pb.CLIENT_COUNTER:
                client.command(pb.OP_SHIFT_OPEN, pb.ShiftOpen(float_minor=0), pb.ShiftShown)
            self.open[kind] = client
        return self.open[kind]

    def answer(self, op, message):
        """The code that the op says to the message; who may not ask, asks elsewhere."""
        for kind in (pb.CLIENT_COUNTER, pb.CLIENT_CLI, pb.CLIENT_KIOSK):
            for attempt in range(3):
                client = self.of(kind, anew=attempt > 0)
                for command_id in (uuid.uuid4().bytes, None):
                    reply = client.reply(getattr(pb, op), message, command_id)
                    code = pb.code(reply.error.code) if reply.HasField("error") else "served"
                    if code != "BAD_COMMAND_ID":
                        break
                if code not in ("RATE_LIMITED", "SESSION_LOCKED", "MEMBER_SIGN_IN_FIRST"):  # or it was idle for too long
                    break
            if code != "UNSUPPORTED":
                return code, reply
        return code, reply


def ask(canaries, clients, op, way, key):
    """One into the field of an otherwise empty request; the code, and whether it fits."""
    most, free = LIMITS[key]
    text = canaries(most)
    message = request_of(op)()
    put(message, way, text)
    code, reply = clients.answer(op, message)
    said = "".join(c for c in reply.error.sentence + reply.error.field if c.isdigit())
    assert canaries.number not in said and text not in reply.error.sentence, (op, key)
    assert code not in ("UNSUPPORTED", "MEMBER_SIGN_IN_FIRST", "HELLO_FIRST", "PERMISSION_DENIED"), (op, key, code)
    if free:
        return False
    if len(text) > most:
        assert code == "BAD_FIELD", (op, key, text, code)
        return False
    assert code == "CARD_NUMBER", (op, key, text, code)
    assert reply.error.field.replace("[0]", "") == ".".join(f.name for f in way)
    return True


def of_a_member(**fields):
    return pb.MemberCreate(member=pb.Member(**{"name": f"Ann {fresh()}", **fields}))


# What a request says that has a card's number, plain, in groups or as a stripe has it, in each of the fields that "any digits" may stand in, and
# would be carried out but for it: what keeps nothing looks for it in vain (15 digits may be a telephone number), what would keep it refuses it by
# its own rule.
FREE = {
    "Product.barcodes": [(pb.OP_PRODUCT_PUT, {"NO_SECRET_WANTED"}, lambda w, n: pb.ProductPut(drafts=[pb.ProductDraft(product=pb.Product(
        name="Stollen", sku=f"s{fresh()}", price_minor=1, tax_class_id=w.untaxed(), barcodes=[n]))]))],
    "ProductShow.barcode": [(pb.OP_PRODUCT_SHOW, {"UNKNOWN_PRODUCT"}, lambda w, n: pb.ProductShow(barcode=n))],
    "CouponShow.code": [(pb.OP_COUPON_SHOW, {"NO_SECRET_WANTED"}, lambda w, n: pb.CouponShow(code=n))],
    "GiftCardLoad.code": [(pb.OP_GIFT_CARD_LOAD, {"NO_SECRET_WANTED"}, lambda w, n: pb.GiftCardLoad(code=n, means=pb.ACCOUNT_CASH, amount_minor=100))],
    "GiftCardShow.code": [(pb.OP_GIFT_CARD_SHOW, {"NO_SECRET_WANTED"}, lambda w, n: pb.GiftCardShow(code=n))],
    "GiftCardMove.code": [(pb.OP_GIFT_CARD_MOVE, {"NO_SECRET_WANTED"}, lambda w, n: pb.GiftCardMove(number=a_gift_card(w), code=n, reason="lost"))],
    "Member.phone": [(pb.OP_MEMBER_CREATE, {"NO_SECRET_WANTED"}, lambda w, n: of_a_member(phone=n)),
                     (pb.OP_MEMBER_UPDATE, {"NO_SECRET_WANTED"}, lambda w, n: pb.MemberUpdate(member=pb.Member(id=somebody(w), phone=n))),
                     (pb.OP_MEMBER_SIGN_UP, {"NO_SECRET_WANTED"}, lambda w, n: pb.MemberSignUp(member=pb.Member(name="Ann", phone=n), pin="4720"))],
    "Member.card": [(pb.OP_MEMBER_CREATE, {"NO_SECRET_WANTED"}, lambda w, n: of_a_member(card=n)),
                    (pb.OP_MEMBER_UPDATE, {"NO_SECRET_WANTED"}, lambda w, n: pb.MemberUpdate(member=pb.Member(id=somebody(w), card=n)))],
    "Member.referrer_key": [(pb.OP_MEMBER_CREATE, {"UNKNOWN_REFERRER"}, lambda w, n: of_a_member(referrer_key=n))],
    "MemberFind.phone": [(pb.OP_MEMBER_FIND, lambda n: {"served"} if len(re.sub("[ -]", "", n)) <= 15 else {"BAD_PHONE"}, lambda w, n: pb.MemberFind(phone=n))],
    "MemberFind.card": [(pb.OP_MEMBER_FIND, {"served"}, lambda w, n: pb.MemberFind(card=n))],
    "SessionOpen.badge": [(pb.OP_SESSION_OPEN, {"SIGN_IN_FAILED"}, lambda w, n: pb.SessionOpen(badge=n, pin=PIN))],
    "ApprovalOpen.badge": [(pb.OP_APPROVAL_OPEN, {"SIGN_IN_FAILED"}, lambda w, n: pb.ApprovalOpen(badge=n, pin=PIN, discount_ppm=1))],
    "StaffPut.badge": [(pb.OP_STAFF_PUT, {"NO_SECRET_WANTED"}, lambda w, n: pb.StaffPut(
        name=f"Ann {fresh()}", role_id=w.role("cashier"), pin=PIN, badge=n, active=True))],
}


def somebody(shop):
    if not hasattr(shop, "somebody"):
        shop.somebody = kiosk.Person(shop.manager).id
    return shop.somebody


def a_gift_card(shop):
    if not hasattr(shop, "gift_card"):
        load = pb.GiftCardLoad(means=pb.ACCOUNT_CASH, amount_minor=100)
        shop.gift_card = shop.lead.command(pb.OP_GIFT_CARD_LOAD, load, pb.GiftCardLoaded).card.number
    return shop.gift_card


def shapes(number):
    """As it is typed off a card, and as its stripes are read."""
    groups = [number[i:i + 4] for i in range(0, len(number), 4)]
    return [" ".join(groups), "-".join(groups), f";{number}=31112011234567890?", f"%B{number}^DOE/JO^3111201?"]


@pytest.mark.parametrize("key", FREE)
def test_B34_a_card_number_where_any_digits_may_stand_is_kept_nowhere(house, key):
    """In each shape: one that is too long for the field is refused for that."""
    rng, clients = random.Random(seed_of_a_run()), Clients(house)
    asked, fitting = [], set()
    for op, expected, make in FREE[key]:
        for _ in range(4):
            head, size = rng.choice(SCHEMES)
            number = luhn(head + "".join(rng.choice("0123456789") for _ in range(size - len(head) - 1)))
            for shape, text in enumerate((number, *shapes(number))):
                asked.append(text)
                fits = len(text) <= LIMITS[key][0]
                wanted = {"BAD_FIELD"} if not fits else expected(text) if callable(expected) else expected
                code, reply = clients.answer(pb.Op.Name(op), make(house, text))
                assert code in wanted, (key, text, code, reply.error.sentence)
                assert not re.search(r"[0-9]{4}", reply.error.sentence + reply.error.field), reply.error.sentence
                assert code != "served" or not pb.MemberFound.FromString(reply.body).members
                if fits:
                    fitting.add(shape)
    assert fitting >= {0, 1, 2}, "plain and grouped numbers fit every field"
    found = "FROM {}, unnest(ARRAY['" + "', '".join(asked) + "']) AS x (text)"
    for table in ("member", "staff", "gift_card", "coupon", "product_version"):
        assert house.sql(f"SELECT x.text {found.format(table + ' AS t')} WHERE position(x.text IN t::text) > 0", "admin") == []
    assert house.sql(f"SELECT x.text {found.format('journal')} WHERE position(convert_to(x.text, 'UTF8') IN bytes) > 0", "admin") == []


def test_B34_each_field_of_any_digits_has_its_row():
    assert set(FREE) == {key for key, (_, free) in LIMITS.items() if free}


def test_B34_ten_thousand_card_numbers_are_refused_and_stand_nowhere(house):
    canaries, clients = Canaries(34), Clients(house)
    fields = list(all_fields())
    assert len(fields) > 150
    fitting = [field for field in fields if any([ask(canaries, clients, *field) for _ in range(3)])]
    marked = {key for _, _, key in fields if LIMITS[key][1]}
    assert marked == {key for key, (_, free) in LIMITS.items() if free}, "a mark on what is in no request is none"
    for field in fitting:
        for _ in range(WANTED // len(fitting) + 1):
            assert ask(canaries, clients, *field) or LIMITS[field[2]][0] < 40, field
    in_whole_requests(house, canaries)
    by_the_command_line(house, canaries)
    assert len(set(canaries.all)) > WANTED
    look_everywhere(house, canaries.all)


def in_whole_requests(shop, canaries):
    """Where a number might be one of the shop's own: in requests that would be carried out but for it."""
    manager, till = shop.manager, shop.till()  # another: the first may have locked itself meanwhile
    goods = shop.goods["cookie"]
    for _ in range(20):
        number = lambda: canaries(19)
        asked = [
            (manager, pb.OP_PRODUCT_PUT, pb.ProductPut(drafts=[pb.ProductDraft(product=pb.Product(id=goods, barcodes=[number()]))])),
            (manager, pb.OP_STAFF_PUT, pb.StaffPut(name=f"Anna {uuid.uuid4().hex[:8]}", role_id=shop.role("cashier"), pin=PIN, badge=number())),
            (till, pb.OP_MEMBER_CREATE, pb.MemberCreate(member=pb.Member(name="Ann Other", card=number()))),
            (till, pb.OP_MEMBER_CREATE, pb.MemberCreate(member=pb.Member(name="Ann Other", phone=number()))),
            (till, pb.OP_GIFT_CARD_LOAD, pb.GiftCardLoad(code=number(), means=pb.ACCOUNT_CASH, amount_minor=100)),
            (till, pb.OP_SALE_RING_UP, pb.SaleRingUp(basket=pb.Basket(catalogue_version=shop.version(), lines=[
                pb.BasketLine(product_id=goods, quantity_milli=1000, note=number())]), total_minor=250,
                tenders=[pb.Tender(kind=pb.TENDER_CARD, amount_minor=250, reference="A1")])),
            (till, pb.OP_SALE_OFFLINE, pb.SaleOffline(number=1, basket=pb.Basket(lines=[pb.BasketLine(product_id=goods, quantity_milli=1000)]),
                total_minor=250, tenders=[pb.Tender(kind=pb.TENDER_CARD, amount_minor=250, reference=number())])),
            (manager, pb.OP_SALE_RESCUE, pb.SaleRescue(device_id=till.identity.device.id, command_id=uuid.uuid4().bytes, op=pb.OP_SALE_RING_UP,
                body=pb.SaleRingUp(total_minor=1, tenders=[pb.Tender(kind=pb.TENDER_CARD, amount_minor=1, reference=number())]).SerializeToString())),
        ]
        for client, op, message in asked:
            command = uuid.uuid4().bytes
            code = client.refusal(op, message, command)
            kept = shop.sql(f"SELECT encode(body_hash, 'hex') FROM command WHERE command_id = '\\x{command.hex()}'", "admin")
            assert kept == [], (code, message)
            assert code in ("CARD_NUMBER", "NO_SECRET_WANTED", "BAD_PHONE", "BAD_GIFT_CARD_CODE", "RESCUE_UNREADABLE", "RATE_LIMITED"), (code, message)
    # The same command without it goes through: nothing was kept of the one that was refused.
    command = uuid.uuid4().bytes
    member = pb.Member(name=canaries())
    assert till.refusal(pb.OP_MEMBER_CREATE, pb.MemberCreate(member=member), command) == "CARD_NUMBER"
    till.command(pb.OP_MEMBER_CREATE, pb.MemberCreate(member=pb.Member(name="Bea")), pb.MemberDone, command)


def by_the_command_line(shop, canaries):
    """The client's own: it refuses before it sends, and its spool has nothing of it."""
    home = shop.directory / "cards-till"
    code = shop.manager.command(pb.OP_DEVICE_INVITE, pb.DeviceInvite(kind=pb.CLIENT_COUNTER, name="typed at"), pb.DeviceInvited).code
    pin = shop.directory / "cards-pin"
    pin.write_text(PIN + "\n")
    pin.chmod(0o600)

    def caroline(*words):
        return subprocess.run([BUILD / "bin" / "caroline", *words, "--identity", home], capture_output=True, text=True, stdin=subprocess.DEVNULL,
                              timeout=60)

    assert caroline("enrol", "--server", f"127.0.0.1:{shop.port}", "--code", code).returncode == 0
    assert caroline("sign-in", "--as", "Caroline", "--pin-file", pin).returncode == 0
    for _ in range(10):
        for words in (["member", "create", "--name", canaries()], ["shift", "open", "--float", "5", "--json"],
                      ["shift", "move", "--kind", "in", "--amount", "1", "--reason", canaries()],
                      ["stock", "receive", "--product", "cookie", "--quantity", "1", "--reason", canaries()]):
            done = caroline(*words)
            if "--json" in words:
                continue
            said = done.stdout + done.stderr
            assert done.returncode != 0 and not re.search(r"\d{10}", said.replace(" ", "").replace("-", "")), said
    assert (home / "spool.db").exists()


def look_everywhere(shop, canaries):
    """In a dump, in the write-ahead log, in every log and every file that the server, the database and the tills have."""
    patterns = shop.directory.parent / f"canaries-{uuid.uuid4().hex}"
    patterns.write_text("\n".join(sorted(set(canaries))) + "\n")
    try:
        dump = subprocess.run(["pg_dump", shop.cluster.uri("admin")], capture_output=True, check=True, timeout=100).stdout
        found = subprocess.run(["grep", "-a", "-o", "-F", "-f", patterns], input=dump, capture_output=True, timeout=100)
        assert found.returncode == 1, found.stdout[:300]
        shop.sql("CHECKPOINT", "admin")
        for place in {shop.directory, shop.data, pathlib.Path(shop.cluster.directory)}:
            found = subprocess.run(["grep", "-r", "-a", "-l", "-F", "-f", patterns, place], capture_output=True, text=True, timeout=200)
            assert found.returncode == 1, found.stdout[:1000]
    finally:
        patterns.unlink()


@pytest.mark.parametrize("text", ["3T-000042", "2026-000017, 3T-000042 and 12X-000007", "4006381333931", "two of 4012888888881 and 4006381333931",
                                  "+49 1512 3456789", "0049 30 123456789012", "+1 (805) 555-0101", "DE89 3704 0044 0532 0130 00",
                                  "DE13 4306 0967 1234 5678 90", "GB29 NWBK 6016 1331 9268 19", "978-3-16-148410-0", "2026-11-22 17:04",
                                  "1.250,00 and 1.250,00", "100 % B4", "order 4711; 12=3"])
def test_B34_what_only_looks_like_one_is_kept(house, text):
    house.lead.call(pb.OP_SESSION_UNLOCK, pb.SessionUnlock(pin=PIN), pb.SessionState)  # nobody asked for anything for a while
    reply = house.lead.command(pb.OP_SHIFT_MOVE, pb.ShiftMove(kind=1, amount_minor=1, reason=text), pb.ShiftShown)
    assert reply is not None
    assert house.sql(f"SELECT count(*) > 0 FROM drawer_move WHERE reason = '{text}'") == [(True,)]
