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
 * A client that inserts one number after another, each in a transaction of its own, connects again whenever it is
 * thrown out, and remembers which were acknowledged: {@code psql} prints what RETURNING returns when the server has
 * said that the command is complete, and that it says after the commit.
 */
final class Load implements AutoCloseable {
    private static final Duration ANSWER = Duration.ofSeconds(10);
    private static final Duration BETWEEN_CONNECTIONS = Duration.ofMillis(30);

    private final Cluster cluster;
    private final Node node;
    private final Set<Integer> acknowledged = new HashSet<>();
    private final AtomicInteger next = new AtomicInteger();
    private final Thread thread = new Thread(this::run, "load");
    private volatile boolean over;
    private volatile Process client;
    private volatile int lastAcknowledged;

    /** Makes the table and begins. */
    Load(Cluster cluster, Node node) {
        this.cluster = cluster;
        this.node = node;
        cluster.operator().sql(node, "CREATE TABLE load (n int)").orFail();
        thread.start();
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

    /** Ends the load. @return acknowledged numbers that are not there, which must be none */
    Set<Integer> missing() {
        close();
        var missing = new HashSet<>(acknowledged);
        String rows = Await.value(Await.LONG, "rows", () -> {
            var result = cluster.operator().sql(node, "SELECT n FROM load");
            return result.code() == 0 ? Optional.of(result.text()) : Optional.empty();
        });
        rows.lines().map(Integer::valueOf).forEach(missing::remove);
        return missing;
    }

    private void run() {
        while (!over) {
            try {
                connection();
            } catch (IOException e) {
                // The server threw the client out: that is what it is here for.
                LockSupport.parkNanos(BETWEEN_CONNECTIONS.toNanos());
            } catch (InterruptedException e) {
                return;
            }
        }
    }

    private void connection() throws IOException, InterruptedException {
        Process psql = new ProcessBuilder(cluster.stage().wire().outside(List.of(
                        "env", "PGCONNECT_TIMEOUT=5", Places.prefix().resolve("bin/psql").toString(), "-XAtq",
                        "-v", "ON_ERROR_STOP=1", "-h", cluster.sandbox().address(),
                        "-p", Integer.toString(node.port()), "-U", "postgres", "-d", "postgres")))
                .redirectError(ProcessBuilder.Redirect.DISCARD)
                .start();
        client = psql;
        var answers = new LinkedBlockingQueue<String>();
        var reader = new Thread(() -> read(psql.inputReader(StandardCharsets.US_ASCII), answers), "load-answers");
        reader.start();
        try {
            while (!over) {
                int number = next.incrementAndGet();
                var writer = psql.outputWriter(StandardCharsets.US_ASCII);
                writer.write("INSERT INTO load VALUES (" + number + ") RETURNING n;\n");
                writer.flush();
                String answer = answers.poll(ANSWER.toMillis(), TimeUnit.MILLISECONDS);
                if (!Integer.toString(number).equals(answer)) {
                    throw new IOException("answer " + answer);
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
        try {
            thread.join(ANSWER.toMillis() * 2);
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
