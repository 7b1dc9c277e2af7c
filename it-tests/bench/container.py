"""A sandbox with one contender's programs as PID 1."""
import os
import socket
import subprocess
import time

HERE = os.path.dirname(os.path.abspath(__file__))
SANDBOX = os.path.join(os.path.dirname(HERE), "sandbox", "sandbox")


class TooLate(RuntimeError):
    """A wait came to its deadline."""


def until(limit, what, condition, pause=0.002):
    """Waits for a condition, at most so many seconds, and returns its value."""
    end = time.monotonic() + limit
    while True:
        value = condition()
        if value:
            return value
        if time.monotonic() > end:
            raise TooLate(f"no {what} within {limit} s")
        time.sleep(pause)


class Container:
    """Runs from its making to stop() or kill(), and at the latest until this process ends."""

    def __init__(self, stage, name, address, volume, binds, environment, command, hosts=()):
        self.directory = stage.fresh(name)
        self.address = address
        self.log = os.path.join(self.directory, "log")
        line = [SANDBOX, "run", self.directory, "--wire", stage.wire, "--address", address, "--hostname", name,
                "--log", self.log]
        if volume:
            line += ["--volume", volume]
        for bind in binds:
            line += ["--bind", bind]
        for host in hosts:
            line += ["--host", host]
        for variable in environment:
            line += ["--env", variable]
        with open(os.path.join(self.directory, "sandbox.log"), "w") as output:
            self.monitor = subprocess.Popen(line + ["--"] + command, stdin=subprocess.PIPE, stdout=output,
                                            stderr=output)
        stage.containers.append(self)
        self.pid = until(30, f"PID 1 of {name}", self._noted, 0.001)
        # From here PID 1 is setpriv, which becomes env and then the contender's own program.
        self.began = time.monotonic()

    def _noted(self):
        try:
            with open(os.path.join(self.directory, "pid")) as file:
                noted = file.read()
        except FileNotFoundError:
            return None
        return int(noted.split()[0]) if noted.endswith("\n") else None

    def await_banner(self, port=22, limit=60):
        """Seconds from the launch to the SSH server's first line."""
        def banner():
            try:
                with socket.create_connection((self.address, port), 1) as connection:
                    connection.settimeout(20)
                    return connection.recv(4) == b"SSH-"
            except OSError:
                return False
        until(limit, f"banner of {self.address}", banner, 0.001)
        return time.monotonic() - self.began

    def execute(self, user, *command, **options):
        """A process beside PID 1."""
        return subprocess.Popen([SANDBOX, "exec", self.directory, user, *command], stdin=subprocess.DEVNULL, **options)

    def run(self, user, *command, limit=120):
        """What a process beside PID 1 printed."""
        done = subprocess.run([SANDBOX, "exec", self.directory, user, *command], stdin=subprocess.DEVNULL,
                              capture_output=True, text=True, timeout=limit)
        if done.returncode:
            raise RuntimeError(f"{command} in {self.directory}: exit {done.returncode}: {done.stderr[-500:]}")
        return done.stdout

    def stop(self, patience=30):
        """As `docker stop` does it; returns the seconds that it took."""
        start = time.monotonic()
        if self.monitor.poll() is None:
            subprocess.run([SANDBOX, "signal", self.directory, "TERM"], check=False, stderr=subprocess.DEVNULL)
            try:
                self.monitor.wait(patience)
            except subprocess.TimeoutExpired:
                self.kill()
        return time.monotonic() - start

    def kill(self):
        if self.monitor.poll() is None:
            self.monitor.stdin.close()
            self.monitor.wait(20)
