# SPDX-License-Identifier: Apache-2.0
"""Reads a file of valgrind's callgrind (valgrind manual, "Callgrind Format Specification").

callgrind_annotate is not used: of a dump that is made while functions run, which were entered before it began, it
takes what they called for their own.
"""
import collections
import os
import re

NAMED = re.compile(r"^(c?fn|c?ob|c?fi|c?fl|fe)=\((\d+)\)(?: (.*))?$")
KINDS = {"fn": "function", "ob": "program", "fi": "file", "fl": "file", "fe": "file"}
COST = re.compile(r"^[+*\-0-9]\S* (\d+)")


class Profile:
    """
    own: instructions by (program, file, function). inclusive: by function, with all that it calls. Functions of our own
    sources are called "name file.c", for many files have a `decide`.
    """

    def __init__(self, path):
        self.own = collections.Counter()
        self.inclusive = collections.Counter()
        names = {"function": {}, "program": {}, "file": {}}
        now, callee, is_call = {}, None, False
        with open(path, encoding="utf-8", errors="replace") as file:
            for line in file:
                named = NAMED.match(line)
                if named:
                    key, number, name = named.groups()
                    kind = KINDS[key.removeprefix("c")]
                    if name is not None:
                        names[kind][number] = name
                    if key in ("fi", "fe"):  # code that was put in line from elsewhere
                        now["place"] = names[kind][number]
                    elif key == "fl":
                        now["home"] = now["place"] = names[kind][number]
                    elif not key.startswith("c"):
                        now[kind] = names[kind][number]
                    elif key == "cfn":
                        callee = names[kind][number]
                elif line.startswith("calls="):
                    is_call = True
                elif found := COST.match(line):
                    self._add(now, int(found.group(1)), callee if is_call else None)
                    is_call = False

    def _add(self, now, cost, callee):
        function = base_name(now["function"])
        if callee is None:
            self.own[(now.get("program", ""), now.get("place", ""), function)] += cost
        if callee is None or base_name(callee) != function:
            is_ours = now.get("program", "").endswith("/guanjiad")
            name = f"{function} {os.path.basename(now['home'])}" if is_ours else function
            self.inclusive[name] += cost

    def subtract(self, other):
        self.own.subtract(other.own)
        self.inclusive.subtract(other.inclusive)


def base_name(function):
    """Without the turn of a recursion: f'2."""
    return re.sub(r"'\d+$", "", function)
