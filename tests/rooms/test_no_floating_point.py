"""No floating point where money is counted: the rules, the numbers, the messages, the tables."""

import pathlib
import re

import pytest

SOURCE = pathlib.Path(__file__).resolve().parents[2]

C = re.compile(r"\b(float|double|_Float\d+\w*|_Decimal\d+|strto(f|d|ld)|atof|l?l?round[fl]?|floorl?|ceill?|powl?|fabsl?)\b"
               r"|<(math|tgmath|float|complex|fenv)\.h>|\b\d+\.\d*|(?<![\w.])\.\d+|\b\d+[eE][+-]?\d+")
PROTO = re.compile(r"\b(float|double)\b")
SQL = re.compile(r"\b(real|float[48]?|double\s+precision)\b", re.IGNORECASE)

C_COMMENT = re.compile(r'/\*.*?\*/|//[^\n]*|"(?:\\.|[^"\\\n])*"|\'(?:\\.|[^\'\\\n])*\'', re.DOTALL)
PROTO_COMMENT = re.compile(r'/\*.*?\*/|//[^\n]*|"(?:\\.|[^"\\\n])*"', re.DOTALL)
SQL_COMMENT = re.compile(r"/\*.*?\*/|--[^\n]*|'(?:''|[^'])*'", re.DOTALL)

PLACES = [
    (["common/rules/*.[ch]", "common/base/number*.[ch]", "common/base/instant*.[ch]", "common/base/receipt*.h"], C, C_COMMENT),
    (["proto/*.proto"], PROTO, PROTO_COMMENT),
    (["db/migrations/*.sql", "db/queries/*.sql", "db/checks/*.sql"], SQL, SQL_COMMENT),
]


def found_in(text, pattern, comment):
    """(line, word) of what floats, comments and texts left out. #include lines keep their name in angle brackets."""
    bare = comment.sub(lambda match: "\n" * match[0].count("\n"), text)
    return [(bare.count("\n", 0, match.start()) + 1, match[0]) for match in pattern.finditer(bare)]


def test_nothing_floats():
    found, count = [], 0
    for globs, pattern, comment in PLACES:
        for file in sorted(path for glob in globs for path in SOURCE.glob(glob)):
            count += 1
            found += [f"{file.relative_to(SOURCE)}:{line}: {word}" for line, word in found_in(file.read_text(), pattern, comment)]
    assert count > 20
    assert not found, "\n" + "\n".join(found)


@pytest.mark.parametrize("text, pattern, comment", [
    ("int f(void)\n{\n    double x;\n}", C, C_COMMENT),
    ("long double x;", C, C_COMMENT),
    ("#include <math.h>", C, C_COMMENT),
    ("x = y * 1.19;", C, C_COMMENT),
    ("x = .5;", C, C_COMMENT),
    ("x = 1e3;", C, C_COMMENT),
    ("x = strtod(text, NULL);", C, C_COMMENT),
    ("/* fine */ float x; /* too */", C, C_COMMENT),
    ("optional double x = 1;", PROTO, PROTO_COMMENT),
    ("price double precision NOT NULL", SQL, SQL_COMMENT),
    ("SELECT x::float8", SQL, SQL_COMMENT),
    ("rate REAL", SQL, SQL_COMMENT),
])
def test_what_floats_is_found(text, pattern, comment):
    assert found_in(text, pattern, comment)


@pytest.mark.parametrize("text, pattern, comment", [
    ("/* a float, a double */ int x; // 1.5", C, C_COMMENT),
    ('say("1.50 and float");', C, C_COMMENT),
    ("x = a.b; y = 0x1F; z = '.'; int64_t e = 10;", C, C_COMMENT),
    ("optional int64 float_minor = 1;  // a float in the drawer", PROTO, PROTO_COMMENT),
    ("float_minor bigint -- the drawer's float", SQL, SQL_COMMENT),
])
def test_a_drawers_float_is_not_a_floating_point(text, pattern, comment):
    assert not found_in(text, pattern, comment)
