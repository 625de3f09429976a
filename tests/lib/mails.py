"""Throw-away keys of invented people, and the sample mails of the demo, made with real gpg."""
import base64
import os
import subprocess
import time

PEOPLE = {
    'mailbox': ('Gemeente Voorbeelddam, meldpunt', 'cvd@voorbeelddam.example'),
    'ciso': ('CISO Voorbeelddam', 'ciso@voorbeelddam.example'),
    'ibd': ('IBD', 'meldingen@ibd.example'),
    'sanne': ('Sanne Dijkgraaf', 'sanne@dijkgraaf.example'),
    'tom': ('Tom Whitfield', 'tom.whitfield@hexfield.example'),
    'youssef': ('Youssef El Amrani', 'youssef@elamrani.example'),
}
# Whose public keys the municipality has; Youssef's it does not.
KNOWN = ('ciso', 'ibd', 'sanne', 'tom')

# What must not stand in anything that leaves the municipality but to the person concerned.
SECRETS = (
    'Sanne Dijkgraaf', 'Dijkgraaf', 'sanne@dijkgraaf.example', 'Hendrika Bosveld', 'Bosveld', '111222333',
    'Lindelaan 14', '7481 KX', '06-41928374', 'NL20INGB0001234567', 'Whitfield', 'hexfield', 'Tom Whitfield',
    'El Amrani', 'Youssef', 'Zomerhof!27', 'Fatima Bouzidi', 'fbouzidi', 'Kees Wagenmaker', 'wagenmaker',
)


class Keys:
    """One GNUPGHOME a person below folder, and one for the municipality with what it knows."""

    def __init__(self, folder):
        self.folder = folder
        self.fingerprint = {}

    def home(self, who):
        return os.path.join(self.folder, who)

    def gpg(self, who, *args, data=b'', check=True):
        p = subprocess.run(['gpg', '--homedir', self.home(who), '--batch', '--yes', '--no-tty', '--quiet',
                            '--pinentry-mode', 'loopback', '--passphrase', '', '--trust-model', 'always', *args],
                           input=data, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        if check and p.returncode:
            raise RuntimeError('gpg %s: %s' % (' '.join(args), p.stderr.decode('utf-8', 'replace')))
        return p.stdout

    def make(self):
        public = {}
        for who, (name, address) in PEOPLE.items():
            os.makedirs(self.home(who), mode=0o700)
            self.gpg(who, '--quick-gen-key', '%s <%s>' % (name, address), 'ed25519', 'sign', '2y')
            listing = self.gpg(who, '--list-keys', '--with-colons').decode()
            fpr = [line.split(':')[9] for line in listing.splitlines() if line.startswith('fpr')][0]
            self.gpg(who, '--quick-add-key', fpr, 'cv25519', 'encr', '2y')
            self.fingerprint[who] = fpr
            public[who] = self.gpg(who, '--armor', '--export', fpr)
        for who in PEOPLE:
            self.gpg(who, '--import', data=public['mailbox'])
        for who in KNOWN:
            self.gpg('mailbox', '--import', data=public[who])
        self.public = public
        self.stop()

    def stop(self):
        for who in PEOPLE:
            subprocess.run(['gpgconf', '--homedir', self.home(who), '--kill', 'all'], check=False)

    def seal(self, who, data, to='mailbox', sign=True):
        args = ['--armor', '--encrypt', '--recipient', self.fingerprint[to]]
        if to not in ('mailbox', who):
            self.gpg(who, '--import', data=self.public[to])
        return self.gpg(who, *args, *(['--sign'] if sign else []), data=data)

    def sign(self, who, data):
        return self.gpg(who, '--armor', '--detach-sign', '--digest-algo', 'SHA256', data=data)

    def open(self, who, data):
        """Plain text and the fingerprint of who signed ('' if nobody)."""
        p = subprocess.run(['gpg', '--homedir', self.home(who), '--batch', '--quiet', '--no-tty', '--pinentry-mode',
                            'loopback', '--passphrase', '', '--status-fd', '2', '--decrypt'],
                           input=data, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        status = p.stderr.decode('utf-8', 'replace')
        if 'DECRYPTION_OKAY' not in status:
            return None, ''
        signer = [line.split()[-1] for line in status.splitlines() if line.startswith('[GNUPG:] VALIDSIG')]
        return p.stdout, signer[0] if signer else ''


def crlf(text):
    return text.replace('\r\n', '\n').replace('\n', '\r\n').encode('utf-8')


def head(who, subject, number, now, **more):
    name, address = PEOPLE.get(who, (who, more.pop('address', who)))
    fields = ['From: %s <%s>' % (name, address), 'To: %s' % PEOPLE['mailbox'][1], 'Subject: %s' % subject,
              'Date: ' + time.strftime('%a, %d %b %Y %H:%M:%S +0000', time.gmtime(now)),
              'Message-ID: <demo-%s@%s>' % (number, address.split('@')[-1]), 'MIME-Version: 1.0']
    return fields + ['%s: %s' % (k.replace('_', '-'), v) for k, v in more.items()]


def text_part(text, kind='text/plain; charset=utf-8', *more):
    return '\n'.join(['Content-Type: ' + kind, 'Content-Transfer-Encoding: 8bit', *more, '', text])


def named(to):
    """Header fields that a signature covers, as many mail programs write them (RFC 9788, and before it)."""
    return ('text/plain; charset=utf-8; protected-headers="v1"', 'To: ' + to)


def mixed(*parts):
    return ('Content-Type: multipart/mixed; boundary="parts"\n\n' +
            ''.join('--parts\n%s\n' % p for p in parts) + '--parts--\n')


def pgp_mime(fields, armor):
    return crlf('\n'.join(fields + ['Content-Type: multipart/encrypted; protocol="application/pgp-encrypted";'
                                    ' boundary="sealed"', '', '--sealed', 'Content-Type: application/pgp-encrypted',
                                    '', 'Version: 1', '', '--sealed', 'Content-Type: application/octet-stream', '',
                                    armor.decode(), '--sealed--', '']))


def samples(keys, now):
    """[(file name, raw mail)], in the order of their arrival."""
    out = []

    def sealed(number, who, subject, text, sign=True, **more):
        body = keys.seal(who, crlf(text if text.startswith('Content-Type') else text_part(text)), sign=sign)
        out.append((number, pgp_mime(head(who, subject, number, now, **more), body)))

    sealed('01-sealed-signed-nl', 'sanne', '...', '''\
Beste collega's van het meldpunt,

In het afsprakensysteem https://afspraak.voorbeelddam.example/mijn kan iedere
ingelogde inwoner de afspraken van anderen zien door het getal in de parameter
afspraakId te veranderen (CWE-639). Stappen:

1. Log in en open /mijn/afspraak?afspraakId=20417
2. Verander het getal in 20418
3. Het antwoord bevat een ander persoon:

{"naam": "Hendrika Bosveld", "bsn": "111222333", "adres": "Lindelaan 14",
 "postcode": "7481 KX", "telefoon": "06-41928374", "iban": "NL20INGB0001234567"}

Ik ben na deze ene gestopt. De server meldt nginx/1.22.1.

Met vriendelijke groet,
Sanne Dijkgraaf
''')
    sealed('02-sealed-signed-en', 'tom', '...', '''\
Dear security team,

the file server at https://upload.voorbeelddam.example/api/v2/files accepts
path traversal in the parameter name (CVE-2021-41773 class, CWE-22):

GET /api/v2/files?name=..%2f..%2fetc%2fpasswd HTTP/1.1
Host: upload.voorbeelddam.example
Cookie: session=8f14e45fceea167a5a36dedd4bea2543
X-Forwarded-For: 203.0.113.77

Please credit me if you publish something.

Kind regards,
Tom Whitfield
Hexfield Research
''')
    inline = keys.seal('sanne', 'Nog iets: op https://intranet.voorbeelddam.example/login.php staat een\n'
                       'standaardwachtwoord open, gebruiker fbouzidi, wachtwoord Zomerhof!27.\n'
                       'Dat is van Fatima Bouzidi.\n\nGroet, Sanne\n'.encode())
    out.append(('03-inline', crlf('\n'.join(head('sanne', 'melding', '03-inline', now) + [
        'Content-Type: text/plain; charset=utf-8', '', inline.decode()]))))
    sealed('04-with-log', 'tom', '...', mixed(text_part('The log that shows the error is attached. It happens in\n'
           'https://formulieren.voorbeelddam.example/aanvraag, field "bijlage" (CWE-434).\n'),
           text_part('2026-11-20T09:13:44Z login user=kwagenmaker name="Kees Wagenmaker" ip=198.51.100.23 status=500\n',
                     'text/plain; charset=utf-8; name="error.log"',
                     'Content-Disposition: attachment; filename="error.log"')))
    sealed('05-sealed-unsigned', 'sanne', '...', 'De site https://sport.voorbeelddam.example toont een\n'
           'stacktrace met Django DEBUG=True bij /zaal/0. Stappen: open die pagina.\n', sign=False)
    out.append(('06-clear', crlf('\n'.join(head('tom', 'Open redirect', '06-clear', now) + [
        'Content-Type: text/plain; charset=utf-8', '',
        'https://www.voorbeelddam.example/go?url=https://evil.example redirects anywhere.\n'
        'Steps: open that link.\n\nTom Whitfield\n']))))
    sealed('07-stranger', 'youssef', '...', 'Goedemiddag,\n\nde zoekbalk op https://archief.voorbeelddam.example/zoek is\n'
           'kwetsbaar voor XSS: /zoek?q=<script>alert(1)</script> (CWE-79).\n\nYoussef El Amrani\n')
    armor = keys.seal('sanne', crlf(text_part('niet voor ons')), to='tom')
    out.append(('08-not-for-us', pgp_mime(head('sanne', '...', '08-not-for-us', now), armor)))
    sealed('09-follow-up', 'sanne', 'Re: ...', 'Aanvulling: het gebeurt ook in /mijn/paspoort?aanvraagId=5.\n\nSanne\n',
           In_Reply_To='<demo-01-sealed-signed-nl@dijkgraaf.example>',
           References='<demo-01-sealed-signed-nl@dijkgraaf.example>')
    out.append(('10-auto-reply', crlf('\n'.join(head('tom', 'Automatic reply: your report', '10-auto-reply', now,
                                                     Auto_Submitted='auto-replied') + [
        'Content-Type: text/plain; charset=utf-8', '', 'I am out of the office until Monday.\n']))))
    out.append(('11-bounce', crlf('\n'.join(
        ['Return-Path: <>'] + head('Mail Delivery System', 'Undelivered Mail Returned to Sender', '11-bounce', now,
                                   address='MAILER-DAEMON@mx.example', Auto_Submitted='auto-replied') + [
            'Content-Type: multipart/report; report-type=delivery-status; boundary="dsn"', '',
            '--dsn', 'Content-Type: text/plain', '', 'I could not deliver your message.', '',
            '--dsn', 'Content-Type: message/delivery-status', '', 'Reporting-MTA: dns; mx.example', '',
            'Final-Recipient: rfc822; nobody@nowhere.example', 'Action: failed', 'Status: 5.1.1', '',
            '--dsn', 'Content-Type: text/rfc822-headers', '',
            'From: %s' % PEOPLE['mailbox'][1], 'Message-ID: <unknown@voorbeelddam.example>', '', '--dsn--', '']))))
    deep = ''.join('Content-Type: multipart/mixed; boundary="b%d"\n\n--b%d\n' % (i, i) for i in range(20000))
    out.append(('12-hostile', crlf('\n'.join(head('tom', 'Nesting', '12-hostile', now)) + '\n' + deep +
                                   'Content-Type: text/plain\n\nfar down\n')))
    return out


def decoded(raw):
    """Every reading of these bytes in which a personal datum could hide: as they are, without soft line
    breaks, quoted-printable and base64 decoded."""
    import quopri
    import re
    yield raw
    yield quopri.decodestring(raw)
    for run in re.findall(rb'(?:[A-Za-z0-9+/]{4,}={0,2}\r?\n?){1,}', raw):
        solid = re.sub(rb'\s', b'', run)
        for shift in range(4):
            part = solid[shift:]
            part = part[:len(part) // 4 * 4]
            if part:
                try:
                    yield base64.b64decode(part)
                except ValueError:
                    pass
