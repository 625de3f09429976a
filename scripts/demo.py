#!/usr/bin/env python3
"""Runs the main job of meldpost on a throw-away mailbox: sample reports in, digest out.

usage: scripts/demo.py PROGRAM
Everything lies in one folder under /tmp, which is kept to look at; what was started is stopped.
"""
import os
import sys
import tempfile
import time

TOP = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
sys.path.insert(0, TOP + '/tests/lib')
import mails  # noqa: E402
import town as towns  # noqa: E402

terminal = sys.stdout.isatty()
started = time.time()


def title(words):
    bold, end = ('\033[1m', '\033[0m') if terminal else ('', '')
    print('\n%s== %s%s' % (bold, words, end), flush=True)


def step(words):
    print('%6.1f s  %s' % (time.time() - started, words), flush=True)


def indented(text):
    print('\n'.join('    ' + line for line in text.rstrip('\n').split('\n')), flush=True)


def main(program):
    folder = tempfile.mkdtemp(prefix='meldpost-demo.', dir='/tmp')
    town = towns.Town(folder, os.path.abspath(program))
    try:
        title('A municipality for the day: gemeente Voorbeelddam')
        town.start(step)
        step('meldpost init')
        indented(town.run('init'))
        step('meldpost check')
        indented(town.run('check', check=None))

        title('Mail arrives')
        for name, raw in mails.samples(town.keys, int(time.time())):
            town.put(raw)
            step('%-22s %8d bytes' % (name, len(raw)))

        title('meldpost run')
        indented(town.run('run', check=None) + town.said)
        step('done')
        town.wait_received('ciso', 1)

        title('meldpost cases')
        indented(town.run('cases'))
        first = town.json('cases')[0]['number']
        title('meldpost show %s: what may be shown, and what was taken out' % first)
        indented(town.run('show', first))

        title('What the CISO received: the digest')
        digest = town.opened('ciso')[0][1]
        indented(towns.readable(digest).split('<!DOCTYPE')[0] if digest else 'no digest came')

        title('meldpost run, once more: nothing changes')
        before = town.json('cases')
        indented(town.run('run', check=None) + town.said)
        step('the cases are the same as before' if town.json('cases') == before else 'SOMETHING CHANGED')

        title('Where everything lies')
        for who in ('ciso', 'ibd', 'sanne', 'tom', 'youssef'):
            paths = town.servers.paths(mails.PEOPLE[who][1])
            print('  %-9s %2d mails  %s' % (who, len(paths), town.servers.maildir(mails.PEOPLE[who][1])))
        print('  settings  %s\n  store     %s\n  keys      %s' % (town.config, town.state, town.keys.folder))
        print('\nLook further:\n'
              '  %s cases --config %s\n'
              '  %s show --config %s %s\n'
              '  %s digest --print --config %s\n'
              '  gpg --homedir %s --decrypt MAIL    (as the CISO; any of the mails above)\n'
              '  rm -r %s                           (when you are done)' % (
                  program, town.config, program, town.config, first, program, town.config,
                  town.keys.home('ciso'), folder))
    finally:
        town.stop()
    step('servers and agents are stopped')


if __name__ == '__main__':
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    main(sys.argv[1])
