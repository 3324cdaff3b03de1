"""What tests/bench/run does once everything is built: a house, the benchmarks asked for, the table."""
import argparse
import json
import pathlib
import signal
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))
sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "lib"))
import at_the_till  # noqa: E402
import gate  # noqa: E402
import head  # noqa: E402
import idle  # noqa: E402
import large  # noqa: E402
import nightly  # noqa: E402
import prices  # noqa: E402
import pushes  # noqa: E402
import sales  # noqa: E402
import start  # noqa: E402
from house import House, MEMBERS  # noqa: E402

BENCHMARKS = {
    "sales_vs_pgbench": sales.measure,
    "sales_with_coupon_and_reward": sales.with_coupon_and_reward,
    "price_vs_redis_tls": prices.measure,
    "idle_memory_vs_nginx": idle.measure,
    "counter_start_ms": start.measure,
    "price_change_ms": pushes.changes,
    "idle_tills_ms": pushes.idle,
    "key_to_screen_ms": at_the_till.key_to_screen,
    "scan_to_line_ms": at_the_till.scan_to_line,
    "tender_to_drawer_ms": at_the_till.tender_to_drawer,
    "switch_person_ms": at_the_till.switch_person,
    "keys_top_item": at_the_till.keys_top_item,
    "keys_member_sale": at_the_till.keys_member_sale,
    "sales_while_points_expire_ms": nightly.expiry,
    "member_export_s": nightly.export,
    "member_erase_s": nightly.erase,
}


def arguments():
    parser = argparse.ArgumentParser(prog="tests/bench/run", description="Caroline against its peers.")
    parser.add_argument("--quick", action="store_true", help="one short round: does it work? The figures say little")
    parser.add_argument("--json", action="store_true", help="on standard output one object a line instead of the table")
    parser.add_argument("--seconds", type=int, help="of a round (10; quick: 3)")
    parser.add_argument("--rounds", type=int, help="of each side, alternating (5; quick: 1)")
    parser.add_argument("--large", nargs="?", type=int, const=10_000_000, metavar="SALES",
                        help="also beside a shop with so many sales (ten million) and a tenth as many members")
    parser.add_argument("--gate", action="store_true", help="fail, with a sentence, if a figure misses what is asked of it")
    parser.add_argument("--members", type=int, default=MEMBERS, help=f"of the shop ({MEMBERS:,})")
    parser.add_argument("names", nargs="*", metavar="NAME", help=" ".join(BENCHMARKS))
    given = parser.parse_args()
    for name in given.names:
        if name not in BENCHMARKS:
            parser.error(f"no benchmark '{name}': {', '.join(BENCHMARKS)}")
    if given.gate and given.quick:
        parser.error("--quick shows whether it works; its figures are not to be judged by --gate")
    given.names = given.names or ([] if given.large else list(BENCHMARKS))
    given.seconds = given.seconds or (3 if given.quick else 10)
    given.rounds = given.rounds or (1 if given.quick else 5)
    return given


def say(line=""):
    """For who watches; standard output is for the figures."""
    print(line, file=sys.stderr, flush=True)


def shown(number):
    return f"{number:,.0f}" if number >= 1000 else f"{number:.3g}"


def main():
    given = arguments()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))  # so that everything is stopped
    results = []

    def keep(result):
        results.append(result)
        if given.json:
            print(json.dumps(result), flush=True)

    with House(say, members=given.members) as house:
        for line in head.lines(house):
            say(line)
        for name in given.names:
            say(f"\n== {name}")
            result = {"name": name, **BENCHMARKS[name](house, given, say)}
            keep(result)
        if given.large:
            say("\n== --large")
            for result in large.measure(house, given, say):
                keep(result)
    if not given.json:
        print(f"{'':22} {'ours':>12} {'peer':>12} {'ratio':>8}  unit")
        for result in results:
            print(f"{result['name']:22} {shown(result['ours']):>12} {shown(result['peer']):>12} "
                  f"{result['ratio']:>8.2f}  {result['unit']}"
                  + (f", p99 {result['p99_ms']:.1f} ms" if "p99_ms" in result else ""))
            for name, number in result.get("beside", {}).items():
                print(f"  {name:33} {shown(number):>12}")
    missed = gate.misses(results) if given.gate else []
    for sentence in missed:
        say(sentence)
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main())
