"""An SMTP server that says what a test tells it to, where no real one would."""
import base64

import fake_imap


class FakeSmtp(fake_imap.FakeImap):
    """
    Takes letters over TLS (or in clear with STARTTLS) into .letters: [bytes]. What it says is changed by hooks:
    {word: function(session, rest)} with the words of SMTP ('GREETING', 'EHLO', 'AUTH', 'MAIL', 'RCPT', 'DATA',
    'TEXT' after the final dot, 'RSET', 'QUIT'); a hook gives True when it has answered.
    """

    def __init__(self, certificate, hooks=None, tls=True):
        self.letters = []
        super().__init__(certificate, hooks=hooks, tls=tls)

    def session(self, connection):
        return Session(self, connection)


class Session(fake_imap.Session):
    def hook(self, name, rest=''):
        hook = self.server.hooks.get(name)
        return hook and hook(self, rest)

    def run(self):
        if not self.hook('GREETING'):
            self.say('220 fake ESMTP\r\n')
        while True:
            word, _, rest = self.line().partition(' ')
            if not self.hook(word.upper(), rest):
                getattr(self, 'do_' + word.lower(), self.do_other)(rest)

    def do_ehlo(self, rest):
        self.say('250-fake\r\n%s250 AUTH PLAIN\r\n' % ('' if self.in_tls else '250-STARTTLS\r\n'))

    def do_starttls(self, rest):
        self.say('220 go\r\n')
        self.start_tls()

    def do_auth(self, rest):
        if rest.count(' ') == 0:
            self.say('334 \r\n')
            rest += ' ' + self.line()
        good = base64.b64decode(rest.split(' ')[1]).endswith(b'\0geheim')
        self.say('235 welcome\r\n' if good else '535 no\r\n')

    def do_data(self, rest):
        self.say('354 go on\r\n')
        lines = []
        while True:
            line = self.line()
            if line == '.':
                break
            lines.append(line[1:] if line.startswith('.') else line)
        self.server.letters.append('\r\n'.join(lines).encode('latin-1'))
        if not self.hook('TEXT'):
            self.say('250 2.0.0 taken\r\n')

    def do_quit(self, rest):
        self.say('221 bye\r\n')
        self.end()

    def do_other(self, rest):
        self.say('250 fine\r\n')
