"""Unique strings in every personal field of members and staff; then nobody but the server can tell them: not a dump, not
the write-ahead log, not a log, not a till's files."""
import base64
import os
import pathlib
import re
import subprocess
import uuid

import pytest

from names import fresh
from shop import BUILD, PIN, pb

BIN = pathlib.Path("/usr/lib/postgresql/15/bin")


def word(prefix):
    """Twelve letters that stand nowhere else in the world."""
    return prefix + fresh()


def disguises(text):
    """The text as bytes, in the shapes that programs leave it in."""
    raw = text.encode()
    yield "raw", raw
    yield "upper", text.upper().encode()
    yield "lower", text.lower().encode()
    yield "reversed", raw[::-1]
    yield "UTF-16LE", text.encode("utf-16-le")
    yield "UTF-16BE", text.encode("utf-16-be")
    yield "hex", raw.hex().encode()
    yield "HEX", raw.hex().upper().encode()
    yield "URL", "".join(f"%{byte:02X}" for byte in raw).encode()
    for offset in range(3):  # base64 of it wherever it stands: the whole groups in the middle
        padded = b"\0" * offset + raw
        middle = base64.b64encode(padded)[4 if offset else 0 : len(padded) // 3 * 4]
        if len(middle) >= 8:
            yield f"base64+{offset}", middle
            yield f"base64url+{offset}", middle.replace(b"+", b"-").replace(b"/", b"_")


def caroline(shop, *arguments, code=0):
    """The product's own client: what it writes, a till writes."""
    done = subprocess.run([BUILD / "bin" / "caroline", *arguments, "--identity", shop.directory / "till"],
                          capture_output=True, text=True, stdin=subprocess.DEVNULL, timeout=60)
    assert done.returncode == code, done.stdout + done.stderr
    return done.stdout


def use_a_till(shop, manager, values, receipt):
    """A member made, found, shown, changed; one refused; an invoice of a receipt; the spool is open all the while."""
    pin_file = shop.directory / "pin"
    pin_file.write_text(PIN + "\n")
    pin_file.chmod(0o600)
    invite = pb.DeviceInvite(kind=pb.CLIENT_COUNTER, name="the command line's")
    code = manager.command(pb.OP_DEVICE_INVITE, invite, pb.DeviceInvited).code
    caroline(shop, "enrol", "--server", f"127.0.0.1:{shop.port}", "--code", code)
    caroline(shop, "sign-in", "--as", values["staff's name"], "--pin-file", pin_file)
    name, number = values["name at a till"], values["phone at a till"]
    caroline(shop, "member", "create", "--name", name, "--phone", number, "--email", values["e-mail at a till"],
             "--card", values["card at a till"], "--birthday", "1931-07-19")
    assert name in caroline(shop, "member", "find", "--name", name)
    assert name in caroline(shop, "member", "find", "--phone", number)
    caroline(shop, "member", "create", "--name", values["refused name at a till"], "--phone", number, code=1)
    # The same till's machine makes an invoice, and shows it.
    customer = ("--name", values["customer at a till"], "--address", values["customer's street at a till"])
    caroline(shop, "invoice", "make", receipt, *customer, code=0)
    assert values["customer at a till"] in caroline(shop, "invoice", "show", receipt, "--print")
    caroline(shop, "invoice", "make", receipt, "--name", values["another customer"], code=1)
    use_an_account(shop, values)
    use_a_gift_card(shop, values)
    use_a_coupon(shop, values)


def sell_for_an_invoice(shop, till, values):
    """Two sales; one has its invoice, a paper of it, a refusal, a refund and its credit note. The receipt of the other."""
    roll = shop.put_product("canary's roll", 45)
    till.command(pb.OP_SHIFT_OPEN, pb.ShiftOpen(float_minor=0), pb.ShiftShown)
    sales = []
    for _ in range(2):
        basket = pb.Basket(catalogue_version=shop.version(), lines=[pb.BasketLine(product_id=roll, quantity_milli=2000)])
        message = pb.SaleRingUp(basket=basket, total_minor=90, tenders=[pb.Tender(kind=pb.TENDER_CASH, amount_minor=90)])
        sales.append(till.command(pb.OP_SALE_RING_UP, message, pb.SaleRungUp).receipt_number)
    customer = pb.InvoiceCustomer(name=values["customer"], tax_number=values["customer's tax number"],
                                  address=" / ".join((values["customer's street"], values["customer's town"])))
    till.command(pb.OP_INVOICE_MAKE, pb.InvoiceMake(receipt_number=sales[0], customer=customer), pb.InvoiceMade)
    for print in (False, True, True):
        shown = till.call(pb.OP_INVOICE_SHOW, pb.InvoiceShow(receipt_number=sales[0], print=print), pb.InvoiceShown)
    assert shown.customer == customer
    other = pb.InvoiceCustomer(name=values["customer who was refused"])
    assert till.refusal(pb.OP_INVOICE_MAKE, pb.InvoiceMake(receipt_number=sales[0], customer=other), uuid.uuid4().bytes) == "INVOICE_OTHER_CUSTOMER"
    with shop.connect(till.identity) as lead:
        lead.sign_in()
        back = lead.command(pb.OP_SALE_REFUND, pb.SaleRefund(receipt_number=sales[0], reason="stale"), pb.SaleRungUp)
        lead.command(pb.OP_INVOICE_MAKE, pb.InvoiceMake(receipt_number=back.receipt_number), pb.InvoiceMade)
        lead.call(pb.OP_INVOICE_LIST, pb.InvoiceList(), pb.InvoiceListed)
    return sales[1]


def use_an_account(shop, values):
    """A customer who pays later: made, found, sold to, paid; the papers name them, and nothing keeps the name."""
    shop.put_tender_type("On account", kind=pb.TENDER_ACCOUNT)
    shop.put_product("Roll", 45, sku="roll")
    name = values["account at a till"]
    caroline(shop, "account", "put", "--name", name, "--reference", values["account's reference at a till"],
             "--note", values["account's note at a till"], "--limit", "50.00")
    caroline(shop, "account", "put", "--name", name.upper(), code=1)
    caroline(shop, "shift", "open", "--float", "100.00")
    assert name in caroline(shop, "account", "list", "--name", name[:6])
    assert name in caroline(shop, "sale", "roll", "--account", name)
    assert name in caroline(shop, "account", "receive", name, "--cash", "1.00")
    assert name in caroline(shop, "account", "show", name)
    caroline(shop, "account", "put", name, "--name", values["account's changed name at a till"])


def use_a_gift_card(shop, values):
    """Two gift cards, one by a code of the server's: issued, looked up, paying, lost; the paper has the code, and nothing keeps it."""
    shop.put_tender_type("Gift card", kind=pb.TENDER_GIFT_CARD)
    printed = values["printed gift card at a till"]
    paper = caroline(shop, "giftcard", "issue", "--cash", "20.00")
    values["gift card made at a till"] = re.search(r"^ *(9[0-9]{19})$", paper, re.M)[1]
    caroline(shop, "giftcard", "issue", "--cash", "20.00", "--code", printed)
    caroline(shop, "giftcard", "issue", "--cash", "20.00", "--code", printed, code=1)
    for code in (printed, values["gift card made at a till"]):
        assert code[-4:] in caroline(shop, "giftcard", "show", code)
        assert "left on it" in caroline(shop, "sale", "roll", "--gift-card", code)
    caroline(shop, "giftcard", "show", values["gift card that there is none"], code=1)
    moved = caroline(shop, "giftcard", "move", printed, "--reason", "lost")
    values["gift card for a lost one"] = re.search(r"^ *(9[0-9]{19})$", moved, re.M)[1]


def use_a_coupon(shop, values):
    """Coupons of a campaign: issued, looked up, one used; the file of codes has them, and nothing keeps them."""
    campaign = pb.CouponCampaign(name="Canary's coupons", gift=pb.COUPON_AMOUNT_OFF, value=1)
    campaign = shop.manager.command(pb.OP_COUPON_CAMPAIGN_PUT, pb.CouponCampaignPut(campaign=campaign), pb.CouponCampaignPutDone).campaign
    issued = shop.manager.command(pb.OP_COUPON_ISSUE, pb.CouponIssue(campaign_id=campaign.id, count=2), pb.CouponIssued).coupons
    values["coupon that is used"], values["coupon that is not"] = (each.code for each in issued)
    assert "Canary's coupons" in caroline(shop, "sale", "roll", "--coupon", issued[0].code)
    assert "Canary's coupons" in caroline(shop, "coupon", "show", issued[1].code)


@pytest.fixture(scope="module")
def canaries(shop):
    """What was sung: each value once in its field, the members used in every way there is."""
    number = str(uuid.uuid4().int)
    values = {
        "member's name": word("Zq"),
        "member's second name": word("Vx"),
        "member's phone": "+49" + number[:12],
        "member's e-mail": word("kj") + "@" + word("wx") + ".example",
        "member's card": word("QJ"),
        "member's birthday": "1931-07-19",
        "changed name": word("Yk"),
        "changed phone": "+33" + number[12:24],
        "staff's name": word("Xw"),
        "staff's badge": word("BJ"),
        "name searched for in vain": word("Gj"),
        "name signed in with in vain": word("Hk"),
        "refused name": word("Jq"),
        "name at a till": word("Wz"),
        "refused name at a till": word("Vz"),
        "phone at a till": "+44" + number[24:35],
        "e-mail at a till": word("zk") + "@" + word("yx") + ".example",
        "card at a till": word("XJ"),
        "customer": word("Qk"),
        "customer's street": word("Zk"),
        "customer's town": word("Vk"),
        "customer's tax number": word("XK"),
        "customer who was refused": word("Qw"),
        "customer at a till": word("Yz"),
        "customer's street at a till": word("Wk"),
        "another customer": word("Jz"),
        "account at a till": word("Kw"),
        "account's changed name at a till": word("Wk"),
        "account's reference at a till": word("JW"),
        "account's note at a till": word("KQ"),
        "printed gift card at a till": "98" + str(uuid.uuid4().int)[:20],
        "gift card that there is none": "97" + str(uuid.uuid4().int)[:20],
    }
    manager = shop.connect(shop.console)
    manager.sign_in()
    shop.manager = manager
    shop.staff(values["staff's name"], role="manager", badge=values["staff's badge"])
    till = shop.connect(identity := shop.device())
    till.identity = identity
    till.refusal(pb.OP_SESSION_OPEN, pb.SessionOpen(name=values["name signed in with in vain"], pin=PIN))
    till.sign_in(values["staff's name"])
    till.sign_in(badge=values["staff's badge"])
    member = pb.Member(name=" ".join((values["member's name"], values["member's second name"])),
                       phone=values["member's phone"], email=values["member's e-mail"], card=values["member's card"],
                       birthday=values["member's birthday"])
    id = till.command(pb.OP_MEMBER_CREATE, pb.MemberCreate(member=member), pb.MemberDone).id
    for key in ({"name": member.name}, {"phone": member.phone}, {"email": member.email}, {"card": member.card},
                {"name": values["name searched for in vain"]}):
        till.call(pb.OP_MEMBER_FIND, pb.MemberFind(**key), pb.MemberFound)
    till.call(pb.OP_MEMBER_SHOW, pb.MemberShow(id=id), pb.MemberShown)
    change = pb.Member(id=id, name=values["changed name"], phone=values["changed phone"])
    till.command(pb.OP_MEMBER_UPDATE, pb.MemberUpdate(member=change), pb.MemberDone)
    refused = pb.Member(name=values["refused name"], phone="no number")
    assert till.refusal(pb.OP_MEMBER_CREATE, pb.MemberCreate(member=refused), uuid.uuid4().bytes) == "BAD_PHONE"
    shown = till.call(pb.OP_MEMBER_SHOW, pb.MemberShow(id=id), pb.MemberShown).member
    assert shown.name == values["changed name"] and shown.card == values["member's card"]  # the server can
    use_a_till(shop, manager, values, sell_for_an_invoice(shop, till, values))
    till.close()
    manager.close()
    shop.sql("CHECKPOINT", "admin")
    return values


def hits(content, values):
    found = []
    for what, value in values.items():
        for shape, needle in disguises(value):
            if needle in content:
                found.append(f"{what} ({shape})")
    return found


def files_below(*directories):
    return [path for directory in directories for path in pathlib.Path(directory).rglob("*")
            if path.is_file() and not path.is_symlink()]


def search(paths, values):
    found = []
    for path in paths:
        try:
            content = path.read_bytes()
        except FileNotFoundError:  # the server tidies up meanwhile
            continue
        found += [f"{path}: {hit}" for hit in hits(content, values)]
    return found


def test_the_search_finds_what_is_there(shop, canaries, tmp_path):
    """A test that finds nothing must be one that can."""
    for what, value in canaries.items():
        for shape, needle in disguises(value):
            (tmp_path / "planted").write_bytes(os.urandom(1000) + needle + os.urandom(1000))
            assert search([tmp_path / "planted"], canaries), (what, shape)


def test_no_dump_tells_anybody(shop, canaries):
    for options in ([], ["--inserts"], ["-Fc", "-Z0"]):
        done = subprocess.run([BIN / "pg_dump", *options, shop.cluster.uri("admin")], capture_output=True, timeout=120)
        assert done.returncode == 0, done.stderr.decode()
        assert len(done.stdout) > 10000
        assert hits(done.stdout, canaries) == []


def test_no_file_of_the_cluster_tells_anybody(shop, canaries):
    """Tables, write-ahead log, statistics, PostgreSQL's log: every byte of them."""
    paths = files_below(pathlib.Path(shop.cluster.directory))
    assert any("pg_wal" in str(path) for path in paths) and any(path.suffix == ".log" for path in paths)
    assert search(paths, canaries) == []


def test_no_log_of_the_server_tells_anybody(shop, canaries):
    for server in shop.servers:
        assert "listening" in server.log()
        assert hits(server.log().encode(), canaries) == []


def test_no_file_of_the_vault_tells_anybody(shop, canaries):
    assert search(files_below(shop.data), canaries) == []


def test_no_till_keeps_anybody(shop, canaries):
    paths = files_below(shop.directory / "till")
    assert len(paths) >= 4 and any(path.stat().st_size > 4096 for path in paths)
    assert search(paths, canaries) == []
