#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Proves that the bench measures what it says, so that it cannot rot: on a tiny town, every operation of the load is
answered with what was asked for, pgbench runs the same statements and they take effect, and a run in which anything
is refused fails. No time is looked at.

    test_bench.py BUILD
"""
import os
import shutil
import subprocess
import sys
import tempfile
import traceback

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
sys.dont_write_bytecode = True

import lists  # noqa: E402
import measure  # noqa: E402
from host import Host  # noqa: E402
from town import Town  # noqa: E402

COMMUNITIES, ROWS, REQUESTS, IN_FLIGHT, TRANSACTIONS = 8, 2400, 400, 16, 20


def count(town, what):
    return int(town.host.sql(f'SELECT count(*) FROM {what}'))


def expect(holds, what):
    if not holds:
        raise AssertionError(what)


def load(town, operation, *more):
    """The load with its answers' contents checked: exit code and what it said."""
    host = town.host
    done = subprocess.run(host.as_account([
        host.program('bench-load'), operation, '--port', str(host.port), '--ca', host.ca(), '--clients', '8',
        '--in-flight', str(IN_FLIGHT), '--seconds', '30', '--requests', str(REQUESTS), '--communities',
        str(COMMUNITIES), '--rows', str(town.rows), '--supply', str(town.supply), '--base', str(town.next_base()),
        '--check', *more]), cwd='/', capture_output=True, text=True)
    return done.returncode, done.stdout + done.stderr


def load_is_answered(town):
    for operation in measure.OPERATIONS:
        before = count(town, 'complaint')
        code, said = load(town, operation)
        expect(code == 0 and ' errors=0 ' in said, f'{operation}: {said}')
        made = count(town, 'complaint') - before
        expect(made == (REQUESTS if operation == 'submit' else 0), f'{operation} made {made} complaints')
    accepted = count(town, 'complaint WHERE state = 2 AND version = 2')
    expect(accepted == REQUESTS, f'{accepted} accepted')


def refusals_fail_the_run(town):
    code, said = load(town, 'transition')  # what was accepted before, without a refill
    expect(code == 1 and 'CONFLICT' in said, said)
    code, said = load(town, 'get', '--rows', str(10 * town.rows))  # complaints that are not there
    expect(code == 1 and 'NOT_FOUND' in said, said)
    code, said = load(town, 'list', '--communities', str(2 * COMMUNITIES))  # other people's communities
    expect(code == 1 and 'NOT_FOUND' in said, said)


def supply_is_refilled(town):
    town.refill()
    expect(count(town, 'complaint WHERE state = 2') == 0, 'something is still accepted')
    code, said = load(town, 'transition')
    expect(code == 0, said)


def pgbench_does_the_same(town, is_batched):
    pgbench = measure.Pgbench(town)
    for operation in measure.OPERATIONS:
        if operation == 'transition':
            town.refill()
        before = count(town, 'complaint')
        requests = pgbench.count(operation, 2, TRANSACTIONS, is_batched)  # counts itself what was accepted
        made = count(town, 'complaint') - before
        expect(requests == 2 * TRANSACTIONS * (measure.BATCH[operation] if is_batched else 1), f'{requests} requests')
        if operation == 'submit':  # of two in one moment with one number of the day, one makes nothing
            expect(requests / 2 < made <= requests + 1, f'{requests} submits made {made}')
            expect(count(town, 'receipt WHERE text LIKE \'%ABCDEFGHJKMNP%\'') == 0, 'a number was not put in')


def figures_are_of_the_run(town):
    pgbench = measure.Pgbench(town)
    for figures in (measure.ours(town, 'get', 8, 4, 2), pgbench.run('get', 4, 2)):
        expect(figures.requests > 0 and figures.rate > 0 and figures.p50_us > 0, str(vars(figures)))
        used_s = figures.database_us * figures.requests / 1e6
        expect(0 < used_s <= 4 * os.cpu_count(), str(vars(figures)))  # more is not to be had in the time


def questions_are_asked(town):
    """Last: it closes most of what the town has. Each question is answered with something, and can be counted."""
    asked = lists.ListTown(town.host, town.rows, town.communities, town.supply)
    asked.enrich()
    statements = lists.script.Statements(town.host).rows
    for question in lists.questions():
        sets, name = lists.values_of(asked, question, 8), question['statement']
        rows = sum(plan.rows for plan in lists.ask(town.host, statements, name, sets))
        expect(rows > 0, f'{question["id"]} finds nothing')
        counted = lists.ask(town.host, statements, lists.sum_of(name), [lists.counting(values) for values in sets[:1]])
        expect(len(counted) == 1, f'{question["id"]} is not counted')


TESTS = (
    ('load is answered with what was asked for', load_is_answered),
    ('refusals fail the run', refusals_fail_the_run),
    ('supply is refilled', supply_is_refilled),
    ('pgbench runs the statements', lambda town: pgbench_does_the_same(town, False)),
    ('figures are of the run', figures_are_of_the_run),
    ('pgbench runs them in batches', lambda town: pgbench_does_the_same(town, True)),
    ('a desk\'s questions are asked', questions_are_asked),
)


def main():
    place = tempfile.mkdtemp(prefix='guanjia-bench-')
    host, failed = None, 0
    print(f'1..{len(TESTS)}', flush=True)
    try:
        host = Host(place, sys.argv[1], ['postgres_fsync=0', 'hash_kib=8'])
        host.init()
        host.start('seal_ms=1000')  # the town is loaded when it is sealed
        town = Town(host, ROWS, COMMUNITIES, supply=ROWS)
        town.load()
        for number, (name, test) in enumerate(TESTS, 1):
            try:
                test(town)
                print(f'ok {number} - {name}', flush=True)
            except (AssertionError, SystemExit):
                failed += 1
                print(''.join(f'# {line}\n' for line in traceback.format_exc().splitlines()), end='')
                print(f'not ok {number} - {name}', flush=True)
    finally:
        if host:
            host.stop()
        shutil.rmtree(place, ignore_errors=True)
    return 1 if failed else 0


if __name__ == '__main__':
    sys.exit(main())
