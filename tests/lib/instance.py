"""A meldpost under test: its keys, its settings, its store, in a folder of their own."""
import copy
import os
import shutil
import subprocess
import sys
import tempfile

TOP = os.environ.get('TOP', os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__)))))
BUILD = os.environ.get('BUILD', TOP + '/build')
MELDPOST = os.environ.get('MELDPOST', BUILD + '/check/meldpost')
RELEASE = os.environ.get('MELDPOST_RELEASE', BUILD + '/meldpost')
LIBRARIES = 'gpgme libsodium lmdb libseccomp jansson libconfuse gumbo nettle'

failures = 0


def scratch(prefix):
    """A folder for a test that goes away with it; in memory where there is room, as syncs take their time."""
    memory = '/dev/shm'
    room = os.path.isdir(memory) and os.access(memory, os.W_OK) and shutil.disk_usage(memory).free > 1 << 30
    return tempfile.TemporaryDirectory(prefix=prefix, dir=memory if room else None, ignore_cleanup_errors=True)


def check(good, words, *more):
    """One line of the test's result."""
    global failures
    failures += not good
    print('%sok %s%s' % ('' if good else 'not ', words,
                         '' if good else ''.join('\n    %s' % (m,) for m in more)), flush=True)
    return good


def finish():
    sys.exit(1 if failures else 0)


def helper(name):
    """Builds tests/lib/NAME.c with the sanitized parts of the program; gives its path."""
    source, program = '%s/tests/lib/%s.c' % (TOP, name), '%s/check/lib/%s' % (BUILD, name)
    archive = BUILD + '/check/obj.a'
    if not os.path.exists(program) or os.path.getmtime(program) < max(
            os.path.getmtime(source), os.path.getmtime(archive)):
        os.makedirs(os.path.dirname(program), exist_ok=True)
        libraries = subprocess.run(['pkg-config', '--libs'] + LIBRARIES.split(), check=True,
                                   capture_output=True, text=True).stdout.split()
        subprocess.run(['gcc', '-std=c11', '-D_GNU_SOURCE', '-O1', '-g', '-fsanitize=address,undefined',
                        '-I' + TOP + '/src', '-I' + BUILD + '/gen', '-o', program + '.new', source, archive,
                        '-lunistring'] + libraries, check=True)
        os.rename(program + '.new', program)
    return program


class Keys:
    """A GnuPG home (its path is short: the agent's socket lies in it) with unprotected test keys."""

    def __init__(self, folder):
        self.home = folder
        os.makedirs(folder, mode=0o700, exist_ok=True)
        os.chmod(folder, 0o700)

    def gpg(self, *arguments, **more):
        return subprocess.run(['gpg', '--homedir', self.home, '--batch', '--quiet', '--no-tty',
                               *arguments], check=True, capture_output=True, **more).stdout

    def make(self, name, address):
        """A new key pair; gives its fingerprint."""
        self.gpg('--pinentry-mode', 'loopback', '--passphrase', '', '--quick-gen-key',
                 '%s <%s>' % (name, address), 'future-default', 'default', 'never')
        listing = self.gpg('--with-colons', '--list-keys', address).decode()
        return [line.split(':')[9] for line in listing.split('\n') if line.startswith('fpr')][0]

    def stop(self):
        subprocess.run(['gpgconf', '--homedir', self.home, '--kill', 'all'], capture_output=True)


class Instance:
    def __init__(self, folder, servers, user=None, imap='', smtp='', more='', state=None):
        self.folder = os.path.abspath(folder)
        os.makedirs(self.folder, exist_ok=True)
        self.servers = servers
        self.user = user or list(servers.users)[0]
        self.config = self.folder + '/meldpost.conf'
        self.state = state or self.folder + '/state'
        self.keys = Keys(self.folder + '/gnupg')
        self.mailbox_key = self.keys.make('Meldpost', 'meldpost@gemeente.example')
        self.ciso_key = self.keys.make('CISO', 'ciso@gemeente.example')
        self.ibd_key = self.keys.make('IBD', 'ibd@ibd.example')
        self.configure(imap, smtp, more)

    def twin(self, folder):
        """Another one with the same keys and a copy of the store as it is now."""
        twin = copy.copy(self)
        twin.folder = os.path.abspath(folder)
        os.makedirs(twin.folder, exist_ok=True)
        twin.config, twin.state = twin.folder + '/meldpost.conf', twin.folder + '/state'
        shutil.copytree(self.state, twin.state)
        twin.configure()
        return twin

    def configure(self, imap='', smtp='', more=''):
        """Writes the settings; the texts are lines in the imap and smtp section and outside them."""
        s = self.servers

        def server(port, text):
            lines = {'host': '"localhost"', 'port': port, 'user': '"%s"' % self.user,
                     'password_file': '"%s"' % s.password_file(self.user), 'ca_file': '"%s"' % s.ca}
            own = [line.split('=')[0].strip() for line in text.split('\n') if '=' in line]
            if 'token_command' in own:
                own.append('password_file')
            return ''.join('    %s = %s\n' % kv for kv in lines.items() if kv[0] not in own) + text

        with open(self.config, 'w') as f:
            f.write('''municipality = "gemeente Voorbeeld"
prefix = "VBD"
address = "meldpost@gemeente.example"
ciso_address = "ciso@gemeente.example"
ciso_key = "%s"
ibd_address = "ibd@ibd.example"
ibd_key = "%s"
mailbox_key = "%s"
state = "%s"
gnupg_home = "%s"
%s
imap {
%s
}
smtp {
%s
}
''' % (self.ciso_key, self.ibd_key, self.mailbox_key, self.state, self.keys.home, more,
                server(s.imaps_port, imap), server(s.smtps_port, smtp)))

    def run(self, *arguments, program=None, wrap=(), timeout=300, env=None, **more):
        """Runs the program with --config; gives CompletedProcess with text output."""
        command = [*wrap, program or MELDPOST, arguments[0], '--config', self.config, *arguments[1:]]
        return subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, text=True,
                              timeout=timeout, env=dict(os.environ, **(env or {})), **more)

    def measure(self, *arguments, program=RELEASE, **more):
        """As run, of the program as it is installed; with .rss_kb, the peak of it and its children."""
        # GNU time is small itself: what a process was before exec counts too.
        p = self.run(*arguments, program=program, wrap=('/usr/bin/time', '-f', 'RSS %M'), **more)
        text, _, peak = p.stderr.rstrip('\n').rpartition('RSS ')
        p.stderr, p.rss_kb = text, int(peak)
        return p

    def init(self):
        p = self.run('init')
        if p.returncode:
            raise RuntimeError('init: ' + p.stderr)
        return self

    def vault(self):
        """What was fetched: a list of dicts; and the health of the fetch pass."""
        p = subprocess.run([helper('vault_list'), self.config], capture_output=True, text=True)
        if p.returncode:
            raise RuntimeError('vault_list: ' + p.stderr)
        rows = [line.split('\t') for line in p.stdout.rstrip('\n').split('\n')]
        names = ('id', 'row', 'folder', 'uidvalidity', 'uid', 'size', 'whole', 'bytes', 'sha256')
        health = dict(zip(('health', 'success', 'failing', 'failure', 'exit_code', 'count', 'seen', 'words'),
                          rows[-1]))
        return [dict(zip(names, r)) for r in rows[:-1]], health

    def close(self):
        self.keys.stop()
        shutil.rmtree(self.folder, ignore_errors=True)
