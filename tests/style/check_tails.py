#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Keeps the tails short: no long function, no long file, each file with its one SPDX line. TAP.

    check_tails.py TOP_FOLDER
"""
import json
import os
import shutil
import subprocess
import sys

FOLDERS = ["common", "proto", "server", "client", "tests", "migrations", "scripts"]
FUNCTION_LINES_MAX = 70
FILE_LINES_MAX = 500
# The longest prefix or whole name counts.
FILE_LINES_OF = {"server/main.c": 150, "server/method/": 150}
SPDX = "SPDX-License-Identifier: Apache-2.0"
SOURCE_ENDINGS = (".c", ".h", ".def", ".sql", ".proto", ".py", ".sh", "meson.build")
C_ENDINGS = (".c", ".h")


def files_of(top, endings):
    for folder in FOLDERS:
        for directory, folders, names in os.walk(os.path.join(top, folder)):
            folders[:] = [name for name in folders if name != "node_modules"]  # npm's, of tests/bench/peers
            for name in sorted(names):
                if name.endswith(endings):
                    yield os.path.relpath(os.path.join(directory, name), top)


def lines_of(top, path):
    with open(os.path.join(top, path), encoding="utf-8") as file:
        return file.read().split("\n")[:-1]


def long_functions(top):
    """Asks ctags where functions begin and end."""
    files = "\n".join(files_of(top, C_ENDINGS))
    made = subprocess.run(
        ["ctags", "--output-format=json", "--fields=+ne", "--kinds-C=f", "--languages=C",
         "--langmap=C:.c.h", "-f", "-", "-L", "-"],
        cwd=top, input=files, capture_output=True, text=True, check=True)
    for line in made.stdout.splitlines():
        tag = json.loads(line)
        if tag.get("_type") != "tag" or "end" not in tag:
            continue
        count = tag["end"] - tag["line"] + 1
        if count > FUNCTION_LINES_MAX:
            yield f"{tag['path']}:{tag['line']}: {tag['name']} has {count} lines, allowed {FUNCTION_LINES_MAX}"


def long_files(top):
    for path in files_of(top, C_ENDINGS):
        rows = [row for row in FILE_LINES_OF if path.startswith(row)]
        allowed = FILE_LINES_OF[max(rows, key=len)] if rows else FILE_LINES_MAX
        count = len(lines_of(top, path))
        if count > allowed:
            yield f"{path}: {count} lines, allowed {allowed}"


def unlicensed(top):
    for path in files_of(top, SOURCE_ENDINGS):
        count = sum(SPDX in line for line in lines_of(top, path)[:3])
        if count != 1:
            yield f"{path}: {count} SPDX lines at its top"


def main():
    top = sys.argv[1]
    if shutil.which("ctags") is None:
        print("1..0 # SKIP universal-ctags is not installed")
        return 0
    checks = [("functions are short", long_functions), ("files are short", long_files),
              ("files name their licence", unlicensed)]
    failed = False
    for number, (name, check) in enumerate(checks, 1):
        faults = list(check(top))
        failed |= bool(faults)
        for fault in faults:
            print("# " + fault)
        print(f"{'not ok' if faults else 'ok'} {number} - {name}")
    print(f"1..{len(checks)}")
    return 1 if failed else 0


sys.exit(main())
