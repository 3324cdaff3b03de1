"""What clang, with nearly all of its warnings, says of the product: nothing that explained.txt gives no reason for."""
import os
import pathlib

import findings


def test_nothing_is_found_without_a_reason():
    build = pathlib.Path(os.environ["CAROLINE_BUILD"])
    found = findings.TOOLS["clang"](findings.sources(build), build)
    bare, stale = findings.unexplained("clang", found, findings.EXPLAINED.read_text())
    assert not bare and not stale, "\n" + findings.shown(bare, stale)
