# SPDX-License-Identifier: Apache-2.0
"""What a user would pick instead, where it is there: tests/bench/peers/run, an executable of its own.

    peers/run OPERATION --only fastify|postgraphile --database CONNINFO --clients 64 --seconds S --communities N --rows N --hot N --supply N
        --base N

It serves the same operation over TLS from the same database, loads itself with 64 connections, one request each in
flight, and prints a line `peer NAME RATE`, requests a second; ids are those of number.h, and
--base is the first number that it may use for keys and new complaints, of 10^12. It is run by the account that owns
the database. Where there is no such
program, peers are left out.
"""
import os
import subprocess

import measure

PROGRAM = os.path.join(os.path.dirname(os.path.abspath(__file__)), 'peers', 'run')
NAMES = ('fastify', 'postgraphile')


class Peers:
    """Runs one of them."""

    def __init__(self, town, operation, seconds):
        self.town, self.operation, self.seconds = town, operation, seconds

    def run(self, name):
        town, host = self.town, self.town.host
        done = subprocess.run(
            host.as_account([PROGRAM, self.operation, '--only', name, '--database', host.conninfo(), '--clients', '64',
                             '--seconds', str(self.seconds), '--communities', str(town.communities), '--rows',
                             str(town.rows), '--hot', str(town.hot or town.rows), '--supply', str(town.supply),
                             '--base', str(town.next_base())]), capture_output=True, text=True, cwd='/')
        for line in done.stdout.splitlines():
            words = line.split()
            if done.returncode == 0 and len(words) == 3 and words[:2] == ['peer', name]:
                return measure.Figures(int(float(words[2]) * self.seconds) or 1, self.seconds, 0, 0, 0, 0)
        raise SystemExit(f'bench: peers/run {self.operation}: {done.stdout}{done.stderr}')


def runs_of(town, operation, seconds):
    if not os.access(PROGRAM, os.X_OK):
        return []
    peers = Peers(town, operation, seconds)
    return [(f'peer {name}', lambda name=name: peers.run(name)) for name in NAMES]
