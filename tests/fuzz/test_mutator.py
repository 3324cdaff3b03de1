"""The mutator that knows the messages gets further than one that knows bytes, and than one that changes nothing.

All begin with the same scene and make nothing up. Far is how many answers (an op, and what it was refused with)
came that the scene had not."""
import os
import pathlib
import re
import subprocess

from seed import seed

FUZZER = pathlib.Path(os.environ["CAROLINE_BUILD"]) / "tests" / "fuzzer"
SCENE = pathlib.Path(__file__).parent / "corpus" / "server" / "selling"
RUNS = 80
FURTHER = 30  # answers that bytes alone do not come to


def reached(*arguments):
    done = subprocess.run([FUZZER, "server", "--list", "--seed", str(seed()), *arguments, SCENE], capture_output=True, text=True, check=True)
    return set(re.findall(r"^answer (\w+ \w+)$", done.stdout, re.M))


def way(how, runs=RUNS):
    return reached("--runs", str(runs), "--only", how)


def gets_further(mutator, scene, by_bytes):
    return len(mutator - scene - by_bytes) >= FURTHER and len(mutator) > len(by_bytes)


def test_the_mutator_reaches_what_bytes_and_nothing_do_not(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    scene, by_meaning, by_bytes, by_nothing = reached(), way("meaning"), way("bytes"), way("nothing", 3)
    told = {name: len(answers) for name, answers in (("scene", scene), ("meaning", by_meaning), ("bytes", by_bytes), ("nothing", by_nothing))}
    print(told, len(by_meaning - scene - by_bytes))
    assert gets_further(by_meaning, scene, by_bytes), (told, sorted(by_bytes - by_meaning))
    assert not gets_further(by_nothing, scene, by_bytes), "a mutator that does nothing passes as well"
    assert not gets_further(by_bytes, scene, by_bytes)
