"""Who may include whom: every #include of the product, compared with the table of rooms.

Inclusion goes one way only; a room that is not in the table, or a header that is of
no library in it, fails too. What of the tests is pure or simulated stays so.
"""

import pathlib
import re

import pytest

SOURCE = pathlib.Path(__file__).resolve().parents[2]

# Room: the rooms (or single headers of rooms) and libraries it may include, itself and the C library aside.
COMMON = ["common/base", "common/rules", "common/wire", "common/print"]
SERVER = ["server/store", "server/vault", "server/call", "server/service", "server/net", "server/gateway", "server/print", "server/jobs", "server/import/import.h"]
ROOMS = {
    "common/base": [],
    "common/rules": ["common/base"],
    "common/print": ["common/base"],
    "common/wire": ["common/base", "proto", "openssl", "protobuf-c", "addresses"],
    "server/store": ["common/base", "common/rules", "common/wire/digest.h", "db", "libuv", "libpq"],
    "server/vault": [*COMMON, "server/store", "openssl", "sodium", "sqlite", "addresses"],
    "server/call": [*COMMON, "server/store", "server/vault", "proto", "db", "protobuf-c", "uthash"],
    "server/service": [*COMMON, "server/call", "server/vault/vault.h", "server/store/store.h", "proto", "db", "protobuf-c"],
    "server/net": ["common/base", "common/wire", "server/call", "libuv", "sockets", "addresses"],
    "server/gateway": ["common/base", "libuv", "libcurl", "jansson"],
    "server/print": ["common/base", "common/print", "libuv", "sockets"],
    "server/jobs": [*COMMON, "server/call", "server/service", "server/store", "server/gateway/provider.h", "server/print/line.h", "proto", "db"],
    "server/import": ["common/base", "common/rules", "server/vault/vault.h", "server/vault/django_hash.h", "server/store/outcome.h", "db", "libpq",
                      "sqlite", "jansson"],
    "client/link": [*COMMON, "proto", "protobuf-c", "libuv", "sqlite", "sockets", "addresses", "uthash"],
    "client/ui": ["common/base", "ncurses", "qrencode"],
    "client/goods": [*COMMON, "client/ui", "proto", "protobuf-c"],
    "client/run": ["common/base", "client/ui", "libuv"],
    "client/counter": [*COMMON, "client/goods", "client/run", "client/link", "client/ui", "proto", "protobuf-c"],
    "client/admin": [*COMMON, "client/goods", "client/run", "client/link", "client/ui", "proto", "protobuf-c"],
    "client/kiosk": [*COMMON, "client/goods", "client/run", "client/link", "client/ui", "proto", "protobuf-c"],
    "client/cli": [*COMMON, "client/goods/member_copy.h", "client/goods/member_text.h", "client/link", "client/ui/qr.h", "proto", "protobuf-c", "jansson", "libcsv"],
    # The server's main.c joins all its rooms, and names the versions of the libraries.
    "server": [*COMMON, *SERVER, "proto", "db", "libuv", "libpq", "openssl", "sodium", "sqlite", "protobuf-c"],
}

# What a single file may include beyond its room.
FILES = {
    "common/base/text.c": ["utf8proc"],
    "common/base/config.c": ["inih"],
    "common/base/arena.c": ["sanitizer"],
    "client/link/pin_box.c": ["sodium"],
    "server/service/check_run.c": ["server/store/check_statement.h"],
    "server/service/programme_put.c": ["server/store/programme_terms.h"],
    # The catalogue as of a version of long ago, which nobody holds.
    "server/service/sale_explain_load.h": ["server/store/catalogue_load.h"],
    "server/service/sale_attach.c": ["server/store/programme_terms.h"],
    # Each program's main.c names the versions of the libraries.
    "client/counter/main.c": ["libuv", "openssl", "sodium", "sqlite", "ncurses"],
    "client/admin/main.c": ["libuv", "openssl", "sqlite", "ncurses"],
    "client/kiosk/main.c": ["libuv", "openssl", "ncurses"],
    "client/cli/main.c": ["libuv", "openssl", "sqlite"],
}

LIBRARIES = {
    "libuv": r"uv\.h",
    "libpq": r"libpq.*|postgres.*|pg_.*",
    "ncurses": r"(n?curses|term|panel|form|menu)\.h",
    "openssl": r"openssl/.*",
    "sodium": r"sodium\.h|sodium/.*",
    "sqlite": r"sqlite3\.h",
    "protobuf-c": r"protobuf-c/.*",
    "inih": r"ini\.h",
    "utf8proc": r"utf8proc\.h",
    "jansson": r"jansson\.h",
    "libcurl": r"curl/.*",
    "libcsv": r"csv\.h",
    "qrencode": r"qrencode\.h",
    "uthash": r"ut(hash|list|array|string)\.h",
    "sanitizer": r"sanitizer/.*",
    "sockets": r"sys/socket\.h|sys/un\.h|netinet/.*|netdb\.h|net/if\.h",
    "addresses": r"arpa/inet\.h",  # text to address and back, no more
    "libc": r"(assert|ctype|dirent|errno|fcntl|fnmatch|getopt|glob|grp|inttypes|langinfo|libgen|limits|locale|malloc|math|poll|pthread"
            r"|pwd|sched|setjmp|signal|spawn|stdalign|stdarg|stdatomic|stdbool|stddef|stdint|stdio|stdlib|stdnoreturn|string"
            r"|strings|sysexits|syslog|termios|threads|time|unistd|wchar|wctype)\.h"
            r"|sys/(eventfd|file|ioctl|mman|queue|random|resource|signalfd|stat|statvfs|syscall|time|timerfd|types|uio"
            r"|utsname|wait)\.h",
}

INCLUDE = re.compile(r'^[ \t]*#[ \t]*include[ \t]*(<[^>]*>|"[^"]*")', re.MULTILINE)


def room_of(path):
    """common/base/arena.c is of common/base; server/main.c of server; generated proto/x.pb-c.h of proto."""
    parts = pathlib.PurePosixPath(path).parts
    return "/".join(parts[:2]) if len(parts) > 2 else parts[0]


def library_of(header):
    for library, pattern in LIBRARIES.items():
        if re.fullmatch(pattern, header):
            return library
    return None


def complaint(path, include):
    """Why the file may not have this include ('<uv.h>' or '"common/base/arena.h"'); None when it may."""
    room, header = room_of(path), include[1:-1]
    if room not in ROOMS:
        return f"{path}: the room {room} is not in the table"
    allowed = [room, "libc", *ROOMS[room], *FILES.get(path, [])]
    if include.startswith("<"):
        library = library_of(header)
        if library is None:
            return f"{path}: <{header}> is of no library in the table"
        return None if library in allowed else f"{path}: {room} may not include {library} (<{header}>)"
    if "/" not in header or ".." in header:
        return f"{path}: \"{header}\" is not written from the top"
    if room_of(header) in allowed or header in allowed:
        return None
    return f"{path}: {room} may not include \"{header}\""


def product_files():
    files = []
    for top in ["common", "server", "client"]:
        files += sorted((SOURCE / top).rglob("*.[ch]"))
    return [file.relative_to(SOURCE).as_posix() for file in files]


def complaints_of(path, text):
    return [found for include in INCLUDE.findall(text) if (found := complaint(path, include))]


def test_every_include_is_in_the_table():
    files = product_files()
    assert len(files) > 50
    found = []
    for path in files:
        found += complaints_of(path, (SOURCE / path).read_text())
    assert not found, "\n" + "\n".join(found)


def test_every_file_of_the_table_exists():
    assert [path for path in FILES if not (SOURCE / path).is_file()] == []


def test_every_included_header_of_ours_exists():
    missing = []
    for path in product_files():
        for include in INCLUDE.findall((SOURCE / path).read_text()):
            header = include[1:-1]
            if include.startswith('"') and room_of(header) not in ("proto", "db") and not (SOURCE / header).is_file():
                missing.append(f"{path}: {include}")
    assert not missing, "\n" + "\n".join(missing)


def cycle_in(rooms):
    """A way from a room back to itself by what it may include; None when there is none."""
    ways = {room: {room_of(name) if name.endswith(".h") else name for name in allowed} & set(rooms) - {room}
            for room, allowed in rooms.items()}

    def walk(way):
        for following in sorted(ways[way[-1]]):
            if following in way:
                return [*way[way.index(following):], following]
            found = walk([*way, following])
            if found:
                return found
        return None

    return next((found for room in sorted(ways) if (found := walk([room]))), None)


def test_inclusion_goes_one_way_only():
    assert cycle_in(ROOMS) is None
    files = {path: ROOMS[room_of(path)] + more for path, more in FILES.items()}
    for path, allowed in files.items():
        assert cycle_in({**ROOMS, room_of(path): allowed}) is None, path


@pytest.mark.parametrize("room, more", [
    ("common/base", "common/rules"),
    ("server/store", "server/call"),
    ("server/call", "server/service/ops.h"),
    ("client/link", "client/ui"),
])
def test_a_way_back_is_found(room, more):
    back = {"client/ui": [*ROOMS["client/ui"], "client/link"]} if room == "client/link" else {}
    assert cycle_in({**ROOMS, **back, room: [*ROOMS[room], more]}) is not None


# What of the tests must not know of the world, and the libraries and rooms that would let them.
UNWORLDLY = {
    "tests/base": ["proto", "db", "server", "client", "common/rules", "common/wire", "libuv", "libpq", "sockets"],
    "tests/rules": ["proto", "db", "server", "client", "common/wire", "libuv", "libpq", "sockets"],
    "tests/golden": ["proto", "db", "server", "client", "common/wire", "libuv", "libpq", "sockets"],
    "tests/sim/store": ["client", "server/call", "server/service", "libuv", "libpq", "sockets"],
    "tests/sim/world": ["server/net", "libpq", "sockets", "ncurses"],
}


def test_what_is_pure_or_simulated_is_tested_without_the_world():
    found = []
    for room, banned in UNWORLDLY.items():
        files = sorted((SOURCE / room).glob("*.[ch]"))
        assert files, room
        for file in files:
            for include in INCLUDE.findall(file.read_text()):
                header = include[1:-1]
                of = library_of(header) if include.startswith("<") else room_of(header)
                if any(of == one or str(of).startswith(one + "/") for one in banned):
                    # its contract is tested beside PostgreSQL's, in a file that says so
                    if not file.name.endswith("_against_postgres.c"):
                        found.append(f"{file.relative_to(SOURCE)}: {include}")
    assert not found, "\n" + "\n".join(found)


@pytest.mark.parametrize("path, include", [
    ("common/rules/tax.c", '"proto/sale.pb-c.h"'),
    ("common/rules/tax.c", '"common/wire/frame.h"'),
    ("common/rules/tax.c", "<protobuf-c/protobuf-c.h>"),
    ("common/base/log.c", "<uv.h>"),
    ("common/base/log.c", "<utf8proc.h>"),
    ("common/base/log.c", '"common/rules/tax.h"'),
    ("common/print/text.c", "<openssl/evp.h>"),
    ("common/wire/tls.c", "<curses.h>"),
    ("server/service/sale_ring_up.c", "<uv.h>"),
    ("server/service/sale_ring_up.c", "<libpq-fe.h>"),
    ("server/service/sale_ring_up.c", '"server/store/link.h"'),
    ("server/call/call.c", "<uv.h>"),
    ("server/call/call.c", "<sys/socket.h>"),
    ("server/call/call.c", '"server/service/ops.h"'),
    ("server/call/call.c", '"tests/sim/store/sim_store.h"'),
    ("server/store/pool.c", '"server/call/call.h"'),
    ("server/store/pool.c", '"proto/sale.pb-c.h"'),
    ("server/net/listener.c", "<libpq-fe.h>"),
    ("server/net/listener.c", '"common/rules/tax.h"'),
    ("server/net/listener.c", '"server/service/ops.h"'),
    ("client/counter/basket.c", "<sys/socket.h>"),
    ("client/counter/basket.c", '"client/cli/replay.h"'),
    ("client/ui/list.c", '"client/link/link.h"'),
    ("client/link/link.c", "<libpq-fe.h>"),
    ("client/link/link.c", '"server/call/call.h"'),
    ("server/main.c", "<curses.h>"),
    ("server/mail/smtp.c", "<stdio.h>"),
    ("server/net/listener.c", "<curl/curl.h>"),
    ("common/base/log.c", '"log.h"'),
    ("common/base/log.c", '"common/base/../wire/tls.h"'),
])
def test_what_is_not_in_the_table_is_found(path, include):
    assert complaints_of(path, f"#include <stdio.h>\n #  include {include}\n")
