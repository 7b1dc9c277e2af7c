"""Orphans: the agent against tini, which does nothing else."""
import time
from statistics import median

import probes
from container import Container, TooLate, until
from table import Row

# Perl, for a shell now and then reaps its grandchild before it ends. Paced: ten every ten milliseconds.
RAIN = """use POSIX '_exit'; use Time::HiRes qw(time sleep); my $start = time;
for my $i (1 .. $ARGV[0]) {
    unless (fork) { unless (fork) { kill 9, $$ unless $i % 10; _exit(3) } _exit(0) }
    wait;
    if ($i % 10 == 0) { my $ahead = $i / 1000 - (time - $start); sleep $ahead if $ahead > 0 }
}"""


def orphans(bench):
    a, _ = bench.sides
    count = bench.rounds(3000, 10000)
    spent = {"agent": [], "tini": []}
    left = {"agent": 0, "tini": 0}
    for number in range(bench.rounds(1, 5)):
        for name in ("agent", "tini") if number % 2 else ("tini", "agent"):
            if name == "agent":
                container = a.container()
                container.await_banner()
            else:
                container = Container(bench.stage, "tini", "10.99.0.9", None, [], [],
                                      ["/usr/bin/tini", "--", "sleep", "infinity"])
            time.sleep(3)
            before = probes.own_nanoseconds(container.pid)
            container.run("postgres", "perl", "-e", RAIN, str(count))
            try:
                until(10, "end of zombies", lambda: probes.zombies(container.pid) == 0, 0.05)
            except TooLate:
                left[name] = max(left[name], probes.zombies(container.pid))
            spent[name].append((probes.own_nanoseconds(container.pid) - before) / 1e6)
            container.kill()
    agent, tini = median(spent["agent"]), median(spent["tini"])
    bench.add(Row(f"{count} orphans at 1,000 a second: CPU of PID 1", agent, tini, "ms", "3 times", agent <= 3 * tini,
                  agent / tini, "the peer is tini"))
    bench.add(Row("zombies left of them", str(left["agent"]), str(left["tini"]), "", "0", left["agent"] == 0))
