# SPDX-License-Identifier: Apache-2.0
"""The bench's town in a host's database, and what changes in it from run to run."""
import json
import os
import subprocess
import tempfile
import time

import words

HERE = os.path.dirname(os.path.abspath(__file__))
FIRST = 10 ** 18  # tests/bench/number.h
KNOWN_MAX = 1000000  # complaints with contact, pairs to search for, and all of their history
WORDY_MAX = 50000  # with receipt and message
RUN_NUMBERS = 10 ** 12  # that one run may use for keys and new complaints


class Town:
    """`hot` of its rows, the newest, are asked for; 0: any. `near` of them are of dwellings that are; 0: all."""

    def __init__(self, host, rows=0, communities=200, supply=0, near=0):
        self.host, self.rows, self.communities, self.supply, self.near = host, rows, communities, supply, near
        self.path = os.path.join(host.place, 'town.json')
        self.runs = self.hot = 0

    def is_loaded(self):
        """Takes over what an earlier bench left in this place."""
        if not os.path.exists(self.path):
            return False
        with open(self.path) as file:
            kept = json.load(file)
        self.rows, self.communities, self.supply, self.runs = (
            kept['rows'], kept['communities'], kept['supply'], kept['runs'])
        return True

    def keep(self):
        with open(self.path, 'w') as file:
            json.dump({'rows': self.rows, 'communities': self.communities, 'supply': self.supply, 'runs': self.runs},
                      file)

    def load(self):
        """The server must run; rows become a multiple of communities."""
        host, each = self.host, max(1, self.rows // self.communities)
        self.rows = each * self.communities
        if self.supply == 0:  # what one run may take: most of a small town, a fifth of a large one
            self.supply = min(max(each // 5, 300), each) * self.communities
        known = min(self.rows, KNOWN_MAX)
        host.sql('CREATE TABLE bench_words (number int, title text, body text, found text, pairs bigint[])')
        with tempfile.TemporaryFile('w+') as file:
            file.write(words.copy_text())
            file.seek(0)
            host.psql('-c', r'\copy bench_words from pstdin', stdin=file)
        script = os.path.join(host.place, 'town.sql')
        with open(os.path.join(HERE, 'town.sql')) as source, open(script, 'w') as target:
            target.write(source.read())
        contacts = subprocess.Popen(
            host.as_account([host.program('bench-contacts'), host.data, str(self.communities), str(self.rows - known),
                             str(self.rows)]), stdout=subprocess.PIPE, cwd='/')
        variables = {'communities': self.communities, 'rows': self.rows, 'supply': self.supply, 'known': known,
                     'near': min(self.near or self.rows, self.rows), 'wordy': min(self.rows, WORDY_MAX)}
        host.psql(*(word for name, value in variables.items() for word in ('-v', f'{name}={value}')), '-f', script,
                  stdin=contacts.stdout)
        contacts.stdout.close()
        if contacts.wait() != 0:
            raise SystemExit('bench: bench-contacts failed')
        host.sql('DROP TABLE bench_words')
        self._await_seals()
        host.sql('VACUUM ANALYZE')
        host.sql('CHECKPOINT')
        self.keep()

    def _await_seals(self):
        """What was loaded is sealed by and by, which would else go on while something is measured."""
        behind = ('SELECT count(*) FROM (SELECT xid, seq FROM event ORDER BY xid DESC, seq DESC LIMIT 1) e WHERE NOT EXISTS'
                  ' (SELECT FROM seal s WHERE (s.last_xid, s.last_seq) >= (e.xid, e.seq))')
        while self.host.sql(behind) != '0':
            time.sleep(1)

    def next_base(self):
        """Numbers that no run has used before."""
        self.runs += 1
        self.keep()
        return 2 * FIRST + self.runs * RUN_NUMBERS

    def refill(self):
        """What was accepted is SUBMITTED again, at version 1."""
        low, high = (f"('e000000000000' || {FIRST + n})::uuid" for n in (self.rows - self.supply, self.rows - 1))
        self.host.sql(f'UPDATE complaint c SET state = 1, version = 1, accepted_at = NULL FROM community m'
                      f' WHERE c.community_id = m.community_id AND c.complaint_id BETWEEN {low} AND {high}'
                      f' AND c.version = 2')
        self.host.sql('VACUUM complaint')
