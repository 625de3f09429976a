#!/usr/bin/env python3
"""Scores a redactor on labelled reports.

usage: score.py DATA.jsonl [--gate NAME=LEAST ...] [--misses FILE] -- COMMAND [ARG...]

COMMAND reads JSON lines {id, lang, from_name, from_email, text} and writes
{id, spans: [{start, end, type}], redacted}; offsets in code points.

A labelled span is caught when all its letters, digits and marks are covered (of a CREDENTIAL:
every visible character); blanks, invisible characters, tags and entities without content need
not be. A predicted span is right when it touches a label and half of it is labelled or neutral.
A keep string is damaged when a character of it, outside of labels, is redacted.

Figures, in percent: zero (reports without a leak), both (zero, and every keep string whole),
recall, precision, damage (keep strings damaged), and TYPE.recall, TYPE.precision.
--gate zero=60 ends with 1 when a figure is below (damage: above) the number.
"""
import json
import re
import subprocess
import sys
import unicodedata

NO_CONTENT = re.compile(r'</?[A-Za-z][^<>]{0,60}>|&(?:#\d{1,7}|#[xX][0-9a-fA-F]{1,6}|nbsp|shy|zwnj|zwj|ensp|emsp|thinsp|lrm|rlm|amp);')


def needed(text, span):
    """Positions that have to be covered."""
    free = set()
    for m in NO_CONTENT.finditer(text, span['start'], span['end']):
        n = re.fullmatch(r'&#(?:([0-9]+)|[xX]([0-9a-fA-F]+));', m.group())
        code = int(n.group(1) or n.group(2), 10 if n.group(1) else 16) if n else 32
        if code > 0x10ffff or not chr(code).isalnum():
            free.update(range(m.start(), m.end()))
    for i in range(span['start'], span['end']):
        kind = unicodedata.category(text[i])
        if i in free or text[i].isspace():
            continue
        if kind[0] in 'LNM' or (span['type'] == 'CREDENTIAL' and kind != 'Cf'
                                and not (text[i] == '=' and text[i + 1:i + 2] in '\r\n')):
            yield i


def share(part, whole):
    return 100.0 * part / whole if whole else 100.0


def main(argv):
    if '--' not in argv or argv[0].startswith('-'):
        sys.exit(__doc__)
    command = argv[argv.index('--') + 1:]
    options = argv[1:argv.index('--')]
    gates, misses = [], None
    while options:
        name = options.pop(0)
        if name == '--misses':
            misses = open(options.pop(0), 'w', encoding='utf-8')
        elif name == '--gate':
            key, least = options.pop(0).split('=')
            gates.append((key, float(least)))
        else:
            sys.exit(__doc__)
    with open(argv[0], encoding='utf-8') as f:
        records = [json.loads(line) for line in f if line.strip()]
    feed = ''.join(json.dumps({k: r.get(k, '') for k in ('id', 'lang', 'from_name', 'from_email', 'text')},
                              ensure_ascii=False) + '\n' for r in records)
    run = subprocess.run(command, input=feed.encode(), stdout=subprocess.PIPE)
    if run.returncode:
        sys.exit('score.py: the command ended with %d' % run.returncode)
    answers = {a['id']: a for a in map(json.loads, run.stdout.decode().splitlines())}

    gold, caught, made, right = {}, {}, {}, {}
    zero = both = keeps = damaged = 0
    for r in records:
        text, spans = r['text'], answers[r['id']]['spans']
        covered = bytearray(len(text))
        label, neutral = bytearray(len(text)), bytearray(len(text))
        shown, last = answers[r['id']]['redacted'], 0
        for s in spans:
            covered[s['start']:s['end']] = b'\1' * (s['end'] - s['start'])
            if not shown.startswith(text[last:s['start']]):
                sys.exit('score.py: %s: redacted is not the text less its spans' % r['id'])
            shown = re.sub(r'\A\[[A-Z]+-\d+\]', '', shown[s['start'] - last:], count=1)
            last = s['end']
        if shown != text[last:]:
            sys.exit('score.py: %s: redacted is not the text less its spans' % r['id'])
        for s in r['spans']:
            label[s['start']:s['end']] = b'\1' * (s['end'] - s['start'])
        for s in r.get('neutral', ()):
            neutral[s['start']:s['end']] = b'\1' * (s['end'] - s['start'])
        leaks = hurt = 0
        for s in r['spans']:
            gold[s['type']] = gold.get(s['type'], 0) + 1
            if all(covered[i] for i in needed(text, s)):
                caught[s['type']] = caught.get(s['type'], 0) + 1
            else:
                leaks += 1
                if misses:
                    misses.write('leak %s %s %r\n' % (r['id'], s['type'], text[s['start']:s['end']]))
        for s in spans:
            body = [i for i in range(s['start'], s['end'])
                    if not text[i].isspace() and unicodedata.category(text[i]) != 'Cf']
            labelled = sum(label[i] for i in body)
            beside = sum(1 for i in body if neutral[i] and not label[i])
            if not body or (not labelled and beside * 2 >= len(body)):
                continue
            made[s['type']] = made.get(s['type'], 0) + 1
            if labelled and (labelled + beside) * 2 >= len(body):
                right[s['type']] = right.get(s['type'], 0) + 1
            elif misses:
                misses.write('false %s %s %r\n' % (r['id'], s['type'], text[s['start']:s['end']]))
        for keep in r.get('keep', ()):
            keeps += 1
            for m in re.finditer('(?=%s)' % re.escape(keep), text):
                here = range(m.start(), m.start() + len(keep))
                if not any(label[i] for i in here) and any(covered[i] for i in here):
                    hurt += 1
                    if misses:
                        misses.write('damage %s %r\n' % (r['id'], keep))
                    break
        damaged += hurt
        zero += not leaks
        both += not leaks and not hurt

    figures = {'zero': share(zero, len(records)), 'both': share(both, len(records)),
               'recall': share(sum(caught.values()), sum(gold.values())),
               'precision': share(sum(right.values()), sum(made.values())),
               'damage': share(damaged, keeps) if keeps else 0.0}
    for kind in sorted(set(gold) | set(made)):
        figures[kind + '.recall'] = share(caught.get(kind, 0), gold.get(kind, 0))
        figures[kind + '.precision'] = share(right.get(kind, 0), made.get(kind, 0))
    print('%d reports, %d labels: zero %.1f %%, both %.1f %%, recall %.1f %%, precision %.1f %%, keep damaged %.1f %%'
          % (len(records), sum(gold.values()), figures['zero'], figures['both'], figures['recall'],
             figures['precision'], figures['damage']))
    for kind in sorted(set(gold) | set(made)):
        print('  %-11s recall %5.1f %%  precision %5.1f %%  of %d' % (
            kind, figures[kind + '.recall'], figures[kind + '.precision'], gold.get(kind, 0)))
    failed = [(k, v) for k, v in gates
              if (figures[k] > v if k == 'damage' else figures[k] < v)]
    for key, least in failed:
        print('%s is %.1f, the gate is %.1f' % (key, figures[key], least))
    return 1 if failed else 0


if __name__ == '__main__':
    sys.exit(main(sys.argv[1:]))
