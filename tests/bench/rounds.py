# SPDX-License-Identifier: Apache-2.0
"""The interleaved part: in each round every operation is run against the server in both shapes, and against pgbench
and the peers right behind it, so that whatever else the machine does meets all of them.
"""
import measure
import peers

SHAPES = {'64x1': (64, 1), '8x16': (8, 16)}
PLAIN_CLIENTS = (1, 8, 32, 64)
BATCHED_CLIENTS = (1, 4, 8)


def runs_of(town, terms, operation, pgbench):
    """(name, function that runs it) in the order of a round: ours and pgbench's take turns."""
    seconds = terms.seconds
    ours = [(f'ours {name}', lambda size=size: measure.ours(town, operation, *size, seconds))
            for name, size in SHAPES.items()]
    plain = [(f'pgbench {n}', lambda n=n: pgbench.run(operation, n, seconds)) for n in PLAIN_CLIENTS]
    runs = [plain[0], ours[0], plain[1], plain[2], ours[1], plain[3]]
    if not terms.quick:
        if operation == 'get':
            runs.insert(1, ('ours 1x1', lambda: measure.ours(town, operation, 1, 1, seconds)))
        runs += [(f'batched {n}', lambda n=n: pgbench.run(operation, n, seconds, is_batched=True))
                 for n in BATCHED_CLIENTS]
        runs += peers.runs_of(town, operation, seconds)
    return runs


def show(say, number, operation, name, figures):
    say(f'round {number + 1}  {operation:10} {name:14} {figures.rate:9.0f}/s  p50 {figures.p50_us:8.0f} us'
        f'  p99 {figures.p99_us:8.0f} us  cpu {figures.server_us:7.1f} + {figures.database_us:7.1f} us')


def warm(town, operation, seconds):
    """What the operation before this one left in memory is not what this one needs, and its first run would pay for that:
    peers are asked for some seconds before they are measured, too."""
    if operation == 'transition':
        town.refill()
    measure.ours(town, operation, *SHAPES['64x1'], seconds)


def run(town, terms, say):
    """{operation: {name of a run: [Figures, one a round]}}"""
    pgbench = measure.Pgbench(town)
    out = {operation: {} for operation in terms.only}
    for number in range(terms.rounds):
        for operation in terms.only:
            warm(town, operation, terms.seconds)
            for name, one in runs_of(town, terms, operation, pgbench):
                if operation == 'transition':
                    town.refill()
                figures = one()
                out[operation].setdefault(name, []).append(figures)
                show(say, number, operation, name, figures)
    return out
