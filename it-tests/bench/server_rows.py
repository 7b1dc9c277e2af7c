"""A coordinator with its GTM, of a real Postgres-XL: how soon it serves, serves again, and is gone."""
import os
import socket
import struct
import subprocess
import time
from statistics import median

import probes
from container import TooLate, until
from table import Row, compared, percentile, span

SERVERS = (
    ("gtm", "gtm -D /var/lib/postgres/data/gtm"),
    ("coordinator", "postgres --coordinator -D /var/lib/postgres/data/coord"),
)
PORT = 5432
NEVER = 60.0
STARTED = "container start → coordinator serves"
STOPPED = "stop with a query running → exit"
KILLED = "`kill -9` of the postmaster → serves"

MAKE = """set -eu
cd /var/lib/postgres
mkdir -p data/gtm
initgtm -Z gtm -D data/gtm
printf "listen_addresses = '*'\\nport = 6666\\nnodename = 'gtm_1'\\nstartup = ACT\\n" >>data/gtm/gtm.conf
initdb -D data/coord --nodename coord_1
printf "listen_addresses = '*'\\nport = 5432\\npooler_port = 6432\\ngtm_host = '127.0.0.1'\\ngtm_port = 6666\\n" \\
    >>data/coord/postgresql.conf
echo 'host all postgres 10.99.0.0/16 trust' >>data/coord/pg_hba.conf
gtm_ctl start -Z gtm -D /var/lib/postgres/data/gtm >/tmp/gtm.log 2>&1
sleep 2
pg_ctl start -w -Z coordinator -D /var/lib/postgres/data/coord >/tmp/coord.log 2>&1
"""


def nodes(bench):
    """A volume with a GTM and a coordinator, which ran once and were stopped in order; made once, and to be copied."""
    if bench.nodes is None:
        a, _ = bench.sides
        volume = a.volume("-nodes")
        container = a.container(volume)
        container.await_banner()
        container.run("postgres", "bash", "-c", MAKE)
        until(60, "coordinator", lambda: accepts(container), 0.05)
        container.stop()
        bench.nodes = volume
    return bench.nodes


def prepare(bench):
    if bench.sides[0].prefix:
        nodes(bench)


def accepts(container):
    """Whether a session can be had, to the point at which the server waits for a query."""
    message = struct.pack("!I", 196608) + b"user\0postgres\0database\0postgres\0\0"
    try:
        with socket.create_connection((container.address, PORT), 1) as connection:
            connection.settimeout(5)
            connection.sendall(struct.pack("!I", len(message) + 4) + message)
            answer = b""
            while not answer.endswith(b"Z\0\0\0\5I"):
                more = connection.recv(4096)
                if not more:
                    return False
                answer += more
            return True
    except OSError:
        return False


def _since(start, container, limit):
    """Seconds until a session can be had; the limit if it never can."""
    try:
        until(limit, "session", lambda: accepts(container), 0.005)
    except TooLate:
        return limit
    return time.monotonic() - start


def _crash(container):
    container.run("root", "bash", "-c", "kill -9 $(head -n 1 /var/lib/postgres/data/coord/postmaster.pid)")


def _query_of_ten_minutes(side, container):
    return subprocess.Popen(
        [f"{side.prefix}/bin/psql", "-XAtqc", "select pg_sleep(600)", "-h", container.address, "-U", "postgres",
         "postgres"], stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)


def servers(bench):
    if not bench.sides[0].prefix:
        for what in (STARTED, KILLED, STOPPED):
            bench.add(Row(what, None, None, "", "–", None, note="needs a real Postgres-XL, and there is none here"))
        return
    _starts_and_stops(bench)
    _crashes(bench)


def _starts_and_stops(bench):
    a, p = bench.sides
    volumes = {side: bench.stage.copy(nodes(bench), f"servers-{side.name}") for side in bench.sides}
    starts, stops = ({side: [] for side in bench.sides} for _ in range(2))
    for number in range(bench.rounds(1, 8)):
        for side in bench.alternating(number):
            container = side.container(volumes[side], SERVERS)
            starts[side].append(_since(container.began, container, NEVER))
            query = _query_of_ten_minutes(side, container)
            time.sleep(1)
            stops[side].append(container.stop())
            query.kill()
            query.wait()
    bench.add(compared(f"{STARTED}, clean volume", starts[a], starts[p], "s", "1.0 times", 1.0,
                       note="cold; GTM in the same container"))
    row = compared(STOPPED, stops[a], stops[p], "s", "1 s", 1, note="the same server, warm")
    row.reached = median(stops[a]) <= 1
    bench.add(row)


def _crashes(bench):
    """In rounds of the same length for both, and so with fewer crashes of the peers: those take half a minute each."""
    a, p = bench.sides
    volumes = {side: bench.stage.copy(nodes(bench), f"crashes-{side.name}") for side in bench.sides}
    patience = bench.rounds(5.0, 60.0)
    count = {a: bench.rounds(2, 4), p: bench.rounds(2, 4) if bench.against else 1}
    back = {side: [] for side in bench.sides}
    for number in range(bench.rounds(1, 8)):
        for side in bench.alternating(number):
            # So that each crash is the first one in a row; the settle time is the default.
            container = side.container(volumes[side], SERVERS, ["PGXL_BACKOFF_RESET=1s"])
            _since(container.began, container, NEVER)
            for _ in range(count[side]):
                time.sleep(2.5)
                start = time.monotonic()
                _crash(container)
                back[side].append(_since(start, container, patience))
            container.kill()
    note = f"settle time included; {len(back[a])} kills beside {len(back[p])} of the peers; warm"
    for label, part, goal in (("p50", 0.5, 1), ("p99", 0.99, 2)):
        left, right = percentile(back[a], part), percentile(back[p], part)
        came = right < patience
        bench.add(Row(f"{KILLED}, {label}", left, right if came else f"not within {span(patience)}", "s", f"{goal} s",
                      left <= goal, left / right if came else None, note))


def scan(bench):
    """The agent alone: no peer looks for anything."""
    a, _ = bench.sides
    count = bench.rounds(100_000, 1_000_000)
    directory = bench.stage.fresh_in_memory()
    volume = os.path.join(directory, "volume")
    subprocess.run(["cp", "-a", a.volume("-scan"), volume], check=True)
    subprocess.run(["bash", "-c", 'mkdir -p "$1/data/many/base" && cd "$1/data/many/base" && for d in $(seq 100); do '
                    'mkdir $d && seq -f "$d/%.0f" "$2" | xargs touch; done', "make", volume, str(count // 100)], check=True)
    a.give(volume)
    took = []
    for _ in range(bench.rounds(2, 5)):
        container = a.container(volume)
        container.await_banner()
        before = probes.memory([container.pid])
        start = time.monotonic()
        container.run("postgres", "/usr/local/lib/pgxl-agent/bin/pgxl", "explain")
        took.append(time.monotonic() - start)
        sizes = [figures[1] / 1024 for figures in (before, probes.memory([container.pid]))]
        container.kill()
    bench.stage.drop(directory)
    note = f"`pgxl explain`, which scans afresh; files in memory; agent cold; PSS {sizes[0]:.0f} MB before it, " \
           f"{sizes[1]:.0f} MB after"
    bench.add(Row(f"scan of a volume with {count:,} files", median(took), None, "s", "1 s", median(took) <= 1, note=note))


def size(bench):
    """What the image has beside its base and Postgres-XL: the agent's directory."""
    a, _ = bench.sides
    bytes_ = sum(os.path.getsize(os.path.join(path, name)) for path, _, names in os.walk(a.tree) for name in names
                 if not os.path.islink(os.path.join(path, name)))
    megabytes = bytes_ / 1e6
    bench.add(Row("size of the agent in the image, with its run time and archive", megabytes, None, "MB", "60 MB",
                  megabytes <= 60, note="without the packages that its commands need"))
