"""Throw-away keys, mails of any layout made with real gpg, and what `meldpost inspect --json` says of them against
what is wanted: for the tests of opening. Importing it makes the keys; end with finish()."""
import base64
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time

MELDPOST = os.environ.get('MELDPOST', 'build/check/meldpost')
TOP = os.environ.get('TOP', '.')
WORK = tempfile.mkdtemp(prefix='open-')
SENDER, OURS = WORK + '/sender', WORK + '/ours'
failed = []


def gpg(*args, data=b'', home=SENDER, ok=True):
    p = subprocess.run(['gpg', '--homedir', home, '--batch', '--yes', '--quiet', '--no-tty', '--trust-model',
                        'always', '--pinentry-mode', 'loopback', '--passphrase', '', *args],
                       input=data, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    if ok and p.returncode:
        raise SystemExit('gpg %s: %s' % (' '.join(args), p.stderr.decode('utf-8', 'replace')))
    return p.stdout


def make_key(uid, expire='never', faked=None):
    extra = ['--faked-system-time', faked] if faked else []
    gpg(*extra, '--quick-gen-key', uid, 'ed25519', 'cert,sign', expire)
    fpr = fingerprint(uid)
    gpg(*extra, '--quick-add-key', fpr, 'cv25519', 'encr', expire)
    return fpr


def fingerprint(uid):
    out = gpg('--with-colons', '--list-keys', '=' + uid).decode()
    return [l.split(':')[9] for l in out.splitlines() if l.startswith('fpr:')][0]


for home in (SENDER, OURS):
    os.mkdir(home, 0o700)
    subprocess.run(['gpg', '--homedir', home, '--batch', '--quiet', '--check-trustdb'], stderr=subprocess.DEVNULL)
ME = make_key('Meldpunt <meld@gemeente.example>')
ALICE = make_key('Alice Onderzoeker <alice@example.org>')
gpg('--quick-add-uid', ALICE, 'Alice <alice@work.example>')
MALLORY = make_key('Mallory <mallory@evil.example>')
STRANGER = make_key('Stranger <stranger@example.net>')
OLD = make_key('Old <old@example.org>', expire='20200201T000000', faked='20200101T000000!')
GONE = make_key('Gone <gone@example.org>')
OTHER = make_key('Other <other@gemeente.example>')
gpg('--import', data=gpg('--export-secret-keys', ME), home=OURS)
revocation = open('%s/openpgp-revocs.d/%s.rev' % (SENDER, GONE)).read().replace(':-----BEGIN', '-----BEGIN')


def encrypt(data, to=ME, *args):
    return gpg('--armor', '--encrypt', '-r', to, *args, data=data)


def seal(data, who=None, to=ME, *args):
    who = who or ALICE
    return gpg('--armor', '--sign', '--encrypt', '-u', who, '-r', to, *args, data=data)


def detach(data, who=None, *args):
    return gpg('--armor', '--detach-sign', '-u', who or ALICE, *args, data=data)


def clear(data, who=None, *args):
    return gpg('--clearsign', '-u', who or ALICE, *args, data=data)


OLD_SIGNED = gpg('--faked-system-time', '20200115T000000!', '--clearsign', '-u', OLD, data=b'an old text\n')
GONE_SIGNED = clear(b'a revoked text\n', GONE)
for key in (ALICE, MALLORY, OLD, GONE):
    gpg('--import', data=gpg('--export', key), home=OURS)
gpg('--import', data=revocation.encode(), home=OURS)

FROM = b'From: Alice Onderzoeker <alice@example.org>\n'
HEAD = (FROM + b'To: meld@gemeente.example\nSubject: outer subject\nMessage-ID: <m1@example.org>\n'
        b'Date: ' + time.strftime('%a, %d %b %Y %H:%M:%S +0000', time.gmtime()).encode() + b'\nMIME-Version: 1.0\n')
SECRET = b'There is an SQL injection in the search form of the site.'
TEXT = b'Content-Type: text/plain; charset=utf-8\n\n' + SECRET + b'\n'


def crlf(data):
    return data.replace(b'\r\n', b'\n').replace(b'\n', b'\r\n')


def part(type_, body, *more):
    return b'Content-Type: ' + type_ + b'\n' + b''.join(m + b'\n' for m in more) + b'\n' + body


def multi(kind, boundary, *parts, params=b'', epilogue=b''):
    out = b'Content-Type: multipart/' + kind + b'; boundary="' + boundary + b'"' + params + b'\n\n'
    for p in parts:
        out += b'--' + boundary + b'\n' + p + (b'' if p.endswith(b'\n') else b'\n')
    return out + b'--' + boundary + b'--\n' + epilogue


def mime_encrypted(sealed, boundary=b'enc', version=b'Version: 1\n'):
    return multi(b'encrypted', boundary, part(b'application/pgp-encrypted', version),
                 part(b'application/octet-stream; name="encrypted.asc"', sealed),
                 params=b'; protocol="application/pgp-encrypted"')


def mime_signed(inner, who=None, boundary=b'sig', *args):
    """inner without its last line break, which belongs to the boundary"""
    inner = inner[:-1] if inner.endswith(b'\n') else inner
    return multi(b'signed', boundary, inner + b'\n', part(b'application/pgp-signature; name="signature.asc"',
                                                  detach(crlf(inner), who, *args)),
                 params=b'; micalg=pgp-sha512; protocol="application/pgp-signature"')


def b64(data):
    return base64.encodebytes(data)


def pgp_armor(binary, label=b'MESSAGE', crc=True):
    value = 0xB704CE
    for byte in binary:
        value ^= byte << 16
        for _ in range(8):
            value = (value << 1) ^ 0x1864CFB if value & 0x800000 else value << 1
    tail = b'=' + base64.b64encode((value & 0xFFFFFF).to_bytes(3, 'big')) + b'\n' if crc else b''
    return (b'-----BEGIN PGP ' + label + b'-----\n\n' + b64(binary) + tail + b'-----END PGP ' + label + b'-----\n')


def old_packet(tag, body):
    return bytes([0x80 | tag << 2 | 1]) + len(body).to_bytes(2, 'big') + body


LITERAL = old_packet(11, b't\x00\x00\x00\x00\x00' + SECRET)
sealed_text = seal(SECRET + b'\n')
sealed_mime = seal(crlf(TEXT))
enc_mime = encrypt(crlf(TEXT))
signed_text = clear(SECRET + b'\n')
stranger_key = gpg('--armor', '--export', STRANGER)
cases = []


def case(label, mail, **want):
    cases.append((label, mail, want))


ENC = dict(crypt='enc', scope='all')
GOOD = dict(signature='good', signature_scope='all', signer=ALICE)
PART = dict(signature_scope='part')
IN = SECRET.decode()


def check(label, got, want):
    wrong = []
    if 'error' in got:
        failed.append(label)
        print('not ok %s\n    %r' % (label, got))
        return
    for key, value in want.items():
        if key == 'text':
            if value not in got['text']:
                wrong.append('text lacks %r: %r' % (value, got['text'][:300]))
        elif key == 'count':
            if got['text'].count(value[0]) != value[1]:
                wrong.append('%r is %d times in the text' % (value[0], got['text'].count(value[0])))
        elif key == 'pieces':
            have = [(p['crypt'], p['signature']) for p in got['pieces']]
            if have != value:
                wrong.append('pieces %r, want %r' % (have, value))
        elif key == 'attachments':
            have = got['attachments']
            if len(have) != len(value) or any(
                    a['name'] != n or a['crypt'] != c or (t and t not in (a['text'] or '')) for a, (n, c, t) in
                    zip(have, value)):
                wrong.append('attachments %r, want %r' % ([(a['name'], a['crypt'], a['text']) for a in have], value))
        elif key == 'flags':
            own = [f for f in got['flags'] if f not in ('malformed',) or 'malformed' in value]
            if sorted(own) != sorted(value):
                wrong.append('flags %r, want %r' % (got['flags'], value))
        elif key == 'reason':
            if not any(value in r for r in got['reasons']):
                wrong.append('no reason says %r: %r' % (value, got['reasons']))
        elif key == 'keys':
            if got['keys_attached'] != value:
                wrong.append('keys %r, want %r' % (got['keys_attached'], value))
        elif key == 'reports':
            if got['reports_on'] != value:
                wrong.append('reports_on %r, want %r' % (got['reports_on'], value))
        elif isinstance(value, tuple):
            if got[key] not in value:
                wrong.append('%s %r, want one of %r' % (key, got[key], value))
        elif got[key] != value:
            wrong.append('%s %r, want %r' % (key, got[key], value))
    if wrong:
        failed.append(label)
        print('not ok %s' % label)
        for line in wrong:
            print('    ' + line)
        print('    reasons: %r' % got['reasons'])
    else:
        print('ok %s' % label)


def inspect(paths):
    look = os.environ.get('LOOK')
    command = [look, OURS] if look else [MELDPOST, 'inspect', '--json', '--gnupg-home', OURS]
    p = subprocess.run(command + paths, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    lines = [json.loads(l) for l in p.stdout.decode('utf-8').splitlines()]
    if p.returncode or len(lines) != len(paths):
        print('not ok one line for each file: exit %d, %d lines of %d\n%s' % (
            p.returncode, len(lines), len(paths), p.stderr.decode('utf-8', 'replace')[-3000:]))
        failed.append('lines')
    else:
        print('ok one line for each file')
    return lines


def check_cases():
    paths = []
    keyring_before = gpg('--with-colons', '--list-keys', home=OURS)
    for i, (label, mail, _) in enumerate(cases):
        paths.append('%s/%03d.eml' % (WORK, i))
        with open(paths[-1], 'wb') as f:
            f.write(mail)
    for (label, _, want), got in zip(cases, inspect(paths)):
        check(label, got, want)
    if gpg('--with-colons', '--list-keys', home=OURS) == keyring_before:
        print('ok nothing was imported')
    else:
        failed.append('import')
        print('not ok nothing was imported')


def finish(*checks):
    """Runs the checks, and ends the test."""
    try:
        for one in checks:
            one()
    finally:
        for home in (SENDER, OURS):
            subprocess.run(['gpgconf', '--homedir', home, '--kill', 'all'], stderr=subprocess.DEVNULL)
        if os.environ.get('KEEP'):
            print('kept in ' + WORK)
        else:
            shutil.rmtree(WORK, ignore_errors=True)
    sys.exit(1 if failed else 0)
