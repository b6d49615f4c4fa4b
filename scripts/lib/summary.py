#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Adds up what meson's test logs say, subtest by subtest; the last line is "N passed, N failed".

    summary.py [--passed STEP]... [--failed STEP]... TESTLOG.json...

A step that is a test by itself counts as one, and so does a test that reports no subtests. One that died counts as
failed whatever it had reported.
Exits 1 where anything failed, or nothing passed.
"""
import json
import os
import re
import sys

SUBTEST = re.compile(r"^(not )?ok\b[^#\n]*(#\s*(SKIP|TODO)\b)?", re.M | re.I)
SLOWEST = 10
AROUND = 4  # lines before and behind what went wrong


def read(path):
    with open(path, encoding="utf-8", errors="replace") as file:
        return [json.loads(line) for line in file if line.strip()]


def count(test):
    """(passed, failed, skipped) of one test program."""
    passed = failed = skipped = 0
    for negated, directive, _ in SUBTEST.findall(test.get("stdout") or ""):
        if directive:
            skipped += 1
        elif negated:
            failed += 1
        else:
            passed += 1
    result = test["result"]
    if passed + failed + skipped == 0:
        return (int(result == "OK"), int(result not in ("OK", "SKIP")), int(result == "SKIP"))
    if result not in ("OK", "SKIP", "EXPECTEDFAIL") and failed == 0:
        failed = 1
    return passed, failed, skipped


def last_words(test):
    """What a test said of its first failure, or last: all there is where nobody kept the machine it ran on."""
    said = (test.get("stdout") or "").splitlines()
    told = (test.get("stderr") or "").splitlines()
    # C programs give the reason before "not ok", scripts behind it.
    failure = next((i for i, line in enumerate(said) if line.startswith("not ok")), len(said))
    around = said[max(0, failure - AROUND):failure + AROUND]
    return [line[:200] for line in around + told[-AROUND:]]


def main():
    good, bad, paths = [], [], []
    words = iter(sys.argv[1:])
    for word in words:
        if word == "--passed":
            good.append(next(words))
        elif word == "--failed":
            bad.append(next(words))
        else:
            paths.append(word)
    passed, failed, skipped, slow = len(good), len(bad), 0, []
    for path in paths:
        build = path.split(os.sep)[0]
        for test in read(path):
            one = count(test)
            passed, failed, skipped = passed + one[0], failed + one[1], skipped + one[2]
            slow.append((test["duration"], f"{build}: {test['name']}"))
            if one[1]:
                print(f"FAILED {build}: {test['name']} ({test['result']}, {one[1]} of {sum(one)})")
                print("\n".join(f"  | {line}" for line in last_words(test)))
    for step in bad:
        print(f"FAILED {step}")
    print("slowest tests:")
    for duration, name in sorted(slow, reverse=True)[:SLOWEST]:
        print(f"  {duration:7.2f} s  {name}")
    print(f"{skipped} skipped")
    print(f"{passed} passed, {failed} failed")
    return 0 if failed == 0 and passed > 0 else 1


sys.exit(main())
