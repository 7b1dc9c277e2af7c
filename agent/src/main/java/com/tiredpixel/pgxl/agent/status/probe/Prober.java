package com.tiredpixel.pgxl.agent.status.probe;

import com.tiredpixel.pgxl.agent.status.loop.EventLoop;
import com.tiredpixel.pgxl.agent.status.probe.ProbeResult.Kind;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;

/**
 * Probes each server at most once a second, and never while an earlier probe of it is under way, however many
 * ask. Everything but {@link #ask} happens in the loop's thread.
 */
public final class Prober {
    /** How long a result is good for. */
    static final Duration FRESH = Duration.ofSeconds(1);
    /** How long whoever asks waits for one. */
    static final Duration PATIENCE = Duration.ofMillis(1500);
    private static final int MOST_REMEMBERED = 1000;

    private final EventLoop loop;
    private final String user;
    private final Map<Path, Entry> entries = new HashMap<>();
    private final List<Waiting> waiting = new ArrayList<>();

    private static final class Entry {
        private final int pid;
        private Duration startedAt;
        private boolean underWay;
        private ProbeResult last;
        private long probes;

        Entry(int pid) {
            this.pid = pid;
        }
    }

    private record Waiting(Entry entry, Duration until, CompletableFuture<ProbeResult> answer) {
    }

    /**
     * Has asked nobody yet.
     *
     * @param loop in whose thread everything happens
     * @param user as whom to ask PostgreSQL
     */
    public Prober(EventLoop loop, String user) {
        this.loop = loop;
        this.user = user;
    }

    /** @return how many probes each server has had, by its directory; completed by the loop's thread */
    public CompletableFuture<Map<Path, Long>> counts() {
        var counts = new CompletableFuture<Map<Path, Long>>();
        loop.execute(() -> {
            Map<Path, Long> copy = new HashMap<>();
            entries.forEach((directory, entry) -> copy.put(directory, entry.probes));
            counts.complete(copy);
        });
        return counts;
    }

    /** @return completed within {@link #PATIENCE} */
    public CompletableFuture<ProbeResult> ask(ProbeTarget target) {
        var answer = new CompletableFuture<ProbeResult>();
        loop.execute(() -> ask(target, answer));
        return answer;
    }

    private void ask(ProbeTarget target, CompletableFuture<ProbeResult> answer) {
        Entry entry = entries.get(target.directory());
        if (entry == null || entry.pid != target.pid()) {
            // The kernel has closed, or will close, the connection to a dead process.
            if (entries.size() >= MOST_REMEMBERED) {
                entries.clear();
            }
            Entry before = entry;
            entry = new Entry(target.pid());
            entry.probes = before == null ? 0 : before.probes;
            entries.put(target.directory(), entry);
        }
        Duration now = loop.now();
        boolean fresh = entry.startedAt != null && now.minus(entry.startedAt).compareTo(FRESH) < 0;
        if (entry.underWay) {
            if (fresh || entry.last == null) {
                await(entry, entry.startedAt.plus(PATIENCE), answer);
            } else {
                answer.complete(silent(entry, now));
            }
        } else if (fresh) {
            answer.complete(entry.last);
        } else {
            await(entry, now.plus(PATIENCE), answer);
            begin(target, entry, now);
        }
    }

    private void await(Entry entry, Duration until, CompletableFuture<ProbeResult> answer) {
        waiting.add(new Waiting(entry, until, answer));
        loop.at(until, () -> answerLate(loop.now()));
    }

    private void begin(ProbeTarget target, Entry entry, Duration now) {
        entry.startedAt = now;
        entry.underWay = true;
        entry.probes++;
        ProbeProtocol protocol = target.postgres() ? new PostgresProtocol(user) : new GtmProtocol();
        try {
            new ProbeConnection(loop, target.address(), protocol, result -> ended(entry, result));
        } catch (IOException | RuntimeException e) {
            ended(entry, new ProbeResult(Kind.REFUSED, "cannot connect to " + target.address() + ": " + e.getMessage()));
        } catch (Error noMemory) {
            // Else it would be under way for ever, and no other would follow.
            entry.underWay = false;
            throw noMemory;
        }
    }

    private void ended(Entry entry, ProbeResult result) {
        entry.underWay = false;
        entry.last = result;
        List<Waiting> told = waiting.stream().filter(one -> one.entry() == entry).toList();
        waiting.removeAll(told);
        told.forEach(one -> one.answer().complete(result));
    }

    private void answerLate(Duration now) {
        for (Iterator<Waiting> all = waiting.iterator(); all.hasNext();) {
            Waiting one = all.next();
            if (now.compareTo(one.until()) >= 0) {
                all.remove();
                one.answer().complete(silent(one.entry(), now));
            }
        }
    }

    private static ProbeResult silent(Entry entry, Duration now) {
        return new ProbeResult(Kind.SILENT, String.format(
                java.util.Locale.ROOT, "no answer for %.1f s", now.minus(entry.startedAt).toMillis() / 1000.0));
    }
}
