# SPDX-License-Identifier: Apache-2.0
"""What others measure: programs beside this one, where they are there.

tests/bench/peers/run is what a user would pick instead:

    peers/run OPERATION --only NAME --database CONNINFO --clients 64 --seconds S

It serves the same operation over TLS from the same database, loads itself with that many connections, one request each
in flight, and prints a line `peer NAME RATE`, requests a second. Where there is no such program, peers are left out.

Every other executable of this folder but `lists` measures something of its own, with --build DIR, and prints lines
`figure NAME VALUE UNIT` and `ratio NAME VALUE`.
"""
import os
import subprocess

import measure

HERE = os.path.dirname(os.path.abspath(__file__))
PROGRAM = os.path.join(HERE, 'peers', 'run')
READ_BY = ('fastify', 'postgraphile')
OTHERS = ('run', 'lists', 'test_bench.py')  # lists writes a page of its own
WRITTEN_BY = (*READ_BY, 'postgraphile_rows', 'postgraphile_row')


class Peers:
    """Runs one of them."""

    def __init__(self, town, operation, seconds):
        self.town, self.operation, self.seconds = town, operation, seconds

    def run(self, name):
        done = subprocess.run(
            [PROGRAM, self.operation, '--only', name, '--database', self.town.host.conninfo(), '--clients', '64',
             '--seconds', str(self.seconds)], capture_output=True, text=True)
        for line in done.stdout.splitlines():
            words = line.split()
            if done.returncode == 0 and len(words) == 3 and words[:2] == ['peer', name]:
                return measure.Figures(int(float(words[2]) * self.seconds) or 1, self.seconds, 0, 0, 0, 0)
        raise SystemExit(f'bench: peers/run {self.operation}: {done.stdout}{done.stderr}')


def need():
    """Before anything is loaded: a program that is missing would be found out half an hour later."""
    if os.access(PROGRAM, os.X_OK):
        done = subprocess.run([PROGRAM, 'get', '--database', '-', '--ready'], capture_output=True, text=True)
        if done.returncode != 0:
            raise SystemExit(f'bench: {done.stderr.strip()}')


def runs_of(town, operation, seconds):
    if not os.access(PROGRAM, os.X_OK):
        return []
    peers = Peers(town, operation, seconds)
    names = READ_BY if operation in ('get', 'list') else WRITTEN_BY
    return [(f'peer {name}', lambda name=name: peers.run(name)) for name in names]


def beside(terms, say):
    """The words of every line `figure …` and `ratio …` that the other programs print, and the names of those that failed:
    what took an hour before them is not thrown away for it."""
    out, failed = [], []
    for name in sorted(os.listdir(HERE)):
        path = os.path.join(HERE, name)
        if name in OTHERS or not os.path.isfile(path) or not os.access(path, os.X_OK):
            continue
        say(f'running {name}')
        done = subprocess.run([path, '--build', os.path.abspath(terms.build)], stdout=subprocess.PIPE, text=True)
        if done.returncode != 0:
            say(f'bench: {name} failed: its figures are left out')
            failed.append(name)
            continue
        out += [line.split() for line in done.stdout.splitlines() if line.startswith(('figure ', 'ratio '))]
    return out, failed
