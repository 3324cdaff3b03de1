"""The rows beside sales_vs_pgbench, without a bar: pgbench written otherwise, other numbers of tills, two server processes.
One round each; all of them write the same rows a sale, which is looked at behind them."""
import concurrent.futures

import peer_variants
from house import TILLS, cpu_seconds

SECONDS = 5


def rows(house, tills, peer, given, say):
    seconds = min(given.seconds, SECONDS)
    found = {}

    def keep(name, result):
        found[name] = round(result["per_second"], 1)
        say(f"beside, {name}: {tills.describe(result)}")

    keep("pgbench -M simple", peer.round(seconds, mode="simple"))
    keep("pgbench, pipelined", peer.round(seconds, script=peer.write("pipelined", peer_variants.pipelined(peer.script_text))))
    makes, calls = peer_variants.function(peer.script_text)
    peer.query(peer.fill(makes))
    keep("pgbench, one PL/pgSQL function", peer.round(seconds, script=peer.write("function", calls)))
    for count in (1, 16, 2 * TILLS):
        keep(f"{count} till{'s' * (count > 1)}", tills.round(seconds, count=count))
    keep("two server processes", two_processes(house, tills, seconds))
    return found


def two_processes(house, tills, seconds):
    """Half of the tills at each; they share the shop."""
    second = house.start(*house.server_flags)
    half = house.tills_of(range(TILLS // 2, TILLS))
    try:
        with concurrent.futures.ThreadPoolExecutor() as pool:
            before = cpu_seconds(second.process.pid)
            other = pool.submit(house.load, "sell", TILLS // 2, seconds, *house.to_sell(), "--seed", 1000, port=second.port,
                                tills_file=half)
            result = tills.round(seconds, count=TILLS // 2)
            theirs = other.result()
            sold = theirs["done"] + theirs["late"]
            cpu_us = {"second server": (cpu_seconds(second.process.pid) - before) * 1e6 / sold}
    finally:
        second.stop()
        house.servers.remove(second)
    return {"per_second": result["per_second"] + theirs["per_second"], "p50_us": max(result["p50_us"], theirs["p50_us"]),
            "p99_us": max(result["p99_us"], theirs["p99_us"]), "cpu_us": {"first server": result["cpu_us"]["server"], **cpu_us}}
