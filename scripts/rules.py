#!/usr/bin/env python3
"""Holds the tables of src/README.md against the code: who may include whom, and which library is
included where. Prints each breach as FILE:LINE and ends with 1 when there is one."""
import collections
import os
import re
import sys

top = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
readme = open(top + '/src/README.md', encoding='utf-8').read()


def table(title):
    """The rows of the table under this heading: first column, second column, as lists of words."""
    part = readme.split('## ' + title + '\n', 1)[1].split('\n## ', 1)[0]
    rows = [line.strip().strip('|').split('|') for line in part.splitlines() if line.startswith('|')]
    return [(re.findall(r'`([^`]+)`', r[0]), re.findall(r'`([^`]+)`', r[1])) for r in rows[2:]]


may = {room: set(others) for rooms, others in table('Who may include whom') for room in rooms}
doors = {header: set(rooms) for headers, rooms in table('One library, one door') for header in headers}
bad = []
names = collections.defaultdict(list)

for folder, _, files in os.walk(top + '/src'):
    room = os.path.relpath(folder, top + '/src').split('/')[0]
    for name in sorted(files):
        path = os.path.join(folder, name)
        shown = os.path.relpath(path, top)
        if not name.endswith(('.c', '.h')):
            continue
        names[name].append(shown)
        where = 'main.c' if room == '.' else room
        if where not in may:
            bad.append('%s: room %s is not in the table of src/README.md' % (shown, where))
            continue
        for number, line in enumerate(open(path, encoding='utf-8'), 1):
            m = re.match(r'\s*#\s*include\s*([<"])([^>"]+)[>"]', line)
            if not m:
                continue
            target = m.group(2)
            if m.group(1) == '"':
                other = target.split('/')[0]
                if '/' in target and other != where and other not in may[where]:
                    bad.append('%s:%d: %s may not include %s' % (shown, number, where, target))
            for header, rooms in doors.items():
                if target == header or (header.endswith('/') and target.startswith(header)):
                    if where not in rooms:
                        bad.append('%s:%d: <%s> belongs in %s' % (shown, number, target, ', '.join(sorted(rooms))))
                    elif name.endswith('.h'):
                        bad.append('%s:%d: <%s> in a header' % (shown, number, target))

bad += ['%s: the same name twice' % ' and '.join(paths) for paths in names.values() if len(paths) > 1]
print('\n'.join(bad) if bad else 'rules: fine')
sys.exit(1 if bad else 0)
