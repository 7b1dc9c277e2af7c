"""Orphans: the agent against tini, which does nothing else."""
import time
from statistics import median

import probes
from container import Container, TooLate, until
from table import Row, compared

# Perl, for a shell now and then reaps its grandchild before it ends. Paced: ten every ten milliseconds.
RAIN = """use POSIX '_exit'; use Time::HiRes qw(time sleep); my $start = time;
for my $i (1 .. $ARGV[0]) {
    unless (fork) { unless (fork) { kill 9, $$ unless $i % 10; _exit(3) } _exit(0) }
    wait;
    if ($i % 10 == 0) { my $ahead = $i / 1000 - (time - $start); sleep $ahead if $ahead > 0 }
}"""


def _rain(container, count):
    """(milliseconds of CPU of PID 1, zombies left)."""
    time.sleep(3)
    before = probes.Usage([container.pid])
    container.run("postgres", "perl", "-e", RAIN, str(count))
    left = 0
    try:
        until(10, "end of zombies", lambda: probes.zombies(container.pid) == 0, 0.05)
    except TooLate:
        left = probes.zombies(container.pid)
    seconds, _ = before.until(probes.Usage([container.pid]))
    container.kill()
    return seconds * 1000, left


def _tini(stage):
    return Container(stage, "tini", "10.99.0.9", None, [], [], ["/usr/bin/tini", "--", "sleep", "infinity"])


def orphans(bench):
    a, other = bench.sides
    count = bench.rounds(1000, 10000)
    contestants = ["tini", a] + ([other] if bench.against else [])
    spent, left = ({name: [] for name in contestants} for _ in range(2))
    for number in range(bench.rounds(1, 4)):
        for name in contestants[::1 if number % 2 else -1]:
            container = _tini(bench.stage) if name == "tini" else name.container()
            if name != "tini":
                container.await_banner()
            took, zombies = _rain(container, count)
            spent[name].append(took)
            left[name].append(zombies)
    agent, tini = median(spent[a]), median(spent["tini"])
    note = "the peer is tini; both cold: the first orphans since the start"
    bench.add(Row(f"{count:,} orphans at 1,000 a second: CPU of PID 1", agent, tini, "ms", "3 times", agent <= 3 * tini,
                  agent / tini, note))
    if bench.against:
        bench.add(compared("the same, against the other agent", spent[a], spent[other], "ms", "–", None, note="both cold"))
    most, mosts = max(left[a]), max(left["tini"])
    bench.add(Row("zombies left of them", str(most), str(mosts), "", "0", most == 0))
