#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The second compiler's word on everything: builds the programs of some suites, and looks through all other sources.

    second.py BUILD SUITE...        second.py build-fuzz domain proto fuzz

Whatever these suites do not run is compiled without making code (-fsyntax-only): every warning is said, in a third of
the time. Headers that are generated are there after the first part. Exits 1 where anything is wrong.
"""
import concurrent.futures
import json
import os
import shlex
import subprocess
import sys


def programs_of(build, suites):
    made = subprocess.run(["meson", "introspect", build, "--tests"], capture_output=True, text=True, check=True)
    top = os.path.abspath(build) + os.sep
    programs = set()
    for test in json.loads(made.stdout):
        if any(suite.split(":")[-1] in suites for suite in test["suite"]):
            programs |= {word[len(top):] for word in test["cmd"] if word.startswith(top)}
    return programs


def generated(build):
    """What custom targets make for compilers: messages, tables, migrations."""
    made = subprocess.run(["ninja", "-C", build, "-t", "targets", "all"], capture_output=True, text=True, check=True)
    outputs = (line.split(": ")[0] for line in made.stdout.splitlines() if line.endswith(": CUSTOM_COMMAND"))
    return {output for output in outputs if output.endswith((".h", ".c"))}


def ninja(build, targets):
    made = subprocess.run(["ninja", "-C", build, *sorted(targets)], capture_output=True, text=True)
    if made.returncode != 0:
        sys.exit(made.stdout[-4000:])


def look(command):
    """What the compiler says of one source; None where that is nothing."""
    words = shlex.split(command["command"])
    words.remove("-MD")
    for option in ("-MQ", "-MF", "-o"):
        at = words.index(option)
        del words[at:at + 2]
    made = subprocess.run([*words, "-fsyntax-only"], cwd=command["directory"], capture_output=True, text=True)
    return made.stderr if made.returncode != 0 else None


def main(build, *suites):
    ninja(build, programs_of(build, suites) | generated(build))
    with open(os.path.join(build, "compile_commands.json"), encoding="utf-8") as file:
        commands = [command for command in json.load(file)
                    if not os.path.exists(os.path.join(command["directory"], command["output"]))]
    with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
        faults = [fault for fault in pool.map(look, commands) if fault]
    print("".join(faults)[-4000:], end="")
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
