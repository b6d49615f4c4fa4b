#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""What a service manager hears of a server on its way: that it serves, reads its settings anew, serves again, and stops;
and how grave its lines are, where standard error is the journal's. The test stands where systemd would. TAP.

    notify.py GUANJIAD
"""
import json
import os
import pwd
import re
import signal
import socket
import subprocess
import sys
import tempfile
from pathlib import Path

GUANJIAD = sys.argv[1]
PATIENCE_S = 120
SETTINGS = ["listen=127.0.0.1:0", "postgres_fsync=0", "hash_kib=64"]


def cannot_run():
    if not os.access("/usr/lib/postgresql/15/bin/postgres", os.X_OK):
        return "PostgreSQL is not installed"
    if os.geteuid() == 0 and "guanjia" not in {account.pw_name for account in pwd.getpwall()}:
        return "root needs the account guanjia, which scripts/up makes"
    return None


def words_of(said):
    return [line.partition("=")[0] for line in said.decode().split("\n") if line.endswith("=1")]


def history(folder):
    """The words heard, one after another, the log, and the exit code."""
    heard = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
    heard.bind(os.path.join(folder, "notify"))
    os.chmod(os.path.join(folder, "notify"), 0o777)  # the server is somebody else by then
    heard.settimeout(PATIENCE_S)
    options = [word for setting in SETTINGS for word in ("--set", setting)]
    log_read, log_write = os.pipe()
    log = os.fstat(log_write)
    environment = dict(os.environ, NOTIFY_SOCKET=os.path.join(folder, "notify"),
                       JOURNAL_STREAM=f"{log.st_dev}:{log.st_ino}")
    server = subprocess.Popen([GUANJIAD, "--data", os.path.join(folder, "data"), *options], stderr=log_write,
                              stdin=subprocess.DEVNULL, env=environment)
    os.close(log_write)
    words = []
    try:
        words += words_of(heard.recv(4096))
        server.send_signal(signal.SIGHUP)
        words += words_of(heard.recv(4096)) + words_of(heard.recv(4096))
        server.send_signal(signal.SIGTERM)
        words += words_of(heard.recv(4096))
    except TimeoutError:
        server.terminate()
    with os.fdopen(log_read, encoding="utf-8") as file:
        lines = file.read().splitlines()
    return words, lines, server.wait(PATIENCE_S)


def main():
    reason = cannot_run()
    if reason is not None:
        print(f"1..0 # SKIP {reason}")
        return 0
    with tempfile.TemporaryDirectory(prefix="guanjia-notify-") as folder:
        Path(folder).chmod(0o711)
        words, lines, code = history(folder)
    marks = {re.sub(r"^(<\d>)?.*? (\w+) .*$", r"\1\2", line) for line in lines}
    checks = [
        ("it says that it serves, reloads, serves again and stops", words,
         ["READY", "RELOADING", "READY", "STOPPING"]),
        ("each line has its priority", marks - {"<6>info", "<4>warn", "<3>error"}, set()),
        ("... and there are some", "<6>info" in marks, True),
        ("it stops well", code, 0),
    ]
    for number, (name, actual, expected) in enumerate(checks, 1):
        if actual != expected:
            print(f"# {json.dumps(lines[-10:], indent=1)}".replace("\n", "\n# "))
            print(f"# actual {actual}, expected {expected}")
        print(f"{'ok' if actual == expected else 'not ok'} {number} - {name}")
    print(f"1..{len(checks)}")
    return 0 if all(actual == expected for _, actual, expected in checks) else 1


sys.exit(main())
