"""What `cmake --install` puts where: programs that run there, and settings that the server takes."""
import os
import pathlib
import re
import subprocess

TOP = pathlib.Path(__file__).resolve().parents[2]
BUILD = pathlib.Path(os.environ["CAROLINE_BUILD"])


def test_an_installed_shop_has_its_programs_its_unit_and_settings_that_hold(tmp_path):
    subprocess.run(["cmake", "--install", BUILD, "--prefix", tmp_path / "usr"], check=True, capture_output=True)
    bin, share = tmp_path / "usr/bin", tmp_path / "usr/share/doc/caroline"
    for program in ("caroline", "caroline-admin", "caroline-counter", "caroline-kiosk", "caroline-server"):
        said = subprocess.run([bin / program, "--version"], check=True, capture_output=True, text=True).stdout
        assert said.startswith(f"{program} ")
    for verifier in ("caroline-verify-journal", "caroline-verify-export"):
        assert subprocess.run([bin / verifier], capture_output=True).returncode == 2

    for program, section in (("caroline", 1), ("caroline-admin", 1), ("caroline-counter", 1), ("caroline-kiosk", 1), ("caroline-server", 8)):
        page = tmp_path / f"usr/share/man/man{section}/{program}.{section}"
        for columns in (40, 60, 78, 132):  # -ww: every warning there is
            shown = subprocess.run(["groff", "-man", "-Tutf8", "-P-bcou", "-ww", f"-rLL={columns}n", page], check=True, capture_output=True, text=True)
            assert shown.stderr == "", (columns, shown.stderr)
        # What man(1) shows in a terminal of 80 columns: a line that is wider is an example, and breaks in the middle of a word there.
        shown = subprocess.run(["groff", "-man", "-Tutf8", "-P-bcou", "-rLL=78n", page], check=True, capture_output=True, text=True)
        assert not [line for line in shown.stdout.split("\n") if len(line) > 78]
        shown = subprocess.run(["groff", "-man", "-Tascii", "-P-bcou", page], check=True, capture_output=True, text=True)
        options = re.findall(r"--[a-z][a-z-]+", subprocess.run([bin / program, "--help"], capture_output=True, text=True).stdout)
        words = re.sub(r"-\n\s*", "-", shown.stdout)
        assert options and not [option for option in options if option not in words and option not in words.replace("\n", "")]
        assert f"{program} - " in shown.stdout
        more = TOP / "deploy/manual.d" / program
        for head in re.findall(r"^## (.*)$", more.read_text() if more.exists() else "", re.M):
            assert f"\n{head}\n" in shown.stdout

    unit = (tmp_path / "usr/lib/systemd/system/caroline-server.service").read_text()
    assert "ExecStart=/usr/bin/caroline-server --config /etc/caroline/server.conf" in unit
    kiosk = (tmp_path / "usr/lib/systemd/system/caroline-kiosk@.service").read_text()
    assert "ExecStart=/usr/bin/caroline-kiosk --identity" in kiosk and "User=caroline-kiosk" in kiosk
    environment = {"PATH": os.environ["PATH"], "DATABASE_URL": "postgresql://caroline_app@localhost/caroline"}
    checked = subprocess.run([bin / "caroline-server", "--config", share / "server.conf", "--check-config"],
                             env=environment, capture_output=True, text=True)
    assert checked.returncode == 0, checked.stderr
