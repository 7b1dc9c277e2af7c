"""Idleness beside one node: a coordinator, whose GTM runs in a sandbox of its own and is nobody's to look after."""
import socket
import subprocess
import time

import probes
import server_rows
from container import Container, until
from table import Row, span

SERVERS = (("coordinator", "postgres --coordinator -D /var/lib/postgres/data/coord"),)
OF_THE_NODE = ("postgres",)
CPU = "idle beside one node: CPU", "0.1 %"
WAKE_UPS = "idle beside one node: wake-ups a second", "2"


def _answers(address, port):
    try:
        socket.create_connection((address, port), 1).close()
        return True
    except OSError:
        return False


def _gtm(bench, address, directory):
    """One for each side: two coordinators of one name would be in each other's way."""
    prefix = bench.sides[0].prefix
    gtm = Container(bench.stage, "gtm", address, None, [f"{prefix}:/usr/local/lib/postgres", f"{directory}:/mnt/gtm"], [], [
        "/usr/bin/tini", "--", "setpriv", "--reuid=postgres", "--regid=postgres", "--init-groups",
        "sh", "-c", "cp -a /mnt/gtm /tmp/gtm && exec /usr/local/lib/postgres/bin/gtm -D /tmp/gtm"])
    until(30, "GTM", lambda: _answers(address, 6666), 0.05)
    return gtm


def launch(bench):
    """From here on they are left alone."""
    if not bench.sides[0].prefix:
        return
    nodes = server_rows.nodes(bench)
    bench.idlers = {}
    for number, side in enumerate(bench.sides):
        gtm_address, address = f"10.99.0.{21 + 2 * number}", f"10.99.0.{22 + 2 * number}"
        volume = bench.stage.copy(nodes, f"one-node-{side.name}")
        subprocess.run(["rm", "-rf", f"{volume}/data/gtm"], check=True)
        with open(f"{volume}/data/coord/postgresql.conf", "a") as file:
            file.write(f"gtm_host = '{gtm_address}'\n")
        gtm = _gtm(bench, gtm_address, f"{nodes}/data/gtm")
        bench.idlers[side] = side.container(volume, SERVERS, address=address)
        bench.stage.keep(gtm, bench.idlers[side])
    for container in bench.idlers.values():
        until(60, "coordinator", lambda: server_rows.accepts(container), 0.05)


def idle(bench):
    """CPU and wake-ups of what each side adds to the node, at the same time, while nothing else is measured."""
    a, p = bench.sides
    if not a.prefix:
        for what, goal in (CPU, WAKE_UPS):
            bench.add(Row(what, None, None, "", goal, None, note="needs a real Postgres-XL, and there is none here"))
        return
    watched = {side: [pid for pid in probes.inhabitants(container.pid) if probes.program(pid) not in OF_THE_NODE]
               for side, container in bench.idlers.items()}
    before = {side: probes.Usage(pids) for side, pids in watched.items()}
    began = time.monotonic()
    time.sleep(bench.rounds(10, 600))
    lasted = time.monotonic() - began
    used = {side: before[side].until(probes.Usage(pids)) for side, pids in watched.items()}
    share = {side: seconds * 100 / lasted for side, (seconds, _) in used.items()}
    wakes = {side: switches / lasted for side, (_, switches) in used.items()}
    rest = began - max(container.began for container in bench.idlers.values())
    note = f"{span(lasted)}, at rest for {span(rest)} before; the supervisors alone, not the node"
    bench.add(Row(CPU[0], share[a], share[p], "% of a core", CPU[1], share[a] < 0.1, share[a] / share[p], note))
    bench.add(Row(WAKE_UPS[0], wakes[a], wakes[p], "", WAKE_UPS[1], wakes[a] < 2, wakes[a] / wakes[p], note))
    for container in bench.idlers.values():
        container.kill()
