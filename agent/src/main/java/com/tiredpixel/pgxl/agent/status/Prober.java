package com.tiredpixel.pgxl.agent.status;

import com.tiredpixel.pgxl.agent.status.Verdict.Kind;
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
final class Prober {
    /** How long a verdict is good for. */
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
        private Verdict last;
        private long probes;

        Entry(int pid) {
            this.pid = pid;
        }
    }

    private record Waiting(Entry entry, Duration until, CompletableFuture<Verdict> answer) {
    }

    /** @param user as whom to ask PostgreSQL */
    Prober(EventLoop loop, String user) {
        this.loop = loop;
        this.user = user;
    }

    /** @return how many probes each server has had, by its directory; completed by the loop's thread */
    CompletableFuture<Map<Path, Long>> counts() {
        var counts = new CompletableFuture<Map<Path, Long>>();
        loop.execute(() -> {
            Map<Path, Long> copy = new HashMap<>();
            entries.forEach((directory, entry) -> copy.put(directory, entry.probes));
            counts.complete(copy);
        });
        return counts;
    }

    /** @return completed within {@link #PATIENCE} */
    CompletableFuture<Verdict> ask(ProbeTarget target) {
        var answer = new CompletableFuture<Verdict>();
        loop.execute(() -> ask(target, answer));
        return answer;
    }

    private void ask(ProbeTarget target, CompletableFuture<Verdict> answer) {
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

    private void await(Entry entry, Duration until, CompletableFuture<Verdict> answer) {
        waiting.add(new Waiting(entry, until, answer));
        loop.at(until, () -> answerLate(loop.now()));
    }

    private void begin(ProbeTarget target, Entry entry, Duration now) {
        entry.startedAt = now;
        entry.underWay = true;
        entry.probes++;
        Dialogue dialogue = target.postgres() ? new PostgresDialogue(user) : new GtmDialogue();
        try {
            new ProbeConnection(loop, target.address(), dialogue, verdict -> ended(entry, verdict));
        } catch (IOException | RuntimeException e) {
            ended(entry, new Verdict(Kind.REFUSED, "cannot connect to " + target.address() + ": " + e.getMessage()));
        } catch (Error noMemory) {
            // Else it would be under way for ever, and no other would follow.
            entry.underWay = false;
            throw noMemory;
        }
    }

    private void ended(Entry entry, Verdict verdict) {
        entry.underWay = false;
        entry.last = verdict;
        List<Waiting> told = waiting.stream().filter(one -> one.entry() == entry).toList();
        waiting.removeAll(told);
        told.forEach(one -> one.answer().complete(verdict));
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

    private static Verdict silent(Entry entry, Duration now) {
        return new Verdict(Kind.SILENT, String.format(
                java.util.Locale.ROOT, "no answer for %.1f s", now.minus(entry.startedAt).toMillis() / 1000.0));
    }
}
