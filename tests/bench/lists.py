# SPDX-License-Identifier: Apache-2.0
"""The questions of lists.csv as the server asks them: what a filter makes of the parameters of stmt_list.def, for many
values of each, and what PostgreSQL says about it (EXPLAIN)."""
import csv
import json
import os
import random
import shutil
import subprocess

import script
import words
from host import PG_BIN
from town import Town

HERE = os.path.dirname(os.path.abspath(__file__))
FIRST = 10 ** 18  # tests/bench/number.h
LIMIT = 51  # a page of fifty, and one that says that there are more
NEVER, LAST = 'infinity', 'ffffffff-ffff-ffff-ffff-ffffffffffff'
NOBODY = '00000000-0000-0000-0000-000000000000'
BEGINNING = '1970-01-01+00'
URGENCIES = {'NORMAL': 1, 'HIGH': 2, 'URGENT': 3}
KINDS = {'COMPLAINT': 1, 'REPAIR': 2, 'REQUEST': 3, 'ENQUIRY': 4}
STATES = {'SUBMITTED': 1, 'ACCEPTED': 2, 'CLOSED': 100}
WORDS = (  # as often as they are said: about one text in
    '漏水',  # eight
    '一直在漏水', '门禁刷不开',
    '积水已经流到邻居家',
    '红色三轮车',  # a thousand
    '天花板瓷砖脱落',  # two hundred, but its pairs stand in many
    '大象')  # never
CHARACTERS = ('水', '梯', '灯', '象')  # no pair of them, so no index; the last is never said


def identity(kind, number):
    return f'{kind}000000000000{FIRST + number}'[:8] + '-' + '-'.join(
        f'{kind}000000000000{FIRST + number}'[a:b] for a, b in ((8, 12), (12, 16), (16, 20), (20, 32)))


def questions():
    with open(os.path.join(HERE, 'lists.csv'), encoding='utf-8') as file:
        return [row | {'request': json.loads(row['request'])} for row in csv.DictReader(file)]


def array(values):
    return None if values is None else '{' + ','.join(str(value) for value in values) + '}'


class ListTown(Town):
    """The bench's town with what lists.sql adds, and values that it knows only when it is asked."""

    def __init__(self, *rest):
        super().__init__(*rest)
        self.seen = {}

    def enrich(self):
        host = self.host
        if host.sql("SELECT to_regclass('bench_lists') IS NOT NULL") == 't':
            return
        script = os.path.join(host.place, 'lists.sql')
        shutil.copy(os.path.join(HERE, 'lists.sql'), script)
        os.chmod(script, 0o644)
        host.psql('-v', f'rows={self.rows}', '-v', f'supply={self.supply}', '-v', f'communities={self.communities}',
                  '-f', script)
        host.sql('VACUUM ANALYZE')
        host.sql('CREATE TABLE bench_lists ()')
        host.sql('CHECKPOINT')

    def _values(self, name, community, sql):
        key = (name, community)
        if key not in self.seen:
            self.seen[key] = self.host.sql(sql.format(community=identity('c', community))).splitlines()
        return self.seen[key]

    def phones(self, community):
        return self._values('phone', community, "SELECT phone_index FROM complaint_contact WHERE community_id ="
                            " '{community}' ORDER BY complaint_id LIMIT 200")

    def numbers(self, community):
        return self._values('number', community, "SELECT to_char(day, 'YYYYMMDD') || '-' || day_no FROM complaint"
                            " WHERE community_id = '{community}' ORDER BY complaint_id LIMIT 200")


class Asker:
    """Whoever asks about one community: what a grant of their role reaches."""

    def __init__(self, town, who, community, rng):
        self.who, self.number, self.community = who, community, identity('c', community)
        self.teams = [identity('7', community * 5 + t) for t in rng.sample(range(5), 2)]
        self.account = identity('a', 1000000 + community * 15 + rng.randrange(15))
        self.manager = identity('a', 8000 + community % 8)

    def reach(self):
        """$1–$8 of COMPLAINT_REACH."""
        whole = self.who in ('service', 'inspector')
        officer = self.teams if self.who == 'officer' else []
        member = self.teams[:1] if self.who in ('leader', 'worker') else []
        if self.who == 'worker':  # of the team of the account
            member = [identity('7', self.number * 5 + t) for t in range(5)
                      if self.account in [identity('a', 1000000 + (self.number * 5 + t) * 3 + p) for p in range(3)]]
        return [self.community, whole, self.who == 'manager', array(officer), array(member), '{}', '-infinity',
                self.account]


def fill(town, asker, request, rng):
    """The request with values for what it leaves open."""
    day = rng.randrange(330)
    chosen = {
        '$worker': lambda: asker.account,
        '$teams': lambda: asker.teams,
        '$now': lambda: 'now',
        '$soon': lambda: '+2 hours',
        '$month_ago': lambda: '-30 days',
        '$week_ago': lambda: '-7 days',
        '$from': lambda: f'-{day + 31} days',
        '$to': lambda: f'-{day} days',
        '$quarter_from': lambda: f'-{day % 270 + 91} days',
        '$quarter_to': lambda: f'-{day % 270} days',
        '$building': lambda: identity('b', asker.number * 1000 + rng.randrange(5) * 100),
        '$word': lambda: rng.choice(WORDS),
        '$character': lambda: rng.choice(CHARACTERS),
        '$phone': lambda: rng.choice(town.phones(asker.number)),
        '$number': lambda: rng.choice(town.numbers(asker.number)),
        '$person': lambda: rng.choice([asker.manager, identity('a', 1000000 + (asker.number * 5 + rng.randrange(5)) * 3)]),
        '$group': lambda: rng.choice((100, 200, 300, 400, 500, 600)),
    }
    return {name: chosen[value]() if isinstance(value, str) and value in chosen else value
            for name, value in request.items()}


def at(text):
    """A time as SQL, from "now" or so much from now."""
    return None if text is None else f"now() + interval '{0 if text == 'now' else text}'"


def parameters(asker, request):
    """$1–$37 as list_filter.c adds them, and behind them the way's own; times are expressions."""
    get, now = request.get, {}
    by_due = get('order') == 'DUE'
    category = get('category')
    is_key = not by_due and 'handled_by_id' not in request
    lower, upper = (f"timestamptz '{BEGINNING}'", NOBODY), (f"timestamptz '{NEVER}'", LAST)
    if is_key and get('from_us'):
        lower = (at(get('from_us')) + " - interval '1 microsecond'", LAST)
    if is_key and get('to_us'):
        upper = (at(get('to_us')), NOBODY)
    more = ('team_ids', 'worker_id', 'from_us', 'to_us', 'least_urgency', 'kinds', 'ended_from_us', 'due_before_us',
            'handled_by_id')
    handled = get('handled_by_id')
    values = asker.reach() + [
        get('only_open', False), array([STATES[s] for s in get('states')] if get('states') else None), get('team_id'),
        get('only_queue', False), category, category and (category + 99 if category % 100 == 0 else category),
        get('place_id'), upper, upper[1], LIMIT, False, None, None, lower, lower[1], by_due, by_due,
        any(name in request for name in more), array(get('team_ids')), get('worker_id'),
        (at(None if handled else get('from_us')),), (at(None if handled else get('to_us')),),
        URGENCIES.get(get('least_urgency')), array([KINDS[k] for k in get('kinds')] if get('kinds') else None),
        (at(get('ended_from_us')),), (at(get('due_before_us')),), handled,
        (at(get('from_us')) or f"timestamptz '{BEGINNING}'",), (at(get('to_us')) or f"timestamptz '{NEVER}'",)]
    if get('text'):
        pairs = words.pairs_of(get('text'))
        values += ['{' + ','.join(map(str, pairs)) + '}', f'%{get("text")}%']
    elif get('phone'):
        values += [get('phone'), True]
    elif get('number'):
        values += [get('number').split('-')[0], int(get('number').split('-')[1])]
    return [value[0] if isinstance(value, tuple) else literal(value) for value in values]


def literal(value):
    if value is None:
        return None
    if isinstance(value, bool):
        return str(value).lower()
    return str(value) if isinstance(value, int) else "'" + str(value).replace("'", "''") + "'"


def sum_of(name):
    """The statement that counts what this one lists: list_way.c."""
    return f'{name}_count' if name in ('complaint_search', 'complaint_search_short') else f'{name}_sum'


def prepare(statements, name):
    """PREPARE, with the types of the statement, as a lane does."""
    types, _, sql = statements[name]
    return f'PREPARE {name} ({", ".join(script.LETTERS[letter] for letter in types)}) AS {sql};'


def execute(statements, name, values):
    types = statements[name][0]
    assert len(types) == len(values), (name, len(types), len(values))
    return f'EXECUTE {name} ({", ".join("NULL" if value is None else value for value in values)});'


def values_of(town, question, count):
    """Always the same ones: a generator of its own for each question."""
    rng = random.Random(question['id'])
    sets = []
    for _ in range(count):
        asker = Asker(town, question['who'], rng.randrange(town.communities), rng)
        request = fill(town, asker, question['request'], rng)
        sets.append(parameters(asker, request))
    return sets


def counting(values):
    """The sum of the same filter: $18 rows at most, $25 no anchors."""
    return values[:17] + ['10001'] + values[18:24] + ['false'] + values[25:]


class Plan:
    """What EXPLAIN (ANALYZE, BUFFERS, FORMAT JSON) says of one question."""

    def __init__(self, text, cpu_ms):
        self.text = text
        top = json.loads(text)[0]
        self.ms = top['Execution Time'] + top['Planning Time']
        self.cpu_ms = cpu_ms
        self.rows = top['Plan']['Actual Rows']
        self.blocks = top['Plan']['Shared Hit Blocks'] + top['Plan']['Shared Read Blocks']
        self.nodes = []
        self._walk(top['Plan'])

    def _walk(self, top):
        """What was really run: joins, sorts and indexes, each once."""
        waiting = [top]
        while waiting:
            node = waiting.pop(0)
            waiting = node.get('Plans', []) + waiting
            where = node.get('Index Name') or node.get('Relation Name')
            name = f'{node["Node Type"]} {where}' if where else node['Node Type']
            if node['Actual Loops'] > 0 and (where or 'Sort' in name or 'Aggregate' in name) and name not in self.nodes:
                self.nodes.append(name)


def cpu_ms(backend):
    with open(f'/proc/{backend}/schedstat', encoding='ascii') as file:
        return int(file.read().split()[0]) / 1e6


def until(session, mark):
    """What psql says up to the line."""
    said = []
    while (line := session.stdout.readline()).rstrip('\n') != mark:
        if not line:
            raise SystemExit(f'lists: psql ends: {"".join(said)[-2000:]}')
        said.append(line)
    return ''.join(said)


def ask(host, statements, name, sets):
    """Each set once, in one session: its Plan, with the CPU that its backend used."""
    session = subprocess.Popen(
        host.as_account([f'{PG_BIN}/psql', '-X', '-q', '-At', '-v', 'ON_ERROR_STOP=1', host.conninfo('guanjia_app')]),
        cwd='/', stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)

    def tell(line):
        session.stdin.write(f'{line}\n\\echo ----\n')
        session.stdin.flush()
        return until(session, '----')

    tell("SET enable_seqscan = off; SET jit = off; SET plan_cache_mode = force_generic_plan; SET max_parallel_workers_per_gather = 0; SET statement_timeout = 0; SET timezone = 'UTC';")
    tell(prepare(statements, name))
    backend, plans = int(tell('SELECT pg_backend_pid();')), []
    for values in sets:
        before = cpu_ms(backend)
        text = tell('EXPLAIN (ANALYZE, BUFFERS, TIMING OFF, FORMAT JSON) ' + execute(statements, name, values))
        plans.append(Plan(text, cpu_ms(backend) - before))
    session.stdin.close()
    session.wait()
    return plans


def percentile(values, share):
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, max(0, -(-len(ordered) * share // 100) - 1))]
