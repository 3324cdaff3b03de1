"""tests/bench/run measures what it says, at its quickest: each figure is there once, with what it stands beside. What the
figures are is for a quiet machine."""
import json
import os
import pathlib
import subprocess

TOP = pathlib.Path(__file__).resolve().parents[2]
FOUR = {"sales_vs_pgbench": "sales/s", "price_vs_redis_tls": "look-ups/s", "idle_memory_vs_nginx": "KiB/connection",
        "counter_start_ms": "ms"}


def run(*arguments):
    settings = {name: value for name, value in os.environ.items() if name not in ("CAROLINE_BUILD", "CAROLINE_BENCH_DIR")}
    done = subprocess.run([TOP / "tests" / "bench" / "run", "--json", *arguments], env=settings,
                          stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=1500)
    return done, [json.loads(line) for line in done.stdout.splitlines() if line.startswith("{")]


def figures(*arguments):
    done, found = run("--quick", *arguments)
    assert done.returncode == 0, done.stderr[-5000:]
    for figure in found:
        assert figure["ours"] > 0 and figure["peer"] > 0, figure
        assert abs(figure["ratio"] - figure["ours"] / figure["peer"]) < 0.01 + 0.1 * figure["ratio"], figure
    return {figure["name"]: figure for figure in found}


def test_every_figure_is_there():
    found = figures()
    assert {name: found[name]["unit"] for name in FOUR} == FOUR
    assert set(found) == {*FOUR, "sales_with_coupon_and_reward", "price_change_ms", "idle_tills_ms", "key_to_screen_ms", "scan_to_line_ms",
                          "tender_to_drawer_ms", "switch_person_ms", "keys_top_item", "keys_member_sale", "sales_while_points_expire_ms",
                          "member_export_s", "member_erase_s"}
    assert found["counter_start_ms"]["peer"] == 100
    assert found["sales_vs_pgbench"]["p99_ms"] > 0


def test_a_large_shop_is_made_and_asked():
    found = figures("--large=10000")
    assert set(found) == {"large_sales_vs_empty", "large_member_phone_ms", "large_member_email_ms", "large_member_card_ms",
                          "large_member_name_ms", "large_receipt_ms", "large_member_selling_ms"}


def test_the_gate_judges_what_was_measured():
    done, [figure] = run("--gate", "--rounds=1", "counter_start_ms")
    missed = figure["ours"] > 100 or figure["first_start_ms"] > 2000
    assert done.returncode == (1 if missed else 0), done.stderr[-5000:]
    assert ("counter_start_ms: " in done.stderr.splitlines()[-1]) == missed


def test_the_gate_does_not_judge_a_quick_run():
    done, found = run("--gate", "--quick")
    assert done.returncode == 2 and found == [] and "not to be judged" in done.stderr
