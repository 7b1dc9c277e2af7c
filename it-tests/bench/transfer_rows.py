"""Bulk data and many small files, through OpenSSH's client programs, both servers warm."""
import os
import subprocess

import client
from table import compared


def _make(path, mebibytes):
    subprocess.run(["dd", "if=/dev/urandom", f"of={path}", "bs=1M", f"count={mebibytes}", "status=none"], check=True)


def _pipes(stage, container, algorithms, path):
    up = client.ssh(stage, container, "cat >/dev/null", algorithms)
    down = client.ssh(stage, container, "cat /tmp/bulk", algorithms)

    def send():
        with open(path, "rb") as source:
            return client.timed(up, stdin=source)
    return send, lambda: client.timed(down)


def _copies(stage, container, program, path):
    """Up and down by scp in either of its protocols, or by rsync."""
    there, back = f"postgres@{container.address}:/tmp/bulk", path + ".back"
    if program == "rsync":
        shell = " ".join(["ssh", *client.options(stage)])
        line = ["rsync", "--whole-file", "--ignore-times", "--inplace", "-e", shell]
    else:
        line = [*program.split(), "-q", *client.options(stage)]
    return lambda: client.timed([*line, path, there]), lambda: client.timed([*line, there, back])


def bulk(bench):
    a, p = bench.sides
    size = bench.rounds(32, bench.mebibytes)
    directory = bench.stage.fresh_in_memory()
    path = os.path.join(directory, "bulk")
    _make(path, size)
    containers = {side: side.container() for side in bench.sides}
    for container in containers.values():
        container.await_banner()
        client.timed(["scp", "-q", *client.options(bench.stage), path, f"postgres@{container.address}:/tmp/bulk"])
    jobs = {}
    for side, container in containers.items():
        jobs[side] = [
            ("`cat >/dev/null`, stock client", _pipes(bench.stage, container, client.STOCK, path)),
            ("`cat >/dev/null`, aes128-gcm both", _pipes(bench.stage, container, client.SAME, path)),
            *((f"`{program}`", _copies(bench.stage, container, program, path))
              for program in ("scp", "scp -O", "rsync"))]
    for index, (label, _) in enumerate(jobs[a]):
        for direction, arrow in ((0, "up"), (1, "down")):
            rates = {side: [] for side in bench.sides}
            for number in range(bench.rounds(2, 4)):
                for side in bench.alternating(number):
                    took = jobs[side][index][1][direction]()
                    if number:  # the first one warms up
                        rates[side].append(size / took)
            bench.add(compared(f"{size} MiB {label}, {arrow}", rates[a], rates[p], "MiB/s", "1.0 times", 1.0, True,
                               note="warm"))
    bench.stage.drop(directory)


def small_files(bench):
    a, p = bench.sides
    count = bench.rounds(1000, 10000)
    directory = bench.stage.fresh_in_memory()
    source = os.path.join(directory, "small")
    os.mkdir(source)
    for number in range(count):
        with open(f"{source}/{number}", "w") as file:
            file.write(f"{number}\n" * 20)
    batch = os.path.join(directory, "batch")
    containers = {side: side.container() for side in bench.sides}
    rates = {side: [] for side in bench.sides}
    for container in containers.values():
        container.await_banner()
    for number in range(bench.rounds(2, 4)):
        for side in bench.alternating(number):
            with open(batch, "w") as file:
                file.write(f"mkdir /tmp/small-{number}\nput -r {source}/. /tmp/small-{number}\n")
            took = client.timed(["sftp", "-q", "-b", batch, *client.options(bench.stage),
                                 f"postgres@{containers[side].address}"])
            if number:
                rates[side].append(count / took)
    bench.add(compared(f"SFTP `put` of {count:,} small files", rates[a], rates[p], "/s", "1.0 times", 1.0, True,
                       note="warm, stock client"))
    bench.stage.drop(directory)
