"""`ssh NODE true`, one after the other and eight at a time, on warm servers."""
import client
import probes
from table import compared


def commands(bench):
    a, p = bench.sides
    containers = {side: side.container() for side in bench.sides}
    for container in containers.values():
        container.await_banner()
    for label, algorithms in (("same algorithms", client.SAME), ("stock client", client.STOCK)):
        lines = {side: client.ssh(bench.stage, containers[side], "true", algorithms) for side in bench.sides}
        for line in lines.values():
            client.parallel(line, 2, bench.rounds(4, 20))
        one = {side: [] for side in bench.sides}
        spent = {side: 0.0 for side in bench.sides}
        for number in range(bench.rounds(4, 150)):
            for side in bench.alternating(number):
                before = probes.cpu(probes.inhabitants(containers[side].pid))
                one[side].append(client.timed(lines[side]) * 1000)
                spent[side] += probes.cpu(probes.inhabitants(containers[side].pid)) - before
        bench.add(compared(f"`ssh NODE true`, {label}", one[a], one[p], "ms", "0.5 times", 0.5, note="warm"))
        count = len(one[a])
        bench.add(compared(f"the server's CPU for one, {label}", [spent[a] / count * 1000],
                           [spent[p] / count * 1000], "ms", "–", None, note="warm"))
        rates = {side: [] for side in bench.sides}
        each = bench.rounds(3, 15)
        for number in range(bench.rounds(2, 7)):
            for side in bench.alternating(number):
                rates[side].append(8 * each / client.parallel(lines[side], 8, each))
        bench.add(compared(f"`ssh NODE true`, 8 in parallel, {label}", rates[a], rates[p], "/s", "0.5 times", 0.5, True,
                           note="warm; the clients take most of both cores"))
