"""What a field can be sent that nobody means well by, by its type: as bytes of the wire, so that no library mends it first."""
import pathlib
import re
import struct

from shop import pb

PROTOS = pathlib.Path(__file__).resolve().parents[2] / "proto"
FRAME_MAX = 65536

# What no text of any request may have: the walker refuses it wherever it stands.
BROKEN = {
    "a NUL": b"Ben\0root",
    "a line of its own for the log": b"Ben\r\nlevel=error",
    "an escape sequence": b"\x1b[2J\x1b]0;mine\x07\x1b[31mBen",
    "an escape of one character": "\x9b2JBen".encode(),
    "delete": b"Ben\x7f",
    "a direction override": "\u202enimda".encode(),
    "a direction isolate": "\u2066nimda".encode(),
    "a byte that is never UTF-8": b"Ben\xff",
    "half a character": b"Ben\xc3",
    "a slash in two bytes": b"\xc0\xaf",
    "a surrogate": b"\xed\xa0\x80",
    "beyond the last character": b"\xf4\x90\x80\x80",
}
# Text all the same, shortened to what the field takes.
STRANGE = {
    "nothing": "",
    "blanks": "   ",
    "SQL": "'); DROP TABLE sale; --",
    "a C format": "%s%n%n%999999d",
    "a shell's": "$(reboot)`id`;|&",
    "a mark-up": "<script>&\"'</script>",
    "a path": "../../../etc/passwd",
    "right to left": "\u05dc\u05d7\u05dd \u0639\u064a\u0634 12",
    "zero widths": "B\u200be\u200cn\u200d\ufeff",
    "a flood of accents": "Z" + "\u0335\u0311\u0352" * 26,
    "emoji": "\U0001f468\u200d\U0001f469\u200d\U0001f467\U0001f1e9\U0001f1ea\U0001f3fd",
    "what is no character": "\ufffe\U0010ffff",
    "another line, as Unicode has it": "a\u2028b\u2029c",
    "digits of other alphabets": "\u0967\uff12\u2462",
    "the number of a card": "4111 1111 1111 1111",
}
DAYS = ("2028-02-29", "2027-02-29", "2000-02-29", "2100-02-29", "1900-02-29", "--02-29", "--02-30", "0000-01-01", "0001-01-01", "9999-12-31",
        "10000-01-1", "-001-01-01", "2026-13-01", "2026-00-10", "2026-04-31", "2026-4-3", "1969-12-31", "2026-11-3x")
DAY_US = 86400 * 10**6
LEAP_DAY_US = 1835395200 * 10**6  # 2028-02-29
NUMBERS = (0, 1, -1, 7, 2**31 - 1, 2**31, 2**32 - 1, 2**32, 2**53 - 1, 2**53, 2**63 - 1, -(2**63), 2**64 - 1)
TIMES = (0, 1, LEAP_DAY_US, LEAP_DAY_US - DAY_US, -62135596800 * 10**6, 253402300800 * 10**6, 4102444800 * 10**6, 2**63 - 1, 2**63, 2**64 - 1)
MANY = 10_000


def limits():
    """message.field: (its max, whether any digits may stand there)"""
    found = {}
    for path in PROTOS.glob("*.proto"):
        message = None
        for line in path.read_text().splitlines():
            if head := re.match(r"message (\w+)", line):
                message = head.group(1)
            elif (field := re.match(r"\s*(optional|repeated)\s+(\w+)\s+(\w+)", line)) and (most := re.search(r"max (\d+)(, any digits)?", line)):
                found[message, field.group(3)] = int(most.group(1)), bool(most.group(2))
    return found


LIMITS = limits()


def varint(number):
    number &= 2**64 - 1
    out = bytearray()
    while number >= 0x80:
        out.append(number & 0x7F | 0x80)
        number >>= 7
    return bytes(out) + bytes([number])


def tag(field, wire):
    return varint(field.number << 3 | wire)


def counted(field, data):
    return tag(field, 2) + varint(len(data)) + data


class Hostile:
    """One value of one field: its bytes, and the codes that alone may come of it; none: any refusal, or an answer."""

    def __init__(self, name, raw, only=()):
        self.name, self.raw, self.only = name, raw, only


def texts(field):
    most, free = LIMITS[field.containing_type.name, field.name]
    most = 100 if field.label == field.LABEL_REPEATED else most
    for name, data in BROKEN.items():
        yield Hostile(name, counted(field, data), ("BAD_FIELD",))
    for name, text in STRANGE.items():
        if name == "the number of a card" and (free or most < len(text)):
            continue
        only = ("CARD_NUMBER",) if name == "the number of a card" else ()
        yield Hostile(name, counted(field, text[:most].encode()), only)
    yield Hostile("a character too many", counted(field, ("é" * (most + 1)).encode()), ("BAD_FIELD",))
    yield Hostile("as long as may be", counted(field, ("é" * most).encode()))
    yield Hostile("longer than any request", counted(field, b"x" * 60_000), ("BAD_FIELD", "TOO_LARGE"))
    if re.fullmatch(r"(.*_)?(day|birthday|before)", field.name):
        for day in DAYS:
            yield Hostile(f"the day {day}", counted(field, day.encode()))


def bytes_of(field, tokens):
    most, _ = LIMITS[field.containing_type.name, field.name]
    for name, data in {"nothing": b"", "one byte": b"\0", "zeros": bytes(most if most < 1000 else 16), "ones": b"\xff" * min(most, 64),
                       "what begins no message": b"\x0a\xff\xff", **tokens}.items():
        yield Hostile(name, counted(field, data[:most]))
    if most + 1 < FRAME_MAX // 2:
        yield Hostile("a byte too many", counted(field, bytes(most + 1)), ("BAD_FIELD", "TOO_LARGE"))


def is_id(field):
    return re.fullmatch(r"(.+_)?ids?", field.name) is not None


def varints(field, ids):
    if field.type == field.TYPE_BOOL:
        numbers = (0, 1, 2, 2**64 - 1)
    elif field.type == field.TYPE_ENUM:
        # One that nobody knows is skipped by proto2's readers, or refused.
        numbers = (*field.enum_type.values_by_number, 99, 2**31 - 1, 2**31, 2**64 - 1)
    elif field.name.endswith("_us"):
        numbers = TIMES
    elif is_id(field):  # the first ones are the house's own, whom the others need
        numbers = [number for number in NUMBERS if number not in (1, 7)]
    else:
        numbers = NUMBERS
    for number in numbers:
        yield Hostile(str(number), tag(field, 0) + varint(number))
    if is_id(field):
        for name, id in ids.items():
            yield Hostile(f"the id of {name}", tag(field, 0) + varint(id))


def of(field, valid, ids, tokens):
    """valid: the field's bytes in the request that would be carried out, or b"" where it has none there."""
    if field.type == field.TYPE_STRING:
        yield from texts(field)
    elif field.type == field.TYPE_BYTES:
        yield from bytes_of(field, tokens)
    elif field.type == field.TYPE_MESSAGE:
        yield Hostile("an empty message", counted(field, b""))
        yield Hostile("what is no message", counted(field, b"\x0a\xff\xff"), ("BAD_BODY",))
    else:
        assert field.cpp_type in (field.CPPTYPE_INT64, field.CPPTYPE_UINT64, field.CPPTYPE_UINT32, field.CPPTYPE_BOOL, field.CPPTYPE_ENUM), field.full_name
        yield from varints(field, ids)
    yield Hostile("missing", b"")
    yield from often(field, valid)
    yield Hostile("of another type", varint(field.number << 3 | 5) + struct.pack("<I", 7))


def often(field, valid):
    """A list that is full, one too many, and ten thousand; of what is no list the last one counts, however often it comes."""
    one = valid or {field.TYPE_STRING: counted(field, b""), field.TYPE_BYTES: counted(field, b""), field.TYPE_MESSAGE: counted(field, b"")}.get(
        field.type, tag(field, 0) + b"\1")
    fits = lambda count: count * len(one) < FRAME_MAX - 4096
    if field.label != field.LABEL_REPEATED:
        if fits(MANY):
            yield Hostile("ten thousand times", one * MANY)
        yield Hostile("twice", one * 2)
        return
    most = LIMITS[field.containing_type.name, field.name][0]
    short = counted(field, b"") if field.type in (field.TYPE_STRING, field.TYPE_MESSAGE) else tag(field, 0) + b"\1"
    for name, count, only in (("full", most, ()), ("one too many", most + 1, ("BAD_FIELD", "TOO_LARGE")), ("ten thousand", MANY, ("BAD_FIELD", "TOO_LARGE"))):
        if fits(count):
            yield Hostile(f"{name}, all alike", one * count, (*only, "BAD_BODY") if only else ())
        # Of messages so many are more than a request's memory holds: BAD_BODY, before they are counted.
        yield Hostile(f"{name}, all empty", short * count, (*only, "BAD_BODY") if only else ())


def with_field(message, path, raw):
    """The message's bytes with those of the field that is at this path, the first of each list, in its place."""
    field, rest = path[0], path[1:]
    left = type(message)()
    left.CopyFrom(message)
    left.ClearField(field.name)
    if not rest:
        return left.SerializeToString() + raw
    value = getattr(message, field.name)
    children = list(value) if field.label == field.LABEL_REPEATED else [value]
    inner = [with_field(child, rest, raw) if at == 0 else child.SerializeToString() for at, child in enumerate(children)]
    return left.SerializeToString() + b"".join(counted(field, data) for data in inner)


def field_of(message, path):
    """The bytes of the field as the message has it; b"" where it has none, None where it has not even what the field is in."""
    for field in path[:-1]:
        value = getattr(message, field.name)
        if field.label == field.LABEL_REPEATED:
            if not value:
                return None
            message = value[0]
        else:
            if not message.HasField(field.name):
                return None
            message = value
    alone, name = type(message)(), path[-1].name
    if path[-1].label == path[-1].LABEL_REPEATED:
        if getattr(message, name):
            one = getattr(message, name)[0]
            getattr(alone, name).append(one)
    elif message.HasField(name):
        if path[-1].message_type:
            getattr(alone, name).CopyFrom(getattr(message, name))
        else:
            setattr(alone, name, getattr(message, name))
    return alone.SerializeToString()


def fields(descriptor, above=()):
    """The path of every field of a message, nested ones as well."""
    for field in descriptor.fields:
        yield (*above, field)
        if field.message_type:
            assert field.message_type not in [one.message_type for one in above], field.full_name
            yield from fields(field.message_type, (*above, field))


def request_of(op):
    """OP_SALE_RING_UP: SaleRingUp; and OP_SALE_RING_UP: SaleRungUp is not told by names: tests/wire/valid_requests.py says it."""
    return getattr(pb, pb.Op.Name(op).removeprefix("OP_").title().replace("_", ""))
