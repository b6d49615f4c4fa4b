# SPDX-License-Identifier: Apache-2.0
"""What was found: ratios with the goals they are held against, on standard output and in docs/performance.md."""
import datetime
import os
import platform
import statistics

from rounds import SHAPES

# name of a ratio: (first landing, goal, is less better)
GOALS = {
    'get_64x1_vs_pgbench': (1.0, 1.25, False), 'get_64x1_vs_pgbench_64': (1.5, 2.0, False),
    'list_64x1_vs_pgbench': (0.8, 1.1, False), 'submit_64x1_vs_pgbench': (1.7, 2.2, False),
    'transition_64x1_vs_pgbench': (1.8, 2.5, False), 'get_8x16_vs_pgbench': (1.8, 2.5, False),
    'get_8x16_vs_batched': (0.7, 0.95, False), 'list_8x16_vs_batched': (0.7, 0.95, False),
    'submit_8x16_vs_batched': (0.7, 0.95, False),
    **{f'{operation}_64x1_vs_fastify': (3.3, 4.5, False) for operation in ('get', 'list', 'submit', 'transition')},
    **{f'{operation}_64x1_vs_postgraphile': (8.0, 14.0, False) for operation in ('get', 'list', 'submit')},
    'submit_64x1_vs_postgraphile_rows': (8.0, 14.0, False),
    'submit_fsync_on_vs_off': (0.65, 0.8, False), 'get_1x1_p99_vs_pgbench_mean': (3.5, 2.5, True),
    'get_growth': (1.25, 1.1, True), 'submit_growth': (1.5, 1.25, True), 'transition_growth': (1.6, 1.3, True),
    'list_growth': (1.8, 1.5, True)}


def median(figures, field):
    return statistics.median(getattr(one, field) for one in figures)


def best_of(runs, kind):
    """The name of the fastest run of this kind, by its median; None where there is none."""
    names = [name for name in runs if name.split()[0] == kind]
    return max(names, key=lambda name: median(runs[name], 'rate'), default=None)


def machine():
    with open('/proc/cpuinfo') as file:
        models = [line.split(':', 1)[1].strip() for line in file if line.startswith('model name')]
    with open('/proc/meminfo') as file:
        memory = {line.split(':')[0]: int(line.split()[1]) for line in file}
    return (f'{os.cpu_count()} × {models[0] if models else platform.machine()}, {memory["MemTotal"] / 2 ** 20:.0f} GiB'
            f' ({memory.get("HugePages_Total", 0):,} huge pages), Linux {".".join(platform.release().split(".")[:2])}')


class Found:
    def __init__(self, command, terms):
        self.command, self.terms = command, terms
        self.ratios, self.figures, self.runs, self.town = {}, {}, {}, ''

    def loaded(self, town):
        self.town = f'{town.rows:,} complaints in {town.communities} communities'

    def ratio(self, name, value):
        self.ratios[name] = value

    def growth(self, ratios):
        for operation, value in ratios.items():
            self.ratio(f'{operation}_growth', value)

    def beside(self, lines):
        for kind, name, value, *unit in lines:
            if kind == 'ratio':
                self.ratio(name, float(value))
            else:
                self.figures[name] = (value, ' '.join(unit))

    def rounds(self, runs):
        self.runs = runs
        for operation, names in runs.items():
            against = {'pgbench': best_of(names, 'pgbench'), 'pgbench_64': 'pgbench 64',
                       'batched': best_of(names, 'batched'), 'fastify': 'peer fastify',
                       'postgraphile': 'peer postgraphile', 'postgraphile_rows': 'peer postgraphile_rows',
                       'postgraphile_row': 'peer postgraphile_row'}
            for shape in SHAPES:
                for other, name in against.items():
                    if name in names:
                        self.ratio(f'{operation}_{shape}_vs_{other}', statistics.median(
                            a.rate / b.rate for a, b in zip(names[f'ours {shape}'], names[name])))
            if 'ours 1x1' in names:
                self.ratio(f'{operation}_1x1_p99_vs_pgbench_mean', statistics.median(
                    a.p99_us / b.p50_us for a, b in zip(names['ours 1x1'], names['pgbench 1'])))

    # ---- output -------------------------------------------------------------------------------------------------

    def print(self):
        for operation, names in self.runs.items():
            for shape in SHAPES:
                name, one = f'{operation}_{shape}', names[f'ours {shape}']
                print(f'figure {name}_rate {median(one, "rate"):.0f} 1/s')
                print(f'figure {name}_p50 {median(one, "p50_us"):.0f} us')
                print(f'figure {name}_p99 {median(one, "p99_us"):.0f} us')
                print(f'figure {name}_server_cpu {median(one, "server_us"):.1f} us')
                print(f'figure {name}_database_cpu {median(one, "database_us"):.1f} us')
        for name, (value, unit) in self.figures.items():
            print(f'figure {name} {value} {unit}')
        for name, value in self.ratios.items():
            print(f'ratio {name} {value:.2f}')

    def _rate_rows(self):
        yield '| operation | run | requests/s | p50 ms | p99 ms | CPU µs a request: server + database |'
        yield '| --- | --- | --- | --- | --- | --- |'
        for operation, names in self.runs.items():
            for name, figures in names.items():
                rate, p50, p99 = (median(figures, field) for field in ('rate', 'p50_us', 'p99_us'))
                server, database = (median(figures, field) for field in ('server_us', 'database_us'))
                is_ours, is_peer = name.startswith('ours'), name.startswith('peer')
                times = '' if is_peer else f'{p50 / 1000:.2f}' if is_ours else f'mean {p50 / 1000:.2f}'
                cpu = '' if is_peer else f'{server:.0f} + {database:.0f}' if is_ours else f'{database:.0f}'
                yield (f'| {operation} | {name} | {rate:,.0f} | {times} | {p99 / 1000:.2f} | {cpu} |' if is_ours
                       else f'| {operation} | {name} | {rate:,.0f} | {times} | | {cpu} |')

    def _ratio_rows(self):
        yield '| ratio | found | first landing | goal |'
        yield '| --- | --- | --- | --- |'
        for name, value in self.ratios.items():
            sign = '≤' if GOALS.get(name, (0, 0, False))[2] else '≥'
            wanted = [f'{sign} {limit:g}' for limit in GOALS[name][:2]] if name in GOALS else ['', '']
            yield f'| {name} | {value:.2f} | {wanted[0]} | {wanted[1]} |'

    def _figure_rows(self):
        if not self.figures:
            return
        yield '## Other figures'
        yield ''
        yield '| figure | found |'
        yield '| --- | --- |'
        for name, (value, unit) in self.figures.items():
            yield f'| {name} | {value} {unit} |'

    def write(self, path):
        today = datetime.date.today().isoformat()
        with open(os.path.join(os.path.dirname(os.path.abspath(__file__)), 'performance.md')) as file:
            text = file.read()
        for name, value in {'date': today, 'command': self.command, 'machine': machine(), 'town': self.town,
                            'rounds': str(self.terms.rounds), 'seconds': str(self.terms.seconds),
                            'rates': '\n'.join(self._rate_rows()), 'ratios': '\n'.join(self._ratio_rows()),
                            'figures': '\n'.join(self._figure_rows())}.items():
            text = text.replace('{' + name + '}', value)
        with open(path, 'w') as file:
            file.write(text)
