package com.tiredpixel.pgxl.agent;

import com.tiredpixel.pgxl.agent.base.MonotonicClock;
import com.tiredpixel.pgxl.agent.config.NodeEnvironment;
import com.tiredpixel.pgxl.agent.config.Settings;
import com.tiredpixel.pgxl.agent.failover.OldMasterGuard;
import com.tiredpixel.pgxl.agent.failover.OldMasterWatch;
import com.tiredpixel.pgxl.agent.gtm.ControlKeeper;
import com.tiredpixel.pgxl.agent.gtm.GtmStartGuard;
import com.tiredpixel.pgxl.agent.indoubt.InDoubt;
import com.tiredpixel.pgxl.agent.indoubt.InDoubtWatch;
import com.tiredpixel.pgxl.agent.log.AgentLog;
import com.tiredpixel.pgxl.agent.log.AgentLoggingProvider;
import com.tiredpixel.pgxl.agent.log.LogFollower;
import com.tiredpixel.pgxl.agent.node.Finding;
import com.tiredpixel.pgxl.agent.node.Role;
import com.tiredpixel.pgxl.agent.node.VolumeScan;
import com.tiredpixel.pgxl.agent.os.DiskThreads;
import com.tiredpixel.pgxl.agent.os.FileLocks;
import com.tiredpixel.pgxl.agent.os.HelperPrograms;
import com.tiredpixel.pgxl.agent.os.HostName;
import com.tiredpixel.pgxl.agent.os.InstalledLocales;
import com.tiredpixel.pgxl.agent.os.Libc;
import com.tiredpixel.pgxl.agent.os.MemoryTrimmer;
import com.tiredpixel.pgxl.agent.os.OrphanAdoption;
import com.tiredpixel.pgxl.agent.os.ProcFs;
import com.tiredpixel.pgxl.agent.os.Processes;
import com.tiredpixel.pgxl.agent.os.Reaper;
import com.tiredpixel.pgxl.agent.os.Terminals;
import com.tiredpixel.pgxl.agent.os.ThisSystem;
import com.tiredpixel.pgxl.agent.os.Tracing;
import com.tiredpixel.pgxl.agent.os.crypto.LibCrypto;
import com.tiredpixel.pgxl.agent.sql.Limits;
import com.tiredpixel.pgxl.agent.sql.Psql;
import com.tiredpixel.pgxl.agent.ssh.CommandDetail;
import com.tiredpixel.pgxl.agent.ssh.SshServer;
import com.tiredpixel.pgxl.agent.ssh.SshSettings;
import com.tiredpixel.pgxl.agent.status.Explain;
import com.tiredpixel.pgxl.agent.status.StatusServer;
import com.tiredpixel.pgxl.agent.status.StatusSettings;
import com.tiredpixel.pgxl.agent.status.StatusSources;
import com.tiredpixel.pgxl.agent.supervisor.HoldMarks;
import com.tiredpixel.pgxl.agent.supervisor.PatientScan;
import com.tiredpixel.pgxl.agent.supervisor.RestartPolicy;
import com.tiredpixel.pgxl.agent.supervisor.StartGuard;
import com.tiredpixel.pgxl.agent.supervisor.StartGuards;
import com.tiredpixel.pgxl.agent.supervisor.Supervisor;
import com.tiredpixel.pgxl.agent.supervisor.SupervisorContext;
import com.tiredpixel.pgxl.agent.supervisor.lock.Heartbeats;
import com.tiredpixel.pgxl.agent.supervisor.lock.VolumeLocks;
import com.tiredpixel.pgxl.agent.supervisor.server.EnvironmentFiles;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.Consumer;
import java.util.function.Predicate;
import java.util.function.Supplier;

/** The life of a container, top to bottom. */
final class Container {
    private static final Duration LATE = Duration.ofSeconds(10);
    private static final Duration LAST_WORDS = Duration.ofMillis(500);
    /** One works as a rule; each directory that hangs takes one. */
    private static final int MOST_DISK_THREADS = 64;

    private final Settings settings;
    private final Map<String, String> environment;
    private final AgentLog log;
    private final MonotonicClock clock = MonotonicClock.system();
    private final StartupTask<Void> sshLibrary;
    private final Libc libc;
    private final StartupTask<LibCrypto.Loading> libCrypto;
    private final Reaper reaper;
    private final LogFollower serverLogs;
    private final Processes processes;
    private final ServerVersion servers;
    private final DiskThreads disk = DiskThreads.withReserve("disk", MOST_DISK_THREADS);

    /** @param sshLibrary to be waited for before the SSH server is made */
    Container(Settings settings, Map<String, String> environment, AgentLog log, StartupTask<Void> sshLibrary) {
        this.settings = settings;
        this.environment = NodeEnvironment.of(settings, environment);
        this.log = log;
        this.sshLibrary = sshLibrary;
        this.libc = Libc.load();
        Tracing.forbid(libc).ifPresent(reason -> log.warn("agent", reason));
        // Not before: two threads that initialise JNA's classes, each from another end, could wait for each other.
        this.libCrypto = StartupTask.begin("loading libcrypto", LibCrypto::load);
        this.reaper = new Reaper(libc, log, clock);
        this.serverLogs = new LogFollower(log, log, clock);
        this.processes = new Processes(libc, reaper);
        this.servers = new ServerVersion(settings.prefix(), new HelperPrograms(processes), this.environment, log);
    }

    /** Lives until the stop signal, and tells how the nodes went down. */
    ExitCode live() throws StartupException {
        becomeInit();
        var signals = new SignalHandler(log, clock, this::giveUp);
        signals.open(libc);
        Volume volume = new Volume(settings, libc, log);
        volume.takeOver();
        SshServer ssh = listen();
        volume.becomeItsUser();
        Tracing.forbid(libc);
        volume.check(() -> new PatientScan(mayTouch -> scan(settings.home(), mayTouch), disk)
                .get().findings().stream().anyMatch(Finding.Node.class::isInstance));
        StartupTask.insist(log, "asking the servers for their version", servers::ask);
        // They may have to be made, and the database need not wait for that.
        StartupTask<Void> hostKeys = StartupTask.run("reading the host keys", ssh::prepare);
        var checks = new SystemChecks(log);
        checks.checkTemporary(SystemChecks.TEMPORARY);
        checks.checkSharedMemory(SystemChecks.SHARED_MEMORY);
        checks.checkLocales(new InstalledLocales(libc), environment);
        new InitScript(InitScript.OF_THE_IMAGE, settings.home(), log).link();

        Path home = volume.home();
        var scan = new PatientScan(mayTouch -> scan(home, mayTouch), disk);
        Optional<OldMasterGuard> oldMasters = oldMasters(home);
        Supervisor supervisor = supervisor(home, scan, oldMasters);
        reaper.addListener(supervisor::reaped);
        signals.serve(supervisor, ssh);
        Supplier<InDoubt> inDoubt = watchInDoubt(supervisor);
        oldMasters.ifPresent(guard -> StartupTask.insist(log, "old masters",
                new OldMasterWatch(guard, () -> supervisor.overview().nodes(), supervisor::order, log, clock)));
        Consumer<Path> alone = directory -> oldMasters.ifPresent(guard -> guard.serveAlone(directory));
        StartupTask.insist(log, "opening status", () -> openStatus(home, supervisor, ssh, inDoubt, alone, scan));
        keepSmall();
        StartupTask.insist(log, "opening SSH", () -> openSsh(ssh, hostKeys));
        StartupTask.insist(log, "gtm.control", new ControlKeeper(
                settings.stateDirectory(), volume.home(), () -> supervisor.overview().nodes(), log, Clock.systemUTC()));
        boolean clean = supervisor.run();
        end(clean, ssh);
        return clean ? ExitCode.CLEAN : ExitCode.NOT_CLEAN;
    }

    /** Nothing runs yet, and a call that hangs keeps the main thread. */
    private void giveUp() {
        try {
            log.flush(LAST_WORDS);
        } finally {
            Runtime.getRuntime().halt(ExitCode.SYSTEM.code());
        }
    }

    /** The servers are down: whatever fails now is no news about them. */
    private void end(boolean clean, SshServer ssh) {
        try {
            ssh.close();
            serverLogs.finish(LAST_WORDS);
        } catch (Throwable e) {
            log.leftOut();
        }
        log.info("agent", clean ? "every node went down cleanly" : "not every node went down cleanly");
    }

    /** The end of a process is the end of work: a command over SSH, or a server with all that its start took. */
    private void keepSmall() {
        var trimmer = new MemoryTrimmer(libc, clock, log);
        reaper.addListener(end -> trimmer.stir());
        trimmer.start();
    }

    private void becomeInit() {
        OrphanAdoption role = OrphanAdoption.assume(libc);
        reaper.start();
        if (role instanceof OrphanAdoption.Neither neither) {
            log.error("agent", "servers that pg_ctl starts cannot be adopted: pid " + neither.pid()
                    + " is not 1 and cannot become a subreaper: " + neither.reason());
        }
        log.info("agent", "pgxl-agent starts as pid " + libc.getpid() + ", home " + settings.home()
                + ", Postgres-XL in " + settings.prefix());
    }

    private SshServer listen() throws StartupException {
        Settings.Ssh given = settings.ssh();
        var sshSettings = new SshSettings(
                settings.user(),
                settings.home(),
                settings.stateDirectory(),
                Path.of("/bin/bash"),
                given.listen(),
                given.port(),
                given.loginGrace(),
                given.maximumSessions(),
                given.hostKeys(),
                given.keyExchanges(),
                given.macs(),
                CommandDetail.named(given.audit()),
                SshSettings.installedSftpServer());
        try {
            sshLibrary.get();
            AgentLoggingProvider.attach(log);
            var ssh = new SshServer(
                    sshSettings, libCrypto.get(), processes, new Terminals(libc), environment, log, clock);
            ssh.bind();
            return ssh;
        } catch (IOException e) {
            throw new StartupException(ExitCode.SYSTEM, e.getMessage());
        }
    }

    private Optional<OldMasterGuard> oldMasters(Path home) {
        if (!settings.cluster().oldMasterWaits()) {
            return Optional.empty();
        }
        var talk = new Psql(
                new HelperPrograms(processes), settings.prefix(), settings.user(), environment, Limits.QUICK);
        return Optional.of(new OldMasterGuard(settings.stateDirectory(), home, talk, log, clock));
    }

    private Supervisor supervisor(Path home, PatientScan scan, Optional<OldMasterGuard> oldMasters) {
        Settings.Backoff backoff = settings.backoff();
        var context = new SupervisorContext(
                processes,
                new ProcFs(libc, reaper, Supervisor::isOfInterest),
                new VolumeLocks(
                        new FileLocks(libc), directoryLock(), () -> ThisSystem.read(libc), clock, log,
                        Heartbeats.inAThread()),
                clock,
                libc.getpid(),
                log,
                log,
                () -> ThreadLocalRandom.current().nextDouble(),
                home,
                settings.scanDepth(),
                settings.prefix(),
                environment,
                settings.settleTime(),
                settings.stopTimeout(),
                new RestartPolicy(
                        backoff.first(), backoff.longest(), backoff.reset(), backoff.loopStarts(),
                        backoff.loopWindow()),
                serverLogs,
                holds(home),
                new EnvironmentFiles(settings.stateDirectory().resolve("environment"), home),
                new StartGuards(
                        new GtmStartGuard(
                                settings.stateDirectory(), home, servers::build, settings.cluster().unmendedGtmWaits(), log,
                                Clock.systemUTC()),
                        oldMasters.<StartGuard>map(guard -> guard).orElseGet(StartGuard::none)),
                disk);
        return new Supervisor(context, scan);
    }

    private Supplier<InDoubt> watchInDoubt(Supervisor supervisor) {
        Settings.Cluster cluster = settings.cluster();
        var watch = new InDoubtWatch(
                () -> supervisor.overview().nodes(), new HelperPrograms(processes), settings.prefix(), settings.user(), environment,
                cluster.inDoubtAge(), cluster.inDoubt().equals("resolve"), log, clock);
        if (!cluster.inDoubt().equals("off")) {
            StartupTask.insist(log, "in-doubt", watch);
        }
        return watch::last;
    }

    private VolumeLocks.Mode directoryLock() {
        return VolumeLocks.Mode.valueOf(settings.directoryLock().toUpperCase(Locale.ROOT));
    }

    /** The databases need nobody to watch them: a failure here is told and no more. */
    private void openStatus(
            Path home, Supervisor supervisor, SshServer ssh, Supplier<InDoubt> inDoubt, Consumer<Path> alone,
            PatientScan scan) {
        try {
            var given = new StatusSettings(
                    settings.status().listen(),
                    settings.status().port(),
                    home,
                    settings.stateDirectory(),
                    settings.user(),
                    Version.text(),
                    libc.getpid(),
                    HostName.get());
            var sources = new StatusSources(
                    supervisor::overview,
                    ssh::counters,
                    ssh::silence,
                    reaper::orphansReaped,
                    reaper::childrenReaped,
                    servers::shown,
                    scan,
                    supervisor::order,
                    supervisor::reload,
                    log::setLevel,
                    inDoubt,
                    alone);
            var explain = new Explain(home, settings.scanDepth(), settings.prefix(), holds(home));
            new StatusServer(given, sources, explain, log, clock).open();
        } catch (Throwable e) {
            log.error("agent", "no status, health and metrics: " + e);
        }
    }

    private HoldMarks holds(Path home) {
        return new HoldMarks(settings.stateDirectory().resolve("held"), home);
    }

    private VolumeScan scan(Path home, Predicate<Path> mayTouch) {
        return VolumeScan.scan(
                home,
                settings.scanDepth(),
                VolumeScan.ENTRIES_BOUND,
                settings.role().flatMap(Role::labelled),
                mayTouch);
    }

    /** Without SSH nobody reaches the node, so keys that could not be read for want of memory are read again. */
    private void openSsh(SshServer ssh, StartupTask<Void> hostKeys) {
        try {
            hostKeys.get(LATE, () -> log.warn("ssh", "the host keys in " + settings.stateDirectory()
                    + " do not answer: SSH opens when they do"));
        } catch (IllegalStateException failed) {
            log.error("agent", failed.getMessage() + "; they are read again");
            ssh.prepare();
        }
        ssh.open();
    }
}
