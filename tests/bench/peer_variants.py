"""Other ways in which pgbench may write the same sale, from peer_sale.pgbench: for the rows beside sales_vs_pgbench."""
import re

BEGIN, COMMIT, GET = "BEGIN;\n", "COMMIT;\n", " \\gset\n"


def pipelined(script):
    """All that needs no answer in one go: the till's number is fetched first, the rest is sent at once."""
    at = script.index(GET) + len(GET)
    head, rest = script[:at], script[at:]
    # \set belongs before the pipeline
    sets = "".join(re.findall(r"^\\set .*\n", rest, re.M))
    return head + sets + "\\startpipeline\n" + re.sub(r"^\\set .*\n", "", rest, flags=re.M) + "\\endpipeline\n"


def function(script):
    """(what makes the function, the script that calls it): the same statements in one PL/pgSQL function, one round trip."""
    begin, commit, get = script.index(BEGIN), script.index(COMMIT), script.index(GET)
    variables = ["till", "member", "first", "second", "third"]
    first = script[begin + len(BEGIN) : get] + " INTO number"
    rest = script[get + len(GET) : commit]
    rest = re.sub(r"^\\set sale (.*)$", r"sale := \1;", rest, flags=re.M).replace(":client_id", "client")

    def named(text):
        return re.sub(r"(?<!:):([a-z]+)\b", r"_\1", text)

    declared = ", ".join(f"_{name} bigint" for name in variables)
    body = named(first) + ";\n" + named(rest)
    body = body.replace("INTO number", "INTO _number").replace("sale := ", "_sale := ").replace("client + 1", "_client + 1")
    # What it writes into goes by its own name; columns are meant wherever no underscore stands.
    text = (f"CREATE FUNCTION sell(_client bigint, {declared}) RETURNS bigint LANGUAGE plpgsql AS $$\n"
            f"#variable_conflict use_column\nDECLARE _number bigint; _sale bigint;\nBEGIN\n{body}RETURN _sale;\nEND $$;\n"
            "GRANT EXECUTE ON FUNCTION sell TO caroline_app;")
    call = script[:begin] + "SELECT sell(:client_id, " + ", ".join(f":{name}" for name in variables) + ");\n"
    return text, call
