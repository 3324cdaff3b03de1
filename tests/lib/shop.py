"""A real shop for tests: a private PostgreSQL cluster, caroline-server, and a client that speaks the protocol by hand.

    from shop import Client, make_shop, pb      # the fixtures `shop` and `manager` are in tests/conftest.py

Nothing in here knows the server's code: only its flags, PROTOCOL.md and the .proto files.
"""
import atexit
import contextlib
import hashlib
import importlib
import os
import pathlib
import re
import shutil
import signal
import socket
import ssl
import struct
import subprocess
import sys
import tempfile
import threading
import time
import uuid

import psycopg2
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from cluster import Cluster
from migrated import migrated
from waiting import wait_for

TOP = pathlib.Path(__file__).resolve().parents[2]
BUILD = pathlib.Path(os.environ.get("CAROLINE_BUILD", TOP / "build"))
SERVER = BUILD / "bin" / "caroline-server"
# The server as it is shipped, where tests/long has built that.
SHIPPED = pathlib.Path(os.environ["CAROLINE_SHIPPED"], "bin", "caroline-server") if "CAROLINE_SHIPPED" in os.environ else None
PIN = "8261"
ANSWERS = {
    "name": "Test bakery",
    "address": "1 Oven Street / Crustford",
    "tax number": "T-1",
    "receipt head": "Good bread",
    "receipt foot": "Come again",
    "currency": "EUR",
    "zone": "Europe/Berlin",
    "prices include tax": "yes",
    "day cut-off": "03:00",
    "manager": "Caroline",
}


class _Messages:
    """All messages, enums and ops of the .proto files as attributes: pb.Hello, pb.OP_HELLO, pb.BAD_FRAME."""

    def __init__(self):
        self._directory = tempfile.mkdtemp(prefix="caroline-proto-")
        atexit.register(shutil.rmtree, self._directory, ignore_errors=True)
        protos = sorted(str(p.name) for p in (TOP / "proto").glob("*.proto"))
        subprocess.run(["protoc", f"-I{TOP / 'proto'}", f"--python_out={self._directory}", *protos], check=True)
        sys.path.insert(0, self._directory)
        self._modules = [importlib.import_module(p.replace(".proto", "_pb2")) for p in protos]

    def __getattr__(self, name):
        for module in self._modules:
            if hasattr(module, name):
                return getattr(module, name)
        raise AttributeError(name)

    def code(self, number):
        return self.ErrorCode.Name(number) if number in self.ErrorCode.values() else str(number)


pb = _Messages()


def free_port():
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


class Refused(Exception):
    def __init__(self, error):
        self.code = pb.code(error.code)
        self.sentence = error.sentence
        self.field = error.field
        self.retry = error.retry
        self.detail = error.detail
        super().__init__(f"{self.code}: {self.sentence} {self.field}")


class Identity:
    """What a device keeps: its key, its certificate, the shop's CA."""

    def __init__(self, directory):
        self.directory = pathlib.Path(directory)
        self.directory.mkdir(mode=0o700, parents=True, exist_ok=True)
        self.key_path = self.directory / "key.pem"
        self.certificate_path = self.directory / "certificate.pem"
        self.ca_path = self.directory / "ca.pem"
        self.server_name = None
        self.device = None


def decode_code(text):
    """(80 bits of the CA's fingerprint, 40-bit secret) of an enrolment code."""
    alphabet = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
    number = 0
    for letter in re.sub(r"[\s-]", "", text.upper()).replace("O", "0").replace("I", "1").replace("L", "1"):
        number = number * 32 + alphabet.index(letter)
    data = number.to_bytes(15, "big")
    return data[:10], data[10:]


def certificate_request(key, subject="a device"):
    return (
        x509.CertificateSigningRequestBuilder()
        .subject_name(x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, subject)]))
        .sign(key, hashes.SHA256())
        .public_bytes(serialization.Encoding.DER)
    )


def tls_context(ca=None, identity=None, alpn=("caroline/1",)):
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.minimum_version = ssl.TLSVersion.TLSv1_3
    if alpn:
        context.set_alpn_protocols(list(alpn))
    if identity:
        context.load_cert_chain(identity.certificate_path, identity.key_path)
        ca = identity.ca_path
    if ca:
        context.load_verify_locations(ca)
    else:
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
    return context


class Client:
    """One connection. call() sends one request and waits for its reply; pushes that come meanwhile are kept."""

    def __init__(self, port, identity=None, ca=None, server_name=None, hello=True, kind=None, context=None, timeout=30,
                 receive_buffer=None, source=None, host="127.0.0.1"):
        raw = socket.socket()
        if source:
            raw.bind((source, 0))
        if receive_buffer:
            raw.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, receive_buffer)
        raw.settimeout(timeout)
        raw.connect((host, port))
        raw.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        context = context or tls_context(ca, identity)
        name = server_name or (identity.server_name if identity else None)
        self.sock = context.wrap_socket(raw, server_hostname=name if context.check_hostname else None)
        self.buffer = b""
        self.pushes = []
        self.replies = {}
        self.next_id = 1
        self.kind = kind if kind is not None else pb.CLIENT_CLI
        self.session = None
        self.helloed = self.hello() if hello else None

    def close(self):
        self.sock.close()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()

    # ---- frames ----

    def send_payload(self, payload):
        self.sock.sendall(struct.pack(">I", len(payload)) + payload)

    def read_payload(self):
        """The next frame's payload; None at the end of the connection."""
        while len(self.buffer) < 4 or len(self.buffer) < 4 + struct.unpack(">I", self.buffer[:4])[0]:
            try:
                more = self.sock.recv(65536)
            except (ssl.SSLError, ConnectionError):
                return None
            if not more:
                return None
            self.buffer += more
        size = struct.unpack(">I", self.buffer[:4])[0]
        payload, self.buffer = self.buffer[4 : 4 + size], self.buffer[4 + size :]
        return payload

    def read_frame(self):
        payload = self.read_payload()
        if payload is None:
            return None
        return pb.FromServer.FromString(payload)

    def read_reply(self, id):
        while id not in self.replies:
            frame = self.read_frame()
            if frame is None:
                raise ConnectionError("the server closed the connection")
            if frame.HasField("push"):
                self.pushes.append(frame.push)
            else:
                self.replies[frame.reply.id] = frame.reply
        return self.replies.pop(id)

    def read_push(self, topic, seconds=20):
        """The next push of a topic, kept ones first."""
        deadline = time.monotonic() + seconds
        while True:
            for push in self.pushes:
                if push.topic == topic:
                    self.pushes.remove(push)
                    return push
            self.sock.settimeout(max(0.01, deadline - time.monotonic()))
            try:
                frame = self.read_frame()
            finally:
                self.sock.settimeout(30)
            if frame is None:
                raise ConnectionError("the server closed the connection")
            if frame.HasField("push"):
                self.pushes.append(frame.push)
            else:
                self.replies[frame.reply.id] = frame.reply

    # ---- calls ----

    def send(self, op, message=None, command_id=None, deadline_ms=None, body=None):
        id, self.next_id = self.next_id, self.next_id + 1
        request = pb.Request(id=id, op=op, body=message.SerializeToString() if message is not None else (body or b""))
        if command_id is not None:
            request.command_id = command_id
        if deadline_ms is not None:
            request.deadline_ms = deadline_ms
        self.send_payload(request.SerializeToString())
        return id

    def reply(self, op, message=None, command_id=None, **more):
        """The whole Reply, whatever it says."""
        return self.read_reply(self.send(op, message, command_id, **more))

    def call(self, op, message, answer, command_id=None, **more):
        """The op's reply message; raises Refused. answer: its class."""
        reply = self.reply(op, message, command_id, **more)
        if reply.HasField("error"):
            raise Refused(reply.error)
        return answer.FromString(reply.body)

    def command(self, op, message, answer, command_id=None):
        return self.call(op, message, answer, command_id or uuid.uuid4().bytes)

    def refusal(self, op, message=None, command_id=None, **more):
        """The code's name of an error that must come."""
        reply = self.reply(op, message, command_id, **more)
        assert reply.HasField("error"), "was not refused"
        return pb.code(reply.error.code)

    def refusal_yet(self, op, message=None):
        """The same of an error that is on its way: None until it is there."""
        reply = self.reply(op, message)
        return pb.code(reply.error.code) if reply.HasField("error") else None

    def hello(self):
        return self.call(pb.OP_HELLO, pb.Hello(protocol=1, client=self.kind, client_version="test"), pb.Helloed)

    def sign_in(self, name="Caroline", pin=PIN, badge=None):
        message = pb.SessionOpen(pin=pin)
        if badge:
            message.badge = badge
        else:
            message.name = name
        self.session = self.call(pb.OP_SESSION_OPEN, message, pb.SessionOpened)
        return self.session


class Shop:
    """A cluster and its shop; servers come and go."""

    program = SERVER  # of its servers

    def __init__(self, cluster=None):
        self.cluster = cluster or Cluster()
        self.directory = pathlib.Path(self.cluster.root)
        self.data = self.directory / "server"
        self.servers = []
        self.identities = 0
        self.looks = threading.local()  # connections, by role

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.destroy()

    def sql(self, text, role="owner"):
        """Rows of a query, as tuples of Python values; a role of the cluster's four. Who only looks does so by a connection that is kept: a test
        that waits looks fifty times a second, and a connection is a process of PostgreSQL's."""
        if text.startswith("SELECT "):
            return self._look(text, role)
        with contextlib.closing(self.cluster.connect(role)) as connection:
            with connection, connection.cursor() as cursor:
                cursor.execute(text)
                return cursor.fetchall() if cursor.description else None

    def _look(self, text, role):
        kept = self.looks.__dict__  # this thread's
        while True:
            fresh = role not in kept
            if fresh:
                kept[role] = self.cluster.connect(role)
                kept[role].autocommit = True
            try:
                with kept[role].cursor() as cursor:
                    cursor.execute(text)
                    return cursor.fetchall()
            except psycopg2.Error as error:
                if error.pgcode and not error.pgcode.startswith("57P"):
                    raise
                kept.pop(role).close()
                if fresh:  # else the connection was lost since, and a new one may be there
                    raise psycopg2.OperationalError(str(error)) from error

    def look_no_more(self):
        """Nobody is in the database but the servers."""
        while self.looks.__dict__:
            self.looks.__dict__.popitem()[1].close()

    # ---- the server ----

    def environment(self):
        return dict(
            os.environ,
            DATABASE_URL=self.cluster.uri("app"),
            DATABASE_OWNER_URL=self.cluster.uri("owner"),
            DATABASE_READ_URL=self.cluster.uri("read"),
            CAROLINE_PRIVATE_DATABASE="yes",
        )

    def run_server(self, *arguments, program=None, timeout=120, **more):
        return subprocess.run(
            [program or self.program, "--data-dir", str(self.data), *arguments],
            env=self.environment(),
            capture_output=True,
            text=True,
            stdin=subprocess.DEVNULL,
            timeout=timeout,
            **more,
        )

    def init(self, **answers):
        path = self.directory / "answers"
        path.write_text("".join(f"{key} = {value}\n" for key, value in {**ANSWERS, **answers}.items()))
        done = self.run_server("--init", "--answers", str(path), "--server-name", "localhost")
        assert done.returncode == 0, done.stdout + done.stderr
        self.init_output = done.stdout
        self.first_pin = re.search(r"one-time PIN: (\d+)", done.stdout).group(1)
        self.first_code = re.search(r"device code: (\S+)", done.stdout).group(1)

    def start(self, *arguments, port=None):
        server = Server(self, port or free_port(), arguments)
        self.servers.append(server)
        return server

    @property
    def port(self):
        return self.servers[0].port

    def destroy(self):
        for server in self.servers:
            server.kill()
        self.cluster.delete()

    # ---- devices and persons ----

    def enrol(self, code, kind=None, port=None):
        """A device's identity for a one-time code."""
        self.identities += 1
        identity = Identity(self.directory / f"device-{self.identities}")
        fingerprint, secret = decode_code(code)
        kind = kind if kind is not None else pb.CLIENT_CLI
        with Client(port or self.port, kind=kind) as stranger:
            ca = stranger.helloed.ca_certificate
        assert hashlib.sha256(ca).digest()[:10] == fingerprint
        identity.ca_path.write_bytes(x509.load_der_x509_certificate(ca).public_bytes(serialization.Encoding.PEM))
        key = ec.generate_private_key(ec.SECP256R1())
        with Client(port or self.port, ca=identity.ca_path, server_name="localhost", kind=kind) as client:
            enrolled = client.command(
                pb.OP_ENROL, pb.Enrol(secret=secret, certificate_request=certificate_request(key)), pb.Enrolled
            )
        identity.key_path.write_bytes(
            key.private_bytes(
                serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
            )
        )
        identity.key_path.chmod(0o600)
        certificate = x509.load_der_x509_certificate(enrolled.certificate)
        identity.certificate_path.write_bytes(certificate.public_bytes(serialization.Encoding.PEM))
        identity.server_name = enrolled.server_name
        identity.device = enrolled.device
        return identity

    def open(self):
        """The first console enrolled, the manager signed in with a PIN of her own: self.console, self.manager."""
        self.console = self.enrol(self.first_code)
        self.manager = self.connect(self.console)
        self.manager.sign_in("Caroline", self.first_pin)
        me = self.manager.session.staff.id
        self.manager.command(pb.OP_STAFF_PUT, pb.StaffPut(id=me, pin=PIN), pb.StaffPutDone)
        self.manager.close()
        self.manager = self.connect(self.console)
        self.manager.sign_in()

    def connect(self, identity, port=None, kind=None):
        return Client(
            port or self.port, identity, kind=kind if kind is not None else (identity.device.kind or pb.CLIENT_CLI)
        )

    def device(self, kind=None, name=None, till_number=None):
        """A new enrolled device, invited by the manager."""
        kind = kind if kind is not None else pb.CLIENT_COUNTER
        invite = pb.DeviceInvite(kind=kind, name=name or f"device {self.identities + 1}")
        if till_number:
            invite.till_number = till_number
        code = self.manager.command(pb.OP_DEVICE_INVITE, invite, pb.DeviceInvited).code
        return self.enrol(code, kind)

    def role(self, name):
        def listed():
            try:
                return self.manager.call(pb.OP_STAFF_LIST, pb.StaffList(), pb.StaffListed)
            except Refused as problem:
                if problem.code != "TRY_AGAIN":  # as a busy machine's first answer may be: who asks asks again
                    raise

        return next(role.id for role in wait_for(listed, what="the list of roles").roles if role.name == name)

    def staff(self, name, role="cashier", pin=PIN, badge=None):
        message = pb.StaffPut(name=name, role_id=self.role(role), pin=pin, active=True)
        if badge:
            message.badge = badge
        return self.manager.command(pb.OP_STAFF_PUT, message, pb.StaffPutDone).id

    def till(self, name="Ben", pin=PIN, float_minor=10000, identity=None):
        """A connected counter with a signed-in cashier and an open shift."""
        identity = identity or self.device()
        client = self.connect(identity)
        client.identity = identity
        client.sign_in(name, pin)
        if float_minor is not None:
            client.command(pb.OP_SHIFT_OPEN, pb.ShiftOpen(float_minor=float_minor), pb.ShiftShown)
        return client

    # ---- goods ----

    def put_product(self, name, price_minor, **fields):
        """The id of a product: made, or changed where its sku exists."""
        fields.setdefault("active", True)
        fields.setdefault("tax_class_id", self.untaxed())
        product = pb.Product(name=name, price_minor=price_minor, **fields)
        done = self.manager.command(
            pb.OP_PRODUCT_PUT, pb.ProductPut(drafts=[pb.ProductDraft(product=product, set_lists=True)]), pb.ProductPutDone
        )
        return done.ids[0]

    def put(self, *drafts, client=None, set_lists=False):
        """ProductPutDone of drafts given as dictionaries."""
        message = pb.ProductPut(
            drafts=[pb.ProductDraft(product=pb.Product(**draft), set_lists=set_lists) for draft in drafts]
        )
        return (client or self.manager).command(pb.OP_PRODUCT_PUT, message, pb.ProductPutDone)

    def put_category(self, name, **fields):
        category = pb.Category(name=name, **fields)
        return self.manager.command(pb.OP_CATEGORY_PUT, pb.CategoryPut(category=category), pb.CataloguePutDone).id

    def put_tender_type(self, name, **fields):
        tender_type = pb.TenderType(**{"name": name, "kind": pb.TENDER_VOUCHER, **fields})
        return self.manager.command(pb.OP_TENDER_TYPE_PUT, pb.TenderTypePut(tender_type=tender_type), pb.CataloguePutDone).id

    def put_tax_class(self, name, *rates, **fields):
        """rates: (code, millionths) or dictionaries."""
        rates = [rate if isinstance(rate, dict) else {"code": rate[0], "rate_ppm": rate[1]} for rate in rates]
        tax_class = pb.TaxClass(name=name, rates=[pb.TaxRate(**rate) for rate in rates], **fields)
        return self.manager.command(pb.OP_TAX_CLASS_PUT, pb.TaxClassPut(tax_class=tax_class), pb.CataloguePutDone).id

    def show(self, client=None, **key):
        return (client or self.manager).call(pb.OP_PRODUCT_SHOW, pb.ProductShow(**key), pb.ProductShown).product

    def version(self):
        """Of the catalogue, in the database."""
        return self.sql("SELECT max(version) FROM catalogue_head")[0][0]

    def untaxed(self):
        listed = self.manager.call(pb.OP_PRODUCT_LIST, pb.ProductList(), pb.ProductListed)
        return next(tax.id for tax in listed.tax_classes if tax.name == "untaxed")

    def receive(self, product_id, pieces, reason="delivery"):
        self.manager.command(
            pb.OP_STOCK_RECEIVE,
            pb.StockReceive(moves=[pb.StockMove(product_id=product_id, quantity_milli=pieces * 1000)], reason=reason),
            pb.StockShown,
        )

    def check(self, program=None):
        """Every invariant holds; else the first that does not, with its row."""
        done = self.run_server("--check", program=program, timeout=600)  # of all that a bench sold, beside other tests
        assert done.returncode == 0, done.stdout + done.stderr


class Server:
    """One caroline-server process, ready to be spoken to."""

    def __init__(self, shop, port, arguments=()):
        self.shop = shop
        self.port = port
        self.log_path = shop.directory / f"server-{port}.log"
        self.arguments = [str(a) for a in arguments]
        self.process = None
        self.start()

    def start(self):
        with open(self.log_path, "ab") as log:
            self.process = subprocess.Popen(
                [self.shop.program, "--data-dir", self.shop.data, "--listen", f"127.0.0.1:{self.port}", *self.arguments],
                env=self.shop.environment(),
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
            )
        wait_for(self._answers, 60, f"server on port {self.port} (log: {self.log_path})")

    def _answers(self):
        if self.process.poll() is not None:
            raise AssertionError(f"server ended with {self.process.returncode}:\n{self.log()[-3000:]}")
        try:
            Client(self.port, kind=pb.CLIENT_CLI, timeout=5).close()
            return True
        except (OSError, Refused):
            return False

    def log(self):
        return self.log_path.read_text(errors="replace") if self.log_path.exists() else ""

    def kill(self):
        if self.process and self.process.poll() is None:
            self.process.kill()
        if self.process:
            self.process.wait()

    def stop(self, seconds=40):
        self.process.send_signal(signal.SIGTERM)
        return self.process.wait(seconds)

    def restart(self):
        self.kill()
        self.start()


def make_shop(**answers):
    shop = Shop(Cluster(copy=migrated(SERVER)))
    try:
        shop.init(**answers)
    except BaseException:
        shop.destroy()
        raise
    return shop
