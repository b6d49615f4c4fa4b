# SPDX-License-Identifier: Apache-2.0
"""The bench's town in a host's database, and what changes in it from run to run."""
import json
import os
import subprocess
import tempfile

import words

HERE = os.path.dirname(os.path.abspath(__file__))
FIRST = 10 ** 18  # tests/bench/number.h
RUN_NUMBERS = 10 ** 12  # that one run may use for keys and new complaints


class Town:
    def __init__(self, host, rows=0, communities=200):
        self.host, self.rows, self.communities = host, rows, communities
        self.path = os.path.join(host.place, 'town.json')
        self.runs = 0
        self.supply = 0

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
        self.supply = min(max(each * 3 // 5 if each <= 500 else each // 5, 300), each) * self.communities
        host.sql('CREATE TABLE bench_words (number int, title text, body text, found text, pairs bigint[])')
        with tempfile.TemporaryFile('w+') as file:
            file.write(words.copy_text())
            file.seek(0)
            host.psql('-c', r'\copy bench_words from pstdin', stdin=file)
        script = os.path.join(host.place, 'town.sql')
        with open(os.path.join(HERE, 'town.sql')) as source, open(script, 'w') as target:
            target.write(source.read())
        contacts = subprocess.Popen(host.as_account([host.program('bench-contacts'), host.data, str(self.communities),
                                                     '0', str(self.rows)]), stdout=subprocess.PIPE, cwd='/')
        host.psql('-v', f'communities={self.communities}', '-v', f'rows={self.rows}', '-v', f'supply={self.supply}',
                  '-v', f'wordy={min(self.rows, 100000)}', '-f', script, stdin=contacts.stdout)
        contacts.stdout.close()
        if contacts.wait() != 0:
            raise SystemExit('bench: bench-contacts failed')
        host.sql('DROP TABLE bench_words')
        host.sql('VACUUM ANALYZE')
        host.sql('CHECKPOINT')
        self.keep()

    def next_base(self):
        """Numbers that no run has used before."""
        self.runs += 1
        self.keep()
        return 2 * FIRST + self.runs * RUN_NUMBERS

    def refill(self):
        """What was accepted is SUBMITTED again, at version 1."""
        low, high = self.rows - self.supply, self.rows - 1
        self.host.sql(f"UPDATE complaint SET state = 1, version = 1, accepted_at = NULL WHERE version = 2"
                      f" AND complaint_id BETWEEN ('e000000000000' || {FIRST + low})::uuid"
                      f" AND ('e000000000000' || {FIRST + high})::uuid")
        self.host.sql('VACUUM complaint')
