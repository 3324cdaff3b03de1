"""tests/bench/run measures what it says, at its quickest: each figure is there once, with what it stands beside. What the
figures are is for a quiet machine."""
import json
import os
import pathlib
import subprocess

TOP = pathlib.Path(__file__).resolve().parents[2]
FOUR = {"sales_vs_pgbench": "sales/s", "price_vs_redis_tls": "look-ups/s", "idle_memory_vs_nginx": "KiB/connection",
        "counter_start_ms": "ms"}


def figures(*arguments):
    settings = {name: value for name, value in os.environ.items() if name not in ("CAROLINE_BUILD", "CAROLINE_BENCH_DIR")}
    done = subprocess.run([TOP / "tests" / "bench" / "run", "--quick", "--json", *arguments], env=settings,
                          stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=1500)
    assert done.returncode == 0, done.stderr[-5000:]
    found = [json.loads(line) for line in done.stdout.splitlines()]
    for figure in found:
        assert figure["ours"] > 0 and figure["peer"] > 0, figure
        assert abs(figure["ratio"] - figure["ours"] / figure["peer"]) < 0.01 + 0.1 * figure["ratio"], figure
    return {figure["name"]: figure for figure in found}


def test_every_figure_is_there():
    found = figures()
    assert {name: found[name]["unit"] for name in FOUR} == FOUR
    assert set(found) == {*FOUR, "price_change_ms", "idle_tills_ms"}
    assert found["counter_start_ms"]["peer"] == 100
    assert found["sales_vs_pgbench"]["p99_ms"] > 0


def test_a_large_shop_is_made_and_asked():
    found = figures("--large=10000")
    assert set(found) == {"large_sales_vs_empty", "large_member_ms", "large_receipt_ms"}
