#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Builds and runs the tests of some suites with coverage, and prints the lines they reach.

    coverage.py BUILD PERCENT [SUITE=FOLDER]...      coverage.py build-cov 95 proto=proto domain=server/domain

BUILD is a meson build folder with -Db_coverage=true. Only the programs of those tests are built. Exits 1
where a test fails or a folder stays below PERCENT. Files that no test links count with all their lines.
"""
import collections
import json
import os
import subprocess
import sys


def build_tests(build, suites):
    made = subprocess.run(["meson", "introspect", build, "--tests"],
                          capture_output=True, text=True, check=True)
    programs = set()
    for test in json.loads(made.stdout):
        if any(suite.split(":")[-1] in suites for suite in test["suite"]):
            programs |= {os.path.relpath(word, os.path.abspath(build)) for word in test["cmd"]
                         if os.path.isabs(word) and word.startswith(os.path.abspath(build) + os.sep)}
    made = subprocess.run(["ninja", "-C", build, *sorted(programs)], capture_output=True, text=True)
    if made.returncode != 0:
        sys.exit(made.stdout[-4000:])


def run_tests(build, suites):
    for directory, _, names in os.walk(build):
        for name in names:
            if name.endswith(".gcda"):
                os.unlink(os.path.join(directory, name))
    # It may run beside other tests, and behind them.
    words = ["meson", "test", "-C", build, "--no-rebuild", "--print-errorlogs", "--quiet", "--timeout-multiplier", "10"]
    for suite in suites:
        words += ["--suite", suite]
    return subprocess.run(words).returncode == 0


def lines_of(build, folder):
    """{file: {line: reached}} for the sources right in `folder`."""
    lines = collections.defaultdict(dict)
    objects = os.path.join(build, folder)
    for directory, _, names in os.walk(objects):
        for name in names:
            if not name.endswith(".gcno"):
                continue
            made = subprocess.run(["gcov", "--json-format", "--stdout", os.path.join(directory, name)],
                                  capture_output=True, text=True, check=True)
            for text in made.stdout.splitlines():
                add(lines, json.loads(text), build, folder)
    return lines


def add(lines, report, build, folder):
    for file in report["files"]:
        path = os.path.normpath(os.path.join(report["current_working_directory"], file["file"]))
        path = os.path.relpath(path, os.path.dirname(os.path.abspath(build)))
        if os.path.dirname(path) != folder or not path.endswith(".c"):
            continue
        for line in file["lines"]:
            number = line["line_number"]
            lines[path][number] = lines[path].get(number, False) or line["count"] > 0


def main():
    build, percent = sys.argv[1], float(sys.argv[2])
    folders = dict(word.split("=") for word in sys.argv[3:])
    build_tests(build, folders)
    good = run_tests(build, folders)
    for folder in folders.values():
        reached = total = 0
        for path, lines in sorted(lines_of(build, folder).items()):
            one = sum(lines.values())
            missed = sorted(number for number, hit in lines.items() if not hit)
            print(f"  {100 * one / len(lines):6.1f} %  {path}" +
                  (f"  not reached: {', '.join(map(str, missed[:20]))}" if missed else ""))
            reached, total = reached + one, total + len(lines)
        share = 100 * reached / total if total else 0.0
        enough = share >= percent
        print(f"coverage {folder}: {share:.1f} % of {total} lines" +
              ("" if enough else f", {percent:.0f} % are asked for"))
        good = good and enough
    return 0 if good else 1


sys.exit(main())
