"""Start, resident memory and idleness of a container without a node, then with work done."""
import time
from statistics import median

import client
import probes
from table import Row, compared


def start(bench):
    """Launch to the banner and to the end of the first command, each side's volume already made."""
    banner = {side: [] for side in bench.sides}
    first = {side: [] for side in bench.sides}
    spent = {side: [] for side in bench.sides}
    volumes = {side: side.volume() for side in bench.sides}
    for number in range(bench.rounds(4, 15) + 1):
        for side in bench.alternating(number):
            container = side.container(volumes[side])
            took = container.await_banner()
            client.timed(client.ssh(bench.stage, container, "true"))
            done = time.monotonic() - container.began
            if number:  # the first one fills the page cache
                banner[side].append(took * 1000)
                first[side].append(done * 1000)
                spent[side].append(probes.cpu(probes.inhabitants(container.pid)) * 1000)
            container.kill()
    a, p = bench.sides
    for label, figures, goal in (("launch → SSH banner", banner, 200), ("launch → first command done", first, 300)):
        row = compared(label, figures[a], figures[p], "ms", f"{goal} ms", 1)
        row.reached = median(figures[a]) <= goal
        bench.add(row)
    bench.add(compared("CPU until then", spent[a], spent[p], "ms", "–", 1))
    bench.rows[-1].reached = None


def memory(bench):
    """VmRSS and PSS summed over each side's processes: after start, after 200 commands, after idling."""
    a, p = bench.sides
    seen = {side: {} for side in bench.sides}
    for number in range(bench.rounds(1, 3)):
        containers = {side: side.container() for side in bench.alternating(number)}
        for container in containers.values():
            container.await_banner()
        last = number == bench.rounds(1, 3) - 1
        for moment in ("after start", "after 200 commands", *(["after idling"] if last else [])):
            if moment == "after 200 commands":
                for container in containers.values():
                    client.parallel(client.ssh(bench.stage, container, "true"), 4, 50)
            if moment == "after idling":
                idle(bench, containers)
            else:
                time.sleep(bench.rounds(9, 15))
            for side, container in containers.items():
                figures = probes.memory(probes.inhabitants(container.pid))
                seen[side].setdefault(moment, []).append(figures)
        for container in containers.values():
            container.kill()
    for moment in seen[a]:
        rss, pss = ({side: [figures[part] / 1024 for figures in seen[side][moment]] for side in bench.sides}
                    for part in (0, 1))
        shown = moment.replace("after idling", f"after {span(bench.idle)} idle")
        bench.add(compared(f"PSS {shown}", pss[a], pss[p], "MB", "1.0 times", 1.0))
        bench.add(compared(f"RSS {shown}", rss[a], rss[p], "MB", "1.2 times", 1.2))


def span(seconds):
    return f"{seconds / 60:.0f} min" if seconds >= 60 else f"{seconds} s"


def idle(bench, containers):
    """CPU and wake-ups of both sides, at the same time."""
    before = {side: probes.threads(probes.inhabitants(c.pid)) for side, c in containers.items()}
    began = time.monotonic()
    time.sleep(bench.idle)
    lasted = time.monotonic() - began
    share, wakes = {}, {}
    for side, container in containers.items():
        switches = nanoseconds = 0
        for thread, (count, spent) in probes.threads(probes.inhabitants(container.pid)).items():
            old = before[side].get(thread, (0, 0))
            switches += count - old[0]
            nanoseconds += spent - old[1]
        wakes[side] = switches / lasted
        share[side] = nanoseconds / 1e7 / lasted
    a, p = bench.sides
    label = span(bench.idle)
    bench.add(Row(f"idle for {label}: CPU", share[a], share[p], "% of a core", "0.1 %", share[a] <= 0.1,
                  share[a] / share[p], "no node"))
    bench.add(Row(f"idle for {label}: wake-ups a second", wakes[a], wakes[p], "", "2", wakes[a] <= 2,
                  wakes[a] / wakes[p], "no node"))
