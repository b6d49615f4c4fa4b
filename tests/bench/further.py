# SPDX-License-Identifier: Apache-2.0
"""What takes other servers than the one of the rounds: fsync on and off, and growth."""
import statistics

import measure

SMALL = 10000
COMMUNITIES = 40  # of growth: a team of the small town has just the rows that a list shows
# Its dwellings have as many in both: how much there is in one is another question than how much there is.
CLIENTS = (8, 8)  # of growth: busy, but not waiting for each other
REQUESTS = {'transition': 8000}  # the small town has no more to be accepted


def fsync(town, terms, say):
    """Submits a second, 64 at a time: with fsync over without, in turn."""
    ratios = []
    for number in range(terms.rounds):
        rates = {}
        for setting in (1, 0) if number % 2 == 0 else (0, 1):
            town.host.stop()
            town.host.start(f'postgres_fsync={setting}')
            measure.ours(town, 'submit', 64, 1, 1)  # its connections and plans are made
            rates[setting] = measure.ours(town, 'submit', 64, 1, terms.seconds).rate
        ratios.append(rates[1] / rates[0])
        say(f'round {number + 1}  submit     fsync on {rates[1]:.0f}/s  off {rates[0]:.0f}/s')
    town.host.stop()
    town.host.start()
    return statistics.median(ratios)


def _cpu(town, terms, say):
    """{operation: median of µs a request, of server and database}; asks for as many rows, whatever there is."""
    out = {}
    town.hot = SMALL
    for operation in terms.only:
        used = []
        for number in range(terms.rounds + 1):
            if operation == 'transition':
                town.refill()
            figures = measure.ours(town, operation, *CLIENTS, terms.seconds, REQUESTS.get(operation, 0))
            say(f'{town.rows} rows  {operation:10} {figures.rate:9.0f}/s  cpu {figures.server_us:7.1f} +'
                f' {figures.database_us:7.1f} us')
            if number > 0:  # the first warms
                used.append(figures.server_us + figures.database_us)
        out[operation] = statistics.median(used)
    return out


def growth(terms, served_town, say):
    """{operation: µs with so many rows over µs with few}"""
    used = []
    for name, rows in (('small', SMALL), ('grown', terms.grown)):
        with served_town(terms, name, rows, communities=COMMUNITIES, supply=SMALL, near=SMALL) as town:
            used.append(_cpu(town, terms, say))
    return {operation: used[1][operation] / used[0][operation] for operation in terms.only}
