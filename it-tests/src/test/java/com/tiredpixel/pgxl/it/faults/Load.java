package com.tiredpixel.pgxl.it.faults;

import com.tiredpixel.pgxl.it.Await;
import com.tiredpixel.pgxl.it.Cluster;
import com.tiredpixel.pgxl.it.Node;
import com.tiredpixel.pgxl.it.Places;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;

/**
 * A client that inserts one number after another and moves a unit between two counters, all in one transaction, connects
 * again whenever it is thrown out, and remembers which were acknowledged: {@code psql} prints the tag COMMIT when the server
 * has said it. A second one reads both tables all the time. There is one datanode here, so only the loss of its rows can
 * be seen; for transactions over two of them see {@link LedgerIT}.
 */
final class Load implements AutoCloseable {
    private static final Duration ANSWER = Duration.ofSeconds(10);
    private static final List<String> ANSWERS = List.of("BEGIN", "INSERT 0 1", "UPDATE 1", "UPDATE 1", "COMMIT");
    private static final Duration BETWEEN_CONNECTIONS = Duration.ofMillis(30);

    private final Cluster cluster;
    private final Node node;
    private final Set<Integer> acknowledged = new HashSet<>();
    private final AtomicInteger next = new AtomicInteger();
    private final Thread thread = new Thread(() -> run(this::connection), "load");
    private final Thread reader = new Thread(() -> run(this::reading), "load-reader");
    private volatile boolean over;
    private volatile Process client;
    private volatile Process readingClient;
    private volatile int lastAcknowledged;

    /** Makes the table and begins. */
    Load(Cluster cluster, Node node) {
        this.cluster = cluster;
        this.node = node;
        cluster.operator().sql(node, "CREATE TABLE load (n int)", "CREATE TABLE counters (k int, v int)",
                "INSERT INTO counters VALUES (0, 0), (1, 0)").orFail();
        thread.start();
        reader.start();
        awaitCommit(Await.LONG);
    }

    /** Waits until an insert is acknowledged that had not been sent before this call. */
    void awaitCommit(Duration deadline) {
        int sent = next.get();
        Await.until(deadline, "commit by " + node.name(), () -> lastAcknowledged > sent);
    }

    int commits() {
        synchronized (acknowledged) {
            return acknowledged.size();
        }
    }

    /**
     * Ends the load. The counters are updated before they are read: what the reader has left behind counts then, too.
     *
     * @return acknowledged numbers that are not there, which must be none; 0 if the counters do not tell the same
     */
    Set<Integer> missing() {
        close();
        var missing = new HashSet<>(acknowledged);
        List<String> rows = ask("UPDATE counters SET v = v", "SELECT n FROM load");
        rows.stream().map(Integer::valueOf).forEach(missing::remove);
        String counters = String.join(",", ask("SELECT v FROM counters ORDER BY k"));
        if (!counters.equals(rows.size() + "," + -rows.size())) {
            System.out.println(rows.size() + " rows, and counters " + counters);
            missing.add(0);
        }
        return missing;
    }

    private List<String> ask(String... statements) {
        return Await.value(Await.LONG, "rows", () -> {
            var result = cluster.operator().sql(node, statements);
            return result.code() == 0 ? Optional.of(result.text().lines().toList()) : Optional.empty();
        });
    }

    /** What goes on until the server throws it out. */
    private interface Work {
        void run() throws IOException, InterruptedException;
    }

    private void run(Work work) {
        while (!over) {
            try {
                work.run();
            } catch (IOException e) {
                // The server threw the client out: that is what it is here for.
                LockSupport.parkNanos(BETWEEN_CONNECTIONS.toNanos());
            } catch (InterruptedException e) {
                return;
            }
        }
    }

    private Process psql() throws IOException {
        return new ProcessBuilder(cluster.stage().wire().outside(List.of(
                        "env", "PGCONNECT_TIMEOUT=5", Places.prefix().resolve("bin/psql").toString(), "-XAt",
                        "-v", "ON_ERROR_STOP=1", "-h", cluster.sandbox().address(),
                        "-p", Integer.toString(node.port()), "-U", "postgres", "-d", "postgres")))
                .redirectError(ProcessBuilder.Redirect.DISCARD)
                .start();
    }

    /** Answers are thrown away: a reader does its work by reading. */
    private void reading() throws IOException, InterruptedException {
        Process psql = psql();
        readingClient = psql;
        var answers = new LinkedBlockingQueue<String>();
        var reader = new Thread(() -> read(psql.inputReader(StandardCharsets.US_ASCII), answers), "load-read-answers");
        reader.start();
        try {
            while (!over) {
                psql.outputWriter(StandardCharsets.US_ASCII).append("SELECT count(*) FROM load, counters;\n").flush();
                String answer = answers.poll(ANSWER.toMillis(), TimeUnit.MILLISECONDS);
                if (answer == null || !Character.isDigit(answer.charAt(0))) {
                    throw new IOException("answer " + answer);
                }
                LockSupport.parkNanos(BETWEEN_CONNECTIONS.toNanos());
            }
        } finally {
            psql.destroyForcibly();
            reader.join();
        }
    }

    private void connection() throws IOException, InterruptedException {
        Process psql = psql();
        client = psql;
        var answers = new LinkedBlockingQueue<String>();
        var reader = new Thread(() -> read(psql.inputReader(StandardCharsets.US_ASCII), answers), "load-answers");
        reader.start();
        try {
            while (!over) {
                int number = next.incrementAndGet();
                var writer = psql.outputWriter(StandardCharsets.US_ASCII);
                writer.write("BEGIN;\nINSERT INTO load VALUES (" + number + ");\nUPDATE counters SET v = v + 1 WHERE k = 0;\n"
                        + "UPDATE counters SET v = v - 1 WHERE k = 1;\nCOMMIT;\n");
                writer.flush();
                for (String expected : ANSWERS) {
                    String answer = answers.poll(ANSWER.toMillis(), TimeUnit.MILLISECONDS);
                    if (!expected.equals(answer)) {
                        throw new IOException("answer " + answer);
                    }
                }
                synchronized (acknowledged) {
                    acknowledged.add(number);
                }
                lastAcknowledged = number;
            }
        } finally {
            psql.destroyForcibly();
            reader.join();
        }
    }

    private static void read(BufferedReader from, LinkedBlockingQueue<String> answers) {
        try {
            for (String line = from.readLine(); line != null; line = from.readLine()) {
                answers.add(line);
            }
        } catch (IOException e) {
            answers.add("closed: " + e);
            return;
        }
        answers.add("end");
    }

    @Override
    public void close() {
        over = true;
        Optional.ofNullable(client).ifPresent(Process::destroyForcibly);
        Optional.ofNullable(readingClient).ifPresent(Process::destroyForcibly);
        try {
            thread.join(ANSWER.toMillis() * 2);
            reader.join(ANSWER.toMillis() * 2);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** @return everything acknowledged so far, for a report */
    List<Integer> soFar() {
        synchronized (acknowledged) {
            return new ArrayList<>(acknowledged);
        }
    }
}
