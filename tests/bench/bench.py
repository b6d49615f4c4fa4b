# SPDX-License-Identifier: Apache-2.0
"""tests/bench/run [--quick] [--rows N] [--seconds S] [--only OPERATION]... [--loops N] [--keep DIR] [--build DIR]
                   [--write]

Loads a town of complaints into a server of its own, then asks it and pgbench for the same in turn. What it finds is
printed as lines `ratio NAME VALUE` and `figure NAME VALUE UNIT`; a full run also writes docs/performance.md.
"""
import argparse
import contextlib
import os
import re
import shutil
import signal
import sys
import tempfile
import time

import further
import measure
import peers
import report
import rounds
from host import Host
from town import Town

TOP = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
PARTS = ('rounds', 'fsync', 'growth', 'beside')


def parse(argv):
    parser = argparse.ArgumentParser(prog='tests/bench/run', description='The server against pgbench.')
    parser.add_argument('--quick', action='store_true',
                        help='the four operations and plain pgbench: three rounds over 100,000 rows')
    parser.add_argument('--rows', type=int, metavar='N', help='complaints to load; 1,000,000')
    parser.add_argument('--seconds', type=int, metavar='S', help='of each run; 5, quick 3')
    parser.add_argument('--rounds', type=int, metavar='N', help='of which the medians are taken; 5, quick 3')
    parser.add_argument('--only', action='append', choices=measure.OPERATIONS, help='this operation; may be repeated')
    parser.add_argument('--part', action='append', choices=PARTS, help='this part; may be repeated')
    parser.add_argument('--loops', type=int, default=1, metavar='N', help='threads of the server; 1')
    parser.add_argument('--grown', type=int, default=10000000, metavar='N', help='rows of the large town of `growth`')
    parser.add_argument('--keep', metavar='DIR', help='where the data is left, and found again')
    parser.add_argument('--build', default=os.path.join(TOP, 'build'), metavar='DIR', help='a release build; build')
    parser.add_argument('--write', action='store_true', help='docs/performance.md, though not all of it was run')
    terms = parser.parse_args(argv)
    terms.is_full = not (terms.quick or terms.rows or terms.seconds or terms.rounds or terms.only or terms.part or
                         terms.loops != 1)
    terms.rows = terms.rows or (100000 if terms.quick else 1000000)
    terms.seconds = terms.seconds or (3 if terms.quick else 5)
    terms.rounds = terms.rounds or (3 if terms.quick else 5)
    terms.only = terms.only or list(measure.OPERATIONS)
    terms.part = terms.part or (['rounds'] if terms.quick else list(PARTS))
    return terms


def say(text):
    print(text, file=sys.stderr, flush=True)


@contextlib.contextmanager
def served_town(terms, name, rows, **shape):
    """A server with a loaded town, stopped and gone at the end; with --keep its data stays."""
    place = os.path.join(os.path.abspath(terms.keep), name) if terms.keep else tempfile.mkdtemp(
        prefix='guanjia-bench-')
    host = None
    try:
        os.makedirs(place, exist_ok=True)
        host = Host(place, os.path.abspath(terms.build))
        town = Town(host, rows, **shape)
        if town.is_loaded():
            say(f'found {town.rows} complaints in {place}')
        elif os.path.exists(host.data):
            sys.exit(f'bench: {place} was not loaded to its end: remove it')
        else:
            began = time.monotonic()
            host.init()
            host.start('postgres_fsync=0', 'seal_ms=1000')
            town.load()
            host.stop()
            os.sync()
            say(f'loaded {town.rows} complaints in {time.monotonic() - began:.0f} s')
        host.start(f'loops={terms.loops}')
        yield town
    finally:
        if host:
            host.stop()
        if not terms.keep:
            shutil.rmtree(place, ignore_errors=True)


def main(argv):
    terms = parse(argv)
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))  # by the way of every finally
    if 'rounds' in terms.part and not terms.quick:
        peers.need()
    failed = []
    command = re.sub(r'(--(?:build|keep))[ =]\S+', r'\1 DIR', ' '.join(['tests/bench/run', *argv]))
    found = report.Found(command, terms)
    if {'rounds', 'fsync'} & set(terms.part):
        with served_town(terms, 'town', terms.rows) as town:
            found.loaded(town)
            if 'rounds' in terms.part:
                found.rounds(rounds.run(town, terms, say))
            if 'fsync' in terms.part:
                found.ratio('submit_fsync_on_vs_off', further.fsync(town, terms, say))
    if 'growth' in terms.part:
        found.growth(further.growth(terms, served_town, say))
    if 'beside' in terms.part:
        lines, failed = peers.beside(terms, say)
        found.beside(lines)
    found.print()
    if terms.is_full or terms.write:
        path = os.path.join(TOP, 'docs', 'performance.md')
        found.write(path)
        say(f'written: {path}')
    return 1 if failed else 0
