#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Compiles migrations/NNNN_what.sql into the C table that server/db/migrate.h declares.

    embed.py OUTPUT.c FILE.sql...

Refuses what README.md forbids: a gap in the numbers, a file that is not listed in meson.build, a
transaction of its own, a table without a comment.
"""
import os
import re
import sys

NAME = re.compile(r"^(\d{4})_[a-z0-9_]+\.sql$")
TRANSACTION = re.compile(
    r"^\s*(BEGIN|COMMIT|ROLLBACK|START|SAVEPOINT)([ \t]+[a-z \t]+)?[ \t]*;", re.I | re.M)
TABLE = re.compile(r"^CREATE TABLE (?:IF NOT EXISTS )?([a-z_]+)", re.M)
SERVES = re.compile(r"^-- serves_from: (\d+)$", re.M)


def refuse(text):
    sys.exit("migrations: " + text)


def check(number, name, sql):
    if not NAME.match(name + ".sql"):
        refuse(f"'{name}' is not named NNNN_what.sql")
    if int(name[:4]) != number:
        refuse(f"'{name}' should have the number {number:04d}")
    if not sql.startswith("-- SPDX-License-Identifier: Apache-2.0\n"):
        refuse(f"'{name}' does not begin with its SPDX line")
    if TRANSACTION.search(sql):
        refuse(f"'{name}' begins or ends a transaction; each file is in one already")
    for table in TABLE.findall(sql):
        if not re.search(rf"^COMMENT ON TABLE {table} IS", sql, re.M):
            refuse(f"'{name}' has no COMMENT ON TABLE {table}")
    serves = SERVES.findall(sql)
    if len(serves) > 1 or any(not 1 <= int(text) <= number for text in serves):
        refuse(f"'{name}' says serves_from wrongly")


def c_literal(line):
    """One line of SQL as a C string literal in plain ASCII."""
    out = []
    for byte in (line + "\n").encode():
        if byte == 0x0A:
            out.append("\\n")
        elif byte in b'"\\':
            out.append("\\" + chr(byte))
        elif 0x20 <= byte < 0x7F:
            # "??" could begin a trigraph; three octal digits end by themselves.
            out.append("\\077" if byte == 0x3F else chr(byte))
        else:
            out.append(f"\\{byte:03o}")
    return '"' + "".join(out) + '"'


def main():
    output, paths = sys.argv[1], sorted(sys.argv[2:], key=os.path.basename)
    listed = {os.path.basename(path) for path in paths}
    present = {name for name in os.listdir(os.path.dirname(paths[0]) or ".") if name.endswith(".sql")}
    if listed != present:
        refuse(f"meson.build and the folder differ: {sorted(listed ^ present)}")
    lines = [
        "/* Made by migrations/embed.py. */",
        '#include "server/db/migrate.h"',
        "",
        "const struct migration migrations[] = {",
    ]
    for number, path in enumerate(paths, 1):
        name = os.path.basename(path)[:-4]
        with open(path, encoding="utf-8") as file:
            sql = file.read()
        if not sql.endswith("\n") or "\0" in sql:
            refuse(f"'{name}' does not end with a line feed, or holds U+0000")
        check(number, name, sql)
        lines.append(f'\t{{{number}, "{name}",')
        lines += ["\t\t" + c_literal(line) for line in sql[:-1].split("\n")]
        lines.append("\t},")
    lines += ["};", f"const size_t migration_count = {len(paths)};", ""]
    with open(output, "w", encoding="ascii") as file:
        file.write("\n".join(lines))


main()
