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


def threads(pids):
    """(pid, tid) → (voluntary context switches, nanoseconds on a processor)."""
    seen = {}
    for pid in pids:
        try:
            tids = os.listdir(f"/proc/{pid}/task")
        except FileNotFoundError:
            continue
        for tid in tids:
            status = _read(f"/proc/{pid}/task/{tid}/status")
            spent = _read(f"/proc/{pid}/task/{tid}/schedstat").split()
            for line in status.splitlines():
                if line.startswith("voluntary_ctxt_switches"):
                    seen[pid, tid] = int(line.split()[1]), int(spent[0]) if spent else 0
    return seen


def own_nanoseconds(pid):
    """Time of one process on a processor, without its children."""
    return sum(spent for _, spent in threads([pid]).values())


def zombies(pid):
    return sum(1 for other in inhabitants(pid) if stat(other)[:1] == ["Z"])
