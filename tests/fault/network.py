"""The ways in which the tests' network fails, by name."""
from proxy import BOTH, TO_SERVER, TO_TILL

# Those that a command gets through, in its time; what meets any other is not answered.
PASSED = ("slow", "torn_to_bytes", "late")

FAULTS = {
    "both_ways_cut": lambda proxy: proxy.hold(BOTH),
    "cut_towards_the_server": lambda proxy: proxy.hold(TO_SERVER),
    "cut_towards_the_till": lambda proxy: proxy.hold(TO_TILL),
    "slow": lambda proxy: proxy.slow(BOTH, 9600),
    "torn_to_bytes": lambda proxy: proxy.tear(BOTH),
    "late": lambda proxy: proxy.delay(BOTH, 0.1),
    "reset": lambda proxy: proxy.reset(),
    "reset_in_a_request": lambda proxy: proxy.reset_after(TO_SERVER, 60),
    "reset_in_an_answer": lambda proxy: proxy.reset_after(TO_TILL, 60),
    "half_closed_by_the_till": lambda proxy: proxy.half_close(TO_SERVER),
    "half_closed_by_the_server": lambda proxy: proxy.half_close(TO_TILL),
    "refused": lambda proxy: (proxy.refuse(), proxy.reset()),
}
