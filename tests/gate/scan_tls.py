#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Lets testssl and sslscan look at a running server, and judges what they found (tls_rules.py).

    tests/cli/serve.sh run GUANJIAD tests/gate/scan_tls.py

Neither asks anybody else on the network. That the gate can close is shown first, by servers of the
openssl program that are as bad as they can be made.
"""
import json
import os
import re
import subprocess
import sys
import tempfile

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import tls_rules  # noqa: E402

SCAN_S = 540
# Everything about the server; what browsers of ten years would see of it says nothing more.
TESTSSL = ['testssl', '--quiet', '--warnings', 'off', '--color', '0', '--nodns', 'none', '--ip', '127.0.0.1',
           '--connect-timeout', '20', '--openssl-timeout', '20']
EVERYTHING = ['--protocols', '--std', '--pfs', '--server-preference', '--server-defaults', '--vulnerable']


class Tap:
    def __init__(self):
        self.count = self.failed = 0

    def report(self, good, name, notes=()):
        self.count += 1
        self.failed += not good
        print(f'{"ok" if good else "not ok"} {self.count} - {name}')
        for note in notes:
            print(f'# {note}')
        sys.stdout.flush()

    def end(self):
        print(f'1..{self.count}')
        return 1 if self.failed or not self.count else 0


def run(words, folder):
    """What it printed is of use only where nothing was written: then the judge says so."""
    made = subprocess.run(words, cwd=folder, stdin=subprocess.DEVNULL, capture_output=True, text=True,
                          timeout=SCAN_S)
    return made.stdout + made.stderr


def text_of(path):
    try:
        with open(path, encoding='utf-8') as file:
            return file.read()
    except FileNotFoundError:
        return ''


def sslscan(folder, port):
    path = os.path.join(folder, f'sslscan-{port}.xml')
    run(['sslscan', '--no-colour', '--show-certificate', '--show-sigs', '--timeout=20', f'--xml={path}',
         f'127.0.0.1:{port}'], folder)
    return tls_rules.judge_sslscan(text_of(path))


def testssl(folder, port, options):
    path = os.path.join(folder, f'testssl-{port}.json')
    run([*TESTSSL, *options, '--jsonfile', path, f'127.0.0.1:{port}'], folder)
    return text_of(path)


def let_pass(text):
    """What would pass of a good scan with one finding taken out of it, or made MEDIUM."""
    rows = json.loads(text)
    for name in tls_rules.NEEDED:
        if not tls_rules.judge_testssl(json.dumps([row for row in rows if row['id'] != name])):
            yield f'{name} missing'
    for at, row in enumerate(rows):
        louder = [*rows[:at], {**row, 'severity': 'MEDIUM'}, *rows[at + 1:]]
        if row['id'] not in tls_rules.ALLOWED and not tls_rules.judge_testssl(json.dumps(louder)):
            yield f'{row["id"]} MEDIUM'


class Poor:
    """A server of the openssl program with an identity of its own; `options` say how bad it is."""

    def __init__(self, folder, key, options):
        self.files = [os.path.join(folder, f'poor.{end}') for end in ('key', 'crt')]
        run(['openssl', 'req', '-x509', '-newkey', *key, '-nodes', '-keyout', self.files[0], '-out',
             self.files[1], '-subj', '/CN=localhost', '-days', '365'], folder)
        self.options = options

    def __enter__(self):
        self.process = subprocess.Popen(
            ['openssl', 's_server', '-accept', '127.0.0.1:0', '-key', self.files[0], '-cert', self.files[1],
             *self.options], stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
        for line in self.process.stdout:
            found = re.match(r'ACCEPT 127\.0\.0\.1:(\d+)', line)
            if found:
                # A pipe that nobody reads would stop it.
                self.reader = subprocess.Popen(['cat'], stdin=self.process.stdout, stdout=subprocess.DEVNULL)
                return int(found.group(1))
        raise RuntimeError('openssl s_server did not start')

    def __exit__(self, *_):
        self.process.kill()
        self.process.wait()
        self.process.stdin.close()
        self.process.stdout.close()
        self.reader.wait()


def show_that_it_closes(tap, folder):
    ec = ['ec', '-pkeyopt', 'ec_paramgen_curve:P-256']
    poor = [
        ('TLS 1.2', ec, ['-tls1_2'], 'protocols are'),
        ('every protocol', ec, ['-cipher', 'ALL:@SECLEVEL=0'], 'protocols are'),
        ('another group', ec, ['-tls1_3', '-groups', 'X25519:P-256:P-521'], 'groups are'),
        ('another suite', ec, ['-tls1_3', '-ciphersuites', 'TLS_AES_128_CCM_SHA256'], 'suites are'),
        ('a key of RSA', ['rsa:2048'], ['-tls1_3'], 'signatures are'),
        ('a certificate of its own', ec, ['-tls1_3', '-groups', 'X25519:P-256'], 'the certificate is'),
    ]
    for name, key, options, wanted in poor:
        with Poor(folder, key, options) as port:
            faults = sslscan(folder, port)
            tap.report(any(fault.startswith(wanted) for fault in faults),
                       f'sslscan finds {name}', faults[:3])
    with Poor(folder, ec, ['-tls1_2']) as port:
        faults = tls_rules.judge_testssl(testssl(folder, port, ['--protocols']))
        tap.report('TLS1_2 says "offered", not "not offered"' in faults, 'testssl finds TLS 1.2', faults[:3])
    faults = tls_rules.judge_testssl(testssl(folder, 1, ['--protocols']))
    tap.report(bool(faults and sslscan(folder, 1)), 'nobody there is no pass', faults[:3])


def main():
    port = os.environ['GUANJIA_TEST_SERVER'].rsplit(':', 1)[1]
    tap = Tap()
    with tempfile.TemporaryDirectory(prefix='guanjia-gate-') as folder:
        show_that_it_closes(tap, folder)
        faults = sslscan(folder, port)
        tap.report(not faults, 'sslscan finds nothing', faults)
        found = testssl(folder, port, [*EVERYTHING, '--add-ca', os.environ['GUANJIA_TEST_CA']])
        faults = tls_rules.judge_testssl(found)
        tap.report(not faults, 'testssl finds nothing', faults)
        faults = faults or list(let_pass(found))
        tap.report(not faults, 'a finding that is missing or louder would close the gate', faults)
    return tap.end()


sys.exit(main())
