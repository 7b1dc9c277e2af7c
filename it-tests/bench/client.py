"""OpenSSH's own programs as clients, and how long they take."""
import subprocess
import time

# The same key exchange and cipher for both; OpenSSH's server would take a costlier key exchange otherwise.
SAME = ("-o", "KexAlgorithms=curve25519-sha256", "-o", "Ciphers=aes128-gcm@openssh.com")
# Whatever the stock client and the server agree upon.
STOCK = ()


def options(stage, more=STOCK):
    return ["-F", "/dev/null", "-i", stage.key, "-o", "IdentitiesOnly=yes", "-o", "BatchMode=yes",
            "-o", "LogLevel=ERROR", "-o", "StrictHostKeyChecking=no", "-o", "UserKnownHostsFile=/dev/null",
            "-o", "ConnectTimeout=20", *more]


def ssh(stage, container, command, more=STOCK):
    return ["ssh", *options(stage, more), f"postgres@{container.address}", command]


def timed(line, stdin=None, stdout=None, limit=600):
    """Seconds that a program takes; it must succeed."""
    start = time.monotonic()
    done = subprocess.run(line, stdin=stdin or subprocess.DEVNULL, stdout=stdout or subprocess.DEVNULL,
                          stderr=subprocess.PIPE, timeout=limit)
    took = time.monotonic() - start
    if done.returncode:
        raise RuntimeError(f"{' '.join(line)}: exit {done.returncode}: {done.stderr[-500:]!r}")
    return took


def parallel(line, width, each, limit=600):
    """Seconds for width loops side by side, each of so many runs of a program."""
    script = 'n=$1; shift; for i in $(seq "$n"); do "$@" </dev/null >/dev/null || exit; done'
    start = time.monotonic()
    loops = [subprocess.Popen(["bash", "-c", script, "loop", str(each), *line]) for _ in range(width)]
    codes = [loop.wait(limit) for loop in loops]
    took = time.monotonic() - start
    if any(codes):
        raise RuntimeError(f"{' '.join(line)}: exits {codes}")
    return took
