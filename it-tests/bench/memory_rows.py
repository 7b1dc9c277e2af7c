"""
Resident memory without a node: after start, after 200 commands (40 in the quick form), and after as long an idling as
there is time for.
"""
import time

import client
import probes
from table import Row, compared, span


class Residents:
    """
    One container of each side, beside nothing else of its kind when it is looked at: they would share pages, and PSS
    divides those. The last two stay, idle, while the other rows are measured.
    """

    def __init__(self, bench):
        self.bench = bench
        self.commands = bench.rounds(40, 200)
        self.seen = {side: {} for side in bench.sides}
        self.containers = {}
        self.quiet_since = 0

    def launch(self, number):
        for side, last in zip(self.bench.sides, (12, 13)):
            self.containers[side] = side.container(address=f"10.99.0.{last}")
        for container in self.containers.values():
            container.await_banner()
        self.quiet_since = time.monotonic()

    def work(self):
        for container in self.containers.values():
            client.parallel(client.ssh(self.bench.stage, container, "true"), 4, self.commands // 4)
        self.quiet_since = time.monotonic()

    def look(self, moment, quiet):
        """Figures of now, but not before they have been left alone for so many seconds. Returns for how long."""
        time.sleep(max(0.0, self.quiet_since + quiet - time.monotonic()))
        for side, container in self.containers.items():
            self.seen[side].setdefault(moment, []).append(probes.memory(probes.inhabitants(container.pid)))
        return time.monotonic() - self.quiet_since

    def close(self):
        for container in self.containers.values():
            container.kill()

    def tell(self, moment, shown=None):
        a, p = self.bench.sides
        rss, pss = ({side: [figures[part] / 1024 for figures in self.seen[side][moment]] for side in self.bench.sides}
                    for part in (0, 1))
        note = f"both without a node; {len(rss[a])} rounds" if len(rss[a]) > 1 else "both without a node"
        self.bench.add(compared(f"PSS {shown or moment}", pss[a], pss[p], "MB", "1.0 times", 1.0, note=note))
        self.bench.add(compared(f"RSS {shown or moment}", rss[a], rss[p], "MB", "1.2 times", 1.2, note=note))

    def tell_growth(self, idle):
        """Of the containers that stayed: flat is what grows by no more than a twentieth."""
        grown = {side: self.seen[side]["after idling"][-1][1] / self.seen[side][f"after {self.commands} commands"][-1][1]
                 for side in self.bench.sides}
        a, p = self.bench.sides
        self.bench.add(Row(f"PSS after {idle} idle over PSS after {self.commands} commands", grown[a], grown[p], "", "1.05",
                           grown[a] <= 1.05, note="each side over itself"))


def launch(bench):
    """The rounds that end, and the beginning of the last one."""
    residents = bench.residents = Residents(bench)
    for number in range(bench.rounds(0, 2)):
        residents.launch(number)
        residents.look("after start", 15)
        residents.work()
        residents.look(f"after {residents.commands} commands", 15)
        residents.close()
    residents.launch(bench.rounds(0, 2))
    bench.stage.keep(*residents.containers.values())


def after_start(bench):
    bench.residents.look("after start", bench.rounds(5, 15))
    bench.residents.work()
    bench.residents.tell("after start")


def after_commands(bench):
    moment = f"after {bench.residents.commands} commands"
    bench.residents.look(moment, bench.rounds(5, 15))
    bench.residents.tell(moment)


def after_idling(bench):
    """Since the commands nobody has asked anything of them."""
    lasted = bench.residents.look("after idling", bench.idle)
    bench.residents.tell("after idling", f"after {span(lasted)} idle")
    bench.residents.tell_growth(span(lasted))
