"""Measures the agent beside its peers; run by scripts/bench, inside the network of the sandboxes."""
import argparse
import os
import signal
import subprocess
import sys
import time

import command_rows
import life_rows
import reaping_rows
import server_rows
import table
import transfer_rows
from contenders import Agent, Peers
from stage import Stage

ROWS = {
    "start": life_rows.start,
    "commands": command_rows.commands,
    "orphans": reaping_rows.orphans,
    "bulk": transfer_rows.bulk,
    "small": transfer_rows.small_files,
    "servers": server_rows.servers,
    "scan": server_rows.scan,
    "size": server_rows.size,
    "memory": life_rows.memory,
}


class Bench:
    """What a group of rows needs: the stage, the two sides, how thorough to be, and where to put its rows."""

    def __init__(self, stage, sides, given):
        self.stage, self.sides, self.quick = stage, sides, given.quick
        self.idle, self.mebibytes = given.idle or (20 if given.quick else 3600), given.mebibytes
        self.rows = []

    def rounds(self, quick, full):
        return quick if self.quick else full

    def alternating(self, number):
        return self.sides if number % 2 else self.sides[::-1]

    def add(self, row):
        self.rows.append(row)
        print(row.markdown(), flush=True)


def command_line():
    parser = argparse.ArgumentParser(prog="bench")
    parser.add_argument("--work", required=True)
    parser.add_argument("--wire", required=True)
    parser.add_argument("--agent", required=True)
    parser.add_argument("--against")
    parser.add_argument("--prefix", default="")
    parser.add_argument("--quick", action="store_true")
    parser.add_argument("--idle", type=int)
    parser.add_argument("--mebibytes", type=int, default=1024)
    parser.add_argument("--rows", default=",".join(ROWS))
    parser.add_argument("--out", required=True)
    return parser.parse_args()


def publish(bench, given, began):
    """Writes the table of what there is so far: a run that is cut short leaves that."""
    load = f"load average {began:.1f} before and {os.getloadavg()[0]:.1f} after"
    how = "a quick run: few rounds, 64 MiB, short idling" if given.quick else "a full run"
    intro = f"Measured by `scripts/bench{' --quick' if given.quick else ''}` on {time.strftime('%Y-%m-%d')}, " \
            f"{os.cpu_count()} cores, Linux {'.'.join(os.uname().release.split('.')[:2])}: {how}; {load}. Less than 1 is the agent's favour."
    with open(given.out, "w") as file:
        file.write(table.markdown(intro, bench.rows))


def main():
    given = command_line()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    stage = Stage(given.work, given.wire)
    others = Agent(stage, "10.99.0.3", given.prefix, given.against, "other") if given.against \
        else Peers(stage, "10.99.0.3", given.prefix)
    sides = [Agent(stage, "10.99.0.2", given.prefix, given.agent), others]
    bench = Bench(stage, sides, given)
    failed = []
    began = os.getloadavg()[0]
    try:
        for name in given.rows.split(","):
            try:
                ROWS[name](bench)
            except (OSError, RuntimeError, subprocess.SubprocessError) as problem:
                failed.append(name)
                print(f"FAILED {name}: {problem}", file=sys.stderr, flush=True)
            finally:
                stage.close()
                publish(bench, given, began)
    finally:
        stage.close()
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
