"""The directory, the network and the keys of one run; clears up whatever happens."""
import itertools
import os
import shutil
import subprocess
import tempfile


class Stage:
    def __init__(self, work, wire):
        self.work = work
        self.wire = wire
        self.containers = []
        self.kept = []
        self._numbers = itertools.count(1)
        self.key = os.path.join(work, "key")
        self.host_key = os.path.join(work, "host-key")
        self._make_key(self.key, "ed25519")
        self._make_key(self.host_key, "ed25519")
        self._make_key(self.host_key + "-ecdsa", "ecdsa", "256")
        self._make_key(self.host_key + "-rsa", "rsa", "3072")

    @staticmethod
    def _make_key(path, kind, bits=None):
        subprocess.run(["ssh-keygen", "-q", "-t", kind, *(["-b", bits] if bits else []), "-N", "", "-f", path],
                       check=True, stdin=subprocess.DEVNULL)

    def fresh(self, name):
        """A new empty directory."""
        path = os.path.join(self.work, f"{name}-{next(self._numbers)}")
        os.makedirs(path)
        return path

    def fresh_in_memory(self):
        """A new empty directory whose files no disk slows down."""
        return tempfile.mkdtemp(prefix="pgxl-bench-", dir="/dev/shm")

    def copy(self, directory, name):
        """A new directory with the same in it."""
        path = self.fresh(name)
        subprocess.run(["cp", "-a", f"{directory}/.", path], check=True)
        return path

    def keep(self, *containers):
        """They live on when the others are closed."""
        self.kept.extend(containers)

    def close(self, kept=False):
        for container in [*self.containers]:
            if kept or container not in self.kept:
                self.containers.remove(container)
                try:
                    container.kill()
                except (OSError, subprocess.TimeoutExpired):
                    continue

    def drop(self, *directories):
        for directory in directories:
            shutil.rmtree(directory, ignore_errors=True)
