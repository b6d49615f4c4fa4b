#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Holds what the domain's archive asks of others to a list: whatever does I/O or reads a clock is not
on it, so it fails here and not in a review. Headers alone do not show it: uv.h and time.h are on the
default path, and an archive member that no test pulls in is never linked. TAP.

    check_symbols.py libdomain.a
"""
import re
import subprocess
import sys

ALLOWED = re.compile("|".join([
    # libc: memory and text, without locale or state
    r"mem(cpy|cmp|move|set|chr)", r"str(len|cmp|ncmp|chr|nlen)", r"qsort", r"bsearch", r"abort",
    r"malloc", r"calloc", r"realloc", r"free",
    r"__(mem(cpy|move|set)|str(cpy|cat))_chk",
    # what compilers (clang: bcmp for memcmp) and asserts put in
    r"bcmp", r"__assert_fail", r"__stack_chk_(fail|guard)", r"_GLOBAL_OFFSET_TABLE_",
    r"__(asan|ubsan|lsan|gcov|llvm|sanitizer|sancov)_\w+", r"__start___sancov\w*", r"__stop___sancov\w*",
    # our own common/, as far as it is pure
    r"(arena|day|span|str|utf8|uuid|err|list|id_map|buf)_\w+",
    # normal forms of Unicode
    r"utf8proc_\w+",
]))
# Of common/, but it reads a source of random bytes.
FORBIDDEN = re.compile(r"uuid_v7")


def main():
    made = subprocess.run(["nm", sys.argv[1]], capture_output=True, text=True, check=True)
    wanted, defined = set(), set()
    for line in made.stdout.splitlines():
        words = line.split()
        if len(words) == 2 and words[0] in "Uwv":
            wanted.add(words[1])
        elif len(words) == 3:
            defined.add(words[2])
    foreign = sorted(wanted - defined)
    bad = [name for name in foreign if not ALLOWED.fullmatch(name) or FORBIDDEN.fullmatch(name)]
    for name in bad:
        print(f"# the domain asks for {name}")
    good = not bad and len(defined) > 0
    print(f"{'ok' if good else 'not ok'} 1 - the domain asks for nothing that does I/O")
    print("1..1")
    return 0 if good else 1


sys.exit(main())
