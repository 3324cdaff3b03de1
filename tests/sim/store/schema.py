"""Makes the simulated store's tables of db/migrations/: columns, defaults, checks, keys and references, as C.

What it does not understand fails the build: the simulator has no schema of its own. `schema.py OUT migration.sql ...`
writes OUT/sim_schema.h and OUT/sim_schema.c. A column is SALE_LINE_SALE_ID, an index SALE_LINE_BY_SALE_ID_LINE."""

import re
import sys

# By what else statements look rows up: never unique, so the schema need not say so. The last column, if it is a number,
# is the order within an index.
EXTRA = {
    "product_version": [["from_version"]],
    "price_version": [["from_version"]],
    "sold_out_version": [["from_version"]],
    "rating_version": [["from_version"]],
    "review": [["member_id"], ["product_id"]],
    "category_version": [["from_version"]],
    "tax_class_version": [["from_version"]],
    "tax_rate_version": [["tax_class_id", "from_version"]],
    "promotion_version": [["from_version"]],
    "promotion_part_version": [["promotion_id", "from_version"]],
    "modifier_version": [["from_version"]],
    "programme_version": [["from_version"]],
    "programme_term_version": [["from_version"]],
    "sale_earning": [["sale_id"]],
    "role_version": [["from_version"]],
    "tender_type_version": [["from_version"]],
    "shift_z_tender": [["shift_id"]],
    "product_barcode": [["product_id"]],
    "device": [["shop_id", "id"]],
    "device_invite": [["selector", "id"], ["shop_id", "id"]],
    "session": [["staff_id"], ["device_id"], ["expires_at"]],
    "staff": [["shop_id", "id"]],
    "member_blind": [["member_id"]],
    "member_account": [["merged_into"]],
    "member_merge": [["into_id"]],
    "points_entry": [["origin_id", "lot_id"]],
    "points_lot": [["member_id", "origin_day"]],
    "sale_discount": [["sale_id", "line"]],
    "sale_option": [["sale_id", "line"]],
    "command": [["at"]],
    "shift_z_tax": [["shift_id"]],
    "sale": [["shift_id"], ["refund_of"], ["member_id"]],
    "parked_basket": [["staff_id"], ["device_id"]],
    "member_ticket": [["device_id"], ["member_id"], ["made_at"]],
    "member_code": [["member_id"], ["made_at"]],
    "basket_void": [["shop_id"], ["shift_id"]],
    "sale_retender": [["shift_id"]],
    "sale_attach": [["member_id"], ["attached_id"]],
    "invoice": [["credit_of"]],
    "account_blind": [["account_id"]],
    "account_payment": [["shift_id"]],
    "gift_card": [["moved_to"]],
    "consent_entry": [["member_id"]],
    "gift_card_payment": [["shift_id"]],
    "payment_method": [["member_id", "id"]],
    "payment_setup": [["member_id"]],
    "gateway_charge": [["member_id"]],
    "coupon": [["member_id"], ["sale_id"]],
    "coupon_use": [["member_id"], ["campaign_id"]],
}
# The same, of some rows alone.
EXTRA_WHERE = {"points_lot": [(["member_id", "expiry_day"], "remaining <> 0")],
               "sale": [(["shop_id", "business_day"], "kind = 2 AND refund_of IS NULL")]}
# Indexes of one number alone that are read in its order: a list, not a look-up.
ORDERED = ("from_version", "expires_at", "at")
ORDERED_OF = {"gift_card": ("number",)}

TYPES = {
    "bigint": "BIGINT", "integer": "INTEGER", "smallint": "SMALLINT", '"char"': "CHAR", "boolean": "BOOL",
    "timestamptz": "INSTANT", "date": "DAY", "text": "TEXT", "bytea": "BYTEA", "text[]": "TEXTS",
}
NUMBERS = ("BIGINT", "INTEGER", "SMALLINT", "CHAR", "BOOL", "INSTANT", "DAY")
TOKEN = re.compile(r"\s*(?:(-?\d+)|('(?:[^']|'')*')|([a-z_]\w*|[A-Z]+)|(<>|>=|<=|[-+=<>~(),]))")


class Expression:
    """A CHECK or WHERE, turned into C over `row`."""

    def __init__(self, text, columns):
        self.text, self.columns, self.used, self.tests_null = text, columns, set(), False
        self.tokens, at = [], 0
        while text[at:].strip():
            match = TOKEN.match(text, at)
            if not match:
                raise SystemExit(f"schema.py: cannot read: {text}")
            self.tokens.append(match.group(0).strip())
            at = match.end()
        self.at = 0
        self.c = self.either()
        if self.at != len(self.tokens):
            raise SystemExit(f"schema.py: cannot read {self.tokens[self.at:]} of: {text}")

    def peek(self):
        return self.tokens[self.at] if self.at < len(self.tokens) else ""

    def take(self, *wanted):
        if wanted and self.peek() not in wanted:
            raise SystemExit(f"schema.py: {wanted} expected before {self.tokens[self.at:]} of: {self.text}")
        self.at += 1
        return self.tokens[self.at - 1]

    def either(self):
        c = self.both()
        while self.peek() == "OR":
            self.take()
            c = f"({c} || {self.both()})"
        return c

    def both(self):
        c = self.compared()
        while self.peek() == "AND":
            self.take()
            c = f"({c} && {self.compared()})"
        return c

    def compared(self):
        c, word = self.summed(), self.peek()
        if word == "BETWEEN":
            self.take()
            least = self.summed()
            self.take("AND")
            return f"({c} >= {least} && {c} <= {self.summed()})"
        if word == "IN":
            self.take()
            self.take("(")
            values = [self.summed()]
            while self.take(",", ")") == ",":
                values.append(self.summed())
            return "(" + " || ".join(f"{c} == {value}" for value in values) + ")"
        if word == "IS":
            self.take()
            negated = self.peek() == "NOT"
            if negated:
                self.take()
            self.take("NULL")
            self.tests_null = True
            return f"{'!' if negated else ''}{self.null(c)}"
        if word == "~":
            self.take()
            pattern = self.take()
            if pattern == "'^[A-Z]{3}$'":
                return f"sim_is_capitals({c}, 3)"
            if pattern == "'^([1-9][0-9]{0,2})?$'":
                return f"sim_is_calling_code({c})"
            raise SystemExit(f"schema.py: a pattern it does not know: {self.text}")
        if word in ("=", "<>", "<", ">", "<=", ">="):
            self.take()
            return f"({c} {dict([('=', '=='), ('<>', '!=')]).get(word, word)} {self.summed()})"
        return c

    def summed(self):
        c = self.one()
        while self.peek() in ("-", "+"):
            c = f"({c} {self.take()} {self.one()})"
        return c

    def one(self):
        token = self.take()
        if token == "(":
            c = self.either()
            self.take(")")
            return c
        if re.fullmatch(r"-?\d+", token):
            return f"INT64_C({token})"
        if token.startswith("'"):
            return token  # a "char"
        if token == "length":
            self.take("(")
            name = self.take()
            self.take(")")
            self.used.add(name)
            function = "sim_characters" if self.columns[name].type == "TEXT" else "sim_size"
            return f"{function}({self.cell(name)}.b)"
        if token not in self.columns:
            raise SystemExit(f"schema.py: no column is called {token}: {self.text}")
        self.used.add(token)
        return f"{self.cell(token)}.{'i' if self.columns[token].type in NUMBERS else 'b'}"

    def cell(self, name):
        return f"row[{self.columns[name].c}]"

    @staticmethod
    def null(c):
        return f"({c} == NULL)" if c.endswith(".b") else f"({c} == SIM_NULL)"

    def function(self, name, nothing):
        """nothing: what it is when a column is null that it does not ask about."""
        lines = [f"static bool {name}(const union sim_cell *row)", "{"]
        if not self.tests_null:
            nulls = " || ".join(sorted(self.null(f"{self.cell(u)}.{'i' if self.columns[u].type in NUMBERS else 'b'}")
                                       for u in self.used))
            lines += [f"    if ({nulls})", f"        return {nothing};"]
        return "\n".join(lines + [f"    return {self.c};", "}", ""])


class Column:
    def __init__(self, table, name, type_, domains):
        self.name, self.c = name, f"{table.upper()}_{name.upper()}"
        self.domain = domains.get(type_)
        self.type = TYPES[self.domain[0] if self.domain else type_]
        self.not_null, self.default = False, None


class Table:
    def __init__(self, name):
        self.name, self.columns, self.checks, self.indexes, self.references = name, {}, [], [], []

    def add_index(self, names, unique, where=None, name=None):
        if any(index[0] == names and index[2] is None for index in self.indexes):
            return
        self.indexes.append((names, unique, where, name or f"{self.name}_{'_'.join(names)}_key"))


def split(body):
    """At the commas outside of parentheses."""
    parts, depth, part = [], 0, ""
    for character in body:
        depth += {"(": 1, ")": -1}.get(character, 0)
        if character == "," and depth == 0:
            parts.append(part)
            part = ""
        else:
            part += character
    return [" ".join(part.split()) for part in parts + [part] if part.strip()]


def names_of(text):
    return [name.strip() for name in text.split(",")]


def closing(text, at):
    """Behind the parenthesis that closes the one at `at`."""
    depth = 0
    for i in range(at, len(text)):
        depth += {"(": 1, ")": -1}.get(text[i], 0)
        if depth == 0:
            return i + 1
    raise SystemExit(f"schema.py: no end: {text}")


def read_column(table, text, domains):
    match = re.match(r'(\w+) ("char"|[\w]+(?:\[\])?)\s*', text)
    if not match or match.group(2) not in TYPES and match.group(2) not in domains:
        raise SystemExit(f"schema.py: cannot read the column: {text}")
    column = table.columns[match.group(1)] = Column(table.name, match.group(1), match.group(2), domains)
    rest = text[match.end():]
    while rest:
        if rest.startswith("CHECK"):
            end = closing(rest, rest.index("("))
            table.checks.append((f"{table.name}_{column.name}_check", rest[rest.index("(") + 1:end - 1]))
        else:
            match = re.match(r"(PRIMARY KEY)|(NOT NULL)|(UNIQUE)|REFERENCES (\w+)(?: \((\w+)\))?|DEFAULT (\S+)", rest)
            if not match:
                raise SystemExit(f"schema.py: cannot read '{rest}' of {table.name}: {text}")
            primary, not_null, unique, parent, _, default = match.groups()
            end = match.end()
            if primary or unique:
                table.add_index([column.name], True, name=f"{table.name}_pkey" if primary else None)
            if primary or not_null:
                column.not_null = True
            if parent:
                table.references.append(([column.name], parent))
            if default:
                column.default = {"false": "0", "true": "1"}.get(default, default.strip("'") or None)  # every statement gives its texts
        rest = rest[end:].strip()


def read_table(name, body, domains):
    table = Table(name)
    for part in split(body):
        keys = re.match(r"(PRIMARY KEY|UNIQUE) \(([^)]*)\)$", part)
        foreign = re.match(r"FOREIGN KEY \(([^)]*)\) REFERENCES (\w+)$", part)
        if keys:
            primary = keys.group(1) == "PRIMARY KEY"
            table.add_index(names_of(keys.group(2)), True, name=f"{name}_pkey" if primary else None)
            for column in names_of(keys.group(2)) if primary else []:
                table.columns[column].not_null = True
        elif foreign:
            table.references.append((names_of(foreign.group(1)), foreign.group(2)))
        elif part.startswith("CHECK"):
            table.checks.append((f"{name}_check", part[part.index("(") + 1:-1]))
        else:
            read_column(table, part, domains)
    return table


def read(paths):
    domains, tables = {}, {}
    for path in paths:
        with open(path, encoding="utf-8") as file:
            sql = re.sub(r"--[^\n]*", "", file.read())
        sql = re.sub(r"CREATE FUNCTION .*?\$\$.*?\$\$;", "", sql, flags=re.S)  # what migrations call
        for statement in filter(None, (part.strip() for part in sql.split(";"))):
            flat = " ".join(statement.split())
            domain = re.match(r"CREATE DOMAIN (\w+) AS (\w+) CHECK \((.*)\)$", flat)
            table = re.match(r"CREATE TABLE (\w+) \((.*?)\)(?: WITH \([^()]*\))?$", flat)
            added = re.match(r"ALTER TABLE (\w+) (ADD COLUMN .*)$", flat)
            index = re.match(r"CREATE (UNIQUE )?INDEX (\w+) ON (\w+)(?: USING \w+)? \(([^)]*)\)(?: WHERE (.*))?$", flat)
            dropped = re.match(r"ALTER TABLE (\w+) DROP CONSTRAINT (\w+)$", flat)
            nullable = re.match(r"ALTER TABLE (\w+) ALTER COLUMN (\w+) DROP NOT NULL$", flat)
            gone = re.match(r"DROP INDEX (\w+)$", flat)
            keyed = re.match(r"ALTER TABLE (\w+) ADD CONSTRAINT (\w+) PRIMARY KEY \(([^)]*)\)$", flat)
            checked = re.match(r"ALTER TABLE (\w+) ADD CONSTRAINT (\w+) CHECK \((.*)\)$", flat)
            primary = re.match(r"ALTER TABLE (\w+) ADD PRIMARY KEY \(([^)]*)\)$", flat)
            if domain:
                domains[domain.group(1)] = (domain.group(2), domain.group(3))
            elif table:
                tables[table.group(1)] = read_table(table.group(1), table.group(2), domains)
            elif dropped:
                table = tables[dropped.group(1)]
                table.checks = [check for check in table.checks if check[0] != dropped.group(2)]
                table.indexes = [index for index in table.indexes if index[3] != dropped.group(2)]
            elif nullable:
                tables[nullable.group(1)].columns[nullable.group(2)].not_null = False
            elif gone:
                for table in tables.values():
                    table.indexes = [index for index in table.indexes if index[3] != gone.group(1)]
            elif keyed:
                tables[keyed.group(1)].add_index(names_of(keyed.group(3)), True, name=keyed.group(2))
            elif primary:
                table = tables[primary.group(1)]
                table.add_index(names_of(primary.group(2)), True, name=f"{table.name}_pkey")
            elif checked:
                tables[checked.group(1)].checks.append((checked.group(2), checked.group(3)))
            elif index and index.group(1):
                tables[index.group(3)].add_index(names_of(index.group(4)), True, index.group(5), index.group(2))
            elif added:
                table = tables[added.group(1)]
                for part in split(added.group(2)):
                    if " GENERATED ALWAYS AS " in part:
                        continue  # for the planner alone: the simulator looks the others up
                    read_column(table, part.removeprefix("ADD COLUMN "), domains)
            elif re.match(r"WITH |SELECT permission_give\(|REVOKE ALL ON FUNCTION ", flat):
                continue  # what is done to the rows of an older shop; the simulated one is new
            elif not index and not re.match(r"ALTER TABLE \w+ (SET|ALTER COLUMN \w+ SET (STORAGE|STATISTICS|COMPRESSION))", flat):
                raise SystemExit(f"schema.py: cannot read: {flat[:200]}")
    for name, indexes in EXTRA.items():
        for names in indexes:
            tables[name].add_index(names, False)
    for name, indexes in EXTRA_WHERE.items():
        for names, where in indexes:
            tables[name].add_index(names, False, where)
    return domains, tables


def index_name(table, names):
    return f"{table.name}_by_{'_'.join(names)}".upper()


def header(tables):
    lines = ["/* Made by tests/sim/store/schema.py. */", "#ifndef CAROLINE_TESTS_SIM_SCHEMA_H",
             "#define CAROLINE_TESTS_SIM_SCHEMA_H", ""]
    lines.append("enum sim_table_id { " + ", ".join(f"SIM_{t.name.upper()}" for t in tables) + ", SIM_TABLES };")
    for table in tables:
        lines.append("enum { " + ", ".join(c.c for c in table.columns.values()) + f", {table.name.upper()}_COLUMNS }};")
        named = dict.fromkeys(index_name(table, names) for names, unique, where, _ in table.indexes
                              if where is None or not unique)
        positions = [i for i, index in enumerate(table.indexes) if index[2] is None or not index[1]]
        if named:
            lines.append("enum { " + ", ".join(f"{n} = {i}" for n, i in zip(named, positions)) + " };")
    return "\n".join(lines + ["", "#endif", ""])


def source(tables, domains):
    functions, shapes = [], []
    for table in tables:
        checks, indexes, references = [], [], []
        domain_checks = [(f"{domain_name}_check", re.sub(r"\bVALUE\b", column.name, text))
                       for column in table.columns.values() if column.domain
                       for domain_name, (_, text) in domains.items() if column.domain is domains[domain_name]]
        for i, (name, text) in enumerate(domain_checks + sorted(table.checks)):
            function = f"{table.name}_check_{i}"
            functions.append(Expression(text, table.columns).function(function, "true"))
            checks.append(f'    {{ "{name}", {function}, {"true" if i < len(domain_checks) else "false"} }},')
        for i, (names, unique, where, name) in enumerate(table.indexes):
            function = "NULL"
            if where:
                function = f"{table.name}_where_{i}"
                functions.append(Expression(where, table.columns).function(function, "false"))
            last = table.columns[names[-1]]
            alone = last.name in ORDERED + ORDERED_OF.get(table.name, ())
            ordered = last.type in NUMBERS and (len(names) > 1 or alone)
            columns = ", ".join(table.columns[name].c for name in names)
            indexes.append(f'    {{ "{name}", {{ {columns} }}, {len(names)}, '
                           f'{"true" if unique else "false"}, {"true" if ordered else "false"}, {function} }},')
        for names, parent in table.references:
            columns = ", ".join(table.columns[name].c for name in names)
            references.append(f'    {{ "{table.name}_{"_".join(names)}_fkey", {{ {columns} }}, {len(names)}, '
                              f'SIM_{parent.upper()} }},')
        columns = [f'    {{ "{c.name}", SIM_{c.type}, {"true" if c.not_null else "false"}, '
                   f'{"SIM_NULL" if c.default is None else f"INT64_C({c.default})"} }},' for c in table.columns.values()]
        for kind, type_, rows in (("columns", "sim_column", columns), ("checks", "sim_check", checks),
                                  ("indexes", "sim_index_shape", indexes), ("references", "sim_reference", references)):
            if rows:
                functions.append(f"static const struct {type_} {table.name}_{kind}[] = {{\n" + "\n".join(rows) + "\n};\n")
        part = lambda kind, rows: f"{table.name}_{kind}, {len(rows)}" if rows else "NULL, 0"
        shapes.append(f'    [SIM_{table.name.upper()}] = {{ "{table.name}", {part("columns", columns)}, '
                      f'{part("checks", checks)}, {part("indexes", indexes)}, {part("references", references)} }},')
    return "\n".join(["/* Made by tests/sim/store/schema.py. */", '#include "tests/sim/store/sim_table.h"', ""] + functions +
                     ["const struct sim_shape sim_shapes[SIM_TABLES] = {"] + shapes + ["};", ""])


def main():
    out, paths = sys.argv[1], sorted(sys.argv[2:])
    domains, tables = read(paths)
    for name, text in (("h", header(tables.values())), ("c", source(tables.values(), domains))):
        with open(f"{out}/sim_schema.{name}", "w", encoding="utf-8") as file:
            file.write(text)


main()
