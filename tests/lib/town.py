"""A whole throw-away municipality: keys, mail servers, settings and a store, in one folder."""
import json
import os
import subprocess
import time

import mails
import servers

CONFIG = '''\
municipality = "gemeente Voorbeelddam"
prefix = "VBD"
address = "{mailbox}"
telephone = "(0599) 12 34 56"
website = "https://www.voorbeelddam.example/cvd"
office = {{ "Raadhuisplein 1", "9876 AB Voorbeelddam" }}
own_domains = {{ "voorbeelddam.example" }}
public_phones = {{ "(0599) 12 34 56" }}
ciso_address = "{ciso}"
ciso_key = "{ciso_key}"
ibd_address = "{ibd}"
ibd_key = "{ibd_key}"
mailbox_key = "{mailbox_key}"
state = "{state}"
gnupg_home = "{home}"
{more}
imap {{
    host = "localhost"
    port = {imaps_port}
    ca_file = "{ca}"
    user = "{mailbox}"
    password_file = "{password_file}"
{more_imap}
}}
smtp {{
    host = "localhost"
    port = {smtps_port}
    ca_file = "{ca}"
    user = "{mailbox}"
    password_file = "{password_file}"
{more_smtp}
}}
'''


class Town:
    def __init__(self, folder, program, more='', more_imap='', more_smtp='', imap_only=False):
        self.folder, self.program = folder, program
        self.more = dict(more=more, more_imap=more_imap, more_smtp=more_smtp)
        self.state = folder + '/state'
        self.config = folder + '/meldpost.conf'
        self.keys = mails.Keys(folder + '/keys')
        self.mailbox = mails.PEOPLE['mailbox'][1]
        self.servers = servers.Servers(folder + '/servers', users={self.mailbox: 'een-geheim-woord'},
                                       imap_only=imap_only)
        self.now = None  # seconds since 1970 to hold the clock at, or None
        os.makedirs(folder + '/keys', exist_ok=True)
        os.chmod(folder, 0o711)  # Postfix has to pass; what is private in here is 0700 itself

    def start(self, say=lambda words: None):
        say('keys for the municipality, the CISO, the IBD and three researchers')
        self.keys.make()
        say('Dovecot and Postfix on loopback, with TLS by a throw-away CA')
        self.servers.start()
        self.write_config()
        return self

    def write_config(self):
        s, fpr = self.servers, self.keys.fingerprint
        text = CONFIG.format(
            mailbox=self.mailbox, ciso=mails.PEOPLE['ciso'][1], ibd=mails.PEOPLE['ibd'][1],
            ciso_key=fpr['ciso'], ibd_key=fpr['ibd'], mailbox_key=fpr['mailbox'], state=self.state,
            home=self.keys.home('mailbox'), imaps_port=s.imaps_port, smtps_port=s.smtps_port, ca=s.ca,
            password_file=s.password_file(self.mailbox), **self.more)
        with open(self.config, 'w', encoding='utf-8') as f:
            f.write(text)

    def stop(self):
        self.servers.stop()
        self.keys.stop()

    def __enter__(self):
        return self.start()

    def __exit__(self, *_):
        self.stop()

    def command(self, *args):
        """The words of a call, with the settings."""
        return [self.program, args[0], '--config', self.config, *args[1:]]

    def run(self, *args, data=b'', check=0, env=None):
        """Runs a command; gives its standard output as text. check: the exit code it must have, or None."""
        full = dict(os.environ, **(env or {}))
        if self.now is not None:
            full['MELDPOST_NOW'] = str(self.now)
        p = subprocess.run(self.command(*args), input=data, stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=full)
        self.said, self.code = p.stderr.decode('utf-8', 'replace'), p.returncode
        if check is not None and p.returncode != check:
            raise AssertionError('meldpost %s ended with %d, not %d: %s%s' % (
                ' '.join(args), p.returncode, check, self.said, p.stdout.decode('utf-8', 'replace')[-2000:]))
        return p.stdout.decode('utf-8', 'replace')

    def json(self, *args):
        """The JSON lines that a command prints."""
        return [json.loads(line) for line in self.run(*args, '--json').splitlines()]

    def put(self, raw):
        self.servers.deliver(self.mailbox, raw)

    def received_by(self, address):
        return self.servers.received(address)

    def received(self, who):
        return self.servers.received(mails.PEOPLE[who][1])

    def wait_received(self, who, count, seconds=20):
        end = time.time() + seconds
        while time.time() < end and len(self.received(who)) < count:
            time.sleep(0.05)
        return self.received(who)

    def opened(self, who):
        """[(outer mail, plain text of what is sealed inside or None, signer)] of who's mailbox."""
        import email
        out = []
        for raw in self.received(who):
            sealed = [part.get_payload(decode=True) for part in email.message_from_bytes(raw).walk()
                      if part.get_content_type() == 'application/octet-stream']
            plain, signer = self.keys.open(who, sealed[0]) if sealed else (None, '')
            out.append((raw, plain, signer))
        return out


def readable(plain):
    """All text parts of a MIME entity, decoded, as one text."""
    import email
    import email.policy
    message = email.message_from_bytes(plain, policy=email.policy.default)
    out = []
    for part in message.walk():
        if not part.is_multipart():
            body = (part.get_payload(decode=True) or b'').decode('utf-8', 'replace').replace('\r\n', '\n')
            if part.get_param('format') == 'flowed':  # RFC 3676: a blank before the line end joins
                body = '\n'.join(line[1:] if line.startswith(' ') else line
                                 for line in body.replace(' \n', ' ').split('\n'))
            out.append(body)
    return '\n'.join(out)
