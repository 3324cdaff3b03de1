"""Ways to falsify an exported journal, each of which says what a verifier must name, and what it may."""
import hashlib
import random
import struct

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from verifying import verify

HEAD = struct.Struct(">QcQ32s")


class Journal:
    """An export taken apart, to be falsified. guilty: what must be named; touched: all that may be; drawn: the layouts of entries that were."""

    def __init__(self, lines, seed):
        self.random = random.Random(seed)
        self.lines = list(lines)
        self.known, self.guilty, self.touched, self.drawn = {}, set(), set(), set()

    def words(self, at):
        return self.lines[at].rstrip(b"\n").split(b" ")

    def where(self, at):
        """(device, kind, number) of an entry's line; (line,) of others."""
        words = self.words(at)
        return (int(words[1]), words[2].decode(), int(words[3])) if words[0] == b"entry" else (at + 1,)

    def entries(self, *strand):
        return [at for at, line in enumerate(self.lines)
                if line.startswith(b"entry ") and (not strand or self.where(at)[:2] == strand)]

    def signatures(self):
        return [at for at, line in enumerate(self.lines) if line.startswith(b"signature ")]

    def strand(self, least=1):
        """A random strand's entries."""
        strands = sorted({self.where(at)[:2] for at in self.entries()})
        found = [self.entries(*strand) for strand in strands]
        return self.random.choice([strand for strand in found if len(strand) >= least])

    def layout(self, at):
        """As "T5": the strand's kind, and the first byte."""
        words = self.words(at)
        return words[2].decode() + str(int(words[5][:2], 16))

    def entry(self):
        """A random one; every other time of a random layout, for there are thousands of one and a few of another."""
        among = self.entries()
        if self.random.randrange(2):
            layouts = {at: self.layout(at) for at in among}
            one = self.random.choice(sorted(set(layouts.values())))
            among = [at for at in among if layouts[at] == one]
        at = self.random.choice(among)
        self.drawn.add(self.layout(at))
        return at

    def accuse(self, *ats):
        self.guilty |= {self.where(at) for at in ats}
        self.touched |= self.guilty

    def set(self, at, column, value):
        words = self.words(at)
        words[column] = value
        self.lines[at] = b" ".join(words) + b"\n"

    def flip(self, at, column):
        data = bytearray.fromhex(self.words(at)[column].decode())
        data[self.random.randrange(len(data))] ^= 1 << self.random.randrange(8)
        self.set(at, column, data.hex().encode())

    def recount(self):
        """The last line says what is there now: whoever edits a file does that too."""
        self.lines[-1] = b"end %d %d\n" % (len(self.signatures()), len(self.entries()))

    def rechain(self, strand):
        """All hashes of a strand anew, as anybody can."""
        head, new = bytes(32), {}
        for at in self.entries(*strand):
            head = hashlib.sha256(head + bytes.fromhex(self.words(at)[5].decode())).digest()
            self.set(at, 4, head.hex().encode())
            new[self.where(at)] = head
        return new

    def rewrite_heads(self, new, sign=None):
        """What was signed made to say the new hashes; signed by sign, or not at all."""
        changed = []
        for at in self.signatures():
            heads = bytes.fromhex(self.words(at)[3].decode())
            said = b"".join(HEAD.pack(device, kind, number, new.get((device, kind.decode("latin-1"), number), head))
                            for device, kind, number, head in HEAD.iter_unpack(heads))
            if said != heads:
                changed.append(at)
            self.set(at, 3, said.hex().encode())
            if sign:
                self.set(at, 2, sign(said).hex().encode())
        return changed

    def sign_all(self, new, key):
        """By another key than the shop's, which stands in the file then."""
        raw = key.public_key().public_bytes(serialization.Encoding.Raw, serialization.PublicFormat.Raw)
        name = hashlib.sha256(raw).hexdigest()[:16].encode()
        self.rewrite_heads(new, key.sign)
        self.set(1, 1, name)
        self.set(1, 2, raw.hex().encode())
        for at in self.signatures():
            self.set(at, 1, name)

    def neighbours(self, at):
        """The signed heads of a signature: without it, what they covered may be named."""
        heads = bytes.fromhex(self.words(at)[3].decode())
        return {(device, kind.decode("latin-1"), number) for device, kind, number, _ in HEAD.iter_unpack(heads)}


def a_bit_of_the_file(j):
    at = j.random.randrange(len(j.lines))
    line = bytearray(j.lines[at])
    byte = j.random.randrange(len(line))
    j.accuse(at)
    if byte == len(line) - 1 and at + 1 < len(j.lines):
        j.accuse(at + 1)
    if not line.startswith(b"entry "):  # what stood under a signature is without it
        j.guilty, j.touched = {(at + 1,), (0,)} if at + 1 == len(j.lines) else {(at + 1,)}, None
    else:
        j.touched = None
    line[byte] ^= 1 << j.random.randrange(8)
    j.lines[at] = bytes(line)
    j.lines = b"".join(j.lines).splitlines(keepends=True) if b"\r" not in line else j.lines


def a_bit_of_an_entry(j):
    at = j.entry()
    j.accuse(at)
    j.flip(at, 5)


def a_bit_of_a_hash(j):
    at = j.entry()
    j.accuse(at)
    j.flip(at, 4)


def a_bit_of_a_signature(j):
    at = j.random.choice(j.signatures())
    j.touched |= j.neighbours(at)
    j.accuse(at)
    j.flip(at, j.random.choice([2, 3]))
    j.touched |= j.neighbours(at)


def entries_removed(j):
    strand = j.strand(2)
    first = j.random.randrange(len(strand))
    gone = strand[first:first + j.random.randint(1, 3)]
    j.accuse(*gone)
    for at in reversed(gone):
        del j.lines[at]
    j.recount()


def a_strand_removed(j):
    gone = j.strand()
    j.accuse(*gone)
    del j.lines[gone[0]:gone[-1] + 1]
    j.recount()


def the_tail_of_the_file_cut(j):
    left = j.random.randrange(1, len(j.lines))
    j.guilty, j.touched = {j.where(at) for at in range(left, len(j.lines)) if j.lines[at].startswith(b"entry ")}, None
    if left <= j.signatures()[-1]:
        j.guilty = {(0,)}  # what was to be there is not known any more
    j.guilty.add((0,))
    del j.lines[left:]


def two_lines_swapped(j):
    strand = j.strand(2)
    one, other = sorted(j.random.sample(strand, 2))
    j.accuse(one, other)
    j.touched |= {j.where(at) for at in range(one, other)}
    j.lines[one], j.lines[other] = j.lines[other], j.lines[one]


def two_contents_swapped(j):
    one, other = j.random.sample(j.entries(), 2)
    j.accuse(one, other)
    for column in (4, 5):
        mine, theirs = j.words(one)[column], j.words(other)[column]
        j.set(one, column, theirs)
        j.set(other, column, mine)


def a_copy_put_in(j):
    at, to = j.entry(), j.entry()
    j.accuse(at)
    j.touched = None if to < at else j.touched  # all that follow a later one are out of order
    j.lines.insert(to, j.lines[at])
    j.recount()


def a_made_up_entry_put_in(j):
    strand = j.strand()
    at = j.random.choice(strand)
    j.lines.insert(at, j.lines[at])
    j.flip(at, 5)
    j.accuse(at)
    j.recount()


def an_entry_put_behind_the_last(j):
    strand = j.strand()
    where = j.where(strand[-1])
    data = bytearray.fromhex(j.words(strand[-1])[5].decode())
    struct.pack_into(">Q", data, 10, where[2] + 1)
    j.lines.insert(strand[-1] + 1, b"entry %d %s %d %s %s\n" % (
        where[0], where[1].encode(), where[2] + 1, b"0" * 64, data.hex().encode()))
    j.rechain(where[:2])
    j.accuse(strand[-1] + 1)
    j.recount()


def an_entry_numbered_anew(j):
    at = j.entry()
    device, kind, number = j.where(at)
    other = j.random.choice([n for n in range(0, number + 4) if n != number])
    j.accuse(at)
    j.set(at, 3, b"%d" % other)
    j.accuse(at)
    j.touched |= {(device, kind, n) for n in range(min(number, other), max(number, other) + 1)}


def removed_and_all_behind_it_numbered_and_hashed_anew(j):
    strand = j.strand(3)
    gone = j.random.choice(strand[:-1])
    where = j.where(gone)
    j.accuse(gone)
    j.touched |= {j.where(at) for at in strand if at > gone}
    del j.lines[gone]
    for at in j.entries(*where[:2])[where[2] - 1:]:
        data = bytearray.fromhex(j.words(at)[5].decode())
        struct.pack_into(">Q", data, 10, j.where(at)[2] - 1)
        j.set(at, 5, data.hex().encode())
        j.set(at, 3, b"%d" % (j.where(at)[2] - 1))
    j.rechain(where[:2])
    j.recount()


def moved_to_another_strand(j):
    at = j.entry()
    where = j.where(at)
    target = j.strand()
    while j.where(target[0])[:2] == where[:2]:
        target = j.strand()
    last = j.where(target[-1])
    j.accuse(at)
    line = b"entry %d %s %d " % (last[0], last[1].encode(), last[2] + 1) + b" ".join(j.words(at)[4:]) + b"\n"
    j.lines.insert(target[-1] + 1, line)
    j.accuse(target[-1] + 1)
    del j.lines[at if at < target[-1] else at + 1]
    j.recount()


def changed_and_hashed_anew(j):
    at = j.entry()
    j.accuse(at)
    j.flip(at, 5)
    j.rechain(j.where(at)[:2])


def changed_hashed_anew_and_what_was_signed_as_well(j):
    at = j.entry()
    where = j.where(at)
    j.accuse(at)
    j.flip(at, 5)
    j.accuse(*j.rewrite_heads(j.rechain(where[:2])))
    j.touched |= {where[:2] + (n,) for n in range(where[2], len(j.entries(*where[:2])) + 1)}
    j.touched |= {near for line in j.guilty if len(line) == 1 for near in j.neighbours(line[0] - 1)}


def all_signed_with_another_key(j):
    at = j.entry()
    j.known["key_id"] = j.words(1)[1].decode()
    j.flip(at, 5)
    j.sign_all(j.rechain(j.where(at)[:2]), Ed25519PrivateKey.from_private_bytes(j.random.randbytes(32)))
    j.accuse(at, 1)
    j.touched = None


def a_tail_cut_with_all_that_was_signed_of_it(j):
    """Only who kept an earlier export can tell."""
    strand = j.strand(2)
    gone = strand[j.random.randrange(1, len(strand)):]
    where = {j.where(at) for at in gone}
    j.accuse(*gone)
    j.known["earlier"] = list(j.lines)
    del j.lines[gone[0]:gone[-1] + 1]
    for at in reversed(j.signatures()):
        if j.neighbours(at) & where:
            j.touched |= {(device, kind, n) for device, kind, number in j.neighbours(at) for n in range(1, number + 1)}
            del j.lines[at]
    j.recount()


def a_signature_removed(j):
    at = j.random.choice(j.signatures())
    j.touched |= j.neighbours(at)
    j.guilty = {(0,)}
    del j.lines[at]


EDITORS = [editor for name, editor in list(globals().items())
           if getattr(editor, "__module__", None) == __name__ and getattr(editor, "__code__", None)
           and editor.__code__.co_varnames[:1] == ("j",)]


def covered(place, findings):
    if len(place) == 1:
        return any(found[0] == place[0] for found, _ in findings if len(found) == 1)
    return any(found[:2] == place[:2] and found[2] <= place[2] <= found[3] for found, _ in findings if len(found) == 4)


def stray(findings, touched):
    """A finding that meets nothing of what was touched."""
    for found, sentence in findings:
        if len(found) == 4 and not any(place[:2] == found[:2] and found[2] <= place[2] <= found[3]
                                       for place in touched if len(place) == 3):
            return found, sentence
    return None


def falsified(lines, edit, drawn):
    """The journal edited so, by the seed: what is wrong with what the verifier says of it, or None; the edit's name; and of what layouts the
    entries were that it drew."""
    journal = Journal(lines, f"{drawn}/{edit}")
    editor = EDITORS[edit % len(EDITORS)]
    editor(journal)
    if journal.lines == lines:
        return None, editor.__name__, journal.drawn
    verifier = verify.Verifier(**journal.known)
    verifier.read(journal.lines)
    named = [covered(place, verifier.findings) for place in journal.guilty]
    strays = journal.touched is not None and stray(verifier.findings, journal.touched)
    if verifier.findings and (any(named) if editor is a_bit_of_the_file else all(named)) and not strays:
        return None, editor.__name__, journal.drawn
    return f"seed {drawn}, edit {edit}: {editor.__name__}, guilty {journal.guilty}, findings {verifier.findings[:9]}, stray {strays}", editor.__name__, journal.drawn
