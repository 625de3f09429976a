#!/usr/bin/env python3
"""guess-corpus.py REPORTS.jsonl... -- reports to learn passwords and user names from.

Prints the labelled reports, then copies of them in which passwords and user names are exchanged for others, so that
what is learnt is where they stand and what they look like, not which they are. The seed is fixed.
"""
import json
import random
import sys

# What is said of passwords and accounts without telling one.
SAID = (
    ('het {} is {}', 'wachtwoord account token sessiecookie toegangswoord',
     'verlopen vergeten geblokkeerd onjuist verplicht zichtbaar leesbaar onversleuteld opgeslagen gewijzigd ingetrokken '
     'gedeeld bekend leeg gereset zwak voldoende nodig ongeldig uitgeschakeld aangemaakt verwijderd herbruikbaar'),
    ('de {} was {}', 'pincode toegangscode gebruikersnaam sleutel sessie login inlogcode api-key',
     'verlopen vergeten geblokkeerd onjuist verplicht zichtbaar onversleuteld gewijzigd gedeeld bekend leeg zwak ongeldig'),
    ('the {} is {}', 'password token passphrase secret account username',
     'expired required incorrect invalid reset changed shared weak visible stored hashed locked disabled unknown mandatory '
     'missing wrong exposed leaked empty reused guessable readable public accepted'),
    ('een {} wordt over TLS {}', 'wachtwoord account token code gebruikersnaam sleutel',
     'versleuteld gehasht beveiligd meegestuurd verstuurd verzonden ontvangen getoond gelogd gecontroleerd geweigerd'),
    ('a {} sent over TLS, {}', 'password token code username key', 'encrypted hashed sent logged shown checked refused'),
    ('{} {}, try again', 'password account login user PIN', 'expired incorrect invalid locked disabled unknown missing wrong'),
)

TYPES = ('CREDENTIAL', 'HANDLE')
COPIES = 3


def kind(value):
    """Only alike for alike: a password of letters in quotes would not have blanks."""
    return (' ' in value or '\n' in value, len(value) > 24, value[:1] == '@')


def part_of(group):
    """As hash_of() of guess-model.c: what is left aside there meets none of these copies."""
    value = 14695981039346656037
    for byte in group.encode():
        value = (value ^ byte) * 1099511628211 & (1 << 64) - 1
    return ((value ^ value >> 29) >> 20 & 0xffffffff) % 5


def exchange(report, pool, pick):
    text, spans, at, moved = report['text'], [], 0, []
    out = []
    swaps = {}
    for span in sorted(report['spans'], key=lambda span: span['start']):
        old = text[span['start']:span['end']]
        new = old
        if span['type'] in TYPES:
            if old not in swaps:
                swaps[old] = pick.choice(pool[part_of(report['id']), span['type'], kind(old)])
            new = swaps[old]
        out.append(text[at:span['start']])
        start = sum(map(len, out))
        out.append(new)
        moved.append((span['end'], len(new) - len(old)))
        spans.append({'start': start, 'end': start + len(new), 'type': span['type']})
        at = span['end']
    out.append(text[at:])
    neutral = []
    for span in report['neutral']:
        shift = sum(by for end, by in moved if end <= span['start'])
        neutral.append({'start': span['start'] + shift, 'end': span['end'] + shift})
    return dict(report, made=True, text=''.join(out), spans=spans, neutral=neutral)


def main(paths):
    reports = [json.loads(line) for path in paths for line in open(path, encoding='utf-8')]
    pool = {}
    for report in reports:
        for span in report['spans']:
            if span['type'] in TYPES:
                value = report['text'][span['start']:span['end']]
                pool.setdefault((part_of(report['id']), span['type'], kind(value)), []).append(value)
    pick = random.Random(20250101)
    for report in reports:
        print(json.dumps(report))
    for form, things, states in SAID:
        for thing in things.split():
            for state in states.split():
                print(json.dumps({'id': form, 'made': True, 'text': form.format(thing, state) + '.', 'spans': [], 'neutral': []}))
    for _ in range(COPIES):
        for report in reports:
            if any(span['type'] in TYPES for span in report['spans']):
                print(json.dumps(exchange(report, pool, pick)))


main(sys.argv[1:])
