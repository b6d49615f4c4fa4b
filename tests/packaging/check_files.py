#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""What can be said of the packages without building them: the unit's score, and that their files agree with the
program. TAP.

    check_files.py TOP_FOLDER GUANJIAD
"""
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

TOP = Path(sys.argv[1])
GUANJIAD = sys.argv[2]
PACKAGING = TOP / "packaging"
SCORE_MAX = 1.5  # of 10; docs/operations.md promises it
DATA = "/var/lib/guanjia"


def unit():
    """Names to lists of values of the unit's lines."""
    found = {}
    for line in (PACKAGING / "guanjiad.service").read_text(encoding="utf-8").splitlines():
        name, equals, value = line.partition("=")
        if equals and not line.startswith("#"):
            found.setdefault(name, []).append(value)
    return found


def settings():
    """Each setting's default, as the program says it."""
    table = subprocess.run([GUANJIAD, "--help-settings"], capture_output=True, text=True, check=True).stdout
    lines = table.splitlines()
    begin, end = lines[0].index("default"), lines[0].index("applies")
    return {line.split()[0]: line[begin:end].strip() for line in lines[1:]}


def analyze(*words):
    """The unit as systemd reads it; its program, which need not be installed here, is another."""
    with tempfile.TemporaryDirectory() as folder:
        copy = Path(folder) / "guanjiad.service"
        text = (PACKAGING / "guanjiad.service").read_text(encoding="utf-8")
        copy.write_text(text.replace("/usr/sbin/guanjiad", "/bin/true").replace("man:guanjiad(8) ", ""),
                        encoding="utf-8")
        return subprocess.run(["systemd-analyze", *words, str(copy)], capture_output=True, text=True)


def score_is_low():
    said = analyze("security", "--offline=true", f"--threshold={round(SCORE_MAX * 10)}", "--no-pager")
    if said.returncode != 0:
        yield (said.stdout + said.stderr).strip().splitlines()[-1]


def unit_is_understood():
    said = analyze("verify")
    # Units that it names and this machine lacks are no fault of it.
    yield from (line for line in said.stderr.splitlines() if "guanjiad.service" in line)


def unit_fits_the_program():
    of = unit()
    program, *words = of["ExecStart"][0].split()
    if (program, words) != ("/usr/sbin/guanjiad", ["--data", DATA]):
        yield f"it starts {program} {words}"
    if f"{DATA}/" not in of["ConditionPathExists"][0] or f"/var/lib/{of['StateDirectory'][0]}" != DATA:
        yield "condition, state directory and --data are not the same folder"
    conns = int(settings()["connections_max"])
    if int(of["LimitNOFILE"][0]) < 2 * conns:
        yield f"LimitNOFILE={of['LimitNOFILE'][0]} for {conns} connections"
    patience = int(settings()["drain_ms"]) // 1000 + 65  # embedded.c gives PostgreSQL 65 s
    if int(of["TimeoutStopSec"][0]) <= patience:
        yield f"TimeoutStopSec={of['TimeoutStopSec'][0]}, and a stop may take {patience} s"
    if of["KillMode"] != ["mixed"]:
        yield "PostgreSQL would be told to stop before the drain"


def example_shows_defaults():
    """What is commented out is what holds without it; prose begins with a blank."""
    known = settings()
    rows = re.findall(r"^#(\w+) =(.*)$", (PACKAGING / "guanjiad.conf").read_text(encoding="utf-8"), re.M)
    if len(rows) < 5:
        yield f"{len(rows)} settings found"
    for name, value in rows:
        if known.get(name) != value.strip():
            yield f"{name} = {value.strip()}, and the program says {known.get(name)}"


def account_and_folder_agree():
    user = unit()["User"][0]
    account = (PACKAGING / "sysusers.d/guanjia-server.conf").read_text(encoding="utf-8")
    folder = (PACKAGING / "tmpfiles.d/guanjia-server.conf").read_text(encoding="utf-8")
    if not re.search(rf'^u {user} - ".*" {DATA}$', account, re.M):
        yield f"sysusers.d makes no {user} at home in {DATA}"
    if not re.search(rf"^d {DATA} +0700 {user} {user}$", folder, re.M):
        yield f"tmpfiles.d makes no {DATA} for {user}"
    if not re.search(rf"^L {DATA}/guanjia.conf .* /etc/guanjia/guanjiad.conf$", folder, re.M):
        yield "the settings in /etc are not those of the data directory"


def dependencies_are_listed():
    """One list says what is used and for what: scripts/lib/packages."""
    listed = {line.split()[0] for line in (TOP / "scripts/lib/packages").read_text(encoding="utf-8").splitlines()
              if line and not line.startswith("#")}
    control = (PACKAGING / "debian/control.in").read_text(encoding="utf-8")
    for depends in re.findall(r"^(?:Pre-)?Depends: (.*)$", control, re.M):
        for name in re.split(r", *", depends):
            if not name.startswith("${") and name not in listed:
                yield f"{name} is not in scripts/lib/packages"


CHECKS = [
    ("the unit's score is low enough", score_is_low, "systemd-analyze"),
    ("systemd understands the unit", unit_is_understood, "systemd-analyze"),
    ("the unit fits the program", unit_fits_the_program, None),
    ("the example shows defaults", example_shows_defaults, None),
    ("account and folder agree", account_and_folder_agree, None),
    ("dependencies are listed", dependencies_are_listed, None),
]


def main():
    failed = False
    for number, (name, check, needs) in enumerate(CHECKS, 1):
        if needs is not None and shutil.which(needs) is None:
            print(f"ok {number} - {name} # SKIP {needs} is not installed")
            continue
        faults = list(check())
        failed |= bool(faults)
        for fault in faults:
            print("# " + fault)
        print(f"{'not ok' if faults else 'ok'} {number} - {name}")
    print(f"1..{len(CHECKS)}")
    return 1 if failed else 0


sys.exit(main())
