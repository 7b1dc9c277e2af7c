package com.tiredpixel.pgxl.agent.status.http;

import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;
import java.util.function.Supplier;

/**
 * Makes each page at most once a second, however many strangers ask: what it costs to make one, in time of the
 * processor and in memory, is not theirs to spend. Loop's thread only.
 */
public final class SharedPages {
    /** Probes are as old. */
    static final Duration FRESH = Duration.ofSeconds(1);

    private final Supplier<Duration> clock;
    private final Function<String, CompletableFuture<Response>> maker;
    private final Map<String, Page> pages = new HashMap<>();

    private record Page(Duration begunAt, CompletableFuture<Response> response) {
    }

    /**
     * Has made no page yet.
     *
     * @param clock which only goes on
     * @param maker makes the page of a path; there are few paths
     */
    public SharedPages(Supplier<Duration> clock, Function<String, CompletableFuture<Response>> maker) {
        this.clock = clock;
        this.maker = maker;
    }

    /** @return the page of a path, at most {@link #FRESH} old when its making began */
    public CompletableFuture<Response> of(String path) {
        Duration now = clock.get();
        Page last = pages.get(path);
        if (last == null || now.minus(last.begunAt()).compareTo(FRESH) >= 0) {
            last = new Page(now, maker.apply(path));
            pages.put(path, last);
        }
        return last.response();
    }
}
