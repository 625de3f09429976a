#!/usr/bin/env python3
"""Fetching over TLS from a private Dovecot, beside mbsync from the same mailbox in the same run.

10,000 small messages and 200 of 2 MB; each program three times by turns, the median counts. Both write
to memory, then both to the disk, with their syncs. FETCH_SMALL and FETCH_LARGE change the numbers.
"""
import os
import random
import shutil
import statistics
import subprocess
import sys
import tempfile

top = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
os.environ['MELDPOST_RELEASE'] = os.environ['MELDPOST']
os.environ['TOP'] = top
sys.path.insert(0, top + '/tests/lib')
from instance import RELEASE, Instance  # noqa: E402
from servers import Servers, write  # noqa: E402

U = 'meldpost@gemeente.example'
P = 'geheim-wachtwoord'
SMALL, LARGE = int(os.environ.get('FETCH_SMALL', 10000)), int(os.environ.get('FETCH_LARGE', 200))
TIMES = 3


def timed(command):
    """Seconds, CPU seconds and peak kB of the larger process."""
    p = subprocess.run(['/usr/bin/time', '-f', 'T %e %U %S %M', *command], stdin=subprocess.DEVNULL,
                       stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
    if p.returncode:
        sys.exit('%s: %s' % (command[0], p.stderr[-500:]))
    _, elapsed, user, system, peak = p.stderr.rstrip().split('\n')[-1].split(' ')
    return float(elapsed), float(user) + float(system), int(peak)


def mbsync(s, folder, where):
    shutil.rmtree(where, ignore_errors=True)
    os.makedirs(where + '/mail')
    rc = write(where + '/rc', '''IMAPAccount a
Host localhost
Port %d
User %s
Pass %s
SSLType IMAPS
CertificateFile %s

IMAPStore far
Account a

MaildirStore near
Path %s/mail/
Inbox %s/mail/INBOX

Channel c
Far :far:%s
Near :near:%s
Create Near
SyncState *
Sync Pull
''' % (s.imaps_port, U, P, s.ca, where, where, folder, folder))
    return timed(['mbsync', '-q', '-c', rc, '-a'])


def meldpost(instance, fresh, folder):
    shutil.rmtree(instance.state)
    shutil.copytree(fresh, instance.state)
    instance.configure(imap='    folders = { "%s" }\n' % folder)
    return timed([RELEASE, 'fetch', '--config', instance.config])


def compare(s, instance, fresh, folder, count, size, where, words):
    runs = {'meldpost': [], 'mbsync': []}
    for _ in range(TIMES):
        runs['meldpost'].append(meldpost(instance, fresh, folder))
        if shutil.which('mbsync'):
            runs['mbsync'].append(mbsync(s, folder, where + '/mbsync'))
    seconds = {}
    for name, took in runs.items():
        if took:
            seconds[name] = statistics.median(t[0] for t in took)
            print('%-28s %-9s %6.2f s %8.0f mail/s %7.1f MB/s  peak %5.1f MiB' % (
                words, name, seconds[name], count / seconds[name], size / seconds[name] / 1e6,
                max(t[2] for t in took) / 1024))
    if 'mbsync' in seconds:
        print('%-28s meldpost is %.2f times as fast' % ('', seconds['mbsync'] / seconds['meldpost']), flush=True)


def fill(s):
    random.seed(4)
    small = 0
    s.make_folder(U, 'Groot')
    for n in range(SMALL):
        raw = b'From: a%d@x.example\nSubject: message %d\nMessage-ID: <%d@x.example>\n\n' % (n, n, n) + b''.join(
            b'%060x\n' % random.getrandbits(240) for _ in range(random.randint(10, 90)))
        s.deliver(U, raw)
        small += len(raw) + raw.count(b'\n')
    line = b'%076x\n' % random.getrandbits(300)
    raw = b'Subject: large\n\n' + line * (2000000 // len(line))
    for _ in range(LARGE):
        s.deliver(U, raw, 'Groot')
    return small, LARGE * (len(raw) + raw.count(b'\n'))


def main():
    memory = tempfile.mkdtemp(prefix='bench-', dir='/dev/shm' if os.path.isdir('/dev/shm') else None)
    disk = tempfile.mkdtemp(prefix='bench-')
    os.chmod(memory, 0o755)
    try:
        with Servers(memory + '/servers', users={U: P}, imap_only=True) as s:
            small, large = fill(s)
            for where, words in ((memory, 'memory'), (disk, 'disk, synced')):
                i = Instance(where + '/i', s).init()
                shutil.copytree(i.state, where + '/fresh')
                compare(s, i, where + '/fresh', 'INBOX', SMALL, small, where, '%d small, %s' % (SMALL, words))
                compare(s, i, where + '/fresh', 'Groot', LARGE, large, where, '%d of 2 MB, %s' % (LARGE, words))
                meldpost(i, where + '/fresh', 'INBOX')
                empty = [timed([RELEASE, 'fetch', '--config', i.config]) for _ in range(5)]
                print('%-28s meldpost  %6.3f s, %.0f ms of CPU, peak %.1f MiB\n' % (
                    'an empty run, %s' % words, statistics.median(t[0] for t in empty),
                    1000 * statistics.median(t[1] for t in empty), max(t[2] for t in empty) / 1024), flush=True)
                i.close()
    finally:
        shutil.rmtree(memory, ignore_errors=True)
        shutil.rmtree(disk, ignore_errors=True)


main()
