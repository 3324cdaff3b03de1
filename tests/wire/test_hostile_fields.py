"""Every field of every request, one at a time, made hostile in a request that would be carried out but for it.

What comes back is an answer in time: a refusal with a code and a sentence, or what was asked for; the server goes on, says nothing of an
error, and the books are right at the end. Without CAROLINE_HOSTILE a draw by CAROLINE_SEED; tests/long asks everything (CAROLINE_HOSTILE=.). An op without a
valid request, or a field that is in none and not said to be, fails here.
"""
import os
import random
import re
import time

import pytest

import hostile_values as hostile
import valid_sales  # noqa: F401, its rows
from gateway import Gateway
from hostile_asking import attempt, frame_max, name_of, no_controls
from hostile_world import World
from paying import settings
from seed import seed
from shop import Refused, make_shop, pb
from valid_requests import VALID

ALL = os.environ.get("CAROLINE_HOSTILE")  # a regular expression of ops' names: all of these are asked in full
DRAW_S = 10  # of cases; what is behind and before takes as long
SELDOM = {pb.OP_MEMBER_SIGN_UP: 4, pb.OP_SELF_PUT: 9, pb.OP_SELF_ERASE: 9, pb.OP_ENROL: 20}  # values a field; a device may ask so seldom
NEVER = {"TRY_AGAIN", "FAULT", "DEADLINE", "SHUTTING_DOWN", "HELLO_FIRST", "NOT_ENROLLED", "PERMISSION_DENIED", "UNSUPPORTED", "TOO_MANY_CALLS",
         "BAD_COMMAND_ID", "COMMAND_REUSED", "SIGN_IN_FIRST", "ERROR_NONE"}
# Said of what is in the field, all the same.
ALLOWED = {(pb.OP_HELLO, "client"): {"UNSUPPORTED"}, (pb.OP_COMMAND_SHOW, "command_id"): {"BAD_COMMAND_ID"}}
LEAKS = re.compile(r"\(null\)|violates|syntax error|SQLSTATE|\bpg_|duplicate key|invalid input|out of range for type|assert")

LOUD = re.compile(rb"^\S+Z error |runtime error|Sanitizer", re.M)

# Messages that stand in a request of the op by the .proto and in none that is carried out; hostile fields are put there all the same.
NO_ROOM = {
    **{(pb.OP_BASKET_LEAVE, path): "the counter's" for path in
       ("basket.lines.discount", "basket.discount", "basket.rewards", "basket.coupons", "basket.coupons.coupon", "basket.coupons.campaign")},
    **{(pb.OP_SALE_OFFLINE, path): "of what a till may not do by itself, or that its lines would have to say too" for path in
       ("basket.rewards", "basket.coupons", "basket.coupons.coupon", "basket.coupons.campaign", "basket.discount", "basket.lines.discount",
        "basket.lines.options")},
    **{(pb.OP_MEMBER_SIGN_UP, f"member.{path}"): "who signs up says no such thing" for path in ("lots", "sales", "merged", "consents")},
}


@pytest.fixture(scope="module")
def world():
    with Gateway() as gateway, make_shop() as shop:
        config = settings(shop, gateway)
        shop.start("--config", config, "--idle-lock-s", "7200", "--kiosk-idle-s", "600", "--watch-s", "0")
        shop.open()
        shop.staff("Ben")
        made = World(shop, gateway)
        made.pid, made.logged = shop.servers[0].process.pid, 0
        yield made
        made.close()


def path_name(path):
    return ".".join(field.name for field in path)


# ---- what an answer may be ----


def judge(world, told, value, code, answer, too_big, never=frozenset(NEVER)):
    if code:
        assert code in pb.ErrorCode.keys() and code not in never, (told, code, answer.sentence)
        assert 5 < len(answer.sentence) <= 300 and not LEAKS.search(answer.sentence), (told, code, answer.sentence)
        assert code != "BAD_FIELD" or answer.field, (told, answer.sentence)
    no_controls(answer)
    if value.only:
        assert code in value.only or code == "BAD_FRAME" and too_big, (told, code or "carried out", value.only)
    log = world.shop.servers[0].log_path
    with open(log, "rb") as lines:
        lines.seek(world.logged)
        new = lines.read()
    world.logged += len(new)
    assert not re.search(LOUD, new), (told, code, new.decode(errors="replace"))
    assert not re.search(rb"[\x00-\x08\x0b-\x1f\x7f]", new), (told, new)


# ---- which fields there are ----


def rows_of(world, broken):
    """Of each op its valid requests, sent once: (row, message). What was refused is told in broken."""
    rows = {}
    for op in sorted(pb.Op.values()):
        if not op:
            continue
        if op not in VALID:
            broken.append(f"{name_of(op)}: no valid request is known")
            continue
        for row in VALID[op]:
            sent = []

            def body_of(message):
                sent.append(message)
                return message.SerializeToString()

            code, answer = attempt(world, op, row, body_of)
            if code:
                broken.append(f"{name_of(op)}: what is said to be a valid request is {code}: {answer.sentence} {answer.field}\n{sent[-1]}")
            no_controls(answer)
            rows.setdefault(op, []).append((row, sent[-1]))
    return rows


def places(world, rows, broken):
    """(op, path, row, fill) of every field: where it is best put; fill: the request has not even what it is in."""
    for op in sorted(rows):
        for path in hostile.fields(hostile.request_of(op).DESCRIPTOR):
            there = [(hostile.field_of(message, path), row) for row, message in rows[op]]
            best = [row for raw, row in there if raw] or [row for raw, row in there if raw is not None]
            if not best and (op, path_name(path[:-1])) not in NO_ROOM:
                broken.append(f"{name_of(op)}: no valid request has {path_name(path[:-1])}, where {path[-1].name} stands")
            yield op, path, (best or [rows[op][0][0]])[0], not best


def filled(message, path):
    """With what the field is in."""
    made = type(message)()
    made.CopyFrom(message)
    inner = made
    for field in path[:-1]:
        value = getattr(inner, field.name)
        if field.label == field.LABEL_REPEATED:
            inner = value[0] if value else value.add()
        else:
            value.SetInParent()
            inner = value
    return made


def values_of(world, op, path, message):
    return list(hostile.of(path[-1], hostile.field_of(message, path) or b"", world.ids, world.tokens))


def one(world, op, path, row, fill, name):
    told, chosen, size = f"{name_of(op)} {path_name(path)}: {name}", None, 0

    def body_of(message):
        nonlocal chosen, size
        message = filled(message, path) if fill else message
        chosen = next(value for value in values_of(world, op, path, message) if value.name == name)
        body = hostile.with_field(message, path, chosen.raw)
        size = len(body)
        return body

    try:
        code, answer = attempt(world, op, row, body_of)
    except (Refused, ConnectionError, TimeoutError) as problem:
        raise AssertionError(f"{told}: what stands around it failed: {problem!r}") from problem
    judge(world, told, chosen, code, answer, size > frame_max(row[0]), NEVER - ALLOWED.get((op, path_name(path)), set()))
    return code


def test_B34_every_field_of_every_request_hostile(world):
    drawn, broken = seed(), []
    rows = rows_of(world, broken)
    found = list(places(world, rows, broken))
    assert not broken, "\n".join(broken)
    cases, rng = [], random.Random(drawn)
    for op, path, row, fill in found:
        message = next(message for one_row, message in rows[op] if one_row is row)
        names = [value.name for value in values_of(world, op, path, filled(message, path))]
        names = rng.sample(names, min(len(names), SELDOM.get(op, len(names)), 3 if fill else 10**6))
        cases += [(op, path, row, fill, name) for name in names]
    assert len(found) > 500 and len(cases) > 8000, (len(found), len(cases))
    if ALL:
        cases = [case for case in cases if re.search(ALL, name_of(case[0]))]
    else:
        rng.shuffle(cases)
    began, asked, codes = time.monotonic(), 0, {}
    for case in cases:
        if not ALL and time.monotonic() > began + DRAW_S:
            break
        try:
            code = one(world, *case)
        except AssertionError as problem:
            broken.append(str(problem))
            print(problem, flush=True)
            assert len(broken) < 40, "\n".join(broken)
            continue
        codes[code or "carried out"] = codes.get(code or "carried out", 0) + 1
        asked += 1
    print(f"{asked} of {len(cases)} requests, {len(found)} fields, {time.monotonic() - began:.0f} s:", dict(sorted(codes.items(), key=lambda c: -c[1])))
    assert not broken, "\n".join(broken)
    assert ALL or asked > 60 and codes["carried out"] > asked // 20
    world.settings()
    world.op = None
    world.sold()
    assert world.shop.servers[0].process.pid == world.pid and world.shop.servers[0].process.poll() is None
    world.shop.check()
