#!/usr/bin/env python3
"""Mails a second of the whole `meldpost process`: BENCH_MAILS (200) reports, encrypted and signed, half to an
RSA-4096 key and half to a cv25519 key, each to a case with its letters sealed, beside a bare gpgme loop with two
threads that only decrypts the same messages."""
import os
import resource
import shutil
import subprocess
import sys
import tempfile
import time

HERE = os.path.dirname(os.path.abspath(__file__))
TOP = os.path.dirname(os.path.dirname(HERE))
sys.path.insert(0, TOP + '/tests/lib')
import mails  # noqa: E402
import town as towns  # noqa: E402

COUNT = int(os.environ.get('BENCH_MAILS', '200'))


def add_rsa_key(keys):
    """A second key of the mailbox: any secret key that fits opens a mail."""
    keys.gpg('mailbox', '--quick-gen-key', 'Meldpunt RSA <cvd@voorbeelddam.example>', 'rsa4096', 'cert', '2y')
    listing = keys.gpg('mailbox', '--list-keys', '--with-colons').decode()
    fpr = [line.split(':')[9] for line in listing.splitlines() if line.startswith('fpr')]
    rsa = [f for f in fpr if f not in keys.fingerprint.values()][-1]
    keys.gpg('mailbox', '--quick-add-key', rsa, 'rsa4096', 'encr', '2y')
    keys.fingerprint['rsa'] = rsa
    keys.gpg('tom', '--import', data=keys.gpg('mailbox', '--export', rsa))


def fill(town, folder):
    paths = []
    for i in range(COUNT):
        text = 'Report %d: https://upload.voorbeelddam.example/v%d accepts path traversal (CWE-22).\n' % (i, i)
        text += 'Steps: open the page, see the file.\n%s\n' % os.urandom(1000).hex()
        args = ['--armor', '--encrypt', '--sign', '--recipient', town.keys.fingerprint['rsa' if i % 2 else 'mailbox']]
        armor = town.keys.gpg('tom', *args, data=mails.crlf(mails.text_part(text)))
        paths.append('%s/%d.asc' % (folder, i))
        with open(paths[-1], 'wb') as f:
            f.write(armor)
        town.put(mails.pgp_mime(mails.head('tom', '...', 'bench-%d' % i, int(time.time())), armor))
    return paths


def measure(words, command, env=None):
    before, start = resource.getrusage(resource.RUSAGE_CHILDREN), time.time()
    p = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, env=env)
    took, after = time.time() - start, resource.getrusage(resource.RUSAGE_CHILDREN)
    cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    print('%-34s %8.1f mails a second, %5.1f ms of processor each, load %.1f   (%s)' % (
        words, COUNT / took, cpu * 1000 / COUNT, os.getloadavg()[0],
        p.stdout.decode('utf-8', 'replace').strip().splitlines()[-1][-60:]))


folder = tempfile.mkdtemp(prefix='meldpost-bench.', dir='/tmp')
town = towns.Town(folder, os.environ['MELDPOST'], imap_only=True)
try:
    town.start()
    add_rsa_key(town.keys)
    town.run('init')
    os.mkdir(folder + '/pgp')
    paths = fill(town, folder + '/pgp')
    town.keys.stop()
    town.run('fetch')
    measure('meldpost process', town.command('process'))
    flags = subprocess.run(['pkg-config', '--cflags', '--libs', 'gpgme'], stdout=subprocess.PIPE, check=True)
    subprocess.run(['cc', '-O2', '-o', folder + '/bare', TOP + '/tests/bench/bare_gpgme.c', '-lpthread']
                   + flags.stdout.decode().split(), check=True)
    measure('bare gpgme, two threads', [folder + '/bare', town.keys.home('mailbox'), '2'] + paths,
            dict(os.environ, GNUPGHOME=town.keys.home('mailbox')))
finally:
    town.stop()
    shutil.rmtree(folder)
