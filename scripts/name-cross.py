#!/usr/bin/env python3
"""name-cross.py [OPTION OF NAME-MODEL...] -- what the weights of names are worth on reports they have not seen.

Learns five times from four fifths of tests/redaction and measures the rest, with all of the program around it. Needs
`make build/meldpost build/name-model` first.
"""
import concurrent.futures
import json
import os
import subprocess
import sys
import tempfile

TOP = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
PARTS = 5
SETS = ('dev', 'news-nl', 'traps')
LIBS = subprocess.run(['make', '-s', '-f', 'Makefile', '--eval', 'show-libs:;@echo $(LIBS)', 'show-libs'], cwd=TOP, check=True,
                      stdout=subprocess.PIPE, text=True).stdout.split()


def part_of(group):
    """As hash_of() of name-model.c."""
    value = 14695981039346656037
    for byte in group.encode():
        value = (value ^ byte) * 1099511628211 & (1 << 64) - 1
    return ((value ^ value >> 29) >> 20 & 0xffffffff) % PARTS


def build(corpus, work, part, options):
    weights, unit, program = ('%s/%s%d' % (work, name, part) for name in ('weights', 'person', 'meldpost'))
    with open(corpus) as reports, open(weights, 'w') as out:
        subprocess.run([TOP + '/build/name-model', '--without', '%d/%d' % (part, PARTS), *options], stdin=reports, stdout=out,
                       stderr=subprocess.DEVNULL, check=True)
    subprocess.run(['gcc', '-std=c11', '-D_GNU_SOURCE', '-O2', '-fPIE', '-Isrc', '-DNAME_WEIGHTS="%s"' % weights, '-c', '-o',
                    unit + '.o', 'src/redact/person.c'], cwd=TOP, check=True)
    objects = [TOP + '/build/' + name for name in ('obj/main.o', 'obj.a', 'obj-stamp.o')]
    subprocess.run(['gcc', '-pie', '-o', program, objects[0], unit + '.o', *objects[1:], *LIBS], check=True)
    return program


def main(options):
    paths = ['%s/tests/redaction/%s.jsonl' % (TOP, name) for name in SETS]
    with tempfile.TemporaryDirectory() as work:
        corpus = work + '/corpus'
        with open(corpus, 'w') as out:
            subprocess.run([TOP + '/scripts/name-corpus.py', *paths], stdout=out, check=True)
        with concurrent.futures.ThreadPoolExecutor(2) as pool:
            programs = list(pool.map(lambda part: build(corpus, work, part, options), range(PARTS)))
        for path in paths:
            answers = {}
            with open(path, encoding='utf-8') as f:
                reports = [json.loads(line) for line in f]
            for part, program in enumerate(programs):
                feed = ''.join(json.dumps(r) + '\n' for r in reports if part_of(r['id']) == part)
                run = subprocess.run([program, 'redact', '--json-lines', '--settings', TOP + '/tests/redaction/zandmeer.conf'],
                                     input=feed.encode(), stdout=subprocess.PIPE, check=True)
                answers.update((json.loads(line)['id'], line) for line in run.stdout.decode().splitlines())
            with open(work + '/answers', 'w', encoding='utf-8') as out:
                out.write(''.join(answers[r['id']] + '\n' for r in reports))
            print(os.path.basename(path), flush=True)
            subprocess.run([TOP + '/tests/redaction/score.py', path, '--', 'cat', work + '/answers'], check=True)


if __name__ == '__main__':
    main(sys.argv[1:])
