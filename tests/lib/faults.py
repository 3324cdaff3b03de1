"""What the tests of faults share: failpoints of the server (common/base/failpoint.h), and devices that keep asking until
they are answered, as PROTOCOL.md has it: an unanswered command is sent again under its id."""
import collections
import concurrent.futures
import contextlib
import os
import pathlib
import re
import uuid

import psycopg2

from shop import PIN, TOP, Client, Refused, pb
from waiting import wait_for

POINTS = re.findall(r"\bpoint\((\w+)\)", (TOP / "common" / "base" / "failpoint.h").read_text())


class Failpoints:
    """The directory by which the servers that start from now on are told where to die."""

    def __init__(self, directory):
        self.directory = pathlib.Path(directory)
        self.armed, self.reached = self.directory / "armed", self.directory / "reached"

    def __enter__(self):
        os.environ["CAROLINE_FAILPOINT"] = str(self.directory)
        return self

    def __exit__(self, *_):
        del os.environ["CAROLINE_FAILPOINT"]

    def arm(self, name, action, nth=1):
        beside = self.directory / "armed.new"
        beside.write_text(f"{name}:{nth}:{action}")
        beside.rename(self.armed)

    def fired(self):
        return not self.armed.exists()

    def disarm(self):
        """Nothing dies any more; whether something has."""
        try:
            self.armed.unlink()
        except FileNotFoundError:
            return True
        return False

    @contextlib.contextmanager
    def recorded(self, names):
        """The names that are passed meanwhile are added to a list, in their order, each once."""
        with self.counted() as passed:
            yield
        names += [name for name in passed if name not in names]

    @contextlib.contextmanager
    def counted(self):
        """How often each name is passed meanwhile; filled in at the end."""
        passed = collections.Counter()
        self.reached.write_text("")
        yield passed
        passed.update(self.reached.read_text().split())
        self.reached.unlink()


def backend_of(shop, application):
    """PostgreSQL's process of one of the server's connections: "caroline writer", "caroline notify" ..."""
    [[process]] = shop.sql(f"SELECT pid FROM pg_stat_activity WHERE application_name = '{application}' LIMIT 1", "admin")
    return process


def once_recovered(ask):
    """What ask() says; None while PostgreSQL recovers from a backend's SIGKILL, and takes nobody."""
    try:
        return ask()
    except (psycopg2.OperationalError, psycopg2.InterfaceError):
        return None


class Device:
    """A device that somebody has signed in on; it connects again by itself, with the session's token."""

    def __init__(self, shop, client):
        self.shop, self.identity, self.token = shop, client.identity, client.session.token
        self.client = client
        self.host, self.port = client.sock.getpeername()
        self.patience = 30  # seconds for an answer; then the connection counts as lost

    def connect(self):
        """Raises OSError when it cannot."""
        self.lose()
        client = Client(self.port, self.identity, kind=self.identity.device.kind, timeout=self.patience, host=self.host)
        try:
            client.call(pb.OP_SESSION_RESUME, pb.SessionResume(token=self.token), pb.SessionOpened)
        except BaseException as problem:
            client.close()
            if isinstance(problem, Refused) and problem.retry:
                raise ConnectionError(str(problem)) from problem
            raise
        self.client = client
        return client

    def lose(self):
        if self.client:
            self.client.close()
        self.client = None


class Order:
    """One command of a device: sent again under its id until it is answered; answered alike however often it is asked."""

    def __init__(self, device, op, message):
        self.device, self.op, self.message = device, op, message
        self.command_id = uuid.uuid4().bytes
        self.answers = set()
        self.asked = None
        self.said = "not asked yet"  # the last answer, for who reads the test's

    @property
    def answered(self):
        return bool(self.answers)

    @property
    def kept_id(self):
        """Under which the server keeps its answer."""
        return self.command_id

    def alike(self, reply):
        """Of an answer what is the same however often it is asked: all of it."""
        reply.ClearField("id")
        return reply.SerializeToString()

    def send(self):
        self.asked = None
        try:
            client = self.device.client or self.device.connect()
            self.asked = client, client.send(self.op, self.message, self.command_id)
        except OSError as error:
            self.said = f"not sent: {error}"
            self.device.lose()

    def read(self):
        """Whether an answer that stands has come; refusals stand, but for those that say "try again"."""
        if not self.asked:
            return False
        try:
            reply = self.asked[0].read_reply(self.asked[1])
            if pb.code(reply.error.code) == "SESSION_LOCKED":  # its person had nothing to do for minutes
                self.asked[0].call(pb.OP_SESSION_UNLOCK, pb.SessionUnlock(pin=PIN), pb.SessionState)
        except OSError as error:
            self.said = f"not answered: {error}"
            if self.device.client is self.asked[0]:
                self.device.lose()
            return False
        self.said = f"{pb.code(reply.error.code)}: {reply.error.sentence}"
        if reply.HasField("error") and reply.error.retry:
            return False
        self.answers.add(self.alike(reply))
        assert len(self.answers) == 1, "one command was answered in two ways"
        return True

    def reply(self):
        [answer] = self.answers
        return pb.Reply.FromString(answer)


def ask_once(orders):
    """All are sent before any is read; whether all were answered."""
    for order in orders:
        order.send()
    return all([order.read() for order in orders])


def ask_together(orders):
    """Each device asks by itself, and waits for nobody's answers but its own; whether all were answered."""
    of_device = collections.defaultdict(list)
    for order in orders:
        of_device[order.device].append(order)
    with concurrent.futures.ThreadPoolExecutor(len(of_device)) as pool:
        return all(list(pool.map(ask_once, of_device.values())))


def see_through(orders, seconds=60, meanwhile=lambda: None):
    """Until each was answered, whatever dies; then all are asked once more: what is kept is what was said."""

    def done():
        meanwhile()
        return ask_once([order for order in orders if not order.answered])

    try:
        wait_for(done, seconds, "an answer to every command")
        wait_for(lambda: ask_once(orders), seconds, "the kept answers")
    except AssertionError as error:
        raise AssertionError(f"{error}: {sorted({order.said for order in orders})}") from error


# What sells; a rescue does under the id that the dead till gave its sale.
SELLS = (pb.OP_SALE_RING_UP, pb.OP_SALE_REFUND, pb.OP_SALE_REFUND_FREE, pb.OP_SALE_OFFLINE, pb.OP_SALE_RESCUE)


def counted(shop, table, ids):
    """How many rows of each command's id."""
    wanted = ", ".join(f"'\\x{id.hex()}'" for id in ids)
    rows = shop.sql(f"SELECT command_id, count(*) FROM {table} WHERE command_id IN ({wanted}) GROUP BY command_id")
    return {bytes(id): count for id, count in rows}


def check_exactly_once(shop, orders):
    """Each was carried out, and is there once."""
    sells_as = {order: order.message.command_id if order.op == pb.OP_SALE_RESCUE else order.command_id for order in orders}
    kept = counted(shop, "command", [order.kept_id for order in orders])
    sold = counted(shop, "sale", sells_as.values())
    for order in orders:
        assert not order.reply().HasField("error"), order.reply().error
        assert kept.get(order.kept_id) == 1, (pb.Op.Name(order.op), kept.get(order.kept_id))
        assert sold.get(sells_as[order], 0) == (1 if order.op in SELLS else 0), pb.Op.Name(order.op)
