"""Bad input at the port of a real server: each kind has its own code and sentence, or a closed connection; it costs
little, and the server goes on.

Every test leaves the server as it found it: alive, in the same process, with the same number of sales.
"""
import contextlib
import datetime
import os
import socket
import ssl
import struct
import threading
import time
import uuid

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from names import fresh
from shop import PIN, Client, Refused, certificate_request, decode_code, pb, tls_context, wait_for


@pytest.fixture(scope="module", autouse=True)
def memory_that_is_the_servers():
    """What was freed stays with the address sanitizer for a while, 256 MB of it unless told otherwise: that is not growth."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("ASAN_OPTIONS", os.environ.get("ASAN_OPTIONS", "") + ":quarantine_size_mb=8")
        yield


@pytest.fixture(scope="module")
def identity(shop):
    return shop.device(name="Till of bad input")


@pytest.fixture
def till(shop, identity):
    """A signed-in counter with an open shift, one connection a test."""
    client = shop.connect(identity)
    client.sign_in("Ben")
    with contextlib.suppress(Refused):
        client.command(pb.OP_SHIFT_OPEN, pb.ShiftOpen(float_minor=10000), pb.ShiftShown)
    yield client
    client.close()


@pytest.fixture(scope="module")
def roll(shop):
    return shop.put_product("Roll", 60)


@pytest.fixture(autouse=True)
def the_server_goes_on(shop):
    server = shop.servers[0]
    process = server.process.pid
    sales = shop.sql("SELECT count(*) FROM sale")
    yield
    assert server.process.poll() is None, server.log()[-3000:]
    assert server.process.pid == process
    Client(shop.port).close()
    assert shop.sql("SELECT count(*) FROM sale") == sales


def cpu_s(shop):
    """What the server's process has used of the processor."""
    with open(f"/proc/{shop.servers[0].process.pid}/stat") as stat:
        fields = stat.read().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def resident_kib(shop):
    with open(f"/proc/{shop.servers[0].process.pid}/status") as status:
        return next(int(line.split()[1]) for line in status if line.startswith("VmRSS"))


def assert_ends(client):
    """The connection's end comes, by a farewell or a reset."""
    while client.read_payload() is not None:
        pass


def last_words(client):
    """The code of an error that ends the connection."""
    frame = client.read_frame()
    assert frame is not None, "closed without a word"
    assert frame.reply.id == 0
    assert_ends(client)
    return pb.code(frame.reply.error.code)


# ---- not TLS 1.3, not our protocol, not our certificate ----


@pytest.mark.parametrize(
    "said", [b"hello\r\n", b"GET / HTTP/1.1\r\nHost: bakery\r\n\r\n", b"\x00\x00\x00\x05hello", b"\x80\x2e\x01\x03\x01"]
)
def test_plaintext_is_closed_without_a_word(shop, said):
    with socket.create_connection(("127.0.0.1", shop.port), timeout=5) as raw:
        raw.sendall(said)
        with contextlib.suppress(ConnectionResetError):
            assert raw.recv(100) == b""


def test_plaintext_is_logged_once_a_source_and_minute(shop):
    for _ in range(20):
        with socket.create_connection(("127.0.0.1", shop.port), timeout=5) as raw:
            raw.sendall(b"GET / HTTP/1.0\r\n\r\n")
            with contextlib.suppress(ConnectionResetError):
                raw.recv(100)
    assert shop.servers[0].log().count("not_tls") <= 2


@pytest.mark.parametrize("version", [ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_1])
def test_older_tls_is_refused_by_an_alert(shop, version):
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    context.set_ciphers("ALL:@SECLEVEL=0")
    context.minimum_version = ssl.TLSVersion.TLSv1
    context.maximum_version = version
    context.set_alpn_protocols(["caroline/1"])
    with pytest.raises(ssl.SSLError, match="(?i)protocol.version"):
        Client(shop.port, context=context)


@pytest.mark.parametrize("alpn", [(), ("http/1.1",), ("caroline/2", "h2")])
def test_another_protocol_within_tls_is_refused_by_an_alert(shop, alpn):
    with pytest.raises(ssl.SSLError, match="(?i)no.application.protocol"):
        Client(shop.port, context=tls_context(alpn=alpn))


def issue(directory, issuer_name, issuer_key, key, days, kind=ExtendedKeyUsageOID.CLIENT_AUTH):
    """A certificate as an authority makes it, and files that a TLS context can load."""
    now = datetime.datetime.utcnow()
    certificate = (
        x509.CertificateBuilder()
        .subject_name(x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "a device")]))
        .issuer_name(issuer_name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now + datetime.timedelta(days=min(0, days) - 1))
        .not_valid_after(now + datetime.timedelta(days=days))
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(x509.ExtendedKeyUsage([kind]), critical=False)
        .sign(issuer_key, hashes.SHA256())
    )
    (directory / "certificate.pem").write_bytes(certificate.public_bytes(serialization.Encoding.PEM))
    (directory / "key.pem").write_bytes(
        key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    )
    return directory / "certificate.pem", directory / "key.pem"


def context_with(files, ca):
    context = tls_context(ca=ca)
    context.load_cert_chain(*files)
    return context


def test_a_foreign_certificate_ends_in_an_alert(shop, identity, tmp_path):
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "Another bakery")])
    files = issue(tmp_path, name, key, key, 30)
    # A client of TLS 1.3 has finished its handshake before the server has looked: the alert comes at the first read.
    client = Client(shop.port, context=context_with(files, identity.ca_path), server_name="localhost", hello=False)
    with pytest.raises(ssl.SSLError, match="(?i)unknown.ca"):
        client.sock.recv(1)


def test_a_certificate_that_names_our_authority_without_its_signature_is_foreign(shop, identity, tmp_path):
    ca = x509.load_pem_x509_certificate(identity.ca_path.read_bytes())
    files = issue(tmp_path, ca.subject, ec.generate_private_key(ec.SECP256R1()), ec.generate_private_key(ec.SECP256R1()), 30)
    client = Client(shop.port, context=context_with(files, identity.ca_path), server_name="localhost", hello=False)
    with pytest.raises(ssl.SSLError, match="(?i)alert"):
        client.sock.recv(1)


def authority_of(shop):
    key = serialization.load_pem_private_key((shop.data / "vault" / "ca.key").read_bytes(), None)
    return x509.load_pem_x509_certificate((shop.data / "vault" / "ca.pem").read_bytes()).subject, key


def test_an_expired_certificate_is_told_so_by_hello(shop, tmp_path):
    """Its device is known: the very key that was enrolled, with a certificate that has run out."""
    device = shop.device(name="Till of last year")
    key = serialization.load_pem_private_key(device.key_path.read_bytes(), None)
    files = issue(tmp_path, *authority_of(shop), key, -1)
    with Client(shop.port, context=context_with(files, device.ca_path), server_name="localhost") as client:
        assert client.helloed.state == pb.DEVICE_STATE_EXPIRED
        assert not client.helloed.HasField("shop")
        assert_ends(client)


def test_a_certificate_of_ours_for_a_key_nobody_enrolled_is_unknown(shop, identity, tmp_path):
    files = issue(tmp_path, *authority_of(shop), ec.generate_private_key(ec.SECP256R1()), 30)
    with Client(shop.port, context=context_with(files, identity.ca_path), server_name="localhost") as client:
        assert client.helloed.state == pb.DEVICE_UNKNOWN
        assert_ends(client)


# ---- enrolment codes ----


def invite(shop):
    return shop.manager.command(
        pb.OP_DEVICE_INVITE, pb.DeviceInvite(kind=pb.CLIENT_COUNTER, name=f"Till {fresh(8)}"), pb.DeviceInvited
    ).code


def enrol_refused(shop, identity, secret, request=None):
    if request is None:
        request = certificate_request(ec.generate_private_key(ec.SECP256R1()))
    with Client(shop.port, ca=identity.ca_path, server_name="localhost", kind=pb.CLIENT_COUNTER) as client:
        return client.refusal(pb.OP_ENROL, pb.Enrol(secret=secret, certificate_request=request), uuid.uuid4().bytes)


def test_a_wrong_a_used_and_a_late_code_have_codes_of_their_own(shop, identity):
    _, secret = decode_code(invite(shop))
    wrong = secret[:2] + bytes([secret[2] ^ 1]) + secret[3:]
    assert enrol_refused(shop, identity, wrong) == "CODE_WRONG"
    assert enrol_refused(shop, identity, b"\0" * 5) == "CODE_WRONG"

    used = invite(shop)
    shop.enrol(used, pb.CLIENT_COUNTER)
    assert enrol_refused(shop, identity, decode_code(used)[1]) == "CODE_USED"

    _, late = decode_code(invite(shop))
    shop.sql("UPDATE device_invite SET expires_at = created_at WHERE used_at IS NULL")
    assert enrol_refused(shop, identity, late) == "CODE_EXPIRED"


def test_five_wrong_tries_end_a_code(shop, identity):
    _, secret = decode_code(invite(shop))
    for tried in range(1, 6):
        assert enrol_refused(shop, identity, secret[:4] + bytes([secret[4] ^ tried])) == "CODE_WRONG"
    assert enrol_refused(shop, identity, secret) == "CODE_EXPIRED"


def test_a_certificate_request_that_is_none_is_refused_and_costs_no_try(shop, identity):
    _, secret = decode_code(invite(shop))
    good = certificate_request(ec.generate_private_key(ec.SECP256R1()))
    forged = good[:-1] + bytes([good[-1] ^ 1])
    for request in (b"", b"\x30\x80", good[:100], forged, certificate_request(rsa.generate_private_key(65537, 2048))):
        assert enrol_refused(shop, identity, secret, request) == "BAD_CERTIFICATE_REQUEST"
    with Client(shop.port, ca=identity.ca_path, server_name="localhost", kind=pb.CLIENT_COUNTER) as client:
        client.command(pb.OP_ENROL, pb.Enrol(secret=secret, certificate_request=good), pb.Enrolled)


def test_without_a_certificate_only_hello_and_enrol_are_served(shop):
    with Client(shop.port, kind=pb.CLIENT_COUNTER) as stranger:
        assert stranger.refusal(pb.OP_PING, pb.Ping()) == "NOT_ENROLLED"
        assert stranger.refusal(pb.OP_SESSION_OPEN, pb.SessionOpen(name="Caroline", pin=PIN)) == "NOT_ENROLLED"
        assert stranger.refusal(pb.OP_PRODUCT_LIST, pb.ProductList()) == "NOT_ENROLLED"


# ---- frames ----


@pytest.mark.parametrize("length", [0, 65537, 2**31, 2**32 - 1])
def test_a_length_that_cannot_be_ends_the_connection(till, length):
    till.sock.sendall(struct.pack(">I", length))
    assert last_words(till) == "BAD_FRAME"


@pytest.mark.parametrize("length", [4097, 65536])
def test_before_sign_in_a_frame_has_at_most_4096_bytes(shop, identity, length):
    with shop.connect(identity) as client:
        client.sock.sendall(struct.pack(">I", length))
        assert last_words(client) == "BAD_FRAME"


def test_a_frame_of_one_byte_is_no_request(till):
    till.send_payload(b"\x08")
    assert last_words(till) == "BAD_FRAME"


def request_of(size, op):
    """A Request of exactly that many bytes."""
    body = size - len(pb.Request(id=1, op=op, body=b"x" * size).SerializeToString()) + size
    request = pb.Request(id=1, op=op, body=b"x" * body).SerializeToString()
    assert len(request) == size
    return request


def test_the_largest_frame_is_read_and_its_body_above_the_ops_limit(till):
    till.send_payload(request_of(65536, pb.OP_PING))
    assert pb.code(till.read_reply(1).error.code) == "TOO_LARGE"
    till.next_id = 2
    till.call(pb.OP_PING, pb.Ping(), pb.Pong)


def test_a_frame_cut_at_every_byte_is_one_frame(till):
    request = pb.Request(id=7, op=pb.OP_PING, deadline_ms=5000, body=b"").SerializeToString()
    frame = struct.pack(">I", len(request)) + request
    for cut in range(1, len(frame)):
        till.sock.sendall(frame[:cut])
        till.sock.sendall(frame[cut:])
        assert not till.read_reply(7).HasField("error")


def test_a_connection_that_ends_within_a_frame_leaves_nothing(shop, identity):
    request = pb.Request(id=7, op=pb.OP_PING, deadline_ms=5000).SerializeToString()
    frame = struct.pack(">I", len(request)) + request
    for cut in range(1, len(frame)):
        with shop.connect(identity) as client:
            client.sock.sendall(frame[:cut])


def test_bytes_that_are_no_request_end_the_connection(shop, identity):
    for payload in (b"\xff" * 10, b"\x2a\x05ab", b"\x0b" * 3, b"\x00\x00"):
        with shop.connect(identity) as client:
            client.send_payload(payload)
            assert last_words(client) == "BAD_FRAME"


# ---- bombs ----

# What is only long is read, and means an empty basket that names no version of the catalogue.
BOMBS = {
    "one basket again and again": (b"\x0a\x02\x1a\x00", "BAD_BODY"),
    "one empty basket again and again": (b"\x0a\x00", "BAD_BODY"),
    "unknown numbers": (b"\x60\x00", "CATALOGUE_UNKNOWN"),
    "unknown empty bytes": (b"\x62\x00", "CATALOGUE_UNKNOWN"),
    "groups within groups": (b"\x0b", "BAD_BODY"),
    "numbers that do not end": (b"\xff", "BAD_BODY"),
}


@pytest.mark.parametrize("name", BOMBS)
def test_a_body_that_explodes_is_refused_and_costs_little(shop, till, roll, name):
    part, code = BOMBS[name]
    bomb = (part * 65536)[: 12000 // len(part) * len(part)]
    before, memory = cpu_s(shop), resident_kib(shop)
    for _ in range(20):
        # What stays within its memory is a basket of nothing, of no version.
        assert till.refusal(pb.OP_SALE_QUOTE, body=bomb) == code
    # Twenty of them, in a process whose sanitizers keep what was freed: at most 1 MiB each.
    assert cpu_s(shop) - before < 1.5
    assert resident_kib(shop) - memory < 32 * 1024


def test_empty_lines_by_the_thousand_are_a_list_too_long(till):
    till.send(pb.OP_SALE_QUOTE, body=pb.SaleQuote(basket=pb.Basket(lines=[pb.BasketLine()] * 4000)).SerializeToString())
    reply = till.read_reply(till.next_id - 1)
    assert (pb.code(reply.error.code), reply.error.field) == ("BAD_FIELD", "basket.lines")


@pytest.mark.parametrize("name", BOMBS)
def test_an_envelope_that_explodes_ends_the_connection(shop, till, name):
    part, _ = BOMBS[name]
    before = cpu_s(shop)
    till.send_payload((part * 65536)[: 65536 // len(part) * len(part)])
    assert last_words(till) == "BAD_FRAME"
    assert cpu_s(shop) - before < 0.5


# ---- the door ----


def test_an_unknown_op_is_answered_and_the_connection_stays(till):
    for op in (0, 9, 9999, 2**32 - 1):
        assert till.refusal(op, body=b"anything") == "UNSUPPORTED"
    till.call(pb.OP_PING, pb.Ping(), pb.Pong)


def test_an_op_before_hello_ends_the_connection(shop, identity):
    for op in (pb.OP_PING, pb.OP_SALE_SHOW, 9999):
        with Client(shop.port, identity, hello=False) as client:
            assert client.refusal(op, body=b"") == "HELLO_FIRST"
            assert_ends(client)


def test_an_op_before_sign_in_is_refused(shop, identity):
    with shop.connect(identity) as client:
        assert client.refusal(pb.OP_SALE_SHOW, pb.SaleShow(last=True)) == "SIGN_IN_FIRST"
        assert client.refusal(pb.OP_SHIFT_OPEN, pb.ShiftOpen(float_minor=0), uuid.uuid4().bytes) == "SIGN_IN_FIRST"


def test_another_version_of_the_protocol_is_answered_not_dropped(shop, identity):
    with Client(shop.port, identity, hello=False) as client:
        for version in (0, 2, 999):
            reply = client.reply(pb.OP_HELLO, pb.Hello(protocol=version, client=pb.CLIENT_COUNTER))
            assert pb.code(reply.error.code) == "OLD_CLIENT"
            assert "1" in reply.error.sentence


def test_a_command_needs_an_id_of_16_bytes_and_a_read_none(till):
    shift = pb.ShiftOpen(float_minor=0)
    assert till.refusal(pb.OP_SHIFT_OPEN, shift) == "BAD_COMMAND_ID"
    assert till.refusal(pb.OP_SHIFT_OPEN, shift, b"x" * 15) == "BAD_COMMAND_ID"
    assert till.refusal(pb.OP_SHIFT_SHOW, pb.ShiftShow(), b"x" * 16) == "BAD_COMMAND_ID"


def test_a_body_that_is_not_the_ops_message_is_named_so(till):
    assert till.refusal(pb.OP_SALE_SHOW, body=b"\x0a\xff") == "BAD_BODY"
    assert till.refusal(pb.OP_PING, body=b"\xff") == "BAD_BODY"


def test_more_than_16_calls_in_flight_are_too_many(till):
    """In one write, so that they are all there before the first is answered."""
    frames = b""
    for number in range(1, 101):
        body = pb.CommandShow(command_id=uuid.uuid4().bytes).SerializeToString()
        request = pb.Request(id=1000 + number, op=pb.OP_COMMAND_SHOW, body=body).SerializeToString()
        frames += struct.pack(">I", len(request)) + request
    till.sock.sendall(frames)
    codes = [till.read_reply(1000 + number).error.code for number in range(1, 101)]
    assert set(codes) == {pb.ERROR_NONE, pb.TOO_MANY_CALLS}
    assert codes[:16] == [pb.ERROR_NONE] * 16
    till.call(pb.OP_PING, pb.Ping(), pb.Pong)


# ---- texts ----

TEXTS = {
    "a control character": "Ben\x07",
    "an escape sequence": "\x1b[2J\x1b[31mBen",
    "an escape of one character": "Ben\x9b2J",
    "a NUL": "Ben\0root",
    "a line end": "Ben\nCaroline",
    "delete": "Ben\x7f",
    "a direction override": "Ben\u202enimda",
}


def raw_text(field, data):
    """A message of one text field that holds these bytes, whatever they are."""
    assert len(data) < 128
    return bytes([field << 3 | 2, len(data)]) + data


@pytest.mark.parametrize("name", TEXTS)
def test_a_name_with_control_characters_is_refused(shop, name):
    body = raw_text(2, TEXTS[name].encode())  # StaffPut.name
    reply = shop.manager.reply(pb.OP_STAFF_PUT, command_id=uuid.uuid4().bytes, body=body)
    assert (pb.code(reply.error.code), reply.error.field) == ("BAD_FIELD", "name")
    assert "control character" in reply.error.sentence


@pytest.mark.parametrize(
    "data", [b"\xff", b"Ben\xc3", b"\xc0\xaf", b"\xed\xa0\x80", b"\xf4\x90\x80\x80"], ids=lambda data: data.hex()
)
def test_broken_utf8_is_refused(shop, data):
    reply = shop.manager.reply(pb.OP_STAFF_PUT, command_id=uuid.uuid4().bytes, body=raw_text(2, data))
    assert (pb.code(reply.error.code), reply.error.field) == ("BAD_FIELD", "name")
    assert "UTF-8" in reply.error.sentence


def test_a_text_too_long_names_its_limit(shop):
    reply = shop.manager.reply(pb.OP_STAFF_PUT, pb.StaffPut(name="é" * 81), uuid.uuid4().bytes)
    assert (pb.code(reply.error.code), reply.error.field) == ("BAD_FIELD", "name")
    assert "80 characters" in reply.error.sentence


def test_what_is_wrong_deep_inside_is_named_by_its_place(till, roll):
    lines = [pb.BasketLine(product_id=roll, quantity_milli=1000) for _ in range(3)]
    lines[2].void_reason = "\x07"
    reply = till.reply(pb.OP_SALE_QUOTE, pb.SaleQuote(basket=pb.Basket(lines=lines)))
    assert (pb.code(reply.error.code), reply.error.field) == ("BAD_FIELD", "basket.lines[2].void_reason")


def test_an_enum_value_nobody_knows_is_refused(till, roll):
    body = b"\x0a" + bytes([len(b"\x10\x4d")]) + b"\x10\x4d"  # basket { service: 77 }
    reply = till.reply(pb.OP_SALE_QUOTE, body=body)
    assert (pb.code(reply.error.code), reply.error.field) == ("BAD_FIELD", "basket.service")


# ---- sales that cannot be ----


def version_of(till):
    return till.call(pb.OP_PRODUCT_LIST, pb.ProductList(), pb.ProductListed).catalogue_version


def basket_of(till, *lines):
    return pb.Basket(
        catalogue_version=version_of(till),
        lines=[pb.BasketLine(product_id=product, quantity_milli=quantity) for product, quantity in lines],
    )


def ring_up_refused(till, basket, total_minor=60, **tender):
    tender = {"kind": pb.TENDER_CASH, "amount_minor": total_minor, **tender}
    ring_up = pb.SaleRingUp(basket=basket, total_minor=total_minor, tenders=[pb.Tender(**tender)])
    return till.refusal(pb.OP_SALE_RING_UP, ring_up, uuid.uuid4().bytes)


def test_an_unknown_product_is_refused(till):
    assert ring_up_refused(till, basket_of(till, (2**52, 1000))) == "UNKNOWN_PRODUCT"
    assert ring_up_refused(till, basket_of(till, (0, 1000))) == "UNKNOWN_PRODUCT"
    assert ring_up_refused(till, basket_of(till, (2**64 - 1, 1000))) == "UNKNOWN_PRODUCT"


@pytest.mark.parametrize("quantity", [0, -1000, 500, 1_000_001_000, 2**63 - 1, -(2**63)])
def test_a_quantity_that_cannot_be_is_refused(till, roll, quantity):
    assert ring_up_refused(till, basket_of(till, (roll, quantity))) == ("NOT_A_DEPOSIT" if quantity == -1000 else "BAD_QUANTITY")


def test_a_sum_that_leaves_the_range_is_refused(shop, till):
    dear = shop.put_product("Golden wedding cake", 100_000_000)
    lines = [(dear, 1_000_000_000)] * 200
    assert ring_up_refused(till, basket_of(till, *lines)) == "AMOUNT_OVERFLOW"


@pytest.mark.parametrize("amount", [-1, -(2**63), 2**63 - 1])
def test_money_that_cannot_be_is_refused(till, roll, amount):
    assert ring_up_refused(till, basket_of(till, (roll, 1000)), amount_minor=amount) == "BAD_TENDER"


def test_a_total_that_differs_is_refused_with_the_right_lines(till, roll):
    basket = basket_of(till, (roll, 1000), (roll, 2000))
    ring_up = pb.SaleRingUp(
        basket=basket, total_minor=179, tenders=[pb.Tender(kind=pb.TENDER_CASH, amount_minor=1000)]
    )
    reply = till.reply(pb.OP_SALE_RING_UP, ring_up, uuid.uuid4().bytes)
    assert pb.code(reply.error.code) == "TOTAL_DIFFERS"
    right = pb.SaleQuoted.FromString(reply.error.detail)
    assert right.total_minor == 180
    assert [line.total_minor for line in right.lines] == [60, 120]


def test_an_empty_basket_and_one_too_long_are_refused(till, roll):
    assert ring_up_refused(till, basket_of(till)) == "BASKET_EMPTY"
    assert ring_up_refused(till, basket_of(till, *[(roll, 1000)] * 201)) == "BAD_FIELD"


def test_the_same_command_id_with_another_body_is_refused(till):
    command_id = uuid.uuid4().bytes
    first = till.reply(pb.OP_SHIFT_OPEN, pb.ShiftOpen(float_minor=1), command_id)
    other = till.reply(pb.OP_SHIFT_OPEN, pb.ShiftOpen(float_minor=2), command_id)
    again = till.reply(pb.OP_SHIFT_OPEN, pb.ShiftOpen(float_minor=1), command_id)
    assert pb.code(first.error.code) == "SHIFT_ALREADY_OPEN"
    assert pb.code(other.error.code) == "COMMAND_REUSED"
    assert again.error == first.error


# ---- who does not read, and who does not speak ----


def test_who_says_nothing_is_closed_after_ten_seconds(shop):
    with socket.create_connection(("127.0.0.1", shop.port), timeout=20) as raw:
        begin = time.monotonic()
        assert raw.recv(1) == b""
        assert 9 < time.monotonic() - begin < 13


def test_a_stranger_who_stays_is_closed_after_ten_seconds(shop):
    with Client(shop.port, timeout=20) as stranger:
        begin = time.monotonic()
        assert_ends(stranger)
        assert time.monotonic() - begin < 17
