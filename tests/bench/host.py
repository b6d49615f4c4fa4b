# SPDX-License-Identifier: Apache-2.0
"""A guanjiad of the bench's own, with its private PostgreSQL, and what the kernel says about both.

Root may not run PostgreSQL: everything is then done as the first of guanjia, postgres, nobody that exists, with
copies of the programs in a directory that this account reaches.
"""
import os
import pwd
import re
import shutil
import signal
import subprocess
import sys
import time

PG_BIN = '/usr/lib/postgresql/15/bin'
PROGRAMS = ('server/guanjiad', 'server/guanjia-spool', 'tests/bench/bench-load', 'tests/bench/bench-contacts',
            'tests/bench/bench-statements')
START_S = 120
TICKS = os.sysconf('SC_CLK_TCK')
# As server/db/pgconn.c sets for its lanes; a client that did not would be compared by its plans.
LANE_OPTIONS = ('-c enable_seqscan=off -c jit=off -c timezone=UTC -c plan_cache_mode=force_generic_plan'
                ' -c max_parallel_workers_per_gather=0')


def account():
    """Whom everything runs as; None: ourselves."""
    if os.getuid() != 0:
        return None
    for name in ('guanjia', 'postgres', 'nobody'):
        try:
            return pwd.getpwnam(name)
        except KeyError:
            continue
    sys.exit('bench: root needs an account guanjia, postgres or nobody')


def die(text):
    sys.exit(f'bench: {text}')


class Host:
    """One data directory below `place`, its server's process on a free port, and ways to talk to its database."""

    def __init__(self, place, build, settings=()):
        self.place, self.port = place, 0
        self.data = os.path.join(place, 'data')
        self.bin = os.path.join(place, 'bin')
        self.settings = list(settings)
        self.who = account()
        self.server = None
        os.makedirs(self.bin, exist_ok=True)
        for name in PROGRAMS:
            target = os.path.join(self.bin, os.path.basename(name))
            if os.path.exists(target):
                os.unlink(target)
            try:
                shutil.copy(os.path.join(build, name), target)
            except FileNotFoundError:
                die(f'{build} holds no {name}: meson setup {build} --buildtype=release; ninja -C {build}')
        if self.who:
            for path in (place, self.bin):
                os.chown(path, self.who.pw_uid, self.who.pw_gid)
        os.chmod(place, 0o700)

    def as_account(self, argv):
        if not self.who:
            return list(argv)
        return ['setpriv', f'--reuid={self.who.pw_uid}', f'--regid={self.who.pw_gid}', '--clear-groups', '--', *argv]

    def program(self, name):
        return os.path.join(self.bin, name)

    def ca(self):
        return os.path.join(self.data, 'tls', 'ca.crt')

    def conninfo(self, user='guanjia_app'):
        return f'host={self.data}/pg-socket port=5432 dbname=guanjia user={user}'

    # ---- the server ---------------------------------------------------------------------------------------------

    def _sets(self, extra):
        out = []
        for setting in ('listen=127.0.0.1:0', 'outgoing=none', 'guests_address_max=2000', 'guests_max=2000',
                        'session_idle_ms=86400000', 'session_ms=604800000', *self.settings, *extra):
            out += ['--set', setting]
        return out

    def init(self):
        subprocess.run(self.as_account([self.program('guanjiad'), 'init', '--data', self.data, '--admin', 'admin',
                                        *self._sets(())]), input=b'wolke-am-herbsthimmel-7\n', check=True, cwd='/',
                       stderr=subprocess.DEVNULL)

    def start(self, *extra):
        log_path = os.path.join(self.place, 'guanjiad.log')
        log_file = open(log_path, 'ab')
        begin = log_file.tell()
        who = self.as_account([]) or ['setpriv']
        self.server = subprocess.Popen([who[0], '--pdeathsig', 'TERM', *who[1:], self.program('guanjiad'), '--data',
                                        self.data, *self._sets(extra)], stderr=log_file, cwd='/',
                                       stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL)
        log_file.close()
        until = time.monotonic() + START_S
        while time.monotonic() < until and self.server.poll() is None:
            with open(log_path, 'rb') as log:
                log.seek(begin)
                ready = re.search(rb' server\.ready port=(\d+)', log.read())
            if ready:
                self.port = int(ready.group(1))
                return
            time.sleep(0.02)
        die(f'the server does not start; its log is {log_path}')

    def stop(self):
        if self.server is None:
            return
        self.server.send_signal(signal.SIGTERM)
        try:
            self.server.wait(START_S)
        except subprocess.TimeoutExpired:
            self.server.kill()
            self.server.wait()
        self.server = None

    # ---- the database -------------------------------------------------------------------------------------------

    def psql(self, *argv, user='postgres', stdin=subprocess.DEVNULL):
        done = subprocess.run(
            self.as_account([f'{PG_BIN}/psql', '-X', '-q', '-At', '-v', 'ON_ERROR_STOP=1', self.conninfo(user), *argv]),
            cwd='/', stdin=stdin, capture_output=True, text=True)
        if done.returncode != 0:
            die(f'psql: {done.stderr.strip()[-2000:]}')
        return done.stdout.strip()

    def sql(self, text):
        return self.psql('-c', text)

    def postmaster(self):
        with open(os.path.join(self.data, 'pg', 'postmaster.pid')) as file:
            return int(file.readline())

    def _children(self, postmaster):
        """{pid: ticks of CPU} of the database's processes; None where one is ending at this moment."""
        out = {}
        for name in os.listdir('/proc'):
            fields = stat_fields(name) if name.isdigit() else None
            if fields and int(fields[1]) == postmaster:
                if fields[0] == 'Z':
                    return None
                out[name] = int(fields[11]) + int(fields[12])
        return out

    def cpu(self):
        """Seconds of CPU so far: (server, database with those of its processes that have ended)."""
        postmaster = self.postmaster()
        for _ in range(1000):  # until none of them ends in between: it would count twice, or not at all
            before = self._children(postmaster)
            own = sum(int(field) for field in stat_fields(str(postmaster))[11:15])  # with its children that have ended
            after = self._children(postmaster)
            if before is not None and after is not None and before.keys() == after.keys():
                break
            time.sleep(0.005)
        else:
            die('the database\'s processes come and go too fast to be measured')
        fields = stat_fields(str(self.server.pid))
        return (int(fields[11]) + int(fields[12])) / TICKS, (own + sum(after.values())) / TICKS


def stat_fields(pid):
    """/proc/PID/stat from the third field on (state first); None where it is gone."""
    try:
        with open(f'/proc/{pid}/stat') as file:
            return re.sub(r'^.*\) ', '', file.read(), flags=re.DOTALL).split()
    except OSError:
        return None
