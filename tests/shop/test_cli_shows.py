"""What the command line shows: on a terminal a list fits its width, and a product is named as at the till."""
import fcntl
import os
import pty
import re
import struct
import subprocess
import termios

import pytest

from cli import REFUSED, USAGE, Cli, console, invited
from shop import pb


@pytest.fixture(scope="module")
def office(shop):
    made = console(shop)
    for number in range(3):
        made.run("product", "put", "--sku", f"loaf-{number}", "--name", f"A loaf of which there are more than {number} long words to say",
                 "--price", "3.20", "--plu", str(505 + number), "--barcodes", f"LOAF-{number}", "--tax-class", "untaxed",
                 "--contains", "gluten,milk,nuts,sesame", "--active", "yes")
    return made


def on_a_terminal(cli, columns, *arguments):
    """What it prints into a window of so many columns."""
    ours, its = pty.openpty()
    fcntl.ioctl(its, termios.TIOCSWINSZ, struct.pack("HHHH", 24, columns, 0, 0))
    done = subprocess.Popen(cli.command(*arguments), env=cli.environment(), stdin=subprocess.DEVNULL, stdout=its,
                            stderr=subprocess.PIPE, text=True)
    os.close(its)
    said = b""
    while True:
        try:
            part = os.read(ours, 65536)
        except OSError:  # nobody writes any more
            break
        if not part:
            break
        said += part
    _, complaints = done.communicate(timeout=60)
    os.close(ours)
    assert done.returncode == 0, complaints
    return said.decode().replace("\r", "").splitlines(), complaints


@pytest.mark.parametrize("columns", [80, 120])
def test_a_list_fits_the_terminal(office, columns):
    rows, complaints = on_a_terminal(office, columns, "product", "list")
    assert len(rows) >= 4 and all(len(row) <= columns for row in rows), rows
    assert re.match(r"^id +name +sku", rows[0]) and any("…" in row for row in rows)
    left_out = re.search(r"\((\d+) more columns?: in a wider window, or by --json\)", complaints)
    assert left_out, complaints
    whole = [row["id"] for row in office.rows("product", "list")]
    assert [int(row.split()[0]) for row in rows[1:]] == whole  # an id is never cut


def test_in_a_file_or_a_wide_window_it_is_whole(office):
    piped = office.run("product", "list")
    assert "A loaf of which there are more than 2 long words to say" in piped.stdout and "…" not in piped.stdout
    rows, complaints = on_a_terminal(office, 1000, "product", "list")
    assert rows == piped.stdout.splitlines() and complaints == ""


def test_a_product_is_shown_by_what_people_call_it(office):
    for word in ("loaf-1", "506", "LOAF-1"):
        assert office.json("product", "show", word)["product"]["sku"] == "loaf-1"
    assert office.json("product", "show", "--plu", "506")["product"]["sku"] == "loaf-1"
    assert "(UNKNOWN_PRODUCT)" in office.run("product", "show", "nothing", status=REFUSED).stderr
    assert "name one product, once" in office.run("product", "show", "505", "--plu", "505", status=USAGE).stderr
    assert "PRODUCT, --sku" in office.run("product", "show", status=USAGE).stderr


def test_the_help_of_an_import_names_every_column_that_it_takes(office, tmp_path):
    said = office.run("product", "import", "--help", person=False).stdout
    columns = re.search(r"those it has: (\S+)", said).group(1).split(",")
    assert "unit" in columns
    file = tmp_path / "goods.csv"
    file.write_text("sku,name,price,tax_class,unit,allergen_note\nrye,Rye bread by weight,6.40,untaxed,kilogram,wheat\n")
    office.run("product", "import", file)
    assert office.json("product", "show", "rye")["product"]["unit"] == "kilogram"


def test_a_list_that_is_whole_does_not_say_so(office):
    office.run("member", "create", "--name", "Ada Short", "--card", "CC-77")
    found = office.run("member", "find", "--card", "CC-77")
    assert "Ada Short" in found.stdout and "more" not in found.stdout
    nobody = office.run("member", "find", "--card", "CC-78")
    assert nobody.stdout == "" and nobody.stderr == "none\n"


def test_a_spool_in_which_nothing_waits_says_so(shop, office):
    till = Cli(shop, "counter", person="Ben")
    till.enrol(invited(shop, pb.CLIENT_COUNTER, "counter"))
    till.run("shift", "open", "--float", "10.00")
    done = office.run("spool", "send", till.directory / "spool.db", "--dry-run")
    assert done.stdout == "nothing waits in it: all that this till sold was booked\n"
