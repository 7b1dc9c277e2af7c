"""Start of a container without a node."""
import time
from statistics import median

import client
import probes
from table import compared


def start(bench):
    """Launch to the banner and to the end of the first command, each side's volume already made."""
    banner = {side: [] for side in bench.sides}
    first = {side: [] for side in bench.sides}
    spent = {side: [] for side in bench.sides}
    volumes = {side: side.volume() for side in bench.sides}
    for number in range(bench.rounds(2, 15) + 1):
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
    note = "cold, files in the page cache"
    for label, figures, goal in (("launch → SSH banner", banner, 200), ("launch → first command done", first, 300)):
        row = compared(label, figures[a], figures[p], "ms", f"{goal} ms", 1, note=note)
        row.reached = median(figures[a]) <= goal
        bench.add(row)
    bench.add(compared("CPU until then", spent[a], spent[p], "ms", "–", None, note=note))
