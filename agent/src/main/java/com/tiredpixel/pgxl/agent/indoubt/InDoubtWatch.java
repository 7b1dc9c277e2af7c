package com.tiredpixel.pgxl.agent.indoubt;

import com.tiredpixel.pgxl.agent.base.Daemon;
import com.tiredpixel.pgxl.agent.base.EventLog;
import com.tiredpixel.pgxl.agent.base.MonotonicClock;
import com.tiredpixel.pgxl.agent.node.Role;
import com.tiredpixel.pgxl.agent.os.HelperPrograms;
import com.tiredpixel.pgxl.agent.sql.ClusterNode;
import com.tiredpixel.pgxl.agent.sql.Limits;
import com.tiredpixel.pgxl.agent.sql.LocalServer;
import com.tiredpixel.pgxl.agent.sql.Psql;
import com.tiredpixel.pgxl.agent.supervisor.NodeReport;
import com.tiredpixel.pgxl.agent.supervisor.NodeState;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;

/** The thread that looks, beside a coordinator that runs here. */
public final class InDoubtWatch implements Runnable {
    /** One of the two answers might be of the moment in which a session ends it. */
    private static final Duration BETWEEN_TWO_QUESTIONS = Duration.ofSeconds(1);

    private final Supplier<List<NodeReport>> nodes;
    private final Resolver resolver;
    private final Duration due;
    private final EventLog log;
    private final MonotonicClock clock;
    private volatile InDoubt last;

    /**
     * @param nodes as the supervisor sees them now
     * @param programs run {@code psql}
     * @param prefix of the servers
     * @param user whom the databases know
     * @param environment of the servers, for the password file
     * @param due age from which a transaction is in doubt
     * @param acts whether to resolve; otherwise to report
     */
    public InDoubtWatch(
            Supplier<List<NodeReport>> nodes, HelperPrograms programs, Path prefix, String user,
            Map<String, String> environment, Duration due, boolean acts, EventLog log, MonotonicClock clock) {
        this.nodes = nodes;
        this.due = due;
        this.log = log;
        this.clock = clock;
        this.last = InDoubt.nothing(clock.now(), "not looked yet");
        this.resolver = new Resolver(
                new Psql(programs, prefix, user, environment, Limits.PATIENT), due, acts, log, clock,
                () -> Daemon.pause(BETWEEN_TWO_QUESTIONS));
    }

    /** @return what the last look found; from any thread */
    public InDoubt last() {
        return last;
    }

    @Override
    public void run() {
        Daemon.repeat(this::look);
    }

    private Duration look() {
        try {
            Optional<ClusterNode> local = coordinator();
            if (local.isEmpty()) {
                last = InDoubt.nothing(clock.now(), "no coordinator runs here");
                return due;
            }
            Resolver.Pass pass = resolver.pass(local.get());
            if (!pass.found().state().equals(last.state())) {
                log.debug("in-doubt", pass.found().state());
            }
            last = pass.found();
            return pass.next();
        } catch (RuntimeException | OutOfMemoryError e) {
            log.error("in-doubt", "a look failed: " + e);
            return due;
        }
    }

    private Optional<ClusterNode> coordinator() {
        for (NodeReport node : nodes.get()) {
            if (node.role() == Role.COORDINATOR && node.state() == NodeState.RUNNING) {
                Optional<ClusterNode> server = LocalServer.of(node.directory(), true);
                if (server.isPresent()) {
                    return server;
                }
            }
        }
        return Optional.empty();
    }}
