# SPDX-License-Identifier: Apache-2.0
"""tests/bench/run: loads a town, runs every operation against the server and against pgbench in turn."""
import argparse
import os
import shutil
import statistics
import sys
import tempfile
import time

import measure
from host import Host
from town import Town

SHAPES = {'64x1': (64, 1), '8x16': (8, 16)}
TOP = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))


def parse(argv):
    parser = argparse.ArgumentParser(prog='tests/bench/run')
    parser.add_argument('--quick', action='store_true')
    parser.add_argument('--rows', type=int)
    parser.add_argument('--seconds', type=float)
    parser.add_argument('--rounds', type=int)
    parser.add_argument('--only', action='append', choices=measure.OPERATIONS)
    parser.add_argument('--keep', metavar='DIR')
    parser.add_argument('--build', default=os.path.join(TOP, 'build'), metavar='DIR')
    parser.add_argument('--port', type=int, default=17443)
    terms = parser.parse_args(argv)
    terms.rows = terms.rows or (100000 if terms.quick else 1000000)
    terms.seconds = terms.seconds or (3 if terms.quick else 5)
    terms.rounds = terms.rounds or (3 if terms.quick else 5)
    terms.only = terms.only or list(measure.OPERATIONS)
    return terms


def say(text):
    print(text, file=sys.stderr, flush=True)


def load(town):
    began = time.monotonic()
    town.load()
    say(f'loaded {town.rows} complaints in {time.monotonic() - began:.0f} s')


def rounds(town, terms):
    """{operation: {name of a run: [Figures of each round]}}"""
    pgbench = measure.Pgbench(town)
    runs = {}
    for number in range(terms.rounds):
        for operation in terms.only:
            names = runs.setdefault(operation, {})
            todo = [(f'ours {shape}', lambda s=size: measure.ours(town, operation, *s, terms.seconds))
                    for shape, size in SHAPES.items()]
            todo += [(f'pgbench {c}', lambda c=c: pgbench.run(operation, c, int(terms.seconds)))
                     for c in (1, 8, 32, 64)]
            for name, run in todo:
                if operation == 'transition':
                    town.refill()
                figures = run()
                names.setdefault(name, []).append(figures)
                say(f'round {number + 1} {operation:10} {name:12} {figures.rate:9.0f}/s  p50 {figures.p50_us:7.0f}'
                    f'  p99 {figures.p99_us:7.0f}  cpu {figures.server_us:6.1f} + {figures.database_us:6.1f} us')
    return runs


def median(figures, field):
    return statistics.median(getattr(one, field) for one in figures)


def report(runs):
    for operation, names in runs.items():
        best = max((name for name in names if name.startswith('pgbench')), key=lambda name: median(names[name], 'rate'))
        for shape in SHAPES:
            rates = [a.rate / b.rate for a, b in zip(names[f'ours {shape}'], names[best])]
            print(f'ratio {operation}_{shape}_vs_pgbench {statistics.median(rates):.2f}')
        rates = [a.rate / b.rate for a, b in zip(names['ours 64x1'], names['pgbench 64'])]
        print(f'ratio {operation}_64x1_vs_pgbench_64 {statistics.median(rates):.2f}')


def main(argv):
    terms = parse(argv)
    place = terms.keep or tempfile.mkdtemp(prefix='guanjia-bench-')
    os.makedirs(place, exist_ok=True)
    host = Host(os.path.abspath(place), os.path.abspath(terms.build), terms.port)
    town = Town(host, terms.rows)
    try:
        is_loaded = town.is_loaded()
        if not is_loaded:
            host.init()
        host.start()
        if not is_loaded:
            load(town)
            host.stop()
            host.start()
        report(rounds(town, terms))
    finally:
        host.stop()
        if not terms.keep:
            shutil.rmtree(place, ignore_errors=True)
    return 0
