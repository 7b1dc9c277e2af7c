"""The five-node walk by the real pgxc_ctl: a GTM, two coordinators and two datanodes made over SSH."""
import os
import re
import shutil
import time

from container import until
from table import Row, compared

HOME = "/var/lib/postgres"
WALK = (
    ("gtm1", f"add gtm master gtm1 gtm1 6666 {HOME}/data/gtm"),
    ("coord1", f"add coordinator master coord1 coord1 5432 6432 {HOME}/data/coord none none"),
    ("coord2", f"add coordinator master coord2 coord2 5432 6432 {HOME}/data/coord none none"),
    ("data1", f"add datanode master data1 data1 5432 6432 {HOME}/data/data none none none"),
    ("data2", f"add datanode master data2 data2 5432 6432 {HOME}/data/data none none none"),
)
HOSTS = ("control", *(host for host, _ in WALK))
WHAT = "five-node walk by `pgxc_ctl`, first `add` to `monitor all`"

SSH_CONFIG = """BatchMode yes
StrictHostKeyChecking accept-new
ConnectTimeout 20
LogLevel ERROR
"""
CONFIGURATION = """
coordPgHbaEntries=(10.99.0.0/16)
datanodePgHbaEntries=(10.99.0.0/16)
"""
# The exit code of pgxc_ctl is 0 whatever happens.
COMPLAINT = re.compile(r"^(ERROR|FATAL|PANIC)|: (ERROR|FATAL|PANIC):|could not", re.MULTILINE)


class Fleet:
    """Control and the hosts of one side, which know each other's names and keys."""

    def __init__(self, stage, side, network):
        addresses = {host: f"10.99.{network}.{number}" for number, host in enumerate(HOSTS, 1)}
        self.containers = {}
        for host in HOSTS:
            others = [f"{address}:{other}" for other, address in addresses.items() if other != host]
            self.containers[host] = side.container(
                self._volume(stage, side), address=addresses[host], name=host, hosts=others)
        self.control = self.containers["control"]
        for host, _ in WALK:
            self.containers[host].await_banner()
            self.control.run("postgres", "ssh", host, "true")

    @staticmethod
    def _volume(stage, side):
        volume = side.volume("-walk")
        shutil.copy(stage.key, f"{volume}/.ssh/id_ed25519")
        with open(f"{volume}/.ssh/config", "w") as file:
            file.write(SSH_CONFIG)
        os.makedirs(f"{volume}/pgxc_ctl")
        side.give(volume)
        return volume

    def pgxc_ctl(self, command, may_complain=False):
        said = self.control.run("postgres", "sh", "-c", "exec pgxc_ctl $0 2>&1", command, limit=180)
        if COMPLAINT.search(said) and not may_complain:
            raise RuntimeError(f"pgxc_ctl {command} complained: {said[-1000:]}")
        return said

    def walk(self):
        """Seconds from the first add until all are seen running."""
        # It complains that there is none yet.
        self.pgxc_ctl("prepare config empty", may_complain=True)
        self.control.run("postgres", "sh", "-c", 'echo "$0" >>"$HOME/pgxc_ctl/pgxc_ctl.conf"', CONFIGURATION)
        start = time.monotonic()
        for _, add in WALK:
            self.pgxc_ctl(add)
        until(60, "five running servers",
              lambda: len(re.findall(r"^Running: ", self.pgxc_ctl("monitor all"), re.MULTILINE)) == len(WALK), 0.1)
        return time.monotonic() - start

    def close(self):
        for container in self.containers.values():
            container.kill()


def walk(bench):
    a, p = bench.sides
    if not a.prefix:
        bench.add(Row(WHAT, None, None, "s", "0.9 times", None, note="needs a real Postgres-XL, and there is none here"))
        return
    if bench.quick:
        bench.add(Row(WHAT, None, None, "s", "0.9 times", None, note="only in the full form: it takes a minute and more"))
        return
    took = {side: [] for side in bench.sides}
    for number in range(bench.rounds(1, 4)):
        for side in bench.alternating(number):
            fleet = Fleet(bench.stage, side, 1 if side is a else 2)
            took[side].append(fleet.walk())
            fleet.close()
    bench.add(compared(WHAT, took[a], took[p], "s", "0.9 times", 0.9,
                       note=f"the same server on new volumes; {len(took[a])} walks each, in new containers"))
