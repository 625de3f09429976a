#!/usr/bin/env python3
"""Real mail servers for tests and the demo: a private Dovecot and a private Postfix on loopback.

usage: servers.py start DIR [--user ADDRESS[:PASSWORD]]… [--folder ADDRESS:NAME]… [--imap-only]
       servers.py deliver DIR ADDRESS [FOLDER] < message     put a message into a mailbox
       servers.py received DIR ADDRESS                       what Postfix delivered, one path a line
       servers.py stop DIR

DIR is made; it holds everything: certificates of a throw-away CA, settings, logs, queues and mail
(DIR/mail/ADDRESS/Maildir, which Dovecot serves and where Postfix puts what comes for ANY address).
'start' writes DIR/servers.json: host, imaps_port, imap_port, smtps_port, smtp_port (STARTTLS), ca,
users {address: {password, password_file, maildir}}, mail, pids. Both servers ask for a password
(LOGIN, PLAIN, SCRAM; XOAUTH2 takes the token "token-PASSWORD").
Postfix answers 451 to recipients later@… and 550 to refused@….
As a module: s = Servers(DIR, users={…}); s.start(); … s.stop().

As root the servers run under their own users; without root inside a user namespace
(unshare --map-root-user --map-auto, which needs a range in /etc/subuid).
"""
import glob
import json
import os
import pwd
import re
import signal
import socket
import ssl
import subprocess
import sys
import time

DOVECOT = '/usr/sbin/dovecot'
POSTFIX = '/usr/sbin/postfix'
AS_ROOT = [] if os.geteuid() == 0 else ['unshare', '--map-root-user', '--map-auto']


def free_ports(count):
    held = [socket.socket() for _ in range(count)]
    for s in held:
        s.bind(('127.0.0.1', 0))
    ports = [s.getsockname()[1] for s in held]
    for s in held:
        s.close()
    return ports


def write(path, text, mode=0o644):
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path, 'w' if isinstance(text, str) else 'wb') as f:
        f.write(text)
    os.chmod(path, mode)
    return path


def wait_for(what, seconds=15):
    end = time.time() + seconds
    while time.time() < end:
        got = what()
        if got:
            return got
        time.sleep(0.02)
    raise RuntimeError('waited %d s in vain' % seconds)


def answers(port):
    try:
        with socket.create_connection(('127.0.0.1', port), 1):
            return True
    except OSError:
        return False


def alive(pid):
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        pass
    try:
        with open('/proc/%d/stat' % pid) as f:
            return f.read().rsplit(')', 1)[1].split()[0] != 'Z'
    except OSError:
        return False


def spawn(command, log, **more):
    """Runs a server that stays in the foreground, as root of its own namespace unless we are root."""
    command = AS_ROOT + command
    with open(log, 'ab') as out:
        return subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=out, stderr=out,
                                start_new_session=True, **more)


class Certificates:
    """A throw-away CA and what it signed: good, expired, wronghost; and selfsigned, stranger."""

    def __init__(self, folder):
        self.folder = folder
        self.ca = folder + '/ca.pem'
        if not os.path.exists(self.ca):
            os.makedirs(folder, exist_ok=True)
            self.make_ca('ca', 'Test CA')
            self.make('good', 'DNS:localhost,IP:127.0.0.1')
            self.make('wronghost', 'DNS:mail.elsewhere.example')
            self.make('expired', 'DNS:localhost,IP:127.0.0.1', '20200101000000Z', '20210101000000Z')
            self.make('future', 'DNS:localhost,IP:127.0.0.1', '20400101000000Z', '20410101000000Z')
            self.make_ca('selfsigned', 'localhost', 'DNS:localhost,IP:127.0.0.1')
            self.make_ca('otherca', 'Another CA')
            self.make('stranger', 'DNS:localhost,IP:127.0.0.1', issuer='otherca')

    def openssl(self, *arguments):
        p = subprocess.run(['openssl', *arguments], stdin=subprocess.DEVNULL, capture_output=True,
                           cwd=self.folder)
        if p.returncode:
            raise RuntimeError('openssl %s: %s' % (arguments[0], p.stderr.decode()))
        return p.stdout

    def make_ca(self, name, common, san=None):
        more = ['-addext', 'subjectAltName=' + san] if san else []
        self.openssl('req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes',
                     '-keyout', name + '.key', '-out', name + '.pem', '-days', '30', '-subj',
                     '/CN=' + common, *more)

    def make(self, name, san, start=None, end=None, issuer='ca'):
        write(self.folder + '/%s.cnf' % name, '''[ca]
default_ca = d
[d]
new_certs_dir = .
database = %s.index
rand_serial = yes
default_md = sha256
policy = p
copy_extensions = none
x509_extensions = x
unique_subject = no
[p]
commonName = supplied
[x]
subjectAltName = %s
basicConstraints = CA:false
''' % (name, san))
        write(self.folder + '/%s.index' % name, '')
        self.openssl('req', '-new', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes',
                     '-keyout', name + '.key', '-out', name + '.csr', '-subj', '/CN=localhost')
        dates = ['-startdate', start, '-enddate', end] if start else ['-days', '20']
        self.openssl('ca', '-batch', '-notext', '-config', name + '.cnf', '-cert', issuer + '.pem',
                     '-keyfile', issuer + '.key', '-in', name + '.csr', '-out', name + '.pem', *dates)

    def pin(self, name):
        """SHA-256 of the public key (SPKI) in hex."""
        import hashlib
        public = self.openssl('x509', '-in', name + '.pem', '-noout', '-pubkey').decode()
        return hashlib.sha256(ssl.PEM_cert_to_DER_cert(public.replace(
            'PUBLIC KEY', 'CERTIFICATE'))).hexdigest()


class Servers:
    def __init__(self, folder, users=None, folders=None, certificate='good', imap_only=False,
                 tls='>=1.2', tokens='xoauth2'):
        self.folder = os.path.abspath(folder)
        self.users = users or {'meldpost@gemeente.example': 'geheim-wachtwoord'}
        self.folders = folders or {}
        self.certificate = certificate
        self.imap_only = imap_only
        self.tokens = tokens  # the mechanisms that take a token
        self.old_tls = tls != '>=1.2'
        self.mail = self.folder + '/mail'
        self.pids = {}
        self.processes = {}
        self.imap_port = self.imaps_port = self.smtp_port = self.smtps_port = 0

    # --- life ---

    def start(self):
        os.makedirs(self.folder, exist_ok=True)
        os.chmod(self.folder, 0o755)
        self.certificates = Certificates(self.folder + '/tls')
        self.ca = self.certificates.ca
        (self.imap_port, self.imaps_port, self.smtp_port, self.smtps_port) = free_ports(4)
        os.makedirs(self.mail, exist_ok=True)
        os.chmod(self.mail, 0o777)
        for user, password in self.users.items():
            write(self.password_file(user), password + '\n', 0o600)
            self.make_folder(user, 'INBOX')
        for user, names in self.folders.items():
            for name in names:
                self.make_folder(user, name)
        try:
            self.start_dovecot()
            if not self.imap_only:
                self.start_postfix()
        except BaseException:
            self.stop()
            raise
        self.save()
        return self

    def save(self):
        users = {u: {'password': p, 'password_file': self.password_file(u), 'maildir': self.maildir(u)}
                 for u, p in self.users.items()}
        facts = {'host': 'localhost', 'imap_port': self.imap_port, 'imaps_port': self.imaps_port,
                 'smtp_port': self.smtp_port, 'smtps_port': self.smtps_port, 'ca': self.ca,
                 'users': users, 'mail': self.mail, 'pids': self.pids}
        write(self.folder + '/servers.json', json.dumps(facts, indent=2) + '\n', 0o600)

    @classmethod
    def load(cls, folder):
        self = cls(folder)
        with open(self.folder + '/servers.json') as f:
            facts = json.load(f)
        for name in ('imap_port', 'imaps_port', 'smtp_port', 'smtps_port', 'ca', 'pids'):
            setattr(self, name, facts[name])
        self.users = {u: v['password'] for u, v in facts['users'].items()}
        return self

    def stop(self):
        for name in list(self.pids):
            self.stop_one(name)

    def stop_one(self, name):
        pid = self.pids.pop(name)
        process = self.processes.pop(name, None)
        for sign, seconds in ((signal.SIGTERM, 10), (signal.SIGKILL, 5)):
            if not alive(pid):
                break
            try:
                os.kill(pid, sign)
            except ProcessLookupError:
                break
            end = time.time() + seconds
            while time.time() < end and alive(pid):
                if process:
                    process.poll()
                time.sleep(0.02)
        if process:
            process.wait()

    def __enter__(self):
        return self.start()

    def __exit__(self, *_):
        self.stop()

    # --- mailboxes ---

    def password_file(self, user):
        return self.folder + '/passwords/' + user

    def maildir(self, user, folder='INBOX'):
        path = self.mail + '/' + user + '/Maildir'
        return path if folder == 'INBOX' else path + '/.' + folder

    def make_folder(self, user, folder):
        base = self.maildir(user, folder)
        for part in ('', '/cur', '/new', '/tmp'):
            os.makedirs(base + part, exist_ok=True)
            os.chmod(base + part, 0o777)
        os.chmod(self.mail + '/' + user, 0o777)
        os.chmod(self.maildir(user), 0o777)

    counter = 0

    def deliver(self, user, raw, folder='INBOX'):
        """Puts a message into a folder, as a mail server does; gives its path."""
        Servers.counter += 1
        if not os.path.isdir(self.maildir(user, folder)):
            self.make_folder(user, folder)
        name = '%d.M%06dP%dQ%d.localhost' % (time.time(), time.time() % 1 * 1e6, os.getpid(), Servers.counter)
        base = self.maildir(user, folder)
        path = write(base + '/tmp/' + name, raw.replace(b'\r\n', b'\n'), 0o666)
        os.rename(path, base + '/new/' + name)
        return base + '/new/' + name

    def paths(self, user, folder='INBOX'):
        base = self.maildir(user, folder)
        return sorted(glob.glob(base + '/new/*') + glob.glob(base + '/cur/*'),
                      key=lambda p: os.path.basename(p))

    def received(self, user, folder='INBOX'):
        """The messages in a mailbox, oldest first, as bytes."""
        out = []
        for path in self.paths(user, folder):
            with open(path, 'rb') as f:
                out.append(f.read())
        return out

    def flags(self, user, folder='INBOX'):
        """{name without flags: flags} of the messages; letters a-z stand for keywords."""
        out = {}
        for path in self.paths(user, folder):
            name, _, flags = os.path.basename(path).partition(':2,')
            out[name.split(',')[0]] = flags
        return out

    def renew_uidvalidity(self, user, folder='INBOX'):
        """What a restored server does: new UIDVALIDITY, UIDs counted from 1 again. Stops sessions."""
        base = self.maildir(user, folder)
        with open(base + '/dovecot-uidlist') as f:
            old = int(re.search(r'V(\d+)', f.readline()).group(1))
        for path in glob.glob(base + '/dovecot*'):
            if os.path.isfile(path) and not path.endswith('-keywords'):
                os.unlink(path)
        write(base + '/dovecot-uidlist', '3 V%d N1 G%s\n' % (old + 77, os.urandom(16).hex()), 0o666)

    # --- Dovecot ---

    def start_dovecot(self, certificate=None):
        self.certificate = certificate or self.certificate
        base = self.folder + '/dovecot'
        os.makedirs(base + '/run', exist_ok=True)
        os.chmod(base, 0o755)
        mail_user = 'mail'
        write(base + '/users', ''.join('%s:{PLAIN}%s\n' % up for up in self.users.items()), 0o644)
        write(base + '/tokens', ''.join('%s:{PLAIN}token-%s\n' % up for up in self.users.items()), 0o644)
        write(base + '/dovecot.conf', '''
base_dir = {base}/run
state_dir = {base}/run
log_path = {base}/log
protocols = imap
listen = 127.0.0.1
mail_location = maildir:{mail}/%u/Maildir
mail_uid = {uid}
mail_gid = {gid}
first_valid_uid = 1
auth_mechanisms = plain login scram-sha-256 scram-sha-1 {tokens}
auth_verbose = yes
auth_failure_delay = 0
disable_plaintext_auth = yes
mail_max_userip_connections = 50
maildir_stat_dirs = no
ssl = yes
ssl_cert = <{tls}/{certificate}.pem
ssl_key = <{tls}/{certificate}.key
ssl_min_protocol = {minimum}
{old}
passdb {{
  driver = passwd-file
  args = scheme=PLAIN username_format=%u {base}/users
  mechanisms = plain login scram-sha-256 scram-sha-1
}}
passdb {{
  driver = passwd-file
  args = scheme=PLAIN username_format=%u {base}/tokens
  mechanisms = {tokens}
}}
userdb {{
  driver = static
  args = uid={uid} gid={gid} home={mail}/%u
}}
service imap-login {{
  chroot =
  inet_listener imap {{
    port = {imap}
  }}
  inet_listener imaps {{
    port = {imaps}
    ssl = yes
  }}
}}
service anvil {{
  chroot =
  unix_listener anvil-auth-penalty {{
    mode = 0
  }}
}}
service stats {{
  chroot =
}}
service auth {{
  unix_listener auth-postfix {{
    mode = 0666
  }}
}}
'''.format(base=base, mail=self.mail, tokens=self.tokens, uid=pwd.getpwnam(mail_user).pw_uid, gid=pwd.getpwnam(mail_user).pw_gid,
           tls=self.folder + '/tls', certificate=self.certificate,
           minimum='TLSv1' if self.old_tls else 'TLSv1.2',
           old='ssl_cipher_list = DEFAULT:@SECLEVEL=0' if self.old_tls else '',
           imap=self.imap_port, imaps=self.imaps_port))
        process = spawn([DOVECOT, '-F', '-c', base + '/dovecot.conf'], base + '/out')
        self.pids['dovecot'], self.processes['dovecot'] = process.pid, process
        self.wait_up(process, self.imaps_port, base)

    def restart_dovecot(self, certificate=None):
        self.stop_one('dovecot')
        self.start_dovecot(certificate)
        self.save()

    def wait_up(self, process, port, base):
        def up():
            if process.poll() is not None:
                logs = ''
                for name in ('/out', '/log'):
                    try:
                        with open(base + name) as f:
                            logs += f.read()
                    except OSError:
                        pass
                raise RuntimeError('%s ended: %s' % (base, logs[-3000:]))
            return answers(port)
        wait_for(up)

    # --- Postfix ---

    def start_postfix(self, certificate=None):
        self.smtp_certificate = certificate or self.certificate
        base = self.folder + '/postfix'
        for part in ('', '/queue', '/data', '/conf'):
            os.makedirs(base + part, exist_ok=True)
            os.chmod(base + part, 0o755)
        subprocess.run(AS_ROOT + ['chown', 'postfix', base + '/data'], check=True)
        deliver = write(base + '/deliver', '''#!/bin/sh
# Puts standard input into the Maildir of the address $1.
case $1 in */*|.*|'') exit 67 ;; esac
umask 000
d={mail}/$1/Maildir
mkdir -p "$d/tmp" "$d/new" "$d/cur" || exit 75
n=$(date +%s.%N).$$.localhost
cat > "$d/tmp/$n" && mv "$d/tmp/$n" "$d/new/$n" || exit 75
'''.format(mail=self.mail), 0o755)
        write(base + '/conf/recipients', '/^later@/ 451 4.7.1 try again later\n'
              '/^refused@/ 550 5.1.1 no such person here\n')
        write(base + '/conf/main.cf', '''
compatibility_level = 3.6
queue_directory = {base}/queue
data_directory = {base}/data
command_directory = /usr/sbin
daemon_directory = /usr/lib/postfix/sbin
meta_directory = /etc/postfix
maillog_file = {base}/log
maillog_file_prefixes = {base}
mail_owner = postfix
setgid_group = postdrop
myhostname = mail.test.example
mydestination =
mynetworks =
inet_interfaces = 127.0.0.1
inet_protocols = ipv4
relay_domains = regexp:{base}/conf/all
default_transport = keep
relay_transport = keep
keep_destination_recipient_limit = 1
transport_maps =
alias_maps =
alias_database =
local_recipient_maps =
smtpd_relay_restrictions = permit_sasl_authenticated, reject
smtpd_recipient_restrictions = check_recipient_access regexp:{base}/conf/recipients, permit_sasl_authenticated, reject
smtpd_sasl_auth_enable = yes
smtpd_sasl_type = dovecot
smtpd_sasl_path = {dovecot}/run/auth-postfix
smtpd_tls_security_level = encrypt
smtpd_tls_auth_only = yes
smtpd_tls_chain_files = {tls}/{certificate}.key, {tls}/{certificate}.pem
smtpd_peername_lookup = no
smtputf8_enable = no
message_size_limit = 52428800
mailbox_size_limit = 0
'''.format(base=base, tls=self.folder + '/tls', certificate=self.smtp_certificate,
           dovecot=self.folder + '/dovecot'))
        write(base + '/conf/all', '/./ yes\n')
        service = 'unix - - n - '
        write(base + '/conf/master.cf', '''
127.0.0.1:{smtp} inet n - n - - smtpd
127.0.0.1:{smtps} inet n - n - - smtpd -o smtpd_tls_wrappermode=yes
pickup unix n - n 60 1 pickup
cleanup unix n - n - 0 cleanup
qmgr unix n - n 300 1 qmgr
tlsmgr unix - - n 1000? 1 tlsmgr
rewrite {s} - trivial-rewrite
bounce {s} 0 bounce
defer {s} 0 bounce
trace {s} 0 bounce
verify unix - - n - 1 verify
flush unix n - n 1000? 0 flush
proxymap {s} - proxymap
smtp {s} - smtp
relay {s} - smtp
showq unix n - n - - showq
error {s} - error
retry {s} - error
discard {s} - discard
anvil unix - - n - 1 anvil
postlog unix-dgram n - n - 1 postlogd
keep unix - n n - 10 pipe flags=DR user=mail argv={deliver} ${{recipient}}
'''.format(smtp=self.smtp_port, smtps=self.smtps_port, s=service.strip(), deliver=deliver))
        process = spawn([POSTFIX, '-c', base + '/conf', 'start-fg'], base + '/out')
        self.processes['postfix'] = process
        self.pids['postfix'] = process.pid
        self.wait_up(process, self.smtps_port, base)
        with open(base + '/queue/pid/master.pid') as f:
            self.pids['postfix'] = int(f.read())


def wait_received(servers, user, count, seconds=20):
    """Waits until a mailbox holds count messages, and gives them."""
    wait_for(lambda: len(servers.paths(user)) >= count, seconds)
    return servers.received(user)


def main(arguments):
    if len(arguments) < 2 or arguments[0] not in ('start', 'stop', 'deliver', 'received'):
        sys.exit(__doc__)
    verb, folder, rest = arguments[0], arguments[1], arguments[2:]
    if verb == 'start':
        users, folders, imap_only = {}, {}, False
        while rest:
            option = rest.pop(0)
            if option == '--user':
                address, _, password = rest.pop(0).partition(':')
                users[address] = password or os.urandom(9).hex()
            elif option == '--folder':
                address, _, name = rest.pop(0).partition(':')
                folders.setdefault(address, []).append(name)
            elif option == '--imap-only':
                imap_only = True
            else:
                sys.exit(__doc__)
        Servers(folder, users, folders, imap_only=imap_only).start()
    elif verb == 'stop':
        Servers.load(folder).stop()
    elif verb == 'deliver':
        print(Servers.load(folder).deliver(rest[0], sys.stdin.buffer.read(), *rest[1:2]))
    else:
        for path in Servers.load(folder).paths(rest[0]):
            print(path)


if __name__ == '__main__':
    main(sys.argv[1:])
