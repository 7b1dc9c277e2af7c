package com.tiredpixel.pgxl.it;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/** A container in all but name, with the agent as PID 1: see {@code sandbox/sandbox}. */
public final class Sandbox implements AutoCloseable {

    /** Where the agent lies inside. */
    public static final String LAUNCHER = "/usr/local/lib/pgxl-agent/bin/pgxl-agent";

    /** How a sandbox is made; changed before {@link #start}. */
    public static final class Plan {
        private static final AtomicInteger ADDRESSES = new AtomicInteger(1);

        private final Stage stage;
        private final String hostname;
        private final String address;
        private final Map<String, String> environment = new LinkedHashMap<>();
        private final Map<Path, String> binds = new LinkedHashMap<>();
        private final Map<String, String> hosts = new LinkedHashMap<>();
        private Path volume;
        private Path log;
        private final Map<String, String> privileges = new LinkedHashMap<>();
        private List<String> command = List.of(LAUNCHER);
        private List<String> wrapper = List.of();

        Plan(Stage stage, String hostname, Path volume) {
            this.stage = stage;
            this.hostname = hostname;
            this.volume = volume;
            int number = ADDRESSES.incrementAndGet();
            this.address = "10.99." + number / 250 + "." + (number % 250 + 2);
            this.log = stage.directory().resolve(hostname + "-" + number + ".log");
            Path java = Path.of(System.getProperty("java.home"));
            environment.put("JAVA_HOME", java.toString());
            environment.put("PGXL_LOG_LEVEL", "debug");
            // Whatever servers there are to test with; GtmControlIT is about what they need.
            environment.put("PGXL_UNMENDED_GTM", "start");
            binds.put(java, java.toString());
            binds.put(Places.AGENT, "/usr/local/lib/pgxl-agent");
            binds.put(Places.prefix(), "/usr/local/lib/postgres");
        }

        public Plan set(String variable, String value) {
            environment.put(variable, value);
            return this;
        }

        /** @param directory of the host, seen at the path inside, read-only */
        public Plan bind(Path directory, String inside) {
            binds.put(directory, inside);
            return this;
        }

        /** @param list what is left of root's powers, as {@code setpriv --bounding-set} takes it */
        Plan capabilities(String list) {
            privileges.put("--capabilities", list);
            return this;
        }

        /** The root file system can only be read. */
        Plan readOnly() {
            privileges.put("--read-only", "yes");
            return this;
        }

        /** Its root is the host's uid 100000, its postgres 100999. */
        Plan userNamespace() {
            privileges.put("--user-namespace", "yes");
            return this;
        }

        /** It runs on a machine of its own, as far as its kernel's boot number says. */
        public Plan onAnotherMachine() {
            Path boot = stage.newDirectory("boot").resolve("id");
            try {
                Files.writeString(boot, java.util.UUID.randomUUID() + "\n");
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
            privileges.put("--boot-id", boot.toString());
            return this;
        }

        /** @param limits by controller, {@code memory} or {@code pids}: of all its processes together */
        public Plan limitedTo(Map<String, String> limits) {
            limits.forEach((controller, value) -> privileges.put("--" + controller, value));
            return this;
        }

        public Plan host(String otherAddress, String name) {
            hosts.put(otherAddress, name);
            return this;
        }

        /** @param file where PID 1's output goes, such as a FIFO */
        public Plan log(Path file) {
            log = file;
            return this;
        }

        /** @param program PID 1, instead of the agent's launcher */
        public Plan command(String... program) {
            command = List.of(program);
            return this;
        }

        /** @param command of the host that gets the sandbox's own command line as its last arguments */
        public Plan wrappedIn(List<String> command) {
            wrapper = List.copyOf(command);
            return this;
        }

        public String address() {
            return address;
        }

        public String hostname() {
            return hostname;
        }

        /** Starts it, and waits until PID 1 has a pid. */
        public Sandbox start() {
            return stage.register(new Sandbox(this));
        }
    }

    private final Plan plan;
    private final Path directory;
    private final Process monitor;
    private final LogFile log;
    private final int pid;

    private Sandbox(Plan plan) {
        this.plan = plan;
        this.directory = plan.stage.newDirectory("sandbox-" + plan.hostname);
        this.log = new LogFile(plan.log);
        try {
            monitor = new ProcessBuilder(commandLine())
                    .redirectErrorStream(true)
                    .redirectOutput(directory.resolve("monitor.log").toFile())
                    .start();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        pid = Await.value(Duration.ofSeconds(20), "pid of PID 1 in " + directory, this::notedPid);
    }

    private List<String> commandLine() {
        var line = new ArrayList<>(plan.wrapper);
        line.addAll(List.of(
                Places.SANDBOX, "run", directory.toString(),
                "--wire", plan.stage.wire().directory().toString(),
                "--address", plan.address,
                "--hostname", plan.hostname,
                "--volume", plan.volume.toString(),
                "--log", plan.log.toString()));
        plan.privileges.forEach((option, value) -> line.addAll(List.of(option, value)));
        plan.binds.forEach((from, to) -> line.addAll(List.of("--bind", from + ":" + to)));
        plan.hosts.forEach((address, name) -> line.addAll(List.of("--host", address + ":" + name)));
        plan.environment.forEach((name, value) -> line.addAll(List.of("--env", name + "=" + value)));
        line.add("--");
        line.addAll(plan.command);
        return line;
    }

    private Optional<Integer> notedPid() {
        try {
            String noted = Files.exists(directory.resolve("pid")) ? Files.readString(directory.resolve("pid")) : "";
            return noted.endsWith("\n") ? Optional.of(Integer.valueOf(noted.split(" ")[0])) : Optional.empty();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    public String address() {
        return plan.address;
    }

    public String sshPort() {
        return plan.environment.getOrDefault("PGXL_SSH_PORT", "22");
    }

    public String hostname() {
        return plan.hostname;
    }

    public Path volume() {
        return plan.volume;
    }

    public LogFile log() {
        return log;
    }

    /** @return PID 1 as the host numbers it */
    public int pid() {
        return pid;
    }

    public boolean isRunning() {
        return monitor.isAlive();
    }

    /** @return why no sandbox can be limited on this machine, or empty */
    public static Optional<String> obstacleToLimits() {
        Program.Result check = Program.run(Duration.ofSeconds(20), List.of(Places.SANDBOX, "check-limits"));
        return check.code() == 0 ? Optional.empty() : Optional.of(check.error().strip());
    }

    /** Gives a sandbox that was started with a limit another one. */
    public void limit(String controller, String value) {
        Program.run(Duration.ofSeconds(20), List.of(Places.SANDBOX, "limit", directory.toString(), controller, value))
                .orFail();
    }

    /** @return the content of a file of its cgroup of a controller */
    public String ofCgroup(String controller, String file) {
        try {
            for (String line : Files.readAllLines(directory.resolve("cgroups"))) {
                if (line.startsWith(controller + " ")) {
                    return Files.readString(Path.of(line.substring(controller.length() + 1), file)).strip();
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        throw new AssertionError(plan.hostname + " has no limit of " + controller);
    }

    /** Sends a signal to PID 1 from outside, as {@code docker kill -s} does. */
    public void signal(int signal) {
        Kernel.kill(pid, signal);
    }

    /**
     * As {@code docker stop}: SIGTERM, then SIGKILL when the time is over.
     *
     * @return the exit code of PID 1, 137 if it had to be killed
     */
    public int stop(Duration patience) {
        signal(15);
        try {
            if (!monitor.waitFor(patience.toMillis(), TimeUnit.MILLISECONDS)) {
                kill();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            kill();
        }
        return exitCode(Duration.ofSeconds(20));
    }

    /** As {@code docker kill}. */
    public void kill() {
        if (monitor.isAlive()) {
            Program.run(Duration.ofSeconds(20), List.of(Places.SANDBOX, "kill", directory.toString())).orFail();
        }
    }

    /** @return the exit code of PID 1, once it has ended; 128 + N for signal N */
    public int exitCode(Duration deadline) {
        Await.until(deadline, "end of PID 1 of " + plan.hostname, () -> !monitor.isAlive());
        return monitor.exitValue();
    }

    /** @return the command line that runs a program beside PID 1, as {@code docker exec} does */
    public List<String> inside(String user, List<String> command) {
        var all = new ArrayList<>(List.of(Places.SANDBOX, "exec", directory.toString(), user));
        all.addAll(command);
        return all;
    }

    /** Runs a shell command beside PID 1, as {@code docker exec -u USER} does. */
    public Program.Result exec(String user, String command) {
        return Program.run(Await.LONG, inside(user, List.of("bash", "-c", command)));
    }

    /** @return processes inside, one a line: pid, parent, user, state, program, arguments */
    public String processes() {
        return exec("root", "ps -eo pid=,ppid=,user=,stat=,comm=,args=").orFail().text();
    }

    /** @return how many zombies there are inside */
    public long zombies() {
        return exec("root", "ps -eo stat=").orFail().text().lines().filter(state -> state.startsWith("Z")).count();
    }

    /** @return the pid in a node's pid file, as the sandbox numbers it, or empty if there is no such file */
    public Optional<Integer> nodePid(Node node) {
        try {
            Path file = volume().resolve(node.pidFile());
            return Files.exists(file)
                    ? Files.readAllLines(file).stream().findFirst().map(Integer::valueOf)
                    : Optional.empty();
        } catch (IOException | NumberFormatException e) {
            return Optional.empty();
        }
    }

    /** Kills it, with everything in it. */
    @Override
    public void close() {
        try {
            kill();
            monitor.getOutputStream().close();
            if (!monitor.waitFor(10, TimeUnit.SECONDS)) {
                throw new AssertionError(plan.hostname + " does not end: " + directory);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
