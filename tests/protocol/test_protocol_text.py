"""PROTOCOL.md says what the code does: its tables equal the enum of error codes and the server's table of ops."""
import os
import pathlib
import re
import subprocess

top = pathlib.Path(__file__).resolve().parents[2]
text = (top / "proto" / "PROTOCOL.md").read_text()
envelope = (top / "proto" / "envelope.proto").read_text()


def section(name):
    return re.search(rf"<!-- {name} -->\n(.*?)<!-- /{name} -->", text, re.S).group(1)


def rows(name):
    """The cells of a table's rows, head and rule left out."""
    lines = [line for line in section(name).splitlines() if line.startswith("|")]
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in lines[2:]]


def enum(name):
    body = re.search(rf"enum {name} {{(.*?)\n}}", envelope, re.S).group(1)
    return {member: int(number) for member, number in re.findall(r"^\s*(\w+) = (\d+);", body, re.M)}


def test_every_error_code_has_its_row():
    codes = enum("ErrorCode")
    del codes["ERROR_NONE"]
    documented = {row[1]: int(row[0]) for row in rows("errors")}
    assert documented == codes
    assert all(len(row[2]) > 10 for row in rows("errors"))


def test_every_op_has_its_row_as_the_server_has_it():
    build = os.environ["CAROLINE_BUILD"]
    dumped = subprocess.run([f"{build}/bin/caroline-server", "--dump-ops"], check=True, capture_output=True, text=True)
    served = [[cell.strip() for cell in line.strip("|").split("|")] for line in dumped.stdout.splitlines() if line]
    assert rows("ops") == served
    numbers = {int(row[0]): "OP_" + row[1].upper() for row in served}
    ops = enum("Op")
    del ops["OP_NONE"]
    assert numbers == {number: name for name, number in ops.items()}
