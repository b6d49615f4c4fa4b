# SPDX-License-Identifier: Apache-2.0
"""A guanjiad of a bench's own: in a new directory under /tmp, with its own PostgreSQL, gone at the end.

    with served.Served(build, sets=["idle_ms=3600000"]) as server:
        server.start()
        site = server.site(200)
        ...

Root cannot run PostgreSQL: started by root, the server runs as the account `guanjia`, else `nobody`. Programs
are copied beside the data, for a clone in root's home is closed to everybody else.
"""
import os
import pwd
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time

PASSWORD = "wolke-am-herbsthimmel-7"  # LIVE_PASSWORD of tests/live/server.h
TOP = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
WAIT_S = 120
RELOADED = b" server.reload "


def figure(name, value, unit):
    """One line that tests/bench/run gathers."""
    print(f"figure {name} {value} {unit}", flush=True)


def median(values):
    ordered = sorted(values)
    middle = len(ordered) // 2
    return ordered[middle] if len(ordered) % 2 else (ordered[middle - 1] + ordered[middle]) / 2


def build_folder(arguments):
    """--build DIR, else build/; ends where it holds no server."""
    folder = arguments.build or os.path.join(TOP, "build")
    for program in ("server/guanjiad", "tests/bench/knock/knock"):
        if not os.path.exists(os.path.join(folder, program)):
            sys.exit(f"{folder} has no {program}; meson setup {folder} && ninja -C {folder}")
    return folder


def account():
    """Whom to run as: nothing where we are not root."""
    if os.geteuid() != 0:
        return {}
    for name in ("guanjia", "nobody"):
        try:
            entry = pwd.getpwnam(name)
        except KeyError:
            continue
        return {"user": entry.pw_uid, "group": entry.pw_gid, "extra_groups": []}
    sys.exit("there is no account to run PostgreSQL as")


class Site:
    """What knock made: ids and a token as text."""

    def __init__(self, lines):
        self.complaints = []
        for line in lines:
            name, value = line.split()
            if name == "complaint":
                self.complaints.append(value)
            else:
                setattr(self, name, value)

    def ask(self, kind, count, connections):
        """Arguments of `knock ask`."""
        return ["ask", kind, str(count), str(connections), self.token, self.community, self.team,
                self.place] + self.complaints


class Served:
    def __init__(self, build, sets=()):
        self.build = build
        self.account = account()
        self.folder = tempfile.mkdtemp(prefix="guanjia-served-")
        self.data = os.path.join(self.folder, "data")
        self.log = os.path.join(self.folder, "log")
        self.ca = os.path.join(self.data, "tls/ca.crt")
        self.socket = os.path.join(self.data, "pg-socket")
        self.sets = ["listen=127.0.0.1:0", "hash_kib=8", *sets]
        self.child = None
        self.port = None
        if self.account:
            os.chown(self.folder, self.account["user"], self.account["group"])
        self.server = self._copy("server/guanjiad")
        self.knock_program = self._copy("tests/bench/knock/knock")

    def __enter__(self):
        signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))  # whoever ends us wants nothing left behind
        try:
            self._init()
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *_):
        if self.child is not None:
            self.stop()
        shutil.rmtree(self.folder, ignore_errors=True)

    def _copy(self, program):
        target = os.path.join(self.folder, os.path.basename(program))
        shutil.copy(os.path.join(self.build, program), target)
        os.chmod(target, 0o755)
        return target

    def _arguments(self):
        return ["--data", self.data] + [word for each in self.sets for word in ("--set", each)]

    def _init(self):
        with open(self.log, "ab") as log:
            subprocess.run([self.server, "init", "--admin", "admin", *self._arguments()], check=True,
                           input=f"{PASSWORD}\n".encode(), stdout=log, stderr=log, cwd="/", **self.account)

    def start(self, before=()):
        """Returns the seconds from exec to `server.ready`; `before` is a program that runs it."""
        with open(self.log, "ab") as log:
            log_from = log.tell()
            began = time.monotonic()
            self.child = subprocess.Popen([*before, self.server, *self._arguments()], stdin=subprocess.DEVNULL,
                                          stdout=log, stderr=log, cwd="/", **self.account)
        while time.monotonic() - began < WAIT_S:
            found = re.search(rb"server\.ready port=(\d+)", self.words(log_from))
            if found:
                self.port = int(found.group(1))
                return time.monotonic() - began
            if self.child.poll() is not None:
                break
            time.sleep(0.002)
        sys.exit("the server does not start:\n" + self.words(log_from).decode(errors="replace"))

    def words(self, log_from=0):
        with open(self.log, "rb") as log:
            log.seek(log_from)
            return log.read()

    def stop(self):
        self.child.send_signal(signal.SIGTERM)
        code = self.child.wait(WAIT_S)
        self.child = None
        if code != 0:
            sys.exit(f"the server ends with {code}:\n" + self.words()[-4000:].decode(errors="replace"))

    def mark(self):
        """Has the settings read anew, for whoever watches the server from outside; returns when that is done."""
        count = self.words().count(RELOADED) + 1
        self.child.send_signal(signal.SIGHUP)
        began = time.monotonic()
        while self.words().count(RELOADED) < count:
            if self.child.poll() is not None or time.monotonic() - began > WAIT_S:
                sys.exit("the server does not read its settings anew")
            time.sleep(0.02)

    def kill(self):
        self.child.kill()
        self.child.wait()
        self.child = None

    def _knock_line(self, command):
        return [self.knock_program, str(self.port), self.ca, *command]

    def site(self, complaints):
        done = subprocess.run(self._knock_line(["site", str(complaints)]), check=True, stdout=subprocess.PIPE,
                              text=True, cwd="/", **self.account)
        return Site(done.stdout.splitlines())

    def knock(self, command, **rest):
        """A knock that waits for lines; answer() hears it."""
        return subprocess.Popen(self._knock_line(command), stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
                                cwd="/", **rest, **self.account)

    def psql(self, text):
        """As the superuser; what it says, unaligned."""
        done = subprocess.run(["psql", "--no-psqlrc", "-qAt", "-v", "ON_ERROR_STOP=1", "-h", self.socket, "-U",
                               "postgres", "-d", "guanjia", "-c", text], check=True, stdout=subprocess.PIPE, text=True,
                              cwd="/", **self.account)
        return done.stdout

    def cpu_ns(self):
        """CPU of the server's threads so far, without its PostgreSQL."""
        total = 0
        tasks = f"/proc/{self.child.pid}/task"
        for task in os.listdir(tasks):
            with open(f"{tasks}/{task}/schedstat", encoding="ascii") as file:
                total += int(file.read().split()[0])
        return total


def answer(child):
    """The next line of a knock; ends where it has ended."""
    line = child.stdout.readline().strip()
    if not line:
        sys.exit(f"knock ends with {child.wait()}")
    return line


def tell(child):
    child.stdin.write("go\n")
    child.stdin.flush()


def leave(child):
    child.stdin.close()
    if child.wait() != 0:
        sys.exit(f"knock ends with {child.returncode}")
