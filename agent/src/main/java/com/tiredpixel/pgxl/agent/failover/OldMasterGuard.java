package com.tiredpixel.pgxl.agent.failover;

import com.tiredpixel.pgxl.agent.base.Daemon;
import com.tiredpixel.pgxl.agent.base.EventLog;
import com.tiredpixel.pgxl.agent.base.MonotonicClock;
import com.tiredpixel.pgxl.agent.failover.Decision.GiveWay;
import com.tiredpixel.pgxl.agent.node.Role;
import com.tiredpixel.pgxl.agent.node.VolumeScan;
import com.tiredpixel.pgxl.agent.sql.Conversation;
import com.tiredpixel.pgxl.agent.supervisor.NodeCommand;
import com.tiredpixel.pgxl.agent.supervisor.StartGuard;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/**
 * Starts no coordinator or datanode as a master while another server has its name and was promoted since. Where nobody
 * answers it starts, and {@link OldMasterWatch} looks again while it serves.
 */
public final class OldMasterGuard implements StartGuard {
    private static final int MOST_THREADS = 16;
    private static final Duration BETWEEN_LOOKS = Duration.ofSeconds(5);
    /** An answer that nobody fetched for so long is asked for anew. */
    private static final Duration STALE = Duration.ofSeconds(10);

    private final Path home;
    private final KnownNodes known;
    private final Look look;
    private final Executor looks;
    private final EventLog log;
    private final MonotonicClock clock;
    private final Map<Path, Case> cases = new HashMap<>();
    private final Set<Path> alone = new HashSet<>();

    /**
     * @param state the agent's state directory
     * @param home the volume
     * @param talk asks servers, quickly
     */
    public OldMasterGuard(Path state, Path home, Conversation talk, EventLog log, MonotonicClock clock) {
        this(state, home, talk, threads("old-master-look"), threads("old-master-question"), log, clock);
    }

    /** @param looks for what waits for questions, which therefore have threads of their own */
    OldMasterGuard(
            Path state, Path home, Conversation talk, Executor looks, Executor questions, EventLog log, MonotonicClock clock) {
        this.home = home;
        this.known = new KnownNodes(state, home);
        this.look = new Look(known, new Survey(talk, questions), log);
        this.looks = looks;
        this.log = log;
        this.clock = clock;
    }

    /** Several are under way at once, and none stays. */
    private static Executor threads(String name) {
        var threads = new ThreadPoolExecutor(
                MOST_THREADS, MOST_THREADS, 2, TimeUnit.SECONDS, new LinkedBlockingQueue<>(), Daemon.numbered(name + "-"));
        threads.allowCoreThreadTimeOut(true);
        return threads;
    }

    @Override
    public Verdict before(Start start) {
        if (!isOfInterest(start.role())) {
            return new Verdict.Clear();
        }
        // This directory may hang: meanwhile nothing of another one waits.
        boolean slave = isSlave(start.directory());
        Optional<Known> nodes = slave ? Optional.empty() : known.of(start.directory());
        Optional<GiveWay> before = slave ? Optional.empty() : known.gaveWay(start.directory());
        return before(start, nodes, before);
    }

    private synchronized Verdict before(Start start, Optional<Known> nodes, Optional<GiveWay> before) {
        Case one = of(start);
        if (nodes.isEmpty() || alone.contains(start.directory())) {
            return clear(one);
        }
        one.standing = before;
        Optional<Decision> decision = taken(one);
        if (decision.isPresent() && !(decision.get() instanceof GiveWay)) {
            return openFor(start, one, decision.get());
        }
        if (decision.isPresent()) {
            hold(start.directory(), one, (GiveWay) decision.get());
        }
        boolean soon = one.standing.isPresent() && one.askedAt != null
                && clock.now().minus(one.askedAt).compareTo(BETWEEN_LOOKS) < 0;
        if (one.asked == null && !soon) {
            one.askedAt = clock.now();
            Optional<GiveWay> standing = one.standing;
            one.asked = CompletableFuture.supplyAsync(() -> look.down(
                    start.directory(), start.role() == Role.COORDINATOR, nodes.get(), standing), looks);
        }
        return one.standing.<Verdict>map(way -> new Verdict.Blocked(words(start.directory(), way)))
                .orElseGet(() -> new Verdict.NotYetKnown("whether another server has its name"));
    }

    private Verdict openFor(Start start, Case one, Decision decision) {
        tell(one, decision);
        if (one.standing.isPresent()) {
            log.info(start.subject(), "no other server has its name any more: it may serve");
            release(start.directory(), one);
        }
        return clear(one);
    }

    /** @return what the look said that was under way, if it is over */
    private Optional<Decision> taken(Case one) {
        if (one.asked == null || !one.asked.isDone()) {
            return Optional.empty();
        }
        CompletableFuture<Decision> done = one.asked;
        one.asked = null;
        boolean fresh = clock.now().minus(one.askedAt).compareTo(STALE) < 0;
        return fresh ? Optional.of(done.exceptionally(failure -> failed(one, failure)).join()) : Optional.empty();
    }

    private static Decision failed(Case one, Throwable failure) {
        return one.standing.<Decision>map(way -> way).orElseGet(() -> new Decision.Report(
                "it could not be asked whether another server has its name: " + failure));
    }

    private Verdict clear(Case one) {
        one.asked = null;
        lookSoon(one);
        return new Verdict.Clear();
    }

    /** It is not to serve, in the next container either. */
    void hold(Path directory, Case one, GiveWay way) {
        if (one.standing.filter(before -> before.timeline() == way.timeline()).isPresent()) {
            // In the same words as before: who says so depends on who answers just now.
            return;
        }
        one.standing = Optional.of(way);
        try {
            known.keep(directory, way);
        } catch (IOException e) {
            log.error(one.subject, "cannot keep that it gave way: " + e);
        }
    }

    void release(Path directory, Case one) {
        one.standing = Optional.empty();
        try {
            known.forgetWay(directory);
        } catch (IOException e) {
            log.error(one.subject, "cannot forget that it gave way: " + e);
        }
    }

    @Override
    public void adopted(Start node) {
        if (isOfInterest(node.role())) {
            Optional<GiveWay> before = known.gaveWay(node.directory());
            synchronized (this) {
                Case one = of(node);
                one.standing = before;
                lookSoon(one);
            }
        }
    }

    @Override
    public NodeCommand.Result repair(Start node, Repair repair) {
        return new NodeCommand.Result.Refused("has nothing to repair");
    }

    /** A person wants it to serve, whoever else does, until this agent ends. */
    public synchronized void serveAlone(Path directory) {
        alone.add(directory);
        log.warn(VolumeScan.name(home, directory), "is to serve even if another server has its name: a person says so");
    }

    private static boolean isOfInterest(Role role) {
        return role == Role.DATANODE || role == Role.COORDINATOR;
    }

    private Case of(Start start) {
        return cases.computeIfAbsent(
                start.directory(), any -> new Case(start.subject(), start.role() == Role.COORDINATOR));
    }

    private void lookSoon(Case one) {
        one.looks = 0;
        one.begun = clock.now();
        one.next = one.begun;
        notifyAll();
    }

    private static boolean isSlave(Path directory) {
        return Files.exists(directory.resolve("recovery.conf"));
    }

    /** Once each. */
    void tell(Case one, Decision decision) {
        String why = decision instanceof Decision.Report report ? report.why() : "";
        if (!why.isEmpty() && !why.equals(one.told)) {
            log.warn(one.subject, why);
        }
        one.told = why;
    }

    String words(Path directory, GiveWay way) {
        return way.why() + "; so this old master does not serve. To make a slave of it: move its directory away, then in"
                + " Control pgxc_ctl add … slave. To have it serve beside the other one: pgxl start "
                + VolumeScan.name(home, directory) + " --alone";
    }

    boolean isAlone(Path directory) {
        return alone.contains(directory);
    }

    Map<Path, Case> cases() {
        return cases;
    }

    /** Looks at one that serves, in a thread of the questions. */
    void lookAt(Path directory, Case one, Consumer<Decision> then) {
        looks.execute(() -> {
            try {
                if (!isSlave(directory)) {
                    then.accept(look.up(directory, one.coordinator, one.subject, one.standing));
                }
            } catch (RuntimeException | OutOfMemoryError e) {
                log.error(one.subject, "a look for a second master failed: " + e);
            } finally {
                synchronized (this) {
                    one.looking = false;
                }
            }
        });
    }
}
