"""What is asked of each figure, as README.md's tables have it; `tests/bench/run --gate` fails where one misses it."""
import operator

# name: of each thing that is asked (field, at most or at least, number, what it is).
ASKED = {
    "sales_vs_pgbench": [("ratio", ">=", 3, "sales a second against pgbench's"),
                         ("p99_ms", "<=", 50, "ms for the 99th of a hundred sales")],
    "sales_with_coupon_and_reward": [("ratio", ">=", 0.8, "sales a second with a coupon and a piece for points against those without")],
    "price_vs_redis_tls": [("ratio", ">=", 1, "look-ups a second against Redis's")],
    "idle_memory_vs_nginx": [("ratio", "<=", 1, "memory of an idle connection against nginx's")],
    "counter_start_ms": [("ours", "<=", 100, "ms until a counter is usable"),
                         ("first_start_ms", "<=", 2000, "ms for a first start ever")],
    "price_change_ms": [("ours", "<=", 50, "ms until the last of 500 tills has another price, the 99th of a hundred")],
    "idle_tills_ms": [("ours", "<=", 10, "ms for an answer beside 10,000 idle tills, the 99th of a hundred")],
    "key_to_screen_ms": [("ours", "<=", 16, "ms from a key to the screen, the 99th of a hundred")],
    "scan_to_line_ms": [("ours", "<=", 50, "ms from a scan to its line beside 50 busy tills, the 99th of a hundred")],
    "tender_to_drawer_ms": [("ours", "<=", 200, "ms from the Enter that pays to the drawer, the 99th of a hundred")],
    "switch_person_ms": [("ours", "<=", 1000, "ms for another person at the till beside 50 busy tills, the 99th of a hundred")],
    "keys_top_item": [("ours", "<=", 3, "keys for one of the forty best goods")],
    "keys_member_sale": [("ours", "<=", 12, "keys besides the scans for a member's three goods paid in cash")],
    "sales_while_points_expire_ms": [("ratio", "<=", 2, "the 99th of a hundred sales while 100,000 lots expire, against those without")],
    "member_export_s": [("ours", "<=", 10, "s for all that is kept of a member")],
    "member_erase_s": [("ours", "<=", 10, "s until a member is forgotten")],
    "large_sales_vs_empty": [("ratio", ">=", 0.9, "sales a second against those of an empty shop")],
    "large_member_phone_ms": [("ours", "<=", 10, "ms to find a member by phone, the 99th of a hundred")],
    "large_member_email_ms": [("ours", "<=", 10, "ms to find a member by e-mail, the 99th of a hundred")],
    "large_member_card_ms": [("ours", "<=", 10, "ms to find a member by card, the 99th of a hundred")],
    "large_member_name_ms": [("ours", "<=", 10, "ms to find members by how a name begins, the 99th of a hundred")],
    "large_member_selling_ms": [("ours", "<=", 10, "ms to find a member beside 200 sales a second, the 99th of a hundred")],
    "large_receipt_ms": [("ours", "<=", 10, "ms to find a receipt, the 99th of a hundred")],
}
HOLDS = {">=": operator.ge, "<=": operator.le}
WORDS = {">=": "at least", "<=": "at most"}


def misses(results):
    """A sentence for each thing that was asked and is not so."""
    return [
        f"{result['name']}: {result[field]:g} is the figure for {what}; asked is {WORDS[bar]} {number:g}"
        for result in results
        for field, bar, number, what in ASKED[result["name"]]
        if not HOLDS[bar](result[field], number)
    ]
