"""Who is compared: the agent in the image's run time, and what older images ran."""
import os
import shutil
import subprocess

from container import Container

SSHD = """Port 22
HostKey /var/lib/postgres/.pgxl/ssh/ssh_host_ed25519_key
AuthorizedKeysFile /var/lib/postgres/.ssh/authorized_keys
PasswordAuthentication no
KbdInteractiveAuthentication no
UsePAM no
UseDNS no
MaxStartups 200
MaxSessions 200
PidFile none
Subsystem sftp /usr/lib/openssh/sftp-server
SetEnv PATH=/usr/local/lib/postgres/bin:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin
"""

SUPERVISORD = """[supervisord]
nodaemon=true
user=root
logfile=/dev/null
logfile_maxbytes=0
pidfile=/run/supervisord.pid

[program:sshd]
command=/usr/sbin/sshd -D -e -f /etc/bench/sshd_config
priority=1
"""

PROGRAM = """
[program:{name}]
command=/usr/local/lib/postgres/bin/{command}
user=postgres
stopsignal=INT
stopwaitsecs=9
priority=10
startretries=1000000
stdout_logfile=/dev/stdout
stdout_logfile_maxbytes=0
redirect_stderr=true
"""


class Contender:
    """Makes containers, each with a volume on which lie the same keys."""

    def __init__(self, stage, name, address, prefix):
        self.stage = stage
        self.name = name
        self.address = address
        self.prefix = prefix

    def volume(self, label=""):
        """A new one, with the client's key and the server's, owned by the user of the servers."""
        volume = self.stage.fresh(f"volume-{self.name}{label}")
        os.makedirs(f"{volume}/.ssh")
        os.makedirs(f"{volume}/.pgxl/ssh")
        shutil.copy(f"{self.stage.key}.pub", f"{volume}/.ssh/authorized_keys")
        for suffix in ("", ".pub"):
            shutil.copy(self.stage.host_key + suffix, f"{volume}/.pgxl/ssh/ssh_host_ed25519_key{suffix}")
        for kind in ("ecdsa", "rsa"):
            shutil.copy(f"{self.stage.host_key}-{kind}", f"{volume}/.pgxl/ssh/ssh_host_{kind}_key")
        self.give(volume)
        return volume

    @staticmethod
    def give(volume):
        subprocess.run(["chown", "-R", "999:999", volume], check=True)
        for path, mode in (("", 0o755), (".ssh", 0o700), (".pgxl", 0o700), (".pgxl/ssh", 0o700)):
            os.chmod(os.path.join(volume, path), mode)

    def container(self, volume=None, servers=(), environment=(), address=None, name=None, hosts=(), binds=()):
        """Launches one; servers are what lies on the volume: pairs of a name and a command line."""
        own, variables, command = self.launch(servers)
        binds = [*own, *binds]
        if self.prefix:
            binds.append(f"{self.prefix}:/usr/local/lib/postgres")
        return Container(self.stage, name or self.name, address or self.address, volume or self.volume(), binds,
                         [*variables, *environment], command, hosts)


class Agent(Contender):
    """pgxl-agent as PID 1, in the image's run time with its class-data archive."""

    def __init__(self, stage, address, prefix, tree, name="agent"):
        super().__init__(stage, name, address, prefix)
        self.tree = tree

    def launch(self, servers):
        options = os.environ.get("PGXL_JAVA_OPTIONS", "")
        return ([f"{self.tree}:/usr/local/lib/pgxl-agent"],
                [f"PGXL_JAVA_OPTIONS={options}"] if options else [],
                ["/usr/local/lib/pgxl-agent/bin/pgxl-agent"])


class Peers(Contender):
    """Supervisor as PID 1, with OpenSSH's server and the node's server below it."""

    def __init__(self, stage, address, prefix):
        super().__init__(stage, "peers", address, prefix)

    def launch(self, servers):
        etc = self.stage.fresh("etc")
        programs = "".join(PROGRAM.format(name=name, command=line) for name, line in servers)
        for name, text in (("sshd_config", SSHD), ("supervisord.conf", SUPERVISORD + programs)):
            with open(f"{etc}/{name}", "w") as file:
                file.write(text)
        # sshd refuses to start without its directory, and /run is empty in a new container; without PAM it refuses
        # a user whose password is locked by "!", as the host's may be.
        script = "echo 'postgres:*:19000::::::' >/etc/shadow && mkdir -p /run/sshd && exec /usr/bin/supervisord -n -c /etc/bench/supervisord.conf"
        return [f"{etc}:/etc/bench"], [], ["/bin/sh", "-c", script]
