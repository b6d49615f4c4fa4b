# SPDX-License-Identifier: Apache-2.0
"""One run of a load, ours or pgbench's, and its figures."""
import os
import re
import subprocess

import script
from host import LANE_OPTIONS, PG_BIN

BATCH = {'get': 16, 'list': 16, 'submit': 8, 'transition': 8}
OPERATIONS = tuple(BATCH)
PROGRESS = re.compile(r'progress: ([\d.]+) s, ([\d.]+) tps, lat ([\d.]+|NaN) ms')


class Figures:
    """What one run gave: rate in requests a second, times in µs, CPU in µs a request."""

    def __init__(self, requests, seconds, p50_us, p99_us, server_us, database_us):
        self.requests, self.rate = requests, requests / seconds
        self.p50_us, self.p99_us = p50_us, p99_us
        self.server_us, self.database_us = server_us, database_us


def fail(who, text):
    raise SystemExit(f'bench: {who}: {text.strip()[-1500:]}')


def ours(town, operation, clients, in_flight, seconds, requests=0):
    """The load client against the server."""
    host = town.host
    argv = [host.program('bench-load'), operation, '--port', str(host.port), '--ca', host.ca(),
            '--clients', str(clients), '--in-flight', str(in_flight), '--seconds', str(seconds),
            '--requests', str(requests), '--communities', str(town.communities), '--rows', str(town.rows),
            '--hot', str(town.hot or town.rows), '--supply', str(town.supply), '--base', str(town.next_base()),
            '--group', '64' if clients > 8 else '8']
    load = subprocess.Popen(host.as_account(argv), cwd='/', stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    first = load.stdout.readline()
    before = host.cpu()
    out, err = load.communicate()
    after = host.cpu()
    if first != 'begin\n' or load.returncode != 0:
        fail(f'bench-load {operation}', first + out + err)
    row = dict(field.split('=') for field in out.split())
    count = max(int(row['requests']), 1)
    return Figures(count, float(row['seconds']), int(row['p50_us']), int(row['p99_us']),
                   (after[0] - before[0]) * 1e6 / count, (after[1] - before[1]) * 1e6 / count)


class Pgbench:
    """pgbench with the same statements, for one town."""

    def __init__(self, town):
        self.town, self.statements = town, script.Statements(town.host)
        self.words = None

    def _hex(self, sql):
        return bytes.fromhex(self.town.host.sql(sql))

    def _learn(self):
        """What a submit of the load client wrote: pgbench's parameters have these sizes."""
        town = self.town
        ours(town, 'submit', 1, 1, 10, requests=1)
        name = (f"('e000000000000' || {2 * script.FIRST + town.runs * 10 ** 12})::uuid")
        rows = {
            'hash': ('applied', 'key', 'request_hash'), 'reply': ('applied', 'key', 'reply'),
            'title': ('complaint', 'complaint_id', 'title'), 'body': ('complaint', 'complaint_id', 'body'),
            'found': ('complaint_search', 'complaint_id', 'body'),
            'pairs': ('complaint_search', 'complaint_id', 'pairs'),
            'wrapped': ('complaint_contact', 'complaint_id', 'wrapped_key'),
            'name': ('complaint_contact', 'complaint_id', 'name'),
            'phone': ('complaint_contact', 'complaint_id', 'phone'),
            'receipt': ('receipt', 'complaint_id', "convert_from(body, 'UTF8')"),
            'text': ('receipt', 'complaint_id', 'text'), 'sealed': ('outgoing', 'complaint_id', 'sealed'),
            'number': ('applied', 'key', 'minted')}
        words = {key: self._hex(f"SELECT encode(convert_to(({column})::text, 'UTF8'), 'hex') FROM {table}"
                                f' WHERE {where} = {name}').decode() for key, (table, where, column) in rows.items()}
        words['token'] = 'ABCDEFGHJKMNP'
        number = words.pop('number')
        words['receipt'] = words['receipt'].replace(number, words['token'])
        words['text'] = words['text'].replace(number, words['token'])
        self.words = words

    def _variables(self, clients):
        town = self.town
        if self.words is None:
            self._learn()
        each, supply = town.rows // town.communities, town.supply // town.communities
        first = each - town.hot // town.communities if town.hot else 0
        return {**self.words, 'communities': town.communities, 'each': each, 'first': first, 'supply': supply,
                'oldest': each - supply, 'clients': clients, 'base': town.next_base(), 'number': 0, 'turn': 0,
                'now': town.host.sql('SELECT now()'), 'since': town.host.sql("SELECT now() - interval '30 days'"),
                'never': 'infinity', 'last': 'ffffffff-ffff-ffff-ffff-ffffffffffff', 'limit': 51, 'no': 'false',
                'yes': 'true', 'nobody': '{}', 'none': '-', 'beginning': '1970-01-01', 'nil': '00000000-0000-0000-0000-000000000000', 'device': '90000000-0000-0100-0000-000000000001'}

    def _argv(self, operation, clients, is_batched):
        host = self.town.host
        path = os.path.join(host.place, f'{operation}{"-batched" if is_batched else ""}.pgbench')
        with open(path, 'w') as file:
            file.write(script.batched(self.statements, operation, BATCH[operation]) if is_batched
                       else script.plain(self.statements, operation))
        argv = [f'{PG_BIN}/pgbench', host.conninfo(), '-n', '-M', 'prepared', '-f', path, '-c', str(clients),
                '-j', str(min(clients, 2))]
        for name, value in self._variables(clients).items():
            argv += ['-D', f'{name}={value}']
        return argv

    def run(self, operation, clients, seconds, is_batched=False):
        """For so long, and no look at what it does while it begins: it connects, prepares, and plans."""
        warm = 1 if clients <= 8 else 2
        argv = [*self._argv(operation, clients, is_batched), '-T', str(seconds + warm), '-P', '1']
        return self._timed(argv, operation, warm, BATCH[operation] if is_batched else 1)

    def count(self, operation, clients, transactions, is_batched=False):
        """So many transactions of each client: the number of requests in all of them."""
        argv = [*self._argv(operation, clients, is_batched), '-t', str(transactions)]
        return self._whole(argv, operation, BATCH[operation] if is_batched else 1, lambda line: None)

    def _whole(self, argv, operation, count, on_line):
        """Runs it to its end, asserted: its requests, all of which must have had their effect."""
        before = self._accepted() if operation == 'transition' else 0
        run = subprocess.Popen(self.town.host.as_account(argv), cwd='/', stdout=subprocess.PIPE,
                               stderr=subprocess.PIPE, text=True, env={**os.environ, 'PGOPTIONS': LANE_OPTIONS})
        said = ''
        for line in run.stderr:
            said += line
            on_line(line)
        out = run.stdout.read()
        number = re.search(r'actually processed: (\d+)', out)
        if run.wait() != 0 or not number or 'number of failed transactions: 0' not in out:
            fail(f'pgbench {operation}', out + said)
        requests = int(number.group(1)) * count
        if operation == 'transition' and self._accepted() - before < requests:
            raise SystemExit(f'bench: of {requests} transitions some came to nothing: the supply is too small;'
                             ' more --rows, or fewer --seconds')
        return requests

    def _timed(self, argv, operation, warm, count):
        seconds, cpu = [], []  # one entry a line of progress: when, transactions a second, their mean ms

        def on_line(line):
            match = PROGRESS.match(line)
            if match:
                seconds.append([float(group.replace('NaN', '0')) for group in match.groups()])
                cpu.append(self.town.host.cpu()[1])

        self._whole(argv, operation, count, on_line)
        if len(seconds) <= warm:
            fail(f'pgbench {operation}', 'it was not looked at long enough')
        lengths = [b[0] - a[0] for a, b in zip(seconds, seconds[1:])][warm - 1:]
        done = [length * rate for length, (_, rate, _) in zip(lengths, seconds[warm:])]
        mean_ms = sum(one * ms for one, (_, _, ms) in zip(done, seconds[warm:])) / max(sum(done), 1)
        requests = max(sum(done) * count, 1)
        return Figures(requests, sum(lengths), mean_ms * 1000, 0, 0, (cpu[-1] - cpu[warm - 1]) * 1e6 / requests)

    def _accepted(self):
        return int(self.town.host.sql('SELECT count(*) FROM complaint WHERE version = 2 AND state = 2'))

    def _follow(self, argv, warm, count):
        """Runs it, and leaves out of account the seconds in which it connects, prepares and plans."""
        host = self.town.host
        run = subprocess.Popen(host.as_account(argv), cwd='/', stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                               text=True, env={**os.environ, 'PGOPTIONS': LANE_OPTIONS})
        seconds, before, after, said = [], None, None, ''
        for line in run.stderr:
            said += line
            second = PROGRESS.match(line)
            if second:
                seconds.append([float(group.replace('NaN', '0')) for group in second.groups()])
                after = host.cpu()
                before = after if len(seconds) <= warm else before
        out = run.stdout.read()
        number = re.search(r'actually processed: (\d+)', out)
        if run.wait() != 0 or not number or 'number of failed transactions: 0' not in out or len(seconds) <= warm:
            fail('pgbench', out + said)
        lengths = [b[0] - a[0] for a, b in zip(seconds, seconds[1:])][warm - 1:]
        done = [length * rate for length, (_, rate, _) in zip(lengths, seconds[warm:])]
        mean_ms = sum(one * ms for one, (_, _, ms) in zip(done, seconds[warm:])) / max(sum(done), 1)
        requests = max(sum(done) * count, 1)
        return Figures(requests, sum(lengths), mean_ms * 1000, 0, 0,
                       (after[1] - before[1]) * 1e6 / requests), int(number.group(1))
