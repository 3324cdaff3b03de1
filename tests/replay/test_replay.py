"""caroline replay: a file of receipts is sold once, to the piece and to the cent, whatever dies in between."""
import contextlib
import csv
import io
import re
import signal
import subprocess

import pexpect
import pytest

from cli import CAROLINE, FAULT, INTERRUPTED, REFUSED, USAGE, console
from shop import TOP, wait_for

BAKERY = TOP / "db" / "demo" / "extended-bakery"
THOUSAND = BAKERY / "1000i.csv"


def awk(program, path):
    return subprocess.run(["awk", "-F,", program, str(path)], capture_output=True, text=True, check=True).stdout


def quantities(path):
    """Pieces by good, as awk adds them up."""
    lines = awk("{ n[$3] += $2 } END { for (g in n) print g, n[g] }", path).splitlines()
    return {good: int(pieces) for good, pieces in map(str.split, lines)}


def money(path):
    """Minor units, from the file and the goods' prices, as awk adds them up."""
    program = ("FNR == NR { price[$1] = int($4 * 100 + 0.5); next } { sum += $2 * price[$3 + 0] } "
               'END { printf "%d", sum }')
    return int(subprocess.run(["awk", "-F,", program, str(BAKERY / "goods.csv"), str(path)], capture_output=True,
                              text=True, check=True).stdout)


@pytest.fixture(scope="module")
def cli(shop, tmp_path_factory):
    """A console, and the bakery's fifty goods with their prices; enough of each on the shelf."""
    made = console(shop)
    directory = tmp_path_factory.mktemp("goods")
    with open(BAKERY / "goods.csv") as goods, open(directory / "goods.csv", "w") as products, \
            open(directory / "stock.csv", "w") as stock:
        products.write("sku,name,price,tax_class,stock_policy,active\n")
        stock.write("sku,quantity\n")
        for row in csv.DictReader(goods):
            products.write(f"{row['ItemIndex']},{row['ItemName']} {row['ItemType']},{row['ItemPrice']},untaxed,block,yes\n")
            stock.write(f"{row['ItemIndex']},60000\n")
    made.run("product", "import", directory / "goods.csv")
    made.run("stock", "receive", directory / "stock.csv", "--reason", "opening stock")
    return made


def sold(shop):
    """Pieces by good, and the receipts' count and money, as the database has them."""
    rows = shop.sql("SELECT p.sku, sum(l.quantity_milli) FROM sale_line AS l JOIN product AS p ON p.id = l.product_id "
                    "GROUP BY p.sku")
    [[count, total]] = shop.sql("SELECT count(*), coalesce(sum(total_minor), 0)::bigint FROM sale")
    return {sku: int(milli) // 1000 for sku, milli in rows}, count, total


def receipts_done(shop):
    return shop.sql("SELECT count(*) FROM sale")[0][0]


def test_a_file_that_cannot_be_read_is_named_by_line(cli, tmp_path):
    for text, line, words in [
        ("1,2\n", 1, "three columns"),
        ("1,2,7\nx,1,7\n", 2, "no receipt's number"),
        ("1,2,7\n1,-1,7\n", 2, "no quantity"),
        ("1,2,7\n1,1,\n", 2, "names no good"),
        ("receipt,quantity,good\n", 0, "holds no receipts"),
        ("".join("1,1,7\n" for _ in range(201)), 201, "more than 200 lines"),
    ]:
        path = tmp_path / "bad.csv"
        path.write_text(text)
        done = cli.run("replay", path, "--tills", "1", status=FAULT)
        assert words in done.stderr and (line == 0 or f":{line}:" in done.stderr), done.stderr
    cli.run("replay", tmp_path / "none.csv", status=FAULT)
    cli.run("replay", status=USAGE)
    cli.run("replay", THOUSAND, "--tills", "0", status=USAGE)


def test_a_good_the_shop_does_not_have_stops_it_before_anything_is_sold(shop, cli, tmp_path):
    path = tmp_path / "strange.csv"
    path.write_text("1,1,7\n2,1,croquembouche\n")
    done = cli.run("replay", path, "--tills", "2", status=REFUSED)
    assert 'line 2: the shop has no product with the sku "croquembouche"' in done.stderr
    assert receipts_done(shop) == 0


def test_A12_killed_stopped_and_restarted_in_between_every_receipt_is_sold_once(shop, cli, tmp_path):
    """Once killed outright, once with the server killed under it, once stopped by hand; then another number of tills."""
    totals = tmp_path / "totals.csv"

    replay = cli.start("replay", THOUSAND, "--tills", "8", stderr=subprocess.DEVNULL, stdout=subprocess.DEVNULL)
    wait_for(lambda: receipts_done(shop) > 60 or replay.poll() is not None, 60, "some receipts")
    replay.kill()
    replay.wait()
    assert 60 < receipts_done(shop) < 1000

    replay = cli.start("replay", THOUSAND, "--tills", "8", stderr=subprocess.PIPE, stdout=subprocess.DEVNULL)
    wait_for(lambda: receipts_done(shop) > 250 or replay.poll() is not None, 60, "more receipts")
    shop.servers[0].restart()
    wait_for(lambda: receipts_done(shop) > 450 or replay.poll() is not None, 60, "receipts after the restart")
    replay.send_signal(signal.SIGINT)
    told = replay.communicate(timeout=60)[1]
    if replay.returncode != 0:  # it may have been done before the signal
        assert replay.returncode == INTERRUPTED and "goes on where it stopped" in told, told
        reached, before = map(int, re.search(r"stopped: (\d+) of 1000 .* sold, (\d+) of them before this run", told).groups())
        assert 60 <= before < reached, told

    done = cli.json("replay", THOUSAND, "--tills", "8", "--totals", totals)
    assert done["refused"] == []
    pieces, count, total = sold(shop)
    assert count == done["receipts"] == 1000
    assert pieces == quantities(THOUSAND)
    assert total == done["total_minor"] == money(THOUSAND) == 4246896
    with open(totals) as file:
        assert {row["good"]: int(row["quantity"]) for row in csv.DictReader(file)} == quantities(THOUSAND)


def test_A11_replayed_again_through_other_tills_nothing_is_sold_twice(shop, cli):
    before = sold(shop)
    for tills in ("8", "3"):
        done = cli.json("replay", THOUSAND, "--tills", tills)
        assert (done["receipts"], done["before"], done["total_minor"], done["refused"]) == (1000, 1000, 4246896, [])
        assert sold(shop) == before


def twins(shop):
    """Sales of two lines, one piece of good 8 on each."""
    [[count]] = shop.sql("SELECT count(*) FROM (SELECT l.sale_id FROM sale_line AS l JOIN product AS p ON p.id = l.product_id "
                         "GROUP BY l.sale_id HAVING count(*) = 2 AND bool_and(p.sku = '8' AND l.quantity_milli = 1000)) AS t")
    return count


def test_a_refusal_is_named_with_its_receipt_and_stands(shop, cli, tmp_path):
    cli.run("sold-out", "--product", "11", "--sold-out", "yes")
    path = tmp_path / "some.csv"
    path.write_text("501,1,7\n502,2,11\n502,1,7\n503,1,8\n503,1,8\n")
    before = twins(shop)
    done = cli.run("replay", path, "--tills", "2", status=REFUSED)
    assert "receipt 502 was refused" in done.stderr and "(PRODUCT_SOLD_OUT)" in done.stderr
    assert "good 11: 2 in the file, 0 sold" in done.stderr
    assert twins(shop) == before + 1  # the same good on two lines is sold as it stands
    cli.run("sold-out", "--product", "11", "--sold-out", "no")
    assert "receipt 502 was refused" in cli.run("replay", path, "--tills", "2", status=REFUSED).stderr


def test_A12_all_checks_hold_afterwards(cli):
    cli.run("check")


def test_who_cannot_be_signed_in_just_now_is_a_moment_later(shop, cli, tmp_path):
    """The server's database is held up for longer than a sign-in waits for it: TRY_AGAIN is no refusal."""
    path = tmp_path / "later.csv"
    path.write_text("".join(f"{receipt},1,0\n" for receipt in range(1, 41)))
    before = receipts_done(shop)
    gave_up = shop.servers[0].log().count("call_failed")
    with contextlib.closing(shop.cluster.connect("owner")) as holding, holding.cursor() as cursor:
        cursor.execute("LOCK TABLE sign_in_failure IN ACCESS EXCLUSIVE MODE")
        replay = cli.start("replay", path, "--tills", "3", stderr=subprocess.PIPE, stdout=subprocess.DEVNULL)
        wait_for(lambda: shop.servers[0].log().count("call_failed") > gave_up or replay.poll() is not None, 60,
                 "a sign-in that could not be done")
        holding.rollback()
    told = replay.communicate(timeout=60)[1]
    assert replay.returncode == 0, told
    assert receipts_done(shop) == before + 40


def test_a_terminal_sees_how_far_it_is(shop, cli, tmp_path):
    path = tmp_path / "seen.csv"
    path.write_text("".join(f"{receipt},1,0\n" for receipt in range(1, 1501)))
    replay = pexpect.spawn(str(CAROLINE), [str(word) for word in cli.command("replay", path, "--tills", "2")[1:]],
                           env=cli.environment(), encoding="utf-8", timeout=60, dimensions=(24, 120))
    replay.expect(r"\r\[[#.]{24}\] \d+/1500  \d+/s  \d+:\d\d left")
    replay.expect(r"\[#{24}\] 1500/1500 ")
    replay.expect("1500 receipts, 1500 lines")
    replay.expect(pexpect.EOF)
    replay.close()
    assert replay.exitstatus == 0


def test_no_line_of_its_progress_wraps(shop, cli, tmp_path):
    path = tmp_path / "narrow.csv"
    path.write_text("".join(f"{receipt},1,1\n" for receipt in range(1, 2001)))
    replay = pexpect.spawn(str(CAROLINE), [str(word) for word in cli.command("replay", path, "--tills", "1")[1:]],
                           env=cli.environment(), encoding="utf-8", timeout=60, dimensions=(24, 60))
    replay.logfile_read = io.StringIO()
    replay.expect(r"\r\[#")
    shop.servers[0].restart()
    replay.expect("left; ")
    replay.expect(r"2,?000 receipts, 2,?000 lines")
    replay.expect(pexpect.EOF)
    replay.close()
    drawn = [line.split("\033")[0] for line in replay.logfile_read.getvalue().split("\r") if line.startswith("[")]
    assert len(drawn) > 2 and max(map(len, drawn)) == 59, drawn
