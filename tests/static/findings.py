#!/usr/bin/env python3
"""What the static analysers say of the product's C code, less what explained.txt gives a reason for.

    tests/static/findings.py gcc|clang|tidy|cppcheck [BUILD]

The build's compile_commands.json says how each file is compiled; the headers that the build makes must be there.
"""

import collections
import concurrent.futures
import fnmatch
import json
import os
import pathlib
import re
import shlex
import subprocess
import sys

SOURCE = pathlib.Path(__file__).resolve().parents[2]
EXPLAINED = pathlib.Path(__file__).parent / "explained.txt"
ROOMS = ("common", "server", "client")

# All that clang can warn of, but for these.
CLANG_WARNINGS = [
    "-Weverything",
    "-Wno-padded",  # a structure's order is chosen for who reads it
    "-Wno-reserved-identifier",  # what protoc-c makes of Caroline__V1 has two underscores
    "-Wno-declaration-after-statement",  # C17
    "-Wno-implicit-fallthrough",  # uthash's hash function; gcc looks at ours
    "-Wno-missing-variable-declarations",  # each op is declared once, by the table of ops
    "-Wno-cast-qual",  # protobuf-c's and OpenSSL's views have no const
    "-Wno-bad-function-cast",  # an enum comes from the database as a number
    "-Wno-string-conversion",  # assert(!"why") is meant
    "-Wno-used-but-marked-unused",  # inside cmocka's and libuv's macros
    "-Wno-assign-enum",  # utf8proc's options are or-ed
    "-Wno-disabled-macro-expansion",  # glibc: stdout is a macro of its own name
    "-Wno-covered-switch-default",  # protobuf-c's enums come from outside: there may be other values
]
# clang's analyzer follows a function's paths through so many states; its default of 225,000 is 23 minutes of processor time instead of some 8, and
# found nothing more. gcc's analyzer follows them, too.
TIDY_PATHS = "max-nodes=50000"
# cppcheck reads no headers but ours and these, which are macros more than functions.
CPPCHECK_HEADERS = ["protobuf-c", "sys/queue.h", "uthash.h"]
CPPCHECK_SUPPRESSED = [
    "unmatchedSuppression",
    "unreadVariable",  # a message is read through its base; gcc looks for variables that nobody reads
    "variableScope",  # a buffer for a number stands at the function's begin
]

Finding = collections.namedtuple("Finding", "tool check file line message text")


def sources(build):
    """(file, directory, arguments) of each of the product's own C files."""
    found = []
    for entry in json.loads((pathlib.Path(build) / "compile_commands.json").read_text()):
        path = pathlib.Path(entry["file"])
        if path.is_relative_to(build) or not path.is_relative_to(SOURCE):
            continue
        name = path.relative_to(SOURCE).as_posix()
        if name.startswith(tuple(room + "/" for room in ROOMS)):
            found.append((name, entry["directory"], shlex.split(entry["command"])))
    return sorted(found)


def flags_of(arguments):
    """-D, -I and -isystem: what a file means, without how this build makes an object of it."""
    flags = [word for word in arguments if re.match(r"-[DI]", word)]
    return flags + [word for at, word in enumerate(arguments[1:]) if "-isystem" in (word, arguments[at])]


def in_parallel(work, items):
    with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
        return list(pool.map(work, items))


def run(command, directory):
    """What it printed. A tool that could not do its work is a failure, never "no findings"."""
    command = [str(word) for word in command]
    ran = subprocess.run(command, cwd=directory, capture_output=True, text=True, timeout=600)
    printed = ran.stdout + ran.stderr
    if ran.returncode not in (0, 1) or re.search(r"fatal error:|error: unknown (warning|argument)", printed):
        raise SystemExit(f"{shlex.join(command)}\nended with {ran.returncode}:\n{printed[-2000:]}")
    return printed


def located(tool, printed, pattern):
    """The findings in what a compiler or a tool like one printed, each once."""
    found = set()
    for match in re.finditer(pattern, printed, re.MULTILINE):
        path = pathlib.Path(os.path.normpath(match["file"]))
        if not path.is_relative_to(SOURCE):
            continue
        lines = path.read_text().splitlines()
        number = int(match["line"])
        text = lines[number - 1].strip() if 0 < number <= len(lines) else ""
        found.add(Finding(tool, match["check"], path.relative_to(SOURCE).as_posix(), number, match["message"], text))
    return found


COMPILER = r"^(?P<file>/[^:\n]+):(?P<line>\d+):\d+: (?:warning|error): (?P<message>.*) \[(?P<check>[\w.,=-]+)\]$"


def by_gcc(files, _):
    def check(source):
        name, directory, arguments = source
        return run(["gcc", *flags_of(arguments), "-std=gnu17", "-O1", "-fanalyzer", "-S", "-o", os.devnull, SOURCE / name],
                   directory)

    return located("gcc", "\n".join(in_parallel(check, files)), COMPILER)


def by_clang(files, _):
    def check(source):
        name, directory, arguments = source
        return run(["clang", *flags_of(arguments), "-std=gnu17", *CLANG_WARNINGS, "-fsyntax-only", SOURCE / name], directory)

    return located("clang", "\n".join(in_parallel(check, files)), COMPILER)


def by_tidy(files, _):
    def check(source):
        name, directory, arguments = source
        return run(["clang-tidy-14", "--quiet", f"--config-file={SOURCE / '.clang-tidy'}",
                    *(f"--extra-arg={word}" for word in ("-Xclang", "-analyzer-config", "-Xclang", TIDY_PATHS)), SOURCE / name, "--",
                    *flags_of(arguments), "-std=gnu17"], directory)

    return located("tidy", "\n".join(in_parallel(check, files)), COMPILER)


def by_cppcheck(files, build):
    build = pathlib.Path(build)
    headers = build / "cppcheck-headers"
    for name in CPPCHECK_HEADERS:
        places = [pathlib.Path("/usr/include", name), *pathlib.Path("/usr/include").glob(f"*-linux-gnu/{name}")]
        link = headers / name
        link.parent.mkdir(parents=True, exist_ok=True)
        if not link.exists():
            link.symlink_to(next(place for place in places if place.exists()))
    printed = run(["cppcheck", "--quiet", f"-j{os.cpu_count()}", "--std=c11", "--library=posix", "--max-configs=1",
                   "--enable=warning,style,performance,portability", "--error-exitcode=1",
                   *[f"--suppress={check}" for check in CPPCHECK_SUPPRESSED], "-D_GNU_SOURCE", "-D__GNUC__=12", "-D__STDC__=1", "-DCAROLINE_VERSION=\"\"",
                   f"-I{SOURCE}", f"-I{build}", f"-I{headers}",
                   "--template={file}:{line}:0: warning: {message} [{id}]", "--template-location=",
                   *[SOURCE / name for name, _, _ in files]], build)
    return located("cppcheck", printed, COMPILER)


TOOLS = {"gcc": by_gcc, "clang": by_clang, "tidy": by_tidy, "cppcheck": by_cppcheck}


def explanations(text):
    """tool | check | file | words of the message or of the line | reason, a line each."""
    found = []
    for number, line in enumerate(text.splitlines(), 1):
        if not line.strip() or line.startswith("#"):
            continue
        parts = [part.strip() for part in line.split(" | ")]
        if len(parts) != 5 or not all(parts):
            raise SystemExit(f"explained.txt:{number}: tool | check | file | words | reason")
        found.append(parts)
    return found


def explains(explanation, finding):
    tool, check, file, words, _ = explanation
    return (finding.tool == tool and check in finding.check.split(",") and fnmatch.fnmatch(finding.file, file)
            and (words in finding.message or words in finding.text))


def unexplained(tool, findings, text):
    """What has no reason, and which reasons are of nothing that is found any more."""
    reasons = [reason for reason in explanations(text) if reason[0] == tool]
    bare = [finding for finding in sorted(findings) if not any(explains(reason, finding) for reason in reasons)]
    stale = [reason for reason in reasons if not any(explains(reason, finding) for finding in findings)]
    return bare, stale


def shown(bare, stale):
    return "\n".join([f"{f.file}:{f.line}: {f.message} [{f.check}]\n    {f.text}" for f in bare] +
                     [f"explained.txt: nothing is found that this explains: {' | '.join(reason)}" for reason in stale])


def main():
    if len(sys.argv) not in (2, 3) or sys.argv[1] not in TOOLS:
        raise SystemExit(__doc__)
    tool = sys.argv[1]
    build = pathlib.Path(sys.argv[2] if len(sys.argv) > 2 else SOURCE / "build").resolve()
    bare, stale = unexplained(tool, TOOLS[tool](sources(build), build), EXPLAINED.read_text())
    if bare or stale:
        raise SystemExit(shown(bare, stale))


if __name__ == "__main__":
    main()
