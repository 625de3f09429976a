"""An IMAP server that says what a test tells it to, where no real one would."""
import re
import socket
import ssl
import threading


class FakeImap:
    """
    Serves messages {uid: bytes} over TLS (or in clear with STARTTLS). What it says is changed by
    hooks: {command: function(session, tag, rest)} in the words of IMAP ('GREETING', 'CAPABILITY',
    'EXAMINE', 'FETCH', 'BODY' …); a hook gives True when it has answered.
    All that the client sent in clear is in .clear, what it sent in TLS in .sealed.
    """

    def __init__(self, certificate, messages=None, hooks=None, tls=True, uidvalidity=7):
        self.messages = messages if messages is not None else {1: b'Subject: a\r\n\r\nb\r\n'}
        self.hooks = hooks or {}
        self.tls = tls
        self.uidvalidity = uidvalidity
        self.clear = self.sealed = b''
        self.sessions = 0
        self.context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self.context.load_cert_chain(certificate + '.pem', certificate + '.key')
        self.listener = socket.create_server(('127.0.0.1', 0))
        self.port = self.listener.getsockname()[1]
        self.open = True
        threading.Thread(target=self.accept, daemon=True).start()

    def accept(self):
        while self.open:
            try:
                connection, _ = self.listener.accept()
            except OSError:
                return
            self.sessions += 1
            threading.Thread(target=self.serve, args=(connection,), daemon=True).start()

    def serve(self, connection):
        try:
            self.session(connection).run()
        except (OSError, ValueError):
            pass
        finally:
            try:
                connection.close()
            except OSError:
                pass

    def session(self, connection):
        return Session(self, connection)

    def close(self):
        self.open = False
        self.listener.close()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()


class Session:
    def __init__(self, server, connection):
        self.server = server
        self.socket = connection
        self.in_tls = False
        self.buffer = b''
        if server.tls:
            self.start_tls()

    def start_tls(self):
        self.socket = self.server.context.wrap_socket(self.socket, server_side=True)
        self.in_tls = True

    def say(self, data):
        self.socket.sendall(data if isinstance(data, bytes) else data.encode())

    def end(self):
        """Drops the connection at once."""
        self.socket.close()
        raise OSError('ended')

    def line(self):
        while b'\r\n' not in self.buffer:
            got = self.socket.recv(65536)
            if not got:
                raise OSError('closed')
            if self.in_tls:
                self.server.sealed += got
            else:
                self.server.clear += got
            self.buffer += got
        line, self.buffer = self.buffer.split(b'\r\n', 1)
        return line.decode('latin-1')

    def hook(self, name, tag='', rest=''):
        hook = self.server.hooks.get(name)
        return hook and hook(self, tag, rest)

    def run(self):
        if not self.hook('GREETING'):
            self.say('* OK hello\r\n')
        while True:
            tag, _, rest = self.line().partition(' ')
            word = rest.split(' ')[0].upper()
            if word == 'UID':
                word = rest.split(' ')[1].upper()
            if not self.hook(word, tag, rest):
                getattr(self, 'do_' + word.lower(), self.do_other)(tag, rest)

    def do_capability(self, tag, rest):
        more = ' STARTTLS LOGINDISABLED' if not self.in_tls else ' UIDPLUS MOVE'
        self.say('* CAPABILITY IMAP4rev1%s\r\n%s OK done\r\n' % (more, tag))

    def do_starttls(self, tag, rest):
        self.say('%s OK go\r\n' % tag)
        self.start_tls()

    def do_examine(self, tag, rest):
        messages = self.server.messages
        self.say('* FLAGS (\\Seen)\r\n* %d EXISTS\r\n* 0 RECENT\r\n* OK [UIDVALIDITY %d] ok\r\n'
                 '* OK [UIDNEXT %d] ok\r\n* OK [PERMANENTFLAGS (\\Seen \\*)] ok\r\n%s OK [READ-WRITE] done\r\n' % (
                     len(messages), self.server.uidvalidity, max(messages, default=0) + 1, tag))

    do_select = do_examine

    def uids(self, rest):
        """Those of a UID FETCH that we have."""
        wanted = set()
        for part in rest.split(' ')[2].split(','):
            first, _, last = part.partition(':')
            last = max(self.server.messages, default=0) if last == '*' else int(last or first)
            wanted |= {u for u in self.server.messages if int(first) <= u <= last}
        return sorted(wanted)

    def do_fetch(self, tag, rest):
        numbers = {u: n + 1 for n, u in enumerate(sorted(self.server.messages))}
        if 'BODY' in rest and self.hook('BODY', tag, rest):
            return
        for uid in self.uids(rest):
            raw = self.server.messages[uid]
            if 'BODY' not in rest:
                self.say('* %d FETCH (UID %d RFC822.SIZE %d INTERNALDATE "24-Nov-2026 12:00:00 +0100")\r\n' % (
                    numbers[uid], uid, len(raw)))
                continue
            if 'HEADER' in rest:
                raw = raw.split(b'\r\n\r\n')[0] + b'\r\n\r\n'
            section = re.search(r'BODY(?:\.PEEK)?(\[[^]]*\])', rest).group(1)
            self.say('* %d FETCH (UID %d BODY%s {%d}\r\n' % (numbers[uid], uid, section, len(raw)))
            self.say(raw + b')\r\n')
        self.say('%s OK done\r\n' % tag)

    def do_logout(self, tag, rest):
        self.say('* BYE bye\r\n%s OK done\r\n' % tag)
        self.end()

    def do_other(self, tag, rest):
        self.say('%s OK done\r\n' % tag)
