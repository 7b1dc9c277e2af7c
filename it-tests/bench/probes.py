"""What the kernel tells about processes, by /proc of the host."""
import os

TICK = 1.0 / os.sysconf("SC_CLK_TCK")


def _read(path):
    try:
        with open(path) as file:
            return file.read()
    except (FileNotFoundError, ProcessLookupError, PermissionError):
        return ""


def stat(pid):
    """Fields of /proc/PID/stat behind the name, the state first; none if it is gone."""
    return _read(f"/proc/{pid}/stat").rpartition(") ")[2].split()


def inhabitants(pid):
    """Every process in the PID namespace of a container's PID 1."""
    try:
        space = os.readlink(f"/proc/{pid}/ns/pid")
    except FileNotFoundError:
        return []
    found = []
    for entry in os.listdir("/proc"):
        if entry.isdigit():
            try:
                if os.readlink(f"/proc/{entry}/ns/pid") == space:
                    found.append(int(entry))
            except OSError:
                continue
    return found


def memory(pids):
    """Kilobytes resident: (VmRSS, PSS) summed over processes."""
    rss = pss = 0
    for pid in pids:
        for line in _read(f"/proc/{pid}/smaps_rollup").splitlines():
            if line.startswith("Rss:"):
                rss += int(line.split()[1])
            elif line.startswith("Pss:"):
                pss += int(line.split()[1])
    return rss, pss


def cpu(pids):
    """Seconds of CPU of processes and of all children that they have reaped."""
    ticks = 0
    for pid in pids:
        ticks += sum(int(field) for field in stat(pid)[11:15])
    return ticks * TICK


def program(pid):
    """Base name of what it runs."""
    try:
        return os.path.basename(os.readlink(f"/proc/{pid}/exe"))
    except OSError:
        return ""


class Usage:
    """What some processes have used so far, without their children."""

    def __init__(self, pids):
        self.threads = _threads(pids)
        self.ticks = sum(int(field) for pid in pids for field in stat(pid)[11:13])

    def until(self, later):
        """
        (seconds of CPU, wake-ups) since then. Each sleep of a thread is a voluntary context switch; a preemption is
        another's doing. Threads count to the nanosecond but take their time along when
        they end; processes count in ticks, with that.
        """
        nanoseconds = switches = 0
        for thread, (count, spent) in later.threads.items():
            old_count, old_spent = self.threads.get(thread, (0, 0))
            nanoseconds += spent - old_spent
            switches += count - old_count
        ended = any(thread not in later.threads for thread in self.threads)
        return max(nanoseconds / 1e9, (later.ticks - self.ticks) * TICK if ended else 0.0), switches


def _threads(pids):
    """(pid, tid) → (voluntary context switches, nanoseconds on a processor)."""
    seen = {}
    for pid in pids:
        try:
            tids = os.listdir(f"/proc/{pid}/task")
        except FileNotFoundError:
            continue
        for tid in tids:
            spent = _read(f"/proc/{pid}/task/{tid}/schedstat").split()
            for line in _read(f"/proc/{pid}/task/{tid}/status").splitlines():
                if line.startswith("voluntary_ctxt_switches") and spent:
                    seen[pid, tid] = int(line.split()[1]), int(spent[0])
    return seen


def zombies(pid):
    return sum(1 for other in inhabitants(pid) if stat(other)[:1] == ["Z"])
