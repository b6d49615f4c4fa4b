#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Whether everything that was there is there still, at its place: exits 1 with the first path where it is not.

    kept.py BEFORE AFTER

Two files of JSON texts, one behind the other. Fields that came since are not looked at: the output is append-only.
"""
import json
import sys
from pathlib import Path


def texts(path):
    rest, found = Path(path).read_text(encoding="utf-8").strip(), []
    while rest:
        value, end = json.JSONDecoder().raw_decode(rest)
        found.append(value)
        rest = rest[end:].strip()
    return found


def first_lost(before, after):
    waiting = [("", before, after)]
    while waiting:
        path, old, new = waiting.pop()
        if isinstance(old, dict) and isinstance(new, dict):
            waiting += [(f"{path}.{name}", value, new.get(name)) for name, value in old.items()]
        elif isinstance(old, list) and isinstance(new, list) and len(old) == len(new):
            waiting += [(f"{path}[{at}]", *both) for at, both in enumerate(zip(old, new))]
        elif old != new:
            return f"{path}: {str(old)[:200]} became {str(new)[:200]}"
    return None


def main(before, after):
    old = texts(before)
    lost = first_lost(old, texts(after)) if old else "there was nothing"
    if lost:
        print(lost)
    return 1 if lost else 0


sys.exit(main(*sys.argv[1:]))
