"""The rules and the values under clang's integer sanitizer: nothing wraps, is cut or changes its sign but by intent."""
import os
import pathlib
import subprocess

HERE = pathlib.Path(__file__).parent
SOURCE = HERE.parents[1]
BUILD = pathlib.Path(os.environ["CAROLINE_BUILD"]) / "integer"
ROOMS = ["base", "rules", "golden"]
FLAGS = f"-fsanitize=integer,undefined -fno-sanitize-recover=all -fsanitize-ignorelist={HERE / 'wraps.txt'} -fno-omit-frame-pointer"


def run(*command, cwd=SOURCE):
    ran = subprocess.run(command, cwd=cwd, capture_output=True, text=True)
    assert ran.returncode == 0, ran.stdout[-5000:] + ran.stderr[-2000:]
    return ran.stdout


def test_numbers_neither_wrap_nor_lose_a_digit():
    run("cmake", "-G", "Ninja", "-B", BUILD, "-DCMAKE_C_COMPILER=clang", "-DCMAKE_BUILD_TYPE=Debug", f"-DCMAKE_C_FLAGS={FLAGS}")
    run("ninja", "-C", BUILD, "--quiet", *(f"tests/{room}/all" for room in ROOMS))
    for room in ROOMS:
        said = run("ctest", "--output-on-failure", "-L", "^fast$", cwd=BUILD / "tests" / room)
        assert "100% tests passed" in said


def test_a_number_that_wraps_is_found(tmp_path):
    planted = tmp_path / "wraps.c"
    planted.write_text("int main(int count, char **words)\n{\n    unsigned least = (unsigned)count - 2;\n"
                       "    return words[0] == 0 || least == 7;\n}\n")
    subprocess.run(["clang", *FLAGS.split(), planted, "-o", tmp_path / "wraps"], check=True)
    ran = subprocess.run([tmp_path / "wraps"], capture_output=True, text=True)
    assert ran.returncode != 0 and "unsigned integer overflow" in ran.stderr
