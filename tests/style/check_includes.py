#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Holds the arrows between the parts as a table; reports TAP, one line a part.

    check_includes.py TOP_FOLDER

    common <- proto <- client/core <- client/{loop,admin}
    common <- proto <- server/{net,db,push,method,job}
    common <- server/domain
    server/domain/category.def <- client/admin: rows of names in both languages, and no code
"""
import os
import re
import sys

COMMON = ["common"]
PROTO = ["common", "proto"]
CORE = ["common", "proto", "client/core"]
LOOP = CORE + ["client/loop"]
SERVER = ["common", "proto", "server"]

# A part is a folder; the longest that fits is meant. What it may include, folders and single files, and
# which libraries it may not, though their headers lie on the default path.
PARTS = {
    "common": (COMMON, ["uv.h", "libpq-fe.h", "protobuf-c", "jansson.h", "sys/socket.h"]),
    "proto": (PROTO, ["uv.h", "libpq-fe.h", "openssl", "sys/socket.h"]),
    "client/core": (CORE, ["uv.h", "libpq-fe.h", "sys/socket.h"]),
    "client/loop": (LOOP, ["libpq-fe.h"]),
    "client/admin": (LOOP + ["client/admin", "server/domain/category.def"], ["libpq-fe.h"]),
    "server": (SERVER, ["ini.h", "csv.h"]),
    "server/domain": (
        ["common", "server/domain"],
        ["uv.h", "libpq-fe.h", "protobuf-c", "openssl", "jansson.h", "sys/", "unistd.h", "fcntl.h",
         "stdio.h", "time.h", "pthread.h", "signal.h"],
    ),
}
INCLUDE = re.compile(r'^\s*#\s*include\s+(?:"([^"]+)"|<([^>]+)>)', re.M)


def part_of(path):
    """The row that a path below the top belongs to; its folder where there is none."""
    folder = os.path.dirname(path)
    fits = [part for part in PARTS if (folder + "/").startswith(part + "/")]
    return max(fits, key=len) if fits else folder


def target_of(name):
    """The part that an include in quotes points at."""
    return "proto" if name.endswith(".pb-c.h") and "/" not in name else part_of(name)


def allowed(part, name):
    target = target_of(name)
    return any((target + "/").startswith(may + "/") or name == may for may in PARTS[part][0])


def faults_of(part, path, text):
    forbidden = PARTS[part][1]
    for match in INCLUDE.finditer(text):
        own, library = match.groups()
        line = text.count("\n", 0, match.start()) + 1
        if own is not None and not allowed(part, own):
            yield f"{path}:{line}: {part} may not include {own}"
        if library is not None and any(library.startswith(name) for name in forbidden):
            yield f"{path}:{line}: {part} may not include <{library}>"


def sources(top):
    for folder in ("common", "proto", "server", "client"):
        for directory, _, names in os.walk(os.path.join(top, folder)):
            for name in sorted(names):
                if name.endswith((".c", ".h", ".def")):
                    yield os.path.relpath(os.path.join(directory, name), top)


def main():
    top = sys.argv[1]
    faults = {part: [] for part in PARTS}
    seen = {part: 0 for part in PARTS}
    for path in sources(top):
        part = part_of(path)
        if part not in PARTS:
            faults.setdefault(part, []).append(f"{path}: no row of PARTS says what {part} may include")
            continue
        seen[part] += 1
        with open(os.path.join(top, path), encoding="utf-8") as file:
            faults[part] += faults_of(part, path, file.read())
    failed = False
    for number, part in enumerate(sorted(faults), 1):
        good = not faults[part] and seen.get(part, 0) > 0
        failed |= not good
        for fault in faults[part]:
            print("# " + fault)
        print(f"{'ok' if good else 'not ok'} {number} - includes of {part} ({seen.get(part, 0)} files)")
    print(f"1..{len(faults)}")
    return 1 if failed else 0


sys.exit(main())
