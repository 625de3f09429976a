#!/bin/sh
# Redaction: figures on our labelled reports (names are learnt from all but heldout), speed, memory, start.
set -eu
here=$(cd "$(dirname "$0")/../.." && pwd)
data=$here/tests/redaction
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

for set in "$data"/*.jsonl; do
    echo "$(basename "$set"):"
    python3 "$data/score.py" "$set" -- "$MELDPOST" redact --json-lines --settings "$data/zandmeer.conf"
done

python3 - "$data" "$work" "$MELDPOST" <<'PYTHON'
import json, os, resource, subprocess, sys, time
data, work, program = sys.argv[1:]
text = '\n\n'.join(json.loads(line)['text'] for line in open(data + '/dev.jsonl', encoding='utf-8')).encode() + b'\n\n'


def cost(content, label):
    path = work + '/in'
    with open(path, 'wb') as f:
        f.write(content)
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    pid = os.fork()
    if pid == 0:
        os.dup2(os.open(path, os.O_RDONLY), 0)
        os.dup2(os.open('/dev/null', os.O_WRONLY), 1)
        os.execv(program, [program, 'redact'])
    _, status, used = os.wait4(pid, 0)
    cpu = used.ru_utime + used.ru_stime
    print('%s: %.1f MB in %.2f s of one core = %.1f MB/s, peak %.0f MiB%s' % (
        label, len(content) / 1e6, cpu, len(content) / 1e6 / cpu, used.ru_maxrss / 1024, '' if status == 0 else ', FAILED'))


cost((text * (20000000 // len(text) + 1))[:20000000], 'reports end to end, 20 MB')
cost(text[:200000], 'one report of 200 kB')
cost(b'mevrouw Jansen, tel 06-12345678; ' * 3030303, 'one line of 100 MB')
times = []
for _ in range(20):
    start = time.monotonic()
    subprocess.run([program, 'redact'], stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL)
    times.append(time.monotonic() - start)
print('start to end on no text: %.1f ms (median of 20)' % (1000 * sorted(times)[10]))
PYTHON
