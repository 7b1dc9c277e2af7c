"""Measures the agent beside its peers; run by scripts/bench, inside the network of the sandboxes."""
import argparse
import os
import signal
import subprocess
import sys
import time

import command_rows
import idle_rows
import life_rows
import memory_rows
import reaping_rows
import server_rows
import transfer_rows
import walk_rows
from contenders import Agent, Peers
from record import Record
from stage import Stage

# In the order of the table.
GROUPS = ("memory", "start", "commands", "bulk", "small", "servers", "idle", "orphans", "walk", "scan", "size")

# In the order of the work: what has to idle for an hour begins first and is looked at last.
STEPS = (
    ("memory", memory_rows.launch),
    ("servers", server_rows.prepare),
    ("memory", memory_rows.after_start),
    ("start", life_rows.start),
    ("memory", memory_rows.after_commands),
    ("idle", idle_rows.launch),
    ("commands", command_rows.commands),
    ("orphans", reaping_rows.orphans),
    ("bulk", transfer_rows.bulk),
    ("small", transfer_rows.small_files),
    ("servers", server_rows.servers),
    ("scan", server_rows.scan),
    ("size", server_rows.size),
    ("walk", walk_rows.walk),
    ("idle", idle_rows.idle),
    ("memory", memory_rows.after_idling),
)


class Bench:
    """What a group of rows needs: the stage, the two sides, how thorough to be, and where to put its rows."""

    def __init__(self, stage, sides, given):
        self.stage, self.sides, self.quick, self.against = stage, sides, given.quick, bool(given.against)
        self.idle = given.idle if given.idle is not None else 10 if given.quick else 3600
        self.mebibytes = given.mebibytes
        self.group = None
        self.rows = {group: [] for group in GROUPS}
        self.nodes = self.residents = self.idlers = None

    def rounds(self, quick, full):
        return quick if self.quick else full

    def alternating(self, number):
        return self.sides if number % 2 else self.sides[::-1]

    def add(self, row):
        self.rows[self.group].append(row)
        print(row.markdown(), flush=True)

    def run(self, group, step):
        self.group = group
        began = time.monotonic()
        try:
            step(self)
        finally:
            self.stage.close()
            print(f"{step.__module__}.{step.__name__}: {time.monotonic() - began:.0f} s", file=sys.stderr, flush=True)


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
    parser.add_argument("--rows", default=",".join(GROUPS))
    parser.add_argument("--add", action="store_true")
    parser.add_argument("--out", required=True)
    given = parser.parse_args()
    unknown = set(given.rows.split(",")) - set(GROUPS)
    if unknown:
        parser.error(f"--rows: no {', '.join(sorted(unknown))}; there are {', '.join(GROUPS)}")
    return given


def publish(bench, given, began):
    """Writes the table of what there is so far: a run that is cut short leaves that."""
    load = f"load average {began:.1f} before and {os.getloadavg()[0]:.1f} after"
    how = "a quick run: few rounds, 32 MiB, short idling" if given.quick else "a full run"
    intro = f"Measured by `scripts/bench{' --quick' if given.quick else ''}` on {time.strftime('%Y-%m-%d')}, " \
            f"{os.cpu_count()} cores, Linux {'.'.join(os.uname().release.split('.')[:2])}: {how}; {load}. " \
            "Less than 1 is the agent's favour."
    name = os.path.splitext(given.out)[0] + ("-against.json" if given.against else ".json")
    whole = Record(name, GROUPS, given.add).write(intro, bench.rows)
    with open(given.out, "w") as file:
        file.write(whole)


def main():
    given = command_line()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    stage = Stage(given.work, given.wire)
    others = Agent(stage, "10.99.0.3", given.prefix, given.against, "other") if given.against \
        else Peers(stage, "10.99.0.3", given.prefix)
    bench = Bench(stage, [Agent(stage, "10.99.0.2", given.prefix, given.agent), others], given)
    failed = []
    began = os.getloadavg()[0]
    wanted = given.rows.split(",")
    try:
        for group, step in STEPS:
            if group not in wanted or group in failed:
                continue
            try:
                bench.run(group, step)
            except (OSError, RuntimeError, subprocess.SubprocessError) as problem:
                failed.append(group)
                print(f"FAILED {group}: {problem}", file=sys.stderr, flush=True)
            publish(bench, given, began)
    finally:
        stage.close(kept=True)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
