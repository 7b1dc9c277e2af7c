package com.tiredpixel.pgxl.it.faults;

import com.tiredpixel.pgxl.it.Places;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/**
 * One row of the table: a fault, how often it was tried, how often it was survived. Closing it writes the row to
 * {@code target/faults} and fails the test if anything was not survived.
 */
final class Row implements AutoCloseable {
    /** A round that fails usually waited for its deadline; more of them teach nothing new. */
    private static final int ENOUGH_FAILURES = 3;

    /** One try. */
    interface Round {
        void run() throws Exception;
    }

    private final int item;
    private final String fault;
    private final String test;
    private final long begun = System.nanoTime();
    private final List<Long> nanos = new ArrayList<>();
    private final List<Throwable> failures = new ArrayList<>();
    private String opposite = "";
    private String note = "";
    private int tried;
    private int lost;

    /**
     * @param item of the list of faults
     * @param fault in words, unique
     * @param test where it is tried
     */
    Row(int item, String fault, Class<?> test) {
        this.item = item;
        this.fault = fault;
        this.test = test.getSimpleName();
    }

    /** @param text the negative control, or why there is none */
    Row opposite(String text) {
        opposite = text;
        return this;
    }

    /** @param text what else was measured */
    synchronized Row note(String text) {
        note = note.isEmpty() ? text : note + "; " + text;
        return this;
    }

    /** Tries once, maybe beside others. A failure is counted; the third ends the test. */
    void round(Round round) {
        int number = begin();
        try {
            round.run();
        } catch (Exception | AssertionError e) {
            failed("try " + number + " of " + fault + ": " + e.getMessage(), e);
        }
    }

    private synchronized int begin() {
        endIfEnough();
        return ++tried;
    }

    private synchronized void failed(String how, Throwable cause) {
        lost++;
        failures.add(new AssertionError(how, cause));
        endIfEnough();
    }

    private void endIfEnough() {
        if (failures.size() >= ENOUGH_FAILURES) {
            throw new AssertionError(failures.size() + " failures are enough of " + fault,
                    failures.get(failures.size() - 1));
        }
    }

    /** Counts tries that were made together. */
    synchronized void count(int tries, int survived, String failure) {
        tried += tries;
        lost += tries - survived;
        if (survived != tries) {
            failures.add(new AssertionError(tries - survived + " of " + tries + " of " + fault + ": " + failure));
        }
    }

    /** @param start as {@link System#nanoTime} told it, when what is measured began */
    void timed(long start) {
        timed(Duration.ofNanos(System.nanoTime() - start));
    }

    synchronized void timed(Duration duration) {
        nanos.add(duration.toNanos());
    }

    @Override
    public void close() {
        write();
        if (!failures.isEmpty()) {
            var failure = new AssertionError(
                    lost + " of " + tried + " not survived: " + failures.get(0).getMessage(), failures.get(0));
            failures.stream().skip(1).forEach(failure::addSuppressed);
            throw failure;
        }
    }

    private void write() {
        String text = String.join(" | ", "| " + item, fault, Integer.toString(tried),
                Integer.toString(tried - lost), millis(50), millis(99),
                Long.toString((System.nanoTime() - begun) / 1_000_000_000), "`" + test + "`", opposite, note + " |");
        System.out.println("MEASURED " + text);
        try {
            Path directory = Files.createDirectories(Places.MODULE.resolve("target/faults"));
            Files.writeString(directory.resolve("servers"), Places.realPostgresXl()
                    ? "a real Postgres-XL" : "the stand-in for Postgres-XL");
            String name = String.format(Locale.ROOT, "%02d-%s-%s.row", item, test, fault.replaceAll("[^A-Za-z0-9]+", "-"));
            Files.writeString(directory.resolve(name), text + "\n");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private String millis(int percentile) {
        if (nanos.isEmpty()) {
            return "";
        }
        long[] sorted = nanos.stream().mapToLong(Long::longValue).toArray();
        Arrays.sort(sorted);
        // The nearest rank: of few values the 99th percentile is the greatest.
        int rank = (int) Math.ceil(percentile / 100.0 * sorted.length);
        return Long.toString(sorted[Math.max(0, rank - 1)] / 1_000_000);
    }
}
