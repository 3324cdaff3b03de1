"""How a hostile request is asked: by whom, again by another device where one asked too often, and what no answer may have."""
import re
import ssl
import unicodedata
import uuid

from hostile_values import FRAME_MAX
from hostile_world import LOCKED
from shop import TOP, Client, Refused, pb
from valid_requests import BEHIND

COMMANDS = {name for name, kind in re.findall(r"^(\w+)\s+\d+\s+([ACR])\s", (TOP / "tests/wire/permissions.txt").read_text(), re.M) if kind == "C"}


def name_of(op):
    return pb.Op.Name(op).removeprefix("OP_").lower()


def asker(world, who):
    if who == "hello":
        return Client(world.shop.port, world.lead.identity, hello=False)
    if who == "stranger":  # each from an address of its own: who is refused too often waits
        world.source = getattr(world, "source", 1) % 200 + 1
        return Client(world.shop.port, ca=world.lead.identity.ca_path, server_name="localhost", kind=pb.CLIENT_COUNTER, source=f"127.0.1.{world.source}")
    return world.offline.client if who == "offline" else world.client(who)


def answered(world, who, op, body):
    """The Reply, whatever it says; of a request that is no frame the farewell."""
    client = asker(world, who)
    try:
        command_id = uuid.uuid4().bytes if name_of(op) in COMMANDS else None
        reply = client.reply(op, body=body, command_id=command_id)
    except (ConnectionError, ssl.SSLError):
        reply = farewell(client)
        assert reply is not None and len(body) > frame_max(who), f"{name_of(op)}, {len(body)} bytes: the connection ended, with {reply}"
        if who in ("hello", "stranger"):
            client.close()
        elif who == "offline":
            world.offline.client = world.shop.till(identity=client.identity, float_minor=None)
        else:
            world.again(who)
        return reply
    for push in client.pushes:
        if push.topic == pb.TOPIC_CATALOGUE:
            no_controls(pb.CatalogueDelta.FromString(push.body))
    client.pushes.clear()
    if who in ("hello", "stranger"):
        client.close()
    return reply


def farewell(client):
    """What the server said last, or None. It may be said, and the connection be over, while too large a frame is still being sent."""
    try:
        return client.read_reply(0)
    except (ConnectionError, ssl.SSLError):
        return None


def frame_max(who):
    """What fits for certain beside the rest of the frame: where nobody is signed in a frame is small."""
    return (4096 if who in ("hello", "stranger", "door") else FRAME_MAX) - 64


def attempt(world, op, row, body_of):
    """Ask until it is not a device that asked too often: the code, "" of what was carried out, and the answer."""
    who, answer, make = row
    world.op = op
    for _ in range(6):
        try:
            message = make(world)
        except Refused as refused:
            if refused.code not in LOCKED:
                raise
            make_room(world, refused.code, "lead" if who in ("stranger", "hello", "offline") else who)
            continue
        reply = answered(world, who, op, body_of(message))
        code = pb.code(reply.error.code) if reply.HasField("error") else ""
        if code == "MEMBER_SIGN_IN_FIRST":
            world.anew("member")
        elif code in LOCKED:
            make_room(world, code, who)
        else:
            break
    if not code:
        reply = answer.FromString(reply.body)
        if who == "guest":
            world.client("guest").call(pb.OP_SESSION_CLOSE, pb.SessionClose(), pb.SessionState)
        world.used()
        if op in BEHIND:
            BEHIND[op](world, who, reply)
        return code, reply
    return code, reply.error


def make_room(world, code, who):
    if code == "SIGN_IN_LOCKED":
        world.anew("door")
    elif who not in ("hello", "stranger", "offline"):
        world.anew(who)


def no_controls(message):
    """No text of an answer has what moves a terminal, or turns what is read around."""
    for field, value in message.ListFields():
        for one in value if field.label == field.LABEL_REPEATED else [value]:
            if field.message_type:
                no_controls(one)
            elif field.type == field.TYPE_STRING or field.name == "text":
                said = one.decode().replace("\n", "") if isinstance(one, bytes) else one
                bad = [c for c in said if unicodedata.category(c) == "Cc" or "\u202a" <= c <= "\u202e" or "\u2066" <= c <= "\u2069"]
                assert not bad, (field.full_name, said)
