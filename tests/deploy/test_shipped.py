"""What is shipped builds as deploy/demo and the README build it, every warning an error: an optimising compiler warns of what the sanitized build
cannot see. In the minutes in which other tests wait."""
import os
import pathlib
import subprocess

TOP = pathlib.Path(__file__).resolve().parents[2]
PROGRAMS = "caroline", "caroline-admin", "caroline-counter", "caroline-kiosk", "caroline-server"


def test_what_is_shipped_builds_and_is_hardened(tmp_path):
    steps = ["cmake", "-G", "Ninja", "-S", TOP, "-B", tmp_path, "-DCMAKE_BUILD_TYPE=RelWithDebInfo", "-DCAROLINE_TESTS=OFF"], ["ninja", "-C", tmp_path]
    for step in steps:
        done = subprocess.run(["nice", "-n", "19", *step], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
        assert done.returncode == 0, done.stdout[-8000:]
    for program in PROGRAMS:
        path = tmp_path / "bin" / program
        said = subprocess.run([path, "--version"], check=True, capture_output=True, text=True).stdout
        assert said.startswith(f"{program} ")
        elf = subprocess.run(["readelf", "--file-header", "--dynamic", "--program-headers", "--wide", path], check=True, capture_output=True,
                             text=True, env={**os.environ, "LC_ALL": "C"}).stdout
        for mark in "Type:                              DYN", "BIND_NOW", "GNU_RELRO":
            assert mark in elf, (program, mark)
        assert b"CAROLINE_FAIL" not in path.read_bytes(), f"{program} can be made to fail on purpose"
