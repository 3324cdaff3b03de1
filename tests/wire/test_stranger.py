"""PROTOCOL.md and the .proto files are enough for a stranger: one enrols, signs in, sells and reads the receipt."""
import ast
import json
import pathlib
import re
import shutil
import subprocess
import sys

from shop import PIN, TOP, pb

HERE = pathlib.Path(__file__).parent


def test_the_stranger_imports_nothing_of_ours():
    ours = {path.stem for path in TOP.rglob("*.py")} - {"stranger"}
    for node in ast.walk(ast.parse((HERE / "stranger.py").read_text())):
        names = []
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0
            names = [node.module]
        assert not {name.split(".")[0] for name in names} & ours


def test_a_stranger_enrols_signs_in_sells_and_reads_the_receipt(shop, tmp_path):
    shop.put_product("Sourdough loaf", 420)
    code = shop.manager.command(
        pb.OP_DEVICE_INVITE, pb.DeviceInvite(kind=pb.CLIENT_COUNTER, name="The stranger's"), pb.DeviceInvited
    ).code
    for path in [TOP / "proto" / "PROTOCOL.md", *(TOP / "proto").glob("*.proto"), HERE / "stranger.py"]:
        shutil.copy(path, tmp_path)
    done = subprocess.run(
        [sys.executable, "-I", "stranger.py", "127.0.0.1", str(shop.port), code, "Ben", PIN, "sourdough"],
        cwd=tmp_path,
        env={"PATH": "/usr/bin:/bin"},
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    said = json.loads(done.stdout)
    assert said["device"] == "The stranger's"
    assert said["staff"] == "Ben"
    assert said["product"] == "Sourdough loaf"
    assert said["total_minor"] == 840
    assert said["change_minor"] == 100
    assert said["same_again"] is True
    assert re.fullmatch(r"\d+T-000001", said["receipt_number"])
    assert said["last"] == said["receipt_number"]
    for wanted in ("Test bakery", "Sourdough loaf", "8.40", said["receipt_number"]):
        assert wanted in said["text"]
    assert max(len(line) for line in said["text"].splitlines()) <= 42
    shop.check()
