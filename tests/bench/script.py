# SPDX-License-Identifier: Apache-2.0
"""pgbench's scripts: the statements that a request makes the server run, as stmt.def has them.

Ids, times, words and bytes are variables, sent with each statement as the server sends them; small numbers and
nulls of commands stand in the text, which saves pgbench some work. In reads nothing does, lest PostgreSQL plan for
them what it cannot plan for the server.
"""
import re
import subprocess

FIRST = 10 ** 18
LETTERS = {'u': 'uuid', 'r': 'uuid',
           'b': 'bytea', 't': 'text', 'i': 'integer', 's': 'smallint', 'l': 'bigint', 'z': 'timestamptz',
           'd': 'date', 'B': 'boolean', 'U': 'uuid[]', 'S': 'smallint[]', 'T': 'text[]', 'L': 'bigint[]'}
NONE = object()  # a null


def quote_colons(sql):
    """A colon inside a literal would be a variable to pgbench: 'HH24:MI'."""
    return re.sub(r"'[^']*'", lambda match: re.sub(r':(?=[A-Za-z_])', "' || chr(58) || '", match.group()), sql)


class Statements:
    """What stmt.def holds, by the program that was built with it."""

    def __init__(self, host):
        text = subprocess.run(host.as_account([host.program('bench-statements')]), cwd='/', check=True,
                              capture_output=True, text=True).stdout
        self.rows = {}
        for line in text.rstrip('\0').split('\0'):
            name, form, types, sql = line.split('\t', 3)
            self.rows[name] = (types, form == 'asked', quote_colons(sql))

    def fill(self, name, values, is_read):
        """The statement with these expressions for its parameters; None: a literal null or an empty variable."""
        types, is_asked, sql = self.rows[name]
        assert len(types) == len(values), (name, len(types), len(values))
        for i in range(len(types), 0, -1):
            value, kind = values[i - 1], LETTERS[types[i - 1]]
            if value is NONE:
                value = "nullif(:none::text, '-')" if is_read else 'NULL'
            if is_asked:  # arrays of one; a list goes as text
                text = f"ARRAY[{value}::{'text' if kind.endswith('[]') else kind}]"
            elif is_read:  # a subquery is asked once; else an id would be made from its text again for every row
                text = f'(SELECT {value}::{kind})::{kind}'
            else:
                text = f'({value}::{kind})'
            sql = re.sub(rf'\${i}(?!\d)', lambda _, text=text: text, sql)
        return sql + ';'


class Request:
    """One request's variables, all with the same suffix, and the statements it takes."""

    def __init__(self, statements, operation, index=0, count=1):
        self.statements, self.operation = statements, operation
        self.index, self.count = index, count  # in its batch
        self.suffix = '' if count == 1 else f'_{index}'
        self.community = self._id('c', 'community')
        self.complaint = self._id('e', 'complaint')
        self.account = self._id('a', 'person')
        self.team = self._id('7', 'team')
        self.place = self._id('b', 'place')
        self.grant = self._id('6', 'grant')
        self.made = self._id('e', 'key')
        self.key = self._id('e' if operation == 'submit' else 'f', 'key')

    def _id(self, kind, variable):
        return f"('{kind}000000000000' || :{variable}{self.suffix}::text)"

    def picks(self):
        """Which community and complaint, as tests/bench/pick.c picks them."""
        x = self.suffix
        if self.operation == 'transition':
            lines = ['\\set turn :turn + 1', '\\set i :client_id + (:turn - 1) * :clients',
                     f'\\set c{x} :i % :communities',
                     f'\\set k{x} :oldest + (:i / :communities) * 7919 % :supply']
        elif self.operation == 'submit':
            # In a batch rising, or two that wait for each other's numbers of a day would be a deadlock.
            low, high = (f':communities * {index} / {self.count}' for index in (self.index, self.index + 1))
            lines = [f'\\set c{x} random({low}, {high} - 1)', f'\\set k{x} random(:first, :each - 1)']
        else:
            lines = [f'\\set c{x} random(0, :communities - 1)', f'\\set k{x} random(:first, :each - 1)']
        return lines + [
            '\\set number :number + 1',
            f'\\set key{x} :base + :client_id * 1000000000 + :number',
            f'\\set community{x} {FIRST} + :c{x}',
            f'\\set complaint{x} {FIRST} + :c{x} + :communities * :k{x}',
            f'\\set team{x} {FIRST} + :c{x} * 5 + :k{x} % 5',
            f'\\set place{x} {FIRST} + :c{x} * 1000 + (:k{x} % 5) * 100 + 10 + :k{x} / 5 % 20',
            f'\\set person{x} {FIRST} + 8000 + :c{x} % 8',
            f'\\set grant{x} {FIRST} + (8000 + :c{x} % 8) * 1000 + :c{x}']

    def _read(self, name, *values):
        return self.statements.fill(name, values, True)

    def reads(self):
        """Behind epoch_get, which is asked once for all."""
        if self.operation == 'list':
            return [self._read(
                'complaint_list_team', self.community, ':no', ':yes', ':nobody', ':nobody', ':nobody', ':since',
                self.account, ':no', NONE, self.team, ':no', NONE, NONE, NONE, ':never', ':last', ':limit',
                ':no', NONE, NONE, ':beginning', ':nil', ':no', ':no', ':no', *[NONE] * 9, ':beginning', ':never',
                self.team)]
        if self.operation == 'get':
            return [self._read('complaint_get', self.community, self.complaint),
                    self._read('complaint_contact_get', self.community, self.complaint),
                    self._read('complaint_clock_get', self.community, self.complaint)]
        if self.operation == 'submit':
            return [self._read('place_around', self.community, self.place, ':now'),
                    self._read('complaint_earlier', self.community, self.place, self._phone(), ':since')]
        return [self._read('complaint_get', self.community, self.complaint),
                self._read('complaint_officer', self.community, self.complaint, ':now')]

    def writes(self):
        if self.operation == 'submit':
            return [self.statements.fill('complaint_submit', self._submit(), False)]
        if self.operation == 'transition':
            return [self.statements.fill('complaint_step', self._step(), False)]
        return []

    def _phone(self):
        """What a telephone is found by, of each another."""
        return f"decode(lpad(:key{self.suffix}::text, 64, '1'), 'hex')"

    def _command(self, record):
        return [self.community, record, self.account, self.key, ':hash', ':reply', ':now', ':device', self.grant]

    def _submit(self):
        code_hash = f"decode(lpad(:key{self.suffix}::text, 64, '0'), 'hex')"  # of each another
        return self._command(self.made) + [
            '2', '1', '1', ':title', ':body', ':found', ':pairs', ':now', self.team,
            self.place, '203', 'true', NONE, '1', '1', '1', NONE, '1', NONE, NONE, NONE,
            ':wrapped', ':name', ':phone', self._phone(),
            self.made, '1', code_hash, ':receipt', ':text',
            self._id('1', 'key'), '1', ':sealed', ':token', NONE, NONE, NONE, self.key]

    def _step(self):
        return self._command(self.complaint) + [
            '1', '2', '1', '2', self.team] + [NONE] * 13 + [':now'] + [NONE] * 7 + ['0', '1'] + [NONE] * 7 + [self.key]


def plain(statements, operation):
    request = Request(statements, operation)
    return '\n'.join(request.picks() + [statements.fill('epoch_get', (), True)] + request.reads() +
                     request.writes()) + '\n'


def batched(statements, operation, count):
    """So many requests at a time: their reads under one sync, then their commands under one commit."""
    requests = [Request(statements, operation, i, count) for i in range(count)]
    lines = [line for request in requests for line in request.picks()]
    lines += ['\\startpipeline', statements.fill('epoch_get', (), True)]
    lines += [line for request in requests for line in request.reads()]
    lines += ['\\endpipeline']
    writes = [line for request in requests for line in request.writes()]
    if writes:
        lines += ['\\startpipeline', *writes, '\\endpipeline']
    return '\n'.join(lines) + '\n'
