"""Buy nine, get one: by the README's own lines, the whole way to the free coffee."""
import re
import shlex
import subprocess

from cli import CAROLINE, Cli, console, invited
from shop import TOP, pb

FIRST, LAST = "    printf 'kind,number,name,gives,value,cost,of,tier,days,from,until\\n' > stamps.csv", "the stamps are spent"


def readme():
    """The block of it, as it is pasted."""
    text = (TOP / "README.md").read_text()
    block = text[text.index(FIRST):]
    return [line.removeprefix("    ") for line in block[:block.index(LAST) + len(LAST)].splitlines()]


def shell(office, till, lines, where):
    """A console's shell, in which $at_till means the till."""
    def call(cli):
        return shlex.join(["env", f"CAROLINE_IDENTITY={cli.directory}", f"CAROLINE_PIN_FILE={cli.pin_file}", "LC_ALL=C.UTF-8", str(CAROLINE)])

    head = f"""set -e
at_till=AT_TILL
caroline() {{
    if [ "${{!#}}" = AT_TILL ]; then {call(till)} "${{@:1:$#-1}}" --as Ben; else {call(office)} "$@" --as Caroline; fi
}}
"""
    return subprocess.run(["bash", "-c", head + "\n".join(lines)], cwd=where, capture_output=True, text=True, stdin=subprocess.DEVNULL, timeout=120)


def test_A21_nine_coffees_pay_for_the_tenth_as_the_readme_has_it(shop, tmp_path):
    office, till = console(shop), Cli(shop, "till", person="Ben")
    till.enrol(invited(shop, pb.CLIENT_COUNTER, "till"))
    office.run("product", "put", "--sku", "45", "--name", "Hot Coffee", "--price", "2.15", "--tax-class", "untaxed", "--active", "yes")
    till.run("shift", "open", "--float", "100")
    lines = readme()
    assert sum(line.startswith(("caroline", "regular=")) for line in lines) == 4
    done = shell(office, till, [*lines, "echo $regular"], tmp_path)
    assert done.returncode == 0 and done.stderr == "", done.stdout + done.stderr
    regular = done.stdout.rstrip().splitlines()[-1]
    totals = re.findall(r"^Total \w+ +(\d+\.\d\d)$", done.stdout, re.M)
    assert totals == ["19.35", "0.00"], done.stdout
    member = office.json("member", "show", "--id", regular)["member"]
    assert member["points"] == 0 and [sale["points"] for sale in member["sales"]] == [-9, 9]
    # And not a coffee earlier: eight are not enough, and what was free is no stamp towards the next.
    regular = office.json("member", "create", "--name", "Eight Coffees")["id"]
    till.run("sale", "45x8", "--member", regular, "--cash", "50.00")
    refused = till.run("sale", "45", "--member", regular, "--reward-number", "1", status=1).stderr
    assert "points" in refused
    sold = till.json("sale", "45x2", "--member", regular, "--cash", "50.00")
    assert office.json("member", "show", "--id", regular)["member"]["points"] == 10, sold
    till.run("sale", "45x2", "--member", regular, "--reward-number", "1", "--cash", "50.00")
    assert office.json("member", "show", "--id", regular)["member"]["points"] == 2  # nine were spent, and the one that was paid is a stamp
