"""Of failpoints nothing is left without CAROLINE_FAILPOINTS: in no source as the compiler sees it, in no shipped program."""
import json
import os
import pathlib
import shlex
import subprocess

from faults import POINTS
from shop import BUILD, TOP


def sources():
    """(file, its compiler's command) of all that passes a failpoint, or is one."""
    for entry in json.loads((BUILD / "compile_commands.json").read_text()):
        path = pathlib.Path(entry["file"])
        if TOP / "tests" not in path.parents and "FAILPOINT" in path.read_text(errors="replace"):
            yield path, entry


def test_without_the_option_nothing_is_left_in_any_source():
    count = 0
    for path, entry in sources():
        with_it, without = (subprocess.run([compiler_of(entry), *flags_of(entry), option, "-E", "-P", str(path)],
                                           cwd=entry["directory"], capture_output=True, text=True, check=True).stdout
                            for option in ("-DCAROLINE_FAILPOINTS", "-UCAROLINE_FAILPOINTS"))
        assert "failpoint" in with_it or "link_fault" in with_it, path
        assert "failpoint" not in without and "link_fault" not in without, path
        count += 1
    assert count > 10


def compiler_of(entry):
    return next(word for word in shlex.split(entry["command"]) if not word.endswith("ccache"))


def flags_of(entry):
    return [word for word in shlex.split(entry["command"]) if word.startswith(("-D", "-I", "-isystem", "-std"))
            or word.startswith("/usr/include")]


def test_a_shipped_program_knows_no_failpoint():
    shipped = os.environ.get("CAROLINE_SHIPPED")  # tests/long has built it
    for program in (pathlib.Path(shipped) / "bin").iterdir() if shipped else ():
        code = program.read_bytes()
        for word in ("CAROLINE_FAILPOINT", "end-backend", *POINTS):
            assert word.encode() not in code, (program.name, word)
    assert b"CAROLINE_FAILPOINT" in (BUILD / "bin" / "caroline-server").read_bytes()
