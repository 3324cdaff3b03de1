"""Valid requests of all ops in any order, through two servers of one shop: who asks, what is sent again, and what an answer may be.

The requests are tests/wire/valid_requests.py's; what an op may be refused with stands in tests/wire/refusals.txt."""
import contextlib
import uuid

import valid_sales  # noqa: F401, its rows
from hostile_asking import COMMANDS, name_of
from hostile_world import LOCKED, World
from shop import TOP, Client, Refused, pb
from valid_requests import BEHIND, VALID
from waiting import wait_for

# Who else asks for what the manager at the till may: another one, a shift lead, a cashier, and an office.
OTHERS = {"boss": "Boss", "mate": "Mae", "clerk": "Cleo", "office": "Ada"}
BY_THEMSELVES = ("hello", "stranger")  # on a connection for each request
# Who may ask comes before an answer that was kept: it is whatever the session has become meanwhile.
DOOR = {"SIGN_IN_FIRST", "SESSION_LOCKED", "MEMBER_SIGN_IN_FIRST", "OTHER_MEMBER", "PERMISSION_DENIED", "UNSUPPORTED"}
# What is told once: it is not in the same answer again.
TOLD_ONCE = {pb.OP_DEVICE_INVITE: ("code", "expires_us"), pb.OP_MEMBER_CODE_MAKE: ("code", "expires_us"), pb.OP_MEMBER_CARD_MAKE: ("code",)}


def table(path, section=None):
    """The words of each line; of a section's lines."""
    here = section is None
    for line in (TOP / path).read_text().splitlines():
        if line.startswith("["):
            here = line == f"[{section}]"
        elif here and line.split("#")[0].strip():
            yield line.split("#")[0].split()


REFUSALS = {op: set(codes) for op, *codes in table("tests/wire/refusals.txt")}
OPS = {name: (kind, needs, clients) for name, _, kind, needs, clients, _ in table("tests/wire/permissions.txt", "ops")}
LETTER = {pb.CLIENT_COUNTER: "c", pb.CLIENT_KIOSK: "k", pb.CLIENT_ADMIN: "a", pb.CLIENT_CLI: "l"}


class Asked:
    """A request on its way, or answered; as it was sent it can be sent again."""

    def __init__(self, who, client, op, answer, body, command_id):
        self.who, self.client, self.op, self.answer, self.body, self.command_id = who, client, op, answer, body, command_id
        self.reply = None

    def told(self):
        return f"{name_of(self.op)} by {self.who}"


class Bakery(World):
    """The shop of the hostile requests, behind two servers: whoever asks has a connection to either, in one session."""

    def __init__(self, shop, gateway):
        self.side, self.codes, self.unasked, self.source, self.left = 0, {}, {}, 0, []
        shop.staff("Ada", role="manager")
        shop.staff("Mae", role="shift_lead")
        shop.staff("Cleo")
        super().__init__(shop, gateway)
        listed = self.lead.call(pb.OP_STAFF_LIST, pb.StaffList(), pb.StaffListed)
        roles = {role.id: set(role.permissions) for role in listed.roles}
        self.may = {person.name: roles[person.role_id] for person in listed.staff}

    def connect(self, identity, side=None, **more):
        side = self.side if side is None else side
        client = self.shop.connect(identity, port=self.shop.servers[side].port, **more)
        client.identity, client.side, client.twin, client.resumed = identity, side, None, None
        return client

    def open_boss(self):
        return self.seated(name="Boss")

    def open_mate(self):
        return self.seated(name="Mae")

    def open_clerk(self):
        return self.seated(name="Cleo")

    def open_office(self):
        client = self.connect(self.shop.device(pb.CLIENT_ADMIN))
        client.sign_in("Ada")
        return client

    def open_offline(self):
        return self.hold(self.offline.client)

    def hold(self, client):
        client.side, client.twin, client.resumed = 0, None, None
        return client

    def anew(self, who):
        """The one before stays open until what was asked of it is answered."""
        before = self.clients.pop(who, None)
        self.left += [client for client in (before, before and before.twin) if client]
        return super().anew(who)

    def let_go(self):
        while self.left:
            self.left.pop().close()

    # ---- who asks, and where ----

    def link(self, who, side):
        """The asker's connection to that server."""
        if who == "hello":
            return Client(self.shop.servers[side].port, self.lead.identity, hello=False)
        if who == "stranger":  # each from an address of its own: who is refused too often waits
            self.source = self.source % 200 + 1
            return Client(self.shop.servers[side].port, ca=self.lead.identity.ca_path, server_name="localhost", kind=pb.CLIENT_COUNTER,
                          source=f"127.0.2.{self.source}")
        client = self.client(who)
        if client.side == side:
            return client
        if not client.twin:
            client.twin = self.connect(client.identity, side, kind=client.kind)
        self.follow(who, client)
        return client.twin

    def follow(self, who, client):
        """The twin is in the session that the client is in."""
        if who == "member":
            now = self.person.card
            enter = lambda: client.twin.call(pb.OP_KIOSK_SIGN_IN, pb.KioskSignIn(card=now, secret=valid_sales.kiosk.MEMBER_PIN), pb.KioskSignedIn)
        else:
            now = client.session and client.session.token
            enter = lambda: client.twin.call(pb.OP_SESSION_RESUME, pb.SessionResume(token=now), pb.SessionOpened)
        if not now or client.twin.resumed == now:
            return
        try:
            enter()
            client.twin.resumed = now
        except Refused as refused:  # it is over: what is asked next says so too
            assert refused.code in {"SESSION_UNKNOWN", "MEMBER_SIGN_IN_FAILED", *LOCKED}, refused

    # ---- asking ----

    def asked(self, op, row, who, side):
        """A valid request, made up and on its way; None where the shop has come to a state in which there is none."""
        answer, make = VALID[op][row % len(VALID[op])][1:]
        self.op = op
        try:
            message = make(self)
        except Refused as refused:
            self.used()
            self.overtaken(refused, f"before {name_of(op)}")
            self.unasked[name_of(op)] = str(refused)
            return None
        return self.send(who, side, op, answer, message.SerializeToString(), uuid.uuid4().bytes if name_of(op) in COMMANDS else None)

    def send(self, who, side, op, answer, body, command_id):
        asked = Asked(who, self.link(who, side), op, answer, body, command_id)
        asked.call = asked.client.send(op, body=body, command_id=command_id)
        return asked

    def again(self, asked, side):
        """The same once more: of a connection that is gone, None."""
        if asked.who not in BY_THEMSELVES and asked.client not in (self.client(asked.who), self.client(asked.who).twin):
            return None
        return self.send(asked.who, side, asked.op, asked.answer, asked.body, asked.command_id)

    def read(self, asked):
        asked.reply = asked.client.read_reply(asked.call)
        asked.reply.ClearField("id")
        if asked.who in BY_THEMSELVES:
            asked.client.close()
        return self.code_of(asked)

    @staticmethod
    def code_of(asked):
        return pb.code(asked.reply.error.code) if asked.reply.HasField("error") else ""

    # ---- what an answer may be ----

    def judge(self, asked):
        """Carried out, or refused as the op may be; and never by who may not."""
        code, name = self.code_of(asked), name_of(asked.op)
        kind, needs, clients = OPS[name]
        self.codes.setdefault(name, {}).setdefault(code, 0)
        self.codes[name][code] += 1
        if LETTER.get(asked.client.kind, "c") not in clients:
            assert code == "UNSUPPORTED", (asked.told(), code, asked.reply.error.sentence)
            return
        if asked.who in OTHERS and needs.split("/")[0] in set().union(*self.may.values()) - self.may[OTHERS[asked.who]]:
            assert code == "PERMISSION_DENIED", (asked.told(), code, asked.reply.error.sentence)
            return
        if code in LOCKED and code != "SESSION_LOCKED":
            self.room_for(code, asked.who)
        elif code:
            assert code in REFUSALS.get(name, ()), f"{asked.told()}: {code}: {asked.reply.error.sentence} {asked.reply.error.field}\n{self.shown(asked)}"
            assert asked.reply.error.sentence

    def shown(self, asked):
        return getattr(pb, pb.Op.Name(asked.op).removeprefix("OP_").title().replace("_", "")).FromString(asked.body)

    def room_for(self, code, who):
        if code in LOCKED and who not in BY_THEMSELVES and who != "offline":
            self.anew("door" if code == "SIGN_IN_LOCKED" else who)

    def compare(self, first, second):
        """Two answers to one command: the same bytes, unless it was not kept or the session is another's by then."""
        code, later = self.code_of(first), self.code_of(second)
        if later in DOOR or later in LOCKED or code in DOOR or code in LOCKED or first.command_id is None:
            return
        said = [asked.reply.SerializeToString() for asked in (first, second)]
        if first.op in TOLD_ONCE and not code and not later:
            said = [self.without(asked, TOLD_ONCE[first.op]) for asked in (first, second)]
        assert said[0] == said[1], f"{first.told()}: {code or 'carried out'}, then {later or 'carried out'}\n{first.reply}\n{second.reply}\n{self.shown(first)}"

    @staticmethod
    def without(asked, fields):
        message = asked.answer.FromString(asked.reply.body)
        for field in fields:
            message.ClearField(field)
        return message.SerializeToString(deterministic=True)

    def overtaken(self, refused, when):
        """What stands around a request is refused as others are."""
        self.room_for(refused.code, "lead")
        assert refused.code in LOCKED or any(refused.code in codes for codes in REFUSALS.values()), f"{when}: {refused}"

    def trains(self):
        """A session that was asked to begin by the other server's connection does so here a moment later; or somebody has ended it by then."""
        token = self.spare.session.token
        on = lambda: self.spare.call(pb.OP_SESSION_RESUME, pb.SessionResume(token=token), pb.SessionOpened).training
        with contextlib.suppress(AssertionError):
            wait_for(on, 2, "the training here")

    def behind(self, asked):
        """What a request of the op changed and others stand on is put back; by now somebody else may have done so."""
        self.op = asked.op
        code = self.code_of(asked)
        if asked.who == "guest" and not code:
            asked.client.reply(pb.OP_SESSION_CLOSE, pb.SessionClose())
        self.used()
        if asked.op == pb.OP_TRAINING_BEGIN and not code:
            self.trains()
        undo = BEHIND.get(asked.op) if not code else None
        if asked.op == pb.OP_TRAINING_END and code:  # begun for it here, and the other server had not heard of that
            undo = valid_sales.end_training
        if undo:
            try:
                undo(self, asked.who, None if code else asked.answer.FromString(asked.reply.body))
            except Refused as refused:
                self.overtaken(refused, f"behind {name_of(asked.op)}")
