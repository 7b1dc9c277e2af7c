package com.tiredpixel.pgxl.agent.ssh;

import com.tiredpixel.pgxl.agent.base.EventLog;
import com.tiredpixel.pgxl.agent.base.MonotonicClock;
import com.tiredpixel.pgxl.agent.os.ProcessStarter;
import com.tiredpixel.pgxl.agent.os.PseudoTerminal;
import com.tiredpixel.pgxl.agent.os.crypto.LibCrypto;
import java.io.IOException;
import java.net.InetAddress;
import java.nio.channels.AsynchronousChannelGroup;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;
import org.apache.sshd.common.global.KeepAliveHandler;
import org.apache.sshd.common.io.IoHandler;
import org.apache.sshd.common.util.threads.SshThreadPoolExecutor;
import org.apache.sshd.server.ServerBuilder;
import org.apache.sshd.server.auth.pubkey.UserAuthPublicKeyFactory;
import org.apache.sshd.server.global.NoMoreSessionsHandler;

/**
 * The SSH server of a container. Same results as OpenSSH's for commands, shells, file transfer and rsync; no
 * passwords, no forwarding, one user.
 *
 * <p>Its life: {@link #bind} while a low port may still be had, {@link #prepare} and {@link #open} as the user whose sessions it
 * serves, {@link #closeToNewSessions} and {@link #hangUp} when the container stops, {@link #close}.
 */
public final class SshServer implements AutoCloseable {
    /** Input, output, error. */
    private static final int THREADS_PER_SESSION = 3;
    /** For commands whose client has just left, and for the making of a host key. */
    private static final int THREADS_TO_SPARE = 64;

    private final SshSettings settings;
    private final EventLog log;
    private final StrangerLines lines;
    private final Counters counters = new Counters();
    private final HeapRoom room = new HeapRoom();
    private final HeapShare share;
    private final boolean rehearses;
    private final SshThreadPoolExecutor executor;
    private final ScheduledThreadPoolExecutor timer;
    private final AsynchronousChannelGroup group;
    private final IoPulse pulse;
    private final HostKeys hostKeys;
    private final Commands commands;
    private final MinaServer mina;
    private Listener listener;

    /**
     * Makes a server that does nothing yet.
     *
     * @param settings where to listen, whom to let in
     * @param crypto what encrypts, if it can
     * @param starter starts commands
     * @param terminals makes terminals for {@code ssh -t}
     * @param sessionEnvironment the environment of every command, without what SSH adds
     * @param log where logins and commands are recorded
     * @param clock for durations
     * @throws IOException if the kernel has no descriptor left
     */
    public SshServer(
            SshSettings settings,
            LibCrypto.Loading crypto,
            ProcessStarter starter,
            PseudoTerminal.Factory terminals,
            Map<String, String> sessionEnvironment,
            EventLog log,
            MonotonicClock clock)
            throws IOException {
        this(settings, crypto, starter, terminals, sessionEnvironment, log, clock, Answers.bounded(), HeapShare.bounded(), true);
    }

    /** With other bounds, such as none, to see what they are good for. */
    SshServer(
            SshSettings settings,
            LibCrypto.Loading crypto,
            ProcessStarter starter,
            PseudoTerminal.Factory terminals,
            Map<String, String> sessionEnvironment,
            EventLog log,
            MonotonicClock clock,
            Answers answers,
            HeapShare share,
            boolean rehearses)
            throws IOException {
        Ed25519.install();
        this.settings = settings;
        this.log = log;
        this.executor = new SshThreadPoolExecutor(
                0,
                settings.maxSessions() * THREADS_PER_SESSION + THREADS_TO_SPARE,
                10,
                TimeUnit.SECONDS,
                new SynchronousQueue<>(),
                threads("ssh-session-"));
        this.timer = new ScheduledThreadPoolExecutor(1, threads("ssh-timer-"));
        this.timer.setRemoveOnCancelPolicy(true);
        this.lines = new StrangerLines(
                log, clock, (delay, task) -> timer.schedule(task, delay.toMillis(), TimeUnit.MILLISECONDS));
        this.group = IoThreads.start(threads("ssh-io-"), room);
        this.pulse = new IoPulse(group, clock);
        this.hostKeys = new HostKeys(settings.hostKeyDirectory(), settings.hostKeys(), log);
        this.share = share;
        this.rehearses = rehearses;
        var runtime = new SessionRuntime(settings, starter, terminals, executor, timer, share, clock);
        this.commands = new Commands(
                runtime,
                new SessionEnvironment(sessionEnvironment),
                new FileTransfer(settings.home(), executor),
                log,
                counters);
        this.mina = build(Algorithms.best(settings.keyExchanges(), settings.macs(), crypto, log), share, answers, clock);
    }

    private static ThreadFactory threads(String prefix) {
        var number = new AtomicInteger();
        return task -> {
            var thread = new Thread(task, prefix + number.incrementAndGet());
            thread.setDaemon(true);
            return thread;
        };
    }

    /**
     * Initialises the classes of MINA that a server is built of, which takes as long as the rest of a start and may
     * be done beside it. Whoever leaves it out has it done by the constructor.
     */
    public static void loadLibrary() {
        Ed25519.install();
        builder(Algorithms.byJava(List.of(), List.of())).build();
    }

    private static ServerBuilder builder(Algorithms algorithms) {
        return ServerBuilder.builder()
                .keyExchangeFactories(algorithms.keyExchanges())
                .signatureFactories(algorithms.signatures())
                .cipherFactories(algorithms.ciphers())
                .macFactories(algorithms.macs())
                .compressionFactories(Algorithms.compressions())
                .globalRequestHandlers(List.of(KeepAliveHandler.INSTANCE, NoMoreSessionsHandler.INSTANCE));
    }

    private MinaServer build(Algorithms algorithms, HeapShare share, Answers answers, MonotonicClock clock) {
        var endings = new Endings(lines, counters);
        var keys = new KeyReader(
                settings.authorizedKeys(), new AuthorizedKeysFile(settings)::read, timer, KeyReader.LONGEST);
        var server = (MinaServer) builder(algorithms)
                .factory(() -> new MinaServer(
                        this::listener,
                        (owner, connection) -> {
                            var session = new BoundedSession(
                                    owner, connection, share, answers, endings, new FailedLogins(lines, counters));
                            session.readKeysBy(keys, settings.user());
                            return session;
                        }))
                .channelFactories(List.of(new SessionChannels(() -> new SessionChannel(counters, share, clock))))
                .publickeyAuthenticator(new KeyAuthenticator(settings, lines, Clock.systemUTC()))
                .build();
        server.setUserAuthFactories(List.of(UserAuthPublicKeyFactory.INSTANCE));
        server.setKeyPairProvider(hostKeys);
        server.setCommandFactory(commands);
        server.setShellFactory(commands);
        server.setSubsystemFactories(List.of(commands));
        server.setScheduledExecutorService(timer, false);
        server.addSessionListener(new QuickAck());
        server.addSessionListener(new Logins(settings.user(), counters, lines, log, session -> listener.authenticated(session)));
        server.addSessionListener(new KeylessClients(lines));
        server.setPort(settings.port());
        server.setHost(settings.addresses().stream()
                .map(InetAddress::getHostAddress)
                .collect(Collectors.joining(",")));
        MinaProperties.set(server, settings);
        return server;
    }

    private Listener listener(IoHandler handler) {
        listener = new Listener(
                mina, handler, group, executor, timer, settings.loginGrace(), counters, lines, share, room);
        return listener;
    }

    /**
     * Listens. Clients may connect from here on, and wait for {@link #open}.
     *
     * @throws IOException if an address and port cannot be had; the message names them and says why
     */
    public void bind() throws IOException {
        mina.start();
    }

    /** Reads the host keys and makes those that are missing. Must run as the user whose sessions are served. */
    public void prepare() {
        room.await(FirstLogin.ROOM);
        hostKeys.prepare(executor);
    }

    /** Lets clients in, after {@link #prepare}. Without a host key none could log in; then a health check shall notice. */
    public void open() {
        if (!hostKeys.canServe()) {
            log.error("ssh", "no client is let in, for none of the host keys that are offered can be used");
            return;
        }
        makeReady();
        listener.accept();
        log.info("ssh", listener.getBoundAddresses().stream().map(Text::endpoint)
                .collect(Collectors.joining(", ", "listening on ", "")));
    }

    /** Whoever connects meanwhile waits in the kernel: served with a full heap, he could spoil a class for all others. */
    private void makeReady() {
        if (!rehearses) {
            return;
        }
        room.await(FirstLogin.ROOM);
        try {
            listener.rehearse();
        } catch (Exception | OutOfMemoryError e) {
            log.debug("ssh", "no connection of its own could be served: " + Text.reason(e));
        }
        try {
            boolean isPostQuantum = settings.keyExchanges().stream().anyMatch(Algorithms.POST_QUANTUM::contains);
            List<String> spoilt = FirstLogin.prepare(room, isPostQuantum);
            if (!spoilt.isEmpty()) {
                log.error("ssh", "for want of memory logins may fail until the agent is started anew: there was none to initialize "
                        + String.join(", ", spoilt));
            }
        } catch (IOException e) {
            log.warn("ssh", "cannot read what a first login needs: " + Text.reason(e));
        }
    }

    /** @return the port that {@link #bind} got */
    public int port() {
        return mina.getPort();
    }

    /** @return what has happened so far */
    public SshCounters counters() {
        return counters.snapshot();
    }

    /** @return for how long the thread that reads and writes all connections has owed an answer to whoever asked this */
    public Duration silence() {
        return pulse.silence();
    }

    /** Refuses connections, and commands on the connections there are. What runs goes on. */
    public void closeToNewSessions() {
        commands.closeToNewSessions();
        listener.closeToNewSessions();
    }

    /** Hangs up what runs: the terminal of a session, or else its process group gets SIGHUP. */
    public void hangUp() {
        commands.hangUp();
    }

    /** Ends all connections. Commands that are still running live on. */
    @Override
    public void close() {
        try {
            mina.stop(true);
        } catch (IOException | RuntimeException e) {
            log.warn("ssh", "closing the SSH server: " + Text.reason(e));
        }
        timer.shutdownNow();
        executor.shutdownNow();
        try {
            group.shutdownNow();
        } catch (IOException e) {
            log.warn("ssh", "closing the SSH server: " + Text.reason(e));
        }
    }
}
