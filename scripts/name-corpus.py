#!/usr/bin/env python3
"""name-corpus.py [--copies N] REPORTS.jsonl... -- what scripts/name-model.c learns from.

Prints each labelled report as it is, and N times with the people in it replaced by others: names
drawn from Debian's frogdata, from src/redact/words.txt and made up letter by letter, in the same
places, sometimes in another form (initials, lower case, capitals, given name alone). Between them
stand short texts put together from scripts/name-lines.txt. The same input gives the same output.
"""
import json
import os
import random
import re
import sys
import unicodedata

TOP = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
FROG = os.environ.get('WORD_LISTS', '/usr/share/frog/nld')
TRAP = .25
draw = random.Random(20250101)

TUSS = ['van', 'van de', 'van der', 'van den', 'de', 'den', 'ter', 'ten', "van 't", "in 't", 'op den', 'el', 'van het',
        'v.d.', 'vd', 'te', 'von', 'del', 'da', 'dos', 'al', 'ben']
TUSS_WORDS = {'van', 'de', 'der', 'den', 'ter', 'ten', 't', 'in', 'op', 'het', 'v', 'd', 'vd', 'te', 'von', 'el', 'al',
              'la', 'le', 'del', 'di', 'da', 'dos', 'du', 'ben', 'bin', 'aan', 'en', 'jr', 'sr', 'e', 'bint', 'af', 'ou'}


def fold(word):
    return ''.join(c for c in unicodedata.normalize('NFD', word) if not unicodedata.combining(c)).lower()


def frog(name):
    with open('%s/%s' % (FROG, name), encoding='utf-8') as f:
        return [line.strip() for line in f if 2 < len(line.strip()) < 16 and line.strip().isalpha()]


def words_of(group):
    found, inside = [], False
    for line in open(TOP + '/src/redact/words.txt', encoding='utf-8'):
        if line.startswith('['):
            inside = line.strip() == '[%s]' % group
        elif inside:
            found += [w[:1].upper() + w[1:] for w in line.split() if w.isalpha() and len(w) > 2]
    return found


def chain_of(names):
    """Which letter follows which two, to make up names that no list has."""
    after = {}
    for name in names:
        name = '^^' + name.lower() + '$'
        for i in range(len(name) - 2):
            after.setdefault(name[i:i + 2], []).append(name[i + 2])
    return after


def make_up(after):
    while True:
        word = '^^'
        while word[-1] != '$' and len(word) < 16:
            word += draw.choice(after[word[-2:]])
        if word[-1] == '$' and len(word) > 6:
            return word[2:-1].capitalize()


given = frog('voornamen.ner')
surnames = frog('familienamen.ner')
places = frog('plaatsen-nld.ner')
streets = [s for s in frog('straten-nld.ner') if s.endswith(('straat', 'weg', 'laan', 'plein', 'pad', 'kade'))]
closings, greetings, devices = words_of('sign'), words_of('greet'), words_of('device')
given_known, surnames_known = words_of('given'), words_of('surname')
given_chain, surname_chain = chain_of(given_known + given[::7]), chain_of(surnames_known + surnames[::13])
given_set, surname_set = {fold(w) for w in given}, {fold(w) for w in surnames}


def new_given():
    n = draw.random()
    return draw.choice(given_known) if n < .45 else draw.choice(given) if n < .75 else make_up(given_chain)


def new_surname():
    n = draw.random()
    return draw.choice(surnames_known) if n < .35 else draw.choice(surnames) if n < .7 else make_up(surname_chain)


# Animals, plants, colours, trades, dates: words that are names too.
NATURE = ('wolf vos haas beer zwaan valk mees vink merel spreeuw kok bakker smit visser boer koning prins ridder engel roos iris jasmijn '
          'madelief hazel els linde berk olm eik es wilg den vlier hulst klaver bloem zomer winter lente herfst zon maan storm wind regen '
          'hoop liefde licht groen wit zwart bruin rood blauw goud zilver steen berg dal veld dijk dam brug kerk hof huis molen kamp '
          'rowan ash sage basil robin finch heron jay swan wren hawk lamb fox bear drake pike bass rose lily daisy ivy holly heather '
          'poppy violet willow olive ruby pearl amber jade crystal hope faith grace joy may june april august summer winter dawn sky '
          'mark bill will frank grant chase chance rich art pat sue drew miles page king bishop cook baker mason hunter brown green '
          'white black gray young long short noble wise sharp stone woods field rivers wood mees mol bos beek ster dekker kuiper mulder '
          'slager schipper postma wever melk boon peer appel kers pruim haring snoek baars karper bok geit lam ezel paard').split()


def like(word, model):
    """The word in the case of the model."""
    if model.islower():
        return word.lower()
    if model.isupper() and len(model) > 1:
        return word.upper()
    return word[:1].upper() + word[1:]


def initial():
    return draw.choice('AAABCDEEFGHHJJJKLMMNPRSTWY')


class People:
    """Who stands for whom in one report."""

    def __init__(self):
        self.of = {}

    def word(self, word, first):
        """A new word for a word of a name; tussenvoegsels stay."""
        key = fold(word)
        if key in TUSS_WORDS:
            return word
        if len(key) == 1:
            return like(initial(), word)
        if key not in self.of:
            is_given = key in given_set and (first or key not in surname_set)
            self.of[key] = new_given() if is_given else new_surname()
        return like(self.of[key], word)

    def name(self, text):
        words = re.findall(r'[^\W\d_]+', text)
        comma = ',' in text
        count, out = 0, ''
        for part in re.split(r'([^\W\d_]+)', text):
            if part and part[0].isalpha():
                out += self.word(part, (count == 0) != comma or len(words) == 1)
                count += 1
            else:
                out += part
        return out


PLAIN = re.compile(r"[^\W\d_]+(?:(?:\.? |-|\.|, |' ?|_|\+)[^\W\d_]+)*\.?")


def reform(name):
    """Sometimes the name in another form."""
    n = draw.random()
    words = name.split(' ')
    if n < .72 or ',' in name or not name[0].isupper():
        return name
    if n < .77:
        return name.lower()
    if n < .81:
        return name.upper()
    if len(words) > 1:
        if n < .86 and len(words[0]) > 2:
            return words[0][0] + '. ' + ' '.join(words[1:])
        if n < .89 and len(words[0]) > 2:
            return words[0][0] + '.' + initial() + '. ' + ' '.join(words[1:])
        if n < .92 and len(words[-1]) > 2:
            return words[-1] + ', ' + ' '.join(words[:-1])
        if n < .925:
            return draw.choice(('\n', '\n> ', '\n| ')).join((words[0], ' '.join(words[1:])))
        if n < .94 and len(words[-1]) > 2 and len(words) == 2:
            return words[0] + ' ' + draw.choice(TUSS) + ' ' + words[1]
        if n < .96:
            return words[0]
        if n < .98 and len(words) == 2:
            return words[0] + ' ' + words[1] + '-' + new_surname()
        if len(words) == 2:
            return words[0] + ' ' + new_given() + ' ' + words[1]
    return name


def retell(report, number):
    """The report with other people."""
    people, text, out, spans, at = People(), report['text'], '', [], 0
    marks = sorted([dict(s, neutral=False) for s in report['spans']]
                   + [dict(s, neutral=True, type='') for s in report.get('neutral', ())], key=lambda s: (s['start'], -s['end']))
    changed = False
    for span in marks:
        if span['start'] < at:
            continue
        out += text[at:span['start']]
        value = text[span['start']:span['end']]
        if span['type'] == 'PERSON' and PLAIN.fullmatch(value) and draw.random() < .92:
            value = reform(people.name(value))
            changed = True
        elif span['type'] in ('HANDLE', 'EMAIL') and draw.random() < .9:
            value = re.sub(r'[^\W\d_]{3,}', lambda m: like(people.of[fold(m.group())], m.group())
                           if fold(m.group()) in people.of else m.group(), value)
        spans.append({'start': len(out), 'end': len(out) + len(value), 'type': span['type'], 'neutral': span['neutral']})
        out += value
        at = span['end']
    out += text[at:]
    n = draw.random()
    if n < .11: # some write without capitals, some with nothing else
        out = recase(out, str.lower if n < .08 else str.upper)
    sender = re.sub(r'[^\W\d_]{2,}', lambda m: like(people.of[fold(m.group())], m.group())
                    if fold(m.group()) in people.of else m.group(), report.get('from_name', ''))
    return changed and {
        'id': '%s-%d' % (report['id'], number), 'group': report['id'], 'from_name': sender, 'from_email': '',
        'text': out, 'spans': [s for s in spans if not s['neutral']], 'neutral': [s for s in spans if s['neutral']],
        'keep': report.get('keep', []), 'made': True, 'weight': .5}


def recase(text, how):
    """The text in lower case or capitals, letter by letter, so that labels stay where they are."""
    return ''.join(how(c) if len(how(c)) == 1 else c for c in text)


def already(report):
    """The report as an earlier redaction leaves it: nobody is in it any more."""
    text, out, at = report['text'], '', 0
    for number, span in enumerate(sorted(report['spans'], key=lambda s: (s['start'], -s['end']))):
        if span['start'] >= at:
            out += text[at:span['start']] + '[%s-%d]' % ('PERSOON' if span['type'] == 'PERSON' else span['type'], number)
            at = span['end']
    return {'id': report['id'] + '-again', 'group': report['id'], 'from_name': '', 'from_email': '', 'text': out + text[at:],
            'spans': [], 'neutral': [], 'made': False, 'weight': .3}


def full(form):
    """A name for a slot of name-lines.txt: G given, S surname, N any, I initials, V inverted, T named by a word of the
    language, C glued, J two letters, U tussenvoegsel."""
    first, last = new_given(), new_surname()
    if draw.random() < .3:
        last = draw.choice(TUSS) + ' ' + last
    if draw.random() < .08:
        last += '-' + new_surname()
    if form == 'T':
        last = draw.choice(NATURE).capitalize()
        last = draw.choice(TUSS) + ' ' + last if draw.random() < .3 else last
        return draw.choice((first + ' ' + last, initial() + '. ' + last, last, last + ', ' + initial() + '.', last + ', ' + first))
    if form == 'C':
        last = last.title().replace(' ', '')
        return draw.choice((initial() + last, last + initial(), first + last, last + first, initial() + '.' + last, last + initial() + initial()))
    if form == 'J':
        return initial() + initial()
    if form == 'U':
        return draw.choice(TUSS)
    initials = '.'.join(initial() for _ in range(draw.choice((1, 1, 1, 2, 2, 3)))) + '.'
    if form == 'G':
        return first + ('-' + new_given() if draw.random() < .04 else '')
    if form == 'S':
        return last[:1].upper() + last[1:] if draw.random() < .8 else last
    if form == 'I':
        return initials + draw.choice((' ', ' ', ' ', '')) + last
    if form == 'V':
        head, _, tail = last.rpartition(' ')
        return tail + ', ' + draw.choice((initials, first)) + (' ' + head if head else '')
    n = draw.random()
    return (first + ' ' + last if n < .7 else initials + ' ' + last if n < .82 else first if n < .9
            else first + ' ' + new_given() + ' ' + last if n < .95 else first + ' ' + last[0].upper() + '.')


def thing():
    """A product's name that no list has."""
    word = make_up(draw.choice((given_chain, surname_chain)))
    n = draw.random()
    return (word if n < .3 else word + draw.choice(('Desk', 'Hub', 'Flow', 'Net', 'Suite', 'App', 'Soft', 'Base', 'Portal')) if n < .6
            else word[:4] + draw.choice(('IT', 'OS', 'DB', 'CMS')) if n < .75 else word[:3].upper() if n < .85
            else word + ' ' + draw.choice(('Server', 'Suite', 'Portal', 'Manager', 'Gateway', 'Viewer', 'Online', 'Cloud')))


def firm():
    return new_surname() + ' ' + draw.choice(('B.V.', 'BV', 'Systems', 'Software', 'Groep', 'Bouw', 'Techniek', 'Solutions', 'Hosting',
                                              'Ltd', 'GmbH', 'Advies', 'Consultancy', 'Zorg', 'Media', 'Wonen'))


def host():
    name = draw.choice((lambda: make_up(surname_chain).lower(), compound, compound, lambda: word() + draw.choice(('post', 'mail', 'net'))))()
    return draw.choice(('', '', 'mail.', 'in.', 'www.', 'mx1.', 'smtp.', word() + '.', word() + '-' + word() + '.')) + name + '.' + draw.choice(
        ('example', 'nl', 'nl', 'com', 'org', 'be', 'net', 'io'))


def society():
    """A house, a club or a shop: no person, though it may be called like one."""
    return draw.choice(('De ' + word().capitalize(), 'Het ' + compound().capitalize(), compound().capitalize(),
                        'De ' + word().capitalize() + ' ' + word().capitalize(), "'t " + word().capitalize(),
                        draw.choice(('Hotel', 'Stichting', 'Café', 'OBS', 'Huize', 'Zorggroep', 'Bakkerij', 'Restaurant', 'Villa', 'Camping'))
                        + ' ' + draw.choice((word().capitalize(), new_surname(), 'De ' + word().capitalize()))))


def dictionary(path, least):
    with open(path, encoding='utf-8') as f:
        return [w for w in (line.strip() for line in f) if least <= len(w) < 15 and w.isalpha() and w.islower()]


def counted():
    """The words of running Dutch text, the common ones more often."""
    found = []
    with open(FROG + '/Frog.mbt.1.0.lex', encoding='utf-8') as f:
        for line in f:
            count, word = line.split(' ')[:2]
            if word.isalpha() and word.islower() and len(word) > 1 and int(count) > 3:
                found += [word] * (1 + int(count).bit_length())
    return found


dutch, english = dictionary('/usr/share/dict/dutch', 3), dictionary('/usr/share/dict/american-english-small', 2)
running = counted()
stems = [w for w in dutch if 3 < len(w) < 9]
KEYS = ('id q s p page sort dir lang token url uri file path name user type action cmd op mode ref key val data code state next limit offset '
        'param params query filter search format debug admin cfg conf opt src dst tmp ts uid gid sid ver msg err obj arr idx len num').split()


def word():
    n = draw.random()
    return draw.choice(running) if n < .55 else draw.choice(english) if n < .85 else draw.choice(dutch)


def compound():
    return draw.choice(stems) + draw.choice(('', '', '', 's', 's')) + draw.choice(stems)


SLOTS = {'word': word, 'Word': lambda: word().capitalize(), 'WORD': lambda: word().upper(), 'long': compound,
         'Long': lambda: compound().capitalize(), 'key': lambda: draw.choice(KEYS), 'KEY': lambda: draw.choice(KEYS).upper(),
         'thing': thing, 'firm': firm, 'place': lambda: draw.choice(places),
         'street': lambda: draw.choice(streets), 'version': lambda: '%d.%d.%d' % (draw.randint(0, 12), draw.randint(0, 20), draw.randint(0, 9)),
         'Close': lambda: draw.choice(closings), 'Greet': lambda: draw.choice(greetings), 'Device': lambda: draw.choice(devices),
         'hex': lambda: draw.choice((':', '-', '.', '', ' ')).join('%02x' % draw.randint(0, 255) for _ in range(draw.choice((4, 6, 6, 8, 16)))),
         'uuid': lambda: '-'.join('%0*x' % (n, draw.getrandbits(4 * n)) for n in (8, 4, 4, 4, 12)),
         'City': lambda: make_up(surname_chain), 'org': society,
         'nr': lambda: str(draw.randint(1, 99999)), 'host': host}


SLOTS.update({'xg': new_given, 'xs': new_surname, 'xgl': lambda: new_given().lower(), 'xsl': lambda: new_surname().lower(),
              'nature': lambda: draw.choice(NATURE), 'Nature': lambda: draw.choice(NATURE).capitalize(),
              'placel': lambda: draw.choice(places).lower(), 'WORDS': lambda: word().upper() + '_' + word().upper(),
              'time': lambda: '%02d:%02d' % (draw.randint(0, 23), draw.randint(0, 59))})


def fill(line, out, spans):
    """Appends the line with its slots filled."""
    for part in re.split(r'(\{[a-zA-Z]+\})', line):
        if not re.fullmatch(r'\{[a-zA-Z]+\}', part):
            out += part
            continue
        name = part[1:-1]
        if name == 'device':
            out += SLOTS['Device']().lower()
            continue
        if name in SLOTS:
            out += SLOTS[name]()
            continue
        value = full(name[0].upper())
        if name.islower():
            value = value.lower()
        elif len(name) == 2:
            value = value.upper()
        spans.append({'start': len(out), 'end': len(out) + len(value), 'type': 'PERSON'})
        out += value
    return out


def compose(lines, number):
    """A text of some lines."""
    out, spans = '', []
    chosen = draw.sample(lines, draw.randint(3, 9))
    for line in chosen:
        out = fill(line.replace('\\n', '\n').replace('\\t', '\t'), out, spans)
        out += draw.choice(('\n', '\n', '\n\n', ' ')) if not line.endswith('|') else '\n'
    return {'id': 'line-%d' % number, 'group': '', 'from_name': '', 'from_email': '', 'text': out, 'spans': spans,
            'neutral': [], 'made': True, 'weight': .3}


def main(argv):
    copies = 12
    if argv[0] == '--copies':
        copies = int(argv[1])
        argv = argv[2:]
    reports = []
    for path in argv:
        with open(path, encoding='utf-8') as f:
            reports += [json.loads(line) for line in f if line.strip()]
    for report in reports:
        report['group'] = report['id']
        trap = report['id'].startswith('zb') # one kind of report only: not to outweigh the others
        if trap:
            report['weight'] = TRAP
        print(json.dumps(report))
        print(json.dumps(already(report)))
        for number in range(copies // 3 if trap else copies):
            other = retell(report, number)
            if other and trap:
                other['weight'] *= TRAP
            if other:
                print(json.dumps(other))
            else:
                break
    with open(TOP + '/scripts/name-lines.txt', encoding='utf-8') as f:
        lines = [line.rstrip('\n') for line in f if line.strip() and not line.startswith('#')]
    for number in range(len(lines) * copies // 3):
        print(json.dumps(compose(lines, number)))


if __name__ == '__main__':
    main(sys.argv[1:])
