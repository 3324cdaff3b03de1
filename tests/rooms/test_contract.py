"""What the .proto files must not hold, walked as descriptors: a cycle would end the stack, `required` cannot grow, floating
point loses money, and what has no limit is somebody's lever."""

import os
import pathlib
import re
import subprocess

import pytest
from google.protobuf import descriptor_pb2

SOURCE = pathlib.Path(__file__).resolve().parents[2]
Field = descriptor_pb2.FieldDescriptorProto


def compile_protos(directory, files, output):
    subprocess.run(["protoc", f"--proto_path={directory}", "--include_source_info", f"--descriptor_set_out={output}", *files],
                   check=True, cwd=directory)
    return descriptor_pb2.FileDescriptorSet.FromString(pathlib.Path(output).read_bytes())


def messages_of(file):
    """Each message with its path in the file's source information: (name, message, path)."""
    waiting = [(f"{file.package}.{message.name}", message, (4, i)) for i, message in enumerate(file.message_type)]
    while waiting:
        name, message, path = waiting.pop(0)
        yield name, message, path
        waiting += [(f"{name}.{inner.name}", inner, (*path, 3, i)) for i, inner in enumerate(message.nested_type)]


def limits_of(file):
    """(message path, field index) to the number behind "max" in the field's comment."""
    limits = {}
    for location in file.source_code_info.location:
        path = tuple(location.path)
        found = re.search(r"\bmax (\d+)", location.trailing_comments)
        if found and len(path) >= 2 and path[-2] == 2:
            limits[path[:-2], path[-1]] = int(found[1])
    return limits


def has_limit(field):
    return field.label == Field.LABEL_REPEATED or field.type in (Field.TYPE_STRING, Field.TYPE_BYTES)


def field_complaints(name, field, limit):
    if field.label == Field.LABEL_REQUIRED:
        yield f"{name}.{field.name} is required"
    if field.type in (Field.TYPE_FLOAT, Field.TYPE_DOUBLE):
        yield f"{name}.{field.name} is floating point"
    if field.type == Field.TYPE_GROUP:
        yield f"{name}.{field.name} is a group"
    if has_limit(field) and not limit:
        yield f'{name}.{field.name} has no "max"'


def cycles(descriptors):
    parts = {name: [field.type_name[1:] for field in message.field if field.type == Field.TYPE_MESSAGE]
             for file in descriptors.file for name, message, _ in messages_of(file)}
    done = set()

    def walk(name, above):
        if name in above:
            yield " holds ".join([*above[above.index(name):], name])
        elif name not in done:
            for part in parts.get(name, []):
                yield from walk(part, [*above, name])
            done.add(name)

    for name in parts:
        yield from walk(name, [])


def enum_complaints(file):
    for enum in file.enum_type:
        numbers = [value.number for value in enum.value]
        if enum.options.allow_alias or len(numbers) != len(set(numbers)):
            yield f"{enum.name} gives a number twice"


def complaints(descriptors):
    found = list(cycles(descriptors))
    for file in descriptors.file:
        if file.syntax not in ("", "proto2"):
            found.append(f"{file.name} is not proto2")
        limits = limits_of(file)
        for name, message, path in messages_of(file):
            for i, field in enumerate(message.field):
                found += field_complaints(name, field, limits.get((path, i)))
        found += enum_complaints(file)
    return found


@pytest.fixture(scope="module")
def contract(tmp_path_factory):
    files = sorted(file.name for file in (SOURCE / "proto").glob("*.proto"))
    return compile_protos(SOURCE / "proto", files, tmp_path_factory.mktemp("proto") / "set")


def test_the_contract_holds_nothing_of_the_kind(contract):
    assert sum(len(file.message_type) for file in contract.file) > 30
    assert complaints(contract) == []


def test_every_file_is_of_the_one_package(contract):
    assert {file.package for file in contract.file} == {"caroline.v1"}


def test_ops_have_numbers_of_their_own(contract):
    ops = [value for file in contract.file for enum in file.enum_type if enum.name == "Op" for value in enum.value]
    assert len(ops) > 20
    assert len({op.number for op in ops}) == len(ops)


def test_the_walkers_table_says_what_the_comments_say(contract):
    """The build makes the table by a few lines of awk; here a real parser reads the same files."""
    generated = (pathlib.Path(os.environ["CAROLINE_BUILD"]) / "proto/limits.c").read_text()
    table = {(row[0], row[1]): (int(row[2]), row[3] == "1")
             for row in re.findall(r'\{ "(\w+)", "(\w+)", (\d+), ([01]), [01] \}', generated)}
    read = {}
    for file in contract.file:
        limits = limits_of(file)
        for name, message, path in messages_of(file):
            for i, field in enumerate(message.field):
                if has_limit(field):
                    read[name.rsplit(".")[-1], field.name] = (limits[path, i], field.type == Field.TYPE_STRING)
    assert table == read


@pytest.mark.parametrize("planted, complaint", [
    ("message A { optional A a = 1; }", "x.A holds x.A"),
    ("message A { optional B b = 1; } message B { repeated C c = 1; // max 3\n } message C { optional A a = 1; }",
     "x.A holds x.B holds x.C holds x.A"),
    ("message A { message I { optional A a = 1; } optional I i = 1; }", "x.A holds x.A.I holds x.A"),
    ("message A { required int64 a = 1; }", "x.A.a is required"),
    ("message A { optional double a = 1; }", "x.A.a is floating point"),
    ("message A { optional float a = 1; }", "x.A.a is floating point"),
    ("message A { optional string a = 1; }", 'x.A.a has no "max"'),
    ("message A { optional bytes a = 1;  // at most 3\n }", 'x.A.a has no "max"'),
    ("message A { repeated int32 a = 1; }", 'x.A.a has no "max"'),
    ("message A { message I { optional string a = 1; } }", 'x.A.I.a has no "max"'),
    ("enum Op { option allow_alias = true; ONE = 1; TWO = 1; }", "Op gives a number twice"),
])
def test_a_planted_fault_is_found(tmp_path, planted, complaint):
    (tmp_path / "x.proto").write_text(f'syntax = "proto2";\npackage x;\n{planted}\n')
    assert complaints(compile_protos(tmp_path, ["x.proto"], tmp_path / "set")) == [complaint]


def test_what_is_bounded_and_sound_passes(tmp_path):
    (tmp_path / "x.proto").write_text('syntax = "proto2";\npackage x;\nmessage A {\n  optional string a = 1;  // max 5\n'
                                      "  repeated B b = 2;  // max 7; each once\n  optional B c = 3;\n}\nmessage B {\n}\n")
    assert complaints(compile_protos(tmp_path, ["x.proto"], tmp_path / "set")) == []
